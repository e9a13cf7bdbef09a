/* Honest import of delimited text: every record is counted, every value keeps
 * its meaning, and what is not loaded is named by line and reason. */
#include "csv-import.h"
#include "pk-error.h"

#include <string.h>
#include <zstd.h>

/* A type that the values get, and the values that come back. */
static void
assert_inferred(const char *values, const char *type, const char *expected, const char *const *options)
{
  g_autofree char *text = g_strdup_printf("v;w\n%s", values);
  g_autoptr(GString) bytes = g_string_new(NULL);

  for (const char *p = text; *p != '\0'; p++) { /* each line gets a second column, so that none is blank */
    if (*p == '\n' && bytes->len > 3)
      g_string_append(bytes, ";x");
    g_string_append_c(bytes, *p);
  }
  g_string_append(bytes, ";x\n");
  g_test_message("%s", values);
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  g_ptr_array_add(all, (char *)"delim");
  g_ptr_array_add(all, (char *)";");
  for (gsize i = 0; options != NULL && options[i] != NULL; i++)
    g_ptr_array_add(all, (char *)options[i]);
  g_ptr_array_add(all, NULL);
  g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, (const char *const *)all->pdata);
  g_assert_no_error(import.error);
  g_assert_cmpuint(import.report->rejected, ==, 0);
  assert_type(&import, "v", type);
  assert_query(&import, "SELECT v FROM t", expected);
}

/* --- the known losses ----------------------------------------------------- */

/* Values that parse only loosely after tens of thousands that parse strictly
 * are what DuckDB #25824 is about: there, 12.75 becomes 13. */
static void
test_late_values(void)
{
  static const struct { const char *late, *type, *value; } cases[] = {
    { "12.75", "DOUBLE", "12.75" }, { "007", "VARCHAR", "007" }, { "1_000", "VARCHAR", "1_000" },
    { "1e3", "DOUBLE", "1000.0" }, { "abc", "VARCHAR", "abc" }, { "true", "VARCHAR", "true" },
    { "18446744073709551615", "UBIGINT", "18446744073709551615" },
    { "-170141183460469231731687303715884105727", "HUGEINT", "-170141183460469231731687303715884105727" },
    { "12345678901234567.25", "DECIMAL(38,2)", "12345678901234567.25" }, { "0x1F", "VARCHAR", "0x1F" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) bytes = g_string_new("n,m\n");
    for (int r = 0; r < 60000; r++)
      g_string_append_printf(bytes, "%d,x\n", r);
    g_string_append_printf(bytes, "%s,last\n", cases[i].late);
    g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, NULL);
    assert_counts(&import, 60001, 60001, 0);
    assert_type(&import, "n", cases[i].type);
    assert_query(&import, "SELECT n FROM t WHERE m = 'last'", cases[i].value);
  }
}

static void
test_late_values_declared(void)
{
  g_autoptr(GString) bytes = g_string_new("n\n");

  for (int r = 0; r < 60000; r++)
    g_string_append_printf(bytes, "%d\n", r);
  g_string_append(bytes, "12.75\n13\n2020-01-01\n");
  g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, OPTIONS("types", "n=BIGINT"));
  assert_counts(&import, 60003, 60001, 2);
  assert_reject(&import, 0, 60002, "n", "\"12.75\" is no whole number (declared BIGINT)");
  assert_reject(&import, 1, 60004, "n", "2020-01-01");
  assert_query(&import, "SELECT count(*), sum(n) FROM t", "60001|1799970013");
  g_autofree char *summary = pk_import_report_dup_summary(import.report);
  g_assert_cmpstr(summary, ==, "read 60,003 · loaded 60,001 · rejected 2");
  g_autoptr(GString) csv = g_string_new(NULL);
  pk_import_report_append_csv(import.report, csv);
  g_assert_nonnull(strstr(csv->str, "60002,60001,\"n\",\"\"\"12.75\"\" is no whole number (declared "
                                    "BIGINT)\",\"12.75\"\n"));
}

static void
test_a_date_is_not_cut(void)
{
  g_autoptr(GString) bytes = g_string_new("d,x\n");

  for (int r = 0; r < 30000; r++)
    g_string_append(bytes, "2024-01-02,1\n");
  g_string_append(bytes, "2024-01-02 10:30:00,2\n");
  g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, NULL);
  assert_counts(&import, 30001, 30001, 0);
  assert_query(&import, "SELECT d FROM t WHERE x = 2", "2024-01-02 10:30:00");
}

