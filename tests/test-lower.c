/* Lowering: what specifications over inline rows become. */
#include "lower-host.h"

#include <string.h>

typedef struct {
  LowerHost *host;
  PkLowerHost functions;
  PkSpec *spec;
  PkLowered *lowered;
  const PkUnit *unit; /* the first */
} Fixture;

static const PkUnit *
first_unit(const PkUnitTree *tree)
{
  return tree->unit ? tree->unit : first_unit(tree->children[0]);
}

static void
lower(Fixture *f, const char *json, const PkLowerOptions *options)
{
  g_autoptr(GError) error = NULL;

  f->host = lower_host_new(NULL);
  f->functions = lower_host_functions(f->host);
  f->spec = pk_spec_parse(json, -1, "test", &error);
  g_assert_no_error(error);
  f->lowered = pk_lower(f->spec, &f->functions, options, &error);
  g_assert_no_error(error);
  f->unit = first_unit(f->lowered->tree);
}

static void
clear(Fixture *f)
{
  pk_lowered_free(f->lowered);
  pk_spec_free(f->spec);
  lower_host_free(f->host);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, clear)

/* The column's values joined by spaces; dates as d<ms>. */
static char *
column_text(const PkTable *table, const char *name)
{
  gint column = pk_table_find(table, name);
  GString *text = g_string_new(NULL);

  g_assert_cmpint(column, >=, 0);
  for (gint64 row = 0; row < table->n_rows; row++) {
    const PkValue *value = pk_table_at(table, (guint)column, row);
    g_autofree char *one = value->kind == PK_VALUE_DATE ? g_strdup_printf("d%.0f", value->number) : pk_value_to_string(value);
    g_string_append_printf(text, "%s%s", row ? " " : "", one);
  }
  return g_string_free(text, FALSE);
}

static void
assert_column(const Fixture *f, const char *name, const char *expected)
{
  g_autofree char *text = column_text(f->unit->table, name);

  g_assert_cmpstr(text, ==, expected);
}

static void
assert_domain(const Fixture *f, PkChannel channel, const char *expected)
{
  const GArray *domain = f->unit->channels[channel][0].sorted_domain;
  g_autoptr(GString) text = g_string_new(NULL);

  g_assert_nonnull(domain);
  for (guint i = 0; i < domain->len; i++) {
    g_autofree char *one = pk_value_to_string(&g_array_index(domain, PkValue, i));
    g_string_append_printf(text, "%s%s", i ? " " : "", one);
  }
  g_assert_cmpstr(text->str, ==, expected);
}

#define ROWS "{\"values\":[{\"a\":\"C\",\"b\":2},{\"a\":\"C\",\"b\":7},{\"a\":\"A\",\"b\":1},{\"a\":\"B\",\"b\":4},{\"a\":\"A\",\"b\":null}]}"

static void
test_aggregate(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"nominal\"},"
        "\"y\":{\"aggregate\":\"mean\",\"field\":\"b\"},\"size\":{\"aggregate\":\"count\"},"
        "\"opacity\":{\"aggregate\":\"distinct\",\"field\":\"b\"}}}", NULL);
  assert_column(&f, "a", "C A B"); /* in order of first appearance */
  assert_column(&f, "mean_b", "4.5 1 4");
  assert_column(&f, "__count", "2 2 1");
  assert_column(&f, "distinct_b", "2 2 1"); /* null counts as a value */
  g_assert_cmpstr(f.unit->channels[PK_CHANNEL_Y][0].title, ==, "Mean of b");
  g_assert_cmpstr(f.unit->channels[PK_CHANNEL_SIZE][0].title, ==, "Count of Records");
  g_assert_cmpint(f.unit->channels[PK_CHANNEL_Y][0].type, ==, PK_MEASURE_QUANTITATIVE);
  g_assert_cmpint(f.unit->n_source_rows, ==, 5);
}

