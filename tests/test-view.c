/* Views: pictures of one plot again and again, and the way from pixels to values and back. */
#include <pika/pika.h>

#include <cairo.h>
#include <math.h>
#include <string.h>

static PikaSession *session;

static void
run_sql(const char *sql)
{
  g_autoptr(GError) error = NULL;
  struct ArrowArrayStream stream = { 0 };
  pika_session_query(session, sql, &stream, NULL, NULL, &error);
  g_assert_no_error(error);
  stream.release(&stream);
}

/* Looked at by people: PIKA_TEST_PICTURES names a folder. */
static void
keep_picture(const PikaViewFrame *frame, const char *name)
{
  const char *folder = g_getenv("PIKA_TEST_PICTURES");
  guint width, height;
  gsize stride, length;
  if (!folder)
    return;
  GBytes *pixels = pika_view_frame_get_pixels(frame, &width, &height, &stride);
  g_autofree char *file = g_strdup_printf("%s/%s.png", folder, name);
  cairo_surface_t *surface = cairo_image_surface_create_for_data(
    (unsigned char *)g_bytes_get_data(pixels, &length), CAIRO_FORMAT_ARGB32, (int)width, (int)height, (int)stride);
  g_assert_cmpint(cairo_surface_write_to_png(surface, file), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy(surface);
}

static PikaView *
open_view(const char *spec)
{
  g_autoptr(GError) error = NULL;
  PikaView *view = pika_view_new(session, spec, -1, NULL, NULL, &error);
  g_assert_no_error(error);
  return view;
}

static PikaViewFrame *
render(PikaView *view, const PikaViewState *state, double width, double height, double ratio)
{
  g_autoptr(GError) error = NULL;
  PikaViewFrame *frame = pika_view_render(view, state, width, height, ratio, NULL, &error);
  g_assert_no_error(error);
  return frame;
}

#define SCATTER "{\"data\":{\"name\":\"pts\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"}," \
                "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"%s}%s}}"

static guint64
hash_pixels(const PikaViewFrame *frame)
{
  guint width, height;
  gsize stride;
  return g_bytes_hash(pika_view_frame_get_pixels(frame, &width, &height, &stride));
}

static void
test_picture(void)
{
  g_autofree char *spec = g_strdup_printf(SCATTER, "", ",\"color\":{\"field\":\"g\",\"type\":\"nominal\"}");
  g_autoptr(PikaView) view = open_view(spec);
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 2), again = render(view, NULL, 400, 300, 2);
  guint width, height;
  gsize stride, length;
  GBytes *pixels = pika_view_frame_get_pixels(frame, &width, &height, &stride);
  PikaBox area = pika_view_frame_get_area(frame);
  g_assert_cmpuint(width, ==, 800);
  g_assert_cmpuint(height, ==, 600);
  g_bytes_get_data(pixels, &length);
  g_assert_cmpuint(length, ==, stride * height);
  g_assert_cmpfloat(area.x, >=, 20);
  g_assert_cmpfloat(area.x + area.width, <=, 400);
  g_assert_cmpfloat(area.y + area.height, <=, 300);
  g_assert_cmpuint(hash_pixels(frame), ==, hash_pixels(again));
  g_assert_cmpuint(pika_view_frame_get_n_axes(frame), ==, 2);
  const PikaAxisInfo *x = pika_view_frame_find_axis(frame, "x"), *y = pika_view_frame_find_axis(frame, "y");
  g_assert_true(x->has_axis && y->has_axis);
  g_assert_cmpstr(x->field, ==, "x");
  g_assert_cmpint(x->kind, ==, PIKA_SCALE_LINEAR);
  g_assert_cmpfloat(x->axis.y, >=, area.y + area.height - 1);
  g_assert_cmpfloat(y->axis.x, <, area.x);
  g_assert_cmpuint(pika_view_frame_get_n_legend_entries(frame), ==, 3);
  const PikaLegendInfo *entry = pika_view_frame_get_legend_entry(frame, 0);
  g_assert_cmpstr(entry->label, ==, "a");
  g_assert_cmpstr(entry->value, ==, "\"a\"");
  g_assert_cmpstr(entry->field, ==, "g");
  g_assert_cmpfloat(entry->box.x, >=, area.x + area.width);
  g_assert_nonnull(strstr(pika_view_frame_get_summary(frame), "3,000 points of 3,000 rows"));
  g_assert_cmpint(pika_view_frame_get_receipt(frame)->rows_scanned, ==, 3000);
  keep_picture(frame, "scatter");
}