/* The header and the rows before a change of width vanish in DuckDB #25827. */
static void
test_header_is_no_preamble(void)
{
  g_auto(Import) three = import_bytes("c0\nv0\na;b\n", -1, NULL);
  assert_counts(&three, 2, 2, 0);
  assert_query(&three, "SELECT c0 FROM t", "v0\na;b");

  static const int widths[] = { 1, 100, 1000, 2046, 2047, 3000, 20000 };
  for (gsize i = 0; i < G_N_ELEMENTS(widths); i++) {
    g_autoptr(GString) bytes = g_string_new("a,b\n");
    for (int r = 0; r < 30000; r++)
      g_string_append(bytes, r < widths[i] ? "1,2\n" : "1,2,3\n");
    g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, NULL);
    g_assert_no_error(import.error);
    /* whichever width is taken for the table's, all 30,000 are accounted for, by line */
    g_assert_cmpuint(import.report->read, ==, 30000);
    g_assert_cmpuint(import.report->header_line, ==, 1);
    g_assert_cmpuint(import.report->rejected, ==, import.report->rejects->len);
    guint64 narrow = (guint64)widths[i];
    g_assert_true(import.report->loaded == narrow || import.report->loaded == 30000 - narrow);
    const PkReject *first = g_ptr_array_index(import.report->rejects, 0);
    g_assert_cmpuint(first->line, ==, import.report->loaded == narrow ? narrow + 2 : 2);
    g_assert_nonnull(strstr(first->reason, "fields where the table has"));
    assert_query(&import, "SELECT min(a), max(b) FROM t", "1|2");
  }
}

static void
test_preamble(void)
{
  const char *text = "Report of the year\n\nmade by "
                     "hand\nname,value\na,1\nb,2\nc,3\nd,4\ne,5\nf,6\ng,7\nh,8\ni,9\n"
                     "j,10\nk,11\nl,12\nm,13\nn,14\no,15\np,16\nq,17\nr,18\ns,19\nt,20\n";
  g_auto(Import) import = import_bytes(text, -1, NULL);

  /* found, but not in silence: the two lines are records that were rejected */
  assert_counts(&import, 22, 20, 2);
  assert_reject(&import, 0, 1, NULL, "before line 4");
  assert_reject(&import, 1, 3, NULL, "before line 4");
  assert_query(&import, "SELECT sum(value), count(name) FROM t", "210|20");
  g_auto(Import) said = import_bytes(text, -1, OPTIONS("header", "4"));
  assert_counts(&said, 20, 20, 0);
  assert_type(&said, "value", "BIGINT");
}

static void
test_headers(void)
{
  g_auto(Import) plain = import_bytes("a,b\n1,x\n", -1, NULL);
  assert_counts(&plain, 1, 1, 0);
  assert_type(&plain, "a", "BIGINT");
  g_auto(Import) none = import_bytes("1,x\n2,y\n", -1, NULL);
  assert_counts(&none, 2, 2, 0);
  assert_type(&none, "column0", "BIGINT");
  g_auto(Import) said_none = import_bytes("a,b\nc,d\n", -1, OPTIONS("header", "none"));
  assert_counts(&said_none, 2, 2, 0);
  g_auto(Import) years = import_bytes("country,1990,1991\nDE,1,2\n", -1, OPTIONS("header", "1"));
  assert_counts(&years, 1, 1, 0);
  assert_query(&years, "SELECT \"1991\" FROM t", "2");
  g_auto(Import) twice = import_bytes("a,A,a,\n1,2,3,4\n", -1, NULL);
  assert_query(&twice, "SELECT a, \"A_1\", a_2, column3 FROM t", "1|2|3|4");
  g_auto(Import) index = import_bytes(",name\n0,x\n1,y\n", -1, NULL);
  assert_counts(&index, 2, 2, 0);
  g_auto(Import) trailing = import_bytes("a,b,\n1,2\n3,4\n5,6\n", -1, NULL);
  assert_counts(&trailing, 3, 3, 0);
  assert_query(&trailing, "SELECT sum(a), sum(b) FROM t", "9|12");
  g_auto(Import) padded = import_bytes("a,b\n1,2,3\n4,5,6\n7,8,9\n", -1, NULL);
  assert_counts(&padded, 3, 3, 0);
  assert_warning(&padded, "another number of fields");
  assert_query(&padded, "SELECT sum(column2) FROM t", "18");
  g_auto(Import) far = import_bytes("a\n1\n", -1, OPTIONS("header", "9"));
  g_assert_error(far.error, PK_ERROR, PK_ERROR_USAGE);
  g_auto(Import) lines = import_bytes("\"two\nlines\",b\n1,2\n", -1, NULL);
  assert_counts(&lines, 1, 1, 0);
  assert_query(&lines, "SELECT \"two\nlines\" FROM t", "1");
  g_auto(Import) only = import_bytes("a,b\n", -1, NULL);
  assert_counts(&only, 0, 0, 0);
}

