/* Where marks lie: the encoders of positions of Vega-Lite (position-point, position-range,
 * position-rect, offset) as rules. */
#include "pk-build.h"

#include "pk-timeunit.h"

static PkRef
empty_ref(PkRefKind kind)
{
  return (PkRef){ .kind = kind, .column = -1, .column2 = -1, .test_column = -1 };
}

static PkChannel
axis_channel(gboolean is_y)
{
  return is_y ? PK_CHANNEL_Y : PK_CHANNEL_X;
}

static gboolean
is_text(JsonNode *node, const char *text)
{
  return pk_node_is_text(node) && g_str_equal(json_node_get_string(node), text);
}

/* A constant in pixels; "width" and "height" are those of the view. */
static PkRef
pixel_ref(const PkModel *m, JsonNode *node, gboolean is_y)
{
  PkBuild *b = m->build;
  if (is_text(node, is_y ? "height" : "width"))
    return pk_ref_number(is_y ? b->height : b->width);
  PkRef ref = pk_ref_node(node);
  if (pk_node_expr(node)) {
    ref.kind = PK_REF_EXPR;
    ref.expr = pk_build_expr(b, pk_node_expr(node));
  }
  return ref;
}

/* ---------------------------------------------------------------- one place */

typedef struct {
  double offset;
  PkRef *ref;        /* from an xOffset or yOffset channel */
} Offset;

typedef struct {
  const PkModel *m;
  PkChannel channel;             /* whose definition this is: X or X2 … */
  PkChannel scale_channel;
  const PkChannelDef *def;
  const PkChannelDef *second;    /* x2 or y2 beside x or y */
  double at;                     /* position in the band, NAN: by the rules */
  Offset offset;
} Spot;

static void
apply_offset(PkRef *ref, const Offset *offset)
{
  ref->offset += offset->offset;
  ref->offset_ref = offset->ref;
}

static PkRef
between_ref(const Spot *s, const char *start, const char *end, double at)
{
  const PkModel *m = s->m;
  PkRef ref = empty_ref(PK_REF_BETWEEN);
  ref.scale = pk_model_scale(m, s->scale_channel);
  ref.column = pk_unit_column(m, start);
  ref.column2 = pk_unit_column(m, end);
  ref.t = at;
  if (at == 0 || at == 1) { /* so that null stays null */
    ref.kind = ref.scale ? PK_REF_SCALED : PK_REF_COLUMN;
    ref.column = at == 0 ? ref.column : ref.column2;
  }
  return ref;
}

static PkRef
field_ref(const Spot *s, const PkChannelData *data)
{
  const PkModel *m = s->m;
  const PkChannelDef *def = s->def;
  PkScaleComp *scale = pk_model_scale(m, s->scale_channel);
  gboolean discrete = scale && pk_scale_comp_is_discrete(scale);
  gboolean main = s->channel == s->scale_channel;
  double at = s->at;
  if (isnan(at) && main)
    at = pk_model_band_position(m, s->channel, s->second != NULL);
  else if (isnan(at))
    at = def->band_position;
  gboolean binning = main && def->bin.present && !def->bin.binned;
  if (binning || (main && at > 0 && def->time_unit && data->type == PK_MEASURE_TEMPORAL)) {
    if (at > 0 && !discrete && data->column_end)
      return between_ref(s, data->column, data->column_end, at);
    PkRef ref = empty_ref(scale ? PK_REF_SCALED : PK_REF_COLUMN);
    ref.scale = scale;
    ref.column = pk_unit_column(m, discrete && data->column_range ? data->column_range : data->column);
    return ref;
  }
  if (main && def->bin.binned && s->second && pk_def_is_field(s->second)) {
    const PkChannelData *second = pk_model_data_of(m, s->second);
    if (second)
      return between_ref(s, data->column, second->column, isnan(at) ? 0.5 : at);
  }
  PkRef ref = empty_ref(scale ? PK_REF_SCALED : PK_REF_COLUMN);
  ref.scale = scale;
  ref.column = pk_unit_column(m, discrete && data->column_range ? data->column_range : data->column);
  if (scale && scale->type == PK_SCALE_BAND)
    ref.band = isnan(at) ? 0.5 : at;
  return ref;
}

