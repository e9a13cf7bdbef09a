/* Sorted lists of a key's ordinals: the codes of keys that are looked up in tables are places in one. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The distinct ones of n ordinals, ascending; the caller's (g_free). */
gint64 *pk_ordinals_distinct(const gint64 *ordinals, gsize n, guint32 *n_distinct);

/* The place in such a list of one that is in it. */
guint32 pk_ordinals_find(const gint64 *values, guint32 n, gint64 ordinal);

G_END_DECLS
