#include "pk-render-stroke.h"

#include "pk-workers.h"

#include <math.h>

#define MIN_POINTS 200
#define TILE 16 /* device pixels */

typedef struct {
  const PkPathSegment *points;
  gsize n;
  double direction; /* 1 or -1: x times it never falls */
  double reach;     /* how far a stroke goes beyond its line, in user space */
  /* What is set on the caller's context; read by all threads, which draw on surfaces of their own over its pixels. */
  cairo_t *cr;
  guint8 *pixels;
  int stride, height;
  cairo_format_t format;
  cairo_matrix_t matrix;
  cairo_rectangle_list_t *clip;
  double rgba[4];
  int left, right, n_tiles; /* device pixels from left on, before right */
  gint next;
} Stroke;

static double
place(const Stroke *self, gsize i)
{
  return self->points[i].v[0] * self->direction;
}

static gboolean
is_sorted(const Stroke *self)
{
  for (gsize i = 0; i < self->n; i++)
    if ((self->points[i].op != PK_PATH_MOVE && self->points[i].op != PK_PATH_LINE) || isnan(self->points[i].v[0]) ||
        (i > 0 && place(self, i) < place(self, i - 1)))
      return FALSE;
  return TRUE;
}

/* A square cap's corner is furthest out, unless mitres are allowed to be. */
static double
stroke_reach(cairo_t *cr)
{
  double longest = cairo_get_line_join(cr) == CAIRO_LINE_JOIN_MITER ? cairo_get_miter_limit(cr) : G_SQRT2;
  return cairo_get_line_width(cr) / 2 * MAX(longest, G_SQRT2);
}

/* The pixels that can be drawn on: those of a whole image, not of a group or a part of one. */
static gboolean
take_target(Stroke *self)
{
  cairo_surface_t *target = cairo_get_group_target(self->cr);
  double dx, dy;
  if (target != cairo_get_target(self->cr) || cairo_surface_get_type(target) != CAIRO_SURFACE_TYPE_IMAGE)
    return FALSE;
  cairo_surface_get_device_offset(target, &dx, &dy);
  self->format = cairo_image_surface_get_format(target);
  if (dx != 0 || dy != 0 || (self->format != CAIRO_FORMAT_ARGB32 && self->format != CAIRO_FORMAT_RGB24))
    return FALSE;
  cairo_surface_flush(target);
  self->pixels = cairo_image_surface_get_data(target);
  self->stride = cairo_image_surface_get_stride(target);
  self->height = cairo_image_surface_get_height(target);
  self->left = 0;
  self->right = cairo_image_surface_get_width(target);
  return TRUE;
}

static gboolean
take_style(Stroke *self)
{
  cairo_get_matrix(self->cr, &self->matrix);
  return self->matrix.xy == 0 && self->matrix.yx == 0 && self->matrix.xx > 0 && cairo_get_dash_count(self->cr) == 0 &&
         cairo_pattern_get_rgba(cairo_get_source(self->cr), &self->rgba[0], &self->rgba[1], &self->rgba[2],
                                &self->rgba[3]) == CAIRO_STATUS_SUCCESS;
}

/* The tiles between the line's ends. */
static void
cut(Stroke *self)
{
  double a = self->points[0].v[0], b = self->points[self->n - 1].v[0];
  double least = (fmin(a, b) - self->reach) * self->matrix.xx + self->matrix.x0;
  double most = (fmax(a, b) + self->reach) * self->matrix.xx + self->matrix.x0;
  self->left = (int)CLAMP(floor(least), self->left, self->right);
  self->right = (int)CLAMP(ceil(most), self->left, self->right);
  self->n_tiles = (self->right - self->left + TILE - 1) / TILE;
}

/* The last point before `from`, or the first of all. */
static gsize
find_start(const Stroke *self, double from)
{
  gsize lo = 0, hi = self->n - 1;
  while (lo < hi) {
    gsize mid = lo + (hi - lo + 1) / 2;
    if (place(self, mid) < from)
      lo = mid;
    else
      hi = mid - 1;
  }
  return lo;
}

/* The line from the last point before `from` to the first after `to`. */
static void
trace(const Stroke *self, cairo_t *cr, double from, double to)
{
  gsize i = find_start(self, from);
  cairo_move_to(cr, self->points[i].v[0], self->points[i].v[1]);
  while (place(self, i) <= to && ++i < self->n) {
    const PkPathSegment *s = &self->points[i];
    if (s->op == PK_PATH_MOVE)
      cairo_move_to(cr, s->v[0], s->v[1]);
    else
      cairo_line_to(cr, s->v[0], s->v[1]);
  }
}

