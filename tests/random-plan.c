#include "random-plan.h"

#include "pk-error.h"
#include "pk-timeunit.h"

#include <math.h>

#define TYPE(k) { .kind = PK_TYPE_##k }

const RandomPlanColumn random_plan_columns[] = {
  { "flag", TYPE(BOOL) },
  { "tiny", TYPE(I8) },
  { "n", TYPE(I32) },
  { "big", TYPE(I64) },
  { "ubig", TYPE(U64) },
  { "huge", TYPE(I128) },
  { "price", { .kind = PK_TYPE_DECIMAL, .precision = 12, .scale = 3 } },
  { "f", TYPE(F32) },
  { "x", TYPE(F64) },
  { "y", TYPE(F64) },
  { "day", TYPE(DATE) },
  { "ts", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US } },
  { "at_s", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_S } },
  { "at_ms", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_MS } },
  { "at_ns", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_NS } },
  { "zoned", { .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US } },
  { "clock", { .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_US } },
  { "text", TYPE(TEXT) },
  { "level", { .kind = PK_TYPE_TEXT, .dictionary = TRUE } },
  { "odd \"name\"", TYPE(I16) },
};
const guint random_plan_n_columns = G_N_ELEMENTS(random_plan_columns);

char *
random_plan_table_sql(guint rows)
{
  return g_strdup_printf(
    "CREATE TYPE level_t AS ENUM ('low', 'high', 'Mid');"
    "CREATE TABLE t AS SELECT "
    "CASE r %% 7 WHEN 0 THEN NULL ELSE r %% 3 = 0 END AS flag,"
    "CASE r %% 11 WHEN 0 THEN NULL ELSE CAST((r * 37) %% 256 - 128 AS TINYINT) END AS tiny,"
    "CAST((r * 7919) %% 20 - 10 AS INTEGER) AS n,"
    "CASE r %% 13 WHEN 0 THEN NULL ELSE (r * 104729) %% 1000003 - 500000 END AS big,"
    "CAST((r * 31) %% 100 AS UBIGINT) + 18446744073709551000::UBIGINT AS ubig,"
    "CAST(r %% 9 - 4 AS HUGEINT) * 1000000000000000000000 AS huge,"
    "CASE r %% 5 WHEN 0 THEN NULL ELSE CAST(((r * 271) %% 2000 - 1000) / 8.0 AS DECIMAL(12,3)) END AS price,"
    "CASE WHEN r %% 17 = 0 THEN NULL WHEN r %% 101 = 0 THEN 'nan'::FLOAT ELSE CAST((r * 53 %% 97) / 10.0 AS FLOAT) END AS f,"
    "CASE WHEN r %% 19 = 0 THEN NULL WHEN r %% 103 = 0 THEN 'nan'::DOUBLE WHEN r %% 107 = 0 THEN '-inf'::DOUBLE "
    "WHEN r %% 109 = 0 THEN -0.0::DOUBLE ELSE ((r * 59) %% 400 - 200) / 10e0 END AS x,"
    "CASE WHEN r %% 23 = 0 THEN NULL ELSE sin(r) * 10 END AS y,"
    "CASE r %% 29 WHEN 0 THEN NULL ELSE DATE '2019-11-20' + CAST(r * 3 %% 900 AS INTEGER) END AS day,"
    "CASE r %% 31 WHEN 0 THEN NULL ELSE TIMESTAMP '2010-12-30 22:10:05.125' + to_seconds(r * 977777 %% 99999999) END AS ts,"
    "CAST(TIMESTAMP '1960-01-01 00:00:00' + to_hours(r * 511 %% 700000) AS TIMESTAMP_S) AS at_s,"
    "CAST(TIMESTAMP '1999-12-31 23:59:59.5' + to_milliseconds(r * 86400123 %% 9999999999) AS TIMESTAMP_MS) AS at_ms,"
    "CAST(TIMESTAMP '2012-02-28 12:00:00' + to_minutes(r * 771 %% 3000000) AS TIMESTAMP_NS) AS at_ns,"
    "CASE r %% 37 WHEN 0 THEN NULL ELSE to_timestamp(1.5e9 + r * 86477) END AS zoned,"
    "CASE r %% 41 WHEN 0 THEN NULL ELSE TIME '00:00:00' + to_seconds(r * 61 %% 86400) END AS clock,"
    "CASE r %% 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'it''s' WHEN 3 THEN 'Äpfel' ELSE 'k' || r %% 8 END AS text,"
    "CASE r %% 4 WHEN 0 THEN NULL WHEN 1 THEN 'low' WHEN 2 THEN 'high' ELSE 'Mid' END::level_t AS level,"
    "CAST(r %% 12 AS SMALLINT) AS \"odd \"\"name\"\"\" "
    "FROM range(%u) AS g(r);",
    rows);
}

