/* The workspace as text: stable order, one property a line, so that a change of a value is a change of a line. */
#include "pk-workspace-private.h"

#include "pk-ecma.h"
#include "pk-json.h"

#include <math.h>
#include <string.h>

/* An array of plain values that is no longer than this stands on one line. */
#define MOST_ON_A_LINE 100
/* Characters of base64 on a line; a multiple of 4. */
#define DATA_LINE 4096

void
pk_workspace_append_string(GString *out, const char *text)
{
  g_string_append_c(out, '"');
  for (const char *p = text; *p; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf(out, "\\%c", *p);
    else if (*p == '\n')
      g_string_append(out, "\\n");
    else if (*p == '\t')
      g_string_append(out, "\\t");
    else if ((guchar)*p < 0x20 || *p == 0x7f)
      g_string_append_printf(out, "\\u%04x", (guint)(guchar)*p);
    else
      g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

static void
append_number(GString *out, double number)
{
  g_autofree char *text = pk_ecma_number_to_string(number);
  g_string_append(out, text);
}

static void
append_scalar(GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL(node))
    g_string_append(out, "null");
  else if (json_node_get_value_type(node) == G_TYPE_STRING)
    pk_workspace_append_string(out, json_node_get_string(node));
  else if (json_node_get_value_type(node) == G_TYPE_BOOLEAN)
    g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
  else if (json_node_get_value_type(node) == G_TYPE_INT64)
    g_string_append_printf(out, "%" G_GINT64_FORMAT, json_node_get_int(node));
  else
    append_number(out, json_node_get_double(node));
}

void
pk_workspace_append_compact(GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    const char *comma = "";
    g_string_append_c(out, '{');
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    for (; json_object_iter_next_ordered(&iter, &name, &value); comma = ", ") {
      g_string_append(out, comma);
      pk_workspace_append_string(out, name);
      g_string_append(out, ": ");
      pk_workspace_append_compact(out, value);
    }
    g_string_append_c(out, '}');
  } else if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    g_string_append_c(out, '[');
    for (guint i = 0; i < json_array_get_length(array); i++) {
      g_string_append(out, i ? ", " : "");
      pk_workspace_append_compact(out, json_array_get_element(array, i));
    }
    g_string_append_c(out, ']');
  } else {
    append_scalar(out, node);
  }
}

static void
append_break(GString *out, guint indent)
{
  g_string_append_printf(out, "\n%*s", (int)indent, "");
}

/* Plain values, and not many. */
static gboolean
fits_line(JsonArray *array)
{
  g_autoptr(GString) line = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *element = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(element) && !JSON_NODE_HOLDS_NULL(element))
      return FALSE;
    append_scalar(line, element);
    if (line->len + 2 * i > MOST_ON_A_LINE)
      return FALSE;
  }
  return TRUE;
}

static void
append_object(GString *out, JsonObject *object, guint indent)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  gboolean first = TRUE;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &value)) {
    g_string_append_c(out, first ? '{' : ',');
    append_break(out, indent + 2);
    pk_workspace_append_string(out, name);
    g_string_append(out, ": ");
    pk_workspace_append_json(out, value, indent + 2);
    first = FALSE;
  }
  if (first) {
    g_string_append(out, "{}");
    return;
  }
  append_break(out, indent);
  g_string_append_c(out, '}');
}

void
pk_workspace_append_json(GString *out, JsonNode *node, guint indent)
{
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    append_object(out, json_node_get_object(node), indent);
    return;
  }
  if (!JSON_NODE_HOLDS_ARRAY(node) || fits_line(json_node_get_array(node))) {
    pk_workspace_append_compact(out, node);
    return;
  }
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    g_string_append_c(out, i ? ',' : '[');
    append_break(out, indent + 2);
    pk_workspace_append_json(out, json_array_get_element(array, i), indent + 2);
  }
  append_break(out, indent);
  g_string_append_c(out, ']');
}

char *
pika_json_format(const char *text, gssize length, GError **error)
{
  g_autoptr(JsonNode) node = pk_json_parse(text, length, NULL, error);
  if (!node)
    return NULL;
  GString *out = g_string_new(NULL);
  pk_workspace_append_json(out, node, 0);
  return g_string_free(out, FALSE);
}

char *
pika_json_compact(const char *text, gssize length, GError **error)
{
  g_autoptr(JsonNode) node = pk_json_parse(text, length, NULL, error);
  if (!node)
    return NULL;
  GString *out = g_string_new(NULL);
  pk_workspace_append_compact(out, node);
  return g_string_free(out, FALSE);
}

