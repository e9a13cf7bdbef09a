/* One step of work on a document: what it is called in the Undo menu, and the changes it is made of, each of which knows
 * what was before and what is after. So it can be applied, reverted, merged with the one before it, and written down. */
#pragma once

#include <json-glib/json-glib.h>
#include <pika/pika.h>

G_BEGIN_DECLS

typedef enum {
  PA_TARGET_SOURCE,
  PA_TARGET_NODE,
  PA_TARGET_WORKSPACE,
} PaTarget;

/* Properties as a dictionary of their values; for one that had, or gets, none it is the empty tuple. For an object that is
 * added or removed, all that it has. */
typedef struct {
  PaTarget target;
  char *id;           /* NULL: of the workspace */
  PikaNodeKind kind;  /* of a node */
  guint position;     /* among its like, where it is added or was removed */
  GVariant *before;   /* a{sv}; NULL: it was not there */
  GVariant *after;    /* a{sv}; NULL: it is gone */
} PaChange;

typedef struct {
  gatomicrefcount refs;
  char *label;        /* "Move 3 Nodes": as a menu shows it after Undo */
  char *merge_key;    /* NULL: never merged */
  gint64 time_us;     /* of its last change, monotonic; 0: of an earlier run */
  gboolean passing;   /* where one looks, not what there is: kept, but no step of undo */
  GPtrArray *changes; /* of PaChange */
} PaCommand;

PaCommand *pa_command_new(const char *label, const char *merge_key);
PaCommand *pa_command_ref(PaCommand *self);
void pa_command_unref(PaCommand *self);

/* Adds a change; takes over before and after (floating or not), either of which may be NULL. */
void pa_command_add(PaCommand *self, PaTarget target, const char *id, PikaNodeKind kind, guint position, GVariant *before,
                    GVariant *after);

/* Makes `self` the two steps as one, if they have the same key and touch the same properties within a second. */
gboolean pa_command_merge(PaCommand *self, const PaCommand *next);

/* The same whatever they are. */
void pa_command_absorb(PaCommand *self, const PaCommand *next);

/* Carries it out on a workspace, forwards or backwards. FALSE with PIKA_ERROR_INVALID if it does not fit: the workspace
 * is then as it was. */
gboolean pa_command_apply(const PaCommand *self, PikaWorkspace *workspace, gboolean backwards, GError **error);

/* As JSON and back. PIKA_ERROR_INVALID. */
JsonNode *pa_command_to_json(const PaCommand *self);
PaCommand *pa_command_from_json(JsonNode *node, GError **error);

/* All properties of an object that has a value for them, as a{sv}. New reference. */
GVariant *pa_properties_of_node(const PikaWorkspaceNode *node);
GVariant *pa_properties_of_source(const PikaWorkspaceSource *source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PaCommand, pa_command_unref)

G_END_DECLS
