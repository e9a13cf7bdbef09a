#include "pk-jsdate.h"

#include "pk-calendar.h"

#include <math.h>
#include <string.h>

#define NONE G_MAXINT

/* --- the standard format --- */

/* Exactly n digits. */
static gboolean
digits(const char **p, int n, int *value)
{
  *value = 0;
  for (int i = 0; i < n; i++) {
    if (!g_ascii_isdigit((*p)[i]))
      return FALSE;
    *value = *value * 10 + ((*p)[i] - '0');
  }
  *p += n;
  return TRUE;
}

static gboolean
standard_fraction(const char **p, int *ms)
{
  int scale = 100;

  if (!g_ascii_isdigit(**p))
    return FALSE;
  *ms = 0;
  for (; g_ascii_isdigit(**p); (*p)++, scale /= 10)
    *ms += (**p - '0') * scale;
  return TRUE;
}

static gboolean
standard_zone(const char **p, int *minutes)
{
  int sign = **p == '-' ? -1 : 1, hour, minute;

  *minutes = 0;
  if (**p == 'Z') {
    (*p)++;
    return TRUE;
  }
  if (**p != '+' && **p != '-')
    return TRUE;
  (*p)++;
  if (!digits(p, 2, &hour) || *(*p)++ != ':' || !digits(p, 2, &minute) || hour > 24 || minute > 59)
    return FALSE;
  *minutes = sign * (hour * 60 + minute);
  return TRUE;
}

static gboolean
standard_date(const char **p, int *year, int *month, int *day)
{
  gboolean negative = **p == '-';

  if (**p == '+' || **p == '-') {
    (*p)++;
    if (!digits(p, 6, year) || (negative && *year == 0))
      return FALSE;
    *year = negative ? -*year : *year;
  } else if (!digits(p, 4, year)) {
    return FALSE;
  }
  *month = *day = 1;
  if (**p == '-') {
    (*p)++;
    if (!digits(p, 2, month))
      return FALSE;
    if (**p == '-') {
      (*p)++;
      if (!digits(p, 2, day))
        return FALSE;
    }
  }
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
}

/* FALSE: not in the standard format, or not all of it. */
static gboolean
parse_standard(const char *p, double *result)
{
  int year, month, day, hour = 0, minute = 0, second = 0, ms = 0, zone = 0;

  if (!standard_date(&p, &year, &month, &day))
    return FALSE;
  if (*p == 'T') {
    p++;
    if (!digits(&p, 2, &hour) || *p++ != ':' || !digits(&p, 2, &minute))
      return FALSE;
    if (*p == ':') {
      p++;
      if (!digits(&p, 2, &second))
        return FALSE;
      if (*p == '.' && (p++, !standard_fraction(&p, &ms)))
        return FALSE;
    }
    if (!standard_zone(&p, &zone))
      return FALSE;
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute || second || ms)))
      return FALSE;
  }
  if (*p)
    return FALSE;
  *result = pk_ms_from_fields(year, month - 1, day, hour, minute - zone, second, ms);
  return TRUE;
}

/* --- the lenient reading --- */

typedef enum { TOKEN_END, TOKEN_NUMBER, TOKEN_SYMBOL, TOKEN_SPACE, TOKEN_WORD, TOKEN_UNKNOWN } TokenKind;

typedef struct {
  TokenKind kind;
  int value;       /* NUMBER; SYMBOL: the byte */
  int length;      /* NUMBER: digits; WORD: letters */
  const char *text;
} Token;

typedef struct {
  Token next;
  const char *p;
  int day[4], n_day, month;            /* numbers of the date; month by name or NONE */
  int time[4], n_time, hour_offset;    /* hour_offset: 0 AM, 12 PM, NONE */
  int zone_sign, zone_hour, zone_minute; /* NONE: none given */
  gboolean has_number;
} Lenient;

static Token
scan(const char **p)
{
  Token token = { .text = *p };
  unsigned char c = (unsigned char)**p;

  if (!c)
    return token;
  if (g_ascii_isdigit(c)) {
    token.kind = TOKEN_NUMBER;
    while (**p == '0' && g_ascii_isdigit((*p)[1]))
      (*p)++, token.length++;
    for (int n = 0; g_ascii_isdigit(**p); (*p)++, token.length++)
      if (n++ < 9)
        token.value = token.value * 10 + (**p - '0');
  } else if (g_ascii_isspace(c)) {
    token.kind = TOKEN_SPACE;
    while (g_ascii_isspace(**p))
      (*p)++;
  } else if (g_ascii_isalpha(c)) {
    token.kind = TOKEN_WORD;
    while ((unsigned char)**p >= 'A' && (unsigned char)**p < 0x80 && g_ascii_isalpha(**p))
      (*p)++, token.length++;
  } else {
    token.kind = c < 0x80 ? TOKEN_SYMBOL : TOKEN_UNKNOWN;
    token.value = c;
    (*p)++;
  }
  return token;
}

