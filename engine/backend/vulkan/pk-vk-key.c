#include "pk-vk-key.h"

#include "pk-error.h"
#include "pk-ordinals.h"
#include "pk-result.h"
#include "pk-timeunit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS ((guint)1 << 24)
#define MAX_OFFSETS ((guint64)1 << 28)
#define MAX_TABLE ((guint64)1 << 20)
#define MAX_DAYS ((gint64)1 << 22)

/* --- predicates --- */

typedef struct {
  gint64 lo, hi;
} Interval;

/* The ordinals between two constants; lo > hi: none. */
static Interval
interval_of(const PkVkColumn *column, const PkScalar *lo, gboolean lo_exclusive, const PkScalar *hi,
            gboolean hi_exclusive)
{
  Interval v = { G_MININT64, G_MAXINT64 };
  gint64 beyond;
  if (column->least > column->greatest)
    return (Interval){ 1, 0 };
  if (lo && !pk_vk_first_at(column, pk_vk_compare_scalar, lo, lo_exclusive ? 1 : 0, column->least, &v.lo))
    return (Interval){ 1, 0 };
  if (hi && pk_vk_first_at(column, pk_vk_compare_scalar, hi, hi_exclusive ? 0 : 1, column->greatest, &beyond)) {
    if (beyond == column->least)
      return (Interval){ 1, 0 };
    v.hi = beyond - 1;
  }
  return v;
}

static int
compare_intervals(const void *a, const void *b)
{
  gint64 x = ((const Interval *)a)->lo, y = ((const Interval *)b)->lo;
  return x < y ? -1 : x > y;
}

static void
init_list(PkVkPredicate *self, const PkPredicate *p, const PkVkColumn *column)
{
  Interval *list = g_new(Interval, p->n_values + 1);
  guint n = 0;
  for (guint i = 0; i < p->n_values; i++) {
    Interval v = interval_of(column, &p->values[i], FALSE, &p->values[i], FALSE);
    if (v.lo <= v.hi)
      list[n++] = v;
  }
  qsort(list, n, sizeof *list, compare_intervals);
  self->packed |= PK_PREDICATE_INTERVALS | (p->negated ? PK_PREDICATE_NEGATED : 0);
  self->args.n = n;
  self->table = (PkVkTable){ list, MAX(n, 1) * sizeof *list };
}

/* Kernels compare floats as they are: the values of the ordinals, which a column of floats has all. */
static void
set_float_bounds(PkVkPredicate *self, const PkVkColumn *column, Interval v)
{
  gboolean none = v.lo > v.hi || v.lo > column->greatest, only_nan = !(v.lo > v.hi) && v.lo > column->greatest;
  double lo = none ? INFINITY : pk_vk_ordinal_double(column, MAX(v.lo, column->least));
  double hi = none ? -INFINITY : pk_vk_ordinal_double(column, MIN(v.hi, column->greatest));
  self->args.lo64 = lo;
  self->args.hi64 = hi;
  self->args.lo32 = (float)lo;
  self->args.hi32 = (float)hi;
  if (only_nan || (!none && v.hi > column->greatest))
    self->packed |= PK_PREDICATE_NAN;
}

gboolean
pk_vk_predicate_init(PkVkPredicate *self, const PkPredicate *p, const PkVkColumn *column, guint slot, GError **error)
{
  memset(self, 0, sizeof *self);
  self->packed = pk_vk_column_pack(column, slot);
  switch (p->kind) {
  case PK_PRED_NULL:
    if (column->nullable) {
      self->packed |= PK_PREDICATE_NULL;
      return TRUE;
    }
    /* No row passes. A pipeline of which that is known from its constants is more than NVIDIA's compiler (580)
     * can take: it crashes over the code that is never reached. So an empty range is tested. */
    self->packed |= PK_PREDICATE_ONE;
    self->args.lo = 1;
    if (column->is_float)
      set_float_bounds(self, column, (Interval){ 1, 0 });
    return TRUE;
  case PK_PRED_NOT_NULL: self->packed |= PK_PREDICATE_NOT_NULL; return TRUE;
  case PK_PRED_IN: init_list(self, p, column); return TRUE;
  case PK_PRED_RANGE: break;
  }
  Interval v = interval_of(column, p->has_lo ? &p->lo : NULL, p->lo_exclusive, p->has_hi ? &p->hi : NULL,
                           p->hi_exclusive);
  self->packed |= PK_PREDICATE_ONE;
  self->args.lo = v.lo;
  self->args.hi = v.hi;
  if (column->is_float)
    set_float_bounds(self, column, v);
  return TRUE;
}

