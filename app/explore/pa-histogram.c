#include "pa-histogram.h"

#include <glib/gi18n-lib.h>
#include <math.h>

struct _PaHistogram {
  GtkWidget parent_instance;
  guint n;
  gint64 *counts;
  gboolean are_values; /* bars of separate values, with gaps between them */
};

G_DEFINE_FINAL_TYPE(PaHistogram, pa_histogram, GTK_TYPE_WIDGET)

void
pa_histogram_set_profile(PaHistogram *self, const PikaColumnProfile *profile)
{
  g_clear_pointer(&self->counts, g_free);
  self->n = 0;
  if (profile && profile->has_histogram && profile->n_bins > 0) {
    self->n = profile->n_bins;
    self->counts = g_memdup2(profile->bins, profile->n_bins * sizeof *profile->bins);
    self->are_values = profile->bin_labels != NULL;
  }
  if (profile && profile->bin_labels && profile->bin_labels[0]) {
    g_autofree char *text = g_strdup_printf(_("Most frequent: %s"), profile->bin_labels[0]);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  }
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  PaHistogram *self = PA_HISTOGRAM(widget);
  double width = gtk_widget_get_width(widget), height = gtk_widget_get_height(widget), most = 1;
  gboolean rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL && self->are_values;
  GdkRGBA color;
  if (self->n == 0)
    return;
  if (!gtk_style_context_lookup_color(gtk_widget_get_style_context(widget), "accent_bg_color", &color))
    gtk_style_context_get_color(gtk_widget_get_style_context(widget), &color);
  for (guint i = 0; i < self->n; i++)
    most = MAX(most, (double)self->counts[i]);
  double step = MIN(width / self->n, self->are_values ? 9 : width), gap = step > 3 ? 1 : 0;
  for (guint i = 0; i < self->n; i++) {
    double bar = self->counts[i] > 0 ? MAX(1, height * (double)self->counts[i] / most) : 0;
    double x = rtl ? width - (i + 1) * step : i * step;
    gtk_snapshot_append_color(snapshot, &color, &GRAPHENE_RECT_INIT((float)x, (float)(height - bar), (float)(step - gap), (float)bar));
  }
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
        int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 72 : 22;
}

static void
finalize(GObject *object)
{
  g_free(PA_HISTOGRAM(object)->counts);
  G_OBJECT_CLASS(pa_histogram_parent_class)->finalize(object);
}

static void
pa_histogram_class_init(PaHistogramClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  G_OBJECT_CLASS(class)->finalize = finalize;
  widget->snapshot = snapshot;
  widget->measure = measure;
  gtk_widget_class_set_css_name(widget, "pa-histogram");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pa_histogram_init(PaHistogram *self)
{
}
