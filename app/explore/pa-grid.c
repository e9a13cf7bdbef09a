#include "pa-grid-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

enum { PROP_0, PROP_HADJUSTMENT, PROP_VADJUSTMENT, PROP_HSCROLL_POLICY, PROP_VSCROLL_POLICY };

G_DEFINE_FINAL_TYPE_WITH_CODE(PaGrid, pa_grid, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE(GTK_TYPE_SCROLLABLE, NULL))

static guint sort_changed, picked_changed, filter_changed, selection_changed;

/* --- geometry --- */

double
pa_grid_header(PaGrid *self)
{
  return self->title_height + (self->shows_filters ? self->filter_height : 0);
}

double
pa_grid_frozen_width(PaGrid *self)
{
  double width = self->gutter;
  for (guint i = 0; i < self->n_frozen && i < self->columns->len; i++)
    width += pa_grid_column(self, i)->width;
  return width;
}

double
pa_grid_column_start(PaGrid *self, guint column)
{
  double x = self->gutter - (column < self->n_frozen ? 0 : gtk_adjustment_get_value(self->adjustments[0]));
  for (guint i = 0; i < column; i++)
    x += pa_grid_column(self, i)->width;
  return x;
}

int
pa_grid_column_at(PaGrid *self, double x, int *border)
{
  double frozen = pa_grid_frozen_width(self), start = self->gutter, scrolled = gtk_adjustment_get_value(self->adjustments[0]);
  int found = -1;
  if (border)
    *border = -1;
  for (guint i = 0; i < self->columns->len; i++) {
    double from = start - (i < self->n_frozen ? 0 : scrolled), to = from + pa_grid_column(self, i)->width;
    gboolean covered = i >= self->n_frozen && x < frozen;
    start += pa_grid_column(self, i)->width;
    if (!covered && border && fabs(x - to) < 5)
      *border = (int)i;
    if (!covered && x >= from && x < to)
      found = (int)i;
  }
  return found;
}

static double
columns_width(PaGrid *self)
{
  double width = self->gutter;
  for (guint i = 0; i < self->columns->len; i++)
    width += pa_grid_column(self, i)->width;
  return width;
}

gint64
pa_grid_n_rows(PaGrid *self)
{
  return self->result ? pika_result_get_n_rows(self->result) : 0;
}

static void
configure(PaGrid *self)
{
  int width = gtk_widget_get_width(GTK_WIDGET(self)), height = gtk_widget_get_height(GTK_WIDGET(self));
  double tall = pa_grid_header(self) + (double)pa_grid_n_rows(self) * self->row_height;
  double wide = columns_width(self);
  gtk_adjustment_configure(self->adjustments[0], MIN(gtk_adjustment_get_value(self->adjustments[0]), MAX(0, wide - width)), 0,
                           MAX(wide, width), 40, width * 0.9, width);
  gtk_adjustment_configure(self->adjustments[1], MIN(gtk_adjustment_get_value(self->adjustments[1]), MAX(0, tall - height)), 0,
                           MAX(tall, height), self->row_height * 3, height * 0.9, height);
}

void
pa_grid_show_cell(PaGrid *self, gint64 row, guint column)
{
  double header = pa_grid_header(self), top = (double)row * self->row_height;
  double height = gtk_widget_get_height(GTK_WIDGET(self)) - header;
  double width = gtk_widget_get_width(GTK_WIDGET(self)), frozen = pa_grid_frozen_width(self);
  double y = gtk_adjustment_get_value(self->adjustments[1]);
  if (top < y)
    gtk_adjustment_set_value(self->adjustments[1], top);
  else if (top + self->row_height > y + height)
    gtk_adjustment_set_value(self->adjustments[1], top + self->row_height - height);
  if (column < self->n_frozen || column >= self->columns->len)
    return;
  double x = pa_grid_column_start(self, column), scrolled = gtk_adjustment_get_value(self->adjustments[0]);
  double end = x + pa_grid_column(self, column)->width;
  if (x < frozen)
    gtk_adjustment_set_value(self->adjustments[0], scrolled - (frozen - x));
  else if (end > width)
    gtk_adjustment_set_value(self->adjustments[0], scrolled + MIN(end - width, x - frozen));
}

/* --- the filter row --- */

static void
filter_activated(GtkEditable *entry, gpointer self)
{
  g_signal_emit(self, filter_changed, 0);
}

