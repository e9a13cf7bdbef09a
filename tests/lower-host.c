#include "lower-host.h"

#include "pk-error.h"
#include "pk-frame.h"
#include "pk-plan-sql.h"
#include "pk-source-duckdb.h"
#include "pk-sql-quote.h"

#include <string.h>

static char *
quoted(const char *name)
{
  GString *sql = g_string_new(NULL);

  pk_sql_append_ident(sql, name);
  return g_string_free(sql, FALSE);
}

static char *
path_of(LowerHost *self, const PkData *data, GError **error)
{
  if (!self->folder || !g_str_has_prefix(data->url, "data/")) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "no file for the url %s", data->url);
    return NULL;
  }
  return g_build_filename(self->folder, data->url + strlen("data/"), NULL);
}

static char *
host_open(const PkData *data, gpointer user, GError **error)
{
  LowerHost *self = user;
  g_autofree char *path = NULL, *name = NULL;
  g_autoptr(PkCsvOptions) csv = pk_csv_options_new();
  const char *paths[2] = { NULL, NULL };

  if (data->kind != PK_DATA_URL) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "no table %s", data->name ? data->name : "");
    return NULL;
  }
  path = path_of(self, data, error);
  if (!path)
    return NULL;
  if (g_hash_table_contains(self->opened, path))
    return quoted(g_hash_table_lookup(self->opened, path));
  name = g_strdup_printf("__t%u", ++self->n_tables);
  paths[0] = path;
  PkFileSpec spec = { .paths = paths, .name = name };
  if (g_str_has_suffix(path, ".csv") || g_str_has_suffix(path, ".tsv")) {
    csv->all_text = TRUE;
    csv->header = 1;
    csv->delim = g_str_has_suffix(path, ".tsv") ? '\t' : ',';
    spec.csv = csv;
  }
  if (!pk_source_add_file(self->source, &spec, NULL, NULL, error))
    return NULL;
  g_hash_table_insert(self->opened, g_steal_pointer(&path), g_strdup(name));
  return quoted(name);
}

static GBytes *
host_read(const PkData *data, gpointer user, GError **error)
{
  g_autofree char *path = path_of(user, data, error);
  char *content;
  gsize length;

  if (!path || !g_file_get_contents(path, &content, &length, error))
    return NULL;
  return g_bytes_new_take(content, length);
}

static char *
host_add_stream(PkArrowStream *stream, gpointer user, GError **error)
{
  LowerHost *self = user;
  g_autofree char *name = g_strdup_printf("__t%u", ++self->n_tables);

  return pk_source_add_stream(self->source, name, stream, error) ? quoted(name) : NULL;
}

static GPtrArray *
host_describe(const char *sql, gpointer user, GError **error)
{
  return pk_source_describe(((LowerHost *)user)->source, sql, error);
}

static PkFrame *
host_run_sql(const char *sql, const char *relation, const char *title, gpointer user, GError **error)
{
  LowerHost *self = user;
  g_auto(PkArrowStream) stream = { 0 };

  if (self->verbose)
    g_printerr("%s\n", sql);
  if (!pk_source_query(self->source, sql, NULL, &stream, error))
    return NULL;
  return pk_frame_read_stream(&stream, 0, NULL, error);
}

static PkFrame *
host_run_plan(PkPlan *plan, const char *title, gpointer user, GError **error)
{
  LowerHost *self = user;
  g_autofree char *sql = NULL;

  if (!self->backend) {
    sql = pk_plan_to_sql(plan);
    return host_run_sql(sql, plan->relation, title, user, error);
  }
  g_autoptr(GString) select = g_string_new("SELECT ");
  for (guint i = 0; i < plan->n_columns; i++) {
    g_string_append(select, i ? ", " : "");
    pk_sql_append_ident(select, plan->columns[i].name);
  }
  g_string_append_printf(select, plan->n_columns ? " FROM %s" : "1 FROM %s", plan->relation);
  g_autoptr(PkFrame) frame = host_run_sql(select->str, plan->relation, title, user, error);
  return frame ? pk_backend_run(self->backend, plan, frame, NULL, NULL, error) : NULL;
}

static gint64
host_count(const char *relation, gpointer user, GError **error)
{
  g_autofree char *sql = g_strconcat("SELECT count(*) AS n FROM ", relation, NULL);
  g_autoptr(PkFrame) frame = host_run_sql(sql, relation, "rows", user, error);

  return frame ? (gint64)pk_column_get_int(frame->columns[0], 0) : -1;
}

LowerHost *
lower_host_new(const char *folder)
{
  g_autoptr(GError) error = NULL;
  LowerHost *self = g_new0(LowerHost, 1);

  self->source = pk_source_duckdb_new(NULL, &error);
  g_assert_no_error(error);
  self->folder = g_strdup(folder);
  self->opened = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
lower_host_free(LowerHost *self)
{
  pk_backend_free(self->backend);
  pk_source_unref(self->source);
  g_hash_table_unref(self->opened);
  g_free(self->folder);
  g_free(self);
}

PkLowerHost
lower_host_functions(LowerHost *self)
{
  return (PkLowerHost){ .open = host_open, .read = host_read, .add_stream = host_add_stream, .describe = host_describe,
                        .count = host_count, .run_plan = host_run_plan, .run_sql = host_run_sql, .user = self };
}
