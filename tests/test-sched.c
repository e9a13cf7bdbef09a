/* The runtime with its threads: who is told what, and that nobody is forgotten. */
#include "pk-clock.h"
#include "pk-error.h"
#include "pk-sched.h"
#include "pk-trace.h"
#include "pk-workers.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* --- what other threads have come to --- */

static GMutex news_lock;
static GCond news;

static void
tell_news(gint *flag, gint change)
{
  g_mutex_lock(&news_lock);
  g_atomic_int_add(flag, change);
  g_cond_broadcast(&news);
  g_mutex_unlock(&news_lock);
}

static void
wait_for_value(gint *flag, gint value)
{
  g_mutex_lock(&news_lock);
  while (g_atomic_int_get(flag) != value)
    g_cond_wait(&news, &news_lock);
  g_mutex_unlock(&news_lock);
}

/* --- a job that can be held --- */

typedef struct {
  GMutex lock;
  GCond cond;
  gboolean open;
} Gate;

static void
gate_set(Gate *self, gboolean open)
{
  g_mutex_lock(&self->lock);
  self->open = open;
  g_cond_broadcast(&self->cond);
  g_mutex_unlock(&self->lock);
}

static void
gate_pass(Gate *self)
{
  g_mutex_lock(&self->lock);
  while (!self->open)
    g_cond_wait(&self->cond, &self->lock);
  g_mutex_unlock(&self->lock);
}

typedef struct {
  Gate *gate;      /* NULL: not held */
  gint *n_started; /* of several tasks; may be NULL */
  gint *running;   /* atomic, of its kind; may be NULL */
  gint *most;      /* of them at once */
  guint chunks;
  gint cancel_at;  /* of itself, at this chunk; -1: never */
  gint fail_at;
  gint ran;        /* atomic: chunks done */
  gint started, told, freed, admitted, progress;
  GThread *told_on;
  GError *error;
  PkJob *job;
} Task;

static gboolean
run(PkJob *job, gpointer data, GError **error)
{
  Task *self = data;
  g_assert_true(pk_job_get_current() == job);
  tell_news(&self->started, 1);
  if (self->n_started)
    tell_news(self->n_started, 1);
  if (self->running) {
    gint n = g_atomic_int_add(self->running, 1) + 1;
    if (self->most && n > g_atomic_int_get(self->most))
      g_atomic_int_set(self->most, n);
  }
  if (self->gate)
    gate_pass(self->gate);
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < self->chunks; i++) {
    if (self->cancel_at == (gint)i)
      pk_job_cancel(job);
    if (g_cancellable_is_cancelled(pk_job_get_cancellable(job)))
      ok = pk_fail(error, PK_ERROR_CANCELLED, "stopped at chunk %u", i);
    else if (self->fail_at == (gint)i)
      ok = pk_fail(error, PK_ERROR_INVALID, "failed at chunk %u", i);
    else
      g_atomic_int_inc(&self->ran);
    pk_sched_yield();
  }
  if (self->running)
    g_atomic_int_add(self->running, -1);
  return ok;
}

static void
done(gpointer data, const GError *error)
{
  Task *self = data;
  g_assert_cmpint(self->told++, ==, 0);
  self->told_on = g_thread_self();
  self->error = error ? g_error_copy(error) : NULL;
}

static void
freed(gpointer data)
{
  Task *self = data;
  g_assert_cmpint(self->told, ==, 1);
  g_assert_cmpint(self->freed++, ==, 0);
}

static void
admitted(gpointer data)
{
  ((Task *)data)->admitted++;
}

static void
start(PkSched *sched, Task *task, PkLane lane, const char *key, GCancellable *cancellable)
{
  PkJobSpec spec = { .lane = lane, .name = "task", .key = key, .run = run, .data = task, .free_data = freed,
                     .done = done, .admitted = admitted, .cancellable = cancellable };
  task->job = pk_sched_submit(sched, &spec);
}

static Task *
task_new(guint chunks)
{
  Task *self = g_new0(Task, 1);
  self->chunks = chunks;
  self->cancel_at = self->fail_at = -1;
  return self;
}

static void
task_free(Task *self)
{
  g_assert_cmpint(self->freed, ==, 1);
  pk_job_unref(self->job);
  g_clear_error(&self->error);
  g_free(self);
}

