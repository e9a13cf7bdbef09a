#include "pk-clock.h"
#include "pk-display.h"
#include "pk-error.h"
#include "pk-export.h"
#include "pk-mem.h"
#include "pk-plot-data.h"
#include "pk-plot-host.h"
#include "pk-scene-build.h"
#include "pk-scene-json.h"
#include "pk-theme.h"

#include <math.h>
#include <string.h>

struct PikaPlot {
  PikaSession *session;
  PkPlotHost host;
  PkLowerHost functions;
  PkSpec *spec;
  PkLowered *lowered;
  PkScene *scene;
  PkDisplay *display; /* made at the first picture */
  GPtrArray *units;   /* of PkUnit *, borrowed from lowered */
  char **warnings;
};

/* Specification → units with their rows. */
static gboolean
lower(PikaPlot *self, const char *json, gssize length, const PikaPlotOptions *options, GError **error)
{
  self->spec = pk_spec_parse(json, length, options->spec_path ? options->spec_path : "specification", error);
  if (!self->spec)
    return FALSE;
  PkLowerOptions lower_options = {
    .mark_limit = options->density_threshold,
    .width = options->width > 0 ? options->width : NAN,
    .height = options->height > 0 ? options->height : NAN,
  };
  self->functions = pk_plot_host_functions(&self->host);
  self->lowered = pk_lower(self->spec, &self->functions, &lower_options, error);
  return self->lowered != NULL;
}

static void
collect_units(PkUnitTree *tree, GPtrArray *units)
{
  if (tree->unit)
    g_ptr_array_add(units, tree->unit);
  for (guint i = 0; i < tree->n_children; i++)
    collect_units(tree->children[i], units);
}

static gboolean
build_scene(PikaPlot *self, const PikaPlotOptions *options, GError **error)
{
  double waited = self->host.receipt.fetch_ms + self->host.receipt.execute_ms;
  gint64 start = pk_clock_now_ns();
  g_autoptr(JsonObject) theme = NULL;
  if (!pk_theme_get(options->theme, &theme, error))
    return FALSE;
  PkSceneOptions scene_options = { .width = options->width, .height = options->height, .theme = theme,
                                   .pixel_ratio = options->pixel_ratio };
  self->scene = pk_scene_build(self->spec, self->lowered->tree, &scene_options, error);
  if (!self->scene)
    return FALSE;
  PikaReceipt *receipt = &self->host.receipt;
  /* The scene asks for density and M4 rows itself: that time is counted where it was spent. */
  double asked = receipt->fetch_ms + receipt->execute_ms - waited;
  receipt->encode_ms = MAX((double)(pk_clock_now_ns() - start) / 1e6 - asked, 0);
  return TRUE;
}

PikaPlot *
pk_plot_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
              GCancellable *cancellable, GError **error)
{
  static const PikaPlotOptions defaults;
  options = options ? options : &defaults;
  g_autoptr(PikaPlot) self = g_new0(PikaPlot, 1);
  self->session = pika_session_ref(session);
  pk_plot_host_init(&self->host, session, options, cancellable);
  pk_mem_reset_peak();
  pk_session_start_fonts(session);
  if (!lower(self, spec_json, length, options, error) || !build_scene(self, options, error))
    return NULL;
  const GPtrArray *const lists[] = { self->lowered->warnings, self->scene->warnings };
  g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    for (guint k = 0; k < lists[i]->len; k++)
      g_strv_builder_add(warnings, lists[i]->pdata[k]);
  self->warnings = g_strv_builder_end(warnings);
  self->units = g_ptr_array_new();
  collect_units(self->lowered->tree, self->units);
  self->host.cancellable = NULL; /* the caller's; the plot may live longer */
  if (self->lowered->note)
    g_strlcpy(self->host.receipt.note, self->lowered->note, sizeof self->host.receipt.note);
  self->host.receipt.peak_bytes = pk_mem_peak();
  return g_steal_pointer(&self);
}

void
pika_plot_free(PikaPlot *self)
{
  if (!self)
    return;
  g_clear_pointer(&self->display, pk_display_free);
  g_clear_pointer(&self->scene, pk_scene_free);
  g_clear_pointer(&self->lowered, pk_lowered_free);
  g_clear_pointer(&self->spec, pk_spec_free);
  g_clear_pointer(&self->units, g_ptr_array_unref);
  g_strfreev(self->warnings);
  pk_plot_host_clear(&self->host);
  pk_session_release(self->session);
  g_free(self);
}

const char *const *
pika_plot_get_warnings(const PikaPlot *self)
{
  return (const char *const *)self->warnings;
}

GBytes *
pk_plot_export(PikaPlot *self, PikaPictureFormat format, const PikaPictureOptions *options, GCancellable *cancellable,
               GError **error)
{
  static const PikaPictureOptions defaults;
  options = options ? options : &defaults;
  gint64 start = pk_clock_now_ns();
  PkExportOptions export_options = { .scale = options->scale, .ppi = options->ppi, .transparent = options->transparent,
                                     .cancellable = cancellable };
  GBytes *bytes = NULL;
  pk_session_finish_fonts(self->session);
  if (format != PIKA_PICTURE_SCENE && !self->display)
    self->display = pk_display_new(self->scene);
  switch (format) {
  case PIKA_PICTURE_PNG: bytes = pk_export_png(self->display, &export_options, error); break;
  case PIKA_PICTURE_SVG: bytes = pk_export_svg(self->display, &export_options, error); break;
  case PIKA_PICTURE_PDF: bytes = pk_export_pdf(self->display, &export_options, error); break;
  case PIKA_PICTURE_SCENE: {
    char *json = pk_scene_to_json(self->scene, NULL);
    bytes = g_bytes_new_take(json, strlen(json));
    break;
  }
  }
  self->host.receipt.draw_ms += (double)(pk_clock_now_ns() - start) / 1e6;
  return bytes;
}

guint
pika_plot_get_n_units(PikaPlot *self)
{
  return self->units->len;
}

gboolean
pk_plot_get_data(PikaPlot *self, guint unit, struct ArrowArrayStream *out, GError **error)
{
  if (unit >= self->units->len)
    return pk_fail(error, PK_ERROR_USAGE, "the plot has %u units, there is no unit %u", self->units->len, unit);
  PkUnit *u = self->units->pdata[unit];
  g_autoptr(PkTable) bins = u->draw == PK_DRAW_DENSITY ? pk_unit_density_table(u, error) : NULL;
  if (u->draw == PK_DRAW_DENSITY && !bins)
    return FALSE;
  g_autoptr(PkFrame) frame = pk_plot_data_frame(bins ? bins : u->table, error);
  if (!frame)
    return FALSE;
  pk_frame_export_stream(frame, out);
  return TRUE;
}

const PikaReceipt *
pika_plot_get_receipt(PikaPlot *self)
{
  return &self->host.receipt;
}

char *
pk_plot_explain(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
                  gboolean as_json, GCancellable *cancellable, GError **error)
{
  static const PikaPlotOptions defaults;
  options = options ? options : &defaults;
  g_autoptr(PikaPlot) self = g_new0(PikaPlot, 1);
  g_autoptr(GString) out = g_string_new(NULL);
  self->session = pika_session_ref(session);
  pk_plot_host_init(&self->host, session, options, cancellable);
  self->host.explained = out;
  self->host.explained_as_json = as_json;
  if (!lower(self, spec_json, length, options, error) || !build_scene(self, options, error))
    return NULL;
  if (as_json)
    return g_strdup_printf("[%s]\n", out->str);
  if (self->lowered->note)
    g_string_append_printf(out, "\nDrawn as %s\n", self->lowered->note);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
