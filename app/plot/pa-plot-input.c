/* Pointer and keys. */
#include "pa-plot-view-private.h"

#include <math.h>

#define WHEEL_FACTOR 1.2 /* of one notch */
#define KEY_SHARE 0.1    /* of the area that an arrow key pans by */
#define WHEEL_PAUSE 400  /* ms after which the wheel has come to rest: one step of undo */
#define LEAST_DRAG 4.0   /* px; less is a click */

static gboolean
lies_in(PikaBox box, double x, double y)
{
  return x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
}

/* What a pointer at a place works on: over an axis that one, else both; a modifier chooses one. FALSE: nothing. */
static gboolean
axes_at(PaPlotView *self, double x, double y, GdkModifierType modifiers, gboolean along[2])
{
  along[0] = along[1] = FALSE;
  if (!self->frame)
    return FALSE;
  gboolean in_area = lies_in(pika_view_frame_get_area(self->frame), x, y);
  for (int k = 0; k < 2; k++) {
    const PikaAxisInfo *axis = pika_view_frame_find_axis(self->frame, pa_plot_scale_id(k));
    if (axis && axis->kind != PIKA_SCALE_DISCRETE)
      along[k] = in_area || (axis->has_axis && lies_in(axis->axis, x, y));
  }
  if (in_area && (modifiers & GDK_CONTROL_MASK) && along[0])
    along[1] = FALSE;
  else if (in_area && (modifiers & GDK_ALT_MASK) && along[1])
    along[0] = FALSE;
  return along[0] || along[1];
}

/* --- the wheel --- */

static gboolean
scrolled(GtkEventControllerScroll *controller, double dx, double dy, gpointer widget)
{
  PaPlotView *self = widget;
  gboolean along[2];
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(controller));
  if (dy == 0 || !self->has_pointer || !axes_at(self, self->pointer[0], self->pointer[1], modifiers, along))
    return GDK_EVENT_PROPAGATE;
  pa_plot_view_begin(self);
  pa_plot_view_zoom_at(self, along, self->pointer[0], self->pointer[1], pow(WHEEL_FACTOR, -dy));
  pa_plot_view_commit_later(self, WHEEL_PAUSE);
  return GDK_EVENT_STOP;
}

/* --- dragging --- */

static gboolean
is_in_brush(PaPlotView *self, double x, double y)
{
  graphene_rect_t box;
  return pa_plot_view_get_brush_box(self, &box) && graphene_rect_contains_point(&box, &GRAPHENE_POINT_INIT((float)x, (float)y));
}

static PaDrag
drag_for(PaPlotView *self, double x, double y, GdkModifierType modifiers)
{
  if (modifiers & GDK_SHIFT_MASK)
    return PA_DRAG_BOX;
  if (self->mode == PA_PLOT_MODE_BRUSH)
    return is_in_brush(self, x, y) ? PA_DRAG_MOVE_BRUSH : PA_DRAG_BRUSH;
  return self->mode == PA_PLOT_MODE_BOX ? PA_DRAG_BOX : PA_DRAG_PAN;
}

