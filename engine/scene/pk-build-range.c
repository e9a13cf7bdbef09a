/* Ranges of scales, the sizes that follow from steps, and the scales themselves (Vega-Lite's
 * compile/scale/range and compile/layoutsize, Vega's Scale operator). */
#include "pk-build.h"

#include "pk-calendar.h"
#include "pk-timeunit.h"

#include <string.h>

static gboolean
is_y_like(PkChannel channel)
{
  return channel == PK_CHANNEL_Y || channel == PK_CHANNEL_YOFFSET;
}

/* config.view.discreteWidth or -Height: a number or {step}. */
JsonNode *
pk_view_discrete_size(const PkBuild *b, gboolean is_y)
{
  JsonNode *node = pk_config_get(b, "view", is_y ? "height" : "width");
  if (!node)
    node = pk_config_get(b, "view", is_y ? "discreteHeight" : "discreteWidth");
  return node;
}

double
pk_view_step(const PkBuild *b, gboolean is_y)
{
  JsonNode *size = pk_view_discrete_size(b, is_y);
  if (!size)
    return pk_build_double((PkBuild *)b, pk_config_get(b, "view", "step"), 20);
  return pk_build_double((PkBuild *)b, pk_node_member(size, "step"), 20);
}

/* The step of a size: of {step: n}, or of config.view; NAN if the size is fixed. */
static double
step_of(const PkModel *m, gboolean is_y, JsonNode **size)
{
  JsonNode *node = m->size[is_y];
  *size = node;
  if (!node) {
    node = pk_view_discrete_size(m->build, is_y);
    if (!node)
      return pk_build_double(m->build, pk_config_get(m->build, "view", "step"), 20);
  }
  JsonNode *step = pk_node_member(node, "step");
  return step ? pk_build_double(m->build, step, 20) : NAN;
}

/* Whether a step is that of the offset scale (getStepFor). */
static gboolean
step_is_for_offset(JsonNode *size, gboolean offset_is_discrete)
{
  if (!offset_is_discrete)
    return FALSE;
  JsonNode *node = pk_node_member(size, "for");
  return !pk_node_is_text(node) || g_str_equal(json_node_get_string(node), "offset");
}

static gboolean
position_range(PkModel *m, PkChannel channel, const PkScaleComp *merged, gboolean only_given,
               PkRangeDef *range)
{
  gboolean is_y = channel == PK_CHANNEL_Y;
  JsonNode *size;
  double step = step_of(m, is_y, &size);
  if (isnan(step) || !(merged->type == PK_SCALE_BAND || merged->type == PK_SCALE_POINT) ||
      (only_given && !size))
    return FALSE;
  const PkChannelData *offset = pk_model_channel(m, pk_channel_offset(channel));
  gboolean discrete = offset && (offset->type == PK_MEASURE_NOMINAL || offset->type == PK_MEASURE_ORDINAL);
  *range = (PkRangeDef){ .kind = PK_RANGE_STEP, .unit = m, .a = step, .given = only_given,
                         .step_for_offset = step_is_for_offset(size, discrete) };
  return TRUE;
}

/* An offset's range on a time unit without bands: its length in pixels, less the padding. */
static void
span_range(PkModel *m, PkChannel position, PkRangeDef *range)
{
  double padding =
      pk_build_double(m->build, pk_config_get(m->build, "scale", "bandWithNestedOffsetPaddingInner"), 0);
  double at = pk_model_band_position(m, position, FALSE) - 0.5;
  if (isnan(at))
    at = 0;
  range->kind = PK_RANGE_SPAN;
  range->a = padding ? padding / 2 + at : 0;
  range->b = padding ? 1 - padding / 2 + at : 1;
}

