/* Rules: how a visual property finds its value for a row: conditions first, then the way to treat
 * invalid values, then the definition itself (Vega-Lite's wrapCondition, midPoint, nonPosition, color). */
#include "pk-build.h"

#include "pk-selection.h"

#include <string.h>

void
pk_rule_add(PkBuild *b, PkRule *rule, PkRef ref)
{
  PkRef *refs = pk_build_alloc(b, rule->n + 1, sizeof *refs);
  if (rule->n > 0)
    memcpy(refs, rule->refs, rule->n * sizeof *refs);
  refs[rule->n++] = ref;
  rule->refs = refs;
}

PkRef
pk_ref_number(double value)
{
  return (PkRef){ .kind = PK_REF_NUMBER, .number = value, .column = -1, .column2 = -1, .test_column = -1 };
}

PkRef
pk_ref_node(JsonNode *node)
{
  return (PkRef){ .kind = PK_REF_NODE, .node = node, .column = -1, .column2 = -1, .test_column = -1 };
}

/* A node whose expression reads datum is evaluated row by row. */
static void
prepare_node(PkBuild *b, PkRef *ref)
{
  const char *text = pk_node_expr(ref->node);
  if (ref->kind == PK_REF_NODE && text) {
    ref->kind = PK_REF_EXPR;
    ref->expr = pk_build_expr(b, text);
  }
}

gint
pk_unit_column(const PkModel *m, const char *name)
{
  return name ? pk_table_find(m->unit->table, name) : -1;
}

/* ---------------------------------------------------------------- evaluating */

static gboolean
test_holds(PkBuild *b, const PkRef *ref, const PkTable *table, gint64 row)
{
  if (ref->tests_invalid)
    return ref->test_column >= 0 && pk_value_is_invalid(pk_table_at(table, ref->test_column, row));
  if (!ref->has_test)
    return TRUE;
  if (!ref->test)
    return ref->test_value;
  PkValue value = pk_build_eval(b, ref->test, table, row);
  return pk_value_to_bool(&value);
}

const PkRef *
pk_rule_pick(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row)
{
  for (guint i = 0; i < rule->n; i++)
    if (test_holds(b, &rule->refs[i], table, row))
      return &rule->refs[i];
  return NULL;
}

static const PkValue null_value = { .kind = PK_VALUE_NULL };

static const PkValue *
ref_value(const PkRef *ref, const PkTable *table, gint64 row)
{
  if (ref->has_constant)
    return &ref->constant;
  return ref->column >= 0 ? pk_table_at(table, ref->column, row) : &null_value;
}

static double
between(const PkRef *ref, const PkTable *table, gint64 row)
{
  double a = ref->column >= 0 ? pk_value_to_number(pk_table_at(table, ref->column, row)) : NAN;
  double c = ref->column2 >= 0 ? pk_value_to_number(pk_table_at(table, ref->column2, row)) : NAN;
  PkValue value = pk_value_number((1 - ref->t) * a + ref->t * c);
  if (!ref->scale)
    return value.number;
  return isnan(value.number) ? NAN : pk_scale_comp_place(ref->scale, &value, 0);
}

/* getBinSpacing of Vega-Lite. */
static double
spacing_at(const PkRef *ref, const PkTable *table, gint64 row)
{
  const PkSpacing *s = ref->spacing;
  double gap = s->is_end ? -s->spacing / 2 : s->spacing / 2;
  if (s->start >= 0 && s->end >= 0) {
    double from = pk_scale_comp_place(ref->scale, pk_table_at(table, s->start, row), 0);
    double to = pk_scale_comp_place(ref->scale, pk_table_at(table, s->end, row), 0);
    double size = fabs(to - from);
    if (size < s->least)
      gap = (s->is_end ? 0.5 : -0.5) * (s->least - size);
  }
  return s->translate + (s->reverse ? -1 : 1) * (s->offset + gap);
}

