/* Least and greatest, first and last: states hold ordinals, so that numbers,
 * times and text are one case. An empty group's state is never read: a count stands beside it. */
#include "pk-cpu-acc.h"
#include "pk-cpu-vector.h"

#include <math.h>

#define INT128_MAX ((__int128)(((unsigned __int128)1 << 127) - 1))
#define INT128_MIN (-INT128_MAX - 1)

/* --- a whole block --- */

#define EXTREME_LOOP(NAME, T, LEAST, MOST)                                                          \
  PK_CLONES static gint64 min_##NAME(const T *restrict v, const guint8 *restrict mask, guint n) \
  {                                                                                                 \
    T best = MOST;                                                                                  \
    if (!mask)                                                                                      \
      for (guint i = 0; i < n; i++)                                                                 \
        best = v[i] < best ? v[i] : best;                                                           \
    else                                                                                            \
      for (guint i = 0; i < n; i++) {                                                               \
        T x = mask[i] ? v[i] : MOST;                                                                \
        best = x < best ? x : best;                                                                 \
      }                                                                                             \
    return (gint64)best;                                                                            \
  }                                                                                                 \
  PK_CLONES static gint64 max_##NAME(const T *restrict v, const guint8 *restrict mask, guint n) \
  {                                                                                                 \
    T best = LEAST;                                                                                 \
    if (!mask)                                                                                      \
      for (guint i = 0; i < n; i++)                                                                 \
        best = v[i] > best ? v[i] : best;                                                           \
    else                                                                                            \
      for (guint i = 0; i < n; i++) {                                                               \
        T x = mask[i] ? v[i] : LEAST;                                                               \
        best = x > best ? x : best;                                                                 \
      }                                                                                             \
    return (gint64)best;                                                                            \
  }

EXTREME_LOOP(u8, guint8, 0, G_MAXUINT8)
EXTREME_LOOP(i8, gint8, G_MININT8, G_MAXINT8)
EXTREME_LOOP(u16, guint16, 0, G_MAXUINT16)
EXTREME_LOOP(i16, gint16, G_MININT16, G_MAXINT16)
EXTREME_LOOP(u32, guint32, 0, G_MAXUINT32)
EXTREME_LOOP(i32, gint32, G_MININT32, G_MAXINT32)
EXTREME_LOOP(i64, gint64, G_MININT64, G_MAXINT64)

/* The least and greatest of n floats, NaN left out: (lo, hi) stay what they were if there is no other. */
#define FLOAT_EXTREME_LOOP(NAME, T, V, I, N)                                                     \
  PK_CLONES void pk_cpu_extremes_##NAME(const T *v, guint n, double *lo_out, double *hi_out, \
                                            guint *n_nan_out)                                    \
  {                                                                                              \
    const V zero = { 0 };                                                                        \
    V lo[2] = { zero + (T)INFINITY, zero + (T)INFINITY };                                        \
    V hi[2] = { zero - (T)INFINITY, zero - (T)INFINITY };                                        \
    I n_nan = { 0 };                                                                             \
    guint i = 0;                                                                                 \
    for (; i + 2 * N <= n; i += 2 * N)                                                           \
      for (guint k = 0; k < 2; k++) {                                                            \
        V x;                                                                                     \
        memcpy(&x, v + i + k * N, sizeof x);                                                     \
        lo[k] = PK_SELECT(V, I, x < lo[k], x, lo[k]);                                            \
        hi[k] = PK_SELECT(V, I, x > hi[k], x, hi[k]);                                            \
        n_nan -= (I)(x != x);                                                                    \
      }                                                                                          \
    double least = INFINITY, most = -INFINITY;                                                   \
    guint nans = 0;                                                                              \
    for (; i < n; i++) {                                                                         \
      least = v[i] < least ? v[i] : least;                                                       \
      most = v[i] > most ? v[i] : most;                                                          \
      nans += v[i] != v[i];                                                                      \
    }                                                                                            \
    for (guint k = 0; k < N; k++) {                                                              \
      least = MIN(least, (double)MIN(lo[0][k], lo[1][k]));                                       \
      most = MAX(most, (double)MAX(hi[0][k], hi[1][k]));                                         \
      nans += (guint)n_nan[k];                                                                   \
    }                                                                                            \
    *lo_out = least;                                                                             \
    *hi_out = most;                                                                              \
    *n_nan_out = nans;                                                                           \
  }

FLOAT_EXTREME_LOOP(f32, float, PkV16f, PkV16i, 16)
FLOAT_EXTREME_LOOP(f64, double, PkV8d, PkV8l, 8)

