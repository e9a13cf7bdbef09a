/* The space around the plot: extents of axes, legends, marks and title, by estimated text widths
 * (vega-view-transforms' ViewLayout), for autosize "fit"; and the title itself. */
#include "pk-build-axis.h"

#include <string.h>

static void
box_union(PkBox *box, const PkBox *other)
{
  box->x1 = fmin(box->x1, other->x1);
  box->y1 = fmin(box->y1, other->y1);
  box->x2 = fmax(box->x2, other->x2);
  box->y2 = fmax(box->y2, other->y2);
}

static void
box_expand(PkBox *box, double by)
{
  box->x1 -= by;
  box->y1 -= by;
  box->x2 += by;
  box->y2 += by;
}

/* ---------------------------------------------------------------- axes */

static gboolean
axis_is_y(const PkAxis *axis)
{
  return g_str_equal(axis->orient, "left") || g_str_equal(axis->orient, "right");
}

static double
axis_sign(const PkAxis *axis)
{
  return g_str_equal(axis->orient, "left") || g_str_equal(axis->orient, "top") ? -1 : 1;
}

/* Ticks and labels, with 0 across at the axis' line. */
static PkBox
axis_inner_box(const PkBuild *b, const PkAxis *axis)
{
  PkBox box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  gboolean is_y = axis_is_y(axis);
  for (guint i = 0; i < axis->n_ticks; i++) {
    const PkAxisTick *tick = &axis->ticks[i];
    double reach = axis_sign(axis) * tick->tick_size;
    if (axis->ticks_shown) {
      PkBox line = is_y ? (PkBox){fmin(reach, 0), tick->tick_position, fmax(reach, 0), tick->tick_position}
                        : (PkBox){tick->tick_position, fmin(reach, 0), tick->tick_position, fmax(reach, 0)};
      if (tick->tick_shown)
        box_expand(&line, tick->tick_width / 2);
      box_union(&box, &line);
    }
    if (axis->labels_shown && tick->label_shown) {
      PkBox label = pk_axis_label_box(b, axis, tick);
      box_union(&box, &label);
    }
  }
  return box;
}

static PkBox
axis_title_box(const PkBuild *b, const PkAxis *axis, double extent, double range)
{
  gboolean is_y = axis_is_y(axis);
  PkTextStyle style = {axis->title_font_size, axis->title_font, axis->title_font_weight,
                       axis->title_font_style};
  PkTextPlace place = { .angle = axis->title_angle, .limit = axis->title_limit };
  double along = g_strcmp0(axis->title_anchor, "start") == 0 ? (is_y ? range : 0)
                 : g_strcmp0(axis->title_anchor, "end") == 0 ? (is_y ? 0 : range) : range / 2;
  guint lines = 0;
  for (const char *p = axis->title; *p; p++)
    lines += *p == '\n';
  gboolean shifts = !g_str_equal(axis->orient, "bottom");
  double more = shifts ? lines * (axis->title_font_size + 2) : 0;
  double across = axis_sign(axis) * (extent + more + axis->title_padding);
  place.x = axis->has_title_x ? axis->title_x : is_y ? across : along;
  place.y = axis->has_title_y ? axis->title_y : is_y ? along : across;
  pk_text_align_parse(axis->title_align, &place.align, NULL);
  pk_text_baseline_parse(axis->title_baseline, &place.baseline, NULL);
  return pk_text_box(b->measure, axis->title, &style, &place);
}

static PkBox
axis_box(const PkBuild *b, const PkAxis *axis)
{
  gboolean is_y = axis_is_y(axis), low = axis_sign(axis) < 0;
  double range = is_y ? b->height : b->width;
  PkBox box = axis_inner_box(b, axis);
  double reach = is_y ? (low ? -box.x1 : box.x2) : (low ? -box.y1 : box.y2);
  if (!isfinite(reach))
    reach = 0;
  reach = fmax(axis->min_extent, fmin(axis->max_extent, reach));
  PkBox edge = is_y ? (PkBox){ low ? -reach : 0, 0, low ? 0 : reach, range }
                    : (PkBox){ 0, low ? -reach : 0, range, low ? 0 : reach };
  box_union(&box, &edge);
  if (axis->title && axis->title_opacity > 0) {
    PkBox title = axis_title_box(b, axis, reach, range);
    box_union(&box, &title);
  }
  double dx = is_y ? (low ? -axis->offset : b->width + axis->offset) : axis->position;
  double dy = is_y ? axis->position : (low ? -axis->offset : b->height + axis->offset);
  return (PkBox){ box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy };
}

