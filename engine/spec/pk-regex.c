#include "pk-regex.h"

#include "pk-error.h"

#include <string.h>

#define SPACES                                                                                              \
  "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"    \
  "\\x{feff}"
#define NO_SPACES                                                                                           \
  "\\x{1}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}"       \
  "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{d7ff}\\x{e000}-\\x{fefe}\\x{"     \
  "ff00}-\\x{10ffff}"
#define ANY "\\x{1}-\\x{d7ff}\\x{e000}-\\x{10ffff}"

typedef struct {
  const char *at;
  GString *out;
  guint groups; /* open ones */
  gboolean dot_all, multiline;
  PkRegex *regex;
  GError **error;
} Translator;

static gboolean
fail(Translator *t, const char *what)
{
  return pk_fail(t->error, PK_ERROR_PARSE, "regular expression: %s", what);
}

static void
append_char(GString *out, gunichar c)
{
  if (g_unichar_isalnum(c) || c == '_')
    g_string_append_unichar(out, c);
  else
    g_string_append_printf(out, "\\x{%x}", c);
}

static gunichar
next_char(Translator *t)
{
  gunichar c = g_utf8_get_char(t->at);
  t->at = g_utf8_next_char(t->at);
  return c;
}

/* Up to max hexadecimal digits at p; FALSE if there are fewer than min. */
static gboolean
read_hex(const char **p, guint min, guint max, gunichar *code)
{
  guint n = 0;
  *code = 0;
  for (; n < max && g_ascii_isxdigit(**p); n++, (*p)++)
    *code = *code * 16 + (gunichar)g_ascii_xdigit_value(**p);
  return n >= min;
}

/* The character of an escape that is no class, after the backslash. */
static gboolean
read_escaped(Translator *t, gunichar *code)
{
  static const char from[] = "tnvfr", to[] = "\t\n\v\f\r";
  gunichar c = next_char(t);
  const char *p = t->at;
  const char *found = c < 128 ? strchr(from, (char)c) : NULL;
  *code = c;
  if (found) {
    *code = (gunichar)to[found - from];
  } else if (c == 'c' && g_ascii_isalpha(*t->at)) {
    *code = (gunichar)(*t->at++ & 31);
  } else if (c == 'x' && read_hex(&p, 2, 2, code)) {
    t->at = p;
  } else if (c == 'u' && *p == '{' && p++ && read_hex(&p, 1, 6, code) && *p == '}') {
    t->at = p + 1;
  } else if (c == 'u' && (p = t->at) && read_hex(&p, 4, 4, code)) {
    t->at = p;
  } else {
    *code = c;
  }
  return *code == 0 || *code == '0' ? fail(t, "NUL is not allowed")
         : g_unichar_validate(*code) ? TRUE : fail(t, "no such character");
}

/* The ranges of \d, \w, \s and their opposites, NULL for another letter. */
static const char *
class_of(char letter)
{
  switch (letter) {
  case 'd':
    return "0-9";
  case 'D':
    return "\\x{1}-/:-\\x{d7ff}\\x{e000}-\\x{10ffff}";
  case 'w':
    return "0-9A-Z_a-z";
  case 'W':
    return "\\x{1}-/:-@\\x{5b}-\\x{5e}`\\x{7b}-\\x{d7ff}\\x{e000}-\\x{10ffff}";
  case 's':
    return SPACES;
  case 'S':
    return NO_SPACES;
  default:
    return NULL;
  }
}

/* One member of a class; *single: a character that may start a range. */
static gboolean
read_class_atom(Translator *t, gunichar *code, gboolean *single)
{
  *single = TRUE;
  if (*t->at != '\\') {
    *code = next_char(t);
    return TRUE;
  }
  t->at++;
  const char *ranges = class_of(*t->at);
  if (ranges) {
    t->at++;
    g_string_append(t->out, ranges);
    *single = FALSE;
    return TRUE;
  }
  if (*t->at == 'b') {
    t->at++;
    *code = '\b';
    return TRUE;
  }
  return *t->at ? read_escaped(t, code) : fail(t, "it ends with a backslash");
}

static gboolean
translate_class(Translator *t)
{
  gboolean negated = *t->at == '^', single, single_end;
  gunichar low, high;
  t->at += negated;
  if (*t->at == ']') { /* nothing, or anything */
    t->at++;
    g_string_append_printf(t->out, negated ? "[%s]" : "[^%s]", ANY);
    return TRUE;
  }
  g_string_append(t->out, negated ? "[^" : "[");
  while (*t->at && *t->at != ']') {
    if (!read_class_atom(t, &low, &single))
      return FALSE;
    if (!single)
      continue;
    append_char(t->out, low);
    if (t->at[0] != '-' || t->at[1] == ']' || !t->at[1])
      continue;
    gsize mark = t->out->len;
    t->at++;
    g_string_append_c(t->out, '-');
    if (!read_class_atom(t, &high, &single_end))
      return FALSE;
    if (!single_end) /* "a-\d": the hyphen stands for itself */
      g_string_insert(t->out, (gssize)mark, "\\x{2d}"), g_string_erase(t->out, (gssize)mark + 6, 1);
    else if (high < low)
      return fail(t, "a range of a class is out of order");
    else
      append_char(t->out, high);
  }
  if (*t->at++ != ']')
    return fail(t, "a class without \"]\"");
  g_string_append_c(t->out, ']');
  return TRUE;
}

