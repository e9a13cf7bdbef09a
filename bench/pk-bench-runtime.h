/* The runtime's benchmark: how late a main loop and its interactive work are when all else is busy, what a job costs, how
 * soon a cancel is obeyed, and whether any of it leaks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `bench runtime [--rows N] [--threads N] [--repeat N] [--json FILE] [--only NAME] [--temp-directory DIR]`: argv[0] is the
 * name for the help text. Prints a table to stdout; --json writes the figures ("-": stdout, and the table goes to stderr).
 * Returns an exit status: 0, 1 failed, 2 usage. Iterates the default main context. */
int pk_bench_runtime(int argc, char **argv);

G_END_DECLS
