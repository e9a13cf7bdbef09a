/* What is asked and who answers, for people and as JSON. */
#include "pk-session-private.h"

#include "pk-plan-sql.h"

#include <json-glib/json-glib.h>

void
pk_session_append_json(GString *out, const char *name, const char *text)
{
  g_autoptr(JsonNode) node = json_node_init_string(json_node_alloc(), text);
  g_autofree char *value = json_to_string(node, FALSE);
  g_string_append_printf(out, "\"%s\":%s", name, value);
}

static void
explain_plan_json(const PkPlan *plan, const PkChoice *choice, const char *title, GString *out)
{
  g_autofree char *text = pk_plan_explain(plan), *sql = pk_plan_to_sql(plan), *hash = pk_plan_hash(plan);
  g_autofree char *chosen = pk_choice_to_json(choice);
  const char *const members[][2] = { { "title", title }, { "plan", text }, { "hash", hash }, { "sql", sql } };
  g_string_append_c(out, '{');
  for (guint i = title ? 0 : 1; i < G_N_ELEMENTS(members); i++) {
    pk_session_append_json(out, members[i][0], members[i][1]);
    g_string_append_c(out, ',');
  }
  g_string_append_printf(out, "\"choice\":%s}", chosen);
}

void
pk_session_explain_plan(const PkPlan *plan, const PkChoice *choice, const char *title, gboolean as_json, GString *out)
{
  if (as_json) {
    explain_plan_json(plan, choice, title, out);
    return;
  }
  g_autofree char *text = pk_plan_explain(plan), *sql = pk_plan_to_sql(plan), *hash = pk_plan_hash(plan);
  g_autofree char *candidates = pk_choice_explain(choice);
  if (title)
    g_string_append_printf(out, "# %s\n", title);
  g_string_append_printf(out, "Plan %.12s\n%s%s\nSQL\n  %s\n\n", hash, text, g_str_has_suffix(text, "\n") ? "" : "\n", sql);
  g_string_append_printf(out, "Backend %s\n%s", pk_backend_get_name(choice->chosen), candidates);
  if (!g_str_has_suffix(candidates, "\n"))
    g_string_append_c(out, '\n');
}

void
pk_session_explain_sql(const char *sql, const char *title, gboolean as_json, GString *out)
{
  if (!as_json) {
    g_string_append_printf(out, "# %s\nSQL\n  %s\n", title, sql);
    return;
  }
  g_string_append_c(out, '{');
  pk_session_append_json(out, "title", title);
  g_string_append(out, ",\"plan\":null,");
  pk_session_append_json(out, "sql", sql);
  g_string_append(out, ",\"backend\":\"sql\"}");
}
