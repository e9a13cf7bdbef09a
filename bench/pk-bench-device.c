#include "pk-bench-device.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-vk-backend.h"

#include <stdlib.h>
#include <string.h>

PkFrame *
pk_bench_lend(PkColumn *const *columns, guint n, gint64 rows)
{
  PkFrame *frame = g_new0(PkFrame, 1);
  frame->refs = 1;
  frame->length = rows;
  frame->n_columns = n;
  frame->columns = g_memdup2(columns, n * sizeof *columns);
  return frame;
}

const PkGpuCase *
pk_gpu_find_case(const char *name)
{
  for (guint i = 0; i < pk_gpu_n_cases; i++)
    if (!strcmp(pk_gpu_cases[i].name, name))
      return &pk_gpu_cases[i];
  return NULL;
}

gboolean
pk_gpu_bench_init(PkGpuBench *self, const PkGpuCase *which, PkColumn **columns, gint64 rows, GError **error)
{
  PkColumn *mine[4];
  for (guint i = 0; i < which->n_columns; i++) {
    PkGpuData what = which->columns[i];
    if (!columns[what] && !(columns[what] = pk_gpu_column(what, rows, error)))
      return FALSE;
    mine[i] = columns[what];
  }
  self->plan = pk_gpu_plan(which);
  self->frame = pk_bench_lend(mine, which->n_columns, rows);
  return TRUE;
}

static int
compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double
run_once(PkPrepared *prepared, PkReceipt *receipt, GError **error)
{
  gint64 start = pk_clock_now_ns();
  g_autoptr(PkFrame) result = pk_prepared_execute(prepared, NULL, receipt, error);
  return result ? (double)(pk_clock_now_ns() - start) / 1e6 : -1;
}

gboolean
pk_bench_time(PkBackend *backend, PkPlan *plan, PkFrame *frame, guint repeat, PkBenchTimes *times, GError **error)
{
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(backend, plan, frame, error);
  g_autofree double *wall = g_new0(double, repeat + 1), *kernel = g_new0(double, repeat + 1);
  gboolean is_gpu = !strcmp(backend->klass->name, "vulkan");
  PkReceipt receipt = { 0 };
  *times = (PkBenchTimes){ .first_ms = prepared ? run_once(prepared, &receipt, error) : -1 };
  if (times->first_ms < 0)
    return FALSE;
  for (guint i = 0; i < repeat; i++) {
    wall[i] = run_once(prepared, &receipt, error);
    kernel[i] = is_gpu ? pk_vk_backend_usage(backend).kernel_ms : 0;
    if (wall[i] < 0)
      return FALSE;
  }
  qsort(wall, repeat, sizeof *wall, compare_doubles);
  qsort(kernel, repeat, sizeof *kernel, compare_doubles);
  times->bytes = (guint64)receipt.bytes_read;
  times->best_ms = wall[0];
  times->wall_ms = wall[repeat / 2];
  times->kernel_ms = kernel[repeat / 2];
  return TRUE;
}

PkPrepared *
pk_bench_awake_new(PkBackend *vulkan, PkColumn **columns, gint64 rows, GError **error)
{
  static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g" };
  PkGpuBench median = { 0 };
  if (!pk_gpu_bench_init(&median, pk_gpu_find_case("median-f32"), columns, rows, error))
    return NULL;
  g_autoptr(PkPlan) plan = median.plan;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    pk_plan_add_agg(plan, PK_AGG_QUANTILE, 0, -1, names[i])->p = (i + 1) / 8.0;
  return pk_backend_prepare(vulkan, plan, median.frame, error);
}

gboolean
pk_bench_awake(PkPrepared *awake, gint64 ms, GError **error)
{
  gint64 end = pk_clock_now_ns() + ms * 1000000;
  while (pk_clock_now_ns() < end) {
    PkReceipt receipt = { 0 };
    if (run_once(awake, &receipt, error) < 0)
      return FALSE;
  }
  return TRUE;
}

gboolean
pk_bench_upload(PkBackend *vulkan, PkPlan *plan, PkFrame *frame, guint repeat, double *gb_s, GError **error)
{
  *gb_s = 0;
  for (guint i = 0; i <= repeat; i++) { /* the first makes the buffers */
    pk_vk_backend_forget(vulkan);
    PkVkUsage before = pk_vk_backend_usage(vulkan);
    g_autoptr(PkFrame) result = pk_backend_run(vulkan, plan, frame, NULL, NULL, error);
    PkVkUsage after = pk_vk_backend_usage(vulkan);
    double ms = after.upload_ms - before.upload_ms;
    if (!result)
      return FALSE;
    if (i > 0 && ms > 0)
      *gb_s = MAX(*gb_s, (double)(after.uploaded - before.uploaded) / ms / 1e6);
  }
  return TRUE;
}
