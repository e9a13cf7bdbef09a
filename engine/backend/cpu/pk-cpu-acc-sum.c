/* Counts and sums. Groups few enough to fit the first cache are kept in LANES
 * copies, used in turn by neighbouring rows, so that rows of one group do not
 * wait for each other; counts of very many groups (2-D bins) in bytes, so that
 * they fit the second cache, with the rare overflow added to the state. */
#include "pk-cpu-acc.h"
#include "pk-cpu-key.h"
#include "pk-cpu-vector.h"

#include <math.h>
#include <string.h>

#define LANES 4
#define LANE_SLOTS 1025        /* most slots kept in lanes */
#define BYTE_SLOTS 32768       /* fewest slots counted in bytes */
#define FLOAT_FLUSH_ROWS 4096  /* rows that lanes of float sums take before they are folded */

typedef PkV8d v8d;
typedef PkV8f v8f;

static gpointer
scratch_of(PkCpuTable *table, guint index, gsize bytes)
{
  if (!table->scratch[index])
    table->scratch[index] = g_malloc0(bytes);
  return table->scratch[index];
}

static gboolean
in_lanes(const PkCpuTable *table)
{
  return table->program->direct && table->n_slots <= LANE_SLOTS;
}

gint64
pk_cpu_count_mask(const guint8 *mask, guint n)
{
  gint64 count = 0;
  guint i = 0;
  for (; i + 8 <= n; i += 8) {
    guint64 word;
    memcpy(&word, mask + i, 8);
    count += (gint64)(word * 0x0101010101010101ull >> 56);
  }
  for (; i < n; i++)
    count += mask[i];
  return count;
}

const guint8 *
pk_cpu_pass_mask(PkCpuContext *context, gint a, gint b)
{
  const guint8 *valid_a = a >= 0 ? pk_cpu_valid(context, (guint)a, context->valid_a) : NULL;
  const guint8 *valid_b = b >= 0 && b != a ? pk_cpu_valid(context, (guint)b, context->valid_b) : NULL;
  const guint8 *mask = context->all_pass ? NULL : context->mask;
  if (!mask && !(valid_a && valid_b))
    return valid_a ? valid_a : valid_b;
  if (mask && !valid_a && !valid_b)
    return mask;
  guint8 *out = valid_a ? context->valid_a : context->valid_b;
  for (guint i = 0; i < context->block.n; i++)
    out[i] = (mask ? mask[i] : 1) & (valid_a ? valid_a[i] : 1) & (valid_b ? valid_b[i] : 1);
  return out;
}

/* --- counts --- */

#define COUNT_LANES(NAME, S)                                                    \
  static void count_lanes_##NAME(guint32 *lanes, const S *slots, gsize n)       \
  {                                                                             \
    gsize i = 0;                                                                \
    for (; i + LANES <= n; i += LANES)                                          \
      for (gsize lane = 0; lane < LANES; lane++)                                \
        lanes[(gsize)slots[i + lane] * LANES + lane]++;                         \
    for (; i < n; i++)                                                          \
      lanes[(gsize)slots[i] * LANES]++;                                         \
  }

COUNT_LANES(u32, guint32)
COUNT_LANES(u8, guint8)

/* Where a byte of the key that is read in place of slots finds its lanes: code + 1 - base slots on. */
static gssize
bytes_offset(const PkCpuProgram *program)
{
  return (1 - (gssize)program->keys[0].base) * LANES;
}

/* The columns of the first two keys in the next block. */
typedef struct {
  const guint8 *data[2];
  gsize size[2]; /* of a value */
} Ahead;

static Ahead
ahead_of(const PkCpuContext *context)
{
  const PkCpuProgram *program = context->program;
  Ahead ahead;
  for (guint k = 0; k < 2; k++) {
    const PkCpuKey *key = &program->keys[MIN(k, program->n_keys - 1)];
    ahead.size[k] = pk_physical_size(key->source->physical);
    ahead.data[k] = (const guint8 *)pk_cpu_data(context, key->column) + context->block.n * ahead.size[k];
  }
  return ahead;
}

