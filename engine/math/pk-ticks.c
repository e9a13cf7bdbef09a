#include "pk-ticks.h"

#include "pk-ecma.h"

#include <math.h>

typedef struct {
  double i1, i2; /* the ticks are i1 … i2 times (or divided by -) inc */
  double inc;
} TickSpec;

static TickSpec
tick_spec(double start, double stop, double count)
{
  double step = (stop - start) / MAX(0, count);
  double power = floor(log10(step));
  double error = step / pow(10, power);
  double factor = error >= sqrt(50) ? 10 : error >= sqrt(10) ? 5 : error >= sqrt(2) ? 2 : 1;
  TickSpec t;

  if (power < 0) {
    t.inc = pow(10, -power) / factor;
    t.i1 = pk_ecma_round(start * t.inc);
    t.i2 = pk_ecma_round(stop * t.inc);
    if (t.i1 / t.inc < start)
      t.i1++;
    if (t.i2 / t.inc > stop)
      t.i2--;
    t.inc = -t.inc;
  } else {
    t.inc = pow(10, power) * factor;
    t.i1 = pk_ecma_round(start / t.inc);
    t.i2 = pk_ecma_round(stop / t.inc);
    if (t.i1 * t.inc < start)
      t.i1++;
    if (t.i2 * t.inc > stop)
      t.i2--;
  }
  if (t.i2 < t.i1 && 0.5 <= count && count < 2)
    return tick_spec(start, stop, count * 2);
  return t;
}

double
pk_tick_increment(double start, double stop, double count)
{
  return tick_spec(start, stop, count).inc;
}

double
pk_tick_step(double start, double stop, double count)
{
  gboolean reverse = stop < start;
  double inc = reverse ? pk_tick_increment(stop, start, count) : pk_tick_increment(start, stop, count);

  return (reverse ? -1 : 1) * (inc < 0 ? 1 / -inc : inc);
}

static double *
no_ticks(gsize *n)
{
  *n = 0;
  return g_new0(double, 1);
}

static void
reverse_in_place(double *values, gsize n)
{
  for (gsize i = 0; i < n / 2; i++) {
    double t = values[i];

    values[i] = values[n - 1 - i];
    values[n - 1 - i] = t;
  }
}

double *
pk_ticks_linear(double start, double stop, double count, gsize *n)
{
  gboolean reverse = stop < start;
  TickSpec t;
  double *out;

  *n = 0;
  if (!(count > 0) || !isfinite(start) || !isfinite(stop))
    return no_ticks(n);
  if (start == stop) {
    out = g_new(double, 1);
    out[0] = start;
    *n = 1;
    return out;
  }
  t = reverse ? tick_spec(stop, start, count) : tick_spec(start, stop, count);
  if (!(t.i2 >= t.i1) || !(t.i2 - t.i1 + 1 <= PK_TICKS_MAX))
    return no_ticks(n);
  *n = (gsize)(t.i2 - t.i1 + 1);
  out = g_new(double, *n);
  for (gsize i = 0; i < *n; i++)
    out[i] = t.inc < 0 ? (t.i1 + (double)i) / -t.inc : (t.i1 + (double)i) * t.inc;
  if (reverse)
    reverse_in_place(out, *n);
  return out;
}

static double
log_base(double base, double x)
{
  return base == M_E ? log(x) : base == 10 ? log10(x) : base == 2 ? log2(x) : log(x) / log(base);
}

/* pow(base, x) of a whole x, as exact as the decimal literal 1e<x>. */
static double
pow_base(double base, double x)
{
  char text[32];

  if (base == M_E)
    return exp(x);
  if (base != 10)
    return pow(base, x);
  if (!isfinite(x))
    return x < 0 ? 0 : x;
  if (x != floor(x) || fabs(x) > 400)
    return pow(10, x);
  g_snprintf(text, sizeof text, "1e%d", (int)x);
  return g_ascii_strtod(text, NULL);
}

