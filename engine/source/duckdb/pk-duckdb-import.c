/* What the imports of text share: scanning all files of a table, the two halves of the progress, and the
 * check afterwards that the table holds what was counted. */
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <glib/gstdio.h>

typedef struct {
  const PkQueryControl *control;
  guint64 bytes_before, bytes_total;
} ScanProgress;

static void
on_scan(guint64 bytes, gpointer data)
{
  const ScanProgress *p = data;
  double fraction = p->bytes_total > 0 ? (double)(p->bytes_before + bytes) / (double)p->bytes_total : -1;

  /* A packed file has more bytes than its size tells. */
  PkProgress progress = { .unit = "%", .bytes = p->bytes_before + bytes };
  if (fraction >= 0) {
    progress.done = MIN(fraction, 1) * 50;
    progress.total = 100;
  }
  p->control->progress(&progress, p->control->progress_data);
}

gboolean
pk_duckdb_scan_files(PkDuckdbScan func, gpointer scan, const char *const *paths, const char *const *shown,
                     PkImportReport *report, const PkQueryControl *control, GError **error)
{
  GCancellable *cancellable = control != NULL ? control->cancellable : NULL;
  gboolean wanted = control != NULL && control->progress != NULL;
  ScanProgress progress = { .control = control };
  GStatBuf info;

  for (guint i = 0; paths[i] != NULL; i++)
    if (g_stat(paths[i], &info) == 0)
      report->bytes += (guint64)info.st_size;
  report->counted = TRUE;
  progress.bytes_total = report->bytes;
  for (guint i = 0; paths[i] != NULL; i++) {
    PkPacking packing;
    g_autoptr(GInputStream) stream = pk_unpack_open(paths[i], shown[i], &packing, error);
    if (stream == NULL || !func(scan, stream, paths[i], shown[i], packing, wanted ? on_scan : NULL, &progress,
                                cancellable, error))
      return FALSE;
    if (g_stat(paths[i], &info) == 0)
      progress.bytes_before += (guint64)info.st_size;
  }
  return TRUE;
}

static void
on_load(const PkProgress *load, gpointer data)
{
  const PkQueryControl *control = data;
  PkProgress progress = *load;
  progress.done = 50 + load->done / 2;
  control->progress(&progress, control->progress_data);
}

PkQueryControl
pk_duckdb_load_control(const PkQueryControl *control)
{
  PkQueryControl load = { 0 };

  if (control != NULL) {
    load.cancellable = control->cancellable;
    load.progress = control->progress != NULL ? on_load : NULL;
    load.progress_data = (gpointer)control;
  }
  return load;
}

GPtrArray *
pk_duckdb_describe_table(PkDuckdb *self, const char *name, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT * FROM main.");

  pk_sql_append_ident(sql, name);
  return pk_duckdb_describe_own(self, sql->str, error);
}

void
pk_duckdb_drop(PkDuckdb *self, const char *kind, const char *name)
{
  g_autoptr(GString) sql = g_string_new(NULL);

  g_string_printf(sql, "DROP %s IF EXISTS main.", kind);
  pk_sql_append_ident(sql, name);
  pk_duckdb_run(self, sql->str, NULL, NULL, NULL);
}

void
pk_duckdb_warn_of_names(GPtrArray *names, GPtrArray *columns, GPtrArray *warnings)
{
  g_autoptr(GString) renamed = g_string_new(NULL);

  for (guint i = 0; i < columns->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    const PkColumnInfo *column = g_ptr_array_index(columns, i);
    if (g_strcmp0(name, column->name) != 0)
      g_string_append_printf(renamed, "%s%s is %s", renamed->len > 0 ? ", " : "", name[0] != '\0' ? name : "\"\"",
                             column->name);
  }
  if (renamed->len > 0)
    g_ptr_array_add(warnings, g_strdup_printf(PK_IMPORT_RENAMED, renamed->str));
}

gboolean
pk_duckdb_verify(PkDuckdb *self, const char *name, GPtrArray *columns, const guint64 *counts,
                 PkImportReport *report, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT count(*)");
  const char *first = g_ptr_array_index(report->paths, 0);

  for (guint c = 0; c < columns->len; c++) {
    const PkColumnInfo *column = g_ptr_array_index(columns, c);
    g_string_append(sql, ", count(");
    pk_sql_append_ident(sql, column->name);
    g_string_append_c(sql, ')');
  }
  g_string_append(sql, " FROM main.");
  pk_sql_append_ident(sql, name);
  g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, error);
  if (rows == NULL)
    return FALSE;
  char **found = g_ptr_array_index(rows, 0);
  guint64 expected = report->read - report->rejected;
  report->loaded = g_ascii_strtoull(found[0], NULL, 10);
  if (report->loaded != expected)
    return pk_fail(error, PK_ERROR_INTERNAL, "%s: %" G_GUINT64_FORMAT " records were counted to load, but %"
                   G_GUINT64_FORMAT " rows came out", first, expected, report->loaded);
  for (guint c = 0; c < columns->len; c++)
    if (g_ascii_strtoull(found[c + 1], NULL, 10) != counts[c])
      return pk_fail(error, PK_ERROR_INTERNAL, "%s: column \"%s\" has %" G_GUINT64_FORMAT " values in the file, "
                     "but %s came out", first, ((PkColumnInfo *)g_ptr_array_index(columns, c))->name, counts[c],
                     found[c + 1]);
  return TRUE;
}
