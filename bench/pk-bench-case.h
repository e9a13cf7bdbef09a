/* What the engine's benchmark measures. */
#pragma once

#include "pk-plan.h"

G_BEGIN_DECLS

typedef struct {
  const char *name;
  const char *title;
  double goal;            /* of the ratio to DuckDB; 0: none */
  double goal_rows;       /* rows a second and core, in 1e9; 0: none */
  PkPlan *(*make)(gint64 rows);
  const char *sql;        /* the same question for DuckDB, as one would write it by hand */
  const char *check_sql;  /* what is compared instead, where sql is NULL or cannot be; else NULL */
  const char *check_columns; /* of our result, comma-separated, that check_sql gives; NULL: all */
} PkBenchCase;

extern const PkBenchCase pk_bench_cases[];
extern const guint pk_bench_n_cases;

/* The table "t" that they read; owned by the caller. */
char *pk_bench_table_sql(gint64 rows);

G_END_DECLS
