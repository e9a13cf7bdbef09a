/* Vega-Lite's normalisation on the JSON of a unit: encodings of layers, overlays
 * of paths, ranged lines (src/normalize and src/stack.ts of the reference say what the language means). */
#include "pk-spec-priv.h"

#include <string.h>

static gboolean
is_field_def(JsonObject *def)
{
  return def && (pk_json_is_truthy(json_object_get_member(def, "field")) ||
                 g_strcmp0(pk_json_text_of(def, "aggregate"), "count") == 0);
}

static gboolean
is_field_or_datum_def(JsonObject *def)
{
  return is_field_def(def) || (def && json_object_has_member(def, "datum"));
}

/* The single condition that has a field or datum. */
static JsonObject *
conditional_def(JsonObject *def)
{
  JsonObject *condition = def ? pk_json_object_of(def, "condition") : NULL;
  return is_field_or_datum_def(condition) ? condition : NULL;
}

static void
assign(JsonObject *into, JsonObject *from)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered(&iter, from);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    pk_json_set(into, name, json_node_ref(node));
}

static void
set_object(JsonObject *into, const char *name, JsonObject *value)
{
  json_object_set_object_member(into, name, json_object_ref(value));
}

static void
merge_channel(PkSpecMaker *self, JsonObject *merged, const char *name, JsonNode *over, JsonNode *own,
              gboolean is_layer)
{
  JsonObject *over_def = over && JSON_NODE_HOLDS_OBJECT(over) ? json_node_get_object(over) : NULL;
  JsonObject *def = own && JSON_NODE_HOLDS_OBJECT(own) ? json_node_get_object(own) : NULL;
  JsonObject *condition = conditional_def(def);
  if (is_field_or_datum_def(def) && over_def) {
    JsonObject *made = pk_spec_copy_object(self, over_def, pk_spec_path(self, def));
    assign(made, def);
    set_object(merged, name, made);
  } else if (condition && over_def) {
    JsonObject *made = pk_spec_copy_object(self, def, pk_spec_path(self, def));
    JsonObject *inner = pk_spec_copy_object(self, over_def, pk_spec_path(self, condition));
    assign(inner, condition);
    set_object(made, "condition", inner);
    set_object(merged, name, made);
  } else if (own) {
    pk_json_set(merged, name, json_node_ref(own));
  } else if (is_layer || JSON_NODE_HOLDS_ARRAY(over) || is_field_or_datum_def(over_def) ||
             (over_def && json_object_has_member(over_def, "value"))) {
    pk_json_set(merged, name, json_node_ref(over));
  }
}

JsonObject *
pk_spec_merge_encoding(PkSpecMaker *self, JsonObject *parent, JsonObject *own, gboolean is_layer)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (!parent || !own)
    return own && !parent ? own : parent;
  JsonObject *merged = pk_spec_copy_object(self, NULL, pk_spec_path(self, own));
  json_object_iter_init_ordered(&iter, parent);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    merge_channel(self, merged, name, node, json_object_get_member(own, name), is_layer);
  json_object_iter_init_ordered(&iter, own);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    if (!json_object_has_member(parent, name))
      merge_channel(self, merged, name, NULL, node, is_layer);
  return merged;
}

/* --- stacking, as far as an overlay must know it --- */

static PkMeasure
measure_of(JsonObject *def, const char *channel)
{
  const char *type = pk_json_text_of(def, "type");
  const char *aggregate = pk_json_text_of(def, "aggregate");
  if (g_strcmp0(aggregate, "count") == 0 || g_strcmp0(aggregate, "valid") == 0 ||
      g_strcmp0(aggregate, "missing") == 0 || g_strcmp0(aggregate, "distinct") == 0)
    return PK_MEASURE_QUANTITATIVE;
  if (type)
    return type[0] == 'q' || type[0] == 'Q'   ? PK_MEASURE_QUANTITATIVE
           : type[0] == 't' || type[0] == 'T' ? PK_MEASURE_TEMPORAL
           : type[0] == 'o' || type[0] == 'O' ? PK_MEASURE_ORDINAL
                                              : PK_MEASURE_NOMINAL;
  if (json_object_has_member(def, "datum"))
    return pk_json_is_number(json_object_get_member(def, "datum")) ? PK_MEASURE_QUANTITATIVE
                                                                   : PK_MEASURE_NOMINAL;
  JsonNode *sort = json_object_get_member(def, "sort");
  if (sort && JSON_NODE_HOLDS_ARRAY(sort))
    return PK_MEASURE_ORDINAL;
  if (json_object_has_member(def, "timeUnit"))
    return PK_MEASURE_TEMPORAL;
  if (pk_json_is_truthy(json_object_get_member(def, "bin")) || aggregate)
    return PK_MEASURE_QUANTITATIVE;
  JsonObject *scale = pk_json_object_of(def, "scale");
  const char *kind = scale ? pk_json_text_of(scale, "type") : NULL;
  static const char *const numeric[] = { "linear", "log", "pow", "sqrt", "symlog", "identity", "sequential",
                                         "quantile", "quantize", "threshold", "bin-ordinal", NULL };
  if (kind && g_strv_contains(numeric, kind))
    return PK_MEASURE_QUANTITATIVE;
  return g_strcmp0(kind, "time") == 0 || g_strcmp0(kind, "utc") == 0 ? PK_MEASURE_TEMPORAL
                                                                     : PK_MEASURE_NOMINAL;
}

