#include "pa-export.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

static const struct { const char *name, *suffix; } formats[PA_N_EXPORTS] = {
  [PA_EXPORT_PNG] = { N_("PNG picture"), ".png" },
  [PA_EXPORT_SVG] = { N_("SVG drawing"), ".svg" },
  [PA_EXPORT_PDF] = { N_("PDF document"), ".pdf" },
  [PA_EXPORT_HTML] = { N_("HTML page"), ".html" },
  [PA_EXPORT_VEGALITE] = { N_("Vega-Lite specification"), ".vl.json" },
  [PA_EXPORT_CSV] = { N_("Rows as CSV"), ".csv" },
  [PA_EXPORT_PARQUET] = { N_("Rows as Parquet"), ".parquet" },
};

const char *
pa_export_get_name(PaExportFormat format)
{
  return _(formats[format].name);
}

const char *
pa_export_get_suffix(PaExportFormat format)
{
  return formats[format].suffix;
}

gboolean
pa_export_is_rows(PaExportFormat format)
{
  return format == PA_EXPORT_CSV || format == PA_EXPORT_PARQUET;
}

/* --- one export under way --- */

typedef struct {
  PikaSession *session;
  PaExportFormat format;
  char *spec, *table, *sql, *path, *temporary;
  PikaPictureOptions picture;
  double width, height;
  gboolean wants_data; /* of the plot, as text */
  PikaPlot *plot;
  struct ArrowArrayStream stream;
  GOutputStream *out;
  GBytes *bytes;
} Work;

static void
work_free(gpointer data)
{
  Work *self = data;
  g_clear_pointer(&self->plot, pika_plot_free);
  pika_session_unref(self->session);
  g_free(self->spec);
  g_free(self->table);
  g_free(self->sql);
  g_free(self->path);
  g_free(self->temporary);
  g_clear_object(&self->out);
  g_clear_pointer(&self->bytes, g_bytes_unref);
  g_free(self);
}

static GTask *
start(PikaSession *session, const PaExport *what, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback,
      gpointer user_data)
{
  Work *work = g_new0(Work, 1);
  GTask *task = g_task_new(NULL, cancellable, callback, user_data);
  work->session = pika_session_ref(session);
  work->format = what->format;
  work->spec = g_strdup(what->spec);
  work->table = g_strdup(what->table);
  work->sql = g_strdup(what->sql);
  work->path = g_strdup(path);
  work->picture = (PikaPictureOptions){ what->scale, what->ppi, what->transparent };
  work->width = what->width;
  work->height = what->height;
  g_task_set_task_data(task, work, work_free);
  return task;
}

/* --- files --- */

