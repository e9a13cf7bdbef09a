/* Views and the configuration. */
#include "pk-schema.h"

static const PkRule view_rules[] = {
  { "name", "string" },
  { "description", "string" },
  { "title", "null|Text|Title" },
  { "data", "null|Data" },
  { "transform", "[Transform]" },
  { "width", "Length|'container'|Step" },
  { "height", "Length|'container'|Step" },
  { "view", "ViewBackground" },
  { "params", "[Param]" },
  { "projection", "!maps" },
  { "bounds", "'full'|'flush'" },
  { NULL, NULL },
};

static const PkRule unit_rules[] = { { "mark", "Composite|CompositeDef|Mark|MarkDef" },
                                     { "encoding", "Encoding" },
                                     { NULL, NULL } };

static const PkRule layer_rules[] = {
  { "layer", "[View]" }, { "encoding", "Encoding" }, { "resolve", "Resolve" }, { NULL, NULL },
};

/* What stands only at the top. */
static const PkRule top_rules[] = {
  { "$schema", "string" },    { "autosize", "AutosizeType|Autosize" },
  { "background", "null|Color|ExprRef" }, { "padding", "number|Padding|ExprRef" },
  { "config", "Config" },     { "datasets", "Datasets" },
  { "usermeta", "object" },   { "align", "any" },
  { "center", "any" },        { "spacing", "any" },
  { "resolve", "Resolve" },   { NULL, NULL },
};

static const PkRule other_rules[] = { { "facet", "!faceting" }, { "*", "any" }, { NULL, NULL } };

/* Views beside each other. */
static const PkRule concat_rules[] = {
  { "concat", "[View]" },   { "hconcat", "[View]" },  { "vconcat", "[View]" },
  { "columns", "number" },  { "resolve", "Resolve" }, { "spacing", "number|Spacing" },
  { "align", "any" },       { "center", "any" },      { NULL, NULL },
};
static const PkRule repeat_rules[] = {
  { "repeat", "[string]|Repeat" }, { "spec", "View" },      { "columns", "number" },
  { "resolve", "Resolve" },        { "spacing", "number|Spacing" }, { "align", "any" },
  { "center", "any" },             { NULL, NULL },
};
static const PkRule repeat_map[] = {
  { "row", "[string]" }, { "column", "[string]" }, { "layer", "[string]" }, { NULL, NULL },
};
static const PkRule spacing_rules[] = { { "row", "number" }, { "column", "number" }, { NULL, NULL } };
static const PkRule concat_config[] = { { "columns", "number" }, { "spacing", "number" }, { NULL, NULL } };

static const PkRule background_rules[] = {
  { "cornerRadius", "Number" },     { "cursor", "string" },      { "fill", "ColorOrNull" },
  { "fillOpacity", "Number" },      { "opacity", "Number" },     { "stroke", "ColorOrNull" },
  { "strokeCap", "Cap|ExprRef" },   { "strokeDash", "Dash" },    { "strokeDashOffset", "Number" },
  { "strokeJoin", "Join|ExprRef" }, { "strokeMiterLimit", "!a miter limit" }, { "strokeOpacity", "Number" },
  { "strokeWidth", "Number" },      { "style", "Text" },         { NULL, NULL },
};

static const PkRule view_config[] = {
  { "clip", "boolean" },
  { "continuousHeight", "Length" },
  { "continuousWidth", "Length" },
  { "discreteHeight", "Length|Step" },
  { "discreteWidth", "Length|Step" },
  { "step", "Length" },
  { NULL, NULL },
};

static const PkRule resolve_rules[] = {
  { "scale", "ResolveMap" }, { "axis", "ResolveMap" }, { "legend", "ResolveMap" }, { NULL, NULL },
};

#define MODE(NAME) { NAME, "'shared'|'independent'" }
static const PkRule resolve_map[] = {
  MODE("x"),           MODE("y"),          MODE("xOffset"), MODE("yOffset"),     MODE("color"),
  MODE("fill"),        MODE("stroke"),     MODE("opacity"), MODE("fillOpacity"), MODE("strokeOpacity"),
  MODE("strokeWidth"), MODE("strokeDash"), MODE("size"),    MODE("shape"),       MODE("angle"),
  MODE("theta"),       MODE("radius"),     MODE("time"),    { NULL, NULL },
};

static const PkRule autosize_rules[] = {
  { "type", "AutosizeType" }, { "contains", "'content'|'padding'" }, { "resize", "boolean" }, { NULL, NULL },
};
static const PkRule padding_rules[] = {
  { "left", "number" }, { "right", "number" }, { "top", "number" }, { "bottom", "number" }, { NULL, NULL },
};
static const PkRule datasets_rules[] = { { "*", "string|object|[any]" }, { NULL, NULL } };

