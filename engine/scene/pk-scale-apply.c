/* Applying and inverting scales. */
#include "pk-scale-private.h"

#include "pk-calendar.h"
#include "pk-ecma.h"

#include <math.h>

static double
signed_pow(double x, double exponent)
{
  return x < 0 ? -pow(-x, exponent) : pow(x, exponent);
}

double
pk_scale_transform(const PkScale *scale, double x)
{
  switch (scale->type) {
  case PK_SCALE_LOG:
    return scale->n_domain > 0 && scale->domain[0] < 0 ? -log(-x) : log(x);
  case PK_SCALE_POW:
  case PK_SCALE_SQRT:
    if (scale->exponent == 1)
      return x;
    return scale->exponent == 0.5 ? copysign(sqrt(fabs(x)), x) : signed_pow(x, scale->exponent);
  case PK_SCALE_SYMLOG:
    return copysign(log1p(fabs(x / scale->constant)), x);
  default:
    return x;
  }
}

double
pk_scale_untransform(const PkScale *scale, double x)
{
  switch (scale->type) {
  case PK_SCALE_LOG:
    return scale->n_domain > 0 && scale->domain[0] < 0 ? -exp(-x) : exp(x);
  case PK_SCALE_POW:
  case PK_SCALE_SQRT:
    if (scale->exponent == 1)
      return x;
    return scale->exponent == 0.5 ? copysign(x * x, x) : signed_pow(x, 1 / scale->exponent);
  case PK_SCALE_SYMLOG:
    return copysign(expm1(fabs(x)) * scale->constant, x);
  default:
    return x;
  }
}

