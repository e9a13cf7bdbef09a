/* An expression's SQL has the value that its evaluation has, for every row: random
 * expressions over a table of awkward values, asked of DuckDB. */
#include "pk-error.h"
#include "pk-expr.h"

#include <duckdb.h>
#include <math.h>
#include <string.h>

#define MAX_ROWS 16

typedef struct {
  const char *name, *sql_type;
  PkType type;
  const char *literals[MAX_ROWS]; /* SQL; NULL ends, rows beyond repeat */
  PkValue values[MAX_ROWS];
} Column;

#define NUM(x) { .kind = PK_VALUE_NUMBER, .number = (x) }
#define EXACT(x, digits) { .kind = PK_VALUE_NUMBER, .number = (x), .text = digits }
#define TXT(x) { .kind = PK_VALUE_TEXT, .text = (x) }
#define DAY(x) { .kind = PK_VALUE_DATE, .number = (x) }
#define BOO(x) { .kind = PK_VALUE_BOOL, .number = (x) }
#define NIL { .kind = PK_VALUE_NULL }

static const Column columns[] = {
  { "n",
    "DOUBLE",
    { .kind = PK_TYPE_F64 },
    { "0", "1.5", "NULL", "'NaN'", "'Infinity'", "-3", "1e21", "1.5e-7", "-0e0", "123456789", "0.1",
      "2147483648.5", "-1e-9" },
    { NUM(0), NUM(1.5), NIL, NUM(NAN), NUM(INFINITY), NUM(-3), NUM(1e21), NUM(1.5e-7), NUM(-0.0),
      NUM(123456789), NUM(0.1), NUM(2147483648.5), NUM(-1e-9) } },
  { "k",
    "INTEGER",
    { .kind = PK_TYPE_I32 },
    { "1", "NULL", "0", "-7", "2000", "12", "3" },
    { NUM(1), NIL, NUM(0), NUM(-7), NUM(2000), NUM(12), NUM(3) } },
  { "g",
    "BIGINT",
    { .kind = PK_TYPE_I64 },
    { "9007199254740993", "5", "NULL", "-9223372036854775807", "0" },
    { EXACT(9007199254740992.0, "9007199254740993"), NUM(5), NIL,
      EXACT(-9223372036854775807.0, "-9223372036854775807"), NUM(0) } },
  { "m",
    "DECIMAL(9,2)",
    { .kind = PK_TYPE_DECIMAL, .precision = 9, .scale = 2 },
    { "12.30", "NULL", "-0.05", "0", "1234567.89" },
    { NUM(12.3), NIL, NUM(-0.05), NUM(0), NUM(1234567.89) } },
  { "f",
    "FLOAT",
    { .kind = PK_TYPE_F32 },
    { "0.1", "NULL", "-2", "'NaN'" },
    { NUM(0.1f), NIL, NUM(-2), NUM(NAN) } },
  { "b", "BOOLEAN", { .kind = PK_TYPE_BOOL }, { "true", "false", "NULL" }, { BOO(1), BOO(0), NIL } },
  { "s",
    "VARCHAR",
    { .kind = PK_TYPE_TEXT },
    { "'abc'", "NULL", "''", "'12'", "' 7 '", "'1e3'", "'\xc3\xa9\xc3\x9f'", "'Infinity'", "'0.5'", "'true'",
      "'a,b'", "'-4x'", "'ABC'", "'1_0'" },
    { TXT("abc"), NIL, TXT(""), TXT("12"), TXT(" 7 "), TXT("1e3"), TXT("\xc3\xa9\xc3\x9f"), TXT("Infinity"),
      TXT("0.5"), TXT("true"), TXT("a,b"), TXT("-4x"), TXT("ABC"), TXT("1_0") } },
  { "u",
    "VARCHAR",
    { .kind = PK_TYPE_TEXT },
    { "'b'", "'10'", "NULL", "'\xef\xbf\xbd'", "'abc'" },
    { TXT("b"), TXT("10"), NIL, TXT("\xef\xbf\xbd"), TXT("abc") } },
  { "d",
    "DATE",
    { .kind = PK_TYPE_DATE },
    { "'2020-02-29'", "NULL", "'1969-12-31'", "'1999-01-03'" },
    { DAY(1582934400000), NIL, DAY(-86400000), DAY(915321600000) } },
  { "t",
    "TIMESTAMP",
    { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US },
    { "'2020-03-05 06:07:08.009'", "'1969-12-31 23:59:59.5'", "NULL", "'2012-01-01 00:00:00'" },
    { DAY(1583388428009), DAY(-500), NIL, DAY(1325376000000) } },
  { "z",
    "TIMESTAMPTZ",
    { .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US },
    { "'2021-07-01 10:00:00+02'", "NULL" },
    { DAY(1625126400000), NIL } },
};

