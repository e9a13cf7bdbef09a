/* Numbers for people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 3000000 as "3,000,000", with the locale's separator or, where it has none, a comma. Caller frees. */
char *pa_digits_dup(gint64 n);

G_END_DECLS
