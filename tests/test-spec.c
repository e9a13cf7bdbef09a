/* Reading specifications: JSON, the checks, the normalised tree. */
#include "pk-error.h"
#include "pk-schema.h"
#include "pk-spec.h"

#include <math.h>
#include <string.h>

static PkSpec *
parse(const char *json)
{
  g_autoptr(GError) error = NULL;
  PkSpec *spec = pk_spec_parse(json, -1, NULL, &error);
  g_assert_no_error(error);
  g_assert_nonnull(spec);
  return spec;
}

static void
test_unit(void)
{
  g_autoptr(PkSpec) spec = parse(
    "{\"data\": {\"url\": \"a.csv\"}, \"mark\": \"bar\","
    " \"transform\": [{\"filter\": \"datum.a > 1\"}],"
    " \"encoding\": {\"x\": {\"field\": \"a\", \"bin\": {\"maxbins\": 5}, \"title\": null},"
    " \"y\": {\"aggregate\": \"count\", \"type\": \"quantitative\"},"
    " \"color\": {\"condition\": {\"test\": \"datum.a > 2\", \"value\": \"red\"}, \"value\": \"blue\"}}}");
  const PkView *view = spec->root;
  g_assert_false(view->is_layer);
  g_assert_cmpint(view->mark, ==, PK_MARK_BAR);
  g_assert_cmpint(view->data->kind, ==, PK_DATA_URL);
  g_assert_cmpuint(view->n_transforms, ==, 1);
  g_assert_cmpuint(view->encoding[PK_CHANNEL_X].n, ==, 1);
  const PkChannelDef *x = view->encoding[PK_CHANNEL_X].defs;
  g_assert_cmpstr(x->field, ==, "a");
  g_assert_true(x->bin.present);
  g_assert_cmpfloat(pk_props_get_double(&x->bin.params, "maxbins", 0), ==, 5);
  g_assert_true(x->has_title && !x->title);
  g_assert_true(isnan(x->band_position));
  g_assert_cmpstr(x->path, ==, "$.encoding.x");
  g_assert_true(view->encoding[PK_CHANNEL_Y].defs->is_count);
  const PkChannelDef *color = view->encoding[PK_CHANNEL_COLOR].defs;
  g_assert_cmpuint(color->n_conditions, ==, 1);
  g_assert_cmpstr(json_node_get_string(color->conditions[0].def.value), ==, "red");
}

static void
test_layer(void)
{
  g_autoptr(PkSpec) spec =
    parse("{\"data\": {\"url\": \"a.csv\"}, \"transform\": [{\"filter\": \"datum.a > 1\"}],"
          " \"encoding\": {\"x\": {\"field\": \"a\", \"type\": \"temporal\"}},"
          " \"layer\": [{\"mark\": \"line\", \"transform\": [{\"calculate\": \"1\", \"as\": \"b\"}],"
          "   \"encoding\": {\"y\": {\"field\": \"b\"}, \"x\": {\"field\": \"c\"}}},"
          "  {\"mark\": \"rule\", \"data\": {\"values\": [{\"v\": 1}]}, \"encoding\": {\"y\": {\"field\": "
          "\"v\"}}},"
          "  {\"data\": null, \"mark\": \"rule\"}]}");
  const PkView *root = spec->root;
  g_assert_true(root->is_layer);
  g_assert_cmpuint(root->n_children, ==, 3);
  const PkView *line = root->children[0];
  g_assert_cmpuint(line->n_transforms, ==, 2);
  g_assert_cmpint(line->transforms[1].kind, ==, PK_TRANSFORM_CALCULATE);
  g_assert_cmpstr(line->encoding[PK_CHANNEL_X].defs->field, ==, "c");
  g_assert_cmpint(line->encoding[PK_CHANNEL_X].defs->type, ==, PK_MEASURE_TEMPORAL);
  g_assert_cmpstr(line->encoding[PK_CHANNEL_X].defs->path, ==, "$.layer[0].encoding.x");
  const PkView *rule = root->children[1];
  g_assert_cmpuint(rule->n_transforms, ==, 0);
  g_assert_cmpint(rule->data->kind, ==, PK_DATA_INLINE);
  g_assert_cmpstr(rule->encoding[PK_CHANNEL_X].defs->field, ==, "a");
  const PkView *empty = root->children[2];
  g_assert_cmpint(empty->data->kind, ==, PK_DATA_INLINE);
  g_assert_cmpuint(json_array_get_length(json_node_get_array(empty->data->values)), ==, 0);
}

