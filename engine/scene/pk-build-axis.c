/* Axis components: what each unit says of its axes, and how layers share them (Vega-Lite's
 * compile/axis/parse, properties and config). */
#include "pk-build-axis.h"

#include <string.h>

static const char *const axis_properties[] = {
  "bandPosition", "domain", "domainCap", "domainColor", "domainDash", "domainDashOffset", "domainOpacity",
  "domainWidth", "format", "formatType", "grid", "gridCap", "gridColor", "gridDash", "gridDashOffset",
  "gridOpacity", "gridWidth", "labelAlign", "labelAngle", "labelBaseline", "labelBound", "labelColor",
  "labelExpr", "labelFlush", "labelFlushOffset", "labelFont", "labelFontSize", "labelFontStyle",
  "labelFontWeight", "labelLimit", "labelLineHeight", "labelOffset", "labelOpacity", "labelOverlap",
  "labelPadding", "labels", "labelSeparation", "maxExtent", "minExtent", "offset", "orient", "position",
  "tickBand", "tickCap", "tickColor", "tickCount", "tickDash", "tickDashOffset", "tickExtra", "tickMinStep",
  "tickOffset", "tickOpacity", "tickRound", "ticks", "tickSize", "tickWidth", "titleAlign", "titleAnchor",
  "titleAngle", "titleBaseline", "titleColor", "titleFont", "titleFontSize", "titleFontStyle",
  "titleFontWeight", "titleLimit", "titleLineHeight", "titleOpacity", "titlePadding", "titleX", "titleY",
  "translate", "values", "zindex",
};

/* ---------------------------------------------------------------- config */

static guint
type_sections(PkScaleType type, const char **names)
{
  switch (type) {
  case PK_SCALE_BAND:
    names[0] = "Discrete";
    names[1] = "Band";
    return 2;
  case PK_SCALE_POINT:
    names[0] = "Discrete";
    names[1] = "Point";
    return 2;
  case PK_SCALE_TIME: case PK_SCALE_UTC:
    names[0] = "Temporal";
    return 1;
  case PK_SCALE_LINEAR: case PK_SCALE_LOG: case PK_SCALE_POW: case PK_SCALE_SQRT: case PK_SCALE_SYMLOG:
    names[0] = "Quantitative";
    return 1;
  default:
    return 0;
  }
}

static JsonNode *
section_prop(PkBuild *b, const char *a, const char *c, const char *name)
{
  g_autofree char *section = g_strconcat("axis", a, c, NULL);
  return pk_config_get(b, section, name);
}

/* The sections that only Vega-Lite knows; the last one wins. */
static JsonNode *
lite_config(PkBuild *b, gboolean is_y, PkScaleType type, const char *name)
{
  const char *types[2];
  for (int pass = 1; pass >= 0; pass--)
    for (guint i = type_sections(type, types); i > 0; i--) {
      JsonNode *node = section_prop(b, pass ? (is_y ? "Y" : "X") : "", types[i - 1], name);
      if (node)
        return node;
    }
  return NULL;
}

static const char *
title_case(const char *orient)
{
  return g_str_equal(orient, "bottom") ? "Bottom" : g_str_equal(orient, "top") ? "Top"
         : g_str_equal(orient, "left") ? "Left" : "Right";
}

static JsonNode *
named_styles(PkBuild *b, JsonNode *style, const char *name)
{
  if (pk_node_is_text(style))
    return pk_config_style(b, json_node_get_string(style), name);
  if (!style || !JSON_NODE_HOLDS_ARRAY(style))
    return NULL;
  JsonArray *array = json_node_get_array(style);
  for (guint i = json_array_get_length(array); i > 0; i--) {
    JsonNode *node = pk_config_style(b, json_array_get_string_element(array, i - 1), name);
    if (node)
      return node;
  }
  return NULL;
}

