#include "pk-bench-view.h"

#include "pk-bench-figures.h"
#include "pk-bench-options.h"
#include "pk-clock.h"
#include "pk-error.h"

#include <pika/pika.h>
#include <math.h>
#include <time.h>

#define WIDTH 960
#define HEIGHT 600
#define LINKED 3

typedef struct {
  gint64 rows;
  gint repeat;
  char *json;
  PikaSession *session;
  GArray *figures; /* of PkBenchFigure */
} Bench;

typedef struct {
  GArray *samples, *busy; /* of double: ms of the clock, and of processors */
} Samples;

static Samples
samples_new(void)
{
  return (Samples){ g_array_new(FALSE, FALSE, sizeof(double)), g_array_new(FALSE, FALSE, sizeof(double)) };
}

static const char scatter[] =
  "{\"data\":{\"name\":\"t\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
  "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}";
static const char line[] =
  "{\"data\":{\"name\":\"t\"},\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"i\",\"type\":\"quantitative\"},"
  "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}";
static const char *const fields[LINKED] = { "x", "y", "z" };

/* Of all threads, ms: what the machine does beside does not count. */
static double
processor_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static PikaView *
open_view(Bench *self, const char *spec, GError **error)
{
  return pika_view_new(self->session, spec, -1, NULL, NULL, error);
}

static void
finished(GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **)slot = g_object_ref(result);
}

/* As a window asks: in the lane of frames, while its main loop goes on. */
static PikaViewFrame *
render(PikaView *view, const PikaViewState *state, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  pika_view_render_async(view, state, WIDTH, HEIGHT, 1, NULL, finished, &result);
  while (!result)
    g_main_context_iteration(NULL, TRUE);
  return pika_view_render_finish(result, error);
}

/* One picture; its milliseconds are added. */
static gboolean
draw(PikaView *view, const PikaViewState *state, Samples *samples, GError **error)
{
  gint64 start = pk_clock_now_ns();
  double busy = processor_ms();
  g_autoptr(PikaViewFrame) frame = render(view, state, error);
  double ms = (double)(pk_clock_now_ns() - start) / 1e6;
  busy = processor_ms() - busy;
  if (frame && samples) {
    g_array_append_val(samples->samples, ms);
    g_array_append_val(samples->busy, busy);
  }
  return frame != NULL;
}

static void
take(Bench *self, const char *name, const char *title, Samples *samples, double goal)
{
  PkBenchFigure figure = pk_bench_figure(name, title, "ms", samples->samples, goal);
  PkBenchFigure busy = pk_bench_figure(name, "  processors' time of it", "ms", samples->busy, 0);
  g_array_append_val(self->figures, figure);
  if (samples->busy->len > 0)
    g_array_append_val(self->figures, busy);
  g_array_unref(samples->samples);
  g_array_unref(samples->busy);
}

/* In and out, and to and fro, as a hand would. */
static gboolean
move_about(Bench *self, const char *spec, gboolean both, const char *name, const char *title, double goal, GError **error)
{
  g_autoptr(PikaView) view = open_view(self, spec, error);
  g_autoptr(PikaViewState) state = pika_view_state_new();
  Samples samples = samples_new();
  g_autoptr(PikaViewFrame) home = view ? pika_view_render(view, NULL, WIDTH, HEIGHT, 1, NULL, error) : NULL;
  if (!home)
    return FALSE;
  for (int i = 0; i < self->repeat; i++) {
    double factor = 1 + 3 * fabs(sin(i * 0.1)), from, to;
    PikaBox area = pika_view_frame_get_area(home);
    if (pika_view_frame_zoom(home, "x", area.x + area.width * (0.5 + 0.3 * sin(i * 0.05)), factor, &from, &to))
      pika_view_state_set_domain(state, "x", from, to);
    if (both && pika_view_frame_zoom(home, "y", area.y + area.height / 2, factor, &from, &to))
      pika_view_state_set_domain(state, "y", from, to);
    if (!draw(view, state, &samples, error))
      return FALSE;
  }
  take(self, name, title, &samples, goal);
  return TRUE;
}

