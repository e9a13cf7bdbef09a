/* The runtime: the workers on which everything runs that takes time, one pool for the process.
 *
 * PIKA_WORKERS in the environment sets their number; without it there is one for each processor. */
#pragma once

#include "pika-error.h"

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
  guint64 done, failed, cancelled, superseded, refused; /* jobs so far */
} PikaRuntimeState;

/* Does not block. */
PIKA_API void pika_runtime_get_state(PikaRuntimeState *state);

/* Records what runs and what waits from now on. */
PIKA_API void pika_trace_start(void);
/* So far, as a Chrome trace, which ui.perfetto.dev opens. Caller frees. */
PIKA_API char *pika_trace_to_json(gsize *length);

G_END_DECLS