static void
offset_range(PkModel *m, PkChannel channel, const PkScaleComp *merged, PkRangeDef *range)
{
  PkChannel position = channel == PK_CHANNEL_XOFFSET ? PK_CHANNEL_X : PK_CHANNEL_Y;
  PkScaleComp *scale = pk_model_scale(m, position);
  *range = (PkRangeDef){ .kind = PK_RANGE_BAND, .unit = m };
  if (!scale) {
    range->kind = PK_RANGE_CENTER;
    return;
  }
  if (scale->type == PK_SCALE_BAND) {
    JsonNode *size;
    double step = step_of(m, is_y_like(channel), &size);
    if (!isnan(step) && step_is_for_offset(size, pk_scale_comp_is_discrete(merged))) {
      range->kind = PK_RANGE_STEP;
      range->a = step;
      range->given = size != NULL;
    }
    return;
  }
  span_range(m, position, range);
}

static void
size_range(PkModel *m, const PkScaleComp *merged, const PkChannelData *data, PkRangeDef *range)
{
  PkBuild *b = m->build;
  const char *lo = NULL, *hi = NULL;
  range->kind = PK_RANGE_PAIR;
  switch (m->mark) {
  case PK_MARK_BAR: case PK_MARK_TICK:
    lo = "minBandSize";
    hi = "maxBandSize";
    range->kind = PK_RANGE_BAND_SIZE;
    break;
  case PK_MARK_TEXT:
    lo = "minFontSize";
    hi = "maxFontSize";
    break;
  case PK_MARK_POINT: case PK_MARK_CIRCLE: case PK_MARK_SQUARE:
    lo = "minSize";
    hi = "maxSize";
    range->kind = PK_RANGE_POINT_SIZE;
    break;
  default:
    lo = "minStrokeWidth";
    hi = "maxStrokeWidth";
  }
  range->a = pk_build_double(b, pk_config_get(b, "scale", lo), 0);
  JsonNode *most = pk_config_get(b, "scale", hi);
  if (most) {
    range->kind = PK_RANGE_PAIR;
    range->b = pk_build_double(b, most, 0);
  }
  if (merged->type == PK_SCALE_QUANTILE || merged->type == PK_SCALE_QUANTIZE ||
      merged->type == PK_SCALE_THRESHOLD) {
    JsonNode *domain = pk_props_get(&data->def->scale_props, "domain");
    range->n =
        merged->type == PK_SCALE_THRESHOLD
            ? (domain && JSON_NODE_HOLDS_ARRAY(domain)
                   ? json_array_get_length(json_node_get_array(domain)) + 1
                   : 3)
            : (guint)pk_build_double(b,
                                     pk_config_get(b, "scale",
                                                   merged->type == PK_SCALE_QUANTILE ? "quantileCount"
                                                                                     : "quantizeCount"),
                                     4);
  }
}

static void
named_or_pair(PkModel *m, PkChannel channel, const PkScaleComp *merged, const PkChannelData *data,
              PkRangeDef *range)
{
  PkBuild *b = m->build;
  switch (channel) {
  case PK_CHANNEL_SIZE:
    size_range(m, merged, data, range);
    return;
  case PK_CHANNEL_ANGLE:
    *range = (PkRangeDef){ .kind = PK_RANGE_PAIR, .unit = m, .a = 0, .b = 360 };
    return;
  case PK_CHANNEL_STROKE_WIDTH:
  case PK_CHANNEL_OPACITY:
  case PK_CHANNEL_FILL_OPACITY:
  case PK_CHANNEL_STROKE_OPACITY: {
    gboolean width = channel == PK_CHANNEL_STROKE_WIDTH;
    range->kind = PK_RANGE_PAIR;
    range->a = pk_build_double(b, pk_config_get(b, "scale", width ? "minStrokeWidth" : "minOpacity"), 0);
    range->b = pk_build_double(b, pk_config_get(b, "scale", width ? "maxStrokeWidth" : "maxOpacity"), 1);
    return;
  }
  case PK_CHANNEL_STROKE_DASH:
    range->kind = PK_RANGE_LIST;
    range->node = pk_build_node_json(b, "[[1,0],[4,2],[2,1],[1,1],[1,2,4,2]]");
    return;
  case PK_CHANNEL_SHAPE:
    range->kind = PK_RANGE_NAMED;
    range->name = "symbol";
    return;
  default:
    range->kind = PK_RANGE_NAMED;
    if (merged->type == PK_SCALE_ORDINAL)
      range->name = data->type == PK_MEASURE_NOMINAL ? "category" : "ordinal";
    else if (pk_props_get(&data->def->scale_props, "domainMid"))
      range->name = "diverging";
    else
      range->name = m->mark == PK_MARK_RECT ? "heatmap" : "ramp";
  }
}

