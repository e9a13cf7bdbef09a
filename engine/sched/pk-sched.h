/* The runtime: everything that takes time runs here, and nowhere else.
 *
 * One pool of workers takes jobs from three bounded lanes; results go back to
 * the GMainContext that asked. There is one runtime in a process
 * (pk_sched_get_default); a test may make another.
 *
 *   lane         for                                    when it is full
 *   interactive  a frame's plan                         the older request of the same key is replaced, else refused
 *   query        what a person started                  its caller waits (it is parked); then it is refused
 *   background   statistics, prefetch, autosave, tuning it is refused; a PkProducer pauses instead
 *
 * A request of the interactive lane replaces one of the same key that still
 * waits, whether the lane is full or not: the latest wins. Whatever becomes of
 * a job, it is told exactly once, through its `done`: that it succeeded, failed,
 * was cancelled or superseded (PK_ERROR_CANCELLED), or refused (PK_ERROR_LIMIT).
 *
 * Order. The job of the highest lane starts first, the oldest of a lane before
 * younger ones. A job that has waited for age_ns counts as one lane higher, for
 * twice that as two. Of T workers (at least two), query and background jobs
 * together hold at most T - 1, so that one is always there for interactive
 * work, and background work at most T / 2. pk_lanes (pk-lanes.h) is this rule
 * without threads; it is what the tests step through.
 *
 * Parallel loops (pk-workers.h) borrow workers that have nothing else to do,
 * the one for interactive work too, and give them back at the next chunk
 * boundary when a job of their own or a higher lane could start. A job calls
 * pk_sched_yield at its chunk boundaries: there, interactive work that found no
 * worker runs at once, on top of it. No run waits for a worker to become free,
 * so there is nothing to deadlock on.
 *
 * Cancel. A job has a token of its own, a GCancellable, which its caller's
 * GCancellable, pk_job_cancel and the end of the runtime cancel. A job that
 * waits is then taken out and told; a job that runs notices at its next chunk
 * boundary, or at once where it is connected to it (DuckDB). What a job
 * returns is what its caller is told: one that finished in spite of a cancel
 * has succeeded.
 *
 * Some engines cannot stop at once: DuckDB builds a hash table to its end. A
 * job that says so (may_be_left) is told of its cancel after 30 ms at
 * the latest; what still runs of it is left alone, in nobody's lane, and another
 * thread takes the worker's place until it returns. Its data live until then.
 *
 * Threads. All functions may be called from any thread. `run` is called on a
 * worker; `done`, `admitted`, `progress` and the freeing of `data` happen in the
 * job's context, never before pk_sched_submit has returned. One lock guards
 * lanes, states and deliveries; it is never held while foreign code runs. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct PkSched PkSched;
typedef struct PkJob PkJob;

typedef enum {
  PK_LANE_INTERACTIVE,
  PK_LANE_QUERY,
  PK_LANE_BACKGROUND,
  PK_N_LANES,
} PkLane;

/* "interactive", … Static. */
const char *pk_lane_get_name(PkLane lane);

typedef struct {
  guint workers;              /* 0: PIKA_WORKERS, else one for each processor */
  guint capacity[PK_N_LANES]; /* jobs that may wait; 0: 1024 */
  gint64 age_ns;              /* 0: one second */
} PkSchedOptions;

/* options may be NULL. Threads start with the first job. */
PkSched *pk_sched_new(const PkSchedOptions *options);

/* Cancels everything, waits for the jobs that run, and frees. Jobs are still told, when their contexts iterate. Not to be
 * called on a worker. */
void pk_sched_free(PkSched *self);

/* The process's runtime, made at first use and never freed. */
PkSched *pk_sched_get_default(void);

/* T of the comment above: a parallel loop has that many calls at most. 0: as at the start. Jobs that run go on. */
void pk_sched_set_workers(PkSched *self, guint workers);
guint pk_sched_get_workers(PkSched *self);

/* --- jobs --- */

/* How far a job is. */
typedef struct {
  const char *phase;   /* static: "read", "fetch", … */
  double done, total;  /* in `unit`; total 0: not known */
  const char *unit;    /* static: "rows", "bytes", "%" */
  guint64 rows, bytes; /* so far; 0: not known */
} PkProgress;

