/* Plan → SQL. The text answers the plan as `ref` does; where DuckDB's own
 * function differs (an error for an infinity, ties left open), the expression
 * says what the plan means. */
#include "pk-plan-sql.h"
#include "pk-scalar-text.h"
#include "pk-sql-text.h"

#include "pk-sql-quote.h"

#include <math.h>

static gboolean
is_float(const PkPlan *plan, gint column)
{
  PkTypeKind kind = plan->columns[column].type.kind;

  return kind == PK_TYPE_F32 || kind == PK_TYPE_F64;
}

/* --- predicates --- */

/* What stands on the column's side of a comparison with that constant. */
static void
append_operand(GString *out, const PkPlan *plan, guint column, const PkScalar *scalar)
{
  const PkPlanColumn *c = &plan->columns[column];

  if (scalar->kind == PK_SCALAR_DOUBLE || is_float(plan, (gint)column))
    pk_sql_append_measure(out, c->name, c->type);
  else if (!pk_scalar_is_plain(scalar, c->type))
    pk_sql_append_ticks(out, c->name, c->type);
  else
    pk_sql_append_column(out, plan, column);
}

static void
append_constant(GString *out, const PkPlan *plan, guint column, const PkScalar *scalar)
{
  PkType type = plan->columns[column].type;

  if (scalar->kind == PK_SCALAR_INT && is_float(plan, (gint)column))
    pk_double_append_sql(out, (double)scalar->i);
  else
    pk_scalar_append_sql(out, scalar, pk_scalar_is_plain(scalar, type) ? type : PK_TYPE_OF(PK_TYPE_I64));
}

static void
add_comparison(GPtrArray *conditions, const PkPlan *plan, guint column, const char *op,
               const PkScalar *scalar)
{
  GString *out = g_string_new(NULL);

  append_operand(out, plan, column, scalar);
  g_string_append_printf(out, " %s ", op);
  append_constant(out, plan, column, scalar);
  g_ptr_array_add(conditions, g_string_free(out, FALSE));
}

static void
add_between(GPtrArray *conditions, const PkPlan *plan, const PkPredicate *predicate)
{
  GString *out = g_string_new(NULL);

  append_operand(out, plan, predicate->column, &predicate->lo);
  g_string_append(out, " BETWEEN ");
  append_constant(out, plan, predicate->column, &predicate->lo);
  g_string_append(out, " AND ");
  append_constant(out, plan, predicate->column, &predicate->hi);
  g_ptr_array_add(conditions, g_string_free(out, FALSE));
}

static void
add_range(GPtrArray *conditions, const PkPlan *plan, const PkPredicate *predicate)
{
  PkType type = plan->columns[predicate->column].type;
  gboolean same_side = predicate->has_lo && predicate->has_hi &&
                       pk_scalar_is_plain(&predicate->lo, type) == pk_scalar_is_plain(&predicate->hi, type);

  if (same_side && !predicate->lo_exclusive && !predicate->hi_exclusive) {
    add_between(conditions, plan, predicate);
    return;
  }
  if (predicate->has_lo)
    add_comparison(conditions, plan, predicate->column, predicate->lo_exclusive ? ">" : ">=",
                   &predicate->lo);
  if (predicate->has_hi)
    add_comparison(conditions, plan, predicate->column, predicate->hi_exclusive ? "<" : "<=",
                   &predicate->hi);
}

/* A list whose values are not all written alike would compare some as times and some as integers. */
static gboolean
all_plain(const PkPlan *plan, const PkPredicate *predicate)
{
  for (guint i = 0; i < predicate->n_values; i++)
    if (!pk_scalar_is_plain(&predicate->values[i], plan->columns[predicate->column].type))
      return FALSE;
  return TRUE;
}

