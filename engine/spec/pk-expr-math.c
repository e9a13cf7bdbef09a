/* Expression functions: numbers and the kinds of values. */
#include "pk-ecma.h"
#include "pk-expr-function.h"

#include <string.h>

#define ONE_NUMBER(NAME, VALUE) \
  static gboolean NAME(const PkCall *call, PkValue *out) \
  { \
    double x = pk_call_number(call, 0); \
    *out = pk_value_number(VALUE); \
    return TRUE; \
  }

ONE_NUMBER(call_abs, fabs(x))
ONE_NUMBER(call_acos, acos(x))
ONE_NUMBER(call_asin, asin(x))
ONE_NUMBER(call_atan, atan(x))
ONE_NUMBER(call_ceil, ceil(x))
ONE_NUMBER(call_cos, cos(x))
ONE_NUMBER(call_exp, exp(x))
ONE_NUMBER(call_floor, floor(x))
ONE_NUMBER(call_log, log(x))
ONE_NUMBER(call_round, pk_ecma_round(x))
ONE_NUMBER(call_sin, sin(x))
ONE_NUMBER(call_sqrt, sqrt(x))
ONE_NUMBER(call_tan, tan(x))

static gboolean
call_atan2(const PkCall *call, PkValue *out)
{
  *out = pk_value_number(atan2(pk_call_number(call, 0), pk_call_number(call, 1)));
  return TRUE;
}

/* Unlike C, JavaScript has no 1 for 1 to the power of NaN or infinity. */
static gboolean
call_pow(const PkCall *call, PkValue *out)
{
  double x = pk_call_number(call, 0), y = pk_call_number(call, 1);
  *out = pk_value_number(isnan(y) || (fabs(x) == 1 && isinf(y)) ? NAN : pow(x, y));
  return TRUE;
}

/* Scaled by the greatest and summed with compensation (W. Kahan), as engines do. */
static gboolean
call_hypot(const PkCall *call, PkValue *out)
{
  double most = 0, sum = 0, lost = 0;
  gboolean any_nan = FALSE;
  for (guint i = 0; i < call->n; i++) {
    double x = fabs(pk_call_number(call, i));
    any_nan = any_nan || isnan(x);
    most = fmax(most, x);
  }
  for (guint i = 0; i < call->n && most > 0 && !isinf(most); i++) {
    double x = fabs(pk_call_number(call, i)) / most, term = x * x - lost, next = sum + term;
    lost = (next - sum) - term;
    sum = next;
  }
  *out = pk_value_number(isinf(most) ? most : any_nan ? NAN : sqrt(sum) * most);
  return TRUE;
}

/* Math.max (sign 1) or Math.min (-1): NaN if any is, and 0 above -0. */
static gboolean
extreme(const PkCall *call, int sign, PkValue *out)
{
  double best = sign > 0 ? -INFINITY : INFINITY;
  for (guint i = 0; i < call->n; i++) {
    double x = pk_call_number(call, i);
    if (isnan(x) || isnan(best))
      best = NAN;
    else if (sign > 0 ? x > best || (x == best && !signbit(x)) : x < best || (x == best && signbit(x)))
      best = x;
  }
  *out = pk_value_number(best);
  return TRUE;
}

static gboolean
call_max(const PkCall *call, PkValue *out)
{
  return extreme(call, 1, out);
}

static gboolean
call_min(const PkCall *call, PkValue *out)
{
  return extreme(call, -1, out);
}

static gboolean
call_clamp(const PkCall *call, PkValue *out)
{
  PkValue upper[2] = { call->args[2], call->args[0] }, lower[2] = { call->args[1], pk_value_null() };
  PkCall least = { call->run, call->node, 2, upper }, most = { call->run, call->node, 2, lower };
  return extreme(&least, -1, &lower[1]) && extreme(&most, 1, out);
}

static gboolean
call_is_nan(const PkCall *call, PkValue *out)
{
  *out = pk_value_bool(call->args[0].kind == PK_VALUE_NUMBER && isnan(call->args[0].number));
  return TRUE;
}

static gboolean
call_is_finite(const PkCall *call, PkValue *out)
{
  *out = pk_value_bool(call->args[0].kind == PK_VALUE_NUMBER && isfinite(call->args[0].number));
  return TRUE;
}

