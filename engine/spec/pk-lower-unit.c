/* A unit's encoding over its prepared relation → its rows, and where each channel finds its value. */
#include "pk-lower-priv.h"
#include "pk-selection.h"

#include "pk-error.h"
#include "pk-lower-unit.h"
#include "pk-numfmt.h"

#include <math.h>
#include <string.h>

/* --- channels --- */

static PkChannel
main_channel(PkChannel channel)
{
  return channel == PK_CHANNEL_X2 ? PK_CHANNEL_X : channel == PK_CHANNEL_Y2 ? PK_CHANNEL_Y : channel;
}

static PkMeasure
type_in_view(const PkView *view, const PkChannelDef *def, PkChannel channel)
{
  const PkChannelDef *main_def = pk_view_field_def(view, main_channel(channel));

  if (channel == main_channel(channel) || def->type != PK_MEASURE_NONE)
    return pk_lower_type(def, channel);
  return main_def ? pk_lower_type(main_def, main_channel(channel)) : pk_lower_type(def, channel);
}

/* A dimension that the channel's bin or time unit is; of equal names one is kept, with its end. */
static PkDim *
add_dim(PkUnitBuild *build, PkDimKind kind, const char *path, const char *name, const char *end_name)
{
  PkDim *dim = pk_group_add_dim(build->group, kind, path, name);

  for (guint i = 0; !dim && i < build->group->dims->len; i++)
    if (g_str_equal(((PkDim *)build->group->dims->pdata[i])->name, name))
      dim = build->group->dims->pdata[i];
  if (!dim->end_name)
    dim->end_name = g_strdup(end_name);
  return dim;
}

static gboolean
resolve_bin(PkUnitBuild *build, const PkChannelDef *def, PkChannel channel, PkChannelData *data,
            GError **error)
{
  PkDim *dim;
  gboolean keep_null;

  data->has_bin = TRUE;
  data->column_end = g_strconcat(data->column, "_end", NULL);
  dim = add_dim(build, PK_DIM_BIN, def->field, data->column, data->column_end);
  if (dim->bins.step == 0 && !pk_lower_bins(build->lowering, build->bin_rel, def->field, &def->bin.params,
                                            pk_lower_auto_maxbins(channel), &dim->bins, error)) {
    pk_fail_prefix(error, "%s.bin: ", def->path);
    return FALSE;
  }
  keep_null = build->shows_invalid || pk_channel_is_discrete(build->view, channel, def, data->type) ||
              !pk_channel_has_scale(channel);
  dim->keep_null = dim->keep_null || keep_null;
  data->bin_start = dim->bins.start;
  data->bin_stop = dim->bins.stop;
  data->bin_step = dim->bins.step;
  if (pk_channel_has_scale(channel) &&
      (data->type == PK_MEASURE_ORDINAL || data->type == PK_MEASURE_NOMINAL))
    data->column_range = g_strconcat(data->column, "_range", NULL);
  return TRUE;
}

static gboolean
resolve_time_unit(PkUnitBuild *build, const PkChannelDef *def, PkChannelData *data, GError **error)
{
  PkCalendarUnit unit;
  PkDim *dim;

  if (!pk_lower_time_unit(build->lowering, build->rel, def->field, def->time_unit, def->time_step,
                          def->time_maxbins, def->path, &unit, error))
    return FALSE;
  data->column_end = g_strconcat(data->column, "_end", NULL);
  if (unit.binned) {
    PkBinnedUnit binned = { g_strdup(data->column), g_strdup(data->column_end), unit };
    g_array_append_val(build->binned_units, binned);
    pk_group_add_dim(build->group, PK_DIM_VALUE, def->field, data->column);
    return TRUE;
  }
  dim = add_dim(build, PK_DIM_TIME, def->field, data->column, data->column_end);
  dim->unit = unit;
  return TRUE;
}

static void
resolve_aggregate(PkUnitBuild *build, const PkChannelDef *def, PkChannelData *data)
{
  PkMeasureDef *measure = pk_group_add_measure(build->group, def->aggregate, def->field, data->column);

  data->is_aggregated = TRUE;
  if (!measure)
    return;
  if (def->is_count)
    g_clear_pointer(&measure->path, g_free);
  measure->by = g_strdup(def->aggregate_arg);
  measure->param = def->aggregate_param;
}

