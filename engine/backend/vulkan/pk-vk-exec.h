/* A program run on a device: what its groups are, and the states of its passes, on the host. */
#pragma once

#include "pk-vk-run.h"

G_BEGIN_DECLS

typedef struct {
  guint64 n_groups;
  const guint32 *rows; /* of each group; NULL: in cells */
  const guint64 *cells; /* four a group: kernels/group.comp */
  const guint32 *reps; /* hashed: a row of each group; else NULL */
} PkVkGroups;

static inline guint32
pk_vk_groups_rows(const PkVkGroups *self, guint64 g)
{
  return self->rows ? self->rows[g] : (guint32)self->cells[4 * g];
}

/* Fills *groups and the states of the program's passes; both last as long as the run. */
gboolean pk_vk_execute(PkVkRun *run, PkVkProgram *program, PkVkGroups *groups, GError **error);

/* Places the program's predicates and keys, which are then those of the run's spec and args. */
gboolean pk_vk_select(PkVkRun *run, const PkVkProgram *program, GError **error);

/* Counts the rows of each cell of a program that is not hashed: the address of 32-bit numbers on the device, or 0. */
guint64 pk_vk_count(PkVkRun *run, PkVkProgram *program, GError **error);

/* The sum of a pass for a group: exact, in units of 2^-exponent for fixed point. */
__int128 pk_vk_state_sum(const PkVkPass *pass, guint64 n_groups, guint64 g);
/* Of floats, as they are added up: NaN and infinities included. */
double pk_vk_state_double(const PkVkPass *pass, guint64 n_groups, guint64 g);
/* Of doubles in more precision; finite ones only. */
long double pk_vk_state_long(const PkVkPass *pass, guint64 n_groups, guint64 g);

/* The mean of the pass's column in a group, 0 of nothing. */
double pk_vk_pass_mean(const PkVkProgram *program, const PkVkPass *pass, const PkVkGroups *groups, guint64 g);

/* Values that went into a group's sum. */
guint32 pk_vk_pass_count(const PkVkPass *pass, const PkVkGroups *groups, guint64 g);

/* The table for a hash of keys is tried with this many slots first. */
#define PK_VK_FIRST_SLOTS ((guint64)1 << 22)

G_END_DECLS
