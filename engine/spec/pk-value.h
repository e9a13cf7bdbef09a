/* A value as a specification sees it: JavaScript's null, boolean, number and
 * string, and a date (a number of milliseconds since 1970-01-01 UTC that knows it is one).
 *
 * Numbers that a double cannot hold exactly (64-bit and wider integers, decimals)
 * keep their exact text beside the double, so that a label or tooltip can show it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  PK_VALUE_NULL, /* also JavaScript's undefined: see pk_value_undefined */
  PK_VALUE_BOOL,
  PK_VALUE_NUMBER,
  PK_VALUE_DATE,
  PK_VALUE_TEXT,
  PK_VALUE_ARRAY, /* only in expressions and constants */
  PK_VALUE_OBJECT,
} PkValueKind;

typedef struct PkValue PkValue;
struct PkValue {
  PkValueKind kind;
  double number; /* NUMBER, DATE (ms); BOOL: 0 or 1; NULL: 0, and NaN for undefined, so that it is ToNumber
                    of both */
  const char *text; /* TEXT; NUMBER: exact digits or NULL. Interned or owned by the arena the value lives in:
                       never freed alone */
  GPtrArray *items; /* ARRAY: PkValue *; OBJECT: alternating key (TEXT) and value; owned by the arena */
};

/* Where the texts and arrays of values live; freed all at once. One thread. */
typedef struct PkArena PkArena;
PkArena *pk_arena_new(void);
void pk_arena_free(PkArena *self);
const char *pk_arena_text(PkArena *self, const char *text, gssize length); /* copied up to a NUL, interned */
GPtrArray *pk_arena_array(PkArena *self);
PkValue *pk_arena_value(PkArena *self, PkValue value);

static inline PkValue pk_value_null(void) { return (PkValue){ .kind = PK_VALUE_NULL }; }
/* A member or column that is not there; counts as null everywhere but in arithmetic and texts of
 * expressions. */
static inline PkValue
pk_value_undefined(void)
{
  return (PkValue){ .kind = PK_VALUE_NULL, .number = __builtin_nan("") };
}
static inline PkValue pk_value_number(double d) { return (PkValue){ .kind = PK_VALUE_NUMBER, .number = d }; }
static inline PkValue pk_value_date(double ms) { return (PkValue){ .kind = PK_VALUE_DATE, .number = ms }; }
static inline PkValue
pk_value_bool(gboolean b)
{
  return (PkValue){ .kind = PK_VALUE_BOOL, .number = b != 0 };
}
static inline PkValue
pk_value_text(const char *arena_text)
{
  return (PkValue){ .kind = PK_VALUE_TEXT, .text = arena_text };
}

/* ECMAScript's ToNumber, ToBoolean and ToString (numbers as JavaScript prints them, dates as in UTC; caller
 * owns). */
double pk_value_to_number(const PkValue *v);
gboolean pk_value_to_bool(const PkValue *v);
char *pk_value_to_string(const PkValue *v);
/* As keys of a Map: SameValueZero, so NaN equals itself, but dates by their time (and equal to that number),
 * arrays and objects by content. */
gboolean pk_value_equal(const PkValue *a, const PkValue *b);
/* The order of sorted domains and of vega-util's ascending(): null first, then NaN, then by JavaScript's <
 * (text by UTF-16 code unit); 0 where neither is less, as for a word and a number. */
int pk_value_compare(const PkValue *a, const PkValue *b);
guint pk_value_hash(const PkValue *v);
/* A number as JavaScript's Number.prototype.toString prints it. Caller owns. */
char *pk_number_to_js(double d);
/* NULL, NaN or an infinite number: not drawable on a continuous scale. */
gboolean pk_value_is_invalid(const PkValue *v);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkArena, pk_arena_free)

G_END_DECLS
