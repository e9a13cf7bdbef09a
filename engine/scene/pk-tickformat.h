/* The labels of an axis or legend: vega-scale tickFormat.
 *
 * Numbers by a format whose decimals follow from the tick step, log axes with
 * most labels left out, dates by a multi-format or one of a time unit. Thread-safe. */
#pragma once

#include "pk-numfmt.h"
#include "pk-scale.h"
#include "pk-timefmt.h"

G_BEGIN_DECLS

typedef enum { PK_TICK_FORMAT_AUTO, PK_TICK_FORMAT_NUMBER, PK_TICK_FORMAT_TIME } PkTickFormatType;

typedef struct PkTickFormat PkTickFormat;

/* count: the tick count; specifier may be NULL; no_skip: label every tick of a log scale too.
 * NULL with PK_ERROR_PARSE if the specifier is bad. */
PkTickFormat *pk_tick_format_new(const PkScale *scale, double count, const char *specifier,
                                 PkTickFormatType type, gboolean no_skip, GError **error);
/* The same for dates with a format for each unit; NULL formats are the defaults. Strings are copied. */
PkTickFormat *pk_tick_format_new_multi(const PkTimeMultiFormat *formats);
/* For the legend of a quantize, threshold or quantile scale: decimals from the least distance of
 * its thresholds (vega-scale labelFormat). */
PkTickFormat *pk_tick_format_new_thresholds(const PkScale *scale, const char *specifier, GError **error);
void pk_tick_format_free(PkTickFormat *format);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkTickFormat, pk_tick_format_free)

/* The label, "" for one left out; g_free. */
char *pk_tick_format_apply(const PkTickFormat *format, double value);
/* The label of a range in a legend of bins: "10 – 20", "< 20" or "≥ 10" if the other end is
 * infinite; g_free. */
char *pk_tick_format_apply_range(const PkTickFormat *format, double lo, double hi);

G_END_DECLS
