/* The model tree: a node for each layer and unit, with what its mark and encoding say. */
#include "pk-build.h"

gboolean
pk_mark_is_rect(PkMarkType mark)
{
  return mark == PK_MARK_BAR || mark == PK_MARK_RECT || mark == PK_MARK_TICK;
}

gboolean
pk_mark_is_path(PkMarkType mark)
{
  return mark == PK_MARK_LINE || mark == PK_MARK_AREA;
}

PkChannel
pk_channel_second(PkChannel channel)
{
  return channel == PK_CHANNEL_X ? PK_CHANNEL_X2 : channel == PK_CHANNEL_Y ? PK_CHANNEL_Y2 : PK_N_CHANNELS;
}

PkChannel
pk_channel_offset(PkChannel channel)
{
  return channel == PK_CHANNEL_X   ? PK_CHANNEL_XOFFSET
         : channel == PK_CHANNEL_Y ? PK_CHANNEL_YOFFSET
                                   : PK_N_CHANNELS;
}

gboolean
pk_channel_is_xy(PkChannel channel)
{
  return channel == PK_CHANNEL_X || channel == PK_CHANNEL_Y;
}

gboolean
pk_channel_is_offset(PkChannel channel)
{
  return channel == PK_CHANNEL_XOFFSET || channel == PK_CHANNEL_YOFFSET;
}

gboolean
pk_def_is_field(const PkChannelDef *def)
{
  return def && (def->field || def->is_count);
}

gboolean
pk_def_is_datum(const PkChannelDef *def)
{
  return def && def->datum;
}

static gboolean
is_dropped(const PkModel *m, PkChannel channel)
{
  const PkEncoding *encoding = m->view->encoding;
  if (channel == PK_CHANNEL_COLOR)
    return encoding[m->filled ? PK_CHANNEL_FILL : PK_CHANNEL_STROKE].n > 0;
  if (channel == PK_CHANNEL_XOFFSET || channel == PK_CHANNEL_YOFFSET) {
    PkChannel main = channel == PK_CHANNEL_XOFFSET ? PK_CHANNEL_X : PK_CHANNEL_Y;
    const PkUnit *unit = m->unit;
    if (encoding[main].n > 0 && pk_def_is_field(&encoding[main].defs[0]) && unit->n[main] > 0) {
      PkMeasure type = unit->channels[main][0].type;
      return (type == PK_MEASURE_QUANTITATIVE || type == PK_MEASURE_TEMPORAL) &&
             !encoding[main].defs[0].time_unit && encoding[channel].n > 0 &&
             pk_def_is_field(&encoding[channel].defs[0]);
    }
  }
  return FALSE;
}

const PkChannelDef *
pk_model_def(const PkModel *m, PkChannel channel)
{
  if (!m->unit || channel >= PK_N_CHANNELS || m->view->encoding[channel].n == 0 || is_dropped(m, channel))
    return NULL;
  return &m->view->encoding[channel].defs[0];
}

static const PkChannelData *
scaled_data(const PkChannelData *data)
{
  if (pk_def_is_field(data->def) || pk_def_is_datum(data->def))
    return data;
  for (guint i = 0; data->conditions && i < data->def->n_conditions; i++)
    if (pk_def_is_field(data->conditions[i].def) || pk_def_is_datum(data->conditions[i].def))
      return &data->conditions[i];
  return NULL;
}

const PkChannelData *
pk_model_channel(const PkModel *m, PkChannel channel)
{
  if (!m->unit || channel >= PK_N_CHANNELS || is_dropped(m, channel))
    return NULL;
  for (guint i = 0; i < m->unit->n[channel]; i++) {
    const PkChannelData *data = scaled_data(&m->unit->channels[channel][i]);
    if (data)
      return data;
  }
  return NULL;
}

const PkChannelData *
pk_model_data_of(const PkModel *m, const PkChannelDef *def)
{
  PkChannel channel = def->channel;
  for (guint i = 0; channel < PK_N_CHANNELS && i < m->unit->n[channel]; i++) {
    const PkChannelData *data = &m->unit->channels[channel][i];
    if (data->def == def)
      return data;
    for (guint k = 0; data->conditions && k < data->def->n_conditions; k++)
      if (data->conditions[k].def == def)
        return &data->conditions[k];
  }
  return NULL;
}

static gboolean
has_quantitative_offset(const PkModel *m, PkChannel channel)
{
  const PkChannelData *offset = pk_model_channel(m, pk_channel_offset(channel));
  return offset && offset->type == PK_MEASURE_QUANTITATIVE && !offset->def->bin.present;
}

