#include "pk-ecma.h"

#include <math.h>
#include <string.h>

/* A double has at most 767 significant decimal digits (the least normal numbers do). */
#define MAX_DIGITS 767
#define BUFFER_SIZE (MAX_DIGITS + 32)

double
pk_ecma_round(double x)
{
  double f = floor(x);

  /* floor(x + 0.5) is wrong for 0.49999999999999994. */
  return x - f >= 0.5 ? f + 1 : f;
}

/* Digits of |x| (finite, not 0) into digits, as 0.d1d2d3… · 10^(*point); returns their number. */
static int
split_digits(const char *exponential, char *digits, int *point)
{
  const char *e = strchr(exponential, 'e');
  int n = 0;

  for (const char *p = exponential; p < e; p++)
    if (g_ascii_isdigit(*p))
      digits[n++] = *p;
  digits[n] = '\0';
  *point = (int)g_ascii_strtoll(e + 1, NULL, 10) + 1;
  return n;
}

static void
exact_digits(double x, char *digits, int *n, int *point)
{
  char buffer[BUFFER_SIZE];

  g_ascii_formatd(buffer, sizeof buffer, "%.766e", fabs(x));
  *n = split_digits(buffer, digits, point);
  while (*n > 1 && digits[*n - 1] == '0')
    digits[--*n] = '\0';
}

/* Adds one to the last of n digits; a carry out of the first moves the point. */
static void
increment_digits(char *digits, int n, int *point)
{
  int i = n - 1;

  while (i >= 0 && digits[i] == '9')
    digits[i--] = '0';
  if (i >= 0)
    digits[i]++;
  else {
    digits[0] = '1';
    ++*point;
  }
}

/* The first `keep` digits of the exact expansion, halves rounded up, padded with zeros. With
 * keep 0 the result is "" or, after a carry, "1" (*point grown by one). */
static void
rounded_digits(double x, int keep, char *digits, int *point)
{
  char exact[BUFFER_SIZE];
  int n;
  gboolean up;

  exact_digits(x, exact, &n, point);
  up = keep >= 0 && keep < n && exact[keep] >= '5';
  keep = MAX(keep, 0);
  for (int i = 0; i < keep; i++)
    digits[i] = i < n ? exact[i] : '0';
  digits[keep] = '\0';
  if (!up)
    return;
  if (keep == 0) {
    digits[0] = '1';
    digits[1] = '\0';
    ++*point;
  } else {
    increment_digits(digits, keep, point);
  }
}

static gboolean
reads_back(const char *digits, int point, double x)
{
  g_autofree char *text = g_strdup_printf("0.%se%d", digits, point);

  return g_ascii_strtod(text, NULL) == x;
}

/* The fewest digits that read back as |x|. The nearest decimal of a length is tried first, then
 * the next one up: below a power of two the spacing halves, so that only the latter may do. */
static void
shortest_digits(double x, char *digits, int *point)
{
  char buffer[64], format[16];

  x = fabs(x);
  for (int p = 0; p < 17; p++) {
    int n;

    g_snprintf(format, sizeof format, "%%.%de", p);
    g_ascii_formatd(buffer, sizeof buffer, format, x);
    n = split_digits(buffer, digits, point);
    if (reads_back(digits, *point, x))
      break;
    if (p < 16) {
      char next[32];
      int next_point = *point;

      memcpy(next, digits, n + 1);
      increment_digits(next, n, &next_point);
      if (reads_back(next, next_point, x)) {
        memcpy(digits, next, n + 1);
        *point = next_point;
        break;
      }
    }
  }
  for (int n = (int)strlen(digits); n > 1 && digits[n - 1] == '0'; n--)
    digits[n - 1] = '\0';
}

static void
append_exponential(GString *out, const char *digits, int point)
{
  int e = point - 1;

  g_string_append_c(out, digits[0]);
  if (digits[1])
    g_string_append_printf(out, ".%s", digits + 1);
  g_string_append_printf(out, "e%c%d", e < 0 ? '-' : '+', ABS(e));
}