/* The counts keep the second cache busy and leave memory idle, so the next block is asked for meanwhile. */
static void
count_bytes(guint8 *bytes, gint64 *states, const guint32 *slots, gsize n, Ahead ahead)
{
  gsize i = 0;
  for (; i + 16 <= n; i += 16) {
    __builtin_prefetch(ahead.data[0] + i * ahead.size[0]);
    __builtin_prefetch(ahead.data[1] + i * ahead.size[1]);
    for (gsize k = i; k < i + 16; k++)
      if (G_UNLIKELY(++bytes[slots[k]] == 0))
        states[slots[k]] += 256;
  }
  for (; i < n; i++)
    if (G_UNLIKELY(++bytes[slots[i]] == 0))
      states[slots[i]] += 256;
}

static void
count_update_slots(PkCpuContext *context, PkCpuTable *table, guint index, const guint32 *slots, guint n)
{
  gint64 *states = table->states[index];
  if (in_lanes(table)) {
    count_lanes_u32(scratch_of(table, index, sizeof(guint32) * LANES * table->n_slots), slots, n);
  } else if (table->program->direct && table->n_slots >= BYTE_SLOTS) {
    count_bytes(scratch_of(table, index, table->n_slots), states, slots, n, ahead_of(context));
  } else {
    for (guint i = 0; i < n; i++)
      states[slots[i]]++;
  }
}

static void
rows_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index, const guint32 *slots)
{
  guint n = context->block.n;
  if (slots && table->program->rows_feeder >= 0 && in_lanes(table))
    return;
  if (table->program->byte_slots) {
    guint32 *lanes = scratch_of(table, index, sizeof(guint32) * LANES * table->n_slots);
    count_lanes_u8(lanes + bytes_offset(table->program), pk_cpu_data(context, table->program->keys[0].column), n);
  } else if (slots)
    count_update_slots(context, table, index, slots, n);
  else
    ((gint64 *)table->states[index])[1] += context->all_pass ? n : pk_cpu_count_mask(context->mask, n);
}

static void
count_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
             const guint32 *slots)
{
  guint n = context->block.n;
  if (slots) {
    count_update_slots(context, table, index, pk_cpu_slots_valid(context, acc->column, acc->by, slots), n);
    return;
  }
  const guint8 *mask = pk_cpu_pass_mask(context, acc->column, acc->by);
  ((gint64 *)table->states[index])[1] += mask ? pk_cpu_count_mask(mask, n) : n;
}

static void
count_flush(const PkCpuAcc *acc, PkCpuTable *table, guint index)
{
  gint64 *states = table->states[index];
  if (!table->scratch[index])
    return;
  if (table->n_slots <= LANE_SLOTS) {
    guint32 *lanes = table->scratch[index];
    for (guint32 slot = 0; slot < table->n_slots; slot++)
      for (guint lane = 0; lane < LANES; lane++)
        states[slot] += lanes[slot * LANES + lane];
    memset(lanes, 0, sizeof(guint32) * LANES * table->n_slots);
  } else {
    guint8 *bytes = table->scratch[index];
    for (guint32 slot = 0; slot < table->n_slots; slot++)
      states[slot] += bytes[slot];
    memset(bytes, 0, table->n_slots);
  }
}

static void
count_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
            guint32 n)
{
  gint64 *to = into->states[index];
  const gint64 *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++)
    to[map ? map[slot] : slot] += states[slot];
}

const PkCpuAccClass pk_cpu_rows_class = { sizeof(gint64), 1, NULL, rows_update, count_flush, count_merge };
const PkCpuAccClass pk_cpu_count_class = { sizeof(gint64), 1, NULL, count_update, count_flush, count_merge };

/* --- integer sums --- */

#define SUM_INT_LOOP(NAME, T)                                                                  \
  PK_CLONES static gint64 sum_##NAME(const T *restrict v, guint n)                         \
  {                                                                                            \
    gint64 sum = 0;                                                                            \
    for (guint i = 0; i < n; i++)                                                              \
      sum += (gint64)v[i];                                                                     \
    return sum;                                                                                \
  }                                                                                            \
  PK_CLONES static gint64 sum_masked_##NAME(const T *restrict v, const guint8 *restrict mask, guint n) \
  {                                                                                            \
    gint64 sum = 0;                                                                            \
    for (guint i = 0; i < n; i++)                                                              \
      sum += mask[i] ? (gint64)v[i] : 0;                                                       \
    return sum;                                                                                \
  }

