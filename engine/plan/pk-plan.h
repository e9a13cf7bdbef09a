/* The plan: the one small immutable question that every backend answers.
 *
 *   columns of one relation  →  rows that pass all predicates
 *   →  groups by keys (none: one group)  →  aggregates of each group
 *
 * or, in place of groups and aggregates, an M4 reduction of a line, or the rows themselves: which ones lie
 * under a pixel, which have the greatest values. Everything relational that does not fit (joins, windows,
 * expressions, string functions) is SQL inside `relation`, run by the source before the plan.
 *
 * Semantics (the `ref` backend is their definition):
 * - Values: integers, decimals (their scaled integer), BOOL, DATE, TIME and TIMESTAMP compare and sum as
 *   integers; where a double is needed (bins, mean, variance, a DOUBLE bound) it is that of
 *   pk_type_int_to_double, DuckDB's CAST. ENUM is text: it compares and sorts by the bytes of its names.
 * - A predicate keeps the rows for which it is true; NULL is not true. NaN is equal to NaN and greater than
 *   every other number, as in DuckDB; -0 = 0. An INT bound on an integer column compares exactly; a DOUBLE
 *   bound, and any bound on a float column, in double.
 * - VALUE keys group by equality; NULL is a group of its own; NaNs are one group; -0 and 0 are one.
 * - BINS keys: with v = 1e-14 + (x - start) / step and end = start + step * count in double arithmetic, x
 *   falls in bin min(count - 1, floor(v)) if v >= 0 and x <= end; a row with NULL, NaN or a value outside is
 *   in no group. (The 1e-14 is that of Vega's bin transform, so that 0.3 / 0.1 is 3.)
 * - FLOOR keys: floor((x - start) / step) * scale + offset in double arithmetic, each operation rounded on
 *   its own, as SQL computes it; the result (F64) groups as a VALUE key would: NULL, NaN and infinities are
 *   groups. Never dense.
 * - EDGES keys: x falls in bin i if edges[i] <= x < edges[i+1], the last bin closed; outside, NULL, NaN: in
 *   no group.
 * - TIME keys: the start of the unit's bucket (PkCalendarUnit of math), in the column's own type; NULL is a
 *   group, and so is, with it, a time beyond the calendar's ±8.64e15 ms.
 * - With dense TRUE all keys are BINS or EDGES and the result has a row for each cell, key 0 slowest,
 *   without key columns; else only groups with rows, ascending by key, NULL last, keys as columns first
 *   (BINS and EDGES as the bin index).
 * - count(*) counts rows; every other aggregate ignores NULL in its arguments. Sum of no value is NULL.
 *   Integer and decimal sums are exact in 128 bits, PK_ERROR_OVERFLOW beyond (sql: also if a partial sum is
 *   beyond). mean of integers is the exact sum / n. NaN takes part: sum gives NaN, max gives NaN if any, min
 *   gives NaN only if all are. A float sum whose partial sums leave the range of double may be infinite or
 *   NaN.
 * - var, stddev, regr: two-pass or compensated accuracy, in double; samples of one value give NULL. A NaN or
 *   an infinity among the arguments gives NaN. regr_* take the rows where neither argument is NULL (one row
 *   gives sums of 0, no row NULL, but REGR_COUNT 0). Finite arguments whose result is not finite:
 *   PK_ERROR_OVERFLOW.
 * - quantile: linear interpolation between closest ranks, as quantile_cont: with h = p * (n - 1), lo
 *   and hi the values of rank floor(h) and ceil(h) in double, lo if they are equal, else lo * (1 - w) + hi *
 *   w with w = h - floor(h). NaN ranks last.
 * - first/last by order, argmin/argmax: rows where either argument is NULL are ignored; ties go to the
 *   smallest value.
 * - A row takes part in an M4 pixel column if x0 <= x <= x1; x = x1 is in the last.
 * - Rows are those that pass all predicates, in the order of the relation, or by a value: NaN is greater than
 *   every other number, -0 = 0, text is in the order of its bytes, NULL comes last whichever way, and ties
 *   stay in the order of the relation. A row's number counts the relation's rows from 0, before predicates.
 *   Groups are put in order alike, ties in the order of their keys. */
