/* From the counts of a density raster to shades: a number from 0 to 1 for every count that occurs.
 *
 * Histogram equalization: R. C. Gonzalez, R. E. Woods, "Digital Image Processing", §3.3. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How counts become shades. */
typedef enum {
  PK_TRANSFER_EQUALIZE,  /* by rank: as many pixels in each shade (histogram equalization) */
  PK_TRANSFER_LINEAR,
  PK_TRANSFER_LOG,       /* log(1 + count) */
  PK_TRANSFER_CUBE_ROOT,
  PK_N_TRANSFERS
} PkTransfer;

/* "equalize", "linear", "log", "cbrt"; PK_N_TRANSFERS for another name. */
PkTransfer pk_transfer_parse(const char *name);
const char *pk_transfer_name(PkTransfer transfer);

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

/* The same from how many cells have each count 0 … max, max at most PK_SHADES_MOST: takes the array (g_free). */
#define PK_SHADES_MOST ((gint64)1 << 22)
void pk_shades_init_cells(PkShades *self, PkTransfer kind, guint32 *cells, gint64 max);
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