static void
test_overlay(void)
{
  g_autoptr(PkSpec) spec =
    parse("{\"data\": {\"url\": \"a.csv\"}, \"width\": 77,"
          " \"mark\": {\"type\": \"area\", \"line\": true, \"point\": \"transparent\", \"interpolate\": "
          "\"monotone\"},"
          " \"encoding\": {\"x\": {\"field\": \"t\", \"type\": \"temporal\"},"
          " \"y\": {\"aggregate\": \"sum\", \"field\": \"v\"}, \"color\": {\"field\": \"k\"}}}");
  const PkView *root = spec->root;
  g_assert_true(root->is_layer);
  g_assert_cmpfloat(json_node_get_double(root->width), ==, 77);
  g_assert_cmpuint(root->n_children, ==, 3);
  g_assert_cmpint(root->children[0]->mark, ==, PK_MARK_AREA);
  g_assert_cmpfloat(pk_props_get_double(&root->children[0]->mark_def, "opacity", 1), ==, 0.7);
  g_assert_false(pk_props_has(&root->children[0]->mark_def, "line"));
  g_assert_cmpint(root->children[1]->mark, ==, PK_MARK_LINE);
  g_assert_cmpstr(pk_props_get_text(&root->children[1]->mark_def, "interpolate", NULL), ==, "monotone");
  g_assert_cmpstr(json_node_get_string(root->children[1]->encoding[PK_CHANNEL_Y].defs->stack), ==, "zero");
  g_assert_cmpint(root->children[2]->mark, ==, PK_MARK_POINT);
  g_assert_cmpfloat(pk_props_get_double(&root->children[2]->mark_def, "opacity", 1), ==, 0);
  g_assert_true(pk_props_get_bool(&root->children[2]->mark_def, "filled", FALSE));
  g_assert_cmpstr(root->children[2]->data->url, ==, "a.csv");
}

static void
test_overlay_from_config(void)
{
  g_autoptr(PkSpec) spec = parse(
    "{\"data\": {\"url\": \"a.csv\"}, \"config\": {\"line\": {\"point\": {\"size\": 9}}}, \"mark\": "
    "\"line\","
    " \"encoding\": {\"x\": {\"field\": \"t\"}, \"y\": {\"field\": \"v\", \"type\": \"quantitative\"}}}");
  g_assert_cmpuint(spec->root->n_children, ==, 2);
  g_assert_cmpfloat(pk_props_get_double(&spec->root->children[1]->mark_def, "size", 0), ==, 9);
  g_assert_null(spec->root->children[1]->encoding[PK_CHANNEL_Y].defs->stack);
}

static void
test_ranged_line(void)
{
  g_autoptr(PkSpec) spec = parse(
    "{\"data\": {\"url\": \"a.csv\"}, \"mark\": {\"type\": \"line\", \"color\": \"red\"},"
    " \"encoding\": {\"x\": {\"field\": \"a\"}, \"x2\": {\"field\": \"b\"}}}");
  g_assert_cmpint(spec->root->mark, ==, PK_MARK_RULE);
  g_assert_cmpstr(pk_props_get_text(&spec->root->mark_def, "color", NULL), ==, "red");
}

