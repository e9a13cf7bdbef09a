#include "pk-plot-host.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* --- the host --- */

void
pk_plot_host_init(PkPlotHost *self, PikaSession *session, const PikaPlotOptions *options, GCancellable *cancellable)
{
  self->session = session;
  self->cancellable = cancellable;
  self->receipt.exact = TRUE;
  self->tally.receipt = &self->receipt;
  self->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->described = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->table = g_strdup(options->table);
  self->data_folder = g_strdup(options->data_directory);
  self->spec_folder = options->spec_path ? g_path_get_dirname(options->spec_path) : NULL;
}

void
pk_plot_host_clear(PkPlotHost *self)
{
  g_clear_pointer(&self->kept, g_hash_table_unref);
  g_clear_pointer(&self->described, g_hash_table_unref);
  g_clear_pointer(&self->answers, g_hash_table_unref);
  pk_tally_clear(&self->tally);
  g_free(self->table);
  g_free(self->data_folder);
  g_free(self->spec_folder);
}

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

/* The file of the same name that the person named; NULL with errno as it was if there is none. */
static char *
find_named(const PkPlotHost *self, const char *url)
{
  g_autofree char *wanted = g_path_get_basename(url);
  int missing = errno;
  for (char **p = self->session->allowed_paths; p && *p; p++) {
    g_autofree char *name = g_path_get_basename(*p);
    char *real = strcmp(name, wanted) ? NULL : realpath(*p, NULL);
    if (real)
      return real;
  }
  errno = missing;
  return NULL;
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
  char *real = realpath(joined, NULL);
  if (!real && errno == ENOENT)
    real = find_named(self, url);
  if (!real) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "cannot read the data file %s: %s; say with --data DIR where %s is, or name the file "
            "as well", joined, g_strerror(errno), g_str_has_prefix(url, "data/") ? "data/" : "it");
    return NULL;
  }
  g_autofree char *path = real;
  if (!is_allowed(self, real)) {
    pk_fail(error, PK_ERROR_FORBIDDEN, "the specification may not read %s: only files beside it, below --data, or named "
            "on the command line", real);
    return NULL;
  }
  return g_steal_pointer(&path);
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

/* The same SELECT is described as the data are opened and as they are read. */
static GPtrArray *
host_describe(const char *sql, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  GPtrArray *columns = g_hash_table_lookup(self->described, sql);
  if (!columns) {
    columns = pk_source_describe(self->session->source, sql, error);
    if (!columns)
      return NULL;
    g_hash_table_insert(self->described, g_strdup(sql), columns);
  }
  return g_ptr_array_ref(columns);
}

static GString *
next_explained(PkPlotHost *self)
{
  if (self->explained && self->explained->len > 0)
    g_string_append(self->explained, self->explained_as_json ? ",\n" : "\n");
  return self->explained;
}

static gint64
host_count(const char *relation, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  gint64 start = pk_clock_now_ns();
  if (self->explained && pk_session_known_rows(self->session, relation) < 0) {
    g_autofree char *sql = g_strconcat("SELECT count(*) AS n FROM ", relation, NULL);
    pk_session_explain_sql(sql, "number of rows", self->explained_as_json, next_explained(self));
  }
  gint64 n = pk_session_count(self->session, relation, self->cancellable, &self->tally, error);
  self->receipt.fetch_ms += (double)(pk_clock_now_ns() - start) / 1e6;
  return n;
}

/* What stands after FROM, now that its receipt can be written. Takes it over. */
static char *
note_table(PkPlotHost *self, char *table, GError **error)
{
  gint64 rows = table ? host_count(table, self, error) : -1;
  if (rows < 0) {
    g_free(table);
    return NULL;
  }
  pk_tally_add_table(&self->tally, table, rows);
  return table;
}

static char *
open_named(PkPlotHost *self, const PkData *data, GError **error)
{
  const char *name = data && data->name ? data->name : self->table;
  if (!name) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "the specification names no data: name a file on the command line, or give it \"data\"");
    return NULL;
  }
  char *quoted = pk_sql_dup_ident(name);
  g_autofree char *sql = g_strconcat("SELECT * FROM ", quoted, NULL);
  g_autoptr(GPtrArray) columns = host_describe(sql, self, error);
  if (columns)
    return note_table(self, quoted, error);
  const char *where = data && data->path ? data->path : "$.data";
  if (error && g_error_matches(*error, PK_ERROR, PK_ERROR_NOT_FOUND))
    pk_fail_prefix(error, "%s: there is no data source named \"%s\", name its file on the command line: ", where, name);
  else
    pk_fail_prefix(error, "%s: cannot read the data source named \"%s\": ", where, name);
  g_free(quoted);
  return NULL;
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
  return note_table(self, quoted, error);
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
  return note_table(self, pk_sql_dup_ident(name), error);
}