static void
wait_until(const gint *flag)
{
  while (!g_atomic_int_get(flag))
    g_main_context_iteration(NULL, TRUE);
}

static void
wait_started(Task *task)
{
  wait_for_value(&task->started, 1);
}

/* --- telling --- */

static void
test_outcomes(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 3 });
  Task *good = task_new(5), *bad = task_new(5), *late = task_new(5);
  g_autoptr(GCancellable) over = g_cancellable_new();
  bad->fail_at = 3;
  g_cancellable_cancel(over);
  start(sched, good, PK_LANE_QUERY, NULL, NULL);
  start(sched, bad, PK_LANE_INTERACTIVE, NULL, NULL);
  start(sched, late, PK_LANE_BACKGROUND, NULL, over); /* before it began */
  g_assert_cmpint(late->told, ==, 0);                 /* never within the call */
  wait_until(&good->freed);
  wait_until(&bad->freed);
  wait_until(&late->freed);
  g_assert_no_error(good->error);
  g_assert_true(good->told_on == g_thread_self());
  g_assert_error(bad->error, PK_ERROR, PK_ERROR_INVALID);
  g_assert_cmpint(bad->ran, ==, 3);
  g_assert_error(late->error, PK_ERROR, PK_ERROR_CANCELLED);
  g_assert_cmpint(late->ran, ==, 0);
  PkSchedState state;
  pk_sched_get_state(sched, &state);
  g_assert_cmpuint(state.done, ==, 1);
  g_assert_cmpuint(state.failed, ==, 1);
  g_assert_cmpuint(state.cancelled, ==, 1);
  task_free(good);
  task_free(bad);
  task_free(late);
  pk_sched_free(sched);
}

static void
test_cancel_at_every_step(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2 });
  for (gint at = 0; at < 20; at++)
    for (PkLane lane = 0; lane < PK_N_LANES; lane++) {
      Task *task = task_new(20), *next = task_new(2);
      task->cancel_at = at;
      start(sched, task, lane, NULL, NULL);
      start(sched, next, lane, NULL, NULL); /* the worker is good for the next */
      wait_until(&task->freed);
      wait_until(&next->freed);
      g_assert_error(task->error, PK_ERROR, PK_ERROR_CANCELLED);
      g_assert_cmpint(task->ran, ==, at);
      g_assert_no_error(next->error);
      task_free(task);
      task_free(next);
    }
  pk_sched_free(sched);
}

static void
test_cancel_while_waiting(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2, .capacity = { 2, 2, 2 } });
  Gate gate = { 0 };
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  Task *holder = task_new(1), *tasks[5];
  holder->gate = &gate;
  start(sched, holder, PK_LANE_QUERY, NULL, NULL);
  wait_started(holder);
  for (guint i = 0; i < 5; i++) { /* 0, 1 wait; 2, 3 are parked; 4 is refused */
    tasks[i] = task_new(1);
    start(sched, tasks[i], PK_LANE_QUERY, NULL, i % 2 ? cancellable : NULL);
  }
  wait_until(&tasks[4]->freed);
  g_assert_error(tasks[4]->error, PK_ERROR, PK_ERROR_LIMIT);
  g_cancellable_cancel(cancellable); /* 1 and 3 */
  wait_until(&tasks[1]->freed);
  wait_until(&tasks[3]->freed);
  g_assert_error(tasks[1]->error, PK_ERROR, PK_ERROR_CANCELLED);
  g_assert_error(tasks[3]->error, PK_ERROR, PK_ERROR_CANCELLED);
  wait_until(&tasks[2]->admitted);
  gate_set(&gate, TRUE);
  wait_until(&tasks[0]->freed);
  wait_until(&tasks[2]->freed);
  wait_until(&holder->freed);
  g_assert_no_error(tasks[0]->error);
  g_assert_no_error(tasks[2]->error);
  g_assert_cmpint(tasks[0]->admitted, ==, 0);
  for (guint i = 0; i < 5; i++)
    task_free(tasks[i]);
  task_free(holder);
  pk_sched_free(sched);
}

