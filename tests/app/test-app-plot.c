/* The live plot, moved about in by a real pointer and real keys (xdotool). */
#include "pa-plot-view.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

static PikaSession *session;
static GtkWidget *window;
static PaPlotView *plot;
static guint n_frames, n_commits, n_rows;
static double rows_at[2];
static char *last_before, *last_after;

/* --- waiting --- */

static gboolean
time_is_up(gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms(guint ms)
{
  gboolean up = FALSE;
  g_timeout_add(ms, time_is_up, &up);
  while (!up)
    g_main_context_iteration(NULL, TRUE);
}

static void
await(guint *counter, guint until)
{
  for (guint i = 0; i < 1000 && *counter < until; i++)
    wait_ms(10);
  g_assert_cmpuint(*counter, >=, until);
}

static void
xdotool(const char *arguments)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *line = g_strconcat("xdotool ", arguments, NULL);
  int status;
  g_spawn_command_line_sync(line, NULL, NULL, &status, &error);
  g_assert_no_error(error);
  g_assert_cmpint(status, ==, 0);
  wait_ms(60);
}

static void
pointer_to(double x, double y)
{
  graphene_point_t at;
  g_assert_true(gtk_widget_compute_point(GTK_WIDGET(plot), window, &GRAPHENE_POINT_INIT((float)x, (float)y), &at));
  double dx, dy;
  gtk_native_get_surface_transform(GTK_NATIVE(window), &dx, &dy);
  g_autofree char *arguments = g_strdup_printf("mousemove %d %d", (int)(at.x + dx), (int)(at.y + dy));
  xdotool(arguments);
}

/* For people: PIKA_TEST_PICTURES names a folder. */
static void
take_picture(const char *name)
{
  const char *folder = g_getenv("PIKA_TEST_PICTURES");
  if (!folder)
    return;
  wait_ms(200);
  g_autofree char *line = g_strdup_printf("import -window root %s/%s.png", folder, name);
  g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL));
}

/* --- the scene --- */

static void
frame_changed(PaPlotView *widget, gpointer data)
{
  n_frames++;
}

static void
committed(PaPlotView *widget, const char *before, const char *after, gpointer data)
{
  g_free(last_before);
  g_free(last_after);
  last_before = g_strdup(before);
  last_after = g_strdup(after);
  n_commits++;
}

static void
rows_requested(PaPlotView *widget, double x, double y, gpointer data)
{
  rows_at[0] = x;
  rows_at[1] = y;
  n_rows++;
}

static void
show(const char *spec)
{
  g_autoptr(GError) error = NULL;
  guint before = n_frames;
  g_autoptr(PikaView) view = pika_view_new(session, spec, -1, NULL, NULL, &error);
  g_assert_no_error(error);
  pa_plot_view_set_state(plot, NULL, NULL);
  pa_plot_view_set_brush(plot, NULL);
  pa_plot_view_set_mode(plot, PA_PLOT_MODE_PAN);
  pa_plot_view_set_view(plot, view);
  await(&n_frames, before + 1);
  wait_ms(100);
}

#define RASTER "{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"}," \
               "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}"
#define HISTOGRAM "{\"data\":{\"name\":\"many\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"x\",\"bin\":true}," \
                  "\"y\":{\"aggregate\":\"count\"}}}"

static PikaBox
area(void)
{
  return pika_view_frame_get_area(pa_plot_view_get_frame(plot));
}

static const PikaAxisInfo *
axis(const char *scale)
{
  return pika_view_frame_find_axis(pa_plot_view_get_frame(plot), scale);
}

