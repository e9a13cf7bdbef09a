/* The pointer on the canvas. */
#include "pa-canvas-private.h"
#include "pa-layout.h"

#include <math.h>

#define LEAST_WIDTH 120.0
#define LEAST_HEIGHT 80.0

static gboolean
is_near_point(double x, double y, double at_x, double at_y)
{
  return fabs(x - at_x) < PA_CANVAS_HANDLE && fabs(y - at_y) < PA_CANVAS_HANDLE;
}

static GdkModifierType
modifiers_of(gpointer gesture)
{
  return gtk_event_controller_get_current_event_state(gesture);
}

/* --- what a press begins --- */

static PaDrag
decide(PaCanvas *self, PaCanvasItem *item, double x, double y, guint button, GdkModifierType state)
{
  if (button == GDK_BUTTON_MIDDLE || self->space)
    return PA_DRAG_PAN;
  if (!item)
    return state & GDK_SHIFT_MASK ? PA_DRAG_BAND : PA_DRAG_PAN;
  graphene_rect_t box = pa_canvas_to_screen(self, &item->box);
  double right = box.origin.x + box.size.width, bottom = box.origin.y + box.size.height;
  gboolean gives = item->kind == PIKA_NODE_TABLE || item->kind == PIKA_NODE_QUERY;
  if (item->selected && is_near_point(x, y, right, bottom))
    return PA_DRAG_RESIZE;
  if (gives && self->zoom > 0.3 && is_near_point(x, y, right, box.origin.y + box.size.height / 2))
    return PA_DRAG_CONNECT;
  return PA_DRAG_MOVE;
}

static void
select_pressed(PaCanvas *self, PaCanvasItem *item, GdkModifierType state)
{
  gboolean adds = state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK);
  if (item->selected && adds) {
    pa_canvas_set_selected(self, item, FALSE);
    return;
  }
  if (!item->selected && !adds)
    pa_canvas_select_none(self);
  pa_canvas_set_selected(self, item, TRUE);
  pa_canvas_focus_item(self, item->id);
}

static void
drag_begin(GtkGestureDrag *gesture, double x, double y, PaCanvas *self)
{
  guint button = gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture));
  GdkModifierType state = modifiers_of(gesture);
  PaCanvasItem *item = pa_canvas_pick(self, x, y);
  if (button == GDK_BUTTON_SECONDARY || (item && !g_strcmp0(self->working, item->id))) {
    gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_DENIED);
    return;
  }
  pa_canvas_stop_work(self);
  gtk_widget_grab_focus(GTK_WIDGET(self));
  self->drag = decide(self, item, x, y, button, state);
  self->press_x = self->at_x = x;
  self->press_y = self->at_y = y;
  self->pan_x = self->x;
  self->pan_y = self->y;
  self->shift_x = self->shift_y = 0;
  self->guide_x = self->guide_y = NAN;
  g_free(self->dragged);
  self->dragged = item ? g_strdup(item->id) : NULL;
  if (self->drag == PA_DRAG_MOVE)
    select_pressed(self, item, state);
  if (self->drag == PA_DRAG_RESIZE)
    self->resized = item->box;
}

/* --- as it goes on --- */

static void
update_band(PaCanvas *self)
{
  graphene_point_t from = pa_canvas_to_plane(self, self->press_x, self->press_y);
  graphene_point_t to = pa_canvas_to_plane(self, self->at_x, self->at_y);
  graphene_rect_t band = GRAPHENE_RECT_INIT(from.x, from.y, to.x - from.x, to.y - from.y);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  graphene_rect_normalize(&band);
  pa_spatial_index_find(self->index, &band, found);
  pa_canvas_select_none(self);
  for (guint i = 0; i < found->len; i++) {
    PaCanvasItem *item = found->pdata[i];
    if (item->kind != PIKA_NODE_GROUP || graphene_rect_contains_rect(&band, &item->box))
      pa_canvas_set_selected(self, item, TRUE);
  }
}

static void
update_move(PaCanvas *self, double dx, double dy)
{
  const PaCanvasItem *item = pa_canvas_find(self, self->dragged);
  self->shift_x = dx / self->zoom;
  self->shift_y = dy / self->zoom;
  if (item && item->selected)
    pa_canvas_snap(self, &item->box, &self->shift_x, &self->shift_y);
  pa_canvas_allocate_live(self);
}

