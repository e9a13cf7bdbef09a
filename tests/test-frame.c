/* Dictionaries, columns and frames: narrowing, statistics, types, streams in and out. */
#include "conformance.h"

#include "pk-column-builder.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-source-duckdb.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* --- dictionary --- */

static void
test_dictionary(void)
{
  g_autoptr(PkDictionary) dictionary = pk_dictionary_new();
  gsize length;

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 20000; i++) {
      g_autofree char *text = g_strdup_printf("%x-%u", i * 2654435761u, i);
      g_assert_cmpuint(pk_dictionary_intern(dictionary, text, strlen(text)), ==, i);
    }
  g_assert_cmpuint(pk_dictionary_size(dictionary), ==, 20000);
  guint32 empty = pk_dictionary_intern(dictionary, NULL, 0);
  guint32 zeros = pk_dictionary_intern(dictionary, "\0\0", 2);
  g_assert_cmpuint(empty, ==, 20000);
  g_assert_cmpuint(zeros, ==, 20001);
  g_assert_cmpint(pk_dictionary_lookup(dictionary, "\0\0", 2), ==, zeros);
  g_assert_cmpint(pk_dictionary_lookup(dictionary, "\0", 1), ==, -1);
  g_assert_cmpmem(pk_dictionary_get(dictionary, zeros, &length), 2, "\0\0", 2);
  g_assert_cmpuint(length, ==, 2);
}

static void
test_dictionary_ranks(void)
{
  static const char *const texts[] = { "b", "", "ab", "a", "\xc3\xa4", "B" };
  static const guint32 expected[] = { 4, 0, 3, 2, 5, 1 };
  g_autoptr(PkDictionary) dictionary = pk_dictionary_new();
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    pk_dictionary_intern(dictionary, texts[i], strlen(texts[i]));
  const guint32 *ranks = pk_dictionary_get_ranks(dictionary);
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_assert_cmpuint(ranks[i], ==, expected[i]);
}

static void
test_dictionary_limit(void)
{
  g_autoptr(PkDictionary) dictionary = pk_dictionary_new();
  guint32 code = 0, n = 0;
  pk_mem_set_limit(pk_mem_used() + 100000);
  for (; n < 100000 && code != PK_DICTIONARY_FULL; n++) {
    g_autofree char *text = g_strdup_printf("a text of some length, number %u", n);
    code = pk_dictionary_intern(dictionary, text, strlen(text));
  }
  pk_mem_set_limit(0);
  g_assert_cmpuint(n, <, 100000);
  g_assert_cmpuint(pk_dictionary_size(dictionary), ==, n - 1);
}

/* --- columns --- */

static PkColumn *
column_of_ints(const __int128 *values, guint n, gint64 chunk_rows)
{
  PkColumnBuilder *builder = pk_column_builder_new("c", PK_TYPE_OF(PK_TYPE_I128), chunk_rows);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < n; i++)
    g_assert_true(pk_column_builder_append_int(builder, values[i], &error));
  PkColumn *column = pk_column_builder_finish(builder, &error);
  g_assert_no_error(error);
  return column;
}

static void
test_narrow(void)
{
  static const struct { __int128 value; PkPhysical alone, after; } steps[] = {
    { 0, PK_PHYS_U8, PK_PHYS_U8 },           { 255, PK_PHYS_U8, PK_PHYS_U8 },
    { 256, PK_PHYS_U16, PK_PHYS_U16 },       { -1, PK_PHYS_I8, PK_PHYS_I16 },
    { 40000, PK_PHYS_U16, PK_PHYS_I32 },     { 3000000000, PK_PHYS_U32, PK_PHYS_I64 },
    { G_MAXINT64, PK_PHYS_I64, PK_PHYS_I64 }, { G_MAXUINT64, PK_PHYS_U64, PK_PHYS_I128 },
    { G_MININT64, PK_PHYS_I64, PK_PHYS_I128 },
  };
  __int128 values[G_N_ELEMENTS(steps)];
  for (guint n = 0; n < G_N_ELEMENTS(steps); n++) {
    values[n] = steps[n].value;
    g_autoptr(PkColumn) alone = column_of_ints(&values[n], 1, 0);
    g_autoptr(PkColumn) all = column_of_ints(values, n + 1, 0);
    g_assert_cmpstr(pk_physical_name(alone->physical), ==, pk_physical_name(steps[n].alone));
    g_assert_cmpstr(pk_physical_name(all->physical), ==, pk_physical_name(steps[n].after));
    for (guint i = 0; i <= n; i++)
      g_assert_true(pk_column_get_int(all, i) == values[i]);
  }
}

