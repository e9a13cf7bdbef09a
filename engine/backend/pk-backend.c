/* The front: arguments are checked here once, and receipts get what is common. */
#include "pk-backend.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-mem.h"

#include <string.h>

const char *
pk_backend_get_name(PkBackend *self)
{
  return self->klass->name;
}

gboolean
pk_backend_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  char *why = NULL;
  gboolean supported = self->klass->supports(self, plan, &why);
  if (reason)
    *reason = why;
  else
    g_free(why);
  return supported;
}

PkCost
pk_backend_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work)
{
  return self->klass->estimate(self, plan, work);
}

static gboolean
same_type(PkType a, PkType b)
{
  /* Whether a text came as a dictionary does not matter to a plan. */
  a = pk_column_stored_type(a);
  b = pk_column_stored_type(b);
  a.dictionary = b.dictionary = FALSE;
  return pk_type_equal(a, b);
}

static gboolean
check_frame(const PkPlan *plan, const PkFrame *frame, GError **error)
{
  for (guint i = 0; i < plan->n_columns; i++) {
    const PkPlanColumn *wanted = &plan->columns[i];
    const PkColumn *column = pk_frame_find(frame, wanted->name, NULL);
    if (!column)
      return pk_fail(error, PK_ERROR_NOT_FOUND,
                     "the plan reads column \"%s\", which the frame does not have",
                     wanted->name);
    if (same_type(column->type, wanted->type))
      continue;
    g_autofree char *has = pk_type_dup_name(column->type);
    g_autofree char *wants = pk_type_dup_name(wanted->type);
    return pk_fail(error, PK_ERROR_TYPE, "column \"%s\" is %s in the frame and %s in the plan", wanted->name,
                   has, wants);
  }
  return TRUE;
}

PkPrepared *
pk_backend_prepare(PkBackend *self, PkPlan *plan, PkFrame *frame, GError **error)
{
  g_autofree char *reason = NULL;

  if (!pk_plan_check(plan, error))
    return NULL;
  if (!pk_backend_supports(self, plan, &reason)) {
    pk_fail(error, PK_ERROR_UNSUPPORTED, "backend %s cannot answer this: %s", self->klass->name,
            reason ? reason : "no reason given");
    return NULL;
  }
  if (self->needs_frame && !frame) {
    pk_fail(error, PK_ERROR_USAGE, "backend %s needs the columns in memory", self->klass->name);
    return NULL;
  }
  if (self->needs_frame && !check_frame(plan, frame, error))
    return NULL;
  return self->klass->prepare(self, plan, frame, error);
}

PkFrame *
pk_prepared_execute(PkPrepared *self, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  PkReceipt unused;
  if (!receipt) {
    memset(&unused, 0, sizeof unused);
    receipt = &unused;
  }
  g_strlcpy(receipt->backend, self->backend->klass->name, sizeof receipt->backend);
  receipt->exact = TRUE;

  gint64 start = pk_clock_now_ns();
  PkFrame *result = self->backend->klass->execute(self, cancellable, receipt, error);
  receipt->execute_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  receipt->peak_bytes = MAX(receipt->peak_bytes, pk_mem_peak());
  if (result)
    receipt->rows_out = result->length;
  return result;
}

/* --- pictures --- */

static gboolean
has_cells(const PkPlan *plan, const PkRasterStyle *style)
{
  guint first = style->n_layers ? 1 : 0;
  if (plan->is_rows || plan->is_m4 || plan->n_keys != first + 2 || plan->top.limit > 0 || plan->n_aggs == 0 ||
      plan->aggs[0].op != PK_AGG_COUNT_ALL || plan->dense == (first == 1))
    return FALSE;
  for (guint i = first; i < plan->n_keys; i++)
    if (plan->keys[i].kind != PK_KEY_BINS && plan->keys[i].kind != PK_KEY_EDGES)
      return FALSE;
  return plan->keys[first].count == style->height && plan->keys[first + 1].count == style->width &&
         (first == 0 || plan->keys[0].kind == PK_KEY_VALUE);
}

static gboolean
raster_of_device(PkPrepared *self, const PkRasterStyle *style, PkRaster *raster, GCancellable *cancellable,
                 PkReceipt *receipt, GError **error)
{
  gint64 start = pk_clock_now_ns();
  gboolean ok = self->backend->klass->raster(self, style, raster, cancellable, receipt, error);
  g_strlcpy(receipt->backend, self->backend->klass->name, sizeof receipt->backend);
  receipt->exact = TRUE;
  receipt->execute_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  receipt->peak_bytes = MAX(receipt->peak_bytes, pk_mem_peak());
  receipt->rows_out = ok ? (gint64)style->width * style->height : 0;
  return ok;
}

gboolean
pk_prepared_raster(PkPrepared *self, PkPlan *plan, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                   GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  PkReceipt unused = { 0 };
  *raster = (PkRaster){ 0 };
  if (counts)
    *counts = NULL;
  if (!has_cells(plan, style))
    return pk_fail(error, PK_ERROR_INVALID, "the plan does not count rows in %u x %u cells", style->width, style->height);
  if (self->backend->klass->raster)
    return raster_of_device(self, style, raster, cancellable, receipt ? receipt : &unused, error);
  g_autoptr(PkFrame) result = pk_prepared_execute(self, cancellable, receipt, error);
  if (!result || !pk_raster_paint(raster, style, plan, result, error))
    return FALSE;
  if (counts)
    *counts = g_steal_pointer(&result);
  return TRUE;
}

gboolean
pk_backend_run_raster(PkBackend *self, PkPlan *plan, PkFrame *frame, const PkRasterStyle *style, PkRaster *raster,
                      PkFrame **counts, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(self, plan, frame, error);
  return prepared && pk_prepared_raster(prepared, plan, style, raster, counts, cancellable, receipt, error);
}

void
pk_prepared_free(PkPrepared *self)
{
  if (self)
    self->backend->klass->prepared_free(self);
}

void
pk_backend_free(PkBackend *self)
{
  if (self)
    self->klass->free(self);
}

PkFrame *
pk_backend_run(PkBackend *self, PkPlan *plan, PkFrame *frame, GCancellable *cancellable, PkReceipt *receipt,
               GError **error)
{
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(self, plan, frame, error);
  return prepared ? pk_prepared_execute(prepared, cancellable, receipt, error) : NULL;
}
