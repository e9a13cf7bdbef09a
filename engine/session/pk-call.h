/* A function of the session that takes time, as a job of the runtime.
 *
 * Its arguments and results are one structure. The synchronous form keeps it on
 * the caller's stack and waits, on a main context of its own, where the
 * listener to progress is called; on a worker it just runs. The asynchronous
 * form is a GTask that owns the structure. */
#pragma once

#include "pk-sched.h"
#include "pk-session-private.h"

G_BEGIN_DECLS

typedef struct {
  const char *name; /* in traces */
  gboolean (*run)(gpointer args, GCancellable *cancellable, GError **error);
  gboolean may_be_left; /* see PkJobSpec; of the asynchronous form */
  GDestroyNotify clear; /* frees what arguments of the asynchronous form hold, and what of the results was not taken */
} PkCallClass;

/* session (may be NULL) hears of progress. */
gboolean pk_call_now(const PkCallClass *klass, PikaSession *session, gpointer args, GCancellable *cancellable,
                     GError **error);

/* Takes over args, which g_free frees. key: see PkJobSpec. */
void pk_call_async(const PkCallClass *klass, PikaSession *session, gpointer args, PkLane lane, const char *key,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

/* The arguments with the results, for the caller to take; they live as long as `result`. NULL with *error on failure. */
gpointer pk_call_finish(const PkCallClass *klass, GAsyncResult *result, GError **error);

G_END_DECLS
