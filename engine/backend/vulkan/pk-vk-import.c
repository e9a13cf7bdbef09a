#include "pk-vk-import.h"

#include "pk-mem.h"

typedef struct {
  PkFrame *frame; /* referenced */
  PkVkBuffer *buffer;
} Import;

void
pk_vk_imports_init(PkVkImports *self, PkVkMemory *memory)
{
  self->memory = memory;
  self->imports = g_hash_table_new(NULL, NULL);
  self->bytes = 0;
  /* Chunks are aligned to a page: a device that wants more takes none. */
  gsize alignment = memory->device->import_alignment;
  self->refused = alignment == 0 || alignment > PK_PAGE_SIZE;
}

static void
import_free(PkVkImports *self, Import *import)
{
  self->bytes -= import->buffer->size;
  pk_vk_buffer_free(self->memory, import->buffer);
  pk_frame_unref(import->frame);
  g_free(import);
}

void
pk_vk_imports_drop(PkVkImports *self, const PkFrame *frame)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->imports);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (!frame || ((Import *)value)->frame == frame) {
      g_hash_table_iter_remove(&iter);
      import_free(self, value);
    }
}

void
pk_vk_imports_clear(PkVkImports *self)
{
  if (!self->imports)
    return;
  pk_vk_imports_drop(self, NULL);
  g_clear_pointer(&self->imports, g_hash_table_unref);
}

guint
pk_vk_imports_held(const PkVkImports *self, const PkFrame *frame)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;
  g_hash_table_iter_init(&iter, self->imports);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    n += ((Import *)value)->frame == frame;
  return n;
}

void
pk_vk_imports_each(const PkVkImports *self, void (*func)(PkFrame *frame, gpointer data), gpointer data)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, self->imports);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    func(((Import *)value)->frame, data);
}

const PkVkBuffer *
pk_vk_import(PkVkImports *self, PkFrame *frame, gpointer data, gsize bytes, GError **error)
{
  Import *import = g_hash_table_lookup(self->imports, data);
  g_autoptr(GError) local = NULL;
  if (import)
    return import->buffer;
  if (self->refused)
    return NULL;
  PkVkBuffer *buffer = pk_vk_buffer_import(self->memory, data, (bytes + PK_PAGE_SIZE - 1) & ~(PK_PAGE_SIZE - 1), &local);
  if (!buffer) {
    self->refused = TRUE;
    if (self->memory->device->lost)
      g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
  }
  import = g_new0(Import, 1);
  *import = (Import){ pk_frame_ref(frame), buffer };
  self->bytes += buffer->size;
  g_hash_table_insert(self->imports, data, import);
  return buffer;
}
