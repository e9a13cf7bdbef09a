#include "pk-view-state.h"

#include "pk-error.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

struct PikaViewState {
  JsonObject *object; /* as pika_view_state_to_json writes it; checked */
};

/* --- life --- */

PikaViewState *
pika_view_state_new(void)
{
  PikaViewState *self = g_new0(PikaViewState, 1);
  self->object = json_object_new();
  return self;
}

static JsonObject *
deep_copy(JsonObject *object)
{
  g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
  g_autofree char *text = json_to_string(node, FALSE);
  g_autoptr(JsonNode) copy = json_from_string(text, NULL);
  return json_object_ref(json_node_get_object(copy));
}

PikaViewState *
pika_view_state_copy(const PikaViewState *self)
{
  if (!self)
    return pika_view_state_new();
  PikaViewState *copy = g_new0(PikaViewState, 1);
  copy->object = deep_copy(self->object);
  return copy;
}

void
pika_view_state_free(PikaViewState *self)
{
  if (!self)
    return;
  json_object_unref(self->object);
  g_free(self);
}

gboolean
pika_view_state_equal(const PikaViewState *a, const PikaViewState *b)
{
  g_autoptr(PikaViewState) none = pika_view_state_new();
  const PikaViewState *x = a ? a : none, *y = b ? b : none;
  g_autoptr(JsonNode) left = json_node_init_object(json_node_alloc(), x->object);
  g_autoptr(JsonNode) right = json_node_init_object(json_node_alloc(), y->object);
  return json_node_equal(left, right);
}

/* --- members --- */

static JsonObject *
find_bag(const PikaViewState *self, const char *name)
{
  JsonNode *node = self ? json_object_get_member(self->object, name) : NULL;
  return node ? json_node_get_object(node) : NULL;
}

static JsonObject *
make_bag(PikaViewState *self, const char *name)
{
  if (!json_object_has_member(self->object, name))
    json_object_set_object_member(self->object, name, json_object_new());
  return json_object_get_object_member(self->object, name);
}

/* Without empty members equal states are equal texts. */
static void
drop_empty(PikaViewState *self, const char *name)
{
  JsonObject *bag = find_bag(self, name);
  if (bag && json_object_get_size(bag) == 0)
    json_object_remove_member(self->object, name);
}

static const char *
get_text(const PikaViewState *self, const char *name)
{
  return self ? json_object_get_string_member_with_default(self->object, name, NULL) : NULL;
}

static void
set_text(PikaViewState *self, const char *name, const char *text)
{
  if (text)
    json_object_set_string_member(self->object, name, text);
  else
    json_object_remove_member(self->object, name);
}

/* --- domains --- */

gboolean
pika_view_state_set_domain(PikaViewState *self, const char *scale, double from, double to)
{
  if (!isfinite(from) || !isfinite(to) || from == to)
    return FALSE;
  JsonArray *ends = json_array_new();
  json_array_add_double_element(ends, from);
  json_array_add_double_element(ends, to);
  json_object_set_array_member(make_bag(self, "domains"), scale, ends);
  return TRUE;
}

gboolean
pika_view_state_get_domain(const PikaViewState *self, const char *scale, double *from, double *to)
{
  JsonObject *domains = find_bag(self, "domains");
  if (!domains || !json_object_has_member(domains, scale))
    return FALSE;
  JsonArray *ends = json_object_get_array_member(domains, scale);
  *from = json_array_get_double_element(ends, 0);
  *to = json_array_get_double_element(ends, 1);
  return TRUE;
}

void
pika_view_state_clear_domain(PikaViewState *self, const char *scale)
{
  JsonObject *domains = find_bag(self, "domains");
  if (!scale)
    json_object_remove_member(self->object, "domains");
  else if (domains)
    json_object_remove_member(domains, scale);
  drop_empty(self, "domains");
}

GArray *
pk_view_state_domains(const PikaViewState *self)
{
  GArray *out = g_array_new(FALSE, FALSE, sizeof(PkSceneDomain));
  JsonObject *domains = find_bag(self, "domains");
  JsonObjectIter iter;
  const char *scale;
  if (!domains)
    return out;
  json_object_iter_init(&iter, domains);
  while (json_object_iter_next(&iter, &scale, NULL)) {
    PkSceneDomain domain = { .id = scale };
    pika_view_state_get_domain(self, scale, &domain.from, &domain.to);
    g_array_append_val(out, domain);
  }
  return out;
}

