#include "pk-sql-json.h"

#include "pk-error.h"

#include <string.h>

/* One pass over the text before the parser: nesting beyond the limit would
 * exhaust its stack, a NUL would cut a text short, and the engine writes
 * infinite constants as bare words, which JSON does not have. The copy that is
 * parsed has 1e999 (read as infinity) for those. */
static char *
prepare(const char *json, GError **error)
{
  GString *out = g_string_sized_new(strlen(json));
  guint depth = 0;
  gboolean in_text = FALSE, ok = TRUE;

  for (const char *p = json; *p != '\0' && ok; p++) {
    if (in_text && *p == '\\' && p[1] != '\0') {
      ok = !g_str_has_prefix(p, "\\u0000");
      g_string_append_len(out, p, 2);
      p++;
      continue;
    }
    if (*p == '"')
      in_text = !in_text;
    else if (!in_text && (*p == '{' || *p == '['))
      ok = ++depth <= PK_SQL_JSON_DEPTH;
    else if (!in_text && (*p == '}' || *p == ']') && depth > 0)
      depth--;
    if (!in_text && g_str_has_prefix(p, "Infinity")) {
      g_string_append(out, "1e999");
      p += strlen("Infinity") - 1;
      continue;
    }
    g_string_append_c(out, *p);
  }
  if (ok)
    return g_string_free(out, FALSE);
  g_string_free(out, TRUE);
  pk_fail(error, PK_ERROR_PARSE, "the serialised statement is nested too deeply or holds a NUL");
  return NULL;
}

JsonObject *
pk_sql_json_parse(const char *json, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) why = NULL;
  g_autofree char *text = prepare(json, error);

  if (!text)
    return NULL;
  if (!g_utf8_validate(text, -1, NULL)) {
    pk_fail(error, PK_ERROR_PARSE, "the serialised statement is not UTF-8");
    return NULL;
  }
  if (!json_parser_load_from_data(parser, text, -1, &why)) {
    pk_fail(error, PK_ERROR_PARSE, "the serialised statement is not JSON: %s", why->message);
    return NULL;
  }
  JsonNode *root = json_parser_get_root(parser);
  if (root && JSON_NODE_HOLDS_OBJECT(root))
    return json_object_ref(json_node_get_object(root));
  pk_fail(error, PK_ERROR_PARSE, "the serialised statement is not a JSON object");
  return NULL;
}

static JsonNode *
member_of(JsonObject *object, const char *member)
{
  return object ? json_object_get_member(object, member) : NULL;
}

static const char *
text_of(JsonNode *node)
{
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string(node);
}

const char *
pk_json_text(JsonObject *object, const char *member)
{
  return text_of(member_of(object, member));
}

JsonObject *
pk_json_object(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member);

  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
pk_json_array(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member);

  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

guint
pk_json_length(JsonArray *array)
{
  return array ? json_array_get_length(array) : 0;
}

JsonObject *
pk_json_item(JsonArray *array, guint i)
{
  JsonNode *node = i < pk_json_length(array) ? json_array_get_element(array, i) : NULL;

  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

const char *
pk_json_text_item(JsonArray *array, guint i)
{
  return i < pk_json_length(array) ? text_of(json_array_get_element(array, i)) : NULL;
}

gboolean
pk_json_true(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member);

  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean(node);
}

gboolean
pk_json_is_absent(JsonObject *object, const char *member)
{
  JsonNode *node = member_of(object, member);
  const char *text = text_of(node);

  if (!node || JSON_NODE_HOLDS_NULL(node))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY(node))
    return json_array_get_length(json_node_get_array(node)) == 0;
  if (JSON_NODE_HOLDS_OBJECT(node))
    return json_object_get_size(json_node_get_object(node)) == 0;
  return text && *text == '\0';
}

gboolean
pk_json_integer(JsonObject *object, const char *member, gint64 *value)
{
  JsonNode *node = member_of(object, member);

  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64)
    return FALSE;
  *value = json_node_get_int(node);
  return TRUE;
}

gboolean
pk_json_double(JsonObject *object, const char *member, double *value)
{
  JsonNode *node = member_of(object, member);
  gint64 integer;

  if (pk_json_integer(object, member, &integer)) {
    *value = (double)integer;
    return TRUE;
  }
  if (!node || !JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_DOUBLE)
    return FALSE;
  *value = json_node_get_double(node);
  return TRUE;
}
