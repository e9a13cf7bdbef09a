/* The engine's clock. Code that measures or waits asks here, so that a test
 * can put a clock of its own in its place. Thread-safe once set. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Monotonic time in nanoseconds. */
gint64 pk_clock_now_ns(void);

typedef gint64 (*PkClockFunc)(gpointer data);

/* Replaces the clock (NULL: the system's monotonic clock). For tests, before threads start. */
void pk_clock_set(PkClockFunc now_ns, gpointer data);

G_END_DECLS