static const PkRule config_rules[] = {
  { "aria", "boolean" },
  { "autosize", "AutosizeType|Autosize" },
  { "background", "null|Color|ExprRef" },
  { "padding", "number|Padding|ExprRef" },
  { "params", "[Param]" },
  { "font", "string" },
  { "lineBreak", "String" },
  { "countTitle", "string" },
  { "fieldTitle", "'verbal'|'functional'|'plain'" },
  { "numberFormat", "string" },
  { "numberFormatType", "FormatType" },
  { "normalizedNumberFormat", "string" },
  { "normalizedNumberFormatType", "FormatType" },
  { "timeFormat", "string" },
  { "timeFormatType", "FormatType" },
  { "customFormatTypes", "boolean" },
  { "tooltipFormat", "FormatConfig" },
  { "locale", "!a locale" },
  { "mark", "MarkConfig" },
  { "bar", "MarkConfig" },
  { "line", "PathConfig" },
  { "area", "PathConfig" },
  { "point", "MarkConfig" },
  { "circle", "MarkConfig" },
  { "square", "MarkConfig" },
  { "tick", "MarkConfig" },
  { "rule", "PathConfig" },
  { "rect", "MarkConfig" },
  { "text", "MarkConfig" },
  { "boxplot", "BoxplotConfig" },
  { "errorbar", "ErrorbarConfig" },
  { "errorband", "ErrorbandConfig" },
  /* Of what cannot stand in a specification these set nothing. */
  { "arc", "object" },
  { "trail", "object" },
  { "image", "object" },
  { "geoshape", "object" },
  { "concat", "ConcatConfig" },
  { "facet", "object" },
  { "header", "object" },
  { "headerColumn", "object" },
  { "headerRow", "object" },
  { "headerFacet", "object" },
  { "projection", "object" },
  { "selection", "object" },
  { "axis", "AxisConfig" },
  { "axisX", "AxisConfig" },
  { "axisY", "AxisConfig" },
  { "axisLeft", "AxisConfig" },
  { "axisRight", "AxisConfig" },
  { "axisTop", "AxisConfig" },
  { "axisBottom", "AxisConfig" },
  { "axisBand", "AxisConfig" },
  { "axisPoint", "AxisConfig" },
  { "axisDiscrete", "AxisConfig" },
  { "axisQuantitative", "AxisConfig" },
  { "axisTemporal", "AxisConfig" },
  { "axisXBand", "AxisConfig" },
  { "axisXPoint", "AxisConfig" },
  { "axisXDiscrete", "AxisConfig" },
  { "axisXQuantitative", "AxisConfig" },
  { "axisXTemporal", "AxisConfig" },
  { "axisYBand", "AxisConfig" },
  { "axisYPoint", "AxisConfig" },
  { "axisYDiscrete", "AxisConfig" },
  { "axisYQuantitative", "AxisConfig" },
  { "axisYTemporal", "AxisConfig" },
  { "legend", "LegendConfig" },
  { "title", "TitleConfig" },
  { "scale", "ScaleConfig" },
  { "range", "RangeConfig" },
  { "style", "StyleConfig" },
  { "view", "ViewConfig" },
  { NULL, NULL },
};

static const PkRule format_config[] = {
  { "numberFormat", "string" },           { "numberFormatType", "FormatType" },
  { "normalizedNumberFormat", "string" }, { "normalizedNumberFormatType", "FormatType" },
  { "timeFormat", "string" },             { "timeFormatType", "FormatType" },
  { NULL, NULL },
};

static const PkRule scale_config[] = {
  { "animationDuration", "number" },
  { "bandPaddingInner", "Number" },
  { "bandPaddingOuter", "Number" },
  { "bandWithNestedOffsetPaddingInner", "Number" },
  { "bandWithNestedOffsetPaddingOuter", "Number" },
  { "barBandPaddingInner", "Number" },
  { "clamp", "Boolean" },
  { "continuousPadding", "Number" },
  { "framesPerSecond", "number" },
  { "invalid", "ScaleInvalid" },
  { "maxBandSize", "number" },
  { "maxFontSize", "number" },
  { "maxOpacity", "number" },
  { "maxSize", "number" },
  { "maxStrokeWidth", "number" },
  { "minBandSize", "number" },
  { "minFontSize", "number" },
  { "minOpacity", "number" },
  { "minSize", "number" },
  { "minStrokeWidth", "number" },
  { "offsetBandPaddingInner", "Number" },
  { "offsetBandPaddingOuter", "Number" },
  { "pointPadding", "Number" },
  { "quantileCount", "number" },
  { "quantizeCount", "number" },
  { "rectBandPaddingInner", "Number" },
  { "round", "Boolean" },
  { "tickBandPaddingInner", "Number" },
  { "useUnaggregatedDomain", "!useUnaggregatedDomain" },
  { "xReverse", "Boolean" },
  { "zero", "boolean" },
  { NULL, NULL },
};

