/* The grid as it is seen. */
#include "pa-grid-private.h"

#include <math.h>
#include <string.h>

#define MOST_WIDTH 360
#define LEAST_WIDTH 56
#define MEASURED_ROWS 60
#define SHOWN_CHARACTERS 300 /* of a cell */
#define KEPT_LAYOUTS 6000

/* --- text --- */

static PangoLayout *
new_layout(PaGrid *self, const char *text, gboolean numbers)
{
  PangoLayout *layout = gtk_widget_create_pango_layout(GTK_WIDGET(self), text);
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  if (numbers) {
    g_autoptr(PangoAttrList) attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(layout, attributes);
  }
  return layout;
}

/* No more of a long text than can be seen. */
static void
shorten(char *text)
{
  gsize length = strlen(text);
  if (length <= SHOWN_CHARACTERS)
    return;
  char *end = g_utf8_find_prev_char(text, text + SHOWN_CHARACTERS);
  if (end)
    *end = 0;
}

static gboolean
is_right(PaGrid *self, guint column)
{
  return pika_result_get_column(self->result, column)->kind == PIKA_KIND_NUMBER;
}

/* Borrowed; NULL for NULL. */
static PangoLayout *
cell_layout(PaGrid *self, gint64 row, guint column)
{
  gint64 key = row * (gint64)self->columns->len + column;
  PangoLayout *layout = g_hash_table_lookup(self->layouts, &key);
  if (layout)
    return layout;
  g_autofree char *text = pika_result_dup_text(self->result, row, column);
  if (!text)
    return NULL;
  shorten(text);
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  layout = new_layout(self, valid, is_right(self, column));
  if (g_hash_table_size(self->layouts) > KEPT_LAYOUTS)
    g_hash_table_remove_all(self->layouts);
  g_hash_table_insert(self->layouts, g_memdup2(&key, sizeof key), layout);
  return layout;
}

void
pa_grid_forget_layouts(PaGrid *self)
{
  g_hash_table_remove_all(self->layouts);
}

double
pa_grid_fitting_width(PaGrid *self, guint column)
{
  const PikaColumn *info = pika_result_get_column(self->result, column);
  g_autoptr(PangoLayout) title = new_layout(self, info->name, FALSE);
  int width, wide;
  pango_layout_get_pixel_size(title, &wide, NULL);
  wide += 24; /* the arrow */
  g_autoptr(PangoLayout) type = new_layout(self, info->type, FALSE);
  pango_layout_get_pixel_size(type, &width, NULL);
  wide = MAX(wide, width);
  gint64 first = (gint64)(gtk_adjustment_get_value(self->adjustments[1]) / self->row_height);
  for (gint64 row = first; row < MIN(pa_grid_n_rows(self), first + MEASURED_ROWS); row++) {
    PangoLayout *layout = cell_layout(self, row, column);
    if (!layout)
      continue;
    pango_layout_set_width(layout, -1);
    pango_layout_get_pixel_size(layout, &width, NULL);
    wide = MAX(wide, width);
  }
  return CLAMP(wide + 2 * PA_GRID_PADDING + 2, LEAST_WIDTH, MOST_WIDTH);
}

void
pa_grid_measure_font(PaGrid *self)
{
  g_autoptr(PangoLayout) layout = new_layout(self, "0123456789", TRUE);
  int width, height;
  pango_layout_get_pixel_size(layout, &width, &height);
  self->row_height = height + 9;
  self->title_height = 2 * height + 12;
  self->filter_height = height + 20;
  g_autofree char *last = g_strdup_printf("%" G_GINT64_FORMAT, MAX(pa_grid_n_rows(self), 99));
  g_autoptr(PangoLayout) number = new_layout(self, last, TRUE);
  pango_layout_get_pixel_size(number, &width, NULL);
  self->gutter = width + 2 * PA_GRID_PADDING;
}

/* --- drawing --- */

typedef struct {
  PaGrid *self;
  GtkSnapshot *snapshot;
  GdkRGBA color, dim, faint, accent;
  gint64 first, last; /* rows on screen, last excluded */
  double width, height, top; /* top: y of `first` */
} Drawing;

/* A rectangle given from the leading edge, where it is on screen. */
static graphene_rect_t
placed(const Drawing *d, double x, double y, double width, double height)
{
  gboolean rtl = gtk_widget_get_direction(GTK_WIDGET(d->self)) == GTK_TEXT_DIR_RTL;
  return GRAPHENE_RECT_INIT((float)(rtl ? d->width - x - width : x), (float)y, (float)width, (float)height);
}

static void
fill(const Drawing *d, const GdkRGBA *color, double x, double y, double width, double height)
{
  graphene_rect_t rect = placed(d, x, y, width, height);
  gtk_snapshot_append_color(d->snapshot, color, &rect);
}

