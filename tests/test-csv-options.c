/* Options of delimited text, by name and text. */
#include "pk-csv-options.h"
#include "pk-error.h"

#include <string.h>

static void
test_options(void)
{
  static const struct { const char *name, *value; } bad[] = {
    { "delim", "" }, { "delim", "ab" }, { "delim", "\n" }, { "delim", "é" }, { "delim", "none" },
    { "header", "-1" },
    { "header", "x" }, { "types", "a" }, { "types", "=BIGINT" }, { "types", "a=" }, { "types", "a=NOSUCH" },
    { "types", "a=DECIMAL(39,1)" }, { "types", "a=DECIMAL(3,4)" }, { "types", "a=BIGINT,,b=INT" },
    { "tz", "" },
    { "tz", "a b" }, { "all-text", "yes" }, { "nosuch", "1" }, { "nullstr", "\xff" },
  };
  g_autoptr(PkCsvOptions) options = pk_csv_options_new();
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) failure = NULL;
    g_assert_false(pk_csv_options_set(options, bad[i].name, bad[i].value, &failure));
    g_assert_error(failure, PK_ERROR, PK_ERROR_USAGE);
    g_assert_null(strchr(failure->message, '\n'));
  }
  g_assert_true(pk_csv_options_set(
    options, "types", "a = DECIMAL(9, 2), \"b, \"\"c\"\"\"=int,d=timestamp with time zone", &error));
  g_assert_no_error(error);
  g_assert_true(pk_csv_options_set(options, "delim", "tab", &error));
  g_autoptr(PkCsvOptions) copy = pk_csv_options_copy(options);
  g_assert_cmpuint(copy->types->len, >=, 3);
  const PkCsvColumnType *last = g_ptr_array_index(copy->types, copy->types->len - 2);
  g_assert_cmpstr(last->column, ==, "b, \"c\"");
  g_assert_cmpint(last->type.kind, ==, PK_TYPE_I32);
  g_assert_cmpint(copy->delim, ==, '\t');
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/csv-options/set", test_options);
  return g_test_run();
}
