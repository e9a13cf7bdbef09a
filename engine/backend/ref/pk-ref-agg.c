#include "pk-ref-agg.h"

#include "pk-error.h"

#include <math.h>
#include <stdlib.h>

gboolean
pk_ref_append(const PkRefValue *value, PkColumnBuilder *out, GError **error)
{
  switch (value->kind) {
  case PK_REF_NULL: return pk_column_builder_append_null(out, 1, error);
  case PK_REF_DOUBLE: return pk_column_builder_append_double(out, value->d, error);
  default: return pk_column_builder_append_int(out, value->i, error);
  }
}

/* The non-NULL values of the rows, of PkRefValue. */
static GArray *
values_of(const PkColumn *column, const gint64 *rows, gint64 n_rows)
{
  GArray *values = g_array_new(FALSE, FALSE, sizeof(PkRefValue));
  for (gint64 i = 0; i < n_rows; i++) {
    PkRefValue value = pk_ref_value_of(column, rows[i]);
    if (value.kind != PK_REF_NULL)
      g_array_append_val(values, value);
  }
  return values;
}

static PkRefValue *
value_at(GArray *values, guint i)
{
  return &g_array_index(values, PkRefValue, i);
}

static int
compare_values(const void *a, const void *b)
{
  return pk_ref_value_compare(a, b);
}

/* A sum of 128-bit integers that cannot overflow: high * 2^64 + low. */
typedef struct {
  __int128 high, low;
} WideSum;

static WideSum
sum_ints(GArray *values)
{
  WideSum sum = { 0, 0 };
  for (guint i = 0; i < values->len; i++) {
    sum.high += value_at(values, i)->i >> 64;
    sum.low += (guint64)value_at(values, i)->i;
  }
  sum.high += sum.low >> 64;
  sum.low &= G_MAXUINT64;
  return sum;
}

static gboolean
aggregate_sum(const PkAgg *agg, GArray *values, gboolean is_float, PkColumnBuilder *out, GError **error)
{
  if (values->len == 0)
    return pk_column_builder_append_null(out, 1, error);
  if (is_float) {
    long double sum = 0;
    for (guint i = 0; i < values->len; i++)
      sum += value_at(values, i)->d;
    return pk_column_builder_append_double(out, (double)sum, error);
  }
  WideSum sum = sum_ints(values);
  if (sum.high < G_MININT64 || sum.high > G_MAXINT64)
    return pk_fail(error, PK_ERROR_OVERFLOW, "the sum \"%s\" does not fit 128 bits", agg->name);
  return pk_column_builder_append_int(out, (__int128)((unsigned __int128)sum.high << 64) + sum.low, error);
}

static gboolean
aggregate_mean(GArray *values, PkType type, gboolean is_float, PkColumnBuilder *out, GError **error)
{
  if (values->len == 0)
    return pk_column_builder_append_null(out, 1, error);
  long double sum = 0;
  if (is_float) {
    for (guint i = 0; i < values->len; i++)
      sum += value_at(values, i)->d;
  } else {
    WideSum wide = sum_ints(values);
    sum =
      ((long double)wide.high * 18446744073709551616.0L + (long double)wide.low) / pk_decimal_divisor(type);
  }
  return pk_column_builder_append_double(out, (double)(sum / values->len), error);
}

/* A number that finite arguments must have given finite. */
static gboolean
append_finite(const PkAgg *agg, double result, gboolean finite, PkColumnBuilder *out, GError **error)
{
  if (!finite)
    result = NAN;
  else if (!isfinite(result))
    return pk_fail(error, PK_ERROR_OVERFLOW, "%s \"%s\" leaves the range of a double", pk_agg_name(agg->op),
                   agg->name);
  return pk_column_builder_append_double(out, result, error);
}

