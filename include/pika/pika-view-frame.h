/* A picture of a plot as a window shows it, with the geometry that interaction needs.
 *
 * Immutable and reference counted; any thread. Coordinates are px of the picture, x to the right and y downward, from its
 * top left corner. */
#pragma once

#include "pika-receipt.h"

G_BEGIN_DECLS

typedef struct PikaViewFrame PikaViewFrame;

PIKA_API PikaViewFrame *pika_view_frame_ref(PikaViewFrame *self);
PIKA_API void pika_view_frame_unref(PikaViewFrame *self);

typedef struct {
  double x, y, width, height;
} PikaBox;

typedef enum {
  PIKA_SCALE_LINEAR,
  PIKA_SCALE_LOG,
  PIKA_SCALE_POW, /* sqrt too */
  PIKA_SCALE_SYMLOG,
  PIKA_SCALE_TIME,
  PIKA_SCALE_UTC,
  PIKA_SCALE_DISCRETE, /* bands and points: values have places, places have no values */
} PikaScaleKind;

/* A position scale of the plot, and the axis that shows it. */
typedef struct {
  const char *scale;   /* its id: "x", "y"; further ones "y.2" */
  gboolean is_y;
  PikaScaleKind kind;
  double from, to;     /* the domain that is shown; dates as ms. NAN: DISCRETE */
  const char *field;   /* of the data, whose values stand here (binned or not); NULL: an aggregate, or none */
  const char *title;   /* of the axis; NULL: none */
  gboolean has_axis;
  PikaBox axis;        /* ticks, labels and title; has_axis */
} PikaAxisInfo;

typedef struct {
  PikaBox box;
  const char *label;
  const char *field; /* whose value it is */
  const char *value; /* as JSON, dates as ms */
} PikaLegendInfo;

/* The picture's pixels: premultiplied, native-endian ARGB32 (GDK_MEMORY_DEFAULT). Borrowed. */
PIKA_API GBytes *pika_view_frame_get_pixels(const PikaViewFrame *self, guint *width, guint *height, gsize *stride);
/* Its size in px, and the device pixels a px. */
PIKA_API void pika_view_frame_get_size(const PikaViewFrame *self, double *width, double *height, double *pixel_ratio);
/* The plotting area. */
PIKA_API PikaBox pika_view_frame_get_area(const PikaViewFrame *self);
/* Is a density raster in it, so that transfer and scheme have an effect? */
PIKA_API gboolean pika_view_frame_has_raster(const PikaViewFrame *self);

PIKA_API guint pika_view_frame_get_n_axes(const PikaViewFrame *self);
PIKA_API const PikaAxisInfo *pika_view_frame_get_axis(const PikaViewFrame *self, guint i);
PIKA_API const PikaAxisInfo *pika_view_frame_find_axis(const PikaViewFrame *self, const char *scale);
/* Entries of legends that stand for values of a field. */
PIKA_API guint pika_view_frame_get_n_legend_entries(const PikaViewFrame *self);
PIKA_API const PikaLegendInfo *pika_view_frame_get_legend_entry(const PikaViewFrame *self, guint i);

/* What is to be seen, in a few sentences for those who cannot. */
PIKA_API const char *pika_view_frame_get_summary(const PikaViewFrame *self);
/* How it came about; NULL-terminated lines of what is likely to be a mistake. */
PIKA_API const PikaReceipt *pika_view_frame_get_receipt(const PikaViewFrame *self);
PIKA_API const char *const *pika_view_frame_get_warnings(const PikaViewFrame *self);

/* --- from pixels to values and back: pure, for all continuous scales. Pixels are x of an x scale, y of a y scale. --- */

/* NAN for a scale that the picture does not have, or a discrete one. */
PIKA_API double pika_view_frame_value_at(const PikaViewFrame *self, const char *scale, double pixel);
PIKA_API double pika_view_frame_pixel_at(const PikaViewFrame *self, const char *scale, double value);
/* A value as the axis would write it, with the digits that a pixel tells apart. Caller frees. */
PIKA_API char *pika_view_frame_format(const PikaViewFrame *self, const char *scale, double value);

/* Each finds a domain for pika_view_state_set_domain; FALSE where there is none (discrete, or nothing left to zoom into). */
/* factor times as near (2: half of the domain), what lies under the pixel stays there. */
PIKA_API gboolean pika_view_frame_zoom(const PikaViewFrame *self, const char *scale, double pixel, double factor,
                                       double *from, double *to);
/* What lay at a pixel lies `by` pixels further right or down. */
PIKA_API gboolean pika_view_frame_pan(const PikaViewFrame *self, const char *scale, double by, double *from, double *to);
/* What lies between two pixels fills the area. */
PIKA_API gboolean pika_view_frame_box(const PikaViewFrame *self, const char *scale, double a, double b, double *from,
                                      double *to);
/* Where the old picture's pixels lie in this one: new = scale * old + shift, for the other's pixels along x or y, so
 * that the last picture can stand in for one that is being made. `from` and `to`: the new domain. FALSE: not by a
 * straight stretch. */
PIKA_API gboolean pika_view_frame_stretch(const PikaViewFrame *self, const char *scale, double from, double to,
                                          double *stretch, double *shift);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaViewFrame, pika_view_frame_unref)

G_END_DECLS
