/* What the files that implement include/pika share. */
#pragma once

#include "pk-backend.h"
#include "pk-planner.h"
#include "pk-source.h"

#include <pika/pika.h>

G_BEGIN_DECLS

/* ref first: see pk_session_choose. */
enum { PK_SESSION_REF, PK_SESSION_CPU, PK_SESSION_SQL, PK_SESSION_N_BACKENDS };

/* Columns of a relation. */
typedef struct {
  char *relation;
  PkFrame *frame;
} PkKeptFrame;
void pk_kept_frame_free(PkKeptFrame *self);

struct PikaSession {
  gint refs;
  PkSource *source;
  PkBackend *backends[PK_SESSION_N_BACKENDS];
  char *forced_backend; /* NULL: by cost */
  guint threads;
  gboolean restricted;
  char **allowed_paths, **allowed_directories;
  PikaProgressFunc progress;
  gpointer progress_data;
  GMutex lock;          /* guards what follows */
  GPtrArray *frames;    /* of PkKeptFrame *: what a plot fetched is kept for its next question */
  guint n_hidden;       /* tables made for specifications so far */
};

/* Runs a SELECT into a frame. */
PkFrame *pk_session_fetch(PikaSession *self, const char *sql, GCancellable *cancellable, GError **error);

/* A frame with the plan's columns, and perhaps more: fetched once, then kept. New reference. */
PkFrame *pk_session_columns(PikaSession *self, const PkPlan *plan, GCancellable *cancellable, PikaReceipt *receipt,
                            GError **error);

/* Answers a plan on the cheapest backend, fetching its columns if that takes a frame; adds to *receipt, and sets
 * backend and reason in it. New reference. */
PkFrame *pk_session_run_plan(PikaSession *self, PkPlan *plan, GCancellable *cancellable, PikaReceipt *receipt,
                             GError **error);

/* The planner's choice for a plan as things stand. Caller frees. */
PkChoice *pk_session_choose(PikaSession *self, const PkPlan *plan, GError **error);

/* A control that reports to the session's progress function under a phase's name. `bound` lives as long as the call. */
typedef struct {
  PikaSession *session;
  const char *phase;
} PkSessionPhase;
PkQueryControl pk_session_control(PkSessionPhase *bound, GCancellable *cancellable, PkQueryStats *stats);

PikaKind pk_session_public_kind(PkType type);

/* A plan's choice for people: plan, SQL, candidates with estimates, choice. */
void pk_session_explain_plan(PikaSession *self, const PkPlan *plan, GString *out);
/* The same as a JSON object: {"plan", "hash", "sql", "choice"}. */
void pk_session_explain_plan_json(const PkPlan *plan, const PkChoice *choice, GString *out);

G_END_DECLS
