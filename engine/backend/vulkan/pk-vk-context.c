#include "pk-vk-context.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-workers.h"

#include <string.h>

static gboolean
make_pool(PkVkDevice *d, guint32 family, VkCommandPool *pool, GError **error)
{
  VkCommandPoolCreateInfo info = { .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                   .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                   .queueFamilyIndex = family };
  return pk_vk_check(d, d->api.CreateCommandPool(d->device, &info, NULL, pool), "make a command pool", error);
}

gboolean
pk_vk_context_init(PkVkContext *self, PkVkDevice *device, guint64 budget, gint64 segment_rows, guint workgroup,
                   PkVkPath path, GError **error)
{
  memset(self, 0, sizeof *self);
  g_mutex_init(&self->lock);
  self->device = device;
  self->segment_rows = segment_rows;
  self->ring_bytes = PK_VK_RING_BYTES;
  self->workgroup = workgroup;
  self->least_partition = (gint64)1 << 22;
  self->resident = g_ptr_array_new();
  self->abandoned = g_ptr_array_new();
  self->path = path != PK_VK_PATH_AUTO ? path : device->info->unified ? PK_VK_PATH_DIRECT : PK_VK_PATH_SENT;
  self->sent = g_hash_table_new(NULL, NULL);
  pk_vk_memory_init(&self->memory, device, budget);
  pk_vk_imports_init(&self->imports, &self->memory);
  return pk_vk_pipelines_init(&self->pipelines, device, error) &&
         make_pool(device, device->compute_family, &self->pool, error) &&
         make_pool(device, device->transfer_family, &self->transfer_pool, error);
}

static void
resident_free(PkVkContext *self, PkVkResident *r)
{
  pk_vk_buffer_free(&self->memory, r->buffer);
  pk_frame_unref(r->frame);
  g_free(r);
}

/* Frames of which the context holds references, and how many. */
static void
count_frame(PkFrame *frame, gpointer data)
{
  g_hash_table_insert(data, frame, GUINT_TO_POINTER(GPOINTER_TO_UINT(g_hash_table_lookup(data, frame)) + 1));
}

/* Ends all that is held of a frame, which goes with the last of it. */
static void
drop_frame(PkVkContext *self, PkFrame *frame)
{
  for (guint i = 0; i < frame->n_columns; i++)
    g_hash_table_remove(self->sent, frame->columns[i]);
  for (guint i = self->resident->len; i-- > 0;)
    if (((PkVkResident *)self->resident->pdata[i])->frame == frame)
      resident_free(self, g_ptr_array_steal_index_fast(self->resident, i));
  pk_vk_imports_drop(&self->imports, frame);
}

void
pk_vk_context_sweep(PkVkContext *self, gboolean all)
{
  g_autoptr(GHashTable) held = g_hash_table_new(NULL, NULL);
  GHashTableIter iter;
  gpointer frame, n;
  if (self->device->hung)
    return;
  for (guint i = 0; i < self->resident->len; i++)
    count_frame(((PkVkResident *)self->resident->pdata[i])->frame, held);
  pk_vk_imports_each(&self->imports, count_frame, held);
  g_hash_table_iter_init(&iter, held);
  while (g_hash_table_iter_next(&iter, &frame, &n))
    if (all || (guint)g_atomic_int_get(&((PkFrame *)frame)->refs) == GPOINTER_TO_UINT(n))
      drop_frame(self, frame);
}

gboolean
pk_vk_context_evict(PkVkContext *self)
{
  gint oldest = -1;
  for (guint i = 0; i < self->resident->len; i++) {
    const PkVkResident *r = self->resident->pdata[i];
    if (r->buffer && r->stamp != self->stamp &&
        (oldest < 0 || r->stamp < ((const PkVkResident *)self->resident->pdata[oldest])->stamp))
      oldest = (gint)i;
  }
  if (oldest >= 0)
    resident_free(self, g_ptr_array_steal_index_fast(self->resident, (guint)oldest));
  return oldest >= 0;
}

