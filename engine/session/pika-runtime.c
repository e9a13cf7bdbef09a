#include "pk-sched.h"
#include "pk-trace.h"

#include <pika/pika.h>

G_STATIC_ASSERT((int)PIKA_LANE_INTERACTIVE == (int)PK_LANE_INTERACTIVE);
G_STATIC_ASSERT((int)PIKA_LANE_BACKGROUND == (int)PK_LANE_BACKGROUND);
G_STATIC_ASSERT(PK_N_LANES == G_N_ELEMENTS(((PikaRuntimeState *)0)->waiting));

void
pika_runtime_get_state(PikaRuntimeState *state)
{
  PkSchedState now;
  pk_sched_get_state(pk_sched_get_default(), &now);
  *state = (PikaRuntimeState){ .workers = now.workers, .parked = now.parked, .borrowed = now.borrowed, .left = now.left, .done = now.done,
                               .failed = now.failed, .cancelled = now.cancelled, .superseded = now.superseded,
                               .refused = now.refused };
  for (guint lane = 0; lane < PK_N_LANES; lane++) {
    state->waiting[lane] = now.waiting[lane];
    state->running[lane] = now.running[lane];
  }
}

void
pika_trace_start(void)
{
  pk_trace_start();
}

char *
pika_trace_to_json(gsize *length)
{
  return pk_trace_to_json(length);
}
