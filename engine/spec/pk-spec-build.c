/* The checked, normalised JSON of a specification → views, data, transforms, parameters. */
#include "pk-error.h"
#include "pk-spec-priv.h"

#include <string.h>

/* What a view takes over from those around it. */
typedef struct {
  PkData *data;
  guint n_transforms;
  PkTransform *transforms;
  JsonObject *encoding;
  gboolean no_overlays; /* made from an overlay: config.line.point no longer counts */
} Inherited;

static PkView *build_view(PkSpecMaker *self, JsonObject *object, Inherited inherited, GError **error);

static void
build_format(PkSpecMaker *self, JsonObject *format, PkData *data)
{
  JsonNode *parse = json_object_get_member(format, "parse");
  data->format_type = pk_spec_dup(self, pk_json_text_of(format, "type"));
  data->property = pk_spec_dup(self, pk_json_text_of(format, "property"));
  data->delimiter = pk_spec_dup(self, pk_json_text_of(format, "delimiter"));
  data->parse_null = parse && JSON_NODE_HOLDS_NULL(parse);
  if (parse && JSON_NODE_HOLDS_OBJECT(parse))
    data->parse = pk_spec_bag(self, json_node_get_object(parse));
}

static void
build_sequence(PkSpecMaker *self, JsonObject *sequence, PkData *data)
{
  PkProps props = pk_spec_bag(self, sequence);
  data->kind = PK_DATA_SEQUENCE;
  data->start = pk_props_get_double(&props, "start", 0);
  data->stop = pk_props_get_double(&props, "stop", 0);
  data->step = pk_props_get_double(&props, "step", 1);
  data->as = pk_spec_dup(self, pk_props_get_text(&props, "as", "data"));
}

/* "data": null means no rows, whatever stands around. */
static PkData *
build_data(PkSpecMaker *self, JsonNode *node, const char *parent)
{
  PkData *data = pk_spec_alloc(self, sizeof(PkData));
  if (JSON_NODE_HOLDS_NULL(node)) {
    JsonObject *empty = pk_spec_copy_object(self, NULL, parent);
    json_object_set_array_member(empty, "values", json_array_new());
    data->kind = PK_DATA_INLINE;
    data->values = json_object_get_member(empty, "values");
    data->path = (char *)pk_spec_path(self, empty);
    return data;
  }
  JsonObject *object = json_node_get_object(node);
  JsonObject *format = pk_json_object_of(object, "format");
  JsonObject *sequence = pk_json_object_of(object, "sequence");
  data->path = (char *)pk_spec_path(self, object);
  data->name = pk_spec_dup(self, pk_json_text_of(object, "name"));
  data->url = pk_spec_dup(self, pk_json_text_of(object, "url"));
  data->values = json_object_get_member(object, "values");
  data->kind = data->url      ? PK_DATA_URL
               : data->values ? PK_DATA_INLINE
               : data->name   ? PK_DATA_NAMED
                              : PK_DATA_NONE;
  if (sequence)
    build_sequence(self, sequence, data);
  if (format)
    build_format(self, format, data);
  return data;
}

static const struct {
  const char *key;
  PkTransformKind kind;
} transform_kinds[] = {
  { "filter", PK_TRANSFORM_FILTER },       { "calculate", PK_TRANSFORM_CALCULATE },
  { "aggregate", PK_TRANSFORM_AGGREGATE }, { "bin", PK_TRANSFORM_BIN },
  { "timeUnit", PK_TRANSFORM_TIMEUNIT },   { "stack", PK_TRANSFORM_STACK },
  { "joinaggregate", PK_TRANSFORM_JOINAGGREGATE }, { "window", PK_TRANSFORM_WINDOW },
  { "fold", PK_TRANSFORM_FOLD },           { "flatten", PK_TRANSFORM_FLATTEN },
  { "pivot", PK_TRANSFORM_PIVOT },         { "lookup", PK_TRANSFORM_LOOKUP },
  { "impute", PK_TRANSFORM_IMPUTE },       { "regression", PK_TRANSFORM_REGRESSION },
};

