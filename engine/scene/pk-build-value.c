/* Values of properties: constants, expressions, colours, dashes and dates. */
#include "pk-build.h"

#include "pk-calendar.h"
#include "pk-timeunit.h"

#include <string.h>

void
pk_build_fail(PkBuild *b, PkErrorCode code, const char *format, ...)
{
  if (b->error)
    return;
  va_list args;
  va_start(args, format);
  g_autofree char *message = g_strdup_vprintf(format, args);
  va_end(args);
  pk_fail(&b->error, code, "%s", message);
}

void
pk_build_take_error(PkBuild *b, GError *error)
{
  if (!b->error)
    b->error = error;
  else
    g_clear_error(&error);
}

gpointer
pk_build_alloc(PkBuild *b, gsize n, gsize size)
{
  gpointer memory = g_malloc0_n(MAX(n, 1), size);
  g_ptr_array_add(b->memory, memory);
  return memory;
}

/* ---------------------------------------------------------------- expressions */

typedef struct {
  PkBuild *b;
  const PkTable *table;
  gint64 row;
  const PkBinding *bindings;
  guint n_bindings;
} Scope;

static gboolean
scope_field(const char *name, PkValue *out, gpointer data)
{
  Scope *scope = data;
  for (guint i = 0; i < scope->n_bindings; i++)
    if (g_str_equal(scope->bindings[i].name, name)) {
      *out = scope->bindings[i].value;
      return TRUE;
    }
  if (!scope->table)
    return FALSE;
  gint column = pk_table_find(scope->table, name);
  if (column < 0)
    return FALSE;
  *out = *pk_table_at(scope->table, column, scope->row);
  return TRUE;
}

static const PkParam *
find_param(const PkBuild *b, const char *name)
{
  for (guint i = 0; i < b->spec->n_params; i++)
    if (g_strcmp0(b->spec->params[i].name, name) == 0)
      return &b->spec->params[i];
  return NULL;
}

static gboolean
scope_param(const char *name, PkValue *out, gpointer data)
{
  PkBuild *b = ((Scope *)data)->b;
  if (g_str_equal(name, "width") || g_str_equal(name, "height")) {
    *out = pk_value_number(name[0] == 'w' ? b->width : b->height);
    return TRUE;
  }
  gpointer known;
  if (g_hash_table_lookup_extended(b->param_values, name, NULL, &known)) {
    if (!known)
      pk_build_fail(b, PK_ERROR_INVALID, "parameter \"%s\" is defined by itself", name);
    else
      *out = *(PkValue *)known;
    return known != NULL;
  }
  const PkParam *param = find_param(b, name);
  if (!param)
    return FALSE;
  g_hash_table_insert(b->param_values, g_strdup(name), NULL);
  PkValue value = pk_value_null();
  if (param->expr) {
    PkExpr *expr = pk_build_expr(b, param->expr);
    if (expr)
      value = pk_build_eval(b, expr, NULL, 0);
  } else if (param->value && !param->is_selection) {
    value = pk_build_value(b, param->value);
  }
  PkValue *kept = pk_build_alloc(b, 1, sizeof *kept);
  *kept = value;
  g_hash_table_insert(b->param_values, g_strdup(name), kept);
  *out = value;
  return TRUE;
}

PkExpr *
pk_build_expr(PkBuild *b, const char *text)
{
  PkExpr *expr = g_hash_table_lookup(b->exprs, text);
  if (expr)
    return expr;
  GError *error = NULL;
  expr = pk_expr_parse(text, &error);
  if (!expr) {
    pk_build_take_error(b, error);
    return NULL;
  }
  g_hash_table_insert(b->exprs, g_strdup(text), expr);
  return expr;
}

static PkValue
eval(PkBuild *b, PkExpr *expr, Scope *scope)
{
  PkExprScope with = { .field = scope_field, .param = scope_param, .data = scope, .arena = b->arena };
  PkValue value = pk_value_null();
  GError *error = NULL;
  if (!pk_expr_eval(expr, &with, &value, &error)) {
    pk_build_take_error(b, error);
    return pk_value_null();
  }
  return value;
}

PkValue
pk_build_eval(PkBuild *b, PkExpr *expr, const PkTable *table, gint64 row)
{
  Scope scope = { .b = b, .table = table, .row = row };
  return eval(b, expr, &scope);
}

PkValue
pk_build_eval_with(PkBuild *b, PkExpr *expr, const PkBinding *bindings, guint n)
{
  Scope scope = { .b = b, .bindings = bindings, .n_bindings = n };
  return eval(b, expr, &scope);
}

/* ---------------------------------------------------------------- values */

