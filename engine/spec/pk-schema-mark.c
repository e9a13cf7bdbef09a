/* Marks and their configuration. What an interactive or accessible page would use (cursor, href, aria) draws
 * nothing and is accepted. */
#include "pk-schema.h"

static const PkRule mark_rules[] = {
  { "align", "Align|ExprRef" },
  { "angle", "Number" },
  { "aria", "Boolean" },
  { "ariaRole", "String" },
  { "ariaRoleDescription", "String" },
  { "aspect", "!the mark image" },
  { "baseline", "Baseline|ExprRef" },
  { "blend", "null|!blending" },
  { "clip", "Boolean" },
  { "color", "Paint" },
  { "cornerRadius", "Number" },
  { "cornerRadiusBottomLeft", "Number" },
  { "cornerRadiusBottomRight", "Number" },
  { "cornerRadiusTopLeft", "Number" },
  { "cornerRadiusTopRight", "Number" },
  { "cursor", "String" },
  { "description", "String" },
  { "dir", "'ltr'|!right-to-left text" },
  { "dx", "Number" },
  { "dy", "Number" },
  { "ellipsis", "String" },
  { "endAngle", "!the mark arc" },
  { "fill", "Paint" },
  { "fillOpacity", "Number" },
  { "filled", "boolean" },
  { "font", "String" },
  { "fontSize", "Number" },
  { "fontStyle", "String" },
  { "fontWeight", "Weight" },
  { "height", "number|ExprRef|Band" },
  { "href", "String" },
  { "innerRadius", "!the mark arc" },
  { "interpolate", "Interpolate|ExprRef" },
  { "invalid", "null|Invalid" },
  { "limit", "Number" },
  { "lineBreak", "String" },
  { "lineHeight", "Number" },
  { "opacity", "Number" },
  { "order", "null|boolean" },
  { "orient", "Orientation" },
  { "outerRadius", "!the mark arc" },
  { "padAngle", "!the mark arc" },
  { "radius", "!polar coordinates" },
  { "radius2", "!polar coordinates" },
  { "radius2Offset", "!polar coordinates" },
  { "radiusOffset", "!polar coordinates" },
  { "shape", "String" },
  { "size", "Number" },
  { "smooth", "!the mark image" },
  { "startAngle", "!the mark arc" },
  { "stroke", "Paint" },
  { "strokeCap", "Cap|ExprRef" },
  { "strokeDash", "Dash" },
  { "strokeDashOffset", "Number" },
  { "strokeJoin", "Join|ExprRef" },
  { "strokeMiterLimit", "!a miter limit" },
  { "strokeOffset", "!an offset of strokes" },
  { "strokeOpacity", "Number" },
  { "strokeWidth", "Number" },
  { "tension", "Number" },
  { "text", "Text|ExprRef" },
  { "theta", "!polar coordinates" },
  { "theta2", "!polar coordinates" },
  { "theta2Offset", "!polar coordinates" },
  { "thetaOffset", "!polar coordinates" },
  { "time", "!animation" },
  { "timeUnitBandPosition", "number" },
  { "timeUnitBandSize", "number" },
  { "tooltip", "number|string|boolean|null|TooltipContent|ExprRef" },
  { "url", "!the mark image" },
  { "width", "number|ExprRef|Band" },
  { "x", "number|'width'|ExprRef" },
  { "x2", "number|'width'|ExprRef" },
  { "y", "number|'height'|ExprRef" },
  { "y2", "number|'height'|ExprRef" },
  { "bandSize", "number" },
  { "binSpacing", "number" },
  { "continuousBandSize", "number" },
  { "cornerRadiusEnd", "Number" },
  { "discreteBandSize", "number|Band" },
  { "minBandSize", "Number" },
  { "thickness", "number" },
  { NULL, NULL },
};

/* Of one mark, not of a configuration's. */
static const PkRule own_rules[] = {
  { "style", "Text" },     { "x2Offset", "Number" }, { "xOffset", "Number" },
  { "y2Offset", "Number" }, { "yOffset", "Number" },  { NULL, NULL },
};

static const PkRule path_rules[] = {
  { "point", "boolean|null|'transparent'|OverlayDef" },
  { "line", "boolean|null|OverlayDef" },
  { NULL, NULL },
};

static const PkRule def_rules[] = {
  { "type", "Mark" },
  { "point", "boolean|null|'transparent'|OverlayDef" },
  { "line", "boolean|null|OverlayDef" },
  { NULL, NULL },
};

