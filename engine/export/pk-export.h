/* A display list as a file's bytes. All functions are pure: any thread, nothing
 * kept. Failures: PK_ERROR_LIMIT for a picture too large, PK_ERROR_IO from a library. */
#pragma once

#include "pk-display.h"

#include <gio/gio.h>

#include <cairo.h>

G_BEGIN_DECLS

typedef struct {
  double scale;         /* device pixels a px; 0 means 1 (PNG) */
  double ppi;           /* written into the PNG; 0: 96 * scale */
  gboolean transparent; /* leave the background out */
  GCancellable *cancellable; /* PK_ERROR_CANCELLED; may be NULL */
} PkExportOptions;

/* Draws onto a context whose unit is one px, in its current coordinates. FALSE: cancelled in the middle. */
gboolean pk_display_draw(const PkDisplay *self, cairo_t *cr, gboolean transparent, GCancellable *cancellable);

/* Premultiplied pixels in native-endian ARGB32, rows of *stride bytes, for a window: width x height device pixels, the
 * picture's top left corner at x, y px in them, what is around it in the background's colour (or nothing, if
 * transparent). Options as for PNG. */
GBytes *pk_export_pixels(const PkDisplay *self, const PkExportOptions *options, double x, double y, guint width,
                         guint height, gsize *stride, GError **error);

GBytes *pk_export_png(const PkDisplay *self, const PkExportOptions *options, GError **error);

/* 1 px is 1/96 inch; text is text, in embedded fonts. */
GBytes *pk_export_pdf(const PkDisplay *self, const PkExportOptions *options, GError **error);

/* SVG 1.1: texts are <text>, every item of a mark is one element, tooltips are <title>. */
GBytes *pk_export_svg(const PkDisplay *self, const PkExportOptions *options, GError **error);

/* The largest picture, in device pixels a side (Cairo's). */
#define PK_EXPORT_MAX_SIDE 32767

G_END_DECLS
