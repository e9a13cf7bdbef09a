/* Composite marks on the JSON of a unit: a box plot, an error bar and an error band are layers of plain marks over
 * aggregates (vega-lite's src/compositemark says what they mean). This file makes what all three need: which axis is
 * measured, the encoding of the others with its bins, time units and aggregates made transforms, and the layers of
 * parts. pk-spec-boxplot.c and pk-spec-errorbar.c say which parts there are. */
#include "pk-error.h"
#include "pk-lower-priv.h"
#include "pk-spec-composite.h"

#include <string.h>

static JsonNode *
member(JsonObject *object, const char *name)
{
  return object ? json_object_get_member(object, name) : NULL;
}

static void
set(JsonObject *into, const char *name, JsonNode *node)
{
  if (node)
    pk_json_set(into, name, json_node_ref(node));
}

void
pk_composite_assign(JsonObject *into, JsonObject *from)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (!from)
    return;
  json_object_iter_init_ordered(&iter, from);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    pk_json_set(into, name, json_node_ref(node));
}

JsonObject *
pk_composite_object(PkComposite *self)
{
  return pk_spec_copy_object(self->maker, NULL, self->path);
}

void
pk_composite_add(JsonArray *array, JsonObject *object)
{
  json_array_add_object_element(array, json_object_ref(object));
}

void
pk_composite_add_all(JsonArray *array, JsonArray *more)
{
  for (guint i = 0; i < json_array_get_length(more); i++)
    json_array_add_element(array, json_node_ref(json_array_get_element(more, i)));
}

char *
pk_composite_datum(const char *prefix, const char *field)
{
  g_autofree char *flat = pk_field_flat(field);
  g_auto(GStrv) slashes = g_strsplit(flat, "\\", -1);
  g_autofree char *doubled = g_strjoinv("\\\\", slashes);
  g_auto(GStrv) quotes = g_strsplit(doubled, "\"", -1);
  g_autofree char *safe = g_strjoinv("\\\"", quotes);
  return g_strdup_printf("datum[\"%s%s\"]", prefix, safe);
}

static JsonObject *
measure_entry(PkComposite *self, const char *op, const char *field, const char *as)
{
  JsonObject *entry = pk_composite_object(self);
  json_object_set_string_member(entry, "op", op);
  if (field)
    json_object_set_string_member(entry, "field", field);
  json_object_set_string_member(entry, "as", as);
  return entry;
}

void
pk_composite_measure(PkComposite *self, JsonArray *list, const char *op, const char *prefix)
{
  g_autofree char *flat = pk_field_flat(self->field), *as = g_strconcat(prefix, flat, NULL);
  pk_composite_add(list, measure_entry(self, op, self->field, as));
}

JsonObject *
pk_composite_aggregate(PkComposite *self, const char *kind, JsonArray *list, gboolean grouped)
{
  JsonObject *made = pk_composite_object(self);
  JsonArray *groupby = json_array_new();
  json_object_set_array_member(made, kind, json_array_ref(list));
  if (grouped)
    pk_composite_add_all(groupby, self->groupby);
  json_object_set_array_member(made, "groupby", groupby);
  return made;
}

JsonObject *
pk_composite_calculate(PkComposite *self, const char *expr, const char *prefix)
{
  JsonObject *made = pk_composite_object(self);
  g_autofree char *flat = pk_field_flat(self->field), *as = g_strconcat(prefix, flat, NULL);
  json_object_set_string_member(made, "calculate", expr);
  json_object_set_string_member(made, "as", as);
  return made;
}

/* --- which axis is measured --- */

static gboolean
is_field(JsonObject *def)
{
  return def && (pk_json_text_of(def, "field") || g_strcmp0(pk_json_text_of(def, "aggregate"), "count") == 0);
}

static gboolean
has_field_or_datum(JsonObject *encoding, const char *channel)
{
  JsonObject *def = pk_json_object_of(encoding, channel);
  return is_field(def) || member(def, "datum");
}

