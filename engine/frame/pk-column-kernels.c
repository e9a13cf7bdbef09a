#include "pk-column-kernels.h"

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

static inline gboolean
bit_at(const guint8 *bits, gint64 i)
{
  return bits[i >> 3] >> (i & 7) & 1;
}

#define SCAN_INT(NAME, T)                                                                     \
  static void scan_##NAME(const void *data, gint64 n, const guint8 *valid, gint64 offset,     \
                          PkScan *scan)                                                       \
  {                                                                                           \
    const U_##NAME *v = data;                                                                 \
    T lo = v[0], hi = v[0];                                                                   \
    if (!valid) {                                                                             \
      T up = 0, down = 0;                                                                     \
      for (gint64 i = 1; i < n; i++) {                                                        \
        lo = v[i] < lo ? v[i] : lo;                                                           \
        hi = v[i] > hi ? v[i] : hi;                                                           \
        up |= (T)(v[i] > v[i - 1]);                                                           \
        down |= (T)(v[i] < v[i - 1]);                                                         \
      }                                                                                       \
      scan->n_valid = n;                                                                      \
      scan->up = up != 0;                                                                     \
      scan->down = down != 0;                                                                 \
      scan->first_int = v[0];                                                                 \
      scan->last_int = v[n - 1];                                                              \
    } else {                                                                                  \
      for (gint64 i = 0; i < n; i++) {                                                        \
        if (!bit_at(valid, offset + i))                                                       \
          continue;                                                                           \
        if (scan->n_valid == 0)                                                               \
          lo = hi = v[i];                                                                     \
        lo = v[i] < lo ? v[i] : lo;                                                           \
        hi = v[i] > hi ? v[i] : hi;                                                           \
        scan->n_valid++;                                                                      \
      }                                                                                       \
    }                                                                                         \
    scan->has_range = scan->n_valid > 0;                                                      \
    scan->min_int = lo;                                                                       \
    scan->max_int = hi;                                                                       \
  }

#define SCAN_FLOAT(NAME, T)                                                                   \
  static void scan_##NAME(const void *data, gint64 n, const guint8 *valid, gint64 offset,     \
                          PkScan *scan)                                                       \
  {                                                                                           \
    const U_##NAME *v = data;                                                                 \
    T lo = (T)INFINITY, hi = (T)-INFINITY;                                                    \
    gint64 n_nan = 0, up = 0, down = 0;                                                       \
    if (!valid) {                                                                             \
      for (gint64 i = 0; i < n; i++) {                                                        \
        lo = v[i] < lo ? v[i] : lo;                                                           \
        hi = v[i] > hi ? v[i] : hi;                                                           \
        n_nan += v[i] != v[i];                                                                \
      }                                                                                       \
      for (gint64 i = 1; i < n; i++) {                                                        \
        up += v[i] > v[i - 1];                                                                \
        down += v[i] < v[i - 1];                                                              \
      }                                                                                       \
      scan->n_valid = n;                                                                      \
      scan->up = up != 0;                                                                     \
      scan->down = down != 0;                                                                 \
      scan->first = v[0];                                                                     \
      scan->last = v[n - 1];                                                                  \
    } else {                                                                                  \
      for (gint64 i = 0; i < n; i++) {                                                        \
        if (!bit_at(valid, offset + i))                                                       \
          continue;                                                                           \
        lo = v[i] < lo ? v[i] : lo;                                                           \
        hi = v[i] > hi ? v[i] : hi;                                                           \
        n_nan += v[i] != v[i];                                                                \
        scan->n_valid++;                                                                      \
      }                                                                                       \
    }                                                                                         \
    scan->n_nan = n_nan;                                                                      \
    scan->has_range = scan->n_valid > n_nan;                                                  \
    scan->min = lo;                                                                           \
    scan->max = hi;                                                                           \
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
SCAN_FLOAT(f32, float)
SCAN_FLOAT(f64, double)

void
pk_column_scan(PkPhysical physical, const void *data, gint64 n, const guint8 *valid, gint64 offset,
               PkScan *scan)
{
  static void (*const scans[])(const void *, gint64, const guint8 *, gint64, PkScan *) = {
    [PK_PHYS_U8] = scan_u8,   [PK_PHYS_I8] = scan_i8,   [PK_PHYS_U16] = scan_u16,   [PK_PHYS_I16] = scan_i16,
    [PK_PHYS_U32] = scan_u32, [PK_PHYS_I32] = scan_i32, [PK_PHYS_U64] = scan_u64,   [PK_PHYS_I64] = scan_i64,
    [PK_PHYS_F32] = scan_f32, [PK_PHYS_F64] = scan_f64, [PK_PHYS_I128] = scan_i128,
  };
  memset(scan, 0, sizeof *scan);
  scans[physical](data, n, valid, offset, scan);
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
  static void convert_##FROM(const void *from, PkPhysical to_type, void *to, gint64 n)            \
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

static void
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