/* In a cell from x, as wide; `end`: at its trailing side. */
static void
draw_layout(const Drawing *d, PangoLayout *layout, const GdkRGBA *color, double x, double y, double width, double height,
            gboolean end)
{
  int text_width, text_height;
  double room = width - 2 * PA_GRID_PADDING;
  gboolean rtl = gtk_widget_get_direction(GTK_WIDGET(d->self)) == GTK_TEXT_DIR_RTL;
  pango_layout_set_width(layout, MAX(1, (int)room) * PANGO_SCALE);
  pango_layout_set_alignment(layout, end != rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_auto_dir(layout, FALSE);
  pango_layout_get_pixel_size(layout, &text_width, &text_height);
  graphene_rect_t rect = placed(d, x + PA_GRID_PADDING, y + floor((height - text_height) / 2), room, text_height);
  gtk_snapshot_save(d->snapshot);
  gtk_snapshot_translate(d->snapshot, &rect.origin);
  gtk_snapshot_append_layout(d->snapshot, layout, color);
  gtk_snapshot_restore(d->snapshot);
}

static void
draw_cells(const Drawing *d, guint column, double x)
{
  PaGrid *self = d->self;
  double width = pa_grid_column(self, column)->width;
  g_autoptr(PangoLayout) null = new_layout(self, "NULL", FALSE);
  for (gint64 row = d->first; row < d->last; row++) {
    double y = d->top + (double)(row - d->first) * self->row_height;
    PangoLayout *layout = cell_layout(self, row, column);
    draw_layout(d, layout ? layout : null, layout ? &d->color : &d->faint, x, y, width, self->row_height,
                is_right(self, column));
  }
}

static void
draw_arrow(const Drawing *d, double x, double y, gboolean descending)
{
  g_autoptr(PangoLayout) arrow = new_layout(d->self, descending ? "▾" : "▴", FALSE);
  draw_layout(d, arrow, &d->accent, x, y, 30, d->self->title_height / 2, TRUE);
}

static void
draw_title(const Drawing *d, guint column, double x)
{
  PaGrid *self = d->self;
  const PikaColumn *info = pika_result_get_column(self->result, column);
  const PaGridColumn *c = pa_grid_column(self, column);
  double half = self->title_height / 2;
  if (c->is_picked) {
    GdkRGBA tint = d->accent;
    tint.alpha = 0.22f;
    fill(d, &tint, x, 0, c->width, self->title_height);
    fill(d, &d->accent, x, self->title_height - 3, c->width, 3);
  }
  g_autoptr(PangoLayout) name = new_layout(self, info->name, FALSE), type = new_layout(self, info->type, FALSE);
  g_autoptr(PangoAttrList) bold = pango_attr_list_new(), small = pango_attr_list_new();
  pango_attr_list_insert(bold, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
  pango_attr_list_insert(small, pango_attr_scale_new(PANGO_SCALE_SMALL));
  pango_layout_set_attributes(name, bold);
  pango_layout_set_attributes(type, small);
  draw_layout(d, name, &d->color, x, 3, c->width - (self->sort_column == (int)column ? 16 : 0), half, is_right(self, column));
  draw_layout(d, type, &d->dim, x, half - 2, c->width, half, is_right(self, column));
  if (self->sort_column == (int)column)
    draw_arrow(d, x + c->width - 26, 3, self->descending);
  GdkRGBA line = d->faint;
  line.alpha *= 0.4f;
  fill(d, &line, x + c->width - 1, 6, 1, self->title_height - 12);
}

static void
draw_selection(const Drawing *d, guint column, double x)
{
  PaGrid *self = d->self;
  gint64 row, rows;
  guint first, columns;
  if (pa_grid_column(self, column)->is_picked) {
    GdkRGBA tint = d->accent;
    tint.alpha = 0.07f;
    fill(d, &tint, x, pa_grid_header(self), pa_grid_column(self, column)->width, d->height);
  }
  if (!pa_grid_get_selection(self, &row, &rows, &first, &columns) || column < first || column >= first + columns)
    return;
  GdkRGBA tint = d->accent;
  tint.alpha = 0.18f;
  gint64 from = MAX(row, d->first), to = MIN(row + rows, d->last);
  if (from < to)
    fill(d, &tint, x, d->top + (double)(from - d->first) * self->row_height, pa_grid_column(self, column)->width,
         (double)(to - from) * self->row_height);
}

static void
draw_cursor(const Drawing *d)
{
  PaGrid *self = d->self;
  if (!self->has_cursor || self->row < d->first || self->row >= d->last)
    return;
  double x = pa_grid_column_start(self, (guint)self->column), y = d->top + (double)(self->row - d->first) * self->row_height;
  graphene_rect_t rect = placed(d, x, y, pa_grid_column(self, self->column)->width, self->row_height);
  GskRoundedRect outline;
  gsk_rounded_rect_init_from_rect(&outline, &rect, 3);
  float width = gtk_widget_has_focus(GTK_WIDGET(self)) ? 2 : 1;
  gtk_snapshot_append_border(d->snapshot, &outline, (float[]){ width, width, width, width },
                             (GdkRGBA[]){ d->accent, d->accent, d->accent, d->accent });
}

/* Columns from…to of the region between x0 and x1, clipped to it. */
static void
draw_columns(const Drawing *d, guint from, guint to, double x0, double x1)
{
  PaGrid *self = d->self;
  double header = pa_grid_header(self);
  graphene_rect_t clip = placed(d, x0, 0, MAX(0, x1 - x0), d->height);
  gtk_snapshot_push_clip(d->snapshot, &clip);
  double x = pa_grid_column_start(self, from);
  for (guint i = from; i < to; i++) {
    double width = pa_grid_column(self, i)->width;
    if (x + width > x0 && x < x1) {
      graphene_rect_t rows = placed(d, x, header, width, d->height - header);
      gtk_snapshot_push_clip(d->snapshot, &rows);
      draw_selection(d, i, x);
      draw_cells(d, i, x);
      gtk_snapshot_pop(d->snapshot);
      draw_title(d, i, x);
      if (self->shows_filters && pa_grid_column(self, i)->filter)
        gtk_widget_snapshot_child(GTK_WIDGET(self), pa_grid_column(self, i)->filter, d->snapshot);
    }
    x += width;
  }
  graphene_rect_t below = placed(d, x0, header, MAX(0, x1 - x0), d->height - header);
  gtk_snapshot_push_clip(d->snapshot, &below);
  if (self->has_cursor && self->column >= (int)from && self->column < (int)to)
    draw_cursor(d);
  gtk_snapshot_pop(d->snapshot);
  gtk_snapshot_pop(d->snapshot);
}

static void
draw_gutter(const Drawing *d)
{
  PaGrid *self = d->self;
  graphene_rect_t clip = placed(d, 0, pa_grid_header(self), self->gutter, d->height);
  gtk_snapshot_push_clip(d->snapshot, &clip);
  for (gint64 row = d->first; row < d->last; row++) {
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, row + 1);
    g_autoptr(PangoLayout) layout = new_layout(self, number, TRUE);
    draw_layout(d, layout, &d->faint, 0, d->top + (double)(row - d->first) * self->row_height, self->gutter, self->row_height,
                TRUE);
  }
  gtk_snapshot_pop(d->snapshot);
}

/* Every second row is a little darker, so that the eye stays in its row. */
static void
draw_stripes(const Drawing *d)
{
  GdkRGBA stripe = d->color;
  stripe.alpha = 0.028f;
  graphene_rect_t clip = placed(d, 0, pa_grid_header(d->self), d->width, d->height);
  gtk_snapshot_push_clip(d->snapshot, &clip);
  for (gint64 row = d->first; row < d->last; row++)
    if (row % 2)
      fill(d, &stripe, 0, d->top + (double)(row - d->first) * d->self->row_height, d->width, d->self->row_height);
  gtk_snapshot_pop(d->snapshot);
}

static void
look_up_colors(Drawing *d)
{
  GtkStyleContext *style = gtk_widget_get_style_context(GTK_WIDGET(d->self));
  gtk_style_context_get_color(style, &d->color);
  d->dim = d->faint = d->color;
  d->dim.alpha *= 0.65f;
  d->faint.alpha *= adw_style_manager_get_high_contrast(adw_style_manager_get_default()) ? 0.75f : 0.45f;
  if (!gtk_style_context_lookup_color(style, "accent_bg_color", &d->accent))
    d->accent = d->color;
}

void
pa_grid_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  PaGrid *self = PA_GRID(widget);
  Drawing d = { .self = self, .snapshot = snapshot, .width = gtk_widget_get_width(widget),
                .height = gtk_widget_get_height(widget) };
  if (!self->result || self->columns->len == 0)
    return;
  look_up_colors(&d);
  double y = gtk_adjustment_get_value(self->adjustments[1]), header = pa_grid_header(self);
  d.first = (gint64)floor(y / self->row_height);
  d.last = MIN(pa_grid_n_rows(self), d.first + (gint64)ceil((d.height - header) / self->row_height) + 1);
  d.top = header - (y - (double)d.first * self->row_height);
  double frozen = pa_grid_frozen_width(self);
  graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float)d.width, (float)d.height);
  gtk_snapshot_push_clip(snapshot, &all);
  draw_stripes(&d);
  draw_columns(&d, self->n_frozen, self->columns->len, frozen, d.width);
  draw_columns(&d, 0, self->n_frozen, self->gutter, frozen);
  draw_gutter(&d);
  GdkRGBA line = d.faint;
  line.alpha *= 0.5f;
  fill(&d, &line, 0, header - 1, d.width, 1);
  if (self->n_frozen > 0)
    fill(&d, &line, frozen - 1, 0, 2, d.height);
  gtk_snapshot_pop(snapshot);
}

