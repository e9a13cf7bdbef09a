#include "pk-bench-gpu.h"

#include "pk-bench-device.h"
#include "pk-bench-gpu-data.h"
#include "pk-bench-options.h"

#include "pk-clock.h"
#include "pk-cpu-backend.h"
#include "pk-vk-backend.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  gint64 rows, repeat, workgroup, segment_rows, warm_ms;
  char *json, *only, *device;
  gboolean no_check, sweep;
} Options;

typedef struct {
  double best_ms, median_ms; /* of the device's clock */
  double wall_ms;            /* from plan to result, best */
  double upload_ms, cpu_ms;  /* cpu_ms 0: not run */
  double picture_ms;         /* from plan to a painted picture in host memory, median; 0: not a picture */
  double sweep_ms[5];        /* workgroups of 64, 128 … 1024; 0: not run */
  guint64 bytes, uploaded;
  char *difference;          /* from the cpu's answer; NULL: none */
} Figures;

typedef struct {
  Options options;
  PkBackend *gpu, *cpu;
  PkColumn *columns[PK_GPU_N_DATA]; /* made when first asked for */
  PkPrepared *awake; /* what keeps the device's clock up between timed runs */
  double ceiling; /* TB/s, the best of the cases that only read */
  JsonBuilder *json;
  guint failures;
} Bench;

/* --- comparing --- */

static gboolean
cells_agree(const PkColumn *a, const PkColumn *b, gint64 row)
{
  if (pk_column_is_null(a, row) || pk_column_is_null(b, row))
    return pk_column_is_null(a, row) == pk_column_is_null(b, row);
  if (a->physical < PK_PHYS_F32)
    return pk_column_get_int(a, row) == pk_column_get_int(b, row);
  double x = pk_column_get_double(a, row), y = pk_column_get_double(b, row);
  return x == y || fabs(x - y) <= 1e-9 * MAX(fabs(x), fabs(y));
}

static char *
difference(const PkFrame *a, const PkFrame *b)
{
  if (a->length != b->length || a->n_columns != b->n_columns)
    return g_strdup_printf("%" G_GINT64_FORMAT " rows against %" G_GINT64_FORMAT, a->length, b->length);
  for (guint c = 0; c < a->n_columns; c++)
    for (gint64 row = 0; row < a->length; row++)
      if (!cells_agree(a->columns[c], b->columns[c], row)) {
        GString *out = g_string_new(NULL);
        g_string_printf(out, "\"%s\", row %" G_GINT64_FORMAT ": ", a->columns[c]->name, row);
        pk_column_append_text(a->columns[c], row, out);
        g_string_append(out, " against the cpu's ");
        pk_column_append_text(b->columns[c], row, out);
        return g_string_free(out, FALSE);
      }
  return NULL;
}

/* --- running --- */

/* A frame of columns that others use as well: their chunks are lent, not owned. */
static PkFrame *
lend_frame(Bench *self, const PkGpuCase *c, GError **error)
{
  PkColumn *columns[4];
  for (guint i = 0; i < c->n_columns; i++) {
    PkGpuData what = c->columns[i];
    if (!self->columns[what] && !(self->columns[what] = pk_gpu_column(what, self->options.rows, error)))
      return NULL;
    columns[i] = self->columns[what];
  }
  PkFrame *frame = g_new0(PkFrame, 1);
  frame->refs = 1;
  frame->length = self->options.rows;
  frame->n_columns = c->n_columns;
  frame->columns = g_memdup2(columns, c->n_columns * sizeof *columns);
  return frame;
}

