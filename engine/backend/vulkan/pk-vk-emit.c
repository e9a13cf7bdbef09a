#include "pk-vk-emit.h"

#include "pk-error.h"
#include "pk-result.h"
#include "pk-value-writer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gboolean
put_ordinal(PkValueWriter *self, const PkVkColumn *column, gint64 ordinal, GError **error)
{
  return column->is_float ? pk_put_double(self, pk_vk_ordinal_double(column, ordinal), error)
                          : pk_put_int(self, pk_vk_ordinal_int(column, ordinal), error);
}

static PkPhysical
physical_of(const PkVkColumn *column)
{
  return column->is_float ? PK_PHYS_F64 : column->kind == PK_KIND_U64 ? PK_PHYS_I128 : PK_PHYS_I64;
}

/* --- which groups, in which order --- */

typedef struct {
  const PkVkProgram *program;
  const PkVkGroups *groups;
  guint64 n;
  guint64 *order;       /* the groups of the result; NULL: all as they are */
  PkVkKeyValue *values; /* hashed: n_keys of each group */
} Emit;

static guint64
group_at(const Emit *self, guint64 i)
{
  return self->order ? self->order[i] : i;
}

static gboolean
exists(const Emit *self, guint64 g)
{
  const PkVkProgram *p = self->program;
  if (p->plan->is_m4 && pk_vk_program_pass(p, 0)->kind == PK_VK_PASS_LINE)
    return pk_vk_program_pass(p, 0)->state.least[g] != G_MAXUINT64;
  if (p->plan->is_m4)
    return pk_vk_pass_count(pk_vk_program_pass(p, (guint)p->main_pass[0]), self->groups, g) > 0;
  return pk_vk_groups_rows(self->groups, g) > 0;
}

static int
compare_groups(const void *a, const void *b, void *data)
{
  const Emit *self = data;
  guint n = self->program->n_keys;
  const PkVkKeyValue *x = self->values + *(const guint64 *)a * n, *y = self->values + *(const guint64 *)b * n;
  for (guint k = 0; k < n; k++) {
    if (x[k].is_null != y[k].is_null)
      return x[k].is_null ? 1 : -1;
    if (!x[k].is_null && x[k].ordinal != y[k].ordinal)
      return x[k].ordinal < y[k].ordinal ? -1 : 1;
  }
  return 0;
}

static void
list_groups(Emit *self)
{
  const PkVkProgram *p = self->program;
  guint64 n = self->groups->n_groups;
  if (p->n_keys == 0 || p->plan->dense) {
    self->n = n;
    return;
  }
  self->order = g_new(guint64, MAX(n, 1));
  for (guint64 g = 0; g < n; g++)
    if (exists(self, g))
      self->order[self->n++] = g;
  if (!p->hashed)
    return;
  self->values = g_new(PkVkKeyValue, n * p->n_keys + 1);
  for (guint64 g = 0; g < n; g++)
    for (guint k = 0; k < p->n_keys; k++)
      self->values[g * p->n_keys + k] = pk_vk_key_of_row(&p->keys[k], self->groups->reps[g]);
  qsort_r(self->order, self->n, sizeof *self->order, compare_groups, self);
}

static PkVkKeyValue
key_value(const Emit *self, guint k, guint64 g)
{
  const PkVkProgram *p = self->program;
  if (p->hashed)
    return self->values[g * p->n_keys + k];
  for (guint j = p->n_keys; --j > k;)
    g /= p->keys[j].n_codes;
  return pk_vk_key_of_code(&p->keys[k], g % p->keys[k].n_codes);
}

static gboolean
emit_key(const Emit *self, guint k, PkColumnBuilder *builder, GError **error)
{
  const PkVkKey *key = &self->program->keys[k];
  PkKeyKind kind = key->key ? key->key->kind : PK_KEY_BINS;
  PkPhysical physical = kind == PK_KEY_VALUE ? physical_of(key->column)
                        : kind == PK_KEY_FLOOR ? PK_PHYS_F64 : PK_PHYS_I64;
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, physical);
  gboolean ok = TRUE;
  for (guint64 i = 0; i < self->n && ok; i++) {
    PkVkKeyValue v = key_value(self, k, group_at(self, i));
    if (v.is_null)
      ok = pk_put_null(writer, error);
    else if (kind == PK_KEY_VALUE)
      ok = put_ordinal(writer, key->column, v.ordinal, error);
    else if (kind == PK_KEY_FLOOR)
      ok = pk_put_double(writer, pk_vk_unorder_double(v.ordinal), error);
    else
      ok = pk_put_int(writer, v.ordinal, error);
  }
  return ok && pk_value_writer_flush(writer, error);
}

