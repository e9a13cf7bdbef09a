/* What is under the pointer: the mark that was drawn there, and the rows that it stands for. */
#include "pk-view-private.h"

#include "pk-digits.h"
#include "pk-error.h"
#include "pk-scale.h"
#include "pk-sql-quote.h"
#include "pk-timefmt.h"
#include "pk-unit-rows.h"
#include "pk-view-frame.h"

#include <math.h>
#include <string.h>

#define LINE_REACH 24.0 /* px from which a line's nearest point is still meant */

/* A mark that was found; of a raster the pixel. */
typedef struct {
  const PkUnit *unit;  /* NULL: none */
  gint64 row;          /* of its table; -1: a pixel of a raster */
  PikaBox box;         /* in px of the plotting area */
  PkRowsBetween between[2];
} Hit;

void
pika_pick_free(PikaPick *self)
{
  if (!self)
    return;
  g_strfreev(self->names);
  g_strfreev(self->values);
  g_free(self);
}

/* --- hits, by the kind of mark --- */

static gboolean
hit_rect(const PkItem *item, double x, double y, PikaBox *box)
{
  *box = (PikaBox){ item->x, item->y, item->width, item->height };
  return x >= item->x && y >= item->y && x <= item->x + item->width && y <= item->y + item->height;
}

/* The distance to a rule, or to what stands around a point. */
static double
distance(PkItemType type, const PkItem *item, double x, double y)
{
  if (type != PK_ITEM_RULE)
    return MAX(hypot(x - item->x, y - item->y) - (type == PK_ITEM_SYMBOL ? sqrt(MAX(item->size, 0)) / 2 : 0), 0);
  double length = item->width * item->width + item->height * item->height;
  double t = length > 0 ? ((x - item->x) * item->width + (y - item->y) * item->height) / length : 0;
  t = CLAMP(t, 0, 1);
  return hypot(x - item->x - t * item->width, y - item->y - t * item->height);
}

static void
hit_items(const PkMarkGroup *group, double x, double y, double radius, Hit *hit)
{
  double best = radius;
  for (guint i = group->n_items; i-- > 0;) {
    const PkItem *item = &group->items[i];
    PikaBox box;
    if (item->opacity == 0)
      continue;
    if (group->type == PK_ITEM_RECT) {
      if (!hit_rect(item, x, y, &box))
        continue;
      *hit = (Hit){ .unit = group->unit, .row = item->row, .box = box };
      return;
    }
    double away = distance(group->type, item, x, y);
    if (away > best || (away == best && hit->unit))
      continue;
    best = away;
    double side = group->type == PK_ITEM_SYMBOL ? sqrt(MAX(item->size, 0)) : 1;
    *hit = (Hit){ .unit = group->unit, .row = item->row, .box = { item->x - side / 2, item->y - side / 2, side, side } };
  }
}

static const PkScale *
find_scale(const PkSceneView *view, gboolean is_y)
{
  for (guint i = 0; i < view->n_scales; i++)
    if (view->scales[i].is_y == is_y)
      return view->scales[i].scale;
  return NULL;
}

/* Where a row of the unit's table is; NAN: nowhere. */
static double
place_of(const PkUnit *unit, const PkScale *scale, PkChannel channel, gint64 row)
{
  const PkChannelData *data = unit->n[channel] > 0 ? &unit->channels[channel][0] : NULL;
  gint column = data && data->column && scale ? pk_table_find(unit->table, data->column) : -1;
  if (column < 0)
    return NAN;
  const PkValue *value = pk_table_at(unit->table, (guint)column, row);
  if (!pk_scale_type_is_discrete(pk_scale_get_type(scale)))
    return value->kind == PK_VALUE_NULL ? NAN : pk_scale_apply(scale, pk_value_to_number(value));
  PkDatum datum = value->kind == PK_VALUE_TEXT   ? PK_DATUM_INIT_STRING(value->text)
                  : value->kind == PK_VALUE_NULL ? PK_DATUM_INIT_NULL
                  : value->kind == PK_VALUE_BOOL ? PK_DATUM_INIT_BOOL(value->number != 0)
                                                 : PK_DATUM_INIT_NUMBER(value->number);
  return pk_scale_apply_datum(scale, &datum) + pk_scale_bandwidth(scale) / 2;
}

