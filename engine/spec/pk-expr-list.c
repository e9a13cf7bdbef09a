/* Expression functions: arrays, objects and colours. */
#include "pk-color.h"
#include "pk-expr-function.h"

#include <string.h>

#define MAX_SEQUENCE 100000

static gboolean
is_array(const PkCall *call, guint i)
{
  return i < call->n && call->args[i].kind == PK_VALUE_ARRAY;
}

/* JavaScript's === of two items. */
static gboolean
same(const PkCall *call, const PkValue *a, const PkValue *b)
{
  PkValue equal = pk_value_binary(call->run->arena, PK_OP_SEQ, NULL, NULL, a, b);
  return equal.number != 0;
}

static gboolean
less(const PkCall *call, const PkValue *a, const PkValue *b)
{
  PkValue is_less = pk_value_binary(call->run->arena, PK_OP_LT, NULL, NULL, a, b);
  return is_less.number != 0;
}

/* The place in UTF-16 units of `at` in a text. */
static double
place_of(const char *text, const char *at)
{
  double n = 0;
  for (; text < at; text = g_utf8_next_char(text))
    n += g_utf8_get_char(text) > 0xffff ? 2 : 1;
  return n;
}

static gboolean
find(const PkCall *call, gboolean last, PkValue *out)
{
  const PkValue *v = &call->args[0];
  *out = pk_value_number(-1);
  if (v->kind == PK_VALUE_TEXT) {
    const char *part = pk_call_text(call, 1);
    const char *at = !last     ? strstr(v->text, part)
                     : part[0] ? g_strrstr(v->text, part)
                               : v->text + strlen(v->text);
    double from = pk_call_integer(call, 2, 0);
    while (!last && at && *at && place_of(v->text, at) < from)
      at = strstr(g_utf8_next_char(at), part);
    if (at)
      *out = pk_value_number(place_of(v->text, at));
  } else if (v->kind == PK_VALUE_ARRAY) {
    double from = pk_call_integer(call, 2, 0), n = v->items->len;
    for (guint i = (guint)CLAMP(from < 0 ? n + from : from, 0, n); i < v->items->len; i++) {
      if (!same(call, v->items->pdata[i], &call->args[1]))
        continue;
      *out = pk_value_number(i);
      if (!last)
        break;
    }
  } else {
    *out = pk_value_number(NAN); /* where JavaScript throws */
  }
  return TRUE;
}

static gboolean
call_indexof(const PkCall *call, PkValue *out)
{
  return find(call, FALSE, out);
}

static gboolean
call_lastindexof(const PkCall *call, PkValue *out)
{
  return find(call, TRUE, out);
}

static gboolean
call_join(const PkCall *call, PkValue *out)
{
  PkValue given = pk_call_arg(call, 1);
  const char *separator = pk_value_is_undefined(&given) ? "," : pk_call_text(call, 1);
  g_autoptr(GString) text = g_string_new(NULL);
  if (!is_array(call, 0))
    return TRUE;
  for (guint i = 0; i < call->args[0].items->len; i++) {
    PkValue item = pk_array_at(&call->args[0], i);
    g_string_append(text, i ? separator : "");
    if (item.kind != PK_VALUE_NULL)
      g_string_append(text, pk_value_arena_string(call->run->arena, &item));
  }
  *out = pk_call_new_text(call, text->str);
  return TRUE;
}

static gboolean
call_peek(const PkCall *call, PkValue *out)
{
  if (is_array(call, 0) && call->args[0].items->len)
    *out = pk_array_at(&call->args[0], call->args[0].items->len - 1);
  return TRUE;
}

static gboolean
call_reverse(const PkCall *call, PkValue *out)
{
  if (!is_array(call, 0))
    return TRUE;
  *out = pk_call_new_array(call);
  for (guint i = call->args[0].items->len; i > 0; i--)
    pk_call_push(call, out, pk_array_at(&call->args[0], i - 1));
  return TRUE;
}

