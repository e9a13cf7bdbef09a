/* The expression language: grammar, JavaScript's meaning of values, the function library. */
#include "pk-error.h"
#include "pk-expr.h"

#include <math.h>
#include <string.h>

/* A value as text that tells its kind: "a", 1, true, null, undefined, @5 (a date), [..], {..}. */
static void
print(GString *out, const PkValue *v)
{
  static char high[129];
  for (guint i = 0; i < 128; i++)
    high[i] = (char)(128 + i);
  g_autofree char *text = v->kind == PK_VALUE_TEXT ? g_strescape(v->text, high)
                          : v->kind == PK_VALUE_DATE || v->kind == PK_VALUE_NUMBER
                            ? pk_number_to_js(v->number)
                          : v->kind < PK_VALUE_ARRAY ? pk_value_to_string(v)
                                                     : NULL;
  if (v->kind == PK_VALUE_TEXT)
    g_string_append_printf(out, "\"%s\"", text);
  else if (v->kind == PK_VALUE_DATE)
    g_string_append_printf(out, "@%s", text);
  else if (text)
    g_string_append(out, v->kind == PK_VALUE_NUMBER && v->number == 0 && signbit(v->number) ? "-0" : text);
  else if (v->kind == PK_VALUE_OBJECT && v->text)
    g_string_append(out, v->text);
  else {
    gboolean is_array = v->kind == PK_VALUE_ARRAY;
    g_string_append_c(out, is_array ? '[' : '{');
    for (guint i = 0; i < v->items->len; i++) {
      g_string_append(out, i == 0 ? "" : is_array || i % 2 == 0 ? "," : ":");
      print(out, v->items->pdata[i]);
    }
    g_string_append_c(out, is_array ? ']' : '}');
  }
}

/* The row that the expressions below read. */
static gboolean
field(const char *name, PkValue *out, gpointer data)
{
  PkArena *arena = data;
  static const struct {
    const char *name, *text;
  } texts[] = { { "t", "abc" },
                { "num", "12" },
                { "e", "" },
                { "sp", " 7 " },
                { "u", "\xc3\xa9\xf0\x9f\x98\x80x" },
                { "a\\.b", "dot" },
                { "iso", "2020-03-05" } };
  static const struct {
    const char *name;
    double number;
  } numbers[] = { { "n", 5 },   { "z", 0 },   { "neg", -2.5 },    { "big", 1e21 },
                  { "b c", 3 }, { "o.k", 7 }, { "small", 1.5e-7 } };
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    if (g_str_equal(texts[i].name, name))
      return *out = pk_value_text(texts[i].text), TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
    if (g_str_equal(numbers[i].name, name))
      return *out = pk_value_number(numbers[i].number), TRUE;
  *out = pk_value_null();
  if (g_str_equal(name, "nan"))
    return *out = pk_value_number(NAN), TRUE;
  if (g_str_equal(name, "yes"))
    return *out = pk_value_bool(TRUE), TRUE;
  if (g_str_equal(name, "no"))
    return *out = pk_value_bool(FALSE), TRUE;
  if (g_str_equal(name, "d"))
    return *out = pk_value_date(1583388428009), TRUE; /* 2020-03-05T06:07:08.009Z */
  if (g_str_equal(name, "d2"))
    return *out = pk_value_date(1583388428009), TRUE;
  if (g_str_equal(name, "arr")) {
    *out = (PkValue){ .kind = PK_VALUE_ARRAY, .items = pk_arena_array(arena) };
    for (guint i = 0; i < 3; i++)
      g_ptr_array_add(out->items, pk_arena_value(arena, pk_value_number((3 + i) % 3 + 1)));
    return TRUE;
  }
  return g_str_equal(name, "nul");
}

static gboolean
param(const char *name, PkValue *out, gpointer data)
{
  *out = pk_value_number(200);
  return g_str_equal(name, "width");
}

static char *
eval(const char *text, GError **error)
{
  g_autoptr(PkExpr) expr = pk_expr_parse(text, error);
  if (!expr)
    return NULL;
  g_autoptr(PkArena) arena = pk_arena_new();
  PkExprScope scope = { field, param, arena, arena };
  PkValue v;
  if (!pk_expr_eval(expr, &scope, &v, error))
    return NULL;
  GString *out = g_string_new(NULL);
  print(out, &v);
  return g_string_free(out, FALSE);
}

