#include "pk-json-scan.h"
#include "pk-error.h"
#include "pk-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A number of so few bytes is whole in 64 bits and kept by a double. */
#define SHORT_NUMBER 15

/* A member of the record that is being read: it counts once the record is known to be loaded. */
typedef struct {
  const char *name;
  gsize length;
  PkJsonKind kind;
  PkJsonNumbers numbers;
} Member;

static void
file_free(gpointer data)
{
  PkJsonFile *file = data;

  g_free(file->path);
  g_free(file->shown);
  g_array_unref(file->rejected);
  g_free(file);
}

static void
column_free(gpointer data)
{
  PkJsonColumn *column = data;

  g_free(column->name);
  g_free(column);
}

PkJsonScan *
pk_json_scan_new(PkImportReport *report)
{
  PkJsonScan *scan = g_new0(PkJsonScan, 1);

  scan->report = pk_import_report_ref(report);
  scan->files = g_ptr_array_new_with_free_func(file_free);
  scan->columns = g_ptr_array_new_with_free_func(column_free);
  scan->by_name = g_hash_table_new(g_str_hash, g_str_equal);
  scan->members = g_array_new(FALSE, FALSE, sizeof(Member));
  return scan;
}

void
pk_json_scan_free(PkJsonScan *scan)
{
  if (scan == NULL)
    return;
  pk_import_report_unref(scan->report);
  g_ptr_array_unref(scan->files);
  g_ptr_array_unref(scan->columns);
  g_hash_table_unref(scan->by_name);
  g_array_unref(scan->members);
  pk_json_scratch_clear(&scan->scratch);
  g_free(scan);
}

/* --- columns ------------------------------------------------------------------ */

static void
on_number(const char *text, gsize length, guint depth, gpointer data)
{
  PkJsonScan *scan = data;
  PkJsonNumbers *numbers = &scan->numbers;
  gboolean own = depth == (scan->objects ? 1 : 0);
  gboolean fraction = FALSE;
  PkCsvValue value;

  for (gsize i = 0; i < length && !fraction; i++)
    fraction = !g_ascii_isdigit(text[i]) && text[i] != '-';
  numbers->fraction |= own && fraction;
  if (length <= SHORT_NUMBER)
    return;
  pk_csv_value_read(text, length, &value);
  if (value.kind != PK_CSV_INT && value.kind != PK_CSV_REAL) /* NaN, Infinity */
    return;
  if (own && value.kind == PK_CSV_INT && value.fit > PK_CSV_FITS_U64) {
    numbers->long_ints++;
    numbers->fit = MAX(numbers->fit, value.fit);
  }
  if (pk_csv_value_double_is_exact(&value))
    return;
  if (fraction)
    numbers->inexact_reals++;
  else
    numbers->inexact_ints++;
}

static void
on_member(const char *name, gsize length, PkJsonKind kind, gpointer data)
{
  PkJsonScan *scan = data;
  Member member = { name, length, kind, scan->numbers };

  memset(&scan->numbers, 0, sizeof scan->numbers);
  g_array_append_val(scan->members, member);
}

static gboolean
is_named(const PkJsonColumn *column, const Member *member)
{
  return strncmp(column->name, member->name, member->length) == 0 && column->name[member->length] == '\0';
}

/* Records of a file have their keys in one order, mostly: `likely` is tried first. */
static PkJsonColumn *
find_column(PkJsonScan *scan, const Member *member, guint likely)
{
  if (likely < scan->columns->len && is_named(g_ptr_array_index(scan->columns, likely), member))
    return g_ptr_array_index(scan->columns, likely);
  g_autofree char *name = g_strndup(member->name, member->length);
  guint index = GPOINTER_TO_UINT(g_hash_table_lookup(scan->by_name, name));
  if (index > 0)
    return g_ptr_array_index(scan->columns, index - 1);
  PkJsonColumn *column = g_new0(PkJsonColumn, 1);
  column->name = g_steal_pointer(&name);
  g_ptr_array_add(scan->columns, column);
  g_hash_table_insert(scan->by_name, column->name, GUINT_TO_POINTER(scan->columns->len));
  return column;
}

static void
count_member(PkJsonScan *scan, const Member *member, guint likely)
{
  PkJsonColumn *column = find_column(scan, member, likely);
  PkJsonNumbers *numbers = &column->numbers;

  column->values += member->kind != PK_JSON_NULL;
  column->texts += member->kind != PK_JSON_NULL && member->kind != PK_JSON_NUMBER;
  numbers->long_ints += member->numbers.long_ints;
  numbers->fit = MAX(numbers->fit, member->numbers.fit);
  numbers->inexact_ints += member->numbers.inexact_ints;
  numbers->inexact_reals += member->numbers.inexact_reals;
  numbers->fraction |= member->numbers.fraction;
}

/* --- records ------------------------------------------------------------------ */

static void
reject(PkJsonScan *scan, PkJsonFile *file, const PkJsonRecord *record, char *reason)
{
  file->regular = FALSE;
  g_array_append_val(file->rejected, file->records);
  pk_import_report_reject(scan->report, record->line, file->records, NULL, reason, record->text, record->length);
}

