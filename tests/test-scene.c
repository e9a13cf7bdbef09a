/* From a specification to a scene: cases whose scenes the reference implementation made, errors, and
 * what happens to more rows than can be marks. */
#include "lower-host.h"
#include "pk-error.h"
#include "pk-scene-build.h"
#include "pk-scene-json.h"
#include "scene-cases.h"

#include <math.h>
#include <string.h>

static PkScene *
make_scene(const char *json, gint64 mark_limit, const PkSceneOptions *options, GError **error)
{
  g_autoptr(LowerHost) host = lower_host_new(NULL);
  PkLowerHost functions = lower_host_functions(host);
  PkLowerOptions lower = { .mark_limit = mark_limit, .width = NAN, .height = NAN };
  g_autoptr(PkSpec) spec = pk_spec_parse(json, -1, "test", error);
  if (!spec)
    return NULL;
  g_autoptr(PkLowered) lowered = pk_lower(spec, &functions, &lower, error);
  return lowered ? pk_scene_build(spec, lowered->tree, options, error) : NULL;
}

/* ---------------------------------------------------------------- cases */

/* Numbers may differ by the last digit written. */
static gboolean
same(JsonNode *a, JsonNode *b, GString *where)
{
  gsize length = where->len;
  if (json_node_get_node_type(a) != json_node_get_node_type(b))
    return FALSE;
  if (JSON_NODE_HOLDS_ARRAY(a)) {
    JsonArray *x = json_node_get_array(a), *y = json_node_get_array(b);
    if (json_array_get_length(x) != json_array_get_length(y))
      return FALSE;
    for (guint i = 0; i < json_array_get_length(x); i++) {
      g_string_append_printf(where, "[%u]", i);
      if (!same(json_array_get_element(x, i), json_array_get_element(y, i), where))
        return FALSE;
      g_string_truncate(where, length);
    }
    return TRUE;
  }
  if (JSON_NODE_HOLDS_OBJECT(a)) {
    g_autoptr(GList) names = json_object_get_members(json_node_get_object(a));
    if (json_object_get_size(json_node_get_object(a)) != json_object_get_size(json_node_get_object(b)))
      return FALSE;
    for (GList *l = names; l; l = l->next) {
      g_string_append_printf(where, ".%s", (char *)l->data);
      JsonNode *other = json_object_get_member(json_node_get_object(b), l->data);
      if (!other || !same(json_object_get_member(json_node_get_object(a), l->data), other, where))
        return FALSE;
      g_string_truncate(where, length);
    }
    return TRUE;
  }
  if (JSON_NODE_HOLDS_VALUE(a) && json_node_get_value_type(a) != G_TYPE_STRING)
    return fabs(json_node_get_double(a) - json_node_get_double(b)) <= 0.0101;
  return json_node_equal(a, b);
}

static void
test_case(gconstpointer data)
{
  const SceneCase *c = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PkScene) scene = make_scene(c->spec, 0, NULL, &error);
  g_assert_no_error(error);
  g_autofree char *text = pk_scene_to_json(scene, NULL);
  g_autoptr(JsonNode) got = json_from_string(text, &error);
  g_assert_no_error(error);
  g_autoptr(JsonNode) expected = json_from_string(c->scene, &error);
  g_assert_no_error(error);
  g_autoptr(GString) where = g_string_new("$");
  if (!same(expected, got, where)) {
    g_test_message("differs at %s: %s", where->str, text);
    g_test_fail();
  }
}

/* A file of tests/scenes: {"spec": …, "scene": what the reference implementation makes of it}. */
static void
test_file(gconstpointer data)
{
  g_autofree char *path = g_build_filename(g_getenv("G_TEST_SRCDIR"), "scenes", data, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonParser) parser = json_parser_new();
  json_parser_load_from_file(parser, path, &error);
  g_assert_no_error(error);
  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  g_autofree char *spec = json_to_string(json_object_get_member(root, "spec"), FALSE);
  g_autofree char *scene = json_to_string(json_object_get_member(root, "scene"), FALSE);
  test_case(&(SceneCase){ .name = data, .spec = spec, .scene = scene });
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_files(GPtrArray *names)
{
  g_autofree char *folder = g_build_filename(g_getenv("G_TEST_SRCDIR"), "scenes", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_assert_nonnull(dir);
  for (const char *name; (name = g_dir_read_name(dir));)
    if (g_str_has_suffix(name, ".json"))
      g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_strdup_printf("/scene/file/%.*s", (int)strlen(names->pdata[i]) - 5, (char *)names->pdata[i]);
    g_test_add_data_func(path, names->pdata[i], test_file);
  }
}

/* ---------------------------------------------------------------- errors */

static void
expect_error(const char *json, PkErrorCode code, const char *words)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkScene) scene = make_scene(json, 0, NULL, &error);
  g_assert_null(scene);
  g_assert_error(error, PK_ERROR, (int)code);
  if (!strstr(error->message, words))
    g_error("\"%s\" does not say \"%s\"", error->message, words);
}

