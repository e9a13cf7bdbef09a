/* Random plans over one table of every type, for the tests that ask whether
 * two ways of answering or writing a plan agree. */
#pragma once

#include "pk-plan.h"

/* SQL that makes table "t" of `rows` rows with the columns of random_plan_columns: NULLs, NaN, infinities,
 * -0. */
char *random_plan_table_sql(guint rows);

typedef struct {
  const char *name;
  PkType type;
} RandomPlanColumn;

extern const RandomPlanColumn random_plan_columns[];
extern const guint random_plan_n_columns;

/* A plan that passes pk_plan_check. Never one whose integer sums overflow on that table. */
PkPlan *random_plan_new(GRand *rand);

/* Is the aggregate the same to the last bit whoever computes it? */
static inline gboolean
random_plan_is_exact(const PkPlan *plan, const PkAgg *agg)
{
  switch (agg->op) {
  case PK_AGG_COUNT_ALL:
  case PK_AGG_COUNT:
  case PK_AGG_DISTINCT:
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST:
  case PK_AGG_REGR_COUNT: return TRUE;
  case PK_AGG_SUM:
    return plan->columns[agg->column].type.kind != PK_TYPE_F32 && plan->columns[agg->column].type.kind != PK_TYPE_F64;
  default: return FALSE;
  }
}