/* The styles that the config sections of an axis name. */
static JsonNode *
config_style(PkBuild *b, gboolean is_y, PkScaleType type, const char *orient, const char *name)
{
  const char *types[2];
  JsonNode *found = NULL;
  guint n = type_sections(type, types);
  const char *plain[] = { "", title_case(orient), is_y ? "Y" : "X" };
  for (guint i = 0; i < 3; i++) {
    JsonNode *node = named_styles(b, section_prop(b, plain[i], "", "style"), name);
    found = node ? node : found;
  }
  for (guint i = 0; i < n; i++)
    for (int pass = 0; pass < 2; pass++) {
      JsonNode *node =
          named_styles(b, section_prop(b, pass ? (is_y ? "Y" : "X") : "", types[i], "style"), name);
      found = node ? node : found;
    }
  return found;
}

typedef struct {
  JsonNode *node;
  gboolean from_vega; /* from a section that Vega itself reads */
} ConfigValue;

static ConfigValue
axis_config(PkBuild *b, const PkProps *axis, gboolean is_y, PkScaleType type, const char *orient,
            const char *name)
{
  JsonNode *node = axis ? named_styles(b, pk_props_get(axis, "style"), name) : NULL;
  if (!node)
    node = lite_config(b, is_y, type, name);
  if (node)
    return (ConfigValue){ node, FALSE };
  const char *plain[] = { is_y ? "Y" : "X", title_case(orient), "" };
  for (guint i = 0; i < 3; i++) {
    node = section_prop(b, plain[i], "", name);
    if (node)
      return (ConfigValue){ node, TRUE };
  }
  return (ConfigValue){ config_style(b, is_y, type, orient, name), FALSE };
}

/* What applies where the component says nothing: Vega's sections, then its defaults. */
JsonNode *
pk_axis_prop(const PkAxisComp *comp, const char *orient, const char *name)
{
  PkBuild *b = comp->unit->build;
  gboolean is_y = comp->channel == PK_CHANNEL_Y, band = comp->scale->type == PK_SCALE_BAND;
  JsonNode *node = pk_split_node(comp->props, name);
  if (node)
    return node;
  if (band && (node = pk_config_get(b, "axisBand", name)))
    return node;
  if (!node)
    node = section_prop(b, title_case(orient), "", name);
  if (!node)
    node = section_prop(b, is_y ? "Y" : "X", "", name);
  if (band && !node)
    node = pk_vega_get(b, "axisBand", name);
  if (!node)
    node = pk_config_get(b, "axis", name);
  return node ? node : pk_vega_get(b, "axis", name);
}

/* ---------------------------------------------------------------- titles */

void
pk_guide_title_clear(PkGuideTitle *title)
{
  g_clear_pointer(&title->keys, g_ptr_array_unref);
  g_clear_pointer(&title->titles, g_ptr_array_unref);
}

/* Adds a field whose default title makes up the guide's, once. */
void
pk_guide_title_add(PkGuideTitle *title, const PkChannelDef *def, const char *text)
{
  g_autofree char *bin =
      def->bin.params.object ? g_strdup_printf("%p", (void *)def->bin.params.object) : NULL;
  if (def->bin.params.object) {
    JsonNode *node = json_node_init_object(json_node_alloc(), def->bin.params.object);
    g_free(bin);
    bin = json_to_string(node, FALSE);
    json_node_unref(node);
  }
  char *key = g_strdup_printf("%s|%d|%s|%s|%d%d%s|%s", def->field ? def->field : "", def->is_count,
                              def->aggregate ? def->aggregate : "",
                              def->aggregate_arg ? def->aggregate_arg : "", def->bin.present,
                              def->bin.binned, bin ? bin : "", def->time_unit ? def->time_unit : "");
  if (!title->keys) {
    title->keys = g_ptr_array_new_with_free_func(g_free);
    title->titles = g_ptr_array_new_with_free_func(g_free);
  }
  for (guint i = 0; i < title->keys->len; i++)
    if (g_str_equal(title->keys->pdata[i], key)) {
      g_free(key);
      return;
    }
  g_ptr_array_add(title->keys, key);
  g_ptr_array_add(title->titles, g_strdup(text ? text : ""));
}

