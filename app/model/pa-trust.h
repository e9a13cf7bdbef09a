/* Which workspace files this person wrote here: by path and the SHA-256 of what was written, kept in
 * $XDG_STATE_HOME/pika-plot/trusted. A file that someone else changed since is not among them. Any thread; blocks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean pa_trust_has(const char *path);
gboolean pa_trust_add(const char *path, GError **error);

G_END_DECLS
