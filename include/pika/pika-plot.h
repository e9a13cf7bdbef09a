/* Plots: a Vega-Lite specification and data, made into a scene and a picture. */
#pragma once

#include "pika-session.h"

G_BEGIN_DECLS

typedef struct PikaPlot PikaPlot;

typedef struct {
  const char *table;          /* data of a specification that names none; NULL: the only table */
  const char *spec_path;      /* where the specification came from: its folder may be read; NULL */
  const char *data_directory; /* what "data/NAME" urls stand for; NULL: the specification's folder */
  double width, height;       /* of the plotting area; 0: as the specification says */
  const char *theme;          /* "light" or "dark"; NULL: light */
  double pixel_ratio;         /* device pixels a px that a raster's cells and a long line's columns are; 0: 1. Give the
                                 scale of the export: then each cell is one device pixel */
  gint64 density_threshold;   /* rows above which a point mark becomes a density raster; 0: the default, -1: never */
  const char *frame_key;      /* pika_plot_new_async: the plot is a frame of an interaction. It runs before all else, and
                                 a newer one of the same key takes its place as long as it waits; NULL: no */
} PikaPlotOptions;

/* Compiles and runs a specification. */
PIKA_API PikaPlot *pika_plot_new(PikaSession *session, const char *spec_json, gssize length,
                                 const PikaPlotOptions *options, GCancellable *cancellable, GError **error);
PIKA_API void pika_plot_new_async(PikaSession *session, const char *spec_json, gssize length,
                                  const PikaPlotOptions *options, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
PIKA_API PikaPlot *pika_plot_new_finish(GAsyncResult *result, GError **error);
PIKA_API void pika_plot_free(PikaPlot *self);

typedef enum {
  PIKA_PICTURE_PNG,
  PIKA_PICTURE_SVG,
  PIKA_PICTURE_PDF,
  PIKA_PICTURE_SCENE, /* the resolved marks, axes and legends as JSON */
} PikaPictureFormat;

typedef struct {
  double scale;         /* PNG: device pixels a px; 0: 1 */
  double ppi;           /* PNG: written into the file; 0: 96 * scale */
  gboolean transparent;
} PikaPictureOptions;

/* A file's bytes; the caller unrefs. One call of a plot at a time. */
PIKA_API GBytes *pika_plot_export(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options,
                                  GCancellable *cancellable, GError **error);
PIKA_API void pika_plot_export_async(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API GBytes *pika_plot_export_finish(GAsyncResult *result, GError **error);

/* The tables that the marks were made of, one a unit (0 … n-1), as a stream; the caller releases it. */
PIKA_API guint pika_plot_get_n_units(PikaPlot *self);
PIKA_API gboolean pika_plot_get_data(PikaPlot *self, guint unit, struct ArrowArrayStream *out, GError **error);
PIKA_API void pika_plot_get_data_async(PikaPlot *self, guint unit, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_plot_get_data_finish(GAsyncResult *result, struct ArrowArrayStream *out, GError **error);

/* What was drawn as it was asked but is likely to be a mistake, such as a field that the data do not have: one line
 * each, ends with NULL. Borrowed. */
PIKA_API const char *const *pika_plot_get_warnings(const PikaPlot *self);

/* Borrowed; draw_ms grows with each export. */
PIKA_API const PikaReceipt *pika_plot_get_receipt(PikaPlot *self);

/* The plans, their SQL, the backends and the estimates of a specification. Caller frees. */
PIKA_API char *pika_plot_explain(PikaSession *session, const char *spec_json, gssize length,
                                 const PikaPlotOptions *options, gboolean as_json, GCancellable *cancellable,
                                 GError **error);
PIKA_API void pika_plot_explain_async(PikaSession *session, const char *spec_json, gssize length,
                                      const PikaPlotOptions *options, gboolean as_json, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
PIKA_API char *pika_plot_explain_finish(GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaPlot, pika_plot_free)

G_END_DECLS