/* --- properties --- */

/* The members of the object being written, one a line. */
typedef struct {
  GString *out;
  guint indent; /* of its members */
  gboolean any;
} Members;

static void
begin_member(Members *self, const char *name)
{
  g_string_append_c(self->out, self->any ? ',' : '{');
  append_break(self->out, self->indent);
  self->any = TRUE;
  g_string_append_printf(self->out, "\"%s\": ", name);
}

static void
end_members(Members *self)
{
  g_string_append(self->out, self->any ? "" : "{");
  append_break(self->out, self->indent - 2);
  g_string_append_c(self->out, '}');
}

/* A text of one line as a string, of more as an array of its lines. */
static void
append_lines(GString *out, const char *text, guint indent)
{
  if (!strchr(text, '\n')) {
    pk_workspace_append_string(out, text);
    return;
  }
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    g_string_append_c(out, i ? ',' : '[');
    append_break(out, indent + 2);
    pk_workspace_append_string(out, lines[i]);
  }
  append_break(out, indent);
  g_string_append_c(out, ']');
}

/* A specification stands as JSON where reading it back gives the same text. */
static void
append_spec(GString *out, const char *text, guint indent)
{
  g_autofree char *formatted = pika_json_format(text, -1, NULL);
  g_autoptr(JsonNode) node = formatted && !strcmp(formatted, text) ? pk_json_parse(text, -1, NULL, NULL) : NULL;
  if (node && JSON_NODE_HOLDS_OBJECT(node))
    pk_workspace_append_json(out, node, indent);
  else
    append_lines(out, text, indent);
}

/* How to get from a folder to a path; the path itself where only the root is common. Caller frees. */
static char *
make_relative(const char *path, const char *folder)
{
  g_autofree char *whole = g_canonicalize_filename(folder ? folder : ".", NULL), *there = g_canonicalize_filename(path, NULL);
  g_auto(GStrv) from = g_strsplit(whole + 1, "/", -1), to = g_strsplit(there + 1, "/", -1);
  guint common = 0, n_from = *whole && whole[1] ? g_strv_length(from) : 0;
  while (common < n_from && to[common] && to[common + 1] && !strcmp(from[common], to[common]))
    common++;
  if (common == 0)
    return g_steal_pointer(&there);
  GString *out = g_string_new(NULL);
  for (guint i = common; i < n_from; i++)
    g_string_append(out, "../");
  for (guint i = common; to[i]; i++)
    g_string_append_printf(out, "%s%s", i > common ? "/" : "", to[i]);
  return g_string_free(out, FALSE);
}

static void
append_options(GString *out, char **options, guint indent)
{
  for (guint i = 0; options[i]; i += 2) {
    g_string_append_c(out, i ? ',' : '[');
    append_break(out, indent + 2);
    g_string_append_c(out, '{');
    pk_workspace_append_string(out, options[i]);
    g_string_append(out, ": ");
    pk_workspace_append_string(out, options[i + 1]);
    g_string_append_c(out, '}');
  }
  append_break(out, indent);
  g_string_append_c(out, ']');
}

static void
append_data(GString *out, GBytes *bytes, guint indent)
{
  gsize length;
  const guchar *data = g_bytes_get_data(bytes, &length);
  g_string_append_c(out, '[');
  for (gsize at = 0; at < length; at += DATA_LINE / 4 * 3) {
    g_autofree char *line = g_base64_encode(data + at, MIN(length - at, DATA_LINE / 4 * 3));
    g_string_append(out, at ? "," : "");
    append_break(out, indent + 2);
    g_string_append_printf(out, "\"%s\"", line);
  }
  append_break(out, indent);
  g_string_append_c(out, ']');
}

