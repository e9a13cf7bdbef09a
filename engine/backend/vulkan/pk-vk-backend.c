#include "pk-vk-backend.h"

#include "pk-error.h"
#include "pk-result.h"
#include "pk-vk-emit.h"
#include "pk-vk-raster.h"
#include "pk-vk-rows.h"

typedef struct {
  PkBackend base;
  PkVkContext context;
  double kernel_ms;
  char *note; /* about the tuning; NULL: there is none */
} VkBackend;

typedef struct {
  PkPrepared base;
  PkVkProgram *program;
} VkPrepared;

static void
add_receipt(const PkVkProgram *program, PkReceipt *receipt)
{
  g_autofree PkColumn **columns = pk_plan_columns_in(program->plan, program->frame);
  receipt->rows_scanned = program->frame->length;
  receipt->bytes_read = pk_plan_columns_bytes(program->plan, columns);
}

static PkFrame *
vk_execute(PkPrepared *prepared, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  VkPrepared *self = (VkPrepared *)prepared;
  VkBackend *backend = (VkBackend *)prepared->backend;
  PkVkProgram *program = self->program;
  PkVkGroups groups;
  if (g_cancellable_is_cancelled(cancellable)) {
    pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
    return NULL;
  }
  g_autoptr(PkVkRun) run = pk_vk_run_new(&backend->context, program, cancellable, error);
  PkFrame *rows = run && program->plan->is_rows ? pk_vk_rows(run, program, error) : NULL;
  if (!run || (program->plan->is_rows ? !rows : !pk_vk_execute(run, program, &groups, error)))
    return NULL;
  backend->kernel_ms = run->kernel_ms;
  add_receipt(program, receipt);
  return rows ? rows : pk_vk_emit(program, &groups, error);
}

/* Where the device cannot paint its counts, they come back and are painted here. */
static gboolean
vk_raster(PkPrepared *prepared, const PkRasterStyle *style, PkRaster *raster, GCancellable *cancellable,
          PkReceipt *receipt, GError **error)
{
  VkBackend *backend = (VkBackend *)prepared->backend;
  PkVkProgram *program = ((VkPrepared *)prepared)->program;
  g_autoptr(GError) local = NULL;
  if (pk_vk_raster_can(program, style)) {
    g_autoptr(PkVkRun) run = pk_vk_run_new(&backend->context, program, cancellable, &local);
    gboolean ok = run && pk_vk_raster(run, program, style, raster, &local);
    backend->kernel_ms = run ? run->kernel_ms : 0;
    add_receipt(program, receipt);
    if (ok)
      return TRUE;
    if (!g_error_matches(local, PK_ERROR, PK_ERROR_LIMIT) || backend->context.device->lost) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
  }
  g_autoptr(PkFrame) counts = vk_execute(prepared, cancellable, receipt, error);
  return counts && pk_raster_paint(raster, style, program->plan, counts, error);
}

static gboolean
vk_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  return pk_vk_program_supports(plan, reason);
}

/* Transfer, launch and scan, by what `pika tune` measured here, else about what was on one H200: 1 ms from plan to
 * result, half of the memory's 4 TB/s for each pass, 10 GB/s to bring columns there. A software device costs so much
 * that no estimate chooses it. */
static PkCost
vk_estimate(PkBackend *backend, const PkPlan *plan, const PkWorkload *work)
{
  VkBackend *self = (VkBackend *)backend;
  double rows = work->rows >= 0 ? (double)work->rows : 1e6;
  double bytes = work->bytes > 0 ? (double)work->bytes : rows * 8 * plan->n_columns;
  const PkVkTuning *tuning = &self->context.tuning;
  double launch_ms = tuning->launch_ms > 0 ? tuning->launch_ms : 1;
  double read_gb_s = tuning->read_gb_s > 0 ? tuning->read_gb_s : 4000, upload_gb_s = tuning->upload_gb_s > 0 ? tuning->upload_gb_s : 10;
  PkCost cost = { work->resident ? 0 : rows * plan->n_columns * 20 / 1e6,
                  launch_ms + bytes * (1 + plan->n_aggs) / (read_gb_s / 2) / 1e6 };
  cost.setup_ms += bytes / upload_gb_s / 1e6;
  if (self->context.device->info->is_cpu)
    cost.execute_ms += 1e9;
  return cost;
}

