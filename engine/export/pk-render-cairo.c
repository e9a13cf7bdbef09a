#include "pk-export.h"

#include "pk-sched.h"
#include "pk-render-stroke.h"
#include "pk-text-pango.h"

#include <math.h>
#include <string.h>

static void
trace_path(cairo_t *cr, const PkPath *path)
{
  cairo_new_path(cr);
  for (gsize i = 0; i < path->n; i++) {
    const PkPathSegment *s = &path->segments[i];
    switch (s->op) {
    case PK_PATH_MOVE:
      cairo_move_to(cr, s->v[0], s->v[1]);
      break;
    case PK_PATH_LINE:
      cairo_line_to(cr, s->v[0], s->v[1]);
      break;
    case PK_PATH_CUBIC:
      cairo_curve_to(cr, s->v[0], s->v[1], s->v[2], s->v[3], s->v[4], s->v[5]);
      break;
    case PK_PATH_ARC:
      if (s->v[4] >= s->v[3])
        cairo_arc(cr, s->v[0], s->v[1], s->v[2], s->v[3], s->v[4]);
      else
        cairo_arc_negative(cr, s->v[0], s->v[1], s->v[2], s->v[3], s->v[4]);
      break;
    case PK_PATH_CLOSE:
      cairo_close_path(cr);
      break;
    }
  }
}

static void
set_paint(cairo_t *cr, const PkPaint *paint, double opacity, const double box[4])
{
  if (paint->kind == PK_PAINT_COLOR) {
    const PkRgba *c = &paint->color;
    cairo_set_source_rgba(cr, c->r / 255.0, c->g / 255.0, c->b / 255.0, c->a * opacity);
    return;
  }
  const PkGradient *g = paint->gradient;
  double w = box[2] - box[0], h = box[3] - box[1];
  cairo_pattern_t *pattern = cairo_pattern_create_linear(box[0] + g->x1 * w, box[1] + g->y1 * h,
                                                         box[0] + g->x2 * w, box[1] + g->y2 * h);
  for (guint i = 0; i < g->n; i++)
    cairo_pattern_add_color_stop_rgba(pattern, g->offsets[i], g->colors[i].r / 255.0, g->colors[i].g / 255.0,
                                      g->colors[i].b / 255.0, g->colors[i].a * opacity);
  cairo_set_source(cr, pattern);
  cairo_pattern_destroy(pattern);
}

