#include "pk-expr-lex.h"

#include "pk-ecma.h"
#include "pk-error.h"

#include <string.h>

void
pk_lexer_init(PkLexer *self, const char *text, GError **error)
{
  *self = (PkLexer){ .text = text, .at = text, .error = error };
}

void
pk_lexer_clear(PkLexer *self)
{
  g_clear_pointer(&self->token.text, g_free);
}

guint
pk_lexer_column(const PkLexer *self, const char *place)
{
  return (guint)g_utf8_strlen(self->text, place - self->text) + 1;
}

gboolean
pk_lexer_fail(PkLexer *self, const char *place, const char *what)
{
  return pk_fail(self->error, PK_ERROR_PARSE, "expression column %u: %s: %.80s",
                 pk_lexer_column(self, place), what, self->text);
}

gboolean
pk_lexer_is(const PkLexer *self, const char *mark)
{
  gsize n = strlen(mark);
  return self->token.kind == PK_TOKEN_MARK && (gsize)(self->token.end - self->token.start) == n &&
         memcmp(self->token.start, mark, n) == 0;
}

static gboolean
is_name_start(gunichar c)
{
  return c == '$' || c == '_' || g_unichar_isalpha(c);
}

static gboolean
is_name_part(gunichar c)
{
  return is_name_start(c) || g_unichar_isdigit(c) || g_unichar_ismark(c);
}

static gboolean
skip_space(PkLexer *self)
{
  for (;;) {
    gunichar c = g_utf8_get_char(self->at);
    if (c == 0xfeff || (c && (g_unichar_isspace(c) || c == '\v'))) {
      self->at = g_utf8_next_char(self->at);
    } else if (self->at[0] == '/' && self->at[1] == '*') {
      const char *end = strstr(self->at + 2, "*/");
      if (!end)
        return pk_lexer_fail(self, self->at, "a comment without an end");
      self->at = end + 2;
    } else if (self->at[0] == '/' && self->at[1] == '/') {
      self->at += strcspn(self->at, "\r\n");
    } else {
      return TRUE;
    }
  }
}

static gboolean
lex_number(PkLexer *self)
{
  const char *start = self->at;
  char *end;
  if (start[0] == '0' && g_ascii_isdigit(start[1]))
    return pk_lexer_fail(self, start, "octal numbers are not allowed");
  if (start[0] == '0' && start[1] && strchr("xXoObB", start[1])) {
    end = (char *)start + 2;
    while (g_ascii_isxdigit(*end))
      end++;
    g_autofree char *digits = g_strndup(start, (gsize)(end - start));
    self->token.number = pk_ecma_string_to_number(digits);
    if (end == start + 2 || self->token.number != self->token.number)
      return pk_lexer_fail(self, start, "a number is malformed");
  } else {
    self->token.number = g_ascii_strtod(start, &end);
  }
  if (is_name_start(g_utf8_get_char(end)))
    return pk_lexer_fail(self, end, "a number runs into a name");
  self->token.kind = PK_TOKEN_NUMBER;
  self->at = end;
  return TRUE;
}

static gboolean
lex_hex(PkLexer *self, guint digits, gunichar *code)
{
  *code = 0;
  for (guint i = 0; i < digits; i++, self->at++) {
    int digit = g_ascii_xdigit_value(*self->at);
    if (digit < 0)
      return pk_lexer_fail(self, self->at, "hexadecimal digits are expected");
    *code = *code * 16 + (gunichar)digit;
  }
  return TRUE;
}

