/* The engine's one pool of worker threads.
 *
 * pk_workers_run calls a function on several threads at once, the caller's
 * among them, and returns when all are done. The function takes its work from
 * a counter that the calls share and returns when none is left; a call that the
 * busy pool has not begun when the caller's own returns is therefore dropped,
 * and no run ever waits for a thread to become free. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many threads a run uses, the caller's included; 0: one for each processor (the start value).
 * At any time, any thread; runs that have begun keep theirs. */
void pk_workers_set_count(guint count);
guint pk_workers_get_count(void);

typedef void (*PkWorkerFunc)(gpointer data, guint worker);

/* func(data, 0) and, as threads are free, func(data, 1) … func(data, n - 1) for n =
 * min(pk_workers_get_count(), max_workers), at least 1; worker 0 is the caller. Any thread; runs may be
 * nested and overlap. */
void pk_workers_run(PkWorkerFunc func, gpointer data, guint max_workers);

G_END_DECLS
