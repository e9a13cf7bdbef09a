#include "pk-cpu-key.h"

#include "pk-ordinals.h"
#include "pk-timeunit.h"

#include <math.h>
#include <string.h>

#define MAX_CODES ((guint64)1 << 28) /* of one key */
#define MAX_TABLE ((guint64)1 << 17)
#define MAX_DAYS ((guint64)1 << 22)

/* --- tables --- */

/* The ordinal of a TIME or FLOOR key for an integer value; FALSE: NULL. */
static gboolean
ordinal_of(const PkCpuKey *self, __int128 value, gint64 *ordinal)
{
  const PkKey *key = self->key;
  if (key->kind == PK_KEY_TIME)
    return pk_time_bucket(self->source->type, key, value, ordinal);
  double x = pk_type_int_to_double(self->source->type, value);
  *ordinal = pk_cpu_order_double(floor((x - key->start) / key->step) * key->scale + key->offset);
  return TRUE;
}

static guint32
bin_of_int(const PkCpuKey *self, __int128 value)
{
  double x = pk_type_int_to_double(self->source->type, value);
  guint32 code;
  if (self->key->kind == PK_KEY_BINS) {
    PkCpuKey exact = *self;
    exact.tolerance = 1;
    pk_cpu_bin_codes(&exact, PK_PHYS_F64, &x, 1, &code);
  } else {
    pk_cpu_edge_codes(self, &x, 1, &code);
  }
  return code;
}

static void
make_table(PkCpuKey *self)
{
  self->table = g_new0(guint32, self->range);
  if (self->key->kind == PK_KEY_BINS || self->key->kind == PK_KEY_EDGES) {
    for (guint64 i = 0; i < self->range; i++)
      self->table[i] = bin_of_int(self, self->base + i);
    return;
  }
  g_autofree gint64 *ordinals = g_new0(gint64, self->range);
  g_autofree gint64 *known = g_new0(gint64, self->range);
  guint64 n_known = 0;
  for (guint64 i = 0; i < self->range; i++) {
    self->table[i] = ordinal_of(self, self->base + i, &ordinals[i]);
    if (self->table[i])
      known[n_known++] = ordinals[i];
    else
      self->nullable = TRUE;
  }
  self->values = pk_ordinals_distinct(known, n_known, &self->n_values);
  for (guint64 i = 0; i < self->range; i++)
    self->table[i] = (self->table[i] ? pk_ordinals_find(self->values, self->n_values, ordinals[i])
                      : self->n_values) + 1;
  self->n_codes = self->n_values + (self->nullable ? 1 : 0);
}

/* --- time of day and day apart --- */

static gint64
units_per_second(PkType type)
{
  return type.kind == PK_TYPE_DATE ? 0 : pk_type_unit_per_second(type.unit);
}

static __int128
floor_div(__int128 a, __int128 b)
{
  return a / b - (a % b < 0);
}

/* Every unit keeps or drops fields of the date and fields of the clock apart from each other, so the start
 * of a bucket is that of the day plus what the clock adds to it. FALSE where that leads to no small tables. */
