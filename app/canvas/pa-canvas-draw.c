/* A frame of the canvas: what is in sight, in the detail that its size on the screen allows. */
#include "pa-canvas-private.h"

#include <math.h>
#include <string.h>

/* A cairo node costs a picture of its size each frame: few links have one each, of their own size, and few boxes are
 * rectangles of GSK's. */
#define MOST_SMALL_LINKS 64
#define MOST_SMALL_BOXES 1500

/* Links are drawn while at most so many are in sight: more are a grey cloud that tells nothing. */
#define MOST_LINKS 1500

PaDetail
pa_canvas_get_detail(PaCanvas *self, const PaCanvasItem *item)
{
  double width = item->box.size.width * self->zoom;
  return width < 70 ? PA_DETAIL_BOX : self->zoom < 0.5 ? PA_DETAIL_PICTURE : PA_DETAIL_FULL;
}

void
pa_canvas_list_inputs(PaCanvas *self, const PaCanvasItem *item, GPtrArray *inputs)
{
  const PikaWorkspaceNode *node = pa_canvas_node(self, item);
  g_ptr_array_set_size(inputs, 0);
  PaCanvasItem *input = item->kind == PIKA_NODE_PLOT && node && node->input ? pa_canvas_find(self, node->input) : NULL;
  if (input)
    g_ptr_array_add(inputs, input);
  for (guint i = 0; item->tables && item->tables[i]; i++) {
    input = g_hash_table_lookup(self->names, item->tables[i]);
    if (input && input != item)
      g_ptr_array_add(inputs, input);
  }
}

/* --- background --- */

/* Dots where the grid's lines cross, far enough from each other to be seen as such. */
static void
append_dots(PaCanvas *self, GtkSnapshot *snapshot, float width, float height)
{
  double step = 40 * self->zoom;
  while (step < 24)
    step *= 4;
  if (step > 160)
    step /= 4;
  for (double x = -fmod(self->x * self->zoom, step) - step; x < width; x += step)
    for (double y = -fmod(self->y * self->zoom, step) - step; y < height; y += step)
      gtk_snapshot_append_color(snapshot, &self->colors.line,
                                &GRAPHENE_RECT_INIT(floorf((float)x), floorf((float)y), 2, 2));
}

/* --- links --- */

typedef struct {
  graphene_point_t from, to;
  gboolean strong; /* of a node that is selected */
  gboolean failed;
} Link;

static void
add_link(PaCanvas *self, GArray *links, const graphene_rect_t *from, const graphene_rect_t *to, gboolean strong,
         gboolean failed, const graphene_rect_t *sight)
{
  Link link = { GRAPHENE_POINT_INIT(from->origin.x + from->size.width, from->origin.y + from->size.height / 2),
                GRAPHENE_POINT_INIT(to->origin.x, to->origin.y + to->size.height / 2), strong, failed };
  float reach = fabsf(link.to.x - link.from.x) / 2 + 60;
  graphene_rect_t box = GRAPHENE_RECT_INIT(fminf(link.from.x, link.to.x) - reach, fminf(link.from.y, link.to.y) - 1,
                                           fabsf(link.to.x - link.from.x) + 2 * reach,
                                           fabsf(link.to.y - link.from.y) + 2);
  if (graphene_rect_intersection(&box, sight, NULL))
    g_array_append_val(links, link);
}

static GArray *
collect_links(PaCanvas *self, const graphene_rect_t *sight)
{
  GArray *links = g_array_new(FALSE, FALSE, sizeof(Link));
  g_autoptr(GPtrArray) inputs = g_ptr_array_new();
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->items);
  while (links->len <= MOST_LINKS && g_hash_table_iter_next(&iter, NULL, &value)) {
    const PaCanvasItem *item = value;
    if (item->kind != PIKA_NODE_PLOT && !item->tables)
      continue;
    pa_canvas_list_inputs(self, item, inputs);
    for (guint i = 0; i < inputs->len; i++) {
      const PaCanvasItem *input = inputs->pdata[i];
      graphene_rect_t from = pa_canvas_shown_box(self, input), to = pa_canvas_shown_box(self, item);
      add_link(self, links, &from, &to, item->selected || input->selected,
               pa_graph_get_state(self->graph, input->id) == PA_STATE_FAILED, sight);
    }
  }
  return links;
}

