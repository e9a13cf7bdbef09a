/* pika bench: hands over to pika-bench, which is linked with the engine's
 * insides (it measures them against each other) and is a program of its own. */
#include "cli-context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Beside this program (as built), in ../bench (build folder), or in the libexec folder (as installed). */
static char *
find_program(void)
{
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;
  const char *const places[] = { ".", "../bench", "../libexec/pika-plot" };
  for (guint i = 0; folder && i < G_N_ELEMENTS(places); i++) {
    char *path = g_build_filename(folder, places[i], "pika-bench", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
      return path;
    g_free(path);
  }
  return NULL;
}

/* Becomes pika-bench. Takes argv, which ends without NULL. */
static int
hand_over(GPtrArray *argv)
{
  g_ptr_array_add(argv, NULL);
  cli_unwatch_signals();
  execv(argv->pdata[0], (char **)argv->pdata);
  fprintf(stderr, "pika: cannot run %s: %s\n", (char *)argv->pdata[0], g_strerror(errno));
  return CLI_FAILED;
}

static int
not_installed(void)
{
  fputs("pika: pika-bench is not installed beside pika: build it with ninja -C build\n", stderr);
  return CLI_FAILED;
}

int
cli_run_tune(CliArgs *args)
{
  static const char *const values[] = { "rows", "json", "device" }, *const flags[] = { "quick", "dry-run" };
  g_autofree char *program = find_program();
  if (!program)
    return not_installed();
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup(program));
  g_ptr_array_add(argv, g_strdup("tune"));
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    if (cli_has(args, values[i]))
      g_ptr_array_add(argv, g_strdup_printf("--%s=%s", values[i], cli_get(args, values[i])));
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
    if (cli_has(args, flags[i]))
      g_ptr_array_add(argv, g_strdup_printf("--%s", flags[i]));
  return hand_over(argv);
}

int
cli_run_bench(CliArgs *args)
{
  static const char *const flags[] = { "rows", "repeat", "json", "only", "threads", "memory-limit", "temp-directory",
                                       "device", "workgroup", "data" };
  g_autofree char *program = find_program();
  if (!program)
    return not_installed();
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup(program));
  if (cli_has(args, "plot")) {
    if (cli_has(args, "rows") || cli_has(args, "only") || cli_has(args, "memory-limit") || cli_has(args, "temp-directory")) {
      fputs("pika bench: --plot goes with --repeat, --threads and --json alone\n", stderr);
      return CLI_USAGE;
    }
    g_ptr_array_add(argv, g_strdup("plot"));
    g_ptr_array_add(argv, g_strdup_printf("--file=%s", cli_get(args, "plot")));
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_ptr_array_add(argv, g_strdup_printf("--pika=%s", self ? self : "pika"));
  }
  if (args->positional->len > 0) { /* what it is, the program knows: runtime, gpu, view */
    if (args->positional->len > 1 || cli_has(args, "plot")) {
      fputs("pika bench: measure one thing at a time: pika bench, or pika bench gpu (or transfer, crossover, brush, runtime, view), or --plot\n", stderr);
      return CLI_USAGE;
    }
    g_ptr_array_add(argv, g_strdup(args->positional->pdata[0]));
  }
  for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
    const GPtrArray *values = cli_get_all(args, flags[i]);
    for (guint k = 0; values && k < values->len; k++)
      g_ptr_array_add(argv, g_strdup_printf("--%s=%s", flags[i], (char *)values->pdata[k]));
  }
  return hand_over(argv);
}
