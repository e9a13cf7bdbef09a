/* pika-bench: the engine's benchmark as a program of its own. */
#include "pk-bench-engine.h"
#include "pk-bench-gpu.h"
#include "pk-bench-plot.h"
#include "pk-bench-runtime.h"
#include "pk-bench-tune.h"

#include <locale.h>
#include <string.h>

int
main(int argc, char **argv)
{
  setlocale(LC_ALL, "C");
  if (argc > 1 && !strcmp(argv[1], "plot"))
    return pk_bench_plot(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "gpu"))
    return pk_bench_gpu(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "tune"))
    return pk_bench_tune(argc - 1, argv + 1);
  if (argc > 1 && !strcmp(argv[1], "runtime"))
    return pk_bench_runtime(argc - 1, argv + 1);
  return pk_bench_engine(argc, argv);
}
