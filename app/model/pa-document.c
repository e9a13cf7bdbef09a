/* The core of the document: a workspace, the step that is being made, and the steps that were. */
#include "pa-document-private.h"

#include <string.h>

/* Steps kept for undo. */
#define MOST_STEPS 500

G_DEFINE_FINAL_TYPE(PaDocument, pa_document, G_TYPE_OBJECT)

enum { PROP_0, PROP_PATH, PROP_MODIFIED, N_PROPS };
static GParamSpec *props[N_PROPS];

enum {
  NODE_ADDED,
  NODE_REMOVED,
  NODE_CHANGED,
  SOURCE_ADDED,
  SOURCE_REMOVED,
  SOURCE_CHANGED,
  CHANGED,
  COMMITTED,
  RESET,
  STEP,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- ids --- */

static const char id_letters[PA_N_IDS] = "tqpngs";

/* Ids as they are made here are a letter and a number. */
static void
note_id(PaDocument *self, guint kind, const char *id)
{
  char *end;
  guint64 number = id[0] == id_letters[kind] ? g_ascii_strtoull(id + 1, &end, 10) : 0;
  if (number && !*end && number < G_MAXINT)
    self->next[kind] = MAX(self->next[kind], (guint)number);
}

char *
pa_document_make_id(PaDocument *self, guint kind)
{
  for (;;) {
    g_autofree char *id = g_strdup_printf("%c%u", id_letters[kind], ++self->next[kind]);
    if (!g_hash_table_contains(kind == PA_ID_SOURCE ? self->sources : self->nodes, id))
      return g_steal_pointer(&id);
  }
}

/* --- what is there --- */

const PikaWorkspace *
pa_document_get_workspace(PaDocument *self)
{
  return self->workspace;
}

const PikaWorkspaceNode *
pa_document_get_node(PaDocument *self, const char *id)
{
  return id ? g_hash_table_lookup(self->nodes, id) : NULL;
}

const PikaWorkspaceSource *
pa_document_get_source(PaDocument *self, const char *id)
{
  return id ? g_hash_table_lookup(self->sources, id) : NULL;
}

const char *
pa_document_get_path(PaDocument *self)
{
  return self->path;
}

gboolean
pa_document_get_modified(PaDocument *self)
{
  return self->serial != self->saved_serial;
}

gboolean
pa_document_get_restricted(PaDocument *self)
{
  return self->restricted;
}

void
pa_document_set_path(PaDocument *self, const char *path)
{
  if (!g_strcmp0(self->path, path))
    return;
  g_free(self->path);
  self->path = g_strdup(path);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_PATH]);
}

void
pa_document_set_modified(PaDocument *self)
{
  self->saved_serial = -1;
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_MODIFIED]);
}

void
pa_document_set_restricted(PaDocument *self, gboolean restricted)
{
  self->restricted = restricted;
}

/* --- changes --- */

/* Keeps the tables of ids in step, before an object goes and after one came. */
static void
forget(PaDocument *self, const PaChange *change)
{
  if (change->target != PA_TARGET_WORKSPACE)
    g_hash_table_remove(change->target == PA_TARGET_NODE ? self->nodes : self->sources, change->id);
}

static void
remember(PaDocument *self, const PaChange *change)
{
  gboolean node = change->target == PA_TARGET_NODE;
  const GPtrArray *objects = node ? self->workspace->nodes : self->workspace->sources;
  PikaWorkspaceNode *object = change->position < objects->len ? objects->pdata[change->position] : NULL;
  if (!object || strcmp(object->id, change->id))
    object = node ? pika_workspace_find_node(self->workspace, change->id)
                  : (gpointer)pika_workspace_find_source(self->workspace, change->id);
  g_hash_table_insert(node ? self->nodes : self->sources, object->id, object);
  note_id(self, node ? change->kind : PA_ID_SOURCE, change->id);
}

static void
emit_properties(PaDocument *self, const PaChange *change, GVariant *properties)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;
  g_variant_iter_init(&iter, properties);
  while (g_variant_iter_loop(&iter, "{&sv}", &name, &value)) {
    if (change->target == PA_TARGET_WORKSPACE)
      g_signal_emit(self, signals[CHANGED], 0, name);
    else
      g_signal_emit(self, signals[change->target == PA_TARGET_NODE ? NODE_CHANGED : SOURCE_CHANGED], 0, change->id, name);
  }
}