#define IS_KIND(NAME, TEST) \
  static gboolean NAME(const PkCall *call, PkValue *out) \
  { \
    PkValue v = pk_call_arg(call, 0); \
    *out = pk_value_bool(TEST); \
    return TRUE; \
  }

IS_KIND(call_is_array, v.kind == PK_VALUE_ARRAY)
IS_KIND(call_is_boolean, v.kind == PK_VALUE_BOOL)
IS_KIND(call_is_date, v.kind == PK_VALUE_DATE)
IS_KIND(call_is_defined, !pk_value_is_undefined(&v))
IS_KIND(call_is_number, v.kind == PK_VALUE_NUMBER)
IS_KIND(call_is_object, v.kind == PK_VALUE_OBJECT || v.kind == PK_VALUE_ARRAY || v.kind == PK_VALUE_DATE)
IS_KIND(call_is_regexp, pk_value_is_regex(&v))
IS_KIND(call_is_string, v.kind == PK_VALUE_TEXT)
IS_KIND(call_is_valid, v.kind != PK_VALUE_NULL && !(v.kind == PK_VALUE_NUMBER && isnan(v.number)))

/* null and "" have no value in any type (vega-util toNumber, toString, toBoolean, toDate). */
static gboolean
is_empty(const PkValue *v)
{
  return v->kind == PK_VALUE_NULL || (v->kind == PK_VALUE_TEXT && !v->text[0]);
}

static gboolean
call_to_number(const PkCall *call, PkValue *out)
{
  *out = is_empty(&call->args[0]) ? pk_value_null() : pk_value_number(pk_call_number(call, 0));
  return TRUE;
}

static gboolean
call_to_string(const PkCall *call, PkValue *out)
{
  *out = is_empty(&call->args[0]) ? pk_value_null() : pk_value_text(pk_call_text(call, 0));
  return TRUE;
}

static gboolean
call_to_boolean(const PkCall *call, PkValue *out)
{
  const PkValue *v = &call->args[0];
  gboolean is_false_text = v->kind == PK_VALUE_TEXT && (!strcmp(v->text, "false") || !strcmp(v->text, "0"));
  *out = is_empty(v) ? pk_value_null() : pk_value_bool(!is_false_text && pk_value_to_bool(v));
  return TRUE;
}

static gboolean
call_if(const PkCall *call, PkValue *out)
{
  *out = call->args[pk_value_to_bool(&call->args[0]) ? 1 : 2];
  if (out->kind == PK_VALUE_NUMBER)
    out->text = NULL; /* as a choice with ?: */
  return TRUE;
}

const PkFunction pk_math_functions[] = {
  { "abs", 1, 1, call_abs },           { "acos", 1, 1, call_acos },
  { "asin", 1, 1, call_asin },         { "atan", 1, 1, call_atan },
  { "atan2", 2, 2, call_atan2 },       { "ceil", 1, 1, call_ceil },
  { "cos", 1, 1, call_cos },           { "exp", 1, 1, call_exp },
  { "floor", 1, 1, call_floor },       { "hypot", 0, 255, call_hypot },
  { "log", 1, 1, call_log },           { "max", 0, 255, call_max },
  { "min", 0, 255, call_min },         { "pow", 2, 2, call_pow },
  { "round", 1, 1, call_round },       { "sin", 1, 1, call_sin },
  { "sqrt", 1, 1, call_sqrt },         { "tan", 1, 1, call_tan },
  { "clamp", 3, 3, call_clamp },       { "isNaN", 1, 1, call_is_nan },
  { "isFinite", 1, 1, call_is_finite }, { "isArray", 1, 1, call_is_array },
  { "isBoolean", 1, 1, call_is_boolean }, { "isDate", 1, 1, call_is_date },
  { "isDefined", 1, 1, call_is_defined }, { "isNumber", 1, 1, call_is_number },
  { "isObject", 1, 1, call_is_object }, { "isRegExp", 1, 1, call_is_regexp },
  { "isString", 1, 1, call_is_string }, { "isValid", 1, 1, call_is_valid },
  { "toNumber", 1, 1, call_to_number }, { "toString", 1, 1, call_to_string },
  { "toBoolean", 1, 1, call_to_boolean }, { "if", 3, 3, call_if },
  { NULL, 0, 0, NULL },
};
