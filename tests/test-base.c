#include "pk-clock.h"
#include "pk-error.h"
#include "pk-mem.h"

#include <string.h>

static void
test_parse_size(void)
{
  gsize n = 0;
  g_assert_true(pk_mem_parse_size("512MB", &n, NULL));
  g_assert_cmpuint(n, ==, 512000000);
  g_assert_true(pk_mem_parse_size("2 GiB", &n, NULL));
  g_assert_cmpuint(n, ==, 2147483648u);
  static const char *bad[] = { "", "MB", "-1MB", "1 parsec", "nan", "1e300" };
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_false(pk_mem_parse_size(bad[i], &n, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_USAGE);
  }
}

static void
test_alloc_is_aligned_and_counted(void)
{
  gsize before = pk_mem_used();
  gpointer p = pk_mem_alloc(5000, NULL);
  g_assert_nonnull(p);
  g_assert_cmpuint((gsize)p % PK_PAGE_SIZE, ==, 0);
  g_assert_cmpuint(pk_mem_used() - before, ==, 8192);
  g_assert_cmpuint(pk_mem_peak(), >=, before + 8192);
  pk_mem_free(p, 5000);
  g_assert_cmpuint(pk_mem_used(), ==, before);
}

/* The tail of a large block goes back, the rest stays; a small one is left alone. */
static void
test_mem_trim(void)
{
  const gsize size = (gsize)9 << 20, kept = ((gsize)5 << 20) + 1;
  gsize before = pk_mem_used();
  guint8 *data = pk_mem_alloc(size, NULL);
  g_assert_nonnull(data);
  g_assert_cmpuint((gsize)data % PK_PAGE_SIZE, ==, 0);
  memset(data, 7, size);
  gboolean trimmed = pk_mem_trim(data, size, kept); /* not under a sanitizer */
  g_assert_cmpuint(pk_mem_used() - before, ==, trimmed ? ((gsize)5 << 20) + PK_PAGE_SIZE : size);
  g_assert_cmpint(data[kept - 1], ==, 7);
  pk_mem_free(data, trimmed ? kept : size);
  g_assert_cmpuint(pk_mem_used(), ==, before);

  data = pk_mem_alloc(3 * PK_PAGE_SIZE, NULL);
  g_assert_false(pk_mem_trim(data, 3 * PK_PAGE_SIZE, 1));
  pk_mem_free(data, 3 * PK_PAGE_SIZE);
  g_assert_cmpuint(pk_mem_used(), ==, before);
}

static void
test_limit_refuses(void)
{
  g_autoptr(GError) error = NULL;
  pk_mem_set_limit(pk_mem_used() + 4096);
  g_assert_null(pk_mem_alloc(8192, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
  gpointer p = pk_mem_alloc(4096, NULL);
  g_assert_nonnull(p);
  pk_mem_free(p, 4096);
  pk_mem_set_limit(0);
}

static gint64
fixed_clock(gpointer data)
{
  return *(gint64 *)data;
}

static void
test_clock_is_injectable(void)
{
  gint64 t = 42;
  pk_clock_set(fixed_clock, &t);
  g_assert_cmpint(pk_clock_now_ns(), ==, 42);
  pk_clock_set(NULL, NULL);
  g_assert_cmpint(pk_clock_now_ns(), >, 42);
}

static void
test_error_is_one_line(void)
{
  g_autoptr(GError) error = NULL;
  g_assert_false(pk_fail(&error, PK_ERROR_PARSE, "%s:\r\n  \x1b[31mred\xff%s\t\x7f", "a\xc3\xa9", "\xc2\x9b" "end"));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
  g_assert_cmpstr(error->message, ==, "a\xc3\xa9:   \\x1b[31mred\xef\xbf\xbd\\x9bend \\x7f");
  g_assert_false(pk_fail_prefix(&error, "column \"%s\": ", "x\ny"));
  g_assert_true(g_str_has_prefix(error->message, "column \"x y\": a"));
  g_assert_false(pk_fail(NULL, PK_ERROR_PARSE, "nobody asks"));
  g_assert_false(pk_fail_prefix(NULL, "nor here"));
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/base/parse-size", test_parse_size);
  g_test_add_func("/base/alloc", test_alloc_is_aligned_and_counted);
  g_test_add_func("/base/trim", test_mem_trim);
  g_test_add_func("/base/limit", test_limit_refuses);
  g_test_add_func("/base/error-line", test_error_is_one_line);
  g_test_add_func("/base/clock", test_clock_is_injectable);
  return g_test_run();
}
