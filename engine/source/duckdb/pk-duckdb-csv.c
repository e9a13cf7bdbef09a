/* Delimited text into tables.
 *
 * Pika-Plot's own scan (pk-csv-scan.h) decides everything: dialect, types, and
 * which records are rejected. DuckDB's reader then only loads, with nothing left
 * for it to guess; a file with anything unusual in it is loaded from a clean
 * copy of the accepted records. Afterwards rows and non-NULL values are counted
 * in the table and must be those that the scan counted.
 *
 * The table lies in memory and moves to the temporary directory by blocks when
 * the memory limit is reached: queries are fast, and memory stays bounded. */
#include "pk-clock.h"
#include "pk-csv-scan.h"
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

/* DuckDB's own limit on a line, unless a longer one was seen. */
#define LINE_SIZE ((gsize)2 << 20)

/* --- SQL ------------------------------------------------------------------ */

/* An offset such as +02:00 in seconds; FALSE if it is a zone's name. */
static gboolean
parse_offset(const char *tz, int *seconds)
{
  if ((tz[0] != '+' && tz[0] != '-') || !g_ascii_isdigit(tz[1]) || !g_ascii_isdigit(tz[2]))
    return FALSE;
  const char *minutes = tz[3] == ':' ? tz + 4 : tz + 3;
  *seconds = ((tz[1] - '0') * 10 + (tz[2] - '0')) * 3600;
  if (g_ascii_isdigit(minutes[0]) && g_ascii_isdigit(minutes[1]))
    *seconds += ((minutes[0] - '0') * 10 + (minutes[1] - '0')) * 60;
  if (tz[0] == '-')
    *seconds = -*seconds;
  return TRUE;
}

/* The instant of a text: with its own zone if it states one, else in tz. */
static void
append_zoned(GString *sql, const char *column, const char *tz)
{
  g_autoptr(GString) name = g_string_new(NULL);
  int offset;

  pk_sql_append_ident(name, column);
  g_string_append_printf(sql,
                         "CASE WHEN regexp_matches(trim(%s), ':\\d\\d(:\\d\\d(\\.\\d+)?)? "
                         "*(Z|[+-]\\d\\d(:?\\d\\d)?)$') "
                         "THEN CAST(regexp_replace(regexp_replace(trim(%s), ' +(Z|[+-]\\d)', '\\1'), "
                         "'([T ]\\d\\d:\\d\\d)(Z|[+-])', '\\1:00\\2') AS TIMESTAMPTZ) ELSE ",
                         name->str, name->str);
  if (tz == NULL || parse_offset(tz, &offset)) {
    g_string_append_printf(sql, "timezone('UTC', CAST(%s AS TIMESTAMP) - to_seconds(%d))", name->str,
                           tz == NULL ? 0 : offset);
  } else {
    g_string_append(sql, "timezone(");
    pk_sql_append_literal(sql, tz);
    g_string_append_printf(sql, ", CAST(%s AS TIMESTAMP))", name->str);
  }
  g_string_append(sql, " END");
}

static void
append_expression(GString *sql, const PkCsvScan *scan, const PkCsvColumn *column)
{
  g_autofree char *type = pk_type_dup_name(column->type);

  switch (column->load) {
  case PK_CSV_LOAD_STRPTIME:
    g_string_append(sql, "CAST(strptime(trim(");
    pk_sql_append_ident(sql, column->name);
    g_string_append_printf(sql, "), '%s') AS %s)", column->format, type);
    break;
  case PK_CSV_LOAD_ZONED:
    append_zoned(sql, column->name, scan->options->tz);
    break;
  default:
    pk_sql_append_ident(sql, column->name);
  }
}

static void
append_char_option(GString *sql, const char *name, int byte)
{
  char text[2] = { (char)byte, '\0' };

  g_string_append_printf(sql, ", %s = ", name);
  pk_sql_append_literal(sql, text);
}