static gboolean
resolve_field(PkUnitBuild *build, const PkChannelDef *def, PkChannel channel, PkChannelData *data,
              GError **error)
{
  const PkRelField *field;
  PkProps range = pk_props_get_bag(&def->scale_props, "range");
  const char *range_field = pk_props_get_text(&range, "field", NULL);

  data->column = pk_lower_column_name(def, channel);
  data->title = pk_lower_title(def, &build->lowering->spec->config);
  if (range_field) {
    g_autofree char *flat = pk_field_flat(range_field);
    pk_group_add_dim(build->group, PK_DIM_VALUE, range_field, flat);
  }
  if (def->aggregate) {
    resolve_aggregate(build, def, data);
    return TRUE;
  }
  if (def->bin.present && !def->bin.binned)
    return resolve_bin(build, def, channel, data, error);
  if (def->time_unit || def->time_maxbins > 0)
    return resolve_time_unit(build, def, data, error);
  pk_group_add_dim(build->group, PK_DIM_VALUE, def->field, data->column);
  field = pk_lower_field(build->lowering, build->rel, def->field, NULL);
  data->from_csv_text = field && field->csv_text && field->type.kind == PK_TYPE_TEXT;
  return TRUE;
}

static gboolean
resolve_def(PkUnitBuild *build, const PkChannelDef *def, PkChannel channel, PkChannelData *data,
            GError **error)
{
  data->def = def;
  data->type = type_in_view(build->view, def, channel);
  if (pk_channel_def_is_field(def) && !resolve_field(build, def, channel, data, error))
    return FALSE;
  if (def->n_conditions == 0)
    return TRUE;
  data->conditions = g_new0(PkChannelData, def->n_conditions);
  for (guint i = 0; i < def->n_conditions; i++)
    if (!resolve_def(build, &def->conditions[i].def, channel, &data->conditions[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
resolve_channels(PkUnitBuild *build, GError **error)
{
  PkUnit *unit = build->unit;

  for (guint c = 0; c < PK_N_CHANNELS; c++) {
    const PkEncoding *encoding = &build->view->encoding[c];
    unit->n[c] = encoding->n;
    unit->channels[c] = g_new0(PkChannelData, encoding->n);
    for (guint i = 0; i < encoding->n; i++)
      if (!resolve_def(build, &encoding->defs[i], c, &unit->channels[c][i], error))
        return FALSE;
  }
  return TRUE;
}

/* --- fields that expressions of marks and conditions read --- */

static void
add_expr_fields(PkUnitBuild *build, const char *text)
{
  g_autoptr(PkExpr) expr =
      pk_expr_parse(text, NULL); /* a wrong one is the scene's to tell: it evaluates it */

  if (expr)
    pk_lower_expr_fields(build->lowering, build->rel, expr, build->extra);
}

/* Every {"expr": "…"} within. */
static void
add_json_fields(PkUnitBuild *build, JsonNode *node)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (!node)
    return;
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    for (guint i = 0; i < json_array_get_length(json_node_get_array(node)); i++)
      add_json_fields(build, json_array_get_element(json_node_get_array(node), i));
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    json_object_iter_init(&iter, json_node_get_object(node));
    while (json_object_iter_next(&iter, &name, &member)) {
      if (g_str_equal(name, "expr") && json_node_get_value_type(member) == G_TYPE_STRING)
        add_expr_fields(build, json_node_get_string(member));
      else
        add_json_fields(build, member);
    }
  }
}

static void
add_def_fields(PkUnitBuild *build, const PkChannelDef *def)
{
  add_json_fields(build, def->value);
  add_json_fields(build, def->datum);
  for (guint i = 0; i < def->n_conditions; i++) {
    const PkCondition *condition = &def->conditions[i];
    const PkSpec *spec = build->lowering->spec;
    g_autofree char *text = condition->test ? pk_selection_predicate(spec, condition->test, def->path, NULL)
                                            : pk_selection_to_expr(spec, condition->param, condition->empty);
    if (text)
      add_expr_fields(build, text);
    add_def_fields(build, &condition->def);
  }
}

static void
add_extra_fields(PkUnitBuild *build)
{
  if (build->view->mark_def.object) {
    JsonNode *node = json_node_init_object(json_node_alloc(), build->view->mark_def.object);
    add_json_fields(build, node);
    json_node_unref(node);
  }
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->view->encoding[c].n; i++) {
      const PkChannelDef *def = &build->view->encoding[c].defs[i];
      add_def_fields(build, def);
      if (def->impute &&
          !json_node_is_null(def->impute)) /* works on the fields themselves, not on their bins */
        for (guint k = PK_CHANNEL_X; k <= PK_CHANNEL_Y; k++)
          if (pk_view_def(build->view, k) && pk_view_def(build->view, k)->field)
            g_ptr_array_add(build->extra, g_strdup(pk_view_def(build->view, k)->field));
    }
}

/* --- rows --- */

static gboolean
has_path(const GPtrArray *paths, const char *path)
{
  g_autofree char *flat = pk_field_flat(path);

  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *other = pk_field_flat(paths->pdata[i]);
    if (g_str_equal(flat, other))
      return TRUE;
  }
  return FALSE;
}

