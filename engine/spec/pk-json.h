/* A strict JSON reader: RFC 8259, without what a specification must not have.
 *
 * Refused with line and column: duplicate member names, invalid UTF-8, NUL,
 * unpaired surrogates, numbers beyond a double, nesting beyond PK_JSON_MAX_DEPTH. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define PK_JSON_MAX_DEPTH 200

/* The document's value; `name` (may be NULL) stands before the place in errors. Whole numbers that fit are
 * G_TYPE_INT64, others G_TYPE_DOUBLE. PK_ERROR_PARSE, PK_ERROR_LIMIT. The caller unrefs the node. */
JsonNode *pk_json_parse(const char *text, gssize length, const char *name, GError **error);

G_END_DECLS
