/* The values of a workspace and their properties. */
#include "pk-workspace-private.h"

#include "pk-error.h"
#include "pk-json.h"

#include <math.h>
#include <string.h>

static const char *const kind_names[] = { "table", "query", "plot", "note", "group" };

#define ON(kind) (1u << PIKA_NODE_##kind)
#define ALL (ON(TABLE) | ON(QUERY) | ON(PLOT) | ON(NOTE) | ON(GROUP))
#define NODE(member) G_STRUCT_OFFSET(PikaWorkspaceNode, member)
#define SOURCE(member) G_STRUCT_OFFSET(PikaWorkspaceSource, member)
#define WORKSPACE(member) G_STRUCT_OFFSET(PikaWorkspace, member)

const PkWorkspaceProperty pk_workspace_node_table[] = {
  { "name", PK_WORKSPACE_TEXT, NODE(name), ON(TABLE) | ON(QUERY) | ON(PLOT) | ON(GROUP), FALSE },
  { "source", PK_WORKSPACE_TEXT, NODE(source), ON(TABLE), TRUE },
  { "input", PK_WORKSPACE_TEXT, NODE(input), ON(PLOT), FALSE },
  { "x", PK_WORKSPACE_NUMBER, NODE(x), ALL, TRUE },
  { "y", PK_WORKSPACE_NUMBER, NODE(y), ALL, TRUE },
  { "width", PK_WORKSPACE_LENGTH, NODE(width), ALL, TRUE },
  { "height", PK_WORKSPACE_LENGTH, NODE(height), ALL, TRUE },
  { "placed", PK_WORKSPACE_BOOL, NODE(placed), ALL, FALSE },
  { "group", PK_WORKSPACE_TEXT, NODE(group), ALL, FALSE },
  { "sql", PK_WORKSPACE_LINES, NODE(text), ON(QUERY), FALSE },
  { "spec", PK_WORKSPACE_SPEC, NODE(text), ON(PLOT), FALSE },
  { "text", PK_WORKSPACE_LINES, NODE(text), ON(NOTE), FALSE },
  { "frozen", PK_WORKSPACE_LINES, NODE(frozen), ON(QUERY) | ON(PLOT), FALSE },
  { "view", PK_WORKSPACE_JSON, NODE(view), ON(PLOT), FALSE },
  { NULL },
};

const PkWorkspaceProperty pk_workspace_source_table[] = {
  { "path", PK_WORKSPACE_PATH, SOURCE(path), 0, FALSE },
  { "name", PK_WORKSPACE_TEXT, SOURCE(name), 0, FALSE },
  { "options", PK_WORKSPACE_OPTIONS, SOURCE(options), 0, FALSE },
  { "data", PK_WORKSPACE_DATA, SOURCE(data), 0, FALSE },
  { NULL },
};

/* Those that change as the others do; history is the application's own account of it. */
const PkWorkspaceProperty pk_workspace_table[] = {
  { "x", PK_WORKSPACE_NUMBER, WORKSPACE(x), 0, FALSE },
  { "y", PK_WORKSPACE_NUMBER, WORKSPACE(y), 0, FALSE },
  { "zoom", PK_WORKSPACE_LENGTH, WORKSPACE(zoom), 0, FALSE },
  { "explore", PK_WORKSPACE_JSON, WORKSPACE(explore), 0, FALSE },
  { "filters", PK_WORKSPACE_JSON, WORKSPACE(filters), 0, FALSE },
  { NULL },
};

const char *
pika_node_kind_name(PikaNodeKind kind)
{
  g_return_val_if_fail((guint)kind < G_N_ELEMENTS(kind_names), NULL);
  return kind_names[kind];
}

gboolean
pika_node_kind_parse(const char *name, PikaNodeKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++)
    if (!strcmp(name, kind_names[i])) {
      *kind = (PikaNodeKind)i;
      return TRUE;
    }
  return FALSE;
}

/* --- making and freeing --- */

