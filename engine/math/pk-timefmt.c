#include "pk-timefmt.h"

#include "pk-calendar.h"
#include "pk-ecma.h"
#include "pk-timeinterval.h"

#include <math.h>
#include <string.h>

static const char *const weekdays[] = {
  "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
};
static const char *const months[] = {
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
};

#define LOCALE_DATE_TIME "%x, %X"
#define LOCALE_DATE      "%-m/%-d/%Y"
#define LOCALE_TIME      "%-I:%M:%S %p"

/* pad: 0 none, else the fill character. */
static void
append_padded(GString *out, gint64 value, char pad, int width)
{
  g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, ABS(value));

  if (value < 0)
    g_string_append_c(out, '-');
  for (int i = (int)strlen(digits); pad && i < width; i++)
    g_string_append_c(out, pad);
  g_string_append(out, digits);
}

static void
append_number(GString *out, double value)
{
  g_autofree char *text = pk_ecma_number_to_string(value);

  g_string_append(out, text);
}

static void append_time(GString *out, const char *specifier, double ms);

/* Fields of the calendar: year, month, week and day. FALSE if c is none of them. */
static gboolean
append_date_directive(GString *out, char directive, char pad, double ms, const PkCivil *c)
{
  gint64 iso_year;

  switch (directive) {
  case 'a': g_string_append_len(out, weekdays[c->weekday], 3); return TRUE;
  case 'A': g_string_append(out, weekdays[c->weekday]); return TRUE;
  case 'b': g_string_append_len(out, months[c->month], 3); return TRUE;
  case 'B': g_string_append(out, months[c->month]); return TRUE;
  case 'd':
  case 'e': append_padded(out, c->day, pad, 2); return TRUE;
  case 'g':
    pk_iso_week(ms, &iso_year);
    append_padded(out, iso_year % 100, pad, 2);
    return TRUE;
  case 'G':
    pk_iso_week(ms, &iso_year);
    append_padded(out, iso_year % 10000, pad, 4);
    return TRUE;
  case 'j': append_padded(out, c->yearday + 1, pad, 3); return TRUE;
  case 'm': append_padded(out, c->month + 1, pad, 2); return TRUE;
  case 'q': append_padded(out, c->month / 3 + 1, 0, 0); return TRUE;
  case 'u': append_padded(out, c->weekday == 0 ? 7 : c->weekday, 0, 0); return TRUE;
  case 'U': append_padded(out, (c->yearday + 7 - c->weekday) / 7, pad, 2); return TRUE;
  case 'V': append_padded(out, pk_iso_week(ms, NULL), pad, 2); return TRUE;
  case 'w': append_padded(out, c->weekday, 0, 0); return TRUE;
  case 'W': append_padded(out, (c->yearday + 7 - (c->weekday + 6) % 7) / 7, pad, 2); return TRUE;
  case 'x': append_time(out, LOCALE_DATE, ms); return TRUE;
  case 'y': append_padded(out, c->year % 100, pad, 2); return TRUE;
  case 'Y': append_padded(out, c->year % 10000, pad, 4); return TRUE;
  default: return FALSE;
  }
}

static gboolean
append_clock_directive(GString *out, char directive, char pad, double ms, const PkCivil *c)
{
  switch (directive) {
  case 'c': append_time(out, LOCALE_DATE_TIME, ms); return TRUE;
  case 'f':
    append_padded(out, c->millisecond, pad, 3);
    g_string_append(out, "000");
    return TRUE;
  case 'H': append_padded(out, c->hour, pad, 2); return TRUE;
  case 'I': append_padded(out, c->hour % 12 == 0 ? 12 : c->hour % 12, pad, 2); return TRUE;
  case 'L': append_padded(out, c->millisecond, pad, 3); return TRUE;
  case 'M': append_padded(out, c->minute, pad, 2); return TRUE;
  case 'p': g_string_append(out, c->hour >= 12 ? "PM" : "AM"); return TRUE;
  case 'Q': append_number(out, ms); return TRUE;
  case 's': append_number(out, floor(ms / PK_MS_SECOND)); return TRUE;
  case 'S': append_padded(out, c->second, pad, 2); return TRUE;
  case 'X': append_time(out, LOCALE_TIME, ms); return TRUE;
  case 'Z': g_string_append(out, "+0000"); return TRUE;
  case '%': g_string_append_c(out, '%'); return TRUE;
  default: return FALSE;
  }
}

static void
append_time(GString *out, const char *specifier, double ms)
{
  PkCivil c;

  pk_civil_from_ms(ms, &c);
  for (const char *p = specifier; *p; p++) {
    char pad;

    if (*p != '%') {
      g_string_append_c(out, *p);
      continue;
    }
    p++;
    pad = *p == 'e' ? ' ' : '0';
    if (*p == '-' || *p == '_' || *p == '0') {
      pad = *p == '-' ? 0 : *p == '_' ? ' ' : '0';
      p++;
    }
    if (!*p)
      return;
    if (!append_date_directive(out, *p, pad, ms, &c) && !append_clock_directive(out, *p, pad, ms, &c))
      g_string_append_c(out, *p);
  }
}

