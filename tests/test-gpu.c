/* The GPU backend where things go wrong or run short: on whatever device there is, lavapipe included. */
#include "conformance.h"
#include "conformance-case.h"

#include "pk-error.h"
#include "pk-ref-backend.h"
#include "pk-session-private.h"
#include "pk-vk-backend.h"

#include <string.h>

/* PIKA_NO_VALIDATION: on a machine without the layers. */
static gboolean
validates(void)
{
  return g_getenv("PIKA_NO_VALIDATION") == NULL;
}

/* NULL, and the test skipped, where there is no device. */
static PkBackend *
open_path(guint64 memory, PkVkPath path)
{
  PkVkOptions options = { .memory = memory, .segment_rows = 1024, .path = path, .validate = validates() };
  g_autoptr(GError) error = NULL;
  PkBackend *backend = pk_vk_backend_new(&options, &error);
  if (!backend)
    g_test_skip(error->message);
  return backend;
}

/* Columns are sent, so that what sending meets is tested on a device that could do without, too. */
static PkBackend *
open_device(guint64 memory)
{
  return open_path(memory, PK_VK_PATH_STAGED);
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

/* Whichever call fails, the run goes another way or fails with an error that says so, and the next one answers as ever:
 * from a fresh frame, which must be sent, and from the one that is there. */
static void
test_out_of_memory(gconstpointer data)
{
  g_autoptr(PkPlan) plan = plans[GPOINTER_TO_UINT(data) % 2]();
  g_autoptr(PkBackend) backend = open_path(0, (PkVkPath)(GPOINTER_TO_UINT(data) / 2 + PK_VK_PATH_STAGED));
  g_autofree char *expected = NULL;
  guint failed = 0;
  if (!backend)
    return;
  for (guint n = 0, pending = FALSE; !pending; n++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autoptr(PkFrame) frame = conformance_frame(rand, 3000, 512, FALSE);
    g_autoptr(GError) error = NULL;
    expected = expected ? expected : answer_of(backend, plan, frame);
    pk_vk_backend_fail_after(backend, n, PK_VK_FAULT_MEMORY);
    g_autoptr(PkFrame) result = pk_backend_run(backend, plan, frame, NULL, NULL, &error);
    pending = pk_vk_backend_fault_pending(backend);
    pk_vk_backend_fail_after(backend, G_MAXINT32, PK_VK_FAULT_MEMORY);
    g_autofree char *answer = result ? conformance_answer(result) : NULL;
    g_autofree char *again = answer_of(backend, plan, frame);
    failed += !result;
    if (result)
      g_assert_cmpstr(answer, ==, expected);
    else
      g_assert_error(error, PK_ERROR, PK_ERROR_LIMIT);
    g_assert_cmpstr(again, ==, expected);
  }
  g_test_message("%u runs failed", failed);
  g_assert_cmpuint(failed, >, 5);
  g_assert_cmpuint(pk_vk_backend_usage(backend).messages, ==, 0);
}

/* The device goes, or hangs, at some call: the run fails, and every one after it. */
static void
test_gone(gconstpointer data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 3000, 512, FALSE);
  g_autoptr(PkPlan) plan = grouped_plan();
  for (guint n = 0; n < 20; n += 4) {
    g_autoptr(PkBackend) backend = open_device(0);
    g_autoptr(GError) error = NULL;
    if (!backend)
      return;
    pk_vk_backend_fail_after(backend, n, (PkVkFault)GPOINTER_TO_UINT(data));
    g_assert_null(pk_backend_run(backend, plan, frame, NULL, NULL, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_ENGINE);
    g_clear_error(&error);
    g_assert_null(pk_backend_run(backend, plan, frame, NULL, NULL, &error));
    g_assert_error(error, PK_ERROR, PK_ERROR_ENGINE);
    g_assert_cmpuint(pk_vk_backend_usage(backend).messages, ==, 0);
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

/* --- how columns get there --- */

/* Whichever way, the same answers, with room for all columns and without, from chunks of any length. */
static void
test_path(gconstpointer data)
{
  static const gint64 chunk_rows[] = { 0, 4096, 1000, 64 };
  PkVkPath path = (PkVkPath)GPOINTER_TO_UINT(data);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) roomy = open_path(0, path);
  if (!roomy)
    return;
  g_autoptr(PkBackend) tight = open_path((guint64)2400 << 10, path);
  for (guint c = 0; c < G_N_ELEMENTS(chunk_rows); c++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(c);
    g_autoptr(PkFrame) frame = conformance_frame(rand, 130000, chunk_rows[c], FALSE);
    for (guint p = 0; p < G_N_ELEMENTS(plans); p++) {
      g_autoptr(PkPlan) plan = plans[p]();
      ConfSubject subjects[] = { { "roomy", roomy, NULL }, { "tight", tight, NULL } };
      for (guint again = 0; again < 2; again++)
        conformance_check(ref, subjects, G_N_ELEMENTS(subjects), plan, frame, "path");
    }
  }
  PkVkUsage usage = pk_vk_backend_usage(roomy), tight_usage = pk_vk_backend_usage(tight);
  g_assert_cmpuint(usage.messages + tight_usage.messages, ==, 0);
  g_assert_cmpuint(tight_usage.resident, <=, (guint64)2400 << 10);
  if (path == PK_VK_PATH_STAGED)
    g_assert_cmpuint(usage.imported + tight_usage.imported, ==, 0);
  else
    g_assert_cmpuint(usage.imported, >, 0);
}

/* Where device memory is the host's nothing is sent; an import lasts as long as its frame. */
static void
test_unified(void)
{
  PkVkOptions options = { .validate = validates() };
  g_autoptr(PkBackend) backend = pk_vk_backend_new(&options, NULL);
  g_autoptr(PkPlan) plan = grouped_plan();
  if (!backend || !pk_vk_backend_about(backend).is_unified) {
    g_test_skip("there is no device whose memory is the host's");
    return;
  }
  for (guint i = 0; i < 5; i++) {
    g_autoptr(GRand) rand = g_rand_new_with_seed(i);
    g_autoptr(PkFrame) frame = conformance_frame(rand, 50000, 0, FALSE);
    g_autofree char *first = answer_of(backend, plan, frame);
    guint64 imported = pk_vk_backend_usage(backend).imported;
    g_autofree char *second = answer_of(backend, plan, frame);
    g_assert_cmpstr(first, ==, second);
    g_assert_cmpuint(imported, >=, 50000 * 9);
    g_assert_cmpuint(imported, <=, 50000 * 9 + 50000 / 4 + 4 * 4096);
    g_assert_cmpuint(pk_vk_backend_usage(backend).imported, ==, imported);
  }
  g_assert_cmpuint(pk_vk_backend_usage(backend).uploaded, ==, 0);
  g_assert_cmpuint(pk_vk_backend_usage(backend).messages, ==, 0);
}

/* Sent before, a column that had to leave is imported when it comes back. */
static void
test_import_second_time(void)
{
  g_autoptr(PkBackend) backend = open_path((guint64)1750 << 10, PK_VK_PATH_SENT);
  if (!backend)
    return;
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 200000, 0, FALSE);
  g_autoptr(PkPlan) plan = grouped_plan();
  g_autofree char *first = answer_of(backend, plan, frame), *second = answer_of(backend, plan, frame);
  g_assert_cmpstr(first, ==, second);
  g_assert_cmpuint(pk_vk_backend_usage(backend).imported, >, 0);
  g_assert_cmpuint(pk_vk_backend_usage(backend).messages, ==, 0);
}

typedef struct {
  GCancellable *cancellable;
  guint pieces;
} Piece;

static void
cancel_second(gpointer data)
{
  Piece *piece = data;
  if (++piece->pieces == 2)
    g_cancellable_cancel(piece->cancellable);
}

/* Cancelled between two pieces of a column, the run ends, and the device goes on. */
static void
test_cancelled_upload(void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  g_autoptr(PkFrame) frame = conformance_frame(rand, 3000, 512, FALSE);
  g_autoptr(PkPlan) plan = grouped_plan();
  g_autoptr(PkBackend) backend = open_device(0);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Piece piece = { cancellable, 0 };
  if (!backend)
    return;
  pk_vk_backend_on_piece(backend, cancel_second, &piece);
  g_assert_null(pk_backend_run(backend, plan, frame, cancellable, NULL, &error));
  g_assert_error(error, PK_ERROR, PK_ERROR_CANCELLED);
  g_assert_cmpuint(piece.pieces, ==, 2);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  ConfSubject subject = { "vulkan", backend, NULL };
  conformance_check(ref, &subject, 1, plan, frame, "after a cancelled upload");
  g_assert_cmpuint(pk_vk_backend_usage(backend).messages, ==, 0);
}

static guint
count_handles(void)
{
  g_autoptr(GDir) folder = g_dir_open("/proc/self/fd", 0, NULL);
  guint n = 0;
  while (folder && g_dir_read_name(folder))
    n++;
  return n;
}

static gint64
resident_kib(void)
{
  g_autofree char *text = NULL;
  const char *line = g_file_get_contents("/proc/self/status", &text, NULL, NULL) ? strstr(text, "VmRSS:") : NULL;
  return line ? g_ascii_strtoll(line + 6, NULL, 10) : 0;
}

/* What runs leave behind does not grow, and answers do not change from run to run. PIKA_FLAT_RUNS: how many (300). */
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
  guint n = g_getenv("PIKA_FLAT_RUNS") ? (guint)g_ascii_strtoull(g_getenv("PIKA_FLAT_RUNS"), NULL, 10) : 300;
  guint handles = count_handles();
  gint64 kib = 0;
  for (guint i = 0; i < n; i++) {
    g_autofree char *next = answer_of(backend, plan, frame);
    g_assert_cmpstr(next, ==, first);
    if (i == n / 10)
      kib = resident_kib();
  }
  g_test_message("%u plans: %u handles before, %u after; %" G_GINT64_FORMAT " KiB after a tenth, %" G_GINT64_FORMAT
                 " at the end", n, handles, count_handles(), kib, resident_kib());
  g_assert_cmpuint(count_handles(), ==, handles);
  g_assert_cmpint(resident_kib() - kib, <, 16384);
  PkVkUsage after = pk_vk_backend_usage(backend);
  g_assert_cmpuint(after.resident, ==, before.resident);
  g_assert_cmpuint(after.pipelines, ==, before.pipelines);
  g_assert_cmpuint(after.uploaded, ==, before.uploaded);
}