/* Texts are told apart as texts. */
static void
test_distinct_texts(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"bar\",\"encoding\":{\"y\":{\"aggregate\":\"distinct\",\"field\":\"a\"}}}", NULL);
  assert_column(&f, "distinct_a", "3");
}

/* A channel that a mark does not take is not there: it splits no groups. */
static void
test_channels_of_marks(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"area\",\"encoding\":{\"y\":{\"aggregate\":\"sum\",\"field\":\"b\"},"
        "\"strokeDash\":{\"field\":\"a\"},\"size\":{\"field\":\"a\"},\"shape\":{\"field\":\"a\"}}}", NULL);
  assert_column(&f, "sum_b", "14");
}

static void
test_titles(void)
{
  static const struct { const char *config, *x, *y; } cases[] = {
    { "{}", "a (binned)", "d (year-month)" },
    { "{\"fieldTitle\":\"functional\"}", "BIN(a)", "YEARMONTH(d)" },
    { "{\"fieldTitle\":\"plain\"}", "a", "d" },
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Fixture) f = { 0 };
    g_autofree char *json = g_strdup_printf("{\"data\":{\"values\":[{\"a\":1,\"d\":\"2020-02-03\"}]},\"mark\":\"point\",\"encoding\":"
                                            "{\"x\":{\"field\":\"a\",\"bin\":true},\"y\":{\"field\":\"d\",\"timeUnit\":\"yearmonth\"}},"
                                            "\"config\":%s}", cases[i].config);
    lower(&f, json, NULL);
    g_assert_cmpstr(f.unit->channels[PK_CHANNEL_X][0].title, ==, cases[i].x);
    g_assert_cmpstr(f.unit->channels[PK_CHANNEL_Y][0].title, ==, cases[i].y);
  }
}

static void
test_bins(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":[{\"v\":0},{\"v\":9.5},{\"v\":10},{\"v\":null},{\"v\":3}]},\"mark\":\"bar\",\"encoding\":"
        "{\"x\":{\"field\":\"v\",\"bin\":{\"step\":5}},\"y\":{\"aggregate\":\"count\"}}}", NULL);
  assert_column(&f, "bin_step_5_v", "0 5");
  assert_column(&f, "bin_step_5_v_end", "5 10");
  assert_column(&f, "__count", "2 2"); /* the last bin holds its end; null is in none */
}

static void
test_binned_ordinal_labels(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":[{\"v\":0},{\"v\":9.5},{\"v\":null}]},\"mark\":\"bar\",\"encoding\":"
        "{\"x\":{\"field\":\"v\",\"bin\":{\"step\":5},\"type\":\"ordinal\"},\"y\":{\"aggregate\":\"count\"}}}", NULL);
  assert_column(&f, "bin_step_5_v_range", "0 \xe2\x80\x93 5 5 \xe2\x80\x93 10 null");
}

static void
test_time_units(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":[{\"d\":\"Jan 5 2020\",\"v\":1},{\"d\":\"2020-01-20\",\"v\":2},{\"d\":\"2020/02/01\",\"v\":5},"
        "{\"d\":\"no date\",\"v\":9}]},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"d\",\"timeUnit\":\"yearmonth\"},"
        "\"y\":{\"aggregate\":\"sum\",\"field\":\"v\"}}}", NULL);
  assert_column(&f, "yearmonth_d", "d1577836800000 d1580515200000");
  assert_column(&f, "yearmonth_d_end", "d1580515200000 d1583020800000");
  assert_column(&f, "sum_v", "3 5"); /* what is no date is dropped after grouping */
}

static void
test_csv_is_text(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":\"k,v\\n10,1\\n9,\\n\\\"a,\\\"\\\"b\\\",3\",\"format\":{\"type\":\"csv\"}},\"mark\":\"text\",\"encoding\":"
        "{\"x\":{\"field\":\"k\",\"type\":\"ordinal\"},\"text\":{\"field\":\"v\",\"type\":\"nominal\"}}}", NULL);
  assert_column(&f, "k", "10 9 a,\"b");
  assert_column(&f, "v", "1  3");
  g_assert_true(f.unit->channels[PK_CHANNEL_X][0].from_csv_text);
  g_assert_cmpint(pk_table_at(f.unit->table, (guint)pk_table_find(f.unit->table, "v"), 1)->kind, ==, PK_VALUE_TEXT);
}

