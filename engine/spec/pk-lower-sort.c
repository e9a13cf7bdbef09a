/* The order of discrete domains that are sorted by an array, a field or another channel
 * (vega-lite's src/compile/scale/domain.ts domainSort). Sorting is by aggregates over the raw rows. */
#include "pk-lower-unit.h"

#include "pk-error.h"

#include <string.h>

typedef struct {
  PkValue key;
  PkValue by;
  gint64 row;
  gboolean descending;
} Entry;

static int
compare_entries(gconstpointer a, gconstpointer b)
{
  const Entry *x = a, *y = b;
  int c = pk_value_compare(&x->by, &y->by);

  if (c != 0)
    return x->descending ? -c : c;
  return x->row < y->row ? -1 : x->row > y->row;
}

/* A value of a result in the unit's own arena. */
static PkValue
adopt(PkTable *table, PkValue value)
{
  if (value.text)
    value.text = pk_arena_text(table->arena, value.text, -1);
  return value;
}

/* The values of the channel's column (or labels of bins) with what they are sorted by. */
static GArray *
sorted_values(PkTable *own, PkTable *groups, guint key, guint by, gboolean descending)
{
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
  GArray *values = g_array_new(FALSE, FALSE, sizeof(PkValue));

  for (gint64 row = 0; row < groups->n_rows; row++) {
    Entry entry = { *pk_table_at(groups, key, row), *pk_table_at(groups, by, row), row, descending };
    g_array_append_val(entries, entry);
  }
  g_array_sort(entries, compare_entries);
  for (guint i = 0; i < entries->len; i++) {
    PkValue value = adopt(own, g_array_index(entries, Entry, i).key);
    g_array_append_val(values, value);
  }
  return values;
}

/* The group of the channel's own dimension alone. */
static PkGroup *
key_group(PkUnitBuild *build, const PkChannelData *data)
{
  PkGroup *group = pk_group_new();

  for (guint i = 0; i < build->group->dims->len; i++) {
    const PkDim *dim = build->group->dims->pdata[i];
    if (!g_str_equal(dim->name, data->column))
      continue;
    PkDim *copy = pk_group_add_dim(group, dim->kind, dim->path, dim->name);
    copy->end_name = g_strdup(dim->end_name);
    copy->bins = dim->bins;
    copy->unit = dim->unit;
    copy->keep_null = dim->keep_null;
  }
  return group;
}

/* Bins on a discrete scale are known by their labels. */
static guint
key_column(PkUnitBuild *build, PkTable *groups, const PkChannelData *data)
{
  if (data->column_range)
    pk_lower_fill_range(build, groups, data);
  return (guint)pk_table_find(groups, data->column_range ? data->column_range : data->column);
}

/* Texts of a delimited file: no value is the empty text. */
static void
fill_empty_keys(PkTable *groups, const PkChannelData *data)
{
  gint key = pk_table_find(groups, data->column);

  for (gint64 row = 0; data->from_csv_text && key >= 0 && row < groups->n_rows; row++)
    if (pk_table_at(groups, (guint)key, row)->kind == PK_VALUE_NULL)
      *pk_table_at(groups, (guint)key, row) = pk_value_text("");
}

static gboolean
sort_by_measure(PkUnitBuild *build, PkChannelData *data, const char *op, const char *path, gboolean descending, GError **error)
{
  g_autoptr(PkGroup) group = key_group(build, data);
  g_autoptr(PkTable) groups = NULL;

  if (group->dims->len == 0)
    return TRUE;
  pk_group_add_measure(group, op, g_str_equal(op, "count") ? NULL : path, "__sort");
  groups = pk_lower_group(build->lowering, build->rel, group, TRUE, error);
  if (!groups) {
    pk_fail_prefix(error, "%s.sort: ", data->def->path);
    return FALSE;
  }
  fill_empty_keys(groups, data);
  guint key = key_column(build, groups, data);
  data->sorted_domain = sorted_values(build->unit->table, groups, key, (guint)pk_table_find(groups, "__sort"), descending);
  return TRUE;
}

/* --- by an array --- */

typedef struct {
  const char *field;
  PkValue value;
} KeyScope;

static gboolean
key_field(const char *name, PkValue *out, gpointer data)
{
  KeyScope *scope = data;
  g_autofree char *flat = pk_field_flat(name);

  if (!g_str_equal(flat, scope->field))
    return FALSE;
  *out = scope->value;
  return TRUE;
}

static gboolean
no_param(const char *name, PkValue *out, gpointer data)
{
  return FALSE;
}

