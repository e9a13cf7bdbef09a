/* How a text file was read, and how it is to be read instead: what was rejected, the first rows, a type for each column with
 * the number of its values that would not fit, delimiter, header, NULL texts, time zone. */
#pragma once

#include "pa-catalog.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_IMPORT_DIALOG (pa_import_dialog_get_type())
G_DECLARE_FINAL_TYPE(PaImportDialog, pa_import_dialog, PA, IMPORT_DIALOG, AdwWindow)

PaImportDialog *pa_import_dialog_new(GtkWindow *parent, PaCatalog *catalog, PaTableItem *item);

/* The type that a column is to have; NULL: the one that is found. */
void pa_import_dialog_set_type(PaImportDialog *self, const char *column, const char *type);
/* How many of its values do not fit the chosen type; -1 while that is not known. */
gint64 pa_import_dialog_get_misfits(PaImportDialog *self, const char *column);
/* Reads the file again, as its button does. */
void pa_import_dialog_apply(PaImportDialog *self);

G_END_DECLS
