#include "pk-timeinterval.h"

#include "pk-calendar.h"
#include "pk-error.h"
#include "pk-ticks.h"

#include <math.h>
#include <string.h>

/* Lengths by which d3 chooses an interval, not those of real months and years. */
#define DURATION_MONTH (30 * PK_MS_DAY)
#define DURATION_YEAR  (365 * PK_MS_DAY)

gboolean
pk_time_interval_init(PkTimeInterval *interval, PkIntervalUnit unit, double step)
{
  step = floor(step);
  if (!isfinite(step) || step < 1)
    return FALSE;
  interval->unit = unit;
  interval->step = step;
  return TRUE;
}

gboolean
pk_time_interval_parse(const char *name, double step, PkTimeInterval *interval, GError **error)
{
  static const struct { const char *name; PkIntervalUnit unit; int factor; } names[] = {
    { "milliseconds", PK_INTERVAL_MILLISECOND, 1 }, { "millisecond", PK_INTERVAL_MILLISECOND, 1 },
    { "seconds", PK_INTERVAL_SECOND, 1 }, { "second", PK_INTERVAL_SECOND, 1 },
    { "minutes", PK_INTERVAL_MINUTE, 1 }, { "minute", PK_INTERVAL_MINUTE, 1 },
    { "hours", PK_INTERVAL_HOUR, 1 }, { "hour", PK_INTERVAL_HOUR, 1 },
    { "day", PK_INTERVAL_DAY, 1 }, { "date", PK_INTERVAL_DAY, 1 }, { "dayofyear", PK_INTERVAL_DAY, 1 },
    { "week", PK_INTERVAL_WEEK, 1 }, { "isoweek", PK_INTERVAL_MONDAY, 1 },
    { "month", PK_INTERVAL_MONTH, 1 }, { "quarter", PK_INTERVAL_MONTH, 3 }, { "year", PK_INTERVAL_YEAR, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(name, names[i].name) == 0) {
      if (!pk_time_interval_init(interval, names[i].unit, floor(step) * names[i].factor))
        return pk_fail(error, PK_ERROR_INVALID,
                       "time interval \"%s\": the step must be 1 or more, not %g", name, step);
      return TRUE;
    }
  return pk_fail(error, PK_ERROR_INVALID,
                 "time interval \"%s\" is not known (there are year, quarter, month, week, day, date, "
                 "hours, minutes, seconds and milliseconds)", name);
}

/* Floor to one unit, whatever the step. */
static double
floor_unit(PkIntervalUnit unit, double ms)
{
  PkCivil c;

  switch (unit) {
  case PK_INTERVAL_MILLISECOND: return floor(ms);
  case PK_INTERVAL_SECOND: return floor(ms / PK_MS_SECOND) * PK_MS_SECOND;
  case PK_INTERVAL_MINUTE: return floor(ms / PK_MS_MINUTE) * PK_MS_MINUTE;
  case PK_INTERVAL_HOUR: return floor(ms / PK_MS_HOUR) * PK_MS_HOUR;
  case PK_INTERVAL_DAY:
  case PK_INTERVAL_UNIX_DAY: return floor(ms / PK_MS_DAY) * PK_MS_DAY;
  default: break;
  }
  pk_civil_from_ms(ms, &c);
  switch (unit) {
  case PK_INTERVAL_WEEK: return floor(ms / PK_MS_DAY) * PK_MS_DAY - c.weekday * PK_MS_DAY;
  case PK_INTERVAL_MONDAY: return floor(ms / PK_MS_DAY) * PK_MS_DAY - (c.weekday + 6) % 7 * PK_MS_DAY;
  case PK_INTERVAL_MONTH: return pk_ms_from_fields(c.year, c.month, 1, 0, 0, 0, 0);
  default: return pk_ms_from_fields(c.year, 0, 1, 0, 0, 0, 0);
  }
}

static double
offset_unit(PkIntervalUnit unit, double ms, double n)
{
  PkCivil c;

  switch (unit) {
  case PK_INTERVAL_MILLISECOND: return ms + n;
  case PK_INTERVAL_SECOND: return ms + n * PK_MS_SECOND;
  case PK_INTERVAL_MINUTE: return ms + n * PK_MS_MINUTE;
  case PK_INTERVAL_HOUR: return ms + n * PK_MS_HOUR;
  case PK_INTERVAL_DAY:
  case PK_INTERVAL_UNIX_DAY: return ms + n * PK_MS_DAY;
  case PK_INTERVAL_WEEK:
  case PK_INTERVAL_MONDAY: return ms + n * PK_MS_WEEK;
  default: break;
  }
  pk_civil_from_ms(ms, &c);
  if (unit == PK_INTERVAL_MONTH)
    return pk_ms_from_fields(c.year, c.month + n, c.day, c.hour, c.minute, c.second, c.millisecond);
  return pk_ms_from_fields(c.year + n, c.month, c.day, c.hour, c.minute, c.second, c.millisecond);
}

/* The unit's number within its parent, by which steps are chosen. */
static double
unit_field(PkIntervalUnit unit, double ms)
{
  PkCivil c;

  pk_civil_from_ms(ms, &c);
  switch (unit) {
  case PK_INTERVAL_SECOND: return c.second;
  case PK_INTERVAL_MINUTE: return c.minute;
  case PK_INTERVAL_HOUR: return c.hour;
  case PK_INTERVAL_DAY: return c.day - 1;
  case PK_INTERVAL_UNIX_DAY: return floor(ms / PK_MS_DAY);
  case PK_INTERVAL_WEEK: /* weeks since that of the epoch */
  case PK_INTERVAL_MONDAY: return floor((floor_unit(unit, ms) - floor_unit(unit, 0)) / PK_MS_WEEK);
  case PK_INTERVAL_MONTH: return c.month;
  default: return (double)c.year;
  }
}

static gboolean
is_multiple(const PkTimeInterval *interval, double ms)
{
  return fmod(unit_field(interval->unit, ms), interval->step) == 0;
}

/* Milliseconds and years step by arithmetic, the rest by walking to the next unit that fits. */
static gboolean
steps_by_arithmetic(const PkTimeInterval *interval)
{
  return interval->step == 1 || interval->unit == PK_INTERVAL_MILLISECOND
      || interval->unit == PK_INTERVAL_YEAR;
}

double
pk_time_interval_floor(const PkTimeInterval *interval, double ms)
{
  PkCivil c;

  if (!isfinite(ms) || fabs(ms) > PK_MS_MAX)
    return NAN;
  if (interval->step == 1)
    return floor_unit(interval->unit, ms);
  if (interval->unit == PK_INTERVAL_MILLISECOND)
    return floor(ms / interval->step) * interval->step;
  if (interval->unit == PK_INTERVAL_YEAR) {
    pk_civil_from_ms(ms, &c);
    return pk_ms_from_fields(floor((double)c.year / interval->step) * interval->step, 0, 1, 0, 0, 0, 0);
  }
  for (ms = floor_unit(interval->unit, ms); isfinite(ms) && !is_multiple(interval, ms);)
    ms = floor_unit(interval->unit, ms - 1);
  return ms;
}

double
pk_time_interval_ceil(const PkTimeInterval *interval, double ms)
{
  double before = pk_time_interval_floor(interval, ceil(ms) - 1);

  return pk_time_interval_floor(interval, pk_time_interval_offset(interval, before, 1));
}

double
pk_time_interval_offset(const PkTimeInterval *interval, double ms, double n)
{
  double sign;

  if (!isfinite(ms) || !isfinite(n))
    return NAN;
  n = floor(n);
  if (steps_by_arithmetic(interval))
    return offset_unit(interval->unit, ms, n * interval->step);
  sign = n < 0 ? -1 : 1;
  for (; n != 0 && isfinite(ms); n -= sign)
    do
      ms = offset_unit(interval->unit, ms, sign);
    while (isfinite(ms) && !is_multiple(interval, ms));
  return ms;
}

double *
pk_time_interval_range(const PkTimeInterval *interval, double start, double stop, gsize max, gsize *n)
{
  g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(double));
  double t = pk_time_interval_ceil(interval, start), previous;

  *n = 0;
  if (!(t < stop))
    return (double *)(gpointer)g_array_free(g_steal_pointer(&out), FALSE);
  do {
    if (out->len >= max)
      return NULL;
    g_array_append_val(out, t);
    previous = t;
    t = pk_time_interval_floor(interval, pk_time_interval_offset(interval, t, 1));
  } while (previous < t && t < stop);
  *n = out->len;
  return (double *)(gpointer)g_array_free(g_steal_pointer(&out), FALSE);
}

