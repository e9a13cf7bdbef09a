/* Legends: a title over either a column (or grid) of symbols with labels or a colour ramp. */
#include "pk-layout-private.h"
#include "pk-text-pango.h"

#include <math.h>
#include <string.h>

static double
text_width(const char *text, const char *font, double size, const char *weight, double limit)
{
  if (!text || !*text)
    return 0;
  double width = 0;
  for (const char *line = text; line;) {
    gsize n = strcspn(line, "\n");
    width = MAX(width, pk_text_extents(line, (gssize)n, font, size, weight, NULL, NULL, NULL));
    line = line[n] ? line + n + 1 : NULL;
  }
  return limit > 0 ? MIN(width, limit) : width;
}

static void
add_label(PkDisplay *self, const PkLegend *legend, const char *text, double x, double y, const char *align,
          const char *baseline)
{
  PkTextSpec spec = {
    .text = text, .x = x, .y = y, .font_size = legend->label_font_size, .limit = legend->label_limit,
    .opacity = 1, .font = legend->label_font, .font_weight = legend->label_font_weight, .align = align,
    .baseline = baseline, .fill = pk_paint_color(legend->label_color), .fill_opacity = 1,
  };
  pk_display_add_text(self, &spec, NULL);
}

/* The title, if any; returns the height it takes, padding included. */
static double
layout_title(PkDisplay *self, const PkLegend *legend, double x, double y, double *width)
{
  if (!legend->title || !*legend->title)
    return 0;
  PkTextSpec spec = {
    .text = legend->title, .x = x, .y = y, .font_size = legend->title_font_size, .limit = legend->title_limit,
    .opacity = 1, .font = legend->title_font, .font_weight = legend->title_font_weight, .align = "left",
    .baseline = "top", .fill = pk_paint_color(legend->title_color), .fill_opacity = 1,
  };
  if (self)
    pk_display_add_text(self, &spec, NULL);
  guint n_lines = 1;
  for (const char *c = legend->title; *c; c++)
    n_lines += *c == '\n';
  *width = MAX(*width, text_width(legend->title, legend->title_font, legend->title_font_size,
                                  legend->title_font_weight, legend->title_limit));
  return legend->title_font_size + (n_lines - 1) * (legend->title_font_size + 2) + legend->title_padding;
}

static double
symbol_extent(const PkItem *symbol)
{
  double stroke = symbol->stroke.kind != PK_PAINT_NONE ? symbol->stroke_width : 0;
  return sqrt(MAX(symbol->size, 0)) + stroke;
}

/* A grid of `columns` columns, filled row by row; every column as wide as its widest entry. */
static void
layout_symbols(PkDisplay *self, const PkLegend *legend, guint index, double x, double y, double *width,
               double *height)
{
  guint columns = legend->columns;
  if (columns == 0)
    columns = !g_strcmp0(legend->direction, "horizontal") ? MAX(legend->n_entries, 1) : 1;
  double symbol_width = 0, row_height = legend->label_font_size;
  for (guint i = 0; i < legend->n_entries; i++) {
    symbol_width = MAX(symbol_width, symbol_extent(&legend->entries[i].symbol));
    if (legend->clip_height <= 0)
      row_height = MAX(row_height, ceil(symbol_extent(&legend->entries[i].symbol)));
  }
  if (legend->clip_height > 0)
    row_height = legend->clip_height;
  symbol_width = MAX(symbol_width, 10);
  g_autofree double *column_width = g_new0(double, columns);
  for (guint i = 0; i < legend->n_entries; i++) {
    double w = symbol_width + legend->label_offset +
               text_width(legend->entries[i].label, legend->label_font, legend->label_font_size,
                          legend->label_font_weight, legend->label_limit);
    column_width[i % columns] = MAX(column_width[i % columns], w);
  }
  double left = x, bottom = y;
  for (guint c = 0; c < columns; c++) {
    for (guint i = c; i < legend->n_entries; i += columns) {
      double middle = y + (i / columns) * (row_height + legend->row_padding) + row_height / 2;
      bottom = MAX(bottom, middle + row_height / 2);
      if (!self)
        continue;
      PkItem symbol = legend->entries[i].symbol;
      symbol.x = left + symbol_width / 2;
      symbol.y = middle;
      pk_display_add_item(self, PK_ITEM_SYMBOL, &symbol, NULL);
      add_label(self, legend, legend->entries[i].label, left + symbol_width + legend->label_offset, middle, "left",
                "middle");
      PkBounds entry = { left, middle - (row_height + legend->row_padding) / 2, left + column_width[c],
                         middle + (row_height + legend->row_padding) / 2 };
      pk_display_note_region(self, PK_REGION_ENTRY, index, i, &entry);
    }
    left += column_width[c] + (c + 1 < columns ? legend->column_padding : 0);
  }
  *width = MAX(*width, left - x);
  *height = bottom - y;
}

