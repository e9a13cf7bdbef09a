/* Scales: from data values to pixels, sizes or colours.
 *
 * Continuous, discretizing and ordinal scales follow d3-scale 4; band and point
 * scales and the choice between a sequential, diverging and piecewise colour scale follow
 * vega-scale and vega-encode (Scale.js). A scale owns copies of all that it is
 * given. Not thread-safe while it is being changed; applying it is. */
#pragma once

#include "pk-color.h"
#include "pk-datum.h"
#include "pk-scheme.h"
#include "pk-ticks.h"

G_BEGIN_DECLS

typedef enum {
  PK_SCALE_IDENTITY,
  PK_SCALE_LINEAR,
  PK_SCALE_LOG,          /* base */
  PK_SCALE_POW,          /* exponent */
  PK_SCALE_SQRT,
  PK_SCALE_SYMLOG,       /* constant */
  PK_SCALE_TIME,
  PK_SCALE_UTC,
  PK_SCALE_BAND,
  PK_SCALE_POINT,
  PK_SCALE_ORDINAL,
  PK_SCALE_THRESHOLD,
  PK_SCALE_QUANTIZE,
  PK_SCALE_QUANTILE,
  PK_SCALE_BIN_ORDINAL,
} PkScaleType;

/* "linear", "log", … "bin-ordinal"; "sequential" is linear. FALSE with PK_ERROR_INVALID. */
gboolean pk_scale_type_parse(const char *name, PkScaleType *type, GError **error);
const char *pk_scale_type_name(PkScaleType type);
/* linear, log, pow, sqrt, symlog, time, utc (and identity). */
gboolean pk_scale_type_is_continuous(PkScaleType type);
/* threshold, quantize, quantile, bin-ordinal. */
gboolean pk_scale_type_is_discretizing(PkScaleType type);
/* band, point, ordinal. */
gboolean pk_scale_type_is_discrete(PkScaleType type);

typedef struct PkScale PkScale;

PkScale *pk_scale_new(PkScaleType type);
PkScale *pk_scale_copy(const PkScale *scale);
void pk_scale_free(PkScale *scale);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkScale, pk_scale_free)

PkScaleType pk_scale_get_type(const PkScale *scale);

/* Parameters. Defaults: base 10, exponent 1, constant 1, no clamp, no rounding,
 * padding 0 (a point scale's inner padding is 1), align 0.5. Paddings and align are clamped to 0..1. */
void pk_scale_set_base(PkScale *scale, double base);
void pk_scale_set_exponent(PkScale *scale, double exponent);
void pk_scale_set_constant(PkScale *scale, double constant);
void pk_scale_set_clamp(PkScale *scale, gboolean clamp);
void pk_scale_set_round(PkScale *scale, gboolean round);
void pk_scale_set_padding(PkScale *scale, double inner, double outer);
void pk_scale_set_align(PkScale *scale, double align);
double pk_scale_get_base(const PkScale *scale);
gboolean pk_scale_get_clamp(const PkScale *scale);

/* The domain of continuous and discretizing scales: 2 or more numbers (thresholds and bin
 * boundaries: 1 or more; quantiles: all values). Default {0, 1}. */
void pk_scale_set_domain(PkScale *scale, const double *domain, gsize n);
const double *pk_scale_get_domain(const PkScale *scale, gsize *n);
/* The least and greatest of the first and last domain value. */
void pk_scale_get_extent(const PkScale *scale, double *lo, double *hi);

/* The domain of discrete scales, in order; a copy is taken. */
void pk_scale_set_values(PkScale *scale, const PkDatumIndex *values);
/* Borrowed; NULL if none was set. */
const PkDatumIndex *pk_scale_get_values(const PkScale *scale);
/* How many values a discrete scale has (without values: set by pk_scale_set_count). */
void pk_scale_set_count(PkScale *scale, gsize n);
gsize pk_scale_get_count(const PkScale *scale);

