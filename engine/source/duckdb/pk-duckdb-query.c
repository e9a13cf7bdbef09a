/* Queries: SQL in, a stream of Arrow record batches out.
 *
 * Each query has a connection of its own, which its stream keeps. The last
 * statement streams; those before it run to their end first, on the same
 * connection, so that temporary tables and settings made there hold. */
#include "pk-clock.h"
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <errno.h>
#include <string.h>

/* Progress is reported at most this often. */
#define PROGRESS_NS (50 * 1000000)

typedef struct {
  PkDuckdb *source; /* a reference */
  duckdb_connection connection;
  duckdb_prepared_statement statement;
  duckdb_result result;
  gboolean has_result;
  gboolean done;
  gboolean no_rows;     /* the statement answers none, but does something */
  guint64 rows_changed;
  guint fault_line, fault_column; /* of a statement that was refused */
  duckdb_arrow_options arrow_options;
  PkDuckdbCrossings *crossings; /* NULL: DuckDB converts the chunks */
  PkQueryControl control;
  gulong cancel_id;
  GError *failure; /* what get_last_error tells */
  guint64 rows, batches;
  gint64 started_ns, progress_ns;
  guint number;         /* of this run, counted in the source */
  gboolean alone;       /* no other was going on when it began */
  guint64 bytes_before; /* process_bytes_read then */
} Run;

gboolean
pk_duckdb_connect(PkDuckdb *self, duckdb_connection *connection, GError **error)
{
  if (duckdb_connect(self->db, connection) == DuckDBError)
    return pk_fail(error, PK_ERROR_ENGINE, "DuckDB gave no connection");
  return TRUE;
}

/* --- a run --------------------------------------------------------------- */

static void
on_cancelled(GCancellable *cancellable, gpointer connection)
{
  duckdb_interrupt(connection);
}

static gboolean
is_cancelled(const Run *run)
{
  return run->control.cancellable != NULL && g_cancellable_is_cancelled(run->control.cancellable);
}

/* Bytes that this process has read by system calls, 0 if not known. DuckDB's own
 * count leaves out most of what its Parquet reader reads. */
static guint64
process_bytes_read(void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents("/proc/self/io", &text, NULL, NULL) || !g_str_has_prefix(text, "rchar: "))
    return 0;
  return g_ascii_strtoull(text + strlen("rchar: "), NULL, 10);
}

/* Fills the caller's statistics; the pointer is not kept after. */
static void
write_stats(Run *run)
{
  PkQueryStats *stats = run->control.stats;
  guint64 bytes = process_bytes_read();

  if (stats == NULL)
    return;
  run->control.stats = NULL;
  memset(stats, 0, sizeof *stats);
  stats->rows = run->rows;
  stats->batches = run->batches;
  stats->rows_changed = run->rows_changed;
  stats->fault_line = run->fault_line;
  stats->fault_column = run->fault_column;
  stats->ms = (double)(pk_clock_now_ns() - run->started_ns) / 1e6;
  /* Only if nothing else ran meanwhile are the process's bytes this query's. */
  if (run->alone && (guint)g_atomic_int_get(&run->source->n_runs) == run->number)
    stats->bytes_read = bytes - MIN(run->bytes_before, bytes);
  pk_duckdb_read_profile(run->source, run->connection, stats);
}

