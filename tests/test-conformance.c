/* The driver of the conformance suite.
 *
 * PIKA_SEED=N runs the random tests from that seed alone, PIKA_CASES=N changes
 * how many plans they draw. The seed of each case is printed where it fails. */
#include "conformance.h"

#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-ref-backend.h"
#include "pk-source-duckdb.h"
#include "pk-sql-backend.h"
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

/* A frame as the relation "t" of a source of its own. */
static PkSource *
source_of(PkFrame *frame)
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
  g_autoptr(PkSource) source = source_of(frame);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  g_autoptr(PkBackend) sql = pk_sql_backend_new(source, NULL, 2);
  ConfSubject subjects[] = { { "cpu", cpu, NULL }, { "sql", sql, source } };
  guint n_subjects = g_getenv("PIKA_CPU_ONLY") ? 1 : 2;
  guint answered = 0;

  for (guint i = 0; i < shape->plans; i++) {
    g_autoptr(PkPlan) plan = conformance_plan(rand, frame);
    g_autofree char *what = g_strdup_printf("PIKA_SEED=%" G_GUINT64_FORMAT ", rows %" G_GINT64_FORMAT
                                            ", chunks of %" G_GINT64_FORMAT ", plan %u",
                                            seed, shape->rows, shape->chunk_rows, i);
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
  return g_test_run();
}