double
pk_ref_number_at(PkBuild *b, const PkRef *ref, const PkTable *table, gint64 row)
{
  double x = NAN;
  switch (ref->kind) {
  case PK_REF_NUMBER:
    x = ref->number;
    break;
  case PK_REF_NODE:
    x = pk_build_double(b, ref->node, NAN);
    break;
  case PK_REF_EXPR: {
    PkValue value = ref->expr ? pk_build_eval(b, ref->expr, table, row) : pk_value_null();
    x = value.kind == PK_VALUE_NULL ? NAN : pk_value_to_number(&value);
    break;
  }
  case PK_REF_COLUMN: {
    const PkValue *value = ref_value(ref, table, row);
    x = value->kind == PK_VALUE_NULL ? NAN : pk_value_to_number(value);
    break;
  }
  case PK_REF_SCALED:
    x = pk_scale_comp_place(ref->scale, ref_value(ref, table, row), ref->band);
    break;
  case PK_REF_BETWEEN:
    x = between(ref, table, row);
    break;
  default:
    break;
  }
  x += ref->offset;
  if (ref->spacing)
    x += spacing_at(ref, table, row);
  if (ref->offset_ref) {
    double more = pk_ref_number_at(b, ref->offset_ref, table, row);
    x += isnan(more) ? 0 : more;
  }
  return x;
}

double
pk_rule_number(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row, double fallback)
{
  const PkRef *ref = pk_rule_pick(b, rule, table, row);
  double x = ref ? pk_ref_number_at(b, ref, table, row) : NAN;
  return isnan(x) ? fallback : x;
}

static gboolean
gradient_paint(PkBuild *b, JsonNode *node, PkPaint *paint)
{
  JsonNode *stops = pk_node_member(node, "stops");
  if (!pk_node_member(node, "gradient") || !stops || !JSON_NODE_HOLDS_ARRAY(stops))
    return FALSE;
  JsonArray *array = json_node_get_array(stops);
  PkGradient *gradient = pk_scene_alloc(b->scene, 1, sizeof *gradient);
  gradient->n = json_array_get_length(array);
  gradient->offsets = pk_scene_alloc(b->scene, gradient->n, sizeof(double));
  gradient->colors = pk_scene_alloc(b->scene, gradient->n, sizeof(PkRgba));
  for (guint i = 0; i < gradient->n; i++) {
    JsonNode *stop = json_array_get_element(array, i);
    PkColor color = { 0, 0, 0, 1 };
    pk_build_color(b, pk_node_member(stop, "color"), &color);
    gradient->offsets[i] = pk_build_double(b, pk_node_member(stop, "offset"), 0);
    gradient->colors[i] = pk_rgba(&color);
  }
  gradient->x1 = pk_build_double(b, pk_node_member(node, "x1"), 0);
  gradient->y1 = pk_build_double(b, pk_node_member(node, "y1"), 0);
  gradient->x2 = pk_build_double(b, pk_node_member(node, "x2"), 1);
  gradient->y2 = pk_build_double(b, pk_node_member(node, "y2"), 0);
  *paint = (PkPaint){ .kind = PK_PAINT_GRADIENT, .gradient = gradient };
  return TRUE;
}

static PkPaint
paint_of_text(const char *text)
{
  PkColor color;
  if (!text || !pk_color_parse(text, &color) || pk_color_alpha(&color) == 0)
    return (PkPaint){ .kind = PK_PAINT_NONE };
  return (PkPaint){ .kind = PK_PAINT_COLOR, .color = pk_rgba(&color) };
}

gboolean
pk_paint_from_node(PkBuild *b, JsonNode *node, PkPaint *paint)
{
  *paint = (PkPaint){ .kind = PK_PAINT_NONE };
  if (pk_node_is_null(node))
    return TRUE;
  if (pk_node_member(node, "gradient"))
    return gradient_paint(b, node, paint);
  *paint = paint_of_text(pk_build_text(b, node, NULL));
  return TRUE;
}

gboolean
pk_rule_paint(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row, PkPaint *paint)
{
  const PkRef *ref = pk_rule_pick(b, rule, table, row);
  *paint = (PkPaint){ .kind = PK_PAINT_NONE };
  if (!ref)
    return FALSE;
  if (ref->kind == PK_REF_NODE)
    return pk_paint_from_node(b, ref->node, paint);
  if (ref->kind == PK_REF_SCALED || ref->kind == PK_REF_BETWEEN) {
    PkColor color;
    PkValue value = pk_value_null();
    if (ref->kind == PK_REF_SCALED) {
      value = *ref_value(ref, table, row);
    } else {
      PkRef raw = *ref;
      raw.scale = NULL;
      value = pk_value_number(between(&raw, table, row));
    }
    if (pk_scale_comp_color(ref->scale, &value, &color) && pk_color_alpha(&color) > 0)
      *paint = (PkPaint){ .kind = PK_PAINT_COLOR, .color = pk_rgba(&color) };
    return TRUE;
  }
  PkValue value = ref->kind == PK_REF_EXPR && ref->expr ? pk_build_eval(b, ref->expr, table, row)
                                                        : *ref_value(ref, table, row);
  g_autofree char *text = value.kind == PK_VALUE_NULL ? NULL : pk_value_to_string(&value);
  *paint = paint_of_text(text);
  return TRUE;
}

