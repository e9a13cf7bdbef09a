/* Delivery: one source a context, as long as jobs are under way for it, hands on what is to be told. A context is woken
 * once for however many jobs; a dispatch ends after SLICE_NS so that the loop's other sources keep their turn. */
#include "pk-sched-private.h"

#include "pk-clock.h"

#define SLICE_NS 500000
#define BATCH 32

typedef struct {
  PkJob *job;
  gboolean admitted, progress, done, over;
  PkProgress latest;
} Tale;

struct PkDelivery {
  GSource source;
  PkSched *sched;
  GMainContext *context;
  gint ready;         /* atomic: something is to be told */
  guint under_way;    /* jobs that are not told yet */
  PkJob *head, *tail; /* linked by next_told */
  gboolean retired;   /* no longer found */
  /* Of the context's thread alone. What is told may iterate the context, which then goes on here. */
  Tale tales[BATCH];
  guint n, at;
};

static gboolean
tell(const Tale *tale)
{
  PkJob *job = tale->job;
  if (tale->admitted)
    job->admitted(job->data);
  if (tale->progress)
    job->progress(job->data, &tale->latest);
  if (tale->done && job->outer)
    g_cancellable_disconnect(job->outer, job->outer_id);
  if (tale->done && job->done)
    job->done(job->data, job->error);
  if (!tale->over)
    return FALSE;
  if (job->free_data)
    job->free_data(job->data);
  pk_job_unref(job);
  return TRUE;
}

/* With the lock held: the next of those who have something to tell. */
static gboolean
collect(PkDelivery *self)
{
  self->at = 0;
  for (self->n = 0; self->n < BATCH && self->head; self->n++) {
    PkJob *job = self->head;
    self->head = job->next_told;
    job->next_told = NULL;
    job->in_delivery = FALSE;
    Tale *tale = &self->tales[self->n];
    *tale = (Tale){ job, job->tell_admitted, job->tell_progress, .latest = job->latest };
    tale->done = job->state == PK_JOB_DONE && !job->was_told;
    tale->over = job->state == PK_JOB_DONE && (!job->is_left || job->has_returned);
    job->was_told |= tale->done;
    job->tell_admitted = job->tell_progress = FALSE;
  }
  if (self->n == 0)
    g_atomic_int_set(&self->ready, 0);
  return self->n > 0;
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
  PkDelivery *self = (PkDelivery *)source;
  PkSched *sched = self->sched;
  gint64 end = pk_clock_now_ns() + SLICE_NS;
  guint n_done = 0;
  g_atomic_int_inc(&sched->refs); /* the last job's goes with it */
  do {
    while (self->at < self->n) {
      Tale tale = self->tales[self->at++];
      n_done += tell(&tale);
    }
    pk_sched_lock(sched);
    gboolean more = self->at < self->n || collect(self);
    pk_sched_unlock(sched);
    if (!more)
      break;
  } while (pk_clock_now_ns() < end);

  pk_sched_lock(sched);
  self->under_way -= n_done;
  if (self->under_way == 0 && !self->retired) {
    self->retired = TRUE;
    g_hash_table_remove(sched->deliveries, self->context);
  }
  gboolean retired = self->retired;
  pk_sched_unlock(sched);
  pk_sched_unref(sched);
  return retired ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
finalize(GSource *source)
{
  PkDelivery *self = (PkDelivery *)source;
  g_main_context_unref(self->context);
}

static gboolean
is_ready(GSource *source)
{
  return g_atomic_int_get(&((PkDelivery *)source)->ready);
}

static gboolean
prepare(GSource *source, gint *timeout)
{
  *timeout = -1;
  return is_ready(source);
}

static GSourceFuncs delivery_funcs = { prepare, is_ready, dispatch, finalize, NULL, NULL };

PkDelivery *
pk_delivery_get(PkSched *sched, GMainContext *context)
{
  if (!context)
    context = g_main_context_get_thread_default();
  if (!context)
    context = g_main_context_default();
  PkDelivery *self = g_hash_table_lookup(sched->deliveries, context);
  if (!self) {
    GSource *source = g_source_new(&delivery_funcs, sizeof(PkDelivery));
    self = (PkDelivery *)source;
    self->sched = sched;
    self->context = g_main_context_ref(context);
    g_source_set_can_recurse(source, TRUE);
    g_source_set_static_name(source, "pika jobs");
    g_hash_table_insert(sched->deliveries, context, self);
    g_source_attach(source, context);
    g_source_unref(source);
  }
  self->under_way++;
  return self;
}

void
pk_delivery_post(PkDelivery *self, PkJob *job)
{
  if (job->in_delivery)
    return;
  job->in_delivery = TRUE;
  if (self->head)
    self->tail->next_told = job;
  else
    self->head = job;
  self->tail = job;
  if (self->head == job && !g_atomic_int_get(&self->ready)) { /* which it stays until all is told */
    g_atomic_int_set(&self->ready, 1);
    pk_sched_wake_later(self->sched, self->context);
  }
}

void
pk_delivery_call_later(PkDelivery *self, PkJob *job, guint ms, GSourceFunc func)
{
  g_autoptr(GSource) source = g_timeout_source_new(ms);
  g_source_set_callback(source, func, pk_job_ref(job), (GDestroyNotify)pk_job_unref);
  g_source_attach(source, self->context);
}