/* --- aggregates --- */

typedef struct {
  const Emit *emit;
  const PkAgg *agg;
  const PkVkColumn *column; /* NULL: COUNT_ALL */
  const PkVkPass *main, *count, *rest, *rest2; /* NULL: none */
} Agg;

static gboolean
put_sum(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  const Emit *emit = self->emit;
  guint32 n = pk_vk_pass_count(self->main, emit->groups, g);
  if (n == 0)
    return pk_put_null(writer, error);
  if (self->agg->op == PK_AGG_MEAN)
    return pk_put_double(writer, pk_vk_pass_mean(emit->program, self->main, emit->groups, g), error);
  if (self->column->is_float)
    return pk_put_double(writer, pk_vk_state_double(self->main, emit->groups->n_groups, g), error);
  /* 2^32 values of 64 bits fit 128. */
  __int128 sum = pk_vk_state_sum(self->main, emit->groups->n_groups, g);
  return pk_put_int(writer, sum + (self->column->kind == PK_KIND_U64 ? ((__int128)1 << 63) * n : 0), error);
}

static gboolean
put_extreme(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  const PkVkPass *counted = self->count ? self->count : self->main;
  const guint64 *values = self->agg->op == PK_AGG_MAX ? self->main->state.greatest : self->main->state.least;
  if (pk_vk_pass_count(counted, self->emit->groups, g) == 0)
    return pk_put_null(writer, error);
  return put_ordinal(writer, self->column, (gint64)(values[g] ^ (guint64)1 << 63), error);
}

static gboolean
put_finite(const Agg *self, double value, gboolean finite, PkValueWriter *writer, GError **error)
{
  if (finite && !isfinite(value))
    return pk_fail(error, PK_ERROR_OVERFLOW, "%s \"%s\" leaves the range of a double", pk_agg_name(self->agg->op),
                   self->agg->name);
  return pk_put_double(writer, finite ? value : NAN, error);
}

/* Sum of squares or products of deviations, less what the means' own rounding leaves (Chan, Golub, LeVeque
 * 1983). */
static double
spread_of(const Agg *self, guint64 g, guint32 n, gboolean *finite)
{
  guint64 n_groups = self->emit->groups->n_groups;
  *finite = !(self->main->state.flags[g] | self->rest->state.flags[g] | self->rest2->state.flags[g]);
  if (!*finite)
    return NAN;
  long double rest = pk_vk_state_long(self->rest, n_groups, g), rest2 = pk_vk_state_long(self->rest2, n_groups, g);
  return (double)(pk_vk_state_long(self->main, n_groups, g) - rest * rest2 / n);
}

static gboolean
put_variance(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  PkAggOp op = self->agg->op;
  gboolean sample = op == PK_AGG_VAR_SAMP || op == PK_AGG_STDDEV_SAMP, finite;
  gboolean root = op == PK_AGG_STDDEV_SAMP || op == PK_AGG_STDDEV_POP;
  guint32 n = pk_vk_pass_count(self->count, self->emit->groups, g);
  if (n == 0 || (sample && n == 1))
    return pk_put_null(writer, error);
  double variance = spread_of(self, g, n, &finite) / (sample ? n - 1 : n);
  variance = variance < 0 ? 0 : variance;
  return put_finite(self, root ? sqrt(variance) : variance, finite, writer, error);
}

static gboolean
put_regression(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  const Emit *emit = self->emit;
  guint32 n = pk_vk_pass_count(self->count, emit->groups, g);
  gboolean finite;
  if (self->agg->op == PK_AGG_REGR_COUNT)
    return pk_put_int(writer, n, error);
  if (n == 0)
    return pk_put_null(writer, error);
  if (self->agg->op == PK_AGG_REGR_AVGX || self->agg->op == PK_AGG_REGR_AVGY) {
    double mean = pk_vk_pass_mean(emit->program, self->main, emit->groups, g);
    return put_finite(self, mean, isfinite(mean), writer, error);
  }
  double sum = spread_of(self, g, n, &finite);
  return put_finite(self, sum, finite, writer, error);
}

