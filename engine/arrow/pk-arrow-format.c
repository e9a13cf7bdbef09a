/* Values as exact text, whatever the locale. */
#include "pk-arrow-view.h"

#include <math.h>
#include <string.h>

/* --- numbers ------------------------------------------------------------- */

void
pk_format_i128(const void *le16, gboolean is_signed, guint scale, GString *out)
{
  unsigned __int128 v;
  char digits[64];
  guint n = 0;

  memcpy(&v, le16, sizeof v);
  gboolean negative = is_signed && (__int128)v < 0;
  if (negative)
    v = -v;
  while (v != 0 || n <= scale) {
    digits[n++] = (char)('0' + (int)(v % 10));
    v /= 10;
  }
  if (negative)
    g_string_append_c(out, '-');
  while (n > 0) {
    g_string_append_c(out, digits[--n]);
    if (n == scale && n > 0)
      g_string_append_c(out, '.');
  }
}

static void
format_shortest(double value, gboolean is_float, GString *out)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan(value)) {
    g_string_append(out, "nan");
    return;
  }
  if (isinf(value)) {
    g_string_append(out, value > 0 ? "inf" : "-inf");
    return;
  }
  for (int digits = is_float ? 6 : 15; digits <= (is_float ? 9 : 17); digits++) {
    char format[8];
    g_snprintf(format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd(text, sizeof text, format, value);
    double back = g_ascii_strtod(text, NULL);
    if (is_float ? (float)back == (float)value : back == value)
      break;
  }
  g_string_append(out, text);
  if (strpbrk(text, ".e") == NULL)
    g_string_append(out, ".0");
}

void
pk_format_double(double value, GString *out)
{
  format_shortest(value, FALSE, out);
}

void
pk_format_float(float value, GString *out)
{
  format_shortest(value, TRUE, out);
}

/* A number of any size: DuckDB's BIGNUM is three bytes of header (the length,
 * with the first bit set for a number >= 0) and the magnitude, high byte first;
 * all bits are inverted if the number is negative. */
static void
format_bignum(const guint8 *bytes, gsize n, GString *out)
{
  if (n < 4)
    return;
  gboolean negative = (bytes[0] & 0x80) == 0;
  g_autofree guint8 *left = g_malloc(n - 3);
  g_autoptr(GString) reversed = g_string_new(NULL);
  gsize start = 0, length = n - 3;

  for (gsize i = 0; i < length; i++)
    left[i] = negative ? (guint8)~bytes[3 + i] : bytes[3 + i];
  while (start < length) {
    guint32 rest = 0;
    for (gsize i = start; i < length; i++) {
      guint64 part = ((guint64)rest << 8) | left[i];
      left[i] = (guint8)(part / 1000000); /* rest < 10^6, so the quotient fits a byte */
      rest = (guint32)(part % 1000000);
    }
    while (start < length && left[start] == 0)
      start++;
    for (int d = 0; d < 6 && (start < length || rest > 0); d++, rest /= 10)
      g_string_append_c(reversed, (char)('0' + rest % 10));
  }
  if (reversed->len == 0)
    g_string_append_c(reversed, '0');
  else if (negative)
    g_string_append_c(reversed, '-');
  g_strreverse(reversed->str);
  g_string_append_len(out, reversed->str, reversed->len);
}

/* --- dates and times ----------------------------------------------------- */

/* Days since 1970-01-01 to the proleptic Gregorian date; the era arithmetic of
 * H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static void
civil_from_days(gint64 days, gint64 *year, guint *month, guint *day)
{
  days += 719468;
  gint64 era = (days >= 0 ? days : days - 146096) / 146097;
  guint doe = (guint)(days - era * 146097);
  guint yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  guint doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  guint mp = (5 * doy + 2) / 153;
  *day = doy - (153 * mp + 2) / 5 + 1;
  *month = mp < 10 ? mp + 3 : mp - 9;
  *year = (gint64)yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

static gboolean
format_civil(gint64 days, GString *out)
{
  gint64 year;
  guint month, day;

  civil_from_days(days, &year, &month, &day);
  gboolean bc = year <= 0;
  g_string_append_printf(out, "%04" G_GINT64_FORMAT "-%02u-%02u", bc ? 1 - year : year, month, day);
  return bc;
}

void
pk_format_date(gint32 days, GString *out)
{
  if (days == G_MAXINT32 || days == -G_MAXINT32)
    g_string_append(out, days > 0 ? "infinity" : "-infinity");
  else if (format_civil(days, out))
    g_string_append(out, " (BC)");
}

void
pk_format_time(gint64 units, PkTypeUnit unit, GString *out)
{
  static const int digits[] = { 0, 3, 6, 9 };
  gint64 per_second = pk_type_unit_per_second(unit);
  gint64 seconds = units / per_second, fraction = units % per_second;

  g_string_append_printf(out, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                         (int)(seconds % 60));
  if (fraction != 0) {
    g_string_append_printf(out, ".%0*" G_GINT64_FORMAT, digits[unit], fraction);
    while (out->str[out->len - 1] == '0')
      g_string_truncate(out, out->len - 1);
  }
}

void
pk_format_timestamp(gint64 units, PkTypeUnit unit, gboolean zoned, GString *out)
{
  gint64 per_day = 86400 * pk_type_unit_per_second(unit);

  if (units == G_MAXINT64 || units == -G_MAXINT64) {
    g_string_append(out, units > 0 ? "infinity" : "-infinity");
    return;
  }
  gint64 days = units / per_day, rest = units % per_day;
  if (rest < 0) {
    rest += per_day;
    days--;
  }
  gboolean bc = format_civil(days, out);
  g_string_append_c(out, ' ');
  pk_format_time(rest, unit, out);
  if (bc)
    g_string_append(out, " (BC)");
  if (zoned)
    g_string_append(out, "+00");
}

/* DuckDB's TIME WITH TIME ZONE: see PK_TYPE_TIME_TZ. */
static void
format_time_tz(guint64 bits, GString *out)
{
  int offset = 57599 - (int)(bits & 0xffffff);
  int away = ABS(offset);

  pk_format_time((gint64)(bits >> 24), PK_TYPE_UNIT_US, out);
  g_string_append_printf(out, "%c%02d", offset < 0 ? '-' : '+', away / 3600);
  if (away % 3600 != 0)
    g_string_append_printf(out, ":%02d", away / 60 % 60);
  if (away % 60 != 0)
    g_string_append_printf(out, ":%02d", away % 60);
}

