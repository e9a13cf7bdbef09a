/* When a unit stacks or imputes, and by what (vega-lite's src/stack.ts, src/compile/data/stack.ts and impute.ts). */
#include "pk-lower-unit.h"

#include <math.h>
#include <string.h>

/* In the order in which their fields decide the order of a stack. */
static const PkChannel by_channels[] = {
  PK_CHANNEL_COLOR, PK_CHANNEL_FILL, PK_CHANNEL_STROKE, PK_CHANNEL_OPACITY, PK_CHANNEL_FILL_OPACITY,
  PK_CHANNEL_STROKE_OPACITY, PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_STROKE_DASH, PK_CHANNEL_SIZE, PK_CHANNEL_ANGLE,
  PK_CHANNEL_SHAPE, PK_CHANNEL_ORDER, PK_CHANNEL_TEXT, PK_CHANNEL_DETAIL, PK_CHANNEL_KEY, PK_CHANNEL_HREF,
  PK_CHANNEL_URL, PK_CHANNEL_DESCRIPTION,
};

static gboolean
is_measure(const PkChannelDef *def, PkChannel channel)
{
  return pk_channel_def_is_field(def) && pk_lower_type(def, channel) == PK_MEASURE_QUANTITATIVE &&
         (!def->bin.present);
}

/* Is "stack" given and neither false nor null? */
static gboolean
asks_for_stack(const PkChannelDef *def)
{
  if (!def->has_stack || !def->stack || json_node_is_null(def->stack))
    return FALSE;
  return json_node_get_value_type(def->stack) != G_TYPE_BOOLEAN || json_node_get_boolean(def->stack);
}

static gboolean
stackable_channel(const PkSpec *spec, const PkView *view, PkChannel *channel)
{
  const PkChannelDef *x = pk_view_def(view, PK_CHANNEL_X), *y = pk_view_def(view, PK_CHANNEL_Y);
  gboolean bar_or_area = view->mark == PK_MARK_BAR || view->mark == PK_MARK_AREA;
  gboolean x_measure = is_measure(x, PK_CHANNEL_X), y_measure = is_measure(y, PK_CHANNEL_Y);
  gint orient = pk_view_orient(spec, view);

  *channel = x_measure ? PK_CHANNEL_X : PK_CHANNEL_Y;
  if (pk_channel_def_is_field(x) && pk_channel_def_is_field(y)) {
    if (!x_measure || !y_measure)
      return x_measure || y_measure;
    if (asks_for_stack(x))
      return TRUE;
    if (asks_for_stack(y)) {
      *channel = PK_CHANNEL_Y;
      return TRUE;
    }
    if ((x->aggregate != NULL) != (y->aggregate != NULL)) {
      *channel = x->aggregate ? PK_CHANNEL_X : PK_CHANNEL_Y;
      return TRUE;
    }
    *channel = orient == 'h' ? PK_CHANNEL_X : PK_CHANNEL_Y;
    return bar_or_area && orient != 0;
  }
  if (x_measure)
    return !(bar_or_area && orient == 'v');
  if (y_measure)
    return !(bar_or_area && orient == 'h');
  return FALSE;
}

static PkStackKind
kind_of(const PkView *view, const PkChannelDef *def)
{
  const char *name;

  if (!def->has_stack)
    return view->mark == PK_MARK_BAR || view->mark == PK_MARK_AREA ? PK_STACK_ZERO : PK_STACK_NONE;
  if (!asks_for_stack(def))
    return PK_STACK_NONE;
  if (json_node_get_value_type(def->stack) == G_TYPE_BOOLEAN)
    return PK_STACK_ZERO;
  name = json_node_get_string(def->stack);
  return g_str_equal(name, "normalize") ? PK_STACK_NORMALIZE : g_str_equal(name, "center") ? PK_STACK_CENTER : PK_STACK_ZERO;
}

