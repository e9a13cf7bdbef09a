#include "pa-application.h"

#include "pa-window.h"

struct _PaApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE(PaApplication, pa_application, ADW_TYPE_APPLICATION)

static void
activate(GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));
  if (!window)
    window = GTK_WINDOW(pa_window_new(PA_APPLICATION(application)));
  gtk_window_present(window);
}

static void
quit_activated(GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_application_quit(G_APPLICATION(application));
}

static void
startup(GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = quit_activated },
  };
  G_APPLICATION_CLASS(pa_application_parent_class)->startup(application);
  g_action_map_add_action_entries(G_ACTION_MAP(application), actions, G_N_ELEMENTS(actions), application);
  gtk_application_set_accels_for_action(GTK_APPLICATION(application), "app.quit", (const char *[]){ "<Control>q", NULL });
}

static void
pa_application_class_init(PaApplicationClass *class)
{
  GApplicationClass *application = G_APPLICATION_CLASS(class);
  application->activate = activate;
  application->startup = startup;
}

static void
pa_application_init(PaApplication *self)
{
}

PaApplication *
pa_application_new(void)
{
  return g_object_new(PA_TYPE_APPLICATION, "application-id", PA_APPLICATION_ID, "resource-base-path",
                      "/org/pikaplot/PikaPlot", NULL);
}