static void
test_zoom(void)
{
  static const char *const scales[] = { "", ",\"scale\":{\"type\":\"log\"}", ",\"scale\":{\"type\":\"sqrt\"}",
                                        ",\"scale\":{\"type\":\"symlog\"}", ",\"scale\":{\"reverse\":true}" };
  for (guint i = 0; i < G_N_ELEMENTS(scales); i++) {
    g_autofree char *spec = g_strdup_printf(SCATTER, scales[i], "");
    g_autoptr(PikaView) view = open_view(spec);
    g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
    g_autoptr(PikaViewState) state = pika_view_state_new();
    PikaBox area = pika_view_frame_get_area(frame);
    double at = area.y + area.height / 3, value = pika_view_frame_value_at(frame, "y", at), from, to;
    g_assert_cmpfloat_with_epsilon(pika_view_frame_pixel_at(frame, "y", value), at, 1e-6);
    g_assert_true(pika_view_frame_zoom(frame, "y", at, 2, &from, &to));
    g_assert_true(pika_view_state_set_domain(state, "y", from, to));
    g_autoptr(PikaViewFrame) zoomed = render(view, state, 400, 300, 1);
    const PikaAxisInfo *axis = pika_view_frame_find_axis(zoomed, "y");
    g_assert_cmpfloat(axis->from, ==, from);
    g_assert_cmpfloat(axis->to, ==, to);
    PikaBox now = pika_view_frame_get_area(zoomed);
    g_assert_cmpfloat(now.y, ==, area.y);
    g_assert_cmpfloat_with_epsilon(pika_view_frame_value_at(zoomed, "y", at), value, fabs(value) * 1e-9);
    /* Out again is where it came from, and a pan moves what was there. */
    double back[2], stretch, shift;
    g_assert_true(pika_view_frame_zoom(zoomed, "y", at, 0.5, &back[0], &back[1]));
    g_assert_cmpfloat_with_epsilon(back[0], pika_view_frame_find_axis(frame, "y")->from, 1e-6);
    g_assert_true(pika_view_frame_pan(zoomed, "y", 30, &from, &to));
    g_assert_true(pika_view_state_set_domain(state, "y", from, to));
    g_autoptr(PikaViewFrame) moved = render(view, state, 400, 300, 1);
    g_assert_cmpfloat_with_epsilon(pika_view_frame_value_at(moved, "y", at + 30), value, fabs(value) * 1e-9 + 1e-9);
    g_assert_true(pika_view_frame_stretch(zoomed, "y", from, to, &stretch, &shift));
    g_assert_cmpfloat_with_epsilon(stretch, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(shift, 30, 1e-6);
    g_assert_true(pika_view_frame_box(zoomed, "y", at + 20, at - 20, &from, &to));
    g_assert_cmpfloat_with_epsilon(from, pika_view_frame_value_at(zoomed, "y", i == 4 ? at - 20 : at + 20), 1e-9);
  }
}

static void
test_limits(void)
{
  g_autofree char *spec = g_strdup_printf(SCATTER, "", "");
  g_autoptr(PikaView) view = open_view(spec);
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
  g_autoptr(GError) error = NULL;
  double from, to;
  g_assert_false(pika_view_frame_zoom(frame, "y", 100, 1e300, &from, &to));
  g_assert_false(pika_view_frame_zoom(frame, "y", 100, 0, &from, &to));
  g_assert_false(pika_view_frame_zoom(frame, "z", 100, 2, &from, &to));
  g_assert_true(isnan(pika_view_frame_value_at(frame, "z", 0)));
  g_assert_null(pika_view_render(view, NULL, 0, 300, 1, NULL, &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_LIMIT);
  g_clear_error(&error);
  g_autoptr(PikaViewState) state = pika_view_state_new();
  pika_view_state_set_scheme(state, "nonsense");
  g_autoptr(PikaView) raster = open_view("{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\","
                                         "\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}");
  g_assert_null(pika_view_render(raster, state, 400, 300, 1, NULL, &error));
  g_assert_nonnull(strstr(error->message, "nonsense"));
  /* A tiny picture is a picture. */
  g_autoptr(PikaViewFrame) tiny = render(raster, NULL, 10, 10, 1);
  g_assert_nonnull(tiny);
}

/* Rows in the picture, by the raster's legend and by a count of our own, agree with what the domain shows. */
static void
test_raster(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\","
                                       "\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}");
  g_autoptr(PikaViewState) state = pika_view_state_new(), other = NULL;
  g_autoptr(PikaViewFrame) all = render(view, NULL, 500, 400, 1);
  g_assert_true(pika_view_frame_has_raster(all));
  g_assert_cmpint(pika_view_frame_get_receipt(all)->rows_scanned, ==, 200000);
  g_assert_nonnull(strstr(pika_view_frame_get_summary(all), "density raster of 200,000 rows"));
  keep_picture(all, "raster");
  pika_view_state_set_domain(state, "x", 0.2, 0.4);
  pika_view_state_set_domain(state, "y", 0.5, 0.55);
  g_autoptr(PikaViewFrame) zoomed = render(view, state, 500, 400, 1);
  g_assert_cmpuint(hash_pixels(all), !=, hash_pixels(zoomed));
  keep_picture(zoomed, "raster-zoomed");
  other = pika_view_state_copy(state);
  g_assert_true(pika_view_state_set_transfer(other, "log"));
  g_assert_false(pika_view_state_set_transfer(other, "square"));
  pika_view_state_set_scheme(other, "magma");
  g_autoptr(PikaViewFrame) shaded = render(view, other, 500, 400, 1);
  g_assert_cmpuint(hash_pixels(shaded), !=, hash_pixels(zoomed));
  keep_picture(shaded, "raster-shaded");
}

static void
test_line(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"series\"},\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"t\","
                                       "\"type\":\"temporal\"},\"y\":{\"field\":\"v\",\"type\":\"quantitative\"}}}");
  g_autoptr(PikaViewFrame) all = render(view, NULL, 500, 300, 1);
  g_autoptr(PikaViewState) state = pika_view_state_new();
  double from, to;
  g_assert_cmpint(pika_view_frame_find_axis(all, "x")->kind, ==, PIKA_SCALE_TIME);
  PikaBox area = pika_view_frame_get_area(all);
  g_assert_true(pika_view_frame_zoom(all, "x", area.x + 100, 50, &from, &to));
  pika_view_state_set_domain(state, "x", from, to);
  g_autoptr(PikaViewFrame) zoomed = render(view, state, 500, 300, 1);
  g_autofree char *text = pika_view_frame_format(zoomed, "x", from);
  g_assert_true(g_str_has_prefix(text, "2024-"));
  keep_picture(all, "line");
  keep_picture(zoomed, "line-zoomed");
}

