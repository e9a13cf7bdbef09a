#include "pk-value.h"

#include "pk-calendar.h"
#include "pk-ecma.h"

#include <math.h>
#include <string.h>

#define BLOCK_VALUES 256

struct PkArena {
  GStringChunk *texts;
  GPtrArray *arrays; /* of GPtrArray * */
  GPtrArray *blocks; /* of PkValue[BLOCK_VALUES] */
  guint used;        /* of the last block */
};

PkArena *
pk_arena_new(void)
{
  PkArena *self = g_new0(PkArena, 1);
  self->texts = g_string_chunk_new(4096);
  self->arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  self->blocks = g_ptr_array_new_with_free_func(g_free);
  return self;
}

void
pk_arena_free(PkArena *self)
{
  if (!self)
    return;
  g_string_chunk_free(self->texts);
  g_ptr_array_unref(self->arrays);
  g_ptr_array_unref(self->blocks);
  g_free(self);
}

const char *
pk_arena_text(PkArena *self, const char *text, gssize length)
{
  if (length < 0)
    return g_string_chunk_insert_const(self->texts, text);
  char small[256];
  gsize n = strnlen(text, (gsize)length);
  if (n < sizeof small) {
    memcpy(small, text, n);
    small[n] = '\0';
    return g_string_chunk_insert_const(self->texts, small);
  }
  g_autofree char *copy = g_strndup(text, n);
  return g_string_chunk_insert_const(self->texts, copy);
}

GPtrArray *
pk_arena_array(PkArena *self)
{
  GPtrArray *array = g_ptr_array_new();
  g_ptr_array_add(self->arrays, array);
  return array;
}

PkValue *
pk_arena_value(PkArena *self, PkValue value)
{
  if (self->blocks->len == 0 || self->used == BLOCK_VALUES) {
    g_ptr_array_add(self->blocks, g_new0(PkValue, BLOCK_VALUES));
    self->used = 0;
  }
  PkValue *block = self->blocks->pdata[self->blocks->len - 1];
  block[self->used] = value;
  return &block[self->used++];
}

double
pk_value_to_number(const PkValue *v)
{
  switch (v->kind) {
  case PK_VALUE_NULL:
  case PK_VALUE_BOOL:
  case PK_VALUE_NUMBER:
  case PK_VALUE_DATE:
    return v->number;
  case PK_VALUE_TEXT:
    return pk_ecma_string_to_number(v->text);
  case PK_VALUE_ARRAY: {
    g_autofree char *text = pk_value_to_string(v);
    return pk_ecma_string_to_number(text);
  }
  case PK_VALUE_OBJECT:
    break;
  }
  return NAN;
}

gboolean
pk_value_to_bool(const PkValue *v)
{
  switch (v->kind) {
  case PK_VALUE_NULL:
    return FALSE;
  case PK_VALUE_BOOL:
  case PK_VALUE_NUMBER:
    return v->number != 0 && !isnan(v->number);
  case PK_VALUE_TEXT:
    return v->text[0] != '\0';
  case PK_VALUE_DATE:
  case PK_VALUE_ARRAY:
  case PK_VALUE_OBJECT:
    break;
  }
  return TRUE;
}

/* ECMA-262 §21.4.4.41.4 ToDateString, in UTC. */
static char *
date_to_string(double ms)
{
  static const char days[] = "SunMonTueWedThuFriSat";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  PkCivil c;
  if (!isfinite(ms) || fabs(ms) > PK_MS_MAX)
    return g_strdup("Invalid Date");
  pk_civil_from_ms(ms, &c);
  return g_strdup_printf("%.3s %.3s %02d %s%0*" G_GINT64_FORMAT
                         " %02d:%02d:%02d GMT+0000 (Coordinated Universal Time)",
                         days + 3 * c.weekday, months + 3 * c.month, c.day, c.year < 0 ? "-" : "",
                         c.year < 0 ? 6 : 4, ABS(c.year), c.hour, c.minute, c.second);
}

static char *
array_to_string(const PkValue *v)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < v->items->len; i++) {
    const PkValue *item = v->items->pdata[i];
    if (i)
      g_string_append_c(text, ',');
    if (item->kind != PK_VALUE_NULL) {
      g_autofree char *part = pk_value_to_string(item);
      g_string_append(text, part);
    }
  }
  return g_string_free(text, FALSE);
}

