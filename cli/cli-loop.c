#include "cli-loop.h"

#include "cli-context.h"
#include "cli-output.h"

#include <errno.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <pika/pika.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/un.h>
#include <unistd.h>

#define PUBLISH_AFTER_MS 100

static GCancellable *cancellable;
/* Of this process, for whoever asks; NULL. The text stays where it is: a signal may be reading it. */
static char *volatile socket_path;
static char socket_text[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
static int interrupt_fd = -1;
static volatile sig_atomic_t n_interrupts;

GCancellable *
cli_cancellable(void)
{
  return cancellable;
}

/* --- signals --- */

/* The main loop hears of the first. It may be busy, so the second does not go by it. */
static void
on_signal(int number)
{
  static const guint64 one = 1;
  int saved = errno;
  if (n_interrupts++ > 0) {
    cli_output_emergency_cleanup();
    if (socket_path)
      unlink(socket_path);
    _exit(CLI_INTERRUPTED);
  }
  if (write(interrupt_fd, &one, sizeof one) < 0)
    _exit(CLI_INTERRUPTED);
  errno = saved;
}

static gboolean
on_interrupt(gint fd, GIOCondition condition, gpointer data)
{
  g_cancellable_cancel(cancellable);
  return G_SOURCE_REMOVE;
}

void
cli_watch_signals(void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
  cancellable = g_cancellable_new();
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write(), with a message */
  interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (interrupt_fd < 0) /* then Ctrl+C leaves at once */
    return;
  g_unix_fd_add(interrupt_fd, G_IO_IN, on_interrupt, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

void
cli_unwatch_signals(void)
{
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

/* --- pika top --- */

static guint publish_id;

static gboolean
publish(gpointer verbose)
{
  g_autoptr(GError) error = NULL;
  publish_id = 0;
  if (pika_runtime_publish(&error)) {
    g_strlcpy(socket_text, pika_runtime_get_socket(), sizeof socket_text);
    socket_path = socket_text;
  } else if (GPOINTER_TO_INT(verbose)) {
    cli_say("pika: pika top cannot see this: %s", error->message);
  }
  return G_SOURCE_REMOVE;
}

void
cli_publish(gboolean verbose)
{
  publish_id = g_timeout_add(PUBLISH_AFTER_MS, publish, GINT_TO_POINTER(verbose));
}

void
cli_unpublish(void)
{
  if (publish_id)
    g_source_remove(publish_id);
  publish_id = 0;
  pika_runtime_unpublish();
  socket_path = NULL;
}

/* --- waiting --- */

void
cli_ready(GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref(result);
}

GAsyncResult *
cli_wait(GAsyncResult **slot)
{
  while (!*slot)
    g_main_context_iteration(NULL, TRUE);
  return *slot;
}

/* --- reading --- */

typedef struct {
  GString *text;
  gboolean ended;
  int errnum;
} Reader;

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer data)
{
  Reader *self = data;
  char buffer[4096];
  ssize_t n = read(fd, buffer, sizeof buffer);
  if (n > 0)
    g_string_append_len(self->text, buffer, n);
  if (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)))
    return G_SOURCE_CONTINUE;
  self->errnum = n < 0 ? errno : 0;
  self->ended = TRUE;
  return G_SOURCE_REMOVE;
}

GString *
cli_read_all(int fd, const char *what, GError **error)
{
  Reader reader = { .text = g_string_new(NULL) };
  guint id = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &reader);
  while (!reader.ended && !g_cancellable_is_cancelled(cancellable))
    g_main_context_iteration(NULL, TRUE);
  if (reader.ended && reader.errnum == 0)
    return reader.text;
  if (!reader.ended) {
    g_source_remove(id);
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_CANCELLED, "interrupted");
  } else {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot read %s: %s", what, g_strerror(reader.errnum));
  }
  g_string_free(reader.text, TRUE);
  return NULL;
}

/* --- writing --- */

gboolean
cli_write_all(GOutputStream *stream, const char *what, const void *data, gsize length, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) local = NULL;
  g_output_stream_write_all_async(stream, data, length, G_PRIORITY_DEFAULT, cancellable, cli_ready, &result);
  if (g_output_stream_write_all_finish(stream, cli_wait(&result), NULL, &local))
    return TRUE;
  if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_CANCELLED, "interrupted");
  else
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot write %s: %s", what, local->message);
  return FALSE;
}

gboolean
cli_print_all(const char *text, gsize length, GError **error)
{
  g_autoptr(GOutputStream) out = g_unix_output_stream_new(STDOUT_FILENO, FALSE);
  if (fflush(stdout) == 0)
    return cli_write_all(out, "to stdout", text, length, error);
  g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot write to stdout");
  return FALSE;
}