gboolean
pk_time_interval_for_ticks(double start, double stop, double count, gboolean utc,
                           PkTimeInterval *interval)
{
  static const struct { PkIntervalUnit unit; double step, duration; } table[] = {
    { PK_INTERVAL_SECOND, 1, PK_MS_SECOND },     { PK_INTERVAL_SECOND, 5, 5 * PK_MS_SECOND },
    { PK_INTERVAL_SECOND, 15, 15 * PK_MS_SECOND }, { PK_INTERVAL_SECOND, 30, 30 * PK_MS_SECOND },
    { PK_INTERVAL_MINUTE, 1, PK_MS_MINUTE },     { PK_INTERVAL_MINUTE, 5, 5 * PK_MS_MINUTE },
    { PK_INTERVAL_MINUTE, 15, 15 * PK_MS_MINUTE }, { PK_INTERVAL_MINUTE, 30, 30 * PK_MS_MINUTE },
    { PK_INTERVAL_HOUR, 1, PK_MS_HOUR },         { PK_INTERVAL_HOUR, 3, 3 * PK_MS_HOUR },
    { PK_INTERVAL_HOUR, 6, 6 * PK_MS_HOUR },     { PK_INTERVAL_HOUR, 12, 12 * PK_MS_HOUR },
    { PK_INTERVAL_UNIX_DAY, 1, PK_MS_DAY },      { PK_INTERVAL_UNIX_DAY, 2, 2 * PK_MS_DAY },
    { PK_INTERVAL_WEEK, 1, PK_MS_WEEK },         { PK_INTERVAL_MONTH, 1, DURATION_MONTH },
    { PK_INTERVAL_MONTH, 3, 3 * DURATION_MONTH }, { PK_INTERVAL_YEAR, 1, DURATION_YEAR },
  };
  double target = fabs(stop - start) / count;
  gsize i = 0;

  if (isnan(target))
    return FALSE;
  while (i < G_N_ELEMENTS(table) && table[i].duration <= target)
    i++;
  if (i == G_N_ELEMENTS(table))
    return pk_time_interval_init(interval, PK_INTERVAL_YEAR,
                                 pk_tick_step(start / DURATION_YEAR, stop / DURATION_YEAR, count));
  if (i == 0)
    return pk_time_interval_init(interval, PK_INTERVAL_MILLISECOND,
                                 MAX(pk_tick_step(start, stop, count), 1));
  if (target / table[i - 1].duration < table[i].duration / target)
    i--;
  return pk_time_interval_init(interval, utc || table[i].unit != PK_INTERVAL_UNIX_DAY ? table[i].unit
                                                                                    : PK_INTERVAL_DAY,
                               table[i].step);
}
