/* The Arrow border: arrays that an engine hands over, some of them broken.
 *
 * The input builds a record batch: formats, counts, offsets, codes and nesting.
 * Arrow's ABI does not carry the sizes of buffers, so these are made as long as
 * the stated rows need and not a byte longer, whatever they hold; all else may be
 * wrong. What passes the checks is read whole, made into a frame and given back. */
#include "fuzz.h"

#include "pk-arrow-view.h"
#include "pk-frame.h"

#define MAX_ROWS 40
#define MAX_DEPTH 3
#define MAX_OFFSET 100 /* of offsets into bytes; the bytes are as many */

typedef struct {
  const uint8_t *data;
  size_t left;
  GPtrArray *owned;
} Input;

/* How the buffers of a format lie. */
typedef enum {
  SHAPE_NONE, SHAPE_BITS, SHAPE_FIXED, SHAPE_BYTES32, SHAPE_BYTES64, SHAPE_VIEWS, SHAPE_LIST32, SHAPE_LIST64,
  SHAPE_LIST_FIXED, SHAPE_STRUCT, SHAPE_SPARSE, SHAPE_DENSE,
} Shape;

static const struct {
  const char *format;
  Shape shape;
  guint width; /* bytes of a value; rows of a fixed-size list */
} formats[] = {
  { "n", SHAPE_NONE, 0 }, { "b", SHAPE_BITS, 0 }, { "c", SHAPE_FIXED, 1 }, { "C", SHAPE_FIXED, 1 },
  { "s", SHAPE_FIXED, 2 }, { "S", SHAPE_FIXED, 2 }, { "i", SHAPE_FIXED, 4 }, { "I", SHAPE_FIXED, 4 },
  { "l", SHAPE_FIXED, 8 }, { "L", SHAPE_FIXED, 8 }, { "f", SHAPE_FIXED, 4 }, { "g", SHAPE_FIXED, 8 },
  { "u", SHAPE_BYTES32, 0 }, { "z", SHAPE_BYTES32, 0 }, { "U", SHAPE_BYTES64, 0 }, { "Z", SHAPE_BYTES64, 0 },
  { "vu", SHAPE_VIEWS, 16 }, { "vz", SHAPE_VIEWS, 16 }, { "w:16", SHAPE_FIXED, 16 }, { "w:3", SHAPE_FIXED, 3 },
  { "d:18,3", SHAPE_FIXED, 16 }, { "d:38,10", SHAPE_FIXED, 16 }, { "d:9,2,32", SHAPE_FIXED, 4 },
  { "d:18,2,64", SHAPE_FIXED, 8 }, { "d:5,-2", SHAPE_FIXED, 16 }, { "tdD", SHAPE_FIXED, 4 }, { "tdm", SHAPE_FIXED, 8 },
  { "tts", SHAPE_FIXED, 4 }, { "ttm", SHAPE_FIXED, 4 }, { "ttu", SHAPE_FIXED, 8 }, { "ttn", SHAPE_FIXED, 8 },
  { "tsu:", SHAPE_FIXED, 8 }, { "tss:", SHAPE_FIXED, 8 }, { "tsm:UTC", SHAPE_FIXED, 8 }, { "tsn:", SHAPE_FIXED, 8 },
  { "tin", SHAPE_FIXED, 16 }, { "tiM", SHAPE_FIXED, 4 }, { "tiD", SHAPE_FIXED, 8 }, { "+l", SHAPE_LIST32, 0 },
  { "+m", SHAPE_LIST32, 0 }, { "+L", SHAPE_LIST64, 0 }, { "+w:2", SHAPE_LIST_FIXED, 2 }, { "+s", SHAPE_STRUCT, 0 },
  { "+us:0,1", SHAPE_SPARSE, 0 }, { "+ud:0,5", SHAPE_DENSE, 0 },
};

static guint8
take(Input *in)
{
  if (in->left == 0)
    return 0;
  in->left--;
  return *in->data++;
}

