/* What the files of the document share. */
#pragma once

#include "pa-document.h"

G_BEGIN_DECLS

enum { PA_ID_SOURCE = PIKA_NODE_GROUP + 1, PA_N_IDS };

struct _PaDocument {
  GObject parent_instance;
  PikaWorkspace *workspace;
  GHashTable *nodes, *sources; /* id → object; borrow from the workspace */
  guint next[PA_N_IDS];        /* a PikaNodeKind or PA_ID_SOURCE: the highest number that an id had */
  PaCommand *step;             /* being made; NULL: none */
  guint depth;
  GPtrArray *undo, *redo;      /* of PaCommand; the latest last */
  gboolean replay_merges;      /* the step that ends now does */
  gboolean may_merge;          /* the next step may become part of the last */
  char *path;
  gint64 serial, saved_serial; /* of states: a new one a step, one back an undo */
  GArray *serials;             /* of the states before the steps of undo */
  gboolean restricted;
};

/* A change, carried out at once as part of the step that is open. FALSE with *error: nothing has changed. before and
 * after as PaChange; taken over if floating. */
gboolean pa_document_change(PaDocument *self, PaTarget target, const char *id, PikaNodeKind kind, guint position,
                            GVariant *before, GVariant *after, GError **error);

/* What became of a step: the argument of the signal "step". */
typedef enum { PA_STEP_DONE, PA_STEP_MERGED, PA_STEP_UNDONE, PA_STEP_REDONE } PaStep;

/* Does again what such a signal told of; `step` counts where it was done or merged. FALSE: it does not fit. */
gboolean pa_document_replay(PaDocument *self, const PaCommand *step, PaStep how, GError **error);

/* The next id of a kind (or PA_ID_SOURCE). Caller frees. */
char *pa_document_make_id(PaDocument *self, guint kind);

/* Adds a node with the properties that `node` has. Its id as the document keeps it, or NULL. */
const char *pa_document_add_node(PaDocument *self, const PikaWorkspaceNode *node, GError **error);

/* A name that no table or query has: name, name_2, … Caller frees. */
char *pa_document_free_name(PaDocument *self, const char *name);

/* Puts another workspace in, taken over, with its history. FALSE: its history is not one, and nothing has changed. */
gboolean pa_document_reset(PaDocument *self, PikaWorkspace *workspace, GError **error);
/* From now on it counts as changed since it was saved. */
void pa_document_set_modified(PaDocument *self);
void pa_document_set_path(PaDocument *self, const char *path);
void pa_document_set_restricted(PaDocument *self, gboolean restricted);

G_END_DECLS
