/* A frame: columns of equal length, chunked alike. It is what backends scan
 * and what they return. Reference counted; immutable once built; any thread. */
#pragma once

#include "pk-arrow-abi.h"
#include "pk-column.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Rows of a full chunk, unless a builder is told otherwise: 4 Mi rows, so at
 * most 64 MiB a chunk and far below the 1 GiB that a device addresses safely. */
#define PK_CHUNK_ROWS ((gint64)1 << 22)

typedef struct PkFrame PkFrame;
struct PkFrame {
  gint refs;
  gint64 length;
  guint n_columns;
  PkColumn **columns; /* owned */
};

PkFrame *pk_frame_ref(PkFrame *self);
void pk_frame_unref(PkFrame *self);

/* Takes ownership of the columns (and the array's content, not the array).
 * PK_ERROR_INVALID if lengths or chunk bounds differ. */
PkFrame *pk_frame_new(PkColumn **columns, guint n_columns, GError **error);

/* Borrowed; NULL if there is none of that name. index may be NULL. */
PkColumn *pk_frame_find(const PkFrame *self, const char *name, guint *index);

/* Bytes of data and validity held. */
gsize pk_frame_get_bytes(const PkFrame *self);

/* Reads a stream to its end into a frame: the one host copy. Narrows
 * integers, dictionary-codes text, fills statistics. chunk_rows 0:
 * PK_CHUNK_ROWS. Does not take the stream (the caller releases it). Checks
 * every array (PK_ERROR_INVALID). Returns a new reference. Blocks: call off the main context. */
PkFrame *pk_frame_read_stream(struct ArrowArrayStream *stream, gint64 chunk_rows,
                              GCancellable *cancellable, GError **error);

/* The frame as a stream that keeps a reference to it; the caller releases it. Exact types come back. */
void pk_frame_export_stream(PkFrame *self, struct ArrowArrayStream *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkFrame, pk_frame_unref)

G_END_DECLS
