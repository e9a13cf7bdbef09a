/* The Vega expression language: a subset of JavaScript expressions over
 * `datum`, parameters and a fixed library of functions.
 *
 * One parser, two readings: pk_expr_eval is the meaning; pk_expr_to_sql gives a
 * DuckDB expression with the same value for every row (a property test holds them together). */
#pragma once

#include "pk-arrow-type.h"
#include "pk-value.h"

G_BEGIN_DECLS

typedef struct PkExpr PkExpr;

/* PK_ERROR_PARSE names the column (1-based) in the text; unknown functions are PK_ERROR_UNSUPPORTED by name.
 */
PkExpr *pk_expr_parse(const char *text, GError **error);
void pk_expr_free(PkExpr *self);

/* The fields of datum that are read, each once, in the notation of a channel's field: datum.a is "a",
 * datum.a.b is "a.b", datum['a.b'] is "a\\.b". The longest path counts, so datum.name.length is
 * "name.length" though the column may be "name". Owned by the expression. */
const GPtrArray *pk_expr_get_fields(const PkExpr *self);
/* datum is also read by a name that is known only when it runs (datum[p]), or as a whole. */
gboolean pk_expr_reads_any_field(const PkExpr *self);
/* Names other than datum and the constants (PI, E, …): parameters and signals such as width. */
const GPtrArray *pk_expr_get_params(const PkExpr *self);

typedef struct {
  /* The value of datum's field (in the notation of pk_expr_get_fields; asked for the longest path first,
   * then for shorter ones) / of a parameter; FALSE: undefined. Values live in the arena. */
  gboolean (*field)(const char *name, PkValue *out, gpointer data);
  gboolean (*param)(const char *name, PkValue *out, gpointer data);
  gpointer data;
  PkArena *arena; /* for results that need memory */
} PkExprScope;

/* The meaning is JavaScript's, in UTC. now() is the time at which the expression was parsed. Dates are equal
 * (==) only to themselves, as objects are: datum.a == datum.a. Never fails on values (JavaScript's rules:
 * undefined, NaN); PK_ERROR_INVALID only for a broken call. */
gboolean pk_expr_eval(const PkExpr *self, const PkExprScope *scope, PkValue *out, GError **error);

/* The columns that datum's fields stand for in SQL. */
typedef struct {
  /* SQL of the field and its type; FALSE: no such column (the value is undefined: SQL NULL). sql is owned by
   * the caller. */
  gboolean (*column)(const char *field, char **sql, PkType *type, gpointer data);
  gboolean (*param)(const char *name, PkValue *out, gpointer data);
  gpointer data;
  /* Whether the field's SQL is never NULL, which makes for shorter SQL and allows more (a text plus a
   * number). May be NULL: no. */
  gboolean (*not_null)(const char *field, gpointer data);
} PkExprSqlScope;

/* A DuckDB expression, and its type: a column as it is, else DOUBLE, VARCHAR, BOOLEAN or TIMESTAMP. NULL
 * stands for null, undefined and invalid dates. PK_ERROR_UNSUPPORTED (with the construct and its column)
 * where no exact SQL exists. Caller owns the text. */
char *pk_expr_to_sql(const PkExpr *self, const PkExprSqlScope *scope, PkType *type, GError **error);

/* A BOOLEAN that is TRUE where the expression's value is truthy, else FALSE or NULL: what stands after
 * WHERE. Errors and ownership as pk_expr_to_sql. */
char *pk_expr_to_sql_condition(const PkExpr *self, const PkExprSqlScope *scope, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkExpr, pk_expr_free)

G_END_DECLS
