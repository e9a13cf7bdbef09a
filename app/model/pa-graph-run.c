/* How a node of the graph is run: its source opened, its view set, its plot compiled. */
#include "pa-graph-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What is estimated to take longer waits for a person. */
#define LONG_MS 1000.0

/* --- calls --- */

static PaGraphEntry *
entry_ref(PaGraphEntry *entry)
{
  entry->refs++;
  return entry;
}

/* Of a call that ended: was it for the node as it is now? Drops the call's reference. */
static PaGraphEntry *
still_meant(PaGraphEntry *entry, GCancellable *cancellable)
{
  gboolean meant = entry->graph && entry->cancellable == cancellable;
  pa_graph_entry_unref(entry);
  if (meant)
    g_clear_object(&entry->cancellable);
  return meant ? entry : NULL;
}

/* The reference and the cancellable that a call has with it. */
typedef struct {
  PaGraphEntry *entry;
  GCancellable *cancellable;
  guint timeout;
} Call;

static Call *
call_new(PaGraphEntry *entry)
{
  Call *call = g_new(Call, 1);
  if (!entry->cancellable)
    entry->cancellable = g_cancellable_new();
  *call = (Call){ entry_ref(entry), g_object_ref(entry->cancellable), 0 };
  return call;
}

/* NULL: what came is of no use any more. */
static PaGraphEntry *
call_end(Call *call)
{
  PaGraphEntry *entry = still_meant(call->entry, call->cancellable);
  g_clear_handle_id(&call->timeout, g_source_remove);
  g_object_unref(call->cancellable);
  g_free(call);
  return entry;
}

static void
fail(PaGraphEntry *entry, const GError *error)
{
  pa_graph_set_state(entry, PA_STATE_FAILED, error->message);
  pa_graph_schedule(entry->graph);
}

/* --- sources --- */

typedef struct {
  PaGraph *graph; /* weak */
  char *id;
} Opening;

static void
opened(GObject *object, GAsyncResult *result, gpointer data)
{
  Opening *opening = data;
  PaGraph *self = opening->graph;
  g_autoptr(GPtrArray) tables = NULL;
  g_autoptr(GError) error = NULL;
  gboolean ok = pika_session_open_finish(result, &tables, &error);
  if (self) {
    g_object_remove_weak_pointer(G_OBJECT(self), (gpointer *)&opening->graph);
    if (g_hash_table_contains(self->opened, opening->id))
      g_hash_table_replace(self->opened, g_strdup(opening->id), g_strdup(ok ? "" : error->message));
    for (guint i = 0; ok && i < tables->len; i++) {
      const PikaTable *table = tables->pdata[i];
      const PikaWorkspaceNode *node = pika_workspace_find_named(pa_document_get_workspace(self->document), table->name);
      PaGraphEntry *entry = node ? g_hash_table_lookup(self->entries, node->id) : NULL;
      if (entry && table->has_report)
        entry->rows = (gint64)table->loaded;
    }
    pa_graph_schedule(self);
  }
  g_free(opening->id);
  g_free(opening);
}

static void
open_source(PaGraph *self, const PikaWorkspaceSource *source)
{
  guint n = source->options ? g_strv_length(source->options) / 2 : 0;
  g_autofree PikaImportOption *options = g_new(PikaImportOption, n + 1);
  Opening *opening = g_new(Opening, 1);
  for (guint i = 0; i < n; i++)
    options[i] = (PikaImportOption){ source->options[2 * i], source->options[2 * i + 1] };
  *opening = (Opening){ self, g_strdup(source->id) };
  g_object_add_weak_pointer(G_OBJECT(self), (gpointer *)&opening->graph);
  g_hash_table_replace(self->opened, g_strdup(source->id), g_strdup("…"));
  pika_session_open_async(self->session, source->path, source->name, options, n, NULL, opened, opening);
}

/* NULL: it is open. */
static const char *
source_trouble(PaGraph *self, const char *id)
{
  const PikaWorkspaceSource *source = pa_document_get_source(self->document, id);
  const char *state = id ? g_hash_table_lookup(self->opened, id) : NULL;
  if (!source)
    return _("its source is gone");
  if (!state)
    open_source(self, source);
  return !state ? "…" : *state ? state : NULL;
}

/* --- running --- */

