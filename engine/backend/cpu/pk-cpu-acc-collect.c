/* Keeps every value with its slot, for what cannot be merged from less:
 * quantiles and distinct counts. The collection lies in the table's scratch. */
#include "pk-cpu-acc.h"

#include <string.h>

static gsize
bytes_of(gsize capacity, gboolean with_slots, gboolean wide)
{
  return capacity * ((with_slots ? sizeof(guint32) : 0) + (wide ? sizeof(__int128) : sizeof(gint64)));
}

static gboolean
collect_room(PkCpuTable *table, PkCpuCollection *self, gsize n, gboolean with_slots, gboolean wide)
{
  if (self->n + n <= self->capacity)
    return TRUE;
  gsize capacity = MAX(self->n + n, MAX(self->capacity + self->capacity / 2, PK_CPU_BLOCK));
  if (!pk_cpu_table_reserve(table, bytes_of(capacity - self->capacity, with_slots, wide)))
    return FALSE;
  self->capacity = capacity;
  if (with_slots)
    self->slots = g_realloc_n(self->slots, self->capacity, sizeof *self->slots);
  if (wide)
    self->wides = g_realloc_n(self->wides, self->capacity, sizeof *self->wides);
  else
    self->values = g_realloc_n(self->values, self->capacity, sizeof *self->values);
  return TRUE;
}

static PkCpuCollection *
collection_of(PkCpuTable *table, guint index)
{
  if (!table->scratch[index])
    table->scratch[index] = g_new0(PkCpuCollection, 1);
  return table->scratch[index];
}

static void
collect_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
               const guint32 *slots)
{
  const PkColumn *column = context->program->columns[acc->column];
  gboolean wide = !pk_cpu_fits_order(column);
  PkCpuCollection *to = collection_of(table, index);
  guint n = context->block.n;
  const guint8 *mask = slots ? NULL : pk_cpu_pass_mask(context, acc->column, -1);
  const gint64 *values = wide ? NULL : pk_cpu_orders(context, (guint)acc->column);
  const __int128 *wides = wide ? pk_cpu_wides(context, (guint)acc->column) : NULL;

  if (slots)
    slots = pk_cpu_slots_valid(context, acc->column, -1, slots);
  if (!collect_room(table, to, n, slots != NULL, wide))
    return;
  for (guint i = 0; i < n; i++) {
    if (slots ? slots[i] == 0 : mask && !mask[i])
      continue;
    if (slots)
      to->slots[to->n] = slots[i];
    if (wide)
      to->wides[to->n] = wides[i];
    else
      to->values[to->n] = values[i];
    to->n++;
  }
}

static void
collect_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
              guint32 n)
{
  PkCpuCollection *other = from->scratch[index];
  if (!other || other->n == 0)
    return;
  for (gsize i = 0; map && other->slots && i < other->n; i++)
    other->slots[i] = map[other->slots[i]];
  PkCpuCollection *to = collection_of(into, index);
  if (to->n == 0) {
    PkCpuCollection empty = *to;
    gsize bytes = bytes_of(other->capacity, other->slots != NULL, other->wides != NULL);
    gsize back = bytes_of(empty.capacity, empty.slots != NULL, empty.wides != NULL);
    *to = *other;
    *other = empty;
    into->reserved += bytes - (empty.capacity > 0 ? back : 0);
    from->reserved -= bytes - (empty.capacity > 0 ? back : 0);
    return;
  }
  if (!collect_room(into, to, other->n, other->slots != NULL, other->wides != NULL))
    return;
  if (other->slots)
    memcpy(to->slots + to->n, other->slots, other->n * sizeof *to->slots);
  if (other->wides)
    memcpy(to->wides + to->n, other->wides, other->n * sizeof *to->wides);
  else
    memcpy(to->values + to->n, other->values, other->n * sizeof *to->values);
  to->n += other->n;
}

const PkCpuAccClass pk_cpu_collect_class = { 0, 0, NULL, collect_update, NULL, collect_merge };

const PkCpuAccClass *
pk_cpu_acc_class(PkCpuAccKind kind)
{
  static const PkCpuAccClass *const classes[] = {
    [PK_CPU_ACC_ROWS] = &pk_cpu_rows_class,
    [PK_CPU_ACC_COUNT] = &pk_cpu_count_class,
    [PK_CPU_ACC_SUM_INT] = &pk_cpu_sum_int_class,
    [PK_CPU_ACC_SUM_FLOAT] = &pk_cpu_sum_float_class,
    [PK_CPU_ACC_MIN] = &pk_cpu_min_class,
    [PK_CPU_ACC_MAX] = &pk_cpu_max_class,
    [PK_CPU_ACC_MIN_WIDE] = &pk_cpu_min_wide_class,
    [PK_CPU_ACC_MAX_WIDE] = &pk_cpu_max_wide_class,
    [PK_CPU_ACC_MOMENTS] = &pk_cpu_moments_class,
    [PK_CPU_ACC_REGRESSION] = &pk_cpu_regression_class,
    [PK_CPU_ACC_FIRST] = &pk_cpu_first_class,
    [PK_CPU_ACC_LAST] = &pk_cpu_last_class,
    [PK_CPU_ACC_COLLECT] = &pk_cpu_collect_class,
    [PK_CPU_ACC_M4] = &pk_cpu_m4_class,
  };
  return classes[kind];
}