void
pk_vk_context_clear(PkVkContext *self)
{
  PkVkDevice *d = self->device;
  if (!d)
    return;
  if (d->hung) {
    static GSList *hung; /* what a device may still use, and who watches for leaks can find */
    hung = g_slist_prepend(hung, g_memdup2(self, sizeof *self));
    self->device = NULL;
    return;
  }
  if (d->device && !d->lost)
    d->api.DeviceWaitIdle(d->device);
  for (guint i = 0; i < PK_VK_RING; i++) {
    pk_vk_buffer_free(&self->memory, self->ring[i].buffer);
    if (self->ring[i].fence)
      d->api.DestroyFence(d->device, self->ring[i].fence, NULL);
  }
  pk_vk_context_sweep(self, TRUE);
  g_ptr_array_unref(self->resident);
  g_hash_table_unref(self->sent);
  g_ptr_array_unref(self->abandoned);
  pk_vk_imports_clear(&self->imports);
  pk_vk_memory_clear(&self->memory);
  pk_vk_pipelines_clear(&self->pipelines);
  if (self->pool)
    d->api.DestroyCommandPool(d->device, self->pool, NULL);
  if (self->transfer_pool)
    d->api.DestroyCommandPool(d->device, self->transfer_pool, NULL);
  pk_vk_device_free(d);
  g_mutex_clear(&self->lock);
  self->device = NULL;
}

/* --- sending --- */

/* What is sent: rows first … first + n of a column, as kernels read them. */
typedef struct {
  const PkVkColumn *column;
  gint64 first, n;
  guint size;       /* of an element */
  gsize data_bytes; /* padded; validity follows */
  gsize total;
} Source;

static void
copy_ranks(const PkVkColumn *column, const PkChunk *chunk, gint64 at, gint64 n, guint8 *to)
{
  for (gint64 i = 0; i < n; i++) {
    gsize code = pk_chunk_is_valid(chunk, at + i) ? (gsize)pk_chunk_get_int(chunk, column->source->physical, at + i) : 0;
    guint32 rank = code < column->n_texts ? column->ranks[code] : 0;
    if (column->kind == PK_KIND_U8)
      to[i] = (guint8)rank;
    else if (column->kind == PK_KIND_U16)
      ((guint16 *)(gpointer)to)[i] = (guint16)rank;
    else
      ((guint32 *)(gpointer)to)[i] = rank;
  }
}

static void
copy_values(const Source *s, gint64 row, gint64 n, guint8 *to)
{
  const PkColumn *c = s->column->source;
  gint64 per_chunk = c->n_chunks ? c->chunks[0].length : 1;
  while (n > 0) {
    gint64 k = MIN(row / MAX(per_chunk, 1), (gint64)c->n_chunks - 1), at = row - k * per_chunk;
    gint64 some = MIN(n, c->chunks[k].length - at);
    if (s->column->ranks)
      copy_ranks(s->column, &c->chunks[k], at, some, to);
    else
      memcpy(to, (const guint8 *)c->chunks[k].data + at * s->size, (gsize)some * s->size);
    to += some * s->size;
    row += some;
    n -= some;
  }
}

static void
copy_validity(const Source *s, gint64 row, gint64 n, guint64 *to)
{
  const PkColumn *c = s->column->source;
  gint64 per_chunk = c->chunks[0].length;
  memset(to, 0, (gsize)(n + 63) / 64 * 8);
  for (gint64 i = 0; i < n;) {
    gint64 k = MIN((row + i) / per_chunk, (gint64)c->n_chunks - 1), at = row + i - k * per_chunk;
    const PkChunk *chunk = &c->chunks[k];
    if (at % 64 == 0 && i % 64 == 0 && chunk->length - at >= 64 && n - i >= 64) {
      to[i / 64] = chunk->valid ? chunk->valid[at / 64] : G_MAXUINT64;
      i += 64;
    } else {
      to[i / 64] |= (guint64)pk_chunk_is_valid(chunk, at) << (i % 64);
      i++;
    }
  }
}

/* Bytes from … from + n of what is sent. Pieces end on multiples of 64 rows of data or of validity. */
static void
fill(const Source *s, gsize from, gsize n, guint8 *to)
{
  gsize data_end = (gsize)s->n * s->size;
  if (from < s->data_bytes) {
    if (from < data_end)
      copy_values(s, s->first + (gint64)(from / s->size), (gint64)((MIN(from + n, data_end) - from) / s->size), to);
    return;
  }
  gint64 row = (gint64)(from - s->data_bytes) * 8;
  copy_validity(s, s->first + row, MIN(s->n - row, (gint64)n * 8), (guint64 *)(gpointer)to);
}

