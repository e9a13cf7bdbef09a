#include "pk-staged-file.h"

#include "pk-error.h"

#include <errno.h>
#include <glib/gstdio.h>

/* A writer makes its file once; more often than that, something else fills the folder. */
#define ATTEMPTS 8

struct PkStagedFile {
  char *place, *folder, *path;
  GCancellable *cancellable;
  gulong cancel_id;
};

/* The file may be made between the two calls, hence again. Any thread. */
static void
remove_folder(const PkStagedFile *self)
{
  for (guint i = 0; i < ATTEMPTS; i++) {
    g_unlink(self->path);
    if (g_rmdir(self->folder) == 0 || errno == ENOENT)
      return;
  }
}

static void
on_cancelled(GCancellable *cancellable, gpointer data)
{
  remove_folder(data);
}

static void
stop_listening(PkStagedFile *self)
{
  if (self->cancel_id != 0)
    g_cancellable_disconnect(self->cancellable, self->cancel_id); /* waits for a cancel that is under way */
  self->cancel_id = 0;
}

PkStagedFile *
pk_staged_file_new(const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *parent = g_path_get_dirname(path);
  g_autofree char *folder = g_build_filename(parent, ".pika-XXXXXX", NULL);
  if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
    pk_fail_errno(error, EISDIR, "cannot write", path);
    return NULL;
  }
  if (g_cancellable_is_cancelled(cancellable)) {
    pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    return NULL;
  }
  if (!g_mkdtemp(folder)) {
    pk_fail_errno(error, errno, "cannot write", path);
    return NULL;
  }
  PkStagedFile *self = g_new0(PkStagedFile, 1);
  self->place = g_strdup(path);
  self->path = g_build_filename(folder, "rows", NULL);
  self->folder = g_steal_pointer(&folder);
  if (cancellable) {
    self->cancellable = g_object_ref(cancellable);
    self->cancel_id = g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), self, NULL);
  }
  return self;
}

const char *
pk_staged_file_get_path(const PkStagedFile *self)
{
  return self->path;
}

gboolean
pk_staged_file_commit(PkStagedFile *self, GError **error)
{
  stop_listening(self);
  if (g_cancellable_is_cancelled(self->cancellable))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  return g_rename(self->path, self->place) == 0 || pk_fail_errno(error, errno, "cannot write", self->place);
}

void
pk_staged_file_name_place(const PkStagedFile *self, GError *error)
{
  g_autoptr(GString) words = g_string_new(error->message);
  if (g_string_replace(words, self->path, self->place, 0) == 0)
    return;
  g_free(error->message);
  error->message = g_string_free(g_steal_pointer(&words), FALSE);
}

void
pk_staged_file_free(PkStagedFile *self)
{
  stop_listening(self);
  remove_folder(self);
  g_clear_object(&self->cancellable);
  g_free(self->place);
  g_free(self->folder);
  g_free(self->path);
  g_free(self);
}
