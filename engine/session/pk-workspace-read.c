/* The workspace from text. Strict: what is not known is an error with its place, since to drop it would lose it when
 * the workspace is next saved. */
#include "pk-workspace-private.h"

#include "pk-error.h"
#include "pk-json.h"

#include <string.h>

/* Where the reader is, for errors: "nodes[2]", or "" at the top. */
typedef struct {
  const char *folder;
  const char *place;
  GError **error;
} Reader;

static gboolean
fail(Reader *r, const char *member, const char *what)
{
  const char *dot = *r->place && *member ? "." : "", *colon = *r->place || *member ? ": " : "";
  return pk_fail(r->error, PK_ERROR_INVALID, "%s%s%s%s%s", r->place, dot, member, colon, what);
}

static gboolean
read_lines(Reader *r, const char *name, JsonNode *node, char **text)
{
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return fail(r, name, "must be a text, or an array of its lines");
  JsonArray *array = json_node_get_array(node);
  g_autoptr(GString) joined = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *line = json_array_get_element(array, i);
    if (json_node_get_value_type(line) != G_TYPE_STRING || strchr(json_node_get_string(line), '\n'))
      return fail(r, name, "each line must be a text without line ends");
    g_string_append(joined, i ? "\n" : "");
    g_string_append(joined, json_node_get_string(line));
  }
  *text = g_strdup(joined->str);
  return TRUE;
}

static GVariant *
read_options(Reader *r, const char *name, JsonNode *node)
{
  g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_STRING_ARRAY);
  if (!JSON_NODE_HOLDS_ARRAY(node)) {
    fail(r, name, "must be an array of objects with one member each");
    return NULL;
  }
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *element = json_array_get_element(array, i);
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
    g_autoptr(GList) members = object ? json_object_get_members(object) : NULL;
    JsonNode *value = members && !members->next ? json_object_get_member(object, members->data) : NULL;
    if (!value || json_node_get_value_type(value) != G_TYPE_STRING) {
      fail(r, name, "must be an array of objects with one member each, which is a text");
      return NULL;
    }
    g_variant_builder_add(&builder, "s", members->data);
    g_variant_builder_add(&builder, "s", json_node_get_string(value));
  }
  return g_variant_builder_end(&builder);
}

static gboolean
is_base64(const char *line)
{
  gsize n = strlen(line), tail = 0;
  for (; n > 0 && tail < 2 && line[n - 1] == '='; tail++)
    n--;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum(line[i]) && line[i] != '+' && line[i] != '/')
      return FALSE;
  return n > 0 && (n + tail) % 4 == 0;
}

static GVariant *
read_data(Reader *r, const char *name, JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  for (guint i = 0; array && i < json_array_get_length(array); i++) {
    JsonNode *line = json_array_get_element(array, i);
    if (json_node_get_value_type(line) != G_TYPE_STRING || !is_base64(json_node_get_string(line)))
      array = NULL;
    if (!array)
      break;
    gsize length;
    g_autofree guchar *decoded = g_base64_decode(json_node_get_string(line), &length);
    g_byte_array_append(bytes, decoded, (guint)length);
  }
  if (!array) {
    fail(r, name, "must be an array of lines of base64");
    return NULL;
  }
  g_autoptr(GBytes) all = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
  return g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, all, FALSE);
}

static GVariant *
read_text(Reader *r, const PkWorkspaceProperty *property, JsonNode *node)
{
  gboolean string = json_node_get_value_type(node) == G_TYPE_STRING;
  gboolean spec = property->type == PK_WORKSPACE_SPEC && JSON_NODE_HOLDS_OBJECT(node);
  g_autofree char *text = NULL;
  if (property->type == PK_WORKSPACE_JSON || spec) {
    GString *out = g_string_new(NULL);
    if (spec)
      pk_workspace_append_json(out, node, 0);
    else
      pk_workspace_append_compact(out, node);
    text = g_string_free(out, FALSE);
  } else if (string && property->type == PK_WORKSPACE_PATH) {
    text = g_canonicalize_filename(json_node_get_string(node), r->folder);
  } else if (string) {
    text = g_strdup(json_node_get_string(node));
  } else if (property->type == PK_WORKSPACE_TEXT || property->type == PK_WORKSPACE_PATH) {
    fail(r, property->name, "must be a text");
  } else {
    read_lines(r, property->name, node, &text);
  }
  return text ? g_variant_new_take_string(g_steal_pointer(&text)) : NULL;
}

