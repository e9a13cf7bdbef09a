/* Units with more rows than marks can show: density rasters of points, M4 of lines
 * (U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014). */
#include "pk-unit-query.h"

#include "pk-error.h"
#include "pk-lower-unit.h"

#include <math.h>
#include <string.h>

#define MAX_MARKS 1000000 /* drawn one by one, where a raster would do but for a channel: more take minutes */

/* --- when --- */

/* A field of a continuous scale, neither binned nor floored nor aggregated. */
static gboolean
is_plain_continuous(const PkView *view, PkChannel channel)
{
  const PkChannelDef *def = pk_view_def(view, channel);
  PkMeasure type;

  if (!def || !def->field || view->encoding[channel].n != 1 || def->aggregate || def->bin.present || def->time_unit ||
      def->time_maxbins > 0 || def->n_conditions > 0 || (def->impute && !json_node_is_null(def->impute)) || def->scale_null)
    return FALSE;
  type = pk_lower_type(def, channel);
  return (type == PK_MEASURE_QUANTITATIVE || type == PK_MEASURE_TEMPORAL) &&
         !pk_channel_is_discrete(view, channel, def, type);
}

/* A colour that a pixel can have of all its rows: the mean of a field. The domain of quantiles is all values. */
static gboolean
can_be_mean(const PkView *view, PkChannel channel)
{
  gboolean is_color = channel == PK_CHANNEL_COLOR || channel == PK_CHANNEL_FILL || channel == PK_CHANNEL_STROKE;
  const PkChannelDef *def = pk_view_def(view, channel);
  JsonNode *type = def ? pk_props_get(&def->scale_props, "type") : NULL;

  return is_color && is_plain_continuous(view, channel) &&
         (!type || !JSON_NODE_HOLDS_VALUE(type) || g_strcmp0(json_node_get_string(type), "quantile"));
}

/* A constant, or a plain field with a discrete domain. */
static gboolean
is_constant_or_series(const PkView *view, PkChannel channel, gboolean may_be_series)
{
  const PkEncoding *encoding = &view->encoding[channel];

  for (guint i = 0; i < encoding->n; i++) {
    const PkChannelDef *def = &encoding->defs[i];
    if (def->n_conditions > 0)
      return FALSE;
    if (!pk_channel_def_is_field(def))
      continue;
    if (!may_be_series || def->aggregate || def->bin.present || def->time_unit || def->time_maxbins > 0)
      return FALSE;
    if (channel != PK_CHANNEL_DETAIL && !pk_channel_is_discrete(view, channel, def, pk_lower_type(def, channel)))
      return FALSE;
  }
  return TRUE;
}

/* The first channel but x and y that needs a mark of its own for each row, or PK_N_CHANNELS. */
static PkChannel
channel_of_each_row(const PkView *view, gboolean is_line)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++) {
    gboolean is_color = c == PK_CHANNEL_COLOR || c == PK_CHANNEL_FILL || c == PK_CHANNEL_STROKE;
    gboolean splits = is_line && (c == PK_CHANNEL_DETAIL || c == PK_CHANNEL_STROKE_DASH);
    if (c == PK_CHANNEL_X || c == PK_CHANNEL_Y || c == PK_CHANNEL_TOOLTIP || c == PK_CHANNEL_DESCRIPTION ||
        c == PK_CHANNEL_HREF || c == PK_CHANNEL_KEY || (!is_line && c == PK_CHANNEL_DETAIL))
      continue;
    if (!is_constant_or_series(view, c, is_color || splits) && (is_line || !can_be_mean(view, c)))
      return c;
  }
  return PK_N_CHANNELS;
}

/* M4's columns are equal steps of x, its points are joined by straight lines, and rows without y have no place. */
static gboolean
line_allows(PkUnitBuild *build)
{
  static const char *const even[] = { "linear", "time", "utc", NULL };
  const PkSpec *spec = build->lowering->spec;
  JsonNode *interpolate = pk_view_mark_property(spec, build->view, "interpolate");
  JsonNode *type = pk_props_get(&pk_view_def(build->view, PK_CHANNEL_X)->scale_props, "type");

  return (!interpolate || (JSON_NODE_HOLDS_VALUE(interpolate) &&
                           !g_strcmp0(json_node_get_string(interpolate), "linear"))) &&
         (!type || (JSON_NODE_HOLDS_VALUE(type) && json_node_get_string(type) &&
                    g_strv_contains(even, json_node_get_string(type)))) && !build->shows_invalid &&
         build->unit->orient != 'h';
}

