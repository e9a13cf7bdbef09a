#include "pk-vk-ordinal.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

#define BIAS ((__int128)1 << 63)
#define F32_INF ((gint64)0x7f800000)
#define F64_INF ((gint64)0x7ff0000000000000)

static const struct { guint kind, size; } kinds[] = {
  [PK_PHYS_U8] = { PK_KIND_U8, 1 },   [PK_PHYS_I8] = { PK_KIND_I8, 1 },   [PK_PHYS_U16] = { PK_KIND_U16, 2 },
  [PK_PHYS_I16] = { PK_KIND_I16, 2 }, [PK_PHYS_U32] = { PK_KIND_U32, 4 }, [PK_PHYS_I32] = { PK_KIND_I32, 4 },
  [PK_PHYS_U64] = { PK_KIND_U64, 8 }, [PK_PHYS_I64] = { PK_KIND_I64, 8 }, [PK_PHYS_F32] = { PK_KIND_F32, 4 },
  [PK_PHYS_F64] = { PK_KIND_F64, 8 },
};

guint
pk_vk_kind_size(guint kind)
{
  static const guint sizes[] = { 1, 1, 2, 2, 4, 4, 8, 8, 4, 8 };
  return sizes[kind];
}

gint64
pk_vk_order_double(double value)
{
  gint64 bits;
  value += 0.0; /* -0 + 0 = 0 */
  memcpy(&bits, &value, sizeof bits);
  return isnan(value) ? G_MAXINT64 : bits ^ (gint64)((guint64)(bits >> 63) >> 1);
}

double
pk_vk_unorder_double(gint64 ordinal)
{
  gint64 bits = ordinal ^ (gint64)((guint64)(ordinal >> 63) >> 1);
  double value;
  memcpy(&value, &bits, sizeof value);
  return ordinal > F64_INF ? NAN : value;
}

static gint64
order_float(float value)
{
  gint32 bits;
  value += 0.0f;
  memcpy(&bits, &value, sizeof bits);
  return isnan(value) ? G_MAXINT32 : bits ^ (gint32)((guint32)(bits >> 31) >> 1);
}

static float
unorder_float(gint64 ordinal)
{
  gint32 order = (gint32)ordinal, bits = order ^ (gint32)((guint32)(order >> 31) >> 1);
  float value;
  memcpy(&value, &bits, sizeof value);
  return ordinal > F32_INF ? NAN : value;
}

static void
init_text(PkVkColumn *self)
{
  self->n_texts = pk_dictionary_size(self->source->dictionary);
  self->ranks = pk_dictionary_get_ranks(self->source->dictionary);
  self->codes = g_new(guint32, MAX(self->n_texts, 1));
  for (guint32 i = 0; i < self->n_texts; i++)
    self->codes[self->ranks[i]] = i;
  self->kind = self->n_texts <= 256 ? PK_KIND_U8 : self->n_texts <= 65536 ? PK_KIND_U16 : PK_KIND_U32;
  self->least = 0;
  self->greatest = (gint64)self->n_texts - 1;
}

static void
init_numbers(PkVkColumn *self)
{
  const PkColumnStats *stats = &self->source->stats;
  self->kind = kinds[self->source->physical].kind;
  self->is_float = self->source->physical >= PK_PHYS_F32;
  self->divisor = pk_decimal_divisor(self->source->type);
  self->least = 0;
  self->greatest = -1;
  if (self->is_float) {
    gboolean narrow = self->kind == PK_KIND_F32;
    self->least = narrow ? order_float(-INFINITY) : pk_vk_order_double(-INFINITY);
    self->greatest = narrow ? F32_INF : F64_INF;
  } else if (stats->has_range) {
    __int128 bias = self->kind == PK_KIND_U64 ? BIAS : 0;
    self->least = (gint64)(stats->min_int - bias);
    self->greatest = (gint64)(stats->max_int - bias);
  }
}

/* The statistics hold infinities where there are some; then the values tell. */
static double
largest_finite(const PkVkColumn *self)
{
  const PkColumn *c = self->source;
  double most = 0;
  if (!c->stats.has_range)
    return 0;
  if (!self->is_float)
    return fmax(fabs(pk_type_int_to_double(c->type, c->stats.min_int)),
                fabs(pk_type_int_to_double(c->type, c->stats.max_int)));
  for (guint k = 0; k < c->n_chunks; k++) {
    const PkChunk *chunk = &c->chunks[k];
    const double ends[2] = { chunk->stats.min, chunk->stats.max };
    if (!chunk->stats.has_range)
      continue;
    if (isfinite(ends[0]) && isfinite(ends[1])) {
      most = fmax(most, fmax(fabs(ends[0]), fabs(ends[1])));
      continue;
    }
    for (gint64 i = 0; i < chunk->length; i++) {
      double x = pk_chunk_is_valid(chunk, i) ? fabs(pk_chunk_get_double(chunk, c->physical, c->type, i)) : 0;
      most = isfinite(x) && x > most ? x : most;
    }
  }
  return most;
}

gboolean
pk_vk_column_init(PkVkColumn *self, const PkColumn *source, GError **error)
{
  memset(self, 0, sizeof *self);
  self->source = source;
  self->nullable = source->stats.null_count > 0;
  self->divisor = 1;
  if (source->physical == PK_PHYS_I128)
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "column \"%s\" holds integers beyond 64 bits", source->name);
  if (source->dictionary)
    init_text(self);
  else
    init_numbers(self);
  self->most = source->dictionary ? 0 : largest_finite(self);
  return TRUE;
}

