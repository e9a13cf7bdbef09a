/* The pixels of a PNG, compressed on several threads.
 *
 * The rows are cut into bands. Each is a stream of raw deflate of its own, ended at a byte's border without ending the
 * whole (Z_SYNC_FLUSH), so that the bands one after the other are one stream (RFC 1951 §3.2; pigz, by M. Adler, does
 * the same), and the checksum of the whole comes from theirs. The cut depends on the picture alone: so do the bytes, whatever the
 * number of threads. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes row y, of so many bytes, without a filter. Any thread. */
typedef void (*PkPngRowFunc)(gpointer data, guint y, guint8 *row);

/* The content of the IDAT chunks: an array of GBytes, each of less than 1 GiB for a picture of at most 2^15 rows of 2^17
 * bytes, which together are a zlib stream (RFC 1950) of rows with the filter Up. NULL if zlib fails, which it does only
 * for want of memory. Caller owns. */
GPtrArray *pk_png_deflate(PkPngRowFunc func, gpointer data, guint height, gsize row_bytes);

G_END_DECLS