static gboolean
aggregate_variance(const PkAgg *agg, GArray *values, PkType type, PkColumnBuilder *out, GError **error)
{
  gboolean sample = agg->op == PK_AGG_VAR_SAMP || agg->op == PK_AGG_STDDEV_SAMP;
  gboolean root = agg->op == PK_AGG_STDDEV_SAMP || agg->op == PK_AGG_STDDEV_POP;
  gboolean finite = TRUE;
  guint n = values->len;
  long double sum = 0, squares = 0, rest = 0;

  if (n == 0 || (sample && n == 1))
    return pk_column_builder_append_null(out, 1, error);
  for (guint i = 0; i < n; i++) {
    double x = pk_ref_value_double(value_at(values, i), type);
    finite = finite && isfinite(x);
    sum += x;
  }
  long double mean = sum / n;
  for (guint i = 0; i < n; i++) {
    long double d = pk_ref_value_double(value_at(values, i), type) - mean;
    squares += d * d;
    rest += d;
  }
  /* Two passes with the mean's own rounding taken back (Chan, Golub, LeVeque 1983). */
  double variance = (double)((squares - rest * rest / n) / (sample ? n - 1 : n));
  variance = variance < 0 ? 0 : variance;
  return append_finite(agg, root ? sqrt(variance) : variance, finite, out, error);
}

static gboolean
aggregate_quantile(const PkAgg *agg, GArray *values, PkType type, PkColumnBuilder *out, GError **error)
{
  if (values->len == 0)
    return pk_column_builder_append_null(out, 1, error);
  g_array_sort(values, compare_values);
  double h = agg->p * (double)(values->len - 1);
  double lo = pk_ref_value_double(value_at(values, (guint)floor(h)), type);
  double hi = pk_ref_value_double(value_at(values, (guint)ceil(h)), type);
  double w = h - floor(h);
  double result = lo == hi || w == 0 ? lo : lo * (1 - w) + hi * w;
  return pk_column_builder_append_double(out, result, error);
}

static gboolean
aggregate_distinct(GArray *values, PkColumnBuilder *out, GError **error)
{
  gint64 n = 0;
  g_array_sort(values, compare_values);
  for (guint i = 0; i < values->len; i++)
    n += i == 0 || pk_ref_value_compare(value_at(values, i - 1), value_at(values, i)) != 0;
  return pk_column_builder_append_int(out, n, error);
}

static gboolean
aggregate_extreme(GArray *values, int sign, PkColumnBuilder *out, GError **error)
{
  PkRefValue best = { .kind = PK_REF_NULL };
  for (guint i = 0; i < values->len; i++)
    if (i == 0 || pk_ref_value_compare(value_at(values, i), &best) * sign > 0)
      best = *value_at(values, i);
  return pk_ref_append(&best, out, error);
}

/* FIRST (sign -1) and LAST (sign 1): the value where `by` is extreme, the smallest of those. */
static gboolean
aggregate_by(const PkColumn *column, const PkColumn *by, int sign, const gint64 *rows, gint64 n_rows,
             PkColumnBuilder *out, GError **error)
{
  PkRefValue best = { .kind = PK_REF_NULL }, best_by = { .kind = PK_REF_NULL };
  for (gint64 i = 0; i < n_rows; i++) {
    PkRefValue value = pk_ref_value_of(column, rows[i]);
    PkRefValue place = pk_ref_value_of(by, rows[i]);
    if (value.kind == PK_REF_NULL || place.kind == PK_REF_NULL)
      continue;
    int order = best.kind == PK_REF_NULL ? 1 : pk_ref_value_compare(&place, &best_by) * sign;
    if (order > 0 || (order == 0 && pk_ref_value_compare(&value, &best) < 0)) {
      best = value;
      best_by = place;
    }
  }
  return pk_ref_append(&best, out, error);
}

