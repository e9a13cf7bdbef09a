/* Statements that list rows: the first ones by a column as people write them, and what plan → SQL writes. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include <string.h>

/* Has the SELECT nothing but its list, FROM, WHERE, order and limit? */
static gboolean
is_plain_select(JsonObject *select)
{
  return pk_json_is_absent(select, "group_expressions") && pk_json_is_absent(select, "group_sets") &&
         pk_json_is_absent(select, "having") && pk_json_is_absent(select, "qualify") &&
         pk_json_is_absent(select, "sample") &&
         g_strcmp0(pk_json_text(select, "aggregate_handling"), "STANDARD_HANDLING") == 0;
}

/* The orders of a SELECT whose modifiers are ORDER BY and LIMIT, and its limit. */
static JsonArray *
read_modifiers(JsonObject *select, guint *limit)
{
  JsonArray *modifiers = pk_json_array(select, "modifiers");
  JsonObject *order = pk_json_item(modifiers, 0), *count = pk_json_item(modifiers, 1);
  g_auto(PkSqlConst) n = { 0 };

  if (pk_json_length(modifiers) != 2 || g_strcmp0(pk_json_text(order, "type"), "ORDER_MODIFIER") != 0 ||
      g_strcmp0(pk_json_text(count, "type"), "LIMIT_MODIFIER") != 0 || !pk_json_is_absent(count, "offset") ||
      !pk_json_object(count, "limit") || !pk_sql_const_read(pk_json_object(count, "limit"), FALSE, &n) ||
      !pk_type_is_integer(n.type) || n.i < 1 || n.i > PK_PLAN_MAX_ROWS)
    return NULL;
  *limit = (guint)n.i;
  return pk_json_array(order, "orders");
}

/* --- by hand --- */

/* NULLS LAST is the engine's default, whatever the direction. */
static gboolean
reads_nulls_last(JsonObject *order)
{
  const char *nulls = pk_json_text(order, "null_order");

  return g_strcmp0(nulls, "NULLS FIRST") != 0 && g_strcmp0(nulls, "NULLS_FIRST") != 0;
}

/* The column that a name in ORDER BY means: an item's alias comes before a column. */
static const PkColumnInfo *
ordered_column(const PkSqlReader *reader, JsonArray *items, JsonObject *expression)
{
  JsonArray *names = pk_json_array(expression, "column_names");

  for (guint i = 0; pk_json_length(names) == 1 && i < pk_json_length(items); i++) {
    const char *alias = pk_json_text(pk_json_item(items, i), "alias"), *name = pk_json_text_item(names, 0);
    if (alias && *alias && name && g_ascii_strcasecmp(alias, name) == 0)
      return pk_sql_column_of(reader, pk_json_item(items, i));
  }
  return pk_sql_column_of(reader, expression);
}

/* A value alone may be an expression or an aggregate: then it is no listing. An ENUM is ordered by its places, which a
 * plan does not know. */
static gboolean
read_listing(PkSqlReader *reader, JsonObject *select, JsonArray *orders)
{
  JsonArray *items = pk_json_array(select, "select_list");
  JsonObject *order = pk_json_item(orders, 0), *where = pk_json_object(select, "where_clause");
  JsonObject *expression = order ? pk_json_object(order, "expression") : NULL;
  const PkColumnInfo *by = expression ? ordered_column(reader, items, expression) : NULL;

  if (!by || pk_json_length(orders) != 1 || !reads_nulls_last(order) || by->type.dictionary)
    return FALSE;
  for (guint i = 0; i < pk_json_length(items); i++) {
    JsonObject *item = pk_json_item(items, i);
    const PkColumnInfo *column = item ? pk_sql_column_of(reader, item) : NULL;
    const char *alias = item ? pk_json_text(item, "alias") : NULL;
    if (!column)
      return FALSE;
    pk_plan_add_output(reader->plan, (gint)pk_sql_use_column(reader, column), alias && *alias ? alias : column->name);
  }
  reader->plan->top.by = (gint)pk_sql_use_column(reader, by);
  reader->plan->top.descending = g_strcmp0(pk_json_text(order, "type"), "DESCENDING") == 0;
  if (!where && !pk_json_is_absent(select, "where_clause"))
    return FALSE;
  return (!where || pk_sql_read_where(reader, where)) && pk_sql_finish_where(reader) && pk_plan_check(reader->plan, NULL);
}

