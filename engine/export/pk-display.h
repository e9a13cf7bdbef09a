/* The display list: a laid-out picture as a flat list of drawing operations in
 * absolute pixels. The renderers (Cairo for PNG and PDF, the SVG writer, a
 * window) read only this, so they cannot disagree about where a thing stands.
 *
 * A list owns its paths and borrows texts, paints' gradients and pixels from
 * the scene it was made of, which must outlive it. One thread while built; immutable after. */
#pragma once

#include "pk-path.h"
#include "pk-scene.h"

G_BEGIN_DECLS

typedef enum {
  PK_OP_PUSH,  /* begin a group: translate by x, y; clip to width x height if clip */
  PK_OP_POP,
  PK_OP_PATH,  /* fill, then stroke */
  PK_OP_TEXT,  /* one line, its alphabetic baseline's anchor at x, y, turned by angle about it */
  PK_OP_IMAGE, /* pixels stretched over x, y, width, height without smoothing */
} PkOpKind;

typedef struct {
  PkOpKind kind;
  double x, y, width, height;
  gboolean clip;
  const char *role; /* PUSH: SVG class, static or interned in the scene; may be NULL */
  /* PATH */
  PkPath *path; /* owned */
  PkPaint fill, stroke;
  double fill_opacity, stroke_opacity, opacity, stroke_width;
  const double *dash;
  guint n_dash;
  double dash_offset;
  const char *cap, *join;
  double box[4]; /* x0, y0, x1, y1 that a gradient's units refer to */
  gboolean crisp; /* hairline furniture: no tooltip, may be snapped */
  /* TEXT; fill is its colour */
  const char *text;
  gsize text_length; /* bytes of the line within text */
  const char *font, *font_weight, *font_style;
  double font_size, angle;
  const char *align; /* "left", "center", "right" */
  double baseline_dy; /* moves the line along its own down axis before drawing */
  char *owned_text;   /* truncated text; freed with the list */
  /* IMAGE */
  const guint32 *pixels;
  guint image_width, image_height;
  const char *tooltip, *href, *description;
} PkOp;

typedef enum {
  PK_REGION_VIEW,   /* the plotting area of view `index` */
  PK_REGION_AXIS,   /* ticks, labels and title of axis `index` of view `part` */
  PK_REGION_ENTRY,  /* entry `part` of legend `index` */
  PK_REGION_LEGEND,
  PK_REGION_TITLE,
} PkRegionKind;

/* Where a part of the picture lies. */
typedef struct {
  PkRegionKind kind;
  guint index, part;
  double x, y, width, height; /* px of the picture */
} PkRegion;

typedef struct {
  double width, height;
  PkPaint background;
  const char *title; /* for document metadata and accessibility; may be NULL */
  GArray *ops;       /* of PkOp */
  GArray *regions;   /* of PkRegion */
} PkDisplay;

/* Lays a scene out: axes, legends and titles around the views, by the extents
 * of their texts as Pango measures them. Pictures of different scenes never
 * share state. Never fails. Caller frees. */
PkDisplay *pk_display_new(const PkScene *scene);
void pk_display_free(PkDisplay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkDisplay, pk_display_free)

G_END_DECLS
