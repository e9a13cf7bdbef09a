#include "pk-bench-options.h"

#include "pk-error.h"

#include <stdio.h>

gboolean
pk_bench_parse(const GOptionEntry *entries, const char *summary, int *argc, char ***argv, GError **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new(summary);
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, argc, argv, error))
    return FALSE;
  return *argc < 2 || pk_fail(error, PK_ERROR_USAGE, "\"%s\" is not understood", (*argv)[1]);
}

int
pk_bench_status(const char *part, const GError *error)
{
  if (!error)
    return 0;
  fprintf(stderr, "%s: %s\n", part, error->message);
  return error->domain == G_OPTION_ERROR || g_error_matches(error, PK_ERROR, PK_ERROR_USAGE) ? 2 : 1;
}