static gboolean
build_transform(PkSpecMaker *self, JsonObject *object, PkTransform *out, GError **error)
{
  JsonNode *filter = json_object_get_member(object, "filter");
  if (filter) {
    JsonNode *resolved = pk_spec_resolve_selections(self, filter, error);
    if (!resolved)
      return FALSE;
    object = pk_spec_copy_object(self, object, NULL);
    pk_json_set(object, "filter", resolved);
  }
  out->props = pk_spec_bag(self, object);
  if (json_object_has_member(object, "lookup")) {
    JsonObject *from = json_object_get_object_member(object, "from");
    out->data = build_data(self, json_object_get_member(from, "data"), pk_spec_path(self, from));
  }
  for (guint i = 0; i < G_N_ELEMENTS(transform_kinds); i++) {
    if (json_object_has_member(object, transform_kinds[i].key)) {
      out->kind = transform_kinds[i].kind;
      return TRUE;
    }
  }
  return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s: this transform is not supported", out->props.path);
}

static gboolean
build_transforms(PkSpecMaker *self, JsonObject *object, Inherited *inherited, GError **error)
{
  JsonNode *node = json_object_get_member(object, "transform");
  if (!node)
    return TRUE;
  JsonArray *own = json_node_get_array(node);
  guint n = json_array_get_length(own);
  PkTransform *all = pk_spec_alloc(self, (inherited->n_transforms + n) * sizeof(PkTransform));
  if (inherited->n_transforms)
    memcpy(all, inherited->transforms, inherited->n_transforms * sizeof(PkTransform));
  for (guint i = 0; i < n; i++)
    if (!build_transform(self, json_array_get_object_element(own, i), &all[inherited->n_transforms + i],
                         error))
      return FALSE;
  inherited->transforms = all;
  inherited->n_transforms += n;
  return TRUE;
}

static gboolean
build_mark(PkSpecMaker *self, JsonObject *object, PkView *view, GError **error)
{
  JsonObject *def = pk_json_object_of(object, "mark");
  if (!def) {
    def = pk_spec_copy_object(self, NULL, view->path);
    json_object_set_string_member(def, "type", pk_json_text_of(object, "mark"));
  }
  const char *type = pk_json_text_of(def, "type");
  view->mark_def = pk_spec_bag(self, def);
  for (guint i = 0; i < PK_N_MARKS; i++) {
    if (g_strcmp0(type, pk_mark_name(i)) == 0) {
      view->mark = i;
      return TRUE;
    }
  }
  return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s.mark: the mark \"%s\" is not supported", view->path,
                 type ? type : "?");
}

/* Whether the view's mark takes part in a channel at all (Vega-Lite's getSupportedMark). */
static gboolean
mark_takes(const PkView *view, PkChannel channel)
{
  const PkChannelDef *def = &view->encoding[channel].defs[0];
  PkMarkType mark = view->mark;
  switch (channel) {
  case PK_CHANNEL_X2: case PK_CHANNEL_Y2:
    if (mark == PK_MARK_AREA || mark == PK_MARK_BAR || mark == PK_MARK_RECT || mark == PK_MARK_RULE)
      return TRUE;
    if (mark != PK_MARK_TEXT) {
      const PkEncoding *first = &view->encoding[channel == PK_CHANNEL_X2 ? PK_CHANNEL_X : PK_CHANNEL_Y];
      return first->n > 0 && first->defs[0].bin.binned && (def->field || def->is_count);
    }
    return FALSE;
  case PK_CHANNEL_SIZE:
    return mark != PK_MARK_AREA && mark != PK_MARK_RECT && !(mark == PK_MARK_LINE && def->aggregate);
  case PK_CHANNEL_STROKE_DASH:
    return mark != PK_MARK_AREA && mark != PK_MARK_RECT && mark != PK_MARK_TEXT;
  case PK_CHANNEL_SHAPE:
    return mark == PK_MARK_POINT;
  case PK_CHANNEL_TEXT:
    return mark == PK_MARK_TEXT;
  case PK_CHANNEL_ANGLE:
    return mark == PK_MARK_POINT || mark == PK_MARK_SQUARE || mark == PK_MARK_TEXT;
  default:
    return TRUE;
  }
}