PikaWorkspaceNode *
pika_workspace_node_new(PikaNodeKind kind, const char *id)
{
  PikaWorkspaceNode *self = g_new0(PikaWorkspaceNode, 1);
  self->id = g_strdup(id);
  self->kind = kind;
  self->width = self->height = 1;
  return self;
}

void
pika_workspace_node_free(PikaWorkspaceNode *self)
{
  char **const texts[] = { &self->id, &self->name, &self->group, &self->source, &self->input, &self->text, &self->frozen,
                           &self->view };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(*texts[i]);
  g_free(self);
}

PikaWorkspaceSource *
pika_workspace_source_new(const char *id)
{
  PikaWorkspaceSource *self = g_new0(PikaWorkspaceSource, 1);
  self->id = g_strdup(id);
  return self;
}

void
pika_workspace_source_free(PikaWorkspaceSource *self)
{
  g_free(self->id);
  g_free(self->path);
  g_free(self->name);
  g_strfreev(self->options);
  g_clear_pointer(&self->data, g_bytes_unref);
  g_free(self);
}

PikaWorkspace *
pika_workspace_new(void)
{
  PikaWorkspace *self = g_new0(PikaWorkspace, 1);
  self->sources = g_ptr_array_new_with_free_func((GDestroyNotify)pika_workspace_source_free);
  self->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)pika_workspace_node_free);
  self->zoom = 1;
  return self;
}

static void
copy_properties(gpointer to, gconstpointer from, const PkWorkspaceProperty *table)
{
  for (const PkWorkspaceProperty *p = table; p->name; p++) {
    char *const *text = (char *const *)G_STRUCT_MEMBER_P(from, p->offset);
    gpointer place = G_STRUCT_MEMBER_P(to, p->offset);
    if (p->type == PK_WORKSPACE_NUMBER || p->type == PK_WORKSPACE_LENGTH)
      *(double *)place = *(const double *)text;
    else if (p->type == PK_WORKSPACE_BOOL)
      *(gboolean *)place = *(const gboolean *)text;
    else if (p->type == PK_WORKSPACE_OPTIONS)
      *(char ***)place = g_strdupv(*(char **const *)text);
    else if (p->type == PK_WORKSPACE_DATA)
      *(GBytes **)place = *(GBytes *const *)text ? g_bytes_ref(*(GBytes *const *)text) : NULL;
    else if (!*(char **)place) /* sql, spec and text are one member */
      *(char **)place = g_strdup(*text);
  }
}

PikaWorkspace *
pika_workspace_copy(const PikaWorkspace *self)
{
  PikaWorkspace *copy = pika_workspace_new();
  copy_properties(copy, self, pk_workspace_table);
  copy->history = g_strdup(self->history);
  for (guint i = 0; i < self->sources->len; i++) {
    const PikaWorkspaceSource *from = self->sources->pdata[i];
    PikaWorkspaceSource *to = pika_workspace_source_new(from->id);
    copy_properties(to, from, pk_workspace_source_table);
    g_ptr_array_add(copy->sources, to);
  }
  for (guint i = 0; i < self->nodes->len; i++) {
    const PikaWorkspaceNode *from = self->nodes->pdata[i];
    PikaWorkspaceNode *to = pika_workspace_node_new(from->kind, from->id);
    copy_properties(to, from, pk_workspace_node_table);
    g_ptr_array_add(copy->nodes, to);
  }
  return copy;
}

void
pika_workspace_free(PikaWorkspace *self)
{
  g_ptr_array_unref(self->sources);
  g_ptr_array_unref(self->nodes);
  g_free(self->explore);
  g_free(self->filters);
  g_free(self->history);
  g_free(self);
}

/* --- finding --- */

PikaWorkspaceNode *
pika_workspace_find_node(const PikaWorkspace *self, const char *id)
{
  for (guint i = 0; id && i < self->nodes->len; i++)
    if (!strcmp(((PikaWorkspaceNode *)self->nodes->pdata[i])->id, id))
      return self->nodes->pdata[i];
  return NULL;
}

