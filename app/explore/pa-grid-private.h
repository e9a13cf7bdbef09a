/* What drawing and input of the grid share. */
#pragma once

#include "pa-grid.h"

G_BEGIN_DECLS

#define PA_GRID_PADDING 8

typedef struct {
  char *name;
  double width;
  gboolean is_picked;
  GtkWidget *filter; /* an entry; NULL until the filter row is shown */
} PaGridColumn;

struct _PaGrid {
  GtkWidget parent_instance;
  GtkAdjustment *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
  PikaResult *result;
  GArray *columns; /* of PaGridColumn */
  guint n_frozen;
  int sort_column; /* -1: none */
  gboolean descending;
  gboolean shows_filters;
  gboolean has_cursor;
  gint64 row, anchor_row;
  int column, anchor_column;
  double row_height, title_height, filter_height, gutter;
  GHashTable *layouts; /* cell → PangoLayout, of what was drawn of late */
  int resized;         /* the column whose border is dragged; -1 */
  double resized_from;
  GtkWidget *menu;
  int menu_column;
};

#define pa_grid_column(self, i) (&g_array_index((self)->columns, PaGridColumn, i))

/* Above the rows. */
double pa_grid_header(PaGrid *self);
/* Where a column starts, from the leading edge of the widget, scrolled. */
double pa_grid_column_start(PaGrid *self, guint column);
/* The column at x from the leading edge; -1: none. border: the one whose trailing border is there; may be NULL. */
int pa_grid_column_at(PaGrid *self, double x, int *border);
double pa_grid_frozen_width(PaGrid *self);
void pa_grid_forget_layouts(PaGrid *self);
void pa_grid_show_cell(PaGrid *self, gint64 row, guint column);
/* extend: the anchor stays. */
void pa_grid_move_cursor(PaGrid *self, gint64 row, int column, gboolean extend);
double pa_grid_fitting_width(PaGrid *self, guint column);
void pa_grid_pick_column(PaGrid *self, guint column, gboolean extend);
void pa_grid_ask_sort(PaGrid *self, int column, gboolean descending);

gint64 pa_grid_n_rows(PaGrid *self);

/* pa-grid-draw.c: heights from the font; the widget's snapshot. */
void pa_grid_measure_font(PaGrid *self);
void pa_grid_snapshot(GtkWidget *widget, GtkSnapshot *snapshot);

/* Controllers, keys and the header's menu (pa-grid-input.c). */
void pa_grid_init_input(PaGrid *self);
void pa_grid_class_init_input(GtkWidgetClass *class);

G_END_DECLS