static gboolean
build_unit(PkSpecMaker *self, JsonObject *object, Inherited inherited, PkView *view, GError **error)
{
  static const char *const error_channels[] = { "xError", "xError2", "yError", "yError2" };
  if (!build_mark(self, object, view, error))
    return FALSE;
  view->data = inherited.data;
  view->transforms = inherited.transforms;
  view->n_transforms = inherited.n_transforms;
  JsonObject *encoding = pk_json_object_of(object, "encoding");
  for (guint i = 0; encoding && i < G_N_ELEMENTS(error_channels); i++)
    if (json_object_has_member(encoding, error_channels[i]))
      return pk_fail(error, PK_ERROR_INVALID, "%s.encoding.%s: only an errorbar and an errorband take this channel",
                     view->path, error_channels[i]);
  for (PkChannel c = 0; encoding && c < PK_N_CHANNELS; c++) {
    JsonNode *node = json_object_get_member(encoding, pk_channel_name(c));
    if (node && !pk_spec_build_channel(self, c, node, &view->encoding[c], error))
      return FALSE;
  }
  for (PkChannel c = 0; c < PK_N_CHANNELS; c++)
    if (view->encoding[c].n > 0 && !mark_takes(view, c))
      view->encoding[c] = (PkEncoding){ 0 };
  return TRUE;
}

static gboolean
build_layer(PkSpecMaker *self, JsonObject *object, Inherited inherited, PkView *view, GError **error)
{
  JsonArray *layers = json_object_get_array_member(object, "layer");
  view->is_layer = TRUE;
  view->children = pk_spec_alloc(self, json_array_get_length(layers) * sizeof(PkView *));
  view->resolve = pk_spec_bag(self, pk_json_object_of(object, "resolve"));
  inherited.encoding =
    pk_spec_merge_encoding(self, inherited.encoding, pk_json_object_of(object, "encoding"), TRUE);
  for (guint i = 0; i < json_array_get_length(layers); i++) {
    PkView *child = build_view(self, json_array_get_object_element(layers, i), inherited, error);
    if (!child)
      return FALSE;
    view->children[view->n_children++] = child;
  }
  return TRUE;
}

static const char *const concat_names[] = { "concat", "hconcat", "vconcat", NULL };

/* The member that lists views beside each other, or NULL. */
static const char *
concat_name(JsonObject *object)
{
  for (guint i = 0; concat_names[i]; i++) {
    JsonNode *node = json_object_get_member(object, concat_names[i]);
    if (node && JSON_NODE_HOLDS_ARRAY(node)) /* the config has an object of that name */
      return concat_names[i];
  }
  return NULL;
}

