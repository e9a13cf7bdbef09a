/* What the composite marks share. Not for use outside engine/spec/pk-spec-*.c.
 *
 * All JSON that these functions return is owned by the specification, unless it says otherwise. */
#pragma once

#include "pk-spec-priv.h"

G_BEGIN_DECLS

typedef enum {
  PK_COMPOSITE_RAW,    /* rows, to be aggregated */
  PK_COMPOSITE_ENDS,   /* x2 or y2 hold the other end */
  PK_COMPOSITE_ERRORS, /* xError or yError hold the distance to it */
} PkCompositeInput;

typedef struct {
  PkSpecMaker *maker;
  JsonObject *unit, *mark;
  JsonObject *config;      /* config.boxplot …; NULL: none */
  const char *name, *path; /* "boxplot" … */
  JsonObject *encoding;    /* the unit's, with types */
  PkCompositeInput input;
  const char *orient;      /* "vertical", "horizontal" */
  const char *axis;        /* "x", "y": along which is measured */
  JsonObject *measure;     /* its definition */
  const char *field;
  JsonObject *others;      /* the other channels, reading what the transforms derive */
  JsonArray *before;       /* bin and timeUnit transforms that they need */
  JsonArray *aggregate;    /* measures that they show */
  JsonArray *groupby;      /* fields that they group by */
  JsonNode *row_tooltip;   /* boxplot: of the outliers; NULL: none */
} PkComposite;

/* A part: one mark of the composite. */
typedef struct {
  const char *name;      /* "box", "rule" …: as specifications name it */
  gboolean shown;        /* unless the specification says so otherwise */
  const char *color;     /* what its configuration has from the start; NULL, 0: nothing */
  double opacity;
  const char *from, *to; /* prefixes of the fields of its position and second position; NULL: none */
  JsonObject *mark;
} PkCompositePart;

typedef struct {
  const char *prefix, *title; /* "Max" of the field's "max_" … */
} PkCompositeSummary;

void pk_composite_assign(JsonObject *into, JsonObject *from);
JsonObject *pk_composite_object(PkComposite *self);
void pk_composite_add(JsonArray *array, JsonObject *object);
void pk_composite_add_all(JsonArray *array, JsonArray *more);
/* datum["prefix_field"]; caller owns. */
char *pk_composite_datum(const char *prefix, const char *field);
/* Adds {op, field, as: prefix + field} of the measured field. */
void pk_composite_measure(PkComposite *self, JsonArray *list, const char *op, const char *prefix);
/* {"aggregate" or "joinaggregate": list, groupby}. */
JsonObject *pk_composite_aggregate(PkComposite *self, const char *kind, JsonArray *list, gboolean grouped);
/* {calculate, as: prefix + field}. */
JsonObject *pk_composite_calculate(PkComposite *self, const char *expr, const char *prefix);
gboolean pk_composite_is_continuous(JsonObject *def);

JsonObject *pk_composite_mark(PkComposite *self, const char *type, const char *orient);
JsonObject *pk_composite_position(PkComposite *self, const char *field);
/* The unit of a part, or NULL if it is not drawn. tooltip: NULL for none. */
JsonObject *pk_composite_part(PkComposite *self, const PkCompositePart *part, JsonObject *shared, JsonNode *tooltip);
/* What a tooltip shows by itself: the summary, then the other channels' fields. */
JsonNode *pk_composite_tooltip(PkComposite *self, const PkCompositeSummary *summary, guint n, gboolean with_name);
/* The unit without its mark and encoding. */
JsonObject *pk_composite_outer(PkComposite *self);

/* --- pk-spec-boxplot.c, pk-spec-errorbar.c: a layer, or a unit; NULL with an error --- */

JsonObject *pk_composite_boxplot(PkComposite *self, GError **error);
JsonObject *pk_composite_errors(PkComposite *self, GError **error);

G_END_DECLS