static void
test_nested(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":[{\"a\":{\"b\":1,\"c\":[5,6]},\"a.b\":9},{\"a\":{\"b\":2,\"c\":[7,8]}}]},\"mark\":\"point\","
        "\"encoding\":{\"x\":{\"field\":\"a.c[1]\",\"type\":\"quantitative\"}}}", NULL);
  assert_column(&f, "a.c.1", "6 8");
}

static void
test_invalid(void)
{
  g_auto(Fixture) point = { 0 }, line = { 0 };
  const char *json = "{\"data\":{\"values\":[{\"x\":1,\"y\":null},{\"x\":2,\"y\":5}]},\"mark\":\"%s\",\"encoding\":"
                     "{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}";
  g_auto(GStrv) parts = g_strsplit(json, "%s", 2);
  g_autofree char *a = g_strconcat(parts[0], "point", parts[1], NULL), *b = g_strconcat(parts[0], "line", parts[1], NULL);

  lower(&point, a, NULL);
  lower(&line, b, NULL);
  assert_column(&point, "x", "2");
  assert_column(&line, "x", "1 2"); /* a path breaks there */
}

static void
test_sort_by_array(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"a\",\"sort\":[\"B\",\"X\"]},"
        "\"y\":{\"aggregate\":\"sum\",\"field\":\"b\"}}}", NULL);
  assert_domain(&f, PK_CHANNEL_X, "B C A");
  g_assert_cmpint(f.unit->channels[PK_CHANNEL_X][0].type, ==, PK_MEASURE_ORDINAL);
}

static void
test_sort_by_field(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"nominal\","
        "\"sort\":{\"field\":\"b\",\"op\":\"max\",\"order\":\"descending\"}},\"y\":{\"field\":\"b\",\"type\":\"quantitative\"}}}", NULL);
  assert_domain(&f, PK_CHANNEL_X, "C B A");
}

static void
test_sort_by_channel(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"nominal\",\"sort\":\"-y\"},"
        "\"y\":{\"aggregate\":\"sum\",\"field\":\"b\"}}}", NULL);
  assert_domain(&f, PK_CHANNEL_X, "C B A");
}

static void
test_stack(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":{\"values\":[{\"k\":1,\"c\":\"u\",\"v\":2},{\"k\":1,\"c\":\"w\",\"v\":3},{\"k\":2,\"c\":\"u\",\"v\":4}]},\"mark\":\"area\","
        "\"encoding\":{\"x\":{\"field\":\"k\",\"type\":\"quantitative\"},\"y\":{\"aggregate\":\"sum\",\"field\":\"v\"},"
        "\"color\":{\"field\":\"c\",\"type\":\"nominal\"}}}", NULL);
  g_assert_cmpint(f.unit->stack, ==, PK_STACK_ZERO);
  g_assert_cmpint(f.unit->stack_channel, ==, PK_CHANNEL_Y);
  g_assert_cmpstr(f.unit->channels[PK_CHANNEL_Y][0].column, ==, "sum_v_start");
  g_assert_cmpstr(f.unit->channels[PK_CHANNEL_Y][0].column_value, ==, "sum_v");
  assert_column(&f, "c", "u w u w"); /* w is imputed at 2 */
  assert_column(&f, "sum_v_start", "3 0 0 0");
  assert_column(&f, "sum_v_end", "5 3 4 0");
}

