#include "pa-digits.h"

#include <locale.h>
#include <string.h>

char *
pa_digits_dup(gint64 n)
{
  const char *separator = localeconv()->thousands_sep;
  g_autofree char *plain = g_strdup_printf("%" G_GINT64_FORMAT, n);
  gsize length = strlen(plain), sign = n < 0;
  GString *out = g_string_new(NULL);
  for (gsize i = 0; i < length; i++) {
    if (i > sign && (length - i) % 3 == 0)
      g_string_append(out, *separator ? separator : ",");
    g_string_append_c(out, plain[i]);
  }
  return g_string_free(out, FALSE);
}
