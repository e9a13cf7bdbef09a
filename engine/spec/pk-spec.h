/* The syntax tree of a Vega-Lite specification, checked.
 *
 * pk_spec_parse checks every property against what Pika-Plot implements: an
 * unknown or unsupported one is an error that names its JSON path. After it,
 * the tree is normalised: shorthand is expanded ("mark": "bar" → {type}), a layer's
 * shared encoding, data and transforms are merged into its units (transforms concatenated in order),
 * `point`/`line` overlays of line and area marks become layers, repeated condition forms are one form. The
 * tree is immutable; everything in it is owned by the PkSpec. */
#pragma once

#include "pk-expr.h"
#include "pk-props.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_MARK_BAR, PK_MARK_LINE, PK_MARK_AREA, PK_MARK_POINT, PK_MARK_CIRCLE, PK_MARK_SQUARE,
  PK_MARK_TICK, PK_MARK_RULE, PK_MARK_RECT, PK_MARK_TEXT, PK_N_MARKS
} PkMarkType;

typedef enum {
  PK_CHANNEL_X,
  PK_CHANNEL_Y,
  PK_CHANNEL_X2,
  PK_CHANNEL_Y2,
  PK_CHANNEL_XOFFSET,
  PK_CHANNEL_YOFFSET,
  PK_CHANNEL_COLOR,
  PK_CHANNEL_FILL,
  PK_CHANNEL_STROKE,
  PK_CHANNEL_OPACITY,
  PK_CHANNEL_FILL_OPACITY,
  PK_CHANNEL_STROKE_OPACITY,
  PK_CHANNEL_STROKE_WIDTH,
  PK_CHANNEL_STROKE_DASH,
  PK_CHANNEL_SIZE,
  PK_CHANNEL_SHAPE,
  PK_CHANNEL_ANGLE,
  PK_CHANNEL_TEXT,
  PK_CHANNEL_TOOLTIP,
  PK_CHANNEL_HREF,
  PK_CHANNEL_URL,
  PK_CHANNEL_DESCRIPTION,
  PK_CHANNEL_DETAIL,
  PK_CHANNEL_KEY,
  PK_CHANNEL_ORDER,
  PK_N_CHANNELS
} PkChannel;

typedef enum {
  PK_MEASURE_NONE,
  PK_MEASURE_QUANTITATIVE,
  PK_MEASURE_TEMPORAL,
  PK_MEASURE_ORDINAL,
  PK_MEASURE_NOMINAL
} PkMeasure;

typedef struct {
  gboolean present;  /* bin: true / {...} / "binned" */
  gboolean binned;   /* the data are binned already */
  PkProps params;    /* maxbins, step, minstep, extent, … */
} PkBinDef;

/* A field, datum or value definition of a channel. */
typedef struct PkChannelDef PkChannelDef;
struct PkChannelDef {
  char *path;            /* JSON path, for errors */
  PkChannel channel;
  char *field;           /* NULL: none. Accessor path in Vega's notation ("a.b", "a\\.b", "a[0]") */
  gboolean is_count;     /* aggregate: "count" */
  char *aggregate;       /* "mean", … or NULL; argmin/argmax in aggregate_arg */
  char *aggregate_arg;   /* {"argmax": "f"} → "f" */
  double aggregate_param;/* {"exponential": p} */
  PkBinDef bin;
  char *time_unit;       /* "yearmonth", … (unit name, with utc/binned prefix), or NULL */
  double time_step;      /* 1 unless given; time_maxbins > 0: {"maxbins"} */
  double time_maxbins;
  PkMeasure type;        /* as given; NONE: to be inferred */
  JsonNode *value;       /* "value": constant in visual space; NULL: none */
  JsonNode
    *datum; /* "datum": constant in data space; NULL: none (DateTime objects and {expr} kept as JSON) */
  gboolean has_title;    /* title given, maybe null */
  char *title;
  double band_position;  /* NaN: not given */
  gboolean has_sort, has_scale, has_axis, has_legend, has_stack;
  JsonNode *sort;        /* null, "ascending", "-y", [values], {field, op, order}, {encoding, order} */
  JsonNode *scale;       /* JSON null, or use scale_props */
  PkProps scale_props;
  gboolean axis_null, legend_null, scale_null;
  PkProps axis, legend;
  JsonNode *stack;       /* true/false/null/"zero"/"normalize"/"center" */
  JsonNode *impute;
  char *format, *format_type; /* text, tooltip: number or time format */
  guint n_conditions;    /* the first whose test holds wins, else this definition itself */
  struct PkCondition *conditions;
};

/* A predicate: an expression, a field predicate, a parameter, or a combination; kept as checked JSON
 * (pk_predicate_to_expr turns it into an expression). A
 * selection has become the test of what its `value` selects from the start. */
