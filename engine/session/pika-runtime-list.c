/* Asks all processes that published their runtime at once, and waits half a second for the last of them. */
#include "pk-process.h"

#include "pk-error.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 500
#define BUFFER 4096
#define LONGEST_ANSWER (1 << 20) /* bytes */

typedef struct {
  GTask *task;
  GSocketClient *client;
  GCancellable *stop;   /* of all questions: when patience ends, or the caller's cancel */
  gulong cancel_id;
  GSource *patience;
  GPtrArray *processes; /* the result */
  guint pending;
} List;

typedef struct {
  List *list;
  gint pid;
  char *path;
  GSocketConnection *connection;
  GByteArray *text;
  guint8 buffer[BUFFER];
} Ask;

/* --- the end --- */

static gint
by_pid(gconstpointer a, gconstpointer b)
{
  const PikaProcess *x = *(const PikaProcess *const *)a, *y = *(const PikaProcess *const *)b;
  return (x->pid > y->pid) - (x->pid < y->pid);
}

static void
list_release(List *self)
{
  if (--self->pending > 0)
    return;
  GCancellable *outer = g_task_get_cancellable(self->task);
  if (outer)
    g_cancellable_disconnect(outer, self->cancel_id);
  g_source_destroy(self->patience);
  g_source_unref(self->patience);
  g_ptr_array_sort(self->processes, by_pid);
  if (outer && g_cancellable_is_cancelled(outer))
    g_task_return_new_error(self->task, PIKA_ERROR, PIKA_ERROR_CANCELLED, "interrupted");
  else
    g_task_return_pointer(self->task, g_ptr_array_ref(self->processes), (GDestroyNotify)g_ptr_array_unref);
  g_ptr_array_unref(self->processes);
  g_object_unref(self->client);
  g_object_unref(self->stop);
  g_object_unref(self->task);
  g_free(self);
}

/* process may be NULL: there is nobody. */
static void
ask_end(Ask *self, PikaProcess *process)
{
  if (process)
    g_ptr_array_add(self->list->processes, process);
  list_release(self->list);
  g_clear_object(&self->connection);
  g_byte_array_unref(self->text);
  g_free(self->path);
  g_free(self);
}

static PikaProcess *
silent(const Ask *self)
{
  PikaProcess *process = g_new0(PikaProcess, 1);
  process->pid = self->pid;
  process->jobs = g_ptr_array_new();
  return process;
}

/* --- a question --- */

static void read_on(Ask *self);

static void
on_read(GObject *stream, GAsyncResult *result, gpointer data)
{
  Ask *self = data;
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish(G_INPUT_STREAM(stream), result, &error);
  if (n > 0 && self->text->len < LONGEST_ANSWER) {
    g_byte_array_append(self->text, self->buffer, (guint)n);
    read_on(self);
  } else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    ask_end(self, silent(self));
  } else {
    /* One that ended meanwhile has broken off, and is no more. */
    ask_end(self, pk_process_from_json((const char *)self->text->data, (gssize)self->text->len));
  }
}

static void
read_on(Ask *self)
{
  g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(self->connection)), self->buffer, BUFFER,
                            G_PRIORITY_DEFAULT, self->list->stop, on_read, self);
}

static void
on_connected(GObject *client, GAsyncResult *result, gpointer data)
{
  Ask *self = data;
  g_autoptr(GError) error = NULL;
  self->connection = g_socket_client_connect_finish(G_SOCKET_CLIENT(client), result, &error);
  if (self->connection) {
    read_on(self);
    return;
  }
  /* Nobody listens and there is no such process: it was killed, and could not take its socket away. */
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) && kill(self->pid, 0) != 0 && errno == ESRCH)
    g_unlink(self->path);
  ask_end(self, g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? silent(self) : NULL);
}

static void
ask(List *list, gint pid, char *path)
{
  Ask *self = g_new0(Ask, 1);
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
  self->list = list;
  self->pid = pid;
  self->path = path;
  self->text = g_byte_array_new();
  list->pending++;
  g_socket_client_connect_async(list->client, G_SOCKET_CONNECTABLE(address), list->stop, on_connected, self);
}

/* --- all of them --- */

static void
on_cancelled(GCancellable *outer, gpointer stop)
{
  g_cancellable_cancel(stop);
}

static gboolean
on_patience_ended(gpointer stop)
{
  g_cancellable_cancel(stop);
  return G_SOURCE_CONTINUE;
}

static List *
list_new(GTask *task)
{
  List *self = g_new0(List, 1);
  GCancellable *outer = g_task_get_cancellable(task);
  self->task = task;
  self->client = g_socket_client_new();
  g_socket_client_set_enable_proxy(self->client, FALSE);
  self->stop = g_cancellable_new();
  self->processes = g_ptr_array_new_with_free_func((GDestroyNotify)pika_process_free);
  self->pending = 1; /* this function's caller */
  self->patience = g_timeout_source_new(PATIENCE_MS);
  g_source_set_callback(self->patience, on_patience_ended, self->stop, NULL);
  g_source_attach(self->patience, g_main_context_get_thread_default());
  if (outer)
    self->cancel_id = g_cancellable_connect(outer, G_CALLBACK(on_cancelled), self->stop, NULL);
  return self;
}

void
pika_runtime_list_async(GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new(NULL, cancellable, callback, user_data);
  g_autofree char *folder = pk_process_dup_folder();
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL); /* without it nobody ever published */
  const char *name;
  g_task_set_source_tag(task, pika_runtime_list_async);
  g_task_set_check_cancellable(task, FALSE);
  List *list = list_new(task);
  while (dir && (name = g_dir_read_name(dir))) {
    char *end;
    guint64 pid = g_ascii_strtoull(name, &end, 10);
    if (end == name || *end != '-' || pid > G_MAXINT || pid == (guint64)getpid())
      continue;
    ask(list, (gint)pid, g_build_filename(folder, name, NULL));
  }
  list_release(list);
}

GPtrArray *
pika_runtime_list_finish(GAsyncResult *result, GError **error)
{
  g_return_val_if_fail(g_async_result_is_tagged(result, pika_runtime_list_async), NULL);
  return g_task_propagate_pointer(G_TASK(result), error);
}
