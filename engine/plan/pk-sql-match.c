/* The recogniser's front: from a serialised statement to a match. */
#include "pk-sql-reader.h"

#include "pk-error.h"

#include <string.h>

void
pk_sql_match_free(PkSqlMatch *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_outputs; i++)
    g_free(self->outputs[i].name);
  for (guint i = 0; i < self->n_assumptions; i++)
    g_free(self->assumptions[i].column);
  g_free(self->outputs);
  g_free(self->orders);
  g_free(self->assumptions);
  pk_plan_unref(self->plan);
  g_free(self);
}

/* The match of a plan whose result is the statement's as it stands. */
static PkSqlMatch *
match_of_plan(PkPlan *plan)
{
  PkSqlMatch *self = g_new0(PkSqlMatch, 1);

  self->plan = plan;
  self->limit = -1;
  self->is_plain = TRUE;
  return self;
}

/* The first statement's SELECT; *reason if the statement is something else. */
static JsonObject *
find_select(JsonObject *root, char **reason, GError **error)
{
  JsonArray *statements = pk_json_array(root, "statements");
  JsonObject *node = pk_json_object(pk_json_item(statements, 0), "node");
  const char *why = pk_json_text(root, "error_message");
  const char *type = pk_json_text(node, "type");

  if (pk_json_true(root, "error")) {
    pk_fail(error, PK_ERROR_PARSE, "the statement could not be parsed: %s", why ? why : "no reason given");
    return NULL;
  }
  if (!statements || !type) {
    pk_fail(error, PK_ERROR_PARSE, "the JSON is not a statement serialised by json_serialize_sql");
    return NULL;
  }
  if (pk_json_length(statements) != 1) {
    *reason = g_strdup_printf("it is %u statements", pk_json_length(statements));
    return NULL;
  }
  if (strcmp(type, "SELECT_NODE") != 0) {
    *reason = g_strdup(strcmp(type, "SET_OPERATION_NODE") == 0
                       ? "it joins several SELECTs (UNION, EXCEPT, INTERSECT)"
                                                               : "it is not a plain SELECT");
    return NULL;
  }
  /* Without its empty fields a ROLLUP looks like GROUP BY. */
  if (json_object_has_member(node, "modifiers") && pk_json_array(node, "select_list"))
    return node;
  pk_fail(error, PK_ERROR_PARSE, "the statement was serialised without its empty fields");
  return NULL;
}

PkSqlMatch *
pk_sql_match(const char *json, const PkSqlContext *context, char **reason, GError **error)
{
  g_autoptr(JsonObject) root = pk_sql_json_parse(json, error);
  g_autofree char *why = NULL;
  PkSqlMatch *match = NULL;

  if (reason)
    *reason = NULL;
  JsonObject *select = root ? find_select(root, &why, error) : NULL;
  if (select) {
    PkPlan *written = pk_sql_read_dense(context, select);
    if (!written)
      written = pk_sql_read_line(context, select);
    if (!written)
      written = pk_sql_read_numbered(context, select);
    match = written ? match_of_plan(written) : pk_sql_read_rows(context, select);
    if (!match)
      match = pk_sql_read_groups(context, select, &why);
  }
  if (!match && reason)
    *reason = g_steal_pointer(&why);
  return match;
}

PkPlan *
pk_plan_from_sql_json(const char *json, const PkSqlContext *context, char **reason, GError **error)
{
  g_autoptr(PkSqlMatch) match = pk_sql_match(json, context, reason, error);

  if (!match)
    return NULL;
  if (match->is_plain)
    return pk_plan_ref(match->plan);
  if (reason)
    *reason = g_strdup("the statement shapes the plan's result, or holds only for some data");
  return NULL;
}