static gboolean
make_clock(PkCpuKey *self)
{
  const PkColumnStats *stats = &self->source->stats;
  gint64 per_second = units_per_second(self->source->type);
  if (per_second == 0 || self->key->time_units & PK_TIME_MILLISECONDS)
    return FALSE;
  __int128 per_day = (__int128)per_second * 86400;
  __int128 first = floor_div(stats->min_int, per_day), last = floor_div(stats->max_int, per_day);
  if (last - first >= (__int128)MAX_DAYS)
    return FALSE;

  guint64 n_days = (guint64)(last - first) + 1;
  g_autofree gint64 *days = g_new(gint64, n_days);
  g_autofree gint64 *seconds = g_new(gint64, 86400);
  gint64 midnight, start;
  for (guint64 i = 0; i < n_days; i++)
    if (!pk_time_bucket(self->source->type, self->key, (first + i) * per_day, &days[i]) ||
        !pk_time_bucket(self->source->type, self->key, (first + i + 1) * per_day - 1, &start))
      return FALSE;
  for (guint i = 0; i < 86400; i++) {
    if (!pk_time_bucket(self->source->type, self->key, (__int128)i * per_second, &start) ||
        !pk_time_bucket(self->source->type, self->key, 0, &midnight))
      return FALSE;
    seconds[i] = start - midnight;
  }

  self->kind = PK_CPU_KEY_CLOCK;
  self->base = first;
  self->range = n_days;
  self->units_per_day = (gint64)per_day;
  self->units_per_second = per_second;
  self->values = pk_ordinals_distinct(days, n_days, &self->n_values);
  self->values_second = pk_ordinals_distinct(seconds, 86400, &self->n_values_second);
  self->table = g_new(guint32, n_days);
  self->table_second = g_new(guint32, 86400);
  for (guint64 i = 0; i < n_days; i++)
    self->table[i] = pk_ordinals_find(self->values, self->n_values, days[i]);
  for (guint i = 0; i < 86400; i++)
    self->table_second[i] = pk_ordinals_find(self->values_second, self->n_values_second, seconds[i]);
  self->n_codes = (guint64)self->n_values * self->n_values_second + (self->nullable ? 1 : 0);
  if (self->n_codes > MAX_CODES) { /* the tables still spare the calendar */
    self->kind = PK_CPU_KEY_CLOCK_WORD;
    self->n_codes = 0;
    self->n_words = 1;
  }
  return TRUE;
}

/* --- init --- */

static void
init_bins(PkCpuKey *self)
{
  const PkKey *key = self->key;
  self->count = key->count;
  self->n_codes = key->count;
  self->kind = key->kind == PK_KEY_BINS ? PK_CPU_KEY_BINS : PK_CPU_KEY_EDGES;
  if (key->kind == PK_KEY_EDGES)
    return;
  self->start = key->start;
  self->step = key->step;
  self->end = key->start + key->step * key->count;
  self->inverse = 1.0 / key->step;
  /* The quotient by the reciprocal is within 3 half-units in the last place of the true one; 2 is added to
   * it, and the definition adds 1e-14. */
  self->tolerance = 1e-13 + 1e-15 * (key->count + 4.0);
  /* In floats start, the difference, the reciprocal, the product and the sum are each rounded by 2^-24 of what
   * is at most the number of bins, or of start itself in bins. */
  double most = 8 * 0x1p-24 * (key->count + 4.0 + 2 * fabs(key->start * self->inverse));
  gboolean fits = isnormal((float)self->inverse) && key->count < (guint)1 << 20 && most < 0.01;
  self->tolerance_narrow = fits ? (float)most : 1;
  if (!isnormal(self->inverse) || !isnormal(self->step) || key->count > (guint)1 << 30)
    self->tolerance = 1;
}

static void
init_words(PkCpuKey *self)
{
  gboolean fits = pk_cpu_fits_order(self->source);
  self->n_words = 1;
  switch (self->key->kind) {
  case PK_KEY_FLOOR: self->kind = PK_CPU_KEY_FLOOR; break;
  case PK_KEY_TIME: self->kind = PK_CPU_KEY_TIME; self->nullable = TRUE; break;
  default:
    self->kind = fits ? PK_CPU_KEY_WORD : PK_CPU_KEY_WIDE;
    self->n_words = fits ? 1 : 2;
    break;
  }
}

static void
init_offset(PkCpuKey *self, __int128 base, guint64 range)
{
  self->kind = PK_CPU_KEY_OFFSET;
  self->base = base;
  self->range = MAX(range, 1);
  self->n_codes = range + (self->nullable ? 1 : 0);
}

