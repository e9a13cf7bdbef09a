/* Axes in the coordinates of their view. Axis lines stand on half pixels, so
 * that a line one pixel wide fills one row of pixels; marks do not. */
#include "pk-layout-private.h"

#include <math.h>
#include <string.h>

#define CRISP 0.5

typedef enum { SIDE_BOTTOM, SIDE_TOP, SIDE_LEFT, SIDE_RIGHT } Side;

/* Where an axis stands: along its own direction the base line runs from 0 to
 * `length`; away from the view grows in the direction `out`. */
typedef struct {
  Side side;
  gboolean horizontal;
  double base, length, breadth, out;
} Frame;

static Frame
axis_frame(const PkSceneView *view, const PkAxis *axis)
{
  Frame f = { .side = SIDE_BOTTOM };
  if (!g_strcmp0(axis->orient, "top"))
    f.side = SIDE_TOP;
  else if (!g_strcmp0(axis->orient, "left"))
    f.side = SIDE_LEFT;
  else if (!g_strcmp0(axis->orient, "right"))
    f.side = SIDE_RIGHT;
  f.horizontal = f.side == SIDE_BOTTOM || f.side == SIDE_TOP;
  f.length = f.horizontal ? view->width : view->height;
  f.breadth = f.horizontal ? view->height : view->width;
  f.out = f.side == SIDE_BOTTOM || f.side == SIDE_RIGHT ? 1 : -1;
  f.base = (f.out > 0 ? f.breadth : 0) + f.out * axis->offset;
  return f;
}

static void
add_line(PkDisplay *self, const Frame *f, double along0, double across0, double along1, double across1,
         PkRgba color, double opacity, double width, const double *dash, guint n_dash, PkBounds *bounds)
{
  if (width <= 0 || opacity <= 0)
    return;
  double x0 = f->horizontal ? along0 : across0, y0 = f->horizontal ? across0 : along0;
  double x1 = f->horizontal ? along1 : across1, y1 = f->horizontal ? across1 : along1;
  pk_display_add_line(self, x0 + CRISP, y0 + CRISP, x1 + CRISP, y1 + CRISP, color, opacity, width, dash, n_dash,
                      bounds);
}

void
pk_layout_axis_grid(PkDisplay *self, const PkSceneView *view, const PkAxis *axis)
{
  Frame f = axis_frame(view, axis);
  if (!axis->grid_shown)
    return;
  pk_display_push(self, 0, 0, "grid");
  for (guint i = 0; i < axis->n_ticks; i++) {
    const PkAxisTick *t = &axis->ticks[i];
    if (t->grid_shown)
      add_line(self, &f, round(t->tick_position), 0, round(t->tick_position), f.breadth, t->grid_color,
               t->grid_opacity, t->grid_width, t->grid_dash, t->n_grid_dash, NULL);
  }
  pk_display_pop(self);
}

static void
draw_ticks(PkDisplay *self, const Frame *f, const PkAxis *axis, PkBounds *bounds)
{
  for (guint i = 0; i < axis->n_ticks && axis->ticks_shown; i++) {
    const PkAxisTick *t = &axis->ticks[i];
    if (t->tick_shown)
      add_line(self, f, round(t->tick_position), f->base, round(t->tick_position), f->base + f->out * t->tick_size,
               t->tick_color, t->tick_opacity, t->tick_width, t->tick_dash, t->n_tick_dash, bounds);
  }
}

static void
draw_labels(PkDisplay *self, const Frame *f, const PkAxis *axis, PkBounds *bounds)
{
  static const char *const aligns[] = { "center", "center", "right", "left" };
  static const char *const baselines[] = { "top", "bottom", "middle", "middle" };
  for (guint i = 0; i < axis->n_ticks && axis->labels_shown; i++) {
    const PkAxisTick *t = &axis->ticks[i];
    if (!t->label_shown)
      continue;
    double along = t->position + t->label_offset + CRISP;
    double across = f->base + f->out * ((axis->ticks_shown ? t->tick_size : 0) + axis->label_padding) + CRISP;
    PkTextSpec spec = {
      .text = t->label, .x = f->horizontal ? along : across, .y = f->horizontal ? across : along,
      .angle = axis->label_angle, .font_size = t->label_font_size, .limit = axis->label_limit,
      .opacity = t->label_opacity, .font = axis->label_font, .font_weight = t->label_font_weight,
      .font_style = t->label_font_style, .align = t->label_align ? t->label_align : aligns[f->side],
      .baseline = t->label_baseline ? t->label_baseline : baselines[f->side],
      .fill = pk_paint_color(t->label_color), .fill_opacity = 1,
    };
    pk_display_add_text(self, &spec, bounds);
  }
}

/* How far the ticks and labels reach out from the base line. */
static double
reach(const Frame *f, const PkBounds *bounds)
{
  if (pk_bounds_is_empty(bounds))
    return 0;
  switch (f->side) {
  case SIDE_BOTTOM: return bounds->y1 - f->base;
  case SIDE_TOP: return f->base - bounds->y0;
  case SIDE_LEFT: return f->base - bounds->x0;
  case SIDE_RIGHT: return bounds->x1 - f->base;
  }
  return 0;
}

static void
draw_title(PkDisplay *self, const Frame *f, const PkAxis *axis, PkBounds *bounds)
{
  if (!axis->title || !*axis->title)
    return;
  static const double angles[] = { 0, 0, -90, 90 };
  static const char *const baselines[] = { "top", "bottom", "bottom", "bottom" };
  const char *anchor = axis->title_anchor ? axis->title_anchor : "middle";
  gboolean at_start = !strcmp(anchor, "start"), at_end = !strcmp(anchor, "end");
  /* A left axis's title reads upward: its start is the view's bottom. */
  double place = at_start ? 0 : at_end ? 1 : 0.5;
  double along = (f->side == SIDE_LEFT ? 1 - place : place) * f->length;
  double extent = CLAMP(reach(f, bounds), axis->min_extent, MAX(axis->min_extent, axis->max_extent));
  double across = f->base + f->out * (extent + axis->title_padding);
  PkTextSpec spec = {
    .text = axis->title,
    .x = axis->has_title_x ? axis->title_x : f->horizontal ? along : across,
    .y = axis->has_title_y ? axis->title_y : f->horizontal ? across : along,
    .angle = axis->has_title_angle ? axis->title_angle : angles[f->side],
    .font_size = axis->title_font_size, .limit = axis->title_limit, .opacity = axis->title_opacity,
    .font = axis->title_font, .font_weight = axis->title_font_weight, .font_style = axis->title_font_style,
    .align = axis->title_align ? axis->title_align : at_start ? "left" : at_end ? "right" : "center",
    .baseline = axis->title_baseline ? axis->title_baseline : baselines[f->side],
    .fill = pk_paint_color(axis->title_color), .fill_opacity = 1,
  };
  pk_display_add_text(self, &spec, bounds);
}

void
pk_layout_axis(PkDisplay *self, const PkSceneView *view, const PkAxis *axis, PkBounds *bounds)
{
  Frame f = axis_frame(view, axis);
  PkBounds own = PK_BOUNDS_EMPTY;
  pk_display_push(self, 0, 0, "axis");
  if (axis->domain_shown)
    add_line(self, &f, 0, f.base, f.length, f.base, axis->domain_color, axis->domain_opacity, axis->domain_width,
             axis->domain_dash, axis->n_domain_dash, &own);
  draw_ticks(self, &f, axis, &own);
  draw_labels(self, &f, axis, &own);
  draw_title(self, &f, axis, &own);
  pk_display_pop(self);
  pk_bounds_union(bounds, &own);
}
