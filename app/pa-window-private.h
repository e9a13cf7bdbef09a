/* What the window's files share. */
#pragma once

#include "pa-window.h"

#include "pa-export.h"
#include "pa-graph.h"
#include "pa-recovery.h"
#include "pa-work.h"

G_BEGIN_DECLS

struct _PaWindow {
  AdwApplicationWindow parent_instance;
  GtkWidget *toasts, *title, *undo, *redo, *activity, *stack, *start;
  PaExplore *explore;
  PaCatalog *catalog;
  PaDocument *document;
  PaRecovery *recovery;
  PaRecovered *recovered; /* what a crash left, while its restoring is offered */
  PaWork *work;
  PaGraph *graph;         /* of the canvas, which is made when it is first looked at */
  gboolean may_close;     /* a person said so */
};

/* A failure is read, not chased: it stays until it is closed. */
void pa_window_show_failure(PaWindow *self, const char *what, const char *message);

/* Actions of the window (pa-window-actions.c). */
void pa_window_open_palette(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_show_table(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_pick_column(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_open_import(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_open_export(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_copy_plot(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_switch_view(GtkWidget *widget, const char *action, GVariant *parameter);
void pa_window_go(GtkWidget *widget, const char *action, GVariant *parameter);

G_END_DECLS
