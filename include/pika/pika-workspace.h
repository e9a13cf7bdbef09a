/* A workspace: what a person made of their tables, as plain values, and the file format it is kept in (.pika;
 * docs/workspace-format.md).
 *
 * Nothing here runs anything, and nothing is locked: a workspace belongs to one thread at a time. Texts are UTF-8.
 * Lengths are px of the canvas at zoom 1. */
#pragma once

#include "pika-session.h"

G_BEGIN_DECLS

#define PIKA_WORKSPACE_VERSION 1

typedef enum {
  PIKA_NODE_TABLE, /* a table of a source */
  PIKA_NODE_QUERY, /* a SELECT, whose answer later queries know by the node's name */
  PIKA_NODE_PLOT,  /* a Vega-Lite specification over a table or a query */
  PIKA_NODE_NOTE,
  PIKA_NODE_GROUP, /* a frame around other nodes */
} PikaNodeKind;

/* A file, or a pattern of files, that tables come from. */
typedef struct {
  char *id;
  char *path;    /* absolute; NULL: only its data are known */
  char *name;    /* of its table in SQL; NULL: by the file's name */
  char **options; /* of the import: name, value, name, value, …, NULL; NULL: none */
  GBytes *data;  /* a Parquet file kept inside the workspace, in place of what lies at path; NULL: none */
} PikaWorkspaceSource;

/* What a property is for which kind of node stands at each; elsewhere it is NULL. */
typedef struct {
  char *id;
  PikaNodeKind kind;
  char *name;    /* table, query: the name in SQL, unique among them but for case. Plot, group: a title; may be NULL */
  double x, y, width, height;
  gboolean placed;  /* a person put it there: automatic layout leaves it alone */
  char *group;   /* the id of the group that it is in; NULL: none */
  char *source;  /* table: the id of its source */
  char *input;   /* plot: the id of the table or query it shows */
  char *text;    /* query: SQL. Plot: Vega-Lite as JSON text, as it was written. Note: text */
  char *frozen;  /* query, plot: the SELECT that it keeps showing (pika_workspace_dup_sql), whatever changes; NULL: live */
  char *view;    /* plot: the state of its view, any JSON value as compact text; NULL: as drawn at first */
} PikaWorkspaceNode;

typedef struct {
  GPtrArray *sources, *nodes; /* of PikaWorkspaceSource, PikaWorkspaceNode; owned. The order of nodes is that of drawing */
  double x, y, zoom;          /* of the canvas: what stands at its upper left corner, and px of the screen a px of it */
  char *explore;              /* what the window shows, any JSON value as compact text; NULL */
  char *filters;              /* those of the tables, any JSON value as compact text; NULL */
  char *history;              /* {"undo": […], "redo": […]} as compact text, its entries the application's; NULL */
} PikaWorkspace;

PIKA_API PikaWorkspace *pika_workspace_new(void);
PIKA_API PikaWorkspace *pika_workspace_copy(const PikaWorkspace *self);
PIKA_API void pika_workspace_free(PikaWorkspace *self);

/* --- objects and their properties --- */

PIKA_API PikaWorkspaceNode *pika_workspace_node_new(PikaNodeKind kind, const char *id);
PIKA_API void pika_workspace_node_free(PikaWorkspaceNode *self);
PIKA_API PikaWorkspaceSource *pika_workspace_source_new(const char *id);
PIKA_API void pika_workspace_source_free(PikaWorkspaceSource *self);

/* "table", "query", …; static. FALSE for a name that is none. */
PIKA_API const char *pika_node_kind_name(PikaNodeKind kind);
PIKA_API gboolean pika_node_kind_parse(const char *name, PikaNodeKind *kind);

/* NULL if there is none. */
PIKA_API PikaWorkspaceNode *pika_workspace_find_node(const PikaWorkspace *self, const char *id);
PIKA_API PikaWorkspaceSource *pika_workspace_find_source(const PikaWorkspace *self, const char *id);
/* The table or query of a name, whatever its case. */
PIKA_API PikaWorkspaceNode *pika_workspace_find_named(const PikaWorkspace *self, const char *name);

/* A property by the name that it has in the file, apart from id and kind: name, x, y, width, height, placed, group,
 * source, input, sql or spec or text, frozen, view; of a source path, name, options, data; of the workspace
 * (node NULL) x, y, zoom, explore, filters. A text is "s", a number "d", a truth value "b", options "as", data "ay".
 * NULL: it has none. New floating reference. */