char *
pk_time_format(const char *specifier, double ms)
{
  GString *out;

  if (!isfinite(ms) || fabs(ms) > PK_MS_MAX)
    return g_strdup("Invalid Date");
  out = g_string_new(NULL);
  append_time(out, specifier, trunc(ms));
  return g_string_free(out, FALSE);
}

/* The format of the largest unit that ms is a boundary of. */
static const char *
select_format(const PkTimeMultiFormat *f, const PkCivil *c)
{
  if (c->millisecond)
    return f->milliseconds ? f->milliseconds : ".%L";
  if (c->second)
    return f->seconds ? f->seconds : ":%S";
  if (c->minute)
    return f->minutes ? f->minutes : "%I:%M";
  if (c->hour)
    return f->hours ? f->hours : "%I %p";
  if (c->day != 1) {
    if (c->weekday != 0)
      return f->date ? f->date : "%a %d";
    return f->week ? f->week : "%b %d";
  }
  if (c->month != 0) {
    if (c->month % 3 != 0)
      return f->month ? f->month : "%B";
    return f->quarter ? f->quarter : "%B";
  }
  return f->year ? f->year : "%Y";
}

char *
pk_time_format_multi(const PkTimeMultiFormat *formats, double ms)
{
  static const PkTimeMultiFormat defaults = { 0 };
  PkCivil c;

  if (!isfinite(ms) || fabs(ms) > PK_MS_MAX)
    return g_strdup("Invalid Date");
  pk_civil_from_ms(trunc(ms), &c);
  return pk_time_format(select_format(formats ? formats : &defaults, &c), ms);
}

/* Fields as they are read; NAN: not given. */
typedef struct {
  double y, m, d, H, M, S, L;
  double p, q, u, w, U, V, W, Z, Q, s;
} Fields;

/* White space and digits among the next `width` bytes, as a number. */
static gboolean
read_digits(const char **text, int width, double *value)
{
  const char *p = *text, *end = *text + strnlen(*text, width);
  double x = 0;

  while (p < end && g_ascii_isspace(*p))
    p++;
  if (p == end || !g_ascii_isdigit(*p))
    return FALSE;
  for (; p < end && g_ascii_isdigit(*p); p++)
    x = x * 10 + (*p - '0');
  *text = p;
  *value = x;
  return TRUE;
}

