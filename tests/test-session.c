/* The library's asynchronous functions, on a main context that a watchdog looks after. */
#include <pika/pika.h>

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char *folder; /* of this run */

/* --- the watchdog --- */

#define LONGEST_US 50000

static gint64 dispatch_began;
static long switches_before;
static guint n_dispatches;

/* How often the thread gave up the processor by itself: it waited. */
static long
voluntary_switches(void)
{
  struct rusage usage;
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nvcsw;
}

static gint
watched_poll(GPollFD *fds, guint n, gint timeout)
{
  gint ready = g_poll(fds, n, timeout);
  dispatch_began = g_get_monotonic_time();
  switches_before = voluntary_switches();
  return ready;
}

/* After the poll the main context dispatches. A long time in which the thread slept was a blocking call; one in which it
 * did not was somebody else's on a busy machine. What blocks inside the library ends the program by itself, as
 * PIKA_CHECK_BLOCKING is set. */
static void
watched_iteration(void)
{
  g_main_context_iteration(NULL, TRUE);
  gboolean is_long = g_get_monotonic_time() - dispatch_began > LONGEST_US;
  g_assert_false(is_long && voluntary_switches() > switches_before);
  n_dispatches++;
}

static gboolean ready_source_matters = TRUE; /* FALSE while GIO's own calls are waited for */

static void
ready(GObject *source, GAsyncResult *result, gpointer slot)
{
  g_assert_true(!source || !ready_source_matters);
  g_assert_cmpint(getpid(), ==, gettid());
  *(GAsyncResult **)slot = g_object_ref(result);
}

static GAsyncResult *
await(GAsyncResult **slot)
{
  while (!*slot)
    watched_iteration();
  return *slot;
}

/* --- what the tests share --- */

static PikaSession *
new_session(void)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  PikaSessionOptions options = { .temp_directory = folder };
  pika_session_new_async(&options, NULL, ready, &result);
  PikaSession *session = pika_session_new_finish(await(&result), &error);
  g_assert_no_error(error);
  return session;
}

static guint
count_files(const char *prefix)
{
  guint n = 0;
  const char *name;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  while (dir && (name = g_dir_read_name(dir)))
    n += g_str_has_prefix(name, prefix);
  return n;
}

static void
close_session(PikaSession *session)
{
  g_autoptr(GAsyncResult) result = NULL;
  guint before = count_files("pika-");
  pika_session_close_async(session, ready, &result);
  g_assert_true(pika_session_close_finish(await(&result), NULL));
  g_assert_cmpuint(count_files("pika-"), ==, before - 1); /* its temporary directory is gone */
}

static char *
write_table(guint rows)
{
  g_autoptr(GString) text = g_string_new("a,b,c\n");
  char *path = g_build_filename(folder, "table.csv", NULL);
  for (guint i = 0; i < rows; i++)
    g_string_append_printf(text, "%u,%u,%c\n", i, (i * 37) % 1001, 'a' + (int)(i % 3));
  g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
  return path;
}

