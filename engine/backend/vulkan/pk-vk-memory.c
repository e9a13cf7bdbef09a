#include "pk-vk-memory.h"

#include "pk-error.h"

#define LEAST_SCRATCH ((guint64)1 << 16)
#define MOST_IDLE 64

void
pk_vk_memory_init(PkVkMemory *self, PkVkDevice *device, guint64 budget)
{
  self->device = device;
  self->budget = budget;
  self->used = 0;
  self->idle = g_ptr_array_new();
}

static void
empty_pool(PkVkMemory *self)
{
  while (self->idle->len > 0)
    pk_vk_buffer_free(self, g_ptr_array_steal_index_fast(self->idle, self->idle->len - 1));
}

void
pk_vk_memory_clear(PkVkMemory *self)
{
  if (!self->idle)
    return;
  empty_pool(self);
  g_clear_pointer(&self->idle, g_ptr_array_unref);
}

/* The first type that has all wanted properties and, if one does, those that would be nice. */
static guint32
find_type(const PkVkDevice *device, guint32 allowed, PkVkMemoryKind kind)
{
  static const struct { VkMemoryPropertyFlags must, nice, better_not; } wanted[] = {
    [PK_VK_MEMORY_DEVICE] = { VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT },
    [PK_VK_MEMORY_UPLOAD] = { VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT, 0,
                              VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT },
    [PK_VK_MEMORY_IMPORT] = { VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT, 0, 0 },
    [PK_VK_MEMORY_READBACK] = { VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                                VK_MEMORY_PROPERTY_HOST_CACHED_BIT, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT },
  };
  const VkPhysicalDeviceMemoryProperties *p = &device->memory_properties;
  guint32 best = G_MAXUINT32;
  int best_score = -1;
  for (guint32 i = 0; i < p->memoryTypeCount; i++) {
    VkMemoryPropertyFlags flags = p->memoryTypes[i].propertyFlags;
    if (!(allowed >> i & 1) || (flags & wanted[kind].must) != wanted[kind].must)
      continue;
    int score = ((flags & wanted[kind].nice) == wanted[kind].nice ? 2 : 0) + (flags & wanted[kind].better_not ? 0 : 1);
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  return best;
}

static gboolean
bind_memory(PkVkMemory *self, PkVkBuffer *b, GError **error)
{
  PkVkDevice *d = self->device;
  VkMemoryRequirements need;
  d->api.GetBufferMemoryRequirements(d->device, b->buffer, &need);
  VkMemoryAllocateFlagsInfo flags = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                      .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT };
  VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                .pNext = b->kind == PK_VK_MEMORY_DEVICE ? &flags : NULL,
                                .allocationSize = need.size,
                                .memoryTypeIndex = find_type(d, need.memoryTypeBits, b->kind) };
  if (info.memoryTypeIndex == G_MAXUINT32)
    return pk_fail(error, PK_ERROR_LIMIT, "the Vulkan device has no memory of the kind that is needed");
  if (!pk_vk_check(d, d->api.AllocateMemory(d->device, &info, NULL, &b->memory), "allocate memory", error) ||
      !pk_vk_check(d, d->api.BindBufferMemory(d->device, b->buffer, b->memory, 0), "bind memory", error))
    return FALSE;
  if (b->kind != PK_VK_MEMORY_DEVICE)
    return pk_vk_check(d, d->api.MapMemory(d->device, b->memory, 0, VK_WHOLE_SIZE, 0, &b->map), "map memory", error);
  VkBufferDeviceAddressInfo address = { .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .buffer = b->buffer };
  b->address = d->api.GetBufferDeviceAddress(d->device, &address);
  return TRUE;
}

/* --- the host's memory --- */

static gboolean
bind_import(PkVkMemory *self, PkVkBuffer *b, gpointer data, GError **error)
{
  PkVkDevice *d = self->device;
  const VkExternalMemoryHandleTypeFlagBits host = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
  VkMemoryHostPointerPropertiesEXT pointer = { .sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT };
  VkMemoryRequirements need;
  if (!pk_vk_check(d, d->api.GetMemoryHostPointerPropertiesEXT(d->device, host, data, &pointer), "look at host memory",
                   error))
    return FALSE;
  d->api.GetBufferMemoryRequirements(d->device, b->buffer, &need);
  VkMemoryAllocateFlagsInfo flags = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                      .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT };
  VkImportMemoryHostPointerInfoEXT import = { .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
                                              .pNext = &flags, .handleType = host, .pHostPointer = data };
  VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .pNext = &import,
                                .allocationSize = b->size,
                                .memoryTypeIndex = find_type(d, need.memoryTypeBits & pointer.memoryTypeBits, b->kind) };
  if (info.memoryTypeIndex == G_MAXUINT32 || need.size > b->size)
    return pk_fail(error, PK_ERROR_LIMIT, "the Vulkan device has no memory type for host memory");
  if (!pk_vk_check(d, d->api.AllocateMemory(d->device, &info, NULL, &b->memory), "import memory", error) ||
      !pk_vk_check(d, d->api.BindBufferMemory(d->device, b->buffer, b->memory, 0), "bind memory", error))
    return FALSE;
  VkBufferDeviceAddressInfo address = { .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .buffer = b->buffer };
  b->address = d->api.GetBufferDeviceAddress(d->device, &address);
  return TRUE;
}

