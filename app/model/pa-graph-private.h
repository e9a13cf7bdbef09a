/* What the files of the graph share. */
#pragma once

#include "pa-graph.h"

G_BEGIN_DECLS

/* What the graph knows of a node. */
typedef struct {
  PaGraph *graph;          /* borrowed; NULL: the node is gone, and what runs for it is of no use */
  char *id;
  gint refs;
  PaState state;
  char *reason;
  double progress;
  gboolean waits, allowed; /* for Run; it may take as long as it takes */
  GCancellable *cancellable; /* of what runs; NULL: nothing does */
  PikaView *view;
  GPtrArray *columns;
  gint64 rows;
  char *view_name;         /* of a query: the view that the session has of it */
} PaGraphEntry;

struct _PaGraph {
  GObject parent_instance;
  PaDocument *document;
  PikaSession *session;
  GHashTable *entries;     /* id → PaGraphEntry */
  GHashTable *opened;      /* id of a source → its state: "" once it is open, "…" while it is, else the error */
  GCancellable *starting;  /* of the session */
  guint idle;
  char *theme;
  gboolean shared;         /* the session is somebody else's */
};

void pa_graph_entry_unref(gpointer entry);
/* Cancels what runs for it. */
void pa_graph_stop(PaGraphEntry *entry);
void pa_graph_set_state(PaGraphEntry *entry, PaState state, const char *reason);
/* Soon looks for what can run. */
void pa_graph_schedule(PaGraph *self);
/* Starts a node if it is stale and reads nothing that is. */
void pa_graph_try(PaGraph *self, const PikaWorkspaceNode *node);

G_END_DECLS
