/* Axes as they are drawn: ticks, labels with their texts and boxes, overlap removal, and every
 * style property (Vega's AxisTicks, axis parsers and Overlap). */
#include "pk-build-axis.h"

#include "pk-overlap.h"

#include <string.h>

typedef struct {
  const PkAxisComp *comp;
  PkBuild *b;
  const char *orient;
  gboolean is_y;
  PkScaleComp *scale;
} Ctx;

/* A tick as its value. */
typedef struct {
  PkValue value;
  double position;   /* the middle of a band */
  double start;      /* of the band */
  char *label;
} Tick;

static void
tick_clear(gpointer data)
{
  g_free(((Tick *)data)->label);
}

static JsonNode *
prop(const Ctx *c, const char *name)
{
  return pk_axis_prop(c->comp, c->orient, name);
}

static double
number(const Ctx *c, const char *name, double fallback)
{
  JsonNode *node = prop(c, name);
  return pk_node_member(node, "condition") ? fallback : pk_build_double(c->b, node, fallback);
}

static gboolean
flag(const Ctx *c, const char *name, gboolean fallback)
{
  JsonNode *node = prop(c, name);
  return pk_node_member(node, "condition") ? fallback : pk_build_bool(c->b, node, fallback);
}

/* ---------------------------------------------------------------- ticks */

static void
add_tick(const Ctx *c, GArray *ticks, PkValue value)
{
  double start = pk_scale_comp_place(c->scale, &value, 0);
  Tick tick = { .value = value, .start = start };
  tick.position = start + pk_scale_bandwidth(c->scale->scale) / 2;
  g_array_append_val(ticks, tick);
}

/* Values that the axis gives: those in the range, in its order, thinned to the count (validTicks). */
static void
given_ticks(const Ctx *c, JsonNode *values, double count, GArray *ticks)
{
  const PkChannelData *data = pk_model_channel(c->comp->unit, c->comp->channel);
  const char *unit = data->def->time_unit && !g_str_has_prefix(data->def->time_unit, "binned")
                         ? data->def->time_unit
                         : NULL;
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(PkValue));
  if (JSON_NODE_HOLDS_ARRAY(values)) {
    JsonArray *array = json_node_get_array(values);
    for (guint i = 0; i < json_array_get_length(array); i++) {
      PkValue value =
          pk_build_datum(c->b, json_array_get_element(array, i), data->type == PK_MEASURE_TEMPORAL, unit);
      g_array_append_val(all, value);
    }
  } else {
    PkValue list = pk_build_value(c->b, values);
    for (guint i = 0; list.kind == PK_VALUE_ARRAY && i < list.items->len; i++)
      g_array_append_vals(all, list.items->pdata[i], 1);
  }
  gsize n = 0, n_range = 0;
  g_autofree double *indices = g_new(double, MAX(all->len, 1)), *positions = g_new(double, MAX(all->len, 1));
  for (guint i = 0; i < all->len; i++) {
    double at = pk_scale_comp_place(c->scale, &g_array_index(all, PkValue, i), 0);
    if (isnan(at))
      continue;
    indices[n] = i;
    positions[n++] = at;
  }
  const double *range = pk_scale_get_range(c->scale->scale, &n_range);
  if (n_range < 2)
    return;
  g_autofree double *kept = pk_ticks_valid(indices, positions, n, range[0], range[n_range - 1], count, &n);
  for (gsize i = 0; i < n; i++)
    add_tick(c, ticks, g_array_index(all, PkValue, (guint)kept[i]));
}

/* The interval of a tickCount such as "month" or {interval, step}; FALSE: it is a number. */
static gboolean
tick_interval(const Ctx *c, JsonNode *node, PkTimeInterval *interval)
{
  JsonNode *name = pk_node_is_text(node) ? node : pk_node_member(node, "interval");
  if (!pk_node_is_text(name))
    return FALSE;
  GError *error = NULL;
  double step = pk_build_double(c->b, pk_node_member(node, "step"), 1);
  if (pk_time_interval_parse(json_node_get_string(name), step, interval, &error))
    return TRUE;
  pk_build_take_error(c->b, error);
  return FALSE;
}

