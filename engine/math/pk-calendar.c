#include "pk-calendar.h"

#include <math.h>

gint64
pk_days_from_civil(gint64 year, int month, int day)
{
  gint64 y = year - (month <= 2);
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

  return era * 146097 + day_of_era - 719468;
}

void
pk_civil_from_days(gint64 days, gint64 *year, int *month, int *day)
{
  gint64 z = days + 719468;
  gint64 era = (z >= 0 ? z : z - 146096) / 146097;
  gint64 day_of_era = z - era * 146097;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int shifted_month = (int)((5 * day_of_year + 2) / 153); /* 0 is March */

  *day = (int)(day_of_year - (153 * shifted_month + 2) / 5) + 1;
  *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  *year = year_of_era + era * 400 + (*month <= 2);
}

void
pk_civil_from_ms(double ms, PkCivil *civil)
{
  gint64 t = (gint64)floor(CLAMP(ms, -PK_MS_MAX, PK_MS_MAX));
  gint64 day_ms = (gint64)PK_MS_DAY;
  gint64 days = t / day_ms - (t % day_ms < 0);
  gint64 rest = t - days * day_ms;
  int month;

  pk_civil_from_days(days, &civil->year, &month, &civil->day);
  civil->month = month - 1;
  civil->hour = (int)(rest / 3600000);
  civil->minute = (int)(rest / 60000 % 60);
  civil->second = (int)(rest / 1000 % 60);
  civil->millisecond = (int)(rest % 1000);
  civil->weekday = (int)(((days + 4) % 7 + 7) % 7);
  civil->yearday = (int)(days - pk_days_from_civil(civil->year, 1, 1));
}

double
pk_ms_from_fields(double year, double month, double day,
                  double hour, double minute, double second, double millisecond)
{
  double y, m, days, ms;

  if (!isfinite(year) || !isfinite(month) || !isfinite(day) || !isfinite(hour)
      || !isfinite(minute) || !isfinite(second) || !isfinite(millisecond))
    return NAN;
  year = trunc(year);
  month = trunc(month);
  y = year + floor(month / 12);
  m = month - floor(month / 12) * 12;
  if (fabs(y) > 400000)
    return NAN;
  days = (double)pk_days_from_civil((gint64)y, (int)m + 1, 1) + trunc(day) - 1;
  ms = days * PK_MS_DAY + trunc(hour) * PK_MS_HOUR + trunc(minute) * PK_MS_MINUTE
     + trunc(second) * PK_MS_SECOND + trunc(millisecond);
  return fabs(ms) <= PK_MS_MAX ? ms : NAN;
}

int
pk_week_of_year(double ms)
{
  PkCivil c;

  pk_civil_from_ms(ms, &c);
  return (c.yearday + 7 - c.weekday) / 7;
}

int
pk_iso_week(double ms, gint64 *iso_year)
{
  PkCivil c, thursday;

  /* A week belongs to the year of its Thursday. */
  pk_civil_from_ms(ms, &c);
  pk_civil_from_ms(floor(ms / PK_MS_DAY) * PK_MS_DAY + (3 - (c.weekday + 6) % 7) * PK_MS_DAY, &thursday);
  if (iso_year)
    *iso_year = thursday.year;
  return thursday.yearday / 7 + 1;
}
