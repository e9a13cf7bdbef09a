/* Plans timed on one backend: what the benchmarks of the GPU share. */
#pragma once

#include "pk-bench-gpu-data.h"

#include "pk-backend.h"

G_BEGIN_DECLS

/* A frame of columns that others use as well: their chunks are lent, not owned, and live on. */
PkFrame *pk_bench_lend(PkColumn *const *columns, guint n, gint64 rows);

/* Data and plan of a case of pk_gpu_cases. `columns` is indexed by PkGpuData and filled as need be. */
typedef struct {
  PkPlan *plan;
  PkFrame *frame;
} PkGpuBench;
const PkGpuCase *pk_gpu_find_case(const char *name);
gboolean pk_gpu_bench_init(PkGpuBench *self, const PkGpuCase *which, PkColumn **columns, gint64 rows, GError **error);

typedef struct {
  double kernel_ms; /* vulkan: median of the device's clock */
  double wall_ms;   /* from plan to result: median, and the best */
  double best_ms;
  double first_ms;  /* of the first run, which brings columns and compiles kernels */
  guint64 bytes;    /* read by a run */
} PkBenchTimes;

/* Runs it once, and `repeat` times more that are timed. */
gboolean pk_bench_time(PkBackend *backend, PkPlan *plan, PkFrame *frame, guint repeat, PkBenchTimes *times,
                       GError **error);

/* What keeps a device busy while there is nothing to time: one that had little to do runs at a fraction of its clock for
 * a while (an H200 was seen at 345 to 1980 MHz). Little for the host to do, and much for the device: quantiles. NULL on
 * failure; the caller's. */
PkPrepared *pk_bench_awake_new(PkBackend *vulkan, PkColumn **columns, gint64 rows, GError **error);
gboolean pk_bench_awake(PkPrepared *awake, gint64 ms, GError **error);

/* 10^9 bytes a second from the frame's memory to the device's, the best of `repeat` times (vulkan). */
gboolean pk_bench_upload(PkBackend *vulkan, PkPlan *plan, PkFrame *frame, guint repeat, double *gb_s, GError **error);

G_END_DECLS
