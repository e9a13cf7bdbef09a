/* A socket of its own for each process, which answers whoever connects with one JSON object and closes. It is a source of
 * the main context that published it, so it makes no thread, and nothing happens until somebody asks. */
#include "pk-process.h"

#include "pk-error.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static GSocketService *service; /* of the thread that published */
static char *path;

static void
closed(GObject *stream, GAsyncResult *result, gpointer data)
{
  g_io_stream_close_finish(G_IO_STREAM(stream), result, NULL);
}

typedef struct {
  GSocketConnection *connection;
  char *text;
} Answer;

/* Whoever asked may have gone: that is nobody's fault. */
static void
answered(GObject *stream, GAsyncResult *result, gpointer data)
{
  Answer *self = data;
  g_output_stream_write_all_finish(G_OUTPUT_STREAM(stream), result, NULL, NULL);
  g_io_stream_close_async(G_IO_STREAM(self->connection), G_PRIORITY_DEFAULT, NULL, closed, NULL);
  g_object_unref(self->connection);
  g_free(self->text);
  g_free(self);
}

static gboolean
on_incoming(GSocketService *socket, GSocketConnection *connection, GObject *source, gpointer data)
{
  g_autoptr(PikaProcess) process = pk_process_of_self();
  Answer *answer = g_new(Answer, 1);
  *answer = (Answer){ g_object_ref(connection), pika_process_to_json(process) };
  g_output_stream_write_all_async(g_io_stream_get_output_stream(G_IO_STREAM(connection)), answer->text,
                                  strlen(answer->text), G_PRIORITY_DEFAULT, NULL, answered, answer);
  return TRUE;
}

/* Ours alone: a folder that someone else made or may enter is not used. */
static gboolean
make_folder(const char *folder, GError **error)
{
  struct stat st;
  if (g_mkdir_with_parents(folder, 0700) != 0 || lstat(folder, &st) != 0)
    return pk_fail(error, PK_ERROR_IO, "cannot make %s: %s", folder, g_strerror(errno));
  if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
    return pk_fail(error, PK_ERROR_FORBIDDEN, "%s is not a folder of this user alone: remove it, or set its mode to 0700",
                   folder);
  return TRUE;
}

static void
remove_socket(void)
{
  if (path)
    g_unlink(path);
}

gboolean
pika_runtime_publish(GError **error)
{
  static gboolean watches_exit;
  g_autofree char *folder = pk_process_dup_folder();
  g_autofree char *name = g_strdup_printf("%s/%d-%08x", folder, (int)getpid(), g_random_int());
  g_autoptr(GError) local = NULL;
  if (service)
    return TRUE;
  if (!make_folder(folder, error))
    return FALSE;
  if (strlen(name) >= sizeof ((struct sockaddr_un *)NULL)->sun_path)
    return pk_fail(error, PK_ERROR_LIMIT, "%s is too long for the name of a socket", name);
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new(name);
  g_autoptr(GSocketService) made = g_socket_service_new();
  if (!g_socket_listener_add_address(G_SOCKET_LISTENER(made), address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL,
                                     NULL, &local))
    return pk_fail(error, PK_ERROR_IO, "cannot listen at %s: %s", name, local->message);
  g_signal_connect(made, "incoming", G_CALLBACK(on_incoming), NULL);
  service = g_steal_pointer(&made);
  path = g_steal_pointer(&name);
  if (!watches_exit)
    atexit(remove_socket);
  watches_exit = TRUE;
  return TRUE;
}

const char *
pika_runtime_get_socket(void)
{
  return path;
}

void
pika_runtime_unpublish(void)
{
  if (!service)
    return;
  g_socket_service_stop(service);
  g_socket_listener_close(G_SOCKET_LISTENER(service));
  remove_socket();
  g_clear_object(&service);
  g_clear_pointer(&path, g_free);
}
