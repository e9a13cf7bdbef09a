/* Lines and areas: rows in order, split into series, broken at invalid values (Vega-Lite's getSort,
 * pathGroupingFields, defined). */
#include "pk-build-mark.h"

#include <stdlib.h>
#include <string.h>

static gboolean
is_null_or_false(JsonNode *node)
{
  return node && (JSON_NODE_HOLDS_NULL(node) || pk_node_is_false(node));
}

/* An order that says to leave the rows alone. */
static gboolean
order_is_off(const PkModel *m)
{
  const PkChannelDef *order = pk_model_def(m, PK_CHANNEL_ORDER);
  if (order)
    return order->value && is_null_or_false(order->value);
  return is_null_or_false(pk_mark_prop_or_config(m, "order", NULL));
}

typedef struct {
  const PkTable *table;
  guint n;
  gint columns[8];
  gboolean descending[8];
} OrderKey;

typedef struct {
  gint64 row;
  const OrderKey *key;
} OrderedRow;

static int
compare_rows(gconstpointer a, gconstpointer b)
{
  const OrderedRow *x = a, *y = b;
  const OrderKey *key = x->key;
  for (guint i = 0; i < key->n; i++) {
    int c = pk_value_compare(pk_table_at(key->table, key->columns[i], x->row),
                             pk_table_at(key->table, key->columns[i], y->row));
    if (c)
      return key->descending[i] ? -c : c;
  }
  return (x->row > y->row) - (x->row < y->row);
}

gint64 *
pk_mark_row_order(const PkModel *m)
{
  const PkUnit *unit = m->unit;
  const PkTable *table = unit->table;
  OrderKey key = { .table = table };
  if (unit->stack != PK_STACK_NONE || order_is_off(m))
    return NULL;
  for (guint i = 0; i < unit->n[PK_CHANNEL_ORDER] && key.n < G_N_ELEMENTS(key.columns); i++) {
    const PkChannelData *data = &unit->channels[PK_CHANNEL_ORDER][i];
    gint column = pk_def_is_field(data->def) ? pk_unit_column(m, data->column) : -1;
    if (column < 0)
      continue;
    key.columns[key.n] = column;
    key.descending[key.n++] = pk_node_is_text(data->def->sort) &&
                              g_str_equal(json_node_get_string(data->def->sort), "descending");
  }
  if (key.n == 0)
    return NULL;
  g_autofree OrderedRow *rows = g_new(OrderedRow, MAX(table->n_rows, 1));
  for (gint64 i = 0; i < table->n_rows; i++)
    rows[i] = (OrderedRow){ i, &key };
  qsort(rows, table->n_rows, sizeof *rows, compare_rows);
  gint64 *order = g_new(gint64, MAX(table->n_rows, 1));
  for (gint64 i = 0; i < table->n_rows; i++)
    order[i] = rows[i].row;
  return order;
}

gint
pk_model_raw_column(const PkModel *m, const PkChannelData *data)
{
  const PkChannelDef *def = data->def;
  if (m->unit->stack == PK_STACK_NONE || def->channel != m->unit->stack_channel)
    return pk_unit_column(m, data->column);
  g_autofree char *name = def->is_count ? g_strdup("__count")
                          : def->aggregate ? g_strdup_printf("%s_%s", def->aggregate, def->field)
                                           : g_strdup(def->field);
  return pk_unit_column(m, name);
}

/* ---------------------------------------------------------------- breaks */

static gboolean
breaks_paths(const PkModel *m)
{
  JsonNode *node = pk_mark_prop(m, "invalid");
  if (!node)
    node = pk_mark_config(m, "invalid", NULL);
  if (!node)
    return TRUE;
  return pk_node_is_text(node) && g_str_has_prefix(json_node_get_string(node), "break-paths");
}

/* The columns whose invalid values break the path. */
static guint
breaking_columns(const PkModel *m, gint *columns, guint max)
{
  guint n = 0;
  if (!breaks_paths(m))
    return 0;
  for (int channel = 0; channel < PK_N_CHANNELS && n < max; channel++) {
    const PkChannelData *data = pk_model_channel(m, channel);
    PkScaleComp *scale = data ? pk_model_scale(m, channel) : NULL;
    if (!scale || !pk_def_is_field(data->def) || data->def->is_count || pk_scale_comp_is_discrete(scale) ||
        pk_node_member(pk_config_get(m->build, "scale", "invalid"), pk_channel_name(channel)))
      continue;
    gint column = pk_model_raw_column(m, data);
    if (column >= 0)
      columns[n++] = column;
  }
  return n;
}

/* ---------------------------------------------------------------- series */

static guint
grouping_columns(const PkModel *m, gint *columns, guint max)
{
  static const PkChannel channels[] = {PK_CHANNEL_COLOR,        PK_CHANNEL_FILL,
                                       PK_CHANNEL_STROKE,       PK_CHANNEL_OPACITY,
                                       PK_CHANNEL_FILL_OPACITY, PK_CHANNEL_STROKE_OPACITY,
                                       PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_STROKE_DASH,
                                       PK_CHANNEL_SIZE,         PK_CHANNEL_DETAIL,
                                       PK_CHANNEL_KEY,          PK_CHANNEL_ORDER};
  guint n = 0;
  for (guint k = 0; k < G_N_ELEMENTS(channels); k++) {
    PkChannel channel = channels[k];
    gboolean many = channel == PK_CHANNEL_DETAIL || channel == PK_CHANNEL_KEY || channel == PK_CHANNEL_ORDER;
    if (channel == PK_CHANNEL_ORDER && m->mark == PK_MARK_LINE)
      continue;
    for (guint i = 0; i < (many ? m->unit->n[channel] : 1) && n < max; i++) {
      const PkChannelData *data = many ? &m->unit->channels[channel][i] : pk_model_channel(m, channel);
      gint column = data && pk_def_is_field(data->def) && !data->def->aggregate && !data->def->is_count
                      ? pk_unit_column(m, data->column) : -1;
      if (column >= 0)
        columns[n++] = column;
    }
  }
  return n;
}

