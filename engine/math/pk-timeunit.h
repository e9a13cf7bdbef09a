/* Vega-Lite time units: year, quarter, month … and their combinations.
 *
 * A unit keeps some fields of a time and sets the rest to the start. Floors
 * follow vega-time's floor: units without a year fall in 2012 (a leap year that
 * starts on a Sunday), weeks start on Sunday, a week before the year's first
 * Sunday is week 0. Default formats follow vega-time's timeUnitSpecifier with
 * Vega-Lite's two overrides. Times as in pk-calendar.h; everything is UTC.
 * Pure functions, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_TIME_YEAR         = 1 << 0,
  PK_TIME_QUARTER      = 1 << 1,
  PK_TIME_MONTH        = 1 << 2,
  PK_TIME_WEEK         = 1 << 3,
  PK_TIME_DATE         = 1 << 4,
  PK_TIME_DAY          = 1 << 5,  /* of the week */
  PK_TIME_DAYOFYEAR    = 1 << 6,
  PK_TIME_HOURS        = 1 << 7,
  PK_TIME_MINUTES      = 1 << 8,
  PK_TIME_SECONDS      = 1 << 9,
  PK_TIME_MILLISECONDS = 1 << 10,
} PkTimePart;

typedef struct {
  guint parts;        /* PkTimePart bits, not 0 */
  double step;        /* of the smallest part; 1 by default */
  gboolean utc;       /* named "utc…"; the same here, but it shows in titles and names */
  gboolean binned;    /* named "binned…": the data is floored already */
} PkCalendarUnit;

/* From a name such as "yearmonthdate", "utchours" or "binnedyearmonth"; step is set to 1.
 * FALSE with PK_ERROR_INVALID for anything that Vega-Lite has no unit for. */
gboolean pk_calendar_unit_parse(const char *name, PkCalendarUnit *unit, GError **error);

/* "yearmonthdate": the parts alone, without utc and binned. g_free. */
char *pk_calendar_unit_name(const PkCalendarUnit *unit);
/* "year-month-date": as Vega-Lite writes it in titles, "f (year-month-date)". g_free. */
char *pk_calendar_unit_title(const PkCalendarUnit *unit);

/* The smallest (last) part, whose step counts. */
PkTimePart pk_calendar_unit_smallest(const PkCalendarUnit *unit);

/* The start of the unit that holds ms; NAN gives NAN. */
double pk_calendar_unit_floor(const PkCalendarUnit *unit, double ms);

/* ms moved by n times the unit's step (quarters are 3 months, day and dayofyear a day). */
double pk_calendar_unit_offset(const PkCalendarUnit *unit, double ms, double n);

/* The end of the unit that starts at start: offset by one. */
double pk_calendar_unit_end(const PkCalendarUnit *unit, double start);

/* The length of one unit in 2001 in ms (a month is 31 days), which is the least tick
 * step of its axis; NAN for day, which has none. Vega-Lite durationExpr. */
double pk_calendar_unit_duration(const PkCalendarUnit *unit);

/* The default label format, such as "%b %Y". g_free. */
char *pk_calendar_unit_specifier(const PkCalendarUnit *unit);

/* The unit and step that give about maxbins (0: 40) bins over an extent (vega-time timeBin). */
void pk_calendar_unit_for_extent(double lo, double hi, double maxbins, PkCalendarUnit *unit);

G_END_DECLS
