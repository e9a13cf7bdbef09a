/* The graph of a document, run by the library: what follows what, what fails and why, what waits, what is restricted. */
#include "pa-graph.h"

#include <glib/gstdio.h>
#include <string.h>

#define SPEC(field) "{\"mark\": \"bar\", \"encoding\": {\"x\": {\"field\": \"" field "\", \"bin\": true}, " \
                    "\"y\": {\"aggregate\": \"count\"}}}"

static char *csv; /* a, b; 100 rows */

static void
settle(PaGraph *graph)
{
  gint64 limit = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;
  do {
    g_main_context_iteration(NULL, FALSE);
    g_usleep(500);
  } while (pa_graph_is_busy(graph) && g_get_monotonic_time() < limit);
  g_assert_false(pa_graph_is_busy(graph));
}

/* s1, t1 "data", q1 "late" over it, p1 over that. */
static PaDocument *
make_document(void)
{
  PaDocument *document = pa_document_new();
  g_autoptr(GError) error = NULL;
  pa_document_add_source(document, csv, NULL, NULL, &error);
  pa_document_add_table(document, "s1", "data", &error);
  pa_document_add_query(document, "late", "SELECT a, a * 2 AS d FROM data WHERE a > 50", &error);
  pa_document_add_plot(document, "q1", SPEC("d"), &error);
  g_assert_no_error(error);
  return document;
}

static void
assert_states(PaGraph *graph, PaState table, PaState query, PaState plot)
{
  g_test_message("t1 %s, q1 %s, p1 %s", pa_graph_get_reason(graph, "t1"), pa_graph_get_reason(graph, "q1"),
                 pa_graph_get_reason(graph, "p1"));
  g_assert_cmpint(pa_graph_get_state(graph, "t1"), ==, table);
  g_assert_cmpint(pa_graph_get_state(graph, "q1"), ==, query);
  g_assert_cmpint(pa_graph_get_state(graph, "p1"), ==, plot);
}

static gint64
rows_of(PaGraph *graph)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaViewFrame) frame = pika_view_render(pa_graph_get_view(graph, "p1"), NULL, 400, 300, 1, NULL, &error);
  g_assert_no_error(error);
  return pika_view_frame_get_receipt(frame)->rows_scanned;
}

static void
test_follows(void)
{
  g_autoptr(PaDocument) document = make_document();
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  g_assert_cmpint(pa_graph_get_rows(graph, "t1"), ==, 100);
  g_assert_cmpuint(pa_graph_get_columns(graph, "q1")->len, ==, 2);
  g_assert_cmpint(rows_of(graph), ==, 50);
  pa_document_set_text(document, "q1", "SELECT a AS d FROM data WHERE a > 90", NULL);
  g_assert_cmpint(pa_graph_get_state(graph, "p1"), ==, PA_STATE_STALE);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  g_assert_cmpint(rows_of(graph), ==, 10);
  pa_document_set_name(document, "q1", "very late", NULL);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  pa_document_undo(document);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
}

static void
test_failures(void)
{
  g_autoptr(PaDocument) document = make_document();
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  pa_document_set_text(document, "q1", "SELECT nothing FROM data", NULL);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FAILED, PA_STATE_FAILED);
  g_assert_nonnull(strstr(pa_graph_get_reason(graph, "q1"), "nothing"));
  g_assert_true(g_str_has_prefix(pa_graph_get_reason(graph, "p1"), "late: "));
  pa_document_undo(document);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  pa_document_add_query(document, "other", "FROM late", NULL);
  pa_document_set_text(document, "q1", "SELECT * FROM other", NULL);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FAILED, PA_STATE_FAILED);
  pa_document_undo(document);
  pa_document_remove(document, (const char *[]){ "t1", NULL });
  settle(graph);
  g_assert_cmpint(pa_graph_get_state(graph, "p1"), ==, PA_STATE_FRESH); /* the session has the table still */
  pa_document_undo(document);
  pa_document_set_text(document, "p1", "{\"mark\": 3}", NULL);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FAILED);
}