static void
described(GObject *object, GAsyncResult *result, gpointer data)
{
  PaGraphEntry *entry = call_end(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) columns = pika_session_describe_finish(result, &error);
  if (!entry)
    return;
  const PikaWorkspaceNode *node = pa_document_get_node(entry->graph->document, entry->id);
  if (!columns && entry->graph->shared && node->kind == PIKA_NODE_TABLE) {
    entry->waits = TRUE;
    pa_graph_set_state(entry, PA_STATE_STALE, _("its file is not open yet"));
    return;
  }
  if (!columns) {
    fail(entry, error);
    return;
  }
  g_clear_pointer(&entry->columns, g_ptr_array_unref);
  entry->columns = g_steal_pointer(&columns);
  pa_graph_set_state(entry, node->frozen ? PA_STATE_FROZEN : PA_STATE_FRESH, NULL);
  pa_graph_schedule(entry->graph);
}

static void
describe(PaGraphEntry *entry, const char *name)
{
  Call *call = call_new(entry);
  pika_session_describe_table_async(entry->graph->session, name, call->cancellable, described, call);
}

static void
view_was_set(GObject *object, GAsyncResult *result, gpointer data)
{
  PaGraphEntry *entry = call_end(data);
  g_autoptr(GError) error = NULL;
  gboolean ok = pika_session_set_view_finish(result, &error);
  if (!entry)
    return;
  if (ok)
    describe(entry, entry->view_name);
  else
    fail(entry, error);
}

static void
run_query(PaGraphEntry *entry, const PikaWorkspaceNode *node)
{
  PaGraph *self = entry->graph;
  g_autoptr(GError) error = NULL;
  /* Read alone, it says what of it is wrong: empty, or in a circle. What it reads is there by name. */
  g_autofree char *whole = pika_workspace_dup_sql(pa_document_get_workspace(self->document), node, &error);
  if (!whole) {
    fail(entry, error);
    return;
  }
  if (entry->view_name && g_strcmp0(entry->view_name, node->name))
    pika_session_set_view_async(self->session, entry->view_name, NULL, NULL, NULL, NULL);
  g_free(entry->view_name);
  entry->view_name = g_strdup(node->name);
  pa_graph_set_state(entry, PA_STATE_RUNNING, NULL);
  Call *call = call_new(entry);
  pika_session_set_view_async(self->session, node->name, node->frozen ? node->frozen : node->text, call->cancellable,
                              view_was_set, call);
}

static void
plotted(GObject *object, GAsyncResult *result, gpointer data)
{
  PaGraphEntry *entry = call_end(data);
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaView) view = pika_view_new_finish(result, &error);
  if (!entry)
    return;
  if (!view) {
    fail(entry, error);
    return;
  }
  g_clear_pointer(&entry->view, pika_view_unref);
  entry->view = g_steal_pointer(&view);
  const PikaWorkspaceNode *node = pa_document_get_node(entry->graph->document, entry->id);
  pa_graph_set_state(entry, node->frozen ? PA_STATE_FROZEN : PA_STATE_FRESH, NULL);
  pa_graph_schedule(entry->graph);
}

/* The table that a plot draws: its input's, or the view of what it is frozen to. */
static char *
plot_table(const PaGraph *self, const PikaWorkspaceNode *node)
{
  const PikaWorkspaceNode *input = pa_document_get_node(self->document, node->input);
  return node->frozen ? g_strdup_printf("frozen %s", node->id) : g_strdup(input->name);
}

static void
draw(PaGraphEntry *entry, const PikaWorkspaceNode *node)
{
  PaGraph *self = entry->graph;
  g_autofree char *table = plot_table(self, node);
  PikaPlotOptions options = { .table = table, .theme = self->theme };
  Call *call = call_new(entry);
  pika_view_new_async(self->session, node->text ? node->text : "", -1, &options, call->cancellable, plotted, call);
}

/* The most that a member of this name says anywhere in what explain answers, of the backends that were chosen. */
static double
estimate_in(JsonNode *node)
{
  double most = 0;
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      most += estimate_in(json_array_get_element(array, i));
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObject *object = json_node_get_object(node);
    JsonNode *candidates = json_object_get_member(object, "candidates");
    if (candidates && JSON_NODE_HOLDS_ARRAY(candidates)) {
      JsonArray *array = json_node_get_array(candidates);
      double least = INFINITY;
      for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonObject *one = json_array_get_object_element(array, i);
        if (json_object_has_member(one, "execute_ms"))
          least = MIN(least, json_object_get_double_member(one, "setup_ms") +
                               json_object_get_double_member(one, "execute_ms"));
      }
      return isfinite(least) ? least : 0;
    }
    g_autoptr(GList) members = json_object_get_values(object);
    for (GList *at = members; at; at = at->next)
      most += estimate_in(at->data);
  }
  return most;
}

