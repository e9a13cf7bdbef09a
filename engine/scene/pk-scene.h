/* The scene: what is drawn, in pixels, with nothing left to decide but how to
 * put it on a surface. PNG, SVG, PDF, the window and the scene JSON are all made from it.
 *
 * Lengths are pixels of 1/96 inch, y grows downward, angles are degrees clockwise. A scene owns all it holds
 * and is immutable once built. Positions of marks and axes count from the view's plotting area's top left corner. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  guint8 r, g, b;
  double a; /* 0 … 1 */
} PkRgba;

typedef struct {
  guint n;
  double *offsets;
  PkRgba *colors;
  double x1, y1, x2, y2; /* in units of the item's box */
} PkGradient;

typedef enum { PK_PAINT_NONE, PK_PAINT_COLOR, PK_PAINT_GRADIENT } PkPaintKind;

typedef struct {
  PkPaintKind kind;
  PkRgba color;
  PkGradient *gradient; /* shared by the scene's items; owned by the scene */
} PkPaint;

typedef enum {
  PK_ITEM_RECT, PK_ITEM_SYMBOL, PK_ITEM_LINE, PK_ITEM_AREA, PK_ITEM_RULE, PK_ITEM_TEXT,
  PK_ITEM_IMAGE, /* a density raster */
} PkItemType;

typedef struct {
  double x, y, y2_or_x2; /* area: the other edge */
  gboolean defined;      /* FALSE: the path breaks here */
} PkScenePoint;

typedef struct {
  gint64 row;                 /* of the unit's table, for items that are a row each */
  double x, y, width, height; /* RECT, IMAGE; SYMBOL, TEXT: x, y; RULE: x, y to x2 = x + width, y2 = y + height */
  PkPaint fill, stroke;
  double fill_opacity, stroke_opacity, opacity, stroke_width;
  const double *dash; guint n_dash; /* interned in the scene */
  double dash_offset;
  const char *cap, *join;     /* "butt", "round", "square" / "miter", …; NULL: default */
  double corner[4];           /* RECT: radii tl, tr, br, bl */
  double size;                /* SYMBOL: area */
  const char *shape;          /* SYMBOL: name or SVG path; interned */
  double angle;               /* SYMBOL, TEXT */
  guint n_points; PkScenePoint *points; /* LINE, AREA */
  gboolean horizontal;        /* AREA */
  const char *interpolate; double tension; /* LINE, AREA; NULL: linear */
  const char *text;           /* TEXT: lines joined by \n */
  const char *align, *baseline; /* "left", "alphabetic" … */
  double dx, dy;              /* TEXT: already in x, y unless angle: kept to rotate about the anchor */
  double font_size; const char *font, *font_weight, *font_style; double limit; const char *ellipsis;
  double line_height;
  const char *tooltip;        /* exact values, "a: 1\nb: 2", or NULL */
  const char *href, *description;
  guint32 *pixels;            /* IMAGE: width*height ARGB32 premultiplied, native endian; owned */
  guint image_width, image_height;
} PkItem;

typedef struct {
  PkItemType type;
  const char *role;   /* the Vega-Lite mark: "bar", "tick", … */
  const char *name;
  gboolean clip;      /* to the view */
  gboolean grouped;   /* its items are series, told apart by fields */
  guint n_items;
  PkItem *items;      /* in drawing order */
  const char *blend;
  gint64 n_source_rows; /* rows these items stand for */
  gconstpointer unit;   /* the PkUnit that they were made of; borrowed from its tree */
} PkMarkGroup;

typedef struct {
  double position;     /* of the value on the scale, from the view's origin along the axis; the middle of a band */
  double tick_position;/* where the tick and grid are drawn (band: centre or extent) */
  const char *label;   /* full text; "" for none */
  gboolean label_shown;/* FALSE: dropped because labels overlap */
  double label_offset;
  const char *label_align, *label_baseline; /* after flush and overlap rules */
  PkRgba label_color; double label_opacity; double label_font_size; const char *label_font_weight, *label_font_style;
  PkRgba tick_color; double tick_width, tick_size, tick_opacity; gboolean tick_shown;
  const double *tick_dash; guint n_tick_dash;
  gboolean grid_shown; PkRgba grid_color; double grid_width, grid_opacity; const double *grid_dash; guint n_grid_dash;
} PkAxisTick;

