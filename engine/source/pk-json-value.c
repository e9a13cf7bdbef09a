#include "pk-json-value.h"
#include "pk-text-input.h"

#include <math.h>
#include <string.h>

/* Objects of more keys than this are looked through for doubles by sorting. */
#define FEW_KEYS 24

typedef struct {
  const char *text;
  gsize length;
  guint32 hash;
} Key;

typedef struct {
  const char *start, *at, *end;
  PkJsonScratch *scratch;
  const PkJsonVisitor *visitor;
  gpointer data;
  guint depth;
  char *reason;
} Check;

const char *
pk_json_kind_name(PkJsonKind kind)
{
  static const char *const names[] = { "null", "true or false", "a number", "a text", "an array", "an object" };
  return names[kind];
}

void
pk_json_scratch_clear(PkJsonScratch *scratch)
{
  g_clear_pointer(&scratch->keys, g_array_unref);
  g_clear_pointer(&scratch->unescaped, g_string_chunk_free);
  if (scratch->name != NULL)
    g_string_free(g_steal_pointer(&scratch->name), TRUE);
}

static gboolean
fail(Check *check, const char *what)
{
  check->reason = check->at < check->end ? g_strdup_printf("%s, at byte %" G_GSIZE_FORMAT " of it", what,
                                                           (gsize)(check->at - check->start) + 1)
                                         : g_strdup_printf("%s before it ends", what);
  return FALSE;
}

static void
skip_space(Check *check)
{
  while (check->at < check->end &&
         (*check->at == ' ' || *check->at == '\n' || *check->at == '\t' || *check->at == '\r'))
    check->at++;
}

static gboolean
take(Check *check, const char *word)
{
  gsize n = strlen(word);

  if ((gsize)(check->end - check->at) < n || memcmp(check->at, word, n) != 0)
    return FALSE;
  check->at += n;
  return TRUE;
}

/* --- strings ---------------------------------------------------------------- */

static gboolean
take_hex(Check *check, guint *unit)
{
  *unit = 0;
  for (int i = 0; i < 4; i++, check->at++) {
    int digit = check->at < check->end ? g_ascii_xdigit_value(*check->at) : -1;
    if (digit < 0)
      return fail(check, "four hexadecimal digits were expected");
    *unit = *unit << 4 | (guint)digit;
  }
  return TRUE;
}

