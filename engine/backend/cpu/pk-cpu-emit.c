/* From a table's states to the columns of the result. */
#include "pk-cpu-run.h"

#include "pk-cpu-key.h"
#include "pk-error.h"
#include "pk-value-writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* fits: the integers, if there are any, are of 64 bits. */
static PkPhysical
physical_of(gboolean is_float, gboolean fits)
{
  return is_float ? PK_PHYS_F64 : fits ? PK_PHYS_I64 : PK_PHYS_I128;
}

/* --- which slots, in which order --- */

typedef struct {
  const PkCpuProgram *program;
  PkCpuTable *table;
  guint32 n;
  guint32 *slots;   /* in the result's order */
  __int128 *ordinals; /* n × n_keys, where the slots had to be sorted; else NULL */
  guint8 *nulls;
  guint32 *inverse; /* text: code of a rank, of the aggregate being written */
} Emit;

/* Counts memory that is about to be got. */
static gboolean
has_room(const Emit *self, gsize bytes, GError **error)
{
  if (pk_cpu_table_reserve(self->table, bytes))
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&self->table->failure));
  return FALSE;
}

static gboolean
slot_exists(const Emit *self, guint32 slot)
{
  const PkCpuProgram *program = self->program;
  if (program->plan->is_m4)
    return ((const PkCpuM4 *)self->table->states[0])[slot].used != 0;
  if (!program->direct || program->n_keys == 0 || program->plan->dense)
    return TRUE;
  return ((const gint64 *)self->table->states[program->rows_acc])[slot] > 0;
}

static void
decode_direct(const Emit *self, guint32 slot, __int128 *ordinals, guint8 *nulls)
{
  const PkCpuProgram *program = self->program;
  guint32 code = slot - 1;
  for (guint k = program->n_keys; k-- > 0;) {
    const PkCpuKey *key = &program->keys[k];
    guint32 digit = code % (guint32)key->n_codes;
    code /= (guint32)key->n_codes;
    nulls[k] = (guint8)pk_cpu_key_code_is_null(key, digit);
    ordinals[k] = nulls[k] ? 0 : pk_cpu_key_code_ordinal(key, digit);
  }
}

static void
decode_words(const Emit *self, guint32 slot, __int128 *ordinals, guint8 *nulls)
{
  const PkCpuProgram *program = self->program;
  const guint64 *words = pk_cpu_hash_tuple(&self->table->hash, slot);
  guint64 null_bits = *words++;
  for (guint k = 0; k < program->n_keys; k++) {
    const PkCpuKey *key = &program->keys[k];
    if (key->n_codes > 0) {
      guint32 code = (guint32)*words++ - 1;
      nulls[k] = (guint8)pk_cpu_key_code_is_null(key, code);
      ordinals[k] = nulls[k] ? 0 : pk_cpu_key_code_ordinal(key, code);
      continue;
    }
    nulls[k] = null_bits >> k & 1;
    ordinals[k] = key->n_words == 2 ? (__int128)((unsigned __int128)words[1] << 64 | words[0])
        : (gint64)words[0];
    words += key->n_words;
  }
}

typedef struct {
  const Emit *emit;
  guint n_keys;
} Order;

static int
compare_places(const void *a, const void *b, void *data)
{
  const Order *order = data;
  gsize x = (gsize)*(const guint32 *)a * order->n_keys, y = (gsize)*(const guint32 *)b * order->n_keys;
  for (guint k = 0; k < order->n_keys; k++) {
    int by_null = order->emit->nulls[x + k] - order->emit->nulls[y + k];
    if (by_null != 0)
      return by_null;
    __int128 i = order->emit->ordinals[x + k], j = order->emit->ordinals[y + k];
    if (i != j)
      return i < j ? -1 : 1;
  }
  return 0;
}

/* Codes ascend as their values do, except those of text and of hashed groups. */
static gboolean
needs_sorting(const PkCpuProgram *program)
{
  for (guint k = 0; k < program->n_keys; k++)
    if (program->keys[k].ranks_inverse)
      return TRUE;
  return !program->direct;
}

