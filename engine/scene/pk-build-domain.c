/* Domains of scales: what they are made of (Vega-Lite's compile/scale/domain) and their values
 * (Vega's domain operators: extent, distinct values in sorted order). */
#include "pk-build.h"

#include <string.h>

void
pk_domain_part_free(gpointer data)
{
  PkDomainPart *part = data;
  g_free(part->sort_key);
  g_free(part);
}

static PkDomainPart *
part_add(PkScaleComp *comp, PkDomainKind kind, const PkModel *m, const PkChannelData *data)
{
  PkDomainPart *part = g_new0(PkDomainPart, 1);
  part->kind = kind;
  part->unit = m;
  part->data = data;
  g_ptr_array_add(comp->parts, part);
  return part;
}

static void
add_values(PkScaleComp *comp, const PkModel *m, const PkChannelData *data, JsonNode *values)
{
  PkDomainPart *part = part_add(comp, PK_DOMAIN_VALUES, m, data);
  part->values = values;
  part->time_unit = data->def->time_unit;
  part->temporal = data->type == PK_MEASURE_TEMPORAL || part->time_unit != NULL;
}

static PkDomainPart *
add_column(PkScaleComp *comp, const PkModel *m, const PkChannelData *data, const char *column)
{
  PkDomainPart *part = part_add(comp, PK_DOMAIN_COLUMN, m, data);
  part->column = column;
  return part;
}

static void
set_sort(PkDomainPart *part, const PkChannelData *data)
{
  JsonNode *sort = data->def->sort;
  if (data->sorted_domain) {
    part->sort = PK_DOMAIN_SORT_GIVEN;
    part->sort_key = sort ? json_to_string(sort, FALSE) : g_strdup("given");
  } else if (data->def->has_sort && pk_node_is_null(sort)) {
    part->sort = PK_DOMAIN_SORT_NONE;
  } else if (pk_node_is_text(sort) && g_str_equal(json_node_get_string(sort), "descending")) {
    part->sort = PK_DOMAIN_SORT_DESCENDING;
    part->sort_key = g_strdup("descending");
  } else {
    part->sort = PK_DOMAIN_SORT_ASCENDING;
    part->sort_key = g_strdup("ascending");
  }
}

static void
field_domain(PkScaleComp *comp, PkModel *m, const PkChannelData *data, const PkScaleComp *merged,
             PkChannel channel)
{
  const PkChannelDef *def = data->def;
  gboolean discrete = pk_scale_comp_is_discrete(merged);
  gboolean binning = def->bin.present && !def->bin.binned;
  if (binning && discrete) {
    if (merged->type == PK_SCALE_BIN_ORDINAL)
      return;
    PkDomainPart *part = add_column(comp, m, data, data->column_range ? data->column_range : data->column);
    set_sort(part, data);
    if (part->sort == PK_DOMAIN_SORT_ASCENDING) {
      part->sort = PK_DOMAIN_SORT_COLUMN;
      part->sort_column = data->column;
    }
    return;
  }
  if (binning && data->has_bin) {
    PkDomainPart *part = part_add(comp, PK_DOMAIN_EXTENT, m, data);
    part->lo = data->bin_start;
    part->hi = data->bin_stop;
    return;
  }
  const char *start = data->column, *end = data->column_end;
  if (!discrete && data->type == PK_MEASURE_TEMPORAL && (channel == PK_CHANNEL_X || channel == PK_CHANNEL_Y))
    pk_model_shifted_edges(m, channel, &start, &end);
  PkDomainPart *part = add_column(comp, m, data, start);
  if (discrete) {
    set_sort(part, data);
    return;
  }
  if (def->time_unit && data->column_end && data->type == PK_MEASURE_TEMPORAL &&
      (channel == PK_CHANNEL_X || channel == PK_CHANNEL_Y) &&
      !isnan(pk_model_band_position(m, channel, pk_model_def(m, pk_channel_second(channel)) != NULL)))
    add_column(comp, m, data, end);
}

static void
channel_domain(PkScaleComp *comp, PkModel *m, const PkChannelData *data, PkChannel channel, JsonNode *domain)
{
  const PkScaleComp *merged = pk_model_scale(m, comp->channel);
  const PkUnit *unit = m->unit;
  if (unit->stack != PK_STACK_NONE && channel == unit->stack_channel) {
    if (unit->stack == PK_STACK_NORMALIZE) {
      add_values(comp, m, data, pk_build_node_json(m->build, "[0,1]"));
    } else {
      add_column(comp, m, data, data->column);
      if (data->column_end)
        add_column(comp, m, data, data->column_end);
    }
    return;
  }
  if (data->column_lo && data->column_hi) {
    add_column(comp, m, data, data->column_lo);
    add_column(comp, m, data, data->column_hi);
    return;
  }
  (void)domain;
  if (pk_def_is_datum(data->def)) {
    JsonArray *array = json_array_new();
    json_array_add_element(array, json_node_copy(data->def->datum));
    JsonNode *node = json_node_init_array(json_node_alloc(), array);
    json_array_unref(array);
    g_ptr_array_add(m->build->nodes, node);
    add_values(comp, m, data, node);
    return;
  }
  field_domain(comp, m, data, merged, channel);
}

