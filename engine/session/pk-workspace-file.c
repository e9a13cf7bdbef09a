/* The workspace as a file. */
#include "pk-workspace-private.h"

#include "pk-error.h"
#include "pk-sched.h"

static gboolean
fail_io(const GError *failure, GError **error)
{
  gboolean missing = g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  return pk_fail(error, missing ? PK_ERROR_NOT_FOUND : PK_ERROR_IO, "%s", failure->message);
}

PikaWorkspace *
pika_workspace_load(const char *path, GError **error)
{
  pk_sched_check_blocking("reading a workspace");
  g_autofree char *text = NULL;
  g_autofree char *whole = g_canonicalize_filename(path, NULL);
  g_autofree char *folder = g_path_get_dirname(whole);
  g_autoptr(GError) failure = NULL;
  gsize length;
  if (!g_file_get_contents(path, &text, &length, &failure)) {
    fail_io(failure, error);
    return NULL;
  }
  return pika_workspace_parse(text, (gssize)length, folder, path, error);
}

gboolean
pika_workspace_save(const PikaWorkspace *self, const char *path, GError **error)
{
  pk_sched_check_blocking("writing a workspace");
  g_autofree char *whole = g_canonicalize_filename(path, NULL);
  g_autofree char *folder = g_path_get_dirname(whole);
  g_autoptr(GError) failure = NULL;
  gsize length;
  g_autofree char *text = pika_workspace_to_text(self, folder, &length);
  return g_file_set_contents_full(whole, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0666, &failure) || fail_io(failure, error);
}
