/* Queries and streams: the synchronous and asynchronous forms. */
#include "pk-call.h"

#include "pk-arrow-type.h"
#include "pk-error.h"

#include <string.h>

static void
release_stream(struct ArrowArrayStream *stream)
{
  if (stream->release)
    stream->release(stream);
}

/* --- query --- */

typedef struct {
  PikaSession *session;
  const char *sql;
  PikaReceipt receipt;
  GCancellable *cancellable; /* the caller's: the stream outlives the job and its token */
  struct ArrowArrayStream out;
} Query;

static gboolean
run_query(gpointer data, GCancellable *cancellable, GError **error)
{
  Query *self = data;
  if (!pk_session_query(self->session, self->sql, &self->out, &self->receipt,
                        self->cancellable ? self->cancellable : cancellable, error))
    return FALSE;
  if (!g_cancellable_is_cancelled(cancellable))
    return TRUE;
  release_stream(&self->out); /* here, as it may have to wait for the engine */
  return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
}

/* The caller's receipt, if it wants one, is complete when the stream has ended. */
static void
hand_over(Query *self, struct ArrowArrayStream *out, PikaReceipt *receipt)
{
  *out = self->out;
  self->out.release = NULL;
  if (receipt)
    *receipt = self->receipt;
  pk_session_stream_set_receipt(out, receipt);
}

static void
clear_query(gpointer data)
{
  Query *self = data;
  g_free((char *)self->sql);
  g_clear_object(&self->cancellable);
  release_stream(&self->out);
}

static const PkCallClass query_class = { "query", run_query, TRUE, clear_query };

gboolean
pika_session_query(PikaSession *self, const char *sql, struct ArrowArrayStream *out, PikaReceipt *receipt,
                   GCancellable *cancellable, GError **error)
{
  Query args = { .session = self, .sql = sql, .cancellable = cancellable };
  if (!pk_call_now(&query_class, self, &args, cancellable, error))
    return FALSE;
  hand_over(&args, out, receipt);
  return TRUE;
}