static void
copy_style(const Stroke *self, cairo_t *cr)
{
  cairo_set_source_rgba(cr, self->rgba[0], self->rgba[1], self->rgba[2], self->rgba[3]);
  cairo_set_operator(cr, cairo_get_operator(self->cr));
  cairo_set_antialias(cr, cairo_get_antialias(self->cr));
  cairo_set_tolerance(cr, cairo_get_tolerance(self->cr));
  cairo_set_line_width(cr, cairo_get_line_width(self->cr));
  cairo_set_line_cap(cr, cairo_get_line_cap(self->cr));
  cairo_set_line_join(cr, cairo_get_line_join(self->cr));
  cairo_set_miter_limit(cr, cairo_get_miter_limit(self->cr));
}

/* The line that reaches into the tile, seen through a matrix that differs from the caller's by a shift at most. */
static void
trace_tile(const Stroke *self, cairo_t *cr, double x, int width)
{
  double a = (x - self->matrix.x0) / self->matrix.xx * self->direction;
  double b = (x + width - self->matrix.x0) / self->matrix.xx * self->direction;
  trace(self, cr, fmin(a, b) - self->reach, fmax(a, b) + self->reach);
}

static void
draw_tile(const Stroke *self, int x)
{
  int width = MIN(TILE, self->right - x);
  cairo_surface_t *surface = cairo_image_surface_create_for_data(self->pixels + (gsize)x * 4, self->format, width,
                                                                 self->height, self->stride);
  cairo_t *cr = cairo_create(surface);
  cairo_matrix_t matrix = self->matrix;
  matrix.x0 -= x;
  cairo_set_matrix(cr, &matrix);
  copy_style(self, cr);
  for (int i = 0; i < self->clip->num_rectangles; i++) {
    const cairo_rectangle_t *r = &self->clip->rectangles[i];
    cairo_rectangle(cr, r->x, r->y, r->width, r->height);
  }
  cairo_clip(cr);
  trace_tile(self, cr, x, width);
  cairo_stroke(cr);
  if (cairo_status(cr) != CAIRO_STATUS_SUCCESS)
    g_error("no memory to draw a line: %s", cairo_status_to_string(cairo_status(cr))); /* ends, as GLib does */
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
}

static void
work(gpointer data, guint worker)
{
  Stroke *self = data;
  while (!pk_workers_yield()) {
    int tile = g_atomic_int_add(&self->next, 1);
    if (tile >= self->n_tiles)
      return;
    draw_tile(self, self->left + tile * TILE);
  }
}

/* A clip that is not of whole pixels cannot be handed to other contexts: here one tile comes after the other. */
static void
draw_in_turn(const Stroke *self)
{
  cairo_t *cr = self->cr;
  for (int x = self->left; x < self->right; x += TILE) {
    int width = MIN(TILE, self->right - x);
    cairo_save(cr);
    cairo_identity_matrix(cr);
    cairo_new_path(cr);
    cairo_rectangle(cr, x, 0, width, self->height);
    cairo_clip(cr);
    cairo_set_matrix(cr, &self->matrix);
    trace_tile(self, cr, x, width);
    cairo_stroke(cr);
    cairo_restore(cr);
    pk_workers_yield(); /* this is the caller's own thread: interactive work runs here, and it goes on */
  }
}

gboolean
pk_render_stroke_tiles(cairo_t *cr, const PkPath *path)
{
  Stroke self = { .points = path->segments, .n = path->n, .direction = 1, .cr = cr };
  if (path->n < MIN_POINTS)
    return FALSE;
  if (path->segments[path->n - 1].v[0] < path->segments[0].v[0])
    self.direction = -1;
  self.reach = stroke_reach(cr);
  if (!is_sorted(&self) || !take_style(&self) || !take_target(&self))
    return FALSE;
  cut(&self);
  self.clip = cairo_copy_clip_rectangle_list(cr);
  if (self.clip->status == CAIRO_STATUS_SUCCESS) {
    pk_workers_run(work, &self, (guint)MAX(self.n_tiles, 1));
    cairo_surface_mark_dirty(cairo_get_target(cr));
  } else {
    draw_in_turn(&self);
  }
  cairo_rectangle_list_destroy(self.clip);
  cairo_new_path(cr);
  return TRUE;
}
