/* Plans: building, rules, text, hash, SQL text, costs and the planner's choice. */
#include "pk-cost.h"
#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-planner.h"
#include "pk-timeunit.h"

#include <math.h>
#include <string.h>

#define TYPE(k) PK_TYPE_OF(PK_TYPE_##k)

static PkPlan *
histogram(void)
{
  PkPlan *plan = pk_plan_new("\"flights\"");
  guint x = pk_plan_add_column(plan, "delay", TYPE(I32));
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, x, "bin");

  key->start = -20;
  key->step = 10;
  key->count = 8;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static PkPredicate
range(guint column, double lo, double hi)
{
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = column, .has_lo = TRUE, .has_hi = TRUE };

  p.lo = pk_scalar_double(lo);
  p.hi = pk_scalar_double(hi);
  return p;
}

static void
assert_refused(PkPlan *plan, PkErrorCode code)
{
  g_autoptr(GError) error = NULL;

  g_assert_false(pk_plan_check(plan, &error));
  g_assert_error(error, PK_ERROR, (int)code);
  pk_plan_unref(plan);
}

static void
test_columns_once(void)
{
  g_autoptr(PkPlan) plan = pk_plan_new("t");

  g_assert_cmpuint(pk_plan_add_column(plan, "a", TYPE(I32)), ==, 0);
  g_assert_cmpuint(pk_plan_add_column(plan, "b", TYPE(I32)), ==, 1);
  g_assert_cmpuint(pk_plan_add_column(plan, "a", TYPE(I32)), ==, 0);
  g_assert_cmpuint(plan->n_columns, ==, 2);
}

static void
test_ranges_join(void)
{
  g_autoptr(PkPlan) plan = histogram();
  PkPredicate lower = { .kind = PK_PRED_RANGE, .has_lo = TRUE, .lo = { .kind = PK_SCALAR_INT, .i = 3 } };
  PkPredicate upper = { .kind = PK_PRED_RANGE, .has_hi = TRUE, .hi = { .kind = PK_SCALAR_INT, .i = 9 },
                        .hi_exclusive = TRUE };
  PkPredicate never = { .kind = PK_PRED_RANGE, .has_hi = TRUE, .hi = { .kind = PK_SCALAR_INT, .i = 1 } };

  pk_plan_add_predicate(plan, lower);
  pk_plan_add_predicate(plan, upper);
  g_assert_cmpuint(plan->n_predicates, ==, 1);
  g_assert_true(plan->predicates[0].has_lo && plan->predicates[0].has_hi &&
                plan->predicates[0].hi_exclusive);
  pk_plan_add_predicate(plan, lower);
  pk_plan_add_predicate(plan, never);
  g_assert_cmpuint(plan->n_predicates, ==, 3);
  g_assert_true(pk_plan_check(plan, NULL));
}

static void
test_equal_and_hash(void)
{
  g_autoptr(PkPlan) a = histogram();
  g_autoptr(PkPlan) b = histogram();
  guint ax = pk_plan_add_column(a, "x", TYPE(F64)), ay = pk_plan_add_column(a, "y", TYPE(F64));
  guint by = pk_plan_add_column(b, "y", TYPE(F64)), bx = pk_plan_add_column(b, "x", TYPE(F64));

  pk_plan_add_predicate(a, range(ax, 0, 1));
  pk_plan_add_predicate(a, range(ay, 2, 3));
  pk_plan_add_predicate(b, range(by, 2, 3));
  pk_plan_add_predicate(b, range(bx, -0.0, 1));
  g_assert_true(pk_plan_equal(a, b));
  g_autofree char *hash_a = pk_plan_hash(a);
  g_autofree char *hash_b = pk_plan_hash(b);
  g_assert_cmpstr(hash_a, ==, hash_b);
  g_assert_cmpuint(strlen(hash_a), ==, 64);

  b->predicates[1].hi.d = nextafter(1, 2);
  g_autofree char *hash_c = pk_plan_hash(b);
  g_assert_false(pk_plan_equal(a, b));
  g_assert_cmpstr(hash_a, !=, hash_c);
}