static PkSqlMatch *
match_of_listing(PkSqlReader *reader, JsonArray *items)
{
  PkSqlMatch *match = g_new0(PkSqlMatch, 1);

  match->plan = pk_plan_ref(reader->plan);
  match->limit = -1;
  match->n_outputs = match->plan->n_outputs;
  match->outputs = g_new0(PkSqlOutput, match->n_outputs);
  match->is_plain = reader->assumptions->len == 0;
  for (guint i = 0; i < match->n_outputs; i++) {
    PkType type = pk_sql_column_of(reader, pk_json_item(items, i))->type;
    match->outputs[i] = (PkSqlOutput){ .name = g_strdup(match->plan->outputs[i].name), .column = i, .type = type };
    match->is_plain = match->is_plain && !type.dictionary;
  }
  match->n_assumptions = reader->assumptions->len;
  g_array_set_clear_func(reader->assumptions, NULL);
  match->assumptions = g_memdup2(reader->assumptions->data, match->n_assumptions * sizeof(PkSqlAssumption));
  return match;
}

PkSqlMatch *
pk_sql_read_rows(const PkSqlContext *context, JsonObject *select)
{
  g_autofree char *relation = NULL, *alias = NULL, *reason = NULL;
  PkSqlMatch *match = NULL;
  guint limit = 0;
  JsonArray *orders = is_plain_select(select) ? read_modifiers(select, &limit) : NULL;

  if (!orders || !pk_sql_read_from(context, select, &relation, &alias, &reason))
    return NULL;
  PkSqlReader *reader = pk_sql_reader_new(context, relation, alias);
  reader->plan->top.limit = limit;
  if (read_listing(reader, select, orders))
    match = match_of_listing(reader, pk_json_array(select, "select_list"));
  pk_sql_reader_free(reader);
  return match;
}

/* --- as plan → SQL writes it --- */

/* name() OVER () */
static gboolean
is_window(JsonObject *expression, const char *name)
{
  return expression && pk_sql_is(expression, "WINDOW") && g_strcmp0(pk_json_text(expression, "function_name"), name) == 0 &&
         pk_json_is_absent(expression, "children") && pk_json_is_absent(expression, "partitions") &&
         pk_json_is_absent(expression, "orders") && pk_json_is_absent(expression, "filter_expr") &&
         pk_json_is_absent(expression, "arg_orders") && !pk_json_true(expression, "distinct") &&
         g_strcmp0(pk_json_text(expression, "start"), "UNBOUNDED_PRECEDING") == 0 &&
         g_strcmp0(pk_json_text(expression, "end"), "CURRENT_ROW_RANGE") == 0 &&
         g_strcmp0(pk_json_text(expression, "exclude_clause"), "NO_OTHER") == 0;
}

/* (row_number() OVER () - 1) AS "r" */
static gboolean
is_row_number(JsonObject *item)
{
  JsonObject *one = item ? pk_sql_argument(item, 1) : NULL;
  g_autofree char *text = one ? pk_sql_text_of(NULL, one) : NULL;

  return item && pk_sql_is_call(item, "-", 2) && is_window(pk_sql_argument(item, 0), "row_number") &&
         g_strcmp0(text, "1") == 0 && g_strcmp0(pk_json_text(item, "alias"), "r") == 0;
}

/* Takes the next inner item if it is a column under that alias: its number in the plan, or -1. */
static gint
take_column(PkSqlReader *reader, JsonArray *items, guint *at, const char *alias)
{
  JsonObject *item = pk_json_item(items, *at);
  const PkColumnInfo *column = item ? pk_sql_only_column(reader, item) : NULL;
  g_autofree char *text = column ? pk_sql_text_of(reader, item) : NULL;
  g_autoptr(GString) written = g_string_new(NULL);

  if (!text || g_strcmp0(pk_json_text(item, "alias"), alias) != 0)
    return -1;
  guint index = pk_sql_use_column(reader, column);
  pk_sql_append_column(written, reader->plan, index);
  (*at)++;
  return strcmp(written->str, text) == 0 ? (gint)index : -1;
}

static gboolean
read_outputs(PkSqlReader *reader, JsonObject *select, JsonArray *inner, guint *at)
{
  JsonArray *items = pk_json_array(select, "select_list");

  for (guint i = 0; i < pk_json_length(items); i++) {
    JsonObject *item = pk_json_item(items, i);
    const char *alias = item ? pk_json_text(item, "alias") : NULL;
    g_autofree char *text = item ? pk_sql_text_of(NULL, item) : NULL;
    g_autofree char *value = g_strdup_printf("v%u", i), *quoted = g_strdup_printf("\"v%u\"", i);
    gint column = is_window(item, "count_star") || is_window(item, "count") ? PK_OUTPUT_MATCHES : PK_OUTPUT_ROW;
    if (!alias || !*alias)
      return FALSE;
    if (column == PK_OUTPUT_ROW && g_strcmp0(text, "\"r\"") != 0) {
      column = g_strcmp0(text, quoted) == 0 ? take_column(reader, inner, at, value) : -1;
      if (column < 0)
        return FALSE;
    }
    pk_plan_add_output(reader->plan, column, alias);
  }
  return TRUE;
}

