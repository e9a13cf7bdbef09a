/* Keeps the explore view and the document in step: what is done in the view becomes steps of the document, and what undo,
 * redo or loading change in the document is shown in the view. */
#pragma once

#include "pa-document.h"
#include "pa-explore.h"

G_BEGIN_DECLS

#define PA_TYPE_WORK (pa_work_get_type())
G_DECLARE_FINAL_TYPE(PaWork, pa_work, PA, WORK, GObject)

PaWork *pa_work_new(PaDocument *document, PaCatalog *catalog, PaExplore *explore);

/* Before the document is loaded anew, and after: its sources are opened then, and what it showed last is shown. */
void pa_work_show_document(PaWork *self);

/* Are the document's sources still being opened? */
gboolean pa_work_is_loading(PaWork *self);

/* Shows a table, or runs a query, by its id in the document. */
void pa_work_show_node(PaWork *self, const char *id);

/* The plot that is shown as a node of the document; NULL. Borrowed. */
const char *pa_work_get_plot(PaWork *self);

G_END_DECLS
