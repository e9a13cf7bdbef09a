/* JavaScript's conversions in SQL. */
#include "pk-expr-sql.h"

#include "pk-error.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

/* ECMA-262's WhiteSpace and LineTerminator. */
#define SPACES \
  "\t\n\v\f\r \xc2\xa0\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x81\xe2\x80\x82\xe2\x80\x83\xe2\x80\x84\xe2\x80\x85" \
  "\xe2\x80\x86\xe2\x80\x87\xe2\x80\x88\xe2\x80\x89\xe2\x80\x8a\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf" \
  "\xe2\x81\x9f\xe3\x80\x80\xef\xbb\xbf"

#define MAX_BYTES (4u << 20)

const char *
pk_sql_format(PkSqlMaker *self, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_ptr_array_add(self->texts, text);
  self->bytes += strlen(text);
  if (self->bytes > MAX_BYTES) { /* told once, at the end */
    text[0] = '\0';
    self->bytes = MAX_BYTES + 1;
  }
  return text;
}

gboolean
pk_expr_sql_refuse(PkSqlMaker *self, const PkNode *node, const char *what)
{
  return pk_fail(self->error, PK_ERROR_UNSUPPORTED, "expression column %u: %s has no equal in SQL",
                 node->column, what);
}

const char *
pk_sql_name(PkSqlMaker *self, const char *sql, gboolean simple)
{
  return simple ? sql : pk_sql_format(self, "v%u_", ++self->n_variables);
}

const char *
pk_sql_let(PkSqlMaker *self, const char *name, const char *sql, const char *body)
{
  if (name == sql)
    return body;
  return pk_sql_format(self, "list_transform([%s], lambda %s: %s)[1]", sql, name, body);
}

const char *
pk_sql_number_literal(PkSqlMaker *self, double d)
{
  if (isnan(d))
    return PK_SQL_NAN;
  if (isinf(d))
    return d > 0 ? "'Infinity'::DOUBLE" : "'-Infinity'::DOUBLE";
  /* With an exponent it is a DOUBLE, not a DECIMAL. */
  g_autofree char *digits = pk_number_to_js(fabs(d));
  return pk_sql_format(self, signbit(d) ? "(-%s%s)" : "%s%s", digits, strchr(digits, 'e') ? "" : "e0");
}

const char *
pk_sql_text_literal(PkSqlMaker *self, const char *text)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  pk_sql_append_literal(sql, text);
  return pk_sql_format(self, "%s", sql->str);
}

PkSql
pk_sql_constant(PkValue value)
{
  return (PkSql){ .js = PK_JS_CONST, .value = value, .simple = TRUE };
}

PkSql
pk_sql_number(const char *sql, gboolean may_nan)
{
  return (PkSql){ .js = PK_JS_NUMBER, .sql = sql, .is_double = TRUE, .may_nan = may_nan };
}

PkSql
pk_sql_text(const char *sql, gboolean nullable)
{
  return (PkSql){ .js = PK_JS_TEXT, .sql = sql, .nullable = nullable };
}

PkSql
pk_sql_bool(const char *sql)
{
  return (PkSql){ .js = PK_JS_BOOL, .sql = sql };
}

PkSql
pk_sql_date(const char *sql, gboolean nullable, gboolean may_nan)
{
  return (PkSql){ .js = PK_JS_DATE, .sql = sql, .nullable = nullable, .may_nan = may_nan };
}

gboolean
pk_sql_is_null(const PkSql *v)
{
  return v->js == PK_JS_CONST && v->value.kind == PK_VALUE_NULL;
}

gboolean
pk_sql_is_text(const PkSql *v)
{
  return v->js == PK_JS_TEXT || (v->js == PK_JS_CONST && v->value.kind == PK_VALUE_TEXT);
}

