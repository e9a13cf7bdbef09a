#include "pk-scene-json.h"

#include <math.h>
#include <string.h>

typedef struct {
  GString *out;
  const PkTextMeasure *measure;
} Writer;

/* ---------------------------------------------------------------- values */

static void
put_number(GString *out, double value, int digits)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  double scale = pow(10, digits), rounded = floor(value * scale + 0.5) / scale;
  if (!isfinite(rounded))
    rounded = 0;
  g_ascii_formatd(text, sizeof text,
                  digits == 3   ? "%.3f"
                  : digits == 4 ? "%.4f"
                                : "%.2f",
                  rounded == 0 ? 0.0 : rounded);
  if (strchr(text, '.')) {
    gsize n = strlen(text);
    while (text[n - 1] == '0')
      text[--n] = '\0';
    if (text[n - 1] == '.')
      text[--n] = '\0';
  }
  g_string_append(out, text);
}

static void
put_text(GString *out, const char *text)
{
  if (!text) {
    g_string_append(out, "null");
    return;
  }
  g_string_append_c(out, '"');
  for (const char *p = text; *p; p++) {
    guchar c = (guchar)*p;
    if (c == '"' || c == '\\')
      g_string_append_printf(out, "\\%c", c);
    else if (c == '\n')
      g_string_append(out, "\\n");
    else if (c < 0x20)
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_c(out, (char)c);
  }
  g_string_append_c(out, '"');
}

static void
key(GString *out, const char *name)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c(out, ',');
  g_string_append_printf(out, "\"%s\":", name);
}

static void
member(GString *out, const char *name, double value, int digits)
{
  key(out, name);
  put_number(out, value, digits);
}

static gboolean
differs(double value, double from, int digits)
{
  double scale = pow(10, digits);
  return floor(value * scale + 0.5) != floor(from * scale + 0.5);
}

static void
put_color(GString *out, const PkRgba *color)
{
  g_string_append_printf(out, "\"#%02x%02x%02x\"", color->r, color->g, color->b);
}

/* The opacity that a paint adds; 0 if it paints nothing. */
static double
paint_alpha(const PkPaint *paint, double opacity)
{
  return paint->kind == PK_PAINT_NONE    ? 0
         : paint->kind == PK_PAINT_COLOR ? paint->color.a * opacity
                                         : opacity;
}

static void
put_paint(GString *out, const PkPaint *paint)
{
  if (paint->kind == PK_PAINT_COLOR) {
    put_color(out, &paint->color);
    return;
  }
  const PkGradient *g = paint->gradient;
  g_string_append(out, "{\"gradient\":\"linear\",\"stops\":[");
  for (guint i = 0; i < g->n; i++) {
    g_string_append(out, i ? ",[" : "[");
    put_number(out, g->offsets[i], 3);
    g_string_append_c(out, ',');
    put_color(out, &g->colors[i]);
    g_string_append_c(out, ']');
  }
  g_string_append(out, "]}");
}

static gboolean
fill_shows(const PkItem *item)
{
  return paint_alpha(&item->fill, item->fill_opacity) > 0;
}

static gboolean
stroke_shows(const PkItem *item)
{
  return item->stroke_width > 0 && paint_alpha(&item->stroke, item->stroke_opacity) > 0;
}

static void
put_fill(GString *out, const PkItem *item)
{
  key(out, "fill");
  if (!fill_shows(item)) {
    g_string_append(out, "null");
    return;
  }
  put_paint(out, &item->fill);
  double alpha = paint_alpha(&item->fill, item->fill_opacity);
  if (differs(alpha, 1, 3))
    member(out, "fillOpacity", alpha, 3);
}

static void
put_stroke(GString *out, const PkItem *item)
{
  key(out, "stroke");
  if (!stroke_shows(item)) {
    g_string_append(out, "null");
    return;
  }
  put_paint(out, &item->stroke);
  if (differs(item->stroke_width, 1, 2))
    member(out, "strokeWidth", item->stroke_width, 2);
  if (item->n_dash > 0) {
    key(out, "strokeDash");
    for (guint i = 0; i < item->n_dash; i++) {
      g_string_append_c(out, i ? ',' : '[');
      put_number(out, item->dash[i], 2);
    }
    g_string_append_c(out, ']');
  }
  double alpha = paint_alpha(&item->stroke, item->stroke_opacity);
  if (differs(alpha, 1, 3))
    member(out, "strokeOpacity", alpha, 3);
}

