/* Building a scene: components are parsed and merged once; scales, marks and guides are made for a
 * size of the view, twice where the view is to fit. */
#include "pk-build-axis.h"
#include "pk-build-legend.h"

#include <string.h>

typedef enum { FIT_NONE, FIT_BOTH, FIT_X, FIT_Y } Fit;

static void
comp_free(gpointer data)
{
  pk_scale_comp_free(data);
}

static void
node_free(gpointer data)
{
  json_node_unref(data);
}

static void
build_init(PkBuild *b, const PkSpec *spec, const PkSceneOptions *options)
{
  *b = (PkBuild){ .spec = spec, .options = options, .measure = options ? options->measure : NULL };
  b->scene = pk_scene_new();
  b->arena = pk_arena_new();
  b->nodes = g_ptr_array_new_with_free_func(node_free);
  b->memory = g_ptr_array_new_with_free_func(g_free);
  b->exprs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)pk_expr_free);
  b->param_values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  b->dashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  b->models = g_ptr_array_new();
  b->units = g_ptr_array_new();
  b->comps = g_ptr_array_new_with_free_func(comp_free);
  b->axis_comps = g_ptr_array_new_with_free_func(pk_axis_comp_free);
  b->legend_comps = g_ptr_array_new_with_free_func(pk_legend_comp_free);
}

static void
build_clear(PkBuild *b)
{
  for (guint i = 0; i < b->models->len; i++) {
    PkModel *m = b->models->pdata[i];
    g_ptr_array_unref(m->axes[0]);
    g_ptr_array_unref(m->axes[1]);
  }
  g_ptr_array_unref(b->models);
  g_ptr_array_unref(b->units);
  g_ptr_array_unref(b->legend_comps);
  g_ptr_array_unref(b->axis_comps);
  g_ptr_array_unref(b->comps);
  g_hash_table_unref(b->dashes);
  g_hash_table_unref(b->param_values);
  g_hash_table_unref(b->exprs);
  g_ptr_array_unref(b->memory);
  g_ptr_array_unref(b->nodes);
  pk_arena_free(b->arena);
}

/* ---------------------------------------------------------------- size */

static gboolean
is_container(const PkBuild *b, int k)
{
  JsonNode *size = b->leaf->size[k];
  return pk_node_is_text(size) && g_str_equal(json_node_get_string(size), "container");
}

/* A member of autosize, which may also be its type alone: the specification's, else the config's. */
static const char *
autosize_member(const PkBuild *b, const char *name)
{
  JsonNode *sources[] = { b->spec->autosize, pk_config_top(b, "autosize") };
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
    JsonNode *node = pk_node_is_text(sources[i]) && g_str_equal(name, "type")
                         ? sources[i]
                         : pk_node_member(sources[i], name);
    if (pk_node_is_text(node))
      return json_node_get_string(node);
  }
  return NULL;
}

/* normalizeAutoSize and getTopLevelProperties: a size that follows from steps does not fit. */
static Fit
fit_of(const PkBuild *b, const gboolean step[2])
{
  const char *name = autosize_member(b, "type");
  Fit fit = !name ? FIT_NONE : g_str_equal(name, "fit") ? FIT_BOTH : g_str_equal(name, "fit-x") ? FIT_X
            : g_str_equal(name, "fit-y") ? FIT_Y : FIT_NONE;
  if (!name && (is_container(b, 0) || is_container(b, 1)))
    fit = is_container(b, 0) && is_container(b, 1) ? FIT_BOTH : is_container(b, 0) ? FIT_X : FIT_Y;
  if (fit == FIT_NONE || (step[0] && step[1]))
    return FIT_NONE;
  return step[0] ? FIT_Y : step[1] ? FIT_X : fit;
}

static gboolean
contains_padding(const PkBuild *b)
{
  const char *name = autosize_member(b, "contains");
  return name ? g_str_equal(name, "padding") : is_container(b, 0) || is_container(b, 1);
}