static void
append_reader(GString *sql, const PkCsvScan *scan, const PkCsvFile *file, const char *path, gboolean clean,
              gsize longest)
{
  g_string_append(sql, "read_csv(");
  pk_sql_append_literal(sql, path);
  g_string_append_printf(sql,
                         ", auto_detect = false, header = %s, strict_mode = true, null_padding = false, "
                         "ignore_errors = false, allow_quoted_nulls = true, encoding = 'utf-8', "
                         "compression = '%s'",
                         !clean && file->header_line > 0 ? "true" : "false",
                         pk_packing_name(clean ? PK_PACKED_NOT : file->packing));
  append_char_option(sql, "delim", clean ? ',' : file->dialect.delim);
  append_char_option(sql, "quote", '"');
  append_char_option(sql, "escape", '"');
  if (clean || !file->crlf)
    g_string_append(sql, ", new_line = '\\n'");
  if (longest + 1024 > LINE_SIZE)
    g_string_append_printf(sql, ", max_line_size = %" G_GSIZE_FORMAT ", buffer_size = %" G_GSIZE_FORMAT,
                           longest + 1024, (longest + 1024) * 4);
  g_string_append(sql, ", nullstr = [''");
  for (guint i = 0; i < scan->options->nullstr->len; i++) {
    g_string_append(sql, ", ");
    pk_sql_append_literal(sql, g_ptr_array_index(scan->options->nullstr, i));
  }
  g_string_append(sql, "], columns = {");
  for (guint c = 0; c < scan->n_columns; c++) {
    const PkCsvColumn *column = &scan->columns[c];
    g_autofree char *type = pk_type_dup_name(column->type);
    g_string_append(sql, c > 0 ? ", " : "");
    pk_sql_append_literal(sql, column->name);
    g_string_append_printf(sql, ": '%s'", column->load == PK_CSV_LOAD_DIRECT ? type : "VARCHAR");
  }
  g_string_append(sql, "})");
}

static gboolean
create_table(PkDuckdb *self, const PkCsvScan *scan, const char *name, GError **error)
{
  g_autoptr(GString) sql = g_string_new("CREATE TABLE main.");

  pk_sql_append_ident(sql, name);
  for (guint c = 0; c < scan->n_columns; c++) {
    g_autofree char *type = pk_type_dup_name(scan->columns[c].type);
    g_string_append(sql, c > 0 ? ", " : " (");
    pk_sql_append_ident(sql, scan->columns[c].name);
    g_string_append_printf(sql, " %s", type);
  }
  g_string_append_c(sql, ')');
  return pk_duckdb_run(self, sql->str, NULL, NULL, error);
}

static gboolean
insert(PkDuckdb *self, const PkCsvScan *scan, const PkCsvFile *file, const char *name, const char *path,
       gboolean clean, gsize longest, const PkQueryControl *control, GError **error)
{
  g_autoptr(GString) sql = g_string_new("INSERT INTO main.");

  pk_sql_append_ident(sql, name);
  g_string_append(sql, " SELECT ");
  for (guint c = 0; c < scan->n_columns; c++) {
    g_string_append(sql, c > 0 ? ", " : "");
    append_expression(sql, scan, &scan->columns[c]);
  }
  g_string_append(sql, " FROM ");
  append_reader(sql, scan, file, path, clean, longest);
  return pk_duckdb_run(self, sql->str, NULL, control, error);
}

/* --- loading -------------------------------------------------------------- */

static gboolean
load_clean(PkDuckdb *self, const PkCsvScan *scan, const PkCsvFile *file, const char *name,
           const PkQueryControl *control, GError **error)
{
  g_autoptr(GInputStream) stream = pk_unpack_open(file->path, file->shown, NULL, error);
  g_autofree char *copy = pk_duckdb_import_path(self, ".csv");
  gsize longest;
  gboolean ok;

  if (stream == NULL)
    return FALSE;
  ok = pk_csv_scan_write_clean(scan, file, stream, copy, &longest,
                               control != NULL ? control->cancellable : NULL, error) &&
       (file->records == file->rejected->len ||
        insert(self, scan, file, name, copy, TRUE, longest, control, error));
  g_unlink(copy);
  return ok;
}