static gboolean
is_point_mark(const PkView *view)
{
  return view->mark == PK_MARK_POINT || view->mark == PK_MARK_CIRCLE || view->mark == PK_MARK_SQUARE;
}

/* More rows than the limit, each a place on two continuous axes. */
static gboolean
has_many_places(PkUnitBuild *build, gint64 limit)
{
  const PkView *view = build->view;
  PkChannel channel;

  return limit >= 0 && build->unit->n_source_rows > limit && !build->unit->has_aggregate &&
         (view->mark == PK_MARK_LINE || is_point_mark(view)) &&
         pk_view_stack(build->lowering->spec, view, &channel) == PK_STACK_NONE &&
         is_plain_continuous(view, PK_CHANNEL_X) && is_plain_continuous(view, PK_CHANNEL_Y);
}

static gboolean
is_large(PkUnitBuild *build, gint64 limit)
{
  gboolean is_line = build->view->mark == PK_MARK_LINE;

  return has_many_places(build, limit) && channel_of_each_row(build->view, is_line) == PK_N_CHANNELS &&
         (!is_line || line_allows(build));
}

gboolean
pk_lower_check_marks(PkUnitBuild *build, GError **error)
{
  gint64 limit = build->lowering->options.mark_limit;
  PkChannel channel = channel_of_each_row(build->view, FALSE);

  if (channel == PK_N_CHANNELS || !is_point_mark(build->view) ||
      !has_many_places(build, limit < 0 ? limit : MAX(limit, MAX_MARKS)))
    return TRUE;
  const char *name = pk_channel_name(channel);
  return pk_fail(error, PK_ERROR_LIMIT, "%s.encoding.%s: %" G_GINT64_FORMAT " rows are too many for a mark each, and a "
                 "density raster has no %s of each row: leave it out, filter, or aggregate", build->view->path, name,
                 build->unit->n_source_rows, name);
}

gboolean
pk_lower_is_large(PkUnitBuild *build)
{
  return is_large(build, build->lowering->options.mark_limit);
}

/* --- lowering --- */

/* Infinities are in no domain: the extent of the rest, where the field has some. */
static gboolean
finite_extent(PkUnitBuild *build, const char *path, double extent[2], GError **error)
{
  PkRelField *field = pk_lower_field(build->lowering, build->rel, path, NULL);
  g_autofree char *name = NULL, *column = NULL, *sql = NULL, *finite = NULL;

  if (!field || (field->type.kind != PK_TYPE_F64 && field->type.kind != PK_TYPE_F32))
    return FALSE;
  name = g_strconcat("finite ", field->name, NULL);
  column = pk_rel_quote(field);
  sql = g_strdup_printf("CASE WHEN isfinite(%s) THEN %s END", column, column);
  pk_rel_set(build->rel, name, sql, field->type)->nan_free = TRUE;
  finite = pk_field_escape(name);
  return pk_lower_extent(build->lowering, build->rel, finite, &extent[0], &extent[1], error);
}

static gboolean
take_extent(PkUnitBuild *build, PkChannel channel, const char *path, GError **error)
{
  PkUnit *unit = build->unit;
  g_autoptr(GError) local = NULL;

  unit->has_extent[channel] = pk_lower_extent(build->lowering, build->rel, path, &unit->extent[channel][0],
                                              &unit->extent[channel][1], &local);
  if (!unit->has_extent[channel] && !local)
    unit->has_extent[channel] = finite_extent(build, path, unit->extent[channel], &local);
  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  return TRUE;
}

