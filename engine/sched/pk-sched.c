#include "pk-sched-private.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-trace.h"

#include <unistd.h>

#define MAX_WORKERS 1024
#define LEAVE_AFTER_MS 30
#define REPORT_AFTER_NS (100 * G_GINT64_CONSTANT(1000000))
#define REPORT_EVERY_NS (G_GINT64_CONSTANT(1000000000) / 30)

const char *
pk_lane_get_name(PkLane lane)
{
  static const char *const names[] = { "interactive", "query", "background" };
  return names[lane];
}

/* --- the lock --- */

void
pk_sched_lock(PkSched *self)
{
  g_mutex_lock(&self->lock);
}

static void
wake(PkSched *self, guint signals, GMainContext *context)
{
  for (; signals > 0; signals--)
    g_cond_signal(&self->work);
  if (!context)
    return;
  g_main_context_wakeup(context);
  g_main_context_unref(context);
}

void
pk_sched_unlock(PkSched *self)
{
  guint signals = self->signals;
  GMainContext *context = g_steal_pointer(&self->to_wake);
  self->signals = 0;
  g_mutex_unlock(&self->lock);
  wake(self, signals, context);
}

void
pk_sched_wait(PkSched *self, GCond *cond)
{
  wake(self, self->signals, g_steal_pointer(&self->to_wake));
  self->signals = 0;
  g_cond_wait(cond, &self->lock);
}

void
pk_sched_wake_later(PkSched *self, GMainContext *context)
{
  if (self->to_wake == context)
    return;
  wake(self, 0, self->to_wake); /* two at once are rare */
  self->to_wake = g_main_context_ref(context);
}

/* --- jobs --- */

static PkJob *
job_new(PkSched *sched, const PkJobSpec *spec)
{
  PkJob *self = g_new0(PkJob, 1);
  self->refs = 2; /* the caller's and the runtime's */
  g_atomic_int_inc(&sched->refs);
  self->sched = sched;
  self->lane = spec->lane;
  self->name = spec->name;
  self->key = g_strdup(spec->key);
  self->run = spec->run;
  self->data = spec->data;
  self->free_data = spec->free_data;
  self->done = spec->done;
  self->admitted = spec->admitted;
  self->progress = spec->progress;
  self->may_be_left = spec->may_be_left;
  return self;
}