static void
run_free(Run *run)
{
  if (run->cancel_id != 0)
    g_cancellable_disconnect(run->control.cancellable, run->cancel_id);
  g_clear_object(&run->control.cancellable);
  if (run->has_result)
    duckdb_destroy_result(&run->result);
  write_stats(run);
  pk_duckdb_crossings_free(run->crossings);
  if (run->arrow_options != NULL)
    duckdb_destroy_arrow_options(&run->arrow_options);
  duckdb_destroy_prepare(&run->statement);
  duckdb_disconnect(&run->connection);
  g_clear_error(&run->failure);
  g_atomic_int_add(&run->source->n_running, -1);
  pk_source_unref(&run->source->base);
  g_free(run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)

static gboolean
quietly(duckdb_connection connection, const char *sql)
{
  duckdb_result result;
  gboolean ok = duckdb_query(connection, sql, &result) == DuckDBSuccess;

  duckdb_destroy_result(&result);
  return ok;
}

static Run *
run_new(PkDuckdb *self, const PkQueryControl *control, GError **error)
{
  duckdb_connection connection;

  pk_sched_check_blocking("the SQL engine");
  if (control != NULL && control->cancellable != NULL && g_cancellable_is_cancelled(control->cancellable)) {
    pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    return NULL;
  }
  if (!pk_duckdb_connect(self, &connection, error))
    return NULL;
  Run *run = g_new0(Run, 1);
  run->source = (PkDuckdb *)pk_source_ref(&self->base);
  run->connection = connection;
  run->started_ns = run->progress_ns = pk_clock_now_ns();
  run->number = (guint)g_atomic_int_add(&self->n_runs, 1) + 1;
  run->alone = g_atomic_int_add(&self->n_running, 1) == 0;
  if (control != NULL)
    run->control = *control;
  /* A locked configuration (restricted mode) has no profile: rows and time are counted here anyway. */
  if (run->control.stats != NULL && !self->restricted)
    quietly(connection, "SET enable_profiling = 'no_output'");
  if (run->control.stats != NULL)
    run->bytes_before = process_bytes_read();
  if (run->control.progress != NULL && !self->restricted)
    quietly(connection, "SET enable_progress_bar = true; SET enable_progress_bar_print = false");
  if (run->control.cancellable != NULL) {
    g_object_ref(run->control.cancellable);
    run->cancel_id =
      g_cancellable_connect(run->control.cancellable, G_CALLBACK(on_cancelled), connection, NULL);
  }
  return run;
}

static void
between_chunks(Run *run)
{
  pk_sched_yield();
  gint64 now = pk_clock_now_ns();
  if (run->control.progress == NULL || now - run->progress_ns < PROGRESS_NS)
    return;
  run->progress_ns = now;
  duckdb_query_progress_type progress = duckdb_query_progress(run->connection);
  PkProgress report = { .rows = progress.rows_processed, .unit = "%" };
  if (progress.percentage >= 0) {
    report.done = MIN(progress.percentage, 100);
    report.total = 100;
  }
  run->control.progress(&report, run->control.progress_data);
}

/* Works on the statement until its first rows are there. After a cancel it goes on until DuckDB has given up by itself,
 * which it does at the next task: of a statement that is dropped before that DuckDB keeps connection, plan and pipelines
 * for ever. */
static gboolean
run_until_ready(Run *run, GError **error)
{
  duckdb_pending_result pending;
  duckdb_pending_state state = DUCKDB_PENDING_ERROR;
  gboolean ok = FALSE;

  if (duckdb_pending_prepared_streaming(run->statement, &pending) == DuckDBSuccess) {
    while (!duckdb_pending_execution_is_finished(state = duckdb_pending_execute_task(pending)) &&
           state != DUCKDB_PENDING_ERROR) {
      if (is_cancelled(run))
        duckdb_interrupt(run->connection); /* again: one that came before the statement began is forgotten */
      if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE)
        g_usleep(100);
      between_chunks(run);
    }
  }
  if (state != DUCKDB_PENDING_ERROR) {
    run->has_result = TRUE;
    ok = duckdb_execute_pending(pending, &run->result) == DuckDBSuccess ||
         pk_duckdb_fail(error, NULL, duckdb_result_error(&run->result));
  } else if (!is_cancelled(run)) {
    pk_duckdb_fail(error, NULL, duckdb_pending_error(pending));
  }
  duckdb_destroy_pending(&pending);
  if (!is_cancelled(run))
    return ok;
  g_clear_error(error);
  return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
}

/* Sets *error from a result's words. When one of DuckDB's threads fails, the
 * others are interrupted, and now and then that interruption is what it tells
 * instead of the fault. A SELECT can be run again to hear it. */
