/* The workspace: its file, what its queries read, and the views that the session makes of them. */
#include <pika/pika.h>

#include <glib/gstdio.h>
#include <string.h>

#define HEAD "{\"pika\": \"workspace\", \"version\": 1, "

static void
assert_error(const char *text, PikaError code, const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaWorkspace) workspace = pika_workspace_parse(text, -1, "/w", "a.pika", &error);
  g_assert_null(workspace);
  g_assert_error(error, PIKA_ERROR, (gint)code);
  g_assert_cmpstr(error->message, ==, message);
}

static void
test_errors(void)
{
  assert_error("[]", PIKA_ERROR_INVALID, "a.pika: a workspace is a JSON object");
  assert_error("{", PIKA_ERROR_PARSE, "a.pika:1:2: the text ends within an object");
  assert_error("{\"pika\": \"workspace\", \"version\": 2, \"sources\": [], \"nodes\": []}", PIKA_ERROR_UNSUPPORTED,
               "a.pika: version: it was written by a newer Pika-Plot (format 2; this one reads 1): open it there, or update");
  assert_error(HEAD "\"sources\": [], \"nodes\": [], \"colour\": 1}", PIKA_ERROR_INVALID,
               "a.pika: colour: is not a property here");
  assert_error(HEAD "\"sources\": [], \"nodes\": [{\"id\": \"q1\", \"kind\": \"query\", \"name\": \"a\", \"sql\": 3}]}",
               PIKA_ERROR_INVALID, "a.pika: nodes[0].sql: must be a text, or an array of its lines");
  assert_error(HEAD "\"sources\": [], \"nodes\": [{\"id\": \"n1\", \"kind\": \"note\", \"x\": 0, \"y\": 0, \"width\": 0, "
                    "\"height\": 1}]}",
               PIKA_ERROR_INVALID, "a.pika: nodes[0].width: must be above 0");
  assert_error(HEAD "\"sources\": [], \"nodes\": [{\"id\": \"n1\", \"kind\": \"note\", \"x\": 0, \"y\": 0, \"width\": 1, "
                    "\"height\": 1, \"group\": \"g9\"}]}",
               PIKA_ERROR_INVALID, "a.pika: nodes[0].group: there is no other group with the id \"g9\"");
  assert_error(HEAD "\"sources\": [{\"id\": \"s1\", \"data\": [\"%\"]}], \"nodes\": []}", PIKA_ERROR_INVALID,
               "a.pika: sources[0].data: must be an array of lines of base64");
}

static PikaWorkspaceNode *
add(PikaWorkspace *workspace, PikaNodeKind kind, const char *id, const char *name, const char *text)
{
  PikaWorkspaceNode *node = pika_workspace_node_new(kind, id);
  node->name = g_strdup(name);
  node->text = g_strdup(text);
  g_ptr_array_add(workspace->nodes, node);
  return node;
}

static void
test_round_trip(void)
{
  static const char data[] = "PAR1\0\1\2";
  g_autoptr(PikaWorkspace) workspace = pika_workspace_new();
  PikaWorkspaceSource *source = pika_workspace_source_new("s1");
  const char *const options[] = { "nullstr", "N\"A", NULL };
  source->path = g_strdup("/w/../w/data/a b.csv");
  source->options = g_strdupv((char **)options);
  source->data = g_bytes_new(data, sizeof data);
  g_ptr_array_add(workspace->sources, source);
  add(workspace, PIKA_NODE_TABLE, "t1", "täble", NULL)->source = g_strdup("s1");
  add(workspace, PIKA_NODE_QUERY, "q1", "q", "SELECT\n\t'ü \\' FROM \"täble\"\n")->frozen = g_strdup("SELECT 1");
  PikaWorkspaceNode *plot = add(workspace, PIKA_NODE_PLOT, "p1", NULL, "{ \"mark\":\"bar\" }"); /* not our layout */
  plot->input = g_strdup("q1");
  plot->x = 0.1;
  g_assert_true(pika_workspace_node_set(plot, "view", g_variant_new_string("{\"a\":[1,2.5,null]}"), NULL));
  add(workspace, PIKA_NODE_PLOT, "p2", "Title", "{\n  \"mark\": \"bar\",\n  \"width\": 1e+21\n}");
  add(workspace, PIKA_NODE_NOTE, "n1", NULL, "")->group = g_strdup("g1");
  add(workspace, PIKA_NODE_GROUP, "g1", "G", NULL);
  g_autofree char *text = pika_workspace_to_text(workspace, "/w/sub", NULL);
  g_assert_nonnull(strstr(text, "\"path\": \"../data/a b.csv\""));
  g_assert_nonnull(strstr(text, "\"x\": 0.1,"));
  g_assert_nonnull(strstr(text, "\"spec\": {\n        \"mark\": \"bar\",\n"));
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaWorkspace) again = pika_workspace_parse(text, -1, "/w/sub", NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(((PikaWorkspaceSource *)again->sources->pdata[0])->path, ==, "/w/data/a b.csv");
  g_assert_true(g_bytes_equal(((PikaWorkspaceSource *)again->sources->pdata[0])->data, source->data));
  for (guint i = 0; i < workspace->nodes->len; i++) {
    const PikaWorkspaceNode *a = workspace->nodes->pdata[i], *b = again->nodes->pdata[i];
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->view, ==, b->view);
    g_assert_cmpstr(a->frozen, ==, b->frozen);
  }
  g_autofree char *twice = pika_workspace_to_text(again, "/w/sub", NULL);
  g_assert_cmpstr(text, ==, twice);
}