static gboolean
order_is(JsonObject *order, const char *text, gboolean *descending)
{
  JsonObject *expression = order ? pk_json_object(order, "expression") : NULL;
  g_autofree char *own = expression ? pk_sql_text_of(NULL, expression) : NULL;

  *descending = g_strcmp0(pk_json_text(order, "type"), "DESCENDING") == 0;
  return g_strcmp0(own, text) == 0 && (*descending || g_strcmp0(pk_json_text(order, "type"), "ASCENDING") == 0) &&
         g_strcmp0(pk_json_text(order, "null_order"), "NULLS LAST") == 0;
}

/* "o" and "r", or "r" alone. */
static gboolean
read_orders(PkSqlReader *reader, JsonArray *orders, JsonArray *inner, guint *at)
{
  guint n = pk_json_length(orders);
  gboolean descending = FALSE;

  if (n < 1 || n > 2 || !order_is(pk_json_item(orders, n - 1), "\"r\"", &descending) || descending)
    return FALSE;
  if (n == 1)
    return TRUE;
  reader->plan->top.by = take_column(reader, inner, at, "o");
  return reader->plan->top.by >= 0 && order_is(pk_json_item(orders, 0), "\"o\"", &reader->plan->top.descending);
}

/* The item "p" and WHERE "p", or neither. */
static gboolean
read_conditions(PkSqlReader *reader, JsonObject *select, JsonArray *inner, guint *at)
{
  JsonObject *where = pk_json_object(select, "where_clause"), *item = pk_json_item(inner, *at);
  g_autofree char *text = where ? pk_sql_text_of(NULL, where) : NULL;

  if (pk_json_is_absent(select, "where_clause"))
    return TRUE;
  (*at)++;
  return g_strcmp0(text, "\"p\"") == 0 && item && g_strcmp0(pk_json_text(item, "alias"), "p") == 0 &&
         pk_sql_read_where(reader, item) && pk_sql_finish_where(reader);
}

static JsonObject *
numbered_select(JsonObject *select)
{
  JsonObject *from = pk_json_object(select, "from_table");
  JsonObject *inner = pk_json_object(pk_json_object(from, "subquery"), "node");

  return pk_json_length(pk_json_array(pk_json_object(select, "cte_map"), "map")) == 0 &&
                 g_strcmp0(pk_json_text(from, "type"), "SUBQUERY") == 0 && pk_json_is_absent(from, "alias") &&
                 pk_json_is_absent(from, "sample") && pk_json_is_absent(from, "column_name_alias") &&
                 g_strcmp0(pk_json_text(inner, "type"), "SELECT_NODE") == 0 && is_plain_select(inner) &&
                 pk_json_is_absent(inner, "modifiers") && pk_json_is_absent(inner, "where_clause") &&
                 is_row_number(pk_json_item(pk_json_array(inner, "select_list"), 0))
             ? inner : NULL;
}

PkPlan *
pk_sql_read_numbered(const PkSqlContext *context, JsonObject *select)
{
  g_autofree char *relation = NULL, *alias = NULL, *reason = NULL;
  JsonObject *inner = is_plain_select(select) ? numbered_select(select) : NULL;
  JsonArray *items = inner ? pk_json_array(inner, "select_list") : NULL;
  guint at = 1, limit = 0;
  JsonArray *orders = inner ? read_modifiers(select, &limit) : NULL;

  if (!orders || !pk_sql_read_from(context, inner, &relation, &alias, &reason))
    return NULL;
  PkSqlReader *reader = pk_sql_reader_new(context, relation, alias);
  reader->plan->top.limit = limit;
  gboolean ok = read_outputs(reader, select, items, &at) && read_orders(reader, orders, items, &at) &&
                read_conditions(reader, select, items, &at) && at == pk_json_length(items) &&
                reader->assumptions->len == 0 && pk_plan_check(reader->plan, NULL);
  PkPlan *plan = ok ? pk_plan_ref(reader->plan) : NULL;
  pk_sql_reader_free(reader);
  return plan;
}