static gboolean
put_quantile(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  const struct PkKernelSelect *s = &self->main->state.select[g];
  const PkVkColumn *column = self->column;
  if (s->n == 0)
    return pk_put_null(writer, error);
  gint64 base = column->kind == PK_KIND_F32 ? G_MININT32 : column->is_float ? G_MININT64 : column->least;
  double h = self->agg->p * (double)(s->n - 1), w = h - floor(h);
  gint64 first = (gint64)(s->prefix + (guint64)base);
  gint64 second = w > 0 && s->rank + 1 >= s->equal ? (gint64)(s->next + (guint64)base) : first;
  double lo = pk_vk_ordinal_double(column, first), hi = pk_vk_ordinal_double(column, second);
  return pk_put_double(writer, lo == hi || w == 0 ? lo : lo * (1 - w) + hi * w, error);
}

static gboolean
put(const Agg *self, guint64 g, PkValueWriter *writer, GError **error)
{
  switch (self->agg->op) {
  case PK_AGG_COUNT_ALL: return pk_put_int(writer, pk_vk_groups_rows(self->emit->groups, g), error);
  case PK_AGG_COUNT:
    return pk_put_int(writer, self->main ? pk_vk_pass_count(self->main, self->emit->groups, g)
                                      : pk_vk_groups_rows(self->emit->groups, g), error);
  case PK_AGG_DISTINCT: return pk_put_int(writer, self->main->state.counts[g], error);
  case PK_AGG_SUM:
  case PK_AGG_MEAN: return put_sum(self, g, writer, error);
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST: return put_extreme(self, g, writer, error);
  case PK_AGG_QUANTILE: return put_quantile(self, g, writer, error);
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP:
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP: return put_variance(self, g, writer, error);
  default: return put_regression(self, g, writer, error);
  }
}

static PkPhysical
physical_of_agg(const Agg *self)
{
  switch (self->agg->op) {
  case PK_AGG_COUNT_ALL:
  case PK_AGG_COUNT:
  case PK_AGG_DISTINCT:
  case PK_AGG_REGR_COUNT: return PK_PHYS_I64;
  case PK_AGG_SUM: return self->column->is_float ? PK_PHYS_F64 : PK_PHYS_I128;
  case PK_AGG_MIN:
  case PK_AGG_MAX:
  case PK_AGG_FIRST:
  case PK_AGG_LAST: return physical_of(self->column);
  default: return PK_PHYS_F64;
  }
}

static const PkVkPass *
pass_of(const PkVkProgram *p, const gint *list, guint i)
{
  return list[i] >= 0 ? pk_vk_program_pass(p, (guint)list[i]) : NULL;
}

static gboolean
emit_agg(const Emit *self, guint i, PkColumnBuilder *builder, GError **error)
{
  const PkVkProgram *p = self->program;
  Agg agg = { .emit = self, .agg = &p->plan->aggs[i],
              .column = p->plan->aggs[i].column >= 0 ? &p->columns[p->plan->aggs[i].column] : NULL,
              .main = pass_of(p, p->main_pass, i), .count = pass_of(p, p->count_pass, i),
              .rest = pass_of(p, p->rest_pass, i), .rest2 = pass_of(p, p->rest2_pass, i) };
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, physical_of_agg(&agg));
  gboolean ok = TRUE;
  for (guint64 k = 0; k < self->n && ok; k++)
    ok = put(&agg, group_at(self, k), writer, error);
  return ok && pk_value_writer_flush(writer, error);
}

/* --- lines --- */

/* What an extreme's ordinal is as a double. */
static double
line_double(const PkVkColumn *column, guint32 flags, guint64 biased)
{
  gint64 ordinal = (gint64)(biased ^ (guint64)1 << 63);
  return flags & PK_COLUMN_AS_DOUBLE ? pk_vk_unorder_double(ordinal) : pk_vk_ordinal_double(column, ordinal);
}

/* The ordinal, plus 2^63, of a coordinate of the first, last, low or high row of a group: of 64 bits the upper half is
 * what was compared, x of the first two and y of the others, the lower that of ties (kernels/line.comp). */
static guint64
line_coordinate(const PkVkPass *pass, guint64 n_groups, guint64 g, guint row, gboolean is_y)
{
  const guint64 *list = row % 2 ? pass->state.greatest : pass->state.least;
  guint64 pair = list[(row / 2) * n_groups + g];
  gboolean is_tie = is_y != (row / 2 != 0);
  guint32 value = is_tie ? (guint32)pair : (guint32)(pair >> 32);
  value = is_tie && row % 2 ? ~value : value;
  return ((guint64)(is_y ? pass->base_b : pass->base_a) + value) ^ (guint64)1 << 63;
}

