/* The rules that every plan keeps, so that no backend checks again. */
#include "pk-plan.h"

#include "pk-error.h"
#include "pk-timeunit.h"

#include <math.h>

static gboolean
is_time(PkType type)
{
  return pk_type_is_temporal(type) || type.kind == PK_TYPE_TIME;
}

/* What bins, edges and M4 axes take: a number on a line. */
static gboolean
is_measure(PkType type)
{
  return pk_type_is_numeric(type) || is_time(type);
}

static gboolean
is_plan_type(PkType type)
{
  if (type.kind == PK_TYPE_U128)
    return FALSE;
  return is_measure(type) || type.kind == PK_TYPE_BOOL || type.kind == PK_TYPE_TEXT;
}

static gboolean
fail_type(GError **error, const PkPlan *self, guint column, const char *what)
{
  g_autofree char *type = pk_type_dup_name(self->columns[column].type);

  return pk_fail(error, PK_ERROR_TYPE, "%s of \"%s\": a column of type %s cannot take it", what,
                 self->columns[column].name, type);
}

static gboolean
check_columns(const PkPlan *self, GError **error)
{
  if (!self->relation || !*self->relation)
    return pk_fail(error, PK_ERROR_INVALID, "the plan names no relation");
  for (guint i = 0; i < self->n_columns; i++) {
    const PkPlanColumn *column = &self->columns[i];
    if (is_plan_type(column->type))
      continue;
    g_autofree char *type = pk_type_dup_name(column->type);
    return pk_fail(error, PK_ERROR_TYPE, 
                   "column \"%s\" has type %s, which cannot be plotted: cast it in the query", column->name, type);
  }
  return TRUE;
}

static gboolean
in_range(const PkPlan *self, guint column, const char *what, GError **error)
{
  if (column < self->n_columns)
    return TRUE;
  return pk_fail(error, PK_ERROR_INVALID, "%s: column %u of %u", what, column, self->n_columns);
}

/* A decimal of 38 digits is the widest: a bound beyond it could not be written in SQL. */
static gboolean
fits_decimal(__int128 value)
{
  const __int128 e19 = (__int128)10000000000000000000u;

  return value < e19 * e19 && value > -(e19 * e19);
}

static gboolean
check_scalar(const PkPlan *self, guint column, const PkScalar *scalar, gboolean is_bound, GError **error)
{
  PkType type = self->columns[column].type;
  const char *name = self->columns[column].name;

  switch (scalar->kind) {
  case PK_SCALAR_NULL:
    return pk_fail(error, PK_ERROR_INVALID, "a predicate on \"%s\" compares with NULL", name);
  case PK_SCALAR_BOOL:
    return type.kind == PK_TYPE_BOOL || fail_type(error, self, column, "comparison with a truth value");
  case PK_SCALAR_TEXT:
    if (type.kind != PK_TYPE_TEXT)
      return fail_type(error, self, column, "comparison with text");
    return scalar->text != NULL || pk_fail(error, PK_ERROR_INVALID,
                                           "a text of the predicate on \"%s\" is absent", name);
  case PK_SCALAR_INT:
    if (!is_measure(type))
      return fail_type(error, self, column, "comparison with a number");
    if (type.kind == PK_TYPE_DECIMAL && !fits_decimal(scalar->i))
      return pk_fail(error, PK_ERROR_INVALID, "a bound of \"%s\" has more than 38 digits", name);
    return TRUE;
  case PK_SCALAR_DOUBLE:
    if (!is_measure(type))
      return fail_type(error, self, column, "comparison with a number");
    if (is_bound && isnan(scalar->d))
      return pk_fail(error, PK_ERROR_INVALID, "a bound of \"%s\" is NaN", name);
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_INVALID, "a predicate on \"%s\" has an unknown constant", name);
}