static void
sort_slots(Emit *self)
{
  guint n_keys = self->program->n_keys;
  Order order = { self, n_keys };
  g_autofree guint32 *places = g_new(guint32, MAX(self->n, 1));
  guint32 *slots = g_new(guint32, MAX(self->n, 1));
  __int128 *ordinals = g_new(__int128, (gsize)self->n * n_keys + 1);
  guint8 *nulls = g_new(guint8, (gsize)self->n * n_keys + 1);

  for (guint32 i = 0; i < self->n; i++)
    places[i] = i;
  qsort_r(places, self->n, sizeof *places, compare_places, &order);
  for (guint32 i = 0; i < self->n; i++) {
    slots[i] = self->slots[places[i]];
    memcpy(ordinals + (gsize)i * n_keys, self->ordinals + (gsize)places[i] * n_keys,
           n_keys * sizeof *ordinals);
    memcpy(nulls + (gsize)i * n_keys, self->nulls + (gsize)places[i] * n_keys, n_keys);
  }
  g_free(self->slots);
  g_free(self->ordinals);
  g_free(self->nulls);
  self->slots = slots;
  self->ordinals = ordinals;
  self->nulls = nulls;
}

static gboolean
list_slots(Emit *self, GError **error)
{
  const PkCpuProgram *program = self->program;
  guint32 n_all = program->direct ? program->n_cells : self->table->hash.n;

  for (guint32 slot = 1; slot <= n_all; slot++)
    self->n += slot_exists(self, slot);
  self->slots = g_new(guint32, MAX(self->n, 1));
  self->n = 0;
  for (guint32 slot = 1; slot <= n_all; slot++)
    if (slot_exists(self, slot))
      self->slots[self->n++] = slot;
  if (program->n_keys == 0 || program->plan->dense || !needs_sorting(program))
    return TRUE;
  /* Ordinals and NULLs twice, while they are brought into order. */
  gsize key = sizeof *self->ordinals + sizeof *self->nulls;
  if (!has_room(self, (gsize)self->n * (2 * key * program->n_keys + 2 * sizeof *self->slots), error))
    return FALSE;
  self->ordinals = g_new(__int128, (gsize)self->n * program->n_keys + 1);
  self->nulls = g_new(guint8, (gsize)self->n * program->n_keys + 1);
  for (guint32 i = 0; i < self->n; i++) {
    __int128 *ordinals = self->ordinals + (gsize)i * program->n_keys;
    guint8 *nulls = self->nulls + (gsize)i * program->n_keys;
    if (program->direct)
      decode_direct(self, self->slots[i], ordinals, nulls);
    else
      decode_words(self, self->slots[i], ordinals, nulls);
  }
  sort_slots(self);
  return TRUE;
}

/* --- keys --- */

static gboolean
emit_key(const Emit *self, guint k, PkColumnBuilder *builder, GError **error)
{
  const PkCpuKey *key = &self->program->keys[k];
  guint n_keys = self->program->n_keys;
  PkPhysical physical = physical_of(key->is_float, pk_cpu_fits_order(key->source));
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, physical);
  guint32 stride = 1; /* of the key's code in a slot's */
  gboolean ok = TRUE;

  for (guint j = k + 1; j < n_keys && self->program->direct; j++)
    stride *= (guint32)self->program->keys[j].n_codes;
  for (guint32 i = 0; i < self->n && ok; i++) {
    guint32 code = self->ordinals ? 0 : (self->slots[i] - 1) / stride % (guint32)key->n_codes;
    gboolean is_null = self->ordinals ? self->nulls[(gsize)i * n_keys + k]
                                      : pk_cpu_key_code_is_null(key, code);
    __int128 ordinal = 0;
    if (!is_null)
      ordinal = self->ordinals ? self->ordinals[(gsize)i * n_keys + k] : pk_cpu_key_code_ordinal(key, code);
    if (is_null)
      ok = pk_put_null(writer, error);
    else if (key->is_float)
      ok = pk_put_double(writer, pk_cpu_unorder_double((gint64)ordinal), error);
    else
      ok = pk_put_int(writer, key->ranks_inverse ? key->ranks_inverse[(gsize)ordinal] : ordinal, error);
  }
  return ok && pk_value_writer_flush(writer, error);
}

/* --- aggregates --- */

static gint64
count_of(const Emit *self, gint acc, guint32 slot)
{
  return ((const gint64 *)self->table->states[acc])[slot];
}