#define SHOW(NAME) { NAME, "'zero-or-min'|InvalidValue" }
static const PkRule scale_invalid[] = {
  SHOW("x"),           SHOW("y"),          SHOW("xOffset"), SHOW("yOffset"),     SHOW("color"),
  SHOW("fill"),        SHOW("stroke"),     SHOW("opacity"), SHOW("fillOpacity"), SHOW("strokeOpacity"),
  SHOW("strokeWidth"), SHOW("strokeDash"), SHOW("size"),    SHOW("shape"),       SHOW("angle"),
  SHOW("theta"),       SHOW("radius"),     SHOW("time"),    { NULL, NULL },
};
static const PkRule invalid_value[] = { { "value", "any" }, { NULL, NULL } };

static const PkRule range_config[] = {
  { "category", "string|[string]|RangeScheme|ExprRef" },
  { "diverging", "string|[string]|RangeScheme|ExprRef" },
  { "heatmap", "string|[string]|RangeScheme|ExprRef" },
  { "ordinal", "string|[string]|RangeScheme|ExprRef" },
  { "ramp", "string|[string]|RangeScheme|ExprRef" },
  { "symbol", "[string]" },
  { NULL, NULL },
};
static const PkRule range_scheme[] = {
  { "scheme", "Text|ExprRef" }, { "count", "number" }, { "extent", "[number]" }, { NULL, NULL },
};

/* A style serves marks, axes or titles, whichever name it. */
static const PkRule style_config[] = {
  { "cell", "ViewBackground" }, { "*", "StyleProps" }, { NULL, NULL },
};

/* Properties of axes and of marks hardly share names: where one does not fit, the marks' words are told. */
static gboolean
check_style(JsonNode *node, const char *path, GError **error)
{
  return JSON_NODE_HOLDS_OBJECT(node) && (pk_schema_check("AxisConfig", node, path, NULL) ||
                                          pk_schema_check("PathConfig", node, path, error));
}

const PkKind pk_schema_view_kinds[] = {
  { .name = "View", .form = PK_KIND_ALIAS, .text = "Layer|OtherView|ConcatView|RepeatView|Unit" },
  { .name = "Unit", .key = "=mark", .rules = unit_rules, .base = "ViewBase" },
  { .name = "Layer", .key = "layer", .rules = layer_rules, .base = "ViewBase" },
  { .name = "OtherView", .key = "facet", .rules = other_rules },
  { .name = "ConcatView", .key = "concat hconcat vconcat", .rules = concat_rules, .base = "ViewBase" },
  { .name = "TopConcat", .key = "concat hconcat vconcat", .rules = concat_rules, .base = "TopBase" },
  { .name = "RepeatView", .key = "=repeat spec", .rules = repeat_rules, .base = "ViewBase" },
  { .name = "TopRepeat", .key = "=repeat spec", .rules = repeat_rules, .base = "TopBase" },
  { .name = "Repeat", .key = "row column layer", .rules = repeat_map },
  { .name = "Spacing", .key = "row column", .rules = spacing_rules },
  { .name = "ConcatConfig", .rules = concat_config },
  { .name = "ViewBase", .rules = view_rules },
  { .name = "Top", .form = PK_KIND_ALIAS, .text = "TopLayer|OtherView|TopConcat|TopRepeat|TopUnit" },
  { .name = "TopBase", .rules = top_rules, .base = "ViewBase" },
  { .name = "TopUnit", .key = "=mark", .rules = unit_rules, .base = "TopBase" },
  { .name = "TopLayer", .key = "layer", .rules = layer_rules, .base = "TopBase" },
  { .name = "ViewBackground", .rules = background_rules },
  { .name = "ViewConfig", .rules = view_config, .base = "ViewBackground" },
  { .name = "Resolve", .rules = resolve_rules },
  { .name = "ResolveMap", .rules = resolve_map },
  { .name = "AutosizeType", .form = PK_KIND_WORDS, .text = "pad none fit fit-x fit-y" },
  { .name = "Autosize", .rules = autosize_rules },
  { .name = "Padding", .rules = padding_rules },
  { .name = "Datasets", .rules = datasets_rules },
  { .name = "Config", .rules = config_rules },
  { .name = "FormatConfig", .rules = format_config },
  { .name = "ScaleConfig", .rules = scale_config },
  { .name = "ScaleInvalid", .rules = scale_invalid },
  { .name = "InvalidValue", .key = "value", .rules = invalid_value },
  { .name = "RangeConfig", .rules = range_config },
  { .name = "RangeScheme", .key = "scheme", .rules = range_scheme },
  { .name = "StyleConfig", .rules = style_config },
  { .name = "StyleProps",
    .form = PK_KIND_CHECK,
    .text = "properties of a mark or an axis",
    .check = check_style },
  { .name = NULL },
};
