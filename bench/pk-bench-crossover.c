/* pika bench crossover: from how many rows on which backend is the fastest, by kind of plan: DuckDB, the processor, and
 * the GPU, cold (columns yet to be sent) and with its columns resident. */
#include "pk-bench-crossover.h"

#include "pk-bench-case.h"
#include "pk-bench-device.h"

#include "pk-clock.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-source-duckdb.h"
#include "pk-vk-backend.h"

#include <json-glib/json-glib.h>
#include <math.h>

typedef struct {
  gint64 rows, repeat;
  char *device, *json;
} Options;

typedef struct {
  Options options;
  PkSource *source;
  PkBackend *cpu, *gpu;
  JsonBuilder *json;
  guint failures;
} Crossover;

static PkFrame *
query(Crossover *self, const char *sql, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  return pk_source_query(self->source, sql, NULL, &stream, error) ? pk_frame_read_stream(&stream, 0, NULL, error) : NULL;
}

/* The best of `repeat` times. */
static gboolean
time_sql(Crossover *self, const PkPlan *plan, double *best_ms, GError **error)
{
  g_autofree char *sql = pk_plan_to_sql(plan);
  *best_ms = G_MAXDOUBLE;
  for (gint64 i = 0; i < self->options.repeat; i++) {
    gint64 start = pk_clock_now_ns();
    g_autoptr(PkFrame) frame = query(self, sql, error);
    if (!frame)
      return FALSE;
    *best_ms = MIN(*best_ms, (double)(pk_clock_now_ns() - start) / 1e6);
  }
  return TRUE;
}