/* Chunks met at different widths end at one. */
static void
test_narrow_chunks(void)
{
  g_autofree __int128 *values = g_new(__int128, 1000);
  for (guint i = 0; i < 1000; i++)
    values[i] = i < 300 ? (__int128)i % 200 : i < 700 ? (__int128)i * 90 : -(__int128)i * 1000000007;
  g_autoptr(PkColumn) column = column_of_ints(values, 1000, 64);
  g_assert_cmpuint(column->n_chunks, ==, 16);
  g_assert_cmpint(column->chunks[15].length, ==, 40);
  g_assert_cmpstr(pk_physical_name(column->physical), ==, "i64");
  for (guint i = 0; i < 1000; i++)
    g_assert_true(pk_column_get_int(column, i) == values[i]);
  for (guint k = 0; k < column->n_chunks; k++)
    g_assert_cmpuint((gsize)column->chunks[k].data % PK_PAGE_SIZE, ==, 0);
}

static PkSortedness
order_of(const char *text)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  PkColumnBuilder *builder = pk_column_builder_new("c", PK_TYPE_OF(PK_TYPE_F64), 64);
  g_autoptr(GError) error = NULL;
  /* the first value fills a chunk, the others follow in the next */
  for (guint copies = 0; copies < 64; copies++)
    g_assert_true(pk_column_builder_append_double(builder, g_ascii_strtod(words[0], NULL), &error));
  for (guint i = 1; words[i]; i++)
    if (g_str_equal(words[i], "null"))
      g_assert_true(pk_column_builder_append_null(builder, 1, &error));
    else
      g_assert_true(pk_column_builder_append_double(builder, g_ascii_strtod(words[i], NULL), &error));
  g_autoptr(PkColumn) column = pk_column_builder_finish(builder, &error);
  return column->stats.sortedness;
}

static void
test_order(void)
{
  g_assert_cmpint(order_of("1 2 2 3"), ==, PK_SORT_ASCENDING);
  g_assert_cmpint(order_of("3 2 2 -inf"), ==, PK_SORT_DESCENDING);
  g_assert_cmpint(order_of("1 1 1"), ==, PK_SORT_CONSTANT);
  g_assert_cmpint(order_of("-0 0"), ==, PK_SORT_CONSTANT);
  g_assert_cmpint(order_of("1 2 1"), ==, PK_SORT_NONE);
  g_assert_cmpint(order_of("2 1 1 3"), ==, PK_SORT_NONE);
  g_assert_cmpint(order_of("1 null 2"), ==, PK_SORT_NONE);
  g_assert_cmpint(order_of("1 2 nan"), ==, PK_SORT_NONE);
}

static void
test_statistics(void)
{
  static const double values[] = { 3, NAN, -2.5, 0, INFINITY };
  PkColumnBuilder *builder = pk_column_builder_new("c", PK_TYPE_OF(PK_TYPE_F64), 64);
  g_autoptr(GError) error = NULL;
  static const guint8 valid[] = { 0x17 }; /* the fourth is NULL */
  g_assert_true(pk_column_builder_append_values(builder, PK_PHYS_F64, values, 5, valid, &error));
  g_assert_true(pk_column_builder_append_null(builder, 3, &error));
  g_autoptr(PkColumn) column = pk_column_builder_finish(builder, &error);
  g_assert_no_error(error);
  g_assert_cmpint(column->stats.null_count, ==, 4);
  g_assert_cmpint(column->stats.nan_count, ==, 1);
  g_assert_true(column->stats.has_range);
  g_assert_cmpfloat(column->stats.min, ==, -2.5);
  g_assert_cmpfloat(column->stats.max, ==, INFINITY);
  g_assert_true(pk_column_is_null(column, 3));
  g_assert_true(isnan(pk_column_get_double(column, 3)));
  g_assert_false(pk_column_is_null(column, 4));
}

