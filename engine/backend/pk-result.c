#include "pk-result.h"

#include "pk-timeunit.h"

#include <math.h>
#include <string.h>

PkColumn **
pk_plan_columns_in(const PkPlan *plan, const PkFrame *frame)
{
  PkColumn **columns = g_new0(PkColumn *, MAX(plan->n_columns, 1));
  for (guint i = 0; i < plan->n_columns; i++)
    columns[i] = pk_frame_find(frame, plan->columns[i].name, NULL);
  return columns;
}

gint64
pk_plan_columns_bytes(const PkPlan *plan, PkColumn *const *columns)
{
  gint64 bytes = 0;
  for (guint i = 0; i < plan->n_columns; i++)
    for (guint k = 0; k < columns[i]->n_chunks; k++) {
      const PkChunk *chunk = &columns[i]->chunks[k];
      bytes += chunk->length * (gint64)pk_physical_size(columns[i]->physical);
      bytes += chunk->valid ? (chunk->length + 7) / 8 : 0;
    }
  return bytes;
}

static void
add_builder(PkResult *self, const char *name, PkType type, const PkColumn *source)
{
  PkColumnBuilder *builder = pk_column_builder_new(name, type, 0);
  if (source && source->dictionary && pk_column_type_is_text(type))
    pk_column_builder_set_dictionary(builder, source->dictionary);
  self->builders[self->n++] = builder;
}

void
pk_result_init(PkResult *self, const PkPlan *plan, PkColumn *const *columns)
{
  static const char *const m4_names[] = { "column", "x_first", "y_first", "x_last", "y_last",
                                          "x_min",  "y_min",   "x_max",   "y_max" };
  self->n = 0;
  self->builders = g_new0(PkColumnBuilder *, plan->n_keys + plan->n_aggs + plan->n_outputs + G_N_ELEMENTS(m4_names));
  self->top = plan->is_rows ? (PkTop){ .by = -1 } : plan->top;
  for (guint i = 0; i < plan->n_keys && !plan->dense; i++)
    add_builder(self, plan->keys[i].name, pk_plan_key_type(plan, &plan->keys[i]),
                columns[plan->keys[i].column]);
  for (guint i = 0; i < plan->n_aggs; i++) {
    const PkAgg *agg = &plan->aggs[i];
    add_builder(self, agg->name, pk_plan_agg_type(plan, agg),
                agg->column >= 0 ? columns[agg->column] : NULL);
  }
  for (guint i = 0; i < plan->n_outputs; i++) {
    const PkOutput *output = &plan->outputs[i];
    add_builder(self, output->name, pk_plan_output_type(plan, output), output->column >= 0 ? columns[output->column] : NULL);
  }
  for (guint i = 0; i < G_N_ELEMENTS(m4_names) && plan->is_m4; i++)
    add_builder(self, m4_names[i], PK_TYPE_OF(i == 0 ? PK_TYPE_I32 : PK_TYPE_F64), NULL);
}

void
pk_result_clear(PkResult *self)
{
  for (guint i = 0; i < self->n; i++)
    pk_column_builder_free(self->builders[i]);
  g_clear_pointer(&self->builders, g_free);
  self->n = 0;
}

/* --- rows --- */

static gboolean
append_cell(PkColumnBuilder *builder, const PkColumn *column, gint64 row, GError **error)
{
  if (pk_column_is_null(column, row))
    return pk_column_builder_append_null(builder, 1, error);
  if (column->physical == PK_PHYS_F32 || column->physical == PK_PHYS_F64)
    return pk_column_builder_append_double(builder, pk_column_get_double(column, row), error);
  return pk_column_builder_append_int(builder, pk_column_get_int(column, row), error);
}

gboolean
pk_result_append_rows(PkResult *self, const PkPlan *plan, PkColumn *const *columns, const gint64 *rows, gsize n,
                      gint64 matches, GError **error)
{
  gboolean ok = TRUE;
  for (guint o = 0; o < plan->n_outputs; o++) {
    gint column = plan->outputs[o].column;
    for (gsize i = 0; i < n && ok; i++)
      ok = column >= 0 ? append_cell(self->builders[o], columns[column], rows[i], error)
                       : pk_column_builder_append_int(self->builders[o], column == PK_OUTPUT_ROW ? rows[i] : matches, error);
  }
  return ok;
}

/* --- the first groups --- */

typedef struct {
  const PkColumn *by;
  gboolean descending;
} Order;