static void
test_types(void)
{
  g_autoptr(PkPlan) plan = pk_plan_new("t");
  PkType decimal = { .kind = PK_TYPE_DECIMAL, .precision = 10, .scale = 2 };
  guint i = pk_plan_add_column(plan, "i", TYPE(U16)), d = pk_plan_add_column(plan, "d", decimal);
  guint e = pk_plan_add_column(plan, "e", (PkType){ .kind = PK_TYPE_TEXT, .dictionary = TRUE });
  PkType sum_i = pk_plan_agg_type(plan, pk_plan_add_agg(plan, PK_AGG_SUM, (gint)i, -1, "1"));
  PkType sum_d = pk_plan_agg_type(plan, pk_plan_add_agg(plan, PK_AGG_SUM, (gint)d, -1, "2"));
  PkType mean_d = pk_plan_agg_type(plan, pk_plan_add_agg(plan, PK_AGG_MEAN, (gint)d, -1, "3"));
  PkType min_e = pk_plan_agg_type(plan, pk_plan_add_agg(plan, PK_AGG_MIN, (gint)e, -1, "4"));
  PkType key_e = pk_plan_key_type(plan, pk_plan_add_key(plan, PK_KEY_VALUE, e, "k"));

  g_assert_cmpint(sum_i.kind, ==, PK_TYPE_I128);
  g_assert_cmpint(sum_d.kind, ==, PK_TYPE_DECIMAL);
  g_assert_cmpint(sum_d.precision, ==, 38);
  g_assert_cmpint(sum_d.scale, ==, 2);
  g_assert_cmpint(mean_d.kind, ==, PK_TYPE_F64);
  g_assert_true(min_e.kind == PK_TYPE_TEXT && !min_e.dictionary);
  g_assert_true(key_e.kind == PK_TYPE_TEXT && !key_e.dictionary);
  g_assert_true(pk_plan_check(plan, NULL));
}

static PkPlan *
with_predicate(PkType type, PkPredicate predicate)
{
  PkPlan *plan = histogram();

  predicate.column = pk_plan_add_column(plan, "other", type);
  pk_plan_add_predicate(plan, predicate);
  return plan;
}

static void
test_bad_predicates(void)
{
  PkPredicate unordered = range(0, 2, 1), nan = range(0, NAN, 1), empty = { .kind = PK_PRED_IN };
  PkPredicate none = { .kind = PK_PRED_RANGE };

  assert_refused(with_predicate(TYPE(F64), unordered), PK_ERROR_INVALID);
  assert_refused(with_predicate(TYPE(F64), nan), PK_ERROR_INVALID);
  assert_refused(with_predicate(TYPE(F64), empty), PK_ERROR_INVALID);
  assert_refused(with_predicate(TYPE(F64), none), PK_ERROR_INVALID);
  assert_refused(with_predicate(TYPE(TEXT), range(0, 1, 2)), PK_ERROR_TYPE);
  assert_refused(with_predicate(TYPE(LIST), range(0, 1, 2)), PK_ERROR_TYPE);
}

static void
test_bad_keys(void)
{
  PkPlan *plan = histogram();
  plan->keys[0].step = 0;
  assert_refused(plan, PK_ERROR_INVALID);

  plan = histogram();
  plan->keys[0].count = 0;
  assert_refused(plan, PK_ERROR_INVALID);

  plan = histogram();
  plan->keys[0].column = 7;
  assert_refused(plan, PK_ERROR_INVALID);

  plan = histogram();
  plan->keys[0].kind = PK_KEY_TIME;
  plan->keys[0].time_units = PK_TIME_YEAR;
  assert_refused(plan, PK_ERROR_TYPE);

  plan = histogram();
  plan->dense = TRUE;
  pk_plan_add_key(plan, PK_KEY_VALUE, 0, "v");
  assert_refused(plan, PK_ERROR_INVALID);

  plan = histogram();
  plan->dense = TRUE;
  plan->keys[0].count = 1 << 20;
  PkKey *other = pk_plan_add_key(plan, PK_KEY_BINS, 0, "v");
  other->count = 1 << 20;
  assert_refused(plan, PK_ERROR_LIMIT);
}

static void
test_bad_aggregates(void)
{
  PkPlan *plan = histogram();
  guint text = pk_plan_add_column(plan, "text", TYPE(TEXT));
  pk_plan_add_agg(plan, PK_AGG_SUM, (gint)text, -1, "s");
  assert_refused(plan, PK_ERROR_TYPE);

  plan = histogram();
  pk_plan_add_agg(plan, PK_AGG_COUNT, 0, -1, "n");
  assert_refused(plan, PK_ERROR_INVALID); /* two columns "n" */

  plan = histogram();
  pk_plan_add_agg(plan, PK_AGG_FIRST, 0, -1, "f");
  assert_refused(plan, PK_ERROR_INVALID);

  plan = histogram();
  pk_plan_add_agg(plan, PK_AGG_QUANTILE, 0, -1, "q")->p = 1.5;
  assert_refused(plan, PK_ERROR_INVALID);

  assert_refused(pk_plan_new("t"), PK_ERROR_INVALID);
}

