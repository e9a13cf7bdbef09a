/* A channel's checked JSON → PkChannelDef. */
#include "pk-error.h"
#include "pk-spec-priv.h"

#include <math.h>
#include <string.h>

static gboolean build_def(PkSpecMaker *self, PkChannel channel, JsonObject *object, PkChannelDef *def,
                          GError **error);

static PkMeasure
measure_of(const char *type)
{
  switch (type ? g_ascii_tolower(type[0]) : 0) {
  case 'q':
    return PK_MEASURE_QUANTITATIVE;
  case 't':
    return PK_MEASURE_TEMPORAL;
  case 'o':
    return PK_MEASURE_ORDINAL;
  case 'n':
    return PK_MEASURE_NOMINAL;
  default:
    return PK_MEASURE_NONE;
  }
}

/* "mean", {"argmax": "f"} or {"exponential": 0.5}. */
static void
build_aggregate(PkSpecMaker *self, JsonNode *node, PkChannelDef *def)
{
  if (pk_json_is_text(node)) {
    def->aggregate = pk_spec_dup(self, json_node_get_string(node));
    def->is_count = g_str_equal(def->aggregate, "count");
  } else if (node && JSON_NODE_HOLDS_OBJECT(node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *argument;
    json_object_iter_init_ordered(&iter, json_node_get_object(node));
    while (json_object_iter_next_ordered(&iter, &name, &argument)) {
      def->aggregate = pk_spec_dup(self, name);
      if (pk_json_is_text(argument))
        def->aggregate_arg = pk_spec_dup(self, json_node_get_string(argument));
      else if (pk_json_is_number(argument))
        def->aggregate_param = json_node_get_double(argument);
    }
  }
}

static void
build_bin(PkSpecMaker *self, JsonNode *node, PkChannelDef *def)
{
  if (pk_json_is_text(node)) {
    def->bin.binned = TRUE;
  } else if (node && JSON_NODE_HOLDS_OBJECT(node)) {
    def->bin.params = pk_spec_bag(self, json_node_get_object(node));
    def->bin.binned = pk_props_get_bool(&def->bin.params, "binned", FALSE);
  }
  def->bin.present = pk_json_is_truthy(node);
}

static void
build_time_unit(PkSpecMaker *self, JsonNode *node, PkChannelDef *def)
{
  def->time_step = 1;
  if (pk_json_is_text(node)) {
    def->time_unit = pk_spec_dup(self, json_node_get_string(node));
  } else if (node && JSON_NODE_HOLDS_OBJECT(node)) {
    PkProps props = pk_spec_bag(self, json_node_get_object(node));
    const char *unit = pk_props_get_text(&props, "unit", NULL);
    gboolean utc = pk_props_get_bool(&props, "utc", FALSE);
    gboolean binned = pk_props_get_bool(&props, "binned", FALSE);
    def->time_step = pk_props_get_double(&props, "step", 1);
    def->time_maxbins = pk_props_get_double(&props, "maxbins", 0);
    if (unit) {
      g_autofree char *name = g_strconcat(binned && !g_str_has_prefix(unit, "binned") ? "binned" : "",
                                          utc && !strstr(unit, "utc") ? "utc" : "", unit, NULL);
      def->time_unit = pk_spec_dup(self, name);
    }
  }
}

/* A title's lines, joined by line breaks. */
static char *
title_of(PkSpecMaker *self, JsonNode *node)
{
  if (pk_json_is_text(node))
    return pk_spec_dup(self, json_node_get_string(node));
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return NULL;
  JsonArray *lines = json_node_get_array(node);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < json_array_get_length(lines); i++)
    g_string_append_printf(text, "%s%s", i ? "\n" : "", json_array_get_string_element(lines, i));
  return pk_spec_dup(self, text->str);
}

/* scale, axis and legend: an object or null. */
static void
build_part(PkSpecMaker *self, JsonObject *object, const char *name, gboolean *has, gboolean *is_null,
           PkProps *bag)
{
  JsonNode *node = json_object_get_member(object, name);
  if (!node)
    return;
  *has = TRUE;
  *is_null = JSON_NODE_HOLDS_NULL(node);
  if (JSON_NODE_HOLDS_OBJECT(node))
    *bag = pk_spec_bag(self, json_node_get_object(node));
}

