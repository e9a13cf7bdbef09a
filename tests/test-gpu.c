/* The GPU backend where things go wrong or run short: on whatever device there is, lavapipe included. */
#include "conformance.h"
#include "conformance-case.h"

#include "pk-error.h"
#include "pk-ref-backend.h"
#include "pk-session-private.h"
#include "pk-vk-backend.h"

/* NULL, and the test skipped, where there is no device. */
static PkBackend *
open_device(guint64 memory)
{
  PkVkOptions options = { .memory = memory, .segment_rows = 1024 };
  g_autoptr(GError) error = NULL;
  PkBackend *backend = pk_vk_backend_new(&options, &error);
  if (!backend)
    g_test_skip(error->message);
  return backend;
}

static PkPlan *
grouped_plan(void)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  guint key = pk_plan_add_column(plan, "u8", PK_TYPE_OF(PK_TYPE_U8));
  gint value = (gint)pk_plan_add_column(plan, "f64", PK_TYPE_OF(PK_TYPE_F64));
  pk_plan_add_key(plan, PK_KEY_VALUE, key, "key");
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  pk_plan_add_agg(plan, PK_AGG_SUM, value, -1, "sum");
  pk_plan_add_agg(plan, PK_AGG_MIN, value, -1, "min");
  return plan;
}

/* The greatest values, and where they are: several passes, and columns that only the host reads. */
static PkPlan *
rows_plan(void)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  PkPredicate p = { .kind = PK_PRED_NOT_NULL, .column = pk_plan_add_column(plan, "u8", PK_TYPE_OF(PK_TYPE_U8)) };
  pk_plan_add_predicate(plan, p);
  pk_plan_add_output(plan, PK_OUTPUT_ROW, "row");
  pk_plan_add_output(plan, PK_OUTPUT_MATCHES, "matches");
  pk_plan_add_output(plan, (gint)pk_plan_add_column(plan, "text", PK_TYPE_OF(PK_TYPE_TEXT)), "text");
  plan->top = (PkTop){ 500, (gint)pk_plan_add_column(plan, "f64", PK_TYPE_OF(PK_TYPE_F64)), TRUE };
  return plan;
}

static PkPlan *(*const plans[])(void) = { grouped_plan, rows_plan };

static char *
answer_of(PkBackend *backend, PkPlan *plan, PkFrame *frame)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PkFrame) result = pk_backend_run(backend, plan, frame, NULL, NULL, &error);
  return result ? conformance_answer(result) : g_strdup(error->message);
}

/* Whichever call fails, the run fails with an error that says so, and the next one answers as ever. */
static void
test_out_of_memory(gconstpointer data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 3000, 512, FALSE);
  g_autoptr(PkPlan) plan = plans[GPOINTER_TO_UINT(data)]();
  g_autoptr(PkBackend) backend = open_device(0);
  guint n = 0;
  if (!backend)
    return;
  g_autofree char *expected = answer_of(backend, plan, frame);
  for (gboolean failed = TRUE; failed; n++) {
    g_autoptr(GError) error = NULL;
    pk_vk_backend_fail_after(backend, n, FALSE);
    g_autoptr(PkFrame) result = pk_backend_run(backend, plan, frame, NULL, NULL, &error);
    failed = result == NULL;
    if (failed)
      g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
    pk_vk_backend_fail_after(backend, G_MAXINT32, FALSE);
    g_autofree char *again = answer_of(backend, plan, frame);
    g_assert_cmpstr(again, ==, expected);
  }
  g_test_message("%u calls failed in turn", n - 1);
  g_assert_cmpuint(n, >, 5);
}

