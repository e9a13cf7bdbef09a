/* SQL → plan: random plans there and back, statements as people write them, and
 * those that must be refused. */
#include "random-plan.h"

#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-ref-backend.h"
#include "pk-source-duckdb.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

static PkSource *source;
static PkFrame *table;
static GHashTable *described; /* relation → GPtrArray of PkColumnInfo */

static const PkColumnInfo *
find_column(const char *relation, const char *column, gpointer data)
{
  GPtrArray *columns = g_hash_table_lookup(described, relation);

  if (!columns) {
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", relation);
    g_autoptr(GError) error = NULL;
    columns = pk_source_describe(source, sql, &error);
    g_assert_no_error(error);
    g_hash_table_insert(described, g_strdup(relation), columns);
  }
  for (guint i = 0; i < columns->len; i++) {
    PkColumnInfo *info = columns->pdata[i];
    if (g_ascii_strcasecmp(info->name, column) == 0)
      return info;
  }
  return NULL;
}

static char *
to_sql(const char *json, gpointer data)
{
  g_autoptr(GString) sql = g_string_new("SELECT json_deserialize_sql(");
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;

  pk_sql_append_literal(sql, json);
  g_string_append(sql, ")");
  if (!pk_source_query(source, sql->str, NULL, &stream, &error)) {
    g_test_message("json_deserialize_sql: %s", error->message);
    return NULL;
  }
  g_autoptr(PkFrame) frame = pk_frame_read_stream(&stream, 0, NULL, &error);
  g_assert_no_error(error);
  return g_strdup(pk_column_get_text(frame->columns[0], 0, NULL));
}

static PkSqlMatch *
recognise(const char *sql, char **reason)
{
  PkSqlContext context = { .find_column = find_column, .to_sql = to_sql, .utc = TRUE };
  g_autoptr(GError) error = NULL;
  g_autofree char *json = pk_source_parse_sql(source, sql, &error);

  if (error)
    g_error("%s: %s", sql, error->message);
  PkSqlMatch *match = pk_sql_match(json, &context, reason, &error);
  g_assert_no_error(error);
  return match;
}

/* --- there and back --- */

static void
test_identity(void)
{
  for (guint seed = 1; seed <= 500; seed++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(PkPlan) plan = random_plan_new(rand);
    g_autofree char *sql = pk_plan_to_sql(plan), *reason = NULL;
    g_autoptr(PkSqlMatch) match = recognise(sql, &reason);
    g_autofree char *text = pk_plan_canonical(plan);
    if (!match)
      g_error("seed %u: %s\n%s\n%s", seed, reason, sql, text);
    g_autofree char *back = pk_plan_canonical(match->plan);
    if (strcmp(text, back) != 0 || !pk_plan_equal(plan, match->plan) || !match->is_plain)
      g_error("seed %u (plain %d)\n%s\n%s\n%s", seed, match->is_plain, sql, text, back);
  }
}

/* --- the statement's own answer --- */

static PkFrame *
run_sql(const char *sql)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;

  pk_source_query(source, sql, NULL, &stream, &error);
  g_assert_no_error(error);
  PkFrame *frame = pk_frame_read_stream(&stream, 0, NULL, &error);
  g_assert_no_error(error);
  return frame;
}

static gboolean
cells_agree(const PkColumn *a, const PkColumn *b, gint64 row_a, gint64 row_b)
{
  g_autoptr(GString) text_a = g_string_new(NULL);
  g_autoptr(GString) text_b = g_string_new(NULL);
  gboolean has_a = pk_column_append_text(a, row_a, text_a), has_b = pk_column_append_text(b, row_b, text_b);

  if (has_a != has_b)
    return FALSE;
  if (!has_a || strcmp(text_a->str, text_b->str) == 0)
    return TRUE;
  double x = pk_column_get_double(a, row_a), y = pk_column_get_double(b, row_b);
  return pk_type_is_numeric(a->type) && (x == y || fabs(x - y) <= MIN(1e-9 * MAX(fabs(x), fabs(y)) + 1e-9, G_MAXDOUBLE));
}

