#include "pk-scalar-text.h"

#include "pk-arrow-view.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

static const char *
shortest(double value, char buffer[G_ASCII_DTOSTR_BUF_SIZE])
{
  for (int digits = 15; digits <= 17; digits++) {
    char format[8];
    g_snprintf(format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, format, value);
    if (g_ascii_strtod(buffer, NULL) == value)
      break;
  }
  return buffer;
}

void
pk_double_append_readable(GString *out, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan(value))
    g_string_append(out, "nan");
  else if (isinf(value))
    g_string_append(out, value > 0 ? "inf" : "-inf");
  else
    g_string_append(out, shortest(value == 0 ? 0 : value, buffer));
}

void
pk_double_append_raw(GString *out, double value)
{
  g_string_append_c(out, ' ');
  pk_double_append_readable(out, value);
}

void
pk_double_append_sql(GString *out, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite(value)) {
    g_string_append_printf(out, "CAST('%s' AS DOUBLE)", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
    return;
  }
  /* Without an exponent SQL reads a DECIMAL, whose arithmetic is another. */
  shortest(value == 0 ? 0 : value, buffer);
  g_string_append_printf(out, "%s%s", buffer, strchr(buffer, 'e') ? "" : "e0");
}

void
pk_int128_append(GString *out, __int128 value)
{
  pk_format_i128(&value, TRUE, 0, out);
}

gboolean
pk_int128_parse(const char *text, __int128 *value)
{
  gboolean negative = *text == '-';
  const char *p = text + (*text == '-' || *text == '+');
  unsigned __int128 v = 0;
  const unsigned __int128 most = ((unsigned __int128)1 << 127) - 1 + negative;

  if (!g_ascii_isdigit(*p))
    return FALSE;
  for (; g_ascii_isdigit(*p); p++) {
    guint digit = (guint)(*p - '0');
    if (v > (most - digit) / 10)
      return FALSE;
    v = v * 10 + digit;
  }
  if (*p != '\0')
    return FALSE;
  *value = negative ? (__int128)(-v) : (__int128)v;
  return TRUE;
}

void
pk_scalar_append_raw(GString *out, const PkScalar *scalar)
{
  switch (scalar->kind) {
  case PK_SCALAR_NULL:
    g_string_append(out, "null");
    break;
  case PK_SCALAR_BOOL:
    g_string_append(out, scalar->i ? "b:1" : "b:0");
    break;
  case PK_SCALAR_INT:
    g_string_append(out, "i:");
    pk_int128_append(out, scalar->i);
    break;
  case PK_SCALAR_DOUBLE:
    g_string_append(out, "d:");
    pk_double_append_readable(out, scalar->d);
    break;
  case PK_SCALAR_TEXT:
    g_string_append(out, "t:");
    pk_sql_append_literal(out, scalar->text);
    break;
  }
}

/* Years 1 to 9999 are written alike everywhere. */
static gboolean
is_common_time(__int128 value, PkType type)
{
  gint64 per_day = type.kind == PK_TYPE_DATE ? 1 : 86400 * pk_type_unit_per_second(type.unit);

  return value >= (__int128)-719162 * per_day && value < (__int128)2932897 * per_day &&
         value >= G_MININT64 && value <= G_MAXINT64;
}

/* TRUE and the value's text where an integer of that type is written as a time. */
static gboolean
append_time(GString *out, __int128 value, PkType type)
{
  switch (type.kind) {
  case PK_TYPE_DATE:
    if (is_common_time(value, type))
      return pk_format_date((gint32)value, out), TRUE;
    return FALSE;
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    if (is_common_time(value, type))
      return pk_format_timestamp((gint64)value, type.unit, type.kind == PK_TYPE_TIMESTAMP_TZ, out), TRUE;
    return FALSE;
  case PK_TYPE_TIME:
    if (value >= 0 && value < 86400 * (__int128)pk_type_unit_per_second(type.unit))
      return pk_format_time((gint64)value, type.unit, out), TRUE;
    return FALSE;
  default:
    return FALSE;
  }
}

