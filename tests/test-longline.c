/* A column of a long line covers what all of its points do: Cairo's stroke of the line through every point against that
 * of the line through the few that stand for them. The other half of the proof, that M4's points give the very
 * same path, is in test-large.py. */
#include "pk-build-mark.h"

#include <cairo.h>
#include <math.h>
#include <string.h>

#define WIDTH 60
#define HEIGHT 80
#define PER_COLUMN 40
#define ROUNDING 8 /* of 255: how far coverage may be rounded otherwise */

typedef struct {
  double x[WIDTH * PER_COLUMN], y[WIDTH * PER_COLUMN];
  guint n;
} Line;

static void
add(Line *line, double x, double y)
{
  line->x[line->n] = x;
  line->y[line->n++] = y;
}

static cairo_surface_t *
stroke(const Line *line, double width)
{
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
  cairo_t *cr = cairo_create(surface);
  cairo_set_line_width(cr, width);
  cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  for (guint i = 0; i < line->n; i++)
    cairo_line_to(cr, line->x[i], line->y[i]);
  cairo_stroke(cr);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  return surface;
}

/* A random walk of a few to many points a column, and the few that are drawn. */
static void
walk(GRand *rand, double step, Line *all, Line *few)
{
  double y = HEIGHT / 2;
  all->n = few->n = 0;
  for (guint column = 5; column < WIDTH - 5; column++) {
    guint n = (guint)g_rand_int_range(rand, 1, PER_COLUMN);
    double first = 0, least = INFINITY, greatest = -INFINITY, traced[4];
    for (guint i = 0; i < n; i++) {
      y = CLAMP(y + g_rand_double_range(rand, -step, step), 5, HEIGHT - 5);
      first = i == 0 ? y : first;
      least = fmin(least, y);
      greatest = fmax(greatest, y);
      add(all, column + 0.5, y);
    }
    pk_long_line_trace(first, least, greatest, y, traced);
    for (guint i = 0; i < 4; i++)
      if (i == 0 || traced[i] != traced[i - 1])
        add(few, column + 0.5, traced[i]);
  }
}

static void
test_stroke(void)
{
  static const double widths[] = { 1, 2, 4, 6 }, steps[] = { 0.05, 0.3, 1, 8, 40 };
  g_autoptr(GRand) rand = g_rand_new_with_seed(20140901);
  for (guint w = 0; w < G_N_ELEMENTS(widths); w++)
    for (guint s = 0; s < G_N_ELEMENTS(steps); s++)
      for (guint k = 0; k < 20; k++) {
        Line all, few;
        walk(rand, steps[s], &all, &few);
        cairo_surface_t *a = stroke(&all, widths[w]), *b = stroke(&few, widths[w]);
        const guint8 *p = cairo_image_surface_get_data(a), *q = cairo_image_surface_get_data(b);
        int stride = cairo_image_surface_get_stride(a), worst = 0;
        for (int i = 0; i < stride * HEIGHT; i++)
          worst = MAX(worst, ABS((int)p[i] - (int)q[i]));
        g_assert_cmpint(worst, <=, ROUNDING);
        cairo_surface_destroy(a);
        cairo_surface_destroy(b);
      }
}

/* All extremes and both ends are drawn, in an order that ends where the line leaves. */
static void
test_trace(void)
{
  for (int first = 0; first < 3; first++)
    for (int last = 0; last < 3; last++) {
      double out[4];
      pk_long_line_trace(first, 0, 2, last, out);
      g_assert_cmpfloat(out[0], ==, first);
      g_assert_cmpfloat(out[3], ==, last);
      g_assert_cmpfloat(fmin(out[1], out[2]), ==, 0);
      g_assert_cmpfloat(fmax(out[1], out[2]), ==, 2);
    }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/longline/trace", test_trace);
  g_test_add_func("/longline/stroke", test_stroke);
  return g_test_run();
}