void
pk_vk_column_clear(PkVkColumn *self)
{
  g_clear_pointer(&self->codes, g_free);
}

guint32
pk_vk_column_pack(const PkVkColumn *self, guint slot)
{
  return PK_COLUMN_USED | slot | self->kind << 4 | (self->nullable ? PK_COLUMN_NULLABLE : 0) |
         (self->source->stats.nan_count > 0 ? PK_COLUMN_HAS_NAN : 0);
}

gint64
pk_vk_ordinal_at(const PkVkColumn *self, gint64 row)
{
  if (self->kind == PK_KIND_F32)
    return order_float((float)pk_column_get_double(self->source, row));
  if (self->is_float)
    return pk_vk_order_double(pk_column_get_double(self->source, row));
  __int128 value = pk_column_get_int(self->source, row);
  if (self->ranks)
    return self->ranks[(gsize)value];
  return (gint64)(value - (self->kind == PK_KIND_U64 ? BIAS : 0));
}

__int128
pk_vk_ordinal_int(const PkVkColumn *self, gint64 ordinal)
{
  if (self->codes)
    return self->codes[ordinal];
  return (__int128)ordinal + (self->kind == PK_KIND_U64 ? BIAS : 0);
}

double
pk_vk_ordinal_double(const PkVkColumn *self, gint64 ordinal)
{
  if (self->kind == PK_KIND_F32)
    return unorder_float(ordinal);
  if (self->is_float)
    return pk_vk_unorder_double(ordinal);
  return pk_type_int_to_double(self->source->type, pk_vk_ordinal_int(self, ordinal));
}

gint64
pk_vk_ordinal_near(const PkVkColumn *self, double value)
{
  gint64 ordinal;
  if (self->kind == PK_KIND_F32) {
    ordinal = order_float((float)value);
  } else if (self->is_float) {
    ordinal = pk_vk_order_double(value);
  } else {
    double x = value * self->divisor - (self->kind == PK_KIND_U64 ? 0x1p63 : 0);
    ordinal = x >= 0x1p63 ? G_MAXINT64 : x > -0x1p63 ? (gint64)x : G_MININT64;
  }
  return CLAMP(ordinal, self->least, self->greatest);
}

static gint64
add_clamped(gint64 a, guint64 by, gint64 most)
{
  return (guint64)most - (guint64)a < by ? most : (gint64)((guint64)a + by);
}

static gint64
subtract_clamped(gint64 a, guint64 by, gint64 least)
{
  return (guint64)a - (guint64)least < by ? least : (gint64)((guint64)a - by);
}

gboolean
pk_vk_first_at(const PkVkColumn *self, PkVkRising f, gconstpointer data, gint64 level, gint64 guess, gint64 *first)
{
  /* NaN is the ordinal after infinity here; kernels have it further up, which changes no order. */
  gint64 least = self->least, greatest = self->greatest + (self->is_float ? 1 : 0);
  if (self->least > self->greatest || f(self, greatest, data) < level)
    return FALSE;
  *first = least;
  if (f(self, least, data) >= level)
    return TRUE;
  /* f(lo) < level <= f(hi) */
  gint64 lo = least, hi = greatest;
  guess = CLAMP(guess, least, greatest);
  gboolean above = f(self, guess, data) >= level;
  for (guint64 by = 1; by < (guint64)1 << 62; by *= 4) {
    gint64 next = above ? subtract_clamped(guess, by, least) : add_clamped(guess, by, greatest);
    gboolean next_above = f(self, next, data) >= level;
    if (next_above != above) {
      lo = above ? next : guess;
      hi = above ? guess : next;
      break;
    }
    guess = next;
    if (next == least || next == greatest)
      break;
  }
  while ((guint64)hi - (guint64)lo > 1) {
    gint64 middle = (gint64)((guint64)lo + ((guint64)hi - (guint64)lo) / 2);
    if (f(self, middle, data) >= level)
      hi = middle;
    else
      lo = middle;
  }
  *first = hi;
  return TRUE;
}

static int
compare_doubles(double a, double b)
{
  if (isnan(a) || isnan(b))
    return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
  return a < b ? -1 : a > b;
}

static int
compare_text(const PkVkColumn *self, gint64 ordinal, const char *wanted)
{
  gsize length, n = strlen(wanted);
  const char *text = pk_dictionary_get(self->source->dictionary, self->codes[ordinal], &length);
  int order = memcmp(text, wanted, MIN(length, n));
  return order ? (order < 0 ? -1 : 1) : length < n ? -1 : length > n;
}

gint64
pk_vk_compare_scalar(const PkVkColumn *self, gint64 ordinal, gconstpointer data)
{
  const PkScalar *scalar = data;
  if (self->codes)
    return compare_text(self, ordinal, scalar->text);
  if (scalar->kind == PK_SCALAR_DOUBLE)
    return compare_doubles(pk_vk_ordinal_double(self, ordinal), scalar->d);
  if (self->is_float)
    return compare_doubles(pk_vk_ordinal_double(self, ordinal), (double)scalar->i);
  __int128 value = pk_vk_ordinal_int(self, ordinal);
  return value < scalar->i ? -1 : value > scalar->i;
}