static void
copy_fields(PkGuideTitle *into, const PkGuideTitle *from)
{
  for (guint i = 0; from->keys && i < from->keys->len; i++) {
    gboolean known = FALSE;
    if (!into->keys) {
      into->keys = g_ptr_array_new_with_free_func(g_free);
      into->titles = g_ptr_array_new_with_free_func(g_free);
    }
    for (guint k = 0; k < into->keys->len; k++)
      known |= g_str_equal(into->keys->pdata[k], from->keys->pdata[i]);
    if (!known) {
      g_ptr_array_add(into->keys, g_strdup(from->keys->pdata[i]));
      g_ptr_array_add(into->titles, g_strdup(from->titles->pdata[i]));
    }
  }
}

/* mergeTitle: both, unless they are equal or one says nothing. */
static JsonNode *
merged_text(PkBuild *b, JsonNode *a, JsonNode *c)
{
  const char *x = pk_build_lines(b, a), *y = pk_build_lines(b, c);
  if (!y || !y[0] || g_strcmp0(x, y) == 0)
    return a;
  if (!x || !x[0])
    return c;
  g_autofree char *joined = g_strdup_printf("%s\n%s", x, y);
  g_auto(GStrv) parts = g_strsplit(joined, "\n", -1);
  g_autofree char *text = g_strjoinv(", ", parts);
  return pk_build_node_text(b, text);
}

void
pk_guide_title_merge(PkBuild *b, PkGuideTitle *into, const PkGuideTitle *from)
{
  if (!from->set)
    return;
  if (!into->set || (from->given && !into->given)) {
    pk_guide_title_clear(into);
    into->set = TRUE;
    into->given = from->given;
    into->text = from->text;
    copy_fields(into, from);
    return;
  }
  if (into->given && !from->given)
    return;
  if (into->text && from->text) {
    if (JSON_NODE_HOLDS_NULL(into->text) || JSON_NODE_HOLDS_NULL(from->text))
      into->text = pk_build_node_null(b);
    else
      into->text = merged_text(b, into->text, from->text);
  } else if (from->text) {
    into->text = from->text;
  } else if (!into->text) {
    copy_fields(into, from);
  }
}

const char *
pk_guide_title_text(PkBuild *b, const PkGuideTitle *title)
{
  if (title->text)
    return pk_build_lines(b, title->text);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; title->titles && i < title->titles->len; i++)
    g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)title->titles->pdata[i]);
  return text->len ? pk_scene_intern(b->scene, text->str) : NULL;
}

static JsonNode *
def_title(PkBuild *b, const PkChannelDef *def)
{
  if (!def || !def->has_title)
    return NULL;
  return def->title ? pk_build_node_text(b, def->title) : pk_build_node_null(b);
}

static void
set_title(PkAxisComp *comp, const PkProps *axis, const char *orient)
{
  const PkModel *m = comp->unit;
  PkBuild *b = m->build;
  PkGuideTitle *title = &comp->title;
  const PkChannelData *first = pk_model_channel(m, comp->channel);
  const PkChannelData *second = pk_model_channel(m, pk_channel_second(comp->channel));
  JsonNode *own = axis ? pk_props_get(axis, "title") : NULL;
  title->set = TRUE;
  if (own) {
    title->text = own;
    title->given = TRUE;
    return;
  }
  JsonNode *a = first && pk_def_is_field(first->def) ? def_title(b, first->def) : NULL;
  JsonNode *c = second && pk_def_is_field(second->def) ? def_title(b, second->def) : NULL;
  if (a || c) {
    title->given = TRUE;
    title->text = a && c && !JSON_NODE_HOLDS_NULL(a) && !JSON_NODE_HOLDS_NULL(c) ? merged_text(b, a, c)
                  : a && !JSON_NODE_HOLDS_NULL(a) ? a : c ? c : a;
    return;
  }
  ConfigValue config =
      axis_config(b, axis, comp->channel == PK_CHANNEL_Y, comp->scale->type, orient, "title");
  if (config.node) {
    title->text = config.from_vega ? pk_build_node_null(b) : config.node;
    return;
  }
  if (first && pk_def_is_field(first->def))
    pk_guide_title_add(title, first->def, first->title);
  if (second && pk_def_is_field(second->def))
    pk_guide_title_add(title, second->def, second->title);
}