static int
compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static PkFrame *
time_gpu(Bench *self, PkPlan *plan, PkFrame *frame, Figures *f, GError **error)
{
  g_autoptr(PkFrame) result = NULL;
  guint n = (guint)self->options.repeat + 1; /* the first run brings columns and kernels */
  g_autofree double *kernel = g_new0(double, n);
  PkVkUsage before = pk_vk_backend_usage(self->gpu);
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(self->gpu, plan, frame, error);
  f->wall_ms = G_MAXDOUBLE;
  for (guint i = 0; i < n && prepared; i++) {
    if (i > 0 && self->awake && !pk_bench_awake(self->awake, self->options.warm_ms / (i == 1 ? 1 : 8), error))
      return NULL;
    gint64 start = pk_clock_now_ns();
    PkReceipt receipt = { 0 };
    g_clear_pointer(&result, pk_frame_unref);
    result = pk_prepared_execute(prepared, NULL, &receipt, error);
    if (!result)
      return NULL;
    PkVkUsage usage = pk_vk_backend_usage(self->gpu);
    if (i == 0) {
      f->upload_ms = usage.upload_ms - before.upload_ms;
      f->uploaded = usage.uploaded - before.uploaded;
      continue;
    }
    f->bytes = (guint64)receipt.bytes_read;
    f->wall_ms = MIN(f->wall_ms, (double)(pk_clock_now_ns() - start) / 1e6);
    kernel[i - 1] = usage.kernel_ms;
  }
  if (!prepared)
    return NULL;
  qsort(kernel, n - 1, sizeof *kernel, compare_doubles);
  f->best_ms = kernel[0];
  f->median_ms = kernel[(n - 1) / 2];
  return g_steal_pointer(&result);
}

static gboolean
check_cpu(Bench *self, PkPlan *plan, PkFrame *frame, const PkFrame *got, Figures *f, GError **error)
{
  if (self->options.no_check)
    return TRUE;
  gint64 start = pk_clock_now_ns();
  g_autoptr(PkFrame) expected = pk_backend_run(self->cpu, plan, frame, NULL, NULL, error);
  f->cpu_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  if (!expected)
    return FALSE;
  f->difference = difference(got, expected);
  self->failures += f->difference != NULL;
  return TRUE;
}

/* --- pictures --- */

static guint32
grey(double shade, gpointer user)
{
  return 0xff000000u | (guint32)(shade * 255 + 0.5) * 0x010101u;
}

/* From plan to coloured pixels, which are all that crosses back. */
static gboolean
time_picture(Bench *self, PkPlan *plan, PkFrame *frame, Figures *f, GError **error)
{
  const PkRasterStyle style = { .width = plan->keys[1].count, .height = plan->keys[0].count, .flip_y = TRUE,
                                .transfer = PK_TRANSFER_CUBE_ROOT, .paint = grey };
  guint n = (guint)self->options.repeat + 1;
  g_autofree double *ms = g_new0(double, n);
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(self->gpu, plan, frame, error);
  for (guint i = 0; i < n && prepared; i++) {
    g_auto(PkRaster) raster = { 0 };
    PkReceipt receipt = { 0 };
    if (self->awake && !pk_bench_awake(self->awake, self->options.warm_ms / 8, error))
      return FALSE;
    gint64 start = pk_clock_now_ns();
    if (!pk_prepared_raster(prepared, plan, &style, &raster, NULL, NULL, &receipt, error))
      return FALSE;
    ms[i] = (double)(pk_clock_now_ns() - start) / 1e6;
  }
  if (!prepared)
    return FALSE;
  qsort(ms + 1, n - 1, sizeof *ms, compare_doubles); /* the first made the pipelines */
  f->picture_ms = ms[1 + (n - 1) / 2];
  return TRUE;
}

/* --- by workgroup size --- */

static void
sweep(Bench *self, const PkGpuCase *c, PkPlan *plan, PkFrame *frame, Figures *f)
{
  for (guint i = 0; i < G_N_ELEMENTS(f->sweep_ms); i++) {
    Figures one = { 0 };
    g_autoptr(GError) error = NULL;
    pk_vk_backend_set_workgroup(self->gpu, 64u << i);
    g_autoptr(PkFrame) result = time_gpu(self, plan, frame, &one, &error);
    f->sweep_ms[i] = result ? one.median_ms : 0;
    g_print("%-15s workgroup %4u: %9.3f ms%s%s\n", c->name, 64u << i, f->sweep_ms[i], error ? " " : "",
            error ? error->message : "");
  }
  pk_vk_backend_set_workgroup(self->gpu, (guint)self->options.workgroup);
}

