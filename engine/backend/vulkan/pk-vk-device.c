#include "pk-vk-device.h"

#include "pk-error.h"

#include <string.h>

#define VALIDATION_LAYER "VK_LAYER_KHRONOS_validation"

/* --- instance --- */

static VKAPI_ATTR VkBool32 VKAPI_CALL
on_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT type,
           const VkDebugUtilsMessengerCallbackDataEXT *data, void *user)
{
  PkVkDevice *self = user;
  g_atomic_int_inc(&self->messages);
  g_printerr("validation: %s\n", data->pMessage);
  return VK_FALSE;
}

static VkDebugUtilsMessengerCreateInfoEXT
messenger_info(PkVkDevice *self)
{
  return (VkDebugUtilsMessengerCreateInfoEXT){
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
    .pfnUserCallback = on_message,
    .pUserData = self,
  };
}

static gboolean
has_layer(PFN_vkGetInstanceProcAddr get, const char *name)
{
  PFN_vkEnumerateInstanceLayerProperties list =
    (PFN_vkEnumerateInstanceLayerProperties)get(NULL, "vkEnumerateInstanceLayerProperties");
  guint32 n = 0;
  if (!list || list(&n, NULL) != VK_SUCCESS)
    return FALSE;
  g_autofree VkLayerProperties *layers = g_new0(VkLayerProperties, n + 1);
  list(&n, layers);
  for (guint32 i = 0; i < n; i++)
    if (!strcmp(layers[i].layerName, name))
      return TRUE;
  return FALSE;
}

static gboolean
make_instance(PkVkDevice *self, gboolean validate, GError **error)
{
  PFN_vkGetInstanceProcAddr get = pk_vk_loader(error);
  if (!get)
    return FALSE;
  if (validate && !has_layer(get, VALIDATION_LAYER))
    return pk_fail(error, PK_ERROR_NOT_FOUND, "the Vulkan validation layers are not installed: " VALIDATION_LAYER);
  PFN_vkCreateInstance create = (PFN_vkCreateInstance)get(NULL, "vkCreateInstance");
  if (!create)
    return pk_fail(error, PK_ERROR_ENGINE, "the Vulkan loader has no vkCreateInstance");
  const char *layer = VALIDATION_LAYER, *extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  VkDebugUtilsMessengerCreateInfoEXT messages = messenger_info(self);
  VkApplicationInfo application = { .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                    .pApplicationName = "Pika-Plot",
                                    .apiVersion = VK_API_VERSION_1_2 };
  VkInstanceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                .pNext = validate ? &messages : NULL,
                                .pApplicationInfo = &application,
                                .enabledLayerCount = validate,
                                .ppEnabledLayerNames = &layer,
                                .enabledExtensionCount = validate,
                                .ppEnabledExtensionNames = &extension };
  VkResult result = create(&info, NULL, &self->instance);
  if (result != VK_SUCCESS)
    return pk_fail(error, PK_ERROR_NOT_FOUND, "no Vulkan driver works: %s", pk_vk_result_name(result));
  if (!pk_vk_instance_api(get, self->instance, &self->instance_api, error))
    return FALSE;
  if (validate)
    self->instance_api.CreateDebugUtilsMessengerEXT(self->instance, &messages, NULL, &self->messenger);
  return TRUE;
}

/* --- what a device is --- */

void
pk_vk_device_info_free(PkVkDeviceInfo *self)
{
  if (!self)
    return;
  g_free(self->name);
  g_free(self->driver);
  g_free(self->used);
  g_free(self->missing);
  g_free(self);
}

static const char *
vendor_name(guint32 id)
{
  static const struct { guint32 id; const char *name; } vendors[] = {
    { 0x10de, "NVIDIA" }, { 0x1002, "AMD" },   { 0x8086, "Intel" },         { 0x106b, "Apple" },
    { 0x13b5, "Arm" },    { 0x5143, "Qualcomm" }, { 0x1010, "Imagination" }, { 0x10005, "Mesa" },
  };
  for (guint i = 0; i < G_N_ELEMENTS(vendors); i++)
    if (vendors[i].id == id)
      return vendors[i].name;
  return "another vendor";
}

static const char *
type_name(VkPhysicalDeviceType type)
{
  switch (type) {
  case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return "discrete";
  case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return "integrated";
  case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return "virtual";
  case VK_PHYSICAL_DEVICE_TYPE_CPU: return "cpu";
  default: return "other";
  }
}

