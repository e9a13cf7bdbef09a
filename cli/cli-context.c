#include "cli-context.h"

#include "cli-output.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static gboolean leaves_at_once; /* set by cli_context_abandon, on the main thread */

char *
cli_printable(const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  GString *out = g_string_new(NULL);
  for (const char *c = valid; *c; c = g_utf8_next_char(c)) {
    gunichar u = g_utf8_get_char(c);
    if (u == '\n' || u == '\r' || u == '\t')
      g_string_append_c(out, ' ');
    else if (u < 0x20 || (u >= 0x7f && u < 0xa0))
      g_string_append_printf(out, "\\x%02x", (guint)u);
    else if (u == 0x200e || u == 0x200f || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069))
      g_string_append_printf(out, "\\u%04x", (guint)u); /* they would turn around what follows */
    else
      g_string_append_unichar(out, u);
  }
  return g_string_free(out, FALSE);
}

void
cli_say(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_autofree char *line = cli_printable(text);
  fprintf(stderr, "%s\n", line);
}

int
cli_fail(const GError *error)
{
  if (g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED) ||
      (g_cancellable_is_cancelled(cli_cancellable()) && !g_error_matches(error, PIKA_ERROR, PIKA_ERROR_USAGE))) {
    fputs("pika: interrupted\n", stderr);
    return CLI_INTERRUPTED;
  }
  cli_say(g_str_has_prefix(error->message, "pika ") ? "%s" : "pika: %s", error->message);
  return g_error_matches(error, PIKA_ERROR, PIKA_ERROR_USAGE) ? CLI_USAGE : CLI_FAILED;
}

guint
cli_terminal_width(void)
{
  struct winsize size;
  if (!isatty(STDOUT_FILENO))
    return 0;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

gboolean
cli_use_color(void)
{
  const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
  return isatty(STDOUT_FILENO) && !(no_color && *no_color) && g_strcmp0(term, "dumb");
}

/* --- opening --- */

/* Is there a file of that name, or one that the pattern matches? */
static gboolean
matches_file(const char *path)
{
  glob_t found = { 0 };
  int answer = glob(path, GLOB_BRACE | GLOB_NOSORT, NULL, &found);
  globfree(&found);
  return answer == 0 || g_file_test(path, G_FILE_TEST_EXISTS);
}

const char *
cli_split_name(const char *argument, char **name)
{
  const char *equals = strchr(argument, '=');
  gsize length = equals ? (gsize)(equals - argument) : 0;
  *name = NULL;
  if (length == 0 || strcspn(argument, "/*?[{.") < length || matches_file(argument))
    return argument;
  *name = g_strndup(argument, length);
  return equals + 1;
}

static gboolean
parse_size(const char *text, guint64 *bytes, GError **error)
{
  static const struct { const char *unit; double scale; } units[] = {
    { "", 1 }, { "B", 1 }, { "K", 1e3 }, { "KB", 1e3 }, { "KiB", 1024 }, { "M", 1e6 }, { "MB", 1e6 },
    { "MiB", 1048576 }, { "G", 1e9 }, { "GB", 1e9 }, { "GiB", 1073741824.0 }, { "T", 1e12 }, { "TB", 1e12 },
    { "TiB", 1099511627776.0 },
  };
  char *end;
  double number = g_ascii_strtod(text, &end);
  while (end != text && g_ascii_isspace(*end))
    end++;
  for (guint i = 0; i < G_N_ELEMENTS(units) && end != text; i++)
    if (!g_ascii_strcasecmp(end, units[i].unit) && number > 0 && number * units[i].scale < 1e18) {
      *bytes = (guint64)(number * units[i].scale);
      return TRUE;
    }
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "\"%s\" is not a size: write a number and a unit, as in 512MB or 2GiB",
              text);
  return FALSE;
}

