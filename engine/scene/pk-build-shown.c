/* Position scales by name: what a window shows of them, and what it is told of them. */
#include "pk-build.h"

static gboolean
is_position(const PkScaleComp *comp)
{
  return !comp->merged && pk_channel_is_xy(comp->channel);
}

static const PkSceneDomain *
find_shown(const PkBuild *b, const char *id)
{
  for (guint i = 0; b->options && i < b->options->n_domains; i++)
    if (g_str_equal(b->options->domains[i].id, id))
      return &b->options->domains[i];
  return NULL;
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
      comp->shown = find_shown(b, comp->id);
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
