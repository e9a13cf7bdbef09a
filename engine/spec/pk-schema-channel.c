/* Channels of an encoding. */
#include "pk-schema.h"

/* What field definitions of all channels have. */
static const PkRule field_rules[] = {
  { "field", "string|RepeatRef" },
  { "aggregate", "Aggregate" },
  { "bin", "Bin" },
  { "timeUnit", "TimeUnit" },
  { "type", "Measure" },
  { "title", "Text|null" },
  { "bandPosition", "number" },
  { "tooltip", "boolean" },
  { NULL, NULL },
};

static const PkRule datum_rules[] = {
  { "datum", "string|number|boolean|null|DateTime|ExprRef|RepeatRef" },
  { "type", "Measure" },
  { "title", "Text|null" },
  { "bandPosition", "number" },
  { NULL, NULL },
};

static const PkRule position_field[] = {
  { "scale", "Scale|null" }, { "axis", "Axis|null" },     { "sort", "Sort" },
  { "stack", "Stack" },      { "impute", "Impute|null" }, { NULL, NULL },
};

static const PkRule position_value[] = { { "value", "number|'width'|'height'|ExprRef" }, { NULL, NULL } };

static const PkRule offset_field[] = { { "scale", "Scale|null" }, { "sort", "Sort" }, { NULL, NULL } };
static const PkRule offset_value[] = { { "value", "Number" }, { NULL, NULL } };

/* Colour, size, shape …: a legend and conditions. */
static const PkRule mark_field[] = {
  { "scale", "Scale|null" },
  { "legend", "Legend|null" },
  { "sort", "Sort" },
  { "condition", "ValueCondition|[ValueCondition]" },
  { NULL, NULL },
};

static const PkRule mark_value[] = {
  { "value", "MarkValue" }, { "condition", "Condition|[ValueCondition]" }, { NULL, NULL },
};

/* A condition alone: no value if it does not hold. */
static const PkRule only_condition[] = { { "condition", "Condition|[ValueCondition]" }, { NULL, NULL } };

static const PkRule condition_rules[] = {
  { "test", "Predicate" },   { "param", "string" },       { "empty", "boolean" },  { "value", "MarkValue" },
  { "datum", "string|number|boolean|null|DateTime|ExprRef|RepeatRef" },
  { "scale", "Scale|null" }, { "legend", "Legend|null" }, { "sort", "Sort" },
  { "format", "Format" },    { "formatType", "FormatType" }, { NULL, NULL },
};

static const PkRule value_condition[] = {
  { "test", "Predicate" },  { "param", "string" }, { "empty", "boolean" },
  { "value", "MarkValue" }, { NULL, NULL },
};

static const PkRule text_field[] = {
  { "format", "Format" },
  { "formatType", "FormatType" },
  { "condition", "ValueCondition|[ValueCondition]" },
  { NULL, NULL },
};

static const PkRule order_field[] = { { "sort", "SortOrder|null" }, { NULL, NULL } };
static const PkRule order_only[] = { { "sort", "SortOrder|null" }, { NULL, NULL } };
static const PkRule order_value[] = {
  { "value", "number|null|ExprRef" }, { "condition", "ValueCondition|[ValueCondition]" }, { NULL, NULL },
};

static const PkRule repeat_ref[] = { { "repeat", "'repeat'|'row'|'column'|'layer'" }, { NULL, NULL } };

static const PkRule sort_field[] = {
  { "field", "string|RepeatRef" },
  { "op", "AggregateOp" },
  { "order", "SortOrder|null" },
  { NULL, NULL },
};
static const PkRule sort_encoding[] = { { "encoding", "SortChannel" },
                                        { "order", "SortOrder|null" },
                                        { NULL, NULL } };

static const PkRule impute_rules[] = {
  { "value", "any" },
  { "method", "ImputeMethod" },
  { "frame", "[number|null]" },
  { "keyvals", "[any]|ImputeSequence" },
  { NULL, NULL },
};
static const PkRule impute_sequence[] = {
  { "start", "number" }, { "stop", "number" }, { "step", "number" }, { NULL, NULL }
};

static const PkRule encoding_rules[] = {
  { "x", "PositionValue|PositionDatum|PositionField" },
  { "y", "PositionValue|PositionDatum|PositionField" },
  { "x2", "PositionValue|SecondDatum|SecondField" },
  { "y2", "PositionValue|SecondDatum|SecondField" },
  { "xOffset", "OffsetValue|OffsetDatum|OffsetField" },
  { "yOffset", "OffsetValue|OffsetDatum|OffsetField" },
  { "color", "MarkProp" },
  { "fill", "MarkProp" },
  { "stroke", "MarkProp" },
  { "opacity", "MarkProp" },
  { "fillOpacity", "MarkProp" },
  { "strokeOpacity", "MarkProp" },
  { "strokeWidth", "MarkProp" },
  { "strokeDash", "MarkProp" },
  { "size", "MarkProp" },
  { "shape", "MarkProp" },
  { "angle", "MarkProp" },
  { "text", "TextProp" },
  { "tooltip", "null|TextProp|[TextField]" },
  { "href", "TextProp" },
  { "url", "!the mark image" },
  { "description", "TextProp" },
  { "detail", "PlainField|[PlainField]" },
  { "key", "PlainField" },
  { "order", "[OrderField]|OrderValue|OrderField|OrderOnly" },
  { "row", "!facets" },
  { "column", "!facets" },
  { "facet", "!facets" },
  { "latitude", "!maps" },
  { "latitude2", "!maps" },
  { "longitude", "!maps" },
  { "longitude2", "!maps" },
  { "theta", "!polar coordinates" },
  { "theta2", "!polar coordinates" },
  { "radius", "!polar coordinates" },
  { "radius2", "!polar coordinates" },
  { "time", "!animation" },
  { "xError", "PositionValue|SecondField" },
  { "xError2", "PositionValue|SecondField" },
  { "yError", "PositionValue|SecondField" },
  { "yError2", "PositionValue|SecondField" },
  { NULL, NULL },
};

