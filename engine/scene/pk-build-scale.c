/* Scale components: which scales there are, their types and properties, and how those of layers
 * become one (Vega-Lite's compile/scale/parse, type and properties). */
#include "pk-build.h"

static const PkChannel scale_channels[] = {
  PK_CHANNEL_X, PK_CHANNEL_Y, PK_CHANNEL_XOFFSET, PK_CHANNEL_YOFFSET, PK_CHANNEL_COLOR, PK_CHANNEL_FILL,
  PK_CHANNEL_STROKE, PK_CHANNEL_OPACITY, PK_CHANNEL_FILL_OPACITY, PK_CHANNEL_STROKE_OPACITY,
  PK_CHANNEL_STROKE_WIDTH, PK_CHANNEL_SIZE, PK_CHANNEL_ANGLE, PK_CHANNEL_SHAPE, PK_CHANNEL_STROKE_DASH,
};

static gboolean
is_color(PkChannel channel)
{
  return channel == PK_CHANNEL_COLOR || channel == PK_CHANNEL_FILL || channel == PK_CHANNEL_STROKE;
}

static gboolean
is_discrete_range(PkChannel channel)
{
  return channel == PK_CHANNEL_SHAPE || channel == PK_CHANNEL_STROKE_DASH;
}

static gboolean
type_is_discrete(PkScaleType type)
{
  return pk_scale_type_is_discrete(type) || type == PK_SCALE_BIN_ORDINAL;
}

static gboolean
type_is_quantitative(PkScaleType type)
{
  return type == PK_SCALE_LINEAR || type == PK_SCALE_LOG || type == PK_SCALE_POW || type == PK_SCALE_SQRT ||
         type == PK_SCALE_SYMLOG;
}

static gboolean
type_is_time(PkScaleType type)
{
  return type == PK_SCALE_TIME || type == PK_SCALE_UTC;
}

static gboolean
type_is_continuous(PkScaleType type)
{
  return type_is_quantitative(type) || type_is_time(type);
}

static gboolean
type_discretizes(PkScaleType type)
{
  return type == PK_SCALE_QUANTILE || type == PK_SCALE_QUANTIZE || type == PK_SCALE_THRESHOLD;
}

gboolean
pk_scale_comp_is_discrete(const PkScaleComp *comp)
{
  return type_is_discrete(comp->type);
}

JsonNode *
pk_scale_comp_prop(const PkScaleComp *comp, const char *name)
{
  return pk_split_node(comp->props, name);
}

PkScaleComp *
pk_model_scale(const PkModel *m, PkChannel channel)
{
  for (; m; m = m->parent)
    if (channel < PK_N_CHANNELS && m->scales[channel] && !m->scales[channel]->merged)
      return m->scales[channel];
  return NULL;
}

/* ---------------------------------------------------------------- type */

static PkScaleType
default_discrete_type(const PkModel *m, PkChannel channel, const PkChannelData *data)
{
  if (is_color(channel) || is_discrete_range(channel))
    return PK_SCALE_ORDINAL;
  if (pk_channel_is_xy(channel) || pk_channel_is_offset(channel)) {
    if (pk_mark_is_rect(m->mark) || m->mark == PK_MARK_RULE)
      return PK_SCALE_BAND;
    if (pk_model_channel(m, pk_channel_offset(channel)))
      return PK_SCALE_BAND;
    JsonNode *size =
        pk_mark_prop(m, channel == PK_CHANNEL_X || channel == PK_CHANNEL_XOFFSET ? "width" : "height");
    if (pk_node_member(size, "band"))
      return PK_SCALE_BAND;
    if (pk_channel_is_xy(channel) && !pk_node_is_null(pk_props_get(&data->def->axis, "tickBand")))
      return PK_SCALE_BAND;
  }
  return PK_SCALE_POINT;
}

static PkScaleType
default_type(const PkModel *m, PkChannel channel, const PkChannelData *data)
{
  switch (data->type) {
  case PK_MEASURE_TEMPORAL:
    if (is_discrete_range(channel))
      return PK_SCALE_ORDINAL;
    return data->def->time_unit && g_str_has_prefix(data->def->time_unit, "utc") && !is_color(channel)
               ? PK_SCALE_UTC
               : PK_SCALE_TIME;
  case PK_MEASURE_QUANTITATIVE:
    if (is_color(channel) && data->has_bin && data->def->bin.present && !data->def->bin.binned)
      return PK_SCALE_BIN_ORDINAL;
    return is_discrete_range(channel) ? PK_SCALE_ORDINAL : PK_SCALE_LINEAR;
  default:
    return default_discrete_type(m, channel, data);
  }
}