/* A unit's own parts of each of its scales. */
void
pk_build_domain_parts(PkModel *m)
{
  for (int channel = 0; channel < PK_N_CHANNELS; channel++) {
    PkScaleComp *comp = m->scales[channel];
    if (!comp)
      continue;
    const PkChannelData *data = pk_model_channel(m, channel);
    JsonNode *domain = pk_props_get(&data->def->scale_props, "domain");
    JsonNode *with = pk_node_member(domain, "unionWith");
    if (with && JSON_NODE_HOLDS_ARRAY(with)) {
      comp->parts_given = TRUE;
      add_values(comp, m, data, with);
    } else if (!pk_node_is_null(domain) && (JSON_NODE_HOLDS_ARRAY(domain) || pk_node_expr(domain))) {
      comp->parts_given = TRUE;
      add_values(comp, m, data, domain);
      continue;
    }
    channel_domain(comp, m, data, channel, domain);
    const PkChannelData *second = pk_model_channel(m, pk_channel_second(channel));
    if (second && !(m->unit->stack != PK_STACK_NONE && m->unit->stack_channel == (PkChannel)channel)) {
      if (pk_def_is_datum(second->def))
        channel_domain(comp, m, second, pk_channel_second(channel), NULL);
      else if (second->column)
        add_column(comp, m, second, second->column);
    }
  }
}

/* ---------------------------------------------------------------- values of parts */

static void
values_of_list(PkBuild *b, const PkDomainPart *part, GArray *out)
{
  JsonNode *node = part->values;
  if (!JSON_NODE_HOLDS_ARRAY(node)) {
    PkValue value = pk_build_value(b, node);
    for (guint i = 0; value.kind == PK_VALUE_ARRAY && i < value.items->len; i++)
      g_array_append_vals(out, value.items->pdata[i], 1);
    return;
  }
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    PkValue value = pk_build_datum(b, json_array_get_element(array, i), part->temporal, part->time_unit);
    g_array_append_val(out, value);
  }
}

/* The rows that domains see. Vega-Lite asks only the config here, not the mark, how invalid values are
 * to be treated. */
static const PkTable *
domain_table(const PkModel *m)
{
  JsonNode *node = pk_mark_config(m, "invalid", NULL);
  const char *mode = pk_node_is_text(node) ? json_node_get_string(node) : "";
  gboolean path = pk_mark_is_path(m->mark);
  gboolean others =
      path ? g_str_equal(mode, "break-paths-filter-domains") : g_str_equal(mode, "break-paths-show-domains");
  return others && m->unit->domain_table ? m->unit->domain_table : m->unit->table;
}

static void
column_extent(const PkDomainPart *part, double *lo, double *hi)
{
  const PkUnit *unit = part->unit->unit;
  PkChannel channel = part->data->def->channel;
  if (channel < PK_N_CHANNELS && unit->has_extent[channel]) {
    *lo = fmin(*lo, unit->extent[channel][0]);
    *hi = fmax(*hi, unit->extent[channel][1]);
    return;
  }
  const PkTable *table = domain_table(part->unit);
  gint column = part->column ? pk_table_find(table, part->column) : -1;
  for (gint64 row = 0; column >= 0 && row < table->n_rows; row++) {
    const PkValue *value = pk_table_at(table, column, row);
    if (value->kind == PK_VALUE_NULL || (value->kind == PK_VALUE_TEXT && !value->text[0]))
      continue;
    double x = pk_value_to_number(value);
    if (!isfinite(x)) /* infinities are in no domain: nothing else would have a place */
      continue;
    *lo = fmin(*lo, x);
    *hi = fmax(*hi, x);
  }
}

static void
set_domain(PkScaleComp *comp, const double *domain, gsize n)
{
  g_free(comp->domain);
  comp->domain = g_memdup2(domain, n * sizeof *domain);
  comp->n_domain = n;
  comp->has_domain = n > 0;
}

