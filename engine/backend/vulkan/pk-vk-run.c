#include "pk-vk-run.h"

#include "pk-error.h"

#include <string.h>

#define ARENA_SPARE ((gsize)1 << 20) /* for the arguments of dispatches */

/* --- arguments --- */

static gsize
tables_bytes(const PkVkProgram *p)
{
  gsize bytes = 0;
  for (guint i = 0; i < p->plan->n_predicates; i++)
    bytes += p->predicates[i].table.bytes + 64;
  for (guint i = 0; i < p->n_keys; i++)
    bytes += p->keys[i].table.bytes + p->keys[i].table2.bytes + 128;
  return bytes;
}

guint64
pk_vk_run_place(PkVkRun *self, gconstpointer data, gsize bytes, GError **error)
{
  gsize at = (self->arena_used + 63) / 64 * 64;
  if (at + bytes > self->arena->size) {
    pk_fail(error, PK_ERROR_LIMIT, "the arguments of the device's kernels take more than %" G_GSIZE_FORMAT " bytes",
            (gsize)self->arena->size);
    return 0;
  }
  memcpy((guint8 *)self->arena_host->map + at, data, bytes);
  self->arena_used = at + bytes;
  return self->arena->address + at;
}

static gboolean
place_segments(PkVkRun *self, GError **error)
{
  gint64 rows = self->program->frame->length, per_segment = self->context->segment_rows;
  self->n_segments = (guint)((rows + per_segment - 1) / per_segment);
  g_autofree struct PkKernelSegment *segments = g_new0(struct PkKernelSegment, self->n_segments + 1);
  for (guint i = 0; i < self->n_segments; i++) {
    segments[i].first_row = (guint32)(i * per_segment);
    segments[i].n_rows = (guint32)MIN(per_segment, rows - (gint64)i * per_segment);
  }
  self->segments_address = pk_vk_run_place(self, segments, self->n_segments * sizeof *segments, error);
  if (!self->segments_address)
    return FALSE;
  self->segments_at = self->segments_address - self->arena->address;
  self->segments = (struct PkKernelSegment *)(gpointer)((guint8 *)self->arena_host->map + self->segments_at);
  return TRUE;
}

/* --- columns --- */

static gboolean
load_segment(PkVkRun *self, guint i, GError **error)
{
  const PkVkProgram *p = self->program;
  for (guint c = 0; c < p->n_columns; c++) {
    if (!pk_plan_scans_column(p->plan, c))
      continue;
    const PkVkResident *r = pk_vk_context_require(self->context, p->frame, &p->columns[c], i, error);
    if (!r)
      return FALSE;
    self->segments[i].columns[c] = (struct PkKernelColumn){ r->data, r->valid };
  }
  return TRUE;
}

/* All columns at once, or else a segment at a time as the scans come to them. */
static gboolean
load_all(PkVkRun *self, GError **error)
{
  g_autoptr(GError) local = NULL;
  gboolean ok = TRUE;
  for (guint i = 0; i < self->n_segments && ok; i++)
    ok = load_segment(self, i, &local);
  if (ok)
    return TRUE;
  if (!g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT) || self->context->device->lost) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  self->streaming = TRUE;
  self->context->stamp++; /* what came so far may leave again */
  return TRUE;
}

/* --- commands --- */

static gboolean
begin(PkVkRun *self, VkCommandBuffer commands, GError **error)
{
  PkVkDevice *d = self->context->device;
  VkCommandBufferBeginInfo info = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                    .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT };
  return pk_vk_check(d, d->api.BeginCommandBuffer(commands, &info), "begin a command buffer", error);
}

static gboolean
begin_main(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  if (!begin(self, self->commands, error))
    return FALSE;
  if (self->queries) {
    d->api.CmdResetQueryPool(self->commands, self->queries, 0, 2);
    d->api.CmdWriteTimestamp(self->commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, self->queries, 0);
  }
  return TRUE;
}

