/* Selections in a still picture: what `value` selects from the start, as a predicate; nothing without it. */
#include "pk-error.h"
#include "pk-spec-priv.h"

#include <string.h>

/* The definition of a channel in the view that has the parameter, or in the first below it that has the
 * channel. */
static JsonObject *
find_channel(JsonObject *view, const char *channel)
{
  JsonObject *encoding = pk_json_object_of(view, "encoding");
  JsonObject *def = encoding ? pk_json_object_of(encoding, channel) : NULL;
  if (def && json_object_has_member(def, "field"))
    return def;
  JsonNode *layers = json_object_get_member(view, "layer");
  for (guint i = 0; layers && i < json_array_get_length(json_node_get_array(layers)); i++) {
    def = find_channel(json_array_get_object_element(json_node_get_array(layers), i), channel);
    if (def)
      return def;
  }
  return NULL;
}

static gboolean
is_channel(const char *name)
{
  for (PkChannel c = 0; c < PK_N_CHANNELS; c++)
    if (g_str_equal(pk_channel_name(c), name))
      return TRUE;
  return FALSE;
}

static gboolean
is_date(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_OBJECT(node);
}

/* {"field": …, "range" or "oneOf" or "equal": value}; temporal values compare as times, so not by ===. */
static JsonObject *
test_field(JsonObject *def, const char *field, JsonNode *value, gboolean is_range)
{
  JsonObject *test = json_object_new();
  gboolean dates = is_date(value);
  json_object_set_string_member(test, "field", field);
  if (def && json_object_has_member(def, "timeUnit"))
    json_object_set_member(test, "timeUnit", json_node_ref(json_object_get_member(def, "timeUnit")));
  if (JSON_NODE_HOLDS_ARRAY(value)) {
    json_object_set_member(test, is_range ? "range" : "oneOf", json_node_ref(value));
  } else if (dates) {
    JsonArray *both = json_array_new();
    json_array_add_element(both, json_node_ref(value));
    json_array_add_element(both, json_node_ref(value));
    json_object_set_array_member(test, "range", both);
  } else {
    json_object_set_member(test, "equal", json_node_ref(value));
  }
  return test;
}

/* A member of the value: a channel's or a field's part of the selection. */
static JsonObject *
test_member(JsonObject *view, const PkParam *param, const char *name, JsonNode *value, gboolean is_interval,
            GError **error)
{
  JsonObject *def = is_channel(name) ? find_channel(view, name) : NULL;
  const char *type = def ? pk_json_text_of(def, "type") : NULL;
  gboolean discrete = type && strchr("noNO", type[0]);
  if ((def && json_object_has_member(def, "aggregate")) || (is_interval && !def)) {
    pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.value.%s: a selection by this channel is not supported",
            param->props.path,
            name);
    return NULL;
  }
  return test_field(def, def ? pk_json_text_of(def, "field") : name, value, is_interval && !discrete);
}

/* All members of {"x": [0, 5], "y": …} or {"symbol": "a"}: {"and": […]}. */
static JsonObject *
test_all(JsonObject *view, const PkParam *param, JsonObject *value, gboolean is_interval, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  JsonArray *tests = json_array_new();
  JsonObject *all = json_object_new();
  json_object_set_array_member(all, "and", tests);
  json_object_iter_init_ordered(&iter, value);
  while (json_object_iter_next_ordered(&iter, &name, &member)) {
    JsonObject *test = test_member(view, param, name, member, is_interval, error);
    if (!test) {
      json_object_unref(all);
      return NULL;
    }
    json_array_add_object_element(tests, test);
  }
  return all;
}

/* The only field or channel that a point selection projects to, for values that are not objects. */
static const char *
only_member(const PkParam *param)
{
  PkProps select = pk_props_get_bag(&param->props, "select");
  for (guint i = 0; i < 2; i++) {
    JsonNode *names = pk_props_get(&select, i ? "encodings" : "fields");
    if (names && json_array_get_length(json_node_get_array(names)) == 1)
      return json_array_get_string_element(json_node_get_array(names), 0);
  }
  return NULL;
}

/* One tuple of the value; a plain value is that of the only field. */
static JsonObject *
test_tuple(JsonObject *view, const PkParam *param, JsonNode *value, gboolean is_interval, GError **error)
{
  if (JSON_NODE_HOLDS_OBJECT(value))
    return test_all(view, param, json_node_get_object(value), is_interval, error);
  const char *name = only_member(param);
  if (name && !is_interval)
    return test_member(view, param, name, value, FALSE, error);
  pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.value: a selection of this value is not supported",
          param->props.path);
  return NULL;
}

/* {"or": […]} of the tuples. */
static JsonNode *
test_value(JsonObject *view, const PkParam *param, GError **error)
{
  const char *type = pk_props_get_text(&param->props, "select", NULL);
  PkProps select = pk_props_get_bag(&param->props, "select");
  gboolean is_interval = g_strcmp0(type ? type : pk_props_get_text(&select, "type", NULL), "interval") == 0;
  JsonArray *tuples = JSON_NODE_HOLDS_ARRAY(param->value) ? json_node_get_array(param->value) : NULL;
  JsonArray *tests = json_array_new();
  JsonObject *any = json_object_new();
  json_object_set_array_member(any, "or", tests);
  for (guint i = 0; i < (tuples ? json_array_get_length(tuples) : 1); i++) {
    JsonObject *test = test_tuple(view, param, tuples ? json_array_get_element(tuples, i) : param->value,
                                  is_interval,
                                  error);
    if (!test) {
      json_object_unref(any);
      return NULL;
    }
    json_array_add_object_element(tests, test);
  }
  JsonNode *node = json_node_init_object(json_node_alloc(), any);
  json_object_unref(any);
  return node;
}

