/* What the files of lowering share. Not for use outside engine/spec/pk-lower*.c. */
#pragma once

#include "pk-bin.h"
#include "pk-lower.h"
#include "pk-rel.h"
#include "pk-rows.h"
#include "pk-timeunit.h"

G_BEGIN_DECLS

typedef struct {
  const PkSpec *spec;
  const PkLowerHost *host;
  PkLowerOptions options;
  PkLowered *out;
  const PkView *view;/* of the unit that is being lowered; NULL before the first */
  GHashTable *bases; /* key of a PkData → PkRel */
  GHashTable *parses;/* key of a PkData → (flat field → how some unit parses it, "" where they differ) */
} PkLowering;

/* --- pk-lower-data.c --- */

/* The rows of data, unparsed; a new relation. data may be NULL: one row without fields. */
PkRel *pk_lower_base(PkLowering *self, const PkData *data, GError **error);

/* Equal for data with equal rows. Caller owns. */
char *pk_lower_data_key(const PkData *data);
/* The field, looked for inside nested columns too (which adds it to rel); NULL without an error if there is none. */
PkRelField *pk_lower_field(PkLowering *self, PkRel *rel, const char *path, GError **error);
/* Warns, once, that the relation has no such field. A relation without any (no rows at all) says nothing. */
void pk_lower_warn_missing(PkLowering *self, const PkRel *rel, const char *path);

/* --- pk-lower-parse.c --- */

/* Reads a field as format.parse says: "number", "boolean", "string", "date", "date:'%Y'", "utc:'%Y'", "flatten". */
gboolean pk_lower_parse(PkLowering *self, PkRel *rel, const char *path, const char *kind, GError **error);

/* The field's value as a number (JavaScript's ToNumber of text, the ms of a date), as aggregates and bins take it: NULL for
 * null and "". Caller owns. */
char *pk_lower_number_sql(const PkRelField *field);
/* The same, as a field of the relation that is numeric or temporal; adds one if it must. */
PkRelField *pk_lower_measure(PkRel *rel, PkRelField *field);

/* --- pk-lower-implicit.c --- */

/* What units parse, their siblings over the same data see parsed: to be called for each unit before any is lowered. */
void pk_lower_note_parses(PkLowering *self, const PkView *view);
/* Everything before the encoding's own steps: parsing, explicit and implied, and the transforms. */
gboolean pk_lower_prepare(PkLowering *self, PkRel *rel, const PkView *view, GError **error);

/* --- pk-lower-expr.c --- */

/* An expression over the relation's fields as SQL. Caller owns. */
char *pk_lower_expr(PkLowering *self, PkRel *rel, const char *text, const char *path, PkType *type, GError **error);
/* Adds the value of an expression as a field; evaluates it here row by row where it has no SQL. */
gboolean pk_lower_calculate(PkLowering *self, PkRel *rel, const char *text, const char *as, const char *path,
                            GError **error);
gboolean pk_lower_filter(PkLowering *self, PkRel *rel, JsonNode *predicate, const char *path, GError **error);
/* The conditions of the options. */
gboolean pk_lower_field_filters(PkLowering *self, PkRel *rel, GError **error);
/* A predicate that a plan can carry becomes one, pending; FALSE: it is none. */
gboolean pk_lower_pend_filter(PkLowering *self, PkRel *rel, JsonNode *predicate);
/* Makes sure that the members that an expression reads are fields; adds their paths (new texts) to found, if not NULL. */
void pk_lower_expr_fields(PkLowering *self, PkRel *rel, const PkExpr *expr, GPtrArray *found);
/* The variable parameters; fills out->params. */
gboolean pk_lower_params(PkLowering *self, GError **error);
PkValue pk_lower_json_value(PkArena *arena, JsonNode *node);

/* --- pk-lower-group.c: grouping --- */

typedef enum { PK_DIM_VALUE, PK_DIM_BIN, PK_DIM_TIME } PkDimKind;

typedef struct {
  PkDimKind kind;
  char *path;        /* the field */
  char *name;        /* of the result's column */
  char *end_name;    /* BIN, TIME: of the column with the end; NULL: none */
  PkBins bins;
  PkCalendarUnit unit;
  gboolean keep_null;/* BIN: rows without a bin are a group too */
} PkDim;

typedef struct {
  char *op;     /* Vega's name: "mean", "argmax", … */
  char *path;   /* the field, NULL for count; argmin, argmax: the field to take */
  char *by;     /* argmin, argmax: the field that decides */
  double param; /* exponential */
  char *name;   /* of the result's column */
} PkMeasureDef;

typedef struct {
  GPtrArray *dims;     /* of PkDim *, one a name */
  GPtrArray *measures; /* of PkMeasureDef *, one a name */
} PkGroup;