static int
compare_cells(const PkColumn *c, gint64 a, gint64 b)
{
  if (c->dictionary) {
    gsize length_a, length_b;
    const char *text_a = pk_column_get_text(c, a, &length_a), *text_b = pk_column_get_text(c, b, &length_b);
    int order = memcmp(text_a, text_b, MIN(length_a, length_b));
    return order != 0 ? order : (length_a > length_b) - (length_a < length_b);
  }
  if (c->physical == PK_PHYS_F32 || c->physical == PK_PHYS_F64) {
    double x = pk_column_get_double(c, a), y = pk_column_get_double(c, b);
    return isnan(x) || isnan(y) ? (isnan(x) != 0) - (isnan(y) != 0) : (x > y) - (x < y);
  }
  __int128 x = pk_column_get_int(c, a), y = pk_column_get_int(c, b);
  return (x > y) - (x < y);
}

static int
compare_groups(gconstpointer pa, gconstpointer pb, gpointer data)
{
  const Order *order = data;
  gint64 a = *(const gint64 *)pa, b = *(const gint64 *)pb;
  gboolean null_a = pk_column_is_null(order->by, a), null_b = pk_column_is_null(order->by, b);
  int sign = null_a || null_b ? null_a - null_b : compare_cells(order->by, a, b) * (order->descending ? -1 : 1);
  return sign != 0 ? sign : (a > b) - (a < b);
}

static PkColumn *
take_cells(const PkColumn *column, const gint64 *rows, gsize n, GError **error)
{
  PkColumnBuilder *builder = pk_column_builder_new(column->name, column->type, 0);
  if (column->dictionary)
    pk_column_builder_set_dictionary(builder, column->dictionary);
  for (gsize i = 0; i < n; i++)
    if (!append_cell(builder, column, rows[i], error)) {
      pk_column_builder_free(builder);
      return NULL;
    }
  return pk_column_builder_finish(builder, error);
}

static PkFrame *
take_top(const PkTop *top, const PkFrame *all, GError **error)
{
  g_autofree gint64 *rows = g_new(gint64, MAX(all->length, 1));
  g_autofree PkColumn **columns = g_new0(PkColumn *, all->n_columns);
  gsize n = (gsize)MIN(all->length, (gint64)top->limit);
  for (gint64 i = 0; i < all->length; i++)
    rows[i] = i;
  if (top->by >= 0)
    g_qsort_with_data(rows, (gint)all->length, sizeof *rows, compare_groups,
                      &(Order){ all->columns[top->by], top->descending });
  for (guint i = 0; i < all->n_columns; i++) {
    columns[i] = take_cells(all->columns[i], rows, n, error);
    if (columns[i])
      continue;
    for (guint done = 0; done < i; done++)
      pk_column_free(columns[done]);
    return NULL;
  }
  return pk_frame_new(columns, all->n_columns, error);
}

PkFrame *
pk_result_finish(PkResult *self, GError **error)
{
  PkTop top = self->top;
  guint n = self->n;
  g_autofree PkColumn **columns = g_new0(PkColumn *, MAX(n, 1));
  gboolean ok = TRUE;

  for (guint i = 0; i < n && ok; i++) {
    columns[i] = pk_column_builder_finish(g_steal_pointer(&self->builders[i]), error);
    ok = columns[i] != NULL;
  }
  pk_result_clear(self);
  if (ok) {
    g_autoptr(PkFrame) all = pk_frame_new(columns, n, error);
    return !all || top.limit == 0 ? g_steal_pointer(&all) : take_top(&top, all, error);
  }
  for (guint i = 0; i < n; i++)
    pk_column_free(columns[i]);
  return NULL;
}

static __int128
floor_div(__int128 a, __int128 b)
{
  return a / b - (a % b < 0);
}

/* Units of the type a millisecond, or, negative, milliseconds a unit. */
static gint64
units_per_ms(PkType type)
{
  if (type.kind == PK_TYPE_DATE)
    return -86400000;
  switch (type.unit) {
  case PK_TYPE_UNIT_S: return -1000;
  case PK_TYPE_UNIT_MS: return 1;
  case PK_TYPE_UNIT_US: return 1000;
  case PK_TYPE_UNIT_NS: return 1000000;
  }
  return 1;
}

gboolean
pk_time_bucket(PkType type, const PkKey *key, __int128 value, gint64 *start)
{
  const PkCalendarUnit unit = { .parts = key->time_units, .step = key->time_step, .utc = TRUE };
  gint64 per = units_per_ms(type);
  __int128 ms = per > 0 ? floor_div(value, per) : value * -per;
  const __int128 limit = (__int128)8640000000000000; /* ECMA-262 §21.4.1.1 */

  if (ms < -limit || ms > limit)
    return FALSE;
  double floored = pk_calendar_unit_floor(&unit, (double)ms);
  if (!isfinite(floored))
    return FALSE;
  __int128 result = per > 0 ? (__int128)floored * per : floor_div((__int128)floored, -per);
  if (result < G_MININT64 || result > G_MAXINT64)
    return FALSE;
  *start = (gint64)result;
  return TRUE;
}
