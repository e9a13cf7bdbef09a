/* The rule of who is next, stepped through by a seeded scheduler with a clock of its own: no threads here. */
#include "pk-lanes.h"

#define WORKERS 4
#define CAPACITY 6
#define AGE 1000

typedef struct {
  PkJob job;
  guint chunks;  /* that are left once it runs */
  guint told;
  enum { NOTHING, DONE, FAILED, CANCELLED, SUPERSEDED, REFUSED } fate;
  gboolean raised;
  guint64 started; /* order */
} Task;

typedef struct {
  PkLanes lanes;
  GRand *rand;
  gint64 now;
  Task *workers[WORKERS];
  GPtrArray *tasks;
  guint64 n_started;
} World;

static void
world_init(World *self, guint32 seed)
{
  PkSchedOptions options = { .capacity = { CAPACITY, CAPACITY, CAPACITY }, .age_ns = AGE };
  *self = (World){ .rand = g_rand_new_with_seed(seed), .now = 1, .tasks = g_ptr_array_new_with_free_func(g_free) };
  pk_lanes_init(&self->lanes, &options, WORKERS);
}

static void
world_clear(World *self)
{
  pk_lanes_clear(&self->lanes);
  g_rand_free(self->rand);
  g_ptr_array_unref(self->tasks);
}

static void
tell(Task *task, int fate)
{
  g_assert_cmpuint(task->told++, ==, 0);
  task->fate = fate;
  g_assert_true(task->job.state == PK_JOB_DONE || task->job.state == PK_JOB_REFUSED);
}

static Task *
submit(World *self, PkLane lane, const char *key, guint chunks)
{
  Task *task = g_new0(Task, 1);
  PkJob *superseded;
  task->job.lane = lane;
  task->job.key = (char *)key;
  task->chunks = chunks;
  g_ptr_array_add(self->tasks, task);
  pk_lanes_add(&self->lanes, &task->job, self->now, &superseded);
  if (superseded)
    tell((Task *)superseded, SUPERSEDED);
  if (task->job.state == PK_JOB_REFUSED)
    tell(task, REFUSED);
  return task;
}

static gboolean
cancel(World *self, Task *task)
{
  PkJob *admitted;
  if (!pk_lanes_remove(&self->lanes, &task->job, &admitted))
    return FALSE;
  tell(task, CANCELLED);
  return TRUE;
}

static void
end(World *self, guint worker, int fate)
{
  Task *task = g_steal_pointer(&self->workers[worker]);
  pk_lanes_end(&self->lanes, &task->job);
  tell(task, fate);
}

/* One chunk of the worker's job, or a job for the idle worker. */
static void
step(World *self, guint worker)
{
  Task *task = self->workers[worker];
  PkJob *admitted;
  if (!task) {
    self->workers[worker] = task = (Task *)pk_lanes_take(&self->lanes, self->now, &admitted);
    if (task)
      task->started = ++self->n_started;
  } else if (task->chunks-- == 0) {
    end(self, worker, DONE);
  }
}

static void
check(const World *self)
{
  const PkLanes *lanes = &self->lanes;
  guint slow = lanes->running[PK_LANE_QUERY] + lanes->running[PK_LANE_BACKGROUND];
  g_assert_cmpuint(slow, <, WORKERS);
  g_assert_cmpuint(lanes->running[PK_LANE_BACKGROUND], <=, WORKERS / 2);
  g_assert_cmpuint(slow + lanes->running[PK_LANE_INTERACTIVE], <=, WORKERS);
  g_assert_cmpuint(lanes->waiting[PK_LANE_BACKGROUND].length, <=, CAPACITY);
  g_assert_cmpuint(lanes->parked.length, <=, CAPACITY);
  /* Whoever waits for room waits only while there is none. */
  g_assert_true(!lanes->parked.head || lanes->waiting[PK_LANE_QUERY].length >= CAPACITY);
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    guint n = 0;
    for (const PkJob *job = lanes->waiting[lane].head; job; job = job->next, n++) {
      g_assert_true(job->state == PK_JOB_WAITING && job->lane == lane);
      g_assert_true(!job->next || job->serial < job->next->serial);
    }
    g_assert_cmpuint(n, ==, lanes->waiting[lane].length);
  }
}

