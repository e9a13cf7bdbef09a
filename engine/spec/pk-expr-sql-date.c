/* Date functions in SQL. Local time is UTC. */
#include "pk-expr-sql.h"

#include <math.h>
#include <string.h>

/* $: a TIMESTAMP. As in JavaScript months count from 0 and days of the week from Sunday, 0. */
static const struct {
  const char *name, *sql;
  double of_null; /* at 1970-01-01, which is what null is as a date */
} parts[] = {
  { "year", "year($)", 1970 },
  { "month", "month($) - 1", 0 },
  { "date", "day($)", 1 },
  { "day", "dayofweek($)", 4 },
  { "hours", "hour($)", 0 },
  { "minutes", "minute($)", 0 },
  { "seconds", "second($)", 0 },
  { "milliseconds", "millisecond($) % 1000", 0 },
  { "dayofyear", "dayofyear($)", 1 },
  { "week", "(dayofyear($) + 6 - dayofweek($)) // 7", 0 },
  { "isoweek", "week($)", 1 },
  { "quarter", "quarter($)", 1 },
};

static const char *
fill(PkSqlMaker *self, const char *pattern, const char *with)
{
  g_auto(GStrv) pieces = g_strsplit(pattern, "$", -1);
  g_autofree char *sql = g_strjoinv(with, pieces);
  return pk_sql_format(self, "%s", sql);
}

/* The milliseconds of new Date(v), NaN for none; NULL with an error for texts. */
static const char *
time_of(PkSqlMaker *self, const PkNode *node, const PkSql *v, gboolean *may_nan)
{
  if (pk_sql_is_text(v)) {
    pk_expr_sql_refuse(self, node, "reading a date from text");
    return NULL;
  }
  const char *ms = pk_sql_to_number(self, node, v, may_nan);
  if (v->js == PK_JS_DATE || (v->js == PK_JS_CONST && v->value.kind == PK_VALUE_DATE))
    return ms;
  const char *x = pk_sql_name(self, ms, FALSE);
  *may_nan = TRUE;
  return pk_sql_let(
    self, x, ms,
    pk_sql_format(self, "CASE WHEN abs(%s) <= 8.64e15 THEN trunc(%s) ELSE " PK_SQL_NAN " END", x, x));
}

/* Where a wall clock column is at hand its parts come straight from it. */
static gboolean
part_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, guint i, PkSql *out)
{
  gboolean may_nan = FALSE,
           plain = arg->raw && (arg->type.kind == PK_TYPE_DATE || arg->type.kind == PK_TYPE_TIMESTAMP);
  double of_nan = g_str_equal(parts[i].name, "quarter") ? 1 : NAN;
  if (plain) {
    const char *stamp =
      arg->type.kind == PK_TYPE_DATE ? pk_sql_format(self, "CAST(%s AS TIMESTAMP)", arg->raw) : arg->raw;
    const char *sql = pk_sql_format(self, "CAST(%s AS DOUBLE)", fill(self, parts[i].sql, stamp));
    *out = pk_sql_number(arg->nullable ? pk_sql_format(self, "coalesce(%s, %s)", sql,
                                                       pk_sql_number_literal(self, parts[i].of_null)) : sql,
                         FALSE);
    return TRUE;
  }
  const char *ms = time_of(self, node, arg, &may_nan);
  if (!ms)
    return FALSE;
  const char *x = pk_sql_name(self, ms, FALSE);
  const char *stamp = pk_sql_format(self, "make_timestamp(CAST(floor(%s) AS BIGINT) * 1000)", x);
  const char *body = pk_sql_format(self, "CASE WHEN isnan(%s) THEN %s ELSE CAST(%s AS DOUBLE) END", x,
                                   pk_sql_number_literal(self, of_nan), fill(self, parts[i].sql, stamp));
  *out = pk_sql_number(pk_sql_let(self, x, ms, body), TRUE);
  return TRUE;
}

