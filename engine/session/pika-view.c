/* A plot drawn again and again: lowered once, then a scene, a layout and pixels for each picture. */
#include "pk-view-private.h"

#include "pk-clock.h"
#include "pk-error.h"
#include "pk-export.h"
#include "pk-mem.h"
#include "pk-plot-host.h"
#include "pk-scene-build.h"
#include "pk-theme.h"
#include "pk-view-frame.h"
#include "pk-view-params.h"
#include "pk-view-state.h"

#include <math.h>
#include <string.h>

#define LEAST_AREA 8.0  /* px a side of the plotting area, however small the picture is */
#define MOST_SLACK 24.0 /* px that margins may be larger than what the guides need */

/* --- compiling --- */

/* The specification with the state's parameters, over the rows that its filters leave. What was there stays if it fails. */
static gboolean
compile(PikaView *self, const char *json, gssize length, const PikaViewState *state, GError **error)
{
  g_autoptr(GArray) filters = pk_view_state_filters(state), hidden = pk_view_state_hidden(state);
  PkLowerOptions options = {
    .mark_limit = self->mark_limit, .width = NAN, .height = NAN, .bases = self->bases,
    .n_filters = filters->len, .filters = (const PkFieldFilter *)(gconstpointer)filters->data,
    .n_hidden = hidden->len, .hidden = (const PkHiddenValues *)(gconstpointer)hidden->data,
  };
  g_autoptr(PkSpec) spec = pk_spec_parse(json, length, self->name, error);
  PkLowered *lowered = spec ? pk_lower(spec, &self->functions, &options, error) : NULL;
  if (!lowered)
    return FALSE;
  g_clear_pointer(&self->scene, pk_scene_free); /* its marks know their units */
  g_clear_pointer(&self->lowered, pk_lowered_free);
  g_clear_pointer(&self->spec, pk_spec_free);
  self->spec = g_steal_pointer(&spec);
  self->lowered = lowered;
  if (lowered->note)
    g_strlcpy(self->host.receipt.note, lowered->note, sizeof self->host.receipt.note);
  if (self->host.receipt.rows_scanned > 0)
    self->compiled = self->host.receipt;
  else /* all was known: the rows are those of the last time */
    g_strlcpy(self->compiled.note, self->host.receipt.note, sizeof self->compiled.note);
  return TRUE;
}

/* Compiles anew where the state draws other rows than the last one. */
static gboolean
follow_state(PikaView *self, const PikaViewState *state, GError **error)
{
  g_autofree char *key = pk_view_state_data_key(state, self->params.follows_scales);
  if (!strcmp(key, self->data_key))
    return TRUE;
  g_autofree char *json = pk_view_params_apply(&self->params, state);
  if (!compile(self, json, -1, state, error))
    return FALSE;
  g_free(self->data_key);
  self->data_key = g_steal_pointer(&key);
  return TRUE;
}

static gboolean
check_theme(const char *theme, GError **error)
{
  g_autoptr(JsonObject) config = NULL;
  return pk_theme_get(theme, &config, error);
}

PikaView *
pk_view_new(PikaSession *session, const char *spec_json, gssize length, const PikaPlotOptions *options,
            GCancellable *cancellable, GError **error)
{
  static const PikaPlotOptions defaults;
  static gint n_views;
  options = options ? options : &defaults;
  if (!check_theme(options->theme, error))
    return NULL;
  g_autoptr(PikaView) self = g_new0(PikaView, 1);
  self->refs = 1;
  self->key = g_strdup_printf("view %d", g_atomic_int_add(&n_views, 1));
  self->session = pika_session_ref(session);
  self->theme = g_strdup(options->theme);
  g_mutex_init(&self->lock);
  g_mutex_init(&self->theme_lock);
  pk_plot_host_init(&self->host, session, options, cancellable);
  pk_session_start_fonts(session);
  pk_plot_host_keep_answers(&self->host);
  self->functions = pk_plot_host_functions(&self->host);
  self->name = g_strdup(options->spec_path ? options->spec_path : "specification");
  self->mark_limit = options->density_threshold;
  self->bases = pk_lower_bases_new();
  if (!compile(self, spec_json, length, NULL, error))
    return NULL;
  pk_view_params_init(&self->params, spec_json, length);
  self->data_key = pk_view_state_data_key(NULL, self->params.follows_scales);
  self->host.cancellable = NULL; /* the caller's */
  return g_steal_pointer(&self);
}