/* digits with the decimal point after `point` of them, zeros filled in on both sides. */
static void
append_positional(GString *out, const char *digits, int point)
{
  int n = (int)strlen(digits);

  if (point <= 0) {
    g_string_append(out, "0");
    if (n > 0)
      g_string_append_c(out, '.');
    for (int i = point; i < 0 && n > 0; i++)
      g_string_append_c(out, '0');
    g_string_append(out, digits);
    return;
  }
  for (int i = 0; i < MAX(n, point); i++) {
    if (i == point)
      g_string_append_c(out, '.');
    g_string_append_c(out, i < n ? digits[i] : '0');
  }
}

static char *
dup_special(double x)
{
  if (isnan(x))
    return g_strdup("NaN");
  if (isinf(x))
    return g_strdup(x < 0 ? "-Infinity" : "Infinity");
  return NULL;
}

char *
pk_ecma_number_to_string(double x)
{
  char digits[BUFFER_SIZE];
  int point;
  char *special = dup_special(x);
  GString *out;

  if (special)
    return special;
  if (x == 0)
    return g_strdup("0");
  out = g_string_new(x < 0 ? "-" : "");
  shortest_digits(x, digits, &point);
  if (point > 21 || point < -5)
    append_exponential(out, digits, point);
  else
    append_positional(out, digits, point);
  return g_string_free(out, FALSE);
}

char *
pk_ecma_to_fixed(double x, int digits)
{
  char text[BUFFER_SIZE + 400];
  int point = 0, n;
  GString *out;

  digits = CLAMP(digits, 0, 100);
  if (!isfinite(x) || fabs(x) >= 1e21)
    return pk_ecma_number_to_string(x);
  out = g_string_new(x < 0 ? "-" : "");
  if (x == 0) {
    text[0] = '\0';
  } else {
    char exact[BUFFER_SIZE];

    exact_digits(x, exact, &n, &point);
    rounded_digits(x, point + digits, text, &point);
    /* A carry out of the first digit leaves one too few. */
    for (n = (int)strlen(text); n > 0 && n < point + digits; n++) {
      text[n] = '0';
      text[n + 1] = '\0';
    }
  }
  /* All digits are zeros if |x| rounds to nothing: write them out by hand. */
  if (text[0] == '\0') {
    g_string_append_c(out, '0');
    if (digits > 0)
      g_string_append_c(out, '.');
    for (int i = 0; i < digits; i++)
      g_string_append_c(out, '0');
    return g_string_free(out, FALSE);
  }
  append_positional(out, text, point);
  return g_string_free(out, FALSE);
}

char *
pk_ecma_to_exponential(double x, int digits)
{
  char text[BUFFER_SIZE];
  int point = 1;
  char *special = dup_special(x);
  GString *out;

  if (special)
    return special;
  out = g_string_new(x < 0 ? "-" : "");
  if (x == 0) {
    memset(text, '0', MAX(digits, 0) + 1);
    text[MAX(digits, 0) + 1] = '\0';
  } else if (digits < 0) {
    shortest_digits(x, text, &point);
  } else {
    rounded_digits(x, MIN(digits, 100) + 1, text, &point);
  }
  append_exponential(out, text, point);
  return g_string_free(out, FALSE);
}

char *
pk_ecma_to_precision(double x, int digits)
{
  char text[BUFFER_SIZE];
  int point = 1;
  char *special = dup_special(x);
  GString *out;

  if (special)
    return special;
  digits = CLAMP(digits, 1, 100);
  out = g_string_new(x < 0 ? "-" : "");
  if (x == 0) {
    memset(text, '0', digits);
    text[digits] = '\0';
  } else {
    rounded_digits(x, digits, text, &point);
  }
  if (point - 1 < -6 || point - 1 >= digits)
    append_exponential(out, text, point);
  else
    append_positional(out, text, point);
  return g_string_free(out, FALSE);
}