/* After \u. */
static gboolean
take_unicode(Check *check, GString *out)
{
  guint unit, low;

  if (!take_hex(check, &unit))
    return FALSE;
  if (unit >= 0xdc00 && unit < 0xe000)
    return fail(check, "a surrogate has no other half");
  if (unit >= 0xd800 && unit < 0xdc00) {
    if (!take(check, "\\u") || !take_hex(check, &low) || low < 0xdc00 || low >= 0xe000)
      return check->reason != NULL ? FALSE : fail(check, "a surrogate has no other half");
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  if (out != NULL && unit != 0)
    g_string_append_unichar(out, unit);
  else if (out != NULL)
    g_string_append_c(out, '\0');
  return TRUE;
}

static gboolean
take_escape(Check *check, GString *out)
{
  static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";

  check->at++;
  if (take(check, "u"))
    return take_unicode(check, out);
  const char *letter = check->at < check->end && *check->at != '\0' ? strchr(letters, *check->at) : NULL;
  if (letter == NULL)
    return fail(check, "an escape that JSON does not know stands in a string");
  if (out != NULL)
    g_string_append_c(out, bytes[letter - letters]);
  check->at++;
  return TRUE;
}

/* At the quote that opens it. What it says goes to *out (unless NULL) from the first escape on:
 * *plain tells that there was none and the text between the quotes says it itself. */
static gboolean
take_string(Check *check, GString *out, gboolean *plain)
{
  const char *piece = ++check->at;

  *plain = TRUE;
  while (check->at < check->end && *check->at != '"') {
    if ((guchar)*check->at < 0x20)
      return fail(check, "a control character stands in a string");
    if (*check->at != '\\') {
      check->at++;
      continue;
    }
    if (out != NULL)
      g_string_append_len(out, piece, check->at - piece);
    *plain = FALSE;
    if (!take_escape(check, out))
      return FALSE;
    piece = check->at;
  }
  if (check->at == check->end)
    return fail(check, "a string is not closed");
  if (out != NULL && !*plain)
    g_string_append_len(out, piece, check->at - piece);
  check->at++;
  return TRUE;
}

/* --- numbers ---------------------------------------------------------------- */

static gboolean
take_digits(Check *check)
{
  const char *start = check->at;

  while (check->at < check->end && g_ascii_isdigit(*check->at))
    check->at++;
  return check->at > start || fail(check, "a digit was expected");
}

static gboolean
is_finite(const char *text, gsize length)
{
  g_autofree char *copy = g_strndup(text, length);
  return isfinite(g_ascii_strtod(copy, NULL));
}

static gboolean
take_number(Check *check)
{
  const char *start = check->at;
  gboolean exponent = FALSE, special;

  take(check, "-");
  special = take(check, "Infinity") || (check->at == start && take(check, "NaN"));
  if (!special) {
    const char *digits = check->at;
    if (!take_digits(check))
      return FALSE;
    if (*digits == '0' && check->at > digits + 1) {
      check->at = digits;
      return fail(check, "a number begins with 0");
    }
    if (take(check, ".") && !take_digits(check))
      return FALSE;
    if (take(check, "e") || take(check, "E")) {
      exponent = TRUE;
      if (!take(check, "-"))
        take(check, "+");
      if (!take_digits(check))
        return FALSE;
    }
  }
  gsize length = (gsize)(check->at - start);
  if (!special && (exponent || length > 300) && !is_finite(start, length)) {
    check->reason = g_strdup_printf("%.*s%s is beyond the range of a double", (int)MIN(length, 40), start,
                                    length > 40 ? "…" : "");
    return FALSE;
  }
  if (check->visitor->number != NULL)
    check->visitor->number(start, length, check->depth, check->data);
  return TRUE;
}

/* --- objects and arrays ------------------------------------------------------ */

static gboolean take_value(Check *check, PkJsonKind *kind);

static gboolean
same_key(const Key *a, const Key *b)
{
  return a->hash == b->hash && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static int
compare_keys(gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;
  int order = x->hash < y->hash ? -1 : x->hash > y->hash;

  if (order == 0)
    order = x->length < y->length ? -1 : x->length > y->length;
  return order != 0 ? order : memcmp(x->text, y->text, x->length);
}

static gboolean
fail_twice(Check *check, const Key *key)
{
  g_autofree char *cut = g_strndup(key->text, MIN(key->length, 60));
  g_autofree char *valid = g_utf8_make_valid(cut, -1);

  check->reason = g_strdup_printf("the key \"%s\" stands twice in one object", valid);
  return FALSE;
}

/* Do the keys from `first` on, which are those of one object, differ from each other? */
static gboolean
check_keys(Check *check, guint first)
{
  GArray *keys = check->scratch->keys;
  Key *k = &g_array_index(keys, Key, first);
  guint n = keys->len - first;

  if (n <= FEW_KEYS) {
    for (guint i = 1; i < n; i++)
      for (guint j = 0; j < i; j++)
        if (same_key(&k[i], &k[j]))
          return fail_twice(check, &k[i]);
    return TRUE;
  }
  qsort(k, n, sizeof *k, compare_keys);
  for (guint i = 1; i < n; i++)
    if (same_key(&k[i], &k[i - 1]))
      return fail_twice(check, &k[i]);
  return TRUE;
}

/* FNV-1a. */
static guint32
hash_bytes(const char *text, gsize length)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guchar)text[i]) * 16777619u;
  return hash;
}

static gboolean
take_key(Check *check, Key *key)
{
  GString *name = check->scratch->name;
  gboolean plain;

  skip_space(check);
  if (check->at == check->end || *check->at != '"')
    return fail(check, "a key in quotes was expected");
  const char *start = check->at + 1;
  g_string_truncate(name, 0);
  if (!take_string(check, name, &plain))
    return FALSE;
  key->length = plain ? (gsize)(check->at - 1 - start) : name->len;
  key->text = plain ? start : g_string_chunk_insert_len(check->scratch->unescaped, name->str, (gssize)name->len);
  if (memchr(key->text, '\0', key->length) != NULL)
    return fail(check, "a key holds a NUL character");
  key->hash = hash_bytes(key->text, key->length);
  skip_space(check);
  return take(check, ":") || fail(check, "\":\" was expected after a key");
}

