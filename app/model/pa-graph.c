#include "pa-graph-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

G_DEFINE_FINAL_TYPE(PaGraph, pa_graph, G_TYPE_OBJECT)

enum { STATE_CHANGED, SESSION_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- entries --- */

void
pa_graph_entry_unref(gpointer data)
{
  PaGraphEntry *entry = data;
  if (--entry->refs > 0)
    return;
  g_free(entry->id);
  g_free(entry->reason);
  g_free(entry->view_name);
  g_clear_object(&entry->cancellable);
  g_clear_pointer(&entry->view, pika_view_unref);
  g_clear_pointer(&entry->columns, g_ptr_array_unref);
  g_free(entry);
}

void
pa_graph_stop(PaGraphEntry *entry)
{
  if (entry->cancellable)
    g_cancellable_cancel(entry->cancellable);
  g_clear_object(&entry->cancellable);
}

static void
forget(gpointer data)
{
  PaGraphEntry *entry = data;
  pa_graph_stop(entry);
  entry->graph = NULL;
  pa_graph_entry_unref(entry);
}

void
pa_graph_set_state(PaGraphEntry *entry, PaState state, const char *reason)
{
  if (entry->state == state && !g_strcmp0(entry->reason, reason))
    return;
  entry->state = state;
  g_free(entry->reason);
  entry->reason = g_strdup(reason);
  entry->progress = -1;
  g_signal_emit(entry->graph, signals[STATE_CHANGED], 0, entry->id);
}

static gboolean
run_all(gpointer data)
{
  PaGraph *self = data;
  const PikaWorkspace *workspace = pa_document_get_workspace(self->document);
  self->idle = 0;
  for (guint i = 0; self->session && i < workspace->nodes->len; i++)
    pa_graph_try(self, workspace->nodes->pdata[i]);
  return G_SOURCE_REMOVE;
}

void
pa_graph_schedule(PaGraph *self)
{
  if (!self->idle && self->session)
    self->idle = g_idle_add(run_all, self);
}

/* --- what changes --- */

static gboolean
computes(const PikaWorkspaceNode *node)
{
  return node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY || node->kind == PIKA_NODE_PLOT;
}

static void
make_stale(PaGraphEntry *entry)
{
  pa_graph_stop(entry);
  entry->waits = entry->allowed = FALSE;
  pa_graph_set_state(entry, PA_STATE_STALE, NULL);
}

/* A node, and all that reads it, directly or not. Frozen ones stand as they are. */
static void
touch(PaGraph *self, const char *id, gboolean self_too)
{
  const PikaWorkspace *workspace = pa_document_get_workspace(self->document);
  g_autoptr(GHashTable) touched = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_add(touched, (gpointer)id);
  PaGraphEntry *entry = g_hash_table_lookup(self->entries, id);
  if (entry && self_too)
    make_stale(entry);
  for (gboolean grew = TRUE; grew;) {
    grew = FALSE;
    for (guint i = 0; i < workspace->nodes->len; i++) {
      const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
      if (node->frozen || !computes(node) || node->kind == PIKA_NODE_TABLE || g_hash_table_contains(touched, node->id))
        continue;
      g_autoptr(GPtrArray) inputs = pika_workspace_list_inputs(workspace, node);
      for (guint k = 0; k < inputs->len; k++)
        if (g_hash_table_contains(touched, inputs->pdata[k])) {
          g_hash_table_add(touched, node->id);
          make_stale(g_hash_table_lookup(self->entries, node->id));
          grew = TRUE;
          break;
        }
    }
  }
  pa_graph_schedule(self);
}

static void
add_entry(PaGraph *self, const PikaWorkspaceNode *node)
{
  PaGraphEntry *entry = g_new0(PaGraphEntry, 1);
  entry->graph = self;
  entry->refs = 1;
  entry->id = g_strdup(node->id);
  entry->progress = entry->rows = -1;
  g_hash_table_replace(self->entries, entry->id, entry);
}

static void
node_added(PaDocument *document, const char *id, PaGraph *self)
{
  const PikaWorkspaceNode *node = pa_document_get_node(document, id);
  if (!computes(node))
    return;
  add_entry(self, node);
  touch(self, node->id, TRUE);
}

static void
node_removed(PaDocument *document, const char *id, PaGraph *self)
{
  PaGraphEntry *entry = g_hash_table_lookup(self->entries, id);
  if (!entry)
    return;
  if (entry->view_name && self->session)
    pika_session_set_view_async(self->session, entry->view_name, NULL, NULL, NULL, NULL);
  /* Those that read it by name are found no more: all queries that failed or read something are tried anew. */
  g_hash_table_remove(self->entries, id);
  const PikaWorkspace *workspace = pa_document_get_workspace(document);
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
    if (node->kind == PIKA_NODE_QUERY && !node->frozen)
      touch(self, node->id, TRUE);
  }
}