PkGroup *pk_group_new(void);
void pk_group_free(PkGroup *self);
/* NULL if there is one of that name already. */
PkDim *pk_group_add_dim(PkGroup *self, PkDimKind kind, const char *path, const char *name);
PkMeasureDef *pk_group_add_measure(PkGroup *self, const char *op, const char *path, const char *name);

/* The groups in order of first appearance if `ordered`, or as they come. Ends of bins and units are filled. */
PkTable *pk_lower_group(PkLowering *self, PkRel *rel, const PkGroup *group, gboolean ordered, GError **error);
/* The same as a relation: for the aggregate transform. VALUE dimensions only. */
gboolean pk_lower_group_rel(PkLowering *self, PkRel *rel, const PkGroup *group, GError **error);
/* SQL of a measure over the relation's rows ("avg(…)"), and its type. over: " OVER (…)", or "". Caller owns. */
char *pk_lower_measure_sql(PkLowering *self, PkRel *rel, const PkMeasureDef *measure, const char *over, PkType *type,
                           GError **error);
/* Adds the start of each row's bin or unit, and its end, as fields: for the bin and timeUnit transforms. */
void pk_lower_dim_fields(PkLowering *self, PkRel *rel, const PkDim *dim, const char *start, const char *end);
/* Rows as they are: the fields named, in order if `ordered`; a column of the table for each, absent fields are NULL. */
PkTable *pk_lower_rows(PkLowering *self, PkRel *rel, const GPtrArray *paths, gboolean ordered, GError **error);

/* Least and greatest finite value of a field (dates as ms); FALSE and no error if there is none. */
gboolean pk_lower_extent(PkLowering *self, PkRel *rel, const char *path, double *lo, double *hi, GError **error);
gint64 pk_lower_count(PkLowering *self, PkRel *rel, GError **error);

/* --- pk-lower-transform.c --- */

gboolean pk_lower_transform(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error);
/* fold, flatten, pivot, lookup, impute, regression (pk-lower-reshape.c). */
gboolean pk_lower_reshape(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error);
/* All fields of a row as one nested field; its name. */
const char *pk_lower_tuple(PkRel *rel);
/* bin parameters (NULL object: bin: true) and the field's extent → bins. */
gboolean pk_lower_bins(PkLowering *self, PkRel *rel, const char *path, const PkProps *params, double default_maxbins,
                       PkBins *bins, GError **error);
gboolean pk_lower_time_unit(PkLowering *self, PkRel *rel, const char *path, const char *unit_name, double step,
                            double maxbins, const char *where, PkCalendarUnit *unit, GError **error);

/* --- pk-lower-name.c: names and titles --- */

/* What a plan or statement of a view is for, as "layer[1] (line): extent of delay". view may be NULL. Caller owns. */
char *pk_lower_purpose(const PkView *view, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "bin_maxbins_10", "yearmonth", "mean": what Vega-Lite puts before the field in a derived column's name. Caller owns. */
char *pk_lower_bin_name(const PkProps *params, double default_maxbins);
char *pk_lower_unit_name(const PkCalendarUnit *unit, double maxbins, gboolean by_maxbins);
double pk_lower_auto_maxbins(PkChannel channel);
/* The column of a definition (vgField). Caller owns. */
char *pk_lower_column_name(const PkChannelDef *def, PkChannel channel);
/* The default title; NULL: none. Caller owns. */
char *pk_lower_title(const PkChannelDef *def, const PkProps *config);

/* --- pk-lower-channel.c --- */

PkMeasure pk_lower_type(const PkChannelDef *def, PkChannel channel);
gboolean pk_channel_def_is_field(const PkChannelDef *def);
/* The definition of a channel, or that of its condition's field; NULL. */
const PkChannelDef *pk_view_field_def(const PkView *view, PkChannel channel);
const PkChannelDef *pk_view_def(const PkView *view, PkChannel channel); /* the first; NULL */
gboolean pk_view_is_aggregated(const PkView *view);
gint pk_view_orient(const PkSpec *spec, const PkView *view);
gboolean pk_view_is_path(const PkView *view);
/* A mark property from the definition, its styles, config.MARK and config.mark; NULL. */
JsonNode *pk_view_mark_property(const PkSpec *spec, const PkView *view, const char *name);
/* Whether the channel's scale has a discrete domain. */
gboolean pk_channel_is_discrete(const PkView *view, PkChannel channel, const PkChannelDef *def, PkMeasure type);
gboolean pk_channel_has_scale(PkChannel channel);

/* --- pk-lower-unit.c --- */

PkUnit *pk_lower_unit(PkLowering *self, const PkView *view, gboolean in_layer, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkGroup, pk_group_free)

G_END_DECLS
