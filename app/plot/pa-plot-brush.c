/* The brush: an interval of data values, so that it stays where it is whatever the view shows. */
#include "pa-plot-view-private.h"

#include <json-glib/json-glib.h>
#include <math.h>

void
pa_brush_clear(PaBrush *self)
{
  g_free(self->field[0]);
  g_free(self->field[1]);
  *self = (PaBrush){ 0 };
}

static gboolean
read_side(PaBrush *self, int k, JsonObject *object)
{
  JsonNode *node = json_object_get_member(object, pa_plot_scale_id(k));
  if (!node)
    return TRUE;
  JsonObject *side = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  const char *field = side ? json_object_get_string_member_with_default(side, "field", NULL) : NULL;
  JsonNode *range = side ? json_object_get_member(side, "range") : NULL;
  if (!field || !range || !JSON_NODE_HOLDS_ARRAY(range) || json_array_get_length(json_node_get_array(range)) != 2)
    return FALSE;
  self->has[k] = TRUE;
  self->field[k] = g_strdup(field);
  self->from[k] = json_array_get_double_element(json_node_get_array(range), 0);
  self->to[k] = json_array_get_double_element(json_node_get_array(range), 1);
  return isfinite(self->from[k]) && isfinite(self->to[k]);
}

gboolean
pa_brush_from_json(PaBrush *self, const char *json, GError **error)
{
  PaBrush read = { 0 };
  if (!json || !*json) {
    pa_brush_clear(self);
    return TRUE;
  }
  g_autoptr(JsonNode) node = json_from_string(json, error);
  if (!node)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT(node) || !read_side(&read, 0, json_node_get_object(node)) ||
      !read_side(&read, 1, json_node_get_object(node))) {
    pa_brush_clear(&read);
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_INVALID, "not a brush: %s", json);
    return FALSE;
  }
  pa_brush_clear(self);
  *self = read;
  return TRUE;
}

char *
pa_brush_to_json(const PaBrush *self)
{
  if (!self->has[0] && !self->has[1])
    return g_strdup("");
  g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), json_object_new());
  JsonObject *object = json_node_get_object(node);
  json_object_unref(object); /* the node's now */
  for (int k = 0; k < 2; k++) {
    if (!self->has[k])
      continue;
    JsonObject *side = json_object_new();
    JsonArray *range = json_array_new();
    json_array_add_double_element(range, self->from[k]);
    json_array_add_double_element(range, self->to[k]);
    json_object_set_string_member(side, "field", self->field[k]);
    json_object_set_array_member(side, "range", range);
    json_object_set_object_member(object, pa_plot_scale_id(k), side);
  }
  return json_to_string(node, FALSE);
}

void
pa_plot_view_brush_changed(PaPlotView *self)
{
  g_free(self->brush_json);
  self->brush_json = pa_brush_to_json(&self->brush);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_object_notify(G_OBJECT(self), "brush");
}

gboolean
pa_plot_view_get_brush_box(PaPlotView *self, graphene_rect_t *box)
{
  double edges[2][2];
  gboolean any = FALSE;
  if (!self->frame)
    return FALSE;
  for (int k = 0; k < 2; k++) {
    double low, high;
    pa_plot_view_get_edges(self, k, &low, &high);
    edges[k][0] = low;
    edges[k][1] = high;
    if (!self->brush.has[k])
      continue;
    double a = pa_plot_view_pixel_at(self, k, self->brush.from[k]), b = pa_plot_view_pixel_at(self, k, self->brush.to[k]);
    if (isnan(a) || isnan(b))
      continue;
    edges[k][0] = CLAMP(fmin(a, b), low, high);
    edges[k][1] = CLAMP(fmax(a, b), low, high);
    any = TRUE;
  }
  graphene_rect_init(box, (float)edges[0][0], (float)edges[1][0], (float)(edges[0][1] - edges[0][0]),
                     (float)(edges[1][1] - edges[1][0]));
  return any;
}

/* Only a scale of a field's own values can be brushed. */
static const char *
field_of(PaPlotView *self, int k)
{
  const PikaAxisInfo *axis = self->frame ? pika_view_frame_find_axis(self->frame, pa_plot_scale_id(k)) : NULL;
  return axis && axis->kind != PIKA_SCALE_DISCRETE ? axis->field : NULL;
}

void
pa_plot_view_brush_to(PaPlotView *self)
{
  pa_brush_clear(&self->brush);
  for (int k = 0; k < 2; k++) {
    const char *field = self->along[k] ? field_of(self, k) : NULL;
    double low, high;
    if (!field)
      continue;
    pa_plot_view_get_edges(self, k, &low, &high);
    double a = pa_plot_view_value_at(self, k, CLAMP(self->start[k], low, high));
    double b = pa_plot_view_value_at(self, k, CLAMP(self->end[k], low, high));
    if (!isfinite(a) || !isfinite(b))
      continue;
    self->brush.has[k] = TRUE;
    self->brush.field[k] = g_strdup(field);
    self->brush.from[k] = fmin(a, b);
    self->brush.to[k] = fmax(a, b);
  }
  pa_plot_view_brush_changed(self);
}

void
pa_plot_view_move_brush(PaPlotView *self, double dx, double dy)
{
  const double by[2] = { dx, dy };
  for (int k = 0; k < 2; k++) {
    if (!self->brush.has[k] || by[k] == 0)
      continue;
    double a = pa_plot_view_value_at(self, k, pa_plot_view_pixel_at(self, k, self->brush.from[k]) + by[k]);
    double b = pa_plot_view_value_at(self, k, pa_plot_view_pixel_at(self, k, self->brush.to[k]) + by[k]);
    if (!isfinite(a) || !isfinite(b))
      continue;
    self->brush.from[k] = fmin(a, b);
    self->brush.to[k] = fmax(a, b);
  }
  pa_plot_view_brush_changed(self);
}
