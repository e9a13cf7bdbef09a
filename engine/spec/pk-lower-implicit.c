/* Which fields are parsed, and as what, without being asked
 * (vega-lite's src/compile/data/formatparse.ts; its optimizer moves parsing to the head of the data flow). */
#include "pk-lower-priv.h"

#include <string.h>

typedef struct {
  GHashTable *kinds;   /* flat field → how it is parsed already, or "derived", "number", "date" by a transform */
  GHashTable *explicit_fields;
  GPtrArray *early;    /* path, kind, path, kind … on the data as read */
  GPtrArray *late;     /* … after the transforms */
} Plan;

/* A parse that something implies. transform_made: the fields that come from transforms so far. */
static void
imply(Plan *plan, const char *path, const char *kind)
{
  g_autofree char *flat = pk_field_flat(path);
  const char *known = g_hash_table_lookup(plan->kinds, flat);
  GPtrArray *list = known ? plan->late : plan->early;

  if (known && (g_str_equal(known, kind) || g_str_equal(known, "derived") || g_str_equal(kind, "flatten") ||
                g_hash_table_contains(plan->explicit_fields, flat)))
    return;
  g_ptr_array_add(list, g_strdup(path));
  g_ptr_array_add(list, g_strdup(kind));
  g_hash_table_insert(plan->kinds, g_steal_pointer(&flat), (gpointer)g_intern_string(kind));
}