static void
open_table(PikaSession *session, const char *path)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) tables = NULL;
  g_autoptr(GError) error = NULL;
  pika_session_open_async(session, path, "t", NULL, 0, NULL, ready, &result);
  g_assert_true(pika_session_open_finish(await(&result), &tables, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(tables->len, ==, 1);
  pika_table_free(tables->pdata[0]);
  g_ptr_array_set_free_func(tables, NULL);
}

/* --- tests --- */

static void
test_tables(void)
{
  PikaSession *session = new_session();
  g_autofree char *path = write_table(100000);
  g_autoptr(GAsyncResult) described = NULL, viewed = NULL, profiled = NULL, missing = NULL, nothing = NULL;
  g_autoptr(GError) error = NULL;
  open_table(session, path);
  pika_session_describe_table_async(session, "t", NULL, ready, &described);
  g_autoptr(GPtrArray) columns = pika_session_describe_finish(await(&described), &error);
  g_assert_no_error(error);
  g_assert_cmpuint(columns->len, ==, 3);
  pika_session_add_view_async(session, "v", "SELECT a + 1 AS d FROM t", NULL, ready, &viewed);
  g_assert_true(pika_session_add_view_finish(await(&viewed), &error));
  pika_session_profile_async(session, "t", 8, PIKA_LANE_BACKGROUND, NULL, ready, &profiled);
  g_autoptr(GPtrArray) profiles = pika_session_profile_finish(await(&profiled), &error);
  g_assert_no_error(error);
  g_assert_cmpint(((PikaColumnProfile *)profiles->pdata[0])->rows, ==, 100000);
  pika_session_open_async(session, "/nonexistent/file.csv", NULL, NULL, 0, NULL, ready, &missing);
  g_assert_false(pika_session_open_finish(await(&missing), NULL, &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND);
  g_clear_error(&error);
  pika_session_describe_async(session, "SELECT nonsense FROM t", NULL, ready, &nothing);
  g_assert_null(pika_session_describe_finish(await(&nothing), &error));
  g_assert_nonnull(error);
  g_unlink(path);
  close_session(session);
}

static gint64
read_stream(struct ArrowArrayStream *stream)
{
  gint64 rows = 0;
  for (;;) {
    g_autoptr(GAsyncResult) result = NULL;
    struct ArrowArray batch = { 0 };
    pika_stream_next_async(stream, NULL, ready, &result);
    g_assert_true(pika_stream_next_finish(await(&result), &batch, NULL));
    if (!batch.release)
      return rows;
    rows += batch.length;
    batch.release(&batch);
  }
}

static void
test_queries(void)
{
  PikaSession *session = new_session();
  g_autoptr(GError) error = NULL;
  g_autoptr(GAsyncResult) asked = NULL, again = NULL, written = NULL, saved = NULL, explained = NULL;
  g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable();
  g_autofree char *parquet = g_build_filename(folder, "rows.parquet", NULL);
  struct ArrowArrayStream stream = { 0 };
  PikaReceipt receipt = { 0 };
  gint64 n = 0;
  pika_session_query_async(session, "SELECT i, hash(i) h FROM range(300000) r(i)", NULL, ready, &asked);
  g_assert_true(pika_session_query_finish(await(&asked), &stream, &receipt, &error));
  g_assert_cmpint(read_stream(&stream), ==, 300000);
  stream.release(&stream);
  g_assert_cmpint(receipt.rows_out, ==, 300000);
  pika_session_query_async(session, "SELECT 6 * 7 AS n", NULL, ready, &again);
  g_assert_true(pika_session_query_finish(await(&again), &stream, NULL, &error));
  pika_write_stream_async(&stream, PIKA_FORMAT_CSV, out, 0, 0, NULL, ready, &written);
  g_assert_null(stream.release); /* it was taken over */
  g_assert_true(pika_write_stream_finish(await(&written), &n, &error));
  g_assert_cmpint(n, ==, 1);
  g_assert_true(g_output_stream_close(out, NULL, NULL));
  gsize size = g_memory_output_stream_get_data_size(G_MEMORY_OUTPUT_STREAM(out));
  g_autofree char *text = g_strndup(g_memory_output_stream_get_data(G_MEMORY_OUTPUT_STREAM(out)), size);
  g_assert_cmpstr(g_strchomp(text), ==, "n\n42");
  pika_session_write_parquet_async(session, "SELECT * FROM range(1000)", parquet, NULL, ready, &saved);
  g_assert_true(pika_session_write_parquet_finish(await(&saved), &error));
  g_assert_cmpint(g_unlink(parquet), ==, 0);
  pika_session_explain_async(session, "SELECT 1", FALSE, NULL, ready, &explained);
  g_autofree char *plan = pika_session_explain_finish(await(&explained), &error);
  g_assert_no_error(error);
  g_assert_nonnull(plan);
  close_session(session);
}

static void
test_plots(void)
{
  static const char spec[] = "{\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"quantitative\"},"
                             "\"y\":{\"field\":\"b\",\"type\":\"quantitative\"}}}";
  static const PikaPictureFormat formats[] = { PIKA_PICTURE_PNG, PIKA_PICTURE_SVG, PIKA_PICTURE_PDF, PIKA_PICTURE_SCENE };
  PikaSession *session = new_session();
  g_autofree char *path = write_table(3000);
  g_autoptr(GError) error = NULL;
  g_autoptr(GAsyncResult) made = NULL, got = NULL, explained = NULL;
  struct ArrowArrayStream stream = { 0 };
  PikaPlotOptions options = { .table = "t", .frame_key = "view" };
  open_table(session, path);
  pika_plot_new_async(session, spec, -1, &options, NULL, ready, &made);
  PikaPlot *plot = pika_plot_new_finish(await(&made), &error);
  g_assert_no_error(error);
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++) {
    g_autoptr(GAsyncResult) drawn = NULL;
    pika_plot_export_async(plot, formats[i], NULL, NULL, ready, &drawn);
    g_autoptr(GBytes) bytes = pika_plot_export_finish(await(&drawn), &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(bytes), >, 1000);
  }
  pika_plot_get_data_async(plot, 0, NULL, ready, &got);
  g_assert_true(pika_plot_get_data_finish(await(&got), &stream, &error));
  g_assert_cmpint(read_stream(&stream), ==, 3000);
  stream.release(&stream);
  pika_plot_explain_async(session, spec, -1, &options, FALSE, NULL, ready, &explained);
  g_autofree char *text = pika_plot_explain_finish(await(&explained), &error);
  g_assert_no_error(error);
  g_assert_nonnull(text);
  pika_plot_free(plot);
  g_unlink(path);
  close_session(session);
}

/* Frames of one key that come faster than they are drawn: the last is drawn, and every one is told. */
static void
test_frames(void)
{
  static const char spec[] = "{\"mark\":\"bar\",\"encoding\":{\"x\":{\"bin\":true,\"field\":\"a\",\"type\":\"quantitative\"},"
                             "\"y\":{\"aggregate\":\"count\"}}}";
  PikaSession *session = new_session();
  g_autofree char *path = write_table(50000);
  GAsyncResult *results[20] = { NULL };
  guint n_drawn = 0;
  PikaPlotOptions options = { .table = "t", .frame_key = "view" };
  open_table(session, path);
  for (guint i = 0; i < 20; i++)
    pika_plot_new_async(session, spec, -1, &options, NULL, ready, &results[i]);
  for (guint i = 0; i < 20; i++) {
    g_autoptr(GError) error = NULL;
    PikaPlot *plot = pika_plot_new_finish(await(&results[i]), &error);
    g_assert_true(plot != NULL || g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED));
    g_assert_true(plot != NULL || i < 19);
    n_drawn += plot != NULL;
    pika_plot_free(plot);
    g_object_unref(results[i]);
  }
  g_assert_cmpuint(n_drawn, <, 20);
  g_unlink(path);
  close_session(session);
}