static gboolean
make_session(CliContext *self, const CliArgs *args, char **paths, guint n_paths, const char *const *restrict_to,
             GError **error)
{
  PikaSessionOptions options = { 0 };
  double threads = cli_get_number(args, "threads", 0);
  if (threads < 0 || threads > 4096 || threads != (guint)threads) {
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE, "--threads takes a whole number from 1 to 4096");
    return FALSE;
  }
  const char *limit = cli_get(args, "memory-limit"), *backend = cli_get(args, "backend");
  const char *gpu_memory = cli_get(args, "gpu-memory");
  if ((limit && !parse_size(limit, &options.memory_limit, error)) ||
      (gpu_memory && !parse_size(gpu_memory, &options.gpu_memory, error)))
    return FALSE;
  g_autoptr(GPtrArray) allowed = g_ptr_array_new();
  for (guint i = 0; i < n_paths; i++) {
    g_autofree char *name = NULL;
    g_ptr_array_add(allowed, (gpointer)cli_split_name(paths[i], &name));
  }
  g_ptr_array_add(allowed, NULL);
  options.threads = (guint)threads;
  if (threads > 0) {
    g_autofree char *workers = g_strdup_printf("%u", options.threads);
    g_setenv("PIKA_WORKERS", workers, TRUE); /* the runtime starts with the session */
  }
  options.temp_directory = cli_get(args, "temp-directory");
  options.backend = backend && strcmp(backend, "auto") ? backend : NULL;
  options.device = cli_get(args, "device");
  options.restricted = restrict_to != NULL;
  options.will_plot = !strcmp(args->verb->name, "plot") || !strcmp(args->verb->name, "render");
  options.allowed_paths = (const char *const *)allowed->pdata;
  options.allowed_directories = restrict_to;
  g_autoptr(GAsyncResult) result = NULL;
  pika_session_new_async(&options, cli_cancellable(), cli_ready, &result);
  self->session = pika_session_new_finish(cli_wait(&result), error);
  return self->session != NULL;
}

static GArray *
import_options(const CliArgs *args)
{
  static const struct { const char *flag, *option; } map[] = {
    { "types", "types" }, { "nullstr", "nullstr" }, { "delim", "delim" }, { "quote", "quote" },
    { "escape", "escape" }, { "comment", "comment" }, { "header", "header" }, { "tz", "tz" }, { "format-in", "format" },
  };
  GArray *options = g_array_new(FALSE, FALSE, sizeof(PikaImportOption));
  for (guint i = 0; i < G_N_ELEMENTS(map); i++) {
    const GPtrArray *values = cli_get_all(args, map[i].flag);
    for (guint k = 0; values && k < values->len; k++) {
      PikaImportOption option = { map[i].option, values->pdata[k] };
      g_array_append_val(options, option);
    }
  }
  return options;
}

/* What the engine has to say that is no failure, such as where a GPU's tuning comes from. */
static void
on_info(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  g_printerr("pika: %s\n", message);
}

gboolean
cli_context_start(CliContext *self, const CliArgs *args, char **paths, guint n_paths, const char *const *restrict_to,
                  GError **error)
{
  self->verbose = cli_has(args, "verbose");
  if (self->verbose)
    g_log_set_handler("pika", G_LOG_LEVEL_INFO, on_info, NULL);
  self->quiet = cli_has(args, "quiet");
  self->tables = g_ptr_array_new_with_free_func((GDestroyNotify)pika_table_free);
  self->progress = cli_progress_new(cli_get(args, "progress"), self->quiet);
  if (!make_session(self, args, paths, n_paths, restrict_to, error))
    return FALSE;
  cli_progress_attach(self->progress, self->session);
  return TRUE;
}

gboolean
cli_context_open(CliContext *self, const CliArgs *args, char **paths, guint n_paths, const char *const *restrict_to,
                 GError **error)
{
  if (!cli_context_start(self, args, paths, n_paths, restrict_to, error))
    return FALSE;
  g_autoptr(GArray) options = import_options(args);
  for (guint i = 0; i < n_paths; i++) {
    g_autoptr(GPtrArray) added = NULL;
    g_autoptr(GAsyncResult) result = NULL;
    g_autofree char *name = NULL;
    const char *path = cli_split_name(paths[i], &name);
    if (!*path) {
      g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, "%s names no file: write NAME=FILE", paths[i]);
      return FALSE;
    }
    pika_session_open_async(self->session, path, name, (const PikaImportOption *)(gpointer)options->data,
                            options->len, cli_cancellable(), cli_ready, &result);
    if (!pika_session_open_finish(cli_wait(&result), &added, error))
      return FALSE;
    for (guint k = 0; k < added->len; k++) {
      PikaTable *table = added->pdata[k];
      self->rejected += table->rejected;
      g_ptr_array_add(self->tables, table);
    }
    g_ptr_array_set_free_func(added, NULL);
  }
  return TRUE;
}