static PkRef
datum_ref(const Spot *s, const PkChannelData *data)
{
  PkScaleComp *scale = pk_model_scale(s->m, s->scale_channel);
  const PkChannelDef *def = s->def;
  const PkChannelData *main = pk_model_channel(s->m, s->scale_channel);
  gboolean temporal =
      (data && data->type == PK_MEASURE_TEMPORAL) || (main && main->type == PK_MEASURE_TEMPORAL);
  PkRef ref = empty_ref(scale ? PK_REF_SCALED : PK_REF_COLUMN);
  ref.scale = scale;
  ref.has_constant = TRUE;
  ref.constant = pk_build_datum(s->m->build, def->datum, temporal, def->time_unit);
  if (scale && scale->type == PK_SCALE_BAND)
    ref.band = !isnan(s->at) ? s->at : isnan(def->band_position) ? 0.5 : def->band_position;
  return ref;
}

/* The reference of a definition; FALSE if it has neither field, datum nor value. */
static gboolean
spot_main(const Spot *s, PkRef *ref)
{
  const PkChannelDef *def = s->def;
  if (!def)
    return FALSE;
  const PkChannelData *data = pk_model_data_of(s->m, def);
  if (pk_def_is_field(def) && data)
    *ref = field_ref(s, data);
  else if (pk_def_is_datum(def))
    *ref = datum_ref(s, data);
  else if (def->value)
    *ref = pixel_ref(s->m, def->value, s->scale_channel == PK_CHANNEL_Y);
  else
    return FALSE;
  apply_offset(ref, &s->offset);
  return TRUE;
}

/* midPointRefWithPositionInvalidTest. FALSE: nothing. */
static gboolean
spot_rule(const Spot *s, PkRule *rule)
{
  PkRef ref, invalid;
  if (!spot_main(s, &ref))
    return FALSE;
  if (pk_ref_invalid(s->m, s->scale_channel, s->def, &invalid)) {
    invalid.test_column = pk_unit_column(s->m, pk_model_data_of(s->m, s->def)->column);
    pk_rule_add(s->m->build, rule, invalid);
  }
  pk_rule_add(s->m->build, rule, ref);
  return TRUE;
}

/* ---------------------------------------------------------------- offsets */

static Offset
mark_offset(const PkModel *m, const char *name)
{
  return (Offset){ .offset = pk_build_double(m->build, pk_mark_prop(m, name), 0) };
}

static Offset
position_offset(const PkModel *m, gboolean is_y, double at, gboolean *is_encoded)
{
  PkChannel channel = is_y ? PK_CHANNEL_YOFFSET : PK_CHANNEL_XOFFSET;
  const PkChannelDef *def = pk_model_def(m, channel);
  *is_encoded = FALSE;
  if (!def)
    return mark_offset(m, is_y ? "yOffset" : "xOffset");
  Spot s = { .m = m, .channel = channel, .scale_channel = channel, .def = def, .at = at };
  PkRef *ref = pk_build_alloc(m->build, 1, sizeof *ref);
  *is_encoded = TRUE;
  if (!spot_main(&s, ref))
    *ref = pk_ref_number(pk_build_double(m->build, pk_mark_prop(m, is_y ? "yOffset" : "xOffset"), 0));
  return (Offset){ .ref = ref };
}

/* ---------------------------------------------------------------- defaults */

/* The mark's own position, else the middle, zero or an end (pointPositionDefaultRef). */
static PkRef
default_ref(const PkModel *m, gboolean is_y, gboolean second, PkPlace place)
{
  PkBuild *b = m->build;
  double size = is_y ? b->height : b->width;
  JsonNode *node = pk_mark_prop_or_config(m, second ? (is_y ? "y2" : "x2") : (is_y ? "y" : "x"), NULL);
  if (node)
    return pixel_ref(m, node, is_y);
  if (place == PK_PLACE_MIDDLE)
    return pk_ref_number(size / 2);
  gboolean max = place == PK_PLACE_ZERO_OR_MAX;
  PkRef ref;
  PkChannel channel = axis_channel(is_y);
  if (pk_ref_zero_or_end(m->scales[channel] ? pk_model_scale(m, channel) : NULL, max, &ref))
    return ref;
  return pk_ref_number(max == is_y ? 0 : size);
}

