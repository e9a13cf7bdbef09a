/* The scan of JSON files before they are loaded: it reads every record of every
 * file of a table, counts them, and rejects by line number what cannot be loaded.
 *
 * The first record that is not null says what the table is of: objects, whose
 * keys are its columns, or other values, which are its one column. In a table of
 * objects a record that is none is rejected, and so is, in any, what is not JSON. */
#pragma once

#include "pk-csv-value.h"
#include "pk-import-report.h"
#include "pk-json-reader.h"
#include "pk-json-value.h"
#include "pk-unpack.h"

G_BEGIN_DECLS

/* What was seen of a column's numbers, at any depth of its values. */
typedef struct {
  guint64 long_ints;     /* values of the column itself that are whole numbers beyond 64 bits */
  PkCsvFit fit;          /* of the widest of these */
  guint64 inexact_ints;  /* numbers that a double would round */
  guint64 inexact_reals;
  gboolean fraction;     /* a value of the column itself is a number, but not a whole one */
} PkJsonNumbers;

typedef struct {
  char *name;       /* the key */
  guint64 values;   /* not null */
  guint64 texts;    /* neither null nor a number */
  PkJsonNumbers numbers;
} PkJsonColumn;

typedef struct {
  char *path, *shown;
  PkPacking packing;
  gboolean lines;    /* of the scan, then */
  PkJsonLayout layout;
  gboolean regular;  /* an SQL engine that reads the file finds the records that are to be loaded, and no others */
  guint64 records;   /* all, rejected or not */
  GArray *rejected;  /* of guint64: numbers of the rejected records, rising */
} PkJsonFile;

typedef struct {
  PkImportReport *report;
  gboolean lines;      /* the files' names say that they have a record a line: see pk_json_reader_new */
  GPtrArray *files;    /* of PkJsonFile */
  GPtrArray *columns;  /* of PkJsonColumn in the order of their first appearance; of values: one, "" */
  gboolean objects;    /* keys are columns */
  gboolean decided;    /* whether they are is known: a record is to be loaded */
  gsize longest;       /* record, in bytes */
  guint64 n_members;   /* of all objects that are to be loaded */
  /*< private >*/
  GHashTable *by_name; /* name → index + 1 */
  GArray *members;     /* of the record that is being read */
  PkJsonNumbers numbers;
  PkJsonScratch scratch;
} PkJsonScan;

/* Called now and then with the bytes read from the stream. */
typedef void (*PkJsonProgress)(guint64 bytes, gpointer data);

/* Takes a reference on the report. */
PkJsonScan *pk_json_scan_new(PkImportReport *report);
void pk_json_scan_free(PkJsonScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkJsonScan, pk_json_scan_free)

/* Scans one file after the other; `progress` may be NULL. PK_ERROR_INVALID
 * where the next record cannot be found, with the line. */
gboolean pk_json_scan_add(PkJsonScan *scan, GInputStream *stream, const char *path, const char *shown,
                          PkPacking packing, PkJsonProgress progress, gpointer data,
                          GCancellable *cancellable, GError **error);

/* Writes the records of a file that are to be loaded as NDJSON: a line each. */
gboolean pk_json_scan_write_clean(const PkJsonFile *file, GInputStream *stream, const char *out_path,
                                  GCancellable *cancellable, GError **error);

G_END_DECLS
