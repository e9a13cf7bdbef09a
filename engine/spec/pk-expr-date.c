/* Expression functions: dates. All in UTC, so that utcyear() is year(). */
#include "pk-calendar.h"
#include "pk-expr-function.h"
#include "pk-jsdate.h"
#include "pk-timefmt.h"
#include "pk-timeinterval.h"

#include <string.h>

#define MAX_SEQUENCE 100000

/* ECMA-262 §21.4.1.31. */
static double
time_clip(double ms)
{
  return isfinite(ms) && fabs(ms) <= PK_MS_MAX ? trunc(ms) + 0.0 : NAN;
}

/* The time of new Date(v). */
static double
time_of(const PkValue *v)
{
  if (v->kind == PK_VALUE_DATE)
    return v->number;
  if (v->kind == PK_VALUE_TEXT)
    return pk_js_date_parse(v->text);
  if (v->kind == PK_VALUE_ARRAY || v->kind == PK_VALUE_OBJECT) {
    g_autofree char *text = pk_value_to_string(v);
    return pk_js_date_parse(text);
  }
  return time_clip(pk_value_to_number(v));
}

/* year, month, …: years 0 to 99 are those of the 20th century. */
static double
time_of_fields(const PkCall *call)
{
  double f[7] = { NAN, 0, 1, 0, 0, 0, 0 };
  for (guint i = 0; i < 7 && i < call->n; i++)
    f[i] = trunc(pk_call_number(call, i));
  if (f[0] >= 0 && f[0] <= 99)
    f[0] += 1900;
  return pk_ms_from_fields(f[0], f[1], f[2], f[3], f[4], f[5], f[6]);
}

static gboolean
call_datetime(const PkCall *call, PkValue *out)
{
  *out = pk_value_date(call->n == 0   ? call->run->expr->now
                       : call->n == 1 ? time_of(&call->args[0])
                                      : time_of_fields(call));
  return TRUE;
}

static gboolean
call_utc(const PkCall *call, PkValue *out)
{
  *out = pk_value_number(time_of_fields(call));
  return TRUE;
}

static gboolean
call_now(const PkCall *call, PkValue *out)
{
  *out = pk_value_number(call->run->expr->now);
  return TRUE;
}

#define DATE_PART(NAME, PART) \
  static gboolean NAME(const PkCall *call, PkValue *out) \
  { \
    PkCivil c; \
    double ms = time_of(&call->args[0]); \
    *out = pk_value_number(NAN); \
    if (isnan(ms)) \
      return TRUE; \
    pk_civil_from_ms(ms, &c); \
    *out = pk_value_number((double)(PART)); \
    return TRUE; \
  }

DATE_PART(call_year, c.year)
DATE_PART(call_month, c.month)
DATE_PART(call_date, c.day)
DATE_PART(call_day, c.weekday)
DATE_PART(call_hours, c.hour)
DATE_PART(call_minutes, c.minute)
DATE_PART(call_seconds, c.second)
DATE_PART(call_milliseconds, c.millisecond)
DATE_PART(call_dayofyear, c.yearday + 1)
DATE_PART(call_week, pk_week_of_year(ms))
DATE_PART(call_isoweek, pk_iso_week(ms, NULL))
DATE_PART(call_timezoneoffset, c.year * 0)

/* 1 + ~~(NaN / 3) is 1. */
static gboolean
call_quarter(const PkCall *call, PkValue *out)
{
  PkValue month;
  if (!call_month(call, &month))
    return FALSE;
  *out = pk_value_number(isnan(month.number) ? 1 : 1 + floor(month.number / 3));
  return TRUE;
}

static gboolean
call_time(const PkCall *call, PkValue *out)
{
  *out = pk_value_number(time_of(&call->args[0]));
  return TRUE;
}

/* vega-util toDate: a number, or the date as it is; null for nothing. */
static gboolean
call_to_date(const PkCall *call, PkValue *out)
{
  const PkValue *v = &call->args[0];
  if (v->kind == PK_VALUE_NULL || (v->kind == PK_VALUE_TEXT && !v->text[0]))
    *out = pk_value_null();
  else if (v->kind == PK_VALUE_NUMBER || v->kind == PK_VALUE_DATE)
    *out = *v;
  else
    *out = pk_value_number(pk_js_date_parse(pk_call_text(call, 0)));
  return TRUE;
}

static gboolean
call_time_format(const PkCall *call, PkValue *out)
{
  const PkValue *v = &call->args[0];
  PkValue specifier = pk_call_arg(call, 1);
  if (v->kind == PK_VALUE_NULL && !pk_value_is_undefined(v)) {
    *out = pk_value_text("null");
    return TRUE;
  }
  if (specifier.kind == PK_VALUE_OBJECT)
    return pk_call_fail(call, "a format for each unit is not supported, only one text");
  double ms = time_clip(pk_value_to_number(v));
  g_autofree char *text = specifier.kind == PK_VALUE_TEXT ? pk_time_format(specifier.text, ms)
                                                          : pk_time_format_multi(NULL, ms);
  *out = pk_call_new_text(call, text);
  return TRUE;
}

static gboolean
call_time_parse(const PkCall *call, PkValue *out)
{
  double ms;
  if (call->args[0].kind == PK_VALUE_NULL && !pk_value_is_undefined(&call->args[0]))
    *out = pk_value_text("null");
  else if (pk_time_parse(pk_call_text(call, 1), pk_call_text(call, 0), &ms))
    *out = pk_value_date(ms);
  else
    *out = pk_value_null();
  return TRUE;
}