static void
test_latest_wins(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2 });
  Gate gate = { 0 };
  Task *holders[2], *tasks[10];
  for (guint i = 0; i < 2; i++) {
    holders[i] = task_new(1);
    holders[i]->gate = &gate;
    start(sched, holders[i], PK_LANE_INTERACTIVE, NULL, NULL);
    wait_started(holders[i]);
  }
  for (guint i = 0; i < 10; i++) {
    tasks[i] = task_new(1);
    start(sched, tasks[i], PK_LANE_INTERACTIVE, "view", NULL);
  }
  for (guint i = 0; i < 9; i++) {
    wait_until(&tasks[i]->freed);
    g_assert_error(tasks[i]->error, PK_ERROR, PK_ERROR_CANCELLED);
    task_free(tasks[i]);
  }
  g_assert_cmpint(tasks[9]->told, ==, 0);
  gate_set(&gate, TRUE);
  wait_until(&tasks[9]->freed);
  g_assert_no_error(tasks[9]->error);
  task_free(tasks[9]);
  for (guint i = 0; i < 2; i++) {
    wait_until(&holders[i]->freed);
    task_free(holders[i]);
  }
  pk_sched_free(sched);
}

/* With every worker that may be held by long work, interactive work starts all the same. */
static void
test_always_one_for_interactive(void)
{
  for (guint workers = 1; workers <= 5; workers++) {
    PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = workers });
    Gate gate = { 0 };
    gint background = 0, most = 0, n_started = 0;
    Task *held[12], *quick = task_new(1);
    for (guint i = 0; i < 12; i++) {
      held[i] = task_new(1);
      held[i]->gate = &gate;
      held[i]->n_started = &n_started;
      if (i % 2) {
        held[i]->running = &background;
        held[i]->most = &most;
      }
      start(sched, held[i], i % 2 ? PK_LANE_BACKGROUND : PK_LANE_QUERY, NULL, NULL);
    }
    wait_for_value(&n_started, (gint)MAX(workers, 2) - 1);
    start(sched, quick, PK_LANE_INTERACTIVE, NULL, NULL);
    wait_until(&quick->freed);
    gate_set(&gate, TRUE);
    for (guint i = 0; i < 12; i++) {
      wait_until(&held[i]->freed);
      task_free(held[i]);
    }
    g_assert_cmpint(most, <=, MAX((gint)workers / 2, 1));
    task_free(quick);
    pk_sched_free(sched);
  }
}

static void
test_shutdown(void)
{
  for (guint round = 0; round < 20; round++) {
    PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2, .capacity = { 4, 4, 4 } });
    Task *tasks[24];
    for (guint i = 0; i < 24; i++) {
      tasks[i] = task_new(1000000);
      start(sched, tasks[i], i % PK_N_LANES, NULL, NULL);
    }
    g_usleep(round * 20);
    pk_sched_free(sched); /* jobs keep what they need to be told */
    for (guint i = 0; i < 24; i++) {
      wait_until(&tasks[i]->freed);
      g_assert_nonnull(tasks[i]->error);
      task_free(tasks[i]);
    }
  }
}

/* A loop that iterates the context within a callback still hears of the others. */
static void
done_nested(gpointer data, const GError *error)
{
  Task *self = data;
  Task *inner = task_new(1);
  self->told++;
  start(pk_sched_get_default(), inner, PK_LANE_QUERY, NULL, NULL);
  wait_until(&inner->freed);
  task_free(inner);
}

static void
test_nested_iteration(void)
{
  Task *tasks[50];
  for (guint i = 0; i < 50; i++) {
    tasks[i] = task_new(1);
    PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "outer", .run = run, .data = tasks[i], .done = done_nested,
                       .free_data = freed };
    tasks[i]->job = pk_sched_submit(pk_sched_get_default(), &spec);
  }
  for (guint i = 0; i < 50; i++) {
    wait_until(&tasks[i]->freed);
    task_free(tasks[i]);
  }
}

