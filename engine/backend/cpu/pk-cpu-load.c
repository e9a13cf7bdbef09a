/* Values of a block in a width that an accumulator or key works with. */
#include "pk-cpu-program.h"

#include <string.h>

#define LOAD(NAME, T, OUT)                                                   \
  PK_CLONES static void load_##OUT##_##NAME(const void *data, guint n, OUT *restrict out) \
  {                                                                          \
    const T *restrict v = data;                                              \
    for (guint i = 0; i < n; i++)                                            \
      out[i] = (OUT)v[i];                                                    \
  }

typedef __int128 wide;

LOAD(u8, guint8, double)
LOAD(i8, gint8, double)
LOAD(u16, guint16, double)
LOAD(i16, gint16, double)
LOAD(u32, guint32, double)
LOAD(i32, gint32, double)
LOAD(u64, guint64, double)
LOAD(i64, gint64, double)
LOAD(f32, float, double)
LOAD(u8, guint8, gint64)
LOAD(i8, gint8, gint64)
LOAD(u16, guint16, gint64)
LOAD(i16, gint16, gint64)
LOAD(u32, guint32, gint64)
LOAD(i32, gint32, gint64)
LOAD(i64, gint64, gint64)

/* Values that a double cannot hold exactly before decimals are divided. */
static gboolean
is_inexact(const PkColumn *column)
{
  const __int128 exact = (__int128)1 << 53;
  gboolean plain = column->type.kind != PK_TYPE_DECIMAL && column->type.kind != PK_TYPE_I128;
  return column->physical == PK_PHYS_I128 ||
         (!plain && (column->stats.min_int < -exact || column->stats.max_int > exact));
}

static void
load_one_by_one(const PkColumn *column, const void *data, guint n, double *out)
{
  const PkChunk block = { .data = (gpointer)data };
  for (guint i = 0; i < n; i++)
    out[i] = pk_chunk_get_double(&block, column->physical, column->type, i);
}

PK_CLONES static void
divide(double *v, guint n, double divisor)
{
  for (guint i = 0; i < n; i++)
    v[i] /= divisor;
}

const double *
pk_cpu_doubles(PkCpuContext *self, guint column)
{
  const PkColumn *c = self->program->columns[column];
  const void *data = pk_cpu_data(self, column);
  guint n = self->block.n;

  if (c->physical == PK_PHYS_F64)
    return data;
  if (self->doubles_serial[column] == self->serial)
    return self->doubles[column];
  if (!self->doubles[column])
    self->doubles[column] = g_new(double, PK_CPU_BLOCK);
  double *out = self->doubles[column];
  self->doubles_serial[column] = self->serial;
  if (c->physical < PK_PHYS_F32 && is_inexact(c)) {
    load_one_by_one(c, data, n, out);
    return out;
  }
  switch (c->physical) {
  case PK_PHYS_U8: load_double_u8(data, n, out); break;
  case PK_PHYS_I8: load_double_i8(data, n, out); break;
  case PK_PHYS_U16: load_double_u16(data, n, out); break;
  case PK_PHYS_I16: load_double_i16(data, n, out); break;
  case PK_PHYS_U32: load_double_u32(data, n, out); break;
  case PK_PHYS_I32: load_double_i32(data, n, out); break;
  case PK_PHYS_U64: load_double_u64(data, n, out); break;
  case PK_PHYS_I64: load_double_i64(data, n, out); break;
  case PK_PHYS_F32: load_double_f32(data, n, out); break;
  case PK_PHYS_I128:
  case PK_PHYS_F64: break;
  }
  double divisor = pk_decimal_divisor(c->type);
  if (divisor != 1.0)
    divide(out, n, divisor);
  return out;
}

gboolean
pk_cpu_fits_order(const PkColumn *column)
{
  return column->physical != PK_PHYS_U64 && column->physical != PK_PHYS_I128;
}

PK_CLONES static void
order_doubles(const double *v, guint n, gint64 *out)
{
  for (guint i = 0; i < n; i++)
    out[i] = pk_cpu_order_double(v[i]);
}

