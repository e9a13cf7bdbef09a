/* A plot that is looked at: compiled once, its columns kept, and drawn again and again with changed numbers.
 *
 * A view asks the same plans as pika_plot_new does and draws the same picture. What a person changes (PikaViewState) is
 * given with each call, so the view itself has no state to go stale: the caller's document has it. Reference counted;
 * any thread may call. A view draws one picture at a time: calls that find it busy wait in the interactive lane, where a
 * newer one takes an older one's place, which is then told PIKA_ERROR_CANCELLED. */
#pragma once

#include "pika-plot.h"
#include "pika-view-frame.h"
#include "pika-view-state.h"

G_BEGIN_DECLS

typedef struct PikaView PikaView;

/* Compiles a specification and fetches its columns. The options' width, height, pixel_ratio and frame_key have no
 * meaning here. */
PIKA_API PikaView *pika_view_new(PikaSession *session, const char *spec_json, gssize length,
                                 const PikaPlotOptions *options, GCancellable *cancellable, GError **error);
PIKA_API void pika_view_new_async(PikaSession *session, const char *spec_json, gssize length,
                                  const PikaPlotOptions *options, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data);
PIKA_API PikaView *pika_view_new_finish(GAsyncResult *result, GError **error);
PIKA_API PikaView *pika_view_ref(PikaView *self);
PIKA_API void pika_view_unref(PikaView *self);

typedef enum {
  PIKA_PARAM_VARIABLE,
  PIKA_PARAM_POINT,
  PIKA_PARAM_INTERVAL,
} PikaParamKind;

/* A parameter of the specification; PikaViewState has its value once a person has changed it. */
typedef struct {
  char *name;
  PikaParamKind kind;
  char *value;        /* initial, as JSON; NULL: none */
  char *bind;         /* of a variable, the widget to make for it as Vega-Lite writes it: {"input": "range", "min": 0, …};
                         NULL: none */
  gboolean is_scales; /* an interval that is what the scales show: zoom and pan change it by themselves */
  gboolean is_legend; /* a point selection by clicks on the legend */
  char **members;     /* of a selection's value: channels or fields; … */
  char **fields;      /* … and for each the field it goes by; both end with NULL */
} PikaParamInfo;

PIKA_API guint pika_view_get_n_params(const PikaView *self);
/* Borrowed. */
PIKA_API const PikaParamInfo *pika_view_get_param(const PikaView *self, guint i);

/* "light" or "dark", of the pictures from now on; the theme of its options until then. FALSE for another. Does not
 * block. */
PIKA_API gboolean pika_view_set_theme(PikaView *self, const char *theme, GError **error);

/* Draws it with axes, legends and titles into width x height px (the plotting area gets what they leave, whatever size the
 * specification gives), at pixel_ratio device pixels a px. state may be NULL. */
PIKA_API PikaViewFrame *pika_view_render(PikaView *self, const PikaViewState *state, double width, double height,
                                         double pixel_ratio, GCancellable *cancellable, GError **error);
PIKA_API void pika_view_render_async(PikaView *self, const PikaViewState *state, double width, double height,
                                     double pixel_ratio, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);
PIKA_API PikaViewFrame *pika_view_render_finish(GAsyncResult *result, GError **error);

/* --- what is under the pointer --- */

/* A mark, or a pixel of a density raster. */
typedef struct {
  PikaBox box;    /* px of the picture */
  char **names;   /* what is told of it: titles of fields, … */
  char **values;  /* … and their values, exact; both end with NULL */
  gint64 n_rows;  /* of the data that it stands for; -1: not counted */
} PikaPick;

PIKA_API void pika_pick_free(PikaPick *self);

/* The mark nearest to a place within `radius` px, or NULL without an error if there is none. `frame` is the view's latest
 * picture: of an older one PIKA_ERROR_CANCELLED. A newer call of a view takes an older one's place. */
PIKA_API PikaPick *pika_view_pick(PikaView *self, PikaViewFrame *frame, double x, double y, double radius,
                                  GCancellable *cancellable, GError **error);
PIKA_API void pika_view_pick_async(PikaView *self, PikaViewFrame *frame, double x, double y, double radius,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API PikaPick *pika_view_pick_finish(GAsyncResult *result, GError **error);

/* The rows of the data (all their columns, as they were before the specification's transforms) that a mark stands for,
 * or that lie in a rectangle of the plotting area: a box without an extent is the mark at that place, within `radius`
 * px. At most `limit` rows; *n_rows: how many there are. No mark there: an empty stream of no columns. The caller
 * releases *out. */
PIKA_API gboolean pika_view_rows(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
                                 struct ArrowArrayStream *out, gint64 *n_rows, GCancellable *cancellable, GError **error);
PIKA_API void pika_view_rows_async(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PIKA_API gboolean pika_view_rows_finish(GAsyncResult *result, struct ArrowArrayStream *out, gint64 *n_rows,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaPick, pika_pick_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaView, pika_view_unref)

G_END_DECLS
