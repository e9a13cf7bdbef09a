/* Plans and columns of a session: which backend answers, and what it must fetch first. */
#include "pk-session-private.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"
#include "pk-trace.h"
#include "pk-vk-backend.h"

#include <string.h>

static double
ms_since(gint64 start)
{
  return (double)(pk_clock_now_ns() - start) / 1e6;
}

PkFrame *
pk_session_fetch(PikaSession *self, const char *sql, GCancellable *cancellable, PkQueryStats *stats, GError **error)
{
  PkSessionPhase phase = { self, "fetch" };
  PkQueryControl control = pk_session_control(&phase, cancellable, stats);
  g_auto(PkArrowStream) stream = { 0 };
  gint64 start = pk_clock_now_ns();
  if (!pk_source_query(self->source, sql, &control, &stream, error))
    return NULL;
  PkFrame *frame = pk_frame_read_stream(&stream, 0, cancellable, error);
  pk_trace_phase("fetch", start);
  return frame;
}

char *
pk_session_columns_sql(const PkPlan *plan)
{
  GString *sql = g_string_new("SELECT ");
  for (guint i = 0; i < plan->n_columns; i++) {
    g_autofree char *name = pk_sql_dup_ident(plan->columns[i].name);
    g_string_append_printf(sql, "%s%s", i ? ", " : "", name);
  }
  if (plan->n_columns == 0)
    g_string_append(sql, "1 AS one"); /* count(*) alone still needs the number of rows */
  g_string_append_printf(sql, " FROM %s", plan->relation);
  return g_string_free(sql, FALSE);
}

gboolean
pk_session_has_columns(PikaSession *self, const PkPlan *plan)
{
  g_autoptr(PkFrame) frame = pk_frame_cache_lookup(self->frames, plan);
  return frame != NULL;
}

void
pk_session_forget(PikaSession *self)
{
  pk_frame_cache_clear(self->frames);
  g_mutex_lock(&self->lock);
  g_hash_table_remove_all(self->counts);
  g_mutex_unlock(&self->lock);
}

/* Could its answer depend on a view? */
static gboolean
may_read_view(const char *relation, gpointer session)
{
  PikaSession *self = session;
  return pk_session_is_select(relation) || g_hash_table_contains(self->views, relation);
}

static gboolean
count_may_read_view(gpointer relation, gpointer count, gpointer session)
{
  return may_read_view(relation, session);
}

void
pk_session_forget_views(PikaSession *self)
{
  g_mutex_lock(&self->lock);
  pk_frame_cache_drop(self->frames, may_read_view, self);
  g_hash_table_foreach_remove(self->counts, count_may_read_view, self);
  g_mutex_unlock(&self->lock);
}

static gsize
row_bytes(const PkPlan *plan)
{
  gsize bytes = 0;
  for (guint i = 0; i < plan->n_columns; i++)
    bytes += MAX(pk_type_width(plan->columns[i].type), 4);
  return bytes;
}

gint64
pk_session_known_rows(PikaSession *self, const char *relation)
{
  g_mutex_lock(&self->lock);
  const gint64 *rows = g_hash_table_lookup(self->counts, relation);
  gint64 n = rows ? *rows : -1;
  g_mutex_unlock(&self->lock);
  return n;
}

void
pk_session_note_count(PikaSession *self, const char *relation, gint64 rows)
{
  g_mutex_lock(&self->lock);
  g_hash_table_replace(self->counts, g_strdup(relation), g_memdup2(&rows, sizeof rows));
  g_mutex_unlock(&self->lock);
}

gint64
pk_session_count(PikaSession *self, const char *relation, GCancellable *cancellable, PkTally *tally, GError **error)
{
  gint64 n = pk_session_known_rows(self, relation);
  if (n >= 0)
    return n;
  PkQueryStats stats = { 0 };
  gboolean scans = pk_session_is_select(relation);
  g_autofree char *sql = g_strconcat("SELECT count(*) AS n FROM ", relation, NULL);
  g_autoptr(PkFrame) frame = pk_session_fetch(self, sql, cancellable, scans ? &stats : NULL, error);
  if (!frame)
    return -1;
  n = (gint64)pk_column_get_int(frame->columns[0], 0);
  pk_session_note_count(self, relation, n);
  if (tally && scans)
    pk_tally_add_scan(tally, relation, n, (gint64)stats.bytes_read);
  return n;
}

gboolean
pk_session_is_select(const char *relation)
{
  return relation[0] == '(';
}

/* A plain table tells its rows without a scan; a SELECT does not. */
static gboolean
describe_work(PikaSession *self, const PkPlan *plan, PkFrame *resident, PkWorkload *work, GError **error)
{
  *work = (PkWorkload){ .resident = resident != NULL };
  work->rows = resident                                ? resident->length
               : pk_session_is_select(plan->relation) ? pk_session_known_rows(self, plan->relation)
                                                      : pk_session_count(self, plan->relation, NULL, NULL, error);
  work->bytes = work->rows > 0 ? (gsize)work->rows * row_bytes(plan) : 0;
  return work->rows >= 0 || pk_session_is_select(plan->relation);
}

