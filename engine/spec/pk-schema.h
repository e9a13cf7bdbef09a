/* What a specification may say: tables of kinds, each a JSON object with its properties, a
 * list of words, or a check of its own. Not for use outside engine/spec.
 *
 * A type is text: alternatives parted by "|". Of lower case are JSON's own (number, string, boolean, null,
 * object, any); 'a' is that very text; [T] is an array of T; a capital starts the name of a kind; "!" stands
 * for what Vega-Lite has and Pika-Plot has not, with its reason behind it. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *name; /* "*": any other */
  const char *type;
} PkRule;

typedef enum {
  PK_KIND_OBJECT,
  PK_KIND_WORDS, /* text: words parted by spaces; "!word": not supported */
  PK_KIND_ALIAS, /* text: a type */
  PK_KIND_CHECK, /* check */
} PkKindForm;

/* FALSE without an error if the node is not of the kind at all, with one if it is a bad one. */
typedef gboolean (*PkKindCheck)(JsonNode *node, const char *path, GError **error);

typedef struct {
  const char *name;
  PkKindForm form;
  /* OBJECT: members, parted by spaces, any of which tells this kind from others; if it starts with "=", the
   * first tells it and all must be there. */
  const char *key;
  const char *text;
  const PkRule *rules;  /* OBJECT; ends with a NULL name */
  const char *base;     /* OBJECT: another whose rules hold too, or NULL */
  PkKindCheck check;
} PkKind;

/* NULL if there is none; name need not end after `length` bytes. */
const PkKind *pk_schema_find(const char *name, gsize length);
/* All kinds, for tests: n of them in tables that end with a NULL name. */
extern const PkKind *const pk_schema_tables[];

extern const PkKind pk_schema_basic_kinds[];
extern const PkKind pk_schema_mark_kinds[];
extern const PkKind pk_schema_channel_kinds[];
extern const PkKind pk_schema_guide_kinds[];
extern const PkKind pk_schema_data_kinds[];
extern const PkKind pk_schema_view_kinds[];

/* Checks a node and all below it. Errors name the path: PK_ERROR_INVALID, PK_ERROR_UNSUPPORTED. */
gboolean pk_schema_check(const char *type, JsonNode *node, const char *path, GError **error);
/* path.name, or path["na me"] if it needs that; caller owns. */
char *pk_schema_member_path(const char *path, const char *name);

/* Whether every type of the tables names kinds that there are; *bad is the first that does not (caller
 * owns). For tests. */
gboolean pk_schema_is_sound(char **bad);

G_END_DECLS