static PkValue
array_value(PkBuild *b, JsonArray *array)
{
  PkValue value = { .kind = PK_VALUE_ARRAY, .items = pk_arena_array(b->arena) };
  for (guint i = 0; i < json_array_get_length(array); i++)
    g_ptr_array_add(value.items,
                    pk_arena_value(b->arena, pk_build_value(b, json_array_get_element(array, i))));
  return value;
}

static PkValue
object_value(PkBuild *b, JsonObject *object)
{
  PkValue value = { .kind = PK_VALUE_OBJECT, .items = pk_arena_array(b->arena) };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init(&iter, object);
  while (json_object_iter_next(&iter, &name, &node)) {
    g_ptr_array_add(value.items, pk_arena_value(b->arena, pk_value_text(pk_arena_text(b->arena, name, -1))));
    g_ptr_array_add(value.items, pk_arena_value(b->arena, pk_build_value(b, node)));
  }
  return value;
}

PkValue
pk_build_value(PkBuild *b, JsonNode *node)
{
  if (pk_node_is_null(node))
    return pk_value_null();
  const char *text = pk_node_expr(node);
  if (text) {
    PkExpr *expr = pk_build_expr(b, text);
    return expr ? pk_build_eval(b, expr, NULL, 0) : pk_value_null();
  }
  if (JSON_NODE_HOLDS_ARRAY(node))
    return array_value(b, json_node_get_array(node));
  if (JSON_NODE_HOLDS_OBJECT(node))
    return object_value(b, json_node_get_object(node));
  if (pk_node_is_bool(node))
    return pk_value_bool(json_node_get_boolean(node));
  if (pk_node_is_text(node))
    return pk_value_text(pk_arena_text(b->arena, json_node_get_string(node), -1));
  return pk_value_number(json_node_get_double(node));
}

double
pk_build_double(PkBuild *b, JsonNode *node, double fallback)
{
  if (pk_node_is_null(node))
    return fallback;
  if (pk_node_is_number(node))
    return json_node_get_double(node);
  PkValue value = pk_build_value(b, node);
  return value.kind == PK_VALUE_NULL ? fallback : pk_value_to_number(&value);
}

gboolean
pk_build_bool(PkBuild *b, JsonNode *node, gboolean fallback)
{
  if (!node)
    return fallback;
  if (pk_node_is_bool(node))
    return json_node_get_boolean(node);
  PkValue value = pk_build_value(b, node);
  return pk_value_to_bool(&value);
}

const char *
pk_build_text(PkBuild *b, JsonNode *node, const char *fallback)
{
  if (pk_node_is_null(node))
    return fallback;
  if (pk_node_is_text(node))
    return pk_scene_intern(b->scene, json_node_get_string(node));
  PkValue value = pk_build_value(b, node);
  if (value.kind == PK_VALUE_NULL)
    return fallback;
  g_autofree char *text = pk_value_to_string(&value);
  return pk_scene_intern(b->scene, text);
}

const char *
pk_build_lines(PkBuild *b, JsonNode *node)
{
  if (pk_node_is_null(node))
    return NULL;
  PkValue value = pk_build_value(b, node);
  if (value.kind != PK_VALUE_ARRAY)
    return pk_build_text(b, node, NULL);
  g_autoptr(GString) lines = g_string_new(NULL);
  for (guint i = 0; i < value.items->len; i++) {
    g_autofree char *line = pk_value_to_string(value.items->pdata[i]);
    g_string_append_printf(lines, "%s%s", i ? "\n" : "", line);
  }
  return pk_scene_intern(b->scene, lines->str);
}

gboolean
pk_build_color(PkBuild *b, JsonNode *node, PkColor *color)
{
  const char *text = pk_build_text(b, node, NULL);
  return text && pk_color_parse(text, color);
}

PkRgba
pk_rgba(const PkColor *color)
{
  guint32 rgb = pk_color_to_rgb(color);
  return (PkRgba){ .r = rgb >> 16 & 255, .g = rgb >> 8 & 255, .b = rgb & 255, .a = pk_color_alpha(color) };
}

const double *
pk_build_dash(PkBuild *b, JsonNode *node, guint *n)
{
  *n = 0;
  if (pk_node_is_null(node))
    return NULL;
  PkValue value = pk_build_value(b, node);
  if (value.kind != PK_VALUE_ARRAY || value.items->len == 0)
    return NULL;
  double sum = 0;
  for (guint i = 0; i < value.items->len; i++)
    sum += pk_value_to_number(value.items->pdata[i]);
  if (!(sum > 0))
    return NULL;
  g_autofree char *key = pk_value_to_string(&value);
  double *dash = g_hash_table_lookup(b->dashes, key);
  if (!dash) {
    dash = pk_scene_alloc(b->scene, value.items->len, sizeof *dash);
    for (guint i = 0; i < value.items->len; i++)
      dash[i] = pk_value_to_number(value.items->pdata[i]);
    g_hash_table_insert(b->dashes, g_strdup(key), dash);
  }
  *n = value.items->len;
  return dash;
}

