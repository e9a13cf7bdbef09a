/* The whole canvas in a corner, with a frame around what is in sight, which can be dragged. */
#pragma once

#include "pa-canvas.h"

G_BEGIN_DECLS

#define PA_TYPE_MINIMAP (pa_minimap_get_type())
G_DECLARE_FINAL_TYPE(PaMinimap, pa_minimap, PA, MINIMAP, GtkWidget)

/* The canvas outlives it. */
GtkWidget *pa_minimap_new(PaCanvas *canvas);

/* Nodes came, went or moved. */
void pa_minimap_invalidate(PaMinimap *self);

G_END_DECLS
