/* Whole numbers for people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Appends n in groups of three digits, a comma between, whatever the locale: 3,000,000. */
void pk_digits_append(GString *out, guint64 n);

G_END_DECLS
