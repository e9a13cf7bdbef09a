/* The kernels' SPIR-V, as the build made it from kernels/. */
#include "pk-vk-pipeline.h"

static const guint32 gid_0[] = {
#include "gid-0.inc"
};
static const guint32 gid_2[] = {
#include "gid-2.inc"
};
static const guint32 gid_4[] = {
#include "gid-4.inc"
};
static const guint32 reduce_0[] = {
#include "reduce-0.inc"
};
static const guint32 reduce_2[] = {
#include "reduce-2.inc"
};
static const guint32 reduce_4[] = {
#include "reduce-4.inc"
};
static const guint32 group_0[] = {
#include "group-0.inc"
};
static const guint32 group_2[] = {
#include "group-2.inc"
};
static const guint32 group_4[] = {
#include "group-4.inc"
};
static const guint32 bins_0[] = {
#include "bins-0.inc"
};
static const guint32 bins_2[] = {
#include "bins-2.inc"
};
static const guint32 bins_4[] = {
#include "bins-4.inc"
};
static const guint32 tie_0[] = {
#include "tie-0.inc"
};
static const guint32 tie_2[] = {
#include "tie-2.inc"
};
static const guint32 tie_4[] = {
#include "tie-4.inc"
};
static const guint32 insert_0[] = {
#include "insert-0.inc"
};
static const guint32 insert_2[] = {
#include "insert-2.inc"
};
static const guint32 insert_4[] = {
#include "insert-4.inc"
};
static const guint32 number_0[] = {
#include "number-0.inc"
};
static const guint32 number_2[] = {
#include "number-2.inc"
};
static const guint32 number_4[] = {
#include "number-4.inc"
};
static const guint32 radix_0[] = {
#include "radix-0.inc"
};
static const guint32 radix_2[] = {
#include "radix-2.inc"
};
static const guint32 radix_4[] = {
#include "radix-4.inc"
};
static const guint32 pick_0[] = {
#include "pick-0.inc"
};
static const guint32 pick_2[] = {
#include "pick-2.inc"
};
static const guint32 pick_4[] = {
#include "pick-4.inc"
};
static const guint32 rows_0[] = {
#include "rows-0.inc"
};
static const guint32 rows_2[] = {
#include "rows-2.inc"
};
static const guint32 rows_4[] = {
#include "rows-4.inc"
};
static const guint32 paint_0[] = {
#include "paint-0.inc"
};
static const guint32 paint_2[] = {
#include "paint-2.inc"
};
static const guint32 paint_4[] = {
#include "paint-4.inc"
};

static const guint32 line_0[] = {
#include "line-0.inc"
};
static const guint32 line_2[] = {
#include "line-2.inc"
};
static const guint32 line_4[] = {
#include "line-4.inc"
};
static const guint32 partition_0[] = {
#include "partition-0.inc"
};
static const guint32 partition_2[] = {
#include "partition-2.inc"
};
static const guint32 partition_4[] = {
#include "partition-4.inc"
};
static const guint32 tally_0[] = {
#include "tally-0.inc"
};
static const guint32 tally_2[] = {
#include "tally-2.inc"
};
static const guint32 tally_4[] = {
#include "tally-4.inc"
};

static const struct {
  const char *name;
  const guint32 *code[PK_VK_N_VARIANTS];
  gsize bytes[PK_VK_N_VARIANTS];
} kernels[PK_VK_N_KERNELS] = {
#define KERNEL(n) { #n, { n##_0, n##_2, n##_4 }, { sizeof n##_0, sizeof n##_2, sizeof n##_4 } }
  [PK_VK_GID] = KERNEL(gid),
  [PK_VK_REDUCE] = KERNEL(reduce),
  [PK_VK_GROUP] = KERNEL(group),
  [PK_VK_BINS] = KERNEL(bins),
  [PK_VK_TIE] = KERNEL(tie),
  [PK_VK_INSERT] = KERNEL(insert),
  [PK_VK_NUMBER] = KERNEL(number),
  [PK_VK_RADIX] = KERNEL(radix),
  [PK_VK_PICK] = KERNEL(pick),
  [PK_VK_ROWS] = KERNEL(rows),
  [PK_VK_LINE] = KERNEL(line),
  [PK_VK_PARTITION] = KERNEL(partition),
  [PK_VK_TALLY] = KERNEL(tally),
  [PK_VK_PAINT] = KERNEL(paint),
#undef KERNEL
};

const char *
pk_vk_kernel_name(PkVkKernel kernel)
{
  return kernels[kernel].name;
}

const guint32 *
pk_vk_kernel_code(PkVkKernel kernel, guint variant, gsize *bytes)
{
  *bytes = kernels[kernel].bytes[variant];
  return kernels[kernel].code[variant];
}