static gboolean
build_concat(PkSpecMaker *self, JsonObject *object, Inherited inherited, PkView *view, GError **error)
{
  const char *name = concat_name(object);
  JsonArray *views = json_object_get_array_member(object, name);
  PkProps props = pk_spec_bag(self, object);
  JsonObject *config = self->spec.config.object ? pk_json_object_of(self->spec.config.object, "concat") : NULL;
  PkProps defaults = pk_spec_bag(self, config);
  view->is_layer = view->is_concat = TRUE;
  view->children = pk_spec_alloc(self, json_array_get_length(views) * sizeof(PkView *));
  view->resolve = pk_spec_bag(self, pk_json_object_of(object, "resolve"));
  view->spacing = json_object_get_member(object, "spacing");
  if (!view->spacing && config)
    view->spacing = json_object_get_member(config, "spacing");
  double columns = pk_props_get_double(&props, "columns", config ? pk_props_get_double(&defaults, "columns", 0) : 0);
  view->columns = g_str_equal(name, "vconcat") ? 1 : g_str_equal(name, "concat") ? (guint)CLAMP(columns, 0, 1e6) : 0;
  inherited.encoding = NULL;
  if (json_array_get_length(views) == 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s.%s: at least one view is needed", view->path, name);
  for (guint i = 0; i < json_array_get_length(views); i++) {
    PkView *child = build_view(self, json_array_get_object_element(views, i), inherited, error);
    if (!child)
      return FALSE;
    view->children[view->n_children++] = child;
  }
  return TRUE;
}

/* The encoding of layers is merged into a unit first, then it may turn into a layer itself. NULL with an error. */
static JsonObject *
normalized(PkSpecMaker *self, JsonObject *object, Inherited *inherited, GError **error)
{
  gboolean is_overlay = FALSE;
  JsonObject *composite;
  if (json_object_has_member(object, "repeat"))
    return pk_spec_expand_repeat(self, object);
  if (json_object_has_member(object, "layer") || concat_name(object))
    return object;
  if (inherited->encoding) {
    JsonObject *encoding =
      pk_spec_merge_encoding(self, inherited->encoding, pk_json_object_of(object, "encoding"), FALSE);
    object = pk_spec_copy_object(self, object, NULL);
    json_object_set_object_member(object, "encoding", json_object_ref(encoding));
    inherited->encoding = NULL;
  }
  if (!pk_spec_normalize_composite(self, object, &composite, error))
    return NULL;
  if (composite)
    object = composite;
  if (json_object_has_member(object, "layer"))
    return object;
  JsonObject *made = pk_spec_normalize_unit(self, object, !inherited->no_overlays, &is_overlay);
  if (is_overlay)
    inherited->no_overlays = TRUE;
  return made ? made : object;
}

static PkView *
build_view(PkSpecMaker *self, JsonObject *object, Inherited inherited, GError **error)
{
  PkView *view = pk_spec_alloc(self, sizeof(PkView));
  view->path = (char *)pk_spec_path(self, object);
  object = normalized(self, object, &inherited, error);
  if (!object)
    return NULL;
  JsonNode *data = json_object_get_member(object, "data");
  if (data) {
    inherited.data = build_data(self, data, view->path);
    inherited.n_transforms = 0;
  }
  view->n_inherited = inherited.n_transforms;
  if (!build_transforms(self, object, &inherited, error))
    return NULL;
  view->name = pk_spec_dup(self, pk_json_text_of(object, "name"));
  view->title = json_object_get_member(object, "title");
  view->has_title = view->title != NULL;
  view->width = json_object_get_member(object, "width");
  view->height = json_object_get_member(object, "height");
  view->view_config = pk_spec_bag(self, pk_json_object_of(object, "view"));
  gboolean ok = json_object_has_member(object, "layer") ? build_layer(self, object, inherited, view, error)
                : concat_name(object) ? build_concat(self, object, inherited, view, error)
                                      : build_unit(self, object, inherited, view, error);
  return ok ? view : NULL;
}

static void
collect_params(PkSpecMaker *self, JsonObject *object, GArray *params)
{
  JsonNode *own = json_object_get_member(object, "params");
  for (guint i = 0; own && i < json_array_get_length(json_node_get_array(own)); i++) {
    JsonObject *def = json_array_get_object_element(json_node_get_array(own), i);
    PkParam param = { .name = pk_spec_dup(self, pk_json_text_of(def, "name")),
                      .value = json_object_get_member(def, "value"),
                      .expr = pk_spec_dup(self, pk_json_text_of(def, "expr")),
                      .is_selection = json_object_has_member(def, "select"),
                      .props = pk_spec_bag(self, def) };
    g_hash_table_insert(self->param_views, def, object);
    g_array_append_val(params, param);
  }
  const char *list = json_object_has_member(object, "layer") ? "layer" : concat_name(object);
  JsonNode *views = list ? json_object_get_member(object, list) : NULL;
  for (guint i = 0; views && i < json_array_get_length(json_node_get_array(views)); i++)
    collect_params(self, json_array_get_object_element(json_node_get_array(views), i), params);
  if (json_object_has_member(object, "repeat"))
    collect_params(self, json_object_get_object_member(object, "spec"), params);
}

gboolean
pk_spec_build(PkSpecMaker *self, GError **error)
{
  JsonObject *root = json_node_get_object(self->root);
  PkSpec *spec = &self->spec;
  g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(PkParam));
  spec->config = pk_spec_bag(self, pk_json_object_of(root, "config"));
  spec->autosize = json_object_get_member(root, "autosize");
  spec->padding = json_object_get_member(root, "padding");
  spec->background = json_object_get_member(root, "background");
  spec->datasets = pk_json_object_of(root, "datasets");
  spec->usermeta = pk_json_object_of(root, "usermeta");
  if (spec->config.object)
    collect_params(self, spec->config.object, params);
  collect_params(self, root, params);
  spec->n_params = params->len;
  spec->params = pk_spec_alloc(self, params->len * sizeof(PkParam));
  if (params->len)
    memcpy(spec->params, params->data, params->len * sizeof(PkParam));
  spec->root = build_view(self, root, (Inherited){ 0 }, error);
  return spec->root != NULL;
}