/* Rows do not line up: column i has its values in turns of its own length. */
#define N_ROWS 60

static guint
length_of(const Column *column)
{
  guint n = 0;
  while (n < MAX_ROWS && column->literals[n])
    n++;
  return n;
}

static const Column *
find(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
    if (g_str_equal(columns[i].name, name))
      return &columns[i];
  return NULL;
}

static guint
place_of(const Column *column, guint row)
{
  return (row * 7 + (guint)(column - columns) * row / 3) % length_of(column);
}

static gboolean
field(const char *name, PkValue *out, gpointer data)
{
  const Column *column = find(name);
  if (column)
    *out = column->values[place_of(column, *(guint *)data)];
  return column != NULL;
}

static gboolean
sql_column(const char *name, char **sql, PkType *type, gpointer data)
{
  const Column *column = find(name);
  if (column) {
    *sql = g_strdup_printf("\"%s\"", name);
    *type = column->type;
  }
  return column != NULL;
}

typedef struct {
  duckdb_database database;
  duckdb_connection connection;
} Engine;

static void
run(Engine *engine, const char *sql)
{
  duckdb_result result;
  if (duckdb_query(engine->connection, sql, &result) == DuckDBError)
    g_error("%s: %s", sql, duckdb_result_error(&result));
  duckdb_destroy_result(&result);
}

static void
engine_open(Engine *engine)
{
  g_assert_cmpint(duckdb_open(NULL, &engine->database), ==, DuckDBSuccess);
  g_assert_cmpint(duckdb_connect(engine->database, &engine->connection), ==, DuckDBSuccess);
  g_autoptr(GString) create = g_string_new("CREATE TABLE r (i INTEGER");
  for (guint c = 0; c < G_N_ELEMENTS(columns); c++)
    g_string_append_printf(create, ", \"%s\" %s", columns[c].name, columns[c].sql_type);
  g_string_append_c(create, ')');
  run(engine, "SET TimeZone = 'Pacific/Auckland'");
  run(engine, "SET threads = 1");
  run(engine, create->str);
  for (guint row = 0; row < N_ROWS; row++) {
    g_autoptr(GString) insert = g_string_new(NULL);
    g_string_printf(insert, "INSERT INTO r VALUES (%u", row);
    for (guint c = 0; c < G_N_ELEMENTS(columns); c++)
      g_string_append_printf(insert, ", %s", columns[c].literals[place_of(&columns[c], row)]);
    g_string_append_c(insert, ')');
    run(engine, insert->str);
  }
}

static void
engine_close(Engine *engine)
{
  duckdb_disconnect(&engine->connection);
  duckdb_close(&engine->database);
}

/* What DuckDB says of row, compared with an evaluated value. */
static gboolean
same_value(duckdb_vector vector, idx_t i, PkType type, const PkValue *v)
{
  uint64_t *validity = duckdb_vector_get_validity(vector);
  if (validity && !duckdb_validity_row_is_valid(validity, i))
    return v->kind == PK_VALUE_NULL || (v->kind == PK_VALUE_DATE && isnan(v->number));
  if (type.kind == PK_TYPE_TEXT) {
    duckdb_string_t *text = (duckdb_string_t *)duckdb_vector_get_data(vector) + i;
    gsize n = duckdb_string_t_length(*text);
    return v->kind == PK_VALUE_TEXT && strlen(v->text) == n &&
           memcmp(duckdb_string_t_data(text), v->text, n) == 0;
  }
  double got = ((double *)duckdb_vector_get_data(vector))[i];
  PkValueKind kind = type.kind == PK_TYPE_BOOL   ? PK_VALUE_BOOL
                     : pk_type_is_temporal(type) ? PK_VALUE_DATE
                                                 : PK_VALUE_NUMBER;
  return v->kind == kind && (got == v->number || (isnan(got) && isnan(v->number)) ||
                             fabs(got - v->number) <= 1e-13 * fabs(v->number));
}

