#include "pk-build.h"

#include <string.h>

/* The defaults of Vega-Lite (its initConfig) and those of Vega's parser below them. */
static const char lite_defaults[] =
  "{\"background\":\"white\",\"padding\":5,\"timeFormat\":\"%b %d, %Y\",\"countTitle\":\"Count of Records\","
  "\"view\":{\"continuousWidth\":300,\"continuousHeight\":300,\"step\":20},"
  "\"mark\":{\"color\":\"#4c78a8\",\"invalid\":\"break-paths-show-path-domains\",\"timeUnitBandSize\":1},"
  "\"bar\":{\"binSpacing\":1,\"continuousBandSize\":5,\"minBandSize\":0.25,\"timeUnitBandPosition\":0.5},"
  "\"rect\":{\"binSpacing\":0,\"continuousBandSize\":5,\"minBandSize\":0.25,\"timeUnitBandPosition\":0.5},"
  "\"tick\":{\"binSpacing\":0,\"continuousBandSize\":5,\"minBandSize\":0.25,\"timeUnitBandPosition\":0.5,"
  "\"thickness\":1},"
  "\"rule\":{\"color\":\"black\"},\"text\":{\"color\":\"black\"},"
  "\"scale\":{\"pointPadding\":0.5,\"barBandPaddingInner\":0.1,\"rectBandPaddingInner\":0,"
  "\"tickBandPaddingInner\":0.25,\"bandWithNestedOffsetPaddingInner\":0.2,"
  "\"bandWithNestedOffsetPaddingOuter\":0.2,\"minBandSize\":2,\"minFontSize\":8,\"maxFontSize\":40,"
  "\"minOpacity\":0.3,\"maxOpacity\":0.8,\"minSize\":4,\"minStrokeWidth\":1,\"maxStrokeWidth\":4,"
  "\"quantileCount\":4,\"quantizeCount\":4,\"zero\":true},"
  "\"legend\":{\"gradientHorizontalMaxLength\":200,\"gradientHorizontalMinLength\":100,"
  "\"gradientVerticalMaxLength\":200,\"gradientVerticalMinLength\":64,\"unselectedOpacity\":0.35},"
  "\"style\":{},\"title\":{},\"normalizedNumberFormat\":\".0%\"}";

static const char vega_defaults[] =
    "{\"area\":{\"fill\":\"#4c78a8\"},\"line\":{\"stroke\":\"#4c78a8\",\"strokeWidth\":2},"
    "\"rect\":{\"fill\":\"#4c78a8\"},\"rule\":{\"stroke\":\"#000\"},"
    "\"symbol\":{\"fill\":\"#4c78a8\",\"size\":64},"
    "\"text\":{\"fill\":\"#000\",\"font\":\"sans-serif\",\"fontSize\":11},"
    "\"style\":{\"guide-label\":{\"fill\":\"#000\",\"font\":\"sans-serif\",\"fontSize\":10},"
    "\"guide-title\":{\"fill\":\"#000\",\"font\":\"sans-serif\",\"fontSize\":11,\"fontWeight\":\"bold\"},"
    "\"group-title\":{\"fill\":\"#000\",\"font\":\"sans-serif\",\"fontSize\":13,\"fontWeight\":\"bold\"},"
    "\"group-subtitle\":{\"fill\":\"#000\",\"font\":\"sans-serif\",\"fontSize\":12},"
    "\"point\":{\"size\":30,\"strokeWidth\":2,\"shape\":\"circle\"},"
    "\"circle\":{\"size\":30,\"strokeWidth\":2},\"square\":{\"size\":30,\"strokeWidth\":2,\"shape\":"
    "\"square\"},"
    "\"cell\":{\"fill\":\"transparent\",\"stroke\":\"#ddd\"},\"view\":{\"fill\":\"transparent\"}},"
    "\"title\":{\"orient\":\"top\",\"offset\":4,\"subtitlePadding\":3},"
    "\"axis\":{\"minExtent\":0,\"maxExtent\":200,\"bandPosition\":0.5,\"domain\":true,\"domainWidth\":1,"
    "\"domainColor\":\"#888\",\"grid\":false,\"gridWidth\":1,\"gridColor\":\"#ddd\",\"labels\":true,"
    "\"labelAngle\":0,\"labelLimit\":180,\"labelOffset\":0,\"labelPadding\":2,\"ticks\":true,"
    "\"tickColor\":\"#888\",\"tickOffset\":0,\"tickRound\":true,\"tickSize\":5,\"tickWidth\":1,"
    "\"titlePadding\":4},\"axisBand\":{\"tickOffset\":-0.5},"
    "\"legend\":{\"orient\":\"right\",\"padding\":0,\"columnPadding\":10,\"rowPadding\":2,"
    "\"symbolDirection\":\"vertical\",\"gradientDirection\":\"vertical\",\"gradientLength\":200,"
    "\"gradientThickness\":16,\"gradientStrokeColor\":\"#ddd\",\"gradientStrokeWidth\":0,"
    "\"gradientLabelOffset\":2,\"labelAlign\":\"left\",\"labelBaseline\":\"middle\",\"labelLimit\":160,"
    "\"labelOffset\":4,\"labelOverlap\":true,\"symbolLimit\":30,\"symbolType\":\"circle\",\"symbolSize\":"
    "100,"
    "\"symbolOffset\":0,\"symbolStrokeWidth\":1.5,\"symbolBaseFillColor\":\"transparent\","
    "\"symbolBaseStrokeColor\":\"#888\",\"titleLimit\":180,\"titleOrient\":\"top\",\"titlePadding\":5,"
    "\"layout\":{\"offset\":18,\"margin\":8}},"
    "\"range\":{\"category\":{\"scheme\":\"tableau10\"},\"ordinal\":{\"scheme\":\"blues\"},"
    "\"heatmap\":{\"scheme\":\"yellowgreenblue\"},\"ramp\":{\"scheme\":\"blues\"},"
    "\"diverging\":{\"scheme\":\"blueorange\",\"extent\":[1,0]},"
    "\"symbol\":[\"circle\",\"square\",\"triangle-up\",\"cross\",\"diamond\",\"triangle-right\","
    "\"triangle-down\",\"triangle-left\"]}}";

