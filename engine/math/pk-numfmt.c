#include "pk-numfmt.h"

#include "pk-ecma.h"
#include "pk-error.h"
#include "pk-ticks.h"

#include <math.h>
#include <string.h>

#define MINUS "\xE2\x88\x92" /* U+2212 */

static const char *const si_prefixes[] = {
  "y", "z", "a", "f", "p", "n", "\xC2\xB5", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y",
};

/* Reads at most what fits an int; more is the same to every caller. */
static int
read_int(const char **p)
{
  gint64 x = 0;

  for (; g_ascii_isdigit(**p); (*p)++)
    x = MIN(x * 10 + (**p - '0'), 100000);
  return (int)x;
}

static gboolean
is_align(gunichar c)
{
  return c == '<' || c == '>' || c == '=' || c == '^';
}

gboolean
pk_num_spec_parse(const char *text, PkNumSpec *spec, GError **error)
{
  PkNumSpec s = { .fill = ' ', .align = '>', .sign = '-', .width = -1, .precision = -1 };
  const char *p = text;

  if (!g_utf8_validate(text, -1, NULL))
    return pk_fail(error, PK_ERROR_PARSE, "number format: the specifier is not valid UTF-8");
  if (*p && *p != '\n' && is_align((guchar)*g_utf8_next_char(p))) {
    s.fill = g_utf8_get_char(p);
    p = g_utf8_next_char(p);
    s.align = *p++;
  } else if (is_align((guchar)*p)) {
    s.align = *p++;
  }
  if (*p && strchr("+-( ", *p))
    s.sign = *p++;
  if (*p == '$' || *p == '#')
    s.symbol = *p++;
  if (*p == '0') {
    s.zero = TRUE;
    p++;
  }
  if (g_ascii_isdigit(*p))
    s.width = read_int(&p);
  if (*p == ',') {
    s.comma = TRUE;
    p++;
  }
  if (*p == '.' && g_ascii_isdigit(p[1])) {
    p++;
    s.precision = read_int(&p);
  }
  if (*p == '~') {
    s.trim = TRUE;
    p++;
  }
  if (g_ascii_isalpha(*p) || *p == '%')
    s.type = *p++;
  if (*p)
    return pk_fail(error, PK_ERROR_PARSE,
                   "number format \"%s\" is not a d3 format specifier (examples: \",.2f\", \".1%%\", "
                   "\"~s\")",
                   text);
  *spec = s;
  return TRUE;
}

gboolean
pk_num_format_init(PkNumFormat *format, const char *specifier, GError **error)
{
  *format = (PkNumFormat){ 0 };
  return pk_num_spec_parse(specifier ? specifier : "", &format->spec, error);
}

/* The decimal exponent of the first digit of x, or INT_MIN for 0 and what is not finite. */
static int
exponent_of(double x)
{
  g_autofree char *text = NULL;

  if (!isfinite(x) || x == 0)
    return G_MININT;
  text = pk_ecma_to_exponential(fabs(x), -1);
  return (int)g_ascii_strtoll(strchr(text, 'e') + 1, NULL, 10);
}

static int
prefix_exponent_of(int exponent)
{
  return (int)CLAMP(floor(exponent / 3.0), -8, 8) * 3;
}

int
pk_precision_fixed(double step)
{
  int e = exponent_of(step);

  return e == G_MININT ? -1 : MAX(0, -e);
}

int
pk_precision_prefix(double step, double value)
{
  int e = exponent_of(value), s = exponent_of(step);

  return e == G_MININT || s == G_MININT ? -1 : MAX(0, prefix_exponent_of(e) - s);
}

int
pk_precision_round(double step, double max)
{
  int s = exponent_of(step), m = exponent_of(fabs(max) - fabs(step));

  return s == G_MININT || m == G_MININT ? -1 : MAX(0, m - s) + 1;
}

