#include "pk-bench-engine.h"

#include "pk-bench-case.h"
#include "pk-bench-options.h"
#include "pk-clock.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-source-duckdb.h"
#include "pk-workers.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_REPEAT 64

typedef struct {
  gint64 rows;
  int threads;
  int repeat;
  char *json;
  char *only;
  char *memory_limit;   /* of DuckDB */
  char *temp_directory; /* of DuckDB */
} Options;

typedef struct {
  const PkBenchCase *what;
  double cpu_ms, duckdb_ms; /* medians; duckdb_ms 0: not run */
  double cpu_min_ms;
  /* processor time of all threads, medians: what a busy machine cannot stretch */
  double cpu_busy_ms, duckdb_busy_ms;
  double gigabytes;         /* read */
  gint64 rows_out;
} Figure;

typedef struct {
  Options options;
  PkSource *source;
  PkBackend *cpu;
  PkFrame *frame;
  double fill_ms, fetch_ms;
  double ceiling; /* GB/s read by all threads */
  GArray *figures; /* of Figure */
} Bench;

static int
compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double
median(double *values, guint n)
{
  qsort(values, n, sizeof *values, compare_doubles);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double
since_ms(gint64 start_ns)
{
  return (double)(pk_clock_now_ns() - start_ns) / 1e6;
}

/* Processor time of the process so far. */
static double
busy_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* --- DuckDB --- */

static PkFrame *
query(Bench *self, const char *sql, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  if (!pk_source_query(self->source, sql, NULL, &stream, error))
    return NULL;
  return pk_frame_read_stream(&stream, 0, NULL, error);
}

/* Runs a statement and takes its rows without keeping them. */
static gboolean
drain(Bench *self, const char *sql, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  if (!pk_source_query(self->source, sql, NULL, &stream, error))
    return FALSE;
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    if (!pk_arrow_stream_next(&stream, &array, error))
      return FALSE;
    if (!array.release)
      return TRUE;
  }
}

/* --- the ceiling --- */

typedef struct {
  const guint64 *words;
  gsize n;
  gint next; /* atomic */
  gint64 sum; /* so that the loop is not left out; atomic enough: never read for its value */
} Reading;

#define READ_WORDS ((gsize)1 << 17)

static void
read_words(gpointer data, guint worker)
{
  Reading *self = data;
  guint64 sums[32] = { 0 };
  for (;;) {
    gsize start = (gsize)g_atomic_int_add(&self->next, 1) * READ_WORDS;
    if (start >= self->n)
      break;
    gsize end = MIN(start + READ_WORDS, self->n) & ~(gsize)31;
    for (gsize i = start; i < end; i += 32)
      for (guint k = 0; k < 32; k++)
        sums[k] += self->words[i + k];
  }
  guint64 sum = 0;
  for (guint k = 0; k < 32; k++)
    sum += sums[k];
  __atomic_fetch_add(&self->sum, (gint64)sum, __ATOMIC_RELAXED);
}

/* The best of several reads of memory that no cache holds. */
static gboolean
measure_ceiling(Bench *self, GError **error)
{
  gsize bytes = (gsize)512 << 20;
  guint64 *words = pk_mem_alloc(bytes, error);
  if (!words)
    return FALSE;
  memset(words, 1, bytes);
  for (guint i = 0; i < 7; i++) {
    Reading reading = { .words = words, .n = bytes / sizeof *words };
    gint64 start = pk_clock_now_ns();
    pk_workers_run(read_words, &reading, G_MAXUINT);
    self->ceiling = MAX(self->ceiling, (double)bytes / 1e6 / since_ms(start));
  }
  pk_mem_free(words, bytes);
  return TRUE;
}

/* --- checks --- */

static gboolean
same_value(const PkColumn *a, const PkColumn *b, gint64 row)
{
  double x = pk_column_get_double(a, row), y = pk_column_get_double(b, row);
  return x == y || fabs(x - y) <= 1e-9 * MAX(fabs(x), fabs(y));
}

