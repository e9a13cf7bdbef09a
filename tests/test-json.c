/* JSON imports: every record is loaded, or rejected with its line and the reason. */
#include "csv-import.h"
#include "pk-error.h"

#include <glib/gstdio.h>
#include <string.h>
#include <zstd.h>

static Import
import_as(const char *name, const char *bytes)
{
  g_autofree char *path = write_named(name, bytes, -1);
  const char *paths[] = { path, NULL };
  Import import = import_paths(paths, NULL);

  g_unlink(path);
  return import;
}

static void
test_lines(void)
{
  g_auto(Import) import = import_as("a.ndjson",
                                    "{\"a\":1,\"b\":\"x\"}\n"
                                    "{\"a\":2\n"
                                    "\n"
                                    "{\"a\":3,\"b\":null}\r\n"
                                    "not json\n"
                                    "[1,2]\n"
                                    "null\n"
                                    "{\"a\":4} {\"a\":5}\n"
                                    "{\"a\":6,\"b\":\"y\",\"a\":7}\n"
                                    "{\"a\":8,\"b\":\"\xff\"}\n"
                                    "{\"a\":1e999}\n"
                                    "{\"b\":\"\\ud800\"}\n"
                                    "{\"a\":9,\"b\":\"end\"}");

  assert_counts(&import, 12, 3, 9);
  assert_reject(&import, 0, 2, NULL, "expected before it ends");
  assert_reject(&import, 1, 5, NULL, "a value was expected, at byte 1");
  assert_reject(&import, 2, 6, NULL, "it is an array, and the table is of objects");
  assert_reject(&import, 3, 7, NULL, "it is null");
  assert_reject(&import, 4, 8, NULL, "more text follows the value, at byte 9");
  assert_reject(&import, 5, 9, NULL, "the key \"a\" stands twice");
  assert_reject(&import, 6, 10, NULL, "not UTF-8");
  assert_reject(&import, 7, 11, NULL, "1e999 is beyond the range of a double");
  assert_reject(&import, 8, 12, NULL, "surrogate");
  assert_query(&import, "SELECT a, b FROM t ORDER BY a", "1|x\n3|NULL\n9|end");
  g_assert_true(import.report->counted);
}

static void
test_layouts(void)
{
  static const struct { const char *name, *text; guint64 rows; } cases[] = {
    { "a.json", "[{\"a\":1},{\"a\":2},{\"a\":3}]", 3 },
    { "a.json", "\xef\xbb\xbf [\n {\"a\": 1},\n {\"a\": 2}, {\n \"a\": 3},\n]\n", 3 },
    { "a.json", "{\"a\":1}\n{\"a\":2}\n{\"a\":3}", 3 },
    { "a.json", "{\"a\":1} {\"a\":2}\n{\"a\":\n3}", 3 },
    { "a.json", "{\"a\":1}\n{\"a\":\n2} {\"a\":3}", 3 },
    { "a.json", "{\n \"a\": 6,\n \"b\": [{}, \"}\\\"\"]\n}\n", 1 },
    { "a.ndjson", "{\n \"a\": 1\n}\n{\n \"a\": 5\n}", 2 },
    { "a.ndjson", "[{\"a\":1},{\"a\":5}]\n", 2 },
    { "a.ndjson", "  {\"a\":1}  \n\n\t{\"a\":5}\n \n", 2 },
    { "a", "[ {\"a\" :1}\n,{\"a\": 5 } ]", 2 },
    { "a", "{\"a\":1}\n{\"a\":5}", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Import) import = import_as(cases[i].name, cases[i].text);
    g_test_message("%s", cases[i].text);
    assert_counts(&import, cases[i].rows, cases[i].rows, 0);
    assert_query(&import, "SELECT sum(a) FROM t", "6");
  }
}

static void
test_elements(void)
{
  g_auto(Import) import = import_as("a.json", "[{\"a\":1},\n 3, {\"a\" 2},\n\n null,\n {\"a\":4},, {\"b\":nul}]");

  assert_counts(&import, 7, 2, 5);
  assert_reject(&import, 0, 2, NULL, "it is a number");
  assert_reject(&import, 1, 2, NULL, "\":\" was expected after a key, at byte 6");
  assert_reject(&import, 2, 4, NULL, "it is null");
  assert_reject(&import, 3, 5, NULL, "a value was expected before it ends");
  assert_reject(&import, 4, 5, NULL, "a value was expected, at byte 6");
  assert_query(&import, "SELECT a FROM t ORDER BY a", "1\n4");
}