gboolean
pk_num_format_init_span(PkNumFormat *format, double start, double stop, double count,
                        const char *specifier, GError **error)
{
  double step = pk_tick_step(start, stop, count), value = MAX(fabs(start), fabs(stop));
  PkNumSpec *spec = &format->spec;
  int precision = -1, less = 0;

  if (!pk_num_format_init(format, specifier ? specifier : ",f", error))
    return FALSE;
  if (spec->precision >= 0)
    return TRUE;
  switch (spec->type) {
  case 's':
    spec->precision = pk_precision_prefix(step, value);
    format->prefixed = TRUE;
    format->prefix_exponent = value == 0 || !isfinite(value) ? 0 : prefix_exponent_of(exponent_of(value));
    spec->type = 'f';
    return TRUE;
  case 0:
  case 'e':
  case 'g':
  case 'p':
  case 'r':
    precision = pk_precision_round(step, value);
    less = spec->type == 'e' ? 1 : 0;
    break;
  case 'f':
  case '%':
    precision = pk_precision_fixed(step);
    less = spec->type == '%' ? 2 : 0;
    break;
  default:
    break;
  }
  if (precision >= 0)
    spec->precision = MAX(precision - less, 0);
  return TRUE;
}

gboolean
pk_num_format_init_float(PkNumFormat *format, const char *specifier, GError **error)
{
  if (!pk_num_format_init(format, specifier && *specifier ? specifier : ",", error))
    return FALSE;
  if (format->spec.precision < 0) {
    format->spec.precision = format->spec.type == '%' ? 10 : format->spec.type == 'e' ? 11 : 12;
    format->trim_zeros = TRUE;
  }
  return TRUE;
}

/* Digits and exponent of x rounded to p significant digits (p 0: the shortest form). NULL for 0
 * and what is not finite. */
static char *
decimal_parts(double x, int p, int *exponent)
{
  char *text, *out;

  if (!isfinite(x) || x == 0)
    return NULL;
  text = pk_ecma_to_exponential(x, p - 1);
  out = strchr(text, 'e');
  *exponent = (int)g_ascii_strtoll(out + 1, NULL, 10);
  *out = '\0';
  if (text[1] == '.')
    memmove(text + 1, text + 2, strlen(text + 2) + 1);
  return text;
}

static void
append_zeros(GString *out, int n)
{
  while (n-- > 0)
    g_string_append_c(out, '0');
}

/* "r": p significant digits in positional notation. */
static char *
format_rounded(double x, int p)
{
  int e = 0, n;
  g_autofree char *digits = decimal_parts(x, p, &e);
  GString *out;

  if (!digits)
    return pk_ecma_number_to_string(x);
  out = g_string_new(NULL);
  n = (int)strlen(digits);
  if (e < 0) {
    g_string_append(out, "0.");
    append_zeros(out, -e - 1);
    g_string_append(out, digits);
  } else if (n > e + 1) {
    g_string_append_len(out, digits, e + 1);
    g_string_append_printf(out, ".%s", digits + e + 1);
  } else {
    g_string_append(out, digits);
    append_zeros(out, e - n + 1);
  }
  return g_string_free(out, FALSE);
}

/* "s": p significant digits in the SI unit that fits; *prefix is its index, -1 for none. */
static char *
format_si(double x, int p, int *prefix)
{
  int e = 0, i, n, ignored;
  g_autofree char *digits = decimal_parts(x, p, &e);
  GString *out;

  *prefix = -1;
  if (!digits)
    return pk_ecma_to_precision(x, p);
  *prefix = 8 + prefix_exponent_of(e) / 3;
  i = e - prefix_exponent_of(e) + 1;
  n = (int)strlen(digits);
  out = g_string_new(NULL);
  if (i >= n) {
    g_string_append(out, digits);
    append_zeros(out, i - n);
  } else if (i > 0) {
    g_string_append_len(out, digits, i);
    g_string_append_printf(out, ".%s", digits + i);
  } else {
    g_autofree char *fewer = decimal_parts(x, MAX(0, p + i - 1), &ignored);

    g_string_append(out, "0.");
    append_zeros(out, -i);
    g_string_append(out, fewer);
  }
  return g_string_free(out, FALSE);
}

/* "d": a whole number, never in exponential notation. */
static char *
format_integer(double x)
{
  int e = 0;
  g_autofree char *digits = NULL;
  GString *out;

  if (isinf(x))
    return g_strdup("\xE2\x88\x9E"); /* the infinity sign */
  x = pk_ecma_round(x);
  if (!(fabs(x) >= 1e21))
    return pk_ecma_number_to_string(x);
  digits = decimal_parts(x, 0, &e);
  out = g_string_new(digits);
  append_zeros(out, e + 1 - (int)out->len);
  return g_string_free(out, FALSE);
}

