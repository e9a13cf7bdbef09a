/* A scene laid out: views, then legends around them, then the title above all,
 * then the padding (the order of vega-view-transforms' ViewLayout.js). */
#include "pk-display.h"
#include "pk-layout-private.h"

#include <math.h>
#include <string.h>

#define LEGEND_SPACING 8 /* between legends of one side; Vega's legend layout margin */

static void
layout_view_background(PkDisplay *self, const PkSceneView *view)
{
  if (!view->has_fill && !view->has_stroke)
    return;
  /* On half pixels like the axes' lines that it meets. */
  PkItem box = { .x = 0.5, .y = 0.5, .width = view->width, .height = view->height, .opacity = 1,
                 .fill_opacity = view->fill_opacity, .stroke_opacity = view->stroke_opacity,
                 .stroke_width = view->stroke_width, .dash = view->stroke_dash, .n_dash = view->n_stroke_dash };
  for (int i = 0; i < 4; i++)
    box.corner[i] = view->corner_radius;
  if (view->has_fill)
    box.fill = view->fill;
  if (view->has_stroke)
    box.stroke = view->stroke;
  pk_display_push(self, 0, 0, "background");
  pk_display_add_item(self, PK_ITEM_RECT, &box, NULL);
  pk_display_pop(self);
}

static void
layout_marks(PkDisplay *self, const PkSceneView *view, PkBounds *bounds)
{
  for (guint i = 0; i < view->n_marks; i++) {
    const PkMarkGroup *group = &view->marks[i];
    if (group->clip)
      pk_display_push_clip(self, view->width, view->height, group->role);
    else
      pk_display_push(self, 0, 0, group->role);
    for (guint k = 0; k < group->n_items; k++)
      pk_display_add_item(self, group->type, &group->items[k], group->clip ? NULL : bounds);
    pk_display_pop(self);
  }
}

static void
layout_axes(PkDisplay *self, const PkSceneView *view, guint index, gboolean front, PkBounds *bounds)
{
  for (guint i = 0; i < view->n_axes; i++)
    if ((view->axes[i].zindex > 0) == front)
      pk_layout_axis_grid(self, view, &view->axes[i]);
  for (guint i = 0; i < view->n_axes; i++)
    if ((view->axes[i].zindex > 0) == front) {
      PkBounds own = PK_BOUNDS_EMPTY;
      pk_layout_axis(self, view, &view->axes[i], &own);
      pk_bounds_union(bounds, &own);
      own = (PkBounds){ own.x0 + view->x, own.y0 + view->y, own.x1 + view->x, own.y1 + view->y };
      pk_display_note_region(self, PK_REGION_AXIS, i, index, &own);
    }
}

static double
anchor_place(const char *anchor)
{
  return !g_strcmp0(anchor, "start") ? 0 : !g_strcmp0(anchor, "end") ? 1 : 0.5;
}

static const char *
anchor_align(const char *anchor)
{
  return !g_strcmp0(anchor, "start") ? "left" : !g_strcmp0(anchor, "end") ? "right" : "center";
}

static double
text_height(const char *text, double font_size)
{
  guint n_lines = 1;
  for (const char *c = text; *c; c++)
    n_lines += *c == '\n';
  return font_size + (n_lines - 1) * (font_size + 2);
}

/* Title and subtitle are one block, which stands `offset` away from everything else; its texts hang from their tops. */
static void
layout_title(PkDisplay *self, const PkTitle *title, guint index, const PkBounds *plot, PkBounds *bounds)
{
  if (!title->text || !*title->text)
    return;
  const PkBounds *frame = !g_strcmp0(title->frame, "group") ? plot : bounds;
  gboolean below = !g_strcmp0(title->orient, "bottom"), left = !g_strcmp0(title->orient, "left");
  gboolean right = !g_strcmp0(title->orient, "right");
  gboolean has_subtitle = title->subtitle && *title->subtitle;
  double place = anchor_place(title->anchor), first = text_height(title->text, title->font_size);
  double second = has_subtitle ? title->subtitle_padding + text_height(title->subtitle, title->subtitle_font_size) : 0;
  PkTextSpec spec = {
    .text = title->text, .font_size = title->font_size, .opacity = 1, .font = title->font,
    .font_weight = title->font_weight, .font_style = title->font_style,
    .align = title->align ? title->align : anchor_align(title->anchor), .baseline = "top",
    .fill = pk_paint_color(title->color), .fill_opacity = 1, .angle = left ? -90 : right ? 90 : title->angle,
  };
  double away = title->offset + (below ? 0 : first + second); /* from the rest to the title's top */
  if (left || right) {
    spec.x = left ? floor(bounds->x0) - away : ceil(bounds->x1) + away;
    spec.y = frame->y0 + (left ? 1 - place : place) * (frame->y1 - frame->y0);
  } else {
    spec.x = frame->x0 + place * (frame->x1 - frame->x0);
    spec.y = below ? ceil(bounds->y1) + away : floor(bounds->y0) - away;
  }
  spec.x += title->dx;
  spec.y += title->dy;
  pk_display_push(self, 0, 0, "title");
  PkBounds own = PK_BOUNDS_EMPTY;
  pk_display_add_text(self, &spec, &own);
  if (has_subtitle) {
    double down = first + title->subtitle_padding;
    spec.text = title->subtitle;
    spec.font_size = title->subtitle_font_size;
    spec.font_weight = NULL;
    spec.fill = pk_paint_color(title->subtitle_color);
    spec.x += left ? down : right ? -down : 0;
    spec.y += left || right ? 0 : down;
    pk_display_add_text(self, &spec, &own);
  }
  pk_display_pop(self);
  pk_display_note_region(self, PK_REGION_TITLE, index, 0, &own);
  pk_bounds_union(bounds, &own);
}

