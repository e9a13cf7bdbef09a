/* Moving, removing and copying nodes. */
#include "pa-document-private.h"
#include "pa-layout.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Several properties of a node at once: names and values in pairs, as in g_variant_dict. Takes the values over. */
static void
change_box(PaDocument *self, const PikaWorkspaceNode *node, double x, double y, double width, double height,
           gboolean placed)
{
  g_auto(GVariantDict) before = G_VARIANT_DICT_INIT(NULL), after = G_VARIANT_DICT_INIT(NULL);
  const struct { const char *name; double was, is; } lengths[] = {
    { "x", node->x, x }, { "y", node->y, y }, { "width", node->width, width }, { "height", node->height, height },
  };
  for (guint i = 0; i < G_N_ELEMENTS(lengths); i++)
    if (lengths[i].was != lengths[i].is) {
      g_variant_dict_insert(&before, lengths[i].name, "d", lengths[i].was);
      g_variant_dict_insert(&after, lengths[i].name, "d", lengths[i].is);
    }
  if (node->placed != placed) {
    g_variant_dict_insert(&before, "placed", "b", node->placed);
    g_variant_dict_insert(&after, "placed", "b", placed);
  }
  pa_document_change(self, PA_TARGET_NODE, node->id, node->kind, 0, g_variant_dict_end(&before), g_variant_dict_end(&after),
                     NULL);
}

static gboolean
is_within(PaDocument *self, const PikaWorkspaceNode *node, GHashTable *groups)
{
  for (const char *group = node->group; group; group = pa_document_get_node(self, group)->group)
    if (g_hash_table_contains(groups, group))
      return TRUE;
  return FALSE;
}

/* The nodes of the ids, and what is within the groups among them. */
static GPtrArray *
with_members(PaDocument *self, const char *const *ids)
{
  GPtrArray *nodes = g_ptr_array_new();
  g_autoptr(GHashTable) chosen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) groups = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; ids[i]; i++) {
    const PikaWorkspaceNode *node = pa_document_get_node(self, ids[i]);
    if (!node || !g_hash_table_add(chosen, node->id))
      continue;
    g_ptr_array_add(nodes, (gpointer)node);
    if (node->kind == PIKA_NODE_GROUP)
      g_hash_table_add(groups, node->id);
  }
  for (guint i = 0; g_hash_table_size(groups) && i < self->workspace->nodes->len; i++) {
    PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    if (!g_hash_table_contains(chosen, node->id) && is_within(self, node, groups))
      g_ptr_array_add(nodes, node);
  }
  return nodes;
}

void
pa_document_move(PaDocument *self, const char *const *ids, double dx, double dy)
{
  g_autoptr(GPtrArray) nodes = with_members(self, ids);
  g_autofree char *key = g_strdup_printf("move %u %s", nodes->len, ids[0] ? ids[0] : "");
  g_autofree char *label = g_strdup_printf(ngettext("Move Node", "Move %u Nodes", nodes->len), nodes->len);
  pa_document_begin(self, label, key);
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *node = nodes->pdata[i];
    change_box(self, node, node->x + dx, node->y + dy, node->width, node->height, TRUE);
  }
  pa_document_end(self);
}

void
pa_document_resize(PaDocument *self, const char *id, double x, double y, double width, double height)
{
  const PikaWorkspaceNode *node = pa_document_get_node(self, id);
  g_autofree char *key = g_strdup_printf("resize %s", id);
  g_return_if_fail(node != NULL);
  pa_document_begin(self, _("Resize"), key);
  change_box(self, node, x, y, MAX(width, PA_LAYOUT_GRID), MAX(height, PA_LAYOUT_GRID), TRUE);
  pa_document_end(self);
}

/* --- removing --- */

static guint
position_of(const GPtrArray *objects, gconstpointer object)
{
  guint at = 0;
  g_ptr_array_find((GPtrArray *)objects, object, &at);
  return at;
}

