/* The DuckDB source: queries as Arrow streams, exact values, files as tables. */
#include "pk-error.h"
#include "pk-source-duckdb.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *work; /* a directory of this run */

static PkSource *
new_source(void)
{
  g_autoptr(GError) error = NULL;
  PkSourceOptions options = { .temp_directory = work, .threads = 2 };
  PkSource *source = pk_source_duckdb_new(&options, &error);

  g_assert_no_error(error);
  return source;
}

/* All rows of a query, values separated by '|', rows by newlines; NULL on failure. */
static char *
query_text(PkSource *source, const char *sql, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_auto(PkArrowSchema) schema = { 0 };
  g_autoptr(GString) out = g_string_new(NULL);

  if (!pk_source_query(source, sql, NULL, &stream, error) ||
      !pk_arrow_stream_schema(&stream, &schema, error))
    return NULL;
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    g_auto(PkArrowView) batch = { 0 };
    if (!pk_arrow_stream_next(&stream, &array, error))
      return NULL;
    if (array.release == NULL)
      break;
    if (!pk_arrow_batch_init(&batch, &schema, &array, error))
      return NULL;
    for (gint64 r = 0; r < batch.length; r++) {
      if (out->len > 0)
        g_string_append_c(out, '\n');
      for (guint c = 0; c < batch.n_children; c++) {
        if (c > 0)
          g_string_append_c(out, '|');
        pk_arrow_format_value(&batch.children[c], r, out);
      }
    }
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
assert_query(PkSource *source, const char *sql, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = query_text(source, sql, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(text, ==, expected);
}

static char *
write_file(const char *name, const char *bytes, gssize n)
{
  char *path = g_build_filename(work, name, NULL);
  g_assert_true(g_file_set_contents(path, bytes, n, NULL));
  return path;
}

static gboolean
add_path(PkSource *source, const char *path, GPtrArray **tables, GError **error)
{
  const char *paths[] = { path, NULL };
  PkFileSpec spec = { .paths = paths };

  return pk_source_add_file(source, &spec, NULL, tables, error);
}

/* --- values --------------------------------------------------------------- */

static void
test_exact_values(void)
{
  static const struct { const char *sql, *value; } cases[] = {
    { "9223372036854775807::BIGINT", "9223372036854775807" },
    { "(-9223372036854775808)::BIGINT", "-9223372036854775808" },
    { "18446744073709551615::UBIGINT", "18446744073709551615" },
    { "170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727" },
    { "(-170141183460469231731687303715884105727)::HUGEINT", "-170141183460469231731687303715884105727" },
    { "340282366920938463463374607431768211455::UHUGEINT", "340282366920938463463374607431768211455" },
    { "'12345678901234567890123456789012345.678'::DECIMAL(38,3)",
    "12345678901234567890123456789012345.678" },
    { "'-0.05'::DECIMAL(4,2)", "-0.05" },
    { "'99.9'::DECIMAL(9,1)", "99.9" },
    { "0::DECIMAL(18,3)", "0.000" },
    { "(-128)::TINYINT", "-128" },
    { "255::UTINYINT", "255" },
    { "65535::USMALLINT", "65535" },
    { "4294967295::UINTEGER", "4294967295" },
    { "0.1::DOUBLE", "0.1" },
    { "0.1::DOUBLE + 0.2::DOUBLE", "0.30000000000000004" },
    { "'-0'::DOUBLE", "-0.0" },
    { "'nan'::DOUBLE", "nan" },
    { "'-inf'::DOUBLE", "-inf" },
    { "1e300", "1e+300" },
    { "0.1::FLOAT", "0.1" },
    { "16777217::FLOAT", "16777216.0" },
    { "true", "true" },
    { "NULL::BIGINT", "NULL" },
    { "NULL", "NULL" },
    { "DATE '1970-01-01'", "1970-01-01" },
    { "DATE '0001-01-01'", "0001-01-01" },
    { "DATE '2024-02-29'", "2024-02-29" },
    { "'infinity'::DATE", "infinity" },
    { "DATE '0044-03-15 (BC)'", "0044-03-15 (BC)" },
    { "TIME '23:59:59.999999'", "23:59:59.999999" },
    { "'10:00:00+02:30'::TIMETZ", "10:00:00+02:30" },
    { "TIMESTAMP '1969-12-31 23:59:59.5'", "1969-12-31 23:59:59.5" },
    { "'2020-01-01 00:00:01'::TIMESTAMP_S", "2020-01-01 00:00:01" },
    { "'2020-01-01 00:00:01.25'::TIMESTAMP_MS", "2020-01-01 00:00:01.25" },
    { "'2020-01-01 00:00:01.123456789'::TIMESTAMP_NS", "2020-01-01 00:00:01.123456789" },
    { "'2020-06-01 12:00:00+02'::TIMESTAMPTZ", "2020-06-01 10:00:00+00" },
    { "INTERVAL '14 months 3 days 04:05:06.7'", "1 year 2 months 3 days 04:05:06.7" },
    { "INTERVAL '-90 seconds'", "-00:01:30" },
    { "INTERVAL '0 seconds'", "00:00:00" },
    { "'x'::ENUM('y','x')", "x" },
    { "NULL::ENUM('y','x')", "NULL" },
    { "'grüße'", "grüße" },
    { "''", "" },
    { "'a\\x00b'::BLOB", "a\\x00b" },
    { "'00112233-4455-6677-8899-aabbccddeeff'::UUID", "00112233-4455-6677-8899-aabbccddeeff" },
    { "'0101100'::BIT", "0101100" },
    { "'123456789012345678901234567890123456789012345678901234567890'::BIGNUM",
      "123456789012345678901234567890123456789012345678901234567890" },
    { "'-1000000'::BIGNUM", "-1000000" },
    { "'0'::BIGNUM", "0" },
    { "[1, NULL, 3]", "[1, NULL, 3]" },
    { "[]::INTEGER[]", "[]" },
    { "[1.5, 2.5]::DOUBLE[2]", "[1.5, 2.5]" },
    { "{'a': 1, 'b': 'it''s'}", "{'a': 1, 'b': 'it\\'s'}" },
    { "MAP {'k': 1, 'l': NULL}", "{'k'=1, 'l'=NULL}" },
    { "union_value(u := 7)", "7" },
    { "[DATE '2020-01-01']", "[2020-01-01]" },
    { "'{\"a\": 1}'::JSON", "{\"a\": 1}" },
  };
  g_autoptr(PkSource) source = new_source();

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *sql = g_strdup_printf("SELECT %s", cases[i].sql);
    g_test_message("%s", sql);
    assert_query(source, sql, cases[i].value);
    /* and from a table, in the second of three rows */
    g_autofree char *middle = g_strdup_printf(
      "SELECT v FROM (VALUES (1, NULL), (2, %s), (3, NULL)) t(i, v) ORDER BY i", cases[i].sql);
    g_autofree char *expected = g_strdup_printf("NULL\n%s\nNULL", cases[i].value);
    assert_query(source, middle, expected);
  }
}

static void
test_types_described(void)
{
  static const struct { const char *sql, *name; PkTypeKind kind; } cases[] = {
    { "1::HUGEINT", "HUGEINT", PK_TYPE_I128 }, { "1::UHUGEINT", "UHUGEINT", PK_TYPE_U128 },
    { "1::DECIMAL(9,2)", "DECIMAL(9,2)", PK_TYPE_DECIMAL }, { "true", "BOOLEAN", PK_TYPE_BOOL },
    { "now()", "TIMESTAMP WITH TIME ZONE", PK_TYPE_TIMESTAMP_TZ }, { "uuid()", "UUID", PK_TYPE_UUID },
    { "'x'::ENUM('x','y')", "ENUM('x', 'y')", PK_TYPE_TEXT }, { "[1]", "INTEGER[]", PK_TYPE_LIST },
    { "{'a': [1]}", "STRUCT(\"a\" INTEGER[])", PK_TYPE_STRUCT },
    { "MAP {1: 'x'}", "MAP(INTEGER, VARCHAR)", PK_TYPE_MAP },
    { "'1'::JSON", "JSON", PK_TYPE_TEXT }, { "1::TIMESTAMP_NS", "TIMESTAMP_NS", PK_TYPE_TIMESTAMP },
    { "'1'::BIGNUM", "BIGNUM", PK_TYPE_BIGNUM }, { "[1,2]::INTEGER[2]", "INTEGER[2]", PK_TYPE_LIST },
  };
  g_autoptr(PkSource) source = new_source();

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strdup_printf(
      "SELECT %s AS \"the column\"",
      g_str_has_prefix(cases[i].sql, "1::TIMESTAMP_NS") ? "'2020-01-01'::TIMESTAMP_NS" : cases[i].sql);
    g_autoptr(GPtrArray) columns = pk_source_describe(source, sql, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(columns->len, ==, 1);
    const PkColumnInfo *info = g_ptr_array_index(columns, 0);
    g_assert_cmpstr(info->name, ==, "the column");
    g_assert_cmpstr(info->sql_type, ==, cases[i].name);
    g_assert_cmpint(info->type.kind, ==, cases[i].kind);
  }
}

/* --- streams -------------------------------------------------------------- */

static void
test_stream_is_lazy_and_outlived(void)
{
  g_autoptr(PkSource) source = new_source();
  g_auto(PkArrowStream) stream = { 0 };
  g_auto(PkArrowSchema) schema = { 0 };
  g_auto(PkArrowArray) array = { 0 };
  g_auto(PkArrowView) batch = { 0 };
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  PkQueryStats stats = { 0 };
  PkQueryControl control = { .stats = &stats };

  /* 10^12 rows: only a stream can begin to answer this. */
  g_assert_true(pk_source_query(source, "SELECT i, 'row ' || i AS t FROM range(1000000000000) r(i)",
                                &control, &stream, &error));
  g_assert_true(pk_arrow_stream_schema(&stream, &schema, &error));
  g_assert_true(pk_arrow_stream_next(&stream, &array, &error));
  g_assert_cmpint(array.length, >, 0);
  pk_arrow_stream_clear(&stream);
  g_assert_cmpuint(stats.rows, ==, (guint64)array.length);
  g_clear_pointer(&source, pk_source_unref);
  g_assert_true(pk_arrow_batch_init(&batch, &schema, &array, &error));
  pk_arrow_format_value(&batch.children[1], 7, text);
  g_assert_cmpstr(text->str, ==, "row 7");
}

static void
test_stream_failure(void)
{
  g_autoptr(PkSource) source = new_source();

  /* Often enough to meet the run in which another thread's interruption hides the fault. */
  for (int i = 0; i < 100; i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *text = query_text(source, "SELECT CASE WHEN i = 90000 THEN error('bad row') ELSE i END "
                                               "FROM range(200000) r(i)", &error);
    g_assert_null(text);
    g_assert_error(error, PK_ERROR, PK_ERROR_ENGINE);
    g_assert_nonnull(strstr(error->message, "bad row"));
  }
}

/* The first report of progress comes while the query runs. */
static void
cancel_at_progress(const PkProgress *progress, gpointer cancellable)
{
  g_cancellable_cancel(cancellable);
}

static void
test_cancel(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  PkQueryControl control = { .cancellable = cancellable, .progress = cancel_at_progress, .progress_data = cancellable };
  gint64 before = g_get_monotonic_time();
  g_auto(PkArrowStream) stream = { 0 };

  g_assert_false(pk_source_query(source,
                                 "SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(1000000) b(i)",
                                 &control, &stream, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
  g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
  /* and one that is cancelled before it starts */
  g_clear_error(&error);
  g_assert_false(pk_source_query(source, "SELECT 1", &control, &stream, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
}

static void
count_progress(const PkProgress *progress, gpointer data)
{
  g_assert_cmpfloat(progress->done, <=, progress->total);
  (*(guint *)data)++;
}

static void
test_progress_and_stats(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  guint calls = 0;
  PkQueryStats stats = { 0 };
  PkQueryControl control = { .progress = count_progress, .progress_data = &calls, .stats = &stats };

  g_assert_true(pk_source_execute(
    source, "CREATE TABLE big AS SELECT i, hash(i) AS h FROM range(3000000) r(i)", &control, &error));
  g_assert_no_error(error);
  g_assert_true(
    pk_source_execute(source, "SELECT count(DISTINCT h), max(hash(h + i)) FROM big", &control, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(stats.rows, ==, 1);
  g_assert_cmpuint(stats.rows_scanned, ==, 3000000);
  g_assert_cmpfloat(stats.ms, >, 0);
  g_assert_cmpuint(calls, >, 0);
  /* and of a Parquet file */
  g_autofree char *path = g_build_filename(work, "stats.parquet", NULL);
  g_autofree char *copy = g_strdup_printf("COPY (SELECT i, hash(i) AS h FROM range(300000) r(i)) TO '%s' "
                                          "(ROW_GROUP_SIZE 20000)", path);
  g_assert_true(pk_source_execute(source, copy, NULL, &error));
  g_assert_true(add_path(source, path, NULL, &error));
  g_assert_true(pk_source_execute(source, "SELECT sum(hash(h + i)) FROM stats", &control, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(stats.rows_scanned, ==, 300000);
  g_assert_cmpuint(stats.bytes_read, >, 300000 * 8);
  /* of one row group, of several, through a filter, whatever the number of threads */
  static const char *const queries[] = { "SELECT sum(hash(h + i)) FROM stats", "SELECT sum(h) FROM stats WHERE i > 299990" };
  for (guint threads = 1; threads <= 5; threads += 2)
    for (guint q = 0; q < G_N_ELEMENTS(queries); q++) {
      g_autofree char *set = g_strdup_printf("SET threads = %u", threads);
      g_assert_true(pk_source_execute(source, set, NULL, &error));
      g_assert_true(pk_source_execute(source, queries[q], &control, &error));
      g_assert_no_error(error);
      g_assert_cmpuint(stats.rows_scanned, ==, 300000);
    }
}

static void
test_statements(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  char *text;

  assert_query(
    source, "CREATE TEMP TABLE t AS SELECT 5 AS x; INSERT INTO t VALUES (6); SELECT sum(x) FROM t", "11");
  text = query_text(source, "SELEC 1", &error);
  g_assert_null(text);
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
  g_assert_null(strchr(error->message, '\n'));
  g_clear_error(&error);
  g_assert_null(query_text(source, "SELECT nowhere FROM (SELECT 1 AS here)", &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_assert_null(query_text(source, "", &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
  g_clear_error(&error);
  g_assert_null(query_text(source, "SELECT ?", &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_UNSUPPORTED);
  g_clear_error(&error);
  g_assert_null(query_text(source, "SELECT 'x'::INTEGER", &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_TYPE);
}

static void
test_no_extensions(void)
{
  static const char *const refused[] = {
    "INSTALL httpfs", "LOAD httpfs", "SET autoinstall_known_extensions = true",
    "SET custom_extension_repository = 'http://127.0.0.1'", "FORCE INSTALL spatial",
  };
  g_autoptr(PkSource) source = new_source();

  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(pk_source_execute(source, refused[i], NULL, &error));
    g_test_message("%s: %s", refused[i], error->message);
    g_assert_error(error, PK_ERROR, PK_ERROR_FORBIDDEN);
  }
  g_autoptr(GError) error = NULL;
  g_assert_null(query_text(source, "SELECT * FROM 'http://127.0.0.1/x.csv'", &error));
  g_assert_nonnull(error);
}

static void
test_parse_sql(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  g_autofree char *json = pk_source_parse_sql(source, "SELECT a, count(*) FROM t GROUP BY a", &error);

  g_assert_no_error(error);
  g_assert_nonnull(strstr(json, "\"SELECT_NODE\""));
  g_assert_null(pk_source_parse_sql(source, "DROP TABLE t", &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
}

static void
test_add_stream(void)
{
  g_autoptr(PkSource) source = new_source();
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true(pk_source_query(source, "SELECT i, 'v' || i AS v, i::HUGEINT AS h FROM range(5000) r(i)",
                                NULL, &stream, &error));
  g_assert_true(pk_source_add_stream(source, "from stream", &stream, &error));
  g_assert_no_error(error);
  assert_query(source, "SELECT count(*), sum(i), max(h), min(v), max(i) FROM \"from stream\"",
               "5000|12497500|4999|v0|4999");
}

/* --- files ---------------------------------------------------------------- */

static void
test_parquet_json_database(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  g_autofree char *sql = g_strdup_printf(
    "COPY (SELECT i, i / 2 AS h FROM range(1000) r(i)) TO '%s/data one.parquet';"
    "COPY (SELECT i FROM range(10) r(i)) TO '%s/p[1].parquet';"
    "COPY (SELECT 'a' AS k, i FROM range(10) r(i)) TO '%s/part1.ndjson' (FORMAT json);"
    "COPY (SELECT 'b' AS k, i FROM range(10) r(i)) TO '%s/part2.ndjson' (FORMAT json);"
    "COPY (SELECT i FROM range(3) r(i)) TO '%s/array.json' (FORMAT json, ARRAY true);"
    "ATTACH '%s/base.duckdb' AS base; CREATE TABLE base.items AS SELECT 42 AS answer; CREATE VIEW base.seen AS "
    "SELECT answer + 1 AS next FROM base.items; DETACH base", work, work, work, work, work, work);
  g_assert_true(pk_source_execute(source, sql, NULL, &error));
  g_assert_no_error(error);

  g_autofree char *parquet = g_build_filename(work, "data one.parquet", NULL);
  g_autofree char *bracket = g_build_filename(work, "p[1].parquet", NULL);
  g_autofree char *glob = g_build_filename(work, "part*.ndjson", NULL);
  g_autofree char *array = g_build_filename(work, "array.json", NULL);
  g_autofree char *base = g_build_filename(work, "base.duckdb", NULL);
  g_autoptr(GPtrArray) tables = NULL;
  g_assert_true(add_path(source, parquet, &tables, &error));
  g_assert_cmpstr(((PkSourceTable *)g_ptr_array_index(tables, 0))->name, ==, "data_one");
  g_assert_true(add_path(source, bracket, NULL, &error));
  g_assert_no_error(error);
  g_assert_true(add_path(source, glob, NULL, &error));
  g_assert_true(add_path(source, array, NULL, &error));
  g_assert_true(add_path(source, base, NULL, &error));
  g_assert_no_error(error);
  assert_query(source, "SELECT count(*), sum(i) FROM data_one", "1000|499500");
  assert_query(source, "SELECT count(*) FROM p_1_", "10");
  assert_query(source, "SELECT k, count(*) FROM \"part_\" GROUP BY k ORDER BY k", "a|10\nb|10");
  assert_query(source, "SELECT count(*) FROM \"array\"", "3");
  assert_query(source, "SELECT answer, next FROM items, seen", "42|43");
  assert_query(source, "SELECT answer FROM base.items", "42");
  g_assert_false(pk_source_execute(source, "INSERT INTO base.items VALUES (1)", NULL, &error));
  g_assert_nonnull(strstr(error->message, "read-only"));
  g_autoptr(GPtrArray) all = pk_source_list_tables(source, NULL);
  g_assert_cmpuint(all->len, ==, 6);
}

/* Names that SQL does not tell apart are told. DuckDB writes none, so they are put in a file that it wrote. */
static void
test_parquet_names(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GPtrArray) tables = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(work, "names.parquet", NULL), *bytes = NULL;
  g_autofree char *sql =
    g_strdup_printf("COPY (SELECT 1 AS col, {'x': 1, 'y': 2} AS s, 2 AS xyz) TO '%s' (FORMAT parquet)", path);
  gsize length;

  g_assert_true(pk_source_execute(source, sql, NULL, &error));
  g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
  for (char *p; (p = memmem(bytes, length, "xyz", 3)) != NULL;)
    memcpy(p, "COL", 3);
  g_assert_true(g_file_set_contents(path, bytes, (gssize)length, NULL));
  g_assert_true(add_path(source, path, &tables, &error));
  g_assert_no_error(error);
  const PkSourceTable *table = g_ptr_array_index(tables, 0);
  g_assert_false(table->report->counted);
  g_assert_cmpuint(table->report->warnings->len, ==, 1);
  g_assert_nonnull(strstr(g_ptr_array_index(table->report->warnings, 0), ": COL is COL_1"));
  assert_query(source, "SELECT col, COL_1 FROM names", "1|2");
}

/* Types come from all of the file, and nothing after a sample is bent to fit
 * (DuckDB #25786): 20,480 records are what DuckDB looks at unless told. */
static void
test_json_types(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) text = g_string_new(NULL);

  for (int i = 0; i < 21000; i++)
    g_string_append_printf(text, "{\"a\": %d, \"b\": %d, \"c\": %d, \"d\": true}\n", i, i, i % 2 ? i : -i);
  g_string_append(text, "{\"a\": 1.5, \"b\": \"x\", \"c\": 7, \"d\": 2}\n");
  g_string_append(text, "{\"a\": null, \"b\": null, \"c\": null, \"d\": null}\n");
  g_autofree char *path = write_file("late.ndjson", text->str, (gssize)text->len);
  g_assert_true(add_path(source, path, NULL, &error));
  g_assert_no_error(error);
  assert_query(source, "SELECT typeof(a), typeof(b), typeof(c), typeof(d) FROM late LIMIT 1",
               "DOUBLE|VARCHAR|BIGINT|VARCHAR");
  assert_query(source, "SELECT * FROM late WHERE a = 1.5", "1.5|x|7|2");
  assert_query(source, "SELECT * FROM late WHERE a = 3", "3.0|3|3|true");
  assert_query(source, "SELECT count(*), count(b) FROM late", "21002|21001");
}

static void
assert_refused(PkSource *source, const char *path, PkErrorCode code, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(path);

  g_assert_false(add_path(source, path, NULL, &error));
  g_test_message("%s", error->message);
  g_assert_error(error, PK_ERROR, (gint)code);
  g_assert_nonnull(strstr(error->message, name));
  g_assert_nonnull(strstr(error->message, words));
  g_assert_null(strchr(error->message, '\n'));
}

static void
test_bad_files(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autofree char *empty = write_file("empty.parquet", "", 0);
  g_autofree char *junk = write_file("junk.parquet", "\x01\x02junk junk junk", -1);
  g_autofree char *cut = write_file("cut.parquet", "PAR1 and then nothing that ends it", -1);
  g_autofree char *tail =
    write_file("tail.parquet", "PAR1 xxxxxxxxxxxxxxxxxxxxxxxx\xff\xff\xff\x7fPAR1", -1);
  g_autofree char *json = write_file("bad.json", "[{\"a\": 1}, {\"a\": ", -1);
  g_autofree char *nul = write_file("nul.json", "{\"a\": \0 1}", 10);
  g_autofree char *sqlite = write_file("lite.db", "SQLite format 3\0xxxxxxxxxxxxxxxxxxx", 30);
  g_autofree char *db = write_file("not.duckdb", "hello, this is text", -1);
  g_autofree char *missing = g_build_filename(work, "missing.csv", NULL);
  g_autofree char *pattern = g_build_filename(work, "none*.csv", NULL);
  g_autofree char *locked = write_file("locked.parquet", "PAR1", -1);

  assert_refused(source, empty, PK_ERROR_INVALID, "empty");
  assert_refused(source, junk, PK_ERROR_INVALID, "not a Parquet file");
  assert_refused(source, cut, PK_ERROR_INVALID, "cut short");
  assert_refused(source, tail, PK_ERROR_INVALID, "tail.parquet");
  assert_refused(source, json, PK_ERROR_INVALID, "bad.json");
  assert_refused(source, nul, PK_ERROR_INVALID, "NUL");
  assert_refused(source, sqlite, PK_ERROR_UNSUPPORTED, "SQLite");
  assert_refused(source, db, PK_ERROR_INVALID, "not a DuckDB database");
  assert_refused(source, missing, PK_ERROR_NOT_FOUND, "no such file");
  assert_refused(source, pattern, PK_ERROR_NOT_FOUND, "no file matches");
  assert_refused(source, work, PK_ERROR_IO, "is a directory");
  assert_refused(source, "https://example.org/x.csv", PK_ERROR_UNSUPPORTED, "network");
  g_chmod(locked, 0);
  if (g_access(locked, R_OK) != 0) /* root reads everything */
    assert_refused(source, locked, PK_ERROR_IO, "ermission");
  g_chmod(locked, 0600);
  g_autoptr(GPtrArray) all = pk_source_list_tables(source, NULL);
  g_assert_cmpuint(all->len, ==, 0);
}

static void
test_stdin(void)
{
  g_autoptr(PkSource) source = new_source();
  g_autoptr(GError) error = NULL;
  const char *text = "{\"a\": 1}\n{\"a\": 2}\n";
  const char *paths[] = { "-", NULL };
  int fds[2];

  g_assert_cmpint(pipe(fds), ==, 0);
  g_assert_cmpint(write(fds[1], text, strlen(text)), ==, (gssize)strlen(text));
  close(fds[1]);
  PkFileSpec spec = { .paths = paths, .stdin_fd = fds[0] };
  g_assert_true(pk_source_add_file(source, &spec, NULL, NULL, &error));
  g_assert_no_error(error);
  close(fds[0]);
  assert_query(source, "SELECT sum(a) FROM stdin", "3");
}

static void
test_temp_directory_is_removed(void)
{
  g_autofree char *parent = g_build_filename(work, "temps", NULL);
  g_autoptr(GError) error = NULL;
  PkSourceOptions options = { .temp_directory = parent, .memory_limit = 64 << 20, .threads = 2 };

  g_assert_cmpint(g_mkdir(parent, 0700), ==, 0);
  PkSource *source = pk_source_duckdb_new(&options, &error);
  g_assert_no_error(error);
  /* more than fits: it spills, and still answers */
  g_autofree char *text = query_text(source,
                                     "SELECT count(*) FROM (SELECT i, hash(i) AS h, uuid() AS u FROM "
                                     "range(2000000) r(i) ORDER BY h)",
                                     &error);
  g_assert_no_error(error);
  g_assert_cmpstr(text, ==, "2000000");
  pk_source_unref(source);
  g_assert_cmpint(g_rmdir(parent), ==, 0); /* so it is empty */
  options.temp_directory = "/nonexistent/place";
  g_assert_null(pk_source_duckdb_new(&options, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_NOT_FOUND);
}

static void
test_names(void)
{
  static const struct { const char *path, *name; PkFileFormat format; } cases[] = {
    { "/a/b/flights-3m.parquet", "flights_3m", PK_FILE_PARQUET }, { "x.csv.gz", "x", PK_FILE_CSV },
    { "2024.tsv", "_2024", PK_FILE_CSV }, { "-", "stdin", PK_FILE_AUTO },
    { ".hidden", "_hidden", PK_FILE_AUTO },
    { "größe.JSON", "größe", PK_FILE_JSON }, { "a.b.ndjson", "a_b", PK_FILE_NDJSON },
    { "m.db", "m", PK_FILE_DATABASE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *name = pk_table_name_from_path(cases[i].path);
    g_assert_cmpstr(name, ==, cases[i].name);
    g_assert_cmpint(pk_file_format_from_path(cases[i].path), ==, cases[i].format);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  work = g_dir_make_tmp("pika-test-source-XXXXXX", NULL);
  g_test_add_func("/source/values", test_exact_values);
  g_test_add_func("/source/types", test_types_described);
  g_test_add_func("/source/stream-lazy", test_stream_is_lazy_and_outlived);
  g_test_add_func("/source/stream-failure", test_stream_failure);
  g_test_add_func("/source/cancel", test_cancel);
  g_test_add_func("/source/progress-stats", test_progress_and_stats);
  g_test_add_func("/source/statements", test_statements);
  g_test_add_func("/source/no-extensions", test_no_extensions);
  g_test_add_func("/source/parse-sql", test_parse_sql);
  g_test_add_func("/source/add-stream", test_add_stream);
  g_test_add_func("/source/parquet-json-database", test_parquet_json_database);
  g_test_add_func("/source/parquet-names", test_parquet_names);
  g_test_add_func("/source/json-types", test_json_types);
  g_test_add_func("/source/bad-files", test_bad_files);
  g_test_add_func("/source/stdin", test_stdin);
  g_test_add_func("/source/temp-directory", test_temp_directory_is_removed);
  g_test_add_func("/source/names", test_names);
  int status = g_test_run();
  GDir *dir = g_dir_open(work, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *path = g_build_filename(work, name, NULL);
    g_remove(path);
  }
  g_dir_close(dir);
  g_rmdir(work);
  g_free(work);
  return status;
}
