#include "pk-view-params.h"

#include <string.h>

/* --- finding them: at the top, in the config and in layers, as Vega-Lite allows --- */

typedef void (*ParamFunc)(JsonObject *param, JsonObject *view, gpointer data);

static JsonObject *
object_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static JsonArray *
array_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static const char *
text_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node)
                                                                                                : NULL;
}

static void
each_param(JsonObject *view, ParamFunc func, gpointer data)
{
  JsonArray *own = array_of(view, "params"), *layers = array_of(view, "layer");
  for (guint i = 0; own && i < json_array_get_length(own); i++)
    func(json_array_get_object_element(own, i), view, data);
  if (object_of(view, "config"))
    each_param(object_of(view, "config"), func, data);
  for (guint i = 0; layers && i < json_array_get_length(layers); i++)
    each_param(json_array_get_object_element(layers, i), func, data);
}

/* --- what they are --- */

static char *
member_text(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node ? json_to_string(node, FALSE) : NULL;
}

/* The field of a channel in the view that has the parameter, or in the first layer below it that has one. */
static const char *
find_field(JsonObject *view, const char *channel)
{
  JsonObject *encoding = object_of(view, "encoding");
  const char *field = text_of(object_of(encoding, channel), "field");
  JsonArray *layers = array_of(view, "layer");
  for (guint i = 0; !field && layers && i < json_array_get_length(layers); i++)
    field = find_field(json_array_get_object_element(layers, i), channel);
  return field;
}

static void
add_name(GStrvBuilder *names, GStrvBuilder *fields, JsonObject *view, const char *channel)
{
  const char *field = find_field(view, channel);
  if (!field)
    return;
  g_strv_builder_add(names, channel);
  g_strv_builder_add(fields, field);
}

/* What a selection goes by: fields as they are, channels by theirs; an interval without either by x and y. */
static void
take_projection(PikaParamInfo *info, JsonObject *select, JsonObject *view)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new(), fields = g_strv_builder_new();
  JsonArray *encodings = array_of(select, "encodings"), *given = array_of(select, "fields");
  for (guint i = 0; given && i < json_array_get_length(given); i++) {
    g_strv_builder_add(names, json_array_get_string_element(given, i));
    g_strv_builder_add(fields, json_array_get_string_element(given, i));
  }
  for (guint i = 0; encodings && i < json_array_get_length(encodings); i++)
    add_name(names, fields, view, json_array_get_string_element(encodings, i));
  if (!encodings && !given && info->kind == PIKA_PARAM_INTERVAL) {
    add_name(names, fields, view, "x");
    add_name(names, fields, view, "y");
  }
  info->members = g_strv_builder_end(names);
  info->fields = g_strv_builder_end(fields);
}

static void
take_param(JsonObject *param, JsonObject *view, gpointer data)
{
  PkViewParams *self = data;
  PikaParamInfo *info = g_new0(PikaParamInfo, 1);
  JsonObject *select = object_of(param, "select");
  const char *type = select ? text_of(select, "type") : text_of(param, "select"), *bind = text_of(param, "bind");
  JsonObject *bound = object_of(param, "bind");
  info->name = g_strdup(text_of(param, "name"));
  info->kind = !type ? PIKA_PARAM_VARIABLE : g_str_equal(type, "interval") ? PIKA_PARAM_INTERVAL : PIKA_PARAM_POINT;
  info->value = member_text(param, "value");
  info->is_scales = !g_strcmp0(bind, "scales");
  info->is_legend = !g_strcmp0(bind, "legend") || (bound && json_object_has_member(bound, "legend"));
  info->bind = bound && !info->is_legend ? member_text(param, "bind") : NULL;
  take_projection(info, select, view);
  self->follows_scales |= info->is_scales;
  g_ptr_array_add(self->params, info);
}

static void
info_free(gpointer data)
{
  PikaParamInfo *info = data;
  g_free(info->name);
  g_free(info->value);
  g_free(info->bind);
  g_strfreev(info->members);
  g_strfreev(info->fields);
  g_free(info);
}

void
pk_view_params_init(PkViewParams *self, const char *json, gssize length)
{
  g_autofree char *text = length < 0 ? g_strdup(json) : g_strndup(json, (gsize)length);
  self->root = json_from_string(text, NULL);
  self->params = g_ptr_array_new_with_free_func(info_free);
  if (self->root && JSON_NODE_HOLDS_OBJECT(self->root))
    each_param(json_node_get_object(self->root), take_param, self);
}

void
pk_view_params_clear(PkViewParams *self)
{
  g_clear_pointer(&self->root, json_node_unref);
  g_clear_pointer(&self->params, g_ptr_array_unref);
}

/* --- their values --- */

/* What is shown, as the value of an interval. */
static JsonNode *
shown_value(const PikaParamInfo *info, const PikaViewState *state)
{
  g_autoptr(JsonObject) value = json_object_new();
  for (guint i = 0; info->members[i]; i++) {
    double from, to;
    if (!pika_view_state_get_domain(state, info->members[i], &from, &to))
      continue;
    JsonArray *ends = json_array_new();
    json_array_add_double_element(ends, from);
    json_array_add_double_element(ends, to);
    json_object_set_array_member(value, info->members[i], ends);
  }
  return json_object_get_size(value) > 0 ? json_node_init_object(json_node_alloc(), value) : NULL;
}

typedef struct {
  const PkViewParams *params;
  const PikaViewState *state;
  guint at;
} Apply;

static void
apply_value(JsonObject *param, JsonObject *view, gpointer data)
{
  Apply *apply = data;
  const PikaParamInfo *info = apply->params->params->pdata[apply->at++];
  JsonNode *shown = info->is_scales ? shown_value(info, apply->state) : NULL;
  JsonNode *value = pk_view_state_param(apply->state, info->name);
  if (shown)
    json_object_set_member(param, "value", shown);
  else if (value && JSON_NODE_HOLDS_NULL(value) && info->kind != PIKA_PARAM_VARIABLE)
    json_object_remove_member(param, "value");
  else if (value)
    json_object_set_member(param, "value", json_node_copy(value));
}

char *
pk_view_params_apply(const PkViewParams *self, const PikaViewState *state)
{
  g_autofree char *text = json_to_string(self->root, FALSE);
  if (!state || self->params->len == 0)
    return g_steal_pointer(&text);
  g_autoptr(JsonNode) copy = json_from_string(text, NULL);
  Apply apply = { self, state, 0 };
  each_param(json_node_get_object(copy), apply_value, &apply);
  return json_to_string(copy, FALSE);
}