/* A session finishes on the cpu what the GPU could not, and its receipt says so. */
static void
check_session(gint fault)
{
  PikaSessionOptions options = { .threads = 2, .backend = "vulkan" };
  g_autoptr(GError) error = NULL;
  PikaSession *session = pika_session_new(&options, &error);
  g_assert_no_error(error);
  g_autoptr(PkPlan) plan = pk_plan_new("(SELECT range AS \"x\" FROM range(1000))");
  pk_plan_add_agg(plan, PK_AGG_SUM, (gint)pk_plan_add_column(plan, "x", PK_TYPE_OF(PK_TYPE_I64)), -1, "sum");
  for (guint run = 0; run < 2; run++) {
    PikaReceipt receipt = { .exact = TRUE };
    g_auto(PkTally) tally = { .receipt = &receipt };
    if (fault >= 0 && run > 0)
      pk_vk_backend_fail_after(session->backends[PK_SESSION_VULKAN], 2, (PkVkFault)fault);
    g_autoptr(PkFrame) result = pk_session_run_plan(session, plan, NULL, &tally, &error);
    g_assert_no_error(error);
    g_autofree char *answer = conformance_answer(result);
    g_assert_cmpstr(answer, ==, "499500");
    g_assert_cmpstr(receipt.backend, ==, fault >= 0 && run > 0 ? "cpu" : "vulkan");
    g_assert_true(fault < 0 || run == 0 || g_str_has_prefix(receipt.reason, "cpu, because vulkan failed: "));
  }
  pika_session_unref(session);
}