static gint
by_value(gconstpointer a, gconstpointer b)
{
  return pk_value_compare(*(PkValue *const *)a, *(PkValue *const *)b);
}

static gboolean
call_sort(const PkCall *call, PkValue *out)
{
  if (!is_array(call, 0))
    return TRUE;
  *out = pk_call_new_array(call);
  for (guint i = 0; i < call->args[0].items->len; i++)
    pk_call_push(call, out, pk_array_at(&call->args[0], i));
  g_ptr_array_sort(out->items, by_value);
  return TRUE;
}

/* [least, greatest], null and NaN apart. */
static gboolean
call_extent(const PkCall *call, PkValue *out)
{
  PkValue least = pk_value_undefined(), most = pk_value_undefined();
  gboolean any = FALSE;
  for (guint i = 0; is_array(call, 0) && i < call->args[0].items->len; i++) {
    PkValue item = pk_array_at(&call->args[0], i);
    if (item.kind == PK_VALUE_NULL || (item.kind == PK_VALUE_NUMBER && isnan(item.number)))
      continue;
    if (!any || less(call, &item, &least))
      least = item;
    if (!any || less(call, &most, &item))
      most = item;
    any = TRUE;
  }
  *out = pk_call_new_array(call);
  pk_call_push(call, out, least);
  pk_call_push(call, out, most);
  return TRUE;
}

static gboolean
call_span(const PkCall *call, PkValue *out)
{
  *out = pk_value_number(0);
  if (!is_array(call, 0) || call->args[0].items->len == 0)
    return TRUE;
  PkValue first = pk_array_at(&call->args[0], 0),
          last = pk_array_at(&call->args[0], call->args[0].items->len - 1);
  double span = pk_value_to_number(&last) - pk_value_to_number(&first);
  *out = pk_value_number(isnan(span) ? 0 : span);
  return TRUE;
}

static gboolean
call_inrange(const PkCall *call, PkValue *out)
{
  PkValue left = pk_call_arg(call, 2), right = pk_call_arg(call, 3);
  *out = pk_value_bool(FALSE);
  if (!is_array(call, 1) || call->args[1].items->len == 0)
    return TRUE;
  PkArena *arena = call->run->arena;
  PkValue a = pk_array_at(&call->args[1], 0), b = pk_array_at(&call->args[1], call->args[1].items->len - 1);
  if (less(call, &b, &a)) {
    PkValue swap = a;
    a = b;
    b = swap;
  }
  gboolean closed_left = pk_value_is_undefined(&left) || pk_value_to_bool(&left);
  gboolean closed_right = pk_value_is_undefined(&right) || pk_value_to_bool(&right);
  PkValue above = pk_value_binary(arena, closed_left ? PK_OP_LE : PK_OP_LT, NULL, NULL, &a, &call->args[0]);
  PkValue below = pk_value_binary(arena, closed_right ? PK_OP_LE : PK_OP_LT, NULL, NULL, &call->args[0], &b);
  *out = pk_value_bool(above.number != 0 && below.number != 0);
  return TRUE;
}

static gboolean
call_lerp(const PkCall *call, PkValue *out)
{
  double f = pk_call_number(call, 1);
  if (!is_array(call, 0) || call->args[0].items->len == 0)
    return TRUE;
  PkValue lo = pk_array_at(&call->args[0], 0),
          hi = pk_array_at(&call->args[0], call->args[0].items->len - 1);
  PkValue part = pk_value_number(f * (pk_value_to_number(&hi) - pk_value_to_number(&lo)));
  *out = f == 0 || isnan(f) ? lo
         : f == 1           ? hi
                            : pk_value_binary(call->run->arena, PK_OP_ADD, NULL, NULL, &lo, &part);
  return TRUE;
}

