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

static const PkRule tooltip_rules[] = { { "content", "'encoding'|'data'" }, { NULL, NULL } };

/* What stands in for other marks only has its type looked at. */
static const PkRule any_rules[] = { { "type", "Mark" }, { "*", "any" }, { NULL, NULL } };

const PkKind pk_schema_mark_kinds[] = {
  { .name = "Mark",
    .form = PK_KIND_WORDS,
    .text = "bar line area point circle square tick rule rect text !arc !boxplot !errorband !errorbar "
            "!geoshape !image !trail" },
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
