#include "pk-png-deflate.h"

#include "pk-workers.h"

#include <string.h>
#include <zlib.h>

#define BAND_BYTES (256 * 1024)
#define MAX_BANDS 64
#define LEVEL 2 /* areas of one colour and the cells of rasters: looking harder finds nothing */

typedef struct {
  guint8 *bytes;
  gsize length;
  guint32 adler;
  gboolean ok;
} Band;

typedef struct {
  PkPngRowFunc func;
  gpointer data;
  guint height, n_bands;
  gsize row_bytes;
  Band *bands;
  gint next; /* band to be taken */
} Picture;

static guint
first_row(const Picture *self, guint band)
{
  return (guint)((guint64)self->height * band / self->n_bands);
}

/* What differs from the row above: of a picture with axes, hardly anything. */
static void
filter_up(const guint8 *row, const guint8 *above, gsize n, guint8 *out)
{
  out[0] = 2;
  for (gsize i = 0; i < n; i++)
    out[i + 1] = (guint8)(row[i] - above[i]);
}

static gboolean
deflate_row(z_stream *z, guint8 *row, gsize n, int flush)
{
  z->next_in = row;
  z->avail_in = (uInt)n;
  int code = deflate(z, flush);
  return z->avail_in == 0 && code == (flush == Z_FINISH ? Z_STREAM_END : Z_OK);
}

static void
compress_band(Picture *self, guint number)
{
  Band *band = &self->bands[number];
  guint from = first_row(self, number), to = first_row(self, number + 1);
  gsize n = self->row_bytes;
  g_autofree guint8 *row = g_malloc(n), *above = g_malloc0(n), *filtered = g_malloc(n + 1);
  z_stream z = { 0 };

  if (deflateInit2(&z, LEVEL, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return;
  gsize bound = deflateBound(&z, (uLong)((to - from) * (n + 1))) + 16;
  band->bytes = g_malloc(bound);
  z.next_out = band->bytes;
  z.avail_out = (uInt)bound;
  band->adler = (guint32)adler32(0, NULL, 0);
  band->ok = TRUE;
  if (from > 0)
    self->func(self->data, from - 1, above);
  for (guint y = from; y < to && band->ok; y++) {
    self->func(self->data, y, row);
    filter_up(row, above, n, filtered);
    band->adler = (guint32)adler32(band->adler, filtered, (uInt)(n + 1));
    int flush = y + 1 < to ? Z_NO_FLUSH : to < self->height ? Z_SYNC_FLUSH : Z_FINISH;
    band->ok = deflate_row(&z, filtered, n + 1, flush);
    guint8 *swap = above;
    above = row;
    row = swap;
  }
  band->length = bound - z.avail_out;
  deflateEnd(&z);
}

static void
work(gpointer data, guint worker)
{
  Picture *self = data;
  while (!pk_workers_yield()) {
    guint band = (guint)g_atomic_int_add(&self->next, 1);
    if (band >= self->n_bands)
      return;
    compress_band(self, band);
  }
}

/* The stream's header stands before the first band, its checksum after the last. */
static GPtrArray *
take_pieces(Picture *self)
{
  static const guint8 header[] = { 0x78, 0x01 }; /* deflate, a window of 32 KiB, fast */
  GPtrArray *pieces = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  uLong adler = adler32(0, NULL, 0);

  g_ptr_array_add(pieces, g_bytes_new_static(header, sizeof header));
  for (guint i = 0; i < self->n_bands; i++) {
    Band *band = &self->bands[i];
    gsize rows = first_row(self, i + 1) - first_row(self, i);
    adler = adler32_combine(adler, band->adler, (z_off_t)(rows * (self->row_bytes + 1)));
    g_ptr_array_add(pieces, g_bytes_new_take(g_steal_pointer(&band->bytes), band->length));
  }
  guint32 end = GUINT32_TO_BE((guint32)adler);
  g_ptr_array_add(pieces, g_bytes_new(&end, sizeof end));
  return pieces;
}

GPtrArray *
pk_png_deflate(PkPngRowFunc func, gpointer data, guint height, gsize row_bytes)
{
  Picture self = { .func = func, .data = data, .height = height, .row_bytes = row_bytes };
  gboolean ok = TRUE;

  self.n_bands = (guint)CLAMP((gsize)height * row_bytes / BAND_BYTES, 1, MIN(MAX_BANDS, height));
  self.bands = g_new0(Band, self.n_bands);
  pk_workers_run(work, &self, self.n_bands);
  for (guint i = 0; i < self.n_bands; i++)
    ok = ok && self.bands[i].ok;
  GPtrArray *out = ok ? take_pieces(&self) : NULL;
  for (guint i = 0; i < self.n_bands; i++)
    g_free(self.bands[i].bytes);
  g_free(self.bands);
  return out;
}
