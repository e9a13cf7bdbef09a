#include "pk-bench-runtime.h"

#include "pk-bench-figures.h"
#include "pk-bench-options.h"
#include "pk-clock.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-frame.h"
#include "pk-sched.h"
#include "pk-source-duckdb.h"
#include "pk-workers.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
  gint64 rows;
  gint threads, repeat;
  char *json, *only, *temp_directory;
} Options;

typedef struct {
  Options options;
  PkSched *sched;
  PkSource *source;
  PkBackend *cpu;
  PkFrame *frame;
  PkPlan *plan;
  GArray *figures; /* of PkBenchFigure */
  GRand *rand;
  gboolean stopping;
  guint under_way;
} Bench;

static GArray *
samples_new(void)
{
  return g_array_new(FALSE, FALSE, sizeof(double));
}

static void
take_figure(Bench *self, const char *name, const char *title, const char *unit, GArray *samples, double goal)
{
  PkBenchFigure figure = pk_bench_figure(name, title, unit, samples, goal);
  g_array_append_val(self->figures, figure);
  g_array_unref(samples);
}

static void
take_value(Bench *self, const char *name, const char *title, const char *unit, double value, double goal)
{
  GArray *one = samples_new();
  g_array_append_val(one, value);
  take_figure(self, name, title, unit, one, goal);
}

