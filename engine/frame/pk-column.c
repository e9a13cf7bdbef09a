#include "pk-column.h"

#include "pk-arrow-view.h"
#include "pk-mem.h"

#include <math.h>

static const struct { gsize size; const char *name; } physicals[] = {
  [PK_PHYS_U8] = { 1, "u8" },     [PK_PHYS_I8] = { 1, "i8" },     [PK_PHYS_U16] = { 2, "u16" },
  [PK_PHYS_I16] = { 2, "i16" },   [PK_PHYS_U32] = { 4, "u32" },   [PK_PHYS_I32] = { 4, "i32" },
  [PK_PHYS_U64] = { 8, "u64" },   [PK_PHYS_I64] = { 8, "i64" },   [PK_PHYS_I128] = { 16, "i128" },
  [PK_PHYS_F32] = { 4, "f32" },   [PK_PHYS_F64] = { 8, "f64" },
};

gsize
pk_physical_size(PkPhysical physical)
{
  return physicals[physical].size;
}

const char *
pk_physical_name(PkPhysical physical)
{
  return physicals[physical].name;
}

PkType
pk_column_stored_type(PkType type)
{
  switch (type.kind) {
  case PK_TYPE_TIME_TZ:
  case PK_TYPE_INTERVAL:
  case PK_TYPE_UUID:
  case PK_TYPE_BIT:
  case PK_TYPE_BIGNUM:
  case PK_TYPE_LIST:
  case PK_TYPE_STRUCT:
  case PK_TYPE_MAP:
  case PK_TYPE_UNION:
    return PK_TYPE_OF(PK_TYPE_TEXT);
  default:
    return type;
  }
}

gboolean
pk_column_type_is_text(PkType type)
{
  PkType stored = pk_column_stored_type(type);
  return stored.kind == PK_TYPE_TEXT || stored.kind == PK_TYPE_BLOB;
}

void
pk_chunk_clear(PkChunk *chunk)
{
  pk_mem_free(chunk->data, chunk->data_bytes);
  pk_mem_free(chunk->valid, chunk->valid_bytes);
  chunk->data = NULL;
  chunk->valid = NULL;
}

void
pk_column_free(PkColumn *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_chunks; i++)
    pk_chunk_clear(&self->chunks[i]);
  g_free(self->chunks);
  g_free(self->name);
  pk_dictionary_unref(self->dictionary);
  g_free(self);
}

static const PkChunk *
find_chunk(const PkColumn *self, gint64 *row)
{
  g_return_val_if_fail(*row >= 0 && *row < self->length, NULL);
  guint i = 0;
  if (self->chunks[0].length > 0) {
    /* All chunks but the last are full. */
    i = (guint)MIN(*row / self->chunks[0].length, (gint64)self->n_chunks - 1);
    *row -= (gint64)i * self->chunks[0].length;
  }
  return &self->chunks[i];
}

static __int128
load_int(PkPhysical physical, const void *data, gint64 i)
{
  switch (physical) {
  case PK_PHYS_U8: return ((const guint8 *)data)[i];
  case PK_PHYS_I8: return ((const gint8 *)data)[i];
  case PK_PHYS_U16: return ((const guint16 *)data)[i];
  case PK_PHYS_I16: return ((const gint16 *)data)[i];
  case PK_PHYS_U32: return ((const guint32 *)data)[i];
  case PK_PHYS_I32: return ((const gint32 *)data)[i];
  case PK_PHYS_U64: return ((const guint64 *)data)[i];
  case PK_PHYS_I64: return ((const gint64 *)data)[i];
  case PK_PHYS_I128: return ((const __int128 *)data)[i];
  case PK_PHYS_F32:
  case PK_PHYS_F64: break;
  }
  return 0;
}

__int128
pk_chunk_get_int(const PkChunk *chunk, PkPhysical physical, gint64 i)
{
  return load_int(physical, chunk->data, i);
}

double
pk_decimal_divisor(PkType type)
{
  /* 10^22 is the last power that a double holds exactly; beyond, these are the nearest. */
  static const double powers[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12,
    1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25,
    1e26, 1e27, 1e28, 1e29, 1e30, 1e31, 1e32, 1e33, 1e34, 1e35, 1e36, 1e37, 1e38,
  };
  if (type.kind != PK_TYPE_DECIMAL || type.scale <= 0)
    return 1.0;
  return powers[MIN(type.scale, 38)];
}

/* What a value is kept in by the SQL engine: DECIMAL of up to 18 digits in 64 bits. */
static gboolean
is_wide(PkType type)
{
  return type.kind == PK_TYPE_I128 || type.kind == PK_TYPE_U128 ||
         (type.kind == PK_TYPE_DECIMAL && type.precision > 18);
}

