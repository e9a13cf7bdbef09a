#include "pk-plot-host.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- urls --- */

static gboolean
is_remote(const char *url)
{
  g_autofree char *scheme = g_uri_parse_scheme(url);
  return scheme != NULL || g_str_has_prefix(url, "//");
}

static gboolean
lies_in(const char *real_path, const char *folder)
{
  g_autofree char *real_folder = folder ? realpath(folder, NULL) : NULL;
  if (!real_folder)
    return FALSE;
  gsize n = strlen(real_folder);
  return !strncmp(real_path, real_folder, n) && (real_path[n] == '/' || real_folder[n - 1] == '/');
}

static gboolean
is_allowed(const PkPlotHost *self, const char *real_path)
{
  if (lies_in(real_path, self->spec_folder) || lies_in(real_path, self->data_folder))
    return TRUE;
  for (char **p = self->session->allowed_paths; p && *p; p++) {
    g_autofree char *real = realpath(*p, NULL);
    if (real && !strcmp(real, real_path))
      return TRUE;
  }
  for (char **d = self->session->allowed_directories; d && *d; d++)
    if (lies_in(real_path, *d))
      return TRUE;
  return FALSE;
}

char *
pk_plot_host_resolve(const PkPlotHost *self, const char *url, GError **error)
{
  if (is_remote(url)) {
    pk_fail(error, PK_ERROR_FORBIDDEN, "the data url %s is not a local file: Pika-Plot reads nothing from a network; "
            "save it beside the specification", url);
    return NULL;
  }
  g_autofree char *joined = NULL;
  if (g_path_is_absolute(url))
    joined = g_strdup(url);
  else if (self->data_folder)
    joined = g_build_filename(self->data_folder, g_str_has_prefix(url, "data/") ? url + 5 : url, NULL);
  else
    joined = g_build_filename(self->spec_folder ? self->spec_folder : ".", url, NULL);
  g_autofree char *real = realpath(joined, NULL);
  if (!real) {
    pk_fail_errno(error, errno, "cannot read the data file", joined);
    if (!self->data_folder && g_str_has_prefix(url, "data/"))
      g_prefix_error(error, "no --data DIR says where data/ is: ");
    return NULL;
  }
  if (!is_allowed(self, real)) {
    pk_fail(error, PK_ERROR_FORBIDDEN, "the specification may not read %s: only files beside it, below --data, or named "
            "on the command line", real);
    return NULL;
  }
  return g_steal_pointer(&real);
}

/* --- tables --- */

static gboolean
is_delimited(const char *type, const char *url)
{
  static const char *const endings[] = { ".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz" };
  if (type)
    return !strcmp(type, "csv") || !strcmp(type, "tsv") || !strcmp(type, "dsv");
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(url, endings[i]))
      return TRUE;
  return FALSE;
}

static char *
hidden_name(PkPlotHost *self)
{
  g_mutex_lock(&self->session->lock);
  guint n = ++self->session->n_hidden;
  g_mutex_unlock(&self->session->lock);
  return g_strdup_printf("__spec_%u", n);
}

static char *
open_named(PkPlotHost *self, const PkData *data, GError **error)
{
  const char *name = data && data->name ? data->name : self->table;
  if (!name) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "the specification names no data: name a file on the command line, or give it \"data\"");
    return NULL;
  }
  g_autoptr(GPtrArray) columns = pk_source_describe_table(self->session->source, name, NULL);
  if (!columns) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "%s: there is no data source named \"%s\": name its file on the command line",
            data && data->path ? data->path : "$.data", name);
    return NULL;
  }
  return pk_sql_dup_ident(name);
}