char *
pk_value_to_string(const PkValue *v)
{
  switch (v->kind) {
  case PK_VALUE_NULL:
    return g_strdup(isnan(v->number) ? "undefined" : "null");
  case PK_VALUE_BOOL:
    return g_strdup(v->number != 0 ? "true" : "false");
  case PK_VALUE_NUMBER:
    return v->text ? g_strdup(v->text) : pk_number_to_js(v->number);
  case PK_VALUE_DATE:
    return date_to_string(v->number);
  case PK_VALUE_TEXT:
    return g_strdup(v->text);
  case PK_VALUE_ARRAY:
    return array_to_string(v);
  case PK_VALUE_OBJECT:
    break;
  }
  return g_strdup("[object Object]");
}

char *
pk_number_to_js(double d)
{
  return pk_ecma_number_to_string(d);
}

static gboolean
is_number_like(const PkValue *v)
{
  return v->kind == PK_VALUE_NUMBER || v->kind == PK_VALUE_DATE;
}

gboolean
pk_value_equal(const PkValue *a, const PkValue *b)
{
  if (is_number_like(a) && is_number_like(b)) {
    if (a->text && b->text)
      return strcmp(a->text, b->text) == 0;
    return a->number == b->number || (isnan(a->number) && isnan(b->number));
  }
  if (a->kind != b->kind)
    return FALSE;
  switch (a->kind) {
  case PK_VALUE_NULL:
    return TRUE;
  case PK_VALUE_BOOL:
    return (a->number != 0) == (b->number != 0);
  case PK_VALUE_TEXT:
    return a->text == b->text || strcmp(a->text, b->text) == 0;
  case PK_VALUE_ARRAY:
  case PK_VALUE_OBJECT:
    if (a->items->len != b->items->len)
      return FALSE;
    for (guint i = 0; i < a->items->len; i++)
      if (!pk_value_equal(a->items->pdata[i], b->items->pdata[i]))
        return FALSE;
    return TRUE;
  default:
    return FALSE;
  }
}

/* JavaScript's a < b, a > b: -1, 1, and 0 for equal or undefined. */
static int
relation(const PkValue *a, const PkValue *b)
{
  if (a->kind == PK_VALUE_TEXT && b->kind == PK_VALUE_TEXT) {
    int order = pk_utf16_compare(a->text, b->text);
    return order < 0 ? -1 : order > 0;
  }
  double x = pk_value_to_number(a), y = pk_value_to_number(b);
  return x < y ? -1 : x > y;
}

int
pk_value_compare(const PkValue *a, const PkValue *b)
{
  gboolean a_null = a->kind == PK_VALUE_NULL, b_null = b->kind == PK_VALUE_NULL;
  if (a_null || b_null)
    return a_null && b_null ? 0 : a_null ? -1 : 1;
  int order = relation(a, b);
  if (order)
    return order;
  gboolean a_nan = is_number_like(a) && isnan(a->number), b_nan = is_number_like(b) && isnan(b->number);
  return a_nan && !b_nan ? -1 : b_nan && !a_nan;
}

guint
pk_value_hash(const PkValue *v)
{
  guint hash = 0;
  double d = v->number + 0.0; /* -0 as 0 */
  switch (v->kind) {
  case PK_VALUE_NULL:
    return 1;
  case PK_VALUE_BOOL:
    return v->number != 0 ? 3 : 2;
  case PK_VALUE_NUMBER:
  case PK_VALUE_DATE:
    return isnan(d) ? 4 : g_double_hash(&d);
  case PK_VALUE_TEXT:
    return g_str_hash(v->text);
  case PK_VALUE_ARRAY:
  case PK_VALUE_OBJECT:
    for (guint i = 0; i < v->items->len; i++)
      hash = hash * 31 + pk_value_hash(v->items->pdata[i]);
    break;
  }
  return hash;
}

gboolean
pk_value_is_invalid(const PkValue *v)
{
  return v->kind == PK_VALUE_NULL || (is_number_like(v) && !isfinite(v->number));
}