/* DuckDB's rows, in the order of ours, against ours. */
static gboolean
check(Bench *self, const PkBenchCase *what, const PkFrame *ours, GError **error)
{
  g_autofree char *sql =
    g_strdup_printf("SELECT * FROM (%s) ORDER BY ALL", what->check_sql ? what->check_sql : what->sql);
  g_autoptr(PkFrame) theirs = query(self, sql, error);
  g_auto(GStrv) names = what->check_columns ? g_strsplit(what->check_columns, ",", -1) : NULL;
  if (!theirs)
    return FALSE;
  if (theirs->length != ours->length)
    return pk_fail(error, PK_ERROR_INTERNAL, "%s: %" G_GINT64_FORMAT " rows, DuckDB has %" G_GINT64_FORMAT,
                   what->name, ours->length, theirs->length);
  for (guint c = 0; c < theirs->n_columns; c++) {
    const PkColumn *mine = names ? pk_frame_find(ours, names[c], NULL) : ours->columns[c];
    for (gint64 row = 0; row < ours->length; row++)
      if (!same_value(mine, theirs->columns[c], row))
        return pk_fail(error, PK_ERROR_INTERNAL,
                       "%s: column %s, row %" G_GINT64_FORMAT ": %.17g, DuckDB has %.17g",
                       what->name, mine->name, row, pk_column_get_double(mine, row),
                       pk_column_get_double(theirs->columns[c], row));
  }
  return TRUE;
}

/* --- measuring --- */

static gboolean
measure(Bench *self, const PkBenchCase *what, GError **error)
{
  g_autoptr(PkPlan) plan = what->make(self->options.rows);
  g_autoptr(PkPrepared) prepared = pk_backend_prepare(self->cpu, plan, self->frame, error);
  double cpu[MAX_REPEAT], duckdb[MAX_REPEAT], cpu_busy[MAX_REPEAT], duckdb_busy[MAX_REPEAT];
  Figure figure = { .what = what };

  if (!prepared)
    return FALSE;
  g_autoptr(PkFrame) first = pk_prepared_execute(prepared, NULL, NULL, error);
  if (!first || !check(self, what, first, error))
    return FALSE;
  figure.rows_out = first->length;
  /* In turn, so that what else the machine does falls on both. */
  for (int i = 0; i < self->options.repeat; i++) {
    PkReceipt receipt = { 0 };
    double busy = busy_ms();
    gint64 start = pk_clock_now_ns();
    if (what->sql && !drain(self, what->sql, error))
      return FALSE;
    duckdb[i] = since_ms(start);
    duckdb_busy[i] = busy_ms() - busy;
    busy = busy_ms();
    for (guint k = 0; k < 2; k++) { /* the better of two: it is short enough to be disturbed as a whole */
      g_autoptr(PkFrame) result = pk_prepared_execute(prepared, NULL, &receipt, error);
      if (!result)
        return FALSE;
      cpu[i] = k == 0 ? receipt.execute_ms : MIN(cpu[i], receipt.execute_ms);
    }
    cpu_busy[i] = (busy_ms() - busy) / 2;
    figure.gigabytes = (double)receipt.bytes_read / 1e9;
  }
  figure.cpu_ms = median(cpu, (guint)self->options.repeat);
  figure.cpu_min_ms = cpu[0];
  figure.cpu_busy_ms = median(cpu_busy, (guint)self->options.repeat);
  figure.duckdb_busy_ms = median(duckdb_busy, (guint)self->options.repeat);
  figure.duckdb_ms = what->sql ? median(duckdb, (guint)self->options.repeat) : 0;
  g_array_append_val(self->figures, figure);
  return TRUE;
}

static gboolean
fill(Bench *self, GError **error)
{
  PkSourceOptions options = { .threads = (guint)self->options.threads,
                              .temp_directory = self->options.temp_directory };
  g_autofree char *sql = pk_bench_table_sql(self->options.rows);
  gint64 start = pk_clock_now_ns();

  gsize limit = 0;
  if (self->options.memory_limit && !pk_mem_parse_size(self->options.memory_limit, &limit, error))
    return FALSE;
  options.memory_limit = limit;
  self->source = pk_source_duckdb_new(&options, error);
  if (!self->source || !pk_source_execute(self->source, sql, NULL, error))
    return FALSE;
  self->fill_ms = since_ms(start);
  start = pk_clock_now_ns();
  self->frame = query(self, "SELECT x, y, v, g, shuffled, ascending FROM t", error);
  self->fetch_ms = since_ms(start);
  return self->frame != NULL;
}

