/* What a person changed about a plot that they look at, as plain values: a document keeps it, compares it, undoes it.
 *
 * All values are those of data, none is a pixel, so a state goes with any size of the picture. It is changed by one
 * thread at a time; those who draw take a copy. What it says of scales, fields or parameters that a plot does not have
 * has no effect there. */
#pragma once

#include "pika-error.h"

G_BEGIN_DECLS

typedef struct PikaViewState PikaViewState;

/* The plot as its specification has it. */
PIKA_API PikaViewState *pika_view_state_new(void);
PIKA_API PikaViewState *pika_view_state_copy(const PikaViewState *self);
PIKA_API void pika_view_state_free(PikaViewState *self);
/* NULL is the state of pika_view_state_new. */
PIKA_API gboolean pika_view_state_equal(const PikaViewState *a, const PikaViewState *b);

/* {"domains": {"x": [0, 10]}, "transfer": "log", …}; what is as it was has no member. Caller frees. */
PIKA_API char *pika_view_state_to_json(const PikaViewState *self);
/* PIKA_ERROR_PARSE, or PIKA_ERROR_INVALID that names what is wrong. */
PIKA_API PikaViewState *pika_view_state_from_json(const char *json, gssize length, GError **error);

/* --- zoom and pan: what a continuous scale shows ---
 * `scale` is the id of a PikaAxisInfo ("x", "y"); dates are milliseconds since 1970 UTC. */

/* FALSE, and nothing changes, if an end is not finite or the ends are the same. */
PIKA_API gboolean pika_view_state_set_domain(PikaViewState *self, const char *scale, double from, double to);
PIKA_API gboolean pika_view_state_get_domain(const PikaViewState *self, const char *scale, double *from, double *to);
/* Shows all again; scale NULL: of every scale. */
PIKA_API void pika_view_state_clear_domain(PikaViewState *self, const char *scale);

/* --- density rasters --- */

/* How counts become shades: "equalize" (as many pixels in each shade), "linear", "log", "cbrt"; NULL: as the plot would.
 * FALSE for an unknown one. */
PIKA_API gboolean pika_view_state_set_transfer(PikaViewState *self, const char *transfer);
PIKA_API const char *pika_view_state_get_transfer(const PikaViewState *self);
/* A colour scheme of Vega ("magma", "blues"); NULL: the plot's own. An unknown one fails when it is drawn. */
PIKA_API void pika_view_state_set_scheme(PikaViewState *self, const char *scheme);
PIKA_API const char *pika_view_state_get_scheme(const PikaViewState *self);

/* --- legends --- */

/* A series (the value of a legend's field, as in PikaLegendInfo) that is left out; the legend keeps it. FALSE: the value
 * is no JSON. */
PIKA_API gboolean pika_view_state_set_hidden(PikaViewState *self, const char *field, const char *value, gboolean hidden);
PIKA_API gboolean pika_view_state_is_hidden(const PikaViewState *self, const char *field, const char *value);
/* Shows all again. */
PIKA_API void pika_view_state_clear_hidden(PikaViewState *self);

/* --- filters: what other plots of the same table select (crossfilter) ---
 * All of them must hold. They change which rows are drawn; domains and bins stay those of all rows, so that a plot does
 * not jump while somebody brushes another. NULL passes none. A field that the plot's data do not have filters nothing. */

/* From lo to hi, both included; dates as ms. */
PIKA_API gboolean pika_view_state_set_filter_range(PikaViewState *self, const char *field, double lo, double hi);
/* One of the values of a JSON array. FALSE: it is none. */
PIKA_API gboolean pika_view_state_set_filter_values(PikaViewState *self, const char *field, const char *values);
/* field NULL: all of them. */
PIKA_API void pika_view_state_clear_filter(PikaViewState *self, const char *field);

/* --- parameters of the specification --- */

/* The value of a variable, or what a selection selects as Vega-Lite writes it ({"x": [0, 5]}, [{"origin": "USA"}]), as
 * JSON; "null" for nothing, NULL: as the specification has it. FALSE: it is no JSON. */
PIKA_API gboolean pika_view_state_set_param(PikaViewState *self, const char *name, const char *value);
/* NULL if it is as the specification has it. Caller frees. */
PIKA_API char *pika_view_state_dup_param(const PikaViewState *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PikaViewState, pika_view_state_free)

G_END_DECLS
