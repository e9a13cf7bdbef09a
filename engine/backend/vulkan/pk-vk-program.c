#include "pk-vk-program.h"

#include "pk-error.h"
#include "pk-result.h"
#include "pk-timeunit.h"

#include <math.h>

#define MAX_ROWS ((gint64)G_MAXUINT32 - 1)

/* --- what is supported --- */

static gboolean
refuse(char **reason, const char *why)
{
  *reason = g_strdup(why);
  return FALSE;
}

gboolean
pk_vk_program_supports(const PkPlan *plan, char **reason)
{
  if (plan->n_columns > PK_KERNEL_SLOTS)
    return refuse(reason, "more than 16 columns");
  if (plan->n_keys + (plan->is_m4 ? 1 : 0) > PK_KERNEL_KEYS)
    return refuse(reason, "more than 4 keys (3 for a line)");
  for (guint i = 0; i < plan->n_columns; i++) {
    PkType type = plan->columns[i].type;
    if (!pk_plan_scans_column(plan, i))
      continue;
    if (type.kind == PK_TYPE_I128 || type.kind == PK_TYPE_U128 ||
        (type.kind == PK_TYPE_DECIMAL && type.precision > 18))
      return refuse(reason, "integers of more than 64 bits");
  }
  for (guint i = 0; i < plan->n_keys; i++) {
    const PkKey *key = &plan->keys[i];
    if (key->kind == PK_KEY_TIME && key->time_units & PK_TIME_MILLISECONDS)
      return refuse(reason, "time units below a second");
    if ((key->kind == PK_KEY_BINS || key->kind == PK_KEY_EDGES) && key->count > 1u << 24)
      return refuse(reason, "more than 16 million bins on one axis");
  }
  if (plan->is_m4 && plan->m4.n > 1u << 24)
    return refuse(reason, "more than 16 million pixel columns");
  return TRUE;
}

/* --- passes --- */

static guint
add_pass(PkVkProgram *self, PkVkPass pass)
{
  g_array_append_val(self->passes, pass);
  return self->passes->len - 1;
}

static gboolean
may_be_null(const PkVkProgram *self, gint column)
{
  return column >= 0 && self->columns[column].nullable;
}

/* The pass over a (and b's validity) that adds up `ops`, shared by all aggregates that ask for it. */
static guint
need_sums(PkVkProgram *self, gint a, gint b, guint ops, guint32 flags_a, guint32 flags_b)
{
  if (b >= 0 && !may_be_null(self, b) && !(flags_b & PK_COLUMN_NO_NAN))
    b = -1; /* it excludes no row */
  if (b == a)
    b = -1;
  if (may_be_null(self, a) || b >= 0 || (flags_a & PK_COLUMN_NO_NAN))
    ops |= PK_OP_COUNT;
  for (guint i = 0; i < self->passes->len; i++) {
    PkVkPass *pass = pk_vk_program_pass(self, i);
    if (pass->kind == PK_VK_PASS_SUMS && pass->a == a && pass->b == b && pass->flags_a == flags_a &&
        pass->flags_b == flags_b) {
      pass->ops |= ops;
      return i;
    }
  }
  return add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_SUMS, .a = a, .b = b, .ops = ops, .flags_a = flags_a,
                                    .flags_b = flags_b });
}

/* Sums of what deviates from the means that passes `of` and `of2` give. */
static gint
need_spread(PkVkProgram *self, gint a, gint b, guint term, guint of, guint of2)
{
  if (term != PK_TERM_PRODUCT && (!may_be_null(self, b) || a == b))
    b = -1;
  for (guint i = 0; i < self->passes->len; i++) {
    const PkVkPass *pass = pk_vk_program_pass(self, i);
    if (pass->kind == PK_VK_PASS_SPREAD && pass->a == a && pass->b == b && pass->term == term && pass->of == of &&
        pass->of2 == of2)
      return (gint)i;
  }
  return (gint)add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_SPREAD, .a = a, .b = b, .ops = PK_OP_SUM, .term = term,
                                          .of = of, .of2 = of2 });
}

