/* The tokens of an expression. Not for use outside engine/spec. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_TOKEN_END,
  PK_TOKEN_NUMBER,
  PK_TOKEN_TEXT,
  PK_TOKEN_NAME,
  PK_TOKEN_MARK, /* punctuation and operators */
} PkTokenKind;

typedef struct {
  PkTokenKind kind;
  const char *start, *end; /* in the text */
  double number;
  char *text;              /* TEXT, NAME: owned by the lexer until the next token */
} PkToken;

typedef struct {
  const char *text, *at;
  PkToken token; /* the one ahead */
  GError **error;
} PkLexer;

void pk_lexer_init(PkLexer *self, const char *text, GError **error);
void pk_lexer_clear(PkLexer *self);
/* Reads the next token. FALSE with PK_ERROR_PARSE. */
gboolean pk_lexer_next(PkLexer *self);
gboolean pk_lexer_is(const PkLexer *self, const char *mark);
/* With a "/" ahead: reads a regular expression, then the token after it. The caller frees both texts. */
gboolean pk_lexer_regex(PkLexer *self, char **pattern, char **flags);
/* The column of a place, in characters from 1. */
guint pk_lexer_column(const PkLexer *self, const char *place);
/* PK_ERROR_PARSE at a place. Returns FALSE. */
gboolean pk_lexer_fail(PkLexer *self, const char *place, const char *what);

G_END_DECLS
