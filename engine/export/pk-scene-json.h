/* A scene as JSON: marks, axes and legends with their positions, as programs and tests read it.
 *
 * {"version", "title", "views": [{"width", "height", "title", "marks", "axes"}], "axes", "headers",
 * "headerTitles", "legends"}: lengths in px rounded to 2 decimals, angles of texts and symbols in
 * degrees, opacities to 3. Items that show nothing (opacity 0, no paint, no text) are left out, as are
 * grid lines and backgrounds. Labels are as shown: cut to their limits, those hidden left out. */
#pragma once

#include "pk-scene.h"
#include "pk-textmeasure.h"

G_BEGIN_DECLS

/* UTF-8 text with one item a line; g_free. measure: what cuts labels, NULL is the estimate. Pure, any
 * thread. */
char *pk_scene_to_json(const PkScene *scene, const PkTextMeasure *measure);

G_END_DECLS
