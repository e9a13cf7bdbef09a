/* The bins of a histogram: vega-statistics bin() and vega-transforms Bin.
 *
 * A step of base^k, divided by 5 and 2 as long as there are at most maxbins
 * bins, or a step given; a whole number of steps from start to stop. Pure, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double extent[2];      /* least and greatest value; required */
  double maxbins;        /* 0: 20 */
  double base;           /* 0: 10 */
  const double *divide;  /* NULL: {5, 2} */
  gsize n_divide;
  double step;           /* exact step, 0: none */
  const double *steps;   /* allowed steps, ascending, NULL: any */
  gsize n_steps;
  double minstep;        /* 0: none */
  double span;           /* 0: of the extent */
  gboolean not_nice;     /* keep the extent's ends */
  gboolean has_anchor;
  double anchor;         /* a boundary falls here, the rest is shifted */
} PkBinParams;

typedef struct {
  double start;
  double stop;
  double step;
} PkBins;

/* Fills *bins. FALSE with PK_ERROR_INVALID if the extent or its span is not finite or a
 * parameter is negative or not finite. */
gboolean pk_bin(const PkBinParams *params, PkBins *bins, GError **error);

/* The start of the bin that holds value (the last bin holds its end); values outside give
 * -INFINITY or INFINITY, NAN gives NAN. As vega-transforms Bin. */
double pk_bin_floor(const PkBins *bins, double value);

/* More boundaries than this are none. */
#define PK_BIN_MAX_BOUNDARIES 100000

/* The boundaries start, start+step … stop; g_free. */
double *pk_bin_boundaries(const PkBins *bins, gsize *n);

G_END_DECLS