PkVkBuffer *
pk_vk_buffer_import(PkVkMemory *self, gpointer data, gsize bytes, GError **error)
{
  PkVkDevice *d = self->device;
  PkVkBuffer *b = g_new0(PkVkBuffer, 1);
  guint32 families[2] = { d->compute_family, d->transfer_family };
  gboolean shared = d->compute_family != d->transfer_family;
  VkExternalMemoryBufferCreateInfo external = { .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
                                                .handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT };
  VkBufferCreateInfo info = { .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .pNext = &external, .size = bytes,
                              .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                       VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT,
                              .sharingMode = shared ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
                              .queueFamilyIndexCount = shared ? 2 : 0, .pQueueFamilyIndices = families };
  b->size = bytes;
  b->kind = PK_VK_MEMORY_IMPORT;
  if (pk_vk_check(d, d->api.CreateBuffer(d->device, &info, NULL, &b->buffer), "make a buffer", error) &&
      bind_import(self, b, data, error))
    return b;
  pk_vk_buffer_free(self, b);
  return NULL;
}

static PkVkBuffer *
try_buffer(PkVkMemory *self, guint64 size, PkVkMemoryKind kind, GError **error)
{
  PkVkDevice *d = self->device;
  if (kind == PK_VK_MEMORY_DEVICE && (self->used + size > self->budget || size > d->most_allocation)) {
    pk_fail(error, PK_ERROR_LIMIT,
            "the Vulkan device's memory is used up: %" G_GUINT64_FORMAT " bytes more than the %" G_GUINT64_FORMAT
            " in use would pass %" G_GUINT64_FORMAT, size, self->used, MIN(self->budget, d->most_allocation));
    return NULL;
  }
  PkVkBuffer *b = g_new0(PkVkBuffer, 1);
  guint32 families[2] = { d->compute_family, d->transfer_family };
  gboolean shared = d->compute_family != d->transfer_family;
  VkBufferCreateInfo info = { .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                              .size = size,
                              .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                              .sharingMode = shared ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
                              .queueFamilyIndexCount = shared ? 2 : 0,
                              .pQueueFamilyIndices = families };
  if (kind == PK_VK_MEMORY_DEVICE)
    info.usage |= VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
  b->size = size;
  b->kind = kind;
  self->used += kind == PK_VK_MEMORY_DEVICE ? size : 0;
  if (!pk_vk_check(d, d->api.CreateBuffer(d->device, &info, NULL, &b->buffer), "make a buffer", error) ||
      !bind_memory(self, b, error)) {
    pk_vk_buffer_free(self, b);
    return NULL;
  }
  return b;
}

PkVkBuffer *
pk_vk_buffer_new(PkVkMemory *self, guint64 size, PkVkMemoryKind kind, GError **error)
{
  g_autoptr(GError) local = NULL;
  size = (MAX(size, 1) + 255) / 256 * 256;
  PkVkBuffer *b = try_buffer(self, size, kind, &local);
  if (!b && g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT) && self->idle->len > 0) {
    g_clear_error(&local);
    empty_pool(self);
    b = try_buffer(self, size, kind, &local);
  }
  if (!b)
    g_propagate_error(error, g_steal_pointer(&local));
  return b;
}

void
pk_vk_buffer_free(PkVkMemory *self, PkVkBuffer *b)
{
  PkVkDevice *d = self->device;
  if (!b)
    return;
  if (d->hung) { /* it may still be read and written */
    g_ptr_array_add(self->idle, b);
    return;
  }
  if (b->buffer)
    d->api.DestroyBuffer(d->device, b->buffer, NULL);
  if (b->memory)
    d->api.FreeMemory(d->device, b->memory, NULL);
  self->used -= b->kind == PK_VK_MEMORY_DEVICE ? b->size : 0;
  g_free(b);
}

PkVkBuffer *
pk_vk_scratch_take(PkVkMemory *self, guint64 size, PkVkMemoryKind kind, GError **error)
{
  guint64 rounded = LEAST_SCRATCH;
  while (rounded < size)
    rounded += MAX(rounded / 4 / LEAST_SCRATCH, 1) * LEAST_SCRATCH;
  gint best = -1;
  for (guint i = 0; i < self->idle->len; i++) {
    const PkVkBuffer *b = self->idle->pdata[i];
    if (b->kind == kind && b->size >= size && b->size <= 2 * rounded &&
        (best < 0 || b->size < ((const PkVkBuffer *)self->idle->pdata[best])->size))
      best = (gint)i;
  }
  return best >= 0 ? g_ptr_array_steal_index_fast(self->idle, (guint)best)
                   : pk_vk_buffer_new(self, rounded, kind, error);
}

void
pk_vk_scratch_give(PkVkMemory *self, PkVkBuffer *buffer)
{
  if (!buffer)
    return;
  if (self->device->lost || self->idle->len >= MOST_IDLE)
    pk_vk_buffer_free(self, buffer);
  else
    g_ptr_array_add(self->idle, buffer);
}
