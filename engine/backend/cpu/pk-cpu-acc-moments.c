/* Variance and regression: means and sums of squared distances from them,
 * updated row by row (Welford, Technometrics 4, 1962) and merged pairwise
 * (Chan, Golub, LeVeque, The American Statistician 37, 1983). */
#include "pk-cpu-acc.h"

#include <math.h>

static void
moments_combine(PkCpuMoments *a, const PkCpuMoments *b)
{
  if (b->n == 0)
    return;
  if (a->n == 0) {
    *a = *b;
    return;
  }
  double n = (double)(a->n + b->n), delta = b->mean - a->mean;
  a->m2 += b->m2 + delta * delta * ((double)a->n * (double)b->n / n);
  a->mean += delta * ((double)b->n / n);
  a->n += b->n;
  a->odd += b->odd;
}

static inline void
moments_add(PkCpuMoments *m, double x)
{
  double delta = x - m->mean;
  m->n++;
  m->mean += delta / (double)m->n;
  m->m2 += delta * (x - m->mean);
  m->odd += x * 0;
}

/* A block of one group, in two passes over values that lie in the first cache. */
static void
moments_whole(const PkCpuAcc *acc, PkCpuContext *context, PkCpuMoments *state)
{
  const guint8 *mask = pk_cpu_pass_mask(context, acc->column, -1);
  const double *v = pk_cpu_doubles(context, (guint)acc->column);
  guint n = context->block.n;
  double distances[PK_CPU_BLOCK], squares[PK_CPU_BLOCK];
  PkCpuMoments block = { 0 };

  block.n = mask ? pk_cpu_count_mask(mask, n) : n;
  if (block.n == 0)
    return;
  block.mean = pk_cpu_sum_floats(PK_PHYS_F64, v, mask, n) / (double)block.n;
  if (!isfinite(block.mean)) { /* perhaps only the sum left the range of double */
    for (guint i = 0; i < n; i++)
      if (!mask || mask[i])
        moments_add(state, v[i]);
    return;
  }
  for (guint i = 0; i < n; i++) {
    gboolean kept = !mask || mask[i];
    double d = kept ? v[i] - block.mean : 0;
    distances[i] = d;
    squares[i] = d * d;
    block.odd += kept ? v[i] * 0 : 0;
  }
  double rest = pk_cpu_sum_floats(PK_PHYS_F64, distances, NULL, n);
  block.m2 = pk_cpu_sum_floats(PK_PHYS_F64, squares, NULL, n) - rest * rest / (double)block.n;
  moments_combine(state, &block);
}

static void
moments_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
               const guint32 *slots)
{
  PkCpuMoments *states = table->states[index];
  if (!slots) {
    moments_whole(acc, context, &states[1]);
    return;
  }
  slots = pk_cpu_slots_valid(context, acc->column, -1, slots);
  const double *v = pk_cpu_doubles(context, (guint)acc->column);
  for (guint i = 0; i < context->block.n; i++)
    moments_add(&states[slots[i]], v[i]);
}

static void
moments_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
              guint32 n)
{
  PkCpuMoments *to = into->states[index];
  const PkCpuMoments *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++)
    moments_combine(&to[map ? map[slot] : slot], &states[slot]);
}

const PkCpuAccClass pk_cpu_moments_class = {
  sizeof(PkCpuMoments), 0, NULL, moments_update, NULL, moments_merge,
};

static void
regression_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
                  const guint32 *slots)
{
  PkCpuRegression *states = table->states[index];
  if (!slots) {
    for (guint i = 0; i < context->block.n; i++)
      context->slots[i] = context->all_pass ? 1 : context->mask[i];
    slots = context->slots;
  }
  slots = pk_cpu_slots_valid(context, acc->column, acc->by, slots);
  const double *ys = pk_cpu_doubles(context, (guint)acc->column);
  const double *xs = pk_cpu_doubles(context, (guint)acc->by);
  for (guint i = 0; i < context->block.n; i++) {
    PkCpuRegression *r = &states[slots[i]];
    double dx = xs[i] - r->mean_x, dy = ys[i] - r->mean_y;
    r->n++;
    r->mean_x += dx / (double)r->n;
    r->mean_y += dy / (double)r->n;
    r->sxx += dx * (xs[i] - r->mean_x);
    r->syy += dy * (ys[i] - r->mean_y);
    r->sxy += dx * (ys[i] - r->mean_y);
    r->odd_x += xs[i] * 0;
    r->odd_y += ys[i] * 0;
  }
}

static void
regression_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
                 guint32 count)
{
  PkCpuRegression *to = into->states[index];
  const PkCpuRegression *states = from->states[index];
  for (guint32 slot = 1; slot <= count; slot++) {
    PkCpuRegression *a = &to[map ? map[slot] : slot];
    const PkCpuRegression *b = &states[slot];
    if (b->n == 0)
      continue;
    if (a->n == 0) {
      *a = *b;
      continue;
    }
    double n = (double)(a->n + b->n), weight = (double)a->n * (double)b->n / n;
    double dx = b->mean_x - a->mean_x, dy = b->mean_y - a->mean_y;
    a->sxx += b->sxx + dx * dx * weight;
    a->syy += b->syy + dy * dy * weight;
    a->sxy += b->sxy + dx * dy * weight;
    a->mean_x += dx * ((double)b->n / n);
    a->mean_y += dy * ((double)b->n / n);
    a->n += b->n;
    a->odd_x += b->odd_x;
    a->odd_y += b->odd_y;
  }
}

const PkCpuAccClass pk_cpu_regression_class = {
  sizeof(PkCpuRegression), 0, NULL, regression_update, NULL, regression_merge,
};
