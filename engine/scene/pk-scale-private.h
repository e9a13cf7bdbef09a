/* What the pk-scale files share: the fields of a scale. For them alone. */
#pragma once

#include "pk-scale.h"

typedef enum { RANGE_NUMBERS, RANGE_COLORS, RANGE_RAMP, RANGE_SLOTS } PkScaleRange;

struct PkScale {
  PkScaleType type;
  double base, exponent, constant;
  gboolean clamp, round;
  double padding_inner, padding_outer, align;

  double *domain;        /* of quantile scales ascending, without NAN */
  gsize n_domain;
  PkDatumIndex *values;
  gsize count;           /* of discrete values */
  double *bins;
  gsize n_bins;

  PkScaleRange range_kind;
  double *range;         /* NUMBERS */
  PkColor *colors;       /* COLORS, and what ramp.colors points at */
  gsize n_range;
  PkColorRamp ramp;      /* RAMP */
  gboolean slots_reversed;
};

/* The scale's monotone transform, under which it is linear, and its inverse. */
double pk_scale_transform(const PkScale *scale, double x);
double pk_scale_untransform(const PkScale *scale, double x);

/* Where x falls among ascending values[lo..hi): after all that are not above it. */
gsize pk_scale_bisect(const double *values, double x, gsize lo, gsize hi);
