#include "pa-layout.h"

#include <math.h>

#define GAP_X 80.0
#define GAP_Y 40.0

void
pa_layout_get_size(PikaNodeKind kind, double *width, double *height)
{
  static const double sizes[][2] = { { 240, 200 }, { 320, 200 }, { 420, 300 }, { 240, 140 }, { 400, 300 } };
  *width = sizes[kind][0];
  *height = sizes[kind][1];
}

static double
snap(double at)
{
  return ceil(at / PA_LAYOUT_GRID) * PA_LAYOUT_GRID;
}

/* The lower edge of a node that is in the way of one at x, y; NAN: none is. */
static double
find_obstacle(const GPtrArray *nodes, const PikaWorkspaceNode *node, double x, double y)
{
  double bottom = NAN;
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *other = nodes->pdata[i];
    if (other == node || other->kind == PIKA_NODE_GROUP)
      continue;
    if (other->x < x + node->width && x < other->x + other->width && other->y < y + node->height + GAP_Y &&
        y < other->y + other->height + GAP_Y)
      bottom = fmax(isnan(bottom) ? -INFINITY : bottom, other->y + other->height);
  }
  return bottom;
}

void
pa_layout_place(const GPtrArray *nodes, const GPtrArray *inputs, const PikaWorkspaceNode *node, double *x, double *y)
{
  *x = *y = 0;
  for (guint i = 0; i < inputs->len; i++) {
    const PikaWorkspaceNode *input = inputs->pdata[i];
    double right = input->x + input->width + GAP_X;
    *x = i == 0 ? right : fmax(*x, right);
    *y = i == 0 ? input->y : fmin(*y, input->y);
  }
  *x = snap(*x);
  *y = snap(*y);
  for (double bottom; !isnan(bottom = find_obstacle(nodes, node, *x, *y));)
    *y = snap(bottom + GAP_Y);
}
