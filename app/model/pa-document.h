/* The document of a window: a workspace that changes only by commands, each of which can be undone.
 *
 * What it holds is read by pa_document_get_workspace and never written there. Main thread only; no display is needed.
 * Functions that change it answer at once; those that read or write files are asynchronous. A change that breaks a rule
 * (a name that is taken, an id that is not there) fails with PIKA_ERROR_INVALID and changes nothing.
 *
 * Signals, after the workspace has changed and in the order of the changes, on undo and redo too:
 *   node-added (const char *id), node-removed (id), source-added (id), source-removed (id)
 *   node-changed (id, const char *property): one for each property; also source-changed
 *   changed (const char *property): x, y, zoom, explore or filters of the workspace
 *   committed (): one step of work is whole, or was undone or redone: undo labels may have changed, and all that hangs
 *   together has arrived
 *   reset (): another workspace is in it
 * Properties (notify): path, modified. */
#pragma once

#include "pa-command.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define PA_TYPE_DOCUMENT (pa_document_get_type())
G_DECLARE_FINAL_TYPE(PaDocument, pa_document, PA, DOCUMENT, GObject)

PaDocument *pa_document_new(void);

const PikaWorkspace *pa_document_get_workspace(PaDocument *self);
/* In constant time; NULL if there is none. Borrowed until it is removed. */
const PikaWorkspaceNode *pa_document_get_node(PaDocument *self, const char *id);
const PikaWorkspaceSource *pa_document_get_source(PaDocument *self, const char *id);

/* --- steps --- */

/* All changes until the end are one step. Steps nest: the outermost counts. label: as a menu shows it after Undo
 * ("Move Node"). merge_key: a step of the same key (a drag, typing in one text) within a second becomes part of it; NULL:
 * never. */
void pa_document_begin(PaDocument *self, const char *label, const char *merge_key);
void pa_document_end(PaDocument *self);

gboolean pa_document_undo(PaDocument *self);
gboolean pa_document_redo(PaDocument *self);
/* What Undo would undo; NULL: nothing. Borrowed. */
const char *pa_document_get_undo_label(PaDocument *self);
const char *pa_document_get_redo_label(PaDocument *self);
/* The step after this one is not merged with it. */
void pa_document_break_merge(PaDocument *self);

/* --- what there is to change --- */

/* Each is a step of its own unless within one, and answers the id of what it made: borrowed, or NULL with *error.
 * Ids are a letter and a number that counts up: s1, t1, q1, p1, n1, g1. */

/* A file or pattern; options: name, value, …, NULL; may be NULL. */
const char *pa_document_add_source(PaDocument *self, const char *path, const char *name, const char *const *options,
                                   GError **error);
/* A table of a source as a node (of a database: each is one); a node of that table that is there already is answered. */
const char *pa_document_add_table(PaDocument *self, const char *source, const char *table, GError **error);
/* name NULL: query, query_2, … */
const char *pa_document_add_query(PaDocument *self, const char *name, const char *sql, GError **error);
/* input: the id of a table or query; NULL: none yet. spec: Vega-Lite text. */
const char *pa_document_add_plot(PaDocument *self, const char *input, const char *spec, GError **error);
const char *pa_document_add_note(PaDocument *self, double x, double y, const char *text, GError **error);
/* A frame around nodes, which become its members. */
const char *pa_document_add_group(PaDocument *self, const char *const *ids, const char *title, GError **error);

/* Any property of a node, by the names of pika_workspace_node_get; value (floating is taken over) NULL: none. */
gboolean pa_document_set_node(PaDocument *self, const char *id, const char *property, GVariant *value, GError **error);
gboolean pa_document_set_source(PaDocument *self, const char *id, const char *property, GVariant *value, GError **error);

/* A query's SQL, a plot's specification or a note's text; typing is merged to one step. */
gboolean pa_document_set_text(PaDocument *self, const char *id, const char *text, GError **error);
/* A table's or query's name in SQL, which the queries that read it follow, or a title. */
gboolean pa_document_set_name(PaDocument *self, const char *id, const char *name, GError **error);
/* What a plot shows, or which table a query reads in place of the one it does. */
gboolean pa_document_connect(PaDocument *self, const char *from, const char *to, GError **error);
/* Keeps what a query or plot shows as it is, or lets it follow again. */
gboolean pa_document_set_frozen(PaDocument *self, const char *id, gboolean frozen, GError **error);

/* Where a person puts it: automatic layout leaves it alone from then on. A group takes its members along. */
void pa_document_move(PaDocument *self, const char *const *ids, double dx, double dy);
void pa_document_resize(PaDocument *self, const char *id, double x, double y, double width, double height);
/* Removes nodes, and sources that no table is left of. What read them stays, and fails until it is connected again. */
void pa_document_remove(PaDocument *self, const char *const *ids);
/* Copies nodes beside themselves; those among them read each other as the originals do. New ids, NULL-terminated; the
 * caller frees the array. */
GStrv pa_document_duplicate(PaDocument *self, const char *const *ids, double dx, double dy);
/* Nodes as text for the clipboard, and back: NULL-terminated new ids, or NULL with *error if it is no such text. */
char *pa_document_copy(PaDocument *self, const char *const *ids);
GStrv pa_document_paste(PaDocument *self, const char *text, double x, double y, GError **error);
/* Puts all that no person placed where it belongs (pa-layout.h), or everything. */
void pa_document_arrange(PaDocument *self, gboolean everything);

/* Where one looks: kept with the workspace, but no step of undo. explore, filters: JSON text; NULL: none. */
void pa_document_set_canvas(PaDocument *self, double x, double y, double zoom);
gboolean pa_document_set_explore(PaDocument *self, const char *json, GError **error);
/* The active filters: a step of undo. */
gboolean pa_document_set_filters(PaDocument *self, const char *json, GError **error);

/* --- files --- */

/* NULL: it has none yet. */
const char *pa_document_get_path(PaDocument *self);
/* Is there anything that the file does not have? */
gboolean pa_document_get_modified(PaDocument *self);
/* It was opened from a file that this person did not write here: its session is to be a restricted one
 * (PikaSessionOptions.restricted), until pa_document_trust. */
gboolean pa_document_get_restricted(PaDocument *self);
void pa_document_trust(PaDocument *self);

/* Reads a workspace into the document, in place of what it holds. */
void pa_document_load_async(PaDocument *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean pa_document_load_finish(PaDocument *self, GAsyncResult *result, GError **error);
/* The same from text, at once; path as above. */
gboolean pa_document_load_text(PaDocument *self, const char *text, gssize length, const char *path, GError **error);

/* Writes it to a file that becomes the document's; changes made meanwhile stay unsaved. */
void pa_document_save_async(PaDocument *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean pa_document_save_finish(PaDocument *self, GAsyncResult *result, GError **error);

/* A workspace that stands for itself, history included. Caller frees. */
PikaWorkspace *pa_document_dup_workspace(PaDocument *self);

G_END_DECLS
