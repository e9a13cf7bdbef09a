/* What a person does to a document, as steps of changes. */
#include "pa-document-private.h"
#include "pa-layout.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static gboolean
fail(GError **error, const char *format, const char *name)
{
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_INVALID, format, name);
  return FALSE;
}

static const PikaWorkspaceNode *
need_node(PaDocument *self, const char *id, GError **error)
{
  const PikaWorkspaceNode *node = pa_document_get_node(self, id);
  if (!node)
    fail(error, "there is no node \"%s\"", id);
  return node;
}

static GVariant *
one_property(const char *name, GVariant *value)
{
  g_auto(GVariantDict) dict = G_VARIANT_DICT_INIT(NULL);
  g_variant_dict_insert_value(&dict, name, value ? value : g_variant_new("()"));
  return g_variant_dict_end(&dict);
}

/* Within a step: sets what differs. */
static gboolean
change_node(PaDocument *self, const PikaWorkspaceNode *node, const char *property, GVariant *value, GError **error)
{
  const char *const *known = pika_workspace_node_properties(node->kind);
  if (!g_strv_contains(known, property)) {
    if (value)
      g_variant_unref(g_variant_ref_sink(value));
    return fail(error, "this node has no property \"%s\"", property);
  }
  return pa_document_change(self, PA_TARGET_NODE, node->id, node->kind, 0,
                            one_property(property, pika_workspace_node_get(node, property)), one_property(property, value),
                            error);
}

char *
pa_document_free_name(PaDocument *self, const char *name)
{
  if (!pika_workspace_find_named(self->workspace, name))
    return g_strdup(name);
  for (guint i = 2;; i++) {
    g_autofree char *numbered = g_strdup_printf("%s_%u", name, i);
    if (!pika_workspace_find_named(self->workspace, numbered))
      return g_steal_pointer(&numbered);
  }
}

/* --- adding --- */

const char *
pa_document_add_node(PaDocument *self, const PikaWorkspaceNode *node, GError **error)
{
  g_autoptr(GVariant) properties = pa_properties_of_node(node);
  gboolean ok = pa_document_change(self, PA_TARGET_NODE, node->id, node->kind, self->workspace->nodes->len, NULL, properties,
                                   error);
  return ok ? pa_document_get_node(self, node->id)->id : NULL;
}

/* The nodes that one reads, of which it knows the id or the SQL. */
static GPtrArray *
find_inputs(PaDocument *self, const PikaWorkspaceNode *node)
{
  GPtrArray *inputs = pika_workspace_list_inputs(self->workspace, node);
  for (guint i = 0; i < inputs->len; i++)
    inputs->pdata[i] = (gpointer)pa_document_get_node(self, inputs->pdata[i]);
  return inputs;
}

/* Gives it size and place, and adds it as a step. Takes over `node`. */
static const char *
add_placed(PaDocument *self, PikaWorkspaceNode *node, const char *label, GError **error)
{
  g_autoptr(PikaWorkspaceNode) owned = node;
  g_autoptr(GPtrArray) inputs = find_inputs(self, node);
  pa_layout_get_size(node->kind, &node->width, &node->height);
  pa_layout_place(self->workspace->nodes, inputs, node, &node->x, &node->y);
  pa_document_begin(self, label, NULL);
  const char *id = pa_document_add_node(self, node, error);
  pa_document_end(self);
  return id;
}

static PikaWorkspaceNode *
make_node(PaDocument *self, PikaNodeKind kind)
{
  g_autofree char *id = pa_document_make_id(self, kind);
  return pika_workspace_node_new(kind, id);
}

const char *
pa_document_add_source(PaDocument *self, const char *path, const char *name, const char *const *options, GError **error)
{
  g_autofree char *id = pa_document_make_id(self, PA_ID_SOURCE);
  g_autoptr(PikaWorkspaceSource) source = pika_workspace_source_new(id);
  source->path = g_canonicalize_filename(path, NULL);
  source->name = g_strdup(name);
  source->options = g_strdupv((char **)options);
  g_autoptr(GVariant) properties = pa_properties_of_source(source);
  pa_document_begin(self, _("Open File"), NULL);
  gboolean ok = pa_document_change(self, PA_TARGET_SOURCE, id, 0, self->workspace->sources->len, NULL, properties, error);
  pa_document_end(self);
  return ok ? pa_document_get_source(self, id)->id : NULL;
}

