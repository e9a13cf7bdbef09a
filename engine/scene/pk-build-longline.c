/* Lines of more rows than the picture has columns.
 *
 * Such a line is drawn in columns of device pixels: the x of its points is moved to the middle of their
 * column, at most half a pixel. All points of a column then lie on one vertical, along which the line runs
 * to and fro. With round joins and caps a stroke is all that lies within half a width of the line, whatever
 * the order in which it is traced, and the points of that vertical are those from the least to the greatest
 * y. So each column is drawn as
 *
 *     first → least → greatest → last
 *
 * (the extremes the other way round where that is shorter), where first and last are by x (ties: the smaller
 * y): they are where the line enters and leaves, so that the pieces between columns stay too. A test holds
 * this to Cairo's stroke of the line with all its points: nothing differs but the rounding of antialiased
 * edges.
 *
 * These four values are the same whether all rows of the column are given or only the rows with first and
 * last x and least and greatest y, which is what M4 keeps (U. Jugel, Z. Jerzak, G. Hackenbroich, V. Markl,
 * "M4: a visualization-oriented time series data aggregation", VLDB 2014). The path that is handed to the
 * drawing is therefore the same one, and with it every pixel, whatever its width, joins, opacity and
 * antialiasing.
 *
 * What differs from the paper: it has lines one pixel wide without antialiasing, for which no point need be
 * moved; with antialiasing the x of points within a column would be seen. Mitres, where a specification asks
 * for them, stand out beyond the values of a noisy line; joins and caps are round unless told otherwise.
 *
 * Where a row without y breaks the line, M4's points come with the number of their run, and the break is put
 * back. Columns go on for MARGIN px beyond the view, so that what reaches into it from outside is the same
 * as well; further out, the nearest point on either side stands for all. */
#include "pk-build-mark.h"

#include <math.h>
#include <stdlib.h>

#define MARGIN 16.0

typedef struct {
  const PkUnit *unit;
  double x0, x1;   /* data values of the outer columns' ends */
  guint n, margin; /* columns, margins included */
  double ratio;
  gboolean reversed;
} Columns;

static gboolean
columns_init(const PkModel *m, Columns *out)
{
  PkBuild *b = m->build;
  PkScaleComp *comp = pk_model_scale(m, PK_CHANNEL_X);
  if (!comp || !pk_scale_type_is_continuous(comp->type)) {
    pk_build_fail(b, PK_ERROR_INTERNAL, "%s: a long line needs a continuous dimension", m->view->path);
    return FALSE;
  }
  guint inner = pk_build_device_pixels(b, b->width);
  *out = (Columns){ .unit = m->unit, .ratio = pk_build_pixel_ratio(b) };
  out->margin = (guint)ceil(MARGIN * out->ratio);
  out->n = inner + 2 * out->margin;
  double first = pk_scale_invert(comp->scale, -(double)out->margin / out->ratio);
  double last = pk_scale_invert(comp->scale, (inner + out->margin) / out->ratio);
  out->reversed = last < first;
  out->x0 = fmin(first, last);
  out->x1 = fmax(first, last);
  return TRUE;
}

static double
column_middle(const Columns *c, gint64 column)
{
  double at = c->reversed ? (double)c->n - 1 - (double)column : (double)column;
  return (at - c->margin + 0.5) / c->ratio;
}

gboolean
pk_build_fetch_m4(const PkModel *m)
{
  Columns c;
  GError *error = NULL;
  if (!columns_init(m, &c))
    return FALSE;
  if (pk_unit_fetch_m4((PkUnit *)m->unit, c.x0, c.x1, c.n, &error))
    return TRUE;
  pk_build_take_error(m->build, error);
  return FALSE;
}

/* A row of the line. */
typedef struct {
  double x, y;    /* data */
  double at;      /* y in px */
  double px;
  gint64 column, run, row;
} Place;

/* By x, then y, rows without y last. */
static int
compare_places(gconstpointer a, gconstpointer b)
{
  const Place *p = a, *q = b;
  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  gboolean none_p = isnan(p->y), none_q = isnan(q->y);
  if (none_p != none_q)
    return none_p ? 1 : -1;
  if (!none_p && p->y != q->y)
    return p->y < q->y ? -1 : 1;
  return (p->row > q->row) - (p->row < q->row);
}

static double
number_at(const PkTable *table, gint column, gint64 row)
{
  const PkValue *v = pk_table_at(table, (guint)column, row);
  return pk_value_is_invalid(v) ? NAN : v->number;
}

