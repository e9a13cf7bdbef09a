/* Expression functions: texts and regular expressions. Positions count UTF-16 units. */
#include "pk-ecma.h"
#include "pk-expr-function.h"
#include "pk-numfmt.h"
#include "pk-regex.h"

#include <string.h>

/* The units [from, to) of a text; halves of pairs at the ends become U+FFFD. */
static PkValue
slice_text(const PkCall *call, const char *text, double from, double to)
{
  glong n = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  for (glong i = (glong)CLAMP(from, 0, (double)n); i < (glong)CLAMP(to, 0, (double)n); i++) {
    gunichar unit = units[i];
    gboolean pair = unit >= 0xd800 && unit < 0xdc00 && i + 1 < (glong)CLAMP(to, 0, (double)n);
    if (pair)
      unit = 0x10000 + ((unit - 0xd800) << 10) + (gunichar)(units[++i] - 0xdc00);
    g_string_append_unichar(out, unit >= 0xd800 && unit < 0xe000 ? 0xfffd : unit);
  }
  return pk_call_new_text(call, out->str);
}

/* Upper or lower case by Unicode's full mappings, whatever the process's locale. */
static PkValue
map_case(const PkCall *call, gboolean upper)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = pk_call_text(call, 0); *p; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (c < 128 || (upper && c == 0x131)) {
      g_string_append_c(out, (char)(c == 0x131 ? 'I'
                                    : upper    ? g_ascii_toupper((char)c)
                                               : g_ascii_tolower((char)c)));
    } else if (!upper && c == 0x130) {
      g_string_append(out, "i\xcc\x87");
    } else {
      g_autofree char *mapped = upper ? g_utf8_strup(p, g_utf8_next_char(p) - p)
                                      : g_utf8_strdown(p, g_utf8_next_char(p) - p);
      g_string_append(out, mapped);
    }
  }
  return pk_call_new_text(call, out->str);
}

static gboolean
call_upper(const PkCall *call, PkValue *out)
{
  *out = map_case(call, TRUE);
  return TRUE;
}

static gboolean
call_lower(const PkCall *call, PkValue *out)
{
  *out = map_case(call, FALSE);
  return TRUE;
}

static gboolean
call_length(const PkCall *call, PkValue *out)
{
  PkValue key = pk_value_text("length");
  *out = pk_value_member(call->run->arena, &call->args[0], &key);
  if (pk_value_is_undefined(out)) /* where JavaScript throws */
    *out = pk_value_number(NAN);
  return TRUE;
}

static gboolean
call_substring(const PkCall *call, PkValue *out)
{
  const char *text = pk_call_text(call, 0);
  double n = (double)pk_utf16_length(text);
  double a = CLAMP(pk_call_integer(call, 1, 0), 0, n), b = CLAMP(pk_call_integer(call, 2, n), 0, n);
  *out = slice_text(call, text, MIN(a, b), MAX(a, b));
  return TRUE;
}

/* Of a text or an array; negative places count from the end. */
static gboolean
call_slice(const PkCall *call, PkValue *out)
{
  const PkValue *v = &call->args[0];
  if (v->kind != PK_VALUE_TEXT && v->kind != PK_VALUE_ARRAY) { /* where JavaScript throws */
    *out = pk_value_null();
    return TRUE;
  }
  double n = v->kind == PK_VALUE_TEXT ? (double)pk_utf16_length(v->text) : v->items->len;
  double from = pk_call_integer(call, 1, 0), to = pk_call_integer(call, 2, n);
  from = from < 0 ? MAX(n + from, 0) : MIN(from, n);
  to = to < 0 ? MAX(n + to, 0) : MIN(to, n);
  if (v->kind == PK_VALUE_TEXT) {
    *out = slice_text(call, v->text, from, to);
    return TRUE;
  }
  *out = pk_call_new_array(call);
  for (double i = from; i < to; i++)
    g_ptr_array_add(out->items, v->items->pdata[(guint)i]);
  return TRUE;
}

