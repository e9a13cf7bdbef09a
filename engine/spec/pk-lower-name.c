/* Names of derived columns and default titles: vgField and title of vega-lite's src/channeldef.ts. */
#include "pk-lower-priv.h"

#include <math.h>
#include <string.h>

double
pk_lower_auto_maxbins(PkChannel channel)
{
  switch (channel) {
  case PK_CHANNEL_SIZE: case PK_CHANNEL_COLOR: case PK_CHANNEL_FILL: case PK_CHANNEL_STROKE:
  case PK_CHANNEL_STROKE_WIDTH: case PK_CHANNEL_OPACITY: case PK_CHANNEL_FILL_OPACITY:
  case PK_CHANNEL_STROKE_OPACITY: case PK_CHANNEL_SHAPE:
    return 6;
  case PK_CHANNEL_STROKE_DASH:
    return 4;
  default:
    return 10;
  }
}

/* Only letters, digits and _ (vega-lite varName). */
static void
append_var_name(GString *out, const char *text)
{
  for (; *text; text++)
    g_string_append_c(out, g_ascii_isalnum(*text) || *text == '_' ? *text : '_');
}

/* A JSON value as JavaScript's template strings write it. */
static void
append_json_text(GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
      if (i)
        g_string_append_c(out, ',');
      append_json_text(out, json_array_get_element(array, i));
    }
  } else if (JSON_NODE_HOLDS_OBJECT(node)) {
    g_string_append(out, "[object Object]");
  } else if (json_node_get_value_type(node) == G_TYPE_STRING) {
    g_string_append(out, json_node_get_string(node));
  } else if (json_node_get_value_type(node) == G_TYPE_BOOLEAN) {
    g_string_append(out, json_node_get_boolean(node) ? "true" : "false");
  } else if (!json_node_is_null(node)) {
    g_autofree char *text = pk_number_to_js(json_node_get_double(node));
    g_string_append(out, text);
  }
}

char *
pk_lower_bin_name(const PkProps *params, double default_maxbins)
{
  GString *out = g_string_new("bin");
  gboolean sized = pk_props_has(params, "maxbins") || pk_props_has(params, "step");

  if (params->object) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *node;
    json_object_iter_init_ordered(&iter, params->object);
    while (json_object_iter_next_ordered(&iter, &name, &node)) {
      g_autoptr(GString) part = g_string_new("_");
      g_string_append_printf(part, "%s_", name);
      append_json_text(part, node);
      append_var_name(out, part->str);
    }
  }
  if (!sized) {
    g_autofree char *text = pk_number_to_js(default_maxbins);
    g_string_append_printf(out, "_maxbins_%s", text);
  }
  return g_string_free(out, FALSE);
}