PikaWorkspaceSource *
pika_workspace_find_source(const PikaWorkspace *self, const char *id)
{
  for (guint i = 0; id && i < self->sources->len; i++)
    if (!strcmp(((PikaWorkspaceSource *)self->sources->pdata[i])->id, id))
      return self->sources->pdata[i];
  return NULL;
}

PikaWorkspaceNode *
pika_workspace_find_named(const PikaWorkspace *self, const char *name)
{
  for (guint i = 0; name && i < self->nodes->len; i++) {
    PikaWorkspaceNode *node = self->nodes->pdata[i];
    if ((node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY) && node->name &&
        !g_ascii_strcasecmp(node->name, name))
      return node;
  }
  return NULL;
}

/* --- properties --- */

GVariant *
pk_workspace_take(gconstpointer object, const PkWorkspaceProperty *property)
{
  const gpointer *place = (const gpointer *)G_STRUCT_MEMBER_P(object, property->offset);
  switch (property->type) {
  case PK_WORKSPACE_NUMBER:
  case PK_WORKSPACE_LENGTH:
    return g_variant_new_double(*(const double *)place);
  case PK_WORKSPACE_BOOL:
    return *(const gboolean *)place ? g_variant_new_boolean(TRUE) : NULL;
  case PK_WORKSPACE_OPTIONS:
    return *place ? g_variant_new_strv(*place, -1) : NULL;
  case PK_WORKSPACE_DATA:
    return *place ? g_variant_new_from_bytes(G_VARIANT_TYPE_BYTESTRING, *place, TRUE) : NULL;
  default:
    return *place ? g_variant_new_string(*place) : NULL;
  }
}

static gboolean
check_text(const PkWorkspaceProperty *property, const char *text, char **stored, GError **error)
{
  if (property->type != PK_WORKSPACE_JSON) {
    *stored = g_strdup(text);
    return TRUE;
  }
  *stored = pika_json_compact(text, -1, error);
  return *stored || pk_fail_prefix(error, "%s: ", property->name);
}

