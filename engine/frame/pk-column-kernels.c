#include "pk-column-kernels.h"

#include "pk-clones.h"

#include <math.h>
#include <string.h>

/* Arrow's arrays may begin anywhere. */
typedef guint8 U_u8;
typedef gint8 U_i8;
typedef guint16 __attribute__((aligned(1), may_alias)) U_u16;
typedef gint16 __attribute__((aligned(1), may_alias)) U_i16;
typedef guint32 __attribute__((aligned(1), may_alias)) U_u32;
typedef gint32 __attribute__((aligned(1), may_alias)) U_i32;
typedef guint64 __attribute__((aligned(1), may_alias)) U_u64;
typedef gint64 __attribute__((aligned(1), may_alias)) U_i64;
typedef __int128 __attribute__((aligned(1), may_alias)) U_i128;
typedef float __attribute__((aligned(1), may_alias)) U_f32;
typedef double __attribute__((aligned(1), may_alias)) U_f64;

/* A value that counts in place of those that do not: they then change no range. */
#define KEEP(T)                                                   \
  T kept[PK_SCAN_ROWS];                                           \
  for (guint i = 0; i < n; i++)                                   \
    kept[i] = valid[i] ? v[i] : fill;

#define SCAN_INT(NAME, T)                                                                     \
  PK_CLONES static void range_##NAME(const U_##NAME *v, guint n, PkScan *scan)                \
  {                                                                                           \
    T lo = v[0], hi = v[0], up = 0, down = 0;                                                 \
    for (guint i = 1; i < n; i++) {                                                           \
      lo = v[i] < lo ? v[i] : lo;                                                             \
      hi = v[i] > hi ? v[i] : hi;                                                             \
      up |= (T)(v[i] > v[i - 1]);                                                             \
      down |= (T)(v[i] < v[i - 1]);                                                           \
    }                                                                                         \
    scan->up = up != 0;                                                                       \
    scan->down = down != 0;                                                                   \
    scan->min_int = lo;                                                                       \
    scan->max_int = hi;                                                                       \
  }                                                                                           \
  PK_CLONES static void valid_range_##NAME(const U_##NAME *v, guint n, const guint8 *valid, T fill, PkScan *scan) \
  {                                                                                           \
    T lo = fill, hi = fill;                                                                   \
    KEEP(T)                                                                                   \
    for (guint i = 0; i < n; i++) {                                                           \
      lo = kept[i] < lo ? kept[i] : lo;                                                       \
      hi = kept[i] > hi ? kept[i] : hi;                                                       \
    }                                                                                         \
    scan->min_int = lo;                                                                       \
    scan->max_int = hi;                                                                       \
  }                                                                                           \
  static void scan_##NAME(const void *data, guint n, const guint8 *valid, PkScan *scan)       \
  {                                                                                           \
    const U_##NAME *v = data;                                                                 \
    const guint8 *first = valid ? memchr(valid, 1, n) : NULL;                                 \
    if (!valid) {                                                                             \
      range_##NAME(v, n, scan);                                                               \
      scan->first_int = v[0];                                                                 \
      scan->last_int = v[n - 1];                                                              \
    } else if (first) {                                                                       \
      valid_range_##NAME(v, n, valid, v[first - valid], scan);                                \
    }                                                                                         \
    scan->has_range = scan->n_valid > 0;                                                      \
  }

/* In vectors of our own: the compiler leaves the order of floating-point comparisons as it is written. NaN compares
 * false, so it is in no range and breaks no order. */