/* Does the work; FALSE with *error set is failure. */
typedef gboolean (*PkJobFunc)(PkJob *job, gpointer data, GError **error);
/* error is NULL if it succeeded; borrowed. */
typedef void (*PkJobDone)(gpointer data, const GError *error);
typedef void (*PkJobProgress)(gpointer data, const PkProgress *progress);

typedef struct {
  PkLane lane;
  const char *name;          /* for traces; static */
  const char *key;           /* interactive: requests of one key replace each other; NULL: none; copied */
  PkJobFunc run;
  gpointer data;
  GDestroyNotify free_data;  /* after `done`; may be NULL */
  PkJobDone done;            /* may be NULL; of a job without done and free_data nobody is told */
  void (*admitted)(gpointer data); /* a parked job has found room; may be NULL */
  PkJobProgress progress;    /* may be NULL */
  GMainContext *context;     /* NULL: the thread's default one */
  GCancellable *cancellable; /* may be NULL */
  gboolean may_be_left;      /* `run` uses nothing but `data` and may go on after `done` was told of a cancel */
} PkJobSpec;

/* Never fails and never blocks: see the top. The caller unrefs the job. */
PkJob *pk_sched_submit(PkSched *self, const PkJobSpec *spec);

PkJob *pk_job_ref(PkJob *self);
void pk_job_unref(PkJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkJob, pk_job_unref)

void pk_job_cancel(PkJob *self);

/* Moves a job that waits to a higher lane, so that more urgent work that depends on it need not wait behind its lane. */
void pk_job_raise(PkJob *self, PkLane lane);

/* For a job that nobody is told of, put aside by another one that now needs it: runs it here if no worker has begun it, else
 * waits for its end. */
void pk_job_join(PkJob *self);

/* The job that this thread works for (itself, or by a parallel loop), or NULL. Borrowed. */
PkJob *pk_job_get_current(void);

/* The job's token, for `run`. Borrowed. */
GCancellable *pk_job_get_cancellable(PkJob *self);

/* Tells the job's listener, if the job has run for 100 ms, at most 30 times a second. Called by `run`, and cheap. */
void pk_job_report(PkJob *self, const PkProgress *progress);

/* At a chunk boundary, holding no lock: interactive work that waits for a worker runs now. One atomic read if none does. */
void pk_sched_yield(void);

/* Called where an engine's function may block (SQL, files, long computations). A process that set PIKA_CHECK_BLOCKING in its
 * environment when the default runtime was made ends here, with `what`, on its main thread: so that tests find whoever makes a main loop wait. */
void pk_sched_check_blocking(const char *what);

/* --- producers --- */

/* Fills *spec (its lane is background) with the next job; FALSE when there are no more. In the producer's context. */
typedef gboolean (*PkProducerNext)(PkJobSpec *spec, gpointer data);

/* Submits the jobs of `next` while the background lane has room, pauses while it is full, and goes on when half of it is
 * free. `free_data` is called, in the thread's default context of now, after the last. */
void pk_sched_produce(PkSched *self, PkProducerNext next, gpointer data, GDestroyNotify free_data,
                      GCancellable *cancellable);

/* --- what goes on --- */

typedef struct {
  guint workers;
  guint waiting[PK_N_LANES], running[PK_N_LANES]; /* jobs */
  guint parked, borrowed;                         /* callers that wait for room; workers in parallel loops */
  guint left;                                     /* cancelled jobs that have not returned yet */
  guint64 done, failed, cancelled, superseded, refused; /* jobs told so far */
} PkSchedState;

void pk_sched_get_state(PkSched *self, PkSchedState *state);

typedef enum {
  PK_JOB_STATUS_RUNNING,
  PK_JOB_STATUS_LEFT,    /* was cancelled, its caller told, and has not returned yet */
  PK_JOB_STATUS_WAITING,
  PK_JOB_STATUS_PARKED,  /* waits for room in its lane */
} PkJobStatus;

typedef struct {
  const char *name;          /* static */
  PkLane lane;
  PkJobStatus status;
  gint64 waited_ns, ran_ns;  /* until now */
  PkProgress progress;       /* what its listener heard last; phase NULL: nothing yet */
} PkJobInfo;

/* Fills in at most n jobs: those that run, longest first, then those that were left, then those that wait, lane by lane in
 * their order. Returns how many. Holds the runtime's lock for as long as n entries take. */
guint pk_sched_list_jobs(PkSched *self, PkJobInfo *jobs, guint n);

G_END_DECLS