static void
test_errors(void)
{
  expect_error("{\"data\":{\"values\":[{\"a\":1}]},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"a\","
               "\"type\":\"quantitative\"},\"color\":{\"field\":\"a\",\"type\":\"quantitative\","
               "\"scale\":{\"scheme\":\"no-such\"}}}}", PK_ERROR_INVALID, "no-such");
  expect_error("{\"data\":{\"values\":[{\"a\":1}]},\"mark\":\"point\",\"encoding\":{\"x\":{\"field\":\"a\","
               "\"type\":\"quantitative\",\"axis\":{\"format\":\"nonsense!\"}}}}",
               PK_ERROR_PARSE, "nonsense!");
}

static void
test_parameter_loop(void)
{
  expect_error("{\"params\":[{\"name\":\"p\",\"expr\":\"q + 1\"},{\"name\":\"q\",\"expr\":\"p + 1\"}],"
               "\"data\":{\"values\":[{\"a\":1}]},\"mark\":{\"type\":\"point\",\"size\":{\"expr\":\"p\"}},"
               "\"encoding\":{\"x\":{\"field\":\"a\",\"type\":\"quantitative\"}}}", PK_ERROR_INVALID, "\"");
}

/* ---------------------------------------------------------------- options and layout */

static void
test_given_size(void)
{
  g_autoptr(GError) error = NULL;
  PkSceneOptions options = { .width = 120, .height = 80 };
  g_autoptr(PkScene) scene = make_scene(scene_cases[0].spec, 0, &options, &error);
  g_assert_no_error(error);
  g_assert_cmpfloat(scene->views[0].width, ==, 120);
  g_assert_cmpfloat(scene->views[0].height, ==, 80);
  g_assert_cmpuint(scene->n_views, ==, 1);
}

static void
test_theme(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) theme =
      json_from_string("{\"bar\":{\"color\":\"#123456\"},\"background\":\"#222222\"}", &error);
  PkSceneOptions options = { .theme = json_node_get_object(theme) };
  g_autoptr(PkScene) scene = make_scene(scene_cases[0].spec, 0, &options, &error);
  g_assert_no_error(error);
  const PkItem *item = &scene->views[0].marks[0].items[0];
  g_assert_cmpuint(item->fill.color.r, ==, 0x12);
  g_assert_cmpuint(item->fill.color.b, ==, 0x56);
  g_assert_cmpuint(scene->background.color.r, ==, 0x22);
}

static void
test_tooltips(void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkScene) scene = make_scene(
      "{\"data\":{\"values\":[{\"a\":\"x\",\"b\":9007199254740993,\"d\":\"2024-03-05\"}]},"
      "\"mark\":{\"type\":\"point\",\"tooltip\":true},\"encoding\":{"
      "\"x\":{\"field\":\"a\",\"type\":\"nominal\"},\"y\":{\"field\":\"b\",\"type\":\"quantitative\"},"
      "\"color\":{\"field\":\"d\",\"type\":\"temporal\",\"timeUnit\":\"yearmonth\"}}}",
      0, NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(scene->views[0].marks[0].items[0].tooltip, ==,
                  "a: x\nb: 9007199254740992\nd (year-month): Mar 2024");
}

/* ---------------------------------------------------------------- more rows than marks */

static char *
many_rows(guint n, const char *rest)
{
  GString *json = g_string_new("{\"width\":100,\"height\":50,\"data\":{\"values\":[");
  for (guint i = 0; i < n; i++)
    g_string_append_printf(json, "%s{\"x\":%u,\"y\":%u}", i ? "," : "", i, i * 7919 % 101);
  g_string_append_printf(json, "]},%s}", rest);
  return g_string_free(json, FALSE);
}

