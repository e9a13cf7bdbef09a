/* pika plot and pika explain: both make a specification, one draws it, one tells what it asks. */
#include "cli-context.h"
#include "cli-output.h"
#include "cli-plotspec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the command line asks to be drawn. */
typedef struct {
  CliContext context;
  char *spec;            /* JSON text */
  gsize length;
  const char *spec_path; /* NULL: made from flags */
  GPtrArray *files;      /* positional arguments that are data; borrowed */
  GPtrArray *columns;    /* of PikaColumn: flags only */
  const char *table;
} Job;

static void
job_clear(Job *job)
{
  g_free(job->spec);
  g_clear_pointer(&job->files, g_ptr_array_unref);
  g_clear_pointer(&job->columns, g_ptr_array_unref);
  cli_context_clear(&job->context);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

/* A .vl.json file is a specification; another .json file is one if it says so. */
static gboolean
is_spec(const char *path)
{
  if (g_str_has_suffix(path, ".vl.json") || g_str_has_suffix(path, ".vega-lite.json"))
    return TRUE;
  if (!g_str_has_suffix(path, ".json"))
    return FALSE;
  FILE *file = fopen(path, "rb");
  if (!file)
    return FALSE;
  char head[4097];
  size_t n = fread(head, 1, sizeof head - 1, file);
  fclose(file);
  head[n] = 0;
  const char *start = head + strspn(head, " \t\r\n");
  return *start == '{' && (strstr(head, "vega.github.io/schema/vega-lite") ||
                           (strstr(head, "\"encoding\"") && (strstr(head, "\"mark\"") || strstr(head, "\"layer\""))));
}

static gboolean
sort_arguments(const CliArgs *args, Job *job, GError **error)
{
  job->files = g_ptr_array_new();
  for (guint i = 0; i < args->positional->len; i++) {
    const char *path = args->positional->pdata[i];
    g_autofree char *name = NULL;
    cli_split_name(path, &name);
    if (name || !is_spec(path)) {
      g_ptr_array_add(job->files, (gpointer)path);
    } else if (job->spec_path) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: %s and %s are both specifications: give one",
                  args->verb->name, job->spec_path, path);
      return FALSE;
    } else {
      job->spec_path = path;
    }
  }
  if (!job->spec_path && job->files->len == 0) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "pika %s: name a data file or a SPEC.vl.json; see pika %s --help",
                args->verb->name, args->verb->name);
    return FALSE;
  }
  return TRUE;
}

static CliColumnKind
kind_of(const char *column, gpointer data)
{
  const Job *job = data;
  for (guint i = 0; i < job->columns->len; i++) {
    const PikaColumn *c = job->columns->pdata[i];
    if (!strcmp(c->name, column))
      return c->kind == PIKA_KIND_NUMBER ? CLI_COLUMN_NUMBER : c->kind == PIKA_KIND_TIME ? CLI_COLUMN_TIME
                                                                                         : CLI_COLUMN_OTHER;
  }
  return CLI_COLUMN_UNKNOWN;
}

/* The nearest column name is worth more than a list of all. */
static void
suggest_column(Job *job, GError **error)
{
  const char *open = *error ? strchr((*error)->message, '"') : NULL;
  if (!g_error_matches(*error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND) || !open)
    return;
  g_autofree char *word = g_strndup(open + 1, strcspn(open + 1, "\""));
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < job->columns->len; i++)
    g_ptr_array_add(names, ((PikaColumn *)job->columns->pdata[i])->name);
  g_ptr_array_add(names, NULL);
  const char *near = cli_suggest(word, (const char *const *)names->pdata);
  g_autoptr(GString) message = g_string_new((*error)->message);
  if (near)
    g_string_append_printf(message, "; did you mean \"%s\"?", near);
  for (guint i = 0; !near && i < job->columns->len && i < 10; i++)
    g_string_append_printf(message, "%s%s", i ? ", " : "; there are ", (char *)names->pdata[i]);
  if (!near && job->columns->len > 10)
    g_string_append(message, ", …");
  g_free((*error)->message);
  (*error)->message = g_strdup(message->str);
}