static gboolean
check_range(const PkPlan *self, const PkPredicate *predicate, GError **error)
{
  const char *name = self->columns[predicate->column].name;

  if (!predicate->has_lo && !predicate->has_hi)
    return pk_fail(error, PK_ERROR_INVALID, "the range of \"%s\" has no bound", name);
  if (predicate->has_lo && !check_scalar(self, predicate->column, &predicate->lo, TRUE, error))
    return FALSE;
  if (predicate->has_hi && !check_scalar(self, predicate->column, &predicate->hi, TRUE, error))
    return FALSE;
  if (predicate->has_lo && predicate->has_hi) {
    if (predicate->lo.kind != predicate->hi.kind)
      return pk_fail(error, PK_ERROR_INVALID, "the bounds of \"%s\" are of two kinds", name);
    if (pk_scalar_compare(&predicate->lo, &predicate->hi) > 0)
      return pk_fail(error, PK_ERROR_INVALID, "the bounds of \"%s\" are not in order", name);
  }
  return TRUE;
}

static gboolean
check_predicates(const PkPlan *self, GError **error)
{
  for (guint i = 0; i < self->n_predicates; i++) {
    const PkPredicate *predicate = &self->predicates[i];
    if (!in_range(self, predicate->column, "a predicate", error))
      return FALSE;
    if (predicate->kind == PK_PRED_RANGE && !check_range(self, predicate, error))
      return FALSE;
    if (predicate->kind != PK_PRED_IN)
      continue;
    if (predicate->n_values == 0)
      return pk_fail(error, PK_ERROR_INVALID, "the list of \"%s\" is empty",
                     self->columns[predicate->column].name);
    for (guint v = 0; v < predicate->n_values; v++)
      if (!check_scalar(self, predicate->column, &predicate->values[v], FALSE, error))
        return FALSE;
      else if (predicate->values[v].kind != predicate->values[0].kind)
        return pk_fail(error, PK_ERROR_INVALID, "the list of \"%s\" holds constants of two kinds",
                       self->columns[predicate->column].name);
  }
  return TRUE;
}

static gboolean
check_bins(const PkKey *key, GError **error)
{
  if (!isfinite(key->start) || !isfinite(key->step) || key->step <= 0 || key->count < 1 ||
      key->count > (guint)G_MAXINT32 || !isfinite(key->start + key->step * key->count))
    return pk_fail(error, PK_ERROR_INVALID, "bins \"%s\": %u of %g from %g", key->name, key->count,
                   key->step, key->start);
  return TRUE;
}

static gboolean
check_edges(const PkKey *key, GError **error)
{
  if (key->count < 1 || key->count > (guint)G_MAXINT32 || !key->edges)
    return pk_fail(error, PK_ERROR_INVALID, "bins \"%s\" have no edges", key->name);
  for (guint i = 0; i <= key->count; i++)
    if (!isfinite(key->edges[i]) || (i > 0 && key->edges[i] <= key->edges[i - 1]))
      return pk_fail(error, PK_ERROR_INVALID, "edge %u of \"%s\" (%g) does not ascend", i, key->name,
                     key->edges[i]);
  return TRUE;
}

static gboolean
check_key(const PkPlan *self, const PkKey *key, GError **error)
{
  if (!key->name)
    return pk_fail(error, PK_ERROR_INVALID, "a key has no name");
  if (!in_range(self, key->column, "a key", error))
    return FALSE;
  PkType type = self->columns[key->column].type;
  switch (key->kind) {
  case PK_KEY_VALUE:
    return TRUE;
  case PK_KEY_BINS:
    return (is_measure(type) || fail_type(error, self, key->column, "bins")) && check_bins(key, error);
  case PK_KEY_EDGES:
    return (is_measure(type) || fail_type(error, self, key->column, "bins")) && check_edges(key, error);
  case PK_KEY_FLOOR:
    if (!is_measure(type))
      return fail_type(error, self, key->column, "floor");
    if (!isfinite(key->start) || !isfinite(key->step) || key->step == 0 || !isfinite(key->scale) ||
        key->scale == 0 || !isfinite(key->offset))
      return pk_fail(error, PK_ERROR_INVALID, "steps \"%s\" of %g from %g", key->name, key->step,
                     key->start);
    return TRUE;
  case PK_KEY_TIME:
    if (!pk_type_is_temporal(type))
      return fail_type(error, self, key->column, "time unit");
    if (key->time_units == 0 || key->time_units >= PK_TIME_MILLISECONDS << 1 || key->time_step < 1)
      return pk_fail(error, PK_ERROR_INVALID, "time unit \"%s\": parts 0x%x in steps of %u", key->name,
                     key->time_units, key->time_step);
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_INVALID, "key \"%s\" is of no kind", key->name);
}