/* Of a line or an area the point that is nearest, across first: one reads a line by its x. */
static void
hit_line(const PkMarkGroup *group, const PkSceneView *view, double x, double y, Hit *hit)
{
  const PkUnit *unit = group->unit;
  const PkScale *sx = find_scale(view, FALSE), *sy = find_scale(view, TRUE);
  double best = INFINITY;
  for (gint64 row = 0; row < unit->table->n_rows; row++) {
    double px = place_of(unit, sx, PK_CHANNEL_X, row), py = place_of(unit, sy, PK_CHANNEL_Y, row);
    double away = fabs(px - x) + fabs(py - y) / 16;
    if (!(away < best) || fabs(px - x) > LINE_REACH || (group->type == PK_ITEM_LINE && fabs(py - y) > LINE_REACH))
      continue;
    best = away;
    *hit = (Hit){ .unit = unit, .row = row, .box = { px - 2, py - 2, 4, 4 } };
  }
}

/* The values of n pixels from `pixel` on, ascending; the last pixel's far end is the scale's. */
static PkRowsBetween
between_pixels(const PkScale *scale, double from, double to, double last)
{
  double a = pk_scale_invert(scale, from), b = pk_scale_invert(scale, to);
  gboolean turned = b < a;
  return (PkRowsBetween){ MIN(a, b), MAX(a, b), turned ? from <= 0 : to >= last };
}

/* The nearest pixel that has rows. */
static void
hit_raster(const PkMarkGroup *group, const PkSceneView *view, double x, double y, double radius, double ratio, Hit *hit)
{
  const PkItem *item = &group->items[0];
  int reach = (int)ceil(radius * ratio), cx = (int)floor(x * ratio), cy = (int)floor(y * ratio);
  int width = (int)item->image_width, height = (int)item->image_height, at[2] = { -1, -1 };
  double best = INFINITY;
  for (int py = MAX(cy - reach, 0); py <= MIN(cy + reach, height - 1); py++)
    for (int px = MAX(cx - reach, 0); px <= MIN(cx + reach, width - 1); px++) {
      double away = hypot(px - cx, py - cy);
      if (away >= best || away > reach || !(item->pixels[(gsize)py * (gsize)width + (gsize)px] >> 24))
        continue;
      best = away;
      at[0] = px;
      at[1] = py;
    }
  if (at[0] < 0)
    return;
  *hit = (Hit){ .unit = group->unit, .row = -1, .box = { at[0] / ratio, at[1] / ratio, 1 / ratio, 1 / ratio } };
  hit->between[0] = between_pixels(find_scale(view, FALSE), at[0] / ratio, (at[0] + 1) / ratio, width / ratio);
  hit->between[1] = between_pixels(find_scale(view, TRUE), at[1] / ratio, (at[1] + 1) / ratio, height / ratio);
}

/* What was drawn last is on top. */
static void
find_hit(const PikaView *self, double x, double y, double radius, Hit *hit)
{
  const PkSceneView *view = &self->scene->views[0];
  *hit = (Hit){ 0 };
  for (guint i = view->n_marks; i-- > 0 && !hit->unit;) {
    const PkMarkGroup *group = &view->marks[i];
    if (group->n_items == 0)
      continue;
    if (group->type == PK_ITEM_IMAGE)
      hit_raster(group, view, x, y, radius, self->ratio, hit);
    else if (group->type == PK_ITEM_LINE || group->type == PK_ITEM_AREA)
      hit_line(group, view, x, y, hit);
    else
      hit_items(group, x, y, radius, hit);
  }
}

/* --- in words --- */

static char *
time_text(double ms)
{
  const double second = 1000, day = 86400 * second;
  if (!isfinite(ms))
    return g_strdup("");
  return pk_time_format(fmod(ms, day) == 0 ? "%Y-%m-%d" : fmod(ms, second) == 0 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M:%S.%L",
                        ms);
}

static char *
value_text(const PkValue *value)
{
  switch (value->kind) {
  case PK_VALUE_NULL: return g_strdup("null");
  case PK_VALUE_DATE: return time_text(value->number);
  case PK_VALUE_NUMBER: return value->text ? g_strdup(value->text) : pk_number_to_js(value->number);
  default: return pk_value_to_string(value);
  }
}

typedef struct {
  GStrvBuilder *names, *values;
  GHashTable *told; /* columns */
} Told;

static void
tell(Told *told, const char *name, const char *value)
{
  g_strv_builder_add(told->names, name);
  g_strv_builder_add(told->values, value);
}

/* An end of a bin: a multiple of a step, without what adding in binary leaves. */
static char *
end_text(const PkValue *value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  return value->kind == PK_VALUE_NUMBER && !value->text ? g_strdup(g_ascii_formatd(digits, sizeof digits, "%.12g", value->number))
                                                        : value_text(value);
}

