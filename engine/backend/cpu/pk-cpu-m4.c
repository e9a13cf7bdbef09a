/* M4 where x ascends: the rows of a pixel column are then neighbours, found by
 * halving, first and last lie at their ends, and only y is read. */
#include "pk-cpu-run.h"

#include "pk-error.h"
#include "pk-workers.h"

#include <math.h>
#include <string.h>

#define SPAN 512 /* rows whose extremes are found at once */

typedef struct {
  const PkCpuProgram *program;
  GCancellable *cancellable;
  const PkColumn *x, *y;
  double x0, x1, scale;
  guint n;
  gint64 *starts; /* first row of each pixel column, and the end: n + 1 */
  PkCpuM4 *states;
  gint next;      /* atomic */
  gint stopped;   /* atomic */
} Sweep;

gboolean
pk_cpu_m4_can_sweep(const PkCpuProgram *program)
{
  const PkPlan *plan = program->plan;
  if (!plan->is_m4 || plan->n_keys > 0 || plan->n_predicates > 0 || program->frame->length == 0)
    return FALSE;
  const PkColumnStats *x = &program->columns[plan->m4.x]->stats, *y = &program->columns[plan->m4.y]->stats;
  return (x->sortedness == PK_SORT_ASCENDING || x->sortedness == PK_SORT_CONSTANT) && y->null_count == 0 &&
         y->nan_count == 0 && plan->m4.n <= 1 << 24;
}

/* --- extremes of a span, at the physical width --- */

typedef struct {
  __int128 min_int, max_int; /* integer types */
  double min, max;
} Extremes;

#define EXTREMES_INT(NAME, T)                                                            \
  PK_CLONES static void extremes_##NAME(const void *data, guint n, Extremes *out)    \
  {                                                                                      \
    const T *restrict v = data;                                                          \
    T lo = v[0], hi = v[0];                                                              \
    for (guint i = 1; i < n; i++) {                                                      \
      lo = v[i] < lo ? v[i] : lo;                                                        \
      hi = v[i] > hi ? v[i] : hi;                                                        \
    }                                                                                    \
    out->min_int = lo;                                                                   \
    out->max_int = hi;                                                                   \
  }

EXTREMES_INT(u8, guint8)
EXTREMES_INT(i8, gint8)
EXTREMES_INT(u16, guint16)
EXTREMES_INT(i16, gint16)
EXTREMES_INT(u32, guint32)
EXTREMES_INT(i32, gint32)
EXTREMES_INT(u64, guint64)
EXTREMES_INT(i64, gint64)
EXTREMES_INT(i128, __int128)

static void
extremes_f32(const void *data, guint n, Extremes *out)
{
  guint n_nan;
  pk_cpu_extremes_f32(data, n, &out->min, &out->max, &n_nan);
}

static void
extremes_f64(const void *data, guint n, Extremes *out)
{
  guint n_nan;
  pk_cpu_extremes_f64(data, n, &out->min, &out->max, &n_nan);
}

/* The doubles of a span's least and greatest, among which M4 compares. */
static void
span_extremes(const PkColumn *column, const void *data, guint n, Extremes *out)
{
  static void (*const loops[])(const void *, guint, Extremes *) = {
    [PK_PHYS_U8] = extremes_u8,   [PK_PHYS_I8] = extremes_i8,   [PK_PHYS_U16] = extremes_u16,
    [PK_PHYS_I16] = extremes_i16, [PK_PHYS_U32] = extremes_u32, [PK_PHYS_I32] = extremes_i32,
    [PK_PHYS_U64] = extremes_u64, [PK_PHYS_I64] = extremes_i64, [PK_PHYS_I128] = extremes_i128,
    [PK_PHYS_F32] = extremes_f32, [PK_PHYS_F64] = extremes_f64,
  };
  loops[column->physical](data, n, out);
  if (column->physical < PK_PHYS_F32) {
    out->min = pk_type_int_to_double(column->type, out->min_int);
    out->max = pk_type_int_to_double(column->type, out->max_int);
  }
}

/* --- rows --- */

/* All chunks but the last are of equal length. */
static inline const PkChunk *
chunk_of(const PkColumn *column, gint64 row, gint64 *in_chunk)
{
  gint64 full = column->chunks[0].length;
  guint k = (guint)(row / full);
  *in_chunk = row - (gint64)k * full;
  return &column->chunks[k];
}

static double
value_at(const PkColumn *column, gint64 row)
{
  gint64 at;
  const PkChunk *chunk = chunk_of(column, row, &at);
  return pk_chunk_get_double(chunk, column->physical, column->type, at);
}

/* The pixel column of a value: -1 before all, n after. */
static gint64
pixel_of(const Sweep *self, double x)
{
  if (x < self->x0)
    return -1;
  if (x > self->x1)
    return self->n;
  double v = (x - self->x0) * self->scale;
  return v >= self->n ? (gint64)self->n - 1 : (gint64)v;
}