static void
apply_dim(PkTable *table, const PkDim *dim)
{
  g_autofree char *flat = pk_field_flat(dim->path);
  gint source = pk_table_find(table, flat);
  guint start = pk_table_add_column(table, dim->name);
  guint end = dim->end_name ? pk_table_add_column(table, dim->end_name) : start;

  for (gint64 row = 0; row < table->n_rows && source >= 0; row++) {
    PkValue value = *pk_table_at(table, (guint)source, row);
    double x;
    if (value.kind == PK_VALUE_NULL || (value.kind == PK_VALUE_TEXT && !*value.text))
      continue;
    if (dim->kind == PK_DIM_BIN) {
      x = pk_bin_floor(&dim->bins, pk_value_to_number(&value));
      *pk_table_at(table, end, row) = pk_value_number(x + dim->bins.step);
      *pk_table_at(table, start, row) = pk_value_number(x);
    } else if (value.kind == PK_VALUE_DATE) {
      x = pk_calendar_unit_floor(&dim->unit, value.number);
      *pk_table_at(table, end, row) = pk_value_date(pk_calendar_unit_end(&dim->unit, x));
      *pk_table_at(table, start, row) = pk_value_date(x);
    }
  }
}

static PkTable *
read_rows(PkUnitBuild *build, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  PkTable *table;

  for (guint i = 0; i < build->group->dims->len; i++)
    if (!has_path(paths, ((PkDim *)build->group->dims->pdata[i])->path))
      g_ptr_array_add(paths, ((PkDim *)build->group->dims->pdata[i])->path);
  for (guint i = 0; i < build->extra->len; i++)
    if (!has_path(paths, build->extra->pdata[i]) &&
        pk_lower_field(build->lowering, build->rel, build->extra->pdata[i], NULL))
      g_ptr_array_add(paths, build->extra->pdata[i]);
  table = pk_lower_rows(build->lowering, build->rel, paths, TRUE, error);
  for (guint i = 0; table && i < build->group->dims->len; i++) {
    const PkDim *dim = build->group->dims->pdata[i];
    if (dim->kind != PK_DIM_VALUE)
      apply_dim(table, dim);
  }
  return table;
}

/* In a delimited file an empty value is the empty text, not null. */
static void
fill_empty_texts(PkUnitBuild *build, PkTable *table)
{
  for (guint c = 0; c < table->columns->len; c++) {
    const PkTableColumn *column = table->columns->pdata[c];
    const PkRelField *field = pk_rel_find(build->rel, column->name);
    if (!field || !field->csv_text || field->type.kind != PK_TYPE_TEXT)
      continue;
    for (gint64 row = 0; row < table->n_rows; row++) {
      PkValue *value = pk_table_at(table, c, row);
      if (value->kind == PK_VALUE_NULL)
        *value = pk_value_text("");
    }
  }
}

static void
fill_binned_units(PkUnitBuild *build, PkTable *table)
{
  for (guint i = 0; i < build->binned_units->len; i++) {
    const PkBinnedUnit *unit = &g_array_index(build->binned_units, PkBinnedUnit, i);
    gint start = pk_table_find(table, unit->column);
    guint end = pk_table_add_column(table, unit->column_end);
    for (gint64 row = 0; row < table->n_rows && start >= 0; row++) {
      const PkValue *value = pk_table_at(table, (guint)start, row);
      if (value->kind == PK_VALUE_DATE || value->kind == PK_VALUE_NUMBER)
        *pk_table_at(table, end, row) = pk_value_date(pk_calendar_unit_end(&unit->unit, value->number));
    }
  }
}

/* "10 – 20" for bins on discrete scales. */
static char *
range_label(const PkValue *start, const PkValue *end, const char *format)
{
  g_autofree char *lo = NULL, *hi = NULL;

  if (pk_value_is_invalid(start))
    return g_strdup("null");
  lo = pk_format_number(format, start->number, NULL);
  hi = pk_format_number(format, end->number, NULL);
  return g_strdup_printf("%s \xe2\x80\x93 %s", lo ? lo : "", hi ? hi : "");
}