/* Of all threads. */
static double
processor_us(void)
{
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double
resident_mib(void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
    return 0;
  const char *second = strchr(text, ' ');
  return second ? (double)g_ascii_strtoull(second, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1048576 : 0;
}

static void
wait_idle(Bench *self)
{
  while (self->under_way > 0)
    g_main_context_iteration(NULL, TRUE);
}

/* --- an empty job --- */

typedef struct {
  Bench *bench;
  guint left;
} Empty;

static gboolean
run_nothing(PkJob *job, gpointer data, GError **error)
{
  return TRUE;
}

static void empty_done(gpointer data, const GError *error);

static void
post_empty(Empty *self)
{
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "empty", .run = run_nothing, .data = self, .done = empty_done };
  self->left--;
  self->bench->under_way++;
  pk_job_unref(pk_sched_submit(self->bench->sched, &spec));
}

static void
empty_done(gpointer data, const GError *error)
{
  Empty *self = data;
  self->bench->under_way--;
  if (self->left > 0)
    post_empty(self);
}

static void
measure_empty(Bench *self)
{
  const guint n = 200000 * (guint)self->options.repeat, window = 512;
  Empty empty = { self, n };
  double busy_us = -processor_us();
  gint64 start = pk_clock_now_ns();
  for (guint k = 0; k < window; k++)
    post_empty(&empty);
  wait_idle(self);
  take_value(self, "empty-job", "an empty job, posted, run and told: costs", "us", (busy_us + processor_us()) / n, 5);
  take_value(self, "empty-job-elapsed", "the same, elapsed", "us", (double)(pk_clock_now_ns() - start) / 1e3 / n, 0);
}

/* --- lateness under load --- */

static gboolean
run_aggregate(PkJob *job, gpointer data, GError **error)
{
  Bench *self = data;
  PkReceipt receipt = { 0 };
  PkFrame *result = pk_backend_run(self->cpu, self->plan, self->frame, pk_job_get_cancellable(job), &receipt, error);
  if (!result)
    return FALSE;
  pk_frame_unref(result);
  return TRUE;
}

typedef struct {
  Bench *bench;
  PkLane lane;
} Load;

static void load_done(gpointer data, const GError *error);

static gboolean
run_load(PkJob *job, gpointer data, GError **error)
{
  return run_aggregate(job, ((Load *)data)->bench, error);
}

static void
post_load(Load *self)
{
  PkJobSpec spec = { .lane = self->lane, .name = "load", .run = run_load, .data = self, .done = load_done };
  self->bench->under_way++;
  pk_job_unref(pk_sched_submit(self->bench->sched, &spec));
}

static void
load_done(gpointer data, const GError *error)
{
  Load *self = data;
  self->bench->under_way--;
  if (!self->bench->stopping)
    post_load(self);
}

typedef struct {
  GSource source;
  Bench *bench;
  gint64 due_us, last_us;
  GArray *lateness, *starts; /* ms */
  guint64 n_events;
} Ticker;

typedef struct {
  Bench *bench;
  GArray *starts;
  gint64 posted_ns, started_ns;
} Event;

static gboolean
run_event(PkJob *job, gpointer data, GError **error)
{
  ((Event *)data)->started_ns = pk_clock_now_ns();
  return TRUE;
}

static void
event_done(gpointer data, const GError *error)
{
  Event *self = data;
  double ms = (double)(self->started_ns - self->posted_ns) / 1e6;
  self->bench->under_way--;
  if (!error)
    g_array_append_val(self->starts, ms);
}

/* Each millisecond: how late is it, and the ten events that came meanwhile, as moves of eight pointers, say. */
static gboolean
tick(GSource *source, GSourceFunc callback, gpointer data)
{
  static const char *const keys[] = { "0", "1", "2", "3", "4", "5", "6", "7" };
  Ticker *self = (Ticker *)source;
  gint64 now = g_get_monotonic_time();
  double late = (double)(now - self->due_us) / 1e3;
  g_array_append_val(self->lateness, late);
  for (; self->last_us + 100 <= now; self->last_us += 100) {
    Event *event = g_new(Event, 1);
    *event = (Event){ self->bench, self->starts, pk_clock_now_ns(), 0 };
    PkJobSpec spec = { .lane = PK_LANE_INTERACTIVE, .name = "event", .key = keys[self->n_events++ % 8], .run = run_event,
                       .data = event, .free_data = g_free, .done = event_done };
    self->bench->under_way++;
    pk_job_unref(pk_sched_submit(self->bench->sched, &spec));
  }
  self->due_us = MAX(self->due_us + 1000, g_get_monotonic_time());
  g_source_set_ready_time(source, self->due_us);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs ticker_funcs = { .dispatch = tick };

static void
measure_under_load(Bench *self)
{
  guint workers = pk_sched_get_workers(self->sched);
  Load background = { self, PK_LANE_BACKGROUND }, query = { self, PK_LANE_QUERY };
  self->stopping = FALSE;
  for (guint i = 0; i < 2 * workers; i++) {
    post_load(&background);
    post_load(&query);
  }
  GSource *source = g_source_new(&ticker_funcs, sizeof(Ticker));
  Ticker *ticker = (Ticker *)source;
  ticker->bench = self;
  ticker->lateness = samples_new();
  ticker->starts = samples_new();
  ticker->last_us = g_get_monotonic_time();
  ticker->due_us = ticker->last_us + 1000;
  g_source_set_ready_time(source, ticker->due_us);
  g_source_attach(source, NULL);
  gint64 start = g_get_monotonic_time(), end = start + 2000000 * (gint64)self->options.repeat;
  while (g_get_monotonic_time() < end)
    g_main_context_iteration(NULL, TRUE);
  double rate = (double)ticker->n_events / ((double)(g_get_monotonic_time() - start) / 1e6);
  g_source_destroy(source);
  self->stopping = TRUE;
  wait_idle(self);
  take_value(self, "events", "events posted meanwhile", "1/s", rate, 0);
  take_figure(self, "timer-lateness", "a timer of 1 ms, all workers busy: late by", "ms", ticker->lateness, 2);
  take_figure(self, "interactive-start", "interactive work, all workers busy: starts after", "ms", ticker->starts, 5);
  g_source_unref(source);
}

/* --- cancel --- */

typedef struct {
  Bench *bench;
  const char *sql; /* NULL: the aggregation */
  gboolean told, succeeded, over;
} Victim;

static gboolean
run_victim(PkJob *job, gpointer data, GError **error)
{
  Victim *self = data;
  PkQueryControl control = { .cancellable = pk_job_get_cancellable(job) };
  return self->sql ? pk_source_execute(self->bench->source, self->sql, &control, error)
                   : run_aggregate(job, self->bench, error);
}

static void
victim_done(gpointer data, const GError *error)
{
  Victim *self = data;
  self->told = TRUE;
  self->succeeded = !error;
}

static void
victim_over(gpointer data)
{
  ((Victim *)data)->over = TRUE;
}

/* Milliseconds from a cancel, after_ms from the start, to the word of it; negative: it had ended before. *over_ms: to when
 * nothing of it was left. */
static double
cancel_once(Bench *self, const char *sql, double after_ms, double *over_ms)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Victim victim = { .bench = self, .sql = sql };
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "victim", .run = run_victim, .data = &victim, .done = victim_done,
                     .free_data = victim_over, .cancellable = cancellable, .may_be_left = TRUE };
  gint64 start = pk_clock_now_ns();
  pk_job_unref(pk_sched_submit(self->sched, &spec));
  while (!victim.told && (double)(pk_clock_now_ns() - start) / 1e6 < after_ms)
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(200);
  gboolean was_told = victim.told;
  start = pk_clock_now_ns();
  g_cancellable_cancel(cancellable);
  while (!victim.told)
    g_main_context_iteration(NULL, TRUE);
  double told_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  while (!victim.over)
    g_main_context_iteration(NULL, TRUE);
  *over_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  return was_told || victim.succeeded ? -1 : told_ms;
}

