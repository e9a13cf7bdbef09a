#include "pk-cpu-acc.h"
#include "pk-cpu-filter.h"
#include "pk-cpu-key.h"

#include <string.h>

#define MANY_CELLS ((guint64)1 << 22) /* beyond, sparse groups are hashed */

static gint
add_acc(PkCpuProgram *self, PkCpuAccKind kind, gint column, gint by)
{
  for (guint i = 0; i < self->n_accs; i++)
    if (self->accs[i].kind == kind && self->accs[i].column == column && self->accs[i].by == by)
      return (gint)i;
  PkCpuAcc *acc = &self->accs[self->n_accs];
  *acc = (PkCpuAcc){ .klass = pk_cpu_acc_class(kind), .kind = kind, .column = column, .by = by };
  if (kind == PK_CPU_ACC_SUM_INT) {
    /* A block of one group adds 2^11 values before the sum is widened, lanes 2^30. */
    const PkColumn *source = self->columns[column];
    __int128 most = (__int128)1 << (self->n_keys == 0 ? 51 : 32);
    acc->narrow = pk_cpu_fits_order(source) && source->stats.min_int >= -most &&
        source->stats.max_int <= most;
  }
  self->ordered |= kind == PK_CPU_ACC_SUM_FLOAT || kind == PK_CPU_ACC_MOMENTS ||
      kind == PK_CPU_ACC_REGRESSION;
  return (gint)self->n_accs++;
}

/* Rows where the column is not NULL. */
static gint
add_count(PkCpuProgram *self, gint column)
{
  if (self->columns[column]->stats.null_count == 0)
    return add_acc(self, PK_CPU_ACC_ROWS, -1, -1);
  return add_acc(self, PK_CPU_ACC_COUNT, column, -1);
}

static void
add_agg(PkCpuProgram *self, guint i)
{
  const PkAgg *agg = &self->plan->aggs[i];
  const PkColumn *column = agg->column >= 0 ? self->columns[agg->column] : NULL;
  gboolean is_float = column && column->physical >= PK_PHYS_F32;
  gboolean fits = column && pk_cpu_fits_order(column);
  gint *main = &self->agg_main[i];

  self->agg_count[i] = -1;
  switch (agg->op) {
  case PK_AGG_COUNT_ALL:
    *main = add_acc(self, PK_CPU_ACC_ROWS, -1, -1);
    return;
  case PK_AGG_COUNT:
    *main = add_count(self, agg->column);
    return;
  case PK_AGG_SUM:
  case PK_AGG_MEAN:
    *main = add_acc(self, is_float ? PK_CPU_ACC_SUM_FLOAT : PK_CPU_ACC_SUM_INT, agg->column, -1);
    break;
  case PK_AGG_MIN:
    *main = add_acc(self, fits ? PK_CPU_ACC_MIN : PK_CPU_ACC_MIN_WIDE, agg->column, -1);
    break;
  case PK_AGG_MAX:
    *main = add_acc(self, fits ? PK_CPU_ACC_MAX : PK_CPU_ACC_MAX_WIDE, agg->column, -1);
    break;
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP:
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP:
    *main = add_acc(self, PK_CPU_ACC_MOMENTS, agg->column, -1);
    return;
  case PK_AGG_FIRST:
    *main = add_acc(self, PK_CPU_ACC_FIRST, agg->column, agg->by);
    return;
  case PK_AGG_LAST:
    *main = add_acc(self, PK_CPU_ACC_LAST, agg->column, agg->by);
    return;
  case PK_AGG_QUANTILE:
  case PK_AGG_DISTINCT:
    *main = add_acc(self, PK_CPU_ACC_COLLECT, agg->column, -1);
    return;
  default:
    *main = add_acc(self, PK_CPU_ACC_REGRESSION, agg->column, agg->by);
    return;
  }
  self->agg_count[i] = add_count(self, agg->column);
}

static void
init_keys(PkCpuProgram *self)
{
  const PkPlan *plan = self->plan;
  guint64 cells = 1;
  gboolean have_codes = TRUE;

  self->n_keys = plan->n_keys + (plan->is_m4 ? 1 : 0);
  self->keys = g_new0(PkCpuKey, MAX(self->n_keys, 1));
  for (guint k = 0; k < plan->n_keys; k++)
    pk_cpu_key_init(&self->keys[k], &plan->keys[k], plan->keys[k].column,
                    self->columns[plan->keys[k].column],
                    self->frame->length);
  if (plan->is_m4)
    pk_cpu_key_init_pixel(&self->keys[plan->n_keys], &plan->m4, self->columns[plan->m4.x]);

  self->n_words = 1; /* the bits of NULLs */
  for (guint k = 0; k < self->n_keys; k++) {
    const PkCpuKey *key = &self->keys[k];
    have_codes = have_codes && key->n_codes > 0;
    cells = MIN(cells, MANY_CELLS * 1024) * MAX(key->n_codes, 1);
    self->n_words += key->n_codes > 0 ? 1 : key->n_words;
  }
  guint64 limit = MAX(65536, MIN((guint64)self->frame->length * 4, MANY_CELLS));
  self->direct = have_codes && (cells <= limit || (plan->dense && cells <= PK_PLAN_MAX_CELLS));
  self->n_cells = self->direct ? (guint32)cells : 0;
}