/* ---------------------------------------------------------------- points and ranges */

static gboolean
is_stacked(const PkModel *m, PkChannel channel)
{
  return m->unit->stack != PK_STACK_NONE && m->unit->stack_channel == channel;
}

static void
point_rule(const PkModel *m, gboolean is_y, PkPlace place, PkRule *rule)
{
  PkChannel channel = axis_channel(is_y);
  gboolean encoded;
  Spot s = { .m = m, .channel = channel, .scale_channel = channel, .def = pk_model_def(m, channel),
             .second = pk_model_def(m, pk_channel_second(channel)), .at = NAN };
  s.offset = position_offset(m, is_y, 0.5, &encoded);
  if (encoded)
    s.at = 0;
  const PkChannelData *data = pk_model_channel(m, channel);
  if (data && is_stacked(m, channel)) {
    double at = data->def->band_position;
    PkRef ref = between_ref(&s, data->column, data->column_end, isnan(at) ? 1 : at);
    apply_offset(&ref, &s.offset);
    pk_rule_add(m->build, rule, ref);
    return;
  }
  if (spot_rule(&s, rule))
    return;
  PkRef ref = default_ref(m, is_y, FALSE, place);
  apply_offset(&ref, &s.offset);
  pk_rule_add(m->build, rule, ref);
}

void
pk_span_point(const PkModel *m, gboolean is_y, PkPlace place, gboolean center, PkSpan *span)
{
  point_rule(m, is_y, place, center ? &span->pc : &span->p);
  if (center)
    span->has_pc = TRUE;
  else
    span->has_p = TRUE;
}

/* x2, y2, width or height as a property of a mark, style or config. */
static gboolean
second_or_size(const PkModel *m, gboolean is_y, JsonNode *second, JsonNode *size, PkSpan *span)
{
  if (second) {
    pk_rule_add(m->build, &span->p2, pixel_ref(m, second, is_y));
    span->has_p2 = TRUE;
    return TRUE;
  }
  if (pk_node_is_null(size) || pk_node_member(size, "band"))
    return FALSE;
  pk_rule_add(m->build, &span->size, pixel_ref(m, size, is_y));
  span->has_size = TRUE;
  return TRUE;
}

static JsonNode *
style_prop(const PkModel *m, const char *name)
{
  JsonNode *style = pk_mark_prop(m, "style");
  JsonNode *node = pk_config_style(m->build, m->mark_name, name);
  if (pk_node_is_text(style)) {
    JsonNode *own = pk_config_style(m->build, json_node_get_string(style), name);
    node = own ? own : node;
  }
  return node;
}

static void
add_second(const PkModel *m, PkSpan *span, PkRef ref)
{
  pk_rule_add(m->build, &span->p2, ref);
  span->has_p2 = TRUE;
}

