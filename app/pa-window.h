/* The window of one workspace. */
#pragma once

#include "pa-application.h"

#include "pa-document.h"
#include "pa-explore.h"
#include "pa-export.h"

G_BEGIN_DECLS

#define PA_TYPE_WINDOW (pa_window_get_type())
G_DECLARE_FINAL_TYPE(PaWindow, pa_window, PA, WINDOW, AdwApplicationWindow)

PaWindow *pa_window_new(PaApplication *application);

/* Tables and workspaces (.pika), of which the last one counts. */
void pa_window_open(PaWindow *self, GFile *const *files, guint n_files);
/* Nothing was opened in it yet. */
gboolean pa_window_is_empty(PaWindow *self);

/* Borrowed. */
PaCatalog *pa_window_get_catalog(PaWindow *self);
PaDocument *pa_window_get_document(PaWindow *self);
PaExplore *pa_window_get_explore(PaWindow *self);

/* Writes what is shown to a file; `how` says the format and its settings. */
void pa_window_export(PaWindow *self, const PaExport *how, const char *path);

/* One line that goes away by itself; action (may be NULL) is what its button does. */
void pa_window_toast(PaWindow *self, const char *text, const char *button, const char *action);

G_END_DECLS
