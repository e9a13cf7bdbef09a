/* What can be done with the selection and the view, as actions with their keys. */
#include "pa-canvas-private.h"

#include <math.h>
#include <string.h>

#define STEP 1.25

static void
fit_all(GtkWidget *widget, const char *name, GVariant *parameter)
{
  pa_canvas_zoom_to_fit(PA_CANVAS(widget), !strcmp(name, "canvas.fit-selection"));
}

static void
zoom(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  double factor = !strcmp(name, "canvas.zoom-in") ? STEP : !strcmp(name, "canvas.zoom-out") ? 1 / STEP : 1 / self->zoom;
  pa_canvas_zoom_at(self, gtk_widget_get_width(widget) / 2.0, gtk_widget_get_height(widget) / 2.0, factor);
}

static void
select_all(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    pa_canvas_set_selected(self, item, TRUE);
}

/* --- copies --- */

static void
delete_nodes(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  if (ids[0])
    pa_document_remove(self->document, (const char *const *)ids);
}

static void
copy(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  if (!ids[0])
    return;
  g_autofree char *text = pa_document_copy(self->document, (const char *const *)ids);
  gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), text);
  if (!strcmp(name, "canvas.cut"))
    delete_nodes(widget, name, NULL);
}

static void
pasted(GObject *clipboard, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaCanvas) self = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish(GDK_CLIPBOARD(clipboard), result, &error);
  graphene_point_t at = pa_canvas_to_plane(self, self->pointer_x, self->pointer_y);
  if (!text)
    return; /* there is no text there */
  g_auto(GStrv) ids = pa_document_paste(self->document, text, round(at.x), round(at.y), &error);
  if (ids)
    pa_canvas_select(self, (const char *const *)ids);
  else
    pa_canvas_say(self, _("The clipboard holds no nodes"));
}

static void
paste(GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_read_text_async(gtk_widget_get_clipboard(widget), NULL, pasted, g_object_ref(widget));
}

static void
duplicate(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  g_auto(GStrv) copies = ids[0] ? pa_document_duplicate(self->document, (const char *const *)ids, 40, 40) : NULL;
  if (copies)
    pa_canvas_select(self, (const char *const *)copies);
}

/* --- groups, notes --- */

static void
group(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  const char *id = ids[0] ? pa_document_add_group(self->document, (const char *const *)ids, _("Group"), &error) : NULL;
  if (id)
    pa_canvas_select(self, (const char *[]){ id, NULL });
}

static void
add_note(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  graphene_point_t at = pa_canvas_to_plane(self, gtk_widget_get_width(widget) / 2.0, gtk_widget_get_height(widget) / 2.0);
  if (gtk_widget_contains(widget, self->pointer_x, self->pointer_y) && self->pointer_x > 0)
    at = pa_canvas_to_plane(self, self->pointer_x, self->pointer_y);
  const char *id = pa_document_add_note(self->document, round(at.x), round(at.y), "", NULL);
  g_autofree char *kept = g_strdup(id);
  pa_canvas_select(self, (const char *[]){ kept, NULL });
  pa_canvas_work_in(self, kept);
}

/* --- running --- */

static void
run(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  if (!ids[0])
    pa_graph_run(self->graph, NULL);
  for (guint i = 0; ids[i]; i++)
    pa_graph_run(self->graph, ids[i]);
}

static void
freeze(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  pa_document_begin(self->document, _("Freeze"), NULL);
  for (guint i = 0; ids[i]; i++) {
    const PikaWorkspaceNode *node = pa_document_get_node(self->document, ids[i]);
    g_autoptr(GError) error = NULL;
    if ((node->kind == PIKA_NODE_QUERY || node->kind == PIKA_NODE_PLOT) &&
        !pa_document_set_frozen(self->document, ids[i], node->frozen == NULL, &error))
      pa_canvas_say(self, error->message);
  }
  pa_document_end(self->document);
}

/* --- order --- */

static void
arrange(GtkWidget *widget, const char *name, GVariant *parameter)
{
  PaCanvas *self = PA_CANVAS(widget);
  pa_document_arrange(self->document, TRUE);
  pa_canvas_zoom_to_fit(self, FALSE);
}