static void
set_stroke(cairo_t *cr, const PkOp *op)
{
  cairo_set_line_width(cr, op->stroke_width);
  cairo_set_dash(cr, op->dash, (int)op->n_dash, op->dash_offset);
  cairo_set_line_cap(cr, !g_strcmp0(op->cap, "round")    ? CAIRO_LINE_CAP_ROUND
                         : !g_strcmp0(op->cap, "square") ? CAIRO_LINE_CAP_SQUARE
                                                         : CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join(cr, !g_strcmp0(op->join, "round")   ? CAIRO_LINE_JOIN_ROUND
                          : !g_strcmp0(op->join, "bevel") ? CAIRO_LINE_JOIN_BEVEL
                                                          : CAIRO_LINE_JOIN_MITER);
}

static void
draw_path(cairo_t *cr, const PkOp *op)
{
  gboolean fill = op->fill.kind != PK_PAINT_NONE && op->fill_opacity > 0;
  gboolean stroke = op->stroke.kind != PK_PAINT_NONE && op->stroke_width > 0 && op->stroke_opacity > 0;
  if ((!fill && !stroke) || op->opacity <= 0)
    return;
  trace_path(cr, op->path);
  if (fill) {
    set_paint(cr, &op->fill, op->fill_opacity * op->opacity, op->box);
    cairo_fill_preserve(cr);
  }
  if (stroke) {
    set_paint(cr, &op->stroke, op->stroke_opacity * op->opacity, op->box);
    set_stroke(cr, op);
    if (fill || !pk_render_stroke_tiles(cr, op->path))
      cairo_stroke_preserve(cr);
  }
  cairo_new_path(cr);
}

static void
draw_text(cairo_t *cr, const PkOp *op)
{
  if (op->fill.kind == PK_PAINT_NONE || op->opacity <= 0)
    return;
  g_autoptr(PangoLayout) layout = pk_text_layout_new(NULL, op->text, (gssize)op->text_length, op->font,
                                                     op->font_size, op->font_weight, op->font_style);
  double shift = !strcmp(op->align, "center") ? -op->width / 2 : !strcmp(op->align, "right") ? -op->width : 0;
  cairo_save(cr);
  cairo_translate(cr, op->x, op->y);
  cairo_rotate(cr, op->angle * G_PI / 180);
  set_paint(cr, &op->fill, op->fill_opacity * op->opacity, op->box);
  cairo_move_to(cr, shift, op->baseline_dy - (double)pango_layout_get_baseline(layout) / PANGO_SCALE);
  pango_cairo_show_layout(cr, layout);
  cairo_restore(cr);
}

/* A raster made for the device's pixels (one cell each, to a thousandth of the whole) is copied cell by cell, from the
 * nearest whole pixel on: its place would else fall between pixels where the view's does. */
static gboolean
place_on_pixels(cairo_t *cr, const PkOp *op)
{
  double x = op->x, y = op->y, width = op->width, height = op->height;
  if (cairo_surface_get_type(cairo_get_target(cr)) != CAIRO_SURFACE_TYPE_IMAGE)
    return FALSE;
  cairo_user_to_device(cr, &x, &y);
  cairo_user_to_device_distance(cr, &width, &height);
  if (fabs(width - op->image_width) > 1e-3 * op->image_width || fabs(height - op->image_height) > 1e-3 * op->image_height)
    return FALSE;
  cairo_identity_matrix(cr);
  cairo_translate(cr, round(x), round(y));
  return TRUE;
}

static void
draw_image(cairo_t *cr, const PkOp *op)
{
  if (op->image_width == 0 || op->image_height == 0)
    return;
  int stride = cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, (int)op->image_width);
  cairo_surface_t *image = cairo_image_surface_create_for_data(
    (unsigned char *)(gpointer)op->pixels, CAIRO_FORMAT_ARGB32, (int)op->image_width, (int)op->image_height, stride);
  cairo_save(cr);
  if (!place_on_pixels(cr, op)) {
    cairo_translate(cr, op->x, op->y);
    cairo_scale(cr, op->width / op->image_width, op->height / op->image_height);
  }
  cairo_set_source_surface(cr, image, 0, 0);
  /* A cell of the raster is a count of rows: it is never blurred into its neighbours. */
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  cairo_paint_with_alpha(cr, op->opacity);
  cairo_restore(cr);
  cairo_surface_destroy(image);
}

gboolean
pk_display_draw(const PkDisplay *self, cairo_t *cr, gboolean transparent, GCancellable *cancellable)
{
  if (!transparent && self->background.kind == PK_PAINT_COLOR) {
    static const double unit[4] = { 0, 0, 1, 1 };
    set_paint(cr, &self->background, 1, unit);
    cairo_rectangle(cr, 0, 0, self->width, self->height);
    cairo_fill(cr);
  }
  for (guint i = 0; i < self->ops->len; i++) {
    const PkOp *op = &g_array_index(self->ops, PkOp, i);
    if (i % 64 == 0) {
      if (g_cancellable_is_cancelled(cancellable))
        return FALSE;
      pk_sched_yield();
    }
    switch (op->kind) {
    case PK_OP_PUSH:
      cairo_save(cr);
      cairo_translate(cr, op->x, op->y);
      if (op->clip) {
        cairo_rectangle(cr, 0, 0, op->width, op->height);
        cairo_clip(cr);
      }
      break;
    case PK_OP_POP:
      cairo_restore(cr);
      break;
    case PK_OP_PATH:
      draw_path(cr, op);
      break;
    case PK_OP_TEXT:
      draw_text(cr, op);
      break;
    case PK_OP_IMAGE:
      draw_image(cr, op);
      break;
    }
  }
  return TRUE;
}