static void
append_property(Members *members, gconstpointer object, const PkWorkspaceProperty *property, const char *folder)
{
  const gpointer *place = (const gpointer *)G_STRUCT_MEMBER_P(object, property->offset);
  GString *out = members->out;
  gboolean number = property->type == PK_WORKSPACE_NUMBER || property->type == PK_WORKSPACE_LENGTH;
  if (!number && !(property->type == PK_WORKSPACE_BOOL ? *(const gboolean *)place : *place != NULL))
    return;
  begin_member(members, property->name);
  if (number) {
    append_number(out, *(const double *)place);
  } else if (property->type == PK_WORKSPACE_BOOL) {
    g_string_append(out, "true");
  } else if (property->type == PK_WORKSPACE_OPTIONS) {
    append_options(out, *place, members->indent);
  } else if (property->type == PK_WORKSPACE_DATA) {
    append_data(out, *place, members->indent);
  } else if (property->type == PK_WORKSPACE_LINES) {
    append_lines(out, *place, members->indent);
  } else if (property->type == PK_WORKSPACE_SPEC) {
    append_spec(out, *place, members->indent);
  } else if (property->type == PK_WORKSPACE_JSON) {
    g_autoptr(JsonNode) node = pk_json_parse(*place, -1, NULL, NULL);
    pk_workspace_append_json(out, node, members->indent); /* it was checked when it was set */
  } else {
    g_autofree char *relative = property->type == PK_WORKSPACE_PATH ? make_relative(*place, folder) : NULL;
    pk_workspace_append_string(out, relative ? relative : *place);
  }
}

static void
append_objects(Members *members, const PikaWorkspace *self, gboolean nodes, const char *folder)
{
  const GPtrArray *objects = nodes ? self->nodes : self->sources;
  begin_member(members, nodes ? "nodes" : "sources");
  for (guint i = 0; i < objects->len; i++) {
    const PikaWorkspaceNode *node = objects->pdata[i]; /* both begin with their id */
    Members inner = { members->out, members->indent + 4, FALSE };
    g_string_append_c(members->out, i ? ',' : '[');
    append_break(members->out, members->indent + 2);
    begin_member(&inner, "id");
    pk_workspace_append_string(members->out, node->id);
    if (nodes) {
      begin_member(&inner, "kind");
      pk_workspace_append_string(members->out, pika_node_kind_name(node->kind));
    }
    const PkWorkspaceProperty *table = nodes ? pk_workspace_node_table : pk_workspace_source_table;
    for (const PkWorkspaceProperty *p = table; p->name; p++)
      if (!nodes || p->kinds & (1u << node->kind))
        append_property(&inner, node, p, folder);
    end_members(&inner);
  }
  g_string_append(members->out, objects->len ? "" : "[");
  if (objects->len)
    append_break(members->out, members->indent);
  g_string_append_c(members->out, ']');
}

/* Each entry on a line of its own, oldest first. */
static void
append_history(Members *members, const char *text)
{
  static const char *const stacks[] = { "undo", "redo" };
  g_autoptr(JsonNode) node = pk_json_parse(text, -1, NULL, NULL);
  Members inner = { members->out, members->indent + 2, FALSE };
  begin_member(members, "history");
  for (guint k = 0; k < G_N_ELEMENTS(stacks); k++) {
    JsonArray *entries = json_object_get_array_member(json_node_get_object(node), stacks[k]);
    begin_member(&inner, stacks[k]);
    g_string_append_c(members->out, '[');
    for (guint i = 0; i < json_array_get_length(entries); i++) {
      g_string_append(members->out, i ? "," : "");
      append_break(members->out, inner.indent + 2);
      pk_workspace_append_compact(members->out, json_array_get_element(entries, i));
    }
    if (json_array_get_length(entries))
      append_break(members->out, inner.indent);
    g_string_append_c(members->out, ']');
  }
  end_members(&inner);
}

char *
pika_workspace_to_text(const PikaWorkspace *self, const char *folder, gsize *length)
{
  GString *out = g_string_new(NULL);
  Members members = { out, 2, FALSE }, canvas = { out, 4, FALSE };
  begin_member(&members, "pika");
  g_string_append(out, "\"workspace\"");
  begin_member(&members, "version");
  g_string_append_printf(out, "%d", PIKA_WORKSPACE_VERSION);
  append_objects(&members, self, FALSE, folder);
  append_objects(&members, self, TRUE, folder);
  begin_member(&members, "canvas");
  for (const PkWorkspaceProperty *p = pk_workspace_table; p->name; p++)
    if (p->type != PK_WORKSPACE_JSON)
      append_property(&canvas, self, p, folder);
  end_members(&canvas);
  for (const PkWorkspaceProperty *p = pk_workspace_table; p->name; p++)
    if (p->type == PK_WORKSPACE_JSON)
      append_property(&members, self, p, folder);
  if (self->history)
    append_history(&members, self->history);
  end_members(&members);
  g_string_append_c(out, '\n');
  if (length)
    *length = out->len;
  return g_string_free(out, FALSE);
}
