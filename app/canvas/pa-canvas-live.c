/* Plots on the canvas: live widgets for those that are near and in sight, pictures for the rest; and what is worked in. */
#include "pa-canvas-private.h"

#include <math.h>

/* Live plots at a time, pictures drawn at a time, and px of the plane a picture has at most. */
#define MOST_LIVE 16
#define MOST_DRAWING 2
#define MOST_PICTURE 900.0

/* Near enough to be told from a picture, and to be of use. */
static gboolean
is_near(PaCanvas *self)
{
  return self->zoom >= 0.7 && self->zoom <= 2;
}

static graphene_rect_t
inner_box(PaCanvas *self, const PaCanvasItem *item)
{
  graphene_rect_t box = pa_canvas_shown_box(self, item);
  return GRAPHENE_RECT_INIT(box.origin.x + 1, box.origin.y + PA_CANVAS_HEADER, box.size.width - 2,
                            box.size.height - PA_CANVAS_HEADER - 6);
}

/* A child lies where its node does, at the canvas's scale. */
static void
allocate(PaCanvas *self, GtkWidget *child, const graphene_rect_t *box)
{
  graphene_rect_t shown = pa_canvas_to_screen(self, box);
  GskTransform *transform = gsk_transform_translate(NULL, &shown.origin);
  transform = gsk_transform_scale(transform, (float)self->zoom, (float)self->zoom);
  gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_allocate(child, MAX((int)box->size.width, 1), MAX((int)box->size.height, 1), -1, transform);
}

void
pa_canvas_allocate_live(PaCanvas *self)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    PaCanvasItem *item = value;
    graphene_rect_t box = inner_box(self, item);
    if (item->live)
      allocate(self, GTK_WIDGET(item->live), &box);
  }
  PaCanvasItem *worked = self->editor ? pa_canvas_find(self, self->working) : NULL;
  if (worked) {
    graphene_rect_t box = worked->box;
    graphene_rect_inset(&box, 6, 6);
    allocate(self, self->editor, &box);
  }
}

/* --- pictures --- */

static void
keep_frame(PaCanvasItem *item, PikaViewFrame *frame)
{
  guint width, height;
  gsize stride;
  GBytes *pixels = pika_view_frame_get_pixels(frame, &width, &height, &stride);
  g_clear_object(&item->picture);
  item->picture = gdk_memory_texture_new((int)width, (int)height, GDK_MEMORY_DEFAULT, pixels, stride);
}

typedef struct {
  PaCanvas *canvas; /* weak */
  char *id;
  GCancellable *cancellable;
} Drawing;

static void
drawn(GObject *object, GAsyncResult *result, gpointer data)
{
  Drawing *drawing = data;
  PaCanvas *self = drawing->canvas;
  g_autoptr(GError) error = NULL;
  PikaViewFrame *frame = pika_view_render_finish(result, &error);
  PaCanvasItem *item = self ? pa_canvas_find(self, drawing->id) : NULL;
  if (self) {
    self->n_drawing--;
    g_object_remove_weak_pointer(G_OBJECT(self), (gpointer *)&drawing->canvas);
  }
  if (item && item->drawing == drawing->cancellable) {
    g_clear_object(&item->drawing);
    if (frame) {
      keep_frame(item, frame);
      pa_canvas_redraw_item(self, item);
    }
  }
  if (self)
    pa_canvas_refresh_later(self);
  g_clear_pointer(&frame, pika_view_frame_unref);
  g_object_unref(drawing->cancellable);
  g_free(drawing->id);
  g_free(drawing);
}

static void
draw_picture(PaCanvas *self, PaCanvasItem *item, PikaView *view)
{
  const PikaWorkspaceNode *node = pa_canvas_node(self, item);
  g_autoptr(PikaViewState) state = node->view ? pika_view_state_from_json(node->view, -1, NULL) : NULL;
  graphene_rect_t box = inner_box(self, item);
  double scale = fmin(1, MOST_PICTURE / fmax(box.size.width, 1));
  Drawing *drawing = g_new(Drawing, 1);
  item->outdated = FALSE;
  item->drawing = g_cancellable_new();
  *drawing = (Drawing){ self, g_strdup(item->id), g_object_ref(item->drawing) };
  g_object_add_weak_pointer(G_OBJECT(self), (gpointer *)&drawing->canvas);
  self->n_drawing++;
  pika_view_render_async(view, state, fmax(box.size.width, 40), fmax(box.size.height, 40), scale, item->drawing, drawn,
                         drawing);
}

/* --- live --- */

static void
state_committed(PaPlotView *plot, const char *before, const char *after, PaCanvas *self)
{
  const char *id = g_object_get_data(G_OBJECT(plot), "pa-node");
  g_autoptr(GError) error = NULL;
  if (!pa_document_set_node(self->document, id, "view", g_variant_new_string(after), &error))
    pa_canvas_say(self, error->message);
}

static void
frame_changed(PaPlotView *plot, PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_find(self, g_object_get_data(G_OBJECT(plot), "pa-node"));
  PikaViewFrame *frame = pa_plot_view_get_frame(plot);
  if (!item || !frame)
    return;
  keep_frame(item, frame);
  item->outdated = FALSE;
  pa_canvas_redraw_item(self, item);
}

