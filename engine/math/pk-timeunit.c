#include "pk-timeunit.h"

#include "pk-calendar.h"
#include "pk-error.h"
#include "pk-ticks.h"
#include "pk-timeinterval.h"

#include <math.h>
#include <string.h>

/* Units without a year fall in this one. */
#define REFERENCE_YEAR 2012

static const struct {
  PkTimePart part;
  const char *name;
} part_names[] = {
  { PK_TIME_YEAR, "year" },       { PK_TIME_QUARTER, "quarter" }, { PK_TIME_MONTH, "month" },
  { PK_TIME_WEEK, "week" },       { PK_TIME_DATE, "date" },       { PK_TIME_DAY, "day" },
  { PK_TIME_DAYOFYEAR, "dayofyear" }, { PK_TIME_HOURS, "hours" }, { PK_TIME_MINUTES, "minutes" },
  { PK_TIME_SECONDS, "seconds" }, { PK_TIME_MILLISECONDS, "milliseconds" },
};

#define HM   PK_TIME_HOURS | PK_TIME_MINUTES
#define HMS  HM | PK_TIME_SECONDS
#define YM   PK_TIME_YEAR | PK_TIME_MONTH
#define YMD  YM | PK_TIME_DATE
#define MD   PK_TIME_MONTH | PK_TIME_DATE
#define WD   PK_TIME_WEEK | PK_TIME_DAY

/* All that Vega-Lite's schema has a name for. */
static const guint known_units[] = {
  PK_TIME_YEAR, PK_TIME_QUARTER, PK_TIME_MONTH, PK_TIME_WEEK, PK_TIME_DATE, PK_TIME_DAY, PK_TIME_DAYOFYEAR,
  PK_TIME_HOURS, PK_TIME_MINUTES, PK_TIME_SECONDS, PK_TIME_MILLISECONDS,
  PK_TIME_YEAR | PK_TIME_QUARTER, YM | PK_TIME_QUARTER, YM, YMD, YMD | PK_TIME_HOURS, YMD | HM, YMD | HMS,
  PK_TIME_YEAR | PK_TIME_WEEK, PK_TIME_YEAR | WD, PK_TIME_YEAR | WD | PK_TIME_HOURS, PK_TIME_YEAR | WD | HM,
  PK_TIME_YEAR | WD | HMS, PK_TIME_YEAR | PK_TIME_DAYOFYEAR, PK_TIME_QUARTER | PK_TIME_MONTH,
  MD, MD | PK_TIME_HOURS, MD | HM, MD | HMS, WD, WD | PK_TIME_HOURS, WD | HM, WD | HMS,
  PK_TIME_DAY | PK_TIME_HOURS, PK_TIME_DAY | HM, PK_TIME_DAY | HMS, HM, HMS,
  PK_TIME_MINUTES | PK_TIME_SECONDS, PK_TIME_SECONDS | PK_TIME_MILLISECONDS,
};

static char *
join_parts(guint parts, const char *separator)
{
  GString *out = g_string_new(NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(part_names); i++)
    if (parts & part_names[i].part) {
      if (out->len > 0)
        g_string_append(out, separator);
      g_string_append(out, part_names[i].name);
    }
  return g_string_free(out, FALSE);
}

gboolean
pk_calendar_unit_parse(const char *name, PkCalendarUnit *unit, GError **error)
{
  const char *rest = name;
  PkCalendarUnit u = { 0, 1, FALSE, FALSE };

  if (g_str_has_prefix(rest, "binned")) {
    u.binned = TRUE;
    rest += strlen("binned");
  }
  if (g_str_has_prefix(rest, "utc")) {
    u.utc = TRUE;
    rest += strlen("utc");
  }
  for (gsize i = 0; i < G_N_ELEMENTS(known_units); i++) {
    g_autofree char *known = join_parts(known_units[i], "");

    if (strcmp(rest, known) == 0 && (!u.binned || (known_units[i] & PK_TIME_YEAR))) {
      u.parts = known_units[i];
      *unit = u;
      return TRUE;
    }
  }
  return pk_fail(error, PK_ERROR_INVALID, "time unit \"%s\" is not known (examples: year, yearmonth, "
                 "yearmonthdate, month, day, hours, utcyearmonth)", name);
}

char *
pk_calendar_unit_name(const PkCalendarUnit *unit)
{
  return join_parts(unit->parts, "");
}

char *
pk_calendar_unit_title(const PkCalendarUnit *unit)
{
  return join_parts(unit->parts, "-");
}

PkTimePart
pk_calendar_unit_smallest(const PkCalendarUnit *unit)
{
  for (gsize i = G_N_ELEMENTS(part_names); i-- > 0;)
    if (unit->parts & part_names[i].part)
      return part_names[i].part;
  return PK_TIME_YEAR;
}

