/* Formats of axis and legend labels: by the guide, the field and the config (Vega-Lite's
 * compile/format), made into tick formats. */
#include "pk-build.h"

#include "pk-timeunit.h"

static const char *
guide_text(const PkProps *guide, const char *name)
{
  JsonNode *node = guide ? pk_props_get(guide, name) : NULL;
  return pk_node_is_text(node) ? json_node_get_string(node) : NULL;
}

static gboolean
is_custom(const char *type)
{
  return type && !g_str_equal(type, "number") && !g_str_equal(type, "time");
}

/* Whether values are dates to their guides. */
static gboolean
shows_time(const PkChannelData *data, const char *type)
{
  if (type)
    return g_str_equal(type, "time");
  return data->type == PK_MEASURE_TEMPORAL || (pk_def_is_field(data->def) && data->def->time_unit);
}

static JsonNode *
unit_specifier(PkBuild *b, const PkChannelDef *def)
{
  PkCalendarUnit unit;
  if (!pk_def_is_field(def) || !def->time_unit || !pk_calendar_unit_parse(def->time_unit, &unit, NULL))
    return NULL;
  unit.step = def->time_step > 0 ? def->time_step : 1;
  g_autofree char *text = pk_calendar_unit_specifier(&unit);
  return pk_build_node_text(b, text);
}

JsonNode *
pk_guide_rule_format(const PkModel *m, PkChannel channel, const PkProps *guide, gboolean is_axis)
{
  PkBuild *b = m->build;
  const PkChannelData *data = pk_model_channel(m, channel);
  const char *type = guide_text(guide, "formatType");
  JsonNode *given = guide ? pk_props_get(guide, "format") : NULL, *stack = data->def->stack;
  if (is_custom(type))
    return NULL;
  if (given)
    return given;
  if (is_axis && pk_node_is_text(stack) && g_str_equal(json_node_get_string(stack), "normalize"))
    return pk_config_top(b, "normalizedNumberFormat");
  if (shows_time(data, type)) {
    JsonNode *node = unit_specifier(b, data->def);
    return node || is_axis ? node : pk_config_top(b, "timeFormat");
  }
  return data->type == PK_MEASURE_QUANTITATIVE ? pk_config_top(b, "numberFormat") : NULL;
}

JsonNode *
pk_guide_rule_format_type(const PkModel *m, PkChannel channel, const PkProps *guide,
                          const PkScaleComp *scale)
{
  const PkChannelData *data = pk_model_channel(m, channel);
  const char *type = guide_text(guide, "formatType");
  if (type && !is_custom(type))
    return pk_props_get(guide, "formatType");
  if (!shows_time(data, type) || scale->type == PK_SCALE_TIME || scale->type == PK_SCALE_UTC)
    return NULL;
  gboolean utc =
      pk_def_is_field(data->def) && data->def->time_unit && g_str_has_prefix(data->def->time_unit, "utc");
  return pk_build_node_text(m->build, utc ? "utc" : "time");
}

/* The least step between ticks: 1 for whole numbers, the length of a time unit. */
JsonNode *
pk_guide_rule_min_step(const PkModel *m, PkChannel channel, JsonNode *format)
{
  const PkChannelDef *def = pk_model_channel(m, channel)->def;
  PkCalendarUnit unit;
  if (pk_node_is_text(format) && g_str_equal(json_node_get_string(format), "d"))
    return pk_build_node_double(m->build, 1);
  if (!pk_def_is_field(def) || !def->time_unit || !pk_calendar_unit_parse(def->time_unit, &unit, NULL))
    return NULL;
  unit.step = def->time_step > 0 ? def->time_step : 1;
  double duration = pk_calendar_unit_duration(&unit);
  return isnan(duration) ? NULL : pk_build_node_double(m->build, duration);
}

static PkTickFormat *
multi_format(PkBuild *b, JsonNode *node)
{
  static const char *const names[] = { "milliseconds", "seconds", "minutes", "hours", "date",
                                       "week", "month", "quarter", "year" };
  const char *texts[G_N_ELEMENTS(names)];
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    texts[i] = pk_build_text(b, pk_node_member(node, names[i]), NULL);
  PkTimeMultiFormat formats = {texts[0], texts[1], texts[2], texts[3], texts[4],
                               texts[5], texts[6], texts[7], texts[8]};
  return pk_tick_format_new_multi(&formats);
}

PkTickFormat *
pk_guide_format(PkBuild *b, const PkScaleComp *scale, GHashTable *props, double count, gboolean no_skip)
{
  JsonNode *node = pk_split_node(props, "format");
  const char *type_name = pk_build_text(b, pk_split_node(props, "formatType"), NULL);
  if (node && JSON_NODE_HOLDS_OBJECT(node) && !pk_node_expr(node))
    return multi_format(b, node);
  PkTickFormatType type = !type_name ? PK_TICK_FORMAT_AUTO
                          : g_str_equal(type_name, "time") || g_str_equal(type_name, "utc")
                              ? PK_TICK_FORMAT_TIME
                              : PK_TICK_FORMAT_NUMBER;
  GError *error = NULL;
  PkTickFormat *result =
    pk_tick_format_new(scale->scale, count, pk_build_text(b, node, NULL), type, no_skip, &error);
  if (!result)
    pk_build_take_error(b, error);
  return result;
}

gboolean
pk_guide_formats_values(const PkScaleComp *scale, GHashTable *props)
{
  return !pk_scale_type_is_discrete(scale->type) || pk_split_node(props, "format") ||
         pk_split_node(props, "formatType");
}