/* DuckDB's casts, digit for digit. */
static void
test_doubles(void)
{
  const PkType dec = { .kind = PK_TYPE_DECIMAL, .precision = 30, .scale = 7 };
  const __int128 e18 = 1000000000000000000;
  g_assert_cmpfloat(pk_type_int_to_double(dec, 12345678), ==, 1.2345678);
  g_assert_cmpfloat(pk_type_int_to_double(dec, -e18 * 1000 - 5), ==, -1e14 - 5e-7);
  g_assert_cmpfloat(pk_type_int_to_double(PK_TYPE_OF(PK_TYPE_I128), -1), ==, -1.0);
  g_assert_cmpfloat(pk_type_int_to_double(PK_TYPE_OF(PK_TYPE_I128), (__int128)1 << 100), ==, 0x1p100);
  g_assert_cmpfloat(pk_type_int_to_double(PK_TYPE_OF(PK_TYPE_I64), G_MAXINT64), ==, 0x1p63);
}

/* --- streams --- */

static void
assert_same_frames(const PkFrame *a, const PkFrame *b)
{
  g_assert_cmpint(a->length, ==, b->length);
  g_assert_cmpuint(a->n_columns, ==, b->n_columns);
  for (guint c = 0; c < a->n_columns; c++) {
    const PkColumn *x = a->columns[c], *y = b->columns[c];
    g_assert_cmpstr(x->name, ==, y->name);
    g_assert_true(pk_type_equal(x->type, y->type));
    g_assert_cmpstr(pk_physical_name(x->physical), ==, pk_physical_name(y->physical));
    g_assert_cmpint(x->stats.null_count, ==, y->stats.null_count);
    g_assert_cmpint(x->stats.sortedness, ==, y->stats.sortedness);
    for (gint64 row = 0; row < a->length; row++) {
      g_autoptr(GString) text_x = g_string_new(NULL), text_y = g_string_new(NULL);
      g_assert_true(pk_column_append_text(x, row, text_x) == pk_column_append_text(y, row, text_y));
      g_assert_cmpstr(text_x->str, ==, text_y->str);
    }
  }
}

static PkFrame *
there_and_back(PkFrame *frame, gint64 chunk_rows)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;
  pk_frame_export_stream(frame, &stream);
  PkFrame *back = pk_frame_read_stream(&stream, chunk_rows, NULL, &error);
  g_assert_no_error(error);
  return back;
}

static void
test_round_trip(void)
{
  static const gint64 rows[] = { 0, 1, 64, 65, 3000 };
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
    for (guint32 seed = 1; seed <= 4; seed++) {
      g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
      g_autoptr(PkFrame) frame = conformance_frame(rand, rows[i], seed % 2 ? 64 : 1024, TRUE);
      g_autoptr(PkFrame) back = there_and_back(frame, seed < 3 ? 128 : 0);
      assert_same_frames(frame, back);
    }
}

static PkFrame *
query(const char *sql, gint64 chunk_rows)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSource) source = pk_source_duckdb_new(NULL, &error);
  g_auto(PkArrowStream) stream = { 0 };
  g_assert_no_error(error);
  pk_source_query(source, sql, NULL, &stream, &error);
  g_assert_no_error(error);
  PkFrame *frame = pk_frame_read_stream(&stream, chunk_rows, NULL, &error);
  g_assert_no_error(error);
  return frame;
}

/* Every SQL type as text, twice: as the frame keeps it and as the engine writes it. */
static void
test_sql_types(void)
{
  g_autoptr(PkFrame) frame = query(
    "SELECT v, CAST(v AS VARCHAR) FROM (SELECT 170141183460469231731687303715884105727::HUGEINT AS v)", 0);
  static const char *const values[] = {
    "true", "(-128)::TINYINT", "18446744073709551615::UBIGINT", "(-9223372036854775808)::BIGINT",
    "170141183460469231731687303715884105727::HUGEINT", "12345::UHUGEINT", "12.50::DECIMAL(9,2)",
    "-0.0000001::DECIMAL(38,7)", "0.1::FLOAT", "1e300::DOUBLE", "DATE '2024-02-29'",
      "DATE '0044-03-15 (BC)'",
    "TIME '23:59:59.25'", "TIMESTAMP '2024-02-29 12:00:00.5'", "TIMESTAMP_S '1969-12-31 23:59:59'",
    "TIMESTAMP_MS '2024-02-29 12:00:00.125'", "TIMESTAMP_NS '2024-02-29 12:00:00.123456789'", "'it''s'",
    "'low'::ENUM('high', 'low')", "UUID '8a3ee1b2-0000-4000-8000-0123456789ab'", "[1, 2, NULL]",
  };
  for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
    g_autofree char *sql =
      g_strdup_printf("SELECT v, CAST(v AS VARCHAR) FROM (SELECT %s AS v) UNION ALL SELECT NULL, NULL",
                      values[i]);
    g_autoptr(PkFrame) row = query(sql, 0);
    g_autoptr(GString) text = g_string_new(NULL);
    g_assert_cmpint(row->length, ==, 2);
    gint64 at = pk_column_is_null(row->columns[0], 0) ? 1 : 0;
    g_assert_true(pk_column_append_text(row->columns[0], at, text));
    g_assert_cmpstr(text->str, ==, pk_column_get_text(row->columns[1], at, NULL));
    g_assert_true(pk_column_is_null(row->columns[0], 1 - at));
    g_autoptr(PkFrame) back = there_and_back(row, 0);
    assert_same_frames(row, back);
  }
  g_assert_cmpstr(pk_physical_name(frame->columns[0]->physical), ==, "i128");
}