static void
append_part(GString *out, gsize start, gint32 n, const char *unit)
{
  if (n != 0)
    g_string_append_printf(out, "%s%d %s%s", out->len > start ? " " : "", n, unit,
                           n == 1 || n == -1 ? "" : "s");
}

static void
format_interval(const guint8 *at, GString *out)
{
  gint32 months, days;
  gint64 ns;
  gsize start = out->len;

  memcpy(&months, at, 4);
  memcpy(&days, at + 4, 4);
  memcpy(&ns, at + 8, 8);
  append_part(out, start, months / 12, "year");
  append_part(out, start, months % 12, "month");
  append_part(out, start, days, "day");
  if (ns != 0 || out->len == start) {
    /* The magnitude of the most negative value has no positive int64. */
    guint64 left = ns < 0 ? 0 - (guint64)ns : (guint64)ns;
    guint64 hours = left / 3600000000000u;
    if (out->len > start)
      g_string_append_c(out, ' ');
    if (ns < 0)
      g_string_append_c(out, '-');
    g_string_append_printf(out, "%s%" G_GUINT64_FORMAT, hours < 10 ? "0" : "", hours);
    gsize colon = out->len;
    pk_format_time((gint64)(left % 3600000000000u), PK_TYPE_UNIT_NS, out);
    g_string_erase(out, (gssize)colon, 2); /* its "00" hours */
  }
}

/* --- bytes --------------------------------------------------------------- */

static void
format_blob(const char *bytes, gsize n, GString *out)
{
  for (gsize i = 0; i < n; i++) {
    guchar c = (guchar)bytes[i];
    if (c >= 32 && c < 127 && c != '\\' && c != '\'' && c != '"')
      g_string_append_c(out, (char)c);
    else
      g_string_append_printf(out, "\\x%02X", c);
  }
}

static void
format_bits(const guint8 *bytes, gsize n, GString *out)
{
  guint padding = n > 0 ? bytes[0] : 0;

  for (gsize bit = padding; n > 1 && bit < (n - 1) * 8; bit++)
    g_string_append_c(out, (bytes[1 + bit / 8] >> (7 - bit % 8)) & 1 ? '1' : '0');
}

static void
format_uuid(const guint8 *bytes, GString *out)
{
  for (int i = 0; i < 16; i++)
    g_string_append_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
}

/* --- by type ------------------------------------------------------------- */

static __int128
read_integer(const guint8 *at, guint width, gboolean is_signed)
{
  unsigned __int128 v = 0;

  memcpy(&v, at, width);
  guint unused = 128 - width * 8;
  return is_signed ? (__int128)(v << unused) >> unused : (__int128)v;
}

static void
format_fixed(const PkArrowView *view, gint64 row, GString *out)
{
  const guint8 *at = (const guint8 *)view->data + (gsize)(view->offset + row) * view->width;
  PkTypeKind kind = view->type.kind;
  gint64 units = view->width <= 8 ? (gint64)read_integer(at, view->width, TRUE) : 0;
  float f32;
  double f64;

  switch (kind) {
  case PK_TYPE_F32:
    memcpy(&f32, at, sizeof f32);
    pk_format_float(f32, out);
    break;
  case PK_TYPE_F64:
    memcpy(&f64, at, sizeof f64);
    pk_format_double(f64, out);
    break;
  case PK_TYPE_BOOL:
    g_string_append(out, *at != 0 ? "true" : "false");
    break;
  case PK_TYPE_DATE:
    pk_format_date((gint32)units, out);
    break;
  case PK_TYPE_TIME:
    pk_format_time(units, view->type.unit, out);
    break;
  case PK_TYPE_TIME_TZ:
    format_time_tz((guint64)units, out);
    break;
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    pk_format_timestamp(units, view->type.unit, kind == PK_TYPE_TIMESTAMP_TZ, out);
    break;
  case PK_TYPE_INTERVAL:
    format_interval(at, out);
    break;
  case PK_TYPE_UUID:
    format_uuid(at, out);
    break;
  default: {
    gboolean is_signed = kind < PK_TYPE_U8 || kind == PK_TYPE_I128 || kind == PK_TYPE_DECIMAL;
    __int128 v = read_integer(at, view->width, is_signed);
    pk_format_i128(&v, is_signed, kind == PK_TYPE_DECIMAL ? (guint)view->type.scale : 0, out);
  }
  }
}