/* Each column once: a bin or time unit from its start to its end, a stack by its own value. */
static void
tell_channel(Told *told, const PkUnit *unit, const PkChannelData *data, gint64 row)
{
  const char *name = data->column_value ? data->column_value : data->column;
  gint column = name ? pk_table_find(unit->table, name) : -1;
  if (column < 0 || !g_hash_table_add(told->told, (gpointer)name))
    return;
  const PkValue *value = pk_table_at(unit->table, (guint)column, row);
  gint end = data->column_end && !data->column_value ? pk_table_find(unit->table, data->column_end) : -1;
  g_autofree char *text = value_text(value);
  if (end >= 0 && value->kind != PK_VALUE_NULL) {
    g_autofree char *to = end_text(pk_table_at(unit->table, (guint)end, row)), *from = end_text(value);
    g_free(text);
    text = g_strdup_printf("%s – %s", from, to);
  }
  tell(told, data->title ? data->title : name, text);
}

static void
tell_mark(Told *told, const PkUnit *unit, gint64 row)
{
  for (guint c = 0; c < PK_N_CHANNELS; c++)
    for (guint i = 0; i < unit->n[c]; i++)
      if (unit->channels[c][i].def)
        tell_channel(told, unit, &unit->channels[c][i], row);
}

static char *
between_text(const PkRowsBetween *between, gboolean is_time)
{
  g_autofree char *from = is_time ? time_text(between->from) : NULL, *to = is_time ? time_text(between->to) : NULL;
  if (is_time)
    return g_strdup_printf("%s – %s", from, to);
  /* With as many digits as tell the two ends apart, and two more. */
  int digits = (int)CLAMP(2 + ceil(-log10(fabs(between->to - between->from))), 0, 15);
  return g_strdup_printf("%.*f – %.*f", digits, between->from, digits, between->to);
}

static gboolean
tell_pixel(PikaView *self, Told *told, const Hit *hit, gint64 *n_rows, GError **error)
{
  static const PkChannel channels[] = { PK_CHANNEL_X, PK_CHANNEL_Y };
  const PkUnit *unit = hit->unit;
  g_autoptr(PkPlan) plan = pk_unit_rows_plan(unit, hit->between);
  g_autoptr(PkFrame) frame = NULL;
  for (int k = 0; k < 2; k++) {
    const PkChannelData *data = &unit->channels[channels[k]][0];
    g_autofree char *text = between_text(&hit->between[k], data->type == PK_MEASURE_TEMPORAL);
    tell(told, data->title ? data->title : data->column, text);
  }
  if (!plan)
    return TRUE;
  frame = self->functions.run_plan(plan, "rows of a pixel", self->functions.user, error);
  if (!frame)
    return FALSE;
  *n_rows = (gint64)pk_column_get_int(frame->columns[0], 0);
  g_autoptr(GString) count = g_string_new(NULL);
  pk_digits_append(count, (guint64)*n_rows);
  tell(told, "Count of Records", count->str);
  if (unit->has_mean && frame->n_columns > 1 && !pk_column_is_null(frame->columns[1], 0)) {
    const PkChannelData *data = &unit->channels[unit->mean_channel][0];
    double mean = pk_column_get_double(frame->columns[1], 0);
    g_autofree char *text = data->type == PK_MEASURE_TEMPORAL ? time_text(mean) : pk_number_to_js(mean);
    tell(told, data->title ? data->title : data->column, text);
  }
  return TRUE;
}

/* --- the calls --- */

static gboolean
is_latest(PikaView *self, PikaViewFrame *frame, GError **error)
{
  return (self->scene && pk_view_frame_get_serial(frame) == self->serial) ||
         pk_fail(error, PK_ERROR_CANCELLED, "there is a newer picture");
}

static gboolean
pick_locked(PikaView *self, double x, double y, double radius, PikaPick **pick, GError **error)
{
  Hit hit;
  find_hit(self, x - self->x, y - self->y, radius, &hit);
  if (!hit.unit)
    return TRUE;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new(), values = g_strv_builder_new();
  g_autoptr(GHashTable) told_columns = g_hash_table_new(g_str_hash, g_str_equal);
  Told told = { names, values, told_columns };
  gint64 n_rows = -1;
  if (hit.row >= 0)
    tell_mark(&told, hit.unit, hit.row);
  else if (!tell_pixel(self, &told, &hit, &n_rows, error))
    return FALSE;
  PikaPick *found = *pick = g_new0(PikaPick, 1);
  found->box = (PikaBox){ hit.box.x + self->x, hit.box.y + self->y, hit.box.width, hit.box.height };
  found->names = g_strv_builder_end(names);
  found->values = g_strv_builder_end(values);
  found->n_rows = n_rows;
  return TRUE;
}

