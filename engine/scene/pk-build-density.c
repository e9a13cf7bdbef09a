/* Many points as a raster: rows are counted pixel by pixel once the scales are known, and counts become
 * shades. */
#include "pk-build-legend.h"
#include "pk-build-mark.h"
#include "pk-shade.h"

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
  guint width, height, layers;
  const gint64 *counts;
  Grid x, y;
} Raster;

static gsize
cell_of(const Raster *r, guint column, guint row)
{
  guint cx = r->x.reversed ? r->width - 1 - column : column;
  guint cy = r->y.reversed ? r->height - 1 - row : row;
  return (gsize)cy * r->width + cx;
}

/* Is the picture drawn on dark? Then what is dense is bright. */
static gboolean
is_on_dark(PkBuild *b)
{
  PkColor color = { 1, 1, 1, 1 };
  JsonNode *node = b->spec->background ? b->spec->background : pk_config_top(b, "background");
  return pk_build_color(b, node, &color) && pk_color_luminance(&color) < 0.2;
}

/* The ramp ends before the shades that would be lost on the background: one row is always seen. */
static PkColorRamp
count_ramp(PkBuild *b)
{
  const char *name = b->options && b->options->density_scheme ? b->options->density_scheme : NULL;
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

/* Layers are mixed by their counts; the shade is the opacity. */
static PkColor
mixed_color(const Raster *r, gsize cell, const PkColor *colors)
{
  PkColor mix = { 0, 0, 0, 1 };
  double total = 0;
  for (guint k = 0; k < r->layers; k++) {
    double n = (double)r->counts[(gsize)k * r->width * r->height + cell];
    mix.r += n * colors[k].r;
    mix.g += n * colors[k].g;
    mix.b += n * colors[k].b;
    total += n;
  }
  if (total > 0) {
    mix.r /= total;
    mix.g /= total;
    mix.b /= total;
  }
  return mix;
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

/* Rows of each cell, all layers together; *owned is to be freed. */
static const gint64 *
cell_totals(const Raster *r, gint64 **owned)
{
  gsize n = (gsize)r->width * r->height;
  if (r->layers == 1)
    return r->counts;
  gint64 *totals = *owned = g_new0(gint64, MAX(n, 1));
  for (guint k = 0; k < r->layers; k++)
    for (gsize i = 0; i < n; i++)
      totals[i] += r->counts[k * n + i];
  return totals;
}

/* A shade for each count that occurs. */
static void
paint_counts(const PkModel *m, const Raster *r, const gint64 *totals, const PkShades *shades, guint32 *pixels)
{
  PkColorRamp ramp = count_ramp(m->build);
  g_autofree guint32 *paint = g_new(guint32, MAX(shades->n, 1));
  for (guint i = 0; i < shades->n; i++) {
    PkColor color = pk_color_ramp_at(&ramp, pk_shades_at_rank(shades, i));
    paint[i] = premultiplied(&color, 1);
  }
  for (guint row = 0; row < r->height; row++)
    for (guint column = 0; column < r->width; column++) {
      gint64 total = totals[cell_of(r, column, row)];
      if (total > 0)
        pixels[(gsize)row * r->width + column] = paint[pk_shades_rank(shades, total)];
    }
  if (shades->max > 0)
    add_count_legend(m, shades, &ramp);
}

static void
paint_layers(const PkModel *m, const Raster *r, const gint64 *totals, const PkShades *shades, guint32 *pixels)
{
  g_autofree PkColor *colors = g_new0(PkColor, MAX(r->layers, 1));
  PkScaleComp *scale = pk_model_scale(m, PK_CHANNEL_COLOR);
  for (guint k = 0; scale && k < r->layers; k++)
    pk_scale_comp_color(scale, &g_array_index(m->unit->density_values, PkValue, k), &colors[k]);
  for (guint row = 0; row < r->height; row++)
    for (guint column = 0; column < r->width; column++) {
      gsize cell = cell_of(r, column, row);
      if (totals[cell] <= 0)
        continue;
      PkColor color = mixed_color(r, cell, colors);
      pixels[(gsize)row * r->width + column] = premultiplied(&color, 0.25 + 0.75 * pk_shades_at(shades, totals[cell]));
    }
}

/* Each pixel has the colour of its rows' mean; a pixel whose rows have no value stays empty, as their marks would. */
static void
paint_means(const PkModel *m, const Raster *r, guint32 *pixels)
{
  PkScaleComp *scale = pk_model_scale(m, m->unit->mean_channel);
  for (guint row = 0; scale && row < r->height; row++)
    for (guint column = 0; column < r->width; column++) {
      gsize cell = cell_of(r, column, row);
      PkValue mean = r->counts[cell] > 0 ? pk_unit_get_density_mean(m->unit, cell) : pk_value_null();
      PkColor color;
      if (mean.kind != PK_VALUE_NULL && pk_scale_comp_color(scale, &mean, &color))
        pixels[(gsize)row * r->width + column] = premultiplied(&color, 1);
    }
}

static void
paint(const PkModel *m, const Raster *r, guint32 *pixels)
{
  PkBuild *b = m->build;
  g_autofree gint64 *owned = NULL;
  if (m->unit->has_mean) {
    paint_means(m, r, pixels);
    return;
  }
  const gint64 *totals = cell_totals(r, &owned);
  g_auto(PkShades) shades = { 0 };
  pk_shades_init(&shades, b->options ? b->options->transfer : PK_TRANSFER_EQUALIZE, totals, (gsize)r->width * r->height);
  if (m->unit->density_values)
    paint_layers(m, r, totals, &shades, pixels);
  else
    paint_counts(m, r, totals, &shades, pixels);
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
  Raster r = { .width = pk_build_device_pixels(b, b->width), .height = pk_build_device_pixels(b, b->height),
               .layers = m->unit->density_values ? m->unit->density_values->len : 1 };
  grid_init(sx, r.width, ratio, &r.x);
  grid_init(sy, r.height, ratio, &r.y);
  GError *error = NULL;
  gboolean drawable = grid_ascends(m, &r.x, "x") && grid_ascends(m, &r.y, "y");
  const gint64 *counts =
      drawable ? pk_unit_fetch_density((PkUnit *)m->unit, &r.x.axis, &r.y.axis, &error) : NULL;
  if (counts) {
    r.counts = counts;
    group->type = PK_ITEM_IMAGE;
    group->n_items = 1;
    group->items = pk_scene_alloc(b->scene, 1, sizeof *group->items);
    PkItem *item = group->items;
    *item = (PkItem){.width = r.width / ratio,
                     .height = r.height / ratio,
                     .opacity = 1,
                     .image_width = r.width,
                     .image_height = r.height};
    item->pixels = pk_scene_alloc(b->scene, (gsize)r.width * r.height, sizeof *item->pixels);
    paint(m, &r, item->pixels);
  } else if (drawable) {
    pk_build_take_error(b, error);
  }
  g_free(r.x.edges);
  g_free(r.y.edges);
}
