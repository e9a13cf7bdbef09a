/* A result: the rows of one statement, kept in memory, of which any cell can be asked at any time.
 *
 * Reference counted, immutable, any thread. What reads cells does not block. Numbers are kept in the fewest bytes that
 * hold them and texts once each, so a result is usually smaller than the rows were in a file. */
#pragma once

#include "pika-session.h"

G_BEGIN_DECLS

typedef struct PikaResult PikaResult;

/* Runs one statement, and keeps its rows: all, or at least the first max_rows (0: all), after which reading stops.
 * Where the SQL engine refuses the statement and says at which place, the message ends with "(line L, column C)", both from
 * 1, columns in characters. */
PIKA_API PikaResult *pika_result_new(PikaSession *session, const char *sql, gint64 max_rows, GCancellable *cancellable,
                                     GError **error);
PIKA_API void pika_result_new_async(PikaSession *session, const char *sql, gint64 max_rows, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
PIKA_API PikaResult *pika_result_new_finish(GAsyncResult *result, GError **error);

PIKA_API PikaResult *pika_result_ref(PikaResult *self);
/* The last one gives much memory back, on a worker: this does not block. */
PIKA_API void pika_result_unref(PikaResult *self);

PIKA_API gint64 pika_result_get_n_rows(const PikaResult *self);
/* Were there more rows than are kept? */
PIKA_API gboolean pika_result_is_cut(const PikaResult *self);
/* 0 for a statement that answers no rows; the receipt says how many it changed. */
PIKA_API guint pika_result_get_n_columns(const PikaResult *self);
/* Borrowed. */
PIKA_API const PikaColumn *pika_result_get_column(const PikaResult *self, guint column);
PIKA_API const PikaReceipt *pika_result_get_receipt(const PikaResult *self);
PIKA_API gsize pika_result_get_bytes(const PikaResult *self);

/* The exact value as text, in the form that SQL takes back. NULL: it is NULL. Caller frees. */
PIKA_API char *pika_result_dup_text(const PikaResult *self, gint64 row, guint column);

/* The first cell from (row, column) on, row by row and round the end, whose text holds `text`, whatever the case; backward:
 * the last one before it. The given cell itself is looked at last. FALSE with PIKA_ERROR_NOT_FOUND if there is none. */
PIKA_API void pika_result_find_async(PikaResult *self, const char *text, gint64 row, guint column, gboolean backward,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_result_find_finish(GAsyncResult *result, gint64 *row, guint *column, GError **error);

/* A block of cells as text for the clipboard or a file: columns separated by `separator` ('\t' or ','), lines by \n, quoted
 * as CSV is where it must be; NULL is an empty field, and an empty text is "". columns: n_columns indices; with_names: the
 * first line names them. */
PIKA_API void pika_result_copy_async(PikaResult *self, gint64 first_row, gint64 n_rows, const guint *columns,
                                     guint n_columns, char separator, gboolean with_names, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
/* Caller frees. */
PIKA_API char *pika_result_copy_finish(GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaResult, pika_result_unref)

G_END_DECLS