/* What PIKA_VULKAN_WITHOUT says is not there, for tests and for drivers whose feature does not work. */
static gboolean
is_hidden(const char *name)
{
  g_auto(GStrv) hidden = g_strsplit(g_getenv("PIKA_VULKAN_WITHOUT") ? g_getenv("PIKA_VULKAN_WITHOUT") : "", ",", -1);
  for (guint i = 0; hidden[i]; i++)
    if (!g_ascii_strcasecmp(g_strstrip(hidden[i]), name))
      return TRUE;
  return FALSE;
}

static gboolean
has_extension(const PkVkInstanceApi *api, VkPhysicalDevice physical, const char *name)
{
  guint32 n = 0;
  if (is_hidden(name))
    return FALSE;
  if (api->EnumerateDeviceExtensionProperties(physical, NULL, &n, NULL) != VK_SUCCESS)
    return FALSE;
  g_autofree VkExtensionProperties *list = g_new0(VkExtensionProperties, n + 1);
  api->EnumerateDeviceExtensionProperties(physical, NULL, &n, list);
  for (guint32 i = 0; i < n; i++)
    if (!strcmp(list[i].extensionName, name))
      return TRUE;
  return FALSE;
}

static void
describe_features(const PkVkInstanceApi *api, VkPhysicalDevice physical, guint32 version, PkVkDeviceInfo *info)
{
  VkPhysicalDeviceVulkan12Features v12 = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES };
  VkPhysicalDeviceFeatures2 all = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v12 };
  if (version < VK_API_VERSION_1_2) {
    info->used = g_strdup("");
    info->missing = g_strdup("Vulkan 1.2");
    return;
  }
  api->GetPhysicalDeviceFeatures2(physical, &all);
  const struct { const char *name; VkBool32 there; } features[] = {
    { "64-bit integers", all.features.shaderInt64 },
    { "64-bit floats", all.features.shaderFloat64 },
    { "64-bit atomics", v12.shaderBufferInt64Atomics },
    { "64-bit shared atomics", v12.shaderSharedInt64Atomics },
    { "buffer device addresses", v12.bufferDeviceAddress },
  };
  g_autoptr(GString) used = g_string_new("Vulkan 1.2"), missing = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(features); i++)
    if (features[i].there && !is_hidden(features[i].name))
      g_string_append_printf(used, ", %s", features[i].name);
    else
      g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", features[i].name);
  info->used = g_strdup(used->str);
  info->missing = missing->len ? g_strdup(missing->str) : NULL;
}

static void
describe_memory(const PkVkInstanceApi *api, VkPhysicalDevice physical, PkVkDeviceInfo *info)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT };
  gboolean has_budget = has_extension(api, physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  VkPhysicalDeviceMemoryProperties2 memory = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
                                               .pNext = has_budget ? &budget : NULL };
  api->GetPhysicalDeviceMemoryProperties2(physical, &memory);
  const VkPhysicalDeviceMemoryProperties *p = &memory.memoryProperties;
  guint32 heap = 0;
  for (guint32 i = 0; i < p->memoryHeapCount; i++)
    if (p->memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT && p->memoryHeaps[i].size > info->memory) {
      info->memory = p->memoryHeaps[i].size;
      heap = i;
    }
  info->memory_free = has_budget && budget.heapBudget[heap] > budget.heapUsage[heap]
                        ? budget.heapBudget[heap] - budget.heapUsage[heap] : info->memory;
  info->unified = TRUE;
  for (guint32 i = 0; i < p->memoryHeapCount; i++)
    info->unified = info->unified && p->memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
}

static PkVkDeviceInfo *
describe(const PkVkInstanceApi *api, VkPhysicalDevice physical)
{
  VkPhysicalDeviceDriverProperties driver = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES };
  VkPhysicalDeviceIDProperties id = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES, .pNext = &driver };
  VkPhysicalDeviceProperties2 all = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &id };
  api->GetPhysicalDeviceProperties2(physical, &all);
  PkVkDeviceInfo *info = g_new0(PkVkDeviceInfo, 1);
  info->name = g_strdup(all.properties.deviceName);
  info->driver = g_strdup_printf("%s %s", driver.driverName, driver.driverInfo);
  info->vendor = vendor_name(all.properties.vendorID);
  info->type = type_name(all.properties.deviceType);
  info->is_cpu = all.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  info->api_version = all.properties.apiVersion;
  info->driver_version = all.properties.driverVersion;
  memcpy(info->uuid, id.deviceUUID, VK_UUID_SIZE);
  describe_features(api, physical, all.properties.apiVersion, info);
  describe_memory(api, physical, info);
  return info;
}

/* --- the list --- */

typedef struct {
  VkPhysicalDevice physical;
  PkVkDeviceInfo *info;
} Found;

static void
found_clear(gpointer data)
{
  pk_vk_device_info_free(((Found *)data)->info);
}

