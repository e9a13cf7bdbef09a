/* The benchmark of whole plots: time and memory of `pika plot` beside what DuckDB alone needs to read the columns. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `pika-bench plot --file FILE --pika PROGRAM [--threads N] [--repeat N] [--json FILE]`: FILE has the columns distance,
 * delay and date of the flights table. Prints a table to stdout; --json writes the figures ("-": stdout, and the
 * table goes to stderr). Returns an exit status: 0, 1 failed, 2 usage. Blocks. */
int pk_bench_plot(int argc, char **argv);

G_END_DECLS