static void
imply_from_predicate(Plan *plan, JsonNode *node)
{
  static const char *const tests[] = { "equal", "lte", "lt", "gt", "gte", "range", "oneOf", "in", NULL };
  static const char *const logic[] = { "and", "or", "not", NULL };
  JsonObject *object;
  JsonNode *value = NULL;
  const char *field;

  if (JSON_NODE_HOLDS_ARRAY(node)) {
    for (guint i = 0; i < json_array_get_length(json_node_get_array(node)); i++)
      imply_from_predicate(plan, json_array_get_element(json_node_get_array(node), i));
    return;
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return;
  object = json_node_get_object(node);
  for (guint i = 0; logic[i]; i++)
    if (json_object_has_member(object, logic[i]))
      imply_from_predicate(plan, json_object_get_member(object, logic[i]));
  if (!json_object_has_member(object, "field"))
    return;
  field = json_object_get_string_member(object, "field");
  for (guint i = 0; tests[i] && !value; i++)
    value = json_object_get_member(object, tests[i]);
  if (value && JSON_NODE_HOLDS_ARRAY(value))
    value = json_array_get_length(json_node_get_array(value)) ? json_array_get_element(json_node_get_array(value), 0) : NULL;
  if (json_object_has_member(object, "timeUnit"))
    imply(plan, field, "date");
  else if (value && JSON_NODE_HOLDS_OBJECT(value) && !json_object_has_member(json_node_get_object(value), "expr"))
    imply(plan, field, "date");
  else if (value && JSON_NODE_HOLDS_VALUE(value)) {
    GType type = json_node_get_value_type(value);
    if ((type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) && json_node_get_double(value) != 0)
      imply(plan, field, "number");
    else if (type == G_TYPE_STRING && *json_node_get_string(value))
      imply(plan, field, "string");
  }
}

static void
derive(Plan *plan, const char *name, const char *kind)
{
  if (name && *name)
    g_hash_table_insert(plan->kinds, pk_field_flat(name), (gpointer)kind);
}

static void
derive_as(Plan *plan, JsonNode *as, const char *kind)
{
  if (as && JSON_NODE_HOLDS_ARRAY(as)) {
    for (guint i = 0; i < json_array_get_length(json_node_get_array(as)); i++)
      derive(plan, json_array_get_string_element(json_node_get_array(as), i), kind);
  } else if (as && json_node_get_value_type(as) == G_TYPE_STRING) {
    g_autofree char *end = g_strconcat(json_node_get_string(as), "_end", NULL);
    derive(plan, json_node_get_string(as), kind);
    derive(plan, end, kind);
  }
}

static void
derive_list(Plan *plan, JsonNode *list, const char *kind)
{
  if (!list || !JSON_NODE_HOLDS_ARRAY(list))
    return;
  for (guint i = 0; i < json_array_get_length(json_node_get_array(list)); i++) {
    JsonObject *object = json_array_get_object_element(json_node_get_array(list), i);
    const char *as = json_object_get_string_member_with_default(object, "as", NULL);
    if (as)
      derive(plan, as, kind);
  }
}

static void
plan_transform(Plan *plan, const PkTransform *transform)
{
  const PkProps *props = &transform->props;

  switch (transform->kind) {
  case PK_TRANSFORM_FILTER:
    imply_from_predicate(plan, pk_props_get(props, "filter"));
    break;
  case PK_TRANSFORM_CALCULATE:
    derive(plan, pk_props_get_text(props, "as", NULL), "derived");
    break;
  case PK_TRANSFORM_AGGREGATE:
    derive_list(plan, pk_props_get(props, "aggregate"), "number");
    break;
  case PK_TRANSFORM_BIN:
    derive_as(plan, pk_props_get(props, "as"), "number");
    break;
  case PK_TRANSFORM_TIMEUNIT:
    imply(plan, pk_props_get_text(props, "field", ""), "date");
    derive_as(plan, pk_props_get(props, "as"), "date");
    break;
  case PK_TRANSFORM_STACK:
    derive_as(plan, pk_props_get(props, "as"), "derived");
    break;
  case PK_TRANSFORM_JOINAGGREGATE:
    derive_list(plan, pk_props_get(props, "joinaggregate"), "number");
    break;
  case PK_TRANSFORM_WINDOW:
    derive_list(plan, pk_props_get(props, "window"), "number");
    break;
  case PK_TRANSFORM_FOLD:
    derive_as(plan, pk_props_get(props, "as"), "derived");
    if (!pk_props_has(props, "as")) {
      derive(plan, "key", "derived");
      derive(plan, "value", "derived");
    }
    break;
  case PK_TRANSFORM_FLATTEN:
  case PK_TRANSFORM_LOOKUP:
  case PK_TRANSFORM_REGRESSION:
    derive_as(plan, pk_props_get(props, "as"), "derived");
    break;
  case PK_TRANSFORM_PIVOT:
  case PK_TRANSFORM_IMPUTE:
    break;
  }
}

static gboolean
is_time(const PkChannelDef *def, PkMeasure type)
{
  const char *format_type = def->format_type;

  if (!format_type)
    format_type = pk_props_get_text(&def->axis, "formatType", pk_props_get_text(&def->legend, "formatType", NULL));
  if (format_type)
    return g_str_equal(format_type, "time");
  return type == PK_MEASURE_TEMPORAL || def->time_unit || def->time_maxbins > 0;
}

static PkChannel
main_channel(PkChannel channel)
{
  return channel == PK_CHANNEL_X2 ? PK_CHANNEL_X : channel == PK_CHANNEL_Y2 ? PK_CHANNEL_Y : channel;
}

static void
plan_def(Plan *plan, const PkView *view, PkChannel channel, const PkChannelDef *def)
{
  const PkChannelDef *main_def = pk_view_field_def(view, main_channel(channel));
  PkMeasure type;
  gboolean is_extreme = def->aggregate && (g_str_equal(def->aggregate, "min") || g_str_equal(def->aggregate, "max"));

  if (!def->field)
    return;
  type = channel == main_channel(channel) ? pk_lower_type(def, channel)
         : main_def ? pk_lower_type(main_def, main_channel(channel)) : PK_MEASURE_NONE;
  if (is_time(def, type))
    imply(plan, def->field, "date");
  else if (type == PK_MEASURE_QUANTITATIVE && is_extreme)
    imply(plan, def->field, "number");
}

static void
plan_encoding(Plan *plan, const PkSpec *spec, const PkView *view)
{
  gint orient = pk_view_orient(spec, view);
  PkChannel dimension = orient == 'h' ? PK_CHANNEL_Y : PK_CHANNEL_X;
  const PkChannelDef *def = pk_view_def(view, dimension);

  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < view->encoding[c].n; i++) {
      const PkChannelDef *d = &view->encoding[c].defs[i];
      if (pk_channel_def_is_field(d))
        plan_def(plan, view, c, d);
      for (guint k = 0; k < d->n_conditions; k++)
        if (pk_channel_def_is_field(&d->conditions[k].def))
          plan_def(plan, view, c, &d->conditions[k].def);
    }
  if (pk_view_is_path(view) && view->encoding[PK_CHANNEL_ORDER].n == 0 && def && def->field &&
      pk_lower_type(def, dimension) == PK_MEASURE_QUANTITATIVE)
    imply(plan, def->field, "number");
}

