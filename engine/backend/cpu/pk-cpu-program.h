/* A plan compiled for one frame, and the context in which a thread runs it.
 * Internal to the CPU backend.
 *
 * Rows are dealt with in blocks of PK_CPU_BLOCK rows of one chunk. For a block:
 * filters make a byte mask; keys give each row a slot, the place of its group
 * in a table's states; accumulators update the states. Slot 0 collects the rows
 * that are in no group (filtered out, outside all bins), so that the loops need
 * no branch; group g has slot g + 1. */
#pragma once

#include "pk-backend.h"
#include "pk-clones.h"
#include "pk-result.h"

G_BEGIN_DECLS

#define PK_CPU_BLOCK 2048

typedef struct PkCpuProgram PkCpuProgram;
typedef struct PkCpuContext PkCpuContext;
typedef struct PkCpuFilter PkCpuFilter;
typedef struct PkCpuKey PkCpuKey;
typedef struct PkCpuAcc PkCpuAcc;
typedef struct PkCpuTable PkCpuTable;

/* Where a block lies. */
typedef struct {
  guint chunk;
  gint64 row; /* in the chunk; a multiple of PK_CPU_BLOCK */
  guint n;
} PkCpuBlock;

struct PkCpuProgram {
  PkPlan *plan;
  PkFrame *frame;
  PkColumn **columns; /* of the plan */
  guint n_filters;
  PkCpuFilter *filters;
  gboolean nothing_passes;
  guint n_keys; /* the plan's, and the pixel column of M4 as the last */
  PkCpuKey *keys;
  gboolean direct;    /* slots come from the keys' codes, else from a hash table */
  guint32 n_cells;    /* direct: product of the keys' codes */
  gboolean byte_slots; /* the one key is a column of bytes, which the accumulators read: there are no slots */
  guint n_words;      /* not direct: 64-bit words of a key tuple */
  guint n_accs;
  PkCpuAcc *accs;
  gboolean ordered;   /* partial results must be merged in order of rows (floating sums) */
  gint rows_feeder;   /* the float sum that counts its rows for it where both are kept in lanes; -1: none */
  gint rows_acc;      /* which accumulator counts the rows of groups; -1: none */
  gint *agg_main, *agg_count; /* of each aggregate: the accumulators it is made from; -1: none */
};

/* What a thread works in. Buffers of a column are filled once a block. */
struct PkCpuContext {
  const PkCpuProgram *program;
  PkCpuBlock block;
  guint64 serial;      /* of the block, from 1 */
  gboolean all_pass;
  guint8 *mask;        /* of the filters, 0 or 1, if not all_pass */
  guint32 *slots;
  guint32 *slots_valid; /* slots, 0 where an argument is NULL */
  guint32 *codes;
  guint8 *valid_a, *valid_b;
  guint64 *words;      /* of the keys, row by row */
  guint64 *word_columns; /* the same, word by word */
  double **doubles;    /* per plan column, or NULL; with the serial of their block */
  gint64 **orders;
  __int128 **wides;
  guint64 *doubles_serial, *orders_serial, *wides_serial;
};

PkCpuProgram *pk_cpu_program_new(PkPlan *plan, PkFrame *frame, GError **error);
void pk_cpu_program_free(PkCpuProgram *self);

PkCpuContext *pk_cpu_context_new(const PkCpuProgram *program);
void pk_cpu_context_free(PkCpuContext *self);

static inline const PkChunk *
pk_cpu_chunk(const PkCpuContext *self, guint column)
{
  return &self->program->columns[column]->chunks[self->block.chunk];
}

/* The block's values at the physical width. */
static inline const void *
pk_cpu_data(const PkCpuContext *self, guint column)
{
  const PkColumn *c = self->program->columns[column];
  return (const guint8 *)c->chunks[self->block.chunk].data +
         (gsize)self->block.row * pk_physical_size(c->physical);
}

/* --- values of the context's block (pk-cpu-load.c); NULL rows hold anything --- */

/* As doubles, decimals divided. */
const double *pk_cpu_doubles(PkCpuContext *self, guint column);

/* As 64-bit integers of the same order: integers up to 64 bits signed, floats by pk_cpu_order_double,
 * text by rank. */
const gint64 *pk_cpu_orders(PkCpuContext *self, guint column);

/* As 128-bit integers: any integer exactly, floats and text as orders are. */
const __int128 *pk_cpu_wides(PkCpuContext *self, guint column);

/* Can the column's values be ordered in 64 bits? */
gboolean pk_cpu_fits_order(const PkColumn *column);

/* Bytes, 1: not NULL. NULL if the chunk has no NULLs. buffer: PK_CPU_BLOCK bytes. */
const guint8 *pk_cpu_valid(const PkCpuContext *self, guint column, guint8 *buffer);

/* The slots, 0 where a column of the one or two (-1: none) is NULL. Borrowed from the context. */
const guint32 *pk_cpu_slots_valid(PkCpuContext *self, gint a, gint b, const guint32 *slots);

/* Order-preserving: -0 is 0, NaN greatest. Its inverse. */
static inline gint64
pk_cpu_order_double(double d)
{
  union { double d; gint64 i; } u = { .d = d + 0.0 }; /* -0 + 0 = 0 */
  if (d != d)
    return G_MAXINT64;
  return u.i ^ (gint64)((guint64)(u.i >> 63) >> 1);
}

static inline double
pk_cpu_unorder_double(gint64 order)
{
  union { double d; gint64 i; } u = { .i = order ^ (gint64)((guint64)(order >> 63) >> 1) };
  return u.d;
}

G_END_DECLS