static gboolean
is_temporal(JsonObject *def)
{
  const char *format = pk_json_text_of(def, "formatType");
  return format ? g_str_equal(format, "time") : g_strcmp0(pk_json_text_of(def, "type"), "temporal") == 0;
}

gboolean
pk_composite_is_continuous(JsonObject *def)
{
  const char *type = def ? pk_json_text_of(def, "type") : NULL;
  if (!is_field(def))
    return def && pk_json_is_number(member(def, "datum"));
  return g_strcmp0(type, "temporal") == 0 ||
         (g_strcmp0(type, "quantitative") == 0 && !pk_json_is_truthy(member(def, "bin")));
}

/* "vertical" or "horizontal"; NULL with an error. */
static const char *
orient_of_raw(PkComposite *self, GError **error)
{
  JsonObject *x = pk_json_object_of(self->encoding, "x"), *y = pk_json_object_of(self->encoding, "y");
  const char *given = pk_json_text_of(self->mark, "orient");
  gboolean x_continuous = pk_composite_is_continuous(x), y_continuous = pk_composite_is_continuous(y);
  if (given)
    return given;
  if (x_continuous && y_continuous) {
    gboolean x_own = g_strcmp0(pk_json_text_of(x, "aggregate"), self->name) == 0;
    gboolean y_own = g_strcmp0(pk_json_text_of(y, "aggregate"), self->name) == 0;
    if (x_own != y_own)
      return x_own ? "horizontal" : "vertical";
    return is_temporal(y) && !is_temporal(x) ? "horizontal" : "vertical";
  }
  if (x_continuous || y_continuous)
    return x_continuous ? "horizontal" : "vertical";
  pk_fail(error, PK_ERROR_INVALID, "%s: the mark %s needs a quantitative field on x or y", self->path, self->name);
  return NULL;
}

/* Errors and ends that the data hold already decide the axis (errorBarOrientAndInputType). */
static const char *
orient_of_given(PkComposite *self, PkCompositeInput *input, GError **error)
{
  static const char *const ends[] = { "x2", "y2" }, *const errors[] = { "xError", "yError" };
  gboolean has_end[2], has_error[2];
  for (guint k = 0; k < 2; k++) {
    has_end[k] = has_field_or_datum(self->encoding, ends[k]);
    has_error[k] = has_field_or_datum(self->encoding, errors[k]);
  }
  gboolean by_end = has_end[0] || has_end[1];
  const gboolean *has = by_end ? has_end : has_error;
  guint k = has[1] ? 1 : 0;
  *input = by_end ? PK_COMPOSITE_ENDS : PK_COMPOSITE_ERRORS;
  if ((by_end && (has_error[0] || has_error[1])) || (has[0] && has[1]) || (!has[0] && !has[1])) {
    pk_fail(error, PK_ERROR_INVALID, "%s: the mark %s takes a range on one axis, either by x2 or y2, or by xError or yError",
            self->path, self->name);
    return NULL;
  }
  if (!pk_composite_is_continuous(pk_json_object_of(self->encoding, k ? "y" : "x"))) {
    pk_fail(error, PK_ERROR_INVALID, "%s.encoding.%s: the mark %s with %s needs a quantitative field here", self->path,
            k ? "y" : "x", self->name, by_end ? ends[k] : errors[k]);
    return NULL;
  }
  return k ? "vertical" : "horizontal";
}

static gboolean
find_axis(PkComposite *self, GError **error)
{
  static const char *const given[] = { "x2", "y2", "xError", "yError", "xError2", "yError2" };
  gboolean raw = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(given); i++)
    raw = raw && !has_field_or_datum(self->encoding, given[i]);
  self->input = PK_COMPOSITE_RAW;
  self->orient = raw || g_str_equal(self->name, "boxplot") ? orient_of_raw(self, error)
                                                           : orient_of_given(self, &self->input, error);
  if (!self->orient)
    return FALSE;
  self->axis = g_str_equal(self->orient, "vertical") ? "y" : "x";
  JsonObject *measure = pk_json_object_of(self->encoding, self->axis);
  if (!measure || !pk_json_text_of(measure, "field"))
    return pk_fail(error, PK_ERROR_INVALID, "%s.encoding.%s: the mark %s needs a field here", self->path, self->axis, self->name);
  self->measure = pk_spec_copy_object(self->maker, measure, NULL);
  json_object_remove_member(self->measure, "aggregate");
  self->field = pk_json_text_of(self->measure, "field");
  return TRUE;
}

