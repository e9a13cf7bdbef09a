/* pika tune: what a device can do, the workgroup size at which each kernel runs fastest there, and the piece of an upload
 * that goes fastest; kept for all later runs on it. */
#include "pk-bench-tune.h"

#include "pk-bench-device.h"

#include "pk-error.h"
#include "pk-vk-backend.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define N_SIZES 5 /* workgroups of 64, 128 … 1024 */
#define N_PIECES 13 /* 64 KiB … 256 MiB */

typedef struct {
  gint64 rows;
  char *device, *json;
  gboolean quick, keep;
} Options;

typedef struct {
  Options options;
  PkBackend *gpu;
  PkColumn *columns[PK_GPU_N_DATA];
  PkPrepared *awake; /* keeps the device's clock up; NULL: quick */
  double ceiling; /* GB/s, of a sum of integers */
  guint repeat;
  JsonBuilder *json;
} Tune;

/* The cases that tell most about a kernel; of two, the size counts at which they are fastest together (the product
 * of their times). */
static const struct { const char *kernel, *names[2]; } measured[] = {
  { "reduce", { "basics-f64", NULL } }, { "group", { "group-50", "group-1k" } }, { "bins", { "bins-tiles", NULL } },
  { "line", { "m4", NULL } },           { "radix", { "median-f32", NULL } },     { "insert", { "hash-1m", NULL } },
};

/* --- saying --- */

static void
begin(Tune *self, const char *what)
{
  json_builder_begin_object(self->json);
  json_builder_set_member_name(self->json, "what");
  json_builder_add_string_value(self->json, what);
}

static void
number(Tune *self, const char *name, double value)
{
  json_builder_set_member_name(self->json, name);
  json_builder_add_double_value(self->json, value);
}

static void
one_number(Tune *self, const char *what, const char *unit, double value)
{
  begin(self, what);
  json_builder_set_member_name(self->json, "unit");
  json_builder_add_string_value(self->json, unit);
  number(self, "value", value);
  json_builder_end_object(self->json);
}

/* --- kernels --- */

static gboolean
time_case(Tune *self, const char *name, PkBenchTimes *times, GError **error)
{
  const PkGpuCase *which = pk_gpu_find_case(name);
  PkGpuBench c = { 0 };
  if (!which)
    return pk_fail(error, PK_ERROR_INTERNAL, "there is no case \"%s\"", name);
  if (!pk_gpu_bench_init(&c, which, self->columns, self->options.rows, error))
    return FALSE;
  g_autoptr(PkPlan) plan = c.plan;
  return (self->options.quick || pk_bench_awake(self->awake, 150, error)) &&
         pk_bench_time(self->gpu, plan, c.frame, self->repeat, times, error);
}

static gint
kernel_number(const char *label)
{
  for (guint k = 0; pk_vk_kernel_label(k); k++)
    if (!strcmp(pk_vk_kernel_label(k), label))
      return (gint)k;
  return -1;
}

/* Times a case at each size: ms, and its bytes. */
static gboolean
time_sizes(Tune *self, guint kernel, const char *name, double ms[N_SIZES], guint64 *bytes, GError **error)
{
  g_print("%-8s %-12s", pk_vk_kernel_label(kernel), name);
  begin(self, pk_vk_kernel_label(kernel));
  json_builder_set_member_name(self->json, "case");
  json_builder_add_string_value(self->json, name);
  json_builder_set_member_name(self->json, "workgroup_ms");
  json_builder_begin_array(self->json);
  for (guint k = 0; k < N_SIZES; k++) {
    PkBenchTimes times;
    pk_vk_backend_tune_kernel(self->gpu, kernel, 64u << k);
    if (!time_case(self, name, &times, error))
      return FALSE;
    ms[k] = times.kernel_ms > 0 ? times.kernel_ms : times.wall_ms;
    *bytes = times.bytes;
    g_print(" %9.3f", ms[k]);
    json_builder_add_double_value(self->json, ms[k]);
  }
  json_builder_end_array(self->json);
  json_builder_end_object(self->json);
  return TRUE;
}

/* Times a kernel at each size and leaves it at the best. */
static gboolean
tune_kernel(Tune *self, guint i, GError **error)
{
  guint kernel = (guint)kernel_number(measured[i].kernel), best = 0;
  double product[N_SIZES] = { 1, 1, 1, 1, 1 };
  for (guint n = 0; n < 2 && measured[i].names[n]; n++) {
    double ms[N_SIZES], least = G_MAXDOUBLE;
    guint64 bytes = 0;
    if (!time_sizes(self, kernel, measured[i].names[n], ms, &bytes, error))
      return FALSE;
    for (guint k = 0; k < N_SIZES; k++) {
      product[k] *= ms[k];
      least = MIN(least, ms[k]);
    }
    self->ceiling = i == 0 ? (double)bytes / least / 1e6 : self->ceiling;
    g_print(" %8.1f GB/s %4.0f %%\n", (double)bytes / least / 1e6, 100 * (double)bytes / least / 1e6 / self->ceiling);
  }
  for (guint k = 1; k < N_SIZES; k++)
    best = product[k] < product[best] ? k : best;
  g_print("%-21s -> %u\n", "", 64u << best);
  pk_vk_backend_tune_kernel(self->gpu, kernel, 64u << best);
  return TRUE;
}

/* --- the device --- */

