/* The canvas in a window of its own: what a person does with pointer and keys reaches the document, and looks right.
 * PIKA_TEST_PICTURES in the environment names a folder for pictures of it, for people. */
#include "pa-canvas.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

static GtkWidget *window;
static PaCanvas *canvas;
static PaDocument *document;
static PaGraph *graph;

static void
wait_ms(int ms)
{
  gint64 end = g_get_monotonic_time() + ms * 1000;
  while (g_get_monotonic_time() < end) {
    g_main_context_iteration(NULL, FALSE);
    g_usleep(500);
  }
}

static void
settle(void)
{
  gint64 limit = g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND;
  do
    wait_ms(20);
  while (pa_graph_is_busy(graph) && g_get_monotonic_time() < limit);
  wait_ms(500);
}

static void
xdotool(const char *format, ...)
{
  va_list list;
  va_start(list, format);
  g_autofree char *arguments = g_strdup_vprintf(format, list);
  va_end(list);
  g_autofree char *line = g_strdup_printf("xdotool %s", arguments);
  g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL));
  wait_ms(60);
}

static void
take_picture(const char *name)
{
  const char *folder = g_getenv("PIKA_TEST_PICTURES");
  wait_ms(150);
  if (!folder)
    return;
  g_autofree char *line = g_strdup_printf("import -window root %s/%s.png", folder, name);
  g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, NULL, NULL));
}

/* Where a node is on the screen. share: of its width and height. */
static void
point_at(const char *id, double share_x, double share_y, int *x, int *y)
{
  graphene_rect_t box;
  graphene_point_t origin;
  g_assert_true(pa_canvas_get_node_box(canvas, id, &box));
  g_assert_true(gtk_widget_compute_point(GTK_WIDGET(canvas), window, &GRAPHENE_POINT_INIT(0, 0), &origin));
  double surface_x, surface_y;
  gtk_native_get_surface_transform(GTK_NATIVE(window), &surface_x, &surface_y);
  *x = (int)(origin.x + surface_x + box.origin.x + box.size.width * share_x);
  *y = (int)(origin.y + surface_y + box.origin.y + box.size.height * share_y);
}

static void
drag(int x, int y, int dx, int dy, const char *key)
{
  if (key)
    xdotool("keydown %s", key);
  xdotool("mousemove %d %d", x, y);
  xdotool("mousedown 1");
  for (int i = 1; i <= 5; i++)
    xdotool("mousemove %d %d", x + dx * i / 5, y + dy * i / 5);
  xdotool("mouseup 1");
  if (key)
    xdotool("keyup %s", key);
}

static char *
make_csv(void)
{
  g_autoptr(GString) text = g_string_new("day,delay,distance,carrier\n");
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  static const char *const carriers[] = { "AA", "DL", "UA", "WN", "B6" };
  for (int i = 0; i < 20000; i++) {
    double distance = 200 + 2400 * pow(g_rand_double(random), 2);
    double delay = -10 + 60 * pow(g_rand_double(random), 3) + distance / 100 * g_rand_double(random);
    g_string_append_printf(text, "2024-%02d-%02d,%d,%d,%s\n", i % 12 + 1, i % 28 + 1, (int)delay, (int)distance,
                           carriers[g_rand_int_range(random, 0, 5)]);
  }
  g_autofree char *folder = g_dir_make_tmp("pika-canvas-XXXXXX", NULL);
  char *path = g_build_filename(folder, "flights.csv", NULL);
  g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
  return path;
}