/* ---------------------------------------------------------------- nodes */

static JsonNode *
keep_node(PkBuild *b, JsonNode *node)
{
  g_ptr_array_add(b->nodes, node);
  return node;
}

JsonNode *
pk_build_node_double(PkBuild *b, double value)
{
  return keep_node(b, json_node_init_double(json_node_alloc(), value));
}

JsonNode *
pk_build_node_bool(PkBuild *b, gboolean value)
{
  return keep_node(b, json_node_init_boolean(json_node_alloc(), value));
}

JsonNode *
pk_build_node_text(PkBuild *b, const char *value)
{
  return keep_node(b, json_node_init_string(json_node_alloc(), value));
}

JsonNode *
pk_build_node_null(PkBuild *b)
{
  return keep_node(b, json_node_init_null(json_node_alloc()));
}

JsonNode *
pk_build_node_json(PkBuild *b, const char *json)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = json_from_string(json, &error);
  if (!node) {
    pk_build_fail(b, PK_ERROR_INTERNAL, "a default is no JSON: %s", error ? error->message : "empty");
    return pk_build_node_null(b);
  }
  return keep_node(b, node);
}

gboolean
pk_node_is_null(JsonNode *node)
{
  return !node || JSON_NODE_HOLDS_NULL(node);
}

gboolean
pk_node_is_text(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

gboolean
pk_node_is_number(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) &&
         (json_node_get_value_type(node) == G_TYPE_INT64 || json_node_get_value_type(node) == G_TYPE_DOUBLE);
}

gboolean
pk_node_is_bool(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN;
}

gboolean
pk_node_is_false(JsonNode *node)
{
  return pk_node_is_bool(node) && !json_node_get_boolean(node);
}

gboolean
pk_node_is_true(JsonNode *node)
{
  return pk_node_is_bool(node) && json_node_get_boolean(node);
}

/* Numbers compare as numbers, whether written as integers or not. */
gboolean
pk_json_equal(JsonNode *a, JsonNode *b)
{
  if (a == b)
    return TRUE;
  if (!a || !b)
    return FALSE;
  if (pk_node_is_number(a) && pk_node_is_number(b))
    return json_node_get_double(a) == json_node_get_double(b);
  return json_node_equal(a, b);
}

JsonNode *
pk_node_member(JsonNode *node, const char *name)
{
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_object_get_member(json_node_get_object(node), name)
                                              : NULL;
}

const char *
pk_node_expr(JsonNode *node)
{
  JsonNode *expr = pk_node_member(node, "expr");
  return pk_node_is_text(expr) ? json_node_get_string(expr) : NULL;
}

/* ---------------------------------------------------------------- config */

static JsonNode *
section_get(JsonObject *config, const char *section, const char *name)
{
  if (!json_object_has_member(config, section))
    return NULL;
  return pk_node_member(json_object_get_member(config, section), name);
}