static gboolean
rows_agree(const PkFrame *a, const PkFrame *b, gint64 row_a, gint64 row_b)
{
  for (guint c = 0; c < a->n_columns; c++)
    if (!cells_agree(a->columns[c], b->columns[c], row_a, row_b))
      return FALSE;
  return TRUE;
}

/* Unordered statements may give their rows in any order. */
static void
assert_same_rows(const char *sql, const PkFrame *ours, const PkFrame *theirs, gboolean ordered)
{
  g_autofree gboolean *used = g_new0(gboolean, MAX(theirs->length, 1));

  if (ours->length != theirs->length || ours->n_columns != theirs->n_columns)
    g_error("%s: %d rows of %u, not %d of %u", sql, (int)ours->length, ours->n_columns, (int)theirs->length,
            theirs->n_columns);
  for (guint c = 0; c < ours->n_columns; c++) {
    g_autofree char *type = pk_type_dup_name(ours->columns[c]->type);
    g_autofree char *wanted = pk_type_dup_name(theirs->columns[c]->type);
    if (strcmp(type, wanted) != 0)
      g_error("%s: column %s is %s, not %s", sql, theirs->columns[c]->name, type, wanted);
  }
  for (gint64 i = 0; i < ours->length; i++) {
    gint64 found = -1;
    for (gint64 j = ordered ? i : 0; j < (ordered ? i + 1 : theirs->length) && found < 0; j++)
      if (!used[j] && rows_agree(ours, theirs, i, j))
        found = j;
    if (found < 0) {
      g_autoptr(GString) row = g_string_new(NULL);
      for (guint c = 0; c < ours->n_columns; c++) {
        g_string_append(row, c > 0 ? ", " : "");
        if (!pk_column_append_text(ours->columns[c], i, row))
          g_string_append(row, "NULL");
      }
      g_error("%s: the row (%s) of the plan's answer is not in the statement's", sql, row->str);
    }
    used[found] = TRUE;
  }
}

static void
check_answer(const char *sql, const PkSqlMatch *match)
{
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *all = g_strdup_printf("SELECT * FROM %s", match->plan->relation);
  g_autoptr(PkFrame) frame = run_sql(all);
  g_autoptr(PkFrame) theirs = run_sql(sql);

  g_assert_true(pk_sql_match_holds(match, frame));
  g_autoptr(PkFrame) result = pk_backend_run(ref, match->plan, frame, NULL, NULL, &error);
  g_assert_no_error(error);
  g_autoptr(PkFrame) ours = pk_sql_match_shape(match, result, &error);
  g_assert_no_error(error);
  assert_same_rows(sql, ours, theirs, strstr(sql, "ORDER BY") != NULL);
}

/* --- by hand --- */