static void
add_ramp_piece(PkDisplay *self, gboolean vertical, double x, double y, double a, double b, double length,
               double thickness, PkPaint fill)
{
  PkItem item = { .fill = fill, .fill_opacity = 1, .stroke_opacity = 1, .opacity = 1 };
  item.x = vertical ? x : x + a * length;
  item.y = vertical ? y + (1 - b) * length : y;
  item.width = vertical ? thickness : (b - a) * length;
  item.height = vertical ? (b - a) * length : thickness;
  pk_display_add_item(self, PK_ITEM_RECT, &item, NULL);
}

static PkRgba
mix(PkRgba a, PkRgba b, double t)
{
  return (PkRgba){ (guint8)(a.r + t * (b.r - a.r) + 0.5), (guint8)(a.g + t * (b.g - a.g) + 0.5),
                   (guint8)(a.b + t * (b.b - a.b) + 0.5), a.a + t * (b.a - a.a) };
}

/* A continuous ramp is drawn in slivers of one pixel, which every output draws
 * alike; steps are drawn as they are: colour i from offset i to i + 1. */
static void
draw_ramp(PkDisplay *self, const PkLegend *legend, gboolean vertical, double x, double y)
{
  if (legend->discrete_gradient) {
    for (guint i = 0; i < legend->n_stops; i++) {
      double b = i + 1 < legend->n_stops ? legend->stop_offsets[i + 1] : 1;
      add_ramp_piece(self, vertical, x, y, legend->stop_offsets[i], b, legend->length, legend->thickness,
                     pk_paint_color(legend->stop_colors[i]));
    }
    return;
  }
  guint n = (guint)CLAMP(round(legend->length), 1, 4096), k = 0;
  for (guint i = 0; i < n && legend->n_stops > 0; i++) {
    double t = (i + 0.5) / n;
    while (k + 2 < legend->n_stops && legend->stop_offsets[k + 1] < t)
      k++;
    guint next = MIN(k + 1, legend->n_stops - 1);
    double span = legend->stop_offsets[next] - legend->stop_offsets[k];
    double u = span > 0 ? CLAMP((t - legend->stop_offsets[k]) / span, 0, 1) : 0;
    add_ramp_piece(self, vertical, x, y, (double)i / n, (double)(i + 1) / n, legend->length, legend->thickness,
                   pk_paint_color(mix(legend->stop_colors[k], legend->stop_colors[next], u)));
  }
}

static void
layout_gradient(PkDisplay *self, const PkLegend *legend, double x, double y, double *width, double *height)
{
  gboolean vertical = g_strcmp0(legend->direction, "horizontal") != 0;
  double label_width = 0;
  if (self)
    draw_ramp(self, legend, vertical, x, y);
  for (guint i = 0; i < legend->n_entries; i++) {
    const PkLegendEntry *entry = &legend->entries[i];
    double t = entry->value_position;
    label_width = MAX(label_width, text_width(entry->label, legend->label_font, legend->label_font_size,
                                              legend->label_font_weight, legend->label_limit));
    if (!self)
      continue;
    const char *align = vertical || t < 0.001 ? "left" : t > 0.999 ? "right" : "center";
    const char *baseline = !vertical ? "top" : t < 0.001 ? "bottom" : t > 0.999 ? "top" : "middle";
    add_label(self, legend, entry->label, vertical ? x + legend->thickness + legend->label_offset : x + t * legend->length,
              vertical ? y + (1 - t) * legend->length : y + legend->thickness + legend->label_offset, align, baseline);
  }
  *width = MAX(*width, vertical ? legend->thickness + legend->label_offset + label_width : legend->length);
  *height = vertical ? legend->length : legend->thickness + legend->label_offset + legend->label_font_size;
}

void
pk_layout_legend(PkDisplay *self, const PkLegend *legend, guint index, double x, double y, double *width,
                 double *height)
{
  double w = 0, h = 0, body = 0;
  if (self && (legend->has_fill || legend->has_stroke)) {
    double bw, bh;
    pk_layout_legend(NULL, legend, index, 0, 0, &bw, &bh);
    PkItem box = { .x = x, .y = y, .width = bw, .height = bh, .opacity = 1, .fill_opacity = 1, .stroke_opacity = 1 };
    for (int i = 0; i < 4; i++)
      box.corner[i] = legend->corner_radius;
    if (legend->has_fill)
      box.fill = pk_paint_color(legend->fill_color);
    if (legend->has_stroke) {
      box.stroke = pk_paint_color(legend->stroke_color);
      box.stroke_width = 1;
    }
    pk_display_add_item(self, PK_ITEM_RECT, &box, NULL);
  }
  double pad = legend->padding;
  if (self)
    pk_display_push(self, 0, 0, "legend");
  h = layout_title(self, legend, x + pad, y + pad, &w);
  if (legend->gradient)
    layout_gradient(self, legend, x + pad, y + pad + h, &w, &body);
  else
    layout_symbols(self, legend, index, x + pad, y + pad + h, &w, &body);
  if (self)
    pk_display_pop(self);
  *width = w + 2 * pad;
  *height = h + body + 2 * pad;
}
