/* One error table for the engine.
 *
 * Every failure is a GError of the domain PK_ERROR whose message is one line
 * that says what failed, where, why, and, where it helps, what to do. The code
 * says what kind of failure it is, so that callers choose an exit status or a
 * dialog without reading the text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PK_ERROR (pk_error_quark())
GQuark pk_error_quark(void);

typedef enum {
  PK_ERROR_INTERNAL,    /* a bug of ours: an invariant does not hold */
  PK_ERROR_USAGE,       /* the caller's arguments are wrong (exit status 2) */
  PK_ERROR_NOT_FOUND,   /* a file, column or table does not exist */
  PK_ERROR_IO,          /* reading or writing failed */
  PK_ERROR_PARSE,       /* text (SQL, JSON, an expression, a number) is malformed */
  PK_ERROR_INVALID,     /* well-formed input that breaks a rule (a bad Arrow array, a bad spec) */
  PK_ERROR_TYPE,        /* a value or column has a type that the operation cannot take */
  PK_ERROR_UNSUPPORTED, /* well-formed, but not something Pika-Plot does */
  PK_ERROR_FORBIDDEN,   /* refused for safety (a write, a file that was not named) */
  PK_ERROR_LIMIT,       /* too large: memory, columns, a line, a result */
  PK_ERROR_OVERFLOW,    /* a numeric result that does not fit its type */
  PK_ERROR_CANCELLED,   /* cancelled by the user (exit status 130) */
  PK_ERROR_ENGINE,      /* the SQL engine refused or failed; its words are in the message */
} PkErrorCode;

/* Sets *error (if error is not NULL) and returns FALSE, so that a failing
 * function reads `return pk_fail(error, PK_ERROR_TYPE, "…", …);`. Whatever was
 * formatted, the message is one line of valid UTF-8 without control characters. */
gboolean pk_fail(GError **error, PkErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Puts where it happened before the message that *error has, if it has one: "column \"a\": ". Returns FALSE. */
gboolean pk_fail_prefix(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets *error from errno: "what path: strerror". Returns FALSE. */
gboolean pk_fail_errno(GError **error, int errnum, const char *what, const char *path);

G_END_DECLS
