/* Reading a serialised statement without trusting it: every accessor takes
 * whatever is there, and answers NULL, FALSE or 0 where it is something else. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Parses JSON text of at most PK_SQL_JSON_DEPTH nested levels and gives its root object, owned by the caller
 * (json_object_unref). PK_ERROR_PARSE. */
#define PK_SQL_JSON_DEPTH 600
JsonObject *pk_sql_json_parse(const char *json, GError **error);

const char *pk_json_text(JsonObject *object, const char *member);       /* NULL: no text */
JsonObject *pk_json_object(JsonObject *object, const char *member);     /* NULL: no object */
JsonArray *pk_json_array(JsonObject *object, const char *member);       /* NULL: no array */
guint pk_json_length(JsonArray *array);                                 /* 0 for NULL */
JsonObject *pk_json_item(JsonArray *array, guint i);                    /* NULL: no object */
const char *pk_json_text_item(JsonArray *array, guint i);               /* NULL: no text */
gboolean pk_json_true(JsonObject *object, const char *member);          /* is it true? */
gboolean pk_json_is_absent(JsonObject *object, const char *member);     /* missing, null, "", [] or {} */
gboolean pk_json_integer(JsonObject *object, const char *member, gint64 *value);
gboolean pk_json_double(JsonObject *object, const char *member, double *value);

G_END_DECLS
