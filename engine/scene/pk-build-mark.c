/* Marks: a unit's rows become items by its rules. */
#include "pk-build-mark.h"

#include <string.h>

static const char *const corner_names[] = {"cornerRadiusTopLeft", "cornerRadiusTopRight",
                                           "cornerRadiusBottomRight", "cornerRadiusBottomLeft"};

/* ---------------------------------------------------------------- rules of a mark */

/* A property without a channel: the mark's own or a default. */
static void
prop_rule(const PkModel *m, const char *name, PkRule *rule)
{
  JsonNode *node = pk_mark_effective(m, name);
  if (!node || rule->n > 0)
    return;
  PkRef ref = pk_ref_node(node);
  if (pk_node_expr(node)) {
    ref.kind = PK_REF_EXPR;
    ref.expr = pk_build_expr(m->build, pk_node_expr(node));
  }
  pk_rule_add(m->build, rule, ref);
}

static JsonNode *
default_opacity(const PkModel *m)
{
  if (pk_mark_prop_or_config(m, "opacity", NULL) || pk_mark_prop_or_config(m, "fillOpacity", NULL))
    return NULL;
  gboolean faint = m->mark == PK_MARK_POINT || m->mark == PK_MARK_TICK || m->mark == PK_MARK_CIRCLE ||
                   m->mark == PK_MARK_SQUARE;
  return faint && !m->unit->has_aggregate ? pk_build_node_double(m->build, 0.7) : NULL;
}

static void
channel_rule(const PkModel *m, PkChannel channel, const char *name, PkRule *rule)
{
  JsonNode *faint = channel == PK_CHANNEL_OPACITY ? default_opacity(m) : NULL;
  pk_rule_non_position(m, channel, NULL, faint, FALSE, rule);
  prop_rule(m, name, rule);
}

static void
paint_rules(PkMarkRules *r)
{
  const PkModel *m = r->m;
  pk_rule_color(m, m->filled, &r->fill, &r->stroke);
  gboolean has = r->fill.n > 0 || r->stroke.n > 0;
  const char *names[] = { "fill", "stroke" };
  PkRule *rules[] = { &r->fill, &r->stroke };
  for (guint i = 0; i < 2; i++) {
    if (rules[i]->n > 0)
      continue;
    /* A style paints anyway; the defaults of a mark type only where the encoding paints nothing. */
    JsonNode *node = pk_config_style_full(m->build, m->mark_name, names[i]);
    JsonNode *style = pk_mark_prop(m, "style");
    if (pk_node_is_text(style) && pk_config_style_full(m->build, json_node_get_string(style), names[i]))
      node = pk_config_style_full(m->build, json_node_get_string(style), names[i]);
    if (!node && !has)
      node = pk_mark_vega_default(m, names[i]);
    if (node)
      pk_rule_add(m->build, rules[i], pk_ref_node(node));
  }
}

static void
common_rules(PkMarkRules *r)
{
  const PkModel *m = r->m;
  paint_rules(r);
  channel_rule(m, PK_CHANNEL_OPACITY, "opacity", &r->opacity);
  channel_rule(m, PK_CHANNEL_FILL_OPACITY, "fillOpacity", &r->fill_opacity);
  channel_rule(m, PK_CHANNEL_STROKE_OPACITY, "strokeOpacity", &r->stroke_opacity);
  if (m->mark == PK_MARK_LINE || m->mark == PK_MARK_RULE)
    pk_rule_non_position(m, PK_CHANNEL_SIZE, "strokeWidth", NULL, FALSE, &r->stroke_width);
  if (r->stroke_width.n == 0)
    pk_rule_non_position(m, PK_CHANNEL_STROKE_WIDTH, NULL, NULL, FALSE, &r->stroke_width);
  prop_rule(m, "strokeWidth", &r->stroke_width);
  channel_rule(m, PK_CHANNEL_STROKE_DASH, "strokeDash", &r->dash);
  pk_rule_text_channel(m, PK_CHANNEL_HREF, &r->href);
  prop_rule(m, "href", &r->href);
  r->tooltip = pk_tooltip_new(m);
}

