/* Strokes of long lines, tile by tile.
 *
 * Cairo's rasterizer walks through all edges of a stroke that cross a row of pixels, and in 15 lines a row wherever one
 * of them begins or ends there. Of a line with thousands of points one nearly always does, so a row costs 15 times the
 * length of the whole. In a narrow tile fewer do, and tiles can be drawn at once by several threads. They share no
 * pixel, and each is given all of the line that reaches into it, so the picture is the same but for the rounding of
 * antialiased edges. */
#pragma once

#include "pk-path.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Strokes the path with the source, width, cap, join and clip that are set. FALSE, with nothing drawn, if tiles are no
 * use or would change the picture: the target is not an image, the source not one colour, the path is short, has curves,
 * goes back in x, or is rotated, or there are dashes. Leaves no current path. */
gboolean pk_render_stroke_tiles(cairo_t *cr, const PkPath *path);

G_END_DECLS
