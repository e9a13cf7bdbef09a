/* Real text extents, measured by Pango. Thread-safe: each thread keeps a font map of its own. */
#pragma once

#include "pk-sched.h"

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


/* Loads the system's fonts on a worker while there is other work; the first text would wait for it. */
typedef struct PkFonts PkFonts;
PkFonts *pk_text_warm_up(void);
/* Waits until that is done, or does it, and frees. What was loaded is the calling thread's from then on, unless that has
 * fonts. */
void pk_text_finish_warm_up(PkFonts *self);

G_END_DECLS
