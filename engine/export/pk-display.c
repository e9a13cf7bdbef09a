#include "pk-display.h"

#include "pk-curve.h"
#include "pk-layout-private.h"
#include "pk-symbol.h"
#include "pk-text-pango.h"

#include <math.h>
#include <string.h>

void
pk_bounds_add(PkBounds *self, double x0, double y0, double x1, double y1)
{
  self->x0 = MIN(self->x0, MIN(x0, x1));
  self->y0 = MIN(self->y0, MIN(y0, y1));
  self->x1 = MAX(self->x1, MAX(x0, x1));
  self->y1 = MAX(self->y1, MAX(y0, y1));
}

void
pk_bounds_union(PkBounds *self, const PkBounds *other)
{
  if (!pk_bounds_is_empty(other))
    pk_bounds_add(self, other->x0, other->y0, other->x1, other->y1);
}

gboolean
pk_bounds_is_empty(const PkBounds *self)
{
  return self->x0 > self->x1;
}

PkOp *
pk_display_add(PkDisplay *self, PkOpKind kind)
{
  g_array_set_size(self->ops, self->ops->len + 1);
  PkOp *op = &g_array_index(self->ops, PkOp, self->ops->len - 1);
  op->kind = kind;
  op->opacity = op->fill_opacity = op->stroke_opacity = 1;
  return op;
}

void
pk_display_note_region(PkDisplay *self, PkRegionKind kind, guint index, guint part, const PkBounds *at)
{
  if (pk_bounds_is_empty(at))
    return;
  PkRegion region = { kind, index, part, at->x0, at->y0, at->x1 - at->x0, at->y1 - at->y0 };
  g_array_append_val(self->regions, region);
}

void
pk_display_push(PkDisplay *self, double x, double y, const char *role)
{
  PkOp *op = pk_display_add(self, PK_OP_PUSH);
  op->x = x;
  op->y = y;
  op->role = role;
}

void
pk_display_push_clip(PkDisplay *self, double width, double height, const char *role)
{
  PkOp *op = pk_display_add(self, PK_OP_PUSH);
  op->clip = TRUE;
  op->width = width;
  op->height = height;
  op->role = role;
}

void
pk_display_pop(PkDisplay *self)
{
  pk_display_add(self, PK_OP_POP);
}

void
pk_display_add_line(PkDisplay *self, double x0, double y0, double x1, double y1, PkRgba color, double opacity,
                    double width, const double *dash, guint n_dash, PkBounds *bounds)
{
  PkOp *op = pk_display_add(self, PK_OP_PATH);
  op->path = pk_path_new();
  pk_path_move_to(op->path, x0, y0);
  pk_path_line_to(op->path, x1, y1);
  op->stroke = pk_paint_color(color);
  op->stroke_opacity = opacity;
  op->stroke_width = width;
  op->dash = dash;
  op->n_dash = n_dash;
  op->crisp = TRUE;
  if (bounds)
    pk_bounds_add(bounds, x0, y0, x1, y1);
}

/* --- text --- */

static char *
truncate_line(const PkTextSpec *spec, const char *line, gsize length)
{
  const char *ellipsis = spec->ellipsis ? spec->ellipsis : "…";
  g_autofree char *text = g_strndup(line, length);
  glong n = g_utf8_strlen(text, -1);
  glong low = 0, high = n;
  while (low < high) {
    glong middle = (low + high + 1) / 2;
    g_autofree char *prefix = g_utf8_substring(text, 0, middle);
    g_autofree char *shown = g_strconcat(prefix, ellipsis, NULL);
    double width = pk_text_extents(shown, -1, spec->font, spec->font_size, spec->font_weight, spec->font_style,
                                   NULL, NULL);
    if (width <= spec->limit)
      low = middle;
    else
      high = middle - 1;
  }
  g_autofree char *prefix = g_utf8_substring(text, 0, low);
  return g_strconcat(prefix, ellipsis, NULL);
}

/* How far below the anchor the first line's alphabetic baseline lies, as vega-scenegraph's text.js has it
 * (0.79, 0.30 and -0.21 of the font's size), last lines included for bottom and middle. */
static double
baseline_shift(const PkTextSpec *spec, guint n_lines, double line_height)
{
  const char *baseline = spec->baseline ? spec->baseline : "alphabetic";
  double block = (n_lines - 1) * line_height;
  if (!strcmp(baseline, "top") || !strcmp(baseline, "line-top"))
    return 0.79 * spec->font_size;
  if (!strcmp(baseline, "middle"))
    return 0.30 * spec->font_size - block / 2;
  if (!strcmp(baseline, "bottom") || !strcmp(baseline, "line-bottom"))
    return -0.21 * spec->font_size - block;
  return 0;
}

