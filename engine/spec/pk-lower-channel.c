/* What a channel's definition means: types, orientation and mark properties
 * (vega-lite's src/channeldef.ts defaultType, src/compile/mark/init.ts orient, src/compile/common.ts). */
#include "pk-lower-priv.h"

#include <string.h>

gboolean
pk_channel_def_is_field(const PkChannelDef *def)
{
  return def && (def->field || def->is_count);
}

const PkChannelDef *
pk_view_def(const PkView *view, PkChannel channel)
{
  return view->encoding[channel].n > 0 ? &view->encoding[channel].defs[0] : NULL;
}

const PkChannelDef *
pk_view_field_def(const PkView *view, PkChannel channel)
{
  const PkChannelDef *def = pk_view_def(view, channel);

  if (!def || pk_channel_def_is_field(def))
    return def;
  return def->n_conditions == 1 && pk_channel_def_is_field(&def->conditions[0].def) ? &def->conditions[0].def : NULL;
}

static gboolean
is_counting(const char *aggregate)
{
  static const char *const ops[] = { "count", "valid", "missing", "distinct", NULL };

  return aggregate && g_strv_contains(ops, aggregate);
}

static PkMeasure
type_of_scale(const char *type)
{
  static const char *const numeric[] = { "linear", "log", "pow", "sqrt", "symlog", "identity", "sequential", "quantile",
                                         "quantize", "threshold", "bin-ordinal", NULL };

  if (type && g_strv_contains(numeric, type))
    return PK_MEASURE_QUANTITATIVE;
  return type && (g_str_equal(type, "time") || g_str_equal(type, "utc")) ? PK_MEASURE_TEMPORAL : PK_MEASURE_NOMINAL;
}

static PkMeasure
type_of_datum(JsonNode *datum)
{
  if (JSON_NODE_HOLDS_OBJECT(datum))
    return json_object_has_member(json_node_get_object(datum), "expr") ? PK_MEASURE_NONE : PK_MEASURE_TEMPORAL;
  if (!JSON_NODE_HOLDS_VALUE(datum))
    return PK_MEASURE_NONE;
  GType type = json_node_get_value_type(datum);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? PK_MEASURE_QUANTITATIVE
         : type == G_TYPE_STRING ? PK_MEASURE_NOMINAL : PK_MEASURE_NONE;
}

PkMeasure
pk_lower_type(const PkChannelDef *def, PkChannel channel)
{
  if (!pk_channel_def_is_field(def))
    return def->type != PK_MEASURE_NONE || !def->datum ? def->type : type_of_datum(def->datum);
  if (is_counting(def->aggregate) && !def->aggregate_arg && def->type != PK_MEASURE_NONE)
    return PK_MEASURE_QUANTITATIVE;
  if (def->type != PK_MEASURE_NONE)
    return def->type;
  if (channel == PK_CHANNEL_SHAPE || channel == PK_CHANNEL_STROKE_DASH)
    return PK_MEASURE_NOMINAL;
  if (channel == PK_CHANNEL_ORDER)
    return PK_MEASURE_ORDINAL;
  if (def->sort && JSON_NODE_HOLDS_ARRAY(def->sort))
    return PK_MEASURE_ORDINAL;
  if (def->time_unit || def->time_maxbins > 0)
    return PK_MEASURE_TEMPORAL;
  if (def->bin.present || (def->aggregate && !def->aggregate_arg))
    return PK_MEASURE_QUANTITATIVE;
  return type_of_scale(pk_props_get_text(&def->scale_props, "type", NULL));
}