static PkPrepared *
vk_prepare(PkBackend *backend, PkPlan *plan, PkFrame *frame, GError **error)
{
  PkVkProgram *program = pk_vk_program_new(plan, frame, error);
  if (!program)
    return NULL;
  VkPrepared *self = g_new0(VkPrepared, 1);
  self->base.backend = backend;
  self->program = program;
  return &self->base;
}

static void
vk_prepared_free(PkPrepared *prepared)
{
  pk_vk_program_free(((VkPrepared *)prepared)->program);
  g_free(prepared);
}

static void
vk_free(PkBackend *backend)
{
  pk_vk_context_clear(&((VkBackend *)backend)->context);
  g_free(((VkBackend *)backend)->note);
  g_free(backend);
}

/* What is wrong with a file of tuning is no reason to do without a GPU. */
static void
load_tuning(VkBackend *self)
{
  const PkVkDevice *d = self->context.device;
  g_autofree char *path = pk_vk_tuning_path(d->info);
  g_autoptr(GError) error = NULL;
  if (pk_vk_tuning_load(&self->context.tuning, path, d->info, d->most_workgroup, &error)) {
    self->note = g_strdup_printf("tuned by %s", path);
    if (self->context.tuning.ring_bytes)
      self->context.ring_bytes = self->context.tuning.ring_bytes;
  } else if (!g_error_matches(error, PK_ERROR, PK_ERROR_NOT_FOUND)) {
    self->note = g_strdup_printf("not tuned: %s: run pika tune", error->message);
  }
  if (self->note)
    g_info("%s: %s", d->info->name, self->note);
}

PkBackend *
pk_vk_backend_new(const PkVkOptions *options, GError **error)
{
  static const PkBackendClass klass = {
    .name = "vulkan", .supports = vk_supports, .estimate = vk_estimate, .prepare = vk_prepare,
    .execute = vk_execute, .raster = vk_raster, .prepared_free = vk_prepared_free, .free = vk_free,
  };
  static const PkVkOptions defaults;
  options = options ? options : &defaults;
  PkVkDevice *device = pk_vk_device_new(options->device ? options->device : g_getenv("PIKA_DEVICE"), options->validate,
                                        error);
  if (!device)
    return NULL;
  VkBackend *self = g_new0(VkBackend, 1);
  self->base.klass = &klass;
  self->base.needs_frame = TRUE;
  guint64 budget = options->memory ? options->memory : device->info->memory_free / 10 * 9;
  /* What is read as it lies comes in the pieces that it lies in. */
  gboolean direct = options->path == PK_VK_PATH_DIRECT || (options->path == PK_VK_PATH_AUTO && device->info->unified);
  gint64 rows = options->segment_rows ? options->segment_rows : direct ? PK_CHUNK_ROWS : (gint64)1 << 27;
  guint workgroup = options->workgroup ? options->workgroup : 256;
  if (!pk_vk_context_init(&self->context, device, budget, rows, MIN(workgroup, device->most_workgroup), options->path,
                          error)) {
    vk_free(&self->base);
    return NULL;
  }
  self->context.tuned = options->workgroup != 0;
  if (!options->untuned)
    load_tuning(self);
  if (options->least_partition)
    self->context.least_partition = options->least_partition;
  return &self->base;
}

PkVkAbout
pk_vk_backend_about(PkBackend *backend)
{
  const PkVkDevice *d = ((VkBackend *)backend)->context.device;
  return (PkVkAbout){ d->info->name, d->info->driver, d->info->type, d->info->is_cpu, d->info->unified, d->subgroup, d->shared_bytes };
}

PkVkUsage
pk_vk_backend_usage(PkBackend *backend)
{
  VkBackend *self = (VkBackend *)backend;
  PkVkContext *c = &self->context;
  return (PkVkUsage){ .kernel_ms = self->kernel_ms, .upload_ms = (double)c->upload_ns / 1e6, .uploaded = c->uploaded,
                      .resident = c->memory.used, .imported = c->imports.bytes, .messages = (guint)g_atomic_int_get(&c->device->messages),
                      .pipelines = g_hash_table_size(c->pipelines.pipelines) };
}

