#include "cli-output.h"

#include "cli-loop.h"

#include <pika/pika.h>

#include <errno.h>
#include <stdio.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <sys/stat.h>
#include <unistd.h>

struct CliOutput {
  char *path;      /* NULL: stdout, or a device */
  char *temporary;
  GOutputStream *stream;
};

/* For cli_output_emergency_cleanup; one output is open at a time. */
static char *volatile open_temporary;

static gboolean
fail(GError **error, const char *what, const char *path)
{
  int errnum = errno;
  g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "%s %s: %s", what, path, g_strerror(errnum));
  return FALSE;
}

static GOutputStream *
buffered(int fd, gboolean close_fd)
{
  g_autoptr(GOutputStream) raw = g_unix_output_stream_new(fd, close_fd);
  GOutputStream *stream = g_buffered_output_stream_new_sized(raw, 1 << 16);
  g_filter_output_stream_set_close_base_stream(G_FILTER_OUTPUT_STREAM(stream), close_fd);
  return stream;
}

/* Compressed if the name says so. */
static GOutputStream *
file_stream(int fd, const char *path)
{
  GOutputStream *plain = buffered(fd, TRUE);
  if (!g_str_has_suffix(path, ".gz"))
    return plain;
  g_autoptr(GZlibCompressor) compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
  GOutputStream *stream = g_converter_output_stream_new(plain, G_CONVERTER(compressor));
  g_object_unref(plain);
  return stream;
}

gboolean
cli_output_is_file(const char *path)
{
  struct stat st;
  return path && g_strcmp0(path, "-") && (stat(path, &st) != 0 || S_ISREG(st.st_mode));
}

CliOutput *
cli_output_open(const char *path, gboolean binary, GError **error)
{
  g_autoptr(CliOutput) self = g_new0(CliOutput, 1);
  if (!path || !g_strcmp0(path, "-")) {
    if (binary && isatty(STDOUT_FILENO)) {
      g_set_error_literal(error, PIKA_ERROR, PIKA_ERROR_USAGE,
                          "refusing to write binary data to a terminal: use -o FILE, or a pipe");
      return NULL;
    }
    self->stream = buffered(STDOUT_FILENO, FALSE);
    return g_steal_pointer(&self);
  }
  if (!cli_output_is_file(path)) {
    int fd = g_file_test(path, G_FILE_TEST_IS_DIR) ? (errno = EISDIR, -1) : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
      fail(error, "cannot write", path);
      return NULL;
    }
    self->stream = buffered(fd, TRUE);
    return g_steal_pointer(&self);
  }
  g_autofree char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
  char *temporary = g_strdup_printf("%s/.%s.XXXXXX", folder, base);
  int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (fd < 0) {
    fail(error, "cannot write", path);
    g_free(temporary);
    return NULL;
  }
  self->path = g_strdup(path);
  self->temporary = temporary;
  self->stream = file_stream(fd, path);
  open_temporary = temporary;
  return g_steal_pointer(&self);
}

GOutputStream *
cli_output_get_stream(CliOutput *self)
{
  return self->stream;
}

gboolean
cli_output_commit(CliOutput *self, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_autoptr(GAsyncResult) flushed = NULL, closed = NULL;
  g_output_stream_flush_async(self->stream, G_PRIORITY_DEFAULT, NULL, cli_ready, &flushed);
  gboolean ok = g_output_stream_flush_finish(self->stream, cli_wait(&flushed), &local);
  if (ok) {
    g_output_stream_close_async(self->stream, G_PRIORITY_DEFAULT, NULL, cli_ready, &closed);
    ok = g_output_stream_close_finish(self->stream, cli_wait(&closed), &local);
  }
  if (!ok) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_IO, "cannot write %s: %s", self->path ? self->path : "to stdout",
                local->message);
    return FALSE;
  }
  if (!self->temporary)
    return TRUE;
  if (rename(self->temporary, self->path) != 0)
    return fail(error, "cannot write", self->path);
  open_temporary = NULL;
  g_clear_pointer(&self->temporary, g_free);
  return TRUE;
}

void
cli_output_free(CliOutput *self)
{
  if (!self)
    return;
  if (self->temporary) {
    unlink(self->temporary);
    open_temporary = NULL;
    g_free(self->temporary);
  }
  g_clear_object(&self->stream);
  g_free(self->path);
  g_free(self);
}

void
cli_output_emergency_cleanup(void)
{
  char *temporary = open_temporary;
  if (temporary)
    unlink(temporary);
}
