/* What a unit keeps to ask for density or M4 once the scales are known. Not for use outside engine/spec. */
#pragma once

#include "pk-lower-priv.h"

G_BEGIN_DECLS

typedef struct PkUnitQuery PkUnitQuery;
struct PkUnitQuery {
  const PkLowerHost *host;
  PkRel *rel;       /* owned */
  PkRelField *x, *y;/* of rel */
  GPtrArray *series;/* of char *: column of the table, field of rel, … */
  char *x_name, *y_name;     /* M4: the fields x and y of rel */
  char *x_column, *y_column; /* of the table */
  gint64 row_limit;
  PkGridAxis grid[2]; /* x, y of the counts; edges owned */
  PkRelField *mean;   /* of rel: what the colour is the mean of; NULL: nothing */
  gint64 *counts;     /* owned; of the last fetch, NULL before */
  double *means;      /* the same, if there is `mean`: NaN where a cell has no value */
};

void pk_unit_query_free(PkUnitQuery *self);

/* Is the value one of a channel's that are not drawn? */
gboolean pk_unit_is_hidden(const PkUnit *self, PkChannel channel, const PkValue *value);

/* Units of a column of the type in one ms; 1 for numbers. */
double pk_units_per_ms(PkType type);

G_END_DECLS