#define PART ((gsize)1 << 20)

typedef struct {
  const Source *source;
  gsize from, n;
  guint8 *to;
  gint next; /* atomic */
} Piece;

static void
fill_parts(gpointer data, guint worker)
{
  Piece *p = data;
  for (;;) {
    gsize at = (gsize)g_atomic_int_add(&p->next, 1) * PART;
    if (at >= p->n)
      return;
    fill(p->source, p->from + at, MIN(PART, p->n - at), p->to + at);
  }
}

static gboolean
ring_wait(PkVkContext *self, guint i, GError **error)
{
  PkVkDevice *d = self->device;
  if (!self->ring[i].busy)
    return TRUE;
  self->ring[i].busy = FALSE;
  gboolean ok = pk_vk_wait(d, self->ring[i].fence, "finish a transfer", error);
  if (d->hung)
    return FALSE;
  VkResult reset = d->api.ResetFences(d->device, 1, &self->ring[i].fence); /* also after a fault: it is used again */
  return ok && pk_vk_check(d, reset, "reset a fence", error);
}

void
pk_vk_context_set_ring(PkVkContext *self, gsize bytes)
{
  if (bytes == self->ring_bytes)
    return;
  self->ring_bytes = bytes;
  for (guint i = 0; i < PK_VK_RING; i++) {
    pk_vk_buffer_free(&self->memory, self->ring[i].buffer);
    self->ring[i].buffer = NULL;
  }
}

static gboolean
ring_make(PkVkContext *self, guint i, GError **error)
{
  PkVkDevice *d = self->device;
  if (self->ring[i].buffer)
    return TRUE;
  VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  VkCommandBufferAllocateInfo commands = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                           .commandPool = self->transfer_pool, .commandBufferCount = 1 };
  if (!self->ring[i].fence &&
      (!pk_vk_check(d, d->api.CreateFence(d->device, &fence, NULL, &self->ring[i].fence), "make a fence", error) ||
       !pk_vk_check(d, d->api.AllocateCommandBuffers(d->device, &commands, &self->ring[i].commands),
                    "make a command buffer", error)))
    return FALSE;
  self->ring[i].buffer = pk_vk_buffer_new(&self->memory, self->ring_bytes, PK_VK_MEMORY_UPLOAD, error);
  return self->ring[i].buffer != NULL;
}

/* A piece's commands, whatever state a fault has left them in; it is not busy. */
static gboolean
ring_begin(PkVkContext *self, guint i, GError **error)
{
  PkVkDevice *d = self->device;
  VkCommandBufferBeginInfo begin = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                     .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT };
  VkCommandBuffer commands = self->ring[i].commands;
  return pk_vk_check(d, d->api.ResetCommandBuffer(commands, 0), "reset a transfer", error) &&
         pk_vk_check(d, d->api.BeginCommandBuffer(commands, &begin), "begin a transfer", error);
}

static gboolean
ring_submit(PkVkContext *self, guint i, GError **error)
{
  PkVkDevice *d = self->device;
  VkSubmitInfo submit = { .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1,
                          .pCommandBuffers = &self->ring[i].commands };
  if (!pk_vk_check(d, d->api.EndCommandBuffer(self->ring[i].commands), "end a transfer", error))
    return FALSE;
  VkResult sent = d->api.QueueSubmit(d->transfer, 1, &submit, self->ring[i].fence);
  self->ring[i].busy = sent == VK_SUCCESS;
  return pk_vk_check(d, sent, "send columns", error);
}

static gboolean
ring_send(PkVkContext *self, guint i, PkVkBuffer *to, gsize at, gsize n, GError **error)
{
  VkBufferCopy copy = { 0, at, n };
  if (!ring_begin(self, i, error))
    return FALSE;
  self->device->api.CmdCopyBuffer(self->ring[i].commands, self->ring[i].buffer->buffer, to->buffer, 1, &copy);
  return ring_submit(self, i, error);
}