void
pk_lower_fill_range(PkUnitBuild *build, PkTable *table, const PkChannelData *data)
{
  const PkProps *config = &build->lowering->spec->config;
  const char *format =
      pk_props_get_text(&data->def->axis, "format", pk_props_get_text(&data->def->legend, "format", NULL));
  gint start = pk_table_find(table, data->column), end = pk_table_find(table, data->column_end);
  guint range = pk_table_add_column(table, data->column_range);

  if (!format)
    format = pk_props_get_text(config, "numberFormat", "");
  for (gint64 row = 0; row < table->n_rows && start >= 0 && end >= 0; row++) {
    g_autofree char *text =
        range_label(pk_table_at(table, (guint)start, row), pk_table_at(table, (guint)end, row), format);
    *pk_table_at(table, range, row) = pk_value_text(pk_arena_text(table->arena, text, -1));
  }
}

static void
fill_ranges(PkUnitBuild *build, PkTable *table)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->unit->n[c]; i++) {
      const PkChannelData *data = &build->unit->channels[c][i];
      if (data->column_range)
        pk_lower_fill_range(build, table, data);
      for (guint k = 0; data->conditions && k < data->def->n_conditions; k++)
        if (data->conditions[k].column_range)
          pk_lower_fill_range(build, table, &data->conditions[k]);
    }
}

/* Whether the domain of an aggregate is to be that of the field itself (canUseUnaggregatedDomain). */
static gboolean
wants_unaggregated(PkUnitBuild *build, const PkChannelData *data)
{
  static const char *const shared[] = { "mean", "average", "median", "q1", "q3", "min", "max", NULL };
  PkProps config = pk_props_get_bag(&build->lowering->spec->config, "scale");
  const PkChannelDef *def = data->def;
  JsonNode *domain = pk_props_get(&def->scale_props, "domain");
  gboolean asked = domain
                       ? g_strcmp0(pk_props_get_text(&def->scale_props, "domain", NULL), "unaggregated") == 0
                       : pk_props_get_bool(&config, "useUnaggregatedDomain", FALSE);

  return asked && def->field && def->aggregate && !def->aggregate_arg &&
         g_strv_contains(shared, def->aggregate) &&
         !(data->type == PK_MEASURE_QUANTITATIVE &&
           g_strcmp0(pk_props_get_text(&def->scale_props, "type", NULL), "log") == 0);
}

/* The unaggregated domain needs the extremes of the field in each group. */
static void
add_unaggregated(PkUnitBuild *build)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->unit->n[c]; i++) {
      PkChannelData *data = &build->unit->channels[c][i];
      if (!pk_channel_has_scale(c) || !wants_unaggregated(build, data))
        continue;
      g_autofree char *flat = pk_field_flat(data->def->field);
      data->column_lo = g_strconcat("min_", flat, NULL);
      data->column_hi = g_strconcat("max_", flat, NULL);
      pk_group_add_measure(build->group, "min", data->def->field, data->column_lo);
      pk_group_add_measure(build->group, "max", data->def->field, data->column_hi);
    }
}

static PkTable *
make_table(PkUnitBuild *build, GError **error)
{
  PkTable *table;

  if (build->unit->has_aggregate) {
    add_unaggregated(build);
    table = pk_lower_group(build->lowering, build->rel, build->group, TRUE, error);
  } else {
    table = read_rows(build, error);
  }
  if (!table)
    return NULL;
  fill_empty_texts(build, table);
  fill_binned_units(build, table);
  fill_ranges(build, table);
  return table;
}

/* --- invalid rows --- */

typedef struct {
  gboolean marks, scales; /* invalid rows are dropped */
  gboolean show;
} InvalidMode;

static InvalidMode
invalid_mode(const PkSpec *spec, const PkView *view)
{
  JsonNode *node = pk_view_mark_property(spec, view, "invalid");
  gboolean path = pk_view_is_path(view);
  const char *mode = NULL;

  if (node && json_node_is_null(node))
    return (InvalidMode){ .show = TRUE };
  if (node && json_node_get_value_type(node) == G_TYPE_STRING)
    mode = json_node_get_string(node);
  if (!mode || g_str_equal(mode, "break-paths-show-path-domains"))
    mode = path ? "break-paths-show-domains" : "filter";
  if (g_str_equal(mode, "filter"))
    return (InvalidMode){ .marks = TRUE, .scales = TRUE };
  if (g_str_equal(mode, "break-paths-show-domains"))
    return (InvalidMode){ .marks = !path };
  if (g_str_equal(mode, "break-paths-filter-domains"))
    return (InvalidMode){ .marks = !path, .scales = TRUE };
  return (InvalidMode){ .show = TRUE };
}