static gboolean
put_number(gpointer place, const PkWorkspaceProperty *property, GVariant *value, GError **error)
{
  double number = value ? g_variant_get_double(value) : 0;
  if (!value)
    return pk_fail(error, PK_ERROR_INVALID, "%s: must be a number", property->name);
  if (!isfinite(number) || fabs(number) > PK_WORKSPACE_MOST_PX)
    return pk_fail(error, PK_ERROR_INVALID, "%s: must lie within 10,000,000 on both sides of 0", property->name);
  if (property->type == PK_WORKSPACE_LENGTH && number <= 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s: must be above 0", property->name);
  *(double *)place = number;
  return TRUE;
}

static gboolean
check_type(const PkWorkspaceProperty *property, GVariant *value, GError **error)
{
  static const char *const types[] = { "s", "s", "s", "s", "d", "d", "b", "s", "as", "ay" };
  if (!value || g_variant_is_of_type(value, G_VARIANT_TYPE(types[property->type])))
    return TRUE;
  return pk_fail(error, PK_ERROR_INVALID, "%s: has the type \"%s\", not \"%s\"", property->name, types[property->type],
                 g_variant_get_type_string(value));
}

gboolean
pk_workspace_put(gpointer object, const PkWorkspaceProperty *property, GVariant *value, GError **error)
{
  gpointer place = G_STRUCT_MEMBER_P(object, property->offset);
  char *text = NULL;
  if (!check_type(property, value, error))
    return FALSE;
  switch (property->type) {
  case PK_WORKSPACE_NUMBER:
  case PK_WORKSPACE_LENGTH:
    return put_number(place, property, value, error);
  case PK_WORKSPACE_BOOL:
    *(gboolean *)place = value && g_variant_get_boolean(value);
    return TRUE;
  case PK_WORKSPACE_OPTIONS:
    if (value && g_variant_n_children(value) % 2)
      return pk_fail(error, PK_ERROR_INVALID, "%s: must be names with values", property->name);
    g_strfreev(*(char ***)place);
    *(char ***)place = value && g_variant_n_children(value) ? g_variant_dup_strv(value, NULL) : NULL;
    return TRUE;
  case PK_WORKSPACE_DATA:
    g_clear_pointer((GBytes **)place, g_bytes_unref);
    *(GBytes **)place = value ? g_variant_get_data_as_bytes(value) : NULL;
    return TRUE;
  default:
    if (value && !check_text(property, g_variant_get_string(value, NULL), &text, error))
      return FALSE;
    g_free(*(char **)place);
    *(char **)place = text;
    return TRUE;
  }
}

static const PkWorkspaceProperty *
find_property(const PkWorkspaceProperty *table, guint kinds, const char *name)
{
  for (const PkWorkspaceProperty *p = table; p->name; p++)
    if (!strcmp(p->name, name) && (!kinds || p->kinds & kinds))
      return p;
  return NULL;
}

static GVariant *
get(gconstpointer object, const PkWorkspaceProperty *table, guint kinds, const char *name)
{
  const PkWorkspaceProperty *property = find_property(table, kinds, name);
  g_return_val_if_fail(property != NULL, NULL);
  return pk_workspace_take(object, property);
}

static gboolean
set(gpointer object, const PkWorkspaceProperty *table, guint kinds, const char *what, const char *name, GVariant *value,
    GError **error)
{
  g_autoptr(GVariant) owned = value ? g_variant_ref_sink(value) : NULL;
  const PkWorkspaceProperty *property = find_property(table, kinds, name);
  if (!property)
    return pk_fail(error, PK_ERROR_INVALID, "a %s has no property \"%s\"", what, name);
  return pk_workspace_put(object, property, owned, error);
}

GVariant *
pika_workspace_node_get(const PikaWorkspaceNode *self, const char *property)
{
  return get(self, pk_workspace_node_table, 1u << self->kind, property);
}

gboolean
pika_workspace_node_set(PikaWorkspaceNode *self, const char *property, GVariant *value, GError **error)
{
  return set(self, pk_workspace_node_table, 1u << self->kind, kind_names[self->kind], property, value, error);
}

GVariant *
pika_workspace_source_get(const PikaWorkspaceSource *self, const char *property)
{
  return get(self, pk_workspace_source_table, 0, property);
}

gboolean
pika_workspace_source_set(PikaWorkspaceSource *self, const char *property, GVariant *value, GError **error)
{
  return set(self, pk_workspace_source_table, 0, "source", property, value, error);
}

GVariant *
pika_workspace_get(const PikaWorkspace *self, const char *property)
{
  return get(self, pk_workspace_table, 0, property);
}

gboolean
pika_workspace_set(PikaWorkspace *self, const char *property, GVariant *value, GError **error)
{
  return set(self, pk_workspace_table, 0, "workspace", property, value, error);
}

static const char *const *
collect_names(const PkWorkspaceProperty *table, guint kinds)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const PkWorkspaceProperty *p = table; p->name; p++)
    if (!kinds || p->kinds & kinds)
      g_ptr_array_add(names, (gpointer)p->name);
  g_ptr_array_add(names, NULL);
  return (const char *const *)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

const char *const *
pika_workspace_node_properties(PikaNodeKind kind)
{
  static gsize made;
  static const char *const *names[G_N_ELEMENTS(kind_names)];
  g_return_val_if_fail((guint)kind < G_N_ELEMENTS(kind_names), NULL);
  if (g_once_init_enter(&made)) {
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++)
      names[i] = collect_names(pk_workspace_node_table, 1u << i);
    g_once_init_leave(&made, 1);
  }
  return names[kind];
}

const char *const *
pika_workspace_source_properties(void)
{
  static const char *const names[] = { "path", "name", "options", "data", NULL };
  return names;
}

const char *const *
pika_workspace_properties(void)
{
  static const char *const names[] = { "x", "y", "zoom", "explore", "filters", NULL };
  return names;
}
