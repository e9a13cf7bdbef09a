#include "pk-cost.h"

const PkCostTable pk_cost_cpu = {
  .start_ms = 0.01,
  .cell_ns = 1,
  .fetch_ns = 20,
  .fetch_text_ns = 75,
  .ns = {
    [PK_WORK_SCAN] = 0.1,
    [PK_WORK_PREDICATE] = 1.2,
    [PK_WORK_VALUE] = 0.8,
    [PK_WORK_TEXT] = 0.8,
    [PK_WORK_BIN] = 5.5,
    [PK_WORK_FLOOR] = 19,
    [PK_WORK_TIME] = 17,
    [PK_WORK_COUNT] = 0.1,
    [PK_WORK_SIMPLE] = 0.5,
    [PK_WORK_MOMENT] = 5,
    [PK_WORK_ORDERED] = 8.5,
    [PK_WORK_QUANTILE] = 12,
    [PK_WORK_DISTINCT] = 66,
    [PK_WORK_M4] = 9,
  },
};

const PkCostTable pk_cost_sql = {
  .start_ms = 0.9,
  .cell_ns = 600,
  .ns = {
    [PK_WORK_SCAN] = 0.1,
    [PK_WORK_PREDICATE] = 15,
    [PK_WORK_VALUE] = 5,
    [PK_WORK_TEXT] = 25,
    [PK_WORK_BIN] = 58,
    [PK_WORK_FLOOR] = 23,
    [PK_WORK_TIME] = 58,
    [PK_WORK_COUNT] = 0.7,
    [PK_WORK_SIMPLE] = 4,
    [PK_WORK_MOMENT] = 20,
    [PK_WORK_ORDERED] = 42,
    [PK_WORK_QUANTILE] = 48,
    [PK_WORK_DISTINCT] = 178,
    [PK_WORK_M4] = 256,
  },
};

static gboolean
is_text(const PkPlan *plan, guint column)
{
  return plan->columns[column].type.kind == PK_TYPE_TEXT;
}

static PkWork
work_of_key(const PkPlan *plan, const PkKey *key)
{
  switch (key->kind) {
  case PK_KEY_VALUE:
    return is_text(plan, key->column) ? PK_WORK_TEXT : PK_WORK_VALUE;
  case PK_KEY_TIME:
    return PK_WORK_TIME;
  case PK_KEY_FLOOR:
    return PK_WORK_FLOOR;
  case PK_KEY_BINS:
  case PK_KEY_EDGES:
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
    ns += table->ns[work_of_key(plan, &plan->keys[i])];
  for (guint i = 0; i < plan->n_aggs; i++)
    ns += table->ns[work_of_agg(plan->aggs[i].op)];
  if (plan->is_rows) /* a look at what orders them; most rows are none of the first */
    ns += table->ns[plan->top.by < 0 ? PK_WORK_COUNT : PK_WORK_SIMPLE];
  return ns + (plan->is_m4 ? table->ns[PK_WORK_M4] : 0);
}

/* Nanoseconds to bring a row's values into a frame. */
static double
fetch_ns(const PkCostTable *table, const PkPlan *plan)
{
  double ns = 0;

  for (guint i = 0; i < plan->n_columns; i++)
    ns += is_text(plan, i) ? table->fetch_text_ns : table->fetch_ns;
  return ns;
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
    cost.setup_ms = rows * fetch_ns(table, plan) / 1e6;
  cost.execute_ms = table->start_ms + cells * table->cell_ns / 1e6 +
                    (bytes * table->ns[PK_WORK_SCAN] + rows * row_ns(table, plan)) / 1e6 / MAX(threads, 1);
  return cost;
}