/* A brush on the first moves the two others; its own picture stays. */
static gboolean
brush(Bench *self, GError **error)
{
  PikaView *views[LINKED] = { 0 };
  Samples samples = samples_new();
  g_autoptr(PikaViewState) state = pika_view_state_new();
  gboolean ok = TRUE;
  for (guint k = 0; k < LINKED && ok; k++) {
    g_autofree char *spec = g_strdup_printf("{\"data\":{\"name\":\"t\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"%s\",\"bin\":"
                                            "{\"maxbins\":40}},\"y\":{\"aggregate\":\"count\"}}}", fields[k]);
    views[k] = open_view(self, spec, error);
    ok = views[k] && draw(views[k], NULL, NULL, error);
  }
  for (int i = -1; i < self->repeat && ok; i++) {
    gint64 start = pk_clock_now_ns();
    double busy = processor_ms(), middle = 0.5 + 0.3 * sin(i * 0.1);
    pika_view_state_set_filter_range(state, "x", middle - 0.1, middle + 0.1);
    for (guint k = 1; k < LINKED && ok; k++)
      ok = draw(views[k], state, NULL, error);
    double ms = (double)(pk_clock_now_ns() - start) / 1e6;
    busy = processor_ms() - busy;
    if (i < 0) /* the first brings the brush's column */
      continue;
    g_array_append_val(samples.samples, ms);
    g_array_append_val(samples.busy, busy);
  }
  if (ok)
    take(self, "brush", "brush over three linked histograms: both others", &samples, 1000.0 / 30);
  for (guint k = 0; k < LINKED; k++)
    pika_view_unref(views[k]);
  return ok;
}

static gboolean
ask(Bench *self, GError **error)
{
  g_autoptr(PikaView) view = open_view(self, scatter, error);
  g_autoptr(PikaViewFrame) frame = view ? pika_view_render(view, NULL, WIDTH, HEIGHT, 1, NULL, error) : NULL;
  Samples picks = samples_new(), rows = samples_new();
  for (int i = 0; frame && i < 10; i++) {
    PikaBox area = pika_view_frame_get_area(frame), box = { area.x + area.width * (0.4 + i / 50.0), area.y + area.height / 2, 0, 0 };
    struct ArrowArrayStream stream = { 0 };
    gint64 n_rows, start = pk_clock_now_ns();
    g_autoptr(PikaPick) pick = pika_view_pick(view, frame, box.x, box.y, 4, NULL, error);
    double ms = (double)(pk_clock_now_ns() - start) / 1e6;
    g_array_append_val(picks.samples, ms);
    start = pk_clock_now_ns();
    if (!pick || !pika_view_rows(view, frame, &box, 4, 100, &stream, &n_rows, NULL, error))
      return FALSE;
    stream.release(&stream);
    ms = (double)(pk_clock_now_ns() - start) / 1e6;
    g_array_append_val(rows.samples, ms);
  }
  if (!frame)
    return FALSE;
  take(self, "pick", "what is under a pixel of the raster", &picks, 0);
  take(self, "rows", "the rows under a pixel of the raster", &rows, 0);
  return TRUE;
}

static gboolean
make_table(Bench *self, GError **error)
{
  struct ArrowArrayStream stream = { 0 };
  g_autofree char *sql = g_strdup_printf(
    "CREATE TABLE t AS SELECT i, CAST(0.5 + 0.12 * sqrt(-2 * ln(1 - (hash(i) %% 1000003) / 1000004.0)) * cos((hash(i + 7) %% 999983)"
    " / 159154.0) AS FLOAT) AS x, CAST(0.5 + 0.2 * sin(i / 100000.0) + (hash(i + 13) %% 1000003) / 5000015.0 AS FLOAT) AS y, "
    "CAST((hash(i + 29) %% 1000003) / 1000003.0 AS FLOAT) AS z FROM range(%" G_GINT64_FORMAT ") r(i)", self->rows);
  self->session = pika_session_new(NULL, error);
  if (!self->session || !pika_session_query(self->session, sql, &stream, NULL, NULL, error))
    return FALSE;
  stream.release(&stream);
  return TRUE;
}

static gboolean
run(Bench *self, GError **error)
{
  return make_table(self, error) &&
         move_about(self, scatter, TRUE, "scatter", "zoom and pan of a scatter", 1000.0 / 30, error) &&
         move_about(self, line, FALSE, "line", "zoom and pan of a line (M4)", 1000.0 / 60, error) && brush(self, error) &&
         ask(self, error);
}

static gboolean
check(const Bench *self, GError **error)
{
  return (self->rows > 0 && self->repeat > 0) ||
         pk_fail(error, PK_ERROR_USAGE, "--rows and --repeat are numbers above 0");
}

int
pk_bench_view(int argc, char **argv)
{
  Bench self = { .rows = 10000000, .repeat = 100, .figures = g_array_new(FALSE, FALSE, sizeof(PkBenchFigure)) };
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &self.rows, "rows of the table (10000000)", "N" },
    { "repeat", 0, 0, G_OPTION_ARG_INT, &self.repeat, "pictures of each plot (100)", "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self.json, "write the figures here", "FILE" },
    { NULL },
  };
  g_autoptr(GError) error = NULL;
  PikaRuntimeState state;
  pika_runtime_get_state(&state);
  if (pk_bench_parse(entries, "- pictures of live plots", &argc, &argv, &error) && check(&self, &error) && run(&self, &error))
    pk_bench_report(self.figures, state.workers, self.json, &error);
  g_array_unref(self.figures);
  g_free(self.json);
  pika_session_unref(self.session);
  return pk_bench_status("pika-bench view", error);
}