static void
trace_link(PaCanvas *self, cairo_t *cr, const Link *link)
{
  double x0 = (link->from.x - self->x) * self->zoom, y0 = (link->from.y - self->y) * self->zoom;
  double x1 = (link->to.x - self->x) * self->zoom, y1 = (link->to.y - self->y) * self->zoom;
  double reach = fmax(fabs(x1 - x0) / 2, 40 * self->zoom);
  cairo_move_to(cr, x0, y0);
  if (self->zoom > 0.25)
    cairo_curve_to(cr, x0 + reach, y0, x1 - reach, y1, x1, y1);
  else
    cairo_line_to(cr, x1, y1);
}

static void
stroke_link(PaCanvas *self, cairo_t *cr, const Link *link)
{
  const PaCanvasColors *c = &self->colors;
  GdkRGBA grey = { c->dim.red, c->dim.green, c->dim.blue, 0.6f };
  gdk_cairo_set_source_rgba(cr, link->failed ? &c->error : link->strong ? &c->accent : &grey);
  cairo_set_line_width(cr, self->zoom > 0.25 ? (link->strong ? 2.2 : 1.6) : 1);
  trace_link(self, cr, link);
  cairo_stroke(cr);
}

/* The part of the window that a link may touch. */
static gboolean
get_link_box(PaCanvas *self, const Link *link, float width, float height, graphene_rect_t *box)
{
  float x0 = (float)((link->from.x - self->x) * self->zoom), y0 = (float)((link->from.y - self->y) * self->zoom);
  float x1 = (float)((link->to.x - self->x) * self->zoom), y1 = (float)((link->to.y - self->y) * self->zoom);
  float reach = x1 > x0 ? 45 : fmaxf((x0 - x1) / 2, 45) + 4;
  *box = GRAPHENE_RECT_INIT(fminf(x0, x1) - reach, fminf(y0, y1) - 4, fabsf(x1 - x0) + 2 * reach, fabsf(y1 - y0) + 8);
  return graphene_rect_intersection(box, &GRAPHENE_RECT_INIT(0, 0, width, height), box);
}

static void
append_links(PaCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *sight, float width, float height)
{
  g_autoptr(GArray) links = collect_links(self, sight);
  graphene_rect_t box;
  if (links->len == 0 || links->len > MOST_LINKS)
    return;
  for (guint i = 0; i < links->len && links->len <= MOST_SMALL_LINKS; i++) {
    const Link *link = &g_array_index(links, Link, i);
    if (!get_link_box(self, link, width, height, &box))
      continue;
    cairo_t *small = gtk_snapshot_append_cairo(snapshot, &box);
    stroke_link(self, small, link);
    cairo_destroy(small);
  }
  if (links->len <= MOST_SMALL_LINKS)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
  for (guint i = 0; i < links->len; i++)
    stroke_link(self, cr, &g_array_index(links, Link, i));
  cairo_destroy(cr);
}

/* --- nodes --- */

static GdkRGBA
box_color(PaCanvas *self, PikaNodeKind kind)
{
  GdkRGBA color = self->colors.kinds[kind];
  color.alpha = kind == PIKA_NODE_GROUP ? 0.12f : 0.75f;
  return color;
}

static graphene_rect_t
whole_pixels(PaCanvas *self, const PaCanvasItem *item)
{
  graphene_rect_t shown = pa_canvas_shown_box(self, item), box = pa_canvas_to_screen(self, &shown);
  return GRAPHENE_RECT_INIT(roundf(box.origin.x), roundf(box.origin.y), fmaxf(roundf(box.size.width), 1),
                            fmaxf(roundf(box.size.height), 1));
}

