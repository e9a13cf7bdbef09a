/* Plots: the synchronous and asynchronous forms of what pika-plot.c does. */
#include "pk-call.h"

#include <string.h>

/* --- new and explain --- */

typedef struct {
  PikaSession *session;
  const char *spec;
  gssize length;
  const PikaPlotOptions *options;
  gboolean as_json;
  PikaPlotOptions copies;
  PikaPlot *plot; /* the results */
  char *text;
} Plot;

static gboolean
run_new(gpointer data, GCancellable *cancellable, GError **error)
{
  Plot *self = data;
  self->plot = pk_plot_new(self->session, self->spec, self->length, self->options, cancellable, error);
  return self->plot != NULL;
}

static gboolean
run_explain(gpointer data, GCancellable *cancellable, GError **error)
{
  Plot *self = data;
  self->text = pk_plot_explain(self->session, self->spec, self->length, self->options, self->as_json, cancellable, error);
  return self->text != NULL;
}

static void
clear(gpointer data)
{
  Plot *self = data;
  g_free((char *)self->spec);
  g_free((char *)self->copies.table);
  g_free((char *)self->copies.spec_path);
  g_free((char *)self->copies.data_directory);
  g_free((char *)self->copies.theme);
  g_free((char *)self->copies.frame_key);
  pika_plot_free(self->plot);
  g_free(self->text);
}

static const PkCallClass new_class = { "plot", run_new, TRUE, clear };
static const PkCallClass explain_class = { "explain plot", run_explain, TRUE, clear };

PikaPlot *
pika_plot_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
              GCancellable *cancellable, GError **error)
{
  Plot args = { .session = session, .spec = spec_json, .length = length, .options = options };
  return pk_call_now(&new_class, session, &args, cancellable, error) ? args.plot : NULL;
}

char *
pika_plot_explain(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                  gboolean as_json, GCancellable *cancellable, GError **error)
{
  Plot args = { .session = session, .spec = spec_json, .length = length, .options = options, .as_json = as_json };
  return pk_call_now(&explain_class, session, &args, cancellable, error) ? args.text : NULL;
}

static Plot *
copy_arguments(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options)
{
  Plot *args = g_new0(Plot, 1);
  args->session = session;
  args->length = length >= 0 ? length : (gssize)strlen(spec_json);
  args->spec = g_strndup(spec_json, (gsize)args->length);
  args->options = &args->copies;
  if (!options)
    return args;
  args->copies = *options;
  args->copies.table = g_strdup(options->table);
  args->copies.spec_path = g_strdup(options->spec_path);
  args->copies.data_directory = g_strdup(options->data_directory);
  args->copies.theme = g_strdup(options->theme);
  args->copies.frame_key = g_strdup(options->frame_key);
  return args;
}

void
pika_plot_new_async(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Plot *args = copy_arguments(session, spec_json, length, options);
  const char *key = args->copies.frame_key;
  pk_call_async(&new_class, session, args, key ? PK_LANE_INTERACTIVE : PK_LANE_QUERY, key, cancellable, callback,
                user_data);
}

PikaPlot *
pika_plot_new_finish(GAsyncResult *result, GError **error)
{
  Plot *args = pk_call_finish(&new_class, result, error);
  return args ? g_steal_pointer(&args->plot) : NULL;
}

void
pika_plot_explain_async(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                        gboolean as_json, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Plot *args = copy_arguments(session, spec_json, length, options);
  args->as_json = as_json;
  pk_call_async(&explain_class, session, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

char *
pika_plot_explain_finish(GAsyncResult *result, GError **error)
{
  Plot *args = pk_call_finish(&explain_class, result, error);
  return args ? g_steal_pointer(&args->text) : NULL;
}

/* --- export --- */

typedef struct {
  PikaPlot *plot; /* borrowed: whoever exports it keeps it */
  PikaPictureFormat format;
  PikaPictureOptions options;
  GBytes *bytes; /* the result */
} Export;

static gboolean
run_export(gpointer data, GCancellable *cancellable, GError **error)
{
  Export *self = data;
  self->bytes = pk_plot_export(self->plot, self->format, &self->options, cancellable, error);
  return self->bytes != NULL;
}

static void
clear_export(gpointer data)
{
  Export *self = data;
  g_clear_pointer(&self->bytes, g_bytes_unref);
}

static const PkCallClass export_class = { "draw", run_export, FALSE, clear_export };

GBytes *
pika_plot_export(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options, GCancellable *cancellable,
                 GError **error)
{
  Export args = { .plot = self, .format = format };
  if (options)
    args.options = *options;
  return pk_call_now(&export_class, NULL, &args, cancellable, error) ? args.bytes : NULL;
}

void
pika_plot_export_async(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Export *args = g_new0(Export, 1);
  args->plot = self;
  args->format = format;
  if (options)
    args->options = *options;
  pk_call_async(&export_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

GBytes *
pika_plot_export_finish(GAsyncResult *result, GError **error)
{
  Export *args = pk_call_finish(&export_class, result, error);
  return args ? g_steal_pointer(&args->bytes) : NULL;
}

/* --- get_data --- */

typedef struct {
  PikaPlot *plot; /* borrowed */
  guint unit;
  struct ArrowArrayStream out;
} Data;

static gboolean
run_data(gpointer data, GCancellable *cancellable, GError **error)
{
  Data *self = data;
  return pk_plot_get_data(self->plot, self->unit, &self->out, error);
}

static void
clear_data(gpointer data)
{
  Data *self = data;
  if (self->out.release)
    self->out.release(&self->out);
}

static const PkCallClass data_class = { "plot data", run_data, FALSE, clear_data };

gboolean
pika_plot_get_data(PikaPlot *self, guint unit, struct ArrowArrayStream *out, GError **error)
{
  Data args = { .plot = self, .unit = unit };
  if (!pk_call_now(&data_class, NULL, &args, NULL, error))
    return FALSE;
  *out = args.out;
  return TRUE;
}

void
pika_plot_get_data_async(PikaPlot *self, guint unit, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Data *args = g_new0(Data, 1);
  args->plot = self;
  args->unit = unit;
  pk_call_async(&data_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_plot_get_data_finish(GAsyncResult *result, struct ArrowArrayStream *out, GError **error)
{
  Data *args = pk_call_finish(&data_class, result, error);
  if (!args)
    return FALSE;
  *out = args->out;
  args->out.release = NULL;
  return TRUE;
}