/* A plot that showed it, or a node that was in it, keeps no id of what is gone. */
static void
release(PaDocument *self, GHashTable *gone)
{
  for (guint i = 0; i < self->workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    if (g_hash_table_contains(gone, node->id))
      continue;
    if (node->input && g_hash_table_contains(gone, node->input))
      pa_document_set_node(self, node->id, "input", NULL, NULL);
    if (node->group && g_hash_table_contains(gone, node->group))
      pa_document_set_node(self, node->id, "group", NULL, NULL);
  }
}

static void
remove_unused_sources(PaDocument *self, GHashTable *sources)
{
  for (guint i = 0; i < self->workspace->nodes->len; i++) {
    const PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    if (node->source)
      g_hash_table_remove(sources, node->source);
  }
  for (guint i = self->workspace->sources->len; i-- > 0;) {
    const PikaWorkspaceSource *source = self->workspace->sources->pdata[i];
    if (g_hash_table_contains(sources, source->id)) {
      g_autofree char *id = g_strdup(source->id);
      pa_document_change(self, PA_TARGET_SOURCE, id, 0, i, pa_properties_of_source(source), NULL, NULL);
    }
  }
}

void
pa_document_remove(PaDocument *self, const char *const *ids)
{
  g_autoptr(GHashTable) gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; ids[i]; i++)
    if (pa_document_get_node(self, ids[i]))
      g_hash_table_add(gone, g_strdup(ids[i]));
  guint n = g_hash_table_size(gone);
  g_autofree char *label = g_strdup_printf(ngettext("Delete Node", "Delete %u Nodes", n), n);
  pa_document_begin(self, label, NULL);
  release(self, gone);
  GHashTableIter iter;
  gpointer id;
  g_hash_table_iter_init(&iter, gone);
  while (g_hash_table_iter_next(&iter, &id, NULL)) {
    const PikaWorkspaceNode *node = pa_document_get_node(self, id);
    if (node->source)
      g_hash_table_add(sources, g_strdup(node->source));
    pa_document_change(self, PA_TARGET_NODE, id, node->kind, position_of(self->workspace->nodes, node),
                       pa_properties_of_node(node), NULL, NULL);
  }
  remove_unused_sources(self, sources);
  pa_document_end(self);
}

/* --- copying --- */

/* Nodes, and the sources of their tables, as a workspace of their own. */
static PikaWorkspace *
extract(PaDocument *self, const GPtrArray *nodes)
{
  PikaWorkspace *out = pika_workspace_copy(self->workspace);
  g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) sources = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *node = nodes->pdata[i];
    g_hash_table_add(ids, node->id);
    if (node->source)
      g_hash_table_add(sources, node->source);
  }
  for (guint i = out->nodes->len; i-- > 0;) {
    PikaWorkspaceNode *node = out->nodes->pdata[i];
    if (!g_hash_table_contains(ids, node->id))
      g_ptr_array_remove_index(out->nodes, i);
    else if (node->group && !g_hash_table_contains(ids, node->group))
      g_clear_pointer(&node->group, g_free);
  }
  for (guint i = out->sources->len; i-- > 0;)
    if (!g_hash_table_contains(sources, ((PikaWorkspaceSource *)out->sources->pdata[i])->id))
      g_ptr_array_remove_index(out->sources, i);
  g_clear_pointer(&out->explore, g_free);
  g_clear_pointer(&out->filters, g_free);
  return out;
}

