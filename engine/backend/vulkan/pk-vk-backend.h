/* The backend that answers plans on a GPU, any vendor's, by Vulkan compute. It supports what
 * pk_vk_program_supports tells, exactly as `ref` does; data beyond its tables or memory make a run fail with
 * PK_ERROR_LIMIT or PK_ERROR_UNSUPPORTED, a lost device with PK_ERROR_ENGINE: the caller then asks another
 * backend. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

/* How columns reach kernels. */
typedef enum {
  PK_VK_PATH_AUTO,     /* DIRECT where the device's memory is the host's, else SENT */
  PK_VK_PATH_SENT,     /* through the ring, and when it must be sent again, copied from imported chunks */
  PK_VK_PATH_STAGED,   /* always through the ring */
  PK_VK_PATH_IMPORTED, /* copied from imported chunks, from the first time on */
  PK_VK_PATH_DIRECT,   /* imported chunks are read as they lie */
} PkVkPath;

typedef struct {
  const char *device;  /* part of its name or its number in `pika devices`; NULL: PIKA_DEVICE, or the best */
  guint64 memory;      /* bytes of device memory to use; 0: 9/10 of what is free */
  gint64 segment_rows; /* rows of a column that lie in one piece, a power of two of 64 or more; 0: 2^27 */
  gint64 least_partition; /* rows from which bins in any order are sorted by bucket first; 0: 2^22 */
  guint workgroup;     /* invocations; a power of two; 0: 256, and 1024 for kernels with much shared memory */
  gboolean validate;   /* with the validation layers */
  PkVkPath path;       /* how columns get there; AUTO: as it is best for the device */
  gboolean untuned;    /* leave aside what `pika tune` measured */
} PkVkOptions;

/* options may be NULL. PK_ERROR_NOT_FOUND: no loader, driver or such device; PK_ERROR_UNSUPPORTED: the device
 * lacks something. */
PkBackend *pk_vk_backend_new(const PkVkOptions *options, GError **error);

/* What it runs on; borrowed. is_cpu: a software device, which no planner should choose by itself. */
typedef struct {
  const char *name, *driver, *type;
  gboolean is_cpu, is_unified;
  guint32 subgroup, shared_bytes;
} PkVkAbout;
PkVkAbout pk_vk_backend_about(PkBackend *backend);

/* Milliseconds that the kernels of the last run took by the device's own clock, and what was sent to it:
 * for measurements, after pk_prepared_execute of the same thread. */
typedef struct {
  double kernel_ms, upload_ms;
  guint64 uploaded, resident, imported; /* bytes */
  guint messages;             /* of the validation layers */
  guint pipelines;
} PkVkUsage;
PkVkUsage pk_vk_backend_usage(PkBackend *backend);

/* Invocations of a workgroup from the next run on: a power of two, at most what the device takes; 0: as at first. */
void pk_vk_backend_set_workgroup(PkBackend *backend, guint workgroup);

/* --- tuning --- */

/* Of the kernels, by number; NULL beyond the last. */
const char *pk_vk_kernel_label(guint kernel);

/* What `pika tune` found, from the next run on: a kernel's workgroup, the bytes of a piece of an upload, and the speeds
 * that estimates go by. 0: as untuned. */
void pk_vk_backend_tune_kernel(PkBackend *backend, guint kernel, guint workgroup);
void pk_vk_backend_tune_transfer(PkBackend *backend, guint64 bytes);
void pk_vk_backend_tune_speeds(PkBackend *backend, double read_gb_s, double upload_gb_s, double launch_ms);

/* Keeps that in the user's cache directory; the file's path, or NULL. The caller's. */
char *pk_vk_backend_save_tuning(PkBackend *backend, GError **error);

/* One line: from where and when the tuning is, or why what was found there is left aside. Borrowed; NULL: there is none. */
const char *pk_vk_backend_tuning_note(PkBackend *backend);

/* All columns leave the device. */
void pk_vk_backend_forget(PkBackend *backend);

/* Tests: the n-th checked call of Vulkan from now on fails, as if memory had run out, the device was lost, or it did not
 * answer in time. */
typedef enum { PK_VK_FAULT_MEMORY, PK_VK_FAULT_LOST, PK_VK_FAULT_TIMEOUT } PkVkFault;
void pk_vk_backend_fail_after(PkBackend *backend, guint n, PkVkFault fault);

/* Tests: whether such a fault is still to come; and a call before each piece that is sent to the device. */
gboolean pk_vk_backend_fault_pending(PkBackend *backend);
void pk_vk_backend_on_piece(PkBackend *backend, void (*func)(gpointer data), gpointer data);

/* `pika devices`: lines of text, one device each, or one that says what is missing. Owned by the caller. */
char *pk_vk_describe_devices(void);

G_END_DECLS