static void
node_changed(PaDocument *document, const char *id, const char *property, PaGraph *self)
{
  static const char *const effective[] = { "sql", "spec", "input", "frozen", "source", "name", NULL };
  const PikaWorkspaceNode *node = pa_document_get_node(document, id);
  gboolean title = !strcmp(property, "name") && node->kind != PIKA_NODE_QUERY && node->kind != PIKA_NODE_TABLE;
  if (computes(node) && !title && g_strv_contains(effective, property))
    touch(self, node->id, TRUE);
}

static void start_session(PaGraph *self);

/* How far the only one is that runs; of several nobody can tell which it was. */
static void
on_progress(const PikaProgress *progress, gpointer data)
{
  PaGraph *self = data;
  GHashTableIter iter;
  gpointer value;
  PaGraphEntry *only = NULL;
  guint n = 0;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((PaGraphEntry *)value)->state == PA_STATE_RUNNING && n++ == 0)
      only = value;
  if (n != 1 || progress->total <= 0)
    return;
  only->progress = CLAMP(progress->done / progress->total, 0, 1);
  g_signal_emit(self, signals[STATE_CHANGED], 0, only->id);
}

/* The session keeps what it has opened: with other sources it is another session. */
static void
source_changed(PaDocument *document, const char *id, const char *property, PaGraph *self)
{
  if (!self->shared && g_hash_table_contains(self->opened, id))
    start_session(self);
}

static void
was_reset(PaDocument *document, PaGraph *self)
{
  const PikaWorkspace *workspace = pa_document_get_workspace(document);
  g_hash_table_remove_all(self->entries);
  for (guint i = 0; i < workspace->nodes->len; i++)
    if (computes(workspace->nodes->pdata[i]))
      add_entry(self, workspace->nodes->pdata[i]);
  if (!self->shared)
    start_session(self);
  pa_graph_schedule(self);
}

/* --- the session --- */

static void
closed(GObject *object, GAsyncResult *result, gpointer data)
{
  pika_session_close_finish(result, NULL);
}

static void
drop_session(PaGraph *self)
{
  GHashTableIter iter;
  gpointer entry;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &entry)) {
    pa_graph_stop(entry);
    g_clear_pointer(&((PaGraphEntry *)entry)->view_name, g_free);
  }
  if (self->starting)
    g_cancellable_cancel(self->starting);
  g_clear_object(&self->starting);
  g_clear_handle_id(&self->idle, g_source_remove);
  g_hash_table_remove_all(self->opened);
  if (!self->session)
    return;
  PikaSession *session = g_steal_pointer(&self->session);
  if (self->shared) {
    pika_session_unref(session); /* its owner closes it, and tells before it does */
    return;
  }
  pika_session_set_progress(session, NULL, NULL);
  pika_session_close_async(session, closed, NULL);
}

typedef struct {
  PaGraph *graph; /* weak */
  GCancellable *cancellable;
} Start;

