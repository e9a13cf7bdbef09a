#include "pk-trace.h"

#include "pk-clock.h"
#include "pk-sched-private.h"

#include <unistd.h>

#define MAX_EVENTS 1000000

typedef struct {
  const char *name;
  gint64 queued_ns, start_ns, end_ns; /* queued 0: not a job */
  guint32 value; /* of a counter; else the worker: 0 for a thread that is none */
  guint8 kind;   /* 'X' or 'C' */
  guint8 lane;
  gint16 code;   /* of the error, -1: none */
} Event;

static struct {
  gint on; /* atomic */
  GMutex lock;
  GArray *events;
  gint64 start_ns;
  guint64 left_out;
} trace;

void
pk_trace_start(void)
{
  g_mutex_lock(&trace.lock);
  if (!trace.events) {
    trace.events = g_array_new(FALSE, FALSE, sizeof(Event));
    trace.start_ns = pk_clock_now_ns();
  }
  g_mutex_unlock(&trace.lock);
  g_atomic_int_set(&trace.on, 1);
}

gboolean
pk_trace_is_on(void)
{
  return g_atomic_int_get(&trace.on) != 0;
}

static void
add(Event event)
{
  g_mutex_lock(&trace.lock);
  if (trace.events->len < MAX_EVENTS)
    g_array_append_val(trace.events, event);
  else
    trace.left_out++;
  g_mutex_unlock(&trace.lock);
}

void
pk_trace_job(const char *name, PkLane lane, guint worker, gint64 queued_ns, gint64 started_ns, const GError *error)
{
  if (pk_trace_is_on())
    add((Event){ .name = name, .queued_ns = queued_ns, .start_ns = started_ns, .end_ns = pk_clock_now_ns(),
                 .value = worker, .kind = 'X', .lane = (guint8)lane, .code = (gint16)(error ? error->code : -1) });
}

void
pk_trace_loop(const char *name, PkLane lane, guint worker, gint64 start_ns)
{
  if (pk_trace_is_on())
    add((Event){ .name = name, .start_ns = start_ns, .end_ns = pk_clock_now_ns(), .value = worker, .kind = 'X',
                 .lane = (guint8)lane, .code = -1 });
}

void
pk_trace_phase(const char *name, gint64 start_ns)
{
  if (!pk_trace_is_on())
    return;
  const PkHere *here = pk_here();
  pk_trace_loop(name, here->job ? here->job->lane : PK_LANE_QUERY, here->index, start_ns);
}

void
pk_trace_waiting(PkLane lane, guint n)
{
  if (pk_trace_is_on())
    add((Event){ .name = "waiting", .start_ns = pk_clock_now_ns(), .value = n, .kind = 'C', .lane = (guint8)lane });
}

/* --- as JSON --- */

static void
append_us(GString *out, const char *name, gint64 ns)
{
  g_string_append_printf(out, ",\"%s\":%" G_GINT64_FORMAT ".%03d", name, ns / 1000, (int)(ns % 1000));
}

static void
append_event(GString *out, const Event *event, int pid)
{
  const char *lane = pk_lane_get_name(event->lane);
  g_string_append_printf(out, ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"%c\",\"pid\":%d", event->name, lane, event->kind,
                         pid);
  append_us(out, "ts", MAX(event->start_ns - trace.start_ns, 0));
  if (event->kind == 'C') {
    g_string_append_printf(out, ",\"id\":\"%s\",\"args\":{\"%s\":%u}}", lane, lane, event->value);
    return;
  }
  append_us(out, "dur", event->end_ns - event->start_ns);
  g_string_append_printf(out, ",\"tid\":%u,\"args\":{\"lane\":\"%s\"", event->value, lane);
  if (event->queued_ns > 0)
    append_us(out, "waited_us", event->start_ns - event->queued_ns);
  if (event->code >= 0)
    g_string_append_printf(out, ",\"error\":%d", event->code);
  g_string_append(out, "}}");
}

char *
pk_trace_to_json(gsize *length)
{
  GString *out = g_string_new("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
  int pid = (int)getpid();
  guint most = 0;
  g_string_append_printf(out, "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"name\":\"pika\"}}", pid);
  g_mutex_lock(&trace.lock);
  for (guint i = 0; trace.events && i < trace.events->len; i++) {
    const Event *event = &g_array_index(trace.events, Event, i);
    append_event(out, event, pid);
    if (event->kind == 'X')
      most = MAX(most, event->value);
  }
  for (guint i = 0; i <= most; i++) {
    g_autofree char *name = i > 0 ? g_strdup_printf("worker %u", i) : g_strdup("caller");
    g_string_append_printf(out, ",\n{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%d,\"tid\":%u,\"args\":{\"name\":\"%s\"}}",
                           pid, i, name);
  }
  g_string_append_printf(out, "\n],\"otherData\":{\"left_out\":%" G_GUINT64_FORMAT "}}\n", trace.left_out);
  g_mutex_unlock(&trace.lock);
  *length = out->len;
  return g_string_free(out, FALSE);
}
