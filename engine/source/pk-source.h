/* Where tables come from: a relational engine behind a table of functions.
 *
 * A PkSource is made by its implementation (pk-source-duckdb.h), holds named
 * tables, and answers SQL with streams of Arrow record batches. It is
 * reference-counted and every function may be called from any thread, several
 * at once; each query runs on a connection of its own. A stream holds a
 * reference on its source and is used by one thread at a time. */
#pragma once

#include <gio/gio.h>

#include "pk-arrow-view.h"
#include "pk-csv-options.h"
#include "pk-import-report.h"
#include "pk-sched.h"

G_BEGIN_DECLS

typedef struct _PkSource PkSource;
typedef struct _PkSourceClass PkSourceClass;

typedef struct {
  guint64 memory_limit;       /* bytes; 0: half of the machine's */
  guint threads;              /* 0: all */
  const char *temp_directory; /* where the source makes (and at its end removes) a directory of
                               * its own; NULL: g_get_tmp_dir() */
  /* Input that came from someone else: only single SELECT statements, and only
   * from tables that were added and from the files named here (which may be
   * NULL). No setting can be changed, nothing can be written. */
  gboolean restricted;
  const char *const *allowed_paths;
  const char *const *allowed_directories;
} PkSourceOptions;

/* A file of more columns than this is refused (PK_ERROR_LIMIT): it is taken for
 * one that lies on its side or has another delimiter. */
#define PK_SOURCE_MAX_COLUMNS 20000

typedef enum {
  PK_FILE_AUTO, /* by the name's ending, then by the first bytes */
  PK_FILE_CSV,
  PK_FILE_JSON, /* an array of objects, or objects one after the other */
  PK_FILE_NDJSON,
  PK_FILE_PARQUET,
  PK_FILE_DATABASE,
} PkFileFormat;

/* A file, several files of one shape, a glob, or "-" for standard input. */
typedef struct {
  const char *const *paths; /* NULL-terminated; all become one table */
  const char *name;         /* the table's name; NULL: made from the first path */
  PkFileFormat format;
  const PkCsvOptions *csv;  /* may be NULL */
  gboolean writable;        /* PK_FILE_DATABASE: read-only unless set */
  int stdin_fd;             /* for "-"; 0 */
} PkFileSpec;

/* A table that a source holds. */
typedef struct {
  char *name; /* as it is written in SQL once quoted: pk_sql_append_ident */
  GPtrArray *paths;
  PkFileFormat format;
  guint64 bytes;          /* on disk, of all files; 0 if unknown */
  PkImportReport *report; /* of files; NULL for a database's tables and streams */
} PkSourceTable;

PkSourceTable *pk_source_table_copy(const PkSourceTable *table);
void pk_source_table_free(PkSourceTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkSourceTable, pk_source_table_free)

/* Called now and then on the thread that runs the query, without a phase, which is the caller's to name. The thread may run other work meanwhile (pk_sched_yield): no lock may
 * be held that such work takes. */
typedef void (*PkProgressFunc)(const PkProgress *progress, gpointer data);

/* What a query read and took; written when its stream ends or is released. */
typedef struct {
  guint64 rows;         /* that came out */
  guint64 batches;
  guint64 rows_scanned; /* read from tables and files; 0 if not known */
  guint64 bytes_read;   /* from files; 0 if none, or not known (other queries ran at the same time) */
  double ms;            /* from the call to the end of the stream */
  double cpu_ms;        /* summed over the engine's threads; 0 if not known */
  guint64 rows_changed; /* by a statement that answers no rows: inserted, updated, deleted */
  guint fault_line, fault_column; /* where in the text, from 1, the engine puts the fault of a statement that it refuses
                                     before it runs; in characters; 0: not known. Written when the call fails */
} PkQueryStats;

typedef struct {
  GCancellable *cancellable; /* may be NULL; cancelling stops the query from any thread */
  PkProgressFunc progress;   /* may be NULL */
  gpointer progress_data;
  PkQueryStats *stats;       /* may be NULL; must outlive the stream */
} PkQueryControl;

/* The functions of an implementation. Those that answer gboolean or a pointer
 * report failure by FALSE or NULL and *error. `control` may be NULL. */
