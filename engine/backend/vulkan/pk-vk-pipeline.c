#include "pk-vk-pipeline.h"

#include <string.h>

#define N_CONSTANTS (sizeof(PkVkSpec) / sizeof(guint32))

typedef struct {
  PkVkKernel kernel;
  PkVkSpec spec;
  VkPipeline pipeline;
} Made;

static guint
made_hash(gconstpointer data)
{
  const Made *made = data;
  const guint32 *words = (const guint32 *)&made->spec;
  guint hash = made->kernel;
  for (guint i = 0; i < N_CONSTANTS; i++)
    hash = hash * 31 + words[i];
  return hash;
}

static gboolean
made_equal(gconstpointer a, gconstpointer b)
{
  const Made *x = a, *y = b;
  return x->kernel == y->kernel && memcmp(&x->spec, &y->spec, sizeof x->spec) == 0;
}

gboolean
pk_vk_pipelines_init(PkVkPipelines *self, PkVkDevice *device, GError **error)
{
  VkPushConstantRange range = { VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(struct PkKernelPush) };
  VkPipelineLayoutCreateInfo layout = { .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                        .pushConstantRangeCount = 1, .pPushConstantRanges = &range };
  VkPipelineCacheCreateInfo cache = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };
  self->device = device;
  self->pipelines = g_hash_table_new(made_hash, made_equal);
  return pk_vk_check(device, device->api.CreatePipelineLayout(device->device, &layout, NULL, &self->layout),
                     "make a pipeline layout", error) &&
         pk_vk_check(device, device->api.CreatePipelineCache(device->device, &cache, NULL, &self->cache),
                     "make a pipeline cache", error);
}

void
pk_vk_pipelines_clear(PkVkPipelines *self)
{
  PkVkDevice *d = self->device;
  GHashTableIter iter;
  gpointer key;
  if (!self->pipelines)
    return;
  g_hash_table_iter_init(&iter, self->pipelines);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    d->api.DestroyPipeline(d->device, ((Made *)key)->pipeline, NULL);
    g_free(key);
  }
  g_clear_pointer(&self->pipelines, g_hash_table_unref);
  for (guint i = 0; i < PK_VK_N_KERNELS * PK_VK_N_VARIANTS; i++)
    if (self->modules[i / PK_VK_N_VARIANTS][i % PK_VK_N_VARIANTS])
      d->api.DestroyShaderModule(d->device, self->modules[i / PK_VK_N_VARIANTS][i % PK_VK_N_VARIANTS], NULL);
  if (self->cache)
    d->api.DestroyPipelineCache(d->device, self->cache, NULL);
  if (self->layout)
    d->api.DestroyPipelineLayout(d->device, self->layout, NULL);
}

static guint
variant_of(const PkVkSpec *spec)
{
  if (spec->predicates[2] || spec->keys[2])
    return 2;
  return spec->predicates[0] || spec->keys[0] ? 1 : 0;
}

static gboolean
make_module(PkVkPipelines *self, PkVkKernel kernel, guint variant, GError **error)
{
  PkVkDevice *d = self->device;
  if (self->modules[kernel][variant])
    return TRUE;
  VkShaderModuleCreateInfo info = { .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO };
  info.pCode = pk_vk_kernel_code(kernel, variant, &info.codeSize);
  return pk_vk_check(d, d->api.CreateShaderModule(d->device, &info, NULL, &self->modules[kernel][variant]), "load a kernel",
                     error);
}

static VkPipeline
make_pipeline(PkVkPipelines *self, PkVkKernel kernel, const PkVkSpec *spec, GError **error)
{
  PkVkDevice *d = self->device;
  VkSpecializationMapEntry entries[N_CONSTANTS];
  VkPipeline pipeline = VK_NULL_HANDLE;
  for (guint32 i = 0; i < N_CONSTANTS; i++)
    entries[i] = (VkSpecializationMapEntry){ i, i * 4, 4 };
  VkSpecializationInfo constants = { N_CONSTANTS, entries, sizeof *spec, spec };
  VkComputePipelineCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
    .stage = { .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = VK_SHADER_STAGE_COMPUTE_BIT,
               .module = self->modules[kernel][variant_of(spec)], .pName = "main", .pSpecializationInfo = &constants },
    .layout = self->layout,
  };
  VkResult result = d->api.CreateComputePipelines(d->device, self->cache, 1, &info, NULL, &pipeline);
  return pk_vk_check(d, result, "compile a kernel", error) ? pipeline : VK_NULL_HANDLE;
}

VkPipeline
pk_vk_pipeline(PkVkPipelines *self, PkVkKernel kernel, const PkVkSpec *spec, GError **error)
{
  Made wanted = { .kernel = kernel, .spec = *spec };
  Made *made = g_hash_table_lookup(self->pipelines, &wanted);
  if (made)
    return made->pipeline;
  if (!make_module(self, kernel, variant_of(spec), error))
    return VK_NULL_HANDLE;
  wanted.pipeline = make_pipeline(self, kernel, spec, error);
  if (wanted.pipeline)
    g_hash_table_add(self->pipelines, g_memdup2(&wanted, sizeof wanted));
  return wanted.pipeline;
}
