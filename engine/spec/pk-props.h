/* A bag of checked properties: a JSON object whose every member has been
 * checked against the language (name known, type right), with the path it came from,
 * so that a later error can name it. Borrowed from the PkSpec that holds it. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
  JsonObject *object; /* NULL: empty */
  char *path;         /* "$.layer[1].encoding.x.axis" */
} PkProps;

/* The member, or NULL. JSON null is a node (json_node_is_null). */
JsonNode *pk_props_get(const PkProps *self, const char *name);
gboolean pk_props_has(const PkProps *self, const char *name);
/* With a default for members that are absent or of another type (several may be allowed: look with
 * pk_props_get). */
double pk_props_get_double(const PkProps *self, const char *name, double fallback);
gboolean pk_props_get_bool(const PkProps *self, const char *name, gboolean fallback);
const char *pk_props_get_text(const PkProps *self, const char *name, const char *fallback);
/* A member that is an object; an empty bag if absent. By value; borrows, and keeps the path of the outer
 * bag. */
PkProps pk_props_get_bag(const PkProps *self, const char *name);

G_END_DECLS