/* --- reports --- */

static double
row_rate(const Bench *self, const Figure *f)
{
  return (double)self->options.rows / f->cpu_ms / 1e6; /* 1e9 rows a second */
}

static gboolean
reaches_goal(const Bench *self, const Figure *f)
{
  if (f->what->goal > 0)
    return f->duckdb_ms / f->cpu_ms >= f->what->goal;
  return f->what->goal_rows == 0 || row_rate(self, f) / self->options.threads >= f->what->goal_rows;
}

static void
print_table(const Bench *self, FILE *out)
{
  fprintf(out, "%" G_GINT64_FORMAT " rows, %d threads, median of %d; memory reads at %.1f GB/s at most\n",
          self->options.rows, self->options.threads, self->options.repeat, self->ceiling);
  fprintf(out, "columns fetched from DuckDB in %.0f ms (%.2f GB)\n\n", self->fetch_ms,
          (double)pk_frame_get_bytes(self->frame) / 1e9);
  fprintf(out, "%-34s %10s %10s %8s %6s %9s %7s %9s %10s %6s\n", "", "cpu ms", "DuckDB ms", "ratio", "goal",
          "G rows/s", "GB/s", "of peak", "busy ms", "ratio");
  for (guint i = 0; i < self->figures->len; i++) {
    const Figure *f = &g_array_index(self->figures, Figure, i);
    double rate = f->gigabytes / f->cpu_ms * 1e3;
    char ratio[32] = "-", goal[32] = "-", duckdb[32] = "-";
    if (f->duckdb_ms > 0) {
      g_snprintf(ratio, sizeof ratio, "%.1f", f->duckdb_ms / f->cpu_ms);
      g_snprintf(duckdb, sizeof duckdb, "%.1f", f->duckdb_ms);
    }
    if (f->what->goal > 0)
      g_snprintf(goal, sizeof goal, "%g", f->what->goal);
    else if (f->what->goal_rows > 0)
      g_snprintf(goal, sizeof goal, "%gG/c", f->what->goal_rows);
    fprintf(out, "%-34s %10.2f %10s %8s %6s %9.2f %7.1f %8.0f%% %10.1f %6.1f %s\n", f->what->title,
            f->cpu_ms, duckdb, ratio,
            goal, row_rate(self, f), rate, 100 * rate / self->ceiling, f->cpu_busy_ms,
            f->duckdb_ms > 0 ? f->duckdb_busy_ms / f->cpu_busy_ms : 0, reaches_goal(self, f) ? ""
                : "below goal");
  }
}

static void
add_number(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static void
add_figure(const Bench *self, JsonBuilder *json, const Figure *f)
{
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "name");
  json_builder_add_string_value(json, f->what->name);
  add_number(json, "cpu_ms", f->cpu_ms);
  add_number(json, "cpu_best_ms", f->cpu_min_ms);
  add_number(json, "cpu_processor_ms", f->cpu_busy_ms);
  if (f->duckdb_ms > 0) {
    add_number(json, "duckdb_ms", f->duckdb_ms);
    add_number(json, "ratio", f->duckdb_ms / f->cpu_ms);
    add_number(json, "duckdb_processor_ms", f->duckdb_busy_ms);
  }
  if (f->what->goal > 0)
    add_number(json, "goal_ratio", f->what->goal);
  if (f->what->goal_rows > 0)
    add_number(json, "goal_grows_per_core", f->what->goal_rows);
  add_number(json, "grows_per_second", row_rate(self, f));
  add_number(json, "gigabytes_per_second", f->gigabytes / f->cpu_ms * 1e3);
  add_number(json, "share_of_ceiling", f->gigabytes / f->cpu_ms * 1e3 / self->ceiling);
  json_builder_set_member_name(json, "rows_out");
  json_builder_add_int_value(json, f->rows_out);
  json_builder_set_member_name(json, "reaches_goal");
  json_builder_add_boolean_value(json, reaches_goal(self, f));
  json_builder_end_object(json);
}

