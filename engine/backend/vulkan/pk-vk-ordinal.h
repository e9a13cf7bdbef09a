/* A column as kernels see it: kinds and ordinals (kernels/pk-kernel-layout.h), on the host. */
#pragma once

#include "pk-column.h"
#include "pk-plan.h"

#include "pk-kernel-layout.h"

G_BEGIN_DECLS

typedef struct {
  const PkColumn *source;  /* borrowed */
  guint kind;              /* PK_KIND_… on the device; text: of its ranks */
  gboolean nullable, is_float;
  double divisor;
  const guint32 *ranks;    /* text: rank of a code, borrowed; else NULL */
  guint32 *codes;          /* text: code of a rank, owned */
  guint32 n_texts;
  gint64 least, greatest;  /* ordinals between which all values but NaN lie; least > greatest: none */
  double most;             /* largest finite absolute value as a double */
} PkVkColumn;

/* PK_ERROR_UNSUPPORTED for 128-bit integers. */
gboolean pk_vk_column_init(PkVkColumn *self, const PkColumn *source, GError **error);
void pk_vk_column_clear(PkVkColumn *self);

guint pk_vk_kind_size(guint kind);

/* The packed form for a specialization constant. */
guint32 pk_vk_column_pack(const PkVkColumn *self, guint slot);

/* The ordinal of a row that is not NULL, of a double for F64, and what ordinals stand for. */
gint64 pk_vk_ordinal_at(const PkVkColumn *self, gint64 row);
gint64 pk_vk_order_double(double value);
double pk_vk_unorder_double(gint64 ordinal);
double pk_vk_ordinal_double(const PkVkColumn *self, gint64 ordinal);   /* the value as a double */
__int128 pk_vk_ordinal_int(const PkVkColumn *self, gint64 ordinal);    /* integers; text: the code */

/* A function that does not fall as ordinals rise. */
typedef gint64 (*PkVkRising)(const PkVkColumn *column, gint64 ordinal, gconstpointer data);

/* The least ordinal of the column's domain (NaN included for floats) at which f reaches `level`, looked for
 * from `guess`; FALSE if it does nowhere. */
gboolean pk_vk_first_at(const PkVkColumn *self, PkVkRising f, gconstpointer data, gint64 level, gint64 guess,
                        gint64 *first);

/* About the ordinal of a double, within the domain. */
gint64 pk_vk_ordinal_near(const PkVkColumn *self, double value);

/* The order of the value of an ordinal and a constant: -1, 0, 1 (a PkVkRising with a PkScalar). */
gint64 pk_vk_compare_scalar(const PkVkColumn *self, gint64 ordinal, gconstpointer scalar);

G_END_DECLS
