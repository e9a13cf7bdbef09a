/* Time, ticks, bins, formats and colours, against recorded answers of d3 and vega and by hand. */
#include "pk-bin.h"
#include "pk-calendar.h"
#include "pk-color.h"
#include "pk-datum.h"
#include "pk-ecma.h"
#include "pk-error.h"
#include "pk-numfmt.h"
#include "pk-ticks.h"
#include "pk-timefmt.h"
#include "pk-timeinterval.h"
#include "pk-timeunit.h"

#include "reference-table.h"

#include <math.h>
#include <string.h>

#define NUMBER(i) reference_number(args[i])

static void
append_owned(GString *out, char *text)
{
  g_string_append(out, text);
  g_free(text);
}

static void
append_owned_numbers(GString *out, double *values, gsize n)
{
  reference_append_numbers(out, values, n);
  g_free(values);
}

static void
run_ticks(char **args, guint n_args, GString *out)
{
  gsize n;
  double *ticks = pk_ticks_linear(NUMBER(0), NUMBER(1), NUMBER(2), &n);

  append_owned_numbers(out, ticks, n);
}

static void
run_step(char **args, guint n_args, GString *out)
{
  reference_append_number(out, pk_tick_step(NUMBER(0), NUMBER(1), NUMBER(2)));
}

static void
run_nice(char **args, guint n_args, GString *out)
{
  double d[] = { NUMBER(0), NUMBER(1) };

  pk_nice_linear(d, 2, NUMBER(2));
  reference_append_numbers(out, d, 2);
}

static void
run_nice_log(char **args, guint n_args, GString *out)
{
  double d[] = { NUMBER(0), NUMBER(1) };

  pk_nice_log(d, 2, NUMBER(2));
  reference_append_numbers(out, d, 2);
}

static void
run_nice_time(char **args, guint n_args, GString *out)
{
  double d[] = { NUMBER(0), NUMBER(1) };

  pk_nice_time(d, 2, NUMBER(2), TRUE);
  reference_append_numbers(out, d, 2);
}

static void
run_log_ticks(char **args, guint n_args, GString *out)
{
  gsize n;
  double *ticks = pk_ticks_log(NUMBER(0), NUMBER(1), NUMBER(2), NUMBER(3), &n);

  append_owned_numbers(out, ticks, n);
}

static void
run_log_label(char **args, guint n_args, GString *out)
{
  gboolean shown = pk_log_tick_has_label(NUMBER(0), NUMBER(1), NUMBER(2), (gsize)NUMBER(3));

  reference_append_number(out, shown);
}

static void
run_time_ticks(char **args, guint n_args, GString *out)
{
  gsize n;
  double *ticks = pk_ticks_time(NUMBER(0), NUMBER(1), NUMBER(2), TRUE, &n);

  append_owned_numbers(out, ticks, n);
}

static void
run_interval(char **args, guint n_args, GString *out)
{
  PkTimeInterval interval;
  double v[3];

  g_assert_true(pk_time_interval_parse(args[0], NUMBER(1), &interval, NULL));
  v[0] = pk_time_interval_floor(&interval, NUMBER(2));
  v[1] = pk_time_interval_ceil(&interval, NUMBER(2));
  v[2] = pk_time_interval_offset(&interval, NUMBER(2), NUMBER(3));
  reference_append_numbers(out, v, 3);
}

static void
run_interval_ticks(char **args, guint n_args, GString *out)
{
  PkTimeInterval interval;
  gsize n;
  double *ticks;

  g_assert_true(pk_time_interval_parse(args[0], NUMBER(1), &interval, NULL));
  ticks = pk_ticks_time_interval(NUMBER(2), NUMBER(3), &interval, &n);
  append_owned_numbers(out, ticks, n);
}

static void
run_tick_count(char **args, guint n_args, GString *out)
{
  PkTickKind kind = strcmp(args[0], "linear") == 0 ? PK_TICK_LINEAR
                  : strcmp(args[0], "log") == 0 ? PK_TICK_LOG : PK_TICK_TIME;

  reference_append_number(out, pk_tick_count(kind, NUMBER(1), NUMBER(2), NUMBER(3), NUMBER(4),
                                             (gsize)NUMBER(5)));
}

static void
run_bin(char **args, guint n_args, GString *out)
{
  PkBinParams p = { .extent = { NUMBER(0), NUMBER(1) }, .maxbins = NUMBER(2), .base = NUMBER(3),
                    .step = NUMBER(4), .minstep = NUMBER(5), .span = NUMBER(6), .not_nice = NUMBER(7) != 0,
                    .has_anchor = !isnan(NUMBER(8)), .anchor = NUMBER(8) };
  PkBins bins;
  double v[5];

  g_assert_true(pk_bin(&p, &bins, NULL));
  v[0] = bins.start;
  v[1] = bins.stop;
  v[2] = bins.step;
  v[3] = pk_bin_floor(&bins, NUMBER(9));
  v[4] = pk_bin_floor(&bins, NUMBER(10));
  reference_append_numbers(out, v, 5);
}