/* Values that come in thousands of small arrays make few large chunks, and never much more memory than
 * they take. */
static void
test_memory(void)
{
  const gint64 rows = 3000000;
  g_autofree char *sql = g_strdup_printf("SELECT r AS a, r %% 100 AS b, r / 7 AS c FROM range(%d) AS g(r)",
                                         (int)rows);
  gsize before = pk_mem_used();
  pk_mem_reset_peak();
  g_autoptr(PkFrame) frame = query(sql, 1 << 20);
  gsize bytes = (gsize)rows * 24;
  g_assert_cmpint(frame->length, ==, rows);
  g_assert_cmpuint(frame->columns[0]->n_chunks, ==, 3);
  g_assert_cmpint(frame->columns[0]->stats.sortedness, ==, PK_SORT_ASCENDING);
  g_assert_cmpint(frame->columns[1]->stats.sortedness, ==, PK_SORT_NONE);
  g_assert_cmpuint(pk_physical_size(frame->columns[1]->physical), ==, 1);
  g_assert_cmpuint(pk_mem_peak() - before, <, bytes * 3 / 2);
  g_assert_cmpuint(pk_mem_used() - before, <, (gsize)rows * (4 + 1 + 8) + 3 * (1 << 16));
  for (gint64 row = 0; row < rows; row += 4099)
    g_assert_true(pk_column_get_int(frame->columns[0], row) == row &&
                  pk_column_get_int(frame->columns[1], row) == row % 100);
}

static void
test_memory_limit(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSource) source = pk_source_duckdb_new(NULL, &error);
  g_auto(PkArrowStream) stream = { 0 };
  gsize before = pk_mem_used();
  pk_source_query(source, "SELECT hash(r) AS h FROM range(1000000) AS g(r)", NULL, &stream, &error);
  g_assert_no_error(error);
  pk_mem_set_limit(before + 1000000);
  g_assert_null(pk_frame_read_stream(&stream, 0, NULL, &error));
  pk_mem_set_limit(0);
  g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
  g_assert_cmpuint(pk_mem_used(), ==, before);
}

static void
test_cancel(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 100, 64, TRUE);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_auto(PkArrowStream) stream = { 0 };
  pk_frame_export_stream(frame, &stream);
  g_cancellable_cancel(cancellable);
  g_assert_null(pk_frame_read_stream(&stream, 0, cancellable, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
}

/* --- malformed streams: a good one in which one thing is spoilt --- */

typedef enum {
  SPOIL_NOTHING,
  SPOIL_SCHEMA_FAILS,
  SPOIL_NEXT_FAILS,
  SPOIL_NOT_A_TABLE,
  SPOIL_UNKNOWN_FORMAT,
  SPOIL_NEGATIVE_LENGTH,
  SPOIL_FEWER_CHILDREN,
  SPOIL_SHORT_CHILD,
  SPOIL_NO_BUFFER,
  SPOIL_FALLING_OFFSETS,
  SPOIL_NEGATIVE_OFFSET,
  SPOIL_NULL_COUNT,
} Spoil;

typedef struct {
  struct ArrowArrayStream inner;
  Spoil spoil;
  gint64 offsets[3];
  const void *buffers[3];
} Spoilt;

static int
spoilt_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  Spoilt *self = stream->private_data;
  if (self->spoil == SPOIL_SCHEMA_FAILS)
    return EIO;
  int status = self->inner.get_schema(&self->inner, out);
  if (self->spoil == SPOIL_NOT_A_TABLE)
    out->format = "l";
  if (self->spoil == SPOIL_UNKNOWN_FORMAT)
    out->children[0]->format = "?";
  return status;
}