/* Runs until nothing is left; every job was told once. */
static void
drain(World *self)
{
  for (guint idle = 0, i = 0; idle < 2 * WORKERS; i++) {
    step(self, i % WORKERS);
    self->now++;
    check(self);
    idle = self->workers[i % WORKERS] ? 0 : idle + 1;
  }
  for (guint i = 0; i < self->tasks->len; i++) {
    const Task *task = self->tasks->pdata[i];
    g_assert_cmpuint(task->told, ==, 1);
  }
}

/* --- single rules --- */

static void
test_order(void)
{
  World w;
  Task *b, *q1, *q2, *i;
  world_init(&w, 1);
  b = submit(&w, PK_LANE_BACKGROUND, NULL, 0);
  q1 = submit(&w, PK_LANE_QUERY, NULL, 0);
  q2 = submit(&w, PK_LANE_QUERY, NULL, 0);
  i = submit(&w, PK_LANE_INTERACTIVE, NULL, 0);
  drain(&w);
  g_assert_cmpuint(i->started, ==, 1);
  g_assert_cmpuint(q1->started, ==, 2);
  g_assert_cmpuint(q2->started, ==, 3);
  g_assert_cmpuint(b->started, ==, 4);
  world_clear(&w);
}

static void
test_supersede(void)
{
  World w;
  world_init(&w, 1);
  Task *first = submit(&w, PK_LANE_INTERACTIVE, "view", 0), *other = submit(&w, PK_LANE_INTERACTIVE, "brush", 0);
  Task *second = submit(&w, PK_LANE_INTERACTIVE, "view", 0);
  g_assert_cmpint(first->fate, ==, SUPERSEDED);
  step(&w, 0);
  g_assert_true(w.workers[0] == other);
  step(&w, 1);
  g_assert_true(w.workers[1] == second);
  /* One that runs is not replaced. */
  Task *third = submit(&w, PK_LANE_INTERACTIVE, "view", 0);
  drain(&w);
  g_assert_cmpint(second->fate, ==, DONE);
  g_assert_cmpint(third->fate, ==, DONE);
  world_clear(&w);
}

static void
test_full(void)
{
  World w;
  world_init(&w, 1);
  for (guint i = 0; i < CAPACITY; i++) {
    submit(&w, PK_LANE_INTERACTIVE, i == 2 ? "key" : NULL, 0);
    submit(&w, PK_LANE_QUERY, NULL, 0);
    submit(&w, PK_LANE_BACKGROUND, NULL, 0);
  }
  g_assert_cmpint(submit(&w, PK_LANE_BACKGROUND, NULL, 0)->fate, ==, REFUSED);
  g_assert_cmpint(submit(&w, PK_LANE_INTERACTIVE, "another", 0)->fate, ==, REFUSED);
  g_assert_cmpint(submit(&w, PK_LANE_INTERACTIVE, "key", 0)->job.state, ==, PK_JOB_WAITING);
  Task *parked[CAPACITY];
  for (guint i = 0; i < CAPACITY; i++) {
    parked[i] = submit(&w, PK_LANE_QUERY, NULL, 0);
    g_assert_cmpint(parked[i]->job.state, ==, PK_JOB_PARKED);
  }
  g_assert_cmpint(submit(&w, PK_LANE_QUERY, NULL, 0)->fate, ==, REFUSED);
  g_assert_true(cancel(&w, parked[0])); /* from outside the lane: no room comes of it */
  g_assert_cmpint(parked[1]->job.state, ==, PK_JOB_PARKED);
  g_assert_true(cancel(&w, w.tasks->pdata[1])); /* the first query */
  g_assert_cmpint(parked[1]->job.state, ==, PK_JOB_WAITING);
  g_assert_cmpint(parked[2]->job.state, ==, PK_JOB_PARKED);
  drain(&w);
  world_clear(&w);
}

