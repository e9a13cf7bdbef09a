/* The loops of the column builder: range and order of an array, and the
 * conversion between physical types. Internal to the frame. Pure. */
#pragma once

#include "pk-column.h"

G_BEGIN_DECLS

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

/* Range and order of n values (n > 0), of which bit offset+i of valid (NULL: all) tells those that count. */
void pk_column_scan(PkPhysical physical, const void *data, gint64 n, const guint8 *valid, gint64 offset,
                    PkScan *scan);

/* to[i] = from[i]. Between integer types the values fit, or are of NULL rows and then anything. */
void pk_column_convert(PkPhysical from_type, const void *from, PkPhysical to_type, void *to, gint64 n);

/* The narrowest integer physical type that holds [min, max]. */
PkPhysical pk_physical_for_range(__int128 min, __int128 max);
gboolean pk_physical_holds(PkPhysical physical, __int128 min, __int128 max);

G_END_DECLS
