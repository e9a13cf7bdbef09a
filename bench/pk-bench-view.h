/* The benchmark of live plots: how long a picture takes while somebody zooms, pans or brushes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `bench view [--rows N] [--repeat N] [--json FILE]`: argv[0] is the name for the help text. Prints a table to stdout;
 * --json writes the figures ("-": stdout, and the table goes to stderr). Returns an exit status: 0, 1 failed, 2 usage. */
int pk_bench_view(int argc, char **argv);

G_END_DECLS
