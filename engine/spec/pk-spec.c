#include "pk-error.h"
#include "pk-json.h"
#include "pk-schema.h"
#include "pk-spec-priv.h"

#include <string.h>

gpointer
pk_spec_alloc(PkSpecMaker *self, gsize size)
{
  gpointer block = g_malloc0(size ? size : 1);
  g_ptr_array_add(self->blocks, block);
  return block;
}

char *
pk_spec_dup(PkSpecMaker *self, const char *text)
{
  if (!text)
    return NULL;
  char *copy = g_strdup(text);
  g_ptr_array_add(self->blocks, copy);
  return copy;
}

const char *
pk_spec_path(const PkSpecMaker *self, JsonObject *object)
{
  const char *path = object ? g_hash_table_lookup(self->paths, object) : NULL;
  return path ? path : "$";
}

JsonObject *
pk_spec_copy_object(PkSpecMaker *self, JsonObject *object, const char *path)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  JsonObject *copy = json_object_new();
  g_ptr_array_add(self->made, copy);
  g_hash_table_insert(self->paths, copy, g_strdup(path ? path : pk_spec_path(self, object)));
  if (!object)
    return copy;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    json_object_set_member(copy, name, json_node_ref(node));
  return copy;
}

PkProps
pk_spec_bag(const PkSpecMaker *self, JsonObject *object)
{
  return (PkProps){ object, (char *)pk_spec_path(self, object) };
}

void
pk_json_set(JsonObject *object, const char *name, JsonNode *node)
{
  if (json_object_get_member(object, name) == node)
    json_node_unref(node);
  else
    json_object_set_member(object, name, node);
}

JsonObject *
pk_json_object_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

gboolean
pk_json_is_text(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

gboolean
pk_json_is_number(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) &&
         (json_node_get_value_type(node) == G_TYPE_INT64 || json_node_get_value_type(node) == G_TYPE_DOUBLE);
}

gboolean
pk_json_is_true(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean(node);
}

gboolean
pk_json_is_truthy(JsonNode *node)
{
  if (!node || JSON_NODE_HOLDS_NULL(node))
    return FALSE;
  if (pk_json_is_text(node))
    return json_node_get_string(node)[0] != '\0';
  if (pk_json_is_number(node))
    return json_node_get_double(node) != 0;
  return !JSON_NODE_HOLDS_VALUE(node) || json_node_get_boolean(node);
}

const char *
pk_json_text_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return pk_json_is_text(node) ? json_node_get_string(node) : NULL;
}

/* Notes the path of each object below node; takes path. Rows of inline data need none. */
static void
note_paths(PkSpecMaker *self, JsonNode *node, char *path)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      note_paths(self, json_array_get_element(array, i), g_strdup_printf("%s[%u]", path, i));
    g_free(path);
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    JsonObject *object = json_node_get_object(node);
    g_hash_table_insert(self->paths, object, path);
    json_object_iter_init_ordered(&iter, object);
    while (json_object_iter_next_ordered(&iter, &name, &member))
      if (!g_str_equal(name, "values") && !g_str_equal(name, "datasets"))
        note_paths(self, member, pk_schema_member_path(path, name));
  } else {
    g_free(path);
  }
}

PkSpec *
pk_spec_parse(const char *json, gssize length, const char *name, GError **error)
{
  JsonNode *root = pk_json_parse(json, length, name, error);
  if (!root)
    return NULL;
  PkSpecMaker *self = g_new0(PkSpecMaker, 1);
  g_autoptr(PkSpec) spec = &self->spec;
  self->root = root;
  self->paths = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  self->param_views = g_hash_table_new(NULL, NULL);
  self->blocks = g_ptr_array_new_with_free_func(g_free);
  self->made = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
  note_paths(self, root, g_strdup("$"));
  if (!JSON_NODE_HOLDS_OBJECT(root)) {
    pk_fail(error, PK_ERROR_INVALID, "$: a specification is an object");
    return NULL;
  }
  if (!pk_schema_check("Top", root, "$", error))
    return NULL;
  return pk_spec_build(self, error) ? g_steal_pointer(&spec) : NULL;
}

void
pk_spec_free(PkSpec *self)
{
  PkSpecMaker *maker = (PkSpecMaker *)self;
  if (!self)
    return;
  g_ptr_array_unref(maker->blocks);
  g_ptr_array_unref(maker->made);
  g_hash_table_unref(maker->paths);
  g_hash_table_unref(maker->param_views);
  json_node_unref(maker->root);
  g_free(maker);
}

const char *
pk_mark_name(PkMarkType mark)
{
  static const char *const names[PK_N_MARKS] = { "bar", "line", "area", "point", "circle", "square",
                                                 "tick", "rule", "rect", "text" };
  return mark < PK_N_MARKS ? names[mark] : "?";
}

const char *
pk_channel_name(PkChannel channel)
{
  static const char *const names[PK_N_CHANNELS] = {
    "x", "y", "x2", "y2", "xOffset", "yOffset", "color", "fill", "stroke", "opacity", "fillOpacity",
    "strokeOpacity", "strokeWidth", "strokeDash", "size", "shape", "angle", "text", "tooltip", "href", "url",
    "description", "detail", "key", "order",
  };
  return channel < PK_N_CHANNELS ? names[channel] : "?";
}

const char *
pk_measure_name(PkMeasure measure)
{
  static const char *const names[] = { "none", "quantitative", "temporal", "ordinal", "nominal" };
  return measure <= PK_MEASURE_NOMINAL ? names[measure] : "?";
}
