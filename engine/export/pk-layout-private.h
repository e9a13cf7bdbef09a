/* Shared by the files that lay a scene out. */
#pragma once

#include "pk-display.h"

G_BEGIN_DECLS

/* A box that grows; empty while x0 > x1. */
typedef struct {
  double x0, y0, x1, y1;
} PkBounds;

#define PK_BOUNDS_EMPTY ((PkBounds){ G_MAXDOUBLE, G_MAXDOUBLE, -G_MAXDOUBLE, -G_MAXDOUBLE })

void pk_bounds_add(PkBounds *self, double x0, double y0, double x1, double y1);
void pk_bounds_union(PkBounds *self, const PkBounds *other);
gboolean pk_bounds_is_empty(const PkBounds *self);

/* A text to place, whatever it belongs to. */
typedef struct {
  const char *text; /* lines separated by \n */
  double x, y, angle, font_size, limit, opacity, line_height;
  const char *font, *font_weight, *font_style, *align, *baseline, *ellipsis;
  PkPaint fill;
  double fill_opacity;
  const char *tooltip, *href;
} PkTextSpec;

/* Appends the lines of a text, and adds their turned boxes to *bounds (may be NULL). */
void pk_display_add_text(PkDisplay *self, const PkTextSpec *spec, PkBounds *bounds);

/* A straight line, snapped by the caller; `bounds` may be NULL. */
void pk_display_add_line(PkDisplay *self, double x0, double y0, double x1, double y1, PkRgba color,
                         double opacity, double width, const double *dash, guint n_dash, PkBounds *bounds);

/* In px of the scene; pk_display_new moves them with the rest. Nothing if it is empty. */
void pk_display_note_region(PkDisplay *self, PkRegionKind kind, guint index, guint part, const PkBounds *at);
PkOp *pk_display_add(PkDisplay *self, PkOpKind kind);
void pk_display_push(PkDisplay *self, double x, double y, const char *role);
void pk_display_push_clip(PkDisplay *self, double width, double height, const char *role);
void pk_display_pop(PkDisplay *self);
void pk_display_add_item(PkDisplay *self, PkItemType type, const PkItem *item, PkBounds *bounds);

/* Draws one layer of an axis, in the view's coordinates; bounds gets the extent of ticks, labels and title. */
void pk_layout_axis_grid(PkDisplay *self, const PkSceneView *view, const PkAxis *axis);
void pk_layout_axis(PkDisplay *self, const PkSceneView *view, const PkAxis *axis, PkBounds *bounds);

/* Draws legend `index` of the scene with its top left corner at x, y; returns its size. With self NULL only measures. */
void pk_layout_legend(PkDisplay *self, const PkLegend *legend, guint index, double x, double y, double *width,
                      double *height);

static inline PkPaint
pk_paint_color(PkRgba color)
{
  return (PkPaint){ .kind = PK_PAINT_COLOR, .color = color };
}

G_END_DECLS