static void
test_bars(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"pts\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"g\"},"
                                       "\"y\":{\"aggregate\":\"count\"}}}");
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
  double from, to;
  g_assert_cmpint(pika_view_frame_find_axis(frame, "x")->kind, ==, PIKA_SCALE_DISCRETE);
  g_assert_false(pika_view_frame_zoom(frame, "x", 100, 2, &from, &to));
  g_assert_null(pika_view_frame_find_axis(frame, "y")->field);
  g_autoptr(PikaViewState) state = pika_view_state_new();
  pika_view_state_set_domain(state, "y", 990, 1010);
  g_autoptr(PikaViewFrame) zoomed = render(view, state, 400, 300, 1);
  keep_picture(frame, "bars");
  keep_picture(zoomed, "bars-zoomed");
}

static void
test_state(void)
{
  g_autoptr(PikaViewState) state = pika_view_state_new();
  g_autoptr(GError) error = NULL;
  double from, to;
  g_assert_true(pika_view_state_equal(state, NULL));
  pika_view_state_set_domain(state, "x", 0.1, 1e300);
  pika_view_state_set_transfer(state, "log");
  pika_view_state_set_scheme(state, "magma");
  pika_view_state_set_hidden(state, "g", "\"b\"", TRUE);
  pika_view_state_set_hidden(state, "g", "null", TRUE);
  pika_view_state_set_filter_range(state, "y", 3, -2);
  pika_view_state_set_filter_values(state, "h", "[1,true,\"x\"]");
  pika_view_state_set_param(state, "p", "{\"x\":[1,2]}");
  g_assert_false(pika_view_state_set_param(state, "p", "{"));
  g_assert_false(pika_view_state_set_filter_values(state, "h", "1"));
  g_assert_false(pika_view_state_set_domain(state, "y", 1, 1));
  g_assert_false(pika_view_state_set_domain(state, "y", NAN, 1));
  g_autofree char *json = pika_view_state_to_json(state);
  g_autoptr(PikaViewState) read = pika_view_state_from_json(json, -1, &error);
  g_assert_no_error(error);
  g_assert_true(pika_view_state_equal(state, read));
  g_assert_true(pika_view_state_get_domain(read, "x", &from, &to));
  g_assert_cmpfloat(from, ==, 0.1);
  g_assert_cmpfloat(to, ==, 1e300);
  pika_view_state_clear_domain(read, "x");
  g_assert_false(pika_view_state_equal(state, read));
  pika_view_state_set_transfer(read, NULL);
  pika_view_state_set_scheme(read, NULL);
  pika_view_state_set_hidden(read, "g", "null", FALSE);
  pika_view_state_clear_hidden(read);
  pika_view_state_clear_filter(read, "y");
  pika_view_state_clear_filter(read, NULL);
  pika_view_state_set_param(read, "p", NULL);
  g_assert_true(pika_view_state_equal(NULL, read));
  static const char *const bad[] = { "[]", "{", "{\"domains\":{\"x\":[1]}}", "{\"domains\":{\"x\":[1,\"2\"]}}", "{\"zoom\":1}",
                                     "{\"hidden\":[]}", "{\"filters\":{\"x\":{\"range\":[1]}}}",
                                     "{\"params\":1}", "{\"transfer\":\"square\"}", "{\"scheme\":[]}" };
  for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_assert_null(pika_view_state_from_json(bad[i], -1, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
  }
}

/* --- filters, hidden series, parameters --- */

/* Equal pictures: the state's, and that of a specification that says the same. */
static void
assert_same(const char *spec, const PikaViewState *state, const char *other, const char *name)
{
  g_autoptr(PikaView) view = open_view(spec), plain = open_view(other);
  g_autoptr(PikaViewFrame) before = render(view, NULL, 400, 300, 1);
  g_autoptr(PikaViewFrame) frame = render(view, state, 400, 300, 1), expected = render(plain, NULL, 400, 300, 1);
  g_autofree char *expected_name = g_strconcat(name, "-expected", NULL);
  keep_picture(frame, name);
  keep_picture(expected, expected_name);
  g_assert_cmpuint(hash_pixels(before), !=, hash_pixels(frame));
  g_assert_cmpuint(hash_pixels(frame), ==, hash_pixels(expected));
  /* And back. */
  g_autoptr(PikaViewFrame) again = render(view, NULL, 400, 300, 1);
  g_assert_cmpuint(hash_pixels(before), ==, hash_pixels(again));
}

#define FIXED ",\"scale\":{\"domain\":[0,120000],\"nice\":false}"
#define BARS(DATA, MORE) "{\"data\":{\"name\":\"" DATA "\"}," MORE "\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"x\"," \
  "\"bin\":{\"step\":0.1,\"extent\":[-0.5,1.5]}},\"y\":{\"aggregate\":\"count\"" FIXED "}}}"

static void
test_filter(void)
{
  g_autoptr(PikaViewState) state = pika_view_state_new();
  pika_view_state_set_filter_range(state, "y", 0.25, 0.5);
  pika_view_state_set_filter_values(state, "g", "[\"a\",\"c\"]");
  pika_view_state_set_filter_range(state, "no such field", 0, 1);
  assert_same(BARS("many", ""), state, BARS("selected", ""), "filter-bars");
  /* A brush that moves asks for nothing but a scan. */
  g_autoptr(PikaView) view = open_view(BARS("many", ""));
  g_autoptr(PikaViewFrame) first = render(view, state, 400, 300, 1);
  for (guint i = 0; i < 5; i++) {
    pika_view_state_set_filter_range(state, "y", 0.25, 0.5 + i / 20.0);
    g_autoptr(PikaViewFrame) next = render(view, state, 400, 300, 1);
    if (!g_getenv("PIKA_TEST_BACKEND"))
      g_assert_cmpint(pika_view_frame_get_receipt(next)->scans, ==, 0);
  }
  /* Rasters and lines too: the axes are those of all rows. */
  g_autoptr(PikaViewState) half = pika_view_state_new();
  g_autofree char *spec = g_strdup_printf(SCATTER, "", "");
  pika_view_state_set_filter_range(half, "id", 0, 1499);
  g_autoptr(PikaView) scatter = open_view(spec);
  g_autoptr(PikaViewFrame) all = render(scatter, NULL, 400, 300, 1), left = render(scatter, half, 400, 300, 1);
  g_assert_nonnull(strstr(pika_view_frame_get_summary(left), "1,500 points"));
  g_assert_cmpfloat(pika_view_frame_find_axis(all, "x")->to, ==, pika_view_frame_find_axis(left, "x")->to);
}

static void
test_hidden(void)
{
  static const char *const specs[] = {
    "{\"data\":{\"name\":\"pts\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"x\",\"bin\":true},\"y\":{"
    "\"aggregate\":\"count\"},\"color\":{\"field\":\"g\"}}}",
    "{\"data\":{\"name\":\"pts\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
    "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},\"color\":{\"field\":\"g\"}}}",
    "{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
    "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},\"color\":{\"field\":\"g\"}}}",
    "{\"data\":{\"name\":\"many\"},\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"id\",\"type\":\"quantitative\"},"
    "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},\"color\":{\"field\":\"g\"}}}",
  };
  for (guint i = 0; i < G_N_ELEMENTS(specs); i++) {
    g_autoptr(PikaView) view = open_view(specs[i]);
    g_autoptr(PikaViewState) state = pika_view_state_new();
    g_autofree char *name = g_strdup_printf("hidden-%u", i);
    g_autoptr(PikaViewFrame) all = render(view, NULL, 400, 300, 1);
    pika_view_state_set_hidden(state, "g", "\"b\"", TRUE);
    g_assert_true(pika_view_state_is_hidden(state, "g", "\"b\""));
    g_autoptr(PikaViewFrame) less = render(view, state, 400, 300, 1);
    keep_picture(less, name);
    g_assert_cmpuint(hash_pixels(all), !=, hash_pixels(less));
    g_assert_cmpuint(pika_view_frame_get_n_legend_entries(less), ==, 3);
    g_assert_cmpint(pika_view_frame_get_receipt(less)->rows_scanned, ==, pika_view_frame_get_receipt(all)->rows_scanned);
    pika_view_state_set_hidden(state, "g", "\"b\"", FALSE);
    g_assert_true(pika_view_state_equal(state, NULL));
    g_autoptr(PikaViewFrame) again = render(view, state, 400, 300, 1);
    g_assert_cmpuint(hash_pixels(all), ==, hash_pixels(again));
  }
}

#define PARAM(LIST) "\"params\":[" LIST "],"
#define LIMIT_BY "\"transform\":[{\"filter\":{\"param\":\"brush\"}}],"

static void
test_params(void)
{
  g_autoptr(PikaViewState) state = pika_view_state_new();
  /* An interval that filters. */
  pika_view_state_set_param(state, "brush", "{\"x\":[0.1,0.6]}");
  assert_same(BARS("many", PARAM("{\"name\":\"brush\",\"select\":\"interval\"}") LIMIT_BY), state,
              BARS("many", PARAM("{\"name\":\"brush\",\"select\":\"interval\",\"value\":{\"x\":[0.1,0.6]}}") LIMIT_BY),
              "param-interval");
  /* A variable in an expression. */
  pika_view_state_set_param(state, "least", "0.7");
  assert_same(BARS("many", PARAM("{\"name\":\"least\",\"value\":0.1}") "\"transform\":[{\"filter\":\"datum.y > least\"}],"),
              state, BARS("many", "\"transform\":[{\"filter\":\"datum.y > 0.7\"}],"), "param-variable");
  /* An interval that is a domain. */
  static const char domain[] =
    "{\"data\":{\"name\":\"many\"},\"params\":[{\"name\":\"brush\",\"select\":\"interval\"}],\"mark\":\"bar\",\"encoding\":{"
    "\"x\":{\"field\":\"x\",\"type\":\"quantitative\",\"scale\":{\"domain\":{\"param\":\"brush\"}}},\"y\":{\"aggregate\":\"count\"}}}";
  g_autoptr(PikaView) view = open_view(domain);
  g_autoptr(PikaViewFrame) all = render(view, NULL, 400, 300, 1), part = render(view, state, 400, 300, 1);
  g_assert_cmpfloat(pika_view_frame_find_axis(all, "x")->from, <, 0);
  g_assert_cmpfloat(pika_view_frame_find_axis(part, "x")->from, ==, 0.1);
  g_assert_cmpfloat(pika_view_frame_find_axis(part, "x")->to, ==, 0.6);
}

static void
test_param_infos(void)
{
  g_autoptr(PikaView) view = open_view(
    "{\"data\":{\"name\":\"pts\"},\"params\":[{\"name\":\"size\",\"value\":5,\"bind\":{\"input\":\"range\",\"min\":1,\"max\":9}},"
    "{\"name\":\"grid\",\"select\":\"interval\",\"bind\":\"scales\",\"value\":{\"x\":[10,20]}},{\"name\":\"key\",\"select\":{"
    "\"type\":\"point\",\"fields\":[\"g\"]},\"bind\":\"legend\"}],\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\","
    "\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},\"opacity\":{\"condition\":{\"param\":\"key\","
    "\"value\":1},\"value\":0.1},\"color\":{\"field\":\"g\"}}}");
  g_assert_cmpuint(pika_view_get_n_params(view), ==, 3);
  const PikaParamInfo *size = pika_view_get_param(view, 0), *grid = pika_view_get_param(view, 1),
                      *key = pika_view_get_param(view, 2);
  g_assert_cmpstr(size->name, ==, "size");
  g_assert_cmpstr(size->value, ==, "5");
  g_assert_cmpstr(size->bind, ==, "{\"input\":\"range\",\"min\":1,\"max\":9}");
  g_assert_true(grid->is_scales && grid->kind == PIKA_PARAM_INTERVAL && !grid->bind);
  g_assert_cmpstr(grid->members[0], ==, "x");
  g_assert_cmpstr(grid->fields[1], ==, "y");
  g_assert_true(key->is_legend && key->kind == PIKA_PARAM_POINT);
  g_assert_cmpstr(key->fields[0], ==, "g");
  /* The initial value of what is bound to the scales is what is shown at first. */
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
  g_assert_cmpfloat(pika_view_frame_find_axis(frame, "x")->from, ==, 10);
  g_assert_cmpfloat(pika_view_frame_find_axis(frame, "x")->to, ==, 20);
  g_autoptr(PikaViewState) state = pika_view_state_new();
  pika_view_state_set_domain(state, "x", 12, 18);
  pika_view_state_set_param(state, "key", "[{\"g\":\"a\"}]");
  g_autoptr(PikaViewFrame) moved = render(view, state, 400, 300, 1);
  keep_picture(moved, "param-legend");
  g_assert_cmpfloat(pika_view_frame_find_axis(moved, "x")->from, ==, 12);
}

/* --- under the pointer --- */

static const char *
find_value(const PikaPick *pick, const char *name)
{
  for (guint i = 0; pick->names[i]; i++)
    if (g_str_equal(pick->names[i], name))
      return pick->values[i];
  return NULL;
}

static gint64
count_stream(struct ArrowArrayStream *stream, gint64 *n_columns)
{
  struct ArrowArray batch;
  struct ArrowSchema schema;
  gint64 n = 0;
  g_assert_cmpint(stream->get_schema(stream, &schema), ==, 0);
  *n_columns = schema.n_children;
  schema.release(&schema);
  while (stream->get_next(stream, &batch) == 0 && batch.release) {
    n += batch.length;
    batch.release(&batch);
  }
  stream->release(stream);
  return n;
}

/* The rows of a mark are as many as it says. */
static void
assert_rows(PikaView *view, PikaViewFrame *frame, PikaBox box, gint64 expected, gint64 columns)
{
  g_autoptr(GError) error = NULL;
  struct ArrowArrayStream stream = { 0 };
  gint64 n_rows, n_columns;
  pika_view_rows(view, frame, &box, 3, 7, &stream, &n_rows, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpint(n_rows, ==, expected);
  g_assert_cmpint(count_stream(&stream, &n_columns), ==, MIN(expected, 7));
  g_assert_cmpint(n_columns, ==, columns);
}

static void
test_pick_bars(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"pts\"},\"mark\":\"bar\",\"encoding\":{\"x\":{\"field\":\"x\",\"bin\":true},"
                                       "\"y\":{\"aggregate\":\"count\"},\"color\":{\"field\":\"g\"}}}");
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
  g_autoptr(GError) error = NULL;
  PikaBox area = pika_view_frame_get_area(frame);
  double x = area.x + area.width * 0.55, y = area.y + area.height - 10;
  g_autoptr(PikaPick) pick = pika_view_pick(view, frame, x, y, 3, NULL, &error);
  g_assert_no_error(error);
  g_assert_nonnull(pick);
  g_assert_cmpstr(find_value(pick, "x (binned)"), ==, "50 – 60");
  g_assert_cmpstr(find_value(pick, "g"), ==, "c");
  g_assert_cmpstr(find_value(pick, "Count of Records"), ==, "100");
  g_assert_cmpfloat(pick->box.x, <, x);
  assert_rows(view, frame, (PikaBox){ x, y, 0, 0 }, 100, 4);
  /* Nothing above the bars, and no rows there. */
  g_autoptr(PikaPick) none = pika_view_pick(view, frame, area.x + 5, area.y + 2, 1, NULL, &error);
  g_assert_no_error(error);
  g_assert_null(none);
  /* Two of the ten bars. */
  double left = pika_view_frame_pixel_at(frame, "x", 20), right = pika_view_frame_pixel_at(frame, "x", 40);
  assert_rows(view, frame, (PikaBox){ left, area.y, right - left, area.height }, 600, 4);
  /* An older picture is not asked. */
  g_autoptr(PikaViewFrame) newer = render(view, NULL, 410, 300, 1);
  g_assert_null(pika_view_pick(view, frame, x, y, 3, NULL, &error));
  g_assert_error(error, PIKA_ERROR, PIKA_ERROR_CANCELLED);
}

static void
test_pick_points(void)
{
  g_autofree char *spec = g_strdup_printf(SCATTER, "", "");
  g_autoptr(PikaView) view = open_view(spec);
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 1);
  g_autoptr(GError) error = NULL;
  double x = pika_view_frame_pixel_at(frame, "x", 1), y = pika_view_frame_pixel_at(frame, "y", 1);
  g_autoptr(PikaPick) pick = pika_view_pick(view, frame, x + 1, y - 1, 3, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(find_value(pick, "x"), ==, "1");
  g_assert_cmpstr(find_value(pick, "y"), ==, "1");
  assert_rows(view, frame, (PikaBox){ x, y, 0, 0 }, 3, 4); /* rows 0, 1000 and 2000 are in one place */
  g_autoptr(PikaView) line = open_view("{\"data\":{\"name\":\"series\"},\"mark\":\"line\",\"encoding\":{\"x\":{\"field\":\"t\","
                                       "\"type\":\"temporal\"},\"y\":{\"field\":\"v\",\"type\":\"quantitative\"}}}");
  g_autoptr(PikaViewFrame) drawn = render(line, NULL, 500, 300, 1);
  PikaBox area = pika_view_frame_get_area(drawn);
  g_autoptr(PikaPick) point = pika_view_pick(line, drawn, area.x, pika_view_frame_pixel_at(drawn, "y", 0), 3, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(find_value(point, "t"), "2024-01-01"));
}

static void
test_pick_raster(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\","
                                       "\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}");
  g_autoptr(PikaViewFrame) frame = render(view, NULL, 400, 300, 2);
  g_autoptr(GError) error = NULL;
  PikaBox area = pika_view_frame_get_area(frame);
  gint64 most = 0;
  for (guint i = 0; i < 10; i++) {
    double x = area.x + area.width * (0.3 + i / 25.0), y = area.y + area.height / 2;
    g_autoptr(PikaPick) pick = pika_view_pick(view, frame, x, y, 3, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(pick);
    g_assert_cmpint(pick->n_rows, >, 0);
    assert_rows(view, frame, (PikaBox){ x, y, 0, 0 }, pick->n_rows, 4);
    most = MAX(most, pick->n_rows);
  }
  g_assert_cmpint(most, >=, 1);
  assert_rows(view, frame, area, 200000, 4);
}

/* --- asynchronously: the latest wins --- */

typedef struct {
  guint drawn, superseded, left;
} Counts;

static void
on_frame(GObject *source, GAsyncResult *result, gpointer data)
{
  Counts *counts = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaViewFrame) frame = pika_view_render_finish(result, &error);
  counts->left--;
  if (frame)
    counts->drawn++;
  else if (g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED))
    counts->superseded++;
}

