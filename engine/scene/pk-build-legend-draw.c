/* Legends as they are drawn: their type, entries, labels and symbols (Vega's legend parser and
 * LegendEntries, Vega-Lite's compile/legend/encode). */
#include "pk-build-legend.h"

#include "pk-overlap.h"

#include <string.h>

/* Vega takes the scale of a legend from the first of these that it has. */
static const PkChannel scale_order[] = {
    PK_CHANNEL_SIZE,   PK_CHANNEL_SHAPE,        PK_CHANNEL_FILL,        PK_CHANNEL_COLOR,
    PK_CHANNEL_STROKE, PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_STROKE_DASH, PK_CHANNEL_OPACITY,
};

typedef enum { LEGEND_SYMBOL, LEGEND_GRADIENT, LEGEND_DISCRETE } LegendType;

typedef struct {
  PkBuild *b;
  const PkLegendComp *comp;
  PkScaleComp *scale;
  PkChannel channel;  /* of scale */
  LegendType type;
  double count;
} Ctx;

typedef struct {
  PkValue value;
  char *label;
  double fraction;
} Entry;

static void
entry_clear(gpointer data)
{
  g_free(((Entry *)data)->label);
}

static double
number(const Ctx *c, const char *name, double fallback)
{
  return pk_build_double(c->b, pk_legend_prop(c->comp, name), fallback);
}

/* ---------------------------------------------------------------- the look of symbols */

static JsonNode *
first_condition_value(const PkChannelDef *def)
{
  if (!def)
    return NULL;
  if (def->value)
    return def->value;
  for (guint i = 0; i < def->n_conditions; i++)
    if (def->conditions[i].def.value)
      return def->conditions[i].def.value;
  return NULL;
}

static gboolean
is_scaled(const PkRule *rule)
{
  return rule->n == 1 && !rule->refs[0].has_test && !rule->refs[0].tests_invalid &&
         (rule->refs[0].kind == PK_REF_SCALED || rule->refs[0].kind == PK_REF_BETWEEN ||
          rule->refs[0].kind == PK_REF_COLUMN);
}

static gboolean
is_conditional(const PkRule *rule)
{
  return rule->n > 1 || (rule->n == 1 && (rule->refs[0].has_test || rule->refs[0].tests_invalid));
}

/* FALSE: the paint is left to the legend's own defaults. */
static gboolean
look_paint(const PkLegendComp *comp, const PkRule *rule, gboolean is_fill, PkPaint *paint, double *opacity)
{
  const PkModel *m = comp->unit;
  PkBuild *b = m->build;
  gboolean filled = m->filled;
  PkChannel channel = comp->channel;
  JsonNode *own = pk_legend_prop(comp, is_fill ? "symbolFillColor" : "symbolStrokeColor");
  if (rule->n == 0 || channel == (is_fill ? PK_CHANNEL_FILL : PK_CHANNEL_STROKE) ||
      (filled == is_fill && channel == PK_CHANNEL_COLOR))
    return FALSE;
  if (is_scaled(rule)) {
    if (own || !is_fill)
      return FALSE;
    JsonNode *base = pk_config_get(b, "legend", "symbolBaseFillColor");
    *opacity = 1;
    return pk_paint_from_node(b, base ? base : pk_build_node_text(b, "black"), paint);
  }
  if (!is_fill && own)
    return FALSE;
  if (is_conditional(rule)) {
    const PkChannelDef *def = pk_model_def(m, is_fill ? PK_CHANNEL_FILL : PK_CHANNEL_STROKE);
    JsonNode *node = first_condition_value(def ? def : pk_model_def(m, PK_CHANNEL_COLOR));
    if (!node)
      node = pk_mark_prop(m, is_fill ? "fill" : "stroke");
    if (!node && filled)
      node = pk_mark_prop(m, "color");
    if (node)
      return pk_paint_from_node(b, node, paint);
    return FALSE;
  }
  return rule->refs[0].kind == PK_REF_NODE && pk_paint_from_node(b, rule->refs[0].node, paint);
}