static gboolean
check_dense(const PkPlan *self, GError **error)
{
  guint64 cells = 1;

  if (self->n_keys == 0)
    return pk_fail(error, PK_ERROR_INVALID, "a dense result needs bins");
  for (guint i = 0; i < self->n_keys; i++) {
    const PkKey *key = &self->keys[i];
    if (key->kind != PK_KEY_BINS && key->kind != PK_KEY_EDGES)
      return pk_fail(error, PK_ERROR_INVALID, "a dense result cannot have \"%s\" as a key: it is not binned",
                     key->name);
    cells *= key->count;
    if (cells > PK_PLAN_MAX_CELLS)
      return pk_fail(error, PK_ERROR_LIMIT, "the result would have more than %" G_GUINT64_FORMAT " cells",
                     PK_PLAN_MAX_CELLS);
  }
  return TRUE;
}

static gboolean
takes_order(PkAggOp op)
{
  return op == PK_AGG_FIRST || op == PK_AGG_LAST;
}

static gboolean
takes_two(PkAggOp op)
{
  return takes_order(op) || op >= PK_AGG_REGR_COUNT;
}

static gboolean
check_agg_type(const PkPlan *self, const PkAgg *agg, GError **error)
{
  PkType type = self->columns[agg->column].type;

  switch (agg->op) {
  case PK_AGG_COUNT:
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST:
  case PK_AGG_DISTINCT:
    return TRUE;
  case PK_AGG_SUM:
  case PK_AGG_MEAN:
    if (type.kind == PK_TYPE_BOOL)
      return TRUE;
    break;
  default:
    break;
  }
  if (!pk_type_is_numeric(type))
    return fail_type(error, self, agg->column, pk_agg_name(agg->op));
  if (takes_two(agg->op) && !pk_type_is_numeric(self->columns[agg->by].type))
    return fail_type(error, self, agg->by, pk_agg_name(agg->op));
  return TRUE;
}

static gboolean
check_agg(const PkPlan *self, const PkAgg *agg, GError **error)
{
  if (!agg->name || (guint)agg->op >= PK_N_AGGS)
    return pk_fail(error, PK_ERROR_INVALID, "an aggregate has no name or is of no kind");
  if (agg->op == PK_AGG_COUNT_ALL) {
    if (agg->column != -1 || agg->by != -1)
      return pk_fail(error, PK_ERROR_INVALID, "count(*) \"%s\" takes no column", agg->name);
    return TRUE;
  }
  if (agg->column < 0 || (agg->by < 0) == takes_two(agg->op))
    return pk_fail(error, PK_ERROR_INVALID, "%s \"%s\" has the wrong number of columns",
                   pk_agg_name(agg->op), agg->name);
  if (!in_range(self, agg->column, agg->name, error) ||
      (agg->by >= 0 && !in_range(self, agg->by, agg->name, error)))
    return FALSE;
  if (agg->op == PK_AGG_QUANTILE && !(agg->p >= 0 && agg->p <= 1))
    return pk_fail(error, PK_ERROR_INVALID, "quantile \"%s\" of %g is not between 0 and 1", agg->name,
                   agg->p);
  return check_agg_type(self, agg, error);
}

static gboolean
check_m4(const PkPlan *self, GError **error)
{
  const PkM4 *m4 = &self->m4;

  if (!in_range(self, m4->x, "the x of a line", error) || !in_range(self, m4->y, "the y of a line", error))
    return FALSE;
  if (!is_measure(self->columns[m4->x].type))
    return fail_type(error, self, m4->x, "line");
  if (!is_measure(self->columns[m4->y].type))
    return fail_type(error, self, m4->y, "line");
  if (self->n_aggs > 0 || self->dense)
    return pk_fail(error, PK_ERROR_INVALID, "a line has neither aggregates nor cells");
  for (guint i = 0; i < self->n_keys; i++)
    if (self->keys[i].kind != PK_KEY_VALUE)
      return pk_fail(error, PK_ERROR_INVALID, "key \"%s\" of a line is not a value", self->keys[i].name);
  if (!isfinite(m4->x0) || !isfinite(m4->x1) || m4->x0 >= m4->x1 || !isfinite(m4->n / (m4->x1 - m4->x0)) ||
      m4->n < 1 || m4->n > (guint)G_MAXINT32)
    return pk_fail(error, PK_ERROR_INVALID, "a line of %u pixel columns from %g to %g", m4->n, m4->x0,
                   m4->x1);
  return TRUE;
}