/* --- the encoding of the others --- */

/* Types are told while bins and time units still stand in the definitions. */
static gboolean
type_encoding(PkComposite *self, GError **error)
{
  JsonObject *own = pk_json_object_of(self->unit, "encoding");
  self->encoding = pk_spec_copy_object(self->maker, own, self->path);
  for (PkChannel c = 0; own && c < PK_N_CHANNELS; c++) {
    JsonObject *def = pk_json_object_of(own, pk_channel_name(c));
    PkEncoding built = { 0 };
    if (!def || c == PK_CHANNEL_X2 || c == PK_CHANNEL_Y2)
      continue;
    if (!pk_spec_build_channel(self->maker, c, member(own, pk_channel_name(c)), &built, error))
      return FALSE;
    if (!is_field(def))
      continue;
    JsonObject *typed = pk_spec_copy_object(self->maker, def, NULL);
    json_object_set_string_member(typed, "type", pk_measure_name(pk_lower_type(&built.defs[0], c)));
    json_object_set_object_member(self->encoding, pk_channel_name(c), json_object_ref(typed));
  }
  return TRUE;
}

/* What a definition is without the parts that became transforms. */
static JsonObject *
plain_def(PkComposite *self, JsonObject *def, const PkChannelDef *built, const char *field)
{
  static const char *const gone[] = { "field", "aggregate", "bin", "timeUnit" };
  JsonObject *axis = pk_json_object_of(def, "axis"), *legend = pk_json_object_of(def, "legend");
  JsonObject *made = pk_spec_copy_object(self->maker, def, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(gone); i++)
    json_object_remove_member(made, gone[i]);
  if (!member(made, "title") && !pk_json_is_truthy(member(axis ? axis : legend, "title"))) {
    g_autofree char *title = pk_lower_title(built, &self->maker->spec.config);
    json_object_set_string_member(made, "title", title ? title : "");
  }
  json_object_set_string_member(made, "field", field);
  return made;
}

/* Where a time unit makes words of dates, they are still shown as times. */
static void
set_format_type(PkComposite *self, JsonObject *made, const char *channel)
{
  const char *guide = g_str_equal(channel, "x") || g_str_equal(channel, "y") ? "axis" : "legend";
  if (g_strcmp0(pk_json_text_of(made, "type"), "temporal") == 0 || g_str_equal(channel, "detail"))
    return;
  if (g_str_equal(channel, "text") || g_str_equal(channel, "tooltip")) {
    json_object_set_string_member(made, "formatType", "time");
  } else if (!member(made, guide) || pk_json_object_of(made, guide)) {
    JsonObject *bag = pk_spec_copy_object(self->maker, pk_json_object_of(made, guide), self->path);
    if (!member(bag, "formatType"))
      json_object_set_string_member(bag, "formatType", "time");
    json_object_set_object_member(made, guide, json_object_ref(bag));
  }
}

static void
add_bin(PkComposite *self, JsonObject *def, JsonObject *made, const char *channel, const char *name)
{
  JsonObject *transform = pk_composite_object(self);
  g_autofree char *end = g_strconcat(name, "_end", NULL);
  set(transform, "bin", member(def, "bin"));
  set(transform, "field", member(def, "field"));
  json_object_set_string_member(transform, "as", name);
  pk_composite_add(self->before, transform);
  json_array_add_string_element(self->groupby, end);
  if (g_str_equal(channel, "x") || g_str_equal(channel, "y")) {
    JsonObject *second = pk_composite_object(self);
    json_object_set_string_member(second, "field", end);
    json_object_set_object_member(self->others, channel[0] == 'x' ? "x2" : "y2", json_object_ref(second));
  }
  json_object_set_string_member(made, "bin", "binned");
  json_object_set_string_member(made, "type", "quantitative");
}