static void
put_opacity(GString *out, const PkItem *item)
{
  if (differs(item->opacity, 1, 3))
    member(out, "opacity", item->opacity, 3);
}

/* ---------------------------------------------------------------- items */

static char *
shown_lines(const Writer *w, const char *text, const PkTextStyle *style, double limit, const char *ellipsis)
{
  g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);
  for (guint i = 0; lines[i]; i++) {
    char *cut =
        pk_text_truncate_with(w->measure, g_strstrip(lines[i]), style, limit, ellipsis ? ellipsis : "…");
    g_free(lines[i]);
    lines[i] = cut;
  }
  return g_strjoinv("\n", lines);
}

static gboolean
is_blank(const char *text)
{
  for (; text && *text; text++)
    if (!g_ascii_isspace(*text))
      return FALSE;
  return TRUE;
}

static void
put_rect(GString *out, const PkItem *item)
{
  member(out, "x", item->x + fmin(item->width, 0), 2);
  member(out, "y", item->y + fmin(item->height, 0), 2);
  member(out, "width", fabs(item->width), 2);
  member(out, "height", fabs(item->height), 2);
  put_fill(out, item);
  put_stroke(out, item);
}

static void
put_symbol(GString *out, const PkItem *item)
{
  member(out, "x", item->x, 2);
  member(out, "y", item->y, 2);
  member(out, "size", item->size, 2);
  key(out, "shape");
  put_text(out, item->shape ? item->shape : "circle");
  if (differs(item->angle, 0, 4))
    member(out, "angle", item->angle, 4);
  put_fill(out, item);
  put_stroke(out, item);
}

static void
put_rule(GString *out, const PkItem *item)
{
  member(out, "x", item->x, 2);
  member(out, "y", item->y, 2);
  member(out, "x2", item->x + item->width, 2);
  member(out, "y2", item->y + item->height, 2);
  put_stroke(out, item);
}

static void
put_label(const Writer *w, GString *out, const PkItem *item)
{
  PkTextStyle style = { item->font_size, item->font, item->font_weight, item->font_style };
  g_autofree char *text = shown_lines(w, item->text, &style, item->limit, item->ellipsis);
  double a = item->angle * G_PI / 180;
  member(out, "x", item->x + item->dx * cos(a) - item->dy * sin(a), 2);
  member(out, "y", item->y + item->dx * sin(a) + item->dy * cos(a), 2);
  key(out, "text");
  put_text(out, text);
  if (item->align && !g_str_equal(item->align, "left")) {
    key(out, "align");
    put_text(out, item->align);
  }
  if (item->baseline && !g_str_equal(item->baseline, "alphabetic")) {
    key(out, "baseline");
    put_text(out, item->baseline);
  }
  if (differs(item->angle, 0, 4))
    member(out, "angle", item->angle, 4);
  if (item->font_size != 11)
    member(out, "fontSize", item->font_size, 2);
  put_fill(out, item);
}

static void
put_point(GString *out, const PkItem *item, const PkScenePoint *p, gboolean area)
{
  double x = p->x, y = p->y, other = p->y2_or_x2;
  if (area && item->horizontal && x > other) {
    other = x;
    x = p->y2_or_x2;
  } else if (area && !item->horizontal && y > other) {
    other = y;
    y = p->y2_or_x2;
  }
  g_string_append_c(out, '[');
  put_number(out, x, 2);
  g_string_append_c(out, ',');
  put_number(out, y, 2);
  if (area) {
    g_string_append_c(out, ',');
    put_number(out, other, 2);
  }
  g_string_append_c(out, ']');
}

/* Points, with one null for each break between them. */
static void
put_points(GString *out, const PkItem *item, gboolean area)
{
  gboolean any = FALSE, broken = FALSE;
  key(out, "points");
  g_string_append_c(out, '[');
  for (guint i = 0; i < item->n_points; i++) {
    if (!item->points[i].defined) {
      broken = any;
      continue;
    }
    g_string_append(out, broken ? ",null," : any ? "," : "");
    put_point(out, item, &item->points[i], area);
    any = TRUE;
    broken = FALSE;
  }
  g_string_append_c(out, ']');
}