static void
add_list(GPtrArray *conditions, const PkPlan *plan, const PkPredicate *predicate)
{
  GString *out = g_string_new(NULL);
  const PkPlanColumn *column = &plan->columns[predicate->column];
  gboolean plain = all_plain(plan, predicate);

  if (plain)
    append_operand(out, plan, predicate->column, &predicate->values[0]);
  else
    pk_sql_append_ticks(out, column->name, column->type);
  if (predicate->n_values == 1)
    g_string_append(out, predicate->negated ? " <> " : " = ");
  else
    g_string_append(out, predicate->negated ? " NOT IN (" : " IN (");
  for (guint i = 0; i < predicate->n_values; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    if (plain)
      append_constant(out, plan, predicate->column, &predicate->values[i]);
    else
      pk_scalar_append_sql(out, &predicate->values[i], PK_TYPE_OF(PK_TYPE_I64));
  }
  g_string_append(out, predicate->n_values == 1 ? "" : ")");
  g_ptr_array_add(conditions, g_string_free(out, FALSE));
}

void
pk_sql_append_predicate(GPtrArray *conditions, const PkPlan *plan, const PkPredicate *predicate)
{
  GString *out;

  switch (predicate->kind) {
  case PK_PRED_RANGE:
    add_range(conditions, plan, predicate);
    return;
  case PK_PRED_IN:
    add_list(conditions, plan, predicate);
    return;
  case PK_PRED_NULL:
  case PK_PRED_NOT_NULL:
    out = g_string_new(NULL);
    pk_sql_append_ident(out, plan->columns[predicate->column].name);
    g_string_append(out, predicate->kind == PK_PRED_NULL ? " IS NULL" : " IS NOT NULL");
    g_ptr_array_add(conditions, g_string_free(out, FALSE));
    return;
  }
}

/* --- aggregates --- */

static const char *
function_of(PkAggOp op)
{
  return op == PK_AGG_MEAN ? "avg" : pk_agg_name(op);
}

/* DuckDB refuses the moments of an infinity or NaN; to a plan they are NaN. */
static void
append_moment(GString *out, const PkPlan *plan, const PkAgg *agg)
{
  g_autoptr(GString) x = g_string_new(NULL);

  pk_sql_append_measure(x, plan->columns[agg->column].name, plan->columns[agg->column].type);
  if (!is_float(plan, agg->column))
    g_string_append_printf(out, "%s(%s)", function_of(agg->op), x->str);
  else if (agg->op == PK_AGG_VAR_POP || agg->op == PK_AGG_STDDEV_POP)
    g_string_append_printf(out, "CASE WHEN NOT bool_and(isfinite(%s)) THEN CAST('nan' AS DOUBLE) "
                           "ELSE %s(%s) FILTER (WHERE isfinite(%s)) END", x->str, function_of(agg->op),
                             x->str, x->str);
  else
    g_string_append_printf(out, "CASE WHEN count(%s) < 2 THEN NULL WHEN NOT bool_and(isfinite(%s)) THEN "
                           "CAST('nan' AS DOUBLE) ELSE %s(%s) FILTER (WHERE isfinite(%s)) END", x->str,
                             x->str,
                           function_of(agg->op), x->str, x->str);
}

/* 0 * y + 0 * x is NULL where either is, and NaN where either is not finite. */
static void
append_sxy(GString *out, const char *y, const char *x)
{
  g_autofree char *finite = g_strdup_printf("isfinite(((0e0 * %s) + (0e0 * %s)))", y, x);

  g_string_append_printf(out, "CASE WHEN NOT bool_and(%s) THEN CAST('nan' AS DOUBLE) "
                         "ELSE regr_sxy(%s, %s) FILTER (WHERE %s) END", finite, y, x, finite);
}

