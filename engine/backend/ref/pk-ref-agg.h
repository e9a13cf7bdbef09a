/* An aggregate over a list of rows, for the reference backend. Internal to it. */
#pragma once

#include "pk-column-builder.h"
#include "pk-ref-value.h"

G_BEGIN_DECLS

/* Appends the aggregate of the rows to the builder. PK_ERROR_OVERFLOW. */
gboolean pk_ref_aggregate(const PkPlan *plan, const PkAgg *agg, PkColumn *const *columns, const gint64 *rows,
                          gint64 n_rows, PkColumnBuilder *out, GError **error);

gboolean pk_ref_append(const PkRefValue *value, PkColumnBuilder *out, GError **error);

G_END_DECLS