static Token
take(Lenient *self)
{
  Token token = self->next;

  self->next = scan(&self->p);
  return token;
}

static gboolean
next_is(const Lenient *self, char symbol)
{
  return self->next.kind == TOKEN_SYMBOL && self->next.value == symbol;
}

static gboolean
skip(Lenient *self, char symbol)
{
  if (!next_is(self, symbol))
    return FALSE;
  take(self);
  return TRUE;
}

typedef enum { WORD_OTHER, WORD_MONTH, WORD_HALF_DAY, WORD_ZONE } WordKind;

/* Words are known by their first three letters; of shorter names all of them. */
static WordKind
classify(const Token *token, int *value)
{
  static const struct { char name[4]; WordKind kind; int value; } words[] = {
    { "jan", WORD_MONTH, 1 }, { "feb", WORD_MONTH, 2 }, { "mar", WORD_MONTH, 3 }, { "apr", WORD_MONTH, 4 },
    { "may", WORD_MONTH, 5 }, { "jun", WORD_MONTH, 6 }, { "jul", WORD_MONTH, 7 }, { "aug", WORD_MONTH, 8 },
    { "sep", WORD_MONTH, 9 }, { "oct", WORD_MONTH, 10 }, { "nov", WORD_MONTH, 11 }, { "dec", WORD_MONTH, 12 },
    { "am", WORD_HALF_DAY, 0 }, { "pm", WORD_HALF_DAY, 12 },
    { "ut", WORD_ZONE, 0 }, { "utc", WORD_ZONE, 0 }, { "z", WORD_ZONE, 0 }, { "gmt", WORD_ZONE, 0 },
    { "cdt", WORD_ZONE, -5 }, { "cst", WORD_ZONE, -6 }, { "edt", WORD_ZONE, -4 }, { "est", WORD_ZONE, -5 },
    { "mdt", WORD_ZONE, -6 }, { "mst", WORD_ZONE, -7 }, { "pdt", WORD_ZONE, -7 }, { "pst", WORD_ZONE, -8 },
    { "t", WORD_OTHER, 0 },
  };
  char prefix[4] = { 0 };

  for (int i = 0; i < 3 && i < token->length; i++)
    prefix[i] = g_ascii_tolower(token->text[i]);
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(words[i].name, prefix) && (words[i].kind == WORD_MONTH || token->length <= 3)) {
      *value = words[i].value;
      return words[i].kind;
    }
  return WORD_OTHER;
}

/* Is n what the time waits for: the minute after "12:", the second after "12:30:", … ? */
static gboolean
time_expects(const Lenient *self, int n)
{
  return (self->n_time == 1 && n <= 59) || (self->n_time == 2 && n <= 59) || (self->n_time == 3 && n <= 999);
}

static gboolean
time_add(Lenient *self, int n)
{
  if (self->n_time >= 4)
    return FALSE;
  self->time[self->n_time++] = n;
  return TRUE;
}

/* The last of the time's numbers: the rest are 0. */
static void
time_add_final(Lenient *self, int n)
{
  time_add(self, n);
  while (self->n_time < 4)
    self->time[self->n_time++] = 0;
}

static gboolean
lenient_fraction(Lenient *self)
{
  Token token = take(self);
  int value = token.value;

  if (token.kind != TOKEN_NUMBER)
    return FALSE;
  for (int i = token.length; i < 3; i++)
    value *= 10;
  for (int i = MIN(token.length, 9); i > 3; i--)
    value /= 10;
  time_add_final(self, value);
  return TRUE;
}

static gboolean
lenient_number(Lenient *self, int n)
{
  self->has_number = TRUE;
  if (next_is(self, ':')) {
    take(self);
    if (next_is(self, ':') || !time_add(self, n))
      return FALSE;
    skip(self, '.');
    return TRUE;
  }
  if (next_is(self, '.') && time_expects(self, n)) {
    take(self);
    time_add(self, n);
    return lenient_fraction(self);
  }
  if (next_is(self, '.'))
    take(self);
  if (self->zone_hour != NONE && self->zone_minute == NONE) {
    self->zone_minute = n;
    return TRUE;
  }
  if (time_expects(self, n)) {
    const Token *next = &self->next;
    time_add_final(self, n);
    return next->kind == TOKEN_END || next->kind == TOKEN_SPACE || next_is(self, '+') || next_is(self, '-') ||
           (next->kind == TOKEN_WORD && next->length == 1 && g_ascii_tolower(*next->text) == 'z');
  }
  if (self->n_day >= 3)
    return FALSE;
  self->day[self->n_day++] = n;
  skip(self, '-');
  return TRUE;
}