static void
add_aggregate(PkComposite *self, JsonObject *def, const PkChannelDef *built, JsonObject *made, const char *name)
{
  if (built->aggregate_arg) {
    g_autofree char *as = g_strdup_printf("%s_%s", built->aggregate, built->aggregate_arg);
    g_autofree char *inner = g_strdup_printf("%s.%s", as, built->field);
    pk_composite_add(self->aggregate, measure_entry(self, built->aggregate, built->aggregate_arg, as));
    json_object_set_string_member(made, "field", inner);
    return;
  }
  JsonObject *entry = measure_entry(self, "", built->field, name);
  set(entry, "op", member(def, "aggregate"));
  pk_composite_add(self->aggregate, entry);
}

static gboolean
is_binned_unit(const PkChannelDef *built)
{
  return built->time_unit && strstr(built->time_unit, "binned");
}

/* A definition of another channel: what it derives becomes a transform, what it groups by is noted. */
static gboolean
extract(PkComposite *self, PkChannel channel, JsonNode *node, GError **error)
{
  const char *name = pk_channel_name(channel);
  JsonObject *def = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  PkEncoding encoding = { 0 };
  if (!is_field(def)) {
    set(self->others, name, node);
    return TRUE;
  }
  if (!pk_spec_build_channel(self->maker, channel, node, &encoding, error))
    return FALSE;
  const PkChannelDef *built = &encoding.defs[0];
  gboolean bins = built->bin.present && !built->bin.binned;
  gboolean units = (built->time_unit || built->time_maxbins > 0) && !is_binned_unit(built);
  if (!built->aggregate && !bins && !units) {
    json_array_add_string_element(self->groupby, built->field);
    set(self->others, name, node);
    return TRUE;
  }
  g_autofree char *column = pk_lower_column_name(built, channel);
  JsonObject *made = plain_def(self, def, built, column);
  if (built->aggregate) {
    add_aggregate(self, def, built, made, column);
  } else {
    json_array_add_string_element(self->groupby, column);
    if (bins) {
      add_bin(self, def, made, name, column);
    } else {
      JsonObject *transform = pk_composite_object(self);
      set(transform, "timeUnit", member(def, "timeUnit"));
      json_object_set_string_member(transform, "field", built->field);
      json_object_set_string_member(transform, "as", column);
      pk_composite_add(self->before, transform);
      set_format_type(self, made, name);
    }
  }
  json_object_set_object_member(self->others, name, json_object_ref(made));
  return TRUE;
}

/* A box plot shows a tooltip of its groups' aggregates on the box, one of rows on the outliers. */
static JsonNode *
split_tooltip(PkComposite *self, JsonNode *tooltip)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY(tooltip) ? json_node_get_array(tooltip) : NULL;
  g_autoptr(JsonArray) rows = json_array_new(), groups = json_array_new();
  for (guint i = 0; i < (array ? json_array_get_length(array) : 1); i++) {
    JsonNode *item = array ? json_array_get_element(array, i) : tooltip;
    gboolean aggregated = JSON_NODE_HOLDS_OBJECT(item) && member(json_node_get_object(item), "aggregate");
    json_array_add_element(aggregated ? groups : rows, json_node_ref(item));
  }
  JsonObject *holder = pk_composite_object(self);
  if (json_array_get_length(rows) == 1)
    json_object_set_member(holder, "rows", json_node_ref(json_array_get_element(rows, 0)));
  else if (json_array_get_length(rows) > 1)
    json_object_set_array_member(holder, "rows", json_array_ref(rows));
  self->row_tooltip = member(holder, "rows");
  if (json_array_get_length(groups) == 0)
    return NULL;
  if (array)
    json_object_set_array_member(holder, "groups", json_array_ref(groups));
  else
    json_object_set_member(holder, "groups", json_node_ref(tooltip));
  return member(holder, "groups");
}

