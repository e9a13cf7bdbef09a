/* Plan → SQL and SQL → plan. Plan → SQL → plan is the identity. */
#pragma once

#include "pk-plan.h"

G_BEGIN_DECLS

/* The DuckDB SQL that answers the plan with exactly its semantics, rows in the plan's order. Owned by the caller. */
char *pk_plan_to_sql(const PkPlan *self);

/* The type of a column of the statement's relation, for the recogniser:
 * FALSE if there is none. `relation` is what stands after FROM. */
typedef gboolean (*PkColumnTypeFunc)(const char *relation, const char *column, PkType *type, gpointer data);

/* Recognises a statement parsed by json_serialize_sql. Returns a checked plan, or NULL without an error
 * and *reason (owned by the caller) where the statement is valid but is no plan: it then runs in the source.
 * PK_ERROR_PARSE if the JSON is not a serialised statement. */
PkPlan *pk_plan_from_sql_json(const char *json, PkColumnTypeFunc type_of, gpointer data,
                              char **reason, GError **error);

G_END_DECLS
