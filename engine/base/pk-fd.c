#include "pk-fd.h"
#include "pk-error.h"

#include <errno.h>
#include <unistd.h>

gboolean
pk_fd_write_all(int fd, const void *bytes, gsize n, const char *path, GError **error)
{
  const char *at = bytes;

  while (n > 0) {
    gssize done = write(fd, at, n);
    if (done < 0 && errno == EINTR)
      continue;
    if (done < 0)
      return pk_fail_errno(error, errno, "cannot write", path);
    at += done;
    n -= (gsize)done;
  }
  return TRUE;
}
