/* Intervals of calendar time: floor, ceiling, offset and range, in UTC.
 *
 * The semantics are those of d3-time 3 (interval.floor, ceil, offset, range,
 * every; https://d3js.org/d3-time): weeks start on Sunday (or Monday), and a
 * step selects those units whose number within their parent is a multiple of
 * it (every 3 hours are 0, 3, 6 …; every 2 days count from the epoch if unix_day,
 * else from the first of the month; every k years are multiples of k).
 * Times as in pk-calendar.h. Pure functions, thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_INTERVAL_MILLISECOND,
  PK_INTERVAL_SECOND,
  PK_INTERVAL_MINUTE,
  PK_INTERVAL_HOUR,
  PK_INTERVAL_DAY,       /* day of the month, for steps */
  PK_INTERVAL_UNIX_DAY,  /* day since the epoch, for steps */
  PK_INTERVAL_WEEK,      /* from Sunday */
  PK_INTERVAL_MONDAY,    /* weeks from Monday */
  PK_INTERVAL_MONTH,
  PK_INTERVAL_YEAR,
} PkIntervalUnit;

typedef struct {
  PkIntervalUnit unit;
  double step;           /* a whole number, 1 or more */
} PkTimeInterval;

/* FALSE if step is not finite or below 1: there is no such interval. A fraction is floored. */
gboolean pk_time_interval_init(PkTimeInterval *interval, PkIntervalUnit unit, double step);

/* "year", "quarter", "month", "week", "date", "day", "hours", "minutes", "seconds",
 * "milliseconds" (and the singulars "hour", "minute", "second", "millisecond"); step multiplies.
 * FALSE with PK_ERROR_INVALID for another name or a bad step. */
gboolean pk_time_interval_parse(const char *name, double step, PkTimeInterval *interval, GError **error);

/* The last boundary at or before ms, and the first at or after it. NAN gives NAN. */
double pk_time_interval_floor(const PkTimeInterval *interval, double ms);
double pk_time_interval_ceil(const PkTimeInterval *interval, double ms);

/* ms moved by n steps of the interval; it keeps its place within the unit. */
double pk_time_interval_offset(const PkTimeInterval *interval, double ms, double n);

/* Boundaries from the first at or after start, below stop: an array to g_free, its length
 * in *n. At most max; more gives NULL with *n = 0. */
double *pk_time_interval_range(const PkTimeInterval *interval, double start, double stop,
                               gsize max, gsize *n);

/* The interval that gives about count ticks over start..stop (d3.timeTickInterval, or with utc
 * d3.utcTickInterval: the two differ in where steps of two days are counted from, the first of the
 * month or the epoch). FALSE if there is none. */
gboolean pk_time_interval_for_ticks(double start, double stop, double count, gboolean utc,
                                    PkTimeInterval *interval);

G_END_DECLS
