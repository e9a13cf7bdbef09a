/* Every failure of the library is a GError of this domain whose message is one
 * line: what failed, where, why, and what to do. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#if defined(__GNUC__)
#define PIKA_API __attribute__((visibility("default")))
#else
#define PIKA_API
#endif

#define PIKA_ERROR (pika_error_quark())
PIKA_API GQuark pika_error_quark(void);

typedef enum {
  PIKA_ERROR_INTERNAL,    /* a bug in Pika-Plot */
  PIKA_ERROR_USAGE,       /* an argument is wrong */
  PIKA_ERROR_NOT_FOUND,   /* no such file, table or column */
  PIKA_ERROR_IO,          /* reading or writing failed */
  PIKA_ERROR_PARSE,       /* malformed SQL, JSON, expression or data */
  PIKA_ERROR_INVALID,     /* well-formed, but against a rule */
  PIKA_ERROR_TYPE,        /* a type that the operation cannot take */
  PIKA_ERROR_UNSUPPORTED, /* not something Pika-Plot does */
  PIKA_ERROR_FORBIDDEN,   /* refused for safety */
  PIKA_ERROR_LIMIT,       /* too large */
  PIKA_ERROR_OVERFLOW,    /* a number that does not fit its type */
  PIKA_ERROR_CANCELLED,   /* cancelled by its GCancellable */
  PIKA_ERROR_ENGINE,      /* the SQL engine's refusal, in its words */
} PikaError;

G_END_DECLS
