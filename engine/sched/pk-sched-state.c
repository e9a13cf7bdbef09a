/* What goes on in the runtime, for whoever asks. */
#include "pk-sched-private.h"

#include "pk-clock.h"

void
pk_sched_get_state(PkSched *self, PkSchedState *state)
{
  pk_sched_lock(self);
  *state = (PkSchedState){ .workers = self->lanes.workers, .parked = self->lanes.parked.length, .left = self->left.length,
                           .done = self->done, .failed = self->failed, .cancelled = self->cancelled - self->superseded,
                           .superseded = self->superseded, .refused = self->refused };
  state->failed -= self->refused;
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    state->waiting[lane] = self->lanes.waiting[lane].length;
    state->running[lane] = self->lanes.running[lane];
    state->borrowed += self->lanes.borrowed[lane];
  }
  state->running[PK_LANE_INTERACTIVE] += self->lanes.nested;
  pk_sched_unlock(self);
}

typedef struct {
  PkJobInfo *jobs;
  guint n, at;
  gint64 now;
} Listing;

/* With the lock held. */
static void
list_queue(Listing *self, const PkJobQueue *queue, PkJobStatus status)
{
  gboolean has_started = status == PK_JOB_STATUS_RUNNING || status == PK_JOB_STATUS_LEFT;
  for (const PkJob *job = queue->head; job && self->at < self->n; job = job->next)
    self->jobs[self->at++] = (PkJobInfo){
      .name = job->name, .lane = job->lane, .status = status,
      .waited_ns = (has_started ? job->started_ns : self->now) - job->queued_ns,
      .ran_ns = has_started ? self->now - job->started_ns : 0,
      .progress = job->latest,
    };
}

guint
pk_sched_list_jobs(PkSched *self, PkJobInfo *jobs, guint n)
{
  Listing listing = { .jobs = jobs, .n = n };
  pk_sched_lock(self);
  listing.now = pk_clock_now_ns();
  list_queue(&listing, &self->running, PK_JOB_STATUS_RUNNING);
  list_queue(&listing, &self->left, PK_JOB_STATUS_LEFT);
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    list_queue(&listing, &self->lanes.waiting[lane], PK_JOB_STATUS_WAITING);
    if (lane == PK_LANE_QUERY)
      list_queue(&listing, &self->lanes.parked, PK_JOB_STATUS_PARKED);
  }
  pk_sched_unlock(self);
  return listing.at;
}