/* The view for one caller, who may be told that the picture is gone. */
static gboolean
begin(PikaView *self, PikaViewFrame *frame, GCancellable *cancellable, GError **error)
{
  g_mutex_lock(&self->lock);
  if (!is_latest(self, frame, error)) {
    g_mutex_unlock(&self->lock);
    return FALSE;
  }
  self->host.cancellable = cancellable;
  return TRUE;
}

static void
end(PikaView *self)
{
  self->host.cancellable = NULL;
  g_mutex_unlock(&self->lock);
}

gboolean
pk_view_pick(PikaView *self, PikaViewFrame *frame, double x, double y, double radius, PikaPick **pick,
             GCancellable *cancellable, GError **error)
{
  *pick = NULL;
  if (!begin(self, frame, cancellable, error))
    return FALSE;
  gboolean ok = pick_locked(self, x, y, radius, pick, error);
  end(self);
  return ok;
}

/* The condition on the rows, and the unit; NULL without an error: none. A rectangle is that of the first unit whose axes
 * are of fields' own values. */
static char *
find_condition(PikaView *self, const PikaBox *box, double radius, const PkUnit **unit)
{
  const PkSceneView *view = &self->scene->views[0];
  const PkScale *scales[2] = { find_scale(view, FALSE), find_scale(view, TRUE) };
  double x = box->x - self->x, y = box->y - self->y;
  Hit hit;
  if (box->width <= 0 && box->height <= 0) {
    find_hit(self, x, y, radius, &hit);
    *unit = hit.unit;
    return !hit.unit ? NULL : hit.row >= 0 ? pk_unit_rows_of_mark(hit.unit, hit.row) : pk_unit_rows_between(hit.unit, hit.between);
  }
  PkRowsBetween between[2] = { { 1, 0, FALSE }, { 1, 0, FALSE } };
  if (scales[0] && pk_scale_type_is_continuous(pk_scale_get_type(scales[0])))
    between[0] = between_pixels(scales[0], x, x + box->width, view->width);
  if (scales[1] && pk_scale_type_is_continuous(pk_scale_get_type(scales[1])))
    between[1] = between_pixels(scales[1], y, y + box->height, view->height);
  for (guint i = 0; i < view->n_marks; i++) {
    PkRowsBetween both[2] = { between[0], between[1] };
    *unit = view->marks[i].unit;
    char *condition = *unit ? pk_unit_rows_between(*unit, both) : NULL;
    both[1] = (PkRowsBetween){ 1, 0, FALSE };
    if (!condition && *unit)
      condition = pk_unit_rows_between(*unit, both); /* of a histogram by its x alone */
    if (condition)
      return condition;
  }
  return NULL;
}

static char *
select_sql(const PkUnit *unit, const char *condition, gint64 limit)
{
  GString *sql = g_string_new("SELECT ");
  char **columns = pk_unit_rows_columns(unit);
  for (guint i = 0; columns[i]; i++) {
    g_string_append(sql, i ? ", " : "");
    pk_sql_append_ident(sql, columns[i]);
  }
  g_string_append_printf(sql, "%s FROM %s WHERE %s LIMIT %" G_GINT64_FORMAT, columns[0] ? "" : "*", pk_unit_rows_from(unit),
                         condition, limit);
  return g_string_free(sql, FALSE);
}

static gint64
count_rows(PikaView *self, const char *sql, GCancellable *cancellable, GError **error)
{
  g_autoptr(PkFrame) frame = pk_session_fetch(self->session, sql, cancellable, NULL, error);
  return frame ? (gint64)pk_column_get_int(frame->columns[0], 0) : -1;
}

gboolean
pk_view_rows(PikaView *self, PikaViewFrame *frame, const PikaBox *box, double radius, gint64 limit,
             struct ArrowArrayStream *out, gint64 *n_rows, GCancellable *cancellable, GError **error)
{
  const PkUnit *unit = NULL;
  *n_rows = 0;
  if (!begin(self, frame, cancellable, error))
    return FALSE;
  g_autofree char *condition = find_condition(self, box, radius, &unit);
  g_autofree char *sql = condition ? select_sql(unit, condition, limit) : g_strdup("SELECT 1 WHERE false");
  g_autofree char *count = condition ? g_strdup_printf("SELECT count(*) AS n FROM %s WHERE %s", pk_unit_rows_from(unit), condition)
                                     : NULL;
  end(self);
  gint64 n = count ? count_rows(self, count, cancellable, error) : 0;
  if (n < 0)
    return FALSE;
  *n_rows = n;
  g_autoptr(PkFrame) rows = pk_session_fetch(self->session, sql, cancellable, NULL, error);
  if (!rows)
    return FALSE;
  pk_frame_export_stream(rows, out);
  return TRUE;
}