#pragma once

#include "pk-arrow-type.h"
#include "pk-scalar.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  PK_PRED_RANGE,    /* lo <= x <= hi; either bound may be absent or exclusive */
  PK_PRED_IN,       /* x is one of values */
  PK_PRED_NULL,     /* x IS NULL */
  PK_PRED_NOT_NULL, /* x IS NOT NULL */
} PkPredicateKind;

typedef struct {
  PkPredicateKind kind;
  guint column;
  gboolean has_lo, has_hi, lo_exclusive, hi_exclusive;
  PkScalar lo, hi;
  guint n_values;
  PkScalar *values;
  gboolean negated; /* IN only: NOT IN */
} PkPredicate;

typedef enum { PK_KEY_VALUE, PK_KEY_BINS, PK_KEY_EDGES, PK_KEY_TIME, PK_KEY_FLOOR } PkKeyKind;

typedef struct {
  PkKeyKind kind;
  guint column;
  char *name;          /* of the result's column */
  double start, step;  /* BINS, FLOOR, in the column's unit; pk_plan_add_key sets 0, 1 */
  double scale, offset; /* FLOOR; pk_plan_add_key sets 1, 0 */
  guint count;         /* BINS, EDGES: number of bins */
  double *edges;       /* EDGES: count + 1 ascending values */
  guint time_units;    /* TIME: PkTimePart flags; steps of time_step (1 or more) of the smallest */
  guint time_step;
} PkKey;

typedef enum {
  PK_AGG_COUNT_ALL,
  PK_AGG_COUNT,
  PK_AGG_SUM,
  PK_AGG_MEAN,
  PK_AGG_MIN,
  PK_AGG_MAX,
  PK_AGG_VAR_SAMP,
  PK_AGG_VAR_POP,
  PK_AGG_STDDEV_SAMP,
  PK_AGG_STDDEV_POP,
  PK_AGG_FIRST,  /* value of `column` where `by` is smallest */
  PK_AGG_LAST,   /* … largest */
  PK_AGG_QUANTILE,
  PK_AGG_DISTINCT, /* number of distinct non-NULL values */
  PK_AGG_REGR_COUNT, /* moments of (y = column, x = by), as SQL's regr_* */
  PK_AGG_REGR_AVGX,
  PK_AGG_REGR_AVGY,
  PK_AGG_REGR_SXX,
  PK_AGG_REGR_SYY,
  PK_AGG_REGR_SXY,
  PK_N_AGGS
} PkAggOp; /* argmin(x, by) is FIRST, argmax is LAST */

typedef struct {
  PkAggOp op;
  gint column; /* -1: none (COUNT_ALL) */
  gint by;     /* -1: none */
  double p;    /* QUANTILE: 0 … 1 */
  char *name;  /* of the result's column */
} PkAgg;

/* M4 (Jugel et al., VLDB 2014): for each of n pixel columns of [x0, x1) (the last closed) the rows with
 * first x, last x, min y and max y; rows with NULL or NaN in x or y are skipped; ties in x: the smaller y. A
 * pixel column is floor((x - x0) * (n / (x1 - x0))) in double. Result: columns "column" (I32),
 * "x_first","y_first","x_last","y_last","x_min","y_min","x_max","y_max" (F64, x in the column's unit), only
 * non-empty pixel columns, ascending. x_min is the smallest x among the rows with min y; x_max likewise.
 * With VALUE keys in PkPlan.keys the reduction is made for each group, its key columns standing first. */
typedef struct {
  guint x, y; /* columns */
  double x0, x1;
  guint n;
} PkM4;

/* A column of the result of a plan of rows. */
#define PK_OUTPUT_ROW (-1)     /* the row's number: I64 */
#define PK_OUTPUT_MATCHES (-2) /* how many rows pass the predicates, the same in each row: I64 */
typedef struct {
  gint column; /* of the plan, whose value is given, or one of those above */
  char *name;
} PkOutput;

/* How many rows or groups the result has at most, and which come first. */
typedef struct {
  guint limit; /* 0: all groups, in the order of their keys; rows: 1 … PK_PLAN_MAX_ROWS */
  gint by;     /* rows: a column of the plan; groups: a column of the result; -1: none */
  gboolean descending;
} PkTop;
#define PK_PLAN_MAX_ROWS (1u << 24)