typedef struct PkCondition {
  JsonNode *test;   /* NULL if param */
  char *param;      /* a variable */
  gboolean empty;   /* param: an empty selection counts as all */
  PkChannelDef def; /* what holds if the test does: value or field */
} PkCondition;

typedef struct {
  guint n;            /* detail, tooltip, order, text…: may hold several */
  PkChannelDef *defs; /* n of them */
  gboolean is_null;   /* "tooltip": null */
} PkEncoding;

typedef enum { PK_DATA_NONE, PK_DATA_URL, PK_DATA_INLINE, PK_DATA_NAMED, PK_DATA_SEQUENCE } PkDataKind;

typedef struct {
  PkDataKind kind;
  char *name;         /* NAMED; or the name given */
  char *url;
  char *format_type;  /* "csv", "tsv", "json", "dsv", "parquet", "arrow", or NULL: by the url's ending, json
                         for inline */
  char *property;     /* format.property */
  char *delimiter;
  JsonNode *values;   /* INLINE: array, object or text */
  PkProps parse;      /* format.parse: field → "number", "date:'%Y'", …; parse_null: "parse": null */
  gboolean parse_null;
  double start, stop, step; /* SEQUENCE */
  char *as;
  char *path;
} PkData;

typedef enum {
  PK_TRANSFORM_FILTER,
  PK_TRANSFORM_CALCULATE,
  PK_TRANSFORM_AGGREGATE,
  PK_TRANSFORM_BIN,
  PK_TRANSFORM_TIMEUNIT,
  PK_TRANSFORM_STACK,
  PK_TRANSFORM_JOINAGGREGATE,
  PK_TRANSFORM_WINDOW,
  PK_TRANSFORM_FOLD,
  PK_TRANSFORM_FLATTEN,
  PK_TRANSFORM_PIVOT,
  PK_TRANSFORM_LOOKUP,
  PK_TRANSFORM_IMPUTE,
  PK_TRANSFORM_REGRESSION
} PkTransformKind;

typedef struct {
  PkTransformKind kind;
  PkProps props; /* the transform's own object, checked */
  PkData *data;  /* LOOKUP: where is looked; NULL otherwise */
} PkTransform;

typedef struct PkView PkView;
struct PkView {
  char *path;
  gboolean is_layer;                   /* it has children: layers over each other, or … */
  gboolean is_concat;                  /* … views beside each other */
  guint columns;                       /* concat: views a row; 0: all in one */
  JsonNode *spacing;                   /* concat: number, {row, column}, or NULL */
  char *name;
  /* unit: */
  PkMarkType mark;
  PkProps mark_def;                    /* with "type" */
  PkEncoding encoding[PK_N_CHANNELS];  /* own and inherited */
  PkData *data;                        /* own or inherited; shared; NULL: none */
  guint n_transforms;
  PkTransform *transforms;             /* own and inherited, in order */
  guint n_inherited;                   /* so many of them stand at a layer around this view */
  PkProps projection_unused;
  /* layer: */
  guint n_children;
  PkView **children;
  PkProps resolve;                     /* {scale: {...}, axis: {...}, legend: {...}} */
  /* both: */
  gboolean has_title;
  JsonNode *title;                     /* text, [texts] or {text, …} */
  JsonNode *width, *height;            /* number, "container", {step}, or NULL */
  PkProps view_config;                 /* "view": {stroke, …} */
};

typedef struct {
  char *name;
  JsonNode *value;   /* or NULL */
  char *expr;        /* or NULL */
  gboolean is_selection;
  PkProps props;
} PkParam;

typedef struct PkSpec PkSpec;
struct PkSpec {
  PkView *root;
  PkProps config;    /* checked; "" if none */
  JsonNode *autosize, *padding, *background;
  guint n_params;
  PkParam *params;
  JsonObject *datasets; /* or NULL */
  JsonObject *usermeta; /* or NULL: what Vega-Lite leaves to whoever draws */
};

/* Parses and checks UTF-8 JSON text. `name` is the file's name, for errors. No I/O. */
PkSpec *pk_spec_parse(const char *json, gssize length, const char *name, GError **error);
void pk_spec_free(PkSpec *self);

const char *pk_mark_name(PkMarkType mark);
const char *pk_channel_name(PkChannel channel);
const char *pk_measure_name(PkMeasure measure);

/* A Vega-Lite predicate (expression text, {field, equal|lt|…|oneOf|range|valid, timeUnit}, {and|or|not: …})
 * as an expression text over datum. Caller owns. */
char *pk_predicate_to_expr(JsonNode *predicate, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkSpec, pk_spec_free)

G_END_DECLS
