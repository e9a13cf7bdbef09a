/* What came from someone else can do no harm: a restricted source answers one
 * SELECT at a time from the files that were named, and nothing else. These tests
 * try to break out. */
#include "pk-error.h"
#include "pk-source-duckdb.h"
#include "pk-sql-quote.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static char *work;    /* where everything lies */
static char *allowed; /* a directory in it that may be read */
static char *secret;  /* a file in `work` that may not */

static PkSource *
restricted_source(void)
{
  const char *directories[] = { allowed, NULL };
  PkSourceOptions options = { .temp_directory = work, .threads = 2, .restricted = TRUE,
                              .allowed_directories = directories };
  g_autoptr(GError) error = NULL;
  PkSource *source = pk_source_duckdb_new(&options, &error);

  g_assert_no_error(error);
  return source;
}

static gboolean
add(PkSource *source, const char *path, const char *name, GError **error)
{
  const char *paths[] = { path, NULL };
  PkFileSpec spec = { .paths = paths, .name = name };

  return pk_source_add_file(source, &spec, NULL, NULL, error);
}

/* Runs a query to its end; FALSE if it failed at any point. */
static gboolean
runs(PkSource *source, const char *sql, GString *out, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_auto(PkArrowSchema) schema = { 0 };

  if (!pk_source_query(source, sql, NULL, &stream, error) ||
      !pk_arrow_stream_schema(&stream, &schema, error))
    return FALSE;
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    g_auto(PkArrowView) batch = { 0 };
    if (!pk_arrow_stream_next(&stream, &array, error))
      return FALSE;
    if (array.release == NULL)
      return TRUE;
    if (!pk_arrow_batch_init(&batch, &schema, &array, error))
      return FALSE;
    for (gint64 r = 0; r < batch.length; r++)
      for (guint c = 0; c < batch.n_children; c++)
        pk_arrow_format_value(&batch.children[c], r, out);
  }
}

static char *
path_in(const char *directory, const char *name)
{
  return g_build_filename(directory, name, NULL);
}

/* --- what may be done ------------------------------------------------------ */

