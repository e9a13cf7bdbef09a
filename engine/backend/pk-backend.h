/* The one door to everything that answers plans.
 *
 * Ownership: a backend outlives what it prepared. prepare keeps its own
 * references to plan and frame. execute may be called many times, from one
 * thread at a time per prepared plan, any thread; different prepared plans may
 * run at once. Arguments are checked in the front (pk_backend_*), never again behind the vtable. */
#pragma once

#include "pk-frame.h"
#include "pk-plan.h"
#include "pk-raster.h"
#include "pk-receipt.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct PkBackend PkBackend;
typedef struct PkPrepared PkPrepared;

/* What is known before running, for the estimate. */
typedef struct {
  gint64 rows;          /* in the relation, before predicates; -1: unknown */
  gsize bytes;          /* of the columns the plan reads */
  gboolean resident;    /* the frame is already in memory */
} PkWorkload;

typedef struct {
  double setup_ms;   /* fetch, transfer */
  double execute_ms;
} PkCost;

typedef struct {
  const char *name;
  /* TRUE if the backend answers this plan exactly as `ref` does; else *reason (owned by the caller) says
   * what it lacks. */
  gboolean (*supports)(PkBackend *self, const PkPlan *plan, char **reason);
  PkCost (*estimate)(PkBackend *self, const PkPlan *plan, const PkWorkload *work);
  /* frame holds the plan's columns by name; NULL for backends that read the relation themselves (sql). */
  PkPrepared *(*prepare)(PkBackend *self, PkPlan *plan, PkFrame *frame, GError **error);
  /* A new frame, as pk-plan.h describes it; fills the receipt's rows, bytes and execute_ms. Blocks. */
  PkFrame *(*execute)(PkPrepared *prepared, GCancellable *cancellable, PkReceipt *receipt, GError **error);
  /* The picture of the plan's cells where it was computed, so that only it comes back: every byte that of
   * pk_raster_paint. NULL: it is painted from what execute gives. */
  gboolean (*raster)(PkPrepared *prepared, const PkRasterStyle *style, PkRaster *raster, GCancellable *cancellable,
                     PkReceipt *receipt, GError **error);
  void (*prepared_free)(PkPrepared *prepared);
  void (*free)(PkBackend *self);
} PkBackendClass;

struct PkBackend { const PkBackendClass *klass; gboolean needs_frame; };
struct PkPrepared { PkBackend *backend; };

const char *pk_backend_get_name(PkBackend *self);
gboolean pk_backend_supports(PkBackend *self, const PkPlan *plan, char **reason);
PkCost pk_backend_estimate(PkBackend *self, const PkPlan *plan, const PkWorkload *work);
/* PK_ERROR_UNSUPPORTED if !supports. Checks that frame has the plan's columns with their types. */
PkPrepared *pk_backend_prepare(PkBackend *self, PkPlan *plan, PkFrame *frame, GError **error);
PkFrame *pk_prepared_execute(PkPrepared *self, GCancellable *cancellable, PkReceipt *receipt,
                             GError **error);
/* The plan's cells as a picture (pk-raster.h), as execute otherwise; *counts (may be NULL) gets the result, the caller's,
 * where it came back too, else NULL. PK_ERROR_INVALID: the plan has no cells of that number. */
gboolean pk_prepared_raster(PkPrepared *self, PkPlan *plan, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                            GCancellable *cancellable, PkReceipt *receipt, GError **error);
void pk_prepared_free(PkPrepared *self);
void pk_backend_free(PkBackend *self);

/* prepare + execute + free. */
PkFrame *pk_backend_run(PkBackend *self, PkPlan *plan, PkFrame *frame,
                        GCancellable *cancellable, PkReceipt *receipt, GError **error);

gboolean pk_backend_run_raster(PkBackend *self, PkPlan *plan, PkFrame *frame, const PkRasterStyle *style, PkRaster *raster,
                               PkFrame **counts, GCancellable *cancellable, PkReceipt *receipt, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkBackend, pk_backend_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PkPrepared, pk_prepared_free)

G_END_DECLS