/* Moments of the rows where neither y = column nor x = by is NULL. */
static void
plan_regression(PkVkProgram *self, guint i)
{
  const PkAgg *agg = &self->plan->aggs[i];
  gint x = agg->by, y = agg->column;
  gboolean of_y_alone = agg->op == PK_AGG_REGR_AVGY || agg->op == PK_AGG_REGR_SYY;
  gint a = of_y_alone ? y : x, b = of_y_alone ? x : y;
  guint of = need_sums(self, a, b, PK_OP_SUM, 0, 0);
  self->main_pass[i] = self->count_pass[i] = (gint)of;
  if (agg->op == PK_AGG_REGR_SXX || agg->op == PK_AGG_REGR_SYY) {
    self->main_pass[i] = need_spread(self, a, b, PK_TERM_SQUARE, of, of);
    self->rest_pass[i] = self->rest2_pass[i] = need_spread(self, a, b, PK_TERM_DEV, of, of);
  } else if (agg->op == PK_AGG_REGR_SXY) {
    guint of_y = need_sums(self, y, x, PK_OP_SUM, 0, 0);
    self->main_pass[i] = need_spread(self, x, y, PK_TERM_PRODUCT, of, of_y);
    self->rest_pass[i] = need_spread(self, x, y, PK_TERM_DEV, of, of);
    self->rest2_pass[i] = need_spread(self, y, x, PK_TERM_DEV, of_y, of_y);
  }
}

static void
plan_aggregate(PkVkProgram *self, guint i)
{
  const PkAgg *agg = &self->plan->aggs[i];
  gint column = agg->column;
  self->main_pass[i] = self->count_pass[i] = self->rest_pass[i] = self->rest2_pass[i] = -1;
  switch (agg->op) {
  case PK_AGG_COUNT_ALL: break;
  case PK_AGG_COUNT:
    if (may_be_null(self, column))
      self->main_pass[i] = (gint)need_sums(self, column, -1, PK_OP_COUNT, 0, 0);
    break;
  case PK_AGG_SUM:
  case PK_AGG_MEAN: self->main_pass[i] = (gint)need_sums(self, column, -1, PK_OP_SUM, 0, 0); break;
  case PK_AGG_MIN: self->main_pass[i] = (gint)need_sums(self, column, -1, PK_OP_MIN, 0, 0); break;
  case PK_AGG_MAX: self->main_pass[i] = (gint)need_sums(self, column, -1, PK_OP_MAX, 0, 0); break;
  case PK_AGG_FIRST:
  case PK_AGG_LAST: {
    gboolean last = agg->op == PK_AGG_LAST;
    guint of = need_sums(self, agg->by, column, (last ? PK_OP_MAX : PK_OP_MIN) | PK_OP_COUNT, 0, 0);
    self->count_pass[i] = (gint)of;
    self->main_pass[i] = (gint)add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_TIES, .a = column, .b = agg->by,
                                                          .of = of, .greatest = last, .ops = PK_OP_MIN });
    break;
  }
  case PK_AGG_QUANTILE:
    self->main_pass[i] = (gint)add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_QUANTILE, .a = column, .b = -1,
                                                          .p = agg->p });
    break;
  case PK_AGG_DISTINCT:
    self->main_pass[i] = (gint)add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_DISTINCT, .a = column, .b = -1,
                                                          .ops = PK_OP_COUNT });
    break;
  case PK_AGG_VAR_SAMP:
  case PK_AGG_VAR_POP:
  case PK_AGG_STDDEV_SAMP:
  case PK_AGG_STDDEV_POP: {
    guint of = need_sums(self, column, -1, PK_OP_SUM, 0, 0);
    self->count_pass[i] = (gint)of;
    self->main_pass[i] = need_spread(self, column, -1, PK_TERM_SQUARE, of, of);
    self->rest_pass[i] = self->rest2_pass[i] = need_spread(self, column, -1, PK_TERM_DEV, of, of);
    break;
  }
  default: plan_regression(self, i); break;
  }
}

/* The doubles that M4 compares are its columns' ordinals, unless two integers may share one. */
static guint32
line_flags(const PkVkColumn *column)
{
  if (column->is_float)
    return PK_COLUMN_NO_NAN;
  return column->least >= -(G_GINT64_CONSTANT(1) << 49) && column->greatest <= G_GINT64_CONSTANT(1) << 49 &&
         column->kind != PK_KIND_U64 ? 0 : PK_COLUMN_AS_DOUBLE;
}

/* Do ordinals less a base fit 32 bits, and are never all ones? */
static gboolean
fits_line(const PkVkColumn *column, gint64 *base)
{
  if (column->is_float) {
    *base = G_MININT32;
    return column->kind == PK_KIND_F32;
  }
  *base = column->least > column->greatest ? 0 : column->least;
  return column->least > column->greatest ||
         (guint64)column->greatest - (guint64)column->least < (guint64)G_MAXUINT32;
}

