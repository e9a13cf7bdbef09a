/* What an empty window shows: open, recent files, an example. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PA_TYPE_START_PAGE (pa_start_page_get_type())
G_DECLARE_FINAL_TYPE(PaStartPage, pa_start_page, PA, START_PAGE, GtkWidget)

/* Signal "chosen" (GFile *): a recent file or the example. Its Open button activates win.open. */

/* Where the example tables lie: beside the installed application, or in the source tree of one that is not. NULL: nowhere.
 * Caller frees. */
char *pa_start_page_dup_example(const char *name);

/* Remembers a file for the next time. */
void pa_start_page_remember(GFile *file);

G_END_DECLS
