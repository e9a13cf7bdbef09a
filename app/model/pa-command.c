#include "pa-command.h"

#include <string.h>

#define MERGE_US G_TIME_SPAN_SECOND

static const char *const target_names[] = { "source", "node", "workspace" };

static void
change_free(gpointer data)
{
  PaChange *self = data;
  g_free(self->id);
  g_clear_pointer(&self->before, g_variant_unref);
  g_clear_pointer(&self->after, g_variant_unref);
  g_free(self);
}

PaCommand *
pa_command_new(const char *label, const char *merge_key)
{
  PaCommand *self = g_new0(PaCommand, 1);
  g_atomic_ref_count_init(&self->refs);
  self->label = g_strdup(label);
  self->merge_key = g_strdup(merge_key);
  self->changes = g_ptr_array_new_with_free_func(change_free);
  return self;
}

PaCommand *
pa_command_ref(PaCommand *self)
{
  g_atomic_ref_count_inc(&self->refs);
  return self;
}

void
pa_command_unref(PaCommand *self)
{
  if (!g_atomic_ref_count_dec(&self->refs))
    return;
  g_free(self->label);
  g_free(self->merge_key);
  g_ptr_array_unref(self->changes);
  g_free(self);
}

void
pa_command_add(PaCommand *self, PaTarget target, const char *id, PikaNodeKind kind, guint position, GVariant *before,
               GVariant *after)
{
  PaChange *change = g_new0(PaChange, 1);
  change->target = target;
  change->id = g_strdup(id);
  change->kind = kind;
  change->position = position;
  change->before = before ? g_variant_ref_sink(before) : NULL;
  change->after = after ? g_variant_ref_sink(after) : NULL;
  g_ptr_array_add(self->changes, change);
  self->time_us = g_get_monotonic_time();
}

/* --- merging --- */

static gboolean
is_same_object(const PaChange *a, const PaChange *b)
{
  return a->target == b->target && !g_strcmp0(a->id, b->id) && a->before && a->after && b->before && b->after;
}

/* `base` with what `over` has besides, or in place of it. */
static GVariant *
union_of(GVariant *base, GVariant *over)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(base);
  GVariantIter iter;
  const char *name;
  GVariant *value;
  g_variant_iter_init(&iter, over);
  while (g_variant_iter_loop(&iter, "{&sv}", &name, &value))
    g_variant_dict_insert_value(&dict, name, value);
  return g_variant_ref_sink(g_variant_dict_end(&dict));
}

static void
merge_change(PaCommand *self, guint hint, const PaChange *next)
{
  PaChange *into = hint < self->changes->len ? self->changes->pdata[hint] : NULL;
  /* Only what no other change of the object follows may take it in. */
  for (guint i = self->changes->len; (!into || !is_same_object(into, next)) && i-- > 0;)
    into = self->changes->pdata[i];
  if (!into || !is_same_object(into, next)) {
    pa_command_add(self, next->target, next->id, next->kind, next->position, next->before, next->after);
    return;
  }
  GVariant *before = union_of(next->before, into->before), *after = union_of(into->after, next->after);
  g_variant_unref(into->before);
  g_variant_unref(into->after);
  into->before = before;
  into->after = after;
}

static gboolean
only_sets(const PaCommand *self)
{
  for (guint i = 0; i < self->changes->len; i++) {
    const PaChange *change = self->changes->pdata[i];
    if (!change->before || !change->after)
      return FALSE;
  }
  return TRUE;
}

void
pa_command_absorb(PaCommand *self, const PaCommand *next)
{
  for (guint i = 0; i < next->changes->len; i++)
    merge_change(self, i, next->changes->pdata[i]);
  self->time_us = next->time_us;
}

gboolean
pa_command_merge(PaCommand *self, const PaCommand *next)
{
  if (!self->merge_key || g_strcmp0(self->merge_key, next->merge_key) || !self->time_us ||
      next->time_us - self->time_us > MERGE_US || !only_sets(self) || !only_sets(next))
    return FALSE;
  pa_command_absorb(self, next);
  return TRUE;
}