static void
position_rules(PkMarkRules *r)
{
  const PkModel *m = r->m;
  switch (m->mark) {
  case PK_MARK_BAR: case PK_MARK_RECT:
    pk_span_rect(m, FALSE, &r->x);
    pk_span_rect(m, TRUE, &r->y);
    break;
  case PK_MARK_TICK: {
    gboolean horizontal = m->orient == 'h';
    PkSpan *thick = horizontal ? &r->y : &r->x;
    pk_span_rect(m, !horizontal, horizontal ? &r->x : &r->y);
    pk_span_point(m, horizontal, PK_PLACE_MIDDLE, TRUE, thick);
    pk_rule_add(m->build, &thick->size, pk_ref_node(pk_mark_prop_or_config(m, "thickness", NULL)));
    thick->has_size = TRUE;
    break;
  }
  case PK_MARK_AREA: {
    gboolean x = pk_model_is_ranged_offset(m, PK_CHANNEL_X), y = pk_model_is_ranged_offset(m, PK_CHANNEL_Y);
    pk_span_point_or_range(m, FALSE, PK_PLACE_ZERO_OR_MIN, x || (!y && m->orient == 'h'), &r->x);
    pk_span_point_or_range(m, TRUE,
                           y && !pk_model_def(m, PK_CHANNEL_Y) ? PK_PLACE_ZERO_OR_MAX : PK_PLACE_ZERO_OR_MIN,
                           y || (!x && m->orient == 'v'), &r->y);
    break;
  }
  case PK_MARK_RULE:
    pk_span_point_or_range(m, FALSE, m->orient == 'h' ? PK_PLACE_ZERO_OR_MAX : PK_PLACE_MIDDLE,
                           m->orient != 'v', &r->x);
    pk_span_point_or_range(m, TRUE, m->orient == 'v' ? PK_PLACE_ZERO_OR_MAX : PK_PLACE_MIDDLE,
                           m->orient != 'h', &r->y);
    break;
  default:
    pk_span_point(m, FALSE, PK_PLACE_MIDDLE, FALSE, &r->x);
    pk_span_point(m, TRUE, PK_PLACE_MIDDLE, FALSE, &r->y);
  }
}

static void
own_rules(PkMarkRules *r)
{
  const PkModel *m = r->m;
  if (m->mark == PK_MARK_POINT || m->mark == PK_MARK_CIRCLE || m->mark == PK_MARK_SQUARE) {
    channel_rule(m, PK_CHANNEL_SIZE, "size", &r->size);
    channel_rule(m, PK_CHANNEL_ANGLE, "angle", &r->angle);
    if (m->mark == PK_MARK_POINT)
      channel_rule(m, PK_CHANNEL_SHAPE, "shape", &r->shape);
  } else if (m->mark == PK_MARK_TEXT) {
    pk_rule_text_channel(m, PK_CHANNEL_TEXT, &r->text);
    prop_rule(m, "text", &r->text);
    pk_rule_non_position(m, PK_CHANNEL_SIZE, "fontSize", NULL, FALSE, &r->size);
    prop_rule(m, "fontSize", &r->size);
    channel_rule(m, PK_CHANNEL_ANGLE, "angle", &r->angle);
    prop_rule(m, "dx", &r->dx);
    prop_rule(m, "dy", &r->dy);
    prop_rule(m, "align", &r->align);
    prop_rule(m, "baseline", &r->baseline);
  }
}

void
pk_mark_rules_init(PkMarkRules *r, const PkModel *m)
{
  *r = (PkMarkRules){ .m = m };
  common_rules(r);
  position_rules(r);
  own_rules(r);
}

void
pk_mark_rules_clear(PkMarkRules *r)
{
  pk_tooltip_free(r->tooltip);
}

/* ---------------------------------------------------------------- items */

static const char *
intern_prop(const PkModel *m, const char *name)
{
  return pk_build_text(m->build, pk_mark_effective(m, name), NULL);
}

