/* Reading SVG path data: W3C SVG 1.1 §8.3, arcs by its appendix F.6. */
#include "pk-path.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *data, *p;
  PkPath *path;
  double scale;
  double x, y;             /* the current point, not scaled */
  double start_x, start_y; /* of the subpath */
  double control_x, control_y; /* the last control point, for S and T */
  char last;               /* the last command, in upper case */
} Reader;

static void
skip_separators(Reader *r)
{
  while (g_ascii_isspace(*r->p))
    r->p++;
  if (*r->p == ',')
    r->p++;
  while (g_ascii_isspace(*r->p))
    r->p++;
}

static gboolean
fail_at(const Reader *r, const char *what, GError **error)
{
  return pk_fail(error, PK_ERROR_PARSE, "SVG path \"%.60s\": %s expected at character %d", r->data, what,
                 (int)(r->p - r->data) + 1);
}

static gboolean
read_number(Reader *r, double *value, GError **error)
{
  const char *p = r->p;
  char *end;

  if (*p == '+' || *p == '-')
    p++;
  /* g_ascii_strtod also takes "inf", "nan" and hexadecimal, which SVG does not. */
  if (!g_ascii_isdigit(*p) && !(*p == '.' && g_ascii_isdigit(p[1])))
    return fail_at(r, "a number", error);
  if (*p == '0' && (p[1] == 'x' || p[1] == 'X')) {
    *value = 0;
    end = (char *)p + 1;
  } else {
    *value = g_ascii_strtod(r->p, &end);
  }
  if (!isfinite(*value))
    return fail_at(r, "a finite number", error);
  r->p = end;
  skip_separators(r);
  return TRUE;
}

static gboolean
read_flag(Reader *r, double *value, GError **error)
{
  if (*r->p != '0' && *r->p != '1')
    return fail_at(r, "a flag 0 or 1", error);
  *value = *r->p++ - '0';
  skip_separators(r);
  return TRUE;
}

static int
parameter_count(char command)
{
  switch (command) {
  case 'M':
  case 'L':
  case 'T': return 2;
  case 'H':
  case 'V': return 1;
  case 'S':
  case 'Q': return 4;
  case 'C': return 6;
  case 'A': return 7;
  default: return 0;
  }
}

static double
vector_angle(double ux, double uy, double vx, double vy)
{
  return atan2(ux * vy - uy * vx, ux * vx + uy * vy);
}

/* The cubic that best follows an ellipse's arc of at most a quarter turn, from angle a by da. */
static void
add_arc_piece(Reader *r, double cx, double cy, double rx, double ry, double phi, double a, double da)
{
  double k = 4.0 / 3 * tan(da / 4), c = cos(phi), s = sin(phi);
  double u[] = { cos(a) - k * sin(a), cos(a + da) + k * sin(a + da), cos(a + da) };
  double v[] = { sin(a) + k * cos(a), sin(a + da) - k * cos(a + da), sin(a + da) };
  double x[3], y[3];

  for (int i = 0; i < 3; i++) {
    x[i] = (cx + c * rx * u[i] - s * ry * v[i]) * r->scale;
    y[i] = (cy + s * rx * u[i] + c * ry * v[i]) * r->scale;
  }
  pk_path_cubic_to(r->path, x[0], y[0], x[1], y[1], x[2], y[2]);
}

/* Endpoint to centre parameterization, F.6.5, with radii made large enough by F.6.6. */
static void
add_elliptical_arc(Reader *r, double rx, double ry, double degrees, gboolean large, gboolean sweep,
                   double x, double y)
{
  double phi = degrees * G_PI / 180, c = cos(phi), s = sin(phi);
  double dx = (r->x - x) / 2, dy = (r->y - y) / 2;
  double x1 = c * dx + s * dy, y1 = -s * dx + c * dy;
  double lambda, root, cx1, cy1, start, turn;
  int pieces;

  rx = fabs(rx);
  ry = fabs(ry);
  if (dx == 0 && dy == 0)
    return;
  if (rx == 0 || ry == 0) {
    pk_path_line_to(r->path, x * r->scale, y * r->scale);
    return;
  }
  lambda = x1 * x1 / (rx * rx) + y1 * y1 / (ry * ry);
  if (lambda > 1) {
    rx *= sqrt(lambda);
    ry *= sqrt(lambda);
  }
  root = sqrt(MAX(0, 1 / MAX(lambda, 1e-300) - 1));
  if (large == sweep)
    root = -root;
  if (lambda > 1)
    root = 0;
  cx1 = root * rx * y1 / ry;
  cy1 = -root * ry * x1 / rx;
  start = vector_angle(1, 0, (x1 - cx1) / rx, (y1 - cy1) / ry);
  turn = vector_angle((x1 - cx1) / rx, (y1 - cy1) / ry, (-x1 - cx1) / rx, (-y1 - cy1) / ry);
  if (!sweep && turn > 0)
    turn -= 2 * G_PI;
  else if (sweep && turn < 0)
    turn += 2 * G_PI;
  pieces = (int)ceil(fabs(turn) / (G_PI / 2 + 0.001));
  for (int i = 0; i < pieces; i++)
    add_arc_piece(r, c * cx1 - s * cy1 + (r->x + x) / 2, s * cx1 + c * cy1 + (r->y + y) / 2, rx, ry, phi,
                  start + turn * i / pieces, turn / pieces);
}