static gboolean
is_measure(JsonObject *def, const char *channel)
{
  return is_field_def(def) && measure_of(def, channel) == PK_MEASURE_QUANTITATIVE &&
         !pk_json_is_truthy(json_object_get_member(def, "bin"));
}

/* The channel along which a line or area could stack, or NULL. */
static const char *
stackable_channel(JsonObject *x, JsonObject *y, gboolean is_area, const char *orient)
{
  gboolean x_measure = is_measure(x, "x"), y_measure = is_measure(y, "y");
  gboolean horizontal = g_strcmp0(orient, "horizontal") == 0;
  if (x_measure && y_measure) {
    if (pk_json_is_truthy(json_object_get_member(x, "stack")))
      return "x";
    if (pk_json_is_truthy(json_object_get_member(y, "stack")))
      return "y";
    gboolean xa = json_object_has_member(x, "aggregate"), ya = json_object_has_member(y, "aggregate");
    if (xa != ya)
      return xa ? "x" : "y";
    return !is_area ? NULL : horizontal ? "x" : "y";
  }
  if (x_measure && (is_field_def(y) || !is_area || g_strcmp0(orient, "vertical") != 0))
    return "x";
  if (y_measure && (is_field_def(x) || !is_area || !horizontal))
    return "y";
  return NULL;
}

/* An aggregate anywhere in the encoding; *by: a field that splits the stack and is not the dimension's. */
static void
scan_series(JsonObject *encoding, const char *dimension_field, gboolean *aggregates, gboolean *by)
{
  static const char *const apart[] = { "x", "y", "x2", "y2", "xOffset", "yOffset", "tooltip", NULL };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered(&iter, encoding);
  while (json_object_iter_next_ordered(&iter, &name, &node)) {
    guint n = JSON_NODE_HOLDS_ARRAY(node) ? json_array_get_length(json_node_get_array(node)) : 1;
    for (guint i = 0; i < n; i++) {
      JsonNode *item =
        JSON_NODE_HOLDS_ARRAY(node) ? json_array_get_element(json_node_get_array(node), i) : node;
      JsonObject *def = JSON_NODE_HOLDS_OBJECT(item) ? json_node_get_object(item) : NULL;
      if (def && !is_field_def(def))
        def = conditional_def(def);
      if (!is_field_def(def))
        continue;
      if (json_object_has_member(def, "aggregate"))
        *aggregates = TRUE;
      else if (!g_strv_contains(apart, name) &&
               g_strcmp0(pk_json_text_of(def, "field"), dimension_field) != 0)
        *by = TRUE;
    }
  }
}

/* The encoding with the stacking made explicit that the overlaid mark has by itself. */
static JsonObject *
with_stack(PkSpecMaker *self, JsonObject *encoding, gboolean is_area, const char *orient)
{
  JsonObject *x = pk_json_object_of(encoding, "x"), *y = pk_json_object_of(encoding, "y");
  const char *channel = stackable_channel(x, y, is_area, orient);
  if (!channel)
    return encoding;
  JsonObject *def = channel[0] == 'x' ? x : y, *dimension = channel[0] == 'x' ? y : x;
  JsonNode *stack = json_object_get_member(def, "stack");
  const char *offset = stack && pk_json_is_text(stack) ? json_node_get_string(stack)
                       : pk_json_is_true(stack) || (!stack && is_area) ? "zero" : NULL;
  gboolean aggregates = FALSE, by = FALSE;
  scan_series(encoding, is_field_def(dimension) ? pk_json_text_of(dimension, "field") : NULL, &aggregates,
              &by);
  JsonObject *second = pk_json_object_of(encoding, channel[0] == 'x' ? "x2" : "y2");
  if (!offset || (aggregates && !by) || is_field_or_datum_def(second))
    return encoding;
  JsonObject *made = pk_spec_copy_object(self, encoding, NULL);
  JsonObject *stacked = pk_spec_copy_object(self, def, NULL);
  json_object_set_string_member(stacked, "stack", offset);
  set_object(made, channel, stacked);
  return made;
}

