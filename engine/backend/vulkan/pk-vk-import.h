/* Chunks of frames as memory of the device (VK_EXT_external_memory_host): a chunk is imported once, kept as long as its
 * frame, and read by copies or, where device memory is host memory, by kernels as it lies.
 *
 * Each import holds a reference to its frame; who drops it (pk_vk_imports_drop) sees to it that no command reads it any
 * more. One thread at a time. */
#pragma once

#include "pk-frame.h"

#include "pk-vk-memory.h"

G_BEGIN_DECLS

typedef struct {
  PkVkMemory *memory;  /* borrowed */
  GHashTable *imports; /* address on the host → what was made of it */
  guint64 bytes;
  gboolean refused;    /* the driver did not take one: none is tried any more */
} PkVkImports;

void pk_vk_imports_init(PkVkImports *self, PkVkMemory *memory);
void pk_vk_imports_clear(PkVkImports *self);

/* Page-aligned memory of a chunk as a buffer, borrowed. NULL where the device or the driver takes none (not an error),
 * and, with *error, where the device is lost. */
const PkVkBuffer *pk_vk_import(PkVkImports *self, PkFrame *frame, gpointer data, gsize bytes, GError **error);

/* How many references to the frame are held here, and the end of them. */
guint pk_vk_imports_held(const PkVkImports *self, const PkFrame *frame);
void pk_vk_imports_drop(PkVkImports *self, const PkFrame *frame);

/* Calls func for each frame of which there are imports, once an import. */
void pk_vk_imports_each(const PkVkImports *self, void (*func)(PkFrame *frame, gpointer data), gpointer data);

G_END_DECLS