static gboolean
add_view(const Job *job, const char *sql, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  pika_session_add_view_async(job->context.session, job->table, sql, cli_cancellable(), cli_ready, &result);
  return pika_session_add_view_finish(cli_wait(&result), error);
}

/* Which table the flags speak of: that of --sql, --table, or the only one. */
static gboolean
choose_table(const CliArgs *args, Job *job, GError **error)
{
  const GPtrArray *tables = job->context.tables;
  const char *sql = cli_get(args, "sql"), *name = cli_get(args, "table");
  if (sql) {
    job->table = "query";
    return add_view(job, sql, error);
  }
  if (!name && tables->len != 1) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "there are %u tables: choose one with --table NAME, or ask with --sql",
                tables->len);
    return FALSE;
  }
  job->table = name ? name : ((PikaTable *)tables->pdata[0])->name;
  return TRUE;
}

/* As in Vega-Lite, a number on a time axis counts milliseconds: 1990 is two seconds after New Year 1970. */
static void
say_number_as_time(const CliArgs *args, Job *job)
{
  static const char *const names[] = { "x", "y" };
  for (guint k = 0; k < G_N_ELEMENTS(names) && !cli_has(args, "quiet"); k++) {
    const char *text = cli_get(args, names[k]);
    gsize length = text && (g_str_has_suffix(text, ":T") || g_str_has_suffix(text, ":t")) ? strlen(text) - 2 : 0;
    for (guint i = 0; length && i < job->columns->len; i++) {
      const PikaColumn *c = job->columns->pdata[i];
      if (strlen(c->name) == length && !strncmp(c->name, text, length) && c->kind == PIKA_KIND_NUMBER)
        cli_say("pika: note: %s holds numbers, which as a time are milliseconds since 1970; for years, say --%s %s or make "
                "dates with --sql", c->name, names[k], c->name);
    }
  }
}

/* A line over text goes through its values in alphabetical order, which is hardly ever what is meant for dates. */
static void
say_text_line(const CliArgs *args, Job *job)
{
  const char *mark = cli_get(args, "mark"), *x = cli_get(args, "x");
  gboolean joined = mark && (!strcmp(mark, "line") || !strcmp(mark, "area"));
  for (guint i = 0; joined && x && i < job->columns->len && !cli_has(args, "quiet"); i++) {
    const PikaColumn *c = job->columns->pdata[i];
    if (!strcmp(c->name, x) && c->kind == PIKA_KIND_TEXT)
      cli_say("pika: note: %s is text, shown in alphabetical order; if it holds dates, say --x '%s:T'", x, x);
  }
}

static gboolean
make_spec(const CliArgs *args, Job *job, GError **error)
{
  if (!cli_context_open(&job->context, args, (char **)job->files->pdata, job->files->len, NULL, error) ||
      !choose_table(args, job, error))
    return FALSE;
  g_autoptr(GAsyncResult) result = NULL;
  pika_session_describe_table_async(job->context.session, job->table, cli_cancellable(), cli_ready, &result);
  job->columns = pika_session_describe_finish(cli_wait(&result), error);
  if (!job->columns)
    return FALSE;
  job->spec = cli_plot_spec(args, job->table, kind_of, job, error);
  if (!job->spec) {
    suggest_column(job, error);
    return FALSE;
  }
  job->length = strlen(job->spec);
  say_text_line(args, job);
  say_number_as_time(args, job);
  return TRUE;
}