static double
make_ticks(const Ctx *c, GArray *ticks, gboolean *given)
{
  JsonNode *values = prop(c, "values"), *count_node = prop(c, "tickCount");
  PkTimeInterval interval;
  gboolean by_interval = tick_interval(c, count_node, &interval);
  *given = !pk_node_is_null(values);
  double count = 10;
  if (count_node && !by_interval)
    count = pk_build_double(c->b, count_node, 10);
  else if (*given && JSON_NODE_HOLDS_ARRAY(values))
    count = json_array_get_length(json_node_get_array(values));
  gboolean discrete = pk_scale_type_is_discrete(c->scale->type);
  if (!discrete && !by_interval)
    count = pk_scale_tick_count(c->scale->scale, count, number(c, "tickMinStep", NAN));
  if (*given) {
    given_ticks(c, values, count, ticks);
    return count;
  }
  if (discrete) {
    for (guint i = 0; c->scale->domain_values && i < c->scale->domain_values->len; i++)
      add_tick(c, ticks, g_array_index(c->scale->domain_values, PkValue, i));
    return count;
  }
  gboolean temporal = c->scale->type == PK_SCALE_TIME || c->scale->type == PK_SCALE_UTC;
  gsize n;
  g_autofree double *list = by_interval ? pk_scale_ticks_interval(c->scale->scale, &interval, &n)
                                        : pk_scale_ticks(c->scale->scale, count, &n);
  for (gsize i = 0; i < n && c->scale->has_domain; i++)
    add_tick(c, ticks, temporal ? pk_value_date(list[i]) : pk_value_number(list[i]));
  return count;
}

/* ---------------------------------------------------------------- labels */

static char *
raw_label(const PkValue *value)
{
  return value->kind == PK_VALUE_NULL ? g_strdup("null") : pk_value_to_string(value);
}

static void
make_labels(const Ctx *c, GArray *ticks, double count, gboolean given)
{
  const PkAxisComp *comp = c->comp;
  gboolean formats = pk_guide_formats_values(c->scale, comp->props);
  g_autoptr(PkTickFormat) format = pk_guide_format(c->b, c->scale, comp->props, count, given);
  const char *text = pk_build_text(c->b, prop(c, "labelExpr"), NULL);
  PkExpr *expr = text ? pk_build_expr(c->b, text) : NULL;
  for (guint i = 0; i < ticks->len && format; i++) {
    Tick *tick = &g_array_index(ticks, Tick, i);
    gboolean is_text = tick->value.kind == PK_VALUE_TEXT || tick->value.kind == PK_VALUE_NULL ||
                       tick->value.kind == PK_VALUE_BOOL;
    tick->label = formats && !is_text ? pk_tick_format_apply(format, pk_value_to_number(&tick->value))
                                      : raw_label(&tick->value);
    if (!expr)
      continue;
    PkBinding bindings[] = {
      { "value", tick->value }, { "label", pk_value_text(pk_arena_text(c->b->arena, tick->label, -1)) },
      { "index", pk_value_number(ticks->len > 1 ? (double)i / (ticks->len - 1) : 0) },
    };
    PkValue value = pk_build_eval_with(c->b, expr, bindings, G_N_ELEMENTS(bindings));
    g_free(tick->label);
    if (value.kind == PK_VALUE_ARRAY) {
      GString *lines = g_string_new(NULL);
      for (guint k = 0; k < value.items->len; k++) {
        g_autofree char *line = pk_value_to_string(value.items->pdata[k]);
        g_string_append_printf(lines, "%s%s", k ? "\n" : "", line);
      }
      tick->label = g_string_free(lines, FALSE);
    } else {
      tick->label = value.kind == PK_VALUE_NULL ? g_strdup("") : pk_value_to_string(&value);
    }
  }
}

