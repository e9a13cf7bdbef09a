#include "pk-session-private.h"

#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-ref-backend.h"
#include "pk-row-writer.h"
#include "pk-source-duckdb.h"
#include "pk-sql-backend.h"
#include "pk-sql-quote.h"
#include "pk-staged-file.h"
#include "pk-vk-backend.h"
#include "pk-text-pango.h"
#include "pk-workers.h"

#include <string.h>
#include <unistd.h>

/* One table of errors under two names: the public codes are the engine's. */
G_STATIC_ASSERT((int)PIKA_ERROR_INTERNAL == (int)PK_ERROR_INTERNAL);
G_STATIC_ASSERT((int)PIKA_ERROR_FORBIDDEN == (int)PK_ERROR_FORBIDDEN);
G_STATIC_ASSERT((int)PIKA_ERROR_ENGINE == (int)PK_ERROR_ENGINE);

GQuark
pika_error_quark(void)
{
  return pk_error_quark();
}

const char *
pika_version(void)
{
  return PIKA_VERSION;
}

const char *
pika_engine_version(void)
{
  return pk_source_duckdb_version();
}

static guint64
default_memory_limit(void)
{
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (guint64)pages * (guint64)size / 2 : (guint64)4 << 30;
}

static gboolean
check_backend(const char *name, GError **error)
{
  static const char *const names[] = { "ref", "cpu", "sql", "vulkan", NULL };
  if (!name || g_strv_contains(names, name))
    return TRUE;
  return pk_fail(error, PK_ERROR_USAGE, "there is no backend \"%s\": use ref, cpu, sql or vulkan", name);
}

PikaSession *
pk_session_new(const PikaSessionOptions *options, GError **error)
{
  static const PikaSessionOptions defaults;
  options = options ? options : &defaults;
  if (!check_backend(options->backend, error))
    return NULL;
  guint64 limit = options->memory_limit ? options->memory_limit : default_memory_limit();
  g_autoptr(PikaSession) self = g_new0(PikaSession, 1);
  self->refs = 1;
  g_mutex_init(&self->lock);
  if (options->will_plot)
    pk_session_start_fonts(self);
  PkSourceOptions source_options = {
    .memory_limit = limit,
    .threads = options->threads ? options->threads : pk_workers_get_count(),
    .temp_directory = options->temp_directory,
    .restricted = options->restricted,
    .allowed_paths = options->allowed_paths,
    .allowed_directories = options->allowed_directories,
  };
  self->source = pk_source_duckdb_new(&source_options, error);
  if (!self->source)
    return NULL;
  pk_mem_set_limit(limit);
  self->backends[PK_SESSION_REF] = pk_ref_backend_new();
  self->backends[PK_SESSION_CPU] = pk_cpu_backend_new();
  self->backends[PK_SESSION_SQL] = pk_sql_backend_new(self->source, NULL, options->threads);
  self->forced_backend = g_strdup(options->backend);
  self->gpu_device = g_strdup(options->device);
  self->gpu_memory = options->gpu_memory;
  if (options->backend && !strcmp(options->backend, "vulkan") && !pk_session_open_gpu(self, error))
    return NULL;
  self->threads = options->threads;
  self->restricted = options->restricted;
  self->allowed_paths = g_strdupv((char **)options->allowed_paths);
  self->allowed_directories = g_strdupv((char **)options->allowed_directories);
  self->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->views = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->frames = pk_frame_cache_new(limit);
  return g_steal_pointer(&self);
}