static void
init_text(PkCpuKey *self)
{
  guint32 n = pk_dictionary_size(self->source->dictionary);
  const guint32 *ranks = pk_dictionary_get_ranks(self->source->dictionary);
  self->ranks_inverse = g_new(guint32, MAX(n, 1));
  for (guint32 i = 0; i < n; i++)
    self->ranks_inverse[ranks[i]] = i;
  init_offset(self, 0, n);
}

void
pk_cpu_key_init(PkCpuKey *self, const PkKey *key, guint column, const PkColumn *source, gint64 rows)
{
  const PkColumnStats *stats = &source->stats;
  gboolean is_int = source->physical < PK_PHYS_F32;
  gboolean drops = key->kind == PK_KEY_BINS || key->kind == PK_KEY_EDGES;
  guint64 worth = MAX((guint64)rows, 4096); /* entries that a table may have */

  memset(self, 0, sizeof *self);
  self->key = key;
  self->column = column;
  self->source = source;
  self->is_float = key->kind == PK_KEY_FLOOR || (key->kind == PK_KEY_VALUE && !is_int);
  self->nullable = !drops && stats->null_count > 0;

  if (source->dictionary) {
    init_text(self);
    return;
  }
  if (drops)
    init_bins(self);
  if (!stats->has_range && !drops && stats->nan_count == 0) {
    init_offset(self, 0, 0); /* only NULL, or nothing */
    return;
  }
  __int128 span = 0;
  gboolean is_small = is_int && stats->has_range && !__builtin_sub_overflow(stats->max_int, stats->min_int,
      &span);
  if (is_small && key->kind == PK_KEY_VALUE && span < (__int128)MIN(MAX_CODES, worth * 4)) {
    init_offset(self, stats->min_int, (guint64)span + 1);
  } else if (is_small && key->kind != PK_KEY_VALUE && span < (__int128)MIN(MAX_TABLE, worth)) {
    self->kind = PK_CPU_KEY_TABLE;
    self->base = stats->min_int;
    self->range = (guint64)span + 1;
    make_table(self);
  } else if (!drops && !(key->kind == PK_KEY_TIME && is_small && make_clock(self))) {
    init_words(self);
  }
}

void
pk_cpu_key_init_pixel(PkCpuKey *self, const PkM4 *m4, const PkColumn *source)
{
  memset(self, 0, sizeof *self);
  self->kind = PK_CPU_KEY_PIXEL;
  self->column = m4->x;
  self->source = source;
  self->start = m4->x0;
  self->end = m4->x1;
  self->inverse = m4->n / (m4->x1 - m4->x0);
  self->count = m4->n;
  self->n_codes = m4->n;
}

void
pk_cpu_key_clear(PkCpuKey *self)
{
  g_free(self->table);
  g_free(self->table_second);
  g_free(self->values);
  g_free(self->values_second);
  g_free(self->ranks_inverse);
}

/* --- running --- */

void
pk_cpu_key_codes(PkCpuContext *context, const PkCpuKey *self, guint32 *out)
{
  guint n = context->block.n;
  PkPhysical physical = self->source->physical;
  const void *data = pk_cpu_data(context, self->column);

  switch (self->kind) {
  case PK_CPU_KEY_OFFSET:
  case PK_CPU_KEY_TABLE:
    if (self->source->stats.has_range || self->source->dictionary)
      pk_cpu_offset_codes(physical, data, n, self->base, self->range, out);
    else
      memset(out, 0, n * sizeof *out); /* all NULL */
    if (self->kind == PK_CPU_KEY_TABLE)
      pk_cpu_table_codes(self->table, n, out);
    break;
  case PK_CPU_KEY_BINS:
    if (physical == PK_PHYS_F32)
      pk_cpu_bin_codes(self, physical, data, n, out);
    else
      pk_cpu_bin_codes(self, PK_PHYS_F64, pk_cpu_doubles(context, self->column), n, out);
    break;
  case PK_CPU_KEY_EDGES: pk_cpu_edge_codes(self, pk_cpu_doubles(context, self->column), n, out); break;
  case PK_CPU_KEY_PIXEL: pk_cpu_pixel_codes(self, pk_cpu_doubles(context, self->column), n, out); break;
  case PK_CPU_KEY_CLOCK: pk_cpu_clock_codes(self, pk_cpu_orders(context, self->column), n, out); break;
  default: g_assert_not_reached();
  }
  const guint8 *valid = pk_cpu_valid(context, self->column, context->valid_a);
  if (valid)
    pk_cpu_select_codes(out, valid, self->nullable ? (guint32)self->n_codes : 0, n);
}