/* Moments of one of the two, over the rows that have both. */
static void
append_regression(GString *out, const PkPlan *plan, const PkAgg *agg)
{
  gboolean of_x = agg->op == PK_AGG_REGR_AVGX || agg->op == PK_AGG_REGR_SXX;
  gint own_column = of_x ? agg->by : agg->column;
  g_autoptr(GString) y = g_string_new(NULL);
  g_autoptr(GString) x = g_string_new(NULL);

  pk_sql_append_measure(y, plan->columns[agg->column].name, plan->columns[agg->column].type);
  pk_sql_append_measure(x, plan->columns[agg->by].name, plan->columns[agg->by].type);
  const char *own = of_x ? x->str : y->str;
  const char *other = of_x ? y->str : x->str;
  if (agg->op == PK_AGG_REGR_SXY && (is_float(plan, agg->column) || is_float(plan, agg->by)))
    append_sxy(out, y->str, x->str);
  else if (agg->op == PK_AGG_REGR_SXY || !is_float(plan, own_column))
    g_string_append_printf(out, "%s(%s, %s)", function_of(agg->op), y->str, x->str);
  else
    g_string_append_printf(out, "CASE WHEN NOT bool_and(isfinite(%s)) FILTER (WHERE %s IS NOT NULL) THEN "
                           "CAST('nan' AS DOUBLE) ELSE %s(%s, %s) FILTER (WHERE isfinite(%s)) END", own,
                             other,
                           function_of(agg->op), y->str, x->str, own);
}

/* A sort key of the order, then the value, makes ties fall to the smallest value. */
static void
append_ordered(GString *out, const PkPlan *plan, const PkAgg *agg)
{
  g_autoptr(GString) value = g_string_new(NULL);
  g_autoptr(GString) by = g_string_new(NULL);

  pk_sql_append_column(value, plan, (guint)agg->column);
  pk_sql_append_column(by, plan, (guint)agg->by);
  g_string_append_printf(out, "arg_min(%s, create_sort_key(%s, '%s NULLS LAST', %s, 'ASC NULLS LAST')) "
                         "FILTER (WHERE %s IS NOT NULL AND %s IS NOT NULL)", value->str, by->str,
                         agg->op == PK_AGG_FIRST ? "ASC" : "DESC", value->str, value->str, by->str);
}

static void
append_call(GString *out, const PkPlan *plan, const PkAgg *agg)
{
  gboolean is_bool = plan->columns[agg->column].type.kind == PK_TYPE_BOOL &&
                     (agg->op == PK_AGG_SUM || agg->op == PK_AGG_MEAN);

  g_string_append_printf(out, "%s(", function_of(agg->op));
  g_string_append(out, is_bool ? "CAST(" : "");
  pk_sql_append_column(out, plan, (guint)agg->column);
  g_string_append(out, is_bool ? " AS INTEGER))" : ")");
}

void
pk_sql_append_agg(GString *out, const PkPlan *plan, const PkAgg *agg)
{
  const PkPlanColumn *column = agg->column >= 0 ? &plan->columns[agg->column] : NULL;

  switch (agg->op) {
  case PK_AGG_COUNT_ALL:
    g_string_append(out, "count(*)");
    break;
  case PK_AGG_COUNT:
    g_string_append(out, "count(");
    pk_sql_append_ident(out, column->name);
    g_string_append_c(out, ')');
    break;
  case PK_AGG_DISTINCT:
    g_string_append(out, "count(DISTINCT ");
    pk_sql_append_ident(out, column->name);
    g_string_append_c(out, ')');
    break;
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP:
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP:
    append_moment(out, plan, agg);
    break;
  case PK_AGG_FIRST:
  case PK_AGG_LAST:
    append_ordered(out, plan, agg);
    break;
  case PK_AGG_QUANTILE:
    g_string_append(out, "quantile_cont(");
    pk_sql_append_measure(out, column->name, column->type);
    g_string_append(out, ", ");
    pk_double_append_sql(out, agg->p);
    g_string_append_c(out, ')');
    break;
  case PK_AGG_REGR_COUNT:
    /* regr_count's own type ends at 2^32 rows. */
    g_string_append(out, "count(*) FILTER (WHERE ");
    pk_sql_append_ident(out, column->name);
    g_string_append(out, " IS NOT NULL AND ");
    pk_sql_append_ident(out, plan->columns[agg->by].name);
    g_string_append(out, " IS NOT NULL)");
    break;
  case PK_AGG_REGR_AVGX:
  case PK_AGG_REGR_AVGY:
  case PK_AGG_REGR_SXX:
  case PK_AGG_REGR_SYY:
  case PK_AGG_REGR_SXY:
    append_regression(out, plan, agg);
    break;
  default:
    append_call(out, plan, agg);
    break;
  }
}

