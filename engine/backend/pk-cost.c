#include "pk-cost.h"

/* Two threads were measured and their time doubled: 100M rows, columns in memory. */
const PkCostTable pk_cost_cpu = {
  .start_ms = 0.05,
  .cell_ns = 0.5,
  .fetch_ns_per_byte = 0.6,
  .ns = {
    [PK_WORK_SCAN] = 0.06,
    [PK_WORK_PREDICATE] = 0.4,
    [PK_WORK_VALUE] = 1.5,
    [PK_WORK_BIN] = 0.8,
    [PK_WORK_TIME] = 4,
    [PK_WORK_COUNT] = 0.3,
    [PK_WORK_SIMPLE] = 0.5,
    [PK_WORK_MOMENT] = 1.5,
    [PK_WORK_ORDERED] = 2,
    [PK_WORK_QUANTILE] = 25,
    [PK_WORK_DISTINCT] = 25,
    [PK_WORK_M4] = 1,
  },
};

const PkCostTable pk_cost_sql = {
  .start_ms = 0.7,
  .cell_ns = 60,
  .fetch_ns_per_byte = 0,
  .ns = {
    [PK_WORK_SCAN] = 0.15,
    [PK_WORK_PREDICATE] = 4,
    [PK_WORK_VALUE] = 6,
    [PK_WORK_BIN] = 18,
    [PK_WORK_TIME] = 25,
    [PK_WORK_COUNT] = 1,
    [PK_WORK_SIMPLE] = 2,
    [PK_WORK_MOMENT] = 12,
    [PK_WORK_ORDERED] = 150,
    [PK_WORK_QUANTILE] = 60,
    [PK_WORK_DISTINCT] = 60,
    [PK_WORK_M4] = 700,
  },
};

static PkWork
work_of_key(PkKeyKind kind)
{
  switch (kind) {
  case PK_KEY_VALUE:
    return PK_WORK_VALUE;
  case PK_KEY_TIME:
    return PK_WORK_TIME;
  case PK_KEY_BINS:
  case PK_KEY_EDGES:
  case PK_KEY_FLOOR:
    break;
  }
  return PK_WORK_BIN;
}

static PkWork
work_of_agg(PkAggOp op)
{
  switch (op) {
  case PK_AGG_COUNT_ALL:
    return PK_WORK_COUNT;
  case PK_AGG_COUNT:
  case PK_AGG_SUM:
  case PK_AGG_MEAN:
  case PK_AGG_MIN:
  case PK_AGG_MAX:
    return PK_WORK_SIMPLE;
  case PK_AGG_FIRST:
  case PK_AGG_LAST:
    return PK_WORK_ORDERED;
  case PK_AGG_QUANTILE:
    return PK_WORK_QUANTILE;
  case PK_AGG_DISTINCT:
    return PK_WORK_DISTINCT;
  default:
    return PK_WORK_MOMENT;
  }
}

/* Nanoseconds that one thread takes for a row, reading aside. */
static double
row_ns(const PkCostTable *table, const PkPlan *plan)
{
  double ns = plan->n_predicates * table->ns[PK_WORK_PREDICATE];

  for (guint i = 0; i < plan->n_keys; i++)
    ns += table->ns[work_of_key(plan->keys[i].kind)];
  for (guint i = 0; i < plan->n_aggs; i++)
    ns += table->ns[work_of_agg(plan->aggs[i].op)];
  return ns + (plan->is_m4 ? table->ns[PK_WORK_M4] : 0);
}

PkCost
pk_cost_estimate(const PkCostTable *table, const PkPlan *plan, const PkWorkload *work, guint threads)
{
  double rows = work->rows >= 0 ? (double)work->rows : 1e6;
  double bytes = work->bytes > 0 ? (double)work->bytes : rows * 8 * plan->n_columns;
  double cells = plan->dense ? 1 : 0;
  PkCost cost = { 0, 0 };

  for (guint i = 0; plan->dense && i < plan->n_keys; i++)
    cells *= plan->keys[i].count;
  if (!work->resident)
    cost.setup_ms = bytes * table->fetch_ns_per_byte / 1e6;
  cost.execute_ms = table->start_ms + cells * table->cell_ns / 1e6 +
                    (bytes * table->ns[PK_WORK_SCAN] + rows * row_ns(table, plan)) / 1e6 / MAX(threads, 1);
  return cost;
}
