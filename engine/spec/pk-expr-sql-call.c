/* Calls of functions in SQL: numbers, kinds, choices. */
#include "pk-expr-sql.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

#define MAX_ARGS 16

typedef struct {
  const char *name;
  const char *sql; /* $ is the argument, a DOUBLE */
  gboolean may_nan;
} NumberRule;

/* DuckDB fails where JavaScript gives NaN or -Infinity. JavaScript rounds halves up. */
static const NumberRule number_rules[] = {
  { "abs", "abs($)", FALSE },
  { "ceil", "ceil($)", FALSE },
  { "floor", "floor($)", FALSE },
  { "round", "CASE WHEN $ - floor($) >= 0.5e0 THEN ceil($) ELSE floor($) END", FALSE },
  { "sqrt", "CASE WHEN $ < 0 THEN 'NaN'::DOUBLE ELSE sqrt($) END", TRUE },
  { "log", "CASE WHEN $ < 0 THEN 'NaN'::DOUBLE WHEN $ = 0 THEN '-Infinity'::DOUBLE ELSE ln($) END", TRUE },
  { "exp", "exp($)", FALSE },
  { "sin", "CASE WHEN isinf($) THEN 'NaN'::DOUBLE ELSE sin($) END", TRUE },
  { "cos", "CASE WHEN isinf($) THEN 'NaN'::DOUBLE ELSE cos($) END", TRUE },
  { "tan", "CASE WHEN isinf($) THEN 'NaN'::DOUBLE ELSE tan($) END", TRUE },
  { "asin", "CASE WHEN abs($) > 1 THEN 'NaN'::DOUBLE ELSE asin($) END", TRUE },
  { "acos", "CASE WHEN abs($) > 1 THEN 'NaN'::DOUBLE ELSE acos($) END", TRUE },
  { "atan", "atan($)", FALSE },
};

static gboolean
number_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, PkSql *out)
{
  for (guint i = 0; i < G_N_ELEMENTS(number_rules); i++) {
    const NumberRule *rule = &number_rules[i];
    gboolean nan;
    if (!g_str_equal(rule->name, node->name))
      continue;
    const char *x = pk_sql_to_number(self, node, arg, &nan);
    const char *name = pk_sql_name(self, x, strchr(rule->sql, '$') == strrchr(rule->sql, '$'));
    g_auto(GStrv) parts = g_strsplit(rule->sql, "$", -1);
    g_autofree char *body = g_strjoinv(name, parts);
    *out = pk_sql_number(pk_sql_let(self, name, x, pk_sql_format(self, "%s", body)), nan || rule->may_nan);
    return TRUE;
  }
  return FALSE;
}

/* The greatest or least of some numbers; NaN if any is. SQL's greatest() has that already. */
static gboolean
extreme(PkSqlMaker *self, const PkNode *node, gboolean most, const PkSql *args, guint n, PkSql *out)
{
  gboolean any_nan = FALSE, nan;
  const char *list = "";
  for (guint i = 0; i < n; i++) {
    const char *x = pk_sql_to_number(self, node, &args[i], &nan);
    any_nan = any_nan || nan;
    list = pk_sql_format(self, "%s%s%s", list, i ? ", " : "", x);
  }
  if (most || !any_nan || n == 1) {
    *out = pk_sql_number(pk_sql_format(self, "%s(%s)", most ? "greatest" : "least", list), any_nan);
    return TRUE;
  }
  const char *items = pk_sql_format(self, "[%s]", list), *name = pk_sql_name(self, items, FALSE);
  const char *body = pk_sql_format(
    self, "CASE WHEN isnan(list_max(%s)) THEN " PK_SQL_NAN " ELSE list_min(%s) END", name, name);
  *out = pk_sql_number(pk_sql_let(self, name, items, body), TRUE);
  return TRUE;
}

static gboolean
kind_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, PkSql *out)
{
  static const struct {
    const char *name;
    PkJsType js;
  } kinds[] = { { "isNumber", PK_JS_NUMBER }, { "isString", PK_JS_TEXT }, { "isBoolean", PK_JS_BOOL },
                { "isDate", PK_JS_DATE }, { "isObject", PK_JS_DATE } };
  const char *present =
    arg->nullable ? pk_sql_format(self, "(%s IS NOT NULL)", arg->raw ? arg->raw : arg->sql) : "true";
  const char *name = node->name;
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (g_str_equal(name, kinds[i].name)) {
      *out = pk_sql_bool(arg->js == kinds[i].js ? present : "false");
      return TRUE;
    }
  }
  if (g_str_equal(name, "isDefined") || g_str_equal(name, "isArray") || g_str_equal(name, "isRegExp"))
    *out = pk_sql_bool(name[2] == 'D' ? "true" : "false");
  else if (g_str_equal(name, "isValid"))
    *out = pk_sql_bool(arg->js == PK_JS_NUMBER && arg->may_nan
                         ? pk_sql_format(self, "(nullif(%s, 'NaN') IS NOT NULL)", arg->sql) : present);
  else if (g_str_equal(name, "isNaN"))
    *out = pk_sql_bool(arg->js == PK_JS_NUMBER && arg->may_nan
                         ? pk_sql_format(self, "coalesce(isnan(%s), false)", arg->sql) : "false");
  else if (g_str_equal(name, "isFinite"))
    *out = pk_sql_bool(arg->js == PK_JS_NUMBER
                         ? pk_sql_format(self, "coalesce(isfinite(CAST(%s AS DOUBLE)), false)", arg->sql)
                         : "false");
  else
    return FALSE;
  return TRUE;
}