/* Rows that have an x. */
static guint
take_places(const PkModel *m, const Columns *c, const PkSeriesPoint *points, guint n, Place *out)
{
  const PkTable *table = m->unit->table;
  gint x = pk_unit_column(m, pk_model_channel(m, PK_CHANNEL_X)->column);
  gint y = pk_unit_column(m, pk_model_channel(m, PK_CHANNEL_Y)->column);
  gint run = pk_table_find(table, PK_UNIT_RUN);
  guint used = 0;
  for (guint i = 0; i < n && x >= 0 && y >= 0; i++) {
    gint64 row = points[i].row;
    Place p = { .x = number_at(table, x, row), .y = number_at(table, y, row), .px = points[i].point.x,
                .at = points[i].point.y, .row = row };
    if (isnan(p.x))
      continue;
    if (!points[i].point.defined)
      p.y = NAN;
    p.run = run >= 0 ? (gint64)number_at(table, run, row) : 0;
    p.column = pk_unit_m4_column(m->unit, p.x, c->x0, c->x1, c->n);
    out[used++] = p;
  }
  qsort(out, used, sizeof *out, compare_places);
  return used;
}

/* Rows without y become the numbers of runs, as M4's points have them. */
static guint
drop_breaks(Place *places, guint n)
{
  guint used = 0;
  gint64 runs = 0;
  for (guint i = 0; i < n; i++) {
    if (isnan(places[i].y)) {
      runs++;
      continue;
    }
    places[used] = places[i];
    places[used++].run += runs;
  }
  return used;
}

typedef struct {
  PkSeriesPoint *points;
  guint n;
  gint64 row;
} Out;

static void
put(Out *out, double x, double y)
{
  const PkScenePoint *last = out->n > 0 ? &out->points[out->n - 1].point : NULL;
  if (last && last->defined && last->x == x && last->y == y)
    return;
  out->points[out->n++] = (PkSeriesPoint){ .point = { .x = x, .y = y, .defined = TRUE }, .row = out->row };
}

void
pk_long_line_trace(double first, double least, double greatest, double last, double out[4])
{
  gboolean down = first == greatest || last == least;
  out[0] = first;
  out[1] = down ? greatest : least;
  out[2] = down ? least : greatest;
  out[3] = last;
}

/* The rows of one column and run, in order. */
static void
put_column(const Columns *c, const Place *places, guint n, Out *out)
{
  double x = column_middle(c, places[0].column), least = places[0].at, greatest = least;
  guint last = n - 1;
  for (guint i = 1; i < n; i++) {
    least = fmin(least, places[i].at);
    greatest = fmax(greatest, places[i].at);
  }
  while (last > 0 && places[last - 1].x == places[n - 1].x)
    last--;
  double traced[4];
  pk_long_line_trace(places[0].at, least, greatest, places[last].at, traced);
  for (guint i = 0; i < G_N_ELEMENTS(traced); i++)
    put(out, x, traced[i]);
}

static gboolean
is_beyond(const Columns *c, const Place *place)
{
  return place->column < 0 || place->column >= c->n;
}

/* Of the rows before the first column the nearest (ties: the smaller y), if the line goes on from it; the
 * same after the last. */
static void
put_line(const Columns *c, const Place *places, guint n, Out *out)
{
  guint first = 0, end = n;
  while (first < n && places[first].column < 0)
    first++;
  while (end > first && places[end - 1].column >= c->n)
    end--;
  guint before = first;
  while (before > 0 && places[before - 1].x == places[first - 1].x)
    before--;
  if (first > 0 && first < n && places[first - 1].run == places[first].run)
    put(out, places[before].px, places[before].at);
  for (guint i = first; i < end;) {
    guint k = i + 1;
    while (k < end && places[k].column == places[i].column && places[k].run == places[i].run)
      k++;
    if (i > first && places[i - 1].run != places[i].run)
      out->points[out->n++] = (PkSeriesPoint){ .row = out->row };
    put_column(c, places + i, k - i, out);
    i = k;
  }
  if (end < n && end > 0 && places[end].run == places[end - 1].run)
    put(out, places[end].px, places[end].at);
}

PkSeriesPoint *
pk_build_long_line(const PkModel *m, const PkSeriesPoint *points, guint n, guint *n_out, gboolean *clipped)
{
  Columns c;
  *n_out = 0;
  if (n == 0 || !columns_init(m, &c))
    return NULL;
  g_autofree Place *places = g_new(Place, n);
  Out out = { .row = points[0].row };
  for (guint i = 1; i < n; i++)
    out.row = MIN(out.row, points[i].row);
  guint used = drop_breaks(places, take_places(m, &c, points, n, places));
  if (used == 0)
    return NULL;
  *clipped |= is_beyond(&c, &places[0]) || is_beyond(&c, &places[used - 1]);
  out.points = g_new(PkSeriesPoint, (gsize)used * 5 + 2); /* four of a column, and a break before it */
  put_line(&c, places, used, &out);
  *n_out = out.n;
  return out.points;
}