/* --- carrying out --- */

static gboolean
fail(GError **error, const char *what, const char *id)
{
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_INVALID, what, id);
  return FALSE;
}

static gboolean
set_property(PaTarget target, gpointer object, const char *name, GVariant *value, GError **error)
{
  GVariant *given = g_variant_is_of_type(value, G_VARIANT_TYPE_UNIT) ? NULL : value;
  return target == PA_TARGET_NODE     ? pika_workspace_node_set(object, name, given, error)
         : target == PA_TARGET_SOURCE ? pika_workspace_source_set(object, name, given, error)
                                      : pika_workspace_set(object, name, given, error);
}

static gboolean
set_properties(PaTarget target, gpointer object, GVariant *properties, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;
  gboolean ok = TRUE;
  g_variant_iter_init(&iter, properties);
  while (ok && g_variant_iter_next(&iter, "{&sv}", &name, &value)) {
    ok = set_property(target, object, name, value, error);
    g_variant_unref(value);
  }
  return ok;
}

/* The place of an object of the target; `hint` is likely. G_MAXUINT: it is not there. */
static guint
find_position(const GPtrArray *objects, const char *id, guint hint)
{
  if (hint < objects->len && !strcmp(((PikaWorkspaceNode *)objects->pdata[hint])->id, id))
    return hint;
  for (guint i = 0; i < objects->len; i++)
    if (!strcmp(((PikaWorkspaceNode *)objects->pdata[i])->id, id)) /* sources begin with their id too */
      return i;
  return G_MAXUINT;
}

static gboolean
apply_change(const PaChange *change, PikaWorkspace *workspace, gboolean backwards, GError **error)
{
  GVariant *from = backwards ? change->after : change->before, *to = backwards ? change->before : change->after;
  if (change->target == PA_TARGET_WORKSPACE)
    return set_properties(change->target, workspace, to, error);
  gboolean is_node = change->target == PA_TARGET_NODE;
  GPtrArray *objects = is_node ? workspace->nodes : workspace->sources;
  guint at = find_position(objects, change->id, change->position);
  if ((at == G_MAXUINT) != (from == NULL))
    return fail(error, from ? "there is no \"%s\"" : "there is a \"%s\" already", change->id);
  if (!to) {
    g_ptr_array_remove_index(objects, at);
    return TRUE;
  }
  gpointer object = from ? objects->pdata[at] : NULL;
  if (!from)
    object = is_node ? (gpointer)pika_workspace_node_new(change->kind, change->id)
                     : (gpointer)pika_workspace_source_new(change->id);
  if (!set_properties(change->target, object, to, error)) {
    if (!from)
      (is_node ? (GDestroyNotify)pika_workspace_node_free : (GDestroyNotify)pika_workspace_source_free)(object);
    return FALSE;
  }
  if (!from)
    g_ptr_array_insert(objects, (int)MIN(change->position, objects->len), object);
  return TRUE;
}

gboolean
pa_command_apply(const PaCommand *self, PikaWorkspace *workspace, gboolean backwards, GError **error)
{
  guint n = self->changes->len;
  for (guint i = 0; i < n; i++) {
    const PaChange *change = self->changes->pdata[backwards ? n - 1 - i : i];
    if (apply_change(change, workspace, backwards, error))
      continue;
    while (i-- > 0) /* what was done fits the other way */
      apply_change(self->changes->pdata[backwards ? n - 1 - i : i], workspace, !backwards, NULL);
    return FALSE;
  }
  return TRUE;
}

/* --- as JSON --- */

