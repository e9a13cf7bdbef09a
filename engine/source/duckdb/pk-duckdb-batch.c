/* Chunks of a result as Arrow record batches that point into the chunk.
 *
 * DuckDB's vectors of numbers, times and validity lie in memory as Arrow's arrays do, and its texts nearly as Arrow's
 * string views, so that such columns cross without a copy; a text of more than 12 bytes gets a buffer of its own, which
 * points at it. A batch owns its chunk. */
#include "pk-duckdb.h"
#include "pk-error.h"

#include <string.h>

typedef enum {
  CROSS_AS_IS,
  CROSS_SMALL_DECIMAL, /* of 16 bits, for which Arrow has no type */
  CROSS_TEXT,
} Crossing;

struct PkDuckdbCrossings {
  guint n;
  Crossing *columns;
  const char **formats; /* what the schema is to say in place of DuckDB's; static */
};

/* What a batch owns; its array and those of its columns share it. */
typedef struct {
  gint refs;
  duckdb_data_chunk chunk;
  PkSource *source;
  guint n;
  PkArrowArray *arrays;     /* of the columns */
  PkArrowArray **pointers;  /* to them */
  const void **buffers;     /* two a column, but those of texts */
  gpointer *own;            /* two a column: memory made for it */
} Batch;

G_STATIC_ASSERT(sizeof(PkArrowTextView) == sizeof(duckdb_string_t));

/* --- which columns cross ------------------------------------------------- */

static gboolean
crosses_as_is(duckdb_type type, const char *format)
{
  static const struct { duckdb_type type; const char *format; } same[] = {
    { DUCKDB_TYPE_BOOLEAN, "c" },    { DUCKDB_TYPE_TINYINT, "c" },       { DUCKDB_TYPE_UTINYINT, "C" },
    { DUCKDB_TYPE_SMALLINT, "s" },   { DUCKDB_TYPE_USMALLINT, "S" },     { DUCKDB_TYPE_INTEGER, "i" },
    { DUCKDB_TYPE_UINTEGER, "I" },   { DUCKDB_TYPE_BIGINT, "l" },        { DUCKDB_TYPE_UBIGINT, "L" },
    { DUCKDB_TYPE_FLOAT, "f" },      { DUCKDB_TYPE_DOUBLE, "g" },        { DUCKDB_TYPE_HUGEINT, "w:16" },
    { DUCKDB_TYPE_DATE, "tdD" },     { DUCKDB_TYPE_TIME, "ttu" },        { DUCKDB_TYPE_TIMESTAMP, "tsu:" },
    { DUCKDB_TYPE_TIMESTAMP_S, "tss:" }, { DUCKDB_TYPE_TIMESTAMP_MS, "tsm:" }, { DUCKDB_TYPE_TIMESTAMP_NS, "tsn:" },
  };

  if (type == DUCKDB_TYPE_TIMESTAMP_TZ)
    return g_str_has_prefix(format, "tsu:");
  for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
    if (same[i].type == type && strcmp(same[i].format, format) == 0)
      return TRUE;
  return FALSE;
}

static const char *
decimal_format(duckdb_logical_type type, guint bits)
{
  g_autofree char *format = g_strdup_printf("d:%u,%u,%u", (guint)duckdb_decimal_width(type),
                                            (guint)duckdb_decimal_scale(type), bits);
  return g_intern_string(format);
}

/* FALSE: DuckDB has to convert it. */
static gboolean
find_crossing(duckdb_logical_type type, const PkArrowSchema *schema, Crossing *how, const char **format)
{
  duckdb_type id = duckdb_get_type_id(type);

  *how = CROSS_AS_IS;
  *format = NULL;
  if (schema->dictionary != NULL || schema->format == NULL)
    return FALSE;
  if (id == DUCKDB_TYPE_VARCHAR || id == DUCKDB_TYPE_BLOB) {
    *how = CROSS_TEXT;
    *format = id == DUCKDB_TYPE_BLOB ? "vz" : "vu";
    return strchr(id == DUCKDB_TYPE_BLOB ? "zZ" : "uU", schema->format[0]) != NULL && schema->format[1] == '\0';
  }
  if (id == DUCKDB_TYPE_DECIMAL && g_str_has_prefix(schema->format, "d:")) {
    duckdb_type internal = duckdb_decimal_internal_type(type);
    *how = internal == DUCKDB_TYPE_SMALLINT ? CROSS_SMALL_DECIMAL : CROSS_AS_IS;
    *format = decimal_format(type, internal == DUCKDB_TYPE_HUGEINT ? 128 : internal == DUCKDB_TYPE_BIGINT ? 64 : 32);
    return TRUE;
  }
  return crosses_as_is(id, schema->format);
}

PkDuckdbCrossings *
pk_duckdb_crossings_new(duckdb_result *result, const PkArrowSchema *schema)
{
  PkDuckdbCrossings *self = g_new0(PkDuckdbCrossings, 1);
  gboolean all = TRUE;

  self->n = (guint)duckdb_column_count(result);
  self->columns = g_new0(Crossing, MAX(self->n, 1));
  self->formats = g_new0(const char *, MAX(self->n, 1));
  for (guint i = 0; i < self->n && all; i++) {
    duckdb_logical_type type = duckdb_column_logical_type(result, i);
    all = find_crossing(type, schema->children[i], &self->columns[i], &self->formats[i]);
    duckdb_destroy_logical_type(&type);
  }
  if (!all)
    g_clear_pointer(&self, pk_duckdb_crossings_free);
  return self;
}