/* --- overlays --- */

/* A mark property: of the definition, of its style, of the mark's or all marks' configuration. */
static JsonNode *
mark_property(PkSpecMaker *self, JsonObject *mark, const char *type, const char *name)
{
  JsonObject *config = self->spec.config.object;
  JsonNode *found = json_object_get_member(mark, name);
  if (found || !config)
    return found;
  JsonObject *styles = pk_json_object_of(config, "style");
  JsonNode *style = json_object_get_member(mark, "style");
  if (styles && style) {
    g_autoptr(JsonArray) one = NULL;
    JsonArray *names = JSON_NODE_HOLDS_ARRAY(style) ? json_node_get_array(style) : (one = json_array_new());
    if (one)
      json_array_add_element(one, json_node_ref(style));
    for (guint i = json_array_get_length(names); i > 0 && !found; i--) {
      JsonObject *bag = pk_json_object_of(styles, json_array_get_string_element(names, i - 1));
      found = bag ? json_object_get_member(bag, name) : NULL;
    }
  }
  JsonObject *own = pk_json_object_of(config, type), *all = pk_json_object_of(config, "mark");
  if (!found && own)
    found = json_object_get_member(own, name);
  return found || !all ? found : json_object_get_member(all, name);
}

/* What to lay over: FALSE for nothing, else *bag with its properties (NULL: none). */
static gboolean
overlay_of(PkSpecMaker *self, JsonObject *mark, JsonObject *config, const char *name, gboolean by_encoding,
           JsonObject **bag)
{
  JsonNode *given = json_object_get_member(mark, name);
  gboolean on = given ? pk_json_is_truthy(given) : by_encoding;
  if (!given && config && json_object_has_member(config, name)) {
    given = json_object_get_member(config, name);
    on = on || pk_json_is_truthy(given);
  }
  *bag = NULL;
  if (!on || !given)
    return on;
  if (JSON_NODE_HOLDS_OBJECT(given)) {
    *bag = json_node_get_object(given);
  } else if (pk_json_is_text(given)) { /* "transparent" */
    *bag = pk_spec_copy_object(self, NULL, pk_spec_path(self, mark));
    json_object_set_int_member(*bag, "opacity", 0);
  }
  return on;
}

static JsonObject *
overlay_unit(PkSpecMaker *self, JsonObject *unit, JsonObject *mark, JsonObject *over, JsonObject *encoding,
             const char *type)
{
  static const char *const kept[] = { "clip", "tooltip", "interpolate", "tension" };
  gboolean is_point = g_str_equal(type, "point");
  JsonObject *made = pk_spec_copy_object(self, NULL, pk_spec_path(self, unit));
  JsonObject *def = pk_spec_copy_object(self, NULL, pk_spec_path(self, over ? over : mark));
  json_object_set_string_member(def, "type", type);
  if (is_point) {
    json_object_set_int_member(def, "opacity", 1);
    json_object_set_boolean_member(def, "filled", TRUE);
  }
  for (guint i = 0; i < (is_point ? 2 : 4); i++)
    if (json_object_has_member(mark, kept[i]))
      pk_json_set(def, kept[i], json_node_ref(json_object_get_member(mark, kept[i])));
  if (over)
    assign(def, over);
  set_object(made, "mark", def);
  set_object(made, "encoding", encoding);
  return made;
}