static void
add_turned_box(PkBounds *bounds, double x, double y, double angle, const PkBounds *box)
{
  double c = cos(angle * G_PI / 180), s = sin(angle * G_PI / 180);
  double xs[4] = { box->x0, box->x1, box->x1, box->x0 };
  double ys[4] = { box->y0, box->y0, box->y1, box->y1 };
  for (int i = 0; i < 4; i++) {
    double px = x + c * xs[i] - s * ys[i], py = y + s * xs[i] + c * ys[i];
    pk_bounds_add(bounds, px, py, px, py);
  }
}

static void
add_text_line(PkDisplay *self, const PkTextSpec *spec, const char *line, gsize length, double dy, PkBounds *bounds)
{
  double width = pk_text_extents(line, (gssize)length, spec->font, spec->font_size, spec->font_weight,
                                 spec->font_style, NULL, NULL);
  char *truncated = NULL;
  if (spec->limit > 0 && width > spec->limit) {
    truncated = truncate_line(spec, line, length);
    line = truncated;
    length = strlen(truncated);
    width = pk_text_extents(line, -1, spec->font, spec->font_size, spec->font_weight, spec->font_style, NULL, NULL);
  }
  const char *align = spec->align ? spec->align : "left";
  if (bounds) {
    double x0 = !strcmp(align, "center") ? -width / 2 : !strcmp(align, "right") ? -width : 0;
    PkBounds box = { x0, dy - 0.79 * spec->font_size, x0 + width, dy + 0.21 * spec->font_size };
    add_turned_box(bounds, spec->x, spec->y, spec->angle, &box);
  }
  PkOp *op = self ? pk_display_add(self, PK_OP_TEXT) : NULL;
  if (!op) {
    g_free(truncated);
    return;
  }
  op->x = spec->x;
  op->y = spec->y;
  op->angle = spec->angle;
  op->baseline_dy = dy;
  op->text = line;
  op->text_length = length;
  op->owned_text = truncated;
  op->font = spec->font;
  op->font_weight = spec->font_weight;
  op->font_style = spec->font_style;
  op->font_size = spec->font_size;
  op->align = align;
  op->fill = spec->fill;
  op->fill_opacity = spec->fill_opacity;
  op->opacity = spec->opacity;
  op->width = width;
  op->tooltip = spec->tooltip;
  op->href = spec->href;
}

void
pk_display_add_text(PkDisplay *self, const PkTextSpec *spec, PkBounds *bounds)
{
  if (!spec->text || !*spec->text || spec->font_size <= 0)
    return;
  guint n_lines = 1;
  for (const char *c = spec->text; *c; c++)
    n_lines += *c == '\n';
  double line_height = spec->line_height > 0 ? spec->line_height : spec->font_size + 2;
  double dy = baseline_shift(spec, n_lines, line_height);
  const char *line = spec->text;
  for (guint i = 0; i < n_lines; i++) {
    gsize length = strcspn(line, "\n");
    if (length > 0)
      add_text_line(self, spec, line, length, dy + i * line_height, bounds);
    line += length + 1;
  }
}

/* --- items --- */

static void
build_curve(PkPath *path, PkItemType type, const PkItem *item)
{
  PkCurve curve = { .type = PK_CURVE_LINEAR, .tension = NAN, .horizontal = item->horizontal };
  if (item->interpolate)
    pk_curve_type_parse(item->interpolate, &curve.type, NULL); /* checked when the scene was built */
  if (item->tension > 0)
    curve.tension = item->tension;
  g_autofree PkPoint *points = g_new(PkPoint, item->n_points + 1);
  g_autofree PkPoint *base = g_new(PkPoint, item->n_points + 1);
  for (guint i = 0; i < item->n_points; i++) {
    const PkScenePoint *p = &item->points[i];
    points[i] = p->defined ? (PkPoint){ p->x, p->y } : (PkPoint){ NAN, NAN };
    base[i] = item->horizontal ? (PkPoint){ p->y2_or_x2, p->y } : (PkPoint){ p->x, p->y2_or_x2 };
    if (!p->defined)
      base[i] = (PkPoint){ NAN, NAN };
  }
  if (type == PK_ITEM_LINE)
    pk_curve_line(&curve, points, item->n_points, path);
  else
    pk_curve_area(&curve, points, base, item->n_points, path);
}