/* A number or date, as the plan takes it. */
static PkRelField *
axis_field(PkUnitBuild *build, PkChannel channel)
{
  PkRelField *field = pk_lower_field(build->lowering, build->rel, pk_view_def(build->view, channel)->field, NULL);

  return field ? pk_lower_measure(build->rel, field) : NULL;
}

/* The field whose mean is the colour: a date as its ms. */
static PkRelField *
mean_field(PkUnitBuild *build, PkChannel channel)
{
  const PkChannelDef *def = pk_view_def(build->view, channel);
  PkRelField *field = pk_lower_field(build->lowering, build->rel, def->field, NULL);

  if (!field || !pk_type_is_temporal(field->type))
    return axis_field(build, channel);
  g_autofree char *name = g_strconcat("ms of ", field->name, NULL), *sql = pk_lower_number_sql(field);
  PkRelField *ms = pk_rel_find(build->rel, name);
  if (!ms) {
    ms = pk_rel_set(build->rel, name, sql, PK_TYPE_OF(PK_TYPE_F64));
    ms->nan_free = TRUE;
  }
  return ms;
}

/* The channel whose colour is a mean, or PK_N_CHANNELS. */
static PkChannel
mean_channel(const PkUnitBuild *build)
{
  static const PkChannel colors[] = { PK_CHANNEL_COLOR, PK_CHANNEL_FILL, PK_CHANNEL_STROKE };

  for (guint i = 0; build->view->mark != PK_MARK_LINE && i < G_N_ELEMENTS(colors); i++)
    if (can_be_mean(build->view, colors[i]))
      return colors[i];
  return PK_N_CHANNELS;
}

/* Everything that extents, series and counts are made from comes in one fetch. */
static gboolean
prefetch(PkUnitBuild *build, GError **error)
{
  const PkLowerHost *host = build->lowering->host;
  static const PkChannel channels[] = { PK_CHANNEL_X, PK_CHANNEL_Y, PK_CHANNEL_COLOR, PK_CHANNEL_FILL,
                                        PK_CHANNEL_STROKE, PK_CHANNEL_DETAIL, PK_CHANNEL_STROKE_DASH };
  gboolean is_line = build->view->mark == PK_MARK_LINE;
  PkChannel mean = mean_channel(build);
  g_autoptr(PkPlan) columns = NULL;

  if (!host->prefetch)
    return TRUE;
  /* Numbers that are read as such may become columns of the relation: before it is told. */
  axis_field(build, PK_CHANNEL_X);
  axis_field(build, PK_CHANNEL_Y);
  if (mean < PK_N_CHANNELS)
    mean_field(build, mean);
  columns = pk_plan_new(build->rel->from);
  for (guint c = 0; c < G_N_ELEMENTS(channels) - (is_line ? 0 : 2); c++)
    for (guint i = 0; i < build->view->encoding[channels[c]].n; i++) {
      const PkChannelDef *def = &build->view->encoding[channels[c]].defs[i];
      PkRelField *field = c < 2                 ? axis_field(build, channels[c])
                          : channels[c] == mean ? mean_field(build, mean)
                          : def->field          ? pk_lower_field(build->lowering, build->rel, def->field, NULL)
                                                : NULL;
      if (field)
        pk_plan_add_column(columns, field->column, field->type);
    }
  if (columns->n_columns == 0)
    return TRUE;
  pk_rel_add_pending(build->rel, columns, TRUE); /* for their columns */
  return host->prefetch(columns, host->user, error);
}

void
pk_lower_note_long_line(PkUnitBuild *build)
{
  gint64 limit = build->lowering->options.mark_limit;
  PkUnit *unit = build->unit;
  PkRelField *x;

  unit->x_per_ms = 1;
  if (build->view->mark != PK_MARK_LINE || !is_large(build, limit < 0 ? PK_LOWER_MARK_LIMIT : limit))
    return;
  unit->is_long_line = TRUE;
  x = axis_field(build, PK_CHANNEL_X);
  unit->x_per_ms = x ? pk_units_per_ms(x->type) : 1;
  unit->x_is_whole = x && pk_type_is_temporal(x->type);
}

