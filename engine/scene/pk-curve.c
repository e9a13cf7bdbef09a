#include "pk-curve.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

static const char *const type_names[] = {
  "linear", "linear-closed", "step", "step-before", "step-after", "basis", "basis-closed", "basis-open",
  "bundle", "cardinal", "cardinal-closed", "cardinal-open", "catmull-rom", "catmull-rom-closed",
  "catmull-rom-open",
  "monotone", "natural",
};

gboolean
pk_curve_type_parse(const char *name, PkCurveType *type, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS(type_names); i++)
    if (strcmp(name, type_names[i]) == 0) {
      *type = (PkCurveType)i;
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID, "interpolation \"%s\" is not known (examples: linear, step-after, "
                 "monotone, basis, cardinal, catmull-rom, natural)", name);
}

const char *
pk_curve_type_name(PkCurveType type)
{
  return type_names[type];
}

/* How a run of points joins what is there: a line's own start, an area's outward run, or its
 * way back, which begins with a line and closes the outline. */
typedef enum { RUN_LINE, RUN_OUT, RUN_BACK } RunKind;

typedef struct {
  const PkCurve *curve;
  RunKind kind;
  const PkPoint *p;
  gsize n;
  PkPath *path;
} Run;

static void
begin(const Run *r, double x, double y)
{
  if (r->kind == RUN_BACK)
    pk_path_line_to(r->path, x, y);
  else
    pk_path_move_to(r->path, x, y);
}

/* A lone point is closed, so that round caps show it. */
static void
finish(const Run *r, gboolean lone)
{
  if (r->kind == RUN_BACK || (r->kind == RUN_LINE && lone))
    pk_path_close(r->path);
}

static PkPoint
at_wrapped(const Run *r, gsize i)
{
  return r->p[i % r->n];
}

static void
run_linear(const Run *r)
{
  begin(r, r->p[0].x, r->p[0].y);
  for (gsize i = 1; i < r->n; i++)
    pk_path_line_to(r->path, r->p[i].x, r->p[i].y);
  finish(r, r->n == 1);
}

static void
run_linear_closed(const Run *r)
{
  pk_path_move_to(r->path, r->p[0].x, r->p[0].y);
  for (gsize i = 1; i < r->n; i++)
    pk_path_line_to(r->path, r->p[i].x, r->p[i].y);
  pk_path_close(r->path);
}

/* t: how far along from one x to the next the step is. */
static void
run_step(const Run *r, double t)
{
  if (r->kind == RUN_BACK)
    t = 1 - t;
  begin(r, r->p[0].x, r->p[0].y);
  for (gsize i = 1; i < r->n; i++) {
    PkPoint a = r->p[i - 1], b = r->p[i];
    double x = a.x * (1 - t) + b.x * t;

    if (t <= 0) {
      pk_path_line_to(r->path, a.x, b.y);
      pk_path_line_to(r->path, b.x, b.y);
    } else {
      pk_path_line_to(r->path, x, a.y);
      pk_path_line_to(r->path, x, b.y);
    }
  }
  if (0 < t && t < 1 && r->n > 1)
    pk_path_line_to(r->path, r->p[r->n - 1].x, r->p[r->n - 1].y);
  finish(r, r->n == 1);
}

/* The piece of a uniform cubic B-spline between the middles around b. */
static void
basis_piece(PkPath *path, PkPoint a, PkPoint b, PkPoint c)
{
  pk_path_cubic_to(path, (2 * a.x + b.x) / 3, (2 * a.y + b.y) / 3, (a.x + 2 * b.x) / 3, (a.y + 2 * b.y) / 3,
                   (a.x + 4 * b.x + c.x) / 6, (a.y + 4 * b.y + c.y) / 6);
}