static double
look_opacity(const PkModel *m)
{
  PkBuild *b = m->build;
  const PkChannelDef *def = pk_model_def(m, PK_CHANNEL_OPACITY);
  double most = NAN;
  if (def && def->value)
    most = pk_build_double(b, def->value, NAN);
  for (guint i = 0; def && def->value && i < def->n_conditions; i++)
    most = fmax(most, pk_build_double(b, def->conditions[i].def.value, most));
  if (!isnan(most))
    return most;
  JsonNode *own = pk_mark_prop(m, "opacity");
  if (own)
    return pk_build_double(b, own, 1);
  gboolean faint = m->mark == PK_MARK_POINT || m->mark == PK_MARK_TICK || m->mark == PK_MARK_CIRCLE ||
                   m->mark == PK_MARK_SQUARE;
  return faint && !m->unit->has_aggregate && !pk_mark_config(m, "opacity", NULL) &&
         !pk_mark_prop_or_config(m, "fillOpacity", NULL) ? 0.7 : NAN;
}

void
pk_legend_look(const PkLegendComp *comp, PkLegendLook *look)
{
  const PkModel *m = comp->unit;
  PkBuild *b = m->build;
  *look = (PkLegendLook){ .fill_opacity = 1, .opacity = 1, .stroke_width = 1.5, .stroke_opacity = 1 };
  PkRule fill = { 0 }, stroke = { 0 };
  pk_rule_color(m, m->filled, &fill, &stroke);
  double opacity = look_opacity(m);
  look->fill_opacity = pk_build_double(b, pk_mark_config(m, "fillOpacity", NULL), 1);
  look->stroke_opacity = pk_build_double(b, pk_mark_config(m, "strokeOpacity", NULL), 1);
  double faded = 1;
  look->has_fill = look_paint(comp, &fill, TRUE, &look->fill, &faded);
  look->has_stroke = look_paint(comp, &stroke, FALSE, &look->stroke, &faded);
  if (!pk_legend_prop(comp, "symbolOpacity") && comp->channel != PK_CHANNEL_OPACITY && opacity > 0) {
    look->opacity = opacity;
    look->has_opacity = TRUE;
  }
  gboolean stroked = (comp->channels & (1u << PK_CHANNEL_STROKE)) ||
                     ((comp->channels & (1u << PK_CHANNEL_COLOR)) && comp->color_strokes);
  if (look->has_fill && look->fill.kind != PK_PAINT_NONE && !look->has_stroke && !stroked)
    look->has_stroke = TRUE;
  JsonNode *width = pk_mark_config(m, "strokeWidth", NULL), *dash = pk_mark_config(m, "strokeDash", NULL);
  if (width) {
    look->stroke_width = pk_build_double(b, width, 1.5);
    look->has_stroke_width = TRUE;
  }
  look->dash = pk_build_dash(b, dash, &look->n_dash);
}

/* ---------------------------------------------------------------- values and labels */

static LegendType
legend_type(const Ctx *c)
{
  const char *type = pk_build_text(c->b, pk_split_node(c->comp->props, "type"), NULL);
  guint32 channels = c->comp->channels;
  gboolean one = (channels & (channels - 1)) == 0 && !(c->comp->color_fills && c->comp->color_strokes);
  gboolean paints =
      channels & ((1u << PK_CHANNEL_COLOR) | (1u << PK_CHANNEL_FILL) | (1u << PK_CHANNEL_STROKE));
  gboolean discretizes = pk_scale_type_is_discretizing(c->scale->type);
  if (type)
    return g_str_equal(type, "gradient") ? (discretizes ? LEGEND_DISCRETE : LEGEND_GRADIENT) : LEGEND_SYMBOL;
  if (!one || !paints)
    return LEGEND_SYMBOL;
  return pk_scale_type_is_continuous(c->scale->type) ? LEGEND_GRADIENT
         : discretizes                               ? LEGEND_DISCRETE
                                                     : LEGEND_SYMBOL;
}

static void
add_entry(GArray *entries, PkValue value)
{
  Entry entry = { .value = value };
  g_array_append_val(entries, entry);
}

static gboolean
is_time(const PkScaleComp *scale)
{
  return scale->type == PK_SCALE_TIME || scale->type == PK_SCALE_UTC;
}

static void
given_values(const Ctx *c, JsonNode *values, GArray *entries)
{
  const PkChannelData *data = pk_model_channel(c->comp->unit, c->comp->channel);
  if (!JSON_NODE_HOLDS_ARRAY(values)) {
    PkValue list = pk_build_value(c->b, values);
    for (guint i = 0; list.kind == PK_VALUE_ARRAY && i < list.items->len; i++)
      add_entry(entries, *(PkValue *)list.items->pdata[i]);
    return;
  }
  JsonArray *array = json_node_get_array(values);
  for (guint i = 0; i < json_array_get_length(array); i++)
    add_entry(entries,
              pk_build_datum(c->b, json_array_get_element(array, i),
                             data && data->type == PK_MEASURE_TEMPORAL, data ? data->def->time_unit : NULL));
}