/* TRUE if the expression has SQL, and all rows agree (or the test fails). */
static gboolean
compare(Engine *engine, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkExpr) expr = pk_expr_parse(text, &error);
  PkExprSqlScope sql_scope = { .column = sql_column };
  PkType type;
  g_assert_no_error(error);
  g_autofree char *sql = pk_expr_to_sql(expr, &sql_scope, &type, &error);
  if (!sql) {
    if (error->code != PK_ERROR_UNSUPPORTED)
      g_error("%s: %s", text, error->message);
    return FALSE;
  }
  g_autofree char *condition = pk_expr_to_sql_condition(expr, &sql_scope, &error);
  g_assert_no_error(error);
  const char *cast = type.kind == PK_TYPE_TEXT   ? "(%s)::VARCHAR"
                     : pk_type_is_temporal(type) ? "(epoch_us(%s) / 1000)"
                                                 : "(%s)::DOUBLE";
  g_auto(GStrv) parts = g_strsplit(cast, "%s", 2);
  g_autofree char *query = g_strdup_printf("SELECT %s%s%s, CASE WHEN %s THEN 1 ELSE 0 END FROM r ORDER BY i",
                                           parts[0], sql, parts[1], condition);
  duckdb_result result;
  if (duckdb_query(engine->connection, query, &result) == DuckDBError) {
    /* A row that SQL cannot treat alike stops the query, in words of ours. */
    static const char *const words[] = { "before the year 0", "beyond U+FFFF", "becomes several",
                                         "not decimal" };
    gboolean ours = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
      ours = ours || strstr(duckdb_result_error(&result), words[i]);
    if (!ours)
      g_error("%s\n%s\n%s", text, query, duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    return FALSE;
  }
  duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
  g_assert_cmpuint(duckdb_data_chunk_get_size(chunk), ==, N_ROWS);
  for (guint row = 0; row < N_ROWS; row++) {
    g_autoptr(PkArena) arena = pk_arena_new();
    PkExprScope scope = { .field = field, .data = &row, .arena = arena };
    PkValue v;
    g_assert_true(pk_expr_eval(expr, &scope, &v, &error));
    int32_t truth = ((int32_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 1)))[row];
    if (same_value(duckdb_data_chunk_get_vector(chunk, 0), row, type, &v) && truth == pk_value_to_bool(&v))
      continue;
    g_autofree char *shown =
      v.kind < PK_VALUE_ARRAY ? pk_value_to_string(&v) : g_strdup("an array or object");
    g_error("row %u of %s is %s (truth %d), but SQL says otherwise (truth %d):\n%s", row, text, shown,
            pk_value_to_bool(&v), truth, query);
  }
  duckdb_destroy_data_chunk(&chunk);
  duckdb_destroy_result(&result);
  return TRUE;
}

/* --- random expressions --- */

static const char *
pick(GRand *random, const char *const *texts, guint n)
{
  return texts[g_rand_int_range(random, 0, (gint)n)];
}

#define PICK(random, texts) pick(random, texts, G_N_ELEMENTS(texts))

static void generate(GRand *random, GString *out, guint depth);

