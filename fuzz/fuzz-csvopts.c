/* CSV options as text, a line each: NAME=VALUE. They come from flags and from saved
 * workspaces. After a line "---" comes delimited text, which is scanned with them:
 * every record must be loaded or rejected, and the clean copy of those to be
 * loaded must scan as just as many, with nothing to reject. */
#include "fuzz.h"

#include "pk-csv-options.h"
#include "pk-csv-scan.h"

#include <glib/gstdio.h>
#include <unistd.h>

#define SEPARATOR "\n---\n"

static PkCsvScan *
scan_bytes(const char *bytes, gsize n, const PkCsvOptions *options, PkImportReport *report)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(bytes, (gssize)n, NULL);
  g_autoptr(PkCsvScan) scan = pk_csv_scan_new(options, report);
  g_autoptr(GError) error = NULL;
  gboolean ok = pk_csv_scan_add(scan, stream, "memory", "memory", PK_PACKED_NOT, NULL, NULL, NULL, &error);

  fuzz_check_error(ok, error);
  if (!ok)
    return NULL;
  pk_csv_scan_finish(scan);
  return g_steal_pointer(&scan);
}

static void
check_clean_copy(const PkCsvScan *scan, const PkImportReport *report, const char *bytes, gsize n)
{
  g_autofree char *path = g_strdup_printf("%s/pika-fuzz-%d.csv", g_get_tmp_dir(), (int)getpid());
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(bytes, (gssize)n, NULL);
  g_autoptr(PkImportReport) again = pk_import_report_new("again");
  g_autoptr(PkCsvOptions) plain = pk_csv_options_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *copy = NULL;
  gsize length, longest;

  g_assert_true(
    pk_csv_scan_write_clean(scan, g_ptr_array_index(scan->files, 0), stream, path, &longest, NULL, &error));
  g_assert_true(g_file_get_contents(path, &copy, &length, NULL));
  g_unlink(path);
  plain->header = 0;
  plain->delim = ',';
  if (report->read == report->rejected || scan->n_columns == 1) /* which may be nothing but empty lines */
    return;
  g_autoptr(PkCsvScan) second = scan_bytes(copy, length, plain, again);
  g_assert_nonnull(second);
  g_assert_cmpuint(second->n_columns, ==, scan->n_columns);
  g_assert_cmpuint(again->read, ==, report->read - report->rejected);
  g_assert_cmpuint(again->rejected, ==, 0);
}

static void
check_scan(const char *bytes, gsize n, const PkCsvOptions *options)
{
  g_autoptr(PkImportReport) report = pk_import_report_new("t");
  g_autoptr(PkCsvScan) scan = scan_bytes(bytes, n, options, report);
  g_autoptr(GString) rejects = g_string_new(NULL);

  if (scan == NULL)
    return;
  const PkCsvFile *file = g_ptr_array_index(scan->files, 0);
  g_assert_cmpuint(file->records, ==, report->read);
  g_assert_cmpuint(file->rejected->len, ==, report->rejected);
  g_assert_cmpuint(report->rejects->len, ==, report->rejected);
  for (guint c = 0; c < scan->n_columns; c++) {
    g_assert_cmpuint(scan->columns[c].values + scan->columns[c].tally.nulls, ==,
                     report->read - report->rejected);
    g_assert_true(g_utf8_validate(scan->columns[c].name, -1, NULL));
  }
  pk_import_report_append_csv(report, rejects);
  g_assert_true(g_utf8_validate(rejects->str, (gssize)rejects->len, NULL));
  check_clean_copy(scan, report, bytes, n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const char *separator = memmem(data, size, SEPARATOR, strlen(SEPARATOR));
  gsize options_size = separator != NULL ? (gsize)(separator - (const char *)data) : size;
  g_autofree char *text = g_strndup(data ? (const char *)data : "", options_size);
  g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
  g_autoptr(PkCsvOptions) options = pk_csv_options_new();

  for (char **line = lines; *line; line++) {
    g_autoptr(GError) error = NULL;
    char *equals = strchr(*line, '=');
    if (equals) {
      *equals = '\0';
      gboolean ok = pk_csv_options_set(options, *line, equals + 1, &error);
      fuzz_check_error(ok, error);
    } else {
      PkType type;
      gboolean ok = pk_csv_parse_type(*line, &type, &error);
      fuzz_check_error(ok, error);
      g_autofree char *name = ok ? pk_type_dup_name(type) : NULL;
      g_assert_true(ok == (name != NULL));
    }
  }
  g_autoptr(PkCsvOptions) copy = pk_csv_options_copy(options);
  g_assert_cmpuint(copy->types->len, ==, options->types->len);
  g_assert_cmpstr(copy->tz, ==, options->tz);
  if (separator != NULL) {
    gsize before = options_size + strlen(SEPARATOR);
    check_scan((const char *)data + before, size - before, options);
  }
  return 0;
}
