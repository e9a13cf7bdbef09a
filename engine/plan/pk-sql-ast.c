/* The parse tree: normal form of expressions, and small questions about them. */
#include "pk-sql-const.h"
#include "pk-scalar-text.h"

#include "pk-arrow-view.h"
#include "pk-sql-quote.h"

#include <string.h>

static gboolean append(GString *out, const PkSqlReader *reader, JsonObject *expression);

gboolean
pk_sql_is(JsonObject *expression, const char *klass)
{
  return g_strcmp0(pk_json_text(expression, "class"), klass) == 0;
}

JsonObject *
pk_sql_argument(JsonObject *expression, guint i)
{
  return pk_json_item(pk_json_array(expression, "children"), i);
}

static gboolean
is_plain_call(JsonObject *expression)
{
  const char *schema = pk_json_text(expression, "schema");

  return pk_sql_is(expression, "FUNCTION") && pk_json_is_absent(expression, "filter") &&
         !pk_json_true(expression, "distinct") && !pk_json_true(expression, "export_state") &&
         pk_json_is_absent(expression, "catalog") && (!schema || !*schema || strcmp(schema, "main") == 0) &&
         pk_json_length(pk_json_array(pk_json_object(expression, "order_bys"), "orders")) == 0;
}

gboolean
pk_sql_is_call(JsonObject *expression, const char *name, guint n_arguments)
{
  const char *function = pk_json_text(expression, "function_name");

  return is_plain_call(expression) && function && g_ascii_strcasecmp(function, name) == 0 &&
         pk_json_length(pk_json_array(expression, "children")) == n_arguments;
}

/* An operand: what is itself a condition stands in parentheses, so that no two trees have one text. */
static gboolean
append_operand(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  gboolean is_coalesce = g_strcmp0(pk_json_text(expression, "type"), "OPERATOR_COALESCE") == 0;
  gboolean wrapped = pk_sql_is(expression, "COMPARISON") || pk_sql_is(expression, "BETWEEN") ||
                     pk_sql_is(expression, "CONJUNCTION") ||
                       (pk_sql_is(expression, "OPERATOR") && !is_coalesce);

  g_string_append(out, wrapped ? "(" : "");
  if (!append(out, reader, expression))
    return FALSE;
  g_string_append(out, wrapped ? ")" : "");
  return TRUE;
}

static gboolean
append_list(GString *out, const PkSqlReader *reader, JsonArray *children, guint from)
{
  for (guint i = from; i < pk_json_length(children); i++) {
    JsonObject *child = pk_json_item(children, i);
    g_string_append(out, i > from ? ", " : "");
    /* A name on an argument is an argument by name. */
    if (!pk_json_is_absent(child, "alias")) {
      const char *name = pk_json_text(child, "alias");
      if (!name)
        return FALSE;
      pk_sql_append_ident(out, name);
      g_string_append(out, " := ");
    }
    if (!append_operand(out, reader, child))
      return FALSE;
  }
  return TRUE;
}

static gboolean
append_constant(GString *out, JsonObject *expression)
{
  g_auto(PkSqlConst) constant = { 0 };

  if (!pk_sql_const_read(expression, FALSE, &constant))
    return FALSE;
  if (constant.type.kind == PK_TYPE_NULL)
    g_string_append(out, "NULL");
  else if (constant.type.kind == PK_TYPE_F64)
    pk_double_append_sql(out, constant.d);
  else if (constant.type.kind == PK_TYPE_TEXT)
    pk_sql_append_literal(out, constant.text);
  else if (constant.type.kind == PK_TYPE_DECIMAL)
    pk_format_i128(&constant.i, TRUE, (guint)constant.type.scale, out);
  else
    pk_int128_append(out, constant.i);
  return TRUE;
}

static gboolean
append_column_ref(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  JsonArray *names = pk_json_array(expression, "column_names");
  const PkColumnInfo *column = reader ? pk_sql_column_of(reader, expression) : NULL;

  if (reader && !column)
    return FALSE;
  if (!reader && (pk_json_length(names) != 1 || !pk_json_text_item(names, 0)))
    return FALSE;
  pk_sql_append_ident(out, column ? column->name : pk_json_text_item(names, 0));
  return TRUE;
}

