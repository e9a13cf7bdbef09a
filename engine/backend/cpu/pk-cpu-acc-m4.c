/* M4 for rows in any order: the slot is a pixel column (of a group). */
#include "pk-cpu-acc.h"
#include "pk-cpu-vector.h"

#include <math.h>
#include <string.h>

static inline void
m4_add(PkCpuM4 *s, double x, double y)
{
  if (!s->used) {
    *s = (PkCpuM4){ 1, x, y, x, y, x, y, x, y };
    return;
  }
  if (x > s->x_first && x < s->x_last && y > s->y_min && y < s->y_max)
    return;
  if (x < s->x_first || (x == s->x_first && y < s->y_first)) {
    s->x_first = x;
    s->y_first = y;
  }
  if (x > s->x_last || (x == s->x_last && y < s->y_last)) {
    s->x_last = x;
    s->y_last = y;
  }
  if (y < s->y_min || (y == s->y_min && x < s->x_min)) {
    s->x_min = x;
    s->y_min = y;
  }
  if (y > s->y_max || (y == s->y_max && x < s->x_max)) {
    s->x_max = x;
    s->y_max = y;
  }
}

/* --- rows that change nothing --- */

/* The bounds of a slot as floats: x_first, -x_last, y_min, -y_max. A row (x, -x, y, -y), rounded to floats alike,
 * that is greater in all four changes nothing: rounding keeps the order, so what is greater after it was so before.
 * The bounds of 2,000 pixel columns fit the first cache, their states do not. */
typedef PkV4f Bounds;

static inline gboolean
is_inside(PkV4f row, PkV4f bounds)
{
  PkV4i outside = row <= bounds;
#ifdef __SSE2__
  return __builtin_ia32_movmskps((PkV4f)outside) == 0;
#else
  guint64 words[2];
  memcpy(words, &outside, sizeof words);
  return (words[0] | words[1]) == 0;
#endif
}

static void
m4_touch(PkCpuM4 *states, Bounds *bounds, guint32 slot, double x, double y)
{
  if (slot == 0 || isnan(y))
    return;
  PkCpuM4 *s = &states[slot];
  m4_add(s, x, y);
  bounds[slot] = (Bounds){ (float)s->x_first, -(float)s->x_last, (float)s->y_min, -(float)s->y_max };
}

PK_CLONES static void
to_floats(const double *v, guint n, float *out)
{
  for (guint i = 0; i < n; i++)
    out[i] = (float)v[i];
}

PK_CLONES static void
m4_rows(PkCpuM4 *states, Bounds *bounds, const guint32 *slots, const double *xs, const double *ys, const float *x32,
        const float *y32, gsize n)
{
  gsize i = 0;
  for (; i + 4 <= n; i += 4) {
    PkV4f x, y;
    memcpy(&x, x32 + i, sizeof x);
    memcpy(&y, y32 + i, sizeof y);
    PkV4f x_low = __builtin_shufflevector(x, -x, 0, 4, 1, 5), x_high = __builtin_shufflevector(x, -x, 2, 6, 3, 7);
    PkV4f y_low = __builtin_shufflevector(y, -y, 0, 4, 1, 5), y_high = __builtin_shufflevector(y, -y, 2, 6, 3, 7);
    gboolean a = is_inside(__builtin_shufflevector(x_low, y_low, 0, 1, 4, 5), bounds[slots[i]]);
    gboolean b = is_inside(__builtin_shufflevector(x_low, y_low, 2, 3, 6, 7), bounds[slots[i + 1]]);
    gboolean c = is_inside(__builtin_shufflevector(x_high, y_high, 0, 1, 4, 5), bounds[slots[i + 2]]);
    gboolean d = is_inside(__builtin_shufflevector(x_high, y_high, 2, 3, 6, 7), bounds[slots[i + 3]]);
    if (G_LIKELY(a & b & c & d))
      continue;
    for (gsize k = i; k < i + 4; k++)
      m4_touch(states, bounds, slots[k], xs[k], ys[k]);
  }
  for (; i < n; i++)
    m4_touch(states, bounds, slots[i], xs[i], ys[i]);
}

/* Everything is outside an empty slot, nothing outside slot 0. */
static Bounds *
bounds_of(PkCpuTable *table, guint index)
{
  if (!table->scratch[index]) {
    Bounds *bounds = g_new(Bounds, table->n_slots);
    for (guint32 slot = 0; slot < table->n_slots; slot++)
      bounds[slot] = (Bounds){ 0 } + (slot > 0 ? INFINITY : -INFINITY);
    table->scratch[index] = bounds;
  }
  return table->scratch[index];
}

static void
m4_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index, const guint32 *slots)
{
  PkCpuM4 *states = table->states[index];
  guint n = context->block.n;
  slots = pk_cpu_slots_valid(context, acc->column, acc->by, slots);
  const double *ys = pk_cpu_doubles(context, (guint)acc->column);
  const double *xs = pk_cpu_doubles(context, (guint)acc->by);
  if (table->program->direct) {
    float x32[PK_CPU_BLOCK], y32[PK_CPU_BLOCK];
    to_floats(xs, n, x32);
    to_floats(ys, n, y32);
    m4_rows(states, bounds_of(table, index), slots, xs, ys, x32, y32, n);
    return;
  }
  for (guint i = 0; i < n; i++)
    if (slots[i] != 0 && !isnan(ys[i]))
      m4_add(&states[slots[i]], xs[i], ys[i]);
}

static void
m4_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map, guint32 n)
{
  PkCpuM4 *to = into->states[index];
  const PkCpuM4 *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++) {
    const PkCpuM4 *s = &states[slot];
    PkCpuM4 *t = &to[map ? map[slot] : slot];
    if (!s->used)
      continue;
    m4_add(t, s->x_first, s->y_first);
    m4_add(t, s->x_last, s->y_last);
    m4_add(t, s->x_min, s->y_min);
    m4_add(t, s->x_max, s->y_max);
  }
}

const PkCpuAccClass pk_cpu_m4_class = { sizeof(PkCpuM4), sizeof(Bounds), NULL, m4_update, NULL, m4_merge };
