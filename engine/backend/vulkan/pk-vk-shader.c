/* The kernels' SPIR-V, as the build made it from kernels/. */
#include "pk-vk-pipeline.h"

static const guint32 code_gid[] = {
#include "gid.inc"
};
static const guint32 code_reduce[] = {
#include "reduce.inc"
};
static const guint32 code_group[] = {
#include "group.inc"
};
static const guint32 code_bins[] = {
#include "bins.inc"
};
static const guint32 code_tie[] = {
#include "tie.inc"
};
static const guint32 code_insert[] = {
#include "insert.inc"
};
static const guint32 code_number[] = {
#include "number.inc"
};
static const guint32 code_radix[] = {
#include "radix.inc"
};
static const guint32 code_pick[] = {
#include "pick.inc"
};

static const struct { const char *name; const guint32 *code; gsize bytes; } kernels[PK_VK_N_KERNELS] = {
  [PK_VK_GID] = { "gid", code_gid, sizeof code_gid },
  [PK_VK_REDUCE] = { "reduce", code_reduce, sizeof code_reduce },
  [PK_VK_GROUP] = { "group", code_group, sizeof code_group },
  [PK_VK_BINS] = { "bins", code_bins, sizeof code_bins },
  [PK_VK_TIE] = { "tie", code_tie, sizeof code_tie },
  [PK_VK_INSERT] = { "insert", code_insert, sizeof code_insert },
  [PK_VK_NUMBER] = { "number", code_number, sizeof code_number },
  [PK_VK_RADIX] = { "radix", code_radix, sizeof code_radix },
  [PK_VK_PICK] = { "pick", code_pick, sizeof code_pick },
};

const char *
pk_vk_kernel_name(PkVkKernel kernel)
{
  return kernels[kernel].name;
}

const guint32 *
pk_vk_kernel_code(PkVkKernel kernel, gsize *bytes)
{
  *bytes = kernels[kernel].bytes;
  return kernels[kernel].code;
}