typedef struct {
  char *name;
  PkType type;
} PkPlanColumn;

typedef struct {
  gint refs;
  char *relation; /* what stands after FROM: a quoted table name or a parenthesised SELECT */
  guint n_columns;
  PkPlanColumn *columns; /* only those used */
  guint n_predicates;
  PkPredicate *predicates; /* a conjunction */
  guint n_keys;
  PkKey *keys;
  gboolean dense;
  guint n_aggs;
  PkAgg *aggs;
  gboolean is_m4;
  PkM4 m4;
  gboolean is_rows; /* of rows: no keys, no aggregates */
  guint n_outputs;
  PkOutput *outputs;
  PkTop top;
} PkPlan;

/* --- building: a plan is filled by one owner, checked, then never changed --- */
PkPlan *pk_plan_new(const char *relation);
PkPlan *pk_plan_ref(PkPlan *self);
void pk_plan_unref(PkPlan *self);
guint pk_plan_add_column(PkPlan *self, const char *name, PkType type); /* the index; one entry a name */
/* Takes what the predicate holds. A RANGE that closes the open side of an earlier one of the column is
 * joined to it. */
void pk_plan_add_predicate(PkPlan *self, PkPredicate predicate);
/* The key or aggregate to be filled in; valid until the next call. */
PkKey *pk_plan_add_key(PkPlan *self, PkKeyKind kind, guint column, const char *name);
PkAgg *pk_plan_add_agg(PkPlan *self, PkAggOp op, gint column, gint by, const char *name);

void pk_plan_add_output(PkPlan *self, gint column, const char *name); /* makes it a plan of rows */

/* Types of the columns fit the operations, bounds are no NaN and ordered, indices are in range, the result's
 * names are distinct, its dense cells at most PK_PLAN_MAX_CELLS: every backend relies on it and checks
 * nothing again. Columns may be BOOL, I8 … U64, I128, DECIMAL, F32, F64, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ
 * and TEXT (ENUM too). A bound of a RANGE and a value of an IN is INT on integers, decimals and times,
 * DOUBLE or INT on floats, DOUBLE also on integers, decimals and times, BOOL on BOOL, TEXT on text, never
 * NULL. Sums, means, var, stddev, quantile and regr take numbers (sum and mean BOOL too); BINS, EDGES, FLOOR
 * and M4 numbers and times; TIME keys DATE and TIMESTAMPs. PK_ERROR_INVALID, PK_ERROR_TYPE or
 * PK_ERROR_LIMIT. */
#define PK_PLAN_MAX_CELLS (G_GUINT64_CONSTANT(1) << 28)
gboolean pk_plan_check(const PkPlan *self, GError **error);

/* The type of the result's column for a key: that of the column for VALUE and TIME, F64 for FLOOR, I32 for
 * BINS and EDGES. Text comes as plain TEXT, never as a dictionary. */
PkType pk_plan_key_type(const PkPlan *self, const PkKey *key);

/* The type of the result's column for an output of rows: the column's own, text as plain TEXT. */
PkType pk_plan_output_type(const PkPlan *self, const PkOutput *output);

/* Do predicates, keys or aggregates read the column, or the order of rows? The columns of outputs alone are read of
 * the rows that are given. */
gboolean pk_plan_scans_column(const PkPlan *self, guint column);

/* The type of the result's column for an aggregate (SUM of integers: I128; of decimal: DECIMAL(38,s); MEAN:
 * F64; …). */
PkType pk_plan_agg_type(const PkPlan *self, const PkAgg *agg);

/* The same question word for word (the order of predicates and columns aside). */
gboolean pk_plan_equal(const PkPlan *a, const PkPlan *b);
char *pk_plan_canonical(const PkPlan *self); /* one text for equal plans; owned by the caller */
char *pk_plan_hash(const PkPlan *self);    /* hex SHA-256 of the canonical text; owned by the caller */
char *pk_plan_explain(const PkPlan *self); /* a few readable lines; owned by the caller */
const char *pk_agg_name(PkAggOp op);       /* "count", "sum", … */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkPlan, pk_plan_unref)

G_END_DECLS
