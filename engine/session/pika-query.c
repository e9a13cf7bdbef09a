/* SQL statements: recognised as a plan where that pays, else streamed from the source. */
#include "pk-session-private.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-sql-quote.h"

#include <string.h>

/* --- recognition --- */

typedef struct {
  PikaSession *session;
  GHashTable *columns; /* relation → array of PkColumnInfo */
} Lookup;

static const PkColumnInfo *
find_column(const char *relation, const char *column, gpointer data)
{
  Lookup *lookup = data;
  GPtrArray *columns = g_hash_table_lookup(lookup->columns, relation);
  if (!columns) {
    g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", relation);
    columns = pk_source_describe(lookup->session->source, sql, NULL);
    if (!columns) /* the statement will fail with the engine's own words */
      return NULL;
    g_hash_table_insert(lookup->columns, g_strdup(relation), columns);
  }
  for (guint i = 0; i < columns->len; i++) {
    const PkColumnInfo *info = columns->pdata[i];
    if (!g_ascii_strcasecmp(info->name, column))
      return info;
  }
  return NULL;
}

static char *
to_sql(const char *statement_json, gpointer data)
{
  Lookup *lookup = data;
  g_autofree char *literal = pk_sql_dup_literal(statement_json);
  g_autofree char *sql = g_strdup_printf("SELECT json_deserialize_sql(%s)", literal);
  g_autoptr(PkFrame) frame = pk_session_fetch(lookup->session, sql, NULL, NULL, NULL);
  gsize length = 0;
  const char *text = frame && frame->length == 1 ? pk_column_get_text(frame->columns[0], 0, &length) : NULL;
  return text ? g_strndup(text, length) : NULL;
}

/* The plan in a statement, or NULL and why there is none. *is_select: it changes nothing. */
static PkSqlMatch *
recognise(PikaSession *self, const char *sql, gboolean *is_select, char **reason)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *json = pk_source_parse_sql(self->source, sql, &error);
  *is_select = json != NULL;
  if (!json) {
    *reason = g_strdup(error->message);
    return NULL;
  }
  Lookup lookup = { .session = self };
  lookup.columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  PkSqlContext context = { .find_column = find_column, .to_sql = to_sql, .data = &lookup, .utc = TRUE };
  PkSqlMatch *match = pk_sql_match(json, &context, reason, &error);
  if (!match && !*reason)
    *reason = g_strdup(error ? error->message : "not a plan");
  g_hash_table_unref(lookup.columns);
  return match;
}

/* --- a stream that fills a receipt when it ends --- */

typedef struct {
  PkArrowStream inner;
  PkQueryStats stats;
  PikaReceipt *receipt;
  PkSessionPhase phase;
  gint64 start;
  gint64 rows;
} Tracked;

static int
tracked_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  Tracked *t = stream->private_data;
  return t->inner.get_schema(&t->inner, out);
}

static int
tracked_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Tracked *t = stream->private_data;
  int code = t->inner.get_next(&t->inner, out);
  if (code == 0 && out->release)
    t->rows += out->length;
  return code;
}

static const char *
tracked_get_last_error(struct ArrowArrayStream *stream)
{
  Tracked *t = stream->private_data;
  return t->inner.get_last_error(&t->inner);
}

static void
tracked_release(struct ArrowArrayStream *stream)
{
  Tracked *t = stream->private_data;
  if (t->inner.release)
    t->inner.release(&t->inner);
  if (t->receipt) {
    t->receipt->rows_scanned = (gint64)MAX(t->stats.rows_scanned, t->stats.rows);
    t->receipt->rows_out = t->rows;
    t->receipt->rows_changed = (gint64)t->stats.rows_changed;
    t->receipt->bytes_read = (gint64)t->stats.bytes_read;
    t->receipt->scans = 1;
    t->receipt->execute_ms = (double)(pk_clock_now_ns() - t->start) / 1e6;
  }
  pk_session_release(t->phase.session);
  g_free(t);
  stream->release = NULL;
}

void
pk_session_stream_set_receipt(struct ArrowArrayStream *stream, PikaReceipt *receipt)
{
  if (stream->release == tracked_release)
    ((Tracked *)stream->private_data)->receipt = receipt;
}

/* "… (line 2, column 7)": of the statement as it was given. */
static void
add_place(const PkQueryStats *stats, GError **error)
{
  if (!error || !*error || stats->fault_line == 0)
    return;
  char *message = g_strdup_printf("%s (line %u, column %u)", (*error)->message, stats->fault_line, stats->fault_column);
  g_free((*error)->message);
  (*error)->message = message;
}