void
pk_scalar_append_readable(GString *out, const PkScalar *scalar, PkType type)
{
  switch (scalar->kind) {
  case PK_SCALAR_NULL:
    g_string_append(out, "NULL");
    break;
  case PK_SCALAR_BOOL:
    g_string_append(out, scalar->i ? "true" : "false");
    break;
  case PK_SCALAR_INT:
    if (append_time(out, scalar->i, type))
      break;
    pk_format_i128(&scalar->i, TRUE, type.kind == PK_TYPE_DECIMAL ? (guint)type.scale : 0, out);
    break;
  case PK_SCALAR_DOUBLE:
    pk_double_append_readable(out, scalar->d);
    break;
  case PK_SCALAR_TEXT:
    pk_sql_append_literal(out, scalar->text);
    break;
  }
}

/* The least and greatest value of an integer type; FALSE for other types. */
static gboolean
integer_range(PkType type, __int128 *lo, __int128 *hi)
{
  if (type.kind == PK_TYPE_I128) {
    *hi = (__int128)(((unsigned __int128)1 << 127) - 1);
    *lo = -*hi - 1;
    return TRUE;
  }
  if (!pk_type_is_integer(type) || type.kind == PK_TYPE_U128)
    return FALSE;
  gboolean is_unsigned = type.kind >= PK_TYPE_U8 && type.kind <= PK_TYPE_U64;
  guint bits = 8 * pk_type_width(type);
  *lo = is_unsigned ? 0 : -((__int128)1 << (bits - 1));
  *hi = ((__int128)1 << (is_unsigned ? bits : bits - 1)) - 1;
  return TRUE;
}

static void
append_decimal_sql(GString *out, const PkScalar *scalar, PkType type)
{
  __int128 most = 1;

  for (guint i = 0; i < type.precision; i++)
    most *= 10;
  g_string_append(out, "CAST('");
  pk_format_i128(&scalar->i, TRUE, (guint)type.scale, out);
  g_string_append_printf(out, "' AS DECIMAL(%d,%d))",
                         scalar->i < most && scalar->i > -most ? type.precision : 38, type.scale);
}

gboolean
pk_scalar_is_plain(const PkScalar *scalar, PkType type)
{
  GString *text = g_string_new(NULL);
  gboolean plain = scalar->kind != PK_SCALAR_INT || !(pk_type_is_temporal(type) ||
                                                      type.kind == PK_TYPE_TIME) ||
                   append_time(text, scalar->i, type);

  g_string_free(text, TRUE);
  return plain;
}

void
pk_scalar_append_sql(GString *out, const PkScalar *scalar, PkType type)
{
  __int128 lo, hi;

  if (scalar->kind == PK_SCALAR_BOOL) {
    g_string_append(out, scalar->i ? "true" : "false");
  } else if (scalar->kind == PK_SCALAR_DOUBLE) {
    pk_double_append_sql(out, scalar->d);
  } else if (scalar->kind == PK_SCALAR_TEXT) {
    pk_sql_append_literal(out, scalar->text);
  } else if (type.kind == PK_TYPE_DECIMAL) {
    append_decimal_sql(out, scalar, type);
  } else if (pk_type_is_temporal(type) || type.kind == PK_TYPE_TIME) {
    g_autofree char *name = pk_type_dup_name(type);
    g_string_append(out, "CAST('");
    append_time(out, scalar->i, type);
    g_string_append_printf(out, "' AS %s)", name);
  } else if (integer_range(type, &lo, &hi) && scalar->i >= lo && scalar->i <= hi &&
             scalar->i >= G_MININT32 &&
             scalar->i <= G_MAXINT32) {
    pk_int128_append(out, scalar->i);
  } else {
    gboolean fits = integer_range(type, &lo, &hi) && scalar->i >= lo && scalar->i <= hi;
    g_autofree char *name = fits ? pk_type_dup_name(type) : g_strdup("HUGEINT");
    g_string_append(out, "CAST('");
    pk_int128_append(out, scalar->i);
    g_string_append_printf(out, "' AS %s)", name);
  }
}
