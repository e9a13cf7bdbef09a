/* The file that pika tune keeps: what comes back is what went in, and what is damaged or of another device is left aside. */
#include "pk-error.h"
#include "pk-vk-tuning.h"

#include <glib/gstdio.h>

static PkVkDeviceInfo
device(void)
{
  return (PkVkDeviceInfo){ .name = (char *)"Some GPU", .driver = (char *)"driver 1", .driver_version = 7, .uuid = { 1, 2 } };
}

static char *
a_file(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp("pika-tuning-XXXXXX", &error);
  g_assert_no_error(error);
  return g_build_filename(folder, "below", "gpu.ini", NULL);
}

static void
test_round(void)
{
  PkVkDeviceInfo info = device();
  PkVkTuning in = { .workgroup = { 64, 1024, 0, 256 }, .ring_bytes = 4 << 20, .read_gb_s = 4571.25, .upload_gb_s = 42,
                    .launch_ms = 0.875 }, out;
  g_autofree char *path = a_file();
  g_autoptr(GError) error = NULL;
  g_assert_true(pk_vk_tuning_save(&in, path, &info, &error));
  g_assert_no_error(error);
  g_assert_true(pk_vk_tuning_load(&out, path, &info, 1024, &error));
  g_assert_no_error(error);
  for (guint i = 0; i < PK_VK_MOST_KERNELS; i++)
    g_assert_cmpuint(out.workgroup[i], ==, in.workgroup[i]);
  g_assert_cmpuint(out.ring_bytes, ==, in.ring_bytes);
  g_assert_cmpfloat(out.read_gb_s, ==, in.read_gb_s);
  g_assert_cmpfloat(out.upload_gb_s, ==, in.upload_gb_s);
  g_assert_cmpfloat(out.launch_ms, ==, in.launch_ms);
}

static void
test_missing(void)
{
  PkVkDeviceInfo info = device();
  PkVkTuning out;
  g_autofree char *path = a_file();
  g_autoptr(GError) error = NULL;
  g_assert_false(pk_vk_tuning_load(&out, path, &info, 1024, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_NOT_FOUND);
}

/* A change of a good file that must make it none. */
static void
check_refused(const char *from, const char *to, guint most_workgroup)
{
  PkVkDeviceInfo info = device();
  PkVkTuning in = { .workgroup = { 1024 }, .ring_bytes = 4 << 20, .read_gb_s = 8.5 }, out;
  g_autofree char *path = a_file(), *text = NULL;
  g_autoptr(GError) error = NULL;
  g_assert_true(pk_vk_tuning_save(&in, path, &info, &error));
  g_assert_true(g_file_get_contents(path, &text, NULL, &error));
  g_autoptr(GString) changed = g_string_new(text);
  g_assert_cmpuint(g_string_replace(changed, from, to, 0), >, 0);
  g_assert_true(g_file_set_contents(path, changed->str, -1, &error));
  g_assert_false(pk_vk_tuning_load(&out, path, &info, most_workgroup, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_assert_null(strchr(error->message, '\n'));
  g_assert_cmpuint(out.workgroup[0], ==, 0);
  g_assert_cmpuint(out.ring_bytes, ==, 0);
}

static void
test_refused(void)
{
  check_refused("format=1", "format=2", 1024);
  check_refused("Some GPU", "Another GPU", 1024);
  check_refused("driver 1", "driver 2", 1024);
  check_refused("=1024", "=1000", 1024);
  check_refused("=1024", "=1024x", 1024);
  check_refused("=1024", "=1024", 512);
  check_refused("bytes=4194304", "bytes=4194305", 1024);
  check_refused("read-gb-s=8.5", "read-gb-s=-8.5", 1024);
  check_refused("read-gb-s=8.5", "read-gb-s=inf", 1024);
  check_refused("[device]", "[dev", 1024);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/gpu-tuning/round", test_round);
  g_test_add_func("/gpu-tuning/missing", test_missing);
  g_test_add_func("/gpu-tuning/refused", test_refused);
  return g_test_run();
}