void
pk_vk_predicate_clear(PkVkPredicate *self)
{
  g_clear_pointer(&self->table.data, g_free);
}

/* --- steps: bins, edges, pixels --- */

typedef struct {
  const PkKey *key;
  const PkM4 *m4;
  double per_pixel;
  guint n;
} Steps;

/* -1 below the first bin, the bin, n beyond the last and for NaN: never falls as x rises. */
static gint64
place_of(const PkVkColumn *column, gint64 ordinal, gconstpointer data)
{
  const Steps *s = data;
  double x = pk_vk_ordinal_double(column, ordinal);
  if (isnan(x))
    return s->n;
  if (s->m4) {
    double pixel = floor((x - s->m4->x0) * s->per_pixel);
    return x < s->m4->x0 ? -1 : x > s->m4->x1 ? s->n : pixel >= s->n ? (gint64)s->n - 1 : (gint64)pixel;
  }
  if (s->key->kind == PK_KEY_BINS) {
    double v = 1e-14 + (x - s->key->start) / s->key->step;
    double end = s->key->start + s->key->step * s->key->count;
    return !(v >= 0) ? -1 : x > end ? s->n : floor(v) >= s->n ? (gint64)s->n - 1 : (gint64)floor(v);
  }
  guint lo = 0, hi = s->n + 1;
  while (lo < hi) {
    guint middle = (lo + hi) / 2;
    if (s->key->edges[middle] <= x)
      lo = middle + 1;
    else
      hi = middle;
  }
  gint64 bin = (gint64)lo - 1;
  return bin < (gint64)s->n ? bin : x == s->key->edges[s->n] ? (gint64)s->n - 1 : s->n;
}

/* How a kernel guesses the bin: by float arithmetic, whose answer is within `tolerance` of the true quotient. Of
 * wider columns the difference to the start is taken in double first. */
static void
set_guess(PkVkKey *self, double start, double inverse, guint n)
{
  gboolean small = (self->column->kind == PK_KIND_F32 || self->column->kind <= PK_KIND_I16) && self->column->divisor == 1;
  double narrow = 8 * 0x1p-24 * (n + 4.0 + 2 * fabs(start * inverse));
  double wide = 8 * 0x1p-24 * (n + 4.0) + 8 * 0x1p-53 * (n + 4.0 + 2 * fabs(start * inverse));
  gboolean fits = isnormal(inverse) && isnormal((float)inverse) && n / inverse < 1e38 && n < 1u << 20;
  self->args.start = start;
  self->args.inverse32 = (float)inverse;
  self->args.start32 = (float)start;
  if (fits && small && isfinite((float)start) && narrow < 0.05) {
    self->packed |= PK_KEY_GUESS32;
    self->args.tolerance32 = (float)narrow;
  } else if (fits && !small && wide < 0.05) {
    self->packed |= PK_KEY_GUESS64;
    self->args.tolerance32 = (float)wide;
  }
}