static gboolean
append_cast(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  JsonObject *child = pk_json_object(expression, "child");
  PkType type;

  if (pk_json_true(expression, "try_cast") || !child || !pk_sql_type_of_cast(expression, &type))
    return FALSE;
  if (type.kind == PK_TYPE_BOOL && pk_sql_is(child, "CONSTANT")) {
    const char *text = pk_json_text(pk_json_object(child, "value"), "value");
    if (text && (strcmp(text, "t") == 0 || strcmp(text, "f") == 0)) {
      g_string_append(out, *text == 't' ? "true" : "false");
      return TRUE;
    }
  }
  g_autofree char *name = pk_type_dup_name(type);
  g_string_append(out, "CAST(");
  if (!append_operand(out, reader, child))
    return FALSE;
  g_string_append_printf(out, " AS %s)", name);
  return TRUE;
}

static gboolean
append_operator_call(GString *out, const PkSqlReader *reader, const char *name, JsonArray *children)
{
  guint n = pk_json_length(children);

  if (n != 1 && n != 2)
    return FALSE;
  g_string_append_c(out, '(');
  if (n == 1)
    g_string_append(out, name);
  if (!append_operand(out, reader, pk_json_item(children, 0)))
    return FALSE;
  if (n == 2) {
    g_string_append_printf(out, " %s ", name);
    if (!append_operand(out, reader, pk_json_item(children, 1)))
      return FALSE;
  }
  g_string_append_c(out, ')');
  return TRUE;
}

static gboolean
append_filter(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  JsonObject *filter = pk_json_object(expression, "filter");

  if (!filter)
    return pk_json_is_absent(expression, "filter");
  g_string_append(out, " FILTER (WHERE ");
  if (!append(out, reader, filter))
    return FALSE;
  g_string_append_c(out, ')');
  return TRUE;
}

static gboolean
append_call(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  const char *name = pk_json_text(expression, "function_name");
  const char *schema = pk_json_text(expression, "schema");
  JsonArray *children = pk_json_array(expression, "children");

  if (!name || !pk_json_is_absent(expression, "catalog") || pk_json_true(expression, "export_state") ||
      (schema && *schema && strcmp(schema, "main") != 0) ||
      pk_json_length(pk_json_array(pk_json_object(expression, "order_bys"), "orders")) > 0)
    return FALSE;
  if (pk_json_true(expression, "is_operator"))
    return append_operator_call(out, reader, name, children);
  if (strcmp(name, "count_star") == 0) {
    g_string_append(out, "count(*)");
  } else {
    g_string_append_printf(out, "%s(%s", name, pk_json_true(expression, "distinct") ? "DISTINCT " : "");
    if (!append_list(out, reader, children, 0))
      return FALSE;
    g_string_append_c(out, ')');
  }
  return append_filter(out, reader, expression);
}

