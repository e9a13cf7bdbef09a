/* A row of the sidebar: a table with its report, or a column with its profile. */
#pragma once

#include "pa-table-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_SIDEBAR_ROW (pa_sidebar_row_get_type())
G_DECLARE_FINAL_TYPE(PaSidebarRow, pa_sidebar_row, PA, SIDEBAR_ROW, GtkWidget)

/* Follows a PaTableItem or PaColumnItem; NULL: nothing. */
void pa_sidebar_row_set_item(PaSidebarRow *self, gpointer item);

G_END_DECLS
