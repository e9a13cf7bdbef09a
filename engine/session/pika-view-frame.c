#include "pk-view-frame.h"

#include "pk-numfmt.h"
#include "pk-scale.h"
#include "pk-timefmt.h"

#include <math.h>
#include <string.h>

typedef struct {
  PikaAxisInfo info;
  PkScale *scale;
  double origin;     /* px of the picture where the scale's range begins to count */
  double extent;     /* of the plotting area along it */
} Axis;

struct PikaViewFrame {
  gint refs;
  GBytes *pixels;
  guint pixel_width, pixel_height;
  gsize stride;
  double width, height, pixel_ratio;
  PikaBox area;
  gboolean has_raster;
  GArray *axes;    /* of Axis */
  GArray *entries; /* of PikaLegendInfo */
  GStringChunk *strings;
  char *summary;
  char **warnings;
  PikaReceipt receipt;
  guint64 serial;
};

/* --- making --- */

static const char *
keep(PikaViewFrame *self, const char *text)
{
  return text ? g_string_chunk_insert_const(self->strings, text) : NULL;
}

static void
axis_clear(gpointer data)
{
  pk_scale_free(((Axis *)data)->scale);
}

static PikaScaleKind
kind_of(const PkSceneScale *scale)
{
  if (!scale->is_continuous)
    return PIKA_SCALE_DISCRETE;
  switch (pk_scale_get_type(scale->scale)) {
  case PK_SCALE_LOG: return PIKA_SCALE_LOG;
  case PK_SCALE_POW: case PK_SCALE_SQRT: return PIKA_SCALE_POW;
  case PK_SCALE_SYMLOG: return PIKA_SCALE_SYMLOG;
  case PK_SCALE_TIME: return PIKA_SCALE_TIME;
  case PK_SCALE_UTC: return PIKA_SCALE_UTC;
  default: return PIKA_SCALE_LINEAR;
  }
}

static PikaBox
moved(const PkRegion *region, double x, double y)
{
  return (PikaBox){ region->x + x, region->y + y, region->width, region->height };
}

static const PkRegion *
find_region(const PkDisplay *display, PkRegionKind kind, guint index, guint part)
{
  for (guint i = 0; i < display->regions->len; i++) {
    const PkRegion *region = &g_array_index(display->regions, PkRegion, i);
    if (region->kind == kind && region->index == index && region->part == part)
      return region;
  }
  return NULL;
}

/* The first axis that shows the scale. */
static void
take_axis(PikaViewFrame *self, const PkViewFrameParts *parts, const PkSceneView *view, PikaAxisInfo *info)
{
  for (guint i = 0; i < view->n_axes; i++) {
    const PkAxis *axis = &view->axes[i];
    const PkRegion *region = g_strcmp0(axis->scale_id, info->scale) ? NULL : find_region(parts->display, PK_REGION_AXIS, i, 0);
    if (!region)
      continue;
    info->has_axis = TRUE;
    info->title = keep(self, axis->title);
    info->axis = moved(region, parts->x, parts->y);
    return;
  }
}

static void
take_scales(PikaViewFrame *self, const PkViewFrameParts *parts, const PkSceneView *view)
{
  for (guint i = 0; i < view->n_scales; i++) {
    const PkSceneScale *from = &view->scales[i];
    Axis axis = { .scale = pk_scale_copy(from->scale), .origin = from->is_y ? self->area.y : self->area.x,
                  .extent = from->is_y ? self->area.height : self->area.width };
    axis.info = (PikaAxisInfo){ .scale = keep(self, from->id), .is_y = from->is_y, .kind = kind_of(from), .from = NAN,
                                .to = NAN, .field = keep(self, from->field) };
    pk_scale_set_clamp(axis.scale, FALSE); /* what lies beyond an end has a value too */
    pk_scale_set_round(axis.scale, FALSE);
    if (from->is_continuous) {
      gsize n;
      const double *domain = pk_scale_get_domain(from->scale, &n);
      axis.info.from = domain[0];
      axis.info.to = domain[n - 1];
    }
    take_axis(self, parts, view, &axis.info);
    g_array_append_val(self->axes, axis);
  }
}

static void
take_entries(PikaViewFrame *self, const PkViewFrameParts *parts)
{
  for (guint i = 0; i < parts->display->regions->len; i++) {
    const PkRegion *region = &g_array_index(parts->display->regions, PkRegion, i);
    if (region->kind != PK_REGION_ENTRY)
      continue;
    const PkLegend *legend = &parts->scene->legends[region->index];
    const PkLegendEntry *entry = &legend->entries[region->part];
    if (!legend->field || !entry->value)
      continue;
    PikaLegendInfo info = { moved(region, parts->x, parts->y), keep(self, entry->label), keep(self, legend->field),
                            keep(self, entry->value) };
    g_array_append_val(self->entries, info);
  }
}

