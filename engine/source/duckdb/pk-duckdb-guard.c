/* What may run.
 *
 * DuckDB itself keeps a restricted source to the allowed files (no external
 * access but allowed_paths, configuration locked). This is the second fence:
 * only one statement, and only a SELECT that the parser can write as a tree,
 * which leaves out PRAGMA, CALL, SHOW, EXPLAIN and everything that acts; and in
 * that tree only functions that compute. */
#include "pk-duckdb.h"
#include "pk-error.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Words that open a statement about extensions. The check is made on the parsed
 * statement where there is one; SET needs its text. */
static gboolean
sets_extension_option(const char *sql)
{
  g_autofree char *lower = g_ascii_strdown(sql, -1);
  return (strstr(lower, "set") != NULL || strstr(lower, "pragma") != NULL) &&
         strstr(lower, "extension") != NULL;
}

/* --- the tree ------------------------------------------------------------- */

/* Functions in FROM that make rows from their arguments or tell about tables.
 * (Others read files, change settings, run SQL that is in a text, or take pointers.) */
static const char *const table_functions[] = {
  "range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree", "duckdb_tables",
  "duckdb_columns", "duckdb_views", "duckdb_databases", "duckdb_types", "duckdb_functions", NULL,
};

/* Functions elsewhere that do more than compute. */
static const char *const acting_functions[] = { "getenv",  "write_log",  "nextval",
                                                "currval", "set_config", NULL };

static const char *
string_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

/* The first function that may not be called, or NULL; borrowed from the tree. */
static const char *
find_forbidden(JsonNode *node)
{
  const char *found = NULL;

  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; found == NULL && i < json_array_get_length(array); i++)
      found = find_forbidden(json_array_get_element(array, i));
    return found;
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return NULL;
  JsonObject *object = json_node_get_object(node);
  const char *type = string_member(object, "type"), *name = string_member(object, "function_name");
  if (name != NULL && g_strv_contains(acting_functions, name))
    return name;
  if (g_strcmp0(type, "TABLE_FUNCTION") == 0) {
    JsonNode *function = json_object_get_member(object, "function");
    name = function != NULL && JSON_NODE_HOLDS_OBJECT(function)
             ? string_member(json_node_get_object(function), "function_name") : NULL;
    if (name == NULL || !g_strv_contains(table_functions, name))
      return name != NULL ? name : "a function in FROM";
  }
  g_autoptr(GList) members = json_object_get_values(object);
  for (GList *at = members; found == NULL && at != NULL; at = at->next)
    found = find_forbidden(at->data);
  return found;
}

gboolean
pk_duckdb_guard(PkDuckdb *self, const char *sql, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(JsonParser) parser = json_parser_new();

  if (!self->restricted)
    return TRUE;
  g_autofree char *tree = pk_duckdb_parse_sql(&self->base, sql, &failure);
  if (tree == NULL || !json_parser_load_from_data(parser, tree, -1, &failure))
    return pk_fail(error, PK_ERROR_FORBIDDEN, "only a single SELECT may run here: %s", failure->message);
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  JsonArray *statements = json_object_get_array_member(root, "statements");
  if (statements == NULL || json_array_get_length(statements) != 1)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "only a single SELECT may run here");
  const char *forbidden = find_forbidden(json_parser_get_root(parser));
  return forbidden == NULL || pk_fail(error, PK_ERROR_FORBIDDEN, "%s may not be called here", forbidden);
}

gboolean
pk_duckdb_guard_type(PkDuckdb *self, const char *sql, duckdb_statement_type type, GError **error)
{
  if (type == DUCKDB_STATEMENT_TYPE_LOAD)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "extensions are switched off: INSTALL and LOAD do not run");
  if ((type == DUCKDB_STATEMENT_TYPE_SET || type == DUCKDB_STATEMENT_TYPE_VARIABLE_SET ||
       type == DUCKDB_STATEMENT_TYPE_PRAGMA) && sets_extension_option(sql))
    return pk_fail(error, PK_ERROR_FORBIDDEN,
                   "extensions are switched off: their settings cannot be changed");
  if (self->restricted && type != DUCKDB_STATEMENT_TYPE_SELECT)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "only a single SELECT may run here");
  return TRUE;
}