/* A job that does not hear its cancel is told of it all the same, holds nobody up, and keeps its data until it returns. */
static void
test_left(void)
{
  for (guint way = 0; way < 2; way++) {
    PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2 });
    Gate gate = { 0 };
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Task *deaf = task_new(0), *next = task_new(3);
    deaf->gate = &gate;
    PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "deaf", .run = run, .data = deaf, .free_data = freed, .done = done,
                       .cancellable = cancellable, .may_be_left = TRUE };
    deaf->job = pk_sched_submit(sched, &spec);
    wait_started(deaf);
    start(sched, next, PK_LANE_QUERY, NULL, NULL); /* finds no worker: one is kept for interactive work */
    g_assert_cmpint(next->started, ==, 0);
    g_cancellable_cancel(cancellable);
    wait_until(&deaf->told);
    g_assert_error(deaf->error, PK_ERROR, PK_ERROR_CANCELLED);
    wait_until(&next->freed);
    g_assert_cmpint(deaf->freed, ==, 0);
    PkSchedState state;
    pk_sched_get_state(sched, &state);
    PkJobInfo info;
    g_assert_cmpuint(state.left, ==, 1);
    g_assert_cmpuint(pk_sched_list_jobs(sched, &info, 1), ==, 1);
    g_assert_cmpint(info.status, ==, PK_JOB_STATUS_LEFT);
    g_assert_cmpuint(state.running[PK_LANE_QUERY], ==, 0);
    gate_set(&gate, TRUE);
    if (way == 1) /* the end waits for it */
      pk_sched_free(sched);
    wait_until(&deaf->freed);
    task_free(deaf);
    task_free(next);
    if (way == 0)
      pk_sched_free(sched);
  }
}

/* What runs comes first, then what was left, then what waits, lane by lane. */
static void
test_list(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2, .capacity = { 0, 2, 0 } });
  Gate gate = { 0 };
  static const PkLane lanes[] = { PK_LANE_QUERY, PK_LANE_QUERY, PK_LANE_BACKGROUND, PK_LANE_QUERY, PK_LANE_QUERY };
  static const PkJobStatus expected[] = { PK_JOB_STATUS_RUNNING, PK_JOB_STATUS_WAITING, PK_JOB_STATUS_WAITING,
                                          PK_JOB_STATUS_PARKED, PK_JOB_STATUS_WAITING };
  Task *tasks[G_N_ELEMENTS(lanes)];
  PkJobInfo infos[10];
  for (guint i = 0; i < G_N_ELEMENTS(lanes); i++) {
    tasks[i] = task_new(1);
    tasks[i]->gate = &gate;
    start(sched, tasks[i], lanes[i], NULL, NULL);
    if (i == 0)
      wait_started(tasks[0]);
  }
  g_assert_cmpuint(pk_sched_list_jobs(sched, infos, 10), ==, G_N_ELEMENTS(lanes));
  for (guint i = 0; i < G_N_ELEMENTS(lanes); i++) {
    g_assert_cmpstr(infos[i].name, ==, "task");
    g_assert_cmpint(infos[i].status, ==, expected[i]);
    g_assert_cmpint(infos[i].lane, ==, i == 4 ? PK_LANE_BACKGROUND : PK_LANE_QUERY);
    g_assert_cmpint(infos[i].waited_ns, >=, 0);
    g_assert_cmpint(infos[i].ran_ns > 0, ==, i == 0);
    g_assert_null(infos[i].progress.phase);
  }
  g_assert_cmpuint(pk_sched_list_jobs(sched, infos, 3), ==, 3);
  gate_set(&gate, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS(lanes); i++) {
    wait_until(&tasks[i]->freed);
    task_free(tasks[i]);
  }
  g_assert_cmpuint(pk_sched_list_jobs(sched, infos, 10), ==, 0);
  pk_sched_free(sched);
}

/* --- progress --- */

static gboolean
run_long(PkJob *job, gpointer data, GError **error)
{
  Task *self = data;
  gint64 end = g_get_monotonic_time() + 400000;
  while (g_get_monotonic_time() < end) {
    PkProgress progress = { .phase = "count", .done = ++self->ran, .unit = "rows" };
    pk_job_report(job, &progress);
    g_usleep(200);
  }
  return TRUE;
}

static void
on_progress(gpointer data, const PkProgress *progress)
{
  Task *self = data;
  g_assert_cmpstr(progress->phase, ==, "count");
  g_assert_cmpint(self->told, ==, 0);
  self->progress++;
}

static void
test_progress(void)
{
  Task *task = task_new(0), *quick = task_new(1);
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "long", .run = run_long, .data = task, .done = done,
                     .free_data = freed, .progress = on_progress };
  task->job = pk_sched_submit(pk_sched_get_default(), &spec);
  wait_until(&task->freed);
  g_assert_cmpint(task->progress, >=, 2);
  g_assert_cmpint(task->progress, <=, 10); /* in the 300 ms after the first 100 */
  task_free(task);
  start(pk_sched_get_default(), quick, PK_LANE_QUERY, NULL, NULL);
  wait_until(&quick->freed);
  g_assert_cmpint(quick->progress, ==, 0);
  task_free(quick);
}

