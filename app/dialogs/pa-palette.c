#include "pa-palette.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_SHOWN 40

typedef struct {
  char *label, *detail, *icon, *action, *folded;
  GVariant *target;
} Entry;

struct _PaPalette {
  AdwWindow parent_instance;
  GtkWidget *search, *list;
  GPtrArray *entries; /* of Entry */
};

G_DEFINE_FINAL_TYPE(PaPalette, pa_palette, ADW_TYPE_WINDOW)

static void
entry_free(gpointer data)
{
  Entry *self = data;
  g_free(self->label);
  g_free(self->detail);
  g_free(self->icon);
  g_free(self->action);
  g_free(self->folded);
  g_clear_pointer(&self->target, g_variant_unref);
  g_free(self);
}

/* --- what fits --- */

/* Every word that was typed stands in it; the better, the more of them begin a word. 0: one does not. */
static guint
fit(const Entry *entry, char **words)
{
  guint score = 1;
  for (; *words; words++) {
    const char *at = **words ? strstr(entry->folded, *words) : entry->folded;
    if (!at)
      return 0;
    score += at == entry->folded ? 3 : at[-1] == ' ' || at[-1] == '_' ? 2 : 0;
  }
  return score;
}

static GtkWidget *
new_row(const Entry *entry)
{
  g_autofree char *title = g_markup_escape_text(entry->label, -1);
  g_autofree char *subtitle = entry->detail ? g_markup_escape_text(entry->detail, -1) : NULL;
  GtkWidget *row = adw_action_row_new();
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
  if (subtitle)
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
  adw_action_row_add_prefix(ADW_ACTION_ROW(row), gtk_image_new_from_icon_name(entry->icon));
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
  g_object_set_data(G_OBJECT(row), "entry", (gpointer)entry);
  return row;
}

static void
fill(PaPalette *self)
{
  GtkWidget *row;
  g_autofree char *folded = g_utf8_casefold(gtk_editable_get_text(GTK_EDITABLE(self->search)), -1);
  g_auto(GStrv) words = g_strsplit(folded, " ", -1);
  guint n = 0;
  while ((row = gtk_widget_get_first_child(self->list)))
    gtk_list_box_remove(GTK_LIST_BOX(self->list), row);
  for (guint score = 3 * g_strv_length(words) + 1; score > 0; score--)
    for (guint i = 0; i < self->entries->len && n < MOST_SHOWN; i++)
      if (fit(self->entries->pdata[i], words) == score) {
        gtk_list_box_append(GTK_LIST_BOX(self->list), new_row(self->entries->pdata[i]));
        n++;
      }
  gtk_list_box_select_row(GTK_LIST_BOX(self->list), gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), 0));
}

/* --- choosing --- */

static void
choose(PaPalette *self, GtkListBoxRow *row)
{
  const Entry *entry = row ? g_object_get_data(G_OBJECT(row), "entry") : NULL;
  if (!entry)
    return;
  g_autoptr(GtkWidget) parent = GTK_WIDGET(g_object_ref(gtk_window_get_transient_for(GTK_WINDOW(self))));
  g_autofree char *action = g_strdup(entry->action);
  g_autoptr(GVariant) target = entry->target ? g_variant_ref(entry->target) : NULL;
  gtk_window_close(GTK_WINDOW(self));
  gtk_widget_activate_action_variant(parent, action, target);
}

static void
row_activated(GtkListBox *list, GtkListBoxRow *row, gpointer self)
{
  choose(self, row);
}

static void
entered(GtkSearchEntry *search, gpointer data)
{
  PaPalette *self = data;
  choose(self, gtk_list_box_get_selected_row(GTK_LIST_BOX(self->list)));
}

static gboolean
key_pressed(GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, gpointer data)
{
  PaPalette *self = data;
  GtkListBoxRow *row = gtk_list_box_get_selected_row(GTK_LIST_BOX(self->list));
  int at = row ? gtk_list_box_row_get_index(row) : -1;
  if (key != GDK_KEY_Down && key != GDK_KEY_Up)
    return FALSE;
  row = gtk_list_box_get_row_at_index(GTK_LIST_BOX(self->list), key == GDK_KEY_Down ? at + 1 : at - 1);
  if (row) {
    gtk_list_box_select_row(GTK_LIST_BOX(self->list), row);
    gtk_widget_grab_focus(GTK_WIDGET(row)); /* scrolls to it */
    gtk_widget_grab_focus(self->search);
    gtk_editable_set_position(GTK_EDITABLE(self->search), -1);
  }
  return TRUE;
}

static void
stopped(GtkSearchEntry *search, gpointer self)
{
  gtk_window_close(self);
}

/* --- the window --- */

static void
finalize(GObject *object)
{
  g_ptr_array_unref(PA_PALETTE(object)->entries);
  G_OBJECT_CLASS(pa_palette_parent_class)->finalize(object);
}

static void
pa_palette_class_init(PaPaletteClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
}

static void
pa_palette_init(PaPalette *self)
{
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6), *scroll = gtk_scrolled_window_new();
  GtkEventController *keys = gtk_event_controller_key_new();
  self->entries = g_ptr_array_new_with_free_func(entry_free);
  self->search = gtk_search_entry_new();
  self->list = gtk_list_box_new();
  g_object_set(self->search, "placeholder-text", _("What to do, or where to go"), NULL);
  gtk_widget_set_margin_start(self->search, 12);
  gtk_widget_set_margin_end(self->search, 12);
  gtk_widget_set_margin_top(self->search, 12);
  gtk_widget_add_css_class(self->list, "navigation-sidebar");
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroll), self->list);
  gtk_widget_set_vexpand(scroll, TRUE);
  gtk_box_append(GTK_BOX(box), self->search);
  gtk_box_append(GTK_BOX(box), scroll);
  adw_window_set_content(ADW_WINDOW(self), box);
  gtk_window_set_default_size(GTK_WINDOW(self), 520, 440);
  gtk_window_set_modal(GTK_WINDOW(self), TRUE);
  gtk_window_set_title(GTK_WINDOW(self), _("All Actions"));
  gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
  g_signal_connect(keys, "key-pressed", G_CALLBACK(key_pressed), self);
  gtk_widget_add_controller(self->search, keys);
  g_signal_connect_swapped(self->search, "search-changed", G_CALLBACK(fill), self);
  g_signal_connect(self->search, "activate", G_CALLBACK(entered), self);
  g_signal_connect(self->search, "stop-search", G_CALLBACK(stopped), self);
  g_signal_connect(self->list, "row-activated", G_CALLBACK(row_activated), self);
}

PaPalette *
pa_palette_new(GtkWindow *parent)
{
  return g_object_new(PA_TYPE_PALETTE, "transient-for", parent, NULL);
}

void
pa_palette_add(PaPalette *self, const char *label, const char *detail, const char *icon, const char *action,
               GVariant *target)
{
  g_autofree char *all = g_strconcat(label, " ", detail, NULL);
  Entry *entry = g_new0(Entry, 1);
  entry->label = g_strdup(label);
  entry->detail = g_strdup(detail);
  entry->icon = g_strdup(icon);
  entry->action = g_strdup(action);
  entry->folded = g_utf8_casefold(all, -1);
  entry->target = target ? g_variant_ref_sink(target) : NULL;
  g_ptr_array_add(self->entries, entry);
}

void
pa_palette_open(PaPalette *self)
{
  fill(self);
  gtk_window_present(GTK_WINDOW(self));
  gtk_widget_grab_focus(self->search);
}
