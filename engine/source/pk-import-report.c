#include "pk-import-report.h"
#include "pk-digits.h"

#include <string.h>

static void
reject_free(gpointer data)
{
  PkReject *reject = data;

  g_free(reject->column);
  g_free(reject->reason);
  g_free(reject->raw);
  g_free(reject);
}

PkImportReport *
pk_import_report_new(const char *table)
{
  PkImportReport *report = g_new0(PkImportReport, 1);

  report->ref_count = 1;
  report->table = g_strdup(table);
  report->paths = g_ptr_array_new_with_free_func(g_free);
  report->rejects = g_ptr_array_new_with_free_func(reject_free);
  report->warnings = g_ptr_array_new_with_free_func(g_free);
  return report;
}

PkImportReport *
pk_import_report_ref(PkImportReport *report)
{
  g_atomic_int_inc(&report->ref_count);
  return report;
}

void
pk_import_report_unref(PkImportReport *report)
{
  if (report == NULL || !g_atomic_int_dec_and_test(&report->ref_count))
    return;
  g_free(report->table);
  g_ptr_array_unref(report->rejects);
  g_ptr_array_unref(report->warnings);
  g_ptr_array_unref(report->paths);
  g_free(report);
}

void
pk_import_report_reject(PkImportReport *report, guint64 line, guint64 record, const char *column, char *reason,
                        const char *raw, gsize length)
{
  g_autofree char *cut = g_strndup(raw, MIN(length, PK_REJECT_RAW_MAX));

  report->rejected++;
  if (report->rejects->len >= PK_REJECTS_KEPT) {
    g_free(reason);
    return;
  }
  PkReject *entry = g_new0(PkReject, 1);
  entry->path = g_ptr_array_index(report->paths, report->paths->len - 1);
  entry->line = line;
  entry->record = record;
  entry->column = g_strdup(column);
  entry->reason = reason;
  entry->raw = g_utf8_make_valid(cut, -1);
  g_ptr_array_add(report->rejects, entry);
}

char *
pk_import_report_dup_summary(const PkImportReport *report)
{
  GString *out = g_string_new("read ");

  pk_digits_append(out, report->read);
  g_string_append(out, " · loaded ");
  pk_digits_append(out, report->loaded);
  g_string_append(out, " · rejected ");
  pk_digits_append(out, report->rejected);
  return g_string_free(out, FALSE);
}

static void
append_csv_field(GString *out, const char *text)
{
  g_string_append_c(out, '"');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c(out, '"');
    g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

void
pk_import_report_append_csv(const PkImportReport *report, GString *out)
{
  g_string_append(out, "file,line,record,column,reason,raw\n");
  for (guint i = 0; i < report->rejects->len; i++) {
    const PkReject *reject = g_ptr_array_index(report->rejects, i);
    append_csv_field(out, reject->path);
    g_string_append_printf(out, ",%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",", reject->line,
                           reject->record);
    if (reject->column != NULL)
      append_csv_field(out, reject->column);
    g_string_append_c(out, ',');
    append_csv_field(out, reject->reason);
    g_string_append_c(out, ',');
    append_csv_field(out, reject->raw);
    g_string_append_c(out, '\n');
  }
}
