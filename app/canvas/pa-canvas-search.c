/* Search: a field at the top; what is typed is looked for in names and texts, and what is found is gone through. */
#include "pa-canvas-private.h"

#include <string.h>

static gboolean
contains(const char *text, const char *folded)
{
  g_autofree char *other = text ? g_utf8_casefold(text, -1) : NULL;
  return other && strstr(other, folded);
}

/* Those that match, from left to right, then down. */
static int
compare_places(gconstpointer a, gconstpointer b)
{
  const PaCanvasItem *const *x = a, *const *y = b;
  if ((*x)->box.origin.x != (*y)->box.origin.x)
    return (*x)->box.origin.x < (*y)->box.origin.x ? -1 : 1;
  return (*x)->box.origin.y < (*y)->box.origin.y ? -1 : 1;
}

static GPtrArray *
find_matches(PaCanvas *self)
{
  GPtrArray *found = g_ptr_array_new();
  const char *text = gtk_editable_get_text(GTK_EDITABLE(self->search_entry));
  g_autofree char *folded = g_utf8_casefold(text, -1);
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, self->items);
  while (*folded && g_hash_table_iter_next(&iter, NULL, &item)) {
    const PikaWorkspaceNode *node = pa_canvas_node(self, item);
    if (contains(node->name, folded) || contains(node->text, folded))
      g_ptr_array_add(found, item);
  }
  g_ptr_array_sort(found, compare_places);
  return found;
}

/* To the next after the one that is shown; by 0: to the first. */
static void
show_match(PaCanvas *self, int by)
{
  g_autoptr(GPtrArray) found = find_matches(self);
  guint at = 0;
  for (guint i = 0; by && i < found->len; i++)
    if (!g_strcmp0(((PaCanvasItem *)found->pdata[i])->id, self->focused))
      at = (i + (guint)((int)found->len + by)) % found->len;
  pa_canvas_select_none(self);
  if (found->len == 0) {
    gtk_widget_add_css_class(self->search_entry, "error");
    return;
  }
  gtk_widget_remove_css_class(self->search_entry, "error");
  pa_canvas_select(self, (const char *[]){ ((PaCanvasItem *)found->pdata[at])->id, NULL });
}

static void
search_changed(GtkSearchEntry *entry, PaCanvas *self)
{
  if (*gtk_editable_get_text(GTK_EDITABLE(entry)))
    show_match(self, 0);
  else
    gtk_widget_remove_css_class(self->search_entry, "error");
}

static void
next_match(GtkSearchEntry *entry, PaCanvas *self)
{
  show_match(self, 1);
}

static void
previous_match(GtkSearchEntry *entry, PaCanvas *self)
{
  show_match(self, -1);
}

static void
stop_search(GtkSearchEntry *entry, PaCanvas *self)
{
  gtk_widget_set_visible(self->search, FALSE);
  gtk_widget_grab_focus(GTK_WIDGET(self));
}

void
pa_canvas_open_search(PaCanvas *self)
{
  gtk_widget_set_visible(self->search, TRUE);
  gtk_widget_grab_focus(self->search_entry);
  gtk_editable_select_region(GTK_EDITABLE(self->search_entry), 0, -1);
}

void
pa_canvas_init_search(PaCanvas *self)
{
  self->search = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  self->search_entry = gtk_search_entry_new();
  gtk_widget_set_hexpand(self->search_entry, TRUE);
  gtk_search_entry_set_key_capture_widget(GTK_SEARCH_ENTRY(self->search_entry), NULL);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->search_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search nodes"), -1);
  g_object_set(self->search_entry, "placeholder-text", _("Search nodes"), NULL);
  gtk_box_append(GTK_BOX(self->search), self->search_entry);
  gtk_widget_add_css_class(self->search, "card");
  gtk_widget_set_visible(self->search, FALSE);
  gtk_widget_set_parent(self->search, GTK_WIDGET(self));
  g_signal_connect(self->search_entry, "search-changed", G_CALLBACK(search_changed), self);
  g_signal_connect(self->search_entry, "activate", G_CALLBACK(next_match), self);
  g_signal_connect(self->search_entry, "next-match", G_CALLBACK(next_match), self);
  g_signal_connect(self->search_entry, "previous-match", G_CALLBACK(previous_match), self);
  g_signal_connect(self->search_entry, "stop-search", G_CALLBACK(stop_search), self);
}
