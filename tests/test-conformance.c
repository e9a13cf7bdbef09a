/* The driver of the conformance suite.
 *
 * PIKA_SEED=N runs the random tests from that seed alone, PIKA_CASES=N changes
 * how many plans they draw, PIKA_WITHOUT_SQL leaves sql out. The seed of each case is printed where it fails. */
#include "conformance.h"
#include "conformance-case.h"
#include "conformance-raster.h"

#include "pk-column-builder.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-ref-backend.h"
#include "pk-source-duckdb.h"
#include "pk-sql-backend.h"
#include "pk-workers.h"
#include "random-plan.h"

#include <stdlib.h>
#include <string.h>

static guint64
from_environment(const char *name, guint64 otherwise)
{
  const char *text = g_getenv(name);
  return text && *text ? g_ascii_strtoull(text, NULL, 10) : otherwise;
}

typedef struct {
  gint64 rows;
  gint64 chunk_rows;
  gboolean odd;
  guint plans;
} Shape;

PkBackend *
conformance_sql(PkSource *source)
{
  return pk_sql_backend_new(source, NULL, 2);
}

PkSource *
conformance_source(PkFrame *frame)
{
  PkSourceOptions options = { .threads = 2 };
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(GError) error = NULL;
  PkSource *source = pk_source_duckdb_new(&options, &error);
  g_assert_no_error(error);
  pk_frame_export_stream(frame, &stream);
  pk_source_add_stream(source, "t", &stream, &error);
  g_assert_no_error(error);
  return source;
}

static void
check_random(const Shape *shape, guint64 seed)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)seed);
  g_autoptr(PkFrame) frame = conformance_frame(rand, shape->rows, shape->chunk_rows, shape->odd);
  g_autoptr(PkSource) source = conformance_source(frame);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(PkBackend) sql = pk_sql_backend_new(source, NULL, 2);
  guint with_sql = g_getenv("PIKA_WITHOUT_SQL") ? 0 : 1;
  guint answered = 0;

  for (guint i = 0; i < shape->plans; i++) {
    g_autoptr(PkPlan) plan = conformance_plan(rand, frame);
    g_autofree char *what = g_strdup_printf("PIKA_SEED=%" G_GUINT64_FORMAT ", rows %" G_GINT64_FORMAT
                                            ", chunks of %" G_GINT64_FORMAT ", plan %u",
                                            seed, shape->rows, shape->chunk_rows, i);
    ConfSubject subjects[3] = { { "cpu", cpu, NULL }, { "sql", sql, source } };
    guint n_subjects = 1 + with_sql;
    if (conformance_vulkan_turn(i))
      subjects[n_subjects++] = (ConfSubject){ "vulkan", conformance_vulkan(), NULL };
    answered += conformance_check(ref, subjects, n_subjects, plan, frame, what) > 0;
  }
  g_test_message("seed %" G_GUINT64_FORMAT ": %u of %u plans gave rows", seed, answered, shape->plans);
}

static void
test_random(gconstpointer data)
{
  const Shape *shape = data;
  guint64 seed = from_environment("PIKA_SEED", 0);
  Shape one = *shape;
  one.plans = (guint)from_environment("PIKA_CASES", shape->plans);
  if (seed != 0)
    check_random(&one, seed);
  for (guint64 s = 1; seed == 0 && s <= 2; s++)
    check_random(&one, s);
}

/* --- cases written down --- */

static void
expect(const ConfCase *c, const char *name, PkBackend *backend, PkPlan *plan, PkFrame *frame,
       const char *answer)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkFrame) result = pk_backend_run(backend, plan, frame, NULL, NULL, &error);
  g_autofree char *got = NULL;

  if (result)
    got = conformance_answer(result);
  else
    got = g_strdup(g_error_matches(error, PK_ERROR, PK_ERROR_OVERFLOW) ? "error: overflow" : error->message);
  if (!g_str_equal(got, answer))
    g_error("case %s, %s: %s instead of %s", c->name, name, got, answer);
}

static PkPlan *
plan_of(const ConfCase *c, const PkFrame *frame)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  g_autoptr(GError) error = NULL;
  for (guint i = 0; i < frame->n_columns; i++)
    pk_plan_add_column(plan, frame->columns[i]->name, frame->columns[i]->type);
  c->fill(plan);
  pk_plan_check(plan, &error);
  g_assert_no_error(error);
  return plan;
}

