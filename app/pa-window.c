#include "pa-window.h"

struct _PaWindow {
  AdwApplicationWindow parent_instance;
};

G_DEFINE_FINAL_TYPE(PaWindow, pa_window, ADW_TYPE_APPLICATION_WINDOW)

static void
pa_window_class_init(PaWindowClass *class)
{
  gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/org/pikaplot/PikaPlot/pa-window.ui");
}

static void
pa_window_init(PaWindow *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
}

PaWindow *
pa_window_new(PaApplication *application)
{
  return g_object_new(PA_TYPE_WINDOW, "application", application, NULL);
}
