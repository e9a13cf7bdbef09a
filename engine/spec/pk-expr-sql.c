/* Expressions → SQL: fields, operators, choices. */
#include "pk-expr-sql.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

static gboolean
column_of_type(PkSqlMaker *self, const PkNode *node, const char *sql, PkType type, PkSql *out)
{
  *out = (PkSql){ .sql = sql, .raw = sql, .type = type, .nullable = TRUE, .simple = strlen(sql) < 80 };
  if (type.kind == PK_TYPE_NULL) {
    *out = pk_sql_constant(pk_value_null());
  } else if (type.kind == PK_TYPE_BOOL) {
    out->js = PK_JS_BOOL;
  } else if (pk_type_is_numeric(type)) {
    out->js = PK_JS_NUMBER;
    out->is_double = type.kind == PK_TYPE_F64;
    out->may_nan = type.kind == PK_TYPE_F64 || type.kind == PK_TYPE_F32;
  } else if (pk_type_is_temporal(type)) {
    out->js = PK_JS_DATE;
    out->sql = type.kind != PK_TYPE_DATE && type.unit == PK_TYPE_UNIT_NS
                 ? pk_sql_format(self, "(epoch_ns(%s) / 1000000)", sql)
                 : pk_sql_format(self, "(epoch_us(%s) / 1000)", sql);
  } else if (type.kind == PK_TYPE_TEXT) {
    out->js = PK_JS_TEXT;
    if (type.dictionary) /* an ENUM compares and concatenates by its text */
      out->sql = pk_sql_format(self, "CAST(%s AS VARCHAR)", sql);
  } else {
    g_autofree char *name = pk_type_dup_name(type);
    g_autofree char *what = g_strdup_printf("a value of type %s", name);
    return pk_expr_sql_refuse(self, node, what);
  }
  return TRUE;
}

/* *found FALSE: there is no such column. */
static gboolean
column(PkSqlMaker *self, const PkNode *node, PkSql *out, gboolean *found)
{
  PkType type = PK_TYPE_OF(PK_TYPE_NULL);
  char *sql = NULL;
  *found = self->scope->column && self->scope->column(node->field, &sql, &type, self->scope->data);
  if (!*found)
    return TRUE;
  const char *kept = pk_sql_format(self, "%s", sql);
  g_free(sql);
  if (!column_of_type(self, node, kept, type, out))
    return FALSE;
  if (self->scope->not_null && self->scope->not_null(node->field, self->scope->data))
    out->nullable = FALSE;
  return TRUE;
}

static gboolean
member(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  gboolean found = FALSE;
  if (node->field && !column(self, node, out, &found))
    return FALSE;
  if (found)
    return TRUE;
  if (node->args[0]->kind == PK_NODE_DATUM) {
    if (!node->field)
      return pk_expr_sql_refuse(self, node, "a field whose name is computed");
    *out = pk_sql_constant(pk_value_undefined());
    return TRUE;
  }
  PkSql object, key;
  if (!pk_sql_node(self, node->args[0], &object) || !pk_sql_node(self, node->args[1], &key))
    return FALSE;
  if (object.js == PK_JS_CONST && key.js == PK_JS_CONST) {
    *out = pk_sql_constant(pk_value_member(self->run.arena, &object.value, &key.value));
    return TRUE;
  }
  gboolean is_length =
    key.js == PK_JS_CONST && key.value.kind == PK_VALUE_TEXT && !strcmp(key.value.text, "length");
  if (object.js != PK_JS_TEXT || !is_length)
    return pk_expr_sql_refuse(self, node, "a member of a value");
  PkNode call = *node;
  gboolean done;
  call.name = "length";
  return pk_sql_text_call(self, &call, &object, out, &done);
}

static gboolean
add(PkSqlMaker *self, const PkNode *node, const PkSql *a, const PkSql *b, PkSql *out)
{
  /* Dates, arrays and objects are texts to an addition. */
  gboolean text = FALSE, maybe_null_text = FALSE;
  for (guint i = 0; i < 2; i++) {
    const PkSql *v = i ? b : a;
    gboolean is =
      v->js == PK_JS_DATE || pk_sql_is_text(v) ||
      (v->js == PK_JS_CONST && (v->value.kind == PK_VALUE_DATE || v->value.kind >= PK_VALUE_ARRAY));
    maybe_null_text = maybe_null_text || (is && v->nullable);
    text = text || (is && !v->nullable);
  }
  if (text) {
    *out = pk_sql_text(pk_sql_format(self, "(%s || %s)", pk_sql_to_text(self, a), pk_sql_to_text(self, b)),
                       FALSE);
    return TRUE;
  }
  if (!maybe_null_text) {
    gboolean an, bn;
    const char *x = pk_sql_to_number(self, node, a, &an), *y = pk_sql_to_number(self, node, b, &bn);
    *out = pk_sql_number(pk_sql_format(self, "(%s + %s)", x, y), TRUE);
    return TRUE;
  }
  /* Null plus what is no text is a number, so the type would vary by row. */
  return pk_expr_sql_refuse(self, node, "adding a text that may be null to a value that may be no text");
}

