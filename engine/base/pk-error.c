#include "pk-error.h"

#include <errno.h>
#include <string.h>

G_DEFINE_QUARK(pk-error-quark, pk_error)

/* Messages quote what came from files and people. However they were made, one
 * line of UTF-8 without control characters comes out: line breaks become a
 * space, other controls (which a terminal would obey) \xHH, bytes that are no
 * UTF-8 the replacement character. */
static char *
one_line(const char *raw)
{
  g_autofree char *text = g_utf8_make_valid(raw, -1);
  GString *out = g_string_sized_new(strlen(text));
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029) {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
    } else if (c == '\t') {
      g_string_append_c(out, ' ');
    } else if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
      g_string_append_printf(out, "\\x%02x", c);
    } else {
      g_string_append_unichar(out, c);
    }
  }
  return g_string_free(out, FALSE);
}

gboolean
pk_fail(GError **error, PkErrorCode code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  if (error) {
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autofree char *line = one_line(text);
    g_set_error_literal(error, PK_ERROR, (int)code, line);
  }
  va_end(args);
  return FALSE;
}

gboolean
pk_fail_prefix(GError **error, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  if (error && *error) {
    g_autofree char *prefix = g_strdup_vprintf(format, args);
    g_autofree char *line = one_line(prefix);
    g_prefix_error_literal(error, line);
  }
  va_end(args);
  return FALSE;
}

gboolean
pk_fail_errno(GError **error, int errnum, const char *what, const char *path)
{
  PkErrorCode code = errnum == ENOENT ? PK_ERROR_NOT_FOUND : PK_ERROR_IO;
  return pk_fail(error, code, "%s %s: %s", what, path, g_strerror(errnum));
}
