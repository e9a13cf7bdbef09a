/* A typed constant: a predicate's bound or a value in a list. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_SCALAR_NULL,
  PK_SCALAR_BOOL,
  /* 128-bit integer; DATE: days; TIMESTAMP, TIME: the column's unit; DECIMAL: scaled by the column's scale */
  PK_SCALAR_INT,
  PK_SCALAR_DOUBLE,
  PK_SCALAR_TEXT,
} PkScalarKind;

typedef struct {
  PkScalarKind kind;
  __int128 i; /* INT, BOOL */
  double d;   /* DOUBLE */
  char *text; /* TEXT, owned */
} PkScalar;

void pk_scalar_clear(PkScalar *self);
PkScalar pk_scalar_copy(const PkScalar *self);
/* Same kind and value; NaN equals NaN, -0 equals 0. */
gboolean pk_scalar_equal(const PkScalar *a, const PkScalar *b);

PkScalar pk_scalar_int(__int128 value);
PkScalar pk_scalar_double(double value);
PkScalar pk_scalar_bool(gboolean value);
PkScalar pk_scalar_text(const char *text); /* copies */

/* Order of two scalars that a column compares: INT and DOUBLE mix, numerically exact; NaN is greatest.
 * -1, 0 or 1. Kinds that do not compare (a bug) are ordered by kind. */
int pk_scalar_compare(const PkScalar *a, const PkScalar *b);

G_END_DECLS
