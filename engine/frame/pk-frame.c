#include "pk-frame.h"

#include "pk-arrow-view.h"
#include "pk-column-builder.h"
#include "pk-error.h"
#include "pk-workers.h"

#include <string.h>

PkFrame *
pk_frame_ref(PkFrame *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pk_frame_unref(PkFrame *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  for (guint i = 0; i < self->n_columns; i++)
    pk_column_free(self->columns[i]);
  g_free(self->columns);
  g_free(self);
}

static gboolean
check_columns(PkColumn **columns, guint n_columns, GError **error)
{
  for (guint i = 1; i < n_columns; i++) {
    const PkColumn *a = columns[0], *b = columns[i];
    gboolean same = a->length == b->length && a->n_chunks == b->n_chunks;
    for (guint k = 0; same && k < a->n_chunks; k++)
      same = a->chunks[k].length == b->chunks[k].length;
    if (!same)
      return pk_fail(error, PK_ERROR_INVALID,
                     "columns \"%s\" and \"%s\" of a frame differ in length or chunks (%" G_GINT64_FORMAT
                     " and %" G_GINT64_FORMAT " rows)",
                     a->name, b->name, a->length, b->length);
  }
  for (guint k = 0; n_columns > 0 && k + 1 < columns[0]->n_chunks; k++)
    if (columns[0]->chunks[k].length != columns[0]->chunks[0].length)
      return pk_fail(error, PK_ERROR_INVALID, "chunk %u of column \"%s\" is not full", k, columns[0]->name);
  return TRUE;
}

PkFrame *
pk_frame_new(PkColumn **columns, guint n_columns, GError **error)
{
  if (!check_columns(columns, n_columns, error)) {
    for (guint i = 0; i < n_columns; i++)
      pk_column_free(columns[i]);
    return NULL;
  }
  PkFrame *self = g_new0(PkFrame, 1);
  self->refs = 1;
  self->n_columns = n_columns;
  self->columns = g_new0(PkColumn *, MAX(n_columns, 1));
  for (guint i = 0; i < n_columns; i++)
    self->columns[i] = columns[i];
  self->length = n_columns > 0 ? columns[0]->length : 0;
  return self;
}

PkColumn *
pk_frame_find(const PkFrame *self, const char *name, guint *index)
{
  for (guint i = 0; i < self->n_columns; i++) {
    if (!g_str_equal(self->columns[i]->name, name))
      continue;
    if (index)
      *index = i;
    return self->columns[i];
  }
  return NULL;
}

gsize
pk_frame_get_bytes(const PkFrame *self)
{
  gsize bytes = 0;
  for (guint i = 0; i < self->n_columns; i++) {
    const PkColumn *column = self->columns[i];
    for (guint k = 0; k < column->n_chunks; k++)
      bytes += column->chunks[k].data_bytes + column->chunks[k].valid_bytes;
    if (column->dictionary)
      bytes += pk_dictionary_get_bytes(column->dictionary);
  }
  return bytes;
}

/* --- reading a stream --- */

#define BATCHES 32            /* that are collected before the columns are built on */
#define WORTH_A_WORKER 16384  /* values */

/* Batches are collected, then each column takes its part of all of them, on as many threads as are worth it. */
typedef struct {
  guint n;
  PkColumnBuilder **builders;
  GError **errors; /* of each column */
  guint n_batches;
  PkArrowArray arrays[BATCHES];
  PkArrowView batches[BATCHES];
  gint64 rows;      /* of the batches */
  gint next_column; /* atomic */
} Reader;

static void
drop_batches(Reader *self)
{
  for (guint i = 0; i < self->n_batches; i++) {
    pk_arrow_view_clear(&self->batches[i]);
    pk_arrow_array_clear(&self->arrays[i]);
  }
  self->n_batches = 0;
  self->rows = 0;
}

static void
reader_clear(Reader *self)
{
  drop_batches(self);
  for (guint i = 0; i < self->n; i++) {
    pk_column_builder_free(self->builders[i]);
    g_clear_error(&self->errors[i]);
  }
  g_free(self->builders);
  g_free(self->errors);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

static gboolean
reader_init(Reader *self, const PkArrowSchema *schema, gint64 chunk_rows, GError **error)
{
  if (!schema->format || !g_str_equal(schema->format, "+s") || schema->n_children < 0 ||
      schema->n_children > G_MAXINT32)
    return pk_fail(error, PK_ERROR_INVALID, "an Arrow stream of \"%s\" arrays is not a table (\"+s\")",
                   schema->format ? schema->format : "");
  self->builders = g_new0(PkColumnBuilder *, MAX(schema->n_children, 1));
  self->errors = g_new0(GError *, MAX(schema->n_children, 1));
  for (gint64 i = 0; i < schema->n_children; i++) {
    PkType type;
    if (!schema->children || !schema->children[i])
      return pk_fail(error, PK_ERROR_INVALID,
                     "column %" G_GINT64_FORMAT " of an Arrow stream has no schema", i);
    if (!pk_type_from_schema(schema->children[i], &type, error))
      return FALSE;
    const char *name = schema->children[i]->name;
    self->builders[self->n++] = pk_column_builder_new(name ? name : "", type, chunk_rows);
  }
  return TRUE;
}

static void
build_columns(gpointer data, guint worker)
{
  Reader *self = data;
  for (guint i; !pk_workers_yield() && (i = (guint)g_atomic_int_add(&self->next_column, 1)) < self->n;)
    for (guint b = 0; b < self->n_batches && !self->errors[i]; b++)
      pk_column_builder_append_view(self->builders[i], &self->batches[b].children[i], &self->errors[i]);
}

/* Adds the collected batches to the columns. */
static gboolean
reader_build(Reader *self, GError **error)
{
  gint64 worth = self->rows * self->n / WORTH_A_WORKER + 1;
  self->next_column = 0;
  pk_workers_run(build_columns, self, (guint)MIN(worth, (gint64)MAX(self->n, 1)));
  drop_batches(self);
  for (guint i = 0; i < self->n; i++)
    if (self->errors[i]) {
      g_propagate_error(error, g_steal_pointer(&self->errors[i]));
      return FALSE;
    }
  return TRUE;
}

/* Collects the next batch; at the end of the stream *end is set. */
static gboolean
reader_next(Reader *self, struct ArrowArrayStream *stream, const PkArrowSchema *schema, gboolean *end, GError **error)
{
  PkArrowArray *array = &self->arrays[self->n_batches];
  PkArrowView *batch = &self->batches[self->n_batches];
  memset(array, 0, sizeof *array);
  if (!pk_arrow_stream_next(stream, array, error))
    return FALSE;
  *end = array->release == NULL;
  if (*end)
    return TRUE;
  self->n_batches++;
  if (!pk_arrow_batch_init(batch, schema, array, error))
    return FALSE;
  self->rows += batch->length;
  return TRUE;
}

static PkFrame *
reader_finish(Reader *self, GError **error)
{
  g_autofree PkColumn **columns = g_new0(PkColumn *, MAX(self->n, 1));
  for (guint i = 0; i < self->n; i++) {
    columns[i] = pk_column_builder_finish(g_steal_pointer(&self->builders[i]), error);
    if (!columns[i]) {
      for (guint k = 0; k < i; k++)
        pk_column_free(columns[k]);
      return NULL;
    }
  }
  return pk_frame_new(columns, self->n, error);
}

PkFrame *
pk_frame_read_stream(struct ArrowArrayStream *stream, gint64 chunk_rows, GCancellable *cancellable,
                     GError **error)
{
  g_auto(PkArrowSchema) schema = { 0 };
  g_auto(Reader) reader = { 0 };
  gint64 n_rows = 0; /* what a table without columns would lose */

  if (!pk_arrow_stream_schema(stream, &schema, error) || !reader_init(&reader, &schema, chunk_rows, error))
    return NULL;
  for (gboolean end = FALSE; !end;) {
    if (g_cancellable_is_cancelled(cancellable)) {
      pk_fail(error, PK_ERROR_CANCELLED,
              "reading the columns was cancelled after %" G_GINT64_FORMAT " rows", n_rows);
      return NULL;
    }
    gint64 before = reader.rows;
    if (!reader_next(&reader, stream, &schema, &end, error))
      return NULL;
    n_rows += reader.rows - before;
    if ((end || reader.n_batches == BATCHES) && !reader_build(&reader, error))
      return NULL;
  }
  PkFrame *frame = reader_finish(&reader, error);
  if (frame)
    frame->length = n_rows;
  return frame;
}