/* Vega's mergeConfig: sections are merged one level deep, styles two, other members replaced. */
static void
merge_config(JsonObject *into, JsonObject *from, gboolean is_style)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init(&iter, from);
  while (json_object_iter_next(&iter, &name, &node)) {
    if (!JSON_NODE_HOLDS_OBJECT(node) || pk_node_expr(node)) {
      json_object_set_member(into, name, json_node_copy(node));
      continue;
    }
    JsonNode *old = json_object_has_member(into, name) ? json_object_get_member(into, name) : NULL;
    if (!old || !JSON_NODE_HOLDS_OBJECT(old)) {
      json_object_set_object_member(into, name, json_object_new());
      old = json_object_get_member(into, name);
    }
    JsonObject *target = json_node_get_object(old);
    if (!is_style && g_str_equal(name, "style")) {
      merge_config(target, json_node_get_object(node), TRUE);
      continue;
    }
    JsonObjectIter inner;
    const char *key;
    JsonNode *value;
    json_object_iter_init(&inner, json_node_get_object(node));
    while (json_object_iter_next(&inner, &key, &value))
      json_object_set_member(target, key, json_node_copy(value));
  }
}

static void
set_style_font(JsonObject *config, const char *style, JsonNode *font, const char *key)
{
  JsonObject *styles = json_object_get_object_member(config, "style");
  if (!json_object_has_member(styles, style))
    json_object_set_object_member(styles, style, json_object_new());
  json_object_set_member(json_object_get_object_member(styles, style), key, json_node_copy(font));
}

/* config.font, and config.fontSize with its parts. */
static void
apply_font_flags(JsonObject *config, JsonObject *given)
{
  static const char *const styles[] = { "guide-label", "guide-title", "group-title", "group-subtitle" };
  static const char *const sizes[] = { "guideLabel", "guideTitle", "groupTitle", "groupSubtitle" };
  JsonNode *font = json_object_has_member(given, "font") ? json_object_get_member(given, "font") : NULL;
  if (pk_node_is_text(font)) {
    json_object_set_member(json_object_get_object_member(config, "text"), "font", json_node_copy(font));
    for (guint i = 0; i < G_N_ELEMENTS(styles); i++)
      set_style_font(config, styles[i], font, "font");
  }
  JsonNode *size =
      json_object_has_member(given, "fontSize") ? json_object_get_member(given, "fontSize") : NULL;
  if (size && JSON_NODE_HOLDS_OBJECT(size)) {
    JsonNode *text = pk_node_member(size, "text");
    if (text)
      json_object_set_member(json_object_get_object_member(config, "text"), "fontSize",
                             json_node_copy(text));
    for (guint i = 0; i < G_N_ELEMENTS(styles); i++) {
      JsonNode *part = pk_node_member(size, sizes[i]);
      if (part)
        set_style_font(config, styles[i], part, "fontSize");
    }
  }
}

void
pk_build_init_config(PkBuild *b)
{
  b->config = json_node_get_object(pk_build_node_json(b, lite_defaults));
  b->vega = json_node_get_object(pk_build_node_json(b, vega_defaults));
  JsonObject *sources[] = { b->options ? b->options->theme : NULL, b->spec->config.object };
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
    if (!sources[i])
      continue;
    apply_font_flags(b->config, sources[i]);
    merge_config(b->config, sources[i], FALSE);
  }
}

JsonNode *
pk_config_get(const PkBuild *b, const char *section, const char *name)
{
  return section_get(b->config, section, name);
}

JsonNode *
pk_config_top(const PkBuild *b, const char *name)
{
  return json_object_has_member(b->config, name) ? json_object_get_member(b->config, name) : NULL;
}

JsonNode *
pk_vega_get(const PkBuild *b, const char *section, const char *name)
{
  return section_get(b->vega, section, name);
}

JsonNode *
pk_config_style(const PkBuild *b, const char *style, const char *name)
{
  return pk_node_member(pk_config_get(b, "style", style), name);
}

static gboolean
is_lite_only(const char *name)
{
  static const char *const names[] = { "color", "filled", "invalid", "order", "timeUnitBandSize",
                                       "timeUnitBandPosition", "binSpacing", "continuousBandSize",
                                       "discreteBandSize", "minBandSize", "bandSize", "thickness",
                                       "line", "point", NULL };
  return g_strv_contains(names, name);
}