static gboolean
lenient_word(Lenient *self, const Token *token)
{
  int value = 0;
  WordKind kind = classify(token, &value);

  if (kind == WORD_HALF_DAY && self->n_time > 0) {
    self->hour_offset = value;
  } else if (kind == WORD_MONTH) {
    self->month = value;
    skip(self, '-');
  } else if (kind == WORD_ZONE && self->has_number) {
    self->zone_sign = value < 0 ? -1 : 1;
    self->zone_hour = ABS(value);
    self->zone_minute = 0;
  } else if (self->has_number || self->next.kind == TOKEN_NUMBER) {
    return FALSE; /* unknown words may only stand before the first number, apart from it */
  }
  return TRUE;
}

static gboolean
lenient_offset(Lenient *self, int sign)
{
  int n = 0, length = 0;

  if (self->next.kind == TOKEN_NUMBER) {
    Token token = take(self);
    n = token.value;
    length = token.length;
  }
  self->has_number = TRUE;
  self->zone_sign = sign;
  if (next_is(self, ':')) {
    self->zone_hour = n;
    self->zone_minute = NONE;
  } else if (length == 1 || length == 2) {
    self->zone_hour = n;
    self->zone_minute = 0;
  } else if (length == 3 || length == 4) {
    self->zone_hour = n / 100;
    self->zone_minute = n % 100;
  } else {
    return FALSE;
  }
  return TRUE;
}

static void
skip_parentheses(Lenient *self)
{
  for (int depth = 1; depth > 0 && self->next.kind != TOKEN_END;) {
    Token token = take(self);
    if (token.kind == TOKEN_SYMBOL)
      depth += token.value == '(' ? 1 : token.value == ')' ? -1 : 0;
  }
}

static gboolean
lenient_symbol(Lenient *self, int symbol)
{
  gboolean is_sign = symbol == '+' || symbol == '-';
  gboolean is_utc = self->zone_hour == 0 && self->zone_minute == 0;

  if (is_sign && (is_utc || self->n_time > 0))
    return lenient_offset(self, symbol == '-' ? -1 : 1);
  if ((is_sign || symbol == ')') && self->has_number)
    return FALSE;
  if (symbol == '(')
    skip_parentheses(self);
  return TRUE;
}

static gboolean
resolve_day(Lenient *self, int *year, int *month, int *day)
{
  if (self->n_day < 1)
    return FALSE;
  while (self->n_day < 3)
    self->day[self->n_day++] = 1;
  gboolean year_first = self->day[0] < 1 || self->day[0] > 31;
  if (self->month == NONE) {
    *year = year_first ? self->day[0] : self->day[2];
    *month = year_first ? self->day[1] : self->day[0];
    *day = year_first ? self->day[2] : self->day[1];
  } else {
    *month = self->month;
    *year = year_first ? self->day[0] : self->day[1];
    *day = year_first ? self->day[1] : self->day[0];
  }
  if (*year >= 0 && *year <= 49)
    *year += 2000;
  else if (*year >= 50 && *year <= 99)
    *year += 1900;
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
}

static gboolean
resolve_time(Lenient *self)
{
  int *t = self->time;

  while (self->n_time < 4)
    t[self->n_time++] = 0;
  if (self->hour_offset != NONE) {
    if (t[0] < 0 || t[0] > 12)
      return FALSE;
    t[0] = t[0] % 12 + self->hour_offset;
  }
  if (t[0] == 24 && t[1] == 0 && t[2] == 0 && t[3] == 0)
    return TRUE;
  return t[0] <= 23 && t[1] <= 59 && t[2] <= 59 && t[3] <= 999;
}

static double
parse_lenient(const char *text)
{
  Lenient self = { .p = text, .month = NONE, .hour_offset = NONE, .zone_hour = NONE, .zone_minute = NONE };
  int year, month, day, zone = 0;

  take(&self);
  while (self.next.kind != TOKEN_END) {
    Token token = take(&self);
    gboolean ok = TRUE;
    if (token.kind == TOKEN_NUMBER)
      ok = lenient_number(&self, token.value);
    else if (token.kind == TOKEN_WORD)
      ok = lenient_word(&self, &token);
    else if (token.kind == TOKEN_SYMBOL)
      ok = lenient_symbol(&self, token.value);
    else if (token.kind == TOKEN_UNKNOWN)
      ok = !self.has_number;
    if (!ok)
      return NAN;
  }
  if (!resolve_day(&self, &year, &month, &day) || !resolve_time(&self))
    return NAN;
  if (self.zone_hour != NONE)
    zone = (self.zone_sign < 0 ? -1 : 1) * (self.zone_hour * 60 + (self.zone_minute == NONE ? 0 : self.zone_minute));
  return pk_ms_from_fields(year, month - 1, day, self.time[0], self.time[1] - zone, self.time[2], self.time[3]);
}

double
pk_js_date_parse(const char *text)
{
  double result;

  if (parse_standard(text, &result))
    return result;
  return parse_lenient(text);
}