static gboolean
channel_supports(PkChannel channel, PkScaleType type)
{
  if (pk_channel_is_xy(channel) || pk_channel_is_offset(channel))
    return type_is_continuous(type) || type == PK_SCALE_BAND || type == PK_SCALE_POINT;
  if (is_color(channel))
    return type != PK_SCALE_BAND;
  if (is_discrete_range(channel))
    return type == PK_SCALE_ORDINAL || type_discretizes(type);
  return type_is_continuous(type) || type_discretizes(type) || type == PK_SCALE_BAND ||
         type == PK_SCALE_POINT || type == PK_SCALE_ORDINAL;
}

static gboolean
data_supports(PkMeasure measure, PkScaleType type)
{
  switch (measure) {
  case PK_MEASURE_TEMPORAL:
    return type_is_time(type);
  case PK_MEASURE_QUANTITATIVE:
    return type_is_quantitative(type) || type_discretizes(type);
  default:
    return type_is_discrete(type);
  }
}

static void
comp_set_type(PkScaleComp *comp, const PkModel *m, const PkChannelData *data)
{
  comp->type = default_type(m, comp->channel, data);
  const char *name = pk_props_get_text(&data->def->scale_props, "type", NULL);
  PkScaleType type;
  g_autoptr(GError) error = NULL;
  if (!name)
    return;
  if (!pk_scale_type_parse(name, &type, &error)) {
    pk_build_fail(m->build, PK_ERROR_INVALID, "%s.type: %s", data->def->scale_props.path, error->message);
    return;
  }
  if (channel_supports(comp->channel, type) &&
      (!pk_def_is_field(data->def) || data_supports(data->type, type))) {
    comp->type = type;
    comp->type_given = TRUE;
  }
}

static PkScaleComp *
comp_new(PkModel *m, PkChannel channel)
{
  PkScaleComp *comp = g_new0(PkScaleComp, 1);
  comp->build = m->build;
  comp->owner = m;
  comp->channel = channel;
  comp->parts = g_ptr_array_new_with_free_func(pk_domain_part_free);
  comp->props = pk_split_table();
  g_ptr_array_add(m->build->comps, comp);
  m->scales[channel] = comp;
  return comp;
}

void
pk_scale_comp_free(PkScaleComp *comp)
{
  g_clear_pointer(&comp->parts, g_ptr_array_unref);
  g_clear_pointer(&comp->props, g_hash_table_unref);
  pk_scale_free(comp->scale);
  g_clear_pointer(&comp->values, pk_datum_index_free);
  g_clear_pointer(&comp->domain_values, g_array_unref);
  g_clear_pointer(&comp->slots, g_ptr_array_unref);
  g_free(comp->domain);
  g_free(comp);
}

/* ---------------------------------------------------------------- merging types */

static int
type_category(PkScaleType type)
{
  if (type_is_quantitative(type) || type == PK_SCALE_IDENTITY)
    return 0;
  if (type_is_time(type))
    return 1;
  if (type == PK_SCALE_BAND || type == PK_SCALE_POINT)
    return 2;
  return type_discretizes(type) ? 3 : type == PK_SCALE_ORDINAL ? 4 : 5;
}

static gboolean
types_agree(PkScaleType a, PkScaleType b)
{
  int x = type_category(a), y = type_category(b);
  return x == y || (x == 1 && y == 2) || (x == 2 && y == 1);
}

static int
type_precedence(PkScaleType type)
{
  return type == PK_SCALE_BAND ? 11 : type == PK_SCALE_POINT ? 10
         : (type == PK_SCALE_LINEAR || !type_is_quantitative(type)) ? 0 : 1;
}

/* Layers share their scales, views beside each other those that are no positions, unless told otherwise. */
static gboolean
resolve_is_independent(const PkModel *m, const char *kind, PkChannel channel)
{
  PkProps bag = pk_props_get_bag(&m->view->resolve, kind);
  const char *mode = pk_props_get_text(&bag, pk_channel_name(channel), NULL);
  if (!mode)
    return pk_model_is_concat(m) && (pk_channel_is_xy(channel) || pk_channel_is_offset(channel));
  return g_str_equal(mode, "independent");
}

