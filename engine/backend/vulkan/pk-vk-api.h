/* Vulkan's functions, found at run time: a machine without a loader still runs everything else.
 *
 * The loader is opened once a process and stays open. Functions of an instance and a device are in the
 * table that belongs to it. */
#pragma once

#define VK_NO_PROTOTYPES
#include <glib.h>
#include <vulkan/vulkan.h>

G_BEGIN_DECLS

#define PK_VK_INSTANCE_FUNCTIONS(f)                                                                          \
  f(DestroyInstance) f(EnumeratePhysicalDevices) f(GetPhysicalDeviceProperties2)                             \
  f(GetPhysicalDeviceFeatures2) f(GetPhysicalDeviceQueueFamilyProperties)                                    \
  f(GetPhysicalDeviceMemoryProperties2) f(EnumerateDeviceExtensionProperties) f(CreateDevice)                \
  f(GetDeviceProcAddr) f(DestroyDevice)

#define PK_VK_DEVICE_FUNCTIONS(f)                                                                            \
  f(GetDeviceQueue) f(QueueSubmit) f(QueueWaitIdle) f(DeviceWaitIdle) f(AllocateMemory) f(FreeMemory)        \
  f(MapMemory) f(CreateBuffer) f(DestroyBuffer) f(GetBufferMemoryRequirements) f(BindBufferMemory)           \
  f(GetBufferDeviceAddress) f(CreateShaderModule) f(DestroyShaderModule) f(CreatePipelineLayout)             \
  f(DestroyPipelineLayout) f(CreateComputePipelines) f(DestroyPipeline) f(CreatePipelineCache)               \
  f(DestroyPipelineCache) f(CreateCommandPool) f(DestroyCommandPool) f(AllocateCommandBuffers)               \
  f(FreeCommandBuffers) f(ResetCommandBuffer) f(BeginCommandBuffer) f(EndCommandBuffer) f(CmdBindPipeline)   \
  f(CmdPushConstants) f(CmdDispatch) f(CmdPipelineBarrier) f(CmdCopyBuffer) f(CmdFillBuffer)                 \
  f(CmdWriteTimestamp) f(CmdResetQueryPool) f(CreateQueryPool) f(DestroyQueryPool) f(GetQueryPoolResults)    \
  f(CreateFence) f(DestroyFence) f(WaitForFences) f(ResetFences)

typedef struct {
#define PK_VK_MEMBER(name) PFN_vk##name name;
  PK_VK_INSTANCE_FUNCTIONS(PK_VK_MEMBER)
  PFN_vkCreateDebugUtilsMessengerEXT CreateDebugUtilsMessengerEXT; /* NULL without validation */
  PFN_vkDestroyDebugUtilsMessengerEXT DestroyDebugUtilsMessengerEXT;
} PkVkInstanceApi;

typedef struct {
  PK_VK_DEVICE_FUNCTIONS(PK_VK_MEMBER)
#undef PK_VK_MEMBER
  PFN_vkGetMemoryHostPointerPropertiesEXT GetMemoryHostPointerPropertiesEXT; /* NULL without the extension */
} PkVkDeviceApi;

/* The loader's entry; NULL with PK_ERROR_NOT_FOUND where there is none. PIKA_VULKAN_LOADER names another
 * library than libvulkan.so.1. */
PFN_vkGetInstanceProcAddr pk_vk_loader(GError **error);

/* Fill the tables; PK_ERROR_ENGINE names a function that is missing. */
gboolean pk_vk_instance_api(PFN_vkGetInstanceProcAddr get, VkInstance instance, PkVkInstanceApi *api, GError **error);
gboolean pk_vk_device_api(const PkVkInstanceApi *instance, VkDevice device, PkVkDeviceApi *api, GError **error);

/* "VK_ERROR_DEVICE_LOST", … */
const char *pk_vk_result_name(VkResult result);

/* Fails with the code that fits: PK_ERROR_LIMIT out of memory, PK_ERROR_ENGINE for all else. */
gboolean pk_vk_fail(GError **error, VkResult result, const char *what);

G_END_DECLS
