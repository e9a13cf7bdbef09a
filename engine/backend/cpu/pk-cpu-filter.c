#include "pk-cpu-filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INT128_MAX ((__int128)(((unsigned __int128)1 << 127) - 1))
#define INT128_MIN (-INT128_MAX - 1)

/* --- compiling --- */

__int128
pk_cpu_first_int(PkType type, double d, gboolean above)
{
  /* The double of an integer does not fall as the integer grows, so halving finds the place. */
  __int128 lo = INT128_MIN, hi = INT128_MAX;
  while (lo < hi) {
    __int128 middle = (lo >> 1) + (hi >> 1) + (lo & hi & 1);
    double value = pk_type_int_to_double(type, middle);
    if (above ? value > d : value >= d)
      hi = middle;
    else
      lo = middle + 1;
  }
  return lo;
}

/* The integers that are, as doubles, in [lo, hi] or equal to a scalar. */
static PkCpuRange
scalar_range(PkType type, const PkScalar *scalar)
{
  PkCpuRange none = { 1, 0 };
  if (scalar->kind != PK_SCALAR_DOUBLE)
    return (PkCpuRange){ scalar->i, scalar->i };
  if (isnan(scalar->d) || isinf(scalar->d))
    return none;
  __int128 first = pk_cpu_first_int(type, scalar->d, FALSE);
  __int128 past = pk_cpu_first_int(type, scalar->d, TRUE);
  if (pk_type_int_to_double(type, first) != scalar->d)
    return none;
  /* past may be the end of the integers itself. */
  gboolean to_end = pk_type_int_to_double(type, past) == scalar->d;
  return (PkCpuRange){ first, to_end ? past : past - 1 };
}

/* The integers a range predicate lets pass; lo > hi: none. */
static PkCpuRange
predicate_range(PkType type, const PkPredicate *p)
{
  PkCpuRange range = { INT128_MIN, INT128_MAX };
  PkCpuRange none = { 1, 0 };
  if (p->has_lo && p->lo.kind == PK_SCALAR_DOUBLE) {
    range.lo = pk_cpu_first_int(type, p->lo.d, p->lo_exclusive);
    double first = pk_type_int_to_double(type, range.lo);
    if (p->lo_exclusive ? !(first > p->lo.d) : !(first >= p->lo.d))
      return none;
  } else if (p->has_lo) {
    if (p->lo_exclusive && p->lo.i == INT128_MAX)
      return none;
    range.lo = p->lo.i + (p->lo_exclusive ? 1 : 0);
  }
  if (p->has_hi && p->hi.kind == PK_SCALAR_DOUBLE) {
    /* The last one that passes is before the first that is beyond the bound. */
    __int128 past = pk_cpu_first_int(type, p->hi.d, !p->hi_exclusive);
    double at = pk_type_int_to_double(type, past);
    gboolean is_past = p->hi_exclusive ? at >= p->hi.d : at > p->hi.d;
    if (is_past && past == INT128_MIN)
      return none;
    range.hi = is_past ? past - 1 : past;
  } else if (p->has_hi) {
    if (p->hi_exclusive && p->hi.i == INT128_MIN)
      return none;
    range.hi = p->hi.i - (p->hi_exclusive ? 1 : 0);
  }
  return range;
}