static gboolean
check_rows(const PkPlan *self, GError **error)
{
  if (self->is_m4 || self->dense || self->n_keys + self->n_aggs > 0)
    return pk_fail(error, PK_ERROR_INVALID, "rows have neither groups nor aggregates");
  for (guint i = 0; i < self->n_outputs; i++) {
    const PkOutput *output = &self->outputs[i];
    if (!output->name || output->column < PK_OUTPUT_MATCHES)
      return pk_fail(error, PK_ERROR_INVALID, "a column of the rows has no name or is of no kind");
    if (output->column >= 0 && !in_range(self, output->column, output->name, error))
      return FALSE;
  }
  if (self->n_outputs == 0)
    return pk_fail(error, PK_ERROR_INVALID, "the rows have no columns");
  if (self->top.limit < 1 || self->top.limit > PK_PLAN_MAX_ROWS)
    return pk_fail(error, PK_ERROR_INVALID, "a plan gives 1 to %u rows, not %u", PK_PLAN_MAX_ROWS, self->top.limit);
  return self->top.by < 0 || in_range(self, self->top.by, "the order of rows", error);
}

static gboolean
check_top(const PkPlan *self, GError **error)
{
  if (self->top.limit == 0)
    return TRUE;
  if (self->is_m4 || self->dense || self->n_keys == 0)
    return pk_fail(error, PK_ERROR_INVALID, "only rows and groups can be limited to the first %u", self->top.limit);
  return self->top.by < (gint)(self->n_keys + self->n_aggs) ||
         pk_fail(error, PK_ERROR_INVALID, "the groups are in the order of column %d of %u", self->top.by,
                 self->n_keys + self->n_aggs);
}

static const char *const m4_names[] = { "column", "x_first", "y_first", "x_last", "y_last",
                                        "x_min",  "y_min",   "x_max",   "y_max" };

static gboolean
check_names(const PkPlan *self, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

  if (self->is_m4)
    for (guint i = 0; i < G_N_ELEMENTS(m4_names); i++)
      g_hash_table_add(seen, (gpointer)m4_names[i]);
  for (guint i = 0; i < self->n_outputs; i++)
    if (!g_hash_table_add(seen, self->outputs[i].name))
      return pk_fail(error, PK_ERROR_INVALID, "the result has two columns \"%s\"", self->outputs[i].name);
  for (guint i = 0; i < self->n_keys + self->n_aggs; i++) {
    const char *name = i < self->n_keys ? self->keys[i].name : self->aggs[i - self->n_keys].name;
    if (!g_hash_table_add(seen, (gpointer)name))
      return pk_fail(error, PK_ERROR_INVALID, "the result has two columns \"%s\"", name);
  }
  return TRUE;
}

gboolean
pk_plan_check(const PkPlan *self, GError **error)
{
  if (!check_columns(self, error) || !check_predicates(self, error))
    return FALSE;
  for (guint i = 0; i < self->n_keys; i++)
    if (!check_key(self, &self->keys[i], error))
      return FALSE;
  for (guint i = 0; i < self->n_aggs; i++)
    if (!check_agg(self, &self->aggs[i], error))
      return FALSE;
  if (self->is_m4 && !check_m4(self, error))
    return FALSE;
  if (self->is_rows ? !check_rows(self, error) : !check_top(self, error))
    return FALSE;
  if (!self->is_m4 && !self->is_rows && self->n_keys + self->n_aggs == 0)
    return pk_fail(error, PK_ERROR_INVALID, "the plan asks for nothing");
  if (self->dense && self->n_aggs == 0)
    return pk_fail(error, PK_ERROR_INVALID, "a dense result needs an aggregate");
  if (self->dense && !check_dense(self, error))
    return FALSE;
  return check_names(self, error);
}