/* ECMA-262's MakeDay and MakeTime, years 0 to 99 of the 20th century. */
static const char *
ms_of_fields(PkSqlMaker *self, const PkNode *node, const PkSql *args)
{
  static const char *const names[] = { "y_", "m_", "d_", "h_", "i_", "s_", "t_" };
  static const char *const defaults[] = { PK_SQL_NAN, "0e0", "1e0", "0e0", "0e0", "0e0", "0e0" };
  const char *list = "";
  guint id = ++self->n_variables;
  for (guint i = 0; i < 7; i++) {
    const char *value = i < node->n_args ? pk_sql_to_number(self, node, &args[i], NULL) : defaults[i];
    list = pk_sql_format(self, "%s%s'%s': trunc(%s)", list, i ? ", " : "", names[i], value);
  }
  const char *f = pk_sql_format(self, "f%u_", id);
  const char *year = pk_sql_format(
    self, "(%s.y_ + CASE WHEN %s.y_ BETWEEN 0 AND 99 THEN 1900 ELSE 0 END + floor(%s.m_ / 12e0))", f, f, f);
  const char *day = pk_sql_format(self,
                                  "(make_date(CAST(%s AS BIGINT), CAST(%s.m_ - 12 * floor(%s.m_ / 12e0)"
                                  " AS BIGINT) + 1, 1) - DATE '1970-01-01') * 864e5",
                                  year, f, f);
  const char *sum =
    pk_sql_format(self, "%s.y_ + %s.m_ + %s.d_ + %s.h_ + %s.i_ + %s.s_ + %s.t_", f, f, f, f, f, f, f);
  const char *body = pk_sql_format(
    self,
    "CASE WHEN NOT isfinite(%s) OR abs(%s.y_) + abs(%s.m_) > 1e7 THEN " PK_SQL_NAN
    " ELSE %s + (%s.d_ - 1) * 864e5 + %s.h_ * 36e5 + %s.i_ * 6e4 + %s.s_ * 1e3 + %s.t_ END",
    sum, f, f, day, f, f, f, f, f);
  const char *ms = pk_sql_format(self, "list_transform([{%s}], lambda %s: %s)[1]", list, f, body);
  const char *x = pk_sql_name(self, ms, FALSE);
  return pk_sql_let(
    self, x, ms, pk_sql_format(self, "CASE WHEN abs(%s) <= 8.64e15 THEN %s ELSE " PK_SQL_NAN " END", x, x));
}

static gboolean
make_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  gboolean is_date = g_str_equal(node->name, "datetime"), may_nan = TRUE;
  if (is_date && node->n_args == 1) {
    const char *ms = time_of(self, node, args, &may_nan);
    *out = ms ? pk_sql_date(ms, FALSE, may_nan) : (PkSql){ 0 };
    return ms != NULL;
  }
  const char *ms = ms_of_fields(self, node, args);
  *out = is_date ? pk_sql_date(ms, FALSE, TRUE) : pk_sql_number(ms, TRUE);
  return TRUE;
}

/* A d3 time format as DuckDB's strftime has it, NULL if it has not. */
static const char *
strftime_of(PkSqlMaker *self, const char *d3)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = d3; *p; p++) {
    if (*p != '%') {
      g_string_append_c(out, *p);
      continue;
    }
    p++;
    if (*p && strchr("aAbBdfHIjmMpSuUwWyY%", *p))
      g_string_append_printf(out, "%%%c", *p);
    else if (*p == '-' && p[1] && strchr("dHImMS", p[1]))
      g_string_append_printf(out, "%%-%c", *++p);
    else
      return NULL;
  }
  return pk_sql_text_literal(self, out->str);
}

