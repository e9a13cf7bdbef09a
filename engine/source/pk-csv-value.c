#include "pk-csv-value.h"

#include <math.h>
#include <string.h>

/* --- numbers -------------------------------------------------------------- */

static gboolean
is_at_most(const char *digits, guint n, const char *limit)
{
  guint limit_n = (guint)strlen(limit);
  return n < limit_n || (n == limit_n && memcmp(digits, limit, n) <= 0);
}

static PkCsvFit
integer_fit(const char *digits, guint n, gboolean negative)
{
  if (is_at_most(digits, n, negative ? "9223372036854775808" : "9223372036854775807"))
    return PK_CSV_FITS_I64;
  if (!negative && is_at_most(digits, n, "18446744073709551615"))
    return PK_CSV_FITS_U64;
  if (is_at_most(digits, n, "170141183460469231731687303715884105727"))
    return PK_CSV_FITS_I128;
  if (!negative && is_at_most(digits, n, "340282366920938463463374607431768211455"))
    return PK_CSV_FITS_U128;
  return PK_CSV_FITS_NONE;
}

/* The length of the run of digits at p. */
static gsize
digit_run(const char *p, const char *end)
{
  const char *start = p;
  while (p < end && g_ascii_isdigit(*p))
    p++;
  return (gsize)(p - start);
}

static gboolean
read_special(const char *p, const char *end)
{
  gsize n = (gsize)(end - p);
  return (n == 3 && (g_ascii_strncasecmp(p, "nan", 3) == 0 || g_ascii_strncasecmp(p, "inf", 3) == 0)) ||
         (n == 8 && g_ascii_strncasecmp(p, "infinity", 8) == 0);
}

/* A text that a double overflows on is no number. */
static gboolean
is_finite_double(const PkCsvValue *v)
{
  char small[64];
  g_autofree char *large = NULL;
  const char *text = small;

  if (v->length < sizeof small) {
    memcpy(small, v->text, v->length);
    small[v->length] = '\0';
  } else {
    text = large = g_strndup(v->text, v->length);
  }
  return isfinite(g_ascii_strtod(text, NULL));
}

static gboolean
read_number(PkCsvValue *v)
{
  const char *p = v->text, *end = p + v->length;

  if (*p == '+' || *p == '-')
    v->negative = *p++ == '-';
  const char *digits = p;
  gsize n = digit_run(p, end), frac = 0;
  p += n;
  gboolean point = p < end && *p == '.';
  const char *frac_at = p + 1;
  if (point) {
    frac = digit_run(p + 1, end);
    p += 1 + frac;
  }
  if (n + frac == 0) {
    if (!read_special(digits, end))
      return FALSE;
    v->kind = PK_CSV_SPECIAL;
    return TRUE;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    const char *e = p + 1;
    if (e < end && (*e == '+' || *e == '-'))
      e++;
    gsize e_digits = digit_run(e, end);
    if (e_digits == 0 || e_digits > 6)
      return FALSE;
    v->exponent = TRUE;
    p = e + e_digits;
  }
  if (p != end)
    return FALSE;
  v->leading_zero = n > 1 && digits[0] == '0';
  while (n > 0 && digits[0] == '0') {
    digits++;
    n--;
  }
  while (frac > 0 && frac_at[frac - 1] == '0')
    frac--;
  v->int_digits = (guint)n;
  v->frac_digits = (guint)frac;
  v->kind = point || v->exponent || (n == 0 && v->negative) ? PK_CSV_REAL : PK_CSV_INT;
  if (v->kind == PK_CSV_INT)
    v->fit = integer_fit(digits, (guint)n, v->negative);
  else if ((v->exponent || n > 300) && !is_finite_double(v))
    return FALSE;
  return TRUE;
}

/* The significant digits of a decimal text (no zeros at either end) and the
 * exponent of the first of them. */
