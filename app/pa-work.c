#include "pa-work.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PaWork {
  GObject parent_instance;
  PaDocument *document;
  PaCatalog *catalog;
  PaExplore *explore;
  char *input;        /* the node whose rows are shown: a table or a query */
  char *plot;         /* the node of the plot that is shown; NULL: none */
  gboolean is_doing;  /* the document is being changed from here */
  gboolean is_showing; /* the view is being changed from here */
  gboolean is_loading; /* sources of a document are being opened */
};

G_DEFINE_FINAL_TYPE(PaWork, pa_work, G_TYPE_OBJECT)

static void
set_text(char **where, const char *text)
{
  char *copy = g_strdup(text);
  g_free(*where);
  *where = copy;
}

static void
report(const char *what, GError *error)
{
  if (error)
    g_warning("%s: %s", what, error->message);
  g_clear_error(&error);
}

/* --- what is where in the document --- */

static const PikaWorkspaceNode *
node_of_table(PaWork *self, const char *table)
{
  const PikaWorkspace *workspace = pa_document_get_workspace(self->document);
  const PikaWorkspaceNode *node = pika_workspace_find_named(workspace, table);
  return node && node->kind == PIKA_NODE_TABLE ? node : NULL;
}

static const PikaWorkspaceNode *
get_node(PaWork *self, const char *id, PikaNodeKind kind)
{
  const PikaWorkspaceNode *node = id ? pa_document_get_node(self->document, id) : NULL;
  return node && node->kind == kind ? node : NULL;
}

/* The last plot of an input. */
static const PikaWorkspaceNode *
plot_of(PaWork *self, const char *input)
{
  const GPtrArray *nodes = pa_document_get_workspace(self->document)->nodes;
  for (guint i = nodes->len; input && i > 0; i--) {
    const PikaWorkspaceNode *node = nodes->pdata[i - 1];
    if (node->kind == PIKA_NODE_PLOT && !g_strcmp0(node->input, input))
      return node;
  }
  return NULL;
}

static const PikaWorkspaceSource *
source_of(PaWork *self, const char *path)
{
  const GPtrArray *sources = pa_document_get_workspace(self->document)->sources;
  g_autofree char *absolute = g_canonicalize_filename(path, NULL);
  for (guint i = 0; i < sources->len; i++) {
    const PikaWorkspaceSource *source = sources->pdata[i];
    if (!g_strcmp0(source->path, absolute))
      return source;
  }
  return NULL;
}

static void
show_plot(PaWork *self, const PikaWorkspaceNode *plot)
{
  set_text(&self->plot, plot ? plot->id : NULL);
  self->is_showing = TRUE;
  pa_plot_pane_set_spec(pa_explore_get_plot_pane(self->explore), plot ? plot->text : NULL);
  self->is_showing = FALSE;
}

static void
show_input(PaWork *self, const char *id)
{
  if (!g_strcmp0(id, self->input))
    return;
  set_text(&self->input, id);
  show_plot(self, plot_of(self, id));
}

/* --- from the view to the document --- */

static void
opened(PaCatalog *catalog, PaTableItem *item, gpointer data)
{
  PaWork *self = data;
  const char *path = pa_table_item_get_path(item), *table = pa_table_item_get_name(item);
  const PikaWorkspaceSource *source = source_of(self, path);
  g_autofree char *label = g_strdup_printf(_("Open %s"), table);
  g_autoptr(GError) error = NULL;
  self->is_doing = TRUE;
  pa_document_begin(self->document, label, NULL);
  const char *id = source ? source->id : pa_document_add_source(self->document, path, table, pa_table_item_get_options(item), &error);
  if (source && pa_table_item_get_options(item))
    pa_document_set_source(self->document, source->id, "options", g_variant_new_strv(pa_table_item_get_options(item), -1), &error);
  if (id && !error && !node_of_table(self, table))
    pa_document_add_table(self->document, id, table, &error);
  pa_document_end(self->document);
  self->is_doing = FALSE;
  report("opening", g_steal_pointer(&error));
}

static void
ran(PaExplore *explore, const char *sql, const GError *failure, gpointer data)
{
  PaWork *self = data;
  g_autoptr(GError) error = NULL;
  PaTableItem *table = pa_explore_get_table(explore);
  if (failure)
    return;
  if (table) {
    const PikaWorkspaceNode *node = node_of_table(self, pa_table_item_get_name(table));
    show_input(self, node ? node->id : NULL);
    return;
  }
  const PikaWorkspaceNode *query = get_node(self, self->input, PIKA_NODE_QUERY);
  self->is_doing = TRUE;
  if (query && strcmp(query->text, sql))
    pa_document_set_text(self->document, query->id, sql, &error);
  else if (!query)
    show_input(self, pa_document_add_query(self->document, NULL, sql, &error));
  self->is_doing = FALSE;
  report("running", g_steal_pointer(&error));
}

static void
spec_changed(PaExplore *explore, const char *spec, gpointer data)
{
  PaWork *self = data;
  g_autoptr(GError) error = NULL;
  const PikaWorkspaceNode *plot = get_node(self, self->plot, PIKA_NODE_PLOT);
  if (self->is_showing || !self->input)
    return;
  self->is_doing = TRUE;
  if (plot && !g_strcmp0(plot->input, self->input))
    pa_document_set_text(self->document, plot->id, spec, &error);
  else
    set_text(&self->plot, pa_document_add_plot(self->document, self->input, spec, &error));
  self->is_doing = FALSE;
  report("plotting", g_steal_pointer(&error));
}

