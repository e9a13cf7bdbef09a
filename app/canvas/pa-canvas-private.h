/* What the files of the canvas share. */
#pragma once

#include "pa-canvas.h"
#include "pa-plot-view.h"
#include "pa-spatial-index.h"

#include <adwaita.h>
#include <glib/gi18n.h>

G_BEGIN_DECLS

#define PA_CANVAS_HEADER 36.0f /* px of the title's row of a node */
#define PA_CANVAS_RADIUS 10.0f
#define PA_CANVAS_HANDLE 14.0  /* px of the screen: how near the corner or the dot counts */
#define PA_CANVAS_LEAST 0.02
#define PA_CANVAS_MOST 4.0

/* How much of a node is drawn. */
typedef enum { PA_DETAIL_BOX, PA_DETAIL_PICTURE, PA_DETAIL_FULL, PA_N_DETAILS } PaDetail;

/* A node as the canvas has it. */
typedef struct {
  char *id;
  PikaNodeKind kind;
  graphene_rect_t box;       /* px of the plane */
  guint order;               /* of drawing */
  gboolean selected;
  GskRenderNode *drawn[PA_N_DETAILS]; /* with its corner at 0, 0; NULL: to be drawn */
  char **tables;             /* query: the names that it reads, in lower case */
  GdkTexture *picture;       /* plot: as it was drawn last; NULL: not yet */
  GCancellable *drawing;     /* the picture that is under way */
  gboolean outdated;         /* the picture is */
  PaPlotView *live;          /* child; NULL: it is not near, or not in sight */
} PaCanvasItem;

typedef enum {
  PA_DRAG_NONE,
  PA_DRAG_PAN,
  PA_DRAG_BAND,
  PA_DRAG_MOVE,
  PA_DRAG_RESIZE,
  PA_DRAG_CONNECT,
} PaDrag;

typedef struct {
  GdkRGBA background, surface, text, dim, line, accent, error, warning, success;
  GdkRGBA kinds[PIKA_NODE_GROUP + 1];
  gboolean dark;
} PaCanvasColors;

struct _PaCanvas {
  GtkWidget parent_instance;
  PaDocument *document;
  PaGraph *graph;
  GHashTable *items;         /* id → PaCanvasItem */
  GHashTable *names;         /* name in lower case → PaCanvasItem: tables and queries */
  PaSpatialIndex *index;
  guint next_order;
  double x, y, zoom;
  gboolean looked;           /* the view was set by a person or the document, so that a first node does not move it */
  guint keep_view;           /* timeout: the view goes to the document */
  PaCanvasColors colors;
  gboolean has_colors;
  char *focused;             /* id of the node that keys speak of; NULL */
  char *working;             /* id of the plot or note that is worked in; NULL */
  GtkWidget *editor;         /* of a note that is worked in; NULL */
  GtkWidget *search, *search_entry, *minimap;
  guint n_drawing;           /* pictures under way */
  guint refresh;             /* idle: live plots and pictures */

  PaDrag drag;
  double press_x, press_y;   /* px of the widget */
  double at_x, at_y;         /* pointer, as far as the drag has come */
  double pan_x, pan_y;       /* the view when it began */
  double shift_x, shift_y;   /* px of the plane that the selection is moved by, snapped */
  graphene_rect_t resized;
  char *dragged;             /* id: resized, or connected from */
  char *target;              /* id: would be connected */
  double guide_x, guide_y;   /* lines of snapping; NAN: none */
  gboolean space;            /* is held */
  double pointer_x, pointer_y;
};

/* --- pa-canvas.c --- */

PaCanvasItem *pa_canvas_find(PaCanvas *self, const char *id);
const PikaWorkspaceNode *pa_canvas_node(PaCanvas *self, const PaCanvasItem *item);
/* The topmost at a point of the widget; a group only at its title or edge. */
PaCanvasItem *pa_canvas_pick(PaCanvas *self, double x, double y);
graphene_rect_t pa_canvas_to_screen(PaCanvas *self, const graphene_rect_t *box);
graphene_point_t pa_canvas_to_plane(PaCanvas *self, double x, double y);
/* Its box with what the drag under way does to it. */
graphene_rect_t pa_canvas_shown_box(PaCanvas *self, const PaCanvasItem *item);
void pa_canvas_set_view(PaCanvas *self, double x, double y, double zoom);
void pa_canvas_redraw_item(PaCanvas *self, PaCanvasItem *item);
void pa_canvas_set_selected(PaCanvas *self, PaCanvasItem *item, gboolean selected);
void pa_canvas_select_none(PaCanvas *self);
void pa_canvas_focus_item(PaCanvas *self, const char *id);
/* Brings a box of the plane into sight. */
void pa_canvas_reveal(PaCanvas *self, const graphene_rect_t *box);
void pa_canvas_say(PaCanvas *self, const char *text);
/* Items in order of drawing: groups first. */
void pa_canvas_sort(GPtrArray *items);

/* --- pa-canvas-draw.c, pa-canvas-node.c --- */

const PaCanvasColors *pa_canvas_get_colors(PaCanvas *self);
void pa_canvas_snapshot(GtkWidget *widget, GtkSnapshot *snapshot);
PaDetail pa_canvas_get_detail(PaCanvas *self, const PaCanvasItem *item);
/* Borrowed. */
GskRenderNode *pa_canvas_draw_item(PaCanvas *self, PaCanvasItem *item, PaDetail detail);
/* The input of a plot, or the tables of a query: items, in an array that is filled. */
void pa_canvas_list_inputs(PaCanvas *self, const PaCanvasItem *item, GPtrArray *inputs);

/* --- pa-canvas-live.c --- */

void pa_canvas_refresh_later(PaCanvas *self);
void pa_canvas_allocate_live(PaCanvas *self);
void pa_canvas_drop_live(PaCanvas *self, PaCanvasItem *item);
void pa_canvas_work_in(PaCanvas *self, const char *id);
void pa_canvas_stop_work(PaCanvas *self);

/* --- pa-canvas-input.c, -keys.c, -actions.c, -menu.c, -search.c, -snap.c --- */

void pa_canvas_init_input(PaCanvas *self);
void pa_canvas_init_keys(PaCanvas *self);
void pa_canvas_install_actions(GtkWidgetClass *class);
void pa_canvas_show_menu(PaCanvas *self, double x, double y);
void pa_canvas_init_search(PaCanvas *self);
void pa_canvas_open_search(PaCanvas *self);
/* Corrects a shift so that edges and centres of the moved box meet those of others near it; sets the guides. */
void pa_canvas_snap(PaCanvas *self, const graphene_rect_t *moved, double *dx, double *dy);

G_END_DECLS