static gboolean
agree(const PkFrame *a, const PkFrame *b)
{
  if (a->length != b->length || a->n_columns != b->n_columns)
    return FALSE;
  for (guint c = 0; c < a->n_columns; c++)
    for (gint64 row = 0; row < a->length; row++) {
      if (pk_column_is_null(a->columns[c], row) != pk_column_is_null(b->columns[c], row))
        return FALSE;
      double x = pk_column_get_double(a->columns[c], row), y = pk_column_get_double(b->columns[c], row);
      if (!pk_column_is_null(a->columns[c], row) && !(fabs(x - y) <= 1e-9 * fmax(fabs(x), fabs(y))))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check(Crossover *self, const char *name, PkPlan *plan, PkFrame *frame, GError **error)
{
  g_autoptr(PkFrame) a = pk_backend_run(self->cpu, plan, frame, NULL, NULL, error);
  g_autoptr(PkFrame) b = a ? pk_backend_run(self->gpu, plan, frame, NULL, NULL, error) : NULL;
  if (b && !agree(a, b)) {
    g_print("%s DIFFERS at %" G_GINT64_FORMAT " rows\n", name, frame->length);
    self->failures++;
  }
  return b != NULL;
}

static void
number(Crossover *self, const char *name, double value)
{
  json_builder_set_member_name(self->json, name);
  json_builder_add_double_value(self->json, value);
}

static gboolean
measure(Crossover *self, const PkBenchCase *what, PkFrame *frame, GError **error)
{
  g_autoptr(PkPlan) plan = what->make(frame->length);
  PkBenchTimes cpu, gpu, cold;
  double sql_ms;
  guint repeat = (guint)self->options.repeat;
  if (!time_sql(self, plan, &sql_ms, error) || !check(self, what->name, plan, frame, error) ||
      !pk_bench_time(self->cpu, plan, frame, repeat, &cpu, error) ||
      !pk_bench_time(self->gpu, plan, frame, repeat, &gpu, error))
    return FALSE;
  pk_vk_backend_forget(self->gpu); /* its kernels are compiled: cold is the transfer */
  if (!pk_bench_time(self->gpu, plan, frame, 1, &cold, error))
    return FALSE;
  const char *best = gpu.best_ms <= MIN(cpu.best_ms, sql_ms) ? "vulkan" : cpu.best_ms <= sql_ms ? "cpu" : "sql";
  g_print("%-16s %11" G_GINT64_FORMAT " %10.3f %10.3f %10.3f %10.3f  %s\n", what->name, frame->length, sql_ms, cpu.best_ms,
          gpu.best_ms, cold.first_ms, best);
  json_builder_begin_object(self->json);
  json_builder_set_member_name(self->json, "plan");
  json_builder_add_string_value(self->json, what->name);
  number(self, "rows", (double)frame->length);
  number(self, "sql_ms", sql_ms);
  number(self, "cpu_ms", cpu.best_ms);
  number(self, "vulkan_ms", gpu.best_ms);
  number(self, "vulkan_cold_ms", cold.first_ms);
  json_builder_set_member_name(self->json, "fastest");
  json_builder_add_string_value(self->json, best);
  json_builder_end_object(self->json);
  return TRUE;
}

/* All kinds of plans on a table of so many rows. */
static gboolean
measure_rows(Crossover *self, gint64 rows, GError **error)
{
  g_autofree char *sql = pk_bench_table_sql(rows);
  if (!pk_source_execute(self->source, sql, NULL, error))
    return FALSE;
  g_autoptr(PkFrame) frame = query(self, "SELECT x, y, v, g, shuffled, ascending FROM t", error);
  gboolean ok = frame != NULL;
  for (guint i = 0; i < pk_bench_n_cases && ok; i++)
    ok = measure(self, &pk_bench_cases[i], frame, error);
  pk_vk_backend_forget(self->gpu);
  return pk_source_execute(self->source, "DROP TABLE t", NULL, ok ? error : NULL) && ok;
}

static gboolean
run(Crossover *self, GError **error)
{
  PkVkOptions options = { .device = self->options.device };
  PkSourceOptions source = { 0 };
  self->gpu = pk_vk_backend_new(&options, error);
  self->source = self->gpu ? pk_source_duckdb_new(&source, error) : NULL;
  self->cpu = pk_cpu_backend_new();
  if (!self->source)
    return FALSE;
  g_print("%s; ms from plan to result, the best of %" G_GINT64_FORMAT "\n%-16s %11s %10s %10s %10s %10s\n",
          pk_vk_backend_about(self->gpu).name, self->options.repeat, "plan", "rows", "sql", "cpu", "vulkan", "cold");
  for (gint64 rows = 1000; rows <= self->options.rows; rows *= 10)
    if (!measure_rows(self, rows, error))
      return FALSE;
  return TRUE;
}

static gboolean
parse(int argc, char **argv, Options *o, GError **error)
{
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &o->rows, "Up to so many rows (default 10^7)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT64, &o->repeat, "Runs of each plan; the best counts (default 3)", "N" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Part of the device's name, or its number", "NAME" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the figures", "FILE" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("— which backend is the fastest from how many rows on");
  g_option_context_add_main_entries(context, entries, NULL);
  return g_option_context_parse(context, &argc, &argv, error) &&
         ((o->rows >= 1000 && o->repeat > 0) || pk_fail(error, PK_ERROR_USAGE, "--rows takes a number from 1000 up, --repeat one from 1 up"));
}

int
pk_bench_crossover(int argc, char **argv)
{
  Crossover self = { .options = { .rows = 10000000, .repeat = 3 } };
  g_autoptr(GError) error = NULL;
  if (!parse(argc, argv, &self.options, &error)) {
    g_printerr("bench crossover: %s\n", error->message);
    return 2;
  }
  self.json = json_builder_new();
  json_builder_begin_array(self.json);
  gboolean ok = run(&self, &error);
  json_builder_end_array(self.json);
  if (ok && self.options.json) {
    g_autoptr(JsonNode) root = json_builder_get_root(self.json);
    g_autofree char *text = json_to_string(root, TRUE);
    ok = g_file_set_contents(self.options.json, text, -1, &error);
  }
  if (!ok)
    g_printerr("bench crossover: %s\n", error->message);
  g_object_unref(self.json);
  if (self.source)
    pk_source_unref(self.source);
  return ok && !self.failures ? 0 : 1;
}