static void
test_selection(void)
{
  g_autoptr(PkSpec) spec = parse(
    "{\"data\": {\"url\": \"a.csv\"}, \"mark\": \"point\", \"params\": [{\"name\": \"s\", \"select\": \"interval\","
    " \"value\": {\"x\": [1, 5]}}, {\"name\": \"none\", \"select\": \"point\"}, {\"name\": \"p\", \"value\": 1},"
    " {\"name\": \"k\", \"select\": {\"type\": \"point\", \"fields\": [\"b\"]}, \"value\": [{\"b\": \"u\"}, {\"b\": \"v\"}]}],"
    " \"transform\": [{\"filter\": {\"not\": {\"param\": \"none\", \"empty\": false}}}],"
    " \"encoding\": {\"x\": {\"field\": \"a b\", \"type\": \"quantitative\"},"
    " \"color\": {\"condition\": {\"param\": \"s\", \"value\": \"red\"}, \"value\": \"blue\"},"
    " \"size\": {\"condition\": {\"param\": \"k\", \"value\": 9}, \"value\": 1},"
    " \"opacity\": {\"condition\": {\"param\": \"p\", \"value\": 1}, \"value\": 0}}}");
  static const struct {
    PkChannel channel;
    const char *expr;
  } cases[] = { { PK_CHANNEL_COLOR, "inrange(datum[\"a b\"]" }, { PK_CHANNEL_SIZE,
                                                                 "datum[\"b\"]===\"v\"" } };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    const PkCondition *condition = spec->root->encoding[cases[i].channel].defs->conditions;
    g_assert_null(condition->param);
    g_autofree char *text = pk_predicate_to_expr(condition->test, "$", NULL);
    if (!strstr(text, cases[i].expr))
      g_test_message("%s is not in %s", cases[i].expr, text);
    g_assert_nonnull(strstr(text, cases[i].expr));
  }
  g_assert_cmpstr(spec->root->encoding[PK_CHANNEL_OPACITY].defs->conditions->param, ==, "p");
  JsonObject *filter = json_node_get_object(pk_props_get(&spec->root->transforms[0].props, "filter"));
  g_assert_cmpstr(json_object_get_string_member(filter, "not"), ==, "false");
}

/* The text is refused, and the message holds all of what is named. */
static void
refuse(const char *json, gssize length, PkErrorCode code, const char *place, const char *what)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkSpec) spec = pk_spec_parse(json, length, "s.json", &error);
  g_assert_null(spec);
  g_assert_error(error, PK_ERROR, (int)code);
  if (!strstr(error->message, place) || !strstr(error->message, what))
    g_test_message("\"%s\" does not say \"%s\" and \"%s\"", error->message, place, what);
  g_assert_nonnull(strstr(error->message, place));
  g_assert_nonnull(strstr(error->message, what));
}

static void
test_json_errors(void)
{
  refuse("{\"mark\": \"bar\",\n  \"mark\": 1}", -1, PK_ERROR_PARSE, "s.json:2:3:", "twice");
  refuse("{\"a\": [1, 2\n}", -1, PK_ERROR_PARSE, "s.json:2:1:", "\"]\"");
  refuse("{\"a\": 01}", -1, PK_ERROR_PARSE, "s.json:1:8:", "\"}\"");
  refuse("{\"a\": 1e999}", -1, PK_ERROR_PARSE, "1:7", "too large");
  refuse("{\"a\": \"\xff\"}", -1, PK_ERROR_PARSE, "1:8", "UTF-8");
  refuse("{\"a\": \"\\ud800x\"}", -1, PK_ERROR_PARSE, "1:14", "surrogate");
  refuse("{\"a\": \"\\u0000\"}", -1, PK_ERROR_PARSE, "1:14", "NUL");
  refuse("{\"a\0\": 1}", 9, PK_ERROR_PARSE, "1:4", "NUL");
  refuse("{\"a\": tru}", -1, PK_ERROR_PARSE, "1:7", "value");
  refuse("", -1, PK_ERROR_PARSE, "1:1", "ends");
  refuse("{} x", -1, PK_ERROR_PARSE, "1:4", "more text");
  refuse("[]", -1, PK_ERROR_INVALID, "$", "object");
  g_autofree char *deep = g_strnfill(100000, '[');
  refuse(deep, -1, PK_ERROR_LIMIT, "1:201", "deep");
}

