/* The tables of a catalog and their columns, which can be searched and picked. */
#pragma once

#include "pa-catalog.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_SIDEBAR (pa_sidebar_get_type())
G_DECLARE_FINAL_TYPE(PaSidebar, pa_sidebar, PA, SIDEBAR, GtkWidget)

void pa_sidebar_set_catalog(PaSidebar *self, PaCatalog *catalog);

/* The columns that are selected, all of one table, in the order of that table: of PaColumnItem. Caller unrefs. */
GPtrArray *pa_sidebar_get_picked(PaSidebar *self);
/* Selects columns of a table by name, and nothing else; emits no "picked-changed". */
void pa_sidebar_pick(PaSidebar *self, const char *table, const char *const *names);

/* Signals: "picked-changed" (); "table-activated" (PaTableItem *): a table was clicked. */

G_END_DECLS
