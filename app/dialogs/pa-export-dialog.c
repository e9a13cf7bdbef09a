#include "pa-export-dialog.h"

#include <glib/gi18n-lib.h>

struct _PaExportDialog {
  AdwWindow parent_instance;
  GtkWidget *export, *format, *scale_row, *scale, *ppi_row, *ppi, *transparent_row, *transparent;
  PaExportFormat formats[PA_N_EXPORTS]; /* as the list has them */
};

G_DEFINE_FINAL_TYPE(PaExportDialog, pa_export_dialog, ADW_TYPE_WINDOW)

static guint chosen;

static PaExportFormat
get_format(PaExportDialog *self)
{
  return self->formats[adw_combo_row_get_selected(ADW_COMBO_ROW(self->format))];
}

static void
format_chosen(PaExportDialog *self)
{
  PaExportFormat format = get_format(self);
  gtk_widget_set_visible(self->scale_row, format == PA_EXPORT_PNG);
  gtk_widget_set_visible(self->ppi_row, format == PA_EXPORT_PNG);
  gtk_widget_set_visible(self->transparent_row, format == PA_EXPORT_PNG || format == PA_EXPORT_SVG);
}

static void
file_chosen(GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr(PaExportDialog) self = data;
  g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
  g_autofree char *path = file ? g_file_get_path(file) : NULL;
  PaExport what = {
    .format = get_format(self), .scale = gtk_spin_button_get_value(GTK_SPIN_BUTTON(self->scale)),
    .ppi = gtk_spin_button_get_value(GTK_SPIN_BUTTON(self->ppi)), .transparent = gtk_switch_get_active(GTK_SWITCH(self->transparent)),
  };
  if (response == GTK_RESPONSE_ACCEPT && path) {
    g_signal_emit(self, chosen, 0, &what, path);
    gtk_window_close(GTK_WINDOW(self));
  }
  gtk_native_dialog_destroy(dialog);
  g_object_unref(dialog);
}

static void
export_clicked(PaExportDialog *self)
{
  g_autofree char *name = g_strconcat(_("plot"), pa_export_get_suffix(get_format(self)), NULL);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new(_("Export"), GTK_WINDOW(self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              _("_Export"), NULL);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), name);
  g_signal_connect(chooser, "response", G_CALLBACK(file_chosen), g_object_ref(self));
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

static void
pa_export_dialog_class_init(PaExportDialogClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  chosen = g_signal_new("chosen", PA_TYPE_EXPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER,
                        G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/dialogs/pa-export-dialog.ui");
  gtk_widget_class_bind_template_child(widget, PaExportDialog, export);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, format);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, scale_row);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, scale);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, ppi_row);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, ppi);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, transparent_row);
  gtk_widget_class_bind_template_child(widget, PaExportDialog, transparent);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pa_export_dialog_init(PaExportDialog *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  g_signal_connect_swapped(self->export, "clicked", G_CALLBACK(export_clicked), self);
}

PaExportDialog *
pa_export_dialog_new(GtkWindow *parent, gboolean has_plot, gboolean has_rows)
{
  PaExportDialog *self = g_object_new(PA_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);
  guint n = 0;
  for (PaExportFormat format = 0; format < PA_N_EXPORTS; format++)
    if (pa_export_is_rows(format) ? has_rows : has_plot) {
      self->formats[n++] = format;
      gtk_string_list_append(names, pa_export_get_name(format));
    }
  adw_combo_row_set_model(ADW_COMBO_ROW(self->format), G_LIST_MODEL(names));
  g_signal_connect_swapped(self->format, "notify::selected", G_CALLBACK(format_chosen), self);
  format_chosen(self);
  return self;
}
