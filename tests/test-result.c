/* Results: rows in memory, found and copied, and the place of a fault. */
#include "pk-sched.h"

#include <pika/pika.h>

#include <string.h>

static void
ready(GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref(result);
}

static GAsyncResult *
await(GAsyncResult **slot)
{
  while (!*slot)
    g_main_context_iteration(NULL, TRUE);
  return *slot;
}

static PikaSession *
new_session(void)
{
  g_autoptr(GAsyncResult) done = NULL;
  pika_session_new_async(NULL, NULL, ready, &done);
  PikaSession *session = pika_session_new_finish(await(&done), NULL);
  g_assert_nonnull(session);
  return session;
}

static void
close_session(PikaSession *session)
{
  g_autoptr(GAsyncResult) done = NULL;
  pika_session_close_async(session, ready, &done);
  g_assert_true(pika_session_close_finish(await(&done), NULL));
}

static PikaResult *
ask(PikaSession *session, const char *sql, gint64 max_rows, GError **error)
{
  g_autoptr(GAsyncResult) done = NULL;
  pika_result_new_async(session, sql, max_rows, NULL, ready, &done);
  return pika_result_new_finish(await(&done), error);
}

static void
assert_cell(const PikaResult *result, gint64 row, guint column, const char *text)
{
  g_autofree char *cell = pika_result_dup_text(result, row, column);
  g_assert_cmpstr(cell, ==, text);
}

static void
test_cells(void)
{
  g_autoptr(GError) error = NULL;
  PikaSession *session = new_session();
  g_autoptr(PikaResult) result =
    ask(session, "SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE i * 0.25 END AS d, 'r' || i AS t, DATE '2024-02-28' + i::INT AS day "
                 "FROM range(5000000) r(i)", 0, &error);
  g_assert_no_error(error);
  g_assert_cmpint(pika_result_get_n_rows(result), ==, 5000000);
  g_assert_cmpuint(pika_result_get_n_columns(result), ==, 4);
  g_assert_false(pika_result_is_cut(result));
  g_assert_cmpint(pika_result_get_column(result, 0)->kind, ==, PIKA_KIND_NUMBER);
  g_assert_cmpint(pika_result_get_column(result, 3)->kind, ==, PIKA_KIND_TIME);
  g_assert_cmpstr(pika_result_get_column(result, 2)->name, ==, "t");
  assert_cell(result, 0, 1, NULL);
  assert_cell(result, 4999999, 0, "4999999");
  assert_cell(result, 4999999, 1, "1249999.75");
  assert_cell(result, 1, 3, "2024-02-29");
  g_clear_pointer(&result, pika_result_unref);
  close_session(session);
}

static void
test_cut(void)
{
  PikaSession *session = new_session();
  g_autoptr(PikaResult) cut = ask(session, "SELECT * FROM range(1000000)", 10000, NULL);
  g_assert_true(pika_result_is_cut(cut));
  g_assert_cmpint(pika_result_get_n_rows(cut), >=, 10000);
  g_assert_cmpint(pika_result_get_n_rows(cut), <, 20000);
  g_autoptr(PikaResult) whole = ask(session, "SELECT * FROM range(10)", 10, NULL);
  g_assert_false(pika_result_is_cut(whole));
  g_autoptr(PikaResult) none = ask(session, "CREATE TABLE t AS SELECT 1 AS a", 0, NULL);
  g_assert_cmpuint(pika_result_get_n_columns(none), ==, 0);
  g_clear_pointer(&cut, pika_result_unref);
  g_clear_pointer(&whole, pika_result_unref);
  g_clear_pointer(&none, pika_result_unref);
  close_session(session);
}

static void
find(PikaResult *result, const char *text, gint64 row, guint column, gboolean backward, gint64 to_row, guint to_column)
{
  g_autoptr(GAsyncResult) done = NULL;
  g_autoptr(GError) error = NULL;
  pika_result_find_async(result, text, row, column, backward, NULL, ready, &done);
  gboolean found = pika_result_find_finish(await(&done), &row, &column, &error);
  g_assert_cmpint(found, ==, to_row >= 0);
  if (!found) {
    g_assert_error(error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND);
    return;
  }
  g_assert_cmpint(row, ==, to_row);
  g_assert_cmpuint(column, ==, to_column);
}

static void
test_find(void)
{
  PikaSession *session = new_session();
  g_autoptr(PikaResult) result =
    ask(session, "SELECT * FROM (VALUES (1, 'Ärger', 'x'), (2, 'plain', NULL), (31, 'PLAIN', 'y')) v(a, b, c)", 0, NULL);
  find(result, "ärg", 2, 2, FALSE, 0, 1);
  find(result, "plain", 0, 0, FALSE, 1, 1);
  find(result, "Plain", 1, 1, FALSE, 2, 1);
  find(result, "plain", 0, 0, TRUE, 2, 1);
  find(result, "1", 0, 0, FALSE, 2, 0);
  find(result, "31", 2, 0, FALSE, 2, 0);
  find(result, "nowhere", 0, 0, FALSE, -1, 0);
  g_clear_pointer(&result, pika_result_unref);
  close_session(session);
}

static void
test_copy(void)
{
  PikaSession *session = new_session();
  g_autoptr(GAsyncResult) done = NULL;
  g_autoptr(PikaResult) result =
    ask(session, "SELECT * FROM (VALUES (1, 'a' || chr(9) || 'b', NULL), (2, '', 'say \"x\"')) v(a, b, \"the c\")", 0, NULL);
  pika_result_copy_async(result, 0, 2, (const guint[]){ 2, 0, 1 }, 3, '\t', TRUE, NULL, ready, &done);
  g_autofree char *text = pika_result_copy_finish(await(&done), NULL);
  g_assert_cmpstr(text, ==, "the c\ta\tb\n\t1\t\"a\tb\"\n\"say \"\"x\"\"\"\t2\t\"\"\n");
  g_clear_pointer(&result, pika_result_unref);
  close_session(session);
}

static void
test_faults(void)
{
  static const struct { const char *sql, *place; } cases[] = {
    { "SELECT nope FROM range(3)", "(line 1, column 8)" },
    { "SELECT\n range,\n fooo(range) FROM range(3)", "(line 3, column 2)" },
    { "SELECT range form range(3)", "(line 1, column 19)" },
    { "SELECT 'äöü', nope FROM range(3)", "(line 1, column 15)" },
  };
  PikaSession *session = new_session();
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(ask(session, cases[i].sql, 0, &error));
    g_test_message("%s", error->message);
    g_assert_true(g_str_has_suffix(error->message, cases[i].place));
  }
  close_session(session);
}

int
main(int argc, char **argv)
{
  g_setenv("PIKA_CHECK_BLOCKING", "1", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/result/cells", test_cells);
  g_test_add_func("/result/cut", test_cut);
  g_test_add_func("/result/find", test_find);
  g_test_add_func("/result/copy", test_copy);
  g_test_add_func("/result/faults", test_faults);
  return g_test_run();
}
