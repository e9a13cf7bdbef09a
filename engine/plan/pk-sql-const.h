/* Constants of SQL as the engine would read them, and as a column's bound. */
#pragma once

#include "pk-sql-reader.h"

G_BEGIN_DECLS

typedef struct {
  PkType type;      /* PK_TYPE_NULL: the constant NULL */
  gboolean is_cast; /* its type was said, so that no other is implied */
  __int128 i;      /* in the type's unit */
  double d;        /* F64 */
  char *text;      /* TEXT, owned */
} PkSqlConst;

void pk_sql_const_clear(PkSqlConst *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkSqlConst, pk_sql_const_clear)

/* A literal, a cast of one, or its negation. FALSE if it is something else, or means something that the
 * engine and a plan may read differently. utc: as PkSqlContext. */
gboolean pk_sql_const_read(JsonObject *expression, gboolean utc, PkSqlConst *out);

/* The number as the DOUBLE that the engine makes of it; FALSE where its rounding is not certain. */
gboolean pk_sql_const_to_double(const PkSqlConst *self, double *value);

/* Where a constant lies among a column's values, as the engine compares the two. Either a scalar (exact: the
 * constant itself) or, for a column of integers, the integer next below it (exact FALSE). FALSE if that is
 * not certain. */
gboolean pk_sql_const_to_bound(const PkSqlConst *self, PkType column, gboolean utc, PkScalar *bound,
                               gboolean *exact);

G_END_DECLS