/* --- telling --- */

/* In the case's unit. */
static double
rate_of(const PkGpuCase *c, const Figures *f, gint64 rows, double ms)
{
  if (!strcmp(c->unit, "ms"))
    return f->wall_ms;
  if (!strcmp(c->unit, "TB/s"))
    return (double)f->bytes * c->passes / ms / 1e9;
  return (double)rows / ms / 1e6;
}

static void
put_number(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static void
tell(Bench *self, const PkGpuCase *c, const Figures *f)
{
  double bandwidth = (double)f->bytes * c->passes / f->median_ms / 1e9;
  double rate = rate_of(c, f, self->options.rows, f->median_ms);
  if (c->n_columns == 1 && c->passes == 1)
    self->ceiling = MAX(self->ceiling, bandwidth);
  g_print("%-15s %9.3f ms %9.3f ms wall %8.2f %-8s (goal %g) %5.2f TB/s %3.0f%% of ceiling, cpu %8.1f ms%s%s%s\n",
          c->name, f->median_ms, f->wall_ms, rate, c->unit, c->goal, bandwidth,
          self->ceiling > 0 ? 100 * bandwidth / self->ceiling : 0, f->cpu_ms,
          f->uploaded ? g_strdup_printf(", upload %.1f GB/s", (double)f->uploaded / f->upload_ms / 1e6) : "",
          f->difference ? " DIFFERS: " : "", f->difference ? f->difference : "");
  if (f->picture_ms > 0)
    g_print("%-15s %9.3f ms from plan to picture\n", "", f->picture_ms);
  json_builder_begin_object(self->json);
  json_builder_set_member_name(self->json, "case");
  json_builder_add_string_value(self->json, c->name);
  json_builder_set_member_name(self->json, "title");
  json_builder_add_string_value(self->json, c->title);
  json_builder_set_member_name(self->json, "unit");
  json_builder_add_string_value(self->json, c->unit);
  put_number(self->json, "value", rate);
  put_number(self->json, "goal", c->goal);
  put_number(self->json, "kernel_ms", f->median_ms);
  put_number(self->json, "kernel_best_ms", f->best_ms);
  put_number(self->json, "wall_ms", f->wall_ms);
  put_number(self->json, "cpu_ms", f->cpu_ms);
  put_number(self->json, "picture_ms", f->picture_ms);
  put_number(self->json, "bytes", (double)f->bytes);
  put_number(self->json, "tb_per_s", bandwidth);
  put_number(self->json, "uploaded", (double)f->uploaded);
  put_number(self->json, "upload_ms", f->upload_ms);
  json_builder_set_member_name(self->json, "workgroup_ms");
  json_builder_begin_array(self->json);
  for (guint i = 0; i < G_N_ELEMENTS(f->sweep_ms); i++)
    json_builder_add_double_value(self->json, f->sweep_ms[i]);
  json_builder_end_array(self->json);
  json_builder_set_member_name(self->json, "agrees");
  json_builder_add_boolean_value(self->json, !f->difference);
  json_builder_end_object(self->json);
}

static void
run_case(Bench *self, const PkGpuCase *c)
{
  Figures f = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkPlan) plan = pk_gpu_plan(c);
  PkFrame *frame = lend_frame(self, c, &error);
  g_autoptr(PkFrame) result = frame ? time_gpu(self, plan, frame, &f, &error) : NULL;
  gboolean picture = plan->dense && plan->n_keys == 2;
  if (result && check_cpu(self, plan, frame, result, &f, &error) &&
      (!picture || time_picture(self, plan, frame, &f, &error))) {
    if (self->options.sweep)
      sweep(self, c, plan, frame, &f);
    tell(self, c, &f);
  } else {
    g_print("%-15s failed: %s\n", c->name, error->message);
    self->failures++;
  }
  g_free(f.difference);
  /* The backend's cache keeps the frame, and with it the list of columns, which is never freed by it. */
}

