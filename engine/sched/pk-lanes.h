/* The three bounded queues and the rule of who is next (see pk-sched.h).
 *
 * Plain data: no thread, no lock, no clock. Time is an argument, in
 * nanoseconds, never going back. The runtime calls these under its lock; tests
 * call them with a seeded scheduler and a clock of their own. Lanes borrow their
 * jobs. */
#pragma once

#include "pk-job-private.h"

G_BEGIN_DECLS

typedef struct {
  PkJobQueue waiting[PK_N_LANES];
  PkJobQueue parked;             /* of the query lane */
  GHashTable *by_key;            /* key → interactive job that waits */
  guint capacity[PK_N_LANES];
  guint workers;                 /* T: at least 2 */
  guint running[PK_N_LANES];     /* jobs, each on a worker */
  guint nested;                  /* interactive jobs on top of others */
  guint borrowed[PK_N_LANES];    /* workers lent to parallel loops */
  gint64 age_ns;
  guint64 serial;
} PkLanes;

void pk_lanes_init(PkLanes *self, const PkSchedOptions *options, guint workers);
/* All queues must be empty. */
void pk_lanes_clear(PkLanes *self);

/* Takes in a new job: its state becomes WAITING, PARKED or REFUSED. *superseded: the job that it replaced, which is now
 * DONE, or NULL. */
void pk_lanes_add(PkLanes *self, PkJob *job, gint64 now, PkJob **superseded);

/* The job that may start now, which stays where it is, and the lane as which it counts; NULL if none may. */
PkJob *pk_lanes_peek(const PkLanes *self, gint64 now, PkLane *as);

/* Takes out that job: RUNNING. *admitted: a parked job that now waits in its place, or NULL. */
PkJob *pk_lanes_take(PkLanes *self, gint64 now, PkJob **admitted);

/* Takes an interactive job, to be run on top of one that runs already: caps do not count. NULL: none waits. */
PkJob *pk_lanes_take_interactive(PkLanes *self);

/* May an idle worker be lent to a parallel loop of this lane? */
gboolean pk_lanes_may_borrow(const PkLanes *self, PkLane lane);

/* A running job has ended: DONE. */
void pk_lanes_end(PkLanes *self, PkJob *job);

/* Takes out a job that waits or is parked: DONE. FALSE if it does neither. */
gboolean pk_lanes_remove(PkLanes *self, PkJob *job, PkJob **admitted);

/* Moves a waiting or parked job to a higher lane, even if that one is full; its age stays. */
gboolean pk_lanes_raise(PkLanes *self, PkJob *job, PkLane lane, PkJob **admitted);

G_END_DECLS