/* ECMA-262 §7.1.4.1.1 StringToNumber. */
static const char *
text_to_number(PkSqlMaker *self, const PkSql *v)
{
  const char *name = pk_sql_name(self, v->sql, FALSE);
  const char *trimmed = pk_sql_format(self, "trim(%s, '%s')", v->sql, SPACES);
  const char *body =
    pk_sql_format(self,
                  "CASE WHEN coalesce(%s, '') = '' THEN 0e0"
                  " WHEN regexp_full_match(%s, '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN "
                  "TRY_CAST(%s AS DOUBLE)"
                  " WHEN %s IN ('Infinity', '+Infinity') THEN 'Infinity'::DOUBLE WHEN %s = '-Infinity' THEN "
                  "'-Infinity'::DOUBLE"
                  " WHEN regexp_full_match(%s, '0[xXoObB][0-9a-fA-F]+')"
                  " THEN error('a text is a number that is not decimal: ' || %s) ELSE " PK_SQL_NAN " END",
                  name, name, name, name, name, name, name);
  return pk_sql_let(self, name, trimmed, body);
}

const char *
pk_sql_to_number(PkSqlMaker *self, const PkNode *node, const PkSql *v, gboolean *may_nan)
{
  gboolean nan = FALSE;
  const char *sql = NULL;
  switch (v->js) {
  case PK_JS_CONST: {
    double d = pk_value_to_number(&v->value);
    nan = isnan(d);
    sql = pk_sql_number_literal(self, d);
    break;
  }
  case PK_JS_BOOL:
    sql = pk_sql_format(self, v->nullable ? "CAST(coalesce(%s, false) AS DOUBLE)" : "CAST(%s AS DOUBLE)",
                        v->sql);
    break;
  case PK_JS_NUMBER:
  case PK_JS_DATE:
    nan = v->may_nan;
    sql = v->js == PK_JS_DATE || v->is_double ? v->sql : pk_sql_format(self, "CAST(%s AS DOUBLE)", v->sql);
    if (v->nullable)
      sql = pk_sql_format(self, "coalesce(%s, 0e0)", sql);
    break;
  case PK_JS_TEXT:
    nan = TRUE;
    sql = text_to_number(self, v);
    break;
  }
  if (may_nan)
    *may_nan = nan;
  return sql;
}

/* ECMA-262 §6.1.6.1.20 Number::toString from DuckDB's shortest digits ("1.5", "1e+21", "1.5e-07"). */
static const char *
number_to_text(PkSqlMaker *self, const char *sql)
{
  const char *x = pk_sql_name(self, sql, FALSE);
  /* The sign, digits without point, exponent. */
  const char *s = pk_sql_format(self, "CAST(%s AS VARCHAR)", x);
  const char *mantissa = pk_sql_format(self, "split_part(%s, 'e', 1)", s);
  const char *digits = pk_sql_format(self, "replace(ltrim(%s, '-'), '.', '')", mantissa);
  const char *exponent = pk_sql_format(self, "TRY_CAST(split_part(%s, 'e', 2) AS INTEGER)", s);
  const char *sign = pk_sql_format(self, "CASE WHEN %s < 0 THEN '-' ELSE '' END", x);
  const char *body = pk_sql_format(
    self,
    "CASE WHEN isnan(%s) THEN 'NaN' WHEN isinf(%s) THEN CASE WHEN %s > 0 THEN 'Infinity' ELSE '-Infinity' "
    "END"
    " WHEN %s = 0 THEN '0' WHEN NOT contains(%s, 'e') THEN regexp_replace(%s, '\\.0$', '')"
    " WHEN %s BETWEEN -6 AND -1 THEN (%s) || '0.' || repeat('0', -(%s) - 1) || %s"
    " WHEN %s BETWEEN 0 AND 20 THEN (%s) || rpad(%s, %s + 1, '0')"
    " ELSE regexp_replace(%s, '\\.0$', '') || 'e' || CASE WHEN %s < 0 THEN '-' ELSE '+' END || abs(%s) END",
    x, x, x, x, s, s, exponent, sign, exponent, digits, exponent, sign, digits, exponent, mantissa, exponent,
    exponent);
  return pk_sql_let(self, x, sql, body);
}

