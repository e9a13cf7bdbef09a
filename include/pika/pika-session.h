/* A session: tables that were opened, and questions about them.
 *
 * Reference counted. Any thread may call, several at once. What takes time runs
 * on the workers of the runtime (pika-runtime.h). Each such function has an
 * asynchronous form, NAME_async and NAME_finish in the manner of GIO: the
 * callback comes in the thread-default main context of the caller, its source
 * object is NULL, and all arguments but the session and a stream are copied. The
 * plain form waits for it: not for a thread whose main loop must not wait.
 *
 * A GCancellable (may be NULL) stops a call within milliseconds; the session
 * stays good. Where the SQL engine does not stop at once, an asynchronous call
 * is told of its cancel all the same, and the rest winds down on its own.
 * Functions that return gboolean or a pointer report failure by FALSE or NULL and *error. */
#pragma once

#include "pika-arrow.h"
#include "pika-receipt.h"
#include "pika-runtime.h"
#include "pika-table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct PikaSession PikaSession;

typedef struct {
  guint64 memory_limit;        /* bytes for the SQL engine and for columns; 0: half of the machine's */
  guint threads;               /* of the SQL engine; 0: as many as the runtime has workers */
  const char *temp_directory;  /* NULL: the system's */
  const char *backend;         /* force "ref", "cpu", "sql" or "vulkan"; NULL: by cost */
  const char *device;          /* the GPU: part of its name or its number in pika_describe_devices; NULL: the best */
  guint64 gpu_memory;          /* bytes of it for columns; 0: most of what is free */
  /* For input that came from someone else: the engine itself refuses everything but SELECT, and every
   * file but those opened and those named here (NULL-terminated; may be NULL). */
  gboolean restricted;
  const char *const *allowed_paths;
  const char *const *allowed_directories;
  gboolean will_plot;          /* pictures will be made: load their fonts while tables are opened and read */
} PikaSessionOptions;

/* "0.1.0", and the engine's "v1.5.6". Static. */
PIKA_API const char *pika_version(void);
PIKA_API const char *pika_engine_version(void);

/* The GPUs of this machine, one after another as lines of text with what they lack, if anything; or one line that says
 * why there is none. Caller frees. NULL with *error only if it was cancelled, or too much waits already. */