static gpointer
own(Input *in, gsize size)
{
  gpointer p = size > 0 ? g_malloc0(size) : NULL;
  g_ptr_array_add(in->owned, p);
  return p;
}

/* `size` bytes that repeat up to 16 of the input. */
static guint8 *
take_bytes(Input *in, gsize size)
{
  guint8 *out = own(in, size), pattern[16];
  guint n = 1 + take(in) % 16;

  for (guint i = 0; i < n; i++)
    pattern[i] = take(in);
  for (gsize i = 0; i < size; i++)
    out[i] = pattern[i % n];
  return out;
}

/* Offsets that mostly rise and now and then do not; none beyond MAX_OFFSET. */
static gpointer
take_offsets(Input *in, gint64 n, gboolean wide)
{
  guint8 *out = own(in, (gsize)n * (wide ? 8 : 4));
  gint64 at = 0;

  for (gint64 i = 0; i < n; i++) {
    gint8 step = (gint8)take(in);
    at = CLAMP(step > -100 ? at + ABS(step) % 4 : step + 110, -10, MAX_OFFSET);
    gint32 narrow = (gint32)at;
    memcpy(out + i * (wide ? 8 : 4), wide ? (gpointer)&at : (gpointer)&narrow, wide ? 8 : 4);
  }
  return out;
}

static void
release_schema(struct ArrowSchema *schema)
{
  schema->release = NULL;
}

static void
release_array(struct ArrowArray *array)
{
  array->release = NULL;
}

static void
fill_views(Input *in, struct ArrowArray *array, gint64 rows)
{
  guint8 *views = own(in, (gsize)rows * 16);
  gint64 *sizes = own(in, sizeof *sizes);

  for (gint64 i = 0; i < rows; i++) {
    gint32 v[4] = { take(in) % 32, 0, 0, 0 };
    if (v[0] > 12) {
      v[2] = (gint8)take(in) % 2;
      v[3] = (gint8)take(in);
    } else {
      v[1] = take(in);
    }
    memcpy(views + i * 16, v, sizeof v);
  }
  *sizes = 64;
  array->buffers[1] = views;
  array->buffers[2] = take_bytes(in, 64);
  array->buffers[3] = sizes;
  array->n_buffers = 4;
}

/* Buffers for `rows` rows of a format; the same for every column's lie. */
static void
fill_buffers(Input *in, struct ArrowArray *array, Shape shape, guint width, gint64 rows)
{
  array->buffers = own(in, 6 * sizeof *array->buffers);
  array->n_buffers = shape == SHAPE_NONE ? 0 : 2;
  if (shape != SHAPE_NONE && shape != SHAPE_SPARSE && shape != SHAPE_DENSE && take(in) % 2)
    array->buffers[0] = take_bytes(in, (gsize)(rows + 7) / 8);
  switch (shape) {
  case SHAPE_NONE:
    break;
  case SHAPE_BITS:
    array->buffers[1] = take_bytes(in, (gsize)(rows + 7) / 8);
    break;
  case SHAPE_FIXED:
    array->buffers[1] = take_bytes(in, (gsize)rows * width);
    break;
  case SHAPE_BYTES32:
  case SHAPE_BYTES64:
    array->buffers[1] = take_offsets(in, rows + 1, shape == SHAPE_BYTES64);
    array->buffers[2] = take_bytes(in, MAX_OFFSET);
    array->n_buffers = 3;
    break;
  case SHAPE_VIEWS:
    fill_views(in, array, rows);
    break;
  case SHAPE_LIST32:
  case SHAPE_LIST64:
    array->buffers[1] = take_offsets(in, rows + 1, shape == SHAPE_LIST64);
    break;
  case SHAPE_STRUCT:
  case SHAPE_LIST_FIXED:
    array->n_buffers = 1;
    break;
  case SHAPE_SPARSE:
    array->buffers[0] = take_bytes(in, (gsize)rows);
    array->n_buffers = 1;
    break;
  case SHAPE_DENSE:
    array->buffers[0] = take_bytes(in, (gsize)rows);
    array->buffers[1] = take_offsets(in, rows, FALSE);
    break;
  }
}