static void
run_basis(const Run *r)
{
  const PkPoint *p = r->p;
  gsize n = r->n;

  begin(r, p[0].x, p[0].y);
  if (n > 2) {
    pk_path_line_to(r->path, (5 * p[0].x + p[1].x) / 6, (5 * p[0].y + p[1].y) / 6);
    for (gsize i = 2; i < n; i++)
      basis_piece(r->path, p[i - 2], p[i - 1], p[i]);
    basis_piece(r->path, p[n - 2], p[n - 1], p[n - 1]);
  }
  if (n > 1)
    pk_path_line_to(r->path, p[n - 1].x, p[n - 1].y);
  finish(r, n == 1);
}

static void
run_basis_closed(const Run *r)
{
  const PkPoint *p = r->p;

  if (r->n == 1) {
    pk_path_move_to(r->path, p[0].x, p[0].y);
    pk_path_close(r->path);
  } else if (r->n == 2) {
    pk_path_move_to(r->path, (p[0].x + 2 * p[1].x) / 3, (p[0].y + 2 * p[1].y) / 3);
    pk_path_line_to(r->path, (p[1].x + 2 * p[0].x) / 3, (p[1].y + 2 * p[0].y) / 3);
    pk_path_close(r->path);
  } else {
    pk_path_move_to(r->path, (p[0].x + 4 * p[1].x + p[2].x) / 6, (p[0].y + 4 * p[1].y + p[2].y) / 6);
    for (gsize i = 3; i < r->n + 3; i++)
      basis_piece(r->path, at_wrapped(r, i - 2), at_wrapped(r, i - 1), at_wrapped(r, i));
  }
}

static void
run_basis_open(const Run *r)
{
  const PkPoint *p = r->p;

  if (r->n >= 3)
    begin(r, (p[0].x + 4 * p[1].x + p[2].x) / 6, (p[0].y + 4 * p[1].y + p[2].y) / 6);
  for (gsize i = 3; i < r->n; i++)
    basis_piece(r->path, p[i - 2], p[i - 1], p[i]);
  finish(r, r->n == 3);
}

/* Points pulled towards the straight line between the ends, as a B-spline. */
static void
run_bundle(const Run *r, double beta)
{
  g_autofree PkPoint *q = g_new(PkPoint, r->n);
  Run straightened = *r;
  gsize last = r->n - 1;

  if (beta == 1) {
    run_basis(r);
    return;
  }
  if (last == 0) {
    finish(r, FALSE);
    return;
  }
  for (gsize i = 0; i <= last; i++) {
    double t = (double)i / (double)last;

    q[i].x = beta * r->p[i].x + (1 - beta) * (r->p[0].x + t * (r->p[last].x - r->p[0].x));
    q[i].y = beta * r->p[i].y + (1 - beta) * (r->p[0].y + t * (r->p[last].y - r->p[0].y));
  }
  straightened.p = q;
  run_basis(&straightened);
}

/* From b to c with tangents along a–c and b–d. */
static void
cardinal_piece(PkPath *path, double k, PkPoint a, PkPoint b, PkPoint c, PkPoint d)
{
  pk_path_cubic_to(path, b.x + k * (c.x - a.x), b.y + k * (c.y - a.y), c.x + k * (b.x - d.x),
                   c.y + k * (b.y - d.y), c.x, c.y);
}

/* |b - a|^(2·alpha), whose root is the knot distance of a Catmull-Rom spline. */
static double
knot_distance2(PkPoint a, PkPoint b, double alpha)
{
  return pow((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y), alpha);
}

/* From b to c; l01, l12, l23 are the squared knot distances of a–b, b–c, c–d. Where two points
 * coincide the control point is the end itself. */
