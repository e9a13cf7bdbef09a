/* A plan compiled for kernels: columns, predicates, keys, and the passes over the rows that its aggregates
 * take. Knows no device; what a run fills in is in the passes' states. */
#pragma once

#include "pk-frame.h"

#include "pk-vk-key.h"

G_BEGIN_DECLS

typedef enum {
  PK_VK_PASS_SUMS,     /* rows, counts, sums, least, greatest of a */
  PK_VK_PASS_TIES,     /* least a where b is the least (or greatest) of pass `of` */
  PK_VK_PASS_SPREAD,   /* sums of deviations from the means of pass `of` (and `of2`), or of their products */
  PK_VK_PASS_QUANTILE, /* a search for one rank of each group */
  PK_VK_PASS_DISTINCT,
  PK_VK_PASS_LINE,     /* all of M4: least and greatest of a with b, and of b with a */
} PkVkPassKind;

/* What the host has of a pass when it is done: an element a group, NULL where it was not asked for. */
typedef struct {
  const guint32 *counts;
  const gint64 *limbs;            /* limbs × groups */
  const guint64 *cells;           /* in place of counts and limbs: four a group (kernels/group.comp) */
  const guint64 *least, *greatest; /* ordinal + 2^63; ties: least; LINE: two arrays each, kernels/line.comp */
  const guint32 *flags;
  double sum;                     /* of one group, where no limbs are asked for */
  gboolean has_sum;
  const struct PkKernelSelect *select;
} PkVkState;

typedef struct {
  PkVkPassKind kind;
  gint a, b;                 /* columns of the plan; -1: none */
  guint32 flags_a, flags_b;  /* PK_COLUMN_AS_DOUBLE, PK_COLUMN_NO_NAN */
  guint ops, term, limbs;
  gint exponent;
  guint of, of2;             /* passes that this one follows */
  gboolean greatest;         /* TIES */
  double p;                  /* QUANTILE */
  guint take;                /* QUANTILE, not 0: the take-th value from the least (p = 0) or greatest (p = 1) */
  gint64 base;               /* QUANTILE, of the last run: what the ordinals found are counted from */
  gint64 base_a, base_b;     /* LINE: what ordinals are less in 32 bits */
  PkVkState state;
} PkVkPass;

typedef struct {
  PkPlan *plan;   /* referenced */
  PkFrame *frame; /* referenced */
  guint n_columns;
  PkVkColumn *columns; /* the plan's; its index is the slot */
  PkVkPredicate *predicates;
  guint n_keys; /* with the pixel of M4 */
  PkVkKey *keys;
  gboolean hashed;
  guint64 n_cells; /* unless hashed */
  GArray *passes;  /* of PkVkPass */
  gint *main_pass;  /* of each aggregate; -1: rows alone; M4: x, y, then four ties, or a LINE */
  gint *count_pass; /* where the arguments are counted, if not in main_pass; -1 */
  gint *rest_pass, *rest2_pass; /* spreads: the sums of the deviations themselves */
} PkVkProgram;

/* Whether kernels can answer it, as pk_backend_supports asks. */
gboolean pk_vk_program_supports(const PkPlan *plan, char **reason);

/* PK_ERROR_UNSUPPORTED or PK_ERROR_LIMIT where the data, not the plan, is beyond the kernels. */
PkVkProgram *pk_vk_program_new(PkPlan *plan, PkFrame *frame, GError **error);
void pk_vk_program_free(PkVkProgram *self);

static inline PkVkPass *
pk_vk_program_pass(const PkVkProgram *self, guint i)
{
  return &g_array_index(self->passes, PkVkPass, i);
}

G_END_DECLS
