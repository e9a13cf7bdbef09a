/* The document without a display: steps, undo, references, layout, and the way through the file and back. */
#include "pa-document.h"
#include "pa-layout.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
text_of(PaDocument *document)
{
  return pika_workspace_to_text(pa_document_get_workspace(document), "/", NULL);
}

/* A table, a query over it, a plot of the query. */
static PaDocument *
make_small(const char **table, const char **query, const char **plot)
{
  PaDocument *document = pa_document_new();
  g_autoptr(GError) error = NULL;
  const char *source = pa_document_add_source(document, "/data/flights.csv", NULL,
                                              (const char *[]){ "nullstr", "NA", "nullstr", "-", NULL }, &error);
  g_assert_no_error(error);
  *table = pa_document_add_table(document, source, "flights", &error);
  *query = pa_document_add_query(document, "late", "SELECT *\nFROM flights WHERE delay > 10", &error);
  *plot = pa_document_add_plot(document, *query, "{\n  \"mark\": \"bar\"\n}", &error);
  g_assert_no_error(error);
  return document;
}

static void
test_ids_and_places(void)
{
  const char *table, *query, *plot;
  g_autoptr(PaDocument) document = make_small(&table, &query, &plot);
  g_assert_cmpstr(table, ==, "t1");
  g_assert_cmpstr(query, ==, "q1");
  g_assert_cmpstr(plot, ==, "p1");
  const PikaWorkspaceNode *t = pa_document_get_node(document, table), *q = pa_document_get_node(document, query);
  const PikaWorkspaceNode *p = pa_document_get_node(document, plot);
  g_assert_cmpfloat(t->x + t->width, <, q->x);
  g_assert_cmpfloat(q->x + q->width, <, p->x);
  g_assert_cmpfloat(t->y, ==, q->y);
  const char *second = pa_document_add_plot(document, query, "{}", NULL);
  const PikaWorkspaceNode *s = pa_document_get_node(document, second);
  g_assert_cmpfloat(s->x, ==, p->x);
  g_assert_cmpfloat(s->y, >=, p->y + p->height);
}

static void
test_undo_all(void)
{
  const char *table, *query, *plot;
  g_autoptr(PaDocument) document = make_small(&table, &query, &plot);
  g_autoptr(PaDocument) empty = pa_document_new();
  g_autofree char *whole = text_of(document), *nothing = text_of(empty);
  pa_document_move(document, (const char *[]){ "t1", "q1", NULL }, 40, 20);
  pa_document_set_name(document, "q1", "very late", NULL);
  pa_document_set_text(document, "p1", "{}", NULL);
  pa_document_add_group(document, (const char *[]){ "t1", "q1", NULL }, "Group", NULL);
  pa_document_remove(document, (const char *[]){ "t1", "g1", NULL });
  g_assert_null(pa_document_get_source(document, "s1"));
  pa_document_set_filters(document, "[1,2]", NULL);
  g_autofree char *last = text_of(document);
  guint n = 0;
  while (pa_document_undo(document))
    n++;
  g_assert_cmpuint(n, ==, 10);
  g_autofree char *undone = text_of(document);
  g_assert_cmpstr(undone, ==, nothing);
  for (guint i = 0; i < 4; i++)
    g_assert_true(pa_document_redo(document));
  g_autofree char *half = text_of(document);
  g_assert_cmpstr(half, ==, whole);
  while (pa_document_redo(document))
    ;
  g_autofree char *redone = text_of(document);
  g_assert_cmpstr(redone, ==, last);
}

static void
test_rename_follows(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GError) error = NULL;
  pa_document_add_query(document, "a", "SELECT 1 AS a", &error);
  pa_document_add_query(document, "b", "SELECT a.a, 'a' FROM a -- a\nJOIN other a2 ON a.a = a2.a", &error);
  g_assert_no_error(error);
  g_assert_true(pa_document_set_name(document, "q1", "Big A", &error));
  g_assert_cmpstr(pa_document_get_node(document, "q2")->text, ==,
                  "SELECT \"Big A\".a, 'a' FROM \"Big A\" -- a\nJOIN other a2 ON \"Big A\".a = a2.a");
  g_assert_false(pa_document_set_name(document, "q1", "B", &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_INVALID);
  g_clear_error(&error);
  pa_document_undo(document);
  g_assert_cmpstr(pa_document_get_node(document, "q1")->name, ==, "a");
  g_autofree char *sql = pika_workspace_dup_sql(pa_document_get_workspace(document), pa_document_get_node(document, "q2"),
                                                &error);
  g_assert_no_error(error);
  g_assert_cmpstr(sql, ==, "WITH a AS (SELECT 1 AS a\n), b AS (SELECT a.a, 'a' FROM a -- a\nJOIN other a2 ON a.a = a2.a\n)\n"
                           "SELECT * FROM b");
}