/* --- rasters --- */

gboolean
pika_view_state_set_transfer(PikaViewState *self, const char *transfer)
{
  if (transfer && pk_transfer_parse(transfer) == PK_N_TRANSFERS)
    return FALSE;
  set_text(self, "transfer", transfer);
  return TRUE;
}

const char *
pika_view_state_get_transfer(const PikaViewState *self)
{
  return get_text(self, "transfer");
}

PkTransfer
pk_view_state_transfer(const PikaViewState *self)
{
  const char *name = get_text(self, "transfer");
  return name ? pk_transfer_parse(name) : PK_TRANSFER_EQUALIZE;
}

void
pika_view_state_set_scheme(PikaViewState *self, const char *scheme)
{
  set_text(self, "scheme", scheme);
}

const char *
pika_view_state_get_scheme(const PikaViewState *self)
{
  return get_text(self, "scheme");
}

/* --- legends --- */

static gboolean
has_value(JsonArray *array, JsonNode *value, guint *at)
{
  for (*at = 0; array && *at < json_array_get_length(array); (*at)++)
    if (json_node_equal(json_array_get_element(array, *at), value))
      return TRUE;
  return FALSE;
}

static JsonArray *
find_hidden(const PikaViewState *self, const char *field)
{
  JsonObject *hidden = find_bag(self, "hidden");
  return hidden && json_object_has_member(hidden, field) ? json_object_get_array_member(hidden, field) : NULL;
}

gboolean
pika_view_state_set_hidden(PikaViewState *self, const char *field, const char *value, gboolean hidden)
{
  g_autoptr(JsonNode) node = json_from_string(value, NULL);
  JsonArray *array = find_hidden(self, field);
  guint at;
  if (!node)
    return FALSE;
  gboolean is_hidden = has_value(array, node, &at);
  if (is_hidden == hidden)
    return TRUE;
  if (hidden && !array) {
    array = json_array_new();
    json_object_set_array_member(make_bag(self, "hidden"), field, array);
  }
  if (hidden)
    json_array_add_element(array, g_steal_pointer(&node));
  else
    json_array_remove_element(array, at);
  if (json_array_get_length(array) == 0)
    json_object_remove_member(find_bag(self, "hidden"), field);
  drop_empty(self, "hidden");
  return TRUE;
}

gboolean
pika_view_state_is_hidden(const PikaViewState *self, const char *field, const char *value)
{
  g_autoptr(JsonNode) node = json_from_string(value, NULL);
  guint at;
  return node && has_value(find_hidden(self, field), node, &at);
}

void
pika_view_state_clear_hidden(PikaViewState *self)
{
  json_object_remove_member(self->object, "hidden");
}

GArray *
pk_view_state_hidden(const PikaViewState *self)
{
  GArray *out = g_array_new(FALSE, FALSE, sizeof(PkHiddenValues));
  JsonObject *hidden = find_bag(self, "hidden");
  JsonObjectIter iter;
  const char *field;
  JsonNode *values;
  if (!hidden)
    return out;
  json_object_iter_init(&iter, hidden);
  while (json_object_iter_next(&iter, &field, &values)) {
    PkHiddenValues one = { field, json_node_get_array(values) };
    g_array_append_val(out, one);
  }
  return out;
}

/* --- filters --- */

gboolean
pika_view_state_set_filter_range(PikaViewState *self, const char *field, double lo, double hi)
{
  if (!isfinite(lo) || !isfinite(hi))
    return FALSE;
  JsonArray *ends = json_array_new();
  JsonObject *filter = json_object_new();
  json_array_add_double_element(ends, MIN(lo, hi));
  json_array_add_double_element(ends, MAX(lo, hi));
  json_object_set_array_member(filter, "range", ends);
  json_object_set_object_member(make_bag(self, "filters"), field, filter);
  return TRUE;
}

gboolean
pika_view_state_set_filter_values(PikaViewState *self, const char *field, const char *values)
{
  g_autoptr(JsonNode) node = json_from_string(values, NULL);
  if (!node || !JSON_NODE_HOLDS_ARRAY(node))
    return FALSE;
  JsonObject *filter = json_object_new();
  json_object_set_member(filter, "oneOf", g_steal_pointer(&node));
  json_object_set_object_member(make_bag(self, "filters"), field, filter);
  return TRUE;
}