static gboolean
put_sum(const Emit *self, guint i, guint32 slot, PkValueWriter *writer, GError **error)
{
  const PkAgg *agg = &self->program->plan->aggs[i];
  const PkColumn *column = self->program->columns[agg->column];
  gint64 n = count_of(self, self->program->agg_count[i], slot);
  gpointer states = self->table->states[self->program->agg_main[i]];
  gboolean mean = agg->op == PK_AGG_MEAN;

  if (n == 0)
    return pk_put_null(writer, error);
  if (column->physical >= PK_PHYS_F32) {
    PkCpuFloatSum sum = ((PkCpuFloatSum *)states)[slot];
    double total = isfinite(sum.sum) ? sum.sum + sum.rest : sum.sum;
    return pk_put_double(writer, mean ? total / (double)n : total, error);
  }
  PkCpuWideSum sum = ((PkCpuWideSum *)states)[slot];
  if (mean) {
    long double total = (long double)sum.high * 18446744073709551616.0L + (long double)sum.low;
    return pk_put_double(writer, (double)(total / pk_decimal_divisor(column->type) / n), error);
  }
  if (sum.high < G_MININT64 || sum.high > G_MAXINT64)
    return pk_fail(error, PK_ERROR_OVERFLOW, "the sum \"%s\" does not fit 128 bits", agg->name);
  return pk_put_int(writer, (__int128)((unsigned __int128)sum.high << 64 | sum.low), error);
}

/* A value of the column from its ordinal. */
static gboolean
put_ordinal(const Emit *self, const PkColumn *column, __int128 ordinal, PkValueWriter *writer, GError **error)
{
  if (column->physical >= PK_PHYS_F32)
    return pk_put_double(writer, pk_cpu_unorder_double((gint64)ordinal), error);
  return pk_put_int(writer, self->inverse ? self->inverse[(gsize)ordinal] : ordinal, error);
}

static gboolean
put_extreme(const Emit *self, guint i, guint32 slot, PkValueWriter *writer, GError **error)
{
  const PkCpuProgram *program = self->program;
  const PkAgg *agg = &program->plan->aggs[i];
  const PkCpuAcc *acc = &program->accs[program->agg_main[i]];
  gpointer states = self->table->states[program->agg_main[i]];
  const PkColumn *column = program->columns[agg->column];

  if (acc->kind == PK_CPU_ACC_FIRST || acc->kind == PK_CPU_ACC_LAST) {
    const PkCpuPlaced *placed = &((const PkCpuPlaced *)states)[slot];
    return placed->used ? put_ordinal(self, column, placed->value, writer, error) : pk_put_null(writer, error);
  }
  if (count_of(self, program->agg_count[i], slot) == 0)
    return pk_put_null(writer, error);
  if (acc->kind == PK_CPU_ACC_MIN || acc->kind == PK_CPU_ACC_MAX)
    return put_ordinal(self, column, ((const gint64 *)states)[slot], writer, error);
  return put_ordinal(self, column, ((const __int128 *)states)[slot], writer, error);
}

static gboolean
put_finite(const PkAgg *agg, double value, gboolean odd, PkValueWriter *writer, GError **error)
{
  if (!odd && !isfinite(value))
    return pk_fail(error, PK_ERROR_OVERFLOW, "%s \"%s\" leaves the range of a double", pk_agg_name(agg->op),
                   agg->name);
  return pk_put_double(writer, odd ? NAN : value, error);
}

static gboolean
put_variance(const Emit *self, guint i, guint32 slot, PkValueWriter *writer, GError **error)
{
  const PkAgg *agg = &self->program->plan->aggs[i];
  const PkCpuMoments *m = &((const PkCpuMoments *)self->table->states[self->program->agg_main[i]])[slot];
  gboolean sample = agg->op == PK_AGG_VAR_SAMP || agg->op == PK_AGG_STDDEV_SAMP;
  gboolean root = agg->op == PK_AGG_STDDEV_SAMP || agg->op == PK_AGG_STDDEV_POP;

  if (m->n == 0 || (sample && m->n == 1))
    return pk_put_null(writer, error);
  double variance = m->m2 / (double)(sample ? m->n - 1 : m->n);
  variance = variance < 0 ? 0 : variance;
  return put_finite(agg, root ? sqrt(variance) : variance, isnan(m->odd), writer, error);
}

static gboolean
put_regression(const Emit *self, guint i, guint32 slot, PkValueWriter *writer, GError **error)
{
  const PkAgg *agg = &self->program->plan->aggs[i];
  const PkCpuRegression *r =
    &((const PkCpuRegression *)self->table->states[self->program->agg_main[i]])[slot];
  gboolean odd_x = isnan(r->odd_x), odd_y = isnan(r->odd_y);

  if (agg->op == PK_AGG_REGR_COUNT)
    return pk_put_int(writer, r->n, error);
  if (r->n == 0)
    return pk_put_null(writer, error);
  switch (agg->op) {
  case PK_AGG_REGR_AVGX: return put_finite(agg, r->mean_x, odd_x, writer, error);
  case PK_AGG_REGR_AVGY: return put_finite(agg, r->mean_y, odd_y, writer, error);
  case PK_AGG_REGR_SXX: return put_finite(agg, r->sxx, odd_x, writer, error);
  case PK_AGG_REGR_SYY: return put_finite(agg, r->syy, odd_y, writer, error);
  default: return put_finite(agg, r->sxy, odd_x || odd_y, writer, error);
  }
}