/* On a log scale what is not positive has no place: M4 would keep it in place of what has. */
static gboolean
y_has_places(PkUnitBuild *build)
{
  JsonNode *type = pk_props_get(&pk_view_def(build->view, PK_CHANNEL_Y)->scale_props, "type");
  const PkUnit *unit = build->unit;

  return !type || !JSON_NODE_HOLDS_VALUE(type) || g_strcmp0(json_node_get_string(type), "log") ||
         !unit->has_extent[PK_CHANNEL_Y] || unit->extent[PK_CHANNEL_Y][0] > 0;
}

static gboolean
is_finite_or_null(const PkColumn *column)
{
  return pk_column_is_null(column, 0) || isfinite(pk_column_get_double(column, 0));
}

/* Rows whose x has a value and whose y has none break the line; are there any? */
static gboolean
find_gaps(const PkUnit *unit, gboolean *gaps, GError **error)
{
  const PkUnitQuery *query = unit->query;
  g_autoptr(PkPlan) plan = pk_plan_new(query->rel->from);
  g_autofree char *title = pk_lower_purpose(unit->view, "rows without %s", pk_view_def(unit->view, PK_CHANNEL_Y)->field);
  gint y = (gint)pk_plan_add_column(plan, query->y->column, query->y->type);
  g_autoptr(PkFrame) frame = NULL;

  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "rows");
  pk_plan_add_agg(plan, PK_AGG_COUNT, y, -1, "values");
  pk_plan_add_agg(plan, PK_AGG_MIN, y, -1, "least");
  pk_plan_add_agg(plan, PK_AGG_MAX, y, -1, "most");
  pk_rel_add_pending(query->rel, plan, FALSE);
  frame = query->host->run_plan(plan, title, query->host->user, error);
  if (!frame)
    return FALSE;
  *gaps = pk_column_get_int(frame->columns[0], 0) != pk_column_get_int(frame->columns[1], 0) ||
          !is_finite_or_null(frame->columns[2]) || !is_finite_or_null(frame->columns[3]);
  return TRUE;
}

/* Numbers the runs of each series, in the order of (x, y) with no y last: what M4 must not join. */
static void
add_runs(PkUnitQuery *query)
{
  pk_rel_flush(query->rel); /* a run goes over the rows that are left */
  gboolean is_float = query->y->type.kind == PK_TYPE_F64 || query->y->type.kind == PK_TYPE_F32;
  PkRel *rel = query->rel;
  g_autoptr(GString) sql = g_string_new(NULL);
  if (is_float) {
    g_autofree char *raw = pk_rel_quote(query->y);
    g_autofree char *finite = g_strdup_printf("CASE WHEN isfinite(%s) THEN %s END", raw, raw);
    g_free(query->y_name);
    query->y_name = g_strdup("__finite");
    query->y = pk_rel_set(rel, query->y_name, finite, query->y->type);
    query->x = pk_rel_find(rel, query->x_name);
  }
  g_autofree char *x = pk_rel_quote(query->x), *y = pk_rel_quote(query->y);

  g_string_append_printf(sql, "count(CASE WHEN %s IS NULL THEN 1 END) OVER (", y);
  for (guint i = 0; i < query->series->len; i++) {
    g_autofree char *series = pk_rel_quote(pk_rel_find(rel, query->series->pdata[i]));
    g_string_append_printf(sql, "%s%s", i ? ", " : "PARTITION BY ", series);
  }
  g_string_append_printf(sql, " ORDER BY %s, %s NULLS LAST ROWS UNBOUNDED PRECEDING)", x, y);
  pk_rel_set(rel, PK_UNIT_RUN, sql->str, PK_TYPE_OF(PK_TYPE_I64));
  query->x = pk_rel_find(rel, query->x_name);
  query->y = pk_rel_find(rel, query->y_name);
  g_ptr_array_add(query->series, g_strdup(PK_UNIT_RUN));
}

static void
add_series(PkUnitBuild *build, PkChannel channel, PkUnitQuery *query, PkGroup *group)
{
  for (guint i = 0; i < build->unit->n[channel]; i++) {
    const PkChannelData *data = &build->unit->channels[channel][i];
    const PkRelField *field = data->column ? pk_rel_find(build->rel, data->column) : NULL;
    if (!field || !pk_group_add_dim(group, PK_DIM_VALUE, data->def->field, data->column))
      continue;
    g_ptr_array_add(query->series, g_strdup(data->column));
  }
}

