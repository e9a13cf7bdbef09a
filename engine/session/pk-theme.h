/* The themes: a Vega-Lite config each, which stands under the specification's own. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* name: "light" or NULL (Vega-Lite's own look: *config is NULL), "dark". PK_ERROR_USAGE for another.
 * Caller unrefs *config. */
gboolean pk_theme_get(const char *name, JsonObject **config, GError **error);

G_END_DECLS
