/* Plans and columns of a session: which backend answers, and what it must fetch first. */
#include "pk-session-private.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"

#include <string.h>

static double
ms_since(gint64 start)
{
  return (double)(pk_clock_now_ns() - start) / 1e6;
}

PkFrame *
pk_session_fetch(PikaSession *self, const char *sql, GCancellable *cancellable, GError **error)
{
  PkSessionPhase phase = { self, "fetch" };
  PkQueryControl control = pk_session_control(&phase, cancellable, NULL);
  g_auto(PkArrowStream) stream = { 0 };
  if (!pk_source_query(self->source, sql, &control, &stream, error))
    return NULL;
  return pk_frame_read_stream(&stream, 0, cancellable, error);
}

static char *
columns_sql(const PkPlan *plan)
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

void
pk_kept_frame_free(PkKeptFrame *self)
{
  g_free(self->relation);
  pk_frame_unref(self->frame);
  g_free(self);
}

static gboolean
holds(const PkKeptFrame *kept, const PkPlan *plan)
{
  if (strcmp(kept->relation, plan->relation))
    return FALSE;
  for (guint i = 0; i < plan->n_columns; i++)
    if (!pk_frame_find(kept->frame, plan->columns[i].name, NULL))
      return FALSE;
  return TRUE;
}

static PkFrame *
lookup_frame(PikaSession *self, const PkPlan *plan)
{
  PkFrame *frame = NULL;
  g_mutex_lock(&self->lock);
  for (guint i = 0; i < self->frames->len && !frame; i++) {
    const PkKeptFrame *kept = self->frames->pdata[i];
    if (holds(kept, plan))
      frame = pk_frame_ref(kept->frame);
  }
  g_mutex_unlock(&self->lock);
  return frame;
}

static void
keep_frame(PikaSession *self, const PkPlan *plan, PkFrame *frame)
{
  PkKeptFrame *kept = g_new0(PkKeptFrame, 1);
  kept->relation = g_strdup(plan->relation);
  kept->frame = pk_frame_ref(frame);
  g_mutex_lock(&self->lock);
  g_ptr_array_add(self->frames, kept);
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

/* A plain table tells its rows without a scan; a SELECT does not. */
static gint64
count_rows(PikaSession *self, const PkPlan *plan)
{
  if (plan->relation[0] == '(')
    return -1;
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s", plan->relation);
  g_autoptr(PkFrame) frame = pk_session_fetch(self, sql, NULL, NULL);
  return frame && frame->length == 1 ? (gint64)pk_column_get_int(frame->columns[0], 0) : -1;
}

static PkWorkload
workload(PikaSession *self, const PkPlan *plan, PkFrame *resident)
{
  PkWorkload work = { .resident = resident != NULL };
  work.rows = resident ? resident->length : count_rows(self, plan);
  work.bytes = work.rows > 0 ? (gsize)work.rows * row_bytes(plan) : 0;
  return work;
}

static PkChoice *
choose(PikaSession *self, const PkPlan *plan, PkFrame *resident, GError **error)
{
  PkWorkload work = workload(self, plan, resident);
  /* ref defines what is right, one value at a time: it answers only when it is asked for by name. */
  guint first = self->forced_backend ? PK_SESSION_REF : PK_SESSION_CPU;
  return pk_planner_choose(self->backends + first, PK_SESSION_N_BACKENDS - first, plan, &work, self->forced_backend,
                           error);
}

PkChoice *
pk_session_choose(PikaSession *self, const PkPlan *plan, GError **error)
{
  g_autoptr(PkFrame) resident = lookup_frame(self, plan);
  return choose(self, plan, resident, error);
}

static void
add_receipt(PikaReceipt *total, const PkReceipt *part, const PkChoice *choice)
{
  g_strlcpy(total->backend, pk_backend_get_name(choice->chosen), sizeof total->backend);
  g_strlcpy(total->reason, choice->reason ? choice->reason : "", sizeof total->reason);
  total->rows_scanned += part->rows_scanned;
  total->rows_out += part->rows_out;
  total->bytes_read += part->bytes_read;
  total->execute_ms += part->execute_ms;
  total->exact = total->exact && part->exact;
  total->peak_bytes = MAX(total->peak_bytes, pk_mem_peak());
}

PkFrame *
pk_session_columns(PikaSession *self, const PkPlan *plan, GCancellable *cancellable, PikaReceipt *receipt,
                   GError **error)
{
  PkFrame *frame = lookup_frame(self, plan);
  if (frame)
    return frame;
  g_autofree char *sql = columns_sql(plan);
  gint64 start = pk_clock_now_ns();
  frame = pk_session_fetch(self, sql, cancellable, error);
  if (!frame)
    return NULL;
  receipt->fetch_ms += ms_since(start);
  keep_frame(self, plan, frame);
  return frame;
}

PkFrame *
pk_session_run_plan(PikaSession *self, PkPlan *plan, GCancellable *cancellable, PikaReceipt *receipt, GError **error)
{
  g_autoptr(PkFrame) frame = lookup_frame(self, plan);
  g_autoptr(PkChoice) choice = choose(self, plan, frame, error);
  if (!choice)
    return NULL;
  if (choice->chosen->needs_frame && !frame) {
    frame = pk_session_columns(self, plan, cancellable, receipt, error);
    if (!frame)
      return NULL;
  }
  PkReceipt part = { .exact = TRUE };
  PkFrame *result = pk_backend_run(choice->chosen, plan, choice->chosen->needs_frame ? frame : NULL, cancellable,
                                   &part, error);
  if (result)
    add_receipt(receipt, &part, choice);
  return result;
}

void
pk_session_explain_plan(PikaSession *self, const PkPlan *plan, GString *out)
{
  g_autofree char *text = pk_plan_explain(plan), *sql = pk_plan_to_sql(plan), *hash = pk_plan_hash(plan);
  g_autoptr(GError) error = NULL;
  g_autoptr(PkChoice) choice = pk_session_choose(self, plan, &error);
  g_string_append_printf(out, "Plan %.12s\n%s%s\nSQL\n  %s\n\n", hash, text, g_str_has_suffix(text, "\n") ? "" : "\n", sql);
  if (!choice) {
    g_string_append_printf(out, "Backend: %s\n", error->message);
    return;
  }
  g_autofree char *candidates = pk_choice_explain(choice);
  g_string_append_printf(out, "Backend %s\n%s", pk_backend_get_name(choice->chosen), candidates);
  if (!g_str_has_suffix(candidates, "\n"))
    g_string_append_c(out, '\n');
}