char *
pk_ecma_integer_to_base(double x, int base)
{
  char *special = dup_special(x);
  GString *out;

  if (special)
    return special;
  out = g_string_new(NULL);
  x = pk_ecma_round(x);
  for (double rest = fabs(x); rest >= 1 || out->len == 0; rest = floor(rest / base))
    g_string_prepend_c(out, "0123456789abcdefghijklmnopqrstuvwxyz"[(int)fmod(rest, base)]);
  if (x < 0)
    g_string_prepend_c(out, '-');
  return g_string_free(out, FALSE);
}

static gboolean
is_ecma_space(gunichar c)
{
  return c == 0xFEFF || c == 0x2028 || c == 0x2029 || (c >= 9 && c <= 13)
      || g_unichar_type(c) == G_UNICODE_SPACE_SEPARATOR;
}

/* The end of the digits of a StrUnsignedDecimalLiteral at p, or NULL. */
static const char *
scan_decimal(const char *p)
{
  gboolean any = FALSE;

  for (; g_ascii_isdigit(*p); p++)
    any = TRUE;
  if (*p == '.')
    for (p++; g_ascii_isdigit(*p); p++)
      any = TRUE;
  if (!any)
    return NULL;
  if (*p == 'e' || *p == 'E') {
    p++;
    if (*p == '+' || *p == '-')
      p++;
    if (!g_ascii_isdigit(*p))
      return NULL;
    while (g_ascii_isdigit(*p))
      p++;
  }
  return p;
}

static double
read_based(const char *p, const char *end, int base)
{
  double x = 0;

  if (p == end)
    return NAN;
  for (; p < end; p++) {
    int d = g_ascii_xdigit_value(*p);

    if (d < 0 || d >= base)
      return NAN;
    x = x * base + d;
  }
  return x;
}

double
pk_ecma_string_to_number(const char *text)
{
  const char *end = text + strlen(text), *p, *q;

  while (*text && is_ecma_space(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  while (end > text && is_ecma_space(g_utf8_get_char(g_utf8_prev_char(end))))
    end = g_utf8_prev_char(end);
  if (text == end)
    return 0;
  if (end - text > 2 && text[0] == '0')
    switch (g_ascii_tolower(text[1])) {
    case 'x': return read_based(text + 2, end, 16);
    case 'o': return read_based(text + 2, end, 8);
    case 'b': return read_based(text + 2, end, 2);
    default: break;
    }
  p = *text == '+' || *text == '-' ? text + 1 : text;
  if (end - p == 8 && strncmp(p, "Infinity", 8) == 0)
    return *text == '-' ? -INFINITY : INFINITY;
  q = scan_decimal(p);
  return q == end ? g_ascii_strtod(text, NULL) : NAN;
}

gsize
pk_utf16_length(const char *text)
{
  gsize n = 0;

  for (; *text; text = g_utf8_next_char(text))
    n += g_utf8_get_char(text) >= 0x10000 ? 2 : 1;
  return n;
}

/* Surrogates (characters from U+10000 on) stand before U+E000..U+FFFF. */
static guint32
utf16_rank(gunichar c)
{
  return c >= 0x10000 ? 0xD800 + (c - 0x10000) / 0x400 : c;
}

int
pk_utf16_compare(const char *a, const char *b)
{
  while (*a && *b) {
    gunichar ca = g_utf8_get_char(a), cb = g_utf8_get_char(b);

    if (ca != cb) {
      guint32 ra = utf16_rank(ca), rb = utf16_rank(cb);

      if (ra != rb)
        return ra < rb ? -1 : 1;
      return ca < cb ? -1 : 1;
    }
    a = g_utf8_next_char(a);
    b = g_utf8_next_char(b);
  }
  return *a ? 1 : *b ? -1 : 0;
}