/* The smallest specification with one more member at the top, in the mark or in x. */
static void
refuse_with(const char *top, const char *mark, const char *x, PkErrorCode code, const char *place,
            const char *what)
{
  g_autofree char *json =
    g_strdup_printf("{\"data\": {\"url\": \"a.csv\"}%s, \"mark\": {\"type\": \"bar\"%s},"
                    " \"encoding\": {\"x\": {\"field\": \"a\"%s}}}",
                    top, mark, x);
  refuse(json, -1, code, place, what);
}

static void
test_checks(void)
{
  PkErrorCode bad = PK_ERROR_INVALID, no = PK_ERROR_UNSUPPORTED;
  refuse_with("", "", ", \"agregate\": \"sum\"", bad,
              "$.encoding.x.agregate: ", "did you mean \"aggregate\"?");
  refuse_with("", "", ", \"aggregate\": \"summ\"", bad, "$.encoding.x.aggregate: ", "did you mean \"sum\"?");
  refuse_with("", ", \"colour\": \"red\"", "", bad, "$.mark.colour: ", "\"color\"");
  refuse_with("", ", \"color\": \"rad\"", "", bad, "$.mark.color: ", "no colour");
  refuse_with("", ", \"opacity\": \"1\"", "", bad, "$.mark.opacity: ", "number");
  refuse_with("", ", \"opacity\": {\"expr\": \"1 +\"}", "", PK_ERROR_PARSE,
              "$.mark.opacity.expr: ", "column 4");
  refuse_with("", ", \"blend\": \"multiply\"", "", no, "$.mark.blend: ", "blending");
  refuse_with("", "", ", \"axis\": {\"labelAngel\": 3}", bad,
              "$.encoding.x.axis.labelAngel: ", "\"labelAngle\"");
  refuse_with("", "", ", \"axis\": {\"grid\": 3}", bad, "$.encoding.x.axis.grid: ", "boolean");
  refuse_with("", "", ", \"scale\": {\"type\": \"logg\"}", bad, "$.encoding.x.scale.type: ", "\"log\"");
  refuse_with("", "", ", \"timeUnit\": \"yearmonht\"", bad, "$.encoding.x.timeUnit: ", "yearmonht");
  refuse_with("", "", ", \"sort\": {\"op\": 3}", bad, "$.encoding.x.sort.op: ", "number");
  refuse_with("", "", ", \"type\": \"geojson\"", no, "$.encoding.x.type: ", "geojson");
  refuse_with("", "", ", \"axis\": {\"formatType\": \"mine\"}", no,
              "$.encoding.x.axis.formatType: ", "format type");
  refuse_with(", \"widht\": 3", "", "", bad, "$.widht: ", "\"width\"");
  refuse_with(", \"width\": -3", "", "", bad, "$.width: ", "pixels");
  refuse_with(", \"transform\": [{\"filter\": {\"field\": \"a\", \"equals\": 1}}]", "", "", bad,
              "$.transform[0].filter.equals: ", "\"equal\"");
  refuse_with(", \"transform\": [{\"loess\": \"a\", \"on\": \"b\"}]", "", "", no, "$.transform[0].loess: ", "loess");
  refuse_with(", \"transform\": [{\"calculate\": \"1\"}]", "", "", bad, "$.transform[0]: ", "calculate as");
  refuse_with(", \"config\": {\"axisX\": {\"a b\": 1}}", "", "", bad,
              "$.config.axisX[\"a b\"]: ", "unknown");
  refuse_with(", \"projection\": {}", "", "", no, "$.projection: ", "maps");
  refuse("{\"mark\": \"arc\"}", -1, no, "$.mark: ", "\"arc\" is not supported");
  refuse("{\"mark\": \"brr\"}", -1, bad, "$.mark: ", "\"bar\"");
  refuse("{\"mark\": 3}", -1, bad, "$.mark: ", "a number");
  refuse("{\"data\": {}}", -1, bad, "$: ", "mark");
  refuse("{\"hconcat\": []}", -1, bad, "$.hconcat: ", "at least one view");
  refuse("{\"hconcat\": [{\"mark\": \"brr\"}]}", -1, bad, "$.hconcat[0].mark: ", "\"bar\"");
  refuse("{\"mark\": \"bar\", \"encoding\": {\"x\": {\"field\": {\"repeat\": \"row\"}}}}", -1, bad, "$.encoding.x.field: ",
         "\"row\"");
  refuse("{\"facet\": {\"row\": {\"field\": \"a\"}}, \"spec\": {\"mark\": \"bar\"}}", -1, no, "$.facet: ", "faceting");
  refuse("{\"mark\": \"boxplot\", \"encoding\": {\"x\": {\"field\": \"a\"}}}", -1, bad, "$: ", "quantitative");
  refuse("{\"mark\": {\"type\": \"boxplot\", \"bxo\": true}}", -1, bad, "$.mark.bxo: ", "\"box\"");
  refuse("{\"mark\": \"bar\", \"encoding\": {\"xError\": {\"field\": \"a\"}}}", -1, bad, "$.encoding.xError: ", "errorbar");
  refuse("{\"layer\": [{\"mark\": \"bar\", \"encoding\": {\"theta\": {}}}]}", -1, no,
         "$.layer[0].encoding.theta: ", "polar");
}