static void
replaced(GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  GError *error = NULL;
  if (g_file_replace_contents_finish(G_FILE(file), result, NULL, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

/* Takes over both; GIO writes beside the file and renames. */
static void
write_bytes(GTask *task, GBytes *bytes)
{
  Work *work = g_task_get_task_data(task);
  g_autoptr(GFile) file = g_file_new_for_path(work->path);
  work->bytes = bytes;
  g_file_replace_contents_bytes_async(file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, g_task_get_cancellable(task),
                                      replaced, task);
}

/* What was written beside the file takes its name. */
static void
finish_temporary(GTask *task, gboolean ok, GError *error)
{
  Work *work = g_task_get_task_data(task);
  if (ok && g_rename(work->temporary, work->path) == 0) {
    g_task_return_boolean(task, TRUE);
  } else {
    if (!error)
      error = g_error_new(PIKA_ERROR, PIKA_ERROR_IO, _("%s cannot be written: %s"), work->path, g_strerror(errno));
    g_unlink(work->temporary);
    g_task_return_error(task, error);
  }
  g_object_unref(task);
}

static void
wrote_rows(GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Work *work = g_task_get_task_data(task);
  GError *error = NULL;
  gboolean ok = pika_write_stream_finish(result, NULL, &error);
  if (ok && work->wants_data) {
    GOutputStream *memory = work->out;
    g_output_stream_close(memory, NULL, NULL);
    work->bytes = g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
    g_task_return_boolean(task, TRUE);
    g_object_unref(task);
    return;
  }
  if (work->wants_data) {
    g_task_return_error(task, error);
    g_object_unref(task);
    return;
  }
  ok = ok && g_output_stream_close(work->out, NULL, &error);
  finish_temporary(task, ok, error);
}

static void
asked_rows(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Work *work = g_task_get_task_data(task);
  GError *error = NULL;
  if (!pika_session_query_finish(result, &work->stream, NULL, &error)) {
    g_task_return_error(task, error);
    return;
  }
  g_autoptr(GFile) file = g_file_new_for_path(work->temporary);
  work->out = G_OUTPUT_STREAM(g_file_replace(file, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, &error));
  if (!work->out) {
    work->stream.release(&work->stream);
    g_task_return_error(task, error);
    return;
  }
  pika_write_stream_async(&work->stream, PIKA_FORMAT_CSV, work->out, 0, 0, g_task_get_cancellable(task), wrote_rows,
                          g_object_ref(task));
}

static void
wrote_parquet(GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  gboolean ok = pika_session_write_parquet_finish(result, &error);
  finish_temporary(data, ok, error);
}

static void
write_rows(GTask *task)
{
  Work *work = g_task_get_task_data(task);
  g_autofree char *folder = g_path_get_dirname(work->path);
  g_autofree char *name = g_strdup_printf(".pika-export-%08x", g_random_int());
  work->temporary = g_build_filename(folder, name, NULL);
  if (work->format == PA_EXPORT_PARQUET)
    pika_session_write_parquet_async(work->session, work->sql, work->temporary, g_task_get_cancellable(task), wrote_parquet, task);
  else
    pika_session_query_async(work->session, work->sql, g_task_get_cancellable(task), asked_rows, task);
}

/* --- plots --- */

static GBytes *
page_of(GBytes *svg)
{
  gsize length;
  const char *text = g_bytes_get_data(svg, &length);
  GString *page = g_string_new("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Pika-Plot</title>\n"
                               "<style>body{margin:2em;font-family:sans-serif}svg{max-width:100%;height:auto}</style></head>\n<body>\n");
  const char *svg_start = g_strstr_len(text, (gssize)length, "<svg");
  if (svg_start)
    g_string_append_len(page, svg_start, (gssize)(length - (gsize)(svg_start - text)));
  g_string_append(page, "\n</body></html>\n");
  return g_string_free_to_bytes(page);
}

static void
exported(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Work *work = g_task_get_task_data(task);
  GError *error = NULL;
  g_autoptr(GBytes) bytes = pika_plot_export_finish(result, &error);
  if (!bytes)
    g_task_return_error(task, error);
  else if (work->path)
    write_bytes(g_object_ref(task), work->format == PA_EXPORT_HTML ? page_of(bytes) : g_bytes_ref(bytes));
  else {
    work->bytes = g_bytes_ref(bytes);
    g_task_return_boolean(task, TRUE);
  }
}

static void
got_data(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Work *work = g_task_get_task_data(task);
  GError *error = NULL;
  if (!pika_plot_get_data_finish(result, &work->stream, &error)) {
    g_task_return_error(task, error);
    return;
  }
  work->out = g_memory_output_stream_new_resizable();
  pika_write_stream_async(&work->stream, PIKA_FORMAT_CSV, work->out, 0, 0, g_task_get_cancellable(task), wrote_rows,
                          g_object_ref(task));
}

static void
planned(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(GTask) task = data;
  Work *work = g_task_get_task_data(task);
  GError *error = NULL;
  work->plot = pika_plot_new_finish(result, &error);
  if (!work->plot) {
    g_task_return_error(task, error);
    return;
  }
  PikaPictureFormat format = work->format == PA_EXPORT_PNG   ? PIKA_PICTURE_PNG
                             : work->format == PA_EXPORT_PDF ? PIKA_PICTURE_PDF : PIKA_PICTURE_SVG;
  if (work->wants_data)
    pika_plot_get_data_async(work->plot, 0, g_task_get_cancellable(task), got_data, g_object_ref(task));
  else
    pika_plot_export_async(work->plot, format, &work->picture, g_task_get_cancellable(task), exported, g_object_ref(task));
}

/* Takes over the task. */
static void
plot(GTask *task)
{
  Work *work = g_task_get_task_data(task);
  PikaPlotOptions options = { .table = work->table, .width = work->width, .height = work->height,
                              .pixel_ratio = work->format == PA_EXPORT_PNG ? work->picture.scale : 0 };
  pika_plot_new_async(work->session, work->spec, -1, &options, g_task_get_cancellable(task), planned, task);
}

/* --- the functions --- */

void
pa_export_async(PikaSession *session, const PaExport *what, const char *path, GCancellable *cancellable,
                GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = start(session, what, path, cancellable, callback, user_data);
  if (what->format == PA_EXPORT_VEGALITE)
    write_bytes(task, g_bytes_new(what->spec, strlen(what->spec)));
  else if (pa_export_is_rows(what->format))
    write_rows(task);
  else
    plot(task);
}

gboolean
pa_export_finish(GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean(G_TASK(result), error);
}

void
pa_export_picture_async(PikaSession *session, const PaExport *what, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  plot(start(session, what, NULL, cancellable, callback, user_data));
}

GBytes *
pa_export_picture_finish(GAsyncResult *result, GError **error)
{
  Work *work = g_task_get_task_data(G_TASK(result));
  return g_task_propagate_boolean(G_TASK(result), error) ? g_steal_pointer(&work->bytes) : NULL;
}

void
pa_export_data_async(PikaSession *session, const PaExport *what, GCancellable *cancellable, GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task = start(session, what, NULL, cancellable, callback, user_data);
  ((Work *)g_task_get_task_data(task))->wants_data = TRUE;
  plot(task);
}

char *
pa_export_data_finish(GAsyncResult *result, GError **error)
{
  Work *work = g_task_get_task_data(G_TASK(result));
  gsize length;
  if (!g_task_propagate_boolean(G_TASK(result), error))
    return NULL;
  const char *text = g_bytes_get_data(work->bytes, &length);
  return g_strndup(text, length);
}