static void
test_latest(void)
{
  g_autoptr(PikaView) view = open_view("{\"data\":{\"name\":\"many\"},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"x\","
                                       "\"type\":\"quantitative\"},\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}}");
  Counts counts = { .left = 50 };
  for (guint i = 0; i < 50; i++) {
    g_autoptr(PikaViewState) state = pika_view_state_new();
    pika_view_state_set_domain(state, "x", i / 100.0, 1);
    pika_view_render_async(view, state, 400, 300, 1, NULL, on_frame, &counts);
  }
  while (counts.left > 0)
    g_main_context_iteration(NULL, TRUE);
  g_assert_cmpuint(counts.drawn, >=, 1);
  g_assert_cmpuint(counts.drawn + counts.superseded, ==, 50);
}

int
main(int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  g_test_init(&argc, &argv, NULL);
  PikaSessionOptions options = { .backend = g_getenv("PIKA_TEST_BACKEND") };
  session = pika_session_new(&options, &error);
  g_assert_no_error(error);
  run_sql("CREATE TABLE pts AS SELECT i AS id, i % 100 + 1 AS x, (i * 7919) % 1000 / 10.0 + 1 AS y, "
          "['a', 'b', 'c'][i % 3 + 1] AS g FROM range(3000) t(i)");
  run_sql("CREATE TABLE many AS SELECT sin(i * 0.7) * 0.3 + (i % 1000) / 1000.0 AS x, cos(i * 0.3) * 0.2 + "
          "((i * 7919) % 10007) / 10007.0 AS y, ['a', 'b', 'c'][i % 3 + 1] AS g, i AS id FROM range(200000) t(i)");
  run_sql("CREATE VIEW selected AS SELECT * FROM many WHERE y BETWEEN 0.25 AND 0.5 AND g IN ('a', 'c')");
  run_sql("CREATE TABLE series AS SELECT TIMESTAMP '2024-01-01' + INTERVAL (i) MINUTE AS t, sin(i / 5000.0) + "
          "(i * 7919 % 1009) / 3000.0 AS v FROM range(300000) t(i)");
  g_test_add_func("/view/picture", test_picture);
  g_test_add_func("/view/zoom", test_zoom);
  g_test_add_func("/view/limits", test_limits);
  g_test_add_func("/view/raster", test_raster);
  g_test_add_func("/view/line", test_line);
  g_test_add_func("/view/bars", test_bars);
  g_test_add_func("/view/state", test_state);
  g_test_add_func("/view/filter", test_filter);
  g_test_add_func("/view/hidden", test_hidden);
  g_test_add_func("/view/params", test_params);
  g_test_add_func("/view/param-infos", test_param_infos);
  g_test_add_func("/view/pick-bars", test_pick_bars);
  g_test_add_func("/view/pick-points", test_pick_points);
  g_test_add_func("/view/pick-raster", test_pick_raster);
  g_test_add_func("/view/latest", test_latest);
  int status = g_test_run();
  pika_session_unref(session);
  return status;
}
