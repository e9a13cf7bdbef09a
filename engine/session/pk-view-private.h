/* The blocking bodies of PikaView's functions. */
#pragma once

#include "pk-session-private.h"

G_BEGIN_DECLS

PikaView *pk_view_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                      GCancellable *cancellable, GError **error);
PikaViewFrame *pk_view_render(PikaView *self, const PikaViewState *state, double width, double height,
                              double pixel_ratio, GCancellable *cancellable, GError **error);

/* A name that no other view of this process has: of the requests that replace each other. Borrowed. */
const char *pk_view_get_key(const PikaView *self);

G_END_DECLS
