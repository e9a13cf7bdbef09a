#include "conformance.h"

#include "pk-vk-backend.h"

static PkBackend *vulkan;
static gboolean looked;

PkBackend *
conformance_vulkan(void)
{
  if (looked)
    return vulkan;
  looked = TRUE;
  PkVkOptions options = { .segment_rows = 1024, .validate = !g_getenv("PIKA_NO_VALIDATION") };
  g_autoptr(GError) error = NULL;
  vulkan = pk_vk_backend_new(&options, &error);
  if (vulkan)
    g_test_message("vulkan runs on %s", pk_vk_backend_about(vulkan).name);
  else if (g_getenv("PIKA_NEED_GPU"))
    g_error("%s", error->message);
  else
    g_test_message("vulkan is left out: %s", error->message);
  return vulkan;
}

PkBackend *
conformance_vulkan_turn(guint i)
{
  PkBackend *backend = conformance_vulkan();
  if (backend && pk_vk_backend_about(backend).is_cpu && i % 4 != 0 && !g_getenv("PIKA_GPU_ALL"))
    return NULL;
  return backend;
}

void
conformance_vulkan_end(void)
{
  if (!conformance_vulkan()) {
    g_test_skip("there is no Vulkan device with validation layers");
    return;
  }
  PkVkUsage usage = pk_vk_backend_usage(vulkan);
  g_test_message("%u pipelines", usage.pipelines);
  g_assert_cmpuint(usage.messages, ==, 0);
  g_clear_pointer(&vulkan, pk_backend_free);
  looked = FALSE;
}
