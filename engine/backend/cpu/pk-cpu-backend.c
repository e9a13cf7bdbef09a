#include "pk-cpu-backend.h"

#include "pk-cost.h"
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
  if (program->plan->is_rows)
    return pk_cpu_rows(program, cancellable, error);
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

static PkCost
cpu_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work)
{
  return pk_cost_estimate(&pk_cost_cpu, plan, work, pk_workers_get_count());
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
