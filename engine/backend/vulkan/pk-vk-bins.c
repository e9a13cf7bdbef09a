#include "pk-vk-bins.h"

#include "pk-error.h"

#define MOST_BUCKETS_LOG2 9
#define LEAST_BUCKETS_LOG2 5
#define ROWS_AN_INVOCATION 8
#define SAMPLES 64 /* workgroups */
#define TALLIES 512

typedef struct {
  PkVkSpec cache, sample, partition, tally;
  guint64 args;
  PkVkBuffer *control;
} Bins;

/* The fewest buckets whose bins fit shared memory; 0: none do. */
static guint
buckets_log2(const PkVkDevice *device, guint64 n_groups)
{
  guint64 most = MIN(device->shared_bytes, 32u << 10) / 4;
  for (guint log2 = LEAST_BUCKETS_LOG2; log2 <= MOST_BUCKETS_LOG2; log2++)
    if ((n_groups + (1u << log2) - 1) >> log2 <= most)
      return log2;
  return 0;
}

static gboolean
make_buffers(PkVkRun *run, const Bins *self, struct PkKernelProgram *args, GError **error)
{
  guint tile = self->partition.shared_words;
  guint64 tiles = ((guint64)MIN(run->context->segment_rows, run->program->frame->length) + tile - 1) / tile;
  gsize offsets = (gsize)tiles * ((1u << self->partition.form) + 1) * 4;
  PkVkBuffer *table = pk_vk_run_scratch(run, (gsize)tiles * tile * 4, PK_VK_MEMORY_DEVICE, error);
  PkVkBuffer *begins = table ? pk_vk_run_scratch(run, offsets, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!begins)
    return FALSE;
  args->table = table->address;
  args->names = begins->address;
  args->control = self->control->address;
  args->width = tile / 4;
  return TRUE;
}

static gboolean
prepare(PkVkRun *run, Bins *self, const PkVkSpec *spec, const struct PkKernelProgram *args, guint log2, GError **error)
{
  struct PkKernelProgram both = *args;
  guint workgroup = MIN(1024, run->context->device->most_workgroup);
  self->cache = self->sample = self->partition = *spec;
  self->cache.workgroup = self->sample.workgroup = pk_vk_run_workgroup(run, PK_VK_BINS, 1024);
  self->cache.form = 2;
  self->sample.form = 1;
  self->partition.form = log2;
  self->partition.workgroup = MIN(512, workgroup); /* two of them, with what they keep in registers, fit where one of 1024 does */
  self->partition.shared_words = self->partition.workgroup * ROWS_AN_INVOCATION;
  self->tally = (PkVkSpec){ .workgroup = workgroup, .form = log2 };
  self->tally.shared_words = (args->n_groups + (1u << log2) - 1) >> log2;
  self->control = pk_vk_run_scratch(run, sizeof(struct PkKernelControl), PK_VK_MEMORY_DEVICE, error);
  return self->control && make_buffers(run, self, &both, error) &&
         (self->args = pk_vk_run_place(run, &both, sizeof both, error)) != 0;
}

static gboolean
count_segment(PkVkRun *run, const Bins *self, guint segment, GError **error)
{
  guint n4 = (run->segments[segment].n_rows + 3) / 4;
  guint groups = pk_vk_run_groups(run, &self->cache, segment);
  guint tallies = MAX(TALLIES >> self->tally.form, 1) << self->tally.form;
  pk_vk_run_fill(run, self->control, 0, sizeof(struct PkKernelControl), 0);
  if (!pk_vk_run_one(run, PK_VK_BINS, &self->sample, self->args, segment, CLAMP(n4 / 4096, 1, SAMPLES), error))
    return FALSE;
  pk_vk_run_barrier(run);
  if (!pk_vk_run_one(run, PK_VK_BINS, &self->cache, self->args, segment, groups, error) ||
      !pk_vk_run_one(run, PK_VK_PARTITION, &self->partition, self->args, segment, groups, error))
    return FALSE;
  pk_vk_run_barrier(run);
  return pk_vk_run_one(run, PK_VK_TALLY, &self->tally, self->args, segment, tallies, error);
}

gboolean
pk_vk_run_bins(PkVkRun *run, const PkVkSpec *spec, const struct PkKernelProgram *args, GError **error)
{
  guint log2 = buckets_log2(run->context->device, args->n_groups);
  g_autoptr(GError) local = NULL;
  Bins self = { 0 };
  gboolean worth = run->program->frame->length >= run->context->least_partition && log2 > 0;
  if (worth && !prepare(run, &self, spec, args, log2, &local)) {
    if (!g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT) || run->context->device->lost) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    worth = FALSE; /* no room for tiles */
  }
  if (!worth) {
    PkVkSpec plain = *spec;
    plain.workgroup = pk_vk_run_workgroup(run, PK_VK_BINS, 1024);
    return pk_vk_run_scan(run, PK_VK_BINS, &plain, args, TRUE, error);
  }
  for (guint i = 0; i < run->n_segments; i++)
    if (!pk_vk_run_open(run, i, error) || !count_segment(run, &self, i, error) || !pk_vk_run_close(run, error))
      return FALSE;
  return TRUE;
}