/* Nodes that are but a few px wide are rectangles of the kind's colour; of many, all of a kind are one path. */
static void
append_boxes(PaCanvas *self, GtkSnapshot *snapshot, const GPtrArray *boxes, float width, float height)
{
  for (guint i = 0; i < boxes->len && boxes->len <= MOST_SMALL_BOXES; i++) {
    const PaCanvasItem *item = boxes->pdata[i];
    GdkRGBA color = box_color(self, item->kind);
    graphene_rect_t box = whole_pixels(self, item);
    gtk_snapshot_append_color(snapshot, &color, &box);
  }
  if (boxes->len <= MOST_SMALL_BOXES)
    return;
  cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
  cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
  for (int kind = PIKA_NODE_GROUP + 1; kind-- > 0;) {
    for (guint i = 0; i < boxes->len; i++) {
      const PaCanvasItem *item = boxes->pdata[i];
      graphene_rect_t box = whole_pixels(self, item);
      if ((int)item->kind == kind)
        cairo_rectangle(cr, box.origin.x, box.origin.y, box.size.width, box.size.height);
    }
    GdkRGBA color = box_color(self, (PikaNodeKind)kind);
    gdk_cairo_set_source_rgba(cr, &color);
    cairo_fill(cr);
  }
  cairo_destroy(cr);
}

static void
append_ring(PaCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *box, const GdkRGBA *color, float width)
{
  GskRoundedRect ring;
  graphene_rect_t outer = *box;
  graphene_rect_inset(&outer, -width, -width);
  gsk_rounded_rect_init_from_rect(&ring, &outer, (float)(PA_CANVAS_RADIUS * self->zoom) + width);
  gtk_snapshot_append_border(snapshot, &ring, (float[4]){ width, width, width, width },
                             (GdkRGBA[4]){ *color, *color, *color, *color });
}

/* The dot that a link is drawn from, and the corner that resizes. */
static void
append_handles(PaCanvas *self, GtkSnapshot *snapshot, const PaCanvasItem *item, const graphene_rect_t *box)
{
  const PaCanvasColors *c = &self->colors;
  float right = box->origin.x + box->size.width, bottom = box->origin.y + box->size.height;
  GskRoundedRect dot;
  if (item->kind == PIKA_NODE_TABLE || item->kind == PIKA_NODE_QUERY) {
    gsk_rounded_rect_init_from_rect(&dot, &GRAPHENE_RECT_INIT(right - 6, box->origin.y + box->size.height / 2 - 6, 12, 12), 6);
    gtk_snapshot_push_rounded_clip(snapshot, &dot);
    gtk_snapshot_append_color(snapshot, &c->accent, &dot.bounds);
    gtk_snapshot_pop(snapshot);
    gtk_snapshot_append_border(snapshot, &dot, (float[4]){ 2, 2, 2, 2 },
                               (GdkRGBA[4]){ c->surface, c->surface, c->surface, c->surface });
  }
  gsk_rounded_rect_init_from_rect(&dot, &GRAPHENE_RECT_INIT(right - 5, bottom - 5, 10, 10), 3);
  gtk_snapshot_push_rounded_clip(snapshot, &dot);
  gtk_snapshot_append_color(snapshot, &c->surface, &dot.bounds);
  gtk_snapshot_pop(snapshot);
  gtk_snapshot_append_border(snapshot, &dot, (float[4]){ 1.5, 1.5, 1.5, 1.5 },
                             (GdkRGBA[4]){ c->accent, c->accent, c->accent, c->accent });
}