/* The colour becomes the mean of its field over the finite values of a pixel's rows, and is titled so. */
static gboolean
take_mean(PkUnitBuild *build, PkChannel channel, char **name, GError **error)
{
  PkUnit *unit = build->unit;
  PkRelField *field = mean_field(build, channel);
  PkChannelDef def = *pk_view_def(build->view, channel);
  PkProps config = build->lowering->spec->config;

  def.aggregate = (char *)"mean";
  unit->has_mean = TRUE;
  unit->mean_channel = channel;
  g_free(unit->channels[channel][0].title);
  unit->channels[channel][0].title = pk_lower_title(&def, &config);
  if (!field) { /* null in all rows: no pixel has a colour */
    pk_lower_warn_missing(build->lowering, build->rel, def.field);
    return TRUE;
  }
  g_autofree char *path = pk_field_escape(field->name), *finite = g_strconcat("finite ", field->name, NULL);
  g_autofree char *valid = g_strconcat("valid ", field->name, NULL), *raw = g_strdup(field->name);
  if (!take_extent(build, channel, path, error))
    return FALSE;
  /* Looking for the extent has made a field of what is to be taken, if there is anything to leave out. */
  *name = g_strdup(pk_rel_find(build->rel, finite) ? finite : pk_rel_find(build->rel, valid) ? valid : raw);
  return TRUE;
}

/* The distinct series: what discrete scales need to know. */
static PkTable *
series_table(PkUnitBuild *build, PkGroup *series, GError **error)
{
  PkTable *table;

  if (series->dims->len == 0)
    return pk_table_new();
  pk_group_add_measure(series, "count", NULL, "__rows");
  table = pk_lower_group(build->lowering, build->rel, series, TRUE, error);
  if (table)
    pk_table_remove_column(table, (guint)pk_table_find(table, "__rows"));
  return table;
}

static void
take_density_values(PkUnit *unit, const PkUnitQuery *query)
{
  gint column = query->series->len ? pk_table_find(unit->table, query->series->pdata[0]) : -1;

  if (column < 0)
    return;
  unit->density_values = g_array_new(FALSE, FALSE, sizeof(PkValue));
  for (gint64 row = 0; row < unit->table->n_rows; row++)
    g_array_append_val(unit->density_values, *pk_table_at(unit->table, (guint)column, row));
}

/* The table will hold what M4 finds in the view: the domains of series are those of all rows. */
static void
keep_series(PkUnit *unit)
{
  for (guint c = PK_CHANNEL_COLOR; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < unit->n[c]; i++)
      pk_lower_keep_values(unit, &unit->channels[c][i]);
}

