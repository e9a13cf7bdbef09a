/* Data, transforms, parameters. */
#include "pk-schema.h"

static const PkRule url_data[] = {
  { "url", "string" }, { "name", "string" }, { "format", "DataFormat" }, { NULL, NULL }
};
static const PkRule inline_data[] = {
  { "values", "string|object|[any]" }, { "name", "string" }, { "format", "DataFormat" }, { NULL, NULL },
};
static const PkRule named_data[] = { { "name", "string" }, { "format", "DataFormat" }, { NULL, NULL } };
static const PkRule sequence_data[] = { { "sequence", "Sequence" }, { "name", "string" }, { NULL, NULL } };
static const PkRule sequence_rules[] = {
  { "start", "number" }, { "stop", "number" }, { "step", "number" }, { "as", "string" }, { NULL, NULL },
};
static const PkRule map_data[] = {
  { "sphere", "!maps" }, { "graticule", "!maps" }, { "name", "string" }, { NULL, NULL }
};

static const PkRule format_rules[] = {
  { "type", "DataFormatType" }, { "parse", "null|'auto'|Parse" },
  { "property", "string" },     { "delimiter", "string" },
  { "header", "[string]" },     { "feature", "!maps" },
  { "mesh", "!maps" },          { NULL, NULL },
};
static const PkRule parse_rules[] = { { "*", "null|string" }, { NULL, NULL } };

/* Transforms. */
static const PkRule filter_rules[] = { { "filter", "Predicate" }, { NULL, NULL } };
static const PkRule calculate_rules[] = { { "calculate", "Expression" },
                                          { "as", "string" },
                                          { NULL, NULL } };
static const PkRule aggregate_rules[] = { { "aggregate", "[AggregateField]" },
                                          { "groupby", "[string]" },
                                          { NULL, NULL } };
static const PkRule aggregate_field[] = {
  { "op", "Aggregate" }, { "field", "string" }, { "as", "string" }, { NULL, NULL },
};
static const PkRule bin_rules[] = {
  { "bin", "boolean|BinParams" }, { "field", "string" }, { "as", "Text" }, { NULL, NULL }
};
static const PkRule time_unit_rules[] = {
  { "timeUnit", "TimeUnit" }, { "field", "string" }, { "as", "string" }, { NULL, NULL },
};
static const PkRule stack_rules[] = {
  { "stack", "string" },       { "groupby", "[string]" }, { "as", "Text" },
  { "offset", "StackOffset" }, { "sort", "[SortField]" }, { NULL, NULL },
};
static const PkRule sort_rules[] = { { "field", "string" }, { "order", "SortOrder|null" }, { NULL, NULL } };
static const PkRule join_rules[] = {
  { "joinaggregate", "[AggregateField]" }, { "groupby", "[string]" }, { NULL, NULL },
};
static const PkRule window_rules[] = {
  { "window", "[WindowField]" }, { "frame", "[number|null]" }, { "groupby", "[string]" },
  { "ignorePeers", "boolean" },  { "sort", "[SortField]" },    { NULL, NULL },
};
static const PkRule window_field[] = {
  { "op", "WindowOp|AggregateOp" },
  { "field", "string" },
  { "as", "string" },
  { "param", "number" },
  { NULL, NULL },
};

static const PkRule fold_rules[] = { { "fold", "[string]" }, { "as", "[string]" }, { NULL, NULL } };
static const PkRule flatten_rules[] = { { "flatten", "[string]" }, { "as", "[string]" }, { NULL, NULL } };
static const PkRule pivot_rules[] = {
  { "pivot", "string" }, { "value", "string" }, { "groupby", "[string]" },
  { "limit", "number" }, { "op", "AggregateOp" }, { NULL, NULL },
};
static const PkRule lookup_rules[] = {
  { "lookup", "string" }, { "from", "LookupData|LookupParam" }, { "as", "Text" }, { "default", "null|string" }, { NULL, NULL },
};
static const PkRule lookup_data[] = {
  { "data", "Data" }, { "key", "string" }, { "fields", "[string]" }, { NULL, NULL },
};
static const PkRule lookup_param[] = { { "param", "!a lookup of selected rows" }, { "*", "any" }, { NULL, NULL } };
static const PkRule impute_rules[] = {
  { "impute", "string" },        { "key", "string" }, { "keyvals", "[any]|ImputeSequence" }, { "groupby", "[string]" },
  { "method", "ImputeMethod" },  { "value", "any" },  { "frame", "[number|null]" },          { NULL, NULL },
};
static const PkRule regression_rules[] = {
  { "regression", "string" }, { "on", "string" },      { "groupby", "[string]" },
  { "method", "RegressionMethod" }, { "order", "number" }, { "extent", "[number]" },
  { "params", "boolean" },    { "as", "[string]" },    { NULL, NULL },
};

