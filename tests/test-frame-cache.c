/* What a session keeps of the columns that it fetched, and what it drops when memory runs short. */
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-session-private.h"

static PikaSession *
new_session(guint64 memory_limit)
{
  g_autoptr(GError) error = NULL;
  PikaSessionOptions options = { .memory_limit = memory_limit, .threads = 1, .backend = "cpu" };
  PikaSession *session = pika_session_new(&options, &error);
  g_assert_no_error(error);
  g_assert_true(pk_source_execute(session->source,
                                  "CREATE VIEW t AS SELECT i * 4294967311 AS a, i * 4294967357 AS b, i * 4294967371 AS c "
                                  "FROM range(500000) r(i)", NULL, &error));
  g_assert_no_error(error);
  return session;
}

/* The number of scans of the source that an answer took. */
static gint64
ask(PikaSession *session, const char *sql)
{
  g_autoptr(GError) error = NULL;
  struct ArrowArrayStream stream = { 0 };
  PikaReceipt receipt;
  pika_session_query(session, sql, &stream, &receipt, NULL, &error);
  g_assert_no_error(error);
  stream.release(&stream);
  g_assert_cmpstr(receipt.backend, ==, "cpu");
  return receipt.scans;
}

static void
test_kept(void)
{
  g_autoptr(PikaSession) session = new_session((guint64)1 << 30);
  g_assert_cmpint(ask(session, "SELECT sum(a), sum(b) FROM t"), ==, 1);
  g_assert_cmpint(ask(session, "SELECT max(b) FROM t"), ==, 0);
  g_assert_cmpint(ask(session, "SELECT max(c) FROM t"), ==, 1);
}

/* Two columns fit, a third does not: the one that was not used for the longest time makes room. */
static void
test_least_recently_used(void)
{
  pk_mem_reset_peak();
  gsize before = pk_mem_used();
  g_autoptr(PikaSession) measured = new_session((guint64)1 << 30);
  ask(measured, "SELECT sum(a) FROM t");
  gsize column = pk_mem_used() - before, peak = pk_mem_peak() - before;
  g_clear_pointer(&measured, pika_session_unref);
  g_assert_cmpuint(pk_mem_used(), ==, before);

  g_test_message("a column takes %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT " while it is read", column, peak);
  g_autoptr(PikaSession) session = new_session(before + MAX(peak, 3 * column) + column + column / 2);
  g_assert_cmpint(ask(session, "SELECT sum(a) FROM t"), ==, 1);
  g_assert_cmpint(ask(session, "SELECT sum(b) FROM t"), ==, 1);
  g_assert_cmpint(ask(session, "SELECT min(a) FROM t"), ==, 0);
  g_assert_cmpint(ask(session, "SELECT sum(c) FROM t"), ==, 1); /* b goes */
  g_assert_cmpint(ask(session, "SELECT max(a) FROM t"), ==, 0);
  g_assert_cmpint(ask(session, "SELECT max(c) FROM t"), ==, 0);
  g_assert_cmpint(ask(session, "SELECT max(b) FROM t"), ==, 1); /* a goes */
  g_assert_cmpint(ask(session, "SELECT min(c) FROM t"), ==, 0);
  g_assert_cmpint(ask(session, "SELECT max(a) FROM t"), ==, 1);
  pk_mem_set_limit(0);
}

/* How many bytes texts take is not known before they are there: what is kept goes when they do not fit. */
static void
test_unforeseen(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaSession) session = new_session((guint64)1 << 30);
  g_assert_true(pk_source_execute(session->source,
                                  "CREATE VIEW words AS SELECT repeat('x', 40) || i AS w FROM range(200000) r(i)", NULL,
                                  &error));
  ask(session, "SELECT sum(a) FROM t");
  gsize before = pk_mem_used();
  pk_mem_reset_peak();
  ask(session, "SELECT max(w) FROM words");
  gsize words = pk_mem_peak() - before;
  pk_session_forget(session);
  ask(session, "SELECT sum(a) FROM t");
  g_assert_cmpuint(pk_mem_used(), ==, before);
  pk_mem_set_limit(before + words - ((gsize)1 << 20));
  g_assert_cmpint(ask(session, "SELECT max(w) FROM words"), ==, 1);
  pk_mem_set_limit(0);
}

/* Nothing can make room for what is too large alone. */
static void
test_too_large(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaSession) session = new_session((guint64)1 << 30);
  struct ArrowArrayStream stream = { 0 };
  pk_mem_set_limit(pk_mem_used() + ((gsize)1 << 20));
  g_assert_false(pika_session_query(session, "SELECT sum(a) FROM t", &stream, NULL, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
  pk_mem_set_limit(0);
}

/* A statement that is no SELECT may change what was fetched. */
static void
test_changed(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaSession) session = new_session((guint64)1 << 30);
  struct ArrowArrayStream stream = { 0 };
  g_assert_true(pk_source_execute(session->source, "CREATE TABLE n AS SELECT 1 AS a", NULL, &error));
  g_assert_cmpint(ask(session, "SELECT sum(a) FROM n"), ==, 1);
  g_assert_cmpint(ask(session, "SELECT max(a) FROM n"), ==, 0);
  g_clear_pointer(&session->forced_backend, g_free);
  g_assert_true(pika_session_query(session, "INSERT INTO n VALUES (2)", &stream, NULL, NULL, &error));
  g_assert_no_error(error);
  stream.release(&stream);
  session->forced_backend = g_strdup("cpu");
  g_assert_cmpint(ask(session, "SELECT sum(a) FROM n"), ==, 1);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/frame-cache/kept", test_kept);
  g_test_add_func("/frame-cache/least-recently-used", test_least_recently_used);
  g_test_add_func("/frame-cache/unforeseen", test_unforeseen);
  g_test_add_func("/frame-cache/too-large", test_too_large);
  g_test_add_func("/frame-cache/changed", test_changed);
  return g_test_run();
}