/* A property that may depend on the tick: the first condition that holds, else its value. */
static JsonNode *
tick_prop(const Ctx *c, const char *name, const GArray *ticks, guint i)
{
  JsonNode *node = prop(c, name), *condition = pk_node_member(node, "condition");
  const Tick *tick = &g_array_index(ticks, Tick, i);
  PkBinding bindings[] = {
      {"value", tick->value},
      {"label", pk_value_text(pk_arena_text(c->b->arena, tick->label ? tick->label : "", -1))},
      {"index", pk_value_number(ticks->len > 1 ? (double)i / (ticks->len - 1) : 0)},
  };
  const char *own = pk_node_expr(node);
  if (!condition && !own)
    return node;
  JsonNode *chosen = condition ? pk_node_member(node, "value") : node;
  guint n = !condition                         ? 0
            : JSON_NODE_HOLDS_ARRAY(condition) ? json_array_get_length(json_node_get_array(condition))
                                               : 1;
  for (guint k = 0; k < n; k++) {
    JsonNode *one = JSON_NODE_HOLDS_ARRAY(condition)
                        ? json_array_get_element(json_node_get_array(condition), k)
                        : condition;
    GError *error = NULL;
    g_autofree char *text = pk_predicate_to_expr(pk_node_member(one, "test"), name, &error);
    PkExpr *test = text ? pk_build_expr(c->b, text) : NULL;
    if (!text)
      pk_build_take_error(c->b, error);
    if (!test)
      return chosen;
    PkValue value = pk_build_eval_with(c->b, test, bindings, G_N_ELEMENTS(bindings));
    if (pk_value_to_bool(&value)) {
      chosen = pk_node_member(one, "value") ? pk_node_member(one, "value") : one;
      break;
    }
  }
  if (condition && !chosen)
    chosen = node;
  const char *text = pk_node_expr(chosen);
  if (!text)
    return chosen;
  PkExpr *expr = pk_build_expr(c->b, text);
  PkValue value = expr ? pk_build_eval_with(c->b, expr, bindings, G_N_ELEMENTS(bindings)) : pk_value_null();
  switch (value.kind) {
  case PK_VALUE_NULL:
    return NULL;
  case PK_VALUE_BOOL:
    return pk_build_node_bool(c->b, value.number != 0);
  case PK_VALUE_TEXT:
    return pk_build_node_text(c->b, value.text);
  default:
    return pk_build_node_double(c->b, pk_value_to_number(&value));
  }
}

static PkRgba
tick_color(const Ctx *c, const char *name, const char *style, const GArray *ticks, guint i,
           gboolean *painted)
{
  JsonNode *node = tick_prop(c, name, ticks, i);
  PkColor color;
  if (!node && style)
    node = pk_config_style_full(c->b, style, "fill");
  *painted = node && pk_build_color(c->b, node, &color) && pk_color_alpha(&color) > 0;
  return *painted ? pk_rgba(&color) : (PkRgba){ 0 };
}

static JsonNode *
label_style(const Ctx *c, const char *name, const char *style_name, const GArray *ticks, guint i)
{
  JsonNode *node = tick_prop(c, name, ticks, i);
  return node ? node : pk_config_style_full(c->b, "guide-label", style_name);
}

/* Vega's flush: -1 at the low end of the range, 1 at the high end, 0 between. */
static int
flush_side(const Ctx *c, double position, double threshold)
{
  gsize n;
  const double *range = pk_scale_get_range(c->scale->scale, &n);
  if (n < 2)
    return 0;
  double lo = fmin(range[0], range[n - 1]), hi = fmax(range[0], range[n - 1]);
  double left = fabs(position - lo), right = fabs(hi - position);
  return left < right && left <= threshold ? -1 : right <= threshold ? 1 : 0;
}

typedef struct {
  gboolean flush;
  double threshold, flush_offset;
} Flush;

static Flush
flush_of(const Ctx *c)
{
  JsonNode *node = prop(c, "labelFlush");
  PkValue value = pk_build_value(c->b, node);
  Flush flush = { .flush_offset = number(c, "labelFlushOffset", 0) };
  flush.flush = (value.kind == PK_VALUE_BOOL && value.number != 0) || value.kind == PK_VALUE_NUMBER;
  flush.threshold = value.number;
  return flush;
}

static void
place_label(const Ctx *c, const Flush *flush, const GArray *ticks, guint i, PkAxisTick *out)
{
  const char *align, *baseline;
  JsonNode *node = tick_prop(c, "labelAlign", ticks, i);
  int side = flush->flush ? flush_side(c, g_array_index(ticks, Tick, i).position, flush->threshold) : 0;
  if (c->is_y) {
    align = g_str_equal(c->orient, "right") ? "left" : "right";
    baseline = side < 0 ? "top" : side > 0 ? "bottom" : "middle";
  } else {
    align = side < 0 ? "left" : side > 0 ? "right" : "center";
    baseline = g_str_equal(c->orient, "top") ? "bottom" : "top";
  }
  out->label_align = pk_build_text(c->b, node, align);
  node = tick_prop(c, "labelBaseline", ticks, i);
  out->label_baseline = pk_build_text(c->b, node, baseline);
}