/* ---------------------------------------------------------------- rules */

typedef struct {
  PkAxisComp *comp;
  const PkModel *m;
  PkBuild *b;
  const PkChannelData *data;
  const PkProps *axis;   /* NULL: not given */
  const char *orient;
  gboolean is_y;
  double angle;          /* NAN: none */
} AxisRule;

static double
normalized_angle(double angle)
{
  return fmod(fmod(angle, 360) + 360, 360);
}

static double
label_angle(const AxisRule *r)
{
  JsonNode *node = r->axis ? pk_props_get(r->axis, "labelAngle") : NULL;
  if (!node)
    node = axis_config(r->b, r->axis, r->is_y, r->comp->scale->type, r->orient, "labelAngle").node;
  if (node)
    return normalized_angle(pk_build_double(r->b, node, 0));
  gboolean discrete = r->data->type == PK_MEASURE_NOMINAL || r->data->type == PK_MEASURE_ORDINAL;
  return !r->is_y && discrete && !(pk_def_is_field(r->data->def) && r->data->def->time_unit) ? 270 : NAN;
}

static const char *
default_align(const AxisRule *r)
{
  double a = r->angle, start = r->is_y ? 90 : 0;
  if (isnan(a))
    return NULL;
  if (fmod(a + start, 180) == 0)
    return r->is_y ? "center" : NULL;
  gboolean main = g_str_equal(r->orient, r->is_y ? "left" : "bottom");
  return (start < a && a < 180 + start) == main ? "left" : "right";
}

static const char *
default_baseline(const AxisRule *r)
{
  double a = r->angle;
  if (isnan(a))
    return NULL;
  if (!r->is_y) {
    if ((45 < a && a < 135) || (225 < a && a < 315))
      return "middle";
    return (a <= 45 || 315 <= a) == g_str_equal(r->orient, "top") ? "bottom" : "top";
  }
  if (a <= 45 || 315 <= a || (135 <= a && a <= 225))
    return NULL;
  return (45 <= a && a <= 135) == g_str_equal(r->orient, "left") ? "top" : "bottom";
}

static gboolean
is_discrete_measure(PkMeasure type)
{
  return type == PK_MEASURE_NOMINAL || type == PK_MEASURE_ORDINAL;
}

static JsonNode *
default_overlap(const AxisRule *r)
{
  const PkChannelDef *def = r->data->def;
  const char *word = pk_node_is_text(def->sort) ? json_node_get_string(def->sort) : NULL;
  gboolean object_sort =
      def->sort && (JSON_NODE_HOLDS_OBJECT(def->sort) || JSON_NODE_HOLDS_ARRAY(def->sort) ||
                    (word && !g_str_equal(word, "ascending") && !g_str_equal(word, "descending")));
  gboolean has_unit = pk_def_is_field(def) && def->time_unit;
  if (!((has_unit && !object_sort) || !is_discrete_measure(r->data->type)))
    return NULL;
  PkScaleType type = r->comp->scale->type;
  return type == PK_SCALE_LOG || type == PK_SCALE_SYMLOG ? pk_build_node_text(r->b, "greedy")
                                                         : pk_build_node_bool(r->b, TRUE);
}