SUM_INT_LOOP(u8, guint8)
SUM_INT_LOOP(i8, gint8)
SUM_INT_LOOP(u16, guint16)
SUM_INT_LOOP(i16, gint16)
SUM_INT_LOOP(u32, guint32)
SUM_INT_LOOP(i32, gint32)
SUM_INT_LOOP(i64, gint64)

gint64
pk_cpu_sum_ints(PkPhysical physical, const void *data, const guint8 *mask, guint n)
{
  switch (physical) {
  case PK_PHYS_U8: return mask ? sum_masked_u8(data, mask, n) : sum_u8(data, n);
  case PK_PHYS_I8: return mask ? sum_masked_i8(data, mask, n) : sum_i8(data, n);
  case PK_PHYS_U16: return mask ? sum_masked_u16(data, mask, n) : sum_u16(data, n);
  case PK_PHYS_I16: return mask ? sum_masked_i16(data, mask, n) : sum_i16(data, n);
  case PK_PHYS_U32: return mask ? sum_masked_u32(data, mask, n) : sum_u32(data, n);
  case PK_PHYS_I32: return mask ? sum_masked_i32(data, mask, n) : sum_i32(data, n);
  default: return mask ? sum_masked_i64(data, mask, n) : sum_i64(data, n);
  }
}

static inline void
wide_add(PkCpuWideSum *sum, __int128 value)
{
  guint64 low = sum->low + (guint64)value;
  sum->high += (value >> 64) + (low < sum->low);
  sum->low = low;
}

static void
sum_int_whole(const PkCpuAcc *acc, PkCpuContext *context, PkCpuWideSum *sum)
{
  const PkColumn *column = context->program->columns[acc->column];
  const guint8 *mask = pk_cpu_pass_mask(context, acc->column, -1);
  guint n = context->block.n;
  if (acc->narrow) {
    wide_add(sum, pk_cpu_sum_ints(column->physical, pk_cpu_data(context, (guint)acc->column), mask, n));
    return;
  }
  const __int128 *v = pk_cpu_wides(context, (guint)acc->column);
  for (guint i = 0; i < n; i++)
    if (!mask || mask[i])
      wide_add(sum, v[i]);
}

static void
sum_int_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
               const guint32 *slots)
{
  PkCpuWideSum *states = table->states[index];
  guint n = context->block.n;
  if (!slots) {
    sum_int_whole(acc, context, &states[1]);
    return;
  }
  slots = pk_cpu_slots_valid(context, acc->column, -1, slots);
  if (!acc->narrow) {
    const __int128 *v = pk_cpu_wides(context, (guint)acc->column);
    for (guint i = 0; i < n; i++)
      wide_add(&states[slots[i]], v[i]);
    return;
  }
  const gint64 *v = pk_cpu_orders(context, (guint)acc->column);
  if (!in_lanes(table)) {
    for (guint i = 0; i < n; i++)
      wide_add(&states[slots[i]], v[i]);
    return;
  }
  gint64 *lanes = scratch_of(table, index, sizeof(gint64) * LANES * table->n_slots);
  gsize i = 0;
  for (; i + LANES <= n; i += LANES)
    for (gsize lane = 0; lane < LANES; lane++)
      lanes[(gsize)slots[i + lane] * LANES + lane] += v[i + lane];
  for (; i < n; i++)
    lanes[(gsize)slots[i] * LANES] += v[i];
}

static void
sum_int_flush(const PkCpuAcc *acc, PkCpuTable *table, guint index)
{
  PkCpuWideSum *states = table->states[index];
  gint64 *lanes = table->scratch[index];
  if (!lanes)
    return;
  for (guint32 slot = 0; slot < table->n_slots; slot++)
    for (guint lane = 0; lane < LANES; lane++)
      wide_add(&states[slot], lanes[slot * LANES + lane]);
  memset(lanes, 0, sizeof(gint64) * LANES * table->n_slots);
}

static void
sum_int_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
              guint32 n)
{
  PkCpuWideSum *to = into->states[index];
  const PkCpuWideSum *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++) {
    PkCpuWideSum *sum = &to[map ? map[slot] : slot];
    sum->high += states[slot].high;
    wide_add(sum, states[slot].low);
  }
}