static void
append_item(PaCanvas *self, GtkSnapshot *snapshot, PaCanvasItem *item)
{
  const PaCanvasColors *c = &self->colors;
  graphene_rect_t shown = pa_canvas_shown_box(self, item), box = pa_canvas_to_screen(self, &shown);
  gboolean resized = shown.size.width != item->box.size.width || shown.size.height != item->box.size.height;
  GskRenderNode *node = pa_canvas_draw_item(self, item, pa_canvas_get_detail(self, item));
  gtk_snapshot_save(snapshot);
  gtk_snapshot_translate(snapshot, &box.origin);
  gtk_snapshot_scale(snapshot, (float)self->zoom, (float)self->zoom);
  if (resized)
    gtk_snapshot_scale(snapshot, shown.size.width / item->box.size.width, shown.size.height / item->box.size.height);
  if (node)
    gtk_snapshot_append_node(snapshot, node);
  gtk_snapshot_restore(snapshot);
  if (item->live)
    gtk_widget_snapshot_child(GTK_WIDGET(self), GTK_WIDGET(item->live), snapshot);
  if (item->selected || !g_strcmp0(self->target, item->id))
    append_ring(self, snapshot, &box, &c->accent, !g_strcmp0(self->working, item->id) ? 3 : 2);
  else if (!g_strcmp0(self->focused, item->id) && gtk_widget_has_visible_focus(GTK_WIDGET(self)))
    append_ring(self, snapshot, &box, &c->dim, 2);
  if (item->selected && self->zoom > 0.3 && !self->working)
    append_handles(self, snapshot, item, &box);
}

/* --- what a drag shows --- */

static void
append_drag(PaCanvas *self, GtkSnapshot *snapshot, float width, float height)
{
  const PaCanvasColors *c = &self->colors;
  GdkRGBA fill = { c->accent.red, c->accent.green, c->accent.blue, 0.15f };
  if (self->drag == PA_DRAG_BAND) {
    graphene_rect_t band = GRAPHENE_RECT_INIT((float)self->press_x, (float)self->press_y,
                                              (float)(self->at_x - self->press_x), (float)(self->at_y - self->press_y));
    graphene_rect_normalize(&band);
    gtk_snapshot_append_color(snapshot, &fill, &band);
    append_ring(self, snapshot, &band, &c->accent, 1);
  } else if (self->drag == PA_DRAG_CONNECT) {
    PaCanvasItem *from = pa_canvas_find(self, self->dragged);
    graphene_point_t to = pa_canvas_to_plane(self, self->at_x, self->at_y);
    Link link = { GRAPHENE_POINT_INIT(from->box.origin.x + from->box.size.width,
                                      from->box.origin.y + from->box.size.height / 2), to, TRUE, FALSE };
    cairo_t *cr = gtk_snapshot_append_cairo(snapshot, &GRAPHENE_RECT_INIT(0, 0, width, height));
    gdk_cairo_set_source_rgba(cr, &c->accent);
    cairo_set_line_width(cr, 2.2);
    trace_link(self, cr, &link);
    cairo_stroke(cr);
    cairo_destroy(cr);
  } else if (self->drag == PA_DRAG_MOVE || self->drag == PA_DRAG_RESIZE) {
    float x = (float)((self->guide_x - self->x) * self->zoom), y = (float)((self->guide_y - self->y) * self->zoom);
    if (!isnan(self->guide_x))
      gtk_snapshot_append_color(snapshot, &c->accent, &GRAPHENE_RECT_INIT(roundf(x), 0, 1, height));
    if (!isnan(self->guide_y))
      gtk_snapshot_append_color(snapshot, &c->accent, &GRAPHENE_RECT_INIT(0, roundf(y), width, 1));
  }
}

