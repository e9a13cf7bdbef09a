/* Whole plots against DuckDB alone: the time of a `pika plot` process from start to end beside the time that DuckDB
 * needs, in a session that is open already and with as many threads, to read the same columns; and the most memory
 * that the process held beside the bytes of those columns. The two take turns, so that what else the machine does meets
 * both. DuckDB runs in a process of its own: the memory of who starts a process counts as that one's. */
#include "pk-bench-plot.h"

#include "pk-bench-options.h"
#include "pk-clock.h"
#include "pk-error.h"
#include "pk-frame.h"
#include "pk-source-duckdb.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_REPEAT 101
#define READS 3 /* of DuckDB at each turn */
#define TIME_FACTOR 1.5
#define TIME_SPARE_MS 100
#define MEMORY_FACTOR 1.5
#define MEMORY_SPARE ((gint64)150 * 1000 * 1000)

typedef struct {
  const char *name;
  const char *columns[2];  /* NULL: none */
  const char *const *flags;
} PlotCase;

static const char *const histogram[] = { "--mark", "bar", "--x", "bin(delay)", "--y", "count()", NULL };
static const char *const density[] = { "--mark", "point", "--x", "distance", "--y", "delay", NULL };
static const char *const line[] = { "--mark", "line", "--x", "date", "--y", "delay", NULL };

static const PlotCase cases[] = {
  { "histogram", { "delay", NULL }, histogram },
  { "density", { "distance", "delay" }, density },
  { "line", { "date", "delay" }, line },
};

typedef struct {
  char *file, *json, *pika;
  gint threads, repeat;
} Options;

typedef struct {
  double ms[MAX_REPEAT], read_ms[MAX_REPEAT];
  gint64 peak, column_bytes, rows;
} Figure;

/* What the process with DuckDB answers. */
typedef struct {
  gint64 rows, column_bytes; /* to SIZES */
  double ms;                 /* to READ */
} Answer;

typedef struct {
  guint8 plot; /* index in cases */
  enum { SIZES, READ } what;
} Question;

typedef struct {
  pid_t process;
  int ask_fd, answer_fd;
} Reader;

/* --- the process --- */

/* Runs pika plot and waits; its time and its largest resident set. */
static gboolean
run_plot(const Options *options, const PlotCase *what, const char *picture, double *ms, gint64 *peak, GError **error)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_autofree char *threads = g_strdup_printf("%d", options->threads);
  const char *const head[] = { options->pika, "plot", options->file, "--threads", threads, "-o", picture };
  struct rusage usage;
  int status;

  for (guint i = 0; i < G_N_ELEMENTS(head); i++)
    g_ptr_array_add(argv, (gpointer)head[i]);
  for (guint i = 0; what->flags[i]; i++)
    g_ptr_array_add(argv, (gpointer)what->flags[i]);
  g_ptr_array_add(argv, NULL);
  gint64 start = pk_clock_now_ns();
  pid_t child = fork();
  if (child < 0)
    return pk_fail(error, PK_ERROR_IO, "cannot start a process");
  if (child == 0) {
    execv(options->pika, (char **)argv->pdata);
    _exit(127);
  }
  while (wait4(child, &status, 0, &usage) < 0)
    if (errno != EINTR)
      return pk_fail(error, PK_ERROR_IO, "a process was lost");
  *ms = (double)(pk_clock_now_ns() - start) / 1e6;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return pk_fail(error, PK_ERROR_IO, "%s plot %s failed", options->pika, options->file);
  *peak = MAX(*peak, (gint64)usage.ru_maxrss * 1024);
  return TRUE;
}

/* --- DuckDB alone --- */

/* A query's first row as int64s. */
static gboolean
ask(PkSource *source, const char *sql, gint64 *value, GError **error)
{
  PkQueryControl control = { 0 };
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(PkFrame) frame = NULL;

  if (!pk_source_query(source, sql, &control, &stream, error) || !(frame = pk_frame_read_stream(&stream, 0, NULL, error)))
    return FALSE;
  *value = pk_column_is_null(frame->columns[0], 0) ? 0 : (gint64)pk_column_get_int(frame->columns[0], 0);
  return TRUE;
}

static gboolean
find_sizes(PkSource *source, const PlotCase *plot, Answer *answer, GError **error)
{
  g_autoptr(GString) bytes = g_string_new("SELECT CAST(count(*) * (0");

  for (guint i = 0; i < G_N_ELEMENTS(plot->columns) && plot->columns[i]; i++)
    g_string_append_printf(bytes, " + CASE any_value(typeof(\"%s\")) WHEN 'SMALLINT' THEN 2 WHEN 'INTEGER' THEN 4 "
                           "WHEN 'FLOAT' THEN 4 WHEN 'DATE' THEN 4 ELSE 8 END", plot->columns[i]);
  g_string_append(bytes, ") AS BIGINT) FROM t");
  return ask(source, bytes->str, &answer->column_bytes, error) &&
         ask(source, "SELECT count(*) FROM t", &answer->rows, error);
}