static void
test_session(void)
{
  g_autoptr(PkBackend) probe = open_device(0);
  for (gint fault = -1; probe && fault <= PK_VK_FAULT_TIMEOUT; fault++)
    check_session(fault);
}

/* --- what is not there --- */

/* A plan that no backend was asked for by name is answered all the same. */
static void
assert_works_without(PkErrorCode code, const char *reason)
{
  PikaSessionOptions forced = { .backend = "vulkan" }, any = { .threads = 2 };
  g_autoptr(GError) error = NULL;
  PikaReceipt receipt = { .exact = TRUE };
  g_auto(PkTally) tally = { .receipt = &receipt };
  g_assert_null(pika_session_new(&forced, &error));
  g_assert_error(error, PK_ERROR, (gint)code);
  g_assert_nonnull(strstr(error->message, reason));
  g_clear_error(&error);
  PikaSession *session = pika_session_new(&any, &error);
  g_assert_no_error(error);
  g_autoptr(PkPlan) plan = pk_plan_new("(SELECT range AS \"x\" FROM range(5000000))");
  pk_plan_add_agg(plan, PK_AGG_MAX, (gint)pk_plan_add_column(plan, "x", PK_TYPE_OF(PK_TYPE_I64)), -1, "most");
  g_autoptr(PkFrame) result = pk_session_run_plan(session, plan, NULL, &tally, &error);
  g_assert_no_error(error);
  g_assert_cmpint((gint64)pk_column_get_int(result->columns[0], 0), ==, 4999999);
  g_assert_cmpstr(receipt.backend, !=, "vulkan");
  pika_session_unref(session);
}

