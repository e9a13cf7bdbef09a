/* What the files that implement include/pika share. */
#pragma once

#include "pk-backend.h"
#include "pk-frame-cache.h"
#include "pk-planner.h"
#include "pk-session-tally.h"
#include "pk-source.h"
#include "pk-text-pango.h"

#include <pika/pika.h>

G_BEGIN_DECLS

/* ref first: see pk_session_choose. vulkan last: opened when it is first of use, NULL until then. */
enum { PK_SESSION_REF, PK_SESSION_CPU, PK_SESSION_SQL, PK_SESSION_VULKAN, PK_SESSION_N_BACKENDS };

struct PikaSession {
  gint refs;
  PkSource *source;
  PkBackend *backends[PK_SESSION_N_BACKENDS];
  char *forced_backend; /* NULL: by cost */
  guint threads;
  char *gpu_device;     /* NULL: PIKA_DEVICE, or the best */
  guint64 gpu_memory;   /* 0: most of what is free */
  gboolean tried_gpu;   /* it was opened, or could not be; under lock */
  gboolean restricted;
  char **allowed_paths, **allowed_directories;
  PikaProgressFunc progress;
  gpointer progress_data;
  GTask *closing;       /* to be told at the end; NULL */
  PkFrameCache *frames; /* what a plot fetched is kept for its next question */
  GMutex lock;          /* guards what follows */
  GHashTable *counts;   /* relation → its rows, as gint64 *, once counted */
  GHashTable *views;    /* names, quoted, that are or were views: a set */
  PkFonts *fonts;       /* loads them; NULL: has not started, or was waited for */
  gboolean has_fonts;   /* it has started at some time */
  guint n_hidden;       /* tables made for specifications so far */
};

/* Runs a SELECT into a frame. stats may be NULL: to profile costs a little. */
PkFrame *pk_session_fetch(PikaSession *self, const char *sql, GCancellable *cancellable, PkQueryStats *stats,
                          GError **error);

/* Is the relation (what stands after FROM) a SELECT, or a table by its name? */
gboolean pk_session_is_select(const char *relation);

/* The rows of a relation, counted once, then kept; -1 on failure. To count those of a SELECT is a scan, which is added
 * to the tally (may be NULL). */
gint64 pk_session_count(PikaSession *self, const char *relation, GCancellable *cancellable, PkTally *tally,
                        GError **error);
/* What was counted, or told by pk_session_note_count; -1: nothing. */
gint64 pk_session_known_rows(PikaSession *self, const char *relation);
void pk_session_note_count(PikaSession *self, const char *relation, gint64 rows);

/* After a statement that may have changed tables: what was fetched and counted of them is not kept on. */
void pk_session_forget(PikaSession *self);

/* After a view changed: what was fetched and counted of views, which may read it, and of SELECTs. */
void pk_session_forget_views(PikaSession *self);

/* Are the plan's columns in memory? */
gboolean pk_session_has_columns(PikaSession *self, const PkPlan *plan);

/* The statement that fetches a plan's columns. Caller frees. */
char *pk_session_columns_sql(const PkPlan *plan);

/* A frame with the plan's columns, and perhaps more: fetched once, then kept. Adds to the tally. New reference. */
PkFrame *pk_session_columns(PikaSession *self, const PkPlan *plan, GCancellable *cancellable, PkTally *tally,
                            GError **error);

/* Answers a plan on the cheapest backend, fetching its columns if that takes a frame; adds to the tally and its
 * receipt, and sets backend and reason there. New reference. */
/* The plan's cells as a picture; *counts as pk_prepared_raster. */
gboolean pk_session_run_raster(PikaSession *self, PkPlan *plan, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                               GCancellable *cancellable, PkTally *tally, GError **error);
PkFrame *pk_session_run_plan(PikaSession *self, PkPlan *plan, GCancellable *cancellable, PkTally *tally,
                             GError **error);