/* The day of the year (from 1) of a weekday of a week, where first is the weekday of 1 January. */
static double
day_of_week(double week, int day, int first)
{
  return day + week * 7 - (first + 6) % 7;
}

/* A field rounded down to the step, counted from phase. */
static double
step_field(double value, double step, double phase)
{
  return step <= 1 ? value : phase + step * floor((value - phase) / step);
}

static double
floor_day(const PkCalendarUnit *unit, const PkCivil *c, double week, double year, double step)
{
  double january = pk_ms_from_fields(year, 0, 1, 0, 0, 0, 0);
  PkCivil first = { 0 };

  if (isfinite(january))
    pk_civil_from_ms(january, &first);
  if ((unit->parts & PK_TIME_WEEK) && (unit->parts & PK_TIME_DAY))
    return step_field(day_of_week(week, c->weekday, first.weekday), step, 1);
  if (unit->parts & PK_TIME_WEEK)
    return day_of_week(step_field(week, step, 1), 0, first.weekday);
  if (unit->parts & PK_TIME_DAY)
    return step_field(day_of_week(1, c->weekday, first.weekday), step, 1);
  if (unit->parts & PK_TIME_DATE)
    return step_field(c->day, step, 1);
  if (unit->parts & PK_TIME_DAYOFYEAR)
    return step_field(c->yearday + 1, step, 1);
  return 1;
}

/* The step if part is the smallest of the unit, else 1. */
static double
step_of(const PkCalendarUnit *unit, guint part)
{
  return pk_calendar_unit_smallest(unit) & part ? MAX(unit->step, 1) : 1;
}

double
pk_calendar_unit_floor(const PkCalendarUnit *unit, double ms)
{
  const guint day_parts = PK_TIME_WEEK | PK_TIME_DAY | PK_TIME_DATE | PK_TIME_DAYOFYEAR;
  guint p = unit->parts;
  double year, month = 0;
  PkCivil c;

  if (!isfinite(ms) || fabs(ms) > PK_MS_MAX)
    return NAN;
  pk_civil_from_ms(ms, &c);
  year = p & PK_TIME_YEAR ? step_field((double)c.year, step_of(unit, PK_TIME_YEAR), 0) : REFERENCE_YEAR;
  if (p & PK_TIME_MONTH)
    month = step_field(c.month, step_of(unit, PK_TIME_MONTH), 0);
  else if (p & PK_TIME_QUARTER)
    month = 3 * step_field(c.month / 3, step_of(unit, PK_TIME_QUARTER), 0);
  return pk_ms_from_fields(
    year, month, floor_day(unit, &c, pk_week_of_year(ms), year, step_of(unit, day_parts)),
    p & PK_TIME_HOURS ? step_field(c.hour, step_of(unit, PK_TIME_HOURS), 0) : 0,
    p & PK_TIME_MINUTES ? step_field(c.minute, step_of(unit, PK_TIME_MINUTES), 0) : 0,
    p & PK_TIME_SECONDS ? step_field(c.second, step_of(unit, PK_TIME_SECONDS), 0) : 0,
    p & PK_TIME_MILLISECONDS ? step_field(c.millisecond, step_of(unit, PK_TIME_MILLISECONDS), 0) : 0);
}

static PkTimeInterval
part_interval(PkTimePart part)
{
  switch (part) {
  case PK_TIME_YEAR: return (PkTimeInterval){ PK_INTERVAL_YEAR, 1 };
  case PK_TIME_QUARTER: return (PkTimeInterval){ PK_INTERVAL_MONTH, 3 };
  case PK_TIME_MONTH: return (PkTimeInterval){ PK_INTERVAL_MONTH, 1 };
  case PK_TIME_WEEK: return (PkTimeInterval){ PK_INTERVAL_WEEK, 1 };
  case PK_TIME_HOURS: return (PkTimeInterval){ PK_INTERVAL_HOUR, 1 };
  case PK_TIME_MINUTES: return (PkTimeInterval){ PK_INTERVAL_MINUTE, 1 };
  case PK_TIME_SECONDS: return (PkTimeInterval){ PK_INTERVAL_SECOND, 1 };
  case PK_TIME_MILLISECONDS: return (PkTimeInterval){ PK_INTERVAL_MILLISECOND, 1 };
  default: return (PkTimeInterval){ PK_INTERVAL_DAY, 1 };
  }
}

double
pk_calendar_unit_offset(const PkCalendarUnit *unit, double ms, double n)
{
  PkTimeInterval interval = part_interval(pk_calendar_unit_smallest(unit));

  return pk_time_interval_offset(&interval, ms, n * unit->step);
}

