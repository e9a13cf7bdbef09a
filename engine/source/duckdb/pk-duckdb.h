/* The inside of the DuckDB source: what its files share, and nobody else. */
#pragma once

#include "pk-source-duckdb.h"
#include "pk-unpack.h"

#include <duckdb.h>

G_BEGIN_DECLS

typedef struct {
  PkSource base;
  duckdb_database db;
  char *temp_directory;   /* ours: removed at the end */
  char *import_directory; /* inside it: spooled and cleaned input */
  gboolean restricted;
  char **allowed_paths;   /* restricted: the real paths that add_file takes */
  char **allowed_directories;
  gint n_runs, n_running; /* queries ever begun, and those not ended; atomic */
  GMutex lock;            /* guards what follows */
  GPtrArray *tables;      /* of PkSourceTable */
  guint serial;           /* numbers of files in import_directory */
} PkDuckdb;

/* --- errors (pk-duckdb-error.c) --- */

/* Sets *error from DuckDB's words: its class picks the code, its lines become
 * one. `what` (may be NULL) comes before. Returns FALSE. */
gboolean pk_duckdb_fail(GError **error, const char *what, const char *words);

/* Where in the statement the words of a refusal point, as PkQueryStats has it; FALSE if they do not say. */
gboolean pk_duckdb_find_place(const char *words, guint *line, guint *column);

/* --- queries (pk-duckdb-query.c) --- */

gboolean pk_duckdb_connect(PkDuckdb *self, duckdb_connection *connection, GError **error);

/* Runs statements of our own, unguarded. `what` comes before an error's words. */
gboolean pk_duckdb_run(PkDuckdb *self, const char *sql, const char *what, const PkQueryControl *control,
                       GError **error);

/* Runs a statement of our own, all of whose columns are VARCHAR or BIGINT, and
 * gives its rows as arrays of strings (GPtrArray of GStrv; NULL is ""). */
GPtrArray *pk_duckdb_rows(PkDuckdb *self, const char *sql, GError **error);

/* The columns of a statement of our own, unguarded. */
GPtrArray *pk_duckdb_describe_own(PkDuckdb *self, const char *sql, GError **error);

GPtrArray *pk_duckdb_describe(PkSource *source, const char *sql, GError **error);
gboolean pk_duckdb_query(PkSource *source, const char *sql, const PkQueryControl *control,
                         PkArrowStream *out, GError **error);
gboolean pk_duckdb_set_view(PkSource *source, const char *name, const char *select, gboolean replace, GError **error);
gboolean pk_duckdb_execute(PkSource *source, const char *sql, const PkQueryControl *control, GError **error);
char *pk_duckdb_parse_sql(PkSource *source, const char *sql, GError **error);
gboolean pk_duckdb_add_stream(PkSource *source, const char *name, PkArrowStream *stream, GError **error);

/* The SQL name of a type, nested ones in full. New string. */
char *pk_duckdb_dup_type_name(duckdb_logical_type type);

/* --- profiles (pk-duckdb-profile.c) --- */

/* Fills rows_scanned and cpu_ms with what the connection's last query did, if it was profiled. */
void pk_duckdb_read_profile(PkDuckdb *self, duckdb_connection connection, PkQueryStats *stats);

/* --- record batches (pk-duckdb-batch.c) --- */

/* How the columns of a result cross into Arrow without a copy. */
typedef struct PkDuckdbCrossings PkDuckdbCrossings;

/* NULL if not all columns do: DuckDB has to convert them. schema: DuckDB's own of the result. */
PkDuckdbCrossings *pk_duckdb_crossings_new(duckdb_result *result, const PkArrowSchema *schema);
void pk_duckdb_crossings_free(PkDuckdbCrossings *self);

/* Makes DuckDB's schema of the result that of the batches. */
void pk_duckdb_crossings_adapt(const PkDuckdbCrossings *self, PkArrowSchema *schema);

/* A chunk, which must be flat (as duckdb_fetch_chunk gives it), as a record batch; takes the chunk. The batch may
 * outlive all but what it holds a reference to: the source. */
