#include "pa-spatial-index.h"

#include <math.h>

/* Some nodes wide, so that most boxes lie in one or two cells. */
#define CELL 1024.0

typedef struct {
  gpointer item;
  graphene_rect_t box;
  int left, top, right, bottom; /* cells */
  guint64 seen;                 /* the number of the last question that found it */
} Box;

struct PaSpatialIndex {
  GHashTable *boxes; /* item → Box */
  GHashTable *cells; /* gint64 → GPtrArray of Box */
  guint64 asked;
};

static gint64
cell_key(int x, int y)
{
  return (gint64)(((guint64)(guint32)x << 32) | (guint32)y);
}

PaSpatialIndex *
pa_spatial_index_new(void)
{
  PaSpatialIndex *self = g_new0(PaSpatialIndex, 1);
  self->boxes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  self->cells = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return self;
}

void
pa_spatial_index_free(PaSpatialIndex *self)
{
  g_hash_table_unref(self->cells);
  g_hash_table_unref(self->boxes);
  g_free(self);
}

static void
leave_cells(PaSpatialIndex *self, Box *box)
{
  for (int x = box->left; x <= box->right; x++)
    for (int y = box->top; y <= box->bottom; y++) {
      gint64 key = cell_key(x, y);
      GPtrArray *cell = g_hash_table_lookup(self->cells, &key);
      g_ptr_array_remove_fast(cell, box);
      if (cell->len == 0)
        g_hash_table_remove(self->cells, &key);
    }
}

static void
enter_cells(PaSpatialIndex *self, Box *box)
{
  for (int x = box->left; x <= box->right; x++)
    for (int y = box->top; y <= box->bottom; y++) {
      gint64 key = cell_key(x, y);
      GPtrArray *cell = g_hash_table_lookup(self->cells, &key);
      if (!cell)
        g_hash_table_insert(self->cells, g_memdup2(&key, sizeof key), cell = g_ptr_array_new());
      g_ptr_array_add(cell, box);
    }
}

void
pa_spatial_index_set(PaSpatialIndex *self, gpointer item, const graphene_rect_t *rect)
{
  Box *box = g_hash_table_lookup(self->boxes, item);
  if (box)
    leave_cells(self, box);
  else
    g_hash_table_insert(self->boxes, item, box = g_new0(Box, 1));
  box->item = item;
  box->box = *rect;
  box->left = (int)floor(rect->origin.x / CELL);
  box->top = (int)floor(rect->origin.y / CELL);
  box->right = (int)floor((rect->origin.x + rect->size.width) / CELL);
  box->bottom = (int)floor((rect->origin.y + rect->size.height) / CELL);
  enter_cells(self, box);
}

void
pa_spatial_index_remove(PaSpatialIndex *self, gpointer item)
{
  Box *box = g_hash_table_lookup(self->boxes, item);
  if (box)
    leave_cells(self, box);
  g_hash_table_remove(self->boxes, item);
}

void
pa_spatial_index_clear(PaSpatialIndex *self)
{
  g_hash_table_remove_all(self->cells);
  g_hash_table_remove_all(self->boxes);
}

static void
take(PaSpatialIndex *self, Box *box, const graphene_rect_t *within, GPtrArray *found)
{
  if (box->seen == self->asked)
    return;
  box->seen = self->asked;
  if (graphene_rect_intersection(&box->box, within, NULL))
    g_ptr_array_add(found, box->item);
}

void
pa_spatial_index_find(PaSpatialIndex *self, const graphene_rect_t *within, GPtrArray *found)
{
  double left = floor(within->origin.x / CELL), right = floor((within->origin.x + within->size.width) / CELL);
  double top = floor(within->origin.y / CELL), bottom = floor((within->origin.y + within->size.height) / CELL);
  GHashTableIter iter;
  gpointer box;
  self->asked++;
  if ((right - left + 1) * (bottom - top + 1) > g_hash_table_size(self->cells)) {
    g_hash_table_iter_init(&iter, self->boxes);
    while (g_hash_table_iter_next(&iter, NULL, &box))
      take(self, box, within, found);
    return;
  }
  for (int x = (int)left; x <= (int)right; x++)
    for (int y = (int)top; y <= (int)bottom; y++) {
      gint64 key = cell_key(x, y);
      GPtrArray *cell = g_hash_table_lookup(self->cells, &key);
      for (guint i = 0; cell && i < cell->len; i++)
        take(self, cell->pdata[i], within, found);
    }
}

gboolean
pa_spatial_index_get_extents(PaSpatialIndex *self, graphene_rect_t *extents)
{
  GHashTableIter iter;
  gpointer box;
  gboolean any = FALSE;
  g_hash_table_iter_init(&iter, self->boxes);
  while (g_hash_table_iter_next(&iter, NULL, &box)) {
    if (any)
      graphene_rect_union(extents, &((Box *)box)->box, extents);
    else
      *extents = ((Box *)box)->box;
    any = TRUE;
  }
  return any;
}
