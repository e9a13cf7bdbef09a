/* Paths: a list of segments, made by marks and read by exporters.
 *
 * Coordinates are pixels, y down. Arcs are kept as arcs (circles and rings draw best so).
 * SVG path data: W3C SVG 1.1 §8.3; elliptical arcs become cubics of at most a
 * quarter turn (SVG 1.1 appendix F.6). A plain growable array; not thread-safe while changed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_PATH_MOVE,   /* x, y */
  PK_PATH_LINE,   /* x, y */
  PK_PATH_CUBIC,  /* x1, y1, x2, y2, x, y */
  PK_PATH_ARC,    /* cx, cy, radius, start, end (radians, 0 is +x, clockwise if end > start) */
  PK_PATH_CLOSE,
} PkPathOp;

typedef struct {
  PkPathOp op;
  double v[6];
} PkPathSegment;

typedef struct {
  PkPathSegment *segments;
  gsize n;
  gsize allocated;
  double x, y;              /* the current point */
} PkPath;

PkPath *pk_path_new(void);
PkPath *pk_path_copy(const PkPath *path);
void pk_path_free(PkPath *path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkPath, pk_path_free)

void pk_path_move_to(PkPath *path, double x, double y);
void pk_path_line_to(PkPath *path, double x, double y);
void pk_path_cubic_to(PkPath *path, double x1, double y1, double x2, double y2,
                      double x, double y);
void pk_path_quad_to(PkPath *path, double x1, double y1, double x, double y); /* kept as a cubic */
/* As a canvas's arc(): a line to the start (a move if the path is empty), then the arc.
 * Angles in radians, 0 at +x, growing clockwise on screen; radius >= 0. */
void pk_path_arc(PkPath *path, double cx, double cy, double radius, double start, double end,
                 gboolean counterclockwise);
void pk_path_close(PkPath *path);
void pk_path_rect(PkPath *path, double x, double y, double w, double h);
/* Rounded corners, each limited to half of the shorter side: top left, top right, bottom right,
 * bottom left. */
void pk_path_round_rect(PkPath *path, double x, double y, double w, double h, const double radii[4]);

/* Appends `from`, scaled and then moved. */
void pk_path_append(PkPath *path, const PkPath *from, double scale, double dx, double dy);

/* Reads SVG path data and appends it, scaled. FALSE with PK_ERROR_PARSE that says where; the
 * path is as before then. */
gboolean pk_path_append_svg(PkPath *path, const char *data, double scale, GError **error);

/* SVG path data with up to `decimals` digits after the point; g_free. */
char *pk_path_to_svg(const PkPath *path, int decimals);

/* The box of the path itself, without a stroke, curves included exactly. FALSE if it is empty. */
gboolean pk_path_bounds(const PkPath *path, double *x0, double *y0, double *x1, double *y1);

G_END_DECLS
