/* The proleptic Gregorian calendar in UTC.
 *
 * Times are milliseconds since 1970-01-01T00:00:00Z in a double, as in
 * ECMAScript (ECMA-262 §21.4.1), NAN for no valid time, limited to ±8.64e15.
 * Days to civil dates and back: H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms", 2013. Years may be negative (astronomical, 0 is 1 BC) and
 * beyond 9999. Pure functions, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PK_MS_SECOND 1000.0
#define PK_MS_MINUTE 60000.0
#define PK_MS_HOUR   3600000.0
#define PK_MS_DAY    86400000.0
#define PK_MS_WEEK   604800000.0
#define PK_MS_MAX    8.64e15

typedef struct {
  gint64 year;
  int month;       /* 0 (January) to 11 */
  int day;         /* 1 to 31 */
  int hour, minute, second, millisecond;
  int weekday;     /* 0 (Sunday) to 6 */
  int yearday;     /* 0 (1 January) to 365 */
} PkCivil;

/* Days since 1970-01-01 of a civil date; month 1 to 12, day 1 to 31. */
gint64 pk_days_from_civil(gint64 year, int month, int day);
void pk_civil_from_days(gint64 days, gint64 *year, int *month, int *day);

/* The fields of a time. ms must be finite; fractions of a millisecond are floored. */
void pk_civil_from_ms(double ms, PkCivil *civil);

/* The time of fields that may overflow in either direction (month 14, day 0,
 * hour -3), as ECMAScript's MakeDay and MakeTime, but years 0 to 99 mean
 * themselves. month counts from 0, day from 1. NAN if a field is not finite or
 * the result leaves ±8.64e15. */
double pk_ms_from_fields(double year, double month, double day,
                         double hour, double minute, double second, double millisecond);

/* Weeks of the year. Sunday weeks: 0 before the first Sunday (strftime %U).
 * ISO 8601 weeks: 1 to 53, with their year in *iso_year (may be NULL). */
int pk_week_of_year(double ms);
int pk_iso_week(double ms, gint64 *iso_year);

G_END_DECLS
