/* One value of a column, as the reference backend sees it. Internal to it. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

typedef enum { PK_REF_NULL, PK_REF_INT, PK_REF_DOUBLE, PK_REF_TEXT } PkRefKind;

typedef struct {
  PkRefKind kind;
  __int128 i;       /* INT; TEXT: the code */
  double d;         /* DOUBLE */
  const char *text; /* TEXT: borrowed from the column */
  gsize length;
} PkRefValue;

PkRefValue pk_ref_value_of(const PkColumn *column, gint64 row);

/* -1, 0, 1: NULL last; NaN after all numbers and equal to itself; -0 equals 0; text by bytes. */
int pk_ref_value_compare(const PkRefValue *a, const PkRefValue *b);
guint pk_ref_value_hash(const PkRefValue *value);

/* As a double, decimals unscaled. */
double pk_ref_value_double(const PkRefValue *value, PkType type);

/* Does the row's value pass? */
gboolean pk_ref_predicate_holds(const PkPredicate *predicate, const PkColumn *column, gint64 row);

/* The key's value of a row; FALSE if the row is in no group. */
gboolean pk_ref_key_of(const PkKey *key, const PkColumn *column, gint64 row, PkRefValue *value);

int pk_ref_compare_doubles(double a, double b);

G_END_DECLS