static gboolean
extract_all(PkComposite *self, GError **error)
{
  gboolean box = g_str_equal(self->name, "boxplot");
  self->others = pk_composite_object(self);
  for (PkChannel c = 0; c < PK_N_CHANNELS; c++) {
    const char *name = pk_channel_name(c);
    JsonNode *node = member(self->encoding, name);
    gboolean own = name[0] == self->axis[0] && (!name[1] || (!box && g_str_equal(name + 1, "2")));
    if (!node || own)
      continue;
    if (c == PK_CHANNEL_TOOLTIP && box && !JSON_NODE_HOLDS_NULL(node)) {
      node = split_tooltip(self, node);
      if (!node)
        continue;
    }
    if (!extract(self, c, node, error))
      return FALSE;
  }
  return TRUE;
}

/* --- parts --- */

static JsonNode *
title_node(PkComposite *self)
{
  JsonNode *title = member(self->measure, "title");
  return title ? title : member(self->measure, "field");
}

/* The properties that the mark's configuration gives a part; *on: whether it is drawn without more. */
static JsonObject *
part_config(PkComposite *self, const PkCompositePart *part, gboolean *on)
{
  JsonObject *made = pk_composite_object(self);
  JsonNode *own = member(self->config, part->name);
  gboolean is_bag = own && JSON_NODE_HOLDS_OBJECT(own);
  *on = own ? is_bag || pk_json_is_truthy(own) : part->shown;
  if (!own || is_bag) {
    if (part->color)
      json_object_set_string_member(made, "color", part->color);
    if (part->opacity > 0)
      json_object_set_double_member(made, "opacity", part->opacity);
  }
  if (is_bag)
    pk_composite_assign(made, json_node_get_object(own));
  return made;
}

/* What the whole mark gives its parts, and the part's own properties over it. NULL: the part is not drawn. */
static JsonObject *
part_mark(PkComposite *self, const PkCompositePart *part)
{
  static const char *const shared[] = { "clip", "color", "opacity" };
  gboolean on;
  JsonObject *made = part_config(self, part, &on);
  JsonNode *given = member(self->mark, part->name);
  g_autofree char *style = g_strdup_printf("%s-%s", self->name, part->name);
  if (given ? !JSON_NODE_HOLDS_OBJECT(given) && !pk_json_is_truthy(given) : !on)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS(shared); i++)
    if (pk_json_is_truthy(member(self->mark, shared[i])))
      set(made, shared[i], member(self->mark, shared[i]));
  pk_composite_assign(made, part->mark);
  json_object_set_string_member(made, "style", style);
  if (given && JSON_NODE_HOLDS_OBJECT(given))
    pk_composite_assign(made, json_node_get_object(given));
  return made;
}

JsonObject *
pk_composite_position(PkComposite *self, const char *field)
{
  JsonObject *made = pk_composite_object(self);
  json_object_set_string_member(made, "field", field);
  set(made, "type", member(self->measure, "type"));
  set(made, "title", title_node(self));
  set(made, "scale", member(self->measure, "scale"));
  set(made, "axis", member(self->measure, "axis"));
  return made;
}

JsonObject *
pk_composite_part(PkComposite *self, const PkCompositePart *part, JsonObject *shared, JsonNode *tooltip)
{
  JsonObject *mark = part_mark(self, part);
  if (!mark)
    return NULL;
  JsonObject *unit = pk_composite_object(self), *encoding = pk_composite_object(self);
  g_autofree char *from = g_strconcat(part->from ? part->from : "", self->field, NULL);
  json_object_set_object_member(encoding, self->axis, json_object_ref(pk_composite_position(self, from)));
  if (part->to) {
    g_autofree char *to = g_strconcat(part->to, self->field, NULL), *second = g_strconcat(self->axis, "2", NULL);
    JsonObject *end = pk_composite_object(self);
    json_object_set_string_member(end, "field", to);
    json_object_set_object_member(encoding, second, json_object_ref(end));
  }
  pk_composite_assign(encoding, shared);
  set(encoding, "tooltip", tooltip);
  json_object_set_object_member(unit, "mark", json_object_ref(mark));
  json_object_set_object_member(unit, "encoding", json_object_ref(encoding));
  return unit;
}