static gboolean
is_float(PkType type)
{
  return type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64;
}

static gboolean
is_measure(PkType type)
{
  return pk_type_is_numeric(type) || pk_type_is_temporal(type) || type.kind == PK_TYPE_TIME;
}

static guint
pick(GRand *rand, PkPlan *plan, gboolean (*fits)(PkType))
{
  for (;;) {
    const RandomPlanColumn *c = &random_plan_columns[g_rand_int_range(rand, 0, (gint)random_plan_n_columns)];
    if (!fits || fits(c->type))
      return pk_plan_add_column(plan, c->name, c->type);
  }
}

/* A value in or near the column's range on the table. */
static double
near(GRand *rand, PkType type)
{
  switch (type.kind) {
  case PK_TYPE_I64:
    return g_rand_int_range(rand, -600000, 600000);
  case PK_TYPE_U64:
    return 18446744073709551000.0;
  case PK_TYPE_I128:
    return g_rand_int_range(rand, -5, 6) * 1e21;
  case PK_TYPE_DATE:
    return g_rand_int_range(rand, 18000, 19500);
  case PK_TYPE_TIME:
    return g_rand_int_range(rand, -10, 90000) * 1e6;
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return g_rand_double_range(rand, 1.2e9, 1.6e9) * (double)pk_type_unit_per_second(type.unit);
  default:
    return g_rand_int_range(rand, -1500, 1500) / 10.0;
  }
}

static PkScalar
random_scalar(GRand *rand, PkType type, gboolean want_double)
{
  static const char *const texts[] = { "", "k1", "k7", "it's", "Äpfel", "low", "Mid", "zz" };

  if (type.kind == PK_TYPE_TEXT)
    return pk_scalar_text(texts[g_rand_int_range(rand, 0, G_N_ELEMENTS(texts))]);
  if (type.kind == PK_TYPE_BOOL)
    return pk_scalar_bool(g_rand_boolean(rand));
  if (is_float(type) || want_double)
    return pk_scalar_double(near(rand, type));
  if (type.kind == PK_TYPE_DECIMAL)
    return pk_scalar_int((__int128)(near(rand, type) * 1000));
  return pk_scalar_int((__int128)near(rand, type));
}

static void
add_predicate(GRand *rand, PkPlan *plan)
{
  PkPredicate p = { .kind = (PkPredicateKind)g_rand_int_range(rand, 0, 4), .column =
                    pick(rand, plan, NULL) };
  PkType type = plan->columns[p.column].type;
  gboolean want_double = is_measure(type) && g_rand_int_range(rand, 0, 4) == 0;

  if (p.kind == PK_PRED_RANGE) {
    p.has_lo = g_rand_boolean(rand);
    p.has_hi = !p.has_lo || g_rand_boolean(rand);
    p.lo_exclusive = p.has_lo && g_rand_boolean(rand);
    p.hi_exclusive = p.has_hi && g_rand_boolean(rand);
    if (p.has_lo)
      p.lo = random_scalar(rand, type, want_double);
    if (p.has_hi)
      p.hi = random_scalar(rand, type, want_double);
    if (p.has_lo && p.has_hi && pk_scalar_compare(&p.lo, &p.hi) > 0) {
      PkScalar lo = p.lo;
      p.lo = p.hi;
      p.hi = lo;
    }
  } else if (p.kind == PK_PRED_IN) {
    p.negated = g_rand_boolean(rand);
    p.n_values = (guint)g_rand_int_range(rand, 1, 5);
    p.values = g_new0(PkScalar, p.n_values);
    for (guint i = 0; i < p.n_values; i++)
      p.values[i] = random_scalar(rand, type, want_double);
  }
  pk_plan_add_predicate(plan, p);
}