static void
style_tick(const Ctx *c, const GArray *ticks, guint i, const PkAxis *axis, PkAxisTick *out)
{
  gboolean painted;
  PkBuild *b = c->b;
  out->label_color = tick_color(c, "labelColor", "guide-label", ticks, i, &painted);
  out->label_opacity = pk_build_double(b, tick_prop(c, "labelOpacity", ticks, i), 1);
  out->label_font_size = pk_build_double(b, label_style(c, "labelFontSize", "fontSize", ticks, i), 10);
  out->label_font_weight = pk_build_text(b, label_style(c, "labelFontWeight", "fontWeight", ticks, i), NULL);
  out->label_font_style = pk_build_text(b, label_style(c, "labelFontStyle", "fontStyle", ticks, i), NULL);
  out->label_offset = pk_build_double(b, tick_prop(c, "labelOffset", ticks, i), 0);
  out->tick_color = tick_color(c, "tickColor", NULL, ticks, i, &painted);
  out->tick_width = pk_build_double(b, tick_prop(c, "tickWidth", ticks, i), 1);
  out->tick_size = pk_build_double(b, tick_prop(c, "tickSize", ticks, i), 5);
  out->tick_opacity = pk_build_double(b, tick_prop(c, "tickOpacity", ticks, i), 1);
  out->tick_dash = pk_build_dash(b, tick_prop(c, "tickDash", ticks, i), &out->n_tick_dash);
  out->tick_shown = axis->ticks_shown && painted && out->tick_width > 0 && out->tick_opacity > 0;
  out->grid_color = tick_color(c, "gridColor", NULL, ticks, i, &painted);
  out->grid_width = pk_build_double(b, tick_prop(c, "gridWidth", ticks, i), 1);
  out->grid_opacity = pk_build_double(b, tick_prop(c, "gridOpacity", ticks, i), 1);
  out->grid_dash = pk_build_dash(b, tick_prop(c, "gridDash", ticks, i), &out->n_grid_dash);
  out->grid_shown = axis->grid_shown && painted && out->grid_width > 0 && out->grid_opacity > 0;
}

/* The box of a label with 0 along the axis at the view's origin, and 0 across it at the axis' line. */
PkBox
pk_axis_label_box(const PkBuild *b, const PkAxis *axis, const PkAxisTick *tick)
{
  gboolean is_y = g_str_equal(axis->orient, "left") || g_str_equal(axis->orient, "right");
  double sign = g_str_equal(axis->orient, "left") || g_str_equal(axis->orient, "top") ? -1 : 1;
  double across = sign * ((axis->ticks_shown ? tick->tick_size : 0) + axis->label_padding);
  double along = tick->position + tick->label_offset;
  PkTextStyle style = {tick->label_font_size, axis->label_font, tick->label_font_weight,
                       tick->label_font_style};
  PkTextPlace place = { .x = is_y ? across : along, .y = is_y ? along : across, .angle = axis->label_angle,
                        .limit = axis->label_limit };
  pk_text_align_parse(tick->label_align, &place.align, NULL);
  pk_text_baseline_parse(tick->label_baseline, &place.baseline, NULL);
  return pk_text_box(b->measure, tick->label, &style, &place);
}

