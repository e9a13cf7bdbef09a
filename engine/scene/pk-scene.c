#include "pk-scene.h"

#include "pk-scale.h"

#include <string.h>

PkScene *
pk_scene_new(void)
{
  PkScene *self = g_new0(PkScene, 1);
  self->strings = g_string_chunk_new(1024);
  self->owned = g_ptr_array_new_with_free_func(g_free);
  self->scales = g_ptr_array_new_with_free_func((GDestroyNotify)pk_scale_free);
  self->warnings = g_ptr_array_new();
  return self;
}

void
pk_scene_free(PkScene *self)
{
  if (!self)
    return;
  g_string_chunk_free(self->strings);
  g_ptr_array_free(self->owned, TRUE);
  g_ptr_array_free(self->scales, TRUE);
  g_ptr_array_free(self->warnings, TRUE);
  g_free(self);
}

const char *
pk_scene_intern(PkScene *self, const char *text)
{
  return text ? g_string_chunk_insert_const(self->strings, text) : NULL;
}

void
pk_scene_warn(PkScene *self, const char *text)
{
  const char *kept = pk_scene_intern(self, text);
  if (!g_ptr_array_find(self->warnings, kept, NULL))
    g_ptr_array_add(self->warnings, (gpointer)kept);
}

gpointer
pk_scene_alloc(PkScene *self, gsize n, gsize size)
{
  if (n == 0 || size == 0)
    return NULL;
  gpointer memory = g_malloc0_n(n, size);
  g_ptr_array_add(self->owned, memory);
  return memory;
}
