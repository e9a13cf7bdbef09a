/* Record batches as text: every value exact, whatever the locale. */
#pragma once

#include "pk-arrow-view.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PK_ROW_FORMAT_TABLE,    /* aligned columns for people; max_rows and max_width count here only */
  PK_ROW_FORMAT_CSV,      /* RFC 4180, \n; NULL is an empty field, an empty text is "" */
  PK_ROW_FORMAT_JSON,     /* an array of objects; NaN and infinities are the strings "NaN", "Infinity", "-Infinity" */
  PK_ROW_FORMAT_NDJSON,
  PK_ROW_FORMAT_MARKDOWN,
} PkRowFormat;

typedef struct {
  PkRowFormat format;
  gint64 max_rows; /* TABLE: rows shown (0: all); the rest is counted */
  guint max_width; /* TABLE: columns of the terminal (0: no limit) */
} PkRowWriterOptions;

/* Reads the stream to its end (the caller clears it) and writes it. *n_rows (may be NULL) gets the rows read.
 * PK_ERROR_INVALID for a malformed batch, PK_ERROR_CANCELLED, or the output's error. Blocks. */
gboolean pk_row_writer_write(PkArrowStream *stream, const PkRowWriterOptions *options, GOutputStream *out, gint64 *n_rows,
                       GCancellable *cancellable, GError **error);

/* A row's value as JSON, nested values too. */
void pk_row_writer_append_json(const PkArrowView *view, gint64 row, GString *out);

/* Text as a JSON string; bytes that are not UTF-8 become U+FFFD. */
void pk_row_writer_append_json_text(const char *text, gsize length, GString *out);

/* Terminal columns that a UTF-8 text takes. */
guint pk_row_writer_text_columns(const char *text, gssize length);

G_END_DECLS