void
pk_mark_paint_item(const PkMarkRules *r, gint64 row, PkItem *item)
{
  const PkModel *m = r->m;
  PkBuild *b = m->build;
  const PkTable *table = m->unit->table;
  pk_rule_paint(b, &r->fill, table, row, &item->fill);
  pk_rule_paint(b, &r->stroke, table, row, &item->stroke);
  item->opacity = pk_rule_number(b, &r->opacity, table, row, 1);
  item->fill_opacity = pk_rule_number(b, &r->fill_opacity, table, row, 1);
  item->stroke_opacity = pk_rule_number(b, &r->stroke_opacity, table, row, 1);
  item->stroke_width = pk_rule_number(b, &r->stroke_width, table, row, 1);
  if (r->dash.n > 0)
    item->dash = pk_build_dash(b, pk_rule_node(b, &r->dash, table, row), &item->n_dash);
  if (r->href.n > 0)
    item->href = pk_rule_text(b, &r->href, table, row);
  item->tooltip = pk_tooltip_text(b, r->tooltip, table, row);
}

static double
span_number(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row)
{
  return pk_rule_number(b, rule, table, row, 0);
}

/* Vega's adjustSpatial: where a rectangle starts and how long it is. */
static void
span_at(PkBuild *b, const PkSpan *span, const PkTable *table, gint64 row, double *start, double *length)
{
  double p = span->has_p ? span_number(b, &span->p, table, row) : 0;
  double size = span->has_size ? span_number(b, &span->size, table, row) : 0;
  if (span->has_p2) {
    double p2 = span_number(b, &span->p2, table, row);
    if (span->has_p) {
      *start = fmin(p, p2);
      *length = fabs(p2 - p);
      return;
    }
    p = p2 - size;
  }
  if (span->has_pc)
    p = span_number(b, &span->pc, table, row) - size / 2;
  *start = p;
  *length = size;
}

static void
corner_radii(const PkModel *m, PkItem *item, const double base[2], const double end[2])
{
  PkBuild *b = m->build;
  double all = pk_build_double(b, pk_mark_effective(m, "cornerRadius"), 0);
  for (guint i = 0; i < 4; i++)
    item->corner[i] = pk_build_double(b, pk_mark_effective(m, corner_names[i]), all);
  JsonNode *node =
      m->mark == PK_MARK_BAR && m->orient ? pk_mark_prop_or_config(m, "cornerRadiusEnd", NULL) : NULL;
  if (!node)
    return;
  double radius = pk_build_double(b, node, 0);
  gboolean horizontal = m->orient == 'h';
  if (pk_model_def(m, horizontal ? PK_CHANNEL_X2 : PK_CHANNEL_Y2)) {
    for (guint i = 0; i < 4; i++)
      item->corner[i] = radius;
    return;
  }
  double from = base[!horizontal], to = end[!horizontal];
  if (horizontal && to != from) {
    item->corner[to > from ? 1 : 0] = radius;
    item->corner[to > from ? 2 : 3] = radius;
  } else if (!horizontal && to != from) {
    item->corner[to < from ? 0 : 3] = radius;
    item->corner[to < from ? 1 : 2] = radius;
  }
}

static void
rect_item(const PkMarkRules *r, gint64 row, PkItem *item)
{
  PkBuild *b = r->m->build;
  const PkTable *table = r->m->unit->table;
  span_at(b, &r->x, table, row, &item->x, &item->width);
  span_at(b, &r->y, table, row, &item->y, &item->height);
  double base[2] = { 0, 0 }, end[2] = { 0, 0 };
  const PkSpan *spans[] = { &r->x, &r->y };
  for (guint i = 0; i < 2; i++)
    if (spans[i]->has_p && spans[i]->has_p2) {
      end[i] = span_number(b, &spans[i]->p, table, row);
      base[i] = span_number(b, &spans[i]->p2, table, row);
    }
  corner_radii(r->m, item, base, end);
}

static void
symbol_item(const PkMarkRules *r, gint64 row, PkItem *item)
{
  const PkModel *m = r->m;
  PkBuild *b = m->build;
  const PkTable *table = m->unit->table;
  item->x = span_number(b, &r->x.p, table, row);
  item->y = span_number(b, &r->y.p, table, row);
  item->size = pk_rule_number(b, &r->size, table, row, 64);
  item->angle = pk_rule_number(b, &r->angle, table, row, 0);
  item->shape = m->mark == PK_MARK_CIRCLE ? "circle" : m->mark == PK_MARK_SQUARE ? "square" : NULL;
  if (!item->shape)
    item->shape = pk_build_text(b, pk_rule_node(b, &r->shape, table, row), "circle");
}