static void
started(GObject *object, GAsyncResult *result, gpointer data)
{
  Start *start = data;
  PaGraph *self = start->graph;
  g_autoptr(GError) error = NULL;
  PikaSession *session = pika_session_new_finish(result, &error);
  gboolean meant = self && self->starting == start->cancellable;
  if (self)
    g_object_remove_weak_pointer(G_OBJECT(self), (gpointer *)&start->graph);
  g_object_unref(start->cancellable);
  g_free(start);
  if (!meant) {
    if (session)
      pika_session_close_async(session, closed, NULL);
    return;
  }
  g_clear_object(&self->starting);
  GHashTableIter iter;
  gpointer entry;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &entry)) {
    if (session)
      make_stale(entry);
    else
      pa_graph_set_state(entry, PA_STATE_FAILED, error->message);
  }
  self->session = session;
  if (session)
    pika_session_set_progress(session, on_progress, self);
  g_signal_emit(self, signals[SESSION_CHANGED], 0);
  pa_graph_schedule(self);
}

void
pa_graph_set_session(PaGraph *self, PikaSession *session)
{
  g_return_if_fail(self->shared);
  if (session == self->session)
    return;
  drop_session(self);
  self->session = session ? pika_session_ref(session) : NULL;
  GHashTableIter iter;
  gpointer entry;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &entry))
    make_stale(entry);
  g_signal_emit(self, signals[SESSION_CHANGED], 0);
  pa_graph_schedule(self);
}

void
pa_graph_tables_changed(PaGraph *self)
{
  const PikaWorkspace *workspace = pa_document_get_workspace(self->document);
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = workspace->nodes->pdata[i];
    PaGraphEntry *entry = g_hash_table_lookup(self->entries, node->id);
    if (entry && node->kind == PIKA_NODE_TABLE && entry->state != PA_STATE_FRESH)
      touch(self, node->id, TRUE);
  }
}

/* What came from someone else reads its own sources, and nothing besides. */
static char **
list_paths(const PikaWorkspace *workspace)
{
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
  for (guint i = 0; i < workspace->sources->len; i++) {
    const PikaWorkspaceSource *source = workspace->sources->pdata[i];
    if (source->path)
      g_strv_builder_add(paths, source->path);
  }
  return g_strv_builder_end(paths);
}

static void
start_session(PaGraph *self)
{
  drop_session(self);
  g_auto(GStrv) paths = list_paths(pa_document_get_workspace(self->document));
  gboolean restricted = pa_document_get_restricted(self->document);
  PikaSessionOptions options = { .restricted = restricted, .will_plot = TRUE,
                                 .allowed_paths = restricted ? (const char *const *)paths : NULL };
  Start *start = g_new(Start, 1);
  self->starting = g_cancellable_new();
  *start = (Start){ self, g_object_ref(self->starting) };
  g_object_add_weak_pointer(G_OBJECT(self), (gpointer *)&start->graph);
  pika_session_new_async(&options, self->starting, started, start);
  g_signal_emit(self, signals[SESSION_CHANGED], 0);
}

/* --- what is asked --- */

static const PaGraphEntry *
find(PaGraph *self, const char *id)
{
  static const PaGraphEntry none = { .state = PA_STATE_FRESH, .progress = -1, .rows = -1 };
  const PaGraphEntry *entry = id ? g_hash_table_lookup(self->entries, id) : NULL;
  return entry ? entry : &none;
}

PikaSession *
pa_graph_get_session(PaGraph *self)
{
  return self->session;
}

PaState
pa_graph_get_state(PaGraph *self, const char *id)
{
  return find(self, id)->state;
}

const char *
pa_graph_get_reason(PaGraph *self, const char *id)
{
  return find(self, id)->reason;
}

double
pa_graph_get_progress(PaGraph *self, const char *id)
{
  return find(self, id)->progress;
}

gboolean
pa_graph_get_waits(PaGraph *self, const char *id)
{
  return find(self, id)->waits;
}

PikaView *
pa_graph_get_view(PaGraph *self, const char *id)
{
  return find(self, id)->view;
}

const GPtrArray *
pa_graph_get_columns(PaGraph *self, const char *id)
{
  return find(self, id)->columns;
}

gint64
pa_graph_get_rows(PaGraph *self, const char *id)
{
  return find(self, id)->rows;
}

