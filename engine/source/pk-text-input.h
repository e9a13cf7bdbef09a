/* The bytes of a text stream as a window that grows: what readers of records stand on.
 *
 * A plain struct for one thread; start it zeroed by pk_text_input_init. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  GInputStream *stream;
  char *shown;            /* the file's name in errors */
  char *bytes;            /* those of [start, end) are not taken yet */
  gsize size, start, end;
  guint64 read;           /* from the stream so far */
  gboolean eof;           /* nothing follows `end` */
  gboolean marked;        /* a byte order mark stood at the beginning */
  gboolean begun;
} PkTextInput;

/* Keeps a reference on the stream. */
void pk_text_input_init(PkTextInput *input, GInputStream *stream, const char *shown);
void pk_text_input_clear(PkTextInput *input);

/* Reads more behind `end`, moving the window to the front of the buffer: pointers into it become
 * invalid, offsets from `start` stay. PK_ERROR_IO, PK_ERROR_CANCELLED. */
gboolean pk_text_input_fill(PkTextInput *input, GCancellable *cancellable, GError **error);

/* Once, before the first byte is taken: reads up to `sample` bytes and passes over a byte order mark.
 * PK_ERROR_UNSUPPORTED for UTF-16. */
gboolean pk_text_input_begin(PkTextInput *input, gsize sample, GCancellable *cancellable, GError **error);

/* Valid UTF-8 without NUL; ASCII, which most text is, is told eight bytes at a time. */
gboolean pk_text_is_utf8(const char *text, gsize length);

G_END_DECLS