static void
test_case(gconstpointer data)
{
  const ConfCase *c = data;
  g_autoptr(PkFrame) frame = conformance_case_frame(c, 1);
  g_autoptr(PkSource) source = conformance_source(frame);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(PkBackend) sql = pk_sql_backend_new(source, NULL, 2);
  g_autoptr(PkPlan) plan = plan_of(c, frame);

  expect(c, "ref", ref, plan, frame, c->answer);
  expect(c, "cpu", cpu, plan, frame, c->answer);
  expect(c, "sql", sql, plan, NULL, c->answer);
  PkBackend *vulkan = conformance_vulkan();
  if (vulkan && pk_backend_supports(vulkan, plan, NULL))
    expect(c, "vulkan", vulkan, plan, frame, c->answer);
  /* The same rows many times over, across blocks and chunks. */
  g_autoptr(PkFrame) more = conformance_case_frame(c, 700);
  g_autoptr(PkSource) more_source = conformance_source(more);
  g_autoptr(PkBackend) more_sql = pk_sql_backend_new(more_source, NULL, 2);
  ConfSubject subjects[] = { { "cpu", cpu, NULL }, { "sql", more_sql, more_source }, { "vulkan", vulkan, NULL } };
  conformance_check(ref, subjects, vulkan ? 3 : 2, plan, more, c->name);
}

/* --- the support matrix --- */

typedef struct {
  PkBackend *ref;
  ConfSubject subjects[3];
  guint n_subjects, n_tried;
  PkFrame *frame;
  GString *lines;
} Matrix;

static void
try_feature(Matrix *self, PkPlan *plan, const char *feature)
{
  g_autofree char *reason = NULL;
  if (!pk_plan_check(plan, NULL))
    return; /* no plan, so nothing to support */
  g_string_append(self->lines, feature);
  g_string_append(self->lines, pk_backend_supports(self->ref, plan, NULL) ? ": ref" : ":");
  for (guint i = 0; i < self->n_subjects; i++) {
    if (pk_backend_supports(self->subjects[i].backend, plan, &reason))
      g_string_append_printf(self->lines, " %s", self->subjects[i].name);
    g_clear_pointer(&reason, g_free);
  }
  g_string_append_c(self->lines, '\n');
  guint n = conformance_vulkan_turn(self->n_tried++) ? self->n_subjects : 2; /* vulkan is the last */
  conformance_check(self->ref, self->subjects, n, plan, self->frame, feature);
}

static void
try_predicates(Matrix *self, const PkColumn *column)
{
  static const char *const names[] = { "range", "in", "null", "not-null" };
  for (PkPredicateKind kind = PK_PRED_RANGE; kind <= PK_PRED_NOT_NULL; kind++) {
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    g_autofree char *feature = g_strdup_printf("predicate %s %s", names[kind], column->name);
    PkPredicate p = { .kind = kind, .column = pk_plan_add_column(plan, column->name, column->type) };
    PkScalar value = column->dictionary                  ? pk_scalar_text("k2")
                     : column->type.kind == PK_TYPE_BOOL ? pk_scalar_bool(TRUE)
                     : column->physical >= PK_PHYS_F32   ? pk_scalar_double(1.5)
                                                         : pk_scalar_int(7);
    if (kind == PK_PRED_RANGE) {
      p.has_lo = TRUE;
      p.lo = value;
    } else if (kind == PK_PRED_IN) {
      p.n_values = 1;
      p.values = g_memdup2(&value, sizeof value);
    } else {
      pk_scalar_clear(&value);
    }
    pk_plan_add_predicate(plan, p);
    pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
    try_feature(self, plan, feature);
  }
}

static void
try_keys(Matrix *self, const PkColumn *column)
{
  static const char *const names[] = { "value", "bins", "edges", "time", "floor" };
  for (guint form = 0; form < 2 * G_N_ELEMENTS(names); form++) {
    PkKeyKind kind = (PkKeyKind)(form / 2);
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    g_autofree char *feature = g_strdup_printf("key %s%s %s", names[kind], form % 2 ? " dense" : "",
                                               column->name);
    PkKey *key = pk_plan_add_key(plan, kind, pk_plan_add_column(plan, column->name, column->type), "key");
    key->start = 0;
    key->step = kind == PK_KEY_BINS ? 1000 : 7;
    key->count = 4;
    key->time_step = 1;
    key->time_units = 1; /* year */
    key->edges = g_new0(double, 5);
    for (guint i = 0; i < 5; i++)
      key->edges[i] = i * 10.0;
    plan->dense = form % 2;
    pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
    try_feature(self, plan, feature);
  }
}

