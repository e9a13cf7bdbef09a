/* A plot in sentences: marks, axes with what they span, legends. */
#include "pk-digits.h"
#include "pk-view-frame.h"

#include <string.h>

static const char *
plural_of(const char *role)
{
  static const struct { const char *role, *name; } names[] = {
    { "bar", "bars" }, { "line", "lines" }, { "area", "areas" }, { "point", "points" }, { "circle", "circles" },
    { "square", "squares" }, { "tick", "ticks" }, { "rule", "rules" }, { "rect", "rectangles" }, { "text", "texts" },
  };
  for (guint i = 0; role && i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(names[i].role, role))
      return names[i].name;
  return "marks";
}

static void
append_marks(GString *out, const PkSceneView *view)
{
  for (guint i = 0; i < view->n_marks; i++) {
    const PkMarkGroup *group = &view->marks[i];
    g_string_append(out, i ? ", " : "");
    if (group->type == PK_ITEM_IMAGE) {
      g_string_append(out, "a density raster");
    } else {
      pk_digits_append(out, group->n_items);
      g_string_append_printf(out, " %s", group->n_items == 1 && group->role ? group->role : plural_of(group->role));
    }
    g_string_append(out, " of ");
    pk_digits_append(out, (guint64)MAX(group->n_source_rows, 0));
    g_string_append(out, group->n_source_rows == 1 ? " row" : " rows");
  }
  g_string_append(out, ". ");
}

/* "delay from -60 to 1,400", by the labels that are shown. */
static void
append_axis(GString *out, const PkAxis *axis)
{
  const char *first = NULL, *last = NULL;
  gboolean is_y = !g_strcmp0(axis->orient, "left") || !g_strcmp0(axis->orient, "right");
  for (guint i = 0; i < axis->n_ticks; i++)
    if (axis->ticks[i].label && axis->ticks[i].label[0]) {
      first = first ? first : axis->ticks[i].label;
      last = axis->ticks[i].label;
    }
  g_autofree char *title = g_strdup(axis->title);
  g_string_append_printf(out, "%s: %s", is_y ? "Vertical" : "Horizontal", title ? g_strdelimit(title, "\n", ' ') : "axis");
  /* Ticks come from the top: upward, as one reads values, is the other way. */
  gboolean turned = is_y && axis->n_ticks > 1 && axis->ticks[0].position < axis->ticks[axis->n_ticks - 1].position;
  if (first && first != last)
    g_string_append_printf(out, " from %s to %s", turned ? last : first, turned ? first : last);
  g_string_append(out, ". ");
}

#define MOST_ENTRIES 12

static void
append_legend(GString *out, const PkLegend *legend)
{
  g_string_append_printf(out, "Legend: %s", legend->title ? legend->title : "");
  for (guint i = 0; i < legend->n_entries && i < MOST_ENTRIES; i++)
    g_string_append_printf(out, "%s%s", i ? ", " : legend->title ? ": " : "", legend->entries[i].label);
  if (legend->n_entries > MOST_ENTRIES)
    g_string_append_printf(out, " and %u more", legend->n_entries - MOST_ENTRIES);
  g_string_append(out, ". ");
}

char *
pk_view_summary(const PkScene *scene)
{
  GString *out = g_string_new(NULL);
  const PkSceneView *view = &scene->views[0];
  if (scene->title.text && scene->title.text[0])
    g_string_append_printf(out, "%s: ", scene->title.text);
  append_marks(out, view);
  for (guint i = 0; i < view->n_axes; i++)
    append_axis(out, &view->axes[i]);
  for (guint i = 0; i < scene->n_legends; i++)
    append_legend(out, &scene->legends[i]);
  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}