/* --- producers --- */

typedef struct {
  gint made, ran, told, ended;
  guint n;
  GCancellable *cancellable;
} Maker;

static gboolean
run_made(PkJob *job, gpointer data, GError **error)
{
  g_atomic_int_inc(&((Maker *)data)->ran);
  return TRUE;
}

static void
made_done(gpointer data, const GError *error)
{
  Maker *self = data;
  g_assert_true(!error || self->cancellable);
  self->told++;
}

static gboolean
make(PkJobSpec *spec, gpointer data)
{
  Maker *self = data;
  if (self->made == (gint)self->n)
    return FALSE;
  self->made++;
  spec->name = "made";
  spec->run = run_made;
  spec->data = self;
  spec->done = made_done;
  return TRUE;
}

static void
maker_ended(gpointer data)
{
  ((Maker *)data)->ended++;
}

static void
test_producer(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2, .capacity = { 0, 0, 4 } });
  Gate gate = { 0 };
  Maker maker = { .n = 1000 }, stopped = { .n = 1000, .cancellable = g_cancellable_new() };
  Task *holder = task_new(1);
  holder->gate = &gate;
  start(sched, holder, PK_LANE_BACKGROUND, NULL, NULL);
  wait_started(holder);
  pk_sched_produce(sched, make, &maker, maker_ended, NULL);
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration(NULL, FALSE);
  g_assert_cmpint(maker.made, ==, 5); /* four wait, and one is in its hand: it pauses */
  gate_set(&gate, TRUE);
  while (maker.told < 1000 || !maker.ended)
    g_main_context_iteration(NULL, TRUE);
  g_assert_cmpint(maker.ran, ==, 1000);
  wait_until(&holder->freed);
  task_free(holder);
  pk_sched_produce(sched, make, &stopped, maker_ended, stopped.cancellable);
  while (stopped.told < 10)
    g_main_context_iteration(NULL, TRUE);
  g_cancellable_cancel(stopped.cancellable);
  wait_until(&stopped.ended);
  while (stopped.told < stopped.made - 1)
    g_main_context_iteration(NULL, TRUE);
  g_assert_cmpint(stopped.made, <, 1000);
  g_object_unref(stopped.cancellable);
  pk_sched_free(sched);
}

/* --- parallel loops --- */

typedef struct {
  PkSched *sched;
  gint next, n, done, left;
  gint began;   /* its own thread is in it */
  gint helpers; /* borrowed workers in it */
  gint stop; /* atomic: else pieces never end */
} Loop;

static void
loop_pieces(gpointer data, guint worker)
{
  Loop *self = data;
  gboolean left = FALSE;
  tell_news(worker > 0 ? &self->helpers : &self->began, 1);
  while (!left && g_atomic_int_add(&self->next, 1) < self->n && !g_atomic_int_get(&self->stop)) {
    g_usleep(200);
    g_atomic_int_inc(&self->done);
    left = pk_workers_yield();
  }
  if (left)
    g_assert_cmpuint(worker, >, 0);
  g_atomic_int_add(&self->left, left);
  if (worker > 0)
    tell_news(&self->helpers, -1);
}

static gboolean
run_loop(PkJob *job, gpointer data, GError **error)
{
  pk_workers_run(loop_pieces, data, 8);
  return TRUE;
}

static void
loop_done(gpointer data, const GError *error)
{
  g_assert_no_error(error);
  ((Loop *)data)->stop = 2;
}

/* A loop that has borrowed every worker gives one back at once when interactive work comes, and goes on. */
static void
test_loop_gives_back(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 3 });
  Loop loop = { .sched = sched, .n = G_MAXINT };
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "loop", .run = run_loop, .data = &loop, .done = loop_done };
  g_autoptr(PkJob) job = pk_sched_submit(sched, &spec);
  wait_for_value(&loop.helpers, 2);
  for (guint i = 0; i < 20; i++) {
    Task *quick = task_new(1);
    start(sched, quick, PK_LANE_INTERACTIVE, NULL, NULL);
    wait_until(&quick->freed);
    task_free(quick);
  }
  wait_for_value(&loop.helpers, 2);
  g_atomic_int_set(&loop.stop, 1);
  while (loop.stop != 2)
    g_main_context_iteration(NULL, TRUE);
  pk_sched_free(sched);
}