/* The name of a month (from 0) or a day (from 0, Sunday); "" if it is no whole number or beyond a million.
 */
static gboolean
name_of(const PkCall *call, const char *specifier, gboolean is_month, PkValue *out)
{
  const PkValue *v = &call->args[0];
  gboolean counts =
    v->kind == PK_VALUE_NUMBER || (!is_month && (v->kind == PK_VALUE_BOOL || v->kind == PK_VALUE_NULL));
  *out = pk_value_text("");
  if (!counts || v->number != trunc(v->number) || !(fabs(v->number) < 1e6))
    return TRUE;
  double ms = is_month ? pk_ms_from_fields(2000, v->number, 1, 0, 0, 0, 0)
                       : pk_ms_from_fields(2000, 0, 2 + v->number, 0, 0, 0, 0);
  g_autofree char *name = pk_time_format(specifier, ms);
  *out = pk_call_new_text(call, name);
  return TRUE;
}

static gboolean
call_month_format(const PkCall *call, PkValue *out)
{
  return name_of(call, "%B", TRUE, out);
}

static gboolean
call_month_abbrev(const PkCall *call, PkValue *out)
{
  return name_of(call, "%b", TRUE, out);
}

static gboolean
call_day_format(const PkCall *call, PkValue *out)
{
  return name_of(call, "%A", FALSE, out);
}

static gboolean
call_day_abbrev(const PkCall *call, PkValue *out)
{
  return name_of(call, "%a", FALSE, out);
}

static gboolean
call_time_offset(const PkCall *call, PkValue *out)
{
  PkTimeInterval interval;
  PkValue step = pk_call_arg(call, 2);
  double n = step.kind == PK_VALUE_NULL ? 1 : floor(pk_value_to_number(&step));
  if (!pk_time_interval_parse(pk_call_text(call, 0), 1, &interval, call->run->error))
    return FALSE;
  double ms = time_clip(pk_call_number(call, 1)); /* no text: new Date(+date) */
  *out =
    pk_value_date(isnan(ms) || !isfinite(n) ? NAN : time_clip(pk_time_interval_offset(&interval, ms, n)));
  return TRUE;
}

static gboolean
call_time_sequence(const PkCall *call, PkValue *out)
{
  PkTimeInterval interval;
  PkValue given = pk_call_arg(call, 3);
  double every = given.kind == PK_VALUE_NULL ? 1 : floor(pk_value_to_number(&given));
  double start = time_clip(pk_call_number(call, 1)), stop = time_clip(pk_call_number(call, 2));
  if (!pk_time_interval_parse(pk_call_text(call, 0), 1, &interval, call->run->error))
    return FALSE;
  *out = pk_call_new_array(call);
  if (!(start < stop) || !(every >= 1))
    return TRUE;
  gsize n = 0;
  g_autofree double *times = pk_time_interval_range(&interval, start, stop, MAX_SEQUENCE, &n);
  if (!times)
    return pk_call_fail(call, "more than 100000 dates");
  for (gsize i = 0; i < n; i += (gsize)fmin(every, 1e9))
    pk_call_push(call, out, pk_value_date(times[i]));
  return TRUE;
}

const PkFunction pk_date_functions[] = {
  { "now", 0, 0, call_now },
  { "datetime", 0, 7, call_datetime },
  { "utc", 1, 7, call_utc },
  { "date", 1, 1, call_date },
  { "day", 1, 1, call_day },
  { "year", 1, 1, call_year },
  { "quarter", 1, 1, call_quarter },
  { "month", 1, 1, call_month },
  { "week", 1, 1, call_week },
  { "isoweek", 1, 1, call_isoweek },
  { "dayofyear", 1, 1, call_dayofyear },
  { "hours", 1, 1, call_hours },
  { "minutes", 1, 1, call_minutes },
  { "seconds", 1, 1, call_seconds },
  { "milliseconds", 1, 1, call_milliseconds },
  { "time", 1, 1, call_time },
  { "timezoneoffset", 1, 1, call_timezoneoffset },
  { "utcdate", 1, 1, call_date },
  { "utcday", 1, 1, call_day },
  { "utcyear", 1, 1, call_year },
  { "utcquarter", 1, 1, call_quarter },
  { "utcmonth", 1, 1, call_month },
  { "utcweek", 1, 1, call_week },
  { "utcisoweek", 1, 1, call_isoweek },
  { "utcdayofyear", 1, 1, call_dayofyear },
  { "utchours", 1, 1, call_hours },
  { "utcminutes", 1, 1, call_minutes },
  { "utcseconds", 1, 1, call_seconds },
  { "utcmilliseconds", 1, 1, call_milliseconds },
  { "toDate", 1, 1, call_to_date },
  { "timeFormat", 1, 2, call_time_format },
  { "utcFormat", 1, 2, call_time_format },
  { "timeParse", 2, 2, call_time_parse },
  { "utcParse", 2, 2, call_time_parse },
  { "monthFormat", 1, 1, call_month_format },
  { "monthAbbrevFormat", 1, 1, call_month_abbrev },
  { "dayFormat", 1, 1, call_day_format },
  { "dayAbbrevFormat", 1, 1, call_day_abbrev },
  { "timeOffset", 2, 3, call_time_offset },
  { "utcOffset", 2, 3, call_time_offset },
  { "timeSequence", 3, 4, call_time_sequence },
  { "utcSequence", 3, 4, call_time_sequence },
  { NULL, 0, 0, NULL },
};
