/* ECMAScript's number and string primitives, which the formulas of Vega rest on.
 *
 * ECMA-262: Math.round, Number::toString, toFixed, toExponential, toPrecision.
 * Digits of the latter three are those of the exact binary value, halves rounded
 * up. Independent of the C locale. Strings are valid UTF-8 and freed with g_free. Thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Half up, also below 0: -2.5 is -2. */
double pk_ecma_round(double x);

/* The shortest digits that read back the same: "0.1", "1e+21", "NaN", "-Infinity". */
char *pk_ecma_number_to_string(double x);
/* digits 0..100. */
char *pk_ecma_to_fixed(double x, int digits);
/* digits after the point 0..100; -1: as many as the shortest form needs. */
char *pk_ecma_to_exponential(double x, int digits);
/* digits in all, 1..100. */
char *pk_ecma_to_precision(double x, int digits);
/* Math.round(x) in base 2..36, lower case; exact up to 2^53 and correct beyond. */
char *pk_ecma_integer_to_base(double x, int base);

/* The number that a string reads as (Number(text)): white space around, decimal, 0x, 0o, 0b,
 * "Infinity"; "" is 0; NAN otherwise. */
double pk_ecma_string_to_number(const char *text);

/* Length in UTF-16 code units, and the order of two strings by them. */
gsize pk_utf16_length(const char *text);
int pk_utf16_compare(const char *a, const char *b);

G_END_DECLS