static gboolean
result_failed(Run *run, const char *words, GError **error)
{
  if (is_cancelled(run))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  for (int attempt = 0; attempt < 8 && g_str_has_prefix(words, "INTERRUPT") && !is_cancelled(run);
       attempt++) {
    if (duckdb_prepared_statement_type(run->statement) != DUCKDB_STATEMENT_TYPE_SELECT)
      break;
    duckdb_destroy_result(&run->result);
    run->has_result = FALSE;
    if (!run_until_ready(run, error))
      return FALSE;
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(run->result)) != NULL;)
      duckdb_destroy_data_chunk(&chunk);
    words = duckdb_result_error(&run->result);
    if (words == NULL)
      words = "";
  }
  if (g_str_has_prefix(words, "INTERRUPT") && !is_cancelled(run))
    return pk_fail(error, PK_ERROR_ENGINE,
                   "the query was stopped by a failure that the SQL engine does not name");
  return pk_duckdb_fail(error, NULL, words);
}

/* Reads and drops what a statement answers, so that it is carried out. */
static gboolean
run_drain(Run *run, GError **error)
{
  for (;;) {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(run->result);
    if (chunk == NULL)
      break;
    run->rows += duckdb_data_chunk_get_size(chunk);
    duckdb_destroy_data_chunk(&chunk);
    between_chunks(run);
  }
  const char *words = duckdb_result_error(&run->result);
  if (words != NULL && *words != '\0')
    return result_failed(run, words, error);
  if (is_cancelled(run))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  duckdb_destroy_result(&run->result);
  run->has_result = FALSE;
  return TRUE;
}

/* What the engine says of a statement that it will not run, and where in the text. */
static gboolean
refused(Run *run, const char *words, GError **error)
{
  if (!pk_duckdb_find_place(words, &run->fault_line, &run->fault_column))
    run->fault_line = run->fault_column = 0;
  return pk_duckdb_fail(error, NULL, words);
}

static gboolean
run_prepare(Run *run, duckdb_extracted_statements statements, idx_t index, const char *sql, gboolean guarded,
            GError **error)
{
  duckdb_destroy_prepare(&run->statement);
  if (duckdb_prepare_extracted_statement(run->connection, statements, index, &run->statement) == DuckDBError)
    return refused(run, duckdb_prepare_error(run->statement), error);
  if (duckdb_nparams(run->statement) > 0)
    return pk_fail(error, PK_ERROR_UNSUPPORTED,
                   "the statement has parameters (? or $1), which have no values here");
  return !guarded ||
         pk_duckdb_guard_type(run->source, sql, duckdb_prepared_statement_type(run->statement), error);
}

/* Runs all statements of the text: to their end, except that with keep_last
 * the last one is left with its result ready to be read. */
static gboolean
run_statements(Run *run, const char *sql, gboolean keep_last, gboolean guarded, GError **error)
{
  duckdb_extracted_statements statements = NULL;
  idx_t n;
  gboolean ok = TRUE;

  if (guarded && !pk_duckdb_guard(run->source, sql, error))
    return FALSE;
  n = duckdb_extract_statements(run->connection, sql, &statements);
  if (n == 0) {
    const char *words = duckdb_extract_statements_error(statements);
    if (words != NULL && *words != '\0')
      ok = refused(run, words, error);
    else if (keep_last)
      ok = pk_fail(error, PK_ERROR_PARSE, "the SQL text holds no statement");
  }
  for (idx_t i = 0; ok && i < n; i++)
    ok = run_prepare(run, statements, i, sql, guarded, error) && run_until_ready(run, error) &&
         ((keep_last && i + 1 == n) || run_drain(run, error));
  duckdb_destroy_extracted(&statements);
  return ok;
}

/* Carries out a statement that answers no rows. DuckDB's result of it is a number at most: of the rows changed. */
static gboolean
run_for_effect(Run *run, GError **error)
{
  gboolean counted =
    duckdb_column_count(&run->result) == 1 && duckdb_column_type(&run->result, 0) == DUCKDB_TYPE_BIGINT;
  duckdb_data_chunk chunk = counted ? duckdb_fetch_chunk(run->result) : NULL;

  if (chunk != NULL && duckdb_data_chunk_get_size(chunk) > 0) {
    const gint64 *count = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    run->rows_changed = (guint64)MAX(*count, 0);
  }
  duckdb_destroy_data_chunk(&chunk);
  if (!run_drain(run, error))
    return FALSE;
  run->no_rows = run->done = TRUE;
  run->rows = 0;
  write_stats(run);
  return TRUE;
}

/* --- the stream ---------------------------------------------------------- */

