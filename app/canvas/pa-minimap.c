#include "pa-minimap.h"

#include "pa-canvas-private.h"

#include <math.h>

struct _PaMinimap {
  GtkWidget parent_instance;
  PaCanvas *canvas;
  GdkTexture *nodes;       /* drawn once, until something moves; NULL: to be drawn */
  graphene_rect_t extents; /* what of the plane it shows */
  double scale;            /* px a px of the plane */
};

G_DEFINE_FINAL_TYPE(PaMinimap, pa_minimap, GTK_TYPE_WIDGET)

static void
fill_boxes(PaMinimap *self, cairo_t *cr)
{
  GHashTableIter iter;
  gpointer value;
  for (int kind = PIKA_NODE_GROUP + 1; kind-- > 0;) {
    GdkRGBA color = self->canvas->colors.kinds[kind];
    g_hash_table_iter_init(&iter, self->canvas->items);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
      const PaCanvasItem *item = value;
      if ((int)item->kind == kind)
        cairo_rectangle(cr, round((item->box.origin.x - self->extents.origin.x) * self->scale),
                        round((item->box.origin.y - self->extents.origin.y) * self->scale),
                        fmax(round(item->box.size.width * self->scale), 1), fmax(round(item->box.size.height * self->scale), 1));
    }
    color.alpha = kind == PIKA_NODE_GROUP ? 0.15f : 0.7f;
    gdk_cairo_set_source_rgba(cr, &color);
    cairo_fill(cr);
  }
}

static void
draw_nodes(PaMinimap *self, int width, int height)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create(surface);
  cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
  fill_boxes(self, cr);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  gsize stride = (gsize)cairo_image_surface_get_stride(surface);
  g_autoptr(GBytes) bytes = g_bytes_new(cairo_image_surface_get_data(surface), stride * (gsize)height);
  self->nodes = gdk_memory_texture_new(width, height, GDK_MEMORY_DEFAULT, bytes, stride);
  cairo_surface_destroy(surface);
}

static gboolean
prepare(PaMinimap *self, int width, int height)
{
  if (self->nodes)
    return TRUE;
  if (!pa_spatial_index_get_extents(self->canvas->index, &self->extents))
    return FALSE;
  graphene_rect_inset(&self->extents, -200, -200);
  self->scale = fmin(width / self->extents.size.width, height / self->extents.size.height);
  self->extents.origin.x -= (float)((width / self->scale - self->extents.size.width) / 2);
  self->extents.origin.y -= (float)((height / self->scale - self->extents.size.height) / 2);
  draw_nodes(self, width, height);
  return TRUE;
}

static void
snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  PaMinimap *self = PA_MINIMAP(widget);
  int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
  graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height);
  const PaCanvasColors *c = pa_canvas_get_colors(self->canvas);
  GskRoundedRect outline;
  if (!prepare(self, width, height))
    return;
  graphene_rect_t sight = GRAPHENE_RECT_INIT(
    (float)((self->canvas->x - self->extents.origin.x) * self->scale),
    (float)((self->canvas->y - self->extents.origin.y) * self->scale),
    (float)(gtk_widget_get_width(GTK_WIDGET(self->canvas)) / self->canvas->zoom * self->scale),
    (float)(gtk_widget_get_height(GTK_WIDGET(self->canvas)) / self->canvas->zoom * self->scale));
  GdkRGBA fill = { c->surface.red, c->surface.green, c->surface.blue, 0.92f };
  gsk_rounded_rect_init_from_rect(&outline, &all, 8);
  gtk_snapshot_push_rounded_clip(snapshot, &outline);
  gtk_snapshot_append_color(snapshot, &fill, &all);
  gtk_snapshot_append_texture(snapshot, self->nodes, &all);
  gsk_rounded_rect_init_from_rect(&outline, &sight, 2);
  gtk_snapshot_append_border(snapshot, &outline, (float[4]){ 1.5, 1.5, 1.5, 1.5 },
                             (GdkRGBA[4]){ c->accent, c->accent, c->accent, c->accent });
  gtk_snapshot_pop(snapshot);
  gsk_rounded_rect_init_from_rect(&outline, &all, 8);
  gtk_snapshot_append_border(snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
                             (GdkRGBA[4]){ c->line, c->line, c->line, c->line });
}

static void
look_at(PaMinimap *self, double x, double y)
{
  PaCanvas *canvas = self->canvas;
  if (!self->nodes)
    return;
  pa_canvas_set_view(canvas,
                     self->extents.origin.x + x / self->scale - gtk_widget_get_width(GTK_WIDGET(canvas)) / canvas->zoom / 2,
                     self->extents.origin.y + y / self->scale - gtk_widget_get_height(GTK_WIDGET(canvas)) / canvas->zoom / 2,
                     canvas->zoom);
}

static void
drag_begin(GtkGestureDrag *gesture, double x, double y, PaMinimap *self)
{
  gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  look_at(self, x, y);
}

static void
drag_update(GtkGestureDrag *gesture, double dx, double dy, PaMinimap *self)
{
  double x, y;
  gtk_gesture_drag_get_start_point(gesture, &x, &y);
  look_at(self, x + dx, y + dy);
}

void
pa_minimap_invalidate(PaMinimap *self)
{
  g_clear_object(&self->nodes);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
dispose(GObject *object)
{
  g_clear_object(&PA_MINIMAP(object)->nodes);
  G_OBJECT_CLASS(pa_minimap_parent_class)->dispose(object);
}

static void
pa_minimap_class_init(PaMinimapClass *class)
{
  G_OBJECT_CLASS(class)->dispose = dispose;
  GTK_WIDGET_CLASS(class)->snapshot = snapshot;
  gtk_widget_class_set_accessible_role(GTK_WIDGET_CLASS(class), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
pa_minimap_init(PaMinimap *self)
{
  GtkGesture *drag = gtk_gesture_drag_new();
  g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin), self);
  g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(drag));
}

GtkWidget *
pa_minimap_new(PaCanvas *canvas)
{
  PaMinimap *self = g_object_new(PA_TYPE_MINIMAP, NULL);
  self->canvas = canvas;
  return GTK_WIDGET(self);
}