/* Vega's labelValues; *upper is where the last range of a discretizing scale or of bins ends. */
static void
scale_values(const Ctx *c, GArray *entries, double *upper)
{
  const PkScale *scale = c->scale->scale;
  gsize n = 0;
  const double *bins = pk_scale_get_bins(scale, &n);
  *upper = INFINITY;
  if (n == 0 && c->scale->type == PK_SCALE_BIN_ORDINAL)
    bins = pk_scale_get_domain(scale, &n);
  if (n > 0) {
    for (gsize i = 0; i + 1 < n; i++)
      add_entry(entries, pk_value_number(bins[i]));
    *upper = bins[n - 1];
    return;
  }
  if (pk_scale_type_is_discretizing(c->scale->type)) {
    g_autofree double *thresholds = pk_scale_thresholds(scale, &n);
    add_entry(entries, pk_value_number(-INFINITY));
    for (gsize i = 0; i < n; i++)
      add_entry(entries, pk_value_number(thresholds[i]));
    return;
  }
  if (pk_scale_type_is_discrete(c->scale->type)) {
    for (guint i = 0; c->scale->domain_values && i < c->scale->domain_values->len; i++)
      add_entry(entries, g_array_index(c->scale->domain_values, PkValue, i));
    return;
  }
  if (!c->scale->has_domain)
    return;
  g_autofree double *ticks = pk_scale_ticks(scale, c->count, &n);
  for (gsize i = 0; i < n; i++)
    add_entry(entries, is_time(c->scale) ? pk_value_date(ticks[i]) : pk_value_number(ticks[i]));
}

/* How numbers are shown: by the scale's tick format, or by the least distance of its thresholds. */
typedef struct {
  PkTickFormat *ticks;
  gboolean by_distance;
  PkNumFormat number;
} Format;

static char *
format_number(const Format *format, double x)
{
  return format->by_distance ? pk_num_format_apply(&format->number, x)
                             : pk_tick_format_apply(format->ticks, x);
}

/* Vega's thresholdFormat, of quantile and quantize scales. */
static void
distance_format(const Ctx *c, Format *format)
{
  const PkScale *scale = c->scale->scale;
  gboolean quantile = c->scale->type == PK_SCALE_QUANTILE;
  if (!quantile && c->scale->type != PK_SCALE_QUANTIZE)
    return;
  gsize n;
  g_autofree double *thresholds = quantile ? pk_scale_thresholds(scale, &n) : NULL;
  const double *values = quantile ? thresholds : pk_scale_get_domain(scale, &n);
  double least = n > 1 ? values[1] - values[0] : n ? values[0] : 0;
  for (gsize i = 1; i < n; i++)
    least = fmin(least, values[i] - values[i - 1]);
  const char *specifier = pk_build_text(c->b, pk_split_node(c->comp->props, "format"), NULL);
  GError *error = NULL;
  format->by_distance = pk_num_format_init_span(&format->number, 0, least, 30, specifier, &error);
  if (error)
    pk_build_take_error(c->b, error);
}

static char *
value_label(const Format *format, const PkValue *value, gboolean formats)
{
  gboolean plain =
      value->kind == PK_VALUE_TEXT || value->kind == PK_VALUE_NULL || value->kind == PK_VALUE_BOOL;
  if (formats && !plain)
    return format_number(format, pk_value_to_number(value));
  return value->kind == PK_VALUE_NULL ? g_strdup("null") : pk_value_to_string(value);
}

static char *
range_label(const Format *format, double lo, double hi)
{
  g_autofree char *a = isfinite(lo) ? format_number(format, lo) : NULL;
  g_autofree char *z = isfinite(hi) ? format_number(format, hi) : NULL;
  if (a && a[0] && z && z[0])
    return g_strdup_printf("%s – %s", a, z);
  return z && z[0] ? g_strdup_printf("< %s", z) : g_strdup_printf("≥ %s", a ? a : "");
}

