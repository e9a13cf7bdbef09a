/* Text functions in SQL. SQL counts characters where JavaScript counts UTF-16 units: texts with
 * characters beyond the first plane stop the query where the two could differ. */
#include "pk-expr-sql.h"

#include "pk-error.h"
#include "pk-regex.h"

#include <math.h>
#include <string.h>

#define SPACES_CLASS                                                                                        \
  "[\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"   \
  "\\x{feff}]"

/* An argument that is a constant whole number. */
static gboolean
whole(const PkNode *node, const PkSql *args, guint i, double *out)
{
  if (i >= node->n_args)
    return TRUE;
  if (args[i].js != PK_JS_CONST || pk_value_is_undefined(&args[i].value))
    return FALSE;
  double d = pk_value_to_number(&args[i].value);
  *out = isnan(d) ? 0 : CLAMP(trunc(d), -1e9, 1e9);
  return TRUE;
}

static const char *
constant_text(PkSqlMaker *self, const PkNode *node, const PkSql *args, guint i)
{
  if (i >= node->n_args || args[i].js != PK_JS_CONST)
    return NULL;
  return pk_value_arena_string(self->run.arena, &args[i].value);
}

/* The body over a text whose characters are all of the first plane; name stands for text. */
static const char *
guarded(PkSqlMaker *self, const PkNode *node, const char *name, const char *text, const char *body)
{
  const char *sql =
    pk_sql_format(self,
                  "CASE WHEN regexp_matches(%s, '[\\x{10000}-\\x{10ffff}]') THEN"
                  " error('%s() of a text with characters beyond U+FFFF: ' || %s) ELSE %s END",
                  name, node->name, name, body);
  return pk_sql_let(self, name, text, sql);
}

static gboolean
length_call(PkSqlMaker *self, const PkSql *arg, PkSql *out)
{
  const char *x = pk_sql_name(self, arg->sql, arg->simple);
  const char *sql =
    pk_sql_format(self,
                  "CAST(length(%s) + length(regexp_replace(%s, '[^\\x{10000}-\\x{10ffff}]', '', 'g'))"
                  " AS DOUBLE)",
                  x, x);
  sql = pk_sql_let(self, x, arg->sql, sql);
  *out = pk_sql_number(arg->nullable ? pk_sql_format(self, "coalesce(%s, " PK_SQL_NAN ")", sql) : sql,
                       arg->nullable);
  return TRUE;
}

/* Letters whose other case is more than one letter are beyond SQL's upper() and lower(). */
static gboolean
case_call(PkSqlMaker *self, const PkNode *node, const PkSql *arg, PkSql *out)
{
  gboolean upper = node->name[0] == 'u';
  const char *text = pk_sql_to_text(self, arg), *x = pk_sql_name(self, text, FALSE);
  const char *body = pk_sql_format(
    self,
    upper
      ? "CASE WHEN regexp_matches(%s, "
        "'[\\x{149}\\x{1f0}\\x{390}\\x{3b0}\\x{587}\\x{1e96}-\\x{1e9a}\\x{1f50}-"
        "\\x{1fff}\\x{fb00}-\\x{fb17}]') THEN error('upper() of a letter that becomes several: ' || %s)"
        " ELSE upper(replace(%s, '\xc3\x9f', 'SS')) END"
      : "CASE WHEN contains(%s, '\xc4\xb0') THEN error('lower() of a letter that becomes several: ' || %s)"
        " ELSE lower(%s) END",
    x, x, x);
  *out = pk_sql_text(pk_sql_let(self, x, text, body), FALSE);
  return TRUE;
}

/* slice(text, from, to) with constant ends, of a text column. */
static gboolean
slice_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  double from = 0, to = INFINITY;
  if (args[0].js != PK_JS_TEXT || !whole(node, args, 1, &from) || !whole(node, args, 2, &to))
    return pk_expr_sql_refuse(self, node, "slice() of this");
  const char *x = pk_sql_name(self, args[0].sql, args[0].simple);
  const char *start = from >= 0 ? pk_sql_format(self, "%.0f", from)
                                : pk_sql_format(self, "greatest(length(%s) - %.0f, 0)", x, -from);
  const char *end = isinf(to) ? pk_sql_format(self, "length(%s)", x)
                    : to >= 0 ? pk_sql_format(self, "least(length(%s), %.0f)", x, to)
                              : pk_sql_format(self, "greatest(length(%s) - %.0f, 0)", x, -to);
  const char *body = pk_sql_format(self, "substr(%s, %s + 1, greatest(%s - %s, 0))", x, start, end, start);
  *out = pk_sql_text(guarded(self, node, x, args[0].sql, body), args[0].nullable);
  return TRUE;
}