static void
try_aggs(Matrix *self, const PkColumn *column)
{
  for (PkAggOp op = PK_AGG_COUNT; op < PK_N_AGGS; op++) {
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    g_autofree char *feature = g_strdup_printf("aggregate %s %s", pk_agg_name(op), column->name);
    gboolean two = op == PK_AGG_FIRST || op == PK_AGG_LAST || op >= PK_AGG_REGR_COUNT;
    gint index = (gint)pk_plan_add_column(plan, column->name, column->type);
    gint by = two ? (gint)pk_plan_add_column(plan, "f64b", PK_TYPE_OF(PK_TYPE_F64)) : -1;
    pk_plan_add_agg(plan, op, index, by, "result")->p = 0.3;
    try_feature(self, plan, feature);
  }
}

static void
try_lines(Matrix *self, const PkColumn *column)
{
  for (guint form = 0; form < 4; form++) {
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    g_autofree char *feature =
      g_strdup_printf("line %s%s %s", form % 2 ? "y" : "x", form / 2 ? " keyed" : "", column->name);
    guint index = pk_plan_add_column(plan, column->name, column->type);
    guint other = pk_plan_add_column(plan, "f64b", PK_TYPE_OF(PK_TYPE_F64));
    plan->is_m4 = TRUE;
    plan->m4.x = form % 2 ? other : index;
    plan->m4.y = form % 2 ? index : other;
    plan->m4.x0 = -100;
    plan->m4.x1 = 100;
    plan->m4.n = 10;
    if (form / 2)
      pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, "i8", PK_TYPE_OF(PK_TYPE_I8)), "key");
    try_feature(self, plan, feature);
  }
}

/* The row under a pixel, and the first rows and groups by the column. */
static void
try_rows(Matrix *self, const PkColumn *column)
{
  static const char *const names[] = { "rows of", "rows by", "groups by" };
  for (guint form = 0; form < 2 * G_N_ELEMENTS(names); form++) {
    g_autoptr(PkPlan) plan = pk_plan_new("\"t\"");
    g_autofree char *feature = g_strdup_printf("%s%s %s", names[form / 2], form % 2 ? " descending" : "", column->name);
    guint index = pk_plan_add_column(plan, column->name, column->type);
    plan->top = (PkTop){ .limit = 70, .by = form / 2 == 1 ? (gint)index : -1, .descending = form % 2 };
    if (form / 2 == 2) {
      pk_plan_add_key(plan, PK_KEY_VALUE, index, "key");
      pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
      plan->top.by = 1;
    } else {
      PkPredicate p = { .kind = PK_PRED_NOT_NULL, .column = pk_plan_add_column(plan, "f64b", PK_TYPE_OF(PK_TYPE_F64)) };
      pk_plan_add_predicate(plan, p);
      pk_plan_add_output(plan, PK_OUTPUT_ROW, "row");
      pk_plan_add_output(plan, PK_OUTPUT_MATCHES, "matches");
      pk_plan_add_output(plan, (gint)index, "value");
    }
    if (form != 1) /* without a value to order by there is no descending */
      try_feature(self, plan, feature);
  }
}

/* tests/support-matrix.txt says which backend supports what: neither an unexpected gap nor an unexpected
 * support passes. PIKA_WRITE_MATRIX=FILE writes it. */
static void
test_matrix(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 300, 128, TRUE);
  g_autoptr(PkSource) source = conformance_source(frame);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(PkBackend) sql = pk_sql_backend_new(source, NULL, 2);
  g_autoptr(GString) lines = g_string_new(NULL);
  PkBackend *vulkan = conformance_vulkan();
  Matrix matrix = { ref, { { "cpu", cpu, NULL }, { "sql", sql, source }, { "vulkan", vulkan, NULL } },
                    vulkan ? 3 : 2, 0, frame, lines };
  g_autofree char *path = g_test_build_filename(G_TEST_DIST, "support-matrix.txt", NULL);
  g_autofree char *expected = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < frame->n_columns; i++) {
    try_predicates(&matrix, frame->columns[i]);
    try_keys(&matrix, frame->columns[i]);
    try_aggs(&matrix, frame->columns[i]);
    try_lines(&matrix, frame->columns[i]);
    try_rows(&matrix, frame->columns[i]);
  }
  if (g_getenv("PIKA_WRITE_MATRIX")) {
    g_file_set_contents(g_getenv("PIKA_WRITE_MATRIX"), lines->str, -1, &error);
    g_assert_no_error(error);
  }
  g_file_get_contents(path, &expected, NULL, &error);
  g_assert_no_error(error);
  if (!vulkan) {
    g_autoptr(GString) without = g_string_new(expected);
    g_string_replace(without, " vulkan", "", 0);
    g_assert_cmpstr(lines->str, ==, without->str);
    return;
  }
  g_assert_cmpstr(lines->str, ==, expected);
}