static void
make_labels(const Ctx *c, GArray *entries, gboolean given, double upper)
{
  gsize n_bins = 0;
  pk_scale_get_bins(c->scale->scale, &n_bins);
  gboolean ranges =
      c->type == LEGEND_SYMBOL && (n_bins > 0 || pk_scale_type_is_discretizing(c->scale->type));
  gboolean formats = pk_guide_formats_values(c->scale, c->comp->props);
  gboolean no_skip = given || c->type == LEGEND_SYMBOL;
  g_autoptr(PkTickFormat) ticks = pk_guide_format(c->b, c->scale, c->comp->props, c->count, no_skip);
  Format format = { .ticks = ticks };
  distance_format(c, &format);
  const char *text = pk_build_text(c->b, pk_legend_prop(c->comp, "labelExpr"), NULL);
  PkExpr *expr = text ? pk_build_expr(c->b, text) : NULL;
  for (guint i = 0; i < entries->len && ticks; i++) {
    Entry *entry = &g_array_index(entries, Entry, i);
    if (entry->label)
      continue;
    if (ranges) {
      double hi =
          i + 1 < entries->len ? pk_value_to_number(&g_array_index(entries, Entry, i + 1).value) : upper;
      entry->label = range_label(&format, pk_value_to_number(&entry->value), hi);
    } else if (c->type == LEGEND_DISCRETE && i == 0) {
      entry->label = g_strdup("");
    } else {
      entry->label = value_label(&format, &entry->value, formats);
    }
    if (!expr)
      continue;
    PkBinding bindings[] = { { "value", entry->value },
                             { "label", pk_value_text(pk_arena_text(c->b->arena, entry->label, -1)) },
                             { "index", pk_value_number(i) } };
    PkValue value = pk_build_eval_with(c->b, expr, bindings, G_N_ELEMENTS(bindings));
    g_free(entry->label);
    entry->label = value.kind == PK_VALUE_NULL ? g_strdup("") : pk_value_to_string(&value);
  }
}

/* Symbols beyond the limit become one entry that counts them. */
static void
limit_entries(const Ctx *c, GArray *entries)
{
  double limit = number(c, "symbolLimit", 30);
  if (limit < 1 || entries->len <= limit)
    return;
  guint keep = (guint)limit - 1, rest = entries->len - keep;
  g_array_index(entries, Entry, keep).label = g_strdup_printf("…%u entries", rest);
  g_array_set_size(entries, keep + 1);
}

static void
gradient_values(const Ctx *c, GArray *entries, gboolean given)
{
  gsize n;
  const double *domain = pk_scale_get_domain(c->scale->scale, &n);
  if (c->type == LEGEND_GRADIENT && entries->len < 3 && !given && n > 1 && domain[0] != domain[n - 1]) {
    g_array_set_size(entries, 0);
    add_entry(entries, is_time(c->scale) ? pk_value_date(domain[0]) : pk_value_number(domain[0]));
    add_entry(entries, is_time(c->scale) ? pk_value_date(domain[n - 1]) : pk_value_number(domain[n - 1]));
  }
  double lo = n ? domain[0] : 0, hi = n ? domain[n - 1] : 1;
  if (c->scale->type == PK_SCALE_THRESHOLD) {
    double adjust = n > 1 ? (hi - lo) / (n - 1) : 0.1;
    lo -= adjust;
    hi += adjust;
  }
  for (guint i = 0; i < entries->len; i++) {
    Entry *entry = &g_array_index(entries, Entry, i);
    double x = pk_value_to_number(&entry->value);
    if (c->type == LEGEND_GRADIENT)
      entry->fraction = pk_scale_fraction(c->scale->scale, x);
    else
      entry->fraction = i == 0 ? 0 : (x - lo) / (hi - lo);
  }
}

/* ---------------------------------------------------------------- drawing */

static JsonNode *
label_style(const Ctx *c, const char *name, const char *style_name)
{
  JsonNode *node = pk_legend_prop(c->comp, name);
  return node ? node : pk_config_style_full(c->b, "guide-label", style_name);
}

static JsonNode *
title_style(const Ctx *c, const char *name, const char *style_name)
{
  JsonNode *node = pk_legend_prop(c->comp, name);
  return node ? node : pk_config_style_full(c->b, "guide-title", style_name);
}

