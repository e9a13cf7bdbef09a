#include "conformance-raster.h"

#include "pk-column-builder.h"
#include "pk-cpu-backend.h"
#include "pk-error.h"
#include "pk-ref-backend.h"

#include <math.h>
#include <string.h>

#define WIDTH 61
#define HEIGHT 37

/* Points of which many share a cell, some lie outside and some are NULL; and a text. */
static PkFrame *
points(GRand *rand, gint64 rows, gboolean crowded)
{
  static const char *const names[] = { "x", "y", "name", "one" };
  PkColumn *columns[4];
  g_autoptr(GError) error = NULL;
  for (guint c = 0; c < 4; c++) {
    PkType type = PK_TYPE_OF(c == 2 ? PK_TYPE_TEXT : c == 1 ? PK_TYPE_I32 : PK_TYPE_F32);
    PkColumnBuilder *builder = pk_column_builder_new(names[c], type, 500);
    for (gint64 i = 0; i < rows; i++) {
      g_autofree char *text = g_strdup_printf("k%d", g_rand_int_range(rand, 0, 5));
      double place = crowded ? 0.5 : g_rand_double_range(rand, -0.05, 1.05) * g_rand_double(rand);
      if (g_rand_int_range(rand, 0, 50) == 0)
        pk_column_builder_append_null(builder, 1, &error);
      else if (c == 2)
        pk_column_builder_append_text(builder, text, strlen(text), &error);
      else if (c == 1)
        pk_column_builder_append_int(builder, (gint64)(place * 1000), &error);
      else
        pk_column_builder_append_double(builder, place * 10, &error);
    }
    columns[c] = pk_column_builder_finish(builder, &error);
  }
  g_assert_no_error(error);
  PkFrame *frame = pk_frame_new(columns, 4, &error);
  g_assert_no_error(error);
  return frame;
}

static PkPlan *
plan_of(gboolean layered)
{
  PkPlan *plan = pk_plan_new("\"t\"");
  if (layered)
    pk_plan_add_key(plan, PK_KEY_VALUE, pk_plan_add_column(plan, "name", PK_TYPE_OF(PK_TYPE_TEXT)), "value");
  PkKey *y = pk_plan_add_key(plan, PK_KEY_EDGES, pk_plan_add_column(plan, "y", PK_TYPE_OF(PK_TYPE_I32)), "y");
  y->count = HEIGHT;
  y->edges = g_new(double, HEIGHT + 1);
  for (guint i = 0; i <= HEIGHT; i++)
    y->edges[i] = 1000 * sqrt((double)i / HEIGHT);
  PkKey *x = pk_plan_add_key(plan, PK_KEY_BINS, pk_plan_add_column(plan, "x", PK_TYPE_OF(PK_TYPE_F32)), "x");
  x->step = 10.0 / WIDTH;
  x->count = WIDTH;
  plan->dense = !layered;
  pk_plan_add_agg(plan, PK_AGG_COUNT_ALL, -1, -1, "n");
  return plan;
}

static guint32
paint(double shade, gpointer user)
{
  return 0x40000000 | (guint32)lround(shade * 0xffffff);
}

/* k0 … k3 have layers, the others and NULL none. */
static gboolean
find_layers(PkFrame *values, gint *layers, gpointer user, GError **error)
{
  for (gint64 i = 0; i < values->length; i++) {
    const char *text = pk_column_get_text(values->columns[0], i, NULL);
    layers[i] = text && text[1] < '4' ? text[1] - '0' : -1;
  }
  return TRUE;
}

static void
compare(PkBackend *ref, const ConfSubject *subject, PkPlan *plan, PkFrame *frame, const PkRasterStyle *style)
{
  g_auto(PkRaster) raster = { 0 }, expected = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(PkFrame) counts = pk_backend_run(ref, plan, frame, NULL, NULL, &error);
  g_assert_no_error(error);
  g_assert_true(pk_raster_paint(&expected, style, plan, counts, &error));
  pk_backend_run_raster(subject->backend, plan, subject->source ? NULL : frame, style, &raster, NULL, NULL, NULL, &error);
  g_assert_no_error(error);
  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    if (raster.pixels[i] != expected.pixels[i])
      g_error("%s, %s%s: pixel %u is %08x, not %08x", subject->name, pk_transfer_name(style->transfer),
              style->n_layers ? " of layers" : "", i, raster.pixels[i], expected.pixels[i]);
  g_assert_cmpint(raster.shades.max, ==, expected.shades.max);
  g_assert_cmpuint(raster.shades.n, ==, expected.shades.n);
  for (guint i = 0; i < expected.shades.n; i++)
    g_assert_cmpfloat(pk_shades_at_rank(&raster.shades, i), ==, pk_shades_at_rank(&expected.shades, i));
}

void
conformance_raster(void)
{
  static const guint32 colors[] = { 0xff0000, 0x00ff00, 0x4c78a8, 0xf58518 };
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  g_autoptr(PkBackend) ref = pk_ref_backend_new();
  g_autoptr(PkBackend) cpu = pk_cpu_backend_new();
  for (guint f = 0; f < 3; f++) {
    g_autoptr(PkFrame) frame = points(rand, f == 0 ? 0 : 9000, f == 2);
    g_autoptr(PkSource) source = conformance_source(frame);
    g_autoptr(PkBackend) sql = conformance_sql(source);
    ConfSubject subjects[] = { { "cpu", cpu, NULL }, { "sql", sql, source }, { "vulkan", conformance_vulkan(), NULL } };
    for (guint i = 0; i < 2 * PK_N_TRANSFERS; i++) {
      gboolean layered = i % 2;
      g_autoptr(PkPlan) plan = plan_of(layered);
      PkRasterStyle style = { WIDTH, HEIGHT, i & 1, i & 2, (PkTransfer)(i / 2), paint, layered ? 4 : 0, colors, find_layers,
                              NULL, NULL };
      for (guint s = 0; s < G_N_ELEMENTS(subjects) && subjects[s].backend; s++)
        compare(ref, &subjects[s], plan, frame, &style);
    }
  }
}