/* Numbers the series of each row in order of first appearance. */
static guint
number_series(const PkModel *m, guint *series, gboolean *grouped)
{
  const PkTable *table = m->unit->table;
  gint columns[32];
  guint n_columns = grouping_columns(m, columns, G_N_ELEMENTS(columns)), n = table->n_rows > 0;
  *grouped = n_columns > 0;
  memset(series, 0, table->n_rows * sizeof *series);
  for (guint k = 0; k < n_columns; k++) {
    g_autoptr(PkDatumIndex) values = pk_datum_index_new();
    g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (gint64 row = 0; row < table->n_rows; row++) {
      PkDatum datum = pk_value_to_datum(pk_table_at(table, columns[k], row));
      gint64 key = ((gint64)series[row] << 32) | pk_datum_index_add(values, &datum);
      gpointer known = g_hash_table_lookup(pairs, &key);
      if (!known) {
        known = GUINT_TO_POINTER(g_hash_table_size(pairs) + 1);
        g_hash_table_insert(pairs, g_memdup2(&key, sizeof key), known);
      }
      series[row] = GPOINTER_TO_UINT(known) - 1;
    }
    n = g_hash_table_size(pairs);
  }
  return n;
}

static int
compare_points(gconstpointer a, gconstpointer b)
{
  const PkSeriesPoint *x = a, *y = b;
  gboolean none_x = isnan(x->key), none_y = isnan(y->key);
  if (none_x != none_y)
    return none_x ? -1 : 1;
  if (!none_x && x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return (x->row > y->row) - (x->row < y->row);
}

static PkScenePoint
point_at(const PkMarkRules *r, gint64 row, double *key, gboolean key_is_y)
{
  const PkModel *m = r->m;
  PkBuild *b = m->build;
  const PkTable *table = m->unit->table;
  double x = pk_rule_number(b, &r->x.p, table, row, NAN), y = pk_rule_number(b, &r->y.p, table, row, NAN);
  PkScenePoint point = { .x = isnan(x) ? 0 : x, .y = isnan(y) ? 0 : y, .defined = TRUE };
  *key = key_is_y ? y : x;
  if (m->mark != PK_MARK_AREA)
    return point;
  const PkSpan *span = m->orient == 'h' ? &r->x : &r->y;
  point.y2_or_x2 = span->has_p2       ? pk_rule_number(b, &span->p2, table, row, 0)
                   : m->orient == 'h' ? point.x
                                      : point.y;
  return point;
}

static void
fill_series(const PkMarkRules *r, const PkSeriesPoint *points, guint n, PkItem *item)
{
  pk_mark_paint_item(r, points[0].row, item);
  item->n_points = n;
  item->points = pk_scene_alloc(r->m->build->scene, n, sizeof *item->points);
  for (guint i = 0; i < n; i++)
    item->points[i] = points[i].point;
}

void
pk_build_series(const PkMarkRules *r, const PkItem *base, PkMarkGroup *group)
{
  const PkModel *m = r->m;
  const PkTable *table = m->unit->table;
  gint64 n_rows = table->n_rows;
  gint breaking[PK_N_CHANNELS];
  guint n_breaking = breaking_columns(m, breaking, G_N_ELEMENTS(breaking));
  g_autofree guint *series = g_new0(guint, MAX(n_rows, 1));
  guint n_series = number_series(m, series, &group->grouped);
  g_autofree gint64 *order = pk_mark_row_order(m);
  const PkChannelDef *dimension = pk_model_def(m, m->orient == 'h' ? PK_CHANNEL_Y : PK_CHANNEL_X);
  gboolean sorts = !order && !order_is_off(m) && pk_def_is_field(dimension);

  g_autofree gint64 *first = g_new0(gint64, n_series + 2);
  for (gint64 row = 0; row < n_rows; row++)
    first[series[row] + 1]++;
  for (guint i = 0; i < n_series; i++)
    first[i + 1] += first[i];
  g_autofree gint64 *next = g_memdup2(first, (n_series + 2) * sizeof *first);
  g_autofree PkSeriesPoint *points = g_new0(PkSeriesPoint, MAX(n_rows, 1));
  for (gint64 i = 0; i < n_rows; i++) {
    gint64 row = order ? order[i] : i;
    PkSeriesPoint *p = &points[next[series[row]]++];
    p->row = row;
    p->point = point_at(r, row, &p->key, m->orient == 'h');
    for (guint k = 0; k < n_breaking; k++)
      p->point.defined &= !pk_value_is_invalid(pk_table_at(table, breaking[k], row));
  }
  group->n_items = n_series;
  group->items = pk_scene_alloc(m->build->scene, n_series, sizeof *group->items);
  for (guint i = 0; i < n_series; i++) {
    guint n = (guint)(first[i + 1] - first[i]);
    group->items[i] = *base;
    if (m->unit->is_long_line) {
      g_autofree PkSeriesPoint *line = pk_build_long_line(m, points + first[i], n, &n, &group->clip);
      if (!group->items[i].join)
        group->items[i].join = "round";
      if (!group->items[i].cap)
        group->items[i].cap = "round";
      if (n > 0)
        fill_series(r, line, n, &group->items[i]);
      continue;
    }
    if (sorts)
      qsort(points + first[i], n, sizeof *points, compare_points);
    fill_series(r, points + first[i], n, &group->items[i]);
  }
}
