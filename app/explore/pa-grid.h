/* A table of a result's rows, however many: fixed header, frozen columns, a cursor with a rectangle of selected cells.
 *
 * It is drawn, not made of a widget a cell: positions are doubles, so that a billion rows scroll like ten, and what is on
 * screen is read from the result as it is drawn, which is fast enough not to need placeholders. */
#pragma once

#include <adwaita.h>
#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_TYPE_GRID (pa_grid_get_type())
G_DECLARE_FINAL_TYPE(PaGrid, pa_grid, PA, GRID, GtkWidget)

PaGrid *pa_grid_new(void);

/* Keeps widths, filters and frozen columns if the columns' names are those that there were. NULL: shows nothing. */
void pa_grid_set_result(PaGrid *self, PikaResult *result);
/* Borrowed; may be NULL. */
PikaResult *pa_grid_get_result(PaGrid *self);

/* The arrow in the header; column -1: none. */
void pa_grid_set_sort(PaGrid *self, int column, gboolean descending);
int pa_grid_get_sort(PaGrid *self, gboolean *descending);

/* The columns picked for a chart, by header or by name: their indices. Caller frees the array. */
GArray *pa_grid_get_picked(PaGrid *self);
void pa_grid_pick(PaGrid *self, const char *const *names);

/* The first n columns stay where they are. */
void pa_grid_set_frozen(PaGrid *self, guint n);
guint pa_grid_get_frozen(PaGrid *self);

/* A row of entries under the header. */
void pa_grid_set_shows_filters(PaGrid *self, gboolean shows);
gboolean pa_grid_get_shows_filters(PaGrid *self);
/* What was typed there; "" if nothing. Borrowed. */
const char *pa_grid_get_filter(PaGrid *self, guint column);
void pa_grid_clear_filters(PaGrid *self);
/* Marks an entry whose text is no filter. */
void pa_grid_set_filter_fault(PaGrid *self, guint column, const char *fault);

/* The cell with the cursor; scrolls to it. */
void pa_grid_set_cursor(PaGrid *self, gint64 row, guint column);
gboolean pa_grid_get_cursor(PaGrid *self, gint64 *row, guint *column);
/* FALSE: nothing is selected. */
gboolean pa_grid_get_selection(PaGrid *self, gint64 *first_row, gint64 *n_rows, guint *first_column, guint *n_columns);

/* Signals: "sort-changed" (sort was asked for in a header), "picked-changed", "filter-changed",
 * "selection-changed". */

G_END_DECLS