/* Cuts insignificant zeros of the fraction: 1.2000k is 1.2k, 1.000e+5 is 1e+5. */
static void
trim_insignificant(char *s)
{
  gssize first = -1, last = -1; /* the zeros to cut, with the point if nothing else follows it */

  for (gsize i = 1; s[i]; i++) {
    if (s[i] == '.') {
      first = last = (gssize)i;
    } else if (s[i] == '0') {
      if (first == 0)
        first = (gssize)i;
      last = (gssize)i;
    } else if (g_ascii_isdigit(s[i])) {
      if (first > 0)
        first = 0;
    } else {
      break;
    }
  }
  if (first > 0)
    memmove(s + first, s + last + 1, strlen(s + last + 1) + 1);
}

static char *
format_magnitude(char type, double x, int precision, int *prefix)
{
  char *text;

  *prefix = -1;
  switch (type) {
  case '%': return pk_ecma_to_fixed(x * 100, precision);
  case 'b': return pk_ecma_integer_to_base(x, 2);
  case 'o': return pk_ecma_integer_to_base(x, 8);
  case 'x': return pk_ecma_integer_to_base(x, 16);
  case 'X':
    text = pk_ecma_integer_to_base(x, 16);
    for (char *c = text; *c; c++)
      *c = g_ascii_toupper(*c);
    return text;
  case 'd': return format_integer(x);
  case 'e': return pk_ecma_to_exponential(x, precision);
  case 'f': return pk_ecma_to_fixed(x, precision);
  case 'p': return format_rounded(x * 100, precision);
  case 'r': return format_rounded(x, precision);
  case 's': return format_si(x, precision, prefix);
  default: return pk_ecma_to_precision(x, precision);
  }
}