static void
hide_overlaps(const Ctx *c, const PkLegend *legend, GArray *entries)
{
  PkValue overlap = pk_build_value(c->b, pk_legend_prop(c->comp, "labelOverlap"));
  if (!pk_value_to_bool(&overlap))
    return;
  gboolean vertical = g_str_equal(legend->direction, "vertical");
  guint n = entries->len;
  g_autofree PkBox *boxes = g_new(PkBox, MAX(n, 1));
  g_autofree gboolean *shown = g_new(gboolean, MAX(n, 1));
  PkTextStyle style = { legend->label_font_size, legend->label_font, legend->label_font_weight, NULL };
  for (guint i = 0; i < n; i++) {
    const Entry *entry = &g_array_index(entries, Entry, i);
    double f = entry->fraction;
    PkTextPlace place = { .align = PK_ALIGN_LEFT, .baseline = PK_BASELINE_TOP };
    if (vertical) {
      place.x = legend->thickness + 2;
      place.y = (1 - f) * legend->length;
      place.baseline = f <= 0 ? PK_BASELINE_BOTTOM : f >= 1 ? PK_BASELINE_TOP : PK_BASELINE_MIDDLE;
    } else {
      place.x = f * legend->length;
      place.y = legend->thickness + 2;
      place.align = f <= 0 ? PK_ALIGN_LEFT : f >= 1 ? PK_ALIGN_RIGHT : PK_ALIGN_CENTER;
    }
    boxes[i] = pk_text_box(c->b->measure, entry->label ? entry->label : "", &style, &place);
    shown[i] = TRUE;
  }
  gboolean greedy = overlap.kind == PK_VALUE_TEXT && g_str_equal(overlap.text, "greedy");
  pk_overlap(greedy ? PK_OVERLAP_GREEDY : PK_OVERLAP_PARITY, boxes, n, number(c, "labelSeparation", 0),
             shown);
  for (guint i = n; i > 0; i--)
    if (!shown[i - 1])
      g_array_index(entries, Entry, i - 1).label[0] = '\0';
}

static void
scale_symbol(const Ctx *c, PkChannel channel, const PkScaleComp *scale, const PkValue *value, PkItem *item)
{
  PkColor color;
  gboolean paints = pk_scale_comp_color(scale, value, &color);
  PkPaint paint = { .kind = paints && pk_color_alpha(&color) > 0 ? PK_PAINT_COLOR : PK_PAINT_NONE };
  if (paints)
    paint.color = pk_rgba(&color);
  double x = paints ? NAN : pk_scale_comp_place(scale, value, scale->type == PK_SCALE_BAND ? 0.5 : 0);
  switch (channel) {
  case PK_CHANNEL_FILL:
    item->fill = paint;
    break;
  case PK_CHANNEL_STROKE:
    item->stroke = paint;
    break;
  case PK_CHANNEL_COLOR:
    if (c->comp->color_fills)
      item->fill = paint;
    if (c->comp->color_strokes)
      item->stroke = paint;
    break;
  case PK_CHANNEL_SIZE:
    item->size = isnan(x) ? 0 : x;
    break;
  case PK_CHANNEL_STROKE_WIDTH:
    item->stroke_width = isnan(x) ? 0 : x;
    break;
  case PK_CHANNEL_OPACITY:
    item->opacity = isnan(x) ? 1 : x;
    break;
  case PK_CHANNEL_SHAPE:
    item->shape = pk_build_text(c->b, pk_scale_comp_slot(scale, value), item->shape);
    break;
  case PK_CHANNEL_STROKE_DASH:
    item->dash = pk_build_dash(c->b, pk_scale_comp_slot(scale, value), &item->n_dash);
    break;
  default:
    break;
  }
}