static gboolean
given_range(PkModel *m, PkChannel channel, const PkScaleComp *merged, const PkChannelData *data,
            PkRangeDef *range)
{
  const PkProps *given = &data->def->scale_props;
  JsonNode *node = pk_props_get(given, "range"), *scheme = pk_props_get(given, "scheme");
  if (!pk_node_is_null(node)) {
    *range = (PkRangeDef){ .kind = PK_RANGE_LIST, .given = TRUE, .unit = m, .node = node };
    if (pk_node_is_text(node)) {
      range->kind = PK_RANGE_NAMED;
      range->name = json_node_get_string(node);
    } else if (pk_node_is_text(pk_node_member(node, "field"))) {
      range->kind = PK_RANGE_FIELD;
      range->name = json_node_get_string(pk_node_member(node, "field"));
    }
    return TRUE;
  }
  gboolean color = channel == PK_CHANNEL_COLOR || channel == PK_CHANNEL_FILL || channel == PK_CHANNEL_STROKE;
  if (!pk_node_is_null(scheme) && color && merged->type != PK_SCALE_POINT && merged->type != PK_SCALE_BAND) {
    *range = (PkRangeDef){ .kind = PK_RANGE_SCHEME, .given = TRUE, .unit = m, .node = scheme };
    return TRUE;
  }
  return FALSE;
}

static void
channel_range(PkModel *m, PkChannel channel, PkRangeDef *range)
{
  const PkScaleComp *merged = pk_model_scale(m, channel);
  const PkChannelData *data = pk_model_channel(m, channel);
  if (given_range(m, channel, merged, data, range))
    return;
  if (pk_channel_is_xy(channel) && position_range(m, channel, merged, TRUE, range))
    return;
  *range = (PkRangeDef){ .unit = m };
  if (pk_channel_is_offset(channel))
    offset_range(m, channel, merged, range);
  else if (!pk_channel_is_xy(channel))
    named_or_pair(m, channel, merged, data, range);
  else if (!position_range(m, channel, merged, FALSE, range))
    *range = (PkRangeDef){ .kind = PK_RANGE_FULL, .unit = m };
  JsonNode *least = pk_props_get(&data->def->scale_props, "rangeMin");
  JsonNode *most = pk_props_get(&data->def->scale_props, "rangeMax");
  if ((least || most) && (range->kind == PK_RANGE_FULL || range->kind == PK_RANGE_PAIR ||
                          range->kind == PK_RANGE_POINT_SIZE || range->kind == PK_RANGE_BAND_SIZE ||
                          range->kind == PK_RANGE_BAND)) {
    range->range_min = least;
    range->range_max = most;
    range->given = TRUE;
  }
}

void
pk_build_range_def(PkModel *m)
{
  for (int channel = 0; channel < PK_N_CHANNELS; channel++)
    if (m->scales[channel])
      channel_range(m, channel, &m->scales[channel]->range);
}

/* ---------------------------------------------------------------- sizes */

double
pk_scale_comp_double(const PkScaleComp *comp, const char *name, double fallback)
{
  return pk_build_double(comp->build, pk_scale_comp_prop(comp, name), fallback);
}

void
pk_scale_comp_paddings(const PkScaleComp *comp, double *inner, double *outer)
{
  double padding = pk_scale_comp_double(comp, "padding", 0);
  *outer = pk_scale_comp_double(comp, "paddingOuter", padding);
  *inner = comp->type == PK_SCALE_POINT ? 1 : pk_scale_comp_double(comp, "paddingInner", padding);
}

gsize
pk_scale_comp_count(const PkScaleComp *comp)
{
  return comp->values ? pk_datum_index_size(comp->values) : comp->n_domain;
}