/* Groups of three from the right with commas; stops growing at width characters. */
static char *
group_thousands(const char *digits, glong width)
{
  g_autoptr(GString) out = g_string_new(NULL);
  glong i = (glong)strlen(digits), length = 0, g = 3;

  while (i > 0) {
    glong from;

    if (length + g + 1 > width)
      g = MAX(1, width - length);
    from = MAX(0, i - g);
    if (out->len > 0)
      g_string_prepend_c(out, ',');
    g_string_prepend_len(out, digits + from, i - from);
    i -= g;
    length += g + 1;
    if (length > width)
      break;
    g = 3;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

/* The specifier with d3's aliases and defaults filled in. */
static PkNumSpec
resolve_spec(const PkNumSpec *spec)
{
  PkNumSpec s = *spec;

  if (s.type == 'n') {
    s.comma = TRUE;
    s.type = 'g';
  } else if (!s.type || !strchr("%bcdefgoprsXx", s.type)) {
    if (s.precision < 0)
      s.precision = 12;
    s.trim = TRUE;
    s.type = 'g';
  }
  if (s.zero || (s.fill == '0' && s.align == '=')) {
    s.zero = TRUE;
    s.fill = '0';
    s.align = '=';
  }
  if (s.precision < 0)
    s.precision = 6;
  else if (strchr("gprs", s.type))
    s.precision = CLAMP(s.precision, 1, 21);
  else
    s.precision = CLAMP(s.precision, 0, 20);
  return s;
}

typedef struct {
  GString *prefix; /* sign and symbol */
  char *digits;    /* what is grouped */
  GString *suffix;
} NumParts;

static void
split_number(const PkNumSpec *s, double value, NumParts *parts)
{
  gboolean negative = signbit(value) && !isnan(value);
  int si = -1;
  char *text = isnan(value) ? g_strdup("NaN") : format_magnitude(s->type, fabs(value), s->precision, &si);
  gsize whole = 0;

  if (s->trim)
    trim_insignificant(text);
  if (negative && s->sign != '+' && pk_ecma_string_to_number(text) == 0)
    negative = FALSE;
  if (negative)
    g_string_prepend(parts->prefix, s->sign == '(' ? "(" : MINUS);
  else if (s->sign != '-' && s->sign != '(')
    g_string_prepend_c(parts->prefix, s->sign);
  if (!isnan(value) && s->type == 's' && si >= 0)
    g_string_prepend(parts->suffix, si_prefixes[si]);
  if (negative && s->sign == '(')
    g_string_append_c(parts->suffix, ')');
  if (strchr("defgprs%", s->type)) {
    while (g_ascii_isdigit(text[whole]))
      whole++;
    g_string_prepend(parts->suffix, text + whole);
    text[whole] = '\0';
  }
  parts->digits = text;
}

static char *
join_number(const PkNumSpec *s, NumParts *parts)
{
  glong length, padding;
  g_autoptr(GString) pad = g_string_new(NULL);
  g_autofree char *digits = s->comma && !s->zero ? group_thousands(parts->digits, G_MAXLONG / 2)
                                                 : g_strdup(parts->digits);

  length = g_utf8_strlen(parts->prefix->str, -1) + g_utf8_strlen(digits, -1)
         + g_utf8_strlen(parts->suffix->str, -1);
  padding = MAX(0, s->width - length);
  for (glong i = 0; i < padding; i++)
    g_string_append_unichar(pad, s->fill);
  if (s->comma && s->zero) {
    g_autofree char *padded = g_strconcat(pad->str, digits, NULL);
    glong width = padding > 0 ? s->width - g_utf8_strlen(parts->suffix->str, -1) : G_MAXLONG / 2;

    g_free(digits);
    digits = group_thousands(padded, width);
    g_string_truncate(pad, 0);
  }
  switch (s->align) {
  case '<': return g_strconcat(parts->prefix->str, digits, parts->suffix->str, pad->str, NULL);
  case '=': return g_strconcat(parts->prefix->str, pad->str, digits, parts->suffix->str, NULL);
  case '^': {
    glong left = g_utf8_strlen(pad->str, -1) / 2;
    g_autofree char *before = g_utf8_substring(pad->str, 0, left);

    return g_strconcat(before, parts->prefix->str, digits, parts->suffix->str,
                       pad->str + strlen(before), NULL);
  }
  default: return g_strconcat(pad->str, parts->prefix->str, digits, parts->suffix->str, NULL);
  }
}

/* Cuts trailing zeros of the fraction, before an exponent or other suffix. */
static void
trim_fraction_zeros(char *text)
{
  char *point = strchr(text, '.'), *end, *e;

  if (!point)
    return;
  e = strrchr(text, 'e');
  end = e ? e : text + strlen(text);
  if (!e)
    while (end - 1 > point && !g_ascii_isdigit(end[-1]))
      end--;
  for (e = end; e - 1 > point && e[-1] == '0';)
    e--;
  if (e - 1 == point)
    e = point;
  memmove(e, end, strlen(end) + 1);
}

char *
pk_num_format_apply(const PkNumFormat *format, double value)
{
  PkNumSpec s = resolve_spec(&format->spec);
  NumParts parts = { g_string_new(NULL), NULL, g_string_new(NULL) };
  char *out;

  if (format->prefixed) {
    value *= pow(10, -format->prefix_exponent);
    g_string_append(parts.suffix, si_prefixes[8 + format->prefix_exponent / 3]);
  }
  if (s.symbol == '$')
    g_string_append_c(parts.prefix, '$');
  else if (s.symbol == '#' && strchr("boxX", s.type))
    g_string_append_printf(parts.prefix, "0%c", g_ascii_tolower(s.type));
  if (s.type == '%' || s.type == 'p')
    g_string_prepend_c(parts.suffix, '%');
  if (s.type == 'c') {
    g_autofree char *text = pk_ecma_number_to_string(value);

    g_string_prepend(parts.suffix, text);
    parts.digits = g_strdup("");
  } else {
    split_number(&s, value, &parts);
  }
  out = join_number(&s, &parts);
  if (format->trim_zeros)
    trim_fraction_zeros(out);
  g_string_free(parts.prefix, TRUE);
  g_string_free(parts.suffix, TRUE);
  g_free(parts.digits);
  return out;
}

char *
pk_format_number(const char *specifier, double value, GError **error)
{
  PkNumFormat format;

  return pk_num_format_init(&format, specifier, error) ? pk_num_format_apply(&format, value) : NULL;
}