static gboolean
is_mark_name(const char *style)
{
  for (int mark = 0; mark < PK_N_MARKS; mark++)
    if (g_str_equal(pk_mark_name(mark), style))
      return TRUE;
  return FALSE;
}

JsonNode *
pk_config_style_full(const PkBuild *b, const char *style, const char *name)
{
  JsonNode *node = pk_config_style(b, style, name);
  if (!node && is_mark_name(style) && !is_lite_only(name))
    node = pk_config_get(b, style, name);
  if (!node && g_str_equal(style, "cell"))
    node = pk_config_get(b, "view", name);
  if (!node)
    node = pk_node_member(pk_vega_get(b, "style", style), name);
  return node;
}

/* ---------------------------------------------------------------- mark properties */

/* The styles of a mark definition; the last wins. */
static guint
mark_styles(const PkModel *m, const char **styles, guint max)
{
  JsonNode *node = pk_props_get(&m->view->mark_def, "style");
  guint n = 0;
  if (pk_node_is_text(node)) {
    styles[n++] = json_node_get_string(node);
  } else if (node && JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array) && n < max; i++)
      styles[n++] = json_array_get_string_element(array, i);
  }
  return n;
}

JsonNode *
pk_mark_prop(const PkModel *m, const char *name)
{
  return pk_props_get(&m->view->mark_def, name);
}

JsonNode *
pk_mark_config(const PkModel *m, const char *name, const char *vg_name)
{
  const PkBuild *b = m->build;
  const char *styles[16];
  for (guint i = mark_styles(m, styles, G_N_ELEMENTS(styles)); i > 0; i--) {
    JsonNode *node = pk_config_style(b, styles[i - 1], name);
    if (node)
      return node;
  }
  JsonNode *node = pk_config_style(b, m->mark_name, name);
  if (!node && vg_name)
    node = pk_config_get(b, m->mark_name, vg_name);
  if (!node)
    node = pk_config_get(b, m->mark_name, name);
  if (!node)
    node = pk_config_get(b, "mark", vg_name ? vg_name : name);
  return node;
}

JsonNode *
pk_mark_prop_or_config(const PkModel *m, const char *name, const char *vg_name)
{
  JsonNode *node = vg_name ? pk_mark_prop(m, vg_name) : NULL;
  if (!node)
    node = pk_mark_prop(m, name);
  return node ? node : pk_mark_config(m, name, vg_name);
}

static const char *
vega_mark_type(PkMarkType mark)
{
  switch (mark) {
  case PK_MARK_BAR: case PK_MARK_RECT: case PK_MARK_TICK:
    return "rect";
  case PK_MARK_POINT: case PK_MARK_CIRCLE: case PK_MARK_SQUARE:
    return "symbol";
  default:
    return pk_mark_name(mark);
  }
}

JsonNode *
pk_mark_vega_default(const PkModel *m, const char *name)
{
  const PkBuild *b = m->build;
  const char *styles[16];
  for (guint i = mark_styles(m, styles, G_N_ELEMENTS(styles)); i > 0; i--) {
    JsonNode *node = pk_config_style_full(b, styles[i - 1], name);
    if (node)
      return node;
  }
  JsonNode *node = pk_config_style_full(b, m->mark_name, name);
  if (!node)
    node = pk_vega_get(b, vega_mark_type(m->mark), name);
  if (!node && !is_lite_only(name))
    node = pk_config_get(b, "mark", name);
  return node;
}

JsonNode *
pk_mark_effective(const PkModel *m, const char *name)
{
  JsonNode *node = pk_mark_prop(m, name);
  return node ? node : pk_mark_vega_default(m, name);
}

/* ---------------------------------------------------------------- split properties */

GHashTable *
pk_split_table(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

PkSplit *
pk_split_get(GHashTable *props, const char *name)
{
  return g_hash_table_lookup(props, name);
}

JsonNode *
pk_split_node(GHashTable *props, const char *name)
{
  PkSplit *split = pk_split_get(props, name);
  return split ? split->node : NULL;
}

void
pk_split_set(GHashTable *props, const char *name, JsonNode *node, gboolean given)
{
  PkSplit *split = g_new0(PkSplit, 1);
  split->node = node;
  split->given = given;
  g_hash_table_insert(props, (gpointer)g_intern_string(name), split);
}

void
pk_split_merge(GHashTable *into, GHashTable *from, const char *name)
{
  PkSplit *a = pk_split_get(into, name), *c = pk_split_get(from, name);
  if (!c)
    return;
  if (!a || (c->given && !a->given))
    pk_split_set(into, name, c->node, c->given);
}
