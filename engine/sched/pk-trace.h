/* What the runtime did and when, as a Chrome trace: ui.perfetto.dev and chrome://tracing open it.
 *
 * One trace a process; recording starts with pk_trace_start and costs an atomic
 * read where it is off. Format: "Trace Event Format", the Chromium project, with
 * complete events (ph X) for what ran on a worker and counters (ph C) for what
 * waited. Any thread. */
#pragma once

#include "pk-sched.h"

G_BEGIN_DECLS

/* At most a million events are kept; what comes later is counted and left out. */
void pk_trace_start(void);
gboolean pk_trace_is_on(void);

/* A job has ended on that worker: it waited from queued to started, then ran until now. error: NULL, or why it failed. */
void pk_trace_job(const char *name, PkLane lane, guint worker, gint64 queued_ns, gint64 started_ns, const GError *error);

/* A worker was lent to a parallel loop from start until now. */
void pk_trace_loop(const char *name, PkLane lane, guint worker, gint64 start_ns);

/* A part of a job, on this thread, from start until now; name is static. */
void pk_trace_phase(const char *name, gint64 start_ns);

/* How many jobs wait now. */
void pk_trace_waiting(PkLane lane, guint n);

/* The trace so far. Caller frees. */
char *pk_trace_to_json(gsize *length);

G_END_DECLS