static void
significant(const char *text, gsize n, GString *digits, gint64 *exponent)
{
  gint64 e = 0, first = G_MININT64;
  gint64 position = 0; /* of the digit left of the point is 0, counted down to the right */
  const char *end = text + n, *point = NULL, *stop = text;

  while (stop < end && *stop != 'e' && *stop != 'E') {
    if (*stop == '.')
      point = stop;
    stop++;
  }
  if (stop < end)
    e = g_ascii_strtoll(stop + 1, NULL, 10);
  position = (point != NULL ? point - text : stop - text);
  for (const char *p = text; p < stop; p++) {
    if (!g_ascii_isdigit(*p)) {
      if (p < (point != NULL ? point : stop))
        position--;
      continue;
    }
    position--;
    if (*p != '0' && first == G_MININT64)
      first = position;
    if (first != G_MININT64)
      g_string_append_c(digits, *p);
  }
  while (digits->len > 0 && digits->str[digits->len - 1] == '0')
    g_string_truncate(digits, digits->len - 1);
  *exponent = first != G_MININT64 ? first + e : 0;
}

gboolean
pk_csv_value_double_is_exact(const PkCsvValue *value)
{
  /* Fifteen digits always survive a double (DBL_DIG). */
  if (value->int_digits + value->frac_digits <= 15 && !value->exponent)
    return TRUE;
  g_autofree char *text = g_strndup(value->text, value->length);
  g_autoptr(GString) want = g_string_new(NULL), have = g_string_new(NULL);
  gint64 want_exponent, have_exponent;
  char format[16], printed[512];

  significant(text, value->length, want, &want_exponent);
  if (want->len > 400)
    return FALSE;
  double number = g_ascii_strtod(text, NULL);
  if (want->len == 0)
    return number == 0;
  g_snprintf(format, sizeof format, "%%.%de", (int)want->len - 1);
  g_ascii_formatd(printed, sizeof printed, format, number);
  significant(printed, strlen(printed), have, &have_exponent);
  return g_string_equal(want, have) && want_exponent == have_exponent;
}

/* --- dates and times ------------------------------------------------------ */

static gboolean
read_digits(const char **at, const char *end, guint min, guint max, guint *value)
{
  const char *p = *at;
  guint v = 0, n = 0;

  while (p < end && n < max && g_ascii_isdigit(*p)) {
    v = v * 10 + (guint)(*p++ - '0');
    n++;
  }
  if (n < min)
    return FALSE;
  *value = v;
  *at = p;
  return TRUE;
}