/* The best of a few: while a plot was made DuckDB was idle, and its first reading after that is slower. */
static gboolean
read_columns(PkSource *source, const PlotCase *plot, Answer *answer, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT 0");
  gint64 ignored;

  for (guint i = 0; i < G_N_ELEMENTS(plot->columns) && plot->columns[i]; i++)
    g_string_append_printf(sql, ", sum(hash(\"%s\"))", plot->columns[i]);
  g_string_append(sql, " FROM t");
  for (guint i = 0; i < READS; i++) {
    gint64 start = pk_clock_now_ns();
    if (!ask(source, sql->str, &ignored, error))
      return FALSE;
    double ms = (double)(pk_clock_now_ns() - start) / 1e6;
    answer->ms = i == 0 ? ms : MIN(answer->ms, ms);
  }
  return TRUE;
}

/* The process with DuckDB, until nobody asks any more. */
static gboolean
serve(const Options *options, int ask_fd, int answer_fd, GError **error)
{
  PkSourceOptions source_options = { .threads = (guint)options->threads };
  const char *const paths[] = { options->file, NULL };
  PkFileSpec spec = { .paths = paths, .name = "t", .format = PK_FILE_AUTO };
  PkQueryControl control = { 0 };
  g_autoptr(PkSource) source = pk_source_duckdb_new(&source_options, error);
  Question question;

  if (!source || !pk_source_add_file(source, &spec, &control, NULL, error))
    return FALSE;
  while (read(ask_fd, &question, sizeof question) == sizeof question) {
    const PlotCase *plot = &cases[question.plot];
    Answer answer = { 0 };
    if (!(question.what == SIZES ? find_sizes : read_columns)(source, plot, &answer, error))
      return FALSE;
    if (write(answer_fd, &answer, sizeof answer) != sizeof answer)
      return pk_fail(error, PK_ERROR_IO, "a pipe broke");
  }
  return TRUE;
}

static gboolean
reader_start(Reader *self, const Options *options, GError **error)
{
  int asks[2], answers[2];

  if (!g_unix_open_pipe(asks, FD_CLOEXEC, error) || !g_unix_open_pipe(answers, FD_CLOEXEC, error))
    return FALSE;
  self->process = fork();
  if (self->process < 0)
    return pk_fail(error, PK_ERROR_IO, "cannot start a process");
  if (self->process == 0) {
    g_autoptr(GError) local = NULL;
    close(asks[1]);
    close(answers[0]);
    gboolean ok = serve(options, asks[0], answers[1], &local);
    if (!ok)
      fprintf(stderr, "pika-bench: %s\n", local->message);
    _exit(ok ? 0 : 1);
  }
  close(asks[0]);
  close(answers[1]);
  self->ask_fd = asks[1];
  self->answer_fd = answers[0];
  return TRUE;
}

static gboolean
reader_ask(const Reader *self, guint plot, int what, Answer *answer, GError **error)
{
  Question question = { .plot = (guint8)plot, .what = what };
  return (write(self->ask_fd, &question, sizeof question) == sizeof question &&
          read(self->answer_fd, answer, sizeof *answer) == sizeof *answer) ||
         pk_fail(error, PK_ERROR_ENGINE, "DuckDB could not read the columns of %s", cases[plot].name);
}

static void
reader_stop(Reader *self)
{
  close(self->ask_fd); /* its end */
  waitpid(self->process, NULL, 0);
  close(self->answer_fd);
}

/* --- report --- */

