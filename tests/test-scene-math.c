/* Scales, schemes, curves, symbols and text extents, against recorded answers of d3 and vega and
 * by hand. */
#include "pk-curve.h"
#include "pk-error.h"
#include "pk-overlap.h"
#include "pk-scale.h"
#include "pk-shade.h"
#include "pk-symbol.h"
#include "pk-textmeasure.h"
#include "pk-tickformat.h"

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

static PkScale *
new_scale(const char *type_name, const char *domain)
{
  PkScaleType type;
  PkScale *scale;
  gsize n;
  g_autofree double *values = reference_numbers(domain, &n);

  g_assert_true(pk_scale_type_parse(type_name, &type, NULL));
  scale = pk_scale_new(type);
  pk_scale_set_domain(scale, values, n);
  return scale;
}

static void
append_array(GArray *array, const double *values, gsize n)
{
  g_array_append_vals(array, values, n);
}

/* type, domain, range, base, exponent, constant, clamp, round, nice, padding, x, y, tick count: the
 * place of x, the value at y, the domain and the ticks. */
static void
run_scale(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);
  g_autoptr(GArray) answer = g_array_new(FALSE, FALSE, sizeof(double));
  gsize n;
  g_autofree double *range = reference_numbers(args[2], &n), *ticks = NULL;
  const double *domain;
  double places[2];

  pk_scale_set_range(scale, range, n);
  pk_scale_set_base(scale, NUMBER(3));
  if (strcmp(args[0], "pow") == 0)
    pk_scale_set_exponent(scale, NUMBER(4));
  pk_scale_set_constant(scale, NUMBER(5));
  pk_scale_set_clamp(scale, NUMBER(6) != 0);
  pk_scale_set_round(scale, NUMBER(7) != 0);
  pk_scale_pad_domain(scale, NUMBER(9));
  if (NUMBER(8) != 0)
    pk_scale_nice(scale, NUMBER(8));
  places[0] = pk_scale_apply(scale, NUMBER(10));
  places[1] = pk_scale_invert(scale, NUMBER(11));
  append_array(answer, places, 2);
  domain = pk_scale_get_domain(scale, &n);
  append_array(answer, domain, n);
  ticks = pk_scale_ticks(scale, NUMBER(12), &n);
  append_array(answer, ticks, n);
  reference_append_numbers(out, (const double *)(gconstpointer)answer->data, answer->len);
}

static void
run_label(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);
  const char *specifier = strcmp(args[3], "null") == 0 ? NULL : args[3];
  g_autoptr(PkTickFormat) format = pk_tick_format_new(scale, NUMBER(2), specifier, PK_TICK_FORMAT_AUTO,
                                                      FALSE, NULL);
  gsize n;
  g_autofree double *ticks = pk_scale_ticks(scale, NUMBER(2), &n);

  g_assert_nonnull(format);
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      g_string_append_c(out, '|');
    append_owned(out, pk_tick_format_apply(format, ticks[i]));
  }
}

static void
run_slot(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);

  pk_scale_set_range_slots(scale, (gsize)NUMBER(2));
  reference_append_number(out, (double)pk_scale_slot(scale, NUMBER(3)));
}

static void
run_thresholds(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);
  g_autofree double *thresholds = NULL;
  gsize n;

  pk_scale_set_range_slots(scale, (gsize)NUMBER(2));
  thresholds = pk_scale_thresholds(scale, &n);
  reference_append_numbers(out, thresholds, n);
}

static void
run_band(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], "0,1");
  double range[] = { NUMBER(2), NUMBER(3) }, v[5];

  pk_scale_set_count(scale, (gsize)NUMBER(1));
  pk_scale_set_range(scale, range, 2);
  pk_scale_set_padding(scale, NUMBER(4), NUMBER(5));
  pk_scale_set_align(scale, NUMBER(6));
  pk_scale_set_round(scale, NUMBER(7) != 0);
  v[0] = pk_scale_apply_index(scale, (gsize)NUMBER(8));
  v[1] = pk_scale_bandwidth(scale);
  v[2] = pk_scale_step(scale);
  v[3] = (double)pk_scale_invert_band(scale, NUMBER(9));
  v[4] = pk_band_space((gsize)NUMBER(1), NUMBER(4), NUMBER(5));
  reference_append_numbers(out, v, 5);
}