/* Carries out one change, which knows its place, and tells of it. */
static gboolean
carry_out(PaDocument *self, PaChange *change, gboolean backwards, GError **error)
{
  GPtrArray one = { .pdata = (gpointer *)&change, .len = 1 };
  const PaCommand command = { .changes = &one };
  GVariant *from = backwards ? change->after : change->before, *to = backwards ? change->before : change->after;
  if (!to)
    forget(self, change);
  if (!pa_command_apply(&command, self->workspace, backwards, error)) {
    if (!to && from && (pika_workspace_find_node(self->workspace, change->id) ||
                        pika_workspace_find_source(self->workspace, change->id)))
      remember(self, change);
    return FALSE;
  }
  gboolean node = change->target == PA_TARGET_NODE;
  if (from && to) {
    emit_properties(self, change, to);
  } else {
    if (to)
      remember(self, change);
    g_signal_emit(self, signals[to ? (node ? NODE_ADDED : SOURCE_ADDED) : (node ? NODE_REMOVED : SOURCE_REMOVED)], 0,
                  change->id);
  }
  return TRUE;
}

gboolean
pa_document_change(PaDocument *self, PaTarget target, const char *id, PikaNodeKind kind, guint position,
                   GVariant *before, GVariant *after, GError **error)
{
  g_return_val_if_fail(self->step != NULL, FALSE);
  if (before && after && g_variant_equal(before, after)) {
    g_variant_unref(g_variant_ref_sink(before));
    g_variant_unref(g_variant_ref_sink(after));
    return TRUE;
  }
  pa_command_add(self->step, target, id, kind, position, before, after);
  guint last = self->step->changes->len - 1;
  if (carry_out(self, self->step->changes->pdata[last], FALSE, error))
    return TRUE;
  g_ptr_array_remove_index(self->step->changes, last);
  return FALSE;
}

/* --- steps --- */

static void
notify_state(PaDocument *self, gboolean was_modified)
{
  if (was_modified != pa_document_get_modified(self))
    g_object_notify_by_pspec(G_OBJECT(self), props[PROP_MODIFIED]);
  g_signal_emit(self, signals[COMMITTED], 0);
}

void
pa_document_begin(PaDocument *self, const char *label, const char *merge_key)
{
  if (self->depth++ == 0)
    self->step = pa_command_new(label, merge_key);
}

/* The serial that no state has had: states are told apart by them. */
static gint64
new_serial(void)
{
  static gint64 last;
  return ++last;
}

static PaStep
push_undo(PaDocument *self, PaCommand *step)
{
  PaStep how = PA_STEP_DONE;
  PaCommand *latest = self->undo->len ? self->undo->pdata[self->undo->len - 1] : NULL;
  g_ptr_array_set_size(self->redo, 0);
  if (self->replay_merges && latest) {
    pa_command_absorb(latest, step);
    how = PA_STEP_MERGED;
  } else if (self->may_merge && latest && pa_command_merge(latest, step)) {
    how = PA_STEP_MERGED;
  } else {
    g_ptr_array_add(self->undo, pa_command_ref(step));
    g_array_append_val(self->serials, self->serial);
  }
  if (self->undo->len > MOST_STEPS) {
    g_ptr_array_remove_index(self->undo, 0);
    g_array_remove_index(self->serials, 0);
  }
  self->may_merge = TRUE;
  return how;
}

void
pa_document_end(PaDocument *self)
{
  g_return_if_fail(self->depth > 0);
  if (--self->depth > 0)
    return;
  g_autoptr(PaCommand) step = g_steal_pointer(&self->step);
  gboolean was_modified = pa_document_get_modified(self);
  if (step->changes->len == 0)
    return;
  PaStep how = PA_STEP_DONE;
  if (!step->passing) {
    how = push_undo(self, step);
    self->serial = new_serial();
  }
  g_signal_emit(self, signals[STEP], 0, step, how);
  notify_state(self, was_modified);
}

void
pa_document_break_merge(PaDocument *self)
{
  self->may_merge = FALSE;
}

/* Takes a step from one stack to the other. direction: -1 undoes, 1 redoes. */
static gboolean
travel(PaDocument *self, GPtrArray *from, GPtrArray *to, int direction)
{
  gboolean was_modified = pa_document_get_modified(self);
  g_autoptr(GError) error = NULL;
  if (from->len == 0 || self->depth > 0)
    return FALSE;
  PaCommand *step = g_ptr_array_steal_index(from, from->len - 1);
  guint n = step->changes->len;
  for (guint i = 0; i < n; i++)
    if (!carry_out(self, step->changes->pdata[direction < 0 ? n - 1 - i : i], direction < 0, &error))
      g_error("a step of the document does not fit it: %s", error->message); /* only this object changes it */
  g_ptr_array_add(to, step);
  self->may_merge = FALSE;
  if (direction < 0) {
    self->serial = g_array_index(self->serials, gint64, self->serials->len - 1);
    g_array_set_size(self->serials, self->serials->len - 1);
  } else {
    g_array_append_val(self->serials, self->serial);
    self->serial = new_serial();
  }
  g_signal_emit(self, signals[STEP], 0, step, direction < 0 ? PA_STEP_UNDONE : PA_STEP_REDONE);
  notify_state(self, was_modified);
  return TRUE;
}

