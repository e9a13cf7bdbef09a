/* The statements that plan → SQL writes around its groups: the grid of a dense
 * result and the M4 reduction of a line. Each part is compared with what
 * pk-plan-sql.c writes; anything else is not one of them. */
#include "pk-sql-const.h"
#include "pk-scalar-text.h"
#include "pk-sql-text.h"

#include <math.h>
#include <string.h>

/* Has the SELECT nothing but its list, its FROM and what is allowed? */
static gboolean
has_only(JsonObject *select, gboolean where, gboolean groups, gboolean modifiers)
{
  return (where || pk_json_is_absent(select, "where_clause")) &&
         (groups || pk_json_is_absent(select, "group_expressions")) &&
         (modifiers || pk_json_is_absent(select, "modifiers")) && pk_json_is_absent(select, "having") &&
         pk_json_is_absent(select, "qualify") && pk_json_is_absent(select, "sample") &&
         pk_json_length(pk_json_array(pk_json_object(select, "cte_map"), "map")) == 0 &&
         g_strcmp0(pk_json_text(select, "aggregate_handling"), "STANDARD_HANDLING") == 0;
}

/* Item i of the SELECT: that text under that name (NULL: any name but none). */
static gboolean
item_is(JsonObject *select, guint i, const char *text, const char *alias)
{
  JsonObject *item = pk_json_item(pk_json_array(select, "select_list"), i);
  const char *given = pk_json_text(item, "alias");
  g_autofree char *own = item ? pk_sql_text_of(NULL, item) : NULL;

  return g_strcmp0(own, text) == 0 && given && (alias ? strcmp(given, alias) == 0 : *given != '\0');
}

static gboolean
item_is_numbered(JsonObject *select, guint i, const char *format, guint number, const char *alias)
{
  g_autoptr(GString) text = g_string_new(format);
  g_autofree char *digits = g_strdup_printf("%u", number);

  g_string_replace(text, "#", digits, 0);
  return item_is(select, i, text->str, alias);
}

static const char *
alias_of(JsonObject *select, guint i)
{
  const char *alias = pk_json_text(pk_json_item(pk_json_array(select, "select_list"), i), "alias");

  return alias && *alias ? alias : NULL;
}

static guint
n_items(JsonObject *select)
{
  return pk_json_length(pk_json_array(select, "select_list"));
}

/* The SELECT of a subquery without alias, sample or renamed columns. */
static JsonObject *
subquery_of(JsonObject *from)
{
  if (g_strcmp0(pk_json_text(from, "type"), "SUBQUERY") != 0 || !pk_json_is_absent(from, "alias") ||
      !pk_json_is_absent(from, "sample") || !pk_json_is_absent(from, "column_name_alias"))
    return NULL;
  JsonObject *node = pk_json_object(pk_json_object(from, "subquery"), "node");
  return g_strcmp0(pk_json_text(node, "type"), "SELECT_NODE") == 0 ? node : NULL;
}

/* ORDER BY exactly these texts; type as the parser calls the direction. */
static gboolean
is_ordered_by(JsonObject *select, const char *format, guint first, guint n, const char *type,
              const char *nulls)
{
  JsonArray *modifiers = pk_json_array(select, "modifiers");
  JsonArray *orders = pk_json_array(pk_json_item(modifiers, 0), "orders");

  if (pk_json_length(modifiers) != 1 || pk_json_length(orders) != n ||
      g_strcmp0(pk_json_text(pk_json_item(modifiers, 0), "type"), "ORDER_MODIFIER") != 0)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    JsonObject *order = pk_json_item(orders, i), *expression = pk_json_object(order, "expression");
    g_autoptr(GString) wanted = g_string_new(format);
    g_autofree char *digits = g_strdup_printf("%u", first + i);
    g_autofree char *text = expression ? pk_sql_text_of(NULL, expression) : NULL;
    g_string_replace(wanted, "#", digits, 0);
    if (g_strcmp0(text, wanted->str) != 0 || g_strcmp0(pk_json_text(order, "type"), type) != 0 ||
        g_strcmp0(pk_json_text(order, "null_order"), nulls) != 0)
      return FALSE;
  }
  return TRUE;
}

/* --- dense --- */

static gboolean
counts(PkAggOp op)
{
  return op == PK_AGG_COUNT_ALL || op == PK_AGG_COUNT || op == PK_AGG_DISTINCT || op == PK_AGG_REGR_COUNT;
}