/* Logarithm and power mirrored for negative domains. */
static double
signed_log(double base, gboolean negative, double x)
{
  return negative ? -log_base(base, -x) : log_base(base, x);
}

static double
signed_pow(double base, gboolean negative, double x)
{
  return negative ? -pow_base(base, -x) : pow_base(base, x);
}

/* All multiples k·base^i, k < base, between u and v. */
static void
append_log_multiples(GArray *out, double u, double v, double base, gboolean negative, double i, double j)
{
  for (; i <= j && out->len < PK_TICKS_MAX; i++) {
    double k = negative ? base - 1 : 1, step = negative ? -1 : 1;

    for (; k >= 1 && k < base && out->len < PK_TICKS_MAX; k += step) {
      double t = negative ? (i > 0 ? k / signed_pow(base, TRUE, -i) : k * signed_pow(base, TRUE, i))
                          : (i < 0 ? k / pow_base(base, -i) : k * pow_base(base, i));

      if (t < u)
        continue;
      if (t > v)
        break;
      g_array_append_val(out, t);
    }
  }
}

static double *
log_exponent_ticks(double base, gboolean negative, double i, double j, double count, gsize *n)
{
  double *out = pk_ticks_linear(i, j, MIN(j - i, count), n);

  for (gsize k = 0; k < *n; k++)
    out[k] = signed_pow(base, negative, out[k]);
  return out;
}

double *
pk_ticks_log(double start, double stop, double base, double count, gsize *n)
{
  gboolean reverse = stop < start, negative = start < 0;
  double u = MIN(start, stop), v = MAX(start, stop);
  double i = signed_log(base, negative, u), j = signed_log(base, negative, v);
  double *out;

  *n = 0;
  if (!isfinite(i) || !isfinite(j))
    return no_ticks(n);
  if (fmod(base, 1) == 0 && j - i < count) {
    g_autoptr(GArray) z = g_array_new(FALSE, FALSE, sizeof(double));

    append_log_multiples(z, u, v, base, !(u > 0), floor(i), ceil(j));
    *n = z->len;
    if (z->len * 2 < count)
      out = pk_ticks_linear(u, v, count, n);
    else
      out = (double *)(gpointer)g_array_free(g_steal_pointer(&z), FALSE);
  } else {
    out = log_exponent_ticks(base, negative, i, j, count, n);
  }
  if (reverse)
    reverse_in_place(out, *n);
  return out;
}

double *
pk_ticks_time_interval(double start, double stop, const PkTimeInterval *interval, gsize *n)
{
  gboolean reverse = stop < start;
  double *out = pk_time_interval_range(interval, MIN(start, stop), MAX(start, stop) + 1, PK_TICKS_MAX, n);

  if (!out)
    return no_ticks(n);
  if (reverse)
    reverse_in_place(out, *n);
  return out;
}

double *
pk_ticks_time(double start, double stop, double count, gboolean utc, gsize *n)
{
  PkTimeInterval interval;

  if (!pk_time_interval_for_ticks(MIN(start, stop), MAX(start, stop), count, utc, &interval))
    return no_ticks(n);
  return pk_ticks_time_interval(start, stop, &interval, n);
}

void
pk_nice_linear(double *domain, gsize n, double count)
{
  gsize i0 = 0, i1 = n - 1;
  double start, stop, previous = NAN;

  if (n < 2)
    return;
  if (domain[i1] < domain[i0]) {
    i0 = n - 1;
    i1 = 0;
  }
  start = domain[i0];
  stop = domain[i1];
  for (int rounds = 0; rounds < 10; rounds++) {
    double step = pk_tick_increment(start, stop, count);

    if (step == previous) {
      domain[i0] = start;
      domain[i1] = stop;
      return;
    }
    if (step > 0) {
      start = floor(start / step) * step;
      stop = ceil(stop / step) * step;
    } else if (step < 0) {
      start = ceil(start * step) / step;
      stop = floor(stop * step) / step;
    } else {
      return;
    }
    previous = step;
  }
}

