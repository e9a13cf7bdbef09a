/* The pieces of SQL that plan → SQL writes and SQL → plan compares with.
 *
 * They are in the normal form of pk-sql-reader.h: operators in parentheses, names
 * in double quotes, constants typed. So the recogniser can tell what this
 * program wrote by comparing texts. Each appends to *out. */
#pragma once

#include "pk-plan.h"
#include "pk-timeunit.h"

G_BEGIN_DECLS

/* The column's value: "x", or CAST("x" AS VARCHAR) for an ENUM, which is text to a plan. */
void pk_sql_append_column(GString *out, const PkPlan *plan, guint column);

/* The column's value as a DOUBLE in its unit. */
void pk_sql_append_measure(GString *out, const char *name, PkType type);

/* The column's value as an integer in its unit (DATE, TIME, TIMESTAMP). */
void pk_sql_append_ticks(GString *out, const char *name, PkType type);

/* (1e-14 + ((x - start) / step)): what BINS rounds down. */
void pk_sql_append_bin_position(GString *out, const PkPlan *plan, const PkKey *key);

/* The unit without the parts that change no bucket: a month says its quarter, and a DATE has no hours. */
PkCalendarUnit pk_sql_time_unit(PkType type, guint parts, guint step);

/* The start of the time unit's bucket in the column's type, NULL beyond the calendar. */
void pk_sql_append_time_floor(GString *out, const char *name, PkType type, guint parts, guint step);

/* The key's expression, and the conditions (joined by AND) that keep its rows: nothing if it keeps all. */
void pk_sql_append_key(GString *out, const PkPlan *plan, const PkKey *key);
void pk_sql_append_key_conditions(GPtrArray *conditions, const PkPlan *plan, const PkKey *key);

void pk_sql_append_agg(GString *out, const PkPlan *plan, const PkAgg *agg);
void pk_sql_append_predicate(GPtrArray *conditions, const PkPlan *plan, const PkPredicate *predicate);

/* Of an M4 plan: the pixel column, and the condition that y has a value. */
void pk_sql_append_pixel_column(GString *out, const PkPlan *plan);
void pk_sql_append_y_condition(GString *out, const PkPlan *plan);

G_END_DECLS
