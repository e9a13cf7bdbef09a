/* JSON into tables.
 *
 * Pika-Plot's own scan (pk-json-scan.h) finds the records, counts them, and says which are rejected. DuckDB's
 * reader then loads them, with types found from all of them; files with anything unusual in them are loaded
 * from clean copies of the accepted records. Afterwards rows and non-NULL values are counted in the table and
 * must be those that the scan counted. */
#include "pk-clock.h"
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-json-scan.h"
#include "pk-sql-quote.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  PkDuckdb *self;
  const PkJsonScan *scan;
  const char *name;
  const PkQueryControl *control;
} Load;

static const PkJsonColumn *
column_at(const PkJsonScan *scan, guint i)
{
  return g_ptr_array_index(scan->columns, i);
}

static gboolean
scan_file(gpointer scan, GInputStream *stream, const char *path, const char *shown, PkPacking packing,
          void (*progress)(guint64 bytes, gpointer data), gpointer data, GCancellable *cancellable, GError **error)
{
  return pk_json_scan_add(scan, stream, path, shown, packing, progress, data, cancellable, error);
}

/* --- SQL ------------------------------------------------------------------ */

/* What DuckDB is not to guess. Objects are taken for maps, and their keys for data, if they have very many
 * keys or each has few of them: not those of a table, whose keys were counted. */
static void
append_options(GString *sql, const PkJsonScan *scan, PkJsonLayout layout, PkPacking packing)
{
  guint64 records = scan->report->read - scan->report->rejected;
  gboolean objects = scan->objects && scan->columns->len > 0;

  g_string_append_printf(sql, ", format = '%s', records = %s, compression = '%s', maximum_object_size = %" G_GSIZE_FORMAT,
                         pk_json_layout_name(layout), objects ? "true" : "false", pk_packing_name(packing),
                         MAX(scan->longest + 1024, (gsize)16 << 20));
  if (objects && scan->columns->len > 150)
    g_string_append(sql, ", map_inference_threshold = -1");
  if (objects && scan->n_members * 5 < records * scan->columns->len)
    g_string_append(sql, ", field_appearance_threshold = 0");
}

/* `types` (may be NULL): of PkColumnInfo; else they are found. */
static gboolean
create(const Load *load, const char *const *paths, PkJsonLayout layout, PkPacking packing, GPtrArray *types,
       GError **error)
{
  g_autoptr(GString) sql = g_string_new("CREATE TABLE main.");

  pk_sql_append_ident(sql, load->name);
  g_string_append(sql, " AS SELECT * FROM read_json([");
  for (guint i = 0; paths[i] != NULL; i++) {
    g_string_append(sql, i > 0 ? ", " : "");
    pk_sql_append_literal(sql, paths[i]);
  }
  g_string_append_c(sql, ']');
  append_options(sql, load->scan, layout, packing);
  g_string_append(sql, types != NULL ? ", columns = {" : ", sample_size = -1, union_by_name = true");
  for (guint i = 0; types != NULL && i < types->len; i++) {
    const PkColumnInfo *column = g_ptr_array_index(types, i);
    g_string_append(sql, i > 0 ? ", " : "");
    pk_sql_append_literal(sql, column->name);
    g_string_append(sql, ": ");
    pk_sql_append_literal(sql, column->sql_type);
  }
  g_string_append(sql, types != NULL ? "})" : ")");
  return pk_duckdb_run(load->self, sql->str, NULL, load->control, error);
}

/* --- types ---------------------------------------------------------------- */

/* The type that keeps the digits of whole numbers beyond 64 bits, where DuckDB takes DOUBLE; NULL if there is
 * none to be had, or no need. */
static const char *
exact_type(const PkJsonColumn *column)
{
  if (column->numbers.long_ints == 0 || column->texts > 0 || column->numbers.fraction)
    return NULL;
  return column->numbers.fit == PK_CSV_FITS_I128 ? "HUGEINT" : "VARCHAR";
}

/* Types in which such columns are exact; NULL if there are none. */
static GPtrArray *
exact_types(const PkJsonScan *scan, GPtrArray *columns)
{
  g_autoptr(GPtrArray) types = NULL;

  for (guint i = 0; i < columns->len; i++) {
    const char *type = exact_type(column_at(scan, i));
    PkColumnInfo *column = g_ptr_array_index(columns, i);
    if (strcmp(column->name, column_at(scan, i)->name) != 0) /* columns cannot be given by names that SQL does not tell apart */
      return NULL;
    if (type == NULL)
      continue;
    g_free(column->sql_type);
    column->sql_type = g_strdup(type);
    types = columns;
  }
  return types != NULL ? g_ptr_array_ref(g_steal_pointer(&types)) : NULL;
}

/* A column of JSON's own type holds numbers beside texts: they become texts. Whole
 * numbers of both signs come as HUGEINT, though nearly all fit a BIGINT. */