/* Tables of values that are no objects have one column. */
static void
test_values(void)
{
  g_auto(Import) numbers = import_as("a.json", "[1, 2, null, 4.5]");
  g_auto(Import) mixed = import_as("a.ndjson", "1\n\"x\"\n{\"a\":1}\n");
  g_auto(Import) keyless = import_as("a.ndjson", "{}\n{}\n");
  g_auto(Import) empty = import_as("a.json", "[]");
  g_auto(Import) blank = import_as("a.ndjson", "\n  \n");

  assert_counts(&numbers, 4, 4, 0);
  assert_query(&numbers, "SELECT sum(json), count(json) FROM t", "7.5|3");
  assert_counts(&mixed, 3, 3, 0);
  assert_query(&mixed, "SELECT json FROM t", "1\nx\n{\"a\":1}");
  assert_counts(&keyless, 2, 2, 0);
  assert_counts(&empty, 0, 0, 0);
  assert_counts(&blank, 0, 0, 0);
  assert_query(&blank, "SELECT count(*) FROM t", "0");
}

/* Where the next record cannot be found, or none can be loaded, the line and the reason are told. */
static void
test_errors(void)
{
  static const struct { const char *name, *text, *words; } cases[] = {
    { "cut.json", "[{\"a\":1},\n{\"a\":2},", "cut.json: line 2: the file ends before the array" },
    { "cut.json", "[{\"a\":1},\n{\"a\":[2}\n]", "cut.json: line 2: \"}\" closes nothing" },
    { "cut.json", "[{\"a\":1},\n\n{\"a\":\"2}\n]", "within the record that begins in line 3" },
    { "more.json", "[\n{\"a\":1}\n]\n{}", "more.json: line 4: more text follows the array" },
    { "comma.json", "[{\"a\":1}\n{\"a\":2}]", "comma.json: line 2: \",\" or \"]\" was expected" },
    { "dup.ndjson", "{\"a\":1,\"\\u0061\":1}\n", "none of its 1 records can be loaded; line 1: the key \"a\" stands twice" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Import) import = import_as(cases[i].name, cases[i].text);
    g_assert_error(import.error, PK_ERROR, PK_ERROR_INVALID);
    if (strstr(import.error->message, cases[i].words) == NULL)
      g_error("\"%s\" does not say \"%s\"", import.error->message, cases[i].words);
  }
}

/* Names that SQL does not tell apart, in one file and over several. */
static void
test_names(void)
{
  g_auto(Import) import = import_as("a.ndjson", "{\"a\":1,\"A\":2}\n{\"A\":4}\n");
  g_autofree char *one = write_named("1.ndjson", "{\"a\":1}\n", -1), *two = write_named("2.ndjson", "{\"A\":2}\n", -1);
  const char *paths[] = { one, two, NULL };
  g_auto(Import) both = import_paths(paths, NULL);

  assert_counts(&import, 2, 2, 0);
  assert_query(&import, "SELECT sum(a), sum(A_1) FROM t", "1|6");
  assert_warning(&import, "A is A_1");
  assert_counts(&both, 2, 2, 0);
  assert_query(&both, "SELECT sum(a), sum(A_1) FROM t", "1|2");
  assert_warning(&both, "A is A_1");
}

/* No number is rounded without a word; whole ones keep their digits. */
static void
test_numbers(void)
{
  g_auto(Import) huge = import_as("a.ndjson", "{\"a\":12345678901234567890123,\"b\":\"2024-01-31\"}\n{\"a\":-1}\n");
  g_auto(Import) wide = import_as("a.ndjson", "{\"a\":123456789012345678901234567890123456789012345}\n{\"a\":1}\n");
  g_auto(Import) real = import_as("a.ndjson", "{\"a\":0.12345678901234567890}\n{\"a\":9007199254740993}\n");
  g_auto(Import) nested = import_as("a.ndjson", "{\"a\":{\"x\":[0.12345678901234567890]}}\n");
  g_auto(Import) special = import_as("a.ndjson", "{\"a\":NaN}\n{\"a\":-Infinity}\n{\"a\":1}\n");

  assert_type(&huge, "a", "HUGEINT");
  assert_type(&huge, "b", "DATE");
  assert_query(&huge, "SELECT a FROM t", "12345678901234567890123\n-1");
  assert_query(&wide, "SELECT a FROM t", "123456789012345678901234567890123456789012345\n1");
  assert_warning(&wide, "more than 38 digits");
  assert_type(&real, "a", "DOUBLE");
  assert_warning(&real, "column \"a\": 2 numbers have more digits than DOUBLE keeps");
  assert_warning(&nested, "column \"a\": 1 numbers have more digits");
  assert_counts(&special, 3, 3, 0);
  assert_query(&special, "SELECT a FROM t ORDER BY a", "-inf\n1.0\nnan");
}