static gboolean
arithmetic(PkSqlMaker *self, const PkNode *node, const PkSql *a, const PkSql *b, PkSql *out)
{
  static const char *const ops[] = {
    [PK_OP_SUB] = "-", [PK_OP_MUL] = "*", [PK_OP_DIV] = "/", [PK_OP_MOD] = "%"
  };
  if (node->op <= PK_OP_MOD) {
    const char *x = pk_sql_to_number(self, node, a, NULL), *y = pk_sql_to_number(self, node, b, NULL);
    *out = pk_sql_number(pk_sql_format(self, "(%s %s %s)", x, ops[node->op], y), TRUE);
    return TRUE;
  }
  const char *x = pk_sql_to_int32(self, node, a), *y = pk_sql_to_int32(self, node, b);
  const char *shift = pk_sql_format(self, "(1::BIGINT << CAST((%s) & 31 AS BIGINT))", y);
  const char *sql;
  switch (node->op) {
  case PK_OP_BIT_AND:
    sql = pk_sql_format(self, "((%s) & (%s))", x, y);
    break;
  case PK_OP_BIT_OR:
    sql = pk_sql_format(self, "((%s) | (%s))", x, y);
    break;
  case PK_OP_BIT_XOR:
    sql = pk_sql_format(self, "xor(%s, %s)", x, y);
    break;
  case PK_OP_SHL:
    sql =
      pk_sql_format(self, "((((%s) * %s) & 4294967295) + 2147483648) %% 4294967296 - 2147483648", x, shift);
    break;
  case PK_OP_SHR:
    sql = pk_sql_format(self, "floor((%s)::DOUBLE / %s)", x, shift);
    break;
  default:
    sql = pk_sql_format(self, "floor(((%s) & 4294967295)::DOUBLE / %s)", x, shift);
    break;
  }
  *out = pk_sql_number(pk_sql_format(self, "CAST(%s AS DOUBLE)", sql), FALSE);
  return TRUE;
}

/* Comparisons write their sides more than once. */
static const char *
compare_bound(PkSqlMaker *self, const PkNode *node, PkSql *a, PkSql *b, gboolean null_is_false)
{
  PkSql *sides[2] = { a, b };
  const char *names[2], *values[2];
  gboolean same = pk_node_equal(node->args[0], node->args[1]);
  for (guint i = 0; i < 2; i++) {
    gboolean twice = sides[i]->js == PK_JS_TEXT || sides[i]->nullable;
    values[i] = sides[i]->sql;
    names[i] = sides[i]->js == PK_JS_CONST ? NULL : pk_sql_name(self, values[i], sides[i]->simple || !twice);
    sides[i]->sql = names[i];
  }
  const char *sql = pk_sql_compare(self, node, node->op, a, b, same, null_is_false);
  for (guint i = 0; sql && i < 2; i++)
    if (names[i])
      sql = pk_sql_let(self, names[i], values[i], sql);
  return sql;
}

static gboolean
binary(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql a, b;
  if (!pk_sql_node(self, node->args[0], &a) || !pk_sql_node(self, node->args[1], &b))
    return FALSE;
  if (a.js == PK_JS_CONST && b.js == PK_JS_CONST) {
    *out = pk_sql_constant(
      pk_value_binary(self->run.arena, node->op, node->args[0], node->args[1], &a.value, &b.value));
    return TRUE;
  }
  if (node->op == PK_OP_ADD)
    return add(self, node, &a, &b, out);
  if (node->op == PK_OP_IN)
    return pk_expr_sql_refuse(self, node, "\"in\"");
  if (node->op <= PK_OP_USHR)
    return arithmetic(self, node, &a, &b, out);
  const char *sql = compare_bound(self, node, &a, &b, FALSE);
  if (!sql)
    return FALSE;
  *out = pk_sql_bool(sql);
  return TRUE;
}

