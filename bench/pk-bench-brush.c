/* pika bench brush: three linked histograms of flights (distance, delay, time of day), upsampled with jitter. A brush over
 * one of them is swept pixel by pixel, another one rests on the next, and each step counts the other histograms anew: from
 * all rows, without an index. */
#include "pk-bench-brush.h"

#include "pk-bench-device.h"

#include "pk-clock.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-mem.h"
#include "pk-source-duckdb.h"
#include "pk-vk-backend.h"
#include "pk-workers.h"

#include <json-glib/json-glib.h>
#include <stdlib.h>
#include <string.h>

#define N_AXES 3
#define PIXELS 400
#define MOST_STEPS (N_AXES * 3 * PIXELS)
#define SPREAD G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

static const struct { const char *name; double start, step; guint bins; double jitter; } axes[N_AXES] = {
  { "distance", 0, 50, 100, 10 }, /* miles */
  { "delay", -60, 2.5, 100, 1 },  /* minutes */
  { "time", 0, 0.25, 96, 1 / 60.0 }, /* hours */
};

typedef struct {
  gint64 rows, repeat;
  char *device, *json, *data, *backend;
} Options;

typedef struct {
  Options options;
  PkBackend *backend, *cpu;
  PkFrame *flights; /* as they are */
  PkFrame *frame;   /* upsampled */
  double ms[MOST_STEPS];
  guint n, checked, failures;
  double cold_ms, load_ms;
} Brush;

/* --- rows --- */

typedef struct {
  const PkFrame *from;
  PkFrame *to;
  gint next; /* atomic: chunk of all columns */
} Upsample;

/* splitmix64 (Steele, Lea, Flood 2014). */
static guint64
draw(guint64 row, guint64 stream)
{
  guint64 z = (row + 1) * SPREAD + stream * G_GUINT64_CONSTANT(0xd1b54a32d192ed03);
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static void
upsample_chunk(const Upsample *self, guint k)
{
  guint64 first = (guint64)k * PK_CHUNK_ROWS, n = (guint64)self->from->length;
  for (gint64 i = 0; i < self->to->columns[0]->chunks[k].length; i++) {
    gint64 source = (gint64)(draw(first + (guint64)i, 1) % n);
    for (guint a = 0; a < N_AXES; a++) {
      double u = (double)(draw(first + (guint64)i, 2 + a) >> 11) * 0x1p-53 - 0.5;
      double x = pk_column_get_double(self->from->columns[a], source) + u * axes[a].jitter;
      ((float *)self->to->columns[a]->chunks[k].data)[i] = (float)x;
    }
  }
}

static void
upsample_chunks(gpointer data, guint worker)
{
  Upsample *self = data;
  for (;;) {
    guint k = (guint)g_atomic_int_add(&self->next, 1);
    if (k >= self->to->columns[0]->n_chunks)
      return;
    upsample_chunk(self, k);
  }
}

static PkColumn *
new_column(guint axis, gint64 rows, GError **error)
{
  g_autoptr(PkColumn) c = g_new0(PkColumn, 1);
  c->name = g_strdup(axes[axis].name);
  c->type = PK_TYPE_OF(PK_TYPE_F32);
  c->physical = PK_PHYS_F32;
  c->length = rows;
  c->n_chunks = (guint)((rows + PK_CHUNK_ROWS - 1) / PK_CHUNK_ROWS);
  c->chunks = g_new0(PkChunk, MAX(c->n_chunks, 1));
  c->stats = (PkColumnStats){ .has_range = TRUE, .min = -1e5, .max = 1e5 };
  for (guint k = 0; k < c->n_chunks; k++) {
    PkChunk *chunk = &c->chunks[k];
    chunk->length = MIN(PK_CHUNK_ROWS, rows - (gint64)k * PK_CHUNK_ROWS);
    chunk->data_bytes = (gsize)chunk->length * 4;
    chunk->stats = c->stats;
    if (!(chunk->data = pk_mem_alloc(chunk->data_bytes, error)))
      return NULL;
  }
  return g_steal_pointer(&c);
}

static gboolean
load_flights(Brush *self, GError **error)
{
  const char *folder = g_getenv("PIKA_VEGA_DATASETS");
  g_autofree char *path = self->options.data ? g_strdup(self->options.data)
                          : folder ? g_build_filename(folder, "flights-3m.parquet", NULL) : NULL;
  const char *paths[] = { path, NULL };
  PkFileSpec file = { .paths = paths, .name = "flights", .format = PK_FILE_PARQUET };
  PkSourceOptions options = { 0 };
  if (!path)
    return pk_fail(error, PK_ERROR_USAGE, "set PIKA_VEGA_DATASETS to the data folder of vega-datasets, or name its "
                   "flights-3m.parquet with --data");
  PkSource *source = pk_source_duckdb_new(&options, error);
  g_auto(PkArrowStream) stream = { 0 };
  gboolean ok = source && pk_source_add_file(source, &file, NULL, NULL, error) &&
                pk_source_query(source, "SELECT distance, delay, hour(date) + minute(date) / 60.0::DOUBLE AS time "
                                        "FROM flights WHERE distance + delay IS NOT NULL AND date IS NOT NULL",
                                NULL, &stream, error) &&
                (self->flights = pk_frame_read_stream(&stream, 0, NULL, error)) != NULL;
  if (source)
    pk_source_unref(source);
  return ok && (self->flights->length > 0 || pk_fail(error, PK_ERROR_INVALID, "%s has no flights", path));
}

static gboolean
make_rows(Brush *self, gint64 rows, GError **error)
{
  PkFrame *frame = g_new0(PkFrame, 1);
  frame->refs = 1;
  frame->length = rows;
  frame->n_columns = N_AXES;
  frame->columns = g_new0(PkColumn *, N_AXES);
  self->frame = frame;
  for (guint a = 0; a < N_AXES; a++)
    if (!(frame->columns[a] = new_column(a, rows, error)))
      return FALSE;
  Upsample upsample = { self->flights, frame, 0 };
  pk_workers_run(upsample_chunks, &upsample, pk_workers_get_count());
  return TRUE;
}

/* --- plans --- */

/* A brush on an axis: from a share of it, so wide. */
typedef struct {
  gboolean on;
  double from, width;
} Range;

static double
at_share(guint axis, double share)
{
  return axes[axis].start + share * axes[axis].step * axes[axis].bins;
}

/* The histogram of an axis where the others' brushes hold. */
static PkPlan *
histogram(guint axis, const Range *brushes)
{
  PkPlan *plan = pk_plan_new("\"flights\"");
  for (guint a = 0; a < N_AXES; a++) {
    if (a != axis && !brushes[a].on)
      continue;
    guint column = pk_plan_add_column(plan, axes[a].name, PK_TYPE_OF(PK_TYPE_F32));
    if (a == axis) {
      PkKey *key = pk_plan_add_key(plan, PK_KEY_BINS, column, "bin");
      key->start = axes[a].start;
      key->step = axes[a].step;
      key->count = axes[a].bins;
      continue;
    }
    PkPredicate p = { .kind = PK_PRED_RANGE, .column = column, .has_lo = TRUE, .has_hi = TRUE,
                      .lo = pk_scalar_double(at_share(a, brushes[a].from)),
                      .hi = pk_scalar_double(at_share(a, brushes[a].from + brushes[a].width)) };
    pk_plan_add_predicate(plan, p);
  }
  plan->dense = TRUE;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "count");
  return plan;
}

