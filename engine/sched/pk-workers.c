#include "pk-workers.h"

#include "pk-clock.h"
#include "pk-sched-private.h"
#include "pk-trace.h"

struct PkLoop {
  PkWorkerFunc func;
  gpointer data;
  PkJob *job;      /* that the loop is part of; NULL: none */
  PkLane lane;
  PkLoop *next;
  guint *wanted;   /* numbers of the calls that may be begun: a stack */
  guint n_wanted;
  guint running;   /* borrowed workers in it */
  GCond left;      /* none is any more */
};

PkHere *
pk_here(void)
{
  static _Thread_local PkHere here;
  return &here;
}

void
pk_workers_set_count(guint count)
{
  pk_sched_set_workers(pk_sched_get_default(), count);
}

guint
pk_workers_get_count(void)
{
  return (guint)g_atomic_int_get(&pk_sched_get_default()->width);
}

PkLoop *
pk_sched_peek_loop(const PkSched *self, PkLane *lane)
{
  for (*lane = 0; *lane < PK_N_LANES; ++*lane) {
    if (!pk_lanes_may_borrow(&self->lanes, *lane))
      continue;
    for (PkLoop *loop = self->loops[*lane]; loop; loop = loop->next)
      if (loop->n_wanted > 0)
        return loop;
  }
  return NULL;
}

void
pk_sched_help(PkSched *self, PkLoop *loop)
{
  PkHere *here = pk_here(), before = *here;
  PkLane lane = loop->lane;
  const char *name = loop->job ? loop->job->name : "loop";
  guint number = loop->wanted[--loop->n_wanted];
  loop->running++;
  self->lanes.borrowed[lane]++;
  pk_sched_settle(self);
  pk_sched_unlock(self);

  gint64 start = pk_clock_now_ns();
  here->job = loop->job;
  here->loop = loop;
  here->left = FALSE;
  loop->func(loop->data, number);
  gboolean left = here->left;
  *here = before;
  pk_trace_loop(name, lane, here->index, start);

  pk_sched_lock(self);
  self->lanes.borrowed[lane]--;
  if (left)
    loop->wanted[loop->n_wanted++] = number;
  else
    loop->n_wanted = 0; /* none of the work is left */
  if (--loop->running == 0)
    g_cond_signal(&loop->left);
  pk_sched_settle(self);
}

static void
link_loop(PkSched *self, PkLoop *loop)
{
  PkLoop **end = &self->loops[loop->lane];
  while (*end)
    end = &(*end)->next;
  *end = loop;
}

static void
unlink_loop(PkSched *self, PkLoop *loop)
{
  PkLoop **at = &self->loops[loop->lane];
  while (*at != loop)
    at = &(*at)->next;
  *at = loop->next;
}

/* The caller's own call, which never leaves. */
static void
run_own(PkWorkerFunc func, gpointer data)
{
  PkHere *here = pk_here();
  PkLoop *outer = here->loop;
  here->loop = NULL;
  func(data, 0);
  here->loop = outer;
}

void
pk_workers_run(PkWorkerFunc func, gpointer data, guint max_workers)
{
  PkHere *here = pk_here();
  PkSched *self = here->sched ? here->sched : pk_sched_get_default();
  guint n = MAX(MIN((guint)g_atomic_int_get(&self->width), max_workers), 1);
  if (n == 1) {
    run_own(func, data);
    return;
  }
  g_autofree guint *wanted = g_new(guint, n - 1);
  PkLoop loop = { .func = func, .data = data, .job = here->job, .wanted = wanted, .n_wanted = n - 1 };
  loop.lane = here->job ? here->job->lane : PK_LANE_QUERY;
  for (guint i = 1; i < n; i++)
    wanted[n - 1 - i] = i;
  g_cond_init(&loop.left);
  pk_sched_lock(self);
  link_loop(self, &loop);
  pk_sched_settle(self);
  pk_sched_unlock(self);

  run_own(func, data);

  pk_sched_lock(self);
  unlink_loop(self, &loop);
  while (loop.running > 0)
    pk_sched_wait(self, &loop.left);
  pk_sched_unlock(self);
  g_cond_clear(&loop.left);
}

gboolean
pk_workers_yield(void)
{
  PkHere *here = pk_here();
  if (!here->loop) {
    pk_sched_yield();
    return FALSE;
  }
  gint urgent = g_atomic_int_get(&here->sched->urgent);
  if (urgent == PK_N_LANES)
    return FALSE;
  if (pk_clock_now_ns() >= __atomic_load_n(&here->sched->urgent_until_ns, __ATOMIC_RELAXED))
    urgent--;
  here->left = urgent <= (gint)here->loop->lane;
  return here->left;
}
