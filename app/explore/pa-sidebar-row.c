#include "pa-sidebar-row.h"

#include "pa-histogram.h"

#include <glib/gi18n-lib.h>

struct _PaSidebarRow {
  GtkWidget parent_instance;
  GtkWidget *box, *icon, *name, *details, *progress, *histogram, *doubt;
  GObject *item;
  gulong handler;
};

G_DEFINE_FINAL_TYPE(PaSidebarRow, pa_sidebar_row, GTK_TYPE_WIDGET)

static void
show_table(PaSidebarRow *self, PaTableItem *item)
{
  g_autofree char *report = pa_table_item_dup_report(item);
  double progress = pa_table_item_get_progress(item);
  gboolean loads = !pa_table_item_get_table(item);
  gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), "pa-table-symbolic");
  gtk_label_set_text(GTK_LABEL(self->name), pa_table_item_get_name(item));
  gtk_widget_add_css_class(self->name, "heading");
  gtk_label_set_text(GTK_LABEL(self->details), report);
  gtk_widget_set_visible(self->details, *report != 0);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), pa_table_item_get_path(item));
  gtk_widget_set_visible(self->progress, loads && progress >= 0);
  if (loads && progress >= 0)
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(self->progress), progress);
  gtk_widget_set_visible(self->doubt, pa_table_item_is_doubtful(item));
  gtk_actionable_set_action_target(GTK_ACTIONABLE(self->doubt), "s", pa_table_item_get_name(item));
  gtk_actionable_set_action_name(GTK_ACTIONABLE(self->doubt), "win.import-report");
  gtk_widget_set_visible(self->histogram, FALSE);
}

static void
show_column(PaSidebarRow *self, PaColumnItem *item)
{
  const PikaColumn *column = pa_column_item_get_column(item);
  const PikaColumnProfile *profile = pa_column_item_get_profile(item);
  g_autofree char *summary = pa_column_item_dup_summary(item);
  g_autofree char *tooltip = g_strdup_printf("%s · %s%s%s", column->name, column->type, summary ? "\n" : "", summary ? summary : "");
  gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), pa_kind_get_icon(column->kind));
  gtk_label_set_text(GTK_LABEL(self->name), column->name);
  gtk_widget_remove_css_class(self->name, "heading");
  gtk_label_set_text(GTK_LABEL(self->details), summary ? summary : column->type);
  gtk_widget_set_visible(self->details, TRUE);
  gtk_widget_set_tooltip_text(GTK_WIDGET(self), tooltip);
  gtk_widget_set_visible(self->progress, FALSE);
  gtk_widget_set_visible(self->doubt, FALSE);
  gtk_widget_set_visible(self->histogram, TRUE);
  pa_histogram_set_profile(PA_HISTOGRAM(self->histogram), profile);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
}

static void
refresh(PaSidebarRow *self)
{
  if (PA_IS_TABLE_ITEM(self->item))
    show_table(self, PA_TABLE_ITEM(self->item));
  else if (PA_IS_COLUMN_ITEM(self->item))
    show_column(self, PA_COLUMN_ITEM(self->item));
}

void
pa_sidebar_row_set_item(PaSidebarRow *self, gpointer item)
{
  if (self->item)
    g_clear_signal_handler(&self->handler, self->item);
  g_set_object(&self->item, G_OBJECT(item));
  if (item)
    self->handler = g_signal_connect_swapped(item, "changed", G_CALLBACK(refresh), self);
  refresh(self);
}

static void
dispose(GObject *object)
{
  PaSidebarRow *self = PA_SIDEBAR_ROW(object);
  pa_sidebar_row_set_item(self, NULL);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_sidebar_row_parent_class)->dispose(object);
}

static void
pa_sidebar_row_class_init(PaSidebarRowClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_HISTOGRAM);
  G_OBJECT_CLASS(class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-sidebar-row.ui");
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, box);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, icon);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, name);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, details);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, progress);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, histogram);
  gtk_widget_class_bind_template_child(widget, PaSidebarRow, doubt);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
}

static void
pa_sidebar_row_init(PaSidebarRow *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  gtk_widget_set_hexpand(GTK_WIDGET(self), TRUE);
}