/* --- statements --- */

static void
append_where(GString *out, const PkPlan *plan, GPtrArray *more, const char *separator)
{
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < plan->n_predicates; i++)
    pk_sql_append_predicate(conditions, plan, &plan->predicates[i]);
  for (guint i = 0; more && i < more->len; i++)
    g_ptr_array_add(conditions, g_strdup(more->pdata[i]));
  for (guint i = 0; i < conditions->len; i++)
    g_string_append_printf(out, "%s%s %s", separator, i == 0 ? "WHERE" : "AND",
                           (char *)conditions->pdata[i]);
}

static void
append_ordinals(GString *out, guint n, const char *each)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf(out, "%s%u%s", i == 0 ? "" : ", ", i + 1, each);
}

static void
append_name(GString *out, const char *name, const char *prefix, guint i)
{
  g_string_append(out, " AS ");
  if (prefix)
    g_string_append_printf(out, "\"%s%u\"", prefix, i);
  else
    pk_sql_append_ident(out, name);
}

/* SELECT keys, aggregates … GROUP BY: names of its own if `numbered`. */
static void
append_groups(GString *out, const PkPlan *plan, gboolean numbered, const char *separator)
{
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);

  g_string_append(out, "SELECT ");
  for (guint i = 0; i < plan->n_keys; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    pk_sql_append_key(out, plan, &plan->keys[i]);
    append_name(out, plan->keys[i].name, numbered ? "k" : NULL, i);
    pk_sql_append_key_conditions(conditions, plan, &plan->keys[i]);
  }
  for (guint i = 0; i < plan->n_aggs; i++) {
    g_string_append(out, i + plan->n_keys > 0 ? ", " : "");
    pk_sql_append_agg(out, plan, &plan->aggs[i]);
    append_name(out, plan->aggs[i].name, numbered ? "a" : NULL, i);
  }
  g_string_append_printf(out, "%sFROM %s", separator, plan->relation);
  append_where(out, plan, conditions, separator);
  if (plan->n_keys > 0) {
    g_string_append_printf(out, "%sGROUP BY ", separator);
    append_ordinals(out, plan->n_keys, "");
  }
}

static gboolean
counts(PkAggOp op)
{
  return op == PK_AGG_COUNT_ALL || op == PK_AGG_COUNT || op == PK_AGG_DISTINCT || op == PK_AGG_REGR_COUNT;
}

/* Every cell of the grid, with the groups joined to it: an empty cell counts 0 and sums NULL. */
static void
append_dense(GString *out, const PkPlan *plan, const char *separator)
{
  g_string_append(out, "SELECT ");
  for (guint i = 0; i < plan->n_aggs; i++) {
    g_string_append(out, i > 0 ? ", " : "");
    g_string_append_printf(out, counts(plan->aggs[i].op) ? "coalesce(\"a%u\", 0)" : "\"a%u\"", i);
    append_name(out, plan->aggs[i].name, NULL, i);
  }
  g_string_append_printf(out, "%sFROM ", separator);
  for (guint i = 0; i < plan->n_keys; i++)
    g_string_append_printf(out, "%srange(%u) AS \"g%u\"(\"k%u\")", i > 0 ? " CROSS JOIN " : "",
                           plan->keys[i].count, i, i);
  g_string_append_printf(out, "%sLEFT JOIN (", separator);
  append_groups(out, plan, TRUE, separator);
  g_string_append(out, ") USING (");
  for (guint i = 0; i < plan->n_keys; i++)
    g_string_append_printf(out, "%s\"k%u\"", i > 0 ? ", " : "", i);
  g_string_append_printf(out, ")%sORDER BY ", separator);
  for (guint i = 0; i < plan->n_keys; i++)
    g_string_append_printf(out, "%s\"k%u\"", i > 0 ? ", " : "", i);
}

void
pk_sql_append_pixel_column(GString *out, const PkPlan *plan)
{
  const PkM4 *m4 = &plan->m4;

  g_string_append(out, "CAST(least(floor(((");
  pk_sql_append_measure(out, plan->columns[m4->x].name, plan->columns[m4->x].type);
  g_string_append(out, " - ");
  pk_double_append_sql(out, m4->x0);
  g_string_append(out, ") * ");
  pk_double_append_sql(out, m4->n / (m4->x1 - m4->x0));
  g_string_append_printf(out, ")), %u) AS INTEGER)", m4->n - 1);
}