const PkParam *
pk_spec_find_selection(const PkSpecMaker *self, const char *name)
{
  for (guint i = 0; name && i < self->spec.n_params; i++)
    if (self->spec.params[i].is_selection && g_strcmp0(self->spec.params[i].name, name) == 0)
      return &self->spec.params[i];
  return NULL;
}

JsonNode *
pk_spec_selection_test(PkSpecMaker *self, const PkParam *param, gboolean empty, GError **error)
{
  JsonNode *test;
  gboolean nothing = !param->value || JSON_NODE_HOLDS_NULL(param->value) ||
                     (JSON_NODE_HOLDS_ARRAY(param->value) &&
                      json_array_get_length(json_node_get_array(param->value)) == 0);
  if (nothing) {
    test = json_node_init_string(json_node_alloc(), empty ? "true" : "false");
  } else {
    JsonObject *view = g_hash_table_lookup(self->param_views, param->props.object);
    test = test_value(view, param, error);
  }
  if (!test)
    return NULL;
  JsonObject *holder = pk_spec_copy_object(self, NULL, param->props.path);
  json_object_set_member(holder, "test", test);
  return test;
}

/* --- within predicates --- */

static JsonNode *
resolve_array(PkSpecMaker *self, JsonNode *node, GError **error)
{
  JsonArray *from = json_node_get_array(node), *made = json_array_new();
  JsonNode *out = json_node_init_array(json_node_alloc(), made);
  json_array_unref(made);
  for (guint i = 0; i < json_array_get_length(from); i++) {
    JsonNode *item = pk_spec_resolve_selections(self, json_array_get_element(from, i), error);
    if (!item) {
      json_node_unref(out);
      return NULL;
    }
    json_array_add_element(made, item);
  }
  return out;
}

JsonNode *
pk_spec_resolve_selections(PkSpecMaker *self, JsonNode *node, GError **error)
{
  static const char *const combinations[] = { "and", "or", "not" };
  if (JSON_NODE_HOLDS_ARRAY(node))
    return resolve_array(self, node, error);
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return json_node_ref(node);
  JsonObject *object = json_node_get_object(node);
  const PkParam *param = pk_spec_find_selection(self, pk_json_text_of(object, "param"));
  if (param) {
    JsonNode *empty = json_object_get_member(object, "empty");
    JsonNode *test = pk_spec_selection_test(self, param, !empty || pk_json_is_true(empty), error);
    return test ? json_node_ref(test) : NULL;
  }
  for (guint i = 0; i < G_N_ELEMENTS(combinations); i++) {
    if (!json_object_has_member(object, combinations[i]))
      continue;
    JsonNode *inner = pk_spec_resolve_selections(self, json_object_get_member(object, combinations[i]),
                                                 error);
    if (!inner)
      return NULL;
    JsonObject *made = pk_spec_copy_object(self, NULL, pk_spec_path(self, object));
    json_object_set_member(made, combinations[i], inner);
    return json_node_init_object(json_node_alloc(), made);
  }
  return json_node_ref(node);
}

/* --- domains --- */

/* The interval of an encoding or field in the selection's value; NULL while there is none. */
static JsonNode *
find_interval(const PkParam *param, const char *name)
{
  JsonNode *value = param->value;
  if (value && JSON_NODE_HOLDS_ARRAY(value) && json_array_get_length(json_node_get_array(value)) == 1)
    value = json_array_get_element(json_node_get_array(value), 0);
  if (!name || !value || !JSON_NODE_HOLDS_OBJECT(value))
    return NULL;
  JsonNode *interval = json_object_get_member(json_node_get_object(value), name);
  return interval && JSON_NODE_HOLDS_ARRAY(interval) ? interval : NULL;
}

PkProps
pk_spec_resolve_domain(PkSpecMaker *self, PkChannel channel, const char *field, PkProps scale)
{
  PkProps domain = pk_props_get_bag(&scale, "domain");
  const PkParam *param = pk_spec_find_selection(self, pk_props_get_text(&domain, "param", NULL));
  if (!domain.object || !json_object_has_member(domain.object, "param"))
    return scale;
  const char *encoding = pk_props_get_text(&domain, "encoding", NULL);
  const char *own = pk_props_get_text(&domain, "field", NULL);
  JsonNode *interval = !param ? NULL : find_interval(param, encoding ? encoding : own);
  if (param && !interval && !encoding && !own) /* by what the channel itself is */
    interval = find_interval(param, pk_channel_name(channel));
  if (param && !interval && !encoding && !own)
    interval = find_interval(param, field);
  JsonObject *made = pk_spec_copy_object(self, scale.object, scale.path);
  json_object_remove_member(made, "domain");
  if (interval) /* Vega's name for it: shown as it is, neither padded nor made nice */
    json_object_set_member(made, "domainRaw", json_node_ref(interval));
  return pk_spec_bag(self, made);
}