static void
fill(void)
{
  g_autofree char *csv = make_csv();
  g_autoptr(GError) error = NULL;
  const char *source = pa_document_add_source(document, csv, NULL, NULL, &error);
  pa_document_add_table(document, source, "flights", &error);
  pa_document_add_query(document, "late", "SELECT carrier, delay, distance\nFROM flights\nWHERE delay > 10", &error);
  pa_document_add_plot(document, "q1", "{\"mark\": \"bar\", \"encoding\": {\"x\": {\"field\": \"delay\", \"bin\": true}, "
                                       "\"y\": {\"aggregate\": \"count\"}, \"color\": {\"field\": \"carrier\"}}}", &error);
  pa_document_add_plot(document, "t1", "{\"mark\": \"point\", \"encoding\": {\"x\": {\"field\": \"distance\", \"type\": "
                                       "\"quantitative\"}, \"y\": {\"field\": \"delay\", \"type\": \"quantitative\"}}}", &error);
  pa_document_add_query(document, "broken", "SELECT nothing FROM late", &error);
  pa_document_add_query(document, "by_carrier", "SELECT carrier, avg(delay) AS delay\nFROM late\nGROUP BY ALL", &error);
  pa_document_add_plot(document, "q3", "{\"mark\": \"bar\", \"encoding\": {\"y\": {\"field\": \"carrier\"}, \"x\": {\"field\": "
                                       "\"delay\", \"type\": \"quantitative\"}}}", &error);
  pa_document_add_note(document, 20, 640, "Delays grow with distance,\nbut not for every carrier.", &error);
  pa_document_add_group(document, (const char *[]){ "q3", "p3", NULL }, "By carrier", &error);
  g_assert_no_error(error);
}

static void
test_shows(void)
{
  fill();
  settle();
  pa_canvas_zoom_to_fit(canvas, FALSE);
  settle();
  take_picture("canvas-fit");
  g_assert_cmpfloat(pa_canvas_get_zoom(canvas), >, 0.1);
  pa_canvas_select(canvas, (const char *[]){ "p1", NULL });
  pa_canvas_zoom_to_fit(canvas, TRUE);
  settle();
  take_picture("canvas-near");
  g_assert_cmpfloat(pa_canvas_get_zoom(canvas), ==, 1);
  pa_canvas_zoom_at(canvas, 600, 400, 0.1);
  settle();
  take_picture("canvas-far");
}

static void
test_moves(void)
{
  int x, y;
  pa_canvas_zoom_to_fit(canvas, FALSE);
  wait_ms(100);
  double before = pa_document_get_node(document, "n1")->x, zoom = pa_canvas_get_zoom(canvas);
  point_at("n1", 0.5, 0.5, &x, &y);
  drag(x, y, 40, 0, NULL);
  double moved = pa_document_get_node(document, "n1")->x - before;
  g_assert_cmpfloat(fabs(moved - 40 / zoom), <, 14);
  g_assert_cmpstr(pa_document_get_undo_label(document), ==, "Move Node");
  xdotool("mousemove %d %d", x + 40, y);
  pa_document_undo(document);
  g_assert_cmpfloat(pa_document_get_node(document, "n1")->x, ==, before);
}

static void
test_selects(void)
{
  int x0, y0, x1, y1;
  point_at("t1", -0.05, -0.05, &x0, &y0);
  point_at("q1", 1.03, 1.03, &x1, &y1);
  pa_canvas_select(canvas, (const char *[]){ NULL });
  drag(x0, y0, x1 - x0, y1 - y0, "shift");
  g_auto(GStrv) ids = pa_canvas_dup_selection(canvas);
  g_assert_true(g_strv_contains((const char *const *)ids, "t1"));
  g_assert_true(g_strv_contains((const char *const *)ids, "q1"));
  g_assert_false(g_strv_contains((const char *const *)ids, "n1"));
  take_picture("canvas-selected");
  guint n = pa_document_get_workspace(document)->nodes->len;
  gtk_widget_grab_focus(GTK_WIDGET(canvas));
  xdotool("key ctrl+d");
  g_assert_cmpuint(pa_document_get_workspace(document)->nodes->len, >, n);
  xdotool("key Delete");
  g_assert_cmpuint(pa_document_get_workspace(document)->nodes->len, ==, n);
  pa_document_undo(document);
  pa_document_undo(document);
  g_assert_cmpuint(pa_document_get_workspace(document)->nodes->len, ==, n);
}