/* Marks made of others: their parts, and what goes to all parts. */
static const PkRule composite_def[] = {
  { "type", "Composite" }, { "orient", "Orientation" }, { "color", "Paint" }, { "opacity", "number" },
  { "clip", "boolean" },   { "aria", "boolean" },       { "style", "Text" },  { "tooltip", "any" },
  { NULL, NULL },
};
static const PkRule boxplot_rules[] = {
  { "box", "Part" },   { "median", "Part" }, { "outliers", "Part" },         { "rule", "Part" },
  { "ticks", "Part" }, { "size", "number" }, { "extent", "'min-max'|number" }, { NULL, NULL },
};
static const PkRule boxplot_def[] = { { "invalid", "null|Invalid" }, { NULL, NULL } };
static const PkRule errorbar_rules[] = {
  { "rule", "Part" },        { "ticks", "Part" },   { "extent", "ErrorExtent" }, { "center", "'mean'|'median'" },
  { "thickness", "number" }, { "size", "number" },  { NULL, NULL },
};
static const PkRule errorband_rules[] = {
  { "band", "Part" },               { "borders", "Part" },   { "extent", "ErrorExtent" }, { "center", "'mean'|'median'" },
  { "interpolate", "Interpolate" }, { "tension", "number" }, { NULL, NULL },
};

static gboolean
check_composite(JsonNode *node, const char *path, GError **error)
{
  static const char *const kinds[][2] = {
    { "boxplot", "BoxplotDef" }, { "errorbar", "ErrorbarDef" }, { "errorband", "ErrorbandDef" },
  };
  JsonNode *type = JSON_NODE_HOLDS_OBJECT(node) ? json_object_get_member(json_node_get_object(node), "type") : NULL;
  const char *name = type && JSON_NODE_HOLDS_VALUE(type) ? json_node_get_string(type) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (g_strcmp0(name, kinds[i][0]) == 0)
      return pk_schema_check(kinds[i][1], node, path, error);
  return FALSE;
}

static const PkRule tooltip_rules[] = { { "content", "'encoding'|'data'" }, { NULL, NULL } };

/* What stands in for other marks only has its type looked at. */
static const PkRule any_rules[] = { { "type", "Mark" }, { "*", "any" }, { NULL, NULL } };

const PkKind pk_schema_mark_kinds[] = {
  { .name = "Mark",
    .form = PK_KIND_WORDS,
    .text = "bar line area point circle square tick rule rect text !arc !geoshape !image !trail" },
  { .name = "Composite", .form = PK_KIND_WORDS, .text = "boxplot errorband errorbar" },
  { .name = "CompositeDef", .form = PK_KIND_CHECK, .text = "a boxplot, errorbar or errorband", .check = check_composite },
  { .name = "CompositeAny", .rules = composite_def },
  { .name = "BoxplotConfig", .rules = boxplot_rules },
  { .name = "BoxplotOwn", .rules = boxplot_def, .base = "CompositeAny" },
  { .name = "BoxplotDef", .rules = boxplot_rules, .base = "BoxplotOwn" },
  { .name = "ErrorbarConfig", .rules = errorbar_rules },
  { .name = "ErrorbarDef", .rules = errorbar_rules, .base = "CompositeAny" },
  { .name = "ErrorbandConfig", .rules = errorband_rules },
  { .name = "ErrorbandDef", .rules = errorband_rules, .base = "CompositeAny" },
  { .name = "ErrorExtent", .form = PK_KIND_WORDS, .text = "stderr stdev iqr ci" },
  { .name = "Part", .form = PK_KIND_ALIAS, .text = "boolean|null|MarkConfig" },
  { .name = "MarkDef", .key = "=type", .rules = def_rules, .base = "OverlayDef" },
  { .name = "MarkTypeOnly", .key = "=type", .rules = any_rules },
  { .name = "MarkConfig", .rules = mark_rules },
  { .name = "PathConfig", .rules = path_rules, .base = "MarkConfig" },
  { .name = "OverlayDef", .rules = own_rules, .base = "MarkConfig" },
  { .name = "TooltipContent", .key = "content", .rules = tooltip_rules },
  { .name = "Interpolate",
    .form = PK_KIND_WORDS,
    .text = "basis basis-open basis-closed bundle cardinal cardinal-open cardinal-closed catmull-rom linear "
            "linear-closed "
            "monotone natural step step-before step-after" },
  { .name = "Invalid",
    .form = PK_KIND_WORDS,
    .text =
      "filter break-paths-filter-domains break-paths-show-domains break-paths-show-path-domains show" },
  { .name = NULL },
};