/* toNumber, toString, toBoolean: null and "" stay null. */
static gboolean
cast_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, PkSql *out)
{
  gboolean is_text = arg->js == PK_JS_TEXT, nan;
  const char *name = pk_sql_name(self, arg->sql, arg->simple || (!arg->nullable && !is_text));
  PkSql v = *arg;
  v.sql = name;
  const char *empty = is_text ? pk_sql_format(self, "coalesce(%s, '') = ''", name)
                              : pk_sql_format(self, "%s IS NULL", name);
  gboolean maybe_empty = is_text || arg->nullable;
  const char *sql;
  v.nullable = FALSE;
  if (g_str_equal(node->name, "toNumber")) {
    sql = pk_sql_to_number(self, node, &v, &nan);
    *out = pk_sql_number(NULL, nan);
  } else if (g_str_equal(node->name, "toString")) {
    sql = pk_sql_to_text(self, &v);
    *out = pk_sql_text(NULL, FALSE);
  } else if (g_str_equal(node->name, "toBoolean")) {
    sql =
      is_text ? pk_sql_format(self, "(%s NOT IN ('false', '0'))", name) : pk_sql_to_bool(self, &v, FALSE);
    *out = pk_sql_bool(NULL);
  } else {
    return FALSE;
  }
  out->nullable = maybe_empty;
  if (maybe_empty)
    sql = pk_sql_format(self, "CASE WHEN %s THEN NULL ELSE %s END", empty, sql);
  out->sql = pk_sql_let(self, name, arg->sql, sql);
  return TRUE;
}

/* An item of an array that is an argument: constant, or written out. */
static gboolean
item_of(PkSqlMaker *self, const PkNode *node, const PkSql *arg, guint i, PkSql *out)
{
  if (arg->js == PK_JS_CONST) {
    *out = pk_sql_constant(*(PkValue *)arg->value.items->pdata[i]);
    return TRUE;
  }
  return pk_sql_node(self, node->args[i], out);
}

/* An array of the call: a constant one, or the node of a literal. *n: its length. */
static gboolean
array_of(PkSqlMaker *self, const PkNode *node, PkSql *arg, guint *n)
{
  if (pk_node_is_constant(node)) {
    if (!pk_sql_node(self, node, arg) || arg->value.kind != PK_VALUE_ARRAY)
      return FALSE;
    *n = arg->value.items->len;
    return TRUE;
  }
  arg->js = PK_JS_TEXT; /* anything but CONST */
  *n = node->n_args;
  return node->kind == PK_NODE_ARRAY;
}

/* indexof([a, b, …], x) */
static gboolean
place_in_array(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql array, value, item;
  guint n;
  if (node->n_args != 2 || !array_of(self, node->args[0], &array, &n))
    return pk_expr_sql_refuse(self, node, "indexof() of this");
  if (!pk_sql_node(self, node->args[1], &value))
    return FALSE;
  const char *whole = value.sql;
  const char *name = value.js == PK_JS_CONST ? NULL : pk_sql_name(self, whole, value.simple);
  value.sql = name;
  const char *sql = "CASE";
  for (guint i = 0; i < n; i++) {
    if (!item_of(self, node->args[0], &array, i, &item))
      return FALSE;
    const char *equal = NULL;
    if (item.js == PK_JS_CONST && value.js == PK_JS_CONST) {
      PkValue same = pk_value_binary(self->run.arena, PK_OP_SEQ, NULL, NULL, &item.value, &value.value);
      equal = same.number != 0 ? "true" : "false";
    } else {
      equal = pk_sql_compare(self, node, PK_OP_SEQ, &item, &value, FALSE, TRUE);
    }
    if (!equal)
      return FALSE;
    sql = pk_sql_format(self, "%s WHEN %s THEN %u", sql, equal, i);
  }
  sql = n ? pk_sql_format(self, "CAST(%s ELSE -1 END AS DOUBLE)", sql) : "-1e0";
  *out = pk_sql_number(name ? pk_sql_let(self, name, whole, sql) : sql, FALSE);
  return TRUE;
}