static void
catmull_rom_piece(PkPath *path, PkPoint a, PkPoint b, PkPoint c, PkPoint d,
                  double l01, double l12, double l23)
{
  const double epsilon = 1e-12;
  double s01 = sqrt(l01), s12 = sqrt(l12), s23 = sqrt(l23);
  PkPoint c1 = b, c2 = c;

  if (s01 > epsilon) {
    double k = 2 * l01 + 3 * s01 * s12 + l12, n = 3 * s01 * (s01 + s12);

    c1.x = (b.x * k - a.x * l12 + c.x * l01) / n;
    c1.y = (b.y * k - a.y * l12 + c.y * l01) / n;
  }
  if (s23 > epsilon) {
    double k = 2 * l23 + 3 * s23 * s12 + l12, n = 3 * s23 * (s23 + s12);

    c2.x = (c.x * k + b.x * l23 - d.x * l12) / n;
    c2.y = (c.y * k + b.y * l23 - d.y * l12) / n;
  }
  pk_path_cubic_to(path, c1.x, c1.y, c2.x, c2.y, c.x, c.y);
}

/* A spline through the points is Catmull-Rom with an alpha, or cardinal with tension. */
typedef struct {
  gboolean catmull_rom;
  double k;     /* cardinal: (1 - tension) / 6 */
  double alpha;
} Spline;

static void
spline_piece(const Run *r, const Spline *s, PkPoint a, PkPoint b, PkPoint c, PkPoint d)
{
  if (s->catmull_rom)
    catmull_rom_piece(r->path, a, b, c, d, knot_distance2(a, b, s->alpha), knot_distance2(b, c, s->alpha),
                      knot_distance2(c, d, s->alpha));
  else
    cardinal_piece(r->path, s->k, a, b, c, d);
}

static void
run_spline(const Run *r, const Spline *s)
{
  const PkPoint *p = r->p;
  gsize n = r->n;

  begin(r, p[0].x, p[0].y);
  if (n == 2)
    pk_path_line_to(r->path, p[1].x, p[1].y);
  for (gsize i = 1; i < n && n > 2; i++) {
    /* Beyond the ends: a cardinal spline mirrors (no tangent), Catmull-Rom repeats the end. */
    PkPoint before = i > 1 ? p[i - 2] : s->catmull_rom ? p[0] : p[1];
    PkPoint after = i < n - 1 ? p[i + 1] : s->catmull_rom ? p[n - 1] : p[n - 2];

    spline_piece(r, s, before, p[i - 1], p[i], after);
  }
  finish(r, n == 1);
}

static void
run_spline_closed(const Run *r, const Spline *s)
{
  if (r->n < 3) {
    pk_path_move_to(r->path, r->p[r->n - 1].x, r->p[r->n - 1].y);
    if (r->n == 2)
      pk_path_line_to(r->path, r->p[0].x, r->p[0].y);
    pk_path_close(r->path);
    return;
  }
  pk_path_move_to(r->path, r->p[1].x, r->p[1].y);
  for (gsize i = 3; i < r->n + 3; i++)
    spline_piece(r, s, at_wrapped(r, i - 3), at_wrapped(r, i - 2), at_wrapped(r, i - 1), at_wrapped(r, i));
}

static void
run_spline_open(const Run *r, const Spline *s)
{
  if (r->n >= 3)
    begin(r, r->p[1].x, r->p[1].y);
  for (gsize i = 3; i < r->n; i++)
    spline_piece(r, s, r->p[i - 3], r->p[i - 2], r->p[i - 1], r->p[i]);
  finish(r, r->n == 3);
}

static double
sign_of(double x)
{
  return x < 0 ? -1 : 1;
}

/* Steffen's slope at b: monotone between its neighbours. */
static double
inner_slope(PkPoint a, PkPoint b, PkPoint c)
{
  double h0 = b.x - a.x, h1 = c.x - b.x;
  double s0 = (b.y - a.y) / (h0 != 0 ? h0 : h1 < 0 ? -0.0 : 0.0);
  double s1 = (c.y - b.y) / (h1 != 0 ? h1 : h0 < 0 ? -0.0 : 0.0);
  double p = (s0 * h1 + s1 * h0) / (h0 + h1);

  if (isnan(s0) || isnan(s1) || isnan(p))
    return 0;
  return (sign_of(s0) + sign_of(s1)) * MIN(MIN(fabs(s0), fabs(s1)), 0.5 * fabs(p));
}