static void
make_symbol(const Ctx *c, const PkLegendLook *look, const PkValue *value, PkItem *item)
{
  PkBuild *b = c->b;
  gboolean fills = (c->comp->channels & (1u << PK_CHANNEL_FILL)) ||
                   ((c->comp->channels & (1u << PK_CHANNEL_COLOR)) && c->comp->color_fills);
  JsonNode *fill = pk_legend_prop(c->comp, "symbolFillColor"),
           *stroke = pk_legend_prop(c->comp, "symbolStrokeColor");
  if (!fill && !fills)
    fill = pk_legend_prop(c->comp, "symbolBaseFillColor");
  if (!stroke && !fills)
    stroke = pk_legend_prop(c->comp, "symbolBaseStrokeColor");
  *item = (PkItem){ .fill_opacity = look->fill_opacity, .stroke_opacity = look->stroke_opacity };
  pk_paint_from_node(b, fill, &item->fill);
  pk_paint_from_node(b, stroke, &item->stroke);
  item->opacity = look->has_opacity ? look->opacity : number(c, "symbolOpacity", 1);
  item->stroke_width = look->has_stroke_width ? look->stroke_width : number(c, "symbolStrokeWidth", 1.5);
  item->size = number(c, "symbolSize", 100);
  item->shape = pk_build_text(b, pk_legend_prop(c->comp, "symbolType"), "circle");
  item->dash = look->dash;
  item->n_dash = look->n_dash;
  if (look->has_fill)
    item->fill = look->fill;
  if (look->has_stroke)
    item->stroke = look->stroke;
  for (int channel = 0; channel < PK_N_CHANNELS; channel++)
    if (c->comp->scales[channel])
      scale_symbol(c, channel, c->comp->scales[channel], value, item);
}

static void
gradient_stops(const Ctx *c, PkLegend *legend)
{
  const PkScale *scale = c->scale->scale;
  gsize n;
  const double *domain = pk_scale_get_domain(scale, &n);
  guint stops = c->type == LEGEND_GRADIENT ? 65 : 0;
  if (n < 2 || stops == 0)
    return;
  legend->n_stops = stops;
  legend->stop_offsets = pk_scene_alloc(c->b->scene, stops, sizeof(double));
  legend->stop_colors = pk_scene_alloc(c->b->scene, stops, sizeof(PkRgba));
  g_autoptr(PkScale) place = pk_scale_copy(scale);
  pk_scale_set_range(place, (double[]){ 0, 1 }, 2);
  double ends[] = { domain[0], domain[n - 1] };
  pk_scale_set_domain(place, ends, 2);
  for (guint i = 0; i < stops; i++) {
    double f = (double)i / (stops - 1), x = pk_scale_invert(place, f);
    PkColor color = { 0, 0, 0, 0 };
    pk_scale_color(scale, isnan(x) ? ends[0] + f * (ends[1] - ends[0]) : x, &color);
    legend->stop_offsets[i] = f;
    legend->stop_colors[i] = pk_rgba(&color);
  }
}

/* The steps of a discrete gradient: each colour twice, so that it is drawn flat. */
static void
discrete_stops(const Ctx *c, const GArray *entries, PkLegend *legend)
{
  legend->n_stops = 2 * entries->len;
  legend->stop_offsets = pk_scene_alloc(c->b->scene, legend->n_stops, sizeof(double));
  legend->stop_colors = pk_scene_alloc(c->b->scene, legend->n_stops, sizeof(PkRgba));
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index(entries, Entry, i);
    PkColor color = { 0, 0, 0, 0 };
    pk_scale_comp_color(c->scale, &entry->value, &color);
    legend->stop_offsets[2 * i] = entry->fraction;
    legend->stop_offsets[2 * i + 1] =
        i + 1 < entries->len ? g_array_index(entries, Entry, i + 1).fraction : 1;
    legend->stop_colors[2 * i] = legend->stop_colors[2 * i + 1] = pk_rgba(&color);
  }
}