/* The same of the values that a mask keeps, one by one. */
static guint
masked_extremes(PkPhysical physical, const void *data, const guint8 *mask, guint n, double *lo, double *hi,
                guint *n_nan)
{
  guint n_kept = 0;
  *lo = INFINITY;
  *hi = -INFINITY;
  *n_nan = 0;
  for (guint i = 0; i < n; i++) {
    if (!mask[i])
      continue;
    double x = physical == PK_PHYS_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
    *lo = x < *lo ? x : *lo;
    *hi = x > *hi ? x : *hi;
    *n_nan += isnan(x) ? 1 : 0;
    n_kept++;
  }
  return n_kept;
}

static void
float_extreme(PkPhysical physical, const void *data, const guint8 *mask, guint n, gboolean want_max,
              gint64 *state)
{
  double lo, hi;
  guint n_nan, n_kept = n;
  if (mask)
    n_kept = masked_extremes(physical, data, mask, n, &lo, &hi, &n_nan);
  else if (physical == PK_PHYS_F32)
    pk_cpu_extremes_f32(data, n, &lo, &hi, &n_nan);
  else
    pk_cpu_extremes_f64(data, n, &lo, &hi, &n_nan);
  if (n_kept == 0)
    return;
  if (want_max)
    *state = MAX(*state, n_nan > 0 ? G_MAXINT64 : pk_cpu_order_double(hi));
  else
    *state = MIN(*state, n_nan == n_kept ? G_MAXINT64 : pk_cpu_order_double(lo));
}

static gint64
int_extreme(PkPhysical physical, const void *data, const guint8 *mask, guint n, gboolean want_max)
{
  switch (physical) {
  case PK_PHYS_U8: return want_max ? max_u8(data, mask, n) : min_u8(data, mask, n);
  case PK_PHYS_I8: return want_max ? max_i8(data, mask, n) : min_i8(data, mask, n);
  case PK_PHYS_U16: return want_max ? max_u16(data, mask, n) : min_u16(data, mask, n);
  case PK_PHYS_I16: return want_max ? max_i16(data, mask, n) : min_i16(data, mask, n);
  case PK_PHYS_U32: return want_max ? max_u32(data, mask, n) : min_u32(data, mask, n);
  case PK_PHYS_I32: return want_max ? max_i32(data, mask, n) : min_i32(data, mask, n);
  default: return want_max ? max_i64(data, mask, n) : min_i64(data, mask, n);
  }
}

static void
extreme_whole(const PkCpuAcc *acc, PkCpuContext *context, gboolean want_max, gint64 *state)
{
  const PkColumn *column = context->program->columns[acc->column];
  const guint8 *mask = pk_cpu_pass_mask(context, acc->column, -1);
  guint n = context->block.n;
  gint64 best;

  if (mask && pk_cpu_count_mask(mask, n) == 0)
    return;
  if (column->physical >= PK_PHYS_F32) {
    float_extreme(column->physical, pk_cpu_data(context, (guint)acc->column), mask, n, want_max, state);
    return;
  }
  if (column->dictionary)
    best = int_extreme(PK_PHYS_I64, pk_cpu_orders(context, (guint)acc->column), mask, n, want_max);
  else
    best = int_extreme(column->physical, pk_cpu_data(context, (guint)acc->column), mask, n, want_max);
  *state = want_max ? MAX(*state, best) : MIN(*state, best);
}

/* --- least and greatest --- */

static void
min_init(const PkCpuAcc *acc, gpointer states, guint32 from, guint32 to)
{
  for (guint32 slot = from; slot < to; slot++)
    ((gint64 *)states)[slot] = G_MAXINT64;
}

static void
max_init(const PkCpuAcc *acc, gpointer states, guint32 from, guint32 to)
{
  for (guint32 slot = from; slot < to; slot++)
    ((gint64 *)states)[slot] = G_MININT64;
}

static void
extreme_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
               const guint32 *slots)
{
  gint64 *states = table->states[index];
  gboolean want_max = acc->kind == PK_CPU_ACC_MAX;
  guint n = context->block.n;
  if (!slots) {
    extreme_whole(acc, context, want_max, &states[1]);
    return;
  }
  slots = pk_cpu_slots_valid(context, acc->column, -1, slots);
  const gint64 *v = pk_cpu_orders(context, (guint)acc->column);
  if (want_max) {
    for (guint i = 0; i < n; i++)
      if (v[i] > states[slots[i]])
        states[slots[i]] = v[i];
  } else {
    for (guint i = 0; i < n; i++)
      if (v[i] < states[slots[i]])
        states[slots[i]] = v[i];
  }
}

