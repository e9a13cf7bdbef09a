#include "pk-cpu-key.h"

#include <math.h>

#define OFFSET_LOOP(NAME, T)                                                                          \
  PK_CPU_CLONES static void offset_##NAME(const void *data, guint n, guint64 base, guint32 limit,     \
                                          guint32 *restrict out)                                      \
  {                                                                                                   \
    const T *restrict v = data;                                                                       \
    for (guint i = 0; i < n; i++) {                                                                   \
      guint32 code = (guint32)((guint64)v[i] - base);                                                 \
      out[i] = (code < limit ? code : 0) + 1; /* beyond: a NULL row */                                \
    }                                                                                                 \
  }

OFFSET_LOOP(u8, guint8)
OFFSET_LOOP(i8, gint8)
OFFSET_LOOP(u16, guint16)
OFFSET_LOOP(i16, gint16)
OFFSET_LOOP(u32, guint32)
OFFSET_LOOP(i32, gint32)
OFFSET_LOOP(u64, guint64)
OFFSET_LOOP(i64, gint64)
OFFSET_LOOP(i128, __int128)

void
pk_cpu_offset_codes(PkPhysical physical, const void *data, guint n, __int128 base, guint64 range, guint32 *out)
{
  static void (*const loops[])(const void *, guint, guint64, guint32, guint32 *) = {
    [PK_PHYS_U8] = offset_u8,   [PK_PHYS_I8] = offset_i8,   [PK_PHYS_U16] = offset_u16,
    [PK_PHYS_I16] = offset_i16, [PK_PHYS_U32] = offset_u32, [PK_PHYS_I32] = offset_i32,
    [PK_PHYS_U64] = offset_u64, [PK_PHYS_I64] = offset_i64, [PK_PHYS_I128] = offset_i128,
  };
  loops[physical](data, n, (guint64)base, (guint32)range, out);
}

PK_CPU_CLONES void
pk_cpu_table_codes(const guint32 *table, guint n, guint32 *codes)
{
  for (guint i = 0; i < n; i++)
    codes[i] = table[codes[i] - 1];
}

/* The definition, in pk-plan.h. */
static inline guint32
bin_exactly(const PkCpuKey *key, double x)
{
  double v = 1e-14 + (x - key->start) / key->step;
  if (!(v >= 0) || !(x <= key->end))
    return 0;
  return v >= key->count ? key->count : (guint32)v + 1;
}

/* By division, for blocks of which many values lie at edges. */
#define DIVIDE_LOOP(NAME, T)                                                                         \
  PK_CPU_CLONES static void divide_##NAME(const T *restrict x, guint n, double start, double step,   \
                                          double end, double count, guint32 *restrict out)           \
  {                                                                                                  \
    for (guint i = 0; i < n; i++) {                                                                  \
      double v = 1e-14 + ((double)x[i] - start) / step;                                              \
      gint64 inside = (v >= 0) & ((double)x[i] <= end);                                              \
      double c = v < count - 1 ? v : count - 1;                                                      \
      c = c >= 0 ? c : 0;                                                                            \
      out[i] = inside ? (guint32)(gint32)c + 1 : 0;                                                  \
    }                                                                                                \
  }

DIVIDE_LOOP(f32, float)
DIVIDE_LOOP(f64, double)

/* By the reciprocal. c is the place in bins plus 2, kept in (0, count + 4); its fraction tells how near to an
 * edge it is, and `near` marks those for which rounding could matter. Returns how many. */
#define MULTIPLY_LOOP(NAME, T)                                                                       \
  PK_CPU_CLONES static guint multiply_##NAME(const T *restrict x, guint n, double start, double inverse, \
                                             double end, gint32 count, double tolerance,             \
                                             guint32 *restrict out, guint8 *restrict near)           \
  {                                                                                                  \
    const double top = count + 3.5, least = 0.5 - tolerance;                                         \
    gint32 n_near = 0;                                                                               \
    for (guint i = 0; i < n; i++) {                                                                  \
      double value = (double)x[i];                                                                   \
      double c = (value - start) * inverse + 2;                                                      \
      c = c < top ? c : top;                                                                         \
      c = c > 0.5 ? c : 0.5;                                                                         \
      gint32 whole = (gint32)c;                                                                      \
      double fraction = fabs(c - whole - 0.5);                                                       \
      gint32 code = whole - 1;                                                                       \
      code = code > count ? count : code;                                                            \
      code = code > 0 ? code : 0;                                                                    \
      code = value <= end ? code : 0;                                                                \
      gint32 is_near = fraction > least ? 1 : 0;                                                     \
      out[i] = (guint32)code;                                                                        \
      near[i] = (guint8)is_near;                                                                     \
      n_near += is_near;                                                                             \
    }                                                                                                \
    return (guint)n_near;                                                                            \
  }

MULTIPLY_LOOP(f32, float)
MULTIPLY_LOOP(f64, double)