/* pointPosition2OrSize */
static void
second_rule(const PkModel *m, gboolean is_y, PkPlace place, PkSpan *span)
{
  PkBuild *b = m->build;
  PkChannel channel = axis_channel(is_y), second = pk_channel_second(channel);
  const PkChannelDef *def = pk_model_def(m, second);
  const char *name = is_y ? "y2" : "x2", *size = is_y ? "height" : "width";
  gboolean encoded = FALSE;
  Spot s = { .m = m, .channel = second, .scale_channel = channel, .def = def, .at = NAN };
  s.offset = def || pk_mark_prop(m, name) ? mark_offset(m, is_y ? "y2Offset" : "x2Offset")
                                          : position_offset(m, is_y, NAN, &encoded);
  const PkChannelData *data = pk_model_channel(m, channel);
  if (data && is_stacked(m, channel)) {
    PkRef ref = between_ref(&s, data->column, data->column_end, 0);
    apply_offset(&ref, &s.offset);
    add_second(m, span, ref);
    return;
  }
  if (spot_rule(&s, &span->p2)) {
    span->has_p2 = TRUE;
    return;
  }
  if (second_or_size(m, is_y, pk_mark_prop(m, name), pk_mark_prop(m, size), span) ||
      second_or_size(m, is_y, style_prop(m, name), style_prop(m, size), span) ||
      second_or_size(m, is_y, pk_config_get(b, m->mark_name, name), pk_config_get(b, m->mark_name, size),
                     span) ||
      second_or_size(m, is_y, pk_config_get(b, "mark", name), pk_config_get(b, "mark", size), span))
    return;
  PkScaleComp *offset = pk_model_scale(m, pk_channel_offset(channel));
  if (data && pk_model_is_ranged_offset(m, channel) && offset) {
    Spot base = { .m = m, .channel = channel, .scale_channel = channel, .def = data->def, .at = 0 };
    PkRef ref, *zero = pk_build_alloc(b, 1, sizeof *zero);
    *zero = empty_ref(PK_REF_SCALED);
    zero->scale = offset;
    zero->has_constant = TRUE;
    zero->constant = pk_value_number(0);
    base.offset.ref = zero;
    if (spot_main(&base, &ref))
      add_second(m, span, ref);
    return;
  }
  add_second(m, span, default_ref(m, is_y, TRUE, place));
}

/* "x", "xc" or "x2" by the mark's align (or baseline): 0 start, 1 middle, 2 end. */
static int
aligned(const PkModel *m, gboolean is_y, gboolean at_start)
{
  JsonNode *node = pk_mark_prop_or_config(m, is_y ? "baseline" : "align", NULL);
  if (is_text(node, is_y ? "top" : "left"))
    return 0;
  if (is_text(node, is_y ? "middle" : "center"))
    return 1;
  if (is_text(node, is_y ? "bottom" : "right"))
    return 2;
  return at_start ? 0 : 1;
}

static void
put(PkSpan *span, int where, PkRule rule)
{
  if (where == 0) {
    span->p = rule;
    span->has_p = TRUE;
  } else if (where == 1) {
    span->pc = rule;
    span->has_pc = TRUE;
  } else {
    span->p2 = rule;
    span->has_p2 = TRUE;
  }
}

static void
range_span(const PkModel *m, gboolean is_y, PkPlace place, PkSpan *span)
{
  second_rule(m, is_y, PK_PLACE_ZERO_OR_MIN, span);
  PkRule rule = { 0 };
  point_rule(m, is_y, place, &rule);
  put(span, span->has_size ? aligned(m, is_y, FALSE) : 0, rule);
}

void
pk_span_point_or_range(const PkModel *m, gboolean is_y, PkPlace place, gboolean range, PkSpan *span)
{
  if (range)
    range_span(m, is_y, place, span);
  else
    pk_span_point(m, is_y, place, FALSE, span);
}

/* ---------------------------------------------------------------- rectangles */

static gboolean
is_bar_dimension(const PkModel *m, gboolean is_y)
{
  if (m->mark == PK_MARK_BAR)
    return is_y ? m->orient == 'h' : m->orient == 'v';
  return m->mark == PK_MARK_TICK && (is_y ? m->orient == 'v' : m->orient == 'h');
}

/* getBandSize: a number, {band} or nothing. *band is NAN if it is none. */
static JsonNode *
band_size(const PkModel *m, gboolean is_y, const PkChannelDef *def, gboolean use_size,
          const PkScaleComp *scale, double *band)
{
  PkBuild *b = m->build;
  const char *name = is_y ? "height" : "width";
  JsonNode *node = pk_mark_prop_or_config(m, use_size ? "size" : name, name);
  *band = NAN;
  if (!node && pk_def_is_field(def)) {
    gboolean binning = def->bin.present && !def->bin.binned;
    if (def->time_unit) {
      *band = pk_build_double(b, pk_mark_config(m, "timeUnitBandSize", NULL), 1);
      return NULL;
    }
    if (binning && !(scale && pk_scale_comp_is_discrete(scale))) {
      *band = 1;
      return NULL;
    }
  }
  if (!node && pk_mark_is_rect(m->mark)) {
    gboolean discrete = !scale || pk_scale_comp_is_discrete(scale);
    node = pk_config_get(b, m->mark_name, discrete ? "discreteBandSize" : "continuousBandSize");
    if (!node && scale && discrete)
      *band = 1;
  }
  JsonNode *relative = pk_node_member(node, "band");
  if (relative) {
    *band = pk_build_double(b, relative, 1);
    return NULL;
  }
  return node;
}

