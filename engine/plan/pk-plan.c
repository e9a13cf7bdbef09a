/* Building plans, and the types of their results. */
#include "pk-plan.h"

#include <string.h>

PkPlan *
pk_plan_new(const char *relation)
{
  PkPlan *self = g_new0(PkPlan, 1);

  self->refs = 1;
  self->relation = g_strdup(relation);
  self->top.by = -1;
  return self;
}

PkPlan *
pk_plan_ref(PkPlan *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

static void
clear_predicate(PkPredicate *predicate)
{
  pk_scalar_clear(&predicate->lo);
  pk_scalar_clear(&predicate->hi);
  for (guint i = 0; i < predicate->n_values; i++)
    pk_scalar_clear(&predicate->values[i]);
  g_free(predicate->values);
}

void
pk_plan_unref(PkPlan *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  for (guint i = 0; i < self->n_columns; i++)
    g_free(self->columns[i].name);
  for (guint i = 0; i < self->n_predicates; i++)
    clear_predicate(&self->predicates[i]);
  for (guint i = 0; i < self->n_keys; i++) {
    g_free(self->keys[i].name);
    g_free(self->keys[i].edges);
  }
  for (guint i = 0; i < self->n_aggs; i++)
    g_free(self->aggs[i].name);
  for (guint i = 0; i < self->n_outputs; i++)
    g_free(self->outputs[i].name);
  g_free(self->outputs);
  g_free(self->columns);
  g_free(self->predicates);
  g_free(self->keys);
  g_free(self->aggs);
  g_free(self->relation);
  g_free(self);
}

guint
pk_plan_add_column(PkPlan *self, const char *name, PkType type)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (strcmp(self->columns[i].name, name) == 0)
      return i;
  self->columns = g_renew(PkPlanColumn, self->columns, self->n_columns + 1);
  self->columns[self->n_columns] = (PkPlanColumn){ .name = g_strdup(name), .type = type };
  return self->n_columns++;
}

/* x >= a and x < b are one range, unless no value lies between the bounds: a
 * plan's range is ordered, so what can never be true stays two predicates. */
static gboolean
join_range(PkPredicate *earlier, PkPredicate *later)
{
  if (earlier->kind != PK_PRED_RANGE || earlier->column != later->column ||
      earlier->has_lo == later->has_lo ||
      earlier->has_hi == later->has_hi)
    return FALSE;
  PkScalar *lo = later->has_lo ? &later->lo : &earlier->lo;
  PkScalar *hi = later->has_hi ? &later->hi : &earlier->hi;
  if (lo->kind != hi->kind || pk_scalar_compare(lo, hi) > 0)
    return FALSE;
  if (later->has_lo) {
    earlier->has_lo = TRUE;
    earlier->lo = later->lo;
    earlier->lo_exclusive = later->lo_exclusive;
  } else {
    earlier->has_hi = TRUE;
    earlier->hi = later->hi;
    earlier->hi_exclusive = later->hi_exclusive;
  }
  return TRUE;
}

void
pk_plan_add_predicate(PkPlan *self, PkPredicate predicate)
{
  if (predicate.kind == PK_PRED_RANGE)
    for (guint i = 0; i < self->n_predicates; i++)
      if (join_range(&self->predicates[i], &predicate))
        return;
  self->predicates = g_renew(PkPredicate, self->predicates, self->n_predicates + 1);
  self->predicates[self->n_predicates++] = predicate;
}

PkKey *
pk_plan_add_key(PkPlan *self, PkKeyKind kind, guint column, const char *name)
{
  self->keys = g_renew(PkKey, self->keys, self->n_keys + 1);
  PkKey *key = &self->keys[self->n_keys++];
  *key = (PkKey){ .kind = kind, .column = column, .name = g_strdup(name), .step = 1, .scale = 1, .time_step =
                  1 };
  return key;
}