PkJob *
pk_job_ref(PkJob *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pk_job_unref(PkJob *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  g_clear_object(&self->token);
  g_clear_object(&self->outer);
  g_clear_error(&self->error);
  pk_sched_unref(self->sched);
  g_free(self->key);
  g_free(self);
}

/* With the lock held: the job's fate is sealed, and its context will tell it. */
static void
finish(PkJob *job, GError *error)
{
  PkSched *self = job->sched;
  job->state = PK_JOB_DONE;
  job->error = error;
  job->tell_admitted = job->tell_progress = FALSE;
  if (!error)
    self->done++;
  else if (error->domain == PK_ERROR && error->code == PK_ERROR_CANCELLED)
    self->cancelled++;
  else
    self->failed++;
  if (job->joiners > 0)
    g_cond_broadcast(&self->ended);
  if (job->delivery)
    pk_delivery_post(job->delivery, job);
  else
    pk_job_unref(job);
}

static void
admit(PkJob *job)
{
  if (!job)
    return;
  job->tell_admitted = job->admitted != NULL;
  if (job->tell_admitted)
    pk_delivery_post(job->delivery, job);
}

static GError *
cancelled_error(const char *why)
{
  GError *error = NULL;
  pk_fail(&error, PK_ERROR_CANCELLED, "%s", why);
  return error;
}

/* In the job's context, some time after its cancel: if it still runs, its caller is told all the same. */
static gboolean
leave(gpointer data)
{
  PkJob *job = data;
  PkSched *self = job->sched;
  pk_sched_lock(self);
  if (job->state == PK_JOB_RUNNING && !job->nested) {
    pk_job_queue_remove(&self->running, job);
    pk_lanes_end(&self->lanes, job);
    job->is_left = TRUE;
    pk_job_queue_push(&self->left, job);
    finish(job, cancelled_error("interrupted"));
    pk_sched_settle(self);
  }
  pk_sched_unlock(self);
  return G_SOURCE_REMOVE;
}

void
pk_job_cancel(PkJob *self)
{
  PkSched *sched = self->sched;
  PkJob *admitted;
  GCancellable *token = NULL;
  if (!g_atomic_int_compare_and_exchange(&self->cancelled, 0, 1))
    return;
  pk_sched_lock(sched);
  if (pk_lanes_remove(&sched->lanes, self, &admitted)) {
    finish(self, cancelled_error("interrupted"));
    admit(admitted);
    pk_sched_settle(sched);
  } else if (self->state == PK_JOB_RUNNING) {
    token = self->token ? g_object_ref(self->token) : NULL;
    if (self->may_be_left && self->delivery)
      pk_delivery_call_later(self->delivery, self, LEAVE_AFTER_MS, leave);
  }
  pk_sched_unlock(sched);
  if (token) {
    g_cancellable_cancel(token); /* runs what is connected to it, such as duckdb_interrupt */
    g_object_unref(token);
  }
}

void
pk_job_raise(PkJob *self, PkLane lane)
{
  PkSched *sched = self->sched;
  PkJob *admitted;
  pk_sched_lock(sched);
  if (pk_lanes_raise(&sched->lanes, self, lane, &admitted)) {
    admit(admitted);
    pk_sched_settle(sched);
  }
  pk_sched_unlock(sched);
}

PkJob *
pk_job_get_current(void)
{
  return pk_here()->job;
}

GCancellable *
pk_job_get_cancellable(PkJob *self)
{
  pk_sched_lock(self->sched);
  if (!self->token)
    self->token = g_cancellable_new();
  GCancellable *token = self->token;
  pk_sched_unlock(self->sched);
  /* A cancel came either before the token was there, and is seen here, or after, and saw the token. */
  if (g_atomic_int_get(&self->cancelled))
    g_cancellable_cancel(token);
  return token;
}

void
pk_job_report(PkJob *self, const PkProgress *progress)
{
  gint64 now = pk_clock_now_ns();
  if (!self->progress || now - self->started_ns < REPORT_AFTER_NS)
    return;
  pk_sched_lock(self->sched);
  if (self->state == PK_JOB_RUNNING && now - self->reported_ns >= REPORT_EVERY_NS) {
    self->reported_ns = now;
    self->latest = *progress;
    self->tell_progress = TRUE;
    pk_delivery_post(self->delivery, self);
  }
  pk_sched_unlock(self->sched);
}

/* --- workers --- */

static void
run_job(PkJob *job)
{
  PkHere *here = pk_here(), before = *here;
  g_autoptr(GError) error = NULL;
  gboolean ok = FALSE;
  *here = (PkHere){ .sched = before.sched, .index = before.index, .job = job, .nested = before.nested + job->nested };
  if (g_atomic_int_get(&job->cancelled))
    error = cancelled_error("interrupted");
  else
    ok = job->run(job, job->data, &error);
  *here = before;
  if (!ok && !error)
    pk_fail(&error, PK_ERROR_INTERNAL, "%s failed and did not say why", job->name);
  else if (ok)
    g_clear_error(&error);
  pk_trace_job(job->name, job->lane, here->index, job->queued_ns, job->started_ns, error);

  PkSched *self = job->sched;
  pk_sched_lock(self);
  if (job->is_left) {
    job->has_returned = TRUE;
    pk_job_queue_remove(&self->left, job);
    pk_delivery_post(job->delivery, job);
  } else {
    pk_job_queue_remove(&self->running, job);
    pk_lanes_end(&self->lanes, job);
    finish(job, g_steal_pointer(&error));
  }
  pk_sched_settle(self);
  pk_sched_unlock(self);
}

/* With the lock held. */
static void
resume_producers(PkSched *self)
{
  if (self->paused->len == 0 ||
      self->lanes.waiting[PK_LANE_BACKGROUND].length > self->lanes.capacity[PK_LANE_BACKGROUND] / 2)
    return;
  for (guint i = 0; i < self->paused->len; i++)
    g_source_set_ready_time(self->paused->pdata[i], 0);
  g_ptr_array_set_size(self->paused, 0);
}

/* With the lock held: what a free worker should do. */
static gboolean
next(PkSched *self, PkJob **job, PkLoop **loop)
{
  PkLane job_lane = PK_N_LANES, loop_lane = PK_N_LANES;
  gint64 now = pk_clock_now_ns();
  *job = pk_lanes_peek(&self->lanes, now, &job_lane);
  *loop = pk_sched_peek_loop(self, &loop_lane);
  if (*job && (!*loop || job_lane <= loop_lane)) {
    PkJob *admitted;
    *job = pk_lanes_take(&self->lanes, now, &admitted);
    pk_trace_waiting((*job)->lane, self->lanes.waiting[(*job)->lane].length);
    pk_job_queue_push(&self->running, *job);
    admit(admitted);
    return TRUE;
  }
  *job = NULL;
  return *loop != NULL;
}

static guint
active(const PkSched *self)
{
  guint n = 0;
  for (guint lane = 0; lane < PK_N_LANES; lane++)
    n += self->lanes.running[lane] + self->lanes.borrowed[lane];
  return n;
}

gboolean
pk_sched_has_idle(const PkSched *self)
{
  return active(self) < self->lanes.workers;
}

static gpointer
work(gpointer data)
{
  PkSched *self = data;
  pk_here()->sched = self;
  pk_sched_lock(self);
  pk_here()->index = ++self->n_started;
  for (;;) {
    PkJob *job;
    PkLoop *loop;
    if (pk_sched_has_idle(self) && next(self, &job, &loop)) {
      pk_sched_settle(self);
      if (job) {
        pk_sched_unlock(self);
        run_job(job);
        pk_sched_lock(self);
      } else {
        pk_sched_help(self, loop);
      }
      continue;
    }
    if (self->closing || self->n_threads - self->left.length > self->lanes.workers)
      break;
    self->sleeping++;
    pk_sched_wait(self, &self->work);
    self->sleeping--;
    self->woken -= self->woken > 0;
  }
  self->n_threads--;
  g_cond_broadcast(&self->ended);
  pk_sched_unlock(self);
  pk_sched_unref(self);
  return NULL;
}

void
pk_sched_settle(PkSched *self)
{
  PkLane job_lane = PK_N_LANES, loop_lane = PK_N_LANES;
  const PkJob *job = pk_lanes_peek(&self->lanes, pk_clock_now_ns(), &job_lane);
  gboolean idle = pk_sched_has_idle(self);
  if (idle && (job || pk_sched_peek_loop(self, &loop_lane))) {
    if (self->sleeping > self->woken) {
      self->woken++;
      self->signals++;
    } else if (self->woken == 0 && self->n_threads - self->left.length < self->lanes.workers && !self->closing) {
      self->n_threads++;
      g_atomic_int_inc(&self->refs);
      g_thread_unref(g_thread_new("pika-worker", work, self));
    }
  }
  resume_producers(self);
  if (!idle && !job && self->lanes.waiting[PK_LANE_INTERACTIVE].head) { /* every worker has a job: it runs on top of one */
    job = self->lanes.waiting[PK_LANE_INTERACTIVE].head;
    job_lane = PK_LANE_INTERACTIVE;
  }
  gint urgent = job && !idle ? (gint)job_lane : PK_N_LANES;
  if (urgent != PK_N_LANES)
    __atomic_store_n(&self->urgent_until_ns, job->queued_ns + (gint64)(job->lane - job_lane + 1) * self->lanes.age_ns,
                     __ATOMIC_RELAXED);
  if (g_atomic_int_get(&self->urgent) != urgent)
    g_atomic_int_set(&self->urgent, urgent);
}

void
pk_sched_yield(void)
{
  PkHere *here = pk_here();
  while (here->sched && g_atomic_int_get(&here->sched->urgent) == PK_LANE_INTERACTIVE && !here->nested && here->job &&
         here->job->lane != PK_LANE_INTERACTIVE) {
    PkSched *self = here->sched;
    pk_sched_lock(self);
    PkJob *job = pk_lanes_take_interactive(&self->lanes);
    if (job) {
      job->started_ns = pk_clock_now_ns();
      pk_job_queue_push(&self->running, job);
    }
    pk_sched_settle(self);
    pk_sched_unlock(self);
    if (!job)
      return; /* what is urgent has aged, and is not of the lane */
    run_job(job);
  }
}

void
pk_job_join(PkJob *job)
{
  PkSched *self = job->sched;
  PkJob *admitted;
  pk_sched_lock(self);
  if (pk_lanes_remove(&self->lanes, job, &admitted)) {
    admit(admitted);
    job->state = PK_JOB_RUNNING;
    job->nested = TRUE;
    self->lanes.nested++;
    job->started_ns = pk_clock_now_ns();
    pk_job_queue_push(&self->running, job);
    pk_sched_unlock(self);
    run_job(job);
    return;
  }
  job->joiners++;
  while (job->state != PK_JOB_DONE)
    pk_sched_wait(self, &self->ended);
  job->joiners--;
  pk_sched_unlock(self);
}

/* --- submitting --- */

static void
on_outer_cancelled(GCancellable *cancellable, gpointer job)
{
  pk_job_cancel(job);
}

static void
connect_outer(PkJob *job, GCancellable *cancellable)
{
  job->outer = g_object_ref(cancellable);
  /* Called at once if it is cancelled already: the job is then told as soon as it is submitted. */
  job->outer_id = g_cancellable_connect(cancellable, G_CALLBACK(on_outer_cancelled), pk_job_ref(job),
                                        (GDestroyNotify)pk_job_unref);
}

/* With the lock held. */
static void
add(PkSched *self, PkJob *job)
{
  PkJob *superseded;
  if (self->closing || g_atomic_int_get(&job->cancelled)) {
    finish(job, cancelled_error(self->closing ? "the runtime has ended" : "interrupted"));
    return;
  }
  pk_lanes_add(&self->lanes, job, pk_clock_now_ns(), &superseded);
  pk_trace_waiting(job->lane, self->lanes.waiting[job->lane].length);
  if (superseded) {
    finish(superseded, cancelled_error("superseded by a newer request"));
    self->superseded++;
  }
  if (job->state == PK_JOB_REFUSED) {
    GError *error = NULL;
    pk_fail(&error, PK_ERROR_LIMIT, "%s: too much is waiting already (%u in the %s lane); try again later", job->name,
            self->lanes.waiting[job->lane].length, pk_lane_get_name(job->lane));
    finish(job, error);
    self->refused++;
  }
}

PkJob *
pk_sched_submit_or_pause(PkSched *self, const PkJobSpec *spec, GSource *producer)
{
  PkJob *job = job_new(self, spec);
  pk_sched_lock(self);
  if (producer && self->lanes.waiting[spec->lane].length >= self->lanes.capacity[spec->lane] && !self->closing) {
    g_source_set_ready_time(producer, -1);
    g_ptr_array_add(self->paused, g_source_ref(producer));
    pk_sched_unlock(self);
    pk_job_unref(job);
    pk_job_unref(job);
    return NULL;
  }
  if (spec->done || spec->free_data)
    job->delivery = pk_delivery_get(self, spec->context);
  if (job->delivery && spec->cancellable) {
    pk_sched_unlock(self);
    connect_outer(job, spec->cancellable);
    pk_sched_lock(self);
  }
  add(self, job);
  pk_sched_settle(self);
  pk_sched_unlock(self);
  return job;
}

PkJob *
pk_sched_submit(PkSched *self, const PkJobSpec *spec)
{
  return pk_sched_submit_or_pause(self, spec, NULL);
}

/* --- the runtime --- */

static guint
default_workers(void)
{
  const char *text = g_getenv("PIKA_WORKERS");
  guint64 n = 0;
  if (text && *text && !g_ascii_string_to_unsigned(text, 10, 1, MAX_WORKERS, &n, NULL))
    g_warning("PIKA_WORKERS=%s is not a number from 1 to %d: one worker for each processor", text, MAX_WORKERS);
  return n > 0 ? (guint)n : CLAMP(g_get_num_processors(), 1, MAX_WORKERS);
}

PkSched *
pk_sched_new(const PkSchedOptions *options)
{
  static const PkSchedOptions defaults;
  options = options ? options : &defaults;
  PkSched *self = g_new0(PkSched, 1);
  self->refs = 1;
  self->urgent = PK_N_LANES;
  self->start_workers = options->workers > 0 ? MIN(options->workers, MAX_WORKERS) : default_workers();
  self->width = (gint)self->start_workers;
  g_mutex_init(&self->lock);
  g_cond_init(&self->work);
  g_cond_init(&self->ended);
  pk_lanes_init(&self->lanes, options, self->start_workers);
  self->deliveries = g_hash_table_new(NULL, NULL);
  self->paused = g_ptr_array_new_with_free_func((GDestroyNotify)g_source_unref);
  return self;
}

void
pk_sched_unref(PkSched *self)
{
  if (!g_atomic_int_dec_and_test(&self->refs))
    return;
  pk_lanes_clear(&self->lanes);
  g_hash_table_unref(self->deliveries);
  g_ptr_array_unref(self->paused);
  g_cond_clear(&self->work);
  g_cond_clear(&self->ended);
  g_mutex_clear(&self->lock);
  g_free(self);
}

static void
cancel_waiting(PkSched *self)
{
  PkJob *admitted;
  for (guint lane = 0; lane < PK_N_LANES; lane++)
    while (self->lanes.waiting[lane].head || (lane == PK_LANE_QUERY && self->lanes.parked.head)) {
      PkJob *job = self->lanes.waiting[lane].head ? self->lanes.waiting[lane].head : self->lanes.parked.head;
      pk_lanes_remove(&self->lanes, job, &admitted);
      finish(job, cancelled_error("the runtime has ended"));
    }
}

void
pk_sched_free(PkSched *self)
{
  if (!self)
    return;
  g_autoptr(GPtrArray) running = g_ptr_array_new_with_free_func((GDestroyNotify)pk_job_unref);
  pk_sched_lock(self);
  self->closing = TRUE;
  cancel_waiting(self);
  for (PkJob *job = self->running.head; job; job = job->next)
    g_ptr_array_add(running, pk_job_ref(job));
  for (guint i = 0; i < self->paused->len; i++)
    g_source_set_ready_time(self->paused->pdata[i], 0); /* to find that nothing is taken any more */
  g_ptr_array_set_size(self->paused, 0);
  g_cond_broadcast(&self->work);
  pk_sched_unlock(self);
  for (guint i = 0; i < running->len; i++)
    pk_job_cancel(running->pdata[i]);
  pk_sched_lock(self);
  while (self->n_threads > 0)
    pk_sched_wait(self, &self->ended);
  pk_sched_unlock(self);
  pk_sched_unref(self);
}

static gboolean check_blocking; /* set once, with the default runtime */

void
pk_sched_check_blocking(const char *what)
{
  pk_sched_get_default();
  if (check_blocking && !pk_here()->sched && getpid() == gettid())
    g_error("%s may block, and was called on the main thread", what);
}

PkSched *
pk_sched_get_default(void)
{
  static PkSched *sched;
  static gsize once;
  if (g_once_init_enter(&once)) {
    check_blocking = g_getenv("PIKA_CHECK_BLOCKING") != NULL;
    sched = pk_sched_new(NULL);
    g_once_init_leave(&once, 1);
  }
  return sched;
}

void
pk_sched_set_workers(PkSched *self, guint workers)
{
  guint n = workers > 0 ? MIN(workers, MAX_WORKERS) : self->start_workers;
  pk_sched_lock(self);
  g_atomic_int_set(&self->width, (gint)n);
  self->lanes.workers = MAX(n, 2);
  pk_sched_settle(self);
  pk_sched_unlock(self);
}

guint
pk_sched_get_workers(PkSched *self)
{
  pk_sched_lock(self);
  guint n = self->lanes.workers;
  pk_sched_unlock(self);
  return n;
}