static gboolean
unary(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql v;
  if (node->op == PK_OP_NOT) {
    const char *condition = pk_sql_condition(self, node->args[0], FALSE);
    if (!condition)
      return FALSE;
    *out = pk_sql_bool(pk_sql_format(self, "(NOT %s)", condition));
    return TRUE;
  }
  if (!pk_sql_node(self, node->args[0], &v))
    return FALSE;
  if (node->op == PK_OP_BIT_NOT) {
    *out = pk_sql_number(pk_sql_format(self, "CAST(-(%s) - 1 AS DOUBLE)", pk_sql_to_int32(self, node, &v)),
                         FALSE);
    return TRUE;
  }
  gboolean may_nan;
  const char *number = pk_sql_to_number(self, node, &v, &may_nan);
  *out = pk_sql_number(node->op == PK_OP_NEG ? pk_sql_format(self, "(-%s)", number) : number, may_nan);
  return TRUE;
}

/* What is chosen among values is a double. */
static void
as_choice(PkSqlMaker *self, PkSql *v)
{
  if (v->js == PK_JS_NUMBER && !v->is_double)
    v->sql = pk_sql_format(self, "CAST(%s AS DOUBLE)", v->sql);
  if (v->js == PK_JS_NUMBER) {
    v->is_double = TRUE;
    v->raw = NULL;
  }
}

/* a && b, a || b as values. */
static gboolean
logical(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql a, b;
  gboolean is_or = node->kind == PK_NODE_OR;
  if (!pk_sql_node(self, node->args[0], &a))
    return FALSE;
  if (a.js == PK_JS_CONST) {
    *out = a;
    if (pk_value_to_bool(&a.value) != is_or && !pk_sql_node(self, node->args[1], out))
      return FALSE;
    as_choice(self, out);
    return TRUE;
  }
  if (!pk_sql_node(self, node->args[1], &b))
    return FALSE;
  if (a.js == PK_JS_BOOL && b.js == PK_JS_BOOL && !a.nullable && !b.nullable) {
    *out = pk_sql_bool(pk_sql_format(self, is_or ? "(%s OR %s)" : "(%s AND %s)", a.sql, b.sql));
    return TRUE;
  }
  const char *value = a.sql, *name = pk_sql_name(self, value, a.simple);
  a.sql = name;
  const char *condition = pk_sql_to_bool(self, &a, TRUE);
  if (!pk_sql_choose(self, node, condition, is_or ? &a : &b, is_or ? &b : &a, out))
    return FALSE;
  out->sql = pk_sql_let(self, name, value, out->sql);
  return TRUE;
}

static gboolean
choice(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkSql a, b;
  if (pk_node_is_constant(node->args[0])) {
    if (!pk_sql_node(self, node->args[0], &a) ||
        !pk_sql_node(self, node->args[pk_value_to_bool(&a.value) ? 1 : 2], out))
      return FALSE;
    as_choice(self, out);
    return TRUE;
  }
  const char *condition = pk_sql_condition(self, node->args[0], TRUE);
  if (!condition || !pk_sql_node(self, node->args[1], &a) || !pk_sql_node(self, node->args[2], &b))
    return FALSE;
  return pk_sql_choose(self, node, condition, &a, &b, out);
}

const char *
pk_sql_condition(PkSqlMaker *self, const PkNode *node, gboolean null_is_false)
{
  PkSql v;
  if ((node->kind == PK_NODE_AND || node->kind == PK_NODE_OR) && !pk_node_is_constant(node->args[0])) {
    const char *a = pk_sql_condition(self, node->args[0], null_is_false);
    if (a && g_str_equal(a, node->kind == PK_NODE_OR ? "true" : "false"))
      return a;
    const char *b = a ? pk_sql_condition(self, node->args[1], null_is_false) : NULL;
    return b ? pk_sql_format(self, node->kind == PK_NODE_OR ? "(%s OR %s)" : "(%s AND %s)", a, b) : NULL;
  }
  if (node->kind == PK_NODE_BINARY && node->op >= PK_OP_EQ && node->op <= PK_OP_GE) {
    PkSql a, b;
    if (!pk_sql_node(self, node->args[0], &a) || !pk_sql_node(self, node->args[1], &b))
      return NULL;
    if (a.js != PK_JS_CONST || b.js != PK_JS_CONST)
      return compare_bound(self, node, &a, &b, null_is_false);
  }
  return pk_sql_node(self, node, &v) ? pk_sql_to_bool(self, &v, null_is_false) : NULL;
}

static gboolean
constant(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  PkValue value;
  if (!pk_node_eval(&self->run, node, &value))
    return FALSE;
  *out = pk_sql_constant(value);
  return TRUE;
}