/* Old names → new names of the nodes to be added, and old ids → new ids. Tables that are here already stay the same. */
static void
make_names(PaDocument *self, const PikaWorkspace *from, GHashTable *ids, GHashTable *names)
{
  for (guint i = 0; i < from->nodes->len; i++) {
    const PikaWorkspaceNode *node = from->nodes->pdata[i];
    const PikaWorkspaceNode *there =
      node->kind == PIKA_NODE_TABLE ? pika_workspace_find_named(self->workspace, node->name) : NULL;
    gboolean same = there && there->kind == PIKA_NODE_TABLE;
    g_hash_table_insert(ids, g_strdup(node->id), same ? g_strdup(there->id) : pa_document_make_id(self, node->kind));
    if (node->kind != PIKA_NODE_QUERY)
      continue;
    g_autofree char *name = pa_document_free_name(self, node->name);
    for (guint k = 2; g_hash_table_contains(names, name); k++) { /* one of those being copied has it */
      g_free(name);
      g_autofree char *base = g_strdup_printf("%s_%u", node->name, k);
      name = pa_document_free_name(self, base);
    }
    g_hash_table_insert(names, g_strdup(node->name), g_strdup(name));
  }
}

static char *
rewrite_sql(const char *sql, GHashTable *names)
{
  GHashTableIter iter;
  gpointer from, to;
  char *text = g_strdup(sql);
  g_hash_table_iter_init(&iter, names);
  while (text && g_hash_table_iter_next(&iter, &from, &to)) {
    char *next = g_strcmp0(from, to) ? pika_sql_replace_table(text, from, to) : g_strdup(text);
    g_free(text);
    text = next;
  }
  return text;
}

static void
rename_reference(char **id, GHashTable *ids)
{
  const char *renamed = *id ? g_hash_table_lookup(ids, *id) : NULL;
  if (renamed) {
    g_free(*id);
    *id = g_strdup(renamed);
  }
}

/* A source of what is pasted that is not here comes along. */
static gboolean
add_sources(PaDocument *self, PikaWorkspace *from, GHashTable *ids, GError **error)
{
  for (guint i = 0; i < from->sources->len; i++) {
    const PikaWorkspaceSource *source = from->sources->pdata[i];
    const PikaWorkspaceSource *there = NULL;
    for (guint k = 0; k < self->workspace->sources->len && !there; k++) {
      const PikaWorkspaceSource *other = self->workspace->sources->pdata[k];
      there = !g_strcmp0(other->path, source->path) && !g_strcmp0(other->name, source->name) ? other : NULL;
    }
    g_autofree char *id = there ? g_strdup(there->id) : pa_document_make_id(self, PA_ID_SOURCE);
    if (!there && !pa_document_change(self, PA_TARGET_SOURCE, id, 0, self->workspace->sources->len, NULL,
                                      pa_properties_of_source(source), error))
      return FALSE;
    g_hash_table_insert(ids, g_strdup(source->id), g_steal_pointer(&id));
  }
  return TRUE;
}

/* Adds the nodes of another workspace, shifted, under new ids and names. */
static GStrv
add_all(PaDocument *self, PikaWorkspace *from, double dx, double dy, GError **error)
{
  g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GStrvBuilder) added = g_strv_builder_new();
  if (!add_sources(self, from, ids, error))
    return NULL;
  make_names(self, from, ids, names);
  /* A group is there before its members, as references are checked when the file is read. */
  for (guint i = 0; i < from->nodes->len; i++) {
    PikaWorkspaceNode *node = from->nodes->pdata[i];
    rename_reference(&node->id, ids);
    if (pa_document_get_node(self, node->id))
      continue; /* the table that is here already */
    rename_reference(&node->group, ids);
    rename_reference(&node->input, ids);
    rename_reference(&node->source, ids);
    if (node->kind == PIKA_NODE_QUERY) {
      g_autofree char *sql = node->text;
      g_autofree char *name = node->name;
      node->text = rewrite_sql(sql, names);
      node->name = g_strdup(g_hash_table_lookup(names, name));
    }
    node->x += dx;
    node->y += dy;
    node->placed = TRUE;
    if (!pa_document_add_node(self, node, error))
      return NULL;
    g_strv_builder_add(added, node->id);
  }
  return g_strv_builder_end(added);
}

GStrv
pa_document_duplicate(PaDocument *self, const char *const *ids, double dx, double dy)
{
  g_autoptr(GPtrArray) nodes = with_members(self, ids);
  g_autoptr(PikaWorkspace) copy = extract(self, nodes);
  pa_document_begin(self, _("Duplicate"), NULL);
  GStrv added = add_all(self, copy, dx, dy, NULL);
  pa_document_end(self);
  return added;
}