static void
count_progress(const PikaProgress *progress, gpointer data)
{
  g_assert_cmpint(getpid(), ==, gettid());
  g_assert_nonnull(progress->phase);
  ++*(guint *)data;
}

static gboolean
cancel_now(gpointer cancellable)
{
  g_cancellable_cancel(cancellable);
  return G_SOURCE_REMOVE;
}

/* A long query is reported, and can be cancelled; the next one runs. */
static void
test_cancel(void)
{
  static const char *const long_ones[] = {
    "SELECT count(*) FROM range(100000000000) r(i) WHERE i % 3 = 1",
    "SELECT count(*) FROM range(30000000) a(i) JOIN range(30000000) b(j) ON hash(i) = hash(j + 1)",
  };
  PikaSession *session = new_session();
  guint n_reports = 0;
  pika_session_set_progress(session, count_progress, &n_reports);
  for (guint i = 0; i < G_N_ELEMENTS(long_ones); i++) {
    g_autoptr(GAsyncResult) asked = NULL, again = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    struct ArrowArrayStream stream = { 0 };
    pika_session_query_async(session, long_ones[i], cancellable, ready, &asked);
    g_timeout_add(500, cancel_now, cancellable);
    g_assert_false(pika_session_query_finish(await(&asked), &stream, NULL, &error));
    g_assert_error(error, PIKA_ERROR, PIKA_ERROR_CANCELLED);
    pika_session_query_async(session, "SELECT 1", NULL, ready, &again);
    g_assert_true(pika_session_query_finish(await(&again), &stream, NULL, NULL));
    g_assert_cmpint(read_stream(&stream), ==, 1);
    stream.release(&stream);
  }
  g_assert_cmpuint(n_reports, >, 0);
  close_session(session);
}