static JsonNode *
default_tick_count(const AxisRule *r)
{
  PkScaleType type = r->comp->scale->type;
  const PkChannelDef *def = r->data->def;
  if ((r->axis && !pk_node_is_null(pk_props_get(r->axis, "values"))) ||
      pk_scale_comp_is_discrete(r->comp->scale) || type == PK_SCALE_LOG)
    return NULL;
  if (pk_def_is_field(def)) {
    if (def->bin.present && !def->bin.binned)
      return pk_build_node_json(r->b, r->is_y ? "{\"expr\":\"ceil(height/10)\"}"
                                              : "{\"expr\":\"ceil(width/10)\"}");
    const char *unit = def->time_unit;
    if (unit &&
        (g_str_equal(unit, "month") || g_str_equal(unit, "hours") || g_str_equal(unit, "day") ||
         g_str_equal(unit, "quarter") || g_str_equal(unit, "utcmonth") || g_str_equal(unit, "utchours") ||
         g_str_equal(unit, "utcday") || g_str_equal(unit, "utcquarter")))
      return NULL;
  }
  return pk_build_node_json(r->b,
                            r->is_y ? "{\"expr\":\"ceil(height/40)\"}" : "{\"expr\":\"ceil(width/40)\"}");
}

static JsonNode *
text_or_null(PkBuild *b, const char *text)
{
  return text ? pk_build_node_text(b, text) : NULL;
}

/* What a property is if the axis does not say it. */
static JsonNode *
axis_rule(const AxisRule *r, const char *name)
{
  PkBuild *b = r->b;
  const PkChannelDef *def = r->data->def;
  if (g_str_equal(name, "grid"))
    return pk_build_node_bool(b, !pk_scale_comp_is_discrete(r->comp->scale) && pk_def_is_field(def) &&
                                     !def->bin.present);
  if (g_str_equal(name, "labelAlign"))
    return text_or_null(b, default_align(r));
  if (g_str_equal(name, "labelAngle"))
    return isnan(r->angle) ? NULL : pk_build_node_double(b, r->angle);
  if (g_str_equal(name, "labelBaseline"))
    return text_or_null(b, default_baseline(r));
  if (g_str_equal(name, "labelFlush"))
    return !r->is_y && (r->data->type == PK_MEASURE_QUANTITATIVE || r->data->type == PK_MEASURE_TEMPORAL)
             ? pk_build_node_bool(b, TRUE) : NULL;
  if (g_str_equal(name, "labelOverlap"))
    return default_overlap(r);
  if (g_str_equal(name, "orient"))
    return pk_build_node_text(b, r->orient);
  if (g_str_equal(name, "tickCount"))
    return default_tick_count(r);
  if (g_str_equal(name, "format"))
    return pk_guide_rule_format(r->m, r->comp->channel, r->axis, TRUE);
  if (g_str_equal(name, "formatType"))
    return pk_guide_rule_format_type(r->m, r->comp->channel, r->axis, r->comp->scale);
  if (g_str_equal(name, "tickMinStep"))
    return pk_guide_rule_min_step(r->m, r->comp->channel,
                                  pk_guide_rule_format(r->m, r->comp->channel, r->axis, TRUE));
  if (g_str_equal(name, "bandPosition"))
    return pk_model_is_ranged_offset(r->m, r->comp->channel) ? pk_build_node_double(b, r->is_y ? 1 : 0)
                                                             : NULL;
  if (g_str_equal(name, "zindex"))
    return pk_build_node_double(b, r->m->mark == PK_MARK_RECT && is_discrete_measure(r->data->type) ? 1 : 0);
  return NULL;
}

/* Config values of Vega's own sections that count all the same: other rules look at them. */
static gboolean
always_from_config(const char *name)
{
  static const char *const names[] = {"grid",        "translate",  "format",    "formatType",
                                      "orient",      "labelExpr",  "tickCount", "position",
                                      "tickMinStep", "labelAngle", NULL};
  return g_strv_contains(names, name);
}

static void
set_property(const AxisRule *r, const char *name)
{
  JsonNode *given = r->axis ? pk_props_get(r->axis, name) : NULL;
  gboolean computed = g_str_equal(name, "labelAngle") || g_str_equal(name, "formatType");
  if (given) {
    JsonNode *node = computed ? axis_rule(r, name) : given;
    if (node)
      pk_split_set(r->comp->props, name, node, TRUE);
    return;
  }
  ConfigValue config = { 0 };
  if (!g_str_equal(name, "values"))
    config = axis_config(r->b, r->axis, r->is_y, r->comp->scale->type, r->orient, name);
  JsonNode *node = axis_rule(r, name);
  if (node && (!config.node || g_str_equal(name, "orient") || g_str_equal(name, "labelAngle")))
    pk_split_set(r->comp->props, name, node, FALSE);
  else if (config.node && (!config.from_vega || always_from_config(name)))
    pk_split_set(r->comp->props, name, config.node, FALSE);
}

