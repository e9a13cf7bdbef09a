#include "pk-symbol.h"

#include <math.h>
#include <string.h>

/* Half of the height of an equilateral triangle of side 2, and what moves the centroid's third. */
#define HALF_SQRT3 0.8660254037844386
#define TAN30      0.5773502691896257

typedef struct {
  const char *name;
  int n;
  const double *points; /* x, y pairs in units of r = sqrt(size) / 2 */
} Polygon;

#define S 0.4 /* the cross's arm: r / 2.5 */
static const double cross[] = {
  -1, -S, -1, S, -S, S, -S, 1, S, 1, S, S, 1, S, 1, -S, S, -S, S, -1, -S, -1, -S, -S,
};
#undef S
static const double diamond[] = { -1, 0, 0, -1, 1, 0, 0, 1 };
static const double square[] = { -1, -1, 1, -1, 1, 1, -1, 1 };
static const double arrow[] = { -1.0 / 7, 1, 1.0 / 7, 1, 1.0 / 7, -0.125, 0.4, -0.125, 0, -1, -0.4, -0.125,
                                -1.0 / 7, -0.125 };
#define O (HALF_SQRT3 - TAN30)
static const double wedge[] = { 0, -HALF_SQRT3 - O, -0.25, HALF_SQRT3 - O, 0.25, HALF_SQRT3 - O };
static const double triangle[] = { 0, -HALF_SQRT3 - O, -1, HALF_SQRT3 - O, 1, HALF_SQRT3 - O };
#undef O
static const double triangle_up[] = { 0, -HALF_SQRT3, -1, HALF_SQRT3, 1, HALF_SQRT3 };
static const double triangle_down[] = { 0, HALF_SQRT3, -1, -HALF_SQRT3, 1, -HALF_SQRT3 };
static const double triangle_right[] = { HALF_SQRT3, 0, -HALF_SQRT3, -1, -HALF_SQRT3, 1 };
static const double triangle_left[] = { -HALF_SQRT3, 0, HALF_SQRT3, -1, HALF_SQRT3, 1 };

#define POLYGON(name, points) { name, G_N_ELEMENTS(points) / 2, points }
static const Polygon polygons[] = {
  POLYGON("cross", cross), POLYGON("diamond", diamond), POLYGON("square", square), POLYGON("arrow", arrow),
  POLYGON("wedge", wedge), POLYGON("triangle", triangle), POLYGON("triangle-up", triangle_up),
  POLYGON("triangle-down", triangle_down), POLYGON("triangle-right", triangle_right),
  POLYGON("triangle-left", triangle_left),
};

gboolean
pk_symbol_is_builtin(const char *shape)
{
  for (gsize i = 0; i < G_N_ELEMENTS(polygons); i++)
    if (strcmp(shape, polygons[i].name) == 0)
      return TRUE;
  return strcmp(shape, "circle") == 0 || strcmp(shape, "stroke") == 0;
}

gboolean
pk_symbol_path(const char *shape, double size, PkPath *path, GError **error)
{
  double r = sqrt(MAX(size, 0)) / 2;

  if (strcmp(shape, "circle") == 0) {
    pk_path_move_to(path, r, 0);
    pk_path_arc(path, 0, 0, r, 0, 2 * G_PI, FALSE);
    return TRUE;
  }
  if (strcmp(shape, "stroke") == 0) {
    pk_path_move_to(path, -r, 0);
    pk_path_line_to(path, r, 0);
    return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(polygons); i++)
    if (strcmp(shape, polygons[i].name) == 0) {
      const double *p = polygons[i].points;

      pk_path_move_to(path, p[0] * r, p[1] * r);
      for (int k = 1; k < polygons[i].n; k++)
        pk_path_line_to(path, p[2 * k] * r, p[2 * k + 1] * r);
      pk_path_close(path);
      return TRUE;
    }
  return pk_path_append_svg(path, shape, r, error);
}

const char *const *
pk_symbol_default_range(gsize *n)
{
  static const char *const names[] = {
    "circle", "square", "triangle-up", "cross", "diamond", "triangle-right", "triangle-down",
    "triangle-left",
  };

  *n = G_N_ELEMENTS(names);
  return names;
}