static void
add_edges(GRand *rand, PkKey *key, PkType type)
{
  double at = near(rand, type);
  double step = fabs(at) / 50 + 1;

  key->count = (guint)g_rand_int_range(rand, 1, 7);
  key->edges = g_new0(double, key->count + 1);
  for (guint i = 0; i <= key->count; i++)
    key->edges[i] = at + step * i * (1 + i);
}

static guint
random_parts(GRand *rand)
{
  static const char *const names[] = {
    "year", "quarter", "month", "week", "date", "day", "dayofyear", "hours", "minutes", "seconds",
      "milliseconds",
    "yearquarter", "yearquartermonth", "yearmonth", "yearmonthdate", "yearmonthdatehours",
      "yearmonthdatehoursminutes",
    "yearweek", "yearweekday", "yeardayofyear", "quartermonth", "monthdate", "weekday", "dayhours",
      "hoursminutes",
    "minutesseconds", "secondsmilliseconds", "yearmonthdatehoursminutesseconds",
  };
  PkCalendarUnit unit;

  g_assert_true(pk_calendar_unit_parse(names[g_rand_int_range(rand, 0, G_N_ELEMENTS(names))], &unit, NULL));
  return unit.parts;
}

static void
add_key(GRand *rand, PkPlan *plan, PkKeyKind kind, guint i)
{
  g_autofree char *name = g_strdup_printf(g_rand_boolean(rand) ? "key %u" : "K%u", i);
  guint column = pick(rand, plan, kind == PK_KEY_VALUE ? NULL : kind == PK_KEY_TIME ? pk_type_is_temporal
                      : is_measure);
  PkType type = plan->columns[column].type;
  PkKey *key = pk_plan_add_key(plan, kind, column, name);

  if (kind == PK_KEY_BINS) {
    key->start = g_rand_int_range(rand, 0, 3) == 0 ? 0 : near(rand, type);
    key->step = fabs(near(rand, type)) / 20 + fabs(key->start) / 1000 + 0.1;
    key->count = (guint)g_rand_int_range(rand, 1, 40);
  } else if (kind == PK_KEY_EDGES) {
    add_edges(rand, key, type);
  } else if (kind == PK_KEY_FLOOR) {
    key->start = g_rand_boolean(rand) ? 0 : near(rand, type);
    key->step = fabs(near(rand, type)) / 20 + 0.1;
    key->scale = g_rand_boolean(rand) ? 1 : key->step;
    key->offset = g_rand_boolean(rand) ? 0 : key->start;
  } else if (kind == PK_KEY_TIME) {
    key->time_units = random_parts(rand);
    key->time_step = g_rand_int_range(rand, 0, 3) == 0 ? (guint)g_rand_int_range(rand, 2, 7) : 1;
  }
}

static gboolean
is_summable(PkType type)
{
  return pk_type_is_numeric(type) || type.kind == PK_TYPE_BOOL;
}

