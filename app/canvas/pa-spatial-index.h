/* Which of many boxes a rectangle meets: a grid of square cells, of which only those with something in them are kept. */
#pragma once

#include <graphene.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct PaSpatialIndex PaSpatialIndex;

PaSpatialIndex *pa_spatial_index_new(void);
void pa_spatial_index_free(PaSpatialIndex *self);

/* A box is known by its pointer. To set it anew moves it. */
void pa_spatial_index_set(PaSpatialIndex *self, gpointer item, const graphene_rect_t *box);
void pa_spatial_index_remove(PaSpatialIndex *self, gpointer item);
void pa_spatial_index_clear(PaSpatialIndex *self);

/* Appends every item once whose box meets the rectangle, in no order. */
void pa_spatial_index_find(PaSpatialIndex *self, const graphene_rect_t *within, GPtrArray *found);
/* The box around all; FALSE: there is none. */
gboolean pa_spatial_index_get_extents(PaSpatialIndex *self, graphene_rect_t *extents);

G_END_DECLS
