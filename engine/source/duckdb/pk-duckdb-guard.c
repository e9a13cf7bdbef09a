/* What may run.
 *
 * DuckDB itself keeps a restricted source to the allowed files (no external
 * access but allowed_paths, configuration locked). This is the second fence:
 * only one statement, and only a SELECT that the parser can write as a tree,
 * which leaves out PRAGMA, CALL, SHOW, EXPLAIN and everything that acts. */
#include "pk-duckdb.h"
#include "pk-error.h"

#include <string.h>

/* Words that open a statement about extensions. The check is made on the parsed
 * statement where there is one; SET needs its text. */
static gboolean
sets_extension_option(const char *sql)
{
  g_autofree char *lower = g_ascii_strdown(sql, -1);
  return (strstr(lower, "set") != NULL || strstr(lower, "pragma") != NULL) && strstr(lower, "extension") != NULL;
}

gboolean
pk_duckdb_guard(PkDuckdb *self, const char *sql, GError **error)
{
  g_autofree char *tree = NULL;

  if (!self->restricted)
    return TRUE;
  g_autoptr(GError) parse_error = NULL;
  tree = pk_duckdb_parse_sql(&self->base, sql, &parse_error);
  if (tree == NULL)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "only a single SELECT may run here: %s", parse_error->message);
  return TRUE;
}

gboolean
pk_duckdb_guard_type(PkDuckdb *self, const char *sql, duckdb_statement_type type, GError **error)
{
  if (type == DUCKDB_STATEMENT_TYPE_LOAD)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "extensions are switched off: INSTALL and LOAD do not run");
  if ((type == DUCKDB_STATEMENT_TYPE_SET || type == DUCKDB_STATEMENT_TYPE_VARIABLE_SET ||
       type == DUCKDB_STATEMENT_TYPE_PRAGMA) && sets_extension_option(sql))
    return pk_fail(error, PK_ERROR_FORBIDDEN, "extensions are switched off: their settings cannot be changed");
  if (self->restricted && type != DUCKDB_STATEMENT_TYPE_SELECT)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "only a single SELECT may run here");
  return TRUE;
}
