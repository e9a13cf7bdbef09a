/* A frame as an Arrow stream: one record batch a chunk. Buffers whose width is
 * the type's own are lent, the rest are widened; every array keeps a reference
 * to the frame, so it may outlive the stream and be used on any thread. */
#include "pk-frame.h"

#include "pk-column-kernels.h"

#include <errno.h>
#include <string.h>

/* --- schema --- */

typedef struct {
  char *format;
  char *name;
  char *metadata;
} SchemaHold;

static void
release_schema(struct ArrowSchema *schema)
{
  SchemaHold *hold = schema->private_data;
  for (gint64 i = 0; i < schema->n_children; i++) {
    if (schema->children[i]->release)
      schema->children[i]->release(schema->children[i]);
    g_free(schema->children[i]);
  }
  g_free(schema->children);
  if (schema->dictionary) {
    if (schema->dictionary->release)
      schema->dictionary->release(schema->dictionary);
    g_free(schema->dictionary);
  }
  g_free(hold->format);
  g_free(hold->name);
  g_free(hold->metadata);
  g_free(hold);
  schema->release = NULL;
}

static void
fill_schema(struct ArrowSchema *schema, char *format, const char *name, char *metadata)
{
  SchemaHold *hold = g_new0(SchemaHold, 1);
  hold->format = format;
  hold->name = g_strdup(name);
  hold->metadata = metadata;
  *schema = (struct ArrowSchema){
    .format = hold->format, .name = hold->name, .metadata = hold->metadata,
    .flags = ARROW_FLAG_NULLABLE, .release = release_schema, .private_data = hold,
  };
}

/* Arrow's metadata encoding: int32 count, then int32 length and bytes of each key and value. */
static char *
opaque_metadata(const char *type_name)
{
  g_autofree char *json = g_strdup_printf("{\"type_name\":\"%s\",\"vendor_name\":\"DuckDB\"}", type_name);
  const char *pairs[] = { "ARROW:extension:name", "arrow.opaque", "ARROW:extension:metadata", json };
  GByteArray *bytes = g_byte_array_new();
  gint32 n = 2;

  g_byte_array_append(bytes, (const guint8 *)&n, 4);
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
    gint32 length = (gint32)strlen(pairs[i]);
    g_byte_array_append(bytes, (const guint8 *)&length, 4);
    g_byte_array_append(bytes, (const guint8 *)pairs[i], (guint)length);
  }
  return (char *)g_byte_array_free(bytes, FALSE);
}

static char *
format_of(PkType type)
{
  static const char units[] = "smun";
  switch (type.kind) {
  case PK_TYPE_NULL: return g_strdup("n");
  case PK_TYPE_BOOL: return g_strdup("b");
  case PK_TYPE_I8: return g_strdup("c");
  case PK_TYPE_I16: return g_strdup("s");
  case PK_TYPE_I32: return g_strdup("i");
  case PK_TYPE_I64: return g_strdup("l");
  case PK_TYPE_U8: return g_strdup("C");
  case PK_TYPE_U16: return g_strdup("S");
  case PK_TYPE_U32: return g_strdup("I");
  case PK_TYPE_U64: return g_strdup("L");
  case PK_TYPE_I128:
  case PK_TYPE_U128: return g_strdup("w:16");
  case PK_TYPE_DECIMAL: return g_strdup_printf("d:%u,%d", type.precision, type.scale);
  case PK_TYPE_F32: return g_strdup("f");
  case PK_TYPE_F64: return g_strdup("g");
  case PK_TYPE_DATE: return g_strdup("tdD");
  case PK_TYPE_TIME: return g_strdup_printf("tt%c", units[type.unit]);
  case PK_TYPE_TIMESTAMP: return g_strdup_printf("ts%c:", units[type.unit]);
  case PK_TYPE_TIMESTAMP_TZ: return g_strdup_printf("ts%c:UTC", units[type.unit]);
  case PK_TYPE_BLOB: return g_strdup("Z");
  default: return g_strdup("U");
  }
}

static gboolean
is_coded(const PkColumn *column)
{
  return column->dictionary && column->type.dictionary && column->type.kind == PK_TYPE_TEXT;
}

static void
column_schema(const PkColumn *column, struct ArrowSchema *schema)
{
  if (is_coded(column)) {
    fill_schema(schema, g_strdup("I"), column->name, NULL);
    schema->dictionary = g_new0(struct ArrowSchema, 1);
    fill_schema(schema->dictionary, g_strdup("U"), "", NULL);
    return;
  }
  char *metadata = column->type.kind == PK_TYPE_I128   ? opaque_metadata("hugeint")
                   : column->type.kind == PK_TYPE_U128 ? opaque_metadata("uhugeint")
                                                       : NULL;
  fill_schema(schema, format_of(column->type), column->name, metadata);
}