static void
put_series(GString *out, const PkItem *item, gboolean area)
{
  if (area) {
    key(out, "orient");
    put_text(out, item->horizontal ? "horizontal" : "vertical");
  }
  if (item->interpolate && !g_str_equal(item->interpolate, "linear")) {
    key(out, "interpolate");
    put_text(out, item->interpolate);
  }
  if (area || fill_shows(item))
    put_fill(out, item);
  put_stroke(out, item);
}

static gboolean
is_shown(const Writer *w, const PkMarkGroup *mark, const PkItem *item)
{
  if (!(item->opacity > 0))
    return FALSE;
  switch (mark->type) {
  case PK_ITEM_IMAGE:
    return TRUE;
  case PK_ITEM_RULE:
    return stroke_shows(item);
  case PK_ITEM_TEXT:
    return item->font_size > 0 && !is_blank(item->text) && fill_shows(item);
  case PK_ITEM_LINE: case PK_ITEM_AREA:
    for (guint i = 0; i < item->n_points; i++)
      if (item->points[i].defined)
        return fill_shows(item) || stroke_shows(item);
    return FALSE;
  default:
    (void)w;
    return fill_shows(item) || stroke_shows(item);
  }
}

static void
put_item(const Writer *w, GString *out, const PkMarkGroup *mark, const PkItem *item)
{
  g_string_append_c(out, '{');
  switch (mark->type) {
  case PK_ITEM_RECT:
    put_rect(out, item);
    break;
  case PK_ITEM_SYMBOL:
    put_symbol(out, item);
    break;
  case PK_ITEM_RULE:
    put_rule(out, item);
    break;
  case PK_ITEM_TEXT:
    put_label(w, out, item);
    break;
  case PK_ITEM_LINE: case PK_ITEM_AREA:
    put_series(out, item, mark->type == PK_ITEM_AREA);
    break;
  default:
    member(out, "x", item->x, 2);
    member(out, "y", item->y, 2);
    member(out, "width", item->width, 2);
    member(out, "height", item->height, 2);
    member(out, "pixelWidth", item->image_width, 2);
    member(out, "pixelHeight", item->image_height, 2);
  }
  put_opacity(out, item);
  if (mark->type == PK_ITEM_LINE || mark->type == PK_ITEM_AREA)
    put_points(out, item, mark->type == PK_ITEM_AREA);
  g_string_append_c(out, '}');
}

static const char *
type_name(PkItemType type)
{
  static const char *const names[] = {
    [PK_ITEM_RECT] = "rect", [PK_ITEM_SYMBOL] = "symbol", [PK_ITEM_LINE] = "line", [PK_ITEM_AREA] = "area",
    [PK_ITEM_RULE] = "rule", [PK_ITEM_TEXT] = "text", [PK_ITEM_IMAGE] = "image",
  };
  return names[type];
}

static void
put_marks(const Writer *w, const PkSceneView *view)
{
  GString *out = w->out;
  gboolean any = FALSE;
  for (guint i = 0; i < view->n_marks; i++) {
    const PkMarkGroup *mark = &view->marks[i];
    guint n = 0;
    for (guint k = 0; k < mark->n_items; k++)
      n += is_shown(w, mark, &mark->items[k]);
    if (n == 0)
      continue;
    g_string_append_printf(out, "%s\n    {\"type\":\"%s\",\"count\":%u,\"items\":[", any ? "," : "",
                           type_name(mark->type), n);
    gboolean first = TRUE;
    for (guint k = 0; k < mark->n_items; k++) {
      if (!is_shown(w, mark, &mark->items[k]))
        continue;
      g_string_append(out, first ? "\n      " : ",\n      ");
      put_item(w, out, mark, &mark->items[k]);
      first = FALSE;
    }
    g_string_append(out, "]}");
    any = TRUE;
  }
}

/* ---------------------------------------------------------------- guides */

static void
put_title(const Writer *w, GString *out, const char *text, const PkTextStyle *style, double limit)
{
  if (!text || is_blank(text)) {
    g_string_append(out, "null");
    return;
  }
  g_autofree char *shown = shown_lines(w, text, style, limit, NULL);
  put_text(out, shown);
}

