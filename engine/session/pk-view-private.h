/* The inside of a PikaView, and the blocking bodies of its functions. */
#pragma once

#include "pk-plot-host.h"
#include "pk-scene.h"
#include "pk-session-private.h"
#include "pk-view-params.h"

G_BEGIN_DECLS

struct PikaView {
  gint refs;
  char *key;
  PikaSession *session;
  GMutex theme_lock;
  char *theme; /* under theme_lock */
  GMutex lock; /* one picture at a time: guards what follows */
  PkPlotHost host;
  PkLowerHost functions;
  PkViewParams params;   /* never changes */
  char *name;            /* of the specification, for errors */
  gint64 mark_limit;
  GHashTable *bases;     /* see PkLowerOptions */
  char *data_key;        /* of the state that spec and lowered are for */
  PkSpec *spec;
  PkLowered *lowered;
  PikaReceipt compiled;  /* what it took to get here */
  PkScene *scene;        /* of the latest picture; NULL before */
  double x, y;           /* px of the picture where the scene's plotting area begins */
  double ratio;          /* device pixels a px of it */
  guint64 serial;        /* its number */
  double margins[4];     /* left, top, right, bottom: kept from picture to picture, so that the area stands still */
};

PikaView *pk_view_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                      GCancellable *cancellable, GError **error);
PikaViewFrame *pk_view_render(PikaView *self, const PikaViewState *state, double width, double height,
                              double pixel_ratio, GCancellable *cancellable, GError **error);
gboolean pk_view_pick(PikaView *self, PikaViewFrame *frame, double x, double y, double radius, PikaPick **pick,
                      GCancellable *cancellable, GError **error);
gboolean pk_view_rows(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
                      struct ArrowArrayStream *out, gint64 *n_rows, GCancellable *cancellable, GError **error);

/* A name that no other view of this process has: of the requests that replace each other. Borrowed. */
const char *pk_view_get_key(const PikaView *self);

G_END_DECLS