static int
place_of(const PkVkDeviceInfo *info)
{
  static const char *const order[] = { "discrete", "integrated", "virtual", "other", "cpu" };
  for (int i = 0; i < (int)G_N_ELEMENTS(order); i++)
    if (!strcmp(order[i], info->type))
      return i + (info->missing ? 10 : 0);
  return 20;
}

static int
compare_found(gconstpointer a, gconstpointer b)
{
  return place_of(((const Found *)a)->info) - place_of(((const Found *)b)->info);
}

static GArray *
find_devices(PkVkDevice *self, GError **error)
{
  g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(Found));
  guint32 n = 0;
  g_array_set_clear_func(found, found_clear);
  VkResult result = self->instance_api.EnumeratePhysicalDevices(self->instance, &n, NULL);
  if (result != VK_SUCCESS || n == 0) {
    pk_fail(error, PK_ERROR_NOT_FOUND, "there is no Vulkan device: %s",
            result == VK_SUCCESS ? "no driver is installed" : pk_vk_result_name(result));
    return NULL;
  }
  g_autofree VkPhysicalDevice *list = g_new0(VkPhysicalDevice, n);
  self->instance_api.EnumeratePhysicalDevices(self->instance, &n, list);
  for (guint32 i = 0; i < n; i++) {
    Found one = { list[i], describe(&self->instance_api, list[i]) };
    g_array_append_val(found, one);
  }
  g_array_sort(found, compare_found);
  return g_steal_pointer(&found);
}

GPtrArray *
pk_vk_list_devices(GError **error)
{
  g_autoptr(PkVkDevice) self = g_new0(PkVkDevice, 1);
  if (!make_instance(self, FALSE, error))
    return NULL;
  g_autoptr(GArray) found = find_devices(self, error);
  if (!found)
    return NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)pk_vk_device_info_free);
  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add(list, g_steal_pointer(&g_array_index(found, Found, i).info));
  return list;
}

/* --- opening one --- */

static gboolean
choose(PkVkDevice *self, const char *wanted, GError **error)
{
  g_autoptr(GArray) found = find_devices(self, error);
  gint chosen = -1;
  if (!found)
    return FALSE;
  g_autofree char *lower = wanted ? g_ascii_strdown(wanted, -1) : NULL;
  gboolean number = wanted && *wanted && strspn(wanted, "0123456789") == strlen(wanted);
  for (guint i = 0; i < found->len && chosen < 0; i++) {
    g_autofree char *name = g_ascii_strdown(g_array_index(found, Found, i).info->name, -1);
    if (number ? g_ascii_strtoull(wanted, NULL, 10) == i : !wanted || !*wanted || strstr(name, lower))
      chosen = (gint)i;
  }
  if (chosen < 0)
    return pk_fail(error, PK_ERROR_NOT_FOUND, "there is no Vulkan device \"%s\": `pika devices` lists them", wanted);
  Found *one = &g_array_index(found, Found, chosen);
  if (one->info->missing)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "the Vulkan device %s lacks %s", one->info->name, one->info->missing);
  self->physical = one->physical;
  self->info = g_steal_pointer(&one->info);
  return TRUE;
}

static void
choose_queues(PkVkDevice *self, guint32 *n_families)
{
  VkQueueFamilyProperties families[32];
  guint32 n = G_N_ELEMENTS(families);
  self->instance_api.GetPhysicalDeviceQueueFamilyProperties(self->physical, &n, families);
  self->compute_family = self->transfer_family = G_MAXUINT32;
  for (guint32 i = 0; i < n; i++) {
    if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT && self->compute_family == G_MAXUINT32)
      self->compute_family = i;
    if (families[i].queueFlags & VK_QUEUE_TRANSFER_BIT &&
        !(families[i].queueFlags & (VK_QUEUE_COMPUTE_BIT | VK_QUEUE_GRAPHICS_BIT)) &&
        self->transfer_family == G_MAXUINT32)
      self->transfer_family = i;
  }
  if (self->transfer_family == G_MAXUINT32)
    self->transfer_family = self->compute_family;
  *n_families = n;
  self->timestamp_ns = self->compute_family < n && families[self->compute_family].timestampValidBits > 0 ? 1 : 0;
}