static void
format_nested_value(const PkArrowView *view, gint64 row, GString *out)
{
  gboolean quoted = (view->type.kind == PK_TYPE_TEXT) && !pk_arrow_view_value_is_null(view, row);
  gsize start = out->len;

  pk_arrow_format_value(view, row, out);
  if (!quoted)
    return;
  g_autofree char *text = g_strndup(out->str + start, out->len - start);
  g_string_truncate(out, start);
  g_string_append_c(out, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\'' || *p == '\\')
      g_string_append_c(out, '\\');
    g_string_append_c(out, *p);
  }
  g_string_append_c(out, '\'');
}

static void
format_list(const PkArrowView *view, gint64 row, GString *out)
{
  const PkArrowView *items = &view->children[0];
  gboolean map = view->type.kind == PK_TYPE_MAP;
  gint64 i = view->offset + row, from, to;

  if (view->layout == PK_LAYOUT_LIST_FIXED) {
    from = row * view->width;
    to = from + view->width;
  } else {
    from = view->layout == PK_LAYOUT_LIST64 ? view->offsets64[i] : view->offsets32[i];
    to = view->layout == PK_LAYOUT_LIST64 ? view->offsets64[i + 1] : view->offsets32[i + 1];
  }
  g_string_append_c(out, map ? '{' : '[');
  for (gint64 k = from; k < to; k++) {
    if (k > from)
      g_string_append(out, ", ");
    if (map) {
      format_nested_value(&items->children[0], k, out);
      g_string_append_c(out, '=');
      format_nested_value(&items->children[1], k, out);
    } else {
      format_nested_value(items, k, out);
    }
  }
  g_string_append_c(out, map ? '}' : ']');
}

static void
format_struct(const PkArrowView *view, gint64 row, GString *out)
{
  g_string_append_c(out, '{');
  for (guint c = 0; c < view->n_children; c++) {
    const char *name = view->schema->children[c]->name;
    g_string_append_printf(out, "%s'%s': ", c > 0 ? ", " : "", name != NULL ? name : "");
    format_nested_value(&view->children[c], row, out);
  }
  g_string_append_c(out, '}');
}

void
pk_arrow_format_value(const PkArrowView *view, gint64 row, GString *out)
{
  gint64 i = view->offset + row;
  const char *bytes;
  gsize n;
  guint8 flag;

  if (pk_arrow_view_value_is_null(view, row)) {
    g_string_append(out, "NULL");
    return;
  }
  switch (view->layout) {
  case PK_LAYOUT_BITS:
    pk_arrow_view_bools(view, row, 1, &flag);
    g_string_append(out, flag ? "true" : "false");
    return;
  case PK_LAYOUT_DICTIONARY: {
    guint32 code;
    pk_arrow_view_codes(view, row, 1, &code);
    pk_arrow_format_value(view->dictionary, code, out);
    return;
  }
  case PK_LAYOUT_LIST32:
  case PK_LAYOUT_LIST64:
  case PK_LAYOUT_LIST_FIXED:
    format_list(view, row, out);
    return;
  case PK_LAYOUT_STRUCT:
    format_struct(view, row, out);
    return;
  case PK_LAYOUT_UNION_SPARSE:
  case PK_LAYOUT_UNION_DENSE: {
    const PkArrowView *child = &view->children[view->union_children[((const gint8 *)view->data)[i]]];
    format_nested_value(child, view->layout == PK_LAYOUT_UNION_DENSE ? view->offsets32[i] : row, out);
    return;
  }
  default:
    break;
  }
  if (view->layout == PK_LAYOUT_FIXED && view->type.kind != PK_TYPE_BLOB) {
    format_fixed(view, row, out);
    return;
  }
  bytes = pk_arrow_view_bytes(view, row, &n);
  if (view->type.kind == PK_TYPE_TEXT)
    g_string_append_len(out, bytes, (gssize)n);
  else if (view->type.kind == PK_TYPE_BIT)
    format_bits((const guint8 *)bytes, n, out);
  else if (view->type.kind == PK_TYPE_BIGNUM)
    format_bignum((const guint8 *)bytes, n, out);
  else
    format_blob(bytes, n, out);
}
