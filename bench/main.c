/* pika-bench: the engine's benchmark as a program of its own. */
#include "pk-bench-engine.h"

#include <locale.h>

int
main(int argc, char **argv)
{
  setlocale(LC_ALL, "C");
  return pk_bench_engine(argc, argv);
}