static char *
host_open(const PkData *data, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  if (!data || data->kind != PK_DATA_URL)
    return open_named(self, data, error);
  g_autofree char *path = pk_plot_host_resolve(self, data->url, error);
  if (!path)
    return NULL;
  /* The layers of a plot mostly read the same file. */
  g_autofree char *key = g_strdup_printf("url %s %s %s", data->format_type ? data->format_type : "",
                                         data->delimiter ? data->delimiter : "", path);
  const char *known = g_hash_table_lookup(self->kept, key);
  if (known)
    return g_strdup(known);
  const char *const paths[] = { path, NULL };
  g_autofree char *name = hidden_name(self);
  g_autoptr(PkCsvOptions) csv = pk_csv_options_new();
  PkFileSpec spec = { .paths = paths, .name = name, .format = PK_FILE_AUTO };
  if (is_delimited(data->format_type, data->url)) {
    spec.format = PK_FILE_CSV;
    spec.csv = csv;
    gboolean tabs = !g_strcmp0(data->format_type, "tsv") || g_str_has_suffix(data->url, ".tsv");
    const char *delim = data->delimiter ? data->delimiter : tabs ? "\t" : g_strcmp0(data->format_type, "dsv") ? "," : NULL;
    if (!pk_csv_options_set(csv, "all-text", "true", error) || !pk_csv_options_set(csv, "header", "1", error) ||
        (delim && !pk_csv_options_set(csv, "delim", delim, error)))
      return NULL;
  }
  PkSessionPhase phase = { self->session, "read" };
  PkQueryControl control = pk_session_control(&phase, self->cancellable, NULL);
  gint64 start = pk_clock_now_ns();
  if (!pk_source_add_file(self->session->source, &spec, &control, NULL, error))
    return NULL;
  self->receipt.fetch_ms += (double)(pk_clock_now_ns() - start) / 1e6;
  char *quoted = pk_sql_dup_ident(name);
  g_hash_table_replace(self->kept, g_steal_pointer(&key), g_strdup(quoted));
  return quoted;
}

static GBytes *
host_read(const PkData *data, gpointer user, GError **error)
{
  g_autofree char *path = pk_plot_host_resolve(user, data->url, error);
  if (!path)
    return NULL;
  char *content;
  gsize length;
  g_autoptr(GError) local = NULL;
  if (!g_file_get_contents(path, &content, &length, &local)) {
    pk_fail(error, PK_ERROR_IO, "%s", local->message);
    return NULL;
  }
  return g_bytes_new_take(content, length);
}

static char *
host_add_stream(PkArrowStream *stream, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  g_autofree char *name = hidden_name(self);
  if (!pk_source_add_stream(self->session->source, name, stream, error))
    return NULL;
  return pk_sql_dup_ident(name);
}

/* --- questions --- */

static GPtrArray *
host_describe(const char *sql, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  return pk_source_describe(self->session->source, sql, error);
}

static void
explain_plan(PkPlotHost *self, const PkPlan *plan)
{
  if (!self->explained)
    return;
  if (self->explained_as_json) {
    g_autoptr(PkChoice) choice = pk_session_choose(self->session, plan, NULL);
    if (choice)
      pk_session_explain_plan_json(plan, choice, self->explained);
  } else {
    pk_session_explain_plan(self->session, plan, self->explained);
  }
  g_string_append(self->explained, "\n");
}

/* Fetching pays only if a backend will read the frame. */
static gboolean
host_prefetch(const PkPlan *columns, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  if (!g_strcmp0(self->session->forced_backend, "sql"))
    return TRUE;
  g_autoptr(PkFrame) frame = pk_session_columns(self->session, columns, self->cancellable, &self->receipt, error);
  return frame != NULL;
}

/* The ends of a number or time column: what a scale or bins are made for, which then read the same column again. */
static gboolean
is_extent(const PkPlan *plan)
{
  for (guint i = 0; i < plan->n_aggs; i++)
    if (plan->aggs[i].op != PK_AGG_MIN && plan->aggs[i].op != PK_AGG_MAX)
      return FALSE;
  return plan->n_keys == 0 && !plan->is_m4 && plan->n_columns == 1 && plan->n_predicates == 0 &&
         !pk_column_type_is_text(plan->columns[0].type);
}

static PkFrame *
host_run_plan(PkPlan *plan, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  if (is_extent(plan) && !host_prefetch(plan, self, error))
    return NULL;
  explain_plan(self, plan);
  return pk_session_run_plan(self->session, plan, self->cancellable, &self->receipt, error);
}

static PkFrame *
host_run_sql(const char *sql, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  gint64 start = pk_clock_now_ns();
  if (self->explained && !self->explained_as_json)
    g_string_append_printf(self->explained, "SQL\n  %s\n\n", sql);
  PkFrame *frame = pk_session_fetch(self->session, sql, self->cancellable, error);
  if (!frame)
    return NULL;
  self->receipt.fetch_ms += (double)(pk_clock_now_ns() - start) / 1e6;
  if (!self->receipt.backend[0])
    g_strlcpy(self->receipt.backend, "sql", sizeof self->receipt.backend);
  self->receipt.rows_scanned += frame->length;
  self->receipt.bytes_read += (gint64)pk_frame_get_bytes(frame);
  return frame;
}

PkLowerHost
pk_plot_host_functions(PkPlotHost *self)
{
  return (PkLowerHost){ .open = host_open, .read = host_read, .add_stream = host_add_stream,
                        .describe = host_describe, .prefetch = host_prefetch, .run_plan = host_run_plan, .run_sql = host_run_sql, .user = self };
}
