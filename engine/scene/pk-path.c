#include "pk-path.h"

#include "pk-ecma.h"

#include <math.h>
#include <string.h>

PkPath *
pk_path_new(void)
{
  return g_new0(PkPath, 1);
}

PkPath *
pk_path_copy(const PkPath *path)
{
  PkPath *copy = pk_path_new();

  pk_path_append(copy, path, 1, 0, 0);
  return copy;
}

void
pk_path_free(PkPath *path)
{
  if (!path)
    return;
  g_free(path->segments);
  g_free(path);
}

static void
add(PkPath *path, PkPathSegment segment)
{
  if (path->n == path->allocated) {
    path->allocated = MAX(16, path->allocated * 2);
    path->segments = g_renew(PkPathSegment, path->segments, path->allocated);
  }
  path->segments[path->n++] = segment;
}

void
pk_path_move_to(PkPath *path, double x, double y)
{
  add(path, (PkPathSegment){ PK_PATH_MOVE, { x, y } });
  path->x = x;
  path->y = y;
}

void
pk_path_line_to(PkPath *path, double x, double y)
{
  add(path, (PkPathSegment){ PK_PATH_LINE, { x, y } });
  path->x = x;
  path->y = y;
}

void
pk_path_cubic_to(PkPath *path, double x1, double y1, double x2, double y2, double x, double y)
{
  add(path, (PkPathSegment){ PK_PATH_CUBIC, { x1, y1, x2, y2, x, y } });
  path->x = x;
  path->y = y;
}

void
pk_path_quad_to(PkPath *path, double x1, double y1, double x, double y)
{
  /* Degree elevation: the cubic's control points lie two thirds of the way to the quadratic's. */
  pk_path_cubic_to(path, path->x + (x1 - path->x) * 2 / 3, path->y + (y1 - path->y) * 2 / 3,
                   x + (x1 - x) * 2 / 3, y + (y1 - y) * 2 / 3, x, y);
}

void
pk_path_arc(PkPath *path, double cx, double cy, double radius, double start, double end,
            gboolean counterclockwise)
{
  const double turn = 2 * G_PI, epsilon = 1e-6;
  double x = cx + radius * cos(start), y = cy + radius * sin(start);
  double sweep = counterclockwise ? start - end : end - start;

  if (path->n == 0)
    pk_path_move_to(path, x, y);
  else if (fabs(path->x - x) > epsilon || fabs(path->y - y) > epsilon)
    pk_path_line_to(path, x, y);
  if (!(radius > 0))
    return;
  if (sweep < 0)
    sweep = fmod(sweep, turn) + turn;
  if (sweep > turn - epsilon)
    sweep = turn;
  end = start + (counterclockwise ? -sweep : sweep);
  add(path, (PkPathSegment){ PK_PATH_ARC, { cx, cy, radius, start, end } });
  path->x = cx + radius * cos(end);
  path->y = cy + radius * sin(end);
}

void
pk_path_close(PkPath *path)
{
  add(path, (PkPathSegment){ PK_PATH_CLOSE, { 0 } });
  for (gsize i = path->n; i-- > 0;)
    if (path->segments[i].op == PK_PATH_MOVE) {
      path->x = path->segments[i].v[0];
      path->y = path->segments[i].v[1];
      break;
    }
}

void
pk_path_rect(PkPath *path, double x, double y, double w, double h)
{
  pk_path_move_to(path, x, y);
  pk_path_line_to(path, x + w, y);
  pk_path_line_to(path, x + w, y + h);
  pk_path_line_to(path, x, y + h);
  pk_path_close(path);
}

void
pk_path_round_rect(PkPath *path, double x, double y, double w, double h, const double radii[4])
{
  /* 1 - c of the best cubic for a quarter circle: S. Mortensen, "Approximate a circle with cubic
   * Bézier curves". */
  const double c = 0.448084975506;
  double most = MIN(w, h) / 2, x2 = x + w, y2 = y + h;
  double tl = CLAMP(radii[0], 0, most), tr = CLAMP(radii[1], 0, most);
  double br = CLAMP(radii[2], 0, most), bl = CLAMP(radii[3], 0, most);

  if (tl <= 0 && tr <= 0 && br <= 0 && bl <= 0) {
    pk_path_rect(path, x, y, w, h);
    return;
  }
  pk_path_move_to(path, x + tl, y);
  pk_path_line_to(path, x2 - tr, y);
  pk_path_cubic_to(path, x2 - c * tr, y, x2, y + c * tr, x2, y + tr);
  pk_path_line_to(path, x2, y2 - br);
  pk_path_cubic_to(path, x2, y2 - c * br, x2 - c * br, y2, x2 - br, y2);
  pk_path_line_to(path, x + bl, y2);
  pk_path_cubic_to(path, x + c * bl, y2, x, y2 - c * bl, x, y2 - bl);
  pk_path_line_to(path, x, y + tl);
  pk_path_cubic_to(path, x, y + c * tl, x + c * tl, y, x + tl, y);
  pk_path_close(path);
}

void
pk_path_append(PkPath *path, const PkPath *from, double scale, double dx, double dy)
{
  for (gsize i = 0; i < from->n; i++) {
    PkPathSegment s = from->segments[i];
    int coordinates = s.op == PK_PATH_CUBIC ? 6 : s.op == PK_PATH_CLOSE ? 0 : 2;

    for (int k = 0; k < coordinates; k++)
      s.v[k] = s.v[k] * scale + (k % 2 ? dy : dx);
    if (s.op == PK_PATH_ARC)
      s.v[2] *= scale;
    add(path, s);
  }
  path->x = from->x * scale + dx;
  path->y = from->y * scale + dy;
}