PIKA_API GVariant *pika_workspace_node_get(const PikaWorkspaceNode *self, const char *property);
PIKA_API GVariant *pika_workspace_source_get(const PikaWorkspaceSource *self, const char *property);
PIKA_API GVariant *pika_workspace_get(const PikaWorkspace *self, const char *property);
/* The other way round; value NULL: none. PIKA_ERROR_INVALID names the property: it is not one of this kind, has another
 * type, or is no such value (a JSON text that is none, a length below 0). */
PIKA_API gboolean pika_workspace_node_set(PikaWorkspaceNode *self, const char *property, GVariant *value, GError **error);
PIKA_API gboolean pika_workspace_source_set(PikaWorkspaceSource *self, const char *property, GVariant *value,
                                            GError **error);
PIKA_API gboolean pika_workspace_set(PikaWorkspace *self, const char *property, GVariant *value, GError **error);
/* All properties of a node's kind, of a source, of the workspace, in the order of the file; NULL-terminated, static. */
PIKA_API const char *const *pika_workspace_node_properties(PikaNodeKind kind);
PIKA_API const char *const *pika_workspace_source_properties(void);
PIKA_API const char *const *pika_workspace_properties(void);

/* JSON as a workspace writes it: one property a line, two spaces a level, in the order of the text. A specification in
 * this form stands in the file as JSON; one that is written otherwise is kept as lines of text. PIKA_ERROR_PARSE.
 * Caller frees. */
PIKA_API char *pika_json_format(const char *text, gssize length, GError **error);
/* The same on one line. */
PIKA_API char *pika_json_compact(const char *text, gssize length, GError **error);

/* --- the file --- */

/* folder: what relative paths are relative to (NULL: the current one). name (may be NULL) stands before the place in
 * errors, as in "a.pika: nodes[2].sql: …". PIKA_ERROR_PARSE, PIKA_ERROR_INVALID, PIKA_ERROR_UNSUPPORTED (a newer
 * version). Any thread. */
PIKA_API PikaWorkspace *pika_workspace_parse(const char *text, gssize length, const char *folder, const char *name,
                                             GError **error);
/* Caller frees. The same workspace gives the same text. */
PIKA_API char *pika_workspace_to_text(const PikaWorkspace *self, const char *folder, gsize *length);

/* From and to a file; saving replaces it only when all is on the disk. Both block. PIKA_ERROR_NOT_FOUND, PIKA_ERROR_IO,
 * and what pika_workspace_parse reports. */
PIKA_API PikaWorkspace *pika_workspace_load(const char *path, GError **error);
PIKA_API void pika_workspace_load_async(const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                                        gpointer user_data);
PIKA_API PikaWorkspace *pika_workspace_load_finish(GAsyncResult *result, GError **error);
PIKA_API gboolean pika_workspace_save(const PikaWorkspace *self, const char *path, GError **error);

/* --- what reads what --- */

/* The ids of the nodes that one reads directly, in the order of the nodes: a plot its input, a query the tables and
 * queries whose names stand in its SQL. A new array; the ids are the workspace's. */
PIKA_API GPtrArray *pika_workspace_list_inputs(const PikaWorkspace *self, const PikaWorkspaceNode *node);

/* The SELECT of a table, a query, or a plot's input that needs nothing but the sources' tables: every query that it
 * reads stands before it as a common table expression. A frozen node gives what it is frozen to. PIKA_ERROR_INVALID: it
 * reads itself, is empty, or shows nothing. Caller frees. */
PIKA_API char *pika_workspace_dup_sql(const PikaWorkspace *self, const PikaWorkspaceNode *node, GError **error);

/* A name as SQL writes it, in double quotes unless it is a plain lower-case word that is no keyword. Caller frees. */
PIKA_API char *pika_sql_quote_name(const char *name);

/* The names after which a statement reads tables, in lower case, each once; NULL-terminated. Caller frees. */
PIKA_API char **pika_sql_list_tables(const char *sql);

/* SQL in which the name of a table, also where it stands before a column's, is replaced by another. Caller frees. */
PIKA_API char *pika_sql_replace_table(const char *sql, const char *name, const char *replacement);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaWorkspace, pika_workspace_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaWorkspaceNode, pika_workspace_node_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaWorkspaceSource, pika_workspace_source_free)

G_END_DECLS