static double
bin_padding(const PkModel *m)
{
  PkBuild *b = m->build;
  JsonNode *node = pk_config_get(b, "scale", "bandPaddingInner");
  if (!node)
    node = pk_config_get(b, "scale", m->mark == PK_MARK_TICK  ? "tickBandPaddingInner"
                                     : m->mark == PK_MARK_BAR ? "barBandPaddingInner"
                                                              : "rectBandPaddingInner");
  return pk_build_double(b, node, NAN);
}

/* defaultSizeRef */
static PkRef
default_size(const PkModel *m, gboolean is_y, PkScaleComp *scale, JsonNode *size, double band,
             gboolean has_def)
{
  PkBuild *b = m->build;
  double view = is_y ? b->height : b->width;
  if (!isnan(band)) {
    if (!scale)
      return pk_ref_number(band * view);
    if (scale->type == PK_SCALE_BAND) {
      double least = pk_build_double(b, pk_config_get(b, m->mark_name, "minBandSize"), 0);
      return pk_ref_number(fmax(least, band * pk_scale_bandwidth(scale->scale)));
    }
  } else if (size && !pk_node_is_null(size)) {
    return pixel_ref(m, size, is_y);
  }
  if (scale && scale->range.kind == PK_RANGE_STEP && !scale->range.step_for_offset)
    return pk_ref_number(scale->range.a - 2);
  if (!has_def && !isnan(bin_padding(m)))
    return pk_ref_number((1 - bin_padding(m)) * view);
  return pk_ref_number(pk_view_step(b, is_y) - 2);
}

/* A band or point of a scale with a size (positionAndSize). */
static void
position_and_size(const PkModel *m, gboolean is_y, PkSpan *span)
{
  PkBuild *b = m->build;
  PkChannel channel = axis_channel(is_y);
  const PkChannelDef *def = pk_model_def(m, channel), *size_def = pk_model_def(m, PK_CHANNEL_SIZE);
  PkScaleComp *scale = pk_model_scale(m, channel),
              *offset_scale = pk_model_scale(m, pk_channel_offset(channel));
  gboolean use_size = m->mark == PK_MARK_TICK || (m->orient == 'h' && is_y) || (m->orient == 'v' && !is_y);
  double band;
  JsonNode *size = band_size(m, is_y, def, use_size, scale ? scale : offset_scale, &band);
  JsonNode *own_size = pk_mark_prop(m, "size");
  gboolean has_size = FALSE;
  if ((size_def || own_size) && use_size && !pk_node_member(own_size, "band")) {
    pk_rule_non_position(m, PK_CHANNEL_SIZE, is_y ? "height" : "width", own_size, TRUE, &span->size);
    has_size = span->size.n > 0;
  }
  if (!has_size)
    pk_rule_add(b, &span->size,
                default_size(m, is_y, offset_scale ? offset_scale : scale, size, band,
                             def && (pk_def_is_field(def) || pk_def_is_datum(def) || def->value)));
  span->has_size = TRUE;
  PkScaleComp *any = scale ? scale : offset_scale;
  gboolean at_start = any && any->type == PK_SCALE_BAND && !isnan(band) && !has_size;
  int where = aligned(m, is_y, at_start);
  gboolean center = where == 1, encoded;
  Spot s = { .m = m, .channel = channel, .scale_channel = channel, .def = def, .at = NAN };
  s.offset = position_offset(m, is_y, center ? 0.5 : 0, &encoded);
  if (center && !encoded && pk_def_is_field(def) && def->time_unit &&
      !pk_model_def(m, pk_channel_second(channel)))
    s.at = pk_model_band_position(m, channel, FALSE);
  if (isnan(s.at))
    s.at = center ? (encoded ? 0 : 0.5) : !isnan(band) ? (1 - band) / 2 : 0;
  PkRule rule = { 0 };
  if (!spot_rule(&s, &rule)) {
    PkRef ref = default_ref(m, is_y, FALSE, PK_PLACE_MIDDLE);
    apply_offset(&ref, &s.offset);
    pk_rule_add(b, &rule, ref);
  }
  put(span, where, rule);
}