/* The reason for which JSON of that kind is no record of the table, or NULL. New string. */
static char *
check_kind(PkJsonScan *scan, PkJsonKind kind)
{
  if (!scan->decided && kind != PK_JSON_NULL) {
    scan->objects = kind == PK_JSON_OBJECT;
    scan->decided = TRUE;
  }
  if (!scan->decided)
    return g_strdup("it is null, and no record before it tells what the table is of");
  if (!scan->objects || kind == PK_JSON_OBJECT)
    return NULL;
  return g_strdup_printf("it is %s, and the table is of objects", pk_json_kind_name(kind));
}

static char
first_byte(const PkJsonRecord *record)
{
  return record->length > 0 ? record->text[0] : '\0';
}

static void
take_record(PkJsonScan *scan, PkJsonFile *file, const PkJsonRecord *record)
{
  static const PkJsonVisitor of_objects = { on_member, on_number }, of_values = { NULL, on_number };
  PkJsonKind kind;
  char *reason = NULL;

  file->records++;
  scan->report->read++;
  g_array_set_size(scan->members, 0);
  memset(&scan->numbers, 0, sizeof scan->numbers);
  /* What the first record is must be known before its numbers are told. */
  gboolean objects = scan->decided ? scan->objects : first_byte(record) == '{';
  scan->objects = objects;
  if (pk_json_value_check(record->text, record->length, &scan->scratch, objects ? &of_objects : &of_values, scan,
                          &kind, &reason))
    reason = check_kind(scan, kind);
  if (reason != NULL) {
    reject(scan, file, record, reason);
    return;
  }
  scan->longest = MAX(scan->longest, record->length);
  if (!scan->objects) {
    on_member("", 0, kind, scan);
    g_array_set_size(scan->members, 1);
  }
  scan->n_members += scan->members->len;
  for (guint i = 0; i < scan->members->len; i++)
    count_member(scan, &g_array_index(scan->members, Member, i), i);
}

static PkJsonFile *
add_file(PkJsonScan *scan, const char *path, const char *shown, PkPacking packing)
{
  PkJsonFile *file = g_new0(PkJsonFile, 1);

  file->path = g_strdup(path);
  file->shown = g_strdup(shown);
  file->packing = packing;
  file->lines = scan->lines;
  file->regular = TRUE;
  file->rejected = g_array_new(FALSE, FALSE, sizeof(guint64));
  g_ptr_array_add(scan->files, file);
  g_ptr_array_add(scan->report->paths, g_strdup(shown));
  return file;
}

gboolean
pk_json_scan_add(PkJsonScan *scan, GInputStream *stream, const char *path, const char *shown, PkPacking packing,
                 PkJsonProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr(PkJsonReader) reader = pk_json_reader_new(stream, shown, scan->lines);
  PkJsonFile *file = add_file(scan, path, shown, packing);
  const PkJsonRecord *record;

  for (guint64 i = 0;; i++) {
    if ((i & 4095) == 0 && progress != NULL)
      progress(pk_json_reader_tell(reader), data);
    if ((i & 4095) == 0 && g_cancellable_is_cancelled(cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    if (!pk_json_reader_next(reader, &record, cancellable, error))
      return FALSE;
    if (record == NULL)
      break;
    take_record(scan, file, record);
  }
  file->layout = pk_json_reader_get_layout(reader);
  file->regular &= !pk_json_reader_is_odd(reader);
  return TRUE;
}

/* --- the clean copy ----------------------------------------------------------- */

static gboolean
write_records(const PkJsonFile *file, PkJsonReader *reader, int fd, const char *out_path, GCancellable *cancellable,
              GError **error)
{
  g_autoptr(GString) out = g_string_sized_new(1 << 20);
  const PkJsonRecord *record;
  guint next_rejected = 0;

  for (guint64 number = 1;; number++) {
    if (!pk_json_reader_next(reader, &record, cancellable, error))
      return FALSE;
    if (record == NULL)
      return pk_fd_write_all(fd, out->str, out->len, out_path, error);
    if (next_rejected < file->rejected->len &&
        g_array_index(file->rejected, guint64, next_rejected) == number) {
      next_rejected++;
      continue;
    }
    gsize start = out->len;
    g_string_append_len(out, record->text, (gssize)record->length);
    for (char *p = out->str + start; (p = strpbrk(p, "\n\r")) != NULL;) /* strings hold none */
      *p = ' ';
    g_string_append_c(out, '\n');
    if (out->len > (1 << 19)) {
      if (!pk_fd_write_all(fd, out->str, out->len, out_path, error))
        return FALSE;
      g_string_truncate(out, 0);
    }
  }
}

gboolean
pk_json_scan_write_clean(const PkJsonFile *file, GInputStream *stream, const char *out_path,
                         GCancellable *cancellable, GError **error)
{
  /* The layout is found again as it was: the same bytes, and lines that were believed. */
  g_autoptr(PkJsonReader) reader = pk_json_reader_new(stream, file->shown, file->lines);
  int fd = g_open(out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0)
    return pk_fail_errno(error, errno, "cannot write", out_path);
  gboolean ok = write_records(file, reader, fd, out_path, cancellable, error);
  if (close(fd) != 0 && ok)
    ok = pk_fail_errno(error, errno, "cannot write", out_path);
  return ok;
}