static const char *
default_orient(PkBuild *b, const PkProps *axis, gboolean is_y)
{
  JsonNode *node = axis ? pk_props_get(axis, "orient") : NULL;
  if (pk_node_is_null(node))
    node = pk_config_get(b, is_y ? "axisY" : "axisX", "orient");
  if (pk_node_is_null(node))
    node = pk_config_get(b, "axis", "orient");
  return pk_build_text(b, node, is_y ? "left" : "bottom");
}

static PkAxisComp *
comp_new(PkModel *m, PkChannel channel)
{
  PkAxisComp *comp = g_new0(PkAxisComp, 1);
  comp->unit = m;
  comp->channel = channel;
  comp->props = pk_split_table();
  comp->scale = pk_model_scale(m, channel);
  g_ptr_array_add(m->build->axis_comps, comp);
  return comp;
}

void
pk_axis_comp_free(gpointer data)
{
  PkAxisComp *comp = data;
  g_hash_table_unref(comp->props);
  pk_guide_title_clear(&comp->title);
  g_free(comp);
}

static void
parse_axis(PkModel *m, gboolean is_y)
{
  PkChannel channel = is_y ? PK_CHANNEL_Y : PK_CHANNEL_X;
  PkAxisComp *comp = comp_new(m, channel);
  g_ptr_array_add(m->axes[is_y], comp);
  const PkChannelData *data = pk_model_channel(m, channel);
  const PkProps *axis = data->def->axis.object ? &data->def->axis : NULL;
  AxisRule r = { .comp = comp, .m = m, .b = m->build, .data = data, .axis = axis, .is_y = is_y };
  r.orient = default_orient(r.b, axis, is_y);
  comp->disabled_given = data->def->has_axis || axis != NULL || data->def->axis_null;
  comp->disabled =
      comp->disabled_given
          ? data->def->axis_null
          : pk_build_bool(r.b, axis_config(r.b, axis, is_y, comp->scale->type, r.orient, "disable").node,
                          FALSE);
  if (comp->disabled)
    return;
  r.angle = label_angle(&r);
  for (guint i = 0; i < G_N_ELEMENTS(axis_properties); i++)
    set_property(&r, axis_properties[i]);
  set_title(comp, axis, r.orient);
}

/* ---------------------------------------------------------------- layers */

static gboolean
orient_given(const PkAxisComp *comp)
{
  PkSplit *split = pk_split_get(comp->props, "orient");
  return split && split->given;
}

static const char *
comp_orient(const PkAxisComp *comp)
{
  return pk_build_text(comp->unit->build, pk_split_node(comp->props, "orient"),
                       comp->channel == PK_CHANNEL_Y ? "left" : "bottom");
}

static void
merge_disabled(PkAxisComp *into, const PkAxisComp *from)
{
  gboolean into_set = into->disabled || into->disabled_given;
  if (!into_set || (from->disabled_given && !into->disabled_given)) {
    into->disabled = from->disabled;
    into->disabled_given = from->disabled_given;
  }
}

static void
merge_comp(PkAxisComp *into, const PkAxisComp *from)
{
  merge_disabled(into, from);
  for (guint i = 0; i < G_N_ELEMENTS(axis_properties); i++)
    pk_split_merge(into->props, from->props, axis_properties[i]);
  pk_guide_title_merge(into->unit->build, &into->title, &from->title);
}

static PkAxisComp *
copy_comp(PkModel *m, const PkAxisComp *from)
{
  PkAxisComp *comp = comp_new(from->unit, from->channel);
  comp->scale = pk_model_scale(m, from->channel);
  if (!comp->scale)
    comp->scale = from->scale;
  comp->disabled = from->disabled;
  comp->disabled_given = from->disabled_given;
  for (guint i = 0; i < G_N_ELEMENTS(axis_properties); i++)
    pk_split_merge(comp->props, from->props, axis_properties[i]);
  pk_guide_title_merge(from->unit->build, &comp->title, &from->title);
  return comp;
}