static gboolean
settle_column(PkDuckdb *self, const char *table, const PkColumnInfo *column, GError **error)
{
  g_autoptr(GString) name = g_string_new(NULL), into = g_string_new("main."), sql = g_string_new(NULL);
  gboolean json = strcmp(column->sql_type, "JSON") == 0;

  pk_sql_append_ident(name, column->name);
  pk_sql_append_ident(into, table);
  if (!json && column->type.kind != PK_TYPE_I128 && column->type.kind != PK_TYPE_U64)
    return TRUE;
  if (!json) {
    g_string_printf(sql,
                    "SELECT count(*) FROM %s WHERE %s NOT BETWEEN -9223372036854775808 AND "
                    "9223372036854775807",
                    into->str, name->str);
    g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, error);
    if (rows == NULL)
      return FALSE;
    if (strcmp(((char **)g_ptr_array_index(rows, 0))[0], "0") != 0)
      return TRUE;
  }
  g_string_printf(sql, "ALTER TABLE %s ALTER COLUMN %s TYPE %s USING (%s%s)", into->str, name->str,
                  json ? "VARCHAR" : "BIGINT", name->str, json ? " ->> '$'" : "::BIGINT");
  return pk_duckdb_run(self, sql->str, NULL, NULL, error);
}

static void
warn_of_numbers(const PkJsonColumn *column, const PkColumnInfo *info, GPtrArray *warnings)
{
  gboolean doubles = strstr(info->sql_type, "DOUBLE") != NULL;
  guint64 n = column->numbers.inexact_reals + (doubles ? column->numbers.inexact_ints : 0);

  if (n > 0)
    g_ptr_array_add(warnings, g_strdup_printf("column \"%s\": %" G_GUINT64_FORMAT " numbers have more digits than "
                                              "DOUBLE keeps; in the file they must be texts to keep them", info->name, n));
  if (column->numbers.long_ints > 0 && strcmp(info->sql_type, "VARCHAR") == 0 && column->texts == 0)
    g_ptr_array_add(warnings, g_strdup_printf("column \"%s\" is text: it holds whole numbers of more than 38 digits",
                                              info->name));
}

/* --- loading -------------------------------------------------------------- */