static void
append_coordinate(GString *out, double x, int decimals)
{
  g_autofree char *text = pk_ecma_to_fixed(x, decimals);

  if (strchr(text, '.')) {
    gsize n = strlen(text);

    while (text[n - 1] == '0')
      n--;
    if (text[n - 1] == '.')
      n--;
    text[n] = '\0';
  }
  g_string_append(out, strcmp(text, "-0") == 0 ? "0" : text);
}

static void
append_numbers(GString *out, char command, const double *v, int n, int decimals)
{
  g_string_append_c(out, command);
  for (int i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    append_coordinate(out, v[i], decimals);
  }
}

/* SVG draws no arc that ends where it starts, so a full turn is made of two halves. */
static void
append_svg_arc(GString *out, const PkPathSegment *s, int decimals)
{
  double r = s->v[2], start = s->v[3], sweep = s->v[4] - s->v[3];
  int pieces = fabs(sweep) > 1.5 * G_PI ? 2 : 1;

  for (int i = 1; i <= pieces; i++) {
    double a = start + sweep * i / pieces;
    double v[] = { r, r, 0, fabs(sweep) / pieces > G_PI ? 1 : 0, sweep > 0 ? 1 : 0,
                   s->v[0] + r * cos(a), s->v[1] + r * sin(a) };

    append_numbers(out, 'A', v, 7, decimals);
  }
}

char *
pk_path_to_svg(const PkPath *path, int decimals)
{
  GString *out = g_string_new(NULL);

  for (gsize i = 0; i < path->n; i++) {
    const PkPathSegment *s = &path->segments[i];

    switch (s->op) {
    case PK_PATH_MOVE: append_numbers(out, 'M', s->v, 2, decimals); break;
    case PK_PATH_LINE: append_numbers(out, 'L', s->v, 2, decimals); break;
    case PK_PATH_CUBIC: append_numbers(out, 'C', s->v, 6, decimals); break;
    case PK_PATH_ARC: append_svg_arc(out, s, decimals); break;
    case PK_PATH_CLOSE: g_string_append_c(out, 'Z'); break;
    }
  }
  return g_string_free(out, FALSE);
}

typedef struct {
  double x0, y0, x1, y1;
} Extent;

static void
include_point(Extent *e, double x, double y)
{
  e->x0 = MIN(e->x0, x);
  e->y0 = MIN(e->y0, y);
  e->x1 = MAX(e->x1, x);
  e->y1 = MAX(e->y1, y);
}

static double
bezier(double a, double b, double c, double d, double t)
{
  double u = 1 - t;

  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}

/* The turning points of a cubic lie where the derivative of a coordinate is zero. */
static void
include_cubic(Extent *e, double x, double y, const double *v)
{
  for (int axis = 0; axis < 2; axis++) {
    double p0 = axis ? y : x, p1 = v[axis], p2 = v[2 + axis], p3 = v[4 + axis];
    double a = p3 - 3 * p2 + 3 * p1 - p0, b = 2 * (p2 - 2 * p1 + p0), c = p1 - p0;
    double d = sqrt(b * b - 4 * a * c), roots[2];

    roots[0] = fabs(a) > 1e-12 ? (-b + d) / (2 * a) : -c / b;
    roots[1] = fabs(a) > 1e-12 ? (-b - d) / (2 * a) : NAN;
    for (int i = 0; i < 2; i++)
      if (roots[i] > 0 && roots[i] < 1)
        include_point(e, bezier(x, v[0], v[2], v[4], roots[i]), bezier(y, v[1], v[3], v[5], roots[i]));
  }
  include_point(e, v[4], v[5]);
}

static void
include_arc(Extent *e, const double *v)
{
  double lo = MIN(v[3], v[4]), hi = MAX(v[3], v[4]), quarter = G_PI / 2;

  include_point(e, v[0] + v[2] * cos(v[3]), v[1] + v[2] * sin(v[3]));
  include_point(e, v[0] + v[2] * cos(v[4]), v[1] + v[2] * sin(v[4]));
  for (double a = ceil(lo / quarter) * quarter; a <= hi; a += quarter)
    include_point(e, v[0] + v[2] * cos(a), v[1] + v[2] * sin(a));
}

gboolean
pk_path_bounds(const PkPath *path, double *x0, double *y0, double *x1, double *y1)
{
  Extent e = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  double x = 0, y = 0;

  for (gsize i = 0; i < path->n; i++) {
    const PkPathSegment *s = &path->segments[i];

    switch (s->op) {
    case PK_PATH_CUBIC:
      include_cubic(&e, x, y, s->v);
      x = s->v[4];
      y = s->v[5];
      break;
    case PK_PATH_ARC:
      include_arc(&e, s->v);
      x = s->v[0] + s->v[2] * cos(s->v[4]);
      y = s->v[1] + s->v[2] * sin(s->v[4]);
      break;
    case PK_PATH_CLOSE:
      break;
    default:
      x = s->v[0];
      y = s->v[1];
      include_point(&e, x, y);
      break;
    }
  }
  if (!(e.x0 <= e.x1))
    return FALSE;
  *x0 = e.x0;
  *y0 = e.y0;
  *x1 = e.x1;
  *y1 = e.y1;
  return TRUE;
}
