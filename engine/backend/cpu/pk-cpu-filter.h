/* A predicate compiled to comparisons of physical values. Internal to the CPU backend. */
#pragma once

#include "pk-cpu-program.h"

G_BEGIN_DECLS

typedef enum {
  PK_CPU_FILTER_NULL,
  PK_CPU_FILTER_NOT_NULL,
  PK_CPU_FILTER_INTS,   /* the value lies in one of the ranges */
  PK_CPU_FILTER_LUT,    /* table[value], of 8 or 16 bit values and of codes */
  PK_CPU_FILTER_FLOATS, /* lo <= x <= hi, or NaN if nan_passes */
  PK_CPU_FILTER_FLOAT_LIST,
} PkCpuFilterKind;

typedef struct {
  __int128 lo, hi; /* inclusive */
} PkCpuRange;

struct PkCpuFilter {
  PkCpuFilterKind kind;
  guint column;
  guint n_ranges;
  PkCpuRange *ranges; /* ascending, disjoint */
  guint8 *table;
  double lo, hi;
  gboolean nan_passes;
  guint n_list;
  double *list; /* ascending, without NaN */
  gboolean negated; /* FLOAT_LIST */
};

/* FALSE if no row can pass, whatever its values. */
gboolean pk_cpu_filter_init(PkCpuFilter *self, const PkPredicate *predicate, const PkColumn *column);
void pk_cpu_filter_clear(PkCpuFilter *self);

/* Fills the context's mask for its block, or sets all_pass. */
void pk_cpu_filters_run(PkCpuContext *context);

/* The least integer whose double (decimals divided) is >= d, or, above, > d; the greatest of all if
 * there is none. */
__int128 pk_cpu_first_int(PkType type, double d, gboolean above);

G_END_DECLS