const PkCpuAccClass pk_cpu_sum_int_class = {
  sizeof(PkCpuWideSum), 0, NULL, sum_int_update, sum_int_flush, sum_int_merge,
};

/* --- float sums --- */

void
pk_cpu_float_add(PkCpuFloatSum *sum, double value)
{
  double total = sum->sum + value;
  if (fabs(sum->sum) >= fabs(value))
    sum->rest += (sum->sum - total) + value;
  else
    sum->rest += (value - total) + sum->sum;
  sum->sum = total;
}

static double
fold(v8d a, v8d b, v8d c, v8d d)
{
  v8d s = (a + b) + (c + d);
  return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
}

PK_CLONES static double
sum_f64(const double *v, guint n)
{
  v8d s[4] = { { 0 } };
  guint i = 0;
  for (; i + 32 <= n; i += 32)
    for (guint k = 0; k < 4; k++) {
      v8d x;
      memcpy(&x, v + i + 8 * k, sizeof x);
      s[k] += x;
    }
  double tail = 0;
  for (; i < n; i++)
    tail += v[i];
  return fold(s[0], s[1], s[2], s[3]) + tail;
}

PK_CLONES static double
sum_f32(const float *v, guint n)
{
  v8d s[4] = { { 0 } };
  guint i = 0;
  for (; i + 32 <= n; i += 32)
    for (guint k = 0; k < 4; k++) {
      v8f x;
      memcpy(&x, v + i + 8 * k, sizeof x);
      s[k] += __builtin_convertvector(x, v8d);
    }
  double tail = 0;
  for (; i < n; i++)
    tail += v[i];
  return fold(s[0], s[1], s[2], s[3]) + tail;
}

PK_CLONES static void
masked_f64(const double *restrict v, const guint8 *restrict mask, guint n, double *restrict out)
{
  for (guint i = 0; i < n; i++)
    out[i] = mask[i] ? v[i] : 0;
}

PK_CLONES static void
masked_f32(const float *restrict v, const guint8 *restrict mask, guint n, double *restrict out)
{
  for (guint i = 0; i < n; i++)
    out[i] = mask[i] ? (double)v[i] : 0;
}

double
pk_cpu_sum_floats(PkPhysical physical, const void *data, const guint8 *mask, guint n)
{
  double kept[PK_CPU_BLOCK];
  if (!mask)
    return physical == PK_PHYS_F32 ? sum_f32(data, n) : sum_f64(data, n);
  if (physical == PK_PHYS_F32)
    masked_f32(data, mask, n, kept);
  else
    masked_f64(data, mask, n, kept);
  return sum_f64(kept, n);
}

/* Lanes of float sums are pairs: the sum and the number of its rows, added at once. */
static void
float_fold_lanes(const PkCpuAcc *acc, PkCpuTable *table, guint index)
{
  const PkCpuProgram *program = table->program;
  PkCpuFloatSum *states = table->states[index];
  gint64 *rows = program->rows_feeder == (gint)index ? table->states[program->rows_acc] : NULL;
  PkV2d *lanes = table->scratch[index];
  for (guint32 slot = 1; slot < table->n_slots; slot++) {
    const PkV2d *l = lanes + (gsize)slot * LANES;
    PkV2d sum = (l[0] + l[1]) + (l[2] + l[3]);
    pk_cpu_float_add(&states[slot], sum[0]);
    if (rows)
      rows[slot] += (gint64)sum[1];
  }
  memset(lanes, 0, sizeof *lanes * LANES * table->n_slots);
}

/* The pair of a slot's lane; the shift and the lane are then part of the address. */
static inline PkV2d *
lane_of(PkV2d *lanes, guint32 slot, gsize lane)
{
  return (PkV2d *)((guint8 *)lanes + (gsize)slot * (LANES * sizeof(PkV2d))) + lane;
}

/* So few bytes a row leave the processor's own prefetching behind: they are asked for some way ahead. */
#define AHEAD 1024 /* values */

