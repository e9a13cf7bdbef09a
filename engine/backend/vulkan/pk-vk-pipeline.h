/* Kernels made ready: a pipeline for each kernel and set of specialization constants, made once and kept.
 * One thread at a time. */
#pragma once

#include "pk-vk-device.h"

#include "pk-kernel-layout.h"

G_BEGIN_DECLS

typedef enum {
  PK_VK_GID,
  PK_VK_REDUCE,
  PK_VK_GROUP,
  PK_VK_BINS,
  PK_VK_TIE,
  PK_VK_INSERT,
  PK_VK_NUMBER,
  PK_VK_RADIX,
  PK_VK_PICK,
  PK_VK_ROWS,
  PK_VK_LINE,
  PK_VK_PARTITION,
  PK_VK_TALLY,
  PK_VK_PAINT,
  PK_VK_N_KERNELS
} PkVkKernel;

/* Each kernel in three variants: for no, two and four predicates and keys, so that a driver compiles less. */
#define PK_VK_N_VARIANTS 3

/* The constants of kernels/common.glsl, in the order of their constant_id. */
typedef struct {
  guint32 workgroup; /* 0 */
  guint32 source;
  guint32 predicates[PK_KERNEL_PREDICATES];
  guint32 keys[PK_KERNEL_KEYS];
  guint32 a, b;
  guint32 ops, term, limbs, form;
  guint32 shared_words, shared_extremes, cache, tags; /* 16 … 19 */
  guint32 stage, stage_words; /* 20, 21 */
} PkVkSpec;

typedef struct {
  PkVkDevice *device; /* borrowed */
  VkShaderModule modules[PK_VK_N_KERNELS][PK_VK_N_VARIANTS];
  VkPipelineLayout layout;
  VkPipelineCache cache;
  GHashTable *pipelines;
} PkVkPipelines;

gboolean pk_vk_pipelines_init(PkVkPipelines *self, PkVkDevice *device, GError **error);
void pk_vk_pipelines_clear(PkVkPipelines *self);

/* Borrowed; VK_NULL_HANDLE on failure. */
VkPipeline pk_vk_pipeline(PkVkPipelines *self, PkVkKernel kernel, const PkVkSpec *spec, GError **error);

const char *pk_vk_kernel_name(PkVkKernel kernel);

/* The SPIR-V of a kernel's variant, made at build time. */
const guint32 *pk_vk_kernel_code(PkVkKernel kernel, guint variant, gsize *bytes);

G_END_DECLS