static void
add_symbol_path(PkPath *path, const PkItem *item)
{
  g_autoptr(PkPath) shape = pk_path_new();
  if (!pk_symbol_path(item->shape ? item->shape : "circle", item->size, shape, NULL))
    return; /* the scene's builder refused a bad shape already */
  double c = cos(item->angle * G_PI / 180), s = sin(item->angle * G_PI / 180);
  for (gsize i = 0; i < shape->n && item->angle != 0; i++) {
    PkPathSegment *segment = &shape->segments[i];
    guint n = segment->op == PK_PATH_CUBIC ? 3 : segment->op == PK_PATH_CLOSE ? 0 : 1;
    for (guint k = 0; k < n; k++) {
      double x = segment->v[2 * k], y = segment->v[2 * k + 1];
      segment->v[2 * k] = c * x - s * y;
      segment->v[2 * k + 1] = s * x + c * y;
    }
    if (segment->op == PK_PATH_ARC) {
      segment->v[3] += item->angle * G_PI / 180;
      segment->v[4] += item->angle * G_PI / 180;
    }
  }
  pk_path_append(path, shape, 1, item->x, item->y);
}

static void
add_item_path(PkPath *path, PkItemType type, const PkItem *item)
{
  static const double square[4] = { 0 };
  switch (type) {
  case PK_ITEM_RECT:
    if (memcmp(item->corner, square, sizeof square) == 0)
      pk_path_rect(path, item->x, item->y, item->width, item->height);
    else
      pk_path_round_rect(path, item->x, item->y, item->width, item->height, item->corner);
    break;
  case PK_ITEM_SYMBOL:
    add_symbol_path(path, item);
    break;
  case PK_ITEM_RULE:
    pk_path_move_to(path, item->x, item->y);
    pk_path_line_to(path, item->x + item->width, item->y + item->height);
    break;
  case PK_ITEM_LINE:
  case PK_ITEM_AREA:
    build_curve(path, type, item);
    break;
  case PK_ITEM_TEXT:
  case PK_ITEM_IMAGE:
    break;
  }
}

static void
add_text_item(PkDisplay *self, const PkItem *item, PkBounds *bounds)
{
  PkTextSpec spec = {
    .text = item->text, .x = item->x, .y = item->y, .angle = item->angle,
    .font_size = item->font_size > 0 ? item->font_size : 11, .limit = item->limit,
    .opacity = item->opacity, .line_height = item->line_height, .font = item->font,
    .font_weight = item->font_weight, .font_style = item->font_style, .align = item->align,
    .baseline = item->baseline, .ellipsis = item->ellipsis, .fill = item->fill,
    .fill_opacity = item->fill_opacity, .tooltip = item->tooltip, .href = item->href,
  };
  pk_display_add_text(self, &spec, bounds);
}

void
pk_display_add_item(PkDisplay *self, PkItemType type, const PkItem *item, PkBounds *bounds)
{
  if (type == PK_ITEM_TEXT) {
    add_text_item(self, item, bounds);
    return;
  }
  PkOp *op = pk_display_add(self, type == PK_ITEM_IMAGE ? PK_OP_IMAGE : PK_OP_PATH);
  op->x = item->x;
  op->y = item->y;
  op->width = item->width;
  op->height = item->height;
  op->opacity = item->opacity;
  op->tooltip = item->tooltip;
  op->href = item->href;
  op->description = item->description;
  if (type == PK_ITEM_IMAGE) {
    op->pixels = item->pixels;
    op->image_width = item->image_width;
    op->image_height = item->image_height;
    return;
  }
  op->path = pk_path_new();
  add_item_path(op->path, type, item);
  op->fill = item->fill;
  op->stroke = item->stroke;
  op->fill_opacity = item->fill_opacity;
  op->stroke_opacity = item->stroke_opacity;
  op->stroke_width = item->stroke_width;
  op->dash = item->dash;
  op->n_dash = item->n_dash;
  op->dash_offset = item->dash_offset;
  op->cap = item->cap;
  op->join = item->join;
  gboolean boxed = item->fill.kind == PK_PAINT_GRADIENT || item->stroke.kind == PK_PAINT_GRADIENT;
  if (boxed || bounds) {
    double b[4];
    if (pk_path_bounds(op->path, &b[0], &b[1], &b[2], &b[3])) {
      memcpy(op->box, b, sizeof b);
      double pad = item->stroke.kind != PK_PAINT_NONE ? item->stroke_width / 2 : 0;
      if (bounds)
        pk_bounds_add(bounds, b[0] - pad, b[1] - pad, b[2] + pad, b[3] + pad);
    }
  }
}

void
pk_display_free(PkDisplay *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->ops->len; i++) {
    PkOp *op = &g_array_index(self->ops, PkOp, i);
    pk_path_free(op->path);
    g_free(op->owned_text);
  }
  g_array_unref(self->ops);
  g_array_unref(self->regions);
  g_free(self);
}
