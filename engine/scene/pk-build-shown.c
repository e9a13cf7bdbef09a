/* Position scales by name: what a window shows of them, and what it is told of them. */
#include "pk-build.h"

static gboolean
is_position(const PkScaleComp *comp)
{
  return !comp->merged && pk_channel_is_xy(comp->channel);
}

/* Two ends as the specification writes them, as a domain; NULL if they are none. */
static const PkSceneDomain *
domain_of(PkScaleComp *comp, JsonNode *ends)
{
  PkBuild *b = comp->build;
  gboolean temporal = comp->type == PK_SCALE_TIME || comp->type == PK_SCALE_UTC;
  PkValue values[2];
  if (!ends || !JSON_NODE_HOLDS_ARRAY(ends) || json_array_get_length(json_node_get_array(ends)) != 2)
    return NULL;
  for (guint k = 0; k < 2; k++)
    values[k] = pk_build_datum(b, json_array_get_element(json_node_get_array(ends), k), temporal, NULL);
  PkSceneDomain *domain = pk_build_alloc(b, 1, sizeof *domain);
  *domain = (PkSceneDomain){ comp->id, pk_value_to_number(&values[0]), pk_value_to_number(&values[1]) };
  return isfinite(domain->from) && isfinite(domain->to) && domain->from != domain->to ? domain : NULL;
}

/* What an interval selection that is bound to the scales selects. */
static const PkSceneDomain *
find_bound(PkScaleComp *comp)
{
  const PkSpec *spec = comp->build->spec;
  const PkSceneDomain *found = NULL;
  for (guint i = 0; i < spec->n_params && !found; i++) {
    const PkParam *param = &spec->params[i];
    if (param->is_selection && !g_strcmp0(pk_props_get_text(&param->props, "bind", NULL), "scales"))
      found = domain_of(comp, pk_node_member(param->value, pk_channel_name(comp->channel)));
  }
  return found;
}

/* What the caller wants to see, else what a selection makes the domain, else what one that is bound selects. */
static const PkSceneDomain *
find_shown(PkScaleComp *comp)
{
  const PkSceneOptions *options = comp->build->options;
  for (guint i = 0; options && i < options->n_domains; i++)
    if (g_str_equal(options->domains[i].id, comp->id))
      return &options->domains[i];
  const PkSceneDomain *selected = domain_of(comp, pk_scale_comp_prop(comp, "domainRaw"));
  return selected ? selected : find_bound(comp);
}

void
pk_build_scale_ids(PkBuild *b)
{
  guint count[2] = { 0 };
  for (guint i = 0; i < b->comps->len; i++) {
    PkScaleComp *comp = b->comps->pdata[i];
    if (!is_position(comp))
      continue;
    const char *name = pk_channel_name(comp->channel);
    guint n = ++count[comp->channel == PK_CHANNEL_Y];
    g_autofree char *further = n > 1 ? g_strdup_printf("%s.%u", name, n) : NULL;
    comp->id = pk_scene_intern(b->scene, further ? further : name);
    if (pk_scale_type_is_continuous(comp->type))
      comp->shown = find_shown(comp);
  }
}

gboolean
pk_model_is_zoomed(const PkModel *m)
{
  const PkScaleComp *x = pk_model_scale(m, PK_CHANNEL_X), *y = pk_model_scale(m, PK_CHANNEL_Y);
  return (x && x->shown) || (y && y->shown);
}

const char *
pk_scale_comp_field(const PkScaleComp *comp)
{
  for (guint i = 0; i < comp->parts->len; i++) {
    const PkDomainPart *part = comp->parts->pdata[i];
    if (part->data && part->data->def->field && !part->data->is_aggregated)
      return part->data->def->field;
  }
  return NULL;
}

void
pk_build_tell_scales(PkBuild *b, PkSceneView *view)
{
  view->scales = pk_scene_alloc(b->scene, b->comps->len, sizeof *view->scales);
  view->n_scales = 0;
  for (guint i = 0; i < b->comps->len; i++) {
    const PkScaleComp *comp = b->comps->pdata[i];
    if (!is_position(comp) || !comp->scale ||
        !(pk_model_is_within(comp->owner, b->leaf) || pk_model_is_within(b->leaf, comp->owner)))
      continue;
    PkSceneScale *told = &view->scales[view->n_scales++];
    told->id = comp->id;
    told->is_y = comp->channel == PK_CHANNEL_Y;
    told->is_continuous = pk_scale_type_is_continuous(comp->type) && comp->has_domain;
    told->scale = pk_scale_copy(comp->scale);
    told->field = pk_scene_intern(b->scene, pk_scale_comp_field(comp));
    g_ptr_array_add(b->scene->scales, told->scale);
  }
}
