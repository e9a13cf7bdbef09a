/* The rows of the data that a mark, a pixel or a rectangle of a unit stands for.
 *
 * Conditions are SQL over the relation that the unit was made of, after its transforms. */
#pragma once

#include "pk-rel.h"
#include "pk-unit.h"

G_BEGIN_DECLS

typedef struct PkUnitRows PkUnitRows;

void pk_unit_rows_free(PkUnitRows *self);

/* What stands after FROM, with what filters and brushes leave. Borrowed. */
const char *pk_unit_rows_from(const PkUnit *unit);
/* The columns of the data as they were before any transform, where they are still there; NULL-terminated, borrowed. */
char **pk_unit_rows_columns(const PkUnit *unit);

/* Those of a row of the unit's table: its groups, bins and time units, or its values. Caller frees. */
char *pk_unit_rows_of_mark(const PkUnit *unit, gint64 row);

/* Those between places on the axes (dates as ms), each end a pair from <= value < to, the last place included where
 * `closed`; an axis with from > to takes all. NULL if an axis is not of a field's own values. Caller frees. */
typedef struct {
  double from, to;
  gboolean closed;
} PkRowsBetween;
char *pk_unit_rows_between(const PkUnit *unit, const PkRowsBetween between[2]);
/* The same as a plan that counts them (and, second, has their mean where pixels show one), over columns that are kept;
 * NULL if there is none. */
PkPlan *pk_unit_rows_plan(const PkUnit *unit, const PkRowsBetween between[2]);

G_END_DECLS
