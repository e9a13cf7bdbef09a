/* Under AddressSanitizer, Mesa's software driver stays loaded: the Vulkan loader unloads a driver with the last instance,
 * and what the driver kept in its static variables then looks like a leak of a module without a name, which no
 * suppression can tell from others. */
#include <dlfcn.h>

__attribute__((constructor)) static void
keep_driver(void)
{
  dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE); /* fails where there is none: then nothing unloads it */
}
