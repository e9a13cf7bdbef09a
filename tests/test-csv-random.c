/* Random delimited text through the import, against Pika-Plot's own reading of it. */
#include "csv-import.h"
#include "pk-csv-reader.h"
#include "pk-error.h"

#include <string.h>

/* Random text of the characters that matter; every cell that Pika-Plot's reader
 * finds must be in the table, and the counts must hold. */
static void
append_random_csv(GRand *rand, GString *out, int rows)
{
  static const char *const pieces[] = { "a",  "b", "1",    "2.5", ",",       ",",        "\"", "\"\"",
                                        "\n", " ", "\r\n", "x y", ",\"q\",", "\"n\nn\"", "é",  ",\"\"," };

  g_string_append(out, "c,d,e\n");
  for (int r = 0; r < rows; r++) {
    if (g_rand_int_range(rand, 0, 3) > 0) {
      g_string_append_printf(out, "%d,\"v %d\",%s\n", r, g_rand_int_range(rand, 0, 100),
                             g_rand_boolean(rand) ? "" : "\"\"\"z\"\"\"");
      continue;
    }
    int n = g_rand_int_range(rand, 1, 8);
    for (int i = 0; i < n; i++)
      g_string_append(out, pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))]);
    g_string_append_c(out, '\n');
  }
}

/* Well-formed text, which DuckDB reads as it is, not from a clean copy. */
static void
append_regular_csv(GRand *rand, GString *out, int rows)
{
  static const char *const cells[] = { "a", "", "12", "\"\"", "\"x,y\"", "\"q\"\"q\"",
                                       "\"n\nn\"", "é", "mid\"q", " s ",
                                       "\"\"\"\"" };

  g_string_append(out, "c,d,e\n");
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < 3; c++)
      g_string_append_printf(out, "%s%c", cells[g_rand_int_range(rand, 0, G_N_ELEMENTS(cells))],
                             c < 2 ? ',' : '\n');
}

static void
test_random_text(void)
{
  guint32 seed = (guint32)g_test_rand_int();
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

  g_test_message("seed %u", seed);
  for (int round = 0; round < 30; round++) {
    g_autoptr(GString) text = g_string_new(NULL), expected = g_string_new(NULL),
                       scratch = g_string_new(NULL);
    if (round % 2 == 0)
      append_random_csv(rand, text, 60);
    else
      append_regular_csv(rand, text, 300);
    g_auto(Import) import =
      import_bytes(text->str, (gssize)text->len, OPTIONS("header", "1", "delim", ",", "all-text", "true"));
    g_assert_no_error(import.error);
    g_autoptr(GInputStream) stream = g_memory_input_stream_new_from_data(text->str, (gssize)text->len, NULL);
    g_autoptr(PkCsvReader) reader = pk_csv_reader_new(stream, "memory");
    PkCsvDialect dialect = { ',', '"', '"', -1 };
    const PkCsvRecord *record;
    pk_csv_reader_set_dialect(reader, &dialect);
    while (pk_csv_reader_next(reader, &record, NULL, NULL) && record != NULL) {
      if (record->line == 1 || record->fault != NULL || record->passed_over || record->n_fields != 3)
        continue;
      if (expected->len > 0)
        g_string_append_c(expected, '\n');
      for (guint c = 0; c < 3; c++) {
        gsize n;
        const char *cell = pk_csv_field_text(&record->fields[c], &dialect, scratch, &n);
        g_string_append(expected, c > 0 ? "|" : "");
        g_string_append_len(expected, n > 0 ? cell : "NULL", n > 0 ? (gssize)n : 4);
      }
    }
    assert_query(&import, "SELECT * FROM t", expected->str);
  }
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  csv_import_start();
  g_test_add_func("/csv-random/text", test_random_text);
  int status = g_test_run();
  csv_import_end();
  return status;
}
