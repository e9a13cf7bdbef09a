#include "pk-digits.h"

#include <string.h>

void
pk_digits_append(GString *out, guint64 n)
{
  char digits[24];
  g_snprintf(digits, sizeof digits, "%" G_GUINT64_FORMAT, n);
  gsize length = strlen(digits);

  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append_c(out, ',');
    g_string_append_c(out, digits[i]);
  }
}
