#include "pk-cpu-key.h"
#include "pk-cpu-vector.h"

#include <math.h>

#define OFFSET_LOOP(NAME, T)                                                                          \
  PK_CLONES static void offset_##NAME(const void *data, guint n, guint64 base, guint32 limit,     \
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
pk_cpu_offset_codes(PkPhysical physical, const void *data, guint n, __int128 base, guint64 range,
                    guint32 *out)
{
  static void (*const loops[])(const void *, guint, guint64, guint32, guint32 *) = {
    [PK_PHYS_U8] = offset_u8,   [PK_PHYS_I8] = offset_i8,   [PK_PHYS_U16] = offset_u16,
    [PK_PHYS_I16] = offset_i16, [PK_PHYS_U32] = offset_u32, [PK_PHYS_I32] = offset_i32,
    [PK_PHYS_U64] = offset_u64, [PK_PHYS_I64] = offset_i64, [PK_PHYS_I128] = offset_i128,
  };
  loops[physical](data, n, (guint64)base, (guint32)range, out);
}

PK_CLONES void
pk_cpu_table_codes(const guint32 *table, guint n, guint32 *codes)
{
  for (guint i = 0; i < n; i++)
    codes[i] = table[codes[i] - 1];
}

/* By division, as pk-plan.h defines it. */
#define DIVIDE_LOOP(NAME, T)                                                                         \
  PK_CLONES static void divide_##NAME(const T *restrict x, guint n, double start, double step,   \
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

/* By the reciprocal, for n a multiple of 8. d is the place in bins plus 1.5, kept in [1, count + 3]; adding
 * and taking away ROUND leaves the nearest whole number, which is the floor of the place plus 2. Returns
 * how many values lie so near to an edge that rounding could matter, or beyond the ends. */
#define ROUND 6755399441055744.0 /* 2^52 + 2^51: its unit in the last place is 1 */
#define MULTIPLY_LOOP(NAME, T, V)                                                                    \
  PK_CLONES static guint64 multiply_##NAME(const T *x, gsize n, double start, double inverse,    \
                                               gint32 count, double tolerance, guint32 *out)         \
  {                                                                                                  \
    const PkV8d zero = { 0 }, top = zero + (count + 3.0), bottom = zero + 1.0;                       \
    const PkV8d least = zero + (0.5 - tolerance);                                                    \
    const PkV8i none = { 0 }, most = none + count;                                                   \
    PkV8u n_near = { 0 };                                                                            \
    for (gsize i = 0; i < n; i += 8) {                                                               \
      V raw;                                                                                         \
      memcpy(&raw, x + i, sizeof raw);                                                               \
      PkV8d d = (__builtin_convertvector(raw, PkV8d) - start) * inverse + 1.5;                       \
      d = PK_SELECT(PkV8d, PkV8l, d < top, d, top);                                                  \
      d = PK_SELECT(PkV8d, PkV8l, d > bottom, d, bottom);                                            \
      PkV8d whole = d + ROUND;                                                                       \
      PkV8d off = (PkV8d)((PkV8l)(d - (whole - ROUND)) & G_MAXINT64); /* its absolute value */       \
      n_near += (PkV8u)(least - off) >> 63;                                                          \
      PkV8i code = __builtin_convertvector((PkV8l)whole, PkV8i) - 1;                                 \
      code = PK_SELECT(PkV8i, PkV8i, code > most, none, code);                                       \
      memcpy(out + i, &code, sizeof code);                                                           \
    }                                                                                                \
    guint64 total = 0;                                                                               \
    for (guint k = 0; k < 8; k++)                                                                    \
      total += n_near[k];                                                                            \
    return total;                                                                                    \
  }

MULTIPLY_LOOP(f32, float, PkV8f)
MULTIPLY_LOOP(f64, double, PkV8d)

/* The same of floats in float arithmetic, sixteen at once, where a bin is wide beside the rounding. Bit 31 of
 * a word of `near` is set if one of its SPAN values is near an edge. */
