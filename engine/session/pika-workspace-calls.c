/* The asynchronous form of reading a workspace (pk-call.h). */
#include "pika/pika-workspace.h"

#include "pk-call.h"

typedef struct {
  char *path;
  PikaWorkspace *workspace; /* the result */
} Load;

static gboolean
run_load(gpointer data, GCancellable *cancellable, GError **error)
{
  Load *self = data;
  self->workspace = pika_workspace_load(self->path, error);
  return self->workspace != NULL;
}

static void
clear_load(gpointer data)
{
  Load *self = data;
  g_free(self->path);
  g_clear_pointer(&self->workspace, pika_workspace_free);
}

static const PkCallClass load_class = { "read a workspace", run_load, FALSE, clear_load };

void
pika_workspace_load_async(const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Load *self = g_new0(Load, 1);
  self->path = g_strdup(path);
  pk_call_async(&load_class, NULL, self, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

PikaWorkspace *
pika_workspace_load_finish(GAsyncResult *result, GError **error)
{
  Load *self = pk_call_finish(&load_class, result, error);
  return self ? g_steal_pointer(&self->workspace) : NULL;
}