static void
test_explain(void)
{
  g_autoptr(PkPlan) plan = histogram();
  pk_plan_add_predicate(plan, range(0, -20, 60));
  g_autofree char *text = pk_plan_explain(plan);

  g_assert_cmpstr(text, ==,
                  "from       \"flights\"\n"
                  "where      -20 ≤ delay ≤ 60\n"
                  "group by   8 bins of delay from -20 in steps of 10 as bin\n"
                  "compute    count of rows as n\n"
                  "result     a row for each group, in order\n");
}

static void
test_sql(void)
{
  g_autoptr(PkPlan) plan = histogram();
  g_autofree char *sql = pk_plan_to_sql(plan);

  g_assert_cmpstr(sql, ==,
                  "SELECT CAST(least(floor((1e-14 + ((CAST(\"delay\" AS DOUBLE) - -20e0) / 10e0))), 7) AS INTEGER)"
                  " AS \"bin\", count(*) AS \"n\"\n"
                  "FROM \"flights\"\n"
                  "WHERE (1e-14 + ((CAST(\"delay\" AS DOUBLE) - -20e0) / 10e0)) >= 0\n"
                  "AND CAST(\"delay\" AS DOUBLE) <= 60e0\n"
                  "GROUP BY 1\n"
                  "ORDER BY 1 ASC NULLS LAST");
}

static void
test_sql_quotes(void)
{
  g_autoptr(PkPlan) plan = pk_plan_new("t");
  guint column = pk_plan_add_column(plan, "a\"; DROP", TYPE(TEXT));
  PkPredicate p = { .kind = PK_PRED_IN, .column = column, .n_values = 1 };

  p.values = g_new0(PkScalar, 1);
  p.values[0] = pk_scalar_text("it's");
  pk_plan_add_predicate(plan, p);
  pk_plan_add_agg(plan, PK_AGG_COUNT, (gint)column, -1, "n\"");
  g_autofree char *sql = pk_plan_to_sql(plan);
  g_assert_cmpstr(sql, ==, "SELECT count(\"a\"\"; DROP\") AS \"n\"\"\"\nFROM t\nWHERE \"a\"\"; DROP\" = 'it''s'");
}

static void
test_scalar_order(void)
{
  PkScalar big = pk_scalar_int(((__int128)1 << 53) + 1), near = pk_scalar_double(0x1p53), nan =
    pk_scalar_double(NAN);
  PkScalar inf = pk_scalar_double(INFINITY), half = pk_scalar_double(-0.5), zero = pk_scalar_int(0);

  g_assert_cmpint(pk_scalar_compare(&big, &near), ==, 1);
  g_assert_cmpint(pk_scalar_compare(&near, &big), ==, -1);
  g_assert_cmpint(pk_scalar_compare(&inf, &nan), ==, -1);
  g_assert_cmpint(pk_scalar_compare(&nan, &nan), ==, 0);
  g_assert_cmpint(pk_scalar_compare(&big, &inf), ==, -1);
  g_assert_cmpint(pk_scalar_compare(&half, &zero), ==, -1);
  g_assert_cmpint(pk_scalar_compare(&zero, &half), ==, 1);
}

/* --- planner --- */

typedef struct {
  PkBackend base;
  gboolean can;
  PkCost cost;
} Fake;

static gboolean
fake_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  if (!((Fake *)self)->can)
    *reason = g_strdup("it has no \"lines\"");
  return ((Fake *)self)->can;
}

static PkCost
fake_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work)
{
  return ((Fake *)self)->cost;
}

static const PkBackendClass class_a = { .name = "a", .supports = fake_supports, .estimate = fake_estimate };
static const PkBackendClass class_b = { .name = "b", .supports = fake_supports, .estimate = fake_estimate };

static PkChoice *
choose(Fake *a, Fake *b, const char *forced, GError **error)
{
  g_autoptr(PkPlan) plan = histogram();
  PkBackend *backends[] = { &a->base, &b->base };
  PkWorkload work = { .rows = 1000 };

  return pk_planner_choose(backends, 2, plan, &work, forced, error);
}

static void
test_cheapest(void)
{
  Fake a = { { &class_a, TRUE }, TRUE, { 5, 1 } }, b = { { &class_b, FALSE }, TRUE, { 0, 4 } };
  g_autoptr(PkChoice) choice = choose(&a, &b, NULL, NULL);

  g_assert_true(choice->chosen == &b.base);
  g_assert_cmpstr(choice->reason, ==, "b by estimate: 4 ms, against 6 ms on a");
  a.cost.setup_ms = 0;
  g_autoptr(PkChoice) other = choose(&a, &b, NULL, NULL);
  g_assert_true(other->chosen == &a.base);
}