/* A statement, and what its explanation must hold. */
static const struct { const char *sql, *explained; } accepted[] = {
  { "SELECT count(*) FROM t", "count of rows" },
  { "select COUNT(*) as n, sum(N) s, avg(t.big) from T", "sum of n as s" },
  { "SELECT text, count(*) AS n FROM t GROUP BY text ORDER BY n DESC, text LIMIT 3", "group by   text" },
  { "SELECT text, count(*) AS n FROM t GROUP BY text ORDER BY n DESC, text LIMIT 3", "the first 3 groups by n, greatest" },
  { "SELECT text, n, min(x) FROM t GROUP BY ALL ORDER BY text, n LIMIT 4", "the first 4 groups\n" },
  { "SELECT n, x FROM t WHERE n > 3 ORDER BY x DESC LIMIT 7", "the first 7 rows by x, greatest first" },
  { "SELECT t.text AS a, day FROM t ORDER BY \"day\" LIMIT 5", "the first 5 rows by day" },
  { "SELECT level, n AS f FROM t ORDER BY f DESC NULLS LAST LIMIT 3", "the first 3 rows by n, greatest first" },
  { "SELECT n, text, max(x) FROM t GROUP BY ALL ORDER BY 1, 2", "           text" },
  { "SELECT count(*), flag FROM t GROUP BY flag", "group by   flag" },
  { "SELECT DISTINCT n FROM t ORDER BY n DESC", "group by   n" },
  { "SELECT n AS k, min(price) FROM t GROUP BY k HAVING true", NULL },
  { "SELECT sum(price), min(price), max(f), avg(price), avg(f), sum(f) FROM t WHERE f <= 9",
    "sum of price" },
  { "SELECT floor(n / 5) AS b, count(*) AS c FROM t GROUP BY b ORDER BY b",
    "n rounded down in steps of 5 from 0" },
  { "SELECT floor(n / 5) * 5 AS b, count(*) AS c FROM t GROUP BY 1 ORDER BY 1 DESC", "steps of 5" },
  { "SELECT 5 * floor(n / 5), count(*) FROM t GROUP BY 1", "steps of 5" },
  { "SELECT floor((n - 1) / 2.5) * 2.5 + 1 AS b, count(*) FROM t GROUP BY b", "from 1" },
  { "SELECT CAST(floor(n / 4) AS INTEGER) AS b, count(*) FROM t GROUP BY b", "steps of 4" },
  { "SELECT floor(n / 4)::INT * 4 AS b, count(*) FROM t GROUP BY b ORDER BY b", "steps of 4" },
  { "SELECT floor(x / 0.25) * 0.25 AS b, count(*) FROM t WHERE isfinite(x) GROUP BY b", "steps of 0.25" },
  { "SELECT floor((x - 0.5) / 3) AS b, avg(y) FROM t WHERE x > -5 GROUP BY b", "from 0.5" },
  { "SELECT floor(x) AS b, count(*) FROM t GROUP BY b", "steps of 1" },
  { "SELECT \"odd \"\"name\"\"\" // 5 AS b, count(*) FROM t GROUP BY b", "steps of 5" },
  { "SELECT floor(big / 1000) AS b, count(*) FROM t GROUP BY b", "steps of 1000" },
  { "SELECT floor(price / 10) * 10 AS b, count(*) FROM t GROUP BY b", "steps of 10" },
  { "SELECT date_trunc('month', ts) AS m, count(*) FROM t GROUP BY m ORDER BY m", "yearmonth of ts" },
  { "SELECT date_trunc('month', day) AS m, count(*) FROM t GROUP BY m ORDER BY m", "yearmonth of day" },
  { "SELECT CAST(date_trunc('month', day) AS DATE) AS m, count(*) FROM t GROUP BY m ORDER BY m",
    "yearmonth of day" },
  { "SELECT ts::DATE AS d, count(*) FROM t GROUP BY d ORDER BY d", "yearmonthdate of ts" },
  { "SELECT year(ts) AS yr, month(ts) AS m, count(*) FROM t GROUP BY yr, m ORDER BY yr, m", "year of ts" },
  { "SELECT EXTRACT(hour FROM ts) AS h, count(*) FROM t GROUP BY h ORDER BY h", "hours of ts" },
  { "SELECT dayofweek(day) AS d, quarter(day) q, count(*) FROM t GROUP BY ALL ORDER BY d, q", "day of day" },
  { "SELECT date_trunc('day', zoned) AS d, count(*) FROM t GROUP BY 1 ORDER BY 1",
    "yearmonthdate of zoned" },
  { "SELECT date_trunc('hour', at_ns) AS d, count(*) FROM t GROUP BY 1 ORDER BY 1", "of at_ns" },
  { "SELECT date_part('dayofyear', at_s) AS d, count(*) FROM t GROUP BY 1", "dayofyear of at_s" },
  { "SELECT count(*) FROM t WHERE n > 3", "3 < n" },
  { "SELECT count(*) FROM t WHERE 3 < n AND n <= 7.5", "3 < n ≤ 7" },
  { "SELECT count(*) FROM t WHERE n >= 2.5 AND n <> 4.5", "3 ≤ n" },
  { "SELECT count(*) FROM t WHERE n BETWEEN -2 AND 5 AND text IN ('k1', 'it''s')",
    "text in ('k1', 'it''s')" },
  { "SELECT count(*) FROM t WHERE NOT (n < 3)", "3 ≤ n" },
  { "SELECT count(*) FROM t WHERE n = 3 OR n = 4 OR n IN (7, 8)", "n in (3, 4, 7, 8)" },
  { "SELECT count(*) FROM t WHERE text NOT IN ('k1') AND text IS NOT NULL", "text not in ('k1')" },
  { "SELECT count(*) FROM t WHERE NOT text IS NULL", "text is not NULL" },
  { "SELECT count(*) FROM t WHERE flag", "flag in (true)" },
  { "SELECT count(*) FROM t WHERE NOT flag AND 1 = 1", "flag in (false)" },
  { "SELECT count(*) FROM t WHERE day >= DATE '2020-01-15' AND day < '2020-03-01'",
    "2020-01-15 ≤ day < 2020-03-01" },
  { "SELECT count(*) FROM t WHERE ts >= '2011-01-01' AND ts <= TIMESTAMP '2012-06-01 12:30:00'", "≤ ts ≤" },
  { "SELECT count(*) FROM t WHERE ts::DATE = '2011-01-05'", "ts < 2011-01-06" },
  { "SELECT count(*) FROM t WHERE zoned > '2018-01-01'", "2018-01-01 00:00:00+00 < zoned" },
  { "SELECT count(*) FROM t WHERE price > 12.3456 AND price <= 100", "12.346 ≤ price" },
  { "SELECT count(*) FROM t WHERE price < CAST(50 AS DOUBLE)", "price < 50" },
  { "SELECT count(*) FROM t WHERE f > 3.1", "3.0999999046325684 < f" },
  { "SELECT count(*) FROM t WHERE f > 3.1e0", "3.1 < f" },
  { "SELECT count(*) FROM t WHERE x > 3.1 AND NOT isnan(x)", "x ≤ inf" },
  { "SELECT count(*) FROM t WHERE level > 'a' AND level = 'low'", "level" },
  { "SELECT count(*) FROM t WHERE huge >= 1000000000000000000000", "1000000000000000000000 ≤ huge" },
  { "SELECT count(*) FROM t WHERE ubig > -1", "-1 < ubig" },
  { "SELECT stddev(n), variance(n), var_pop(big), stddev_pop(big), median(n), quantile_cont(y, 0.25) FROM t",
    "quantile 0.25 of y" },
  { "SELECT quantile_cont(CAST(price AS DOUBLE), 0.9) FROM t", "quantile 0.9 of price" },
  { "SELECT count(DISTINCT text), count(text), count() FROM t", "distinct of text" },
  { "SELECT level, count(DISTINCT n) FROM t GROUP BY level", "group by   level" },
  { "SELECT regr_count(y, n), regr_sxx(y, n), regr_avgy(y, n) FROM t", "regr_sxx of y by n" },
  { "SELECT arg_min(n, at_s), max_by(at_ms, at_ms) FROM t", "first of n by at_s" },
  { "SELECT n, count(*) FROM (SELECT n + 1 AS n FROM t WHERE x > 0) AS s WHERE s.n > 2 GROUP BY n",
    "(SELECT" },
  { "WITH c AS (SELECT n * 2 AS m FROM t) SELECT m, count(*) FROM c GROUP BY m ORDER BY m", "(WITH" },
  { "SELECT a.n, count(*) AS c FROM t AS a GROUP BY a.n ORDER BY c DESC, n ASC LIMIT 5 OFFSET 2",
    "group by   n" },
  { "SELECT r, count(*) FROM range(5) AS g(r) GROUP BY r ORDER BY r", "range" },
  { "FROM t SELECT n, sum(big) GROUP BY n ORDER BY sum(big)", "sum of big" },
};