static void
test_circle(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GError) error = NULL;
  pa_document_add_query(document, "a", "FROM b", NULL);
  pa_document_add_query(document, "b", "SELECT * FROM (SELECT * FROM x, a)", NULL);
  g_assert_null(pika_workspace_dup_sql(pa_document_get_workspace(document), pa_document_get_node(document, "q1"), &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_INVALID);
}

static void
test_merge(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  pa_document_add_query(document, NULL, "", NULL);
  pa_document_set_text(document, "q1", "S", NULL);
  pa_document_set_text(document, "q1", "SE", NULL);
  pa_document_set_text(document, "q1", "SEL", NULL);
  pa_document_undo(document);
  g_assert_cmpstr(pa_document_get_node(document, "q1")->text, ==, "");
  pa_document_redo(document);
  g_assert_cmpstr(pa_document_get_node(document, "q1")->text, ==, "SEL");
  pa_document_set_text(document, "q1", "SELECT", NULL);
  pa_document_break_merge(document);
  pa_document_set_text(document, "q1", "SELECT 1", NULL);
  pa_document_undo(document);
  g_assert_cmpstr(pa_document_get_node(document, "q1")->text, ==, "SELECT");
  g_assert_cmpstr(pa_document_get_undo_label(document), ==, "Edit Query");
}