const gint64 *
pk_cpu_orders(PkCpuContext *self, guint column)
{
  const PkColumn *c = self->program->columns[column];
  const void *data = pk_cpu_data(self, column);
  guint n = self->block.n;

  if (c->physical == PK_PHYS_I64 && !c->dictionary)
    return data;
  if (self->orders_serial[column] == self->serial)
    return self->orders[column];
  if (!self->orders[column])
    self->orders[column] = g_new(gint64, PK_CPU_BLOCK);
  gint64 *out = self->orders[column];
  switch (c->physical) {
  case PK_PHYS_U8: load_gint64_u8(data, n, out); break;
  case PK_PHYS_I8: load_gint64_i8(data, n, out); break;
  case PK_PHYS_U16: load_gint64_u16(data, n, out); break;
  case PK_PHYS_I16: load_gint64_i16(data, n, out); break;
  case PK_PHYS_U32: load_gint64_u32(data, n, out); break;
  case PK_PHYS_I32: load_gint64_i32(data, n, out); break;
  case PK_PHYS_I64: load_gint64_i64(data, n, out); break;
  case PK_PHYS_F32:
  case PK_PHYS_F64: order_doubles(pk_cpu_doubles(self, column), n, out); break;
  case PK_PHYS_U64:
  case PK_PHYS_I128: g_assert_not_reached();
  }
  if (c->dictionary && pk_dictionary_size(c->dictionary) > 0) {
    const guint32 *ranks = pk_dictionary_get_ranks(c->dictionary);
    for (guint i = 0; i < n; i++)
      out[i] = ranks[out[i]]; /* NULL rows hold code 0 */
  }
  self->orders_serial[column] = self->serial;
  return out;
}

const __int128 *
pk_cpu_wides(PkCpuContext *self, guint column)
{
  const PkColumn *c = self->program->columns[column];
  const void *data = pk_cpu_data(self, column);
  guint n = self->block.n;

  if (c->physical == PK_PHYS_I128)
    return data;
  if (self->wides_serial[column] == self->serial)
    return self->wides[column];
  if (!self->wides[column])
    self->wides[column] = g_new(__int128, PK_CPU_BLOCK);
  __int128 *out = self->wides[column];
  if (c->physical == PK_PHYS_U64) {
    const guint64 *v = data;
    for (guint i = 0; i < n; i++)
      out[i] = v[i];
  } else {
    const gint64 *v = pk_cpu_orders(self, column);
    for (guint i = 0; i < n; i++)
      out[i] = v[i];
  }
  self->wides_serial[column] = self->serial;
  return out;
}

PK_CLONES static void
expand_bits(const guint64 *words, guint n, guint8 *out)
{
  for (guint w = 0; w * 64 < n; w++) {
    guint64 word = words[w];
    guint8 *to = out + w * 64;
    for (guint b = 0; b < 8; b++) {
      /* Bit i of a byte to byte i: a copy of the byte in each, its own bit kept and brought to 1. */
      guint64 spread = ((word >> (8 * b)) & 0xff) * 0x0101010101010101ull & 0x8040201008040201ull;
      spread = ((spread + 0x7f7f7f7f7f7f7f7full) | spread) >> 7 & 0x0101010101010101ull;
      memcpy(to + 8 * b, &spread, 8);
    }
  }
}

const guint8 *
pk_cpu_valid(const PkCpuContext *self, guint column, guint8 *buffer)
{
  const PkChunk *chunk = pk_cpu_chunk(self, column);
  if (!chunk->valid || chunk->stats.null_count == 0)
    return NULL;
  expand_bits(chunk->valid + self->block.row / 64, self->block.n, buffer);
  return buffer;
}

const guint32 *
pk_cpu_slots_valid(PkCpuContext *self, gint a, gint b, const guint32 *slots)
{
  const guint8 *valid_a = a >= 0 ? pk_cpu_valid(self, (guint)a, self->valid_a) : NULL;
  const guint8 *valid_b = b >= 0 && b != a ? pk_cpu_valid(self, (guint)b, self->valid_b) : NULL;
  if (!valid_a && !valid_b)
    return slots;
  const guint32 *from = slots;
  for (guint k = 0; k < 2; k++) {
    const guint8 *valid = k == 0 ? valid_a : valid_b;
    if (!valid)
      continue;
    for (guint i = 0; i < self->block.n; i++)
      self->slots_valid[i] = valid[i] ? from[i] : 0;
    from = self->slots_valid;
  }
  return self->slots_valid;
}