static gboolean
is_space(gunichar c)
{
  return (c >= 9 && c <= 13) || c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

static gboolean
call_trim(const PkCall *call, PkValue *out)
{
  const char *text = pk_call_text(call, 0), *end = text + strlen(text);
  while (*text && is_space(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  while (end > text && is_space(g_utf8_get_char(g_utf8_prev_char(end))))
    end = g_utf8_prev_char(end);
  *out = pk_value_text(pk_arena_text(call->run->arena, text, end - text));
  return TRUE;
}

/* The longest decimal number at the start (ECMA-262 §19.2.4). */
static gboolean
call_parse_float(const PkCall *call, PkValue *out)
{
  const char *p = pk_call_text(call, 0), *start;
  while (*p && is_space(g_utf8_get_char(p)))
    p = g_utf8_next_char(p);
  start = p;
  p += *p == '-' || *p == '+';
  *out = pk_value_number(NAN);
  if (g_str_has_prefix(p, "Infinity")) {
    *out = pk_value_number(*start == '-' ? -INFINITY : INFINITY);
    return TRUE;
  }
  gsize whole = strspn(p, "0123456789"), part = 0;
  p += whole;
  if (*p == '.') {
    part = strspn(p + 1, "0123456789");
    p += part || whole ? part + 1 : 0;
  }
  if (whole + part == 0)
    return TRUE;
  if (*p == 'e' || *p == 'E') {
    const char *e = p + 1 + (p[1] == '-' || p[1] == '+');
    if (g_ascii_isdigit(*e))
      p = e + strspn(e, "0123456789");
  }
  g_autofree char *number = g_strndup(start, (gsize)(p - start));
  *out = pk_value_number(g_ascii_strtod(number, NULL));
  return TRUE;
}

static gboolean
call_parse_int(const PkCall *call, PkValue *out)
{
  const char *p = pk_call_text(call, 0);
  PkValue given = pk_call_arg(call, 1);
  gint32 radix = pk_value_to_int32(&given);
  double value = 0, sign = 1;
  while (*p && is_space(g_utf8_get_char(p)))
    p = g_utf8_next_char(p);
  if (*p == '-' || *p == '+')
    sign = *p++ == '-' ? -1 : 1;
  if ((radix == 0 || radix == 16) && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
    p += 2;
    radix = 16;
  }
  radix = radix == 0 ? 10 : radix;
  *out = pk_value_number(NAN);
  if (radix < 2 || radix > 36)
    return TRUE;
  const char *start = p;
  for (; *p; p++) {
    int digit = g_ascii_isdigit(*p) ? *p - '0' : g_ascii_isalpha(*p) ? g_ascii_tolower(*p) - 'a' + 10 : 99;
    if (digit >= radix)
      break;
    value = value * radix + digit;
  }
  if (p == start)
    return TRUE;
  if (radix == 10 && p - start > 15) { /* the sum has been rounded on the way */
    g_autofree char *digits = g_strndup(start, (gsize)(p - start));
    value = g_ascii_strtod(digits, NULL);
  }
  *out = pk_value_number(sign * value);
  return TRUE;
}

/* vega-util pad and truncate. */
static gboolean
call_pad(const PkCall *call, PkValue *out)
{
  const char *text = pk_call_text(call, 0);
  PkValue fill = pk_call_arg(call, 2);
  const char *unit = pk_value_to_bool(&fill) ? pk_call_text(call, 2) : " ";
  const char *align = pk_call_text(call, 3);
  double n = pk_call_number(call, 1) - (double)pk_utf16_length(text);
  *out = pk_value_text(text);
  if (!(n > 0))
    return TRUE;
  if (n * (double)strlen(unit) > 1e6)
    return pk_call_fail(call, "the text gets longer than 1 MB");
  gboolean center = g_str_equal(align, "center");
  guint left = g_str_equal(align, "left") ? (guint)n : center ? (guint)(n / 2) : 0;
  guint right = center ? (guint)ceil(n / 2) : left ? 0 : (guint)n;
  g_autoptr(GString) padded = g_string_new(NULL);
  for (guint i = 0; i < left; i++)
    g_string_append(padded, unit);
  g_string_append(padded, text);
  for (guint i = 0; i < right && !g_str_equal(align, "left"); i++)
    g_string_append(padded, unit);
  *out = pk_call_new_text(call, padded->str);
  return TRUE;
}

static gboolean
call_truncate(const PkCall *call, PkValue *out)
{
  const char *text = pk_call_text(call, 0), *align = pk_call_text(call, 2);
  PkValue given = pk_call_arg(call, 3);
  const char *mark = given.kind == PK_VALUE_NULL ? "\xe2\x80\xa6" : pk_call_text(call, 3);
  double n = (double)pk_utf16_length(text), length = pk_call_number(call, 1);
  double l = isnan(length) ? NAN : fmax(0, length - (double)pk_utf16_length(mark));
  *out = pk_value_text(text);
  if (n <= length)
    return TRUE;
  g_autofree char *cut = NULL;
  if (g_str_equal(align, "left"))
    cut = g_strconcat(mark, slice_text(call, text, isnan(l) ? 0 : n - l, n).text, NULL);
  else if (g_str_equal(align, "center") && !isnan(l))
    cut = g_strconcat(slice_text(call, text, 0, ceil(l / 2)).text, mark,
                      slice_text(call, text, n - trunc(l / 2), n).text, NULL);
  else
    cut = g_strconcat(slice_text(call, text, 0, isnan(l) ? 0 : l).text, mark, NULL);
  *out = pk_call_new_text(call, cut);
  return TRUE;
}

/* Steps of backtracking after which a match is given up with an error: some 50 ms, where an expression such as
 * (a*)*b would take longer than anyone waits. PCRE2 reads it at the start of a pattern. */
#define MATCH_LIMIT "(*LIMIT_MATCH=1000000)"

/* The compiled expression of a regex value or a pattern; the caller unrefs. */
static GRegex *
compile(const PkCall *call, const PkValue *v, gboolean *is_global)
{
  PkRegex regex;
  gboolean ok = pk_value_is_regex(v) ? pk_regex_translate_literal(v->text, &regex, call->run->error)
                                     : pk_regex_translate(pk_value_arena_string(call->run->arena, v), "",
                                                          &regex, call->run->error);
  if (!ok)
    return NULL;
  g_autofree char *limited = g_strconcat(MATCH_LIMIT, regex.pattern, NULL);
  GRegex *compiled = g_regex_new(limited, 0, 0, call->run->error);
  if (is_global)
    *is_global = regex.is_global;
  pk_regex_clear(&regex);
  return compiled;
}

/* The engine gave up (too much backtracking)? Then the call fails; the engine's error is taken. By address, since
 * the match that sets it stands among the arguments too. */
static gboolean
matched(const PkCall *call, gboolean found, GError **why, gboolean *out)
{
  *out = found;
  if (!*why)
    return TRUE;
  pk_call_fail(call, (*why)->message);
  g_clear_error(why);
  return FALSE;
}

static gboolean
call_test(const PkCall *call, PkValue *out)
{
  GError *why = NULL;
  gboolean found;
  g_autoptr(GRegex) regex = compile(call, &call->args[0], NULL);
  if (!regex)
    return FALSE;
  if (!matched(call, g_regex_match_full(regex, pk_call_text(call, 1), -1, 0, 0, NULL, &why), &why, &found))
    return FALSE;
  *out = pk_value_bool(found);
  return TRUE;
}

static gboolean
call_regexp(const PkCall *call, PkValue *out)
{
  PkValue flags = pk_call_arg(call, 1);
  if (pk_value_is_regex(&call->args[0]) && pk_value_is_undefined(&flags)) {
    *out = call->args[0];
    return TRUE;
  }
  g_autofree char *text = g_strdup_printf("/%s/%s", pk_call_text(call, 0),
                                          pk_value_is_undefined(&flags) ? "" : pk_call_text(call, 1));
  PkRegex check;
  if (!pk_regex_translate_literal(text, &check, call->run->error))
    return FALSE;
  pk_regex_clear(&check);
  out->kind = PK_VALUE_OBJECT;
  out->text = pk_arena_text(call->run->arena, text, -1);
  return TRUE;
}

/* ECMA-262 §22.1.3.19.1: $$, $&, $`, $', $1 … $99, $<name>. match: NULL for a plain text [start, end). */
static void
append_replacement(GString *out, const char *text, int start, int end, GMatchInfo *match, const char *with)
{
  for (const char *p = with; *p; p++) {
    int groups = match ? g_match_info_get_match_count(match) : 1;
    int digits = p[0] == '$' ? (int)strspn(p + 1, "0123456789") : 0;
    int number = digits > 1 ? (p[1] - 48) * 10 + p[2] - 48 : digits ? p[1] - 48 : 0;
    digits = MIN(digits, 2);
    if (match && digits == 2 && number > g_regex_get_capture_count(g_match_info_get_regex(match))) {
      number /= 10;
      digits = 1;
    }
    if (p[0] == '$' && p[1] == '$') {
      g_string_append_c(out, *p++);
    } else if (p[0] == '$' && p[1] == '&') {
      g_string_append_len(out, text + start, end - start);
      p++;
    } else if (p[0] == '$' && p[1] == '`') {
      g_string_append_len(out, text, start);
      p++;
    } else if (p[0] == '$' && p[1] == '\'') {
      g_string_append(out, text + end);
      p++;
    } else if (match && number > 0 && number <= g_regex_get_capture_count(g_match_info_get_regex(match))) {
      g_autofree char *group = number < groups ? g_match_info_fetch(match, number) : NULL;
      g_string_append(out, group ? group : "");
      p += digits;
    } else {
      g_string_append_c(out, *p);
    }
  }
}

static gboolean
replace_regex(const PkCall *call, PkValue *out)
{
  GError *why = NULL;
  gboolean is_global, found;
  g_autoptr(GMatchInfo) match = NULL;
  g_autoptr(GRegex) regex = compile(call, &call->args[1], &is_global);
  if (!regex)
    return FALSE;
  const char *text = pk_call_text(call, 0), *with = pk_call_text(call, 2);
  g_autoptr(GString) made = g_string_new(NULL);
  int done = 0, start, end;
  if (!matched(call, g_regex_match_full(regex, text, -1, 0, 0, &match, &why), &why, &found))
    return FALSE;
  while (found && g_match_info_fetch_pos(match, 0, &start, &end)) {
    g_string_append_len(made, text + done, start - done);
    append_replacement(made, text, start, end, match, with);
    done = end;
    if (made->len > 10000000)
      return pk_call_fail(call, "the text gets longer than 10 MB");
    if (!is_global)
      break;
    if (!matched(call, g_match_info_next(match, &why), &why, &found))
      return FALSE;
  }
  g_string_append(made, text + done);
  *out = pk_call_new_text(call, made->str);
  return TRUE;
}

static gboolean
call_replace(const PkCall *call, PkValue *out)
{
  if (pk_value_is_regex(&call->args[1]))
    return replace_regex(call, out);
  const char *text = pk_call_text(call, 0), *pattern = pk_call_text(call, 1);
  const char *found = strstr(text, pattern);
  g_autoptr(GString) made = g_string_new(NULL);
  *out = pk_value_text(text);
  if (!found)
    return TRUE;
  int start = (int)(found - text), end = start + (int)strlen(pattern);
  g_string_append_len(made, text, start);
  append_replacement(made, text, start, end, NULL, pk_call_text(call, 2));
  g_string_append(made, text + end);
  *out = pk_call_new_text(call, made->str);
  return TRUE;
}

static gboolean
split_regex(const PkCall *call, PkValue *out, double limit)
{
  g_autoptr(GRegex) regex = compile(call, &call->args[1], NULL);
  if (!regex)
    return FALSE;
  const char *text = pk_call_text(call, 0);
  g_autoptr(GMatchInfo) match = NULL;
  GError *why = NULL;
  gboolean found;
  int done = 0, start, end;
  gboolean ok = matched(call, g_regex_match_full(regex, text, -1, 0, 0, &match, &why), &why, &found);
  for (; ok && found && out->items->len < limit;
       ok = matched(call, g_match_info_next(match, &why), &why, &found)) {
    g_match_info_fetch_pos(match, 0, &start, &end);
    if (end == start && (start == 0 || start == done || !text[start]))
      continue;
    pk_call_push(call, out, pk_value_text(pk_arena_text(call->run->arena, text + done, start - done)));
    for (int i = 1; i <= g_regex_get_capture_count(regex); i++) {
      g_autofree char *group = i < g_match_info_get_match_count(match) ? g_match_info_fetch(match, i) : NULL;
      pk_call_push(call, out, group ? pk_call_new_text(call, group) : pk_value_undefined());
    }
    done = end;
  }
  if (!ok)
    return FALSE;
  pk_call_push(call, out, pk_call_new_text(call, text + done));
  return TRUE;
}

static gboolean
call_split(const PkCall *call, PkValue *out)
{
  PkValue separator = pk_call_arg(call, 1), most = pk_call_arg(call, 2);
  double limit = pk_value_is_undefined(&most) ? 4294967295.0 : (double)(guint32)pk_value_to_int32(&most);
  const char *text = pk_call_text(call, 0);
  *out = pk_call_new_array(call);
  if (pk_value_is_regex(&separator)) {
    if (!split_regex(call, out, limit))
      return FALSE;
  } else if (pk_value_is_undefined(&separator)) {
    pk_call_push(call, out, pk_value_text(text));
  } else if (!pk_call_text(call, 1)[0]) { /* into units */
    for (gsize i = 0; i < pk_utf16_length(text); i++)
      pk_call_push(call, out, slice_text(call, text, (double)i, (double)i + 1));
  } else {
    g_auto(GStrv) parts = g_strsplit(text, pk_call_text(call, 1), -1);
    for (guint i = 0; parts[i]; i++)
      pk_call_push(call, out, pk_call_new_text(call, parts[i]));
    if (!parts[0])
      pk_call_push(call, out, pk_value_text(text));
  }
  if (out->items->len > limit)
    g_ptr_array_set_size(out->items, (gint)limit);
  return TRUE;
}

static gboolean
call_encode_uri(const PkCall *call, PkValue *out)
{
  g_autofree char *text = g_uri_escape_string(pk_call_text(call, 0), "-_.!~*'()", FALSE);
  *out = pk_call_new_text(call, text);
  return TRUE;
}

/* d3-format; null is "null". */
static gboolean
call_format(const PkCall *call, PkValue *out)
{
  PkValue specifier = pk_call_arg(call, 1);
  if (call->args[0].kind == PK_VALUE_NULL && !pk_value_is_undefined(&call->args[0])) {
    *out = pk_value_text("null");
    return TRUE;
  }
  g_autofree char *text = pk_format_number(specifier.kind == PK_VALUE_NULL ? "" : pk_call_text(call, 1),
                                           pk_call_number(call, 0), call->run->error);
  if (!text)
    return FALSE;
  *out = pk_call_new_text(call, text);
  return TRUE;
}

const PkFunction pk_text_functions[] = {
  { "length", 1, 1, call_length },         { "lower", 1, 1, call_lower },
  { "upper", 1, 1, call_upper },           { "slice", 1, 3, call_slice },
  { "substring", 1, 3, call_substring },   { "trim", 1, 1, call_trim },
  { "parseFloat", 1, 1, call_parse_float }, { "parseInt", 1, 2, call_parse_int },
  { "pad", 2, 4, call_pad },               { "truncate", 2, 4, call_truncate },
  { "test", 2, 2, call_test },             { "regexp", 1, 2, call_regexp },
  { "replace", 3, 3, call_replace },       { "split", 1, 3, call_split },
  { "encodeURIComponent", 1, 1, call_encode_uri }, { "format", 1, 2, call_format },
  { NULL, 0, 0, NULL },
};