PikaView *
pika_view_ref(PikaView *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pika_view_unref(PikaView *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  g_clear_pointer(&self->scene, pk_scene_free);
  g_clear_pointer(&self->lowered, pk_lowered_free);
  g_clear_pointer(&self->spec, pk_spec_free);
  g_clear_pointer(&self->bases, g_hash_table_unref);
  pk_view_params_clear(&self->params);
  g_free(self->data_key);
  g_free(self->name);
  pk_plot_host_clear(&self->host);
  pk_session_release(self->session);
  g_mutex_clear(&self->lock);
  g_mutex_clear(&self->theme_lock);
  g_free(self->theme);
  g_free(self->key);
  g_free(self);
}

guint
pika_view_get_n_params(const PikaView *self)
{
  return self->params.params->len;
}

const PikaParamInfo *
pika_view_get_param(const PikaView *self, guint i)
{
  return i < self->params.params->len ? self->params.params->pdata[i] : NULL;
}

const char *
pk_view_get_key(const PikaView *self)
{
  return self->key;
}

gboolean
pika_view_set_theme(PikaView *self, const char *theme, GError **error)
{
  if (!check_theme(theme, error))
    return FALSE;
  g_mutex_lock(&self->theme_lock);
  g_free(self->theme);
  self->theme = g_strdup(theme);
  g_mutex_unlock(&self->theme_lock);
  return TRUE;
}

static gboolean
take_theme(PikaView *self, JsonObject **config, GError **error)
{
  g_mutex_lock(&self->theme_lock);
  g_autofree char *theme = g_strdup(self->theme);
  g_mutex_unlock(&self->theme_lock);
  return pk_theme_get(theme, config, error);
}

/* --- drawing --- */

typedef struct {
  PikaView *view;
  const PikaViewState *state;
  double width, height, ratio;
  GArray *domains; /* of PkSceneDomain */
  JsonObject *theme;
  PkScene *scene;
  PkDisplay *display;
  double x, y;     /* of the display in the picture */
} Picture;

static void
picture_clear(Picture *p)
{
  g_clear_pointer(&p->display, pk_display_free);
  g_clear_pointer(&p->scene, pk_scene_free);
  g_clear_pointer(&p->domains, g_array_unref);
  g_clear_pointer(&p->theme, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)

/* The scene for the area that the margins leave, laid out. */
static gboolean
lay_out(Picture *p, GError **error)
{
  const double *margins = p->view->margins;
  PkSceneOptions options = {
    .width = MAX(p->width - margins[0] - margins[2], LEAST_AREA),
    .height = MAX(p->height - margins[1] - margins[3], LEAST_AREA),
    .theme = p->theme,
    .has_transfer = pika_view_state_get_transfer(p->state) != NULL,
    .transfer = pk_view_state_transfer(p->state),
    .density_scheme = pika_view_state_get_scheme(p->state),
    .pixel_ratio = p->ratio,
    .n_domains = p->domains->len,
    .domains = (const PkSceneDomain *)(gconstpointer)p->domains->data,
  };
  g_clear_pointer(&p->display, pk_display_free);
  g_clear_pointer(&p->scene, pk_scene_free);
  p->scene = pk_scene_build(p->view->spec, p->view->lowered->tree, &options, error);
  if (!p->scene)
    return FALSE;
  pk_session_finish_fonts(p->view->session);
  p->display = pk_display_new(p->scene);
  return TRUE;
}

/* Takes over what the guides need where the margins are too small, or much too large: TRUE if they changed. The area of
 * the display tells what they need. */
static gboolean
fit_margins(Picture *p)
{
  const PkRegion *area = NULL;
  gboolean changed = FALSE;
  for (guint i = 0; i < p->display->regions->len && !area; i++)
    if (g_array_index(p->display->regions, PkRegion, i).kind == PK_REGION_VIEW)
      area = &g_array_index(p->display->regions, PkRegion, i);
  g_return_val_if_fail(area != NULL, FALSE);
  double needs[4] = { area->x, area->y, p->display->width - area->x - area->width,
                      p->display->height - area->y - area->height };
  for (guint i = 0; i < G_N_ELEMENTS(needs); i++) {
    double need = ceil(needs[i]);
    if (need <= p->view->margins[i] && need >= p->view->margins[i] - MOST_SLACK)
      continue;
    p->view->margins[i] = need;
    changed = TRUE;
  }
  p->x = p->view->margins[0] - area->x;
  p->y = p->view->margins[1] - area->y;
  return changed;
}

/* What a legend or labels need may change with the size once more; then it stays as it is. */
#define MOST_LAYOUTS 3

static gboolean
make_scene(Picture *p, GError **error)
{
  for (guint i = 0; i < MOST_LAYOUTS; i++) {
    if (!lay_out(p, error))
      return FALSE;
    if (!fit_margins(p))
      break;
  }
  return TRUE;
}

static char **
collect_warnings(const Picture *p)
{
  const GPtrArray *const lists[] = { p->view->lowered->warnings, p->scene->warnings };
  g_autoptr(GStrvBuilder) warnings = g_strv_builder_new();
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    for (guint k = 0; k < lists[i]->len; k++)
      g_strv_builder_add(warnings, lists[i]->pdata[k]);
  return g_strv_builder_end(warnings);
}

/* A picture for which nothing had to be asked stands for the rows that the marks were made of. */
static void
complete_receipt(Picture *p, double encode_ms, double draw_ms, PikaReceipt *receipt)
{
  const PikaReceipt *compiled = &p->view->compiled;
  *receipt = p->view->host.receipt;
  if (receipt->rows_scanned == 0) {
    receipt->rows_scanned = compiled->rows_scanned;
    g_strlcpy(receipt->backend, compiled->backend, sizeof receipt->backend);
    g_strlcpy(receipt->reason, compiled->reason, sizeof receipt->reason);
    receipt->exact = compiled->exact;
  }
  g_strlcpy(receipt->note, compiled->note, sizeof receipt->note);
  receipt->encode_ms = MAX(encode_ms - receipt->fetch_ms - receipt->execute_ms, 0);
  receipt->draw_ms = draw_ms;
  receipt->peak_bytes = pk_mem_peak();
}

static PikaViewFrame *
draw(Picture *p, gint64 start, GCancellable *cancellable, GError **error)
{
  PkExportOptions options = { .scale = p->ratio, .cancellable = cancellable };
  PkViewFrameParts parts = { .scene = p->scene, .display = p->display, .x = p->x, .y = p->y, .width = p->width,
                             .height = p->height, .pixel_ratio = p->ratio,
                             .pixel_width = (guint)MAX(1, round(p->width * p->ratio)),
                             .pixel_height = (guint)MAX(1, round(p->height * p->ratio)) };
  gint64 laid_out = pk_clock_now_ns();
  parts.pixels = pk_export_pixels(p->display, &options, p->x, p->y, parts.pixel_width, parts.pixel_height,
                                  &parts.stride, error);
  if (!parts.pixels)
    return NULL;
  parts.summary = pk_view_summary(p->scene);
  parts.warnings = collect_warnings(p);
  parts.serial = ++p->view->serial;
  complete_receipt(p, (double)(laid_out - start) / 1e6, (double)(pk_clock_now_ns() - laid_out) / 1e6, &parts.receipt);
  PikaViewFrame *frame = pk_view_frame_new(&parts);
  PikaBox area = pika_view_frame_get_area(frame);
  g_clear_pointer(&p->view->scene, pk_scene_free);
  p->view->scene = g_steal_pointer(&p->scene); /* for those who ask what is under the pointer */
  p->view->x = area.x;
  p->view->y = area.y;
  p->view->ratio = p->ratio;
  return frame;
}

static PikaViewFrame *
render_locked(PikaView *self, const PikaViewState *state, double width, double height, double ratio,
              GCancellable *cancellable, GError **error)
{
  g_auto(Picture) picture = { .view = self, .state = state, .width = width, .height = height, .ratio = ratio };
  gint64 start = pk_clock_now_ns();
  self->host.receipt = (PikaReceipt){ .exact = TRUE };
  pk_tally_restart(&self->host.tally);
  picture.domains = pk_view_state_domains(state);
  if (!follow_state(self, state, error) || !take_theme(self, &picture.theme, error) || !make_scene(&picture, error))
    return NULL;
  return draw(&picture, start, cancellable, error);
}

PikaViewFrame *
pk_view_render(PikaView *self, const PikaViewState *state, double width, double height, double pixel_ratio,
               GCancellable *cancellable, GError **error)
{
  if (!(width >= 1 && height >= 1 && pixel_ratio > 0 && width * pixel_ratio <= PK_EXPORT_MAX_SIDE &&
        height * pixel_ratio <= PK_EXPORT_MAX_SIDE)) {
    pk_fail(error, PK_ERROR_LIMIT, "a picture of %g x %g px at %g device pixels each cannot be drawn (1 to %d a side)",
            width, height, pixel_ratio, PK_EXPORT_MAX_SIDE);
    return NULL;
  }
  g_mutex_lock(&self->lock);
  self->host.cancellable = cancellable;
  PikaViewFrame *frame = render_locked(self, state, width, height, pixel_ratio, cancellable, error);
  self->host.cancellable = NULL;
  g_mutex_unlock(&self->lock);
  return frame;
}
