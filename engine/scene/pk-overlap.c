#include "pk-overlap.h"

/* Closer than separation in both directions. */
static gboolean
boxes_overlap(const PkBox *a, const PkBox *b, double separation)
{
  return separation > MAX(MAX(b->x1 - a->x2, a->x1 - b->x2), MAX(b->y1 - a->y2, a->y1 - b->y2));
}

static gboolean
any_neighbours_overlap(const PkBox *boxes, const gsize *items, gsize n, double separation)
{
  for (gsize i = 1; i < n; i++)
    if (boxes_overlap(&boxes[items[i - 1]], &boxes[items[i]], separation))
      return TRUE;
  return FALSE;
}

/* Hides some of the n items and moves the rest to the front; returns their number. */
static gsize
reduce(PkOverlapMethod method, const PkBox *boxes, gsize *items, gsize n, double separation, gboolean *shown)
{
  gsize kept = 0;

  for (gsize i = 0; i < n; i++) {
    gboolean keep = method == PK_OVERLAP_GREEDY
                  ? i == 0 || !boxes_overlap(&boxes[items[kept - 1]], &boxes[items[i]], separation)
                  : i % 2 == 0;

    if (keep)
      items[kept++] = items[i];
    else
      shown[items[i]] = FALSE;
  }
  return kept;
}

void
pk_overlap(PkOverlapMethod method, const PkBox *boxes, gsize n, double separation, gboolean *shown)
{
  g_autofree gsize *items = g_new(gsize, n + 1);
  gsize left = 0, last;

  for (gsize i = 0; i < n; i++) {
    shown[i] = TRUE;
    if (boxes[i].x2 - boxes[i].x1 > 1 && boxes[i].y2 - boxes[i].y1 > 1)
      items[left++] = i;
  }
  if (method == PK_OVERLAP_NONE || left < 3 || !any_neighbours_overlap(boxes, items, left, separation))
    return;
  last = items[left - 1];
  do
    left = reduce(method, boxes, items, left, separation, shown);
  while (left >= 3 && any_neighbours_overlap(boxes, items, left, separation));
  /* The two ends matter most: the last label takes the place of the second one left. */
  if (left < 3 && !shown[last]) {
    if (left > 1)
      shown[items[left - 1]] = FALSE;
    shown[last] = TRUE;
  }
}

void
pk_overlap_bound(const PkBox *boxes, gsize n, gboolean vertical, double lo, double hi,
                 double tolerance, gboolean *shown)
{
  double t = tolerance != 0 ? tolerance : 1, least = MIN(lo, hi) - t, most = MAX(lo, hi) + t;

  for (gsize i = 0; i < n; i++) {
    double a = vertical ? boxes[i].y1 : boxes[i].x1, b = vertical ? boxes[i].y2 : boxes[i].x2;

    if (boxes[i].x2 - boxes[i].x1 > 1 && boxes[i].y2 - boxes[i].y1 > 1 && (a < least || b > most))
      shown[i] = FALSE;
  }
}
