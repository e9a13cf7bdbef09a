/* pika-bench: the engine's benchmark as a program of its own. */
#include "pk-bench-brush.h"
#include "pk-bench-crossover.h"
#include "pk-bench-engine.h"
#include "pk-bench-gpu.h"
#include "pk-bench-plot.h"
#include "pk-bench-runtime.h"
#include "pk-bench-transfer.h"
#include "pk-bench-tune.h"
#include "pk-bench-view.h"

#include <glib.h>
#include <locale.h>
#include <string.h>

int
main(int argc, char **argv)
{
  static const struct { const char *name; int (*run)(int argc, char **argv); } parts[] = {
    { "brush", pk_bench_brush }, { "crossover", pk_bench_crossover }, { "gpu", pk_bench_gpu },
    { "plot", pk_bench_plot },   { "runtime", pk_bench_runtime },     { "transfer", pk_bench_transfer },
    { "tune", pk_bench_tune },   { "view", pk_bench_view },
  };
  setlocale(LC_ALL, "C");
  for (guint i = 0; argc > 1 && i < G_N_ELEMENTS(parts); i++)
    if (!strcmp(argv[1], parts[i].name))
      return parts[i].run(argc - 1, argv + 1);
  return pk_bench_engine(argc, argv);
}
