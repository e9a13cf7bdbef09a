/* Accounted, aligned memory for column data.
 *
 * Column chunks are the largest allocations of the engine. They are aligned
 * to a page so that a device can import them, counted so that a receipt can
 * say how much a plot took, and refused above a limit rather than killing the
 * process. What a computation keeps besides (groups, values, hash tables) comes
 * from malloc and is counted by pk_mem_reserve. Thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PK_PAGE_SIZE ((gsize)4096)

/* Allocates size bytes (rounded up to a page; 0 gives one page) aligned to
 * PK_PAGE_SIZE, contents undefined. NULL with PK_ERROR_LIMIT if the limit or
 * the system refuses. Free with pk_mem_free and the same size. */
gpointer pk_mem_alloc(gsize size, GError **error);
void pk_mem_free(gpointer data, gsize size);

/* Gives back what lies beyond the first `wanted` bytes, which stay where they are: TRUE, and it is then freed with
 * `wanted`. FALSE, and nothing is done, where the block is too small for that. */
gboolean pk_mem_trim(gpointer data, gsize size, gsize wanted);

/* Counts bytes that the caller is about to get elsewhere (from malloc), so that they are within the limit too. FALSE
 * with PK_ERROR_LIMIT if they are not. What was reserved is released once, in whatever pieces. */
gboolean pk_mem_reserve(gsize bytes, GError **error);
void pk_mem_release(gsize bytes);

/* Bytes now held, the highest since pk_mem_reset_peak, and the limit (0: none). */
gsize pk_mem_used(void);
gsize pk_mem_peak(void);
void pk_mem_reset_peak(void);
void pk_mem_set_limit(gsize bytes);

/* Parses "512MB", "2GiB", "1.5g", "1048576". FALSE with PK_ERROR_USAGE. */
gboolean pk_mem_parse_size(const char *text, gsize *bytes, GError **error);

G_END_DECLS