void
pika_view_state_clear_filter(PikaViewState *self, const char *field)
{
  JsonObject *filters = find_bag(self, "filters");
  if (!field)
    json_object_remove_member(self->object, "filters");
  else if (filters)
    json_object_remove_member(filters, field);
  drop_empty(self, "filters");
}

GArray *
pk_view_state_filters(const PikaViewState *self)
{
  GArray *out = g_array_new(FALSE, FALSE, sizeof(PkFieldFilter));
  JsonObject *filters = find_bag(self, "filters");
  JsonObjectIter iter;
  const char *field;
  JsonNode *node;
  if (!filters)
    return out;
  json_object_iter_init(&iter, filters);
  while (json_object_iter_next(&iter, &field, &node)) {
    JsonObject *filter = json_node_get_object(node);
    PkFieldFilter one = { .field = field, .is_range = json_object_has_member(filter, "range") };
    if (one.is_range) {
      JsonArray *ends = json_object_get_array_member(filter, "range");
      one.lo = json_array_get_double_element(ends, 0);
      one.hi = json_array_get_double_element(ends, 1);
    } else {
      one.values = json_object_get_array_member(filter, "oneOf");
    }
    g_array_append_val(out, one);
  }
  return out;
}

/* --- parameters --- */

gboolean
pika_view_state_set_param(PikaViewState *self, const char *name, const char *value)
{
  g_autoptr(JsonNode) node = value ? json_from_string(value, NULL) : NULL;
  JsonObject *params = find_bag(self, "params");
  if (value && !node)
    return FALSE;
  if (node)
    json_object_set_member(make_bag(self, "params"), name, g_steal_pointer(&node));
  else if (params)
    json_object_remove_member(params, name);
  drop_empty(self, "params");
  return TRUE;
}

char *
pika_view_state_dup_param(const PikaViewState *self, const char *name)
{
  JsonNode *node = pk_view_state_param(self, name);
  return node ? json_to_string(node, FALSE) : NULL;
}

JsonNode *
pk_view_state_param(const PikaViewState *self, const char *name)
{
  JsonObject *params = find_bag(self, "params");
  return params ? json_object_get_member(params, name) : NULL;
}

/* --- what a plot must be compiled anew for --- */

char *
pk_view_state_data_key(const PikaViewState *self, gboolean with_domains)
{
  static const char *const names[] = { "params", "filters", "hidden", "domains" };
  GString *key = g_string_new(NULL);
  for (guint i = 0; i < G_N_ELEMENTS(names) - (with_domains ? 0 : 1); i++) {
    JsonNode *node = self ? json_object_get_member(self->object, names[i]) : NULL;
    g_autofree char *text = node ? json_to_string(node, FALSE) : NULL;
    g_string_append_printf(key, "%s\n", text ? text : "");
  }
  return g_string_free(key, FALSE);
}

/* --- as text --- */

char *
pika_view_state_to_json(const PikaViewState *self)
{
  g_autoptr(PikaViewState) none = self ? NULL : pika_view_state_new();
  g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), self ? self->object : none->object);
  return json_to_string(node, FALSE);
}

static gboolean
is_number(JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_INVALID;
  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64;
}

static gboolean
read_domains(PikaViewState *self, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return pk_fail(error, PK_ERROR_INVALID, "$.domains: not an object");
  JsonObject *object = json_node_get_object(node);
  JsonObjectIter iter;
  const char *scale;
  JsonNode *ends;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &scale, &ends)) {
    JsonArray *array = JSON_NODE_HOLDS_ARRAY(ends) ? json_node_get_array(ends) : NULL;
    if (!array || json_array_get_length(array) != 2 || !is_number(json_array_get_element(array, 0)) ||
        !is_number(json_array_get_element(array, 1)) ||
        !pika_view_state_set_domain(self, scale, json_array_get_double_element(array, 0),
                                    json_array_get_double_element(array, 1)))
      return pk_fail(error, PK_ERROR_INVALID, "$.domains.%s: not two different numbers", scale);
  }
  return TRUE;
}