static void
test_tables_in_sql(void)
{
  static const struct { const char *sql, *tables; } cases[] = {
    { "SELECT a, b FROM t", "t" },
    { "FROM t SELECT b", "t" },
    { "SELECT a.x FROM A, main.\"B b\" AS b JOIN c ON a.x = d.y, e", "a|b b|c|e" },
    { "SELECT (SELECT max(z) FROM i) FROM (SELECT * FROM j, k) x WHERE f IN (SELECT 1 FROM l), m", "i|j|k|l" },
    { "SELECT 'FROM a', $$FROM b$$, E'\\'FROM c' -- FROM d\n /* FROM /* e */ f */ FROM g", "g" },
    { "WITH w AS (SELECT * FROM a) SELECT * FROM w UNION ALL SELECT x, y FROM b ORDER BY c, d", "a|w|b" },
    { "PIVOT sales ON y USING sum(x)", "sales" },
    { "SELECT \"FROM\", x \"a\"\"b\" FROM \"a\"\"b\"", "a\"b" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) tables = pika_sql_list_tables(cases[i].sql);
    g_autofree char *joined = g_strjoinv("|", tables);
    g_assert_cmpstr(joined, ==, cases[i].tables);
  }
}

static double
first_value(PikaSession *session, const char *sql)
{
  struct ArrowArrayStream stream = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
  g_assert_true(pika_session_query(session, sql, &stream, NULL, NULL, &error));
  g_assert_true(pika_write_stream(&stream, PIKA_FORMAT_CSV, out, 0, 0, NULL, NULL, &error));
  stream.release(&stream);
  g_output_stream_write_all(out, "", 1, NULL, NULL, NULL);
  const char *text = g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(out));
  return g_ascii_strtod(strchr(text, '\n') + 1, NULL);
}

/* Views change, are read by others and by plots, and go; a restricted session takes those that it would run. */
static void
check_views(gboolean restricted)
{
  static const char spec[] = "{\"data\": {\"name\": \"b\"}, \"mark\": \"point\", \"encoding\": {\"x\": {\"field\": \"v\", "
                             "\"type\": \"quantitative\"}}}";
  PikaSessionOptions options = { .restricted = restricted };
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaSession) session = pika_session_new(&options, &error);
  PikaPlotOptions plot_options = { .table = "b" };
  g_assert_no_error(error);
  for (int value = 1; value <= 2; value++) {
    g_autofree char *sql = g_strdup_printf("SELECT %d AS v FROM range(%d);", value, value);
    g_assert_true(pika_session_set_view(session, "a", sql, &error));
    g_assert_true(pika_session_set_view(session, "b", "SELECT v FROM a -- all", &error));
    g_assert_cmpfloat(first_value(session, "SELECT max(v) AS m FROM b"), ==, value);
    g_autoptr(PikaPlot) plot = pika_plot_new(session, spec, -1, &plot_options, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(pika_plot_get_receipt(plot)->rows_scanned, ==, value);
  }
  g_assert_false(pika_session_set_view(session, "c", "DROP VIEW a", &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_PARSE);
  g_clear_error(&error);
  gboolean reads = pika_session_set_view(session, "c", "SELECT * FROM read_csv('/etc/passwd', header = false)", &error);
  g_assert_true(reads == !restricted);
  g_clear_error(&error);
  g_assert_true(pika_session_set_view(session, "b", NULL, &error));
  struct ArrowArrayStream stream = { 0 };
  g_assert_false(pika_session_query(session, "SELECT * FROM b", &stream, NULL, NULL, &error));
}

static void
test_views(void)
{
  check_views(FALSE);
  check_views(TRUE);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/workspace/errors", test_errors);
  g_test_add_func("/workspace/round-trip", test_round_trip);
  g_test_add_func("/workspace/tables-in-sql", test_tables_in_sql);
  g_test_add_func("/workspace/views", test_views);
  return g_test_run();
}