/* While one piece of the ring is on its way, the next is gathered. */
static gboolean
send(PkVkContext *self, const Source *source, PkVkBuffer *to, GError **error)
{
  gint64 start = pk_clock_now_ns();
  gboolean ok = TRUE;
  guint i = 0;
  gsize n;
  for (gsize at = 0; at < source->total && ok; at += n, i = (i + 1) % PK_VK_RING) {
    gsize end = at < source->data_bytes ? source->data_bytes : source->total;
    n = MIN(self->ring_bytes, end - at);
    if (self->on_piece)
      self->on_piece(self->on_piece_data);
    ok = !g_cancellable_is_cancelled(self->cancellable) || pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
    ok = ok && ring_make(self, i, error) && ring_wait(self, i, error);
    if (!ok)
      break;
    Piece piece = { source, at, n, self->ring[i].buffer->map, 0 };
    pk_workers_run(fill_parts, &piece, (guint)((n + PART - 1) / PART));
    ok = ring_send(self, i, to, at, n, error);
  }
  for (guint k = 0; k < PK_VK_RING; k++)
    ok = ring_wait(self, k, ok ? error : NULL) && ok;
  self->uploaded += source->total;
  self->upload_ns += pk_clock_now_ns() - start;
  return ok;
}

/* --- chunks as they lie --- */

/* Are the column's values on the host what kernels read? A text's are codes, not ranks. */
static gboolean
is_plain(const PkVkColumn *column)
{
  return !column->ranks;
}

/* The segment within one chunk, read where it lies: NULL if it does not lie so, or cannot be imported. */
static PkVkResident *
require_direct(PkVkContext *self, PkFrame *frame, const Source *s, guint segment, GError **error)
{
  const PkColumn *c = s->column->source;
  gint64 per_chunk = c->chunks[0].length, k = s->first / per_chunk, at = s->first - k * per_chunk;
  const PkChunk *chunk = &c->chunks[k];
  if (!is_plain(s->column) || at % 64 != 0 || at + s->n > chunk->length)
    return NULL;
  const PkVkBuffer *data = pk_vk_import(&self->imports, frame, chunk->data, chunk->data_bytes, error);
  const PkVkBuffer *valid = data && chunk->valid
                              ? pk_vk_import(&self->imports, frame, chunk->valid, chunk->valid_bytes, error) : NULL;
  if (!data || (chunk->valid && !valid))
    return NULL;
  PkVkResident *r = g_new0(PkVkResident, 1);
  *r = (PkVkResident){ .frame = pk_frame_ref(frame), .column = c, .segment = segment, .stamp = self->stamp,
                       .data = data->address + (guint64)at * s->size, .valid = valid ? valid->address + (guint64)at / 8 : 0 };
  g_ptr_array_add(self->resident, r);
  return r;
}

/* A copy from each chunk that the segment touches; *done is FALSE where one could not be imported. */
static gboolean
record_copies(PkVkContext *self, PkFrame *frame, const Source *s, PkVkBuffer *to, VkCommandBuffer commands, gboolean *done,
              GError **error)
{
  PkVkDevice *d = self->device;
  const PkColumn *c = s->column->source;
  gint64 per_chunk = c->chunks[0].length;
  *done = FALSE;
  for (gint64 row = 0, some; row < s->n; row += some) {
    gint64 k = (s->first + row) / per_chunk, at = s->first + row - k * per_chunk;
    const PkChunk *chunk = &c->chunks[k];
    some = MIN(s->n - row, chunk->length - at);
    const PkVkBuffer *data = pk_vk_import(&self->imports, frame, chunk->data, chunk->data_bytes, error);
    const PkVkBuffer *valid = data && chunk->valid
                                ? pk_vk_import(&self->imports, frame, chunk->valid, chunk->valid_bytes, error) : NULL;
    if (!data || (chunk->valid && !valid))
      return !d->lost;
    VkBufferCopy copy = { (gsize)at * s->size, (gsize)row * s->size, (gsize)some * s->size };
    d->api.CmdCopyBuffer(commands, data->buffer, to->buffer, 1, &copy);
    gsize words = (gsize)(some + 63) / 64 * 8, place = s->data_bytes + (gsize)row / 8;
    VkBufferCopy bits = { (gsize)at / 8, place, words };
    if (valid)
      d->api.CmdCopyBuffer(commands, valid->buffer, to->buffer, 1, &bits);
    else if (s->total > s->data_bytes)
      d->api.CmdFillBuffer(commands, to->buffer, place, words, G_MAXUINT32);
  }
  *done = TRUE;
  return TRUE;
}

