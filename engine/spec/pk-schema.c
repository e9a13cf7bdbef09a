/* The interpreter of the tables of kinds. */
#include "pk-schema.h"

#include "pk-error.h"

#include <string.h>

const PkKind *const pk_schema_tables[] = { pk_schema_basic_kinds,
                                           pk_schema_mark_kinds,
                                           pk_schema_channel_kinds,
                                           pk_schema_guide_kinds,
                                           pk_schema_data_kinds,
                                           pk_schema_view_kinds,
                                           NULL };

/* What kept a node from fitting a type. */
typedef struct {
  GError *error;     /* the best reason of an alternative that fits in shape */
  GString *expected; /* "a number, one of left, right" */
  const char *near;  /* the word that was perhaps meant; interned */
  gsize distance;
  const char *unsupported; /* the reason behind "!" */
  gboolean unsupported_word;
} Misfit;

const PkKind *
pk_schema_find(const char *name, gsize length)
{
  for (guint t = 0; pk_schema_tables[t]; t++)
    for (const PkKind *kind = pk_schema_tables[t]; kind->name; kind++)
      if (strlen(kind->name) == length && memcmp(kind->name, name, length) == 0)
        return kind;
  return NULL;
}

char *
pk_schema_member_path(const char *path, const char *name)
{
  gboolean plain = g_ascii_isalpha(name[0]) || name[0] == '_' || name[0] == '$';
  for (const char *p = name; *p; p++)
    plain = plain && (g_ascii_isalnum(*p) || *p == '_' || *p == '$');
  if (plain)
    return g_strdup_printf("%s.%s", path, name);
  g_autofree char *shown = g_strndup(name, MIN(strlen(name), 60));
  g_autofree char *escaped = g_utf8_make_valid(shown, -1);
  g_strdelimit(escaped, "\n\r\t", ' ');
  return g_strdup_printf("%s[\"%s\"]", path, escaped);
}

/* The number of changes that turn one short word into another (Levenshtein), at most 99; swapped neighbours
 * are one. */