void pk_duckdb_crossings_take(const PkDuckdbCrossings *self, duckdb_data_chunk chunk, PkSource *source,
                              PkArrowArray *out);

/* --- restricted mode (pk-duckdb-guard.c) --- */

/* Before anything is prepared: in restricted mode, is the text one plain SELECT? */
gboolean pk_duckdb_guard(PkDuckdb *self, const char *sql, GError **error);

/* Once a statement is prepared: may its kind run? (INSTALL and LOAD never.) */
gboolean pk_duckdb_guard_type(PkDuckdb *self, const char *sql, duckdb_statement_type type, GError **error);

/* --- files (pk-duckdb-files.c, pk-duckdb-import.c, pk-duckdb-csv.c, pk-duckdb-json.c) --- */

gboolean pk_duckdb_add_file(PkSource *source, const PkFileSpec *spec, const PkQueryControl *control,
                            GPtrArray **tables, GError **error);

/* Puts a table of this name, or unless `exact` of one like it, in the list;
 * borrowed. PK_ERROR_USAGE if the name is taken. The caller makes the table in
 * the engine, or takes the entry back. */
PkSourceTable *pk_duckdb_reserve_table(PkDuckdb *self, const char *wanted, gboolean exact, GError **error);
void pk_duckdb_drop_reservation(PkDuckdb *self, PkSourceTable *table);

/* A path in import_directory that nothing has yet. New string. */
char *pk_duckdb_import_path(PkDuckdb *self, const char *ending);

/* The columns of a table of ours. */
GPtrArray *pk_duckdb_describe_table(PkDuckdb *self, const char *name, GError **error);

/* kind: "TABLE" or "VIEW". There may be none. */
void pk_duckdb_drop(PkDuckdb *self, const char *kind, const char *name);

/* Says which of `names` (of char *, as the file has them) stand in `columns` (of PkColumnInfo, as many, in
 * the same order) under others, because SQL tells no two apart by their case. */
void pk_duckdb_warn_of_names(GPtrArray *names, GPtrArray *columns, GPtrArray *warnings);

/* Scans one opened file; `progress` may be NULL. */
typedef gboolean (*PkDuckdbScan)(gpointer scan, GInputStream *stream, const char *path, const char *shown,
                                 PkPacking packing, void (*progress)(guint64 bytes, gpointer data),
                                 gpointer progress_data, GCancellable *cancellable, GError **error);

/* Opens and scans the files of a text table one after the other and counts their bytes; the first half of
 * an import's progress. */
gboolean pk_duckdb_scan_files(PkDuckdbScan func, gpointer scan, const char *const *paths, const char *const *shown,
                              PkImportReport *report, const PkQueryControl *control, GError **error);

/* The control (may be NULL) of what loads: the other half of the progress. Borrows it. */
PkQueryControl pk_duckdb_load_control(const PkQueryControl *control);

/* Checks that main.`name` holds the rows that were read and not rejected, and in each column as many
 * values as were counted: `counts[i]` is of `columns[i]` (of PkColumnInfo). Sets report->loaded.
 * PK_ERROR_INTERNAL says what differs. */
gboolean pk_duckdb_verify(PkDuckdb *self, const char *name, GPtrArray *columns, const guint64 *counts,
                          PkImportReport *report, GError **error);

/* Loads delimited text into the new table `name`. `shown` are the paths as the
 * person knows them. Returns the report, or NULL with nothing created. */
PkImportReport *pk_duckdb_import_csv(PkDuckdb *self, const char *name, const char *const *paths,
                                     const char *const *shown, const PkCsvOptions *options,
                                     const PkQueryControl *control, GError **error);

/* The same for JSON; `lines`: the files say that they are NDJSON. */
PkImportReport *pk_duckdb_import_json(PkDuckdb *self, const char *name, const char *const *paths,
                                      const char *const *shown, gboolean lines, const PkQueryControl *control,
                                      GError **error);

G_END_DECLS
