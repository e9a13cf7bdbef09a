#include "pa-column-item.h"

#include "pa-digits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SHOWN_CHARACTERS 24 /* of a bound */

struct _PaColumnItem {
  GObject parent_instance;
  char *table;
  PikaColumn column;
  PikaColumnProfile *profile;
};

G_DEFINE_FINAL_TYPE(PaColumnItem, pa_column_item, G_TYPE_OBJECT)

static guint changed;

static void
finalize(GObject *object)
{
  PaColumnItem *self = PA_COLUMN_ITEM(object);
  g_free(self->table);
  g_free(self->column.name);
  g_free(self->column.type);
  pika_column_profile_free(self->profile);
  G_OBJECT_CLASS(pa_column_item_parent_class)->finalize(object);
}

static void
pa_column_item_class_init(PaColumnItemClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
  changed = g_signal_new("changed", PA_TYPE_COLUMN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pa_column_item_init(PaColumnItem *self)
{
}

PaColumnItem *
pa_column_item_new(const char *table, const PikaColumn *column)
{
  PaColumnItem *self = g_object_new(PA_TYPE_COLUMN_ITEM, NULL);
  self->table = g_strdup(table);
  self->column = (PikaColumn){ g_strdup(column->name), g_strdup(column->type), column->kind };
  return self;
}

const char *
pa_column_item_get_table(PaColumnItem *self)
{
  return self->table;
}

const PikaColumn *
pa_column_item_get_column(PaColumnItem *self)
{
  return &self->column;
}

const PikaColumnProfile *
pa_column_item_get_profile(PaColumnItem *self)
{
  return self->profile;
}

void
pa_column_item_take_profile(PaColumnItem *self, PikaColumnProfile *profile)
{
  pika_column_profile_free(self->profile);
  self->profile = profile;
  g_signal_emit(self, changed, 0);
}

static char *
dup_short(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  if (g_utf8_strlen(valid, -1) <= SHOWN_CHARACTERS)
    return g_steal_pointer(&valid);
  g_autofree char *head = g_utf8_substring(valid, 0, SHOWN_CHARACTERS - 1);
  return g_strconcat(head, "…", NULL);
}

char *
pa_column_item_dup_summary(PaColumnItem *self)
{
  const PikaColumnProfile *p = self->profile;
  if (!p)
    return NULL;
  GString *out = g_string_new(NULL);
  if (p->rows == p->nulls) {
    g_string_append(out, p->rows ? _("nothing but NULL") : _("no rows"));
    return g_string_free(out, FALSE);
  }
  if (p->min && p->max && p->kind != PIKA_KIND_TEXT && p->kind != PIKA_KIND_BOOL) {
    g_autofree char *min = dup_short(p->min), *max = dup_short(p->max);
    g_string_append_printf(out, strcmp(min, max) ? "%s – %s · " : "%s · ", min, max);
  }
  g_autofree char *distinct = pa_digits_dup(p->distinct), *nulls = pa_digits_dup(p->nulls);
  g_string_append_printf(out, ngettext("%s distinct", "%s distinct", (gulong)p->distinct), distinct);
  if (p->nulls > 0) {
    double share = 100.0 * (double)p->nulls / (double)p->rows;
    g_string_append(out, " · ");
    if (share < 0.1)
      g_string_append_printf(out, _("%s NULL"), nulls);
    else
      g_string_append_printf(out, _("%.3g%% NULL"), share);
  }
  return g_string_free(out, FALSE);
}

const char *
pa_kind_get_icon(PikaKind kind)
{
  static const char *const icons[] = { "pa-number-symbolic", "pa-time-symbolic", "pa-bool-symbolic", "pa-text-symbolic",
                                       "pa-other-symbolic" };
  return icons[kind];
}

const char *
pa_kind_get_name(PikaKind kind)
{
  static const char *const names[] = { N_("Number"), N_("Time"), N_("Yes or no"), N_("Text"), N_("Other") };
  return _(names[kind]);
}