/* range(count) AS "g<i>"("k<i>") */
static gboolean
is_range(JsonObject *from, guint i, guint count)
{
  JsonObject *function = pk_json_object(from, "function");
  JsonArray *columns = pk_json_array(from, "column_name_alias");
  g_autofree char *text = function ? pk_sql_text_of(NULL, function) : NULL;
  g_autofree char *wanted = g_strdup_printf("range(%u)", count);
  g_autofree char *alias = g_strdup_printf("g%u", i);
  g_autofree char *column = g_strdup_printf("k%u", i);

  return g_strcmp0(pk_json_text(from, "type"), "TABLE_FUNCTION") == 0 && pk_json_is_absent(from, "sample") &&
         g_strcmp0(text, wanted) == 0 && g_strcmp0(pk_json_text(from, "alias"), alias) == 0 &&
         pk_json_length(columns) == 1 && g_strcmp0(pk_json_text_item(columns, 0), column) == 0;
}

/* The cross join of the ranges of the first n keys. */
static gboolean
is_grid(JsonObject *from, const PkPlan *plan, guint n)
{
  if (n == 1)
    return is_range(from, 0, plan->keys[0].count);
  return g_strcmp0(pk_json_text(from, "type"), "JOIN") == 0 &&
    g_strcmp0(pk_json_text(from, "ref_type"), "CROSS") == 0 &&
         is_range(pk_json_object(from, "right"), n - 1, plan->keys[n - 1].count) &&
         is_grid(pk_json_object(from, "left"), plan, n - 1);
}

static gboolean
is_joined_by_keys(JsonObject *join, guint n)
{
  JsonArray *columns = pk_json_array(join, "using_columns");

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("k%u", i);
    if (g_strcmp0(pk_json_text_item(columns, i), name) != 0)
      return FALSE;
  }
  return pk_json_length(columns) == n && pk_json_is_absent(join, "condition") &&
         g_strcmp0(pk_json_text(join, "join_type"), "LEFT") == 0 &&
         g_strcmp0(pk_json_text(join, "ref_type"), "REGULAR") == 0;
}

static gboolean
is_numbered_plan(const PkPlan *plan)
{
  for (guint i = 0; i < plan->n_keys; i++) {
    g_autofree char *name = g_strdup_printf("k%u", i);
    if (strcmp(plan->keys[i].name, name) != 0 ||
        (plan->keys[i].kind != PK_KEY_BINS && plan->keys[i].kind != PK_KEY_EDGES))
      return FALSE;
  }
  for (guint i = 0; i < plan->n_aggs; i++) {
    g_autofree char *name = g_strdup_printf("a%u", i);
    if (strcmp(plan->aggs[i].name, name) != 0)
      return FALSE;
  }
  return plan->n_keys > 0 && plan->n_aggs > 0;
}

static gboolean
are_dense_items(JsonObject *select, const PkPlan *plan)
{
  for (guint i = 0; i < plan->n_aggs; i++)
    if (!item_is_numbered(select, i, counts(plan->aggs[i].op) ? "coalesce(\"a#\", 0)" : "\"a#\"", i, NULL))
      return FALSE;
  return n_items(select) == plan->n_aggs;
}

PkPlan *
pk_sql_read_dense(const PkSqlContext *context, JsonObject *select)
{
  JsonObject *join = pk_json_object(select, "from_table");
  JsonObject *inner = subquery_of(pk_json_object(join, "right"));
  g_autofree char *reason = NULL;
  g_autoptr(PkSqlMatch) match = NULL;

  if (!inner || !has_only(select, FALSE, FALSE, TRUE))
    return NULL;
  match = pk_sql_read_groups(context, inner, &reason);
  if (!match || !match->is_plain || !is_numbered_plan(match->plan) ||
      !are_dense_items(select, match->plan) ||
      !is_joined_by_keys(join, match->plan->n_keys) ||
      !is_grid(pk_json_object(join, "left"), match->plan, match->plan->n_keys) ||
      !is_ordered_by(select, "\"k#\"", 0, match->plan->n_keys, "ORDER_DEFAULT", "ORDER_DEFAULT"))
    return NULL;
  PkPlan *plan = match->plan;
  plan->dense = TRUE;
  for (guint i = 0; i < plan->n_aggs; i++) {
    g_free(plan->aggs[i].name);
    plan->aggs[i].name = g_strdup(alias_of(select, i));
  }
  return pk_plan_check(plan, NULL) ? pk_plan_ref(plan) : NULL;
}

