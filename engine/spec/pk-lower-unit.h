/* A unit while it is being lowered. Not for use outside engine/spec/pk-lower*.c. */
#pragma once

#include "pk-lower-priv.h"

G_BEGIN_DECLS

/* Rows of a relation up to this many are numbered, so that groups, stacks and lines keep the data's order; of more
 * rows only where that order can be seen, in groups and domains of a discrete field. */
#define PK_LOWER_ORDERED_ROWS 2000000

/* A column that was floored to a time unit before it came here, and the column for the unit's end. */
typedef struct {
  char *column, *column_end;
  PkCalendarUnit unit;
} PkBinnedUnit;

typedef struct {
  PkLowering *lowering;
  const PkView *view;
  gboolean in_layer;
  gboolean shows_invalid;
  PkRel *rel;           /* the rows that the encoding sees */
  PkRel *bin_rel;       /* the rows that the extents of bins are taken of */
  PkGroup *group;       /* dimensions and measures of the encoding */
  GPtrArray *extra;     /* of char *: fields that expressions read */
  GArray *binned_units; /* of PkBinnedUnit */
  PkUnit *unit;
} PkUnitBuild;

/* The labels of a binned channel's rows, in its column_range. */
void pk_lower_fill_range(PkUnitBuild *build, PkTable *table, const PkChannelData *data);

/* --- pk-lower-stack.c --- */

/* Which channel stacks, and how; PK_STACK_NONE: none does. */
PkStackKind pk_view_stack(const PkSpec *spec, const PkView *view, PkChannel *channel);
JsonArray *pk_view_color_order(const PkView *view, const PkChannelDef **color);
void pk_lower_impute(PkUnitBuild *build);
void pk_lower_stack(PkUnitBuild *build);

/* --- pk-unit-rows.c --- */

/* Keeps how the unit's rows are found; base: its data before transforms. */
void pk_lower_keep_rows(PkUnitBuild *build, const PkRel *base, const PkRel *rel);

/* --- pk-lower-hide.c --- */

/* Notes what the options hide of the unit, and drops the rows of its table; domains keep the values. */
void pk_lower_hide(PkUnitBuild *build);
/* Keeps the values that the channel has in the table for its domain. */
void pk_lower_keep_values(PkUnit *unit, PkChannelData *data);

/* --- pk-lower-sort.c --- */

gboolean pk_lower_sorts(PkUnitBuild *build, GError **error);

/* --- pk-lower-large.c --- */

/* Are there so many rows that the unit is drawn as density or M4? */
gboolean pk_lower_is_large(PkUnitBuild *build);
/* PK_ERROR_LIMIT if a channel stands in the way of a density raster and there are too many rows for marks. */
gboolean pk_lower_check_marks(PkUnitBuild *build, GError **error);
/* Would it be a long line whether it is drawn by M4 or not? */
void pk_lower_note_long_line(PkUnitBuild *build);
/* Leaves the unit's draw kind at MARKS if the rows turn out to be no matter for density or M4. */
gboolean pk_lower_large(PkUnitBuild *build, GError **error);

G_END_DECLS
