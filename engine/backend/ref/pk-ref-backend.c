#include "pk-ref-backend.h"

#include "pk-error.h"
#include "pk-ref-agg.h"
#include "pk-result.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  PkPrepared base;
  PkPlan *plan;
  PkFrame *frame;
  PkColumn **columns; /* of the plan, in the frame */
} RefPrepared;

typedef struct {
  guint n_keys;
  PkRefValue *keys;
  GArray *rows; /* of gint64 */
} Group;

static void
group_free(gpointer data)
{
  Group *self = data;
  g_free(self->keys);
  g_array_unref(self->rows);
  g_free(self);
}

static guint
group_hash(gconstpointer data)
{
  const Group *self = data;
  guint hash = 17;
  for (guint i = 0; i < self->n_keys; i++)
    hash = hash * 31 + pk_ref_value_hash(&self->keys[i]);
  return hash;
}

static int
group_compare(const Group *a, const Group *b)
{
  for (guint i = 0; i < a->n_keys; i++) {
    int order = pk_ref_value_compare(&a->keys[i], &b->keys[i]);
    if (order != 0)
      return order;
  }
  return 0;
}

static gboolean
group_equal(gconstpointer a, gconstpointer b)
{
  return group_compare(a, b) == 0;
}

static int
group_compare_pointers(gconstpointer a, gconstpointer b)
{
  return group_compare(*(Group *const *)a, *(Group *const *)b);
}

/* The group of these keys, made if new. */
static Group *
find_group(GHashTable *groups, const PkRefValue *keys, guint n_keys)
{
  Group wanted = { .n_keys = n_keys, .keys = (PkRefValue *)keys };
  Group *group = g_hash_table_lookup(groups, &wanted);
  if (!group) {
    group = g_new0(Group, 1);
    group->n_keys = n_keys;
    group->keys = g_memdup2(keys, MAX(n_keys, 1) * sizeof *keys);
    group->rows = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_hash_table_add(groups, group);
  }
  return group;
}

/* Empty groups that are in the result all the same: the one group without keys, every cell of a dense
 * result. */
static void
add_fixed_groups(const PkPlan *plan, GHashTable *groups)
{
  g_autofree PkRefValue *keys = g_new0(PkRefValue, plan->n_keys + 1);
  gint64 n_cells = 1;

  if (plan->n_keys == 0 && !plan->is_m4)
    find_group(groups, keys, 0);
  for (guint k = 0; k < plan->n_keys && plan->dense; k++)
    n_cells *= plan->keys[k].count;
  for (gint64 cell = 0; cell < n_cells && plan->dense; cell++) {
    gint64 rest = cell;
    for (guint k = plan->n_keys; k-- > 0;) {
      keys[k] = (PkRefValue){ .kind = PK_REF_INT, .i = rest % plan->keys[k].count };
      rest /= plan->keys[k].count;
    }
    find_group(groups, keys, plan->n_keys);
  }
}

static gboolean
row_passes(const RefPrepared *self, gint64 row)
{
  const PkPlan *plan = self->plan;
  for (guint i = 0; i < plan->n_predicates; i++)
    if (!pk_ref_predicate_holds(&plan->predicates[i], self->columns[plan->predicates[i].column], row))
      return FALSE;
  return TRUE;
}