static char *
make_json(const Bench *self)
{
  g_autoptr(JsonBuilder) json = json_builder_new();
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "rows");
  json_builder_add_int_value(json, self->options.rows);
  json_builder_set_member_name(json, "threads");
  json_builder_add_int_value(json, self->options.threads);
  json_builder_set_member_name(json, "repeat");
  json_builder_add_int_value(json, self->options.repeat);
  json_builder_set_member_name(json, "duckdb");
  json_builder_add_string_value(json, pk_source_duckdb_version());
  add_number(json, "read_ceiling_gigabytes_per_second", self->ceiling);
  add_number(json, "fill_ms", self->fill_ms);
  add_number(json, "fetch_ms", self->fetch_ms);
  add_number(json, "frame_gigabytes", (double)pk_frame_get_bytes(self->frame) / 1e9);
  json_builder_set_member_name(json, "cases");
  json_builder_begin_array(json);
  for (guint i = 0; i < self->figures->len; i++)
    add_figure(self, json, &g_array_index(self->figures, Figure, i));
  json_builder_end_array(json);
  json_builder_end_object(json);
  g_autoptr(JsonNode) root = json_builder_get_root(json);
  return json_to_string(root, TRUE);
}

static gboolean
report(const Bench *self, GError **error)
{
  gboolean to_stdout = self->options.json && g_str_equal(self->options.json, "-");
  print_table(self, to_stdout ? stderr : stdout);
  if (!self->options.json)
    return TRUE;
  g_autofree char *json = make_json(self);
  if (to_stdout)
    return puts(json) >= 0 || pk_fail(error, PK_ERROR_IO, "the figures could not be written");
  return g_file_set_contents(self->options.json, json, -1, error);
}

static gboolean
run(Bench *self, GError **error)
{
  guint found = 0;
  pk_workers_set_count((guint)self->options.threads);
  if (!fill(self, error) || !measure_ceiling(self, error))
    return FALSE;
  self->cpu = pk_cpu_backend_new();
  for (guint i = 0; i < pk_bench_n_cases; i++) {
    if (self->options.only && !g_str_equal(self->options.only, pk_bench_cases[i].name))
      continue;
    found++;
    if (!measure(self, &pk_bench_cases[i], error))
      return FALSE;
  }
  if (found == 0)
    return pk_fail(error, PK_ERROR_USAGE, "no case is named \"%s\"", self->options.only);
  return report(self, error);
}

static gboolean
parse(Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &options->rows, "Rows of the table (100000000)", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "Threads of either (2)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &options->repeat, "Times each case is measured (5)", "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options->json, "Also write the figures as JSON", "FILE" },
    { "memory-limit", 0, 0, G_OPTION_ARG_STRING, &options->memory_limit, "Memory of DuckDB", "SIZE" },
    { "temp-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->temp_directory, "Where DuckDB spills",
     "DIR" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &options->only, "One case only", "NAME" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!pk_bench_parse(entries, "- the CPU backend against DuckDB", argc, argv, error))
    return FALSE;
  if (options->rows < 1 || options->rows > G_MAXINT32 || options->threads < 1 || options->threads > 1024 ||
      options->repeat < 1 || options->repeat > MAX_REPEAT)
    return pk_fail(error, PK_ERROR_USAGE, "--rows, --threads or --repeat is out of range");
  return TRUE;
}

int
pk_bench_engine(int argc, char **argv)
{
  Bench self = { .options = { .rows = 100000000, .threads = 2, .repeat = 5 } };
  g_autoptr(GError) error = NULL;

  self.figures = g_array_new(FALSE, TRUE, sizeof(Figure));
  if (parse(&self.options, &argc, &argv, &error))
    run(&self, &error);
  int status = pk_bench_status("pika bench", error);
  g_array_unref(self.figures);
  pk_backend_free(self.cpu);
  pk_frame_unref(self.frame);
  if (self.source)
    pk_source_unref(self.source);
  g_free(self.options.json);
  g_free(self.options.only);
  g_free(self.options.memory_limit);
  g_free(self.options.temp_directory);
  return status;
}
