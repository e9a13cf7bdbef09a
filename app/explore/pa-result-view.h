/* The rows of a statement: the grid, filters under its header, search, sorting, copying, and a line on what it is.
 *
 * Sorting and filtering ask the statement anew with ORDER BY and WHERE around it, so they are of all its rows, not only of
 * those that are kept. */
#pragma once

#include "pa-grid.h"

G_BEGIN_DECLS

#define PA_TYPE_RESULT_VIEW (pa_result_view_get_type())
G_DECLARE_FINAL_TYPE(PaResultView, pa_result_view, PA, RESULT_VIEW, GtkWidget)

/* Runs a statement; one that still runs is cancelled. is_table: it reads a table and does nothing else, so that its first
 * rows are there at once and are shown until all are. */
void pa_result_view_run(PaResultView *self, PikaSession *session, const char *sql, gboolean is_table);
void pa_result_view_cancel(PaResultView *self);
gboolean pa_result_view_is_busy(PaResultView *self);
void pa_result_view_clear(PaResultView *self);

/* Of the last statement that ran, without and with filters and order. Borrowed; NULL: none did. */
const char *pa_result_view_get_sql(PaResultView *self);
const char *pa_result_view_get_arranged_sql(PaResultView *self);
PaGrid *pa_result_view_get_grid(PaResultView *self);
/* The columns picked, in order: of PikaColumn, borrowed from the result. Caller unrefs the array. */
GPtrArray *pa_result_view_get_picked(PaResultView *self);

/* Signals:
 *   "ran" (const GError *error)  the statement answered (NULL) or failed
 *   "picked-changed" ()
 *   "rows-changed" ()            other filters or order
 * Properties: "busy" (read-only).
 * Actions: result.copy, result.copy-with-names, result.find, result.filter. */

G_END_DECLS