/* Only the configuration can give domains rows of their own; what the mark itself says is for its rows alone
 * (vega-lite's compile/scale/domain.ts asks getMarkConfig). */
static gboolean
domains_stand_apart(const PkSpec *spec, const PkView *view)
{
  PkView bare = *view;
  InvalidMode mode;

  if (!pk_props_has(&view->mark_def, "invalid"))
    return TRUE;
  bare.mark_def.object = NULL;
  mode = invalid_mode(spec, &bare);
  return mode.marks != mode.scales;
}

static gboolean
cannot_be_invalid(PkUnitBuild *build, PkChannel channel, const PkChannelData *data)
{
  static const char *const counting[] = { "count", "valid", "missing", "distinct", NULL };
  PkProps scale = pk_props_get_bag(&build->lowering->spec->config, "scale");
  PkProps invalid = pk_props_get_bag(&scale, "invalid");

  return !pk_channel_has_scale(channel) || data->def->scale_null || !data->column ||
         (data->def->aggregate && g_strv_contains(counting, data->def->aggregate)) ||
         pk_props_has(&invalid, pk_channel_name(channel)) ||
         (data->type != PK_MEASURE_QUANTITATIVE && data->type != PK_MEASURE_TEMPORAL) ||
         pk_channel_is_discrete(build->view, channel, data->def, data->type);
}

/* The columns that must be valid: of each field that of its last channel. */
static GHashTable *
checked_columns(PkUnitBuild *build)
{
  GHashTable *columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < build->unit->n[c]; i++) {
      const PkChannelData *data = &build->unit->channels[c][i];
      if (!data->column && data->conditions && data->def->n_conditions == 1)
        data = &data->conditions[0];
      if (!cannot_be_invalid(build, c, data))
        g_hash_table_insert(columns, g_strdup(data->def->field ? data->def->field : ""),
                            data->column_value ? data->column_value : data->column);
    }
  return columns;
}

static gboolean
is_valid(const PkValue *value)
{
  if (value->kind == PK_VALUE_NULL)
    return FALSE;
  return isfinite(pk_value_to_number(value));
}

static PkTable *
filtered_copy(const PkTable *table, const gboolean *keep)
{
  PkTable *copy = pk_table_copy(table);

  if (keep)
    pk_table_filter(copy, keep);
  return copy;
}

static void
drop_invalid(PkUnitBuild *build)
{
  PkUnit *unit = build->unit;
  InvalidMode mode = invalid_mode(build->lowering->spec, build->view);
  g_autoptr(GHashTable) columns = checked_columns(build);
  g_autofree gboolean *keep = g_new(gboolean, unit->table->n_rows + 1);
  GHashTableIter iter;
  gpointer name;
  gboolean any = FALSE;

  if (!mode.marks && !mode.scales)
    return;
  for (gint64 row = 0; row < unit->table->n_rows; row++)
    keep[row] = TRUE;
  g_hash_table_iter_init(&iter, columns);
  while (g_hash_table_iter_next(&iter, NULL, &name)) {
    gint column = pk_table_find(unit->table, name);
    for (gint64 row = 0; column >= 0 && row < unit->table->n_rows; row++)
      if (!is_valid(pk_table_at(unit->table, (guint)column, row)))
        keep[row] = FALSE, any = TRUE;
  }
  if (!any)
    return;
  if (mode.marks != mode.scales && domains_stand_apart(build->lowering->spec, build->view))
    unit->domain_table = filtered_copy(unit->table, mode.scales ? keep : NULL);
  if (mode.marks)
    pk_table_filter(unit->table, keep);
}

/* --- a unit --- */

static void
binned_unit_clear(gpointer data)
{
  PkBinnedUnit *unit = data;

  g_free(unit->column);
  g_free(unit->column_end);
}

static void
build_clear(PkUnitBuild *build)
{
  g_clear_pointer(&build->unit, pk_unit_free);
  g_clear_pointer(&build->group, pk_group_free);
  g_clear_pointer(&build->rel, pk_rel_free);
  g_clear_pointer(&build->bin_rel, pk_rel_free);
  g_ptr_array_unref(build->extra);
  g_array_unref(build->binned_units);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PkUnitBuild, build_clear)

