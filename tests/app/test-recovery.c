/* A process that edits and saves is killed at a random moment, again and again: the workspace opens every time, and nothing
 * older than a second is lost. PIKA_KILLS in the environment sets how often (default 20). */
#include "pa-recovery.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_EDITS 100000
#define ALLOWED_US G_TIME_SPAN_SECOND

/* Shared with the child: when it made its n-th edit. */
typedef struct {
  gint n;
  gint64 times[MOST_EDITS];
} Log;

static const char *program;
static char *state;

static Log *
map_log(const char *path)
{
  int fd = open(path, O_RDWR | O_CREAT, 0600);
  g_assert_cmpint(ftruncate(fd, sizeof(Log)), ==, 0);
  Log *shared = mmap(NULL, sizeof(Log), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true(shared != MAP_FAILED);
  close(fd);
  return shared;
}

/* --- the child --- */

typedef struct {
  PaDocument *document;
  Log *log;
  const char *path;
  gboolean saving;
} Child;

static void
saved(GObject *source, GAsyncResult *result, gpointer data)
{
  Child *child = data;
  g_autoptr(GError) error = NULL;
  pa_document_save_finish(child->document, result, &error);
  g_assert_no_error(error);
  child->saving = FALSE;
}

/* The note's text is the number of the edit; between them other things happen. */
static gboolean
edit(gpointer data)
{
  Child *child = data;
  int n = child->log->n + 1;
  g_autofree char *text = g_strdup_printf("%d", n);
  if (n >= MOST_EDITS)
    return G_SOURCE_REMOVE;
  switch (g_random_int_range(0, 12)) {
  case 0: pa_document_add_query(child->document, NULL, "SELECT 1", NULL); break;
  case 1: pa_document_move(child->document, (const char *[]){ "n1", NULL }, 1, 1); break;
  case 2: pa_document_add_plot(child->document, NULL, "{}", NULL); break;
  case 3: pa_document_set_canvas(child->document, n, n, 1); break;
  case 4: /* back and forth leaves the number as it is */
    if (pa_document_undo(child->document))
      pa_document_redo(child->document);
    break;
  case 5:
    if (!child->saving)
      pa_document_save_async(child->document, child->path, NULL, saved, child);
    child->saving = TRUE;
    break;
  default: break;
  }
  g_assert_true(pa_document_set_text(child->document, "n1", text, NULL));
  child->log->times[n] = g_get_monotonic_time();
  g_atomic_int_set(&child->log->n, n);
  return G_SOURCE_CONTINUE;
}

static int
run_child(const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "a.pika", NULL), *log_path = g_build_filename(folder, "log", NULL);
  g_autoptr(PaDocument) document = pa_document_new();
  Child child = { document, map_log(log_path), path, FALSE };
  pa_document_add_note(document, 0, 0, "0", NULL);
  g_autoptr(PaRecovery) recovery = pa_recovery_new(document);
  g_timeout_add(3, edit, &child);
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
  g_main_loop_run(loop);
  return 1; /* it is to be killed */
}

/* --- the parent --- */

static int
number_in(const PikaWorkspace *workspace)
{
  const PikaWorkspaceNode *note = pika_workspace_find_node(workspace, "n1");
  return note && note->text ? (int)g_ascii_strtoll(note->text, NULL, 10) : 0;
}

/* What one would have after the crash: what is restored, or where there is nothing to restore, the file. */
static int
number_left(const char *path)
{
  g_autoptr(GPtrArray) found = pa_recovery_list();
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GError) error = NULL;
  int number = 0;
  g_assert_cmpuint(found->len, <=, 1);
  if (g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_autoptr(PikaWorkspace) file = pika_workspace_load(path, &error);
    g_assert_no_error(error);
    number = number_in(file);
  }
  if (found->len) {
    g_assert_true(pa_recovery_restore(found->pdata[0], document, &error));
    g_assert_no_error(error);
    g_assert_true(pa_document_get_modified(document));
    number = number_in(pa_document_get_workspace(document));
    while (pa_document_undo(document)) /* its history fits it */
      ;
    pa_recovery_discard(found->pdata[0]);
  }
  return number;
}

