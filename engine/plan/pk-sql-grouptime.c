/* Group keys that are units of time: date_trunc, year(), EXTRACT …, casts to
 * DATE, and what plan → SQL writes. */
#include "pk-sql-const.h"
#include "pk-sql-text.h"

#include <string.h>

#define OF_DAY (PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS | PK_TIME_MILLISECONDS)

/* --- what plan → SQL writes --- */

static gboolean
is_floor_text(const PkColumnInfo *column, guint parts, guint step, const char *text)
{
  g_autoptr(GString) written = g_string_new(NULL);

  pk_sql_append_time_floor(written, column->name, column->type, parts, step);
  return strcmp(written->str, text) == 0;
}

/* The steps that a text may hold: each small number that divides in it ("… / 5)"), and 1. */
static void
collect_steps(const char *text, GArray *steps)
{
  guint step = 1;

  g_array_append_val(steps, step);
  for (const char *p = strstr(text, " / "); p; p = strstr(p + 3, " / ")) {
    step = (guint)g_ascii_strtoull(p + 3, NULL, 10);
    if (step > 1 && step < G_MAXINT32 && steps->len < 4)
      g_array_append_val(steps, step);
  }
}

/* The parts that the text's functions leave no doubt about. */
static guint
certain_parts(const char *text)
{
  static const struct { const char *mark; guint parts; } marks[] = {
    { "'year'", PK_TIME_YEAR },
    { "'quarter'", PK_TIME_YEAR | PK_TIME_QUARTER },
    { "'month'", PK_TIME_YEAR | PK_TIME_MONTH },
    { "'day'", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE },
    { "'hour'", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS },
    { "'minute'", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES },
    { "'second'", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS },
    { "'millisecond'", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | OF_DAY },
    { "year(\"", PK_TIME_YEAR },      { "year(timezone", PK_TIME_YEAR },
    { "quarter(", PK_TIME_QUARTER },  { "month(", PK_TIME_MONTH },
    { " day(", PK_TIME_DATE },        { "(day(", PK_TIME_DATE },
    { "to_hours(", PK_TIME_HOURS },   { "to_minutes(", PK_TIME_MINUTES },
    { "to_seconds(", PK_TIME_SECONDS }, { "to_milliseconds(", PK_TIME_MILLISECONDS },
  };
  guint parts = 0;

  for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
    const char *at = strstr(text, marks[i].mark);
    /* dayofyear("… ends like year("… */
    while (at && at > text && g_ascii_isalpha(at[-1]) && g_ascii_isalpha(*at))
      at = strstr(at + 1, marks[i].mark);
    if (at)
      parts |= marks[i].parts;
  }
  return parts;
}

/* Tries the units that could have been written so; few enough. */
static gboolean
find_own(const PkColumnInfo *column, const char *text, guint *parts, guint *step)
{
  static const guint days[] = { 0, PK_TIME_DAY, PK_TIME_WEEK, PK_TIME_WEEK | PK_TIME_DAY,
                                PK_TIME_DAYOFYEAR };
  g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(guint));
  guint certain = certain_parts(text);

  collect_steps(text, steps);
  for (guint s = 0; s < steps->len; s++)
    for (guint d = 0; d < G_N_ELEMENTS(days); d++) {
      *parts = certain | days[d];
      *step = g_array_index(steps, guint, s);
      /* Of a DATE, a time of day is no part at all. */
      if (*parts == 0 && column->type.kind == PK_TYPE_DATE)
        *parts = PK_TIME_HOURS;
      if (*parts != 0 && is_floor_text(column, *parts, *step, text))
        return TRUE;
    }
  return FALSE;
}

/* --- by hand --- */

typedef struct {
  const char *name;
  guint trunc;     /* of date_trunc; 0: not a plan's */
  PkTimePart part; /* of EXTRACT; 0: not a plan's */
} UnitName;