gboolean
pk_sql_node(PkSqlMaker *self, const PkNode *node, PkSql *out)
{
  if (pk_node_is_constant(node))
    return constant(self, node, out);
  switch (node->kind) {
  case PK_NODE_MEMBER:
    return member(self, node, out);
  case PK_NODE_UNARY:
    return unary(self, node, out);
  case PK_NODE_BINARY:
    return binary(self, node, out);
  case PK_NODE_AND:
  case PK_NODE_OR:
    return logical(self, node, out);
  case PK_NODE_CHOICE:
    return choice(self, node, out);
  case PK_NODE_CALL:
    return pk_sql_call(self, node, out);
  case PK_NODE_DATUM:
    return pk_expr_sql_refuse(self, node, "datum as a whole");
  default:
    return pk_expr_sql_refuse(self, node, "an array or object of values that vary");
  }
}

/* What a part is as a column of its own. */
static char *
result(PkSqlMaker *self, const PkNode *node, const PkSql *v, PkType *type)
{
  PkSql constant_part = *v;
  *type = PK_TYPE_OF(PK_TYPE_NULL);
  if (pk_sql_is_null(v))
    return g_strdup("NULL");
  if (v->js == PK_JS_CONST) {
    const PkValue *value = &v->value;
    if (value->kind == PK_VALUE_NUMBER)
      constant_part = pk_sql_number(pk_sql_number_literal(self, value->number), TRUE);
    else if (value->kind == PK_VALUE_DATE)
      constant_part = pk_sql_date(pk_sql_number_literal(self, value->number), FALSE, TRUE);
    else if (value->kind == PK_VALUE_BOOL)
      constant_part = pk_sql_bool(value->number != 0 ? "true" : "false");
    else if (value->kind == PK_VALUE_TEXT)
      constant_part = pk_sql_text(pk_sql_text_literal(self, value->text), FALSE);
    else
      return pk_expr_sql_refuse(self, node, "an array or object as a result"), NULL;
    v = &constant_part;
  }
  if (v->raw) {
    *type = v->type;
    return g_strdup(v->raw);
  }
  *type = PK_TYPE_OF(v->js == PK_JS_BOOL ? PK_TYPE_BOOL : v->js == PK_JS_TEXT ? PK_TYPE_TEXT
                     : v->js == PK_JS_DATE ? PK_TYPE_TIMESTAMP : PK_TYPE_F64);
  if (v->js != PK_JS_DATE)
    return g_strdup(
      v->js == PK_JS_NUMBER && !v->is_double ? pk_sql_format(self, "CAST(%s AS DOUBLE)", v->sql) : v->sql);
  type->unit = PK_TYPE_UNIT_US;
  /* An invalid date is no TIMESTAMP. */
  return g_strdup_printf("make_timestamp(CAST(floor(nullif(%s, 'NaN') * 1000) AS BIGINT))", v->sql);
}

static void
maker_init(PkSqlMaker *maker, const PkExpr *expr, const PkExprSqlScope *scope, PkExprScope *values,
           PkArena *arena, GError **error)
{
  *values = (PkExprScope){ .param = scope->param, .data = scope->data, .arena = arena };
  *maker = (PkSqlMaker){ .run = { expr, values, arena, error },
                         .scope = scope,
                         .texts = g_ptr_array_new_with_free_func(g_free),
                         .error = error };
}

static char *
finish(PkSqlMaker *maker, char *sql)
{
  if (sql && maker->bytes > 4u << 20) {
    g_clear_pointer(&sql, g_free);
    pk_fail(maker->error, PK_ERROR_LIMIT, "the SQL of an expression gets longer than 4 MB");
  }
  g_ptr_array_unref(maker->texts);
  return sql;
}

char *
pk_expr_to_sql(const PkExpr *self, const PkExprSqlScope *scope, PkType *type, GError **error)
{
  g_autoptr(PkArena) arena = pk_arena_new();
  PkExprScope values;
  PkSqlMaker maker;
  PkSql v;
  maker_init(&maker, self, scope, &values, arena, error);
  char *sql = pk_sql_node(&maker, self->root, &v) ? result(&maker, self->root, &v, type) : NULL;
  return finish(&maker, sql);
}

char *
pk_expr_to_sql_condition(const PkExpr *self, const PkExprSqlScope *scope, GError **error)
{
  g_autoptr(PkArena) arena = pk_arena_new();
  PkExprScope values;
  PkSqlMaker maker;
  maker_init(&maker, self, scope, &values, arena, error);
  return finish(&maker, g_strdup(pk_sql_condition(&maker, self->root, TRUE)));
}
