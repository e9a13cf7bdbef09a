/* What the files that make marks share. Not for other folders. */
#pragma once

#include "pk-build.h"

G_BEGIN_DECLS

/* The rules of a unit's mark, ready to be asked row by row. */
typedef struct {
  const PkModel *m;
  PkRule fill, stroke, opacity, fill_opacity, stroke_opacity, stroke_width, dash, href;
  PkRule size, shape, angle;        /* symbols; of texts size is the font's */
  PkRule text, dx, dy, align, baseline;
  PkSpan x, y;
  PkTooltip *tooltip;
} PkMarkRules;

void pk_mark_rules_init(PkMarkRules *r, const PkModel *m);
void pk_mark_rules_clear(PkMarkRules *r);
void pk_mark_paint_item(const PkMarkRules *r, gint64 row, PkItem *item);

/* Rows in drawing order by the order channel; NULL: as they are. g_free. */
gint64 *pk_mark_row_order(const PkModel *m);
/* Lines and areas: an item for each series. base: what all items have. */
void pk_build_series(const PkMarkRules *r, const PkItem *base, PkMarkGroup *group);
/* A raster of counts in place of points; M4's points in place of all. */
double pk_build_pixel_ratio(const PkBuild *b);
/* The device pixels that cover a length, at least one. */
guint pk_build_device_pixels(const PkBuild *b, double px);
void pk_build_density(const PkModel *m, PkMarkGroup *group);

/* A point of a line on its way into an item. */
typedef struct {
  PkScenePoint point;
  double key; /* what points are sorted by */
  gint64 row;
} PkSeriesPoint;

/* Long lines (PkUnit.is_long_line), see pk-build-longline.c: fetching M4's points, and the points of one
 * series made those of columns of device pixels: a new array of *n_out; *clipped becomes TRUE if some lie
 * beyond. */
gboolean pk_build_fetch_m4(const PkModel *m);
PkSeriesPoint *pk_build_long_line(const PkModel *m, const PkSeriesPoint *points, guint n, guint *n_out,
                                  gboolean *clipped);
/* The y of the points that a column of a long line is drawn through, in order; neighbours may be equal. */
void pk_long_line_trace(double first, double least, double greatest, double last, double out[4]);
/* The column of a channel's own value where the channel is stacked or binned; -1. */
gint pk_model_raw_column(const PkModel *m, const PkChannelData *data);

G_END_DECLS
