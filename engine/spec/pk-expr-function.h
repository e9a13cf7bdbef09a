/* Helpers for the function library of expressions. Not for use outside engine/spec. */
#pragma once

#include "pk-expr-node.h"

#include "pk-error.h"

#include <math.h>

G_BEGIN_DECLS

/* Argument i, undefined if it was not given. */
static inline PkValue
pk_call_arg(const PkCall *call, guint i)
{
  return i < call->n ? call->args[i] : pk_value_undefined();
}

static inline double
pk_call_number(const PkCall *call, guint i)
{
  PkValue v = pk_call_arg(call, i);
  return pk_value_to_number(&v);
}

/* ToString of an argument; lives in the arena. */
static inline const char *
pk_call_text(const PkCall *call, guint i)
{
  PkValue v = pk_call_arg(call, i);
  return pk_value_arena_string(call->run->arena, &v);
}

static inline PkValue
pk_call_new_text(const PkCall *call, const char *text)
{
  return pk_value_text(pk_arena_text(call->run->arena, text, -1));
}

/* ToIntegerOrInfinity of an argument, a default if it is undefined. */
static inline double
pk_call_integer(const PkCall *call, guint i, double fallback)
{
  PkValue v = pk_call_arg(call, i);
  double d = pk_value_is_undefined(&v) ? fallback : pk_value_to_number(&v);
  return isnan(d) ? 0 : trunc(d);
}

static inline PkValue
pk_call_new_array(const PkCall *call)
{
  return (PkValue){ .kind = PK_VALUE_ARRAY, .items = pk_arena_array(call->run->arena) };
}

static inline void
pk_call_push(const PkCall *call, PkValue *array, PkValue item)
{
  g_ptr_array_add(array->items, pk_arena_value(call->run->arena, item));
}

static inline PkValue
pk_array_at(const PkValue *array, guint i)
{
  return i < array->items->len ? *(PkValue *)array->items->pdata[i] : pk_value_undefined();
}

/* PK_ERROR_INVALID that names the function and its column. Returns FALSE. */
gboolean pk_call_fail(const PkCall *call, const char *what);

/* The tables of the library; each ends with a NULL name. */
extern const PkFunction pk_math_functions[];
extern const PkFunction pk_text_functions[];
extern const PkFunction pk_date_functions[];
extern const PkFunction pk_list_functions[];

G_END_DECLS
