/* What the files of the plot widget share. Main thread. */
#pragma once

#include "pa-plot-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A selected interval: along x, along y, or a rectangle. */
typedef struct {
  gboolean has[2];   /* x, y */
  char *field[2];
  double from[2], to[2];
} PaBrush;

typedef enum { PA_DRAG_NONE, PA_DRAG_PAN, PA_DRAG_BOX, PA_DRAG_BRUSH, PA_DRAG_MOVE_BRUSH } PaDrag;

struct _PaPlotView {
  GtkWidget parent_instance;
  PikaView *view;
  PikaViewState *state;
  PikaViewFrame *frame;
  GdkTexture *texture;       /* of the frame */
  GCancellable *cancellable; /* of what is being drawn */
  gboolean drawing, stale;   /* a picture is on its way; it will be out of date */
  GHashTable *home;          /* scale → double[2]: the domain that shows all */
  PaPlotMode mode;
  PaBrush brush;
  char *brush_json;

  PaDrag drag;
  gboolean along[2];         /* the axes that a drag works on */
  double start[2], end[2];   /* of a drag, px */
  char *before, *brush_before; /* when the person began; NULL: nothing is under way */
  guint commit_source;       /* wheel and keys: the end is when nothing follows */
  guint click_source;        /* fires when no second click has followed */
  double click[2];
  double pointer[2];
  gboolean has_pointer;
  gboolean hovering, tip_is_shown, asking; /* over the area; its tip is up; what is there is being found out */
  double asked[2];           /* px that this is asked of */

  GtkWidget *tip, *receipt, *failure, *menu;
  GSimpleActionGroup *actions;
};

#define PA_PLOT_RECEIPT_HEIGHT 18 /* px at the bottom, for the receipt */

/* --- pa-plot-view.c --- */

/* The state has changed: draws anew, and until then stretches the picture that there is. */
void pa_plot_view_redraw(PaPlotView *self);
/* One step of undo begins, if none is under way; it ends now, or when `after_ms` have passed without another call. */
void pa_plot_view_begin(PaPlotView *self);
void pa_plot_view_commit(PaPlotView *self);
void pa_plot_view_commit_later(PaPlotView *self, guint after_ms);
/* Back to where the step began. */
void pa_plot_view_take_back(PaPlotView *self);

/* --- pa-plot-geometry.c: the picture as it stands on the screen, which may be a stretched older one --- */

static inline const char *
pa_plot_scale_id(int is_y)
{
  return is_y ? "y" : "x";
}

/* Where the frame's pixels along an axis stand now: now = stretch * then + shift. */
void pa_plot_view_get_stretch(PaPlotView *self, int is_y, double *stretch, double *shift);
/* The edges of the plotting area. */
void pa_plot_view_get_edges(PaPlotView *self, int is_y, double *low, double *high);
/* NAN where there is none. */
double pa_plot_view_value_at(PaPlotView *self, int is_y, double pixel);
double pa_plot_view_pixel_at(PaPlotView *self, int is_y, double value);
/* Shows what stands between two pixels now; FALSE where that is nothing. */
gboolean pa_plot_view_show_between(PaPlotView *self, int is_y, double low, double high);
void pa_plot_view_zoom_at(PaPlotView *self, const gboolean along[2], double x, double y, double factor);
void pa_plot_view_pan_by(PaPlotView *self, const gboolean along[2], double dx, double dy);

/* --- pa-plot-brush.c --- */

void pa_brush_clear(PaBrush *self);
/* FALSE with *error if it is no brush. */
gboolean pa_brush_from_json(PaBrush *self, const char *json, GError **error);
/* "" for none. Caller frees. */
char *pa_brush_to_json(const PaBrush *self);
/* The pixels where it stands; FALSE if there is none, or none of it on these axes. */
gboolean pa_plot_view_get_brush_box(PaPlotView *self, graphene_rect_t *box);
/* Selects what lies between the drag's start and end. */
void pa_plot_view_brush_to(PaPlotView *self);
void pa_plot_view_move_brush(PaPlotView *self, double dx, double dy);
/* Tells the property's listeners. */
void pa_plot_view_brush_changed(PaPlotView *self);

/* --- pa-plot-legend.c --- */

/* The entry at a place; NULL: none. */
const PikaLegendInfo *pa_plot_view_find_entry(PaPlotView *self, double x, double y);
/* Shows or hides a series, or selects it where the specification has a selection by the legend. One step of undo. */
void pa_plot_view_toggle_entry(PaPlotView *self, const char *field, const char *value);
gboolean pa_plot_view_entry_is_off(PaPlotView *self, const char *field, const char *value);
/* Hidden entries look so. */
void pa_plot_view_snapshot_legend(PaPlotView *self, GtkSnapshot *snapshot);

/* --- pa-plot-input.c and pa-plot-menu.c --- */

void pa_plot_view_add_input(PaPlotView *self);
void pa_plot_view_add_actions(PaPlotView *self);
void pa_plot_view_open_menu(PaPlotView *self, double x, double y);
/* What can be chosen follows the picture. */
void pa_plot_view_update_actions(PaPlotView *self);

/* --- pa-plot-hover.c --- */

void pa_plot_view_hover(PaPlotView *self, double x, double y);
void pa_plot_view_leave(PaPlotView *self);

G_END_DECLS