void
cli_context_abandon(CliContext *self)
{
#ifndef __SANITIZE_ADDRESS__ /* which looks for what was not freed */
  if (self->session)
    pika_session_abandon(g_steal_pointer(&self->session));
  leaves_at_once = TRUE;
#endif
}

void
cli_leave(int status)
{
  if (leaves_at_once)
    _exit(status);
}

void
cli_context_clear(CliContext *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  if (self->session) {
    pika_session_close_async(g_steal_pointer(&self->session), cli_ready, &result);
    pika_session_close_finish(cli_wait(&result), NULL);
  }
  g_clear_pointer(&self->progress, cli_progress_free);
  g_clear_pointer(&self->tables, g_ptr_array_unref);
}

/* --- reports --- */

static gboolean
write_text(const char *path, const char *text, gsize length, GError **error)
{
  if (!strcmp(path, "-")) {
    fwrite(text, 1, length, stderr);
    return TRUE;
  }
  g_autoptr(CliOutput) out = cli_output_open(path, FALSE, error);
  if (!out)
    return FALSE;
  return cli_write_all(cli_output_get_stream(out), path, text, length, error) && cli_output_commit(out, error);
}

static gboolean
write_rejects(const CliContext *self, const char *path, GError **error)
{
  g_autoptr(GString) all = g_string_new(NULL);
  for (guint i = 0; i < self->tables->len; i++) {
    const PikaTable *table = self->tables->pdata[i];
    if (!table->has_report)
      continue;
    g_autofree char *text = pika_session_dup_rejects(self->session, table->name, error);
    if (!text)
      return FALSE;
    /* One header for all. */
    const char *rows = all->len > 0 ? strchr(text, '\n') : text;
    g_string_append(all, all->len > 0 && rows ? rows + 1 : text);
  }
  return write_text(path, all->str, all->len, error);
}

char *
cli_group_digits(gint64 n)
{
  g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, n);
  GString *out = g_string_new(NULL);
  gsize length = strlen(digits);
  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
      g_string_append_c(out, ',');
    g_string_append_c(out, digits[i]);
  }
  return g_string_free(out, FALSE);
}

static void
say_counts(const CliContext *self, const PikaTable *table)
{
  if (!table->has_report || (table->rejected == 0 && !self->verbose))
    return;
  g_autofree char *read = cli_group_digits((gint64)table->read), *loaded = cli_group_digits((gint64)table->loaded);
  g_autofree char *rejected = cli_group_digits((gint64)table->rejected);
  cli_say("%s: read %s · loaded %s · rejected %s%s", table->paths[0] ? table->paths[0] : table->name, read, loaded,
          rejected, table->rejected ? " (--rejects FILE lists them)" : "");
}

int
cli_context_finish(CliContext *self, const CliArgs *args, GError **error)
{
  for (guint i = 0; i < self->tables->len && !self->quiet; i++) {
    const PikaTable *table = self->tables->pdata[i];
    say_counts(self, table);
    for (guint k = 0; table->warnings[k]; k++)
      cli_say("%s: %s", table->paths[0] ? table->paths[0] : table->name, table->warnings[k]);
  }
  const char *rejects = cli_get(args, "rejects");
  if (rejects && !write_rejects(self, rejects, error))
    return CLI_FAILED;
  return self->rejected > 0 && cli_has(args, "strict") ? CLI_REJECTED : CLI_DONE;
}

gboolean
cli_report_receipt(const CliContext *self, const CliArgs *args, const PikaReceipt *receipt, GError **error)
{
  if (self->verbose && !self->quiet) {
    g_autofree char *text = pika_receipt_to_text(receipt);
    fprintf(stderr, "receipt: %s\n", text);
  }
  const char *path = cli_get(args, "receipt");
  if (!path)
    return TRUE;
  g_autofree char *json = pika_receipt_to_json(receipt), *line = g_strconcat(json, "\n", NULL);
  return write_text(path, line, strlen(line), error);
}
