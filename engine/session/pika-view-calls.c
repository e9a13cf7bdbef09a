/* Views: the synchronous and asynchronous forms of what pika-view.c does. */
#include "pk-call.h"
#include "pk-view-private.h"

#include <string.h>

/* --- new --- */

typedef struct {
  PikaSession *session;
  const char *spec;
  gssize length;
  const PikaPlotOptions *options;
  PikaPlotOptions copies;
  PikaView *view; /* the result */
} New;

static gboolean
run_new(gpointer data, GCancellable *cancellable, GError **error)
{
  New *self = data;
  self->view = pk_view_new(self->session, self->spec, self->length, self->options, cancellable, error);
  return self->view != NULL;
}

static void
clear_new(gpointer data)
{
  New *self = data;
  g_free((char *)self->spec);
  g_free((char *)self->copies.table);
  g_free((char *)self->copies.spec_path);
  g_free((char *)self->copies.data_directory);
  g_free((char *)self->copies.theme);
  pika_view_unref(self->view);
}

static const PkCallClass new_class = { "view", run_new, TRUE, clear_new };

PikaView *
pika_view_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
              GCancellable *cancellable, GError **error)
{
  New args = { .session = session, .spec = spec_json, .length = length, .options = options };
  return pk_call_now(&new_class, session, &args, cancellable, error) ? args.view : NULL;
}

void
pika_view_new_async(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  New *args = g_new0(New, 1);
  args->session = session;
  args->length = length >= 0 ? length : (gssize)strlen(spec_json);
  args->spec = g_strndup(spec_json, (gsize)args->length);
  args->options = &args->copies;
  if (options) {
    args->copies = *options;
    args->copies.table = g_strdup(options->table);
    args->copies.spec_path = g_strdup(options->spec_path);
    args->copies.data_directory = g_strdup(options->data_directory);
    args->copies.theme = g_strdup(options->theme);
    args->copies.frame_key = NULL;
  }
  pk_call_async(&new_class, session, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

PikaView *
pika_view_new_finish(GAsyncResult *result, GError **error)
{
  New *args = pk_call_finish(&new_class, result, error);
  return args ? g_steal_pointer(&args->view) : NULL;
}

/* --- render --- */

typedef struct {
  PikaView *view; /* a reference, of the asynchronous form */
  const PikaViewState *state;
  PikaViewState *copy; /* of the asynchronous form */
  double width, height, pixel_ratio;
  PikaViewFrame *frame; /* the result */
} Render;

static gboolean
run_render(gpointer data, GCancellable *cancellable, GError **error)
{
  Render *self = data;
  self->frame = pk_view_render(self->view, self->state, self->width, self->height, self->pixel_ratio, cancellable, error);
  return self->frame != NULL;
}

static void
clear_render(gpointer data)
{
  Render *self = data;
  pika_view_unref(self->view);
  pika_view_state_free(self->copy);
  pika_view_frame_unref(self->frame);
}

static const PkCallClass render_class = { "view picture", run_render, FALSE, clear_render };

PikaViewFrame *
pika_view_render(PikaView *self, const PikaViewState *state, double width, double height, double pixel_ratio,
                 GCancellable *cancellable, GError **error)
{
  Render args = { .view = self, .state = state, .width = width, .height = height, .pixel_ratio = pixel_ratio };
  return pk_call_now(&render_class, NULL, &args, cancellable, error) ? args.frame : NULL;
}

void
pika_view_render_async(PikaView *self, const PikaViewState *state, double width, double height, double pixel_ratio,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Render *args = g_new0(Render, 1);
  args->view = pika_view_ref(self);
  args->copy = pika_view_state_copy(state);
  args->state = args->copy;
  args->width = width;
  args->height = height;
  args->pixel_ratio = pixel_ratio;
  pk_call_async(&render_class, NULL, args, PK_LANE_INTERACTIVE, pk_view_get_key(self), cancellable, callback, user_data);
}

PikaViewFrame *
pika_view_render_finish(GAsyncResult *result, GError **error)
{
  Render *args = pk_call_finish(&render_class, result, error);
  return args ? g_steal_pointer(&args->frame) : NULL;
}