static gboolean
has_counted_raster(const PkSceneView *view)
{
  for (guint i = 0; i < view->n_marks; i++)
    if (view->marks[i].type == PK_ITEM_IMAGE)
      return TRUE;
  return FALSE;
}

PikaViewFrame *
pk_view_frame_new(const PkViewFrameParts *parts)
{
  PikaViewFrame *self = g_new0(PikaViewFrame, 1);
  const PkSceneView *view = &parts->scene->views[0];
  const PkRegion *area = find_region(parts->display, PK_REGION_VIEW, 0, 0);
  self->refs = 1;
  self->pixels = parts->pixels;
  self->pixel_width = parts->pixel_width;
  self->pixel_height = parts->pixel_height;
  self->stride = parts->stride;
  self->width = parts->width;
  self->height = parts->height;
  self->pixel_ratio = parts->pixel_ratio;
  self->summary = parts->summary;
  self->warnings = parts->warnings;
  self->receipt = parts->receipt;
  self->serial = parts->serial;
  self->strings = g_string_chunk_new(256);
  self->axes = g_array_new(FALSE, FALSE, sizeof(Axis));
  g_array_set_clear_func(self->axes, axis_clear);
  self->entries = g_array_new(FALSE, FALSE, sizeof(PikaLegendInfo));
  if (area)
    self->area = moved(area, parts->x, parts->y);
  self->has_raster = has_counted_raster(view);
  take_scales(self, parts, view);
  take_entries(self, parts);
  return self;
}

PikaViewFrame *
pika_view_frame_ref(PikaViewFrame *self)
{
  g_atomic_int_inc(&self->refs);
  return self;
}

void
pika_view_frame_unref(PikaViewFrame *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  g_bytes_unref(self->pixels);
  g_array_unref(self->axes);
  g_array_unref(self->entries);
  g_string_chunk_free(self->strings);
  g_free(self->summary);
  g_strfreev(self->warnings);
  g_free(self);
}

/* --- what it holds --- */

guint64
pk_view_frame_get_serial(const PikaViewFrame *self)
{
  return self->serial;
}

GBytes *
pika_view_frame_get_pixels(const PikaViewFrame *self, guint *width, guint *height, gsize *stride)
{
  *width = self->pixel_width;
  *height = self->pixel_height;
  *stride = self->stride;
  return self->pixels;
}

void
pika_view_frame_get_size(const PikaViewFrame *self, double *width, double *height, double *pixel_ratio)
{
  *width = self->width;
  *height = self->height;
  *pixel_ratio = self->pixel_ratio;
}

PikaBox
pika_view_frame_get_area(const PikaViewFrame *self)
{
  return self->area;
}

gboolean
pika_view_frame_has_raster(const PikaViewFrame *self)
{
  return self->has_raster;
}

guint
pika_view_frame_get_n_axes(const PikaViewFrame *self)
{
  return self->axes->len;
}

const PikaAxisInfo *
pika_view_frame_get_axis(const PikaViewFrame *self, guint i)
{
  return i < self->axes->len ? &g_array_index(self->axes, Axis, i).info : NULL;
}

guint
pika_view_frame_get_n_legend_entries(const PikaViewFrame *self)
{
  return self->entries->len;
}

const PikaLegendInfo *
pika_view_frame_get_legend_entry(const PikaViewFrame *self, guint i)
{
  return i < self->entries->len ? &g_array_index(self->entries, PikaLegendInfo, i) : NULL;
}

const char *
pika_view_frame_get_summary(const PikaViewFrame *self)
{
  return self->summary;
}

const PikaReceipt *
pika_view_frame_get_receipt(const PikaViewFrame *self)
{
  return &self->receipt;
}

const char *const *
pika_view_frame_get_warnings(const PikaViewFrame *self)
{
  return (const char *const *)self->warnings;
}

/* --- pixels and values --- */

static const Axis *
find(const PikaViewFrame *self, const char *scale)
{
  for (guint i = 0; i < self->axes->len; i++) {
    const Axis *axis = &g_array_index(self->axes, Axis, i);
    if (g_str_equal(axis->info.scale, scale))
      return axis;
  }
  return NULL;
}

static const Axis *
find_continuous(const PikaViewFrame *self, const char *scale)
{
  const Axis *axis = find(self, scale);
  return axis && axis->info.kind != PIKA_SCALE_DISCRETE ? axis : NULL;
}

const PikaAxisInfo *
pika_view_frame_find_axis(const PikaViewFrame *self, const char *scale)
{
  const Axis *axis = find(self, scale);
  return axis ? &axis->info : NULL;
}

double
pika_view_frame_value_at(const PikaViewFrame *self, const char *scale, double pixel)
{
  const Axis *axis = find_continuous(self, scale);
  return axis ? pk_scale_invert(axis->scale, pixel - axis->origin) : NAN;
}