/* Where interactive work itself holds the last worker, more of it runs on top of the loop's own thread. */
static void
test_nested_interactive(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 2 });
  Gate gate = { 0 };
  Task *holder = task_new(1), *quick = task_new(1);
  Loop loop = { .sched = sched, .n = G_MAXINT };
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "loop", .run = run_loop, .data = &loop, .done = loop_done };
  holder->gate = &gate;
  start(sched, holder, PK_LANE_INTERACTIVE, NULL, NULL);
  wait_started(holder);
  g_autoptr(PkJob) job = pk_sched_submit(sched, &spec);
  wait_for_value(&loop.began, 1); /* every worker has a job now */
  start(sched, quick, PK_LANE_INTERACTIVE, NULL, NULL);
  wait_until(&quick->freed);
  g_assert_cmpint(holder->told, ==, 0);
  gate_set(&gate, TRUE);
  wait_until(&holder->freed);
  g_atomic_int_set(&loop.stop, 1);
  while (loop.stop != 2)
    g_main_context_iteration(NULL, TRUE);
  task_free(quick);
  task_free(holder);
  pk_sched_free(sched);
}

static void
test_many_loops(void)
{
  PkSched *sched = pk_sched_new(&(PkSchedOptions){ .workers = 4 });
  Loop loops[12] = { 0 };
  for (guint i = 0; i < 12; i++) {
    loops[i].n = 40;
    PkJobSpec spec = { .lane = i % PK_N_LANES, .name = "loop", .run = run_loop, .data = &loops[i], .done = loop_done };
    pk_job_unref(pk_sched_submit(sched, &spec));
  }
  for (guint i = 0; i < 12; i++) {
    while (loops[i].stop != 2)
      g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(loops[i].done, ==, 40);
  }
  pk_sched_free(sched);
}

/* --- the trace --- */

static void
test_trace(void)
{
  Task *task = task_new(3);
  gsize length;
  pk_trace_start();
  start(pk_sched_get_default(), task, PK_LANE_QUERY, NULL, NULL);
  wait_until(&task->freed);
  task_free(task);
  g_autofree char *json = pk_trace_to_json(&length);
  g_autoptr(JsonParser) parser = json_parser_new();
  g_assert_true(json_parser_load_from_data(parser, json, (gssize)length, NULL));
  JsonArray *events = json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)), "traceEvents");
  gboolean found = FALSE, counted = FALSE;
  for (guint i = 0; i < json_array_get_length(events); i++) {
    JsonObject *event = json_array_get_object_element(events, i);
    const char *ph = json_object_get_string_member(event, "ph"), *name = json_object_get_string_member(event, "name");
    found |= !strcmp(ph, "X") && !strcmp(name, "task") && json_object_get_double_member(event, "dur") >= 0 &&
             json_object_get_int_member(event, "tid") > 0;
    counted |= !strcmp(ph, "C");
  }
  g_assert_true(found && counted);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sched/outcomes", test_outcomes);
  g_test_add_func("/sched/cancel-at-every-step", test_cancel_at_every_step);
  g_test_add_func("/sched/cancel-while-waiting", test_cancel_while_waiting);
  g_test_add_func("/sched/latest-wins", test_latest_wins);
  g_test_add_func("/sched/always-one-for-interactive", test_always_one_for_interactive);
  g_test_add_func("/sched/shutdown", test_shutdown);
  g_test_add_func("/sched/nested-iteration", test_nested_iteration);
  g_test_add_func("/sched/left", test_left);
  g_test_add_func("/sched/list", test_list);
  g_test_add_func("/sched/progress", test_progress);
  g_test_add_func("/sched/producer", test_producer);
  g_test_add_func("/sched/loop-gives-back", test_loop_gives_back);
  g_test_add_func("/sched/nested-interactive", test_nested_interactive);
  g_test_add_func("/sched/many-loops", test_many_loops);
  g_test_add_func("/sched/trace", test_trace);
  return g_test_run();
}