/* --- quantiles and distinct counts --- */

/* The collected values brought together by slot: those of slot s are starts[s] … starts[s + 1]. */
static gsize *
gather_collection(PkCpuCollection *self, guint32 n_slots)
{
  gsize *starts = g_new0(gsize, (gsize)n_slots + 2);
  if (!self->slots) {
    for (guint32 slot = 2; slot <= n_slots + 1; slot++)
      starts[slot] = self->n; /* all in slot 1 */
    return starts;
  }
  for (gsize i = 0; i < self->n; i++)
    starts[self->slots[i] + 1]++;
  for (guint32 slot = 1; slot <= n_slots; slot++)
    starts[slot] += starts[slot - 1];

  g_autofree gsize *next = g_memdup2(starts, ((gsize)n_slots + 2) * sizeof *starts);
  gint64 *values = self->values ? g_new(gint64, self->n) : NULL;
  __int128 *wides = self->wides ? g_new(__int128, self->n) : NULL;
  for (gsize i = 0; i < self->n; i++) {
    gsize at = next[self->slots[i]]++;
    if (values)
      values[at] = self->values[i];
    else
      wides[at] = self->wides[i];
  }
  g_free(self->values);
  g_free(self->wides);
  g_clear_pointer(&self->slots, g_free);
  self->values = values;
  self->wides = wides;
  return starts;
}

static double
ordinal_double(const PkColumn *column, __int128 ordinal)
{
  if (column->physical >= PK_PHYS_F32)
    return pk_cpu_unorder_double((gint64)ordinal);
  return pk_type_int_to_double(column->type, ordinal);
}

static gboolean
put_quantile(const PkAgg *agg, const PkColumn *column, const PkCpuCollection *from, gsize start, gsize n,
             PkValueWriter *writer, GError **error)
{
  if (n == 0)
    return pk_put_null(writer, error);
  double h = agg->p * (double)(n - 1);
  gsize k = (gsize)floor(h), next = (gsize)ceil(h);
  double lo, hi;
  if (from->wides) {
    pk_cpu_sort_wides(from->wides + start, n);
    lo = ordinal_double(column, from->wides[start + k]);
    hi = ordinal_double(column, from->wides[start + next]);
  } else {
    lo = ordinal_double(column, pk_cpu_select(from->values + start, n, k));
    hi = next == k ? lo : ordinal_double(column, pk_cpu_select(from->values + start, n, next));
  }
  double w = h - floor(h);
  return pk_put_double(writer, lo == hi || w == 0 ? lo : lo * (1 - w) + hi * w, error);
}

static gboolean
put_distinct(const PkCpuCollection *from, gsize start, gsize n, PkValueWriter *writer, GError **error)
{
  gint64 count = 0;
  if (from->values)
    return pk_put_int(writer, pk_cpu_count_distinct(from->values + start, n), error);
  if (from->wides)
    pk_cpu_sort_wides(from->wides + start, n);
  for (gsize i = 0; i < n; i++)
    count += i == 0 || from->wides[start + i] != from->wides[start + i - 1];
  return pk_put_int(writer, count, error);
}

static gboolean
emit_collected(const Emit *self, guint i, gsize **starts, PkValueWriter *writer, GError **error)
{
  const PkAgg *agg = &self->program->plan->aggs[i];
  gint acc = self->program->agg_main[i];
  PkCpuCollection none = { 0 };
  PkCpuCollection *from = self->table->scratch[acc] ? self->table->scratch[acc] : &none;
  gboolean ok = TRUE;

  /* The values once more while they are gathered, and then while they are sorted. */
  if (!starts[acc]) {
    gsize size = from->wides ? sizeof(__int128) : sizeof(gint64);
    if (!has_room(self, from->n * size + (gsize)self->table->n_slots * 2 * sizeof(gsize), error))
      return FALSE;
    starts[acc] = gather_collection(from, self->table->n_slots);
  }
  for (guint32 s = 0; s < self->n && ok; s++) {
    gsize start = starts[acc][self->slots[s]], n = starts[acc][self->slots[s] + 1] - start;
    if (agg->op == PK_AGG_QUANTILE)
      ok = put_quantile(agg, self->program->columns[agg->column], from, start, n, writer, error);
    else
      ok = put_distinct(from, start, n, writer, error);
  }
  return ok && pk_value_writer_flush(writer, error);
}

