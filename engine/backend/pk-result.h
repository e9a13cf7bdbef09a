/* What the backends that scan frames share: a plan's columns found in a frame,
 * the builders of the result's columns, and the start of a time bucket.
 * One thread at a time. */
#pragma once

#include "pk-column-builder.h"
#include "pk-frame.h"
#include "pk-plan.h"

G_BEGIN_DECLS

/* The frame's column for each of the plan's, in the plan's order. The array is the caller's (g_free). */
PkColumn **pk_plan_columns_in(const PkPlan *plan, const PkFrame *frame);

/* Data and validity of those columns. */
gint64 pk_plan_columns_bytes(const PkPlan *plan, PkColumn *const *columns);

/* One builder a column of the result, in its order: keys (unless dense), then aggregates or the nine of M4; or the
 * outputs of rows. Text columns share the dictionary of the column that they come from: append codes. */
typedef struct {
  guint n;
  PkColumnBuilder **builders;
  PkTop top; /* groups: of which the result keeps these */
} PkResult;

void pk_result_init(PkResult *self, const PkPlan *plan, PkColumn *const *columns);
void pk_result_clear(PkResult *self);
/* Appends to all builders the rows of these numbers, in that order; matches: how many there are in all. */
gboolean pk_result_append_rows(PkResult *self, const PkPlan *plan, PkColumn *const *columns, const gint64 *rows, gsize n,
                               gint64 matches, GError **error);
/* The first groups, where the plan asks for these. Clears self, whether it succeeds or not. */
PkFrame *pk_result_finish(PkResult *self, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkResult, pk_result_clear)

/* The start of the bucket of a TIME key that holds value, a DATE's or TIMESTAMP's integer, in the same unit.
 * FALSE where the calendar ends: the value then belongs to the NULL group. */
gboolean pk_time_bucket(PkType type, const PkKey *key, __int128 value, gint64 *start);

G_END_DECLS