#define SCAN_FLOAT(NAME, T, V, I)                                                             \
  PK_CLONES static void range_##NAME(const U_##NAME *v, guint n, PkScan *scan)                \
  {                                                                                           \
    const guint lanes = sizeof(V) / sizeof(T);                                                \
    V lo = (V){ 0 } + (T)INFINITY, hi = -lo;                                                  \
    I n_nan = { 0 }, up = { 0 }, down = { 0 };                                                \
    guint i = 0;                                                                              \
    for (; i + lanes < n; i += lanes) {                                                       \
      V a, b;                                                                                 \
      memcpy(&a, v + i, sizeof a);                                                            \
      memcpy(&b, v + i + 1, sizeof b);                                                        \
      I less = a < lo, more = a > hi;                                                         \
      lo = (V)(((I)a & less) | ((I)lo & ~less));                                              \
      hi = (V)(((I)a & more) | ((I)hi & ~more));                                              \
      n_nan -= a != a;                                                                        \
      up |= b > a;                                                                            \
      down |= b < a;                                                                          \
    }                                                                                         \
    T least = (T)INFINITY, most = -least;                                                     \
    for (guint k = 0; k < lanes; k++) {                                                       \
      least = lo[k] < least ? lo[k] : least;                                                  \
      most = hi[k] > most ? hi[k] : most;                                                     \
      scan->n_nan += n_nan[k];                                                                \
      scan->up |= up[k] != 0;                                                                 \
      scan->down |= down[k] != 0;                                                             \
    }                                                                                         \
    for (; i < n; i++) {                                                                      \
      least = v[i] < least ? v[i] : least;                                                    \
      most = v[i] > most ? v[i] : most;                                                       \
      scan->n_nan += v[i] != v[i];                                                            \
      scan->up |= i + 1 < n && v[i + 1] > v[i];                                               \
      scan->down |= i + 1 < n && v[i + 1] < v[i];                                             \
    }                                                                                         \
    scan->min = least;                                                                        \
    scan->max = most;                                                                         \
  }                                                                                           \
  static void scan_##NAME(const void *data, guint n, const guint8 *valid, PkScan *scan)       \
  {                                                                                           \
    const U_##NAME *v = data;                                                                 \
    if (!valid) {                                                                             \
      range_##NAME(v, n, scan);                                                               \
      scan->first = v[0];                                                                     \
      scan->last = v[n - 1];                                                                  \
    } else {                                                                                  \
      const T fill = (T)NAN;                                                                  \
      KEEP(T)                                                                                 \
      range_##NAME(kept, n, scan);                                                            \
      scan->up = scan->down = FALSE;                                                          \
      scan->n_nan -= n - scan->n_valid;                                                       \
    }                                                                                         \
    scan->has_range = scan->n_valid > scan->n_nan;                                            \
  }

SCAN_INT(u8, guint8)
SCAN_INT(i8, gint8)
SCAN_INT(u16, guint16)
SCAN_INT(i16, gint16)
SCAN_INT(u32, guint32)
SCAN_INT(i32, gint32)
SCAN_INT(u64, guint64)
SCAN_INT(i64, gint64)
SCAN_INT(i128, __int128)

typedef float Floats __attribute__((vector_size(64)));
typedef gint32 Ints __attribute__((vector_size(64)));
typedef double Doubles __attribute__((vector_size(64)));
typedef gint64 Longs __attribute__((vector_size(64)));

SCAN_FLOAT(f32, float, Floats, Ints)
SCAN_FLOAT(f64, double, Doubles, Longs)

static gint64
count_ones(const guint8 *bytes, guint n)
{
  gint64 count = 0;
  for (guint i = 0; i < n; i++)
    count += bytes[i];
  return count;
}

void
pk_column_scan(PkPhysical physical, const void *data, guint n, const guint8 *valid, PkScan *scan)
{
  static void (*const scans[])(const void *, guint, const guint8 *, PkScan *) = {
    [PK_PHYS_U8] = scan_u8,   [PK_PHYS_I8] = scan_i8,   [PK_PHYS_U16] = scan_u16,   [PK_PHYS_I16] = scan_i16,
    [PK_PHYS_U32] = scan_u32, [PK_PHYS_I32] = scan_i32, [PK_PHYS_U64] = scan_u64,   [PK_PHYS_I64] = scan_i64,
    [PK_PHYS_F32] = scan_f32, [PK_PHYS_F64] = scan_f64, [PK_PHYS_I128] = scan_i128,
  };
  memset(scan, 0, sizeof *scan);
  scan->n_valid = valid ? count_ones(valid, n) : n;
  scans[physical](data, n, valid, scan);
  if (physical < PK_PHYS_F32) {
    scan->min = (double)scan->min_int;
    scan->max = (double)scan->max_int;
  }
}