char *
pk_lower_unit_name(const PkCalendarUnit *unit, double maxbins, gboolean by_maxbins)
{
  g_autofree char *name = pk_calendar_unit_name(unit);
  g_autoptr(GString) out = g_string_new(unit->utc ? "utc" : "");

  g_string_append(out, by_maxbins ? "timeunit" : name);
  if (by_maxbins) {
    g_autofree char *text = pk_number_to_js(maxbins);
    g_string_append_printf(out, "_maxbins_%s", text);
  } else if (unit->step != 1) {
    g_autofree char *text = pk_number_to_js(unit->step);
    g_string_append(out, "_step_");
    append_var_name(out, text);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The prefix of the derived column, NULL if the field is taken as it is. Caller owns. */
static char *
prefix_of(const PkChannelDef *def, PkChannel channel)
{
  PkCalendarUnit unit;

  if (def->bin.present && !def->bin.binned)
    return pk_lower_bin_name(&def->bin.params, pk_lower_auto_maxbins(channel));
  if (def->aggregate && !def->aggregate_arg)
    return g_strdup(def->aggregate);
  if (def->time_maxbins > 0 && !def->time_unit) {
    unit = (PkCalendarUnit){ 0 };
    return pk_lower_unit_name(&unit, def->time_maxbins, TRUE);
  }
  if (def->time_unit && pk_calendar_unit_parse(def->time_unit, &unit, NULL) && !unit.binned) {
    unit.step = def->time_step;
    return pk_lower_unit_name(&unit, 0, FALSE);
  }
  return NULL;
}

char *
pk_lower_column_name(const PkChannelDef *def, PkChannel channel)
{
  g_autofree char *flat = def->field ? pk_field_flat(def->field) : NULL, *prefix = NULL;

  if (def->is_count)
    return g_strdup("__count");
  if (def->aggregate && def->aggregate_arg) {
    g_autofree char *by = pk_field_flat(def->aggregate_arg);
    return g_strdup_printf("%s_%s_%s", def->aggregate, by, flat);
  }
  prefix = prefix_of(def, channel);
  if (!prefix)
    return g_steal_pointer(&flat);
  return flat ? g_strdup_printf("%s_%s", prefix, flat) : g_steal_pointer(&prefix);
}

/* --- titles --- */

/* Vega-Lite's titleCase: "mean" → "Mean". */
static char *
title_case(const char *word)
{
  char *text = g_strdup(word);

  text[0] = g_ascii_toupper(text[0]);
  return text;
}

static char *
verbal_title(const PkChannelDef *def, const PkProps *config)
{
  PkCalendarUnit unit;

  if (def->is_count)
    return g_strdup(pk_props_get_text(config, "countTitle", "Count of Records"));
  if (def->bin.present && !def->bin.binned)
    return g_strdup_printf("%s (binned)", def->field);
  if (def->time_unit && pk_calendar_unit_parse(def->time_unit, &unit, NULL) && !unit.binned) {
    g_autofree char *name = pk_calendar_unit_title(&unit);
    return g_strdup_printf("%s (%s)", def->field, name);
  }
  if (def->aggregate && def->aggregate_arg)
    return g_strdup_printf("%s for %s %s", def->field, g_str_equal(def->aggregate, "argmax") ? "max" : "min",
                           def->aggregate_arg);
  if (def->aggregate) {
    g_autofree char *op = title_case(def->aggregate);
    return g_strdup_printf("%s of %s", op, def->field ? def->field : "undefined");
  }
  return g_strdup(def->field);
}

static char *
functional_title(const PkChannelDef *def)
{
  g_autofree char *fn = NULL, *upper = NULL;
  PkCalendarUnit unit;

  if (def->aggregate && def->aggregate_arg)
    return g_strdup_printf("%s for %s(%s)", def->field, def->aggregate, def->aggregate_arg);
  if (def->aggregate)
    fn = g_strdup(def->aggregate);
  else if (def->time_unit && pk_calendar_unit_parse(def->time_unit, &unit, NULL) && !unit.binned)
    fn = pk_calendar_unit_name(&unit);
  else if (def->time_maxbins > 0)
    fn = g_strdup("timeunit");
  else if (def->bin.present && !def->bin.binned)
    fn = g_strdup("bin");
  if (!fn)
    return g_strdup(def->field);
  upper = g_ascii_strup(fn, -1);
  return g_strdup_printf("%s(%s)", upper, def->field ? def->field : "undefined");
}

char *
pk_lower_title(const PkChannelDef *def, const PkProps *config)
{
  const char *style = pk_props_get_text(config, "fieldTitle", "verbal");

  if (!pk_channel_def_is_field(def))
    return NULL;
  if (g_str_equal(style, "plain"))
    return g_strdup(def->field);
  if (g_str_equal(style, "functional"))
    return functional_title(def);
  return verbal_title(def, config);
}

char *
pk_lower_purpose(const PkView *view, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *what = g_strdup_vprintf(format, args);
  va_end(args);
  if (!view || !g_str_has_prefix(view->path, "$."))
    return g_steal_pointer(&what);
  return g_strdup_printf("%s (%s): %s", view->path + 2, pk_mark_name(view->mark), what);
}
