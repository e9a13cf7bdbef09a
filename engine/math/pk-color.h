/* Colours: CSS notation, colour spaces and interpolation.
 *
 * Parsing, conversion and interpolation follow d3-color 3 and d3-interpolate 3:
 * CIELAB and HCL with D50 white and the sRGB gamma, cubehelix after D. A. Green,
 * "A colour scheme for the display of astronomical intensity images", 2011.
 * Pure functions, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Channels 0 to 255, not rounded, possibly out of range after interpolation; opacity 0 to 1.
 * "transparent" has NAN channels, so that an interpolation takes the other colour's. */
typedef struct {
  double r, g, b;
  double a;
} PkColor;

/* CSS names, "transparent", #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba(), hsl(), hsla(),
 * in any case, with spaces around. FALSE if text is none of these (*color is untouched). */
gboolean pk_color_parse(const char *text, PkColor *color);
/* From 0xrrggbb, opaque. */
PkColor pk_color_from_rgb(guint32 rgb);
/* Channels rounded and clamped to 0xrrggbb. */
guint32 pk_color_to_rgb(const PkColor *color);
/* "#rrggbb", lower case, without the opacity; g_free. */
char *pk_color_to_hex(const PkColor *color);
/* Opacity clamped to 0..1. */
double pk_color_alpha(const PkColor *color);

typedef enum {
  PK_COLOR_SPACE_RGB,
  PK_COLOR_SPACE_HSL,
  PK_COLOR_SPACE_HSL_LONG,
  PK_COLOR_SPACE_LAB,
  PK_COLOR_SPACE_HCL,
  PK_COLOR_SPACE_HCL_LONG,
  PK_COLOR_SPACE_CUBEHELIX,
  PK_COLOR_SPACE_CUBEHELIX_LONG,
} PkColorSpace;

/* "rgb", "hsl", "hsl-long", "lab", "hcl", "hcl-long", "cubehelix", "cubehelix-long".
 * FALSE with PK_ERROR_INVALID for another name. */
gboolean pk_color_space_parse(const char *name, PkColorSpace *space, GError **error);

/* The colour at t (0..1, also beyond) between a and b. gamma counts for rgb and cubehelix
 * only; 1 is none. */
PkColor pk_color_interpolate(PkColorSpace space, double gamma, const PkColor *a, const PkColor *b, double t);

/* Piecewise between n >= 1 colours at equal distances (d3.piecewise). */
PkColor pk_color_piecewise(PkColorSpace space, double gamma, const PkColor *colors, gsize n, double t);

/* Relative luminance 0 (black) to 1 (white), W3C WCAG 2. */
double pk_color_luminance(const PkColor *color);

G_END_DECLS
