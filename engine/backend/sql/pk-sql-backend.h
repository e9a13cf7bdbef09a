/* The SQL backend: a plan's SQL, run by a source.
 *
 * It needs no frame: the relation is read where it lies. Supports every plan. */
#pragma once

#include "pk-backend.h"
#include "pk-cost.h"
#include "pk-source.h"

G_BEGIN_DECLS

/* Keeps a reference to the source. costs: borrowed for the backend's life; NULL: pk_cost_sql. threads: those
 * that the source runs a query on; 0: one for each processor. */
PkBackend *pk_sql_backend_new(PkSource *source, const PkCostTable *costs, guint threads);

G_END_DECLS
