#include "pk-selection.h"

#include <string.h>

static const PkChannelDef *
find_def(const PkView *view, PkChannel channel)
{
  if (!view->is_layer) {
    const PkEncoding *encoding = &view->encoding[channel];
    return encoding->n > 0 && encoding->defs[0].field ? &encoding->defs[0] : NULL;
  }
  for (guint i = 0; i < view->n_children; i++) {
    const PkChannelDef *def = find_def(view->children[i], channel);
    if (def)
      return def;
  }
  return NULL;
}

/* The definition that a key of the value names by its channel; NULL: the key is a field. */
static const PkChannelDef *
def_of_key(const PkSpec *spec, const char *key)
{
  for (int channel = 0; channel < PK_N_CHANNELS; channel++)
    if (g_str_equal(pk_channel_name(channel), key))
      return find_def(spec->root, channel);
  return NULL;
}

/* A value as the expression language writes it; NULL for one that it cannot. */
static char *
literal(JsonNode *node)
{
  static const char *const parts[] = {"year",    "month",   "date",        "hours",
                                      "minutes", "seconds", "milliseconds"};
  static const int defaults[] = { 2012, 1, 1, 0, 0, 0, 0 };
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return JSON_NODE_HOLDS_ARRAY(node) ? NULL : json_to_string(node, FALSE);
  JsonObject *object = json_node_get_object(node);
  GString *text = g_string_new("datetime(");
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    JsonNode *part = json_object_get_member(object, parts[i]);
    gint64 value = part && JSON_NODE_HOLDS_VALUE(part) ? json_node_get_int(part) : defaults[i];
    g_string_append_printf(text, "%s%" G_GINT64_FORMAT, i ? ", " : "", i == 1 ? value - 1 : value);
  }
  g_string_append_c(text, ')');
  return g_string_free(text, FALSE);
}

static char *
quoted(const char *field)
{
  g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), field);
  return json_to_string(node, FALSE);
}

static void
append_and(GString *text)
{
  if (text->len > 0)
    g_string_append(text, " && ");
}

static gboolean
is_discrete(const PkChannelDef *def)
{
  return def->type == PK_MEASURE_NOMINAL || def->type == PK_MEASURE_ORDINAL;
}

/* One side of an interval: between two values, or among those listed. */
static void
append_range(GString *text, const char *field, JsonArray *values, gboolean discrete)
{
  g_autofree char *name = quoted(field);
  guint n = json_array_get_length(values);
  append_and(text);
  if (!discrete && n == 2) {
    g_autofree char *lo = literal(json_array_get_element(values, 0)),
                    *hi = literal(json_array_get_element(values, 1));
    g_string_append_printf(text, "inrange(toNumber(datum[%s]), [toNumber(%s), toNumber(%s)])", name, lo, hi);
    return;
  }
  g_string_append(text, "indexof([");
  for (guint i = 0; i < n; i++) {
    g_autofree char *value = literal(json_array_get_element(values, i));
    g_string_append_printf(text, "%s%s", i ? ", " : "", value ? value : "null");
  }
  g_string_append_printf(text, "], datum[%s]) >= 0", name);
}

/* {"x": [a, b], …} or {"field": value, …}. */
static void
append_object(const PkSpec *spec, GString *text, JsonObject *object)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &key, &node)) {
    const PkChannelDef *def = def_of_key(spec, key);
    const char *field = def ? def->field : key;
    if (JSON_NODE_HOLDS_ARRAY(node)) {
      append_range(text, field, json_node_get_array(node), def && is_discrete(def));
      continue;
    }
    g_autofree char *name = quoted(field), *value = literal(node);
    append_and(text);
    g_string_append_printf(text, "datum[%s] == %s", name, value ? value : "null");
  }
}

static char *
value_test(const PkSpec *spec, JsonNode *value)
{
  g_autoptr(GString) text = g_string_new(NULL);
  if (JSON_NODE_HOLDS_OBJECT(value)) {
    append_object(spec, text, json_node_get_object(value));
  } else if (JSON_NODE_HOLDS_ARRAY(value)) {
    JsonArray *array = json_node_get_array(value);
    for (guint i = 0; i < json_array_get_length(array); i++) {
      JsonNode *one = json_array_get_element(array, i);
      g_autoptr(GString) part = g_string_new(NULL);
      if (!JSON_NODE_HOLDS_OBJECT(one))
        continue;
      append_object(spec, part, json_node_get_object(one));
      if (part->len > 0)
        g_string_append_printf(text, "%s(%s)", text->len ? " || " : "", part->str);
    }
  }
  return text->len > 0 ? g_strdup_printf("(%s)", text->str) : NULL;
}

char *
pk_selection_to_expr(const PkSpec *spec, const char *param, gboolean empty)
{
  for (guint i = 0; i < spec->n_params; i++) {
    const PkParam *p = &spec->params[i];
    if (g_strcmp0(p->name, param) != 0)
      continue;
    if (!p->is_selection)
      return g_strdup(param);
    char *test = p->value ? value_test(spec, p->value) : NULL;
    return test ? test : g_strdup(empty ? "true" : "false");
  }
  return g_strdup(empty ? "true" : "false");
}

/* A copy of the predicate in which {"param": …} is the test of its initial value. */
static JsonNode *
without_selections(const PkSpec *spec, JsonNode *node)
{
  JsonObject *object;

  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *from = json_node_get_array(node), *array = json_array_new();
    for (guint i = 0; i < json_array_get_length(from); i++)
      json_array_add_element(array, without_selections(spec, json_array_get_element(from, i)));
    JsonNode *copy = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(copy, array);
    return copy;
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return json_node_copy(node);
  object = json_node_get_object(node);
  if (json_object_has_member(object, "param")) {
    gboolean empty = json_object_get_boolean_member_with_default(object, "empty", TRUE);
    g_autofree char *text =
        pk_selection_to_expr(spec, json_object_get_string_member(object, "param"), empty);
    return json_node_init_string(json_node_alloc(), text);
  }
  JsonObject *copy = json_object_new();
  GList *members = json_object_get_members(object);
  for (GList *l = members; l; l = l->next)
    json_object_set_member(copy, l->data, without_selections(spec, json_object_get_member(object, l->data)));
  g_list_free(members);
  JsonNode *result = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(result, copy);
  return result;
}

char *
pk_selection_predicate(const PkSpec *spec, JsonNode *predicate, const char *path, GError **error)
{
  g_autoptr(JsonNode) plain = without_selections(spec, predicate);

  if (json_node_get_value_type(plain) == G_TYPE_STRING)
    return g_strdup(json_node_get_string(plain));
  return pk_predicate_to_expr(plain, path, error);
}