static JsonNode *
value_to_json(GVariant *value)
{
  JsonNode *node = json_node_alloc();
  if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING))
    return json_node_init_string(node, g_variant_get_string(value, NULL));
  if (g_variant_is_of_type(value, G_VARIANT_TYPE_DOUBLE))
    return json_node_init_double(node, g_variant_get_double(value));
  if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
    return json_node_init_boolean(node, g_variant_get_boolean(value));
  if (g_variant_is_of_type(value, G_VARIANT_TYPE_UNIT))
    return json_node_init_null(node);
  if (g_variant_is_of_type(value, G_VARIANT_TYPE_BYTESTRING)) {
    gsize length;
    const guchar *data = g_variant_get_fixed_array(value, &length, 1);
    g_autofree char *text = g_base64_encode(data, length);
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "base64", text);
    return json_node_init_object(node, object);
  }
  g_autoptr(JsonArray) array = json_array_new();
  g_autofree const char **strings = g_variant_get_strv(value, NULL);
  for (guint i = 0; strings[i]; i++)
    json_array_add_string_element(array, strings[i]);
  return json_node_init_array(node, array);
}

static JsonNode *
properties_to_json(GVariant *properties)
{
  g_autoptr(JsonObject) object = json_object_new();
  GVariantIter iter;
  const char *name;
  GVariant *value;
  if (!properties)
    return json_node_new(JSON_NODE_NULL);
  g_variant_iter_init(&iter, properties);
  while (g_variant_iter_loop(&iter, "{&sv}", &name, &value))
    json_object_set_member(object, name, value_to_json(value));
  return json_node_init_object(json_node_alloc(), object);
}

JsonNode *
pa_command_to_json(const PaCommand *self)
{
  g_autoptr(JsonObject) object = json_object_new();
  JsonArray *changes = json_array_new();
  json_object_set_string_member(object, "label", self->label);
  if (self->passing)
    json_object_set_boolean_member(object, "passing", TRUE);
  for (guint i = 0; i < self->changes->len; i++) {
    const PaChange *change = self->changes->pdata[i];
    JsonObject *written = json_object_new();
    json_object_set_string_member(written, "of", target_names[change->target]);
    if (change->id)
      json_object_set_string_member(written, "id", change->id);
    if (change->target == PA_TARGET_NODE)
      json_object_set_string_member(written, "kind", pika_node_kind_name(change->kind));
    if (change->target != PA_TARGET_WORKSPACE)
      json_object_set_int_member(written, "at", change->position);
    json_object_set_member(written, "before", properties_to_json(change->before));
    json_object_set_member(written, "after", properties_to_json(change->after));
    json_array_add_object_element(changes, written);
  }
  json_object_set_array_member(object, "changes", changes);
  return json_node_init_object(json_node_alloc(), object);
}

static GVariant *
array_from_json(JsonArray *array)
{
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *element = json_array_get_element(array, i);
    if (json_node_get_value_type(element) != G_TYPE_STRING)
      return NULL;
    g_variant_builder_add(&builder, "s", json_node_get_string(element));
  }
  return g_variant_builder_end(&builder);
}

/* NULL: it is none that a property has. */
static GVariant *
value_from_json(JsonNode *node)
{
  GType type = json_node_get_value_type(node);
  if (JSON_NODE_HOLDS_NULL(node))
    return g_variant_new("()");
  if (JSON_NODE_HOLDS_ARRAY(node))
    return array_from_json(json_node_get_array(node));
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonNode *data = json_object_get_member(json_node_get_object(node), "base64");
    gsize length;
    if (!data || json_node_get_value_type(data) != G_TYPE_STRING)
      return NULL;
    guchar *bytes = g_base64_decode(json_node_get_string(data), &length);
    return g_variant_new_from_data(G_VARIANT_TYPE_BYTESTRING, bytes, length, TRUE, g_free, bytes);
  }
  return type == G_TYPE_STRING                             ? g_variant_new_string(json_node_get_string(node))
         : type == G_TYPE_BOOLEAN                          ? g_variant_new_boolean(json_node_get_boolean(node))
         : type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? g_variant_new_double(json_node_get_double(node))
                                                           : NULL;
}