static gboolean
is_day(guint year, guint month, guint day)
{
  static const guint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* HH:MM[:SS[.f]]; the hour may have one digit where short_hour. */
static gboolean
read_time(PkCsvValue *v, const char **at, const char *end, gboolean short_hour)
{
  guint hour, minute, second = 0;
  const char *p = *at;

  if (!read_digits(&p, end, short_hour ? 1 : 2, 2, &hour) || p == end || *p++ != ':' ||
      !read_digits(&p, end, 2, 2, &minute))
    return FALSE;
  if (p < end && *p == ':') {
    p++;
    if (!read_digits(&p, end, 2, 2, &second))
      return FALSE;
    v->has_seconds = TRUE;
    if (p < end && *p == '.') {
      gsize n = digit_run(p + 1, end);
      const char *last = p + n;
      if (n == 0)
        return FALSE;
      p += 1 + n;
      while (n > 0 && *last-- == '0')
        n--;
      v->second_digits = (guint)n;
    }
  }
  *at = p;
  return hour <= 23 && minute <= 59 && second <= 59;
}

/* Z, ±HH, ±HHMM, ±HH:MM, to the end. */
static gboolean
read_zone(PkCsvValue *v, const char *p, const char *end)
{
  guint hours, minutes = 0;

  if (!v->has_seconds)
    v->odd_zone = TRUE;
  while (p < end && *p == ' ') {
    v->odd_zone = TRUE;
    p++;
  }
  if (end - p == 1 && *p == 'Z')
    return TRUE;
  if (p == end || (*p != '+' && *p != '-'))
    return FALSE;
  p++;
  if (!read_digits(&p, end, 2, 2, &hours))
    return FALSE;
  if (p < end && *p == ':')
    p++;
  else if (p == end)
    return hours <= 15;
  return read_digits(&p, end, 2, 2, &minutes) && p == end && hours <= 15 && minutes <= 59;
}

static gboolean
read_date_or_stamp(PkCsvValue *v)
{
  const char *p = v->text, *end = p + v->length;
  guint year, month, day;
  char mark;

  if (!read_digits(&p, end, 4, 4, &year) || p == end || ((mark = *p) != '-' && mark != '/'))
    return FALSE;
  p++;
  if (!read_digits(&p, end, 2, 2, &month) || p == end || *p++ != mark || !read_digits(&p, end, 2, 2, &day) ||
      !is_day(year, month, day))
    return FALSE;
  v->year = (gint)year;
  v->kind = PK_CSV_DATE;
  if (p == end)
    return TRUE;
  if (*p != ' ' && *p != 'T')
    return FALSE;
  p++;
  if (!read_time(v, &p, end, FALSE))
    return FALSE;
  v->kind = PK_CSV_STAMP;
  if (p == end)
    return TRUE;
  v->kind = PK_CSV_ZONED;
  return read_zone(v, p, end);
}

static gboolean
read_slashed(PkCsvValue *v)
{
  const char *p = v->text, *end = p + v->length;
  guint year;

  if (!read_digits(&p, end, 1, 2, &v->first) || p == end || *p++ != '/' ||
      !read_digits(&p, end, 1, 2, &v->second) || p == end || *p++ != '/' ||
      !read_digits(&p, end, 4, 4, &year))
    return FALSE;
  if (!is_day(year, v->first, v->second) && !is_day(year, v->second, v->first))
    return FALSE;
  v->year = (gint)year;
  v->kind = PK_CSV_SLASHED;
  if (p == end)
    return TRUE;
  v->has_time = TRUE;
  return *p++ == ' ' && read_time(v, &p, end, TRUE) && p == end && v->second_digits == 0;
}

static gboolean
read_clock(PkCsvValue *v)
{
  const char *p = v->text, *end = p + v->length;

  v->kind = PK_CSV_TIME;
  return v->length >= 8 && read_time(v, &p, end, FALSE) && p == end && v->has_seconds;
}

static gboolean
read_bool(PkCsvValue *v)
{
  v->kind = PK_CSV_BOOL;
  return !v->spaces && ((v->length == 4 && g_ascii_strncasecmp(v->text, "true", 4) == 0) ||
                        (v->length == 5 && g_ascii_strncasecmp(v->text, "false", 5) == 0));
}

/* --- any ------------------------------------------------------------------ */

void
pk_csv_value_read(const char *text, gsize length, PkCsvValue *value)
{
  const char *end = text + length;
  gboolean ok = FALSE;

  memset(value, 0, sizeof *value);
  while (text < end && *text == ' ')
    text++;
  while (end > text && end[-1] == ' ')
    end--;
  value->text = text;
  value->length = (gsize)(end - text);
  value->spaces = value->length != length;
  if (value->length == 0)
    return;
  char c = *text;
  if (g_ascii_isdigit(c)) {
    gsize n = digit_run(text, end);
    char after = text + n < end ? text[n] : '\0';
    if (n == 4 && (after == '-' || after == '/'))
      ok = read_date_or_stamp(value);
    else if (after == '/')
      ok = read_slashed(value);
    else if (after == ':')
      ok = read_clock(value);
    else
      ok = read_number(value);
  } else if (c == '+' || c == '-' || c == '.') {
    ok = read_number(value);
  } else if ((c | 32) == 't' || (c | 32) == 'f') {
    ok = read_bool(value);
  } else if ((c | 32) == 'n' || (c | 32) == 'i') {
    ok = read_number(value);
  }
  if (!ok)
    value->kind = PK_CSV_TEXT;
}

static gboolean
fits_decimal(const PkCsvValue *v, PkType type, const char **reason)
{
  *reason = "is no decimal number";
  if ((v->kind != PK_CSV_INT && v->kind != PK_CSV_REAL) || v->exponent)
    return FALSE;
  *reason = "has more decimals than the type keeps";
  if (v->frac_digits > (guint)type.scale)
    return FALSE;
  *reason = "is out of the type's range";
  return v->int_digits <= (guint)(type.precision - type.scale);
}

static gboolean
fits_integer(const PkCsvValue *v, PkType type, const char **reason)
{
  static const char *const limits[][2] = {
    /* highest, and the magnitude of the lowest */
    [PK_TYPE_I8] = { "127", "128" },
    [PK_TYPE_I16] = { "32767", "32768" },
    [PK_TYPE_I32] = { "2147483647", "2147483648" },
    [PK_TYPE_I64] = { "9223372036854775807", "9223372036854775808" },
    [PK_TYPE_U8] = { "255", "" },
    [PK_TYPE_U16] = { "65535", "" },
    [PK_TYPE_U32] = { "4294967295", "" },
    [PK_TYPE_U64] = { "18446744073709551615", "" },
    [PK_TYPE_I128] = { "170141183460469231731687303715884105727",
                       "170141183460469231731687303715884105727" },
    [PK_TYPE_U128] = { "340282366920938463463374607431768211455", "" },
  };

  *reason = "is no whole number";
  if (v->kind != PK_CSV_INT)
    return FALSE;
  *reason = "is out of the type's range";
  return is_at_most(v->text + v->length - v->int_digits, v->int_digits,
                    limits[type.kind][v->negative ? 1 : 0]);
}

static gboolean
fits_temporal(const PkCsvValue *v, PkType type, const char **reason)
{
  static const guint digits[] = { 0, 3, 6, 9 };
  gboolean zoned = type.kind == PK_TYPE_TIMESTAMP_TZ;

  if (type.kind == PK_TYPE_DATE) {
    *reason = v->kind == PK_CSV_STAMP || v->kind == PK_CSV_ZONED ? "has a time, which a DATE does not keep"
                                                                 : "is no date in the form YYYY-MM-DD";
    return v->kind == PK_CSV_DATE;
  }
  *reason = type.kind == PK_TYPE_TIME ? "is no time in the form HH:MM:SS" : "is no timestamp in the form "
            "YYYY-MM-DD HH:MM:SS";
  if (type.kind == PK_TYPE_TIME && v->kind != PK_CSV_TIME)
    return FALSE;
  if (type.kind != PK_TYPE_TIME && v->kind != PK_CSV_DATE && v->kind != PK_CSV_STAMP &&
      v->kind != PK_CSV_ZONED)
    return FALSE;
  if (v->kind == PK_CSV_ZONED && !zoned) {
    *reason = "states a time zone, which TIMESTAMP does not keep; declare TIMESTAMPTZ";
    return FALSE;
  }
  *reason = "has a finer fraction of a second than the type keeps";
  if (v->second_digits > digits[type.unit])
    return FALSE;
  *reason = "is out of the type's range";
  return type.unit != PK_TYPE_UNIT_NS || type.kind == PK_TYPE_TIME || (v->year >= 1678 && v->year <= 2261);
}

/* 8-4-4-4-12 hexadecimal digits. */
static gboolean
is_uuid(const PkCsvValue *v)
{
  if (v->length != 36 || v->spaces)
    return FALSE;
  for (guint i = 0; i < 36; i++) {
    gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? v->text[i] != '-' : !g_ascii_isxdigit(v->text[i]))
      return FALSE;
  }
  return TRUE;
}

gboolean
pk_csv_value_fits(const PkCsvValue *v, PkType type, const char **reason)
{
  if (pk_type_is_integer(type))
    return fits_integer(v, type, reason);
  switch (type.kind) {
  case PK_TYPE_TEXT:
    return TRUE;
  case PK_TYPE_BOOL:
    *reason = "is neither true nor false";
    return v->kind == PK_CSV_BOOL ||
           (v->length == 1 && !v->spaces && strchr("01tTfF", v->text[0]) != NULL);
  case PK_TYPE_DECIMAL:
    return fits_decimal(v, type, reason);
  case PK_TYPE_F32:
  case PK_TYPE_F64:
    *reason = "is no number";
    return v->kind == PK_CSV_INT || v->kind == PK_CSV_REAL || v->kind == PK_CSV_SPECIAL;
  case PK_TYPE_UUID:
    *reason = "is no UUID";
    return is_uuid(v);
  case PK_TYPE_DATE:
  case PK_TYPE_TIME:
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return fits_temporal(v, type, reason);
  default:
    *reason = "cannot be of this type";
    return FALSE;
  }
}