/* Bin boundaries, which become ticks; n 0 removes them. */
void pk_scale_set_bins(PkScale *scale, const double *bins, gsize n);
const double *pk_scale_get_bins(const PkScale *scale, gsize *n);

/* A range of numbers (default {0, 1}), or of colours, or a ramp; colours are copied. On a continuous
 * scale colours are a ramp: over a domain of 2 values from its start to its end, of 3 with its middle at the
 * second value, of more at one colour for each. On ordinal and discretizing scales a ramp is
 * sampled for the number of values that the domain has then (quantize, quantile: 5), so the
 * domain comes first; for another number set colours from pk_color_ramp_sample. */
void pk_scale_set_range(PkScale *scale, const double *range, gsize n);
void pk_scale_set_range_colors(PkScale *scale, const PkColor *colors, gsize n,
                               PkColorSpace space, double gamma);
void pk_scale_set_range_ramp(PkScale *scale, const PkColorRamp *ramp);
/* A range of n things that the caller holds, for ordinal and discretizing scales (shapes,
 * dashes): only pk_scale_slot is of use then. */
void pk_scale_set_range_slots(PkScale *scale, gsize n);
const double *pk_scale_get_range(const PkScale *scale, gsize *n);
/* Reverses the range; if it is a ramp, its extent. */
void pk_scale_reverse(PkScale *scale);

/* Domain adjustments, in the order in which Vega makes them: zero, padding in pixels, nice. */
void pk_scale_include_zero(PkScale *scale);
void pk_scale_pad_domain(PkScale *scale, double pixels);
void pk_scale_nice(PkScale *scale, double count);              /* 10 by default */
void pk_scale_nice_interval(PkScale *scale, const PkTimeInterval *interval); /* time, utc */

/* A number's place: NAN for NAN, and for scales without a numeric range. */
double pk_scale_apply(const PkScale *scale, double x);
/* Where a place comes from (continuous scales); NAN for others. */
double pk_scale_invert(const PkScale *scale, double y);
/* A number's colour. FALSE if x is NAN or the scale has no colours. */
gboolean pk_scale_color(const PkScale *scale, double x, PkColor *color);
/* The index into the range of a discretizing scale's result; -1 for NAN. */
gssize pk_scale_slot(const PkScale *scale, double x);

/* Discrete scales by the index of a value in the domain: the start of its band, or its number. */
double pk_scale_apply_index(const PkScale *scale, gsize i);
gboolean pk_scale_color_index(const PkScale *scale, gsize i, PkColor *color);
/* By value: NAN or FALSE if the domain does not have it. */
double pk_scale_apply_datum(const PkScale *scale, const PkDatum *datum);
gboolean pk_scale_color_datum(const PkScale *scale, const PkDatum *datum, PkColor *color);

/* Band and point scales; 0 for others. */
double pk_scale_bandwidth(const PkScale *scale);
double pk_scale_step(const PkScale *scale);
/* The number of steps that n bands take (vega bandSpace). */
double pk_band_space(gsize n, double padding_inner, double padding_outer);
/* The index of the band at y, -1 if none. */
gssize pk_scale_invert_band(const PkScale *scale, double y);

/* The values at which a discretizing scale changes colour: thresholds; g_free. */
double *pk_scale_thresholds(const PkScale *scale, gsize *n);

/* x as a fraction 0..1 of the domain after the scale's transform (legend gradients). */
double pk_scale_fraction(const PkScale *scale, double x);

/* Ticks as Vega makes them: the bins in the range, or about count nice values; of threshold,
 * quantile and bin-ordinal scales the domain. g_free. */
double *pk_scale_ticks(const PkScale *scale, double count, gsize *n);
double *pk_scale_ticks_interval(const PkScale *scale, const PkTimeInterval *interval, gsize *n);
/* count after a least step (NAN: none) and bins (vega tickCount). */
double pk_scale_tick_count(const PkScale *scale, double count, double min_step);

G_END_DECLS
