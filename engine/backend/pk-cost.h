/* What work costs: the figures behind a backend's estimate.
 *
 * A plan is counted as work done for each row: bytes read, predicates tested,
 * groups found, aggregates fed. A cost table says how many nanoseconds one
 * thread of one backend takes for each. The tables here are defaults, measured
 * on an x86-64 processor with AVX-512 and DuckDB 1.5.6 as the processor time of
 * one thread over 4 million rows, less that of reading them; a calibration makes
 * its own table. Plain data; any thread. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

typedef enum {
  PK_WORK_SCAN,      /* a byte of column data read */
  PK_WORK_PREDICATE, /* a predicate on a row */
  PK_WORK_VALUE,     /* a row put in its group by a value */
  PK_WORK_TEXT,      /* … by a text */
  PK_WORK_BIN,       /* … by a bin */
  PK_WORK_FLOOR,     /* … by a value rounded down */
  PK_WORK_TIME,      /* … by a time unit */
  PK_WORK_COUNT,     /* count of rows */
  PK_WORK_SIMPLE,    /* count, sum, mean, min, max */
  PK_WORK_MOMENT,    /* variance, regression */
  PK_WORK_ORDERED,   /* first, last */
  PK_WORK_QUANTILE,
  PK_WORK_DISTINCT,
  PK_WORK_M4,        /* a row of a line */
  PK_N_WORKS
} PkWork;

typedef struct {
  double start_ms;       /* of every execution, however small */
  double cell_ns;        /* a cell of a dense result */
  /* A value brought from the source into a frame, all threads together; 0: the backend needs none. */
  double fetch_ns;
  double fetch_text_ns;
  double ns[PK_N_WORKS]; /* one thread */
} PkCostTable;

extern const PkCostTable pk_cost_cpu;
extern const PkCostTable pk_cost_sql;

/* The cost of a plan on `threads` threads. Unknown rows count as a million, unknown bytes as 8 a value. */
PkCost pk_cost_estimate(const PkCostTable *table, const PkPlan *plan, const PkWorkload *work, guint threads);

G_END_DECLS