static void
style_legend(const Ctx *c, PkLegend *legend)
{
  PkBuild *b = c->b;
  PkColor color = { 0, 0, 0, 1 };
  legend->orient = pk_build_text(b, pk_legend_prop(c->comp, "orient"), "right");
  const char *fallback =
      pk_build_text(b,
                    pk_legend_prop(c->comp,
                                   c->type == LEGEND_SYMBOL ? "symbolDirection" : "gradientDirection"),
                    "vertical");
  legend->direction = pk_build_text(b, pk_legend_prop(c->comp, "direction"), fallback);
  JsonNode *layout = pk_config_get(b, "legend", "layout");
  legend->offset = number(c, "offset", pk_build_double(b, pk_node_member(layout, "offset"), 18));
  legend->padding = number(c, "padding", 0);
  legend->length = number(c, "gradientLength", 200);
  legend->thickness = number(c, "gradientThickness", 16);
  legend->legend_x = number(c, "legendX", 0);
  legend->legend_y = number(c, "legendY", 0);
  legend->columns = (guint)number(c, "columns", g_str_equal(legend->direction, "vertical") ? 1 : 0);
  legend->row_padding = number(c, "rowPadding", 2);
  legend->column_padding = number(c, "columnPadding", 10);
  legend->clip_height = number(c, "clipHeight", 0);
  legend->label_font_size = pk_build_double(b, label_style(c, "labelFontSize", "fontSize"), 10);
  legend->label_font = pk_build_text(b, label_style(c, "labelFont", "font"), NULL);
  legend->label_font_weight = pk_build_text(b, label_style(c, "labelFontWeight", "fontWeight"), NULL);
  legend->label_limit =
      c->type == LEGEND_SYMBOL
          ? number(c, "labelLimit", 160)
          : pk_build_double(b, pk_split_node(c->comp->props, "labelLimit"),
                            pk_build_double(b, pk_config_get(b, "legend", "gradientLabelLimit"), 0));
  legend->label_offset = c->type == LEGEND_SYMBOL
                             ? number(c, "labelOffset", 4)
                             : pk_build_double(b, pk_split_node(c->comp->props, "labelOffset"),
                                               number(c, "gradientLabelOffset", 2));
  legend->title_font_size = pk_build_double(b, title_style(c, "titleFontSize", "fontSize"), 11);
  legend->title_font = pk_build_text(b, title_style(c, "titleFont", "font"), NULL);
  legend->title_font_weight = pk_build_text(b, title_style(c, "titleFontWeight", "fontWeight"), NULL);
  legend->title_limit = number(c, "titleLimit", 180);
  legend->title_padding = number(c, "titlePadding", 5);
  legend->corner_radius = number(c, "cornerRadius", 0);
  if (pk_build_color(b, label_style(c, "labelColor", "fill"), &color))
    legend->label_color = pk_rgba(&color);
  if (pk_build_color(b, title_style(c, "titleColor", "fill"), &color))
    legend->title_color = pk_rgba(&color);
  legend->has_fill = pk_build_color(b, pk_legend_prop(c->comp, "fillColor"), &color);
  legend->fill_color = pk_rgba(&color);
  legend->has_stroke = pk_build_color(b, pk_legend_prop(c->comp, "strokeColor"), &color);
  legend->stroke_color = pk_rgba(&color);
}

/* Where the i-th entry drawn, row by row, comes from: vertical legends run down their columns. */
static guint
entry_order(const PkLegend *legend, guint n, guint i)
{
  guint columns = legend->columns;
  if (legend->gradient || columns < 2 || !g_str_equal(legend->direction, "vertical"))
    return i;
  guint rows = (n + columns - 1) / columns;
  for (guint row = 0, seen = 0; row < rows; row++)
    for (guint index = row; index < n; index += rows)
      if (seen++ == i)
        return index;
  return i;
}

/* A value of a discrete domain as JSON, dates as ms; interned in the scene. */
static const char *
value_json(const Ctx *c, const PkValue *value)
{
  g_autoptr(JsonNode) node = json_node_alloc();
  switch (value->kind) {
  case PK_VALUE_TEXT:
    json_node_init_string(node, value->text);
    break;
  case PK_VALUE_BOOL:
    json_node_init_boolean(node, value->number != 0);
    break;
  case PK_VALUE_NUMBER: case PK_VALUE_DATE: {
    g_autofree char *digits = value->kind == PK_VALUE_NUMBER && value->text ? g_strdup(value->text)
                                                                           : pk_number_to_js(value->number);
    return pk_scene_intern(c->b->scene, digits);
  }
  default:
    json_node_init_null(node);
  }
  g_autofree char *text = json_to_string(node, FALSE);
  return pk_scene_intern(c->b->scene, text);
}

static void
fill_entries(const Ctx *c, GArray *entries, PkLegend *legend)
{
  PkLegendLook look;
  pk_legend_look(c->comp, &look);
  legend->entries = pk_scene_alloc(c->b->scene, entries->len, sizeof *legend->entries);
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = &g_array_index(entries, Entry, entry_order(legend, entries->len, i));
    PkLegendEntry *out = &legend->entries[legend->n_entries++];
    out->label = pk_scene_intern(c->b->scene, entry->label ? entry->label : "");
    out->value_position = entry->fraction;
    if (legend->field && !(entry->label && g_str_has_prefix(entry->label, "…")))
      out->value = value_json(c, &entry->value);
    if (c->type == LEGEND_SYMBOL)
      make_symbol(c, &look, &entry->value, &out->symbol);
  }
}

