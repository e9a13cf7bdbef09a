/* What the files that build a scene share: the model tree with its scale, axis and legend
 * components, and access to properties. Not for other folders. */
#pragma once

#include "pk-error.h"
#include "pk-scale.h"
#include "pk-scene-build.h"
#include "pk-tickformat.h"

#include <math.h>

G_BEGIN_DECLS

typedef struct PkBuild PkBuild;
typedef struct PkModel PkModel;

/* A property of a component, and whether the specification gives it (then it wins in a merge). */
typedef struct {
  JsonNode *node;
  gboolean given;
} PkSplit;

typedef enum {
  PK_DOMAIN_VALUES,  /* a list in the specification */
  PK_DOMAIN_COLUMN,  /* the values of a column of a unit's table */
  PK_DOMAIN_EXTENT,  /* from lo to hi */
} PkDomainKind;

typedef enum {
  PK_DOMAIN_SORT_NONE,
  PK_DOMAIN_SORT_ASCENDING,
  PK_DOMAIN_SORT_DESCENDING,
  PK_DOMAIN_SORT_GIVEN,
  PK_DOMAIN_SORT_COLUMN
} PkDomainSort;

typedef struct {
  PkDomainKind kind;
  JsonNode *values;            /* VALUES: an array */
  gboolean temporal;
  const char *time_unit;
  const PkModel *unit;
  const PkChannelData *data;   /* COLUMN */
  const char *column;
  double lo, hi;
  PkDomainSort sort;
  const char *sort_column;     /* SORT_COLUMN: ascending by the least of this column */
  char *sort_key;              /* identity of the sort, for merging; owned */
} PkDomainPart;

typedef enum {
  PK_RANGE_NONE,
  PK_RANGE_FULL,     /* from 0 to the view's width, or from its height to 0 */
  PK_RANGE_STEP,     /* a px a band */
  PK_RANGE_BAND,     /* offsets: within the position's band */
  PK_RANGE_CENTER,   /* offsets without a position: around 0 */
  PK_RANGE_SPAN,     /* offsets on a time unit: a … b times its length, in px */
  PK_RANGE_PAIR,     /* from a to b */
  PK_RANGE_STEPS,    /* a … b in n equal steps */
  PK_RANGE_POINT_SIZE, PK_RANGE_BAND_SIZE, /* to what a step allows */
  PK_RANGE_LIST,     /* node: an array */
  PK_RANGE_SCHEME,   /* node: a name or {name, count, extent} */
  PK_RANGE_NAMED,    /* name: "category", "ramp" … of config.range */
  PK_RANGE_FIELD,    /* name: the column of the range's values */
} PkRangeKind;

typedef struct {
  PkRangeKind kind;
  gboolean given;
  const PkModel *unit;
  JsonNode *node;
  const char *name;
  double a, b;
  guint n;
  gboolean step_for_offset;
  JsonNode *range_min, *range_max; /* in place of the ends */
} PkRangeDef;

typedef struct PkScaleComp {
  PkBuild *build;
  PkModel *owner;
  PkChannel channel;
  gboolean merged;          /* the parent's stands for it */
  PkScaleType type;
  gboolean type_given;
  GPtrArray *parts;         /* of PkDomainPart */
  gboolean parts_given;
  GHashTable *props;        /* name → PkSplit * */
  PkRangeDef range;

  /* Resolved: */
  PkScale *scale;
  PkDatumIndex *values;     /* discrete domain */
  GArray *domain_values;    /* of PkValue, in the same order: labels keep their kind */
  double *domain;           /* continuous domain before zero, padding and nice */
  gsize n_domain;
  gboolean has_domain;
  const char *id;           /* of a position scale: see PkSceneScale; interned in the scene; NULL before */
  const PkSceneDomain *shown; /* in place of the domain; NULL: none */
  GPtrArray *slots;         /* of JsonNode *: range of shapes and dashes, and lists of an ordinal range */
} PkScaleComp;

