#include "pk-frame-cache.h"

#include "pk-mem.h"

#include <string.h>

typedef struct {
  char *relation;
  PkFrame *frame;
} Kept;

struct _PkFrameCache {
  GMutex lock;
  gsize limit;
  GPtrArray *kept; /* of Kept; the most recently used last */
};

static void
kept_free(gpointer data)
{
  Kept *kept = data;
  g_free(kept->relation);
  pk_frame_unref(kept->frame);
  g_free(kept);
}

PkFrameCache *
pk_frame_cache_new(gsize limit)
{
  PkFrameCache *self = g_new0(PkFrameCache, 1);
  g_mutex_init(&self->lock);
  self->limit = limit;
  self->kept = g_ptr_array_new_with_free_func(kept_free);
  return self;
}

void
pk_frame_cache_free(PkFrameCache *self)
{
  if (!self)
    return;
  g_ptr_array_unref(self->kept);
  g_mutex_clear(&self->lock);
  g_free(self);
}

static gboolean
holds(const Kept *kept, const PkPlan *plan)
{
  if (strcmp(kept->relation, plan->relation))
    return FALSE;
  for (guint i = 0; i < plan->n_columns; i++)
    if (!pk_frame_find(kept->frame, plan->columns[i].name, NULL))
      return FALSE;
  return TRUE;
}

PkFrame *
pk_frame_cache_lookup(PkFrameCache *self, const PkPlan *plan)
{
  PkFrame *frame = NULL;
  g_mutex_lock(&self->lock);
  for (guint i = self->kept->len; i-- > 0 && !frame;)
    if (holds(self->kept->pdata[i], plan)) {
      Kept *kept = g_ptr_array_steal_index(self->kept, i);
      g_ptr_array_add(self->kept, kept);
      frame = pk_frame_ref(kept->frame);
    }
  g_mutex_unlock(&self->lock);
  return frame;
}

void
pk_frame_cache_add(PkFrameCache *self, const char *relation, PkFrame *frame)
{
  Kept *kept = g_new0(Kept, 1);
  kept->relation = g_strdup(relation);
  kept->frame = pk_frame_ref(frame);
  g_mutex_lock(&self->lock);
  g_ptr_array_add(self->kept, kept);
  g_mutex_unlock(&self->lock);
}

gboolean
pk_frame_cache_make_room(PkFrameCache *self, gsize bytes)
{
  gboolean dropped = FALSE;
  g_mutex_lock(&self->lock);
  while (self->kept->len > 0 && (bytes > self->limit || pk_mem_used() > self->limit - bytes)) {
    g_ptr_array_remove_index(self->kept, 0);
    dropped = TRUE;
  }
  g_mutex_unlock(&self->lock);
  return dropped;
}

void
pk_frame_cache_clear(PkFrameCache *self)
{
  g_mutex_lock(&self->lock);
  g_ptr_array_set_size(self->kept, 0);
  g_mutex_unlock(&self->lock);
}

void
pk_frame_cache_drop(PkFrameCache *self, gboolean (*is_meant)(const char *relation, gpointer data), gpointer data)
{
  g_mutex_lock(&self->lock);
  for (guint i = self->kept->len; i-- > 0;)
    if (is_meant(((Kept *)self->kept->pdata[i])->relation, data))
      g_ptr_array_remove_index(self->kept, i);
  g_mutex_unlock(&self->lock);
}