/* Below so many rows a GPU saves less than it takes to open one. */
#define LEAST_GPU_ROWS ((gint64)1 << 22)

PkBackend *
pk_session_open_gpu(PikaSession *self, GError **error)
{
  PkVkOptions options = { .device = self->gpu_device, .memory = self->gpu_memory };
  g_autoptr(GError) failure = NULL;
  g_mutex_lock(&self->lock);
  if (!self->tried_gpu || (error && !self->backends[PK_SESSION_VULKAN]))
    self->backends[PK_SESSION_VULKAN] = pk_vk_backend_new(&options, &failure);
  self->tried_gpu = TRUE;
  PkBackend *gpu = self->backends[PK_SESSION_VULKAN];
  g_mutex_unlock(&self->lock);
  if (!gpu && error)
    g_propagate_error(error, g_steal_pointer(&failure));
  return gpu;
}

/* How many of the backends the planner hears of: the last, a GPU, where one may pay. */
static guint
count_backends(PikaSession *self, const PkWorkload *work)
{
  gboolean may_pay = self->forced_backend || work->rows >= LEAST_GPU_ROWS;
  return may_pay && pk_session_open_gpu(self, NULL) ? PK_SESSION_N_BACKENDS : PK_SESSION_VULKAN;
}

static PkChoice *
choose(PikaSession *self, const PkPlan *plan, PkFrame *resident, GError **error)
{
  PkWorkload work;
  if (!describe_work(self, plan, resident, &work, error))
    return NULL;
  /* ref defines what is right, one value at a time: it answers only when it is asked for by name. */
  guint first = self->forced_backend ? PK_SESSION_REF : PK_SESSION_CPU;
  return pk_planner_choose(self->backends + first, count_backends(self, &work) - first, plan, &work,
                           self->forced_backend, error);
}

PkChoice *
pk_session_choose(PikaSession *self, const PkPlan *plan, GError **error)
{
  g_autoptr(PkFrame) resident = pk_frame_cache_lookup(self->frames, plan);
  return choose(self, plan, resident, error);
}

static void
add_receipt(PikaReceipt *total, const PkReceipt *part, const char *backend, const char *reason)
{
  g_strlcpy(total->backend, backend, sizeof total->backend);
  g_strlcpy(total->reason, reason ? reason : "", sizeof total->reason);
  total->rows_out += part->rows_out;
  total->execute_ms += part->execute_ms;
  total->exact = total->exact && part->exact;
  total->peak_bytes = MAX(total->peak_bytes, pk_mem_peak());
}

/* Bytes that the fetching of a plan's columns may need: while a chunk grows it takes up to three times its size. */
static gsize
fetch_bytes(const PkPlan *plan, gint64 rows)
{
  return (gsize)(rows + 2 * MIN(rows, PK_CHUNK_ROWS)) * row_bytes(plan);
}

/* Frames that nobody asked for lately make room: as many as the columns may need, and if that did not tell all
 * (texts), all of them. */
static PkFrame *
fetch_columns(PikaSession *self, const PkPlan *plan, GCancellable *cancellable, GError **error)
{
  g_autofree char *sql = pk_session_columns_sql(plan);
  g_autoptr(GError) failure = NULL;
  gint64 rows = pk_session_known_rows(self, plan->relation);
  if (rows > 0)
    pk_frame_cache_make_room(self->frames, fetch_bytes(plan, rows));
  PkFrame *frame = pk_session_fetch(self, sql, cancellable, NULL, &failure);
  if (!frame && g_error_matches(failure, PK_ERROR, PK_ERROR_LIMIT) && pk_frame_cache_make_room(self->frames, G_MAXSIZE)) {
    g_clear_error(&failure);
    frame = pk_session_fetch(self, sql, cancellable, NULL, &failure);
  }
  if (!frame)
    g_propagate_error(error, g_steal_pointer(&failure));
  return frame;
}

PkFrame *
pk_session_columns(PikaSession *self, const PkPlan *plan, GCancellable *cancellable, PkTally *tally, GError **error)
{
  PkFrame *frame = pk_frame_cache_lookup(self->frames, plan);
  if (!frame) {
    gint64 start = pk_clock_now_ns();
    frame = fetch_columns(self, plan, cancellable, error);
    if (!frame)
      return NULL;
    tally->receipt->fetch_ms += ms_since(start);
    tally->receipt->scans++;
    pk_frame_cache_add(self->frames, plan->relation, frame);
  }
  pk_tally_add_frame(tally, plan->relation, frame);
  return frame;
}

/* Rows that a statement over the relation went through: all, if they were counted. The engine's profile tells of other
 * things too (the cells of a grid that the statement makes up), and a locked configuration has none. */
