/* Parallel loops on the runtime's workers.
 *
 * pk_workers_run calls a function on several threads at once, the caller's
 * among them, and returns when all are done. The function takes its work from
 * a counter that the calls share and returns when none is left; a call that no
 * worker has begun when the caller's own returns is therefore dropped, and no
 * run ever waits for a thread to become free. Workers are borrowed: see
 * pk-sched.h. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many threads a loop uses, the caller's included: pk_sched_set_workers of the default runtime; 0: as at the start.
 * At any time, any thread; loops that have begun keep theirs. */
void pk_workers_set_count(guint count);
guint pk_workers_get_count(void);

typedef void (*PkWorkerFunc)(gpointer data, guint worker);

/* func(data, 0) and, as workers are free, func(data, 1) … func(data, n - 1) for n =
 * min(pk_workers_get_count(), max_workers), at least 1; worker 0 is the caller. A call that returned because
 * pk_workers_yield said so may be made again, with the same number, never twice at once. Any thread; loops may be nested
 * and overlap. */
void pk_workers_run(PkWorkerFunc func, gpointer data, guint max_workers);

/* To be asked by func at each chunk boundary, holding no lock: TRUE if it must return now and leave what is left to the
 * others, because the worker is needed elsewhere. Never TRUE for worker 0, whose thread runs interactive work here if
 * there is some that waits. Costs an atomic read. */
gboolean pk_workers_yield(void);

G_END_DECLS