static void
test_copies(void)
{
  const char *table, *query, *plot;
  g_autoptr(PaDocument) document = make_small(&table, &query, &plot);
  g_auto(GStrv) copies = pa_document_duplicate(document, (const char *[]){ "q1", "p1", NULL }, 20, 20);
  g_assert_cmpuint(g_strv_length(copies), ==, 2);
  const PikaWorkspaceNode *q = pa_document_get_node(document, copies[0]), *p = pa_document_get_node(document, copies[1]);
  g_assert_cmpstr(q->name, ==, "late_2");
  g_assert_cmpstr(p->input, ==, q->id);
  g_autofree char *text = pa_document_copy(document, (const char *[]){ "t1", "q1", "p1", NULL });
  g_autoptr(PaDocument) other = pa_document_new();
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) pasted = pa_document_paste(other, text, 100, 100, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(g_strv_length(pasted), ==, 3);
  g_assert_cmpuint(pa_document_get_workspace(other)->sources->len, ==, 1);
  g_assert_cmpfloat(pa_document_get_node(other, "t1")->x, ==, 100);
  g_assert_null(pa_document_paste(other, "not JSON", 0, 0, &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_PARSE);
}

static void
loaded(GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr(GError) error = NULL;
  pa_document_load_finish(PA_DOCUMENT(source), result, &error);
  g_assert_no_error(error);
  *(gboolean *)done = TRUE;
}

static void
saved(GObject *source, GAsyncResult *result, gpointer done)
{
  g_autoptr(GError) error = NULL;
  pa_document_save_finish(PA_DOCUMENT(source), result, &error);
  g_assert_no_error(error);
  *(gboolean *)done = TRUE;
}

static void
wait_for(gboolean *done)
{
  while (!*done)
    g_main_context_iteration(NULL, TRUE);
  *done = FALSE;
}

static void
test_file(void)
{
  g_autofree char *folder = g_dir_make_tmp("pika-document-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "a.pika", NULL);
  const char *table, *query, *plot;
  g_autoptr(PaDocument) document = make_small(&table, &query, &plot);
  gboolean done = FALSE;
  pa_document_undo(document);
  pa_document_set_frozen(document, "q1", TRUE, NULL);
  g_assert_true(pa_document_get_modified(document));
  pa_document_save_async(document, path, NULL, saved, &done);
  pa_document_set_canvas(document, 10, 20, 0.5);
  wait_for(&done);
  g_assert_false(pa_document_get_modified(document));
  g_assert_cmpstr(pa_document_get_path(document), ==, path);
  g_autoptr(PaDocument) again = pa_document_new();
  pa_document_load_async(again, path, NULL, loaded, &done);
  wait_for(&done);
  g_assert_false(pa_document_get_restricted(again));
  g_assert_cmpstr(pa_document_get_undo_label(again), ==, "Freeze");
  g_assert_cmpstr(pa_document_get_redo_label(again), ==, NULL);
  pa_document_undo(again);
  pa_document_undo(again);
  pa_document_redo(again);
  pa_document_set_frozen(document, "q1", FALSE, NULL);
  pa_document_set_canvas(document, 0, 0, 1);
  g_autofree char *a = text_of(document), *b = text_of(again);
  g_assert_cmpstr(a, ==, b);
  g_autofree char *text = NULL;
  g_file_get_contents(path, &text, NULL, NULL);
  g_autofree char *changed = g_strconcat(text, " ", NULL); /* someone else's hand */
  g_file_set_contents(path, changed, -1, NULL);
  pa_document_load_async(again, path, NULL, loaded, &done);
  wait_for(&done);
  g_assert_true(pa_document_get_restricted(again));
  g_unlink(path);
  g_rmdir(folder);
}

static void
test_bad_history(void)
{
  static const char text[] = "{\"pika\": \"workspace\", \"version\": 1, \"sources\": [], \"nodes\": [], \"history\": "
                             "{\"undo\": [{\"label\": \"a\", \"changes\": [{\"of\": \"node\", \"id\": \"q1\", \"kind\": "
                             "\"query\", \"before\": null, \"after\": {}}]}], \"redo\": []}}";
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GError) error = NULL;
  g_assert_false(pa_document_load_text(document, text, -1, NULL, &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "history.undo[0]"));
}

/* Random steps, undone and redone at random: a replay of what was done is the same document. */
static void
test_random(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(g_free);
  for (guint round = 0; round < 300; round++) {
    const PikaWorkspace *workspace = pa_document_get_workspace(document);
    guint n = workspace->nodes->len;
    g_autofree char *id = n ? g_strdup(((PikaWorkspaceNode *)workspace->nodes->pdata[g_test_rand_int_range(0, (int)n)])->id)
                            : NULL;
    const char *const ids[] = { id, NULL };
    g_ptr_array_add(states, text_of(document));
    pa_document_break_merge(document);
    const char *before = pa_document_get_undo_label(document);
    pa_document_begin(document, "Step", NULL);
    switch (n ? g_test_rand_int_range(0, 7) : 0) {
    case 0: pa_document_add_query(document, NULL, "SELECT 1", NULL); break;
    case 1: pa_document_add_plot(document, NULL, "{}", NULL); break;
    case 2: pa_document_move(document, ids, g_test_rand_int_range(1, 100), 5); break;
    case 3: pa_document_remove(document, ids); break;
    case 4: pa_document_add_group(document, ids, "G", NULL); break;
    case 5: g_strfreev(pa_document_duplicate(document, ids, 10, 10)); break;
    default: pa_document_arrange(document, TRUE); break;
    }
    pa_document_add_note(document, 0, 0, "n", NULL); /* so that each round is a step */
    pa_document_end(document);
    (void)before;
  }
  for (guint i = states->len; i-- > 0;) {
    g_assert_true(pa_document_undo(document));
    g_autofree char *text = text_of(document);
    g_assert_cmpstr(text, ==, states->pdata[i]);
  }
  g_assert_false(pa_document_undo(document));
}

int
main(int argc, char **argv)
{
  g_autofree char *state = g_dir_make_tmp("pika-state-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", state, TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/document/ids-and-places", test_ids_and_places);
  g_test_add_func("/document/undo-all", test_undo_all);
  g_test_add_func("/document/rename-follows", test_rename_follows);
  g_test_add_func("/document/circle", test_circle);
  g_test_add_func("/document/merge", test_merge);
  g_test_add_func("/document/copies", test_copies);
  g_test_add_func("/document/file", test_file);
  g_test_add_func("/document/bad-history", test_bad_history);
  g_test_add_func("/document/random", test_random);
  return g_test_run();
}
