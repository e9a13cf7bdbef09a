/* Expressions of a specification over a relation's fields: as SQL, or row by row where SQL has no such thing. */
#include "pk-lower-priv.h"
#include "pk-selection.h"

#include "pk-error.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

#define MAX_ROWS_BY_HAND 2000000

PkValue
pk_lower_json_value(PkArena *arena, JsonNode *node)
{
  if (!node || json_node_is_null(node))
    return pk_value_null();
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    PkValue value = { .kind = PK_VALUE_ARRAY, .items = pk_arena_array(arena) };
    for (guint i = 0; i < json_array_get_length(array); i++)
      g_ptr_array_add(value.items, pk_arena_value(arena, pk_lower_json_value(arena, json_array_get_element(array, i))));
    return value;
  }
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    PkValue value = { .kind = PK_VALUE_OBJECT, .items = pk_arena_array(arena) };
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &name, &member)) {
      g_ptr_array_add(value.items, pk_arena_value(arena, pk_value_text(pk_arena_text(arena, name, -1))));
      g_ptr_array_add(value.items, pk_arena_value(arena, pk_lower_json_value(arena, member)));
    }
    return value;
  }
  switch (json_node_get_value_type(node)) {
  case G_TYPE_BOOLEAN:
    return pk_value_bool(json_node_get_boolean(node));
  case G_TYPE_STRING:
    return pk_value_text(pk_arena_text(arena, json_node_get_string(node), -1));
  case G_TYPE_INT64:
    return pk_value_number((double)json_node_get_int(node));
  default:
    return pk_value_number(json_node_get_double(node));
  }
}

/* --- parameters --- */

static gboolean
param_value(const char *name, PkValue *out, gpointer data)
{
  PkLowering *self = data;
  const PkValue *value = g_hash_table_lookup(self->out->params, name);

  if (value)
    *out = *value;
  else if (g_str_equal(name, "width") && isfinite(self->options.width))
    *out = pk_value_number(self->options.width);
  else if (g_str_equal(name, "height") && isfinite(self->options.height))
    *out = pk_value_number(self->options.height);
  else
    return FALSE;
  return TRUE;
}

static gboolean
no_field(const char *name, PkValue *out, gpointer data)
{
  return FALSE;
}

static gboolean
evaluate_param(PkLowering *self, const PkParam *param, PkValue *out, GError **error)
{
  g_autoptr(PkExpr) expr = pk_expr_parse(param->expr, error);
  PkExprScope scope = { .field = no_field, .param = param_value, .data = self, .arena = self->out->arena };

  if (!expr || !pk_expr_eval(expr, &scope, out, error)) {
    pk_fail_prefix(error, "parameter \"%s\": ", param->name);
    return FALSE;
  }
  return TRUE;
}

gboolean
pk_lower_params(PkLowering *self, GError **error)
{
  for (guint i = 0; i < self->spec->n_params; i++) {
    const PkParam *param = &self->spec->params[i];
    PkValue value = pk_value_null();
    if (param->is_selection)
      continue;
    if (param->value)
      value = pk_lower_json_value(self->out->arena, param->value);
    else if (param->expr && !evaluate_param(self, param, &value, error))
      return FALSE;
    g_hash_table_insert(self->out->params, g_strdup(param->name), pk_arena_value(self->out->arena, value));
  }
  return TRUE;
}

/* --- SQL --- */

typedef struct {
  PkLowering *lowering;
  PkRel *rel;
} Scope;

static gboolean
scope_column(const char *name, char **sql, PkType *type, gpointer data)
{
  Scope *scope = data;
  g_autofree char *flat = pk_field_flat(name);
  PkRelField *field = pk_rel_find(scope->rel, flat);

  if (!field)
    return FALSE;
  *sql = pk_rel_quote(field);
  *type = field->type;
  if (field->csv_text && field->type.kind == PK_TYPE_TEXT) {
    char *text = g_strdup_printf("coalesce(%s, '')", *sql);
    g_free(*sql);
    *sql = text;
  }
  return TRUE;
}

static gboolean
scope_param(const char *name, PkValue *out, gpointer data)
{
  return param_value(name, out, ((Scope *)data)->lowering);
}

/* Drops the last step of a path; FALSE if it has but one. */
static gboolean
drop_step(char *path)
{
  for (gsize i = strlen(path); i > 1; i--) {
    gboolean escaped = i >= 2 && path[i - 2] == '\\';
    if ((path[i - 1] == '.' || path[i - 1] == '[') && !escaped) {
      path[i - 1] = '\0';
      return TRUE;
    }
  }
  return FALSE;
}

