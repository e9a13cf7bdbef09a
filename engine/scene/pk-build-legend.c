/* Legend components: what each unit says of its legends, how layers share them and which channels
 * share one legend (Vega-Lite's compile/legend/parse, properties, encode and assemble). */
#include "pk-build-legend.h"

#include <string.h>

/* In the order in which Vega-Lite goes through them. */
static const PkChannel legend_channels[] = {
    PK_CHANNEL_COLOR,  PK_CHANNEL_SIZE,        PK_CHANNEL_SHAPE,        PK_CHANNEL_FILL,
    PK_CHANNEL_STROKE, PK_CHANNEL_STROKE_DASH, PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_OPACITY,
};

static const char *const legend_properties[] = {
  "clipHeight", "columnPadding", "columns", "cornerRadius", "direction", "fillColor", "format", "formatType",
  "gradientLength", "gradientOpacity", "gradientStrokeColor", "gradientStrokeWidth", "gradientThickness",
  "gridAlign", "labelAlign", "labelBaseline", "labelColor", "labelExpr", "labelFont", "labelFontSize",
  "labelFontStyle", "labelFontWeight", "labelLimit", "labelOffset", "labelOpacity", "labelOverlap",
  "labelPadding", "labelSeparation", "legendX", "legendY", "offset", "orient", "padding", "rowPadding",
  "strokeColor", "symbolDash", "symbolDashOffset", "symbolFillColor", "symbolLimit", "symbolOffset",
  "symbolOpacity", "symbolSize", "symbolStrokeColor", "symbolStrokeWidth", "symbolType", "tickCount",
  "tickMinStep", "titleAlign", "titleAnchor", "titleBaseline", "titleColor", "titleFont", "titleFontSize",
  "titleFontStyle", "titleFontWeight", "titleLimit", "titleLineHeight", "titleOpacity", "titleOrient",
  "titlePadding", "type", "values", "zindex",
};

static gboolean
is_color(PkChannel channel)
{
  return channel == PK_CHANNEL_COLOR || channel == PK_CHANNEL_FILL || channel == PK_CHANNEL_STROKE;
}

JsonNode *
pk_legend_prop(const PkLegendComp *comp, const char *name)
{
  PkBuild *b = comp->unit->build;
  JsonNode *node = pk_split_node(comp->props, name);
  if (!node)
    node = pk_config_get(b, "legend", name);
  return node ? node : pk_vega_get(b, "legend", name);
}

static PkLegendComp *
comp_new(PkModel *m, PkChannel channel)
{
  PkLegendComp *comp = g_new0(PkLegendComp, 1);
  comp->unit = m;
  comp->channel = channel;
  comp->props = pk_split_table();
  g_ptr_array_add(m->build->legend_comps, comp);
  return comp;
}

void
pk_legend_comp_free(gpointer data)
{
  PkLegendComp *comp = data;
  g_hash_table_unref(comp->props);
  pk_guide_title_clear(&comp->title);
  g_free(comp);
}

/* ---------------------------------------------------------------- rules */

static const char *
default_symbol(const PkModel *m, PkChannel channel)
{
  PkBuild *b = m->build;
  if (channel != PK_CHANNEL_SHAPE) {
    const PkChannelDef *def = pk_model_def(m, PK_CHANNEL_SHAPE);
    JsonNode *shape = def ? def->value : NULL;
    for (guint i = 0; def && !shape && i < def->n_conditions; i++)
      shape = def->conditions[i].def.value;
    if (!shape)
      shape = pk_mark_prop(m, "shape");
    if (shape)
      return pk_build_text(b, shape, "circle");
  }
  switch (m->mark) {
  case PK_MARK_BAR: case PK_MARK_RECT: case PK_MARK_SQUARE:
    return "square";
  case PK_MARK_LINE: case PK_MARK_RULE:
    return "stroke";
  default:
    return "circle";
  }
}

