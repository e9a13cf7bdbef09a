/* Snapping: edges and centres of what is moved meet those of what stands in sight, else the grid. */
#include "pa-canvas-private.h"
#include "pa-layout.h"

#include <math.h>

#define REACH 6.0 /* px of the screen */

/* The nearest of three lines of a box to one of another: *by becomes the way there if it is shorter. */
static void
try_lines(const double moved[3], const double other[3], double *by, double *line)
{
  for (guint i = 0; i < 3; i++)
    for (guint k = 0; k < 3; k++)
      if (fabs(other[k] - moved[i]) < fabs(*by)) {
        *by = other[k] - moved[i];
        *line = other[k];
      }
}

static void
lines_of(const graphene_rect_t *box, double x[3], double y[3])
{
  for (guint i = 0; i < 3; i++) {
    x[i] = box->origin.x + box->size.width * i / 2;
    y[i] = box->origin.y + box->size.height * i / 2;
  }
}

void
pa_canvas_snap(PaCanvas *self, const graphene_rect_t *moved, double *dx, double *dy)
{
  int width = gtk_widget_get_width(GTK_WIDGET(self)), height = gtk_widget_get_height(GTK_WIDGET(self));
  graphene_rect_t sight = GRAPHENE_RECT_INIT((float)self->x, (float)self->y, (float)(width / self->zoom),
                                             (float)(height / self->zoom));
  graphene_rect_t box = *moved;
  g_autoptr(GPtrArray) near = g_ptr_array_new();
  double by_x = REACH / self->zoom, by_y = by_x, x[3], y[3], other_x[3], other_y[3];
  self->guide_x = self->guide_y = NAN;
  graphene_rect_offset(&box, (float)*dx, (float)*dy);
  lines_of(&box, x, y);
  pa_spatial_index_find(self->index, &sight, near);
  for (guint i = 0; i < near->len && near->len < 500; i++) {
    const PaCanvasItem *item = near->pdata[i];
    if (item->selected || item->kind == PIKA_NODE_GROUP)
      continue;
    lines_of(&item->box, other_x, other_y);
    try_lines(x, other_x, &by_x, &self->guide_x);
    try_lines(y, other_y, &by_y, &self->guide_y);
  }
  const double grid = PA_LAYOUT_GRID / 2;
  *dx = isnan(self->guide_x) ? round(box.origin.x / grid) * grid - moved->origin.x : *dx + by_x;
  *dy = isnan(self->guide_y) ? round(box.origin.y / grid) * grid - moved->origin.y : *dy + by_y;
}
