/* Text → date as JavaScript engines read it (Date.parse), with local time = UTC.
 *
 * First the format of ECMA-262 §21.4.1.32 (2012, 2012-01, 2012-01-31T12:00:00.5Z), then the
 * lenient reading that V8 falls back on: month names, numbers with / or -, times with AM and PM, zone names and
 * offsets, words before the first number and text in parentheses passed over. Pure, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Milliseconds since 1970-01-01 UTC; NAN if text is no date. */
double pk_js_date_parse(const char *text);

G_END_DECLS
