#include "pk-sql-backend.h"

#include "pk-error.h"
#include "pk-plan-sql.h"

#include <string.h>

typedef struct {
  PkBackend base;
  PkSource *source;
  const PkCostTable *costs;
  guint threads;
} PkSqlBackend;

typedef struct {
  PkPrepared base;
  PkPlan *plan;
  char *sql;
} PkSqlPrepared;

static gboolean
sql_supports(PkBackend *self, const PkPlan *plan, char **reason)
{
  return TRUE;
}

static PkCost
sql_estimate(PkBackend *backend, const PkPlan *plan, const PkWorkload *work)
{
  PkSqlBackend *self = (PkSqlBackend *)backend;

  return pk_cost_estimate(self->costs, plan, work, self->threads);
}

static PkPrepared *
sql_prepare(PkBackend *backend, PkPlan *plan, PkFrame *frame, GError **error)
{
  PkSqlPrepared *self = g_new0(PkSqlPrepared, 1);

  self->base.backend = backend;
  self->plan = pk_plan_ref(plan);
  self->sql = pk_plan_to_sql(plan);
  return &self->base;
}

static void
sql_prepared_free(PkPrepared *prepared)
{
  PkSqlPrepared *self = (PkSqlPrepared *)prepared;

  pk_plan_unref(self->plan);
  g_free(self->sql);
  g_free(self);
}

/* The statement casts to the plan's types; should the engine give another, the answer is not the plan's. */
static gboolean
check_column(const PkFrame *result, guint i, const char *name, PkType type, GError **error)
{
  PkType has = i < result->n_columns ? pk_column_stored_type(result->columns[i]->type)
    : PK_TYPE_OF(PK_TYPE_NULL);

  type = pk_column_stored_type(type);
  has.dictionary = type.dictionary = FALSE;
  if (i < result->n_columns && strcmp(result->columns[i]->name, name) == 0 && pk_type_equal(has, type))
    return TRUE;
  g_autofree char *has_name = pk_type_dup_name(has);
  g_autofree char *type_name = pk_type_dup_name(type);
  return pk_fail(error, PK_ERROR_INTERNAL, "column %u of the result is \"%s\" of type %s where the plan says \"%s\" of "
                 "type %s", i + 1, i < result->n_columns ? result->columns[i]->name : "", has_name, name,
                   type_name);
}

static gboolean
check_result(const PkPlan *plan, const PkFrame *result, GError **error)
{
  static const char *const m4_names[] = { "column", "x_first", "y_first", "x_last", "y_last",
                                          "x_min",  "y_min",   "x_max",   "y_max" };
  guint at = 0;

  for (guint i = 0; !plan->dense && i < plan->n_keys; i++)
    if (!check_column(result, at++, plan->keys[i].name, pk_plan_key_type(plan, &plan->keys[i]), error))
      return FALSE;
  for (guint i = 0; i < plan->n_aggs; i++)
    if (!check_column(result, at++, plan->aggs[i].name, pk_plan_agg_type(plan, &plan->aggs[i]), error))
      return FALSE;
  for (guint i = 0; i < plan->n_outputs; i++)
    if (!check_column(result, at++, plan->outputs[i].name, pk_plan_output_type(plan, &plan->outputs[i]), error))
      return FALSE;
  for (guint i = 0; plan->is_m4 && i < G_N_ELEMENTS(m4_names); i++)
    if (!check_column(result, at++, m4_names[i], PK_TYPE_OF(i == 0 ? PK_TYPE_I32 : PK_TYPE_F64), error))
      return FALSE;
  return TRUE;
}

static PkFrame *
sql_execute(PkPrepared *prepared, GCancellable *cancellable, PkReceipt *receipt, GError **error)
{
  PkSqlPrepared *self = (PkSqlPrepared *)prepared;
  PkSqlBackend *backend = (PkSqlBackend *)prepared->backend;
  PkQueryStats stats = { 0 };
  PkQueryControl control = { .cancellable = cancellable, .stats = &stats };
  g_autoptr(PkFrame) result = NULL;

  {
    g_auto(PkArrowStream) stream = { 0 };
    if (!pk_source_query(backend->source, self->sql, &control, &stream, error))
      return NULL;
    result = pk_frame_read_stream(&stream, 0, cancellable, error);
  } /* the stream's end writes the statistics */
  if (!result || !check_result(self->plan, result, error))
    return NULL;
  receipt->rows_scanned = (gint64)stats.rows_scanned;
  receipt->bytes_read = (gint64)stats.bytes_read;
  return g_steal_pointer(&result);
}

static void
sql_free(PkBackend *backend)
{
  PkSqlBackend *self = (PkSqlBackend *)backend;

  pk_source_unref(self->source);
  g_free(self);
}

PkBackend *
pk_sql_backend_new(PkSource *source, const PkCostTable *costs, guint threads)
{
  static const PkBackendClass klass = {
    .name = "sql",
    .supports = sql_supports,
    .estimate = sql_estimate,
    .prepare = sql_prepare,
    .execute = sql_execute,
    .prepared_free = sql_prepared_free,
    .free = sql_free,
  };
  PkSqlBackend *self = g_new0(PkSqlBackend, 1);

  self->base.klass = &klass;
  self->base.needs_frame = FALSE;
  self->source = pk_source_ref(source);
  self->costs = costs ? costs : &pk_cost_sql;
  self->threads = threads > 0 ? threads : g_get_num_processors();
  return &self->base;
}