/* Without a loader or a driver the program says so, and forcing the backend is an error that does. */
static void
test_missing(gconstpointer data)
{
  gboolean loader = GPOINTER_TO_UINT(data);
  if (g_test_subprocess()) {
    g_setenv(loader ? "PIKA_VULKAN_LOADER" : "VK_ICD_FILENAMES", "/nonexistent/vulkan", TRUE);
    g_setenv(loader ? "PIKA_VULKAN_LOADER" : "VK_DRIVER_FILES", "/nonexistent/vulkan", TRUE);
    g_autofree char *text = pika_describe_devices(NULL);
    g_assert_true(g_str_has_prefix(text, "no GPU: "));
    assert_works_without(PK_ERROR_NOT_FOUND, "Vulkan");
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
}

/* A device without a feature that kernels rely on is listed with what it lacks, and not used. */
static void
test_without_feature(gconstpointer data)
{
  const char *feature = data;
  g_autoptr(PkBackend) probe = open_device(0);
  if (!probe)
    return;
  if (g_test_subprocess()) {
    g_autofree char *lacks = g_strdup_printf("it lacks %s", feature);
    g_setenv("PIKA_VULKAN_WITHOUT", feature, TRUE);
    g_autofree char *text = pika_describe_devices(NULL);
    g_assert_nonnull(strstr(text, lacks));
    assert_works_without(PK_ERROR_UNSUPPORTED, feature);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
}

/* Extensions only make it faster or tell more. */
static void
test_without_extensions(void)
{
  if (g_test_subprocess()) {
    g_setenv("PIKA_VULKAN_WITHOUT", "VK_EXT_external_memory_host, VK_EXT_memory_budget", TRUE);
    g_autoptr(PkBackend) ref = pk_ref_backend_new();
    for (PkVkPath path = PK_VK_PATH_AUTO; path <= PK_VK_PATH_DIRECT; path++) {
      g_autoptr(PkBackend) backend = open_path(0, path);
      g_autoptr(GRand) rand = g_rand_new_with_seed(path);
      g_autoptr(PkFrame) frame = conformance_frame(rand, 9000, 4096, TRUE);
      ConfSubject subject = { "vulkan", backend, NULL };
      for (guint p = 0; backend && p < G_N_ELEMENTS(plans); p++) {
        g_autoptr(PkPlan) plan = plans[p]();
        conformance_check(ref, &subject, 1, plan, frame, "without extensions");
        g_assert_cmpuint(pk_vk_backend_usage(backend).imported, ==, 0);
      }
    }
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
  static const char *const features[] = { "64-bit integers", "64-bit floats", "64-bit atomics", "64-bit shared atomics",
                                          "buffer device addresses" };
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/gpu/out-of-memory/groups", GUINT_TO_POINTER(0), test_out_of_memory);
  g_test_add_data_func("/gpu/out-of-memory/rows", GUINT_TO_POINTER(1), test_out_of_memory);
  g_test_add_data_func("/gpu/out-of-memory/imported", GUINT_TO_POINTER(2), test_out_of_memory);
  g_test_add_data_func("/gpu/out-of-memory/direct", GUINT_TO_POINTER(4), test_out_of_memory);
  g_test_add_data_func("/gpu/path/staged", GUINT_TO_POINTER(PK_VK_PATH_STAGED), test_path);
  g_test_add_data_func("/gpu/path/imported", GUINT_TO_POINTER(PK_VK_PATH_IMPORTED), test_path);
  g_test_add_data_func("/gpu/path/direct", GUINT_TO_POINTER(PK_VK_PATH_DIRECT), test_path);
  g_test_add_func("/gpu/unified", test_unified);
  g_test_add_func("/gpu/import-second-time", test_import_second_time);
  g_test_add_func("/gpu/cancelled-upload", test_cancelled_upload);
  g_test_add_data_func("/gpu/gone/lost", GUINT_TO_POINTER(PK_VK_FAULT_LOST), test_gone);
  g_test_add_data_func("/gpu/gone/timeout", GUINT_TO_POINTER(PK_VK_FAULT_TIMEOUT), test_gone);
  g_test_add_data_func("/gpu/streaming/groups", GUINT_TO_POINTER(0), test_streaming);
  g_test_add_data_func("/gpu/streaming/rows", GUINT_TO_POINTER(1), test_streaming);
  g_test_add_func("/gpu/flat", test_flat);
  g_test_add_func("/gpu/session", test_session);
  g_test_add_data_func("/gpu/missing/loader", GUINT_TO_POINTER(TRUE), test_missing);
  g_test_add_data_func("/gpu/missing/driver", GUINT_TO_POINTER(FALSE), test_missing);
  for (guint i = 0; i < G_N_ELEMENTS(features); i++) {
    g_autofree char *path = g_strdup_printf("/gpu/without/%s", features[i]);
    g_test_add_data_func(path, features[i], test_without_feature);
  }
  g_test_add_func("/gpu/without-extensions", test_without_extensions);
  return g_test_run();
}
