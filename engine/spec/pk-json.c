#include "pk-json.h"

#include "pk-error.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *start, *at, *end;
  const char *name;
  guint depth;
  GError **error;
} Reader;

static JsonNode *read_value(Reader *r);

/* Fails with the place, counted in lines and characters from 1. */
static gboolean
fail_at(Reader *r, const char *place, PkErrorCode code, const char *what)
{
  guint line = 1, column = 1;
  for (const char *p = r->start; p < place; p++) {
    if (*p == '\n') {
      line++;
      column = 1;
    } else if (((guchar)*p & 0xc0) != 0x80) {
      column++;
    }
  }
  return pk_fail(r->error, code, "%s%s%u:%u: %s", r->name ? r->name : "", r->name ? ":" : "line ", line,
                 column, what);
}

static gboolean
fail(Reader *r, const char *what)
{
  return fail_at(r, r->at, PK_ERROR_PARSE, what);
}

static void
skip_space(Reader *r)
{
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
    r->at++;
}

static gboolean
read_hex4(Reader *r, guint *code)
{
  *code = 0;
  if (r->end - r->at < 4)
    return fail(r, "\\u needs four hexadecimal digits");
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value(r->at[i]);
    if (digit < 0)
      return fail(r, "\\u needs four hexadecimal digits");
    *code = *code * 16 + (guint)digit;
  }
  r->at += 4;
  return TRUE;
}

/* After "\u"; a surrogate needs its other half. */
static gboolean
read_unicode(Reader *r, GString *out)
{
  guint code, low;
  if (!read_hex4(r, &code))
    return FALSE;
  if (code == 0)
    return fail(r, "the character NUL is not allowed in a text");
  if (code >= 0xdc00 && code < 0xe000)
    return fail(r, "an unpaired surrogate");
  if (code >= 0xd800 && code < 0xdc00) {
    if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
      return fail(r, "an unpaired surrogate");
    r->at += 2;
    if (!read_hex4(r, &low))
      return FALSE;
    if (low < 0xdc00 || low >= 0xe000)
      return fail(r, "an unpaired surrogate");
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  g_string_append_unichar(out, code);
  return TRUE;
}

static gboolean
read_escape(Reader *r, GString *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (r->at >= r->end)
    return fail(r, "the text ends within a string");
  char c = *r->at;
  const char *found = c ? strchr(from, c) : NULL;
  if (c != 'u' && !found)
    return fail(r, "an unknown escape in a string");
  r->at++;
  if (c == 'u')
    return read_unicode(r, out);
  g_string_append_c(out, to[found - from]);
  return TRUE;
}

/* At the opening quote. */
static char *
read_string(Reader *r)
{
  g_autoptr(GString) out = g_string_new(NULL);
  r->at++;
  for (;;) {
    const char *run = r->at;
    while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (guchar)*r->at >= 0x20)
      r->at++;
    g_string_append_len(out, run, r->at - run);
    if (r->at >= r->end || (guchar)*r->at < 0x20) {
      fail(r, r->at >= r->end ? "the text ends within a string" : "a control character in a string");
      return NULL;
    }
    if (*r->at++ == '"')
      return g_string_free(g_steal_pointer(&out), FALSE);
    if (!read_escape(r, out))
      return NULL;
  }
}

static gboolean
skip_digits(Reader *r)
{
  if (r->at >= r->end || !g_ascii_isdigit(*r->at))
    return fail(r, "a digit is expected in a number");
  while (r->at < r->end && g_ascii_isdigit(*r->at))
    r->at++;
  return TRUE;
}

static JsonNode *
read_number(Reader *r)
{
  const char *start = r->at;
  gboolean whole = TRUE;
  if (*r->at == '-')
    r->at++;
  if (r->at < r->end && *r->at == '0')
    r->at++;
  else if (!skip_digits(r))
    return NULL;
  if (r->at < r->end && *r->at == '.') {
    whole = FALSE;
    r->at++;
    if (!skip_digits(r))
      return NULL;
  }
  if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
    whole = FALSE;
    r->at++;
    if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
      r->at++;
    if (!skip_digits(r))
      return NULL;
  }
  g_autofree char *text = g_strndup(start, (gsize)(r->at - start));
  double d = g_ascii_strtod(text, NULL);
  if (!isfinite(d)) {
    fail_at(r, start, PK_ERROR_PARSE, "a number too large for a double");
    return NULL;
  }
  JsonNode *node = json_node_alloc();
  if (whole && fabs(d) <= 9007199254740992.0 && !(d == 0 && signbit(d)))
    return json_node_init_int(node, (gint64)d);
  return json_node_init_double(node, d);
}