/* --- types ---------------------------------------------------------------- */

static void
test_number_types(void)
{
  assert_inferred("1\n-2\n+3", "BIGINT", "1\n-2\n3", NULL);
  assert_inferred("9223372036854775807\n-9223372036854775808", "BIGINT",
                  "9223372036854775807\n-9223372036854775808", NULL);
  assert_inferred("9223372036854775808\n1", "UBIGINT", "9223372036854775808\n1", NULL);
  assert_inferred("9223372036854775808\n-1", "HUGEINT", "9223372036854775808\n-1", NULL);
  assert_inferred("340282366920938463463374607431768211455", "UHUGEINT",
                  "340282366920938463463374607431768211455", NULL);
  assert_inferred("340282366920938463463374607431768211456", "VARCHAR",
                  "340282366920938463463374607431768211456", NULL);
  assert_inferred("1.5\n2\n.5\n5.\n1e-3", "DOUBLE", "1.5\n2.0\n0.5\n5.0\n0.001", NULL);
  assert_inferred("-0\n1", "DOUBLE", "-0.0\n1.0", NULL);
  assert_inferred("nan\n1.5\n-inf\nInfinity", "DOUBLE", "nan\n1.5\n-inf\ninf", NULL);
  assert_inferred("nan\ninf", "VARCHAR", "nan\ninf", NULL);
  assert_inferred("0.30000000000000004\n0.1", "DOUBLE", "0.30000000000000004\n0.1", NULL);
  assert_inferred("12345678901234567\n1.5", "DECIMAL(38,1)", "12345678901234567.0\n1.5", NULL);
  assert_inferred("1e400\n1", "VARCHAR", "1e400\n1", NULL);
  assert_inferred("007\n8", "VARCHAR", "007\n8", NULL);
  assert_inferred("00.5\n8", "VARCHAR", "00.5\n8", NULL);
  assert_inferred("0\n0.5", "DOUBLE", "0.0\n0.5", NULL);
  assert_inferred("1,5\n2", "VARCHAR", "1,5\n2", NULL);
  assert_inferred(" 1\n2 ", "BIGINT", "1\n2", NULL);
  assert_inferred("1\n\n3", "BIGINT", "1\nNULL\n3", NULL);
  assert_inferred("true\nFALSE", "BOOLEAN", "true\nfalse", NULL);
  assert_inferred("true\n1", "VARCHAR", "true\n1", NULL);
  assert_inferred("\n", "VARCHAR", "NULL\nNULL", NULL);
  assert_inferred("NA\n1\n-\n2", "BIGINT", "NULL\n1\nNULL\n2", OPTIONS("nullstr", "NA", "nullstr", "-"));
  assert_inferred("1\n2", "VARCHAR", "1\n2", OPTIONS("all-text", "true"));
}