static gboolean
guide_is_independent(const PkModel *m, const char *kind, PkChannel channel)
{
  PkProps bag = pk_props_get_bag(&m->view->resolve, kind);
  return m->scale_independent[channel] ||
         g_strcmp0(pk_props_get_text(&bag, pk_channel_name(channel), NULL), "independent") == 0;
}

/* FALSE: the axes cannot be one. */
static gboolean
merge_axes(PkModel *m, GPtrArray *into, GPtrArray *from)
{
  if (into->len == 0) {
    for (guint i = 0; i < from->len; i++)
      g_ptr_array_add(into, copy_comp(m, from->pdata[i]));
    return TRUE;
  }
  if (into->len != from->len)
    return FALSE;
  for (guint i = 0; i < into->len; i++) {
    PkAxisComp *a = into->pdata[i];
    const PkAxisComp *c = from->pdata[i];
    if (orient_given(a) && orient_given(c) && !g_str_equal(comp_orient(a), comp_orient(c)))
      return FALSE;
    merge_comp(a, c);
  }
  return TRUE;
}

static guint
orient_index(const char *orient)
{
  return g_str_equal(orient, "top")      ? 0
         : g_str_equal(orient, "bottom") ? 1
         : g_str_equal(orient, "left")   ? 2
                                         : 3;
}

/* Independent axes: later ones go to the other side, only the first has a grid. */
static void
spread_axes(PkModel *m, gboolean is_y)
{
  static const char *const opposite[] = { "bottom", "top", "right", "left" };
  guint count[4] = { 0 };
  g_ptr_array_set_size(m->axes[is_y], 0);
  for (guint i = 0; i < m->n_children; i++) {
    GPtrArray *axes = m->children[i]->axes[is_y];
    for (guint k = 0; k < axes->len; k++) {
      PkAxisComp *comp = axes->pdata[k];
      g_ptr_array_add(m->axes[is_y], comp);
      guint at = orient_index(comp_orient(comp)), other = orient_index(opposite[at]);
      if (count[at] > 0 && !orient_given(comp) && count[at] > count[other]) {
        pk_split_set(comp->props, "orient", pk_build_node_text(m->build, opposite[at]), FALSE);
        count[at]++;
        continue;
      }
      count[at]++;
    }
  }
  for (guint i = 1; i < m->axes[is_y]->len; i++) {
    PkAxisComp *comp = m->axes[is_y]->pdata[i];
    PkSplit *grid = pk_split_get(comp->props, "grid");
    if (grid && !grid->given)
      pk_split_set(comp->props, "grid", pk_build_node_bool(m->build, FALSE), FALSE);
  }
}

static void
layer_axes(PkModel *m)
{
  for (int is_y = 0; is_y < 2; is_y++) {
    PkChannel channel = is_y ? PK_CHANNEL_Y : PK_CHANNEL_X;
    gboolean independent = guide_is_independent(m, "axis", channel);
    for (guint i = 0; i < m->n_children && !independent; i++)
      if (m->children[i]->axes[is_y]->len > 0)
        independent = !merge_axes(m, m->axes[is_y], m->children[i]->axes[is_y]);
    if (independent)
      spread_axes(m, is_y);
  }
}

static void
parse_axes(PkModel *m)
{
  if (!m->unit) {
    for (guint i = 0; i < m->n_children; i++)
      parse_axes(m->children[i]);
    if (!pk_model_is_concat(m))
      layer_axes(m);
    return;
  }
  for (int is_y = 0; is_y < 2; is_y++)
    if (m->scales[is_y ? PK_CHANNEL_Y : PK_CHANNEL_X])
      parse_axis(m, is_y);
}

void
pk_build_axis_components(PkBuild *b)
{
  parse_axes(b->root);
}