static JsonNode *
read_word(Reader *r)
{
  static const char *words[] = { "true", "false", "null" };
  for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
    gsize n = strlen(words[i]);
    if ((gsize)(r->end - r->at) < n || memcmp(r->at, words[i], n) != 0)
      continue;
    r->at += n;
    JsonNode *node = json_node_alloc();
    return i == 2 ? json_node_init_null(node) : json_node_init_boolean(node, i == 0);
  }
  fail(r, r->at >= r->end ? "the text ends where a value is expected" : "a value is expected");
  return NULL;
}

/* After an item: TRUE if another follows; *done at the closing bracket. */
static gboolean
read_separator(Reader *r, char close, gboolean *done)
{
  skip_space(r);
  if (r->at >= r->end)
    return fail(r, close == '}' ? "the text ends within an object" : "the text ends within an array");
  if (*r->at == close || *r->at == ',') {
    *done = *r->at++ == close;
    return TRUE;
  }
  return fail(r, close == '}' ? "\",\" or \"}\" is expected" : "\",\" or \"]\" is expected");
}

static JsonNode *
read_array(Reader *r)
{
  JsonArray *array = json_array_new();
  g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), array);
  json_array_unref(array);
  r->at++;
  skip_space(r);
  gboolean done = r->at < r->end && *r->at == ']';
  if (done)
    r->at++;
  while (!done) {
    JsonNode *item = read_value(r);
    if (!item)
      return NULL;
    json_array_add_element(array, item);
    if (!read_separator(r, ']', &done))
      return NULL;
  }
  return g_steal_pointer(&node);
}

static gboolean
read_member(Reader *r, JsonObject *object)
{
  skip_space(r);
  if (r->at >= r->end || *r->at != '"')
    return fail(r,
                r->at >= r->end ? "the text ends within an object" : "a member name in quotes is expected");
  const char *place = r->at;
  g_autofree char *name = read_string(r);
  if (!name)
    return FALSE;
  if (json_object_has_member(object, name)) {
    g_autofree char *what = g_strdup_printf("the member \"%s\" is given twice", name);
    return fail_at(r, place, PK_ERROR_PARSE, what);
  }
  skip_space(r);
  if (r->at >= r->end || *r->at != ':')
    return fail(r, "\":\" is expected after a member name");
  r->at++;
  JsonNode *value = read_value(r);
  if (!value)
    return FALSE;
  json_object_set_member(object, name, value);
  return TRUE;
}

static JsonNode *
read_object(Reader *r)
{
  JsonObject *object = json_object_new();
  g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
  json_object_unref(object);
  r->at++;
  skip_space(r);
  gboolean done = r->at < r->end && *r->at == '}';
  if (done)
    r->at++;
  while (!done)
    if (!read_member(r, object) || !read_separator(r, '}', &done))
      return NULL;
  return g_steal_pointer(&node);
}

static JsonNode *
read_value(Reader *r)
{
  skip_space(r);
  char c = r->at < r->end ? *r->at : '\0';
  if (c == '{' || c == '[') {
    if (r->depth >= PK_JSON_MAX_DEPTH) {
      fail_at(r, r->at, PK_ERROR_LIMIT, "nested too deeply");
      return NULL;
    }
    r->depth++;
    JsonNode *node = c == '{' ? read_object(r) : read_array(r);
    r->depth--;
    return node;
  }
  if (c == '"') {
    g_autofree char *text = read_string(r);
    return text ? json_node_init_string(json_node_alloc(), text) : NULL;
  }
  if (c == '-' || g_ascii_isdigit(c))
    return read_number(r);
  return read_word(r);
}

JsonNode *
pk_json_parse(const char *text, gssize length, const char *name, GError **error)
{
  gsize n = length < 0 ? strlen(text) : (gsize)length;
  Reader r = { .start = text, .at = text, .end = text + n, .name = name, .error = error };
  const char *bad = NULL;
  if (!g_utf8_validate_len(text, n, &bad)) {
    fail_at(&r, bad, PK_ERROR_PARSE, *bad ? "invalid UTF-8" : "a NUL byte");
    return NULL;
  }
  if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
    r.at += 3;
  g_autoptr(JsonNode) node = read_value(&r);
  if (!node)
    return NULL;
  skip_space(&r);
  if (r.at < r.end) {
    fail(&r, "the document ends here, but more text follows");
    return NULL;
  }
  return g_steal_pointer(&node);
}
