#include "pa-activity.h"

#include <glib/gi18n-lib.h>
#include <pika/pika.h>
#include <stdio.h>
#include <unistd.h>

#define LOOK_MS 250
#define SHOWN_AFTER 2 /* looks: what is done at once does not flicker */

struct _PaActivity {
  GtkWidget parent_instance;
  GtkWidget *box, *revealer, *progress, *button, *memory, *details;
  guint timer, busy_looks;
  char *devices; /* NULL: not looked up yet */
  gboolean asked;
};

G_DEFINE_FINAL_TYPE(PaActivity, pa_activity, GTK_TYPE_WIDGET)

static gsize
resident_bytes(void)
{
  unsigned long total = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file)
    return 0;
  if (fscanf(file, "%lu %lu", &total, &resident) != 2)
    resident = 0;
  fclose(file);
  return (gsize)resident * (gsize)sysconf(_SC_PAGESIZE);
}

static gboolean
look(gpointer data)
{
  PaActivity *self = data;
  PikaRuntimeState state;
  pika_runtime_get_state(&state);
  gboolean busy = state.running[PIKA_LANE_QUERY] + state.waiting[PIKA_LANE_QUERY] + state.parked > 0;
  self->busy_looks = busy ? self->busy_looks + 1 : 0;
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), self->busy_looks >= SHOWN_AFTER);
  if (self->busy_looks >= SHOWN_AFTER && gtk_progress_bar_get_fraction(GTK_PROGRESS_BAR(self->progress)) <= 0)
    gtk_progress_bar_pulse(GTK_PROGRESS_BAR(self->progress));
  if (!busy) {
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->progress), 0);
    gtk_progress_bar_set_text(GTK_PROGRESS_BAR(self->progress), _("Running"));
  }
  g_autofree char *memory = g_format_size_full(resident_bytes(), G_FORMAT_SIZE_IEC_UNITS);
  gtk_label_set_text(GTK_LABEL(self->memory), memory);
  return G_SOURCE_CONTINUE;
}

static void
show_details(PaActivity *self)
{
  PikaRuntimeState state;
  pika_runtime_get_state(&state);
  g_autofree char *memory = g_format_size_full(resident_bytes(), G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *text = g_strdup_printf(_("Memory: %s\nWorkers: %u, of which %u run\nDone so far: %" G_GUINT64_FORMAT "\n\n%s"), memory,
                                          state.workers, state.running[0] + state.running[1] + state.running[2], state.done,
                                          self->devices ? self->devices : _("Looking for GPUs…"));
  gtk_label_set_text(GTK_LABEL(self->details), text);
}

static void
described(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaActivity) self = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = pika_describe_devices_finish(result, &error);
  if (!self->box) /* the window has closed */
    return;
  self->devices = text ? g_steal_pointer(&text) : g_strdup(error->message);
  show_details(self);
}

static void
opened(PaActivity *self)
{
  show_details(self);
  if (self->asked)
    return;
  self->asked = TRUE;
  pika_describe_devices_async(NULL, described, g_object_ref(self));
}

void
pa_activity_tell(PaActivity *self, const char *what, double fraction)
{
  gtk_progress_bar_set_text(GTK_PROGRESS_BAR(self->progress), what);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->progress), fraction);
}

static void
dispose(GObject *object)
{
  PaActivity *self = PA_ACTIVITY(object);
  g_clear_handle_id(&self->timer, g_source_remove);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  g_clear_pointer(&self->devices, g_free);
  G_OBJECT_CLASS(pa_activity_parent_class)->dispose(object);
}

static void
pa_activity_class_init(PaActivityClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  G_OBJECT_CLASS(class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/pa-activity.ui");
  gtk_widget_class_bind_template_child(widget, PaActivity, box);
  gtk_widget_class_bind_template_child(widget, PaActivity, revealer);
  gtk_widget_class_bind_template_child(widget, PaActivity, progress);
  gtk_widget_class_bind_template_child(widget, PaActivity, button);
  gtk_widget_class_bind_template_child(widget, PaActivity, memory);
  gtk_widget_class_bind_template_child(widget, PaActivity, details);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
}

static void
pa_activity_init(PaActivity *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  g_signal_connect_swapped(gtk_menu_button_get_popover(GTK_MENU_BUTTON(self->button)), "show", G_CALLBACK(opened), self);
  self->timer = g_timeout_add(LOOK_MS, look, self);
  look(self);
}
