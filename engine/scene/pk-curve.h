/* Curves of lines and areas: d3-shape 3 by Vega's names.
 *
 * Sources: cardinal and Catmull-Rom splines after C. Yuksel, S. Schaefer, J. Keyser,
 * "Parameterization and applications of Catmull-Rom curves", 2011; monotone cubics after M. Steffen,
 * "A simple method for monotonic interpolation in one dimension", 1990; basis: uniform cubic B-splines;
 * bundle: D. Holten, "Hierarchical edge bundles", 2006; natural: cubic splines with zero second
 * derivative at the ends. Thread-safe. */
#pragma once

#include "pk-path.h"

G_BEGIN_DECLS

typedef enum {
  PK_CURVE_LINEAR,
  PK_CURVE_LINEAR_CLOSED,
  PK_CURVE_STEP,
  PK_CURVE_STEP_BEFORE,
  PK_CURVE_STEP_AFTER,
  PK_CURVE_BASIS,
  PK_CURVE_BASIS_CLOSED,
  PK_CURVE_BASIS_OPEN,
  PK_CURVE_BUNDLE,             /* tension is beta, 0.85 */
  PK_CURVE_CARDINAL,           /* tension 0 */
  PK_CURVE_CARDINAL_CLOSED,
  PK_CURVE_CARDINAL_OPEN,
  PK_CURVE_CATMULL_ROM,        /* tension is alpha, 0.5 */
  PK_CURVE_CATMULL_ROM_CLOSED,
  PK_CURVE_CATMULL_ROM_OPEN,
  PK_CURVE_MONOTONE,           /* along x, or along y if horizontal */
  PK_CURVE_NATURAL,
} PkCurveType;

typedef struct {
  PkCurveType type;
  double tension;       /* NAN: the type's default */
  gboolean horizontal;  /* Vega's orient "horizontal": monotone runs along y */
} PkCurve;

/* "linear", "step-after", "catmull-rom" … FALSE with PK_ERROR_INVALID for another name. */
gboolean pk_curve_type_parse(const char *name, PkCurveType *type, GError **error);
const char *pk_curve_type_name(PkCurveType type);

typedef struct {
  double x, y;          /* x NAN: undefined, the path breaks here */
} PkPoint;

/* Appends the line through the points, in pieces between undefined ones. */
void pk_curve_line(const PkCurve *curve, const PkPoint *points, gsize n, PkPath *path);

/* Appends the area between (x, y) and (x0[i], y0[i]): forward along points, back along
 * base. base has the same length. */
void pk_curve_area(const PkCurve *curve, const PkPoint *points, const PkPoint *base, gsize n, PkPath *path);

G_END_DECLS