gsize
pk_scale_bisect(const double *values, double x, gsize lo, gsize hi)
{
  if (isnan(x))
    return hi;
  while (lo < hi) {
    gsize mid = (lo + hi) / 2;

    if (values[mid] <= x)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

/* x as a fraction of a..b; of nothing it is the middle. */
static double
normalize(double a, double b, double x)
{
  return b - a != 0 ? (x - a) / (b - a) : isnan(b - a) ? NAN : 0.5;
}

/* Which of the pieces of n ascending or descending values holds x, and where in it, from the
 * smaller value's end. */
typedef struct {
  gsize from, to;
  double t;
} Piece;

static Piece
find_piece(const double *values, gsize n, double x)
{
  gboolean descending = values[n - 1] < values[0];
  gsize i = 1, end = n - 1;

  while (i < end) {
    gsize mid = (i + end) / 2;

    if (values[descending ? n - 1 - mid : mid] <= x)
      i = mid + 1;
    else
      end = mid;
  }
  if (descending)
    return (Piece){ n - i, n - 1 - i, normalize(values[n - i], values[n - 1 - i], x) };
  return (Piece){ i - 1, i, normalize(values[i - 1], values[i], x) };
}

static double
mix(double a, double b, double t)
{
  return a * (1 - t) + b * t;
}

static double
clamp_to_domain(const PkScale *scale, gsize n, double x)
{
  double a = scale->domain[0], b = scale->domain[n - 1];

  return MAX(MIN(a, b), MIN(MAX(a, b), x));
}

static double *
dup_transformed_domain(const PkScale *scale, gsize n)
{
  double *t = g_new(double, n);

  for (gsize i = 0; i < n; i++)
    t[i] = pk_scale_transform(scale, scale->domain[i]);
  return t;
}

static double
apply_continuous(const PkScale *scale, double x)
{
  gsize n = MIN(scale->n_domain, scale->n_range);
  double two[2], y;
  g_autofree double *more = NULL;
  const double *domain = two;
  Piece p;

  if (n < 2 || isnan(x))
    return NAN;
  if (scale->clamp)
    x = clamp_to_domain(scale, n, x);
  if (n > 2) {
    domain = more = dup_transformed_domain(scale, n);
  } else {
    two[0] = pk_scale_transform(scale, scale->domain[0]);
    two[1] = pk_scale_transform(scale, scale->domain[1]);
  }
  p = find_piece(domain, n, pk_scale_transform(scale, x));
  y = mix(scale->range[p.from], scale->range[p.to], p.t);
  return scale->round ? pk_ecma_round(y) : y;
}

double
pk_scale_apply(const PkScale *scale, double x)
{
  gssize slot;

  if (scale->type == PK_SCALE_IDENTITY)
    return x;
  if (scale->range_kind != RANGE_NUMBERS || pk_scale_type_is_discrete(scale->type))
    return NAN;
  if (pk_scale_type_is_continuous(scale->type))
    return apply_continuous(scale, x);
  slot = pk_scale_slot(scale, x);
  return slot >= 0 ? scale->range[slot] : NAN;
}

double
pk_scale_invert(const PkScale *scale, double y)
{
  gsize n = MIN(scale->n_domain, scale->n_range);
  g_autofree double *domain = NULL;
  Piece p;
  double x;

  if (scale->type == PK_SCALE_IDENTITY)
    return y;
  if (!pk_scale_type_is_continuous(scale->type) || scale->range_kind != RANGE_NUMBERS || n < 2 || isnan(y))
    return NAN;
  domain = dup_transformed_domain(scale, n);
  p = find_piece(scale->range, n, y);
  x = pk_scale_untransform(scale, mix(domain[p.from], domain[p.to], p.t));
  if (scale->clamp)
    x = clamp_to_domain(scale, n, x);
  if (scale->type != PK_SCALE_TIME && scale->type != PK_SCALE_UTC)
    return x;
  return fabs(x) <= PK_MS_MAX ? pk_ecma_round(x) : NAN;
}

/* The place along the ramp: of 2 domain values sequential, of 3 diverging. */
static double
ramp_position(const PkScale *scale, double x)
{
  double t0 = pk_scale_transform(scale, scale->domain[0]), t1 = pk_scale_transform(scale, scale->domain[1]);
  double t2, k, t, sign;

  x = pk_scale_transform(scale, x);
  if (scale->n_domain == 2) {
    t = t0 == t1 ? 0.5 : (x - t0) * (1 / (t1 - t0));
  } else {
    t2 = pk_scale_transform(scale, scale->domain[2]);
    sign = t1 < t0 ? -1 : 1;
    if (sign * x < sign * t1)
      k = t0 == t1 ? 0 : 0.5 / (t1 - t0);
    else
      k = t1 == t2 ? 0 : 0.5 / (t2 - t1);
    t = 0.5 + (x - t1) * k;
  }
  return scale->clamp ? CLAMP(t, 0, 1) : t;
}

/* The colour of one of many domain values: those listed, or evenly spread ones of a ramp. */
static PkColor
stop_color(const PkScale *scale, gsize i)
{
  const PkColorRamp *ramp = &scale->ramp;

  if (ramp->colors)
    return ramp->colors[ramp->extent[0] > ramp->extent[1] ? ramp->n_colors - 1 - i : i];
  return pk_color_ramp_at(ramp, (double)(i + 1) / (double)(scale->n_domain + 1));
}

static PkColor
color_between_stops(const PkScale *scale, double x)
{
  gsize n = scale->ramp.colors ? MIN(scale->n_domain, scale->ramp.n_colors) : scale->n_domain;
  g_autofree double *domain = NULL;
  PkColor a, b;
  Piece p;

  if (n < 2)
    return stop_color(scale, 0);
  if (scale->clamp)
    x = clamp_to_domain(scale, n, x);
  domain = dup_transformed_domain(scale, n);
  p = find_piece(domain, n, pk_scale_transform(scale, x));
  a = stop_color(scale, p.from);
  b = stop_color(scale, p.to);
  return pk_color_interpolate(scale->ramp.space, scale->ramp.gamma, &a, &b, p.t);
}

gboolean
pk_scale_color(const PkScale *scale, double x, PkColor *color)
{
  gssize slot;

  if (isnan(x) || isnan(pk_scale_transform(scale, x)))
    return FALSE;
  if (scale->range_kind == RANGE_RAMP) {
    if (scale->n_domain == 2 || scale->n_domain == 3)
      *color = pk_color_ramp_at(&scale->ramp, ramp_position(scale, x));
    else
      *color = color_between_stops(scale, x);
    return TRUE;
  }
  if (scale->range_kind != RANGE_COLORS || !pk_scale_type_is_discretizing(scale->type))
    return FALSE;
  slot = pk_scale_slot(scale, x);
  if (slot >= 0)
    *color = scale->colors[slot];
  return slot >= 0;
}

/* Linear interpolation between closest ranks of n ascending values. */
static double
quantile_sorted(const double *values, gsize n, double p)
{
  double i = (double)(n - 1) * p;
  gsize i0 = (gsize)floor(i);

  if (n == 0)
    return NAN;
  if (p <= 0 || n < 2)
    return values[0];
  if (p >= 1)
    return values[n - 1];
  return values[i0] + (values[i0 + 1] - values[i0]) * (i - (double)i0);
}

double *
pk_scale_thresholds(const PkScale *scale, gsize *n)
{
  gsize k = MAX(scale->n_range, 1) - 1; /* cuts between the slots */
  double *out;

  if (scale->type == PK_SCALE_THRESHOLD || scale->type == PK_SCALE_BIN_ORDINAL) {
    *n = scale->type == PK_SCALE_THRESHOLD ? MIN(scale->n_domain, k) : scale->n_domain;
    out = g_new0(double, *n + 1);
    for (gsize i = 0; i < *n; i++)
      out[i] = scale->domain[i];
    return out;
  }
  *n = pk_scale_type_is_discretizing(scale->type) ? k : 0;
  out = g_new0(double, k + 1);
  for (gsize i = 0; i < *n; i++) {
    double x0 = scale->n_domain > 0 ? scale->domain[0] : NAN;
    double x1 = scale->n_domain > 1 ? scale->domain[1] : NAN;

    if (scale->type == PK_SCALE_QUANTILE)
      out[i] = quantile_sorted(scale->domain, scale->n_domain, (double)(i + 1) / (double)(k + 1));
    else
      out[i] = ((double)(i + 1) * x1 - ((double)i - (double)k) * x0) / (double)(k + 1);
  }
  return out;
}

gssize
pk_scale_slot(const PkScale *scale, double x)
{
  g_autofree double *thresholds = NULL;
  gsize n;
  gssize slot;

  if (isnan(x) || scale->n_range == 0 || !pk_scale_type_is_discretizing(scale->type))
    return -1;
  thresholds = pk_scale_thresholds(scale, &n);
  slot = (gssize)pk_scale_bisect(thresholds, x, 0, n);
  if (scale->type == PK_SCALE_BIN_ORDINAL) {
    /* Before the first boundary there is nothing (but of one thing there is always that). */
    if (slot == 0)
      return scale->n_range == 1 ? 0 : -1;
    slot = (slot - 1) % (gssize)scale->n_range;
  }
  if (scale->range_kind == RANGE_SLOTS && scale->slots_reversed)
    slot = (gssize)scale->n_range - 1 - slot;
  return slot;
}

double
pk_scale_fraction(const PkScale *scale, double x)
{
  double lo, hi, t;

  if (scale->n_domain < 2)
    return 0.5;
  lo = pk_scale_transform(scale, scale->domain[0]);
  hi = pk_scale_transform(scale, scale->domain[scale->n_domain - 1]);
  if (hi == lo || !isfinite(hi - lo))
    return 0.5;
  t = (pk_scale_transform(scale, x) - lo) / (hi - lo);
  return scale->clamp ? CLAMP(t, 0, 1) : t;
}
