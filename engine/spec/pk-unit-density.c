/* Density rasters: the rows of each pixel are counted, by colour if there is a discrete one, or with the mean of the
 * colour's field. */
#include "pk-unit-query.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

void
pk_unit_query_free(PkUnitQuery *self)
{
  pk_rel_free(self->rel);
  g_ptr_array_unref(self->series);
  g_free(self->x_column);
  g_free(self->y_column);
  g_free(self->x_name);
  g_free(self->y_name);
  g_free((gpointer)self->grid[0].edges);
  g_free((gpointer)self->grid[1].edges);
  g_free(self->counts);
  g_free(self->means);
  g_free(self);
}

double
pk_units_per_ms(PkType type)
{
  if (type.kind == PK_TYPE_DATE)
    return 1 / 86400000.0;
  return pk_type_is_temporal(type) ? (double)pk_type_unit_per_second(type.unit) / 1000 : 1;
}

#define MAX_COUNTS ((gsize)1 << 26) /* 512 MiB of them */

static void
add_axis_key(PkPlan *plan, const PkRelField *field, const PkGridAxis *axis, const char *name)
{
  guint column = pk_plan_add_column(plan, field->column, field->type);
  double scale = pk_units_per_ms(field->type);
  PkKey *key = pk_plan_add_key(plan, axis->edges ? PK_KEY_EDGES : PK_KEY_BINS, column, name);

  key->count = axis->n;
  if (!axis->edges) {
    key->start = axis->start * scale;
    key->step = axis->step * scale;
    return;
  }
  key->edges = g_new(double, axis->n + 1);
  for (guint i = 0; i <= axis->n; i++)
    key->edges[i] = axis->edges[i] * scale;
}

static gint64 *
take_dense(const PkColumn *column, gsize cells)
{
  gint64 *counts = g_new0(gint64, cells);
  gsize at = 0;

  for (guint c = 0; c < column->n_chunks; c++) {
    const PkChunk *chunk = &column->chunks[c];
    gsize n = MIN((gsize)chunk->length, cells - at);
    if (column->physical == PK_PHYS_I64)
      memcpy(counts + at, chunk->data, n * sizeof *counts);
    for (gsize i = 0; column->physical != PK_PHYS_I64 && i < n; i++)
      counts[at + i] = (gint64)pk_chunk_get_int(chunk, column->physical, (gint64)i);
    at += n;
  }
  return counts;
}

/* NaN where a cell has no value. */
static double *
take_means(const PkColumn *column, gsize cells)
{
  double *means = g_new(double, MAX(cells, 1));

  for (gsize i = 0; i < cells; i++)
    means[i] = pk_column_is_null(column, (gint64)i) ? NAN : pk_column_get_double(column, (gint64)i);
  return means;
}

/* The layer of a value; -1: none, or one that is switched off. */
static gint
find_layer(const PkUnit *self, const PkValue *value)
{
  static const PkChannel colors[] = { PK_CHANNEL_COLOR, PK_CHANNEL_FILL, PK_CHANNEL_STROKE };

  for (guint i = 0; i < G_N_ELEMENTS(colors); i++)
    if (pk_unit_is_hidden(self, colors[i], value))
      return -1;
  for (guint k = 0; k < self->density_values->len; k++)
    if (pk_value_equal(value, &g_array_index(self->density_values, PkValue, k)))
      return (gint)k;
  return -1;
}

/* Of rows (value, y, x, n), in the layer of each value. */
static gint64 *
take_layers(PkUnit *self, PkFrame *frame, guint nx, guint ny, GError **error)
{
  gsize cells = (gsize)nx * ny;
  gint64 *counts = g_new0(gint64, cells * self->density_values->len);
  g_autoptr(PkTable) table = pk_table_from_frame(frame, G_MAXINT64, error);

  if (!table) {
    g_free(counts);
    return NULL;
  }
  for (gint64 row = 0; row < table->n_rows; row++) {
    const PkValue *value = pk_table_at(table, 0, row);
    gsize y = (gsize)pk_table_at(table, 1, row)->number, x = (gsize)pk_table_at(table, 2, row)->number;
    gint k = find_layer(self, value);
    if (k >= 0 && x < nx && y < ny)
      counts[(gsize)k * cells + y * nx + x] = (gint64)pk_table_at(table, 3, row)->number;
  }
  return counts;
}