static void
test_wheel(void)
{
  show(RASTER);
  PikaBox box = area();
  double x = box.x + box.width / 4, y = box.y + box.height / 4, from = axis("x")->from, to = axis("x")->to;
  double value = pika_view_frame_value_at(pa_plot_view_get_frame(plot), "x", x);
  guint commits = n_commits;
  take_picture("plot");
  pointer_to(x, y);
  take_picture("plot-hover");
  xdotool("click 4");
  xdotool("click 4");
  await(&n_commits, commits + 1);
  wait_ms(200);
  g_assert_cmpuint(n_commits, ==, commits + 1);
  g_assert_cmpfloat(axis("x")->to - axis("x")->from, <, 0.8 * (to - from));
  g_assert_cmpfloat_with_epsilon(pika_view_frame_value_at(pa_plot_view_get_frame(plot), "x", x), value,
                                 2 * (to - from) / box.width);
  g_assert_cmpstr(last_before, ==, "{}");
  take_picture("plot-zoomed");
  /* The document undoes. */
  g_assert_true(pa_plot_view_set_state(plot, last_before, NULL));
  wait_ms(300);
  g_assert_cmpfloat(axis("x")->from, ==, from);
  /* Over an axis: that one alone. */
  double y_from = axis("y")->from;
  pointer_to(x, axis("x")->axis.y + 8);
  xdotool("click 4");
  await(&n_commits, commits + 2);
  wait_ms(200);
  g_assert_cmpfloat(axis("y")->from, ==, y_from);
  g_assert_cmpfloat(axis("x")->from, >, from);
}

static void
test_drag(void)
{
  show(RASTER);
  PikaBox box = area();
  double x = box.x + box.width / 2, y = box.y + box.height / 2;
  double value = pika_view_frame_value_at(pa_plot_view_get_frame(plot), "x", x);
  guint commits = n_commits;
  pointer_to(x, y);
  xdotool("mousedown 1");
  pointer_to(x + 30, y + 10);
  pointer_to(x + 60, y + 20);
  xdotool("mouseup 1");
  await(&n_commits, commits + 1);
  wait_ms(300);
  g_assert_cmpfloat_with_epsilon(pika_view_frame_value_at(pa_plot_view_get_frame(plot), "x", x + 60), value,
                                 2 * (axis("x")->to - axis("x")->from) / box.width);
  /* A box, and back by a double click. */
  pointer_to(x, y);
  xdotool("keydown shift mousedown 1");
  pointer_to(x + 50, y + 50);
  pointer_to(x + 100, y + 80);
  take_picture("plot-box");
  xdotool("mouseup 1 keyup shift");
  await(&n_commits, commits + 2);
  wait_ms(300);
  g_assert_cmpfloat(axis("x")->to - axis("x")->from, <, 0.5);
  pointer_to(x, y);
  xdotool("click --repeat 2 --delay 60 1");
  await(&n_commits, commits + 3);
  wait_ms(600);
  g_assert_cmpstr(last_after, ==, "{}");
  g_assert_cmpuint(n_rows, ==, 0);
}

static void
test_click(void)
{
  show(RASTER);
  PikaBox box = area();
  pointer_to(box.x + 40, box.y + 50);
  xdotool("click 1");
  await(&n_rows, 1);
  g_assert_cmpfloat_with_epsilon(rows_at[0], box.x + 40, 2);
  g_assert_cmpfloat_with_epsilon(rows_at[1], box.y + 50, 2);
}

static void
test_keys(void)
{
  show(RASTER);
  gtk_widget_grab_focus(GTK_WIDGET(plot));
  double from = axis("x")->from, to = axis("x")->to;
  guint commits = n_commits;
  xdotool("key plus");
  await(&n_commits, commits + 1);
  wait_ms(200);
  g_assert_cmpfloat(axis("x")->to - axis("x")->from, <, 0.7 * (to - from));
  double zoomed = axis("x")->from;
  xdotool("key Right");
  await(&n_commits, commits + 2);
  wait_ms(200);
  g_assert_cmpfloat(axis("x")->from, >, zoomed);
  xdotool("key Home");
  await(&n_commits, commits + 3);
  wait_ms(200);
  g_assert_cmpfloat(axis("x")->from, ==, from);
  xdotool("key Menu");
  wait_ms(300);
  take_picture("plot-menu");
  xdotool("key Escape");
}

