/* Plan → SQL, run by DuckDB, against the reference backend, cell by cell. */
#include "random-plan.h"

#include "pk-error.h"
#include "pk-plan-sql.h"
#include "pk-ref-backend.h"
#include "pk-source-duckdb.h"
#include "pk-sql-backend.h"

#include <math.h>
#include <string.h>

typedef struct {
  PkSource *source;
  PkBackend *ref, *sql;
  PkFrame *frame;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
  PkSourceOptions options = { .threads = 2 };
  g_autofree char *sql = random_plan_table_sql(GPOINTER_TO_UINT(data));
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;

  fixture->source = pk_source_duckdb_new(&options, &error);
  g_assert_no_error(error);
  pk_source_execute(fixture->source, sql, NULL, &error);
  g_assert_no_error(error);
  pk_source_query(fixture->source, "SELECT * FROM t", NULL, &stream, &error);
  g_assert_no_error(error);
  fixture->frame = pk_frame_read_stream(&stream, 1000, NULL, &error);
  g_assert_no_error(error);
  fixture->ref = pk_ref_backend_new();
  fixture->sql = pk_sql_backend_new(fixture->source, NULL, 2);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
  pk_backend_free(fixture->sql);
  pk_backend_free(fixture->ref);
  pk_frame_unref(fixture->frame);
  pk_source_unref(fixture->source);
}

static char *
cell_text(const PkColumn *column, gint64 row)
{
  GString *out = g_string_new(NULL);

  if (!pk_column_append_text(column, row, out))
    g_string_append(out, "NULL");
  return g_string_free(out, FALSE);
}

static gboolean
cells_agree(const PkColumn *a, const PkColumn *b, gint64 row)
{
  g_autofree char *text_a = cell_text(a, row);
  g_autofree char *text_b = cell_text(b, row);

  if (strcmp(text_a, text_b) == 0)
    return TRUE;
  if (a->type.kind != PK_TYPE_F64 || pk_column_is_null(a, row) || pk_column_is_null(b, row))
    return a->type.kind == PK_TYPE_F32 && pk_column_get_double(a, row) == pk_column_get_double(b, row);
  double x = pk_column_get_double(a, row), y = pk_column_get_double(b, row);
  return (isnan(x) && isnan(y)) || x == y ||
         fabs(x - y) <= MIN(1e-9 * MAX(fabs(x), fabs(y)) + 1e-9, G_MAXDOUBLE);
}

static char *
first_difference(const PkFrame *a, const PkFrame *b)
{
  if (a->length != b->length || a->n_columns != b->n_columns)
    return g_strdup_printf("%" G_GINT64_FORMAT " rows of %u against %" G_GINT64_FORMAT " of %u", a->length,
                           a->n_columns,
                           b->length, b->n_columns);
  for (guint c = 0; c < a->n_columns; c++)
    for (gint64 r = 0; r < a->length; r++)
      if (!cells_agree(a->columns[c], b->columns[c], r)) {
        g_autofree char *text_a = cell_text(a->columns[c], r);
        g_autofree char *text_b = cell_text(b->columns[c], r);
        return g_strdup_printf("row %" G_GINT64_FORMAT " of \"%s\": %s against %s", r, a->columns[c]->name,
                               text_a, text_b);
      }
  return NULL;
}

/* The rows that both gave; 0 if both failed alike. */
static gint64
assert_same_answer(Fixture *fixture, PkPlan *plan, guint seed)
{
  g_autoptr(GError) ref_error = NULL, sql_error = NULL;
  g_autoptr(PkFrame) ref = pk_backend_run(fixture->ref, plan, fixture->frame, NULL, NULL, &ref_error);
  g_autoptr(PkFrame) sql = pk_backend_run(fixture->sql, plan, NULL, NULL, NULL, &sql_error);
  g_autofree char *text = pk_plan_to_sql(plan);
  g_autofree char *difference = ref && sql ? first_difference(ref, sql) : NULL;

  if (difference)
    g_error("seed %u: %s\n%s", seed, difference, text);
  if (!ref != !sql || (ref_error && ref_error->code != sql_error->code))
    g_error("seed %u: ref %s, sql %s\n%s", seed, ref_error ? ref_error->message : "answers",
            sql_error ? sql_error->message : "answers", text);
  if (ref_error)
    g_test_message("seed %u: both refuse: %s | %s", seed, ref_error->message, sql_error->message);
  return ref ? ref->length : 0;
}

static void
test_random(Fixture *fixture, gconstpointer data)
{
  guint answered = 0;

  for (guint seed = 1; seed <= 400; seed++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(PkPlan) plan = random_plan_new(rand);
    answered += assert_same_answer(fixture, plan, seed) > 0;
  }
  g_test_message("%u of 400 plans gave rows", answered);
  g_assert_cmpuint(answered, >, fixture->frame->length > 1 ? 250 : 60);
}

static void
test_cancel(Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(PkPlan) plan = pk_plan_new("t");
  g_autoptr(GError) error = NULL;

  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  g_cancellable_cancel(cancellable);
  g_autoptr(PkFrame) result = pk_backend_run(fixture->sql, plan, NULL, cancellable, NULL, &error);
  g_assert_null(result);
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
}

static void
test_overflow(Fixture *fixture, gconstpointer data)
{
  g_autoptr(PkPlan) plan = pk_plan_new("(SELECT 170141183460469231731687303715884105727::HUGEINT AS h FROM range(2))");
  g_autoptr(GError) error = NULL;
  guint column = pk_plan_add_column(plan, "h", PK_TYPE_OF(PK_TYPE_I128));

  pk_plan_add_agg(plan, PK_AGG_SUM, (gint)column, -1, "sum");
  g_autoptr(PkFrame) result = pk_backend_run(fixture->sql, plan, NULL, NULL, NULL, &error);
  g_assert_null(result);
  g_assert_error(error, PK_ERROR, PK_ERROR_OVERFLOW);
}

static void
test_receipt(Fixture *fixture, gconstpointer data)
{
  g_autoptr(PkPlan) plan = pk_plan_new("t");
  g_autoptr(GError) error = NULL;
  PkReceipt receipt = { 0 };

  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  g_autoptr(PkFrame) result = pk_backend_run(fixture->sql, plan, NULL, NULL, &receipt, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(receipt.backend, ==, "sql");
  g_assert_cmpint(receipt.rows_out, ==, 1);
  g_assert_true(receipt.exact);
  g_assert_cmpint((gint64)pk_column_get_int(result->columns[0], 0), ==, 3000);
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add("/sql-backend/random", Fixture, GUINT_TO_POINTER(3000), set_up, test_random, tear_down);
  g_test_add("/sql-backend/random-empty", Fixture, GUINT_TO_POINTER(0), set_up, test_random, tear_down);
  g_test_add("/sql-backend/random-one-row", Fixture, GUINT_TO_POINTER(1), set_up, test_random, tear_down);
  g_test_add("/sql-backend/cancel", Fixture, GUINT_TO_POINTER(3000), set_up, test_cancel, tear_down);
  g_test_add("/sql-backend/overflow", Fixture, GUINT_TO_POINTER(1), set_up, test_overflow, tear_down);
  g_test_add("/sql-backend/receipt", Fixture, GUINT_TO_POINTER(3000), set_up, test_receipt, tear_down);
  return g_test_run();
}