static gboolean
refuse_channel_flags(const CliArgs *args, GError **error)
{
  static const char *const flags[] = { "mark", "x", "y", "color", "size", "shape", "opacity", "detail", "text", "tooltip",
                                       "order", "x2", "y2", "filter", "title", "x-scale", "y-scale", "scheme", "stack",
                                       "sql" };
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
    if (cli_has(args, flags[i])) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--%s does not go with a specification: say it there", flags[i]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_spec(const CliArgs *args, Job *job, GError **error)
{
  g_autoptr(GError) local = NULL;
  if (!refuse_channel_flags(args, error))
    return FALSE;
  if (!g_file_get_contents(job->spec_path, &job->spec, &job->length, &local)) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_IO, local->message);
    return FALSE;
  }
  g_autofree char *folder = g_path_get_dirname(job->spec_path);
  const char *folders[] = { folder, cli_get(args, "data"), NULL };
  if (!cli_context_open(&job->context, args, (char **)job->files->pdata, job->files->len, folders, error))
    return FALSE;
  if (cli_has(args, "table"))
    return choose_table(args, job, error);
  if (job->context.tables->len > 0)
    job->table = ((PikaTable *)job->context.tables->pdata[0])->name;
  return TRUE;
}

static gboolean
prepare(const CliArgs *args, Job *job, GError **error)
{
  return sort_arguments(args, job, error) &&
         (job->spec_path ? read_spec(args, job, error) : make_spec(args, job, error));
}

/* Device pixels a px: of a PNG as asked for, of the rasters within other formats two. */
static double
pixel_scale(const CliArgs *args, const char *format)
{
  double ppi = cli_get_number(args, "ppi", 0);
  gboolean png = !strcmp(format, "png");
  return cli_get_number(args, "scale", png && ppi > 0 ? ppi / 96 : 2);
}

static gboolean
check_scale(const CliArgs *args, const char *format, GError **error)
{
  if (pixel_scale(args, format) > 0 && cli_get_number(args, "ppi", 0) >= 0)
    return TRUE;
  g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--scale and --ppi take numbers above 0");
  return FALSE;
}

static PikaPlotOptions
plot_options(const CliArgs *args, const Job *job, const char *format)
{
  double density = cli_get_number(args, "density", NAN);
  return (PikaPlotOptions){
    .table = job->table,
    .spec_path = job->spec_path,
    .data_directory = cli_get(args, "data"),
    .width = cli_get_number(args, "width", 0),
    .height = cli_get_number(args, "height", 0),
    .theme = cli_get(args, "theme"),
    .pixel_ratio = pixel_scale(args, format),
    .density_threshold = isnan(density) ? 0 : density <= 0 ? -1 : (gint64)density,
  };
}

/* --- plot --- */

static const char *
output_format(const CliArgs *args, GError **error)
{
  static const struct { const char *ending, *format; } endings[] = {
    { ".png", "png" }, { ".svg", "svg" }, { ".pdf", "pdf" }, { ".vl.json", "spec" }, { ".json", "scene" }, { ".csv", "data" },
  };
  const char *format = cli_get(args, "format"), *output = cli_get(args, "output");
  if (format)
    return format;
  if (!output || !strcmp(output, "-"))
    return "png";
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(output, endings[i].ending))
      return endings[i].format;
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "the name %s does not tell a format: end it in .png, .svg or .pdf, or "
              "give --format", output);
  return NULL;
}

static gboolean
write_bytes(CliOutput *out, const char *data, gsize length, GError **error)
{
  return cli_write_all(cli_output_get_stream(out), "the output", data, length, error);
}

