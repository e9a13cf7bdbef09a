#include "pk-clock.h"

#include <time.h>

static PkClockFunc clock_func;
static gpointer clock_data;

gint64
pk_clock_now_ns(void)
{
  if (clock_func)
    return clock_func(clock_data);
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
pk_clock_set(PkClockFunc now_ns, gpointer data)
{
  clock_func = now_ns;
  clock_data = data;
}
