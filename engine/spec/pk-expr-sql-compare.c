/* JavaScript's comparisons in SQL: NULL is null, and NaN, which SQL takes for the greatest number, is
 * unordered. */
#include "pk-expr-sql.h"

#include <math.h>
#include <string.h>

/* A constant as a typed part, so that only null, arrays and objects stay CONST. */
static PkSql
typed(PkSqlMaker *self, const PkSql *v)
{
  if (v->js != PK_JS_CONST)
    return *v;
  PkSql out = *v;
  switch (v->value.kind) {
  case PK_VALUE_BOOL:
    out = pk_sql_bool(v->value.number != 0 ? "true" : "false");
    break;
  case PK_VALUE_NUMBER:
    out = pk_sql_number(pk_sql_number_literal(self, v->value.number), isnan(v->value.number));
    break;
  case PK_VALUE_DATE:
    out = pk_sql_date(pk_sql_number_literal(self, v->value.number), FALSE, isnan(v->value.number));
    break;
  case PK_VALUE_TEXT:
    out = pk_sql_text(pk_sql_text_literal(self, v->value.text), FALSE);
    break;
  default:
    break;
  }
  out.simple = TRUE;
  return out;
}

/* Both NULL, or neither and `equal`. */
static const char *
null_safe(PkSqlMaker *self, const PkSql *a, const PkSql *b, const char *equal)
{
  if (!a->nullable && !b->nullable)
    return equal;
  if (!a->nullable || !b->nullable)
    return pk_sql_format(self, "(%s IS NOT NULL AND %s)", a->nullable ? a->sql : b->sql, equal);
  return pk_sql_format(self, "CASE WHEN %s IS NULL OR %s IS NULL THEN %s IS NULL AND %s IS NULL ELSE %s END",
                       a->sql, b->sql, a->sql, b->sql, equal);
}

static const char *
equal_of_one_type(PkSqlMaker *self, const PkSql *a, const PkSql *b, gboolean same, gboolean null_is_false)
{
  gboolean guard = a->js == PK_JS_NUMBER && a->may_nan && b->may_nan;
  if (a->js == PK_JS_DATE)
    return same                         ? "true"
           : a->nullable && b->nullable ? pk_sql_format(self, "(%s IS NULL AND %s IS NULL)", a->sql, b->sql)
                                        : "false";
  gboolean plain = null_is_false ? !(a->nullable && b->nullable) : !a->nullable && !b->nullable;
  if (!guard)
    return pk_sql_format(self, plain ? "(%s = %s)" : "(%s IS NOT DISTINCT FROM %s)", a->sql, b->sql);
  /* nullif makes NaN NULL on one side, and NULL equals nothing. */
  const char *equal = pk_sql_format(self, "coalesce(nullif(%s, 'NaN') = %s, false)", a->sql, b->sql);
  return null_safe(self, a, b, equal);
}

/* Numbers compare as doubles, also a BIGINT with a BIGINT. A short whole number next to a column stays
 * as it is: no rounding to double can carry a value across it. */
static void
number_sides(PkSqlMaker *self, const PkSql *a, const PkSql *b, PkSql *x, PkSql *y)
{
  const PkSql *sides[2] = { a, b };
  PkSql *out[2] = { x, y };
  for (guint i = 0; i < 2; i++) {
    const PkSql *v = sides[i], *other = sides[1 - i];
    *out[i] = typed(self, v);
    gboolean whole = v->js == PK_JS_CONST && v->value.kind == PK_VALUE_NUMBER &&
                     fabs(v->value.number) < 9007199254740992.0 && v->value.number == trunc(v->value.number);
    if (whole && other->js == PK_JS_NUMBER && !other->is_double && pk_type_is_integer(other->type)) {
      out[i]->sql = pk_sql_format(self, "%.0f", v->value.number + 0.0);
    } else if (v->js == PK_JS_NUMBER && !v->is_double &&
               !(pk_type_is_integer(v->type) && other->js == PK_JS_CONST &&
                 other->value.kind == PK_VALUE_NUMBER && fabs(other->value.number) < 9007199254740992.0 &&
                 other->value.number == trunc(other->value.number))) {
      out[i]->sql = pk_sql_format(self, "CAST(%s AS DOUBLE)", v->sql);
    }
  }
}

static const char *
strict_equal(PkSqlMaker *self, const PkSql *a, const PkSql *b, gboolean same, gboolean null_is_false)
{
  PkSql x, y;
  number_sides(self, a, b, &x, &y);
  if (x.js == y.js)
    return equal_of_one_type(self, &x, &y, same, null_is_false);
  return x.nullable && y.nullable ? pk_sql_format(self, "(%s IS NULL AND %s IS NULL)", x.sql, y.sql)
                                  : "false";
}