static int
stream_fail(Run *run)
{
  if (run->failure == NULL)
    pk_fail(&run->failure, PK_ERROR_INTERNAL, "the stream failed");
  return run->failure->code == PK_ERROR_CANCELLED ? ECANCELED
         : run->failure->code == PK_ERROR_LIMIT   ? ENOMEM
                                                  : EIO;
}

static gboolean
take_error_data(duckdb_error_data data, GError **error)
{
  gboolean ok = data == NULL || !duckdb_error_data_has_error(data);

  if (!ok)
    pk_duckdb_fail(error, NULL, duckdb_error_data_message(data));
  duckdb_destroy_error_data(&data);
  return ok;
}

static gboolean
result_schema(Run *run, PkArrowSchema *out, GError **error)
{
  idx_t n = run->no_rows ? 0 : duckdb_column_count(&run->result);
  g_autofree duckdb_logical_type *types = g_new0(duckdb_logical_type, MAX(n, 1));
  g_autofree const char **names = g_new0(const char *, MAX(n, 1));

  for (idx_t i = 0; i < n; i++) {
    types[i] = duckdb_column_logical_type(&run->result, i);
    names[i] = duckdb_column_name(&run->result, i);
  }
  gboolean ok = take_error_data(duckdb_to_arrow_schema(run->arrow_options, types, names, n, out), error);
  for (idx_t i = 0; i < n; i++)
    duckdb_destroy_logical_type(&types[i]);
  if (ok && run->crossings != NULL)
    pk_duckdb_crossings_adapt(run->crossings, out);
  return ok;
}

/* Finds out how the chunks become record batches. */
static gboolean
prepare_batches(Run *run, GError **error)
{
  g_auto(PkArrowSchema) schema = { 0 };

  run->arrow_options = duckdb_result_get_arrow_options(&run->result);
  if (duckdb_result_return_type(run->result) != DUCKDB_RESULT_TYPE_QUERY_RESULT)
    return run_for_effect(run, error);
  if (!result_schema(run, &schema, error))
    return FALSE;
  run->crossings = pk_duckdb_crossings_new(&run->result, &schema);
  return TRUE;
}

static int
stream_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
  Run *run = stream->private_data;

  g_clear_error(&run->failure);
  memset(out, 0, sizeof *out);
  return result_schema(run, out, &run->failure) ? 0 : stream_fail(run);
}

static gboolean
next_chunk(Run *run, PkArrowArray *out, GError **error)
{
  if (run->done)
    return TRUE;
  if (is_cancelled(run))
    return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
  duckdb_data_chunk chunk = duckdb_fetch_chunk(run->result);
  if (chunk == NULL) {
    const char *words = duckdb_result_error(&run->result);
    if (words != NULL && *words != '\0')
      return result_failed(run, words, error);
    if (is_cancelled(run))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    run->done = TRUE;
    write_stats(run);
    return TRUE;
  }
  run->rows += duckdb_data_chunk_get_size(chunk);
  run->batches++;
  between_chunks(run);
  if (run->crossings != NULL) {
    pk_duckdb_crossings_take(run->crossings, chunk, &run->source->base, out);
    return TRUE;
  }
  gboolean ok = take_error_data(duckdb_data_chunk_to_arrow(run->arrow_options, chunk, out), error);
  duckdb_destroy_data_chunk(&chunk);
  return ok;
}

static int
stream_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
  Run *run = stream->private_data;

  pk_sched_check_blocking("a stream of rows");
  g_clear_error(&run->failure);
  memset(out, 0, sizeof *out);
  return next_chunk(run, out, &run->failure) ? 0 : stream_fail(run);
}

static const char *
stream_get_last_error(struct ArrowArrayStream *stream)
{
  Run *run = stream->private_data;
  return run->failure != NULL ? run->failure->message : NULL;
}

static void
stream_release(struct ArrowArrayStream *stream)
{
  run_free(stream->private_data);
  memset(stream, 0, sizeof *stream);
}

gboolean
pk_duckdb_query(PkSource *source, const char *sql, const PkQueryControl *control, PkArrowStream *out,
                GError **error)
{
  g_autoptr(Run) run = run_new((PkDuckdb *)source, control, error);

  if (run == NULL || !run_statements(run, sql, TRUE, TRUE, error) || !prepare_batches(run, error))
    return FALSE;
  out->get_schema = stream_get_schema;
  out->get_next = stream_get_next;
  out->get_last_error = stream_get_last_error;
  out->release = stream_release;
  out->private_data = g_steal_pointer(&run);
  return TRUE;
}

