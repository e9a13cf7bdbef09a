/* What is under the pointer, in words. */
#include "pa-plot-view-private.h"

#include <math.h>

static void
append_place(PaPlotView *self, int k, double pixel, GString *out)
{
  const PikaAxisInfo *axis = pika_view_frame_find_axis(self->frame, pa_plot_scale_id(k));
  double value = pa_plot_view_value_at(self, k, pixel);
  if (!axis || !isfinite(value))
    return;
  g_autofree char *text = pika_view_frame_format(self->frame, pa_plot_scale_id(k), value);
  const char *title = axis->title ? axis->title : axis->field;
  g_string_append_printf(out, "%s%s%s%s", out->len ? "\n" : "", title ? title : "", title ? ": " : "", text);
}

void
pa_plot_view_hover(PaPlotView *self, double x, double y)
{
  g_autoptr(GString) text = g_string_new(NULL);
  PikaBox area = self->frame ? pika_view_frame_get_area(self->frame) : (PikaBox){ 0 };
  if (self->frame && x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height) {
    append_place(self, 0, x, text);
    append_place(self, 1, y, text);
  }
  gtk_label_set_text(GTK_LABEL(self->tip), text->str);
  gtk_widget_set_visible(self->tip, text->len > 0);
  gtk_widget_queue_allocate(GTK_WIDGET(self));
}

void
pa_plot_view_leave(PaPlotView *self)
{
  gtk_widget_set_visible(self->tip, FALSE);
}
