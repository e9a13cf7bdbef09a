/* The picture of a plan's cells: a pixel for each, coloured by how many rows it counts.
 *
 * The plan's last two keys are the rows and columns of the picture (BINS or EDGES, y before x), its first aggregate
 * counts rows. A dense plan of these two has one colour for each count. A plan with a VALUE key before them has a layer
 * for each of its values: a pixel has the mean colour of its rows, and its opacity by their number. Empty cells are 0.
 *
 * pk_raster_paint defines every byte of the picture: counts become shades as pk-shade.h says, `paint` makes one number
 * of each shade, and the rest is whole numbers, so that any device that counts alike paints alike. Pixels are
 * 0xaarrggbb, premultiplied, row 0 at the top. */
#pragma once

#include "pk-frame.h"
#include "pk-plan.h"
#include "pk-shade.h"

G_BEGIN_DECLS

typedef struct {
  guint width, height;
  gboolean flip_x, flip_y; /* cell 0 is at the right, at the bottom */
  PkTransfer transfer;
  /* The pixel of a shade; with layers only its opacity counts (0xaa000000). Called by one thread. */
  guint32 (*paint)(double shade, gpointer user);
  guint n_layers;          /* 0: the plan has none */
  const guint32 *layers;   /* 0xrrggbb */
  /* The layer of each value of the plan's first key, -1: none, whose rows are left out. `layers` has room for all of the
   * column's rows. */
  gboolean (*find_layers)(PkFrame *values, gint *layers, gpointer layers_user, GError **error);
  gpointer user, layers_user;
} PkRasterStyle;

typedef struct {
  guint32 *pixels; /* width × height */
  PkShades shades; /* of the cells' counts */
} PkRaster;

void pk_raster_clear(PkRaster *self);

/* What the backend makes of the plan as pixels. */
gboolean pk_raster_paint(PkRaster *self, const PkRasterStyle *style, const PkPlan *plan, PkFrame *counts, GError **error);

/* The cell of a pixel. */
static inline gsize
pk_raster_cell(const PkRasterStyle *style, guint column, guint row)
{
  return (gsize)(style->flip_y ? style->height - 1 - row : row) * style->width +
         (style->flip_x ? style->width - 1 - column : column);
}

/* A number for each count up to shades->max of a table (with ranks): what paint makes of its shade. The caller's. */
guint32 *pk_raster_table(const PkRasterStyle *style, const PkShades *shades);

/* The pixel of `total` rows whose colours' channels add up to r, g, b. */
static inline guint32
pk_raster_mix(guint64 total, guint64 r, guint64 g, guint64 b, guint32 opacity)
{
  guint64 a = opacity >> 24, mr = (2 * r + total) / (2 * total), mg = (2 * g + total) / (2 * total),
          mb = (2 * b + total) / (2 * total);
  return (guint32)(a << 24 | (2 * mr * a + 255) / 510 << 16 | (2 * mg * a + 255) / 510 << 8 | (2 * mb * a + 255) / 510);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkRaster, pk_raster_clear)

G_END_DECLS