/* --- questions --- */

static void
host_counted(const char *relation, gint64 rows, gpointer user)
{
  PkPlotHost *self = user;
  pk_session_note_count(self->session, relation, rows);
}

static void
explain_fetch(PkPlotHost *self, const PkPlan *plan)
{
  if (!self->explained || pk_session_has_columns(self->session, plan))
    return;
  g_autofree char *sql = pk_session_columns_sql(plan);
  pk_session_explain_sql(sql, "columns, fetched into memory", self->explained_as_json, next_explained(self));
}

/* Fetching pays only if a backend will read the frame. */
static gboolean
host_prefetch(const PkPlan *columns, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  if (!g_strcmp0(self->session->forced_backend, "sql"))
    return TRUE;
  explain_fetch(self, columns);
  g_autoptr(PkFrame) frame = pk_session_columns(self->session, columns, self->cancellable, &self->tally, error);
  return frame != NULL;
}

/* The ends of a number or time column: what a scale or bins are made for, which then read the same column again. */
static gboolean
is_extent(const PkPlan *plan)
{
  for (guint i = 0; i < plan->n_aggs; i++)
    if (plan->aggs[i].op != PK_AGG_MIN && plan->aggs[i].op != PK_AGG_MAX)
      return FALSE;
  return plan->n_aggs > 0 && plan->n_keys == 0 && plan->n_columns == 1 && plan->n_predicates == 0 &&
         !pk_column_type_is_text(plan->columns[0].type);
}

static gboolean
explain_plan(PkPlotHost *self, PkPlan *plan, const char *title, GError **error)
{
  if (!self->explained)
    return TRUE;
  g_autoptr(PkChoice) choice = pk_session_choose(self->session, plan, error);
  if (!choice)
    return FALSE;
  if (choice->chosen->needs_frame)
    explain_fetch(self, plan);
  pk_session_explain_plan(plan, choice, title, self->explained_as_json, next_explained(self));
  return TRUE;
}

void
pk_plot_host_keep_answers(PkPlotHost *self)
{
  self->answers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pk_frame_unref);
}

/* Rasters and lines depend on what is shown, and are large. */
static gboolean
stays(const PkPlotHost *self, const PkPlan *plan)
{
  return self->answers && plan->n_predicates == 0 && !plan->is_m4 && !plan->is_rows && !plan->dense;
}

/* What a brush or a zoom asks again with other numbers is worth keeping, if there is room; whether there is or not, the
 * planner finds somebody who answers. */
static gboolean
keep_columns(PkPlotHost *self, const PkPlan *plan, gboolean is_raster, GError **error)
{
  g_autoptr(GError) local = NULL;
  if (!self->answers || (plan->n_predicates == 0 && !plan->is_m4 && !plan->dense && !is_raster) || host_prefetch(plan, self, &local) ||
      g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT))
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&local));
  return FALSE;
}

static PkFrame *
host_run_plan(PkPlan *plan, const char *title, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  g_autofree char *key = stays(self, plan) ? pk_plan_canonical(plan) : NULL;
  PkFrame *known = key ? g_hash_table_lookup(self->answers, key) : NULL;
  if (known)
    return pk_frame_ref(known);
  if ((is_extent(plan) && !host_prefetch(plan, self, error)) || !keep_columns(self, plan, FALSE, error) ||
      !explain_plan(self, plan, title, error))
    return NULL;
  PkFrame *answer = pk_session_run_plan(self->session, plan, self->cancellable, &self->tally, error);
  if (answer && key)
    g_hash_table_insert(self->answers, g_steal_pointer(&key), pk_frame_ref(answer));
  return answer;
}

static gboolean
host_run_raster(PkPlan *plan, const char *title, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                gpointer user, GError **error)
{
  PkPlotHost *self = user;
  return keep_columns(self, plan, TRUE, error) && explain_plan(self, plan, title, error) &&
         pk_session_run_raster(self->session, plan, style, raster, counts, self->cancellable, &self->tally, error);
}

static PkFrame *
host_run_sql(const char *sql, const char *relation, const char *title, gpointer user, GError **error)
{
  PkPlotHost *self = user;
  if (self->explained)
    pk_session_explain_sql(sql, title, self->explained_as_json, next_explained(self));
  return pk_session_run_sql(self->session, sql, relation, self->cancellable, &self->tally, error);
}

PkLowerHost
pk_plot_host_functions(PkPlotHost *self)
{
  return (PkLowerHost){ .open = host_open, .read = host_read, .add_stream = host_add_stream, .describe = host_describe,
                        .count = host_count, .counted = host_counted, .prefetch = host_prefetch,
                        .run_plan = host_run_plan, .run_raster = host_run_raster, .run_sql = host_run_sql, .user = self };
}