/* ---------------------------------------------------------------- dates */

static int
name_index(const char *name, const char *const *names, guint n)
{
  for (guint i = 0; i < n; i++)
    if (g_ascii_strcasecmp(name, names[i]) == 0 ||
        (strlen(name) == 3 && g_ascii_strncasecmp(name, names[i], 3) == 0))
      return (int)i;
  return -1;
}

static double
date_part(PkBuild *b, JsonNode *object, const char *name, double fallback)
{
  return pk_build_double(b, pk_node_member(object, name), fallback);
}

/* A DateTime object of Vega-Lite: month 1 to 12 or a name, day 0 to 7 or a name, without a year 2012. */
static double
date_time(PkBuild *b, JsonNode *object)
{
  static const char *const months[] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};
  static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                     "Thursday", "Friday", "Saturday"};
  JsonNode *month = pk_node_member(object, "month"), *day = pk_node_member(object, "day");
  JsonNode *quarter = pk_node_member(object, "quarter");
  double m = 0, date = date_part(b, object, "date", 1);
  if (pk_node_is_text(month))
    m = name_index(json_node_get_string(month), months, 12);
  else if (month)
    m = pk_build_double(b, month, 1) - 1;
  else if (quarter)
    m = (pk_build_double(b, quarter, 1) - 1) * 3;
  if (day && !pk_node_member(object, "date"))
    date = 1 + (pk_node_is_text(day) ? name_index(json_node_get_string(day), days, 7)
                                     : fmod(pk_build_double(b, day, 0), 7));
  return pk_ms_from_fields(date_part(b, object, "year", 2012), m, date, date_part(b, object, "hours", 0),
                           date_part(b, object, "minutes", 0), date_part(b, object, "seconds", 0),
                           date_part(b, object, "milliseconds", 0));
}

static gboolean
is_date_time(JsonNode *node)
{
  static const char *const names[] = {"year",  "quarter", "month",   "date",         "day",
                                      "hours", "minutes", "seconds", "milliseconds", NULL};
  for (guint i = 0; names[i]; i++)
    if (pk_node_member(node, names[i]))
      return TRUE;
  return FALSE;
}

/* JavaScript's Date of a value, by the expression language's own datetime(). */
PkValue
pk_build_datum_value(PkBuild *b, const PkValue *value)
{
  if (value->kind == PK_VALUE_DATE || value->kind == PK_VALUE_NUMBER)
    return pk_value_date(value->number);
  PkExpr *expr = pk_build_expr(b, "datetime(datum.value)");
  PkBinding binding = { "value", *value };
  if (!expr)
    return pk_value_null();
  PkValue date = pk_build_eval_with(b, expr, &binding, 1);
  return pk_value_date(pk_value_to_number(&date));
}

/* A number or name within a single unit, such as month 2 or "feb". FALSE: no such. */
static gboolean
unit_value(PkBuild *b, const char *time_unit, JsonNode *node, PkValue *out)
{
  static const char *const single[] = {"year",  "quarter", "month",   "day",          "date",
                                       "hours", "minutes", "seconds", "milliseconds", NULL};
  if (!time_unit || !g_strv_contains(single, time_unit))
    return FALSE;
  if (pk_node_is_number(node)) {
    if (json_node_get_double(node) >= 10000)
      return FALSE;
  } else {
    PkValue text = pk_build_value(b, node);
    PkValue date = pk_build_datum_value(b, &text);
    if (!isnan(date.number))
      return FALSE;
  }
  JsonNode *object = json_node_init_object(json_node_alloc(), json_object_new());
  json_object_unref(json_node_get_object(object));
  g_ptr_array_add(b->nodes, object);
  json_object_set_member(json_node_get_object(object), time_unit, json_node_copy(node));
  *out = pk_value_date(date_time(b, object));
  return TRUE;
}

PkValue
pk_build_datum(PkBuild *b, JsonNode *node, gboolean temporal, const char *time_unit)
{
  if (is_date_time(node))
    return pk_value_date(date_time(b, node));
  PkValue value;
  if ((pk_node_is_number(node) || pk_node_is_text(node)) && (temporal || time_unit)) {
    if (unit_value(b, time_unit, node, &value))
      return value;
    value = pk_build_value(b, node);
    return pk_build_datum_value(b, &value);
  }
  value = pk_build_value(b, node);
  if (temporal && value.kind == PK_VALUE_NUMBER)
    value.kind = PK_VALUE_DATE;
  return value;
}
