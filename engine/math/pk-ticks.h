/* Ticks and nice domains of continuous scales.
 *
 * Linear steps of 1, 2 or 5 times a power of ten: d3-array 3 ticks,
 * tickIncrement, tickStep (https://d3js.org/d3-array/ticks). Logarithmic and
 * time ticks, and nice: d3-scale 4. Counts and label filters: vega-scale
 * (tickCount, validTicks, tickLog). pow, sqrt and symlog scales use the linear
 * functions. Arrays returned are freed with g_free, never NULL. Thread-safe. */
#pragma once

#include "pk-timeinterval.h"

G_BEGIN_DECLS

/* The most ticks that any function here makes; a request for more makes none. */
#define PK_TICKS_MAX 100000

/* A positive step, or for steps below 1 the negated inverse (-10 is 0.1); start <= stop. */
double pk_tick_increment(double start, double stop, double count);
/* The step itself; negative if stop < start. */
double pk_tick_step(double start, double stop, double count);

double *pk_ticks_linear(double start, double stop, double count, gsize *n);
double *pk_ticks_log(double start, double stop, double base, double count, gsize *n);
/* utc: of a utc scale; else of a time scale (see pk_time_interval_for_ticks). */
double *pk_ticks_time(double start, double stop, double count, gboolean utc, gsize *n);
double *pk_ticks_time_interval(double start, double stop, const PkTimeInterval *interval, gsize *n);

/* Widen the first and last of n domain values (either order) to nice ones. count is 10 by
 * default in d3. For time the interval for count ticks, or the one given. */
void pk_nice_linear(double *domain, gsize n, double count);
void pk_nice_log(double *domain, gsize n, double base);
void pk_nice_time(double *domain, gsize n, double count, gboolean utc);
void pk_nice_time_interval(double *domain, gsize n, const PkTimeInterval *interval);

typedef enum { PK_TICK_LINEAR, PK_TICK_LOG, PK_TICK_TIME } PkTickKind;

/* The tick count after a least step (NAN: none) and the number of bin boundaries
 * (n_bins 0: the scale has no bins) are taken into account. */
double pk_tick_count(PkTickKind kind, double lo, double hi, double count, double min_step, gsize n_bins);

/* The candidate ticks whose positions lie in the range (rounded outwards), in range order, and
 * thinned by dropping every second while there are more than count (count <= 0: not thinned).
 * positions[i] is the place of values[i]. */
double *pk_ticks_valid(const double *values, const double *positions, gsize n_values,
                       double range0, double range1, double count, gsize *n);

/* Whether a log axis labels this tick: its leading digit is at most max(1, base·count/n_ticks). */
gboolean pk_log_tick_has_label(double value, double base, double count, gsize n_ticks);

G_END_DECLS