static gboolean
translate_escape(Translator *t)
{
  const char *ranges = class_of(*t->at);
  gunichar code;
  if (!*t->at)
    return fail(t, "it ends with a backslash");
  if (ranges) {
    t->at++;
    g_string_append_printf(t->out, "[%s]", ranges);
    return TRUE;
  }
  if (*t->at == 'b' || *t->at == 'B') {
    g_string_append_printf(t->out, "\\%c", *t->at++);
    return TRUE;
  }
  if (*t->at >= '1' && *t->at <= '9') {
    guint number = 0;
    for (; g_ascii_isdigit(*t->at) && number < 1000; t->at++)
      number = number * 10 + (guint)(*t->at - '0');
    g_string_append_printf(t->out, "\\g{%u}", number);
    t->regex->is_linear = FALSE;
    return TRUE;
  }
  if (t->at[0] == 'k' && t->at[1] == '<')
    return fail(t, "back-references by name are not supported");
  if (!read_escaped(t, &code))
    return FALSE;
  append_char(t->out, code);
  return TRUE;
}

static gboolean
translate_group(Translator *t)
{
  static const char *const looks[] = { "?=", "?!", "?<=", "?<!" };
  t->groups++;
  for (guint i = 0; i < G_N_ELEMENTS(looks); i++) {
    if (g_str_has_prefix(t->at, looks[i])) {
      t->regex->is_linear = FALSE;
      t->at += strlen(looks[i]);
      g_string_append_printf(t->out, "(%s", looks[i]);
      return TRUE;
    }
  }
  if (g_str_has_prefix(t->at, "?:")) {
    t->at += 2;
    g_string_append(t->out, "(?:");
  } else if (g_str_has_prefix(t->at, "?<")) {
    gsize n = strspn(t->at + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    if (n == 0 || n > 30 || t->at[2 + n] != '>')
      return fail(t, "a group's name is malformed");
    g_string_append_printf(t->out, "(?P<%.*s>", (int)n, t->at + 2);
    t->at += n + 3;
  } else if (*t->at == '?') {
    return fail(t, "an unknown kind of group");
  } else {
    g_string_append_c(t->out, '(');
  }
  return TRUE;
}

/* "{2}", "{2,}", "{2,5}"; anything else is a plain brace. */
static void
translate_brace(Translator *t)
{
  const char *p = t->at;
  while (g_ascii_isdigit(*p))
    p++;
  gboolean ok = p > t->at && p - t->at < 6;
  if (*p == ',')
    for (p++; g_ascii_isdigit(*p); p++)
      ;
  if (!ok || *p != '}') {
    g_string_append(t->out, "\\x{7b}");
    return;
  }
  if (g_ascii_strtoull(t->at, NULL, 10) > 1000)
    t->regex->is_linear = FALSE;
  g_string_append_c(t->out, '{');
  g_string_append_len(t->out, t->at, p + 1 - t->at);
  t->at = p + 1;
}

static gboolean
translate_one(Translator *t)
{
  gunichar c = next_char(t);
  switch (c) {
  case '\\':
    return translate_escape(t);
  case '[':
    return translate_class(t);
  case '(':
    return translate_group(t);
  case ')':
    if (t->groups-- == 0)
      return fail(t, "\")\" without \"(\"");
    g_string_append_c(t->out, ')');
    break;
  case '{':
    translate_brace(t);
    break;
  case '.':
    g_string_append(t->out, t->dot_all ? "[" ANY "]" : "[^\\n\\r\\x{2028}\\x{2029}]");
    break;
  case '^':
    g_string_append(t->out, t->multiline ? "(?m:^)" : "\\A");
    break;
  case '$':
    g_string_append(t->out, t->multiline ? "(?m:$)" : "\\z");
    break;
  case '|':
  case '*':
  case '+':
  case '?':
    g_string_append_c(t->out, (char)c);
    if (c != '|' && *t->at == '+')
      return fail(t, "nothing to repeat");
    break;
  default:
    append_char(t->out, c);
  }
  return TRUE;
}

gboolean
pk_regex_translate(const char *pattern, const char *flags, PkRegex *out, GError **error)
{
  g_autoptr(GString) text = g_string_new(strchr(flags, 'i') ? "(?i)" : NULL);
  Translator t = { .at = pattern, .out = text, .regex = out, .error = error };
  t.dot_all = strchr(flags, 's') != NULL;
  t.multiline = strchr(flags, 'm') != NULL;
  *out = (PkRegex){ .is_linear = TRUE, .is_global = strchr(flags, 'g') != NULL };
  if (strspn(flags, "gimsuy") != strlen(flags))
    return fail(&t, "an unknown flag");
  while (*t.at)
    if (!translate_one(&t))
      return FALSE;
  if (t.groups > 0)
    return fail(&t, "\"(\" without \")\"");
  g_autoptr(GError) why = NULL;
  g_autoptr(GRegex) check = g_regex_new(text->str, 0, 0, &why);
  if (!check)
    return pk_fail(error, PK_ERROR_PARSE, "regular expression /%.60s/: %s", pattern, why->message);
  out->pattern = g_string_free(g_steal_pointer(&text), FALSE);
  return TRUE;
}

gboolean
pk_regex_translate_literal(const char *literal, PkRegex *out, GError **error)
{
  const char *end = strrchr(literal, '/');
  g_autofree char *pattern =
    end > literal ? g_strndup(literal + 1, (gsize)(end - literal - 1)) : g_strdup("");
  return pk_regex_translate(pattern, end ? end + 1 : "", out, error);
}

void
pk_regex_clear(PkRegex *self)
{
  g_clear_pointer(&self->pattern, g_free);
}