/* Objects of many keys, or of keys that few of them have, are rows and not maps. */
static void
test_many_keys(void)
{
  g_autoptr(GString) wide = g_string_new("{\"k0\":0"), sparse = g_string_new(NULL);

  for (int i = 1; i < 1000; i++)
    g_string_append_printf(wide, ",\"k%d\":%d", i, i);
  g_string_append(wide, "}\n");
  for (int i = 0; i < 300; i++)
    g_string_append_printf(sparse, "{\"k%d\":%d}\n", i, i);
  g_auto(Import) one = import_as("a.ndjson", wide->str);
  g_auto(Import) many = import_as("a.ndjson", sparse->str);
  assert_query(&one, "SELECT k0, k999 FROM t", "0|999");
  assert_query(&many, "SELECT sum(k7), count(k7), count(*) FROM t", "7|1|300");
}

static void
test_packed(void)
{
  static const char text[] = "{\"a\":1}\n{\"a\":2}\nbad\n";
  char packed[200];
  gsize n = ZSTD_compress(packed, sizeof packed, text, strlen(text), 3);
  g_autofree char *good = write_named("p.ndjson.zst", packed, (gssize)n);
  g_autofree char *cut = write_named("cut.ndjson.zst", packed, (gssize)n - 6);
  const char *paths[] = { good, NULL }, *cut_paths[] = { cut, NULL };
  g_auto(Import) import = import_paths(paths, NULL);
  g_auto(Import) broken = import_paths(cut_paths, NULL);

  assert_counts(&import, 3, 2, 1);
  assert_query(&import, "SELECT sum(a) FROM t", "3");
  g_assert_error(broken.error, PK_ERROR, PK_ERROR_IO);
}

/* Texts put together at random, good and bad, in the three layouts: all that is good is loaded, all that is
 * bad is rejected in its place. */
static void
test_random(void)
{
  static const char *const good[] = { "{\"v\":1,\"s\":\"a\\\"{[\"}", "{\"s\":\"\\u00e4}\",\"v\":1}", "{ \"v\" : 1 , \"n\" : { \"x\" : [ 1 , null ] } }" };
  static const char *const bad[] = { "{\"v\":01}", "{\"v\":}", "{\"v\" 1}", "[1]", "{\"s\":\"\\x\"}", "{\"v\":1,\"v\":1}", "tru" };

  for (int round = 0; round < 60; round++) {
    int layout = g_test_rand_int_range(0, 3), n = g_test_rand_int_range(1, 40), n_bad = 0;
    g_autoptr(GString) text = g_string_new(layout == 1 ? "[" : layout == 2 ? "{\"v\":\n1}\n" : "{\"v\":1}\n");
    g_string_append(text, layout == 1 ? "{\"v\":1}" : "");
    for (int i = 0; i < n; i++) {
      gboolean is_bad = g_test_rand_bit();
      n_bad += is_bad;
      g_string_append(text, layout == 1 ? ",\n" : "");
      g_string_append(text, is_bad ? bad[g_test_rand_int_range(0, G_N_ELEMENTS(bad))]
                                   : good[g_test_rand_int_range(0, G_N_ELEMENTS(good))]);
      g_string_append(text, layout == 1 ? "" : "\n");
    }
    g_string_append(text, layout == 1 ? "\n]" : "");
    g_auto(Import) import = import_as(layout == 0 ? "r.ndjson" : "r.json", text->str);
    g_autofree char *rows = g_strdup_printf("%d", n - n_bad + 1);
    g_test_message("%s", text->str);
    assert_counts(&import, (guint64)n + 1, (guint64)(n - n_bad) + 1, (guint64)n_bad);
    assert_query(&import, "SELECT sum(v) FROM t", rows);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  csv_import_start();
  g_test_add_func("/json/lines", test_lines);
  g_test_add_func("/json/layouts", test_layouts);
  g_test_add_func("/json/elements", test_elements);
  g_test_add_func("/json/values", test_values);
  g_test_add_func("/json/errors", test_errors);
  g_test_add_func("/json/names", test_names);
  g_test_add_func("/json/numbers", test_numbers);
  g_test_add_func("/json/many-keys", test_many_keys);
  g_test_add_func("/json/packed", test_packed);
  g_test_add_func("/json/random", test_random);
  int status = g_test_run();
  csv_import_end();
  return status;
}
