/* A live plot: shows a PikaView, and lets a person move about in it.
 *
 * The document owns what is looked at: the widget shows the state that it is given, and tells of what the person did.
 * While somebody drags or turns the wheel the widget's own state runs ahead ("state" changes with each step); when they
 * are done, "state-committed" tells the state before and after, for one step of undo.
 *
 * What the pointer does: wheel zooms at the pointer, drag pans, Shift+drag zooms into a box; over an axis, or with Ctrl (x)
 * or Alt (y), along that axis alone; double click shows all. In the mode BRUSH a drag selects an interval instead; a
 * drag inside of it moves it. Keys: arrows pan, + and - zoom, Home shows all, Escape takes back what is under way or
 * the brush, Menu opens the menu, Return asks for the rows under the middle of the brush or view. */
#pragma once

#include <gtk/gtk.h>
#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_TYPE_PLOT_VIEW (pa_plot_view_get_type())
G_DECLARE_FINAL_TYPE(PaPlotView, pa_plot_view, PA, PLOT_VIEW, GtkWidget)

typedef enum { PA_PLOT_MODE_PAN, PA_PLOT_MODE_BOX, PA_PLOT_MODE_BRUSH } PaPlotMode;

#define PA_TYPE_PLOT_MODE (pa_plot_mode_get_type())
GType pa_plot_mode_get_type(void);

/* Signals:
 *   state-committed (const char *before, const char *after): the person changed the view; JSON of PikaViewState
 *   brush-committed (const char *before, const char *after): the same of the property "brush"; "" for none
 *   rows-requested (double x, double y): a click; px of the picture, for pika_view_rows_async with the widget's frame
 *   frame-changed (): another picture is shown
 * Properties: mode; brush (text, see pa_plot_view_set_brush), title of an error: error. */

GtkWidget *pa_plot_view_new(void);

/* What is shown; NULL: nothing. The widget refs it. An error is gone. */
void pa_plot_view_set_view(PaPlotView *self, PikaView *view);
PikaView *pa_plot_view_get_view(PaPlotView *self);

/* JSON of a PikaViewState; NULL: as the specification has it. Tells nobody. FALSE if it is none. */
gboolean pa_plot_view_set_state(PaPlotView *self, const char *json, GError **error);
/* Caller frees. */
char *pa_plot_view_dup_state(PaPlotView *self);

/* One line in place of the picture; NULL: none. */
void pa_plot_view_set_error(PaPlotView *self, const char *message);

void pa_plot_view_set_mode(PaPlotView *self, PaPlotMode mode);
PaPlotMode pa_plot_view_get_mode(PaPlotView *self);

/* The selected interval: {"x": {"field": "delay", "range": [0, 60]}, "y": …}, dates as ms; NULL or "": none. Tells
 * nobody. */
void pa_plot_view_set_brush(PaPlotView *self, const char *json);
const char *pa_plot_view_get_brush(PaPlotView *self);

/* The picture that is shown now; NULL before the first. Borrowed. */
PikaViewFrame *pa_plot_view_get_frame(PaPlotView *self);
/* Draws anew, for instance after the data have changed. */
void pa_plot_view_refresh(PaPlotView *self);
/* As "all" in the menu. */
void pa_plot_view_fit(PaPlotView *self);

G_END_DECLS