static const UnitName *
unit_named(const char *name)
{
  static const UnitName names[] = {
    { "year", PK_TIME_YEAR, PK_TIME_YEAR },
    { "quarter", PK_TIME_YEAR | PK_TIME_QUARTER, PK_TIME_QUARTER },
    { "month", PK_TIME_YEAR | PK_TIME_MONTH, PK_TIME_MONTH },
    { "day", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE, PK_TIME_DATE },
    { "dayofmonth", 0, PK_TIME_DATE },
    { "dow", 0, PK_TIME_DAY },
    { "dayofweek", 0, PK_TIME_DAY },
    { "doy", 0, PK_TIME_DAYOFYEAR },
    { "dayofyear", 0, PK_TIME_DAYOFYEAR },
    { "hour", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS, PK_TIME_HOURS },
    { "minute", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES,
      PK_TIME_MINUTES },
    { "second", PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE | PK_TIME_HOURS | PK_TIME_MINUTES | PK_TIME_SECONDS,
      PK_TIME_SECONDS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(name, names[i].name) == 0)
      return &names[i];
  return NULL;
}

/* A time whose fields are those that a plan sees: a column without zone or, in UTC, with one. *is_date:
 * cast to DATE. */
static const PkColumnInfo *
read_time_column(const PkSqlReader *self, JsonObject *expression, gboolean *is_date)
{
  const PkColumnInfo *column = pk_sql_column_of(self, expression);
  PkType to;

  *is_date = column && column->type.kind == PK_TYPE_DATE;
  if (column)
    return pk_type_is_temporal(column->type) &&
           (column->type.kind != PK_TYPE_TIMESTAMP_TZ || self->context->utc) ? column : NULL;
  if (pk_sql_is_call(expression, "timezone", 2)) {
    g_auto(PkSqlConst) zone = { 0 };
    column = pk_sql_column_of(self, pk_sql_argument(expression, 1));
    return column && column->type.kind == PK_TYPE_TIMESTAMP_TZ &&
           pk_sql_const_read(pk_sql_argument(expression, 0), FALSE, &zone) &&
             zone.type.kind == PK_TYPE_TEXT &&
           g_ascii_strcasecmp(zone.text, "UTC") == 0 ? column : NULL;
  }
  if (!pk_sql_is(expression, "CAST") || pk_json_true(expression, "try_cast") ||
      !pk_sql_type_of_cast(expression, &to) ||
      (to.kind != PK_TYPE_DATE && to.kind != PK_TYPE_TIMESTAMP))
    return NULL;
  column = pk_json_object(expression, "child")
             ? read_time_column(self, pk_json_object(expression, "child"), is_date) : NULL;
  /* To a finer or equal unit nothing is lost; to a coarser one it is rounded. */
  if (!column || (to.kind == PK_TYPE_TIMESTAMP && column->type.kind != PK_TYPE_DATE &&
                  column->type.unit > to.unit))
    return NULL;
  *is_date = *is_date || to.kind == PK_TYPE_DATE;
  return column;
}

/* Beyond the calendar's ±8.64e15 ms a plan puts times together, SQL does not. */
static void
assume_calendar(PkSqlReader *self, const PkColumnInfo *column)
{
  __int128 limit = 100000000;

  if (column->type.kind != PK_TYPE_DATE)
    limit *= (__int128)86400 * pk_type_unit_per_second(column->type.unit);
  if (limit < G_MAXINT64)
    pk_sql_assume(self, column, -limit, limit);
}

/* A text constant, for a unit's name. */
static const UnitName *
unit_argument(JsonObject *expression)
{
  g_auto(PkSqlConst) name = { 0 };

  if (!pk_sql_const_read(expression, FALSE, &name) || name.type.kind != PK_TYPE_TEXT || !name.text)
    return NULL;
  return unit_named(name.text);
}

/* What a hand-written expression asks for. */
typedef struct {
  const PkColumnInfo *column;
  guint parts;
  PkTimePart part; /* a number of the bucket */
  PkType type;
} TimeKey;

static gboolean
read_call(const PkSqlReader *self, JsonObject *expression, TimeKey *out)
{
  gboolean is_trunc = pk_sql_is_call(expression, "date_trunc", 2) ||
    pk_sql_is_call(expression, "datetrunc", 2);
  gboolean is_part = pk_sql_is_call(expression, "date_part", 2) || pk_sql_is_call(expression, "datepart", 2);
  const char *function = pk_json_text(expression, "function_name");
  const UnitName *unit = NULL;
  gboolean is_date;

  if (is_trunc || is_part)
    unit = unit_argument(pk_sql_argument(expression, 0));
  else if (function && pk_sql_is_call(expression, function, 1) && g_ascii_strcasecmp(function, "dow") != 0 &&
           g_ascii_strcasecmp(function, "doy") != 0)
    unit = unit_named(function);
  if (!unit)
    return FALSE;
  out->column = read_time_column(self, pk_sql_argument(expression, is_trunc || is_part ? 1 : 0), &is_date);
  out->part = is_trunc ? 0 : unit->part;
  out->parts = is_trunc ? unit->trunc : (guint)unit->part;
  if (!out->column || out->parts == 0 || (is_date && (out->parts & OF_DAY)))
    return FALSE;
  out->type = out->part ? PK_TYPE_OF(PK_TYPE_I64)
                        : (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US };
  if (is_trunc && pk_sql_is(pk_sql_argument(expression, 1), "COLUMN_REF") &&
      out->column->type.kind == PK_TYPE_TIMESTAMP_TZ)
    out->type.kind = PK_TYPE_TIMESTAMP_TZ;
  return TRUE;
}

static gboolean
read_by_hand(const PkSqlReader *self, JsonObject *expression, TimeKey *out)
{
  JsonObject *child = pk_json_object(expression, "child");
  gboolean is_date;
  PkType to;

  if (!pk_sql_is(expression, "CAST"))
    return read_call(self, expression, out);
  if (pk_json_true(expression, "try_cast") || !child || !pk_sql_type_of_cast(expression, &to))
    return FALSE;
  if (read_by_hand(self, child, out)) {
    /* Of a bucket's start: its date, if buckets are days at least; of a number: a whole type. */
    gboolean to_date = !out->part && to.kind == PK_TYPE_DATE && !(out->parts & OF_DAY);
    gboolean to_whole = out->part && (to.kind == PK_TYPE_I32 || to.kind == PK_TYPE_I64);
    if (!to_date && !to_whole && !pk_type_equal(to, out->type))
      return FALSE;
    out->type = to;
    return TRUE;
  }
  /* A time's date is its day. */
  out->column = to.kind == PK_TYPE_DATE ? read_time_column(self, child, &is_date) : NULL;
  out->parts = PK_TIME_YEAR | PK_TIME_MONTH | PK_TIME_DATE;
  out->part = 0;
  out->type = to;
  return out->column != NULL;
}

gboolean
pk_sql_read_time(PkSqlReader *self, JsonObject *expression, const char *name)
{
  g_autofree char *text = pk_sql_text_of(self, expression);
  const PkColumnInfo *column = pk_sql_only_column(self, expression);
  TimeKey by_hand = { .column = NULL };
  guint parts, step;

  if (!text || !column || !pk_type_is_temporal(column->type))
    return FALSE;
  if (find_own(column, text, &parts, &step)) {
    PkSqlKeyInfo info = { g_strdup(text), 0, column->type };
    PkKey *key = pk_sql_add_key(self, PK_KEY_TIME, column, name, info);
    key->time_units = parts;
    key->time_step = step;
    return TRUE;
  }
  if (!read_by_hand(self, expression, &by_hand))
    return FALSE;
  PkSqlKeyInfo info = { g_strdup(text), by_hand.part, by_hand.type };
  pk_sql_add_key(self, PK_KEY_TIME, by_hand.column, name, info)->time_units = by_hand.parts;
  assume_calendar(self, by_hand.column);
  return TRUE;
}