/* Nested members that an expression reads become fields before its SQL is written, so that the relation stays put. */
void
pk_lower_expr_fields(PkLowering *self, PkRel *rel, const PkExpr *expr, GPtrArray *found)
{
  const GPtrArray *fields = pk_expr_get_fields(expr);

  for (guint i = 0; i < fields->len; i++) {
    g_autofree char *path = g_strdup(fields->pdata[i]);
    while (!pk_lower_field(self, rel, path, NULL))
      if (!drop_step(path)) {
        pk_lower_warn_missing(self, rel, fields->pdata[i]);
        break;
      }
    if (found && !g_ptr_array_find_with_equal_func(found, path, g_str_equal, NULL) && pk_lower_field(self, rel, path, NULL))
      g_ptr_array_add(found, g_steal_pointer(&path));
  }
}

static char *
expr_sql(PkLowering *self, PkRel *rel, const PkExpr *expr, PkType *type, GError **error)
{
  Scope scope = { self, rel };
  PkExprSqlScope sql_scope = { .column = scope_column, .param = scope_param, .data = &scope };

  pk_lower_expr_fields(self, rel, expr, NULL);
  return pk_expr_to_sql(expr, &sql_scope, type, error);
}

static gboolean
is_selection(const PkSpec *spec, const char *name)
{
  for (guint i = 0; i < spec->n_params; i++)
    if (spec->params[i].is_selection && !g_strcmp0(spec->params[i].name, name))
      return TRUE;
  return FALSE;
}

/* Every name is a parameter or a signal: one that is neither is nearly always a field without its "datum.". */
static gboolean
check_names(PkLowering *self, PkRel *rel, const PkExpr *expr, GError **error)
{
  const GPtrArray *names = pk_expr_get_params(expr);

  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    PkValue value;
    if (param_value(name, &value, self) || is_selection(self->spec, name) || g_str_equal(name, "width") ||
        g_str_equal(name, "height"))
      continue;
    if (pk_rel_find(rel, name))
      return pk_fail(error, PK_ERROR_NOT_FOUND, "there is no parameter \"%s\"; the field is datum.%s", name, name);
    return pk_fail(error, PK_ERROR_NOT_FOUND, "there is no parameter \"%s\"; fields are written datum.NAME", name);
  }
  return TRUE;
}

/* Parsed, and its names are known. */
static PkExpr *
parse_checked(PkLowering *self, PkRel *rel, const char *text, GError **error)
{
  g_autoptr(PkExpr) expr = pk_expr_parse(text, error);

  return expr && check_names(self, rel, expr, error) ? g_steal_pointer(&expr) : NULL;
}

char *
pk_lower_expr(PkLowering *self, PkRel *rel, const char *text, const char *path, PkType *type, GError **error)
{
  g_autoptr(PkExpr) expr = parse_checked(self, rel, text, error);
  char *sql = expr ? expr_sql(self, rel, expr, type, error) : NULL;

  if (!sql)
    pk_fail_prefix(error, "%s: ", path);
  return sql;
}

/* --- row by row --- */

typedef struct {
  PkLowering *lowering;
  PkTable *table;
  gint64 row;
} RowScope;

static gboolean
row_field(const char *name, PkValue *out, gpointer data)
{
  RowScope *scope = data;
  g_autofree char *flat = pk_field_flat(name);
  gint column = pk_table_find(scope->table, flat);

  if (column < 0)
    return FALSE;
  *out = *pk_table_at(scope->table, (guint)column, scope->row);
  return TRUE;
}

static gboolean
row_param(const char *name, PkValue *out, gpointer data)
{
  return param_value(name, out, ((RowScope *)data)->lowering);
}

/* Rows of (k: row number, v: the value) and, in *is_date, whether v is a date's ms. */
static PkRows *
evaluate_rows(PkLowering *self, PkTable *table, const PkExpr *expr, gboolean *is_date, GError **error)
{
  RowScope row = { self, table, 0 };
  PkExprScope scope = { .field = row_field, .param = row_param, .data = &row, .arena = table->arena };
  g_autoptr(PkRows) rows = pk_rows_new();
  gint number = pk_table_find(table, PK_REL_ROW);

  *is_date = FALSE;
  for (; row.row < table->n_rows; row.row++) {
    PkValue value;
    if (!pk_expr_eval(expr, &scope, &value, error))
      return NULL;
    pk_rows_add_number(rows, "k", row.row, pk_table_at(table, (guint)number, row.row)->number);
    if (value.kind == PK_VALUE_DATE || value.kind == PK_VALUE_NUMBER) {
      *is_date = *is_date || value.kind == PK_VALUE_DATE;
      pk_rows_add_number(rows, "v", row.row, value.number);
    } else if (value.kind == PK_VALUE_BOOL) {
      pk_rows_add_bool(rows, "v", row.row, value.number != 0);
    } else if (value.kind != PK_VALUE_NULL) {
      g_autofree char *text = pk_value_to_string(&value);
      pk_rows_add_text(rows, "v", row.row, text, -1);
    }
  }
  return g_steal_pointer(&rows);
}