static void
add_cubic(Reader *r, double x1, double y1, double x2, double y2, double x, double y)
{
  double k = r->scale;

  pk_path_cubic_to(r->path, x1 * k, y1 * k, x2 * k, y2 * k, x * k, y * k);
  r->control_x = x2;
  r->control_y = y2;
}

static void
add_quad(Reader *r, double x1, double y1, double x, double y)
{
  pk_path_quad_to(r->path, x1 * r->scale, y1 * r->scale, x * r->scale, y * r->scale);
  r->control_x = x1;
  r->control_y = y1;
}

/* v: absolute coordinates. */
static void
run_command(Reader *r, char command, const double *v)
{
  int n = parameter_count(command);
  double x = command == 'V' ? r->x : n > 0 ? v[MAX(n - 2, 0)] : r->start_x;
  double y = command == 'H' ? r->y : n > 0 ? v[n - 1] : r->start_y;

  switch (command) {
  case 'M':
    pk_path_move_to(r->path, x * r->scale, y * r->scale);
    r->start_x = x;
    r->start_y = y;
    break;
  case 'L':
  case 'H':
  case 'V': pk_path_line_to(r->path, x * r->scale, y * r->scale); break;
  case 'C': add_cubic(r, v[0], v[1], v[2], v[3], x, y); break;
  case 'S':
    if (r->last == 'C' || r->last == 'S')
      add_cubic(r, 2 * r->x - r->control_x, 2 * r->y - r->control_y, v[0], v[1], x, y);
    else
      add_cubic(r, r->x, r->y, v[0], v[1], x, y);
    break;
  case 'Q': add_quad(r, v[0], v[1], x, y); break;
  case 'T':
    if (r->last == 'Q' || r->last == 'T')
      add_quad(r, 2 * r->x - r->control_x, 2 * r->y - r->control_y, x, y);
    else
      add_quad(r, r->x, r->y, x, y);
    break;
  case 'A': add_elliptical_arc(r, v[0], v[1], v[2], v[3] != 0, v[4] != 0, x, y); break;
  default: pk_path_close(r->path); break;
  }
  r->x = x;
  r->y = y;
  r->last = command;
}

static gboolean
read_parameters(Reader *r, char command, gboolean relative, double *v, GError **error)
{
  int n = parameter_count(command);

  for (int i = 0; i < n; i++) {
    gboolean flag = command == 'A' && (i == 3 || i == 4);

    if (!(flag ? read_flag(r, &v[i], error) : read_number(r, &v[i], error)))
      return FALSE;
    if (relative && (command != 'A' || i >= 5))
      v[i] += command == 'V' || (command != 'H' && (command == 'A' ? i == 6 : i % 2)) ? r->y : r->x;
  }
  return TRUE;
}

static gboolean
read_commands(Reader *r, GError **error)
{
  double v[7];

  skip_separators(r);
  while (*r->p) {
    char letter = *r->p, command = g_ascii_toupper(letter);

    if (!strchr("MLHVZCSQTA", command))
      return fail_at(r, "a command (one of MmLlHhVvCcSsQqTtAaZz)", error);
    if (r->last == '\0' && command != 'M')
      return fail_at(r, "the command M or m", error);
    r->p++;
    skip_separators(r);
    do {
      if (!read_parameters(r, command, letter != command, v, error))
        return FALSE;
      run_command(r, command, v);
      /* Further pairs after a move are lines. */
      if (command == 'M') {
        command = 'L';
        letter = letter == 'M' ? 'L' : 'l';
      }
    } while (command != 'Z' && *r->p && !g_ascii_isalpha(*r->p));
  }
  return TRUE;
}

gboolean
pk_path_append_svg(PkPath *path, const char *data, double scale, GError **error)
{
  Reader r = { .data = data, .p = data, .path = path, .scale = scale };
  gsize n = path->n;
  double x = path->x, y = path->y;

  if (read_commands(&r, error))
    return TRUE;
  path->n = n;
  path->x = x;
  path->y = y;
  return FALSE;
}