/* Rows by cell, by colour if there is one; NULL: the grid has too many cells. */
static PkPlan *
make_plan(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, GError **error)
{
  PkUnitQuery *query = self->query;
  g_autoptr(PkPlan) plan = pk_plan_new(query->rel->from);
  gsize layers = self->density_values ? self->density_values->len : 1;

  if ((gsize)x->n * y->n * layers > MAX_COUNTS) {
    pk_fail(error, PK_ERROR_LIMIT, "%s: %u x %u cells of %" G_GSIZE_FORMAT " colours are too many: use a smaller size or "
            "--scale, or fewer colours", self->view->path, x->n, y->n, layers);
    return NULL;
  }
  if (self->density_values) {
    const PkRelField *field = pk_rel_find(query->rel, query->series->pdata[0]);
    pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, field->column, field->type), "value");
  }
  add_axis_key(plan, query->y, y, "y");
  add_axis_key(plan, query->x, x, "x");
  plan->dense = self->density_values == NULL;
  pk_rel_add_pending(query->rel, plan, TRUE);
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  if (query->mean)
    pk_plan_add_agg(plan, PK_AGG_MEAN, (gint)pk_plan_add_column(plan, query->mean->column, query->mean->type), -1, "mean");
  return pk_plan_check(plan, error) ? g_steal_pointer(&plan) : NULL;
}

static char *
title_of(const PkUnit *self)
{
  const PkUnitQuery *query = self->query;

  return pk_lower_purpose(self->view, "rows%s%s of each pixel, by %s and %s", query->mean ? " and mean of " : "",
                          query->mean ? pk_view_def(self->view, self->mean_channel)->field : "",
                          pk_view_def(self->view, PK_CHANNEL_X)->field, pk_view_def(self->view, PK_CHANNEL_Y)->field);
}

static gint64 *
take_counts(PkUnit *self, PkFrame *frame, const PkGridAxis *x, const PkGridAxis *y, GError **error)
{
  return self->density_values ? take_layers(self, frame, x->n, y->n, error)
                              : take_dense(frame->columns[0], (gsize)x->n * y->n);
}

static gint64 *
fetch_counts(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, GError **error)
{
  PkUnitQuery *query = self->query;
  g_autoptr(PkPlan) plan = NULL;
  g_autoptr(PkFrame) frame = NULL;

  if (!query->x || !query->y)
    return g_new0(gint64, (gsize)x->n * y->n * (self->density_values ? self->density_values->len : 1));
  plan = make_plan(self, x, y, error);
  if (!plan)
    return NULL;
  g_autofree char *title = title_of(self);
  frame = query->host->run_plan(plan, title, query->host->user, error);
  if (!frame)
    return NULL;
  if (query->mean)
    query->means = take_means(frame->columns[1], (gsize)x->n * y->n);
  return take_counts(self, frame, x, y, error);
}

/* --- pictures --- */

/* The place of each of the first column's values among the unit's. */
static gboolean
find_layers(PkFrame *values, gint *layers, gpointer user, GError **error)
{
  const PkUnit *self = user;
  g_autoptr(PkTable) table = pk_table_from_frame(values, G_MAXINT64, error);

  if (!table)
    return FALSE;
  for (gint64 row = 0; row < table->n_rows; row++)
    layers[row] = find_layer(self, pk_table_at(table, 0, row));
  return TRUE;
}

static gboolean
run_raster(PkUnit *self, PkPlan *plan, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts, GError **error)
{
  const PkLowerHost *host = self->query->host;
  g_autofree char *title = title_of(self);

  if (host->run_raster)
    return host->run_raster(plan, title, style, raster, counts, host->user, error);
  *counts = host->run_plan(plan, title, host->user, error);
  return *counts && pk_raster_paint(raster, style, plan, *counts, error);
}

static void
make_empty(PkRaster *raster, const PkRasterStyle *style)
{
  raster->pixels = g_new0(guint32, (gsize)style->width * style->height);
  pk_shades_init_cells(&raster->shades, style->transfer, g_new0(guint32, 1), 0);
}

static void
keep_axis(PkGridAxis *own, const PkGridAxis *axis)
{
  g_free((gpointer)own->edges);
  *own = *axis;
  own->edges = axis->edges ? g_memdup2(axis->edges, (axis->n + 1) * sizeof(double)) : NULL;
}

