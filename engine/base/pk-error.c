#include "pk-error.h"

#include <errno.h>

G_DEFINE_QUARK(pk-error-quark, pk_error)

gboolean
pk_fail(GError **error, PkErrorCode code, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  if (error) {
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_set_error_literal(error, PK_ERROR, (int)code, text);
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