/* DuckDB's cast of HUGEINT to DOUBLE: the two halves are rounded apart. */
static double
wide_to_double(__int128 value)
{
  gint64 high = (gint64)(value >> 64);
  guint64 low = (guint64)value;
  if (high == -1)
    return -(double)~low - 1;
  return (double)low + (double)high * 18446744073709551616.0;
}

double
pk_type_int_to_double(PkType type, __int128 value)
{
  const __int128 exact = (__int128)1 << 53;
  if (value >= -exact && value <= exact)
    return (double)value / pk_decimal_divisor(type);
  gboolean wide = is_wide(type);
  if (type.kind != PK_TYPE_DECIMAL || type.scale <= 0)
    return wide ? wide_to_double(value) : (double)value;

  __int128 power = 1;
  for (int i = 0; i < type.scale; i++)
    power *= 10;
  __int128 whole = value / power, rest = value % power;
  double result = wide ? wide_to_double(whole) : (double)whole;
  return result + (wide ? wide_to_double(rest) : (double)rest) / pk_decimal_divisor(type);
}

double
pk_chunk_get_double(const PkChunk *chunk, PkPhysical physical, PkType type, gint64 i)
{
  if (physical == PK_PHYS_F32)
    return ((const float *)chunk->data)[i];
  if (physical == PK_PHYS_F64)
    return ((const double *)chunk->data)[i];
  return pk_type_int_to_double(type, load_int(physical, chunk->data, i));
}

gboolean
pk_column_is_null(const PkColumn *self, gint64 row)
{
  const PkChunk *chunk = find_chunk(self, &row);
  return !chunk || !pk_chunk_is_valid(chunk, row);
}

double
pk_column_get_double(const PkColumn *self, gint64 row)
{
  const PkChunk *chunk = find_chunk(self, &row);
  if (!chunk || !pk_chunk_is_valid(chunk, row))
    return NAN;
  return pk_chunk_get_double(chunk, self->physical, self->type, row);
}

__int128
pk_column_get_int(const PkColumn *self, gint64 row)
{
  const PkChunk *chunk = find_chunk(self, &row);
  if (!chunk || !pk_chunk_is_valid(chunk, row))
    return 0;
  return load_int(self->physical, chunk->data, row);
}

const char *
pk_column_get_text(const PkColumn *self, gint64 row, gsize *length)
{
  const PkChunk *chunk = find_chunk(self, &row);
  if (length)
    *length = 0;
  if (!chunk || !self->dictionary || !pk_chunk_is_valid(chunk, row))
    return NULL;
  return pk_dictionary_get(self->dictionary, (guint32)load_int(self->physical, chunk->data, row), length);
}

static void
append_blob(const char *bytes, gsize length, GString *out)
{
  for (gsize i = 0; i < length; i++) {
    guint8 byte = (guint8)bytes[i];
    if (byte >= 0x20 && byte < 0x7f && byte != '\\')
      g_string_append_c(out, (char)byte);
    else
      g_string_append_printf(out, "\\x%02X", byte);
  }
}

gboolean
pk_column_append_text(const PkColumn *self, gint64 row, GString *out)
{
  const PkChunk *chunk = find_chunk(self, &row);
  if (!chunk || !pk_chunk_is_valid(chunk, row))
    return FALSE;

  if (self->dictionary) {
    gsize length;
    const char *text =
      pk_dictionary_get(self->dictionary, (guint32)load_int(self->physical, chunk->data, row), &length);
    if (self->type.kind == PK_TYPE_BLOB)
      append_blob(text, length, out);
    else
      g_string_append_len(out, text, (gssize)length);
    return TRUE;
  }
  if (self->physical == PK_PHYS_F32) {
    pk_format_float(((const float *)chunk->data)[row], out);
    return TRUE;
  }
  if (self->physical == PK_PHYS_F64) {
    pk_format_double(((const double *)chunk->data)[row], out);
    return TRUE;
  }

  __int128 value = load_int(self->physical, chunk->data, row);
  switch (self->type.kind) {
  case PK_TYPE_BOOL:
    g_string_append(out, value ? "true" : "false");
    break;
  case PK_TYPE_DATE:
    pk_format_date((gint32)value, out);
    break;
  case PK_TYPE_TIME:
    pk_format_time((gint64)value, self->type.unit, out);
    break;
  case PK_TYPE_TIMESTAMP:
    pk_format_timestamp((gint64)value, self->type.unit, FALSE, out);
    break;
  case PK_TYPE_TIMESTAMP_TZ:
    pk_format_timestamp((gint64)value, self->type.unit, TRUE, out);
    break;
  default:
    pk_format_i128(&value, TRUE, self->type.kind == PK_TYPE_DECIMAL ? (guint)self->type.scale : 0, out);
    break;
  }
  return TRUE;
}