/* Where the bins begin that the column's values reach at all. */
static void
fill_steps(PkVkKey *self, const Steps *steps)
{
  gint64 *table = g_new0(gint64, (gsize)steps->n + 1), beyond;
  const PkVkColumn *column = self->column;
  guint reached = 0;
  for (; reached < steps->n; reached++) {
    double x = steps->m4 ? steps->m4->x0 + reached / steps->per_pixel
               : steps->key->kind == PK_KEY_BINS ? steps->key->start + steps->key->step * reached
                                                 : steps->key->edges[reached];
    if (!pk_vk_first_at(column, place_of, steps, reached, pk_vk_ordinal_near(column, x), &table[reached]))
      break;
  }
  self->packed |= PK_KEY_SHIFT(PK_KEY_FORM_STEPS);
  self->table = (PkVkTable){ table, ((gsize)steps->n + 1) * sizeof *table };
  self->args.n = MAX(reached, 1);
  self->args.base = reached ? table[0] : G_MAXINT64;
  self->args.last = reached ? G_MAXINT64 : G_MININT64;
  if (reached && pk_vk_first_at(column, place_of, steps, steps->n, column->greatest, &beyond))
    self->args.last = beyond - 1;
  self->n_codes = steps->n;
  if (!column->is_float)
    return;
  self->args.lo64 = reached ? pk_vk_ordinal_double(column, table[0]) : INFINITY;
  self->args.hi64 = reached ? pk_vk_ordinal_double(column, MIN(self->args.last, column->greatest)) : -INFINITY;
  self->args.lo32 = (float)self->args.lo64;
  self->args.hi32 = (float)self->args.hi64;
}

static gboolean
init_steps(PkVkKey *self, const Steps *steps, GError **error)
{
  if (steps->n > MAX_STEPS)
    return pk_fail(error, PK_ERROR_LIMIT, "%u bins on one axis are more than the device's tables hold", steps->n);
  fill_steps(self, steps);
  if (steps->m4)
    set_guess(self, steps->m4->x0, steps->per_pixel, steps->n);
  else if (steps->key->kind == PK_KEY_BINS)
    set_guess(self, steps->key->start, 1.0 / steps->key->step, steps->n);
  return TRUE;
}

/* --- tables of small integer ranges, and clocks --- */

static PkVkKeyValue
value_of_int(const PkVkKey *self, __int128 value)
{
  const PkKey *key = self->key;
  PkVkKeyValue result = { FALSE, 0 };
  if (key->kind == PK_KEY_TIME) {
    result.is_null = !pk_time_bucket(self->column->source->type, key, value, &result.ordinal);
    return result;
  }
  double x = pk_type_int_to_double(self->column->source->type, value);
  result.ordinal = pk_vk_order_double(floor((x - key->start) / key->step) * key->scale + key->offset);
  return result;
}

static void
init_table(PkVkKey *self, guint64 range)
{
  const PkVkColumn *column = self->column;
  g_autofree gint64 *known = g_new(gint64, range), *all = g_new(gint64, range);
  g_autofree guint8 *nulls = g_new0(guint8, range);
  guint32 *codes = g_new(guint32, range), n_values = 0;
  gsize n_known = 0;
  for (guint64 i = 0; i < range; i++) {
    PkVkKeyValue v = value_of_int(self, pk_vk_ordinal_int(column, column->least + (gint64)i));
    nulls[i] = (guint8)v.is_null;
    all[i] = v.ordinal;
    if (!v.is_null)
      known[n_known++] = v.ordinal;
    self->has_null = self->has_null || v.is_null;
  }
  self->values = pk_ordinals_distinct(known, n_known, &n_values);
  for (guint64 i = 0; i < range; i++)
    codes[i] = nulls[i] ? n_values : pk_ordinals_find(self->values, n_values, all[i]);
  self->packed |= PK_KEY_SHIFT(PK_KEY_FORM_TABLE);
  self->args.base = column->least;
  self->table = (PkVkTable){ codes, range * sizeof *codes };
  self->n_codes = n_values;
}

static __int128
floor_div(__int128 a, __int128 b)
{
  return a / b - (a % b < 0);
}

/* Every unit keeps or drops fields of the date and fields of the clock apart from each other, so the start of
 * a bucket is that of the day plus what the clock adds to it. */