/* --- keys of bytes --- */

static gboolean
is_byte_key(const PkColumn *column)
{
  return column->physical == PK_PHYS_U8 && column->stats.null_count == 0;
}

/* Counts, and with `value` sums, by a column that is stored in bytes: the groups that the cpu backend makes no slots
 * for. */
static PkPlan *
byte_key_plan(const PkColumn *key, const PkColumn *value)
{
  PkPlan *plan = pk_plan_new("t");
  pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, key->name, key->type), "key");
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  if (value) {
    gint column = (gint)pk_plan_add_column(plan, value->name, value->type);
    pk_plan_add_agg(plan, PK_AGG_SUM, column, -1, "sum");
    pk_plan_add_agg(plan, PK_AGG_MEAN, column, -1, "mean");
  }
  return plan;
}

static void
test_byte_keys(void)
{
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  ConfSubject subject = { "cpu", cpu, NULL };
  guint n_plans = 0;

  for (guint seed = 1; seed <= 12; seed++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(PkFrame) frame = conformance_frame(rand, 9001, 4096, seed % 2 == 0);
    for (guint k = 0; k < frame->n_columns; k++)
      for (guint v = 0; v < frame->n_columns; v++) {
        const PkColumn *value = frame->columns[v];
        if (!is_byte_key(frame->columns[k]) || (v != k && value->physical < PK_PHYS_F32))
          continue;
        g_autoptr(PkPlan) plan = byte_key_plan(frame->columns[k], v != k ? value : NULL);
        g_autofree char *what = g_strdup_printf("seed %u, column %u by %u", seed, v, k);
        n_plans += conformance_check(ref, &subject, 1, plan, frame, what) > 0;
      }
  }
  g_assert_cmpuint(n_plans, >, 50);
}

/* --- threads --- */

/* The same bits whatever the number of threads, also of float sums. */
static void
test_threads(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 140000, 65536, FALSE);
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  for (guint i = 0; i < 24; i++) {
    g_autoptr(PkPlan) plan = conformance_plan(rand, frame);
    g_autoptr(GError) error = NULL;
    g_autofree char *answers[3] = { NULL };
    static const guint threads[] = { 1, 2, 7 };
    for (guint t = 0; t < G_N_ELEMENTS(threads); t++) {
      pk_workers_set_count(threads[t]);
      g_autoptr(PkFrame) result = pk_backend_run(cpu, plan, frame, NULL, NULL, &error);
      answers[t] = result ? conformance_answer(result) : g_strdup(error->message);
      g_clear_error(&error);
      g_assert_cmpstr(answers[0], ==, answers[t]);
      if (t > 0)
        g_clear_pointer(&answers[t], g_free);
    }
    g_clear_pointer(&answers[0], g_free);
    answers[0] = NULL;
  }
  pk_workers_set_count(0);
}

static void
test_cancel(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 5000, 0, FALSE);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  PkBackend *backends[] = { ref, cpu, conformance_vulkan() };
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_cancellable_cancel(cancellable);
  for (guint i = 0; i < 30; i++) {
    g_autoptr(PkPlan) plan = conformance_plan(rand, frame);
    for (guint b = 0; b < G_N_ELEMENTS(backends) && backends[b]; b++) {
      g_autoptr(GError) error = NULL;
      if (!pk_backend_supports(backends[b], plan, NULL))
        continue;
      g_autoptr(PkFrame) result = pk_backend_run(backends[b], plan, frame, cancellable, NULL, &error);
      g_assert_null(result);
      g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
    }
  }
}

