/* Legends: a click switches a series off and on, or selects it where the specification says so. */
#include "pa-plot-view-private.h"

#include <json-glib/json-glib.h>

const PikaLegendInfo *
pa_plot_view_find_entry(PaPlotView *self, double x, double y)
{
  for (guint i = 0; self->frame && i < pika_view_frame_get_n_legend_entries(self->frame); i++) {
    const PikaLegendInfo *entry = pika_view_frame_get_legend_entry(self->frame, i);
    if (x >= entry->box.x && y >= entry->box.y && x < entry->box.x + entry->box.width && y < entry->box.y + entry->box.height)
      return entry;
  }
  return NULL;
}

/* A point selection by this field's legend; NULL: none. */
static const PikaParamInfo *
find_param(PaPlotView *self, const char *field)
{
  for (guint i = 0; self->view && i < pika_view_get_n_params(self->view); i++) {
    const PikaParamInfo *param = pika_view_get_param(self->view, i);
    if (param->is_legend && param->fields[0] && g_str_equal(param->fields[0], field))
      return param;
  }
  return NULL;
}

/* The tuples that are selected; a new array. */
static JsonArray *
get_tuples(PaPlotView *self, const PikaParamInfo *param)
{
  g_autofree char *own = pika_view_state_dup_param(self->state, param->name);
  const char *text = own ? own : param->value;
  g_autoptr(JsonNode) node = text ? json_from_string(text, NULL) : NULL;
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_array_ref(json_node_get_array(node)) : json_array_new();
}

static gint
find_tuple(JsonArray *tuples, const PikaParamInfo *param, JsonNode *value)
{
  for (guint i = 0; i < json_array_get_length(tuples); i++) {
    JsonNode *tuple = json_array_get_element(tuples, i);
    JsonNode *member = JSON_NODE_HOLDS_OBJECT(tuple)
                         ? json_object_get_member(json_node_get_object(tuple), param->members[0]) : tuple;
    if (member && json_node_equal(member, value))
      return (gint)i;
  }
  return -1;
}

static void
toggle_tuple(PaPlotView *self, const PikaParamInfo *param, const char *text)
{
  g_autoptr(JsonNode) value = json_from_string(text, NULL);
  g_autoptr(JsonArray) tuples = get_tuples(self, param);
  gint at = value ? find_tuple(tuples, param, value) : -1;
  if (at >= 0) {
    json_array_remove_element(tuples, (guint)at);
  } else if (value) {
    JsonObject *tuple = json_object_new();
    json_object_set_member(tuple, param->members[0], json_node_copy(value));
    json_array_add_object_element(tuples, tuple);
  }
  g_autoptr(JsonNode) all = json_node_init_array(json_node_alloc(), tuples);
  g_autofree char *json = json_array_get_length(tuples) ? json_to_string(all, FALSE) : g_strdup("null");
  pika_view_state_set_param(self->state, param->name, json);
}

void
pa_plot_view_toggle_entry(PaPlotView *self, const char *field, const char *value)
{
  const PikaParamInfo *param = find_param(self, field);
  pa_plot_view_commit(self);
  pa_plot_view_begin(self);
  if (param)
    toggle_tuple(self, param, value);
  else
    pika_view_state_set_hidden(self->state, field, value, !pika_view_state_is_hidden(self->state, field, value));
  pa_plot_view_redraw(self);
  pa_plot_view_commit(self);
}

gboolean
pa_plot_view_entry_is_off(PaPlotView *self, const char *field, const char *value)
{
  const PikaParamInfo *param = find_param(self, field);
  if (!param)
    return pika_view_state_is_hidden(self->state, field, value);
  g_autoptr(JsonArray) tuples = get_tuples(self, param);
  g_autoptr(JsonNode) node = json_from_string(value, NULL);
  return json_array_get_length(tuples) > 0 && node && find_tuple(tuples, param, node) < 0;
}

void
pa_plot_view_snapshot_legend(PaPlotView *self, GtkSnapshot *snapshot)
{
  gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());
  GdkRGBA veil = dark ? (GdkRGBA){ 0.11f, 0.12f, 0.13f, 0.7f } : (GdkRGBA){ 1, 1, 1, 0.7f };
  for (guint i = 0; i < pika_view_frame_get_n_legend_entries(self->frame); i++) {
    const PikaLegendInfo *entry = pika_view_frame_get_legend_entry(self->frame, i);
    if (pa_plot_view_entry_is_off(self, entry->field, entry->value))
      gtk_snapshot_append_color(snapshot, &veil, &GRAPHENE_RECT_INIT((float)entry->box.x, (float)entry->box.y,
                                                                    (float)entry->box.width, (float)entry->box.height));
  }
}