static void
test_unsupported(void)
{
  Fake a = { { &class_a, TRUE }, FALSE, { 0, 1 } }, b = { { &class_b, FALSE }, TRUE, { 0, 40 } };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkChoice) choice = choose(&a, &b, NULL, NULL);

  g_assert_true(choice->chosen == &b.base);
  g_assert_cmpstr(choice->reason, ==, "b is the only one that can");
  g_autofree char *text = pk_choice_explain(choice);
  g_assert_nonnull(strstr(text, "cannot: it has no \"lines\""));
  g_autofree char *json = pk_choice_to_json(choice);
  g_assert_cmpstr(json, ==, "{\"backend\":\"b\",\"reason\":\"b is the only one that can\",\"candidates\":["
                  "{\"backend\":\"a\",\"supported\":false,\"reason\":\"it has no \\\"lines\\\"\"},"
                  "{\"backend\":\"b\",\"supported\":true,\"setup_ms\":0,\"execute_ms\":40}]}");
  b.can = FALSE;
  g_assert_null(choose(&a, &b, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_UNSUPPORTED);
}

static void
test_forced(void)
{
  Fake a = { { &class_a, TRUE }, TRUE, { 5, 1 } }, b = { { &class_b, FALSE }, FALSE, { 0, 4 } };
  g_autoptr(GError) unknown = NULL, unsupported = NULL;
  g_autoptr(PkChoice) choice = choose(&a, &b, "a", NULL);

  g_assert_true(choice->chosen == &a.base);
  g_assert_null(choose(&a, &b, "c", &unknown));
  g_assert_error(unknown, PK_ERROR, PK_ERROR_USAGE);
  g_assert_nonnull(strstr(unknown->message, "a, b"));
  g_assert_null(choose(&a, &b, "b", &unsupported));
  g_assert_error(unsupported, PK_ERROR, PK_ERROR_UNSUPPORTED);
}

/* Few rows that lie in the source are asked there; many that are in memory are scanned here. */
static void
test_costs(void)
{
  g_autoptr(PkPlan) plan = histogram();
  PkWorkload few = { .rows = 1000, .bytes = 4000 }, many = { .rows = 100000000, .bytes = 400000000,
                                                             .resident = TRUE };
  PkWorkload unknown = { .rows = -1 };
  PkCost cpu_many = pk_cost_estimate(&pk_cost_cpu, plan, &many, 2);
  PkCost sql_many = pk_cost_estimate(&pk_cost_sql, plan, &many, 2);
  PkCost cpu_few = pk_cost_estimate(&pk_cost_cpu, plan, &few, 2);
  PkCost one_thread = pk_cost_estimate(&pk_cost_cpu, plan, &many, 1);
  PkCost guess = pk_cost_estimate(&pk_cost_sql, plan, &unknown, 2);

  g_assert_cmpfloat(cpu_many.setup_ms, ==, 0);
  g_assert_cmpfloat(cpu_many.execute_ms * 5, <, sql_many.execute_ms);
  g_assert_cmpfloat(cpu_few.setup_ms, >, 0);
  g_assert_cmpfloat(one_thread.execute_ms, >, cpu_many.execute_ms);
  g_assert_true(guess.execute_ms > 0 && isfinite(guess.execute_ms));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plan/columns-once", test_columns_once);
  g_test_add_func("/plan/ranges-join", test_ranges_join);
  g_test_add_func("/plan/equal-and-hash", test_equal_and_hash);
  g_test_add_func("/plan/types", test_types);
  g_test_add_func("/plan/bad-predicates", test_bad_predicates);
  g_test_add_func("/plan/bad-keys", test_bad_keys);
  g_test_add_func("/plan/bad-aggregates", test_bad_aggregates);
  g_test_add_func("/plan/explain", test_explain);
  g_test_add_func("/plan/sql", test_sql);
  g_test_add_func("/plan/sql-quotes", test_sql_quotes);
  g_test_add_func("/plan/scalar-order", test_scalar_order);
  g_test_add_func("/planner/cheapest", test_cheapest);
  g_test_add_func("/planner/unsupported", test_unsupported);
  g_test_add_func("/planner/forced", test_forced);
  g_test_add_func("/planner/costs", test_costs);
  return g_test_run();
}