static const char *
loose_equal(PkSqlMaker *self, const PkNode *node, const PkSql *a, const PkSql *b, gboolean same,
            gboolean null_is_false)
{
  PkSql x, y;
  number_sides(self, a, b, &x, &y);
  if (x.js == y.js)
    return equal_of_one_type(self, &x, &y, same, null_is_false);
  const char *equal = "false";
  if ((x.js == PK_JS_DATE && y.js == PK_JS_TEXT) || (x.js == PK_JS_TEXT && y.js == PK_JS_DATE)) {
    equal = pk_sql_format(self, "(%s = %s)", pk_sql_to_text(self, &x), pk_sql_to_text(self, &y));
  } else if (x.js != PK_JS_DATE && y.js != PK_JS_DATE) { /* a date's text is never a number */
    gboolean x_nan, y_nan;
    const char *p = pk_sql_to_number(self, node, a, &x_nan), *q = pk_sql_to_number(self, node, b, &y_nan);
    equal =
      pk_sql_format(self, x_nan && y_nan ? "coalesce(nullif(%s, 'NaN') = %s, false)" : "(%s = %s)", p, q);
  }
  return null_safe(self, &x, &y, equal);
}

/* Texts by UTF-16 units where that differs from their code points: beyond the first plane. */
static gboolean
orders_like_utf16(const PkSql *v)
{
  if (v->js != PK_JS_CONST)
    return FALSE;
  for (const char *p = v->value.text; *p; p = g_utf8_next_char(p))
    if (g_utf8_get_char(p) >= 0xd800)
      return FALSE;
  return TRUE;
}

static const char *
utf16_key(PkSqlMaker *self, const char *sql)
{
  return pk_sql_format(self, "regexp_replace(%s, '([\\x{e000}-\\x{ffff}])', chr(1114111) || '\\1', 'g')",
                       sql);
}

static const char *
op_text(PkOp op)
{
  return op == PK_OP_LT ? "<" : op == PK_OP_GT ? ">" : op == PK_OP_LE ? "<=" : ">=";
}

static const char *
order_numbers(PkSqlMaker *self, const PkNode *node, PkOp op, const PkSql *a, const PkSql *b,
              gboolean null_is_false)
{
  gboolean a_nan, b_nan;
  const char *x = pk_sql_to_number(self, node, a, &a_nan), *y = pk_sql_to_number(self, node, b, &b_nan);
  /* NaN is SQL's greatest: only on the greater side would it make the comparison true. */
  gboolean guard_a = a_nan && (op == PK_OP_GT || op == PK_OP_GE || b_nan);
  gboolean guard_b = b_nan && (op == PK_OP_LT || op == PK_OP_LE) ;
  if (guard_a && !(op == PK_OP_GT || op == PK_OP_GE))
    guard_a = FALSE; /* NaN <= NaN is caught by the guard of b */
  if (guard_a)
    x = pk_sql_format(self, "nullif(%s, 'NaN')", x);
  if (guard_b)
    y = pk_sql_format(self, "nullif(%s, 'NaN')", y);
  return pk_sql_format(self,
                       (guard_a || guard_b) && !null_is_false ? "coalesce(%s %s %s, false)" : "(%s %s %s)",
                       x, op_text(op), y);
}

/* A column against a number: as short as people write it, so that the source can skip blocks of rows. */
static const char *
order_column(PkSqlMaker *self, PkOp op, const PkSql *a, const PkSql *b, gboolean null_is_false)
{
  const PkSql *column = a->js == PK_JS_CONST ? b : a, *constant = a->js == PK_JS_CONST ? a : b;
  if (!column->raw || column->js != PK_JS_NUMBER || constant->js != PK_JS_CONST ||
      constant->value.kind != PK_VALUE_NUMBER || isnan(constant->value.number))
    return NULL;
  PkSql x, y;
  double c = constant->value.number;
  number_sides(self, a, b, &x, &y);
  gboolean greater = op == PK_OP_GT || op == PK_OP_GE, inclusive = op == PK_OP_LE || op == PK_OP_GE;
  gboolean upwards = greater == (column == a); /* column > c */
  gboolean null_holds = (inclusive && c == 0) || (upwards ? 0 > c : 0 < c);
  const char *sql = pk_sql_format(self, "(%s %s %s)", x.sql, op_text(op), y.sql);
  if (column->may_nan && upwards)
    sql = pk_sql_format(self, "(%s AND NOT isnan(%s))", sql, column->sql);
  if (column->nullable && null_holds)
    return pk_sql_format(self, "coalesce(%s, true)", sql);
  return column->nullable && !null_is_false ? pk_sql_format(self, "coalesce(%s, false)", sql) : sql;
}