static gboolean
format_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  if (node->n_args != 2 || args[1].js != PK_JS_CONST || args[1].value.kind != PK_VALUE_TEXT ||
      pk_sql_is_text(&args[0]))
    return pk_expr_sql_refuse(self, node, "this time format");
  const char *format = strftime_of(self, args[1].value.text);
  gboolean may_nan;
  const char *ms = format ? time_of(self, node, &args[0], &may_nan) : NULL;
  if (!ms)
    return format ? FALSE : pk_expr_sql_refuse(self, node, "this time format");
  const char *x = pk_sql_name(self, ms, FALSE);
  /* Years beyond four digits are written otherwise. */
  const char *stamp = pk_sql_format(self, "make_timestamp(CAST(floor(%s) AS BIGINT) * 1000)", x);
  const char *body =
    pk_sql_format(self,
                  "CASE WHEN isnan(%s) THEN 'Invalid Date' WHEN year(%s) NOT BETWEEN 0 AND 9999"
                  " THEN error('a date before the year 0 or after 9999 in timeFormat()')"
                  " ELSE strftime(%s, %s) END",
                  x, stamp, stamp, format);
  const char *sql = pk_sql_let(self, x, ms, body);
  if (args[0].nullable)
    sql = pk_sql_format(self, "CASE WHEN %s IS NULL THEN 'null' ELSE %s END",
                        args[0].raw ? args[0].raw : args[0].sql, sql);
  *out = pk_sql_text(sql, FALSE);
  return TRUE;
}

/* monthFormat and its like: names by number, in turns. */
static gboolean
name_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, PkSql *out)
{
  gboolean is_month = node->name[0] == 'm', is_short = strstr(node->name, "Abbrev") != NULL;
  static const char *const months =
    "['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', "
    "'September', 'October', 'November', 'December']";
  static const char *const days =
    "['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']";
  gboolean counts = arg->js == PK_JS_NUMBER || (!is_month && arg->js == PK_JS_BOOL);
  if (!counts || (!is_month && arg->nullable)) { /* a null day is 0, a null month is none */
    if (counts || arg->nullable)
      return pk_expr_sql_refuse(self, node, "the name of a day that may be null");
    *out = pk_sql_constant(pk_value_text(""));
    return TRUE;
  }
  const char *value = arg->js == PK_JS_BOOL ? pk_sql_to_number(self, node, arg, NULL) : arg->sql;
  const char *x = pk_sql_name(self, value, arg->simple);
  const char *n = is_month ? "12" : "7";
  const char *name = pk_sql_format(self, "%s[CAST(%s - %s * floor(%s / %se0) AS BIGINT) + 1]",
                                   is_month ? months : days, x, n, x, n);
  const char *body =
    pk_sql_format(self,
                  "CASE WHEN isfinite(CAST(%s AS DOUBLE)) AND %s = trunc(%s) AND abs(%s) < 1e6"
                  " THEN %s%s%s ELSE '' END",
                  x, x, x, x, is_short ? "substr(" : "", name, is_short ? ", 1, 3)" : "");
  *out = pk_sql_text(pk_sql_let(self, x, value, body), FALSE);
  return TRUE;
}

gboolean
pk_sql_date_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out, gboolean *done)
{
  const char *name = g_str_has_prefix(node->name, "utc") && node->name[3] ? node->name + 3 : node->name;
  gboolean may_nan;
  *done = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (g_str_equal(name, parts[i].name))
      return part_call(self, node, &args[0], i, out);
  if (g_str_equal(name, "datetime") || g_str_equal(node->name, "utc"))
    return make_call(self, node, args, out);
  if (g_str_equal(node->name, "timeFormat") || g_str_equal(node->name, "utcFormat"))
    return format_call(self, node, args, out);
  if (g_str_has_suffix(name, "Format") && (name[0] == 'm' || name[0] == 'd'))
    return name_call(self, node, &args[0], out);
  if (g_str_equal(name, "time")) {
    const char *ms = time_of(self, node, &args[0], &may_nan);
    *out = ms ? pk_sql_number(ms, may_nan) : (PkSql){ 0 };
    return ms != NULL;
  }
  if (g_str_equal(name, "toDate") && (args[0].js == PK_JS_NUMBER || args[0].js == PK_JS_DATE)) {
    *out = args[0];
    return TRUE;
  }
  *done = FALSE;
  return TRUE;
}