static void
rule_item(const PkMarkRules *r, gint64 row, PkItem *item)
{
  PkBuild *b = r->m->build;
  const PkTable *table = r->m->unit->table;
  const PkSpan *spans[] = { &r->x, &r->y };
  double at[2], to[2];
  for (guint i = 0; i < 2; i++) {
    const PkSpan *s = spans[i];
    if (s->has_size) {
      span_at(b, s, table, row, &at[i], &to[i]);
      to[i] = at[i];
    } else {
      at[i] = span_number(b, &s->p, table, row);
      to[i] = s->has_p2 ? span_number(b, &s->p2, table, row) : at[i];
    }
  }
  item->x = at[0];
  item->y = at[1];
  item->width = to[0] - at[0];
  item->height = to[1] - at[1];
}

static void
text_item(const PkMarkRules *r, gint64 row, PkItem *item)
{
  const PkModel *m = r->m;
  PkBuild *b = m->build;
  const PkTable *table = m->unit->table;
  item->x = span_number(b, &r->x.p, table, row);
  item->y = span_number(b, &r->y.p, table, row);
  item->text = pk_rule_text(b, &r->text, table, row);
  item->font_size = pk_rule_number(b, &r->size, table, row, 11);
  item->angle = pk_rule_number(b, &r->angle, table, row, 0);
  item->dx = pk_rule_number(b, &r->dx, table, row, 0);
  item->dy = pk_rule_number(b, &r->dy, table, row, 0);
  item->align = r->align.n ? pk_rule_text(b, &r->align, table, row) : "center";
  item->baseline = r->baseline.n ? pk_rule_text(b, &r->baseline, table, row) : "middle";
}

/* What is the same for all items of a mark. */
static void
constant_props(const PkModel *m, PkItem *item)
{
  PkBuild *b = m->build;
  item->cap = intern_prop(m, "strokeCap");
  item->join = intern_prop(m, "strokeJoin");
  item->dash_offset = pk_build_double(b, pk_mark_effective(m, "strokeDashOffset"), 0);
  if (pk_mark_is_path(m->mark)) {
    item->interpolate = intern_prop(m, "interpolate");
    item->tension = pk_build_double(b, pk_mark_effective(m, "tension"), NAN);
    item->horizontal = m->mark == PK_MARK_AREA && m->orient == 'h';
  } else if (m->mark == PK_MARK_TEXT) {
    item->font = intern_prop(m, "font");
    item->font_weight = intern_prop(m, "fontWeight");
    item->font_style = intern_prop(m, "fontStyle");
    item->limit = pk_build_double(b, pk_mark_effective(m, "limit"), 0);
    item->ellipsis = intern_prop(m, "ellipsis");
    item->line_height = pk_build_double(b, pk_mark_effective(m, "lineHeight"), 0);
  }
}

static PkItemType
item_type(PkMarkType mark)
{
  switch (mark) {
  case PK_MARK_BAR: case PK_MARK_RECT: case PK_MARK_TICK:
    return PK_ITEM_RECT;
  case PK_MARK_LINE:
    return PK_ITEM_LINE;
  case PK_MARK_AREA:
    return PK_ITEM_AREA;
  case PK_MARK_RULE:
    return PK_ITEM_RULE;
  case PK_MARK_TEXT:
    return PK_ITEM_TEXT;
  default:
    return PK_ITEM_SYMBOL;
  }
}

/* Lines of a text that a lineBreak splits. */
static void
break_lines(const PkModel *m, PkItem *item)
{
  const char *at = pk_build_text(m->build, pk_mark_effective(m, "lineBreak"), NULL);
  if (!at)
    at = pk_build_text(m->build, pk_config_top(m->build, "lineBreak"), NULL);
  if (!at || !at[0] || !item->text)
    return;
  g_auto(GStrv) parts = g_strsplit(item->text, at, -1);
  g_autofree char *joined = g_strjoinv("\n", parts);
  item->text = pk_scene_intern(m->build->scene, joined);
}