/* The columns by which the marks of a pile are told apart; *dims: those of the dimension. */
static void
stack_columns(const PkView *view, PkChannel channel, GPtrArray *dims, GPtrArray *by)
{
  PkChannel across = channel == PK_CHANNEL_X ? PK_CHANNEL_Y : PK_CHANNEL_X;
  PkChannel offset = across == PK_CHANNEL_X ? PK_CHANNEL_XOFFSET : PK_CHANNEL_YOFFSET;
  g_autofree char *stacked = pk_lower_column_name(pk_view_def(view, channel), channel);
  const PkChannel dimensions[] = { across, offset };

  for (guint i = 0; i < 2; i++) {
    const PkChannelDef *def = pk_view_def(view, dimensions[i]);
    g_autofree char *column = pk_channel_def_is_field(def) ? pk_lower_column_name(def, dimensions[i]) : NULL;
    if (column && !g_str_equal(column, stacked))
      g_ptr_array_add(dims, g_steal_pointer(&column));
  }
  for (guint i = 0; i < G_N_ELEMENTS(by_channels); i++) {
    const PkEncoding *encoding = &view->encoding[by_channels[i]];
    for (guint k = 0; k < encoding->n; k++) {
      const PkChannelDef *def = &encoding->defs[k];
      if (!pk_channel_def_is_field(def))
        def = def->n_conditions == 1 && pk_channel_def_is_field(&def->conditions[0].def) ? &def->conditions[0].def : NULL;
      if (!def || def->aggregate)
        continue;
      g_autofree char *column = pk_lower_column_name(def, by_channels[i]);
      if (!g_ptr_array_find_with_equal_func(dims, column, g_str_equal, NULL))
        g_ptr_array_add(by, g_steal_pointer(&column));
    }
  }
}

static gboolean
has_quantitative_offset(const PkView *view, PkChannel channel)
{
  const PkChannelDef *def = pk_view_field_def(view, channel);

  return def && is_measure(def, channel);
}

PkStackKind
pk_view_stack(const PkSpec *spec, const PkView *view, PkChannel *channel)
{
  g_autoptr(GPtrArray) dims = g_ptr_array_new_with_free_func(g_free), by = g_ptr_array_new_with_free_func(g_free);
  const PkChannelDef *def;
  PkChannel across;
  PkStackKind kind;

  if (view->mark == PK_MARK_RECT || !stackable_channel(spec, view, channel))
    return PK_STACK_NONE;
  def = pk_view_def(view, *channel);
  across = *channel == PK_CHANNEL_X ? PK_CHANNEL_Y : PK_CHANNEL_X;
  if (!def->has_stack && view->encoding[across].n == 0 &&
      has_quantitative_offset(view, across == PK_CHANNEL_X ? PK_CHANNEL_XOFFSET : PK_CHANNEL_YOFFSET))
    return PK_STACK_NONE;
  kind = kind_of(view, def);
  if (kind == PK_STACK_NONE)
    return kind;
  stack_columns(view, *channel, dims, by);
  if (pk_view_is_aggregated(view) && by->len == 0)
    return PK_STACK_NONE;
  const PkChannelDef *second = pk_view_def(view, *channel == PK_CHANNEL_X ? PK_CHANNEL_X2 : PK_CHANNEL_Y2);
  if (second && (pk_channel_def_is_field(second) || second->datum))
    return PK_STACK_NONE;
  return kind;
}

/* --- imputing what an encoding asks for --- */

static PkImputeMethod
method_of(const char *name)
{
  static const char *const names[] = { "value", "mean", "median", "min", "max" };

  for (guint i = 0; name && i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(names[i], name))
      return (PkImputeMethod)i;
  return PK_IMPUTE_VALUE;
}

