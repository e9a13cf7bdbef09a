#include "pk-export.h"

#include "pk-error.h"

static void
surface_free(gpointer surface)
{
  cairo_surface_destroy(surface);
}

static void
paint_background(const PkDisplay *self, cairo_t *cr)
{
  const PkRgba *color = &self->background.color;
  if (self->background.kind != PK_PAINT_COLOR)
    return;
  cairo_set_source_rgba(cr, color->r / 255.0, color->g / 255.0, color->b / 255.0, color->a);
  cairo_paint(cr);
}

GBytes *
pk_export_pixels(const PkDisplay *self, const PkExportOptions *options, double x, double y, guint width, guint height,
                 gsize *stride, GError **error)
{
  double scale = options && options->scale > 0 ? options->scale : 1;
  if (width < 1 || height < 1 || width > PK_EXPORT_MAX_SIDE || height > PK_EXPORT_MAX_SIDE) {
    pk_fail(error, PK_ERROR_LIMIT, "a picture of %u x %u pixels cannot be drawn (1 to %d a side)", width, height,
            PK_EXPORT_MAX_SIDE);
    return NULL;
  }
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)width, (int)height);
  cairo_t *cr = cairo_create(surface);
  if (!options || !options->transparent)
    paint_background(self, cr);
  cairo_scale(cr, scale, scale);
  cairo_translate(cr, x, y);
  gboolean drawn = pk_display_draw(self, cr, TRUE, options ? options->cancellable : NULL);
  cairo_status_t status = cairo_status(cr);
  cairo_destroy(cr);
  cairo_surface_flush(surface);
  if (!drawn || status != CAIRO_STATUS_SUCCESS) {
    cairo_surface_destroy(surface);
    if (!drawn)
      pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    else
      pk_fail(error, PK_ERROR_IO, "drawing failed: %s", cairo_status_to_string(status));
    return NULL;
  }
  *stride = (gsize)cairo_image_surface_get_stride(surface);
  return g_bytes_new_with_free_func(cairo_image_surface_get_data(surface), *stride * height, surface_free, surface);
}
