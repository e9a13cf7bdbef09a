/* The scan of delimited text files before they are loaded: it reads every
 * record of every file of a table, counts them, finds the types that hold all
 * values exactly, and rejects by line number what cannot be loaded. */
#pragma once

#include "pk-csv-sniff.h"
#include "pk-csv-tally.h"
#include "pk-import-report.h"
#include "pk-unpack.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  PkType type;
  gboolean declared;
  PkCsvLoad load;
  const char *format; /* PK_CSV_LOAD_STRPTIME */
  guint64 values;     /* not NULL, of the records that are loaded */
  PkCsvTally tally;
} PkCsvColumn;

typedef struct {
  char *path, *shown;
  PkCsvDialect dialect;
  guint64 header_line;    /* 0: none */
  /* An SQL engine that reads the file with this dialect gives exactly the
   * records that are to be loaded. If not, a clean copy must be loaded. */
  gboolean regular;
  gboolean crlf;
  PkPacking packing;
  guint64 records;        /* all, rejected or not */
  GArray *rejected;       /* of guint64: numbers of the rejected records, rising */
  gsize longest;          /* record, in bytes */
  guint64 first_line;     /* options->header > 0: lines before it are passed over */
} PkCsvFile;

typedef struct {
  PkCsvOptions *options;
  PkImportReport *report;
  guint n_columns;
  PkCsvColumn *columns;
  GPtrArray *files;       /* of PkCsvFile */
} PkCsvScan;

typedef void (*PkCsvProgress)(guint64 bytes, gpointer data);

/* Takes a reference on the report and a copy of the options (NULL: none). */
PkCsvScan *pk_csv_scan_new(const PkCsvOptions *options, PkImportReport *report);
void pk_csv_scan_free(PkCsvScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkCsvScan, pk_csv_scan_free)

/* Scans one file after the other; `progress` may be NULL. */
gboolean pk_csv_scan_add(PkCsvScan *scan, GInputStream *stream, const char *path, const char *shown,
                         PkPacking packing, PkCsvProgress progress, gpointer data, GCancellable *cancellable,
                         GError **error);

/* After the last file: settles the types. */
void pk_csv_scan_finish(PkCsvScan *scan);

/* Writes the records of a file that are to be loaded, in the plainest form:
 * commas, double quotes, LF, no header. *longest is the longest record. */
gboolean pk_csv_scan_write_clean(const PkCsvScan *scan, const PkCsvFile *file, GInputStream *stream,
                                 const char *out_path, gsize *longest, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
