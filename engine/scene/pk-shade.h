/* From the counts of a density raster to shades: a number from 0 to 1 for every count that occurs.
 *
 * Histogram equalization: R. C. Gonzalez, R. E. Woods, "Digital Image Processing", §3.3. */
#pragma once

#include "pk-scene-build.h"

G_BEGIN_DECLS

/* The distinct counts above 0, ascending, are ranks 0 … n - 1. */
typedef struct {
  PkTransfer kind;
  gint64 max;
  guint n;
  gint64 *counts;  /* of each rank */
  double *shares;  /* of the cells that are not empty, those up to each rank; EQUALIZE */
  guint32 *ranks;  /* of each count up to max, where max is small; else NULL */
} PkShades;

void pk_shades_init(PkShades *self, PkTransfer kind, const gint64 *counts, gsize n);
void pk_shades_clear(PkShades *self);

/* The rank of a count above 0; of one that does not occur, that of the next that does. n must not be 0. */
guint pk_shades_rank(const PkShades *self, gint64 count);
double pk_shades_at_rank(const PkShades *self, guint rank);
/* The same of any count; 0 of 0. */
double pk_shades_at(const PkShades *self, gint64 count);
/* The greatest count whose shade is at most that. */
gint64 pk_shades_invert(const PkShades *self, double shade);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkShades, pk_shades_clear)

G_END_DECLS