static void
build_guides(PkSpecMaker *self, JsonObject *object, PkChannelDef *def)
{
  build_part(self, object, "scale", &def->has_scale, &def->scale_null, &def->scale_props);
  if (def->scale_props.object)
    def->scale_props = pk_spec_resolve_domain(self, def->channel, def->field, def->scale_props);
  build_part(self, object, "axis", &def->has_axis, &def->axis_null, &def->axis);
  build_part(self, object, "legend", &def->has_legend, &def->legend_null, &def->legend);
  def->scale = json_object_get_member(object, "scale");
  def->sort = json_object_get_member(object, "sort");
  def->has_sort = def->sort != NULL;
  def->stack = json_object_get_member(object, "stack");
  def->has_stack = def->stack != NULL;
  def->impute = json_object_get_member(object, "impute");
  def->format = pk_spec_dup(self, pk_json_text_of(object, "format"));
  def->format_type = pk_spec_dup(self, pk_json_text_of(object, "formatType"));
}

static gboolean
build_condition(PkSpecMaker *self, PkChannel channel, JsonNode *node, PkCondition *condition, GError **error)
{
  JsonObject *object = json_node_get_object(node);
  JsonNode *empty = json_object_get_member(object, "empty"), *test = json_object_get_member(object, "test");
  const char *name = pk_json_text_of(object, "param");
  const PkParam *selection = pk_spec_find_selection(self, name);
  condition->empty = !empty || pk_json_is_true(empty);
  if (selection) {
    condition->test = pk_spec_selection_test(self, selection, condition->empty, error);
    if (!condition->test)
      return FALSE;
  } else if (test) {
    JsonNode *resolved = pk_spec_resolve_selections(self, test, error);
    if (!resolved)
      return FALSE;
    JsonObject *holder = pk_spec_copy_object(self, NULL, pk_spec_path(self, object));
    json_object_set_member(holder, "test", resolved);
    condition->test = resolved;
  } else {
    condition->param = pk_spec_dup(self, name);
  }
  return build_def(self, channel, object, &condition->def, error);
}

static gboolean
build_conditions(PkSpecMaker *self, PkChannel channel, JsonNode *node, PkChannelDef *def, GError **error)
{
  if (!node)
    return TRUE;
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
  def->n_conditions = array ? json_array_get_length(array) : 1;
  def->conditions = pk_spec_alloc(self, def->n_conditions * sizeof(PkCondition));
  for (guint i = 0; i < def->n_conditions; i++) {
    JsonNode *item = array ? json_array_get_element(array, i) : node;
    if (!JSON_NODE_HOLDS_OBJECT(item))
      return pk_fail(error, PK_ERROR_INVALID, "%s.condition: an object is expected", def->path);
    if (!build_condition(self, channel, item, &def->conditions[i], error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
build_def(PkSpecMaker *self, PkChannel channel, JsonObject *object, PkChannelDef *def, GError **error)
{
  static const char *const repeated[] = { "field", "datum" };
  JsonNode *title = json_object_get_member(object, "title");
  for (guint i = 0; i < G_N_ELEMENTS(repeated); i++) {
    JsonObject *ref = pk_json_object_of(object, repeated[i]);
    if (ref && json_object_has_member(ref, "repeat"))
      return pk_fail(error, PK_ERROR_INVALID, "%s.%s: no repeated view around this gives a field for \"%s\"",
                     pk_spec_path(self, object), repeated[i], pk_json_text_of(ref, "repeat"));
  }
  def->path = (char *)pk_spec_path(self, object);
  def->channel = channel;
  def->field = pk_spec_dup(self, pk_json_text_of(object, "field"));
  def->type = measure_of(pk_json_text_of(object, "type"));
  def->value = json_object_get_member(object, "value");
  def->datum = json_object_get_member(object, "datum");
  def->has_title = title != NULL;
  def->title = title ? title_of(self, title) : NULL;
  PkProps props = pk_spec_bag(self, object);
  def->band_position = pk_props_get_double(&props, "bandPosition", NAN);
  build_aggregate(self, json_object_get_member(object, "aggregate"), def);
  build_bin(self, json_object_get_member(object, "bin"), def);
  build_time_unit(self, json_object_get_member(object, "timeUnit"), def);
  build_guides(self, object, def);
  return build_conditions(self, channel, json_object_get_member(object, "condition"), def, error);
}

gboolean
pk_spec_build_channel(PkSpecMaker *self, PkChannel channel, JsonNode *node, PkEncoding *out, GError **error)
{
  if (JSON_NODE_HOLDS_NULL(node)) {
    out->is_null = TRUE;
    return TRUE;
  }
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
  out->n = array ? json_array_get_length(array) : 1;
  out->defs = pk_spec_alloc(self, out->n * sizeof(PkChannelDef));
  for (guint i = 0; i < out->n; i++) {
    JsonNode *item = array ? json_array_get_element(array, i) : node;
    if (!JSON_NODE_HOLDS_OBJECT(item))
      return pk_fail(error, PK_ERROR_INVALID, "the channel %s: an object is expected",
                     pk_channel_name(channel));
    if (!build_def(self, channel, json_node_get_object(item), &out->defs[i], error))
      return FALSE;
  }
  return TRUE;
}