gboolean
pa_graph_is_busy(PaGraph *self)
{
  GHashTableIter iter;
  gpointer value;
  if (self->idle || self->starting)
    return TRUE;
  g_hash_table_iter_init(&iter, self->opened);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (!strcmp(value, "…"))
      return TRUE;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((PaGraphEntry *)value)->cancellable)
      return TRUE;
  return FALSE;
}

static void
allow(PaGraph *self, PaGraphEntry *entry)
{
  if (entry->state == PA_STATE_FAILED)
    make_stale(entry);
  else if (!entry->waits)
    return;
  entry->waits = FALSE;
  entry->allowed = TRUE;
  pa_graph_set_state(entry, PA_STATE_STALE, NULL);
}

void
pa_graph_run(PaGraph *self, const char *id)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (!id || !strcmp(((PaGraphEntry *)value)->id, id) || ((PaGraphEntry *)value)->state == PA_STATE_FAILED)
      allow(self, value);
  g_hash_table_iter_init(&iter, self->opened); /* a file that could not be read is tried again */
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (*(char *)value && strcmp(value, "…"))
      g_hash_table_iter_remove(&iter);
  pa_graph_schedule(self);
}

void
pa_graph_cancel(PaGraph *self, const char *id)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    PaGraphEntry *entry = value;
    if (!entry->cancellable || (id && strcmp(entry->id, id)))
      continue;
    pa_graph_stop(entry);
    entry->waits = TRUE;
    pa_graph_set_state(entry, PA_STATE_STALE, _("cancelled: Run starts it"));
  }
}

void
pa_graph_set_theme(PaGraph *self, const char *theme)
{
  GHashTableIter iter;
  gpointer entry;
  if (!g_strcmp0(self->theme, theme))
    return;
  g_free(self->theme);
  self->theme = g_strdup(theme);
  g_hash_table_iter_init(&iter, self->entries);
  while (g_hash_table_iter_next(&iter, NULL, &entry)) {
    PikaView *view = ((PaGraphEntry *)entry)->view;
    if (view && pika_view_set_theme(view, theme, NULL))
      g_signal_emit(self, signals[STATE_CHANGED], 0, ((PaGraphEntry *)entry)->id);
  }
}

/* --- object --- */

static void
dispose(GObject *object)
{
  PaGraph *self = PA_GRAPH(object);
  if (self->document)
    drop_session(self);
  g_hash_table_remove_all(self->entries);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(pa_graph_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaGraph *self = PA_GRAPH(object);
  g_hash_table_unref(self->entries);
  g_hash_table_unref(self->opened);
  g_free(self->theme);
  G_OBJECT_CLASS(pa_graph_parent_class)->finalize(object);
}

static void
pa_graph_class_init(PaGraphClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  object->dispose = dispose;
  object->finalize = finalize;
  signals[STATE_CHANGED] = g_signal_new("state-changed", PA_TYPE_GRAPH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SESSION_CHANGED] = g_signal_new("session-changed", PA_TYPE_GRAPH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
pa_graph_init(PaGraph *self)
{
  self->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, forget);
  self->opened = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->theme = g_strdup("light");
}

static PaGraph *
graph_new(PaDocument *document, gboolean shared)
{
  PaGraph *self = g_object_new(PA_TYPE_GRAPH, NULL);
  self->shared = shared;
  self->document = g_object_ref(document);
  g_signal_connect_object(document, "node-added", G_CALLBACK(node_added), self, 0);
  g_signal_connect_object(document, "node-removed", G_CALLBACK(node_removed), self, 0);
  g_signal_connect_object(document, "node-changed", G_CALLBACK(node_changed), self, 0);
  g_signal_connect_object(document, "source-changed", G_CALLBACK(source_changed), self, 0);
  g_signal_connect_object(document, "reset", G_CALLBACK(was_reset), self, 0);
  was_reset(document, self);
  return self;
}

PaGraph *
pa_graph_new(PaDocument *document)
{
  return graph_new(document, FALSE);
}

PaGraph *
pa_graph_new_shared(PaDocument *document)
{
  return graph_new(document, TRUE);
}