static int
compare_ranges(const void *a, const void *b)
{
  const PkCpuRange *x = a, *y = b;
  return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static void
add_range(PkCpuFilter *self, PkCpuRange range)
{
  if (range.lo <= range.hi)
    self->ranges[self->n_ranges++] = range;
}

/* Sorts and joins the ranges; negated: takes their complement. */
static void
settle_ranges(PkCpuFilter *self, gboolean negated)
{
  guint n = 0;
  qsort(self->ranges, self->n_ranges, sizeof *self->ranges, compare_ranges);
  for (guint i = 0; i < self->n_ranges; i++) {
    PkCpuRange range = self->ranges[i];
    if (n > 0 && (self->ranges[n - 1].hi == INT128_MAX || range.lo <= self->ranges[n - 1].hi + 1))
      self->ranges[n - 1].hi = MAX(self->ranges[n - 1].hi, range.hi);
    else
      self->ranges[n++] = range;
  }
  self->n_ranges = n;
  if (!negated)
    return;
  PkCpuRange *others = g_new(PkCpuRange, n + 1);
  __int128 from = INT128_MIN;
  gboolean open = TRUE;
  self->n_ranges = 0;
  for (guint i = 0; i < n; i++) {
    if (self->ranges[i].lo > from)
      others[self->n_ranges++] = (PkCpuRange){ from, self->ranges[i].lo - 1 };
    open = self->ranges[i].hi != INT128_MAX;
    if (open)
      from = self->ranges[i].hi + 1;
  }
  if (open)
    others[self->n_ranges++] = (PkCpuRange){ from, INT128_MAX };
  g_free(self->ranges);
  self->ranges = others;
}

static gboolean
in_ranges(const PkCpuFilter *self, __int128 value)
{
  guint lo = 0, hi = self->n_ranges;
  while (lo < hi) {
    guint middle = (lo + hi) / 2;
    if (value > self->ranges[middle].hi)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo < self->n_ranges && value >= self->ranges[lo].lo;
}

static void
make_int_table(PkCpuFilter *self, PkPhysical physical)
{
  guint n = pk_physical_size(physical) == 1 ? 256 : 65536;
  self->kind = PK_CPU_FILTER_LUT;
  self->table = g_malloc(n);
  for (guint i = 0; i < n; i++) {
    int value = physical == PK_PHYS_I8 ? (gint8)i : physical == PK_PHYS_I16 ? (gint16)i : (int)i;
    self->table[i] = (guint8)in_ranges(self, value);
  }
}

static void
init_ints(PkCpuFilter *self, const PkPredicate *p, const PkColumn *column)
{
  gsize size = pk_physical_size(column->physical);
  self->kind = PK_CPU_FILTER_INTS;
  self->ranges = g_new(PkCpuRange, MAX(p->n_values, 1));
  if (p->kind == PK_PRED_RANGE) {
    add_range(self, predicate_range(column->type, p));
  } else {
    for (guint i = 0; i < p->n_values; i++)
      add_range(self, scalar_range(column->type, &p->values[i]));
    settle_ranges(self, p->negated);
  }
  if (self->n_ranges > 1 && size <= 2)
    make_int_table(self, column->physical);
}

static int
compare_text(const char *text, gsize length, const char *bound)
{
  gsize bound_length = strlen(bound);
  int order = memcmp(text, bound, MIN(length, bound_length));
  return order != 0 ? order : (length > bound_length) - (length < bound_length);
}

static gboolean
text_passes(const PkPredicate *p, const char *text, gsize length)
{
  if (p->kind == PK_PRED_IN) {
    gboolean found = FALSE;
    for (guint i = 0; i < p->n_values && !found; i++)
      found = compare_text(text, length, p->values[i].text) == 0;
    return found != p->negated;
  }
  if (p->has_lo) {
    int order = compare_text(text, length, p->lo.text);
    if (order < 0 || (order == 0 && p->lo_exclusive))
      return FALSE;
  }
  if (p->has_hi) {
    int order = compare_text(text, length, p->hi.text);
    if (order > 0 || (order == 0 && p->hi_exclusive))
      return FALSE;
  }
  return TRUE;
}

/* Texts are compared once each, rows by their code. */
static void
init_text(PkCpuFilter *self, const PkPredicate *p, const PkColumn *column)
{
  guint32 n = pk_dictionary_size(column->dictionary);
  self->kind = PK_CPU_FILTER_LUT;
  self->table = g_malloc0(MAX(n, 1));
  for (guint32 code = 0; code < n; code++) {
    gsize length;
    const char *text = pk_dictionary_get(column->dictionary, code, &length);
    self->table[code] = (guint8)text_passes(p, text, length);
  }
}

static double
scalar_double(const PkScalar *scalar)
{
  return scalar->kind == PK_SCALAR_DOUBLE ? scalar->d : (double)scalar->i;
}

static int
compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static gboolean
init_floats(PkCpuFilter *self, const PkPredicate *p)
{
  if (p->kind == PK_PRED_IN) {
    self->kind = PK_CPU_FILTER_FLOAT_LIST;
    self->negated = p->negated;
    self->list = g_new(double, MAX(p->n_values, 1));
    for (guint i = 0; i < p->n_values; i++) {
      double d = scalar_double(&p->values[i]);
      if (isnan(d))
        self->nan_passes = TRUE;
      else
        self->list[self->n_list++] = d;
    }
    qsort(self->list, self->n_list, sizeof(double), compare_doubles);
    return TRUE;
  }
  self->kind = PK_CPU_FILTER_FLOATS;
  self->lo = -INFINITY;
  self->hi = INFINITY;
  self->nan_passes = !p->has_hi; /* NaN is greater than every number */
  if (p->has_lo) {
    self->lo = scalar_double(&p->lo);
    if (p->lo_exclusive && self->lo == INFINITY)
      self->hi = -INFINITY; /* NaN only */
    else if (p->lo_exclusive)
      self->lo = nextafter(self->lo, INFINITY);
  }
  if (p->has_hi) {
    double hi = scalar_double(&p->hi);
    if (p->hi_exclusive && hi == -INFINITY)
      return FALSE;
    self->hi = MIN(self->hi, p->hi_exclusive ? nextafter(hi, -INFINITY) : hi);
  }
  return TRUE;
}

gboolean
pk_cpu_filter_init(PkCpuFilter *self, const PkPredicate *predicate, const PkColumn *column)
{
  memset(self, 0, sizeof *self);
  self->column = predicate->column;
  if (predicate->kind == PK_PRED_NULL || predicate->kind == PK_PRED_NOT_NULL) {
    self->kind = predicate->kind == PK_PRED_NULL ? PK_CPU_FILTER_NULL : PK_CPU_FILTER_NOT_NULL;
    return TRUE;
  }
  if (column->dictionary) {
    init_text(self, predicate, column);
    return TRUE;
  }
  if (column->physical >= PK_PHYS_F32)
    return init_floats(self, predicate);
  init_ints(self, predicate, column);
  return self->n_ranges > 0;
}

void
pk_cpu_filter_clear(PkCpuFilter *self)
{
  g_free(self->ranges);
  g_free(self->table);
  g_free(self->list);
}

/* --- running --- */

#define RANGE_LOOP(NAME, T)                                                                       \
  PK_CLONES static void range_##NAME(const void *data, guint n, T lo, T hi, guint8 *restrict mask) \
  {                                                                                               \
    const T *restrict v = data;                                                                   \
    for (guint i = 0; i < n; i++)                                                                 \
      mask[i] &= (guint8)((v[i] >= lo) & (v[i] <= hi));                                           \
  }

RANGE_LOOP(u8, guint8)
RANGE_LOOP(i8, gint8)
RANGE_LOOP(u16, guint16)
RANGE_LOOP(i16, gint16)
RANGE_LOOP(u32, guint32)
RANGE_LOOP(i32, gint32)
RANGE_LOOP(u64, guint64)
RANGE_LOOP(i64, gint64)

static void
range_i128(const void *data, guint n, __int128 lo, __int128 hi, guint8 *mask)
{
  const __int128 *v = data;
  for (guint i = 0; i < n; i++)
    mask[i] &= (guint8)(v[i] >= lo && v[i] <= hi);
}

static const PkCpuRange physical_ranges[] = {
  [PK_PHYS_U8] = { 0, G_MAXUINT8 },            [PK_PHYS_I8] = { G_MININT8, G_MAXINT8 },
  [PK_PHYS_U16] = { 0, G_MAXUINT16 },          [PK_PHYS_I16] = { G_MININT16, G_MAXINT16 },
  [PK_PHYS_U32] = { 0, G_MAXUINT32 },          [PK_PHYS_I32] = { G_MININT32, G_MAXINT32 },
  [PK_PHYS_U64] = { 0, G_MAXUINT64 },          [PK_PHYS_I64] = { G_MININT64, G_MAXINT64 },
  [PK_PHYS_I128] = { INT128_MIN, INT128_MAX },
};

static void
run_range(PkPhysical physical, const void *data, guint n, PkCpuRange r, guint8 *mask)
{
  PkCpuRange limits = physical_ranges[physical];
  __int128 lo = MAX(r.lo, limits.lo), hi = MIN(r.hi, limits.hi);
  if (lo > hi) {
    memset(mask, 0, n);
    return;
  }
  switch (physical) {
  case PK_PHYS_U8: range_u8(data, n, (guint8)lo, (guint8)hi, mask); break;
  case PK_PHYS_I8: range_i8(data, n, (gint8)lo, (gint8)hi, mask); break;
  case PK_PHYS_U16: range_u16(data, n, (guint16)lo, (guint16)hi, mask); break;
  case PK_PHYS_I16: range_i16(data, n, (gint16)lo, (gint16)hi, mask); break;
  case PK_PHYS_U32: range_u32(data, n, (guint32)lo, (guint32)hi, mask); break;
  case PK_PHYS_I32: range_i32(data, n, (gint32)lo, (gint32)hi, mask); break;
  case PK_PHYS_U64: range_u64(data, n, (guint64)lo, (guint64)hi, mask); break;
  case PK_PHYS_I64: range_i64(data, n, (gint64)lo, (gint64)hi, mask); break;
  case PK_PHYS_I128: range_i128(data, n, lo, hi, mask); break;
  case PK_PHYS_F32:
  case PK_PHYS_F64: break;
  }
}

static void
run_ranges(PkCpuContext *context, const PkCpuFilter *self)
{
  const PkColumn *column = context->program->columns[self->column];
  const guint8 *data = pk_cpu_data(context, self->column);
  gsize size = pk_physical_size(column->physical);
  PkChunk value = { 0 };

  if (self->n_ranges == 1) {
    run_range(column->physical, data, context->block.n, self->ranges[0], context->mask);
    return;
  }
  for (guint i = 0; i < context->block.n; i++) {
    value.data = (gpointer)(data + i * size);
    context->mask[i] &= (guint8)in_ranges(self, pk_chunk_get_int(&value, column->physical, 0));
  }
}

static void
run_table(PkCpuContext *context, const PkCpuFilter *self)
{
  const void *data = pk_cpu_data(context, self->column);
  guint8 *mask = context->mask;
  guint n = context->block.n;

  switch (pk_physical_size(context->program->columns[self->column]->physical)) {
  case 1:
    for (guint i = 0; i < n; i++)
      mask[i] &= self->table[((const guint8 *)data)[i]];
    break;
  case 2:
    for (guint i = 0; i < n; i++)
      mask[i] &= self->table[((const guint16 *)data)[i]];
    break;
  default:
    for (guint i = 0; i < n; i++)
      mask[i] &= self->table[((const guint32 *)data)[i]];
    break;
  }
}

PK_CLONES static void
range_f32(const float *restrict v, guint n, double lo, double hi, guint8 nan_passes, guint8 *restrict mask)
{
  for (guint i = 0; i < n; i++) {
    double x = v[i];
    mask[i] &= (guint8)(((x >= lo) & (x <= hi)) | ((x != x) & nan_passes));
  }
}

/* The same where both bounds are floats, so that no value is widened. */
PK_CLONES static void
range_f32_narrow(const float *restrict v, guint n, float lo, float hi, guint8 nan_passes,
                 guint8 *restrict mask)
{
  for (guint i = 0; i < n; i++)
    mask[i] &= (guint8)(((v[i] >= lo) & (v[i] <= hi)) | ((v[i] != v[i]) & nan_passes));
}

PK_CLONES static void
range_f64(const double *restrict v, guint n, double lo, double hi, guint8 nan_passes, guint8 *restrict mask)
{
  for (guint i = 0; i < n; i++)
    mask[i] &= (guint8)(((v[i] >= lo) & (v[i] <= hi)) | ((v[i] != v[i]) & nan_passes));
}

/* The least float >= lo, the greatest <= hi: for floats the same bounds. FALSE if there is none. */
static gboolean
narrow_bounds(const PkCpuFilter *self, float *lo, float *hi)
{
  *lo = (float)self->lo;
  *hi = (float)self->hi;
  if (*lo < self->lo)
    *lo = nextafterf(*lo, INFINITY);
  if (*hi > self->hi)
    *hi = nextafterf(*hi, -INFINITY);
  return *lo >= self->lo && *hi <= self->hi;
}

static void
run_floats(PkCpuContext *context, const PkCpuFilter *self)
{
  const void *data = pk_cpu_data(context, self->column);
  guint8 nan_passes = (guint8)self->nan_passes;
  float lo, hi;
  if (context->program->columns[self->column]->physical == PK_PHYS_F64)
    range_f64(data, context->block.n, self->lo, self->hi, nan_passes, context->mask);
  else if (narrow_bounds(self, &lo, &hi))
    range_f32_narrow(data, context->block.n, lo, hi, nan_passes, context->mask);
  else
    range_f32(data, context->block.n, self->lo, self->hi, nan_passes, context->mask);
}

static void
run_float_list(PkCpuContext *context, const PkCpuFilter *self)
{
  const double *v = pk_cpu_doubles(context, self->column);
  for (guint i = 0; i < context->block.n; i++) {
    gboolean found = isnan(v[i]) ? self->nan_passes
                                 : bsearch(&v[i], self->list, self->n_list, sizeof(double),
                                           compare_doubles) != NULL;
    context->mask[i] &= (guint8)(found != self->negated);
  }
}

static void
and_valid(PkCpuContext *context, guint column, gboolean want_null)
{
  const guint8 *valid = pk_cpu_valid(context, column, context->valid_a);
  guint n = context->block.n;
  if (!valid) {
    if (want_null)
      memset(context->mask, 0, n);
    return;
  }
  for (guint i = 0; i < n; i++)
    context->mask[i] &= valid[i] ^ (guint8)want_null;
}

/* What the chunk's statistics say of all its rows: 1 pass, 0 fail, -1 look. */
static int
judge_chunk(const PkCpuContext *context, const PkCpuFilter *self)
{
  const PkChunk *chunk = pk_cpu_chunk(context, self->column);
  const PkColumnStats *stats = &chunk->stats;

  if (self->kind == PK_CPU_FILTER_NULL || self->kind == PK_CPU_FILTER_NOT_NULL) {
    gboolean want_null = self->kind == PK_CPU_FILTER_NULL;
    return stats->null_count == 0 ? !want_null : stats->null_count == chunk->length ? want_null : -1;
  }
  if (stats->null_count == chunk->length)
    return 0;
  if (self->kind == PK_CPU_FILTER_INTS && self->n_ranges == 1) {
    PkCpuRange r = self->ranges[0];
    if (stats->max_int < r.lo || stats->min_int > r.hi)
      return 0;
    return stats->null_count == 0 && stats->min_int >= r.lo && stats->max_int <= r.hi ? 1 : -1;
  }
  if (self->kind == PK_CPU_FILTER_FLOATS && stats->nan_count == 0) {
    if (stats->max < self->lo || stats->min > self->hi)
      return 0;
    return stats->null_count == 0 && stats->min >= self->lo && stats->max <= self->hi ? 1 : -1;
  }
  return -1;
}

static void
run_filter(PkCpuContext *context, const PkCpuFilter *self)
{
  switch (self->kind) {
  case PK_CPU_FILTER_NULL: and_valid(context, self->column, TRUE); return;
  case PK_CPU_FILTER_NOT_NULL: and_valid(context, self->column, FALSE); return;
  case PK_CPU_FILTER_INTS: run_ranges(context, self); break;
  case PK_CPU_FILTER_LUT: run_table(context, self); break;
  case PK_CPU_FILTER_FLOATS: run_floats(context, self); break;
  case PK_CPU_FILTER_FLOAT_LIST: run_float_list(context, self); break;
  }
  and_valid(context, self->column, FALSE);
}

void
pk_cpu_filters_run(PkCpuContext *context)
{
  const PkCpuProgram *program = context->program;
  context->all_pass = !program->nothing_passes;
  if (program->nothing_passes)
    memset(context->mask, 0, PK_CPU_BLOCK);
  for (guint i = 0; i < program->n_filters && !program->nothing_passes; i++) {
    int verdict = judge_chunk(context, &program->filters[i]);
    if (verdict == 1)
      continue;
    if (context->all_pass)
      memset(context->mask, 1, PK_CPU_BLOCK);
    context->all_pass = FALSE;
    if (verdict == 0) {
      memset(context->mask, 0, PK_CPU_BLOCK);
      return;
    }
    run_filter(context, &program->filters[i]);
  }
}
