/* What an import did with every record of a file.
 *
 * read = loaded + rejected, always: `read` is counted by Pika-Plot's own scan
 * of the file, `loaded` is counted in the table that resulted, and the import
 * fails if the two and the rejects do not agree. The header, comment lines and
 * empty lines of a table of several columns are not records.
 *
 * A report is a reference-counted value that does not change once made. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *path; /* the file; borrowed from the report */
  guint64 line;     /* where the record starts, counted from 1 */
  guint64 record;   /* which record of the file it is, counted from 1 */
  char *column;     /* the column at fault, or NULL: the whole record */
  char *reason;     /* one line */
  char *raw;        /* the record's text, cut at PK_REJECT_RAW_MAX bytes, valid UTF-8 */
} PkReject;

#define PK_REJECT_RAW_MAX 4096
/* Rejects beyond this many are counted but not kept one by one. */
#define PK_REJECTS_KEPT 1000000

/* The warning of columns that SQL would not tell apart; its argument: "A is A_1, a is a_2". */
#define PK_IMPORT_RENAMED "columns of one name, whatever its case, are told apart by a number: %s"

typedef struct {
  int ref_count;
  char *table;         /* the table's name */
  gboolean counted;    /* the records were, one by one; else the numbers are 0 and only `warnings` speak */
  GPtrArray *paths;    /* of char * */
  guint64 read;
  guint64 loaded;
  guint64 rejected;
  GPtrArray *rejects;  /* of PkReject *, in the order of the files */
  GPtrArray *warnings; /* of char *, one line each: what was noticed and what to do */
  guint64 bytes;       /* of the files as they lie on disk */
  guint64 blank_lines; /* lines passed over: empty or comments */
  guint64 header_line; /* the line that gave the names, 0 if none did */
  int delim;           /* as found or given; 0: a single column, none was found */
  double seconds;
} PkImportReport;

PkImportReport *pk_import_report_new(const char *table);
PkImportReport *pk_import_report_ref(PkImportReport *report);
void pk_import_report_unref(PkImportReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkImportReport, pk_import_report_unref)

/* Counts a rejected record of the file last named in `paths`, and keeps it with its text raw[0..length)
 * while there are few. Takes over `reason`. */
void pk_import_report_reject(PkImportReport *report, guint64 line, guint64 record, const char *column, char *reason,
                             const char *raw, gsize length);

/* "read 60,001 · loaded 60,000 · rejected 1", a new string. */
char *pk_import_report_dup_summary(const PkImportReport *report);

/* The rejects as CSV text with a header: file,line,record,column,reason,raw. */
void pk_import_report_append_csv(const PkImportReport *report, GString *out);

G_END_DECLS