static gboolean
same_counts(const PkFrame *a, const PkFrame *b)
{
  for (gint64 row = 0; row < a->length && a->length == b->length; row++)
    if (pk_column_get_int(a->columns[0], row) != pk_column_get_int(b->columns[0], row))
      return FALSE;
  return a->length == b->length;
}

/* One step: the histograms that the moving brush changes. Adds to ms. */
static gboolean
step(Brush *self, guint moving, const Range *brushes, gboolean check, double *ms, GError **error)
{
  PkFrame *answers[N_AXES] = { NULL };
  gboolean ok = TRUE;
  gint64 start = pk_clock_now_ns();
  for (guint a = 0; a < N_AXES && ok; a++) {
    if (a == moving)
      continue;
    g_autoptr(PkPlan) plan = histogram(a, brushes);
    answers[a] = pk_backend_run(self->backend, plan, self->frame, NULL, NULL, error);
    ok = answers[a] != NULL;
  }
  *ms = (double)(pk_clock_now_ns() - start) / 1e6;
  for (guint a = 0; a < N_AXES; a++) {
    if (ok && check && answers[a]) {
      g_autoptr(PkPlan) plan = histogram(a, brushes);
      g_autoptr(PkFrame) expected = pk_backend_run(self->cpu, plan, self->frame, NULL, NULL, error);
      ok = expected != NULL;
      self->checked += ok;
      if (ok && !same_counts(answers[a], expected)) {
        g_print("DIFFERS: %s while %s is brushed\n", axes[a].name, axes[moving].name);
        self->failures++;
      }
    }
    if (answers[a])
      pk_frame_unref(answers[a]);
  }
  return ok;
}

static gboolean
sweep(Brush *self, guint moving, double width, GError **error)
{
  Range brushes[N_AXES] = { { FALSE, 0, 0 } };
  guint steps = (guint)(PIXELS * (1 - width));
  brushes[moving] = (Range){ TRUE, 0, width };
  brushes[(moving + 1) % N_AXES] = (Range){ TRUE, 0.1, 0.3 };
  for (guint i = 0; i < steps; i++) {
    double ms;
    brushes[moving].from = (double)i / PIXELS;
    if (!step(self, moving, brushes, i == steps / 2, &ms, error))
      return FALSE;
    self->ms[self->n++] = ms;
  }
  return TRUE;
}

/* --- whole --- */

