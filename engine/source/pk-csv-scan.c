#include "pk-csv-scan.h"
#include "pk-error.h"
#include "pk-fd.h"
#include "pk-text-input.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
file_free(gpointer data)
{
  PkCsvFile *file = data;

  g_free(file->path);
  g_free(file->shown);
  g_array_unref(file->rejected);
  g_free(file);
}

PkCsvScan *
pk_csv_scan_new(const PkCsvOptions *options, PkImportReport *report)
{
  PkCsvScan *scan = g_new0(PkCsvScan, 1);

  scan->options = options != NULL ? pk_csv_options_copy(options) : pk_csv_options_new();
  scan->report = pk_import_report_ref(report);
  scan->files = g_ptr_array_new_with_free_func(file_free);
  return scan;
}

void
pk_csv_scan_free(PkCsvScan *scan)
{
  if (scan == NULL)
    return;
  for (guint c = 0; c < scan->n_columns; c++) {
    g_free(scan->columns[c].name);
    pk_csv_tally_clear(&scan->columns[c].tally);
  }
  g_free(scan->columns);
  g_ptr_array_unref(scan->files);
  pk_import_report_unref(scan->report);
  pk_csv_options_free(scan->options);
  g_free(scan);
}

/* --- columns -------------------------------------------------------------- */

static PkCsvColumn *
find_column(PkCsvScan *scan, const char *name)
{
  for (guint c = 0; c < scan->n_columns; c++)
    if (strcmp(scan->columns[c].name, name) == 0)
      return &scan->columns[c];
  for (guint c = 0; c < scan->n_columns; c++)
    if (g_ascii_strcasecmp(scan->columns[c].name, name) == 0)
      return &scan->columns[c];
  return NULL;
}

static gboolean
set_columns(PkCsvScan *scan, const PkCsvShape *shape, const char *shown, GError **error)
{
  scan->n_columns = shape->n_columns;
  scan->columns = g_new0(PkCsvColumn, MAX(shape->n_columns, 1));
  for (guint c = 0; c < shape->n_columns; c++)
    scan->columns[c].name = g_strdup(g_ptr_array_index(shape->names, c));
  for (guint i = 0; i < scan->options->types->len; i++) {
    const PkCsvColumnType *declared = g_ptr_array_index(scan->options->types, i);
    PkCsvColumn *column = find_column(scan, declared->column);
    if (column == NULL)
      return pk_fail(error, PK_ERROR_USAGE, "%s has no column \"%s\" (its columns are %s%s%s%s)", shown,
                     declared->column, scan->columns[0].name, scan->n_columns > 1 ? ", " : "",
                     scan->n_columns > 1 ? scan->columns[1].name : "", scan->n_columns > 2 ? ", …" : "");
    column->type = declared->type;
    column->declared = TRUE;
  }
  return TRUE;
}

static gboolean
same_columns(const PkCsvScan *scan, const PkCsvShape *shape, const char *shown, GError **error)
{
  const PkCsvFile *first = g_ptr_array_index(scan->files, 0);

  if (shape->n_columns != scan->n_columns)
    return pk_fail(error, PK_ERROR_INVALID,
                   "%s has %u columns and %s has %u: files of one table have the same", first->shown,
                   scan->n_columns, shown, shape->n_columns);
  for (guint c = 0; shape->header_line > 0 && c < scan->n_columns; c++) {
    const char *name = g_ptr_array_index(shape->names, c);
    if (g_ascii_strcasecmp(scan->columns[c].name, name) != 0)
      return pk_fail(error, PK_ERROR_INVALID,
                     "column %u is \"%s\" in %s and \"%s\" in %s: files of one table "
                     "have the same columns",
                     c + 1, scan->columns[c].name, first->shown, name, shown);
  }
  return TRUE;
}

/* --- records -------------------------------------------------------------- */

static void
reject(PkCsvScan *scan, PkCsvFile *file, const PkCsvRecord *record, const char *column, char *reason)
{
  file->regular = FALSE;
  g_array_append_val(file->rejected, file->records);
  pk_import_report_reject(scan->report, record->line, file->records, column, reason, record->raw, record->raw_length);
}

