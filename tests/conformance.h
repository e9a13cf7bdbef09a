/* The conformance suite: any backend against the reference, on cases that are
 * written down and on random plans over random frames. */
#pragma once

#include "pk-backend.h"
#include "pk-source.h"

/* --- frames --- */

typedef enum {
  CONF_SMALL,    /* few distinct values */
  CONF_WIDE,     /* the type's whole range */
  CONF_SKEWED,   /* most rows one value */
  CONF_SORTED,
  CONF_CONSTANT,
  CONF_N_SHAPES
} ConfShape;

/* A frame of `rows` rows with a column of each type in several shapes, NULLs, and in floats NaN, infinities
 * and -0 where `odd`. Chunks of chunk_rows (0: the default). */
PkFrame *conformance_frame(GRand *rand, gint64 rows, gint64 chunk_rows, gboolean odd);

/* --- plans --- */

/* A plan over the frame's columns whose constants come from its rows. Passes pk_plan_check. */
PkPlan *conformance_plan(GRand *rand, PkFrame *frame);

/* --- comparison --- */

/* NULL if the answers agree, else what differs first (the caller's).
 *
 * Exact: everything but what is named here. In units of the column's largest finite absolute value M and the
 * frame's number of rows n, e = 2^-53:
 *   float sum       |d| <= (n + 8192) e n M      (cpu alone keeps 8192 e n M; sql adds row by row)
 *   mean            that over 1: (n + 8192) e M
 *   variance        1e-11 M^2, its root 1e-5 M; sums of squares and products 1e-11 n Mx My
 *   quantile        1e-14 M
 * A sum whose terms could together leave the range of double is not compared. */
char *conformance_difference(const PkPlan *plan, const PkFrame *source, const PkFrame *expected,
                             const PkFrame *got);

/* --- backends under test --- */

typedef struct {
  const char *name;
  PkBackend *backend;
  PkSource *source; /* sql: holds the frame as table "t"; else NULL */
} ConfSubject;

/* A frame as the relation "t" of a source of its own, and the sql backend over it. */
PkSource *conformance_source(PkFrame *frame);
PkBackend *conformance_sql(PkSource *source);

/* The vulkan backend, made once, with the validation layers on and small segments; NULL where there is no device
 * (then PIKA_NEED_GPU makes that a failure). PIKA_DEVICE chooses it. conformance_vulkan_end frees it, after
 * checking that the layers had nothing to say. */
PkBackend *conformance_vulkan(void);
void conformance_vulkan_end(void);

/* The same for the i-th of many plans. A software device compiles each kernel for a quarter of a second, so it takes every
 * fourth of them (PIKA_GPU_ALL: all); a GPU takes all. */
PkBackend *conformance_vulkan_turn(guint i);

/* Runs the plan on ref and on every subject that supports it; aborts the test with seed and plan where they
 * disagree.
 * The rows of the answer; -1 if all refuse alike. */
gint64 conformance_check(PkBackend *ref, ConfSubject *subjects, guint n_subjects, PkPlan *plan,
                         PkFrame *frame,
                         const char *what);