/* Columns of a time unit's edges, moved so that its start lies at a place in the band other than the
 * middle (offsettedRectFormulas): made once for each table. */
static char *
shifted_column(PkTable *table, const PkChannelDef *def, const char *start, const char *end, double at,
               gboolean is_end)
{
  char *name = g_strconcat(start, is_end ? "_offsetted_rect_end" : "_offsetted_rect_start", NULL);
  PkCalendarUnit unit;
  gint from = pk_table_find(table, start), to = pk_table_find(table, end);
  if (pk_table_find(table, name) >= 0 || from < 0 || to < 0 ||
      !pk_calendar_unit_parse(def->time_unit, &unit, NULL))
    return name;
  unit.step = def->time_step > 0 ? def->time_step : 1;
  guint column = pk_table_add_column(table, name);
  double f = at + 0.5;
  for (gint64 row = 0; row < table->n_rows; row++) {
    const PkValue *a = pk_table_at(table, from, row);
    if (a->kind == PK_VALUE_NULL)
      continue;
    double x = a->number;
    double lo = is_end ? x : pk_calendar_unit_offset(&unit, x, -1);
    double hi = is_end ? pk_value_to_number(pk_table_at(table, to, row)) : x;
    *pk_table_at(table, column, row) = pk_value_date((1 - f) * lo + f * hi);
  }
  return name;
}

/* Adds the columns of shifted edges to a unit's tables; FALSE if the mark needs none. */
gboolean
pk_model_shifted_edges(const PkModel *m, PkChannel channel, const char **start, const char **end)
{
  const PkChannelData *data = pk_model_channel(m, channel);
  double at = pk_model_band_position(m, channel, pk_model_def(m, pk_channel_second(channel)) != NULL);
  if (!data || !pk_mark_is_rect(m->mark) || !data->def->time_unit || isnan(at) || at == 0.5 ||
      !data->column_end)
    return FALSE;
  PkTable *tables[] = { m->unit->table, m->unit->domain_table };
  for (guint i = 0; i < 2; i++) {
    if (!tables[i])
      continue;
    g_autofree char *from = shifted_column(tables[i], data->def, data->column, data->column_end, at, FALSE);
    g_autofree char *to = shifted_column(tables[i], data->def, data->column, data->column_end, at, TRUE);
    *start = pk_scene_intern(m->build->scene, from);
    *end = pk_scene_intern(m->build->scene, to);
  }
  return TRUE;
}

static double
axis_translate(const PkModel *m, PkChannel channel)
{
  const PkChannelData *data = pk_model_channel(m, channel);
  JsonNode *node = data ? pk_props_get(&data->def->axis, "translate") : NULL;
  if (!node)
    node = pk_config_get(m->build, channel == PK_CHANNEL_X ? "axisX" : "axisY", "translate");
  if (!node)
    node = pk_config_get(m->build, "axis", "translate");
  return pk_build_double(m->build, node, 0.5);
}

static PkRef
bin_edge(const PkModel *m, gboolean is_y, const char *start, const char *end, double at, gboolean second,
         const char *size_start, const char *size_end)
{
  PkBuild *b = m->build;
  PkChannel channel = axis_channel(is_y);
  Spot s = { .m = m, .channel = channel, .scale_channel = channel };
  PkRef ref = between_ref(&s, start, end, at);
  PkSpacing *spacing = pk_build_alloc(b, 1, sizeof *spacing);
  spacing->start = pk_unit_column(m, size_start);
  spacing->end = pk_unit_column(m, size_end);
  spacing->spacing = pk_build_double(b, pk_mark_prop_or_config(m, "binSpacing", NULL), 0);
  spacing->least = pk_build_double(b, pk_mark_config(m, "minBandSize", NULL), 0);
  spacing->translate = axis_translate(m, channel);
  double offset = mark_offset(m, is_y ? "yOffset" : "xOffset").offset;
  JsonNode *own = second ? pk_mark_prop(m, is_y ? "y2Offset" : "x2Offset") : NULL;
  spacing->offset = own ? pk_build_double(b, own, 0) : offset;
  spacing->is_end = is_y ? second : !second;
  spacing->reverse = ref.scale && pk_scale_comp_reversed(ref.scale);
  ref.spacing = spacing;
  return ref;
}