/* The first row in [from, length] whose pixel column is at least c. */
static gint64
first_row(const Sweep *self, gint64 c, gint64 from)
{
  gint64 lo = from, hi = self->x->length;
  /* A pixel column is short beside the table: the step doubles until it is passed. */
  for (gint64 step = 1024; lo + step < hi; step *= 2) {
    if (pixel_of(self, value_at(self->x, lo + step)) >= c) {
      hi = lo + step;
      break;
    }
    lo += step;
  }
  while (lo < hi) {
    gint64 middle = lo + (hi - lo) / 2;
    if (pixel_of(self, value_at(self->x, middle)) >= c)
      hi = middle;
    else
      lo = middle + 1;
  }
  return lo;
}

/* --- a pixel column --- */

/* Of the rows in [from, to), which lie in one chunk, the first whose y is the value: as x ascends, the
 * smallest x. */
static double
x_where(const Sweep *self, gint64 from, gint64 to, double y)
{
  gint64 at;
  const PkChunk *chunk = chunk_of(self->y, from, &at);
  gint64 i = 0, n = to - from;

  if (self->y->physical == PK_PHYS_F32) {
    const float *v = (const float *)chunk->data + at;
    while (i + 1 < n && v[i] != (float)y)
      i++;
  } else if (self->y->physical == PK_PHYS_F64) {
    const double *v = (const double *)chunk->data + at;
    while (i + 1 < n && v[i] != y)
      i++;
  } else {
    while (i + 1 < n && pk_chunk_get_double(chunk, self->y->physical, self->y->type, at + i) != y)
      i++;
  }
  return value_at(self->x, from + i);
}

/* Among rows of one x the smaller y counts. */
static double
least_y_from(const Sweep *self, gint64 row, gint64 end, gint64 step)
{
  double x = value_at(self->x, row), y = value_at(self->y, row);
  for (gint64 at = row + step; at != end && value_at(self->x, at) == x; at += step)
    y = MIN(y, value_at(self->y, at));
  return y;
}

static void
sweep_pixel(const Sweep *self, gint64 from, gint64 to, PkCpuM4 *out)
{
  gsize size = pk_physical_size(self->y->physical);
  double min = 0, max = 0;
  gint64 min_from = -1, min_to = 0, max_from = -1, max_to = 0;

  for (gint64 row = from; row < to;) {
    gint64 at;
    const PkChunk *chunk = chunk_of(self->y, row, &at);
    gint64 n = MIN(MIN(to - row, SPAN), chunk->length - at);
    Extremes e;
    span_extremes(self->y, (const guint8 *)chunk->data + (gsize)at * size, (guint)n, &e);
    if (min_from < 0 || e.min < min) {
      min = e.min;
      min_from = row;
      min_to = row + n;
    }
    if (max_from < 0 || e.max > max) {
      max = e.max;
      max_from = row;
      max_to = row + n;
    }
    row += n;
  }
  *out = (PkCpuM4){
    .used = 1,
    .x_first = value_at(self->x, from), .y_first = least_y_from(self, from, to, 1),
    .x_last = value_at(self->x, to - 1), .y_last = least_y_from(self, to - 1, from - 1, -1),
    .x_min = x_where(self, min_from, min_to, min), .y_min = min,
    .x_max = x_where(self, max_from, max_to, max), .y_max = max,
  };
}

#define PIXELS_AT_ONCE 8

static void
work(gpointer data, guint worker)
{
  Sweep *self = data;
  while (!g_atomic_int_get(&self->stopped) && !pk_workers_yield()) {
    gint64 c = (gint64)g_atomic_int_add(&self->next, 1) * PIXELS_AT_ONCE;
    if (c >= self->n)
      return;
    if (g_cancellable_is_cancelled(self->cancellable))
      g_atomic_int_set(&self->stopped, 1);
    for (gint64 end = MIN(c + PIXELS_AT_ONCE, self->n); c < end; c++)
      if (self->starts[c] < self->starts[c + 1])
        sweep_pixel(self, self->starts[c], self->starts[c + 1], &self->states[c]);
  }
}

static void
find_starts(Sweep *self)
{
  gint64 row = first_row(self, 0, 0);
  for (guint c = 0; c <= self->n;) {
    gint64 pixel = row < self->x->length ? pixel_of(self, value_at(self->x, row)) : self->n;
    for (; c <= pixel; c++)
      self->starts[c] = row;
    row = first_row(self, c, row);
  }
}

PkFrame *
pk_cpu_m4_sweep(const PkCpuProgram *program, GCancellable *cancellable, GError **error)
{
  const PkM4 *m4 = &program->plan->m4;
  Sweep self = {
    .program = program, .cancellable = cancellable,
    .x = program->columns[m4->x], .y = program->columns[m4->y],
    .x0 = m4->x0, .x1 = m4->x1, .scale = m4->n / (m4->x1 - m4->x0), .n = m4->n,
  };
  g_autofree gint64 *starts = g_new(gint64, (gsize)m4->n + 1);
  PkCpuTable *table = pk_cpu_table_new(program);

  if (table->failure) {
    g_propagate_error(error, g_steal_pointer(&table->failure));
    pk_cpu_table_free(table);
    return NULL;
  }
  self.starts = starts;
  self.states = (PkCpuM4 *)table->states[0] + 1;
  find_starts(&self);
  pk_workers_run(work, &self, m4->n);

  PkFrame *result = NULL;
  if (self.stopped)
    pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
  else
    result = pk_cpu_emit(program, table, error);
  pk_cpu_table_free(table);
  return result;
}