/* Every group with its rows, ascending. */
static GPtrArray *
group_rows(const RefPrepared *self, GCancellable *cancellable, GError **error)
{
  const PkPlan *plan = self->plan;
  g_autoptr(GHashTable) groups = g_hash_table_new(group_hash, group_equal);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new_with_free_func(group_free);
  g_autofree PkRefValue *keys = g_new0(PkRefValue, plan->n_keys + 1);
  gboolean cancelled = FALSE;

  add_fixed_groups(plan, groups);
  for (gint64 row = 0; row < self->frame->length && !cancelled; row++) {
    if (row % 4096 == 0)
      cancelled = g_cancellable_is_cancelled(cancellable);
    gboolean grouped = row_passes(self, row);
    for (guint k = 0; k < plan->n_keys && grouped; k++)
      grouped = pk_ref_key_of(&plan->keys[k], self->columns[plan->keys[k].column], row, &keys[k]);
    if (grouped)
      g_array_append_val(find_group(groups, keys, plan->n_keys)->rows, row);
  }

  GHashTableIter iter;
  gpointer group;
  g_hash_table_iter_init(&iter, groups);
  while (g_hash_table_iter_next(&iter, &group, NULL))
    g_ptr_array_add(sorted, group);
  if (cancelled) {
    pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
    return NULL;
  }
  g_ptr_array_sort(sorted, group_compare_pointers);
  return g_steal_pointer(&sorted);
}

static gboolean
append_keys(const Group *group, PkResult *result, GError **error)
{
  for (guint k = 0; k < group->n_keys; k++)
    if (!pk_ref_append(&group->keys[k], result->builders[k], error))
      return FALSE;
  return TRUE;
}

/* --- M4 --- */

typedef struct {
  gboolean used;
  double x_first, y_first, x_last, y_last, x_min, y_min, x_max, y_max;
} M4Column;

static void
m4_add(M4Column *c, double x, double y)
{
  if (!c->used) {
    *c = (M4Column){ TRUE, x, y, x, y, x, y, x, y };
    return;
  }
  if (x < c->x_first || (x == c->x_first && y < c->y_first)) {
    c->x_first = x;
    c->y_first = y;
  }
  if (x > c->x_last || (x == c->x_last && y < c->y_last)) {
    c->x_last = x;
    c->y_last = y;
  }
  if (y < c->y_min || (y == c->y_min && x < c->x_min)) {
    c->x_min = x;
    c->y_min = y;
  }
  if (y > c->y_max || (y == c->y_max && x < c->x_max)) {
    c->x_max = x;
    c->y_max = y;
  }
}

static gboolean
m4_group(const RefPrepared *self, const Group *group, PkResult *result, GError **error)
{
  const PkM4 *m4 = &self->plan->m4;
  g_autofree M4Column *pixels = g_new0(M4Column, m4->n);

  for (guint i = 0; i < group->rows->len; i++) {
    gint64 row = g_array_index(group->rows, gint64, i);
    double x = pk_column_get_double(self->columns[m4->x], row);
    double y = pk_column_get_double(self->columns[m4->y], row);
    if (isnan(x) || isnan(y) || x < m4->x0 || x > m4->x1)
      continue;
    double pixel = floor((x - m4->x0) * (m4->n / (m4->x1 - m4->x0)));
    m4_add(&pixels[pixel >= m4->n ? m4->n - 1 : (guint)pixel], x, y);
  }
  for (guint i = 0; i < m4->n; i++) {
    const M4Column *c = &pixels[i];
    const double values[] = { c->x_first, c->y_first, c->x_last, c->y_last,
                              c->x_min,   c->y_min,   c->x_max,  c->y_max };
    PkColumnBuilder **out = result->builders + group->n_keys;
    if (!c->used)
      continue;
    if (!append_keys(group, result, error) || !pk_column_builder_append_int(out[0], i, error))
      return FALSE;
    for (guint v = 0; v < G_N_ELEMENTS(values); v++)
      if (!pk_column_builder_append_double(out[v + 1], values[v], error))
        return FALSE;
  }
  return TRUE;
}

/* --- rows --- */

typedef struct {
  const PkColumn *by; /* NULL: the order of the relation */
  gboolean descending;
} RowOrder;

