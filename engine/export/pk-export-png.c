#include "pk-export.h"

#include "pk-error.h"
#include "pk-png-deflate.h"

#include <math.h>
#include <png.h>

typedef struct {
  GByteArray *bytes;
  char message[128];
} PngTarget;

static void
on_write(png_structp png, png_bytep data, png_size_t length)
{
  PngTarget *target = png_get_io_ptr(png);
  g_byte_array_append(target->bytes, data, (guint)length);
}

static void
on_flush(png_structp png)
{
}

static void
on_error(png_structp png, png_const_charp message)
{
  PngTarget *target = png_get_error_ptr(png);
  g_strlcpy(target->message, message, sizeof target->message);
  png_longjmp(png, 1);
}

static gboolean
is_opaque(const guint8 *data, int width, int height, int stride)
{
  for (int y = 0; y < height; y++) {
    const guint32 *row = (const guint32 *)(gconstpointer)(data + (gsize)y * stride);
    guint32 all = 0xff000000;
    for (int x = 0; x < width; x++)
      all &= row[x];
    if (all != 0xff000000)
      return FALSE;
  }
  return TRUE;
}

static void
opaque_row(const guint32 *from, guint8 *to, int width)
{
  for (int i = 0; i < width; i++) {
    to[3 * i] = (guint8)(from[i] >> 16);
    to[3 * i + 1] = (guint8)(from[i] >> 8);
    to[3 * i + 2] = (guint8)from[i];
  }
}

/* Cairo keeps colours multiplied by their alpha; PNG does not. */
static void
unpremultiply_row(const guint32 *from, guint8 *to, int width)
{
  for (int i = 0; i < width; i++) {
    guint32 p = from[i], a = p >> 24;
    for (int c = 0; c < 3; c++) {
      guint32 v = p >> (16 - 8 * c) & 0xff;
      to[4 * i + c] = a ? (guint8)MIN((v * 255 + a / 2) / a, 255) : 0;
    }
    to[4 * i + 3] = (guint8)a;
  }
}

typedef struct {
  const guint8 *data;
  int width, height, stride;
  gboolean opaque;
} Pixels;

static void
take_row(gpointer user, guint y, guint8 *row)
{
  const Pixels *pixels = user;
  const guint32 *from = (const guint32 *)(gconstpointer)(pixels->data + (gsize)y * pixels->stride);
  if (pixels->opaque)
    opaque_row(from, row, pixels->width);
  else
    unpremultiply_row(from, row, pixels->width);
}

/* libpng frames what is compressed already; it has no way to compress on several threads. */
static gboolean
write_chunks(const Pixels *pixels, double ppi, const GPtrArray *idat, PngTarget *target)
{
  static const png_byte idat_name[] = "IDAT", end_name[] = "IEND";
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, target, on_error, NULL);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    return FALSE;
  }
  png_set_write_fn(png, target, on_write, on_flush);
  png_set_IHDR(png, info, (png_uint_32)pixels->width, (png_uint_32)pixels->height, 8,
               pixels->opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_uint_32 per_metre = (png_uint_32)lround(ppi / 0.0254);
  png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
  png_write_info(png, info);
  for (guint i = 0; i < idat->len; i++) {
    gsize length;
    const png_byte *bytes = g_bytes_get_data(idat->pdata[i], &length);
    png_write_chunk(png, idat_name, bytes, length);
  }
  png_write_chunk(png, end_name, NULL, 0);
  png_destroy_write_struct(&png, &info);
  return TRUE;
}

static gboolean
encode(cairo_surface_t *surface, double ppi, PngTarget *target)
{
  Pixels pixels = { .data = cairo_image_surface_get_data(surface), .width = cairo_image_surface_get_width(surface),
                    .height = cairo_image_surface_get_height(surface), .stride = cairo_image_surface_get_stride(surface) };
  pixels.opaque = is_opaque(pixels.data, pixels.width, pixels.height, pixels.stride);
  g_autoptr(GPtrArray) idat = pk_png_deflate(take_row, &pixels, (guint)pixels.height,
                                              (gsize)pixels.width * (pixels.opaque ? 3 : 4));
  if (!idat) {
    g_strlcpy(target->message, "out of memory", sizeof target->message);
    return FALSE;
  }
  return write_chunks(&pixels, ppi, idat, target);
}

GBytes *
pk_export_png(const PkDisplay *self, const PkExportOptions *options, GError **error)
{
  double scale = options && options->scale > 0 ? options->scale : 1;
  double ppi = options && options->ppi > 0 ? options->ppi : 96 * scale;
  double width = ceil(self->width * scale), height = ceil(self->height * scale);
  if (!(width >= 1 && height >= 1 && width <= PK_EXPORT_MAX_SIDE && height <= PK_EXPORT_MAX_SIDE)) {
    pk_fail(error, PK_ERROR_LIMIT, "a PNG of %.0f x %.0f pixels is too large (at most %d a side): use a smaller size or --scale",
            width, height, PK_EXPORT_MAX_SIDE);
    return NULL;
  }
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)width, (int)height);
  cairo_t *cr = cairo_create(surface);
  cairo_scale(cr, scale, scale);
  gboolean drawn = pk_display_draw(self, cr, options && options->transparent, options ? options->cancellable : NULL);
  cairo_status_t status = cairo_status(cr);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  PngTarget target = { .bytes = g_byte_array_new() };
  gboolean ok = FALSE;
  if (!drawn)
    pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  else if (status != CAIRO_STATUS_SUCCESS)
    pk_fail(error, PK_ERROR_IO, "drawing the PNG failed: %s", cairo_status_to_string(status));
  else if (!encode(surface, ppi, &target))
    pk_fail(error, PK_ERROR_IO, "encoding the PNG failed: %s", target.message);
  else
    ok = TRUE;
  cairo_surface_destroy(surface);
  if (ok)
    return g_byte_array_free_to_bytes(target.bytes);
  g_byte_array_unref(target.bytes);
  return NULL;
}