/* Loads all files; those that are regular directly unless `all_clean`. */
static gboolean
load(PkDuckdb *self, const PkCsvScan *scan, const char *name, gboolean all_clean,
     const PkQueryControl *control, GError **error)
{
  for (guint i = 0; i < scan->files->len; i++) {
    const PkCsvFile *file = g_ptr_array_index(scan->files, i);
    g_autoptr(GError) failure = NULL;
    gboolean direct = file->regular && !all_clean;
    if (direct ? insert(self, scan, file, name, file->path, FALSE, file->longest, control, &failure)
               : load_clean(self, scan, file, name, control, &failure))
      continue;
    if (failure->code == PK_ERROR_ENGINE)
      failure->code = PK_ERROR_INVALID;
    if (failure->code != PK_ERROR_CANCELLED && strstr(failure->message, file->shown) == NULL)
      pk_fail_prefix(&failure, "%s: ", file->shown);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  return TRUE;
}

/* Are the rows and the values that the scan counted in the table, all of them? */
static gboolean
verify(PkDuckdb *self, const PkCsvScan *scan, const char *name, GError **error)
{
  g_autoptr(GPtrArray) columns = pk_duckdb_describe_table(self, name, error);
  g_autofree guint64 *counts = g_new(guint64, scan->n_columns + 1);

  for (guint c = 0; c < scan->n_columns; c++)
    counts[c] = scan->columns[c].values;
  return columns != NULL && pk_duckdb_verify(self, name, columns, counts, scan->report, error);
}

/* If what DuckDB's reader makes of the files is not what was counted, the clean
 * copies are tried; if that differs too the import fails rather than lie. */
static gboolean
load_and_verify(PkDuckdb *self, const PkCsvScan *scan, const char *name, const PkQueryControl *control,
                GError **error)
{
  for (int attempt = 0; attempt < 2; attempt++) {
    g_autoptr(GError) failure = NULL;
    if (!create_table(self, scan, name, error))
      return FALSE;
    if (load(self, scan, name, attempt == 1, control, &failure) &&
        verify(self, scan, name, &failure))
      return TRUE;
    pk_duckdb_drop(self, "TABLE", name);
    if (attempt == 1 || (failure->code != PK_ERROR_INTERNAL && failure->code != PK_ERROR_INVALID &&
                         failure->code != PK_ERROR_TYPE)) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    g_debug("%s: loading it again from a clean copy: %s", name, failure->message);
  }
  return FALSE;
}

static gboolean
check_zone(PkDuckdb *self, const char *tz, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT timezone(");
  g_autoptr(GError) failure = NULL;
  int offset;

  if (parse_offset(tz, &offset))
    return TRUE;
  pk_sql_append_literal(sql, tz);
  g_string_append(sql, ", TIMESTAMP '2000-01-01')::VARCHAR");
  g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, &failure);
  return rows != NULL || pk_fail(error, PK_ERROR_USAGE, "there is no time zone \"%s\"; give a name such as "
                                 "Europe/Berlin, UTC, or an offset such as +02:00", tz);
}

static gboolean
scan_file(gpointer scan, GInputStream *stream, const char *path, const char *shown, PkPacking packing,
          void (*progress)(guint64 bytes, gpointer data), gpointer data, GCancellable *cancellable, GError **error)
{
  return pk_csv_scan_add(scan, stream, path, shown, packing, progress, data, cancellable, error);
}

PkImportReport *
pk_duckdb_import_csv(PkDuckdb *self, const char *name, const char *const *paths, const char *const *shown,
                     const PkCsvOptions *options, const PkQueryControl *control, GError **error)
{
  g_autoptr(PkImportReport) report = pk_import_report_new(name);
  g_autoptr(PkCsvScan) scan = pk_csv_scan_new(options, report);
  gint64 started = pk_clock_now_ns();
  PkQueryControl load_control = pk_duckdb_load_control(control);

  if (scan->options->tz != NULL && !check_zone(self, scan->options->tz, error))
    return NULL;
  if (!pk_duckdb_scan_files(scan_file, scan, paths, shown, report, control, error))
    return NULL;
  pk_csv_scan_finish(scan);
  if (!load_and_verify(self, scan, name, &load_control, error))
    return NULL;
  report->seconds = (double)(pk_clock_now_ns() - started) / 1e9;
  return g_steal_pointer(&report);
}