/* However many of the others come, a job that has waited long enough is next. */
static void
test_ageing(void)
{
  World w;
  world_init(&w, 1);
  for (guint i = 0; i < WORKERS; i++)
    submit(&w, PK_LANE_QUERY, NULL, 3);
  Task *b = submit(&w, PK_LANE_BACKGROUND, NULL, 0), *q = submit(&w, PK_LANE_QUERY, NULL, 0);
  gint64 started = 0, q_started = 0;
  for (guint i = 0; i < 40 * AGE && !(started && q_started); i++) {
    if (w.lanes.waiting[PK_LANE_QUERY].length < CAPACITY)
      submit(&w, PK_LANE_QUERY, NULL, 20);
    if (w.lanes.waiting[PK_LANE_INTERACTIVE].length < CAPACITY)
      submit(&w, PK_LANE_INTERACTIVE, NULL, 20);
    step(&w, i % WORKERS);
    check(&w);
    w.now++;
    started = started ? started : b->started ? w.now : 0;
    q_started = q_started ? q_started : q->started ? w.now : 0;
  }
  g_assert_cmpint(q_started, >, 0);
  g_assert_cmpint(q_started, <, 2 * AGE);
  g_assert_cmpint(started, >, AGE); /* queries were first */
  g_assert_cmpint(started, <, 4 * AGE);
  drain(&w);
  world_clear(&w);
}

static void
test_caps(void)
{
  World w;
  world_init(&w, 1);
  for (guint i = 0; i < CAPACITY; i++)
    submit(&w, PK_LANE_BACKGROUND, NULL, 50);
  for (guint i = 0; i < WORKERS; i++)
    step(&w, i);
  g_assert_cmpuint(w.lanes.running[PK_LANE_BACKGROUND], ==, WORKERS / 2);
  submit(&w, PK_LANE_QUERY, NULL, 50);
  submit(&w, PK_LANE_QUERY, NULL, 50);
  step(&w, 2);
  step(&w, 3);
  g_assert_cmpuint(w.lanes.running[PK_LANE_QUERY], ==, 1);
  g_assert_null(w.workers[3]); /* free, for this: */
  Task *i = submit(&w, PK_LANE_INTERACTIVE, NULL, 0);
  step(&w, 3);
  g_assert_true(w.workers[3] == i);
  g_assert_false(pk_lanes_may_borrow(&w.lanes, PK_LANE_BACKGROUND));
  g_assert_true(pk_lanes_may_borrow(&w.lanes, PK_LANE_QUERY));
  drain(&w);
  world_clear(&w);
}

static void
test_raise(void)
{
  World w;
  PkJob *admitted;
  world_init(&w, 1);
  submit(&w, PK_LANE_QUERY, NULL, 0);
  Task *b = submit(&w, PK_LANE_BACKGROUND, NULL, 0);
  g_assert_false(pk_lanes_raise(&w.lanes, &b->job, PK_LANE_BACKGROUND, &admitted));
  g_assert_true(pk_lanes_raise(&w.lanes, &b->job, PK_LANE_INTERACTIVE, &admitted));
  step(&w, 0);
  g_assert_true(w.workers[0] == b);
  g_assert_false(pk_lanes_raise(&w.lanes, &b->job, PK_LANE_INTERACTIVE, &admitted)); /* it runs */
  drain(&w);
  world_clear(&w);
}

/* --- every step of a scenario --- */

/* A fixed run of submissions and steps; at step `at`, job number `which` is cancelled or fails. */
static gboolean
scenario(guint at, guint which, gboolean fails)
{
  World w;
  guint step_number = 0;
  world_init(&w, 7);
  for (guint i = 0; i < 60; i++) {
    if (i < 24)
      submit(&w, i % PK_N_LANES, i % 6 == 0 ? "key" : NULL, i % 4);
    if (step_number++ == at && which < w.tasks->len) {
      Task *task = w.tasks->pdata[which];
      gboolean waits = task->job.state == PK_JOB_WAITING || task->job.state == PK_JOB_PARKED;
      g_assert_cmpint(cancel(&w, task), ==, waits);
      for (guint k = 0; k < WORKERS; k++)
        if (w.workers[k] == task)
          end(&w, k, fails ? FAILED : CANCELLED); /* as it notices at a chunk boundary */
    }
    step(&w, (i * 7) % WORKERS);
    w.now += 40;
    check(&w);
  }
  drain(&w);
  gboolean reached = step_number > at;
  world_clear(&w);
  return reached;
}