/* getLegendType: whether the specification's rules make it a gradient. */
static gboolean
is_gradient(const PkModel *m, PkChannel channel, const PkProps *legend)
{
  const char *type = legend ? pk_props_get_text(legend, "type", NULL) : NULL;
  if (type)
    return g_str_equal(type, "gradient");
  const PkChannelData *data = pk_model_channel(m, channel);
  const char *unit = data->def->time_unit;
  if (unit && g_str_has_prefix(unit, "utc"))
    unit += strlen("utc");
  if (unit && (g_str_equal(unit, "quarter") || g_str_equal(unit, "month") || g_str_equal(unit, "day")))
    return FALSE;
  return is_color(channel) && pk_scale_type_is_continuous(pk_model_scale(m, channel)->type);
}

static const char *
direction_of(const PkModel *m, const PkProps *legend, const char *orient, gboolean gradient)
{
  PkBuild *b = m->build;
  JsonNode *node = legend ? pk_props_get(legend, "direction") : NULL;
  if (!node)
    node = pk_config_get(b, "legend", "gradientDirection");
  if (node)
    return pk_build_text(b, node, NULL);
  if (g_str_equal(orient, "top") || g_str_equal(orient, "bottom"))
    return "horizontal";
  if (g_str_equal(orient, "left") || g_str_equal(orient, "right") || g_str_equal(orient, "none"))
    return NULL;
  return gradient ? "horizontal" : NULL;
}