static void
test_brush(void)
{
  show(HISTOGRAM);
  PikaBox box = area();
  pa_plot_view_set_mode(plot, PA_PLOT_MODE_BRUSH);
  pointer_to(box.x + 60, box.y + 60);
  xdotool("mousedown 1");
  pointer_to(box.x + 100, box.y + 80);
  pointer_to(box.x + 160, box.y + 90);
  xdotool("mouseup 1");
  wait_ms(200);
  const char *brush = pa_plot_view_get_brush(plot);
  g_assert_nonnull(strstr(brush, "\"field\":\"x\""));
  g_assert_null(strstr(brush, "\"y\":"));
  take_picture("plot-brush");
  gtk_widget_grab_focus(GTK_WIDGET(plot));
  xdotool("key Escape");
  wait_ms(100);
  g_assert_cmpstr(pa_plot_view_get_brush(plot), ==, "");
}

#define COLOURED "{\"data\":{\"name\":\"many\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"x\",\"bin\":true}," \
                 "\"y\":{\"aggregate\":\"count\"},\"color\":{\"field\":\"g\"}}}"

static void
test_legend(void)
{
  show(COLOURED);
  guint commits = n_commits;
  const PikaLegendInfo *entry = pika_view_frame_get_legend_entry(pa_plot_view_get_frame(plot), 1);
  PikaBox box = area();
  pointer_to(box.x + box.width / 2 + 4, box.y + box.height - 20);
  wait_ms(300);
  take_picture("plot-tip");
  pointer_to(entry->box.x + 5, entry->box.y + entry->box.height / 2);
  xdotool("click 1");
  await(&n_commits, commits + 1);
  wait_ms(300);
  g_assert_cmpstr(last_after, ==, "{\"hidden\":{\"g\":[\"b\"]}}");
  take_picture("plot-hidden");
  xdotool("click 1");
  await(&n_commits, commits + 2);
  g_assert_cmpstr(last_after, ==, "{}");
}

static void
test_error(void)
{
  show(RASTER);
  pa_plot_view_set_state(plot, "{\"scheme\":\"nonsense\"}", NULL);
  wait_ms(500);
  g_autofree char *message = NULL;
  g_object_get(plot, "error", &message, NULL);
  g_assert_nonnull(strstr(message, "nonsense"));
  take_picture("plot-error");
  pa_plot_view_set_state(plot, NULL, NULL);
  wait_ms(500);
  g_autofree char *gone = NULL;
  g_object_get(plot, "error", &gone, NULL);
  g_assert_null(gone);
}

static void
run_sql(const char *sql)
{
  g_autoptr(GError) error = NULL;
  struct ArrowArrayStream stream = { 0 };
  pika_session_query(session, sql, &stream, NULL, NULL, &error);
  g_assert_no_error(error);
  stream.release(&stream);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_test_init(&argc, &argv, NULL);
  g_autofree char *tool = g_find_program_in_path("xdotool");
  if (!tool) {
    g_print("1..0 # SKIP xdotool is missing\n");
    return 77;
  }
  adw_init();
  session = pika_session_new(NULL, &error);
  g_assert_no_error(error);
  run_sql("CREATE TABLE many AS SELECT sin(i * 0.7) * 0.3 + (i % 1000) / 1000.0 AS x, cos(i * 0.3) * 0.2 + "
          "((i * 7919) % 10007) / 10007.0 AS y, ['a', 'b', 'c'][i % 3 + 1] AS g, i AS id FROM range(400000) t(i)");
  window = gtk_window_new();
  gtk_window_set_default_size(GTK_WINDOW(window), 720, 520);
  plot = PA_PLOT_VIEW(pa_plot_view_new());
  gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(plot));
  g_signal_connect(plot, "frame-changed", G_CALLBACK(frame_changed), NULL);
  g_signal_connect(plot, "state-committed", G_CALLBACK(committed), NULL);
  g_signal_connect(plot, "rows-requested", G_CALLBACK(rows_requested), NULL);
  gtk_window_present(GTK_WINDOW(window));
  wait_ms(500);
  g_test_add_func("/plot/wheel", test_wheel);
  g_test_add_func("/plot/drag", test_drag);
  g_test_add_func("/plot/click", test_click);
  g_test_add_func("/plot/keys", test_keys);
  g_test_add_func("/plot/brush", test_brush);
  g_test_add_func("/plot/legend", test_legend);
  g_test_add_func("/plot/error", test_error);
  int status = g_test_run();
  gtk_window_destroy(GTK_WINDOW(window));
  wait_ms(100);
  pika_session_unref(session);
  return status;
}