static void
add_agg(GRand *rand, PkPlan *plan, guint i)
{
  PkAggOp op = (PkAggOp)g_rand_int_range(rand, 0, PK_N_AGGS);
  g_autofree char *name = g_strdup_printf("%s %u", pk_agg_name(op), i);
  gint column = -1, by = -1;

  if (op == PK_AGG_FIRST || op == PK_AGG_LAST) {
    column = (gint)pick(rand, plan, NULL);
    by = (gint)pick(rand, plan, NULL);
  } else if (op >= PK_AGG_REGR_COUNT) {
    column = (gint)pick(rand, plan, pk_type_is_numeric);
    by = (gint)pick(rand, plan, pk_type_is_numeric);
  } else if (op == PK_AGG_SUM || op == PK_AGG_MEAN) {
    column = (gint)pick(rand, plan, is_summable);
  } else if (op == PK_AGG_COUNT || op == PK_AGG_DISTINCT || op == PK_AGG_MIN || op == PK_AGG_MAX) {
    column = (gint)pick(rand, plan, NULL);
  } else if (op != PK_AGG_COUNT_ALL) {
    column = (gint)pick(rand, plan, pk_type_is_numeric);
  }
  PkAgg *agg = pk_plan_add_agg(plan, op, column, by, name);
  if (op == PK_AGG_QUANTILE)
    agg->p = g_rand_int_range(rand, 0, 21) / 20.0;
}

static void
make_line(GRand *rand, PkPlan *plan)
{
  plan->is_m4 = TRUE;
  plan->m4.x = pick(rand, plan, is_measure);
  plan->m4.y = pick(rand, plan, is_measure);
  plan->m4.x0 = near(rand, plan->columns[plan->m4.x].type);
  plan->m4.x1 = plan->m4.x0 + fabs(plan->m4.x0) / 5 + 1;
  plan->m4.n = (guint)g_rand_int_range(rand, 1, 60);
  if (g_rand_boolean(rand))
    add_key(rand, plan, PK_KEY_VALUE, 0);
}

static void
make_rows(GRand *rand, PkPlan *plan)
{
  guint n = (guint)g_rand_int_range(rand, 1, 4);
  plan->top.limit = (guint)g_rand_int_range(rand, 1, 100);
  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf("out %u", i);
    gint column = g_rand_int_range(rand, PK_OUTPUT_MATCHES, 3);
    pk_plan_add_output(plan, column < 0 ? column : (gint)pick(rand, plan, NULL), name);
  }
  if (g_rand_boolean(rand)) {
    plan->top.by = (gint)pick(rand, plan, NULL);
    plan->top.descending = g_rand_boolean(rand);
  }
}

/* Sometimes only the first groups, by a value that all backends have alike. */
static void
limit_groups(GRand *rand, PkPlan *plan)
{
  if (plan->dense || plan->n_keys == 0 || g_rand_int_range(rand, 0, 3) > 0)
    return;
  plan->top.limit = (guint)g_rand_int_range(rand, 1, 20);
  plan->top.by = g_rand_int_range(rand, -1, (gint)(plan->n_keys + plan->n_aggs));
  if (plan->top.by >= (gint)plan->n_keys && !random_plan_is_exact(plan, &plan->aggs[plan->top.by - (gint)plan->n_keys]))
    plan->top.by = -1;
  plan->top.descending = plan->top.by >= 0 && g_rand_boolean(rand);
  /* By its first keys in their own order there is nothing to say. */
  if (plan->top.by == 0 && !plan->top.descending)
    plan->top.by = -1;
}

PkPlan *
random_plan_new(GRand *rand)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  guint form = (guint)g_rand_int_range(rand, 0, 8);
  guint n = (guint)g_rand_int_range(rand, 0, 3);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < n; i++)
    add_predicate(rand, plan);
  if (form == 0) {
    make_line(rand, plan);
  } else if (form == 2) {
    make_rows(rand, plan);
  } else {
    plan->dense = form == 1;
    n = plan->dense ? (guint)g_rand_int_range(rand, 1, 3) : (guint)g_rand_int_range(rand, 0, 4);
    for (guint i = 0; i < n; i++)
      add_key(rand, plan, plan->dense ? (g_rand_boolean(rand) ? PK_KEY_BINS : PK_KEY_EDGES)
                                      : (PkKeyKind)g_rand_int_range(rand, 0, 5), i);
    n = (guint)g_rand_int_range(rand, 1, 5);
    for (guint i = 0; i < n; i++)
      add_agg(rand, plan, i);
    limit_groups(rand, plan);
  }
  pk_plan_check(plan, &error);
  g_assert_no_error(error);
  return plan;
}