static void
update_resize(PaCanvas *self, double dx, double dy)
{
  const PaCanvasItem *item = pa_canvas_find(self, self->dragged);
  if (!item)
    return;
  double step = PA_LAYOUT_GRID / 2;
  self->resized.size.width = (float)fmax(LEAST_WIDTH, round((item->box.size.width + dx / self->zoom) / step) * step);
  self->resized.size.height = (float)fmax(LEAST_HEIGHT, round((item->box.size.height + dy / self->zoom) / step) * step);
  pa_canvas_allocate_live(self);
}

static void
update_connect(PaCanvas *self)
{
  const PaCanvasItem *target = pa_canvas_pick(self, self->at_x, self->at_y);
  gboolean takes = target && (target->kind == PIKA_NODE_PLOT || target->kind == PIKA_NODE_QUERY) &&
                   g_strcmp0(target->id, self->dragged);
  g_free(self->target);
  self->target = takes ? g_strdup(target->id) : NULL;
}

static void
drag_update(GtkGestureDrag *gesture, double dx, double dy, PaCanvas *self)
{
  self->at_x = self->press_x + dx;
  self->at_y = self->press_y + dy;
  if (self->drag == PA_DRAG_PAN)
    pa_canvas_set_view(self, self->pan_x - dx / self->zoom, self->pan_y - dy / self->zoom, self->zoom);
  else if (self->drag == PA_DRAG_BAND)
    update_band(self);
  else if (self->drag == PA_DRAG_MOVE)
    update_move(self, dx, dy);
  else if (self->drag == PA_DRAG_RESIZE)
    update_resize(self, dx, dy);
  else if (self->drag == PA_DRAG_CONNECT)
    update_connect(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* --- when it ends --- */

/* Dropped on the plane a link becomes a query over what it came from. */
static void
end_connect(PaCanvas *self)
{
  g_autoptr(GError) error = NULL;
  const PikaWorkspaceNode *from = pa_document_get_node(self->document, self->dragged);
  if (self->target) {
    pa_document_connect(self->document, self->dragged, self->target, &error);
  } else if (from && hypot(self->at_x - self->press_x, self->at_y - self->press_y) > 60) {
    graphene_point_t at = pa_canvas_to_plane(self, self->at_x, self->at_y);
    g_autofree char *name = pika_sql_quote_name(from->name), *sql = g_strdup_printf("SELECT * FROM %s", name);
    pa_document_begin(self->document, _("Add Query"), NULL);
    const char *id = pa_document_add_query(self->document, NULL, sql, &error);
    const PikaWorkspaceNode *query = id ? pa_document_get_node(self->document, id) : NULL;
    if (query)
      pa_document_resize(self->document, id, round(at.x), round(at.y - query->height / 2), query->width, query->height);
    pa_document_end(self->document);
    if (id)
      pa_canvas_select(self, (const char *[]){ id, NULL });
  }
  if (error)
    pa_canvas_say(self, error->message);
  g_clear_pointer(&self->target, g_free);
}

/* A press that went nowhere on the plane takes the selection away. */
static void
end_pan(PaCanvas *self)
{
  gboolean moved = hypot(self->at_x - self->press_x, self->at_y - self->press_y) > 3;
  if (!moved && !self->space)
    pa_canvas_select_none(self);
}

static void
drag_end(GtkGestureDrag *gesture, double dx, double dy, PaCanvas *self)
{
  PaDrag drag = self->drag;
  self->drag = PA_DRAG_NONE;
  self->guide_x = self->guide_y = NAN;
  if (drag == PA_DRAG_MOVE && (self->shift_x != 0 || self->shift_y != 0) && hypot(dx, dy) > 2) {
    g_auto(GStrv) ids = pa_canvas_dup_selection(self);
    pa_document_break_merge(self->document);
    pa_document_move(self->document, (const char *const *)ids, self->shift_x, self->shift_y);
  } else if (drag == PA_DRAG_RESIZE && hypot(dx, dy) > 2) {
    const graphene_rect_t *box = &self->resized;
    pa_document_break_merge(self->document);
    pa_document_resize(self->document, self->dragged, box->origin.x, box->origin.y, box->size.width, box->size.height);
  } else if (drag == PA_DRAG_CONNECT) {
    end_connect(self);
  } else if (drag == PA_DRAG_PAN) {
    end_pan(self);
  }
  pa_canvas_allocate_live(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
drag_cancel(GtkGesture *gesture, GdkEventSequence *sequence, PaCanvas *self)
{
  self->drag = PA_DRAG_NONE;
  g_clear_pointer(&self->target, g_free);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* --- clicks, wheel, fingers --- */

static void
pressed(GtkGestureClick *gesture, int n, double x, double y, PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_pick(self, x, y);
  if (gtk_gesture_single_get_current_button(GTK_GESTURE_SINGLE(gesture)) == GDK_BUTTON_SECONDARY) {
    if (item && !item->selected) {
      pa_canvas_select_none(self);
      pa_canvas_set_selected(self, item, TRUE);
      pa_canvas_focus_item(self, item->id);
    }
    pa_canvas_show_menu(self, x, y);
  } else if (n == 2 && item && g_strcmp0(self->working, item->id)) {
    pa_canvas_work_in(self, item->id);
  }
}

static gboolean
scrolled(GtkEventControllerScroll *controller, double dx, double dy, PaCanvas *self)
{
  GdkModifierType state = modifiers_of(controller);
  gboolean smooth = gtk_event_controller_scroll_get_unit(controller) == GDK_SCROLL_UNIT_SURFACE;
  double step = smooth ? 1 : 60;
  if (state & GDK_CONTROL_MASK)
    pa_canvas_zoom_at(self, self->pointer_x, self->pointer_y, pow(smooth ? 1.01 : 1.15, -dy));
  else if (state & GDK_SHIFT_MASK && dx == 0)
    pa_canvas_pan(self, dy * step, 0);
  else
    pa_canvas_pan(self, dx * step, dy * step);
  return GDK_EVENT_STOP;
}

static void
pinched(GtkGestureZoom *gesture, double scale, PaCanvas *self)
{
  double x = self->pointer_x, y = self->pointer_y, *start = g_object_get_data(G_OBJECT(gesture), "pa-zoom");
  gtk_gesture_get_bounding_box_center(GTK_GESTURE(gesture), &x, &y);
  pa_canvas_zoom_at(self, x, y, *start * scale / self->zoom);
}

static void
pinch_begins(GtkGesture *gesture, GdkEventSequence *sequence, PaCanvas *self)
{
  g_object_set_data_full(G_OBJECT(gesture), "pa-zoom", g_memdup2(&self->zoom, sizeof self->zoom), g_free);
}

static void
pointed(GtkEventControllerMotion *controller, double x, double y, PaCanvas *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
  const PaCanvasItem *item = self->drag == PA_DRAG_NONE ? pa_canvas_pick(self, x, y) : NULL;
  PaDrag drag = item ? decide(self, (PaCanvasItem *)item, x, y, GDK_BUTTON_PRIMARY, 0) : PA_DRAG_NONE;
  if (self->drag == PA_DRAG_NONE)
    gtk_widget_set_cursor_from_name(GTK_WIDGET(self), self->space                 ? "grab"
                                                      : drag == PA_DRAG_RESIZE  ? "nwse-resize"
                                                      : drag == PA_DRAG_CONNECT ? "crosshair"
                                                                                : NULL);
}

void
pa_canvas_init_input(PaCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET(self);
  GtkGesture *drag = gtk_gesture_drag_new(), *click = gtk_gesture_click_new(), *zoom = gtk_gesture_zoom_new();
  GtkEventController *scroll = gtk_event_controller_scroll_new(GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new();
  gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(drag), 0);
  gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(click), 0);
  g_signal_connect(drag, "drag-begin", G_CALLBACK(drag_begin), self);
  g_signal_connect(drag, "drag-update", G_CALLBACK(drag_update), self);
  g_signal_connect(drag, "drag-end", G_CALLBACK(drag_end), self);
  g_signal_connect(drag, "cancel", G_CALLBACK(drag_cancel), self);
  g_signal_connect(click, "pressed", G_CALLBACK(pressed), self);
  g_signal_connect(scroll, "scroll", G_CALLBACK(scrolled), self);
  g_signal_connect(motion, "motion", G_CALLBACK(pointed), self);
  g_signal_connect(zoom, "begin", G_CALLBACK(pinch_begins), self);
  g_signal_connect(zoom, "scale-changed", G_CALLBACK(pinched), self);
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(drag));
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
  gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(zoom));
  gtk_widget_add_controller(widget, scroll);
  gtk_widget_add_controller(widget, motion);
}