void
pk_nice_log(double *domain, gsize n, double base)
{
  gboolean negative;
  gsize i0 = 0, i1 = n - 1;

  if (n < 2)
    return;
  negative = domain[0] < 0;
  if (domain[i1] < domain[i0]) {
    i0 = n - 1;
    i1 = 0;
  }
  domain[i0] = signed_pow(base, negative, floor(signed_log(base, negative, domain[i0])));
  domain[i1] = signed_pow(base, negative, ceil(signed_log(base, negative, domain[i1])));
}

void
pk_nice_time_interval(double *domain, gsize n, const PkTimeInterval *interval)
{
  gsize i0 = 0, i1 = n - 1;

  if (n < 2)
    return;
  if (domain[i1] < domain[i0]) {
    i0 = n - 1;
    i1 = 0;
  }
  domain[i0] = pk_time_interval_floor(interval, domain[i0]);
  domain[i1] = pk_time_interval_ceil(interval, domain[i1]);
}

void
pk_nice_time(double *domain, gsize n, double count, gboolean utc)
{
  PkTimeInterval interval;

  if (n >= 2 && pk_time_interval_for_ticks(domain[0], domain[n - 1], count, utc, &interval))
    pk_nice_time_interval(domain, n, &interval);
}

double
pk_tick_count(PkTickKind kind, double lo, double hi, double count, double min_step, gsize n_bins)
{
  double steps;

  count = MAX(count, (double)n_bins);
  if (isnan(min_step))
    return count;
  if (lo > hi) {
    double t = lo;

    lo = hi;
    hi = t;
  }
  steps = (hi - lo) / min_step;
  if (isnan(steps) || steps == 0)
    steps = 1;
  count = MIN(count, floor(steps) + 1);
  /* The steps of ticks grow as the count shrinks. */
  if (n_bins == 0 && kind == PK_TICK_LINEAR && lo < hi && count <= PK_TICKS_MAX)
    while (count > 1 && pk_tick_step(lo, hi, count) < min_step)
      count--;
  return count;
}

typedef struct {
  double value, position;
  gsize order;
} PlacedTick;

static int
compare_placed(gconstpointer a, gconstpointer b)
{
  const PlacedTick *p = a, *q = b;

  if (p->position != q->position)
    return p->position < q->position ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

/* Drops every second of *n ticks while there are too many; keeps at least the two ends. */
static void
thin_ticks(double *ticks, gsize *n, double count)
{
  double first = ticks[0], last = ticks[*n - 1];

  while ((double)*n > count && *n >= 3) {
    for (gsize i = 0; 2 * i < *n; i++)
      ticks[i] = ticks[2 * i];
    *n = (*n + 1) / 2;
  }
  if (*n < 3) {
    ticks[0] = first;
    ticks[1] = last;
    *n = 2;
  }
}

double *
pk_ticks_valid(const double *values, const double *positions, gsize n_values,
               double range0, double range1, double count, gsize *n)
{
  double lo = floor(MIN(range0, range1)), hi = ceil(MAX(range0, range1));
  double direction = range0 > range1 ? -1 : 1;
  g_autofree PlacedTick *placed = g_new(PlacedTick, n_values + 1);
  double *out = g_new(double, n_values + 2);

  *n = 0;
  for (gsize i = 0; i < n_values; i++)
    if (lo <= positions[i] && positions[i] <= hi)
      placed[(*n)++] = (PlacedTick){ values[i], direction * positions[i], i };
  qsort(placed, *n, sizeof *placed, compare_placed);
  for (gsize i = 0; i < *n; i++)
    out[i] = placed[i].value;
  if (count > 0 && *n > 1)
    thin_ticks(out, n, count);
  return out;
}

gboolean
pk_log_tick_has_label(double value, double base, double count, gsize n_ticks)
{
  double k = MAX(1, base * count / (double)n_ticks);
  double i = value / pow(base, pk_ecma_round(log(value) / log(base)));

  if (i * base < base - 0.5)
    i *= base;
  return i <= k;
}
