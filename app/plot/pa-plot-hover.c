/* What is under the pointer, in words: at once where it is on the axes, and as soon as it is known, which mark. */
#include "pa-plot-view-private.h"

#include <math.h>

#define REACH 5.0 /* px around the pointer in which a mark is meant */

static void
show_tip(PaPlotView *self, const char *text)
{
  gtk_label_set_text(GTK_LABEL(self->tip), text);
  gtk_widget_set_visible(self->tip, *text != '\0');
  gtk_widget_queue_allocate(GTK_WIDGET(self));
}

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

static void
show_place(PaPlotView *self)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (int k = 0; k < 2; k++)
    append_place(self, k, self->pointer[k], text);
  show_tip(self, text->str);
}

static void
show_pick(PaPlotView *self, const PikaPick *pick)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; pick->names[i]; i++)
    g_string_append_printf(text, "%s%s: %s", i ? "\n" : "", pick->names[i], pick->values[i]);
  show_tip(self, text->str);
}

/* The pointer is asked about once more where it has moved on meanwhile. */
static void
picked(GObject *source, GAsyncResult *result, gpointer data)
{
  PaPlotView *self = data;
  g_autoptr(GError) error = NULL; /* a newer picture, or none: the place stays told */
  g_autoptr(PikaPick) pick = pika_view_pick_finish(result, &error);
  gboolean moved = self->asked[0] != self->pointer[0] || self->asked[1] != self->pointer[1];
  self->asking = FALSE;
  if (self->has_pointer && self->hovering && moved)
    pa_plot_view_hover(self, self->pointer[0], self->pointer[1]);
  else if (self->has_pointer && self->hovering && pick)
    show_pick(self, pick);
  else if (self->has_pointer && self->hovering)
    show_place(self);
  g_object_unref(self);
}

void
pa_plot_view_hover(PaPlotView *self, double x, double y)
{
  PikaBox area = self->frame ? pika_view_frame_get_area(self->frame) : (PikaBox){ 0 };
  self->hovering = self->frame && x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
  if (!self->hovering) {
    pa_plot_view_leave(self);
    return;
  }
  if (!self->tip_is_shown)
    show_place(self);
  self->tip_is_shown = TRUE;
  gtk_widget_queue_allocate(GTK_WIDGET(self));
  if (self->asking || self->drawing)
    return;
  self->asking = TRUE;
  self->asked[0] = x;
  self->asked[1] = y;
  pika_view_pick_async(self->view, self->frame, x, y, REACH, NULL, picked, g_object_ref(self));
}

void
pa_plot_view_leave(PaPlotView *self)
{
  self->hovering = self->tip_is_shown = FALSE;
  gtk_widget_set_visible(self->tip, FALSE);
}