double
pk_calendar_unit_end(const PkCalendarUnit *unit, double start)
{
  return pk_calendar_unit_offset(unit, start, 1);
}

double
pk_calendar_unit_duration(const PkCalendarUnit *unit)
{
  double start = pk_ms_from_fields(2001, 0, 1, 0, 0, 0, 0);

  if (pk_calendar_unit_smallest(unit) == PK_TIME_DAY)
    return NAN;
  return pk_calendar_unit_offset(unit, start, 1) - start;
}

/* The longest run of parts that has a format of its own, from `from` on; *end is after it. */
static const char *
longest_specifier(const guint *parts, gsize n, gsize from, gsize *end)
{
  static const struct { guint parts; const char *format; } formats[] = {
    { YMD, "%b %d, %Y " }, { YM, "%b %Y " }, { HM, "%H:%M" },
    { PK_TIME_YEAR, "%Y " }, { PK_TIME_QUARTER, "Q%q " }, { PK_TIME_MONTH, "%b " }, { PK_TIME_DATE, "%d " },
    { PK_TIME_WEEK, "W%U " }, { PK_TIME_DAY, "%a " }, { PK_TIME_DAYOFYEAR, "%j " },
    { PK_TIME_HOURS, "%H:00" }, { PK_TIME_MINUTES, "00:%M" }, { PK_TIME_SECONDS, ":%S" },
    { PK_TIME_MILLISECONDS, ".%L" },
  };

  for (gsize stop = n; stop > from; stop--) {
    guint run = 0;

    for (gsize i = from; i < stop; i++)
      run |= parts[i];
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
      if (formats[i].parts == run) {
        *end = stop;
        return formats[i].format;
      }
  }
  *end = n;
  return "";
}

char *
pk_calendar_unit_specifier(const PkCalendarUnit *unit)
{
  guint parts[G_N_ELEMENTS(part_names)];
  gsize n = 0;
  GString *out = g_string_new(NULL);

  for (gsize i = 0; i < G_N_ELEMENTS(part_names); i++)
    if (unit->parts & part_names[i].part)
      parts[n++] = part_names[i].part;
  for (gsize from = 0; from < n;)
    g_string_append(out, longest_specifier(parts, n, from, &from));
  return g_strstrip(g_string_free(out, FALSE));
}

void
pk_calendar_unit_for_extent(double lo, double hi, double maxbins, PkCalendarUnit *unit)
{
  static const struct { guint parts; double step, duration; } table[] = {
    { YMD | HMS, 1, PK_MS_SECOND }, { YMD | HMS, 5, 5 * PK_MS_SECOND }, { YMD | HMS, 15, 15 * PK_MS_SECOND },
    { YMD | HMS, 30, 30 * PK_MS_SECOND }, { YMD | HM, 1, PK_MS_MINUTE }, { YMD | HM, 5, 5 * PK_MS_MINUTE },
    { YMD | HM, 15, 15 * PK_MS_MINUTE }, { YMD | HM, 30, 30 * PK_MS_MINUTE },
    { YMD | PK_TIME_HOURS, 1, PK_MS_HOUR }, { YMD | PK_TIME_HOURS, 3, 3 * PK_MS_HOUR },
    { YMD | PK_TIME_HOURS, 6, 6 * PK_MS_HOUR }, { YMD | PK_TIME_HOURS, 12, 12 * PK_MS_HOUR },
    { YMD, 1, PK_MS_DAY }, { PK_TIME_YEAR | PK_TIME_WEEK, 1, PK_MS_WEEK }, { YM, 1, 30 * PK_MS_DAY },
    { YM, 3, 90 * PK_MS_DAY }, { PK_TIME_YEAR, 1, 365 * PK_MS_DAY },
  };
  double max = maxbins > 0 ? maxbins : 40, target = fabs(hi - lo) / max, year = 365 * PK_MS_DAY;
  gsize i = 0;

  *unit = (PkCalendarUnit){ PK_TIME_YEAR, 1, FALSE, FALSE };
  while (i < G_N_ELEMENTS(table) && table[i].duration <= target)
    i++;
  if (i == G_N_ELEMENTS(table)) {
    unit->step = pk_tick_step(lo / year, hi / year, max);
  } else if (i == 0) {
    unit->parts = YMD | HMS | PK_TIME_MILLISECONDS;
    unit->step = fmax(pk_tick_step(lo, hi, max), 1);
  } else {
    if (target / table[i - 1].duration < table[i].duration / target)
      i--;
    unit->parts = table[i].parts;
    unit->step = table[i].step;
  }
}