static int
compare_rows(gconstpointer pa, gconstpointer pb, gpointer data)
{
  const RowOrder *order = data;
  gint64 a = *(const gint64 *)pa, b = *(const gint64 *)pb;
  int sign = 0;
  if (order->by) {
    PkRefValue x = pk_ref_value_of(order->by, a), y = pk_ref_value_of(order->by, b);
    sign = pk_ref_value_compare(&x, &y);
    if (order->descending && x.kind != PK_REF_NULL && y.kind != PK_REF_NULL)
      sign = -sign;
  }
  return sign != 0 ? sign : (a > b) - (a < b);
}

static gboolean
list_rows(const RefPrepared *self, const Group *group, PkResult *result, GError **error)
{
  const PkTop *top = &self->plan->top;
  RowOrder order = { top->by >= 0 ? self->columns[top->by] : NULL, top->descending };
  g_array_sort_with_data(group->rows, compare_rows, &order);
  return pk_result_append_rows(result, self->plan, self->columns, (const gint64 *)(gpointer)group->rows->data,
                               MIN(group->rows->len, top->limit), group->rows->len, error);
}

/* --- the vtable --- */

static gboolean
append_group(const RefPrepared *self, const Group *group, PkResult *result, GError **error)
{
  const PkPlan *plan = self->plan;
  if (plan->is_rows)
    return list_rows(self, group, result, error);
  if (plan->is_m4)
    return m4_group(self, group, result, error);
  if (!plan->dense && !append_keys(group, result, error))
    return FALSE;
  for (guint i = 0; i < plan->n_aggs; i++) {
    PkColumnBuilder *out = result->builders[(plan->dense ? 0 : plan->n_keys) + i];
    if (!pk_ref_aggregate(plan, &plan->aggs[i], self->columns, (const gint64 *)(gpointer)group->rows->data,
                          group->rows->len, out, error))
      return FALSE;
  }
  return TRUE;
}

static PkFrame *
ref_execute(PkPrepared *prepared, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  RefPrepared *self = (RefPrepared *)prepared;
  g_auto(PkResult) result = { 0 };
  g_autoptr(GPtrArray) groups = group_rows(self, cancellable, error);

  if (!groups)
    return NULL;
  pk_result_init(&result, self->plan, self->columns);
  for (guint i = 0; i < groups->len; i++)
    if (!append_group(self, g_ptr_array_index(groups, i), &result, error))
      return NULL;
  receipt->rows_scanned = self->frame->length;
  receipt->bytes_read = pk_plan_columns_bytes(self->plan, self->columns);
  return pk_result_finish(&result, error);
}

static gboolean
ref_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  return TRUE;
}

static PkCost
ref_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work)
{
  /* About a microsecond a row; the planner is not meant to choose it. */
  double rows = work->rows < 0 ? 1e6 : (double)work->rows;
  return (PkCost){ .setup_ms = 0, .execute_ms = 1e-3 * rows * (1 + plan->n_aggs) };
}

static PkPrepared *
ref_prepare(PkBackend *backend, PkPlan *plan, PkFrame *frame, GError **error)
{
  RefPrepared *self = g_new0(RefPrepared, 1);
  self->base.backend = backend;
  self->plan = pk_plan_ref(plan);
  self->frame = pk_frame_ref(frame);
  self->columns = pk_plan_columns_in(plan, frame);
  return &self->base;
}

static void
ref_prepared_free(PkPrepared *prepared)
{
  RefPrepared *self = (RefPrepared *)prepared;
  pk_plan_unref(self->plan);
  pk_frame_unref(self->frame);
  g_free(self->columns);
  g_free(self);
}

static void
ref_free(PkBackend *self)
{
  g_free(self);
}

PkBackend *
pk_ref_backend_new(void)
{
  static const PkBackendClass klass = {
    .name = "ref", .supports = ref_supports, .estimate = ref_estimate, .prepare = ref_prepare,
    .execute = ref_execute, .prepared_free = ref_prepared_free, .free = ref_free,
  };
  PkBackend *self = g_new0(PkBackend, 1);
  self->klass = &klass;
  self->needs_frame = TRUE;
  return self;
}
