/* Results: the rows of a statement as a frame. */
#include <pika/pika.h>

#include "pk-call.h"
#include "pk-error.h"

#include <string.h>

#define ROWS_BETWEEN_LOOKS 4096 /* at the cancellable, while cells are read */

struct PikaResult {
  gint refs;
  PkFrame *frame;
  GPtrArray *columns; /* of PikaColumn */
  gboolean is_cut;
  PikaReceipt receipt;
};

static void
free_result(gpointer data)
{
  PikaResult *self = data;
  g_clear_pointer(&self->frame, pk_frame_unref);
  g_clear_pointer(&self->columns, g_ptr_array_unref);
  g_free(self);
}

/* --- new --- */

/* A stream that ends once enough rows have been read. */
typedef struct {
  struct ArrowArrayStream inner;
  gint64 rows, max_rows;
  gboolean is_cut;
} Capped;

static int
capped_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  Capped *self = stream->private_data;
  return self->inner.get_schema(&self->inner, out);
}

static int
capped_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Capped *self = stream->private_data;
  int code = self->inner.get_next(&self->inner, out);
  if (code != 0 || !out->release)
    return code;
  if (self->rows >= self->max_rows && out->length > 0) {
    self->is_cut = TRUE;
    out->release(out);
    *out = (struct ArrowArray){ 0 };
    return 0;
  }
  self->rows += out->length;
  return 0;
}

static const char *
capped_get_last_error(struct ArrowArrayStream *stream)
{
  Capped *self = stream->private_data;
  return self->inner.get_last_error(&self->inner);
}

static void
capped_release(struct ArrowArrayStream *stream)
{
  Capped *self = stream->private_data;
  self->inner.release(&self->inner); /* completes the receipt */
  stream->release = NULL;
}

typedef struct {
  PikaSession *session;
  const char *sql;
  gint64 max_rows;
  PikaResult *result;
} New;

static GPtrArray *
columns_of(const PkFrame *frame)
{
  GPtrArray *columns = g_ptr_array_new_with_free_func((GDestroyNotify)pika_column_free);
  for (guint i = 0; i < frame->n_columns; i++) {
    PikaColumn *column = g_new0(PikaColumn, 1);
    column->name = g_strdup(frame->columns[i]->name);
    column->type = pk_type_dup_name(frame->columns[i]->type);
    column->kind = pk_session_public_kind(frame->columns[i]->type);
    g_ptr_array_add(columns, column);
  }
  return columns;
}

static gboolean
run_new(gpointer data, GCancellable *cancellable, GError **error)
{
  New *self = data;
  Capped capped = { .max_rows = self->max_rows > 0 ? self->max_rows : G_MAXINT64 };
  PikaResult *result = g_new0(PikaResult, 1);
  result->refs = 1;
  if (!pk_session_query(self->session, self->sql, &capped.inner, &result->receipt, cancellable, error)) {
    g_free(result);
    return FALSE;
  }
  struct ArrowArrayStream stream = { .get_schema = capped_get_schema, .get_next = capped_get_next,
                                     .get_last_error = capped_get_last_error, .release = capped_release,
                                     .private_data = &capped };
  result->frame = pk_frame_read_stream(&stream, 0, cancellable, error);
  stream.release(&stream);
  if (!result->frame) {
    g_free(result);
    return FALSE;
  }
  result->is_cut = capped.is_cut;
  result->receipt.rows_out = result->frame->length;
  result->columns = columns_of(result->frame);
  self->result = result;
  return TRUE;
}

static void
clear_new(gpointer data)
{
  New *self = data;
  g_free((char *)self->sql);
  g_clear_pointer(&self->result, pika_result_unref);
}

static const PkCallClass new_class = { "result", run_new, FALSE, clear_new };

PikaResult *
pika_result_new(PikaSession *session, const char *sql, gint64 max_rows, GCancellable *cancellable, GError **error)
{
  New args = { session, sql, max_rows, NULL };
  return pk_call_now(&new_class, session, &args, cancellable, error) ? args.result : NULL;
}

