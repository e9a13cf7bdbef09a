/* The runtime's inside: shared by pk-sched.c, pk-delivery.c, pk-workers.c and pk-producer.c. */
#pragma once

#include "pk-lanes.h"

G_BEGIN_DECLS

/* A parallel loop: see pk-workers.c. */
typedef struct PkLoop PkLoop;

struct PkSched {
  gint refs;              /* atomic: the owner's and one a job */
  gint urgent;            /* atomic: the lane as which a job waits for a worker that could start it, else PK_N_LANES */
  gint64 urgent_until_ns; /* atomic: when it comes to count as a higher one */
  gint width;             /* atomic: calls of a parallel loop */
  GMutex lock;            /* of what follows */
  GCond work;             /* for workers */
  GCond ended;            /* a job that is waited for, or a worker */
  PkLanes lanes;
  guint start_workers;    /* T at the start */
  guint n_threads;        /* workers */
  guint n_started;        /* so far: their numbers */
  guint sleeping, woken;  /* workers in `work`, and those of them that were signalled */
  guint signals;          /* of `work`, and a context to be woken, when the lock is left */
  GMainContext *to_wake;
  gboolean closing;
  PkJobQueue running;
  PkJobQueue left;        /* jobs that were left: each has a worker that counts no more */
  PkLoop *loops[PK_N_LANES]; /* that want workers */
  GHashTable *deliveries; /* GMainContext → PkDelivery */
  GPtrArray *paused;      /* of GSource: producers */
  guint64 done, failed, cancelled, superseded, refused;
};

void pk_sched_unref(PkSched *self);

/* Whoever is woken is woken after the lock was left: a thread that wakes takes the processor from the one that woke it, and
 * would find it holding the lock. */
void pk_sched_lock(PkSched *self);
void pk_sched_unlock(PkSched *self);
void pk_sched_wait(PkSched *self, GCond *cond);
/* With the lock held. */
void pk_sched_wake_later(PkSched *self, GMainContext *context);

/* With the lock held: wakes or starts a worker if one could do something, and sets `urgent`. After every change. */
void pk_sched_settle(PkSched *self);

/* With the lock held: is a worker free, of those that there may be? */
gboolean pk_sched_has_idle(const PkSched *self);

/* As pk_sched_submit, but NULL, with nothing done and `producer` paused, if the lane is full. */
PkJob *pk_sched_submit_or_pause(PkSched *self, const PkJobSpec *spec, GSource *producer);

/* --- what a thread is doing (pk-workers.c) --- */

typedef struct {
  PkSched *sched;     /* whose worker it is; NULL: none's */
  guint index;        /* among the workers, from 1 */
  PkJob *job;         /* that it works for; NULL: none */
  PkLoop *loop;       /* that it is lent to, and may leave; NULL: none */
  gboolean left;      /* it was told to leave it */
  guint nested;
} PkHere;

PkHere *pk_here(void);

/* With the lock held: the loop that most wants a worker which may be lent, as lane *lane; NULL: none. */
PkLoop *pk_sched_peek_loop(const PkSched *self, PkLane *lane);

/* Takes a call of that loop and carries it out; with the lock held, which is dropped meanwhile. */
void pk_sched_help(PkSched *self, PkLoop *loop);

/* --- delivery (pk-delivery.c); all with the lock held --- */

/* The delivery for a context (NULL: the thread's default), counting the job as one that it will tell. */
PkDelivery *pk_delivery_get(PkSched *sched, GMainContext *context);

/* Has the context look at the job. */
void pk_delivery_post(PkDelivery *self, PkJob *job);

/* Calls func(job) in the context after so many ms. */
void pk_delivery_call_later(PkDelivery *self, PkJob *job, guint ms, GSourceFunc func);

G_END_DECLS
