/* The engine's benchmark: the CPU backend against DuckDB itself, in one run,
 * on the same rows and threads, both with their columns in memory. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `bench engine [--rows N] [--threads N] [--repeat N] [--json FILE] [--only NAME]`: argv[0] is the name for
 * the help text. Prints a table to stdout; --json writes the figures ("-": stdout, and the table goes to
 * stderr). Returns an exit status: 0, 1 failed or results differ, 2 usage. Blocks. */
int pk_bench_engine(int argc, char **argv);

G_END_DECLS