static void
hide_overlaps(const Ctx *c, PkAxis *axis)
{
  JsonNode *overlap = prop(c, "labelOverlap"), *bound = prop(c, "labelBound");
  PkValue value = pk_build_value(c->b, overlap);
  gboolean on = pk_value_to_bool(&value);
  guint n = axis->n_ticks;
  g_autofree gboolean *shown = g_new(gboolean, MAX(n, 1));
  g_autofree PkBox *boxes = g_new(PkBox, MAX(n, 1));
  for (guint i = 0; i < n; i++) {
    shown[i] = TRUE;
    boxes[i] = pk_axis_label_box(c->b, axis, &axis->ticks[i]);
  }
  if (on) {
    PkOverlapMethod method = value.kind == PK_VALUE_TEXT && g_str_equal(value.text, "greedy")
                                 ? PK_OVERLAP_GREEDY
                                 : PK_OVERLAP_PARITY;
    pk_overlap(method, boxes, n, number(c, "labelSeparation", 0), shown);
    PkValue limit = pk_build_value(c->b, bound);
    if (pk_value_to_bool(&limit)) {
      gsize n_range;
      const double *range = pk_scale_get_range(c->scale->scale, &n_range);
      if (n_range >= 2)
        pk_overlap_bound(boxes, n, c->is_y, fmin(range[0], range[n_range - 1]),
                         fmax(range[0], range[n_range - 1]), pk_value_to_number(&limit), shown);
    }
  }
  for (guint i = 0; i < n; i++)
    axis->ticks[i].label_shown = axis->labels_shown && shown[i] && axis->ticks[i].label[0];
}

static int
compare_ticks(gconstpointer a, gconstpointer b)
{
  const PkAxisTick *x = a, *y = b;
  return (x->position > y->position) - (x->position < y->position);
}

static void
fill_ticks(const Ctx *c, PkAxis *axis)
{
  g_autoptr(GArray) ticks = g_array_new(FALSE, TRUE, sizeof(Tick));
  g_array_set_clear_func(ticks, tick_clear);
  gboolean given;
  double count = make_ticks(c, ticks, &given);
  make_labels(c, ticks, count, given);
  Flush flush = flush_of(c);
  double width = pk_scale_bandwidth(c->scale->scale);
  JsonNode *band_node = prop(c, "tickBand");
  gboolean extent = pk_node_is_text(band_node) && g_str_equal(json_node_get_string(band_node), "extent");
  double band = band_node ? (extent ? 1 : 0.5) : number(c, "bandPosition", 0.5);
  gboolean moved = pk_model_is_ranged_offset(c->comp->unit, c->comp->channel);
  double tick_offset = extent ? 0 : number(c, "tickOffset", 0);
  /* On bands the half pixel is not moved by, but crispness. */
  double label_shift = width > 0 && tick_offset == -0.5 ? 0 : tick_offset;
  axis->band = extent ? width : 0;
  axis->n_ticks = ticks->len;
  axis->ticks = pk_scene_alloc(c->b->scene, axis->n_ticks, sizeof *axis->ticks);
  for (guint i = 0; i < ticks->len; i++) {
    const Tick *tick = &g_array_index(ticks, Tick, i);
    PkAxisTick *out = &axis->ticks[i];
    out->position = moved ? tick->start + band * width : tick->position;
    out->tick_position = tick->start + band * width + tick_offset;
    if (flag(c, "tickRound", TRUE))
      out->tick_position = floor(out->tick_position);
    out->label = pk_scene_intern(c->b->scene, tick->label ? tick->label : "");
    style_tick(c, ticks, i, axis, out);
    out->label_offset += label_shift;
    place_label(c, &flush, ticks, i, out);
  }
  hide_overlaps(c, axis);
  if (axis->n_ticks > 0) /* qsort takes no NULL, not even of no elements */
    qsort(axis->ticks, axis->n_ticks, sizeof *axis->ticks, compare_ticks);
}

static JsonNode *
title_style(const Ctx *c, const char *name, const char *style_name)
{
  JsonNode *node = prop(c, name);
  return node ? node : pk_config_style_full(c->b, "guide-title", style_name);
}