typedef struct {
  gboolean given;
  JsonNode *text;           /* text or null; NULL: fields */
  GPtrArray *keys, *titles; /* of the fields that make up the title */
  gboolean set;
} PkGuideTitle;

typedef struct {
  PkModel *unit;            /* the first that has it */
  PkChannel channel;
  gboolean disabled;
  gboolean disabled_given;
  PkScaleComp *scale;
  GHashTable *props;        /* name → PkSplit *, with "orient" */
  PkGuideTitle title;
} PkAxisComp;

typedef struct {
  PkModel *unit;
  PkChannel channel;
  guint32 channels;         /* bits: the channels that it shows */
  gboolean disabled, disabled_given;
  GHashTable *props;
  PkGuideTitle title;
  gboolean is_gradient;     /* by the specification's rules, before Vega's */
  gboolean type_merged;
  gboolean color_fills, color_strokes; /* what the color channel stands for; both where marks of both kinds are merged */
  PkScaleComp *scales[PK_N_CHANNELS];
} PkLegendComp;

struct PkModel {
  PkBuild *build;
  PkModel *parent;
  const PkUnitTree *tree;
  const PkView *view;
  const PkUnit *unit;       /* NULL: a layer */
  guint n_children;
  PkModel **children;
  guint index;

  PkScaleComp *scales[PK_N_CHANNELS];
  gboolean scale_independent[PK_N_CHANNELS];
  GPtrArray *axes[2];       /* of PkAxisComp: x, y */
  gboolean axis_independent[2];
  PkLegendComp *legends[PK_N_CHANNELS];

  /* A unit's mark: */
  PkMarkType mark;
  const char *mark_name;
  char orient;              /* 'v', 'h' or 0 */
  gboolean filled;
  JsonNode *size[2];        /* width, height as given here or above; NULL */

  /* A leaf's (a unit or layer of its own, not part of another): */
  double width, height;
  PkBox box;                /* all it shows, from the plotting area's corner; of a concatenation: from its first view's */
  PkSceneView *drawn;
};

struct PkBuild {
  const PkSpec *spec;
  const PkSceneOptions *options;
  const PkTextMeasure *measure;
  PkScene *scene;
  PkArena *arena;
  JsonObject *config;       /* defaults of Vega-Lite, theme and specification */
  JsonObject *vega;         /* defaults of Vega */
  GPtrArray *nodes;         /* nodes made here */
  GPtrArray *memory;        /* g_free'd with the build */
  GHashTable *exprs;        /* text → PkExpr * */
  GHashTable *param_values; /* name → PkValue *; a NULL value: being evaluated */
  GHashTable *dashes;       /* JSON text → interned dash */
  PkModel *root;
  PkModel *leaf;            /* the view that is being built: the root, or one of those beside each other */
  GPtrArray *models;        /* owned, parents first */
  GPtrArray *units;         /* the units among them, in drawing order */
  GPtrArray *comps;         /* owned PkScaleComp */
  GPtrArray *axis_comps, *legend_comps; /* owned */
  double width, height;
  GError *error;            /* the first that happened; the rest of the work is then void */
};