static void
read_frame(const PkProps *props, PkImpute *impute)
{
  JsonNode *frame = pk_props_get(props, "frame");
  JsonArray *array = frame && JSON_NODE_HOLDS_ARRAY(frame) ? json_node_get_array(frame) : NULL;

  if (!array || json_array_get_length(array) != 2)
    return;
  impute->has_lo = !json_array_get_null_element(array, 0);
  impute->has_hi = !json_array_get_null_element(array, 1);
  impute->lo = impute->has_lo ? (gint)json_array_get_double_element(array, 0) : 0;
  impute->hi = impute->has_hi ? (gint)json_array_get_double_element(array, 1) : 0;
}

static GArray *
read_keyvals(PkTable *table, const PkProps *props)
{
  JsonNode *node = pk_props_get(props, "keyvals");
  GArray *values = g_array_new(FALSE, FALSE, sizeof(PkValue));

  if (node && JSON_NODE_HOLDS_ARRAY(node)) {
    for (guint i = 0; i < json_array_get_length(json_node_get_array(node)); i++) {
      PkValue value = pk_lower_json_value(table->arena, json_array_get_element(json_node_get_array(node), i));
      g_array_append_val(values, value);
    }
  } else if (node && JSON_NODE_HOLDS_OBJECT(node)) {
    PkProps sequence = pk_props_get_bag(props, "keyvals");
    double start = pk_props_get_double(&sequence, "start", 0), stop = pk_props_get_double(&sequence, "stop", 0);
    double step = pk_props_get_double(&sequence, "step", 1);
    guint n = step != 0 && (stop - start) / step > 0 ? (guint)MIN(ceil((stop - start) / step), 100000) : 0;
    for (guint i = 0; i < n; i++) {
      PkValue value = pk_value_number(start + i * step);
      g_array_append_val(values, value);
    }
  }
  return values;
}

/* The columns that split a path into series (pathGroupingFields). */
static GArray *
series_columns(const PkUnitBuild *build, gboolean with_order)
{
  static const PkChannel channels[] = {
    PK_CHANNEL_COLOR, PK_CHANNEL_FILL, PK_CHANNEL_STROKE, PK_CHANNEL_OPACITY, PK_CHANNEL_FILL_OPACITY,
    PK_CHANNEL_STROKE_OPACITY, PK_CHANNEL_STROKE_DASH, PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_SIZE, PK_CHANNEL_DETAIL,
    PK_CHANNEL_KEY, PK_CHANNEL_ORDER,
  };
  GArray *columns = g_array_new(FALSE, FALSE, sizeof(guint));

  for (guint i = 0; i < G_N_ELEMENTS(channels); i++) {
    PkChannel c = channels[i];
    if (c == PK_CHANNEL_ORDER && !with_order)
      continue;
    for (guint k = 0; k < build->unit->n[c]; k++) {
      const PkChannelData *data = &build->unit->channels[c][k];
      if (!data->column && data->conditions && data->def->n_conditions == 1)
        data = &data->conditions[0];
      gint column = data->column && !data->is_aggregated ? pk_table_find(build->unit->table, data->column) : -1;
      if (column >= 0)
        g_array_append_val(columns, column);
    }
  }
  return columns;
}

void
pk_lower_impute(PkUnitBuild *build)
{
  const PkChannelDef *x = pk_view_def(build->view, PK_CHANNEL_X), *y = pk_view_def(build->view, PK_CHANNEL_Y);
  const PkChannelDef *imputed, *key;
  PkTable *table = build->unit->table;

  if (!pk_channel_def_is_field(x) || !pk_channel_def_is_field(y))
    return;
  imputed = x->impute && !json_node_is_null(x->impute) ? x : y->impute && !json_node_is_null(y->impute) ? y : NULL;
  if (!imputed || !JSON_NODE_HOLDS_OBJECT(imputed->impute))
    return;
  key = imputed == x ? y : x;
  g_autofree char *field_name = imputed->field ? pk_field_flat(imputed->field) : NULL;
  g_autofree char *key_name = key->field ? pk_field_flat(key->field) : NULL;
  gint field = field_name ? pk_table_find(table, field_name) : -1, key_column = key_name ? pk_table_find(table, key_name) : -1;
  if (field < 0 || key_column < 0)
    return; /* an aggregated field: the reference imputes a field that is not there */
  PkProps props = { json_node_get_object(imputed->impute), imputed->path };
  g_autoptr(GArray) series = series_columns(build, build->view->mark == PK_MARK_AREA);
  g_autoptr(GArray) keyvals = read_keyvals(table, &props);
  PkImpute impute = { .field = (guint)field, .key = (guint)key_column, .groupby = (guint *)series->data,
                      .n_groupby = series->len, .keyvals = (PkValue *)keyvals->data, .n_keyvals = keyvals->len };
  impute.method = method_of(pk_props_get_text(&props, "method", "value"));
  impute.value = pk_props_has(&props, "value") ? pk_lower_json_value(table->arena, pk_props_get(&props, "value"))
                                               : pk_value_number(0);
  read_frame(&props, &impute);
  pk_impute(table, &impute);
}