static void
test_allowed(void)
{
  g_autoptr(PkSource) source = restricted_source();
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  g_autofree char *csv = path_in(allowed, "ok.csv"), *json = path_in(allowed, "ok.json");
  g_autofree char *parquet = path_in(allowed, "ok.parquet"), *base = path_in(allowed, "ok.duckdb");
  g_autofree char *rejects = path_in(allowed, "odd.csv");

  g_assert_true(add(source, csv, "c", &error));
  g_assert_no_error(error);
  g_assert_true(add(source, json, "j", &error));
  g_assert_no_error(error);
  g_assert_true(add(source, parquet, "p", &error));
  g_assert_no_error(error);
  g_assert_true(add(source, base, "d", &error));
  g_assert_no_error(error);
  g_assert_true(add(source, rejects, "o", &error)); /* needs a clean copy */
  g_assert_no_error(error);
  g_assert_true(runs(source,
                     "WITH x AS (SELECT a FROM c UNION ALL SELECT a FROM j UNION ALL SELECT a FROM p UNION "
                     "ALL "
                     "SELECT a FROM inner_table UNION ALL SELECT a FROM o) SELECT sum(a) FROM x",
                     out, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(out->str, ==, "15");
  /* what does not fit in memory may still spill */
  g_string_truncate(out, 0);
  g_assert_true(runs(source, "SELECT count(*) FROM (SELECT hash(i) h FROM range(300000) r(i) ORDER BY h)",
                     out, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(out->str, ==, "300000");
}

/* --- what may not ---------------------------------------------------------- */

static void
assert_forbidden_statement(PkSource *source, const char *sql)
{
  g_autoptr(GError) error = NULL, execute_error = NULL;
  g_autoptr(GString) out = g_string_new(NULL);

  g_test_message("%s", sql);
  if (runs(source, sql, out, &error))
    g_error("ran: %s gave %s", sql, out->str);
  g_assert_error(error, PK_ERROR, PK_ERROR_FORBIDDEN);
  g_assert_false(pk_source_execute(source, sql, NULL, &execute_error));
  g_assert_error(execute_error, PK_ERROR, PK_ERROR_FORBIDDEN);
}

static void
test_statements(void)
{
  static const char *const statements[] = {
    "COPY (SELECT 1) TO 'out.csv'", "COPY t FROM 'secret.csv'", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'",
    "ATTACH 'secret.duckdb'", "ATTACH ':memory:' AS x", "DETACH memory", "USE memory",
    "SET enable_external_access = true", "SET memory_limit = '1TB'", "RESET ALL", "SET VARIABLE x = 1",
    "PRAGMA enable_external_access", "PRAGMA database_list", "PRAGMA version", "PRAGMA show_tables",
    "INSTALL httpfs", "LOAD httpfs", "UPDATE EXTENSIONS",
    "CREATE TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "CREATE MACRO f() AS 1",
    "CREATE SECRET s (TYPE s3)",
    "INSERT INTO c VALUES (1)", "UPDATE c SET a = 1", "DELETE FROM c", "DROP TABLE c",
    "ALTER TABLE c ADD COLUMN z INT",
    "TRUNCATE c", "VACUUM", "CHECKPOINT", "BEGIN", "CALL pragma_version()", "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "EXPLAIN ANALYZE SELECT 1", "EXPLAIN SELECT 1", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE c",
    "SELECT 1; COPY (SELECT 1) TO 'out.csv'", "DO SELECT 1", "LISTEN x", "",
    "/* SELECT */ DROP TABLE c", "-- SELECT 1\nDROP TABLE c", "COMMENT ON TABLE c IS 'x'",
  };
  g_autoptr(PkSource) source = restricted_source();
  g_autofree char *csv = path_in(allowed, "ok.csv");
  g_autoptr(GError) error = NULL;

  g_assert_true(add(source, csv, "c", &error));
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++)
    assert_forbidden_statement(source, statements[i]);
  g_autoptr(GString) out = g_string_new(NULL);
  g_assert_true(runs(source, "SELECT count(*) FROM c", out, &error)); /* it is all still there */
  g_assert_cmpstr(out->str, ==, "2");
}

/* SELECTs that reach for a file: each must fail, and give nothing of it. */
static void
test_reading_files(void)
{
  static const char *const templates[] = {
    "SELECT * FROM '%s'", "FROM '%s'", "SELECT * FROM read_csv('%s')", "SELECT * FROM read_csv_auto('%s')",
    "SELECT * FROM read_csv(['%s'])", "SELECT * FROM read_text('%s')", "SELECT * FROM read_blob('%s')",
    "SELECT * FROM read_parquet('%s')", "SELECT * FROM parquet_scan('%s')", "SELECT * FROM read_json('%s')",
    "SELECT * FROM read_json_auto('%s')", "SELECT * FROM read_ndjson('%s')",
    "SELECT * FROM read_json_objects('%s')",
    "SELECT * FROM sniff_csv('%s')", "SELECT * FROM parquet_metadata('%s')",
    "SELECT * FROM parquet_schema('%s')",
    "SELECT * FROM parquet_file_metadata('%s')", "SELECT * FROM parquet_kv_metadata('%s')",
    "SELECT (SELECT content FROM read_text('%s'))", "WITH x AS (FROM read_text('%s')) SELECT * FROM x",
    "SELECT * FROM query('FROM read_text(''%s'')')", "SELECT * FROM query_table('%s')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''%s'')'))",
    "SELECT * FROM read_duckdb('%s')",
    "SELECT * FROM (PIVOT (FROM read_text('%s')) ON filename USING count(*))",
  };
  g_autoptr(PkSource) source = restricted_source();
  g_autofree char *through = g_build_filename(allowed, "..", "secret.csv", NULL);
  g_autofree char *link = path_in(allowed, "link.csv"), *base = path_in(work, "secret.duckdb");
  const char *const targets[] = { secret,      through, link, base, "/etc/passwd", "/proc/self/environ",
                                  "secret.csv" };

  for (gsize t = 0; t < G_N_ELEMENTS(targets); t++)
    for (gsize i = 0; i < G_N_ELEMENTS(templates); i++) {
      g_auto(GStrv) parts = g_strsplit(templates[i], "%s", 2);
      g_autofree char *sql = g_strconcat(parts[0], targets[t], parts[1], NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(GString) out = g_string_new(NULL);
      if (runs(source, sql, out, &error))
        g_error("ran: %s gave %s", sql, out->str);
      g_assert_null(strstr(out->str, "hidden"));
      g_assert_null(strstr(error->message, "hidden"));
    }
}

/* Listing files and the like gives nothing or fails. */
static void
test_looking_around(void)
{
  g_autoptr(PkSource) source = restricted_source();
  char *sqls[] = {
    g_strdup_printf("SELECT * FROM glob('%s/*')", work),
    g_strdup_printf("SELECT * FROM glob('%s/../*')", allowed),
    g_strdup("SELECT * FROM glob('/etc/*')"),
    g_strdup("SELECT getenv('HOME')"),
    g_strdup_printf("SELECT * FROM read_csv('%s/*.csv')", allowed),
    g_strdup("SELECT * FROM duckdb_secrets()"),
    g_strdup("SELECT * FROM which_secret('s3://x', 's3')"),
    NULL,
  };

  for (gsize i = 0; sqls[i] != NULL; i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    if (runs(source, sqls[i], out, &error) && out->len > 0)
      g_error("ran: %s gave %s", sqls[i], out->str);
    g_free(sqls[i]);
  }
}

/* Functions that would act, called from a SELECT. */
static void
test_acting_functions(void)
{
  static const char *const sqls[] = {
    "SELECT * FROM enable_logging()",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '%s/log')",
    "SELECT * FROM enable_profiling()", "SELECT set_config('enable_external_access', 'true')",
    "SELECT * FROM pragma_enable_external_access()", "SELECT * FROM load_aws_credentials()",
    "SELECT * FROM arrow_scan(1, 2, 3)", "SELECT * FROM arrow_scan_dumb(1, 2, 3)",
    "SELECT * FROM seq_scan(1)",
    "SELECT * FROM pandas_scan(1)", "SELECT * FROM duckdb_approx_database_count(1)",
    "SELECT * FROM arrow_scan(140737488355328::POINTER, 1::POINTER, 1::POINTER)",
    "SELECT * FROM pragma_import_database('x')",
  };
  g_autoptr(PkSource) source = restricted_source();

  for (gsize i = 0; i < G_N_ELEMENTS(sqls); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(sqls[i], "%s", 2);
    g_autofree char *sql =
      parts[1] != NULL ? g_strconcat(parts[0], work, parts[1], NULL) : g_strdup(sqls[i]);
    g_test_message("%s", sql);
    if (runs(source, sql, out, &error))
      g_error("ran: %s gave %s", sql, out->str);
  }
  g_autofree char *log = path_in(work, "log");
  g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
}

/* add_file itself keeps to what was named, and sees through links. */
static void
test_adding_files(void)
{
  g_autoptr(PkSource) source = restricted_source();
  g_autofree char *through = g_build_filename(allowed, "..", "secret.csv", NULL);
  g_autofree char *link = path_in(allowed, "link.csv"), *pattern = g_build_filename(work, "s*.csv", NULL);
  g_autofree char *dir_link = g_build_filename(allowed, "out", "secret.csv", NULL);
  const char *const targets[] = { secret, through, link, dir_link, pattern, "/etc/passwd" };

  for (gsize i = 0; i < G_N_ELEMENTS(targets); i++) {
    g_autoptr(GError) error = NULL;
    g_test_message("%s", targets[i]);
    g_assert_false(add(source, targets[i], NULL, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_FORBIDDEN);
  }
  /* a file that was named by itself */
  const char *paths[] = { secret, NULL };
  PkSourceOptions options = { .temp_directory = work, .restricted = TRUE, .allowed_paths = paths };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSource) named = pk_source_duckdb_new(&options, &error);
  g_autofree char *other = path_in(allowed, "ok.csv");
  g_assert_true(add(named, secret, "s", &error));
  g_assert_no_error(error);
  g_assert_false(add(named, other, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_FORBIDDEN);
}

/* A database that was given cannot be written, even if asked to be writable. */
static void
test_databases_stay_read_only(void)
{
  g_autoptr(PkSource) source = restricted_source();
  g_autofree char *base = path_in(allowed, "ok.duckdb");
  const char *paths[] = { base, NULL };
  PkFileSpec spec = { .paths = paths, .writable = TRUE };
  g_autoptr(GError) error = NULL;

  g_assert_true(pk_source_add_file(source, &spec, NULL, NULL, &error));
  g_assert_no_error(error);
  g_autoptr(GString) out = g_string_new(NULL);
  g_assert_true(
    runs(source, "SELECT readonly FROM duckdb_databases() WHERE database_name = 'ok'", out, &error));
  g_assert_cmpstr(out->str, ==, "true");
}

static void
make_files(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSource) source = pk_source_duckdb_new(NULL, &error);
  g_autofree char *out = path_in(allowed, "out"), *link = path_in(allowed, "link.csv");
  g_autofree char *csv = path_in(allowed, "ok.csv"), *odd = path_in(allowed, "odd.csv");
  g_autofree char *sql = g_strdup_printf(
    "COPY (SELECT 3 AS a) TO '%s/ok.parquet'; COPY (SELECT 3 AS a) TO '%s/ok.json';"
    "ATTACH '%s/ok.duckdb' AS o; CREATE TABLE o.inner_table AS SELECT 3 AS a; DETACH o;"
    "ATTACH '%s/secret.duckdb' AS s; CREATE TABLE s.t AS SELECT 'hidden' AS a; DETACH s", allowed,
    allowed, allowed, work);

  g_assert_true(pk_source_execute(source, sql, NULL, &error));
  g_assert_no_error(error);
  g_assert_true(g_file_set_contents(csv, "a,b\n1,x\n2,y\n", -1, NULL));
  g_assert_true(g_file_set_contents(odd, "a,b\n3,x\n2\n", -1, NULL));
  g_assert_true(g_file_set_contents(secret, "a,b\n1,hidden\n", -1, NULL));
  g_assert_cmpint(symlink(secret, link), ==, 0);
  g_assert_cmpint(symlink(work, out), ==, 0);
}

static void
remove_tree(const char *path)
{
  GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_clear_pointer(&dir, g_dir_close);
  g_remove(path);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  work = g_dir_make_tmp("pika-test-restricted-XXXXXX", NULL);
  allowed = g_build_filename(work, "allowed", NULL);
  secret = g_build_filename(work, "secret.csv", NULL);
  g_mkdir(allowed, 0700);
  make_files();
  g_test_add_func("/restricted/allowed", test_allowed);
  g_test_add_func("/restricted/statements", test_statements);
  g_test_add_func("/restricted/reading-files", test_reading_files);
  g_test_add_func("/restricted/looking-around", test_looking_around);
  g_test_add_func("/restricted/acting-functions", test_acting_functions);
  g_test_add_func("/restricted/adding-files", test_adding_files);
  g_test_add_func("/restricted/read-only", test_databases_stay_read_only);
  int status = g_test_run();
  remove_tree(work);
  g_free(work);
  g_free(allowed);
  g_free(secret);
  return status;
}