static gsize
distance(const char *a, const char *b)
{
  gsize n = strlen(a), m = strlen(b);
  gsize rows[3][64];
  if (n > 60 || m > 60)
    return 99;
  for (gsize j = 0; j <= m; j++)
    rows[0][j] = j;
  for (gsize i = 1; i <= n; i++) {
    gsize *row = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
    row[0] = i;
    for (gsize j = 1; j <= m; j++) {
      gboolean same = g_ascii_tolower(a[i - 1]) == g_ascii_tolower(b[j - 1]);
      row[j] = MIN(MIN(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN(row[j], two[j - 2] + 1);
    }
  }
  return rows[n % 3][m];
}

/* Notes a word if it is the nearest so far, and near enough to be meant. */
static void
suggest(Misfit *misfit, const char *given, const char *word)
{
  gsize d = distance(given, word);
  if (d > 2 && d * 3 > strlen(word))
    return;
  if (!misfit->near || d < misfit->distance) {
    misfit->near = g_intern_string(word);
    misfit->distance = d;
  }
}

/* --- types --- */

/* The next alternative of a type from *at on; FALSE at the end. Brackets keep their content together. */
static gboolean
next_alternative(const char **at, const char **start, gsize *length)
{
  guint depth = 0;
  const char *p = *at;
  if (!*p)
    return FALSE;
  if (*p == '!') { /* the rest is its reason */
    *start = p;
    *length = strlen(p);
    *at = p + *length;
    return TRUE;
  }
  *start = p;
  for (; *p && (depth > 0 || *p != '|'); p++)
    depth += *p == '[' ? 1 : *p == ']' ? (guint)-1 : 0;
  *length = (gsize)(p - *start);
  *at = *p ? p + 1 : p;
  return TRUE;
}

static gboolean
is_word(const char *start, gsize length, const char *word)
{
  return strlen(word) == length && memcmp(start, word, length) == 0;
}

static const char *
shape_of(JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL(node))
    return "null";
  if (JSON_NODE_HOLDS_OBJECT(node))
    return "object";
  if (JSON_NODE_HOLDS_ARRAY(node))
    return "array";
  GType type = json_node_get_value_type(node);
  return type == G_TYPE_STRING ? "string" : type == G_TYPE_BOOLEAN ? "boolean" : "number";
}

/* The value as an error shows it. */
static char *
show(JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
    return g_strdup(JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_BOOLEAN
                      ? json_node_get_boolean(node) ? "true" : "false"
                    : JSON_NODE_HOLDS_NULL(node)   ? "null"
                    : JSON_NODE_HOLDS_ARRAY(node)  ? "an array"
                    : JSON_NODE_HOLDS_OBJECT(node) ? "an object"
                                                   : "a number");
  const char *text = json_node_get_string(node);
  g_autofree char *cut = g_strndup(text, MIN(strlen(text), 40));
  g_autofree char *valid = g_utf8_make_valid(cut, -1);
  g_strdelimit(valid, "\n\r\t", ' ');
  return g_strdup_printf("\"%s\"%s", valid, strlen(text) > 40 ? "…" : "");
}

static void
expect(Misfit *misfit, const char *what, gsize length)
{
  if (misfit->expected->len < 200)
    g_string_append_printf(misfit->expected, "%s%.*s", misfit->expected->len ? ", " : "", (int)length, what);
}

/* --- objects --- */

static gboolean check_type(const char *type, gsize length, JsonNode *node, const char *path, Misfit *misfit);

static const char *
rule_type(const PkKind *kind, const char *name)
{
  const char *open = NULL;
  for (; kind; kind = kind->base ? pk_schema_find(kind->base, strlen(kind->base)) : NULL) {
    for (const PkRule *rule = kind->rules; rule->name; rule++) {
      if (g_str_equal(rule->name, name))
        return rule->type;
      if (g_str_equal(rule->name, "*"))
        open = rule->type;
    }
  }
  return open;
}

static gboolean
unknown_property(const PkKind *kind, const char *name, const char *path, GError **error)
{
  Misfit misfit = { 0 };
  for (const PkKind *k = kind; k; k = k->base ? pk_schema_find(k->base, strlen(k->base)) : NULL)
    for (const PkRule *rule = k->rules; rule->name; rule++)
      if (rule->type[0] != '!')
        suggest(&misfit, name, rule->name);
  return pk_fail(error, PK_ERROR_INVALID, "%s: unknown property%s%s%s", path,
                 misfit.near ? "; did you mean \"" : "", misfit.near ? misfit.near : "",
                 misfit.near ? "\"?" : "");
}

static gboolean
check_members(const PkKind *kind, JsonObject *object, const char *path, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  json_object_iter_init_ordered(&iter, object);
  while (json_object_iter_next_ordered(&iter, &name, &member)) {
    const char *type = rule_type(kind, name);
    g_autofree char *inner = pk_schema_member_path(path, name);
    if (!type)
      return unknown_property(kind, name, inner, error);
    if (!pk_schema_check(type, member, inner, error))
      return FALSE;
  }
  return TRUE;
}

/* Has the object the members that tell this kind? */
static gboolean
has_key(const PkKind *kind, JsonObject *object, gboolean *all)
{
  gboolean any = FALSE;
  *all = TRUE;
  if (!kind->key)
    return TRUE;
  g_auto(GStrv) names = g_strsplit(kind->key + (kind->key[0] == '='), " ", -1);
  for (guint i = 0; names[i]; i++) {
    gboolean has = json_object_has_member(object, names[i]);
    any = any || (has && (i == 0 || kind->key[0] != '='));
    *all = *all && has;
  }
  *all = *all || kind->key[0] != '=';
  return any;
}

static gboolean
check_object(const PkKind *kind, JsonNode *node, const char *path, Misfit *misfit)
{
  gboolean all;
  JsonObject *object = json_node_get_object(node);
  if (!has_key(kind, object, &all)) {
    expect(misfit, kind->key + (kind->key[0] == '='), strlen(kind->key) - (kind->key[0] == '='));
    return FALSE;
  }
  if (misfit->error) /* another kind was told already */
    return FALSE;
  if (!all) {
    pk_fail(&misfit->error, PK_ERROR_INVALID, "%s: the properties %s are required", path, kind->key + 1);
    return FALSE;
  }
  return check_members(kind, object, path, &misfit->error);
}

static gboolean
check_array(const char *type, gsize length, JsonNode *node, const char *path, Misfit *misfit)
{
  JsonArray *array = json_node_get_array(node);
  g_autofree char *item = g_strndup(type + 1, length - 2);
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < json_array_get_length(array); i++) {
    g_autofree char *inner = g_strdup_printf("%s[%u]", path, i);
    if (!pk_schema_check(item, json_array_get_element(array, i), inner, &error)) {
      if (!misfit->error)
        misfit->error = g_steal_pointer(&error);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_words(const PkKind *kind, JsonNode *node, Misfit *misfit)
{
  const char *given = json_node_get_string(node);
  g_auto(GStrv) words = g_strsplit(kind->text, " ", -1);
  for (guint i = 0; words[i]; i++) {
    gboolean unsupported = words[i][0] == '!';
    if (g_str_equal(words[i] + unsupported, given)) {
      misfit->unsupported_word = unsupported;
      return !unsupported;
    }
    if (!unsupported)
      suggest(misfit, given, words[i]);
  }
  g_autofree char *shown = g_strjoinv(", ", words);
  expect(misfit, shown, strlen(shown) > 80 ? 0 : strlen(shown));
  return FALSE;
}

static gboolean
check_kind(const PkKind *kind, JsonNode *node, const char *path, Misfit *misfit)
{
  g_autoptr(GError) error = NULL;
  switch (kind->form) {
  case PK_KIND_ALIAS:
    return check_type(kind->text, strlen(kind->text), node, path, misfit);
  case PK_KIND_WORDS:
    if (g_str_equal(shape_of(node), "string"))
      return check_words(kind, node, misfit);
    expect(misfit, "a word", 6);
    return FALSE;
  case PK_KIND_CHECK:
    if (kind->check(node, path, &error))
      return TRUE;
    if (error && !misfit->error)
      misfit->error = g_steal_pointer(&error);
    else if (!error)
      expect(misfit, kind->text, strlen(kind->text));
    return FALSE;
  case PK_KIND_OBJECT:
    if (JSON_NODE_HOLDS_OBJECT(node))
      return check_object(kind, node, path, misfit);
    expect(misfit, "an object", 9);
    return FALSE;
  }
  return FALSE;
}

static gboolean
check_one(const char *type, gsize length, JsonNode *node, const char *path, Misfit *misfit)
{
  const char *shape = shape_of(node);
  if (type[0] == '!') {
    misfit->unsupported = type + 1;
    return FALSE;
  }
  if (is_word(type, length, "any") || is_word(type, length, shape))
    return TRUE;
  if (type[0] == '\'') {
    gboolean is_text = g_str_equal(shape, "string");
    g_autofree char *word = g_strndup(type + 1, length - 2);
    if (is_text && g_str_equal(json_node_get_string(node), word))
      return TRUE;
    if (is_text)
      suggest(misfit, json_node_get_string(node), word);
    expect(misfit, word, strlen(word));
    return FALSE;
  }
  if (type[0] == '[') {
    if (JSON_NODE_HOLDS_ARRAY(node))
      return check_array(type, length, node, path, misfit);
    expect(misfit, "an array", 8);
    return FALSE;
  }
  if (g_ascii_isupper(type[0]))
    return check_kind(pk_schema_find(type, length), node, path, misfit);
  expect(misfit, type, length);
  return FALSE;
}

static gboolean
check_type(const char *type, gsize length, JsonNode *node, const char *path, Misfit *misfit)
{
  g_autofree char *text = g_strndup(type, length);
  const char *at = text, *start;
  gsize n;
  while (next_alternative(&at, &start, &n))
    if (check_one(start, n, node, path, misfit))
      return TRUE;
  if (misfit->unsupported) /* outlives this copy of the type */
    misfit->unsupported = g_intern_string(misfit->unsupported);
  return FALSE;
}

static void
tell(Misfit *misfit, JsonNode *node, const char *path, GError **error)
{
  g_autofree char *value = show(node);
  if (misfit->unsupported_word)
    pk_fail(error, PK_ERROR_UNSUPPORTED, "%s: %s is not supported", path, value);
  else if (misfit->error)
    g_propagate_error(error, g_steal_pointer(&misfit->error));
  else if (misfit->unsupported)
    pk_fail(error, PK_ERROR_UNSUPPORTED, "%s: not supported (%s)", path, misfit->unsupported);
  else if (misfit->near)
    pk_fail(error, PK_ERROR_INVALID, "%s: %s is not known; did you mean \"%s\"?", path, value, misfit->near);
  else
    pk_fail(error, PK_ERROR_INVALID, "%s: %s is not allowed here%s%s", path, value,
            misfit->expected->len ? ", but: " : "", misfit->expected->str);
}

gboolean
pk_schema_check(const char *type, JsonNode *node, const char *path, GError **error)
{
  Misfit misfit = { .expected = g_string_new(NULL) };
  gboolean ok = check_type(type, strlen(type), node, path, &misfit);
  if (!ok)
    tell(&misfit, node, path, error);
  g_clear_error(&misfit.error);
  g_string_free(misfit.expected, TRUE);
  return ok;
}

/* --- the tables themselves --- */

static gboolean
type_is_sound(const char *type)
{
  static const char *const plain[] = { "number", "string", "boolean", "null", "object", "any", NULL };
  const char *at = type, *start;
  gsize n;
  gboolean ok = *type != '\0';
  while (ok && next_alternative(&at, &start, &n)) {
    g_autofree char *one = g_strndup(start, n);
    if (one[0] == '[' && one[n - 1] == ']') {
      one[n - 1] = '\0';
      ok = type_is_sound(one + 1);
    } else if (g_ascii_isupper(one[0])) {
      ok = pk_schema_find(one, n) != NULL;
    } else {
      ok = one[0] == '!' || (one[0] == '\'' && n > 2 && one[n - 1] == '\'') || g_strv_contains(plain, one);
    }
  }
  return ok;
}

gboolean
pk_schema_is_sound(char **bad)
{
  for (guint t = 0; pk_schema_tables[t]; t++) {
    for (const PkKind *kind = pk_schema_tables[t]; kind->name; kind++) {
      if ((kind->base && !pk_schema_find(kind->base, strlen(kind->base))) ||
          pk_schema_find(kind->name, strlen(kind->name)) != kind ||
          (kind->form == PK_KIND_ALIAS && !type_is_sound(kind->text))) {
        *bad = g_strdup(kind->name);
        return FALSE;
      }
      for (const PkRule *rule = kind->rules; rule && rule->name; rule++) {
        if (!type_is_sound(rule->type)) {
          *bad = g_strdup_printf("%s.%s: %s", kind->name, rule->name, rule->type);
          return FALSE;
        }
      }
    }
  }
  return TRUE;
}