/* --- stacking --- */

/* Rows that an area lacks: each series has a value, if 0, wherever another has one. */
static void
impute_zeros(PkUnitBuild *build, guint field, const GPtrArray *dims, const GArray *by)
{
  PkTable *table = build->unit->table;
  gint64 before = table->n_rows;

  for (guint i = 0; i < dims->len; i++) {
    gint key = pk_table_find(table, dims->pdata[i]);
    PkImpute impute = { .field = field, .groupby = (guint *)by->data, .n_groupby = by->len, .value = pk_value_number(0) };
    if (key < 0)
      continue;
    impute.key = (guint)key;
    pk_impute(table, &impute);
  }
  /* Their ends of bins and units. */
  for (guint i = 0; i < build->group->dims->len; i++) {
    const PkDim *dim = build->group->dims->pdata[i];
    gint start = pk_table_find(table, dim->name), end = dim->end_name ? pk_table_find(table, dim->end_name) : -1;
    for (gint64 row = before; start >= 0 && end >= 0 && row < table->n_rows; row++) {
      const PkValue *value = pk_table_at(table, (guint)start, row);
      if (value->kind != PK_VALUE_NULL)
        *pk_table_at(table, (guint)end, row) = dim->kind == PK_DIM_BIN
                                                 ? pk_value_number(value->number + dim->bins.step)
                                                 : pk_value_date(pk_calendar_unit_end(&dim->unit, value->number));
    }
  }
}

static GArray *
columns_of(PkTable *table, const GPtrArray *names)
{
  GArray *columns = g_array_new(FALSE, FALSE, sizeof(guint));

  for (guint i = 0; i < names->len; i++) {
    gint column = pk_table_find(table, names->pdata[i]);
    if (column >= 0)
      g_array_append_val(columns, column);
  }
  return columns;
}

static gboolean
is_descending(JsonNode *sort)
{
  return sort && json_node_get_value_type(sort) == G_TYPE_STRING && g_str_equal(json_node_get_string(sort), "descending");
}

/* The colours' domain, if it is given and orders what it colours (vega-lite's alignStackOrderWithColorDomain). */
JsonArray *
pk_view_color_order(const PkView *view, const PkChannelDef **color)
{
  const PkChannelDef *def = pk_view_def(view, PK_CHANNEL_FILL);
  JsonNode *domain;

  if (!def)
    def = pk_view_def(view, PK_CHANNEL_COLOR);
  if (!def || !def->field || pk_lower_type(def, def->channel) != PK_MEASURE_NOMINAL || view->encoding[PK_CHANNEL_ORDER].n > 0)
    return NULL;
  domain = pk_props_get(&def->scale_props, "domain");
  *color = def;
  return domain && JSON_NODE_HOLDS_ARRAY(domain) ? json_node_get_array(domain) : NULL;
}