static void
single_items(const PkMarkRules *r, PkMarkGroup *group)
{
  const PkModel *m = r->m;
  PkItem base = { 0 };
  constant_props(m, &base);
  g_autofree gint64 *order = pk_mark_row_order(m);
  group->n_items = m->unit->table->n_rows;
  group->items = pk_scene_alloc(m->build->scene, group->n_items, sizeof *group->items);
  for (guint i = 0; i < group->n_items; i++) {
    gint64 row = order ? order[i] : i;
    PkItem *item = &group->items[i];
    *item = base;
    item->row = row;
    pk_mark_paint_item(r, row, item);
    if (group->type == PK_ITEM_RECT)
      rect_item(r, row, item);
    else if (group->type == PK_ITEM_RULE)
      rule_item(r, row, item);
    else if (group->type == PK_ITEM_TEXT) {
      text_item(r, row, item);
      break_lines(m, item);
    } else
      symbol_item(r, row, item);
  }
}

/* The stacked bars of one position share their round corners: only the outer ones are round. */
static void
round_stacks(const PkModel *m, PkMarkGroup *group)
{
  if (m->mark != PK_MARK_BAR || m->unit->stack == PK_STACK_NONE || pk_model_channel(m, PK_CHANNEL_SIZE))
    return;
  gboolean along_y = m->unit->stack_channel == PK_CHANNEL_Y;
  g_autoptr(GHashTable) ends = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < group->n_items; i++) {
      PkItem *item = &group->items[i];
      double lo = along_y ? item->y : item->x, hi = lo + (along_y ? item->height : item->width);
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      const char *key = g_ascii_formatd(text, sizeof text, "%.3f", along_y ? item->x : item->y);
      double *range = g_hash_table_lookup(ends, key);
      if (pass == 0 && !range) {
        range = g_memdup2((double[]){ lo, hi }, 2 * sizeof(double));
        g_hash_table_insert(ends, g_strdup(key), range);
      } else if (pass == 0) {
        range[0] = fmin(range[0], lo);
        range[1] = fmax(range[1], hi);
      } else {
        gboolean first = lo <= range[0] + 1e-6, last = hi >= range[1] - 1e-6;
        item->corner[0] *= first;
        item->corner[along_y ? 1 : 3] *= first;
        item->corner[2] *= last;
        item->corner[along_y ? 3 : 1] *= last;
      }
    }
}

static void
unit_marks(const PkModel *m, PkMarkGroup *group)
{
  PkBuild *b = m->build;
  group->type = item_type(m->mark);
  group->role = m->mark_name;
  group->name = pk_scene_intern(b->scene, m->view->name);
  group->clip = pk_model_is_zoomed(m) || pk_build_bool(b, pk_mark_prop(m, "clip"), FALSE);
  group->blend = intern_prop(m, "blend");
  group->n_source_rows = m->unit->n_source_rows;
  group->unit = m->unit;
  if (m->unit->draw == PK_DRAW_DENSITY) {
    pk_build_density(m, group);
    return;
  }
  if (m->unit->draw == PK_DRAW_M4 && !pk_build_fetch_m4(m))
    return;
  PkMarkRules rules;
  pk_mark_rules_init(&rules, m);
  if (pk_mark_is_path(m->mark)) {
    PkItem base = { 0 };
    constant_props(m, &base);
    pk_build_series(&rules, &base, group);
  } else if (m->mark != PK_MARK_RULE || pk_model_def(m, PK_CHANNEL_X) || pk_model_def(m, PK_CHANNEL_Y)) {
    single_items(&rules, group);
    round_stacks(m, group);
  }
  pk_mark_rules_clear(&rules);
}

void
pk_build_marks(PkBuild *b, PkSceneView *view)
{
  view->n_marks = 0;
  view->marks = pk_scene_alloc(b->scene, b->units->len, sizeof *view->marks);
  for (guint i = 0; i < b->units->len && !b->error; i++)
    if (pk_model_is_within(b->units->pdata[i], b->leaf))
      unit_marks(b->units->pdata[i], &view->marks[view->n_marks++]);
}