/* What groups, values and lists of slots take is within the limit on memory, and all given back. */
static void
test_memory_limit(void)
{
  static const PkAggOp ops[] = { PK_AGG_QUANTILE, PK_AGG_DISTINCT, PK_AGG_MEAN };
  const gint64 rows = 200000;
  g_autoptr(PkColumnBuilder) ids = pk_column_builder_new("id", PK_TYPE_OF(PK_TYPE_I64), 0);
  g_autoptr(PkColumnBuilder) values = pk_column_builder_new("v", PK_TYPE_OF(PK_TYPE_F64), 0);
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(GError) error = NULL;
  for (gint64 i = 0; i < rows; i++) {
    g_assert_true(pk_column_builder_append_int(ids, (__int128)i * i * 7919, &error));
    g_assert_true(pk_column_builder_append_double(values, (double)(i * 31 % 1009), &error));
  }
  PkColumn *columns[] = { pk_column_builder_finish(g_steal_pointer(&ids), &error),
                          pk_column_builder_finish(g_steal_pointer(&values), &error) };
  g_autoptr(PkFrame) frame = pk_frame_new(columns, 2, &error);
  g_assert_no_error(error);

  for (guint keyed = 0; keyed < 2; keyed++)
    for (guint i = 0; i < G_N_ELEMENTS(ops); i++) {
      g_autoptr(PkPlan) plan = pk_plan_new("t");
      gint v = (gint)pk_plan_add_column(plan, "v", columns[1]->type);
      if (keyed)
        pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, "id", columns[0]->type), "id");
      pk_plan_add_agg(plan, ops[i], v, -1, "x")->p = 0.5;
      gsize used = pk_mem_used();
      g_autoptr(PkFrame) result = pk_backend_run(cpu, plan, frame, NULL, NULL, &error);
      g_assert_no_error(error);
      g_assert_cmpint(result->length, ==, keyed ? rows : 1);
      g_clear_pointer(&result, pk_frame_unref);
      g_assert_cmpuint(pk_mem_used(), ==, used);

      pk_mem_set_limit(used + 200000);
      result = pk_backend_run(cpu, plan, frame, NULL, NULL, &error);
      pk_mem_set_limit(0);
      if (keyed || ops[i] != PK_AGG_MEAN) {
        g_assert_null(result);
        g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
      }
      g_clear_pointer(&result, pk_frame_unref);
      g_clear_error(&error);
      g_assert_cmpuint(pk_mem_used(), ==, used);
    }
}

/* What a plan needs is checked before a backend sees it. */
static void
test_front(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 10, 0, FALSE);
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(GError) error = NULL;
  g_autoptr(PkPlan) absent = pk_plan_new("t");
  pk_plan_add_agg(absent, PK_AGG_MIN, (gint)pk_plan_add_column(absent, "nobody", PK_TYPE_OF(PK_TYPE_F64)),
                  -1, "x");
  g_assert_null(pk_backend_run(cpu, absent, frame, NULL, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_autoptr(PkPlan) other = pk_plan_new("t");
  pk_plan_add_agg(other, PK_AGG_MIN, (gint)pk_plan_add_column(other, "i32", PK_TYPE_OF(PK_TYPE_F64)), -1,
                  "x");
  g_assert_null(pk_backend_run(cpu, other, frame, NULL, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_TYPE);
  g_clear_error(&error);
  g_assert_null(pk_backend_run(cpu, other, NULL, NULL, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_USAGE);
}

int
main(int argc, char **argv)
{
  static const Shape shapes[] = {
    { 0, 0, TRUE, 20 },      { 1, 0, TRUE, 20 },        { 2, 64, FALSE, 20 },
    { 63, 64, TRUE, 40 },    { 130, 64, TRUE, 40 },     { 1000, 128, FALSE, 60 },
    { 2048, 2048, TRUE, 40 }, { 2049, 2048, TRUE, 40 }, { 5000, 4096, TRUE, 40 },
    { 20000, 0, FALSE, 15 },
  };
  g_test_init(&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
    g_autofree char *path = g_strdup_printf("/conformance/random/%" G_GINT64_FORMAT "-rows", shapes[i].rows);
    g_test_add_data_func(path, &shapes[i], test_random);
  }
  for (guint i = 0; i < conformance_n_cases; i++) {
    g_autofree char *path = g_strdup_printf("/conformance/case/%s", conformance_cases[i].name);
    g_test_add_data_func(path, &conformance_cases[i], test_case);
  }
  g_test_add_func("/conformance/support-matrix", test_matrix);
  g_test_add_func("/conformance/byte-keys", test_byte_keys);
  g_test_add_func("/conformance/threads", test_threads);
  g_test_add_func("/conformance/cancel", test_cancel);
  g_test_add_func("/conformance/memory-limit", test_memory_limit);
  g_test_add_func("/conformance/front", test_front);
  g_test_add_func("/conformance/raster", conformance_raster);
  g_test_add_func("/conformance/vulkan-layers", conformance_vulkan_end);
  return g_test_run();
}
