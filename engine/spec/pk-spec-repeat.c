/* Repeated views: a view for each field named, beside each other or over each other (vega-lite's src/normalize/core.ts).
 * What is repeated is copied, with the field in place of {"repeat": …}. */
#include "pk-spec-priv.h"

#include <string.h>

/* The fields in place of {"repeat": "repeat"}, {"repeat": "row"} …; NULL: not repeated here. */
typedef struct {
  const char *repeat, *row, *column, *layer;
} Repeated;

static const char *
field_for(const Repeated *repeated, JsonObject *object)
{
  const char *name = pk_json_text_of(object, "repeat");
  return !name                            ? NULL
         : g_str_equal(name, "repeat")    ? repeated->repeat
         : g_str_equal(name, "row")       ? repeated->row
         : g_str_equal(name, "column")    ? repeated->column
         : g_str_equal(name, "layer")     ? repeated->layer
                                          : NULL;
}

static JsonNode *copied(PkSpecMaker *self, const char *name, JsonNode *node, const Repeated *repeated);

static JsonNode *
copied_array(PkSpecMaker *self, JsonArray *array, const Repeated *repeated)
{
  JsonArray *made = json_array_new();
  for (guint i = 0; i < json_array_get_length(array); i++)
    json_array_add_element(made, copied(self, "", json_array_get_element(array, i), repeated));
  JsonNode *node = json_node_init_array(json_node_alloc(), made);
  json_array_unref(made);
  return node;
}

/* A copy of a member; the caller owns it. Data and parameters are shared. */
static JsonNode *
copied(PkSpecMaker *self, const char *name, JsonNode *node, const Repeated *repeated)
{
  JsonObjectIter iter;
  JsonNode *member;
  if (g_str_equal(name, "data") || g_str_equal(name, "params"))
    return json_node_ref(node);
  if (JSON_NODE_HOLDS_ARRAY(node))
    return copied_array(self, json_node_get_array(node), repeated);
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return json_node_ref(node);
  JsonObject *object = json_node_get_object(node);
  const char *field = g_str_equal(name, "field") || g_str_equal(name, "datum") ? field_for(repeated, object) : NULL;
  if (field)
    return json_node_init_string(json_node_alloc(), field);
  JsonObject *made = pk_spec_copy_object(self, NULL, pk_spec_path(self, object));
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &member))
    json_object_set_member(made, name, copied(self, name, member, repeated));
  return json_node_init_object(json_node_alloc(), made);
}

static JsonArray *
list_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static guint
length_of(JsonArray *list)
{
  return list ? json_array_get_length(list) : 1;
}

static const char *
element(JsonArray *list, guint i)
{
  return list ? json_array_get_string_element(list, i) : NULL;
}

/* A repeat over layers inside one over rows or columns stays a repeat, of the view that these have been put into. */
static JsonNode *
with_layers(PkSpecMaker *self, JsonNode *view, JsonArray *layers, const char *path)
{
  JsonObject *made = pk_spec_copy_object(self, NULL, path), *map = pk_spec_copy_object(self, NULL, path);
  json_object_set_array_member(map, "layer", json_array_ref(layers));
  json_object_set_object_member(made, "repeat", json_object_ref(map));
  json_object_set_member(made, "spec", view);
  return json_node_init_object(json_node_alloc(), made);
}

JsonObject *
pk_spec_expand_repeat(PkSpecMaker *self, JsonObject *object)
{
  JsonNode *spec = json_object_get_member(object, "spec");
  JsonObject *map = pk_json_object_of(object, "repeat"), *made = pk_spec_copy_object(self, object, NULL);
  JsonArray *each = list_of(object, "repeat"), *views = json_array_new();
  JsonArray *rows = list_of(map, "row"), *columns = list_of(map, "column"), *layers = list_of(map, "layer");
  gboolean layered = layers && !rows && !columns;
  json_object_remove_member(made, "repeat");
  json_object_remove_member(made, "spec");
  for (guint i = 0; i < length_of(layered ? layers : each); i++)
    for (guint r = 0; r < length_of(rows); r++)
      for (guint c = 0; c < length_of(columns); c++) {
        Repeated repeated = { element(each, i), element(rows, r), element(columns, c), layered ? element(layers, i) : NULL };
        JsonNode *view = copied(self, "", spec, &repeated);
        json_array_add_element(views, layers && !layered ? with_layers(self, view, layers, pk_spec_path(self, object)) : view);
      }
  json_object_set_array_member(made, layered ? "layer" : "concat", views);
  if (!each)
    json_object_set_int_member(made, "columns", columns ? json_array_get_length(columns) : 1);
  return made;
}
