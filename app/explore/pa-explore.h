/* The view in which one explores: tables at the left, SQL and its rows in the middle, the plot at the right. */
#pragma once

#include "pa-catalog.h"
#include "pa-plot-pane.h"
#include "pa-result-view.h"
#include "pa-sidebar.h"
#include "pa-sql-editor.h"

G_BEGIN_DECLS

#define PA_TYPE_EXPLORE (pa_explore_get_type())
G_DECLARE_FINAL_TYPE(PaExplore, pa_explore, PA, EXPLORE, GtkWidget)

void pa_explore_set_catalog(PaExplore *self, PaCatalog *catalog);

/* Shows a table: its rows, ready to be plotted. */
void pa_explore_show_table(PaExplore *self, PaTableItem *item);
/* Puts a statement in the editor and runs it. */
void pa_explore_run(PaExplore *self, const char *sql);
/* Picks columns of a table, as clicks at the left do: charts are offered. */
void pa_explore_pick(PaExplore *self, PaTableItem *item, const char *const *columns);

/* The table of which all is shown; NULL: a statement's answer is. Borrowed. */
PaTableItem *pa_explore_get_table(PaExplore *self);

PaSqlEditor *pa_explore_get_editor(PaExplore *self);
PaResultView *pa_explore_get_result_view(PaExplore *self);
PaPlotPane *pa_explore_get_plot_pane(PaExplore *self);
PaSidebar *pa_explore_get_sidebar(PaExplore *self);

/* Signals: "ran" (const char *sql, const GError *): a statement answered (NULL) or failed;
 * "spec-changed" (const char *spec): of the plot, by a person.
 * Actions: explore.focus-sql, explore.focus-rows, explore.show-text. */

G_END_DECLS
