/* What the runs of one backend share: the device, its memory, pipelines, and the columns that are on it.
 *
 * Where the device's memory is the host's and takes imports, kernels read the chunks of a frame as they lie, and nothing
 * is sent. Else columns are gathered into a ring of pinned memory by several threads, piece after piece, while the pieces
 * before are on their way; what is sent a second time (it had to leave, or streams through) is imported then, once, and
 * copied from where it lies: an import costs more than it saves on a single copy.
 *
 * Columns stay on the device by segment, the least recently used leave first when the budget is reached.
 * Each holds a reference to its frame, and goes when nobody else has one. A run at a time: whoever runs
 * holds `lock`. */
#pragma once

#include "pk-frame.h"

#include <gio/gio.h>

#include "pk-vk-backend.h"
#include "pk-vk-import.h"
#include "pk-vk-ordinal.h"
#include "pk-vk-pipeline.h"
#include "pk-vk-tuning.h"

G_BEGIN_DECLS

#define PK_VK_RING 4
#define PK_VK_RING_BYTES ((gsize)16 << 20)

typedef struct {
  PkFrame *frame;          /* referenced */
  const PkColumn *column;  /* of it */
  guint segment;
  PkVkBuffer *buffer;      /* NULL: it is read as it lies */
  guint64 data, valid;     /* addresses; valid 0: no NULLs */
  guint64 stamp;           /* of the last run that used it */
} PkVkResident;

typedef struct {
  GMutex lock;
  PkVkDevice *device;
  PkVkMemory memory;
  PkVkImports imports;
  PkVkPath path;
  GHashTable *sent;    /* columns that were sent before */
  GPtrArray *abandoned; /* runs on a device that hung */
  GCancellable *cancellable; /* of the run, borrowed: what is sent stops then */
  void (*on_piece)(gpointer data); /* tests: called before each piece is sent */
  gpointer on_piece_data;
  PkVkPipelines pipelines;
  VkCommandPool pool, transfer_pool;
  gint64 segment_rows; /* a power of two, at least 64 */
  guint workgroup;
  gint64 least_partition; /* rows from which bins may be counted in two steps (pk-vk-bins.h) */
  gboolean tuned;      /* workgroup was asked for: no kernel takes another */
  PkVkTuning tuning;   /* what `pika tune` measured, or nothing */
  GPtrArray *resident; /* of PkVkResident* */
  guint64 stamp;
  struct {
    PkVkBuffer *buffer;
    VkCommandBuffer commands;
    VkFence fence;
    gboolean busy;
  } ring[PK_VK_RING];
  gsize ring_bytes;    /* of each buffer of the ring */
  guint64 uploaded;    /* bytes sent since the context was made */
  gint64 upload_ns;
} PkVkContext;

gboolean pk_vk_context_init(PkVkContext *self, PkVkDevice *device, guint64 budget, gint64 segment_rows, guint workgroup,
                            PkVkPath path, GError **error);
void pk_vk_context_clear(PkVkContext *self); /* frees the device too, unless it hung: then all stays as it is */

/* A segment of a column on the device, sent if it is not there. What has the context's present stamp is not
 * thrown out for it. PK_ERROR_LIMIT: no room. Borrowed. */
const PkVkResident *pk_vk_context_require(PkVkContext *self, PkFrame *frame, const PkVkColumn *column, guint segment,
                                          GError **error);

/* The size of a piece of an upload from now on: a power of two. Nothing is being sent. */
void pk_vk_context_set_ring(PkVkContext *self, gsize bytes);

/* Drops what no one else holds; all, if `all`. */
void pk_vk_context_sweep(PkVkContext *self, gboolean all);

/* Frees the least recently used segment that is not of the present stamp; FALSE: there is none. */
gboolean pk_vk_context_evict(PkVkContext *self);

G_END_DECLS
