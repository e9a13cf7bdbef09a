#include "csv-import.h"
#include "pk-error.h"

#include <glib/gstdio.h>
#include <string.h>

char *csv_work;
static guint serial;

void
import_clear(Import *import)
{
  g_clear_pointer(&import->report, pk_import_report_unref);
  g_clear_pointer(&import->source, pk_source_unref);
  g_clear_error(&import->error);
}

char *
write_named(const char *name, const char *bytes, gssize n)
{
  char *path = g_build_filename(csv_work, name, NULL);
  g_assert_true(g_file_set_contents(path, bytes, n, NULL));
  return path;
}

/* Options as name, value, …, NULL. */
static PkCsvOptions *
options_of(const char *const *options)
{
  PkCsvOptions *csv = pk_csv_options_new();

  for (gsize i = 0; options != NULL && options[i] != NULL; i += 2) {
    g_autoptr(GError) error = NULL;
    pk_csv_options_set(csv, options[i], options[i + 1], &error);
    g_assert_no_error(error);
  }
  return csv;
}

Import
import_paths(const char *const *paths, const char *const *options)
{
  Import import = { 0 };
  PkSourceOptions source_options = { .temp_directory = csv_work, .threads = 2 };
  g_autoptr(PkCsvOptions) csv = options_of(options);
  g_autoptr(GPtrArray) tables = NULL;
  PkFileSpec spec = { .paths = paths, .csv = csv, .name = "t" };

  import.source = pk_source_duckdb_new(&source_options, &import.error);
  g_assert_no_error(import.error);
  if (pk_source_add_file(import.source, &spec, NULL, &tables, &import.error)) {
    const PkSourceTable *table = g_ptr_array_index(tables, 0);
    import.report = pk_import_report_ref(table->report);
    g_assert_cmpuint(import.report->read, ==, import.report->loaded + import.report->rejected);
  }
  return import;
}

Import
import_bytes(const char *bytes, gssize n, const char *const *options)
{
  g_autofree char *name = g_strdup_printf("in%u.csv", serial++);
  g_autofree char *path = write_named(name, bytes, n);
  const char *paths[] = { path, NULL };
  Import import = import_paths(paths, options);

  g_unlink(path);
  return import;
}

char *
query(PkSource *source, const char *sql)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_auto(PkArrowSchema) schema = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) out = g_string_new(NULL);

  pk_source_query(source, sql, NULL, &stream, &error);
  g_assert_no_error(error);
  g_assert_true(pk_arrow_stream_schema(&stream, &schema, &error));
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    g_auto(PkArrowView) batch = { 0 };
    pk_arrow_stream_next(&stream, &array, &error);
    g_assert_no_error(error);
    if (array.release == NULL)
      return g_string_free(g_steal_pointer(&out), FALSE);
    g_assert_true(pk_arrow_batch_init(&batch, &schema, &array, &error));
    for (gint64 r = 0; r < batch.length; r++) {
      if (out->len > 0)
        g_string_append_c(out, '\n');
      for (guint c = 0; c < batch.n_children; c++) {
        if (c > 0)
          g_string_append_c(out, '|');
        pk_arrow_format_value(&batch.children[c], r, out);
      }
    }
  }
}

void
assert_query(const Import *import, const char *sql, const char *expected)
{
  g_autofree char *text = query(import->source, sql);
  g_assert_cmpstr(text, ==, expected);
}

void
assert_type(const Import *import, const char *column, const char *type)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) columns = pk_source_describe_table(import->source, "t", &error);

  g_assert_no_error(error);
  for (guint i = 0; i < columns->len; i++) {
    const PkColumnInfo *info = g_ptr_array_index(columns, i);
    if (strcmp(info->name, column) == 0) {
      g_assert_cmpstr(info->sql_type, ==, type);
      return;
    }
  }
  g_error("no column %s", column);
}

void
assert_counts(const Import *import, guint64 read, guint64 loaded, guint64 rejected)
{
  g_assert_no_error(import->error);
  for (guint i = 0; i < import->report->rejects->len && i < 5; i++) {
    const PkReject *r = g_ptr_array_index(import->report->rejects, i);
    g_test_message("line %" G_GUINT64_FORMAT " %s: %s", r->line, r->column != NULL ? r->column : "",
                   r->reason);
  }
  g_assert_cmpuint(import->report->read, ==, read);
  g_assert_cmpuint(import->report->loaded, ==, loaded);
  g_assert_cmpuint(import->report->rejected, ==, rejected);
  g_assert_cmpuint(import->report->rejects->len, ==, rejected);
}

void
assert_reject(const Import *import, guint index, guint64 line, const char *column, const char *words)
{
  const PkReject *reject = g_ptr_array_index(import->report->rejects, index);

  g_assert_cmpuint(reject->line, ==, line);
  g_assert_cmpstr(reject->column, ==, column);
  if (strstr(reject->reason, words) == NULL)
    g_error("\"%s\" does not say \"%s\"", reject->reason, words);
}

void
assert_warning(const Import *import, const char *words)
{
  for (guint i = 0; i < import->report->warnings->len; i++)
    if (strstr(g_ptr_array_index(import->report->warnings, i), words) != NULL)
      return;
  g_error("no warning says \"%s\"", words);
}

void
csv_import_start(void)
{
  csv_work = g_dir_make_tmp("pika-test-csv-XXXXXX", NULL);
}

void
csv_import_end(void)
{
  GDir *dir = g_dir_open(csv_work, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(csv_work, name, NULL);
    g_remove(path);
  }
  g_dir_close(dir);
  g_rmdir(csv_work);
  g_free(csv_work);
}
