#include "conformance-case.h"

#include "pk-column-builder.h"
#include "pk-error.h"
#include "pk-timeunit.h"

#include <math.h>
#include <string.h>

/* --- frames from text --- */

static PkType
type_of(const char *name)
{
  static const struct { const char *name; PkType type; } types[] = {
    { "bool", { .kind = PK_TYPE_BOOL } },   { "i8", { .kind = PK_TYPE_I8 } },
    { "i32", { .kind = PK_TYPE_I32 } },     { "i64", { .kind = PK_TYPE_I64 } },
    { "u64", { .kind = PK_TYPE_U64 } },     { "i128", { .kind = PK_TYPE_I128 } },
    { "f32", { .kind = PK_TYPE_F32 } },     { "f64", { .kind = PK_TYPE_F64 } },
    { "date", { .kind = PK_TYPE_DATE } },   { "text", { .kind = PK_TYPE_TEXT } },
    { "dec", { .kind = PK_TYPE_DECIMAL, .precision = 9, .scale = 2 } },
    { "ts", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US } },
  };
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_str_equal(types[i].name, name))
      return types[i].type;
  g_error("no type %s", name);
}

static __int128
parse_int(const char *text)
{
  gboolean negative = *text == '-';
  __int128 value = 0;
  for (const char *c = text + negative; *c; c++)
    value = value * 10 - (*c - '0'); /* downwards, so that the least value fits */
  return negative ? value : -value;
}

static void
append_text_value(PkColumnBuilder *builder, PkType type, const char *text, GError **error)
{
  if (g_str_equal(text, "null"))
    pk_column_builder_append_null(builder, 1, error);
  else if (type.kind == PK_TYPE_TEXT)
    pk_column_builder_append_text(builder, text, strlen(text), error);
  else if (type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64)
    pk_column_builder_append_double(builder, g_ascii_strtod(text, NULL), error);
  else
    pk_column_builder_append_int(builder, parse_int(text), error);
}

static PkColumn *
parse_column(const char *spec, guint times)
{
  g_auto(GStrv) words = g_strsplit(spec, " ", -1);
  PkType type = type_of(words[1]);
  PkColumnBuilder *builder = pk_column_builder_new(words[0], type, 64);
  g_autoptr(GError) error = NULL;

  for (guint t = 0; t < times; t++)
    for (guint i = 2; words[i]; i++)
      append_text_value(builder, type, words[i], &error);
  g_assert_no_error(error);
  PkColumn *column = pk_column_builder_finish(builder, &error);
  g_assert_no_error(error);
  return column;
}

PkFrame *
conformance_case_frame(const ConfCase *self, guint times)
{
  g_auto(GStrv) specs = g_strsplit(self->columns, "; ", -1);
  guint n = g_strv_length(specs);
  g_autofree PkColumn **columns = g_new0(PkColumn *, n);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < n; i++)
    columns[i] = parse_column(specs[i], times);
  PkFrame *frame = pk_frame_new(columns, n, &error);
  g_assert_no_error(error);
  return frame;
}

char *
conformance_answer(const PkFrame *frame)
{
  GString *out = g_string_new(NULL);
  for (gint64 row = 0; row < frame->length; row++)
    for (guint c = 0; c < frame->n_columns; c++) {
      g_string_append(out, c > 0 ? " " : row > 0 ? "; " : "");
      if (!pk_column_append_text(frame->columns[c], row, out))
        g_string_append(out, "null");
    }
  return g_string_free(out, FALSE);
}

/* --- plans --- */

static void
agg(PkPlan *plan, PkAggOp op, gint column, gint by)
{
  g_autofree char *name = g_strdup_printf("agg%u", plan->n_aggs);
  pk_plan_add_agg(plan, op, column, by, name);
}

static void
bins(PkPlan *plan, guint column, double start, double step, guint count)
{
  g_autofree char *name = g_strdup_printf("key%u", plan->n_keys);
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, column, name);
  key->start = start;
  key->step = step;
  key->count = count;
}