PIKA_API char *pika_describe_devices(GError **error);
PIKA_API void pika_describe_devices_async(GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API char *pika_describe_devices_finish(GAsyncResult *result, GError **error);

PIKA_API PikaSession *pika_session_new(const PikaSessionOptions *options, GError **error);
PIKA_API void pika_session_new_async(const PikaSessionOptions *options, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
PIKA_API PikaSession *pika_session_new_finish(GAsyncResult *result, GError **error);

PIKA_API PikaSession *pika_session_ref(PikaSession *self);
/* The last one closes the SQL engine and removes temporary files, which blocks, unless
 * pika_session_close_async was called by then: */
PIKA_API void pika_session_unref(PikaSession *self);
/* so this does the same on a worker. Takes over the reference, and tells when the last one is gone and all is closed. */
PIKA_API void pika_session_close_async(PikaSession *self, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_close_finish(GAsyncResult *result, GError **error);
/* For a process that leaves by _exit right after: removes the session's temporary files, and leaves its memory, threads
 * and connections to the system, which is faster at it. Nothing may be under way in the session, nor use it after; it
 * stays allocated. */
PIKA_API void pika_session_abandon(PikaSession *self);

/* How far a call is: after 100 ms, at most 30 times a second. Called in the main context of the asynchronous call, or on
 * the thread that waits in the plain one. */
typedef struct {
  const char *phase;   /* "read", "query", "fetch", "write", … */
  double done, total;  /* in `unit`; total 0: not known */
  const char *unit;    /* "%", "rows", … */
  guint64 rows, bytes; /* so far; 0: not known */
} PikaProgress;
typedef void (*PikaProgressFunc)(const PikaProgress *progress, gpointer data);
/* Of all calls that start from now on. */
PIKA_API void pika_session_set_progress(PikaSession *self, PikaProgressFunc func, gpointer data);

/* --- tables --- */

/* A named option of an import: types, nullstr, delim, quote, escape, comment, header, tz, all-text, format. */
typedef struct {
  const char *name, *value;
} PikaImportOption;

/* Opens a path, a glob or "-" as one table (a database: each of its tables).
 * *tables (may be NULL) becomes an array of PikaTable, owned by the caller. */
PIKA_API gboolean pika_session_open(PikaSession *self, const char *path, const char *name,
                                    const PikaImportOption *options, guint n_options,
                                    GPtrArray **tables, GCancellable *cancellable, GError **error);
PIKA_API void pika_session_open_async(PikaSession *self, const char *path, const char *name,
                                      const PikaImportOption *options, guint n_options, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_open_finish(GAsyncResult *result, GPtrArray **tables, GError **error);

/* All tables: a new array of PikaTable. */
PIKA_API GPtrArray *pika_session_list_tables(PikaSession *self, GError **error);

/* The columns of a table, or those a statement would give: a new array of PikaColumn. */
PIKA_API GPtrArray *pika_session_describe_table(PikaSession *self, const char *table, GError **error);
PIKA_API GPtrArray *pika_session_describe(PikaSession *self, const char *sql, GError **error);
PIKA_API void pika_session_describe_table_async(PikaSession *self, const char *table, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);
PIKA_API void pika_session_describe_async(PikaSession *self, const char *sql, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
/* Of both. */
PIKA_API GPtrArray *pika_session_describe_finish(GAsyncResult *result, GError **error);

/* Makes a SELECT's answer a table of that name; it is computed when the table is read. */
PIKA_API gboolean pika_session_add_view(PikaSession *self, const char *name, const char *sql, GError **error);
PIKA_API void pika_session_add_view_async(PikaSession *self, const char *name, const char *sql, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_add_view_finish(GAsyncResult *result, GError **error);
/* The same, in place of the view that has the name, if any; sql NULL: the view just goes. What the session had fetched
 * of views is fetched anew. A restricted session takes views too: of SELECTs that it would run. */
PIKA_API gboolean pika_session_set_view(PikaSession *self, const char *name, const char *sql, GError **error);
PIKA_API void pika_session_set_view_async(PikaSession *self, const char *name, const char *sql, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_set_view_finish(GAsyncResult *result, GError **error);

/* Takes a table out of the session, and gives its memory back; its files stay as they are. PIKA_ERROR_NOT_FOUND. */
PIKA_API gboolean pika_session_remove_table(PikaSession *self, const char *name, GError **error);
PIKA_API void pika_session_remove_table_async(PikaSession *self, const char *name, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_remove_table_finish(GAsyncResult *result, GError **error);

/* The rejected records of a table as CSV text: file,line,record,column,reason,raw. Caller frees. */
PIKA_API char *pika_session_dup_rejects(PikaSession *self, const char *table, GError **error);

/* Profiles of a table's columns: a new array of PikaColumnProfile. n_bins 1 … 64. */
PIKA_API GPtrArray *pika_session_profile(PikaSession *self, const char *table, guint n_bins,
                                         GCancellable *cancellable, GError **error);
PIKA_API void pika_session_profile_async(PikaSession *self, const char *table, guint n_bins, PikaLane lane,
                                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API GPtrArray *pika_session_profile_finish(GAsyncResult *result, GError **error);

/* --- queries --- */

/* Runs one statement; *out becomes a stream that the caller releases, of no columns if it is one that answers no rows
 * (INSERT, CREATE: it was carried out by then). receipt (may be NULL) is complete when the
 * stream has ended, and must outlive it. */
PIKA_API gboolean pika_session_query(PikaSession *self, const char *sql, struct ArrowArrayStream *out,
                                     PikaReceipt *receipt, GCancellable *cancellable, GError **error);
/* The stream is cancelled by the same cancellable until it has ended. */
PIKA_API void pika_session_query_async(PikaSession *self, const char *sql, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_session_query_finish(GAsyncResult *result, struct ArrowArrayStream *out, PikaReceipt *receipt,
                                            GError **error);

/* The next batch of a stream, on a worker; at its end out->release is NULL. The stream stays where it is, and is left
 * alone, until the callback. */
PIKA_API void pika_stream_next_async(struct ArrowArrayStream *stream, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_stream_next_finish(GAsyncResult *result, struct ArrowArray *out, GError **error);

/* The plan that a statement is, its SQL, the backend and the estimates; or why it is not a plan. Caller frees. */
PIKA_API char *pika_session_explain(PikaSession *self, const char *sql, gboolean as_json, GError **error);
PIKA_API void pika_session_explain_async(PikaSession *self, const char *sql, gboolean as_json, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
PIKA_API char *pika_session_explain_finish(GAsyncResult *result, GError **error);

/* Writes a statement's rows as a Parquet file. It is made in a hidden folder beside its place and renamed into it when it
 * is whole, over what was there. A call that failed, or was cancelled, leaves that as it was and nothing else, also where
 * the SQL engine is still winding down when the call has ended, or when the process exits. */
PIKA_API gboolean pika_session_write_parquet(PikaSession *self, const char *sql, const char *path,
                                             GCancellable *cancellable, GError **error);
PIKA_API void pika_session_write_parquet_async(PikaSession *self, const char *sql, const char *path,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
PIKA_API gboolean pika_session_write_parquet_finish(GAsyncResult *result, GError **error);

/* --- rows as text --- */

typedef enum {
  PIKA_FORMAT_TABLE, /* for people: aligned, cut to a width and a number of rows */
  PIKA_FORMAT_CSV,
  PIKA_FORMAT_JSON,  /* an array of objects */
  PIKA_FORMAT_NDJSON,
  PIKA_FORMAT_MARKDOWN,
} PikaFormat;

/* FALSE with PIKA_ERROR_USAGE for an unknown name. */
PIKA_API gboolean pika_format_parse(const char *name, PikaFormat *format, GError **error);

/* Reads a stream to its end and writes its values exactly. max_rows and max_width count for TABLE only
 * (0: no limit). *n_rows (may be NULL): rows read. The caller still releases the stream. */
PIKA_API gboolean pika_write_stream(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out,
                                    gint64 max_rows, guint max_width, gint64 *n_rows,
                                    GCancellable *cancellable, GError **error);
/* Takes over *stream, and releases it on a worker too. Nothing else uses `out` until the callback. */
PIKA_API void pika_write_stream_async(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out,
                                      gint64 max_rows, guint max_width, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_write_stream_finish(GAsyncResult *result, gint64 *n_rows, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaSession, pika_session_unref)

G_END_DECLS
