/* A plot as a small still picture, drawn from the real data. */
#pragma once

#include <adwaita.h>
#include <pika/pika.h>

G_BEGIN_DECLS

#define PA_TYPE_PICTURE (pa_picture_get_type())
G_DECLARE_FINAL_TYPE(PaPicture, pa_picture, PA, PICTURE, GtkWidget)

/* width, height: px of the plotting area. */
PaPicture *pa_picture_new(int width, int height);

/* Draws a specification of a table, without axes and legends; what is being drawn is cancelled. */
void pa_picture_draw(PaPicture *self, PikaSession *session, const char *spec, const char *table);
void pa_picture_stop(PaPicture *self);

/* Signal "done" (const GError *): drawn (NULL) or failed; not after a cancel. */

G_END_DECLS