void
pika_result_new_async(PikaSession *session, const char *sql, gint64 max_rows, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  New *args = g_new(New, 1);
  *args = (New){ session, g_strdup(sql), max_rows, NULL };
  pk_call_async(&new_class, session, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

PikaResult *
pika_result_new_finish(GAsyncResult *result, GError **error)
{
  New *args = pk_call_finish(&new_class, result, error);
  return args ? g_steal_pointer(&args->result) : NULL;
}

PikaResult *
pika_result_ref(PikaResult *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

static gboolean
run_free(PkJob *job, gpointer data, GError **error)
{
  free_result(data);
  return TRUE;
}

void
pika_result_unref(PikaResult *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  PkJobSpec spec = { .lane = PK_LANE_BACKGROUND, .name = "free result", .run = run_free, .data = self };
  pk_job_unref(pk_sched_submit(pk_sched_get_default(), &spec));
}

/* --- what is in it --- */

gint64
pika_result_get_n_rows(const PikaResult *self)
{
  return self->frame->length;
}

gboolean
pika_result_is_cut(const PikaResult *self)
{
  return self->is_cut;
}

guint
pika_result_get_n_columns(const PikaResult *self)
{
  return self->columns->len;
}

const PikaColumn *
pika_result_get_column(const PikaResult *self, guint column)
{
  g_return_val_if_fail(column < self->columns->len, NULL);
  return self->columns->pdata[column];
}

const PikaReceipt *
pika_result_get_receipt(const PikaResult *self)
{
  return &self->receipt;
}

gsize
pika_result_get_bytes(const PikaResult *self)
{
  return pk_frame_get_bytes(self->frame);
}

char *
pika_result_dup_text(const PikaResult *self, gint64 row, guint column)
{
  g_return_val_if_fail(column < self->columns->len && row >= 0 && row < self->frame->length, NULL);
  GString *out = g_string_new(NULL);
  return g_string_free(out, !pk_column_append_text(self->frame->columns[column], row, out));
}

/* --- find --- */

typedef struct {
  PikaResult *result;
  char *text; /* folded */
  gint64 row;
  guint column;
  gboolean backward;
} Find;

static gboolean
cell_holds(const Find *self, gint64 row, guint column, GString *cell)
{
  g_string_truncate(cell, 0);
  if (!pk_column_append_text(self->result->frame->columns[column], row, cell))
    return FALSE;
  if (g_str_is_ascii(cell->str)) {
    for (char *c = cell->str; *c; c++)
      *c = g_ascii_tolower(*c);
    return strstr(cell->str, self->text) != NULL;
  }
  g_autofree char *folded = g_utf8_casefold(cell->str, -1);
  return strstr(folded, self->text) != NULL;
}

static gboolean
run_find(gpointer data, GCancellable *cancellable, GError **error)
{
  Find *self = data;
  gint64 n_columns = self->result->columns->len, n_cells = self->result->frame->length * n_columns;
  gint64 start = self->row * n_columns + self->column;
  g_autoptr(GString) cell = g_string_new(NULL);
  for (gint64 i = 1; i <= n_cells; i++) {
    gint64 at = (start + (self->backward ? n_cells - i : i)) % n_cells;
    if (i % ROWS_BETWEEN_LOOKS == 0 && g_cancellable_is_cancelled(cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    if (!cell_holds(self, at / n_columns, (guint)(at % n_columns), cell))
      continue;
    self->row = at / n_columns;
    self->column = (guint)(at % n_columns);
    return TRUE;
  }
  return pk_fail(error, PK_ERROR_NOT_FOUND, "no cell holds \"%s\"", self->text);
}

static void
clear_find(gpointer data)
{
  Find *self = data;
  pika_result_unref(self->result);
  g_free(self->text);
}

static const PkCallClass find_class = { "find", run_find, FALSE, clear_find };

void
pika_result_find_async(PikaResult *self, const char *text, gint64 row, guint column, gboolean backward,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Find *args = g_new(Find, 1);
  *args = (Find){ pika_result_ref(self), g_utf8_casefold(text, -1), row, column, backward };
  pk_call_async(&find_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_result_find_finish(GAsyncResult *result, gint64 *row, guint *column, GError **error)
{
  const Find *args = pk_call_finish(&find_class, result, error);
  if (!args)
    return FALSE;
  *row = args->row;
  *column = args->column;
  return TRUE;
}

/* --- copy --- */

typedef struct {
  PikaResult *result;
  gint64 first_row, n_rows;
  guint *columns;
  guint n_columns;
  char separator;
  gboolean with_names;
  char *text;
} Copy;

static void
append_field(GString *out, const char *text, char separator)
{
  const char special[] = { separator, '"', '\n', '\r', 0 };
  if (*text && !strpbrk(text, special)) {
    g_string_append(out, text);
    return;
  }
  g_string_append_c(out, '"');
  for (; *text; text++) {
    if (*text == '"')
      g_string_append_c(out, '"');
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, '"');
}

static gboolean
run_copy(gpointer data, GCancellable *cancellable, GError **error)
{
  Copy *self = data;
  g_autoptr(GString) out = g_string_new(NULL), cell = g_string_new(NULL);
  for (guint i = 0; self->with_names && i < self->n_columns; i++) {
    const PikaColumn *column = self->result->columns->pdata[self->columns[i]];
    append_field(out, column->name, self->separator);
    g_string_append_c(out, i + 1 < self->n_columns ? self->separator : '\n');
  }
  for (gint64 row = self->first_row; row < self->first_row + self->n_rows; row++) {
    if (row % ROWS_BETWEEN_LOOKS == 0 && g_cancellable_is_cancelled(cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    for (guint i = 0; i < self->n_columns; i++) {
      g_string_truncate(cell, 0);
      if (pk_column_append_text(self->result->frame->columns[self->columns[i]], row, cell))
        append_field(out, cell->str, self->separator);
      g_string_append_c(out, i + 1 < self->n_columns ? self->separator : '\n');
    }
  }
  self->text = g_string_free(g_steal_pointer(&out), FALSE);
  return TRUE;
}

static void
clear_copy(gpointer data)
{
  Copy *self = data;
  pika_result_unref(self->result);
  g_free(self->columns);
  g_free(self->text);
}

static const PkCallClass copy_class = { "copy", run_copy, FALSE, clear_copy };

void
pika_result_copy_async(PikaResult *self, gint64 first_row, gint64 n_rows, const guint *columns, guint n_columns,
                       char separator, gboolean with_names, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail(first_row >= 0 && n_rows >= 0 && n_rows <= self->frame->length - first_row);
  for (guint i = 0; i < n_columns; i++)
    g_return_if_fail(columns[i] < self->columns->len);
  Copy *args = g_new(Copy, 1);
  *args = (Copy){ pika_result_ref(self), first_row, n_rows, g_memdup2(columns, n_columns * sizeof *columns), n_columns,
                  separator, with_names, NULL };
  pk_call_async(&copy_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

char *
pika_result_copy_finish(GAsyncResult *result, GError **error)
{
  Copy *args = pk_call_finish(&copy_class, result, error);
  return args ? g_steal_pointer(&args->text) : NULL;
}
