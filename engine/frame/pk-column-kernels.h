/* The loops of the column builder: range and order of an array, the conversion
 * between physical types, and validity. Internal to the frame. Pure. */
#pragma once

#include "pk-column.h"

G_BEGIN_DECLS

#define PK_SCAN_ROWS 2048 /* most rows that a call looks at */

typedef struct {
  gint64 n_valid;
  gint64 n_nan;
  gboolean has_range;  /* a value that is not NaN was seen */
  gboolean up, down;   /* a value is greater, less than the one before it (only without NULLs) */
  __int128 min_int, max_int;
  double min, max;
  __int128 first_int, last_int; /* only without NULLs and if n > 0 */
  double first, last;
} PkScan;

/* Range and order of n values (0 < n <= PK_SCAN_ROWS); valid: bytes, 1 where a value counts, 0 where not, NULL: all
 * do. data may begin anywhere. */
void pk_column_scan(PkPhysical physical, const void *data, guint n, const guint8 *valid, PkScan *scan);

/* to[i] = from[i]. Between integer types the values fit, or are of NULL rows and then anything. */
void pk_column_convert(PkPhysical from_type, const void *from, PkPhysical to_type, void *to, gint64 n);

/* Makes the values where valid is 0 zero. */
void pk_column_zero_nulls(PkPhysical physical, void *data, guint n, const guint8 *valid);

/* Bits offset … offset + n - 1, least significant first, as bytes 0 and 1. Reads no byte that holds none of them. */
void pk_bits_to_bytes(const guint8 *bits, gint64 offset, guint n, guint8 *bytes);

/* Sets bit at + i of words, which is 0, where bytes[i] is 1. */
void pk_bytes_to_bits(const guint8 *bytes, guint n, guint64 *words, gint64 at);

/* The narrowest integer physical type that holds [min, max]. */
PkPhysical pk_physical_for_range(__int128 min, __int128 max);
gboolean pk_physical_holds(PkPhysical physical, __int128 min, __int128 max);

G_END_DECLS