static void
make_live(PaCanvas *self, PaCanvasItem *item)
{
  const PikaWorkspaceNode *node = pa_canvas_node(self, item);
  PikaView *view = pa_graph_get_view(self->graph, item->id);
  if (!item->live) {
    item->live = PA_PLOT_VIEW(pa_plot_view_new());
    g_object_set_data_full(G_OBJECT(item->live), "pa-node", g_strdup(item->id), g_free);
    gtk_widget_set_can_target(GTK_WIDGET(item->live), !g_strcmp0(self->working, item->id));
    g_signal_connect(item->live, "state-committed", G_CALLBACK(state_committed), self);
    g_signal_connect(item->live, "frame-changed", G_CALLBACK(frame_changed), self);
    gtk_widget_insert_before(GTK_WIDGET(item->live), GTK_WIDGET(self), self->minimap);
  }
  pa_plot_view_set_state(item->live, node->view, NULL);
  if (pa_plot_view_get_view(item->live) != view)
    pa_plot_view_set_view(item->live, view);
  graphene_rect_t box = inner_box(self, item);
  allocate(self, GTK_WIDGET(item->live), &box);
}

void
pa_canvas_drop_live(PaCanvas *self, PaCanvasItem *item)
{
  if (!item->live)
    return;
  g_signal_handlers_disconnect_by_data(item->live, self);
  gtk_widget_unparent(GTK_WIDGET(item->live));
  item->live = NULL;
  pa_canvas_redraw_item(self, item);
}

static gboolean
refresh(gpointer data)
{
  PaCanvas *self = data;
  float width = (float)(gtk_widget_get_width(GTK_WIDGET(self)) / self->zoom);
  float height = (float)(gtk_widget_get_height(GTK_WIDGET(self)) / self->zoom);
  graphene_rect_t sight = GRAPHENE_RECT_INIT((float)self->x, (float)self->y, width, height);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  g_autoptr(GHashTable) near = g_hash_table_new(NULL, NULL);
  GHashTableIter iter;
  gpointer value;
  guint n = 0;
  self->refresh = 0;
  pa_spatial_index_find(self->index, &sight, found);
  for (guint i = 0; i < found->len; i++) {
    PaCanvasItem *item = found->pdata[i];
    PikaView *view = item->kind == PIKA_NODE_PLOT ? pa_graph_get_view(self->graph, item->id) : NULL;
    if (!view)
      continue;
    if (is_near(self) && n++ < MOST_LIVE) {
      g_hash_table_add(near, item);
      make_live(self, item);
    } else if (item->outdated && !item->drawing && self->n_drawing < MOST_DRAWING && item->box.size.width * self->zoom > 30) {
      draw_picture(self, item, view);
    }
  }
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((PaCanvasItem *)value)->live && !g_hash_table_contains(near, value))
      pa_canvas_drop_live(self, value);
  return G_SOURCE_REMOVE;
}

/* While one pans and zooms there are better things to do. */
void
pa_canvas_refresh_later(PaCanvas *self)
{
  if (!self->refresh)
    self->refresh = g_timeout_add(60, refresh, self);
}

/* --- what is worked in --- */

static void
editor_left(GtkEventControllerFocus *controller, PaCanvas *self)
{
  pa_canvas_stop_work(self);
}

static void
open_editor(PaCanvas *self, const PikaWorkspaceNode *node)
{
  GtkWidget *text = gtk_text_view_new();
  GtkEventController *focus = gtk_event_controller_focus_new();
  gtk_text_view_set_wrap_mode(GTK_TEXT_VIEW(text), GTK_WRAP_WORD_CHAR);
  gtk_text_buffer_set_text(gtk_text_view_get_buffer(GTK_TEXT_VIEW(text)), node->text ? node->text : "", -1);
  gtk_accessible_update_property(GTK_ACCESSIBLE(text), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Note"), -1);
  g_signal_connect(focus, "leave", G_CALLBACK(editor_left), self);
  gtk_widget_add_controller(text, focus);
  self->editor = text;
  gtk_widget_insert_before(text, GTK_WIDGET(self), self->minimap);
  pa_canvas_allocate_live(self);
  gtk_widget_grab_focus(text);
}

void
pa_canvas_work_in(PaCanvas *self, const char *id)
{
  PaCanvasItem *item = pa_canvas_find(self, id);
  const PikaWorkspaceNode *node = item ? pa_canvas_node(self, item) : NULL;
  pa_canvas_stop_work(self);
  if (!node)
    return;
  if (node->kind != PIKA_NODE_NOTE && !item->live) {
    if (node->kind == PIKA_NODE_PLOT)
      pa_canvas_zoom_to_fit(self, TRUE);
    else
      g_signal_emit_by_name(self, "node-activated", id);
    return;
  }
  self->working = g_strdup(id);
  if (node->kind == PIKA_NODE_NOTE) {
    open_editor(self, node);
  } else {
    gtk_widget_set_can_target(GTK_WIDGET(item->live), TRUE);
    gtk_widget_grab_focus(GTK_WIDGET(item->live));
  }
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_canvas_stop_work(PaCanvas *self)
{
  g_autofree char *id = g_steal_pointer(&self->working);
  GtkWidget *editor = g_steal_pointer(&self->editor);
  PaCanvasItem *item = pa_canvas_find(self, id);
  if (!id)
    return;
  if (editor) {
    GtkTextBuffer *buffer = gtk_text_view_get_buffer(GTK_TEXT_VIEW(editor));
    GtkTextIter start, end;
    gtk_text_buffer_get_bounds(buffer, &start, &end);
    g_autofree char *text = gtk_text_buffer_get_text(buffer, &start, &end, FALSE);
    if (item)
      pa_document_set_text(self->document, id, text, NULL);
    gtk_widget_unparent(editor);
  } else if (item && item->live) {
    gtk_widget_set_can_target(GTK_WIDGET(item->live), FALSE);
  }
  gtk_widget_grab_focus(GTK_WIDGET(self));
  gtk_widget_queue_draw(GTK_WIDGET(self));
}