static void
read_limits(PkVkDevice *self)
{
  VkPhysicalDeviceSubgroupProperties subgroup = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES };
  VkPhysicalDeviceExternalMemoryHostPropertiesEXT host = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT, .pNext = &subgroup };
  VkPhysicalDeviceMaintenance3Properties most = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES,
    .pNext = self->api.GetMemoryHostPointerPropertiesEXT ? (void *)&host : (void *)&subgroup };
  VkPhysicalDeviceProperties2 all = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &most };
  VkPhysicalDeviceMemoryProperties2 memory = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2 };
  self->instance_api.GetPhysicalDeviceProperties2(self->physical, &all);
  self->instance_api.GetPhysicalDeviceMemoryProperties2(self->physical, &memory);
  self->memory_properties = memory.memoryProperties;
  self->most_allocation = most.maxMemoryAllocationSize;
  self->shared_bytes = all.properties.limits.maxComputeSharedMemorySize;
  self->most_workgroup = MIN(all.properties.limits.maxComputeWorkGroupInvocations,
                             all.properties.limits.maxComputeWorkGroupSize[0]);
  self->subgroup = subgroup.subgroupSize;
  self->import_alignment = self->api.GetMemoryHostPointerPropertiesEXT ? (gsize)host.minImportedHostPointerAlignment : 0;
  self->timestamp_ns *= all.properties.limits.timestampPeriod;
}

static gboolean
make_device(PkVkDevice *self, GError **error)
{
  guint32 n_families;
  float priority = 1;
  choose_queues(self, &n_families);
  if (self->compute_family == G_MAXUINT32)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "the Vulkan device %s has no compute queue", self->info->name);
  VkDeviceQueueCreateInfo queues[2] = {
    { .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueFamilyIndex = self->compute_family, .queueCount = 1,
      .pQueuePriorities = &priority },
    { .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueFamilyIndex = self->transfer_family, .queueCount = 1,
      .pQueuePriorities = &priority },
  };
  const char *import_extension = VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME;
  gboolean imports = has_extension(&self->instance_api, self->physical, import_extension);
  VkPhysicalDeviceVulkan12Features v12 = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
                                           .shaderBufferInt64Atomics = VK_TRUE,
                                           .shaderSharedInt64Atomics = VK_TRUE,
                                           .bufferDeviceAddress = VK_TRUE };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v12,
                                         .features = { .shaderInt64 = VK_TRUE, .shaderFloat64 = VK_TRUE } };
  VkDeviceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .pNext = &features,
                              .queueCreateInfoCount = self->transfer_family == self->compute_family ? 1 : 2,
                              .pQueueCreateInfos = queues,
                              .enabledExtensionCount = imports,
                              .ppEnabledExtensionNames = &import_extension };
  VkResult result = self->instance_api.CreateDevice(self->physical, &info, NULL, &self->device);
  if (result != VK_SUCCESS)
    return pk_vk_fail(error, result, "open the device");
  if (!pk_vk_device_api(&self->instance_api, self->device, &self->api, error))
    return FALSE;
  if (!imports)
    self->api.GetMemoryHostPointerPropertiesEXT = NULL;
  self->api.GetDeviceQueue(self->device, self->compute_family, 0, &self->compute);
  self->api.GetDeviceQueue(self->device, self->transfer_family, 0, &self->transfer);
  read_limits(self);
  return TRUE;
}

PkVkDevice *
pk_vk_device_new(const char *wanted, gboolean validate, GError **error)
{
  g_autoptr(PkVkDevice) self = g_new0(PkVkDevice, 1);
  self->fail_after = -1;
  if (!make_instance(self, validate, error) || !choose(self, wanted, error) || !make_device(self, error))
    return NULL;
  return g_steal_pointer(&self);
}

void
pk_vk_device_free(PkVkDevice *self)
{
  if (!self)
    return;
  if (self->device)
    self->instance_api.DestroyDevice(self->device, NULL);
  if (self->messenger)
    self->instance_api.DestroyDebugUtilsMessengerEXT(self->instance, self->messenger, NULL);
  if (self->instance && self->instance_api.DestroyInstance)
    self->instance_api.DestroyInstance(self->instance, NULL);
  pk_vk_device_info_free(self->info);
  g_free(self);
}

gboolean
pk_vk_wait(PkVkDevice *self, VkFence fence, const char *what, GError **error)
{
  VkResult result = self->api.WaitForFences(self->device, 1, &fence, VK_TRUE, PK_VK_TIMEOUT_S * G_GUINT64_CONSTANT(1000000000));
  return pk_vk_check(self, result, what, error);
}

gboolean
pk_vk_check(PkVkDevice *self, VkResult result, const char *what, GError **error)
{
  if (self->fail_after >= 0 && self->fail_after-- == 0)
    result = self->fail_with;
  if (result == VK_TIMEOUT)
    self->hung = TRUE;
  if (result == VK_ERROR_DEVICE_LOST || result == VK_TIMEOUT)
    self->lost = TRUE;
  return result == VK_SUCCESS || pk_vk_fail(error, result, what);
}
