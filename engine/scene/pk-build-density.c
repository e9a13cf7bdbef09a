/* Many points as a raster: rows are counted pixel by pixel once the scales are known, and counts become
 * shades. */
#include "pk-build-legend.h"
#include "pk-build-mark.h"

#include <string.h>

typedef struct {
  PkGridAxis axis;
  gboolean reversed;      /* data grow against the pixels */
  double *edges;          /* owned */
} Grid;

/* The cells of an axis: one a device pixel, n of them from 0 on. */
static void
grid_init(PkScaleComp *comp, guint n, double ratio, Grid *grid)
{
  const PkScale *scale = comp->scale;
  double first = pk_scale_invert(scale, 0), last = pk_scale_invert(scale, n / ratio);
  *grid = (Grid){ .reversed = last < first };
  grid->axis.n = n;
  if (comp->type == PK_SCALE_LINEAR || comp->type == PK_SCALE_TIME || comp->type == PK_SCALE_UTC) {
    grid->axis.start = fmin(first, last);
    grid->axis.step = fabs(last - first) / n;
    return;
  }
  grid->edges = g_new(double, n + 1);
  for (guint i = 0; i <= n; i++)
    grid->edges[i] = pk_scale_invert(scale, (grid->reversed ? n - i : i) / ratio);
  grid->axis.edges = grid->edges;
}

static guint32
premultiplied(const PkColor *color, double alpha)
{
  guint32 rgb = pk_color_to_rgb(color);
  guint32 a = (guint32)lround(255 * CLAMP(alpha, 0, 1));
  guint32 r = (guint32)lround((rgb >> 16 & 255) * alpha), g = (guint32)lround((rgb >> 8 & 255) * alpha);
  return a << 24 | r << 16 | g << 8 | (guint32)lround((rgb & 255) * alpha);
}

typedef struct {
  PkRasterStyle style; /* where its cells lie */
  Grid x, y;
} Raster;

/* Is the picture drawn on dark? Then what is dense is bright. */
static gboolean
is_on_dark(PkBuild *b)
{
  PkColor color = { 1, 1, 1, 1 };
  JsonNode *node = b->spec->background ? b->spec->background : pk_config_top(b, "background");
  return pk_build_color(b, node, &color) && pk_color_luminance(&color) < 0.2;
}

/* A text of "usermeta": {"density": …}, or NULL. */
static const char *
density_text(PkBuild *b, const char *name)
{
  JsonNode *node = b->spec->usermeta && json_object_has_member(b->spec->usermeta, "density")
                       ? json_object_get_member(b->spec->usermeta, "density") : NULL;
  if (!node)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT(node)) {
    pk_build_fail(b, PK_ERROR_INVALID, "$.usermeta.density: must be an object");
    return NULL;
  }
  JsonObject *density = json_node_get_object(node);
  JsonNode *value = json_object_has_member(density, name) ? json_object_get_member(density, name) : NULL;
  if (value && json_node_get_value_type(value) != G_TYPE_STRING) {
    pk_build_fail(b, PK_ERROR_INVALID, "$.usermeta.density.%s: must be a text", name);
    return NULL;
  }
  return value ? json_node_get_string(value) : NULL;
}

static PkTransfer
transfer_of(PkBuild *b)
{
  if (b->options && b->options->has_transfer)
    return b->options->transfer;
  const char *name = density_text(b, "transfer");
  PkTransfer transfer = name ? pk_transfer_parse(name) : PK_TRANSFER_EQUALIZE;
  if (transfer < PK_N_TRANSFERS)
    return transfer;
  pk_build_fail(b, PK_ERROR_INVALID, "$.usermeta.density.transfer: there is no \"%s\": use equalize, linear, log or cbrt",
                name);
  return PK_TRANSFER_EQUALIZE;
}

