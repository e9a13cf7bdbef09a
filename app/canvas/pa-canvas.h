/* The canvas: a document's nodes on an endless plane, drawn by how near one is (all of a node and live plots near 1:1,
 * pictures further out, then boxes), moved, resized, connected and edited there.
 *
 * What a person does becomes steps of the document; what the document does is shown. Pointer: drag on the empty plane,
 * middle button, or Space and drag pan; Shift and drag selects by a rubber band; wheel and two fingers pan, with Ctrl they
 * zoom at the pointer. A node is moved by dragging it, resized at its corner, connected from the dot at its right edge.
 * A double click works in it: in a plot, which then takes drag and wheel, or a note. Keys: see pa-canvas-keys.c.
 *
 * Actions ("canvas." in its widget): fit, fit-selection, zoom-in, zoom-out, zoom-normal, select-all, copy, cut, paste,
 * duplicate, delete, group, note, run, freeze, arrange, align (s: left, centre, right, top, middle, bottom), search.
 *
 * Signals: node-activated (const char *id): a person wants to work with a table or query (double click, Return).
 * message (const char *text): something to tell, as in a toast. */
#pragma once

#include "pa-graph.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PA_TYPE_CANVAS (pa_canvas_get_type())
G_DECLARE_FINAL_TYPE(PaCanvas, pa_canvas, PA, CANVAS, GtkWidget)

GtkWidget *pa_canvas_new(PaDocument *document, PaGraph *graph);

/* Shows all, or those that are selected; at most at 1:1. */
void pa_canvas_zoom_to_fit(PaCanvas *self, gboolean selection);
/* Zooms about a point of the widget. */
void pa_canvas_zoom_at(PaCanvas *self, double x, double y, double factor);
void pa_canvas_pan(PaCanvas *self, double dx, double dy);
double pa_canvas_get_zoom(PaCanvas *self);

/* Selects nodes, and brings the first into sight. */
void pa_canvas_select(PaCanvas *self, const char *const *ids);
/* New array, NULL-terminated. */
GStrv pa_canvas_dup_selection(PaCanvas *self);

/* Where a node is in the widget, in px; FALSE: there is none. */
gboolean pa_canvas_get_node_box(PaCanvas *self, const char *id, graphene_rect_t *box);

/* All nodes as they would be drawn at 1:1, as one picture; NULL: there are none. Caller unrefs. */
GskRenderNode *pa_canvas_draw_all(PaCanvas *self, graphene_rect_t *bounds);

G_END_DECLS
