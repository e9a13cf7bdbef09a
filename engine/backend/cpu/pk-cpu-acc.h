/* Accumulators: what a group keeps while rows pass. Several aggregates may
 * read one. Internal to the CPU backend.
 *
 * A table holds, for each accumulator, a state for each slot (slot 0 for rows
 * of no group) and, if it wants, scratch memory that is folded into the states by flush. */
#pragma once

#include "pk-cpu-hash.h"
#include "pk-cpu-program.h"

G_BEGIN_DECLS

typedef enum {
  PK_CPU_ACC_ROWS,      /* rows of the group */
  PK_CPU_ACC_COUNT,     /* rows where the columns are not NULL */
  PK_CPU_ACC_SUM_INT,   /* exact */
  PK_CPU_ACC_SUM_FLOAT,
  PK_CPU_ACC_MIN,       /* of ordinals of 64 bits */
  PK_CPU_ACC_MAX,
  PK_CPU_ACC_MIN_WIDE,  /* of 128 bits */
  PK_CPU_ACC_MAX_WIDE,
  PK_CPU_ACC_MOMENTS,
  PK_CPU_ACC_REGRESSION,
  PK_CPU_ACC_FIRST,
  PK_CPU_ACC_LAST,
  PK_CPU_ACC_COLLECT,   /* every value, for quantiles and distinct counts */
  PK_CPU_ACC_M4,
} PkCpuAccKind;

typedef struct {
  gsize state_size;
  gsize slot_scratch; /* bytes of scratch that a slot may have besides */
  /* Makes the states of slots [from, to) empty. NULL: zero bytes are. */
  void (*init)(const PkCpuAcc *acc, gpointer states, guint32 from, guint32 to);
  /* Adds the context's block: row i to slot slots[i]. slots NULL: all rows of the block that pass to
   * slot 1. */
  void (*update)(const PkCpuAcc *acc, PkCpuContext *context, PkCpuTable *table, guint index,
                 const guint32 *slots);
  /* Folds scratch into the states. May be NULL. */
  void (*flush)(const PkCpuAcc *acc, PkCpuTable *table, guint index);
  /* Adds states 1 … n of `from` to those of `into`; slot s of from is slot map[s] of into (map NULL: s). */
  void (*merge)(const PkCpuAcc *acc, PkCpuTable *into, PkCpuTable *from, guint index, const guint32 *map,
                guint32 n);
} PkCpuAccClass;

struct PkCpuAcc {
  const PkCpuAccClass *klass;
  PkCpuAccKind kind;
  gint column, by;
  gboolean narrow; /* SUM_INT: no partition's sum can leave 64 bits */
};

const PkCpuAccClass *pk_cpu_acc_class(PkCpuAccKind kind);

struct PkCpuTable {
  const PkCpuProgram *program;
  guint32 n_slots;     /* slots with states, slot 0 included */
  guint32 capacity;
  gpointer *states;    /* an accumulator each */
  gpointer *scratch;   /* an accumulator each, g_malloc'ed or NULL */
  gint64 rows_in_scratch;
  PkCpuHash hash;      /* if the program is not direct */
  gsize reserved;      /* bytes of states, scratch and hash that count as used memory, */
  gsize hash_reserved; /* those of the hash among them */
  GError *failure;     /* they did not fit: nothing more is added, and what is here is not to be used */
};

/* Look at its failure before it is used. */
PkCpuTable *pk_cpu_table_new(const PkCpuProgram *program);
/* FALSE, with the failure set, if so many more bytes are beyond the limit on memory. */
gboolean pk_cpu_table_reserve(PkCpuTable *self, gsize bytes);
void pk_cpu_table_free(PkCpuTable *self);
/* Adds the context's block. Nothing is added once there is a failure. */
void pk_cpu_table_add(PkCpuTable *self, PkCpuContext *context);
void pk_cpu_table_flush(PkCpuTable *self);
/* Adds `from`, which must be flushed, and leaves it to be freed. */
void pk_cpu_table_merge(PkCpuTable *self, PkCpuTable *from);

/* --- states --- */

typedef struct {
  __int128 high; /* in units of 2^64 */
  guint64 low;
} PkCpuWideSum;

typedef struct {
  double sum, rest; /* the sum is sum + rest: Neumaier, 1974 */
} PkCpuFloatSum;

typedef struct {
  gint64 n;
  double mean, m2; /* Welford, 1962; merged as Chan, Golub, LeVeque, 1983 */
  double odd;      /* NaN once an argument was not finite, else 0 */
} PkCpuMoments;

typedef struct {
  gint64 n;
  double mean_x, mean_y, sxx, syy, sxy, odd_x, odd_y;
} PkCpuRegression;

typedef struct {
  gboolean used;
  __int128 value, by;
} PkCpuPlaced;

typedef struct {
  gint64 used;
  double x_first, y_first, x_last, y_last, x_min, y_min, x_max, y_max;
} PkCpuM4;

/* COLLECT: its scratch. */
typedef struct {
  gsize n, capacity;
  guint32 *slots; /* NULL while there is one group */
  gint64 *values; /* ordinals of 64 bits, or NULL */
  __int128 *wides;
} PkCpuCollection;

void pk_cpu_float_add(PkCpuFloatSum *sum, double value);

/* Sum of n integers of a physical type where mask (NULL: all) is 1; block sums that fit 64 bits. */
gint64 pk_cpu_sum_ints(PkPhysical physical, const void *data, const guint8 *mask, guint n);
/* The same of floats, by a fixed tree of partial sums. */
double pk_cpu_sum_floats(PkPhysical physical, const void *data, const guint8 *mask, guint n);
/* The least and greatest of n > 0 floats but for NaN (infinities the wrong way round if all are), and
 * how many are NaN. */
void pk_cpu_extremes_f32(const float *v, guint n, double *lo, double *hi, guint *n_nan);
void pk_cpu_extremes_f64(const double *v, guint n, double *lo, double *hi, guint *n_nan);
/* Number of ones. */
gint64 pk_cpu_count_mask(const guint8 *mask, guint n);

/* For updates without slots: 1 where a row passes and neither column (-1: none) is NULL; NULL: every row. */
const guint8 *pk_cpu_pass_mask(PkCpuContext *context, gint a, gint b);

extern const PkCpuAccClass pk_cpu_rows_class, pk_cpu_count_class, pk_cpu_sum_int_class,
  pk_cpu_sum_float_class,
  pk_cpu_min_class, pk_cpu_max_class, pk_cpu_min_wide_class, pk_cpu_max_wide_class, pk_cpu_moments_class,
  pk_cpu_regression_class, pk_cpu_first_class, pk_cpu_last_class, pk_cpu_collect_class, pk_cpu_m4_class;

G_END_DECLS