static void
build_legend(Ctx *c, PkLegend *legend)
{
  PkBuild *b = c->b;
  c->type = legend_type(c);
  style_legend(c, legend);
  legend->title = pk_guide_title_text(b, &c->comp->title);
  if (legend->title && !legend->title[0])
    legend->title = NULL;
  legend->gradient = c->type != LEGEND_SYMBOL;
  legend->field = c->type == LEGEND_SYMBOL && pk_scale_type_is_discrete(c->scale->type)
                      ? pk_scene_intern(b->scene, pk_scale_comp_field(c->scale))
                      : NULL;
  legend->discrete_gradient = c->type == LEGEND_DISCRETE;
  JsonNode *count = pk_legend_prop(c->comp, "tickCount");
  c->count =
      pk_build_double(b, count, c->type == LEGEND_GRADIENT ? fmax(2, 2 * floor(legend->length / 100)) : 5);
  if (!pk_scale_type_is_discrete(c->scale->type))
    c->count = pk_scale_tick_count(c->scale->scale, c->count,
                                   pk_build_double(b, pk_legend_prop(c->comp, "tickMinStep"), NAN));
  g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(Entry));
  g_array_set_clear_func(entries, entry_clear);
  JsonNode *values = pk_legend_prop(c->comp, "values");
  gboolean given = !pk_node_is_null(values);
  double upper = INFINITY;
  if (given)
    given_values(c, values, entries);
  else
    scale_values(c, entries, &upper);
  if (c->type == LEGEND_SYMBOL) {
    limit_entries(c, entries);
    gboolean sizes = c->channel == PK_CHANNEL_SIZE || c->channel == PK_CHANNEL_STROKE_WIDTH ||
                     c->channel == PK_CHANNEL_OPACITY;
    if (!given && entries->len > 0 && sizes &&
        pk_scale_comp_place(c->scale, &g_array_index(entries, Entry, 0).value, 0) == 0)
      g_array_remove_index(entries, 0);
  } else {
    gradient_values(c, entries, given);
  }
  make_labels(c, entries, given, upper);
  if (legend->gradient)
    hide_overlaps(c, legend, entries);
  fill_entries(c, entries, legend);
  if (c->type == LEGEND_GRADIENT)
    gradient_stops(c, legend);
  else if (c->type == LEGEND_DISCRETE)
    discrete_stops(c, entries, legend);
}

void
pk_build_legends(PkBuild *b)
{
  g_autoptr(GPtrArray) comps = g_ptr_array_new();
  pk_legend_collect(b, comps);
  b->scene->n_legends = 0;
  b->scene->legends = pk_scene_alloc(b->scene, comps->len, sizeof *b->scene->legends);
  for (guint i = 0; i < comps->len && !b->error; i++) {
    Ctx c = { .b = b, .comp = comps->pdata[i] };
    if (c.comp->disabled)
      continue;
    pk_build_enter(b, pk_model_leaf(c.comp->unit));
    for (guint k = 0; k < G_N_ELEMENTS(scale_order) && !c.scale; k++) {
      PkChannel channel = scale_order[k];
      gboolean strokes = channel == PK_CHANNEL_COLOR && !c.comp->color_fills;
      if (c.comp->scales[channel] && !(strokes && c.comp->scales[PK_CHANNEL_FILL])) {
        c.scale = c.comp->scales[channel];
        c.channel = channel;
      }
    }
    build_legend(&c, &b->scene->legends[b->scene->n_legends++]);
  }
}

PkLegend *
pk_build_ramp_legend(PkModel *m, const char *title)
{
  PkBuild *b = m->build;
  PkScene *scene = b->scene;
  PkLegendComp comp = { .unit = m, .props = pk_split_table() };
  Ctx c = { .b = b, .comp = &comp, .type = LEGEND_GRADIENT };
  PkLegend *legends = pk_scene_alloc(scene, scene->n_legends + 1, sizeof *legends);
  if (scene->n_legends > 0)
    memcpy(legends, scene->legends, scene->n_legends * sizeof *legends);
  scene->legends = legends;
  PkLegend *legend = &legends[scene->n_legends++];
  style_legend(&c, legend);
  legend->gradient = TRUE;
  legend->title = pk_scene_intern(scene, title);
  g_hash_table_unref(comp.props);
  return legend;
}