/* --- from the document to the view --- */

static void
show_node(PaWork *self, const PikaWorkspaceNode *node)
{
  PaTableItem *table = node->kind == PIKA_NODE_TABLE ? pa_catalog_find(self->catalog, node->name) : NULL;
  show_input(self, node->id);
  if (table)
    pa_explore_show_table(self->explore, table);
  else if (node->kind == PIKA_NODE_QUERY)
    pa_explore_run(self->explore, node->text);
}

static void
node_changed(PaDocument *document, const char *id, const char *property, gpointer data)
{
  PaWork *self = data;
  const PikaWorkspaceNode *node = pa_document_get_node(document, id);
  if (self->is_doing || !node)
    return;
  if (!g_strcmp0(id, self->input) && !strcmp(property, "sql"))
    pa_explore_run(self->explore, node->text);
  else if (!g_strcmp0(id, self->plot) && !strcmp(property, "spec"))
    show_plot(self, node);
}

static void
node_added(PaDocument *document, const char *id, gpointer data)
{
  PaWork *self = data;
  const PikaWorkspaceNode *node = pa_document_get_node(document, id);
  if (self->is_doing || !node)
    return;
  if (node->kind == PIKA_NODE_PLOT && !g_strcmp0(node->input, self->input))
    show_plot(self, node);
  else if (node->kind == PIKA_NODE_QUERY)
    show_node(self, node);
}

static void
node_removed(PaDocument *document, const char *id, gpointer data)
{
  PaWork *self = data;
  if (self->is_doing)
    return;
  if (!g_strcmp0(id, self->plot)) {
    show_plot(self, plot_of(self, self->input));
  } else if (!g_strcmp0(id, self->input)) {
    const GPtrArray *nodes = pa_document_get_workspace(document)->nodes;
    set_text(&self->input, NULL);
    show_plot(self, NULL);
    if (nodes->len > 0)
      show_node(self, nodes->pdata[nodes->len - 1]);
  }
}

void
pa_work_show_node(PaWork *self, const char *id)
{
  const PikaWorkspaceNode *node = pa_document_get_node(self->document, id);
  if (node && node->kind == PIKA_NODE_PLOT && node->input)
    node = pa_document_get_node(self->document, node->input);
  if (node && (node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY))
    show_node(self, node);
}

/* --- loading --- */

static void
all_opened(PaCatalog *catalog, gpointer data)
{
  PaWork *self = data;
  const GPtrArray *nodes = pa_document_get_workspace(self->document)->nodes;
  const PikaWorkspaceNode *last = NULL;
  if (!self->is_loading)
    return;
  self->is_loading = FALSE;
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *node = nodes->pdata[i];
    if (node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY)
      last = node;
    else if (node->kind == PIKA_NODE_PLOT && node->input)
      last = pa_document_get_node(self->document, node->input);
  }
  if (last)
    show_node(self, last);
}

void
pa_work_show_document(PaWork *self)
{
  const GPtrArray *sources = pa_document_get_workspace(self->document)->sources;
  set_text(&self->input, NULL);
  show_plot(self, NULL);
  self->is_loading = sources->len > 0;
  for (guint i = 0; i < sources->len; i++) {
    const PikaWorkspaceSource *source = sources->pdata[i];
    if (source->path)
      pa_catalog_open_as(self->catalog, source->path, source->name, (const char *const *)source->options);
  }
}

gboolean
pa_work_is_loading(PaWork *self)
{
  return self->is_loading;
}

const char *
pa_work_get_plot(PaWork *self)
{
  return self->plot;
}

static void
finalize(GObject *object)
{
  PaWork *self = PA_WORK(object);
  g_free(self->input);
  g_free(self->plot);
  g_object_unref(self->document);
  g_object_unref(self->catalog);
  G_OBJECT_CLASS(pa_work_parent_class)->finalize(object);
}

static void
pa_work_class_init(PaWorkClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
}

static void
pa_work_init(PaWork *self)
{
}

PaWork *
pa_work_new(PaDocument *document, PaCatalog *catalog, PaExplore *explore)
{
  PaWork *self = g_object_new(PA_TYPE_WORK, NULL);
  self->document = g_object_ref(document);
  self->catalog = g_object_ref(catalog);
  self->explore = explore; /* the window's, as this is */
  g_signal_connect_object(catalog, "opened", G_CALLBACK(opened), self, 0);
  g_signal_connect_object(catalog, "idle", G_CALLBACK(all_opened), self, 0);
  g_signal_connect_object(explore, "ran", G_CALLBACK(ran), self, 0);
  g_signal_connect_object(explore, "spec-changed", G_CALLBACK(spec_changed), self, 0);
  g_signal_connect_object(document, "node-changed", G_CALLBACK(node_changed), self, 0);
  g_signal_connect_object(document, "node-added", G_CALLBACK(node_added), self, 0);
  g_signal_connect_object(document, "node-removed", G_CALLBACK(node_removed), self, 0);
  return self;
}