static void
begin_fetch(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y)
{
  PkUnitQuery *query = self->query;

  g_clear_pointer(&query->counts, g_free);
  g_clear_pointer(&query->means, g_free);
  keep_axis(&query->grid[0], x);
  keep_axis(&query->grid[1], y);
}

const gint64 *
pk_unit_fetch_density(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, GError **error)
{
  begin_fetch(self, x, y);
  self->query->counts = fetch_counts(self, x, y, error);
  return self->query->counts;
}

gboolean
pk_unit_fetch_raster(PkUnit *self, const PkGridAxis *x, const PkGridAxis *y, const PkRasterStyle *style, PkRaster *raster,
                     GError **error)
{
  PkUnitQuery *query = self->query;
  PkRasterStyle own = *style;
  g_autoptr(PkPlan) plan = NULL;
  g_autoptr(PkFrame) counts = NULL;

  *raster = (PkRaster){ 0 };
  own.find_layers = find_layers;
  own.layers_user = self;
  begin_fetch(self, x, y);
  if (!query->x || !query->y) {
    make_empty(raster, &own);
    query->counts = fetch_counts(self, x, y, error);
    return TRUE;
  }
  plan = make_plan(self, x, y, error);
  if (!plan || !run_raster(self, plan, &own, raster, &counts, error))
    return FALSE;
  query->counts = counts ? take_counts(self, counts, x, y, error) : NULL;
  if (query->counts || !counts)
    return TRUE;
  pk_raster_clear(raster);
  return FALSE;
}

static void
put_bounds(PkTable *table, guint column, gint64 row, const PkRelField *field, const PkGridAxis *axis, gsize cell)
{
  for (guint end = 0; end < 2; end++) {
    double at = axis->edges ? axis->edges[cell + end] : axis->start + axis->step * (double)(cell + end);
    *pk_table_at(table, column + end, row) =
      field && pk_type_is_temporal(field->type) ? pk_value_date(at) : pk_value_number(at);
  }
}

PkValue
pk_unit_get_density_mean(const PkUnit *self, gsize cell)
{
  const double *means = self->query->means;
  if (!means || !isfinite(means[cell]))
    return pk_value_null();
  return self->channels[self->mean_channel][0].type == PK_MEASURE_TEMPORAL ? pk_value_date(means[cell])
                                                                          : pk_value_number(means[cell]);
}

PkTable *
pk_unit_density_table(PkUnit *self, GError **error)
{
  PkUnitQuery *query = self->query;
  const PkGridAxis *x = &query->grid[0], *y = &query->grid[1];
  if (!query->counts && x->n > 0 && !(query->counts = fetch_counts(self, x, y, error)))
    return NULL;
  PkTable *table = pk_table_new();
  gsize cells = (gsize)x->n * y->n, layers = self->density_values ? self->density_values->len : 1;
  g_autofree char *x_end = g_strconcat(query->x_column, "_end", NULL);
  g_autofree char *y_end = g_strconcat(query->y_column, "_end", NULL);
  const char *const names[] = { query->x_column, x_end, query->y_column, y_end };

  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    pk_table_add_column(table, names[i]);
  if (self->density_values)
    pk_table_add_column(table, query->series->pdata[0]);
  pk_table_add_column(table, "__count");
  if (self->has_mean) {
    g_autofree char *mean = g_strconcat("mean_", self->channels[self->mean_channel][0].def->field, NULL);
    pk_table_add_column(table, mean);
  }
  for (gsize i = 0; query->counts && i < cells * layers; i++) {
    gint64 row = table->n_rows;
    if (query->counts[i] == 0)
      continue;
    pk_table_set_length(table, row + 1);
    put_bounds(table, 0, row, query->x, x, i % cells % x->n);
    put_bounds(table, 2, row, query->y, y, i % cells / x->n);
    if (self->density_values) {
      PkValue value = g_array_index(self->density_values, PkValue, i / cells);
      if (value.text)
        value.text = pk_arena_text(table->arena, value.text, -1);
      *pk_table_at(table, 4, row) = value;
    }
    *pk_table_at(table, self->density_values ? 5 : 4, row) = pk_value_number((double)query->counts[i]);
    if (self->has_mean)
      *pk_table_at(table, 5, row) = pk_unit_get_density_mean(self, i);
  }
  return table;
}