static gboolean
emit_line_pairs(const Emit *self, guint which, PkColumnBuilder *builder, GError **error)
{
  const PkVkProgram *p = self->program;
  const PkVkPass *pass = pk_vk_program_pass(p, (guint)p->main_pass[0]);
  gboolean is_y = which % 2, ok = TRUE;
  const PkVkColumn *column = &p->columns[is_y ? pass->b : pass->a];
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, PK_PHYS_F64);
  for (guint64 i = 0; i < self->n && ok; i++) {
    guint64 biased = line_coordinate(pass, self->groups->n_groups, group_at(self, i), which / 2, is_y);
    ok = pk_put_double(writer, line_double(column, 0, biased), error);
  }
  return ok && pk_value_writer_flush(writer, error);
}

static gboolean
emit_line_column(const Emit *self, guint which, PkColumnBuilder *builder, GError **error)
{
  /* x_first, y_first, x_last, y_last, x_min, y_min, x_max, y_max: from the extremes of x and y or their ties. */
  const PkVkProgram *p = self->program;
  gboolean is_y = which % 2, of_x = which < 4, last = which / 2 % 2, is_extreme = is_y != of_x;
  guint tie = (of_x ? 0 : 2) + (last ? 1 : 0);
  const PkVkPass *pass = pk_vk_program_pass(p, (guint)p->main_pass[is_extreme ? (of_x ? 0 : 1) : 2 + tie]);
  const PkVkColumn *column = &p->columns[is_y ? p->plan->m4.y : p->plan->m4.x];
  const guint64 *values = is_extreme && last ? pass->state.greatest : pass->state.least;
  g_autofree PkValueWriter *writer = pk_value_writer_new(builder, PK_PHYS_F64);
  gboolean ok = TRUE;
  for (guint64 i = 0; i < self->n && ok; i++)
    ok = pk_put_double(writer, line_double(column, pass->flags_a, values[group_at(self, i)]), error);
  return ok && pk_value_writer_flush(writer, error);
}

static gboolean
emit_columns(const Emit *self, PkResult *result, GError **error)
{
  const PkVkProgram *p = self->program;
  guint at = 0;
  for (guint k = 0; k < p->n_keys && !p->plan->dense; k++)
    if (!emit_key(self, k, result->builders[at++], error))
      return FALSE;
  if (p->plan->is_m4) {
    gboolean pairs = pk_vk_program_pass(p, 0)->kind == PK_VK_PASS_LINE;
    for (guint i = 0; i < 8; i++)
      if (!(pairs ? emit_line_pairs : emit_line_column)(self, i, result->builders[at++], error))
        return FALSE;
    return TRUE;
  }
  for (guint i = 0; i < p->plan->n_aggs; i++)
    if (!emit_agg(self, i, result->builders[at++], error))
      return FALSE;
  return TRUE;
}

PkFrame *
pk_vk_emit(const PkVkProgram *program, const PkVkGroups *groups, GError **error)
{
  Emit self = { .program = program, .groups = groups };
  g_auto(PkResult) result = { 0 };
  g_autofree PkColumn **columns = pk_plan_columns_in(program->plan, program->frame);
  pk_result_init(&result, program->plan, columns);
  list_groups(&self);
  gboolean ok = emit_columns(&self, &result, error);
  g_free(self.order);
  g_free(self.values);
  return ok ? pk_result_finish(&result, error) : NULL;
}

PkFrame *
pk_vk_emit_codes(const PkVkProgram *program, GError **error)
{
  const PkVkKey *key = &program->keys[0];
  Emit self = { .program = program, .n = key->n_codes };
  PkColumnBuilder *builder = pk_column_builder_new(key->key->name, pk_plan_key_type(program->plan, key->key), 0);
  guint64 apart = program->n_cells / MAX(key->n_codes, 1);
  if (key->column->source->dictionary)
    pk_column_builder_set_dictionary(builder, key->column->source->dictionary);
  self.order = g_new(guint64, MAX(self.n, 1));
  for (guint64 i = 0; i < self.n; i++)
    self.order[i] = i * apart;
  gboolean ok = emit_key(&self, 0, builder, error);
  g_free(self.order);
  if (!ok) {
    pk_column_builder_free(builder);
    return NULL;
  }
  PkColumn *column = pk_column_builder_finish(builder, error);
  return column ? pk_frame_new(&column, 1, error) : NULL;
}