static int
compare_doubles(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
median(double *values, gint n)
{
  qsort(values, (gsize)n, sizeof *values, compare_doubles);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void
add_number(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static void
add_figure(const Options *options, const PlotCase *what, Figure *f, FILE *out, JsonBuilder *json)
{
  double ms = median(f->ms, options->repeat), read_ms = median(f->read_ms, options->repeat);
  double time_limit = TIME_FACTOR * read_ms + TIME_SPARE_MS;
  double memory_limit = MEMORY_FACTOR * (double)f->column_bytes + (double)MEMORY_SPARE;

  fprintf(out, "%-10s %12" G_GINT64_FORMAT " %9.1f %9.1f %9.1f  %-4s %9.1f %9.1f %9.1f  %s\n", what->name, f->rows, ms,
          read_ms, time_limit, ms <= time_limit ? "ok" : "over", (double)f->peak / 1e6, (double)f->column_bytes / 1e6,
          memory_limit / 1e6, (double)f->peak <= memory_limit ? "ok" : "over");
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "name");
  json_builder_add_string_value(json, what->name);
  json_builder_set_member_name(json, "rows");
  json_builder_add_int_value(json, f->rows);
  add_number(json, "plot_ms", ms);
  add_number(json, "duckdb_read_ms", read_ms);
  add_number(json, "ratio", ms / read_ms);
  add_number(json, "limit_ms", time_limit);
  add_number(json, "peak_bytes", (double)f->peak);
  add_number(json, "column_bytes", (double)f->column_bytes);
  add_number(json, "limit_bytes", memory_limit);
  json_builder_set_member_name(json, "reaches_goal");
  json_builder_add_boolean_value(json, ms <= time_limit && (double)f->peak <= memory_limit);
  json_builder_end_object(json);
}

static gboolean
report(const Options *options, Figure *figures, GError **error)
{
  gboolean to_stdout = options->json && g_str_equal(options->json, "-");
  FILE *out = to_stdout ? stderr : stdout;
  g_autoptr(JsonBuilder) json = json_builder_new();

  fprintf(out, "%-10s %12s %9s %9s %9s  %-4s %9s %9s %9s\n", "plot", "rows", "ms", "DuckDB ms", "limit ms", "",
          "peak MB", "column MB", "limit MB");
  json_builder_begin_array(json);
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
    add_figure(options, &cases[i], &figures[i], out, json);
  json_builder_end_array(json);
  if (!options->json)
    return TRUE;
  g_autoptr(JsonNode) root = json_builder_get_root(json);
  g_autofree char *text = json_to_string(root, TRUE);
  if (to_stdout)
    return puts(text) >= 0 || pk_fail(error, PK_ERROR_IO, "the figures could not be written");
  return g_file_set_contents(options->json, text, -1, error);
}

/* --- all --- */

/* A plot and DuckDB's reading in turns. */
static gboolean
measure(const Options *options, const Reader *reader, const char *picture, Figure *figures, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    Figure *f = &figures[i];
    Answer answer;
    if (!reader_ask(reader, i, SIZES, &answer, error))
      return FALSE;
    f->rows = answer.rows;
    f->column_bytes = answer.column_bytes;
    for (gint k = 0; k < options->repeat; k++) {
      if (!run_plot(options, &cases[i], picture, &f->ms[k], &f->peak, error) ||
          !reader_ask(reader, i, READ, &answer, error))
        return FALSE;
      f->read_ms[k] = answer.ms;
    }
  }
  return TRUE;
}

static gboolean
run(const Options *options, GError **error)
{
  g_autofree Figure *figures = g_new0(Figure, G_N_ELEMENTS(cases));
  g_autofree char *folder = g_dir_make_tmp("pika-bench-XXXXXX", error);
  Reader reader = { 0 };

  if (!folder || !reader_start(&reader, options, error))
    return FALSE;
  signal(SIGPIPE, SIG_IGN); /* a reader that failed is told by what it did not answer */
  g_autofree char *picture = g_build_filename(folder, "plot.png", NULL);
  gboolean ok = measure(options, &reader, picture, figures, error);
  reader_stop(&reader);
  unlink(picture);
  rmdir(folder);
  return ok && report(options, figures, error);
}

static gboolean
check(const Options *options, GError **error)
{
  if (!options->file || !options->pika)
    return pk_fail(error, PK_ERROR_USAGE, "--file and --pika are needed");
  if (options->threads < 1 || options->threads > 1024 || options->repeat < 1 || options->repeat > MAX_REPEAT)
    return pk_fail(error, PK_ERROR_USAGE, "--threads or --repeat is out of range");
  return TRUE;
}

int
pk_bench_plot(int argc, char **argv)
{
  Options options = { .threads = 2, .repeat = 5 };
  g_autoptr(GError) error = NULL;
  GOptionEntry entries[] = {
    { "file", 0, 0, G_OPTION_ARG_FILENAME, &options.file, "A table with distance, delay and date", "FILE" },
    { "pika", 0, 0, G_OPTION_ARG_FILENAME, &options.pika, "The program", "FILE" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "Threads of either (2)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &options.repeat, "Times each is measured (5)", "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &options.json, "Also write the figures as JSON", "FILE" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  if (pk_bench_parse(entries, "- whole plots against DuckDB", &argc, &argv, &error) && check(&options, &error))
    run(&options, &error);
  int status = pk_bench_status("pika bench plot", error);
  g_free(options.file);
  g_free(options.pika);
  g_free(options.json);
  return status;
}