static void
plan_explicit(Plan *plan, const PkData *data)
{
  JsonObjectIter iter;
  const char *field;
  JsonNode *kind;

  if (!data || !data->parse.object)
    return;
  json_object_iter_init(&iter, data->parse.object);
  while (json_object_iter_next(&iter, &field, &kind)) {
    const char *text = json_node_is_null(kind) ? NULL : json_node_get_string(kind);
    g_hash_table_insert(plan->kinds, pk_field_flat(field), (gpointer)g_intern_string(text ? text : "derived"));
    g_hash_table_add(plan->explicit_fields, pk_field_flat(field));
    if (!text)
      continue;
    g_ptr_array_add(plan->early, g_strdup(field));
    g_ptr_array_add(plan->early, g_strdup(text));
  }
}

static gboolean
apply(PkLowering *self, PkRel *rel, const GPtrArray *list, GError **error)
{
  for (guint i = 0; i + 1 < list->len; i += 2)
    if (!pk_lower_parse(self, rel, list->pdata[i], list->pdata[i + 1], error))
      return FALSE;
  return TRUE;
}

static void
plan_clear(Plan *plan)
{
  g_hash_table_unref(plan->kinds);
  g_hash_table_unref(plan->explicit_fields);
  g_ptr_array_unref(plan->early);
  g_ptr_array_unref(plan->late);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Plan, plan_clear)

static void
plan_init(Plan *plan)
{
  plan->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  plan->explicit_fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  plan->early = g_ptr_array_new_with_free_func(g_free);
  plan->late = g_ptr_array_new_with_free_func(g_free);
}

static gboolean
plan_view(Plan *plan, const PkSpec *spec, const PkView *view)
{
  const PkData *data = view->data;

  if (data && (data->parse_null || data->kind == PK_DATA_SEQUENCE))
    return FALSE;
  plan_explicit(plan, data);
  for (guint i = 0; i < view->n_transforms; i++)
    plan_transform(plan, &view->transforms[i]);
  plan_encoding(plan, spec, view);
  return TRUE;
}

void
pk_lower_note_parses(PkLowering *self, const PkView *view)
{
  g_auto(Plan) plan = { 0 };
  g_autofree char *key = pk_lower_data_key(view->data);
  GHashTable *shared = g_hash_table_lookup(self->parses, key);

  plan_init(&plan);
  if (!plan_view(&plan, self->spec, view))
    return;
  if (!shared) {
    shared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(self->parses, g_steal_pointer(&key), shared);
  }
  for (guint i = 0; i + 1 < plan.early->len; i += 2) {
    const char *path = plan.early->pdata[i], *kind = plan.early->pdata[i + 1];
    const char *other = g_hash_table_lookup(shared, path);
    g_hash_table_insert(shared, g_strdup(path), g_strdup(!other || g_str_equal(other, kind) ? kind : ""));
  }
}

/* Adds what only the unit's siblings parse. */
static void
plan_shared(Plan *plan, GHashTable *shared)
{
  g_autoptr(GList) paths = shared ? g_list_sort(g_hash_table_get_keys(shared), (GCompareFunc)strcmp) : NULL;

  for (GList *l = paths; l; l = l->next) {
    const char *kind = g_hash_table_lookup(shared, l->data);
    gboolean own = FALSE;
    for (guint i = 0; i + 1 < plan->early->len; i += 2)
      own = own || g_str_equal(plan->early->pdata[i], l->data);
    if (own || !*kind)
      continue;
    g_ptr_array_add(plan->early, g_strdup(l->data));
    g_ptr_array_add(plan->early, g_strdup(kind));
  }
}

gboolean
pk_lower_prepare(PkLowering *self, PkRel *rel, const PkView *view, GError **error)
{
  g_auto(Plan) plan = { 0 };
  g_autofree char *key = pk_lower_data_key(view->data);
  gboolean parse;

  plan_init(&plan);
  parse = plan_view(&plan, self->spec, view);
  if (parse) {
    plan_shared(&plan, g_hash_table_lookup(self->parses, key));
    if (!apply(self, rel, plan.early, error))
      return FALSE;
  }
  if (!pk_lower_field_filters(self, rel, error))
    return FALSE;
  for (guint i = 0; i < view->n_transforms; i++)
    if (!pk_lower_transform(self, rel, &view->transforms[i], error))
      return FALSE;
  return !parse || apply(self, rel, plan.late, error);
}