static void
make_filters(PaGrid *self)
{
  for (guint i = 0; i < self->columns->len; i++) {
    PaGridColumn *c = pa_grid_column(self, i);
    if (c->filter)
      continue;
    g_autofree char *label = g_strdup_printf(_("Filter of %s"), c->name);
    c->filter = gtk_search_entry_new();
    g_object_set(c->filter, "placeholder-text", _("Filter"), "search-delay", 350, NULL);
    gtk_editable_set_width_chars(GTK_EDITABLE(c->filter), 1);
    gtk_editable_set_max_width_chars(GTK_EDITABLE(c->filter), 1);
    gtk_widget_set_tooltip_text(c->filter, _("Text that the value holds; =value; >5, <=5, 1..9; null or !null"));
    gtk_accessible_update_property(GTK_ACCESSIBLE(c->filter), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    gtk_widget_set_parent(c->filter, GTK_WIDGET(self));
    g_signal_connect(c->filter, "search-changed", G_CALLBACK(filter_activated), self);
  }
}

void
pa_grid_set_shows_filters(PaGrid *self, gboolean shows)
{
  if (self->shows_filters == shows)
    return;
  self->shows_filters = shows;
  if (shows)
    make_filters(self);
  for (guint i = 0; i < self->columns->len; i++)
    if (pa_grid_column(self, i)->filter)
      gtk_widget_set_child_visible(pa_grid_column(self, i)->filter, shows);
  if (!shows)
    pa_grid_clear_filters(self);
  gtk_widget_queue_allocate(GTK_WIDGET(self));
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

gboolean
pa_grid_get_shows_filters(PaGrid *self)
{
  return self->shows_filters;
}

const char *
pa_grid_get_filter(PaGrid *self, guint column)
{
  const PaGridColumn *c = pa_grid_column(self, column);
  return c->filter ? gtk_editable_get_text(GTK_EDITABLE(c->filter)) : "";
}

void
pa_grid_clear_filters(PaGrid *self)
{
  for (guint i = 0; i < self->columns->len; i++)
    if (pa_grid_column(self, i)->filter)
      gtk_editable_set_text(GTK_EDITABLE(pa_grid_column(self, i)->filter), "");
}

void
pa_grid_set_filter_fault(PaGrid *self, guint column, const char *fault)
{
  GtkWidget *filter = pa_grid_column(self, column)->filter;
  if (!filter)
    return;
  if (fault) {
    gtk_widget_add_css_class(filter, "error");
    gtk_widget_set_tooltip_text(filter, fault);
  } else {
    gtk_widget_remove_css_class(filter, "error");
    gtk_widget_set_tooltip_text(filter, _("Text that the value holds; =value; >5, <=5, 1..9; null or !null"));
  }
}

/* --- state --- */

static void
clear_column(gpointer data)
{
  PaGridColumn *c = data;
  g_free(c->name);
  g_clear_pointer(&c->filter, gtk_widget_unparent);
}

static gboolean
has_columns_of(PaGrid *self, PikaResult *result)
{
  if (self->columns->len != pika_result_get_n_columns(result))
    return FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    if (strcmp(pa_grid_column(self, i)->name, pika_result_get_column(result, i)->name))
      return FALSE;
  return TRUE;
}

static void
make_columns(PaGrid *self)
{
  gboolean had_picks = FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    had_picks |= pa_grid_column(self, i)->is_picked;
  g_array_set_size(self->columns, 0);
  self->n_frozen = 0;
  self->sort_column = -1;
  self->has_cursor = FALSE;
  for (guint i = 0; self->result && i < pika_result_get_n_columns(self->result); i++) {
    PaGridColumn c = { .name = g_strdup(pika_result_get_column(self->result, i)->name), .width = 80 };
    g_array_append_val(self->columns, c);
  }
  for (guint i = 0; i < self->columns->len; i++)
    pa_grid_column(self, i)->width = i < 200 ? pa_grid_fitting_width(self, i) : 120;
  if (self->shows_filters)
    make_filters(self);
  if (had_picks)
    g_signal_emit(self, picked_changed, 0);
}

void
pa_grid_set_result(PaGrid *self, PikaResult *result)
{
  gboolean same = result && self->result && has_columns_of(self, result);
  pa_grid_forget_layouts(self);
  g_clear_pointer(&self->result, pika_result_unref);
  self->result = result ? pika_result_ref(result) : NULL;
  gtk_adjustment_set_value(self->adjustments[1], 0);
  pa_grid_measure_font(self);
  if (!same) {
    gtk_adjustment_set_value(self->adjustments[0], 0);
    make_columns(self);
  }
  if (self->has_cursor && self->row >= pa_grid_n_rows(self))
    self->has_cursor = FALSE;
  g_autofree char *label = result ? g_strdup_printf(_("Result, %" G_GINT64_FORMAT " rows, %u columns"), pa_grid_n_rows(self),
                                                    self->columns->len) : g_strdup(_("No result"));
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_emit(self, selection_changed, 0);
  gtk_widget_queue_allocate(GTK_WIDGET(self));
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

PikaResult *
pa_grid_get_result(PaGrid *self)
{
  return self->result;
}

void
pa_grid_set_sort(PaGrid *self, int column, gboolean descending)
{
  self->sort_column = column;
  self->descending = descending;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

int
pa_grid_get_sort(PaGrid *self, gboolean *descending)
{
  *descending = self->descending;
  return self->sort_column;
}

void
pa_grid_ask_sort(PaGrid *self, int column, gboolean descending)
{
  pa_grid_set_sort(self, column, descending);
  g_signal_emit(self, sort_changed, 0);
}

GArray *
pa_grid_get_picked(PaGrid *self)
{
  GArray *picked = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < self->columns->len; i++)
    if (pa_grid_column(self, i)->is_picked)
      g_array_append_val(picked, i);
  return picked;
}

void
pa_grid_pick(PaGrid *self, const char *const *names)
{
  for (guint i = 0; i < self->columns->len; i++)
    pa_grid_column(self, i)->is_picked = g_strv_contains(names, pa_grid_column(self, i)->name);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_grid_pick_column(PaGrid *self, guint column, gboolean extend)
{
  PaGridColumn *c = pa_grid_column(self, column);
  gboolean was = c->is_picked;
  for (guint i = 0; !extend && i < self->columns->len; i++)
    pa_grid_column(self, i)->is_picked = FALSE;
  c->is_picked = !was;
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_signal_emit(self, picked_changed, 0);
}

void
pa_grid_set_frozen(PaGrid *self, guint n)
{
  self->n_frozen = MIN(n, self->columns->len);
  gtk_widget_queue_allocate(GTK_WIDGET(self));
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

guint
pa_grid_get_frozen(PaGrid *self)
{
  return self->n_frozen;
}

void
pa_grid_move_cursor(PaGrid *self, gint64 row, int column, gboolean extend)
{
  if (pa_grid_n_rows(self) == 0 || self->columns->len == 0)
    return;
  self->row = CLAMP(row, 0, pa_grid_n_rows(self) - 1);
  self->column = CLAMP(column, 0, (int)self->columns->len - 1);
  if (!extend || !self->has_cursor) {
    self->anchor_row = self->row;
    self->anchor_column = self->column;
  }
  self->has_cursor = TRUE;
  pa_grid_show_cell(self, self->row, (guint)self->column);
  g_autofree char *text = pika_result_dup_text(self->result, self->row, (guint)self->column);
  g_autofree char *said = g_strdup_printf(_("%s, row %" G_GINT64_FORMAT ": %s"), pa_grid_column(self, self->column)->name,
                                          self->row + 1, text ? text : "NULL");
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, said, -1);
  g_signal_emit(self, selection_changed, 0);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_grid_set_cursor(PaGrid *self, gint64 row, guint column)
{
  pa_grid_move_cursor(self, row, (int)column, FALSE);
}

gboolean
pa_grid_get_cursor(PaGrid *self, gint64 *row, guint *column)
{
  *row = self->row;
  *column = (guint)self->column;
  return self->has_cursor;
}

gboolean
pa_grid_get_selection(PaGrid *self, gint64 *first_row, gint64 *rows, guint *first_column, guint *columns)
{
  *first_row = MIN(self->row, self->anchor_row);
  *rows = ABS(self->row - self->anchor_row) + 1;
  *first_column = (guint)MIN(self->column, self->anchor_column);
  *columns = (guint)ABS(self->column - self->anchor_column) + 1;
  return self->has_cursor;
}

/* --- the widget --- */

static void
size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
  PaGrid *self = PA_GRID(widget);
  gboolean rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
  configure(self);
  for (guint i = 0; self->shows_filters && i < self->columns->len; i++) {
    PaGridColumn *c = pa_grid_column(self, i);
    int x = (int)pa_grid_column_start(self, i) + 2, w = MAX(1, (int)c->width - 4), least;
    gtk_widget_measure(c->filter, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    gboolean visible = x + w > (i < self->n_frozen ? 0 : (int)pa_grid_frozen_width(self)) && x < width;
    gtk_widget_set_child_visible(c->filter, visible);
    w = MAX(w, least);
    GtkAllocation allocation = { rtl ? width - x - w : x, (int)self->title_height, w, (int)self->filter_height - 4 };
    gtk_widget_size_allocate(c->filter, &allocation, -1);
  }
  if (self->menu)
    gtk_popover_present(GTK_POPOVER(self->menu));
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 300;
}

static void
scrolled(GtkAdjustment *adjustment, gpointer widget)
{
  PaGrid *self = widget;
  if (self->shows_filters)
    gtk_widget_queue_allocate(widget);
  gtk_widget_queue_draw(widget);
}

static void
set_adjustment(PaGrid *self, guint which, GtkAdjustment *adjustment)
{
  if (self->adjustments[which])
    g_signal_handlers_disconnect_by_func(self->adjustments[which], scrolled, self);
  if (!adjustment)
    adjustment = gtk_adjustment_new(0, 0, 0, 0, 0, 0);
  g_set_object(&self->adjustments[which], g_object_ref_sink(adjustment));
  g_object_unref(adjustment);
  g_signal_connect(adjustment, "value-changed", G_CALLBACK(scrolled), self);
  gtk_widget_queue_allocate(GTK_WIDGET(self));
}

static void
set_property(GObject *object, guint property, const GValue *value, GParamSpec *spec)
{
  PaGrid *self = PA_GRID(object);
  if (property == PROP_HADJUSTMENT || property == PROP_VADJUSTMENT)
    set_adjustment(self, property - PROP_HADJUSTMENT, g_value_get_object(value));
  else
    self->policies[property - PROP_HSCROLL_POLICY] = g_value_get_enum(value);
}

static void
get_property(GObject *object, guint property, GValue *value, GParamSpec *spec)
{
  PaGrid *self = PA_GRID(object);
  if (property == PROP_HADJUSTMENT || property == PROP_VADJUSTMENT)
    g_value_set_object(value, self->adjustments[property - PROP_HADJUSTMENT]);
  else
    g_value_set_enum(value, self->policies[property - PROP_HSCROLL_POLICY]);
}

static void
css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
  PaGrid *self = PA_GRID(widget);
  GTK_WIDGET_CLASS(pa_grid_parent_class)->css_changed(widget, change);
  pa_grid_forget_layouts(self);
  pa_grid_measure_font(self);
  gtk_widget_queue_allocate(widget);
}

static void
dispose(GObject *object)
{
  PaGrid *self = PA_GRID(object);
  g_clear_pointer(&self->menu, gtk_widget_unparent);
  g_array_set_size(self->columns, 0);
  g_clear_pointer(&self->result, pika_result_unref);
  g_clear_object(&self->adjustments[0]);
  g_clear_object(&self->adjustments[1]);
  G_OBJECT_CLASS(pa_grid_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaGrid *self = PA_GRID(object);
  g_array_unref(self->columns);
  g_hash_table_unref(self->layouts);
  G_OBJECT_CLASS(pa_grid_parent_class)->finalize(object);
}

static guint
new_signal(const char *name)
{
  return g_signal_new(name, PA_TYPE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pa_grid_class_init(PaGridClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  object->set_property = set_property;
  object->get_property = get_property;
  object->dispose = dispose;
  object->finalize = finalize;
  widget->snapshot = pa_grid_snapshot;
  widget->measure = measure;
  widget->size_allocate = size_allocate;
  widget->css_changed = css_changed;
  g_object_class_override_property(object, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property(object, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property(object, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property(object, PROP_VSCROLL_POLICY, "vscroll-policy");
  sort_changed = new_signal("sort-changed");
  picked_changed = new_signal("picked-changed");
  filter_changed = new_signal("filter-changed");
  selection_changed = new_signal("selection-changed");
  gtk_widget_class_set_css_name(widget, "pa-grid");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_GRID);
  pa_grid_class_init_input(widget);
}

static void
pa_grid_init(PaGrid *self)
{
  self->columns = g_array_new(FALSE, FALSE, sizeof(PaGridColumn));
  g_array_set_clear_func(self->columns, clear_column);
  self->layouts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->sort_column = self->resized = self->menu_column = -1;
  self->row_height = 26;
  self->title_height = 44;
  self->filter_height = 38;
  self->gutter = 40;
  set_adjustment(self, 0, NULL);
  set_adjustment(self, 1, NULL);
  gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
  gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
  pa_grid_init_input(self);
}

PaGrid *
pa_grid_new(void)
{
  return g_object_new(PA_TYPE_GRID, NULL);
}