static JsonObject *
base_unit(PkSpecMaker *self, JsonObject *unit, JsonObject *mark, const char *type, JsonObject *encoding)
{
  static const char *const kept[] = { "name", "params", "projection" };
  JsonObject *made = pk_spec_copy_object(self, NULL, pk_spec_path(self, unit));
  JsonObject *def = pk_spec_copy_object(self, mark, NULL);
  JsonObject *base = pk_spec_copy_object(self, encoding, NULL);
  if (g_str_equal(type, "area") && !mark_property(self, mark, type, "opacity") &&
      !mark_property(self, mark, type, "fillOpacity"))
    json_object_set_double_member(def, "opacity", 0.7);
  json_object_remove_member(def, "point");
  json_object_remove_member(def, "line");
  json_object_remove_member(base, "shape");
  for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
    if (json_object_has_member(unit, kept[i]))
      pk_json_set(made, kept[i], json_node_ref(json_object_get_member(unit, kept[i])));
  set_object(made, "mark", def);
  set_object(made, "encoding", base);
  return made;
}

static JsonObject *
overlay_layer(PkSpecMaker *self, JsonObject *unit, JsonObject *mark, const char *type, JsonObject *encoding,
              gboolean has_config)
{
  static const char *const inner[] = { "name", "params", "projection", "mark", "encoding" };
  JsonObject *config =
    self->spec.config.object && has_config ? pk_json_object_of(self->spec.config.object, type) : NULL;
  JsonObject *point, *line = NULL;
  gboolean is_area = g_str_equal(type, "area");
  gboolean has_point =
    overlay_of(self, mark, config, "point", json_object_has_member(encoding, "shape"), &point);
  gboolean has_line = is_area && overlay_of(self, mark, config, "line", FALSE, &line);
  if (!has_point && !has_line)
    return NULL;
  JsonNode *orient = mark_property(self, mark, type, "orient");
  JsonObject *over = with_stack(self, encoding, is_area,
                                orient && pk_json_is_text(orient) ? json_node_get_string(orient) : NULL);
  over = pk_spec_copy_object(self, over, NULL);
  json_object_remove_member(over, "x2");
  json_object_remove_member(over, "y2");
  JsonArray *layers = json_array_new();
  json_array_add_object_element(layers, json_object_ref(base_unit(self, unit, mark, type, encoding)));
  if (has_line)
    json_array_add_object_element(layers,
                                  json_object_ref(overlay_unit(self, unit, mark, line, over, "line")));
  if (has_point)
    json_array_add_object_element(layers,
                                  json_object_ref(overlay_unit(self, unit, mark, point, over, "point")));
  JsonObject *made = pk_spec_copy_object(self, unit, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(inner); i++)
    json_object_remove_member(made, inner[i]);
  json_object_set_array_member(made, "layer", layers);
  return made;
}

static gboolean
is_ranged_line(JsonObject *encoding)
{
  static const char *const pairs[][2] = { { "x", "x2" }, { "y", "y2" } };
  for (guint i = 0; i < 2; i++) {
    JsonObject *def = pk_json_object_of(encoding, pairs[i][0]);
    if (!json_object_has_member(encoding, pairs[i][1]) || !def)
      continue;
    JsonObject *bin = pk_json_object_of(def, "bin");
    gboolean binned = g_strcmp0(pk_json_text_of(def, "bin"), "binned") == 0 ||
                      (bin && pk_json_is_true(json_object_get_member(bin, "binned")));
    if ((is_field_def(def) && !binned) || json_object_has_member(def, "datum"))
      return TRUE;
  }
  return FALSE;
}

JsonObject *
pk_spec_normalize_unit(PkSpecMaker *self, JsonObject *unit, gboolean has_overlay_config,
                       gboolean *is_overlay)
{
  static const char *const paths[] = { "line", "area", "rule", NULL };
  JsonObject *mark = pk_json_object_of(unit, "mark"), *encoding = pk_json_object_of(unit, "encoding");
  const char *type = mark ? pk_json_text_of(mark, "type") : pk_json_text_of(unit, "mark");
  if (!type || !g_strv_contains(paths, type))
    return NULL;
  if (!encoding)
    encoding = pk_spec_copy_object(self, NULL, pk_spec_path(self, unit));
  if (!mark) {
    mark = pk_spec_copy_object(self, NULL, pk_spec_path(self, unit));
    json_object_set_string_member(mark, "type", type);
  }
  JsonObject *layer = overlay_layer(self, unit, mark, type, encoding, has_overlay_config);
  *is_overlay = layer != NULL;
  if (layer || !g_str_equal(type, "line") || !is_ranged_line(encoding))
    return layer;
  JsonObject *made = pk_spec_copy_object(self, unit, NULL);
  JsonObject *rule = pk_spec_copy_object(self, mark, NULL);
  json_object_set_string_member(rule, "type", "rule");
  set_object(made, "mark", rule);
  return made;
}
