/* A Vulkan device with its queues.
 *
 * An instance lists the machine's devices; one is opened and used by one backend. What kernels rely on
 * (64-bit integers and their atomics in buffers and shared memory, doubles, buffer device addresses, Vulkan
 * 1.2) is looked for here, once: a device that lacks some is listed with what it lacks and cannot be opened.
 * PIKA_VULKAN_WITHOUT lists features and extensions that are taken for absent, separated by commas.
 *
 * With validation, every message of the layers is counted and written to stderr. */
#pragma once

#include "pk-vk-api.h"

G_BEGIN_DECLS

typedef struct {
  char *name, *driver;  /* owned */
  const char *vendor;   /* "NVIDIA", … or "vendor 0x…" interned */
  const char *type;     /* "discrete", "integrated", "virtual", "cpu", "other" */
  gboolean is_cpu;
  guint32 api_version, driver_version;
  guint8 uuid[VK_UUID_SIZE];
  guint64 memory;       /* bytes of its largest device-local heap */
  guint64 memory_free;  /* of the driver's budget; memory where it tells none */
  gboolean unified;     /* device memory is host memory */
  char *used, *missing; /* features, comma-separated; missing NULL: it can be used */
} PkVkDeviceInfo;
void pk_vk_device_info_free(PkVkDeviceInfo *self);

/* Every device, best first: discrete, integrated, virtual, cpu. PkVkDeviceInfo*; PK_ERROR_NOT_FOUND without
 * loader, driver or device. */
GPtrArray *pk_vk_list_devices(GError **error);

typedef struct {
  PkVkInstanceApi instance_api;
  PkVkDeviceApi api;
  VkInstance instance;
  VkDebugUtilsMessengerEXT messenger;
  VkPhysicalDevice physical;
  VkDevice device;
  PkVkDeviceInfo *info;
  VkQueue compute, transfer; /* transfer may be compute */
  guint32 compute_family, transfer_family;
  VkPhysicalDeviceMemoryProperties memory_properties;
  VkDeviceSize most_allocation;
  guint32 shared_bytes;      /* of a workgroup */
  guint32 most_workgroup;
  guint32 subgroup;
  double timestamp_ns;       /* of a tick; 0: no timestamps */
  gsize import_alignment;    /* of host memory that can be imported; 0: none can */
  gboolean lost;             /* a call said so: nothing is submitted any more */
  gboolean hung;             /* lost, and it may still work on what it was given: none of that is ever freed */
  gint messages;             /* of the validation layers; atomic */
  gint fail_after;           /* tests: calls until a fault is made up; negative: none */
  VkResult fail_with;
} PkVkDevice;

/* wanted: part of a device's name, or its place in the list; NULL: the first that can be used. memory is
 * not yet taken. PK_ERROR_NOT_FOUND, PK_ERROR_UNSUPPORTED (it lacks something), PK_ERROR_ENGINE. */
PkVkDevice *pk_vk_device_new(const char *wanted, gboolean validate, GError **error);
void pk_vk_device_free(PkVkDevice *self);

/* Waits until the fence is signalled, at most PK_VK_TIMEOUT_S: then the device counts as hung. PK_ERROR_ENGINE. */
#define PK_VK_TIMEOUT_S 60
gboolean pk_vk_wait(PkVkDevice *self, VkFence fence, const char *what, GError **error);

/* Checks a result: notes a lost device, makes up faults where a test asked for one. */
gboolean pk_vk_check(PkVkDevice *self, VkResult result, const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkVkDevice, pk_vk_device_free)

G_END_DECLS
