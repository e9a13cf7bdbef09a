/* The application starts, shows a window, and can be left. */
#include "pa-application.h"
#include "pa-window.h"

static gboolean
leave_when_drawn(GtkWidget *widget, GdkFrameClock *clock, gpointer frames)
{
  if (++*(int *)frames < 3)
    return G_SOURCE_CONTINUE;
  g_application_quit(g_application_get_default());
  return G_SOURCE_REMOVE;
}

static void
window_opened(GtkApplication *application, GtkWindow *window, gpointer frames)
{
  g_assert_true(PA_IS_WINDOW(window));
  gtk_widget_add_tick_callback(GTK_WIDGET(window), leave_when_drawn, frames, NULL);
}

static void
test_starts(void)
{
  g_autoptr(PaApplication) application = pa_application_new();
  int frames = 0;
  g_signal_connect(application, "window-added", G_CALLBACK(window_opened), &frames);
  g_assert_cmpint(g_application_run(G_APPLICATION(application), 0, NULL), ==, 0);
  g_assert_cmpint(frames, ==, 3);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/app/starts", test_starts);
  return g_test_run();
}
