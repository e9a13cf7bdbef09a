/* FROM: what the statement reads becomes the plan's relation. A named table
 * stays a name; everything else (files by function, subqueries, joins, common
 * table expressions) becomes the SELECT of all its columns, as text. */
#include "pk-sql-reader.h"

#include "pk-sql-quote.h"

#include <string.h>

/* "schema"."table" of a table without sample, version or renamed columns. */
static char *
named_table(JsonObject *from)
{
  static const char *const parts[] = { "catalog_name", "schema_name", "table_name" };
  GString *out = g_string_new(NULL);

  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    const char *part = pk_json_text(from, parts[i]);
    if (!part || !*part)
      continue;
    g_string_append(out, out->len > 0 ? "." : "");
    pk_sql_append_ident(out, part);
  }
  return g_string_free(out, FALSE);
}

static gboolean
is_named_table(JsonObject *select, JsonObject *from)
{
  JsonObject *ctes = pk_json_object(select, "cte_map");

  return g_strcmp0(pk_json_text(from, "type"), "BASE_TABLE") == 0 && pk_json_is_absent(from, "sample") &&
         pk_json_is_absent(from, "at_clause") && pk_json_is_absent(from, "column_name_alias") &&
         pk_json_text(from, "table_name") && pk_json_length(pk_json_array(ctes, "map")) == 0;
}

/* Where things stood in the text, which no longer holds, and which the parser reads as signed. */
static void
forget_locations(JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject *object = json_node_get_object(node);
    if (json_object_has_member(object, "query_location"))
      json_object_remove_member(object, "query_location");
    g_autoptr(GList) members = json_object_get_members(object);
    for (GList *m = members; m; m = m->next)
      forget_locations(json_object_get_member(object, m->data));
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      forget_locations(json_array_get_element(array, i));
  }
}

/* The lower half of a wide constant does not survive the parser if its top bit is set. */
static gboolean
has_wide_constant(JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject *object = json_node_get_object(node);
    g_autoptr(GList) members = json_object_get_members(object);
    gint64 lower;
    if (pk_json_integer(object, "lower", &lower) && lower < 0)
      return TRUE;
    for (GList *m = members; m; m = m->next)
      if (has_wide_constant(json_object_get_member(object, m->data)))
        return TRUE;
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      if (has_wide_constant(json_array_get_element(array, i)))
        return TRUE;
  }
  return FALSE;
}

static JsonObject *
parsed_literal(const char *json)
{
  g_autoptr(JsonParser) parser = json_parser_new();

  g_return_val_if_fail(json_parser_load_from_data(parser, json, -1, NULL), NULL);
  return json_object_ref(json_node_get_object(json_parser_get_root(parser)));
}

/* {"statements":[{"node": SELECT * FROM …}]} with the statement's FROM and common table expressions. */
static char *
all_of(JsonObject *select, JsonObject *from)
{
  g_autoptr(JsonObject) root = parsed_literal(
    "{\"error\":false,\"statements\":[{\"node\":{\"type\":\"SELECT_NODE\",\"modifiers\":[],\"cte_map\":{\"map\":[]},"
    "\"select_list\":[{\"class\":\"STAR\",\"type\":\"STAR\",\"alias\":\"\",\"relation_name\":\"\",\"exclude_list\":[],"
    "\"replace_list\":[],\"columns\":false,\"expr\":null}],\"from_table\":null,\"where_clause\":null,"
    "\"group_expressions\":[],\"group_sets\":[],\"aggregate_handling\":\"STANDARD_HANDLING\",\"having\":null,"
    "\"sample\":null,\"qualify\":null},\"named_param_map\":[]}]}");
  JsonObject *node = pk_json_object(pk_json_item(pk_json_array(root, "statements"), 0), "node");
  JsonNode *ctes = json_object_get_member(select, "cte_map");

  json_object_set_object_member(node, "from_table", json_object_ref(from));
  if (ctes && JSON_NODE_HOLDS_OBJECT(ctes))
    json_object_set_member(node, "cte_map", json_node_copy(ctes));
  g_autoptr(JsonNode) whole = json_node_new(JSON_NODE_OBJECT);
  json_node_set_object(whole, root);
  if (has_wide_constant(whole))
    return NULL;
  g_autofree char *shared = json_to_string(whole, FALSE);
  /* What is below is shared with the statement that is still being read: change a copy. */
  g_autoptr(JsonNode) copy = json_from_string(shared, NULL);
  if (!copy)
    return NULL;
  forget_locations(copy);
  return json_to_string(copy, FALSE);
}

/* SELECT * FROM (a subquery) is the subquery. */
static JsonObject *
inner_select(JsonObject *select, JsonObject *from)
{
  JsonObject *ctes = pk_json_object(select, "cte_map");

  if (g_strcmp0(pk_json_text(from, "type"), "SUBQUERY") != 0 || !pk_json_is_absent(from, "sample") ||
      !pk_json_is_absent(from, "column_name_alias") || pk_json_length(pk_json_array(ctes, "map")) > 0)
    return NULL;
  return pk_json_object(pk_json_object(from, "subquery"), "node");
}

static char *
statement_of(JsonObject *node)
{
  g_autoptr(JsonObject) root = parsed_literal("{\"error\":false,\"statements\":[{\"named_param_map\":[]}]}");
  g_autoptr(JsonNode) whole = json_node_new(JSON_NODE_OBJECT);

  json_object_set_object_member(pk_json_item(pk_json_array(root, "statements"), 0), "node",
                                json_object_ref(node));
  json_node_set_object(whole, root);
  if (has_wide_constant(whole))
    return NULL;
  g_autofree char *shared = json_to_string(whole, FALSE);
  g_autoptr(JsonNode) copy = json_from_string(shared, NULL);
  if (!copy)
    return NULL;
  forget_locations(copy);
  return json_to_string(copy, FALSE);
}

static char *
relation_text(const PkSqlContext *context, JsonObject *select, JsonObject *from)
{
  JsonObject *inner = inner_select(select, from);
  g_autofree char *json = inner ? statement_of(inner) : all_of(select, from);
  g_autofree char *sql = json && context->to_sql ? context->to_sql(json, context->data) : NULL;

  if (!sql)
    return NULL;
  g_strstrip(sql);
  if (g_str_has_suffix(sql, ";"))
    sql[strlen(sql) - 1] = '\0';
  /* A subquery's text may come in parentheses of its own. */
  return g_strdup_printf("(%s)", sql);
}

gboolean
pk_sql_read_from(const PkSqlContext *context, JsonObject *select, char **relation, char **alias,
                 char **reason)
{
  JsonObject *from = pk_json_object(select, "from_table");
  const char *name = pk_json_text(from, "alias");
  const char *type = pk_json_text(from, "type");

  *relation = *alias = NULL;
  if (!from || !type || strcmp(type, "EMPTY") == 0) {
    *reason = g_strdup("it reads no table");
    return FALSE;
  }
  if (!pk_json_is_absent(from, "sample")) {
    *reason = g_strdup("a plan has no TABLESAMPLE");
    return FALSE;
  }
  if (name && *name)
    *alias = g_strdup(name);
  if (is_named_table(select, from)) {
    *relation = named_table(from);
    if (!*alias)
      *alias = g_strdup(pk_json_text(from, "table_name"));
    return TRUE;
  }
  *relation = relation_text(context, select, from);
  if (*relation)
    return TRUE;
  g_clear_pointer(alias, g_free);
  *reason = g_strdup("what stands after FROM could not be written as a relation");
  return FALSE;
}