typedef struct {
  const char *orient;  /* "bottom", "left", "top", "right" */
  const char *scale_id;/* of the PkSceneScale that it shows; NULL: none */
  const char *title;   /* lines joined by \n; NULL: none */
  double offset;       /* from the view's edge */
  double position;
  gboolean domain_shown, labels_shown, ticks_shown, grid_shown;
  PkRgba domain_color; double domain_width, domain_opacity; const double *domain_dash; guint n_domain_dash;
  double label_padding, label_angle, label_limit;
  const char *label_font;
  double title_padding, title_font_size, title_angle, title_limit; gboolean has_title_angle;
  const char *title_anchor, *title_align, *title_baseline, *title_font, *title_font_weight, *title_font_style; PkRgba title_color; double title_opacity;
  double title_x, title_y; gboolean has_title_x, has_title_y;
  double min_extent, max_extent;
  int zindex;          /* 0: grid and axis behind marks */
  guint n_ticks;
  PkAxisTick *ticks;   /* ascending by position; n_ticks with labels and grid lines */
  double band;         /* tickBand extent: width of a band, else 0 */
} PkAxis;

typedef struct {
  const char *label;
  const char *value;     /* of a discrete scale: the value as JSON; NULL */
  double value_position; /* GRADIENT: 0 … 1 along the ramp */
  PkItem symbol;         /* SYMBOL: how it is drawn, at 0, 0 */
} PkLegendEntry;

typedef struct {
  const char *title;
  const char *field;          /* of a discrete scale whose entries are values of this field; NULL */
  gboolean gradient;
  gboolean discrete_gradient; /* steps */
  const char *orient;   /* "right", "left", "top", "bottom", "none", "top-left" … */
  const char *direction;/* "vertical", "horizontal" */
  double offset, padding, length, thickness; double legend_x, legend_y;
  guint n_entries;
  PkLegendEntry *entries;
  guint n_stops; double *stop_offsets; PkRgba *stop_colors; /* GRADIENT: drawn piecewise linear */
  guint columns; double row_padding, column_padding, clip_height;
  double label_font_size, title_font_size, label_limit, title_limit, label_offset; const char *label_font, *title_font, *title_font_weight, *label_font_weight;
  PkRgba label_color, title_color, fill_color, stroke_color; gboolean has_fill, has_stroke; double corner_radius, title_padding;
} PkLegend;

typedef struct {
  const char *text;     /* NULL: none */
  const char *subtitle;
  const char *anchor, *orient, *frame, *align, *baseline; double offset, angle, dx, dy, font_size, subtitle_font_size, subtitle_padding;
  const char *font, *font_weight, *font_style; PkRgba color, subtitle_color;
} PkTitle;

/* A position scale, for those who turn pixels of the view into values. */
typedef struct {
  const char *id;             /* "x" or "y"; further ones of the same view "x.2", … */
  gboolean is_y, is_continuous;
  struct PkScale *scale;      /* over the view's pixels; owned by the scene */
  const char *field;          /* the first field whose own values (or bins or time units of them) it places; NULL */
} PkSceneScale;

typedef struct {
  double x, y, width, height; /* x, y: of the plotting area in the scene */
  PkTitle title;
  gboolean has_fill, has_stroke; PkPaint fill, stroke; double stroke_width, stroke_opacity, fill_opacity, corner_radius; const double *stroke_dash; guint n_stroke_dash;
  guint n_marks; PkMarkGroup *marks;
  guint n_axes; PkAxis *axes;
  guint n_scales; PkSceneScale *scales;
} PkSceneView;

/* A title over several views. */
typedef struct {
  PkTitle title;
  double x, y, width, height; /* the box of their plotting areas */
  double above;               /* what they show over it */
  gconstpointer over;         /* for the builder */
} PkSceneHeader;

typedef struct PkScene PkScene;
struct PkScene {
  PkTitle title;
  PkPaint background;
  double padding[4]; /* left, top, right, bottom */
  guint n_views; PkSceneView *views;
  guint n_headers; PkSceneHeader *headers;
  guint n_legends; PkLegend *legends;
  const char *font;
  GStringChunk *strings;  /* interned texts */
  GPtrArray *owned;       /* g_free'd with the scene: arrays, points, pixels, gradients */
  GPtrArray *scales;      /* of PkScale *, freed with the scene */
  GPtrArray *warnings;    /* of const char *, interned: what is drawn but can hardly be meant; each once */
};

PkScene *pk_scene_new(void);
void pk_scene_free(PkScene *self);
const char *pk_scene_intern(PkScene *self, const char *text);
void pk_scene_warn(PkScene *self, const char *text);
gpointer pk_scene_alloc(PkScene *self, gsize n, gsize size); /* zeroed, freed with the scene */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkScene, pk_scene_free)

G_END_DECLS