static gboolean
query_source(PikaSession *self, const char *sql, struct ArrowArrayStream *out, PikaReceipt *receipt,
             GCancellable *cancellable, GError **error)
{
  Tracked *t = g_new0(Tracked, 1);
  t->receipt = receipt;
  t->phase = (PkSessionPhase){ pika_session_ref(self), "query" };
  t->start = pk_clock_now_ns();
  PkQueryControl control = pk_session_control(&t->phase, cancellable, &t->stats);
  if (!pk_source_query(self->source, sql, &control, &t->inner, error)) {
    add_place(&t->stats, error);
    pk_session_release(self);
    g_free(t);
    return FALSE;
  }
  *out = (struct ArrowArrayStream){ .get_schema = tracked_get_schema, .get_next = tracked_get_next,
                                    .get_last_error = tracked_get_last_error, .release = tracked_release,
                                    .private_data = t };
  return TRUE;
}

/* Answers by the plan; *answered is FALSE where the data break an assumption of the match. */
static gboolean
query_plan(PikaSession *self, const PkSqlMatch *match, struct ArrowArrayStream *out, PikaReceipt *receipt,
           gboolean *answered, GCancellable *cancellable, GError **error)
{
  g_auto(PkTally) tally = { .receipt = receipt };
  *answered = FALSE;
  if (match->n_assumptions > 0) {
    g_autoptr(PkFrame) columns = pk_session_columns(self, match->plan, cancellable, &tally, error);
    if (!columns)
      return FALSE;
    if (!pk_sql_match_holds(match, columns))
      return TRUE;
  }
  g_autoptr(PkFrame) result = pk_session_run_plan(self, match->plan, cancellable, &tally, error);
  g_autoptr(PkFrame) shaped = result ? pk_sql_match_shape(match, result, error) : NULL;
  if (!shaped)
    return FALSE;
  receipt->rows_out = shaped->length;
  pk_frame_export_stream(shaped, out);
  *answered = TRUE;
  return TRUE;
}

gboolean
pk_session_query(PikaSession *self, const char *sql, struct ArrowArrayStream *out, PikaReceipt *receipt,
                   GCancellable *cancellable, GError **error)
{
  PikaReceipt unwanted = { 0 };
  PikaReceipt *r = receipt ? receipt : &unwanted;
  g_autofree char *reason = NULL;
  gboolean answered = FALSE, is_select;
  *r = (PikaReceipt){ .exact = TRUE };
  g_autoptr(PkSqlMatch) match = recognise(self, sql, &is_select, &reason);
  g_autoptr(PkChoice) choice = match ? pk_session_choose(self, match->plan, error) : NULL;
  if (match && !choice)
    return FALSE;
  if (choice && choice->chosen != self->backends[PK_SESSION_SQL]) {
    if (!query_plan(self, match, out, r, &answered, cancellable, error))
      return FALSE;
    if (answered)
      return TRUE;
    reason = g_strdup("values lie outside the range in which the plan answers the statement");
  }
  if ((!match || reason) && self->forced_backend && strcmp(self->forced_backend, "sql"))
    return pk_fail(error, PK_ERROR_UNSUPPORTED, "the statement is no plan, so backend %s cannot answer it: %s",
                   self->forced_backend, reason);
  g_strlcpy(r->backend, "sql", sizeof r->backend);
  if (reason)
    g_snprintf(r->reason, sizeof r->reason, "not a plan: %s", reason);
  else
    g_strlcpy(r->reason, choice->reason, sizeof r->reason);
  gboolean ok = query_source(self, sql, out, receipt, cancellable, error);
  if (!is_select)
    pk_session_forget(self);
  return ok;
}

/* --- explain --- */

char *
pk_session_explain(PikaSession *self, const char *sql, gboolean as_json, GError **error)
{
  g_autofree char *reason = NULL;
  gboolean is_select;
  g_autoptr(GPtrArray) columns = pk_source_describe(self->source, sql, error);
  if (!columns)
    return NULL;
  g_autoptr(PkSqlMatch) match = recognise(self, sql, &is_select, &reason);
  const PkPlan *plan = match ? match->plan : NULL;
  g_autoptr(PkChoice) choice = plan ? pk_session_choose(self, plan, error) : NULL;
  if (plan && !choice)
    return NULL;
  GString *out = g_string_new(NULL);
  if (plan && as_json) {
    pk_session_explain_plan(plan, choice, NULL, TRUE, out);
    g_string_append_c(out, '\n');
  } else if (plan) {
    pk_session_explain_plan(plan, choice, NULL, FALSE, out);
  } else if (as_json) {
    g_string_append(out, "{\"plan\":null,");
    pk_session_append_json(out, "reason", reason);
    g_string_append(out, ",\"backend\":\"sql\"}\n");
  } else {
    g_string_append_printf(out, "Not a plan: %s\nBackend sql: the statement runs in the SQL engine as it is\n", reason);
  }
  return g_string_free(out, FALSE);
}