/* Shapes and dashes: the node that the rule leads to; NULL for none. */
JsonNode *
pk_rule_node(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row)
{
  const PkRef *ref = pk_rule_pick(b, rule, table, row);
  if (!ref)
    return NULL;
  if (ref->kind == PK_REF_NODE)
    return ref->node;
  if (ref->kind == PK_REF_SCALED)
    return pk_scale_comp_slot(ref->scale, ref_value(ref, table, row));
  PkValue value = ref->kind == PK_REF_EXPR && ref->expr ? pk_build_eval(b, ref->expr, table, row)
                                                        : *ref_value(ref, table, row);
  if (value.kind == PK_VALUE_NULL)
    return NULL;
  if (value.kind == PK_VALUE_ARRAY) {
    JsonArray *array = json_array_new();
    for (guint i = 0; i < value.items->len; i++)
      json_array_add_double_element(array, pk_value_to_number(value.items->pdata[i]));
    JsonNode *node = json_node_init_array(json_node_alloc(), array);
    json_array_unref(array);
    g_ptr_array_add(b->nodes, node);
    return node;
  }
  g_autofree char *text = pk_value_to_string(&value);
  return pk_build_node_text(b, text);
}

const char *
pk_rule_text(PkBuild *b, const PkRule *rule, const PkTable *table, gint64 row)
{
  const PkRef *ref = pk_rule_pick(b, rule, table, row);
  if (!ref)
    return NULL;
  if (ref->kind == PK_REF_NODE)
    return pk_build_lines(b, ref->node);
  if (ref->kind == PK_REF_TEXT) {
    g_autofree char *text = pk_text_ref_format(b, ref->text, table, row);
    return pk_scene_intern(b->scene, text);
  }
  PkValue value = ref->kind == PK_REF_EXPR && ref->expr ? pk_build_eval(b, ref->expr, table, row)
                                                        : *ref_value(ref, table, row);
  if (value.kind == PK_VALUE_NULL)
    return NULL;
  g_autofree char *text = NULL;
  if (value.kind == PK_VALUE_ARRAY) {
    g_autoptr(GString) lines = g_string_new(NULL);
    for (guint i = 0; i < value.items->len; i++) {
      g_autofree char *line = pk_value_to_string(value.items->pdata[i]);
      g_string_append_printf(lines, "%s%s", i ? "\n" : "", line);
    }
    return pk_scene_intern(b->scene, lines->str);
  }
  text = pk_value_to_string(&value);
  return pk_scene_intern(b->scene, text);
}

/* ---------------------------------------------------------------- making */

gboolean
pk_build_test(const PkModel *m, const PkCondition *condition, PkRef *ref)
{
  PkBuild *b = m->build;
  ref->has_test = TRUE;
  if (condition->param) {
    g_autofree char *selected = pk_selection_to_expr(b->spec, condition->param, condition->empty);
    ref->test = pk_build_expr(b, selected);
    return ref->test != NULL;
  }
  GError *error = NULL;
  g_autofree char *text = pk_selection_predicate(b->spec, condition->test, condition->def.path, &error);
  if (!text) {
    pk_build_take_error(b, error);
    return FALSE;
  }
  ref->test = pk_build_expr(b, text);
  return ref->test != NULL;
}

void
pk_rule_conditions(const PkModel *m, const PkChannelDef *def,
                   void (*main)(const PkModel *m, const PkChannelDef *def, gpointer data, PkRule *rule),
                   gpointer data, PkRule *rule)
{
  for (guint i = 0; def && i < def->n_conditions; i++) {
    PkRule one = { 0 };
    main(m, &def->conditions[i].def, data, &one);
    if (one.n == 0)
      continue;
    PkRef ref = one.refs[one.n - 1];
    if (pk_build_test(m, &def->conditions[i], &ref))
      pk_rule_add(m->build, rule, ref);
  }
}