/* Do all files lie as DuckDB's reader finds the same records in them? */
static gboolean
is_uniform(const PkJsonScan *scan)
{
  const PkJsonFile *first = g_ptr_array_index(scan->files, 0);

  for (guint i = 0; i < scan->files->len; i++) {
    const PkJsonFile *file = g_ptr_array_index(scan->files, i);
    if (!file->regular || file->layout != first->layout || file->packing != first->packing)
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_clean(const Load *load, GPtrArray *copies, GError **error)
{
  GCancellable *cancellable = load->control != NULL ? load->control->cancellable : NULL;

  for (guint i = 0; i < load->scan->files->len; i++) {
    const PkJsonFile *file = g_ptr_array_index(load->scan->files, i);
    g_autoptr(GInputStream) stream = pk_unpack_open(file->path, file->shown, NULL, error);
    if (stream == NULL)
      return FALSE;
    if (file->records == file->rejected->len)
      continue;
    g_ptr_array_add(copies, pk_duckdb_import_path(load->self, ".ndjson"));
    if (!pk_json_scan_write_clean(file, stream, g_ptr_array_index(copies, copies->len - 1), cancellable, error))
      return FALSE;
  }
  g_ptr_array_add(copies, NULL);
  return TRUE;
}

static void
remove_copy(gpointer path)
{
  if (path != NULL)
    g_unlink(path);
  g_free(path);
}

/* Settles the types of the table that is there, and checks it. `paths` are what it was made from. */
static gboolean
settle_and_verify(const Load *load, const char *const *paths, PkJsonLayout layout, PkPacking packing, GError **error)
{
  const PkJsonScan *scan = load->scan;
  gboolean keyed = scan->columns->len > 0;
  g_autoptr(GPtrArray) columns = pk_duckdb_describe_table(load->self, load->name, error);
  g_autofree guint64 *counts = g_new0(guint64, scan->columns->len + 1);

  if (columns == NULL)
    return FALSE;
  if (columns->len != (keyed ? scan->columns->len : 1))
    return pk_fail(error, PK_ERROR_INTERNAL, "%u columns were counted, but %u came out", scan->columns->len, columns->len);
  g_autoptr(GPtrArray) types = scan->objects && keyed ? exact_types(scan, columns) : NULL;
  if (types != NULL) {
    pk_duckdb_drop(load->self, "TABLE", load->name);
    if (!create(load, paths, layout, packing, types, error))
      return FALSE;
  }
  for (guint i = 0; i < columns->len; i++) {
    counts[i] = keyed ? column_at(scan, i)->values : scan->report->read - scan->report->rejected;
    if (!settle_column(load->self, load->name, g_ptr_array_index(columns, i), error))
      return FALSE;
  }
  return pk_duckdb_verify(load->self, load->name, columns, counts, scan->report, error);
}

static gboolean
load_from(const Load *load, const char *const *paths, PkJsonLayout layout, PkPacking packing, GError **error)
{
  if (create(load, paths, layout, packing, NULL, error) && settle_and_verify(load, paths, layout, packing, error))
    return TRUE;
  pk_duckdb_drop(load->self, "TABLE", load->name);
  return FALSE;
}

/* From the files themselves where that gives what was counted, else from clean copies. */
static gboolean
load_and_verify(const Load *load, const char *const *paths, GError **error)
{
  const PkJsonFile *first = g_ptr_array_index(load->scan->files, 0);
  g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func(remove_copy);
  g_autoptr(GError) failure = NULL;

  if (is_uniform(load->scan)) {
    if (load_from(load, paths, first->layout, first->packing, &failure))
      return TRUE;
    if (failure->code == PK_ERROR_CANCELLED || failure->code == PK_ERROR_LIMIT || failure->code == PK_ERROR_IO) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    g_debug("%s: loading it again from a clean copy: %s", load->name, failure->message);
    g_clear_error(&failure);
  }
  if (write_clean(load, copies, &failure) &&
      load_from(load, (const char *const *)copies->pdata, PK_JSON_LINES, PK_PACKED_NOT, &failure))
    return TRUE;
  if (failure->code == PK_ERROR_ENGINE)
    failure->code = PK_ERROR_INVALID;
  g_propagate_error(error, g_steal_pointer(&failure));
  if (!g_error_matches(*error, PK_ERROR, PK_ERROR_CANCELLED) && strstr((*error)->message, first->shown) == NULL)
    pk_fail_prefix(error, "%s: ", first->shown);
  return FALSE;
}

/* --- the whole ------------------------------------------------------------ */

/* A file without records is a table without rows. */
static gboolean
create_empty(PkDuckdb *self, const char *name, GError **error)
{
  g_autoptr(GString) sql = g_string_new("CREATE TABLE main.");

  pk_sql_append_ident(sql, name);
  g_string_append(sql, " (json VARCHAR)");
  return pk_duckdb_run(self, sql->str, NULL, NULL, error);
}

static gboolean
fail_nothing_loads(const PkImportReport *report, GError **error)
{
  const PkReject *reject = g_ptr_array_index(report->rejects, 0);

  return pk_fail(error, PK_ERROR_INVALID, "%s: none of its %" G_GUINT64_FORMAT " records can be loaded; line %"
                 G_GUINT64_FORMAT ": %s", reject->path, report->read, reject->line, reject->reason);
}

static gboolean
tell_of_columns(PkDuckdb *self, const PkJsonScan *scan, const char *name, GError **error)
{
  g_autoptr(GPtrArray) columns = pk_duckdb_describe_table(self, name, error);
  g_autoptr(GPtrArray) names = g_ptr_array_new();

  if (columns == NULL)
    return FALSE;
  for (guint i = 0; i < scan->columns->len; i++) {
    g_ptr_array_add(names, column_at(scan, i)->name);
    warn_of_numbers(column_at(scan, i), g_ptr_array_index(columns, i), scan->report->warnings);
  }
  if (scan->objects && names->len > 0)
    pk_duckdb_warn_of_names(names, columns, scan->report->warnings);
  return TRUE;
}

PkImportReport *
pk_duckdb_import_json(PkDuckdb *self, const char *name, const char *const *paths, const char *const *shown,
                      gboolean lines, const PkQueryControl *control, GError **error)
{
  g_autoptr(PkImportReport) report = pk_import_report_new(name);
  g_autoptr(PkJsonScan) scan = pk_json_scan_new(report);
  PkQueryControl load_control = pk_duckdb_load_control(control);
  Load load = { self, scan, name, &load_control };
  gint64 started = pk_clock_now_ns();

  scan->lines = lines;
  if (!pk_duckdb_scan_files(scan_file, scan, paths, shown, report, control, error))
    return NULL;
  if (report->read > 0 && !scan->decided) {
    fail_nothing_loads(report, error);
    return NULL;
  }
  if (scan->columns->len > PK_SOURCE_MAX_COLUMNS) {
    pk_fail(error, PK_ERROR_LIMIT, "%s has %u columns, more than the %d that a table may have", shown[0],
            scan->columns->len, PK_SOURCE_MAX_COLUMNS);
    return NULL;
  }
  if (report->read == 0)
    return create_empty(self, name, error) ? g_steal_pointer(&report) : NULL;
  if (!load_and_verify(&load, paths, error) || !tell_of_columns(self, scan, name, error))
    return NULL;
  report->seconds = (double)(pk_clock_now_ns() - started) / 1e9;
  return g_steal_pointer(&report);
}