void
pk_sql_append_y_condition(GString *out, const PkPlan *plan)
{
  const PkPlanColumn *y = &plan->columns[plan->m4.y];
  gboolean has_nan = is_float(plan, (gint)plan->m4.y);

  g_string_append(out, has_nan ? "NOT isnan(" : "");
  pk_sql_append_ident(out, y->name);
  g_string_append(out, has_nan ? ")" : " IS NOT NULL");
}

/* The rows of a line: keys, pixel column, x and y as doubles. */
static void
append_m4_rows(GString *out, const PkPlan *plan, const char *separator)
{
  const PkM4 *m4 = &plan->m4;
  const PkPlanColumn *columns = plan->columns;
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);
  GString *window = g_string_new(NULL), *has_y = g_string_new(NULL);

  g_string_append(out, "SELECT ");
  for (guint i = 0; i < plan->n_keys; i++) {
    pk_sql_append_key(out, plan, &plan->keys[i]);
    g_string_append_printf(out, " AS \"k%u\", ", i);
  }
  pk_sql_append_pixel_column(out, plan);
  g_string_append(out, " AS \"p\", ");
  pk_sql_append_measure(out, columns[m4->x].name, columns[m4->x].type);
  g_string_append(out, " AS \"x\", ");
  pk_sql_append_measure(out, columns[m4->y].name, columns[m4->y].type);
  g_string_append_printf(out, " AS \"y\"%sFROM %s", separator, plan->relation);
  pk_sql_append_measure(window, columns[m4->x].name, columns[m4->x].type);
  g_string_append(window, " BETWEEN ");
  pk_double_append_sql(window, m4->x0);
  g_string_append(window, " AND ");
  pk_double_append_sql(window, m4->x1);
  g_ptr_array_add(conditions, g_string_free(window, FALSE));
  pk_sql_append_y_condition(has_y, plan);
  g_ptr_array_add(conditions, g_string_free(has_y, FALSE));
  append_where(out, plan, conditions, separator);
}

/* The least (x, y), the greatest x with the least y, the least (y, x), the greatest y with the least x. */
static void
append_m4(GString *out, const PkPlan *plan, const char *separator)
{
  g_string_append(out, "SELECT ");
  for (guint i = 0; i < plan->n_keys; i++) {
    g_string_append_printf(out, "\"k%u\"", i);
    append_name(out, plan->keys[i].name, NULL, i);
    g_string_append(out, ", ");
  }
  g_string_append(out, "\"p\" AS \"column\", "
                  "struct_extract(\"f\", 'k') AS \"x_first\", struct_extract(\"f\", 'v') AS \"y_first\", "
                  "struct_extract(\"l\", 'k') AS \"x_last\", (-struct_extract(\"l\", 'v')) AS \"y_last\", "
                  "struct_extract(\"b\", 'v') AS \"x_min\", struct_extract(\"b\", 'k') AS \"y_min\", "
                  "(-struct_extract(\"t\", 'v')) AS \"x_max\", struct_extract(\"t\", 'k') AS \"y_max\"");
  g_string_append_printf(out, "%sFROM (SELECT ", separator);
  for (guint i = 0; i < plan->n_keys; i++)
    g_string_append_printf(out, "\"k%u\", ", i);
  /* Structs with names: DuckDB 1.5.5 cannot take values by position out of a struct from a subquery. */
  g_string_append(out, "\"p\", "
                  "min(struct_pack(\"k\" := \"x\", \"v\" := \"y\")) AS \"f\", "
                  "max(struct_pack(\"k\" := \"x\", \"v\" := (-\"y\"))) AS \"l\", "
                  "min(struct_pack(\"k\" := \"y\", \"v\" := \"x\")) AS \"b\", "
                  "max(struct_pack(\"k\" := \"y\", \"v\" := (-\"x\"))) AS \"t\"");
  g_string_append_printf(out, "%sFROM (", separator);
  append_m4_rows(out, plan, separator);
  g_string_append_printf(out, ")%sGROUP BY ", separator);
  append_ordinals(out, plan->n_keys + 1, "");
  g_string_append_printf(out, ")%sORDER BY ", separator);
  append_ordinals(out, plan->n_keys + 1, " ASC NULLS LAST");
}