/* Keeps the first error. */
void pk_build_fail(PkBuild *b, PkErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
void pk_build_take_error(PkBuild *b, GError *error);
gpointer pk_build_alloc(PkBuild *b, gsize n, gsize size); /* zeroed, freed with the build */

/* ---- nodes and properties (pk-build-config.c). Nodes are borrowed; those made live as long as the build.
 */
void pk_build_init_config(PkBuild *b);
JsonNode *pk_build_node_double(PkBuild *b, double value);
JsonNode *pk_build_node_bool(PkBuild *b, gboolean value);
JsonNode *pk_build_node_text(PkBuild *b, const char *value);
JsonNode *pk_build_node_null(PkBuild *b);
JsonNode *pk_build_node_json(PkBuild *b, const char *json);
gboolean pk_json_equal(JsonNode *a, JsonNode *b);
gboolean pk_node_is_null(JsonNode *node);    /* NULL or JSON null */
gboolean pk_node_is_text(JsonNode *node);
gboolean pk_node_is_number(JsonNode *node);
gboolean pk_node_is_bool(JsonNode *node);
gboolean pk_node_is_false(JsonNode *node);   /* JSON false */
gboolean pk_node_is_true(JsonNode *node);
/* A member of an object node; NULL if it is none. */
JsonNode *pk_node_member(JsonNode *node, const char *name);
const char *pk_node_expr(JsonNode *node);    /* of {"expr": …}, else NULL */

/* config.<section>.<name>: as given or by Vega-Lite's default; NULL. */
JsonNode *pk_config_get(const PkBuild *b, const char *section, const char *name);
JsonNode *pk_config_top(const PkBuild *b, const char *name);
JsonNode *pk_vega_get(const PkBuild *b, const char *section, const char *name);
/* Style: config.style.<style>.<name>, without and with the defaults that Vega and config.<mark> put there.
 */
JsonNode *pk_config_style(const PkBuild *b, const char *style, const char *name);
JsonNode *pk_config_style_full(const PkBuild *b, const char *style, const char *name);

/* Vega-Lite's getMarkPropOrConfig, getMarkConfig. vg_name may be NULL. */
JsonNode *pk_mark_prop(const PkModel *m, const char *name);
JsonNode *pk_mark_prop_or_config(const PkModel *m, const char *name, const char *vg_name);
JsonNode *pk_mark_config(const PkModel *m, const char *name, const char *vg_name);
/* What Vega applies if the encoding says nothing: styles, then the defaults of its mark type. */
JsonNode *pk_mark_vega_default(const PkModel *m, const char *name);
/* The mark's property or all of its defaults. */
JsonNode *pk_mark_effective(const PkModel *m, const char *name);

/* Values; expressions see parameters, width and height. */
PkValue pk_build_value(PkBuild *b, JsonNode *node);
double pk_build_double(PkBuild *b, JsonNode *node, double fallback);
gboolean pk_build_bool(PkBuild *b, JsonNode *node, gboolean fallback);
const char *pk_build_text(PkBuild *b, JsonNode *node, const char *fallback);  /* interned in the scene */
gboolean pk_build_color(PkBuild *b, JsonNode *node, PkColor *color);          /* FALSE: none */
const double *pk_build_dash(PkBuild *b, JsonNode *node, guint *n);            /* interned; NULL: solid */
PkExpr *pk_build_expr(PkBuild *b, const char *text); /* cached; NULL after an error */
PkValue pk_build_eval(PkBuild *b, PkExpr *expr, const PkTable *table, gint64 row);
/* The same with values for datum by name (pairs of name, PkValue *, ended by NULL name). */
typedef struct { const char *name; PkValue value; } PkBinding;
PkValue pk_build_eval_with(PkBuild *b, PkExpr *expr, const PkBinding *bindings, guint n);
/* A text (lines of an array joined by \n) or NULL. */
const char *pk_build_lines(PkBuild *b, JsonNode *node);
/* A value of a temporal or time-unit field as given in a specification: a date. */
PkValue pk_build_datum(PkBuild *b, JsonNode *node, gboolean temporal, const char *time_unit);
PkValue pk_build_datum_value(PkBuild *b, const PkValue *value); /* JavaScript's Date of it */
PkRgba pk_rgba(const PkColor *color);

PkSplit *pk_split_get(GHashTable *props, const char *name);
JsonNode *pk_split_node(GHashTable *props, const char *name);
void pk_split_set(GHashTable *props, const char *name, JsonNode *node, gboolean given);
/* Vega-Lite's mergeValuesWithExplicit with the default tie breaker, of one property. */
void pk_split_merge(GHashTable *into, GHashTable *from, const char *name);
GHashTable *pk_split_table(void);

/* ---- models (pk-build-model.c) */
gboolean pk_build_models(PkBuild *b, const PkUnitTree *tree);
gboolean pk_model_is_concat(const PkModel *m);
/* The unit or layer that is a view of its own, of which m is part. */
PkModel *pk_model_leaf(PkModel *m);
/* Is m the other, or within it? */
gboolean pk_model_is_within(const PkModel *m, const PkModel *other);
/* Makes a leaf the one that is built: its size is what width and height mean. */
void pk_build_enter(PkBuild *b, PkModel *leaf);
const PkChannelData *pk_model_channel(const PkModel *m, PkChannel channel); /* a field or datum; NULL */
const PkChannelData *pk_model_data_of(const PkModel *m,
                                      const PkChannelDef *def); /* a condition's too; NULL: none */
const PkChannelDef *pk_model_def(const PkModel *m, PkChannel channel);      /* field, datum or value; NULL */
gboolean pk_def_is_field(const PkChannelDef *def);
gboolean pk_def_is_datum(const PkChannelDef *def);
gboolean pk_model_is_ranged_offset(const PkModel *m, PkChannel channel);
double pk_model_band_position(const PkModel *m, PkChannel channel, gboolean has_second); /* NAN: none */
gboolean pk_model_shifted_edges(const PkModel *m, PkChannel channel, const char **start, const char **end);
gboolean pk_mark_is_rect(PkMarkType mark);
gboolean pk_mark_is_path(PkMarkType mark);
PkChannel pk_channel_second(PkChannel channel);
PkChannel pk_channel_offset(PkChannel channel);
gboolean pk_channel_is_xy(PkChannel channel);     /* x or y */
gboolean pk_channel_is_offset(PkChannel channel); /* xOffset or yOffset */

/* ---- scales (pk-build-scale.c, -domain.c, -range.c) */
PkScaleComp *pk_model_scale(const PkModel *m, PkChannel channel); /* the merged one; NULL */
void pk_build_scales(PkBuild *b);          /* components, merged */
void pk_build_domain_parts(PkModel *unit);
void pk_build_range_def(PkModel *unit);
void pk_scale_comp_resolve_domain(PkScaleComp *comp);
void pk_scale_comp_resolve(PkScaleComp *comp);
/* Names the position scales, and finds what they show in place of their data. */
void pk_build_scale_ids(PkBuild *b);
/* Tells the scene of the position scales as they are. */
void pk_build_tell_scales(PkBuild *b, PkSceneView *view);
/* The field of the first part of its domain that is a field as it is, binned or floored to a time unit; NULL. Borrowed
 * from the specification. */
const char *pk_scale_comp_field(const PkScaleComp *comp);
/* Do x or y of the unit show something else than their data? */
gboolean pk_model_is_zoomed(const PkModel *m);
void pk_build_sizes(PkBuild *b, double *width, double *height, gboolean step[2]);
gboolean pk_scale_comp_is_discrete(const PkScaleComp *comp);   /* by its domain: bin-ordinal too */
JsonNode *pk_scale_comp_prop(const PkScaleComp *comp, const char *name);
gboolean pk_scale_comp_reversed(PkScaleComp *comp);
/* "definitely" 1, "maybe" 0, "definitely not" -1 */
int pk_scale_comp_has_zero(const PkScaleComp *comp);
double pk_scale_comp_double(const PkScaleComp *comp, const char *name, double fallback);
gsize pk_scale_comp_count(const PkScaleComp *comp);  /* of values in a discrete domain */
void pk_scale_comp_paddings(const PkScaleComp *comp, double *inner, double *outer);
gboolean pk_scale_comp_ends(const PkScaleComp *comp, double ends[2]); /* FALSE: its range has no two ends */
PkDatum pk_value_to_datum(const PkValue *value);
/* A value's place; NAN if it has none. band: 0 … 1 of a band is added. */
double pk_scale_comp_place(const PkScaleComp *comp, const PkValue *value, double band);
gboolean pk_scale_comp_color(const PkScaleComp *comp, const PkValue *value, PkColor *color);
JsonNode *pk_scale_comp_slot(const PkScaleComp *comp, const PkValue *value); /* shapes, dashes; NULL */
void pk_scale_comp_free(PkScaleComp *comp);
void pk_domain_part_free(gpointer part);
double pk_view_step(const PkBuild *b, gboolean is_y);  /* config.view's */
JsonNode *pk_view_discrete_size(const PkBuild *b, gboolean is_y); /* a number, or {step} */

/* ---- rules: how a visual property of a mark is found for a row (pk-build-rule.c) */
typedef enum {
  PK_REF_NONE, PK_REF_NODE, PK_REF_NUMBER, PK_REF_EXPR,
  PK_REF_COLUMN,   /* a column's value as it is */
  PK_REF_SCALED,   /* through the scale */
  PK_REF_BETWEEN,  /* (1 - t)·column + t·column2, through the scale */
  PK_REF_TEXT,     /* formatted */
} PkRefKind;

typedef struct PkTextRef PkTextRef;

typedef struct PkRef PkRef;
struct PkRef {
  PkRefKind kind;
  gboolean has_test;
  PkExpr *test;            /* NULL with has_test: test_value */
  gboolean test_value;
  gboolean tests_invalid;  /* holds where test_column's value is invalid */
  gint test_column;
  JsonNode *node;
  PkExpr *expr;
  double number;
  gint column, column2;    /* -1: none */
  double t;
  PkScaleComp *scale;
  gboolean has_constant;
  PkValue constant;        /* a datum */
  double band;
  double offset;
  PkRef *offset_ref;       /* one more px offset, or NULL */
  struct PkSpacing *spacing; /* bins: the gap at this edge, or NULL */
  PkTextRef *text;
};

/* The gap between bins: spacing px, but the bin is at least least px wide. */
typedef struct PkSpacing {
  gint start, end;         /* columns */
  double spacing, least, translate, offset;
  gboolean is_end, reverse;
} PkSpacing;

typedef struct {
  guint n;
  PkRef *refs;             /* owned by the build */
} PkRule;

void pk_rule_add(PkBuild *b, PkRule *rule, PkRef ref);
PkRef pk_ref_number(double value);
PkRef pk_ref_node(JsonNode *node);           /* constants and {expr} */
const PkRef *pk_rule_pick(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row);
double pk_ref_number_at(PkBuild *b, const PkRef *ref, const PkTable *table, gint64 row);
double pk_rule_number(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row, double fallback);
/* A paint; FALSE if the rule gives none (undefined). */
gboolean pk_rule_paint(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row, PkPaint *paint);
JsonNode *pk_rule_node(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row);
const char *pk_rule_text(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row);
/* Vega-Lite's nonPosition encoder; default_node may be NULL. */
void pk_rule_non_position(const PkModel *m, PkChannel channel, const char *vg_name, JsonNode *default_node,
                          gboolean has_default, PkRule *rule);
void pk_rule_color(const PkModel *m, gboolean filled, PkRule *fill, PkRule *stroke);
/* The invalid-value reference of a scaled channel; FALSE: none. */
gboolean pk_ref_invalid(const PkModel *m, PkChannel channel, const PkChannelDef *def, PkRef *ref);
/* zeroOrMin (max FALSE) and zeroOrMax. FALSE: no scale. */
gboolean pk_ref_zero_or_end(PkScaleComp *scale, gboolean max, PkRef *ref);
void pk_rule_conditions(const PkModel *m, const PkChannelDef *def,
                        void (*main)(const PkModel *m, const PkChannelDef *def, gpointer data, PkRule *rule),
                        gpointer data, PkRule *rule);
gboolean pk_paint_from_node(PkBuild *b, JsonNode *node, PkPaint *paint);
gint pk_unit_column(const PkModel *m, const char *name);
gboolean pk_build_test(const PkModel *m, const PkCondition *condition, PkRef *ref);

/* Text of a definition, as marks show it (pk-build-text.c). */
PkTextRef *pk_text_ref_new(const PkModel *m, const PkChannelDef *def, const PkChannelData *data,
                           gboolean tooltip, gboolean normalized);
char *pk_text_ref_format(PkBuild *b, const PkTextRef *ref, const PkTable *table, gint64 row);
typedef struct PkTooltip PkTooltip;
PkTooltip *pk_tooltip_new(const PkModel *m); /* NULL: none; freed by pk_tooltip_free */
void pk_tooltip_free(PkTooltip *tip);
const char *pk_tooltip_text(PkBuild *b, const PkTooltip *tip, const PkTable *table, gint64 row);
void pk_rule_text_channel(const PkModel *m, PkChannel channel, PkRule *rule);

/* ---- marks (pk-build-mark.c, pk-build-position.c) */
typedef struct {
  gboolean has_p, has_p2, has_pc, has_size;
  PkRule p, p2, pc, size;
} PkSpan;

void pk_span_rect(const PkModel *m, gboolean is_y, PkSpan *span);
/* Where a mark goes that has no such channel: PK_PLACE_… */
typedef enum { PK_PLACE_MIDDLE, PK_PLACE_ZERO_OR_MIN, PK_PLACE_ZERO_OR_MAX } PkPlace;
void pk_span_point(const PkModel *m, gboolean is_y, PkPlace place, gboolean center, PkSpan *span);
void pk_span_point_or_range(const PkModel *m, gboolean is_y, PkPlace place, gboolean range, PkSpan *span);
void pk_build_marks(PkBuild *b, PkSceneView *view);

/* ---- guides (pk-build-axis.c, pk-build-legend.c, pk-build-layout.c) */
void pk_build_axis_components(PkBuild *b);
void pk_build_axes(PkBuild *b, PkSceneView *view);
void pk_build_legend_components(PkBuild *b);
void pk_build_legends(PkBuild *b);
void pk_build_title(PkBuild *b);           /* that of the whole scene */
void pk_build_leaf_title(PkBuild *b);      /* that of one of several views */
/* Puts views beside each other into their places, and titles over them. */
void pk_build_places(PkBuild *b);
void pk_guide_title_merge(PkBuild *b, PkGuideTitle *into, const PkGuideTitle *from);
const char *pk_guide_title_text(PkBuild *b, const PkGuideTitle *title);
void pk_guide_title_add(PkGuideTitle *title, const PkChannelDef *def, const char *text);
void pk_guide_title_clear(PkGuideTitle *title);
/* Space that axes, legends and title need around the plot, whole px: left, top, right, bottom. */
void pk_build_extents(PkBuild *b, const PkSceneView *view, double extents[4]);
/* What the format, formatType and tickMinStep of an axis or legend are if nothing else says so
 * (pk-build-format.c); NULL: nothing. guide: its own properties, or NULL. */
JsonNode *pk_guide_rule_format(const PkModel *m, PkChannel channel, const PkProps *guide, gboolean is_axis);
JsonNode *pk_guide_rule_format_type(const PkModel *m, PkChannel channel, const PkProps *guide,
                                    const PkScaleComp *scale);
JsonNode *pk_guide_rule_min_step(const PkModel *m, PkChannel channel, JsonNode *format);
/* The label format that the merged properties give; NULL after an error. */
PkTickFormat *pk_guide_format(PkBuild *b, const PkScaleComp *scale, GHashTable *props, double count,
                              gboolean no_skip);
/* FALSE: the values of a discrete scale are shown as they are. */
gboolean pk_guide_formats_values(const PkScaleComp *scale, GHashTable *props);

G_END_DECLS