static gint64
rows_of_scan(PikaSession *self, const char *relation, gint64 profiled, gint64 rows_out)
{
  gint64 known = pk_session_known_rows(self, relation);
  return known >= 0 ? known : MAX(profiled, rows_out);
}

PkFrame *
pk_session_run_sql(PikaSession *self, const char *sql, const char *relation, GCancellable *cancellable, PkTally *tally,
                   GError **error)
{
  PkQueryStats stats = { 0 };
  gint64 start = pk_clock_now_ns();
  PkFrame *frame = pk_session_fetch(self, sql, cancellable, &stats, error);
  if (!frame)
    return NULL;
  tally->receipt->fetch_ms += ms_since(start);
  if (!tally->receipt->backend[0])
    g_strlcpy(tally->receipt->backend, "sql", sizeof tally->receipt->backend);
  pk_tally_add_scan(tally, relation, rows_of_scan(self, relation, (gint64)stats.rows_scanned, frame->length),
                    (gint64)stats.bytes_read);
  return frame;
}

/* The device was lost, or its memory or tables do not hold the data: nothing that another backend would meet. */
static gboolean
is_fault_of_gpu(PikaSession *self, PkBackend *backend, const GError *error)
{
  return backend == self->backends[PK_SESSION_VULKAN] &&
         (g_error_matches(error, PK_ERROR, PK_ERROR_ENGINE) || g_error_matches(error, PK_ERROR, PK_ERROR_LIMIT) ||
          g_error_matches(error, PK_ERROR, PK_ERROR_UNSUPPORTED));
}

/* What a plan is run for: its result, or the picture of its cells (and the result, where it came back too). */
typedef struct {
  PkPlan *plan;
  const PkRasterStyle *style; /* NULL: no picture */
  PkRaster *raster;
  PkFrame *result;
} Job;

static gboolean
run_job(Job *job, PkBackend *backend, PkFrame *frame, GCancellable *cancellable, PkReceipt *part, GError **error)
{
  if (job->style)
    return pk_backend_run_raster(backend, job->plan, frame, job->style, job->raster, &job->result, cancellable, part, error);
  job->result = pk_backend_run(backend, job->plan, frame, cancellable, part, error);
  return job->result != NULL;
}

static gboolean
run_somewhere(PikaSession *self, Job *job, GCancellable *cancellable, PkTally *tally, GError **error)
{
  g_autoptr(PkFrame) frame = pk_frame_cache_lookup(self->frames, job->plan);
  g_autoptr(PkChoice) choice = choose(self, job->plan, frame, error);
  if (!choice)
    return FALSE;
  gboolean needs_frame = choice->chosen->needs_frame;
  if (needs_frame) {
    g_clear_pointer(&frame, pk_frame_unref);
    frame = pk_session_columns(self, job->plan, cancellable, tally, error);
    if (!frame)
      return FALSE;
  }
  PkReceipt part = { .exact = TRUE };
  g_autoptr(GError) failure = NULL;
  g_autofree char *fallen = NULL;
  gint64 start = pk_clock_now_ns();
  gboolean ok = run_job(job, choice->chosen, needs_frame ? frame : NULL, cancellable, &part, &failure);
  if (!ok && is_fault_of_gpu(self, choice->chosen, failure)) {
    fallen = g_strdup_printf("cpu, because vulkan failed: %s", failure->message);
    g_clear_error(&failure);
    ok = run_job(job, self->backends[PK_SESSION_CPU], frame, cancellable, &part, &failure);
  }
  pk_trace_phase("execute", start);
  if (!ok) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  if (!needs_frame)
    pk_tally_add_scan(tally, job->plan->relation, rows_of_scan(self, job->plan->relation, part.rows_scanned, part.rows_out),
                      part.bytes_read);
  add_receipt(tally->receipt, &part, fallen ? "cpu" : pk_backend_get_name(choice->chosen),
              fallen ? fallen : choice->reason);
  return TRUE;
}

PkFrame *
pk_session_run_plan(PikaSession *self, PkPlan *plan, GCancellable *cancellable, PkTally *tally, GError **error)
{
  Job job = { .plan = plan };
  return run_somewhere(self, &job, cancellable, tally, error) ? job.result : NULL;
}

gboolean
pk_session_run_raster(PikaSession *self, PkPlan *plan, const PkRasterStyle *style, PkRaster *raster, PkFrame **counts,
                      GCancellable *cancellable, PkTally *tally, GError **error)
{
  Job job = { .plan = plan, .style = style, .raster = raster };
  if (counts)
    *counts = NULL;
  if (!run_somewhere(self, &job, cancellable, tally, error))
    return FALSE;
  if (counts)
    *counts = g_steal_pointer(&job.result);
  g_clear_pointer(&job.result, pk_frame_unref);
  return TRUE;
}