static void
layout_view(PkDisplay *self, const PkSceneView *view, guint index, PkBounds *bounds)
{
  PkBounds own = PK_BOUNDS_EMPTY;
  PkBounds area = { view->x, view->y, view->x + view->width, view->y + view->height };
  pk_display_note_region(self, PK_REGION_VIEW, index, 0, &area);
  pk_bounds_add(&own, 0, 0, view->width, view->height);
  pk_display_push(self, view->x, view->y, "view");
  layout_view_background(self, view);
  layout_axes(self, view, index, FALSE, &own);
  layout_marks(self, view, &own);
  layout_axes(self, view, index, TRUE, &own);
  pk_display_pop(self);
  own = (PkBounds){ view->x + own.x0, view->y + own.y0, view->x + own.x1, view->y + own.y1 };
  layout_title(self, &view->title, index + 1, &area, &own);
  pk_bounds_union(bounds, &own);
}

/* The box of all plotting areas, which legends and title are aligned with. */
static PkBounds
plot_box(const PkScene *scene)
{
  PkBounds box = PK_BOUNDS_EMPTY;
  for (guint i = 0; i < scene->n_views; i++) {
    const PkSceneView *v = &scene->views[i];
    pk_bounds_add(&box, v->x, v->y, v->x + v->width, v->y + v->height);
  }
  if (pk_bounds_is_empty(&box))
    pk_bounds_add(&box, 0, 0, 0, 0);
  return box;
}

/* The corner of a legend that stands inside the plot ("top-left", …). */
static void
inner_corner(const PkLegend *legend, const PkBounds *plot, double w, double h, double *x, double *y)
{
  *x = strstr(legend->orient, "right") ? plot->x1 - legend->offset - w : plot->x0 + legend->offset;
  *y = strstr(legend->orient, "bottom") ? plot->y1 - legend->offset - h : plot->y0 + legend->offset;
}

static void
layout_legends_of_side(PkDisplay *self, const PkScene *scene, const char *side, const PkBounds *plot,
                       PkBounds *bounds)
{
  PkBounds before = *bounds;
  double run = 0;
  for (guint i = 0; i < scene->n_legends; i++) {
    const PkLegend *legend = &scene->legends[i];
    const char *orient = legend->orient ? legend->orient : "right";
    if (strcmp(orient, side))
      continue;
    double w, h, x = 0, y = 0;
    pk_layout_legend(NULL, legend, i, 0, 0, &w, &h);
    if (!strcmp(side, "right") || !strcmp(side, "left")) {
      x = !strcmp(side, "right") ? ceil(before.x1) + legend->offset : floor(before.x0) - legend->offset - ceil(w);
      y = plot->y0 + run;
      run += ceil(h) + LEGEND_SPACING;
    } else if (!strcmp(side, "top") || !strcmp(side, "bottom")) {
      x = plot->x0 + run;
      y = !strcmp(side, "bottom") ? ceil(before.y1) + legend->offset : floor(before.y0) - legend->offset - ceil(h);
      run += ceil(w) + LEGEND_SPACING;
    } else if (!strcmp(side, "none")) {
      x = legend->legend_x;
      y = legend->legend_y;
    } else {
      inner_corner(legend, plot, w, h, &x, &y);
    }
    pk_layout_legend(self, legend, i, x, y, &w, &h);
    PkBounds own = { x, y, x + w, y + h };
    pk_display_note_region(self, PK_REGION_LEGEND, i, 0, &own);
    pk_bounds_union(bounds, &own);
  }
}

PkDisplay *
pk_display_new(const PkScene *scene)
{
  static const char *const sides[] = { "left", "right", "top", "bottom", "none",
                                       "top-left", "top-right", "bottom-left", "bottom-right" };
  PkDisplay *self = g_new0(PkDisplay, 1);
  self->ops = g_array_new(FALSE, TRUE, sizeof(PkOp));
  self->regions = g_array_new(FALSE, FALSE, sizeof(PkRegion));
  self->background = scene->background;
  self->title = scene->title.text;

  PkBounds bounds = PK_BOUNDS_EMPTY, plot = plot_box(scene);
  pk_display_push(self, 0, 0, "plot"); /* moved to its place when the extent is known */
  for (guint i = 0; i < scene->n_views; i++)
    layout_view(self, &scene->views[i], i, &bounds);
  for (guint i = 0; i < scene->n_headers; i++) {
    const PkSceneHeader *header = &scene->headers[i];
    PkBounds area = { header->x, header->y, header->x + header->width, header->y + header->height };
    PkBounds own = { area.x0, area.y0 - header->above, area.x1, area.y1 };
    layout_title(self, &header->title, scene->n_views + 1 + i, &area, &own);
    pk_bounds_union(&bounds, &own);
  }
  pk_bounds_union(&bounds, &plot);
  for (guint i = 0; i < G_N_ELEMENTS(sides); i++)
    layout_legends_of_side(self, scene, sides[i], &plot, &bounds);
  layout_title(self, &scene->title, 0, &plot, &bounds);
  pk_display_pop(self);

  double x0 = floor(bounds.x0), y0 = floor(bounds.y0);
  PkOp *root = &g_array_index(self->ops, PkOp, 0);
  root->x = scene->padding[0] - x0;
  root->y = scene->padding[1] - y0;
  for (guint i = 0; i < self->regions->len; i++) {
    PkRegion *region = &g_array_index(self->regions, PkRegion, i);
    region->x += root->x;
    region->y += root->y;
  }
  self->width = ceil(bounds.x1) - x0 + scene->padding[0] + scene->padding[2];
  self->height = ceil(bounds.y1) - y0 + scene->padding[1] + scene->padding[3];
  return self;
}