/* The ramp ends before the shades that would be lost on the background: one row is always seen. */
static PkColorRamp
count_ramp(PkBuild *b)
{
  const char *name = b->options && b->options->density_scheme ? b->options->density_scheme : density_text(b, "scheme");
  const PkScheme *scheme = pk_scheme_find(name ? name : "viridis");
  if (!scheme) {
    pk_build_fail(b, PK_ERROR_INVALID, "there is no colour scheme \"%s\"", name);
    scheme = pk_scheme_find("viridis");
  }
  PkColorRamp ramp = pk_color_ramp_for_scheme(scheme);
  if (name)
    return ramp;
  gboolean dark = is_on_dark(b);
  ramp.extent[0] = dark ? 0.4 : 0.78;
  ramp.extent[1] = dark ? 1 : 0;
  return ramp;
}

#define LEGEND_STOPS 33
#define LEGEND_LABELS 5

/* What a shade counts: the ramp, with counts at equal distances on it. */
static void
add_count_legend(const PkModel *m, const PkShades *shades, const PkColorRamp *ramp)
{
  PkScene *scene = m->build->scene;
  PkLegend *legend = pk_build_ramp_legend((PkModel *)m, "Count of Records");
  legend->n_stops = LEGEND_STOPS;
  legend->stop_offsets = pk_scene_alloc(scene, LEGEND_STOPS, sizeof(double));
  legend->stop_colors = pk_scene_alloc(scene, LEGEND_STOPS, sizeof(PkRgba));
  for (guint i = 0; i < LEGEND_STOPS; i++) {
    PkColor color = pk_color_ramp_at(ramp, (double)i / (LEGEND_STOPS - 1));
    legend->stop_offsets[i] = (double)i / (LEGEND_STOPS - 1);
    legend->stop_colors[i] = pk_rgba(&color);
  }
  legend->entries = pk_scene_alloc(scene, LEGEND_LABELS, sizeof *legend->entries);
  for (guint i = 0; i < LEGEND_LABELS; i++) {
    gint64 count = pk_shades_invert(shades, (double)i / (LEGEND_LABELS - 1));
    double place = pk_shades_at(shades, count);
    if (i > 0 && place <= legend->entries[legend->n_entries - 1].value_position)
      continue;
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, count);
    g_autoptr(GString) label = g_string_new(digits);
    for (gssize k = (gssize)label->len - 3; k > 0; k -= 3)
      g_string_insert_c(label, k, ',');
    PkLegendEntry *entry = &legend->entries[legend->n_entries++];
    entry->label = pk_scene_intern(scene, label->str);
    entry->value_position = place;
  }
}

static guint32
paint_count(double shade, gpointer user)
{
  PkColor color = pk_color_ramp_at(user, shade);
  return premultiplied(&color, 1);
}

/* Of layers the shade is the opacity. */
static guint32
paint_opacity(double shade, gpointer user)
{
  return (guint32)lround(255 * (0.25 + 0.75 * shade)) << 24;
}

static guint32 *
layer_colors(const PkModel *m, guint *n)
{
  const GArray *values = m->unit->density_values;
  PkScaleComp *scale = pk_model_scale(m, PK_CHANNEL_COLOR);
  guint32 *colors = g_new0(guint32, MAX(values->len, 1));
  for (guint k = 0; scale && k < values->len; k++) {
    PkColor color = { 0, 0, 0, 1 };
    pk_scale_comp_color(scale, &g_array_index(values, PkValue, k), &color);
    colors[k] = pk_color_to_rgb(&color);
  }
  *n = values->len;
  return colors;
}

/* The picture of the unit's counts, with its legend; NULL with *error. */
static guint32 *
paint_raster(const PkModel *m, Raster *r, GError **error)
{
  PkRasterStyle *style = &r->style;
  PkColorRamp ramp = count_ramp(m->build);
  g_autofree guint32 *colors = m->unit->density_values ? layer_colors(m, &style->n_layers) : NULL;
  g_auto(PkRaster) raster = { 0 };
  style->transfer = transfer_of(m->build);
  style->layers = colors;
  style->paint = colors ? paint_opacity : paint_count;
  style->user = &ramp;
  if (!pk_unit_fetch_raster((PkUnit *)m->unit, &r->x.axis, &r->y.axis, style, &raster, error))
    return NULL;
  if (!colors && raster.shades.max > 0)
    add_count_legend(m, &raster.shades, &ramp);
  return g_steal_pointer(&raster.pixels);
}

