/* Runs a fuzz target over the files of one folder, one TAP test a file.
 *
 * usage: fuzz-NAME FOLDER
 *
 * The target itself decides nothing here: like under libFuzzer, a fault is a
 * crash or a finding of a sanitizer, which ends the program and fails the test.
 */

#include "fuzz.h"

#include <glib.h>

static void
replay(gconstpointer path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize size = 0;

  g_assert_true(g_file_get_contents(path, &text, &size, &error));
  g_assert_no_error(error);
  /* An exact copy, so that a read past the end is one past an allocation. */
  g_autofree uint8_t *data = size > 0 ? g_memdup2(text, size) : NULL;
  g_assert_cmpint(LLVMFuzzerTestOneInput(data, size), ==, 0);
}

static int
by_name(gconstpointer a, gconstpointer b)
{
  return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  const char *name;

  g_test_init(&argc, &argv, NULL);
  if (argc != 2) {
    g_printerr("usage: fuzz-NAME FOLDER\n");
    return 2;
  }
  g_autoptr(GDir) folder = g_dir_open(argv[1], 0, &error);
  if (!folder) {
    g_printerr("%s\n", error->message);
    return 1;
  }
  while ((name = g_dir_read_name(folder)))
    g_ptr_array_add(names, g_strdup(name));
  if (names->len == 0) {
    g_printerr("%s: a fuzz target needs at least one seed\n", argv[1]);
    return 1;
  }
  g_ptr_array_sort(names, by_name);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *test = g_strdup_printf("/seed/%s", (char *)names->pdata[i]);
    g_test_add_data_func_full(test, g_build_filename(argv[1], names->pdata[i], NULL), replay, g_free);
  }
  return g_test_run();
}