static void
merge_child_type(PkModel *m, PkScaleComp *child, PkScaleComp **merged, gboolean *conflict)
{
  PkChannel channel = child->channel;
  if (*conflict)
    return;
  if (!*merged) {
    *merged = comp_new(m, channel);
    (*merged)->type = child->type;
    (*merged)->type_given = child->type_given;
    return;
  }
  if (!types_agree((*merged)->type, child->type)) {
    *conflict = TRUE;
    return;
  }
  gboolean wins = child->type_given != (*merged)->type_given
                    ? child->type_given
                    : type_precedence(child->type) > type_precedence((*merged)->type);
  if (wins)
    (*merged)->type = child->type;
  (*merged)->type_given |= child->type_given;
}

static void
core_layer(PkModel *m)
{
  for (guint k = 0; k < G_N_ELEMENTS(scale_channels); k++) {
    PkChannel channel = scale_channels[k];
    gboolean conflict = FALSE;
    PkScaleComp *merged = NULL;
    m->scale_independent[channel] = resolve_is_independent(m, "scale", channel);
    if (m->scale_independent[channel])
      continue;
    for (guint i = 0; i < m->n_children; i++)
      if (m->children[i]->scales[channel])
        merge_child_type(m, m->children[i]->scales[channel], &merged, &conflict);
    if (conflict) {
      m->scale_independent[channel] = TRUE;
      m->scales[channel] = NULL;
      continue;
    }
    for (guint i = 0; merged && i < m->n_children; i++)
      if (m->children[i]->scales[channel])
        m->children[i]->scales[channel]->merged = TRUE;
  }
}

static void
build_core(PkModel *m)
{
  if (!m->unit) {
    for (guint i = 0; i < m->n_children; i++)
      build_core(m->children[i]);
    core_layer(m);
    return;
  }
  for (guint k = 0; k < G_N_ELEMENTS(scale_channels); k++) {
    const PkChannelData *data = pk_model_channel(m, scale_channels[k]);
    if (data && !data->def->scale_null)
      comp_set_type(comp_new(m, scale_channels[k]), m, data);
  }
}

/* ---------------------------------------------------------------- properties */

static gboolean
type_takes(PkScaleType type, const char *name)
{
  gboolean band = type == PK_SCALE_BAND, point = type == PK_SCALE_POINT;
  if (g_str_equal(name, "interpolate"))
    return !band && !point && type != PK_SCALE_IDENTITY;
  if (g_str_equal(name, "bins"))
    return !band && !point && type != PK_SCALE_IDENTITY && type != PK_SCALE_ORDINAL;
  if (g_str_equal(name, "round") || g_str_equal(name, "padding"))
    return type_is_continuous(type) || band || point;
  if (g_str_equal(name, "paddingOuter") || g_str_equal(name, "align"))
    return band || point;
  if (g_str_equal(name, "paddingInner"))
    return band;
  if (g_str_has_prefix(name, "domain") || g_str_equal(name, "clamp"))
    return type_is_continuous(type);
  if (g_str_equal(name, "nice"))
    return type_is_continuous(type) || type == PK_SCALE_QUANTIZE || type == PK_SCALE_THRESHOLD;
  if (g_str_equal(name, "exponent"))
    return type == PK_SCALE_POW;
  if (g_str_equal(name, "base"))
    return type == PK_SCALE_LOG;
  if (g_str_equal(name, "constant"))
    return type == PK_SCALE_SYMLOG;
  if (g_str_equal(name, "zero"))
    return type == PK_SCALE_LINEAR || type == PK_SCALE_POW || type == PK_SCALE_SQRT ||
           type == PK_SCALE_SYMLOG || type == PK_SCALE_QUANTIZE || type == PK_SCALE_IDENTITY;
  return TRUE;
}

static gboolean
channel_takes(PkChannel channel, const char *name)
{
  if (g_str_equal(name, "interpolate") || g_str_equal(name, "domainMid"))
    return is_color(channel);
  return TRUE;
}

typedef struct {
  PkModel *m;
  PkBuild *b;
  PkChannel channel;
  const PkChannelData *data;
  PkScaleComp *merged;
  const PkProps *given;
} Rule;