static void
bin_tenths(PkPlan *plan)
{
  bins(plan, 0, 0, 0.1, 10);
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
bin_dense(PkPlan *plan)
{
  bins(plan, 0, 0, 1, 3);
  bins(plan, 1, 0, 10, 2);
  plan->dense = TRUE;
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
  agg(plan, PK_AGG_SUM, 1, -1);
}

static void
edges(PkPlan *plan)
{
  static const double at[] = { -1, 0, 10 };
  PkKey *key = pk_plan_add_key(plan, PK_KEY_EDGES, 0, "key0");
  key->count = 2;
  key->edges = g_memdup2(at, sizeof at);
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
value_key(PkPlan *plan)
{
  pk_plan_add_key(plan, PK_KEY_VALUE, 0, "key0");
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
floor_key(PkPlan *plan)
{
  PkKey *key = pk_plan_add_key(plan, PK_KEY_FLOOR, 0, "key0");
  key->step = 10;
  key->scale = 10;
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
time_key(PkPlan *plan)
{
  PkKey *key = pk_plan_add_key(plan, PK_KEY_TIME, 0, "key0");
  key->time_units = PK_TIME_YEAR | PK_TIME_MONTH;
  key->time_step = 1;
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
basics(PkPlan *plan)
{
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
  agg(plan, PK_AGG_COUNT, 0, -1);
  agg(plan, PK_AGG_SUM, 0, -1);
  agg(plan, PK_AGG_MEAN, 0, -1);
  agg(plan, PK_AGG_MIN, 0, -1);
  agg(plan, PK_AGG_MAX, 0, -1);
}

static void
spreads(PkPlan *plan)
{
  agg(plan, PK_AGG_VAR_SAMP, 0, -1);
  agg(plan, PK_AGG_VAR_POP, 0, -1);
  agg(plan, PK_AGG_STDDEV_SAMP, 0, -1);
  agg(plan, PK_AGG_STDDEV_POP, 0, -1);
}

static void
quartiles(PkPlan *plan)
{
  for (guint i = 0; i <= 4; i++) {
    agg(plan, PK_AGG_QUANTILE, 0, -1);
    plan->aggs[i].p = i / 4.0;
  }
  agg(plan, PK_AGG_DISTINCT, 0, -1);
}

static void
first_last(PkPlan *plan)
{
  agg(plan, PK_AGG_FIRST, 0, 1);
  agg(plan, PK_AGG_LAST, 0, 1);
}

static void
regression(PkPlan *plan)
{
  for (PkAggOp op = PK_AGG_REGR_COUNT; op <= PK_AGG_REGR_SXY; op++)
    agg(plan, op, 0, 1);
}

static void
minmax(PkPlan *plan)
{
  agg(plan, PK_AGG_MIN, 0, -1);
  agg(plan, PK_AGG_MAX, 0, -1);
}

static void
sum(PkPlan *plan)
{
  agg(plan, PK_AGG_SUM, 0, -1);
}

static void
range_above(PkPlan *plan)
{
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = 0, .has_lo = TRUE, .lo_exclusive = TRUE,
                    .lo = pk_scalar_double(1) };
  pk_plan_add_predicate(plan, p);
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
range_below(PkPlan *plan)
{
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = 0, .has_hi = TRUE, .hi = pk_scalar_double(1) };
  pk_plan_add_predicate(plan, p);
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
not_in(PkPlan *plan)
{
  PkPredicate p = { .kind = PK_PRED_IN, .column = 0, .n_values = 2, .negated = TRUE };
  p.values = g_new0(PkScalar, 2);
  p.values[0] = pk_scalar_int(3);
  p.values[1] = pk_scalar_int(5);
  pk_plan_add_predicate(plan, p);
  agg(plan, PK_AGG_SUM, 0, -1);
}

static void
text_range(PkPlan *plan)
{
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = 0, .has_lo = TRUE, .lo = pk_scalar_text("b") };
  pk_plan_add_predicate(plan, p);
  value_key(plan);
}

static void
is_null(PkPlan *plan)
{
  PkPredicate p = { .kind = PK_PRED_NULL, .column = 0 };
  pk_plan_add_predicate(plan, p);
  agg(plan, PK_AGG_COUNT_ALL, -1, -1);
}

static void
line(PkPlan *plan)
{
  plan->is_m4 = TRUE;
  plan->m4.x = 0;
  plan->m4.y = 1;
  plan->m4.x0 = 0;
  plan->m4.x1 = 10;
  plan->m4.n = 2;
}

static void
under_pixel(PkPlan *plan)
{
  for (guint c = 0; c < 2; c++) {
    PkPredicate p = { .kind = PK_PRED_RANGE, .column = c, .has_lo = TRUE, .has_hi = TRUE, .hi_exclusive = TRUE,
                      .lo = pk_scalar_double(1), .hi = pk_scalar_double(2) };
    pk_plan_add_predicate(plan, p);
  }
  pk_plan_add_output(plan, PK_OUTPUT_ROW, "row");
  pk_plan_add_output(plan, PK_OUTPUT_MATCHES, "matches");
  pk_plan_add_output(plan, 2, "name");
  plan->top.limit = 2;
}

static void
least_three(PkPlan *plan)
{
  pk_plan_add_output(plan, PK_OUTPUT_ROW, "row");
  pk_plan_add_output(plan, 0, "value");
  plan->top = (PkTop){ .limit = 3, .by = 0 };
}

static void
greatest_three(PkPlan *plan)
{
  least_three(plan);
  plan->top.descending = TRUE;
}

static void
top_groups(PkPlan *plan)
{
  value_key(plan);
  plan->top = (PkTop){ .limit = 2, .by = 1, .descending = TRUE };
}

static void
last_groups(PkPlan *plan)
{
  value_key(plan);
  plan->top = (PkTop){ .limit = 3, .by = 0, .descending = TRUE };
}

#define MAX128 "170141183460469231731687303715884105727"
#define MIN128 "-170141183460469231731687303715884105728"

const ConfCase conformance_cases[] = {
  { "bins-edges", "x f64 0 0.1 0.2 0.3 0.6 0.7 0.9 1 1.0000001 -0.0000001 nan null inf -inf -0", bin_tenths,
    "0 2; 1 1; 2 1; 3 1; 6 1; 7 1; 9 2" },
  { "bins-edges-f32", "x f32 0 0.5 1 null nan", bin_tenths, "0 1; 5 1; 9 1" },
  { "bins-empty", "x f64", bin_tenths, "" },
  { "bins-all-null", "x f64 null null", bin_tenths, "" },
  { "bins-dense", "x i32 0 1 1 3 5 null; y i8 1 12 13 20 1 1", bin_dense,
    "1 1; 0 null; 0 null; 2 25; 0 null; 1 20" },
  { "bins-dense-empty", "x i32; y i8", bin_dense, "0 null; 0 null; 0 null; 0 null; 0 null; 0 null" },
  { "edges", "x f64 -1 -0.5 -0 0 9.9 10 10.1 -1.1 nan null", edges, "0 2; 1 4" },
  { "key-floats", "x f64 0 -0 nan nan inf -inf null 1.5 null", value_key,
    "-inf 1; 0.0 2; 1.5 1; inf 1; nan 2; null 2" },
  { "key-text", "t text b a null c a B", value_key, "B 1; a 2; b 1; c 1; null 1" },
  { "key-bool", "b bool 1 0 null 1", value_key, "false 1; true 2; null 1" },
  { "key-wide", "h i128 " MAX128 " " MIN128 " 0 " MIN128, value_key, MIN128 " 2; 0 1; " MAX128 " 1" },
  { "key-empty", "x i32", value_key, "" },
  { "key-floor", "x i32 -1 0 9 10 null", floor_key, "-10.0 1; 0.0 2; 10.0 1; null 1" },
  { "key-month", "d date 0 30 31 null -1", time_key, "1969-12-01 1; 1970-01-01 2; 1970-02-01 1; null 1" },
  { "basics-int", "x i32 1 2 null -4", basics, "4 3 -1 -0.3333333333333333 -4 2" },
  { "basics-empty", "x i32", basics, "0 0 null null null null" },
  { "basics-null", "x f64 null null", basics, "2 0 null null null null" },
  { "basics-nan", "x f64 1 nan -inf", basics, "3 3 nan nan -inf nan" },
  { "min-all-nan", "x f64 nan nan null", minmax, "nan nan" },
  { "min-infinite", "x f32 inf -inf 0", minmax, "-inf inf" },
  { "min-text", "t text b Z null a", minmax, "Z b" },
  { "min-date", "d date 365 -365 null", minmax, "1969-01-01 1971-01-01" },
  { "sum-decimal", "d dec 150 -25 null 1", basics, "4 3 1.26 0.42 -0.25 1.50" },
  { "sum-beyond-64-bits", "x i64 9223372036854775807 9223372036854775807 9223372036854775807", sum,
    "27670116110564327421" },
  { "sum-u64", "x u64 18446744073709551615 18446744073709551615", sum, "36893488147419103230" },
  { "sum-overflow", "x i128 " MAX128 " " MAX128, sum, "error: overflow" },
  { "sum-at-the-end", "x i128 " MAX128 " 0 null", sum, MAX128 },
  { "sum-bool", "b bool 1 1 0 null", sum, "2" },
  { "spread-one", "x f64 5", spreads, "null 0.0 null 0.0" },
  { "spread", "x f64 2 4 4 4 5 5 7 9 null", spreads, "4.571428571428571 4.0 2.138089935299395 2.0" },
  { "spread-infinite", "x f64 1 inf", spreads, "nan nan nan nan" },
  { "spread-far", "x i64 1000000001 1000000002 1000000003", spreads,
   "1.0 0.6666666666666666 1.0 0.816496580927726" },
  { "quartiles", "x i32 4 1 3 2 null 3", quartiles, "1.0 2.0 3.0 3.0 4.0 4" },
  { "quartiles-two", "x f64 1 2", quartiles, "1.0 1.25 1.5 1.75 2.0 2" },
  { "quartiles-none", "x f64 null", quartiles, "null null null null null 0" },
  { "first-last", "v text c a b null d; o i32 1 1 2 9 null", first_last, "a b" },
  { "first-last-nan", "v i32 1 2 3; o f64 nan 0 1", first_last, "2 1" },
  { "regression", "y f64 1 3 5 null; x i32 1 2 3 4", regression, "3 2.0 3.0 2.0 8.0 4.0" },
  { "regression-none", "y f64 null; x i32 4", regression, "0 null null null null null" },
  { "range-nan-above", "x f64 1 1.5 nan inf null -inf", range_above, "3" },
  { "range-nan-below", "x f64 1 1.5 nan inf null -inf", range_below, "2" },
  { "range-double-on-int", "x i32 0 1 2 null", range_above, "1" },
  { "range-double-on-decimal", "x dec 99 100 101 null", range_below, "2" },
  { "range-text", "t text a b c null B", text_range, "b 1; c 1" },
  { "not-in", "x i8 1 3 5 7 null", not_in, "8" },
  { "is-null", "x text a null null", is_null, "2" },
  { "m4", "x i32 0 4 2 2 5 10 11 -1 null 7; y f64 1 5 -3 -4 2 8 100 100 3 null", line,
    "0 0.0 1.0 4.0 5.0 2.0 -4.0 4.0 5.0; 1 5.0 2.0 10.0 8.0 5.0 2.0 10.0 8.0" },
  { "m4-ascending", "x i32 -3 0 2 2 4 5 5 9 10 10 12; y f64 9 1 -3 -4 5 8 2 2 3 1 9", line,
    "0 0.0 1.0 4.0 5.0 2.0 -4.0 4.0 5.0; 1 5.0 2.0 10.0 1.0 10.0 1.0 5.0 8.0" },
  { "rows-under-pixel", "x f64 1 1.5 2 1.2 null 1.9 1 nan; y i32 1 1 1 2 1 1 1 1; t text a b c d e f null h", under_pixel,
    "0 4 a; 1 4 b" },
  { "rows-under-no-pixel", "x f64 0 nan null; y i32 1 1 1; t text a b c", under_pixel, "" },
  { "rows-none", "x f64; y i32; t text", under_pixel, "" },
  { "rows-least", "x f64 2 nan 0 null -0 inf -inf", least_three, "6 -inf; 2 0.0; 4 -0.0" },
  { "rows-greatest", "x f64 2 nan 0 null inf nan 2", greatest_three, "1 nan; 5 nan; 4 inf" },
  { "rows-null-last", "x i8 null 3 null null", least_three, "1 3; 0 null; 2 null" },
  { "rows-greatest-null-last", "x i8 null 3 null 4", greatest_three, "3 4; 1 3; 0 null" },
  { "rows-ties", "x i64 5 1 5 1 1 1 0", greatest_three, "0 5; 2 5; 1 1" },
  { "rows-text", "x text b null a B b", greatest_three, "0 b; 4 b; 2 a" },
  { "rows-wide", "x i128 " MIN128 " 0 " MAX128 " " MIN128, least_three, "0 " MIN128 "; 3 " MIN128 "; 1 0" },
  { "rows-u64", "x u64 0 18446744073709551615 9223372036854775808", greatest_three,
    "1 18446744073709551615; 2 9223372036854775808; 0 0" },
  { "rows-date", "x date 3 null -1 3", greatest_three, "0 1970-01-04; 3 1970-01-04; 2 1969-12-31" },
  { "groups-top", "x i32 4 2 4 2 7 null null null", top_groups, "null 3; 2 2" },
  { "groups-last", "x f64 4 nan 4 null 7 -1", last_groups, "nan 1; 7.0 1; 4.0 2" },
  { "m4-empty", "x i32; y f64", line, "" },
};
const guint conformance_n_cases = G_N_ELEMENTS(conformance_cases);
