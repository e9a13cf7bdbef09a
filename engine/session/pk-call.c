#include "pk-call.h"

#include "pk-error.h"

typedef struct {
  const PkCallClass *klass;
  PikaSession *session; /* NULL: none; of the asynchronous form a reference, as long as it runs */
  gpointer args;
  GTask *task;          /* of the asynchronous form */
  gboolean finished;    /* what follows is of the other one */
  GError *error;
} Call;

static gboolean
run(PkJob *job, gpointer data, GError **error)
{
  Call *self = data;
  return self->klass->run(self->args, pk_job_get_cancellable(job), error);
}

static void
on_progress(gpointer data, const PkProgress *progress)
{
  const Call *self = data;
  PikaProgress public = { progress->phase, progress->done, progress->total, progress->unit, progress->rows,
                          progress->bytes };
  if (self->session && self->session->progress)
    self->session->progress(&public, self->session->progress_data);
}

/* --- synchronous --- */

static void
done_now(gpointer data, const GError *error)
{
  Call *self = data;
  self->finished = TRUE;
  self->error = error ? g_error_copy(error) : NULL;
}

gboolean
pk_call_now(const PkCallClass *klass, PikaSession *session, gpointer args, GCancellable *cancellable, GError **error)
{
  if (pk_job_get_current())
    return klass->run(args, cancellable, error);
  pk_sched_check_blocking(klass->name);
  g_autoptr(GMainContext) context = g_main_context_new();
  Call self = { .klass = klass, .session = session, .args = args };
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = klass->name, .run = run, .data = &self, .done = done_now,
                     .progress = on_progress, .context = context, .cancellable = cancellable };
  pk_job_unref(pk_sched_submit(pk_sched_get_default(), &spec));
  while (!self.finished)
    g_main_context_iteration(context, TRUE);
  if (!self.error)
    return TRUE;
  g_propagate_error(error, self.error);
  return FALSE;
}

/* --- asynchronous --- */

typedef struct {
  const PkCallClass *klass;
  gpointer args;
} Args;

static void
args_free(gpointer data)
{
  Args *self = data;
  self->klass->clear(self->args);
  g_free(self->args);
  g_free(self);
}

static void
done_async(gpointer data, const GError *error)
{
  Call *self = data;
  if (error)
    g_task_return_error(self->task, g_error_copy(error));
  else
    g_task_return_boolean(self->task, TRUE);
}

static void
call_free(gpointer data)
{
  Call *self = data;
  g_object_unref(self->task);
  pk_session_release(self->session);
  g_free(self);
}

void
pk_call_async(const PkCallClass *klass, PikaSession *session, gpointer args, PkLane lane, const char *key,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Call *self = g_new0(Call, 1);
  Args *owned = g_new(Args, 1);
  *owned = (Args){ klass, args };
  self->klass = klass;
  self->session = session ? pika_session_ref(session) : NULL;
  self->args = args;
  self->task = g_task_new(NULL, cancellable, callback, user_data);
  g_task_set_source_tag(self->task, (gpointer)klass);
  g_task_set_name(self->task, klass->name);
  g_task_set_check_cancellable(self->task, FALSE); /* what was done is told, even if a cancel came after it */
  g_task_set_task_data(self->task, owned, args_free);
  PkJobSpec spec = { .lane = lane, .name = klass->name, .key = key, .run = run, .data = self, .free_data = call_free,
                     .done = done_async, .progress = on_progress, .cancellable = cancellable, .may_be_left = klass->may_be_left };
  pk_job_unref(pk_sched_submit(pk_sched_get_default(), &spec));
}

gpointer
pk_call_finish(const PkCallClass *klass, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail(g_async_result_is_tagged(result, (gpointer)klass), NULL);
  Args *owned = g_task_get_task_data(G_TASK(result));
  return g_task_propagate_boolean(G_TASK(result), error) ? owned->args : NULL;
}