static const char *
date_to_text(PkSqlMaker *self, const PkSql *v)
{
  const char *name = pk_sql_name(self, v->sql, FALSE);
  const char *body =
    pk_sql_format(self,
                  "CASE WHEN %s IS NULL THEN 'null' WHEN isnan(%s) THEN 'Invalid Date'"
                  " WHEN %s NOT BETWEEN -62167219200000 AND 253402300799999"
                  " THEN error('a date before the year 0 or after 9999 as text') ELSE"
                  " strftime(make_timestamp(CAST(floor(%s) AS BIGINT) * 1000),"
                  " '%%a %%b %%d %%Y %%H:%%M:%%S GMT+0000 (Coordinated Universal Time)') END",
                  name, name, name, name);
  return pk_sql_let(self, name, v->sql, body);
}

/* Whole numbers and wide decimals are shown with all their digits. */
static gboolean
has_exact_text(const PkSql *v)
{
  return v->raw &&
         (pk_type_is_integer(v->type) || (v->type.kind == PK_TYPE_DECIMAL && v->type.precision > 15));
}

const char *
pk_sql_to_text(PkSqlMaker *self, const PkSql *v)
{
  const char *text;
  switch (v->js) {
  case PK_JS_CONST:
    return pk_sql_text_literal(self, pk_value_arena_string(self->run.arena, &v->value));
  case PK_JS_TEXT:
    return v->nullable ? pk_sql_format(self, "coalesce(%s, 'null')", v->sql) : v->sql;
  case PK_JS_BOOL:
    return pk_sql_format(self, v->nullable ? "coalesce(CAST(%s AS VARCHAR), 'null')" : "CAST(%s AS VARCHAR)",
                         v->sql);
  case PK_JS_DATE:
    return date_to_text(self, v);
  case PK_JS_NUMBER:
    break;
  }
  text = has_exact_text(v)
           ? pk_sql_format(self, "CAST(%s AS VARCHAR)", v->raw)
           : number_to_text(self, v->is_double ? v->sql : pk_sql_format(self, "CAST(%s AS DOUBLE)", v->sql));
  return v->nullable ? pk_sql_format(self, "coalesce(%s, 'null')", text) : text;
}

const char *
pk_sql_to_bool(PkSqlMaker *self, const PkSql *v, gboolean null_is_false)
{
  const char *sql = NULL;
  switch (v->js) {
  case PK_JS_CONST:
    return pk_value_to_bool(&v->value) ? "true" : "false";
  case PK_JS_BOOL:
    sql = v->sql;
    break;
  case PK_JS_NUMBER:
    if (v->may_nan) /* NaN = NaN in SQL */
      return pk_sql_format(self, "(nullif(nullif(%s, 0), 'NaN') IS NOT NULL)", v->sql);
    sql = pk_sql_format(self, "(%s <> 0)", v->sql);
    break;
  case PK_JS_DATE:
    return v->nullable ? pk_sql_format(self, "(%s IS NOT NULL)", v->sql) : "true";
  case PK_JS_TEXT:
    sql = pk_sql_format(self, "(%s <> '')", v->sql);
    break;
  }
  return v->nullable && !null_is_false ? pk_sql_format(self, "coalesce(%s, false)", sql) : sql;
}

const char *
pk_sql_to_int32(PkSqlMaker *self, const PkNode *node, const PkSql *v)
{
  if (v->js == PK_JS_CONST)
    return pk_sql_format(self, "(%d)::BIGINT", pk_value_to_int32(&v->value));
  const char *number = pk_sql_to_number(self, node, v, NULL);
  const char *x = pk_sql_name(self, number, FALSE);
  const char *body =
    pk_sql_format(self,
                  "CASE WHEN isfinite(%s) THEN ((CAST((trunc(%s) %% 4294967296e0) AS BIGINT)"
                  " + 6442450944) %% 4294967296) - 2147483648 ELSE 0 END",
                  x, x);
  return pk_sql_let(self, x, number, body);
}