static void
run_time_unit(char **args, guint n_args, GString *out)
{
  PkCalendarUnit unit;
  double v[3];

  g_assert_true(pk_calendar_unit_parse(args[0], &unit, NULL));
  unit.step = NUMBER(1);
  v[0] = pk_calendar_unit_floor(&unit, NUMBER(2));
  v[1] = pk_calendar_unit_end(&unit, v[0]);
  v[2] = pk_calendar_unit_duration(&unit);
  reference_append_numbers(out, v, 3);
}

static void
run_time_unit_specifier(char **args, guint n_args, GString *out)
{
  PkCalendarUnit unit;

  g_assert_true(pk_calendar_unit_parse(args[0], &unit, NULL));
  append_owned(out, pk_calendar_unit_specifier(&unit));
}

static void
run_time_unit_for_extent(char **args, guint n_args, GString *out)
{
  PkCalendarUnit unit;

  pk_calendar_unit_for_extent(NUMBER(0), NUMBER(1), NUMBER(2), &unit);
  append_owned(out, pk_calendar_unit_title(&unit));
  g_string_append_c(out, ' ');
  reference_append_number(out, unit.step);
}

static void
run_number(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_format_number(args[0], NUMBER(1), NULL));
}

static void
run_span(char **args, guint n_args, GString *out)
{
  PkNumFormat format;
  const char *specifier = strcmp(args[3], "null") == 0 ? NULL : args[3];

  g_assert_true(pk_num_format_init_span(&format, NUMBER(0), NUMBER(1), NUMBER(2), specifier, NULL));
  append_owned(out, pk_num_format_apply(&format, NUMBER(4)));
}

static void
run_float(char **args, guint n_args, GString *out)
{
  PkNumFormat format;

  g_assert_true(pk_num_format_init_float(&format, args[0], NULL));
  append_owned(out, pk_num_format_apply(&format, NUMBER(1)));
}

static void
run_to_string(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_ecma_number_to_string(NUMBER(0)));
}

static void
run_to_fixed(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_ecma_to_fixed(NUMBER(0), (int)NUMBER(1)));
}

static void
run_to_exponential(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_ecma_to_exponential(NUMBER(0), (int)NUMBER(1)));
}

static void
run_to_precision(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_ecma_to_precision(NUMBER(0), (int)NUMBER(1)));
}

static void
run_to_number(char **args, guint n_args, GString *out)
{
  reference_append_number(out, pk_ecma_string_to_number(args[0]));
}

static void
run_time_format(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_time_format(args[0], NUMBER(1)));
}

static void
run_multi_format(char **args, guint n_args, GString *out)
{
  append_owned(out, pk_time_format_multi(NULL, NUMBER(0)));
}

static void
run_time_parse(char **args, guint n_args, GString *out)
{
  double ms;

  if (pk_time_parse(args[0], args[1], &ms))
    reference_append_number(out, ms);
  else
    g_string_append(out, "null");
}

static void
run_fields(char **args, guint n_args, GString *out)
{
  reference_append_number(out, pk_ms_from_fields(NUMBER(0), NUMBER(1), NUMBER(2), NUMBER(3), NUMBER(4),
                                                 NUMBER(5), NUMBER(6)));
}

static void
append_color(GString *out, const PkColor *color)
{
  append_owned(out, pk_color_to_hex(color));
  g_string_append_printf(out, " %.5g", pk_color_alpha(color));
}

static void
run_color(char **args, guint n_args, GString *out)
{
  PkColor color;

  if (pk_color_parse(args[0], &color))
    append_color(out, &color);
  else
    g_string_append(out, "null");
}

static void
run_interpolate(char **args, guint n_args, GString *out)
{
  PkColorSpace space;
  PkColor a, b, c;

  g_assert_true(pk_color_space_parse(args[0], &space, NULL));
  g_assert_true(pk_color_parse(args[2], &a) && pk_color_parse(args[3], &b));
  c = pk_color_interpolate(space, NUMBER(1), &a, &b, NUMBER(4));
  append_color(out, &c);
}