static void
generate_leaf(GRand *random, GString *out)
{
  static const char *const literals[] = { "0",          "1",     "-2.5", "1e3",  "12",
                                          "'abc'",      "''",    "'12'", "'b'",  "null",
                                          "true",       "false", "NaN",  "2000", "datetime(2012, 0, 1)",
                                          "'\xc3\xa9'", "0.1" };
  if (g_rand_int_range(random, 0, 3) == 0)
    g_string_append(out, PICK(random, literals));
  else
    g_string_append_printf(out, "datum.%s",
                           columns[g_rand_int_range(random, 0, G_N_ELEMENTS(columns))].name);
}

static void
generate_call(GRand *random, GString *out, guint depth)
{
  /* $ is any expression. */
  static const char *const calls[] = { "abs($)",
                                       "ceil($)",
                                       "floor($)",
                                       "round($)",
                                       "sqrt($)",
                                       "log($)",
                                       "exp($)",
                                       "sin($)",
                                       "cos($)",
                                       "atan($)",
                                       "asin($)",
                                       "pow($, 2)",
                                       "pow($, $)",
                                       "atan2($, $)",
                                       "max($, $)",
                                       "min($, $)",
                                       "min($, 3, $)",
                                       "clamp($, 0, 10)",
                                       "isNaN($)",
                                       "isFinite($)",
                                       "isValid($)",
                                       "isNumber($)",
                                       "isString($)",
                                       "isDate($)",
                                       "isBoolean($)",
                                       "isDefined($)",
                                       "toNumber($)",
                                       "toString($)",
                                       "toBoolean($)",
                                       "if($, $, $)",
                                       "inrange($, [0, 10])",
                                       "inrange($, [10, -1], false, false)",
                                       "inrange($, ['a', 'c'])",
                                       "indexof(['abc', 12, null, true], $)",
                                       "indexof($, 'b')",
                                       "length($)",
                                       "upper($)",
                                       "lower($)",
                                       "trim($)",
                                       "slice($, 1)",
                                       "slice($, -2)",
                                       "slice($, 1, -1)",
                                       "slice($, 0, 2)",
                                       "substring($, 1, 3)",
                                       "substring($, 2)",
                                       "pad($, 5, '0', 'left')",
                                       "pad($, 4)",
                                       "truncate($, 2)",
                                       "replace($, 'a', 'X$&')",
                                       "replace($, /[0-9]+/g, '#')",
                                       "test(/^[a-z]+$/, $)",
                                       "test(/\\d/, $)",
                                       "test('a.', $)",
                                       "parseFloat($)",
                                       "parseInt($, 10)",
                                       "year($)",
                                       "month($)",
                                       "date($)",
                                       "day($)",
                                       "hours($)",
                                       "minutes($)",
                                       "seconds($)",
                                       "milliseconds($)",
                                       "quarter($)",
                                       "week($)",
                                       "isoweek($)",
                                       "dayofyear($)",
                                       "time($)",
                                       "utcyear($)",
                                       "datetime($, 0, 1)",
                                       "datetime(2012, $)",
                                       "datetime($)",
                                       "utc(2012, 1, $)",
                                       "timeFormat($, '%Y-%m-%d %H:%M:%S.%L')",
                                       "timeFormat($, '%a %d %b %y %-d %j %p %I')",
                                       "monthFormat($)",
                                       "dayAbbrevFormat($)",
                                       "toDate($)",
                                       "datum.s.length" };
  const char *pattern = PICK(random, calls);
  for (const char *p = pattern; *p; p++) {
    if (*p == '$' && p[1] != '&' && !(p > pattern && p[-1] == '+'))
      generate(random, out, depth - 1);
    else
      g_string_append_c(out, *p);
  }
}