gboolean
pk_duckdb_execute(PkSource *source, const char *sql, const PkQueryControl *control, GError **error)
{
  g_autoptr(Run) run = run_new((PkDuckdb *)source, control, error);

  return run != NULL && run_statements(run, sql, FALSE, TRUE, error);
}

/* --- statements of our own ----------------------------------------------- */

gboolean
pk_duckdb_run(PkDuckdb *self, const char *sql, const char *what, const PkQueryControl *control,
              GError **error)
{
  g_autoptr(Run) run = run_new(self, control, error);

  if (run == NULL)
    return FALSE;
  if (run_statements(run, sql, FALSE, FALSE, error))
    return TRUE;
  if (what != NULL && error != NULL && *error != NULL && (*error)->code != PK_ERROR_CANCELLED)
    pk_fail_prefix(error, "%s: ", what);
  return FALSE;
}

/* A statement as it can stand in parentheses: without white space and semicolons at its end. */
static char *
bare_statement(const char *sql)
{
  char *bare = g_strchomp(g_strdup(sql));
  for (gsize n = strlen(bare); n > 0 && (bare[n - 1] == ';' || g_ascii_isspace(bare[n - 1])); n--)
    bare[n - 1] = 0;
  return bare;
}

gboolean
pk_duckdb_set_view(PkSource *source, const char *name, const char *select, gboolean replace, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  g_autofree char *quoted = pk_sql_dup_ident(name);
  if (select == NULL) {
    g_autofree char *drop = g_strdup_printf("DROP VIEW IF EXISTS %s", quoted);
    return pk_duckdb_run(self, drop, NULL, NULL, error);
  }
  /* The statement around it is ours: what must be one SELECT, and a harmless one, is what stands within. */
  g_autofree char *parsed = pk_duckdb_parse_sql(source, select, error);
  if (parsed == NULL || !pk_duckdb_guard(self, select, error))
    return FALSE;
  g_autofree char *bare = bare_statement(select);
  g_autofree char *create = g_strdup_printf("CREATE %sVIEW %s AS (%s\n)", replace ? "OR REPLACE " : "", quoted, bare);
  return pk_duckdb_run(self, create, NULL, NULL, error);
}

static void
append_rows(GPtrArray *rows, const PkArrowView *batch)
{
  for (gint64 r = 0; r < batch->length; r++) {
    char **row = g_new0(char *, batch->n_children + 1);
    for (guint c = 0; c < batch->n_children; c++) {
      g_autoptr(GString) text = g_string_new(NULL);
      if (!pk_arrow_view_value_is_null(&batch->children[c], r))
        pk_arrow_format_value(&batch->children[c], r, text);
      row[c] = g_string_free(g_steal_pointer(&text), FALSE);
    }
    g_ptr_array_add(rows, row);
  }
}

GPtrArray *
pk_duckdb_rows(PkDuckdb *self, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  g_autoptr(Run) run = run_new(self, NULL, error);
  g_auto(PkArrowSchema) schema = { 0 };

  if (run == NULL || !run_statements(run, sql, TRUE, FALSE, error) || !prepare_batches(run, error) ||
      !result_schema(run, &schema, error))
    return NULL;
  for (;;) {
    g_auto(PkArrowArray) array = { 0 };
    g_auto(PkArrowView) view = { 0 };
    if (!next_chunk(run, &array, error))
      return NULL;
    if (array.release == NULL)
      return g_steal_pointer(&rows);
    if (!pk_arrow_batch_init(&view, &schema, &array, error))
      return NULL;
    append_rows(rows, &view);
  }
}

/* --- describing ---------------------------------------------------------- */