typedef struct {
  const char *text, *value;
} Case;

static void
check(const Case *cases, guint n)
{
  guint bad = 0;
  for (guint i = 0; i < n; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *value = eval(cases[i].text, &error);
    if (g_strcmp0(value, cases[i].value) == 0)
      continue;
    g_test_message("%s is %s, not %s", cases[i].text, value ? value : error->message, cases[i].value);
    bad++;
  }
  g_assert_cmpuint(bad, ==, 0);
}

static void
test_operators(void)
{
  static const Case cases[] = {
    { "1 + 2 * 3 - 4 / 8", "6.5" },
    { "7 % -3", "1" },
    { "-7 % 3", "-1" },
    { "2 + 3 + 'a' + 2 + 3", "\"5a23\"" },
    { "null + 1", "1" },
    { "datum.missing + 1", "NaN" },
    { "datum.nul + 'x'", "\"nullx\"" },
    { "datum.missing + 'x'", "\"undefinedx\"" },
    { "true + true", "2" },
    { "[1, [2, null], 'c'] + ''", "\"1,2,,c\"" },
    { "{} + ''", "\"[object Object]\"" },
    { "datum.num * 2", "24" },
    { "datum.num + 2", "\"122\"" },
    { "datum.e * 1", "0" },
    { "datum.sp - 0", "7" },
    { "datum.t - 0", "NaN" },
    { "'0x1f' * 1", "31" },
    { "'1_0' * 1", "NaN" },
    { "1 / 0", "Infinity" },
    { "-1 / 0", "-Infinity" },
    { "0 / 0", "NaN" },
    { "-datum.z", "-0" },
    { "+'3'", "3" },
    { "+true", "1" },
    { "!''", "true" },
    { "!'0'", "false" },
    { "![]", "false" },
    { "!datum.nan", "true" },
    { "~5.7", "-6" },
    { "5 & 3 | 8 ^ 1", "9" },
    { "1 << 33", "2" },
    { "-1 >>> 28", "15" },
    { "-9 >> 1", "-5" },
    { "4294967297 | 0", "1" },
    { "1 == '1'", "true" },
    { "1 === '1'", "false" },
    { "null == datum.missing", "true" },
    { "null === datum.missing", "false" },
    { "null == 0", "false" },
    { "null >= 0", "true" },
    { "datum.missing >= 0", "false" },
    { "'' == 0", "true" },
    { "true == '1'", "true" },
    { "datum.nan == datum.nan", "false" },
    { "datum.nan != datum.nan", "true" },
    { "'b' > 'a'", "true" },
    { "'10' < '9'", "true" },
    { "'10' < 9", "false" },
    { "'a' < 5", "false" },
    { "'a' >= 5", "false" },
    { "[2] > 1", "true" },
    { "datum.d > 5", "true" },
    { "datum.d == datum.d", "true" },
    { "datum.d == datum.d2", "false" },
    { "+datum.d === +datum.d2", "true" },
    { "datum.d - 1583388428000", "9" },
    { "datum.d + 1", "\"Thu Mar 05 2020 06:07:08 GMT+0000 (Coordinated Universal Time)1\"" },
    { "datum.z || 'x'", "\"x\"" },
    { "datum.n || 'x'", "5" },
    { "datum.z && 'x'", "0" },
    { "datum.n && 'x'", "\"x\"" },
    { "1 ? 2 ? 'a' : 'b' : 'c'", "\"a\"" },
    { "'a' in {a: 1}", "true" },
    { "'b' in {a: 1}", "false" },
    { "1 in [5, 6]", "true" },
    { "1 || 0 && 0", "1" },
    { "1 + 1 == 2 && 3 > 2", "true" },
    { "- - 3", "3" },
    { "2 - -3", "5" },
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void
test_members(void)
{
  static const Case cases[] = {
    { "datum['b c']", "3" },
    { "datum[\"a.b\"]", "\"dot\"" },
    { "datum.o.k", "7" },
    { "datum['o']['k']", "7" },
    { "datum['b' + ' c']", "3" },
    { "datum['a' + '.b']", "\"dot\"" },
    { "datum.t.length", "3" },
    { "datum.u.length", "4" },
    { "datum.t[1]", "\"b\"" },
    { "datum.arr[2]", "3" },
    { "datum.arr.length", "3" },
    { "datum.arr[3]", "undefined" },
    { "datum.missing.more", "undefined" },
    { "{a: {'b c': [1, 2]}}.a['b c'][1]", "2" },
    { "{a: 1, \"b\": 'x', 3: null}", "{\"a\":1,\"b\":\"x\",\"3\":null}" },
    { "[1, 'a', [true]]", "[1,\"a\",[true]]" },
    { "width / 2", "100" },
    { "height", "undefined" },
    { "PI > 3.14 && E < 2.72", "true" },
    { "MIN_VALUE", "5e-324" },
    { "'\\x41\\u00e9\\u{1f600}\\n\\'' + \"\\ud83d\\ude00\"",
      "\"A\xc3\xa9\xf0\x9f\x98\x80\\n'\xf0\x9f\x98\x80\"" },
    { ".5e1 + 0x10 + 5.", "26" },
    { "/* a */ 1 // b", "1" },
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void
test_texts(void)
{
  static const Case cases[] = {
    { "'' + 0.1 + 0.2", "\"0.10.2\"" },
    { "'' + (0.1 + 0.2)", "\"0.30000000000000004\"" },
    { "'' + datum.big", "\"1e+21\"" },
    { "'' + datum.small", "\"1.5e-7\"" },
    { "length(datum.u)", "4" },
    { "upper('a\\u00df')", "\"ASS\"" },
    { "lower('\\u00c9')", "\"\xc3\xa9\"" },
    { "slice('abcdef', -3, -1)", "\"de\"" },
    { "slice(datum.u, 1, 3)", "\"\xf0\x9f\x98\x80\"" },
    { "slice([1, 2, 3], 1)", "[2,3]" },
    { "substring('abcdef', 4, 1)", "\"bcd\"" },
    { "substring(12345, 1, 3)", "\"23\"" },
    { "trim(' \\t x \\u00a0')", "\"x\"" },
    { "parseFloat(' -1.5e2px')", "-150" },
    { "parseFloat('.')", "NaN" },
    { "parseInt('0x1f')", "31" },
    { "parseInt('12px')", "12" },
    { "parseInt('z', 36)", "35" },
    { "parseInt('')", "NaN" },
    { "pad('7', 3, '0', 'left')", "\"007\"" },
    { "pad('7', 4, '-', 'center')", "\"-7--\"" },
    { "pad('7', 3)", "\"7  \"" },
    { "truncate('abcdef', 4)", "\"abc\xe2\x80\xa6\"" },
    { "truncate('abcdef', 4, 'left', '..')", "\"..ef\"" },
    { "truncate('abcdef', 4, 'center', '.')", "\"ab.f\"" },
    { "replace('aXbX', 'X', '[$&]')", "\"a[X]bX\"" },
    { "replace('a1b22', /([a-z])(\\d+)/g, '$2$1')", "\"1a22b\"" },
    { "replace('abc', regexp('B', 'i'), '$$')", "\"a$c\"" },
    { "test(/^a.c$/, 'abc')", "true" },
    { "test(/^a.c$/, 'a\\nc')", "false" },
    { "test('[0-9]+', datum.num)", "true" },
    { "test(/\\s/, '\\u00a0')", "true" },
    { "test(/a$/, 'a\\n')", "false" },
    { "split('a,b,c', ',')", "[\"a\",\"b\",\"c\"]" },
    { "split('a1b2c', /\\d/)", "[\"a\",\"b\",\"c\"]" },
    { "split('abc', '')", "[\"a\",\"b\",\"c\"]" },
    { "split('a,b,c', ',', 2)", "[\"a\",\"b\"]" },
    { "split('', ',')", "[\"\"]" },
    { "indexof('abcb', 'b')", "1" },
    { "lastindexof('abcb', 'b')", "3" },
    { "indexof([1, 2, 3], 3)", "2" },
    { "indexof([1, 2, 3], '3')", "-1" },
    { "join([1, null, 'x'], '-')", "\"1--x\"" },
    { "format(1234.567, ',.1f')", "\"1,234.6\"" },
    { "format(0.25, '.0%')", "\"25%\"" },
    { "format(null, 'd')", "\"null\"" },
    { "encodeURIComponent('a b&c')", "\"a%20b%26c\"" },
    { "toString(5)", "\"5\"" },
    { "toString('')", "null" },
    { "toNumber('0x10')", "16" },
    { "toNumber('')", "null" },
    { "toBoolean('false')", "false" },
    { "toBoolean('x')", "true" },
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void
test_numbers(void)
{
  static const Case cases[] = {
    { "round(-2.5)", "-2" },
    { "round(2.5)", "3" },
    { "floor(-0.5)", "-1" },
    { "ceil(-0.5)", "-0" },
    { "max(1, '3', 2)", "3" },
    { "max(1, datum.nan)", "NaN" },
    { "max()", "-Infinity" },
    { "min(4, null)", "0" },
    { "pow(2, 10)", "1024" },
    { "pow(1, datum.nan)", "NaN" },
    { "sqrt(-1)", "NaN" },
    { "log(0)", "-Infinity" },
    { "hypot(3, 4)", "5" },
    { "clamp(5, 0, 3)", "3" },
    { "clamp(-5, 0, 3)", "0" },
    { "abs(datum.neg)", "2.5" },
    { "isNaN('x')", "false" },
    { "isNaN(0 / 0)", "true" },
    { "isFinite(1)", "true" },
    { "isFinite('1')", "false" },
    { "isValid(null)", "false" },
    { "isValid(datum.nan)", "false" },
    { "isValid(0)", "true" },
    { "isDefined(datum.missing)", "false" },
    { "isNumber(datum.n)", "true" },
    { "isString(datum.t)", "true" },
    { "isBoolean(datum.yes)", "true" },
    { "isDate(datum.d)", "true" },
    { "isArray(datum.arr)", "true" },
    { "isObject(datum.d)", "true" },
    { "isRegExp(/a/)", "true" },
    { "if(datum.n > 3, 'hi', 'lo')", "\"hi\"" },
    { "inrange(5, [7, 1])", "true" },
    { "inrange(7, [1, 7], true, false)", "false" },
    { "extent([3, null, 1, 0/0, 2])", "[1,3]" },
    { "span([1, 5, 9])", "8" },
    { "lerp([10, 20], 0.25)", "12.5" },
    { "peek([1, 2])", "2" },
    { "sort([3, 1, 2])", "[1,2,3]" },
    { "reverse([1, 2])", "[2,1]" },
    { "sequence(3)", "[0,1,2]" },
    { "sequence(1, 2, 0.5)", "[1,1.5]" },
    { "clampRange([5, 8], 0, 6)", "[3,6]" },
    { "merge({a: 1, b: 2}, {b: 3})", "{\"a\":1,\"b\":3}" },
    { "pluck([{a: 1}, {a: 2}], 'a')", "[1,2]" },
    { "rgb('steelblue')", "\"rgb(70, 130, 180)\"" },
    { "rgb(1, 2, 3, 0.5)", "\"rgba(1, 2, 3, 0.5)\"" },
    { "hsl(0, 1, 0.5)", "\"rgb(255, 0, 0)\"" },
    { "round(luminance('white') * 100)", "100" },
    { "round(contrast('white', 'black'))", "21" },
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void
test_dates(void)
{
  static const Case cases[] = {
    { "year(datum.d)", "2020" },
    { "month(datum.d)", "2" },
    { "date(datum.d)", "5" },
    { "day(datum.d)", "4" },
    { "hours(datum.d) * 10000 + minutes(datum.d) * 100 + seconds(datum.d)", "60708" },
    { "milliseconds(datum.d)", "9" },
    { "quarter(datum.d)", "1" },
    { "dayofyear(datum.d)", "65" },
    { "week(datum.d)", "9" },
    { "utcyear(0)", "1970" },
    { "year('x')", "NaN" },
    { "year(datum.iso)", "2020" },
    { "time(datum.d)", "1583388428009" },
    { "datetime(2012, 0, 1)", "@1325376000000" },
    { "datetime(99, 0)", "@915148800000" },
    { "utc(2012, 0, 1)", "1325376000000" },
    { "datetime('2012-01-01')", "@1325376000000" },
    { "toDate('2012-01-01')", "1325376000000" },
    { "timeFormat(datum.d, '%Y-%m-%d %H:%M')", "\"2020-03-05 06:07\"" },
    { "utcFormat(0, '%b %e')", "\"Jan  1\"" },
    { "timeParse('2020/03', '%Y/%m')", "@1583020800000" },
    { "monthFormat(1)", "\"February\"" },
    { "monthAbbrevFormat(11)", "\"Dec\"" },
    { "dayFormat(0)", "\"Sunday\"" },
    { "dayAbbrevFormat(6)", "\"Sat\"" },
    { "timeOffset('month', datum.d, 2)", "@1588658828009" },
    { "length(timeSequence('day', datetime(2020, 0, 1), datetime(2020, 0, 4)))", "3" },
    { "timezoneoffset(datum.d)", "0" },
    { "now() > datetime(2020, 0, 1)", "true" },
  };
  check(cases, G_N_ELEMENTS(cases));
}

static void
test_fields(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkExpr) expr =
    pk_expr_parse("datum.a + datum['b c'].d[0] * width + datum.a - datum['x.y'].length", &error);
  g_assert_no_error(error);
  const GPtrArray *fields = pk_expr_get_fields(expr);
  g_assert_cmpuint(fields->len, ==, 3);
  g_assert_cmpstr(fields->pdata[0], ==, "a");
  g_assert_cmpstr(fields->pdata[1], ==, "b c.d.0");
  g_assert_cmpstr(fields->pdata[2], ==, "x\\.y.length");
  g_assert_cmpuint(pk_expr_get_params(expr)->len, ==, 1);
  g_assert_false(pk_expr_reads_any_field(expr));
  g_autoptr(PkExpr) any = pk_expr_parse("datum[p]", &error);
  g_assert_true(pk_expr_reads_any_field(any));
}

static void
refuse(const char *text, PkErrorCode code, const char *what)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *value = eval(text, &error);
  g_assert_null(value);
  g_assert_error(error, PK_ERROR, (int)code);
  if (!strstr(error->message, what))
    g_test_message("%s: \"%s\" does not say \"%s\"", text, error->message, what);
  g_assert_nonnull(strstr(error->message, what));
}

static void
test_errors(void)
{
  refuse("1 +", PK_ERROR_PARSE, "column 4");
  refuse("1 2", PK_ERROR_PARSE, "column 3");
  refuse("(1", PK_ERROR_PARSE, "\")\"");
  refuse("a = 1", PK_ERROR_PARSE, "column 3");
  refuse("'abc", PK_ERROR_PARSE, "quote");
  refuse("foo(1)", PK_ERROR_UNSUPPORTED, "foo()");
  refuse("scale('x', 1)", PK_ERROR_UNSUPPORTED, "scale()");
  refuse("datum.f(1)", PK_ERROR_PARSE, "by their name");
  refuse("x++", PK_ERROR_PARSE, "column 2");
  refuse("clamp(1)", PK_ERROR_PARSE, "3");
  refuse("new Date()", PK_ERROR_PARSE, "not allowed");
  refuse("010", PK_ERROR_PARSE, "octal");
  refuse("test('(', 'a')", PK_ERROR_PARSE, "regular expression");
  refuse("sequence(1e9)", PK_ERROR_INVALID, "100000");
  refuse("format(1, 'zz')", PK_ERROR_PARSE, "zz");
  refuse("\xff", PK_ERROR_PARSE, "UTF-8");
  /* What would backtrack for minutes is given up, and said. */
  refuse("test(/(a+)+[bc]/, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')", PK_ERROR_INVALID, "test");
  refuse("replace('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /(a+)+[bc]/, '')", PK_ERROR_INVALID, "replace");
  refuse("split('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', /(a+)+[bc]/)", PK_ERROR_INVALID, "split");
  g_autofree char *deep = g_strnfill(5000, '(');
  refuse(deep, PK_ERROR_PARSE, "deep");
  g_autoptr(GString) chain = g_string_new("1");
  for (guint i = 0; i < 3000; i++)
    g_string_append(chain, "+1");
  refuse(chain->str, PK_ERROR_LIMIT, "chain");
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/expr/operators", test_operators);
  g_test_add_func("/expr/members", test_members);
  g_test_add_func("/expr/texts", test_texts);
  g_test_add_func("/expr/numbers", test_numbers);
  g_test_add_func("/expr/dates", test_dates);
  g_test_add_func("/expr/fields", test_fields);
  g_test_add_func("/expr/errors", test_errors);
  return g_test_run();
}