static gboolean
properties_from_json(JsonObject *change, const char *member, GVariant **properties, GError **error)
{
  JsonNode *node = json_object_get_member(change, member);
  *properties = NULL;
  if (node && JSON_NODE_HOLDS_NULL(node))
    return TRUE;
  if (!node || !JSON_NODE_HOLDS_OBJECT(node))
    return fail(error, "%s must be an object or null", member);
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *json;
  json_object_iter_init_ordered(&iter, json_node_get_object(node));
  while (json_object_iter_next_ordered(&iter, &name, &json)) {
    GVariant *value = value_from_json(json);
    if (!value)
      return fail(error, "%s is no value that a property has", name);
    g_variant_dict_insert_value(&dict, name, value);
  }
  *properties = g_variant_ref_sink(g_variant_dict_end(&dict));
  return TRUE;
}

static const char *
string_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

static gboolean
change_from_json(PaCommand *self, JsonObject *object, GError **error)
{
  const char *of = string_member(object, "of"), *id = string_member(object, "id"), *name = string_member(object, "kind");
  JsonNode *at = json_object_get_member(object, "at");
  PikaNodeKind kind = PIKA_NODE_TABLE;
  guint target = 0;
  while (of && target < G_N_ELEMENTS(target_names) && strcmp(of, target_names[target]))
    target++;
  if (!of || target == G_N_ELEMENTS(target_names))
    return fail(error, "%s must be source, node or workspace", "of");
  if ((target == PA_TARGET_WORKSPACE) != (id == NULL))
    return fail(error, "%s must name a source or node", "id");
  if (target == PA_TARGET_NODE && (!name || !pika_node_kind_parse(name, &kind)))
    return fail(error, "%s must be a kind of node", "kind");
  gint64 position = at && json_node_get_value_type(at) == G_TYPE_INT64 ? json_node_get_int(at) : 0;
  g_autoptr(GVariant) before = NULL, after = NULL;
  if (!properties_from_json(object, "before", &before, error) || !properties_from_json(object, "after", &after, error))
    return FALSE;
  if ((!before && !after) || (target == PA_TARGET_WORKSPACE && !(before && after)))
    return fail(error, "%s must say what was, and what is", "a change");
  pa_command_add(self, target, id, kind, (guint)CLAMP(position, 0, G_MAXINT), before, after);
  return TRUE;
}

PaCommand *
pa_command_from_json(JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonNode *changes = object ? json_object_get_member(object, "changes") : NULL;
  const char *label = object ? string_member(object, "label") : NULL;
  JsonNode *passing = object ? json_object_get_member(object, "passing") : NULL;
  if (!label || !changes || !JSON_NODE_HOLDS_ARRAY(changes)) {
    fail(error, "a step must have %s", "a label and changes");
    return NULL;
  }
  g_autoptr(PaCommand) self = pa_command_new(label, NULL);
  self->passing = passing && json_node_get_value_type(passing) == G_TYPE_BOOLEAN && json_node_get_boolean(passing);
  JsonArray *array = json_node_get_array(changes);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *change = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_OBJECT(change)) {
      fail(error, "%s must be an object", "a change");
      return NULL;
    }
    if (!change_from_json(self, json_node_get_object(change), error))
      return NULL;
  }
  self->time_us = 0;
  return g_steal_pointer(&self);
}

/* --- whole objects --- */

GVariant *
pa_properties_of_node(const PikaWorkspaceNode *node)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);
  const char *const *names = pika_workspace_node_properties(node->kind);
  for (guint i = 0; names[i]; i++) {
    GVariant *value = pika_workspace_node_get(node, names[i]);
    if (value)
      g_variant_dict_insert_value(&dict, names[i], value);
  }
  return g_variant_ref_sink(g_variant_dict_end(&dict));
}

GVariant *
pa_properties_of_source(const PikaWorkspaceSource *source)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);
  const char *const *names = pika_workspace_source_properties();
  for (guint i = 0; names[i]; i++) {
    GVariant *value = pika_workspace_source_get(source, names[i]);
    if (value)
      g_variant_dict_insert_value(&dict, names[i], value);
  }
  return g_variant_ref_sink(g_variant_dict_end(&dict));
}
