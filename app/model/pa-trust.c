#include "pa-trust.h"

#include <gio/gio.h>

/* Files that are remembered; older ones are forgotten, and asked about again. */
#define MOST_FILES 1000

static GMutex lock;

static char *
store_path(void)
{
  return g_build_filename(g_get_user_state_dir(), "pika-plot", "trusted", NULL);
}

/* "SHA256  PATH", with what a line cannot hold escaped. NULL if the file cannot be read. */
static char *
line_of(const char *path)
{
  g_autofree char *text = NULL, *escaped = g_uri_escape_string(path, "/", TRUE);
  gsize length;
  if (!g_file_get_contents(path, &text, &length, NULL))
    return NULL;
  g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
  return g_strdup_printf("%s  %s", sum, escaped);
}

static GStrv
read_lines(void)
{
  g_autofree char *path = store_path(), *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, NULL))
    return g_new0(char *, 1);
  return g_strsplit(text, "\n", -1);
}

gboolean
pa_trust_has(const char *path)
{
  g_autofree char *line = line_of(path);
  g_mutex_lock(&lock);
  g_auto(GStrv) lines = read_lines();
  g_mutex_unlock(&lock);
  return line && g_strv_contains((const char *const *)lines, line);
}

gboolean
pa_trust_add(const char *path, GError **error)
{
  g_autofree char *line = line_of(path), *store = store_path(), *folder = g_path_get_dirname(store);
  if (!line)
    return TRUE; /* it is gone already */
  g_mutex_lock(&lock);
  g_auto(GStrv) lines = read_lines();
  guint n = g_strv_length(lines);
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = n > MOST_FILES ? n - MOST_FILES : 0; i < n; i++)
    if (*lines[i] && g_strcmp0(strchr(lines[i], ' '), strchr(line, ' ')))
      g_string_append_printf(out, "%s\n", lines[i]);
  g_string_append_printf(out, "%s\n", line);
  gboolean ok = g_mkdir_with_parents(folder, 0700) == 0 && g_file_set_contents(store, out->str, (gssize)out->len, error);
  if (!ok && error && !*error)
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot make the folder %s: %s", folder, g_strerror(errno));
  g_mutex_unlock(&lock);
  return ok;
}