/* Are there groups, or values of a domain, that come in the order of their first appearance? Bins and time units have
 * an order of their own. */
static gboolean
shows_first_appearance(const PkUnitBuild *build)
{
  const PkView *view = build->view;
  gboolean aggregated = pk_view_is_aggregated(view);

  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < view->encoding[c].n; i++) {
      const PkChannelDef *def = &view->encoding[c].defs[i];
      gboolean as_it_comes = def->has_sort && (!def->sort || JSON_NODE_HOLDS_NULL(def->sort));
      gboolean plain = def->field && !def->aggregate && !def->bin.present && !def->time_unit && def->time_maxbins == 0;
      if (plain && (aggregated || as_it_comes) &&
          (c == PK_CHANNEL_DETAIL || pk_channel_is_discrete(view, c, def, pk_lower_type(def, c))))
        return TRUE;
    }
  return FALSE;
}

/* Rows keep their order where that costs little, or shows. */
static gboolean
number_small(PkUnitBuild *build, GError **error)
{
  const PkLowerHost *host = build->lowering->host;
  gint64 n = pk_lower_count(build->lowering, build->rel, error);

  if (n < 0)
    return FALSE;
  if (n > PK_LOWER_ORDERED_ROWS && !shows_first_appearance(build))
    return TRUE;
  pk_rel_number_rows(build->rel);
  if (host->counted)
    host->counted(build->rel->from, n, host->user);
  return TRUE;
}

static gboolean
prepare_relations(PkUnitBuild *build, GError **error)
{
  PkLowering *self = build->lowering;
  PkView before = *build->view;

  build->rel = pk_lower_base(self, build->view->data, error);
  if (!build->rel || !number_small(build, error))
    return FALSE;
  /* In a layer, bins are found before the layer's own transforms (vega-lite's compile/data/parse.ts). */
  before.n_transforms = build->in_layer ? build->view->n_inherited : build->view->n_transforms;
  if (before.n_transforms < build->view->n_transforms) {
    build->bin_rel = pk_rel_copy(build->rel);
    if (!pk_lower_prepare(self, build->bin_rel, &before, error))
      return FALSE;
  }
  if (!pk_lower_prepare(self, build->rel, build->view, error))
    return FALSE;
  if (!build->bin_rel)
    build->bin_rel = pk_rel_copy(build->rel);
  return TRUE;
}

static gboolean
fill_unit(PkUnitBuild *build, GError **error)
{
  PkLowering *self = build->lowering;
  PkUnit *unit = build->unit;

  unit->view = build->view;
  unit->orient = pk_view_orient(self->spec, build->view);
  unit->has_aggregate = pk_view_is_aggregated(build->view);
  build->shows_invalid = invalid_mode(self->spec, build->view).show;
  if (!prepare_relations(build, error) || !resolve_channels(build, error))
    return FALSE;
  add_extra_fields(build);
  unit->n_source_rows = pk_lower_count(self, build->rel, error);
  g_autoptr(PkRel) base = unit->n_source_rows < 0 ? NULL : pk_lower_base(self, build->view->data, error);
  if (!base)
    return FALSE;
  pk_lower_keep_rows(build, base, build->rel);
  pk_lower_note_long_line(build);
  if (pk_lower_is_large(build) && !pk_lower_large(build, error))
    return FALSE;
  if (unit->draw != PK_DRAW_MARKS) {
    pk_lower_hide(build);
    return TRUE;
  }
  if (!pk_lower_check_marks(build, error))
    return FALSE;
  unit->table = make_table(build, error);
  if (!unit->table)
    return FALSE;
  pk_lower_impute(build);
  pk_lower_hide(build);
  pk_lower_stack(build);
  drop_invalid(build);
  return pk_lower_sorts(build, error);
}

PkUnit *
pk_lower_unit(PkLowering *self, const PkView *view, gboolean in_layer, GError **error)
{
  g_auto(PkUnitBuild) build = { .lowering = self, .view = view, .in_layer = in_layer };

  self->view = view;
  build.unit = g_new0(PkUnit, 1);
  build.group = pk_group_new();
  build.extra = g_ptr_array_new_with_free_func(g_free);
  build.binned_units = g_array_new(FALSE, FALSE, sizeof(PkBinnedUnit));
  g_array_set_clear_func(build.binned_units, binned_unit_clear);
  if (!fill_unit(&build, error))
    return NULL;
  return g_steal_pointer(&build.unit);
}