static gboolean
call_clamp_range(const PkCall *call, PkValue *out)
{
  if (!is_array(call, 0))
    return TRUE;
  PkValue first = pk_array_at(&call->args[0], 0), second = pk_array_at(&call->args[0], 1);
  double a = pk_value_to_number(&first), b = pk_value_to_number(&second);
  double lo = b < a ? b : a, hi = b < a ? a : b, least = pk_call_number(call, 1),
         most = pk_call_number(call, 2);
  double span = hi - lo;
  if (span >= most - least) {
    lo = least;
    hi = most;
  } else { /* with NaN for NaN */
    lo = isnan(span + least + most) ? NAN : fmin(fmax(lo, least), most - span);
    hi = lo + span;
  }
  *out = pk_call_new_array(call);
  pk_call_push(call, out, pk_value_number(lo));
  pk_call_push(call, out, pk_value_number(hi));
  return TRUE;
}

static gboolean
call_flush(const PkCall *call, PkValue *out)
{
  PkValue threshold = pk_call_arg(call, 2);
  double t = pk_value_to_number(&threshold), value = pk_call_number(call, 1);
  *out = pk_call_arg(call, 5);
  if (!is_array(call, 0) || call->args[0].items->len == 0 || threshold.kind == PK_VALUE_NULL || isnan(t))
    return TRUE;
  PkValue first = pk_array_at(&call->args[0], 0),
          last = pk_array_at(&call->args[0], call->args[0].items->len - 1);
  double a = pk_value_to_number(&first), b = pk_value_to_number(&last);
  double l = fabs(value - fmin(a, b)), r = fabs(fmax(a, b) - value);
  if (l < r && l <= t)
    *out = pk_call_arg(call, 3);
  else if (r <= t)
    *out = pk_call_arg(call, 4);
  return TRUE;
}

/* d3's range. */
static gboolean
call_sequence(const PkCall *call, PkValue *out)
{
  double start = call->n > 1 ? pk_call_number(call, 0) : 0, stop = pk_call_number(call, call->n > 1 ? 1 : 0);
  double step = call->n > 2 ? pk_call_number(call, 2) : 1, n = ceil((stop - start) / step);
  *out = pk_call_new_array(call);
  if (n > MAX_SEQUENCE)
    return pk_call_fail(call, "more than 100000 numbers");
  for (double i = 0; i < n; i++)
    pk_call_push(call, out, pk_value_number(start + i * step));
  return TRUE;
}

/* The members of all objects, later ones winning. */
static gboolean
call_merge(const PkCall *call, PkValue *out)
{
  *out = (PkValue){ .kind = PK_VALUE_OBJECT, .items = pk_arena_array(call->run->arena) };
  for (guint a = 0; a < call->n; a++) {
    const PkValue *from = &call->args[a];
    for (guint i = 0; from->kind == PK_VALUE_OBJECT && from->items && i + 1 < from->items->len; i += 2) {
      guint at = 0;
      while (at < out->items->len && !pk_value_equal(out->items->pdata[at], from->items->pdata[i]))
        at += 2;
      if (at == out->items->len)
        g_ptr_array_set_size(out->items, (gint)at + 2);
      out->items->pdata[at] = from->items->pdata[i];
      out->items->pdata[at + 1] = from->items->pdata[i + 1];
    }
  }
  return TRUE;
}

static gboolean
call_pluck(const PkCall *call, PkValue *out)
{
  if (!is_array(call, 0))
    return TRUE;
  *out = pk_call_new_array(call);
  for (guint i = 0; i < call->args[0].items->len; i++)
    pk_call_push(call, out,
                 pk_value_member(call->run->arena, call->args[0].items->pdata[i], &call->args[1]));
  return TRUE;
}

static PkValue
color_text(const PkCall *call, const PkColor *color)
{
  guint32 rgb = pk_color_to_rgb(color);
  double alpha = pk_color_alpha(color);
  g_autofree char *opacity = pk_number_to_js(alpha);
  g_autofree char *text =
    g_strdup_printf("rgb%s(%u, %u, %u%s%s)", alpha == 1 ? "" : "a", rgb >> 16, rgb >> 8 & 255, rgb & 255,
                    alpha == 1 ? "" : ", ", alpha == 1 ? "" : opacity);
  return pk_call_new_text(call, text);
}