static void
test_transforms(void)
{
  g_auto(Fixture) f = { 0 };

  lower(&f, "{\"data\":" ROWS ",\"transform\":[{\"filter\":\"datum.b != null\"},{\"calculate\":\"datum.b * 2\",\"as\":\"B\"},"
        "{\"joinaggregate\":[{\"op\":\"sum\",\"field\":\"B\",\"as\":\"s\"}],\"groupby\":[\"a\"]},"
        "{\"window\":[{\"op\":\"row_number\",\"as\":\"n\"},{\"op\":\"sum\",\"field\":\"b\",\"as\":\"c\"}],\"sort\":[{\"field\":\"b\"}]}],"
        "\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"B\",\"type\":\"quantitative\"},\"y\":{\"field\":\"s\",\"type\":\"quantitative\"},"
        "\"size\":{\"field\":\"n\",\"type\":\"quantitative\"},\"opacity\":{\"field\":\"c\",\"type\":\"quantitative\"}}}", NULL);
  assert_column(&f, "B", "4 14 2 8"); /* b and B are two fields */
  assert_column(&f, "s", "18 18 2 8");
  assert_column(&f, "n", "2 4 1 3");
  assert_column(&f, "c", "3 14 1 7");
}

/* What a transform that reshapes rows cannot do is told with its path. */
static void
test_reshape_errors(void)
{
  static const char *const cases[][2] = {
    { "{\"flatten\":[\"a\"]}", "$.transform[0].flatten: the field \"a\" holds no lists" },
    { "{\"pivot\":\"zz\",\"value\":\"b\"}", "$.transform[0].pivot: there is no field \"zz\"" },
    { "{\"impute\":\"b\",\"key\":\"zz\"}", "$.transform[0].key: there is no field \"zz\"" },
    { "{\"lookup\":\"a\",\"from\":{\"data\":{\"values\":[{\"k\":1}]},\"key\":\"k\"}}", "\"from.fields\" or \"as\"" },
    { "{\"fold\":[]}", "$.transform[0].fold: at least one field" },
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *json = g_strdup_printf("{\"data\":" ROWS ",\"transform\":[%s],\"mark\":\"point\"}", cases[i][0]);
    g_autoptr(PkSpec) spec = pk_spec_parse(json, -1, "test", &error);
    g_assert_no_error(error);
    LowerHost *host = lower_host_new(NULL);
    PkLowerHost functions = lower_host_functions(host);
    g_autoptr(PkLowered) lowered = pk_lower(spec, &functions, NULL, &error);
    g_assert_null(lowered);
    g_assert_nonnull(strstr(error->message, cases[i][1]));
    lower_host_free(host);
  }
}

