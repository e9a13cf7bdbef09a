/* Where things stand on the screen: what a person sees may be the last picture, stretched to what they asked for since. */
#include "pa-plot-view-private.h"

#include <math.h>

void
pa_plot_view_get_stretch(PaPlotView *self, int is_y, double *stretch, double *shift)
{
  const char *scale = pa_plot_scale_id(is_y);
  const double *home = g_hash_table_lookup(self->home, scale);
  double from, to;
  *stretch = 1;
  *shift = 0;
  if (!self->frame)
    return;
  if (!pika_view_state_get_domain(self->state, scale, &from, &to)) {
    if (!home)
      return;
    from = home[0];
    to = home[1];
  }
  if (!pika_view_frame_stretch(self->frame, scale, from, to, stretch, shift)) {
    *stretch = 1;
    *shift = 0;
  }
}

void
pa_plot_view_get_edges(PaPlotView *self, int is_y, double *low, double *high)
{
  PikaBox area = pika_view_frame_get_area(self->frame);
  *low = is_y ? area.y : area.x;
  *high = *low + (is_y ? area.height : area.width);
}

/* A pixel of the screen as one of the frame. */
static double
to_frame(PaPlotView *self, int is_y, double pixel)
{
  double stretch, shift;
  pa_plot_view_get_stretch(self, is_y, &stretch, &shift);
  return (pixel - shift) / stretch;
}

double
pa_plot_view_value_at(PaPlotView *self, int is_y, double pixel)
{
  return self->frame ? pika_view_frame_value_at(self->frame, pa_plot_scale_id(is_y), to_frame(self, is_y, pixel)) : NAN;
}

double
pa_plot_view_pixel_at(PaPlotView *self, int is_y, double value)
{
  double stretch, shift;
  if (!self->frame)
    return NAN;
  pa_plot_view_get_stretch(self, is_y, &stretch, &shift);
  return stretch * pika_view_frame_pixel_at(self->frame, pa_plot_scale_id(is_y), value) + shift;
}

gboolean
pa_plot_view_show_between(PaPlotView *self, int is_y, double low, double high)
{
  const char *scale = pa_plot_scale_id(is_y);
  double from, to;
  return self->frame &&
         pika_view_frame_box(self->frame, scale, to_frame(self, is_y, low), to_frame(self, is_y, high), &from, &to) &&
         pika_view_state_set_domain(self->state, scale, from, to);
}

void
pa_plot_view_zoom_at(PaPlotView *self, const gboolean along[2], double x, double y, double factor)
{
  const double at[2] = { x, y };
  for (int k = 0; self->frame && k < 2; k++) {
    double low, high;
    pa_plot_view_get_edges(self, k, &low, &high);
    double pixel = CLAMP(at[k], low, high);
    if (along[k])
      pa_plot_view_show_between(self, k, pixel + (low - pixel) / factor, pixel + (high - pixel) / factor);
  }
  pa_plot_view_redraw(self);
}

void
pa_plot_view_pan_by(PaPlotView *self, const gboolean along[2], double dx, double dy)
{
  const double by[2] = { dx, dy };
  for (int k = 0; self->frame && k < 2; k++) {
    double low, high;
    pa_plot_view_get_edges(self, k, &low, &high);
    if (along[k] && by[k] != 0)
      pa_plot_view_show_between(self, k, low - by[k], high - by[k]);
  }
  pa_plot_view_redraw(self);
}