void
pika_session_query_async(PikaSession *self, const char *sql, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  Query *args = g_new0(Query, 1);
  args->session = self;
  args->sql = g_strdup(sql);
  args->cancellable = cancellable ? g_object_ref(cancellable) : NULL;
  pk_call_async(&query_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_session_query_finish(GAsyncResult *result, struct ArrowArrayStream *out, PikaReceipt *receipt, GError **error)
{
  Query *args = pk_call_finish(&query_class, result, error);
  if (args)
    hand_over(args, out, receipt);
  return args != NULL;
}

/* --- stream_next --- */

typedef struct {
  struct ArrowArrayStream *stream;
  struct ArrowArray out;
} Next;

static gboolean
run_next(gpointer data, GCancellable *cancellable, GError **error)
{
  Next *self = data;
  return pk_arrow_stream_next(self->stream, &self->out, error);
}

static void
clear_next(gpointer data)
{
  Next *self = data;
  if (self->out.release)
    self->out.release(&self->out);
}

static const PkCallClass next_class = { "next batch", run_next, FALSE, clear_next };

void
pika_stream_next_async(struct ArrowArrayStream *stream, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  Next *args = g_new0(Next, 1);
  args->stream = stream;
  pk_call_async(&next_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_stream_next_finish(GAsyncResult *result, struct ArrowArray *out, GError **error)
{
  Next *args = pk_call_finish(&next_class, result, error);
  if (!args)
    return FALSE;
  *out = args->out;
  args->out.release = NULL;
  return TRUE;
}

/* --- write_stream --- */

typedef struct {
  struct ArrowArrayStream *stream;
  PikaFormat format;
  GOutputStream *out;
  gint64 max_rows;
  guint max_width;
  gint64 n_rows;                /* the result */
  struct ArrowArrayStream held; /* of the asynchronous form */
} Write;

static gboolean
run_write(gpointer data, GCancellable *cancellable, GError **error)
{
  Write *self = data;
  gboolean ok = pk_session_write_stream(self->stream, self->format, self->out, self->max_rows, self->max_width,
                                        &self->n_rows, cancellable, error);
  release_stream(&self->held); /* here, as it may have to wait for the engine */
  return ok;
}

static void
clear_write(gpointer data)
{
  Write *self = data;
  release_stream(&self->held); /* if it never ran */
  g_object_unref(self->out);
}

static const PkCallClass write_class = { "write rows", run_write, FALSE, clear_write };

gboolean
pika_write_stream(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out, gint64 max_rows,
                  guint max_width, gint64 *n_rows, GCancellable *cancellable, GError **error)
{
  Write args = { stream, format, out, max_rows, max_width, 0, { 0 } };
  gboolean ok = pk_call_now(&write_class, NULL, &args, cancellable, error);
  if (n_rows)
    *n_rows = args.n_rows;
  return ok;
}

void
pika_write_stream_async(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out, gint64 max_rows,
                        guint max_width, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Write *args = g_new(Write, 1);
  *args = (Write){ &args->held, format, g_object_ref(out), max_rows, max_width, 0, *stream };
  stream->release = NULL;
  pk_call_async(&write_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_write_stream_finish(GAsyncResult *result, gint64 *n_rows, GError **error)
{
  Write *args = pk_call_finish(&write_class, result, error);
  if (args && n_rows)
    *n_rows = args->n_rows;
  return args != NULL;
}

/* --- write_parquet --- */

typedef struct {
  PikaSession *session;
  const char *sql, *path;
} Parquet;

static gboolean
run_parquet(gpointer data, GCancellable *cancellable, GError **error)
{
  const Parquet *self = data;
  return pk_session_write_parquet(self->session, self->sql, self->path, cancellable, error);
}

static void
clear_parquet(gpointer data)
{
  Parquet *self = data;
  g_free((char *)self->sql);
  g_free((char *)self->path);
}

static const PkCallClass parquet_class = { "write Parquet", run_parquet, TRUE, clear_parquet };

gboolean
pika_session_write_parquet(PikaSession *self, const char *sql, const char *path, GCancellable *cancellable,
                           GError **error)
{
  Parquet args = { self, sql, path };
  return pk_call_now(&parquet_class, self, &args, cancellable, error);
}

void
pika_session_write_parquet_async(PikaSession *self, const char *sql, const char *path, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data)
{
  Parquet *args = g_new(Parquet, 1);
  *args = (Parquet){ self, g_strdup(sql), g_strdup(path) };
  pk_call_async(&parquet_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_session_write_parquet_finish(GAsyncResult *result, GError **error)
{
  return pk_call_finish(&parquet_class, result, error) != NULL;
}

/* --- explain --- */

typedef struct {
  PikaSession *session;
  const char *sql;
  gboolean as_json;
  char *text; /* the result */
} Explain;

static gboolean
run_explain(gpointer data, GCancellable *cancellable, GError **error)
{
  Explain *self = data;
  self->text = pk_session_explain(self->session, self->sql, self->as_json, error);
  return self->text != NULL;
}

static void
clear_explain(gpointer data)
{
  Explain *self = data;
  g_free((char *)self->sql);
  g_free(self->text);
}

static const PkCallClass explain_class = { "explain", run_explain, TRUE, clear_explain };

char *
pika_session_explain(PikaSession *self, const char *sql, gboolean as_json, GError **error)
{
  Explain args = { self, sql, as_json, NULL };
  return pk_call_now(&explain_class, self, &args, NULL, error) ? args.text : NULL;
}

void
pika_session_explain_async(PikaSession *self, const char *sql, gboolean as_json, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  Explain *args = g_new(Explain, 1);
  *args = (Explain){ self, g_strdup(sql), as_json, NULL };
  pk_call_async(&explain_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

char *
pika_session_explain_finish(GAsyncResult *result, GError **error)
{
  Explain *args = pk_call_finish(&explain_class, result, error);
  return args ? g_steal_pointer(&args->text) : NULL;
}