static const char *const extensions[] = { "arrow.uuid", "arrow.bool8", "arrow.opaque", "duckdb.bit", "hugeint" };

/* A schema's metadata: one extension name, well-formed (its length, too, is the producer's word). */
static const char *
take_metadata(Input *in)
{
  const char *const pairs[] = { "ARROW:extension:name", extensions[take(in) % G_N_ELEMENTS(extensions)],
                                "ARROW:extension:metadata", "{\"type_name\": \"hugeint\", \"vendor_name\": \"DuckDB\"}" };
  GByteArray *out = g_byte_array_new();
  gint32 n = 2;

  g_byte_array_append(out, (guint8 *)&n, 4);
  for (guint i = 0; i < 4; i++) {
    gint32 length = (gint32)strlen(pairs[i]);
    g_byte_array_append(out, (guint8 *)&length, 4);
    g_byte_array_append(out, (const guint8 *)pairs[i], (guint)length);
  }
  gpointer bytes = g_byte_array_free(out, FALSE);
  g_ptr_array_add(in->owned, bytes);
  return bytes;
}

static void build(Input *in, struct ArrowSchema *schema, struct ArrowArray *array, Shape only, gint64 rows, guint depth);

static void
add_children(Input *in, struct ArrowSchema *schema, struct ArrowArray *array, guint n, gint64 rows, guint depth)
{
  schema->n_children = array->n_children = n;
  schema->children = own(in, MAX(n, 1) * sizeof *schema->children);
  array->children = own(in, MAX(n, 1) * sizeof *array->children);
  for (guint i = 0; i < n; i++) {
    schema->children[i] = own(in, sizeof **schema->children);
    array->children[i] = own(in, sizeof **array->children);
    build(in, schema->children[i], array->children[i], SHAPE_NONE, rows, depth + 1);
  }
}

/* Now and then something about an array that is complete is made a lie, none of which touches a buffer's size. */
static void
damage(Input *in, struct ArrowSchema *schema, struct ArrowArray *array)
{
  guint8 what = take(in);
  gint64 fewer = schema->n_children - take(in) % 4; /* not more: the array of children has a size too */

  switch (what) {
  case 1: array->null_count = (gint8)take(in); break;
  case 2: array->length = -(gint64)take(in); break;
  case 3: array->offset = -(gint64)take(in); break;
  case 4: array->n_buffers = (gint8)take(in) % 4; break;
  case 5: array->n_children = (gint8)take(in); break;
  case 6: schema->n_children = fewer; break;
  case 7: array->buffers = NULL; break;
  case 8: array->children = NULL; break;
  case 9: array->dictionary = NULL; break;
  case 10: array->release = NULL; break;
  case 11: schema->release = NULL; break;
  case 12: schema->format = NULL; break;
  case 13: array->buffers[take(in) % 6] = NULL; break;
  case 14: array->length = 0; schema->format = (char *)take_bytes(in, 8); ((char *)schema->format)[7] = '\0'; break;
  case 15: array->offset = G_MAXINT64 - MAX(array->length - 1, 0); break; /* their sum is beyond */
  default: break;
  }
}