/* The step of a position scale, widened where it is that of the offsets within a band. */
static double
resolved_step(const PkScaleComp *comp)
{
  const PkRangeDef *range = &comp->range;
  if (!range->step_for_offset || !pk_channel_is_xy(comp->channel))
    return range->a;
  const PkScaleComp *offset = pk_model_scale(range->unit, pk_channel_offset(comp->channel));
  if (!offset)
    return range->a;
  double count = pk_scale_comp_count(offset), inner, outer;
  if (offset->type == PK_SCALE_BAND) {
    pk_scale_comp_paddings(offset, &inner, &outer);
    count = pk_band_space((gsize)count, inner, outer);
  }
  double padding = pk_scale_comp_double(comp, "paddingInner", pk_scale_comp_double(comp, "padding", 0));
  return range->a * count / (1 - padding);
}

static double
discrete_size(const PkScaleComp *comp)
{
  double inner, outer;
  pk_scale_comp_paddings(comp, &inner, &outer);
  return pk_band_space(pk_scale_comp_count(comp), inner, outer) * resolved_step(comp);
}

typedef struct {
  gboolean given, step;
  double value;
  const PkScaleComp *comp;
  gboolean known;
} Size;

static Size
unit_size(const PkModel *m, gboolean is_y)
{
  PkBuild *b = m->build;
  PkScaleComp *scale = pk_model_scale(m, is_y ? PK_CHANNEL_Y : PK_CHANNEL_X);
  JsonNode *node = m->size[is_y];
  double continuous =
      pk_build_double(b, pk_config_get(b, "view", is_y ? "continuousHeight" : "continuousWidth"), 300);
  JsonNode *view_size = pk_config_get(b, "view", is_y ? "height" : "width");
  if (pk_node_is_number(view_size))
    continuous = pk_build_double(b, view_size, 300);
  Size size = { .known = TRUE, .value = continuous };
  if (!pk_node_is_null(node)) {
    size.given = TRUE;
    size.step = pk_node_member(node, "step") != NULL;
    if (pk_node_is_number(node) || pk_node_expr(node))
      size.value = pk_build_double(b, node, continuous);
  } else if (!scale) {
    JsonNode *discrete = pk_view_discrete_size(b, is_y);
    size.value = pk_node_is_number(discrete) ? json_node_get_double(discrete) : pk_view_step(b, is_y);
  } else if (pk_scale_comp_is_discrete(scale)) {
    JsonNode *discrete = pk_view_discrete_size(b, is_y);
    size.step = scale->range.kind == PK_RANGE_STEP || !pk_node_is_number(discrete);
    if (!size.step)
      size.value = json_node_get_double(discrete);
  }
  if (size.step) {
    size.comp = scale;
    if (!scale || scale->range.kind != PK_RANGE_STEP) {
      size.step = FALSE;
      size.value =
          scale ? continuous : pk_build_double(b, pk_node_member(node, "step"), pk_view_step(b, is_y));
    }
  }
  return size;
}

static Size
model_size(const PkModel *m, gboolean is_y)
{
  if (m->unit)
    return unit_size(m, is_y);
  Size merged = { 0 };
  for (guint i = 0; i < m->n_children; i++) {
    Size child = model_size(m->children[i], is_y);
    if (!merged.known || (child.given && !merged.given))
      merged = child;
  }
  return merged;
}

void
pk_build_sizes(PkBuild *b, double *width, double *height, gboolean step[2])
{
  for (int k = 0; k < 2; k++) {
    Size size = model_size(b->leaf, k);
    step[k] = size.step;
    *(k ? height : width) = size.step ? discrete_size(size.comp) : size.known ? size.value : 300;
  }
}

/* ---------------------------------------------------------------- the scale itself */