static void
test_connects(void)
{
  int x0, y0, x1, y1;
  pa_canvas_zoom_to_fit(canvas, FALSE);
  wait_ms(100);
  pa_canvas_select(canvas, (const char *[]){ "t1", NULL });
  point_at("t1", 1, 0.5, &x0, &y0);
  point_at("p1", 0.3, 0.5, &x1, &y1);
  drag(x0, y0, x1 - x0, y1 - y0, NULL);
  g_assert_cmpstr(pa_document_get_node(document, "p1")->input, ==, "t1");
  pa_document_undo(document);
  g_assert_cmpstr(pa_document_get_node(document, "p1")->input, ==, "q1");
}

static void
test_zooms(void)
{
  int x, y;
  pa_canvas_zoom_to_fit(canvas, FALSE);
  wait_ms(100);
  double zoom = pa_canvas_get_zoom(canvas);
  graphene_rect_t before, after;
  point_at("q1", 0.5, 0.5, &x, &y);
  pa_canvas_get_node_box(canvas, "q1", &before);
  xdotool("mousemove %d %d", x, y);
  xdotool("keydown ctrl click 4 click 4 keyup ctrl");
  g_assert_cmpfloat(pa_canvas_get_zoom(canvas), >, zoom * 1.2);
  pa_canvas_get_node_box(canvas, "q1", &after);
  /* What is under the pointer stays there. */
  g_assert_cmpfloat(fabsf(before.origin.x + before.size.width / 2 - after.origin.x - after.size.width / 2), <, 3);
  wait_ms(600);
  g_assert_cmpfloat(fabs(pa_document_get_workspace(document)->zoom - pa_canvas_get_zoom(canvas)), <, 0.001);
}

/* Keys alone: from node to node, into a note, out again, search. */
static void
test_keys(void)
{
  gtk_widget_grab_focus(GTK_WIDGET(canvas));
  pa_canvas_select(canvas, (const char *[]){ "n1", NULL });
  xdotool("key Return");
  xdotool("key ctrl+a");
  xdotool("type written");
  xdotool("key Escape");
  g_assert_cmpstr(pa_document_get_node(document, "n1")->text, ==, "written");
  xdotool("key alt+Right");
  g_assert_cmpstr(pa_document_get_undo_label(document), ==, "Move Node");
  xdotool("key ctrl+f");
  xdotool("type by_car");
  wait_ms(400);
  take_picture("canvas-search");
  g_auto(GStrv) ids = pa_canvas_dup_selection(canvas);
  g_assert_cmpuint(g_strv_length(ids), ==, 1);
  xdotool("key Escape");
  g_assert_true(gtk_widget_has_focus(GTK_WIDGET(canvas)));
}

static void
test_dark(void)
{
  adw_style_manager_set_color_scheme(adw_style_manager_get_default(), ADW_COLOR_SCHEME_FORCE_DARK);
  pa_canvas_zoom_to_fit(canvas, FALSE);
  settle();
  take_picture("canvas-dark");
  adw_style_manager_set_color_scheme(adw_style_manager_get_default(), ADW_COLOR_SCHEME_FORCE_LIGHT);
  wait_ms(200);
}

int
main(int argc, char **argv)
{
  g_autofree char *state = g_dir_make_tmp("pika-state-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", state, TRUE);
  g_test_init(&argc, &argv, NULL);
  adw_init();
  document = pa_document_new();
  graph = pa_graph_new(document);
  window = gtk_window_new();
  canvas = PA_CANVAS(pa_canvas_new(document, graph));
  gtk_window_set_decorated(GTK_WINDOW(window), FALSE);
  gtk_window_set_default_size(GTK_WINDOW(window), 1400, 900);
  gtk_window_set_child(GTK_WINDOW(window), GTK_WIDGET(canvas));
  gtk_window_present(GTK_WINDOW(window));
  gtk_widget_grab_focus(GTK_WIDGET(canvas));
  wait_ms(500);
  g_test_add_func("/canvas/shows", test_shows);
  g_test_add_func("/canvas/moves", test_moves);
  g_test_add_func("/canvas/selects", test_selects);
  g_test_add_func("/canvas/connects", test_connects);
  g_test_add_func("/canvas/zooms", test_zooms);
  g_test_add_func("/canvas/keys", test_keys);
  g_test_add_func("/canvas/dark", test_dark);
  return g_test_run();
}
