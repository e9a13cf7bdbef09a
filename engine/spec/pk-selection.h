/* What a selection holds in a still picture: its initial value, as an expression over datum. */
#pragma once

#include "pk-spec.h"

G_BEGIN_DECLS

/* Whether a row is selected: "true" or "false" (as `empty` says) for a selection without an initial value,
 * the parameter's name for a parameter that is none, else a test of the value: ranges of an interval, equal
 * fields of a point (vega-lite, src/compile/selection). Caller owns the text. */
char *pk_selection_to_expr(const PkSpec *spec, const char *param, gboolean empty);

/* A predicate, which may hold {"param": …}, as an expression over datum. Caller owns the text. */
char *pk_selection_predicate(const PkSpec *spec, JsonNode *predicate, const char *path, GError **error);

G_END_DECLS