static gboolean
init_clock(PkVkKey *self, GError **error)
{
  const PkVkColumn *column = self->column;
  PkType type = column->source->type;
  gint64 per_second = type.kind == PK_TYPE_DATE ? 0 : pk_type_unit_per_second(type.unit);
  gint64 per_day = per_second * 86400;
  gint64 first = per_day ? (gint64)floor_div(column->least, per_day) : 0;
  gint64 last = per_day ? (gint64)floor_div(column->greatest, per_day) : MAX_DAYS;
  if (last - first >= MAX_DAYS)
    return pk_fail(error, PK_ERROR_LIMIT, "column \"%s\" spans more days than the device's calendar holds",
                   column->source->name);
  gsize n_days = (gsize)(last - first) + 1;
  g_autofree gint64 *days = g_new(gint64, n_days), *seconds = g_new(gint64, 86400);
  gint64 midnight, end;
  gboolean ok = pk_time_bucket(type, self->key, 0, &midnight);
  for (gsize i = 0; i < n_days && ok; i++) {
    __int128 day = (__int128)(first + (gint64)i) * per_day;
    ok = pk_time_bucket(type, self->key, day, &days[i]) && pk_time_bucket(type, self->key, day + per_day - 1, &end);
  }
  for (guint i = 0; i < 86400 && ok; i++) {
    ok = pk_time_bucket(type, self->key, (__int128)i * per_second, &seconds[i]);
    seconds[i] -= midnight;
  }
  if (!ok)
    return pk_fail(error, PK_ERROR_LIMIT, "column \"%s\" leaves the calendar that the device's tables hold",
                   column->source->name);
  guint32 n1, n2, *table = g_new(guint32, n_days), *table2 = g_new(guint32, 86400);
  self->values = pk_ordinals_distinct(days, n_days, &n1);
  self->values2 = pk_ordinals_distinct(seconds, 86400, &n2);
  for (gsize i = 0; i < n_days; i++)
    table[i] = pk_ordinals_find(self->values, n1, days[i]);
  for (guint i = 0; i < 86400; i++)
    table2[i] = pk_ordinals_find(self->values2, n2, seconds[i]);
  self->packed |= PK_KEY_SHIFT(PK_KEY_FORM_CLOCK);
  self->table = (PkVkTable){ table, n_days * sizeof *table };
  self->table2 = (PkVkTable){ table2, 86400 * sizeof *table2 };
  self->args.base = first;
  self->args.per_day = per_day;
  self->args.per_second = per_second;
  self->args.n = n2;
  self->n_codes = (guint64)n1 * n2;
  return TRUE;
}

/* --- keys --- */

static void
init_offset(PkVkKey *self, guint64 n)
{
  self->packed |= PK_KEY_SHIFT(PK_KEY_FORM_OFFSET);
  self->args.base = self->column->least;
  self->n_codes = n > 0 || self->has_null ? n : 1; /* a key without values still has a code */
}

static void
init_words(PkVkKey *self)
{
  gboolean is_floor = self->key->kind == PK_KEY_FLOOR;
  self->packed |= PK_KEY_SHIFT(is_floor ? PK_KEY_FORM_FLOOR : PK_KEY_FORM_VALUE);
  self->args.start = self->key->start;
  self->args.inverse = self->key->step;
  self->args.scale = self->key->scale;
  self->args.offset = self->key->offset;
}

static gboolean
init_form(PkVkKey *self, gint64 rows, GError **error)
{
  const PkVkColumn *column = self->column;
  const PkKey *key = self->key;
  gboolean is_small = !column->is_float && column->least <= column->greatest;
  guint64 range = is_small ? (guint64)column->greatest - (guint64)column->least : 0; /* less one */
  guint64 worth = MAX((guint64)rows, 4096);

  if (key->kind == PK_KEY_BINS || key->kind == PK_KEY_EDGES) {
    Steps steps = { .key = key, .n = key->count };
    return init_steps(self, &steps, error);
  }
  if (column->least > column->greatest) {
    init_offset(self, 0); /* only NULL, or nothing */
    return TRUE;
  }
  if (key->kind == PK_KEY_VALUE && is_small && range < MIN(MAX_OFFSETS, worth * 4)) {
    init_offset(self, range + 1);
    return TRUE;
  }
  if (key->kind != PK_KEY_VALUE && is_small &&
      range < (column->source->type.kind == PK_TYPE_DATE ? (guint64)MAX_DAYS : MIN(MAX_TABLE, worth))) {
    init_table(self, range + 1);
    return TRUE;
  }
  if (key->kind == PK_KEY_TIME)
    return init_clock(self, error);
  init_words(self);
  return TRUE;
}

