#include "pk-export.h"

#include "pk-error.h"

#include <cairo-pdf.h>

#define POINTS_PER_PX 0.75 /* 72 points and 96 px to the inch */

static cairo_status_t
on_write(void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append(closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
pk_export_pdf(const PkDisplay *self, const PkExportOptions *options, GError **error)
{
  double scale = options && options->scale > 0 ? options->scale : 1;
  double unit = POINTS_PER_PX * scale;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(on_write, bytes, self->width * unit,
                                                                 self->height * unit);
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Pika-Plot");
  if (self->title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, self->title);
  cairo_t *cr = cairo_create(surface);
  cairo_scale(cr, unit, unit);
  gboolean drawn = pk_display_draw(self, cr, options && options->transparent, options ? options->cancellable : NULL);
  cairo_show_page(cr);
  cairo_destroy(cr);
  cairo_surface_finish(surface);
  cairo_status_t status = cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (!drawn) {
    pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    return NULL;
  }
  if (status != CAIRO_STATUS_SUCCESS) {
    pk_fail(error, PK_ERROR_IO, "writing the PDF failed: %s", cairo_status_to_string(status));
    return NULL;
  }
  return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}
