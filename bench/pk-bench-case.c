#include "pk-bench-case.h"

/* Every value is a hash of the row number, so that each run has the same rows. x and y are multiples of a
 * power of two and so are the steps of the bins: whichever way a bin is written, it is the same one. */
char *
pk_bench_table_sql(gint64 rows)
{
  return g_strdup_printf(
    "CREATE TABLE t AS SELECT "
    "CAST((hash(r * 8 + 1) >> 40) / 4194304 - 2 AS FLOAT) AS x,"
    "CAST((hash(r * 8 + 2) >> 40) / 16777216 * 3 - 1.5 AS FLOAT) AS y,"
    "CAST((hash(r * 8 + 3) >> 40) / 16777216 * 100 AS FLOAT) AS v,"
    "CAST(hash(r * 8 + 4) %% 50 AS INTEGER) AS g,"
    "CAST(hash(r * 8 + 5) %% %" G_GINT64_FORMAT " AS INTEGER) AS shuffled,"
    "CAST(r AS INTEGER) AS ascending "
    "FROM range(%" G_GINT64_FORMAT ") AS g(r)",
    rows, rows);
}

static const PkType f32 = { .kind = PK_TYPE_F32 }, i32 = { .kind = PK_TYPE_I32 };

static PkPlan *
make_density(gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  guint x = pk_plan_add_column(plan, "x", f32), y = pk_plan_add_column(plan, "y", f32);
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, x, "bx");
  key->start = -2;
  key->step = 1.0 / 256;
  key->count = 1024;
  key = pk_plan_add_key(plan, PK_KEY_BINS, y, "by");
  key->start = -1.5;
  key->step = 1.0 / 256;
  key->count = 768;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static PkPlan *
make_histogram(gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, pk_plan_add_column(plan, "v", f32), "bin");
  key->start = 0;
  key->step = 5;
  key->count = 20;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static PkPlan *
make_filtered(gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  PkPredicate p = { .kind = PK_PRED_RANGE, .column = pk_plan_add_column(plan, "v", f32),
                    .has_lo = TRUE, .has_hi = TRUE, .lo = pk_scalar_double(25), .hi = pk_scalar_double(75) };
  pk_plan_add_predicate(plan, p);
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static PkPlan *
make_summary(gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  gint v = (gint)pk_plan_add_column(plan, "v", f32);
  pk_plan_add_agg(plan, PK_AGG_SUM, v, -1, "sum");
  pk_plan_add_agg(plan, PK_AGG_MIN, v, -1, "min");
  pk_plan_add_agg(plan, PK_AGG_MAX, v, -1, "max");
  pk_plan_add_agg(plan, PK_AGG_MEAN, v, -1, "mean");
  return plan;
}

static PkPlan *
make_groups(gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  guint g = pk_plan_add_column(plan, "g", i32);
  gint v = (gint)pk_plan_add_column(plan, "v", f32);
  pk_plan_add_key(plan, PK_KEY_VALUE, g, "g");
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  pk_plan_add_agg(plan, PK_AGG_SUM, v, -1, "sum");
  return plan;
}

static PkPlan *
make_line(const char *x, gint64 rows)
{
  PkPlan *plan = pk_plan_new("t");
  plan->is_m4 = TRUE;
  plan->m4.x = pk_plan_add_column(plan, x, i32);
  plan->m4.y = pk_plan_add_column(plan, "y", f32);
  plan->m4.x0 = 0;
  plan->m4.x1 = (double)rows;
  plan->m4.n = 2000;
  return plan;
}

static PkPlan *
make_sorted_line(gint64 rows)
{
  return make_line("ascending", rows);
}

static PkPlan *
make_shuffled_line(gint64 rows)
{
  return make_line("shuffled", rows);
}

#define LINE_CHECK(x)                                                                                        \
  "SELECT CAST(floor((" x " - 0e0) * (2000 / (SELECT count(*) FROM t)::DOUBLE)) AS INTEGER) AS \"column\", " \
  "min(" x ")::DOUBLE, max(" x ")::DOUBLE, min(y)::DOUBLE, max(y)::DOUBLE FROM t GROUP BY 1"

const PkBenchCase pk_bench_cases[] = {
  { "density", "2-D bins, 1024 x 768", 25, 0, make_density,
    "SELECT CAST(floor((x + 2e0) * 256) AS INTEGER), CAST(floor((y + 1.5e0) * 256) AS INTEGER), count(*) "
    "FROM t GROUP BY 1, 2", NULL, NULL },
  { "histogram", "histogram, 20 bins", 12, 0, make_histogram,
    "SELECT CAST(floor(v / 5e0) AS INTEGER), count(*) FROM t GROUP BY 1", NULL, NULL },
  { "filtered-count", "count where v between", 10, 0, make_filtered,
    "SELECT count(*) FROM t WHERE v BETWEEN 25::FLOAT AND 75::FLOAT", NULL, NULL },
  { "summary", "sum, min, max, mean", 5, 0, make_summary,
    "SELECT sum(v), min(v), max(v), avg(v) FROM t", NULL, NULL },
  { "groups", "count, sum by 50 groups", 5, 0, make_groups,
    "SELECT g, count(*), sum(v) FROM t GROUP BY g", NULL, NULL },
  { "m4", "M4 to 2,000 columns, x ascending", 0, 1.0, make_sorted_line, NULL,
    LINE_CHECK("ascending"), "column,x_first,x_last,y_min,y_max" },
  { "m4-shuffled", "M4 to 2,000 columns, any order", 0, 0, make_shuffled_line, NULL,
    LINE_CHECK("shuffled"), "column,x_first,x_last,y_min,y_max" },
};
const guint pk_bench_n_cases = G_N_ELEMENTS(pk_bench_cases);
