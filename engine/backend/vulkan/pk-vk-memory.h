/* Memory of a device: buffers with addresses, counted against a budget, and kept for reuse.
 *
 * A buffer belongs to whoever took it. Scratch buffers go back to a pool, since taking memory from the
 * driver costs more than most plans. One thread at a time for each pool. */
#pragma once

#include "pk-vk-device.h"

G_BEGIN_DECLS

typedef enum {
  PK_VK_MEMORY_DEVICE,   /* kernels read and write it */
  PK_VK_MEMORY_UPLOAD,   /* the host writes it, mapped; copied from */
  PK_VK_MEMORY_READBACK, /* the host reads it, mapped and cached; copied to */
  PK_VK_MEMORY_IMPORT,   /* the host's own memory: copied from and read by kernels */
  PK_VK_N_MEMORIES
} PkVkMemoryKind;

typedef struct {
  VkBuffer buffer;
  VkDeviceMemory memory;
  guint64 size;
  guint64 address; /* DEVICE, IMPORT */
  gpointer map;    /* UPLOAD, READBACK */
  PkVkMemoryKind kind;
} PkVkBuffer;

typedef struct {
  PkVkDevice *device; /* borrowed */
  guint64 budget;     /* of DEVICE memory */
  guint64 used;       /* taken, the pool included */
  GPtrArray *idle;    /* of PkVkBuffer* */
} PkVkMemory;

void pk_vk_memory_init(PkVkMemory *self, PkVkDevice *device, guint64 budget);
void pk_vk_memory_clear(PkVkMemory *self);

/* PK_ERROR_LIMIT beyond the budget or what the device has, after the pool has been emptied. */
PkVkBuffer *pk_vk_buffer_new(PkVkMemory *self, guint64 size, PkVkMemoryKind kind, GError **error);
void pk_vk_buffer_free(PkVkMemory *self, PkVkBuffer *buffer);

/* Host memory at data (both multiples of the device's import_alignment), which must outlive the buffer. It counts for no
 * budget. PK_ERROR_LIMIT: the driver does not take it. */
PkVkBuffer *pk_vk_buffer_import(PkVkMemory *self, gpointer data, gsize bytes, GError **error);

/* From and to the pool. */
PkVkBuffer *pk_vk_scratch_take(PkVkMemory *self, guint64 size, PkVkMemoryKind kind, GError **error);
void pk_vk_scratch_give(PkVkMemory *self, PkVkBuffer *buffer);

G_END_DECLS