/* Copies what was imported, on the transfer queue; *done is FALSE where it must be gathered all the same. */
static gboolean
send_imported(PkVkContext *self, PkFrame *frame, const Source *s, PkVkBuffer *to, gboolean *done, GError **error)
{
  gint64 start = pk_clock_now_ns(), per_chunk = s->column->source->chunks[0].length;
  *done = FALSE;
  if (!is_plain(s->column) || (per_chunk % 64 != 0 && s->first + s->n > per_chunk) || self->imports.refused)
    return TRUE;
  if (!ring_make(self, 0, error) || !ring_wait(self, 0, error) || !ring_begin(self, 0, error) ||
      !record_copies(self, frame, s, to, self->ring[0].commands, done, error))
    return FALSE;
  if (!*done)
    return TRUE;
  gboolean ok = ring_submit(self, 0, error);
  ok = ring_wait(self, 0, ok ? error : NULL) && ok; /* also after a fault: it may be on its way */
  self->uploaded += s->total;
  self->upload_ns += pk_clock_now_ns() - start;
  return ok;
}

/* --- residency --- */

static PkVkResident *
lookup(PkVkContext *self, const PkColumn *column, guint segment)
{
  for (guint i = 0; i < self->resident->len; i++) {
    PkVkResident *r = self->resident->pdata[i];
    if (r->column == column && r->segment == segment)
      return r;
  }
  return NULL;
}

static PkVkBuffer *
make_room(PkVkContext *self, gsize bytes, GError **error)
{
  for (;;) {
    g_autoptr(GError) local = NULL;
    PkVkBuffer *buffer = pk_vk_buffer_new(&self->memory, bytes, PK_VK_MEMORY_DEVICE, &local);
    if (buffer)
      return buffer;
    if (!g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT) || !pk_vk_context_evict(self)) {
      g_propagate_error(error, g_steal_pointer(&local));
      return NULL;
    }
  }
}

static gboolean
fill_buffer(PkVkContext *self, PkFrame *frame, const Source *source, PkVkBuffer *buffer, GError **error)
{
  gpointer column = (gpointer)source->column->source;
  gboolean again = !g_hash_table_add(self->sent, column), done = FALSE;
  gboolean imported = self->path == PK_VK_PATH_IMPORTED || (again && self->path == PK_VK_PATH_SENT);
  if (imported && !send_imported(self, frame, source, buffer, &done, error))
    return FALSE;
  return done || send(self, source, buffer, error);
}

const PkVkResident *
pk_vk_context_require(PkVkContext *self, PkFrame *frame, const PkVkColumn *column, guint segment, GError **error)
{
  PkVkResident *r = lookup(self, column->source, segment);
  if (r) {
    r->stamp = self->stamp;
    return r;
  }
  Source source = { .column = column, .first = (gint64)segment * self->segment_rows,
                    .size = pk_vk_kind_size(column->kind) };
  source.n = MIN(self->segment_rows, column->source->length - source.first);
  source.data_bytes = ((gsize)source.n * source.size + 255) / 256 * 256;
  source.total = source.data_bytes + (column->nullable ? (gsize)(source.n + 63) / 64 * 8 : 0);
  if (self->path == PK_VK_PATH_DIRECT) {
    g_autoptr(GError) local = NULL;
    r = require_direct(self, frame, &source, segment, &local);
    if (local)
      g_propagate_error(error, g_steal_pointer(&local));
    if (r || self->device->lost)
      return r;
  }
  PkVkBuffer *buffer = make_room(self, source.total + 64, error);
  if (!buffer)
    return NULL;
  if (!fill_buffer(self, frame, &source, buffer, error)) {
    pk_vk_buffer_free(&self->memory, buffer);
    return NULL;
  }
  r = g_new0(PkVkResident, 1);
  *r = (PkVkResident){ pk_frame_ref(frame), column->source, segment, buffer, buffer->address,
                       column->nullable ? buffer->address + source.data_bytes : 0, self->stamp };
  g_ptr_array_add(self->resident, r);
  return r;
}
