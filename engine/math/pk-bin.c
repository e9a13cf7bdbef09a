#include "pk-bin.h"

#include "pk-error.h"

#include <float.h>
#include <math.h>

static gboolean
check_params(const PkBinParams *p, GError **error)
{
  const struct { const char *name; double value; } numbers[] = {
    { "maxbins", p->maxbins }, { "base", p->base }, { "step", p->step },
    { "minstep", p->minstep }, { "span", p->span },
  };

  if (!isfinite(p->extent[0]) || !isfinite(p->extent[1]))
    return pk_fail(error, PK_ERROR_INVALID, "bin: the extent [%g, %g] is not finite",
                   p->extent[0], p->extent[1]);
  for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (!isfinite(numbers[i].value) || numbers[i].value < 0)
      return pk_fail(error, PK_ERROR_INVALID, "bin: %s must be a number of 0 or more, not %g",
                     numbers[i].name, numbers[i].value);
  if (p->base != 0 && p->base <= 1)
    return pk_fail(error, PK_ERROR_INVALID, "bin: base must be above 1, not %g", p->base);
  if (p->has_anchor && !isfinite(p->anchor))
    return pk_fail(error, PK_ERROR_INVALID, "bin: the anchor is not finite");
  for (gsize i = 0; i < p->n_divide; i++)
    if (!(p->divide[i] > 0))
      return pk_fail(error, PK_ERROR_INVALID, "bin: divide must be positive numbers, not %g", p->divide[i]);
  for (gsize i = 0; i < p->n_steps; i++)
    if (!isfinite(p->steps[i]) || p->steps[i] <= 0)
      return pk_fail(error, PK_ERROR_INVALID, "bin: steps must be positive numbers, not %g", p->steps[i]);
  return TRUE;
}

static double
allowed_step(const PkBinParams *p, double span, double maxbins)
{
  double wanted = span / maxbins;
  gsize i = 0;

  while (i < p->n_steps && p->steps[i] < wanted)
    i++;
  return p->steps[i > 0 ? i - 1 : 0];
}

static double
chosen_step(const PkBinParams *p, double span, double maxbins, double base)
{
  static const double default_divide[] = { 5, 2 };
  const double *divide = p->divide ? p->divide : default_divide;
  gsize n_divide = p->divide ? p->n_divide : G_N_ELEMENTS(default_divide);
  double log_base = log(base), level = ceil(log(maxbins) / log_base);
  /* A span near the least numbers must not make a step of 0. */
  double step = fmax(fmax(p->minstep, DBL_MIN), pow(base, floor(log(span) / log_base + 0.5) - level));

  while (ceil(span / step) > maxbins)
    step *= base;
  for (gsize i = 0; i < n_divide; i++) {
    double v = step / divide[i];

    if (v >= p->minstep && span / v <= maxbins)
      step = v;
  }
  return step;
}

/* The extent widened to multiples of step. A value within rounding below a boundary counts as on it. */
static void
nice_extent(double *min, double *max, double step, double base)
{
  double v = log(step);
  double precision = v >= 0 ? 0 : trunc(-v / log(base)) + 1;
  double epsilon = pow(base, -precision - 1);

  v = floor(*min / step + epsilon) * step;
  *min = *min < v ? v - step : v;
  *max = ceil(*max / step) * step;
}

gboolean
pk_bin(const PkBinParams *params, PkBins *bins, GError **error)
{
  double min = params->extent[0], max = params->extent[1];
  double maxbins = params->maxbins > 0 ? params->maxbins : 20;
  double base = params->base > 0 ? params->base : 10;
  double span = params->span, step;

  if (!check_params(params, error))
    return FALSE;
  if (!(span > 0))
    span = max - min != 0 ? max - min : min != 0 ? fabs(min) : 1;
  if (!isfinite(span))
    return pk_fail(error, PK_ERROR_INVALID, "bin: the span of [%g, %g] is too large", min, max);
  if (params->step > 0)
    step = params->step;
  else if (params->n_steps > 0)
    step = allowed_step(params, span, maxbins);
  else
    step = chosen_step(params, span, maxbins, base);
  if (!params->not_nice)
    nice_extent(&min, &max, step, base);
  bins->start = min;
  bins->stop = min + ceil(((max == min ? min + step : max) - min) / step) * step;
  bins->step = step;
  if (params->has_anchor) {
    double shift = params->anchor - (bins->start + step * floor((params->anchor - bins->start) / step));

    bins->start += shift;
    bins->stop += shift;
  }
  return TRUE;
}

double
pk_bin_floor(const PkBins *bins, double value)
{
  double v;

  if (isnan(value))
    return NAN;
  if (value < bins->start)
    return -INFINITY;
  if (value > bins->stop)
    return INFINITY;
  /* 1e-14 makes up for a quotient that falls just short of a whole number. */
  v = fmax(bins->start, fmin(value, bins->stop - bins->step));
  return bins->start + bins->step * floor(1e-14 + (v - bins->start) / bins->step);
}

double *
pk_bin_boundaries(const PkBins *bins, gsize *n)
{
  double exact = fmax(0, ceil((bins->stop + bins->step / 2 - bins->start) / bins->step));
  gsize count = exact <= PK_BIN_MAX_BOUNDARIES ? (gsize)exact : 0;
  double *out = g_new(double, count + 1);

  for (gsize i = 0; i < count; i++)
    out[i] = bins->start + (double)i * bins->step;
  *n = count;
  return out;
}