static const char *
order(PkSqlMaker *self, const PkNode *node, PkOp op, const PkSql *a, const PkSql *b, gboolean null_is_false)
{
  if (!pk_sql_is_text(a) || !pk_sql_is_text(b)) {
    const char *sql = order_column(self, op, a, b, null_is_false);
    return sql ? sql : order_numbers(self, node, op, a, b, null_is_false);
  }
  PkSql x = typed(self, a), y = typed(self, b);
  gboolean plain = orders_like_utf16(a) || orders_like_utf16(b);
  const char *texts = pk_sql_format(self, "(%s %s %s)", plain ? x.sql : utf16_key(self, x.sql), op_text(op),
                                    plain ? y.sql : utf16_key(self, y.sql));
  if (!x.nullable && !y.nullable)
    return texts;
  return pk_sql_format(self, "CASE WHEN %s%s%s%s%s THEN %s ELSE %s END", x.nullable ? x.sql : "",
                       x.nullable ? " IS NULL" : "", x.nullable && y.nullable ? " OR " : "",
                       y.nullable ? y.sql : "", y.nullable ? " IS NULL" : "",
                       order_numbers(self, node, op, a, b, FALSE), texts);
}

const char *
pk_sql_compare(PkSqlMaker *self, const PkNode *node, PkOp op, const PkSql *a, const PkSql *b, gboolean same,
               gboolean null_is_false)
{
  gboolean negated = op == PK_OP_NE || op == PK_OP_SNE, strict = op == PK_OP_SEQ || op == PK_OP_SNE;
  gboolean is_equality = negated || op == PK_OP_EQ || op == PK_OP_SEQ;
  for (guint i = 0; i < 2; i++) {
    const PkSql *v = i ? b : a;
    if (v->js == PK_JS_CONST && v->value.kind >= PK_VALUE_ARRAY) {
      pk_expr_sql_refuse(self, node, "comparing with an array or object");
      return NULL;
    }
  }
  if (!is_equality)
    return order(self, node, op, a, b, null_is_false);
  if (pk_sql_is_null(a) || pk_sql_is_null(b)) {
    const PkSql *constant = pk_sql_is_null(a) ? a : b, *other = pk_sql_is_null(a) ? b : a;
    gboolean never = (strict && pk_value_is_undefined(&constant->value)) || !other->nullable;
    return never ? (negated ? "true" : "false")
                 : pk_sql_format(self, negated ? "(%s IS NOT NULL)" : "(%s IS NULL)",
                                 other->raw ? other->raw : other->sql);
  }
  null_is_false = null_is_false && !negated;
  const char *equal = strict ? strict_equal(self, a, b, same, null_is_false)
                             : loose_equal(self, node, a, b, same, null_is_false);
  return negated ? pk_sql_format(self, "(NOT %s)", equal) : equal;
}

/* The other branch's type for a constant branch; FALSE if the two differ. */
static gboolean
unify(PkSqlMaker *self, PkSql *a, PkSql *b)
{
  PkSql *sides[2] = { a, b };
  for (guint i = 0; i < 2; i++)
    if (pk_sql_is_null(sides[i]) && pk_value_is_undefined(&sides[i]->value))
      return FALSE;
  *a = typed(self, a);
  *b = typed(self, b);
  for (guint i = 0; i < 2; i++) {
    if (pk_sql_is_null(sides[i]) && !pk_sql_is_null(sides[1 - i])) {
      PkJsType js = sides[1 - i]->js;
      const char *sql = js == PK_JS_TEXT   ? "NULL::VARCHAR"
                        : js == PK_JS_BOOL ? "NULL::BOOLEAN"
                                           : "NULL::DOUBLE";
      *sides[i] = (PkSql){ .js = js, .sql = sql, .nullable = TRUE, .is_double = TRUE, .simple = TRUE };
    }
  }
  return a->js == b->js && a->js != PK_JS_CONST;
}

gboolean
pk_sql_choose(PkSqlMaker *self, const PkNode *node, const char *condition, const PkSql *a, const PkSql *b,
              PkSql *out)
{
  PkSql x = *a, y = *b;
  if (pk_sql_is_null(a) && pk_sql_is_null(b) &&
      pk_value_is_undefined(&a->value) == pk_value_is_undefined(&b->value)) {
    *out = *a;
    return TRUE;
  }
  if (!unify(self, &x, &y))
    return pk_expr_sql_refuse(self, node, "a choice between values of different types");
  *out = (PkSql){ .js = x.js, .nullable = x.nullable || y.nullable, .may_nan = x.may_nan || y.may_nan,
                  .is_double = TRUE };
  if (x.js == PK_JS_NUMBER && !x.is_double)
    x.sql = pk_sql_format(self, "CAST(%s AS DOUBLE)", x.sql);
  if (y.js == PK_JS_NUMBER && !y.is_double)
    y.sql = pk_sql_format(self, "CAST(%s AS DOUBLE)", y.sql);
  out->sql = pk_sql_format(self, "CASE WHEN %s THEN %s ELSE %s END", condition, x.sql, y.sql);
  return TRUE;
}