static gboolean
measure_cancel(Bench *self, const char *name, const char *title, const char *sql, const char *file, double most_ms,
               GError **error)
{
  GArray *told = samples_new(), *over = samples_new();
  for (gint i = 0; i < 20 * self->options.repeat; i++) {
    double over_ms, ms = cancel_once(self, sql, g_rand_double_range(self->rand, 1, most_ms), &over_ms);
    if (ms >= 0) {
      g_array_append_val(told, ms);
      g_array_append_val(over, over_ms);
    }
    if (file)
      g_unlink(file);
  }
  take_figure(self, name, title, "ms", told, 50);
  take_figure(self, name, "  until nothing of it was left", "ms", over, 0);
  return pk_source_execute(self->source, "SELECT 1", NULL, error); /* it is good for the next */
}

static gboolean
measure_cancels(Bench *self, const char *folder, GError **error)
{
  g_autofree char *file = g_build_filename(folder, "cancelled.parquet", NULL);
  g_autofree char *copy = g_strdup_printf("COPY (SELECT * FROM big) TO '%s' (FORMAT parquet)", file);
  g_autofree char *make = g_strdup_printf("CREATE TABLE big AS SELECT i, hash(i) AS h, hash(i + 1) AS k, (i %% 1000) / 7 AS v "
                                          "FROM range(%" G_GINT64_FORMAT ") r(i)", self->options.rows / 5);
  if (!pk_source_execute(self->source, make, NULL, error))
    return FALSE;
  return measure_cancel(self, "cancel-aggregation", "cancel of an aggregation of all rows", NULL, NULL, 150, error) &&
         measure_cancel(self, "cancel-join", "cancel of a DuckDB join (a fifth of the rows)",
                        "SELECT max(a.v + b.v) FROM big a JOIN big b ON a.h = b.k", NULL, 1500, error) &&
         measure_cancel(self, "cancel-parquet", "cancel of a Parquet export (a fifth of the rows)", copy, file, 1500, error);
}

/* --- many --- */

typedef struct {
  Bench *bench;
  GCancellable *cancellable; /* may be NULL */
  gboolean waits;            /* for its cancel */
  gboolean fails;
  guint slot;
} Small;

#define WINDOW 256

typedef struct {
  Small *alive[WINDOW];
  guint64 cancelled, told;
} Crowd;

static Crowd crowd; /* of the main thread */

static gboolean
run_small(PkJob *job, gpointer data, GError **error)
{
  Small *self = data;
  GCancellable *token = pk_job_get_cancellable(job);
  while (self->waits && !g_cancellable_is_cancelled(token))
    pk_sched_yield();
  if (g_cancellable_is_cancelled(token))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  return !self->fails || pk_fail(error, PK_ERROR_INVALID, "it failed");
}

