/* Predicates and keys of a plan, made ready for kernels.
 *
 * Whatever a predicate or a bin edge says about values is turned into ordinals here, by asking the plan's
 * own definition where its answer changes, so that kernels only compare integers and agree with `ref` to the
 * last edge. Plain data; tables are the owner's until they are placed on the device. */
#pragma once

#include "pk-vk-ordinal.h"

G_BEGIN_DECLS

typedef struct {
  gpointer data; /* owned */
  gsize bytes;
} PkVkTable;

typedef struct {
  guint32 packed; /* for a specialization constant */
  struct PkKernelPredicate args; /* table not yet placed */
  PkVkTable table;
} PkVkPredicate;

typedef struct {
  const PkKey *key;         /* borrowed; NULL: the pixel column of M4 */
  const PkVkColumn *column; /* borrowed */
  guint slot;
  guint32 packed;
  struct PkKernelKey args; /* tables not yet placed */
  PkVkTable table, table2;
  guint64 n_codes;         /* 0: it has no codes, only a hash table will do */
  gboolean has_null;       /* the last code is NULL */
  gint64 *values;          /* TABLE, CLOCK: ordinal of the key's value for a code (of the day) */
  gint64 *values2;         /* CLOCK: what the clock adds */
} PkVkKey;

/* slot: of the column in kernels. */
gboolean pk_vk_predicate_init(PkVkPredicate *self, const PkPredicate *predicate, const PkVkColumn *column, guint slot,
                              GError **error);
void pk_vk_predicate_clear(PkVkPredicate *self);

/* rows: of the frame, to weigh a table against. PK_ERROR_LIMIT: a TIME key whose days are too many. */
gboolean pk_vk_key_init(PkVkKey *self, const PkKey *key, const PkVkColumn *column, guint slot, gint64 rows,
                        GError **error);
gboolean pk_vk_key_init_pixel(PkVkKey *self, const PkM4 *m4, const PkVkColumn *column, guint slot, GError **error);
void pk_vk_key_clear(PkVkKey *self);

/* What a result's key column holds for a code, or for a row of the group. */
typedef struct {
  gboolean is_null;
  gint64 ordinal; /* of the column; FLOOR: of the double; BINS, EDGES: the index; TIME: the start */
} PkVkKeyValue;
PkVkKeyValue pk_vk_key_of_code(const PkVkKey *self, guint64 code);
PkVkKeyValue pk_vk_key_of_row(const PkVkKey *self, gint64 row);

G_END_DECLS