static gboolean
read_hidden(PikaViewState *self, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonObjectIter iter;
  const char *field;
  JsonNode *values;
  if (!object)
    return pk_fail(error, PK_ERROR_INVALID, "$.hidden: not an object");
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &field, &values)) {
    if (!JSON_NODE_HOLDS_ARRAY(values))
      return pk_fail(error, PK_ERROR_INVALID, "$.hidden.%s: not a list of values", field);
    for (guint i = 0; i < json_array_get_length(json_node_get_array(values)); i++) {
      g_autofree char *text = json_to_string(json_array_get_element(json_node_get_array(values), i), FALSE);
      pika_view_state_set_hidden(self, field, text, TRUE);
    }
  }
  return TRUE;
}

static gboolean
read_filter(PikaViewState *self, const char *field, JsonNode *node)
{
  JsonObject *filter = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonNode *range = filter ? json_object_get_member(filter, "range") : NULL;
  JsonNode *values = filter ? json_object_get_member(filter, "oneOf") : NULL;
  if (range && JSON_NODE_HOLDS_ARRAY(range) && json_array_get_length(json_node_get_array(range)) == 2) {
    JsonArray *ends = json_node_get_array(range);
    return is_number(json_array_get_element(ends, 0)) && is_number(json_array_get_element(ends, 1)) &&
           pika_view_state_set_filter_range(self, field, json_array_get_double_element(ends, 0),
                                            json_array_get_double_element(ends, 1));
  }
  g_autofree char *text = values ? json_to_string(values, FALSE) : NULL;
  return text && pika_view_state_set_filter_values(self, field, text);
}

static gboolean
read_filters(PikaViewState *self, JsonNode *node, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
  JsonObjectIter iter;
  const char *field;
  JsonNode *filter;
  if (!object)
    return pk_fail(error, PK_ERROR_INVALID, "$.filters: not an object");
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &field, &filter))
    if (!read_filter(self, field, filter))
      return pk_fail(error, PK_ERROR_INVALID, "$.filters.%s: neither a range of two numbers nor a list of values", field);
  return TRUE;
}

static gboolean
read_params(PikaViewState *self, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return pk_fail(error, PK_ERROR_INVALID, "$.params: not an object");
  if (json_object_get_size(json_node_get_object(node)) > 0)
    json_object_set_member(self->object, "params", json_node_copy(node));
  return TRUE;
}

static gboolean
read_text(PikaViewState *self, const char *name, JsonNode *node, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
  if (!text || (g_str_equal(name, "transfer") && pk_transfer_parse(text) == PK_N_TRANSFERS))
    return pk_fail(error, PK_ERROR_INVALID, "$.%s: %s", name,
                   g_str_equal(name, "transfer") ? "not equalize, linear, log or cbrt" : "not a text");
  set_text(self, name, text);
  return TRUE;
}

static gboolean
read_member(PikaViewState *self, const char *name, JsonNode *node, GError **error)
{
  if (g_str_equal(name, "domains"))
    return read_domains(self, node, error);
  if (g_str_equal(name, "hidden"))
    return read_hidden(self, node, error);
  if (g_str_equal(name, "filters"))
    return read_filters(self, node, error);
  if (g_str_equal(name, "params"))
    return read_params(self, node, error);
  if (g_str_equal(name, "transfer") || g_str_equal(name, "scheme"))
    return read_text(self, name, node, error);
  return pk_fail(error, PK_ERROR_INVALID, "$.%s: a view's state has no such member", name);
}

PikaViewState *
pika_view_state_from_json(const char *json, gssize length, GError **error)
{
  g_autoptr(PikaViewState) self = pika_view_state_new();
  g_autofree char *text = length < 0 ? g_strdup(json) : g_strndup(json, (gsize)length);
  g_autoptr(GError) local = NULL;
  g_autoptr(JsonNode) node = json_from_string(text, &local);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  if (!node || !JSON_NODE_HOLDS_OBJECT(node)) {
    pk_fail(error, PK_ERROR_PARSE, "a view's state is a JSON object%s%s", local ? ": " : "", local ? local->message : "");
    return NULL;
  }
  json_object_iter_init_ordered(&iter, json_node_get_object(node));
  while (json_object_iter_next_ordered(&iter, &name, &member))
    if (!read_member(self, name, member, error))
      return NULL;
  return g_steal_pointer(&self);
}
