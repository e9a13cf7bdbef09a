/* The document and its file. What blocks (reading, writing, waiting for the disk) is done by GIO's threads. */
#include "pa-document-private.h"
#include "pa-trust.h"

typedef struct {
  char *path;
  PikaWorkspace *workspace; /* to be saved, or as it was read */
  gint64 serial;            /* the state that it is */
  gboolean trusted;
} FileJob;

static void
file_job_free(gpointer data)
{
  FileJob *job = data;
  g_free(job->path);
  g_clear_pointer(&job->workspace, pika_workspace_free);
  g_free(job);
}

/* --- load --- */

static void
run_load(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FileJob *job = data;
  GError *error = NULL;
  job->workspace = pika_workspace_load(job->path, &error);
  if (!job->workspace) {
    g_task_return_error(task, error);
    return;
  }
  job->trusted = pa_trust_has(job->path);
  g_task_return_boolean(task, TRUE);
}

void
pa_document_load_async(PaDocument *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);
  FileJob *job = g_new0(FileJob, 1);
  job->path = g_canonicalize_filename(path, NULL);
  g_task_set_source_tag(task, pa_document_load_async);
  g_task_set_task_data(task, job, file_job_free);
  g_task_run_in_thread(task, run_load);
}

gboolean
pa_document_load_finish(PaDocument *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
  FileJob *job = g_task_get_task_data(G_TASK(result));
  if (!g_task_propagate_boolean(G_TASK(result), error))
    return FALSE;
  gboolean was_restricted = self->restricted;
  pa_document_set_restricted(self, !job->trusted); /* before anyone is told of what is to run */
  if (!pa_document_reset(self, g_steal_pointer(&job->workspace), error)) {
    g_prefix_error(error, "%s: ", job->path);
    pa_document_set_restricted(self, was_restricted);
    return FALSE;
  }
  pa_document_set_path(self, job->path);
  return TRUE;
}

gboolean
pa_document_load_text(PaDocument *self, const char *text, gssize length, const char *path, GError **error)
{
  g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
  PikaWorkspace *workspace = pika_workspace_parse(text, length, folder, path, error);
  if (!workspace || !pa_document_reset(self, workspace, error))
    return FALSE;
  pa_document_set_path(self, path);
  return TRUE;
}

void
pa_document_trust(PaDocument *self)
{
  self->restricted = FALSE;
}

/* --- save --- */

static void
run_save(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FileJob *job = data;
  GError *error = NULL;
  if (pika_workspace_save(job->workspace, job->path, &error) && (!job->trusted || pa_trust_add(job->path, &error)))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

void
pa_document_save_async(PaDocument *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);
  FileJob *job = g_new0(FileJob, 1);
  job->path = g_canonicalize_filename(path, NULL);
  job->workspace = pa_document_dup_workspace(self);
  job->serial = self->serial;
  job->trusted = !self->restricted; /* to save what was never trusted makes it no more so */
  g_task_set_source_tag(task, pa_document_save_async);
  g_task_set_task_data(task, job, file_job_free);
  g_task_run_in_thread(task, run_save);
}

gboolean
pa_document_save_finish(PaDocument *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
  FileJob *job = g_task_get_task_data(G_TASK(result));
  if (!g_task_propagate_boolean(G_TASK(result), error))
    return FALSE;
  gboolean was_modified = pa_document_get_modified(self);
  self->saved_serial = job->serial;
  self->may_merge = FALSE;
  pa_document_set_path(self, job->path);
  if (was_modified != pa_document_get_modified(self))
    g_object_notify(G_OBJECT(self), "modified");
  return TRUE;
}