static gboolean
save(Bench *self, GError **error)
{
  g_autoptr(JsonNode) root = json_builder_get_root(self->json);
  g_autoptr(JsonGenerator) generator = json_generator_new();
  json_generator_set_root(generator, root);
  json_generator_set_pretty(generator, TRUE);
  return json_generator_to_file(generator, self->options.json, error);
}

static gboolean
parse(int argc, char **argv, Options *o, GError **error)
{
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &o->rows, "Rows (default 2^24)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT64, &o->repeat, "Runs of each case (default 5)", "N" },
    { "warm", 0, 0, G_OPTION_ARG_INT64, &o->warm_ms, "Keep the device busy this long before a case is timed (default 200)", "MS" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the figures", "FILE" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &o->only, "Cases whose names contain one of the comma-separated texts", "TEXT" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Part of the device's name, or its number", "NAME" },
    { "workgroup", 0, 0, G_OPTION_ARG_INT64, &o->workgroup, "Invocations of a workgroup (default 256)", "N" },
    { "segment-rows", 0, 0, G_OPTION_ARG_INT64, &o->segment_rows, "Rows of a segment, a power of two", "N" },
    { "sweep", 0, 0, G_OPTION_ARG_NONE, &o->sweep, "Also by workgroup size, 64 to 1024", NULL },
    { "no-check", 0, 0, G_OPTION_ARG_NONE, &o->no_check, "Do not compare with the cpu backend", NULL },
    { NULL },
  };
  return pk_bench_parse(entries, "- the GPU backend's kernels", &argc, &argv, error);
}

static gboolean
wanted(const Options *o, const char *name)
{
  g_auto(GStrv) parts = g_strsplit(o->only ? o->only : "", ",", -1);
  for (guint i = 0; parts[i]; i++)
    if (strstr(name, parts[i]))
      return TRUE;
  return !parts[0];
}

int
pk_bench_gpu(int argc, char **argv)
{
  Bench self = { .options = { .rows = 1 << 24, .repeat = 5, .warm_ms = 200 } };
  g_autoptr(GError) error = NULL;
  if (!parse(argc, argv, &self.options, &error))
    return pk_bench_status("pika bench gpu", error);
  PkVkOptions options = { .device = self.options.device, .workgroup = (guint)self.options.workgroup,
                          .segment_rows = self.options.segment_rows };
  self.gpu = pk_vk_backend_new(&options, &error);
  if (!self.gpu)
    return pk_bench_status("pika bench gpu", error);
  self.cpu = pk_cpu_backend_new();
  self.json = json_builder_new();
  PkVkAbout about = pk_vk_backend_about(self.gpu);
  g_print("%s (%s), %" G_GINT64_FORMAT " rows\n", about.name, about.driver, self.options.rows);
  json_builder_begin_object(self.json);
  json_builder_set_member_name(self.json, "device");
  json_builder_add_string_value(self.json, about.name);
  json_builder_set_member_name(self.json, "driver");
  json_builder_add_string_value(self.json, about.driver);
  put_number(self.json, "rows", (double)self.options.rows);
  put_number(self.json, "workgroup", (double)self.options.workgroup);
  json_builder_set_member_name(self.json, "cases");
  json_builder_begin_array(self.json);
  if (self.options.warm_ms > 0 &&
      !(self.awake = pk_bench_awake_new(self.gpu, self.columns, self.options.rows, &error))) {
    g_printerr("bench gpu: %s\n", error->message);
    return 1;
  }
  for (guint i = 0; i < pk_gpu_n_cases; i++)
    if (wanted(&self.options, pk_gpu_cases[i].name))
      run_case(&self, &pk_gpu_cases[i]);
  json_builder_end_array(self.json);
  json_builder_end_object(self.json);
  if (self.options.json && !save(&self, &error)) {
    g_printerr("bench gpu: %s\n", error->message);
    self.failures++;
  }
  g_object_unref(self.json);
  return self.failures ? 1 : 0;
}