static const struct {
  const char *op;
  ReferenceFunc func;
} operations[] = {
  { "ticks", run_ticks }, { "step", run_step }, { "nice", run_nice }, { "nicelog", run_nice_log },
  { "nicetime", run_nice_time }, { "logticks", run_log_ticks }, { "loglabel", run_log_label },
  { "timeticks", run_time_ticks }, { "ival", run_interval }, { "ivalticks", run_interval_ticks },
  { "tickcount", run_tick_count }, { "bin", run_bin }, { "tu", run_time_unit },
  { "tuspec", run_time_unit_specifier }, { "tubin", run_time_unit_for_extent }, { "num", run_number },
  { "span", run_span }, { "float", run_float }, { "str", run_to_string }, { "fixed", run_to_fixed },
  { "exp", run_to_exponential }, { "prec", run_to_precision }, { "num2", run_to_number },
  { "time", run_time_format }, { "multi", run_multi_format }, { "tparse", run_time_parse },
  { "utc", run_fields }, { "color", run_color }, { "interp", run_interpolate },
};

static void
test_reference(gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE(data);

  reference_run("math.tsv", operations[i].op, 0, operations[i].func);
}

/* Every day of ±20,000 years is followed by the next one. */
static void
test_calendar_days(void)
{
  gint64 year = 0;
  int month = 0, day = 0;

  for (gint64 days = -20000 * 366; days < 20000 * 366; days++) {
    gint64 y;
    int m, d;

    pk_civil_from_days(days, &y, &m, &d);
    g_assert_cmpint(pk_days_from_civil(y, m, d), ==, days);
    if (days > -20000 * 366)
      g_assert_true((d == day + 1 && m == month && y == year) || (d == 1 && m == month + 1 && y == year)
                    || (d == 1 && m == 1 && month == 12 && y == year + 1));
    year = y;
    month = m;
    day = d;
  }
}

static void
test_calendar_extremes(void)
{
  PkCivil c;
  g_autofree char *far = pk_time_format("%Y-%m-%d", 253402300800000.0);
  g_autofree char *invalid = pk_time_format("%Y", NAN);

  pk_civil_from_ms(-62198755200000.0 - 1, &c); /* the last instant of the year -2 */
  g_assert_cmpint(c.year, ==, -2);
  g_assert_cmpint(c.yearday, ==, 364);
  g_assert_cmpint(c.millisecond, ==, 999);
  pk_civil_from_ms(8.64e15, &c);
  g_assert_cmpint(c.year, ==, 275760);
  g_assert_cmpint(c.month, ==, 8);
  g_assert_cmpint(c.day, ==, 13);
  g_assert_true(isnan(pk_ms_from_fields(275760, 8, 13, 0, 0, 0, 1)));
  g_assert_true(isnan(pk_ms_from_fields(NAN, 0, 1, 0, 0, 0, 0)));
  g_assert_cmpfloat(pk_ms_from_fields(68, 0, 1, 0, 0, 0, 0), ==, -60021302400000.0);
  g_assert_cmpstr(far, ==, "0000-01-01"); /* the year modulo 10,000, as in d3 */
  g_assert_cmpstr(invalid, ==, "Invalid Date");
}

static void
test_iso_weeks(void)
{
  gint64 year;

  g_assert_cmpint(pk_iso_week(pk_ms_from_fields(2021, 0, 3, 23, 0, 0, 0), &year), ==, 53);
  g_assert_cmpint(year, ==, 2020);
  g_assert_cmpint(pk_iso_week(pk_ms_from_fields(2018, 11, 31, 0, 0, 0, 0), &year), ==, 1);
  g_assert_cmpint(year, ==, 2019);
}

static void
test_time_unit_names(void)
{
  PkCalendarUnit unit;
  g_autoptr(GError) error = NULL;
  g_autofree char *title = NULL;

  g_assert_true(pk_calendar_unit_parse("binnedutcyearmonthdate", &unit, &error));
  g_assert_no_error(error);
  g_assert_true(unit.utc && unit.binned);
  title = pk_calendar_unit_title(&unit);
  g_assert_cmpstr(title, ==, "year-month-date");
  g_assert_cmpint(pk_calendar_unit_smallest(&unit), ==, PK_TIME_DATE);
  g_assert_false(pk_calendar_unit_parse("binnedmonth", &unit, NULL));
  g_assert_false(pk_calendar_unit_parse("dateyear", &unit, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, "\"dateyear\""));
}

