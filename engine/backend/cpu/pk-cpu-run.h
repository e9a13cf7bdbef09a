/* Running a program over its frame, and turning what it leaves into a result. Internal to the CPU
 * backend. */
#pragma once

#include "pk-cpu-acc.h"

G_BEGIN_DECLS

/* All rows into one table, flushed; the caller's. PK_ERROR_CANCELLED. */
PkCpuTable *pk_cpu_run(const PkCpuProgram *program, GCancellable *cancellable, GError **error);

/* The result of a table. PK_ERROR_OVERFLOW. */
PkFrame *pk_cpu_emit(const PkCpuProgram *program, PkCpuTable *table, GError **error);

/* M4 of rows whose x ascends, without keys, predicates, NULL and NaN: one pass over y. */
gboolean pk_cpu_m4_can_sweep(const PkCpuProgram *program);
PkFrame *pk_cpu_m4_sweep(const PkCpuProgram *program, GCancellable *cancellable, GError **error);

/* A plan of rows. PK_ERROR_LIMIT: no memory for so many. */
PkFrame *pk_cpu_rows(const PkCpuProgram *program, GCancellable *cancellable, GError **error);

/* Finishing collections (pk-cpu-select.c): the k-th smallest of n, which stay as they are; number of
 * distinct ones, which get sorted. */
gint64 pk_cpu_select(const gint64 *values, gsize n, gsize k);
gint64 pk_cpu_count_distinct(gint64 *values, gsize n);
void pk_cpu_sort_wides(__int128 *values, gsize n);

G_END_DECLS
