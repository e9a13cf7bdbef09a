/* Files that may be packed, as a stream of what they hold.
 *
 * gzip (RFC 1952) and Zstandard (RFC 8878) are told by the first bytes, whatever
 * the name says. A file may hold several members or frames one after the other,
 * which are read as one. One that ends within a member or frame is an error of the
 * stream: nothing is taken for whole that is not. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PK_PACKED_NOT,
  PK_PACKED_GZIP,
  PK_PACKED_ZSTD,
} PkPacking;

/* How the bytes at a file's start say that it is packed; 4 of them suffice. */
PkPacking pk_packing_of(const void *head, gsize length);

/* As an SQL engine's reader calls it: "uncompressed", "gzip", "zstd". Static. */
const char *pk_packing_name(PkPacking packing);

/* Opens a file; the caller owns the stream. *packing may be NULL. PK_ERROR_IO with `shown` in the message. */
GInputStream *pk_unpack_open(const char *path, const char *shown, PkPacking *packing, GError **error);

/* What a packed stream holds; keeps a reference on it. For PK_PACKED_NOT the stream itself. */
GInputStream *pk_unpack_stream(GInputStream *stream, PkPacking packing);

G_END_DECLS