static JsonNode *
rule_nice(const Rule *r)
{
  JsonNode *domain = pk_props_get(r->given, "domain");
  if (r->data->def->bin.present || (domain && JSON_NODE_HOLDS_ARRAY(domain)) ||
      !pk_node_is_null(pk_props_get(r->given, "domainMin")) ||
      !pk_node_is_null(pk_props_get(r->given, "domainMax")) || type_is_time(r->merged->type))
    return NULL;
  return pk_channel_is_xy(r->channel) ? pk_build_node_bool(r->b, TRUE) : NULL;
}

static gboolean
is_dimension(const Rule *r)
{
  return (r->m->orient == 'v' && r->channel == PK_CHANNEL_X) ||
         (r->m->orient == 'h' && r->channel == PK_CHANNEL_Y);
}

static JsonNode *
rule_padding(const Rule *r)
{
  if (!pk_channel_is_xy(r->channel))
    return NULL;
  if (type_is_continuous(r->merged->type)) {
    JsonNode *node = pk_config_get(r->b, "scale", "continuousPadding");
    if (node)
      return node;
    if (r->m->mark == PK_MARK_BAR && is_dimension(r) &&
        !(pk_def_is_field(r->data->def) && (r->data->def->bin.present || r->data->def->time_unit)))
      return pk_config_get(r->b, "bar", "continuousBandSize");
  }
  return r->merged->type == PK_SCALE_POINT ? pk_config_get(r->b, "scale", "pointPadding") : NULL;
}

static JsonNode *
rule_padding_inner(const Rule *r)
{
  if (pk_scale_comp_prop(r->merged, "padding"))
    return NULL;
  if (pk_channel_is_offset(r->channel))
    return r->merged->type == PK_SCALE_BAND ? pk_config_get(r->b, "scale", "offsetBandPaddingInner") : NULL;
  if (!pk_channel_is_xy(r->channel))
    return NULL;
  if (pk_model_channel(r->m, pk_channel_offset(r->channel)))
    return pk_config_get(r->b, "scale", "bandWithNestedOffsetPaddingInner");
  JsonNode *node = pk_config_get(r->b, "scale", "bandPaddingInner");
  return node ? node
              : pk_config_get(r->b, "scale", r->m->mark == PK_MARK_BAR    ? "barBandPaddingInner"
                                             : r->m->mark == PK_MARK_TICK ? "tickBandPaddingInner"
                                                                          : "rectBandPaddingInner");
}

static JsonNode *
rule_padding_outer(const Rule *r)
{
  if (pk_scale_comp_prop(r->merged, "padding"))
    return NULL;
  PkScaleType type = r->merged->type;
  if (pk_channel_is_offset(r->channel))
    return type == PK_SCALE_POINT  ? pk_build_node_double(r->b, 0.5)
           : type == PK_SCALE_BAND ? pk_config_get(r->b, "scale", "offsetBandPaddingOuter")
                                   : NULL;
  if (!pk_channel_is_xy(r->channel))
    return NULL;
  if (pk_model_channel(r->m, pk_channel_offset(r->channel)))
    return pk_config_get(r->b, "scale", "bandWithNestedOffsetPaddingOuter");
  if (type != PK_SCALE_BAND)
    return NULL;
  JsonNode *node = pk_config_get(r->b, "scale", "bandPaddingOuter");
  if (node)
    return node;
  return pk_build_node_double(r->b,
                              pk_build_double(r->b, pk_scale_comp_prop(r->merged, "paddingInner"), 0) / 2);
}

static gboolean
sorts_descending(const PkChannelDef *def)
{
  return pk_node_is_text(def->sort) && g_str_equal(json_node_get_string(def->sort), "descending");
}

static JsonNode *
rule_reverse(const Rule *r)
{
  gboolean descending = !type_is_discrete(r->merged->type) && pk_def_is_field(r->data->def) &&
                        sorts_descending(r->data->def);
  JsonNode *node = r->channel == PK_CHANNEL_X ? pk_config_get(r->b, "scale", "xReverse") : NULL;
  if (node)
    return descending ? pk_build_node_bool(r->b, !pk_build_bool(r->b, node, FALSE)) : node;
  return descending ? pk_build_node_bool(r->b, TRUE) : NULL;
}

