#include "pk-shade.h"

#include <math.h>
#include <stdlib.h>

static const char *const names[PK_N_TRANSFERS] = {
  [PK_TRANSFER_EQUALIZE] = "equalize", [PK_TRANSFER_LINEAR] = "linear", [PK_TRANSFER_LOG] = "log",
  [PK_TRANSFER_CUBE_ROOT] = "cbrt",
};

PkTransfer
pk_transfer_parse(const char *name)
{
  guint i = 0;
  while (i < PK_N_TRANSFERS && !g_str_equal(names[i], name))
    i++;
  return (PkTransfer)i;
}

const char *
pk_transfer_name(PkTransfer transfer)
{
  return names[transfer];
}

static int
compare_counts(gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return (x > y) - (x < y);
}

static void
add_rank(PkShades *self, gint64 count, double share)
{
  self->counts[self->n] = count;
  self->shares[self->n++] = share;
}

void
pk_shades_init_cells(PkShades *self, PkTransfer kind, guint32 *cells_of, gint64 max)
{
  gsize used = 0, below = 0;
  guint distinct = 0;
  while (max > 0 && cells_of[max] == 0)
    max--;
  *self = (PkShades){ .kind = kind, .max = max, .ranks = cells_of };
  for (gint64 count = 1; count <= max; count++) {
    used += cells_of[count];
    distinct += cells_of[count] > 0;
  }
  self->counts = g_new(gint64, MAX(distinct, 1));
  self->shares = g_new(double, MAX(distinct, 1));
  for (gint64 count = 1; count <= self->max; count++) {
    guint32 cells = self->ranks[count];
    self->ranks[count] = self->n;
    if (cells == 0)
      continue;
    below += cells;
    add_rank(self, count, (double)below / (double)used);
  }
}

/* Small counts are counted themselves. */
static void
rank_by_table(PkShades *self, PkTransfer kind, const gint64 *counts, gsize n)
{
  guint32 *cells_of = g_new0(guint32, (gsize)self->max + 1);
  for (gsize i = 0; i < n; i++)
    if (counts[i] > 0)
      cells_of[counts[i]]++;
  pk_shades_init_cells(self, kind, cells_of, self->max);
}

static void
rank_by_sort(PkShades *self, const gint64 *counts, gsize n)
{
  g_autofree gint64 *sorted = g_new(gint64, MAX(n, 1));
  gsize used = 0;
  for (gsize i = 0; i < n; i++)
    if (counts[i] > 0)
      sorted[used++] = counts[i];
  qsort(sorted, used, sizeof *sorted, compare_counts);
  self->counts = g_new(gint64, MAX(used, 1));
  self->shares = g_new(double, MAX(used, 1));
  for (gsize i = 0; i < used; i++)
    if (i + 1 == used || sorted[i + 1] != sorted[i])
      add_rank(self, sorted[i], (double)(i + 1) / (double)used);
}

void
pk_shades_init(PkShades *self, PkTransfer kind, const gint64 *counts, gsize n)
{
  *self = (PkShades){ .kind = kind };
  for (gsize i = 0; i < n; i++)
    self->max = MAX(self->max, counts[i]);
  if (self->max <= PK_SHADES_MOST && n < G_MAXUINT32)
    rank_by_table(self, kind, counts, n);
  else
    rank_by_sort(self, counts, n);
}

void
pk_shades_clear(PkShades *self)
{
  g_clear_pointer(&self->counts, g_free);
  g_clear_pointer(&self->shares, g_free);
  g_clear_pointer(&self->ranks, g_free);
}

guint
pk_shades_rank(const PkShades *self, gint64 count)
{
  if (self->ranks)
    return self->ranks[CLAMP(count, 0, self->max)];
  guint lo = 0, hi = self->n > 0 ? self->n - 1 : 0;
  while (lo < hi) {
    guint mid = (lo + hi) / 2;
    if (self->counts[mid] < count)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

/* EQUALIZE: the least count gets the ramp's low end however many cells have it. */
static double
shade_of(const PkShades *self, gint64 count, guint rank)
{
  switch (self->kind) {
  case PK_TRANSFER_LINEAR:
    return (double)count / (double)self->max;
  case PK_TRANSFER_LOG:
    return log1p((double)count) / log1p((double)self->max);
  case PK_TRANSFER_CUBE_ROOT:
    return cbrt((double)count / (double)self->max);
  default:
    return self->shares[0] >= 1 ? 1 : (self->shares[rank] - self->shares[0]) / (1 - self->shares[0]);
  }
}

double
pk_shades_at_rank(const PkShades *self, guint rank)
{
  return shade_of(self, self->counts[rank], rank);
}

double
pk_shades_at(const PkShades *self, gint64 count)
{
  return count <= 0 || self->n == 0 ? 0 : shade_of(self, count, pk_shades_rank(self, count));
}

gint64
pk_shades_invert(const PkShades *self, double shade)
{
  gint64 lo = 1, hi = self->max;
  while (lo < hi) {
    gint64 mid = lo + (hi - lo + 1) / 2;
    if (pk_shades_at(self, mid) <= shade)
      lo = mid;
    else
      hi = mid - 1;
  }
  return lo;
}