double
pika_view_frame_pixel_at(const PikaViewFrame *self, const char *scale, double value)
{
  const Axis *axis = find_continuous(self, scale);
  return axis ? pk_scale_apply(axis->scale, value) + axis->origin : NAN;
}

static gboolean
is_time(const Axis *axis)
{
  return axis->info.kind == PIKA_SCALE_TIME || axis->info.kind == PIKA_SCALE_UTC;
}

static char *
format_time(double value, double step)
{
  const double second = 1000, minute = 60 * second, day = 24 * 60 * minute;
  const char *format = step < second   ? "%Y-%m-%d %H:%M:%S.%L"
                       : step < minute ? "%Y-%m-%d %H:%M:%S"
                       : step < day    ? "%Y-%m-%d %H:%M"
                                       : "%Y-%m-%d";
  return pk_time_format(format, value);
}

char *
pika_view_frame_format(const PikaViewFrame *self, const char *scale, double value)
{
  const Axis *axis = find_continuous(self, scale);
  if (!axis || !isfinite(value))
    return g_strdup("");
  double pixel = pk_scale_apply(axis->scale, value);
  double step = fabs(pk_scale_invert(axis->scale, pixel + 0.5) - pk_scale_invert(axis->scale, pixel - 0.5));
  if (is_time(axis))
    return format_time(value, step);
  if (!(step > 0))
    step = 1;
  int digits = (int)CLAMP(-floor(log10(step)), 0, 17);
  double magnitude = fabs(value);
  g_autofree char *format = magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-6)
                              ? g_strdup(".6~g")
                              : g_strdup_printf(",.%d~f", digits);
  return pk_format_number(format, value, NULL);
}

/* --- domains --- */

/* Beyond 2^-40 of the values' size neighbouring pixels would have the same double; a span must be finite. */
static gboolean
take_domain(const Axis *axis, double a, double b, double *from, double *to)
{
  double size = fmax(fabs(a), fabs(b));
  gboolean log = axis->info.kind == PIKA_SCALE_LOG;
  if (!isfinite(a) || !isfinite(b) || !(fabs(b - a) > size * 0x1p-40) || !isfinite(b - a) || (log && !(a * b > 0)) ||
      (is_time(axis) && fabs(b - a) < 2))
    return FALSE;
  *from = a;
  *to = b;
  return TRUE;
}

/* The scale's range, in the order of its domain. */
static void
range_of(const Axis *axis, double range[2])
{
  gsize n;
  const double *values = pk_scale_get_range(axis->scale, &n);
  range[0] = n > 0 ? values[0] : 0;
  range[1] = n > 0 ? values[n - 1] : axis->extent;
}

gboolean
pika_view_frame_zoom(const PikaViewFrame *self, const char *scale, double pixel, double factor, double *from, double *to)
{
  const Axis *axis = find_continuous(self, scale);
  double range[2], at;
  if (!axis || !(factor > 0) || !isfinite(factor))
    return FALSE;
  range_of(axis, range);
  at = pixel - axis->origin;
  return take_domain(axis, pk_scale_invert(axis->scale, at + (range[0] - at) / factor),
                     pk_scale_invert(axis->scale, at + (range[1] - at) / factor), from, to);
}

gboolean
pika_view_frame_pan(const PikaViewFrame *self, const char *scale, double by, double *from, double *to)
{
  const Axis *axis = find_continuous(self, scale);
  double range[2];
  if (!axis)
    return FALSE;
  range_of(axis, range);
  return take_domain(axis, pk_scale_invert(axis->scale, range[0] - by), pk_scale_invert(axis->scale, range[1] - by), from,
                     to);
}

gboolean
pika_view_frame_box(const PikaViewFrame *self, const char *scale, double a, double b, double *from, double *to)
{
  const Axis *axis = find_continuous(self, scale);
  double range[2];
  if (!axis || a == b)
    return FALSE;
  range_of(axis, range);
  gboolean ascends = range[0] < range[1];
  double first = (ascends ? fmin(a, b) : fmax(a, b)) - axis->origin;
  double last = (ascends ? fmax(a, b) : fmin(a, b)) - axis->origin;
  return take_domain(axis, pk_scale_invert(axis->scale, first), pk_scale_invert(axis->scale, last), from, to);
}

gboolean
pika_view_frame_stretch(const PikaViewFrame *self, const char *scale, double from, double to, double *stretch,
                        double *shift)
{
  const Axis *axis = find_continuous(self, scale);
  double range[2];
  if (!axis)
    return FALSE;
  range_of(axis, range);
  double a = pk_scale_apply(axis->scale, from), b = pk_scale_apply(axis->scale, to);
  if (!isfinite(a) || !isfinite(b) || a == b)
    return FALSE;
  *stretch = (range[1] - range[0]) / (b - a);
  *shift = range[0] + axis->origin - *stretch * (a + axis->origin);
  return isfinite(*stretch) && *stretch > 0;
}