static gboolean
is_null(const PkCsvOptions *options, const char *text, gsize n)
{
  if (n == 0)
    return TRUE;
  for (guint i = 0; i < options->nullstr->len; i++) {
    const char *word = g_ptr_array_index(options->nullstr, i);
    if (strlen(word) == n && memcmp(word, text, n) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Do the values fit the declared types? */
static gboolean
check_declared(PkCsvScan *scan, PkCsvFile *file, const PkCsvRecord *record, GString *scratch)
{
  for (guint c = 0; c < scan->n_columns; c++) {
    const PkCsvColumn *column = &scan->columns[c];
    PkCsvValue value;
    const char *reason = "";
    gsize n;
    if (!column->declared || column->type.kind == PK_TYPE_TEXT)
      continue;
    const char *text = pk_csv_field_text(&record->fields[c], &file->dialect, scratch, &n);
    if (is_null(scan->options, text, n))
      continue;
    pk_csv_value_read(text, n, &value);
    if (pk_csv_value_fits(&value, column->type, &reason))
      continue;
    g_autofree char *type = pk_type_dup_name(column->type);
    g_autofree char *cut = g_strndup(text, MIN(n, 60));
    g_autofree char *valid = g_utf8_make_valid(cut, -1);
    reject(scan, file, record, column->name,
           g_strdup_printf("\"%s\" %s (declared %s)", g_strdelimit(valid, "\r\n", ' '), reason, type));
    return FALSE;
  }
  return TRUE;
}

static void
tally_record(PkCsvScan *scan, const PkCsvFile *file, const PkCsvRecord *record, GString *scratch)
{
  for (guint c = 0; c < scan->n_columns; c++) {
    PkCsvColumn *column = &scan->columns[c];
    const PkCsvField *field = &record->fields[c];
    PkCsvValue value;
    gsize n;
    const char *text = pk_csv_field_text(field, &file->dialect, scratch, &n);
    if (is_null(scan->options, text, n)) {
      column->tally.nulls++;
      continue;
    }
    column->values++;
    if (column->declared && column->type.kind == PK_TYPE_TEXT)
      continue;
    pk_csv_value_read(text, n, &value);
    pk_csv_tally_add(&column->tally, &value, record->line);
  }
}

/* One record of the table. */
static void
take_record(PkCsvScan *scan, PkCsvFile *file, const PkCsvRecord *record, GString *scratch)
{
  file->records++;
  scan->report->read++;
  if (record->fault != NULL) {
    reject(scan, file, record, NULL, g_strdup(record->fault));
    return;
  }
  if (record->n_fields != scan->n_columns) {
    reject(scan, file, record, NULL, g_strdup_printf("it has %u field%s where the table has %u column%s",
                                                     record->n_fields, record->n_fields == 1 ? "" : "s",
                                                     scan->n_columns, scan->n_columns == 1 ? "" : "s"));
    return;
  }
  if (!pk_text_is_utf8(record->raw, record->raw_length)) {
    reject(scan, file, record, NULL, g_strdup("it is not UTF-8 text"));
    return;
  }
  if (!check_declared(scan, file, record, scratch))
    return;
  tally_record(scan, file, record, scratch);
  file->longest = MAX(file->longest, record->raw_length);
}

/* Anything out of the ordinary makes the loader read a clean copy: the SQL
 * engine is only given what every reader reads alike. */
static void
judge_regularity(const PkCsvScan *scan, PkCsvFile *file, const PkCsvRecord *record, gboolean first)
{
  if (first)
    file->crlf = record->crlf;
  if (record->spaced_quote || record->odd_cr || (record->quoted_newline && record->crlf) ||
      (record->crlf != file->crlf && !record->ends_file) || (record->ends_file && record->crlf) ||
      (record->passed_over && scan->n_columns > 1) || record->comment)
    file->regular = FALSE;
}

typedef enum { IS_RECORD, IS_HEADER, IS_NOTHING, IS_PREAMBLE } Role;

/* What a record is in this file; shared by the scan and the clean copy. */
static Role
role_of(const PkCsvScan *scan, const PkCsvRecord *record, guint64 header_line)
{
  gboolean nothing = record->comment || (record->passed_over && scan->n_columns > 1);

  if (nothing)
    return IS_NOTHING;
  if (header_line > 0 && record->line < header_line)
    return record->passed_over ? IS_NOTHING : IS_PREAMBLE;
  return header_line > 0 && record->line == header_line ? IS_HEADER : IS_RECORD;
}

static gboolean
scan_records(PkCsvScan *scan, PkCsvFile *file, PkCsvReader *reader, guint64 header_line,
             PkCsvProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr(GString) scratch = g_string_new(NULL);
  const PkCsvRecord *record;

  for (guint64 i = 0;; i++) {
    if ((i & 4095) == 0 && progress != NULL)
      progress(pk_csv_reader_tell(reader), data);
    if ((i & 4095) == 0 && g_cancellable_is_cancelled(cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    if (!pk_csv_reader_next(reader, &record, cancellable, error))
      return FALSE;
    if (record == NULL)
      return TRUE;
    judge_regularity(scan, file, record, i == 0);
    switch (role_of(scan, record, header_line)) {
    case IS_NOTHING:
      scan->report->blank_lines++;
      break;
    case IS_HEADER:
      if (record->fault != NULL)
        return pk_fail(error, PK_ERROR_INVALID, "%s: the header in line %" G_GUINT64_FORMAT ": %s",
                       file->shown, record->line, record->fault);
      file->regular &= i == 0;
      break;
    case IS_PREAMBLE:
      file->records++;
      scan->report->read++;
      reject(scan, file, record, NULL,
             g_strdup_printf("it comes before line %" G_GUINT64_FORMAT ", which names the "
                             "columns (--header says otherwise)",
                             header_line));
      break;
    case IS_RECORD:
      take_record(scan, file, record, scratch);
    }
  }
}

static PkCsvFile *
add_file(PkCsvScan *scan, const char *path, const char *shown, PkPacking packing)
{
  PkCsvFile *file = g_new0(PkCsvFile, 1);

  file->path = g_strdup(path);
  file->shown = g_strdup(shown);
  file->packing = packing;
  file->regular = TRUE;
  file->rejected = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_ptr_array_add(scan->files, file);
  g_ptr_array_add(scan->report->paths, g_strdup(shown));
  return file;
}

/* Takes the lines that the person said come before the header. */
static gboolean
skip_to_header(const PkCsvScan *scan, PkCsvReader *reader, PkCsvFile *file, GCancellable *cancellable,
               GError **error)
{
  guint64 before = scan->options->header > 0 ? (guint64)scan->options->header - 1 : 0, skipped = 0;

  if (before == 0)
    return TRUE;
  if (!pk_csv_reader_skip_lines(reader, before, &skipped, cancellable, error))
    return FALSE;
  if (skipped < before)
    return pk_fail(error, PK_ERROR_USAGE, "%s has no line %" G_GINT64_FORMAT " to take the header from",
                   file->shown, scan->options->header);
  file->regular = FALSE;
  file->first_line = before;
  return TRUE;
}

static void
warn_of_shape(PkCsvScan *scan, const PkCsvFile *file, const PkCsvShape *shape)
{
  if (shape->renamed != NULL)
    g_ptr_array_add(scan->report->warnings,
                    g_strdup_printf(PK_IMPORT_RENAMED, shape->renamed));
  if (shape->padded)
    g_ptr_array_add(scan->report->warnings,
                    g_strdup_printf("%s: the header has another number of fields than the records: %u "
                                    "columns are "
                                    "taken, the last is \"%s\"",
                                    file->shown, shape->n_columns,
                                    (const char *)g_ptr_array_index(shape->names, shape->n_columns - 1)));
}

gboolean
pk_csv_scan_add(PkCsvScan *scan, GInputStream *stream, const char *path, const char *shown, PkPacking packing,
                PkCsvProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr(PkCsvReader) reader = pk_csv_reader_new(stream, shown);
  g_auto(PkCsvShape) shape = { 0 };
  PkCsvFile *file = add_file(scan, path, shown, packing);
  const char *bytes;
  gsize length;
  gboolean whole;

  if (!skip_to_header(scan, reader, file, cancellable, error) ||
      !pk_csv_reader_peek(reader, &bytes, &length, &whole, cancellable, error) ||
      !pk_csv_sniff(bytes, length, whole, scan->options, shown, &shape, error))
    return FALSE;
  if (scan->columns == NULL ? !set_columns(scan, &shape, shown, error)
                            : !same_columns(scan, &shape, shown, error))
    return FALSE;
  guint64 header_line = shape.header_line > 0 ? shape.header_line + file->first_line : 0;
  file->dialect = shape.dialect;
  file->header_line = header_line;
  file->regular &= !shape.padded && shape.dialect.quote == '"' && shape.dialect.escape == '"';
  if (scan->files->len == 1) {
    scan->report->header_line = header_line;
    scan->report->delim = shape.dialect.delim != PK_CSV_NO_DELIM ? shape.dialect.delim : 0;
  }
  warn_of_shape(scan, file, &shape);
  pk_csv_reader_set_dialect(reader, &shape.dialect);
  return scan_records(scan, file, reader, header_line, progress, data, cancellable, error);
}

void
pk_csv_scan_finish(PkCsvScan *scan)
{
  for (guint c = 0; c < scan->n_columns; c++) {
    PkCsvColumn *column = &scan->columns[c];
    const PkCsvTally *t = &column->tally;
    if (!column->declared) {
      column->type = pk_csv_tally_type(t, scan->options, column->name, &column->load, &column->format,
                                       scan->report->warnings);
    } else if (column->type.kind == PK_TYPE_TIMESTAMP_TZ) {
      gboolean plain = !t->odd_zone && t->counts[PK_CSV_STAMP] + t->counts[PK_CSV_DATE] == 0;
      column->load = plain ? PK_CSV_LOAD_DIRECT : PK_CSV_LOAD_ZONED;
    }
  }
}

/* --- the clean copy ------------------------------------------------------- */

static void
append_clean_field(GString *out, const char *text, gsize n)
{
  gboolean plain = memchr(text, ',', n) == NULL && memchr(text, '"', n) == NULL &&
                   memchr(text, '\n', n) == NULL && memchr(text, '\r', n) == NULL &&
                   (n < 3 || memcmp(text, "\xEF\xBB\xBF", 3) != 0); /* no byte order mark, but a value */

  if (plain) {
    g_string_append_len(out, text, (gssize)n);
    return;
  }
  g_string_append_c(out, '"');
  for (gsize i = 0; i < n; i++) {
    if (text[i] == '"')
      g_string_append_c(out, '"');
    g_string_append_c(out, text[i]);
  }
  g_string_append_c(out, '"');
}

static gboolean
flush(int fd, GString *out, const char *path, GError **error)
{
  gboolean ok = pk_fd_write_all(fd, out->str, out->len, path, error);

  g_string_truncate(out, 0);
  return ok;
}

static gboolean
write_records(const PkCsvScan *scan, const PkCsvFile *file, PkCsvReader *reader, guint64 header_line, int fd,
              const char *out_path, gsize *longest, GCancellable *cancellable, GError **error)
{
  g_autoptr(GString) out = g_string_sized_new(1 << 20), scratch = g_string_new(NULL);
  const PkCsvRecord *record;
  guint64 number = 0;
  guint next_rejected = 0;

  for (;;) {
    if (!pk_csv_reader_next(reader, &record, cancellable, error))
      return FALSE;
    if (record == NULL)
      return flush(fd, out, out_path, error);
    Role role = role_of(scan, record, header_line);
    if (role == IS_NOTHING || role == IS_HEADER)
      continue;
    number++;
    if (next_rejected < file->rejected->len &&
        g_array_index(file->rejected, guint64, next_rejected) == number) {
      next_rejected++;
      continue;
    }
    gsize before = out->len;
    for (guint c = 0; c < record->n_fields; c++) {
      gsize n;
      const char *text = pk_csv_field_text(&record->fields[c], &file->dialect, scratch, &n);
      if (c > 0)
        g_string_append_c(out, ',');
      append_clean_field(out, text, n);
    }
    *longest = MAX(*longest, out->len - before);
    g_string_append_c(out, '\n');
    if (out->len > (1 << 19) && !flush(fd, out, out_path, error))
      return FALSE;
  }
}

gboolean
pk_csv_scan_write_clean(const PkCsvScan *scan, const PkCsvFile *file, GInputStream *stream,
                        const char *out_path, gsize *longest, GCancellable *cancellable, GError **error)
{
  g_autoptr(PkCsvReader) reader = pk_csv_reader_new(stream, file->shown);
  guint64 skipped;
  int fd = g_open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  *longest = 0;
  if (fd < 0)
    return pk_fail_errno(error, errno, "cannot write", out_path);
  pk_csv_reader_set_dialect(reader, &file->dialect);
  gboolean ok =
    pk_csv_reader_skip_lines(reader, file->first_line, &skipped, cancellable, error) &&
    write_records(scan, file, reader, file->header_line, fd, out_path, longest, cancellable, error);
  if (close(fd) != 0 && ok)
    ok = pk_fail_errno(error, errno, "cannot write", out_path);
  return ok;
}