/* ---------------------------------------------------------------- marks */

static double
stroke_reach(const PkItem *item, gboolean miter)
{
  if (item->stroke.kind == PK_PAINT_NONE || item->opacity == 0 || item->stroke_opacity == 0)
    return 0;
  double reach = (g_strcmp0(item->cap, "square") == 0 ? G_SQRT2 : 1) * item->stroke_width / 2;
  return miter && (!item->join || g_str_equal(item->join, "miter")) ? fmax(reach, 2 * item->stroke_width)
                                                                    : reach;
}

static PkBox
text_item_box(const PkBuild *b, const PkItem *item)
{
  PkTextStyle style = { item->font_size, item->font, item->font_weight, item->font_style };
  PkTextPlace place = { .x = item->x, .y = item->y, .dx = item->dx, .dy = item->dy, .angle = item->angle,
                        .line_height = item->line_height, .limit = item->limit };
  pk_text_align_parse(item->align ? item->align : "left", &place.align, NULL);
  pk_text_baseline_parse(item->baseline ? item->baseline : "alphabetic", &place.baseline, NULL);
  return pk_text_box(b->measure, item->text ? item->text : "", &style, &place);
}

static PkBox
item_box(const PkBuild *b, const PkMarkGroup *group, const PkItem *item)
{
  PkBox box = { item->x, item->y, item->x, item->y };
  double reach;
  switch (group->type) {
  case PK_ITEM_TEXT:
    return text_item_box(b, item);
  case PK_ITEM_SYMBOL:
    reach = sqrt(item->size) / 2 + stroke_reach(item, TRUE);
    box_expand(&box, reach);
    return box;
  case PK_ITEM_LINE: case PK_ITEM_AREA:
    box = (PkBox){ INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (guint i = 0; i < item->n_points; i++) {
      const PkScenePoint *p = &item->points[i];
      if (!p->defined)
        continue;
      PkBox at = { p->x, p->y, p->x, p->y };
      box_union(&box, &at);
      if (group->type == PK_ITEM_AREA) {
        at = item->horizontal ? (PkBox){p->y2_or_x2, p->y, p->y2_or_x2, p->y}
                              : (PkBox){p->x, p->y2_or_x2, p->x, p->y2_or_x2};
        box_union(&box, &at);
      }
    }
    box_expand(&box, stroke_reach(item, TRUE));
    return box;
  default:
    box.x2 += item->width;
    box.y2 += item->height;
    box = (PkBox){ fmin(box.x1, box.x2), fmin(box.y1, box.y2), fmax(box.x1, box.x2), fmax(box.y1, box.y2) };
    box_expand(&box, stroke_reach(item, FALSE));
    return box;
  }
}

/* ---------------------------------------------------------------- legends */

static double
text_width(const PkBuild *b, const char *text, double size, const char *font, const char *weight,
           double limit)
{
  PkTextStyle style = { size, font, weight, NULL };
  g_autofree char *shown = pk_text_truncate(b->measure, text, &style, limit);
  return pk_text_width(b->measure, shown, &style);
}

static void
legend_size(const PkBuild *b, const PkLegend *legend, double *width, double *height)
{
  double symbols = 0, labels = 0, rows = 0;
  gboolean vertical = g_str_equal(legend->direction, "vertical");
  for (guint i = 0; i < legend->n_entries; i++) {
    const PkLegendEntry *entry = &legend->entries[i];
    double reach =
        fmax(ceil(sqrt(entry->symbol.size) + entry->symbol.stroke_width), legend->label_font_size);
    double stroke =
        entry->symbol.stroke.kind == PK_PAINT_NONE ? 0 : 2 * entry->symbol.stroke_width; /* mitered */
    symbols = fmax(symbols, reach);
    rows = fmax(rows, fmax(reach / 2 + sqrt(entry->symbol.size) / 2 + stroke,
                           reach / 2 + legend->label_font_size / 2));
    labels = fmax(labels, text_width(b, entry->label, legend->label_font_size, legend->label_font,
                                     legend->label_font_weight, legend->label_limit));
  }
  guint columns = legend->columns ? legend->columns : MAX(legend->n_entries, 1);
  guint n_rows = legend->n_entries ? (legend->n_entries + columns - 1) / columns : 0;
  if (legend->gradient) {
    *width = vertical ? legend->thickness + legend->label_offset + labels : legend->length;
    *height = vertical ? legend->length : legend->thickness + legend->label_offset + legend->label_font_size;
  } else {
    *width = columns * (symbols + legend->label_offset + labels) + (columns - 1) * legend->column_padding;
    *height = n_rows ? n_rows * rows + (n_rows - 1) * legend->row_padding : 0;
  }
  if (legend->title) {
    *width = fmax(*width, text_width(b, legend->title, legend->title_font_size, legend->title_font,
                                     legend->title_font_weight, legend->title_limit));
    *height += legend->title_font_size + legend->title_padding;
  }
  *width = ceil(*width + 2 * legend->padding);
  *height = ceil(*height + 2 * legend->padding);
}

/* Of each side only what lies across it counts: a long legend is cut, not the plot. */
static void
add_legends(const PkBuild *b, const PkBox *x_box, const PkBox *y_box, PkBox *box)
{
  for (guint i = 0; i < b->scene->n_legends; i++) {
    const PkLegend *legend = &b->scene->legends[i];
    double width, height;
    legend_size(b, legend, &width, &height);
    if (g_str_equal(legend->orient, "right"))
      box->x2 = fmax(box->x2, ceil(x_box->x2) + legend->offset + width);
    else if (g_str_equal(legend->orient, "left"))
      box->x1 = fmin(box->x1, floor(x_box->x1) - legend->offset - width);
    else if (g_str_equal(legend->orient, "bottom"))
      box->y2 = fmax(box->y2, ceil(y_box->y2) + legend->offset + height);
    else if (g_str_equal(legend->orient, "top"))
      box->y1 = fmin(box->y1, floor(y_box->y1) - legend->offset - height);
  }
}

/* ---------------------------------------------------------------- the whole */

static void
add_title(const PkBuild *b, const PkTitle *title, PkBox *box)
{
  if (!title->text)
    return;
  PkTextStyle style = { title->font_size, title->font, title->font_weight, title->font_style };
  PkTextPlace place = { .baseline = PK_BASELINE_TOP };
  PkBox all = pk_text_box(b->measure, title->text, &style, &place);
  if (title->subtitle) {
    PkTextStyle small = { title->subtitle_font_size, title->font, NULL, NULL };
    place.y = all.y2 - all.y1 + title->subtitle_padding;
    PkBox below = pk_text_box(b->measure, title->subtitle, &small, &place);
    box_union(&all, &below);
  }
  double height = all.y2 - all.y1 + title->offset;
  if (g_str_equal(title->orient, "bottom"))
    box->y2 += height;
  else if (g_str_equal(title->orient, "left"))
    box->x1 -= height;
  else if (g_str_equal(title->orient, "right"))
    box->x2 += height;
  else
    box->y1 -= height;
}

void
pk_build_extents(PkBuild *b, const PkSceneView *view, double extents[4])
{
  PkBox plot = { 0, 0, b->width, b->height }, box = plot, x_box = plot, y_box = plot;
  for (guint i = 0; i < view->n_axes; i++) {
    PkBox axis = axis_box(b, &view->axes[i]);
    box_union(axis_is_y(&view->axes[i]) ? &x_box : &y_box, &axis);
  }
  for (guint i = 0; i < view->n_marks; i++)
    for (guint k = 0; k < view->marks[i].n_items && !view->marks[i].clip; k++) {
      PkBox item = item_box(b, &view->marks[i], &view->marks[i].items[k]);
      if (!isfinite(item.x1) || !isfinite(item.x2))
        continue;
      box_union(&box, &item);
      /* Series are groups in Vega, and legends make way for groups. */
      if (view->marks[i].grouped) {
        box_union(&x_box, &item);
        box_union(&y_box, &item);
      }
    }
  add_legends(b, &x_box, &y_box, &box);
  box_union(&box, &x_box);
  box_union(&box, &y_box);
  add_title(b, b->leaf == b->root ? &b->scene->title : &view->title, &box);
  extents[0] = fmax(0, ceil(-box.x1));
  extents[1] = fmax(0, ceil(-box.y1));
  extents[2] = fmax(0, ceil(box.x2 - b->width));
  extents[3] = fmax(0, ceil(box.y2 - b->height));
}

/* ---------------------------------------------------------------- the title */

typedef struct {
  PkBuild *b;
  JsonNode *own;  /* {text, …} or NULL */
} TitleCtx;

static JsonNode *
title_prop(const TitleCtx *c, const char *name, const char *style, const char *style_name)
{
  JsonNode *node = pk_node_member(c->own, name);
  JsonNode *styles = pk_node_member(c->own, "style");
  if (!node && style_name && pk_node_is_text(styles))
    node = pk_config_style(c->b, json_node_get_string(styles), style_name);
  if (!node)
    node = pk_config_get(c->b, "title", name);
  if (!node && style_name)
    node = pk_config_style_full(c->b, style, style_name);
  return node ? node : pk_vega_get(c->b, "title", name);
}

/* The first title of the tree, from the root down. */
static JsonNode *
find_title(const PkModel *m)
{
  if (m->view->has_title && !pk_node_is_null(m->view->title))
    return m->view->title;
  for (guint i = 0; i < m->n_children; i++) {
    JsonNode *title = find_title(m->children[i]);
    if (title)
      return title;
  }
  return NULL;
}

/* anchor: where it stands along the plot unless told otherwise. */
static void
make_title(PkBuild *b, JsonNode *node, const char *anchor, PkTitle *title)
{
  if (pk_node_is_null(node))
    return;
  gboolean object = JSON_NODE_HOLDS_OBJECT(node) && !pk_node_expr(node);
  TitleCtx c = { b, object ? node : NULL };
  PkColor color = { 0, 0, 0, 1 };
  title->text = pk_build_lines(b, object ? pk_node_member(node, "text") : node);
  if (!title->text || !title->text[0]) {
    title->text = NULL;
    return;
  }
  title->subtitle = pk_build_lines(b, pk_node_member(c.own, "subtitle"));
  title->orient = pk_build_text(b, title_prop(&c, "orient", NULL, NULL), "top");
  title->anchor = pk_build_text(b, title_prop(&c, "anchor", NULL, NULL), anchor);
  title->frame = pk_build_text(b, title_prop(&c, "frame", NULL, NULL),
                               g_str_equal(title->anchor, "middle") ? "group" : "bounds");
  title->align = pk_build_text(b, title_prop(&c, "align", "group-title", "align"),
                               g_str_equal(title->anchor, "start") ? "left"
                               : g_str_equal(title->anchor, "end") ? "right"
                                                                   : "center");
  title->baseline = pk_build_text(b, title_prop(&c, "baseline", "group-title", "baseline"), "top");
  title->offset = pk_build_double(b, title_prop(&c, "offset", NULL, NULL), 4);
  title->angle = pk_build_double(b, title_prop(&c, "angle", NULL, NULL),
                                 g_str_equal(title->orient, "left")    ? -90
                                 : g_str_equal(title->orient, "right") ? 90
                                                                       : 0);
  title->dx = pk_build_double(b, title_prop(&c, "dx", "group-title", "dx"), 0);
  title->dy = pk_build_double(b, title_prop(&c, "dy", "group-title", "dy"), 0);
  title->font_size = pk_build_double(b, title_prop(&c, "fontSize", "group-title", "fontSize"), 13);
  title->font = pk_build_text(b, title_prop(&c, "font", "group-title", "font"), NULL);
  title->font_weight = pk_build_text(b, title_prop(&c, "fontWeight", "group-title", "fontWeight"), NULL);
  title->font_style = pk_build_text(b, title_prop(&c, "fontStyle", "group-title", "fontStyle"), NULL);
  if (pk_build_color(b, title_prop(&c, "color", "group-title", "fill"), &color))
    title->color = pk_rgba(&color);
  title->subtitle_font_size =
      pk_build_double(b, title_prop(&c, "subtitleFontSize", "group-subtitle", "fontSize"), 12);
  title->subtitle_padding = pk_build_double(b, title_prop(&c, "subtitlePadding", NULL, NULL), 3);
  if (pk_build_color(b, title_prop(&c, "subtitleColor", "group-subtitle", "fill"), &color))
    title->subtitle_color = pk_rgba(&color);
}

void
pk_build_title(PkBuild *b)
{
  gboolean several = pk_model_is_concat(b->root);
  make_title(b, several ? b->root->view->title : find_title(b->root), several ? "start" : "middle", &b->scene->title);
}

void
pk_build_leaf_title(PkBuild *b)
{
  make_title(b, find_title(b->leaf), "middle", &b->leaf->drawn->title);
}

/* ---------------------------------------------------------------- views beside each other */

static void
move(PkModel *m, double dx, double dy)
{
  if (m->drawn) {
    m->drawn->x += dx;
    m->drawn->y += dy;
  }
  for (guint i = 0; i < m->n_children && !m->drawn; i++)
    move(m->children[i], dx, dy);
}

static double
spacing_of(PkBuild *b, const PkModel *m, const char *name)
{
  JsonNode *node = m->view->spacing;
  JsonNode *own = node && JSON_NODE_HOLDS_OBJECT(node) ? pk_node_member(node, name) : node;
  return pk_build_double(b, own, 20);
}

/* The place of the plotting areas' edges along one direction: each begins where what stands before it, and what it
 * shows before its own edge, have room. before, after: what each shows before and after its edge. */
static void
place_line(const double *before, const double *after, guint n, double spacing, double *at)
{
  for (guint i = 0; i < n; i++)
    at[i] = i ? at[i - 1] + ceil(after[i - 1]) + spacing + ceil(before[i]) : 0;
}

/* A title over several views that are part of others. */
static void
add_header_title(PkBuild *b, PkModel *m)
{
  PkSceneHeader *header = &b->scene->headers[b->scene->n_headers];
  make_title(b, m->view->title, "start", &header->title);
  if (!header->title.text)
    return;
  header->over = m;
  b->scene->n_headers++;
}

static void
arrange(PkBuild *b, PkModel *m)
{
  if (m->drawn)
    return;
  for (guint i = 0; i < m->n_children; i++)
    arrange(b, m->children[i]);
  guint columns = m->view->columns ? MIN(m->view->columns, m->n_children) : m->n_children;
  guint rows = (m->n_children + columns - 1) / columns;
  g_autofree double *room = g_new0(double, 3 * (columns + rows));
  double *left = room, *right = left + columns, *x = right + columns, *above = x + columns, *below = above + rows,
         *y = below + rows;
  for (guint i = 0; i < m->n_children; i++) {
    const PkBox *box = &m->children[i]->box;
    guint c = i % columns, r = i / columns;
    left[c] = fmax(left[c], -box->x1);
    right[c] = fmax(right[c], box->x2);
    above[r] = fmax(above[r], -box->y1);
    below[r] = fmax(below[r], box->y2);
  }
  place_line(left, right, columns, spacing_of(b, m, "column"), x);
  place_line(above, below, rows, spacing_of(b, m, "row"), y);
  m->box = (PkBox){ -left[0], -above[0], x[columns - 1] + right[columns - 1], y[rows - 1] + below[rows - 1] };
  for (guint i = 0; i < m->n_children; i++)
    move(m->children[i], x[i % columns], y[i / columns]);
  if (m->parent && m->view->has_title) {
    add_header_title(b, m);
    m->box.y1 -= 20;
  }
}

static void
plot_areas(const PkModel *m, PkBox *box)
{
  const PkSceneView *view = m->drawn;
  if (view)
    box_union(box, &(PkBox){ view->x, view->y, view->x + view->width, view->y + view->height });
  for (guint i = 0; i < m->n_children && !view; i++)
    plot_areas(m->children[i], box);
}

void
pk_build_places(PkBuild *b)
{
  b->scene->headers = pk_scene_alloc(b->scene, b->models->len, sizeof *b->scene->headers);
  arrange(b, b->root);
  for (guint i = 0; i < b->scene->n_headers; i++) {
    PkSceneHeader *header = &b->scene->headers[i];
    PkBox box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    const PkModel *m = header->over;
    plot_areas(m, &box);
    header->x = box.x1;
    header->y = box.y1;
    header->width = box.x2 - box.x1;
    header->height = box.y2 - box.y1;
    header->above = -m->box.y1 - 20;
    header->over = NULL;
  }
}