static void
test_time_types(void)
{
  assert_inferred("2024-02-29\n1999-12-31", "DATE", "2024-02-29\n1999-12-31", NULL);
  assert_inferred("2023-02-29\n1999-12-31", "VARCHAR", "2023-02-29\n1999-12-31", NULL);
  assert_inferred("2024/02/29", "DATE", "2024-02-29", NULL);
  assert_inferred("2024-01-01\n2024-01-01 10:30", "TIMESTAMP", "2024-01-01 00:00:00\n2024-01-01 10:30:00",
                  NULL);
  assert_inferred("2024-01-01T10:30:00.123456", "TIMESTAMP", "2024-01-01 10:30:00.123456", NULL);
  assert_inferred("2024-01-01T10:30:00.123456789", "TIMESTAMP_NS", "2024-01-01 10:30:00.123456789", NULL);
  assert_inferred("2024-01-01T10:30:00.1234567891", "VARCHAR", "2024-01-01T10:30:00.1234567891", NULL);
  assert_inferred("1500-01-01T10:30:00.123456789", "VARCHAR", "1500-01-01T10:30:00.123456789", NULL);
  assert_inferred("2024-01-01 24:00:00", "VARCHAR", "2024-01-01 24:00:00", NULL);
  assert_inferred("2024-06-01T12:00:00Z\n2024-06-01 12:00:00+02:00\n2024-06-01 12:00:00-0330",
                  "TIMESTAMP WITH TIME ZONE",
                  "2024-06-01 12:00:00+00\n2024-06-01 10:00:00+00\n2024-06-01 15:30:00+00", NULL);
  assert_inferred("2024-06-01T12:00Z\n2024-06-01 12:00:00.5 +0200", "TIMESTAMP WITH TIME ZONE",
                  "2024-06-01 12:00:00+00\n2024-06-01 10:00:00.5+00", NULL);
  assert_inferred("2024-06-01T12:00:00Z\n2024-06-01 12:00:00", "VARCHAR",
                  "2024-06-01T12:00:00Z\n2024-06-01 12:00:00", NULL);
  assert_inferred("2024-06-01T12:00:00Z\n2024-06-01 12:00:00\n2024-01-01", "TIMESTAMP WITH TIME ZONE",
                  "2024-06-01 12:00:00+00\n2024-06-01 10:00:00+00\n2023-12-31 23:00:00+00",
                  OPTIONS("tz", "Europe/Berlin"));
  assert_inferred("2024-06-01 12:00:00", "TIMESTAMP WITH TIME ZONE", "2024-06-01 14:30:00+00",
                  OPTIONS("tz", "-02:30"));
  assert_inferred("2024-06-01", "DATE", "2024-06-01", OPTIONS("tz", "Europe/Berlin"));
  assert_inferred("10:20:30\n23:59:59.5", "TIME", "10:20:30\n23:59:59.5", NULL);
  assert_inferred("1/31/2024\n12/1/2023", "DATE", "2024-01-31\n2023-12-01", NULL);
  assert_inferred("31/1/2024\n1/12/2023", "DATE", "2024-01-31\n2023-12-01", NULL);
  assert_inferred("1/31/2024 9:05\n12/1/2023 23:00", "TIMESTAMP",
                  "2024-01-31 09:05:00\n2023-12-01 23:00:00", NULL);
  assert_inferred("1/31/2024\n31/1/2024", "VARCHAR", "1/31/2024\n31/1/2024", NULL);
  g_auto(Import) either = import_bytes("d,x\n1/2/2024,1\n", -1, NULL);
  assert_type(&either, "d", "VARCHAR");
  assert_warning(&either, "day/month or month/day");
  g_auto(Import) nowhere = import_bytes("d\n1\n", -1, OPTIONS("tz", "Mars/Olympus"));
  g_assert_error(nowhere.error, PK_ERROR, PK_ERROR_USAGE);
}