static void
test_cancel_at_every_step(void)
{
  for (guint which = 0; which < 24; which++)
    for (guint at = 0; scenario(at, which, FALSE); at++)
      ;
}

static void
test_failure_at_every_step(void)
{
  for (guint which = 0; which < 24; which++)
    for (guint at = 0; scenario(at, which, TRUE); at++)
      ;
}

/* The runtime's end at every step of random runs: all that waits is taken out and told. */
static void
test_shutdown(void)
{
  for (guint at = 0; at < 200; at++) {
    World w;
    world_init(&w, at);
    for (guint i = 0; i < at; i++) {
      submit(&w, g_rand_int_range(w.rand, 0, PK_N_LANES), NULL, 5);
      step(&w, g_rand_int_range(w.rand, 0, WORKERS));
      w.now++;
    }
    for (guint i = 0; i < w.tasks->len; i++)
      cancel(&w, w.tasks->pdata[i]);
    for (guint k = 0; k < WORKERS; k++)
      if (w.workers[k])
        end(&w, k, CANCELLED);
    for (guint i = 0; i < w.tasks->len; i++)
      g_assert_cmpuint(((Task *)w.tasks->pdata[i])->told, ==, 1);
    check(&w);
    world_clear(&w);
  }
}

/* --- random runs --- */

static void
random_step(World *self)
{
  static const char *const keys[] = { "a", "b", NULL };
  Task *any = self->tasks->len > 0 ? self->tasks->pdata[g_rand_int_range(self->rand, 0, (gint)self->tasks->len)] : NULL;
  guint worker = (guint)g_rand_int_range(self->rand, 0, WORKERS);
  PkJob *admitted;
  switch (g_rand_int_range(self->rand, 0, 8)) {
  case 0:
  case 1:
    submit(self, g_rand_int_range(self->rand, 0, PK_N_LANES), keys[g_rand_int_range(self->rand, 0, 3)],
           (guint)g_rand_int_range(self->rand, 0, 6));
    break;
  case 2:
    if (any)
      cancel(self, any);
    break;
  case 3:
    if (any && any->fate == NOTHING)
      any->raised |= pk_lanes_raise(&self->lanes, &any->job, g_rand_int_range(self->rand, 0, 2), &admitted);
    break;
  case 4:
    if (self->workers[worker])
      end(self, worker, g_rand_boolean(self->rand) ? FAILED : CANCELLED);
    break;
  case 5:
    self->now += g_rand_int_range(self->rand, 0, AGE);
    break;
  default:
    step(self, worker);
  }
  self->now++;
  check(self);
}

static void
test_random(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_test_message("seed %u", seed);
  for (guint run = 0; run < 50; run++) {
    World w;
    world_init(&w, seed + run);
    for (guint i = 0; i < 4000; i++)
      random_step(&w);
    drain(&w);
    world_clear(&w);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lanes/order", test_order);
  g_test_add_func("/lanes/supersede", test_supersede);
  g_test_add_func("/lanes/full", test_full);
  g_test_add_func("/lanes/ageing", test_ageing);
  g_test_add_func("/lanes/caps", test_caps);
  g_test_add_func("/lanes/raise", test_raise);
  g_test_add_func("/lanes/cancel-at-every-step", test_cancel_at_every_step);
  g_test_add_func("/lanes/failure-at-every-step", test_failure_at_every_step);
  g_test_add_func("/lanes/shutdown", test_shutdown);
  g_test_add_func("/lanes/random", test_random);
  return g_test_run();
}