/* All values of the columns, for quantiles. */
static void
resolve_quantile(PkScaleComp *comp)
{
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    const PkTable *table = part->unit ? domain_table(part->unit) : NULL;
    gint column = part->kind == PK_DOMAIN_COLUMN ? pk_table_find(table, part->column) : -1;
    for (gint64 row = 0; column >= 0 && row < table->n_rows; row++) {
      const PkValue *value = pk_table_at(table, column, row);
      double x = value->kind == PK_VALUE_NULL ? NAN : pk_value_to_number(value);
      if (!isnan(x))
        g_array_append_val(all, x);
    }
  }
  set_domain(comp, (double *)(gpointer)all->data, all->len);
}

static void
resolve_continuous(PkScaleComp *comp)
{
  PkBuild *b = comp->build;
  double lo = INFINITY, hi = -INFINITY;
  if (comp->type == PK_SCALE_QUANTILE && !comp->parts_given) {
    resolve_quantile(comp);
    return;
  }
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    if (part->kind == PK_DOMAIN_EXTENT) {
      lo = fmin(lo, part->lo);
      hi = fmax(hi, part->hi);
    } else if (part->kind == PK_DOMAIN_COLUMN) {
      column_extent(part, &lo, &hi);
    } else {
      g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(PkValue));
      g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(double));
      values_of_list(b, part, values);
      for (guint k = 0; k < values->len; k++) {
        double x = pk_value_to_number(&g_array_index(values, PkValue, k));
        if (isnan(x))
          continue;
        g_array_append_val(numbers, x);
        lo = fmin(lo, x);
        hi = fmax(hi, x);
      }
      if (comp->parts->len == 1 && numbers->len > 1) {
        set_domain(comp, (double *)(gpointer)numbers->data, numbers->len);
        return;
      }
      if (comp->parts->len == 1 && comp->type == PK_SCALE_THRESHOLD) {
        set_domain(comp, (double *)(gpointer)numbers->data, numbers->len);
        return;
      }
    }
  }
  if (lo <= hi)
    set_domain(comp, (double[]){ lo, hi }, 2);
}

/* ---------------------------------------------------------------- discrete domains */

PkDatum
pk_value_to_datum(const PkValue *value)
{
  switch (value->kind) {
  case PK_VALUE_NULL:
    return PK_DATUM_INIT_NULL;
  case PK_VALUE_BOOL:
    return PK_DATUM_INIT_BOOL(value->number != 0);
  case PK_VALUE_NUMBER: case PK_VALUE_DATE:
    return PK_DATUM_INIT_NUMBER(value->number);
  case PK_VALUE_TEXT:
    return PK_DATUM_INIT_STRING(value->text);
  default:
    return PK_DATUM_INIT_NULL;
  }
}

/* Datum lists and value lists in step: values keep what they are (dates). */
typedef struct {
  PkDatumIndex *index;
  GArray *values;
  GArray *keys; /* of double: sort keys */
} Distinct;

static void
distinct_add(Distinct *d, const PkValue *value, double key)
{
  PkDatum datum = pk_value_to_datum(value);
  gsize n = pk_datum_index_size(d->index);
  gsize at = pk_datum_index_add(d->index, &datum);
  if (at == n) {
    g_array_append_vals(d->values, value, 1);
    g_array_append_val(d->keys, key);
  } else if (key < g_array_index(d->keys, double, at)) {
    g_array_index(d->keys, double, at) = key;
  }
}

static void
distinct_column(Distinct *d, const PkDomainPart *part)
{
  const PkTable *table = domain_table(part->unit);
  if (part->unit->unit->density_values && part->data->def->channel == PK_CHANNEL_COLOR)
    for (guint i = 0; i < part->unit->unit->density_values->len; i++)
      distinct_add(d, &g_array_index(part->unit->unit->density_values, PkValue, i), 0);
  if (part->sort == PK_DOMAIN_SORT_GIVEN)
    for (guint i = 0; i < part->data->sorted_domain->len; i++)
      distinct_add(d, &g_array_index(part->data->sorted_domain, PkValue, i), 0);
  for (guint i = 0; part->data->known_values && i < part->data->known_values->len; i++)
    distinct_add(d, &g_array_index(part->data->known_values, PkValue, i), 0);
  gint column = pk_table_find(table, part->column);
  gint sort = part->sort == PK_DOMAIN_SORT_COLUMN ? pk_table_find(table, part->sort_column) : -1;
  for (gint64 row = 0; column >= 0 && row < table->n_rows; row++) {
    double key = 0;
    if (sort >= 0)
      key = pk_table_at(table, sort, row)->kind == PK_VALUE_NULL
                ? NAN
                : pk_value_to_number(pk_table_at(table, sort, row));
    distinct_add(d, pk_table_at(table, column, row), key);
  }
}