PikaSession *
pika_session_ref(PikaSession *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pk_session_free(PikaSession *self)
{
  GTask *closing = self->closing;
  pk_session_finish_fonts(self);
  g_clear_pointer(&self->frames, pk_frame_cache_free);
  g_clear_pointer(&self->counts, g_hash_table_unref);
  g_clear_pointer(&self->views, g_hash_table_unref);
  for (guint i = 0; i < PK_SESSION_N_BACKENDS; i++)
    pk_backend_free(self->backends[i]);
  pk_source_unref(self->source);
  g_free(self->forced_backend);
  g_free(self->gpu_device);
  g_strfreev(self->allowed_paths);
  g_strfreev(self->allowed_directories);
  g_mutex_clear(&self->lock);
  g_free(self);
  if (closing) {
    g_task_return_boolean(closing, TRUE);
    g_object_unref(closing);
  }
}

void
pika_session_abandon(PikaSession *self)
{
  pk_source_abandon(self->source);
}

void
pk_session_start_fonts(PikaSession *self)
{
  g_mutex_lock(&self->lock);
  if (!self->has_fonts)
    self->fonts = pk_text_warm_up();
  self->has_fonts = TRUE;
  g_mutex_unlock(&self->lock);
}

void
pk_session_finish_fonts(PikaSession *self)
{
  g_mutex_lock(&self->lock);
  PkFonts *fonts = g_steal_pointer(&self->fonts);
  g_mutex_unlock(&self->lock);
  if (fonts)
    pk_text_finish_warm_up(fonts);
}

void
pika_session_set_progress(PikaSession *self, PikaProgressFunc func, gpointer data)
{
  self->progress = func;
  self->progress_data = data;
}

static void
on_progress(const PkProgress *progress, gpointer data)
{
  const PkSessionPhase *bound = data;
  PkProgress named = *progress;
  PkJob *job = pk_job_get_current();
  named.phase = bound->phase;
  if (job)
    pk_job_report(job, &named);
}

PkQueryControl
pk_session_control(PkSessionPhase *bound, GCancellable *cancellable, PkQueryStats *stats)
{
  return (PkQueryControl){ .cancellable = cancellable,
                           .progress = bound->session->progress ? on_progress : NULL,
                           .progress_data = bound,
                           .stats = stats };
}

/* --- tables --- */

static PikaTable *
public_table(const PkSourceTable *table)
{
  PikaTable *self = g_new0(PikaTable, 1);
  self->name = g_strdup(table->name);
  self->format = g_strdup(pk_file_format_name(table->format));
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new(), warnings = g_strv_builder_new();
  for (guint i = 0; table->paths && i < table->paths->len; i++)
    g_strv_builder_add(paths, table->paths->pdata[i]);
  if (table->report) {
    self->has_report = table->report->counted;
    self->read = table->report->read;
    self->loaded = table->report->loaded;
    self->rejected = table->report->rejected;
    for (guint i = 0; i < table->report->warnings->len; i++)
      g_strv_builder_add(warnings, table->report->warnings->pdata[i]);
  }
  self->paths = g_strv_builder_end(paths);
  self->warnings = g_strv_builder_end(warnings);
  return self;
}

static GPtrArray *
public_tables(const GPtrArray *tables)
{
  GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)pika_table_free);
  for (guint i = 0; i < tables->len; i++)
    g_ptr_array_add(out, public_table(tables->pdata[i]));
  return out;
}

static gboolean
parse_file_format(const char *name, PkFileFormat *format, GError **error)
{
  static const PkFileFormat formats[] = { PK_FILE_CSV, PK_FILE_JSON, PK_FILE_NDJSON, PK_FILE_PARQUET, PK_FILE_DATABASE };
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
    if (!g_ascii_strcasecmp(name, pk_file_format_name(formats[i]))) {
      *format = formats[i];
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_USAGE, "\"%s\" is not a file format: use csv, json, ndjson, parquet or database", name);
}

gboolean
pk_session_open(PikaSession *self, const char *path, const char *name, const PikaImportOption *options,
                  guint n_options, GPtrArray **tables, GCancellable *cancellable, GError **error)
{
  g_autoptr(PkCsvOptions) csv = pk_csv_options_new();
  const char *const paths[] = { path, NULL };
  PkFileSpec spec = { .paths = paths, .name = name, .format = PK_FILE_AUTO, .csv = csv };
  for (guint i = 0; i < n_options; i++) {
    gboolean ok = !strcmp(options[i].name, "format") ? parse_file_format(options[i].value, &spec.format, error)
                                                     : pk_csv_options_set(csv, options[i].name, options[i].value, error);
    if (!ok)
      return FALSE;
  }
  PkSessionPhase phase = { self, "read" };
  PkQueryControl control = pk_session_control(&phase, cancellable, NULL);
  g_autoptr(GPtrArray) added = NULL;
  if (!pk_source_add_file(self->source, &spec, &control, &added, error))
    return FALSE;
  if (tables)
    *tables = public_tables(added);
  return TRUE;
}

GPtrArray *
pika_session_list_tables(PikaSession *self, GError **error)
{
  g_autoptr(GPtrArray) tables = pk_source_list_tables(self->source, error);
  return tables ? public_tables(tables) : NULL;
}

PikaKind
pk_session_public_kind(PkType type)
{
  if (pk_type_is_numeric(type))
    return PIKA_KIND_NUMBER;
  if (pk_type_is_temporal(type))
    return PIKA_KIND_TIME;
  if (type.kind == PK_TYPE_BOOL)
    return PIKA_KIND_BOOL;
  return type.kind == PK_TYPE_TEXT ? PIKA_KIND_TEXT : PIKA_KIND_OTHER;
}

static GPtrArray *
public_columns(const GPtrArray *infos)
{
  GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)pika_column_free);
  for (guint i = 0; i < infos->len; i++) {
    const PkColumnInfo *info = infos->pdata[i];
    PikaColumn *column = g_new0(PikaColumn, 1);
    column->name = g_strdup(info->name);
    column->type = info->sql_type ? g_strdup(info->sql_type) : pk_type_dup_name(info->type);
    column->kind = pk_session_public_kind(info->type);
    g_ptr_array_add(out, column);
  }
  return out;
}

