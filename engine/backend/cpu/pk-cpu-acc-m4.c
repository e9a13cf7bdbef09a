/* M4 for rows in any order: the slot is a pixel column (of a group). */
#include "pk-cpu-acc.h"

#include <math.h>

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

static void
m4_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index, const guint32 *slots)
{
  PkCpuM4 *states = table->states[index];
  slots = pk_cpu_slots_valid(context, acc->column, acc->by, slots);
  const double *ys = pk_cpu_doubles(context, (guint)acc->column);
  const double *xs = pk_cpu_doubles(context, (guint)acc->by);
  for (guint i = 0; i < context->block.n; i++)
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

const PkCpuAccClass pk_cpu_m4_class = { sizeof(PkCpuM4), NULL, m4_update, NULL, m4_merge };
