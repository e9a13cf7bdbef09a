/* pika FILE…: hands over to the application, a program of its own. */
#include "cli-context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Beside this program (as installed), or in ../app (build folder). */
static char *
find_program(void)
{
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname(self) : NULL;
  const char *const places[] = { ".", "../app" };
  for (guint i = 0; folder && i < G_N_ELEMENTS(places); i++) {
    char *path = g_build_filename(folder, places[i], "pika-plot", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
      return path;
    g_free(path);
  }
  return NULL;
}

int
cli_open_window(int n_files, char **files)
{
  g_autofree char *program = find_program();
  if (!program) {
    fprintf(stderr, "pika: to open %s in a window, the application pika-plot has to be installed beside pika; "
                    "without it: pika info, pika query or pika plot\n", files[0]);
    return CLI_FAILED;
  }
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, program);
  for (int i = 0; i < n_files; i++)
    g_ptr_array_add(argv, files[i]);
  g_ptr_array_add(argv, NULL);
  cli_unwatch_signals();
  execv(program, (char **)argv->pdata);
  fprintf(stderr, "pika: cannot run %s: %s\n", program, g_strerror(errno));
  return CLI_FAILED;
}
