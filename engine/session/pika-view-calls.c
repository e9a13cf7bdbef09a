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

/* --- pick --- */

typedef struct {
  PikaView *view;       /* references, of the asynchronous form */
  PikaViewFrame *frame;
  double x, y, radius;
  PikaPick *pick; /* the result */
} Pick;

static gboolean
run_pick(gpointer data, GCancellable *cancellable, GError **error)
{
  Pick *self = data;
  return pk_view_pick(self->view, self->frame, self->x, self->y, self->radius, &self->pick, cancellable, error);
}

static void
clear_pick(gpointer data)
{
  Pick *self = data;
  pika_view_unref(self->view);
  pika_view_frame_unref(self->frame);
  pika_pick_free(self->pick);
}

static const PkCallClass pick_class = { "pick", run_pick, FALSE, clear_pick };

PikaPick *
pika_view_pick(PikaView *self, PikaViewFrame *frame, double x, double y, double radius, GCancellable *cancellable,
               GError **error)
{
  Pick args = { .view = self, .frame = frame, .x = x, .y = y, .radius = radius };
  return pk_call_now(&pick_class, NULL, &args, cancellable, error) ? args.pick : NULL;
}

void
pika_view_pick_async(PikaView *self, PikaViewFrame *frame, double x, double y, double radius, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *key = g_strconcat(pk_view_get_key(self), " pick", NULL);
  Pick *args = g_new0(Pick, 1);
  *args = (Pick){ .view = pika_view_ref(self), .frame = pika_view_frame_ref(frame), .x = x, .y = y, .radius = radius };
  pk_call_async(&pick_class, NULL, args, PK_LANE_INTERACTIVE, key, cancellable, callback, user_data);
}

PikaPick *
pika_view_pick_finish(GAsyncResult *result, GError **error)
{
  Pick *args = pk_call_finish(&pick_class, result, error);
  return args ? g_steal_pointer(&args->pick) : NULL;
}

/* --- rows --- */

typedef struct {
  PikaView *view;       /* references, of the asynchronous form */
  PikaViewFrame *frame;
  PikaBox box;
  double radius;
  gint64 limit, n_rows;
  struct ArrowArrayStream out; /* the result */
} Rows;

static gboolean
run_rows(gpointer data, GCancellable *cancellable, GError **error)
{
  Rows *self = data;
  return pk_view_rows(self->view, self->frame, &self->box, self->radius, self->limit, &self->out, &self->n_rows,
                      cancellable, error);
}

static void
clear_rows(gpointer data)
{
  Rows *self = data;
  pika_view_unref(self->view);
  pika_view_frame_unref(self->frame);
  if (self->out.release)
    self->out.release(&self->out);
}

static const PkCallClass rows_class = { "rows of a mark", run_rows, FALSE, clear_rows };

gboolean
pika_view_rows(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
               struct ArrowArrayStream *out, gint64 *n_rows, GCancellable *cancellable, GError **error)
{
  Rows args = { .view = self, .frame = frame, .box = *box, .radius = radius, .limit = limit };
  if (!pk_call_now(&rows_class, self->session, &args, cancellable, error))
    return FALSE;
  *out = args.out;
  *n_rows = args.n_rows;
  return TRUE;
}

void
pika_view_rows_async(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Rows *args = g_new0(Rows, 1);
  *args = (Rows){ .view = pika_view_ref(self), .frame = pika_view_frame_ref(frame), .box = *box, .radius = radius,
                  .limit = limit };
  pk_call_async(&rows_class, self->session, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_view_rows_finish(GAsyncResult *result, struct ArrowArrayStream *out, gint64 *n_rows, GError **error)
{
  Rows *args = pk_call_finish(&rows_class, result, error);
  if (!args)
    return FALSE;
  *out = args->out;
  *n_rows = args->n_rows;
  args->out.release = NULL;
  return TRUE;
}