gboolean
pa_document_undo(PaDocument *self)
{
  return travel(self, self->undo, self->redo, -1);
}

gboolean
pa_document_redo(PaDocument *self)
{
  return travel(self, self->redo, self->undo, 1);
}

static const char *
top_label(const GPtrArray *steps)
{
  return steps->len ? ((PaCommand *)steps->pdata[steps->len - 1])->label : NULL;
}

const char *
pa_document_get_undo_label(PaDocument *self)
{
  return top_label(self->undo);
}

const char *
pa_document_get_redo_label(PaDocument *self)
{
  return top_label(self->redo);
}

gboolean
pa_document_replay(PaDocument *self, const PaCommand *step, PaStep how, GError **error)
{
  if (how == PA_STEP_UNDONE || how == PA_STEP_REDONE) {
    gboolean ok = how == PA_STEP_UNDONE ? pa_document_undo(self) : pa_document_redo(self);
    if (!ok)
      g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_INVALID, "there is no step to undo or redo");
    return ok;
  }
  gboolean ok = TRUE;
  pa_document_begin(self, step->label, NULL);
  self->step->passing = step->passing;
  for (guint i = 0; i < step->changes->len && ok; i++) {
    const PaChange *c = step->changes->pdata[i];
    ok = pa_document_change(self, c->target, c->id, c->kind, c->position, c->before, c->after, error);
  }
  self->replay_merges = how == PA_STEP_MERGED;
  pa_document_end(self);
  self->replay_merges = FALSE;
  self->may_merge = FALSE;
  return ok;
}

/* --- history in the workspace --- */

static JsonArray *
steps_to_json(const GPtrArray *steps)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < steps->len; i++)
    json_array_add_element(array, pa_command_to_json(steps->pdata[i]));
  return array;
}

PikaWorkspace *
pa_document_dup_workspace(PaDocument *self)
{
  PikaWorkspace *copy = pika_workspace_copy(self->workspace);
  g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
  g_clear_pointer(&copy->history, g_free);
  if (self->undo->len + self->redo->len == 0)
    return copy;
  json_node_take_object(node, json_object_new());
  json_object_set_array_member(json_node_get_object(node), "undo", steps_to_json(self->undo));
  json_object_set_array_member(json_node_get_object(node), "redo", steps_to_json(self->redo));
  copy->history = json_to_string(node, FALSE);
  return copy;
}

static GPtrArray *
steps_from_json(JsonNode *history, const char *name, GError **error)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func((GDestroyNotify)pa_command_unref);
  JsonArray *array = history ? json_object_get_array_member(json_node_get_object(history), name) : NULL;
  for (guint i = 0; array && i < json_array_get_length(array); i++) {
    PaCommand *step = pa_command_from_json(json_array_get_element(array, i), error);
    if (!step) {
      g_prefix_error(error, "history.%s[%u]: ", name, i);
      return NULL;
    }
    g_ptr_array_add(steps, step);
  }
  return g_steal_pointer(&steps);
}

/* Steps that do not fit what they would undo would end in a document that nobody made. */
static gboolean
check_history(const PikaWorkspace *workspace, const GPtrArray *undo, const GPtrArray *redo, GError **error)
{
  g_autoptr(PikaWorkspace) copy = pika_workspace_copy(workspace);
  guint n = undo->len;
  for (guint i = n; i-- > 0;)
    if (!pa_command_apply(undo->pdata[i], copy, TRUE, error)) {
      g_prefix_error(error, "history.undo[%u]: ", i);
      return FALSE;
    }
  g_autoptr(PikaWorkspace) other = pika_workspace_copy(workspace);
  for (guint i = redo->len; i-- > 0;)
    if (!pa_command_apply(redo->pdata[i], other, FALSE, error)) {
      g_prefix_error(error, "history.redo[%u]: ", i);
      return FALSE;
    }
  return TRUE;
}

static void
index_objects(PaDocument *self)
{
  g_hash_table_remove_all(self->nodes);
  g_hash_table_remove_all(self->sources);
  memset(self->next, 0, sizeof self->next);
  for (guint i = 0; i < self->workspace->nodes->len; i++) {
    PikaWorkspaceNode *node = self->workspace->nodes->pdata[i];
    g_hash_table_insert(self->nodes, node->id, node);
    note_id(self, node->kind, node->id);
  }
  for (guint i = 0; i < self->workspace->sources->len; i++) {
    PikaWorkspaceSource *source = self->workspace->sources->pdata[i];
    g_hash_table_insert(self->sources, source->id, source);
    note_id(self, PA_ID_SOURCE, source->id);
  }
}