/* Each pixel has the colour of its rows' mean; a pixel whose rows have no value stays empty, as their marks would. */
static guint32 *
paint_means(const PkModel *m, const Raster *r, GError **error)
{
  const PkRasterStyle *style = &r->style;
  PkScaleComp *scale = pk_model_scale(m, m->unit->mean_channel);
  const gint64 *counts = pk_unit_fetch_density((PkUnit *)m->unit, &r->x.axis, &r->y.axis, error);
  guint32 *pixels = counts ? g_new0(guint32, (gsize)style->width * style->height) : NULL;
  for (guint row = 0; pixels && scale && row < style->height; row++)
    for (guint column = 0; column < style->width; column++) {
      gsize cell = pk_raster_cell(style, column, row);
      PkValue mean = counts[cell] > 0 ? pk_unit_get_density_mean(m->unit, cell) : pk_value_null();
      PkColor color;
      if (mean.kind != PK_VALUE_NULL && pk_scale_comp_color(scale, &mean, &color))
        pixels[(gsize)row * style->width + column] = premultiplied(&color, 1);
    }
  return pixels;
}

double
pk_build_pixel_ratio(const PkBuild *b)
{
  return b->options && b->options->pixel_ratio > 0 ? b->options->pixel_ratio : 1;
}

/* A view of whole device pixels in a ratio that has no double is not one wider. */
guint
pk_build_device_pixels(const PkBuild *b, double px)
{
  return (guint)CLAMP(ceil(px * pk_build_pixel_ratio(b) - 1e-6), 1, G_MAXINT16);
}

/* Cells of no extent: a logarithm of what is not positive. */
static gboolean
grid_ascends(const PkModel *m, const Grid *grid, const char *channel)
{
  for (guint i = 0; grid->edges && i < grid->axis.n; i++)
    if (!(grid->edges[i] < grid->edges[i + 1])) {
      pk_build_fail(m->build, PK_ERROR_INVALID,
                    "%s.encoding.%s.scale: the domain has values that this scale has no place "
                    "for: leave them out by a filter, or give a domain",
                    m->view->path, channel);
      return FALSE;
    }
  return TRUE;
}

void
pk_build_density(const PkModel *m, PkMarkGroup *group)
{
  PkBuild *b = m->build;
  PkScaleComp *sx = pk_model_scale(m, PK_CHANNEL_X), *sy = pk_model_scale(m, PK_CHANNEL_Y);
  if (!sx || !sy || !pk_scale_type_is_continuous(sx->type) || !pk_scale_type_is_continuous(sy->type)) {
    pk_build_fail(b, PK_ERROR_INTERNAL, "%s: a density needs two continuous axes", m->view->path);
    return;
  }
  double ratio = pk_build_pixel_ratio(b);
  guint width = pk_build_device_pixels(b, b->width), height = pk_build_device_pixels(b, b->height);
  Raster r = { .style = { .width = width, .height = height } };
  grid_init(sx, width, ratio, &r.x);
  grid_init(sy, height, ratio, &r.y);
  r.style.flip_x = r.x.reversed;
  r.style.flip_y = r.y.reversed;
  GError *error = NULL;
  gboolean drawable = grid_ascends(m, &r.x, "x") && grid_ascends(m, &r.y, "y");
  g_autofree guint32 *pixels = !drawable           ? NULL
                               : m->unit->has_mean ? paint_means(m, &r, &error)
                                                   : paint_raster(m, &r, &error);
  if (pixels) {
    group->type = PK_ITEM_IMAGE;
    group->n_items = 1;
    group->items = pk_scene_alloc(b->scene, 1, sizeof *group->items);
    PkItem *item = group->items;
    *item = (PkItem){.width = width / ratio,
                     .height = height / ratio,
                     .opacity = 1,
                     .image_width = width,
                     .image_height = height};
    item->pixels = pk_scene_alloc(b->scene, (gsize)width * height, sizeof *item->pixels);
    memcpy(item->pixels, pixels, (gsize)width * height * sizeof *pixels);
  } else if (drawable) {
    pk_build_take_error(b, error);
  }
  g_free(r.x.edges);
  g_free(r.y.edges);
}