static void
test_density(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = many_rows(400, "\"mark\":\"point\",\"encoding\":{"
                                         "\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
                                         "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}");
  g_autoptr(PkScene) scene = make_scene(json, 100, NULL, &error);
  g_assert_no_error(error);
  const PkMarkGroup *mark = &scene->views[0].marks[0];
  g_assert_cmpint(mark->type, ==, PK_ITEM_IMAGE);
  g_assert_cmpuint(mark->n_items, ==, 1);
  const PkItem *image = mark->items;
  g_assert_cmpuint(image->image_width, ==, 100);
  g_assert_cmpuint(image->image_height, ==, 50);
  /* Row i lies at x = 100·i/400, y = 50 - 50·v/100 (nice domains): its pixel has a colour. */
  for (guint i = 0; i < 400; i += 13) {
    guint column = MIN(99, i / 4), row = (guint)floor(50 - 50.0 * (i * 7919 % 101) / 100);
    guint32 found = 0;
    for (int d = -1; d <= 1; d++) /* a value on a boundary may count for either side */
      if ((int)row + d >= 0 && row + d < 50)
        found |= image->pixels[(row + d) * 100 + column];
    g_assert_cmphex(found >> 24, ==, 0xff);
  }
}

static void
test_line_of_many_points(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = many_rows(3000, "\"mark\":\"line\",\"encoding\":{"
                                          "\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
                                          "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"}}");
  g_autoptr(PkScene) scene = make_scene(json, 100, NULL, &error);
  g_assert_no_error(error);
  const PkMarkGroup *mark = &scene->views[0].marks[0];
  g_assert_cmpint(mark->type, ==, PK_ITEM_LINE);
  g_assert_cmpuint(mark->n_items, ==, 1);
  g_assert_cmpuint(mark->items[0].n_points, >=, 200);
  g_assert_cmpuint(mark->items[0].n_points, <=, 402);
  for (guint i = 1; i < mark->items[0].n_points; i++)
    g_assert_cmpfloat(mark->items[0].points[i].x, >=, mark->items[0].points[i - 1].x);
}

static void
test_many_marks(void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = many_rows(50000, "\"mark\":\"circle\",\"encoding\":{"
                                           "\"x\":{\"field\":\"x\",\"type\":\"quantitative\"},"
                                           "\"y\":{\"field\":\"y\",\"type\":\"quantitative\"},"
                                           "\"color\":{\"field\":\"y\",\"type\":\"nominal\"}}");
  g_autoptr(LowerHost) host = lower_host_new(NULL);
  PkLowerHost functions = lower_host_functions(host);
  PkLowerOptions lower = { .mark_limit = -1, .width = NAN, .height = NAN };
  g_autoptr(PkSpec) spec = pk_spec_parse(json, -1, "test", &error);
  g_assert_no_error(error);
  g_autoptr(PkLowered) lowered = pk_lower(spec, &functions, &lower, &error);
  g_assert_no_error(error);
  gint64 start = g_get_monotonic_time();
  g_autoptr(PkScene) scene = pk_scene_build(spec, lowered->tree, NULL, &error);
  g_assert_no_error(error);
  g_test_message("50,000 marks in %.0f ms", (g_get_monotonic_time() - start) / 1000.0);
  g_assert_cmpuint(scene->views[0].marks[0].n_items, ==, 50000);
  g_assert_cmpuint(scene->legends[0].n_entries, ==, 30);
  g_assert_cmpstr(scene->legends[0].entries[29].label, ==, "…72 entries");
}

int
main(int argc, char **argv)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_test_init(&argc, &argv, NULL);
  add_files(names);
  for (guint i = 0; i < G_N_ELEMENTS(scene_cases); i++) {
    g_autofree char *path = g_strdup_printf("/scene/%s", scene_cases[i].name);
    g_test_add_data_func(path, &scene_cases[i], test_case);
  }
  g_test_add_func("/scene/errors", test_errors);
  g_test_add_func("/scene/parameter-loop", test_parameter_loop);
  g_test_add_func("/scene/given-size", test_given_size);
  g_test_add_func("/scene/theme", test_theme);
  g_test_add_func("/scene/tooltips", test_tooltips);
  g_test_add_func("/scene/density", test_density);
  g_test_add_func("/scene/line-of-many-points", test_line_of_many_points);
  g_test_add_func("/scene/many-marks", test_many_marks);
  return g_test_run();
}