/* One-sided, where the other end has slope t. */
static double
end_slope(PkPoint a, PkPoint b, double t)
{
  double h = b.x - a.x;

  return h != 0 ? (3 * (b.y - a.y) / h - t) / 2 : t;
}

typedef struct {
  const Run *run;
  gboolean swapped; /* x and y, for curves along y */
} Axes;

/* A cubic Hermite piece as a Bézier curve. */
static void
hermite_piece(const Axes *axes, PkPoint a, PkPoint b, double ta, double tb)
{
  double dx = (b.x - a.x) / 3;
  PkPath *path = axes->run->path;

  if (axes->swapped)
    pk_path_cubic_to(path, a.y + dx * ta, a.x + dx, b.y - dx * tb, b.x - dx, b.y, b.x);
  else
    pk_path_cubic_to(path, a.x + dx, a.y + dx * ta, b.x - dx, b.y - dx * tb, b.x, b.y);
}

static void
run_monotone(const Run *r)
{
  g_autofree PkPoint *q = g_new(PkPoint, r->n);
  gboolean swapped = r->curve->horizontal;
  Axes axes = { r, swapped };
  double slope = 0;
  gsize n = 0;

  for (gsize i = 0; i < r->n; i++) {
    PkPoint p = swapped ? (PkPoint){ r->p[i].y, r->p[i].x } : r->p[i];

    if (n == 0 || p.x != q[n - 1].x || p.y != q[n - 1].y)
      q[n++] = p;
  }
  begin(r, r->p[0].x, r->p[0].y);
  if (n == 2)
    pk_path_line_to(r->path, swapped ? q[1].y : q[1].x, swapped ? q[1].x : q[1].y);
  for (gsize i = 1; i < n && n > 2; i++) {
    double next = i < n - 1 ? inner_slope(q[i - 1], q[i], q[i + 1]) : end_slope(q[i - 1], q[i], slope);

    if (i == 1)
      slope = end_slope(q[0], q[1], next);
    hermite_piece(&axes, q[i - 1], q[i], slope, next);
    slope = next;
  }
  finish(r, n == 1);
}

static double
coordinate(const PkPoint *p, gsize i, gboolean y)
{
  return y ? p[i].y : p[i].x;
}

/* Control points of one coordinate of a natural spline through n + 1 points (n > 1): the
 * tridiagonal system for C² continuity, solved by elimination (Thomas). */
static void
natural_controls(const PkPoint *p, gsize n, gboolean y, double *first, double *second)
{
  g_autofree double *rhs = g_new(double, n);

  for (gsize i = 0; i < n; i++) {
    gboolean start = i == 0, end = i == n - 1;

    first[i] = start ? 0 : end ? 2 : 1;   /* below the diagonal */
    second[i] = start ? 2 : end ? 7 : 4;  /* the diagonal */
    rhs[i] = start ? coordinate(p, 0, y) + 2 * coordinate(p, 1, y)
           : end ? 8 * coordinate(p, i, y) + coordinate(p, i + 1, y)
           : 4 * coordinate(p, i, y) + 2 * coordinate(p, i + 1, y);
  }
  for (gsize i = 1; i < n; i++) {
    double m = first[i] / second[i - 1];

    second[i] -= m;
    rhs[i] -= m * rhs[i - 1];
  }
  first[n - 1] = rhs[n - 1] / second[n - 1];
  for (gsize i = n - 1; i-- > 0;)
    first[i] = (rhs[i] - first[i + 1]) / second[i];
  second[n - 1] = (coordinate(p, n, y) + first[n - 1]) / 2;
  for (gsize i = 0; i < n - 1; i++)
    second[i] = 2 * coordinate(p, i + 1, y) - first[i + 1];
}