/* Answers a SELECT over a relation in the source; adds to the tally and its receipt. New reference. */
PkFrame *pk_session_run_sql(PikaSession *self, const char *sql, const char *relation, GCancellable *cancellable,
                            PkTally *tally, GError **error);

/* The GPU's backend, opened if it was not yet; NULL without one, with the reason if error is not NULL. */
PkBackend *pk_session_open_gpu(PikaSession *self, GError **error);

/* The planner's choice for a plan as things stand. Caller frees. */
PkChoice *pk_session_choose(PikaSession *self, const PkPlan *plan, GError **error);

/* A control that reports to the session's progress function under a phase's name. `bound` lives as long as the call. */
typedef struct {
  PikaSession *session;
  const char *phase;
} PkSessionPhase;
PkQueryControl pk_session_control(PkSessionPhase *bound, GCancellable *cancellable, PkQueryStats *stats);

/* Begins to load the fonts on a worker, once a session; the first picture waits for it. */
void pk_session_start_fonts(PikaSession *self);
void pk_session_finish_fonts(PikaSession *self);

PikaKind pk_session_public_kind(PkType type);

/* Appends a plan and its choice: for people plan, SQL, candidates with estimates; as JSON an object {"title", "plan",
 * "hash", "sql", "choice"}. title may be NULL. */
void pk_session_explain_plan(const PkPlan *plan, const PkChoice *choice, const char *title, gboolean as_json, GString *out);
/* The same of a statement that the source answers as it is. */
void pk_session_explain_sql(const char *sql, const char *title, gboolean as_json, GString *out);
/* Appends "name":"text". */
void pk_session_append_json(GString *out, const char *name, const char *text);

/* --- the blocking bodies of include/pika's functions, without their workers --- */

PikaSession *pk_session_new(const PikaSessionOptions *options, GError **error);
void pk_session_free(PikaSession *self);
/* Drops a reference; if it was the last, a worker closes the session. */
void pk_session_release(PikaSession *self);
gboolean pk_session_open(PikaSession *self, const char *path, const char *name, const PikaImportOption *options,
                         guint n_options, GPtrArray **tables, GCancellable *cancellable, GError **error);
gboolean pk_session_remove_table(PikaSession *self, const char *name, GError **error);
GPtrArray *pk_session_describe_table(PikaSession *self, const char *table, GError **error);
GPtrArray *pk_session_describe(PikaSession *self, const char *sql, GError **error);
gboolean pk_session_set_view(PikaSession *self, const char *name, const char *sql, gboolean replace, GError **error);
GPtrArray *pk_session_profile(PikaSession *self, const char *table, guint n_bins, GCancellable *cancellable,
                              GError **error);
gboolean pk_session_query(PikaSession *self, const char *sql, struct ArrowArrayStream *out, PikaReceipt *receipt,
                          GCancellable *cancellable, GError **error);
/* Where the receipt of such a stream is completed from now on; NULL: nowhere. */
void pk_session_stream_set_receipt(struct ArrowArrayStream *stream, PikaReceipt *receipt);
char *pk_session_explain(PikaSession *self, const char *sql, gboolean as_json, GError **error);
gboolean pk_session_write_parquet(PikaSession *self, const char *sql, const char *path, GCancellable *cancellable,
                                  GError **error);
gboolean pk_session_write_stream(struct ArrowArrayStream *stream, PikaFormat format, GOutputStream *out, gint64 max_rows,
                                 guint max_width, gint64 *n_rows, GCancellable *cancellable, GError **error);
PikaPlot *pk_plot_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                      GCancellable *cancellable, GError **error);
GBytes *pk_plot_export(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options,
                       GCancellable *cancellable, GError **error);
gboolean pk_plot_get_data(PikaPlot *self, guint unit, struct ArrowArrayStream *out, GError **error);
char *pk_plot_explain(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                      gboolean as_json, GCancellable *cancellable, GError **error);

G_END_DECLS
