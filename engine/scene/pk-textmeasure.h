/* Text extents for layout: an estimate, or a measure of the caller's.
 *
 * The estimate is vega-scenegraph's for when there is no canvas: width =
 * floor(0.8 · UTF-16 units · fontSize), height = fontSize. It needs no fonts, so the
 * same scene comes out on every machine. Thread-safe if the measure is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  double font_size;    /* px */
  const char *font;    /* family, NULL: the default */
  const char *weight;  /* "bold", NULL: normal */
  const char *style;   /* "italic", NULL: normal */
} PkTextStyle;

/* The width of one line in px. */
typedef double (*PkTextMeasureFunc)(const char *text, const PkTextStyle *style, gpointer data);

typedef struct {
  PkTextMeasureFunc width; /* NULL: the estimate */
  gpointer data;
} PkTextMeasure;

/* measure may be NULL: the estimate. text is valid UTF-8 here and below, trimmed of
 * white space at both ends. */
double pk_text_width(const PkTextMeasure *measure, const char *text, const PkTextStyle *style);

/* text, or the longest prefix that with "…" stays below limit px; limit <= 0 is none.
 * g_free. */
char *pk_text_truncate(const PkTextMeasure *measure, const char *text, const PkTextStyle *style,
                       double limit);

/* The same with another sign of what is left out. */
char *pk_text_truncate_with(const PkTextMeasure *measure, const char *text, const PkTextStyle *style,
                            double limit, const char *ellipsis);

typedef enum { PK_ALIGN_LEFT, PK_ALIGN_CENTER, PK_ALIGN_RIGHT } PkTextAlign;

typedef enum {
  PK_BASELINE_ALPHABETIC,
  PK_BASELINE_TOP,
  PK_BASELINE_MIDDLE,
  PK_BASELINE_BOTTOM,
  PK_BASELINE_LINE_TOP,
  PK_BASELINE_LINE_BOTTOM,
} PkTextBaseline;

/* "left", "center", "right"; "alphabetic", "top" … FALSE with PK_ERROR_INVALID. */
gboolean pk_text_align_parse(const char *name, PkTextAlign *align, GError **error);
gboolean pk_text_baseline_parse(const char *name, PkTextBaseline *baseline, GError **error);

/* How far below the anchor the alphabetic baseline lies, whole px. line_height <= 0: font_size + 2. */
double pk_text_baseline_offset(PkTextBaseline baseline, double font_size, double line_height);

typedef struct {
  double x1, y1, x2, y2;
} PkBox;

typedef struct {
  double x, y;         /* anchor */
  double dx, dy;
  double radius, theta; /* polar offset of the anchor, theta from 12 o'clock in radians */
  double angle;        /* degrees clockwise */
  PkTextAlign align;
  PkTextBaseline baseline;
  double line_height;  /* <= 0: font_size + 2 */
  double limit;        /* <= 0: none */
} PkTextPlace;

/* The box of a text, lines split at "\n", turned by angle about the anchor (the box of the turned box). */
PkBox pk_text_box(const PkTextMeasure *measure, const char *text, const PkTextStyle *style,
                  const PkTextPlace *place);

G_END_DECLS