/* A column with the place of each row's colour in the domain, -1 for none. */
static guint
add_color_index(PkUnitBuild *build, const PkChannelDef *color, JsonArray *domain)
{
  PkTable *table = build->unit->table;
  g_autofree char *flat = pk_field_flat(color->field), *name = g_strdup_printf("_%s_sort_index", flat);
  g_autofree char *source_name = pk_lower_column_name(color, color->channel);
  gint source = pk_table_find(table, source_name);
  guint column = pk_table_add_column(table, name), n = json_array_get_length(domain);

  for (gint64 row = 0; row < table->n_rows; row++) {
    double place = -1;
    for (guint i = 0; source >= 0 && i < n && place < 0; i++) {
      PkValue value = pk_lower_json_value(table->arena, json_array_get_element(domain, i));
      if (pk_value_equal(&value, pk_table_at(table, (guint)source, row)))
        place = i;
    }
    *pk_table_at(table, column, row) = pk_value_number(place);
  }
  return column;
}

/* The order of a pile: by the order channel's fields, else by the stacking fields. */
static GArray *
pile_order(PkUnitBuild *build, const GArray *by, PkChannel channel)
{
  const PkEncoding *order = &build->view->encoding[PK_CHANNEL_ORDER];
  GArray *sort = g_array_new(FALSE, FALSE, sizeof(PkStackSort));
  gboolean descending = channel == PK_CHANNEL_Y;

  if (order->n > 0 && pk_channel_def_is_field(&order->defs[0])) {
    for (guint i = 0; i < order->n; i++) {
      const char *name = build->unit->channels[PK_CHANNEL_ORDER][i].column;
      gint column = name ? pk_table_find(build->unit->table, name) : -1;
      PkStackSort key = { (guint)column, is_descending(order->defs[i].sort) };
      if (column >= 0)
        g_array_append_val(sort, key);
    }
    return sort;
  }
  const PkChannelDef *color;
  JsonArray *domain = pk_view_color_order(build->view, &color);
  if (domain && build->view->encoding[PK_CHANNEL_XOFFSET].n + build->view->encoding[PK_CHANNEL_YOFFSET].n == 0) {
    PkStackSort key = { add_color_index(build, color, domain), build->unit->orient != 'h' };
    g_array_append_val(sort, key);
    return sort;
  }
  if (order->n > 0 && !order->defs[0].value && order->defs[0].sort)
    descending = is_descending(order->defs[0].sort);
  for (guint i = 0; i < by->len; i++) {
    PkStackSort key = { g_array_index(by, guint, i), descending };
    g_array_append_val(sort, key);
  }
  return sort;
}

void
pk_lower_stack(PkUnitBuild *build)
{
  PkUnit *unit = build->unit;
  g_autoptr(GPtrArray) dims = g_ptr_array_new_with_free_func(g_free), by = g_ptr_array_new_with_free_func(g_free);
  PkChannelData *data;
  PkChannel channel;
  gint field;

  unit->stack = pk_view_stack(build->lowering->spec, build->view, &channel);
  if (unit->stack == PK_STACK_NONE)
    return;
  unit->stack_channel = channel;
  data = &unit->channels[channel][0];
  field = pk_table_find(unit->table, data->column);
  if (field < 0) {
    unit->stack = PK_STACK_NONE;
    return;
  }
  stack_columns(build->view, channel, dims, by);
  g_autoptr(GArray) by_columns = columns_of(unit->table, by);
  gboolean no_impute = data->def->impute && json_node_is_null(data->def->impute);
  if (pk_view_is_path(build->view) && !no_impute)
    impute_zeros(build, (guint)field, dims, by_columns);
  g_autoptr(GArray) groups = columns_of(unit->table, dims);
  g_autoptr(GArray) sort = pile_order(build, by_columns, channel);
  data->column_value = data->column;
  data->column = g_strconcat(data->column_value, "_start", NULL);
  g_free(data->column_end);
  data->column_end = g_strconcat(data->column_value, "_end", NULL);
  pk_stack(unit->table, (guint)field, (guint *)groups->data, groups->len, (PkStackSort *)sort->data, sort->len, unit->stack,
           data->column, data->column_end);
}