static GVariant *
read_value(Reader *r, const PkWorkspaceProperty *property, JsonNode *node)
{
  GType type = json_node_get_value_type(node);
  switch (property->type) {
  case PK_WORKSPACE_NUMBER:
  case PK_WORKSPACE_LENGTH:
    if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
      return g_variant_new_double(json_node_get_double(node));
    fail(r, property->name, "must be a number");
    return NULL;
  case PK_WORKSPACE_BOOL:
    if (type == G_TYPE_BOOLEAN)
      return g_variant_new_boolean(json_node_get_boolean(node));
    fail(r, property->name, "must be true or false");
    return NULL;
  case PK_WORKSPACE_OPTIONS:
    return read_options(r, property->name, node);
  case PK_WORKSPACE_DATA:
    return read_data(r, property->name, node);
  default:
    return read_text(r, property, node);
  }
}

static const PkWorkspaceProperty *
find_property(const PkWorkspaceProperty *table, guint kinds, const char *name)
{
  for (const PkWorkspaceProperty *p = table; p->name; p++)
    if (!strcmp(p->name, name) && (!kinds || p->kinds & kinds))
      return p;
  return NULL;
}

/* Reads all members of an object but those in `others` into a structure. */
static gboolean
read_members(Reader *r, JsonObject *object, const PkWorkspaceProperty *table, guint kinds, const char *const *others,
             gpointer into)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &node)) {
    const PkWorkspaceProperty *property = find_property(table, kinds, name);
    if (g_strv_contains(others, name))
      continue;
    if (!property)
      return fail(r, name, "is not a property here");
    g_autoptr(GVariant) value = read_value(r, property, node);
    if (!value)
      return FALSE;
    g_variant_ref_sink(value);
    if (!pk_workspace_put(into, property, value, r->error))
      return pk_fail_prefix(r->error, "%s%s", r->place, *r->place ? "." : "");
  }
  for (const PkWorkspaceProperty *p = table; p->name; p++)
    if (p->wanted && (!kinds || p->kinds & kinds) && !json_object_has_member(object, p->name))
      return fail(r, p->name, "is missing");
  return TRUE;
}

/* The text of a member that must be one, or NULL. */
static const char *
read_string(Reader *r, JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  if (node && json_node_get_value_type(node) == G_TYPE_STRING)
    return json_node_get_string(node);
  fail(r, name, node ? "must be a text" : "is missing");
  return NULL;
}

static const char *
read_id(Reader *r, JsonObject *object)
{
  const char *id = read_string(r, object, "id");
  gsize n = id ? strlen(id) : 0;
  gboolean ok = n > 0 && n <= 64 && g_ascii_isalpha(*id);
  for (gsize i = 0; i < n; i++)
    ok = ok && (g_ascii_isalnum(id[i]) || id[i] == '-' || id[i] == '_');
  if (id && !ok)
    fail(r, "id", "must be at most 64 letters and digits, a letter first");
  return ok ? id : NULL;
}

static gboolean
read_source(Reader *r, JsonObject *object, PikaWorkspace *into)
{
  static const char *const others[] = { "id", NULL };
  const char *id = read_id(r, object);
  if (!id)
    return FALSE;
  PikaWorkspaceSource *source = pika_workspace_source_new(id);
  g_ptr_array_add(into->sources, source);
  if (!read_members(r, object, pk_workspace_source_table, 0, others, source))
    return FALSE;
  return source->path || source->data || fail(r, "", "has neither path nor data");
}