static JsonNode *
rule_zero_of_domain(const Rule *r, JsonNode *domain)
{
  gboolean zero = FALSE;
  if (JSON_NODE_HOLDS_ARRAY(domain)) {
    JsonArray *array = json_node_get_array(domain);
    guint n = json_array_get_length(array);
    if (n > 0) {
      JsonNode *first = json_array_get_element(array, 0), *last = json_array_get_element(array, n - 1);
      zero = pk_node_is_number(first) && json_node_get_double(first) <= 0 && pk_node_is_number(last) &&
             json_node_get_double(last) >= 0;
    }
  }
  return pk_build_node_bool(r->b, zero);
}

static JsonNode *
rule_zero(const Rule *r)
{
  JsonNode *domain = pk_props_get(r->given, "domain");
  if (!pk_node_is_null(domain) &&
      !(pk_node_is_text(domain) && g_str_equal(json_node_get_string(domain), "unaggregated")))
    return rule_zero_of_domain(r, domain);
  if (r->channel == PK_CHANNEL_SIZE && r->data->type == PK_MEASURE_QUANTITATIVE &&
      !type_discretizes(r->merged->type))
    return pk_build_node_bool(r->b, TRUE);
  if (pk_channel_is_offset(r->channel))
    return pk_build_node_bool(r->b, pk_model_is_ranged_offset(r->m, r->channel == PK_CHANNEL_XOFFSET
                                                                        ? PK_CHANNEL_X
                                                                        : PK_CHANNEL_Y));
  if (pk_channel_is_xy(r->channel) && !(pk_def_is_field(r->data->def) && r->data->def->bin.present)) {
    PkMarkType mark = r->m->mark;
    if ((mark == PK_MARK_BAR || mark == PK_MARK_AREA || mark == PK_MARK_LINE) && is_dimension(r))
      return pk_build_node_bool(r->b, FALSE);
    if ((mark == PK_MARK_BAR || mark == PK_MARK_AREA) && !pk_model_def(r->m, pk_channel_second(r->channel)))
      return pk_build_node_bool(r->b, TRUE);
    return pk_config_get(r->b, "scale", "zero");
  }
  return pk_build_node_bool(r->b, FALSE);
}

static JsonNode *
rule_bins(const Rule *r)
{
  const PkChannelDef *def = r->data->def;
  if (!def->bin.present)
    return NULL;
  g_autofree char *json = NULL;
  char text[3][G_ASCII_DTOSTR_BUF_SIZE];
  if (!def->bin.binned && r->data->has_bin) {
    json = g_strdup_printf("{\"start\":%s,\"stop\":%s,\"step\":%s}",
                           g_ascii_dtostr(text[0], sizeof text[0], r->data->bin_start),
                           g_ascii_dtostr(text[1], sizeof text[1], r->data->bin_stop),
                           g_ascii_dtostr(text[2], sizeof text[2], r->data->bin_step));
    return pk_build_node_json(r->b, json);
  }
  JsonNode *step = pk_props_get(&def->bin.params, "step");
  if (!def->bin.binned || !step)
    return NULL;
  json = g_strdup_printf("{\"step\":%s}",
                         g_ascii_dtostr(text[0], sizeof text[0], pk_build_double(r->b, step, 1)));
  return pk_build_node_json(r->b, json);
}

static JsonNode *
rule_interpolate(const Rule *r)
{
  return is_color(r->channel) && r->data->type != PK_MEASURE_NOMINAL ? pk_build_node_text(r->b, "hcl")
                                                                     : NULL;
}

static const struct {
  const char *name;
  JsonNode *(*rule)(const Rule *);
} properties[] = {
    {"align", NULL},
    {"base", NULL},
    {"bins", rule_bins},
    {"clamp", NULL},
    {"constant", NULL},
    {"exponent", NULL},
    {"domainMax", NULL},
    {"domainMin", NULL},
    {"domainMid", NULL},
    {"domainRaw", NULL},
    {"interpolate", rule_interpolate},
    {"nice", rule_nice},
    {"padding", rule_padding},
    {"paddingInner", rule_padding_inner},
    {"paddingOuter", rule_padding_outer},
    {"reverse", rule_reverse},
    {"round", NULL},
    {"zero", rule_zero},
};

