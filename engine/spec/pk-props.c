#include "pk-props.h"

#include <math.h>

JsonNode *
pk_props_get(const PkProps *self, const char *name)
{
  return self->object ? json_object_get_member(self->object, name) : NULL;
}

gboolean
pk_props_has(const PkProps *self, const char *name)
{
  return self->object && json_object_has_member(self->object, name);
}

/* A member that holds a plain value of one of the two GTypes. */
static JsonNode *
value_of(const PkProps *self, const char *name, GType type, GType other)
{
  JsonNode *node = pk_props_get(self, name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node))
    return NULL;
  GType held = json_node_get_value_type(node);
  return held == type || held == other ? node : NULL;
}

double
pk_props_get_double(const PkProps *self, const char *name, double fallback)
{
  JsonNode *node = value_of(self, name, G_TYPE_DOUBLE, G_TYPE_INT64);
  return node ? json_node_get_double(node) : fallback;
}

gboolean
pk_props_get_bool(const PkProps *self, const char *name, gboolean fallback)
{
  JsonNode *node = value_of(self, name, G_TYPE_BOOLEAN, G_TYPE_BOOLEAN);
  return node ? json_node_get_boolean(node) : fallback;
}

const char *
pk_props_get_text(const PkProps *self, const char *name, const char *fallback)
{
  JsonNode *node = value_of(self, name, G_TYPE_STRING, G_TYPE_STRING);
  return node ? json_node_get_string(node) : fallback;
}

PkProps
pk_props_get_bag(const PkProps *self, const char *name)
{
  JsonNode *node = pk_props_get(self, name);
  PkProps bag = { NULL, self->path };
  if (node && JSON_NODE_HOLDS_OBJECT(node))
    bag.object = json_node_get_object(node);
  return bag;
}