struct _PkSourceClass {
  const char *name; /* "duckdb" */
  void (*finalize)(PkSource *source);
  void (*abandon)(PkSource *source);
  gboolean (*add_file)(PkSource *source, const PkFileSpec *spec, const PkQueryControl *control,
                       GPtrArray **tables, GError **error);
  GPtrArray *(*list_tables)(PkSource *source, GError **error);
  gboolean (*remove_table)(PkSource *source, const char *name, GError **error);
  GPtrArray *(*describe)(PkSource *source, const char *sql, GError **error);
  gboolean (*query)(PkSource *source, const char *sql, const PkQueryControl *control,
                    PkArrowStream *out, GError **error);
  gboolean (*execute)(PkSource *source, const char *sql, const PkQueryControl *control, GError **error);
  char *(*parse_sql)(PkSource *source, const char *sql, GError **error);
  gboolean (*add_stream)(PkSource *source, const char *name, PkArrowStream *stream, GError **error);
  gboolean (*set_view)(PkSource *source, const char *name, const char *select, gboolean replace, GError **error);
};

/* The head of every implementation's struct. */
struct _PkSource {
  const PkSourceClass *klass;
  gint ref_count;
};

PkSource *pk_source_ref(PkSource *source);
void pk_source_unref(PkSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkSource, pk_source_unref)

/* For a process that leaves by _exit right after: removes the source's temporary files and leaves all else to the
 * system. Nothing may be under way, nor use the source after. */
void pk_source_abandon(PkSource *source);

/* Adds a file. On success *tables (if not NULL) is a new array of PkSourceTable: one,
 * except that a database gives each of its tables. Failures name the path:
 * PK_ERROR_NOT_FOUND, _IO, _PARSE, _LIMIT, _UNSUPPORTED, _USAGE. A failing call
 * adds nothing. CSV and JSON are read here, whole (see PkImportReport); Parquet and
 * databases are opened and checked here and read by the queries. */
gboolean pk_source_add_file(PkSource *source, const PkFileSpec *spec, const PkQueryControl *control,
                            GPtrArray **tables, GError **error);

/* Adds the record batches of a stream as a table; takes over *stream. */
gboolean pk_source_add_stream(PkSource *source, const char *name, PkArrowStream *stream, GError **error);

/* Makes a SELECT's answer a table of that name, which is computed when it is read. replace: a view of that name gives way;
 * then select may be NULL, and the view just goes. A restricted source takes it too, if it takes the SELECT. */
gboolean pk_source_set_view(PkSource *source, const char *name, const char *select, gboolean replace, GError **error);

/* All tables added so far: a new array of PkSourceTable in the order of adding. */
GPtrArray *pk_source_list_tables(PkSource *source, GError **error);

/* Takes a table out of the source; its files stay as they are. PK_ERROR_NOT_FOUND. Blocks. */
gboolean pk_source_remove_table(PkSource *source, const char *name, GError **error);

/* The columns that a query would give, without running it: a new array of
 * PkColumnInfo. */
GPtrArray *pk_source_describe(PkSource *source, const char *sql, GError **error);

/* The columns of a table by name. */
GPtrArray *pk_source_describe_table(PkSource *source, const char *table, GError **error);

/* Runs one statement; *out (empty before) is its stream, of struct arrays whose
 * columns view with pk_arrow_batch_init. A statement that answers no rows (INSERT,
 * CREATE) was carried out by then, and its stream has no columns. Rows are computed as the stream is
 * read, in bounded memory. The caller clears *out. Batches may be kept after
 * the stream is gone. */
gboolean pk_source_query(PkSource *source, const char *sql, const PkQueryControl *control,
                         PkArrowStream *out, GError **error);

/* Runs statements for their effect and drops what they answer. */
gboolean pk_source_execute(PkSource *source, const char *sql, const PkQueryControl *control, GError **error);

/* The statement's parse tree as the engine gives it: DuckDB's
 * json_serialize_sql, a JSON object, for SELECT statements. New string.
 * PK_ERROR_PARSE with the engine's words for anything else. */
char *pk_source_parse_sql(PkSource *source, const char *sql, GError **error);

/* The format that a path's ending tells (".csv.gz" is CSV), or PK_FILE_AUTO. */
PkFileFormat pk_file_format_from_path(const char *path);
const char *pk_file_format_name(PkFileFormat format);

/* A table name from a path: its stem in which every byte that an SQL name does
 * not take is '_'; "-" gives "stdin". New string. */
char *pk_table_name_from_path(const char *path);

G_END_DECLS
