#include "pk-raster.h"

#include "pk-error.h"

#include <string.h>

void
pk_raster_clear(PkRaster *self)
{
  g_clear_pointer(&self->pixels, g_free);
  pk_shades_clear(&self->shades);
}

guint32 *
pk_raster_table(const PkRasterStyle *style, const PkShades *shades)
{
  guint32 *table = g_new0(guint32, (gsize)shades->max + 1);
  for (guint i = 0; i < shades->n; i++)
    table[shades->counts[i]] = style->paint(pk_shades_at_rank(shades, i), style->user);
  return table;
}

/* What each cell holds: rows, and with layers the sums of their colours' channels. */
typedef struct {
  gint64 *totals;
  guint64 *sums; /* r, g, b of each cell; NULL: no layers */
} Cells;

static void
cells_clear(Cells *self)
{
  g_free(self->totals);
  g_free(self->sums);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cells, cells_clear)

static void
take_dense(Cells *cells, const PkColumn *column, gsize n)
{
  gsize at = 0;
  for (guint c = 0; c < column->n_chunks; c++) {
    const PkChunk *chunk = &column->chunks[c];
    gsize some = MIN((gsize)chunk->length, n - at);
    if (column->physical == PK_PHYS_I64)
      memcpy(cells->totals + at, chunk->data, some * sizeof *cells->totals);
    for (gsize i = 0; column->physical != PK_PHYS_I64 && i < some; i++)
      cells->totals[at + i] = (gint64)pk_chunk_get_int(chunk, column->physical, (gint64)i);
    at += some;
  }
}

/* Groups by value, y, x. */
static gboolean
take_layers(Cells *cells, const PkRasterStyle *style, PkFrame *counts, GError **error)
{
  g_autofree gint *layers = g_new(gint, MAX(counts->length, 1));
  if (!style->find_layers(counts, layers, style->layers_user, error))
    return FALSE;
  for (gint64 i = 0; i < counts->length; i++) {
    gsize y = (gsize)pk_column_get_int(counts->columns[1], i), x = (gsize)pk_column_get_int(counts->columns[2], i);
    gint64 n = (gint64)pk_column_get_int(counts->columns[3], i);
    if (layers[i] < 0)
      continue;
    gsize cell = y * style->width + x;
    guint32 rgb = style->layers[layers[i]];
    cells->totals[cell] += n;
    for (guint channel = 0; channel < 3; channel++)
      cells->sums[3 * cell + channel] += (guint64)n * (rgb >> (16 - 8 * channel) & 255);
  }
  return TRUE;
}

/* The number of a count, by its rank. */
static guint32 *
paint_ranks(const PkRasterStyle *style, const PkShades *shades)
{
  guint32 *paints = g_new(guint32, MAX(shades->n, 1));
  for (guint i = 0; i < shades->n; i++)
    paints[i] = style->paint(pk_shades_at_rank(shades, i), style->user);
  return paints;
}

gboolean
pk_raster_paint(PkRaster *self, const PkRasterStyle *style, const PkPlan *plan, PkFrame *counts, GError **error)
{
  gsize n = (gsize)style->width * style->height;
  g_auto(Cells) cells = { .totals = g_new0(gint64, MAX(n, 1)), .sums = style->n_layers ? g_new0(guint64, 3 * n) : NULL };
  if (!style->n_layers)
    take_dense(&cells, counts->columns[0], n);
  else if (!take_layers(&cells, style, counts, error))
    return FALSE;
  pk_shades_init(&self->shades, style->transfer, cells.totals, n);
  g_autofree guint32 *paints = paint_ranks(style, &self->shades);
  self->pixels = g_new0(guint32, MAX(n, 1));
  for (guint row = 0; row < style->height; row++)
    for (guint column = 0; column < style->width; column++) {
      gsize cell = pk_raster_cell(style, column, row);
      gint64 total = cells.totals[cell];
      if (total <= 0)
        continue;
      guint32 paint = paints[pk_shades_rank(&self->shades, total)];
      const guint64 *sums = cells.sums ? cells.sums + 3 * cell : NULL;
      self->pixels[(gsize)row * style->width + column] =
        sums ? pk_raster_mix((guint64)total, sums[0], sums[1], sums[2], paint) : paint;
    }
  return TRUE;
}
