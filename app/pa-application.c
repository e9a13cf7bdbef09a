#include "pa-application.h"

#include "pa-window.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>
#include <pika/pika.h>

struct _PaApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE(PaApplication, pa_application, ADW_TYPE_APPLICATION)

static PaWindow *
new_window(GApplication *application)
{
  PaWindow *window = pa_window_new(PA_APPLICATION(application));
  gtk_window_present(GTK_WINDOW(window));
  return window;
}

static void
activate(GApplication *application)
{
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));
  if (window)
    gtk_window_present(window);
  else
    new_window(application);
}

static void
open_files(GApplication *application, GFile **files, int n_files, const char *hint)
{
  GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));
  PaWindow *target = window && PA_IS_WINDOW(window) && pa_window_is_empty(PA_WINDOW(window)) ? PA_WINDOW(window) : new_window(application);
  pa_window_open(target, files, (guint)n_files);
  gtk_window_present(GTK_WINDOW(target));
}

static void
new_window_activated(GSimpleAction *action, GVariant *parameter, gpointer application)
{
  new_window(application);
}

static void
about_activated(GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_autofree char *details = g_strdup_printf(_("DuckDB %s inside; nothing leaves this machine."), pika_engine_version());
  adw_show_about_window(gtk_application_get_active_window(application), "application-name", _("Pika-Plot"), "application-icon",
                        PA_APPLICATION_ID, "version", pika_version(), "comments",
                        _("Open any table, ask in SQL, see every row as a plot."), "license-type", GTK_LICENSE_MIT_X11,
                        "debug-info", details, NULL);
}

static void
quit_activated(GSimpleAction *action, GVariant *parameter, gpointer application)
{
  g_application_quit(G_APPLICATION(application));
}

static void
set_keys(GtkApplication *application)
{
  static const struct { const char *action, *keys[3]; } accels[] = {
    { "app.quit", { "<Control>q" } },
    { "app.new-window", { "<Control>n" } },
    { "window.close", { "<Control>w" } },
    { "win.open", { "<Control>o" } },
    { "win.save", { "<Control>s" } },
    { "win.save-as", { "<Control><Shift>s" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.stop", { "<Control>period" } },
    { "win.palette", { "<Control>k" } },
    { "win.export", { "<Control>e" } },
    { "win.show-text", { "F8" } },
    { "win.switch-view", { "F9", "<Control>Tab" } },
    { "win.focus-sql", { "<Control>l" } },
  };
  for (guint i = 0; i < G_N_ELEMENTS(accels); i++)
    gtk_application_set_accels_for_action(application, accels[i].action, accels[i].keys);
}

static void
startup(GApplication *application)
{
  static const GActionEntry actions[] = {
    { .name = "quit", .activate = quit_activated },
    { .name = "new-window", .activate = new_window_activated },
    { .name = "about", .activate = about_activated },
  };
  g_autoptr(GError) error = NULL;
  G_APPLICATION_CLASS(pa_application_parent_class)->startup(application);
  gtk_source_init();
  if (!pika_runtime_publish(&error)) /* undone as the process exits */
    g_message("pika top cannot see this: %s", error->message);
  g_action_map_add_action_entries(G_ACTION_MAP(application), actions, G_N_ELEMENTS(actions), application);
  set_keys(GTK_APPLICATION(application));
}

static void
pa_application_class_init(PaApplicationClass *class)
{
  GApplicationClass *application = G_APPLICATION_CLASS(class);
  application->activate = activate;
  application->open = open_files;
  application->startup = startup;
}

static void
pa_application_init(PaApplication *self)
{
}

PaApplication *
pa_application_new(void)
{
  return g_object_new(PA_TYPE_APPLICATION, "application-id", PA_APPLICATION_ID, "flags", G_APPLICATION_HANDLES_OPEN,
                      "resource-base-path", "/org/pikaplot/PikaPlot", NULL);
}