static void
test_accepted(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(accepted); i++) {
    const char *sql = accepted[i].sql;
    g_autofree char *reason = NULL;
    g_autoptr(PkSqlMatch) match = recognise(sql, &reason);
    if (!accepted[i].explained) {
      g_assert_null(match);
      continue;
    }
    if (!match)
      g_error("%s: %s", sql, reason);
    g_autofree char *explained = pk_plan_explain(match->plan);
    if (!strstr(explained, accepted[i].explained))
      g_error("%s:\n%s", sql, explained);
    check_answer(sql, match);
  }
}

/* What a plan is not, and a word of the reason. */
static const struct { const char *sql, *reason; } refused[] = {
  { "SELECT * FROM t", "lists rows" },
  { "SELECT n FROM t", "lists rows" },
  { "SELECT n FROM t LIMIT 3", "lists rows" },
  { "SELECT n FROM t ORDER BY x NULLS FIRST LIMIT 3", "lists rows" },
  { "SELECT n FROM t ORDER BY level LIMIT 3", "lists rows" },
  { "SELECT n FROM t ORDER BY x + 1 LIMIT 3", "lists rows" },
  { "SELECT n FROM t ORDER BY x, n LIMIT 3", "lists rows" },
  { "SELECT n FROM t ORDER BY x LIMIT 3 OFFSET 1", "lists rows" },
  { "SELECT 1", "no table" },
  { "SELECT n, count(*) FROM t GROUP BY ROLLUP (n)", "more than one set" },
  { "SELECT n, count(*) FROM t GROUP BY GROUPING SETS ((n), ())", "more than one set" },
  { "SELECT n, count(*) FROM t GROUP BY n HAVING count(*) > 1", "HAVING" },
  { "SELECT count(*) FROM t USING SAMPLE 10%", "TABLESAMPLE" },
  { "SELECT count(*) FROM t TABLESAMPLE 10%", "TABLESAMPLE" },
  { "SELECT sum(n) / count(*) FROM t", "not an aggregate" },
  { "SELECT sum(n + 1) FROM t", "not of a column" },
  { "SELECT sum(DISTINCT n) FROM t", "not an aggregate" },
  { "SELECT sum(n) FILTER (WHERE n > 1) FROM t", "not an aggregate" },
  { "SELECT first(n) FROM t", "not an aggregate" },
  { "SELECT first(n ORDER BY ts) FROM t", "not an aggregate" },
  { "SELECT mode(n) FROM t", "not an aggregate" },
  { "SELECT quantile_cont(price, 0.5) FROM t", "rounded" },
  { "SELECT median(f) FROM t", "rounded" },
  { "SELECT quantile_cont(n, [0.1, 0.9]) FROM t", "fraction" },
  { "SELECT max(level) FROM t", "ENUM" },
  { "SELECT level, count(*) FROM t GROUP BY level ORDER BY level", "ENUM" },
  { "SELECT count(*) FROM t WHERE n > 3 OR x > 2", "OR" },
  { "SELECT count(*) FROM t WHERE n > x", "constant" },
  { "SELECT count(*) FROM t WHERE n + 1 > 3", "column" },
  { "SELECT count(*) FROM t WHERE n = 1.5", "never" },
  { "SELECT count(*) FROM t WHERE n > NULL", "constant" },
  { "SELECT count(*) FROM t WHERE n NOT BETWEEN 1 AND 2", "negated" },
  { "SELECT count(*) FROM t WHERE text LIKE 'k%'", "not one that a plan has" },
  { "SELECT count(*) FROM t WHERE n IN (SELECT 1)", "not one that a plan has" },
  { "SELECT count(*) FROM t WHERE n IN (1, 2.5)", "list" },
  { "SELECT count(*) FROM t WHERE x = 0.1234567890123456789", "constant" },
  { "SELECT count(*) FROM t WHERE n > '1.5'", "constant" },
  { "SELECT count(*) FROM t WHERE ts > current_date", "constant" },
  { "SELECT count(*) FROM t WHERE ts > '2020-1-1'", "constant" },
  { "SELECT CAST(n / 5 AS INTEGER) AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT round(n / 5) AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT floor(f / 0.1) AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT floor(price) AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT floor(n / 2.5)::INT * 2.5 AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT CAST(floor(n / 2) * 2.5 AS INT) AS b, count(*) FROM t GROUP BY b", "neither a column" },
  { "SELECT date_trunc('week', ts) AS w, count(*) FROM t GROUP BY w", "neither a column" },
  { "SELECT hour(day) AS h, count(*) FROM t GROUP BY h", "neither a column" },
  { "SELECT strftime(ts, '%Y') AS yr, count(*) FROM t GROUP BY yr", "neither a column" },
  { "SELECT upper(text) AS u, count(*) FROM t GROUP BY u", "neither a column" },
  { "SELECT CASE WHEN x < 1 THEN 0 ELSE 1 END AS c, count(*) FROM t GROUP BY c", "neither a column" },
  { "SELECT CASE WHEN x < 1e0 THEN 0 ELSE 1 END AS c, count(*) FROM t GROUP BY c", "bound them" },
  { "SELECT n, count(*) OVER () FROM t", "list" },
  { "SELECT n, count(*) FROM t GROUP BY n ORDER BY max(x)", "does not select" },
  { "SELECT n, count(*) FROM t GROUP BY n LIMIT 10%", "LIMIT" },
  { "SELECT count(*) FROM t UNION ALL SELECT 1", "joins several" },
  { "SELECT DISTINCT ON (n) n, text FROM t", "no DISTINCT" },
  { "SELECT n AS text, count(*) FROM t GROUP BY text", "neither a group" },
};