/* One loop for each pair of integer types; float pairs only among themselves. */
#define CONVERT_ONE(FROM, TO, T)            \
  {                                         \
    const U_##FROM *a = from;               \
    T *b = to;                              \
    for (gint64 i = 0; i < n; i++)          \
      b[i] = (T)a[i];                       \
    break;                                  \
  }

#define CONVERT_FROM(FROM)                                                                        \
  PK_CLONES static void convert_##FROM(const void *from, PkPhysical to_type, void *to, gint64 n)            \
  {                                                                                               \
    switch (to_type) {                                                                            \
    case PK_PHYS_U8: CONVERT_ONE(FROM, u8, guint8)                                                \
    case PK_PHYS_I8: CONVERT_ONE(FROM, i8, gint8)                                                 \
    case PK_PHYS_U16: CONVERT_ONE(FROM, u16, guint16)                                             \
    case PK_PHYS_I16: CONVERT_ONE(FROM, i16, gint16)                                              \
    case PK_PHYS_U32: CONVERT_ONE(FROM, u32, guint32)                                             \
    case PK_PHYS_I32: CONVERT_ONE(FROM, i32, gint32)                                              \
    case PK_PHYS_U64: CONVERT_ONE(FROM, u64, guint64)                                             \
    case PK_PHYS_I64: CONVERT_ONE(FROM, i64, gint64)                                              \
    case PK_PHYS_I128: CONVERT_ONE(FROM, i128, __int128)                                          \
    case PK_PHYS_F32: CONVERT_ONE(FROM, f32, float)                                               \
    case PK_PHYS_F64: CONVERT_ONE(FROM, f64, double)                                              \
    }                                                                                             \
  }

CONVERT_FROM(u8)
CONVERT_FROM(i8)
CONVERT_FROM(u16)
CONVERT_FROM(i16)
CONVERT_FROM(u32)
CONVERT_FROM(i32)
CONVERT_FROM(u64)
CONVERT_FROM(i64)
CONVERT_FROM(i128)

PK_CLONES static void
convert_float(PkPhysical from_type, const void *from, PkPhysical to_type, void *to, gint64 n)
{
  if (from_type == PK_PHYS_F32)
    do
      CONVERT_ONE(f32, f64, double)
    while (0);
  else
    do
      CONVERT_ONE(f64, f32, float)
    while (0);
}

void
pk_column_convert(PkPhysical from_type, const void *from, PkPhysical to_type, void *to, gint64 n)
{
  static void (*const converts[])(const void *, PkPhysical, void *, gint64) = {
    [PK_PHYS_U8] = convert_u8,     [PK_PHYS_I8] = convert_i8,   [PK_PHYS_U16] = convert_u16,
    [PK_PHYS_I16] = convert_i16,   [PK_PHYS_U32] = convert_u32, [PK_PHYS_I32] = convert_i32,
    [PK_PHYS_U64] = convert_u64,   [PK_PHYS_I64] = convert_i64, [PK_PHYS_I128] = convert_i128,
  };
  if (from_type == to_type)
    memcpy(to, from, (gsize)n * pk_physical_size(from_type));
  else if (from_type < PK_PHYS_F32)
    converts[from_type](from, to_type, to, n);
  else if (to_type >= PK_PHYS_F32)
    convert_float(from_type, from, to_type, to, n);
  else
    g_assert_not_reached();
}

#define ZERO_NULLS(SIZE, T)                                                              \
  PK_CLONES static void zero_nulls_##SIZE(T *v, guint n, const guint8 *valid)            \
  {                                                                                      \
    for (guint i = 0; i < n; i++)                                                        \
      v[i] = valid[i] ? v[i] : 0;                                                        \
  }

