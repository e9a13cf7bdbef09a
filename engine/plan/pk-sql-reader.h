/* The inside of the recogniser: what its files share.
 *
 * An expression of the parse tree is compared through its text in one normal
 * form, the one that pk-sql-text.h writes: so equal expressions are equal
 * texts, and what plan → SQL wrote is recognised by writing it again. */
#pragma once

#include "pk-plan-sql.h"
#include "pk-sql-json.h"

G_BEGIN_DECLS

/* A WHERE condition: a predicate, or something that only a key can make sense of. */
typedef struct {
  char *text;           /* normal form, NULL where there is none */
  gboolean is_predicate;
  PkPredicate predicate;
  char *reason;         /* why it is no predicate */
} PkSqlCondition;

/* A key as the statement gives it. */
typedef struct {
  char *text;      /* normal form of the expression */
  PkTimePart part; /* as PkSqlOutput */
  PkType type;
} PkSqlKeyInfo;

typedef struct {
  const PkSqlContext *context;
  PkPlan *plan;       /* being filled */
  char *alias;        /* what may stand before a column's name, NULL: nothing */
  char *reason;       /* the first one given */
  GPtrArray *conditions;  /* PkSqlCondition */
  GArray *key_infos;      /* PkSqlKeyInfo, one a key of the plan */
  GArray *assumptions;    /* PkSqlAssumption */
} PkSqlReader;

PkSqlReader *pk_sql_reader_new(const PkSqlContext *context, const char *relation, const char *alias);
void pk_sql_reader_free(PkSqlReader *self);

/* Keeps the first reason. Returns FALSE. */
gboolean pk_sql_refuse(PkSqlReader *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The column that a COLUMN_REF means, borrowed; NULL (no reason given) if none. */
const PkColumnInfo *pk_sql_column_of(const PkSqlReader *self, JsonObject *expression);

/* The only column that an expression reads; NULL if it reads none or several. */
const PkColumnInfo *pk_sql_only_column(const PkSqlReader *self, JsonObject *expression);

/* Columns that an expression reads, each once: borrowed PkColumnInfo. */
GPtrArray *pk_sql_columns_in(const PkSqlReader *self, JsonObject *expression);

/* The plan's index of a column that it now uses. */
guint pk_sql_use_column(PkSqlReader *self, const PkColumnInfo *column);

void pk_sql_assume(PkSqlReader *self, const PkColumnInfo *column, __int128 lo, __int128 hi);

/* Normal form of an expression, NULL if it has none. reader NULL: names stay as they are. */
char *pk_sql_text_of(const PkSqlReader *reader, JsonObject *expression);

/* What a person would recognise the expression by, for reasons: its normal form or its kind. */
char *pk_sql_describe(const PkSqlReader *reader, JsonObject *expression);

gboolean pk_sql_is(JsonObject *expression, const char *klass);
/* A call of that function (or operator) without DISTINCT, FILTER and ORDER BY. */
gboolean pk_sql_is_call(JsonObject *expression, const char *name, guint n_arguments);
JsonObject *pk_sql_argument(JsonObject *expression, guint i); /* "children"[i] */
gboolean pk_sql_has_aggregate(JsonObject *expression);

gboolean pk_sql_type_of_cast(JsonObject *cast, PkType *type);

/* WHERE: fills self->conditions. FALSE with a reason. */
gboolean pk_sql_read_where(PkSqlReader *self, JsonObject *expression);
/* What keys left of the conditions becomes predicates. FALSE with a reason. */
gboolean pk_sql_finish_where(PkSqlReader *self);

/* A group key: appended to plan and key_infos. FALSE with a reason. */
gboolean pk_sql_read_key(PkSqlReader *self, JsonObject *expression, const char *name);
gboolean pk_sql_read_floor(PkSqlReader *self, JsonObject *expression, const char *name);
gboolean pk_sql_read_time(PkSqlReader *self, JsonObject *expression, const char *name);
PkKey *pk_sql_add_key(PkSqlReader *self, PkKeyKind kind, const PkColumnInfo *column, const char *name,
                      PkSqlKeyInfo info);

/* An aggregate: appended to the plan; *type is the statement's type of it. FALSE with a reason. */
gboolean pk_sql_read_agg(PkSqlReader *self, JsonObject *expression, const char *name, PkType *type);

/* What stands after FROM as a relation of its own, and the name before its columns (may be NULL). Both are
 * the caller's. FALSE with *reason. */
gboolean pk_sql_read_from(const PkSqlContext *context, JsonObject *select, char **relation, char **alias,
                          char **reason);

/* Statements that plan → SQL writes around its groups. NULL if it is none of them. */
PkPlan *pk_sql_read_dense(const PkSqlContext *context, JsonObject *select);
PkPlan *pk_sql_read_line(const PkSqlContext *context, JsonObject *select);

/* The same of rows. */
PkPlan *pk_sql_read_numbered(const PkSqlContext *context, JsonObject *select);

/* SELECT columns … ORDER BY a column LIMIT n: NULL if it is none of these. */
PkSqlMatch *pk_sql_read_rows(const PkSqlContext *context, JsonObject *select);

/* The groups of a SELECT without its order and limit. NULL with *reason. */
PkSqlMatch *pk_sql_read_groups(const PkSqlContext *context, JsonObject *select, char **reason);

G_END_DECLS