/* Whoever connects to the socket is told what runs; listing leaves out the process itself. */
static void
test_published(void)
{
  PikaSession *session = new_session();
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GAsyncResult) asked = NULL, listed = NULL;
  g_autoptr(GSocketClient) client = g_socket_client_new();
  g_autoptr(GError) error = NULL;
  struct ArrowArrayStream stream = { 0 };
  pika_session_query_async(session, "SELECT count(*) FROM range(100000000000) r(i) WHERE i % 3 = 1", cancellable, ready, &asked);
  g_assert_null(pika_runtime_get_socket());
  g_assert_true(pika_runtime_publish(&error));
  g_assert_no_error(error);
  g_assert_true(pika_runtime_publish(&error)); /* again: nothing changes */
  g_autofree char *path = g_strdup(pika_runtime_get_socket());
  guint n_running = 0;
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
  for (guint i = 0; i < 50 || n_running == 0; i++) {
    g_autoptr(GAsyncResult) connected = NULL, read = NULL;
    ready_source_matters = FALSE;
    g_socket_client_connect_async(client, G_SOCKET_CONNECTABLE(address), NULL, ready, &connected);
    g_autoptr(GSocketConnection) connection = g_socket_client_connect_finish(client, await(&connected), &error);
    g_assert_no_error(error);
    char text[4096] = "";
    g_input_stream_read_all_async(g_io_stream_get_input_stream(G_IO_STREAM(connection)), text, sizeof text - 1,
                                  G_PRIORITY_DEFAULT, NULL, ready, &read);
    g_assert_true(g_input_stream_read_all_finish(g_io_stream_get_input_stream(G_IO_STREAM(connection)), await(&read), NULL,
                                                 &error));
    g_assert_nonnull(strstr(text, "\"name\":\"query\",\"lane\":\"query\""));
    n_running += strstr(text, "\"status\":\"running\"") != NULL; /* at first a worker may still have to take it */
    ready_source_matters = TRUE;
  }
  pika_runtime_list_async(NULL, ready, &listed);
  g_autoptr(GPtrArray) processes = pika_runtime_list_finish(await(&listed), &error);
  g_assert_no_error(error);
  g_assert_cmpuint(processes->len, ==, 0);
  pika_runtime_unpublish();
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  g_cancellable_cancel(cancellable);
  g_assert_false(pika_session_query_finish(await(&asked), &stream, NULL, NULL));
  close_session(session);
  g_autofree char *sockets = g_path_get_dirname(path);
  g_assert_cmpint(g_rmdir(sockets), ==, 0);
}

static void
assert_failed_export(PikaSession *session, const char *sql, const char *path, GCancellable *cancellable, int code)
{
  g_autoptr(GAsyncResult) saved = NULL;
  g_autoptr(GError) error = NULL;
  pika_session_write_parquet_async(session, sql, path, cancellable, ready, &saved);
  g_assert_false(pika_session_write_parquet_finish(await(&saved), &error));
  g_assert_error(error, PIKA_ERROR, code);
  g_assert_cmpuint(count_files(".pika-"), ==, 0);
  if (code == PIKA_ERROR_IO || code == PIKA_ERROR_NOT_FOUND)
    g_assert_nonnull(strstr(error->message, path));
}

/* A cancelled export leaves nothing of it and what was there as it was, whenever the cancel comes: from when the caller
 * is told on, though the SQL engine still works on it and on those before it. */
static void
test_cancelled_export(void)
{
  PikaSession *session = new_session();
  g_autofree char *path = g_build_filename(folder, "cut.parquet", NULL);
  for (guint ms = 0; ms < 120; ms += 6) {
    g_autoptr(GAsyncResult) next = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *kept = NULL;
    struct ArrowArrayStream stream = { 0 };
    gboolean is_there = ms >= 60;
    if (is_there)
      g_assert_true(g_file_set_contents(path, "what was there", -1, NULL));
    g_timeout_add(ms % 60, cancel_now, cancellable);
    assert_failed_export(session, "SELECT i, hash(i) h, hash(i + 1) k FROM range(100000000) r(i)", path, cancellable,
                         PIKA_ERROR_CANCELLED);
    g_assert_true(g_file_get_contents(path, &kept, NULL, NULL) == is_there);
    g_assert_cmpstr(kept, ==, is_there ? "what was there" : NULL);
    pika_session_query_async(session, "SELECT 1", NULL, ready, &next);
    g_assert_true(pika_session_query_finish(await(&next), &stream, NULL, NULL));
    stream.release(&stream);
  }
  close_session(session); /* which waits for what winds down */
  g_assert_cmpuint(count_files(".pika-"), ==, 0);
  g_assert_cmpint(g_unlink(path), ==, 0);
}