static void
begin(PkVkKey *self, const PkKey *key, const PkVkColumn *column, guint slot)
{
  memset(self, 0, sizeof *self);
  self->key = key;
  self->column = column;
  self->slot = slot;
  self->packed = pk_vk_column_pack(column, slot);
  self->args.divisor = column->divisor;
}

static void
finish(PkVkKey *self)
{
  self->packed |= self->has_null ? PK_KEY_KEEPS_NULL : 0;
  self->n_codes += self->has_null && (PK_KEY_FORM(self->packed) < PK_KEY_FORM_VALUE) ? 1 : 0;
  self->args.n_codes = (guint32)self->n_codes;
}

gboolean
pk_vk_key_init(PkVkKey *self, const PkKey *key, const PkVkColumn *column, guint slot, gint64 rows, GError **error)
{
  begin(self, key, column, slot);
  self->has_null = column->nullable && key->kind != PK_KEY_BINS && key->kind != PK_KEY_EDGES;
  if (!init_form(self, rows, error))
    return FALSE;
  finish(self);
  return TRUE;
}

gboolean
pk_vk_key_init_pixel(PkVkKey *self, const PkM4 *m4, const PkVkColumn *column, guint slot, GError **error)
{
  Steps steps = { .m4 = m4, .n = m4->n, .per_pixel = m4->n / (m4->x1 - m4->x0) };
  begin(self, NULL, column, slot);
  if (!init_steps(self, &steps, error))
    return FALSE;
  finish(self);
  return TRUE;
}

void
pk_vk_key_clear(PkVkKey *self)
{
  g_clear_pointer(&self->table.data, g_free);
  g_clear_pointer(&self->table2.data, g_free);
  g_clear_pointer(&self->values, g_free);
  g_clear_pointer(&self->values2, g_free);
}

/* --- back to values --- */

PkVkKeyValue
pk_vk_key_of_code(const PkVkKey *self, guint64 code)
{
  if (self->has_null && code + 1 == self->n_codes)
    return (PkVkKeyValue){ TRUE, 0 };
  switch (PK_KEY_FORM(self->packed)) {
  case PK_KEY_FORM_OFFSET: return (PkVkKeyValue){ FALSE, self->column->least + (gint64)code };
  case PK_KEY_FORM_TABLE: return (PkVkKeyValue){ FALSE, self->values[code] };
  case PK_KEY_FORM_CLOCK:
    return (PkVkKeyValue){ FALSE, self->values[code / self->args.n] + self->values2[code % self->args.n] };
  default: return (PkVkKeyValue){ FALSE, (gint64)code };
  }
}

PkVkKeyValue
pk_vk_key_of_row(const PkVkKey *self, gint64 row)
{
  const PkColumn *source = self->column->source;
  const PkKey *key = self->key;
  if (pk_column_is_null(source, row))
    return (PkVkKeyValue){ TRUE, 0 };
  gint64 ordinal = pk_vk_ordinal_at(self->column, row);
  if (!key || key->kind == PK_KEY_BINS || key->kind == PK_KEY_EDGES) {
    const gint64 *table = self->table.data;
    guint lo = 0, hi = self->args.n;
    while (lo < hi) {
      guint middle = (lo + hi) / 2;
      if (table[middle] <= ordinal)
        lo = middle + 1;
      else
        hi = middle;
    }
    return (PkVkKeyValue){ FALSE, (gint64)lo - 1 };
  }
  if (key->kind == PK_KEY_VALUE)
    return (PkVkKeyValue){ FALSE, ordinal };
  if (!self->column->is_float)
    return value_of_int(self, pk_vk_ordinal_int(self->column, ordinal));
  double x = pk_column_get_double(source, row);
  return (PkVkKeyValue){ FALSE,
                         pk_vk_order_double(floor((x - key->start) / key->step) * key->scale + key->offset) };
}