static void
small_done(gpointer data, const GError *error)
{
  Small *self = data;
  crowd.told++;
  crowd.cancelled += g_error_matches(error, PK_ERROR, PK_ERROR_CANCELLED);
  crowd.alive[self->slot] = NULL;
  self->bench->under_way--;
}

static void
small_free(gpointer data)
{
  Small *self = data;
  g_clear_object(&self->cancellable);
  g_free(self);
}

static void
start_small(Bench *self, guint slot, PkLane lane, const char *key, gboolean waits, gboolean fails)
{
  Small *small = g_new(Small, 1);
  *small = (Small){ self, waits ? g_cancellable_new() : NULL, waits, fails, slot };
  PkJobSpec spec = { .lane = lane, .name = "small", .key = key, .run = run_small, .data = small, .free_data = small_free,
                     .done = small_done, .cancellable = small->cancellable };
  crowd.alive[slot] = small;
  self->under_way++;
  pk_job_unref(pk_sched_submit(self->sched, &spec));
}

static gboolean
cancel_small(guint slot)
{
  const Small *small = crowd.alive[slot];
  if (!small || !small->cancellable || g_cancellable_is_cancelled(small->cancellable))
    return FALSE;
  g_cancellable_cancel(small->cancellable);
  return TRUE;
}

static void
cancel_many(Bench *self, guint n)
{
  for (guint done = 0; done < n; done += WINDOW) {
    for (guint i = 0; i < WINDOW; i++)
      start_small(self, i, (PkLane)(i % PK_N_LANES), NULL, TRUE, FALSE);
    guint first = (guint)g_rand_int_range(self->rand, 0, WINDOW);
    for (guint i = 0; i < WINDOW; i++)
      cancel_small((first + i * 7) % WINDOW);
    wait_idle(self);
  }
}

static void
soak(Bench *self, guint n)
{
  static const char *const keys[] = { "a", "b", "c", NULL };
  for (guint done = 0; done < n;) {
    guint slot = (guint)g_rand_int_range(self->rand, 0, WINDOW);
    guint32 bits = g_rand_int(self->rand);
    if (!crowd.alive[slot]) {
      start_small(self, slot, (PkLane)(bits % PK_N_LANES), keys[bits >> 4 & 3], (bits >> 8 & 3) == 0, (bits >> 12 & 7) == 0);
      done++;
    } else if (cancel_small(slot)) {
      done++;
    } else {
      g_main_context_iteration(NULL, FALSE);
    }
  }
  while (self->under_way > 0) {
    for (guint slot = 0; slot < WINDOW; slot++)
      cancel_small(slot);
    g_main_context_iteration(NULL, TRUE);
  }
}

static void
measure_many(Bench *self)
{
  cancel_many(self, 10240);
  double before = resident_mib();
  crowd.cancelled = 0;
  gint64 start = pk_clock_now_ns();
  cancel_many(self, 100000);
  take_value(self, "cancels", "jobs cancelled in a row, as they waited or ran", "", (double)crowd.cancelled, 0);
  take_value(self, "cancels-time", "time of one of them", "us",
             (double)(pk_clock_now_ns() - start) / 1e3 / (double)crowd.cancelled, 0);
  take_value(self, "cancels-memory", "memory that they left", "MiB", MAX(resident_mib() - before, 0), 4);
  soak(self, 100000);
  before = resident_mib();
  start = pk_clock_now_ns();
  soak(self, 1000000);
  take_value(self, "soak-time", "a million random starts, cancels and faults", "s",
             (double)(pk_clock_now_ns() - start) / 1e9, 0);
  take_value(self, "soak-memory", "memory that they left", "MiB", MAX(resident_mib() - before, 0), 4);
}

/* --- all --- */