typedef struct {
  PkValue value;
  double key;
  PkDomainSort sort;
} Keyed;

/* Words and numbers are neither less: they keep their order, so the sort must be stable. */
static int
compare_keyed(gconstpointer a, gconstpointer b, gpointer data)
{
  const Keyed *x = a, *y = b;
  (void)data;
  if (x->sort == PK_DOMAIN_SORT_COLUMN) {
    gboolean none_x = isnan(x->key), none_y = isnan(y->key);
    return none_x != none_y ? (none_x ? -1 : 1) : (x->key > y->key) - (x->key < y->key);
  }
  int order = pk_value_compare(&x->value, &y->value);
  return x->sort == PK_DOMAIN_SORT_DESCENDING ? -order : order;
}

static void
distinct_sort(Distinct *d, PkDomainSort sort)
{
  if (sort == PK_DOMAIN_SORT_NONE || sort == PK_DOMAIN_SORT_GIVEN)
    return;
  guint n = d->values->len;
  g_autofree Keyed *all = g_new(Keyed, MAX(n, 1));
  for (guint i = 0; i < n; i++)
    all[i] = (Keyed){ g_array_index(d->values, PkValue, i), g_array_index(d->keys, double, i), sort };
  g_qsort_with_data(all, (gint)n, sizeof *all, compare_keyed, NULL);
  pk_datum_index_free(d->index);
  d->index = pk_datum_index_new();
  for (guint i = 0; i < n; i++) {
    g_array_index(d->values, PkValue, i) = all[i].value;
    PkDatum datum = pk_value_to_datum(&all[i].value);
    pk_datum_index_add(d->index, &datum);
  }
}

/* The sort that the union of several parts keeps (mergeDomains): one that all agree on; natural
 * order where they differ. */
static PkDomainSort
merged_sort(const PkScaleComp *comp)
{
  const PkDomainPart *first = NULL;
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    if (part->kind != PK_DOMAIN_COLUMN || part->sort == PK_DOMAIN_SORT_NONE)
      continue;
    if (!first)
      first = part;
    else if (g_strcmp0(first->sort_key, part->sort_key) != 0)
      return PK_DOMAIN_SORT_ASCENDING;
  }
  return first ? first->sort : PK_DOMAIN_SORT_NONE;
}

static void
resolve_discrete(PkScaleComp *comp)
{
  Distinct d = { pk_datum_index_new(), g_array_new(FALSE, FALSE, sizeof(PkValue)),
                 g_array_new(FALSE, FALSE, sizeof(double)) };
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    if (part->kind == PK_DOMAIN_COLUMN) {
      distinct_column(&d, part);
    } else if (part->kind == PK_DOMAIN_VALUES) {
      g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(PkValue));
      values_of_list(comp->build, part, values);
      for (guint k = 0; k < values->len; k++)
        distinct_add(&d, &g_array_index(values, PkValue, k), 0);
    }
  }
  distinct_sort(&d, merged_sort(comp));
  g_clear_pointer(&comp->values, pk_datum_index_free);
  g_clear_pointer(&comp->domain_values, g_array_unref);
  comp->values = d.index;
  comp->domain_values = d.values;
  comp->has_domain = d.values->len > 0;
  g_array_unref(d.keys);
}

/* The bin boundaries of a bin-ordinal scale. */
static void
resolve_bins(PkScaleComp *comp)
{
  JsonNode *bins = pk_scale_comp_prop(comp, "bins");
  if (!bins || !JSON_NODE_HOLDS_OBJECT(bins)) {
    resolve_continuous(comp);
    return;
  }
  double start = pk_build_double(comp->build, pk_node_member(bins, "start"), 0);
  double stop = pk_build_double(comp->build, pk_node_member(bins, "stop"), start);
  double step = pk_build_double(comp->build, pk_node_member(bins, "step"), 1);
  gsize n = step > 0 ? (gsize)fmax(0, ceil((stop + step / 2 - start) / step)) : 0;
  n = MIN(n, PK_TICKS_MAX);
  g_autofree double *bounds = g_new(double, MAX(n, 1));
  for (gsize i = 0; i < n; i++)
    bounds[i] = start + i * step;
  set_domain(comp, bounds, n);
}

void
pk_scale_comp_resolve_domain(PkScaleComp *comp)
{
  comp->has_domain = FALSE;
  if (comp->type == PK_SCALE_BIN_ORDINAL)
    resolve_bins(comp);
  else if (pk_scale_type_is_discrete(comp->type))
    resolve_discrete(comp);
  else
    resolve_continuous(comp);
}
