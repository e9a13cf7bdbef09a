/* What the files of the workspace share: its properties as one table, from which it is read, written, and changed. */
#pragma once

#include <pika/pika.h>

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_WORKSPACE_TEXT,    /* "s" */
  PK_WORKSPACE_LINES,   /* "s"; of more than one line: an array of them in the file */
  PK_WORKSPACE_SPEC,    /* "s"; JSON in the file where that keeps the text */
  PK_WORKSPACE_JSON,    /* "s", compact; any value in the file */
  PK_WORKSPACE_NUMBER,  /* "d" */
  PK_WORKSPACE_LENGTH,  /* "d" above 0 */
  PK_WORKSPACE_BOOL,    /* "b" */
  PK_WORKSPACE_PATH,    /* "s", absolute; relative in the file */
  PK_WORKSPACE_OPTIONS, /* "as" */
  PK_WORKSPACE_DATA,    /* "ay"; lines of base64 in the file */
} PkWorkspaceType;

typedef struct {
  const char *name;
  PkWorkspaceType type;
  gsize offset;   /* of the member in its structure */
  guint kinds;    /* nodes: a bit for each PikaNodeKind that has it */
  gboolean wanted; /* the file must state it */
} PkWorkspaceProperty;

/* Each ends with a NULL name. */
extern const PkWorkspaceProperty pk_workspace_node_table[], pk_workspace_source_table[], pk_workspace_table[];

/* Lengths and places of more px than this are refused: a canvas counts in floats. */
#define PK_WORKSPACE_MOST_PX 1e7

/* Sets a property; `value` as pika_workspace_node_set says. */
gboolean pk_workspace_put(gpointer object, const PkWorkspaceProperty *property, GVariant *value, GError **error);
GVariant *pk_workspace_take(gconstpointer object, const PkWorkspaceProperty *property);

/* A value as the file has it, beginning at the current column; `indent` is that of the line it begins on. */
void pk_workspace_append_json(GString *out, JsonNode *node, guint indent);
void pk_workspace_append_compact(GString *out, JsonNode *node);
void pk_workspace_append_string(GString *out, const char *text);

G_END_DECLS
