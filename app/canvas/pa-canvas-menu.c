/* The menu of a node, of several, or of the plane. */
#include "pa-canvas-private.h"

static GMenu *
section(GMenu *menu)
{
  GMenu *part = g_menu_new();
  g_menu_append_section(menu, NULL, G_MENU_MODEL(part));
  g_object_unref(part);
  return part;
}

static void
fill_selection(GMenu *menu, guint n, const PikaWorkspaceNode *node)
{
  GMenu *part = section(menu);
  if (n == 1 && (node->kind == PIKA_NODE_PLOT || node->kind == PIKA_NODE_QUERY)) {
    g_menu_append(part, _("_Run"), "canvas.run");
    g_menu_append(part, node->frozen ? _("Un_freeze") : _("_Freeze"), "canvas.freeze");
    part = section(menu);
  }
  g_menu_append(part, _("_Copy"), "canvas.copy");
  g_menu_append(part, _("D_uplicate"), "canvas.duplicate");
  g_menu_append(part, _("_Delete"), "canvas.delete");
  part = section(menu);
  g_menu_append(part, _("_Group"), "canvas.group");
  if (n < 2)
    return;
  GMenu *align = g_menu_new();
  g_menu_append(align, _("_Left"), "canvas.align('left')");
  g_menu_append(align, _("_Centre"), "canvas.align('centre')");
  g_menu_append(align, _("_Right"), "canvas.align('right')");
  g_menu_append(align, _("_Top"), "canvas.align('top')");
  g_menu_append(align, _("_Middle"), "canvas.align('middle')");
  g_menu_append(align, _("_Bottom"), "canvas.align('bottom')");
  g_menu_append_submenu(part, _("_Align"), G_MENU_MODEL(align));
  g_object_unref(align);
}

static GMenu *
make_menu(PaCanvas *self)
{
  GMenu *menu = g_menu_new();
  g_auto(GStrv) ids = pa_canvas_dup_selection(self);
  if (ids[0])
    fill_selection(menu, g_strv_length(ids), pa_document_get_node(self->document, ids[0]));
  GMenu *part = section(menu);
  if (!ids[0]) {
    g_menu_append(part, _("_Note"), "canvas.note");
    g_menu_append(part, _("_Paste"), "canvas.paste");
    g_menu_append(part, _("_Select All"), "canvas.select-all");
    g_menu_append(part, _("_Arrange"), "canvas.arrange");
    part = section(menu);
  }
  g_menu_append(part, ids[0] ? _("_Zoom to Selection") : _("_Zoom to Fit"), ids[0] ? "canvas.fit-selection" : "canvas.fit");
  return menu;
}

static gboolean
unparent(gpointer popover)
{
  gtk_widget_unparent(popover);
  return G_SOURCE_REMOVE;
}

static void
closed(GtkPopover *popover, gpointer data)
{
  g_idle_add(unparent, popover); /* after the action that it chose */
}

void
pa_canvas_show_menu(PaCanvas *self, double x, double y)
{
  g_autoptr(GMenu) menu = make_menu(self);
  const PaCanvasItem *item = pa_canvas_find(self, self->focused);
  GtkWidget *popover = gtk_popover_menu_new_from_model(G_MENU_MODEL(menu));
  if (x < 0 && item) {
    graphene_rect_t box = pa_canvas_to_screen(self, &item->box);
    x = box.origin.x + box.size.width / 2;
    y = box.origin.y + box.size.height / 2;
  }
  gtk_widget_set_parent(popover, GTK_WIDGET(self));
  gtk_popover_set_has_arrow(GTK_POPOVER(popover), FALSE);
  gtk_widget_set_halign(popover, GTK_ALIGN_START);
  gtk_popover_set_pointing_to(GTK_POPOVER(popover), &(GdkRectangle){ (int)MAX(x, 0), (int)MAX(y, 0), 1, 1 });
  g_signal_connect(popover, "closed", G_CALLBACK(closed), NULL);
  gtk_popover_popup(GTK_POPOVER(popover));
}