const PkKind pk_schema_channel_kinds[] = {
  { .name = "Encoding", .rules = encoding_rules },
  { .name = "RepeatRef", .key = "repeat", .rules = repeat_ref },
  { .name = "Measure",
    .form = PK_KIND_WORDS,
    .text = "quantitative temporal ordinal nominal q t o n Q T O N !geojson" },
  { .name = "PlainField", .rules = field_rules },
  { .name = "PlainDatum", .key = "datum", .rules = datum_rules },
  { .name = "PositionValue", .key = "value", .rules = position_value },
  { .name = "PositionDatum", .key = "datum", .rules = position_field, .base = "PlainDatum" },
  { .name = "PositionField",
    .key = "field aggregate bin timeUnit type title axis scale sort stack impute bandPosition",
    .rules = position_field,
    .base = "PlainField" },
  { .name = "SecondField",
    .key = "field aggregate timeUnit bin",
    .rules = order_field,
    .base = "PlainField" },
  { .name = "SecondDatum", .key = "datum", .rules = offset_field, .base = "PlainDatum" },
  { .name = "OffsetValue", .key = "value", .rules = offset_value },
  { .name = "OffsetDatum", .key = "datum", .rules = offset_field, .base = "PlainDatum" },
  { .name = "OffsetField",
    .key = "field aggregate bin timeUnit type",
    .rules = offset_field,
    .base = "PlainField" },
  { .name = "MarkProp",
    .form = PK_KIND_ALIAS,
    .text = "MarkPropValue|MarkPropDatum|MarkPropField|OnlyCondition" },
  { .name = "MarkPropValue", .key = "value", .rules = mark_value },
  { .name = "MarkPropDatum", .key = "datum", .rules = mark_field, .base = "PlainDatum" },
  { .name = "MarkPropField",
    .key = "field aggregate bin timeUnit type legend scale",
    .rules = mark_field,
    .base = "PlainField" },
  { .name = "OnlyCondition", .key = "condition", .rules = only_condition },
  { .name = "MarkValue",
    .form = PK_KIND_ALIAS,
    .text = "string|number|boolean|null|[number]|[string]|Gradient|ExprRef" },
  { .name = "Condition", .key = "test param", .rules = condition_rules, .base = "PlainField" },
  { .name = "ValueCondition", .key = "test param", .rules = value_condition },
  { .name = "TextProp", .form = PK_KIND_ALIAS, .text = "MarkPropValue|TextDatum|TextField|OnlyCondition" },
  { .name = "TextDatum", .key = "datum", .rules = text_field, .base = "PlainDatum" },
  { .name = "TextField",
    .key = "field aggregate bin timeUnit type format",
    .rules = text_field,
    .base = "PlainField" },
  { .name = "OrderField",
    .key = "field aggregate bin timeUnit type",
    .rules = order_field,
    .base = "PlainField" },
  { .name = "OrderValue", .key = "value", .rules = order_value },
  { .name = "OrderOnly", .key = "sort", .rules = order_only },
  { .name = "Stack", .form = PK_KIND_ALIAS, .text = "boolean|null|StackOffset" },
  { .name = "StackOffset", .form = PK_KIND_WORDS, .text = "zero normalize center" },
  { .name = "Sort",
    .form = PK_KIND_ALIAS,
    .text = "null|SortWord|[string|number|boolean|null|DateTime]|SortByEncoding|SortByField" },
  { .name = "SortWord",
    .form = PK_KIND_WORDS,
    .text = "ascending descending x y color fill stroke strokeWidth size shape fillOpacity strokeOpacity "
            "opacity text -x -y "
            "-color -fill -stroke -strokeWidth -size -shape -fillOpacity -strokeOpacity -opacity -text" },
  { .name = "SortChannel",
    .form = PK_KIND_WORDS,
    .text = "x y color fill stroke strokeWidth size shape fillOpacity strokeOpacity opacity text" },
  { .name = "SortByField", .rules = sort_field },
  { .name = "SortByEncoding", .key = "encoding", .rules = sort_encoding },
  { .name = "Impute", .rules = impute_rules },
  { .name = "ImputeMethod", .form = PK_KIND_WORDS, .text = "value median max min mean" },
  { .name = "ImputeSequence", .key = "stop", .rules = impute_sequence },
  { .name = "Format", .form = PK_KIND_ALIAS, .text = "string|!a format for each time unit" },
  { .name = "FormatType",
    .form = PK_KIND_ALIAS,
    .text = "'number'|'time'|'utc'|!a format type of one's own" },
  { .name = NULL },
};