static const char *
comparison_sign(const char *type)
{
  static const char *const signs[][2] = {
    { "COMPARE_EQUAL", "=" },        { "COMPARE_NOTEQUAL", "<>" },
    { "COMPARE_LESSTHAN", "<" },     { "COMPARE_LESSTHANOREQUALTO", "<=" },
    { "COMPARE_GREATERTHAN", ">" },  { "COMPARE_GREATERTHANOREQUALTO", ">=" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_strcmp0(type, signs[i][0]) == 0)
      return signs[i][1];
  return NULL;
}

static gboolean
append_comparison(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  const char *sign = comparison_sign(pk_json_text(expression, "type"));

  if (!sign || !append_operand(out, reader, pk_json_object(expression, "left")))
    return FALSE;
  g_string_append_printf(out, " %s ", sign);
  return append_operand(out, reader, pk_json_object(expression, "right"));
}

static gboolean
append_between(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  if (!append_operand(out, reader, pk_json_object(expression, "input")))
    return FALSE;
  g_string_append(out, " BETWEEN ");
  if (!append_operand(out, reader, pk_json_object(expression, "lower")))
    return FALSE;
  g_string_append(out, " AND ");
  return append_operand(out, reader, pk_json_object(expression, "upper"));
}

static gboolean
append_conjunction(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  JsonArray *children = pk_json_array(expression, "children");
  gboolean is_or = g_strcmp0(pk_json_text(expression, "type"), "CONJUNCTION_OR") == 0;

  g_string_append(out, is_or ? "(" : "");
  for (guint i = 0; i < pk_json_length(children); i++) {
    g_string_append(out, i == 0 ? "" : is_or ? " OR " : " AND ");
    JsonObject *child = pk_json_item(children, i);
    if (!(pk_sql_is(child, "CONJUNCTION") ? append_operand : append)(out, reader, child))
      return FALSE;
  }
  g_string_append(out, is_or ? ")" : "");
  return TRUE;
}

static gboolean
append_operator(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  const char *type = pk_json_text(expression, "type");
  JsonArray *children = pk_json_array(expression, "children");
  gboolean is_in = g_strcmp0(type, "COMPARE_IN") == 0, is_not_in = g_strcmp0(type, "COMPARE_NOT_IN") == 0;
  gboolean is_not = g_strcmp0(type, "OPERATOR_NOT") == 0, is_coalesce =
    g_strcmp0(type, "OPERATOR_COALESCE") == 0;
  gboolean is_null = g_strcmp0(type, "OPERATOR_IS_NULL") == 0;

  if (is_coalesce) {
    g_string_append(out, "coalesce(");
    if (!append_list(out, reader, children, 0))
      return FALSE;
    g_string_append_c(out, ')');
    return TRUE;
  }
  g_string_append(out, is_not ? "NOT " : "");
  if (!append_operand(out, reader, pk_json_item(children, 0)))
    return FALSE;
  if (is_not)
    return TRUE;
  if (is_in || is_not_in) {
    g_string_append(out, is_in ? " IN (" : " NOT IN (");
    if (!append_list(out, reader, children, 1))
      return FALSE;
    g_string_append_c(out, ')');
    return TRUE;
  }
  g_string_append(out, is_null ? " IS NULL" : " IS NOT NULL");
  return is_null || g_strcmp0(type, "OPERATOR_IS_NOT_NULL") == 0;
}

static gboolean
append_case(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  JsonArray *checks = pk_json_array(expression, "case_checks");

  g_string_append(out, "CASE");
  for (guint i = 0; i < pk_json_length(checks); i++) {
    g_string_append(out, " WHEN ");
    if (!append(out, reader, pk_json_object(pk_json_item(checks, i), "when_expr")))
      return FALSE;
    g_string_append(out, " THEN ");
    if (!append(out, reader, pk_json_object(pk_json_item(checks, i), "then_expr")))
      return FALSE;
  }
  g_string_append(out, " ELSE ");
  if (!append(out, reader, pk_json_object(expression, "else_expr")))
    return FALSE;
  g_string_append(out, " END");
  return TRUE;
}

static gboolean
append(GString *out, const PkSqlReader *reader, JsonObject *expression)
{
  static const struct {
    const char *klass;
    gboolean (*append)(GString *out, const PkSqlReader *reader, JsonObject *expression);
  } classes[] = {
    { "COLUMN_REF", append_column_ref }, { "CAST", append_cast },          { "FUNCTION", append_call },
    { "COMPARISON", append_comparison }, { "BETWEEN", append_between },
         { "CONJUNCTION", append_conjunction },
    { "OPERATOR", append_operator },     { "CASE", append_case },
  };

  if (!expression)
    return FALSE;
  if (pk_sql_is(expression, "CONSTANT"))
    return append_constant(out, expression);
  for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
    if (pk_sql_is(expression, classes[i].klass))
      return classes[i].append(out, reader, expression);
  return FALSE;
}

char *
pk_sql_text_of(const PkSqlReader *reader, JsonObject *expression)
{
  GString *out = g_string_new(NULL);

  if (append(out, reader, expression))
    return g_string_free(out, FALSE);
  g_string_free(out, TRUE);
  return NULL;
}

char *
pk_sql_describe(const PkSqlReader *reader, JsonObject *expression)
{
  char *text = pk_sql_text_of(reader, expression);
  const char *name = pk_json_text(expression, "function_name");
  const char *type = pk_json_text(expression, "type");
  JsonArray *names = pk_json_array(expression, "column_names");

  if (text)
    return text;
  if (pk_json_length(names) > 0)
    return g_strdup(pk_json_text_item(names, pk_json_length(names) - 1));
  if (name)
    return g_strdup_printf("%s(…)", name);
  return g_ascii_strdown(type ? type : "expression", -1);
}

/* Calls visit for every object below (and the expression itself). */
static void
walk(JsonObject *object, void (*visit)(JsonObject *object, gpointer data), gpointer data)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  visit(object, data);
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &member, &node)) {
    if (JSON_NODE_HOLDS_OBJECT(node)) {
      walk(json_node_get_object(node), visit, data);
    } else if (JSON_NODE_HOLDS_ARRAY(node)) {
      JsonArray *array = json_node_get_array(node);
      for (guint i = 0; i < json_array_get_length(array); i++)
        if (pk_json_item(array, i))
          walk(pk_json_item(array, i), visit, data);
    }
  }
}

