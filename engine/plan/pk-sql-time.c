/* Time units as SQL, after pk_calendar_unit_floor: the fields that the unit
 * keeps, rounded down to its step, the others at their start, the year 2012 if
 * the unit has none. Units that are a prefix of year, month, day, hour … are
 * SQL's date_trunc. */
#include "pk-sql-text.h"

#include "pk-sql-quote.h"
#include "pk-timeunit.h"

/* The unit of date_trunc that the parts are, or NULL. A month says the quarter too. */
static const char *
trunc_unit(guint parts)
{
  static const struct { guint parts; const char *unit; } units[] = {
    { PK_TIME_YEAR, "year" },
    { PK_TIME_YEAR | PK_TIME_QUARTER, "quarter" },
    { PK_TIME_YEAR | PK_TIME_MONTH, "month" },
    { PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE, "day" },
    { PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS, "hour" },
    { PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES, "minute" },
    { PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS,
      "second" },
    { PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS |
        PK_TIME_MILLISECONDS, "millisecond" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
    if (units[i].parts == parts)
      return units[i].unit;
  return NULL;
}

/* value rounded down to the step counted from phase, if the step is of this part. */
static char *
stepped(char *value, const PkCalendarUnit *unit, guint parts, int phase)
{
  guint step = (guint)unit->step;

  if (step <= 1 || !(pk_calendar_unit_smallest(unit) & parts))
    return value;
  g_autofree char *owned = value;
  if (phase == 0)
    return g_strdup_printf("(CAST(floor((%s / %u)) AS BIGINT) * %u)", owned, step, step);
  return g_strdup_printf("((CAST(floor(((%s - %d) / %u)) AS BIGINT) * %u) + %d)", owned, phase, step, step,
                         phase);
}

static char *
field(const char *function, const char *time)
{
  return g_strdup_printf("%s(%s)", function, time);
}

/* Days from the first of January back to the start of its week 1, Monday-first weeks counted by vega-time.
 * */
static char *
week_shift(const PkCalendarUnit *unit, const char *time)
{
  if (!(unit->parts & PK_TIME_YEAR))
    return g_strdup("6");
  return g_strdup_printf("((dayofweek(make_date(year(%s), 1, 1)) + 6) %% 7)", time);
}

/* The day of the month or, with weeks, of the year, from 1; NULL for 1. */
static char *
day_field(const PkCalendarUnit *unit, const char *time)
{
  const guint day_parts = PK_TIME_WEEK | PK_TIME_DAY | PK_TIME_DATE | PK_TIME_DAYOFYEAR;
  g_autofree char *shift = week_shift(unit, time);
  g_autofree char *week = g_strdup_printf("((dayofyear(%s) + (6 - dayofweek(%s))) // 7)", time, time);

  if ((unit->parts & PK_TIME_WEEK) && (unit->parts & PK_TIME_DAY))
    return stepped(g_strdup_printf("((dayofweek(%s) + (%s * 7)) - %s)", time, week, shift), unit, day_parts,
                   1);
  if (unit->parts & PK_TIME_WEEK) {
    g_autofree char *stepped_week = stepped(g_steal_pointer(&week), unit, day_parts, 1);
    return g_strdup_printf("((%s * 7) - %s)", stepped_week, shift);
  }
  if (unit->parts & PK_TIME_DAY)
    return stepped(g_strdup_printf("((dayofweek(%s) + 7) - %s)", time, shift), unit, day_parts, 1);
  if (unit->parts & PK_TIME_DATE)
    return stepped(field("day", time), unit, day_parts, 1);
  if (unit->parts & PK_TIME_DAYOFYEAR)
    return stepped(field("dayofyear", time), unit, day_parts, 1);
  return NULL;
}

static char *
month_field(const PkCalendarUnit *unit, const char *time)
{
  if (unit->parts & PK_TIME_MONTH) {
    if (pk_calendar_unit_smallest(unit) != PK_TIME_MONTH || unit->step <= 1)
      return field("month", time);
    g_autofree char *month = stepped(g_strdup_printf("(month(%s) - 1)", time), unit, PK_TIME_MONTH, 0);
    return g_strdup_printf("(%s + 1)", month);
  }
  if (unit->parts & PK_TIME_QUARTER) {
    g_autofree char *quarter = stepped(g_strdup_printf("(quarter(%s) - 1)", time), unit, PK_TIME_QUARTER, 0);
    return g_strdup_printf("((%s * 3) + 1)", quarter);
  }
  return g_strdup("1");
}

/* The date of the bucket's start. */
static char *
date_of(const PkCalendarUnit *unit, const char *time)
{
  g_autofree char *year = unit->parts & PK_TIME_YEAR ? stepped(field("year", time), unit, PK_TIME_YEAR, 0)
                                                     : g_strdup("2012");
  g_autofree char *month = month_field(unit, time);
  g_autofree char *day = day_field(unit, time);

  if (!day)
    return g_strdup_printf("make_date(%s, %s, 1)", year, month);
  return g_strdup_printf("(make_date(%s, %s, 1) + CAST((%s - 1) AS INTEGER))", year, month, day);
}

/* The bucket's start as a TIMESTAMP. */
static char *
timestamp_of(const PkCalendarUnit *unit, const char *time)
{
  static const struct { guint part; const char *value, *interval; } fields[] = {
    { PK_TIME_HOURS, "hour(%s)", "to_hours" },
    { PK_TIME_MINUTES, "minute(%s)", "to_minutes" },
    { PK_TIME_SECONDS, "second(%s)", "to_seconds" },
    { PK_TIME_MILLISECONDS, "(millisecond(%s) %% 1000)", "to_milliseconds" },
  };
  g_autofree char *date = date_of(unit, time);
  char *out = g_strdup_printf("CAST(%s AS TIMESTAMP)", date);

  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
    if (!(unit->parts & fields[i].part))
      continue;
    g_autofree char *before = out;
    g_autoptr(GString) value = g_string_new(fields[i].value);
    g_string_replace(value, "%s", time, 1);
    g_string_replace(value, "%%", "%", 1);
    g_autofree char *rounded = stepped(g_strdup(value->str), unit, fields[i].part, 0);
    out = g_strdup_printf("(%s + %s(%s))", before, fields[i].interval, rounded);
  }
  return out;
}

PkCalendarUnit
pk_sql_time_unit(PkType type, guint parts, guint step)
{
  const guint of_day = PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS | PK_TIME_MILLISECONDS;
  PkCalendarUnit unit = { .parts = parts, .step = step };

  if (type.kind == PK_TYPE_DATE && (parts & of_day))
    unit = (PkCalendarUnit){ .parts = parts & ~of_day, .step = 1 };
  if (unit.parts & PK_TIME_MONTH)
    unit.parts &= ~(guint)PK_TIME_QUARTER;
  return unit;
}

static char *
bucket(const char *time, PkType type, guint parts, guint step)
{
  PkCalendarUnit unit = pk_sql_time_unit(type, parts, step);
  const char *trunc = unit.step == 1 ? trunc_unit(unit.parts) : NULL;

  if (trunc)
    return g_strdup_printf("date_trunc('%s', %s)", trunc, time);
  return type.kind == PK_TYPE_DATE ? date_of(&unit, time) : timestamp_of(&unit, time);
}

void
pk_sql_append_time_floor(GString *out, const char *name, PkType type, guint parts, guint step)
{
  g_autoptr(GString) column = g_string_new(NULL);
  gboolean is_zoned = type.kind == PK_TYPE_TIMESTAMP_TZ;
  gboolean is_bounded = type.kind != PK_TYPE_DATE && type.unit == PK_TYPE_UNIT_NS;
  g_autofree char *type_name = pk_type_dup_name(type);

  pk_sql_append_ident(column, name);
  g_autofree char *time = is_zoned ? g_strdup_printf("timezone('UTC', %s)", column->str)
    : g_strdup(column->str);
  g_autofree char *start = bucket(time, type, parts, step);
  if (!is_bounded) {
    /* The calendar's ±8.64e15 ms; nanoseconds do not reach it. */
    const char *zone = is_zoned ? "+00" : "";
    const char *lo = type.kind == PK_TYPE_DATE ? "271822-04-20 (BC)" : "271822-04-20 (BC) 00:00:00";
    const char *hi = type.kind == PK_TYPE_DATE ? "275760-09-13" : "275760-09-13 00:00:00";
    g_string_append_printf(out, "CASE WHEN %s BETWEEN CAST('%s%s' AS %s) AND CAST('%s%s' AS %s) THEN ",
                           column->str,
                           lo, zone, type_name, hi, zone, type_name);
  }
  if (is_zoned)
    g_string_append_printf(out, "timezone('UTC', %s)", start);
  else if (type.kind == PK_TYPE_TIMESTAMP && type.unit == PK_TYPE_UNIT_US)
    g_string_append(out, start);
  else
    g_string_append_printf(out, "CAST(%s AS %s)", start, type_name);
  g_string_append(out, is_bounded ? "" : " ELSE NULL END");
}