/* Ids of what was undone or removed are not given again: a step would mistake the new for the old. */
static void
note_history(PaDocument *self, const GPtrArray *steps)
{
  for (guint i = 0; i < steps->len; i++) {
    const PaCommand *step = steps->pdata[i];
    for (guint k = 0; k < step->changes->len; k++) {
      const PaChange *change = step->changes->pdata[k];
      if (change->id)
        note_id(self, change->target == PA_TARGET_NODE ? change->kind : PA_ID_SOURCE, change->id);
    }
  }
}

gboolean
pa_document_reset(PaDocument *self, PikaWorkspace *workspace, GError **error)
{
  g_autoptr(PikaWorkspace) owned = workspace;
  g_autoptr(JsonNode) history = owned->history ? json_from_string(owned->history, NULL) : NULL;
  g_autoptr(GPtrArray) undo = steps_from_json(history, "undo", error);
  g_autoptr(GPtrArray) redo = undo ? steps_from_json(history, "redo", error) : NULL;
  if (!redo || !check_history(owned, undo, redo, error))
    return FALSE;
  g_return_val_if_fail(self->depth == 0, FALSE);
  gboolean was_modified = pa_document_get_modified(self);
  g_hash_table_remove_all(self->nodes);
  g_hash_table_remove_all(self->sources);
  g_clear_pointer(&owned->history, g_free);
  pika_workspace_free(self->workspace);
  self->workspace = g_steal_pointer(&owned);
  index_objects(self);
  note_history(self, undo);
  note_history(self, redo);
  g_array_set_size(self->serials, 0);
  for (guint i = 0; i < undo->len; i++) {
    gint64 serial = new_serial();
    g_array_append_val(self->serials, serial);
  }
  g_ptr_array_unref(self->undo);
  g_ptr_array_unref(self->redo);
  self->undo = g_steal_pointer(&undo);
  self->redo = g_steal_pointer(&redo);
  self->may_merge = FALSE;
  self->serial = self->saved_serial = new_serial();
  g_signal_emit(self, signals[RESET], 0);
  notify_state(self, was_modified);
  return TRUE;
}

/* --- object --- */

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  PaDocument *self = PA_DOCUMENT(object);
  if (id == PROP_PATH)
    g_value_set_string(value, self->path);
  else if (id == PROP_MODIFIED)
    g_value_set_boolean(value, pa_document_get_modified(self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
finalize(GObject *object)
{
  PaDocument *self = PA_DOCUMENT(object);
  g_hash_table_unref(self->nodes);
  g_hash_table_unref(self->sources);
  pika_workspace_free(self->workspace);
  g_clear_pointer(&self->step, pa_command_unref);
  g_ptr_array_unref(self->undo);
  g_ptr_array_unref(self->redo);
  g_array_unref(self->serials);
  g_free(self->path);
  G_OBJECT_CLASS(pa_document_parent_class)->finalize(object);
}

static void
add_signal(PaDocumentClass *class, guint which, const char *name, guint n_texts)
{
  signals[which] = g_signal_new(name, PA_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, n_texts,
                                G_TYPE_STRING, G_TYPE_STRING);
}

static void
pa_document_class_init(PaDocumentClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  object->get_property = get_property;
  object->finalize = finalize;
  props[PROP_PATH] = g_param_spec_string("path", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_MODIFIED] = g_param_spec_boolean("modified", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties(object, N_PROPS, props);
  add_signal(class, NODE_ADDED, "node-added", 1);
  add_signal(class, NODE_REMOVED, "node-removed", 1);
  add_signal(class, NODE_CHANGED, "node-changed", 2);
  add_signal(class, SOURCE_ADDED, "source-added", 1);
  add_signal(class, SOURCE_REMOVED, "source-removed", 1);
  add_signal(class, SOURCE_CHANGED, "source-changed", 2);
  add_signal(class, CHANGED, "changed", 1);
  add_signal(class, COMMITTED, "committed", 0);
  add_signal(class, RESET, "reset", 0);
  /* For what keeps the steps: a PaCommand and a PaStep. */
  signals[STEP] = g_signal_new("step", PA_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                               G_TYPE_POINTER, G_TYPE_INT);
}

static void
pa_document_init(PaDocument *self)
{
  self->workspace = pika_workspace_new();
  self->nodes = g_hash_table_new(g_str_hash, g_str_equal);
  self->sources = g_hash_table_new(g_str_hash, g_str_equal);
  self->undo = g_ptr_array_new_with_free_func((GDestroyNotify)pa_command_unref);
  self->redo = g_ptr_array_new_with_free_func((GDestroyNotify)pa_command_unref);
  self->serials = g_array_new(FALSE, FALSE, sizeof(gint64));
}

PaDocument *
pa_document_new(void)
{
  return g_object_new(PA_TYPE_DOCUMENT, NULL);
}