gboolean
pk_model_is_ranged_offset(const PkModel *m, PkChannel channel)
{
  if (m->mark != PK_MARK_BAR && m->mark != PK_MARK_AREA)
    return FALSE;
  if (pk_model_def(m, pk_channel_second(channel)) || !has_quantitative_offset(m, channel))
    return FALSE;
  if (!pk_model_def(m, channel))
    return TRUE;
  PkScaleComp *scale = pk_model_scale(m, channel);
  return pk_model_channel(m, channel) && scale && pk_scale_comp_is_discrete(scale);
}

double
pk_model_band_position(const PkModel *m, PkChannel channel, gboolean has_second)
{
  const PkChannelData *data = pk_model_channel(m, channel);
  if (!data)
    return NAN;
  if (!isnan(data->def->band_position))
    return data->def->band_position;
  if (!pk_def_is_field(data->def))
    return NAN;
  if (data->def->time_unit && !has_second)
    return pk_build_double(m->build, pk_mark_config(m, "timeUnitBandPosition", NULL), NAN);
  return data->def->bin.present && !data->def->bin.binned ? 0.5 : NAN;
}

/* ---------------------------------------------------------------- the tree */

gboolean
pk_model_is_concat(const PkModel *m)
{
  return m->view->is_concat;
}

PkModel *
pk_model_leaf(PkModel *m)
{
  while (m->parent && !pk_model_is_concat(m->parent))
    m = m->parent;
  return m;
}

gboolean
pk_model_is_within(const PkModel *m, const PkModel *other)
{
  while (m && m != other)
    m = m->parent;
  return m != NULL;
}

void
pk_build_enter(PkBuild *b, PkModel *leaf)
{
  b->leaf = leaf;
  b->width = leaf->width;
  b->height = leaf->height;
}

static gboolean
default_filled(PkModel *m)
{
  JsonNode *node = pk_mark_prop(m, "filled");
  if (!node)
    node = pk_mark_config(m, "filled", NULL);
  return pk_build_bool(m->build, node,
                       m->mark != PK_MARK_POINT && m->mark != PK_MARK_LINE && m->mark != PK_MARK_RULE);
}

static void
set_sizes(PkModel *m)
{
  const PkSceneOptions *options = m->build->options;
  double wanted[2] = { options ? options->width : 0, options ? options->height : 0 };
  JsonNode *own[2] = { m->view->width, m->view->height };
  for (int k = 0; k < 2; k++)
    m->size[k] = wanted[k] > 0 ? pk_build_node_double(m->build, wanted[k])
                 : !pk_node_is_null(own[k]) ? own[k]
                 : m->parent ? m->parent->size[k] : NULL;
}

/* A step counts only where the position is discrete (initLayoutSize). */
static void
drop_steps(PkModel *m)
{
  for (int k = 0; k < 2; k++) {
    const PkChannelData *data = pk_model_channel(m, k ? PK_CHANNEL_Y : PK_CHANNEL_X);
    if (m->size[k] && JSON_NODE_HOLDS_OBJECT(m->size[k]) && data &&
        (data->type == PK_MEASURE_QUANTITATIVE || data->type == PK_MEASURE_TEMPORAL))
      m->size[k] = NULL;
  }
}

static PkModel *
model_new(PkBuild *b, PkModel *parent, const PkUnitTree *tree)
{
  PkModel *m = pk_build_alloc(b, 1, sizeof *m);
  m->build = b;
  m->parent = parent;
  m->tree = tree;
  m->view = tree->view;
  m->unit = tree->unit;
  m->index = b->models->len;
  g_ptr_array_add(b->models, m);
  for (int k = 0; k < 2; k++)
    m->axes[k] = g_ptr_array_new();
  set_sizes(m);
  if (m->unit) {
    m->mark = m->view->mark;
    m->mark_name = pk_mark_name(m->mark);
    m->orient = (char)m->unit->orient;
    m->filled = default_filled(m);
    drop_steps(m);
    g_ptr_array_add(b->units, m);
    return m;
  }
  m->n_children = tree->n_children;
  m->children = pk_build_alloc(b, m->n_children, sizeof *m->children);
  for (guint i = 0; i < m->n_children; i++)
    m->children[i] = model_new(b, m, tree->children[i]);
  return m;
}

gboolean
pk_build_models(PkBuild *b, const PkUnitTree *tree)
{
  b->root = model_new(b, NULL, tree);
  return b->error == NULL;
}