static void
plan_line(PkVkProgram *self)
{
  gint x = (gint)self->plan->m4.x, y = (gint)self->plan->m4.y;
  guint32 fx = line_flags(&self->columns[x]), fy = line_flags(&self->columns[y]);
  PkVkPass whole = { .kind = PK_VK_PASS_LINE, .a = x, .b = y, .flags_a = fx, .flags_b = fy,
                     .ops = PK_OP_MIN | PK_OP_MAX };
  if (!((fx | fy) & PK_COLUMN_AS_DOUBLE) && fits_line(&self->columns[x], &whole.base_a) &&
      fits_line(&self->columns[y], &whole.base_b)) {
    self->main_pass = g_new0(gint, 1);
    self->main_pass[0] = (gint)add_pass(self, whole);
    return;
  }
  guint of_x = need_sums(self, x, y, PK_OP_MIN | PK_OP_MAX | PK_OP_COUNT, fx, fy);
  guint of_y = need_sums(self, y, x, PK_OP_MIN | PK_OP_MAX | PK_OP_COUNT, fy, fx);
  self->main_pass = g_new0(gint, 6);
  self->main_pass[0] = (gint)of_x;
  self->main_pass[1] = (gint)of_y;
  for (guint i = 0; i < 4; i++) {
    gboolean of_first = i < 2;
    self->main_pass[2 + i] = (gint)add_pass(self, (PkVkPass){
      .kind = PK_VK_PASS_TIES, .a = of_first ? y : x, .b = of_first ? x : y, .flags_a = of_first ? fy : fx,
      .flags_b = of_first ? fx : fy, .of = of_first ? of_x : of_y, .greatest = i % 2, .ops = PK_OP_MIN });
  }
}

/* --- how sums are kept --- */

static guint
bits_of(gint64 least, gint64 greatest)
{
  guint64 most = MAX((guint64)(greatest < 0 ? -(greatest + 1) : greatest), (guint64)(least < 0 ? -(least + 1) : least));
  return most == 0 ? 1 : 65 - (guint)__builtin_clzll(most);
}

/* most * 2^exponent < 2^bits: the fixed point of kernels/fixed.glsl. PK_ERROR_UNSUPPORTED where its units would
 * leave the range of a double. */
static gboolean
set_exponent(PkVkPass *pass, const PkVkColumn *column, double most, GError **error)
{
  gint e = 0;
  pass->limbs = column->kind == PK_KIND_F32 && pass->kind == PK_VK_PASS_SUMS ? 2 : 3;
  frexp(most, &e);
  pass->exponent = (pass->limbs == 2 ? 52 : 83) - e;
  if (most == 0 || (e > -900 && e < 900))
    return TRUE;
  return pk_fail(error, PK_ERROR_UNSUPPORTED, "the values of column \"%s\" are too large or small for fixed point",
                 column->source->name);
}

static gboolean
settle_sum(PkVkProgram *self, PkVkPass *pass, GError **error)
{
  const PkVkColumn *a = &self->columns[pass->a];
  if (pass->kind == PK_VK_PASS_SPREAD) {
    const PkVkColumn *b = pass->term == PK_TERM_PRODUCT ? &self->columns[pass->b] : a;
    double most = pass->term != PK_TERM_DEV ? 4 * a->most * b->most : 2 * a->most;
    return set_exponent(pass, a, most, error);
  }
  if (!(pass->ops & PK_OP_SUM))
    return TRUE;
  if (a->is_float) {
    pass->term = PK_TERM_FIXED;
    if (self->n_keys > 0)
      return set_exponent(pass, a, a->most, error);
  } else {
    pass->term = PK_TERM_INT;
    pass->limbs = a->least > a->greatest || bits_of(a->least, a->greatest) <= 24 ? 1 : 2;
  }
  return TRUE;
}

/* --- making it --- */