GPtrArray *
pk_session_describe_table(PikaSession *self, const char *table, GError **error)
{
  g_autoptr(GPtrArray) infos = pk_source_describe_table(self->source, table, error);
  return infos ? public_columns(infos) : NULL;
}

GPtrArray *
pk_session_describe(PikaSession *self, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) infos = pk_source_describe(self->source, sql, error);
  return infos ? public_columns(infos) : NULL;
}

/* A statement as it can stand in parentheses: without white space and semicolons at its end. */
static char *
bare_statement(const char *sql)
{
  char *bare = g_strchomp(g_strdup(sql));
  for (gsize n = strlen(bare); n > 0 && (bare[n - 1] == ';' || g_ascii_isspace(bare[n - 1])); n--)
    bare[n - 1] = 0;
  return bare;
}

/* A view must not stand in the place of what was opened. */
static gboolean
check_view_name(PikaSession *self, const char *name, GError **error)
{
  g_autoptr(GPtrArray) tables = pk_source_list_tables(self->source, error);
  for (guint i = 0; tables && i < tables->len; i++)
    if (!g_ascii_strcasecmp(((PkSourceTable *)tables->pdata[i])->name, name))
      return pk_fail(error, PK_ERROR_INVALID, "there is a table \"%s\" already: give the query another name", name);
  return tables != NULL;
}

gboolean
pk_session_set_view(PikaSession *self, const char *name, const char *sql, gboolean replace, GError **error)
{
  if (!check_view_name(self, name, error) || !pk_source_set_view(self->source, name, sql, replace, error))
    return FALSE;
  g_mutex_lock(&self->lock);
  gboolean first = g_hash_table_add(self->views, pk_sql_dup_ident(name));
  g_mutex_unlock(&self->lock);
  if (replace && !first)
    pk_session_forget_views(self);
  return TRUE;
}

gboolean
pk_session_remove_table(PikaSession *self, const char *name, GError **error)
{
  gboolean ok = pk_source_remove_table(self->source, name, error);
  if (ok)
    pk_session_forget(self);
  return ok;
}

char *
pika_session_dup_rejects(PikaSession *self, const char *table, GError **error)
{
  g_autoptr(GPtrArray) tables = pk_source_list_tables(self->source, error);
  if (!tables)
    return NULL;
  for (guint i = 0; i < tables->len; i++) {
    const PkSourceTable *t = tables->pdata[i];
    if (strcmp(t->name, table))
      continue;
    GString *out = g_string_new(NULL);
    if (t->report)
      pk_import_report_append_csv(t->report, out);
    return g_string_free(out, FALSE);
  }
  pk_fail(error, PK_ERROR_NOT_FOUND, "there is no table \"%s\"", table);
  return NULL;
}

/* --- rows as text --- */

gboolean
pika_format_parse(const char *name, PikaFormat *format, GError **error)
{
  static const char *const names[] = { "table", "csv", "json", "ndjson", "markdown" };
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (!strcmp(name, names[i])) {
      *format = (PikaFormat)i;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_USAGE, "\"%s\" is not a format for rows: use table, csv, json, ndjson or markdown", name);
}

gboolean
pk_session_write_stream(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out, gint64 max_rows,
                  guint max_width, gint64 *n_rows, GCancellable *cancellable, GError **error)
{
  PkRowWriterOptions options = { .format = (PkRowFormat)format, .max_rows = max_rows, .max_width = max_width };
  return pk_row_writer_write(stream, &options, out, n_rows, cancellable, error);
}

gboolean
pk_session_write_parquet(PikaSession *self, const char *sql, const char *path, GCancellable *cancellable,
                           GError **error)
{
  g_autofree char *parsed = pk_source_parse_sql(self->source, sql, error);
  g_autoptr(PkStagedFile) file = parsed ? pk_staged_file_new(path, cancellable, error) : NULL;
  g_autoptr(GError) failure = NULL;
  if (!file)
    return FALSE;
  g_autofree char *bare = bare_statement(sql);
  g_autofree char *target = pk_sql_dup_literal(pk_staged_file_get_path(file));
  g_autofree char *statement = g_strdup_printf("COPY (%s\n) TO %s (FORMAT parquet)", bare, target);
  PkSessionPhase phase = { self, "write" };
  PkQueryControl control = pk_session_control(&phase, cancellable, NULL);
  if (pk_source_execute(self->source, statement, &control, &failure))
    return pk_staged_file_commit(file, error);
  pk_staged_file_name_place(file, failure);
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}
