#include "pk-lanes.h"

#define DEFAULT_CAPACITY 1024
#define DEFAULT_AGE_NS G_GINT64_CONSTANT(1000000000)

/* --- a queue --- */

void
pk_job_queue_push(PkJobQueue *self, PkJob *job)
{
  job->prev = self->tail;
  job->next = NULL;
  if (self->tail)
    self->tail->next = job;
  else
    self->head = job;
  self->tail = job;
  self->length++;
}

void
pk_job_queue_insert(PkJobQueue *self, PkJob *job)
{
  PkJob *before = self->tail;
  while (before && before->serial > job->serial)
    before = before->prev;
  job->prev = before;
  job->next = before ? before->next : self->head;
  *(before ? &before->next : &self->head) = job;
  *(job->next ? &job->next->prev : &self->tail) = job;
  self->length++;
}

void
pk_job_queue_remove(PkJobQueue *self, PkJob *job)
{
  *(job->prev ? &job->prev->next : &self->head) = job->next;
  *(job->next ? &job->next->prev : &self->tail) = job->prev;
  job->prev = job->next = NULL;
  self->length--;
}

/* --- lanes --- */

void
pk_lanes_init(PkLanes *self, const PkSchedOptions *options, guint workers)
{
  *self = (PkLanes){ .workers = MAX(workers, 2), .age_ns = options->age_ns > 0 ? options->age_ns : DEFAULT_AGE_NS };
  self->by_key = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < PK_N_LANES; i++)
    self->capacity[i] = options->capacity[i] > 0 ? options->capacity[i] : DEFAULT_CAPACITY;
}

void
pk_lanes_clear(PkLanes *self)
{
  for (guint i = 0; i < PK_N_LANES; i++)
    g_assert(!self->waiting[i].head);
  g_assert(!self->parked.head);
  g_clear_pointer(&self->by_key, g_hash_table_unref);
}

static void
enqueue(PkLanes *self, PkJob *job)
{
  job->state = PK_JOB_WAITING;
  pk_job_queue_insert(&self->waiting[job->lane], job);
  if (job->lane == PK_LANE_INTERACTIVE && job->key)
    g_hash_table_insert(self->by_key, job->key, job);
}

static void
dequeue(PkLanes *self, PkJob *job)
{
  pk_job_queue_remove(job->state == PK_JOB_PARKED ? &self->parked : &self->waiting[job->lane], job);
  /* A job that was raised into the lane may share its key with one that came by itself. */
  if (job->lane == PK_LANE_INTERACTIVE && job->key && g_hash_table_lookup(self->by_key, job->key) == job)
    g_hash_table_remove(self->by_key, job->key);
}

/* The first of those who wait for room gets it. */
static PkJob *
admit(PkLanes *self)
{
  PkJob *job = self->parked.head;
  if (!job || self->waiting[PK_LANE_QUERY].length >= self->capacity[PK_LANE_QUERY])
    return NULL;
  pk_job_queue_remove(&self->parked, job);
  enqueue(self, job);
  return job;
}

void
pk_lanes_add(PkLanes *self, PkJob *job, gint64 now, PkJob **superseded)
{
  *superseded = NULL;
  job->serial = ++self->serial;
  job->queued_ns = now;
  if (job->lane == PK_LANE_INTERACTIVE && job->key) {
    PkJob *older = g_hash_table_lookup(self->by_key, job->key);
    if (older) {
      dequeue(self, older);
      older->state = PK_JOB_DONE;
      *superseded = older;
    }
  }
  if (self->waiting[job->lane].length < self->capacity[job->lane]) {
    enqueue(self, job);
  } else if (job->lane == PK_LANE_QUERY && self->parked.length < self->capacity[PK_LANE_QUERY]) {
    job->state = PK_JOB_PARKED;
    pk_job_queue_push(&self->parked, job);
  } else {
    job->state = PK_JOB_REFUSED;
  }
}

static gboolean
may_start(const PkLanes *self, PkLane lane)
{
  guint slow = self->running[PK_LANE_QUERY] + self->running[PK_LANE_BACKGROUND];
  guint all = slow + self->running[PK_LANE_INTERACTIVE];
  if (all >= self->workers)
    return FALSE;
  if (lane != PK_LANE_INTERACTIVE && slow + 1 >= self->workers)
    return FALSE;
  return lane != PK_LANE_BACKGROUND ||
         self->running[lane] + self->borrowed[lane] < MAX(self->workers / 2, 1);
}

PkJob *
pk_lanes_peek(const PkLanes *self, gint64 now, PkLane *as)
{
  PkJob *best = NULL;
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    PkJob *job = self->waiting[lane].head;
    if (!job || !may_start(self, lane))
      continue;
    gint64 ages = (now - job->queued_ns) / self->age_ns;
    PkLane counts = (PkLane)(lane - MIN((gint64)lane, ages));
    if (!best || counts < *as || (counts == *as && job->serial < best->serial)) {
      best = job;
      *as = counts;
    }
  }
  return best;
}

PkJob *
pk_lanes_take(PkLanes *self, gint64 now, PkJob **admitted)
{
  PkLane as = PK_N_LANES;
  PkJob *job = pk_lanes_peek(self, now, &as);
  *admitted = NULL;
  if (!job)
    return NULL;
  dequeue(self, job);
  job->state = PK_JOB_RUNNING;
  job->started_ns = now;
  self->running[job->lane]++;
  *admitted = admit(self);
  return job;
}

PkJob *
pk_lanes_take_interactive(PkLanes *self)
{
  PkJob *job = self->waiting[PK_LANE_INTERACTIVE].head;
  if (!job)
    return NULL;
  dequeue(self, job);
  job->state = PK_JOB_RUNNING;
  job->nested = TRUE;
  self->nested++;
  return job;
}

gboolean
pk_lanes_may_borrow(const PkLanes *self, PkLane lane)
{
  return lane != PK_LANE_BACKGROUND ||
         self->running[lane] + self->borrowed[lane] < MAX(self->workers / 2, 1);
}

void
pk_lanes_end(PkLanes *self, PkJob *job)
{
  (*(job->nested ? &self->nested : &self->running[job->lane]))--;
  job->state = PK_JOB_DONE;
}

gboolean
pk_lanes_remove(PkLanes *self, PkJob *job, PkJob **admitted)
{
  *admitted = NULL;
  if (job->state != PK_JOB_WAITING && job->state != PK_JOB_PARKED)
    return FALSE;
  dequeue(self, job);
  job->state = PK_JOB_DONE;
  *admitted = admit(self);
  return TRUE;
}

gboolean
pk_lanes_raise(PkLanes *self, PkJob *job, PkLane lane, PkJob **admitted)
{
  *admitted = NULL;
  if ((job->state != PK_JOB_WAITING && job->state != PK_JOB_PARKED) || lane >= job->lane)
    return FALSE;
  dequeue(self, job);
  job->lane = lane;
  enqueue(self, job);
  *admitted = admit(self);
  return TRUE;
}