static void
test_density(void)
{
  g_auto(Fixture) f = { 0 };
  g_autoptr(GError) error = NULL;
  PkLowerOptions options = { .mark_limit = 100 };
  PkGridAxis x = { .n = 10, .start = 0, .step = 100 }, y = { .n = 2, .start = 0, .step = 5 };

  lower(&f, "{\"data\":{\"sequence\":{\"start\":0,\"stop\":1000,\"as\":\"i\"}},\"transform\":[{\"calculate\":\"datum.i % 10\",\"as\":\"m\"}],"
        "\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"i\",\"type\":\"quantitative\"},\"y\":{\"field\":\"m\",\"type\":\"quantitative\"}}}",
        &options);
  g_assert_cmpint(f.unit->draw, ==, PK_DRAW_DENSITY);
  g_assert_cmpfloat(f.unit->extent[PK_CHANNEL_X][1], ==, 999);
  g_assert_cmpstr(f.lowered->note, ==, "density raster of 1,000 rows");
  const gint64 *counts = pk_unit_fetch_density((PkUnit *)f.unit, &x, &y, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint(counts[i], ==, 50);
}

static void
test_m4(void)
{
  g_auto(Fixture) f = { 0 };
  g_autoptr(GError) error = NULL;
  PkLowerOptions options = { .mark_limit = 100 };

  lower(&f, "{\"data\":{\"sequence\":{\"start\":0,\"stop\":1000,\"as\":\"i\"}},\"transform\":[{\"calculate\":\"datum.i % 10\",\"as\":\"m\"}],"
        "\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"i\",\"type\":\"quantitative\"},\"y\":{\"field\":\"m\",\"type\":\"quantitative\"}}}",
        &options);
  g_assert_cmpint(f.unit->draw, ==, PK_DRAW_M4);
  g_assert_true(pk_unit_fetch_m4((PkUnit *)f.unit, 100, 300, 2, &error));
  g_assert_no_error(error);
  /* the point before, first = min, first max, last min and last = max of each pixel column, the point after */
  assert_column(&f, "i", "99 100 109 199 200 209 300 301");
  assert_column(&f, "m", "9 0 9 9 0 9 0 1");
}

static void
test_predicates(void)
{
  static const char *const cases[][2] = {
    { "{\"field\":\"b\",\"equal\":7}", "7" },
    { "{\"field\":\"b\",\"range\":[2,4]}", "2 4" },
    { "{\"field\":\"a\",\"oneOf\":[\"A\",\"B\"]}", "1 4" },
    { "{\"and\":[{\"field\":\"b\",\"gt\":1},{\"not\":{\"field\":\"a\",\"equal\":\"C\"}}]}", "4" },
    { "{\"or\":[{\"field\":\"b\",\"lte\":1},\"datum.b == 7\"]}", "7 1" },
    { "{\"field\":\"b\",\"valid\":true}", "2 7 1 4" },
    { "{\"timeUnit\":\"utcyear\",\"field\":\"b\",\"equal\":1970}", "d2 d7 d1 d4" },
  };

  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Fixture) f = { 0 };
    g_autofree char *json = g_strdup_printf("{\"data\":" ROWS ",\"transform\":[{\"filter\":%s},{\"filter\":\"datum.b != null\"}],"
                                            "\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"b\",\"type\":\"quantitative\"}}}",
                                            cases[i][0]);
    lower(&f, json, NULL);
    assert_column(&f, "b", cases[i][1]);
  }
}

static void
test_row_limit(void)
{
  g_autoptr(LowerHost) host = lower_host_new(NULL);
  PkLowerHost functions = lower_host_functions(host);
  PkLowerOptions options = { .mark_limit = -1, .row_limit = 10 };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSpec) spec = pk_spec_parse("{\"data\":{\"sequence\":{\"start\":0,\"stop\":11}},\"mark\":\"point\",\"encoding\":"
                                         "{\"x\":{\"field\":\"data\",\"type\":\"quantitative\"}}}", -1, "test", &error);
  g_autoptr(PkLowered) lowered = NULL;

  g_assert_no_error(error);
  lowered = pk_lower(spec, &functions, &options, &error);
  g_assert_null(lowered);
  g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lower/aggregate", test_aggregate);
  g_test_add_func("/lower/distinct-texts", test_distinct_texts);
  g_test_add_func("/lower/channels-of-marks", test_channels_of_marks);
  g_test_add_func("/lower/titles", test_titles);
  g_test_add_func("/lower/bins", test_bins);
  g_test_add_func("/lower/binned-ordinal-labels", test_binned_ordinal_labels);
  g_test_add_func("/lower/time-units", test_time_units);
  g_test_add_func("/lower/csv-is-text", test_csv_is_text);
  g_test_add_func("/lower/nested", test_nested);
  g_test_add_func("/lower/invalid", test_invalid);
  g_test_add_func("/lower/sort-by-array", test_sort_by_array);
  g_test_add_func("/lower/sort-by-field", test_sort_by_field);
  g_test_add_func("/lower/sort-by-channel", test_sort_by_channel);
  g_test_add_func("/lower/stack", test_stack);
  g_test_add_func("/lower/transforms", test_transforms);
  g_test_add_func("/lower/density", test_density);
  g_test_add_func("/lower/m4", test_m4);
  g_test_add_func("/lower/reshape-errors", test_reshape_errors);
  g_test_add_func("/lower/predicates", test_predicates);
  g_test_add_func("/lower/row-limit", test_row_limit);
  return g_test_run();
}
