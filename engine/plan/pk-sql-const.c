#include "pk-sql-const.h"
#include "pk-scalar-text.h"

#include "pk-calendar.h"

#include <math.h>
#include <string.h>

/* Integers up to here are doubles exactly. */
#define EXACT_DOUBLE ((__int128)1 << 53)
#define EXACT_FLOAT ((__int128)1 << 24)

void
pk_sql_const_clear(PkSqlConst *self)
{
  g_clear_pointer(&self->text, g_free);
}

static __int128
power_of_ten(guint n)
{
  __int128 power = 1;

  while (n-- > 0)
    power *= 10;
  return power;
}

static __int128
floor_div(__int128 a, __int128 b)
{
  return a / b - (a % b < 0);
}

/* --- types --- */

static gboolean
decimal_type(JsonObject *type, PkType *out)
{
  JsonObject *info = pk_json_object(type, "type_info");
  gint64 width = 0, scale = 0;

  if (!pk_json_integer(info, "width", &width) || width < 1 || width > 38)
    return FALSE;
  pk_json_integer(info, "scale", &scale);
  if (scale < 0 || scale > width)
    return FALSE;
  *out = (PkType){ .kind = PK_TYPE_DECIMAL, .precision = (guint8)width, .scale = (gint8)scale };
  return TRUE;
}

static gboolean
read_type(JsonObject *type, PkType *out)
{
  static const struct { const char *id; PkType type; } types[] = {
    { "BOOLEAN", { .kind = PK_TYPE_BOOL } },   { "TINYINT", { .kind = PK_TYPE_I8 } },
    { "SMALLINT", { .kind = PK_TYPE_I16 } },   { "INTEGER", { .kind = PK_TYPE_I32 } },
    { "BIGINT", { .kind = PK_TYPE_I64 } },     { "UTINYINT", { .kind = PK_TYPE_U8 } },
    { "USMALLINT", { .kind = PK_TYPE_U16 } },  { "UINTEGER", { .kind = PK_TYPE_U32 } },
    { "UBIGINT", { .kind = PK_TYPE_U64 } },    { "HUGEINT", { .kind = PK_TYPE_I128 } },
    { "FLOAT", { .kind = PK_TYPE_F32 } },      { "DOUBLE", { .kind = PK_TYPE_F64 } },
    { "VARCHAR", { .kind = PK_TYPE_TEXT } },   { "DATE", { .kind = PK_TYPE_DATE } },
    { "TIME", { .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_US } },
    { "TIME_NS", { .kind = PK_TYPE_TIME, .unit = PK_TYPE_UNIT_NS } },
    { "TIMESTAMP", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US } },
    { "TIMESTAMP_S", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_S } },
    { "TIMESTAMP_MS", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_MS } },
    { "TIMESTAMP_NS", { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_NS } },
    { "TIMESTAMP WITH TIME ZONE", { .kind = PK_TYPE_TIMESTAMP_TZ, .unit = PK_TYPE_UNIT_US } },
    { "NULL", { .kind = PK_TYPE_NULL } },
  };
  const char *id = pk_json_text(type, "id");

  if (g_strcmp0(id, "DECIMAL") == 0)
    return decimal_type(type, out);
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_strcmp0(id, types[i].id) == 0) {
      *out = types[i].type;
      return pk_json_is_absent(type, "type_info");
    }
  return FALSE;
}

gboolean
pk_sql_type_of_cast(JsonObject *cast, PkType *type)
{
  return read_type(pk_json_object(cast, "cast_type"), type);
}

static gboolean
is_integer(PkType type)
{
  return pk_type_is_integer(type) && type.kind != PK_TYPE_U128;
}

/* --- dates and times, only in the forms that leave no doubt --- */

static gboolean
digits(const char **text, guint n, int *value)
{
  *value = 0;
  for (guint i = 0; i < n; i++) {
    if (!g_ascii_isdigit((*text)[i]))
      return FALSE;
    *value = *value * 10 + ((*text)[i] - '0');
  }
  *text += n;
  return TRUE;
}

static gboolean
accept(const char **text, char c)
{
  if (**text != c)
    return FALSE;
  (*text)++;
  return TRUE;
}