void
pk_cpu_bin_codes(const PkCpuKey *key, PkPhysical physical, const void *data, guint n, guint32 *out)
{
  guint8 near[PK_CPU_BLOCK];
  guint n_near = n;
  gboolean is_float = physical == PK_PHYS_F32;

  if (key->tolerance < 0.25)
    n_near = is_float ? multiply_f32(data, n, key->start, key->inverse, key->end, (gint32)key->count,
                                     key->tolerance, out, near)
                      : multiply_f64(data, n, key->start, key->inverse, key->end, (gint32)key->count,
                                     key->tolerance, out, near);
  if (n_near == 0)
    return;
  if (n_near > n / 32) {
    if (is_float)
      divide_f32(data, n, key->start, key->step, key->end, key->count, out);
    else
      divide_f64(data, n, key->start, key->step, key->end, key->count, out);
    return;
  }
  for (guint i = 0; i < n; i++)
    if (near[i])
      out[i] = bin_exactly(key, is_float ? (double)((const float *)data)[i] : ((const double *)data)[i]);
}

void
pk_cpu_edge_codes(const PkCpuKey *key, const double *x, guint n, guint32 *out)
{
  const double *edges = key->key->edges;
  for (guint i = 0; i < n; i++) {
    /* The last edge that is <= x. */
    guint32 lo = 0, length = key->count + 1;
    while (length > 1) {
      guint32 half = length / 2;
      lo = edges[lo + half] <= x[i] ? lo + half : lo;
      length -= half;
    }
    gboolean inside = x[i] >= edges[0] && x[i] <= edges[key->count];
    out[i] = inside ? MIN(lo, key->count - 1) + 1 : 0;
  }
}

PK_CPU_CLONES static void
pixel_loop(const double *restrict x, guint n, double x0, double x1, double scale, double last,
           guint32 *restrict out)
{
  for (guint i = 0; i < n; i++) {
    double v = (x[i] - x0) * scale;
    gint64 inside = (x[i] >= x0) & (x[i] <= x1);
    v = v < last ? v : last;
    v = v > 0 ? v : 0;
    out[i] = inside ? (guint32)(gint32)v + 1 : 0;
  }
}

void
pk_cpu_pixel_codes(const PkCpuKey *key, const double *x, guint n, guint32 *out)
{
  pixel_loop(x, n, key->start, key->end, key->inverse, (double)key->count - 1, out);
}

/* u / per, with its rest, by the reciprocal and one correction. */
static inline guint64
divide_by(guint64 u, guint64 per, double inverse, guint64 *rest)
{
  guint64 q = (guint64)((double)u * inverse);
  gint64 r = (gint64)(u - q * per);
  if (r < 0) {
    q--;
    r += (gint64)per;
  } else if (r >= (gint64)per) {
    q++;
    r -= (gint64)per;
  }
  *rest = (guint64)r;
  return q;
}

/* The day (from the first) and the second of the day of a time; 0 and 0 for what a NULL row holds. */
typedef struct {
  guint64 base, per_day, per_second, range;
  double day_inverse, second_inverse;
} Clock;

static Clock
clock_of(const PkCpuKey *key)
{
  return (Clock){
    .base = (guint64)key->base * (guint64)key->units_per_day,
    .per_day = (guint64)key->units_per_day, .per_second = (guint64)key->units_per_second, .range = key->range,
    .day_inverse = 1.0 / (double)key->units_per_day, .second_inverse = 1.0 / (double)key->units_per_second,
  };
}

static inline void
read_clock(const Clock *clock, gint64 value, guint64 *day, guint64 *second)
{
  guint64 in_day, rest;
  *day = divide_by((guint64)value - clock->base, clock->per_day, clock->day_inverse, &in_day);
  *second = divide_by(in_day, clock->per_second, clock->second_inverse, &rest);
  if (*day >= clock->range || *second >= 86400)
    *day = *second = 0;
}

void
pk_cpu_clock_codes(const PkCpuKey *key, const gint64 *v, guint n, guint32 *out)
{
  const Clock clock = clock_of(key);
  guint64 day, second;
  for (guint i = 0; i < n; i++) {
    read_clock(&clock, v[i], &day, &second);
    out[i] = key->table[day] * key->n_values_second + key->table_second[second] + 1;
  }
}

void
pk_cpu_clock_words(const PkCpuKey *key, const gint64 *v, guint n, guint64 *out)
{
  const Clock clock = clock_of(key);
  guint64 day, second;
  for (guint i = 0; i < n; i++) {
    read_clock(&clock, v[i], &day, &second);
    out[i] = (guint64)(key->values[key->table[day]] + key->values_second[key->table_second[second]]);
  }
}

PK_CPU_CLONES void
pk_cpu_combine_codes(guint32 *restrict a, const guint32 *restrict b, guint32 n_codes, guint n)
{
  for (guint i = 0; i < n; i++) {
    guint32 both = (a[i] - 1) * n_codes + b[i];
    a[i] = (a[i] != 0) & (b[i] != 0) ? both : 0;
  }
}

PK_CPU_CLONES void
pk_cpu_select_codes(guint32 *restrict out, const guint8 *restrict valid, guint32 other, guint n)
{
  for (guint i = 0; i < n; i++)
    out[i] = valid[i] ? out[i] : other;
}
