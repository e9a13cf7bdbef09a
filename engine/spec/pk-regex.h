/* JavaScript's regular expressions in a notation that PCRE2 and RE2 read alike.
 *
 * Classes, anchors and "." are written out, so that both engines mean by them what
 * ECMA-262 §22.2 says (\s with Unicode's spaces, \d and \w ASCII, "$" only at the very end). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *pattern;      /* owned */
  gboolean is_global; /* flag g */
  gboolean is_linear; /* no look-around, no back-reference: RE2 takes it */
} PkRegex;

/* FALSE with PK_ERROR_PARSE for a malformed pattern or flag. */
gboolean pk_regex_translate(const char *pattern, const char *flags, PkRegex *out, GError **error);
void pk_regex_clear(PkRegex *self);

/* From "/pattern/flags". */
gboolean pk_regex_translate_literal(const char *literal, PkRegex *out, GError **error);

G_END_DECLS