const char *
pa_document_add_table(PaDocument *self, const char *source, const char *table, GError **error)
{
  const PikaWorkspaceNode *there = pika_workspace_find_named(self->workspace, table);
  if (there && there->kind == PIKA_NODE_TABLE && !g_strcmp0(there->source, source))
    return there->id;
  if (there) {
    fail(error, "another table or query is named \"%s\"", table);
    return NULL;
  }
  if (!pa_document_get_source(self, source)) {
    fail(error, "there is no source \"%s\"", source);
    return NULL;
  }
  PikaWorkspaceNode *node = make_node(self, PIKA_NODE_TABLE);
  node->name = g_strdup(table);
  node->source = g_strdup(source);
  return add_placed(self, node, _("Open Table"), error);
}

const char *
pa_document_add_query(PaDocument *self, const char *name, const char *sql, GError **error)
{
  if (name && (!*name || pika_workspace_find_named(self->workspace, name))) {
    fail(error, *name ? "another table or query is named \"%s\"" : "a query needs a name%s", name);
    return NULL;
  }
  PikaWorkspaceNode *node = make_node(self, PIKA_NODE_QUERY);
  node->name = name ? g_strdup(name) : pa_document_free_name(self, "query");
  node->text = g_strdup(sql);
  return add_placed(self, node, _("Add Query"), error);
}

const char *
pa_document_add_plot(PaDocument *self, const char *input, const char *spec, GError **error)
{
  const PikaWorkspaceNode *from = input ? need_node(self, input, error) : NULL;
  if (input && !from)
    return NULL;
  if (from && from->kind != PIKA_NODE_TABLE && from->kind != PIKA_NODE_QUERY) {
    fail(error, "\"%s\" is neither a table nor a query", input);
    return NULL;
  }
  PikaWorkspaceNode *node = make_node(self, PIKA_NODE_PLOT);
  node->input = g_strdup(input);
  node->text = g_strdup(spec);
  return add_placed(self, node, _("Add Plot"), error);
}

const char *
pa_document_add_note(PaDocument *self, double x, double y, const char *text, GError **error)
{
  g_autoptr(PikaWorkspaceNode) node = make_node(self, PIKA_NODE_NOTE);
  node->text = g_strdup(text);
  node->x = x;
  node->y = y;
  node->placed = TRUE;
  pa_layout_get_size(node->kind, &node->width, &node->height);
  pa_document_begin(self, _("Add Note"), NULL);
  const char *id = pa_document_add_node(self, node, error);
  pa_document_end(self);
  return id;
}

const char *
pa_document_add_group(PaDocument *self, const char *const *ids, const char *title, GError **error)
{
  const double margin = 2 * PA_LAYOUT_GRID;
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (guint i = 0; ids[i]; i++) {
    const PikaWorkspaceNode *node = need_node(self, ids[i], error);
    if (!node)
      return NULL;
    left = fmin(left, node->x);
    top = fmin(top, node->y);
    right = fmax(right, node->x + node->width);
    bottom = fmax(bottom, node->y + node->height);
  }
  if (!ids[0]) {
    fail(error, "a group needs nodes%s", "");
    return NULL;
  }
  g_autoptr(PikaWorkspaceNode) group = make_node(self, PIKA_NODE_GROUP);
  group->name = g_strdup(title);
  group->x = left - margin;
  group->y = top - margin - PA_LAYOUT_GRID;
  group->width = right - left + 2 * margin;
  group->height = bottom - top + 2 * margin + PA_LAYOUT_GRID;
  group->placed = TRUE;
  pa_document_begin(self, _("Group"), NULL);
  const char *id = pa_document_add_node(self, group, error);
  for (guint i = 0; id && ids[i]; i++)
    change_node(self, pa_document_get_node(self, ids[i]), "group", g_variant_new_string(id), NULL);
  pa_document_end(self);
  return id;
}

/* --- properties --- */

static const char *
text_property(PikaNodeKind kind)
{
  return kind == PIKA_NODE_QUERY ? "sql" : kind == PIKA_NODE_PLOT ? "spec" : kind == PIKA_NODE_NOTE ? "text" : NULL;
}

static gboolean
check_reference(PaDocument *self, const PikaWorkspaceNode *node, const char *property, GVariant *value, GError **error)
{
  gboolean string = value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING);
  const char *id = string ? g_variant_get_string(value, NULL) : NULL;
  const PikaWorkspaceNode *other = id ? pa_document_get_node(self, id) : NULL;
  if (!strcmp(property, "input") && id)
    return (other && (other->kind == PIKA_NODE_TABLE || other->kind == PIKA_NODE_QUERY)) ||
           fail(error, "there is no table or query \"%s\"", id);
  if (!strcmp(property, "source") && node->kind == PIKA_NODE_TABLE)
    return (id && pa_document_get_source(self, id)) || fail(error, "there is no source \"%s\"", id ? id : "");
  if (!strcmp(property, "group") && id) {
    for (const PikaWorkspaceNode *at = other; at; at = pa_document_get_node(self, at->group))
      if (at == node)
        return fail(error, "the group \"%s\" is within this node", id);
    return (other && other->kind == PIKA_NODE_GROUP) || fail(error, "there is no group \"%s\"", id);
  }
  if (!strcmp(property, "name") && (node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY)) {
    const PikaWorkspaceNode *taken = id ? pika_workspace_find_named(self->workspace, id) : NULL;
    if (!id || !*id)
      return fail(error, "a table or query needs a name%s", "");
    return !taken || taken == node || fail(error, "another table or query is named \"%s\"", id);
  }
  return TRUE;
}

