/* Expressions → DuckDB SQL, typed by JavaScript's types. Not for use outside engine/spec. */
#pragma once

#include "pk-expr-node.h"

G_BEGIN_DECLS

typedef enum {
  PK_JS_CONST, /* value: the same for all rows; NULL, arrays, objects and expressions too */
  PK_JS_BOOL,
  PK_JS_NUMBER,
  PK_JS_DATE,
  PK_JS_TEXT,
} PkJsType;

/* A translated part. SQL NULL stands for null. */
typedef struct {
  PkJsType js;
  PkValue value;        /* CONST */
  const char *sql;      /* BOOL, NUMBER (of any numeric type), TEXT; DATE: DOUBLE ms */
  const char *raw;      /* a column as it is, NULL for anything else */
  PkType type;          /* of raw */
  gboolean is_double;   /* NUMBER: sql is DOUBLE */
  gboolean nullable;
  gboolean may_nan;     /* NUMBER, DATE */
  gboolean simple;      /* short: may be written twice */
} PkSql;

typedef struct {
  PkExprRun run;          /* for constants */
  const PkExprSqlScope *scope;
  GPtrArray *texts;       /* all SQL made, freed at the end */
  gsize bytes;
  guint n_variables;
  GError **error;
} PkSqlMaker;

#define PK_SQL_NAN "'NaN'::DOUBLE"

gboolean pk_sql_node(PkSqlMaker *self, const PkNode *node, PkSql *out);
/* As a condition: a BOOLEAN, TRUE where the value is truthy. null_is_false: it may be NULL in place of
 * FALSE. */
const char *pk_sql_condition(PkSqlMaker *self, const PkNode *node, gboolean null_is_false);

const char *pk_sql_format(PkSqlMaker *self, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* PK_ERROR_UNSUPPORTED with the column of node. Returns FALSE. */
gboolean pk_expr_sql_refuse(PkSqlMaker *self, const PkNode *node, const char *what);

/* A name for the value of sql within a body: sql itself if it is simple, else a variable; pk_sql_let then
 * wraps the body. */
const char *pk_sql_name(PkSqlMaker *self, const char *sql, gboolean simple);
const char *pk_sql_let(PkSqlMaker *self, const char *name, const char *sql, const char *body);

const char *pk_sql_number_literal(PkSqlMaker *self, double d);
const char *pk_sql_text_literal(PkSqlMaker *self, const char *text);
/* ToNumber as DOUBLE, never NULL; *may_nan may be NULL. */
const char *pk_sql_to_number(PkSqlMaker *self, const PkNode *node, const PkSql *v, gboolean *may_nan);
/* ToString as VARCHAR, never NULL. NULL with an error for arrays and the like that are constant objects. */
const char *pk_sql_to_text(PkSqlMaker *self, const PkSql *v);
/* ToBoolean; see pk_sql_condition. */
const char *pk_sql_to_bool(PkSqlMaker *self, const PkSql *v, gboolean null_is_false);
/* A number in [-2^31, 2^31) as BIGINT. */
const char *pk_sql_to_int32(PkSqlMaker *self, const PkNode *node, const PkSql *v);

PkSql pk_sql_constant(PkValue value);
PkSql pk_sql_number(const char *sql, gboolean may_nan);
PkSql pk_sql_text(const char *sql, gboolean nullable);
PkSql pk_sql_bool(const char *sql);
PkSql pk_sql_date(const char *sql, gboolean nullable, gboolean may_nan);

gboolean pk_sql_is_null(const PkSql *v);
gboolean pk_sql_is_text(const PkSql *v);

/* a op b for == != === !== < > <= >=; null_is_false as above. */
const char *pk_sql_compare(PkSqlMaker *self, const PkNode *node, PkOp op, const PkSql *a, const PkSql *b,
                           gboolean same, gboolean null_is_false);
/* condition ? a : b; condition is never NULL or NULL counts as false. */
gboolean pk_sql_choose(PkSqlMaker *self, const PkNode *node, const char *condition, const PkSql *a,
                       const PkSql *b, PkSql *out);

/* A call whose arguments vary by row. */
gboolean pk_sql_call(PkSqlMaker *self, const PkNode *node, PkSql *out);
/* Its date functions: *done is FALSE if it is none of them. */
gboolean pk_sql_date_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out,
                          gboolean *done);
/* Its text functions, likewise. */
gboolean pk_sql_text_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out,
                          gboolean *done);

G_END_DECLS