static gboolean
substring_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  double from = 0, to = 2e9;
  if (!whole(node, args, 1, &from) || !whole(node, args, 2, &to))
    return pk_expr_sql_refuse(self, node, "substring() with ends that vary");
  from = fmax(from, 0);
  to = fmax(to, 0);
  double low = fmin(from, to), high = fmax(from, to);
  const char *text = pk_sql_to_text(self, &args[0]), *x = pk_sql_name(self, text, FALSE);
  *out = pk_sql_text(
    guarded(self, node, x, text, pk_sql_format(self, "substr(%s, %.0f, %.0f)", x, low + 1, high - low)),
    FALSE);
  return TRUE;
}

static gboolean
pad_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  double n = 0;
  const char *fill = node->n_args > 2 ? constant_text(self, node, args, 2) : " ";
  const char *align = node->n_args > 3 ? constant_text(self, node, args, 3) : "";
  if (fill && !fill[0])
    fill = " ";
  gboolean ok = whole(node, args, 1, &n) && n < 10000 && fill && align && g_utf8_strlen(fill, -1) == 1 &&
                g_utf8_get_char(fill) < 0x10000 && !g_str_equal(align, "center");
  if (!ok)
    return pk_expr_sql_refuse(self, node, "this pad()");
  const char *text = pk_sql_to_text(self, &args[0]), *x = pk_sql_name(self, text, FALSE);
  const char *body = pk_sql_format(self, "%s(%s, greatest(length(%s), %.0f)::INTEGER, %s)",
                                   g_str_equal(align, "left") ? "lpad" : "rpad", x, x, fmax(n, 0),
                                   pk_sql_text_literal(self, fill));
  *out = pk_sql_text(guarded(self, node, x, text, body), FALSE);
  return TRUE;
}

static gboolean
truncate_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  double n = 0;
  if (node->n_args != 2 || !whole(node, args, 1, &n) || n < 0)
    return pk_expr_sql_refuse(self, node, "this truncate()");
  const char *text = pk_sql_to_text(self, &args[0]), *x = pk_sql_name(self, text, FALSE);
  const char *body = pk_sql_format(
    self, "CASE WHEN length(%s) <= %.0f THEN %s ELSE substr(%s, 1, %.0f) || '\xe2\x80\xa6' END", x, n, x, x,
    fmax(n - 1, 0));
  *out = pk_sql_text(guarded(self, node, x, text, body), FALSE);
  return TRUE;
}

/* The regular expression of a constant argument as RE2 reads it; NULL if it does not, or with an error. */
static const char *
pattern_of(PkSqlMaker *self, const PkNode *node, const PkSql *arg, gboolean *is_global)
{
  PkRegex regex;
  if (arg->js != PK_JS_CONST) {
    pk_expr_sql_refuse(self, node, "a regular expression that varies");
    return NULL;
  }
  gboolean ok =
    pk_value_is_regex(&arg->value)
      ? pk_regex_translate_literal(arg->value.text, &regex, self->error)
      : pk_regex_translate(pk_value_arena_string(self->run.arena, &arg->value), "", &regex, self->error);
  if (!ok)
    return NULL;
  const char *sql = regex.is_linear ? pk_sql_text_literal(self, regex.pattern) : NULL;
  *is_global = regex.is_global;
  pk_regex_clear(&regex);
  if (!sql)
    pk_expr_sql_refuse(self, node, "a regular expression with look-around or back-references");
  return sql;
}

static gboolean
test_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  gboolean is_global;
  const char *pattern = pattern_of(self, node, &args[0], &is_global);
  if (!pattern)
    return FALSE;
  *out = pk_sql_bool(pk_sql_format(self, "regexp_matches(%s, %s)", pk_sql_to_text(self, &args[1]), pattern));
  return TRUE;
}