static gboolean
put_agg(const Emit *self, guint i, guint32 slot, PkValueWriter *writer, GError **error)
{
  switch (self->program->plan->aggs[i].op) {
  case PK_AGG_COUNT_ALL:
  case PK_AGG_COUNT: return pk_put_int(writer, count_of(self, self->program->agg_main[i], slot), error);
  case PK_AGG_SUM:
  case PK_AGG_MEAN: return put_sum(self, i, slot, writer, error);
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST: return put_extreme(self, i, slot, writer, error);
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP:
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP: return put_variance(self, i, slot, writer, error);
  default: return put_regression(self, i, slot, writer, error);
  }
}

static guint32 *
inverse_ranks(PkDictionary *dictionary)
{
  guint32 n = pk_dictionary_size(dictionary);
  const guint32 *ranks = pk_dictionary_get_ranks(dictionary);
  guint32 *inverse = g_new(guint32, MAX(n, 1));
  for (guint32 code = 0; code < n; code++)
    inverse[ranks[code]] = code;
  return inverse;
}

static gboolean
emit_agg(Emit *self, guint i, gsize **starts, PkColumnBuilder *builder, GError **error)
{
  const PkAgg *agg = &self->program->plan->aggs[i];
  const PkColumn *column = agg->column >= 0 ? self->program->columns[agg->column] : NULL;
  PkType type = pk_plan_agg_type(self->program->plan, agg);
  gboolean fits = agg->op != PK_AGG_SUM && (!column || pk_cpu_fits_order(column));
  PkPhysical physical = physical_of(type.kind == PK_TYPE_F32 || type.kind == PK_TYPE_F64, fits);
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, physical);
  g_autofree guint32 *inverse = NULL;
  gboolean ok = TRUE;

  if (agg->op == PK_AGG_QUANTILE || agg->op == PK_AGG_DISTINCT)
    return emit_collected(self, i, starts, writer, error);
  if (column && column->dictionary && pk_column_type_is_text(type))
    inverse = inverse_ranks(column->dictionary);
  self->inverse = inverse;
  for (guint32 s = 0; s < self->n && ok; s++)
    ok = put_agg(self, i, self->slots[s], writer, error);
  self->inverse = NULL;
  return ok && pk_value_writer_flush(writer, error);
}

/* --- M4 --- */

static gboolean
emit_m4(const Emit *self, PkResult *result, GError **error)
{
  const PkCpuM4 *states = self->table->states[0];
  guint n_keys = self->program->n_keys, pixel = n_keys - 1;
  gboolean ok = emit_key(self, pixel, result->builders[pixel], error);

  for (guint v = 0; v < 8 && ok; v++) {
    g_autofree PkValueWriter *writer = pk_value_writer_new(result->builders[n_keys + v], PK_PHYS_F64);
    for (guint32 i = 0; i < self->n && ok; i++) {
      const PkCpuM4 *s = &states[self->slots[i]];
      const double values[] = { s->x_first, s->y_first, s->x_last, s->y_last, s->x_min, s->y_min, s->x_max,
                               s->y_max };
      ok = pk_put_double(writer, values[v], error);
    }
    ok = ok && pk_value_writer_flush(writer, error);
  }
  return ok;
}

PkFrame *
pk_cpu_emit(const PkCpuProgram *program, PkCpuTable *table, GError **error)
{
  const PkPlan *plan = program->plan;
  Emit self = { .program = program, .table = table };
  g_auto(PkResult) result = { 0 };
  g_autofree gsize **starts = g_new0(gsize *, program->n_accs + 1);
  guint n_keys = plan->dense ? 0 : plan->n_keys;

  pk_result_init(&result, plan, program->columns);
  gboolean ok = list_slots(&self, error);
  for (guint k = 0; k < n_keys && ok; k++)
    ok = emit_key(&self, k, result.builders[k], error);
  for (guint i = 0; i < plan->n_aggs && ok; i++)
    ok = emit_agg(&self, i, starts, result.builders[n_keys + i], error);
  if (plan->is_m4 && ok)
    ok = emit_m4(&self, &result, error);

  for (guint i = 0; i < program->n_accs; i++)
    g_free(starts[i]);
  g_free(self.slots);
  g_free(self.ordinals);
  g_free(self.nulls);
  return ok ? pk_result_finish(&result, error) : NULL;
}