static void
estimated(GObject *object, GAsyncResult *result, gpointer data)
{
  PaGraphEntry *entry = call_end(data);
  g_autoptr(GError) error = NULL;
  g_autofree char *text = pika_plot_explain_finish(result, &error);
  if (!entry)
    return;
  if (!text) {
    fail(entry, error);
    return;
  }
  g_autoptr(JsonNode) node = json_from_string(text, NULL);
  double ms = node ? estimate_in(node) : 0;
  if (ms > LONG_MS) {
    g_autofree char *reason = g_strdup_printf(_("about %.1f s: Run starts it"), ms / 1000);
    entry->waits = TRUE;
    pa_graph_set_state(entry, PA_STATE_STALE, reason);
    pa_graph_schedule(entry->graph);
    return;
  }
  draw(entry, pa_document_get_node(entry->graph->document, entry->id));
}

/* To say how long it takes may itself take to count the rows of a query. */
static gboolean
estimate_is_long(gpointer data)
{
  Call *call = data;
  PaGraphEntry *entry = call->entry;
  call->timeout = 0;
  if (!entry->graph || entry->cancellable != call->cancellable)
    return G_SOURCE_REMOVE;
  pa_graph_stop(entry);
  entry->waits = TRUE;
  pa_graph_set_state(entry, PA_STATE_STALE, _("takes over a second: Run starts it"));
  return G_SOURCE_REMOVE;
}

static void
estimate(PaGraphEntry *entry, const PikaWorkspaceNode *node)
{
  g_autofree char *table = plot_table(entry->graph, node);
  PikaPlotOptions options = { .table = table };
  Call *call = call_new(entry);
  call->timeout = g_timeout_add((guint)LONG_MS, estimate_is_long, call);
  pika_plot_explain_async(entry->graph->session, node->text ? node->text : "", -1, &options, TRUE, call->cancellable,
                          estimated, call);
}

static void
frozen_view_was_set(GObject *object, GAsyncResult *result, gpointer data)
{
  PaGraphEntry *entry = call_end(data);
  g_autoptr(GError) error = NULL;
  gboolean ok = pika_session_set_view_finish(result, &error);
  if (!entry)
    return;
  if (ok)
    draw(entry, pa_document_get_node(entry->graph->document, entry->id));
  else
    fail(entry, error);
}

static void
run_plot(PaGraphEntry *entry, const PikaWorkspaceNode *node)
{
  if (!node->input && !node->frozen) {
    pa_graph_set_state(entry, PA_STATE_FAILED, _("it shows no table or query yet: connect it to one"));
    return;
  }
  pa_graph_set_state(entry, PA_STATE_RUNNING, NULL);
  if (node->frozen) {
    g_autofree char *table = plot_table(entry->graph, node);
    Call *call = call_new(entry);
    pika_session_set_view_async(entry->graph->session, table, node->frozen, call->cancellable, frozen_view_was_set, call);
  } else if (entry->allowed) {
    draw(entry, node);
  } else {
    estimate(entry, node);
  }
}

/* Starts what is stale and reads nothing that is. */
void
pa_graph_try(PaGraph *self, const PikaWorkspaceNode *node)
{
  PaGraphEntry *entry = g_hash_table_lookup(self->entries, node->id);
  if (!entry || entry->state != PA_STATE_STALE || entry->waits || entry->cancellable)
    return;
  g_autoptr(GPtrArray) inputs = node->frozen ? g_ptr_array_new()
                                             : pika_workspace_list_inputs(pa_document_get_workspace(self->document), node);
  for (guint i = 0; i < inputs->len; i++) {
    const PaGraphEntry *input = g_hash_table_lookup(self->entries, inputs->pdata[i]);
    const PikaWorkspaceNode *other = pa_document_get_node(self->document, inputs->pdata[i]);
    if (input->state == PA_STATE_FAILED) {
      g_autofree char *reason = g_strdup_printf("%s: %s", other->name, input->reason);
      pa_graph_set_state(entry, PA_STATE_FAILED, reason);
      pa_graph_schedule(self);
      return;
    }
    if (input->state == PA_STATE_STALE || input->state == PA_STATE_RUNNING) {
      g_autoptr(GError) error = NULL; /* in a circle each would wait for the other */
      g_autofree char *whole = pika_workspace_dup_sql(pa_document_get_workspace(self->document), node, &error);
      if (!whole)
        fail(entry, error);
      return;
    }
  }
  if (node->kind == PIKA_NODE_TABLE) {
    const char *trouble = self->shared ? NULL : source_trouble(self, node->source);
    if (!trouble) {
      pa_graph_set_state(entry, PA_STATE_RUNNING, NULL);
      describe(entry, node->name);
    } else if (strcmp(trouble, "…")) {
      pa_graph_set_state(entry, PA_STATE_FAILED, trouble);
    }
  } else if (node->kind == PIKA_NODE_QUERY) {
    run_query(entry, node);
  } else {
    run_plot(entry, node);
  }
}
