#include "app-driver.h"

#include "pa-plot-view.h"

#include <string.h>
#include <time.h>

#define PATIENCE_S 60

static gint64 watch_last, watch_longest, cpu_last, cpu_longest;
static GPollFunc watched_poll;

/* --- how long a turn of the loop takes: from the return of one poll to the next --- */

static gint64
thread_time(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint
timed_poll(GPollFD *fds, guint n, gint timeout)
{
  gint64 now = g_get_monotonic_time();
  if (watch_last > 0) {
    watch_longest = MAX(watch_longest, now - watch_last);
    cpu_longest = MAX(cpu_longest, thread_time() - cpu_last);
  }
  gint ready = watched_poll(fds, n, timeout);
  watch_last = g_get_monotonic_time();
  cpu_last = thread_time();
  return ready;
}

void
driver_watch(Driver *self)
{
  if (!watched_poll) {
    watched_poll = g_main_context_get_poll_func(NULL);
    g_main_context_set_poll_func(NULL, timed_poll);
  }
  watch_longest = cpu_longest = 0;
  watch_last = 0;
}

double
driver_get_longest_ms(Driver *self)
{
  return (double)watch_longest / 1000;
}

double
driver_get_longest_cpu_ms(Driver *self)
{
  return (double)cpu_longest / 1000;
}

/* --- waiting --- */

void
driver_wait(Driver *self, const char *what, DriverCondition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time() + PATIENCE_S * G_USEC_PER_SEC;
  while (!condition(self, data)) {
    if (g_get_monotonic_time() > end) {
      driver_shot(self, "failed");
      g_error("waited in vain until %s", what);
    }
    g_main_context_iteration(NULL, TRUE);
  }
}

static gboolean
ended(gpointer done)
{
  *(gboolean *)done = TRUE;
  return G_SOURCE_REMOVE;
}

void
driver_run_for(Driver *self, guint ms)
{
  gboolean done = FALSE;
  g_timeout_add(ms, ended, &done);
  while (!done)
    g_main_context_iteration(NULL, TRUE);
}

/* --- start and stop --- */

void
driver_start(Driver *self, const char *const *paths)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_object_unref);
  for (; paths && *paths; paths++)
    g_ptr_array_add(files, g_file_new_for_commandline_arg(*paths));
  static PaApplication *application; /* of the process: GTK has one at a time on a bus */
  if (!application) {
    application = pa_application_new();
    g_application_set_flags(G_APPLICATION(application), G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
    g_assert_true(g_application_register(G_APPLICATION(application), NULL, NULL));
    g_application_hold(G_APPLICATION(application));
  }
  self->application = application;
  if (files->len > 0)
    g_application_open(G_APPLICATION(self->application), (GFile **)files->pdata, (int)files->len, "");
  else
    g_application_activate(G_APPLICATION(self->application));
  self->window = PA_WINDOW(gtk_application_get_active_window(GTK_APPLICATION(self->application)));
  g_assert_nonnull(self->window);
}

void
driver_stop(Driver *self)
{
  GtkWindow *window = GTK_WINDOW(self->window);
  g_object_add_weak_pointer(G_OBJECT(window), (gpointer *)&window);
  gtk_window_close(window);
  g_autoptr(GList) windows = gtk_window_list_toplevels();
  for (GList *i = windows; i; i = i->next) /* asked whether to save */
    if (ADW_IS_MESSAGE_DIALOG(i->data))
      adw_message_dialog_response(i->data, "discard");
  for (guint i = 0; window && i < 200; i++)
    driver_run_for(self, 10);
  g_assert_null(window);
  driver_run_for(self, 100);
}

/* --- pictures and files --- */

void
driver_shot(Driver *self, const char *name)
{
  driver_shot_of(self, GTK_WIDGET(self->window), name);
}

void
driver_shot_of(Driver *self, GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv("PIKA_SHOTS");
  driver_run_for(self, 400); /* animations and the last frame */
  if (!folder)
    return;
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(widget);
  int width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget);
  GtkSnapshot *snapshot = gtk_snapshot_new();
  gdk_paintable_snapshot(paintable, snapshot, width, height);
  g_autoptr(GskRenderNode) node = gtk_snapshot_free_to_node(snapshot);
  GskRenderer *renderer = gtk_native_get_renderer(GTK_NATIVE(widget));
  g_autoptr(GdkTexture) texture = gsk_renderer_render_texture(renderer, node, &GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height));
  g_autofree char *file = g_strdup_printf("%s.png", name);
  g_autofree char *path = g_build_filename(folder, file, NULL);
  g_assert_true(gdk_texture_save_to_png(texture, path));
}

char *
driver_write(const char *name, const char *text)
{
  char *path = g_build_filename(g_get_home_dir(), name, NULL);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  return path;
}

/* --- conditions --- */

gboolean
driver_has_table(Driver *self, gpointer name)
{
  PaTableItem *item = pa_catalog_find(pa_window_get_catalog(self->window), name);
  g_autoptr(PaColumnItem) column = item ? g_list_model_get_item(G_LIST_MODEL(pa_table_item_get_columns(item)), 0) : NULL;
  return column && pa_column_item_get_profile(column);
}

gboolean
driver_has_rows(Driver *self, gpointer n)
{
  PaResultView *view = pa_explore_get_result_view(pa_window_get_explore(self->window));
  PikaResult *result = pa_grid_get_result(pa_result_view_get_grid(view));
  return !pa_result_view_is_busy(view) && result && pika_result_get_n_rows(result) == GPOINTER_TO_INT(n);
}

gboolean
driver_has_offers(Driver *self, gpointer unused)
{
  return pa_plot_pane_get_n_offers(pa_explore_get_plot_pane(pa_window_get_explore(self->window))) > 0;
}

static GtkWidget *
find_plot(GtkWidget *widget)
{
  if (PA_IS_PLOT_VIEW(widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child(widget); child; child = gtk_widget_get_next_sibling(child)) {
    GtkWidget *found = find_plot(child);
    if (found)
      return found;
  }
  return NULL;
}

gboolean
driver_has_plot(Driver *self, gpointer unused)
{
  GtkWidget *plot = find_plot(GTK_WIDGET(pa_window_get_explore(self->window)));
  return plot && pa_plot_view_get_frame(PA_PLOT_VIEW(plot)) != NULL;
}
