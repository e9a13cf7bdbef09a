/* Rows are cut into pieces that do not depend on the number of threads. Where
 * only integers are kept, each thread has one table for all its pieces, and the
 * tables are merged at the end: any order gives the same. Where floating sums
 * are kept, each piece has a table of its own, merged in the order of pieces by
 * whichever thread completes the next one. */
#include "pk-cpu-run.h"

#include "pk-cpu-filter.h"
#include "pk-error.h"
#include "pk-workers.h"

#define PIECE_BLOCKS 32
#define TABLE_MEMORY ((gsize)1 << 31) /* of all threads' tables together, where that leaves one thread */

typedef struct {
  const PkCpuProgram *program;
  GCancellable *cancellable;
  gint64 n_blocks;
  gint64 blocks_per_chunk;
  gint64 piece_blocks;
  gint n_pieces;
  gint next_piece; /* atomic */
  gint stopped;    /* atomic */
  GMutex mutex;    /* of what follows */
  PkCpuTable *total;
  PkCpuTable **done; /* ordered: pieces that wait for their turn */
  gint next_merge;
  GError *failure;
} Run;

static void
run_block(PkCpuContext *context, PkCpuTable *table, const Run *run, gint64 index)
{
  const PkFrame *frame = context->program->frame;
  PkCpuBlock *block = &context->block;
  block->chunk = (guint)(index / run->blocks_per_chunk);
  block->row = index % run->blocks_per_chunk * PK_CPU_BLOCK;
  gint64 chunk_rows = frame->n_columns > 0 ? frame->columns[0]->chunks[block->chunk].length : frame->length;
  block->n = (guint)MIN(PK_CPU_BLOCK, chunk_rows - block->row);
  context->serial++;
  pk_cpu_filters_run(context);
  if (context->all_pass || memchr(context->mask, 1, block->n)) /* of no row nothing is loaded */
    pk_cpu_table_add(table, context);
}

/* Keeps what a table tells of memory that did not suffice, and stops the run; the mutex is held. */
static void
note_failure(Run *run, PkCpuTable *table)
{
  if (!table->failure)
    return;
  if (!run->failure)
    run->failure = g_steal_pointer(&table->failure);
  g_atomic_int_set(&run->stopped, 1);
}

/* Adds a table to the total; the mutex is held. */
static void
merge(Run *run, PkCpuTable *table)
{
  if (run->failure) {
    pk_cpu_table_free(table);
  } else if (run->total) {
    pk_cpu_table_merge(run->total, table);
    pk_cpu_table_free(table);
    note_failure(run, run->total);
  } else {
    run->total = table;
  }
}

/* Takes the table of a piece and merges all whose turn has come. */
static void
deliver(Run *run, gint piece, PkCpuTable *table)
{
  g_mutex_lock(&run->mutex);
  run->done[piece] = table;
  while (run->next_merge < run->n_pieces && run->done[run->next_merge]) {
    PkCpuTable *next = g_steal_pointer(&run->done[run->next_merge++]);
    merge(run, next);
  }
  g_mutex_unlock(&run->mutex);
}

static void
merge_last(Run *run, PkCpuTable *table)
{
  g_mutex_lock(&run->mutex);
  merge(run, table);
  g_mutex_unlock(&run->mutex);
}

/* Drops a table that could not take its rows. */
static gboolean
has_failed(Run *run, PkCpuTable *table)
{
  if (!table->failure)
    return FALSE;
  g_mutex_lock(&run->mutex);
  note_failure(run, table);
  g_mutex_unlock(&run->mutex);
  pk_cpu_table_free(table);
  return TRUE;
}

static void
work(gpointer data, guint worker)
{
  Run *run = data;
  const PkCpuProgram *program = run->program;
  PkCpuContext *context = pk_cpu_context_new(program);
  PkCpuTable *table = NULL;

  while (!g_atomic_int_get(&run->stopped) && !pk_workers_yield()) {
    gint piece = g_atomic_int_add(&run->next_piece, 1);
    if (piece >= run->n_pieces)
      break;
    if (!table)
      table = pk_cpu_table_new(program);
    gint64 end = MIN((piece + 1) * run->piece_blocks, run->n_blocks);
    for (gint64 block = piece * run->piece_blocks; block < end; block++) {
      if (block % PIECE_BLOCKS == 0 && g_cancellable_is_cancelled(run->cancellable)) {
        g_atomic_int_set(&run->stopped, 1);
        break;
      }
      run_block(context, table, run, block);
    }
    if (has_failed(run, table)) {
      table = NULL;
      break;
    }
    if (program->ordered) {
      pk_cpu_table_flush(table);
      deliver(run, piece, g_steal_pointer(&table));
    }
  }
  if (table) {
    pk_cpu_table_flush(table);
    merge_last(run, table);
  }
  pk_cpu_context_free(context);
}

/* Bytes of a table that is known to come. */
static gsize
table_bytes(const PkCpuProgram *program)
{
  gsize bytes = 0;
  for (guint i = 0; i < program->n_accs; i++)
    bytes += program->accs[i].klass->state_size + 1;
  return bytes * ((gsize)program->n_cells + 1);
}

PkCpuTable *
pk_cpu_run(const PkCpuProgram *program, GCancellable *cancellable, GError **error)
{
  const PkFrame *frame = program->frame;
  Run run = { .program = program, .cancellable = cancellable };

  if (frame->n_columns == 0) {
    run.n_blocks = run.blocks_per_chunk = (frame->length + PK_CPU_BLOCK - 1) / PK_CPU_BLOCK;
  } else if (frame->length > 0) {
    const PkColumn *column = frame->columns[0];
    run.blocks_per_chunk = (column->chunks[0].length + PK_CPU_BLOCK - 1) / PK_CPU_BLOCK;
    run.n_blocks = run.blocks_per_chunk * (column->n_chunks - 1) +
                   (column->chunks[column->n_chunks - 1].length + PK_CPU_BLOCK - 1) / PK_CPU_BLOCK;
  }
  run.piece_blocks = PIECE_BLOCKS;
  if (program->ordered) {
    /* Merging must stay small beside the rows. */
    gint64 groups = program->direct ? program->n_cells : 32768;
    run.piece_blocks = MAX(2 * PIECE_BLOCKS, groups * 16 / PK_CPU_BLOCK);
  }
  run.n_pieces = (gint)((run.n_blocks + run.piece_blocks - 1) / run.piece_blocks);
  run.done = g_new0(PkCpuTable *, MAX(run.n_pieces, 1));
  g_mutex_init(&run.mutex);

  gsize fit = MAX(TABLE_MEMORY / MAX(table_bytes(program), 1), 1);
  pk_workers_run(work, &run, (guint)MIN((gsize)MAX(run.n_pieces, 1), fit));

  for (gint i = 0; i < run.n_pieces; i++)
    pk_cpu_table_free(run.done[i]);
  g_free(run.done);
  g_mutex_clear(&run.mutex);
  if (run.failure) {
    pk_cpu_table_free(run.total);
    g_propagate_error(error, run.failure);
    return NULL;
  }
  if (run.stopped || g_cancellable_is_cancelled(cancellable)) {
    pk_cpu_table_free(run.total);
    pk_fail(error, PK_ERROR_CANCELLED, "the computation was cancelled");
    return NULL;
  }
  if (!run.total)
    run.total = pk_cpu_table_new(program);
  if (run.total->failure) {
    g_propagate_error(error, g_steal_pointer(&run.total->failure));
    g_clear_pointer(&run.total, pk_cpu_table_free);
  }
  return run.total;
}