gboolean
pk_ref_zero_or_end(PkScaleComp *scale, gboolean max, PkRef *ref)
{
  if (!scale)
    return FALSE;
  int zero = pk_scale_comp_has_zero(scale);
  gsize n = 0;
  const double *domain =
      scale->scale && !pk_scale_type_is_discrete(scale->type) ? pk_scale_get_domain(scale->scale, &n) : NULL;
  double value = 0;
  if (zero <= 0 && n > 0) {
    double lo, hi;
    pk_scale_get_extent(scale->scale, &lo, &hi);
    if (zero < 0 || !(lo <= 0 && 0 <= hi))
      value = max ? domain[n - 1] : domain[0];
  }
  *ref = (PkRef){.kind = PK_REF_SCALED,
                 .scale = scale,
                 .has_constant = TRUE,
                 .constant = pk_value_number(value),
                 .column = -1,
                 .column2 = -1,
                 .test_column = -1};
  if (pk_scale_type_is_discrete(scale->type) && scale->domain_values && scale->domain_values->len)
    ref->constant = g_array_index(scale->domain_values, PkValue, max ? scale->domain_values->len - 1 : 0);
  return TRUE;
}

/* Vega-Lite's invalid data mode of a mark, as far as it is "show" (null). */
static gboolean
shows_invalid(const PkModel *m)
{
  JsonNode *node = pk_mark_prop(m, "invalid");
  if (!node)
    node = pk_mark_config(m, "invalid", NULL);
  return node && (JSON_NODE_HOLDS_NULL(node) ||
                  (pk_node_is_text(node) && g_str_equal(json_node_get_string(node), "show")));
}

gboolean
pk_ref_invalid(const PkModel *m, PkChannel channel, const PkChannelDef *def, PkRef *ref)
{
  PkScaleComp *scale = pk_model_scale(m, channel);
  const PkChannelData *data = def ? pk_model_data_of(m, def) : NULL;
  if (!scale || !data || !pk_def_is_field(def) || pk_scale_comp_is_discrete(scale) || def->is_count ||
      g_strcmp0(def->aggregate, "count") == 0 || g_strcmp0(def->aggregate, "distinct") == 0 ||
      g_strcmp0(def->aggregate, "valid") == 0 || g_strcmp0(def->aggregate, "missing") == 0)
    return FALSE;
  JsonNode *as = pk_node_member(pk_config_get(m->build, "scale", "invalid"), pk_channel_name(channel));
  if (!as && !shows_invalid(m))
    return FALSE;
  JsonNode *value = pk_node_member(as, "value");
  if (value)
    *ref = pk_ref_node(value);
  else
    pk_ref_zero_or_end(scale, FALSE, ref);
  ref->tests_invalid = TRUE;
  ref->test_column = pk_unit_column(m, data->column);
  prepare_node(m->build, ref);
  return TRUE;
}

/* The reference to a scaled field, datum or value of a channel that is no position (midPoint). */
static void
non_position_main(const PkModel *m, const PkChannelDef *def, gpointer user, PkRule *rule)
{
  PkChannel channel = GPOINTER_TO_INT(user);
  PkBuild *b = m->build;
  PkScaleComp *scale = pk_model_scale(m, channel);
  const PkChannelData *data = pk_model_data_of(m, def);
  if (def->value) {
    PkRef ref = pk_ref_node(def->value);
    prepare_node(b, &ref);
    pk_rule_add(b, rule, ref);
    return;
  }
  PkRef ref = { .column = -1, .column2 = -1, .test_column = -1, .scale = scale };
  ref.kind = scale && !def->scale_null ? PK_REF_SCALED : PK_REF_COLUMN;
  if (pk_def_is_datum(def)) {
    ref.has_constant = TRUE;
    ref.constant = pk_build_datum(b, def->datum, data && data->type == PK_MEASURE_TEMPORAL, def->time_unit);
  } else if (pk_def_is_field(def) && data) {
    ref.column = pk_unit_column(m, data->column);
    gboolean binning = def->bin.present && !def->bin.binned;
    gboolean discrete = scale && pk_scale_comp_is_discrete(scale);
    double at = pk_model_band_position(m, channel, FALSE);
    if (binning && discrete && scale->type != PK_SCALE_BIN_ORDINAL && data->column_range)
      ref.column = pk_unit_column(m, data->column_range);
    else if (scale && !discrete && at > 0 && data->column_end &&
             (binning || (def->time_unit && data->type == PK_MEASURE_TEMPORAL))) {
      ref.kind = PK_REF_BETWEEN;
      ref.column2 = pk_unit_column(m, data->column_end);
      ref.t = at;
    }
    if (scale && scale->type == PK_SCALE_BAND)
      ref.band = isnan(at) ? 0.5 : at;
  } else {
    return;
  }
  pk_rule_add(b, rule, ref);
}

