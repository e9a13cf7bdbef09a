/* The runtime: the workers on which everything runs that takes time, one pool for the process.
 *
 * PIKA_WORKERS in the environment sets their number; without it there is one for each processor. */
#pragma once

#include "pika-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What kind of work it is: a higher lane starts first, and one worker is always free for the interactive one. */
typedef enum {
  PIKA_LANE_INTERACTIVE, /* a frame */
  PIKA_LANE_QUERY,       /* what a person started */
  PIKA_LANE_BACKGROUND,  /* statistics, prefetch: at most half of the workers */
} PikaLane;

typedef struct {
  guint workers;
  guint waiting[3], running[3]; /* jobs of each PikaLane */
  guint parked;                 /* callers that wait for room in the query lane */
  guint borrowed;               /* workers in parallel loops of jobs that run */
  guint left;                   /* jobs that were cancelled and told so, and wind down */
  guint64 done, failed, cancelled, superseded, refused; /* jobs so far */
} PikaRuntimeState;

/* Does not block. */
PIKA_API void pika_runtime_get_state(PikaRuntimeState *state);

/* --- what other processes do --- */

typedef enum {
  PIKA_JOB_RUNNING,
  PIKA_JOB_LEFT,    /* was cancelled and its caller told; it winds down */
  PIKA_JOB_WAITING,
  PIKA_JOB_PARKED,  /* waits for room in its lane */
} PikaJobStatus;

typedef struct {
  char *name;                /* "query", "plot", … */
  PikaLane lane;
  PikaJobStatus status;
  double waited_ms, ran_ms;
  char *phase;               /* of its progress, as in PikaProgress; NULL: it has told nothing yet */
  double done, total;
  char *unit;
  guint64 rows, bytes;
} PikaJob;

typedef struct {
  gint pid;
  gboolean answered; /* FALSE: its main loop was busy for half a second, and nothing that follows is known */
  char *command;     /* how it was started: its arguments with blanks between them */
  PikaRuntimeState state;
  GPtrArray *jobs;   /* of PikaJob: those that run, then those that wait; the first hundred */
} PikaProcess;

PIKA_API void pika_process_free(PikaProcess *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaProcess, pika_process_free)

/* As a JSON object. Caller frees. */
PIKA_API char *pika_process_to_json(const PikaProcess *self);

/* Lets the user's other processes ask what this one's runtime does (`pika top`), by a socket in the user's runtime
 * directory that nobody else can open. Answered whenever the caller's thread-default main context iterates; costs nothing
 * while nobody asks. Once a process, on one thread. Undone by pika_runtime_unpublish, and when the process exits. */
PIKA_API gboolean pika_runtime_publish(GError **error);
PIKA_API void pika_runtime_unpublish(void);
/* Where the socket is, for a process that leaves by _exit and must remove it; NULL: nowhere. Borrowed until unpublished. */
PIKA_API const char *pika_runtime_get_socket(void);

/* Asks all processes of this user that published theirs: a new array of PikaProcess, in the order of their numbers,
 * without this process. Takes half a second at most. */
PIKA_API void pika_runtime_list_async(GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API GPtrArray *pika_runtime_list_finish(GAsyncResult *result, GError **error);

/* --- a record of what went on --- */

/* Records what runs and what waits from now on. */
PIKA_API void pika_trace_start(void);
/* So far, as a Chrome trace, which ui.perfetto.dev opens. Caller frees. */
PIKA_API char *pika_trace_to_json(gsize *length);

G_END_DECLS