static void
append_scale_color(GString *out, const PkScale *scale, double x)
{
  PkColor color;

  append_owned(out, pk_scale_color(scale, x, &color) ? pk_color_to_hex(&color) : g_strdup("null"));
}

static void
run_scheme_color(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);
  PkColorRamp ramp = pk_color_ramp_for_scheme(pk_scheme_find(args[2]));
  gsize n;
  g_autofree double *extent = reference_numbers(args[3], &n);

  pk_scale_set_clamp(scale, NUMBER(5) != 0);
  if (n == 2)
    memcpy(ramp.extent, extent, sizeof ramp.extent);
  pk_scale_set_range_ramp(scale, &ramp);
  if (NUMBER(4) != 0)
    pk_scale_reverse(scale);
  append_scale_color(out, scale, NUMBER(6));
}

static void
run_listed_color(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = new_scale(args[0], args[1]);
  g_auto(GStrv) names = g_strsplit(args[2], ";", -1);
  gsize n = g_strv_length(names);
  g_autofree PkColor *colors = g_new(PkColor, n);
  PkColorSpace space;

  for (gsize i = 0; i < n; i++)
    g_assert_true(pk_color_parse(names[i], &colors[i]));
  g_assert_true(pk_color_space_parse(args[3], &space, NULL));
  pk_scale_set_range_colors(scale, colors, n, space, 1);
  if (NUMBER(4) != 0)
    pk_scale_reverse(scale);
  append_scale_color(out, scale, NUMBER(5));
}

static void
run_ordinal_color(char **args, guint n_args, GString *out)
{
  g_autoptr(PkScale) scale = pk_scale_new(PK_SCALE_ORDINAL);
  PkColorRamp ramp = pk_color_ramp_for_scheme(pk_scheme_find(args[1]));
  PkColor color;

  pk_scale_set_count(scale, (gsize)NUMBER(0));
  pk_scale_set_range_ramp(scale, &ramp);
  if (NUMBER(2) != 0)
    pk_scale_reverse(scale);
  g_assert_true(pk_scale_color_index(scale, (gsize)NUMBER(3), &color));
  append_owned(out, pk_color_to_hex(&color));
}

/* The segments as they are, which SVG's path data does not show for arcs. */
static void
append_path(GString *out, const PkPath *path)
{
  static const struct { char letter; int n; } ops[] = {
    [PK_PATH_MOVE] = { 'M', 2 }, [PK_PATH_LINE] = { 'L', 2 }, [PK_PATH_CUBIC] = { 'C', 6 },
    [PK_PATH_ARC] = { 'A', 5 }, [PK_PATH_CLOSE] = { 'Z', 0 },
  };

  for (gsize i = 0; i < path->n; i++) {
    const PkPathSegment *s = &path->segments[i];

    g_string_append_c(out, ops[s->op].letter);
    for (int k = 0; k < ops[s->op].n; k++)
      g_string_append_printf(out, "%s%.4f", k > 0 ? "," : "", fabs(s->v[k]) < 5e-5 ? 0 : s->v[k]);
  }
}

/* type, tension, orient, x, y, and the other edge of an area. */
static void
run_curve(char **args, GString *out, gboolean area)
{
  PkCurve curve = { .tension = NUMBER(1), .horizontal = strcmp(args[2], "horizontal") == 0 };
  g_autoptr(PkPath) path = pk_path_new();
  gsize n;
  g_autofree double *x = reference_numbers(args[3], &n), *y = reference_numbers(args[4], &n);
  g_autofree double *z = reference_numbers(args[5], &n);
  g_autofree PkPoint *points = g_new(PkPoint, n), *base = g_new(PkPoint, n);

  g_assert_true(pk_curve_type_parse(args[0], &curve.type, NULL));
  for (gsize i = 0; i < n; i++) {
    points[i] = (PkPoint){ x[i], y[i] };
    base[i] = curve.horizontal ? (PkPoint){ z[i], y[i] } : (PkPoint){ x[i], z[i] };
  }
  if (area)
    pk_curve_area(&curve, points, base, n, path);
  else
    pk_curve_line(&curve, points, n, path);
  append_path(out, path);
}