gboolean
pk_channel_has_scale(PkChannel channel)
{
  switch (channel) {
  case PK_CHANNEL_X: case PK_CHANNEL_Y: case PK_CHANNEL_XOFFSET: case PK_CHANNEL_YOFFSET: case PK_CHANNEL_COLOR:
  case PK_CHANNEL_FILL: case PK_CHANNEL_STROKE: case PK_CHANNEL_OPACITY: case PK_CHANNEL_FILL_OPACITY:
  case PK_CHANNEL_STROKE_OPACITY: case PK_CHANNEL_STROKE_WIDTH: case PK_CHANNEL_STROKE_DASH: case PK_CHANNEL_SIZE:
  case PK_CHANNEL_SHAPE: case PK_CHANNEL_ANGLE:
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
pk_channel_is_discrete(const PkView *view, PkChannel channel, const PkChannelDef *def, PkMeasure type)
{
  static const char *const discrete[] = { "band", "point", "ordinal", "bin-ordinal", NULL };
  static const char *const continuous[] = { "linear", "log", "pow", "sqrt", "symlog", "identity", "sequential", "time", "utc",
                                            NULL };
  const char *scale = pk_props_get_text(&def->scale_props, "type", NULL);

  gboolean number = type == PK_MEASURE_QUANTITATIVE || type == PK_MEASURE_TEMPORAL;

  if (scale && g_strv_contains(discrete, scale) && (!number || (g_str_equal(scale, "bin-ordinal") && def->bin.present)))
    return TRUE;
  if (scale && g_strv_contains(continuous, scale) && number)
    return FALSE;
  if (channel == PK_CHANNEL_SHAPE || channel == PK_CHANNEL_STROKE_DASH)
    return type != PK_MEASURE_QUANTITATIVE || def->bin.present;
  if (type == PK_MEASURE_QUANTITATIVE && def->bin.present && !def->bin.binned)
    return channel == PK_CHANNEL_COLOR || channel == PK_CHANNEL_FILL || channel == PK_CHANNEL_STROKE; /* bin-ordinal */
  return type == PK_MEASURE_ORDINAL || type == PK_MEASURE_NOMINAL;
}

gboolean
pk_view_is_aggregated(const PkView *view)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++) {
    for (guint i = 0; i < view->encoding[c].n; i++) {
      const PkChannelDef *def = &view->encoding[c].defs[i];
      if (def->aggregate && pk_channel_def_is_field(def))
        return TRUE;
      for (guint k = 0; k < def->n_conditions; k++)
        if (def->conditions[k].def.aggregate && pk_channel_def_is_field(&def->conditions[k].def))
          return TRUE;
    }
  }
  return FALSE;
}

gboolean
pk_view_is_path(const PkView *view)
{
  return view->mark == PK_MARK_LINE || view->mark == PK_MARK_AREA;
}

/* --- mark properties --- */

static JsonNode *
style_property(const PkProps *config, const char *style, const char *name)
{
  PkProps styles = pk_props_get_bag(config, "style");
  PkProps bag = pk_props_get_bag(&styles, style);

  return pk_props_get(&bag, name);
}

JsonNode *
pk_view_mark_property(const PkSpec *spec, const PkView *view, const char *name)
{
  JsonNode *found = pk_props_get(&view->mark_def, name);
  JsonNode *style = pk_props_get(&view->mark_def, "style");
  PkProps own = pk_props_get_bag(&spec->config, pk_mark_name(view->mark));
  PkProps all = pk_props_get_bag(&spec->config, "mark");

  if (!found && style && JSON_NODE_HOLDS_ARRAY(style)) {
    JsonArray *styles = json_node_get_array(style);
    for (guint i = json_array_get_length(styles); i > 0 && !found; i--)
      found = style_property(&spec->config, json_array_get_string_element(styles, i - 1), name);
  } else if (!found && style && json_node_get_value_type(style) == G_TYPE_STRING) {
    found = style_property(&spec->config, json_node_get_string(style), name);
  }
  if (!found)
    found = style_property(&spec->config, pk_mark_name(view->mark), name);
  if (!found)
    found = pk_props_get(&own, name);
  return found ? found : pk_props_get(&all, name);
}

/* --- orientation --- */

static gboolean
is_binned(const PkChannelDef *def)
{
  return pk_channel_def_is_field(def) && def->bin.present && def->bin.binned;
}

static gboolean
is_numeric_datum(const PkChannelDef *def)
{
  return def && def->datum && type_of_datum(def->datum) == PK_MEASURE_QUANTITATIVE;
}

/* An unbinned quantitative field, or a number. */
static gboolean
is_measure(const PkChannelDef *def, PkChannel channel)
{
  return (pk_channel_def_is_field(def) && pk_lower_type(def, channel) == PK_MEASURE_QUANTITATIVE && !def->bin.present) ||
         is_numeric_datum(def);
}

static gboolean
offset_is_measure(const PkView *view, PkChannel channel)
{
  return is_measure(pk_view_field_def(view, channel), channel);
}

