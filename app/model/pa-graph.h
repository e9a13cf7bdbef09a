/* What the nodes of a document show, kept up to date: sources are opened, queries are made views of the session by their
 * names, plots are compiled over them, each when what it reads is ready, the latest text always, never on the main thread.
 *
 * What a change touches becomes stale at once, with all that reads it, and is run again in the order of reading. Only what
 * is estimated to take over a second waits for pa_graph_run. A node that is superseded while it runs is cancelled.
 * Queries cost nothing by themselves (a view is computed where it is read), so it is plots that wait, and run. */
#pragma once

#include "pa-document.h"

G_BEGIN_DECLS

typedef enum {
  PA_STATE_STALE,   /* is yet to run; reason: why it waits, or NULL: it is about to */
  PA_STATE_RUNNING,
  PA_STATE_FRESH,
  PA_STATE_FAILED,  /* reason: why */
  PA_STATE_FROZEN,  /* shows what it is frozen to */
} PaState;

#define PA_TYPE_GRAPH (pa_graph_get_type())
G_DECLARE_FINAL_TYPE(PaGraph, pa_graph, PA, GRAPH, GObject)

/* Signals: state-changed (const char *id): its state, reason, progress, view or columns are others. session-changed (). */
PaGraph *pa_graph_new(PaDocument *document);
/* The same over a session that somebody else starts, opens the sources in, and closes: nothing runs before
 * pa_graph_set_session, and a table that is not there yet is stale until pa_graph_tables_changed. */
PaGraph *pa_graph_new_shared(PaDocument *document);
/* NULL: it is gone. The graph refs it until then. */
void pa_graph_set_session(PaGraph *self, PikaSession *session);
void pa_graph_tables_changed(PaGraph *self);

/* NULL until it has started. Borrowed. */
PikaSession *pa_graph_get_session(PaGraph *self);

PaState pa_graph_get_state(PaGraph *self, const char *id);
/* One line; NULL: none. Borrowed. */
const char *pa_graph_get_reason(PaGraph *self, const char *id);
/* 0 … 1 of one that runs; below 0: not known. */
double pa_graph_get_progress(PaGraph *self, const char *id);
/* It waits for pa_graph_run. */
gboolean pa_graph_get_waits(PaGraph *self, const char *id);

/* Of a plot that was fresh at some time: its latest, also while it is stale. Borrowed; NULL. */
PikaView *pa_graph_get_view(PaGraph *self, const char *id);
/* The columns (PikaColumn) of a table or query, and of a table its rows; borrowed; NULL, -1: not known. */
const GPtrArray *pa_graph_get_columns(PaGraph *self, const char *id);
gint64 pa_graph_get_rows(PaGraph *self, const char *id);

/* Runs what waits, however long it takes: a node with all that it reads; NULL: everything. */
void pa_graph_run(PaGraph *self, const char *id);
/* Stops what runs; it is stale then, and waits. NULL: everything. */
void pa_graph_cancel(PaGraph *self, const char *id);
/* Is anything about to run, or running? */
gboolean pa_graph_is_busy(PaGraph *self);

/* "light" or "dark": of the pictures to come. */
void pa_graph_set_theme(PaGraph *self, const char *theme);

G_END_DECLS