static gboolean
aggregate_regression(const PkAgg *agg, const PkColumn *ys, const PkColumn *xs, const gint64 *rows,
                     gint64 n_rows, PkColumnBuilder *out, GError **error)
{
  g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, 2 * sizeof(double));
  gboolean finite = TRUE;
  long double mean_x = 0, mean_y = 0, sxx = 0, syy = 0, sxy = 0, rest_x = 0, rest_y = 0;

  for (gint64 i = 0; i < n_rows; i++) {
    PkRefValue x = pk_ref_value_of(xs, rows[i]), y = pk_ref_value_of(ys, rows[i]);
    if (x.kind == PK_REF_NULL || y.kind == PK_REF_NULL)
      continue;
    double pair[2] = { pk_ref_value_double(&x, xs->type), pk_ref_value_double(&y, ys->type) };
    g_array_append_vals(pairs, pair, 1);
    mean_x += pair[0];
    mean_y += pair[1];
    gboolean counts_x = agg->op != PK_AGG_REGR_AVGY && agg->op != PK_AGG_REGR_SYY;
    gboolean counts_y = agg->op != PK_AGG_REGR_AVGX && agg->op != PK_AGG_REGR_SXX;
    finite = finite && (!counts_x || isfinite(pair[0])) && (!counts_y || isfinite(pair[1]));
  }
  guint n = pairs->len;
  if (agg->op == PK_AGG_REGR_COUNT)
    return pk_column_builder_append_int(out, n, error);
  if (n == 0)
    return pk_column_builder_append_null(out, 1, error);
  mean_x /= n;
  mean_y /= n;
  for (guint i = 0; i < n; i++) {
    const double *pair = (const double *)(gpointer)pairs->data + 2 * i;
    long double dx = pair[0] - mean_x, dy = pair[1] - mean_y;
    sxx += dx * dx;
    syy += dy * dy;
    sxy += dx * dy;
    rest_x += dx;
    rest_y += dy;
  }
  switch (agg->op) {
  case PK_AGG_REGR_AVGX: return append_finite(agg, (double)mean_x, finite, out, error);
  case PK_AGG_REGR_AVGY: return append_finite(agg, (double)mean_y, finite, out, error);
  case PK_AGG_REGR_SXX: return append_finite(agg, (double)(sxx - rest_x * rest_x / n), finite, out, error);
  case PK_AGG_REGR_SYY: return append_finite(agg, (double)(syy - rest_y * rest_y / n), finite, out, error);
  default: return append_finite(agg, (double)(sxy - rest_x * rest_y / n), finite, out, error);
  }
}

gboolean
pk_ref_aggregate(const PkPlan *plan, const PkAgg *agg, PkColumn *const *columns, const gint64 *rows,
                 gint64 n_rows, PkColumnBuilder *out, GError **error)
{
  if (agg->op == PK_AGG_COUNT_ALL)
    return pk_column_builder_append_int(out, n_rows, error);

  const PkColumn *column = columns[agg->column];
  if (agg->op == PK_AGG_FIRST || agg->op == PK_AGG_LAST)
    return aggregate_by(column, columns[agg->by], agg->op == PK_AGG_FIRST ? -1 : 1, rows, n_rows, out,
                        error);
  if (agg->op >= PK_AGG_REGR_COUNT)
    return aggregate_regression(agg, column, columns[agg->by], rows, n_rows, out, error);

  g_autoptr(GArray) values = values_of(column, rows, n_rows);
  gboolean is_float = column->physical == PK_PHYS_F32 || column->physical == PK_PHYS_F64;
  switch (agg->op) {
  case PK_AGG_COUNT: return pk_column_builder_append_int(out, values->len, error);
  case PK_AGG_SUM: return aggregate_sum(agg, values, is_float, out, error);
  case PK_AGG_MEAN: return aggregate_mean(values, column->type, is_float, out, error);
  case PK_AGG_MIN: return aggregate_extreme(values, -1, out, error);
  case PK_AGG_MAX: return aggregate_extreme(values, 1, out, error);
  case PK_AGG_QUANTILE: return aggregate_quantile(agg, values, column->type, out, error);
  case PK_AGG_DISTINCT: return aggregate_distinct(values, out, error);
  default: return aggregate_variance(agg, values, column->type, out, error);
  }
}