static GPtrArray *
describe_prepared(Run *run, GError **error)
{
  idx_t n = duckdb_prepared_statement_column_count(run->statement);
  g_autofree duckdb_logical_type *types = g_new0(duckdb_logical_type, MAX(n, 1));
  g_autofree const char **names = g_new0(const char *, MAX(n, 1));
  g_autoptr(GPtrArray) columns = g_ptr_array_new_with_free_func((GDestroyNotify)pk_column_info_free);
  g_auto(PkArrowSchema) schema = { 0 };

  for (idx_t i = 0; i < n; i++) {
    types[i] = duckdb_prepared_statement_column_logical_type(run->statement, i);
    names[i] = duckdb_prepared_statement_column_name(run->statement, i);
  }
  duckdb_connection_get_arrow_options(run->connection, &run->arrow_options);
  gboolean ok = take_error_data(duckdb_to_arrow_schema(run->arrow_options, types, names, n, &schema), error);
  for (idx_t i = 0; ok && i < n; i++) {
    PkType type;
    g_autofree char *sql_type = pk_duckdb_dup_type_name(types[i]);
    ok = pk_type_from_schema(schema.children[i], &type, error);
    if (ok)
      g_ptr_array_add(columns, pk_column_info_new(names[i], type, sql_type));
  }
  for (idx_t i = 0; i < n; i++) {
    duckdb_destroy_logical_type(&types[i]);
    duckdb_free((void *)names[i]);
  }
  return ok ? g_steal_pointer(&columns) : NULL;
}

static GPtrArray *
describe(PkDuckdb *self, const char *sql, gboolean guarded, GError **error)
{
  g_autoptr(Run) run = run_new(self, NULL, error);

  if (run == NULL || (guarded && !pk_duckdb_guard(self, sql, error)))
    return NULL;
  if (duckdb_prepare(run->connection, sql, &run->statement) == DuckDBError) {
    pk_duckdb_fail(error, NULL, duckdb_prepare_error(run->statement));
    return NULL;
  }
  if (guarded && !pk_duckdb_guard_type(self, sql, duckdb_prepared_statement_type(run->statement), error))
    return NULL;
  return describe_prepared(run, error);
}

GPtrArray *
pk_duckdb_describe(PkSource *source, const char *sql, GError **error)
{
  return describe((PkDuckdb *)source, sql, TRUE, error);
}

GPtrArray *
pk_duckdb_describe_own(PkDuckdb *self, const char *sql, GError **error)
{
  return describe(self, sql, FALSE, error);
}

/* --- parsing ------------------------------------------------------------- */

/* json_serialize_sql answers {"error":true,…,"error_message":"…"} as a value. */
static char *
serialized_error(const char *json)
{
  const char *at = strstr(json, "\"error_message\":\"");
  GString *words = g_string_new(NULL);

  if (at == NULL)
    return g_string_free(words, FALSE);
  for (at += strlen("\"error_message\":\""); *at != '\0' && *at != '"'; at++) {
    if (*at == '\\' && at[1] != '\0') {
      at++;
      g_string_append_c(words, *at == 'n' ? '\n' : *at);
    } else {
      g_string_append_c(words, *at);
    }
  }
  return g_string_free(words, FALSE);
}

char *
pk_duckdb_parse_sql(PkSource *source, const char *sql, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  duckdb_connection connection;
  duckdb_prepared_statement statement = NULL;
  duckdb_result result = { 0 };
  char *json = NULL;

  pk_sched_check_blocking("the SQL engine");
  if (!pk_duckdb_connect(self, &connection, error))
    return NULL;
  if (duckdb_prepare(connection, "SELECT json_serialize_sql($1::VARCHAR)::VARCHAR", &statement) ==
        DuckDBError ||
      duckdb_bind_varchar(statement, 1, sql) == DuckDBError ||
      duckdb_execute_prepared(statement, &result) == DuckDBError) {
    const char *words = duckdb_result_error(&result);
    pk_duckdb_fail(error, NULL, words != NULL ? words : duckdb_prepare_error(statement));
  } else {
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
    duckdb_string_t *cell = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    json = g_strndup(duckdb_string_t_data(cell), duckdb_string_t_length(*cell));
    duckdb_destroy_data_chunk(&chunk);
  }
  duckdb_destroy_result(&result);
  duckdb_destroy_prepare(&statement);
  duckdb_disconnect(&connection);
  if (json != NULL && g_str_has_prefix(json, "{\"error\":true")) {
    g_autofree char *words = serialized_error(json);
    g_clear_pointer(&json, g_free);
    pk_fail(error, PK_ERROR_PARSE, "%s", words);
  }
  return json;
}