/* Where along an axis a box is put so that it meets the line that all are aligned to. share: 0 its start, 1 its end. */
static void
align(GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const struct { const char *name; gboolean vertical; double share; } ways[] = {
    { "left", FALSE, 0 }, { "centre", FALSE, 0.5 }, { "right", FALSE, 1 },
    { "top", TRUE, 0 },   { "middle", TRUE, 0.5 },  { "bottom", TRUE, 1 },
  };
  PaCanvas *self = PA_CANVAS(widget);
  const char *wanted = g_variant_get_string(parameter, NULL);
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  guint way = 0;
  while (way < G_N_ELEMENTS(ways) && strcmp(ways[way].name, wanted))
    way++;
  const PaCanvasItem *first = pa_canvas_find(self, self->focused);
  if (way == G_N_ELEMENTS(ways) || !ids[0] || !ids[1])
    return;
  if (!first || !first->selected)
    first = pa_canvas_find(self, ids[0]);
  double share = ways[way].share;
  double x = first->box.origin.x + first->box.size.width * share, y = first->box.origin.y + first->box.size.height * share;
  pa_document_begin(self->document, _("Align"), NULL);
  for (guint i = 0; ids[i]; i++) {
    const PaCanvasItem *item = pa_canvas_find(self, ids[i]);
    double dx = ways[way].vertical ? 0 : x - item->box.origin.x - item->box.size.width * share;
    double dy = ways[way].vertical ? y - item->box.origin.y - item->box.size.height * share : 0;
    pa_document_move(self->document, (const char *[]){ ids[i], NULL }, dx, dy);
  }
  pa_document_end(self->document);
}

static void
search(GtkWidget *widget, const char *name, GVariant *parameter)
{
  pa_canvas_open_search(PA_CANVAS(widget));
}

void
pa_canvas_install_actions(GtkWidgetClass *class)
{
  static const struct {
    const char *name;
    GtkWidgetActionActivateFunc func;
    guint key;
    GdkModifierType modifiers;
  } actions[] = {
    { "canvas.fit", fit_all, GDK_KEY_0, GDK_SHIFT_MASK },
    { "canvas.fit-selection", fit_all, GDK_KEY_2, GDK_SHIFT_MASK },
    { "canvas.zoom-in", zoom, GDK_KEY_plus, GDK_CONTROL_MASK },
    { "canvas.zoom-out", zoom, GDK_KEY_minus, GDK_CONTROL_MASK },
    { "canvas.zoom-normal", zoom, GDK_KEY_0, GDK_CONTROL_MASK },
    { "canvas.select-all", select_all, GDK_KEY_a, GDK_CONTROL_MASK },
    { "canvas.copy", copy, GDK_KEY_c, GDK_CONTROL_MASK },
    { "canvas.cut", copy, GDK_KEY_x, GDK_CONTROL_MASK },
    { "canvas.paste", paste, GDK_KEY_v, GDK_CONTROL_MASK },
    { "canvas.duplicate", duplicate, GDK_KEY_d, GDK_CONTROL_MASK },
    { "canvas.delete", delete_nodes, GDK_KEY_Delete, 0 },
    { "canvas.group", group, GDK_KEY_g, GDK_CONTROL_MASK },
    { "canvas.note", add_note, GDK_KEY_n, 0 },
    { "canvas.run", run, GDK_KEY_F5, 0 },
    { "canvas.freeze", freeze, GDK_KEY_k, 0 },
    { "canvas.arrange", arrange, GDK_KEY_l, GDK_CONTROL_MASK },
    { "canvas.search", search, GDK_KEY_f, GDK_CONTROL_MASK },
  };
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
    gtk_widget_class_install_action(class, actions[i].name, NULL, actions[i].func);
    gtk_widget_class_add_binding_action(class, actions[i].key, actions[i].modifiers, actions[i].name, NULL);
  }
  gtk_widget_class_add_binding_action(class, GDK_KEY_f, 0, "canvas.fit", NULL);
  gtk_widget_class_add_binding_action(class, GDK_KEY_BackSpace, 0, "canvas.delete", NULL);
  gtk_widget_class_add_binding_action(class, GDK_KEY_equal, GDK_CONTROL_MASK, "canvas.zoom-in", NULL);
  gtk_widget_class_install_action(class, "canvas.align", "s", align);
}