/* --- line --- */

static const struct { const char *text, *alias; } line_outer[] = {
  { "\"p\"", "column" },
  { "struct_extract(\"f\", 'k')", "x_first" }, { "struct_extract(\"f\", 'v')", "y_first" },
  { "struct_extract(\"l\", 'k')", "x_last" }, { "(-struct_extract(\"l\", 'v'))", "y_last" },
  { "struct_extract(\"b\", 'v')", "x_min" }, { "struct_extract(\"b\", 'k')", "y_min" },
  { "(-struct_extract(\"t\", 'v'))", "x_max" }, { "struct_extract(\"t\", 'k')", "y_max" },
}, line_middle[] = {
  { "\"p\"", "" },
  { "min(struct_pack(\"k\" := \"x\", \"v\" := \"y\"))", "f" },
  { "max(struct_pack(\"k\" := \"x\", \"v\" := (-\"y\")))", "l" },
  { "min(struct_pack(\"k\" := \"y\", \"v\" := \"x\"))", "b" },
  { "max(struct_pack(\"k\" := \"y\", \"v\" := (-\"x\")))", "t" },
};

static gboolean
is_line_frame(JsonObject *outer, JsonObject *middle, guint n_keys)
{
  for (guint i = 0; i < n_keys; i++)
    if (!item_is_numbered(outer, i, "\"k#\"", i, NULL) || !item_is_numbered(middle, i, "\"k#\"", i, ""))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(line_outer); i++)
    if (!item_is(outer, n_keys + i, line_outer[i].text, line_outer[i].alias))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(line_middle); i++)
    if (!item_is(middle, n_keys + i, line_middle[i].text, line_middle[i].alias))
      return FALSE;
  return n_items(middle) == n_keys + G_N_ELEMENTS(line_middle) && has_only(outer, FALSE, FALSE, TRUE) &&
         has_only(middle, FALSE, TRUE, FALSE) &&
         is_ordered_by(outer, "#", 1, n_keys + 1, "ASCENDING", "NULLS LAST");
}

/* GROUP BY 1, 2 … n */
static gboolean
is_grouped_by_first(JsonObject *select, guint n)
{
  JsonArray *groups = pk_json_array(select, "group_expressions"), *sets =
    pk_json_array(select, "group_sets");

  for (guint i = 0; i < n; i++) {
    g_autofree char *ordinal = g_strdup_printf("%u", i + 1);
    JsonObject *group = pk_json_item(groups, i);
    g_autofree char *text = group ? pk_sql_text_of(NULL, group) : NULL;
    if (g_strcmp0(text, ordinal) != 0)
      return FALSE;
  }
  return pk_json_length(groups) == n && pk_json_length(sets) == 1 &&
         JSON_NODE_HOLDS_ARRAY(json_array_get_element(sets, 0)) &&
         json_array_get_length(json_node_get_array(json_array_get_element(sets, 0))) == n;
}

/* The column that the item's text is the measure of. */
static gboolean
read_axis(PkSqlReader *reader, JsonObject *item, const char *alias, guint *column)
{
  const PkColumnInfo *info = item ? pk_sql_only_column(reader, item) : NULL;
  g_autofree char *text = info ? pk_sql_text_of(reader, item) : NULL;
  g_autoptr(GString) measure = g_string_new(NULL);

  if (!text || g_strcmp0(pk_json_text(item, "alias"), alias) != 0)
    return FALSE;
  pk_sql_append_measure(measure, info->name, info->type);
  *column = pk_sql_use_column(reader, info);
  return strcmp(measure->str, text) == 0;
}