static gboolean
read_node(Reader *r, JsonObject *object, PikaWorkspace *into)
{
  static const char *const others[] = { "id", "kind", NULL };
  PikaNodeKind kind;
  const char *id = read_id(r, object);
  const char *name = id ? read_string(r, object, "kind") : NULL;
  if (!name)
    return FALSE;
  if (!pika_node_kind_parse(name, &kind))
    return fail(r, "kind", "must be table, query, plot, note or group");
  PikaWorkspaceNode *node = pika_workspace_node_new(kind, id);
  g_ptr_array_add(into->nodes, node);
  if (!read_members(r, object, pk_workspace_node_table, 1u << kind, others, node))
    return FALSE;
  if ((kind == PIKA_NODE_TABLE || kind == PIKA_NODE_QUERY) && (!node->name || !*node->name))
    return fail(r, "name", node->name ? "is empty" : "is missing");
  return TRUE;
}

typedef gboolean (*ReadObject)(Reader *r, JsonObject *object, PikaWorkspace *into);

static gboolean
read_objects(Reader *r, JsonObject *top, const char *name, ReadObject read, PikaWorkspace *into)
{
  JsonNode *node = json_object_get_member(top, name);
  if (!node || !JSON_NODE_HOLDS_ARRAY(node))
    return fail(r, name, node ? "must be an array" : "is missing");
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *element = json_array_get_element(array, i);
    g_autofree char *place = g_strdup_printf("%s[%u]", name, i);
    Reader inner = { r->folder, place, r->error };
    if (!JSON_NODE_HOLDS_OBJECT(element))
      return fail(&inner, "", "must be an object");
    if (!read(&inner, json_node_get_object(element), into))
      return FALSE;
  }
  return TRUE;
}

/* --- what must agree --- */

static gboolean
fail_node(Reader *r, guint i, const char *member, const char *what, const char *value)
{
  return pk_fail(r->error, PK_ERROR_INVALID, "nodes[%u].%s: %s \"%s\"", i, member, what, value);
}

static gboolean
check_node(Reader *r, const PikaWorkspaceNode *node, guint i, GHashTable *nodes, GHashTable *sources, GHashTable *names)
{
  const PikaWorkspaceNode *input = node->input ? g_hash_table_lookup(nodes, node->input) : NULL;
  const PikaWorkspaceNode *group = node->group ? g_hash_table_lookup(nodes, node->group) : NULL;
  gboolean named = node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY;
  if (node->input && !(input && (input->kind == PIKA_NODE_TABLE || input->kind == PIKA_NODE_QUERY)))
    return fail_node(r, i, "input", "there is no table or query with the id", node->input);
  if (node->group && (!group || group->kind != PIKA_NODE_GROUP || group == node))
    return fail_node(r, i, "group", "there is no other group with the id", node->group);
  if (node->source && !g_hash_table_contains(sources, node->source))
    return fail_node(r, i, "source", "there is no source with the id", node->source);
  if (named && !g_hash_table_add(names, g_ascii_strdown(node->name, -1)))
    return fail_node(r, i, "name", "another table or query is named", node->name);
  return TRUE;
}

/* Groups within groups, but not in a circle. */
static gboolean
check_groups(Reader *r, const PikaWorkspace *workspace, GHashTable *nodes)
{
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
    const PikaWorkspaceNode *slow = node, *fast = node;
    while (fast->group) {
      fast = g_hash_table_lookup(nodes, fast->group);
      if (!fast->group)
        break;
      fast = g_hash_table_lookup(nodes, fast->group);
      slow = g_hash_table_lookup(nodes, slow->group);
      if (fast == slow)
        return fail_node(r, i, "group", "groups are in a circle at", node->group);
    }
  }
  return TRUE;
}

static gboolean
check_agreement(Reader *r, const PikaWorkspace *self)
{
  g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) nodes = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->sources->len; i++) {
    PikaWorkspaceSource *source = self->sources->pdata[i];
    if (!g_hash_table_insert(sources, source->id, source))
      return pk_fail(r->error, PK_ERROR_INVALID, "sources[%u].id: another source has the id \"%s\"", i, source->id);
  }
  for (guint i = 0; i < self->nodes->len; i++) {
    PikaWorkspaceNode *node = self->nodes->pdata[i];
    if (!g_hash_table_insert(nodes, node->id, node))
      return fail_node(r, i, "id", "another node has the id", node->id);
  }
  for (guint i = 0; i < self->nodes->len; i++)
    if (!check_node(r, self->nodes->pdata[i], i, nodes, sources, names))
      return FALSE;
  return check_groups(r, self, nodes);
}