static void
set_padding(PkBuild *b)
{
  JsonNode *node = b->spec->padding ? b->spec->padding : pk_config_top(b, "padding");
  static const char *const sides[] = { "left", "top", "right", "bottom" };
  for (guint i = 0; i < 4; i++)
    b->scene->padding[i] = node && JSON_NODE_HOLDS_OBJECT(node) && !pk_node_expr(node)
                               ? pk_build_double(b, pk_node_member(node, sides[i]), 0)
                               : pk_build_double(b, node, 5);
}

/* ---------------------------------------------------------------- one pass */

/* Scales in an order in which each finds those that its range needs. */
static void
resolve_scales(PkBuild *b)
{
  static const int passes = 3;
  for (int pass = 0; pass < passes; pass++)
    for (guint i = 0; i < b->comps->len && !b->error; i++) {
      PkScaleComp *comp = b->comps->pdata[i];
      gboolean xy = comp->channel == PK_CHANNEL_X || comp->channel == PK_CHANNEL_Y;
      gboolean offset = comp->channel == PK_CHANNEL_XOFFSET || comp->channel == PK_CHANNEL_YOFFSET;
      if (!pk_model_is_within(comp->owner, b->leaf) && !pk_model_is_within(b->leaf, comp->owner))
        continue;
      if (!comp->merged && pass == (xy ? 0 : offset ? 1 : 2))
        pk_scale_comp_resolve(comp);
    }
}