static gint64
kill_once(guint round)
{
  g_autofree char *folder = g_dir_make_tmp("pika-kill-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "a.pika", NULL), *log_path = g_build_filename(folder, "log", NULL);
  const char *const argv[] = { program, "--child", folder, NULL };
  Log *shared = map_log(log_path);
  GPid pid;
  g_autoptr(GError) error = NULL;
  g_assert_true(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error));
  gint64 limit = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
  while (g_atomic_int_get(&shared->n) == 0 && g_get_monotonic_time() < limit)
    g_usleep(1000);
  g_usleep((gulong)g_test_rand_int_range(0, round % 10 == 0 ? 1500000 : 300000));
  gint64 killed = g_get_monotonic_time();
  kill(pid, SIGKILL);
  waitpid(pid, NULL, 0);
  int done = shared->n, left = number_left(path);
  g_assert_cmpint(done, >, 0);
  g_assert_cmpint(left, >=, 0);
  gint64 lost = left < done ? killed - shared->times[left + 1] : 0;
  if (lost > ALLOWED_US)
    g_test_message("%d of %d edits are left; the first lost one was made %.3f s before", left, done, (double)lost / 1e6);
  g_assert_cmpint(lost, <=, ALLOWED_US);
  munmap(shared, sizeof(Log));
  g_unlink(path);
  g_unlink(log_path);
  g_rmdir(folder);
  return lost;
}

static void
test_kills(void)
{
  const char *text = g_getenv("PIKA_KILLS");
  guint n = text ? (guint)g_ascii_strtoull(text, NULL, 10) : 20;
  gint64 longest = 0;
  for (guint i = 0; i < n; i++)
    longest = MAX(longest, kill_once(i));
  g_test_message("%u kills; nothing older than %.3f s was lost", n, (double)longest / 1e6);
}

static void
turn(double seconds)
{
  gint64 end = g_get_monotonic_time() + (gint64)(seconds * 1e6);
  while (g_get_monotonic_time() < end) {
    g_main_context_iteration(NULL, FALSE);
    g_usleep(1000);
  }
}

/* Merged typing, undo and redo come back as the same steps; a torn line at the end is left out. */
static void
test_steps(void)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autoptr(GError) error = NULL;
  PaRecovery *recovery = pa_recovery_new(document);
  pa_document_add_query(document, "a", "", NULL);
  for (const char *text = "SELECT"; *text; text++)
    pa_document_set_text(document, "q1", text, NULL);
  pa_document_set_name(document, "q1", "b", NULL);
  pa_document_undo(document);
  pa_document_undo(document);
  pa_document_redo(document);
  turn(0.5);
  g_assert_null(pa_recovery_get_error(recovery));
  g_assert_cmpuint(pa_recovery_list()->len, ==, 0); /* it is open */
  g_object_unref(recovery);
  g_autoptr(GPtrArray) found = pa_recovery_list();
  g_assert_cmpuint(found->len, ==, 1);
  const PaRecovered *recovered = found->pdata[0];
  g_autofree char *steps = g_build_filename(recovered->folder, "1.steps", NULL), *text = NULL;
  gsize length;
  g_assert_true(g_file_get_contents(steps, &text, &length, NULL));
  g_autofree char *torn = g_strdup_printf("%s{\"how\": \"un", text);
  g_assert_true(g_file_set_contents(steps, torn, -1, NULL));
  g_autoptr(PaDocument) again = pa_document_new();
  g_assert_true(pa_recovery_restore(recovered, again, &error));
  g_assert_no_error(error);
  g_autofree char *a = pika_workspace_to_text(pa_document_get_workspace(document), "/", NULL);
  g_autofree char *b = pika_workspace_to_text(pa_document_get_workspace(again), "/", NULL);
  g_assert_cmpstr(a, ==, b);
  g_assert_cmpstr(pa_document_get_redo_label(again), ==, pa_document_get_redo_label(document));
  pa_document_undo(again);
  g_assert_cmpstr(pa_document_get_node(again, "q1")->text, ==, "");
  pa_recovery_discard(recovered);
  recovery = pa_recovery_new(document);
  turn(0.3);
  pa_recovery_close(recovery);
  g_object_unref(recovery);
  g_autoptr(GPtrArray) none = pa_recovery_list();
  g_assert_cmpuint(none->len, ==, 0);
}

int
main(int argc, char **argv)
{
  if (argc == 3 && !strcmp(argv[1], "--child"))
    return run_child(argv[2]);
  program = argv[0];
  state = g_dir_make_tmp("pika-state-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", state, TRUE);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/recovery/steps", test_steps);
  g_test_add_func("/recovery/kills", test_kills);
  return g_test_run();
}