/* The condition "x BETWEEN x0 AND x1" whose plan writes the pixel column's expression as it stands. */
static gboolean
find_window(PkSqlReader *reader, const char *pixel)
{
  PkM4 *m4 = &reader->plan->m4;

  for (guint i = 0; reader->conditions && i < reader->conditions->len; i++) {
    const PkSqlCondition *condition = g_ptr_array_index(reader->conditions, i);
    const PkPredicate *p = &condition->predicate;
    if (!condition->is_predicate || p->kind != PK_PRED_RANGE || p->column != m4->x || !p->has_lo ||
        !p->has_hi ||
        p->lo_exclusive || p->hi_exclusive || p->lo.kind != PK_SCALAR_DOUBLE)
      continue;
    m4->x0 = p->lo.d;
    m4->x1 = p->hi.d;
    g_autoptr(GString) written = g_string_new(NULL);
    pk_sql_append_pixel_column(written, reader->plan);
    if (strcmp(written->str, pixel) == 0) {
      g_ptr_array_remove_index(reader->conditions, i);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
take_y_condition(PkSqlReader *reader)
{
  g_autoptr(GString) wanted = g_string_new(NULL);

  pk_sql_append_y_condition(wanted, reader->plan);
  for (guint i = 0; reader->conditions && i < reader->conditions->len; i++)
    if (g_strcmp0(((PkSqlCondition *)g_ptr_array_index(reader->conditions, i))->text, wanted->str) == 0) {
      g_ptr_array_remove_index(reader->conditions, i);
      return TRUE;
    }
  return FALSE;
}

/* CAST(least(…, last) AS INTEGER) */
static gboolean
read_last_pixel(JsonObject *pixel, guint *n)
{
  g_auto(PkSqlConst) last = { 0 };
  JsonObject *least = pk_json_object(pixel, "child");

  if (!least || !pk_sql_const_read(pk_sql_argument(least, 1), FALSE, &last) ||
      last.type.kind != PK_TYPE_I32 ||
      last.i < 0 || last.i >= G_MAXINT32)
    return FALSE;
  *n = (guint)last.i + 1;
  return TRUE;
}

static gboolean
read_line_rows(PkSqlReader *reader, JsonObject *outer, JsonObject *inner, guint n_keys)
{
  JsonArray *items = pk_json_array(inner, "select_list");
  JsonObject *where = pk_json_object(inner, "where_clause"), *pixel = pk_json_item(items, n_keys);
  g_autofree char *pixel_text = pixel ? pk_sql_text_of(reader, pixel) : NULL;

  for (guint i = 0; i < n_keys; i++) {
    g_autofree char *alias = g_strdup_printf("k%u", i);
    JsonObject *item = pk_json_item(items, i);
    if (!item || g_strcmp0(pk_json_text(item, "alias"), alias) != 0 || !alias_of(outer, i) ||
        !pk_sql_read_key(reader, item, alias_of(outer, i)) || reader->plan->keys[i].kind != PK_KEY_VALUE)
      return FALSE;
  }
  reader->plan->is_m4 = TRUE;
  return pixel_text && g_strcmp0(pk_json_text(pixel, "alias"), "p") == 0 &&
         read_last_pixel(pixel, &reader->plan->m4.n) &&
         read_axis(reader, pk_json_item(items, n_keys + 1), "x", &reader->plan->m4.x) &&
         read_axis(reader, pk_json_item(items, n_keys + 2), "y", &reader->plan->m4.y) &&
         pk_json_length(items) == n_keys + 3 && where && pk_sql_read_where(reader, where) &&
         find_window(reader, pixel_text) && take_y_condition(reader) && pk_sql_finish_where(reader) &&
         pk_plan_check(reader->plan, NULL);
}

PkPlan *
pk_sql_read_line(const PkSqlContext *context, JsonObject *select)
{
  JsonObject *middle = subquery_of(pk_json_object(select, "from_table"));
  JsonObject *inner = middle ? subquery_of(pk_json_object(middle, "from_table")) : NULL;
  guint n = n_items(select), n_keys = n - MIN(n, (guint)G_N_ELEMENTS(line_outer));
  g_autofree char *relation = NULL, *alias = NULL, *reason = NULL;

  if (!inner || n < G_N_ELEMENTS(line_outer) || !is_line_frame(select, middle, n_keys) ||
      !is_grouped_by_first(middle, n_keys + 1) || !has_only(inner, TRUE, FALSE, FALSE) ||
      !pk_sql_read_from(context, inner, &relation, &alias, &reason))
    return NULL;
  PkSqlReader *reader = pk_sql_reader_new(context, relation, alias);
  PkPlan *plan = read_line_rows(reader, select, inner, n_keys) ? pk_plan_ref(reader->plan) : NULL;
  pk_sql_reader_free(reader);
  return plan;
}
