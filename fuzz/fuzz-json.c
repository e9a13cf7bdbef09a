/* Files of JSON. The first byte says whether the file's name promises a record a line. Every record must be
 * loaded or rejected, and the clean copy of those to be loaded must scan as just as many of the same
 * columns, with nothing to reject. */
#include "fuzz.h"

#include "pk-json-scan.h"

#include <glib/gstdio.h>
#include <unistd.h>

static PkJsonScan *
scan_bytes(const char *bytes, gsize n, gboolean lines, PkImportReport *report)
{
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(bytes, (gssize)n, NULL);
  g_autoptr(PkJsonScan) scan = pk_json_scan_new(report);
  g_autoptr(GError) error = NULL;

  scan->lines = lines;
  gboolean ok = pk_json_scan_add(scan, stream, "memory", "memory", PK_PACKED_NOT, NULL, NULL, NULL, &error);
  fuzz_check_error(ok, error);
  return ok ? g_steal_pointer(&scan) : NULL;
}

static void
check_clean_copy(const PkJsonScan *scan, const char *bytes, gsize n)
{
  g_autofree char *path = g_strdup_printf("%s/pika-fuzz-%d.ndjson", g_get_tmp_dir(), (int)getpid());
  g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(bytes, (gssize)n, NULL);
  g_autoptr(PkImportReport) again = pk_import_report_new("again");
  g_autoptr(GError) error = NULL;
  g_autofree char *copy = NULL;
  gsize length;

  g_assert_true(pk_json_scan_write_clean(g_ptr_array_index(scan->files, 0), stream, path, NULL, &error));
  g_assert_true(g_file_get_contents(path, &copy, &length, NULL));
  g_unlink(path);
  g_autoptr(PkJsonScan) second = scan_bytes(copy, length, TRUE, again);
  g_assert_nonnull(second);
  /* A copy of a single array is taken for its elements; the loader says that it is lines. */
  if (((PkJsonFile *)g_ptr_array_index(second->files, 0))->layout != PK_JSON_LINES)
    return;
  g_assert_cmpuint(again->rejected, ==, 0);
  g_assert_cmpuint(again->read, ==, scan->report->read - scan->report->rejected);
  g_assert_cmpuint(second->columns->len, ==, scan->columns->len);
  for (guint i = 0; i < scan->columns->len; i++) {
    const PkJsonColumn *a = g_ptr_array_index(scan->columns, i), *b = g_ptr_array_index(second->columns, i);
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_true(g_utf8_validate(a->name, -1, NULL));
    g_assert_cmpuint(a->values, ==, b->values);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  const char *bytes = (const char *)data + 1;
  g_autoptr(PkImportReport) report = pk_import_report_new("t");
  g_autoptr(PkJsonScan) scan = scan_bytes(bytes, size - 1, data[0] == 'l', report);
  g_autoptr(GString) rejects = g_string_new(NULL);

  if (scan == NULL)
    return 0;
  const PkJsonFile *file = g_ptr_array_index(scan->files, 0);
  g_assert_cmpuint(file->records, ==, report->read);
  g_assert_cmpuint(file->rejected->len, ==, report->rejected);
  g_assert_cmpuint(report->rejects->len, ==, report->rejected);
  pk_import_report_append_csv(report, rejects);
  g_assert_true(g_utf8_validate(rejects->str, (gssize)rejects->len, NULL));
  if (scan->decided)
    check_clean_copy(scan, bytes, size - 1);
  return 0;
}