void
pk_duckdb_crossings_free(PkDuckdbCrossings *self)
{
  if (self == NULL)
    return;
  g_free(self->columns);
  g_free(self->formats);
  g_free(self);
}

void
pk_duckdb_crossings_adapt(const PkDuckdbCrossings *self, PkArrowSchema *schema)
{
  for (guint i = 0; i < self->n; i++)
    if (self->formats[i] != NULL)
      schema->children[i]->format = self->formats[i];
}

/* --- a batch ------------------------------------------------------------- */

static void
batch_unref(Batch *self)
{
  if (!g_atomic_int_dec_and_test(&self->refs))
    return;
  for (guint i = 0; i < 2 * self->n; i++)
    g_free(self->own[i]);
  duckdb_destroy_data_chunk(&self->chunk);
  pk_source_unref(self->source);
  g_free(self->own);
  g_free(self->buffers);
  g_free(self->pointers);
  g_free(self->arrays);
  g_free(self);
}

static void
release_column(struct ArrowArray *array)
{
  array->release = NULL;
  batch_unref(array->private_data);
}

static void
release_batch(struct ArrowArray *array)
{
  Batch *batch = array->private_data;

  for (guint i = 0; i < batch->n; i++)
    if (batch->pointers[i]->release != NULL)
      batch->pointers[i]->release(batch->pointers[i]);
  array->release = NULL;
  batch_unref(batch);
}

static inline gboolean
is_valid(const uint64_t *validity, idx_t row)
{
  return validity == NULL || (validity[row >> 6] >> (row & 63) & 1);
}

/* Are all texts, NULL or not, of the kind that a view holds itself? */
static gboolean
all_short(const PkArrowTextView *views, idx_t n)
{
  guint32 any = 0;
  for (idx_t i = 0; i < n; i++)
    any |= views[i].length > PK_ARROW_TEXT_INLINE;
  return !any;
}

static void
cross_text(Batch *self, guint column, duckdb_string_t *texts, const uint64_t *validity, idx_t n)
{
  PkArrowArray *array = &self->arrays[column];
  gboolean as_is = all_short((const PkArrowTextView *)texts, n);
  PkArrowTextView *views = as_is ? (PkArrowTextView *)texts : g_malloc(n * (sizeof *views + sizeof(gint64)));
  gint64 *sizes = as_is ? NULL : (gint64 *)(views + n); /* behind the views: one piece to free */
  const void **buffers = g_new(const void *, 3 + (as_is ? 0 : n));
  gint32 n_far = 0;

  for (idx_t i = 0; !as_is && i < n; i++) {
    if (!is_valid(validity, i)) {
      views[i] = (PkArrowTextView){ 0 };
      continue;
    }
    memcpy(&views[i], &texts[i], sizeof *views);
    if (views[i].length <= PK_ARROW_TEXT_INLINE)
      continue;
    views[i].u.far.buffer = n_far;
    views[i].u.far.offset = 0;
    sizes[n_far] = views[i].length;
    buffers[2 + n_far++] = duckdb_string_t_data(&texts[i]);
  }
  buffers[0] = validity;
  buffers[1] = views;
  buffers[2 + n_far] = sizes;
  array->n_buffers = 3 + n_far;
  array->buffers = buffers;
  self->own[2 * column] = buffers;
  self->own[2 * column + 1] = as_is ? NULL : views;
}

static void
cross_column(Batch *self, const PkDuckdbCrossings *crossings, guint column, idx_t n)
{
  duckdb_vector vector = duckdb_data_chunk_get_vector(self->chunk, column);
  const uint64_t *validity = duckdb_vector_get_validity(vector);
  void *data = duckdb_vector_get_data(vector);
  PkArrowArray *array = &self->arrays[column];

  *array = (PkArrowArray){
    .length = (gint64)n, .null_count = validity != NULL ? -1 : 0, .n_buffers = 2, .buffers = self->buffers + 2 * column,
    .release = release_column, .private_data = self,
  };
  self->pointers[column] = array;
  g_atomic_int_inc(&self->refs);
  if (crossings->columns[column] == CROSS_TEXT) {
    cross_text(self, column, data, validity, n);
    return;
  }
  if (crossings->columns[column] == CROSS_SMALL_DECIMAL) {
    gint32 *wide = self->own[2 * column] = g_new(gint32, MAX(n, 1));
    for (idx_t i = 0; i < n; i++)
      wide[i] = ((const gint16 *)data)[i];
    data = wide;
  }
  array->buffers[0] = validity;
  array->buffers[1] = data;
}

void
pk_duckdb_crossings_take(const PkDuckdbCrossings *self, duckdb_data_chunk chunk, PkSource *source, PkArrowArray *out)
{
  static const void *no_validity[1];
  Batch *batch = g_new0(Batch, 1);
  idx_t n = duckdb_data_chunk_get_size(chunk);

  batch->refs = 1;
  batch->chunk = chunk;
  batch->source = pk_source_ref(source);
  batch->n = self->n;
  batch->arrays = g_new0(PkArrowArray, MAX(self->n, 1));
  batch->pointers = g_new0(PkArrowArray *, MAX(self->n, 1));
  batch->buffers = g_new0(const void *, 2 * MAX(self->n, 1));
  batch->own = g_new0(gpointer, 2 * MAX(self->n, 1));
  for (guint i = 0; i < self->n; i++)
    cross_column(batch, self, i, n);
  *out = (PkArrowArray){
    .length = (gint64)n, .n_buffers = 1, .buffers = no_validity, .n_children = self->n, .children = batch->pointers,
    .release = release_batch, .private_data = batch,
  };
}