static void
test_refused(void)
{
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *reason = NULL;
    g_autoptr(PkSqlMatch) match = recognise(refused[i].sql, &reason);
    if (match) {
      g_autofree char *explained = pk_plan_explain(match->plan);
      g_error("%s was accepted:\n%s", refused[i].sql, explained);
    }
    g_assert_nonnull(reason);
    if (!strstr(reason, refused[i].reason))
      g_error("%s: %s", refused[i].sql, reason);
  }
}

/* --- statements put together at random --- */

static const char *
any_of(GRand *rand, const char *const *texts, guint n)
{
  return texts[g_rand_int_range(rand, 0, (gint)n)];
}

#define ANY(rand, ...) \
  any_of(rand, (const char *const[]){ __VA_ARGS__ }, G_N_ELEMENTS(((const char *const[]){ __VA_ARGS__ })))

static const char *
any_number(GRand *rand)
{
  return ANY(rand, "0", "1", "-3", "5", "7", "2.5", "-1.5", "0.1", "10.0", "1e1", "2.5e0", "-0.0e0", "100", "'5'", "'2.5'",
             "CAST(3 AS DOUBLE)", "CAST('4' AS BIGINT)", "300", "-129", "40000.5", "CAST(1.25 AS DECIMAL(5,2))", "3.1",
             "0.30000000000000004", "9007199254740993", "3::FLOAT", "-(2)", "18446744073709551000", "true", "NULL");
}

