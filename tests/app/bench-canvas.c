/* How long a frame of the canvas takes, from the frame clock's first phase to its last, while one pans and zooms over so
 * many nodes; and whether opening and closing a workspace again and again holds on to memory. */
#include "pa-canvas.h"

#include <adwaita.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define FRAMES 240

static gint64 frame_began;
static double frame_cpu_began;
static GArray *times, *cpu_times; /* ms, doubles */

/* Of this thread: what other processes take of the machine does not count. */
static double
cpu_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
before_paint(GdkFrameClock *clock, gpointer data)
{
  frame_began = g_get_monotonic_time();
  frame_cpu_began = cpu_ms();
}

static void
after_paint(GdkFrameClock *clock, gpointer data)
{
  double ms = (double)(g_get_monotonic_time() - frame_began) / 1000;
  double cpu = cpu_ms() - frame_cpu_began;
  g_array_append_val(times, ms);
  g_array_append_val(cpu_times, cpu);
}

static int
compare(gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* A third each of queries, plots over them and notes, as a person lays them out: in rows, with gaps. */
static char *
make_workspace(guint n)
{
  g_autoptr(PikaWorkspace) workspace = pika_workspace_new();
  guint columns = (guint)ceil(sqrt(n));
  for (guint i = 0; i < n; i++) {
    static const PikaNodeKind kinds[] = { PIKA_NODE_QUERY, PIKA_NODE_PLOT, PIKA_NODE_NOTE };
    g_autofree char *id = g_strdup_printf("%c%u", "qpn"[i % 3], i);
    PikaWorkspaceNode *node = pika_workspace_node_new(kinds[i % 3], id);
    node->x = i % columns * 460;
    node->y = i / columns * 360;
    node->width = 400;
    node->height = 300;
    if (i % 3 == 1) {
      node->input = g_strdup_printf("q%u", i - 1);
      node->text = g_strdup("{\"mark\": \"bar\", \"encoding\": {\"x\": {\"field\": \"a\", \"bin\": true}, "
                            "\"y\": {\"aggregate\": \"count\"}}}");
    } else {
      node->text = g_strdup_printf("SELECT i AS a, i * %u AS b\nFROM range(1000) r(i)\nWHERE i %% 7 < 5", i);
    }
    if (i % 3 == 0)
      node->name = g_strdup_printf("query_%u", i);
    g_ptr_array_add(workspace->nodes, node);
  }
  return pika_workspace_to_text(workspace, "/", NULL);
}

static void
spin(int ms)
{
  gint64 end = g_get_monotonic_time() + ms * 1000;
  while (g_get_monotonic_time() < end) {
    g_main_context_iteration(NULL, FALSE);
    g_usleep(200);
  }
}

static double
percentile(GArray *of, double share)
{
  g_array_sort(of, compare);
  return of->len ? g_array_index(of, double, MIN(of->len - 1, (guint)(of->len * share))) : NAN;
}

/* Waits for the next frame after a change. */
static void
next_frame(void)
{
  guint n = times->len;
  gint64 limit = g_get_monotonic_time() + G_TIME_SPAN_SECOND;
  while (times->len == n && g_get_monotonic_time() < limit)
    g_main_context_iteration(NULL, TRUE);
}

static void
measure(guint n, GtkWidget *window)
{
  g_autoptr(PaDocument) document = pa_document_new();
  g_autofree char *text = make_workspace(n);
  g_autoptr(GError) error = NULL;
  if (!pa_document_load_text(document, text, -1, NULL, &error))
    g_error("%s", error->message);
  g_autoptr(PaGraph) graph = pa_graph_new_shared(document); /* what is drawn is measured, not the queries */
  PaCanvas *canvas = PA_CANVAS(pa_canvas_new(document, graph));
  gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(canvas));
  spin(400);
  static const struct { const char *name; double zoom; } ways[] = { { "near (1:1)", 1 }, { "middle (0.3)", 0.3 },
                                                                    { "all in sight", 0 } };
  for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
    pa_canvas_zoom_to_fit(canvas, FALSE);
    if (ways[way].zoom > 0)
      pa_canvas_zoom_at(canvas, 640, 400, ways[way].zoom / pa_canvas_get_zoom(canvas));
    next_frame();
    spin(100);
    g_array_set_size(times, 0);
    g_array_set_size(cpu_times, 0);
    for (guint i = 0; i < FRAMES; i++) {
      if (i % 2)
        pa_canvas_pan(canvas, 7 * sin(i / 20.0), 9 * cos(i / 17.0));
      else
        pa_canvas_zoom_at(canvas, 640, 400, 1 + 0.01 * sin(i / 9.0));
      next_frame();
    }
    printf("{\"nodes\": %u, \"view\": \"%s\", \"frames\": %u, \"p50_ms\": %.2f, \"p99_ms\": %.2f, "
           "\"cpu_p50_ms\": %.2f, \"cpu_p99_ms\": %.2f}\n", n, ways[way].name, times->len, percentile(times, 0.5),
           percentile(times, 0.99), percentile(cpu_times, 0.5), percentile(cpu_times, 0.99));
    fflush(stdout);
  }
  gtk_window_set_child(GTK_WINDOW(window), NULL);
}

static long
resident_kib(void)
{
  g_autofree char *text = NULL;
  long pages = 0;
  if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL)) {
    char *at = NULL;
    strtol(text, &at, 10);
    pages = strtol(at, NULL, 10);
  }
  return pages * 4;
}

static void
measure_memory(GtkWidget *window)
{
  g_autofree char *text = make_workspace(300);
  for (guint i = 1; i <= 100; i++) {
    g_autoptr(PaDocument) document = pa_document_new();
    g_autoptr(PaGraph) graph = pa_graph_new(document);
    GtkWidget *canvas = pa_canvas_new(document, graph);
    gtk_window_set_child(GTK_WINDOW(window), canvas);
    if (!pa_document_load_text(document, text, -1, NULL, NULL))
      g_error("the workspace does not load");
    for (guint k = 0; k < 100 && pa_graph_is_busy(graph); k++)
      spin(20);
    gtk_window_set_child(GTK_WINDOW(window), NULL);
    if (i == 10 || i % 30 == 0 || i == 100)
      printf("{\"opened_and_closed\": %u, \"resident_kib\": %ld}\n", i, resident_kib());
    fflush(stdout);
  }
}

int
main(int argc, char **argv)
{
  static const guint counts[] = { 10, 100, 1000, 5000, 10000 };
  adw_init();
  times = g_array_new(FALSE, FALSE, sizeof(double));
  cpu_times = g_array_new(FALSE, FALSE, sizeof(double));
  GtkWidget *window = gtk_window_new();
  gtk_window_set_default_size(GTK_WINDOW(window), 1280, 800);
  gtk_window_set_decorated(GTK_WINDOW(window), FALSE);
  gtk_window_present(GTK_WINDOW(window));
  spin(300);
  GdkFrameClock *clock = gtk_widget_get_frame_clock(window);
  g_signal_connect(clock, "before-paint", G_CALLBACK(before_paint), NULL);
  g_signal_connect(clock, "after-paint", G_CALLBACK(after_paint), NULL);
  for (guint i = 0; i < G_N_ELEMENTS(counts) && (argc < 2 || g_strcmp0(argv[1], "memory")); i++)
    measure(counts[i], window);
  if (argc > 1)
    measure_memory(window);
  return 0;
}