/* Transforms that are known but not done. */
static const PkRule other_rules[] = {
  { "density", "!the transform density" },   { "extent", "!the transform extent" },
  { "loess", "!the transform loess" },       { "quantile", "!the transform quantile" },
  { "sample", "!the transform sample" },     { "*", "any" },
  { NULL, NULL },
};

static const PkRule param_rules[] = {
  { "name", "string" },    { "value", "any" },     { "expr", "Expression" },
  { "bind", "any" },       { "react", "boolean" }, { "select", "'point'|'interval'|Select" },
  { "views", "[string]" }, { NULL, NULL },
};
static const PkRule select_rules[] = {
  { "type", "'point'|'interval'" },
  { "clear", "any" },
  { "encodings", "[string]" },
  { "fields", "[string]" },
  { "mark", "any" },
  { "nearest", "boolean" },
  { "on", "any" },
  { "resolve", "string" },
  { "toggle", "boolean|string" },
  { "translate", "boolean|string" },
  { "zoom", "boolean|string" },
  { NULL, NULL },
};

const PkKind pk_schema_data_kinds[] = {
  { .name = "Data", .form = PK_KIND_ALIAS, .text = "UrlData|InlineData|SequenceData|MapData|NamedData" },
  { .name = "UrlData", .key = "url", .rules = url_data },
  { .name = "InlineData", .key = "values", .rules = inline_data },
  { .name = "NamedData", .key = "name", .rules = named_data },
  { .name = "SequenceData", .key = "sequence", .rules = sequence_data },
  { .name = "Sequence", .key = "=start stop", .rules = sequence_rules },
  { .name = "MapData", .key = "sphere graticule", .rules = map_data },
  { .name = "DataFormat", .rules = format_rules },
  { .name = "DataFormatType", .form = PK_KIND_WORDS, .text = "json csv tsv dsv parquet !arrow !topojson" },
  { .name = "Parse", .rules = parse_rules },
  { .name = "Transform",
    .form = PK_KIND_ALIAS,
    .text =
      "FilterTransform|CalculateTransform|AggregateTransform|StackTransform|JoinTransform|WindowTransform|"
      "BinTransform|TimeUnitTransform|FoldTransform|FlattenTransform|PivotTransform|LookupTransform|ImputeTransform|"
      "RegressionTransform|OtherTransform" },
  { .name = "FoldTransform", .key = "fold", .rules = fold_rules },
  { .name = "FlattenTransform", .key = "flatten", .rules = flatten_rules },
  { .name = "PivotTransform", .key = "=pivot value", .rules = pivot_rules },
  { .name = "LookupTransform", .key = "=lookup from", .rules = lookup_rules },
  { .name = "LookupData", .key = "=data key", .rules = lookup_data },
  { .name = "LookupParam", .key = "param", .rules = lookup_param },
  { .name = "ImputeTransform", .key = "=impute key", .rules = impute_rules },
  { .name = "RegressionTransform", .key = "=regression on", .rules = regression_rules },
  { .name = "RegressionMethod", .form = PK_KIND_WORDS, .text = "linear !log !exp !pow !quad !poly" },
  { .name = "FilterTransform", .key = "filter", .rules = filter_rules },
  { .name = "CalculateTransform", .key = "=calculate as", .rules = calculate_rules },
  { .name = "AggregateTransform", .key = "aggregate", .rules = aggregate_rules },
  { .name = "AggregateField", .key = "=op", .rules = aggregate_field },
  { .name = "BinTransform", .key = "=bin field as", .rules = bin_rules },
  { .name = "TimeUnitTransform", .key = "=timeUnit field as", .rules = time_unit_rules },
  { .name = "StackTransform", .key = "=stack groupby as", .rules = stack_rules },
  { .name = "JoinTransform", .key = "joinaggregate", .rules = join_rules },
  { .name = "WindowTransform", .key = "window", .rules = window_rules },
  { .name = "WindowField", .key = "=op as", .rules = window_field },
  { .name = "WindowOp",
    .form = PK_KIND_WORDS,
    .text =
      "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value" },
  { .name = "SortField", .key = "=field", .rules = sort_rules },
  { .name = "OtherTransform",
    .rules = other_rules,
    .key = "density extent loess quantile sample" },
  { .name = "Param", .key = "=name", .rules = param_rules },
  { .name = "Select", .key = "=type", .rules = select_rules },
  { .name = NULL },
};