gboolean
pa_document_set_node(PaDocument *self, const char *id, const char *property, GVariant *value, GError **error)
{
  g_autoptr(GVariant) owned = value ? g_variant_ref_sink(value) : NULL;
  const PikaWorkspaceNode *node = need_node(self, id, error);
  if (!node || !check_reference(self, node, property, owned, error))
    return FALSE;
  g_autofree char *key = g_strdup_printf("%s.%s", id, property);
  pa_document_begin(self, !strcmp(property, "view") ? _("Change View") : _("Change Node"), key);
  gboolean ok = change_node(self, node, property, owned, error);
  pa_document_end(self);
  return ok;
}

gboolean
pa_document_set_source(PaDocument *self, const char *id, const char *property, GVariant *value, GError **error)
{
  g_autoptr(GVariant) owned = value ? g_variant_ref_sink(value) : NULL;
  const PikaWorkspaceSource *source = pa_document_get_source(self, id);
  if (!source)
    return fail(error, "there is no source \"%s\"", id);
  if (!g_strv_contains(pika_workspace_source_properties(), property))
    return fail(error, "a source has no property \"%s\"", property);
  pa_document_begin(self, _("Change Import"), NULL);
  gboolean ok = pa_document_change(self, PA_TARGET_SOURCE, id, 0, 0,
                                   one_property(property, pika_workspace_source_get(source, property)),
                                   one_property(property, owned), error);
  pa_document_end(self);
  return ok;
}

gboolean
pa_document_set_text(PaDocument *self, const char *id, const char *text, GError **error)
{
  const PikaWorkspaceNode *node = need_node(self, id, error);
  const char *property = node ? text_property(node->kind) : NULL;
  static const char *const labels[] = { NULL, N_("Edit Query"), N_("Edit Plot"), N_("Edit Note"), NULL };
  if (!property)
    return node ? fail(error, "the node \"%s\" holds no text", id) : FALSE;
  g_autofree char *key = g_strdup_printf("%s.text", id);
  pa_document_begin(self, _(labels[node->kind]), key);
  gboolean ok = change_node(self, node, property, text ? g_variant_new_string(text) : NULL, error);
  pa_document_end(self);
  return ok;
}

/* Queries that read a table by its old name read it by the new one. */
static gboolean
follow_name(PaDocument *self, const PikaWorkspaceNode *renamed, const char *name, GError **error)
{
  const GPtrArray *nodes = self->workspace->nodes;
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *node = nodes->pdata[i];
    if (node->kind != PIKA_NODE_QUERY || !node->text)
      continue;
    g_autofree char *lower = g_ascii_strdown(renamed->name, -1);
    g_auto(GStrv) tables = pika_sql_list_tables(node->text);
    if (!g_strv_contains((const char *const *)tables, lower))
      continue;
    g_autofree char *sql = pika_sql_replace_table(node->text, renamed->name, name);
    if (!change_node(self, node, "sql", g_variant_new_string(sql), error))
      return FALSE;
  }
  return TRUE;
}

/* A table goes by the name that its source has in SQL, if it is the only one of it. */
static gboolean
rename_source(PaDocument *self, const PikaWorkspaceNode *table, const char *name, GError **error)
{
  const PikaWorkspaceSource *source = pa_document_get_source(self, table->source);
  for (guint i = 0; i < self->workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    if (node != table && !g_strcmp0(node->source, table->source))
      return fail(error, "\"%s\" is one of several tables of a database and keeps its name", table->name);
  }
  return pa_document_change(self, PA_TARGET_SOURCE, source->id, 0, 0,
                            one_property("name", pika_workspace_source_get(source, "name")),
                            one_property("name", g_variant_new_string(name)), error);
}