/* A replacement text in RE2's notation, NULL if it has none. */
static char *
rewrite_of(const char *text, gboolean is_regex)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = text; *p; p++) {
    if (*p == '\\') {
      g_string_append(out, "\\\\");
    } else if (p[0] == '$' && p[1] == '$') {
      g_string_append_c(out, *p++);
    } else if (p[0] == '$' && p[1] == '&') {
      g_string_append(out, "\\0");
      p++;
    } else if (p[0] == '$' &&
               (p[1] == '`' || p[1] == '\'' || p[1] == '<' || (is_regex && g_ascii_isdigit(p[1])))) {
      return NULL;
    } else {
      g_string_append_c(out, *p);
    }
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Whether a pattern can match nothing: engines differ in where they go on then. */
static gboolean
matches_empty(const char *literal)
{
  g_autofree char *pattern = g_strndup(literal + 1, strlen(literal) - 2);
  for (char *p = pattern; *p; p++) /* the SQL literal's doubled quotes */
    if (p[0] == '\'' && p[1] == '\'')
      memmove(p, p + 1, strlen(p));
  return g_regex_match_simple(pattern, "", 0, 0);
}

static gboolean
replace_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  gboolean is_global = FALSE, is_regex = args[1].js == PK_JS_CONST && pk_value_is_regex(&args[1].value);
  const char *with = constant_text(self, node, args, 2), *pattern = NULL;
  g_autofree char *rewrite = with ? rewrite_of(with, is_regex) : NULL;
  if (!rewrite || args[1].js != PK_JS_CONST)
    return pk_expr_sql_refuse(self, node, "this replace()");
  if (is_regex) {
    pattern = pattern_of(self, node, &args[1], &is_global);
  } else {
    g_autoptr(GString) quoted = g_string_new(NULL);
    for (const char *p = constant_text(self, node, args, 1); *p; p = g_utf8_next_char(p))
      g_string_append_printf(quoted, "\\x{%x}", g_utf8_get_char(p));
    pattern = pk_sql_text_literal(self, quoted->str);
  }
  if (!pattern)
    return FALSE;
  if (matches_empty(pattern))
    return pk_expr_sql_refuse(self, node, "replacing a pattern that can be empty");
  *out = pk_sql_text(pk_sql_format(self, "regexp_replace(%s, %s, %s%s)", pk_sql_to_text(self, &args[0]),
                                   pattern, pk_sql_text_literal(self, rewrite), is_global ? ", 'g'" : ""),
                     FALSE);
  return TRUE;
}

/* The place of a constant text in a text column. */
static gboolean
indexof_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  const char *part = constant_text(self, node, args, 1);
  if (node->n_args != 2 || !part || args[0].js != PK_JS_TEXT)
    return pk_expr_sql_refuse(self, node, "indexof() of this");
  const char *x = pk_sql_name(self, args[0].sql, args[0].simple);
  const char *literal = pk_sql_text_literal(self, part);
  const char *body = part[0] ? pk_sql_format(self, "CAST(strpos(%s, %s) - 1 AS DOUBLE)", x, literal)
                             : pk_sql_format(self, "CASE WHEN %s IS NOT NULL THEN 0e0 END", x);
  const char *sql = guarded(self, node, x, args[0].sql, body);
  *out = pk_sql_number(args[0].nullable ? pk_sql_format(self, "coalesce(%s, " PK_SQL_NAN ")", sql) : sql,
                       args[0].nullable);
  return TRUE;
}

static gboolean
parse_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out)
{
  double radix = 0;
  gboolean is_float = node->name[5] == 'F';
  if (!is_float && (!whole(node, args, 1, &radix) || (radix != 10 && radix != 0)))
    return pk_expr_sql_refuse(self, node, "parseInt() with this radix");
  const char *text = pk_sql_to_text(self, &args[0]);
  const char *number =
    is_float ? "[+-]?(?:Infinity|(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?)" : "[+-]?[0-9]+";
  if (!is_float && radix == 0) { /* then "0x…" is hexadecimal */
    const char *x = pk_sql_name(self, text, FALSE);
    text = pk_sql_let(self, x, text,
                      pk_sql_format(self,
                                    "CASE WHEN regexp_matches(%s, '^" SPACES_CLASS "*[+-]?0[xX]') THEN"
                                    " error('parseInt() of a hexadecimal number: ' || %s) ELSE %s END",
                                    x, x, x));
  }
  const char *found = pk_sql_format(self, "regexp_extract(%s, '^" SPACES_CLASS "*(%s)', 1)", text, number);
  *out = pk_sql_number(pk_sql_format(self, "coalesce(TRY_CAST(%s AS DOUBLE), " PK_SQL_NAN ")", found), TRUE);
  return TRUE;
}

gboolean
pk_sql_text_call(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out, gboolean *done)
{
  static const struct {
    const char *name;
    gboolean (*call)(PkSqlMaker *self, const PkNode *node, const PkSql *args, PkSql *out);
  } calls[] = { { "upper", case_call },      { "lower", case_call },     { "slice", slice_call },
                { "substring", substring_call }, { "pad", pad_call },    { "truncate", truncate_call },
                { "test", test_call },       { "replace", replace_call }, { "indexof", indexof_call },
                { "parseFloat", parse_call }, { "parseInt", parse_call } };
  *done = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(calls); i++)
    if (g_str_equal(node->name, calls[i].name))
      return calls[i].call(self, node, args, out);
  if (g_str_equal(node->name, "length") && args[0].js == PK_JS_TEXT)
    return length_call(self, &args[0], out);
  if (g_str_equal(node->name, "trim")) {
    const char *text = pk_sql_to_text(self, &args[0]);
    *out = pk_sql_text(
      pk_sql_format(self, "regexp_replace(%s, '^" SPACES_CLASS "+|" SPACES_CLASS "+$', '', 'g')", text),
      FALSE);
    return TRUE;
  }
  *done = FALSE;
  return TRUE;
}
