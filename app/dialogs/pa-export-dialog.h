/* What to export, and how. */
#pragma once

#include "pa-export.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_EXPORT_DIALOG (pa_export_dialog_get_type())
G_DECLARE_FINAL_TYPE(PaExportDialog, pa_export_dialog, PA, EXPORT_DIALOG, AdwWindow)

/* Plots are offered if has_plot, rows if has_rows. */
PaExportDialog *pa_export_dialog_new(GtkWindow *parent, gboolean has_plot, gboolean has_rows);

/* Signal "chosen" (PaExport *what, const char *path): the format, its settings and a file; `what` has no plot or rows yet. */

G_END_DECLS