static void
test_bad_arguments(void)
{
  g_autoptr(GError) error = NULL;
  PkBinParams params = { .extent = { 0, INFINITY } };
  PkTimeInterval interval;
  PkColorSpace space;
  PkBins bins;

  g_assert_null(pk_format_number("1.2.3", 1, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
  g_clear_error(&error);
  g_assert_false(pk_bin(&params, &bins, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(pk_time_interval_parse("fortnight", 1, &interval, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(pk_time_interval_parse("month", 0, &interval, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_false(pk_color_space_parse("cmyk", &space, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
}

/* Requests that would make endless ticks make none. */
static void
test_too_many_ticks(void)
{
  const PkTimeInterval second = { PK_INTERVAL_SECOND, 1 };
  gsize n;

  g_free(pk_ticks_linear(0, 1, 1e9, &n));
  g_assert_cmpuint(n, ==, 0);
  g_free(pk_ticks_time_interval(0, 4e12, &second, &n));
  g_assert_cmpuint(n, ==, 0);
  g_free(pk_ticks_linear(0, INFINITY, 10, &n));
  g_assert_cmpuint(n, ==, 0);
  g_free(pk_ticks_log(0, 10, 10, 10, &n));
  g_assert_cmpuint(n, ==, 0);
}

/* time scales count every second day within the month, utc scales from the epoch. */
static void
test_two_day_ticks(void)
{
  double start = pk_ms_from_fields(2012, 0, 26, 0, 0, 0, 0), stop = start + 12 * PK_MS_DAY;
  gsize n;
  g_autofree double *local = pk_ticks_time(start, stop, 7, FALSE, &n);

  g_assert_cmpuint(n, ==, 7);
  g_assert_cmpfloat(local[3], ==, pk_ms_from_fields(2012, 1, 1, 0, 0, 0, 0));
  g_assert_cmpfloat(local[2], ==, pk_ms_from_fields(2012, 0, 31, 0, 0, 0, 0));
}

static void
test_datum_order(void)
{
  const PkDatum sorted[] = {
    PK_DATUM_INIT_NULL, PK_DATUM_INIT_NUMBER(-1), PK_DATUM_INIT_BOOL(FALSE), PK_DATUM_INIT_BOOL(TRUE),
    PK_DATUM_INIT_NUMBER(2), PK_DATUM_INIT_NUMBER(10), PK_DATUM_INIT_STRING("10"), PK_DATUM_INIT_STRING("9"),
    PK_DATUM_INIT_STRING("a"), PK_DATUM_INIT_STRING("\xF0\x9F\x98\x80"),
    PK_DATUM_INIT_STRING("\xEF\xBF\xBD"),
  };
  g_autoptr(PkDatumIndex) index = pk_datum_index_new();

  for (gsize i = G_N_ELEMENTS(sorted); i-- > 0;)
    pk_datum_index_add(index, &sorted[i]);
  g_assert_cmpuint(pk_datum_index_add(index, &PK_DATUM_INIT_STRING("9")), ==, 3);
  pk_datum_index_sort(index, FALSE);
  g_assert_cmpuint(pk_datum_index_size(index), ==, G_N_ELEMENTS(sorted));
  for (gsize i = 0; i < G_N_ELEMENTS(sorted); i++) {
    g_assert_true(pk_datum_equal(pk_datum_index_get(index, i), &sorted[i]));
    g_assert_cmpint(pk_datum_index_find(index, &sorted[i]), ==, i);
  }
  g_assert_cmpint(pk_datum_index_find(index, &PK_DATUM_INIT_STRING("b")), ==, -1);
}

static void
test_bin_boundaries(void)
{
  PkBinParams params = { .extent = { 1.1, 9.7 }, .maxbins = 10 };
  PkBins bins;
  gsize n;
  g_autofree double *edges = NULL;

  g_assert_true(pk_bin(&params, &bins, NULL));
  edges = pk_bin_boundaries(&bins, &n);
  g_assert_cmpuint(n, ==, 10);
  g_assert_cmpfloat(edges[0], ==, 1);
  g_assert_cmpfloat(edges[9], ==, 10);
  g_assert_cmpfloat(pk_bin_floor(&bins, 10), ==, 9); /* the last bin holds its end */
  g_assert_true(isnan(pk_bin_floor(&bins, NAN)));
}

static void
test_color_luminance(void)
{
  PkColor white = pk_color_from_rgb(0xffffff), grey = pk_color_from_rgb(0x777777);

  g_assert_cmpfloat_with_epsilon(pk_color_luminance(&white), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon(pk_color_luminance(&grey), 0.18447499, 1e-6);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
    g_autofree char *path = g_strdup_printf("/math/reference/%s", operations[i].op);

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reference);
  }
  g_test_add_func("/math/calendar/days", test_calendar_days);
  g_test_add_func("/math/calendar/extremes", test_calendar_extremes);
  g_test_add_func("/math/calendar/iso-weeks", test_iso_weeks);
  g_test_add_func("/math/timeunit/names", test_time_unit_names);
  g_test_add_func("/math/errors", test_bad_arguments);
  g_test_add_func("/math/ticks/too-many", test_too_many_ticks);
  g_test_add_func("/math/ticks/two-days", test_two_day_ticks);
  g_test_add_func("/math/datum/order", test_datum_order);
  g_test_add_func("/math/bin/boundaries", test_bin_boundaries);
  g_test_add_func("/math/color/luminance", test_color_luminance);
  return g_test_run();
}