static void
drag_begun(GtkGestureDrag *gesture, double x, double y, gpointer widget)
{
  PaPlotView *self = widget;
  GdkModifierType modifiers = gtk_event_controller_get_current_event_state(GTK_EVENT_CONTROLLER(gesture));
  gtk_widget_grab_focus(GTK_WIDGET(self));
  pa_plot_view_commit(self);
  if (!axes_at(self, x, y, modifiers, self->along)) {
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  self->drag = drag_for(self, x, y, modifiers);
  self->start[0] = self->end[0] = x;
  self->start[1] = self->end[1] = y;
}

static void
drag_updated(GtkGestureDrag *gesture, double dx, double dy, gpointer widget)
{
  PaPlotView *self = widget;
  if (self->drag == PA_DRAG_NONE || (!self->before && hypot(dx, dy) < LEAST_DRAG))
    return;
  pa_plot_view_begin(self);
  pa_plot_view_leave(self);
  double x = self->start[0] + dx, y = self->start[1] + dy, by[2] = { x - self->end[0], y - self->end[1] };
  self->end[0] = x;
  self->end[1] = y;
  if (self->drag == PA_DRAG_PAN)
    pa_plot_view_pan_by(self, self->along, by[0], by[1]);
  else if (self->drag == PA_DRAG_BRUSH)
    pa_plot_view_brush_to(self);
  else if (self->drag == PA_DRAG_MOVE_BRUSH)
    pa_plot_view_move_brush(self, by[0], by[1]);
  gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
drag_ended(GtkGestureDrag *gesture, double dx, double dy, gpointer widget)
{
  PaPlotView *self = widget;
  PaDrag drag = self->drag;
  gboolean moved = self->before != NULL;
  self->drag = PA_DRAG_NONE;
  if (!moved)
    return;
  for (int k = 0; drag == PA_DRAG_BOX && k < 2; k++)
    if (self->along[k] && fabs(self->end[k] - self->start[k]) >= LEAST_DRAG)
      pa_plot_view_show_between(self, k, self->start[k], self->end[k]);
  if (drag == PA_DRAG_BOX)
    pa_plot_view_redraw(self);
  pa_plot_view_commit(self);
}

static void
drag_cancelled(GtkGesture *gesture, GdkEventSequence *sequence, gpointer widget)
{
  PaPlotView *self = widget;
  if (self->drag != PA_DRAG_NONE)
    pa_plot_view_take_back(self);
}

static void
clear_brush(PaPlotView *self)
{
  pa_plot_view_commit(self);
  pa_plot_view_begin(self);
  pa_brush_clear(&self->brush);
  pa_plot_view_brush_changed(self);
  pa_plot_view_commit(self);
}

/* A click is one when no second follows. */
static gboolean
click_is_single(gpointer widget)
{
  PaPlotView *self = widget;
  self->click_source = 0;
  g_signal_emit_by_name(self, "rows-requested", self->click[0], self->click[1]);
  return G_SOURCE_REMOVE;
}

static guint
double_click_time(PaPlotView *self)
{
  int ms = 400;
  g_object_get(gtk_widget_get_settings(GTK_WIDGET(self)), "gtk-double-click-time", &ms, NULL);
  return (guint)ms;
}

static void
released(GtkGestureClick *gesture, int n, double x, double y, gpointer widget)
{
  PaPlotView *self = widget;
  gboolean along[2];
  if (self->before || !self->frame)
    return;
  g_clear_handle_id(&self->click_source, g_source_remove);
  gboolean in_area = lies_in(pika_view_frame_get_area(self->frame), x, y);
  const PikaLegendInfo *entry = pa_plot_view_find_entry(self, x, y);
  if (entry) {
    g_autofree char *field = g_strdup(entry->field), *value = g_strdup(entry->value);
    pa_plot_view_toggle_entry(self, field, value);
  } else if (n == 2 && (in_area || axes_at(self, x, y, 0, along))) {
    pa_plot_view_fit(self);
  } else if (n == 1 && self->mode == PA_PLOT_MODE_BRUSH && *self->brush_json && !is_in_brush(self, x, y)) {
    clear_brush(self);
  } else if (n == 1 && in_area) {
    self->click[0] = x;
    self->click[1] = y;
    self->click_source = g_timeout_add(double_click_time(self), click_is_single, self);
  }
}

static void
menu_pressed(GtkGestureClick *gesture, int n, double x, double y, gpointer widget)
{
  gtk_widget_grab_focus(widget);
  pa_plot_view_open_menu(widget, x, y);
}

/* --- hovering --- */

static void
moved(GtkEventControllerMotion *controller, double x, double y, gpointer widget)
{
  PaPlotView *self = widget;
  self->pointer[0] = x;
  self->pointer[1] = y;
  self->has_pointer = TRUE;
  gtk_widget_set_cursor_from_name(GTK_WIDGET(self), pa_plot_view_find_entry(self, x, y) ? "pointer"
                                                    : self->mode == PA_PLOT_MODE_PAN    ? NULL
                                                                                        : "crosshair");
  if (!self->before)
    pa_plot_view_hover(self, x, y);
}

static void
left(GtkEventControllerMotion *controller, gpointer widget)
{
  PaPlotView *self = widget;
  self->has_pointer = FALSE;
  pa_plot_view_leave(self);
}

/* --- keys --- */

/* The middle of the brush, or of the view. */
static void
get_middle(PaPlotView *self, double middle[2])
{
  graphene_rect_t box;
  PikaBox area = pika_view_frame_get_area(self->frame);
  if (!pa_plot_view_get_brush_box(self, &box))
    graphene_rect_init(&box, (float)area.x, (float)area.y, (float)area.width, (float)area.height);
  middle[0] = box.origin.x + box.size.width / 2;
  middle[1] = box.origin.y + box.size.height / 2;
}

static void
key_moves(PaPlotView *self, double dx, double dy, double factor)
{
  static const gboolean both[2] = { TRUE, TRUE };
  PikaBox area = pika_view_frame_get_area(self->frame);
  pa_plot_view_begin(self);
  if (factor != 1)
    pa_plot_view_zoom_at(self, both, area.x + area.width / 2, area.y + area.height / 2, factor);
  else
    pa_plot_view_pan_by(self, both, dx * area.width, dy * area.height);
  pa_plot_view_commit_later(self, WHEEL_PAUSE);
}

static gboolean
escape(PaPlotView *self)
{
  if (self->drag != PA_DRAG_NONE && self->before) {
    pa_plot_view_take_back(self);
    return GDK_EVENT_STOP;
  }
  if (!*self->brush_json)
    return GDK_EVENT_PROPAGATE;
  clear_brush(self);
  return GDK_EVENT_STOP;
}

static gboolean
key_pressed(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType modifiers, gpointer widget)
{
  PaPlotView *self = widget;
  double share = modifiers & GDK_SHIFT_MASK ? 5 * KEY_SHARE : KEY_SHARE, middle[2];
  if (!self->frame || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return GDK_EVENT_PROPAGATE;
  switch (key) {
  case GDK_KEY_Left: case GDK_KEY_KP_Left: key_moves(self, share, 0, 1); break;
  case GDK_KEY_Right: case GDK_KEY_KP_Right: key_moves(self, -share, 0, 1); break;
  case GDK_KEY_Up: case GDK_KEY_KP_Up: key_moves(self, 0, share, 1); break;
  case GDK_KEY_Down: case GDK_KEY_KP_Down: key_moves(self, 0, -share, 1); break;
  case GDK_KEY_plus: case GDK_KEY_equal: case GDK_KEY_KP_Add: key_moves(self, 0, 0, 1.5); break;
  case GDK_KEY_minus: case GDK_KEY_KP_Subtract: key_moves(self, 0, 0, 1 / 1.5); break;
  case GDK_KEY_Home: case GDK_KEY_KP_Home: case GDK_KEY_0: pa_plot_view_fit(self); break;
  case GDK_KEY_Escape: return escape(self);
  case GDK_KEY_Return: case GDK_KEY_KP_Enter:
    get_middle(self, middle);
    g_signal_emit_by_name(self, "rows-requested", middle[0], middle[1]);
    break;
  case GDK_KEY_Menu:
    get_middle(self, middle);
    pa_plot_view_open_menu(self, middle[0], middle[1]);
    break;
  default:
    return GDK_EVENT_PROPAGATE;
  }
  return GDK_EVENT_STOP;
}

/* --- all of it --- */

void
pa_plot_view_add_input(PaPlotView *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkEventController *motion = gtk_event_controller_motion_new(), *keys = gtk_event_controller_key_new();
  GtkGesture *drag = gtk_gesture_drag_new(), *click = gtk_gesture_click_new(), *menu = gtk_gesture_click_new();
  gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(menu), GDK_BUTTON_SECONDARY);
  g_signal_connect(scroll, "scroll", G_CALLBACK(scrolled), self);
  g_signal_connect(motion, "motion", G_CALLBACK(moved), self);
  g_signal_connect(motion, "leave", G_CALLBACK(left), self);
  g_signal_connect(keys, "key-pressed", G_CALLBACK(key_pressed), self);
  g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begun), self);
  g_signal_connect(drag, "drag-update", G_CALLBACK(drag_updated), self);
  g_signal_connect(drag, "drag-end", G_CALLBACK(drag_ended), self);
  g_signal_connect(drag, "cancel", G_CALLBACK(drag_cancelled), self);
  g_signal_connect(click, "released", G_CALLBACK(released), self);
  g_signal_connect(menu, "pressed", G_CALLBACK(menu_pressed), self);
  gtk_widget_add_controller(widget, scroll);
  gtk_widget_add_controller(widget, motion);
  gtk_widget_add_controller(widget, keys);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(menu));
  gtk_widget_set_focusable(widget, TRUE);
}