static gboolean
make_commands(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  VkCommandBuffer buffers[2];
  VkCommandBufferAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                       .commandPool = self->context->pool, .commandBufferCount = 2 };
  VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  VkQueryPoolCreateInfo queries = { .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                    .queryType = VK_QUERY_TYPE_TIMESTAMP, .queryCount = 2 };
  if (!pk_vk_check(d, d->api.AllocateCommandBuffers(d->device, &info, buffers), "make command buffers", error))
    return FALSE;
  self->prologue = buffers[0];
  self->commands = buffers[1];
  if (!pk_vk_check(d, d->api.CreateFence(d->device, &fence, NULL, &self->fence), "make a fence", error))
    return FALSE;
  if (d->timestamp_ns > 0 &&
      !pk_vk_check(d, d->api.CreateQueryPool(d->device, &queries, NULL, &self->queries), "make a query pool", error))
    return FALSE;
  return begin_main(self, error);
}

/* What was written before is seen by what comes after. */
static void
barrier(PkVkRun *self, VkCommandBuffer commands)
{
  const VkPipelineStageFlags stages =
    VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_HOST_BIT;
  VkMemoryBarrier all = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                          .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
                          .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT };
  self->context->device->api.CmdPipelineBarrier(commands, stages, stages, 0, 1, &all, 0, NULL, 0, NULL);
}

static gboolean
record_prologue(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  /* The segments' entries change between submits; what lies before them was sent once. */
  gsize from = MIN(self->arena_sent, self->segments_at);
  VkBufferCopy copy = { from, from, self->arena_used - from };
  if (!begin(self, self->prologue, error))
    return FALSE;
  if (copy.size > 0)
    d->api.CmdCopyBuffer(self->prologue, self->arena_host->buffer, self->arena->buffer, 1, &copy);
  barrier(self, self->prologue);
  self->arena_sent = self->arena_used;
  return pk_vk_check(d, d->api.EndCommandBuffer(self->prologue), "end a command buffer", error);
}

static gboolean
read_time(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  guint64 ticks[2] = { 0, 0 };
  if (!self->queries)
    return TRUE;
  VkResult result = d->api.GetQueryPoolResults(d->device, self->queries, 0, 2, sizeof ticks, ticks, sizeof ticks[0],
                                               VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
  if (!pk_vk_check(d, result, "read a timestamp", error))
    return FALSE;
  self->kernel_ms += (double)(ticks[1] - ticks[0]) * d->timestamp_ns / 1e6;
  return TRUE;
}

static gboolean
start(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  VkCommandBuffer both[2] = { self->prologue, self->commands };
  VkSubmitInfo submit = { .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 2, .pCommandBuffers = both };
  if (g_cancellable_is_cancelled(self->cancellable))
    return pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
  if (self->queries)
    d->api.CmdWriteTimestamp(self->commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->queries, 1);
  barrier(self, self->commands);
  if (!pk_vk_check(d, d->api.EndCommandBuffer(self->commands), "end a command buffer", error) ||
      !record_prologue(self, error))
    return FALSE;
  self->in_flight = TRUE;
  return pk_vk_check(d, d->api.QueueSubmit(d->compute, 1, &submit, self->fence), "start kernels", error);
}

static gboolean
finish(PkVkRun *self, GError **error)
{
  PkVkDevice *d = self->context->device;
  if (!pk_vk_wait(d, self->fence, "finish kernels", error))
    return FALSE;
  self->in_flight = FALSE;
  return pk_vk_check(d, d->api.ResetFences(d->device, 1, &self->fence), "reset a fence", error) &&
         read_time(self, error) && begin_main(self, error);
}

gboolean
pk_vk_run_submit(PkVkRun *self, GError **error)
{
  return start(self, error) && finish(self, error);
}

/* --- memory --- */

/* The run's own columns leave too, once what was recorded with their addresses is done: from then on scans bring
 * them segment by segment. */
static gboolean
make_room(PkVkRun *self, GError **error)
{
  if (pk_vk_context_evict(self->context))
    return TRUE;
  if (self->streaming || !self->commands || !pk_vk_run_submit(self, NULL))
    return pk_fail(error, PK_ERROR_LIMIT, "the Vulkan device's memory does not hold what the plan needs at once");
  self->streaming = TRUE;
  self->context->stamp++;
  return pk_vk_context_evict(self->context) ||
         pk_fail(error, PK_ERROR_LIMIT, "the Vulkan device's memory does not hold what the plan needs at once");
}

PkVkBuffer *
pk_vk_run_scratch(PkVkRun *self, gsize bytes, PkVkMemoryKind kind, GError **error)
{
  for (;;) {
    g_autoptr(GError) local = NULL;
    PkVkBuffer *buffer = pk_vk_scratch_take(&self->context->memory, MAX(bytes, 16), kind, &local);
    if (buffer) {
      g_ptr_array_add(self->scratch, buffer);
      return buffer;
    }
    if (!g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT)) {
      g_propagate_error(error, g_steal_pointer(&local));
      return NULL;
    }
    if (!make_room(self, error))
      return NULL;
  }
}

