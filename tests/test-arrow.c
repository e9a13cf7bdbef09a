/* The Arrow border: types from schemas, the checks of arrays, exact text. */
#include "pk-arrow-view.h"
#include "pk-error.h"

#include <errno.h>
#include <string.h>

static void
keep_schema(struct ArrowSchema *schema)
{
  schema->release = NULL;
}

static void
keep_array(struct ArrowArray *array)
{
  array->release = NULL;
}

static PkArrowSchema
schema_of(const char *format)
{
  return (
    PkArrowSchema){ .format = format, .name = "c", .flags = ARROW_FLAG_NULLABLE, .release = keep_schema };
}

static PkArrowArray
array_of(gint64 length, gint64 n_buffers, const void **buffers)
{
  return (PkArrowArray){ .length = length, .null_count = -1, .n_buffers = n_buffers, .buffers = buffers,
                         .release = keep_array };
}

/* The values of a view, with commas between; NULL and *error if the checks fail. */
static char *
text_of(const PkArrowSchema *schema, const PkArrowArray *array, GError **error)
{
  g_auto(PkArrowView) view = { 0 };
  GString *out = g_string_new(NULL);

  if (!pk_arrow_view_init(&view, schema, array, error)) {
    g_string_free(out, TRUE);
    return NULL;
  }
  for (gint64 i = 0; i < view.length; i++) {
    if (i > 0)
      g_string_append_c(out, ',');
    pk_arrow_format_value(&view, i, out);
  }
  return g_string_free(out, FALSE);
}

static void
assert_text(const PkArrowSchema *schema, const PkArrowArray *array, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = text_of(schema, array, &error);

  g_assert_no_error(error);
  g_assert_cmpstr(text, ==, expected);
}

static void
assert_invalid(const PkArrowSchema *schema, const PkArrowArray *array, const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_null(text_of(schema, array, &error));
  g_test_message("%s", error->message);
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, words));
}

/* --- types ---------------------------------------------------------------- */

static void
test_types(void)
{
  static const struct { const char *format, *name; } good[] = {
    { "n", "NULL" }, { "b", "BOOLEAN" }, { "c", "TINYINT" }, { "L", "UBIGINT" }, { "g", "DOUBLE" },
    { "d:18,3", "DECIMAL(18,3)" }, { "d:9,2,32", "DECIMAL(9,2)" }, { "d:38,0,128", "DECIMAL(38,0)" },
    { "tdD", "DATE" }, { "tts", "TIME" }, { "ttn", "TIME_NS" }, { "tss:", "TIMESTAMP_S" },
    { "tsu:", "TIMESTAMP" },
    { "tsn:", "TIMESTAMP_NS" }, { "tsu:Europe/Berlin", "TIMESTAMP WITH TIME ZONE" }, { "tin", "INTERVAL" },
    { "vu", "VARCHAR" }, { "Z", "BLOB" }, { "w:5", "BLOB" }, { "+l", "LIST" }, { "+w:3", "LIST" },
    { "+s", "STRUCT" },
    { "+m", "MAP" }, { "+us:0,1", "UNION" },
  };
  static const char *const bad[] = {
    "", "x", "bb", "d:", "d:5", "d:0,0", "d:39,1", "d:5,6", "d:5,-1", "d:5,2,256", "d:5,2,",
    "d:5,2,128,1", "tdm",
    "tDs", "tiM", "tiD", "ts", "tsq:", "tsu", "ttq", "t", "w:", "w:-1", "w:99999999999", "e", "+r",
    "+vl", "+", "+us",
  };

  for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
    g_autoptr(GError) error = NULL;
    PkArrowSchema schema = schema_of(good[i].format);
    PkType type;
    g_assert_true(pk_type_from_schema(&schema, &type, &error));
    g_autofree char *name = pk_type_dup_name(type);
    g_assert_cmpstr(name, ==, good[i].name);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(GError) error = NULL;
    PkArrowSchema schema = schema_of(bad[i]);
    PkType type;
    g_test_message("%s", bad[i]);
    g_assert_false(pk_type_from_schema(&schema, &type, &error));
    g_assert_nonnull(error);
  }
}