static const char *
any_time(GRand *rand)
{
  return ANY(rand, "DATE '2020-02-01'", "'2020-05-17'", "TIMESTAMP '2011-02-03 04:05:06'", "'2011-02-03 04:05:06.5'",
             "CAST('2012-03-04' AS DATE)", "TIMESTAMP '2020-02-01 00:00:00.000001'", "'2018-01-01 00:00:00+02'",
             "TIMESTAMPTZ '2018-05-05 12:00:00+00'", "CAST('2000-01-01 00:00:00' AS TIMESTAMP_S)", "TIME '10:00:00'");
}

static void
append_condition(GRand *rand, GString *sql)
{
  gboolean of_time = g_rand_int_range(rand, 0, 4) == 0;
  const char *column = of_time ? ANY(rand, "day", "ts", "at_s", "at_ms", "at_ns", "zoned", "ts::DATE", "CAST(day AS DATE)")
                               : ANY(rand, "tiny", "n", "big", "ubig", "huge", "price", "f", "x", "y", "t.n", "CAST(n AS DOUBLE)",
                                     "flag", "CAST(x AS DOUBLE)", "CAST(f AS DOUBLE)", "CAST(price AS DOUBLE)");
  const char *(*constant)(GRand *) = of_time ? any_time : any_number;

  if (g_rand_int_range(rand, 0, 5) == 0)
    g_string_append(sql, "NOT ");
  switch (g_rand_int_range(rand, 0, 8)) {
  case 0:
    g_string_append_printf(sql, "(%s BETWEEN %s AND %s)", column, constant(rand), constant(rand));
    break;
  case 1:
    g_string_append_printf(sql, "(%s IN (%s, %s))", column, constant(rand), constant(rand));
    break;
  case 2:
    g_string_append_printf(sql, "(%s %s %s)", constant(rand), ANY(rand, "<", "<=", "=", ">", ">="), column);
    break;
  case 3:
    g_string_append(sql, ANY(rand, "(flag)", "(text = 'k1')", "(level >= 'Mid')", "(x IS NULL)", "(text IN ('', 'k2'))",
                             "(isfinite(x))", "(isnan(f))", "(clock < TIME '12:00:00')", "(text > 'it')", "(1 = 1)",
                             "(n = 1 OR n = 2)", "(text IS NOT NULL)"));
    break;
  default:
    g_string_append_printf(sql, "(%s %s %s)", column, ANY(rand, "<", "<=", "=", "<>", ">", ">="), constant(rand));
  }
}