void
pk_vk_run_fill(PkVkRun *self, PkVkBuffer *buffer, gsize at, gsize bytes, guint32 pattern)
{
  if (bytes == 0)
    return;
  self->context->device->api.CmdFillBuffer(self->commands, buffer->buffer, at, (bytes + 3) / 4 * 4, pattern);
  barrier(self, self->commands);
}

gconstpointer
pk_vk_run_read(PkVkRun *self, PkVkBuffer *buffer, gsize at, gsize bytes, GError **error)
{
  PkVkBuffer *host = pk_vk_run_scratch(self, bytes, PK_VK_MEMORY_READBACK, error);
  VkBufferCopy copy = { at, 0, MAX(bytes, 4) };
  if (!host)
    return NULL;
  self->context->device->api.CmdCopyBuffer(self->commands, buffer->buffer, host->buffer, 1, &copy);
  return host->map;
}

/* --- dispatches --- */

static gboolean
dispatch(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, guint64 program, guint segment, guint first_partial,
         guint groups, gboolean span, GError **error)
{
  PkVkContext *c = self->context;
  VkPipeline pipeline = pk_vk_pipeline(&c->pipelines, kernel, spec, error);
  if (!pipeline)
    return FALSE;
  guint n4 = segment < self->n_segments ? (self->segments[segment].n_rows + 3) / 4 : 0;
  guint each = (n4 + groups - 1) / groups;
  struct PkKernelPush push = { program, self->segments_address, segment, first_partial,
                               span ? (each + spec->workgroup - 1) / spec->workgroup * spec->workgroup : 0, 0 };
  c->device->api.CmdBindPipeline(self->commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
  c->device->api.CmdPushConstants(self->commands, c->pipelines.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push,
                                  &push);
  c->device->api.CmdDispatch(self->commands, groups, 1, 1);
  return TRUE;
}

guint
pk_vk_run_workgroup(const PkVkRun *self, PkVkKernel kernel, guint most)
{
  const PkVkContext *c = self->context;
  if (c->tuned)
    return c->workgroup;
  return c->tuning.workgroup[kernel] ? c->tuning.workgroup[kernel] : MIN(most, c->device->most_workgroup);
}

guint
pk_vk_run_groups(const PkVkRun *self, const PkVkSpec *spec, guint segment)
{
  guint64 n4 = (self->segments[segment].n_rows + 3) / 4;
  guint most = self->context->device->info->is_cpu ? PK_VK_MOST_GROUPS_CPU : PK_VK_MOST_GROUPS;
  return (guint)CLAMP((n4 + spec->workgroup - 1) / spec->workgroup, 1, most);
}

/* Runs what was recorded for a segment, and brings the next while it runs: where memory has no room for both, later. */
static gboolean
run_and_bring(PkVkRun *self, guint next, GError **error)
{
  g_autoptr(GError) local = NULL;
  if (!start(self, error))
    return FALSE;
  if (next < self->n_segments && !load_segment(self, next, &local) && !g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT)) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  return finish(self, error);
}

gboolean
pk_vk_run_open(PkVkRun *self, guint segment, GError **error)
{
  if (!self->streaming)
    return TRUE;
  self->context->stamp++; /* what was used so far may leave */
  return load_segment(self, segment, error);
}

gboolean
pk_vk_run_one(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, guint64 args, guint segment, guint groups,
              GError **error)
{
  return dispatch(self, kernel, spec, args, segment, 0, groups, TRUE, error);
}

void
pk_vk_run_barrier(PkVkRun *self)
{
  barrier(self, self->commands);
}