#define FLOAT_LANES_LOOP(NAME, T, V, S)                                                      \
  PK_CLONES static void float_lanes_##NAME(PkV2d *lanes, const S *slots, const T *v, gsize n) \
  {                                                                                          \
    gsize i = 0;                                                                             \
    for (; i + 4 * LANES <= n; i += 4 * LANES) {                                             \
      __builtin_prefetch(v + i + AHEAD);                                                     \
      for (gsize k = i; k < i + 4 * LANES; k += LANES) {                                     \
        V raw;                                                                               \
        memcpy(&raw, v + k, sizeof raw);                                                     \
        PkV4d x = __builtin_convertvector(raw, PkV4d);                                       \
        *lane_of(lanes, slots[k], 0) += (PkV2d){ x[0], 1 };                                  \
        *lane_of(lanes, slots[k + 1], 1) += (PkV2d){ x[1], 1 };                              \
        *lane_of(lanes, slots[k + 2], 2) += (PkV2d){ x[2], 1 };                              \
        *lane_of(lanes, slots[k + 3], 3) += (PkV2d){ x[3], 1 };                              \
      }                                                                                      \
    }                                                                                        \
    for (; i < n; i++)                                                                       \
      *lane_of(lanes, slots[i], 0) += (PkV2d){ (double)v[i], 1 };                            \
  }

FLOAT_LANES_LOOP(f32, float, PkV4f, guint32)
FLOAT_LANES_LOOP(f64, double, PkV4d, guint32)
FLOAT_LANES_LOOP(f32_u8, float, PkV4f, guint8)
FLOAT_LANES_LOOP(f64_u8, double, PkV4d, guint8)

static void
float_lanes(const PkCpuProgram *program, PkCpuContext *context, PkPhysical physical, PkV2d *lanes,
            const guint32 *slots, const void *data)
{
  guint n = context->block.n;
  if (program->byte_slots) {
    const guint8 *bytes = pk_cpu_data(context, program->keys[0].column);
    lanes += bytes_offset(program);
    if (physical == PK_PHYS_F32)
      float_lanes_f32_u8(lanes, bytes, data, n);
    else
      float_lanes_f64_u8(lanes, bytes, data, n);
  } else if (physical == PK_PHYS_F32) {
    float_lanes_f32(lanes, slots, data, n);
  } else {
    float_lanes_f64(lanes, slots, data, n);
  }
}

static void
sum_float_update(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
                 const guint32 *slots)
{
  const PkColumn *column = context->program->columns[acc->column];
  PkCpuFloatSum *states = table->states[index];
  const void *data = pk_cpu_data(context, (guint)acc->column);
  guint n = context->block.n;
  if (!slots) {
    const guint8 *mask = pk_cpu_pass_mask(context, acc->column, -1);
    pk_cpu_float_add(&states[1], pk_cpu_sum_floats(column->physical, data, mask, n));
    return;
  }
  slots = pk_cpu_slots_valid(context, acc->column, -1, slots);
  if (!in_lanes(table)) {
    const double *v = pk_cpu_doubles(context, (guint)acc->column);
    for (guint i = 0; i < n; i++)
      pk_cpu_float_add(&states[slots[i]], v[i]);
    return;
  }
  PkV2d *lanes = scratch_of(table, index, sizeof *lanes * LANES * table->n_slots);
  float_lanes(table->program, context, column->physical, lanes, slots, data);
  /* Folded where the row number says so, not when memory does: the same for any number of threads. */
  gint64 every = MAX(FLOAT_FLUSH_ROWS, (gint64)table->n_slots * 16 / PK_CPU_BLOCK * PK_CPU_BLOCK);
  if (table->rows_in_scratch % every < n)
    float_fold_lanes(acc, table, index);
}

static void
sum_float_flush(const PkCpuAcc *acc, PkCpuTable *table, guint index)
{
  if (table->scratch[index])
    float_fold_lanes(acc, table, index);
}

static void
sum_float_merge(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
                guint32 n)
{
  PkCpuFloatSum *to = into->states[index];
  const PkCpuFloatSum *states = from->states[index];
  for (guint32 slot = 1; slot <= n; slot++) {
    PkCpuFloatSum *sum = &to[map ? map[slot] : slot];
    pk_cpu_float_add(sum, states[slot].sum);
    sum->rest += states[slot].rest;
  }
}

const PkCpuAccClass pk_cpu_sum_float_class = {
  sizeof(PkCpuFloatSum), 0, NULL, sum_float_update, sum_float_flush, sum_float_merge,
};
