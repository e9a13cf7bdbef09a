/* Real text extents, measured by Pango. Thread-safe: each thread keeps a font map of its own. */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* The font of unnamed text. */
#define PK_FONT_DEFAULT "sans-serif"

/* A layout for one line at `size` px. weight: "bold", "normal", "100"…"900" or NULL; style: "italic" or NULL.
 * Caller unrefs. context may be NULL: this thread's own. */
PangoLayout *pk_text_layout_new(PangoContext *context, const char *text, gssize length, const char *font,
                                double size, const char *weight, const char *style);

/* Logical width in px, and ascent and descent of the line (each may be NULL). */
double pk_text_extents(const char *text, gssize length, const char *font, double size, const char *weight,
                       const char *style, double *ascent, double *descent);

/* Loads the system's fonts in a thread of its own while there is other work; the first text would wait for it. */
GThread *pk_text_warm_up(void);
/* Waits for that thread and ends it; what it loaded is the calling thread's from then on, unless that has fonts. */
void pk_text_finish_warm_up(GThread *thread);

G_END_DECLS