static void
test_frozen(void)
{
  g_autoptr(PaDocument) document = make_document();
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  settle(graph);
  pa_document_set_frozen(document, "p1", TRUE, NULL);
  pa_document_set_text(document, "q1", "SELECT a AS d FROM data WHERE a > 98", NULL);
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FROZEN);
  g_assert_cmpint(rows_of(graph), ==, 50);
  pa_document_set_frozen(document, "p1", FALSE, NULL);
  settle(graph);
  g_assert_cmpint(rows_of(graph), ==, 2);
}

/* What is superseded is cancelled; the latest wins. */
static void
test_latest(void)
{
  g_autoptr(PaDocument) document = make_document();
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  settle(graph);
  for (int i = 0; i <= 90; i++) {
    g_autofree char *sql = g_strdup_printf("SELECT a AS d FROM data WHERE a > %d", i);
    pa_document_set_text(document, "q1", sql, NULL);
    for (int k = 0; k < i % 4; k++)
      g_main_context_iteration(NULL, FALSE);
  }
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  g_assert_cmpint(rows_of(graph), ==, 10);
}

/* A query over very many rows is not run until it is asked for; then it can be stopped. */
static void
test_waits(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autofree char *folder = g_dir_make_tmp("pika-graph-XXXXXX", NULL);
  pa_document_add_query(document, "many", "SELECT i AS d FROM range(20000000000) r(i)", NULL);
  pa_document_add_plot(document, "q1", SPEC("d"), NULL);
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  settle(graph);
  g_test_message("p1: %s", pa_graph_get_reason(graph, "p1"));
  g_assert_cmpint(pa_graph_get_state(graph, "p1"), ==, PA_STATE_STALE);
  g_assert_true(pa_graph_get_waits(graph, "p1"));
  pa_graph_run(graph, "p1");
  for (int i = 0; i < 100 && pa_graph_get_state(graph, "p1") != PA_STATE_RUNNING; i++)
    g_main_context_iteration(NULL, FALSE);
  g_assert_cmpint(pa_graph_get_state(graph, "p1"), ==, PA_STATE_RUNNING);
  pa_graph_cancel(graph, "p1");
  settle(graph);
  g_assert_true(pa_graph_get_waits(graph, "p1"));
  g_rmdir(folder);
}

static void
loaded(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GError) error = NULL;
  pa_document_load_finish(PA_DOCUMENT(source), result, &error);
  g_assert_no_error(error);
}

/* A workspace of someone else's reads its own sources and no other file. */
static void
test_restricted(void)
{
  g_autoptr(PaDocument) mine = make_document();
  g_autofree char *folder = g_dir_make_tmp("pika-graph-XXXXXX", NULL), *path = g_build_filename(folder, "a.pika", NULL);
  g_autofree char *sql = g_strdup_printf("SELECT * FROM '%s'", path);
  pa_document_add_query(mine, "spy", sql, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true(pika_workspace_save(pa_document_get_workspace(mine), path, &error));
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(PaGraph) graph = pa_graph_new(document);
  pa_document_load_async(document, path, NULL, loaded, NULL);
  while (!pa_document_get_path(document))
    g_main_context_iteration(NULL, TRUE);
  g_assert_true(pa_document_get_restricted(document));
  settle(graph);
  assert_states(graph, PA_STATE_FRESH, PA_STATE_FRESH, PA_STATE_FRESH);
  g_assert_cmpint(pa_graph_get_state(graph, "q2"), ==, PA_STATE_FAILED);
  g_test_message("q2: %s", pa_graph_get_reason(graph, "q2"));
  g_unlink(path);
  g_rmdir(folder);
}

int
main(int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp("pika-graph-XXXXXX", NULL);
  g_autoptr(GString) text = g_string_new("a,b\n");
  g_setenv("XDG_STATE_HOME", folder, TRUE);
  g_test_init(&argc, &argv, NULL);
  for (int i = 1; i <= 100; i++)
    g_string_append_printf(text, "%d,x%d\n", i, i % 7);
  csv = g_build_filename(folder, "data.csv", NULL);
  g_assert_true(g_file_set_contents(csv, text->str, -1, NULL));
  g_test_add_func("/graph/follows", test_follows);
  g_test_add_func("/graph/failures", test_failures);
  g_test_add_func("/graph/frozen", test_frozen);
  g_test_add_func("/graph/latest", test_latest);
  g_test_add_func("/graph/waits", test_waits);
  g_test_add_func("/graph/restricted", test_restricted);
  return g_test_run();
}