static void
generate(GRand *random, GString *out, guint depth)
{
  static const char *const binary[] = { "+",   "-",   "*",  "/",  "%", "<", ">", "<=", ">=", "==", "!=",
                                        "===", "!==", "&&", "||", "&", "|", "^", "<<", ">>", ">>>" };
  static const char *const unary[] = { "-", "+", "!", "~" };
  gint kind = depth == 0 ? 0 : g_rand_int_range(random, 0, 10);
  if (kind < 2) {
    generate_leaf(random, out);
  } else if (kind < 6) {
    g_string_append_c(out, '(');
    generate(random, out, depth - 1);
    g_string_append_printf(out, " %s ", PICK(random, binary));
    generate(random, out, depth - 1);
    g_string_append_c(out, ')');
  } else if (kind < 7) {
    g_string_append_printf(out, "%s(", PICK(random, unary));
    generate(random, out, depth - 1);
    g_string_append_c(out, ')');
  } else if (kind < 8) {
    g_string_append_c(out, '(');
    generate(random, out, depth - 1);
    g_string_append(out, " ? ");
    generate(random, out, depth - 1);
    g_string_append(out, " : ");
    generate(random, out, depth - 1);
    g_string_append_c(out, ')');
  } else {
    generate_call(random, out, depth);
  }
}

static void
test_random(void)
{
  Engine engine;
  guint done = 0, n = g_test_thorough() ? 20000 : 700;
  gint64 end = g_get_monotonic_time() + (g_test_thorough() ? 600 : 20) * G_USEC_PER_SEC;
  guint32 seed = (guint32)g_test_rand_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  engine_open(&engine);
  g_test_message("seed %u", seed);
  guint i = 0;
  for (; i < n && g_get_monotonic_time() < end; i++) {
    g_autoptr(GString) text = g_string_new(NULL);
    generate(random, text, 1 + i % 3);
    done += compare(&engine, text->str);
  }
  g_test_message("%u of %u expressions have SQL", done, i);
  g_assert_cmpuint(done, >, i / 4);
  engine_close(&engine);
}

/* Every operator on every pair of columns and each function on each column. */
static void
test_pairs(void)
{
  static const char *const ops[] = { "+", "-", "%", "<", ">=", "==", "===", "!=", "&&", "||", "|" };
  Engine engine;
  engine_open(&engine);
  for (guint a = 0; a < G_N_ELEMENTS(columns); a++)
    for (guint b = 0; b < G_N_ELEMENTS(columns); b++)
      for (guint o = 0; o < G_N_ELEMENTS(ops); o++) {
        g_autofree char *text =
          g_strdup_printf("datum.%s %s datum.%s", columns[a].name, ops[o], columns[b].name);
        compare(&engine, text);
      }
  engine_close(&engine);
}

/* What people write is translated, and simply. */
static void
test_plain(void)
{
  static const struct {
    const char *text, *sql;
  } cases[] = {
    { "datum.k > 5", "(\"k\" > 5)" },
    { "datum.k > 5 && datum.k <= 2000.5",
      "((\"k\" > 5) AND coalesce((CAST(\"k\" AS DOUBLE) <= 2000.5e0), true))" },
    { "datum.s == 'abc'", "(\"s\" = 'abc')" },
    { "datum.s === 'abc' || datum.k == 3", "((\"s\" = 'abc') OR (\"k\" = 3))" },
    { "datum.s != null", "(\"s\" IS NOT NULL)" },
    { "datum.b", "\"b\"" },
    { "!datum.b", "(NOT coalesce(\"b\", false))" },
  };
  PkExprSqlScope scope = { .column = sql_column };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(PkExpr) expr = pk_expr_parse(cases[i].text, &error);
    g_assert_no_error(error);
    g_autofree char *sql = pk_expr_to_sql_condition(expr, &scope, &error);
    g_assert_cmpstr(sql, ==, cases[i].sql);
  }
}

static void
test_refused(void)
{
  PkExprSqlScope scope = { .column = sql_column };
  PkType type;
  g_autoptr(GError) error = NULL;
  g_autoptr(PkExpr) expr = pk_expr_parse("1 + year(datum.s)", NULL);
  g_autofree char *sql = pk_expr_to_sql(expr, &scope, &type, &error);
  g_assert_null(sql);
  g_assert_error(error, PK_ERROR, PK_ERROR_UNSUPPORTED);
  g_assert_nonnull(strstr(error->message, "column 5"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/expr-sql/plain", test_plain);
  g_test_add_func("/expr-sql/refused", test_refused);
  g_test_add_func("/expr-sql/pairs", test_pairs);
  g_test_add_func("/expr-sql/random", test_random);
  return g_test_run();
}