ZERO_NULLS(1, guint8)
ZERO_NULLS(2, guint16)
ZERO_NULLS(4, guint32)
ZERO_NULLS(8, guint64)
ZERO_NULLS(16, __int128)

void
pk_column_zero_nulls(PkPhysical physical, void *data, guint n, const guint8 *valid)
{
  switch (pk_physical_size(physical)) {
  case 1: zero_nulls_1(data, n, valid); break;
  case 2: zero_nulls_2(data, n, valid); break;
  case 4: zero_nulls_4(data, n, valid); break;
  case 8: zero_nulls_8(data, n, valid); break;
  default: zero_nulls_16(data, n, valid); break;
  }
}

void
pk_bits_to_bytes(const guint8 *bits, gint64 offset, guint n, guint8 *bytes)
{
  const guint shift = (guint)(offset & 7);
  guint i = 0;

  bits += offset >> 3;
  for (; i + 8 <= n; i += 8, bits++) {
    guint8 eight = (guint8)(shift ? bits[0] >> shift | bits[1] << (8 - shift) : bits[0]);
    /* Bit k of a byte to byte k: a copy of the byte in each, its own bit kept and brought to 1. */
    guint64 spread = eight * 0x0101010101010101ull & 0x8040201008040201ull;
    spread = ((spread + 0x7f7f7f7f7f7f7f7full) | spread) >> 7 & 0x0101010101010101ull;
    memcpy(bytes + i, &spread, 8);
  }
  for (guint k = shift; i < n; i++, k++)
    bytes[i] = bits[k >> 3] >> (k & 7) & 1;
}

void
pk_bytes_to_bits(const guint8 *bytes, guint n, guint64 *words, gint64 at)
{
  const guint shift = (guint)(at & 63);

  words += at >> 6;
  for (guint i = 0; i < n; i += 64, words++) {
    guint64 word = 0, eight;
    guint k = i;
    for (; k + 8 <= MIN(n, i + 64); k += 8) {
      memcpy(&eight, bytes + k, 8);
      word |= (eight * 0x0102040810204080ull >> 56) << (k - i); /* byte j to bit j */
    }
    for (; k < MIN(n, i + 64); k++)
      word |= (guint64)bytes[k] << (k - i);
    words[0] |= word << shift;
    if (shift && word >> (64 - shift))
      words[1] |= word >> (64 - shift);
  }
}

gboolean
pk_physical_holds(PkPhysical physical, __int128 min, __int128 max)
{
  switch (physical) {
  case PK_PHYS_U8: return min >= 0 && max <= G_MAXUINT8;
  case PK_PHYS_I8: return min >= G_MININT8 && max <= G_MAXINT8;
  case PK_PHYS_U16: return min >= 0 && max <= G_MAXUINT16;
  case PK_PHYS_I16: return min >= G_MININT16 && max <= G_MAXINT16;
  case PK_PHYS_U32: return min >= 0 && max <= G_MAXUINT32;
  case PK_PHYS_I32: return min >= G_MININT32 && max <= G_MAXINT32;
  case PK_PHYS_U64: return min >= 0 && max <= (__int128)G_MAXUINT64;
  case PK_PHYS_I64: return min >= G_MININT64 && max <= G_MAXINT64;
  case PK_PHYS_I128: return TRUE;
  case PK_PHYS_F32:
  case PK_PHYS_F64: break;
  }
  return FALSE;
}

PkPhysical
pk_physical_for_range(__int128 min, __int128 max)
{
  PkPhysical physical = PK_PHYS_U8;
  while (!pk_physical_holds(physical, min, max))
    physical++;
  /* Of the two that take 64 bits the signed one is what most arithmetic is done in. */
  if (physical == PK_PHYS_U64 && pk_physical_holds(PK_PHYS_I64, min, max))
    return PK_PHYS_I64;
  return physical;
}