/* The width of a bin in pixels, or the step of the size: what bounds the size of points and bars. */
static double
least_step(const PkModel *m)
{
  PkBuild *b = m->build;
  double least = INFINITY;
  for (int k = 0; k < 2; k++) {
    PkChannel channel = k ? PK_CHANNEL_Y : PK_CHANNEL_X;
    double size = k ? b->height : b->width;
    JsonNode *own = pk_node_member(m->size[k], "step");
    double step = own ? pk_build_double(b, own, 20) : pk_view_step(b, k);
    const PkChannelData *data = pk_model_channel(m, channel);
    if (data && data->def->bin.present) {
      JsonNode *given = pk_props_get(&data->def->bin.params, "step");
      PkScaleComp *scale = pk_model_scale(m, channel);
      if (data->def->bin.binned && given && scale && scale->scale) {
        double lo, hi;
        pk_scale_get_extent(scale->scale, &lo, &hi);
        step = size / ((hi - lo) / pk_build_double(b, given, 1));
      } else if (!data->def->bin.binned && data->has_bin) {
        step = size / ((data->bin_stop - data->bin_start) / data->bin_step);
      }
    }
    least = fmin(least, step);
  }
  return least;
}

static double
bound_size(const PkRangeDef *range)
{
  double step = least_step(range->unit);
  return range->kind == PK_RANGE_BAND_SIZE ? step - 1 : pow(0.95 * step, 2);
}

/* How long one time unit is on the scale of the position, in pixels (durationExpr). */
static double
unit_span(const PkModel *m, PkChannel channel)
{
  const PkChannelData *data = pk_model_channel(m, channel);
  PkScaleComp *scale = pk_model_scale(m, channel);
  PkCalendarUnit unit;
  if (!data || !data->def->time_unit || !scale || !pk_calendar_unit_parse(data->def->time_unit, &unit, NULL))
    return 0;
  unit.step = data->def->time_step > 0 ? data->def->time_step : 1;
  double start = pk_ms_from_fields(2001, 0, 1, 0, 0, 0, 0);
  return pk_scale_apply(scale->scale, start + pk_calendar_unit_duration(&unit)) -
         pk_scale_apply(scale->scale, start);
}

/* A range of two ends, where the kind has one. */
gboolean
pk_scale_comp_ends(const PkScaleComp *comp, double ends[2])
{
  const PkRangeDef *range = &comp->range;
  PkBuild *b = comp->build;
  gboolean y = is_y_like(comp->channel), upward = y && !pk_scale_comp_is_discrete(comp);
  PkChannel position = y ? PK_CHANNEL_Y : PK_CHANNEL_X;
  double size = y ? b->height : b->width;
  ends[0] = 0;
  switch (range->kind) {
  case PK_RANGE_FULL:
    ends[1] = size;
    break;
  case PK_RANGE_STEP: {
    double inner, outer;
    pk_scale_comp_paddings(comp, &inner, &outer);
    ends[1] = resolved_step(comp) * pk_band_space(pk_scale_comp_count(comp), inner, outer);
    upward = FALSE;
    break;
  }
  case PK_RANGE_BAND: {
    PkScaleComp *scale = pk_model_scale(range->unit, position);
    ends[1] = scale && scale->scale ? pk_scale_bandwidth(scale->scale) : 0;
    break;
  }
  case PK_RANGE_CENTER:
    ends[0] = -size / 2;
    ends[1] = size / 2;
    break;
  case PK_RANGE_SPAN: {
    double span = unit_span(range->unit, position);
    ends[0] = range->a * span;
    ends[1] = range->b * span;
    upward = FALSE;
    break;
  }
  case PK_RANGE_PAIR:
    ends[0] = range->a;
    ends[1] = range->b;
    break;
  case PK_RANGE_POINT_SIZE: case PK_RANGE_BAND_SIZE:
    ends[0] = range->a;
    ends[1] = bound_size(range);
    break;
  default:
    return FALSE;
  }
  if (upward) {
    double t = ends[0];
    ends[0] = ends[1];
    ends[1] = t;
  }
  if (range->range_min)
    ends[0] = pk_build_double(b, range->range_min, ends[0]);
  if (range->range_max)
    ends[1] = pk_build_double(b, range->range_max, ends[1]);
  return TRUE;
}