static gboolean
take_object(Check *check)
{
  GArray *keys = check->scratch->keys;
  guint first = keys->len;
  gboolean outermost = check->depth == 1;

  skip_space(check);
  if (take(check, "}"))
    return TRUE;
  do {
    Key key;
    PkJsonKind kind;
    if (!take_key(check, &key))
      return FALSE;
    g_array_append_val(keys, key);
    if (!take_value(check, &kind))
      return FALSE;
    if (outermost && check->visitor->member != NULL)
      check->visitor->member(key.text, key.length, kind, check->data);
    skip_space(check);
  } while (take(check, ","));
  if (!take(check, "}"))
    return fail(check, "\",\" or \"}\" was expected");
  gboolean differ = check_keys(check, first);
  g_array_set_size(keys, first);
  return differ;
}

static gboolean
take_array(Check *check)
{
  PkJsonKind kind;

  skip_space(check);
  if (take(check, "]"))
    return TRUE;
  do {
    if (!take_value(check, &kind))
      return FALSE;
    skip_space(check);
  } while (take(check, ","));
  return take(check, "]") || fail(check, "\",\" or \"]\" was expected");
}

static gboolean
take_nested(Check *check, PkJsonKind kind)
{
  if (check->depth == PK_JSON_DEPTH_MAX) {
    check->reason = g_strdup_printf("it is nested deeper than %d", PK_JSON_DEPTH_MAX);
    return FALSE;
  }
  check->at++;
  check->depth++;
  gboolean ok = kind == PK_JSON_OBJECT ? take_object(check) : take_array(check);
  check->depth--;
  return ok;
}

static gboolean
take_value(Check *check, PkJsonKind *kind)
{
  gboolean plain;

  skip_space(check);
  char c = check->at < check->end ? *check->at : '\0';
  *kind = c == '{' ? PK_JSON_OBJECT : c == '[' ? PK_JSON_ARRAY : c == '"' ? PK_JSON_STRING : PK_JSON_NUMBER;
  if (*kind == PK_JSON_STRING)
    return take_string(check, NULL, &plain);
  if (*kind != PK_JSON_NUMBER)
    return take_nested(check, *kind);
  if (g_ascii_isdigit(c) || c == '-' || c == 'N' || c == 'I')
    return take_number(check);
  *kind = PK_JSON_BOOL;
  if (take(check, "true") || take(check, "false"))
    return TRUE;
  *kind = PK_JSON_NULL;
  return take(check, "null") || fail(check, "a value was expected");
}

gboolean
pk_json_value_check(const char *text, gsize length, PkJsonScratch *scratch, const PkJsonVisitor *visitor,
                    gpointer data, PkJsonKind *kind, char **reason)
{
  static const PkJsonVisitor nobody;
  Check check = { .start = text, .at = text, .end = text + length, .scratch = scratch,
                  .visitor = visitor != NULL ? visitor : &nobody, .data = data };

  if (scratch->keys == NULL) {
    scratch->keys = g_array_new(FALSE, FALSE, sizeof(Key));
    scratch->name = g_string_new(NULL);
    scratch->unescaped = g_string_chunk_new(1024);
  }
  g_array_set_size(scratch->keys, 0);
  g_string_chunk_clear(scratch->unescaped);
  *kind = PK_JSON_NULL;
  if (!pk_text_is_utf8(text, length)) {
    *reason = g_strdup(memchr(text, '\0', length) != NULL ? "it holds a NUL byte" : "it is not UTF-8 text");
    return FALSE;
  }
  gboolean ok = take_value(&check, kind);
  skip_space(&check);
  if (ok && check.at < check.end)
    ok = fail(&check, "more text follows the value");
  *reason = check.reason;
  return ok;
}
