/* pika bench transfer: columns to the device, by the way they take and the size of a piece. */
#include "pk-bench-transfer.h"

#include "pk-bench-device.h"

#include "pk-error.h"
#include "pk-vk-backend.h"

#include <json-glib/json-glib.h>

typedef struct {
  gint64 rows;
  char *device, *json;
} Options;

static const struct { const char *name; PkVkPath path; gboolean has_pieces; } paths[] = {
  { "staged", PK_VK_PATH_STAGED, TRUE },
  { "imported", PK_VK_PATH_IMPORTED, FALSE },
};

static void
tell(JsonBuilder *json, const char *path, const char *column, guint64 piece, double gb_s, double first_gb_s)
{
  if (piece)
    g_print("%-9s %-4s in pieces of %6" G_GUINT64_FORMAT " KiB %8.2f GB/s\n", path, column, piece / 1024, gb_s);
  else
    g_print("%-9s %-4s the first time, with the import %8.2f, again %8.2f GB/s\n", path, column, first_gb_s, gb_s);
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "path");
  json_builder_add_string_value(json, path);
  json_builder_set_member_name(json, "column");
  json_builder_add_string_value(json, column);
  json_builder_set_member_name(json, "piece_bytes");
  json_builder_add_int_value(json, (gint64)piece);
  json_builder_set_member_name(json, "gb_s");
  json_builder_add_double_value(json, gb_s);
  json_builder_set_member_name(json, "first_gb_s");
  json_builder_add_double_value(json, first_gb_s);
  json_builder_end_object(json);
}

static gboolean
first_upload(PkBackend *gpu, PkPlan *plan, PkFrame *frame, double *gb_s, GError **error)
{
  PkVkUsage before = pk_vk_backend_usage(gpu);
  g_autoptr(PkFrame) result = pk_backend_run(gpu, plan, frame, NULL, NULL, error);
  PkVkUsage after = pk_vk_backend_usage(gpu);
  double ms = after.upload_ms - before.upload_ms;
  *gb_s = result && ms > 0 ? (double)(after.uploaded - before.uploaded) / ms / 1e6 : 0;
  return result != NULL;
}

static gboolean
measure_path(const Options *o, guint which, PkColumn **columns, JsonBuilder *json, GError **error)
{
  static const char *const cases[][2] = { { "sum-i64", "i64" }, { "histogram", "f32" } };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    PkVkOptions options = { .device = o->device, .untuned = TRUE, .path = paths[which].path };
    g_autoptr(PkBackend) gpu = pk_vk_backend_new(&options, error);
    PkGpuBench c = { 0 };
    double first = 0, gb_s = 0;
    if (!gpu || !pk_gpu_bench_init(&c, pk_gpu_find_case(cases[i][0]), columns, o->rows, error))
      return FALSE;
    g_autoptr(PkPlan) plan = c.plan;
    if (!first_upload(gpu, plan, c.frame, &first, error))
      return FALSE;
    guint64 least = paths[which].has_pieces ? (guint64)64 << 10 : 0, most = (guint64)256 << 20;
    for (guint64 piece = least; piece <= most; piece *= 2) {
      if (piece)
        pk_vk_backend_tune_transfer(gpu, piece);
      if (!pk_bench_upload(gpu, plan, c.frame, 3, &gb_s, error))
        return FALSE;
      tell(json, paths[which].name, cases[i][1], piece, gb_s, first);
      if (!piece)
        break;
    }
  }
  return TRUE;
}

static gboolean
parse(int argc, char **argv, Options *o, GError **error)
{
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &o->rows, "Rows (default 2^26)", "N" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Part of the device's name, or its number", "NAME" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the figures", "FILE" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("— columns to the GPU");
  g_option_context_add_main_entries(context, entries, NULL);
  return g_option_context_parse(context, &argc, &argv, error) &&
         (o->rows > 0 || pk_fail(error, PK_ERROR_USAGE, "--rows takes a number from 1 up"));
}

int
pk_bench_transfer(int argc, char **argv)
{
  Options o = { .rows = 1 << 26 };
  PkColumn *columns[PK_GPU_N_DATA] = { NULL };
  g_autoptr(GError) error = NULL;
  if (!parse(argc, argv, &o, &error)) {
    g_printerr("bench transfer: %s\n", error->message);
    return 2;
  }
  g_autoptr(JsonBuilder) json = json_builder_new();
  json_builder_begin_array(json);
  gboolean ok = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(paths) && ok; i++)
    ok = measure_path(&o, i, columns, json, &error);
  json_builder_end_array(json);
  if (ok && o.json) {
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, TRUE);
    ok = g_file_set_contents(o.json, text, -1, &error);
  }
  if (!ok)
    g_printerr("bench transfer: %s\n", error->message);
  return ok ? 0 : 1;
}
