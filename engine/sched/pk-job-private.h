/* What the files of this folder know of a job. */
#pragma once

#include "pk-sched.h"

G_BEGIN_DECLS

typedef enum {
  PK_JOB_NEW,
  PK_JOB_PARKED,
  PK_JOB_WAITING,
  PK_JOB_RUNNING,
  PK_JOB_REFUSED, /* never taken in; about to be told */
  PK_JOB_DONE,    /* about to be told, or told */
} PkJobState;

typedef struct PkDelivery PkDelivery;

struct PkJob {
  gint refs;         /* atomic */
  PkSched *sched;
  PkLane lane;
  const char *name;
  char *key;
  PkJobFunc run;
  gpointer data;
  GDestroyNotify free_data;
  PkJobDone done;
  void (*admitted)(gpointer data);
  PkJobProgress progress;
  GCancellable *outer; /* the caller's */
  gulong outer_id;
  PkDelivery *delivery; /* NULL: nobody is told */

  /* Guarded by the runtime's lock. */
  PkJobState state;
  gboolean may_be_left;
  gboolean is_left;    /* it runs on, but is DONE for everybody else */
  gboolean has_returned, was_told;
  guint joiners;       /* threads that wait for its end */
  gboolean nested;     /* runs on top of another */
  PkJob *prev, *next;  /* in its queue, or among those that run */
  PkJob *next_told;    /* in its delivery */
  guint64 serial;      /* order of arrival */
  gint64 queued_ns, started_ns;
  GCancellable *token; /* made when `run` first asks */
  GError *error;
  gboolean tell_admitted, tell_progress;
  gboolean in_delivery; /* linked by next_told */
  PkProgress latest;
  gint64 reported_ns;
  gint cancelled;      /* atomic */
};

/* First in, first out, with removal in the middle. */
typedef struct {
  PkJob *head, *tail;
  guint length;
} PkJobQueue;

void pk_job_queue_push(PkJobQueue *self, PkJob *job);
/* Before the first job that arrived later. */
void pk_job_queue_insert(PkJobQueue *self, PkJob *job);
void pk_job_queue_remove(PkJobQueue *self, PkJob *job);

G_END_DECLS
