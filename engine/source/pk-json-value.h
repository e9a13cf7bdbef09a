/* What a text of JSON is: one value by RFC 8259, read without building anything.
 *
 * Also taken: NaN, Infinity and -Infinity, which many programs write. Refused,
 * with a reason: text that is not UTF-8, control characters in strings, half
 * surrogates, an object that names a key twice (readers differ in which they
 * keep), a number beyond the range of a double, nesting beyond PK_JSON_DEPTH_MAX. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PK_JSON_DEPTH_MAX 1000

typedef enum {
  PK_JSON_NULL,
  PK_JSON_BOOL,
  PK_JSON_NUMBER,
  PK_JSON_STRING,
  PK_JSON_ARRAY,
  PK_JSON_OBJECT,
} PkJsonKind;

/* "null", "a number", "an object": as it is named in a sentence. Static. */
const char *pk_json_kind_name(PkJsonKind kind);

typedef struct {
  /* A member of the outermost object, once it was read: its name without escapes (not terminated) and
   * what kind of value it has. The numbers of the value were told before. May be NULL. */
  void (*member)(const char *name, gsize length, PkJsonKind kind, gpointer data);
  /* A number, wherever it stands: as it is written. `depth` is 0 for the value itself, 1 for one that is a
   * member of the outermost object, and so on. May be NULL. */
  void (*number)(const char *text, gsize length, guint depth, gpointer data);
} PkJsonVisitor;

/* What was allocated for one check and serves the next; zeroed at the start. */
typedef struct {
  GArray *keys;
  GString *name;
  GStringChunk *unescaped;
} PkJsonScratch;

void pk_json_scratch_clear(PkJsonScratch *scratch);

/* Is text[0..length) one value, white space around it? On failure *reason is a new string, half a sentence
 * about the text ("a string is not closed"). The visitor may have been told of a part by then. */
gboolean pk_json_value_check(const char *text, gsize length, PkJsonScratch *scratch, const PkJsonVisitor *visitor,
                             gpointer data, PkJsonKind *kind, char **reason);

G_END_DECLS