/* --- arrays --- */

typedef struct {
  PkFrame *frame;
  const void *buffers[3];
  gpointer owned[2];
} ArrayHold;

static void
release_array(struct ArrowArray *array)
{
  ArrayHold *hold = array->private_data;
  for (gint64 i = 0; i < array->n_children; i++) {
    if (array->children[i]->release)
      array->children[i]->release(array->children[i]);
    g_free(array->children[i]);
  }
  g_free(array->children);
  if (array->dictionary) {
    if (array->dictionary->release)
      array->dictionary->release(array->dictionary);
    g_free(array->dictionary);
  }
  g_free(hold->owned[0]);
  g_free(hold->owned[1]);
  pk_frame_unref(hold->frame);
  g_free(hold);
  array->release = NULL;
}

static ArrayHold *
fill_array(struct ArrowArray *array, PkFrame *frame, gint64 length, gint64 n_buffers)
{
  ArrayHold *hold = g_new0(ArrayHold, 1);
  hold->frame = pk_frame_ref(frame);
  *array = (struct ArrowArray){
    .length = length, .n_buffers = n_buffers, .buffers = hold->buffers,
    .release = release_array, .private_data = hold,
  };
  return hold;
}

/* The physical type of the type's own width in Arrow. */
static PkPhysical
arrow_physical(PkType type)
{
  switch (type.kind) {
  case PK_TYPE_I8: return PK_PHYS_I8;
  case PK_TYPE_U8: return PK_PHYS_U8;
  case PK_TYPE_I16: return PK_PHYS_I16;
  case PK_TYPE_U16: return PK_PHYS_U16;
  case PK_TYPE_I32:
  case PK_TYPE_DATE: return PK_PHYS_I32;
  case PK_TYPE_U32: return PK_PHYS_U32;
  case PK_TYPE_U64: return PK_PHYS_U64;
  case PK_TYPE_I128:
  case PK_TYPE_U128:
  case PK_TYPE_DECIMAL: return PK_PHYS_I128;
  case PK_TYPE_TIME: return type.unit <= PK_TYPE_UNIT_MS ? PK_PHYS_I32 : PK_PHYS_I64;
  case PK_TYPE_F32: return PK_PHYS_F32;
  case PK_TYPE_F64: return PK_PHYS_F64;
  default: return PK_PHYS_I64;
  }
}

static const void *
fixed_buffer(const PkColumn *column, const PkChunk *chunk, PkPhysical to, gpointer *owned)
{
  if (pk_physical_size(to) == pk_physical_size(column->physical))
    return chunk->data;
  *owned = g_malloc((gsize)MAX(chunk->length, 1) * pk_physical_size(to));
  pk_column_convert(column->physical, chunk->data, to, *owned, chunk->length);
  return *owned;
}

static void
bool_array(const PkChunk *chunk, ArrayHold *hold)
{
  guint8 *bits = g_malloc0((gsize)chunk->length / 8 + 1);
  const guint8 *values = chunk->data;
  for (gint64 i = 0; i < chunk->length; i++)
    bits[i >> 3] |= (guint8)(values[i] << (i & 7));
  hold->owned[0] = bits;
  hold->buffers[1] = bits;
}

static void
text_array(const PkColumn *column, const PkChunk *chunk, ArrayHold *hold)
{
  gint64 *offsets = g_new(gint64, (gsize)chunk->length + 1);
  gsize length;
  offsets[0] = 0;
  for (gint64 i = 0; i < chunk->length; i++) {
    length = 0;
    if (pk_chunk_is_valid(chunk, i))
      pk_dictionary_get(column->dictionary, (guint32)pk_chunk_get_int(chunk, column->physical, i), &length);
    offsets[i + 1] = offsets[i] + (gint64)length;
  }
  char *bytes = g_malloc((gsize)MAX(offsets[chunk->length], 1));
  for (gint64 i = 0; i < chunk->length; i++) {
    if (!pk_chunk_is_valid(chunk, i))
      continue;
    guint32 code = (guint32)pk_chunk_get_int(chunk, column->physical, i);
    const char *text = pk_dictionary_get(column->dictionary, code, &length);
    memcpy(bytes + offsets[i], text, length);
  }
  hold->buffers[1] = hold->owned[0] = offsets;
  hold->buffers[2] = hold->owned[1] = bytes;
}

