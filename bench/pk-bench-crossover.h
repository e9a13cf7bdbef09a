/* `pika bench crossover`. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the exit status. */
int pk_bench_crossover(int argc, char **argv);

G_END_DECLS
