/* The first rows, as they stand or by a value: each thread keeps the best that it has met in a heap whose root is the
 * worst of them, so that most rows cost one comparison; the heaps are put together at the end. */
#include "pk-cpu-run.h"

#include "pk-cpu-filter.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-workers.h"

#include <stdlib.h>

#define PIECE_BLOCKS 32

/* Smaller comes first. */
typedef struct {
  __int128 order; /* of the value, upside down where the greatest come first */
  gint64 row;
  gboolean null;
} Entry;

typedef struct {
  Entry *entries; /* a heap, once it is full */
  gsize n, room, limit;
  GError *failure;
} Best;

typedef struct {
  const PkCpuProgram *program;
  GCancellable *cancellable;
  gint64 n_blocks, blocks_per_chunk;
  gboolean counts; /* all matches are wanted, not only the first */
  gint next_piece; /* atomic */
  gint stopped;    /* atomic */
  GMutex mutex;    /* of what follows */
  Best total;
  gint64 matches;
  GError *failure;
} Run;

static int
compare_entries(const void *pa, const void *pb)
{
  const Entry *a = pa, *b = pb;
  if (a->null != b->null)
    return a->null ? 1 : -1;
  if (a->order != b->order)
    return a->order < b->order ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

static void
sift_down(Best *self, gsize at)
{
  Entry moved = self->entries[at];
  for (gsize child; (child = 2 * at + 1) < self->n; at = child) {
    if (child + 1 < self->n && compare_entries(&self->entries[child], &self->entries[child + 1]) < 0)
      child++;
    if (compare_entries(&moved, &self->entries[child]) >= 0)
      break;
    self->entries[at] = self->entries[child];
  }
  self->entries[at] = moved;
}

static gboolean
best_grow(Best *self)
{
  gsize room = MIN(MAX(self->room * 2, 64), self->limit);
  if (!pk_mem_reserve((room - self->room) * sizeof(Entry), &self->failure))
    return FALSE;
  self->entries = g_renew(Entry, self->entries, room);
  self->room = room;
  return TRUE;
}

static void
best_clear(Best *self)
{
  pk_mem_release(self->room * sizeof(Entry));
  g_free(self->entries);
  g_clear_error(&self->failure);
}

static void
best_add(Best *self, const Entry *entry)
{
  if (self->n < self->limit) {
    if (self->n == self->room && !best_grow(self))
      return;
    self->entries[self->n++] = *entry;
    for (gsize i = self->n / 2; self->n == self->limit && i-- > 0;)
      sift_down(self, i);
  } else if (compare_entries(entry, &self->entries[0]) < 0) {
    self->entries[0] = *entry;
    sift_down(self, 0);
  }
}

/* --- a block --- */

typedef struct {
  const gint64 *orders;    /* one of the two, or neither */
  const __int128 *wides;
  const guint8 *valid;     /* NULL: no NULLs */
  gint flip;               /* -1: the greatest come first */
} Values;

static Entry
entry_of(const Values *v, guint i, gint64 row)
{
  Entry entry = { .row = row, .null = v->valid && !v->valid[i] };
  if (!entry.null)
    entry.order = v->orders ? (__int128)(v->orders[i] ^ v->flip) : v->wides ? v->wides[i] ^ v->flip : 0;
  return entry;
}

static Values
load_values(PkCpuContext *context)
{
  const PkTop *top = &context->program->plan->top;
  Values v = { .flip = top->descending ? -1 : 0 };
  if (top->by < 0)
    return v;
  if (pk_cpu_fits_order(context->program->columns[top->by]))
    v.orders = pk_cpu_orders(context, (guint)top->by);
  else
    v.wides = pk_cpu_wides(context, (guint)top->by);
  v.valid = pk_cpu_valid(context, (guint)top->by, context->valid_a);
  return v;
}

static gint64
scan_block(PkCpuContext *context, gint64 first_row, Best *best)
{
  Values v = load_values(context);
  const guint8 *mask = context->all_pass ? NULL : context->mask;
  gint64 matches = 0;
  for (guint i = 0; i < context->block.n && !best->failure; i++) {
    if (mask && !mask[i])
      continue;
    matches++;
    /* A thread's rows ascend: one that is no better than the worst comes after it. */
    if (best->n == best->limit && !best->entries[0].null && v.orders && (v.orders[i] ^ v.flip) >= best->entries[0].order)
      continue;
    Entry entry = entry_of(&v, i, first_row + i);
    best_add(best, &entry);
  }
  return matches;
}

static gint64
run_block(PkCpuContext *context, const Run *run, gint64 index, Best *best)
{
  const PkFrame *frame = context->program->frame;
  PkCpuBlock *block = &context->block;
  block->chunk = (guint)(index / run->blocks_per_chunk);
  block->row = index % run->blocks_per_chunk * PK_CPU_BLOCK;
  gint64 full = frame->columns[0]->chunks[0].length;
  block->n = (guint)MIN(PK_CPU_BLOCK, frame->columns[0]->chunks[block->chunk].length - block->row);
  context->serial++;
  pk_cpu_filters_run(context);
  return scan_block(context, block->chunk * full + block->row, best);
}

/* --- the whole --- */

static void
join(Run *run, Best *best, gint64 matches)
{
  g_mutex_lock(&run->mutex);
  run->matches += matches;
  for (gsize i = 0; i < best->n && !run->total.failure; i++)
    best_add(&run->total, &best->entries[i]);
  GError **failure = best->failure ? &best->failure : &run->total.failure;
  if (*failure && !run->failure)
    run->failure = g_steal_pointer(failure);
  if (run->failure)
    g_atomic_int_set(&run->stopped, 1);
  g_mutex_unlock(&run->mutex);
  best_clear(best);
}

static void
work(gpointer data, guint worker)
{
  Run *run = data;
  PkCpuContext *context = pk_cpu_context_new(run->program);
  Best best = { .limit = run->total.limit };
  gint64 matches = 0;
  while (!g_atomic_int_get(&run->stopped) && !pk_workers_yield()) {
    gint64 block = (gint64)g_atomic_int_add(&run->next_piece, 1) * PIECE_BLOCKS;
    gboolean enough = !run->counts && run->program->plan->top.by < 0 && best.n == best.limit;
    if (block >= run->n_blocks || enough || best.failure)
      break;
    if (g_cancellable_is_cancelled(run->cancellable))
      g_atomic_int_set(&run->stopped, 1);
    for (gint64 end = MIN(block + PIECE_BLOCKS, run->n_blocks); block < end; block++)
      matches += run_block(context, run, block, &best);
  }
  join(run, &best, matches);
  pk_cpu_context_free(context);
}

static gboolean
wants_matches(const PkPlan *plan)
{
  for (guint i = 0; i < plan->n_outputs; i++)
    if (plan->outputs[i].column == PK_OUTPUT_MATCHES)
      return TRUE;
  return FALSE;
}

static PkFrame *
emit(const PkCpuProgram *program, Run *run, GError **error)
{
  g_auto(PkResult) result = { 0 };
  g_autofree gint64 *rows = g_new(gint64, MAX(run->total.n, 1));
  if (run->total.n > 0)
    qsort(run->total.entries, run->total.n, sizeof(Entry), compare_entries);
  for (gsize i = 0; i < run->total.n; i++)
    rows[i] = run->total.entries[i].row;
  pk_result_init(&result, program->plan, program->columns);
  if (!pk_result_append_rows(&result, program->plan, program->columns, rows, run->total.n, run->matches, error))
    return NULL;
  return pk_result_finish(&result, error);
}

/* Without columns to look at, the first rows are the first rows. */
static void
take_all(Run *run)
{
  run->matches = run->program->frame->length;
  for (gint64 row = 0; row < MIN(run->matches, (gint64)run->total.limit) && !run->total.failure; row++)
    best_add(&run->total, &(Entry){ .row = row });
  run->failure = g_steal_pointer(&run->total.failure);
}

PkFrame *
pk_cpu_rows(const PkCpuProgram *program, GCancellable *cancellable, GError **error)
{
  const PkFrame *frame = program->frame;
  Run run = { .program = program, .cancellable = cancellable, .counts = wants_matches(program->plan),
              .total.limit = program->plan->top.limit };
  PkFrame *result = NULL;
  g_mutex_init(&run.mutex);
  if (frame->n_columns == 0 && !program->nothing_passes) {
    take_all(&run);
  } else if (frame->length > 0 && !program->nothing_passes) {
    const PkColumn *column = frame->columns[0];
    run.blocks_per_chunk = (column->chunks[0].length + PK_CPU_BLOCK - 1) / PK_CPU_BLOCK;
    run.n_blocks = run.blocks_per_chunk * (column->n_chunks - 1) +
                   (column->chunks[column->n_chunks - 1].length + PK_CPU_BLOCK - 1) / PK_CPU_BLOCK;
    pk_workers_run(work, &run, (guint)((run.n_blocks + PIECE_BLOCKS - 1) / PIECE_BLOCKS));
  }
  if (run.failure)
    g_propagate_error(error, g_steal_pointer(&run.failure));
  else if (run.stopped || g_cancellable_is_cancelled(cancellable))
    pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
  else
    result = emit(program, &run, error);
  best_clear(&run.total);
  g_mutex_clear(&run.mutex);
  return result;
}