gboolean
pk_vk_run_close(PkVkRun *self, GError **error)
{
  barrier(self, self->commands);
  return !self->streaming || pk_vk_run_submit(self, error);
}

gboolean
pk_vk_run_scan(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, const struct PkKernelProgram *args,
               gboolean span, GError **error)
{
  guint64 program = pk_vk_run_place(self, args, sizeof *args, error);
  guint first = 0;
  if (!program)
    return FALSE;
  for (guint i = 0; i < self->n_segments; i++) {
    guint groups = pk_vk_run_groups(self, spec, i);
    if (self->streaming) {
      self->context->stamp++; /* what was used so far may leave */
      if (!load_segment(self, i, error))
        return FALSE;
    }
    if (!dispatch(self, kernel, spec, program, i, first, groups, span, error) ||
        (self->streaming && !run_and_bring(self, i + 1, error)))
      return FALSE;
    first += groups;
  }
  barrier(self, self->commands);
  return TRUE;
}

gboolean
pk_vk_run_items(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, guint64 args, guint64 n, GError **error)
{
  guint groups = (guint)CLAMP((n + spec->workgroup - 1) / spec->workgroup, 1, 65535);
  if (!dispatch(self, kernel, spec, args, G_MAXUINT32, 0, groups, FALSE, error))
    return FALSE;
  barrier(self, self->commands);
  return TRUE;
}

gboolean
pk_vk_run_once(PkVkRun *self, PkVkKernel kernel, const PkVkSpec *spec, const struct PkKernelProgram *args, guint64 n,
               GError **error)
{
  guint64 program = pk_vk_run_place(self, args, sizeof *args, error);
  return program != 0 && pk_vk_run_items(self, kernel, spec, program, n, error);
}

/* --- whole --- */

PkVkRun *
pk_vk_run_new(PkVkContext *context, const PkVkProgram *program, GCancellable *cancellable, GError **error)
{
  PkVkRun *self = g_new0(PkVkRun, 1);
  g_mutex_lock(&context->lock);
  self->context = context;
  self->program = program;
  self->cancellable = context->cancellable = cancellable;
  self->scratch = g_ptr_array_new();
  context->stamp++;
  pk_vk_context_sweep(context, FALSE);
  gint64 n_segments = (program->frame->length + context->segment_rows - 1) / context->segment_rows;
  gsize bytes = tables_bytes(program) + (gsize)n_segments * sizeof(struct PkKernelSegment) + ARENA_SPARE;
  gboolean ok = !context->device->lost ||
                pk_fail(error, PK_ERROR_ENGINE, "the Vulkan device %s was lost", context->device->info->name);
  ok = ok && (self->arena = pk_vk_run_scratch(self, bytes, PK_VK_MEMORY_DEVICE, error)) &&
       (self->arena_host = pk_vk_run_scratch(self, self->arena->size, PK_VK_MEMORY_UPLOAD, error)) &&
       place_segments(self, error) && load_all(self, error) && make_commands(self, error);
  if (ok)
    return self;
  pk_vk_run_free(self);
  return NULL;
}

void
pk_vk_run_free(PkVkRun *self)
{
  if (!self)
    return;
  PkVkContext *c = self->context;
  PkVkDevice *d = c->device;
  VkCommandBuffer both[2] = { self->prologue, self->commands };
  c->cancellable = NULL;
  if (d->hung) { /* it may go on writing into what this run took */
    g_ptr_array_add(c->abandoned, self);
    g_mutex_unlock(&c->lock);
    return;
  }
  /* After a fault the queue may still run what was submitted, out of the memory that now leaves. */
  if (self->in_flight)
    d->api.QueueWaitIdle(d->compute);
  if (self->commands)
    d->api.FreeCommandBuffers(d->device, c->pool, 2, both);
  if (self->fence)
    d->api.DestroyFence(d->device, self->fence, NULL);
  if (self->queries)
    d->api.DestroyQueryPool(d->device, self->queries, NULL);
  for (guint i = 0; i < self->scratch->len; i++)
    pk_vk_scratch_give(&c->memory, self->scratch->pdata[i]);
  g_ptr_array_unref(self->scratch);
  g_mutex_unlock(&c->lock);
  g_free(self);
}