static gboolean
read_date(const char **text, gint64 *days)
{
  int year, month, day, back_month, back_day;
  gint64 back_year;

  if (!digits(text, 4, &year) || !accept(text, '-') || !digits(text, 2, &month) || !accept(text, '-') ||
      !digits(text, 2, &day) || year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
    return FALSE;
  *days = pk_days_from_civil(year, month, day);
  pk_civil_from_days(*days, &back_year, &back_month, &back_day);
  return back_month == month && back_day == day;
}

/* HH:MM[:SS[.f…]] as units since midnight. */
static gboolean
read_clock(const char **text, PkTypeUnit unit, gint64 *units)
{
  int hour, minute, second = 0;
  gint64 per_second = pk_type_unit_per_second(unit), fraction = 0;

  if (!digits(text, 2, &hour) || !accept(text, ':') || !digits(text, 2, &minute))
    return FALSE;
  if (accept(text, ':') && !digits(text, 2, &second))
    return FALSE;
  if (hour > 23 || minute > 59 || second > 59)
    return FALSE;
  if (accept(text, '.')) {
    gint64 place = per_second;
    if (!g_ascii_isdigit(**text))
      return FALSE;
    for (; g_ascii_isdigit(**text); (*text)++) {
      /* A digit beyond the unit would be rounded. */
      if (place == 1)
        return FALSE;
      place /= 10;
      fraction += place * (**text - '0');
    }
  }
  *units = ((gint64)hour * 3600 + minute * 60 + second) * per_second + fraction;
  return TRUE;
}

/* "Z", "+HH", "+HH:MM" in seconds; *has FALSE if there is none. */
static gboolean
read_offset(const char **text, gboolean *has, gint64 *seconds)
{
  int sign = **text == '-' ? -1 : 1, hours, minutes = 0;

  *seconds = 0;
  *has = **text != '\0';
  if (!*has || accept(text, 'Z'))
    return TRUE;
  if ((!accept(text, '+') && !accept(text, '-')) || !digits(text, 2, &hours))
    return FALSE;
  if (accept(text, ':') && !digits(text, 2, &minutes))
    return FALSE;
  *seconds = sign * ((gint64)hours * 3600 + minutes * 60);
  return hours < 16 && minutes < 60;
}

static gboolean
read_timestamp(const char *text, PkType type, gboolean utc, __int128 *value)
{
  gint64 per_second = pk_type_unit_per_second(type.unit), days, clock = 0, offset;
  gboolean has_offset;

  if (!read_date(&text, &days))
    return FALSE;
  if ((accept(&text, ' ') || accept(&text, 'T')) && !read_clock(&text, type.unit, &clock))
    return FALSE;
  if (!read_offset(&text, &has_offset, &offset) || *text != '\0')
    return FALSE;
  if (type.kind == PK_TYPE_TIMESTAMP ? has_offset : !has_offset && !utc)
    return FALSE;
  *value = ((__int128)days * 86400 - offset) * per_second + clock;
  return *value > G_MININT64 && *value < G_MAXINT64;
}

/* --- texts as values --- */

static gboolean
text_to_double(const char *text, double *value)
{
  char *end;

  if (strcmp(text, "inf") == 0 || strcmp(text, "-inf") == 0 || strcmp(text, "nan") == 0) {
    *value = *text == 'n' ? NAN : *text == '-' ? -INFINITY : INFINITY;
    return TRUE;
  }
  if (strspn(text, "0123456789+-.eE") != strlen(text) || *text == '\0')
    return FALSE;
  *value = g_ascii_strtod(text, &end);
  return *end == '\0' && isfinite(*value);
}

/* "-12.5" with at most `scale` digits after the point. */
static gboolean
text_to_decimal(const char *text, PkType type, __int128 *value)
{
  const char *point = strchr(text, '.');
  gsize places = point ? strlen(point + 1) : 0;
  g_autoptr(GString) all = g_string_new(text);

  if (places > (gsize)type.scale || (point && places == 0))
    return FALSE;
  if (point)
    g_string_erase(all, point - text, 1);
  if (!pk_int128_parse(all->str, value) || strlen(all->str) > 39)
    return FALSE;
  __int128 most = power_of_ten(type.precision);
  __int128 factor = power_of_ten((guint)type.scale - (guint)places);
  if (*value >= most / factor || *value <= -(most / factor))
    return FALSE;
  *value *= factor;
  return TRUE;
}

static gboolean
in_type(__int128 value, PkType type)
{
  gboolean is_unsigned = type.kind >= PK_TYPE_U8 && type.kind <= PK_TYPE_U64;
  guint bits = 8 * pk_type_width(type);

  if (type.kind == PK_TYPE_I128)
    return TRUE;
  if (is_unsigned)
    return value >= 0 && value < (__int128)1 << bits;
  return value >= -((__int128)1 << (bits - 1)) && value < (__int128)1 << (bits - 1);
}

static gboolean
cast_text(PkSqlConst *self, PkType to, gboolean utc)
{
  const char *text = self->text;
  gint64 units = 0;

  if (is_integer(to))
    return pk_int128_parse(text, &self->i) && in_type(self->i, to);
  switch (to.kind) {
  case PK_TYPE_TEXT:
    return TRUE;
  case PK_TYPE_F64:
    return text_to_double(text, &self->d);
  case PK_TYPE_DECIMAL:
    return text_to_decimal(text, to, &self->i);
  case PK_TYPE_BOOL:
    self->i = strcmp(text, "t") == 0 || strcmp(text, "true") == 0;
    return self->i || strcmp(text, "f") == 0 || strcmp(text, "false") == 0;
  case PK_TYPE_DATE:
    if (!read_date(&text, &units) || *text != '\0')
      return FALSE;
    break;
  case PK_TYPE_TIME:
    if (!read_clock(&text, to.unit, &units) || *text != '\0')
      return FALSE;
    break;
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return read_timestamp(text, to, utc, &self->i);
  default:
    return FALSE;
  }
  self->i = units;
  return TRUE;
}

/* Nanoseconds a unit. */
static __int128
unit_ns(PkType type)
{
  return type.kind == PK_TYPE_DATE ? (__int128)86400 * 1000000000
    : 1000000000 / pk_type_unit_per_second(type.unit);
}

static gboolean
cast_time(PkSqlConst *self, PkType to, gboolean utc)
{
  gboolean zoned = self->type.kind == PK_TYPE_TIMESTAMP_TZ || to.kind == PK_TYPE_TIMESTAMP_TZ;

  if (!pk_type_is_temporal(to) || (zoned && !utc && self->type.kind != to.kind))
    return FALSE;
  __int128 ns = self->i * unit_ns(self->type);
  if (ns % unit_ns(to) != 0)
    return FALSE;
  self->i = ns / unit_ns(to);
  return TRUE;
}

static gboolean
cast_number(PkSqlConst *self, PkType to)
{
  if (to.kind == PK_TYPE_F64) {
    double value;
    if (!pk_sql_const_to_double(self, &value))
      return FALSE;
    self->d = value;
    return TRUE;
  }
  if (is_integer(self->type) && is_integer(to))
    return in_type(self->i, to);
  if (to.kind == PK_TYPE_DECIMAL && (is_integer(self->type) || self->type.kind == PK_TYPE_DECIMAL)) {
    int more = to.scale - (is_integer(self->type) ? 0 : self->type.scale);
    __int128 most = power_of_ten(to.precision);
    if (more < 0 || self->i >= most / power_of_ten((guint)more) ||
        self->i <= -(most / power_of_ten((guint)more)))
      return FALSE;
    self->i *= power_of_ten((guint)more);
    return TRUE;
  }
  return FALSE;
}

static gboolean
cast_const(PkSqlConst *self, PkType to, gboolean utc)
{
  gboolean ok;

  if (self->type.kind == PK_TYPE_NULL)
    return FALSE;
  if (self->type.kind == PK_TYPE_TEXT)
    ok = cast_text(self, to, utc);
  else if (pk_type_is_temporal(self->type))
    ok = cast_time(self, to, utc);
  else if (pk_type_is_numeric(self->type))
    ok = cast_number(self, to);
  else
    ok = pk_type_equal(self->type, to);
  self->type = to;
  self->is_cast = TRUE;
  return ok;
}

/* --- from the parse tree --- */

/* {"upper": …, "lower": …}: the parser reads the lower half's 64 bits into a signed number. */
static gboolean
read_wide(JsonObject *value, __int128 *out)
{
  gint64 upper, lower;

  if (!pk_json_integer(value, "upper", &upper) || !pk_json_integer(value, "lower", &lower))
    return FALSE;
  *out = (__int128)(((unsigned __int128)(guint64)upper << 64) | (guint64)lower);
  return TRUE;
}

static gboolean
read_literal(JsonObject *value, PkSqlConst *out)
{
  gint64 integer;
  JsonObject *wide = pk_json_object(value, "value");

  if (!read_type(pk_json_object(value, "type"), &out->type))
    return FALSE;
  if (pk_json_true(value, "is_null")) {
    out->type = PK_TYPE_OF(PK_TYPE_NULL);
    return TRUE;
  }
  if (is_integer(out->type) || out->type.kind == PK_TYPE_DECIMAL) {
    if (wide ? !read_wide(wide, &out->i) : !pk_json_integer(value, "value", &integer))
      return FALSE;
    if (!wide)
      out->i = integer;
    if (is_integer(out->type))
      return in_type(out->i, out->type);
    return out->i < power_of_ten(out->type.precision) && out->i > -power_of_ten(out->type.precision);
  }
  if (out->type.kind == PK_TYPE_F64)
    return pk_json_double(value, "value", &out->d);
  if (out->type.kind == PK_TYPE_TEXT && pk_json_text(value, "value")) {
    out->text = g_strdup(pk_json_text(value, "value"));
    return TRUE;
  }
  return FALSE;
}

static gboolean
read_negated(JsonObject *expression, gboolean utc, PkSqlConst *out)
{
  if (!pk_sql_const_read(pk_sql_argument(expression, 0), utc, out))
    return FALSE;
  if (out->type.kind != PK_TYPE_F64 && out->type.kind != PK_TYPE_DECIMAL && !is_integer(out->type))
    return FALSE;
  /* The least of 128 bits has no negative. */
  __int128 negative = (__int128)(0 - (unsigned __int128)out->i);
  if (out->i != 0 && (negative < 0) == (out->i < 0))
    return FALSE;
  if (is_integer(out->type) && !in_type(negative, out->type))
    return FALSE;
  out->i = negative;
  out->d = -out->d;
  return TRUE;
}

gboolean
pk_sql_const_read(JsonObject *expression, gboolean utc, PkSqlConst *out)
{
  PkType type;

  if (pk_sql_is(expression, "CONSTANT"))
    return read_literal(pk_json_object(expression, "value"), out);
  if (pk_sql_is(expression, "CAST"))
    return !pk_json_true(expression, "try_cast") &&
           pk_sql_const_read(pk_json_object(expression, "child"), utc, out) &&
           pk_sql_type_of_cast(expression, &type) && cast_const(out, type, utc);
  if (pk_sql_is_call(expression, "-", 1))
    return read_negated(expression, utc, out);
  return FALSE;
}

gboolean
pk_sql_const_to_double(const PkSqlConst *self, double *value)
{
  gboolean is_exact = self->i <= EXACT_DOUBLE && self->i >= -EXACT_DOUBLE;

  if (self->type.kind == PK_TYPE_F64) {
    *value = self->d;
    return TRUE;
  }
  if (is_integer(self->type) && is_exact) {
    *value = (double)self->i;
    return TRUE;
  }
  /* Both exact: the quotient is the nearest double, however it was computed. */
  if (self->type.kind == PK_TYPE_DECIMAL && is_exact && self->type.scale <= 22) {
    *value = (double)self->i / pow(10, self->type.scale);
    return TRUE;
  }
  return FALSE;
}

/* --- as a bound --- */

/* The engine compares a FLOAT with a decimal or integer as FLOATs, with a DOUBLE as DOUBLEs. */
static gboolean
bound_of_float(const PkSqlConst *self, double *value)
{
  if (self->type.kind == PK_TYPE_F64) {
    *value = self->d;
    return TRUE;
  }
  if (self->i > EXACT_FLOAT || self->i < -EXACT_FLOAT)
    return FALSE;
  if (is_integer(self->type)) {
    *value = (double)self->i;
    return TRUE;
  }
  if (self->type.kind == PK_TYPE_DECIMAL && self->type.scale <= 10) {
    *value = (double)(float)((double)self->i / pow(10, self->type.scale));
    return TRUE;
  }
  return FALSE;
}

/* The decimal that both are compared in must have 38 digits at most. */
static int
whole_digits(PkType type)
{
  switch (type.kind) {
  case PK_TYPE_DECIMAL:
    return type.precision - type.scale;
  case PK_TYPE_I128:
    return 38;
  case PK_TYPE_U64:
    return 20;
  case PK_TYPE_I64:
    return 19;
  default:
    return 10;
  }
}

static gboolean
decimals_meet(PkType a, PkType b)
{
  int scale_a = a.kind == PK_TYPE_DECIMAL ? a.scale : 0;
  int scale_b = b.kind == PK_TYPE_DECIMAL ? b.scale : 0;

  return MAX(whole_digits(a), whole_digits(b)) + MAX(scale_a, scale_b) <= 38;
}

static gboolean
bound_of_decimals(const PkSqlConst *self, PkType column, PkScalar *bound, gboolean *exact)
{
  int scale = self->type.kind == PK_TYPE_DECIMAL ? self->type.scale : 0;
  int column_scale = column.kind == PK_TYPE_DECIMAL ? column.scale : 0;

  if (!decimals_meet(self->type, column))
    return FALSE;
  if (column_scale >= scale) {
    *bound = pk_scalar_int(self->i * power_of_ten((guint)(column_scale - scale)));
    return TRUE;
  }
  __int128 factor = power_of_ten((guint)(scale - column_scale));
  *exact = self->i % factor == 0;
  *bound = pk_scalar_int(floor_div(self->i, factor));
  return TRUE;
}

static gboolean
bound_of_time(const PkSqlConst *self, PkType column, gboolean utc, PkScalar *bound, gboolean *exact)
{
  gboolean zoned = column.kind == PK_TYPE_TIMESTAMP_TZ;

  if (!pk_type_is_temporal(self->type) || (zoned != (self->type.kind == PK_TYPE_TIMESTAMP_TZ) && !utc))
    return FALSE;
  /* A finer constant than the column's unit is compared as the finer type, which wide dates may not fit;
   * those of
   * nanoseconds need not be. */
  if (self->type.kind != PK_TYPE_DATE && self->type.unit == PK_TYPE_UNIT_NS &&
      column.unit != PK_TYPE_UNIT_NS)
    return FALSE;
  __int128 ns = self->i * unit_ns(self->type);
  *exact = ns % unit_ns(column) == 0;
  *bound = pk_scalar_int(floor_div(ns, unit_ns(column)));
  return bound->i > G_MININT64 && bound->i < G_MAXINT64;
}

static gboolean
bound_of_number(const PkSqlConst *self, PkType column, PkScalar *bound, gboolean *exact)
{
  double value;

  if (!pk_type_is_numeric(self->type))
    return FALSE;
  if (column.kind == PK_TYPE_F32 || column.kind == PK_TYPE_F64) {
    if (column.kind == PK_TYPE_F32 ? !bound_of_float(self, &value) : !pk_sql_const_to_double(self, &value))
      return FALSE;
    *bound = pk_scalar_double(value);
    return TRUE;
  }
  if (self->type.kind == PK_TYPE_F64) {
    *bound = pk_scalar_double(self->d);
    return TRUE;
  }
  if (self->type.kind == PK_TYPE_DECIMAL || column.kind == PK_TYPE_DECIMAL)
    return bound_of_decimals(self, column, bound, exact);
  *bound = pk_scalar_int(self->i);
  return is_integer(self->type);
}

gboolean
pk_sql_const_to_bound(const PkSqlConst *self, PkType column, gboolean utc, PkScalar *bound, gboolean *exact)
{
  *exact = TRUE;
  if (column.kind == PK_TYPE_TEXT) {
    if (self->type.kind != PK_TYPE_TEXT)
      return FALSE;
    *bound = pk_scalar_text(self->text);
    return TRUE;
  }
  /* A text that was not cast is read as the column's type. */
  if (self->type.kind == PK_TYPE_TEXT && !self->is_cast) {
    g_auto(PkSqlConst) value = { .type = self->type, .text = g_strdup(self->text) };
    return column.kind != PK_TYPE_F32 && cast_const(&value, column, utc) &&
           pk_sql_const_to_bound(&value, column, utc, bound, exact);
  }
  if (column.kind == PK_TYPE_BOOL) {
    *bound = pk_scalar_bool(self->i != 0);
    return self->type.kind == PK_TYPE_BOOL || (is_integer(self->type) && (self->i == 0 || self->i == 1));
  }
  if (column.kind == PK_TYPE_TIME) {
    *bound = pk_scalar_int(self->i);
    return self->type.kind == PK_TYPE_TIME && self->type.unit == column.unit;
  }
  if (pk_type_is_temporal(column))
    return bound_of_time(self, column, utc, bound, exact);
  return bound_of_number(self, column, bound, exact);
}
