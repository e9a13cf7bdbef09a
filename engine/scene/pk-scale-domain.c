/* Adjusting domains, and ticks. */
#include "pk-scale-private.h"

#include "pk-ecma.h"

#include <math.h>

static gboolean
is_time(PkScaleType type)
{
  return type == PK_SCALE_TIME || type == PK_SCALE_UTC;
}

/* Scales whose ticks and nice domains are those of numbers. */
static gboolean
is_linearish(PkScaleType type)
{
  switch (type) {
  case PK_SCALE_IDENTITY:
  case PK_SCALE_LINEAR:
  case PK_SCALE_POW:
  case PK_SCALE_SQRT:
  case PK_SCALE_SYMLOG:
  case PK_SCALE_QUANTIZE:
    return TRUE;
  default:
    return FALSE;
  }
}

void
pk_scale_include_zero(PkScale *scale)
{
  gsize last = scale->n_domain - 1;

  if (scale->n_domain < 2)
    return;
  if (scale->domain[0] > 0)
    scale->domain[0] = 0;
  if (scale->domain[last] < 0)
    scale->domain[last] = 0;
}

void
pk_scale_pad_domain(PkScale *scale, double pixels)
{
  gsize last = scale->n_domain - 1;
  double span, factor, d0, d1, middle;

  if (pixels == 0 || scale->n_domain < 2 || scale->range_kind != RANGE_NUMBERS || scale->n_range < 2
      || !pk_scale_type_is_continuous(scale->type) || scale->domain[0] == scale->domain[last])
    return;
  /* Zoom about the middle of the transformed domain, so that the old ends lie `pixels` inside. */
  span = fabs(scale->range[scale->n_range - 1] - scale->range[0]);
  factor = span / (span - 2 * pixels);
  d0 = pk_scale_transform(scale, scale->domain[0]);
  d1 = pk_scale_transform(scale, scale->domain[last]);
  middle = (d0 + d1) / 2;
  d0 = pk_scale_untransform(scale, middle + (d0 - middle) * factor);
  d1 = pk_scale_untransform(scale, middle + (d1 - middle) * factor);
  scale->domain[0] = is_time(scale->type) ? pk_ecma_round(d0) : d0;
  scale->domain[last] = is_time(scale->type) ? pk_ecma_round(d1) : d1;
}

void
pk_scale_nice(PkScale *scale, double count)
{
  if (is_linearish(scale->type))
    pk_nice_linear(scale->domain, scale->n_domain, count);
  else if (scale->type == PK_SCALE_LOG)
    pk_nice_log(scale->domain, scale->n_domain, scale->base);
  else if (is_time(scale->type))
    pk_nice_time(scale->domain, scale->n_domain, count, scale->type == PK_SCALE_UTC);
}

void
pk_scale_nice_interval(PkScale *scale, const PkTimeInterval *interval)
{
  if (is_time(scale->type))
    pk_nice_time_interval(scale->domain, scale->n_domain, interval);
}

static double *
dup_domain(const PkScale *scale, gsize *n)
{
  double *out = g_new0(double, scale->n_domain + 1);

  for (gsize i = 0; i < scale->n_domain; i++)
    out[i] = scale->domain[i];
  *n = scale->n_domain;
  return out;
}

static double *
bin_ticks(const PkScale *scale, double count, gsize *n)
{
  g_autofree double *positions = g_new(double, scale->n_bins);

  if (scale->range_kind != RANGE_NUMBERS || scale->n_range < 2)
    return g_memdup2(scale->bins, (*n = scale->n_bins) * sizeof(double));
  for (gsize i = 0; i < scale->n_bins; i++)
    positions[i] = pk_scale_apply(scale, scale->bins[i]);
  return pk_ticks_valid(scale->bins, positions, scale->n_bins, scale->range[0],
                        scale->range[scale->n_range - 1], count, n);
}

double *
pk_scale_ticks(const PkScale *scale, double count, gsize *n)
{
  const double *d = scale->domain;
  gsize last = scale->n_domain > 0 ? scale->n_domain - 1 : 0;

  if (scale->n_bins > 0)
    return bin_ticks(scale, count, n);
  if (scale->n_domain < 2)
    return dup_domain(scale, n);
  if (is_linearish(scale->type))
    return pk_ticks_linear(d[0], d[last], count, n);
  if (scale->type == PK_SCALE_LOG)
    return pk_ticks_log(d[0], d[last], scale->base, count, n);
  if (is_time(scale->type))
    return pk_ticks_time(d[0], d[last], count, scale->type == PK_SCALE_UTC, n);
  return dup_domain(scale, n);
}

double *
pk_scale_ticks_interval(const PkScale *scale, const PkTimeInterval *interval, gsize *n)
{
  if (scale->n_domain < 2)
    return dup_domain(scale, n);
  return pk_ticks_time_interval(scale->domain[0], scale->domain[scale->n_domain - 1], interval, n);
}

double
pk_scale_tick_count(const PkScale *scale, double count, double min_step)
{
  PkTickKind kind = scale->type == PK_SCALE_LOG ? PK_TICK_LOG
                  : is_time(scale->type) ? PK_TICK_TIME : PK_TICK_LINEAR;
  double lo, hi;

  pk_scale_get_extent(scale, &lo, &hi);
  return pk_tick_count(kind, lo, hi, count, min_step, scale->n_bins);
}