/* From a plan over hardly any rows to its result. */
static gboolean
measure_launch(Tune *self, double *ms, GError **error)
{
  PkColumn *columns[PK_GPU_N_DATA] = { NULL };
  PkBenchTimes times;
  PkGpuBench c = { 0 };
  if (!pk_gpu_bench_init(&c, pk_gpu_find_case("sum-i64"), columns, 1024, error))
    return FALSE;
  g_autoptr(PkPlan) plan = c.plan;
  if (!pk_bench_time(self->gpu, plan, c.frame, 50, &times, error))
    return FALSE;
  *ms = times.wall_ms;
  g_print("launch, wait and result    %10.3f ms\n", *ms);
  one_number(self, "launch", "ms", *ms);
  return TRUE;
}

/* Adds to 32-bit counts in memory, all over 3 MB: bins of uniform points, of which the cache holds nearly none. */
static gboolean
measure_atomics(Tune *self, GError **error)
{
  PkBenchTimes times;
  if (!time_case(self, "bins-uniform", &times, error))
    return FALSE;
  double ms = times.kernel_ms > 0 ? times.kernel_ms : times.wall_ms;
  g_print("atomics, 786,432 counters  %10.1f G/s\n", (double)self->options.rows / ms / 1e6);
  one_number(self, "atomics", "G/s", (double)self->options.rows / ms / 1e6);
  return TRUE;
}

/* --- transfer --- */

static gboolean
tune_transfer(Tune *self, double *best, GError **error)
{
  guint n = self->options.quick ? 5 : N_PIECES;
  guint64 best_bytes = 0;
  PkGpuBench c = { 0 };
  if (!pk_gpu_bench_init(&c, pk_gpu_find_case("sum-i64"), self->columns, self->options.rows, error))
    return FALSE;
  g_autoptr(PkPlan) plan = c.plan;
  *best = 0;
  for (guint k = 0; k < n; k++) {
    guint64 bytes = (guint64)65536 << k;
    double gb_s;
    pk_vk_backend_tune_transfer(self->gpu, bytes);
    if (!pk_bench_upload(self->gpu, plan, c.frame, 3, &gb_s, error))
      return FALSE;
    g_print("upload in pieces of %6" G_GUINT64_FORMAT " KiB %8.2f GB/s\n", bytes / 1024, gb_s);
    begin(self, "upload");
    number(self, "bytes", (double)bytes);
    number(self, "gb_s", gb_s);
    json_builder_end_object(self->json);
    if (gb_s > *best) {
      *best = gb_s;
      best_bytes = bytes;
    }
  }
  pk_vk_backend_tune_transfer(self->gpu, best_bytes);
  return TRUE;
}

/* --- whole --- */

static gboolean
run(Tune *self, GError **error)
{
  double launch = 0, upload = 0;
  if (!self->options.quick && !(self->awake = pk_bench_awake_new(self->gpu, self->columns, self->options.rows, error)))
    return FALSE;
  if (!measure_launch(self, &launch, error) || !tune_transfer(self, &upload, error))
    return FALSE;
  g_print("\nkernel   case         ms in workgroups of 64, 128, 256, 512, 1024            read  of ceiling\n");
  for (guint i = 0; i < G_N_ELEMENTS(measured); i++)
    if (!tune_kernel(self, i, error))
      return FALSE;
  g_print("\n");
  if (!measure_atomics(self, error))
    return FALSE;
  pk_vk_backend_tune_speeds(self->gpu, self->ceiling, upload, launch);
  if (!self->options.keep)
    return TRUE;
  g_autofree char *path = pk_vk_backend_save_tuning(self->gpu, error);
  if (path)
    g_print("kept in %s\n", path);
  return path != NULL;
}

static gboolean
parse(int argc, char **argv, Options *o, GError **error)
{
  gboolean dry = FALSE;
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &o->rows, "Rows (default 2^26)", "N" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Part of the device's name, or its number", "NAME" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the figures", "FILE" },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &o->quick, "Few rows and small pieces", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, "Keep nothing", NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("— the GPU's best workgroup and transfer sizes");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, error))
    return FALSE;
  o->keep = !dry;
  o->rows = o->rows ? o->rows : (gint64)1 << (o->quick ? 16 : 26);
  return o->rows > 0 || pk_fail(error, PK_ERROR_USAGE, "--rows takes a number from 1 up");
}

int
pk_bench_tune(int argc, char **argv)
{
  Tune self = { 0 };
  g_autoptr(GError) error = NULL;
  if (!parse(argc, argv, &self.options, &error)) {
    g_printerr("tune: %s\n", error->message);
    return 2;
  }
  PkVkOptions options = { .device = self.options.device, .untuned = TRUE, .least_partition = G_MAXINT64,
                          .path = PK_VK_PATH_STAGED };
  self.gpu = pk_vk_backend_new(&options, &error);
  self.repeat = self.options.quick ? 3 : 9;
  self.json = json_builder_new();
  if (self.gpu) {
    PkVkAbout about = pk_vk_backend_about(self.gpu);
    g_print("%s (%s), %" G_GINT64_FORMAT " rows\n", about.name, about.driver, self.options.rows);
    json_builder_begin_object(self.json);
    json_builder_set_member_name(self.json, "device");
    json_builder_add_string_value(self.json, about.name);
    json_builder_set_member_name(self.json, "driver");
    json_builder_add_string_value(self.json, about.driver);
    json_builder_set_member_name(self.json, "measured");
    json_builder_begin_array(self.json);
    if (run(&self, &error)) {
      json_builder_end_array(self.json);
      json_builder_end_object(self.json);
      g_autoptr(JsonNode) root = json_builder_get_root(self.json);
      g_autofree char *text = json_to_string(root, TRUE);
      if (self.options.json)
        g_file_set_contents(self.options.json, text, -1, &error);
    }
  }
  if (error)
    g_printerr("tune: %s\n", error->message);
  g_object_unref(self.json);
  return error ? 1 : 0;
}
