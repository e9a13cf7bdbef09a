/* Number formats: d3-format 3, and vega-format on top of it.
 *
 * Specifier: [[fill]align][sign][symbol][0][width][,][.precision][~][type]
 * (https://d3js.org/d3-format). Locale en-US; the minus sign is U+2212. Digits
 * are ECMAScript's (toFixed, toExponential, toPrecision round half up on the
 * exact value). Independent of the C locale. Strings are freed with g_free.
 * Thread-safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gunichar fill;     /* ' ' by default */
  char align;        /* '<' '>' '^' '=' */
  char sign;         /* '-' '+' '(' ' ' */
  char symbol;       /* '$' '#' or 0 */
  gboolean zero;
  int width;         /* -1: none */
  gboolean comma;
  int precision;     /* -1: none */
  gboolean trim;
  char type;         /* a letter or '%', 0: none */
} PkNumSpec;

/* FALSE with PK_ERROR_PARSE if text is no specifier. "" is the default format. */
gboolean pk_num_spec_parse(const char *text, PkNumSpec *spec, GError **error);

/* A format ready to use; a plain value, nothing to free. */
typedef struct {
  PkNumSpec spec;
  gboolean prefixed;   /* all values in one SI unit: */
  int prefix_exponent; /* its power of ten */
  gboolean trim_zeros; /* vega's formatFloat: cut trailing zeros of the fraction */
} PkNumFormat;

/* d3.format(specifier). NULL or "" is d3's "". */
gboolean pk_num_format_init(PkNumFormat *format, const char *specifier, GError **error);
/* vega formatSpan: for the labels of a linear axis over start..stop with about count
 * ticks. NULL is ",f"; a missing precision is found from the tick step. */
gboolean pk_num_format_init_span(PkNumFormat *format, double start, double stop, double count,
                                 const char *specifier, GError **error);
/* vega formatFloat: for log axes. NULL is ","; without a precision up to 12 digits and
 * trailing zeros cut. */
gboolean pk_num_format_init_float(PkNumFormat *format, const char *specifier, GError **error);

char *pk_num_format_apply(const PkNumFormat *format, double value);

/* In one step. NULL with *error if the specifier is bad. */
char *pk_format_number(const char *specifier, double value, GError **error);

/* d3 precisionFixed, precisionPrefix, precisionRound; -1 where d3 gives NaN. */
int pk_precision_fixed(double step);
int pk_precision_prefix(double step, double value);
int pk_precision_round(double step, double max);

G_END_DECLS
