/* File descriptors: writing all there is to write. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes bytes[0..n), going on after interruptions and short writes. PK_ERROR_IO names `path`. Any thread. */
gboolean pk_fd_write_all(int fd, const void *bytes, gsize n, const char *path, GError **error);

G_END_DECLS