static int
spoilt_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Spoilt *self = stream->private_data;
  if (self->spoil == SPOIL_NEXT_FAILS)
    return EIO;
  int status = self->inner.get_next(&self->inner, out);
  if (!out->release)
    return status;
  struct ArrowArray *text = out->children[1];
  switch (self->spoil) {
  case SPOIL_NEGATIVE_LENGTH: out->length = -1; break;
  case SPOIL_FEWER_CHILDREN: out->n_children = 1; text->release(text); g_free(text); break;
  case SPOIL_SHORT_CHILD: out->children[0]->length = 1; break;
  case SPOIL_NO_BUFFER: out->children[0]->buffers[1] = NULL; break;
  case SPOIL_NEGATIVE_OFFSET: out->children[0]->offset = -1; break;
  case SPOIL_NULL_COUNT: out->children[0]->null_count = 7; break;
  case SPOIL_FALLING_OFFSETS:
    memcpy(self->buffers, text->buffers, sizeof self->buffers);
    self->offsets[1] = 2;
    self->offsets[2] = 1;
    self->buffers[1] = self->offsets;
    text->buffers = self->buffers;
    break;
  default: break;
  }
  return status;
}

static const char *
spoilt_error(struct ArrowArrayStream *stream)
{
  return "the disk is gone";
}

static void
spoilt_release(struct ArrowArrayStream *stream)
{
  Spoilt *self = stream->private_data;
  self->inner.release(&self->inner);
  stream->release = NULL;
}

static void
test_malformed(gconstpointer data)
{
  Spoilt spoilt = { .spoil = (Spoil)GPOINTER_TO_INT(data) };
  g_autoptr(PkFrame) frame = query("SELECT 5::BIGINT AS n, 'ab' AS t UNION ALL SELECT 6, 'cd'", 0);
  g_autoptr(GError) error = NULL;
  pk_frame_export_stream(frame, &spoilt.inner);
  g_auto(PkArrowStream) stream = { spoilt_schema, spoilt_next, spoilt_error, spoilt_release, &spoilt };
  g_autoptr(PkFrame) read = pk_frame_read_stream(&stream, 0, NULL, &error);

  if (spoilt.spoil == SPOIL_NOTHING) {
    g_assert_no_error(error);
    g_assert_cmpint(read->length, ==, 2);
    return;
  }
  g_assert_null(read);
  g_assert_nonnull(error);
  g_assert_true(error->domain == PK_ERROR);
  g_assert_null(strchr(error->message, '\n'));
  gboolean fails = spoilt.spoil == SPOIL_SCHEMA_FAILS || spoilt.spoil == SPOIL_NEXT_FAILS;
  if (fails)
    g_assert_nonnull(strstr(error->message, "the disk is gone"));
  else
    g_assert_true(error->code == PK_ERROR_INVALID || error->code == PK_ERROR_UNSUPPORTED);
}

static void
test_unequal_columns(void)
{
  static const __int128 values[] = { 1, 2, 3 };
  PkColumn *columns[] = { column_of_ints(values, 3, 0), column_of_ints(values, 2, 0) };
  g_autoptr(GError) error = NULL;
  g_assert_null(pk_frame_new(columns, 2, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
  static const char *const spoils[] = {
    "nothing", "schema-fails", "next-fails", "not-a-table", "unknown-format", "negative-length",
      "fewer-children",
    "short-child", "no-buffer", "falling-offsets", "negative-offset", "null-count",
  };
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dictionary/codes", test_dictionary);
  g_test_add_func("/dictionary/ranks", test_dictionary_ranks);
  g_test_add_func("/dictionary/limit", test_dictionary_limit);
  g_test_add_func("/column/narrow", test_narrow);
  g_test_add_func("/column/narrow-chunks", test_narrow_chunks);
  g_test_add_func("/column/order", test_order);
  g_test_add_func("/column/statistics", test_statistics);
  g_test_add_func("/column/doubles", test_doubles);
  g_test_add_func("/frame/round-trip", test_round_trip);
  g_test_add_func("/frame/sql-types", test_sql_types);
  g_test_add_func("/frame/memory", test_memory);
  g_test_add_func("/frame/memory-limit", test_memory_limit);
  g_test_add_func("/frame/cancel", test_cancel);
  g_test_add_func("/frame/unequal-columns", test_unequal_columns);
  for (guint i = 0; i < G_N_ELEMENTS(spoils); i++) {
    g_autofree char *path = g_strdup_printf("/frame/malformed/%s", spoils[i]);
    g_test_add_data_func(path, GINT_TO_POINTER((gint)i), test_malformed);
  }
  return g_test_run();
}
