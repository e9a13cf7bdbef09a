#include "pk-ordinals.h"

#include <stdlib.h>

static int
compare_ordinals(const void *a, const void *b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return x < y ? -1 : x > y;
}

gint64 *
pk_ordinals_distinct(const gint64 *ordinals, gsize n, guint32 *n_distinct)
{
  gint64 *values = g_memdup2(ordinals, MAX(n, 1) * sizeof *ordinals);
  guint32 kept = 0;
  qsort(values, n, sizeof *values, compare_ordinals);
  for (gsize i = 0; i < n; i++)
    if (i == 0 || values[i] != values[kept - 1])
      values[kept++] = values[i];
  *n_distinct = kept;
  return values;
}

guint32
pk_ordinals_find(const gint64 *values, guint32 n, gint64 ordinal)
{
  const gint64 *found = bsearch(&ordinal, values, n, sizeof *values, compare_ordinals);
  return (guint32)(found - values);
}
