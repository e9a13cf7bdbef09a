/* Keys on the canvas. Tab and Shift+Tab go from node to node; arrows go to the nearest in their direction, with Alt they
 * move what is selected (with Shift finer); Space selects, held it lets the pointer pan; Return works in a node, Escape
 * leaves it, then the selection. The other keys are the actions' (pa-canvas-actions.c). */
#include "pa-canvas-private.h"
#include "pa-layout.h"

#include <math.h>

/* --- going about --- */

static GPtrArray *
in_order(PaCanvas *self)
{
  GPtrArray *all = g_ptr_array_new();
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    g_ptr_array_add(all, item);
  pa_canvas_sort(all);
  return all;
}

static void
go_to(PaCanvas *self, const PaCanvasItem *item)
{
  pa_canvas_focus_item(self, item->id);
  pa_canvas_reveal(self, &item->box);
}

static gboolean
step(PaCanvas *self, int by)
{
  g_autoptr(GPtrArray) all = in_order(self);
  int at = -1;
  for (guint i = 0; i < all->len; i++)
    if (!g_strcmp0(((PaCanvasItem *)all->pdata[i])->id, self->focused))
      at = (int)i;
  at = at < 0 ? (by > 0 ? 0 : (int)all->len - 1) : at + by;
  if (at < 0 || at >= (int)all->len)
    return FALSE; /* on to the next widget */
  go_to(self, all->pdata[at]);
  return TRUE;
}

/* The nearest node in a direction: what lies to the side counts double. */
static void
go_towards(PaCanvas *self, int dx, int dy)
{
  const PaCanvasItem *from = pa_canvas_find(self, self->focused), *best = NULL;
  g_autoptr(GPtrArray) all = in_order(self);
  double least = INFINITY;
  if (!from && all->len)
    best = all->pdata[0];
  for (guint i = 0; from && i < all->len; i++) {
    const PaCanvasItem *item = all->pdata[i];
    double x = item->box.origin.x + item->box.size.width / 2 - from->box.origin.x - from->box.size.width / 2;
    double y = item->box.origin.y + item->box.size.height / 2 - from->box.origin.y - from->box.size.height / 2;
    double along = x * dx + y * dy, across = fabs(x * dy) + fabs(y * dx);
    if (item != from && along > 1 && along + 2 * across < least) {
      least = along + 2 * across;
      best = item;
    }
  }
  if (best)
    go_to(self, best);
}

static void
move_selection(PaCanvas *self, int dx, int dy, gboolean fine)
{
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  double by = fine ? 1 : PA_LAYOUT_GRID;
  if (ids[0])
    pa_document_move(self->document, (const char *const *)ids, dx * by, dy * by);
}

/* --- keys --- */

static gboolean
arrow(PaCanvas *self, int dx, int dy, GdkModifierType state)
{
  if (state & GDK_ALT_MASK)
    move_selection(self, dx, dy, state & GDK_SHIFT_MASK);
  else if (state & GDK_CONTROL_MASK)
    pa_canvas_pan(self, dx * 80, dy * 80);
  else
    go_towards(self, dx, dy);
  return TRUE;
}

static void
take_space(PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_find(self, self->focused);
  if (!self->space && item && self->drag == PA_DRAG_NONE && gtk_widget_has_visible_focus(GTK_WIDGET(self)))
    pa_canvas_set_selected(self, item, !item->selected);
  self->space = TRUE;
}

static gboolean
key_pressed(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, PaCanvas *self)
{
  if (gtk_root_get_focus(gtk_widget_get_root(GTK_WIDGET(self))) != GTK_WIDGET(self)) {
    if (key != GDK_KEY_Escape || !self->working)
      return FALSE;
    pa_canvas_stop_work(self);
    return TRUE;
  }
  switch (key) {
  case GDK_KEY_Tab: return step(self, 1);
  case GDK_KEY_ISO_Left_Tab: return step(self, -1);
  case GDK_KEY_Left: return arrow(self, -1, 0, state);
  case GDK_KEY_Right: return arrow(self, 1, 0, state);
  case GDK_KEY_Up: return arrow(self, 0, -1, state);
  case GDK_KEY_Down: return arrow(self, 0, 1, state);
  case GDK_KEY_space: take_space(self); return TRUE;
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    if (self->focused) {
      g_autofree char *id = g_strdup(self->focused);
      pa_canvas_select(self, (const char *[]){ id, NULL });
      pa_canvas_work_in(self, id);
    }
    return TRUE;
  case GDK_KEY_Escape:
    if (self->drag != PA_DRAG_NONE)
      self->drag = PA_DRAG_NONE;
    else
      pa_canvas_select_none(self);
    gtk_widget_queue_draw(GTK_WIDGET(self));
    return TRUE;
  case GDK_KEY_Menu:
    pa_canvas_show_menu(self, -1, -1);
    return TRUE;
  default: return FALSE;
  }
}

static void
key_released(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, PaCanvas *self)
{
  if (key == GDK_KEY_space)
    self->space = FALSE;
}

static void
focus_left(GtkEventControllerFocus *controller, PaCanvas *self)
{
  self->space = FALSE;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_canvas_init_keys(PaCanvas *self)
{
  GtkEventController *keys = gtk_event_controller_key_new(), *focus = gtk_event_controller_focus_new();
  gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
  g_signal_connect(keys, "key-pressed", G_CALLBACK(key_pressed), self);
  g_signal_connect(keys, "key-released", G_CALLBACK(key_released), self);
  g_signal_connect(focus, "leave", G_CALLBACK(focus_left), self);
  gtk_widget_add_controller(GTK_WIDGET(self), keys);
  gtk_widget_add_controller(GTK_WIDGET(self), focus);
}