static void
run_line(char **args, guint n_args, GString *out)
{
  run_curve(args, out, FALSE);
}

static void
run_area(char **args, guint n_args, GString *out)
{
  run_curve(args, out, TRUE);
}

static void
run_symbol(char **args, guint n_args, GString *out)
{
  g_autoptr(PkPath) path = pk_path_new();
  g_autoptr(GError) error = NULL;

  pk_symbol_path(args[0], NUMBER(1), path, &error);
  g_assert_no_error(error);
  append_path(out, path);
}

static void
run_box(char **args, guint n_args, GString *out)
{
  g_auto(GStrv) lines = g_strsplit(args[0], "\\n", -1);
  g_autofree char *text = g_strjoinv("\n", lines);
  PkTextStyle style = { .font_size = NUMBER(1) };
  PkTextPlace place = { .x = NUMBER(2), .y = NUMBER(3), .dx = NUMBER(4), .dy = NUMBER(5),
                        .radius = NUMBER(6), .theta = NUMBER(7), .angle = NUMBER(8), .limit = NUMBER(11),
                        .line_height = NUMBER(12) };
  PkBox box;

  g_assert_true(pk_text_align_parse(args[9], &place.align, NULL));
  g_assert_true(pk_text_baseline_parse(args[10], &place.baseline, NULL));
  box = pk_text_box(NULL, text, &style, &place);
  reference_append_numbers(out, (double[]){ box.x1, box.y1, box.x2, box.y2 }, 4);
}

static void
run_truncate(char **args, guint n_args, GString *out)
{
  PkTextStyle style = { .font_size = NUMBER(1) };

  append_owned(out, pk_text_truncate(NULL, args[0], &style, NUMBER(2)));
}

/* method, separation, boxes, whether to bound, the bound, its tolerance. */
static void
run_overlap(char **args, guint n_args, GString *out)
{
  PkOverlapMethod method = strcmp(args[0], "greedy") == 0 ? PK_OVERLAP_GREEDY : PK_OVERLAP_PARITY;
  gsize n;
  g_autofree double *v = reference_numbers(args[2], &n);
  g_autofree PkBox *boxes = g_new(PkBox, n / 4);
  g_autofree gboolean *shown = g_new(gboolean, n / 4);

  n /= 4;
  for (gsize i = 0; i < n; i++)
    boxes[i] = (PkBox){ v[4 * i], v[4 * i + 1], v[4 * i + 2], v[4 * i + 3] };
  pk_overlap(method, boxes, n, NUMBER(1), shown);
  if (NUMBER(3) != 0)
    pk_overlap_bound(boxes, n, FALSE, 0, NUMBER(4), NUMBER(5), shown);
  for (gsize i = 0; i < n; i++)
    g_string_append_c(out, shown[i] ? '1' : '0');
}

static const struct {
  const char *op;
  ReferenceFunc func;
} operations[] = {
  { "scale", run_scale }, { "label", run_label }, { "slot", run_slot }, { "thr", run_thresholds },
  { "band", run_band }, { "colscheme", run_scheme_color }, { "collist", run_listed_color },
  { "ordinal", run_ordinal_color }, { "line", run_line }, { "area", run_area }, { "symbol", run_symbol },
  { "box", run_box }, { "trunc", run_truncate }, { "overlap", run_overlap },
};

static void
test_reference(gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE(data);

  /* Paths are recorded to 4 decimals. */
  reference_run("scene.tsv", operations[i].op, 2e-4, operations[i].func);
}

static void
test_domain_by_value(void)
{
  g_autoptr(PkScale) scale = pk_scale_new(PK_SCALE_BAND), copy = NULL;
  g_autoptr(PkDatumIndex) values = pk_datum_index_new();
  const double range[] = { 0, 60 };

  pk_datum_index_add(values, &PK_DATUM_INIT_STRING("a"));
  pk_datum_index_add(values, &PK_DATUM_INIT_NUMBER(1));
  pk_datum_index_add(values, &PK_DATUM_INIT_NULL);
  pk_scale_set_values(scale, values);
  pk_scale_set_range(scale, range, 2);
  copy = pk_scale_copy(scale);
  g_assert_cmpfloat(pk_scale_apply_datum(copy, &PK_DATUM_INIT_NUMBER(1)), ==, 20);
  g_assert_cmpfloat(pk_scale_apply_datum(copy, &PK_DATUM_INIT_NULL), ==, 40);
  g_assert_true(isnan(pk_scale_apply_datum(copy, &PK_DATUM_INIT_STRING("1"))));
}