/* Failures name the file that was asked for, not one in the making. */
static void
test_failed_export(void)
{
  PikaSession *session = new_session();
  g_autofree char *inside = g_build_filename(folder, "no-folder", "cut.parquet", NULL);
  g_autofree char *path = g_build_filename(folder, "cut.parquet", NULL);
  struct rlimit before, small;
  assert_failed_export(session, "SELECT 1", inside, NULL, PIKA_ERROR_NOT_FOUND);
  assert_failed_export(session, "SELECT 1", folder, NULL, PIKA_ERROR_IO);
  assert_failed_export(session, "SELECT error('no rows')", path, NULL, PIKA_ERROR_ENGINE);
  signal(SIGXFSZ, SIG_IGN);
  g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
  small = (struct rlimit){ 100000, before.rlim_max };
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
  assert_failed_export(session, "SELECT hash(i) h FROM range(1000000) r(i)", path, NULL, PIKA_ERROR_IO);
  g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
  close_session(session);
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* The plain forms, on a thread that may wait. */
static gpointer
ask_plainly(gpointer data)
{
  PikaSession *session = data;
  struct ArrowArrayStream stream = { 0 };
  struct ArrowArray batch = { 0 };
  g_assert_true(pika_session_query(session, "SELECT 42 AS n", &stream, NULL, NULL, NULL));
  g_assert_cmpint(stream.get_next(&stream, &batch), ==, 0);
  g_assert_cmpint(batch.length, ==, 1);
  batch.release(&batch);
  stream.release(&stream);
  g_autoptr(GPtrArray) columns = pika_session_describe(session, "SELECT 1 AS a, 'x' AS b", NULL);
  g_assert_cmpuint(columns->len, ==, 2);
  return NULL;
}

/* A table that was taken out can be opened again under its name, in another way. */
static void
test_remove_table(void)
{
  PikaSession *session = new_session();
  g_autofree char *path = g_build_filename(folder, "removed.csv", NULL);
  g_assert_true(g_file_set_contents(path, "a,b\n1,2\n", -1, NULL));
  for (guint round = 0; round < 3; round++) {
    g_autoptr(GAsyncResult) opened = NULL, described = NULL, removed = NULL, again = NULL;
    g_autoptr(GError) error = NULL;
    PikaImportOption options[] = { { "all-text", round % 2 ? "true" : "false" } };
    pika_session_open_async(session, path, "t", options, 1, NULL, ready, &opened);
    g_assert_true(pika_session_open_finish(await(&opened), NULL, NULL));
    pika_session_describe_table_async(session, "t", NULL, ready, &described);
    g_autoptr(GPtrArray) columns = pika_session_describe_finish(await(&described), NULL);
    g_assert_cmpint(((PikaColumn *)columns->pdata[0])->kind, ==, round % 2 ? PIKA_KIND_TEXT : PIKA_KIND_NUMBER);
    pika_session_remove_table_async(session, "t", NULL, ready, &removed);
    g_assert_true(pika_session_remove_table_finish(await(&removed), NULL));
    pika_session_remove_table_async(session, "t", NULL, ready, &again);
    g_assert_false(pika_session_remove_table_finish(await(&again), &error));
    g_assert_error(error, PIKA_ERROR, PIKA_ERROR_NOT_FOUND);
  }
  g_unlink(path);
  close_session(session);
}

static void
test_plain_forms(void)
{
  PikaSession *session = new_session();
  GThread *threads[4];
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("asks", ask_plainly, session);
  for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
    g_thread_join(threads[i]);
  close_session(session);
}

int
main(int argc, char **argv)
{
  g_setenv("PIKA_CHECK_BLOCKING", "1", TRUE);
  g_test_init(&argc, &argv, NULL);
  folder = g_dir_make_tmp("pika-test-session-XXXXXX", NULL);
  g_setenv("XDG_RUNTIME_DIR", folder, TRUE);
  g_main_context_set_poll_func(NULL, watched_poll);
  g_test_add_func("/session/tables", test_tables);
  g_test_add_func("/session/queries", test_queries);
  g_test_add_func("/session/plots", test_plots);
  g_test_add_func("/session/frames", test_frames);
  g_test_add_func("/session/published", test_published);
  g_test_add_func("/session/cancel", test_cancel);
  g_test_add_func("/session/cancelled-export", test_cancelled_export);
  g_test_add_func("/session/failed-export", test_failed_export);
  g_test_add_func("/session/remove-table", test_remove_table);
  g_test_add_func("/session/plain-forms", test_plain_forms);
  int status = g_test_run();
  g_assert_cmpuint(n_dispatches, >, 0);
  g_assert_cmpuint(count_files(""), ==, 0);
  g_rmdir(folder);
  g_free(folder);
  return status;
}