char *
pa_document_copy(PaDocument *self, const char *const *ids)
{
  g_autoptr(GPtrArray) nodes = with_members(self, ids);
  g_autoptr(PikaWorkspace) copy = extract(self, nodes);
  for (guint i = 0; i < copy->nodes->len; i++) {
    PikaWorkspaceNode *node = copy->nodes->pdata[i];
    if (node->input && !pika_workspace_find_node(copy, node->input))
      g_clear_pointer(&node->input, g_free);
  }
  return pika_workspace_to_text(copy, "/", NULL);
}

GStrv
pa_document_paste(PaDocument *self, const char *text, double x, double y, GError **error)
{
  g_autoptr(PikaWorkspace) pasted = pika_workspace_parse(text, -1, "/", NULL, error);
  double left = INFINITY, top = INFINITY;
  if (!pasted)
    return NULL;
  for (guint i = 0; i < pasted->nodes->len; i++) {
    const PikaWorkspaceNode *node = pasted->nodes->pdata[i];
    left = fmin(left, node->x);
    top = fmin(top, node->y);
  }
  pa_document_begin(self, _("Paste"), NULL);
  GStrv added = add_all(self, pasted, x - left, y - top, error);
  pa_document_end(self);
  return added;
}

/* --- automatic layout --- */

/* How many steps of reading lie before a node; `busy` breaks circles. */
static guint
stage_of(PaDocument *self, const PikaWorkspaceNode *node, GHashTable *stages)
{
  gpointer known;
  if (g_hash_table_lookup_extended(stages, node, NULL, &known))
    return GPOINTER_TO_UINT(known);
  g_hash_table_insert(stages, (gpointer)node, GUINT_TO_POINTER(0));
  g_autoptr(GPtrArray) inputs = pika_workspace_list_inputs(self->workspace, node);
  guint stage = 0;
  for (guint i = 0; i < inputs->len; i++)
    stage = MAX(stage, stage_of(self, pa_document_get_node(self, inputs->pdata[i]), stages) + 1);
  g_hash_table_insert(stages, (gpointer)node, GUINT_TO_POINTER(stage));
  return stage;
}

static int
compare_stages(gconstpointer a, gconstpointer b, gpointer stages)
{
  const PikaWorkspaceNode *const *x = a, *const *y = b;
  guint m = GPOINTER_TO_UINT(g_hash_table_lookup(stages, *x)), n = GPOINTER_TO_UINT(g_hash_table_lookup(stages, *y));
  return m < n ? -1 : m > n;
}

void
pa_document_arrange(PaDocument *self, gboolean everything)
{
  g_autoptr(GHashTable) stages = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) standing = g_ptr_array_new(), moving = g_ptr_array_new();
  for (guint i = 0; i < self->workspace->nodes->len; i++) {
    PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    gboolean flows = node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY || node->kind == PIKA_NODE_PLOT;
    stage_of(self, node, stages);
    g_ptr_array_add(flows && (everything || !node->placed) ? moving : standing, node);
  }
  g_ptr_array_sort_with_data(moving, compare_stages, stages);
  pa_document_begin(self, _("Arrange"), NULL);
  for (guint i = 0; i < moving->len; i++) {
    const PikaWorkspaceNode *node = moving->pdata[i];
    g_autoptr(GPtrArray) inputs = pika_workspace_list_inputs(self->workspace, node);
    double x, y;
    for (guint k = 0; k < inputs->len; k++)
      inputs->pdata[k] = (gpointer)pa_document_get_node(self, inputs->pdata[k]);
    pa_layout_place(standing, inputs, node, &x, &y);
    change_box(self, node, x, y, node->width, node->height, FALSE);
    g_ptr_array_add(standing, (gpointer)node);
  }
  pa_document_end(self);
}
