/* Tests against a table of recorded answers (tests/reference/NAME.tsv): lines of an operation,
 * its arguments and the answer, between tabs; lines that start with # are comments. */
#pragma once

#include <glib.h>

/* Appends the answer for n arguments. Numbers by reference_append_number. */
typedef void (*ReferenceFunc)(char **args, guint n, GString *out);

/* Runs every line of the operation; fails the test at the first answer that differs and if there
 * is none. Answers are equal as text, or if their texts differ only in numbers by at most a
 * relative 1e-9 (absolute below 1) or absolute_tolerance. */
void reference_run(const char *table, const char *op, double absolute_tolerance, ReferenceFunc func);

/* "NaN", "Infinity" and decimals; "null" is NAN. */
double reference_number(const char *text);
/* Numbers between commas; g_free. "" is none. */
double *reference_numbers(const char *text, gsize *n);

void reference_append_number(GString *out, double x);
/* "[1,2]" */
void reference_append_numbers(GString *out, const double *values, gsize n);