void
pa_canvas_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  PaCanvas *self = (PaCanvas *)widget;
  float width = (float)gtk_widget_get_width(widget), height = (float)gtk_widget_get_height(widget);
  graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, width, height);
  graphene_rect_t sight = GRAPHENE_RECT_INIT((float)self->x, (float)self->y, (float)(width / self->zoom),
                                             (float)(height / self->zoom));
  g_autoptr(GPtrArray) found = g_ptr_array_new(), boxes = g_ptr_array_new();
  pa_canvas_get_colors(self);
  gtk_snapshot_push_clip(snapshot, &all);
  gtk_snapshot_append_color(snapshot, &self->colors.background, &all);
  append_dots(self, snapshot, width, height);
  /* What is dragged is found where it was. */
  graphene_rect_t wide = sight;
  if (self->drag == PA_DRAG_MOVE)
    graphene_rect_inset(&wide, -fabsf((float)self->shift_x), -fabsf((float)self->shift_y));
  graphene_rect_inset(&wide, -8, -8);
  pa_spatial_index_find(self->index, &wide, found);
  pa_canvas_sort(found);
  for (guint i = 0; i < found->len; i++) {
    PaCanvasItem *item = found->pdata[i];
    if (pa_canvas_get_detail(self, item) == PA_DETAIL_BOX)
      g_ptr_array_add(boxes, item);
    else if (item->kind == PIKA_NODE_GROUP)
      append_item(self, snapshot, item);
  }
  append_links(self, snapshot, &sight, width, height);
  append_boxes(self, snapshot, boxes, width, height);
  for (guint i = 0; i < boxes->len; i++) {
    const PaCanvasItem *item = boxes->pdata[i];
    graphene_rect_t shown = pa_canvas_shown_box(self, item), box = pa_canvas_to_screen(self, &shown);
    if (item->picture && box.size.width > 30) {
      gtk_snapshot_append_color(snapshot, &self->colors.surface, &box);
      gtk_snapshot_append_texture(snapshot, item->picture, &box);
    }
    if (item->selected || !g_strcmp0(self->focused, item->id))
      append_ring(self, snapshot, &box, &self->colors.accent, 2);
  }
  for (guint i = 0; i < found->len; i++) {
    PaCanvasItem *item = found->pdata[i];
    if (pa_canvas_get_detail(self, item) != PA_DETAIL_BOX && item->kind != PIKA_NODE_GROUP)
      append_item(self, snapshot, item);
  }
  append_drag(self, snapshot, width, height);
  if (self->editor)
    gtk_widget_snapshot_child(widget, self->editor, snapshot);
  gtk_snapshot_pop(snapshot);
  gtk_widget_snapshot_child(widget, self->minimap, snapshot);
  gtk_widget_snapshot_child(widget, self->search, snapshot);
}

GskRenderNode *
pa_canvas_draw_all(PaCanvas *self, graphene_rect_t *bounds)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  GtkSnapshot *snapshot = gtk_snapshot_new();
  double x = self->x, y = self->y, zoom = self->zoom;
  if (!pa_spatial_index_get_extents(self->index, bounds)) {
    g_object_unref(snapshot);
    return NULL;
  }
  graphene_rect_inset(bounds, -40, -40);
  pa_canvas_get_colors(self);
  pa_spatial_index_find(self->index, bounds, found);
  pa_canvas_sort(found);
  self->x = bounds->origin.x;
  self->y = bounds->origin.y;
  self->zoom = 1;
  gtk_snapshot_append_color(snapshot, &self->colors.background,
                            &GRAPHENE_RECT_INIT(0, 0, bounds->size.width, bounds->size.height));
  append_links(self, snapshot, bounds, bounds->size.width, bounds->size.height);
  for (guint i = 0; i < found->len; i++) {
    PaCanvasItem *item = found->pdata[i];
    graphene_rect_t box = pa_canvas_to_screen(self, &item->box);
    gtk_snapshot_save(snapshot);
    gtk_snapshot_translate(snapshot, &box.origin);
    gtk_snapshot_append_node(snapshot, pa_canvas_draw_item(self, item, PA_DETAIL_FULL));
    gtk_snapshot_restore(snapshot);
  }
  self->x = x;
  self->y = y;
  self->zoom = zoom;
  *bounds = GRAPHENE_RECT_INIT(0, 0, bounds->size.width, bounds->size.height);
  return gtk_snapshot_free_to_node(snapshot);
}