static void
put_axis(const Writer *w, const PkAxis *axis, gboolean *any)
{
  GString *out = w->out;
  gsize start = out->len;
  gboolean ticks = FALSE, title = axis->title && !is_blank(axis->title);
  g_string_append_printf(out, "%s\n    {\"orient\":\"%s\",\"title\":", *any ? "," : "", axis->orient);
  PkTextStyle title_style = {axis->title_font_size, axis->title_font, axis->title_font_weight,
                             axis->title_font_style};
  put_title(w, out, title ? axis->title : NULL, &title_style, axis->title_limit);
  g_string_append(out, ",\"ticks\":[");
  for (guint i = 0; i < axis->n_ticks; i++) {
    const PkAxisTick *tick = &axis->ticks[i];
    if (!tick->label_shown || is_blank(tick->label) || tick->label_font_size <= 0)
      continue;
    PkTextStyle style = {tick->label_font_size, axis->label_font, tick->label_font_weight,
                         tick->label_font_style};
    g_autofree char *label = shown_lines(w, tick->label, &style, axis->label_limit, NULL);
    g_string_append(out, ticks ? ",[" : "[");
    put_number(out, tick->position + tick->label_offset, 2);
    g_string_append_c(out, ',');
    put_text(out, label);
    g_string_append_c(out, ']');
    ticks = TRUE;
  }
  g_string_append(out, "]}");
  if (ticks || title)
    *any = TRUE;
  else
    g_string_truncate(out, start);
}

static void
put_legend(const Writer *w, const PkLegend *legend)
{
  GString *out = w->out;
  PkTextStyle title = { legend->title_font_size, legend->title_font, legend->title_font_weight, NULL };
  PkTextStyle style = { legend->label_font_size, legend->label_font, legend->label_font_weight, NULL };
  g_string_append(out, "{\"title\":");
  put_title(w, out, legend->title, &title, legend->title_limit);
  g_string_append_printf(out, ",\"type\":\"%s\",\"labels\":[", legend->gradient ? "gradient" : "symbol");
  gboolean any = FALSE;
  for (guint i = 0; i < legend->n_entries; i++) {
    if (is_blank(legend->entries[i].label))
      continue;
    g_autofree char *label = shown_lines(w, legend->entries[i].label, &style, legend->label_limit, NULL);
    g_string_append(out, any ? "," : "");
    put_text(out, label);
    any = TRUE;
  }
  g_string_append(out, "]}");
}

static void
put_view(const Writer *w, const PkSceneView *view)
{
  GString *out = w->out;
  g_string_append_c(out, '{');
  member(out, "width", view->width, 2);
  member(out, "height", view->height, 2);
  key(out, "title");
  put_text(out, view->title.text);
  g_string_append(out, ",\n  \"marks\":[");
  put_marks(w, view);
  g_string_append(out, "],\n  \"axes\":[");
  gboolean any = FALSE;
  for (guint i = 0; i < view->n_axes; i++)
    put_axis(w, &view->axes[i], &any);
  g_string_append(out, "]}");
}

static void
put_scene_title(GString *out, const PkTitle *title)
{
  put_text(out, title->text && !is_blank(title->text) ? title->text : NULL);
}

char *
pk_scene_to_json(const PkScene *scene, const PkTextMeasure *measure)
{
  Writer w = { g_string_sized_new(4096), measure };
  g_string_append(w.out, "{\"version\":1,\n\"title\":");
  put_scene_title(w.out, &scene->title);
  g_string_append(w.out, ",\n\"views\":[\n  ");
  for (guint i = 0; i < scene->n_views; i++) {
    g_string_append(w.out, i ? ",\n  " : "");
    put_view(&w, &scene->views[i]);
  }
  g_string_append(w.out, "],\n\"axes\":[],\n\"headers\":[],\n\"headerTitles\":[");
  for (guint i = 0; i < scene->n_headers; i++) {
    g_string_append(w.out, i ? "," : "");
    put_text(w.out, scene->headers[i].title.text);
  }
  g_string_append(w.out, "],\n\"legends\":[");
  for (guint i = 0; i < scene->n_legends; i++) {
    g_string_append(w.out, i ? ",\n  " : "\n  ");
    put_legend(&w, &scene->legends[i]);
  }
  g_string_append(w.out, "]}\n");
  return g_string_free(w.out, FALSE);
}