static gboolean
is_aggregate_name(const char *name)
{
  static const char *const names[] = {
    "count_star", "count", "sum", "avg", "mean", "min", "max", "var_samp", "variance", "var_pop", "stddev",
    "stddev_samp", "stddev_pop", "median", "quantile_cont", "quantile_disc", "quantile", "mode", "arg_min",
      "argmin",
    "min_by", "arg_max", "argmax", "max_by", "arg_min_null", "arg_max_null", "regr_count", "regr_avgx",
      "regr_avgy",
    "regr_sxx", "regr_syy", "regr_sxy", "regr_slope", "regr_intercept", "regr_r2", "corr", "covar_samp",
      "covar_pop",
    "first", "last", "any_value", "arbitrary", "approx_count_distinct", "approx_quantile", "fsum", "favg",
      "sumkahan",
    "product", "bool_and", "bool_or", "string_agg", "group_concat", "listagg", "list", "array_agg",
      "histogram",
    "count_if", "countif", "entropy", "kurtosis", "skewness", "sem", "mad", "bit_and", "bit_or", "bit_xor",
  };

  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
note_aggregate(JsonObject *object, gpointer data)
{
  const char *name = pk_json_text(object, "function_name");

  if (name && pk_sql_is(object, "FUNCTION") && is_aggregate_name(name))
    *(gboolean *)data = TRUE;
}

gboolean
pk_sql_has_aggregate(JsonObject *expression)
{
  gboolean found = FALSE;

  walk(expression, note_aggregate, &found);
  return found;
}

typedef struct {
  const PkSqlReader *reader;
  GPtrArray *columns;
} ColumnWalk;

static void
note_column(JsonObject *object, gpointer data)
{
  ColumnWalk *state = data;
  const PkColumnInfo *column = pk_sql_is(object, "COLUMN_REF") ? pk_sql_column_of(state->reader, object)
    : NULL;

  for (guint i = 0; column && i < state->columns->len; i++)
    if (strcmp(((const PkColumnInfo *)state->columns->pdata[i])->name, column->name) == 0)
      return;
  if (column)
    g_ptr_array_add(state->columns, (gpointer)column);
}

GPtrArray *
pk_sql_columns_in(const PkSqlReader *self, JsonObject *expression)
{
  ColumnWalk state = { self, g_ptr_array_new() };

  walk(expression, note_column, &state);
  return state.columns;
}

const PkColumnInfo *
pk_sql_only_column(const PkSqlReader *self, JsonObject *expression)
{
  g_autoptr(GPtrArray) columns = pk_sql_columns_in(self, expression);

  return columns->len == 1 ? columns->pdata[0] : NULL;
}