static char *
metadata_of(const char *const *pairs, guint n)
{
  GByteArray *bytes = g_byte_array_new();
  gint32 count = (gint32)n;

  g_byte_array_append(bytes, (const guint8 *)&count, 4);
  for (guint i = 0; i < 2 * n; i++) {
    gint32 length = (gint32)strlen(pairs[i]);
    g_byte_array_append(bytes, (const guint8 *)&length, 4);
    g_byte_array_append(bytes, (const guint8 *)pairs[i], (guint)length);
  }
  return (char *)g_byte_array_free(bytes, FALSE);
}

static void
test_extensions(void)
{
  static const char *const hugeint[] = { "other", "x", "ARROW:extension:name", "arrow.opaque",
                                         "ARROW:extension:metadata",
                                         "{\"type_name\": \"hugeint\", \"vendor_name\": \"DuckDB\"}" };
  static const char *const unknown[] = { "ARROW:extension:name", "arrow.opaque", "ARROW:extension:metadata",
                                         "{\"type_name\":\"mystery\"}" };
  g_autofree char *known_bytes = metadata_of(hugeint, 3), *unknown_bytes = metadata_of(unknown, 2);
  PkArrowSchema schema = schema_of("w:16");
  PkType type;
  g_autoptr(GError) error = NULL;

  schema.metadata = known_bytes;
  g_assert_true(pk_type_from_schema(&schema, &type, &error));
  g_assert_cmpint(type.kind, ==, PK_TYPE_I128);
  schema.metadata = unknown_bytes;
  g_assert_false(pk_type_from_schema(&schema, &type, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_UNSUPPORTED);
  gint32 broken[4] = { 1, -5, 0, 0 };
  schema.metadata = (const char *)broken;
  g_assert_null(pk_arrow_schema_dup_metadata(&schema, "x"));
}

/* --- arrays --------------------------------------------------------------- */

static void
test_fixed(void)
{
  gint32 values[] = { 1, -2, 3, 4 };
  guint8 validity[] = { 0x0b }; /* rows 0, 1, 3 */
  const void *buffers[] = { validity, values };
  PkArrowSchema schema = schema_of("i");
  PkArrowArray array = array_of(4, 2, buffers);

  assert_text(&schema, &array, "1,-2,NULL,4");
  array.offset = 1;
  array.length = 3;
  assert_text(&schema, &array, "-2,NULL,4");
  array.null_count = 2;
  assert_invalid(&schema, &array, "NULLs stated");
  array.null_count = 4;
  assert_invalid(&schema, &array, "4 NULLs in 3 rows");
  array.null_count = 1;
  array.n_buffers = 3;
  assert_invalid(&schema, &array, "3 buffers");
  array.n_buffers = 2;
  array.length = -1;
  assert_invalid(&schema, &array, "length -1");
  array.length = 4;
  array.offset = G_MAXINT64;
  assert_invalid(&schema, &array, "offset");
  array.offset = 0;
  buffers[0] = NULL;
  assert_invalid(&schema, &array, "no validity");
  array.null_count = 0;
  assert_text(&schema, &array, "1,-2,3,4");
  buffers[1] = NULL;
  assert_invalid(&schema, &array, "values are missing");
  array.n_children = 1;
  assert_invalid(&schema, &array, "children");
  array.n_children = 0;
  array.release = NULL;
  assert_invalid(&schema, &array, "released");
}

static void
test_text(void)
{
  gint32 offsets[] = { 2, 3, 3, 8 };
  gint64 wide[] = { 0, 1, 8 };
  const void *buffers[] = { NULL, offsets, "..ahello" };
  PkArrowSchema schema = schema_of("u"), large = schema_of("U");
  PkArrowArray array = array_of(3, 3, buffers);

  assert_text(&schema, &array, "a,,hello");
  offsets[2] = 1;
  assert_invalid(&schema, &array, "offset 1 at row 2 after 3");
  offsets[0] = -1;
  assert_invalid(&schema, &array, "offset -1");
  buffers[1] = wide;
  array.length = 2;
  assert_text(&large, &array, ".,.ahello");
  buffers[2] = NULL;
  assert_invalid(&large, &array, "bytes are missing");
  buffers[1] = NULL;
  assert_invalid(&large, &array, "offsets are missing");
}

static void
test_string_views(void)
{
  gint32 views[2][4] = { { 3, 0, 0, 0 }, { 14, 0, 0, 2 } };
  gint64 sizes[] = { 16 };
  const void *buffers[] = { NULL, views, "__fourteen bytes", sizes };
  PkArrowSchema schema = schema_of("vu");
  PkArrowArray array = array_of(2, 4, buffers);

  memcpy(&views[0][1], "abc", 3);
  assert_text(&schema, &array, "abc,fourteen bytes");
  views[1][3] = 3;
  assert_invalid(&schema, &array, "outside its buffer");
  views[1][2] = 1;
  assert_invalid(&schema, &array, "bad string view");
  views[1][0] = -1;
  assert_invalid(&schema, &array, "bad string view");
}

static void
test_dictionary(void)
{
  gint8 codes[] = { 1, 0, 2 };
  gint32 offsets[] = { 0, 1, 3 };
  const void *code_buffers[] = { NULL, codes }, *text_buffers[] = { NULL, offsets, "abb" };
  PkArrowSchema texts = schema_of("u"), schema = schema_of("c");
  PkArrowArray values = array_of(2, 3, text_buffers), array = array_of(2, 2, code_buffers);
  g_auto(PkArrowView) view = { 0 };
  guint32 wide[2];

  schema.dictionary = &texts;
  array.dictionary = &values;
  assert_text(&schema, &array, "bb,a");
  g_assert_true(pk_arrow_view_init(&view, &schema, &array, NULL));
  pk_arrow_view_codes(&view, 0, 2, wide);
  g_assert_cmpuint(wide[0], ==, 1);
  g_assert_true(view.type.dictionary);
  g_assert_cmpint(view.type.kind, ==, PK_TYPE_TEXT);
  array.length = 3;
  assert_invalid(&schema, &array, "code 2 at row 2");
  codes[2] = -1;
  assert_invalid(&schema, &array, "code -1");
  array.dictionary = NULL;
  assert_invalid(&schema, &array, "dictionary is missing");
  schema.format = "g";
  assert_invalid(&schema, &array, "dictionary codes");
}

static void
test_nested(void)
{
  gint32 offsets[] = { 0, 2, 2, 3 }, items[] = { 7, 8, 9 };
  const void *list_buffers[] = { NULL, offsets }, *item_buffers[] = { NULL, items }, *none[] = { NULL };
  PkArrowSchema item = schema_of("i"), list = schema_of("+l"), row = schema_of("+s");
  PkArrowArray item_array = array_of(3, 2, item_buffers), list_array = array_of(3, 2, list_buffers);
  PkArrowArray row_array = array_of(2, 1, none);
  PkArrowSchema *item_schemas[] = { &item }, *list_schemas[] = { &list };
  PkArrowArray *item_arrays[] = { &item_array }, *list_arrays[] = { &list_array };

  list.n_children = list_array.n_children = row.n_children = row_array.n_children = 1;
  list.children = item_schemas;
  list_array.children = item_arrays;
  row.children = list_schemas;
  row_array.children = list_arrays;
  assert_text(&list, &list_array, "[7, 8],[],[9]");
  row_array.offset = 1; /* a struct's offset counts in its children too */
  assert_text(&row, &row_array, "{'c': []},{'c': [9]}");
  row_array.offset = 2;
  assert_invalid(&row, &row_array, "3 rows where its parent needs 4");
  offsets[3] = 4;
  assert_invalid(&list, &list_array, "its lists end at 4 of 3");
  list_array.children = NULL;
  assert_invalid(&list, &list_array, "children are missing");
}

static void
test_unions(void)
{
  gint8 ids[] = { 5, 0, 5 };
  gint32 first[] = { 10, 11, 12 }, second[] = { 20, 21, 22 }, at[] = { 2, 0, 1 };
  const void *first_buffers[] = { NULL, first }, *second_buffers[] = { NULL, second },
             *buffers[] = { ids, at };
  PkArrowSchema a = schema_of("i"), b = schema_of("i"), sparse = schema_of("+us:0,5"),
                dense = schema_of("+ud:0,5");
  PkArrowArray a_array = array_of(3, 2, first_buffers), b_array = array_of(3, 2, second_buffers);
  PkArrowArray array = array_of(3, 1, buffers);
  PkArrowSchema *schemas[] = { &a, &b };
  PkArrowArray *arrays[] = { &a_array, &b_array };

  sparse.n_children = dense.n_children = array.n_children = 2;
  sparse.children = dense.children = schemas;
  array.children = arrays;
  assert_text(&sparse, &array, "20,11,22");
  array.n_buffers = 2;
  assert_text(&dense, &array, "22,10,21");
  at[0] = 3;
  assert_invalid(&dense, &array, "offset 3");
  ids[1] = 1;
  array.n_buffers = 1;
  assert_invalid(&sparse, &array, "type id 1");
}

static void
test_depth(void)
{
  PkArrowSchema schemas[100], *schema_pointers[100];
  PkArrowArray arrays[100], *array_pointers[100];
  const void *none[] = { NULL };

  for (int i = 0; i < 100; i++) {
    schemas[i] = schema_of("+s");
    arrays[i] = array_of(0, 1, none);
    schema_pointers[i] = &schemas[i];
    array_pointers[i] = &arrays[i];
    if (i > 0) {
      schemas[i].n_children = arrays[i].n_children = 1;
      schemas[i].children = &schema_pointers[i - 1];
      arrays[i].children = &array_pointers[i - 1];
    }
  }
  assert_text(&schemas[50], &arrays[50], "");
  assert_invalid(&schemas[99], &arrays[99], "nested more than");
}

static void
test_batch(void)
{
  gint32 values[] = { 1 };
  const void *buffers[] = { NULL, values };
  PkArrowSchema schema = schema_of("i");
  PkArrowArray array = array_of(1, 2, buffers);
  g_auto(PkArrowView) view = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_false(pk_arrow_batch_init(&view, &schema, &array, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
}

/* --- streams -------------------------------------------------------------- */

static int
failing_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  return *(int *)stream->private_data;
}

static const char *
failing_words(struct ArrowArrayStream *stream)
{
  return "the disk is on fire";
}

static void
forget(struct ArrowArrayStream *stream)
{
  stream->release = NULL;
}

static void
test_stream_errors(void)
{
  static const struct { int code; PkErrorCode kind; } cases[] = {
    { ECANCELED, PK_ERROR_CANCELLED }, { ENOMEM, PK_ERROR_LIMIT }, { EIO, PK_ERROR_ENGINE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    int code = cases[i].code;
    g_auto(PkArrowStream) stream = { NULL, failing_next, failing_words, forget, &code };
    g_auto(PkArrowArray) array = { 0 };
    g_autoptr(GError) error = NULL;
    g_assert_false(pk_arrow_stream_next(&stream, &array, &error));
    g_assert_error(error, PK_ERROR, (gint)cases[i].kind);
    g_assert_cmpstr(error->message, ==, "the disk is on fire");
    pk_arrow_stream_clear(&stream);
    g_clear_error(&error);
    g_assert_false(pk_arrow_stream_next(&stream, &array, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  }
}

/* --- text ----------------------------------------------------------------- */

static void
test_days(void)
{
  static const struct { gint32 days; const char *text; } cases[] = {
    { 0, "1970-01-01" },          { -1, "1969-12-31" },       { 11016, "2000-02-29" },
    { 19782, "2024-02-29" },      { -719162, "0001-01-01" },  { -719163, "0001-12-31 (BC)" },
    { 2932896, "9999-12-31" },    { 2932897, "10000-01-01" }, { G_MAXINT32, "infinity" },
    { -G_MAXINT32, "-infinity" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) out = g_string_new(NULL);
    pk_format_date(cases[i].days, out);
    g_assert_cmpstr(out->str, ==, cases[i].text);
  }
  /* every day of eight centuries against GLib's calendar */
  for (gint32 days = -200000; days < 100000; days += 7) {
    g_autoptr(GString) out = g_string_new(NULL);
    GDate date;
    char expected[32];
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(days + 719163));
    g_date_strftime(expected, sizeof expected, "%Y-%m-%d", &date);
    pk_format_date(days, out);
    g_assert_cmpstr(out->str, ==, expected);
  }
}

static void
test_numbers(void)
{
  for (int i = 0; i < 20000; i++) {
    guint64 bits = ((guint64)g_test_rand_int() << 32) ^ (guint32)g_test_rand_int();
    g_autoptr(GString) out = g_string_new(NULL);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (value != value)
      continue;
    pk_format_double(value, out);
    g_assert_true(g_ascii_strtod(out->str, NULL) == value);
    float narrow = (float)value;
    g_string_truncate(out, 0);
    pk_format_float(narrow, out);
    g_assert_true((float)g_ascii_strtod(out->str, NULL) == narrow);
  }
  unsigned __int128 lowest = (unsigned __int128)1 << 127; /* as a signed number, the least */
  g_autoptr(GString) out = g_string_new(NULL);
  pk_format_i128(&lowest, TRUE, 0, out);
  g_assert_cmpstr(out->str, ==, "-170141183460469231731687303715884105728");
  g_string_truncate(out, 0);
  pk_format_i128(&lowest, TRUE, 38, out);
  g_assert_cmpstr(out->str, ==, "-1.70141183460469231731687303715884105728");
  g_string_truncate(out, 0);
  __int128 small = -5;
  pk_format_i128(&small, TRUE, 3, out);
  g_assert_cmpstr(out->str, ==, "-0.005");
}

static void
test_times(void)
{
  static const struct { gint64 units; PkTypeUnit unit; const char *text; } cases[] = {
    { 0, PK_TYPE_UNIT_S, "1970-01-01 00:00:00" },
    { -1, PK_TYPE_UNIT_S, "1969-12-31 23:59:59" },
    { -1, PK_TYPE_UNIT_NS, "1969-12-31 23:59:59.999999999" },
    { 1500, PK_TYPE_UNIT_MS, "1970-01-01 00:00:01.5" },
    { G_MININT64 + 2, PK_TYPE_UNIT_NS, "1677-09-21 00:12:43.145224194" },
    { G_MAXINT64, PK_TYPE_UNIT_US, "infinity" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GString) out = g_string_new(NULL);
    pk_format_timestamp(cases[i].units, cases[i].unit, FALSE, out);
    g_assert_cmpstr(out->str, ==, cases[i].text);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/arrow/types", test_types);
  g_test_add_func("/arrow/extensions", test_extensions);
  g_test_add_func("/arrow/fixed", test_fixed);
  g_test_add_func("/arrow/text", test_text);
  g_test_add_func("/arrow/string-views", test_string_views);
  g_test_add_func("/arrow/dictionary", test_dictionary);
  g_test_add_func("/arrow/nested", test_nested);
  g_test_add_func("/arrow/unions", test_unions);
  g_test_add_func("/arrow/depth", test_depth);
  g_test_add_func("/arrow/batch", test_batch);
  g_test_add_func("/arrow/stream-errors", test_stream_errors);
  g_test_add_func("/arrow/days", test_days);
  g_test_add_func("/arrow/numbers", test_numbers);
  g_test_add_func("/arrow/times", test_times);
  return g_test_run();
}
