/* Kinds that all parts of a specification share. */
#include "pk-schema.h"

#include "pk-color.h"
#include "pk-error.h"
#include "pk-expr.h"
#include "pk-timeunit.h"

#include <string.h>

static gboolean
is_text(JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING;
}

/* An expression that parses. */
static gboolean
check_expression(JsonNode *node, const char *path, GError **error)
{
  g_autoptr(GError) why = NULL;
  if (!is_text(node))
    return FALSE;
  g_autoptr(PkExpr) expr = pk_expr_parse(json_node_get_string(node), &why);
  if (!expr)
    pk_fail(error, why->code, "%s: %s", path, why->message);
  return expr != NULL;
}

static gboolean
check_color(JsonNode *node, const char *path, GError **error)
{
  PkColor color;
  if (!is_text(node))
    return FALSE;
  /* "" paints nothing, as null does. */
  if (!json_node_get_string(node)[0] || pk_color_parse(json_node_get_string(node), &color))
    return TRUE;
  return pk_fail(error, PK_ERROR_INVALID, "%s: \"%.40s\" is no colour", path, json_node_get_string(node));
}

static gboolean
check_time_unit(JsonNode *node, const char *path, GError **error)
{
  PkCalendarUnit unit;
  g_autoptr(GError) why = NULL;
  if (!is_text(node))
    return FALSE;
  if (pk_calendar_unit_parse(json_node_get_string(node), &unit, &why))
    return TRUE;
  return pk_fail(error, PK_ERROR_INVALID, "%s: %s", path, why->message);
}

/* Pixels: what a picture can have. */
static gboolean
check_length(JsonNode *node, const char *path, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE(node) || is_text(node) || json_node_get_value_type(node) == G_TYPE_BOOLEAN)
    return FALSE;
  double length = json_node_get_double(node);
  return (length >= 0 && length <= 1e6) ||
         pk_fail(error, PK_ERROR_INVALID, "%s: a size is 0 to 1000000 pixels", path);
}

static const PkRule expr_ref[] = { { "expr", "Expression" }, { NULL, NULL } };

static const PkRule date_time[] = {
  { "year", "number" },    { "quarter", "number" }, { "month", "number|string" }, { "date", "number" },
  { "day", "number|string" }, { "hours", "number" }, { "minutes", "number" },      { "seconds", "number" },
  { "milliseconds", "number" }, { "utc", "boolean" }, { NULL, NULL },
};

static const PkRule gradient_stop[] = { { "offset", "number" }, { "color", "Color" }, { NULL, NULL } };

static const PkRule gradient[] = {
  { "gradient", "'linear'|'radial'" },
  { "stops", "[GradientStop]" },
  { "id", "string" },
  { "x1", "number" },
  { "y1", "number" },
  { "x2", "number" },
  { "y2", "number" },
  { "r1", "number" },
  { "r2", "number" },
  { NULL, NULL },
};

static const PkRule step_rules[] = { { "step", "Length" },
                                     { "for", "'position'|'offset'" },
                                     { NULL, NULL } };
static const PkRule band_rules[] = { { "band", "number" }, { NULL, NULL } };
static const PkRule interval_rules[] = { { "interval", "TimeInterval" },
                                         { "step", "number" },
                                         { NULL, NULL } };

static const PkRule time_unit_rules[] = {
  { "unit", "TimeUnitName" }, { "step", "number" },    { "utc", "boolean" },
  { "maxbins", "number" },    { "binned", "boolean" }, { NULL, NULL },
};

static const PkRule bin_rules[] = {
  { "anchor", "number" }, { "base", "number" },      { "binned", "boolean" }, { "divide", "[number]" },
  { "extent", "[number]|!a bin extent from a parameter" }, { "maxbins", "number" }, { "minstep", "number" },
  { "nice", "boolean" },  { "step", "number" },      { "steps", "[number]" }, { NULL, NULL },
};

static const PkRule aggregate_rules[] = {
  { "argmin", "string" }, { "argmax", "string" }, { "exponential", "number" },
  { "exponentialb", "number" }, { NULL, NULL },
};

/* Predicates. */
static const PkRule and_rules[] = { { "and", "[Predicate]" }, { NULL, NULL } };
static const PkRule or_rules[] = { { "or", "[Predicate]" }, { NULL, NULL } };
static const PkRule not_rules[] = { { "not", "Predicate" }, { NULL, NULL } };
static const PkRule param_rules[] = { { "param", "string" }, { "empty", "boolean" }, { NULL, NULL } };