gboolean
pk_lower_large(PkUnitBuild *build, GError **error)
{
  PkUnit *unit = build->unit;
  PkUnitQuery *query = unit->query = g_new0(PkUnitQuery, 1);
  g_autoptr(PkGroup) series = pk_group_new();
  static const PkChannel colors[] = { PK_CHANNEL_COLOR, PK_CHANNEL_FILL, PK_CHANNEL_STROKE };
  PkChannel mean = mean_channel(build);
  g_autofree char *mean_name = NULL;

  query->host = build->lowering->host;
  query->row_limit = build->lowering->options.row_limit;
  query->series = g_ptr_array_new_with_free_func(g_free);
  if (!prefetch(build, error) ||
      !take_extent(build, PK_CHANNEL_X, pk_view_def(build->view, PK_CHANNEL_X)->field, error) ||
      !take_extent(build, PK_CHANNEL_Y, pk_view_def(build->view, PK_CHANNEL_Y)->field, error) ||
      (mean < PK_N_CHANNELS && !take_mean(build, mean, &mean_name, error)))
    return FALSE;
  if (build->view->mark == PK_MARK_LINE && !y_has_places(build)) {
    g_clear_pointer(&unit->query, pk_unit_query_free);
    memset(unit->has_extent, 0, sizeof unit->has_extent);
    return TRUE;
  }
  unit->draw = build->view->mark == PK_MARK_LINE ? PK_DRAW_M4 : PK_DRAW_DENSITY;
  query->x = axis_field(build, PK_CHANNEL_X);
  query->y = axis_field(build, PK_CHANNEL_Y);
  query->mean = mean_name ? pk_rel_find(build->rel, mean_name) : NULL;
  query->x_column = g_strdup(unit->channels[PK_CHANNEL_X][0].column);
  query->y_column = g_strdup(unit->channels[PK_CHANNEL_Y][0].column);
  for (guint i = 0; i < G_N_ELEMENTS(colors); i++)
    if (colors[i] != mean)
      add_series(build, colors[i], query, series);
  if (unit->draw == PK_DRAW_M4) {
    add_series(build, PK_CHANNEL_DETAIL, query, series);
    add_series(build, PK_CHANNEL_STROKE_DASH, query, series);
  } else if (series->dims->len + (mean < PK_N_CHANNELS ? 1 : 0) > 1) {
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s: a density raster takes one colour field; %" G_GINT64_FORMAT
                   " rows are too many to draw one by one", build->view->path, unit->n_source_rows);
  }
  unit->table = series_table(build, series, error);
  if (!unit->table)
    return FALSE;
  if (unit->draw == PK_DRAW_DENSITY)
    take_density_values(unit, query);
  else
    keep_series(unit);
  query->rel = g_steal_pointer(&build->rel);
  build->rel = pk_rel_copy(query->rel);
  if (unit->draw == PK_DRAW_M4 && query->x && query->y) {
    gboolean gaps;
    query->x_name = g_strdup(query->x->name);
    query->y_name = g_strdup(query->y->name);
    if (!find_gaps(unit, &gaps, error))
      return FALSE;
    if (gaps)
      add_runs(query);
  }
  return pk_lower_sorts(build, error);
}

/* --- M4 --- */

typedef struct {
  double x, y;
} Point;

static int
compare_points(gconstpointer a, gconstpointer b)
{
  const Point *p = a, *q = b;

  return p->x < q->x ? -1 : p->x > q->x;
}

static gboolean
is_hidden_series(PkUnit *self, PkTable *from, gint64 row, guint n_keys)
{
  for (guint k = 0; k < n_keys; k++)
    for (guint c = 0; c < PK_N_CHANNELS; c++)
      if (self->hidden[c] && !g_strcmp0(self->channels[c][0].column, self->query->series->pdata[k]) &&
          pk_unit_is_hidden(self, c, pk_table_at(from, k, row)))
        return TRUE;
  return FALSE;
}

static void
append_point(PkUnit *self, PkTable *from, gint64 row, guint n_keys, Point point)
{
  PkUnitQuery *query = self->query;
  PkTable *table = self->table;
  gint64 to = table->n_rows;
  double ms = point.x / pk_units_per_ms(query->x->type);
  double y = point.y / pk_units_per_ms(query->y->type);

  pk_table_set_length(table, to + 1);
  for (guint k = 0; k < n_keys; k++) {
    PkValue value = *pk_table_at(from, k, row);
    if (value.text)
      value.text = pk_arena_text(table->arena, value.text, -1);
    *pk_table_at(table, (guint)pk_table_find(table, query->series->pdata[k]), to) = value;
  }
  *pk_table_at(table, (guint)pk_table_find(table, query->x_column), to) =
    pk_type_is_temporal(query->x->type) ? pk_value_date(ms) : pk_value_number(ms);
  *pk_table_at(table, (guint)pk_table_find(table, query->y_column), to) =
    pk_type_is_temporal(query->y->type) ? pk_value_date(y) : pk_value_number(y);
}

