/* The first rows by a value are all that are better than the k-th value, and of those equal to it the first, and, if
 * there are not so many values, rows without one. The k-th value is found as a quantile is (radix select); the rows of
 * each of the three kinds are then listed in their order: workgroups count theirs, the host adds up where each
 * begins, and they write. The host, which has the values, sorts what comes back. */
#include "pk-vk-rows.h"

#include "pk-result.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  PkVkRun *run;
  PkVkProgram *program;
  GArray *rows;   /* of gint64, as they will stand */
  guint64 listed; /* rows of the last kind, also beyond its limit */
} List;

/* A kind of rows: any, those with ordinals of the column in lo … hi, or those without a value. */
typedef struct {
  const PkVkColumn *column; /* NULL: any */
  guint slot;
  gboolean null;
  gint64 lo, hi;
} Kind;

static void
set_kind(const List *self, const Kind *kind, PkVkSpec *spec, struct PkKernelProgram *args)
{
  *spec = self->run->spec;
  *args = self->run->args;
  spec->a = kind->column ? pk_vk_column_pack(kind->column, kind->slot) : 0;
  spec->form = kind->null ? 2 : 0;
  args->lo = kind->lo;
  args->hi = kind->hi;
}

/* How many rows of a kind each workgroup has; the caller's. */
static guint32 *
count(List *self, const Kind *kind, guint *n, GError **error)
{
  PkVkRun *run = self->run;
  struct PkKernelProgram args;
  PkVkSpec spec;
  set_kind(self, kind, &spec, &args);
  *n = 0;
  for (guint s = 0; s < run->n_segments; s++)
    *n += pk_vk_run_groups(run, &spec, s);
  PkVkBuffer *table = pk_vk_run_scratch(run, *n * 4, PK_VK_MEMORY_DEVICE, error);
  if (!table)
    return NULL;
  args.table = table->address;
  if (!pk_vk_run_scan(run, PK_VK_ROWS, &spec, &args, TRUE, error))
    return NULL;
  const guint32 *counts = pk_vk_run_read(run, table, 0, *n * 4, error);
  return counts && pk_vk_run_submit(run, error) ? g_memdup2(counts, MAX(*n, 1) * 4) : NULL;
}

static gboolean
write_rows(List *self, const Kind *kind, const guint32 *starts, guint n, guint limit, GError **error)
{
  PkVkRun *run = self->run;
  struct PkKernelProgram args;
  PkVkSpec spec;
  PkVkBuffer *reps = pk_vk_run_scratch(run, (gsize)limit * 4, PK_VK_MEMORY_DEVICE, error);
  PkVkBuffer *host = reps ? pk_vk_run_scratch(run, n * 4, PK_VK_MEMORY_UPLOAD, error) : NULL;
  PkVkBuffer *places = host ? pk_vk_run_scratch(run, n * 4 + 4, PK_VK_MEMORY_DEVICE, error) : NULL;
  if (!places)
    return FALSE;
  memcpy(host->map, starts, n * 4);
  VkBufferCopy copy = { 0, 0, n * 4 };
  run->context->device->api.CmdCopyBuffer(run->commands, host->buffer, places->buffer, 1, &copy);
  pk_vk_run_fill(run, places, n * 4, 4, 0); /* and its barrier */
  set_kind(self, kind, &spec, &args);
  spec.form |= 1;
  args.counts = places->address;
  args.reps = reps->address;
  args.limit = limit;
  if (!pk_vk_run_scan(run, PK_VK_ROWS, &spec, &args, TRUE, error))
    return FALSE;
  const guint32 *rows = pk_vk_run_read(run, reps, 0, (gsize)limit * 4, error);
  if (!rows || !pk_vk_run_submit(run, error))
    return FALSE;
  for (guint i = 0; i < limit; i++) {
    gint64 row = rows[i];
    g_array_append_val(self->rows, row);
  }
  return TRUE;
}

/* Appends the first rows of a kind. */
static gboolean
list(List *self, const Kind *kind, guint64 limit, GError **error)
{
  guint n;
  g_autofree guint32 *starts = count(self, kind, &n, error);
  guint64 at = 0;
  if (!starts)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    guint32 own = starts[i];
    starts[i] = (guint32)at;
    at += own;
  }
  self->listed = at;
  return at == 0 || write_rows(self, kind, starts, n, (guint)MIN(at, limit), error);
}