/* Every type that the tables name is there. */
static void
test_tables(void)
{
  g_autofree char *bad = NULL;
  g_assert_true(pk_schema_is_sound(&bad));
  g_assert_null(bad);
}

/* All of the kit's specifications: those of its core parse, the others do too or are refused with a path. */
static void
test_kit(void)
{
  const char *kit = g_getenv("PIKA_VEGA_LITE_KIT");
  g_autofree char *core = NULL;
  const char *name;
  guint bad = 0, n = 0;
  if (!kit) {
    g_test_skip("PIKA_VEGA_LITE_KIT is not set");
    return;
  }
  g_autofree char *list = g_build_filename(kit, "core.txt", NULL);
  g_autofree char *folder = g_build_filename(kit, "specs", NULL);
  g_assert_true(g_file_get_contents(list, &core, NULL, NULL));
  g_auto(GStrv) names = g_strsplit(core, "\n", -1);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_assert_nonnull(dir);
  while ((name = g_dir_read_name(dir))) {
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
    g_autofree char *stem = g_strndup(name, strcspn(name, "."));
    gsize length;
    if (!g_str_has_suffix(name, ".vl.json"))
      continue;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_autoptr(PkSpec) spec = pk_spec_parse(text, (gssize)length, name, &error);
    gboolean is_core = g_strv_contains((const char *const *)names, stem);
    n++;
    if (!spec && (is_core || error->code != PK_ERROR_UNSUPPORTED || error->message[0] != '$')) {
      g_test_message("%s: %s", name, error->message);
      bad++;
    } else if (!spec) {
      g_test_message("refused: %s: %s", name, error->message);
    }
  }
  g_assert_cmpuint(n, >, 100);
  g_assert_cmpuint(bad, ==, 0);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/spec/unit", test_unit);
  g_test_add_func("/spec/layer", test_layer);
  g_test_add_func("/spec/overlay", test_overlay);
  g_test_add_func("/spec/overlay-from-config", test_overlay_from_config);
  g_test_add_func("/spec/ranged-line", test_ranged_line);
  g_test_add_func("/spec/selection", test_selection);
  g_test_add_func("/spec/json-errors", test_json_errors);
  g_test_add_func("/spec/checks", test_checks);
  g_test_add_func("/spec/tables", test_tables);
  g_test_add_func("/spec/kit", test_kit);
  return g_test_run();
}