static gboolean
make_keys(PkVkProgram *self, GError **error)
{
  const PkPlan *plan = self->plan;
  gint64 rows = self->frame->length;
  guint64 limit = plan->dense ? PK_PLAN_MAX_CELLS : MAX(1u << 16, MIN((guint64)1 << 24, (guint64)rows * 2));
  self->keys = g_new0(PkVkKey, plan->n_keys + 1);
  for (guint i = 0; i < plan->n_keys; i++) {
    const PkKey *key = &plan->keys[i];
    if (!pk_vk_key_init(&self->keys[i], key, &self->columns[key->column], key->column, rows, error))
      return FALSE;
    self->n_keys++;
  }
  if (plan->is_m4) {
    if (!pk_vk_key_init_pixel(&self->keys[self->n_keys], &plan->m4, &self->columns[plan->m4.x], plan->m4.x, error))
      return FALSE;
    self->n_keys++;
  }
  self->n_cells = 1;
  for (guint i = 0; i < self->n_keys; i++) {
    self->hashed = self->hashed || self->keys[i].n_codes == 0 || self->keys[i].n_codes > limit / self->n_cells;
    if (!self->hashed)
      self->n_cells *= self->keys[i].n_codes;
  }
  return TRUE;
}

static gboolean
make_columns(PkVkProgram *self, GError **error)
{
  g_autofree PkColumn **columns = pk_plan_columns_in(self->plan, self->frame);
  self->columns = g_new0(PkVkColumn, self->plan->n_columns + 1);
  for (guint i = 0; i < self->plan->n_columns; i++) {
    if (pk_plan_scans_column(self->plan, i) && !pk_vk_column_init(&self->columns[i], columns[i], error))
      return FALSE;
    self->n_columns++;
  }
  self->predicates = g_new0(PkVkPredicate, self->plan->n_predicates + 1);
  for (guint i = 0; i < self->plan->n_predicates; i++) {
    const PkPredicate *p = &self->plan->predicates[i];
    if (!pk_vk_predicate_init(&self->predicates[i], p, &self->columns[p->column], p->column, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
make_passes(PkVkProgram *self, GError **error)
{
  const PkPlan *plan = self->plan;
  self->passes = g_array_new(FALSE, TRUE, sizeof(PkVkPass));
  if (plan->is_m4) {
    plan_line(self);
  } else {
    self->main_pass = g_new0(gint, plan->n_aggs + 1);
    self->count_pass = g_new0(gint, plan->n_aggs + 1);
    self->rest_pass = g_new0(gint, plan->n_aggs + 1);
    self->rest2_pass = g_new0(gint, plan->n_aggs + 1);
    for (guint i = 0; i < plan->n_aggs; i++)
      plan_aggregate(self, i);
    if (plan->is_rows && plan->top.by >= 0)
      add_pass(self, (PkVkPass){ .kind = PK_VK_PASS_QUANTILE, .a = plan->top.by, .b = -1, .take = plan->top.limit,
                                 .p = plan->top.descending ? 1 : 0 });
  }
  for (guint i = 0; i < self->passes->len; i++) {
    PkVkPass *pass = pk_vk_program_pass(self, i);
    if ((pass->kind == PK_VK_PASS_SUMS || pass->kind == PK_VK_PASS_SPREAD) && !settle_sum(self, pass, error))
      return FALSE;
  }
  return TRUE;
}

PkVkProgram *
pk_vk_program_new(PkPlan *plan, PkFrame *frame, GError **error)
{
  PkVkProgram *self = g_new0(PkVkProgram, 1);
  self->plan = pk_plan_ref(plan);
  self->frame = pk_frame_ref(frame);
  gboolean ok = frame->length <= MAX_ROWS ||
                pk_fail(error, PK_ERROR_LIMIT, "the device counts at most %" G_GINT64_FORMAT " rows", MAX_ROWS);
  if (ok && make_columns(self, error) && make_keys(self, error) && make_passes(self, error))
    return self;
  pk_vk_program_free(self);
  return NULL;
}

void
pk_vk_program_free(PkVkProgram *self)
{
  if (!self)
    return;
  for (guint i = 0; self->predicates && i < self->plan->n_predicates; i++)
    pk_vk_predicate_clear(&self->predicates[i]);
  for (guint i = 0; i < self->n_keys; i++)
    pk_vk_key_clear(&self->keys[i]);
  for (guint i = 0; i < self->n_columns; i++)
    pk_vk_column_clear(&self->columns[i]);
  if (self->passes)
    g_array_unref(self->passes);
  g_free(self->predicates);
  g_free(self->keys);
  g_free(self->columns);
  g_free(self->main_pass);
  g_free(self->count_pass);
  g_free(self->rest_pass);
  g_free(self->rest2_pass);
  pk_plan_unref(self->plan);
  pk_frame_unref(self->frame);
  g_free(self);
}