/* The whole dictionary as a text array. */
static struct ArrowArray *
dictionary_array(PkFrame *frame, const PkDictionary *dictionary)
{
  struct ArrowArray *array = g_new0(struct ArrowArray, 1);
  guint32 n = pk_dictionary_size(dictionary);
  ArrayHold *hold = fill_array(array, frame, n, 3);
  gint64 *offsets = g_new(gint64, (gsize)n + 1);
  gsize length;
  offsets[0] = 0;
  for (guint32 i = 0; i < n; i++) {
    pk_dictionary_get(dictionary, i, &length);
    offsets[i + 1] = offsets[i] + (gint64)length;
  }
  char *bytes = g_malloc((gsize)MAX(offsets[n], 1));
  for (guint32 i = 0; i < n; i++) {
    const char *text = pk_dictionary_get(dictionary, i, &length);
    memcpy(bytes + offsets[i], text, length);
  }
  hold->buffers[1] = hold->owned[0] = offsets;
  hold->buffers[2] = hold->owned[1] = bytes;
  return array;
}

static void
column_array(PkFrame *frame, const PkColumn *column, const PkChunk *chunk, struct ArrowArray *array)
{
  if (column->type.kind == PK_TYPE_NULL) {
    fill_array(array, frame, chunk->length, 0);
    array->null_count = chunk->length;
    return;
  }
  gboolean is_text = column->dictionary && !is_coded(column);
  ArrayHold *hold = fill_array(array, frame, chunk->length, is_text ? 3 : 2);
  array->null_count = chunk->stats.null_count;
  hold->buffers[0] = chunk->valid;
  if (is_text) {
    text_array(column, chunk, hold);
  } else if (is_coded(column)) {
    hold->buffers[1] = fixed_buffer(column, chunk, PK_PHYS_U32, &hold->owned[0]);
    array->dictionary = dictionary_array(frame, column->dictionary);
  } else if (column->type.kind == PK_TYPE_BOOL) {
    bool_array(chunk, hold);
  } else {
    hold->buffers[1] = fixed_buffer(column, chunk, arrow_physical(column->type), &hold->owned[0]);
  }
}

/* --- stream --- */

typedef struct {
  PkFrame *frame;
  guint next;
} StreamHold;

static int
stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  const PkFrame *frame = ((StreamHold *)stream->private_data)->frame;
  fill_schema(out, g_strdup("+s"), "", NULL);
  out->flags = 0;
  out->children = g_new0(struct ArrowSchema *, MAX(frame->n_columns, 1));
  for (guint i = 0; i < frame->n_columns; i++) {
    out->children[i] = g_new0(struct ArrowSchema, 1);
    column_schema(frame->columns[i], out->children[i]);
  }
  out->n_children = frame->n_columns;
  return 0;
}

static int
stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  StreamHold *hold = stream->private_data;
  PkFrame *frame = hold->frame;
  memset(out, 0, sizeof *out);
  if (frame->n_columns == 0) { /* rows all the same */
    if (hold->next++ == 0 && frame->length > 0)
      fill_array(out, frame, frame->length, 1);
    return 0;
  }
  if (hold->next >= frame->columns[0]->n_chunks)
    return 0;
  guint k = hold->next++;
  fill_array(out, frame, frame->columns[0]->chunks[k].length, 1);
  out->children = g_new0(struct ArrowArray *, frame->n_columns);
  for (guint i = 0; i < frame->n_columns; i++) {
    out->children[i] = g_new0(struct ArrowArray, 1);
    column_array(frame, frame->columns[i], &frame->columns[i]->chunks[k], out->children[i]);
  }
  out->n_children = frame->n_columns;
  return 0;
}

static const char *
stream_error(struct ArrowArrayStream *stream)
{
  return NULL;
}

static void
stream_release(struct ArrowArrayStream *stream)
{
  StreamHold *hold = stream->private_data;
  pk_frame_unref(hold->frame);
  g_free(hold);
  stream->release = NULL;
}

void
pk_frame_export_stream(PkFrame *self, struct ArrowArrayStream *out)
{
  StreamHold *hold = g_new0(StreamHold, 1);
  hold->frame = pk_frame_ref(self);
  *out = (struct ArrowArrayStream){
    .get_schema = stream_schema, .get_next = stream_next, .get_last_error = stream_error,
    .release = stream_release, .private_data = hold,
  };
}
