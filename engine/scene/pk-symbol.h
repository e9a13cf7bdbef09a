/* Symbols of point marks and legends: vega-scenegraph's shapes.
 *
 * size is the area in square pixels of the square around the symbol, so a circle's radius is
 * sqrt(size) / 2. Pure, thread-safe. */
#pragma once

#include "pk-path.h"

G_BEGIN_DECLS

/* Appends the shape centred on 0, 0: circle, square, cross, diamond, triangle-up, -down,
 * -left, -right, triangle, arrow, wedge, stroke, or SVG path data in a box from -1 to 1.
 * FALSE with PK_ERROR_PARSE if shape is neither. */
gboolean pk_symbol_path(const char *shape, double size, PkPath *path, GError **error);

/* Whether the shape is one of the names above. */
gboolean pk_symbol_is_builtin(const char *shape);

/* Vega-Lite's default range of shapes for a nominal field, 8 names. */
const char *const *pk_symbol_default_range(gsize *n);

G_END_DECLS
