/* Band, point and ordinal scales: values by their place in the domain. */
#include "pk-scale-private.h"

#include "pk-ecma.h"

#include <math.h>

typedef struct {
  double start, step, bandwidth;
  gboolean reverse;
} BandLayout;

double
pk_band_space(gsize n, double padding_inner, double padding_outer)
{
  double space = (double)n - padding_inner + padding_outer * 2;

  return n > 0 ? (space > 0 ? space : 1) : 0;
}

static BandLayout
layout_bands(const PkScale *scale)
{
  double r0 = scale->range_kind == RANGE_NUMBERS && scale->n_range > 1 ? scale->range[0] : 0;
  double r1 = scale->range_kind == RANGE_NUMBERS && scale->n_range > 1 ? scale->range[1] : 1;
  double n = (double)scale->count, inner = scale->padding_inner;
  double space = pk_band_space(scale->count, inner, scale->padding_outer);
  double stop = MAX(r0, r1);
  BandLayout b = { .start = MIN(r0, r1), .reverse = r1 < r0 };

  b.step = (stop - b.start) / (space > 0 ? space : 1);
  if (scale->round)
    b.step = floor(b.step);
  b.start += (stop - b.start - b.step * (n - inner)) * scale->align;
  b.bandwidth = b.step * (1 - inner);
  if (scale->round) {
    b.start = pk_ecma_round(b.start);
    b.bandwidth = pk_ecma_round(b.bandwidth);
  }
  return b;
}

static gboolean
has_bands(const PkScale *scale)
{
  return scale->type == PK_SCALE_BAND || scale->type == PK_SCALE_POINT;
}

double
pk_scale_bandwidth(const PkScale *scale)
{
  return has_bands(scale) ? layout_bands(scale).bandwidth : 0;
}

double
pk_scale_step(const PkScale *scale)
{
  return has_bands(scale) ? layout_bands(scale).step : 0;
}

double
pk_scale_apply_index(const PkScale *scale, gsize i)
{
  if (has_bands(scale)) {
    BandLayout b = layout_bands(scale);

    if (i >= scale->count)
      return NAN;
    return b.start + b.step * (double)(b.reverse ? scale->count - 1 - i : i);
  }
  if (scale->type != PK_SCALE_ORDINAL || scale->range_kind != RANGE_NUMBERS || scale->n_range == 0)
    return NAN;
  return scale->range[i % scale->n_range];
}

gboolean
pk_scale_color_index(const PkScale *scale, gsize i, PkColor *color)
{
  if (scale->type != PK_SCALE_ORDINAL || scale->range_kind != RANGE_COLORS || scale->n_range == 0)
    return FALSE;
  *color = scale->colors[i % scale->n_range];
  return TRUE;
}

double
pk_scale_apply_datum(const PkScale *scale, const PkDatum *datum)
{
  gssize i = scale->values ? pk_datum_index_find(scale->values, datum) : -1;

  return i >= 0 ? pk_scale_apply_index(scale, (gsize)i) : NAN;
}

gboolean
pk_scale_color_datum(const PkScale *scale, const PkDatum *datum, PkColor *color)
{
  gssize i = scale->values ? pk_datum_index_find(scale->values, datum) : -1;

  return i >= 0 && pk_scale_color_index(scale, (gsize)i, color);
}

gssize
pk_scale_invert_band(const PkScale *scale, double y)
{
  const double slack = 1e-10; /* for rounding at the band's end */
  BandLayout b;
  gssize n = (gssize)scale->count, i;

  if (!has_bands(scale) || n == 0 || isnan(y) || scale->range_kind != RANGE_NUMBERS || scale->n_range < 2)
    return -1;
  b = layout_bands(scale);
  if (y < b.start || y > MAX(scale->range[0], scale->range[1]))
    return -1;
  for (i = n - 1; i > 0 && b.start + b.step * (double)i > y; i--)
    ;
  if (y - (b.start + b.step * (double)i) > b.bandwidth + slack)
    return -1;
  return b.reverse ? n - 1 - i : i;
}
