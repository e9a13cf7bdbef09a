#include "pk-cpu-backend.h"

#include "pk-cpu-run.h"
#include "pk-workers.h"

typedef struct {
  PkPrepared base;
  PkCpuProgram *program;
} CpuPrepared;

static PkFrame *
cpu_execute(PkPrepared *prepared, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  const PkCpuProgram *program = ((CpuPrepared *)prepared)->program;
  receipt->rows_scanned = program->frame->length;
  receipt->bytes_read = pk_plan_columns_bytes(program->plan, program->columns);
  if (program->direct && pk_cpu_m4_can_sweep(program))
    return pk_cpu_m4_sweep(program, cancellable, error);

  PkCpuTable *table = pk_cpu_run(program, cancellable, error);
  PkFrame *result = table ? pk_cpu_emit(program, table, error) : NULL;
  pk_cpu_table_free(table);
  return result;
}

static gboolean
cpu_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  if (plan->n_keys <= 63)
    return TRUE;
  *reason = g_strdup("more than 63 keys");
  return FALSE;
}

/* Nanoseconds a row and thread that a plan takes, as measured by bench/ on one core of a 2.5 GHz server. */
static double
row_cost(const PkPlan *plan)
{
  double cost = 0.3 + 0.3 * plan->n_predicates;
  if (plan->is_m4)
    return cost + 3 + 10 * plan->n_keys;
  for (guint i = 0; i < plan->n_keys; i++)
    cost += plan->keys[i].kind == PK_KEY_VALUE ? 2.0 : 1.5;
  for (guint i = 0; i < plan->n_aggs; i++) {
    PkAggOp op = plan->aggs[i].op;
    cost += op <= PK_AGG_MAX ? (plan->n_keys > 0 ? 1.0 : 0.2) : op >= PK_AGG_QUANTILE ? 20 : 5;
  }
  return cost;
}

static PkCost
cpu_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work)
{
  double rows = work->rows < 0 ? 1e6 : (double)work->rows;
  PkCost cost = { 0 };
  /* Columns that are not in memory must be read from the source first: about 10 ns a value. */
  if (!work->resident)
    cost.setup_ms = 1 + rows * plan->n_columns * 10e-6;
  cost.execute_ms = 0.05 + rows * row_cost(plan) * 1e-6 / pk_workers_get_count();
  return cost;
}

static PkPrepared *
cpu_prepare(PkBackend *backend, PkPlan *plan, PkFrame *frame, GError **error)
{
  PkCpuProgram *program = pk_cpu_program_new(plan, frame, error);
  if (!program)
    return NULL;
  CpuPrepared *self = g_new0(CpuPrepared, 1);
  self->base.backend = backend;
  self->program = program;
  return &self->base;
}

static void
cpu_prepared_free(PkPrepared *prepared)
{
  pk_cpu_program_free(((CpuPrepared *)prepared)->program);
  g_free(prepared);
}

static void
cpu_free(PkBackend *self)
{
  g_free(self);
}

PkBackend *
pk_cpu_backend_new(void)
{
  static const PkBackendClass klass = {
    .name = "cpu", .supports = cpu_supports, .estimate = cpu_estimate, .prepare = cpu_prepare,
    .execute = cpu_execute, .prepared_free = cpu_prepared_free, .free = cpu_free,
  };
  PkBackend *self = g_new0(PkBackend, 1);
  self->klass = &klass;
  self->needs_frame = TRUE;
  return self;
}