/* `only` SHAPE_NONE: whichever the input says; at least `rows` rows unless damaged. */
static void
build(Input *in, struct ArrowSchema *schema, struct ArrowArray *array, Shape only, gint64 rows, guint depth)
{
  guint which = take(in) % G_N_ELEMENTS(formats);

  while (only != SHAPE_NONE ? formats[which].shape != only : depth >= MAX_DEPTH && formats[which].format[0] == '+')
    which = (which + 1) % G_N_ELEMENTS(formats);
  Shape shape = formats[which].shape;
  *schema = (struct ArrowSchema){ .format = formats[which].format, .name = "col\"umn", .flags = take(in) % 8,
                                  .release = release_schema };
  array->length = rows;
  array->offset = take(in) % 4;
  array->null_count = -1;
  array->release = release_array;
  if (take(in) % 4 == 1)
    schema->metadata = take_metadata(in);
  gint64 all = array->length + array->offset;
  fill_buffers(in, array, shape, formats[which].width, all);
  if (shape == SHAPE_LIST32 || shape == SHAPE_LIST64)
    add_children(in, schema, array, 1, MAX_OFFSET, depth);
  else if (shape == SHAPE_LIST_FIXED)
    add_children(in, schema, array, 1, all * formats[which].width, depth);
  else if (shape == SHAPE_STRUCT)
    add_children(in, schema, array, take(in) % 4, all, depth);
  else if (shape == SHAPE_SPARSE || shape == SHAPE_DENSE)
    add_children(in, schema, array, 2, shape == SHAPE_DENSE ? MAX_OFFSET : all, depth);
  else if (shape == SHAPE_FIXED && depth < MAX_DEPTH && take(in) % 4 == 1) {
    schema->dictionary = own(in, sizeof *schema->dictionary);
    array->dictionary = own(in, sizeof *array->dictionary);
    build(in, schema->dictionary, array->dictionary, SHAPE_NONE, take(in) % MAX_ROWS, depth + 1);
  }
  damage(in, schema, array);
}

/* --- a stream of the one batch ------------------------------------------- */

typedef struct {
  struct ArrowSchema schema;
  struct ArrowArray array;
  gboolean given;
} Batch;

static int
get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  *out = ((Batch *)stream->private_data)->schema;
  return 0;
}

static int
get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Batch *batch = stream->private_data;
  if (batch->given)
    memset(out, 0, sizeof *out);
  else
    *out = batch->array;
  batch->given = TRUE;
  return 0;
}

static const char *
get_last_error(struct ArrowArrayStream *stream)
{
  return NULL;
}

static void
release_stream(struct ArrowArrayStream *stream)
{
  stream->release = NULL;
}

static void
read_frame(Batch *batch, gboolean valid)
{
  struct ArrowArrayStream stream = { get_schema, get_next, get_last_error, release_stream, batch };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkFrame) frame = pk_frame_read_stream(&stream, 7, NULL, &error);

  fuzz_check_error(frame != NULL, error);
  if (!frame)
    return;
  g_assert_true(valid);
  for (guint c = 0; c < frame->n_columns; c++)
    for (gint64 row = 0; row < frame->length; row++) {
      g_autoptr(GString) text = g_string_new(NULL);
      gboolean is_null = pk_column_is_null(frame->columns[c], row);
      g_assert_true(pk_column_append_text(frame->columns[c], row, text) == !is_null);
    }
  g_auto(PkArrowStream) back = { 0 };
  g_autoptr(GError) back_error = NULL;
  pk_frame_export_stream(frame, &back);
  g_autoptr(PkFrame) again = pk_frame_read_stream(&back, 0, NULL, &back_error);
  g_assert_no_error(back_error);
  g_assert_cmpint(again->length, ==, frame->length);
  g_assert_cmpuint(again->n_columns, ==, frame->n_columns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
  Input in = { data, size, owned };
  Batch batch = { 0 };
  g_auto(PkArrowView) view = { 0 };
  g_autoptr(GError) error = NULL;

  build(&in, &batch.schema, &batch.array, SHAPE_STRUCT, take(&in) % MAX_ROWS, 0);
  gboolean valid = pk_arrow_batch_init(&view, &batch.schema, &batch.array, &error);
  fuzz_check_error(valid, error);
  for (guint c = 0; valid && c < view.n_children; c++)
    for (gint64 row = 0; row < view.length; row++) {
      g_autoptr(GString) text = g_string_new(NULL);
      pk_arrow_view_value_is_null(&view.children[c], row);
      pk_arrow_format_value(&view.children[c], row, text);
      g_assert_cmpuint(text->len, <, 1 << 20);
    }
  if (batch.schema.release && batch.array.release)
    read_frame(&batch, valid);
  return 0;
}
