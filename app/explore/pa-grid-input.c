/* The grid's controllers: pointer, keys, and the menu of a column. */
#include "pa-grid-private.h"

#include <glib/gi18n-lib.h>

#define LEAST_DRAGGED_WIDTH 32

static double
leading_x(PaGrid *self, double x)
{
  GtkWidget *widget = GTK_WIDGET(self);
  return gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL ? gtk_widget_get_width(widget) - x : x;
}

static gint64
row_at(PaGrid *self, double y)
{
  double header = pa_grid_header(self);
  gint64 row = (gint64)((y - header + gtk_adjustment_get_value(self->adjustments[1])) / self->row_height);
  return y >= header && row >= 0 && row < pa_grid_n_rows(self) ? row : -1;
}

/* --- the menu of a column --- */

static void
show_menu(PaGrid *self, int column, double x, double y)
{
  g_autoptr(GMenu) menu = g_menu_new();
  g_autoptr(GMenu) sort = g_menu_new(), shape = g_menu_new(), copy = g_menu_new();
  self->menu_column = column;
  g_menu_append(sort, _("Sort _Ascending"), "grid.sort-ascending");
  g_menu_append(sort, _("Sort _Descending"), "grid.sort-descending");
  g_menu_append(sort, _("_Original Order"), "grid.sort-none");
  g_menu_append(shape, _("_Freeze Up to Here"), "grid.freeze");
  g_menu_append(shape, _("_Unfreeze"), "grid.unfreeze");
  g_menu_append(shape, _("Fit _Width"), "grid.fit");
  g_menu_append(copy, _("Copy Column _Name"), "grid.copy-name");
  g_menu_append_section(menu, NULL, G_MENU_MODEL(sort));
  g_menu_append_section(menu, NULL, G_MENU_MODEL(shape));
  g_menu_append_section(menu, NULL, G_MENU_MODEL(copy));
  if (!self->menu) {
    self->menu = gtk_popover_menu_new_from_model(NULL);
    gtk_widget_set_parent(self->menu, GTK_WIDGET(self));
    gtk_popover_set_has_arrow(GTK_POPOVER(self->menu), FALSE);
    gtk_widget_set_halign(self->menu, GTK_ALIGN_START);
  }
  gtk_popover_menu_set_menu_model(GTK_POPOVER_MENU(self->menu), G_MENU_MODEL(menu));
  gtk_popover_set_pointing_to(GTK_POPOVER(self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup(GTK_POPOVER(self->menu));
}

static void
menu_chosen(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaGrid *self = PA_GRID(widget);
  int column = self->menu_column;
  if (column < 0 || column >= (int)self->columns->len)
    return;
  if (g_str_equal(action, "grid.sort-ascending"))
    pa_grid_ask_sort(self, column, FALSE);
  else if (g_str_equal(action, "grid.sort-descending"))
    pa_grid_ask_sort(self, column, TRUE);
  else if (g_str_equal(action, "grid.sort-none"))
    pa_grid_ask_sort(self, -1, FALSE);
  else if (g_str_equal(action, "grid.freeze"))
    pa_grid_set_frozen(self, (guint)column + 1);
  else if (g_str_equal(action, "grid.unfreeze"))
    pa_grid_set_frozen(self, 0);
  else if (g_str_equal(action, "grid.copy-name"))
    gdk_clipboard_set_text(gtk_widget_get_clipboard(widget), pa_grid_column(self, column)->name);
  else
    pa_grid_column(self, column)->width = pa_grid_fitting_width(self, (guint)column);
  gtk_widget_queue_allocate(widget);
  gtk_widget_queue_draw(widget);
}

/* --- the pointer --- */

/* The next of ascending, descending, as it was. */
static void
turn_sort(PaGrid *self, int column)
{
  if (self->sort_column != column)
    pa_grid_ask_sort(self, column, FALSE);
  else if (!self->descending)
    pa_grid_ask_sort(self, column, TRUE);
  else
    pa_grid_ask_sort(self, -1, FALSE);
}

static void
pressed(GtkGestureClick *gesture, int n, double x, double y, gpointer data)
{
  PaGrid *self = data;
  GdkModifierType state = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
  guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
  int border, column = pa_grid_column_at(self, leading_x(self, x), &border);
  gint64 row = row_at(self, y);
  gtk_widget_grab_focus(GTK_WIDGET(self));
  if (y < self->title_height) {
    if (border >= 0 && n == 2) {
      pa_grid_column(self, border)->width = pa_grid_fitting_width(self, (guint)border);
      gtk_widget_queue_allocate(GTK_WIDGET(self));
    } else if (border < 0 && column >= 0 && button == GDK_BUTTON_SECONDARY) {
      show_menu(self, column, x, y);
    } else if (border < 0 && column >= 0 && n == 2) {
      turn_sort(self, column);
    } else if (border < 0 && column >= 0) {
      pa_grid_pick_column(self, (guint)column, (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0);
    }
    return;
  }
  if (row >= 0 && column >= 0 && button == GDK_BUTTON_PRIMARY)
    pa_grid_move_cursor(self, row, column, (state & GDK_SHIFT_MASK) != 0);
}

static void
drag_begin(GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  PaGrid *self = data;
  self->resized = -1;
  if (y < self->title_height)
    pa_grid_column_at(self, leading_x(self, x), &self->resized);
  if (self->resized >= 0) {
    self->resized_from = pa_grid_column(self, self->resized)->width;
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  } else if (row_at(self, y) < 0) {
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
  }
}

static void
drag_update(GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  PaGrid *self = data;
  double x, y;
  gboolean rtl = gtk_widget_get_direction(GTK_WIDGET(self)) == GTK_TEXT_DIR_RTL;
  gtk_gesture_drag_get_start_point(gesture, &x, &y);
  if (self->resized >= 0 && self->resized < (int)self->columns->len) {
    pa_grid_column(self, self->resized)->width = MAX(LEAST_DRAGGED_WIDTH, self->resized_from + (rtl ? -dx : dx));
    gtk_widget_queue_allocate(GTK_WIDGET(self));
    gtk_widget_queue_draw(GTK_WIDGET(self));
    return;
  }
  int column = pa_grid_column_at(self, leading_x(self, x + dx), NULL);
  gint64 row = row_at(self, y + dy);
  if (self->has_cursor && (ABS(dx) > 4 || ABS(dy) > 4))
    pa_grid_move_cursor(self, row >= 0 ? row : self->row, column >= 0 ? column : self->column, TRUE);
}

static void
motion(GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  PaGrid *self = data;
  int border = -1;
  if (y < self->title_height)
    pa_grid_column_at(self, leading_x(self, x), &border);
  gtk_widget_set_cursor_from_name(GTK_WIDGET(self), border >= 0 ? "col-resize" : NULL);
}

/* --- keys --- */

static gint64
page(PaGrid *self)
{
  return MAX(1, (gint64)((gtk_widget_get_height(GTK_WIDGET(self)) - pa_grid_header(self)) / self->row_height) - 1);
}

static gboolean
key_pressed(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, gpointer data)
{
  PaGrid *self = data;
  gboolean extend = (state & GDK_SHIFT_MASK) != 0, far = (state & GDK_CONTROL_MASK) != 0;
  gboolean rtl = gtk_widget_get_direction(GTK_WIDGET(self)) == GTK_TEXT_DIR_RTL;
  gint64 row = self->has_cursor ? self->row : 0, last = pa_grid_n_rows(self) - 1;
  int column = self->has_cursor ? self->column : 0, ahead = rtl ? -1 : 1;
  switch (key) {
  case GDK_KEY_Up: case GDK_KEY_KP_Up: row = far ? 0 : row - 1; break;
  case GDK_KEY_Down: case GDK_KEY_KP_Down: row = far ? last : row + 1; break;
  case GDK_KEY_Left: case GDK_KEY_KP_Left: column -= ahead; break;
  case GDK_KEY_Right: case GDK_KEY_KP_Right: column += ahead; break;
  case GDK_KEY_Page_Up: row -= page(self); break;
  case GDK_KEY_Page_Down: row += page(self); break;
  case GDK_KEY_Home: column = 0; row = far ? 0 : row; break;
  case GDK_KEY_End: column = (int)self->columns->len - 1; row = far ? last : row; break;
  case GDK_KEY_space:
    if (self->has_cursor)
      pa_grid_pick_column(self, (guint)self->column, far);
    return self->has_cursor;
  case GDK_KEY_Menu: case GDK_KEY_F10:
    if (!self->has_cursor || (key == GDK_KEY_F10 && !extend))
      return FALSE;
    show_menu(self, self->column, pa_grid_column_start(self, (guint)self->column) + 20, self->title_height);
    return TRUE;
  case GDK_KEY_a:
    if (!far || pa_grid_n_rows(self) == 0)
      return FALSE;
    self->anchor_row = self->anchor_column = 0;
    self->has_cursor = TRUE;
    self->row = last;
    self->column = (int)self->columns->len - 1;
    g_signal_emit_by_name(self, "selection-changed");
    gtk_widget_queue_draw(GTK_WIDGET(self));
    return TRUE;
  default: return FALSE;
  }
  pa_grid_move_cursor(self, row, column, extend);
  return TRUE;
}

static void
focus_changed(GtkEventControllerFocus *controller, gpointer self)
{
  gtk_widget_queue_draw(self);
}

void
pa_grid_init_input(PaGrid *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  GtkGesture *click = gtk_gesture_click_new(), *drag = gtk_gesture_drag_new();
  GtkEventController *keys = gtk_event_controller_key_new(), *moves = gtk_event_controller_motion_new();
  GtkEventController *focus = gtk_event_controller_focus_new();
  gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
  g_signal_connect(click, "pressed", G_CALLBACK(pressed), self);
  g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin), self);
  g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update), self);
  g_signal_connect(keys, "key-pressed", G_CALLBACK(key_pressed), self);
  g_signal_connect(moves, "motion", G_CALLBACK(motion), self);
  g_signal_connect(focus, "enter", G_CALLBACK(focus_changed), self);
  g_signal_connect(focus, "leave", G_CALLBACK(focus_changed), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
  gtk_widget_add_controller(widget, keys);
  gtk_widget_add_controller(widget, moves);
  gtk_widget_add_controller(widget, focus);
}

void
pa_grid_class_init_input(GtkWidgetClass *class)
{
  static const char *const actions[] = { "grid.sort-ascending", "grid.sort-descending", "grid.sort-none", "grid.freeze",
                                         "grid.unfreeze", "grid.fit", "grid.copy-name" };
  for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
    gtk_widget_class_install_action(class, actions[i], NULL, menu_chosen);
}