void
pk_vk_backend_set_workgroup(PkBackend *backend, guint workgroup)
{
  PkVkContext *c = &((VkBackend *)backend)->context;
  g_mutex_lock(&c->lock);
  c->tuned = workgroup != 0;
  c->workgroup = MIN(workgroup ? workgroup : 256, c->device->most_workgroup);
  g_mutex_unlock(&c->lock);
}

/* --- tuning --- */

const char *
pk_vk_kernel_label(guint kernel)
{
  return kernel < PK_VK_N_KERNELS ? pk_vk_kernel_name((PkVkKernel)kernel) : NULL;
}

void
pk_vk_backend_tune_kernel(PkBackend *backend, guint kernel, guint workgroup)
{
  PkVkContext *c = &((VkBackend *)backend)->context;
  g_mutex_lock(&c->lock);
  if (kernel < PK_VK_N_KERNELS)
    c->tuning.workgroup[kernel] = MIN(workgroup, c->device->most_workgroup);
  g_mutex_unlock(&c->lock);
}

void
pk_vk_backend_tune_transfer(PkBackend *backend, guint64 bytes)
{
  PkVkContext *c = &((VkBackend *)backend)->context;
  g_mutex_lock(&c->lock);
  c->tuning.ring_bytes = bytes;
  pk_vk_context_set_ring(c, bytes ? bytes : PK_VK_RING_BYTES);
  g_mutex_unlock(&c->lock);
}

void
pk_vk_backend_tune_speeds(PkBackend *backend, double read_gb_s, double upload_gb_s, double launch_ms)
{
  PkVkTuning *tuning = &((VkBackend *)backend)->context.tuning;
  tuning->read_gb_s = read_gb_s;
  tuning->upload_gb_s = upload_gb_s;
  tuning->launch_ms = launch_ms;
}

char *
pk_vk_backend_save_tuning(PkBackend *backend, GError **error)
{
  const PkVkContext *c = &((VkBackend *)backend)->context;
  g_autofree char *path = pk_vk_tuning_path(c->device->info);
  return pk_vk_tuning_save(&c->tuning, path, c->device->info, error) ? g_steal_pointer(&path) : NULL;
}

const char *
pk_vk_backend_tuning_note(PkBackend *backend)
{
  return ((VkBackend *)backend)->note;
}

void
pk_vk_backend_forget(PkBackend *backend)
{
  PkVkContext *c = &((VkBackend *)backend)->context;
  g_mutex_lock(&c->lock);
  pk_vk_context_sweep(c, TRUE);
  g_mutex_unlock(&c->lock);
}

void
pk_vk_backend_fail_after(PkBackend *backend, guint n, PkVkFault fault)
{
  PkVkDevice *d = ((VkBackend *)backend)->context.device;
  d->fail_after = (gint)n;
  d->fail_with = fault == PK_VK_FAULT_LOST      ? VK_ERROR_DEVICE_LOST
                 : fault == PK_VK_FAULT_TIMEOUT ? VK_TIMEOUT
                                                : VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

gboolean
pk_vk_backend_fault_pending(PkBackend *backend)
{
  return ((VkBackend *)backend)->context.device->fail_after >= 0;
}

void
pk_vk_backend_on_piece(PkBackend *backend, void (*func)(gpointer data), gpointer data)
{
  PkVkContext *c = &((VkBackend *)backend)->context;
  c->on_piece = func;
  c->on_piece_data = data;
}

char *
pk_vk_describe_devices(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = pk_vk_list_devices(&error);
  GString *out = g_string_new(NULL);
  if (!list) {
    g_string_append_printf(out, "no GPU: %s\n", error->message);
    return g_string_free(out, FALSE);
  }
  for (guint i = 0; i < list->len; i++) {
    const PkVkDeviceInfo *d = list->pdata[i];
    g_string_append_printf(out, "%u  %s (%s, %s), %.1f GiB, Vulkan %u.%u, %s\n   uses: %s\n", i, d->name, d->vendor,
                           d->type, (double)d->memory / 0x1p30, VK_API_VERSION_MAJOR(d->api_version),
                           VK_API_VERSION_MINOR(d->api_version), d->driver, d->used);
    if (d->missing)
      g_string_append_printf(out, "   cannot be used: it lacks %s\n", d->missing);
  }
  return g_string_free(out, FALSE);
}
