#include "pk-cpu-run.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 2048
#define FEW 48

static void
sort_few(gint64 *v, gsize n)
{
  for (gsize i = 1; i < n; i++) {
    gint64 x = v[i];
    gsize k = i;
    for (; k > 0 && v[k - 1] > x; k--)
      v[k] = v[k - 1];
    v[k] = x;
  }
}

/* Radix selection: a histogram over the range shows the bucket of rank k, which
 * alone is looked at next. The first round leaves the values as they are. */
gint64
pk_cpu_select(const gint64 *values, gsize n, gsize k)
{
  g_autofree gint64 *own = NULL;
  g_autofree gsize *counts = g_new(gsize, BUCKETS);

  for (;;) {
    gint64 least = values[0], most = values[0];
    for (gsize i = 1; i < n; i++) {
      least = MIN(least, values[i]);
      most = MAX(most, values[i]);
    }
    if (least == most)
      return least;
    if (n <= FEW) {
      gint64 few[FEW];
      memcpy(few, values, n * sizeof *values);
      sort_few(few, n);
      return few[k];
    }
    guint64 span = (guint64)most - (guint64)least;
    guint bits = 64 - (guint)__builtin_clzll(span);
    guint shift = bits > 11 ? bits - 11 : 0;
    memset(counts, 0, BUCKETS * sizeof *counts);
    for (gsize i = 0; i < n; i++)
      counts[((guint64)values[i] - (guint64)least) >> shift]++;
    gsize bucket = 0;
    for (; k >= counts[bucket]; bucket++)
      k -= counts[bucket];
    gsize kept = 0;
    gint64 *to = own ? own : g_new(gint64, counts[bucket]);
    for (gsize i = 0; i < n; i++)
      if (((guint64)values[i] - (guint64)least) >> shift == bucket)
        to[kept++] = values[i];
    own = to;
    values = to;
    n = kept;
  }
}

/* Least significant digit first, bytes that all values share left out. */
static void
radix_sort(gint64 *values, gsize n)
{
  g_autofree gint64 *other = g_new(gint64, n);
  gint64 *from = values, *to = other;
  const guint64 sign = (guint64)1 << 63;

  for (guint byte = 0; byte < 8; byte++) {
    gsize starts[257] = { 0 };
    for (gsize i = 0; i < n; i++)
      starts[(((guint64)from[i] ^ sign) >> (8 * byte) & 0xff) + 1]++;
    gboolean shared = FALSE;
    for (guint d = 1; d <= 256; d++) {
      shared |= starts[d] == n;
      starts[d] += starts[d - 1];
    }
    if (shared)
      continue;
    for (gsize i = 0; i < n; i++)
      to[starts[((guint64)from[i] ^ sign) >> (8 * byte) & 0xff]++] = from[i];
    gint64 *swap = from;
    from = to;
    to = swap;
  }
  if (from != values)
    memcpy(values, from, n * sizeof *values);
}

gint64
pk_cpu_count_distinct(gint64 *values, gsize n)
{
  gint64 count = 0;
  if (n <= FEW)
    sort_few(values, n);
  else
    radix_sort(values, n);
  for (gsize i = 0; i < n; i++)
    count += i == 0 || values[i] != values[i - 1];
  return count;
}

static int
compare_wides(const void *a, const void *b)
{
  __int128 x = *(const __int128 *)a, y = *(const __int128 *)b;
  return x < y ? -1 : x > y;
}

void
pk_cpu_sort_wides(__int128 *values, gsize n)
{
  qsort(values, n, sizeof *values, compare_wides);
}
