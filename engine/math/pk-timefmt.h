/* Time formats: d3-time-format 4 in UTC, locale en-US.
 *
 * Directives %a %A %b %B %c %d %e %f %g %G %H %I %j %L %m %M %p %q %Q %s %S %u
 * %U %V %w %W %x %X %y %Y %Z %%, with the padding flags - _ 0
 * (https://d3js.org/d3-time-format). Times as in pk-calendar.h. Strings are
 * freed with g_free. Thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An unknown directive is copied without its %, as d3 does. ms that is no valid time
 * gives "Invalid Date". */
char *pk_time_format(const char *specifier, double ms);

/* One format for each size of unit; NULL members take the defaults
 * ".%L", ":%S", "%I:%M", "%I %p", "%a %d", "%b %d", "%B", "%B", "%Y". */
typedef struct {
  const char *milliseconds;
  const char *seconds;
  const char *minutes;
  const char *hours;
  const char *date;
  const char *week;
  const char *month;
  const char *quarter;
  const char *year;
} PkTimeMultiFormat;

/* The format of the largest unit that ms starts ("2005", "April", "Mon 12", "03 PM").
 * formats may be NULL. */
char *pk_time_format_multi(const PkTimeMultiFormat *formats, double ms);

/* Reads all of text by the specifier. FALSE if it does not match; *ms is untouched then. */
gboolean pk_time_parse(const char *specifier, const char *text, double *ms);

G_END_DECLS
