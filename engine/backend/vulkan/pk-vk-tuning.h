/* What `pika tune` found out about a device: the workgroup size at which each kernel runs fastest, and the speeds by which
 * plans are estimated. Kept in the user's cache directory, a file for each device and driver. */
#pragma once

#include "pk-vk-device.h"

G_BEGIN_DECLS

#define PK_VK_MOST_KERNELS 32

typedef struct {
  guint workgroup[PK_VK_MOST_KERNELS]; /* by PkVkKernel: a power of two; 0: not measured */
  guint64 ring_bytes;               /* of a piece of an upload, 64 KiB … 256 MiB, a power of two; 0: not measured */
  double read_gb_s;                 /* device memory, by a kernel that sums; 10^9 bytes; 0: not measured */
  double upload_gb_s;               /* columns of a frame to the device */
  double launch_ms;                 /* from a plan over hardly any rows to its result */
} PkVkTuning;

/* Where the file of a device lies: $XDG_CACHE_HOME/pika-plot/gpu-UUID-DRIVER.ini. The caller's. */
char *pk_vk_tuning_path(const PkVkDeviceInfo *info);

/* PK_ERROR_NOT_FOUND: there is none; PK_ERROR_INVALID: it is damaged, or of another device or driver, and *self is as if
 * there were none. */
gboolean pk_vk_tuning_load(PkVkTuning *self, const char *path, const PkVkDeviceInfo *info, guint most_workgroup,
                           GError **error);

/* Renamed into place. PK_ERROR_IO. */
gboolean pk_vk_tuning_save(const PkVkTuning *self, const char *path, const PkVkDeviceInfo *info, GError **error);

G_END_DECLS