static const PkRule field_predicate[] = {
  { "field", "string" }, { "timeUnit", "TimeUnit" },
  { "equal", "string|number|boolean|null|DateTime|ExprRef" },
  { "lt", "string|number|DateTime|ExprRef" }, { "lte", "string|number|DateTime|ExprRef" },
  { "gt", "string|number|DateTime|ExprRef" }, { "gte", "string|number|DateTime|ExprRef" },
  { "range", "[number|null|DateTime|ExprRef]|ExprRef" },
  { "oneOf", "[string|number|boolean|null|DateTime]" }, { "valid", "boolean" }, { NULL, NULL },
};

const PkKind pk_schema_basic_kinds[] = {
  { .name = "Expression", .form = PK_KIND_CHECK, .text = "an expression", .check = check_expression },
  { .name = "ExprRef", .key = "expr", .rules = expr_ref },
  { .name = "Color", .form = PK_KIND_CHECK, .text = "a colour", .check = check_color },
  { .name = "Length", .form = PK_KIND_CHECK, .text = "number", .check = check_length },
  { .name = "Gradient", .key = "=gradient stops", .rules = gradient },
  { .name = "GradientStop", .key = "=offset color", .rules = gradient_stop },
  { .name = "DateTime",
    .key = "year quarter month date day hours minutes seconds milliseconds utc",
    .rules = date_time },
  { .name = "TimeUnitName", .form = PK_KIND_CHECK, .text = "a time unit", .check = check_time_unit },
  { .name = "TimeUnitParams", .key = "unit step utc maxbins binned", .rules = time_unit_rules },
  { .name = "TimeUnit", .form = PK_KIND_ALIAS, .text = "TimeUnitName|TimeUnitParams" },
  { .name = "TimeInterval",
    .form = PK_KIND_WORDS,
    .text = "millisecond second minute hour day week month year" },
  { .name = "TimeIntervalStep", .key = "=interval step", .rules = interval_rules },
  { .name = "Text", .form = PK_KIND_ALIAS, .text = "string|[string]" },
  { .name = "Number", .form = PK_KIND_ALIAS, .text = "number|ExprRef" },
  { .name = "Boolean", .form = PK_KIND_ALIAS, .text = "boolean|ExprRef" },
  { .name = "String", .form = PK_KIND_ALIAS, .text = "string|ExprRef" },
  { .name = "ColorOrNull", .form = PK_KIND_ALIAS, .text = "null|Color|ExprRef" },
  { .name = "Paint", .form = PK_KIND_ALIAS, .text = "null|Color|Gradient|ExprRef" },
  { .name = "Dash", .form = PK_KIND_ALIAS, .text = "[number]|ExprRef" },
  { .name = "Align", .form = PK_KIND_WORDS, .text = "left center right" },
  { .name = "Baseline", .form = PK_KIND_WORDS, .text = "alphabetic top middle bottom line-top line-bottom" },
  { .name = "Cap", .form = PK_KIND_WORDS, .text = "butt round square" },
  { .name = "Join", .form = PK_KIND_WORDS, .text = "miter round bevel" },
  { .name = "Weight", .form = PK_KIND_ALIAS, .text = "number|WeightWord|ExprRef" },
  { .name = "WeightWord", .form = PK_KIND_WORDS, .text = "normal bold lighter bolder" },
  { .name = "Anchor", .form = PK_KIND_WORDS, .text = "start middle end" },
  { .name = "Orientation", .form = PK_KIND_WORDS, .text = "horizontal vertical" },
  { .name = "Side", .form = PK_KIND_WORDS, .text = "left right top bottom" },
  { .name = "Step", .key = "step", .rules = step_rules },
  { .name = "Band", .key = "band", .rules = band_rules },
  { .name = "BinParams", .rules = bin_rules },
  { .name = "Bin", .form = PK_KIND_ALIAS, .text = "boolean|null|'binned'|BinParams" },
  { .name = "AggregateOp",
    .form = PK_KIND_WORDS,
    .text = "count valid missing distinct sum product mean average variance variancep stdev stdevp stderr "
            "median q1 q3 "
            "min max values !ci0 !ci1 exponential exponentialb argmin argmax" },
  { .name = "AggregateArg", .key = "argmin argmax exponential exponentialb", .rules = aggregate_rules },
  { .name = "Aggregate", .form = PK_KIND_ALIAS, .text = "AggregateOp|AggregateArg" },
  { .name = "SortOrder", .form = PK_KIND_WORDS, .text = "ascending descending" },
  { .name = "And", .key = "and", .rules = and_rules },
  { .name = "Or", .key = "or", .rules = or_rules },
  { .name = "Not", .key = "not", .rules = not_rules },
  { .name = "ParamPredicate", .key = "param", .rules = param_rules },
  { .name = "FieldPredicate", .key = "field", .rules = field_predicate },
  { .name = "Predicate",
    .form = PK_KIND_ALIAS,
    .text = "Expression|And|Or|Not|ParamPredicate|FieldPredicate" },
  { .name = NULL },
};
