#include "pk-vk-api.h"

#include "pk-error.h"

#include <dlfcn.h>

PFN_vkGetInstanceProcAddr
pk_vk_loader(GError **error)
{
  const char *named = g_getenv("PIKA_VULKAN_LOADER");
  const char *path = named && *named ? named : "libvulkan.so.1";
  /* Never closed: drivers leave threads and thread-local data behind. */
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "there is no Vulkan loader (%s): %s; install libvulkan1 and a driver", path,
            dlerror());
    return NULL;
  }
#ifdef __SANITIZE_ADDRESS__
  /* The loader unloads a driver with its last instance, and what the driver kept in static variables then looks like a
   * leak of a module without a name, which no suppression can tell from others: Mesa's software driver stays. */
  dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);
#endif
  gpointer entry = dlsym(library, "vkGetInstanceProcAddr");
  if (!entry)
    pk_fail(error, PK_ERROR_NOT_FOUND, "%s is not a Vulkan loader", path);
  return (PFN_vkGetInstanceProcAddr)(gsize)entry;
}

gboolean
pk_vk_instance_api(PFN_vkGetInstanceProcAddr get, VkInstance instance, PkVkInstanceApi *api, GError **error)
{
#define LOAD(name)                                                                                           \
  api->name = (PFN_vk##name)get(instance, "vk" #name);                                                       \
  if (!api->name)                                                                                            \
    return pk_fail(error, PK_ERROR_ENGINE, "the Vulkan loader has no vk" #name);
  PK_VK_INSTANCE_FUNCTIONS(LOAD)
#undef LOAD
  api->CreateDebugUtilsMessengerEXT =
    (PFN_vkCreateDebugUtilsMessengerEXT)get(instance, "vkCreateDebugUtilsMessengerEXT");
  api->DestroyDebugUtilsMessengerEXT =
    (PFN_vkDestroyDebugUtilsMessengerEXT)get(instance, "vkDestroyDebugUtilsMessengerEXT");
  return TRUE;
}

gboolean
pk_vk_device_api(const PkVkInstanceApi *instance, VkDevice device, PkVkDeviceApi *api, GError **error)
{
#define LOAD(name)                                                                                           \
  api->name = (PFN_vk##name)instance->GetDeviceProcAddr(device, "vk" #name);                                 \
  if (!api->name)                                                                                            \
    return pk_fail(error, PK_ERROR_ENGINE, "the Vulkan driver has no vk" #name);
  PK_VK_DEVICE_FUNCTIONS(LOAD)
#undef LOAD
  api->GetMemoryHostPointerPropertiesEXT =
    (PFN_vkGetMemoryHostPointerPropertiesEXT)instance->GetDeviceProcAddr(device, "vkGetMemoryHostPointerPropertiesEXT");
  return TRUE;
}

const char *
pk_vk_result_name(VkResult result)
{
  switch (result) {
#define NAME(r) case r: return #r;
    NAME(VK_SUCCESS)
    NAME(VK_NOT_READY)
    NAME(VK_TIMEOUT)
    NAME(VK_ERROR_OUT_OF_HOST_MEMORY)
    NAME(VK_ERROR_OUT_OF_DEVICE_MEMORY)
    NAME(VK_ERROR_INITIALIZATION_FAILED)
    NAME(VK_ERROR_DEVICE_LOST)
    NAME(VK_ERROR_MEMORY_MAP_FAILED)
    NAME(VK_ERROR_LAYER_NOT_PRESENT)
    NAME(VK_ERROR_EXTENSION_NOT_PRESENT)
    NAME(VK_ERROR_FEATURE_NOT_PRESENT)
    NAME(VK_ERROR_INCOMPATIBLE_DRIVER)
    NAME(VK_ERROR_TOO_MANY_OBJECTS)
#undef NAME
  default: return "an error without a name";
  }
}

gboolean
pk_vk_fail(GError **error, VkResult result, const char *what)
{
  gboolean memory = result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY ||
                    result == VK_ERROR_TOO_MANY_OBJECTS;
  return pk_fail(error, memory ? PK_ERROR_LIMIT : PK_ERROR_ENGINE, "the Vulkan device failed to %s: %s", what,
                 pk_vk_result_name(result));
}
