/* The plot of a table or query: the charts that are offered, the plot itself, the shelves that edit it, its specification
 * as text. Shelves and text are two sights of one specification and always agree. */
#pragma once

#include "pa-catalog.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_PLOT_PANE (pa_plot_pane_get_type())
G_DECLARE_FINAL_TYPE(PaPlotPane, pa_plot_pane, PA, PLOT_PANE, GtkWidget)

/* What is plotted: a table or view of the session by its name, and its columns (of PikaColumn; copied). The plot that there
 * is is drawn anew of it. */
void pa_plot_pane_set_data(PaPlotPane *self, PikaSession *session, const char *table, const GPtrArray *columns);

/* Offers the charts that fit; no columns: shows the plot again. */
void pa_plot_pane_offer(PaPlotPane *self, const GPtrArray *columns, const gint64 *distinct, gint64 rows);
/* Takes an offered chart, as a click does. */
void pa_plot_pane_take(PaPlotPane *self, guint n);
guint pa_plot_pane_get_n_offers(PaPlotPane *self);

/* Vega-Lite text without data; NULL: no plot. Setting it emits nothing. */
void pa_plot_pane_set_spec(PaPlotPane *self, const char *spec);
const char *pa_plot_pane_get_spec(PaPlotPane *self);
/* The table that it is a plot of; NULL. Borrowed. */
const char *pa_plot_pane_get_table(PaPlotPane *self);

void pa_plot_pane_show_text(PaPlotPane *self, gboolean shows);

/* Signals: "spec-changed" (const char *spec): by a person; "drawn" (const GError *): drawn (NULL) or failed. */

G_END_DECLS