static char *
any_key(GRand *rand)
{
  const char *number = ANY(rand, "n", "tiny", "x", "y", "price", "f", "big", "ubig", "\"odd \"\"name\"\"\"", "n", "x");
  const char *time = ANY(rand, "ts", "day", "at_s", "at_ms", "at_ns", "zoned", "timezone('UTC', zoned)", "ts::DATE");
  const char *step = ANY(rand, "2", "5", "0.5", "2.5", "0.1", "1e1", "10.0", "0.25", "-2", "3");
  const char *start = ANY(rand, "1", "0.5", "-2", "0.1", "1e0", "3");

  switch (g_rand_int_range(rand, 0, 10)) {
  case 0:
    return g_strdup_printf("floor(%s / %s) * %s", number, step, step);
  case 1:
    return g_strdup_printf("floor((%s - %s) / %s) * %s + %s", number, start, step, step, start);
  case 2:
    return g_strdup_printf("CAST(floor(%s / %s) AS INTEGER)", number, step);
  case 3:
    return g_strdup_printf("%s // %s", number, ANY(rand, "2", "5", "100", "3"));
  case 4:
    return g_strdup_printf("floor(%s + %s)", number, start);
  case 5:
    return g_strdup_printf("date_trunc('%s', %s)", ANY(rand, "year", "quarter", "month", "day", "hour", "minute", "week"), time);
  case 6:
    return g_strdup_printf("%s(%s)", ANY(rand, "year", "quarter", "month", "day", "dayofweek", "dayofyear", "hour", "minute",
                                         "second", "week"), time);
  case 7:
    return g_strdup_printf("%s::DATE", time);
  default:
    return g_strdup(ANY(rand, "text", "n", "flag", "level", "tiny", "day", "f", "clock", "price"));
  }
}

static char *
any_aggregate(GRand *rand)
{
  const char *number = ANY(rand, "n", "tiny", "x", "y", "price", "f", "big", "huge", "CAST(price AS DOUBLE)");

  switch (g_rand_int_range(rand, 0, 6)) {
  case 0:
    return g_strdup(ANY(rand, "count(*)", "count(text)", "count(DISTINCT n)", "count(DISTINCT f)", "min(text)", "max(ts)",
                        "min(level)", "max(flag)", "sum(flag)", "min(clock)"));
  case 1:
    return g_strdup_printf("quantile_cont(%s, %s)", number, ANY(rand, "0.5", "0.25", "1", "0", "9e-1"));
  case 2:
    return g_strdup_printf("regr_%s(y, n)", ANY(rand, "count", "avgx", "avgy", "sxx", "syy", "sxy", "slope"));
  case 3:
    return g_strdup_printf("%s(%s)", ANY(rand, "var_samp", "var_pop", "stddev", "stddev_pop", "median"),
                           ANY(rand, "n", "y", "big", "price", "tiny"));
  default:
    return g_strdup_printf("%s(%s)", ANY(rand, "sum", "avg", "min", "max", "count"), number);
  }
}

static char *
any_statement(GRand *rand)
{
  GString *sql = g_string_new("SELECT ");
  guint n_keys = (guint)g_rand_int_range(rand, 0, 3), n_aggs = (guint)g_rand_int_range(rand, 1, 3);
  guint n_conditions = (guint)g_rand_int_range(rand, 0, 3);

  for (guint i = 0; i < n_keys; i++) {
    g_autofree char *key = any_key(rand);
    g_string_append_printf(sql, "%s AS k%u, ", key, i);
  }
  for (guint i = 0; i < n_aggs; i++) {
    g_autofree char *aggregate = any_aggregate(rand);
    g_string_append_printf(sql, "%s%s AS a%u", i > 0 ? ", " : "", aggregate, i);
  }
  g_string_append(sql, " FROM t");
  for (guint i = 0; i < n_conditions; i++) {
    g_string_append(sql, i == 0 ? " WHERE " : " AND ");
    append_condition(rand, sql);
  }
  for (guint i = 0; i < n_keys; i++)
    g_string_append_printf(sql, "%s%u", i == 0 ? " GROUP BY " : ", ", i + 1);
  return g_string_free(sql, FALSE);
}

