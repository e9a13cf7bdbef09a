/* Plan → SQL and SQL → plan. Plan → SQL → plan is the identity.
 *
 * The recogniser reads the parse tree of one SELECT and finds the plan in it:
 * what people write by hand and what dashboards log. Where a statement says
 * more than a plan's result (other column order, a part of a date, ORDER BY on
 * an aggregate, LIMIT), the match says how to shape the result. It accepts
 * nothing whose answer could differ from the statement's; what that depends on
 * in the data stands in the match's assumptions. */
#pragma once

#include "pk-frame.h"
#include "pk-plan.h"
#include "pk-timeunit.h"

G_BEGIN_DECLS

/* The DuckDB SQL that answers the plan with exactly its semantics, rows in the plan's order. Owned by the
 * caller. */
char *pk_plan_to_sql(const PkPlan *self);

/* What the recogniser asks of its host. */
typedef struct {
  /* The column of a relation (as it stands after FROM) that SQL means by that name, whatever its case:
   * borrowed until the recogniser returns; NULL if there is none. */
  const PkColumnInfo *(*find_column)(const char *relation, const char *column, gpointer data);
  /* A serialised statement as SQL text (DuckDB's json_deserialize_sql), owned by the caller; NULL on
   * failure. May be NULL: then only named tables are recognised after FROM. */
  char *(*to_sql)(const char *statement_json, gpointer data);
  gpointer data;
  gboolean utc; /* the engine's session time zone is UTC: fields of instants mean what they mean in a plan */
} PkSqlContext;

typedef struct {
  char *name;
  guint column;    /* of the plan's result */
  PkTimePart part; /* the part of the bucket that a TIME key gives, as a number; 0: the value itself */
  PkType type;     /* of the statement's column */
} PkSqlOutput;

typedef struct {
  guint output; /* index of PkSqlMatch.outputs */
  gboolean descending;
  gboolean nulls_first;
} PkSqlOrder;

/* The plan answers the statement if every value of the column (in its unit; decimals scaled) lies in lo …
 * hi. */
typedef struct {
  char *column;
  __int128 lo, hi;
} PkSqlAssumption;

typedef struct {
  PkPlan *plan;
  guint n_outputs;
  PkSqlOutput *outputs;
  guint n_orders;
  PkSqlOrder *orders; /* none: the plan's order will do */
  gint64 offset;      /* 0: none */
  gint64 limit;       /* -1: none */
  guint n_assumptions;
  PkSqlAssumption *assumptions;
  gboolean is_plain;  /* the plan's result is the statement's as it stands, with no assumption */
} PkSqlMatch;

/* Recognises a statement parsed by json_serialize_sql (with its empty fields). Returns NULL without an error
 * and *reason (owned by the caller) where the statement is valid but is no plan: it then runs in the source.
 * PK_ERROR_PARSE if the JSON is not a serialised statement. The plan has passed pk_plan_check. */
PkSqlMatch *pk_sql_match(const char *json, const PkSqlContext *context, char **reason, GError **error);
void pk_sql_match_free(PkSqlMatch *self);

/* Do the columns of a frame keep the assumptions? Those that it does not have count as broken. */
gboolean pk_sql_match_holds(const PkSqlMatch *self, const PkFrame *frame);

/* The plan's result as the statement's: columns, types, order, limit. A new reference. PK_ERROR_OVERFLOW
 * where a cast of the statement fails. */
PkFrame *pk_sql_match_shape(const PkSqlMatch *self, PkFrame *result, GError **error);

/* The plan of a statement that is_plain; a reason otherwise. */
PkPlan *pk_plan_from_sql_json(const char *json, const PkSqlContext *context, char **reason, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkSqlMatch, pk_sql_match_free)

G_END_DECLS