/* \u{…} or \uXXXX, the latter maybe a pair of surrogates. */
static gboolean
lex_unicode(PkLexer *self, gunichar *code)
{
  gunichar low;
  if (*self->at == '{') {
    *code = 0;
    for (self->at++; g_ascii_isxdigit(*self->at) && *code < 0x110000; self->at++)
      *code = *code * 16 + (gunichar)g_ascii_xdigit_value(*self->at);
    if (*self->at != '}')
      return pk_lexer_fail(self, self->at, "\"}\" is expected");
    self->at++;
  } else {
    if (!lex_hex(self, 4, code))
      return FALSE;
    if (*code >= 0xd800 && *code < 0xdc00 && self->at[0] == '\\' && self->at[1] == 'u') {
      self->at += 2;
      if (!lex_hex(self, 4, &low))
        return FALSE;
      *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  return g_unichar_validate(*code) ? TRUE : pk_lexer_fail(self, self->at, "no such character");
}

/* After a backslash. */
static gboolean
lex_escape(PkLexer *self, GString *out)
{
  static const char from[] = "nrtbfv", to[] = "\n\r\t\b\f\v";
  gunichar code = g_utf8_get_char(self->at);
  const char *found = code && code < 128 ? strchr(from, (char)code) : NULL;
  if (!code)
    return TRUE; /* the missing quote is told by the caller */
  if (g_ascii_isdigit((char)MIN(code, 127)))
    return pk_lexer_fail(self, self->at, "octal escapes and \\0 are not allowed");
  self->at = g_utf8_next_char(self->at);
  if (code == '\r' && *self->at == '\n')
    self->at++;
  if (code == '\r' || code == '\n' || code == 0x2028 || code == 0x2029)
    return TRUE; /* the text goes on in the next line */
  if (found)
    code = (gunichar)to[found - from];
  else if (code == 'x' && !lex_hex(self, 2, &code))
    return FALSE;
  else if (code == 'u' && !lex_unicode(self, &code))
    return FALSE;
  if (code == 0)
    return pk_lexer_fail(self, self->at, "the character NUL is not allowed");
  g_string_append_unichar(out, code);
  return TRUE;
}

static gboolean
lex_text(PkLexer *self)
{
  const char *start = self->at++;
  g_autoptr(GString) out = g_string_new(NULL);
  while (*self->at && *self->at != *start) {
    if (*self->at == '\\') {
      self->at++;
      if (!lex_escape(self, out))
        return FALSE;
    } else if (*self->at == '\n' || *self->at == '\r') {
      break;
    } else {
      g_string_append_c(out, *self->at++);
    }
  }
  if (*self->at != *start)
    return pk_lexer_fail(self, start, "a text without a closing quote");
  self->at++;
  self->token.kind = PK_TOKEN_TEXT;
  self->token.text = g_string_free(g_steal_pointer(&out), FALSE);
  return TRUE;
}

static gboolean
lex_mark(PkLexer *self)
{
  static const char *const marks[] = { "===", "!==", ">>>", "&&", "||", "==", "!=", "<=", ">=", "<<",
                                       ">>",  "++",  "--",  "(",  ")",  "[",  "]",  "{",  "}",  ",",
                                       ":",   "?",   ".",   "+",  "-",  "*",  "/",  "%",  "<",  ">",
                                       "!",   "~",   "&",   "|",  "^",  ";",  "=" };
  for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
    if (g_str_has_prefix(self->at, marks[i])) {
      self->token.kind = PK_TOKEN_MARK;
      self->at += strlen(marks[i]);
      return TRUE;
    }
  }
  return pk_lexer_fail(self, self->at, "an unexpected character");
}

gboolean
pk_lexer_next(PkLexer *self)
{
  g_clear_pointer(&self->token.text, g_free);
  if (!skip_space(self))
    return FALSE;
  gboolean ok = TRUE;
  gunichar c = g_utf8_get_char(self->at);
  self->token.start = self->at;
  if (c == 0) {
    self->token.kind = PK_TOKEN_END;
  } else if (is_name_start(c)) {
    while (is_name_part(g_utf8_get_char(self->at)))
      self->at = g_utf8_next_char(self->at);
    self->token.kind = PK_TOKEN_NAME;
    self->token.text = g_strndup(self->token.start, (gsize)(self->at - self->token.start));
  } else if (g_ascii_isdigit((char)MIN(c, 127)) || (c == '.' && g_ascii_isdigit(self->at[1]))) {
    ok = lex_number(self);
  } else if (c == '"' || c == '\'') {
    ok = lex_text(self);
  } else {
    ok = lex_mark(self);
  }
  self->token.end = self->at;
  return ok;
}

gboolean
pk_lexer_regex(PkLexer *self, char **pattern, char **flags)
{
  const char *start = self->token.start, *p = start + 1;
  gboolean in_class = FALSE;
  for (; *p && *p != '\n' && *p != '\r' && (in_class || *p != '/'); p++) {
    if (*p == '\\' && p[1])
      p++;
    else if (*p == '[')
      in_class = TRUE;
    else if (*p == ']')
      in_class = FALSE;
  }
  if (*p != '/')
    return pk_lexer_fail(self, start, "a regular expression without an end");
  const char *after = p + 1;
  while (g_ascii_isalnum(*after))
    after++;
  self->at = after;
  g_autofree char *body = g_strndup(start + 1, (gsize)(p - start - 1));
  g_autofree char *letters = g_strndup(p + 1, (gsize)(after - p - 1));
  if (strspn(letters, "gimsuy") != strlen(letters))
    return pk_lexer_fail(self, p + 1, "an unknown flag of a regular expression");
  if (!pk_lexer_next(self))
    return FALSE;
  *pattern = g_steal_pointer(&body);
  *flags = g_steal_pointer(&letters);
  return TRUE;
}
