/* The planner: which backend answers a plan, by estimated cost. */
#pragma once

#include "pk-backend.h"

G_BEGIN_DECLS

typedef struct {
  PkBackend *backend; /* borrowed */
  gboolean supported;
  PkCost cost;        /* zero if not supported */
  char *reason;       /* why not supported; else NULL */
} PkCandidate;

typedef struct {
  PkBackend *chosen; /* borrowed */
  char *reason;      /* one line, for receipt and explain */
  guint n_candidates;
  PkCandidate *candidates; /* in the order given */
} PkChoice;

/* Chooses the cheapest that supports the plan; `forced` (a name, or NULL) overrides the cost, not the
 * support (PK_ERROR_UNSUPPORTED, PK_ERROR_USAGE for an unknown name). Caller frees with pk_choice_free. */
PkChoice *pk_planner_choose(PkBackend **backends, guint n, const PkPlan *plan, const PkWorkload *work,
                            const char *forced, GError **error);
void pk_choice_free(PkChoice *self);

/* A line for each candidate, the chosen one marked: name, estimated fetch and execution, or why it cannot.
 * */
char *pk_choice_explain(const PkChoice *self); /* owned by the caller */

/* The same as a JSON object: {"backend","reason","candidates":[{"backend","supported","setup_ms","execute_ms","reason"}]}. */
char *pk_choice_to_json(const PkChoice *self); /* owned by the caller */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkChoice, pk_choice_free)

G_END_DECLS