static gboolean
write_data(PikaPlot *plot, CliOutput *out, GError **error)
{
  for (guint i = 0; i < pika_plot_get_n_units(plot); i++) {
    struct ArrowArrayStream stream = { 0 };
    if (i > 0 && !write_bytes(out, "\n", 1, error))
      return FALSE;
    g_autoptr(GAsyncResult) got = NULL, written = NULL;
    pika_plot_get_data_async(plot, i, cli_cancellable(), cli_ready, &got);
    if (!pika_plot_get_data_finish(cli_wait(&got), &stream, error))
      return FALSE;
    pika_write_stream_async(&stream, PIKA_FORMAT_CSV, cli_output_get_stream(out), 0, 0, cli_cancellable(), cli_ready,
                            &written);
    if (!pika_write_stream_finish(cli_wait(&written), NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_picture(const CliArgs *args, PikaPlot *plot, const char *format, CliOutput *out, GError **error)
{
  static const char *const names[] = { "png", "svg", "pdf", "scene" };
  guint which = 0;
  while (which + 1 < G_N_ELEMENTS(names) && strcmp(names[which], format))
    which++;
  double scale = which == PIKA_PICTURE_PNG ? pixel_scale(args, format) : cli_get_number(args, "scale", 1);
  PikaPictureOptions options = { .scale = scale, .ppi = cli_get_number(args, "ppi", 0),
                                 .transparent = cli_has(args, "transparent") };
  g_autoptr(GAsyncResult) result = NULL;
  pika_plot_export_async(plot, (PikaPictureFormat)which, &options, cli_cancellable(), cli_ready, &result);
  g_autoptr(GBytes) bytes = pika_plot_export_finish(cli_wait(&result), error);
  if (!bytes)
    return FALSE;
  gsize length;
  const char *data = g_bytes_get_data(bytes, &length);
  return write_bytes(out, data, length, error);
}

static void
say_warnings(const CliArgs *args, const PikaPlot *plot)
{
  const char *const *warnings = pika_plot_get_warnings(plot);
  for (guint i = 0; warnings[i] && !cli_has(args, "quiet"); i++)
    cli_say("pika: warning: %s", warnings[i]);
}

static gboolean
run_plot(const CliArgs *args, Job *job, GError **error)
{
  const char *format = output_format(args, error);
  gboolean binary = format && (!strcmp(format, "png") || !strcmp(format, "pdf"));
  g_autoptr(CliOutput) out = format ? cli_output_open(cli_get(args, "output"), binary, error) : NULL;
  if (!out || !check_scale(args, format, error) || !prepare(args, job, error))
    return FALSE;
  if (!strcmp(format, "spec"))
    return write_bytes(out, job->spec, job->length, error) && (job->spec_path || write_bytes(out, "\n", 1, error)) &&
           cli_output_commit(out, error);
  PikaPlotOptions options = plot_options(args, job, format);
  g_autoptr(GAsyncResult) result = NULL;
  pika_plot_new_async(job->context.session, job->spec, (gssize)job->length, &options, cli_cancellable(), cli_ready, &result);
  g_autoptr(PikaPlot) plot = pika_plot_new_finish(cli_wait(&result), error);
  if (!plot)
    return FALSE;
  say_warnings(args, plot);
  gboolean ok = !strcmp(format, "data") ? write_data(plot, out, error) : write_picture(args, plot, format, out, error);
  return ok && cli_output_commit(out, error) &&
         cli_report_receipt(&job->context, args, pika_plot_get_receipt(plot), error);
}

int
cli_run_plot(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  g_auto(Job) job = { 0 };
  if (!run_plot(args, &job, &error))
    return cli_fail(error);
  int status = cli_context_finish(&job.context, args, &error);
  if (error)
    return cli_fail(error);
  cli_context_abandon(&job.context);
  return status;
}

/* --- explain --- */

static char *
explain(const CliArgs *args, Job *job, GError **error)
{
  const char *sql = cli_get(args, "command");
  g_autoptr(GAsyncResult) result = NULL;
  if (sql) {
    if (!cli_context_open(&job->context, args, (char **)args->positional->pdata, args->positional->len, NULL, error))
      return NULL;
    pika_session_explain_async(job->context.session, sql, cli_has(args, "json"), cli_cancellable(), cli_ready, &result);
    return pika_session_explain_finish(cli_wait(&result), error);
  }
  if (!prepare(args, job, error))
    return NULL;
  PikaPlotOptions options = plot_options(args, job, "png");
  pika_plot_explain_async(job->context.session, job->spec, (gssize)job->length, &options, cli_has(args, "json"),
                          cli_cancellable(), cli_ready, &result);
  return pika_plot_explain_finish(cli_wait(&result), error);
}

int
cli_run_explain(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  g_auto(Job) job = { 0 };
  g_autofree char *text = explain(args, &job, &error);
  if (!text)
    return cli_fail(error);
  if (!cli_print_all(text, strlen(text), &error))
    return cli_fail(error);
  int status = cli_context_finish(&job.context, args, &error);
  return error ? cli_fail(error) : status;
}