/* The distinct points of a pixel column, from left to right: first, the extremes, last. */
static void
append_column(PkUnit *self, PkTable *from, gint64 row, guint n_keys)
{
  Point points[4];
  guint base = n_keys + 1, n = 0;
  const guint pairs[] = { 0, 4, 6, 2 }; /* first, min, max, last in the result's order of columns */

  for (guint i = 0; i < 4; i++) {
    points[i].x = pk_table_at(from, base + pairs[i], row)->number;
    points[i].y = pk_table_at(from, base + pairs[i] + 1, row)->number;
  }
  if (points[2].x < points[1].x) {
    Point swap = points[1];
    points[1] = points[2];
    points[2] = swap;
  }
  qsort(points, 4, sizeof *points, compare_points);
  for (guint i = 0; i < 4; i++) {
    if (n > 0 && points[i].x == points[n - 1].x && points[i].y == points[n - 1].y)
      continue;
    points[n++] = points[i];
  }
  for (guint i = 0; i < n; i++)
    append_point(self, from, row, n_keys, points[i]);
}

static PkPlan *
m4_base_plan(const PkUnitQuery *query, guint *x, guint *y)
{
  PkPlan *plan = pk_plan_new(query->rel->from);

  for (guint i = 0; i < query->series->len; i++) {
    const PkRelField *field = pk_rel_find(query->rel, query->series->pdata[i]);
    pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, field->column, field->type), query->series->pdata[i]);
  }
  *x = pk_plan_add_column(plan, query->x->column, query->x->type);
  *y = pk_plan_add_column(plan, query->y->column, query->y->type);
  pk_rel_add_pending(query->rel, plan, TRUE);
  return plan;
}

/* Of one series: which x is nearest costs far less to find than whose y it is, so that is asked of its rows alone. */
static gboolean
nearest_alone(PkUnit *self, gboolean below, PkPredicate *beyond, GError **error)
{
  guint x, y;
  g_autoptr(PkPlan) plan = m4_base_plan(self->query, &x, &y);
  g_autofree char *title = pk_lower_purpose(self->view, "the nearest place %s the view", below ? "before" : "after");

  pk_plan_add_predicate(plan, *beyond);
  pk_plan_add_agg(plan, below ? PK_AGG_MAX : PK_AGG_MIN, (gint)x, -1, "x");
  if (!pk_plan_check(plan, error))
    return FALSE;
  g_autoptr(PkFrame) frame = self->query->host->run_plan(plan, title, self->query->host->user, error);
  if (!frame)
    return FALSE;
  const PkColumn *nearest = frame->columns[0];
  if (pk_column_is_null(nearest, 0))
    return TRUE;
  gboolean is_float = nearest->type.kind == PK_TYPE_F32 || nearest->type.kind == PK_TYPE_F64;
  beyond->has_lo = beyond->has_hi = TRUE;
  beyond->lo_exclusive = beyond->hi_exclusive = FALSE;
  beyond->lo = is_float ? pk_scalar_double(pk_column_get_double(nearest, 0)) : pk_scalar_int(pk_column_get_int(nearest, 0));
  beyond->hi = beyond->lo;
  return TRUE;
}

/* The nearest point beyond an end of the domain, of each series: the line comes from there. */
static PkTable *
points_beyond(PkUnit *self, double bound, gboolean below, GError **error)
{
  guint x, y;
  g_autoptr(PkPlan) plan = m4_base_plan(self->query, &x, &y);
  PkPredicate beyond = { .kind = PK_PRED_RANGE, .column = x };
  PkScalar scalar = { .kind = PK_SCALAR_DOUBLE, .d = bound };
  g_autoptr(PkFrame) frame = NULL;

  if (below) {
    beyond.has_hi = beyond.hi_exclusive = TRUE;
    beyond.hi = scalar;
  } else {
    beyond.has_lo = beyond.lo_exclusive = TRUE;
    beyond.lo = scalar;
  }
  if (self->query->series->len == 0 && !nearest_alone(self, below, &beyond, error))
    return NULL;
  pk_plan_add_predicate(plan, beyond);
  pk_plan_add_agg(plan, below ? PK_AGG_MAX : PK_AGG_MIN, (gint)x, -1, "x");
  pk_plan_add_agg(plan, below ? PK_AGG_LAST : PK_AGG_FIRST, (gint)y, (gint)x, "y");
  if (!pk_plan_check(plan, error))
    return NULL;
  g_autofree char *title = pk_lower_purpose(self->view, "the nearest points %s the view", below ? "before" : "after");
  frame = self->query->host->run_plan(plan, title, self->query->host->user, error);
  return frame ? pk_table_from_frame(frame, G_MAXINT64, error) : NULL;
}

