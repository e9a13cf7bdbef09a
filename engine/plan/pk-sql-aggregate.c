/* Aggregates. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *name;
  PkAggOp op;
  guint n_arguments;
} Function;

static const Function *
function_of(JsonObject *expression)
{
  static const Function functions[] = {
    { "count_star", PK_AGG_COUNT_ALL, 0 },   { "count", PK_AGG_COUNT_ALL, 0 },
    { "count", PK_AGG_COUNT, 1 },            { "sum", PK_AGG_SUM, 1 },
    { "avg", PK_AGG_MEAN, 1 },               { "mean", PK_AGG_MEAN, 1 },
    { "min", PK_AGG_MIN, 1 },                { "max", PK_AGG_MAX, 1 },
    { "var_samp", PK_AGG_VAR_SAMP, 1 },      { "variance", PK_AGG_VAR_SAMP, 1 },
    { "var_pop", PK_AGG_VAR_POP, 1 },        { "stddev", PK_AGG_STDDEV_SAMP, 1 },
    { "stddev_samp", PK_AGG_STDDEV_SAMP, 1 }, { "stddev_pop", PK_AGG_STDDEV_POP, 1 },
    { "median", PK_AGG_QUANTILE, 1 },        { "quantile_cont", PK_AGG_QUANTILE, 2 },
    { "arg_min", PK_AGG_FIRST, 2 },          { "argmin", PK_AGG_FIRST, 2 },
    { "min_by", PK_AGG_FIRST, 2 },           { "arg_max", PK_AGG_LAST, 2 },
    { "argmax", PK_AGG_LAST, 2 },            { "max_by", PK_AGG_LAST, 2 },
    { "regr_count", PK_AGG_REGR_COUNT, 2 },  { "regr_avgx", PK_AGG_REGR_AVGX, 2 },
    { "regr_avgy", PK_AGG_REGR_AVGY, 2 },    { "regr_sxx", PK_AGG_REGR_SXX, 2 },
    { "regr_syy", PK_AGG_REGR_SYY, 2 },      { "regr_sxy", PK_AGG_REGR_SXY, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(functions); i++)
    if (pk_sql_is_call(expression, functions[i].name, functions[i].n_arguments))
      return &functions[i];
  return NULL;
}

static gboolean
is_text_of(const PkSqlReader *self, const PkAgg *agg, const char *text)
{
  g_autoptr(GString) written = g_string_new(NULL);

  pk_sql_append_agg(written, self->plan, agg);
  return strcmp(written->str, text) == 0;
}

/* Those that plan → SQL writes as more than a call: is it one of them over these columns? */
static gboolean
guess_written(PkSqlReader *self, const char *text, GPtrArray *columns, PkAgg *agg)
{
  static const PkAggOp ops[] = { PK_AGG_VAR_SAMP, PK_AGG_VAR_POP, PK_AGG_STDDEV_SAMP, PK_AGG_STDDEV_POP,
                                 PK_AGG_FIRST, PK_AGG_LAST, PK_AGG_REGR_COUNT, PK_AGG_REGR_AVGX,
                                   PK_AGG_REGR_AVGY,
                                 PK_AGG_REGR_SXX, PK_AGG_REGR_SYY, PK_AGG_REGR_SXY };
  gboolean is_pair;

  for (guint c = 0; c < columns->len && columns->len <= 2; c++)
    for (guint o = 0; o < G_N_ELEMENTS(ops); o++) {
      agg->op = ops[o];
      is_pair = agg->op == PK_AGG_FIRST || agg->op == PK_AGG_LAST || agg->op >= PK_AGG_REGR_COUNT;
      agg->column = (gint)pk_sql_use_column(self, columns->pdata[c]);
      agg->by = is_pair ? (gint)pk_sql_use_column(self, columns->pdata[columns->len - 1 - c]) : -1;
      if ((is_pair || columns->len == 1) && is_text_of(self, agg, text))
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_written(PkSqlReader *self, JsonObject *expression, const char *name, PkType *type)
{
  g_autoptr(GPtrArray) columns = pk_sql_columns_in(self, expression);
  g_autofree char *text = pk_sql_text_of(self, expression);
  PkAgg guess = { .column = -1, .by = -1 };

  if (!text || !guess_written(self, text, columns, &guess))
    return FALSE;
  *type = pk_plan_agg_type(self->plan, &guess);
  pk_plan_add_agg(self->plan, guess.op, guess.column, guess.by, name);
  return TRUE;
}

static gboolean
takes_measure(PkAggOp op)
{
  return (op >= PK_AGG_VAR_SAMP && op <= PK_AGG_STDDEV_POP) || op == PK_AGG_QUANTILE ||
    op >= PK_AGG_REGR_COUNT;
}

/* The column of an argument; CAST(x AS DOUBLE) is x where the function takes doubles anyway. */
static const PkColumnInfo *
argument_column(PkSqlReader *self, JsonObject *argument, PkAggOp op, gboolean *is_cast)
{
  const PkColumnInfo *column = pk_sql_column_of(self, argument);
  JsonObject *child = pk_json_object(argument, "child");
  PkType to;

  *is_cast = FALSE;
  if (column || !pk_sql_is(argument, "CAST") || pk_json_true(argument, "try_cast"))
    return column;
  column = child ? pk_sql_column_of(self, child) : NULL;
  if (!column || !pk_sql_type_of_cast(argument, &to))
    return NULL;
  *is_cast = TRUE;
  if (pk_type_is_numeric(column->type) && to.kind == PK_TYPE_F64)
    return takes_measure(op) || column->type.kind == PK_TYPE_F64 ||
           (column->type.kind == PK_TYPE_F32 && (op == PK_AGG_SUM || op == PK_AGG_MEAN)) ? column : NULL;
  if (column->type.kind == PK_TYPE_TEXT && to.kind == PK_TYPE_TEXT)
    return column;
  return column->type.kind == PK_TYPE_BOOL && to.kind == PK_TYPE_I32 &&
    (op == PK_AGG_SUM || op == PK_AGG_MEAN)
           ? column : NULL;
}

/* The engine orders an ENUM as it was declared, a plan by its text. */
static gboolean
orders_enum(const PkColumnInfo *column, gboolean is_cast)
{
  return column->type.kind == PK_TYPE_TEXT && column->type.dictionary && !is_cast;
}

/* A quantile of a DECIMAL or FLOAT is rounded to that type by the engine. */
static gboolean
rounds_quantile(const PkColumnInfo *column, gboolean is_cast)
{
  return !is_cast && (column->type.kind == PK_TYPE_DECIMAL || column->type.kind == PK_TYPE_F32);
}

static gboolean
read_fraction(PkSqlReader *self, JsonObject *argument, double *p)
{
  g_auto(PkSqlConst) constant = { 0 };

  return pk_sql_const_read(argument, self->context->utc, &constant) && pk_type_is_numeric(constant.type) &&
         pk_sql_const_to_double(&constant, p) && *p >= 0 && *p <= 1;
}

static const char *
why_not(const Function *function, const PkColumnInfo *column, gboolean is_cast, const PkColumnInfo *by,
        gboolean by_is_cast)
{
  if (!column)
    return "is not of a column";
  if (function->op == PK_AGG_QUANTILE && rounds_quantile(column, is_cast))
    return "is rounded to the column's type by SQL (CAST it to DOUBLE)";
  if ((function->op == PK_AGG_MIN || function->op == PK_AGG_MAX || function->op == PK_AGG_FIRST ||
       function->op == PK_AGG_LAST) && orders_enum(by ? by : column, by ? by_is_cast : is_cast))
    return "orders an ENUM, which a plan orders as text";
  if (function->op == PK_AGG_MEAN && column->type.kind == PK_TYPE_BOOL && !is_cast)
    return "is not defined for BOOLEAN in SQL";
  return NULL;
}

static gboolean
read_call(PkSqlReader *self, JsonObject *expression, const Function *function, const char *name,
          PkType *type)
{
  gboolean is_cast = FALSE, by_is_cast = FALSE, is_pair = function->n_arguments == 2 &&
    function->op != PK_AGG_QUANTILE;
  g_autofree char *shown = pk_sql_describe(self, expression);
  const PkColumnInfo *column = NULL, *by = NULL;
  double p = 0.5;

  if (function->n_arguments > 0) {
    column = argument_column(self, pk_sql_argument(expression, 0), function->op, &is_cast);
    by = is_pair ? argument_column(self, pk_sql_argument(expression, 1), function->op, &by_is_cast) : NULL;
    const char *why = is_pair && !by ? "is not of two columns"
      : why_not(function, column, is_cast, by, by_is_cast);
    if (why)
      return pk_sql_refuse(self, "%s %s", shown, why);
  }
  if (function->op == PK_AGG_QUANTILE && function->n_arguments == 2 &&
      !read_fraction(self, pk_sql_argument(expression, 1), &p))
    return pk_sql_refuse(self, "%s: the fraction is not a number from 0 to 1", shown);
  PkAgg *agg = pk_plan_add_agg(self->plan, function->op, column ? (gint)pk_sql_use_column(self, column) : -1,
                               by ? (gint)pk_sql_use_column(self, by) : -1, name);
  agg->p = function->op == PK_AGG_QUANTILE ? p : 0;
  *type = pk_plan_agg_type(self->plan, agg);
  if (function->op == PK_AGG_REGR_COUNT)
    *type = PK_TYPE_OF(PK_TYPE_U32);
  return TRUE;
}

/* count(DISTINCT x) */
static gboolean
read_distinct(PkSqlReader *self, JsonObject *expression, const char *name, PkType *type)
{
  JsonArray *children = pk_json_array(expression, "children");
  const PkColumnInfo *column = pk_json_length(children) == 1
    ? pk_sql_column_of(self, pk_json_item(children, 0)) : NULL;
  g_autofree char *text = pk_sql_text_of(self, expression);

  if (!column || !text || !g_str_has_prefix(text, "count(DISTINCT ") ||
      !pk_json_is_absent(expression, "filter"))
    return FALSE;
  *type = PK_TYPE_OF(PK_TYPE_I64);
  pk_plan_add_agg(self->plan, PK_AGG_DISTINCT, (gint)pk_sql_use_column(self, column), -1, name);
  return TRUE;
}

gboolean
pk_sql_read_agg(PkSqlReader *self, JsonObject *expression, const char *name, PkType *type)
{
  const Function *function = function_of(expression);

  if (read_written(self, expression, name, type) || read_distinct(self, expression, name, type))
    return TRUE;
  if (function)
    return read_call(self, expression, function, name, type);
  g_autofree char *shown = pk_sql_describe(self, expression);
  return pk_sql_refuse(self, "%s is not an aggregate that a plan has", shown);
}