/* --- by a value --- */

typedef struct {
  gint64 ordinal, row;
} Ranked;

static int
compare_up(const void *pa, const void *pb)
{
  const Ranked *a = pa, *b = pb;
  if (a->ordinal != b->ordinal)
    return a->ordinal < b->ordinal ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static int
compare_down(const void *pa, const void *pb)
{
  const Ranked *a = pa, *b = pb;
  if (a->ordinal != b->ordinal)
    return a->ordinal > b->ordinal ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static void
sort_rows(List *self, const PkVkColumn *column, gboolean descending)
{
  guint n = self->rows->len;
  g_autofree Ranked *ranked = g_new(Ranked, MAX(n, 1));
  for (guint i = 0; i < n; i++) {
    gint64 row = g_array_index(self->rows, gint64, i);
    ranked[i] = (Ranked){ pk_vk_ordinal_at(column, row), row };
  }
  if (n > 0)
    qsort(ranked, n, sizeof *ranked, descending ? compare_down : compare_up);
  for (guint i = 0; i < n; i++)
    g_array_index(self->rows, gint64, i) = ranked[i].row;
}

/* What the search for the k-th value tells: it, how many values are better, and how many of it are wanted. */
typedef struct {
  gint64 value;
  guint64 better, equal, wanted;
} Bound;

static Bound
bound_of(const PkVkPass *pass, guint limit, gboolean descending)
{
  const struct PkKernelSelect *s = pass->state.select;
  Bound bound = { .wanted = MIN(s->n, limit) };
  if (bound.wanted == 0)
    return bound;
  guint64 rank = descending ? s->n - bound.wanted : bound.wanted - 1, less = rank - s->rank;
  bound.value = (gint64)(s->prefix + (guint64)pass->base);
  bound.better = descending ? s->n - less - s->equal : less;
  bound.equal = bound.wanted - bound.better;
  return bound;
}

static gboolean
list_by_value(List *self, const PkVkPass *pass, guint64 matches, GError **error)
{
  const PkTop *top = &self->program->plan->top;
  const PkVkColumn *column = &self->program->columns[top->by];
  Bound bound = bound_of(pass, top->limit, top->descending);
  Kind better = { .column = column, .slot = (guint)top->by,
                  .lo = top->descending ? bound.value + 1 : G_MININT64,
                  .hi = top->descending ? G_MAXINT64 : bound.value - 1 };
  Kind equal = { .column = column, .slot = (guint)top->by, .lo = bound.value, .hi = bound.value };
  Kind null = { .column = column, .slot = (guint)top->by, .null = TRUE };
  if (bound.better > 0 && !list(self, &better, bound.better, error))
    return FALSE;
  sort_rows(self, column, top->descending);
  if (bound.equal > 0 && !list(self, &equal, bound.equal, error))
    return FALSE;
  guint64 left = MIN(matches, top->limit) - bound.wanted;
  return left == 0 || list(self, &null, left, error);
}

PkFrame *
pk_vk_rows(PkVkRun *run, PkVkProgram *program, GError **error)
{
  const PkPlan *plan = program->plan;
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autofree PkColumn **columns = pk_plan_columns_in(plan, program->frame);
  g_auto(PkResult) result = { 0 };
  List self = { run, program, rows, 0 };
  PkVkGroups groups = { 0 };
  guint64 matches = 0;
  gboolean ok;
  if (plan->top.by < 0) {
    ok = pk_vk_select(run, program, error) && list(&self, &(Kind){ 0 }, plan->top.limit, error);
    matches = self.listed;
  } else {
    ok = pk_vk_execute(run, program, &groups, error);
    matches = ok ? groups.rows[0] : 0;
    ok = ok && list_by_value(&self, pk_vk_program_pass(program, 0), matches, error);
  }
  if (!ok)
    return NULL;
  pk_result_init(&result, plan, columns);
  if (!pk_result_append_rows(&result, plan, columns, (const gint64 *)(gpointer)rows->data, rows->len, (gint64)matches, error))
    return NULL;
  return pk_result_finish(&result, error);
}