static void
style_title(const Ctx *c, PkAxis *axis)
{
  PkBuild *b = c->b;
  PkColor color = { 0, 0, 0, 1 };
  axis->title_padding = number(c, "titlePadding", 4);
  axis->title_font_size = pk_build_double(b, title_style(c, "titleFontSize", "fontSize"), 11);
  axis->title_font = pk_build_text(b, title_style(c, "titleFont", "font"), NULL);
  axis->title_font_weight = pk_build_text(b, title_style(c, "titleFontWeight", "fontWeight"), NULL);
  axis->title_font_style = pk_build_text(b, title_style(c, "titleFontStyle", "fontStyle"), NULL);
  JsonNode *paint = title_style(c, "titleColor", "fill");
  gboolean painted = pk_build_color(b, paint, &color) && pk_color_alpha(&color) > 0;
  axis->title_color = pk_rgba(&color);
  axis->title_opacity = painted ? number(c, "titleOpacity", 1) : 0;
  axis->has_title_angle = prop(c, "titleAngle") != NULL;
  axis->title_angle = number(c, "titleAngle", c->is_y ? (g_str_equal(c->orient, "left") ? -90 : 90) : 0);
  axis->title_limit = number(c, "titleLimit", 0);
  axis->title_anchor = pk_build_text(b, prop(c, "titleAnchor"), NULL);
  const char *anchor = axis->title_anchor ? axis->title_anchor : "middle";
  axis->title_align = pk_build_text(b, prop(c, "titleAlign"),
                                    g_str_equal(anchor, "start") ? "left"
                                    : g_str_equal(anchor, "end") ? "right"
                                                                 : "center");
  axis->title_baseline = pk_build_text(b, prop(c, "titleBaseline"),
                                       !c->is_y && !g_str_equal(c->orient, "top") ? "top" : "bottom");
  axis->has_title_x = prop(c, "titleX") != NULL;
  axis->has_title_y = prop(c, "titleY") != NULL;
  axis->title_x = number(c, "titleX", 0);
  axis->title_y = number(c, "titleY", 0);
}

static void
build_axis(const Ctx *c, PkAxis *axis)
{
  PkBuild *b = c->b;
  PkColor color = { 0, 0, 0, 1 };
  axis->orient = c->orient;
  axis->scale_id = c->scale ? c->scale->id : NULL;
  axis->title = pk_guide_title_text(b, &c->comp->title);
  if (axis->title && !axis->title[0])
    axis->title = NULL;
  axis->offset = number(c, "offset", 0);
  axis->position = number(c, "position", 0);
  axis->domain_shown = flag(c, "domain", TRUE) && pk_build_color(b, prop(c, "domainColor"), &color);
  axis->domain_color = pk_rgba(&color);
  axis->domain_width = number(c, "domainWidth", 1);
  axis->domain_opacity = number(c, "domainOpacity", 1);
  axis->domain_dash = pk_build_dash(b, prop(c, "domainDash"), &axis->n_domain_dash);
  axis->labels_shown = flag(c, "labels", TRUE);
  axis->ticks_shown = flag(c, "ticks", TRUE);
  axis->grid_shown = flag(c, "grid", FALSE);
  axis->label_padding = number(c, "labelPadding", 2);
  axis->label_angle = number(c, "labelAngle", 0);
  axis->label_limit = number(c, "labelLimit", 180);
  JsonNode *font = prop(c, "labelFont");
  axis->label_font = pk_build_text(b, font ? font : pk_config_style_full(b, "guide-label", "font"), NULL);
  axis->min_extent = number(c, "minExtent", 0);
  axis->max_extent = number(c, "maxExtent", 200);
  axis->zindex = (int)number(c, "zindex", 0);
  style_title(c, axis);
  fill_ticks(c, axis);
}

static void
collect(const PkModel *m, GPtrArray *out)
{
  for (int is_y = 0; is_y < 2; is_y++)
    for (guint i = 0; i < m->axes[is_y]->len; i++) {
      const PkAxisComp *comp = m->axes[is_y]->pdata[i];
      if (!comp->disabled)
        g_ptr_array_add(out, (gpointer)comp);
    }
}

void
pk_build_axes(PkBuild *b, PkSceneView *view)
{
  g_autoptr(GPtrArray) comps = g_ptr_array_new();
  collect(b->leaf, comps);
  view->n_axes = comps->len;
  view->axes = pk_scene_alloc(b->scene, comps->len, sizeof *view->axes);
  for (guint i = 0; i < comps->len && !b->error; i++) {
    const PkAxisComp *comp = comps->pdata[i];
    Ctx c = { .comp = comp, .b = b, .is_y = comp->channel == PK_CHANNEL_Y };
    c.scale = comp->scale && !comp->scale->merged ? comp->scale : pk_model_scale(comp->unit, comp->channel);
    c.orient = pk_build_text(b, pk_split_node(comp->props, "orient"), c.is_y ? "left" : "bottom");
    build_axis(&c, &view->axes[i]);
  }
}