/* --- rows --- */

/* What one row needs, under names of its own: its number, values, what orders it, whether it passes. The rows are
 * numbered before they are filtered. */
static void
append_numbered_rows(GString *out, const PkPlan *plan, const char *separator)
{
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(g_free);

  for (guint i = 0; i < plan->n_predicates; i++)
    pk_sql_append_predicate(conditions, plan, &plan->predicates[i]);
  g_string_append(out, "SELECT (row_number() OVER () - 1) AS \"r\"");
  for (guint i = 0; i < plan->n_outputs; i++)
    if (plan->outputs[i].column >= 0) {
      g_string_append(out, ", ");
      pk_sql_append_column(out, plan, (guint)plan->outputs[i].column);
      append_name(out, NULL, "v", i);
    }
  if (plan->top.by >= 0) {
    g_string_append(out, ", ");
    pk_sql_append_column(out, plan, (guint)plan->top.by);
    g_string_append(out, " AS \"o\"");
  }
  for (guint i = 0; i < conditions->len; i++)
    g_string_append_printf(out, "%s%s", i == 0 ? ", " : " AND ", (char *)conditions->pdata[i]);
  g_string_append_printf(out, "%s%sFROM %s", conditions->len > 0 ? " AS \"p\"" : "", separator, plan->relation);
}

static void
append_rows(GString *out, const PkPlan *plan, const char *separator)
{
  for (guint i = 0; i < plan->n_outputs; i++) {
    const PkOutput *output = &plan->outputs[i];
    g_string_append(out, i == 0 ? "SELECT " : ", ");
    if (output->column >= 0)
      g_string_append_printf(out, "\"v%u\"", i);
    else
      g_string_append(out, output->column == PK_OUTPUT_ROW ? "\"r\"" : "count(*) OVER ()");
    append_name(out, output->name, NULL, i);
  }
  g_string_append_printf(out, "%sFROM (", separator);
  append_numbered_rows(out, plan, separator);
  g_string_append_printf(out, ")%s%s%sORDER BY %s\"r\" ASC NULLS LAST%sLIMIT %u", plan->n_predicates > 0 ? separator : "",
                         plan->n_predicates > 0 ? "WHERE \"p\"" : "", separator,
                         plan->top.by < 0         ? ""
                         : plan->top.descending   ? "\"o\" DESC NULLS LAST, "
                                                  : "\"o\" ASC NULLS LAST, ",
                         separator, plan->top.limit);
}

static void
append_group_order(GString *out, const PkPlan *plan, const char *separator)
{
  g_string_append_printf(out, "%sORDER BY ", separator);
  if (plan->top.limit > 0 && plan->top.by >= 0)
    g_string_append_printf(out, "%d %s NULLS LAST, ", plan->top.by + 1, plan->top.descending ? "DESC" : "ASC");
  append_ordinals(out, plan->n_keys, " ASC NULLS LAST");
  if (plan->top.limit > 0)
    g_string_append_printf(out, "%sLIMIT %u", separator, plan->top.limit);
}

static char *
to_sql(const PkPlan *plan, const char *separator)
{
  GString *out = g_string_new(NULL);

  if (plan->is_rows)
    append_rows(out, plan, separator);
  else if (plan->is_m4)
    append_m4(out, plan, separator);
  else if (plan->dense)
    append_dense(out, plan, separator);
  else
    append_groups(out, plan, FALSE, separator);
  if (!plan->is_m4 && !plan->dense && plan->n_keys > 0)
    append_group_order(out, plan, separator);
  return g_string_free(out, FALSE);
}

char *
pk_plan_to_sql(const PkPlan *self)
{
  return to_sql(self, "\n");
}