static void
test_range_labels(void)
{
  g_autoptr(PkScale) scale = new_scale("threshold", "0.5,1.25,2");
  g_autoptr(PkTickFormat) format = pk_tick_format_new_thresholds(scale, NULL, NULL);
  g_autofree char *below = pk_tick_format_apply_range(format, -INFINITY, 0.5);
  g_autofree char *between = pk_tick_format_apply_range(format, 0.5, 1.25);
  g_autofree char *above = pk_tick_format_apply_range(format, 2, INFINITY);

  g_assert_cmpstr(below, ==, "< 0.50");
  g_assert_cmpstr(between, ==, "0.50 \xE2\x80\x93 1.25");
  g_assert_cmpstr(above, ==, "\xE2\x89\xA5 2.00");
}

static void
test_multi_format_copies(void)
{
  char year[] = "'%y";
  g_autoptr(PkTickFormat) format = pk_tick_format_new_multi(&(PkTimeMultiFormat){ .year = year });
  g_autofree char *label = NULL, *month = NULL;

  memset(year, 'x', 3);
  label = pk_tick_format_apply(format, 1325376000000.0);
  month = pk_tick_format_apply(format, 1328054400000.0);
  g_assert_cmpstr(label, ==, "'12");
  g_assert_cmpstr(month, ==, "February");
}