static void
run_natural(const Run *r)
{
  gsize pieces = r->n - 1;
  g_autofree double *c = g_new0(double, 4 * r->n);
  double *x1 = c, *x2 = c + r->n, *y1 = c + 2 * r->n, *y2 = c + 3 * r->n;

  begin(r, r->p[0].x, r->p[0].y);
  if (pieces == 1) {
    pk_path_line_to(r->path, r->p[1].x, r->p[1].y);
  } else if (pieces > 1) {
    natural_controls(r->p, pieces, FALSE, x1, x2);
    natural_controls(r->p, pieces, TRUE, y1, y2);
    for (gsize i = 0; i < pieces; i++)
      pk_path_cubic_to(r->path, x1[i], y1[i], x2[i], y2[i], r->p[i + 1].x, r->p[i + 1].y);
  }
  finish(r, r->n == 1);
}

static double
tension_or(const PkCurve *curve, double normal)
{
  return isnan(curve->tension) ? normal : curve->tension;
}

static Spline
spline_of(const PkCurve *curve)
{
  gboolean cardinal = curve->type == PK_CURVE_CARDINAL || curve->type == PK_CURVE_CARDINAL_CLOSED
                   || curve->type == PK_CURVE_CARDINAL_OPEN;
  double alpha = cardinal ? 0 : tension_or(curve, 0.5);

  return (Spline){ .catmull_rom = alpha != 0, .alpha = alpha,
                   .k = (1 - (cardinal ? tension_or(curve, 0) : 0)) / 6 };
}

static void
draw_run(const Run *r)
{
  Spline spline = spline_of(r->curve);

  switch (r->curve->type) {
  case PK_CURVE_LINEAR: run_linear(r); break;
  case PK_CURVE_LINEAR_CLOSED: run_linear_closed(r); break;
  case PK_CURVE_STEP: run_step(r, 0.5); break;
  case PK_CURVE_STEP_BEFORE: run_step(r, 0); break;
  case PK_CURVE_STEP_AFTER: run_step(r, 1); break;
  case PK_CURVE_BASIS: run_basis(r); break;
  case PK_CURVE_BASIS_CLOSED: run_basis_closed(r); break;
  case PK_CURVE_BASIS_OPEN: run_basis_open(r); break;
  case PK_CURVE_BUNDLE: run_bundle(r, tension_or(r->curve, 0.85)); break;
  case PK_CURVE_CARDINAL:
  case PK_CURVE_CATMULL_ROM: run_spline(r, &spline); break;
  case PK_CURVE_CARDINAL_CLOSED:
  case PK_CURVE_CATMULL_ROM_CLOSED: run_spline_closed(r, &spline); break;
  case PK_CURVE_CARDINAL_OPEN:
  case PK_CURVE_CATMULL_ROM_OPEN: run_spline_open(r, &spline); break;
  case PK_CURVE_MONOTONE: run_monotone(r); break;
  case PK_CURVE_NATURAL: run_natural(r); break;
  }
}

static gboolean
is_defined(PkPoint p)
{
  return !isnan(p.x) && !isnan(p.y);
}

/* The end of the run of defined points that starts at i. */
static gsize
run_end(const PkPoint *points, gsize n, gsize i)
{
  while (i < n && is_defined(points[i]))
    i++;
  return i;
}

void
pk_curve_line(const PkCurve *curve, const PkPoint *points, gsize n, PkPath *path)
{
  for (gsize i = 0; i < n; i++) {
    gsize end = run_end(points, n, i);

    if (end > i) {
      Run r = { curve, RUN_LINE, points + i, end - i, path };

      draw_run(&r);
      i = end;
    }
  }
}

void
pk_curve_area(const PkCurve *curve, const PkPoint *points, const PkPoint *base, gsize n, PkPath *path)
{
  g_autofree PkPoint *back = g_new(PkPoint, n + 1);

  for (gsize i = 0; i < n; i++) {
    gsize end = run_end(points, n, i), length = end - i;

    if (length > 0) {
      Run out = { curve, RUN_OUT, points + i, length, path };
      Run in = { curve, RUN_BACK, back, length, path };

      for (gsize k = 0; k < length; k++)
        back[k] = base[end - 1 - k];
      draw_run(&out);
      draw_run(&in);
      i = end;
    }
  }
}