static void
test_declared_types(void)
{
  static const struct { const char *type, *good, *back, *bad; } cases[] = {
    { "TINYINT", "-128", "-128", "128" }, { "UTINYINT", "255", "255", "-1" },
    { "SMALLINT", "007", "7", "32768" },
    { "INTEGER", "-2147483648", "-2147483648", "2147483648" },
    { "UINTEGER", "4294967295", "4294967295", "4294967296" },
    { "BIGINT", "5", "5", "5.0" }, { "UBIGINT", "18446744073709551615", "18446744073709551615", "x" },
    { "HUGEINT", "9223372036854775808", "9223372036854775808", "1e3" }, { "UHUGEINT", "1", "1", "-5" },
    { "DECIMAL(5,2)", "123.40", "123.40", "0.125" }, { "DECIMAL(5,2)", "-1", "-1.00", "1000" },
    { "DOUBLE", "12", "12.0", "twelve" }, { "FLOAT", "0.5", "0.5", "" "0,5" },
    { "BOOLEAN", "t", "true", "yes" }, { "DATE", "2024-01-31", "2024-01-31", "2024-01-31 10:00" },
    { "TIME", "01:02:03", "01:02:03", "01:02" },
    { "TIMESTAMP", "2024-01-31", "2024-01-31 00:00:00", "31.1.2024" },
    { "TIMESTAMP_S", "2024-01-31 10:00:00", "2024-01-31 10:00:00", "2024-01-31 10:00:00.5" },
    { "TIMESTAMP_MS", "2024-01-31 10:00:00.5", "2024-01-31 10:00:00.5", "2024-01-31 10:00:00.1234" },
    { "TIMESTAMP_NS", "2024-01-31 10:00:00.123456789", "2024-01-31 10:00:00.123456789", "1500-01-01" },
    { "TIMESTAMPTZ", "2024-01-31 10:00:00+01", "2024-01-31 09:00:00+00", "noon" },
    { "TIMESTAMP", "2024-01-31 10:00:00", "2024-01-31 10:00:00", "2024-01-31 10:00:00Z" },
    { "UUID", "00112233-4455-6677-8899-AABBCCDDEEFF", "00112233-4455-6677-8899-aabbccddeeff", "0011" },
    { "VARCHAR", "1", "1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *types = g_strdup_printf("v=%s", cases[i].type);
    g_autofree char *text =
      g_strdup_printf("v;w\n%s;1\n%s;2\n;3\n", cases[i].good, cases[i].bad != NULL ? cases[i].bad : "1");
    g_test_message("%s: %s, not %s", types, cases[i].good, cases[i].bad);
    g_auto(Import) import = import_bytes(text, -1, OPTIONS("types", types, "delim", ";"));
    assert_counts(&import, 3, cases[i].bad != NULL ? 2 : 3, cases[i].bad != NULL ? 1 : 0);
    assert_query(&import, "SELECT v FROM t WHERE w = 1", cases[i].back);
    assert_query(&import, "SELECT v FROM t WHERE w = 3", "NULL");
    if (cases[i].bad != NULL)
      assert_reject(&import, 0, 3, "v",
                    cases[i].type[0] == 'T' && strstr(cases[i].type, "TZ") ? "timestamp" : cases[i].bad);
  }
  g_auto(Import) unknown = import_bytes("a,b\n1,2\n", -1, OPTIONS("types", "c=BIGINT"));
  g_assert_error(unknown.error, PK_ERROR, PK_ERROR_USAGE);
  g_assert_nonnull(strstr(unknown.error->message, "no column \"c\""));
}

static void
test_warnings(void)
{
  g_autoptr(GString) bytes = g_string_new("n,m\n");

  for (int i = 0; i < 100; i++)
    g_string_append_printf(bytes, "%d,y\n", i);
  g_string_append(bytes, "n/a,z\n");
  g_auto(Import) import = import_bytes(bytes->str, -1, NULL);
  assert_counts(&import, 101, 101, 0);
  assert_type(&import, "n", "VARCHAR");
  assert_warning(&import, "1 of its 101 values is no number, the first is \"n/a\" in line 102");
  g_auto(Import) digits = import_bytes("n,m\n1e-5,x\n0.12345678901234567890123,y\n", -1, NULL);
  assert_type(&digits, "n", "DOUBLE");
  assert_warning(&digits, "more digits than DOUBLE keeps");
}

/* --- records -------------------------------------------------------------- */

static void
test_quoting(void)
{
  g_auto(Import) import = import_bytes("a,b\n1,\"x,y\"\n2,\"say "
                                       "\"\"hi\"\"\"\n3,\"two\nlines\"\n4,\"open\n5,\"x\"y\n6,plain\n"
                                       "7,mid\"dle\n",
                                       -1, NULL);
  assert_counts(&import, 7, 5, 2);
  assert_reject(&import, 0, 6, NULL, "quotes do not match");
  assert_reject(&import, 1, 7, NULL, "quotes do not match");
  assert_query(&import, "SELECT * FROM t", "1|x,y\n2|say \"hi\"\n3|two\nlines\n6|plain\n7|mid\"dle");
  const PkReject *reject = g_ptr_array_index(import.report->rejects, 0);
  g_assert_cmpstr(reject->raw, ==, "4,\"open");
  g_auto(Import) spaced = import_bytes("a,b\n1, \"x, y\" \n2,  \"z\"\n", -1, NULL);
  assert_counts(&spaced, 2, 2, 0);
  assert_query(&spaced, "SELECT b FROM t", "x, y\nz");
  g_auto(Import) escaped = import_bytes("a,b\n1,\"x\\\"y\"\n2,\"a\\\\\"\n", -1, OPTIONS("escape", "\\"));
  assert_query(&escaped, "SELECT b FROM t", "x\"y\na\\");
  g_auto(Import) single = import_bytes("a,b\n1,'x,y'\n2,\"z\n", -1, OPTIONS("quote", "'"));
  assert_query(&single, "SELECT b FROM t", "x,y\n\"z");
  g_auto(Import) without = import_bytes("a;b\n1;\"x\n2;y\"\n", -1, OPTIONS("quote", "none"));
  assert_query(&without, "SELECT b FROM t", "\"x\ny\"");
  g_auto(Import) comment = import_bytes("# about\na,b\n1,2\n#3,4\n5,6\n", -1, OPTIONS("comment", "#"));
  assert_counts(&comment, 2, 2, 0);
  g_assert_cmpuint(comment.report->blank_lines, ==, 2);
  assert_query(&comment, "SELECT sum(a) FROM t", "6");
}

static void
test_newlines(void)
{
  g_auto(Import) crlf = import_bytes("a,b\r\n1,x\r\n2,\"y\"\r\n", -1, NULL);
  assert_counts(&crlf, 2, 2, 0);
  assert_query(&crlf, "SELECT * FROM t", "1|x\n2|y");
  g_auto(Import) mixed = import_bytes("a,b\r\n1,x\n2,\"y\r\nz\"\r\n3,w", -1, NULL);
  assert_counts(&mixed, 3, 3, 0);
  assert_query(&mixed, "SELECT b FROM t", "x\ny\r\nz\nw");
  g_auto(Import) bare = import_bytes("a,b\n1,x\ry\n", -1, NULL);
  assert_counts(&bare, 1, 1, 0);
  assert_query(&bare, "SELECT b FROM t", "x\ry");
  g_auto(Import) mac = import_bytes("a,b\r1,x\r", -1, NULL);
  g_assert_error(mac.error, PK_ERROR, PK_ERROR_UNSUPPORTED);
  g_auto(Import) blank = import_bytes("a,b\n\n1,2\n   \n3,4\n\n\n", -1, NULL);
  assert_counts(&blank, 2, 2, 0);
  g_assert_cmpuint(blank.report->blank_lines, ==, 4);
  g_auto(Import) single = import_bytes("a\n1\n\n3\n", -1, NULL);
  assert_counts(&single, 3, 3, 0);
  assert_query(&single, "SELECT a FROM t", "1\nNULL\n3");
  g_auto(Import) bom = import_bytes("\xEF\xBB\xBF" "a,b\n1,2\n", -1, NULL);
  assert_query(&bom, "SELECT a FROM t", "1");
}

static void
test_bad_bytes(void)
{
  g_autoptr(GString) bytes = g_string_new("a,b\n1,gr\xc3\xbc\xc3\x9f\x65\n2,\xff\xfe\n3,x\n");
  for (int i = 0; i < 2000; i++)
    g_string_append(bytes, "4,y\n");
  g_string_append_len(bytes, "5,\0z\n6,w\n", 9);
  g_auto(Import) import = import_bytes(bytes->str, (gssize)bytes->len, NULL);
  assert_counts(&import, 2005, 2003, 2);
  assert_reject(&import, 0, 3, NULL, "not UTF-8");
  assert_reject(&import, 1, 2005, NULL, "NUL byte");
  assert_query(&import, "SELECT b FROM t WHERE a < 4 OR a > 4", "grüße\nx\nw");
}

static void
test_delimiters(void)
{
  static const struct { const char *text; int delim; } cases[] = {
    { "a\tb\n1\t2,5\n", '\t' }, { "a;b\n1,5;2,5\n2,5;3,5\n", ';' }, { "a|b\n1|2\n", '|' },
    { "a,b\n1,2\n", ',' },
    { "text\nhello, world\nno comma\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Import) import = import_bytes(cases[i].text, -1, NULL);
    g_assert_no_error(import.error);
    g_assert_cmpuint(import.report->rejected, ==, 0);
    g_assert_cmpint(import.report->delim, ==, cases[i].delim);
  }
  g_auto(Import) colon = import_bytes("a:b\n1:2\n", -1, OPTIONS("delim", ":"));
  assert_query(&colon, "SELECT b FROM t", "2");
  g_auto(Import) same = import_bytes("a,b\n", -1, OPTIONS("delim", "\""));
  g_assert_error(same.error, PK_ERROR, PK_ERROR_USAGE);
}

/* --- files ---------------------------------------------------------------- */

static void
append_gzip(GByteArray *out, const char *text)
{
  g_autoptr(GZlibCompressor) zip = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
  guint8 buffer[4096];
  gsize read, written;

  GConverterResult result = g_converter_convert(G_CONVERTER(zip), text, strlen(text), buffer, sizeof buffer,
                                                G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
  g_assert_cmpint(result, ==, G_CONVERTER_FINISHED);
  g_byte_array_append(out, buffer, (guint)written);
}

static void
append_zstd(GByteArray *out, const char *text)
{
  guint8 buffer[4096];
  gsize n = ZSTD_compress(buffer, sizeof buffer, text, strlen(text), 3);

  g_assert_false(ZSTD_isError(n));
  g_byte_array_append(out, buffer, (guint)n);
}

/* Two members or frames are one text; the records are counted, rejected and loaded as if it were
 * not packed; an end within a member is an error. */
static void
check_packed(void (*append)(GByteArray *out, const char *text), const char *ending)
{
  g_autofree char *name = g_strconcat("two.csv", ending, NULL), *cut_name = g_strconcat("cut.csv", ending, NULL);
  g_autoptr(GByteArray) bytes = g_byte_array_new();

  append(bytes, "a,b\n1,x\n");
  append(bytes, "2,y\n3,\"z\nz\"\n");
  g_autofree char *path = write_named(name, (const char *)bytes->data, (gssize)bytes->len);
  const char *paths[] = { path, NULL };
  g_auto(Import) import = import_paths(paths, NULL);
  assert_counts(&import, 3, 3, 0);
  assert_query(&import, "SELECT sum(a) FROM t", "6");
  g_auto(Import) declared = import_paths(paths, OPTIONS("types", "b=DATE"));
  assert_counts(&declared, 3, 0, 3);
  append(bytes, "not a record\n");
  g_autofree char *odd = write_named(name, (const char *)bytes->data, (gssize)bytes->len);
  const char *odd_paths[] = { odd, NULL };
  g_auto(Import) rejected = import_paths(odd_paths, NULL);
  assert_counts(&rejected, 4, 3, 1);
  assert_query(&rejected, "SELECT sum(a) FROM t", "6");
  for (gsize length = 20; length < bytes->len; length += bytes->len - 25) { /* in the first and the last */
    g_autofree char *cut = write_named(cut_name, (const char *)bytes->data, (gssize)length);
    const char *cut_paths[] = { cut, NULL };
    g_auto(Import) broken = import_paths(cut_paths, NULL);
    g_assert_error(broken.error, PK_ERROR, PK_ERROR_IO);
    g_assert_nonnull(strstr(broken.error->message, cut_name));
  }
}

static void
test_gzip(void)
{
  check_packed(append_gzip, ".gz");
}

static void
test_zstd(void)
{
  check_packed(append_zstd, ".zst");
}

static void
test_several_files(void)
{
  g_autofree char *one = write_named("part-1.csv", "a,b\n1,x\n2,y\n", -1);
  g_autofree char *two = write_named("part-2.csv", "a,b\n3.5,z\nbad\n", -1);
  g_autofree char *other = write_named("other.csv", "a,c\n1,2\n", -1);
  g_autofree char *pattern = g_build_filename(csv_work, "part-*.csv", NULL);
  const char *globbed[] = { pattern, NULL }, *differ[] = { one, other, NULL };

  g_auto(Import) import = import_paths(globbed, NULL);
  assert_counts(&import, 4, 3, 1);
  assert_reject(&import, 0, 3, NULL, "1 field where the table has 2");
  assert_type(&import, "a", "DOUBLE"); /* over both files */
  assert_query(&import, "SELECT sum(a) FROM t", "6.5");
  const PkReject *reject = g_ptr_array_index(import.report->rejects, 0);
  g_assert_cmpstr(reject->path, ==, two);
  g_auto(Import) bad = import_paths(differ, NULL);
  g_assert_error(bad.error, PK_ERROR, PK_ERROR_INVALID);
  g_assert_nonnull(strstr(bad.error->message, "other.csv"));
}

static void
assert_failure(const char *bytes, gssize n, PkErrorCode code, const char *words)
{
  g_auto(Import) import = import_bytes(bytes, n, NULL);

  g_assert_error(import.error, PK_ERROR, (gint)code);
  g_test_message("%s", import.error->message);
  g_assert_nonnull(strstr(import.error->message, words));
  g_assert_nonnull(strstr(import.error->message, ".csv"));
  g_assert_null(strchr(import.error->message, '\n'));
}

static void
test_bad_files(void)
{
  g_autoptr(GString) wide = g_string_new(NULL), line = g_string_new(NULL);

  assert_failure("", 0, PK_ERROR_INVALID, "empty");
  assert_failure("\n\n\n", -1, PK_ERROR_INVALID, "no records");
  assert_failure("\x7f\x45\x4c\x46\0\0\0\1junk\n", 13, PK_ERROR_INVALID, "NUL");
  assert_failure("\xff\xfe" "a\0,\0", 6, PK_ERROR_UNSUPPORTED, "UTF-16");
  assert_failure("\xe9t\xe9,b\n1,2\n", -1, PK_ERROR_INVALID, "not UTF-8");
  for (int i = 0; i < 30000; i++)
    g_string_append_printf(wide, "%sc%d", i > 0 ? "," : "", i);
  g_string_append_c(wide, '\n');
  assert_failure(wide->str, (gssize)wide->len, PK_ERROR_LIMIT, "30000 columns");
  g_string_set_size(line, 100 << 20);
  memset(line->str, 'x', line->len);
  assert_failure(line->str, (gssize)line->len, PK_ERROR_LIMIT, "longer than");
  /* one overlong line among good ones is a reject */
  g_string_truncate(line, 20 << 20);
  g_string_prepend(line, "a,b\n1,2\n");
  g_string_append(line, "\n3,4\n");
  g_auto(Import) import = import_bytes(line->str, (gssize)line->len, NULL);
  assert_counts(&import, 3, 2, 1);
  assert_reject(&import, 0, 3, NULL, "longer than 16 MiB");
  assert_query(&import, "SELECT sum(a) FROM t", "4");
  /* and long ones that fit are loaded */
  g_string_truncate(line, 0);
  g_string_append(line, "a,b\n1,");
  for (int i = 0; i < 5 << 20; i++)
    g_string_append_c(line, 'y');
  g_string_append(line, "\n2,z\n");
  g_auto(Import) tall = import_bytes(line->str, (gssize)line->len, NULL);
  assert_counts(&tall, 2, 2, 0);
  assert_query(&tall, "SELECT a, length(b) FROM t", "1|5242880\n2|1");
}

static void
test_an_open_quote(void)
{
  g_autoptr(GString) text = g_string_new("a,b\n1,\"never closed\n");

  for (int i = 0; i < 3 << 20; i++)
    g_string_append(text, "2,xyz\n");
  g_auto(Import) import = import_bytes(text->str, (gssize)text->len, NULL);
  assert_counts(&import, (3 << 20) + 1, 3 << 20, 1);
  assert_reject(&import, 0, 2, NULL, "quote");
}

static void
test_wide(void)
{
  g_autoptr(GString) text = g_string_new(NULL);

  for (int line = 0; line < 3; line++)
    for (int i = 0; i < 10000; i++)
      g_string_append_printf(text, "%s%d%s", line == 0 ? "c" : "", i * MAX(line, 1), i < 9999 ? "," : "\n");
  g_auto(Import) import = import_bytes(text->str, (gssize)text->len, NULL);
  assert_counts(&import, 2, 2, 0);
  assert_query(&import, "SELECT sum(c0), sum(c5000), sum(c9999) FROM t", "0|15000|29997");
}

static void
test_progress_and_cancel(void)
{
  g_autoptr(GString) text = g_string_new("a,b\n");
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSource) source = pk_source_duckdb_new(NULL, NULL);
  PkQueryControl control = { .cancellable = cancellable };

  for (int i = 0; i < 100000; i++)
    g_string_append(text, "1,2\n");
  g_autofree char *path = write_named("cancel.csv", text->str, (gssize)text->len);
  const char *paths[] = { path, NULL };
  PkFileSpec spec = { .paths = paths };
  g_cancellable_cancel(cancellable);
  g_assert_false(pk_source_add_file(source, &spec, &control, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
  g_autoptr(GPtrArray) tables = pk_source_list_tables(source, NULL);
  g_assert_cmpuint(tables->len, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  csv_import_start();
  g_test_add_func("/csv/late-values", test_late_values);
  g_test_add_func("/csv/late-values-declared", test_late_values_declared);
  g_test_add_func("/csv/late-timestamp", test_a_date_is_not_cut);
  g_test_add_func("/csv/header-is-no-preamble", test_header_is_no_preamble);
  g_test_add_func("/csv/preamble", test_preamble);
  g_test_add_func("/csv/headers", test_headers);
  g_test_add_func("/csv/number-types", test_number_types);
  g_test_add_func("/csv/time-types", test_time_types);
  g_test_add_func("/csv/declared-types", test_declared_types);
  g_test_add_func("/csv/warnings", test_warnings);
  g_test_add_func("/csv/quoting", test_quoting);
  g_test_add_func("/csv/newlines", test_newlines);
  g_test_add_func("/csv/bad-bytes", test_bad_bytes);
  g_test_add_func("/csv/delimiters", test_delimiters);
  g_test_add_func("/csv/gzip", test_gzip);
  g_test_add_func("/csv/zstd", test_zstd);
  g_test_add_func("/csv/several-files", test_several_files);
  g_test_add_func("/csv/bad-files", test_bad_files);
  g_test_add_func("/csv/wide", test_wide);
  g_test_add_func("/csv/open-quote", test_an_open_quote);
  g_test_add_func("/csv/cancel", test_progress_and_cancel);
  int status = g_test_run();
  csv_import_end();
  return status;
}