/* rectBinPosition: x is the end of the bin, x2 its start. */
static void
bin_span(const PkModel *m, gboolean is_y, const PkChannelData *data, PkSpan *span)
{
  PkBuild *b = m->build;
  PkChannel channel = axis_channel(is_y);
  const PkChannelDef *def = data->def;
  double band;
  band_size(m, is_y, def, FALSE, pk_model_scale(m, channel), &band);
  double at = isnan(band) ? 0.5 : (1 - band) / 2;
  const char *start = data->column, *end = data->column_end;
  PkRef first, second;
  if (def->bin.binned) {
    const PkChannelData *other = pk_model_channel(m, pk_channel_second(channel));
    JsonNode *step = pk_props_get(&def->bin.params, "step");
    second = bin_edge(m, is_y, start, start, 0, TRUE, NULL, NULL);
    if (other && pk_def_is_field(other->def)) {
      first = bin_edge(m, is_y, other->column, other->column, 0, FALSE, NULL, NULL);
    } else if (data->column_end) {
      first = bin_edge(m, is_y, start, end, 1, FALSE, NULL, NULL);
    } else if (step) {
      g_autofree char *name = g_strdup_printf("%s_binned_end", start);
      PkTable *table = m->unit->table;
      gint from = pk_table_find(table, start);
      if (pk_table_find(table, name) < 0 && from >= 0) {
        guint column = pk_table_add_column(table, name);
        for (gint64 row = 0; row < table->n_rows; row++)
          *pk_table_at(table, column, row) =
            pk_value_number(pk_value_to_number(pk_table_at(table, from, row)) + pk_build_double(b, step, 1));
      }
      first = bin_edge(m, is_y, name, name, 0, FALSE, NULL, NULL);
    } else {
      return;
    }
  } else {
    pk_model_shifted_edges(m, channel, &start, &end);
    second = bin_edge(m, is_y, start, end, at, TRUE, data->column, data->column_end);
    first = bin_edge(m, is_y, start, end, 1 - at, FALSE, data->column, data->column_end);
  }
  pk_rule_add(b, &span->p2, second);
  pk_rule_add(b, &span->p, first);
  span->has_p = span->has_p2 = TRUE;
}

void
pk_span_rect(const PkModel *m, gboolean is_y, PkSpan *span)
{
  PkChannel channel = axis_channel(is_y);
  const PkChannelDef *def = pk_model_def(m, channel), *second = pk_model_def(m, pk_channel_second(channel));
  const PkChannelData *data = pk_model_channel(m, channel);
  const char *size_name = is_y ? "height" : "width";
  PkScaleComp *scale = pk_model_scale(m, channel);
  gboolean discrete = scale && pk_scale_comp_is_discrete(scale);
  JsonNode *size = pk_model_def(m, PK_CHANNEL_SIZE) ? NULL : pk_mark_prop_or_config(m, "size", size_name);
  gboolean fixed_size = pk_model_def(m, PK_CHANNEL_SIZE) || (size && !pk_node_member(size, "band"));
  if (data && pk_def_is_field(def) && (def->bin.present || (def->time_unit && !second)) && !fixed_size &&
      !pk_model_def(m, pk_channel_offset(channel)) && !discrete && scale)
    bin_span(m, is_y, data, span);
  else if (data && pk_model_is_ranged_offset(m, channel))
    range_span(m, is_y, PK_PLACE_ZERO_OR_MAX, span);
  else if (((data && discrete) || is_bar_dimension(m, is_y)) && !second)
    position_and_size(m, is_y, span);
  else
    range_span(m, is_y, PK_PLACE_ZERO_OR_MAX, span);
}