/* --- the whole --- */

static gboolean
check_version(Reader *r, JsonObject *top)
{
  JsonNode *mark = json_object_get_member(top, "pika"), *version = json_object_get_member(top, "version");
  if (!mark || json_node_get_value_type(mark) != G_TYPE_STRING || strcmp(json_node_get_string(mark), "workspace"))
    return fail(r, "pika", "is not \"workspace\": this is not a workspace of Pika-Plot");
  if (!version || json_node_get_value_type(version) != G_TYPE_INT64 || json_node_get_int(version) < 1)
    return fail(r, "version", "must be a whole number above 0");
  if (json_node_get_int(version) > PIKA_WORKSPACE_VERSION)
    return pk_fail(r->error, PK_ERROR_UNSUPPORTED,
                   "version: it was written by a newer Pika-Plot (format %" G_GINT64_FORMAT "; this one reads %d): open it "
                   "there, or update", json_node_get_int(version), PIKA_WORKSPACE_VERSION);
  return TRUE;
}

static gboolean
read_canvas(Reader *r, JsonObject *top, PikaWorkspace *into)
{
  static const char *const others[] = { NULL };
  JsonNode *node = json_object_get_member(top, "canvas");
  Reader inner = { r->folder, "canvas", r->error };
  if (!node)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return fail(&inner, "", "must be an object");
  JsonObject *object = json_node_get_object(node);
  for (guint i = 3; pk_workspace_table[i].name; i++)
    if (json_object_has_member(object, pk_workspace_table[i].name))
      return fail(&inner, pk_workspace_table[i].name, "is not a property here");
  return read_members(&inner, object, pk_workspace_table, 0, others, into);
}

static gboolean
read_history(Reader *r, JsonObject *top, PikaWorkspace *into)
{
  JsonNode *node = json_object_get_member(top, "history");
  if (!node)
    return TRUE;
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonNode *undo = object ? json_object_get_member(object, "undo") : NULL;
  JsonNode *redo = object ? json_object_get_member(object, "redo") : NULL;
  if (!undo || !redo || !JSON_NODE_HOLDS_ARRAY(undo) || !JSON_NODE_HOLDS_ARRAY(redo) || json_object_get_size(object) != 2)
    return fail(r, "history", "must be an object of two arrays, undo and redo");
  GString *out = g_string_new(NULL);
  pk_workspace_append_compact(out, node);
  into->history = g_string_free(out, FALSE);
  return TRUE;
}

static gboolean
read_top(Reader *r, JsonObject *top, PikaWorkspace *into)
{
  static const char *const others[] = { "pika", "version", "sources", "nodes", "canvas", "history", NULL };
  static const char *const canvas[] = { "x", "y", "zoom" };
  if (!check_version(r, top))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(canvas); i++)
    if (json_object_has_member(top, canvas[i]))
      return fail(r, canvas[i], "is not a property here");
  return read_objects(r, top, "sources", read_source, into) && read_objects(r, top, "nodes", read_node, into) &&
         read_canvas(r, top, into) && read_members(r, top, pk_workspace_table, 0, others, into) &&
         read_history(r, top, into) && check_agreement(r, into);
}

PikaWorkspace *
pika_workspace_parse(const char *text, gssize length, const char *folder, const char *name, GError **error)
{
  g_autoptr(JsonNode) node = pk_json_parse(text, length, name, error);
  g_autoptr(PikaWorkspace) self = pika_workspace_new();
  Reader reader = { folder, "", error };
  if (!node)
    return NULL;
  gboolean ok = JSON_NODE_HOLDS_OBJECT(node) ? read_top(&reader, json_node_get_object(node), self)
                                             : fail(&reader, "", "a workspace is a JSON object");
  if (!ok && name)
    pk_fail_prefix(error, "%s: ", name);
  return ok ? g_steal_pointer(&self) : NULL;
}