static void
add_background(PkBuild *b, PkSceneView *view)
{
  JsonNode *node = b->spec->background ? b->spec->background : pk_config_top(b, "background");
  pk_paint_from_node(b, node, &b->scene->background);
  const PkModel *root = b->leaf;
  gboolean has_xy = FALSE;
  for (guint i = 0; i < b->units->len; i++)
    has_xy |= pk_model_is_within(b->units->pdata[i], root) &&
              (pk_model_def(b->units->pdata[i], PK_CHANNEL_X) || pk_model_def(b->units->pdata[i], PK_CHANNEL_Y));
  const char *style = has_xy ? "cell" : "view";
  JsonNode *fill = pk_props_get(&root->view->view_config, "fill");
  JsonNode *stroke = pk_props_get(&root->view->view_config, "stroke");
  pk_paint_from_node(b, fill ? fill : pk_config_style_full(b, style, "fill"), &view->fill);
  pk_paint_from_node(b, stroke ? stroke : pk_config_style_full(b, style, "stroke"), &view->stroke);
  view->has_fill = view->fill.kind != PK_PAINT_NONE;
  view->has_stroke = view->stroke.kind != PK_PAINT_NONE;
  static const struct { const char *name; gsize at; double fallback; } numbers[] = {
    { "strokeWidth", G_STRUCT_OFFSET(PkSceneView, stroke_width), 1 },
    { "strokeOpacity", G_STRUCT_OFFSET(PkSceneView, stroke_opacity), 1 },
    { "fillOpacity", G_STRUCT_OFFSET(PkSceneView, fill_opacity), 1 },
    { "cornerRadius", G_STRUCT_OFFSET(PkSceneView, corner_radius), 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
    JsonNode *own = pk_props_get(&root->view->view_config, numbers[i].name);
    if (!own)
      own = pk_config_style_full(b, style, numbers[i].name);
    *(double *)((char *)view + numbers[i].at) = pk_build_double(b, own, numbers[i].fallback);
  }
  JsonNode *dash = pk_props_get(&root->view->view_config, "strokeDash");
  view->stroke_dash =
      pk_build_dash(b, dash ? dash : pk_config_style_full(b, style, "strokeDash"), &view->n_stroke_dash);
}

/* Vega sorts its parameters anew with every size: those that read width or height change. */
static void
forget_parameters(PkBuild *b)
{
  g_hash_table_remove_all(b->param_values);
}

static void
make_view(PkBuild *b, PkSceneView *view)
{
  memset(view, 0, sizeof *view);
  forget_parameters(b);
  resolve_scales(b);
  view->width = b->width;
  view->height = b->height;
  pk_build_axes(b, view);
  if (b->leaf == b->root) {
    b->leaf->width = b->width;
    b->leaf->height = b->height;
    pk_build_legends(b);
  }
  pk_build_marks(b, view);
}

static void
fit_view(PkBuild *b, Fit fit, PkSceneView *view)
{
  double total[2] = { b->width, b->height }, extents[4];
  if (contains_padding(b)) {
    total[0] -= b->scene->padding[0] + b->scene->padding[2];
    total[1] -= b->scene->padding[1] + b->scene->padding[3];
  }
  for (int pass = 0; pass < 2 && !b->error; pass++) {
    pk_build_extents(b, view, extents);
    double width = fmax(0, total[0] - extents[0] - extents[2]),
           height = fmax(0, total[1] - extents[1] - extents[3]);
    double old[2] = { b->width, b->height };
    if (fit == FIT_BOTH || fit == FIT_X)
      b->width = width;
    if (fit == FIT_BOTH || fit == FIT_Y)
      b->height = height;
    if (b->width == old[0] && b->height == old[1])
      return;
    make_view(b, view);
    if (pass == 0)
      return;
  }
}

/* A view of its own: the whole scene, or one of several. */
static void
build_leaf(PkBuild *b, PkModel *leaf, PkSceneView *view)
{
  gboolean step[2];
  b->leaf = leaf;
  b->width = b->height = 300;
  pk_build_sizes(b, &b->width, &b->height, step);
  make_view(b, view);
  Fit fit = leaf == b->root ? fit_of(b, step) : FIT_NONE;
  if (fit != FIT_NONE && !b->error)
    fit_view(b, fit, view);
  leaf->drawn = view;
  leaf->width = b->width;
  leaf->height = b->height;
  if (b->error)
    return;
  add_background(b, view);
  pk_build_tell_scales(b, view);
}

static guint
count_leaves(const PkModel *m)
{
  guint n = 0;
  if (!pk_model_is_concat(m))
    return 1;
  for (guint i = 0; i < m->n_children; i++)
    n += count_leaves(m->children[i]);
  return n;
}

/* Views beside each other; their legends stand around them all. */
static void
build_leaves(PkBuild *b, PkModel *m)
{
  for (guint i = 0; i < m->n_children && pk_model_is_concat(m) && !b->error; i++)
    build_leaves(b, m->children[i]);
  if (pk_model_is_concat(m) || b->error)
    return;
  build_leaf(b, m, &b->scene->views[b->scene->n_views++]);
  pk_build_leaf_title(b);
  double extents[4];
  pk_build_extents(b, m->drawn, extents);
  m->box = (PkBox){ -extents[0], -extents[1], b->width + extents[2], b->height + extents[3] };
}

static void
build_all(PkBuild *b, const PkUnitTree *tree)
{
  pk_build_init_config(b);
  if (b->error || !pk_build_models(b, tree))
    return;
  b->scene->views = pk_scene_alloc(b->scene, count_leaves(b->root), sizeof *b->scene->views);
  b->leaf = b->root;
  set_padding(b);
  pk_build_scales(b);
  pk_build_scale_ids(b);
  for (guint i = 0; i < b->comps->len && !b->error; i++) {
    PkScaleComp *comp = b->comps->pdata[i];
    if (!comp->merged)
      pk_scale_comp_resolve_domain(comp);
  }
  if (b->error)
    return;
  pk_build_axis_components(b);
  pk_build_legend_components(b);
  pk_build_title(b);
  b->scene->font = pk_build_text(b, pk_config_top(b, "font"), NULL);
  if (!pk_model_is_concat(b->root)) {
    build_leaf(b, b->root, &b->scene->views[b->scene->n_views++]);
    return;
  }
  build_leaves(b, b->root);
  if (!b->error)
    pk_build_legends(b);
  if (!b->error)
    pk_build_places(b);
}

PkScene *
pk_scene_build(const PkSpec *spec, const PkUnitTree *tree, const PkSceneOptions *options, GError **error)
{
  PkBuild b;
  build_init(&b, spec, options);
  build_all(&b, tree);
  build_clear(&b);
  if (!b.error)
    return b.scene;
  pk_scene_free(b.scene);
  g_propagate_error(error, b.error);
  return NULL;
}