static void
floor_words(const PkKey *key, const double *x, guint n, guint64 *words)
{
  for (guint i = 0; i < n; i++)
    words[i] =
      (guint64)pk_cpu_order_double(floor((x[i] - key->start) / key->step) * key->scale + key->offset);
}

/* Row by row; times come in order more often than not, so the last one's answer is kept. */
static void
time_words(PkCpuContext *context, const PkCpuKey *self, guint64 *words, guint64 *nulls, guint bit)
{
  const gint64 *narrow = pk_cpu_fits_order(self->source) ? pk_cpu_orders(context, self->column) : NULL;
  const __int128 *wide = narrow ? NULL : pk_cpu_wides(context, self->column);
  __int128 last = 0;
  gint64 start = 0;
  gboolean known = FALSE, have = FALSE;

  for (guint i = 0; i < context->block.n; i++) {
    __int128 value = narrow ? narrow[i] : wide[i];
    if (!have || value != last) {
      known = pk_time_bucket(self->source->type, self->key, value, &start);
      last = value;
      have = TRUE;
    }
    words[i] = known ? (guint64)start : 0;
    if (!known)
      nulls[i] |= (guint64)1 << bit;
  }
}

void
pk_cpu_key_words(PkCpuContext *context, const PkCpuKey *self, guint64 *words, guint64 *words_high,
                 guint64 *nulls, guint bit)
{
  guint n = context->block.n;
  switch (self->kind) {
  case PK_CPU_KEY_WORD:
    memcpy(words, pk_cpu_orders(context, self->column), n * sizeof *words);
    break;
  case PK_CPU_KEY_WIDE: {
    const __int128 *v = pk_cpu_wides(context, self->column);
    for (guint i = 0; i < n; i++) {
      words[i] = (guint64)v[i];
      words_high[i] = (guint64)(v[i] >> 64);
    }
    break;
  }
  case PK_CPU_KEY_FLOOR: floor_words(self->key, pk_cpu_doubles(context, self->column), n, words); break;
  case PK_CPU_KEY_TIME: time_words(context, self, words, nulls, bit); break;
  case PK_CPU_KEY_CLOCK_WORD:
    pk_cpu_clock_words(self, pk_cpu_orders(context, self->column), n, words);
    break;
  default: g_assert_not_reached();
  }

  const guint8 *valid = pk_cpu_valid(context, self->column, context->valid_a);
  for (guint i = 0; valid && i < n; i++) {
    if (valid[i])
      continue;
    words[i] = 0;
    if (words_high)
      words_high[i] = 0;
    nulls[i] |= (guint64)1 << bit;
  }
}

gboolean
pk_cpu_key_code_is_null(const PkCpuKey *self, guint32 code)
{
  return self->nullable && code == self->n_codes - 1;
}

__int128
pk_cpu_key_code_ordinal(const PkCpuKey *self, guint32 code)
{
  switch (self->kind) {
  case PK_CPU_KEY_OFFSET:
    if (self->source->dictionary)
      return pk_dictionary_get_ranks(self->source->dictionary)[code];
    return self->base + code;
  case PK_CPU_KEY_TABLE:
    return self->values ? self->values[code] : code;
  case PK_CPU_KEY_CLOCK:
    return (__int128)self->values[code / self->n_values_second] +
           self->values_second[code % self->n_values_second];
  default:
    return code;
  }
}