void
pk_rule_non_position(const PkModel *m, PkChannel channel, const char *vg_name, JsonNode *default_node,
                     gboolean has_default, PkRule *rule)
{
  PkBuild *b = m->build;
  const PkChannelDef *def = pk_model_def(m, channel);
  const char *name = pk_channel_name(channel);
  if (!has_default && !default_node) {
    gboolean own_name = !vg_name || g_str_equal(vg_name, name);
    default_node = vg_name ? pk_mark_prop(m, vg_name) : NULL;
    if (!default_node)
      default_node = pk_mark_prop(m, name);
    if (!default_node && !((!def || def->n_conditions == 0) && own_name))
      default_node = pk_mark_config(m, name, vg_name);
  }
  pk_rule_conditions(m, def, non_position_main, GINT_TO_POINTER(channel), rule);
  PkRef ref;
  if (def && pk_ref_invalid(m, channel, def, &ref))
    pk_rule_add(b, rule, ref);
  guint before = rule->n;
  if (def)
    non_position_main(m, def, GINT_TO_POINTER(channel), rule);
  if (rule->n == before && default_node) {
    ref = pk_ref_node(default_node);
    prepare_node(b, &ref);
    pk_rule_add(b, rule, ref);
  }
}

/* The color that a mark's definition and config give its fill or stroke (color() of Vega-Lite). */
static JsonNode *
default_paint(const PkModel *m, gboolean is_main, const char *vg_name)
{
  PkBuild *b = m->build;
  JsonNode *node = pk_mark_prop(m, vg_name);
  if (!node && is_main)
    node = pk_mark_prop(m, "color");
  if (!node && is_main)
    node = pk_mark_config(m, "color", vg_name);
  if (!node && !is_main)
    node = pk_config_get(b, m->mark_name, vg_name);
  if (!node && !is_main)
    node = pk_config_get(b, "mark", vg_name);
  if (!node && is_main)
    node = pk_config_get(b, "mark", "color");
  return node;
}

void
pk_rule_color(const PkModel *m, gboolean filled, PkRule *fill, PkRule *stroke)
{
  PkBuild *b = m->build;
  JsonNode *default_fill = default_paint(m, filled, "fill");
  JsonNode *default_stroke = default_paint(m, !filled, "stroke");
  if (!default_fill && (m->mark == PK_MARK_BAR || m->mark == PK_MARK_POINT || m->mark == PK_MARK_CIRCLE ||
                        m->mark == PK_MARK_SQUARE))
    default_fill = pk_build_node_text(b, "transparent");
  PkRule rule = { 0 };
  pk_rule_non_position(m, PK_CHANNEL_COLOR, filled ? "fill" : "stroke",
                       filled ? default_fill : default_stroke,
                       (filled ? default_fill : default_stroke) != NULL, &rule);
  PkRule own_fill = { 0 }, own_stroke = { 0 };
  pk_rule_non_position(m, PK_CHANNEL_FILL, NULL, pk_model_def(m, PK_CHANNEL_FILL) ? default_fill : NULL,
                       FALSE, &own_fill);
  pk_rule_non_position(m, PK_CHANNEL_STROKE, NULL,
                       pk_model_def(m, PK_CHANNEL_STROKE) ? default_stroke : NULL, FALSE, &own_stroke);
  if (default_fill)
    pk_rule_add(b, fill, pk_ref_node(default_fill));
  if (default_stroke)
    pk_rule_add(b, stroke, pk_ref_node(default_stroke));
  for (guint i = 0; i < 2; i++) {
    PkRule *rules[] = { fill, stroke };
    for (guint k = 0; k < rules[i]->n; k++)
      prepare_node(b, &rules[i]->refs[k]);
  }
  if (rule.n > 0)
    *(filled ? fill : stroke) = rule;
  if (own_fill.n > 0)
    *fill = own_fill;
  if (own_stroke.n > 0)
    *stroke = own_stroke;
}