static void
join_values(PkRel *rel, const char *from, PkRelField *value, const char *as, gboolean is_date)
{
  PkRelField *row = pk_rel_find(rel, PK_REL_ROW), *old = pk_rel_find(rel, as);
  g_autofree char *row_column = pk_rel_quote(row), *v = pk_rel_quote(value);
  g_autofree char *column = old ? g_strdup(old->column) : pk_rel_new_column(rel, as);
  PkType type = is_date ? (PkType){ .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US } : value->type;
  GString *sql = g_string_new("(SELECT r.*");

  g_string_append(sql, old ? " REPLACE (" : ", ");
  g_string_append_printf(sql, is_date ? "make_timestamp(CAST(m.%s * 1000 AS BIGINT)) AS " : "m.%s AS ", v);
  pk_sql_append_ident(sql, column);
  g_string_append_printf(sql, "%s FROM %s r LEFT JOIN %s m ON r.%s = m.k)", old ? ")" : "", rel->from, from, row_column);
  if (!old)
    old = pk_rel_declare(rel, as, column, type);
  old->type = type;
  old->csv_text = FALSE;
  g_free(rel->from);
  rel->from = g_string_free(sql, FALSE);
  rel->is_table = FALSE;
}

/* What has no SQL is computed here and joined to the rows by their number. */
static gboolean
calculate_by_hand(PkLowering *self, PkRel *rel, const PkExpr *expr, const char *as, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(PkTable) table = NULL;
  g_autoptr(PkRows) rows = NULL;
  g_autoptr(PkRel) map = pk_rel_new("", TRUE);
  g_auto(PkArrowStream) stream = { 0 };
  g_autofree char *from = NULL;
  gboolean is_date;

  pk_rel_flush(rel);
  pk_rel_number_rows(rel);
  g_ptr_array_add(paths, g_strdup(PK_REL_ROW));
  if (pk_expr_reads_any_field(expr))
    for (guint i = 0; i < rel->fields->len; i++)
      g_ptr_array_add(paths, pk_field_escape(((PkRelField *)rel->fields->pdata[i])->name));
  else
    pk_lower_expr_fields(self, rel, expr, paths);
  table = pk_lower_rows(self, rel, paths, FALSE, error);
  rows = table ? evaluate_rows(self, table, expr, &is_date, error) : NULL;
  if (!rows)
    return FALSE;
  pk_rows_add_null(rows, "v");
  pk_rows_export(rows, &stream, map);
  from = self->host->add_stream(&stream, self->host->user, error);
  if (!from)
    return FALSE;
  join_values(rel, from, pk_rel_find(map, "v"), as, is_date);
  return TRUE;
}

gboolean
pk_lower_calculate(PkLowering *self, PkRel *rel, const char *text, const char *as, const char *path, GError **error)
{
  g_autoptr(PkExpr) expr = parse_checked(self, rel, text, error);
  g_autoptr(GError) local = NULL;
  g_autofree char *sql = NULL;
  PkType type;

  if (!expr) {
    pk_fail_prefix(error, "%s: ", path);
    return FALSE;
  }
  sql = expr_sql(self, rel, expr, &type, &local);
  if (sql) {
    pk_rel_set(rel, as, sql, type);
    return TRUE;
  }
  if (g_error_matches(local, PK_ERROR, PK_ERROR_UNSUPPORTED) &&
      pk_lower_count(self, rel, NULL) <= MAX_ROWS_BY_HAND) {
    if (calculate_by_hand(self, rel, expr, as, error))
      return TRUE;
    pk_fail_prefix(error, "%s: ", path);
    return FALSE;
  }
  g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", path);
  return FALSE;
}

/* --- predicates --- */

gboolean
pk_lower_filter(PkLowering *self, PkRel *rel, JsonNode *predicate, const char *path, GError **error)
{
  if (pk_lower_pend_filter(self, rel, predicate))
    return TRUE;
  g_autofree char *text = pk_selection_predicate(self->spec, predicate, path, error);
  g_autofree char *truth = text ? g_strdup_printf("!!(%s)", text) : NULL;
  g_autofree char *name = NULL, *column = NULL;
  PkRelField *field;

  if (!truth)
    return FALSE;
  g_autoptr(PkExpr) expr = parse_checked(self, rel, text, error);
  g_autoptr(PkExpr) wrapped = expr ? pk_expr_parse(truth, error) : NULL;
  if (!wrapped) {
    pk_fail_prefix(error, "%s: ", path);
    return FALSE;
  }
  PkType type;
  g_autofree char *sql = expr_sql(self, rel, wrapped, &type, NULL);
  if (sql) {
    pk_rel_where(rel, sql);
    return TRUE;
  }
  name = pk_rel_new_column(rel, "__filter");
  if (!pk_lower_calculate(self, rel, truth, name, path, error))
    return FALSE;
  field = pk_rel_find(rel, name);
  column = pk_rel_quote(field);
  pk_rel_where(rel, column);
  return TRUE;
}
