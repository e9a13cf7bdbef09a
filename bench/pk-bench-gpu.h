/* The benchmark of the GPU backend: kernels timed by the device's own clock, each answer checked against the
 * CPU backend on the same rows. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `bench gpu [--rows N] [--repeat N] [--json FILE] [--only TEXT] [--device NAME] [--workgroup N] [--no-check]`.
 * Prints a table to stdout; --json writes the figures. Returns an exit status: 0, 1 failed or results differ,
 * 2 usage. Blocks. */
int pk_bench_gpu(int argc, char **argv);

G_END_DECLS