static void
test_lost(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 3000, 512, FALSE);
  g_autoptr(PkPlan) plan = grouped_plan();
  for (guint n = 0; n < 20; n += 4) {
    g_autoptr(PkBackend) backend = open_device(0);
    g_autoptr(GError) error = NULL;
    if (!backend)
      return;
    pk_vk_backend_fail_after(backend, n, TRUE);
    g_assert_null(pk_backend_run(backend, plan, frame, NULL, NULL, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_ENGINE);
    g_clear_error(&error);
    g_assert_null(pk_backend_run(backend, plan, frame, NULL, NULL, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_ENGINE);
  }
}

/* Less memory than the columns take: the same answers, a segment at a time. */
static void
test_streaming(gconstpointer data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 200000, 0, FALSE);
  g_autoptr(PkPlan) plan = plans[GPOINTER_TO_UINT(data)]();
  g_autoptr(PkBackend) roomy = open_device(0);
  if (!roomy)
    return;
  guint64 memory = (guint64)(GPOINTER_TO_UINT(data) ? 2400 : 1750) << 10;
  g_autoptr(PkBackend) tight = open_device(memory);
  g_autofree char *expected = answer_of(roomy, plan, frame), *got = answer_of(tight, plan, frame);
  g_assert_cmpstr(got, ==, expected);
  g_assert_cmpuint(pk_vk_backend_usage(tight).resident, <=, memory);
}

/* What runs leave behind does not grow, and answers do not change from run to run. */
static void
test_flat(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(9);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 2000, 512, FALSE);
  g_autoptr(PkPlan) plan = grouped_plan();
  g_autoptr(PkBackend) backend = open_device(0);
  if (!backend)
    return;
  g_autofree char *first = answer_of(backend, plan, frame);
  PkVkUsage before = pk_vk_backend_usage(backend);
  for (guint i = 0; i < 300; i++) {
    g_autofree char *next = answer_of(backend, plan, frame);
    g_assert_cmpstr(next, ==, first);
  }
  PkVkUsage after = pk_vk_backend_usage(backend);
  g_assert_cmpuint(after.resident, ==, before.resident);
  g_assert_cmpuint(after.pipelines, ==, before.pipelines);
  g_assert_cmpuint(after.uploaded, ==, before.uploaded);
}

/* A session finishes on the cpu what the GPU could not, and its receipt says so. */
static void
test_session(void)
{
  PikaSessionOptions options = { .threads = 2, .backend = "vulkan" };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkBackend) probe = open_device(0);
  if (!probe)
    return;
  PikaSession *session = pika_session_new(&options, &error);
  g_assert_no_error(error);
  g_autoptr(PkPlan) plan = pk_plan_new("(SELECT range AS \"x\" FROM range(1000))");
  pk_plan_add_agg(plan, PK_AGG_SUM, (gint)pk_plan_add_column(plan, "x", PK_TYPE_OF(PK_TYPE_I64)), -1, "sum");
  for (guint lost = 0; lost < 3; lost++) {
    PikaReceipt receipt = { .exact = TRUE };
    g_auto(PkTally) tally = { .receipt = &receipt };
    if (lost > 0)
      pk_vk_backend_fail_after(session->backends[PK_SESSION_VULKAN], 2, lost == 2);
    g_autoptr(PkFrame) result = pk_session_run_plan(session, plan, NULL, &tally, &error);
    g_assert_no_error(error);
    g_autofree char *answer = conformance_answer(result);
    g_assert_cmpstr(answer, ==, "499500");
    g_assert_cmpstr(receipt.backend, ==, lost ? "cpu" : "vulkan");
    g_assert_true(!lost || g_str_has_prefix(receipt.reason, "cpu, because vulkan failed: "));
  }
  pika_session_unref(session);
}

/* Without a loader the program says so, and forcing the backend is an error that does. */
static void
test_no_loader(void)
{
  if (g_test_subprocess()) {
    g_setenv("PIKA_VULKAN_LOADER", "/nonexistent/libvulkan.so", TRUE);
    PikaSessionOptions options = { .backend = "vulkan" };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = pika_describe_devices();
    g_assert_true(g_str_has_prefix(text, "no GPU: "));
    g_assert_null(pika_session_new(&options, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_NOT_FOUND);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/gpu/out-of-memory/groups", GUINT_TO_POINTER(0), test_out_of_memory);
  g_test_add_data_func("/gpu/out-of-memory/rows", GUINT_TO_POINTER(1), test_out_of_memory);
  g_test_add_func("/gpu/lost", test_lost);
  g_test_add_data_func("/gpu/streaming/groups", GUINT_TO_POINTER(0), test_streaming);
  g_test_add_data_func("/gpu/streaming/rows", GUINT_TO_POINTER(1), test_streaming);
  g_test_add_func("/gpu/flat", test_flat);
  g_test_add_func("/gpu/session", test_session);
  g_test_add_func("/gpu/no-loader", test_no_loader);
  return g_test_run();
}
