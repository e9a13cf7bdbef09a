/* A small table of values: the rows that become marks. Column-major, mutable,
 * one thread. It is not for bulk data (that is PkFrame). */
#pragma once

#include "pk-frame.h"
#include "pk-value.h"

G_BEGIN_DECLS

typedef struct {
  char *name;
  GArray *values; /* of PkValue, table->n_rows long */
} PkTableColumn;

typedef struct {
  PkArena *arena; /* owned; holds the texts */
  gint64 n_rows;
  GPtrArray *columns; /* of PkTableColumn * */
} PkTable;

PkTable *pk_table_new(void);
void pk_table_free(PkTable *self);

/* Index of a column, -1 if none; added (all NULL) by pk_table_add_column if new. */
gint pk_table_find(const PkTable *self, const char *name);
guint pk_table_add_column(PkTable *self, const char *name);
/* With texts and arrays of its own. */
PkTable *pk_table_copy(const PkTable *self);
void pk_table_remove_column(PkTable *self, guint column);
void pk_table_rename_column(PkTable *self, guint column, const char *name); /* no other column has the name */
void pk_table_set_length(PkTable *self, gint64 n_rows); /* new rows are NULL */

static inline PkValue *
pk_table_at(const PkTable *self, guint column, gint64 row)
{
  return &g_array_index(((PkTableColumn *)self->columns->pdata[column])->values, PkValue, row);
}

/* Keeps the rows whose keep[row] is TRUE / puts rows in the order given (n_rows indices, may repeat or drop). */
void pk_table_filter(PkTable *self, const gboolean *keep);
void pk_table_reorder(PkTable *self, const gint64 *rows, gint64 n);

/* All rows of a frame. Dates and timestamps become PK_VALUE_DATE, wide integers and decimals keep their exact text.
 * PK_ERROR_LIMIT beyond max_rows. */
PkTable *pk_table_from_frame(PkFrame *frame, gint64 max_rows, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkTable, pk_table_free)

G_END_DECLS