static gboolean
append_beyond(PkUnit *self, double bound, gboolean below, GError **error)
{
  guint n_keys = self->query->series->len;
  g_autoptr(PkTable) table = points_beyond(self, bound, below, error);

  for (gint64 row = 0; table && row < table->n_rows; row++) {
    const PkValue *x = pk_table_at(table, n_keys, row), *y = pk_table_at(table, n_keys + 1, row);
    if (pk_value_is_invalid(x) || pk_value_is_invalid(y) || is_hidden_series(self, table, row, n_keys))
      continue;
    /* a table has dates in ms, a plan in the column's unit */
    append_point(self, table, row, n_keys, (Point){ x->number * (x->kind == PK_VALUE_DATE ? pk_units_per_ms(self->query->x->type) : 1),
                                                    y->number * (y->kind == PK_VALUE_DATE ? pk_units_per_ms(self->query->y->type) : 1) });
  }
  return table != NULL;
}

static PkTable *
m4_table(PkUnit *self, double x0, double x1, guint n, GError **error)
{
  guint x, y;
  g_autoptr(PkPlan) plan = m4_base_plan(self->query, &x, &y);
  g_autoptr(PkFrame) frame = NULL;

  plan->is_m4 = TRUE;
  plan->m4 = (PkM4){ .x = x, .y = y, .x0 = x0, .x1 = x1, .n = n };
  if (!pk_plan_check(plan, error))
    return NULL;
  g_autofree char *title = pk_lower_purpose(self->view, "the four points of each pixel column (M4), %s over %s",
                                          pk_view_def(self->view, PK_CHANNEL_Y)->field,
                                          pk_view_def(self->view, PK_CHANNEL_X)->field);
  frame = self->query->host->run_plan(plan, title, self->query->host->user, error);
  return frame ? pk_table_from_frame(frame, self->query->row_limit, error) : NULL;
}

gint64
pk_unit_m4_column(const PkUnit *self, double x, double x0, double x1, guint n)
{
  double lo = MIN(x0, x1) * self->x_per_ms, hi = MAX(x0, x1) * self->x_per_ms, u = x * self->x_per_ms;

  if (self->x_is_whole)
    u = rint(u);
  if (u < lo)
    return -1;
  if (u > hi)
    return n;
  return MIN((gint64)floor((u - lo) * (n / (hi - lo))), (gint64)n - 1);
}

gboolean
pk_unit_fetch_m4(PkUnit *self, double x0, double x1, guint n, GError **error)
{
  PkUnitQuery *query = self->query;
  double scale = query->x ? pk_units_per_ms(query->x->type) : 1, lo = MIN(x0, x1) * scale, hi = MAX(x0, x1) * scale;
  g_autoptr(PkTable) table = NULL;

  pk_table_set_length(self->table, 0);
  pk_table_add_column(self->table, query->x_column);
  pk_table_add_column(self->table, query->y_column);
  if (query->series->len > 0 && g_str_equal(query->series->pdata[query->series->len - 1], PK_UNIT_RUN))
    pk_table_add_column(self->table, PK_UNIT_RUN);
  if (!query->x || !query->y || !self->has_extent[PK_CHANNEL_X] || !(lo < hi))
    return TRUE;
  if (self->extent[PK_CHANNEL_X][0] * scale < lo && !append_beyond(self, lo, TRUE, error))
    return FALSE;
  table = m4_table(self, lo, hi, n, error);
  for (gint64 row = 0; table && row < table->n_rows; row++)
    if (!is_hidden_series(self, table, row, query->series->len))
      append_column(self, table, row, query->series->len);
  return table != NULL && (!(self->extent[PK_CHANNEL_X][1] * scale > hi) || append_beyond(self, hi, FALSE, error));
}