static void
extreme_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
              guint32 n)
{
  gint64 *to = into->states[index];
  const gint64 *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++) {
    gint64 *best = &to[map ? map[slot] : slot];
    *best = acc->kind == PK_CPU_ACC_MAX ? MAX(*best, states[slot]) : MIN(*best, states[slot]);
  }
}

const PkCpuAccClass pk_cpu_min_class = { sizeof(gint64), 0, min_init, extreme_update, NULL, extreme_merge };
const PkCpuAccClass pk_cpu_max_class = { sizeof(gint64), 0, max_init, extreme_update, NULL, extreme_merge };

/* --- in 128 bits --- */

static void
min_wide_init(const PkCpuAcc *acc, gpointer states, guint32 from, guint32 to)
{
  for (guint32 slot = from; slot < to; slot++)
    ((__int128 *)states)[slot] = INT128_MAX;
}

static void
max_wide_init(const PkCpuAcc *acc, gpointer states, guint32 from, guint32 to)
{
  for (guint32 slot = from; slot < to; slot++)
    ((__int128 *)states)[slot] = INT128_MIN;
}

/* Slot 1 for the rows that pass: for accumulators that have no way of their own to take a whole block. */
static const guint32 *
slots_or_ones(PkCpuContext *context, const guint32 *slots)
{
  if (slots)
    return slots;
  for (guint i = 0; i < context->block.n; i++)
    context->slots[i] = context->all_pass ? 1 : context->mask[i];
  return context->slots;
}

static void
extreme_wide_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
                    const guint32 *slots)
{
  __int128 *states = table->states[index];
  slots = pk_cpu_slots_valid(context, acc->column, -1, slots_or_ones(context, slots));
  const __int128 *v = pk_cpu_wides(context, (guint)acc->column);
  for (guint i = 0; i < context->block.n; i++) {
    __int128 *best = &states[slots[i]];
    *best = acc->kind == PK_CPU_ACC_MAX_WIDE ? MAX(*best, v[i]) : MIN(*best, v[i]);
  }
}

static void
extreme_wide_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
                   guint32 n)
{
  __int128 *to = into->states[index];
  const __int128 *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++) {
    __int128 *best = &to[map ? map[slot] : slot];
    *best = acc->kind == PK_CPU_ACC_MAX_WIDE ? MAX(*best, states[slot]) : MIN(*best, states[slot]);
  }
}

const PkCpuAccClass pk_cpu_min_wide_class = {
  sizeof(__int128), 0, min_wide_init, extreme_wide_update, NULL, extreme_wide_merge,
};
const PkCpuAccClass pk_cpu_max_wide_class = {
  sizeof(__int128), 0, max_wide_init, extreme_wide_update, NULL, extreme_wide_merge,
};

/* --- first and last by another column --- */

static inline void
place(PkCpuPlaced *state, gboolean last, __int128 value, __int128 by)
{
  gboolean better = !state->used || (last ? by > state->by : by < state->by) ||
                    (by == state->by && value < state->value);
  if (better)
    *state = (PkCpuPlaced){ TRUE, value, by };
}

static void
placed_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
              const guint32 *slots)
{
  PkCpuPlaced *states = table->states[index];
  slots = pk_cpu_slots_valid(context, acc->column, acc->by, slots_or_ones(context, slots));
  const __int128 *values = pk_cpu_wides(context, (guint)acc->column);
  const __int128 *bys = pk_cpu_wides(context, (guint)acc->by);
  for (guint i = 0; i < context->block.n; i++)
    if (slots[i] != 0)
      place(&states[slots[i]], acc->kind == PK_CPU_ACC_LAST, values[i], bys[i]);
}

static void
placed_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
             guint32 n)
{
  PkCpuPlaced *to = into->states[index];
  const PkCpuPlaced *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++)
    if (states[slot].used)
      place(&to[map ? map[slot] : slot], acc->kind == PK_CPU_ACC_LAST, states[slot].value, states[slot].by);
}

const PkCpuAccClass pk_cpu_first_class = { sizeof(PkCpuPlaced), 0, NULL, placed_update, NULL, placed_merge };
const PkCpuAccClass pk_cpu_last_class = { sizeof(PkCpuPlaced), 0, NULL, placed_update, NULL, placed_merge };