static void
test_scheme_names(void)
{
  const PkScheme *scheme;
  guint count;
  g_autoptr(GError) error = NULL;
  gsize n;
  const PkScheme *all = pk_scheme_list(&n);

  for (gsize i = 0; i < n; i++) {
    g_assert_true(pk_scheme_find(all[i].name) == &all[i]);
    g_assert_cmpuint(all[i].n, >=, 7);
  }
  g_assert_true(pk_scheme_parse("RedYellowBlue-9", &scheme, &count, &error));
  g_assert_cmpuint(count, ==, 9);
  g_assert_cmpstr(scheme->name, ==, "redyellowblue");
  g_assert_true(pk_scheme_parse("tableau20", &scheme, &count, &error));
  g_assert_cmpuint(count, ==, 0);
  g_assert_false(pk_scheme_parse("blurple", &scheme, &count, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
}

static void
test_svg_round_trip(void)
{
  static const struct { const char *in, *out; } cases[] = {
    { "M0,0h10v10H0z", "M0,0L10,0L10,10L0,10Z" },
    { "m1 1 2 2-1 0z m1,1l1,1", "M1,1L3,3L2,3ZM2,2L3,3" },
    { "M.5.5.75-1e1", "M0.5,0.5L0.75,-10" },
    { "M0 0Q3 3 6 0T12 0", "M0,0C2,2,4,2,6,0C8,-2,10,-2,12,0" },
    { "M0 0C1 1 2 1 3 0S5 -1 6 0", "M0,0C1,1,2,1,3,0C4,-1,5,-1,6,0" },
    { "M0 0A0 5 0 0 1 3 4", "M0,0L3,4" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(PkPath) path = pk_path_new();
    g_autofree char *out = NULL;

    g_assert_true(pk_path_append_svg(path, cases[i].in, 1, NULL));
    out = pk_path_to_svg(path, 3);
    g_assert_cmpstr(out, ==, cases[i].out);
  }
}

static void
test_svg_errors(void)
{
  static const char *const bad[] = { "L1,1", "M1", "M1,1x2", "M1,1L2", "M1,1a1,1,0,2,0,3,3", "M1,infinity",
                                     "M1,1,2", "M1e999,1" };

  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_autoptr(PkPath) path = pk_path_new();
    g_autoptr(GError) error = NULL;

    pk_path_move_to(path, 7, 8);
    g_assert_false(pk_path_append_svg(path, bad[i], 1, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
    g_assert_cmpuint(path->n, ==, 1);
    g_assert_cmpfloat(path->x, ==, 7);
  }
}

static void
test_path_bounds(void)
{
  g_autoptr(PkPath) path = pk_path_new();
  double x0, y0, x1, y1;

  g_assert_false(pk_path_bounds(path, &x0, &y0, &x1, &y1));
  g_assert_true(pk_path_append_svg(path, "M0,0C0,8,8,8,8,0", 1, NULL));
  g_assert_true(pk_path_bounds(path, &x0, &y0, &x1, &y1));
  g_assert_cmpfloat_with_epsilon(y1, 6, 1e-9);
  g_assert_cmpfloat_with_epsilon(x1, 8, 1e-9);
  pk_path_arc(path, 0, 0, 10, 0, G_PI, FALSE);
  g_assert_true(pk_path_bounds(path, &x0, &y0, &x1, &y1));
  g_assert_cmpfloat_with_epsilon(x0, -10, 1e-9);
  g_assert_cmpfloat_with_epsilon(y1, 10, 1e-9);
  g_assert_cmpfloat_with_epsilon(y0, 0, 1e-9);
}

static void
test_full_circle_svg(void)
{
  g_autoptr(PkPath) path = pk_path_new();
  g_autofree char *out = NULL;

  g_assert_true(pk_symbol_path("circle", 16, path, NULL));
  out = pk_path_to_svg(path, 2);
  g_assert_cmpstr(out, ==, "M2,0A2,2,0,0,1,-2,0A2,2,0,0,1,2,0");
}

static void
test_symbol_names(void)
{
  gsize n;
  const char *const *names = pk_symbol_default_range(&n);
  g_autoptr(PkPath) path = pk_path_new();
  g_autoptr(GError) error = NULL;

  g_assert_cmpuint(n, ==, 8);
  for (gsize i = 0; i < n; i++)
    g_assert_true(pk_symbol_is_builtin(names[i]));
  g_assert_false(pk_symbol_path("heart", 16, path, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_PARSE);
}

static double
measure_constant(const char *text, const PkTextStyle *style, gpointer data)
{
  return (double)strlen(text) * *(double *)data;
}

static void
test_own_measure(void)
{
  double each = 3;
  PkTextMeasure measure = { measure_constant, &each };
  PkTextStyle style = { .font_size = 10 };
  g_autofree char *cut = pk_text_truncate(&measure, " abcdefghij ", &style, 25);

  g_assert_cmpfloat(pk_text_width(&measure, " abc ", &style), ==, 9);
  g_assert_cmpfloat(pk_text_width(NULL, " abc ", &style), ==, 24);
  g_assert_cmpstr(cut, ==, "abcde\xE2\x80\xA6"); /* below 25 - 9 */
}

static void
test_scale_names(void)
{
  PkScaleType type;
  g_autoptr(GError) error = NULL;

  for (int t = PK_SCALE_IDENTITY; t <= PK_SCALE_BIN_ORDINAL; t++) {
    g_assert_true(pk_scale_type_parse(pk_scale_type_name(t), &type, NULL));
    g_assert_cmpint(type, ==, t);
    g_assert_cmpint(pk_scale_type_is_continuous(t) + pk_scale_type_is_discrete(t)
                    + pk_scale_type_is_discretizing(t), ==, 1);
  }
  g_assert_false(pk_scale_type_parse("cubic", &type, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_INVALID);
}

/* A scale that is asked for what it has not answers with NAN, FALSE or -1. */
static void
test_wrong_questions(void)
{
  g_autoptr(PkScale) linear = new_scale("linear", "0,10"), band = pk_scale_new(PK_SCALE_BAND);
  PkColor color;

  g_assert_false(pk_scale_color(linear, 5, &color));
  g_assert_cmpint(pk_scale_slot(linear, 5), ==, -1);
  g_assert_true(isnan(pk_scale_apply_index(linear, 0)));
  g_assert_true(isnan(pk_scale_apply(linear, NAN)));
  g_assert_true(isnan(pk_scale_apply(band, 1)));
  g_assert_true(isnan(pk_scale_invert(band, 1)));
  g_assert_cmpfloat(pk_scale_bandwidth(linear), ==, 0);
}

static void
test_bins_as_ticks(void)
{
  g_autoptr(PkScale) scale = new_scale("linear", "0,10");
  const double range[] = { 100, 0 }, bins[] = { 0, 2, 4, 6, 8, 10, 12 };
  gsize n;
  g_autofree double *ticks = NULL;

  pk_scale_set_range(scale, range, 2);
  pk_scale_set_bins(scale, bins, G_N_ELEMENTS(bins));
  ticks = pk_scale_ticks(scale, pk_scale_tick_count(scale, 3, NAN), &n);
  g_assert_cmpuint(n, ==, 6); /* 12 lies outside */
  g_assert_cmpfloat(ticks[0], ==, 0);
  g_assert_cmpfloat(ticks[5], ==, 10);
}

/* --- shades --- */

/* The definition, count by count. */
static double
share_up_to(const gint64 *counts, guint n, gint64 count)
{
  guint used = 0, up_to = 0;
  for (guint i = 0; i < n; i++) {
    used += counts[i] > 0;
    up_to += counts[i] > 0 && counts[i] <= count;
  }
  return (double)up_to / used;
}

/* Counts small enough for a table, and too large for one. */
static void
test_shades(void)
{
  static const gint64 factors[] = { 1, 10000000 };
  for (guint f = 0; f < G_N_ELEMENTS(factors); f++) {
    const gint64 k = factors[f], counts[] = { 0, 3 * k, k, 0, k, 7 * k, 3 * k, 3 * k, 20 * k, 0 };
    g_auto(PkShades) shades = { 0 };
    pk_shades_init(&shades, PK_TRANSFER_EQUALIZE, counts, G_N_ELEMENTS(counts));
    g_assert_cmpint(shades.max, ==, 20 * k);
    g_assert_cmpuint(shades.n, ==, 4);
    double least = share_up_to(counts, G_N_ELEMENTS(counts), k);
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
      double share = share_up_to(counts, G_N_ELEMENTS(counts), counts[i]);
      double shade = counts[i] ? (share - least) / (1 - least) : 0;
      g_assert_cmpfloat_with_epsilon(pk_shades_at(&shades, counts[i]), shade, 1e-15);
      if (counts[i])
        g_assert_cmpfloat(pk_shades_at_rank(&shades, pk_shades_rank(&shades, counts[i])), ==, pk_shades_at(&shades, counts[i]));
    }
    g_assert_cmpuint(pk_shades_rank(&shades, 2 * k), ==, 1);
    g_assert_cmpint(pk_shades_invert(&shades, 0.999), ==, 7 * k);
  }
  const gint64 few[] = { 1, 4 }, none[] = { 0, 0 };
  g_auto(PkShades) linear = { 0 }, empty = { 0 };
  pk_shades_init(&linear, PK_TRANSFER_LINEAR, few, 2);
  g_assert_cmpfloat(pk_shades_at(&linear, 2), ==, 0.5);
  g_assert_cmpint(pk_shades_invert(&linear, 0.8), ==, 3);
  pk_shades_init(&empty, PK_TRANSFER_EQUALIZE, none, 2);
  g_assert_cmpfloat(pk_shades_at(&empty, 5), ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(operations); i++) {
    g_autofree char *path = g_strdup_printf("/scene-math/reference/%s", operations[i].op);

    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_reference);
  }
  g_test_add_func("/scene-math/scale/by-value", test_domain_by_value);
  g_test_add_func("/scene-math/scale/names", test_scale_names);
  g_test_add_func("/scene-math/scale/wrong-questions", test_wrong_questions);
  g_test_add_func("/scene-math/scale/bins", test_bins_as_ticks);
  g_test_add_func("/scene-math/labels/ranges", test_range_labels);
  g_test_add_func("/scene-math/labels/multi", test_multi_format_copies);
  g_test_add_func("/scene-math/scheme/names", test_scheme_names);
  g_test_add_func("/scene-math/path/svg", test_svg_round_trip);
  g_test_add_func("/scene-math/path/svg-errors", test_svg_errors);
  g_test_add_func("/scene-math/path/bounds", test_path_bounds);
  g_test_add_func("/scene-math/path/circle", test_full_circle_svg);
  g_test_add_func("/scene-math/symbol/names", test_symbol_names);
  g_test_add_func("/scene-math/text/own-measure", test_own_measure);
  g_test_add_func("/scene-math/shades", test_shades);
  return g_test_run();
}