static int
compare_doubles(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void
number(JsonBuilder *json, const char *name, double value)
{
  json_builder_set_member_name(json, name);
  json_builder_add_double_value(json, value);
}

static void
tell(Brush *self, JsonBuilder *json)
{
  guint n = self->n;
  double cold = self->cold_ms;
  qsort(self->ms, n, sizeof *self->ms, compare_doubles);
  g_print("%11" G_GINT64_FORMAT " rows: %u steps, median %7.2f, p95 %7.2f, max %7.2f ms; first %7.2f ms; load %8.1f ms; "
          "%u histograms checked\n", self->frame->length, n, self->ms[n / 2], self->ms[n * 95 / 100], self->ms[n - 1], cold,
          self->load_ms, self->checked);
  json_builder_begin_object(json);
  number(json, "rows", (double)self->frame->length);
  number(json, "steps", n);
  number(json, "median_ms", self->ms[n / 2]);
  number(json, "p95_ms", self->ms[n * 95 / 100]);
  number(json, "max_ms", self->ms[n - 1]);
  number(json, "first_ms", cold);
  number(json, "load_ms", self->load_ms);
  number(json, "checked", self->checked);
  json_builder_end_object(json);
}

/* Loading brings the columns to the device; the first step after it also compiles its kernels. */
static gboolean
brush_rows(Brush *self, gint64 rows, JsonBuilder *json, GError **error)
{
  const double widths[] = { 0.1, 0.2, 0.3 };
  Range all[N_AXES] = { { TRUE, 0, 1 }, { TRUE, 0, 1 }, { TRUE, 0, 1 } };
  g_autoptr(PkPlan) plan = histogram(0, all);
  if (!make_rows(self, rows, error))
    return FALSE;
  gint64 start = pk_clock_now_ns();
  g_autoptr(PkFrame) loaded = pk_backend_run(self->backend, plan, self->frame, NULL, NULL, error);
  self->load_ms = (double)(pk_clock_now_ns() - start) / 1e6;
  self->n = self->checked = 0;
  if (!loaded || !step(self, 0, all, FALSE, &self->cold_ms, error))
    return FALSE;
  for (guint w = 0; w < G_N_ELEMENTS(widths); w++)
    for (guint a = 0; a < N_AXES; a++)
      if (!sweep(self, a, widths[w], error))
        return FALSE;
  tell(self, json);
  if (!strcmp(self->backend->klass->name, "vulkan"))
    pk_vk_backend_forget(self->backend);
  g_clear_pointer(&self->frame, pk_frame_unref);
  return TRUE;
}

static gboolean
parse(int argc, char **argv, Options *o, GError **error)
{
  const GOptionEntry entries[] = {
    { "rows", 0, 0, G_OPTION_ARG_INT64, &o->rows, "At 10^7, 10^8 … up to so many rows (default 10^7); fewer: so many", "N" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &o->data, "vega-datasets' flights-3m.parquet (else by PIKA_VEGA_DATASETS)", "FILE" },
    { "backend", 0, 0, G_OPTION_ARG_STRING, &o->backend, "vulkan (the default) or cpu", "NAME" },
    { "device", 0, 0, G_OPTION_ARG_STRING, &o->device, "Part of the device's name, or its number", "NAME" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &o->json, "Write the figures", "FILE" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new("— three linked histograms, brushed");
  g_option_context_add_main_entries(context, entries, NULL);
  return g_option_context_parse(context, &argc, &argv, error) &&
         (o->rows > 0 || pk_fail(error, PK_ERROR_USAGE, "--rows takes a number from 1 up")) &&
         (!o->backend || !strcmp(o->backend, "cpu") || !strcmp(o->backend, "vulkan") ||
          pk_fail(error, PK_ERROR_USAGE, "--backend takes vulkan or cpu"));
}

static gboolean
run(Brush *self, JsonBuilder *json, GError **error)
{
  PkVkOptions options = { .device = self->options.device };
  gboolean on_cpu = self->options.backend && !strcmp(self->options.backend, "cpu");
  self->cpu = pk_cpu_backend_new();
  self->backend = on_cpu ? self->cpu : pk_vk_backend_new(&options, error);
  if (!self->backend || !load_flights(self, error))
    return FALSE;
  g_print("%s; ms a step, two histograms each\n", on_cpu ? "cpu" : pk_vk_backend_about(self->backend).name);
  gint64 most = self->options.rows;
  for (gint64 rows = MIN(most, 10000000); rows <= most; rows *= 10)
    if (!brush_rows(self, rows, json, error))
      return FALSE;
  return TRUE;
}

int
pk_bench_brush(int argc, char **argv)
{
  g_autofree Brush *self = g_new0(Brush, 1);
  g_autoptr(GError) error = NULL;
  self->options.rows = 10000000;
  if (!parse(argc, argv, &self->options, &error)) {
    g_printerr("bench brush: %s\n", error->message);
    return 2;
  }
  g_autoptr(JsonBuilder) json = json_builder_new();
  json_builder_begin_array(json);
  gboolean ok = run(self, json, &error);
  json_builder_end_array(json);
  if (ok && self->options.json) {
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, TRUE);
    ok = g_file_set_contents(self->options.json, text, -1, &error);
  }
  if (!ok)
    g_printerr("bench brush: %s\n", error->message);
  return ok && !self->failures ? 0 : 1;
}