PkAgg *
pk_plan_add_agg(PkPlan *self, PkAggOp op, gint column, gint by, const char *name)
{
  self->aggs = g_renew(PkAgg, self->aggs, self->n_aggs + 1);
  PkAgg *agg = &self->aggs[self->n_aggs++];
  *agg = (PkAgg){ .op = op, .column = column, .by = by, .name = g_strdup(name) };
  return agg;
}

void
pk_plan_add_output(PkPlan *self, gint column, const char *name)
{
  self->is_rows = TRUE;
  self->outputs = g_renew(PkOutput, self->outputs, self->n_outputs + 1);
  self->outputs[self->n_outputs++] = (PkOutput){ .column = column, .name = g_strdup(name) };
}

gboolean
pk_plan_scans_column(const PkPlan *self, guint column)
{
  if (!self->is_rows || self->top.by == (gint)column)
    return TRUE;
  for (guint i = 0; i < self->n_predicates; i++)
    if (self->predicates[i].column == column)
      return TRUE;
  return FALSE;
}

/* Text of a result is plain: an ENUM's dictionary does not outlive its column. */
static PkType
plain(PkType type)
{
  type.dictionary = FALSE;
  return type;
}

PkType
pk_plan_key_type(const PkPlan *self, const PkKey *key)
{
  switch (key->kind) {
  case PK_KEY_VALUE:
  case PK_KEY_TIME:
    return plain(self->columns[key->column].type);
  case PK_KEY_FLOOR:
    return PK_TYPE_OF(PK_TYPE_F64);
  case PK_KEY_BINS:
  case PK_KEY_EDGES:
    break;
  }
  return PK_TYPE_OF(PK_TYPE_I32);
}

PkType
pk_plan_output_type(const PkPlan *self, const PkOutput *output)
{
  return output->column < 0 ? PK_TYPE_OF(PK_TYPE_I64) : plain(self->columns[output->column].type);
}

static PkType
sum_type(PkType type)
{
  if (type.kind == PK_TYPE_DECIMAL)
    return (PkType){ .kind = PK_TYPE_DECIMAL, .precision = 38, .scale = type.scale };
  if (type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64)
    return PK_TYPE_OF(PK_TYPE_F64);
  return PK_TYPE_OF(PK_TYPE_I128);
}

PkType
pk_plan_agg_type(const PkPlan *self, const PkAgg *agg)
{
  switch (agg->op) {
  case PK_AGG_COUNT_ALL:
  case PK_AGG_COUNT:
  case PK_AGG_DISTINCT:
  case PK_AGG_REGR_COUNT:
    return PK_TYPE_OF(PK_TYPE_I64);
  case PK_AGG_SUM:
    return sum_type(self->columns[agg->column].type);
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST:
    return plain(self->columns[agg->column].type);
  default:
    return PK_TYPE_OF(PK_TYPE_F64);
  }
}

const char *
pk_agg_name(PkAggOp op)
{
  static const char *const names[PK_N_AGGS] = {
    [PK_AGG_COUNT_ALL] = "count_star", [PK_AGG_COUNT] = "count",
    [PK_AGG_SUM] = "sum",              [PK_AGG_MEAN] = "mean",
    [PK_AGG_MIN] = "min",              [PK_AGG_MAX] = "max",
    [PK_AGG_VAR_SAMP] = "var_samp",    [PK_AGG_VAR_POP] = "var_pop",
    [PK_AGG_STDDEV_SAMP] = "stddev_samp", [PK_AGG_STDDEV_POP] = "stddev_pop",
    [PK_AGG_FIRST] = "first",          [PK_AGG_LAST] = "last",
    [PK_AGG_QUANTILE] = "quantile",    [PK_AGG_DISTINCT] = "distinct",
    [PK_AGG_REGR_COUNT] = "regr_count", [PK_AGG_REGR_AVGX] = "regr_avgx",
    [PK_AGG_REGR_AVGY] = "regr_avgy",  [PK_AGG_REGR_SXX] = "regr_sxx",
    [PK_AGG_REGR_SYY] = "regr_syy",    [PK_AGG_REGR_SXY] = "regr_sxy",
  };

  return (guint)op < PK_N_AGGS ? names[op] : "?";
}