/* length 0: the whole names; else their first letters. */
static gboolean
read_name(const char **text, const char *const *names, int n, int length, double *value)
{
  for (int i = 0; i < n; i++) {
    gsize l = length > 0 ? (gsize)length : strlen(names[i]);

    if (g_ascii_strncasecmp(*text, names[i], l) == 0) {
      *text += l;
      *value = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* "Z" or "+hh", "+hhmm", "+hh:mm"; as hhmm with the sign of what must be added to get UTC. */
static gboolean
read_zone(const char **text, double *value)
{
  const char *p = *text;
  double x;
  char sign = *p;

  if (*p == 'Z') {
    *text = p + 1;
    *value = 0;
    return TRUE;
  }
  if ((sign != '+' && sign != '-') || !g_ascii_isdigit(p[1]) || !g_ascii_isdigit(p[2]))
    return FALSE;
  x = ((p[1] - '0') * 10 + (p[2] - '0')) * 100;
  p += 3;
  if (g_ascii_isdigit(p[*p == ':' ? 1 : 0]) && g_ascii_isdigit(p[*p == ':' ? 2 : 1])) {
    p += *p == ':';
    x += (p[0] - '0') * 10 + (p[1] - '0');
    p += 2;
  }
  *text = p;
  *value = sign == '+' ? -x : x;
  return TRUE;
}

static gboolean read_fields(Fields *f, const char *specifier, const char **text);

static gboolean
read_date_directive(Fields *f, char directive, const char **t)
{
  double x;

  switch (directive) {
  case 'a': return read_name(t, weekdays, 7, 3, &f->w);
  case 'A': return read_name(t, weekdays, 7, 0, &f->w);
  case 'b': return read_name(t, months, 12, 3, &f->m);
  case 'B': return read_name(t, months, 12, 0, &f->m);
  case 'd':
  case 'e': return read_digits(t, 2, &f->d);
  case 'g':
  case 'y':
    if (!read_digits(t, 2, &x))
      return FALSE;
    f->y = x + (x > 68 ? 1900 : 2000);
    return TRUE;
  case 'G':
  case 'Y': return read_digits(t, 4, &f->y);
  case 'j':
    if (!read_digits(t, 3, &f->d))
      return FALSE;
    f->m = 0;
    return TRUE;
  case 'm':
    if (!read_digits(t, 2, &x))
      return FALSE;
    f->m = x - 1;
    return TRUE;
  case 'q':
    if (!read_digits(t, 1, &x))
      return FALSE;
    f->q = x * 3 - 3;
    return TRUE;
  case 'u': return read_digits(t, 1, &f->u);
  case 'w': return read_digits(t, 1, &f->w);
  case 'U': return read_digits(t, 2, &f->U);
  case 'V': return read_digits(t, 2, &f->V);
  case 'W': return read_digits(t, 2, &f->W);
  case 'x': return read_fields(f, LOCALE_DATE, t);
  default: return FALSE;
  }
}

static gboolean
read_clock_directive(Fields *f, char directive, const char **t)
{
  static const char *const periods[] = { "AM", "PM" };
  double x;

  switch (directive) {
  case 'c': return read_fields(f, LOCALE_DATE_TIME, t);
  case 'f':
    if (!read_digits(t, 6, &x))
      return FALSE;
    f->L = floor(x / 1000);
    return TRUE;
  case 'H':
  case 'I': return read_digits(t, 2, &f->H);
  case 'L': return read_digits(t, 3, &f->L);
  case 'M': return read_digits(t, 2, &f->M);
  case 'p': return read_name(t, periods, 2, 2, &f->p);
  case 'Q': return read_digits(t, G_MAXINT, &f->Q);
  case 's': return read_digits(t, G_MAXINT, &f->s);
  case 'S': return read_digits(t, 2, &f->S);
  case 'X': return read_fields(f, LOCALE_TIME, t);
  case 'Z': return read_zone(t, &f->Z);
  case '%': return **t == '%' && (*t)++;
  default: return FALSE;
  }
}

static gboolean
read_fields(Fields *f, const char *specifier, const char **text)
{
  for (const char *p = specifier; *p; p++) {
    if (!**text)
      return FALSE;
    if (*p != '%') {
      if (*(*text)++ != *p)
        return FALSE;
      continue;
    }
    p++;
    if (*p == '-' || *p == '_' || *p == '0')
      p++;
    if (!*p || (!read_date_directive(f, *p, text) && !read_clock_directive(f, *p, text)))
      return FALSE;
  }
  return TRUE;
}

/* Turns a week of the year and a day of the week into a date. */
static gboolean
resolve_weeks(Fields *f)
{
  double january = pk_ms_from_fields(f->y, 0, 1, 0, 0, 0, 0);
  PkCivil c;

  if (isnan(january))
    return FALSE;
  pk_civil_from_ms(january, &c);
  if (!isnan(f->V)) {
    const PkTimeInterval monday = { PK_INTERVAL_MONDAY, 1 };
    double week;

    if (f->V < 1 || f->V > 53)
      return FALSE;
    if (isnan(f->w))
      f->w = 1;
    week = c.weekday > 4 || c.weekday == 0 ? pk_time_interval_ceil(&monday, january)
                                           : pk_time_interval_floor(&monday, january);
    pk_civil_from_ms(week + (f->V - 1) * PK_MS_WEEK, &c);
    f->y = (double)c.year;
    f->m = c.month;
    f->d = c.day + fmod(f->w + 6, 7);
  } else if (!isnan(f->W) || !isnan(f->U)) {
    if (isnan(f->w))
      f->w = !isnan(f->u) ? fmod(f->u, 7) : !isnan(f->W) ? 1 : 0;
    f->m = 0;
    f->d = !isnan(f->W) ? fmod(f->w + 6, 7) + f->W * 7 - (c.weekday + 5) % 7
                        : f->w + f->U * 7 - (c.weekday + 6) % 7;
  }
  return TRUE;
}

gboolean
pk_time_parse(const char *specifier, const char *text, double *ms)
{
  Fields f = { .y = 1900, .m = NAN, .d = 1, .p = NAN, .q = NAN, .u = NAN, .w = NAN, .U = NAN,
               .V = NAN, .W = NAN, .Z = NAN, .Q = NAN, .s = NAN };
  double t;

  /* L is 0 unless %L or %f was read, so that it can be added to %s as it is. */
  if (!read_fields(&f, specifier, &text) || *text)
    return FALSE;
  if (!isnan(f.Q) || !isnan(f.s)) {
    t = !isnan(f.Q) ? f.Q : f.s * PK_MS_SECOND + f.L;
    if (fabs(t) > PK_MS_MAX)
      return FALSE;
    *ms = t;
    return TRUE;
  }
  if (!isnan(f.p))
    f.H = fmod(f.H, 12) + f.p * 12;
  if (isnan(f.m))
    f.m = isnan(f.q) ? 0 : f.q;
  if (!resolve_weeks(&f))
    return FALSE;
  if (!isnan(f.Z)) {
    f.H += trunc(f.Z / 100);
    f.M += fmod(f.Z, 100);
  }
  t = pk_ms_from_fields(f.y, f.m, f.d, f.H, f.M, f.S, f.L);
  if (isnan(t))
    return FALSE;
  *ms = t;
  return TRUE;
}