static gint
orient_of_measures(const PkView *view, const PkChannelDef *x, const PkChannelDef *y, gint specified)
{
  gboolean x_measure = is_measure(x, PK_CHANNEL_X), y_measure = is_measure(y, PK_CHANNEL_Y);
  gboolean is_tick = view->mark == PK_MARK_TICK;

  if (specified)
    return specified;
  if (x_measure && !y_measure)
    return is_tick ? 'v' : 'h';
  if (!x_measure && y_measure)
    return is_tick ? 'h' : 'v';
  if (x_measure && y_measure)
    return 'v';
  gboolean x_time = pk_channel_def_is_field(x) && pk_lower_type(x, PK_CHANNEL_X) == PK_MEASURE_TEMPORAL;
  gboolean y_time = pk_channel_def_is_field(y) && pk_lower_type(y, PK_CHANNEL_Y) == PK_MEASURE_TEMPORAL;
  return x_time && !y_time ? 'v' : !x_time && y_time ? 'h' : 0;
}

/* The direction of a range's mark: 0 if there is no range (go on), -1 if the mark is a free segment. */
static gint
orient_of_ranges(const PkView *view, const PkChannelDef *x, const PkChannelDef *y)
{
  const PkChannelDef *x2 = pk_view_def(view, PK_CHANNEL_X2), *y2 = pk_view_def(view, PK_CHANNEL_Y2);

  if (y2)
    return is_binned(y) ? 'h' : 'v';
  if (x2)
    return is_binned(x) ? 'v' : 'h';
  if (view->mark == PK_MARK_RULE && x && !y)
    return 'v';
  if (view->mark == PK_MARK_RULE && y && !x)
    return 'h';
  return 0;
}

static gint
orient_of_bar(const PkView *view, const PkChannelDef *x, const PkChannelDef *y, gint specified)
{
  const PkChannelDef *x2 = pk_view_def(view, PK_CHANNEL_X2), *y2 = pk_view_def(view, PK_CHANNEL_Y2);
  gboolean x_field = pk_channel_def_is_field(x), y_field = pk_channel_def_is_field(y);

  if (x_field && (is_binned(x) || (y_field && y->aggregate && !x->aggregate)))
    return 'v';
  if (y_field && (is_binned(y) || (x_field && x->aggregate && !y->aggregate)))
    return 'h';
  if ((x2 || y2) && specified)
    return specified;
  if (y2 && !x2) {
    gboolean x_measure = is_measure(x, PK_CHANNEL_X) && (!x->bin.present || x->bin.binned);
    return x_measure && is_binned(y) ? 'h' : 'v';
  }
  if (x2 && !y2) {
    gboolean y_measure = is_measure(y, PK_CHANNEL_Y) && (!y->bin.present || y->bin.binned);
    return y_measure && is_binned(x) ? 'v' : 'h';
  }
  return 0;
}

gint
pk_view_orient(const PkSpec *spec, const PkView *view)
{
  const PkChannelDef *x = pk_view_def(view, PK_CHANNEL_X), *y = pk_view_def(view, PK_CHANNEL_Y);
  const PkChannelDef *x2 = pk_view_def(view, PK_CHANNEL_X2), *y2 = pk_view_def(view, PK_CHANNEL_Y2);
  JsonNode *given = pk_view_mark_property(spec, view, "orient");
  gint specified = given && json_node_get_value_type(given) == G_TYPE_STRING ? json_node_get_string(given)[0] : 0;
  gboolean bar = view->mark == PK_MARK_BAR || view->mark == PK_MARK_TEXT, area = view->mark == PK_MARK_AREA;
  gint found = 0;

  if (view->mark == PK_MARK_POINT || view->mark == PK_MARK_CIRCLE || view->mark == PK_MARK_SQUARE ||
      view->mark == PK_MARK_RECT)
    return 0;
  if (bar || area || view->mark == PK_MARK_RULE) {
    if (!y && offset_is_measure(view, PK_CHANNEL_YOFFSET))
      return specified ? specified : 'v';
    if (!x && offset_is_measure(view, PK_CHANNEL_XOFFSET))
      return specified ? specified : 'h';
  }
  if (bar)
    found = orient_of_bar(view, x, y, specified);
  if (found)
    return found;
  if ((bar || view->mark == PK_MARK_RULE) && x2 && !is_binned(x) && y2 && !is_binned(y))
    return 0;
  if (bar || area || view->mark == PK_MARK_RULE)
    found = orient_of_ranges(view, x, y);
  return found ? found : orient_of_measures(view, x, y, specified);
}
