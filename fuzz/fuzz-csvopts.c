/* CSV options as text, a line each: NAME=VALUE. They come from flags and from saved workspaces. */
#include "fuzz.h"

#include "pk-csv-options.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup(data ? (const char *)data : "", size);
  g_auto(GStrv) lines = g_strsplit(text, "\n", 64);
  g_autoptr(PkCsvOptions) options = pk_csv_options_new();

  for (char **line = lines; *line; line++) {
    g_autoptr(GError) error = NULL;
    char *equals = strchr(*line, '=');
    if (equals) {
      *equals = '\0';
      gboolean ok = pk_csv_options_set(options, *line, equals + 1, &error);
      fuzz_check_error(ok, error);
    } else {
      PkType type;
      gboolean ok = pk_csv_parse_type(*line, &type, &error);
      fuzz_check_error(ok, error);
      g_autofree char *name = ok ? pk_type_dup_name(type) : NULL;
      g_assert_true(ok == (name != NULL));
    }
  }
  g_autoptr(PkCsvOptions) copy = pk_csv_options_copy(options);
  g_assert_cmpuint(copy->types->len, ==, options->types->len);
  g_assert_cmpstr(copy->tz, ==, options->tz);
  return 0;
}