static gboolean
in_range(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql array, value, ends[2];
  guint n;
  gboolean closed[2] = { TRUE, TRUE };
  if (!array_of(self, node->args[1], &array, &n) || n == 0)
    return pk_expr_sql_refuse(self, node, "inrange() of this range");
  for (guint i = 2; i < node->n_args; i++) {
    PkSql flag;
    if (!pk_node_is_constant(node->args[i]) || !pk_sql_node(self, node->args[i], &flag))
      return pk_expr_sql_refuse(self, node, "inrange() with an end that varies");
    closed[i - 2] = pk_value_is_undefined(&flag.value) || pk_value_to_bool(&flag.value);
  }
  if (!pk_sql_node(self, node->args[0], &value) || !item_of(self, node->args[1], &array, 0, &ends[0]) ||
      !item_of(self, node->args[1], &array, n - 1, &ends[1]))
    return FALSE;
  if (ends[0].js != PK_JS_CONST || ends[1].js != PK_JS_CONST)
    return pk_expr_sql_refuse(self, node, "inrange() with a range that varies");
  PkValue swapped = pk_value_binary(self->run.arena, PK_OP_GT, NULL, NULL, &ends[0].value, &ends[1].value);
  guint low = swapped.number != 0 ? 1 : 0;
  const char *whole = value.sql, *name = pk_sql_name(self, whole, value.simple);
  value.sql = name;
  const char *above =
    pk_sql_compare(self, node, closed[0] ? PK_OP_LE : PK_OP_LT, &ends[low], &value, FALSE, FALSE);
  const char *below =
    pk_sql_compare(self, node, closed[1] ? PK_OP_LE : PK_OP_LT, &value, &ends[1 - low], FALSE, FALSE);
  if (!above || !below)
    return FALSE;
  *out = pk_sql_bool(pk_sql_let(self, name, whole, pk_sql_format(self, "(%s AND %s)", above, below)));
  return TRUE;
}

static gboolean
two_numbers(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  const char *x = pk_sql_to_number(self, node, &args[0], NULL),
             *y = pk_sql_to_number(self, node, &args[1], NULL);
  if (g_str_equal(node->name, "atan2")) {
    *out = pk_sql_number(pk_sql_format(self, "atan2(%s, %s)", x, y), TRUE);
    return TRUE;
  }
  if (!g_str_equal(node->name, "pow"))
    return FALSE;
  /* Unlike C, 1 to the power of infinity or NaN is NaN. */
  const char *a = pk_sql_name(self, x, FALSE), *b = pk_sql_name(self, y, FALSE);
  const char *body = pk_sql_format(
    self, "CASE WHEN isnan(%s) OR (abs(%s) = 1 AND isinf(%s)) THEN " PK_SQL_NAN " ELSE pow(%s, %s) END", b,
    a, b, a, b);
  *out = pk_sql_number(pk_sql_let(self, a, x, pk_sql_let(self, b, y, body)), TRUE);
  return TRUE;
}

static gboolean
other_call(PkSqlMaker *self, const PkNode *node, PkSql *args, PkSql *out)
{
  gboolean done = FALSE;
  if (args[0].js != PK_JS_CONST && (number_call(self, node, args, out) || kind_call(self, node, args, out) ||
                                    cast_call(self, node, args, out)))
    return TRUE;
  if (node->n_args == 2 && two_numbers(self, node, args, out))
    return TRUE;
  if (node->n_args > 0 && (g_str_equal(node->name, "max") || g_str_equal(node->name, "min")))
    return extreme(self, node, node->name[1] == 'a', args, node->n_args, out);
  if (g_str_equal(node->name, "clamp")) {
    PkSql least[2] = { args[2], args[0] }, most[2] = { args[1], { 0 } };
    return extreme(self, node, FALSE, least, 2, &most[1]) && extreme(self, node, TRUE, most, 2, out);
  }
  if (!pk_sql_date_call(self, node, args, out, &done))
    return FALSE;
  if (!done && !pk_sql_text_call(self, node, args, out, &done))
    return FALSE;
  if (done)
    return TRUE;
  g_autofree char *what = g_strdup_printf("%s() of what varies by row", node->name);
  return pk_expr_sql_refuse(self, node, what);
}

gboolean
pk_sql_call(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql args[MAX_ARGS] = { { 0 } };
  if (g_str_equal(node->name, "if")) {
    const char *condition = pk_sql_condition(self, node->args[0], TRUE);
    return condition && pk_sql_node(self, node->args[1], &args[0]) &&
           pk_sql_node(self, node->args[2], &args[1]) &&
           pk_sql_choose(self, node, condition, &args[0], &args[1], out);
  }
  if (g_str_equal(node->name, "inrange"))
    return in_range(self, node, out);
  gboolean is_array = node->n_args > 0 && node->args[0]->kind == PK_NODE_ARRAY;
  if (g_str_equal(node->name, "indexof") && node->n_args == 2 && pk_node_is_constant(node->args[0])) {
    if (!pk_sql_node(self, node->args[0], &args[0]))
      return FALSE;
    is_array = args[0].value.kind == PK_VALUE_ARRAY;
  }
  if (g_str_equal(node->name, "indexof") && is_array)
    return place_in_array(self, node, out);
  if (node->n_args > MAX_ARGS)
    return pk_expr_sql_refuse(self, node, "a call with so many arguments");
  for (guint i = 0; i < node->n_args; i++)
    if (!pk_sql_node(self, node->args[i], &args[i]))
      return FALSE;
  return other_call(self, node, args, out);
}
