/* Transforms as SELECTs over the relation (vega-lite's src/transform.ts, vega-transforms). */
#include "pk-lower-priv.h"

#include "pk-error.h"
#include "pk-sql-quote.h"
#include "pk-sql-text.h"

#include <math.h>
#include <string.h>

static JsonObject *
element(JsonNode *array, guint i)
{
  JsonNode *node = json_array_get_element(json_node_get_array(array), i);

  return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

static guint
length_of(JsonNode *node)
{
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_array_get_length(json_node_get_array(node)) : 0;
}

static const char *
text_of(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;

  return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

/* --- bins --- */

static double *
number_array(const PkProps *params, const char *name, gsize *n)
{
  JsonNode *node = pk_props_get(params, name);
  double *numbers;

  *n = length_of(node);
  if (*n == 0)
    return NULL;
  numbers = g_new(double, *n);
  for (gsize i = 0; i < *n; i++)
    numbers[i] = json_array_get_double_element(json_node_get_array(node), (guint)i);
  return numbers;
}

gboolean
pk_lower_bins(PkLowering *self, PkRel *rel, const char *path, const PkProps *params, double default_maxbins,
              PkBins *bins, GError **error)
{
  gsize n_extent, n_divide, n_steps;
  g_autofree double *extent = number_array(params, "extent", &n_extent);
  g_autofree double *divide = number_array(params, "divide", &n_divide);
  g_autofree double *steps = number_array(params, "steps", &n_steps);
  PkBinParams p = { .divide = divide, .n_divide = n_divide, .steps = steps, .n_steps = n_steps };
  g_autoptr(GError) local = NULL;

  p.maxbins = pk_props_get_double(params, "maxbins", 0);
  p.base = pk_props_get_double(params, "base", 0);
  p.step = pk_props_get_double(params, "step", 0);
  p.minstep = pk_props_get_double(params, "minstep", 0);
  p.not_nice = !pk_props_get_bool(params, "nice", TRUE);
  p.has_anchor = pk_props_has(params, "anchor");
  p.anchor = pk_props_get_double(params, "anchor", 0);
  if (p.maxbins == 0 && p.step == 0)
    p.maxbins = default_maxbins;
  if (n_extent == 2) {
    p.extent[0] = extent[0];
    p.extent[1] = extent[1];
  } else if (!pk_lower_extent(self, rel, path, &p.extent[0], &p.extent[1], &local)) {
    if (local) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    p.extent[0] = p.extent[1] = 0; /* no value: bins of nothing */
  }
  return pk_bin(&p, bins, error);
}

/* The start of the field's bin, and its end, as fields. */
static gboolean
apply_bin(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *as = pk_props_get(&transform->props, "as");
  const char *path = pk_props_get_text(&transform->props, "field", "");
  PkProps params = pk_props_get_bag(&transform->props, "bin");
  g_autofree char *start = NULL, *end = NULL;
  g_autoptr(PkGroup) group = pk_group_new();
  PkDim *dim;

  if (length_of(as) >= 2) {
    start = g_strdup(json_array_get_string_element(json_node_get_array(as), 0));
    end = g_strdup(json_array_get_string_element(json_node_get_array(as), 1));
  } else {
    const char *name = length_of(as) == 1 ? json_array_get_string_element(json_node_get_array(as), 0)
                                          : pk_props_get_text(&transform->props, "as", "bin");
    start = g_strdup(name);
    end = g_strconcat(name, "_end", NULL);
  }
  dim = pk_group_add_dim(group, PK_DIM_BIN, path, start);
  if (!pk_lower_bins(self, rel, path, &params, pk_lower_auto_maxbins(PK_CHANNEL_X), &dim->bins, error)) {
    pk_fail_prefix(error, "%s: ", transform->props.path);
    return FALSE;
  }
  pk_lower_dim_fields(self, rel, dim, start, end);
  return TRUE;
}

/* --- time units --- */

gboolean
pk_lower_time_unit(PkLowering *self, PkRel *rel, const char *path, const char *unit_name, double step, double maxbins,
                   const char *where, PkCalendarUnit *unit, GError **error)
{
  g_autoptr(GError) local = NULL;
  double lo, hi;

  if (unit_name) {
    if (!pk_calendar_unit_parse(unit_name, unit, error)) {
      pk_fail_prefix(error, "%s.timeUnit: ", where);
      return FALSE;
    }
    unit->step = step >= 1 ? floor(step) : 1;
    return TRUE;
  }
  if (!pk_lower_extent(self, rel, path, &lo, &hi, &local)) {
    if (local) {
      g_propagate_error(error, g_steal_pointer(&local));
      return FALSE;
    }
    lo = hi = 0;
  }
  *unit = (PkCalendarUnit){ 0 };
  pk_calendar_unit_for_extent(lo, hi, maxbins, unit);
  return TRUE;
}

static gboolean
apply_time_unit(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const PkProps *props = &transform->props;
  PkProps params = pk_props_get_bag(props, "timeUnit");
  const char *path = pk_props_get_text(props, "field", ""), *as = pk_props_get_text(props, "as", "");
  const char *name = pk_props_get_text(props, "timeUnit", pk_props_get_text(&params, "unit", NULL));
  g_autofree char *end = g_strconcat(as, "_end", NULL);
  g_autofree char *full = name && pk_props_get_bool(&params, "utc", FALSE) && !g_str_has_prefix(name, "utc")
                            ? g_strconcat("utc", name, NULL) : g_strdup(name);
  g_autoptr(PkGroup) group = pk_group_new();
  PkDim *dim = pk_group_add_dim(group, PK_DIM_TIME, path, as);

  if (!pk_lower_time_unit(self, rel, path, full, pk_props_get_double(&params, "step", 1),
                          pk_props_get_double(&params, "maxbins", 0), props->path, &dim->unit, error))
    return FALSE;
  pk_lower_dim_fields(self, rel, dim, as, end);
  return TRUE;
}

/* --- aggregate, joinaggregate --- */

static char *
measure_name(JsonObject *object, const char *op)
{
  const char *as = text_of(object, "as"), *field = text_of(object, "field");

  if (as)
    return g_strdup(as);
  return field ? g_strdup_printf("%s_%s", op, field) : g_strdup(op);
}

/* The operation's name: text, or the member of {"exponential": 0.5}. */
static const char *
op_of(JsonObject *object, double *param)
{
  JsonNode *op = object ? json_object_get_member(object, "op") : NULL;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  *param = 0;
  if (!op || !JSON_NODE_HOLDS_OBJECT(op))
    return text_of(object, "op");
  json_object_iter_init(&iter, json_node_get_object(op));
  if (json_object_iter_next(&iter, &name, &value))
    *param = json_node_get_double(value);
  return name;
}

static gboolean
is_arg_op(const char *op)
{
  return g_str_equal(op, "argmin") || g_str_equal(op, "argmax");
}

const char *
pk_lower_tuple(PkRel *rel)
{
  g_autoptr(GString) sql = g_string_new("{");

  if (pk_rel_find(rel, "__tuple"))
    return "__tuple";
  for (guint i = 0; i < rel->fields->len; i++) {
    const PkRelField *field = rel->fields->pdata[i];
    g_string_append(sql, i ? ", " : "");
    pk_sql_append_literal(sql, field->name);
    g_string_append(sql, ": ");
    pk_sql_append_ident(sql, field->column);
  }
  g_string_append_c(sql, '}');
  pk_rel_set(rel, "__tuple", sql->str, PK_TYPE_OF(PK_TYPE_STRUCT));
  return "__tuple";
}

static gboolean
add_measures(PkRel *rel, PkGroup *group, JsonNode *list, const char *path, GError **error)
{
  for (guint i = 0; i < length_of(list); i++) {
    JsonObject *object = element(list, i);
    double param;
    const char *op = op_of(object, &param);
    if (!op)
      return pk_fail(error, PK_ERROR_INVALID, "%s[%u]: an \"op\" is needed", path, i);
    g_autofree char *name = measure_name(object, op);
    PkMeasureDef *measure = pk_group_add_measure(group, op, text_of(object, "field"), name);
    if (measure && is_arg_op(op)) {
      measure->by = g_steal_pointer(&measure->path);
      measure->path = g_strdup(pk_lower_tuple(rel));
    }
    if (measure)
      measure->param = param;
  }
  return TRUE;
}

static gboolean
apply_aggregate(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *groupby = pk_props_get(&transform->props, "groupby");
  g_autoptr(PkGroup) group = pk_group_new();

  for (guint i = 0; i < length_of(groupby); i++) {
    const char *path = json_array_get_string_element(json_node_get_array(groupby), i);
    g_autofree char *flat = pk_field_flat(path);
    pk_group_add_dim(group, PK_DIM_VALUE, path, flat);
  }
  if (!add_measures(rel, group, pk_props_get(&transform->props, "aggregate"), transform->props.path, error))
    return FALSE;
  if (group->dims->len + group->measures->len == 0)
    return TRUE;
  if (!pk_lower_group_rel(self, rel, group, error)) {
    pk_fail_prefix(error, "%s: ", transform->props.path);
    return FALSE;
  }
  return TRUE;
}

/* "a", "b" of a list of fields. Caller owns. */
static char *
column_list(PkLowering *self, PkRel *rel, JsonNode *paths)
{
  g_autoptr(GString) sql = g_string_new(NULL);

  for (guint i = 0; i < length_of(paths); i++) {
    PkRelField *field = pk_lower_field(self, rel, json_array_get_string_element(json_node_get_array(paths), i), NULL);
    g_autofree char *column = field ? pk_rel_quote(field) : NULL;
    if (column)
      g_string_append_printf(sql, "%s%s", sql->len ? ", " : "", column);
  }
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

/* "a" ASC NULLS FIRST, … of a sort; *n: how many. Caller owns. */
static char *
order_list(PkLowering *self, PkRel *rel, JsonNode *sort, guint *n)
{
  g_autoptr(GString) sql = g_string_new(NULL);

  *n = 0;
  for (guint i = 0; i < length_of(sort); i++) {
    JsonObject *object = element(sort, i);
    const char *path = text_of(object, "field"), *order = text_of(object, "order");
    PkRelField *field = path ? pk_lower_field(self, rel, path, NULL) : NULL;
    g_autofree char *column = field ? pk_rel_quote(field) : NULL;
    if (!column)
      continue;
    g_string_append_printf(sql, "%s%s %s", sql->len ? ", " : "", column,
                           g_strcmp0(order, "descending") == 0 ? "DESC NULLS LAST" : "ASC NULLS FIRST");
    (*n)++;
  }
  return g_string_free(g_steal_pointer(&sql), FALSE);
}

static PkType
described_type(PkLowering *self, PkRel *rel, const char *sql, GError **error)
{
  g_autofree char *select = g_strdup_printf("SELECT %s AS v FROM %s", sql, rel->from);
  g_autoptr(GPtrArray) columns = self->host->describe(select, self->host->user, error);

  return columns && columns->len == 1 ? ((PkColumnInfo *)columns->pdata[0])->type : PK_TYPE_OF(PK_TYPE_NULL);
}

static gboolean
set_described(PkLowering *self, PkRel *rel, const char *name, const char *sql, GError **error)
{
  g_autoptr(GError) local = NULL;
  PkType type = described_type(self, rel, sql, &local);

  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  pk_rel_set(rel, name, sql, type);
  return TRUE;
}

static gboolean
apply_join_aggregate(PkLowering *self, PkRel *rel, const PkTransform *transform, JsonNode *list, GError **error)
{
  g_autoptr(PkGroup) group = pk_group_new();

  if (!add_measures(rel, group, list, transform->props.path, error))
    return FALSE;
  for (guint i = 0; i < group->measures->len; i++) {
    const PkMeasureDef *measure = group->measures->pdata[i];
    PkType type;
    g_autofree char *by = column_list(self, rel, pk_props_get(&transform->props, "groupby"));
    g_autofree char *all = g_strdup_printf(" OVER (%s%s)", *by ? "PARTITION BY " : "", by);
    g_autofree char *sql = pk_lower_measure_sql(self, rel, measure, all, &type, error);
    if (!sql || !set_described(self, rel, measure->name, sql, error)) {
      pk_fail_prefix(error, "%s: ", transform->props.path);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- window --- */

typedef struct {
  char *partition; /* "PARTITION BY …" or "" */
  char *sort;      /* keys, "" for none */
  char *rows;      /* keys that make the order total */
  char *frame;     /* of aggregates and of first_value and its like */
  gboolean by_peers;
} Window;

static void
window_clear(Window *self)
{
  g_free(self->partition);
  g_free(self->sort);
  g_free(self->rows);
  g_free(self->frame);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Window, window_clear)

static void
append_bound(GString *sql, JsonNode *frame, guint i)
{
  JsonNode *bound = json_array_get_element(json_node_get_array(frame), i);
  gint64 n = json_node_is_null(bound) ? 0 : (gint64)json_node_get_double(bound);

  if (json_node_is_null(bound))
    g_string_append(sql, i ? "UNBOUNDED FOLLOWING" : "UNBOUNDED PRECEDING");
  else if (n == 0)
    g_string_append(sql, "CURRENT ROW");
  else
    g_string_append_printf(sql, "%" G_GINT64_FORMAT " %s", ABS(n), n < 0 ? "PRECEDING" : "FOLLOWING");
}

/* A frame counted in rows takes in the peers at its ends, which SQL cannot say: only right if there are none. */
static gboolean
check_no_peers(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *sort = pk_props_get(&transform->props, "sort");
  g_autofree char *by = column_list(self, rel, pk_props_get(&transform->props, "groupby"));
  g_autoptr(GString) keys = g_string_new(by);
  g_autofree char *sql = NULL;

  for (guint i = 0; i < length_of(sort); i++) {
    const char *path = text_of(element(sort, i), "field");
    PkRelField *field = path ? pk_lower_field(self, rel, path, NULL) : NULL;
    if (!field)
      continue;
    g_string_append(keys, keys->len ? ", " : "");
    pk_sql_append_ident(keys, field->column);
  }
  sql = g_strdup_printf("SELECT count(*) AS n FROM (SELECT 1 FROM %s GROUP BY %s HAVING count(*) > 1)", rel->from, keys->str);
  g_autofree char *title = pk_lower_purpose(self->view, "are rows equal by the window's \"sort\"");
  g_autoptr(PkFrame) frame = self->host->run_sql(sql, rel->from, title, self->host->user, error);
  if (!frame)
    return FALSE;
  if (pk_column_get_int(frame->columns[0], 0) > 0)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.frame: rows that are equal by \"sort\" are not supported in a frame "
                   "counted in rows; set \"ignorePeers\": true or sort by more fields", transform->props.path);
  return TRUE;
}

/* Is each bound an end of the partition or the row itself? Then RANGE says that peers belong to the row. */
static gboolean
has_only_open_bounds(JsonNode *frame)
{
  for (guint i = 0; i < 2; i++) {
    JsonNode *bound = json_array_get_element(json_node_get_array(frame), i);
    if (!json_node_is_null(bound) && json_node_get_double(bound) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_window(PkLowering *self, PkRel *rel, const PkTransform *transform, Window *window, GError **error)
{
  JsonNode *frame = pk_props_get(&transform->props, "frame");
  g_autofree char *by = column_list(self, rel, pk_props_get(&transform->props, "groupby"));
  g_autoptr(GString) text = g_string_new(NULL);
  gboolean ignore_peers = pk_props_get_bool(&transform->props, "ignorePeers", FALSE), by_rows;
  guint n_sort;

  pk_rel_number_rows(rel);
  window->partition = *by ? g_strconcat("PARTITION BY ", by, " ", NULL) : g_strdup("");
  window->sort = order_list(self, rel, pk_props_get(&transform->props, "sort"), &n_sort);
  window->rows = g_strconcat(window->sort, n_sort ? ", " : "", PK_REL_ROW, NULL);
  window->by_peers = n_sort > 0 && !ignore_peers;
  by_rows = length_of(frame) == 2 && !(json_node_is_null(json_array_get_element(json_node_get_array(frame), 0)) &&
                                       json_node_is_null(json_array_get_element(json_node_get_array(frame), 1)));
  if (length_of(frame) != 2) {
    window->frame = g_strdup_printf("%s BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", window->by_peers ? "RANGE" : "ROWS");
    return TRUE;
  }
  if (by_rows && window->by_peers && !has_only_open_bounds(frame) && !check_no_peers(self, rel, transform, error))
    return FALSE;
  window->by_peers = window->by_peers && has_only_open_bounds(frame);
  g_string_append(text, window->by_peers ? "RANGE BETWEEN " : "ROWS BETWEEN ");
  append_bound(text, frame, 0);
  g_string_append(text, " AND ");
  append_bound(text, frame, 1);
  window->frame = g_string_free(g_steal_pointer(&text), FALSE);
  return TRUE;
}

static char *
over(const Window *window, const char *call, const char *order, const char *frame)
{
  return g_strdup_printf("%s OVER (%s%s%s%s%s)", call, window->partition, *order ? "ORDER BY " : "", order, frame ? " " : "",
                         frame ? frame : "");
}

/* Operations that only a window has. NULL without an error: it is an aggregate. */
static char *
window_op_sql(const Window *window, const char *op, const char *x, double param, gboolean has_param)
{
  g_autofree char *call = NULL;
  gint64 n = has_param ? (gint64)param : 1;
  const char *peers = *window->sort ? window->sort : window->rows;

  if (g_str_equal(op, "row_number"))
    return over(window, "row_number()", window->rows, NULL);
  if (g_str_equal(op, "rank") || g_str_equal(op, "dense_rank") || g_str_equal(op, "percent_rank") ||
      g_str_equal(op, "cume_dist")) {
    call = g_strconcat(op, "()", NULL);
    return over(window, call, peers, NULL);
  }
  if (g_str_equal(op, "ntile")) {
    g_autofree char *dist = over(window, "cume_dist()", peers, NULL);
    return g_strdup_printf("CAST(ceil(%" G_GINT64_FORMAT " * %s) AS BIGINT)", n, dist);
  }
  if (g_str_equal(op, "lag") || g_str_equal(op, "lead")) {
    call = g_strdup_printf("%s(%s, %" G_GINT64_FORMAT ")", op, x, n);
    return over(window, call, window->rows, NULL);
  }
  if (g_str_equal(op, "prev_value") || g_str_equal(op, "next_value")) {
    gboolean prev = g_str_equal(op, "prev_value");
    call = g_strdup_printf("%s(%s IGNORE NULLS)", prev ? "last_value" : "first_value", x);
    return over(window, call, window->rows, prev ? "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
                                                 : "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING");
  }
  if (g_str_equal(op, "first_value") || g_str_equal(op, "last_value"))
    call = g_strdup_printf("%s(%s)", op, x);
  else if (g_str_equal(op, "nth_value"))
    call = g_strdup_printf("nth_value(%s, %" G_GINT64_FORMAT ")", x, n);
  else
    return NULL;
  return over(window, call, window->by_peers ? window->sort : window->rows, window->frame);
}

static gboolean
apply_window_op(PkLowering *self, PkRel *rel, const PkTransform *transform, JsonObject *object, Window *window,
                GError **error)
{
  double op_param;
  const char *op = op_of(object, &op_param), *path = text_of(object, "field");
  g_autofree char *name = op ? measure_name(object, op) : NULL, *x = NULL, *sql = NULL, *agg = NULL;
  PkRelField *field = path ? pk_lower_field(self, rel, path, NULL) : NULL;
  PkType type;

  if (!op)
    return pk_fail(error, PK_ERROR_INVALID, "%s.window: an \"op\" is needed", transform->props.path);
  x = field ? pk_rel_quote(field) : g_strdup("NULL");
  sql = window_op_sql(window, op, x, json_object_get_double_member_with_default(object, "param", 1),
                      json_object_has_member(object, "param"));
  if (!sql) {
    g_autoptr(PkGroup) group = pk_group_new();
    PkMeasureDef *measure = pk_group_add_measure(group, op, path, name);
    measure->param = op_param;
    agg = over(window, "", window->by_peers ? window->sort : window->rows, window->frame);
    sql = pk_lower_measure_sql(self, rel, measure, agg, &type, error);
  }
  return sql && set_described(self, rel, name, sql, error);
}

static gboolean
apply_window(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  JsonNode *list = pk_props_get(&transform->props, "window");
  g_auto(Window) window = { 0 };

  if (!make_window(self, rel, transform, &window, error))
    return FALSE;
  for (guint i = 0; i < length_of(list); i++) {
    if (!apply_window_op(self, rel, transform, element(list, i), &window, error)) {
      pk_fail_prefix(error, "%s.window[%u]: ", transform->props.path, i);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- stack --- */

static void
stack_names(const PkTransform *transform, const char *field, char **start, char **end)
{
  JsonNode *as = pk_props_get(&transform->props, "as");

  if (length_of(as) >= 2) {
    *start = g_strdup(json_array_get_string_element(json_node_get_array(as), 0));
    *end = g_strdup(json_array_get_string_element(json_node_get_array(as), 1));
  } else if (as && json_node_get_value_type(as) == G_TYPE_STRING) {
    *start = g_strdup(json_node_get_string(as));
    *end = g_strconcat(*start, "_end", NULL);
  } else {
    *start = g_strconcat(field, "_start", NULL);
    *end = g_strconcat(field, "_end", NULL);
  }
}

static gboolean
apply_stack(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const char *path = pk_props_get_text(&transform->props, "stack", "");
  const char *offset = pk_props_get_text(&transform->props, "offset", "zero");
  g_autofree char *start = NULL, *end = NULL, *by = NULL, *sort = NULL, *v = NULL, *part = NULL, *order = NULL, *y1 = NULL;
  PkRelField *field = pk_lower_field(self, rel, path, NULL);
  guint n_sort;

  if (!field)
    return pk_fail(error, PK_ERROR_NOT_FOUND, "%s.stack: there is no field \"%s\"", transform->props.path, path);
  stack_names(transform, path, &start, &end);
  pk_rel_number_rows(rel);
  field = pk_lower_measure(rel, field);
  v = pk_rel_quote(field);
  by = column_list(self, rel, pk_props_get(&transform->props, "groupby"));
  sort = order_list(self, rel, pk_props_get(&transform->props, "sort"), &n_sort);
  part = *by ? g_strconcat("PARTITION BY ", by, " ", NULL) : g_strdup("");
  order = g_strdup_printf("%sORDER BY %s%s" PK_REL_ROW " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", part, sort,
                          n_sort ? ", " : "");
  if (g_str_equal(offset, "zero")) {
    y1 = g_strdup_printf("CASE WHEN %s < 0 THEN sum(CASE WHEN %s < 0 THEN CAST(%s AS DOUBLE) ELSE 0 END) OVER (%s) "
                         "ELSE sum(CASE WHEN %s >= 0 THEN CAST(%s AS DOUBLE) ELSE 0 END) OVER (%s) END",
                         v, v, v, order, v, v, order);
    pk_rel_set(rel, end, y1, PK_TYPE_OF(PK_TYPE_F64));
    g_autofree char *column = pk_rel_quote(pk_rel_find(rel, end));
    g_autofree char *below = g_strdup_printf("(%s - coalesce(CAST(%s AS DOUBLE), 0))", column, v);
    pk_rel_set(rel, start, below, PK_TYPE_OF(PK_TYPE_F64));
    return TRUE;
  }
  y1 = g_strdup_printf("sum(abs(coalesce(CAST(%s AS DOUBLE), 0))) OVER (%s)", v, order);
  if (g_str_equal(offset, "normalize")) {
    g_autofree char *total = g_strdup_printf("sum(abs(coalesce(CAST(%s AS DOUBLE), 0))) OVER (%s)", v, part);
    g_autofree char *top = g_strdup_printf("coalesce(%s / nullif(%s, 0), 0)", y1, total);
    g_autofree char *below = g_strdup_printf("coalesce((%s - abs(coalesce(CAST(%s AS DOUBLE), 0))) / nullif(%s, 0), 0)", y1, v,
                                             total);
    g_autofree char *kept = g_strdup(below);
    pk_rel_set(rel, "__stack", kept, PK_TYPE_OF(PK_TYPE_F64));
    pk_rel_set(rel, end, top, PK_TYPE_OF(PK_TYPE_F64));
    pk_rel_set(rel, start, "\"__stack\"", PK_TYPE_OF(PK_TYPE_F64));
    return TRUE;
  }
  /* center: each pile is put in the middle of the highest */
  g_autofree char *total = g_strdup_printf("sum(abs(coalesce(CAST(%s AS DOUBLE), 0))) OVER (%s)", v, part);
  pk_rel_set(rel, "__total", total, PK_TYPE_OF(PK_TYPE_F64));
  g_autofree char *top = g_strdup_printf("(max(\"__total\") OVER () - \"__total\") / 2 + %s", y1);
  pk_rel_set(rel, end, top, PK_TYPE_OF(PK_TYPE_F64));
  g_autofree char *column = pk_rel_quote(pk_rel_find(rel, end));
  g_autofree char *below = g_strdup_printf("(%s - abs(coalesce(CAST(%s AS DOUBLE), 0)))", column, v);
  pk_rel_set(rel, start, below, PK_TYPE_OF(PK_TYPE_F64));
  return TRUE;
}

gboolean
pk_lower_transform(PkLowering *self, PkRel *rel, const PkTransform *transform, GError **error)
{
  const PkProps *props = &transform->props;
  g_autofree char *where = NULL;

  if (transform->kind != PK_TRANSFORM_FILTER && transform->kind != PK_TRANSFORM_CALCULATE &&
      transform->kind != PK_TRANSFORM_BIN && transform->kind != PK_TRANSFORM_TIMEUNIT)
    pk_rel_flush(rel); /* these look at other rows */
  switch (transform->kind) {
  case PK_TRANSFORM_FILTER:
    where = g_strconcat(props->path, ".filter", NULL);
    return pk_lower_filter(self, rel, pk_props_get(props, "filter"), where, error);
  case PK_TRANSFORM_CALCULATE:
    where = g_strconcat(props->path, ".calculate", NULL);
    return pk_lower_calculate(self, rel, pk_props_get_text(props, "calculate", ""), pk_props_get_text(props, "as", ""),
                              where, error);
  case PK_TRANSFORM_AGGREGATE:
    return apply_aggregate(self, rel, transform, error);
  case PK_TRANSFORM_BIN:
    return apply_bin(self, rel, transform, error);
  case PK_TRANSFORM_TIMEUNIT:
    return apply_time_unit(self, rel, transform, error);
  case PK_TRANSFORM_STACK:
    return apply_stack(self, rel, transform, error);
  case PK_TRANSFORM_JOINAGGREGATE:
    return apply_join_aggregate(self, rel, transform, pk_props_get(props, "joinaggregate"), error);
  case PK_TRANSFORM_WINDOW:
    return apply_window(self, rel, transform, error);
  default:
    return pk_lower_reshape(self, rel, transform, error);
  }
}
