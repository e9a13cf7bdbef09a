/* How a PikaViewFrame is made. */
#pragma once

#include "pk-display.h"

#include <pika/pika.h>

G_BEGIN_DECLS

typedef struct {
  const PkScene *scene;
  const PkDisplay *display;
  double x, y;              /* of the display in the picture, px */
  double width, height, pixel_ratio;
  GBytes *pixels;           /* taken over */
  guint pixel_width, pixel_height;
  gsize stride;
  char *summary;            /* taken over */
  char **warnings;          /* taken over */
  PikaReceipt receipt;
  guint64 serial;           /* of the view's pictures */
} PkViewFrameParts;

/* Copies what it keeps of scene and display. */
PikaViewFrame *pk_view_frame_new(const PkViewFrameParts *parts);

guint64 pk_view_frame_get_serial(const PikaViewFrame *self);

/* What is to be seen, in sentences. Caller frees. */
char *pk_view_summary(const PkScene *scene);

G_END_DECLS
