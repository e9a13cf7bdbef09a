#include "cli-context.h"
#include "cli-output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The statement of -c or -f. */
static char *
get_statement(const CliArgs *args, GError **error)
{
  const char *command = cli_get(args, "command"), *file = cli_get(args, "file");
  if (!command == !file) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE,
                        "pika query: give the statement with -c SQL or with -f FILE (one of them)");
    return NULL;
  }
  if (command)
    return g_strdup(command);
  int fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (fd < 0) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot open %s: %s", file, g_strerror(errno));
    return NULL;
  }
  GString *text = cli_read_all(fd, fd == STDIN_FILENO ? "the statement from stdin" : file, error);
  if (fd != STDIN_FILENO)
    close(fd);
  return text ? g_string_free(text, FALSE) : NULL;
}

/* --format, else the output's ending, else a table for people and CSV for programs. */
static const char *
get_format(const CliArgs *args, GError **error)
{
  static const struct { const char *ending, *format; } endings[] = {
    { ".csv", "csv" }, { ".json", "json" }, { ".ndjson", "ndjson" }, { ".jsonl", "ndjson" },
    { ".parquet", "parquet" }, { ".md", "markdown" }, { ".txt", "table" },
  };
  const char *format = cli_get(args, "format"), *output = cli_get(args, "output");
  gboolean zipped = output && g_str_has_suffix(output, ".gz");
  if (zipped && !g_strcmp0(format, "parquet")) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "%s: Parquet is compressed within, end the name in .parquet", output);
    return NULL;
  }
  if (format)
    return format;
  g_autofree char *name = output ? g_path_get_basename(output) : NULL;
  if (zipped)
    name[strlen(name) - 3] = 0;
  for (guint i = 0; name && i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(name, endings[i].ending) && !(zipped && !strcmp(endings[i].format, "parquet")))
      return endings[i].format;
  if (name && strchr(name, '.')) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "the name %s does not tell a format: end it in .csv, .json, .ndjson, "
                ".parquet, .md or .txt, or give --format", output);
    return NULL;
  }
  return !output && isatty(STDOUT_FILENO) ? "table" : "csv";
}

static gboolean
make_parquet(CliContext *context, const char *sql, const char *path, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  pika_session_write_parquet_async(context->session, sql, path, cli_cancellable(), cli_ready, &result);
  return pika_session_write_parquet_finish(cli_wait(&result), error);
}

static gboolean
copy_file(const char *path, GOutputStream *out, GError **error)
{
  g_autoptr(GFile) source = g_file_new_for_path(path);
  g_autoptr(GFileInputStream) in = g_file_read(source, cli_cancellable(), error);
  g_autoptr(GAsyncResult) result = NULL;
  if (!in)
    return FALSE;
  g_output_stream_splice_async(out, G_INPUT_STREAM(in), G_OUTPUT_STREAM_SPLICE_NONE, G_PRIORITY_DEFAULT,
                               cli_cancellable(), cli_ready, &result);
  return g_output_stream_splice_finish(out, cli_wait(&result), error) >= 0;
}

/* Parquet needs a file to seek in; for stdout and devices it is made aside and copied. */
static gboolean
write_parquet(CliContext *context, const char *path, const char *sql, GError **error)
{
  if (cli_output_is_file(path))
    return make_parquet(context, sql, path, error);
  g_autoptr(CliOutput) out = cli_output_open(path, TRUE, error);
  g_autofree char *folder = out ? g_dir_make_tmp("pika-XXXXXX", error) : NULL;
  if (!folder)
    return FALSE;
  g_autofree char *file = g_build_filename(folder, "out.parquet", NULL);
  gboolean ok = make_parquet(context, sql, file, error) && copy_file(file, cli_output_get_stream(out), error) &&
                cli_output_commit(out, error);
  unlink(file);
  rmdir(folder);
  return ok;
}

/* A statement that answers no rows is told on stderr: a table of DuckDB's own words for it would be taken for data. */
static void
say_done(const CliContext *context, const PikaReceipt *receipt)
{
  if (context->quiet)
    return;
  g_autofree char *rows = cli_group_digits(receipt->rows_changed);
  if (receipt->rows_changed > 0)
    cli_say("done: %s row%s", rows, receipt->rows_changed == 1 ? "" : "s");
  else
    cli_say("done");
}

static gboolean
write_rows(CliContext *context, const CliArgs *args, const char *sql, const char *format_name, PikaReceipt *receipt,
           GError **error)
{
  PikaFormat format;
  g_autoptr(CliOutput) out = cli_output_open(cli_get(args, "output"), FALSE, error);
  struct ArrowArrayStream stream = { 0 };
  gboolean terminal = cli_terminal_width() > 0 && !cli_get(args, "output");
  gint64 max_rows = (gint64)cli_get_number(args, "max-rows", terminal ? 40 : 0);
  g_autoptr(GAsyncResult) answered = NULL, written = NULL;
  if (!out || !pika_format_parse(format_name, &format, error))
    return FALSE;
  pika_session_query_async(context->session, sql, cli_cancellable(), cli_ready, &answered);
  if (!pika_session_query_finish(cli_wait(&answered), &stream, receipt, error))
    return FALSE;
  struct ArrowSchema schema = { 0 };
  gboolean nothing = stream.get_schema(&stream, &schema) == 0 && schema.n_children == 0;
  if (schema.release)
    schema.release(&schema);
  if (nothing) {
    stream.release(&stream);
    say_done(context, receipt);
    return TRUE;
  }
  pika_write_stream_async(&stream, format, cli_output_get_stream(out), max_rows, terminal ? cli_terminal_width() : 0,
                          cli_cancellable(), cli_ready, &written);
  return pika_write_stream_finish(cli_wait(&written), NULL, error) && cli_output_commit(out, error);
}

static gboolean
run(CliContext *context, const CliArgs *args, const char *sql, GError **error)
{
  const char *format = get_format(args, error);
  if (!format)
    return FALSE;
  PikaReceipt receipt = { .exact = TRUE, .backend = "sql" };
  gboolean ok = !strcmp(format, "parquet") ? write_parquet(context, cli_get(args, "output"), sql, error)
                                           : write_rows(context, args, sql, format, &receipt, error);
  return ok && cli_report_receipt(context, args, &receipt, error);
}

/* Who misses a table wants to know which there are. */
static void
list_tables(const CliContext *context, GError *error)
{
  if (!g_error_matches(error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND) || !strstr(error->message, "Table with name"))
    return;
  g_autoptr(GString) text = g_string_new(error->message);
  for (guint i = 0; i < context->tables->len && i < 10; i++)
    g_string_append_printf(text, "%s%s", i ? ", " : " The tables are: ", ((PikaTable *)context->tables->pdata[i])->name);
  if (context->tables->len > 10)
    g_string_append(text, ", …");
  g_free(error->message);
  error->message = g_strdup(text->str);
}

int
cli_run_query(CliArgs *args)
{
  g_autoptr(GError) error = NULL;
  g_auto(CliContext) context = { 0 };
  g_autofree char *sql = get_statement(args, &error);
  if (!sql)
    return cli_fail(error);
  if (!cli_context_open(&context, args, (char **)args->positional->pdata, args->positional->len, NULL, &error))
    return cli_fail(error);
  if (!run(&context, args, sql, &error)) {
    list_tables(&context, error);
    return cli_fail(error);
  }
  int status = cli_context_finish(&context, args, &error);
  return error ? cli_fail(error) : status;
}