gboolean
pa_document_set_name(PaDocument *self, const char *id, const char *name, GError **error)
{
  const PikaWorkspaceNode *node = need_node(self, id, error);
  g_autoptr(GVariant) value = name ? g_variant_ref_sink(g_variant_new_string(name)) : NULL;
  if (!node || !check_reference(self, node, "name", value, error))
    return FALSE;
  gboolean ok = TRUE;
  pa_document_begin(self, _("Rename"), NULL);
  if (g_strcmp0(node->name, name)) {
    if (node->kind == PIKA_NODE_TABLE)
      ok = rename_source(self, node, name, error);
    if (ok && (node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY))
      ok = follow_name(self, node, name, error);
    ok = ok && change_node(self, node, "name", value, error);
  }
  pa_document_end(self);
  return ok;
}

gboolean
pa_document_connect(PaDocument *self, const char *from, const char *to, GError **error)
{
  const PikaWorkspaceNode *input = need_node(self, from, error);
  const PikaWorkspaceNode *node = input ? need_node(self, to, error) : NULL;
  gboolean ok = FALSE;
  if (!node)
    return FALSE;
  if (input == node || (input->kind != PIKA_NODE_TABLE && input->kind != PIKA_NODE_QUERY))
    return fail(error, "a plot or query reads a table or another query, not \"%s\"", from);
  pa_document_begin(self, _("Connect"), NULL);
  if (node->kind == PIKA_NODE_PLOT) {
    ok = change_node(self, node, "input", g_variant_new_string(from), error);
  } else if (node->kind == PIKA_NODE_QUERY) {
    g_auto(GStrv) tables = pika_sql_list_tables(node->text ? node->text : "");
    g_autofree char *quoted = pika_sql_quote_name(input->name);
    g_autofree char *sql = !tables[0]   ? g_strdup_printf("SELECT * FROM %s", quoted)
                           : !tables[1] ? pika_sql_replace_table(node->text, tables[0], input->name)
                                        : NULL;
    if (!sql)
      fail(error, "the query \"%s\" reads more than one table: name the new one in its SQL", node->name);
    ok = sql && change_node(self, node, "sql", g_variant_new_string(sql), error);
  } else {
    fail(error, "only a plot or a query reads tables, not \"%s\"", to);
  }
  pa_document_end(self);
  return ok;
}

gboolean
pa_document_set_frozen(PaDocument *self, const char *id, gboolean frozen, GError **error)
{
  const PikaWorkspaceNode *node = need_node(self, id, error);
  if (!node || (node->kind != PIKA_NODE_QUERY && node->kind != PIKA_NODE_PLOT))
    return node ? fail(error, "only a query or a plot can be frozen, not \"%s\"", id) : FALSE;
  if (frozen == (node->frozen != NULL))
    return TRUE;
  g_autofree char *sql = frozen ? pika_workspace_dup_sql(self->workspace, node, error) : NULL;
  if (frozen && !sql)
    return FALSE;
  pa_document_begin(self, frozen ? _("Freeze") : _("Unfreeze"), NULL);
  gboolean ok = change_node(self, node, "frozen", sql ? g_variant_new_string(sql) : NULL, error);
  pa_document_end(self);
  return ok;
}

/* --- where one looks --- */

static gboolean
change_workspace(PaDocument *self, const char *label, const char *property, GVariant *value, gboolean passing,
                 GError **error)
{
  pa_document_begin(self, label, passing ? NULL : property);
  if (self->depth == 1)
    self->step->passing = passing;
  gboolean ok = pa_document_change(self, PA_TARGET_WORKSPACE, NULL, 0, 0,
                                   one_property(property, pika_workspace_get(self->workspace, property)),
                                   one_property(property, value), error);
  pa_document_end(self);
  return ok;
}

void
pa_document_set_canvas(PaDocument *self, double x, double y, double zoom)
{
  pa_document_begin(self, _("Look Around"), NULL);
  if (self->depth == 1)
    self->step->passing = TRUE;
  const struct { const char *name; double value; } values[] = { { "x", x }, { "y", y }, { "zoom", zoom } };
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    pa_document_change(self, PA_TARGET_WORKSPACE, NULL, 0, 0,
                       one_property(values[i].name, pika_workspace_get(self->workspace, values[i].name)),
                       one_property(values[i].name, g_variant_new_double(values[i].value)), NULL);
  pa_document_end(self);
}

gboolean
pa_document_set_explore(PaDocument *self, const char *json, GError **error)
{
  return change_workspace(self, _("Look Around"), "explore", json ? g_variant_new_string(json) : NULL, TRUE, error);
}

gboolean
pa_document_set_filters(PaDocument *self, const char *json, GError **error)
{
  return change_workspace(self, _("Filter"), "filters", json ? g_variant_new_string(json) : NULL, FALSE, error);
}