static JsonNode *
gradient_length(const PkModel *m, const PkScaleComp *scale, const char *direction, const char *orient)
{
  PkBuild *b = m->build;
  if (!pk_scale_type_is_continuous(scale->type))
    return NULL;
  gboolean horizontal = direction && g_str_equal(direction, "horizontal");
  const char *least = horizontal ? "gradientHorizontalMinLength" : "gradientVerticalMinLength";
  const char *most = horizontal ? "gradientHorizontalMaxLength" : "gradientVerticalMaxLength";
  double lo = pk_build_double(b, pk_config_get(b, "legend", least), 64);
  double hi = pk_build_double(b, pk_config_get(b, "legend", most), 200);
  if (horizontal && !g_str_equal(orient, "top") && !g_str_equal(orient, "bottom"))
    return pk_build_node_double(b, lo);
  char a[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *json =
      g_strdup_printf("{\"expr\":\"clamp(%s, %s, %s)\"}", horizontal ? "width" : "height",
                      g_ascii_dtostr(a, sizeof a, lo), g_ascii_dtostr(c, sizeof c, hi));
  return pk_build_node_json(b, json);
}

typedef struct {
  const PkModel *m;
  PkChannel channel;
  const PkScaleComp *scale;
  const char *orient, *direction;
  gboolean gradient;
  const PkProps *legend;
} LegendRule;

static JsonNode *
legend_rule(const LegendRule *r, const char *name)
{
  PkBuild *b = r->m->build;
  if (g_str_equal(name, "direction"))
    return r->direction ? pk_build_node_text(b, r->direction) : NULL;
  if (g_str_equal(name, "format"))
    return pk_guide_rule_format(r->m, r->channel, r->legend, FALSE);
  if (g_str_equal(name, "formatType"))
    return pk_guide_rule_format_type(r->m, r->channel, r->legend, r->scale);
  if (g_str_equal(name, "gradientLength"))
    return gradient_length(r->m, r->scale, r->direction, r->orient);
  if (g_str_equal(name, "labelOverlap"))
    return r->scale->type == PK_SCALE_QUANTILE || r->scale->type == PK_SCALE_THRESHOLD ||
                   r->scale->type == PK_SCALE_LOG || r->scale->type == PK_SCALE_SYMLOG
               ? pk_build_node_text(b, "greedy")
               : NULL;
  if (g_str_equal(name, "symbolType"))
    return pk_build_node_text(b, default_symbol(r->m, r->channel));
  if (g_str_equal(name, "type")) {
    if (is_color(r->channel) && pk_scale_type_is_continuous(r->scale->type))
      return r->gradient ? NULL : pk_build_node_text(b, "symbol");
    return r->gradient ? pk_build_node_text(b, "gradient") : NULL;
  }
  return NULL;
}

static void
set_title(PkLegendComp *comp, const PkChannelData *data, const PkProps *legend)
{
  PkBuild *b = comp->unit->build;
  const PkChannelDef *def = data->def;
  JsonNode *own = legend ? pk_props_get(legend, "title") : NULL;
  PkGuideTitle *title = &comp->title;
  title->set = TRUE;
  if (own) {
    title->text = own;
    title->given = TRUE;
  } else if (def->has_title) {
    title->text = def->title ? pk_build_node_text(b, def->title) : pk_build_node_null(b);
    title->given = TRUE;
  } else if (pk_def_is_field(def) && data->title) {
    title->text = pk_build_node_text(b, data->title);
  } else {
    title->set = FALSE;
  }
  JsonNode *config = pk_config_get(b, "legend", "title");
  if (config && !title->given)
    title->set = FALSE;
}

static PkLegendComp *
parse_legend(PkModel *m, PkChannel channel)
{
  PkBuild *b = m->build;
  const PkChannelData *data = pk_model_channel(m, channel);
  const PkProps *legend = data->def->legend.object ? &data->def->legend : NULL;
  PkLegendComp *comp = comp_new(m, channel);
  comp->channels = 1u << channel;
  comp->scales[channel] = pk_model_scale(m, channel);
  comp->color_fills = channel == PK_CHANNEL_COLOR && m->filled;
  comp->color_strokes = channel == PK_CHANNEL_COLOR && !m->filled;
  comp->disabled_given = data->def->has_legend || data->def->legend_null || legend;
  comp->disabled = comp->disabled_given ? data->def->legend_null
                                        : pk_build_bool(b, pk_config_get(b, "legend", "disable"), FALSE);
  if (comp->disabled)
    return comp;
  LegendRule r = { .m = m, .channel = channel, .scale = pk_model_scale(m, channel), .legend = legend };
  JsonNode *orient = legend ? pk_props_get(legend, "orient") : NULL;
  if (pk_node_is_null(orient))
    orient = pk_config_get(b, "legend", "orient");
  r.orient = pk_build_text(b, orient, "right");
  r.gradient = comp->is_gradient = is_gradient(m, channel, legend);
  r.direction = direction_of(m, legend, r.orient, r.gradient);
  for (guint i = 0; i < G_N_ELEMENTS(legend_properties); i++) {
    const char *name = legend_properties[i];
    if (g_str_has_prefix(name, r.gradient ? "symbol" : "gradient"))
      continue;
    JsonNode *given = legend ? pk_props_get(legend, name) : NULL;
    if (g_str_equal(name, "type") || g_str_equal(name, "formatType")) {
      JsonNode *node = legend_rule(&r, name);
      if (node)
        pk_split_set(comp->props, name, node, given != NULL);
    } else if (given) {
      pk_split_set(comp->props, name, given, TRUE);
    } else if (!pk_config_get(b, "legend", name)) {
      JsonNode *node = legend_rule(&r, name);
      if (node)
        pk_split_set(comp->props, name, node, FALSE);
    }
  }
  set_title(comp, data, legend);
  return comp;
}

/* ---------------------------------------------------------------- merging */

static gboolean
orient_given(const PkLegendComp *comp)
{
  PkSplit *split = pk_split_get(comp->props, "orient");
  return split && split->given;
}

static void
merge_symbol_type(PkLegendComp *into, const PkLegendComp *from)
{
  PkSplit *a = pk_split_get(into->props, "symbolType"), *c = pk_split_get(from->props, "symbolType");
  if (a && c && a->given == c->given) {
    if (pk_node_is_text(c->node) && g_str_equal(json_node_get_string(c->node), "circle"))
      pk_split_set(into->props, "symbolType", c->node, c->given);
    return;
  }
  pk_split_merge(into->props, from->props, "symbolType");
}

static void
merge_type(PkLegendComp *into, const PkLegendComp *from)
{
  PkSplit *a = pk_split_get(into->props, "type"), *c = pk_split_get(from->props, "type");
  if (a && c && a->given == c->given && !pk_json_equal(a->node, c->node)) {
    pk_split_set(into->props, "type", pk_build_node_text(into->unit->build, "symbol"), FALSE);
    into->type_merged = TRUE;
    return;
  }
  pk_split_merge(into->props, from->props, "type");
}

/* FALSE: their places differ. */
static gboolean
merge_comp(PkLegendComp *into, const PkLegendComp *from)
{
  if (orient_given(into) && orient_given(from) &&
      !pk_json_equal(pk_split_node(into->props, "orient"), pk_split_node(from->props, "orient")))
    return FALSE;
  gboolean into_set = into->disabled || into->disabled_given;
  if (!into_set || (from->disabled_given && !into->disabled_given)) {
    into->disabled = from->disabled;
    into->disabled_given = from->disabled_given;
  }
  for (guint i = 0; i < G_N_ELEMENTS(legend_properties); i++) {
    const char *name = legend_properties[i];
    if (g_str_equal(name, "symbolType"))
      merge_symbol_type(into, from);
    else if (g_str_equal(name, "type"))
      merge_type(into, from);
    else
      pk_split_merge(into->props, from->props, name);
  }
  pk_guide_title_merge(into->unit->build, &into->title, &from->title);
  into->channels |= from->channels;
  into->color_fills |= from->color_fills;
  into->color_strokes |= from->color_strokes;
  for (int channel = 0; channel < PK_N_CHANNELS; channel++)
    if (from->scales[channel] && !into->scales[channel])
      into->scales[channel] = from->scales[channel];
  return TRUE;
}

static PkLegendComp *
copy_comp(const PkLegendComp *from)
{
  PkLegendComp *comp = comp_new(from->unit, from->channel);
  GHashTable *props = comp->props;
  *comp = *from;
  comp->props = props;
  comp->title = (PkGuideTitle){ 0 };
  for (guint i = 0; i < G_N_ELEMENTS(legend_properties); i++)
    pk_split_merge(comp->props, from->props, legend_properties[i]);
  pk_guide_title_merge(from->unit->build, &comp->title, &from->title);
  return comp;
}

static void
layer_channel(PkModel *m, PkChannel channel)
{
  PkProps bag = pk_props_get_bag(&m->view->resolve, "legend");
  gboolean independent =
      m->scale_independent[channel] ||
      g_strcmp0(pk_props_get_text(&bag, pk_channel_name(channel), NULL), "independent") == 0;
  PkLegendComp *merged = NULL;
  for (guint i = 0; i < m->n_children && !independent; i++) {
    PkLegendComp *child = m->children[i]->legends[channel];
    if (!child)
      continue;
    if (!merged)
      merged = copy_comp(child);
    else
      independent = !merge_comp(merged, child);
  }
  if (independent)
    return;
  m->legends[channel] = merged;
  for (guint i = 0; i < m->n_children && merged; i++)
    m->children[i]->legends[channel] = NULL;
}

static void
parse_legends(PkModel *m)
{
  for (guint i = 0; i < m->n_children; i++)
    parse_legends(m->children[i]);
  for (guint k = 0; k < G_N_ELEMENTS(legend_channels); k++) {
    PkChannel channel = legend_channels[k];
    if (!m->unit)
      layer_channel(m, channel);
    else if (m->scales[channel])
      m->legends[channel] = parse_legend(m, channel);
  }
}

void
pk_build_legend_components(PkBuild *b)
{
  parse_legends(b->root);
}

/* ---------------------------------------------------------------- channels that share a legend */

/* The one field that a channel has in all units below; NULL: none or several. */
static const char *
field_of(const PkModel *m, PkChannel channel, gboolean *several)
{
  if (m->unit) {
    const PkChannelData *data = pk_model_channel(m, channel);
    return data && data->def->field ? data->def->field : NULL;
  }
  const char *found = NULL;
  for (guint i = 0; i < m->n_children && !*several; i++) {
    const char *field = field_of(m->children[i], channel, several);
    if (field && found && !g_str_equal(field, found))
      *several = TRUE;
    else if (field)
      found = field;
  }
  return *several ? NULL : found;
}

static gboolean
agree(const PkLegendComp *a, const PkLegendComp *c)
{
  return pk_scale_comp_is_discrete(a->scales[a->channel]) ==
         pk_scale_comp_is_discrete(c->scales[c->channel]);
}

/* Explicit lists of two discrete domains: the legend shows their union. */
static void
unite_values(PkLegendComp *into, const PkLegendComp *from)
{
  const PkScaleComp *scales[] = { into->scales[into->channel], from->scales[from->channel] };
  PkSplit *own = pk_split_get(into->props, "values");
  if (!pk_scale_comp_is_discrete(scales[0]) || (own && own->given))
    return;
  JsonArray *all = json_array_new();
  for (guint i = 0; i < 2; i++) {
    const PkDomainPart *part = scales[i]->parts->len == 1 ? scales[i]->parts->pdata[0] : NULL;
    if (!part || part->kind != PK_DOMAIN_VALUES || !JSON_NODE_HOLDS_ARRAY(part->values)) {
      json_array_unref(all);
      return;
    }
    JsonArray *array = json_node_get_array(part->values);
    for (guint k = 0; k < json_array_get_length(array); k++) {
      JsonNode *node = json_array_get_element(array, k);
      gboolean known = FALSE;
      for (guint j = 0; j < json_array_get_length(all); j++)
        known |= pk_json_equal(json_array_get_element(all, j), node);
      if (!known)
        json_array_add_element(all, json_node_copy(node));
    }
  }
  JsonNode *node = json_node_init_array(json_node_alloc(), all);
  json_array_unref(all);
  g_ptr_array_add(into->unit->build->nodes, node);
  pk_split_set(into->props, "values", node, FALSE);
}

/* Legends of one model, grouped by field. */
static void
collect(PkModel *m, GPtrArray *out)
{
  if (pk_model_is_concat(m)) /* Vega draws what several views share last */
    for (guint i = 0; i < m->n_children; i++)
      collect(m->children[i], out);
  guint first = out->len;
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  for (guint k = 0; k < G_N_ELEMENTS(legend_channels); k++) {
    PkChannel channel = legend_channels[k];
    PkLegendComp *comp = m->legends[channel];
    if (!comp)
      continue;
    gboolean several = FALSE, merged = FALSE;
    const char *field = field_of(m, channel, &several);
    g_autofree char *key = field ? g_strdup_printf("field:%s", field)
                                 : g_strdup_printf("channel:%s", pk_channel_name(channel));
    for (guint i = first; i < out->len && !merged; i++)
      if (g_str_equal(keys->pdata[i - first], key) && agree(out->pdata[i], comp) &&
          merge_comp(out->pdata[i], comp)) {
        unite_values(out->pdata[i], comp);
        merged = TRUE;
      }
    if (!merged) {
      g_ptr_array_add(out, copy_comp(comp));
      g_ptr_array_add(keys, g_steal_pointer(&key));
    }
  }
  for (guint i = 0; i < m->n_children && !pk_model_is_concat(m); i++)
    collect(m->children[i], out);
}

void
pk_legend_collect(PkBuild *b, GPtrArray *out)
{
  collect(b->root, out);
}