/* The engine refuses some statements, as when it compares a DATE with a number. */
static gboolean
is_valid(const char *sql)
{
  g_auto(PkArrowStream) stream = { 0 };

  if (!pk_source_query(source, sql, NULL, &stream, NULL))
    return FALSE;
  g_autoptr(PkFrame) frame = pk_frame_read_stream(&stream, 0, NULL, NULL);
  return frame != NULL;
}

static void
test_random_statements(void)
{
  guint valid = 0, recognised = 0, held = 0;

  for (guint seed = 1; seed <= 600; seed++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autofree char *sql = any_statement(rand), *reason = NULL;
    if (!is_valid(sql))
      continue;
    valid++;
    g_autoptr(PkSqlMatch) match = recognise(sql, &reason);
    if (!match)
      continue;
    recognised++;
    if (!pk_sql_match_holds(match, table))
      continue;
    held++;
    check_answer(sql, match);
  }
  g_test_message("%u of 600 are SQL, %u of them plans, %u hold", valid, recognised, held);
  g_assert_cmpuint(valid, >, 300);
  g_assert_cmpuint(held * 4, >, valid);
}

static void
test_malformed(void)
{
  static const char *const texts[] = {
    "", "{", "[]", "1", "null", "{}", "{\"statements\":[]}", "{\"statements\":[{\"node\":{\"type\":1}}]}",
    "{\"error\":true,\"error_message\":\"no\"}", "{\"statements\":[{\"node\":{\"type\":\"SELECT_NODE\"}}]}",
    "{\"a\":\"\\u0000\"}", "\xff\xfe", "{\"statements\":[{\"node\":{\"type\":\"SELECT_NODE\",\"select_list\":[1]}}]}",
  };
  PkSqlContext context = { .find_column = find_column };
  g_autoptr(GString) deep = g_string_new(NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *reason = NULL;
    g_assert_null(pk_sql_match(texts[i], &context, &reason, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
  }
  for (guint i = 0; i < 200000; i++)
    g_string_append_c(deep, '[');
  g_autoptr(GError) error = NULL;
  g_assert_null(pk_sql_match(deep->str, &context, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
}

static void
test_assumption(void)
{
  g_autofree char *reason = NULL;
  g_autoptr(PkSqlMatch) match = recognise("SELECT n // 5 AS b, count(*) FROM t GROUP BY b", &reason);

  g_assert_nonnull(match);
  g_assert_cmpuint(match->n_assumptions, ==, 1);
  /* n goes down to -10, where // rounds up. */
  g_assert_false(pk_sql_match_holds(match, table));
}

int
main(int argc, char **argv)
{
  PkSourceOptions options = { .threads = 2 };
  g_autofree char *sql = random_plan_table_sql(1000);
  g_autoptr(GError) error = NULL;

  g_test_init(&argc, &argv, NULL);
  described = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  source = pk_source_duckdb_new(&options, &error);
  g_assert_no_error(error);
  pk_source_execute(source, sql, NULL, &error);
  g_assert_no_error(error);
  table = run_sql("SELECT * FROM t");
  g_test_add_func("/sql-plan/identity", test_identity);
  g_test_add_func("/sql-plan/accepted", test_accepted);
  g_test_add_func("/sql-plan/refused", test_refused);
  g_test_add_func("/sql-plan/random-statements", test_random_statements);
  g_test_add_func("/sql-plan/malformed", test_malformed);
  g_test_add_func("/sql-plan/assumption", test_assumption);
  int status = g_test_run();
  pk_frame_unref(table);
  pk_source_unref(source);
  g_hash_table_unref(described);
  return status;
}