/* Which accumulator counts rows, and whether a sum of a column without NULLs can do it along the way. */
static void
link_rows(PkCpuProgram *self)
{
  self->rows_acc = self->rows_feeder = -1;
  for (guint i = 0; i < self->n_accs; i++)
    if (self->accs[i].kind == PK_CPU_ACC_ROWS)
      self->rows_acc = (gint)i;
  for (guint i = 0; i < self->n_accs && self->rows_acc >= 0; i++)
    if (self->accs[i].kind == PK_CPU_ACC_SUM_FLOAT &&
        self->columns[self->accs[i].column]->stats.null_count == 0)
      self->rows_feeder = (gint)i;
}

/* Few groups by a column of bytes, every row of which counts: making slots of them would take as long again as
 * adding to the groups. */
static gboolean
has_byte_slots(const PkCpuProgram *self)
{
  const PkCpuKey *key = &self->keys[0];
  if (!self->direct || self->n_keys != 1 || self->n_filters > 0 || key->kind != PK_CPU_KEY_OFFSET ||
      key->source->physical != PK_PHYS_U8 || key->nullable || !(key->source->stats.has_range))
    return FALSE;
  for (guint i = 0; i < self->n_accs; i++) {
    const PkCpuAcc *acc = &self->accs[i];
    if (acc->kind != PK_CPU_ACC_ROWS &&
        !(acc->kind == PK_CPU_ACC_SUM_FLOAT && self->columns[acc->column]->stats.null_count == 0))
      return FALSE;
  }
  return TRUE;
}

PkCpuProgram *
pk_cpu_program_new(PkPlan *plan, PkFrame *frame, GError **error)
{
  PkCpuProgram *self = g_new0(PkCpuProgram, 1);
  self->plan = pk_plan_ref(plan);
  self->frame = pk_frame_ref(frame);
  self->columns = pk_plan_columns_in(plan, frame);
  self->filters = g_new0(PkCpuFilter, MAX(plan->n_predicates, 1));
  for (guint i = 0; i < plan->n_predicates; i++) {
    const PkPredicate *predicate = &plan->predicates[i];
    if (!pk_cpu_filter_init(&self->filters[self->n_filters++], predicate, self->columns[predicate->column]))
      self->nothing_passes = TRUE;
  }
  init_keys(self);
  self->accs = g_new0(PkCpuAcc, 2 * plan->n_aggs + 2);
  self->agg_main = g_new0(gint, MAX(plan->n_aggs, 1));
  self->agg_count = g_new0(gint, MAX(plan->n_aggs, 1));
  for (guint i = 0; i < plan->n_aggs; i++)
    add_agg(self, i);
  if (plan->is_m4)
    add_acc(self, PK_CPU_ACC_M4, (gint)plan->m4.y, (gint)plan->m4.x);
  if (self->direct && self->n_keys > 0 && !plan->dense && !plan->is_m4)
    add_acc(self, PK_CPU_ACC_ROWS, -1, -1);
  link_rows(self);
  self->byte_slots = has_byte_slots(self);
  return self;
}

void
pk_cpu_program_free(PkCpuProgram *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n_filters; i++)
    pk_cpu_filter_clear(&self->filters[i]);
  for (guint i = 0; i < self->n_keys; i++)
    pk_cpu_key_clear(&self->keys[i]);
  g_free(self->filters);
  g_free(self->keys);
  g_free(self->accs);
  g_free(self->agg_main);
  g_free(self->agg_count);
  g_free(self->columns);
  pk_plan_unref(self->plan);
  pk_frame_unref(self->frame);
  g_free(self);
}

PkCpuContext *
pk_cpu_context_new(const PkCpuProgram *program)
{
  guint n = MAX(program->plan->n_columns, 1);
  PkCpuContext *self = g_new0(PkCpuContext, 1);
  self->program = program;
  self->mask = g_malloc0(PK_CPU_BLOCK);
  self->slots = g_new0(guint32, PK_CPU_BLOCK);
  self->slots_valid = g_new0(guint32, PK_CPU_BLOCK);
  self->codes = g_new0(guint32, PK_CPU_BLOCK);
  self->valid_a = g_malloc0(PK_CPU_BLOCK);
  self->valid_b = g_malloc0(PK_CPU_BLOCK);
  if (!program->direct) {
    self->words = g_new0(guint64, (gsize)program->n_words * PK_CPU_BLOCK);
    self->word_columns = g_new0(guint64, (gsize)program->n_words * PK_CPU_BLOCK);
  }
  self->doubles = g_new0(double *, n);
  self->orders = g_new0(gint64 *, n);
  self->wides = g_new0(__int128 *, n);
  self->doubles_serial = g_new0(guint64, n);
  self->orders_serial = g_new0(guint64, n);
  self->wides_serial = g_new0(guint64, n);
  return self;
}

void
pk_cpu_context_free(PkCpuContext *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->program->plan->n_columns; i++) {
    g_free(self->doubles[i]);
    g_free(self->orders[i]);
    g_free(self->wides[i]);
  }
  g_free(self->mask);
  g_free(self->slots);
  g_free(self->slots_valid);
  g_free(self->codes);
  g_free(self->valid_a);
  g_free(self->valid_b);
  g_free(self->words);
  g_free(self->word_columns);
  g_free(self->doubles);
  g_free(self->orders);
  g_free(self->wides);
  g_free(self->doubles_serial);
  g_free(self->orders_serial);
  g_free(self->wides_serial);
  g_free(self);
}