static gboolean
fill(Bench *self, GError **error)
{
  PkSourceOptions options = { .threads = (guint)self->options.threads, .temp_directory = self->options.temp_directory };
  g_autofree char *sql = g_strdup_printf("SELECT ((i * 7919) %% 1000003)::FLOAT AS x, (i %% 1013)::FLOAT AS y FROM range(%"
                                         G_GINT64_FORMAT ") r(i)", self->options.rows);
  g_auto(PkArrowStream) stream = { 0 };
  self->source = pk_source_duckdb_new(&options, error);
  if (!self->source || !pk_source_query(self->source, sql, NULL, &stream, error))
    return FALSE;
  self->frame = pk_frame_read_stream(&stream, 0, NULL, error);
  self->cpu = pk_cpu_backend_new();
  self->plan = pk_plan_new("t");
  guint x = pk_plan_add_column(self->plan, "x", PK_TYPE_OF(PK_TYPE_F32));
  guint y = pk_plan_add_column(self->plan, "y", PK_TYPE_OF(PK_TYPE_F32));
  PkKey *key = pk_plan_add_key(self->plan, PK_KEY_BINS, x, "bin");
  key->start = 0;
  key->step = 1000;
  key->count = 1001;
  pk_plan_add_agg(self->plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  pk_plan_add_agg(self->plan, PK_AGG_STDDEV_SAMP, (int)y, -1, "s");
  return self->frame && pk_plan_check(self->plan, error);
}

static gboolean
wants(const Bench *self, const char *name)
{
  return !self->options.only || g_str_equal(self->options.only, name);
}

static gboolean
run(Bench *self, GError **error)
{
  pk_workers_set_count((guint)self->options.threads);
  self->sched = pk_sched_get_default();
  if (wants(self, "empty"))
    measure_empty(self);
  if (wants(self, "many"))
    measure_many(self);
  if ((wants(self, "load") || wants(self, "cancel")) && !fill(self, error))
    return FALSE;
  if (wants(self, "load"))
    measure_under_load(self);
  if (wants(self, "cancel")) {
    g_autofree char *folder = g_dir_make_tmp("pika-bench-XXXXXX", error);
    if (!folder || !measure_cancels(self, folder, error))
      return FALSE;
    g_rmdir(folder);
  }
  if (self->figures->len == 0)
    return pk_fail(error, PK_ERROR_USAGE, "no part is named \"%s\": use empty, many, load or cancel", self->options.only);
  return pk_bench_report(self->figures, pk_sched_get_workers(self->sched), self->options.json, error);
}

static gboolean
parse(Options *options, int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &options->rows, "Rows that are aggregated (100000000)", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "Workers (the processors)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &options->repeat, "More samples (5)", "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options->json, "Also write the figures as JSON", "FILE" },
    { "temp-directory", 0, 0, G_OPTION_ARG_FILENAME, &options->temp_directory, "Where DuckDB spills", "DIR" },
    { "only", 0, 0, G_OPTION_ARG_STRING, &options->only, "One part only: empty, many, load, cancel", "NAME" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };
  if (!pk_bench_parse(entries, "- the runtime: lateness, cost, cancels", argc, argv, error))
    return FALSE;
  if (options->rows < 1000 || options->rows > G_MAXINT32 || options->threads < 0 || options->threads > 1024 ||
      options->repeat < 1 || options->repeat > 1000)
    return pk_fail(error, PK_ERROR_USAGE, "--rows, --threads or --repeat is out of range");
  return TRUE;
}

int
pk_bench_runtime(int argc, char **argv)
{
  Bench self = { .options = { .rows = 100000000, .repeat = 5 } };
  g_autoptr(GError) error = NULL;
  self.figures = g_array_new(FALSE, TRUE, sizeof(PkBenchFigure));
  self.rand = g_rand_new_with_seed(1);
  if (parse(&self.options, &argc, &argv, &error))
    run(&self, &error);
  int status = pk_bench_status("pika bench runtime", error);
  g_array_unref(self.figures);
  g_rand_free(self.rand);
  g_clear_pointer(&self.plan, pk_plan_unref);
  g_clear_pointer(&self.frame, pk_frame_unref);
  g_clear_pointer(&self.cpu, pk_backend_free);
  g_clear_pointer(&self.source, pk_source_unref);
  g_free(self.options.json);
  g_free(self.options.only);
  g_free(self.options.temp_directory);
  return status;
}