/* rgb(text), rgb(r, g, b, opacity); hsl() likewise; as CSS writes the colour. */
static gboolean
make_color(const PkCall *call, const char *space, PkValue *out)
{
  PkColor color;
  g_autofree char *text = NULL;
  if (call->n == 1) {
    text = g_strdup(pk_call_text(call, 0));
  } else if (g_str_equal(space, "rgb")) {
    color = (PkColor){ pk_call_number(call, 0), pk_call_number(call, 1), pk_call_number(call, 2),
                       call->n > 3 ? pk_call_number(call, 3) : 1 };
    *out = color_text(call, &color);
    return TRUE;
  } else if (g_str_equal(space, "hsl")) {
    g_autofree char *h = pk_number_to_js(pk_call_number(call, 0)),
                    *s = pk_number_to_js(pk_call_number(call, 1) * 100);
    g_autofree char *l = pk_number_to_js(pk_call_number(call, 2) * 100);
    g_autofree char *a = pk_number_to_js(call->n > 3 ? pk_call_number(call, 3) : 1);
    text = g_strdup_printf("hsla(%s, %s%%, %s%%, %s)", h, s, l, a);
  } else {
    return pk_call_fail(call, "only a colour's text is supported here");
  }
  if (!pk_color_parse(text, &color))
    return pk_call_fail(call, "this is no colour");
  *out = color_text(call, &color);
  return TRUE;
}

static gboolean
call_rgb(const PkCall *call, PkValue *out)
{
  return make_color(call, "rgb", out);
}

static gboolean
call_hsl(const PkCall *call, PkValue *out)
{
  return make_color(call, "hsl", out);
}

static gboolean
call_lab(const PkCall *call, PkValue *out)
{
  return make_color(call, "lab", out);
}

static gboolean
luminance_of(const PkCall *call, guint i, double *out)
{
  PkColor color;
  if (!pk_color_parse(pk_call_text(call, i), &color))
    return pk_call_fail(call, "this is no colour");
  *out = pk_color_luminance(&color);
  return TRUE;
}

static gboolean
call_luminance(const PkCall *call, PkValue *out)
{
  double l = 0;
  if (!luminance_of(call, 0, &l))
    return FALSE;
  *out = pk_value_number(l);
  return TRUE;
}

/* WCAG 2's contrast ratio. */
static gboolean
call_contrast(const PkCall *call, PkValue *out)
{
  double a = 0, b = 0;
  if (!luminance_of(call, 0, &a) || !luminance_of(call, 1, &b))
    return FALSE;
  *out = pk_value_number((fmax(a, b) + 0.05) / (fmin(a, b) + 0.05));
  return TRUE;
}

const PkFunction pk_list_functions[] = {
  { "indexof", 2, 3, call_indexof }, { "lastindexof", 2, 2, call_lastindexof },
  { "join", 1, 2, call_join },       { "peek", 1, 1, call_peek },
  { "reverse", 1, 1, call_reverse }, { "sort", 1, 1, call_sort },
  { "extent", 1, 1, call_extent },   { "span", 1, 1, call_span },
  { "inrange", 2, 4, call_inrange }, { "lerp", 2, 2, call_lerp },
  { "clampRange", 3, 3, call_clamp_range }, { "flush", 6, 6, call_flush },
  { "sequence", 1, 3, call_sequence }, { "merge", 0, 255, call_merge },
  { "pluck", 2, 2, call_pluck },     { "rgb", 1, 4, call_rgb },
  { "hsl", 1, 4, call_hsl },         { "lab", 1, 4, call_lab },
  { "hcl", 1, 4, call_lab },         { "luminance", 1, 1, call_luminance },
  { "contrast", 2, 2, call_contrast }, { NULL, 0, 0, NULL },
};