static void
unit_property(PkModel *m, guint p)
{
  const char *name = properties[p].name;
  for (guint k = 0; k < G_N_ELEMENTS(scale_channels); k++) {
    PkScaleComp *local = m->scales[scale_channels[k]];
    if (!local)
      continue;
    Rule r = { .m = m, .b = m->build, .channel = local->channel, .data = pk_model_channel(m, local->channel),
               .merged = pk_model_scale(m, local->channel) };
    r.given = &r.data->def->scale_props;
    if (!type_takes(r.merged->type, name) || !channel_takes(r.channel, name))
      continue;
    JsonNode *node = pk_props_get(r.given, name);
    if (node) {
      pk_split_set(local->props, name, node, TRUE);
      continue;
    }
    node = properties[p].rule ? properties[p].rule(&r) : pk_config_get(r.b, "scale", name);
    if (node)
      pk_split_set(local->props, name, node, FALSE);
  }
}

static void
build_property(PkModel *m, guint p)
{
  if (m->unit) {
    unit_property(m, p);
    return;
  }
  for (guint i = 0; i < m->n_children; i++)
    build_property(m->children[i], p);
  for (guint k = 0; k < G_N_ELEMENTS(scale_channels); k++) {
    PkScaleComp *merged = m->scales[scale_channels[k]];
    for (guint i = 0; merged && i < m->n_children; i++)
      if (m->children[i]->scales[scale_channels[k]])
        pk_split_merge(merged->props, m->children[i]->scales[scale_channels[k]]->props, properties[p].name);
  }
}

/* ---------------------------------------------------------------- domains and ranges of layers */

static void
merge_parts(PkScaleComp *into, PkScaleComp *from)
{
  if (from->parts_given && !into->parts_given)
    g_ptr_array_set_size(into->parts, 0);
  if (into->parts_given && !from->parts_given)
    return;
  into->parts_given |= from->parts_given;
  for (guint i = 0; i < from->parts->len; i++) {
    PkDomainPart *part = g_memdup2(from->parts->pdata[i], sizeof *part);
    part->sort_key = g_strdup(part->sort_key);
    g_ptr_array_add(into->parts, part);
  }
}

static void
merge_range(PkScaleComp *into, const PkScaleComp *from)
{
  if (into->range.kind == PK_RANGE_NONE || (from->range.given && !into->range.given))
    into->range = from->range;
  else if (into->range.given == from->range.given && into->range.kind == PK_RANGE_STEP &&
           from->range.kind == PK_RANGE_STEP && from->range.a > into->range.a)
    into->range = from->range;
}

static void
build_parts(PkModel *m, gboolean ranges)
{
  if (m->unit) {
    ranges ? pk_build_range_def(m) : pk_build_domain_parts(m);
    return;
  }
  for (guint i = 0; i < m->n_children; i++)
    build_parts(m->children[i], ranges);
  for (guint k = 0; k < G_N_ELEMENTS(scale_channels); k++) {
    PkScaleComp *merged = m->scales[scale_channels[k]];
    for (guint i = 0; merged && i < m->n_children; i++) {
      PkScaleComp *child = m->children[i]->scales[scale_channels[k]];
      if (child)
        ranges ? merge_range(merged, child) : merge_parts(merged, child);
    }
  }
}

void
pk_build_scales(PkBuild *b)
{
  build_core(b->root);
  build_parts(b->root, FALSE);
  for (guint p = 0; p < G_N_ELEMENTS(properties); p++)
    build_property(b->root, p);
  build_parts(b->root, TRUE);
}

int
pk_scale_comp_has_zero(const PkScaleComp *comp)
{
  if (comp->type == PK_SCALE_LOG || type_is_time(comp->type))
    return -1;
  JsonNode *zero = pk_scale_comp_prop(comp, "zero");
  if (pk_node_is_true(zero) || (!zero && (comp->type == PK_SCALE_LINEAR || comp->type == PK_SCALE_SQRT ||
                                          comp->type == PK_SCALE_POW)))
    return 1;
  gboolean with = FALSE, without = FALSE, field = comp->parts->len == 0;
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    JsonArray *array = part->kind == PK_DOMAIN_VALUES ? json_node_get_array(part->values) : NULL;
    guint n = array ? json_array_get_length(array) : 0;
    JsonNode *first = n ? json_array_get_element(array, 0) : NULL,
             *last = n ? json_array_get_element(array, n - 1) : NULL;
    if (pk_node_is_number(first) && pk_node_is_number(last)) {
      if (json_node_get_double(first) <= 0 && json_node_get_double(last) >= 0)
        with = TRUE;
      else
        without = TRUE;
    } else {
      field = TRUE;
    }
  }
  return with ? 1 : without && !field ? -1 : 0;
}
