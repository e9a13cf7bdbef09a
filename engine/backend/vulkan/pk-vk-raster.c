/* Three steps: the rows of each cell are counted as for any plan; a kernel tells how many cells have each count, which is
 * all that the host needs for the shades and the table from count to pixel; a kernel writes the pixels by that table. */
#include "pk-vk-raster.h"

#include "pk-error.h"
#include "pk-vk-emit.h"

#include <string.h>

/* Counts that are read with the greatest of them, before it is known. */
#define FIRST_READ ((gsize)1 << 16)

typedef struct {
  PkVkRun *run;
  PkVkProgram *program;
  const PkRasterStyle *style;
  PkVkBuffer *table, *pixels;
  gsize n_cells;
  struct PkKernelPaint args;
} Paint;

gboolean
pk_vk_raster_can(const PkVkProgram *program, const PkRasterStyle *style)
{
  guint first = style->n_layers ? 1 : 0;
  if (program->hashed || program->n_keys != first + 2 || program->passes->len > 0)
    return FALSE;
  /* A key without any value has a code that stands for nothing. */
  if (first && program->keys[0].column->least > program->keys[0].column->greatest)
    return FALSE;
  return program->keys[first].n_codes == style->height && program->keys[first + 1].n_codes == style->width;
}

static gboolean
run_kernel(Paint *self, guint form, GError **error)
{
  PkVkSpec spec = { .workgroup = self->run->context->workgroup, .form = form };
  guint64 args = pk_vk_run_place(self->run, &self->args, sizeof self->args, error);
  return args != 0 && pk_vk_run_items(self->run, PK_VK_PAINT, &spec, args, self->n_cells, error);
}

/* Bytes of the host on the device, before what is recorded next. */
static guint64
send_words(Paint *self, const guint32 *words, gsize n, GError **error)
{
  PkVkBuffer *host = pk_vk_run_scratch(self->run, n * 4, PK_VK_MEMORY_UPLOAD, error);
  PkVkBuffer *device = host ? pk_vk_run_scratch(self->run, n * 4 + 4, PK_VK_MEMORY_DEVICE, error) : NULL;
  VkBufferCopy copy = { 0, 0, n * 4 };
  if (!device)
    return 0;
  memcpy(host->map, words, n * 4);
  self->run->context->device->api.CmdCopyBuffer(self->run->commands, host->buffer, device->buffer, 1, &copy);
  pk_vk_run_fill(self->run, device, n * 4, 4, 0); /* and its barrier */
  return device->address;
}

/* The colour of each code of the first key, with 255 above it if it is a layer. */
static gboolean
place_layers(Paint *self, GError **error)
{
  g_autoptr(PkFrame) values = pk_vk_emit_codes(self->program, error);
  if (!values)
    return FALSE;
  g_autofree gint *layers = g_new(gint, MAX(values->length, 1));
  g_autofree guint32 *colors = g_new0(guint32, MAX(values->length, 1));
  if (!self->style->find_layers(values, layers, self->style->layers_user, error))
    return FALSE;
  for (gint64 i = 0; i < values->length; i++)
    colors[i] = layers[i] < 0 ? 0 : self->style->layers[layers[i]] | 0xff000000;
  PkVkBuffer *totals = pk_vk_run_scratch(self->run, self->n_cells * 4, PK_VK_MEMORY_DEVICE, error);
  self->args.n_codes = (guint32)values->length;
  self->args.totals = totals ? totals->address : 0;
  self->args.layers = totals ? send_words(self, colors, (gsize)values->length, error) : 0;
  return self->args.layers != 0;
}

static gboolean
prepare(Paint *self, GError **error)
{
  guint64 rows = (guint64)self->program->frame->length;
  /* The greatest count follows the table. */
  self->args.n_table = (guint32)MIN(rows, (guint64)PK_SHADES_MOST) + 1;
  self->table = pk_vk_run_scratch(self->run, ((gsize)self->args.n_table + 1) * 4, PK_VK_MEMORY_DEVICE, error);
  self->pixels = self->table ? pk_vk_run_scratch(self->run, self->n_cells * 4, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!self->pixels)
    return FALSE;
  pk_vk_run_fill(self->run, self->table, 0, ((gsize)self->args.n_table + 1) * 4, 0);
  self->args.table = self->table->address;
  self->args.most = self->table->address + (guint64)self->args.n_table * 4;
  self->args.pixels = self->pixels->address;
  self->args.n_cells = (guint32)self->n_cells;
  self->args.width = self->style->width;
  self->args.height = self->style->height;
  self->args.flip_x = (guint32)self->style->flip_x;
  self->args.flip_y = (guint32)self->style->flip_y;
  return self->style->n_layers == 0 || place_layers(self, error);
}

/* How many cells have each count up to the greatest; the caller's. */
static guint32 *
read_tally(Paint *self, guint32 *most, GError **error)
{
  gsize some = MIN(FIRST_READ, self->args.n_table);
  const guint32 *greatest = pk_vk_run_read(self->run, self->table, (gsize)self->args.n_table * 4, 4, error);
  const guint32 *cells = greatest ? pk_vk_run_read(self->run, self->table, 0, some * 4, error) : NULL;
  if (!cells || !pk_vk_run_submit(self->run, error))
    return NULL;
  *most = *greatest;
  if (*most >= self->args.n_table) {
    pk_fail(error, PK_ERROR_LIMIT, "a cell has %u rows, more than a table of shades holds", *most);
    return NULL;
  }
  if (*most >= some) {
    cells = pk_vk_run_read(self->run, self->table, 0, ((gsize)*most + 1) * 4, error);
    if (!cells || !pk_vk_run_submit(self->run, error))
      return NULL;
  }
  return g_memdup2(cells, ((gsize)*most + 1) * 4);
}

static gboolean
paint(Paint *self, PkRaster *raster, GError **error)
{
  guint32 most, *cells = run_kernel(self, 0, error) ? read_tally(self, &most, error) : NULL;
  if (!cells)
    return FALSE;
  pk_shades_init_cells(&raster->shades, self->style->transfer, cells, most);
  g_autofree guint32 *paints = pk_raster_table(self->style, &raster->shades);
  self->args.paints = send_words(self, paints, (gsize)raster->shades.max + 1, error);
  if (!self->args.paints || !run_kernel(self, 1, error))
    return FALSE;
  const guint32 *pixels = pk_vk_run_read(self->run, self->pixels, 0, self->n_cells * 4, error);
  if (!pixels || !pk_vk_run_submit(self->run, error))
    return FALSE;
  raster->pixels = g_memdup2(pixels, self->n_cells * 4);
  return TRUE;
}

gboolean
pk_vk_raster(PkVkRun *run, PkVkProgram *program, const PkRasterStyle *style, PkRaster *raster, GError **error)
{
  Paint self = { run, program, style, NULL, NULL, (gsize)style->width * style->height, { 0 } };
  self.args.counts = pk_vk_count(run, program, error);
  if (self.args.counts && prepare(&self, error) && paint(&self, raster, error))
    return TRUE;
  pk_raster_clear(raster);
  return FALSE;
}
