/* Makes a column from pieces: Arrow arrays, plain arrays, or single values.
 *
 * Integers are stored in the narrowest width that holds what came so far: a
 * chunk that meets a wider value is widened, full chunks stay as they are, and
 * finish brings all chunks to one width. So the memory needed beyond the
 * column's own is at most one chunk of it. One thread at a time; different
 * builders may run at once. After a failure only free is allowed. */
#pragma once

#include "pk-arrow-view.h"
#include "pk-column.h"

G_BEGIN_DECLS

typedef struct PkColumnBuilder PkColumnBuilder;

/* type: that of the relation; the column gets pk_column_stored_type of it. chunk_rows 0: PK_CHUNK_ROWS. */
PkColumnBuilder *pk_column_builder_new(const char *name, PkType type, gint64 chunk_rows);
void pk_column_builder_free(PkColumnBuilder *self);

/* Uses a finished dictionary (takes a reference): codes are then appended as values, not texts. */
void pk_column_builder_set_dictionary(PkColumnBuilder *self, PkDictionary *dictionary);

/* All rows of a checked view whose type is the builder's. PK_ERROR_LIMIT, PK_ERROR_OVERFLOW (UHUGEINT
 * beyond 127 bits). */
gboolean pk_column_builder_append_view(PkColumnBuilder *self, const PkArrowView *view, GError **error);

/* n values of a physical type (integers and codes: an integer one; floats: F32 or F64, converted).
 * valid: NULL, or a bitmap of which bit i says that value i is not NULL. data may be unaligned. */
gboolean pk_column_builder_append_values(PkColumnBuilder *self, PkPhysical source, const void *data,
                                         gint64 n,
                                         const guint8 *valid, GError **error);

gboolean pk_column_builder_append_null(PkColumnBuilder *self, gint64 n, GError **error);
gboolean pk_column_builder_append_int(PkColumnBuilder *self, __int128 value, GError **error);
gboolean pk_column_builder_append_double(PkColumnBuilder *self, double value, GError **error);
gboolean pk_column_builder_append_text(PkColumnBuilder *self, const char *text, gsize length,
                                       GError **error);

/* Frees the builder, whether it succeeds or not. */
PkColumn *pk_column_builder_finish(PkColumnBuilder *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkColumnBuilder, pk_column_builder_free)

G_END_DECLS