#define SPAN 64
#define ROUND_FLOAT 12582912.0f /* 2^23 + 2^22 */
#define ROUND_FLOAT_BITS 0x4B400000
PK_CLONES static void
multiply_narrow(const float *x, gsize n, float start, float inverse, gint32 count, float tolerance,
                guint32 *out, PkV16u *near)
{
  const PkV16f zero = { 0 }, top = zero + (count + 3.0f), bottom = zero + 1.0f;
  const PkV16f least = zero + (0.5f - tolerance);
  const PkV16i none = { 0 }, most = none + count;
  for (gsize span = 0; span * SPAN < n; span++) {
    PkV16u any = { 0 };
    for (gsize i = span * SPAN; i < (span + 1) * SPAN; i += 16) {
      PkV16f d;
      memcpy(&d, x + i, sizeof d);
      d = (d - start) * inverse + 1.5f;
      d = PK_SELECT(PkV16f, PkV16i, d < top, d, top);
      d = PK_SELECT(PkV16f, PkV16i, d > bottom, d, bottom);
      PkV16f whole = d + ROUND_FLOAT;
      PkV16f off = (PkV16f)((PkV16i)(d - (whole - ROUND_FLOAT)) & G_MAXINT32);
      any |= (PkV16u)(least - off);
      PkV16i code = (PkV16i)whole - (ROUND_FLOAT_BITS + 1);
      code = PK_SELECT(PkV16i, PkV16i, code > most, none, code);
      memcpy(out + i, &code, sizeof code);
    }
    near[span] = any;
  }
}

static gboolean
is_near(const PkV16u *near)
{
  guint64 words[8], any = 0;
  memcpy(words, near, sizeof words);
  for (guint k = 0; k < G_N_ELEMENTS(words); k++)
    any |= words[k];
  return (any & 0x8000000080000000ull) != 0;
}

static void
bin_floats(const PkCpuKey *key, const float *x, guint n, guint32 *out)
{
  PkV16u near[PK_CPU_BLOCK / SPAN];
  guint done = key->tolerance_narrow < 0.01f ? n / SPAN * SPAN : 0;

  multiply_narrow(x, done, (float)key->start, (float)key->inverse, (gint32)key->count, key->tolerance_narrow, out,
                  near);
  for (guint i = 0; i < done; i += SPAN)
    if (is_near(&near[i / SPAN]))
      divide_f32(x + i, SPAN, key->start, key->step, key->end, key->count, out + i);
  for (guint i = done; i < n; i += SPAN) {
    guint span = MIN(n - i, SPAN);
    if (key->tolerance >= 0.25 || span % 8 != 0 ||
        multiply_f32(x + i, span, key->start, key->inverse, (gint32)key->count, key->tolerance, out + i) > 0)
      divide_f32(x + i, span, key->start, key->step, key->end, key->count, out + i);
  }
}

void
pk_cpu_bin_codes(const PkCpuKey *key, PkPhysical physical, const void *data, guint n, guint32 *out)
{
  const double *x = data;
  const guint spans = 256; /* values that are divided once more if one of them is near an edge */

  if (physical == PK_PHYS_F32) {
    bin_floats(key, data, n, out);
    return;
  }
  for (guint i = 0; i < n; i += spans) {
    guint span = MIN(n - i, spans);
    if (key->tolerance >= 0.25 || span % 8 != 0 ||
        multiply_f64(x + i, span, key->start, key->inverse, (gint32)key->count, key->tolerance, out + i) > 0)
      divide_f64(x + i, span, key->start, key->step, key->end, key->count, out + i);
  }
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

PK_CLONES static void
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
    .per_day = (guint64)key->units_per_day, .per_second = (guint64)key->units_per_second,
      .range = key->range,
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

PK_CLONES void
pk_cpu_combine_codes(guint32 *restrict a, const guint32 *restrict b, guint32 n_codes, guint n)
{
  for (guint i = 0; i < n; i++) {
    guint32 both = (a[i] - 1) * n_codes + b[i];
    a[i] = ((a[i] != 0) & (b[i] != 0)) ? both : 0;
  }
}

PK_CLONES void
pk_cpu_select_codes(guint32 *restrict out, const guint8 *restrict valid, guint32 other, guint n)
{
  for (guint i = 0; i < n; i++)
    out[i] = valid[i] ? out[i] : other;
}