/* {"field": F, "timeUnit": U, "equal": V} as an expression. */
static PkExpr *
equal_expr(const PkChannelDef *def, JsonNode *value, GError **error)
{
  JsonObject *object = json_object_new();
  JsonNode *node = json_node_new(JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_object_set_string_member(object, "field", def->field);
  if (def->time_unit)
    json_object_set_string_member(object, "timeUnit", def->time_unit);
  json_object_set_member(object, "equal", json_node_copy(value));
  json_node_take_object(node, object);
  text = pk_predicate_to_expr(node, def->path, error);
  json_node_unref(node);
  return text ? pk_expr_parse(text, error) : NULL;
}

static double
array_index(GPtrArray *tests, KeyScope *scope, PkArena *arena)
{
  PkExprScope eval = { .field = key_field, .param = no_param, .data = scope, .arena = arena };

  for (guint i = 0; i < tests->len; i++) {
    PkValue holds;
    if (pk_expr_eval(tests->pdata[i], &eval, &holds, NULL) && pk_value_to_bool(&holds))
      return i;
  }
  return tests->len;
}

static gboolean
sort_by_array(PkUnitBuild *build, PkChannelData *data, JsonArray *array, GError **error)
{
  g_autoptr(PkGroup) group = key_group(build, data);
  g_autoptr(GPtrArray) tests = g_ptr_array_new_with_free_func((GDestroyNotify)pk_expr_free);
  g_autoptr(PkTable) groups = NULL;
  g_autofree char *flat = pk_field_flat(data->def->field);
  KeyScope scope = { .field = flat };

  if (group->dims->len == 0)
    return TRUE;
  for (guint i = 0; i < json_array_get_length(array); i++) {
    PkExpr *test = equal_expr(data->def, json_array_get_element(array, i), error);
    if (!test)
      return FALSE;
    g_ptr_array_add(tests, test);
  }
  pk_group_add_measure(group, "count", NULL, "__sort");
  groups = pk_lower_group(build->lowering, build->rel, group, TRUE, error);
  if (!groups)
    return FALSE;
  fill_empty_keys(groups, data);
  guint by = (guint)pk_table_find(groups, "__sort"), key = (guint)pk_table_find(groups, data->column);
  for (gint64 row = 0; row < groups->n_rows; row++) {
    scope.value = *pk_table_at(groups, key, row);
    *pk_table_at(groups, by, row) = pk_value_number(array_index(tests, &scope, groups->arena));
  }
  key = key_column(build, groups, data);
  data->sorted_domain = sorted_values(build->unit->table, groups, key, by, FALSE);
  return TRUE;
}

/* --- by a field or channel --- */

/* Is this field what is piled up, so that its default is the sum? */
static gboolean
is_stacked_measure(PkUnitBuild *build, const char *path)
{
  const PkChannelDef *def;

  if (build->unit->stack == PK_STACK_NONE || !path)
    return FALSE;
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->unit->n[c]; i++) {
      def = build->unit->channels[c][i].def;
      if (c != build->unit->stack_channel && c != PK_CHANNEL_TOOLTIP && def->field && !def->aggregate &&
          g_str_equal(def->field, path))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sort_by_field(PkUnitBuild *build, PkChannelData *data, const char *op, const char *path, gboolean descending, GError **error)
{
  if (!op)
    op = is_stacked_measure(build, path) ? "sum" : "min";
  if (!path && !g_str_equal(op, "count"))
    return TRUE;
  return sort_by_measure(build, data, op, path, descending, error);
}

static gboolean
sort_by_channel(PkUnitBuild *build, PkChannelData *data, const char *name, gboolean descending, GError **error)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++) {
    const PkChannelDef *def = g_str_equal(pk_channel_name(c), name) ? pk_view_field_def(build->view, c) : NULL;
    if (!def || !pk_channel_def_is_field(def))
      continue;
    return sort_by_field(build, data, def->aggregate_arg ? NULL : def->aggregate, def->field, descending, error);
  }
  return TRUE;
}

static gboolean
sort_channel(PkUnitBuild *build, PkChannel channel, PkChannelData *data, GError **error)
{
  JsonNode *sort = data->def->sort;
  const PkChannelDef *color;
  const char *text;

  if (!sort && (channel == PK_CHANNEL_XOFFSET || channel == PK_CHANNEL_YOFFSET) && data->column && !data->is_aggregated &&
      pk_view_color_order(build->view, &color))
    return sort_by_array(build, data, pk_view_color_order(build->view, &color), error);
  if (!sort || json_node_is_null(sort) || !data->column || data->is_aggregated || !pk_channel_has_scale(channel) ||
      !pk_channel_is_discrete(build->view, channel, data->def, data->type))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY(sort))
    return sort_by_array(build, data, json_node_get_array(sort), error);
  if (JSON_NODE_HOLDS_OBJECT(sort)) {
    PkProps props = { json_node_get_object(sort), data->def->path };
    gboolean descending = g_str_equal(pk_props_get_text(&props, "order", "ascending"), "descending");
    const char *by = pk_props_get_text(&props, "encoding", NULL);
    if (by)
      return sort_by_channel(build, data, by, descending, error);
    return sort_by_field(build, data, pk_props_get_text(&props, "op", NULL), pk_props_get_text(&props, "field", NULL),
                         descending, error);
  }
  if (json_node_get_value_type(sort) != G_TYPE_STRING)
    return TRUE;
  text = json_node_get_string(sort);
  if (g_str_equal(text, "ascending") || g_str_equal(text, "descending"))
    return TRUE;
  return sort_by_channel(build, data, text + (*text == '-'), *text == '-', error);
}

gboolean
pk_lower_sorts(PkUnitBuild *build, GError **error)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->unit->n[c]; i++)
      if (!sort_channel(build, c, &build->unit->channels[c][i], error))
        return FALSE;
  return TRUE;
}
