/* One execution on one device: arguments placed, commands recorded over all segments, submitted and waited
 * for. Holds the context's lock from new to free. */
#pragma once

#include <gio/gio.h>

#include "pk-vk-context.h"
#include "pk-vk-program.h"

G_BEGIN_DECLS

/* Workgroups of a dispatch, whatever the device's size, so that float sums come out alike on all GPUs. Software
 * devices pay for each. */
#define PK_VK_MOST_GROUPS 2048
#define PK_VK_MOST_GROUPS_CPU 16

typedef struct {
  PkVkContext *context;
  const PkVkProgram *program;
  GCancellable *cancellable;
  PkVkBuffer *arena, *arena_host; /* arguments and tables: device, and host side */
  gsize arena_used, arena_sent;
  GPtrArray *scratch;             /* of PkVkBuffer*: given back at the end */
  guint n_segments;
  struct PkKernelSegment *segments; /* in arena_host */
  guint64 segments_address;
  gsize segments_at;
  gboolean streaming;  /* columns do not fit together: a segment at a time */
  VkCommandBuffer prologue, commands;
  VkFence fence;
  gboolean in_flight;  /* submitted, and not known to be done */
  VkQueryPool queries;
  double kernel_ms;
  PkVkSpec spec;                  /* the selection that passes share */
  struct PkKernelProgram args;
} PkVkRun;

/* NULL on failure. program outlives the run. */
PkVkRun *pk_vk_run_new(PkVkContext *context, const PkVkProgram *program, GCancellable *cancellable, GError **error);
void pk_vk_run_free(PkVkRun *self);

/* Room for arguments: *host to be filled in before the next submit; the device's address. 0: PK_ERROR_LIMIT. */
guint64 pk_vk_run_place(PkVkRun *self, gconstpointer data, gsize bytes, GError **error);

/* Memory until the end of the run, filled with `pattern` by the device. NULL on failure. */
PkVkBuffer *pk_vk_run_scratch(PkVkRun *self, gsize bytes, PkVkMemoryKind kind, GError **error);
void pk_vk_run_fill(PkVkRun *self, PkVkBuffer *buffer, gsize at, gsize bytes, guint32 pattern);

/* A kernel over the rows of all segments; span: each workgroup takes rows that lie together. */
gboolean pk_vk_run_scan(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, const struct PkKernelProgram *args,
                        gboolean span, GError **error);
/* Invocations of a workgroup of a kernel: what was asked for, else what was measured, else at most `most`. */
guint pk_vk_run_workgroup(const PkVkRun *self, PkVkKernel kernel, guint most);
/* Workgroups that pk_vk_run_scan takes for a segment. */
guint pk_vk_run_groups(const PkVkRun *self, const PkVkSpec *spec, guint segment);

/* Scans by hand, a segment after the other: open brings its columns where they do not all fit, one runs a kernel in
 * `groups` workgroups, of which each has a run of rows of its own, and close lets what was written be seen. */
gboolean pk_vk_run_open(PkVkRun *self, guint segment, GError **error);
gboolean pk_vk_run_one(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, guint64 args, guint segment,
                       guint groups, GError **error);
void pk_vk_run_barrier(PkVkRun *self);
gboolean pk_vk_run_close(PkVkRun *self, GError **error);

/* A kernel once, over n items, its arguments (of its own kind) placed at that address. */
gboolean pk_vk_run_items(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, guint64 args, guint64 n, GError **error);

/* The same with these arguments. */
gboolean pk_vk_run_once(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, const struct PkKernelProgram *args,
                        guint64 n, GError **error);

/* The device's bytes in memory that the host reads after the next submit. */
gconstpointer pk_vk_run_read(PkVkRun *self, PkVkBuffer *buffer, gsize at, gsize bytes, GError **error);

/* Runs what was recorded and waits for it. */
gboolean pk_vk_run_submit(PkVkRun *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkVkRun, pk_vk_run_free)

G_END_DECLS