JsonObject *
pk_composite_mark(PkComposite *self, const char *type, const char *orient)
{
  JsonObject *made = pk_composite_object(self);
  json_object_set_string_member(made, "type", type);
  if (orient)
    json_object_set_string_member(made, "orient", orient);
  return made;
}

/* --- tooltips --- */

static void
add_tooltip_field(JsonArray *list, JsonObject *def, PkComposite *self)
{
  static const char *const gone[] = { "legend", "axis", "header", "scale", "sort", "stack", "impute", "condition" };
  JsonObject *made = pk_spec_copy_object(self->maker, def, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(gone); i++)
    json_object_remove_member(made, gone[i]);
  for (guint i = 0; i < json_array_get_length(list); i++)
    if (g_strcmp0(pk_json_text_of(json_array_get_object_element(list, i), "field"), pk_json_text_of(made, "field")) == 0)
      return;
  pk_composite_add(list, made);
}

JsonNode *
pk_composite_tooltip(PkComposite *self, const PkCompositeSummary *summary, guint n, gboolean with_name)
{
  JsonObject *holder = pk_composite_object(self);
  JsonArray *list = json_array_new();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node = member(self->others, "tooltip");
  if (node) {
    json_array_unref(list);
    return node;
  }
  JsonNode *title = title_node(self);
  const char *of = pk_json_is_text(title) ? json_node_get_string(title) : self->field;
  for (guint i = 0; i < n; i++) {
    JsonObject *def = pk_composite_object(self);
    g_autofree char *field = g_strconcat(summary[i].prefix, self->field, NULL);
    g_autofree char *text = with_name ? g_strdup_printf("%s of %s", summary[i].title, of) : g_strdup(summary[i].title);
    json_object_set_string_member(def, "field", field);
    set(def, "type", member(self->measure, "type"));
    json_object_set_string_member(def, "title", text);
    pk_composite_add(list, def);
  }
  json_object_iter_init_ordered(&iter, self->others);
  while (json_object_iter_next_ordered(&iter, &name, &node))
    if (JSON_NODE_HOLDS_OBJECT(node) && is_field(json_node_get_object(node)) && !g_str_has_suffix(name, "2"))
      add_tooltip_field(list, json_node_get_object(node), self);
  json_object_set_array_member(holder, "tooltip", list);
  return member(holder, "tooltip");
}

/* --- the whole --- */

JsonObject *
pk_composite_outer(PkComposite *self)
{
  static const char *const gone[] = { "mark", "encoding", "params", "projection" };
  JsonObject *made = pk_spec_copy_object(self->maker, self->unit, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(gone); i++)
    json_object_remove_member(made, gone[i]);
  return made;
}

gboolean
pk_spec_normalize_composite(PkSpecMaker *maker, JsonObject *unit, JsonObject **made, GError **error)
{
  static const char *const names[] = { "boxplot", "errorbar", "errorband", NULL };
  JsonObject *mark = pk_json_object_of(unit, "mark"), *config = maker->spec.config.object;
  const char *name = mark ? pk_json_text_of(mark, "type") : pk_json_text_of(unit, "mark");
  g_autoptr(JsonArray) before = json_array_new(), aggregate = json_array_new(), groupby = json_array_new();
  PkComposite self = { .maker = maker, .unit = unit, .name = name, .path = pk_spec_path(maker, unit),
                       .before = before, .aggregate = aggregate, .groupby = groupby };
  *made = NULL;
  if (!name || !g_strv_contains(names, name))
    return TRUE;
  self.mark = mark ? mark : pk_composite_object(&self);
  self.config = config ? pk_json_object_of(config, name) : NULL;
  if (!type_encoding(&self, error) || !find_axis(&self, error) || !extract_all(&self, error))
    return FALSE;
  *made = g_str_equal(name, "boxplot") ? pk_composite_boxplot(&self, error) : pk_composite_errors(&self, error);
  return *made != NULL;
}
