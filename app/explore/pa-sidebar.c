#include "pa-sidebar.h"

#include "pa-sidebar-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PaSidebar {
  GtkWidget parent_instance;
  GtkWidget *box, *search, *list;
  PaCatalog *catalog;
  GtkFilter *filter;
  GtkMultiSelection *selection;
  gboolean is_set; /* the selection is being set from outside */
};

G_DEFINE_FINAL_TYPE(PaSidebar, pa_sidebar, GTK_TYPE_WIDGET)

static guint picked_changed, table_activated;

/* --- rows --- */

static void
set_up(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *expander = gtk_tree_expander_new();
  gtk_tree_expander_set_child(GTK_TREE_EXPANDER(expander), g_object_new(PA_TYPE_SIDEBAR_ROW, NULL));
  gtk_list_item_set_child(item, expander);
}

static void
bind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkTreeListRow *row = gtk_list_item_get_item(item);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER(gtk_list_item_get_child(item));
  g_autoptr(GObject) object = gtk_tree_list_row_get_item(row);
  gtk_tree_expander_set_list_row(expander, row);
  pa_sidebar_row_set_item(PA_SIDEBAR_ROW(gtk_tree_expander_get_child(expander)), object);
}

static void
unbind(GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER(gtk_list_item_get_child(item));
  gtk_tree_expander_set_list_row(expander, NULL);
  pa_sidebar_row_set_item(PA_SIDEBAR_ROW(gtk_tree_expander_get_child(expander)), NULL);
}

/* --- the model: tables, below each its columns that the search lets through --- */

static gboolean
lets_through(gpointer item, gpointer data)
{
  PaSidebar *self = data;
  const char *text = gtk_editable_get_text(GTK_EDITABLE(self->search));
  if (!*text)
    return TRUE;
  g_autofree char *name = g_utf8_casefold(pa_column_item_get_column(item)->name, -1);
  g_autofree char *typed = g_utf8_casefold(text, -1);
  return strstr(name, typed) != NULL;
}

static GListModel *
children_of(gpointer item, gpointer data)
{
  PaSidebar *self = data;
  if (!PA_IS_TABLE_ITEM(item))
    return NULL;
  GListModel *columns = g_object_ref(G_LIST_MODEL(pa_table_item_get_columns(item)));
  return G_LIST_MODEL(gtk_filter_list_model_new(columns, g_object_ref(self->filter)));
}

static void
search_changed(GtkSearchEntry *entry, gpointer data)
{
  gtk_filter_changed(((PaSidebar *)data)->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

/* --- picking --- */

static gpointer
item_at(PaSidebar *self, guint position)
{
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item(G_LIST_MODEL(self->selection), position);
  return row ? gtk_tree_list_row_get_item(row) : NULL;
}

GPtrArray *
pa_sidebar_get_picked(PaSidebar *self)
{
  GPtrArray *picked = g_ptr_array_new_with_free_func(g_object_unref);
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection(GTK_SELECTION_MODEL(self->selection));
  GtkBitsetIter iter;
  guint position;
  const char *table = NULL;
  for (gboolean more = gtk_bitset_iter_init_first(&iter, selected, &position); more; more = gtk_bitset_iter_next(&iter, &position)) {
    g_autoptr(GObject) item = item_at(self, position);
    if (!PA_IS_COLUMN_ITEM(item))
      continue;
    if (!table)
      table = pa_column_item_get_table(PA_COLUMN_ITEM(item));
    if (!strcmp(table, pa_column_item_get_table(PA_COLUMN_ITEM(item))))
      g_ptr_array_add(picked, g_steal_pointer(&item));
  }
  return picked;
}

static void
selection_changed(GtkSelectionModel *model, guint position, guint n, gpointer data)
{
  PaSidebar *self = data;
  if (self->is_set)
    return;
  g_autoptr(GtkBitset) selected = gtk_selection_model_get_selection(model);
  if (gtk_bitset_get_size(selected) == 1) {
    g_autoptr(GObject) item = item_at(self, gtk_bitset_get_nth(selected, 0));
    if (PA_IS_TABLE_ITEM(item)) {
      g_signal_emit(self, table_activated, 0, item);
      return;
    }
  }
  g_signal_emit(self, picked_changed, 0);
}

void
pa_sidebar_pick(PaSidebar *self, const char *table, const char *const *names)
{
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->selection));
  g_autoptr(GtkBitset) selected = gtk_bitset_new_empty(), mask = gtk_bitset_new_range(0, n);
  for (guint i = 0; i < n; i++) {
    g_autoptr(GObject) item = item_at(self, i);
    if (PA_IS_COLUMN_ITEM(item) && !g_strcmp0(table, pa_column_item_get_table(PA_COLUMN_ITEM(item))) &&
        g_strv_contains(names, pa_column_item_get_column(PA_COLUMN_ITEM(item))->name))
      gtk_bitset_add(selected, i);
  }
  self->is_set = TRUE;
  gtk_selection_model_set_selection(GTK_SELECTION_MODEL(self->selection), selected, mask);
  self->is_set = FALSE;
}

/* --- the widget --- */

void
pa_sidebar_set_catalog(PaSidebar *self, PaCatalog *catalog)
{
  g_set_object(&self->catalog, catalog);
  GListModel *tables = g_object_ref(pa_catalog_get_tables(catalog));
  GtkTreeListModel *tree = gtk_tree_list_model_new(tables, FALSE, TRUE, children_of, self, NULL);
  g_clear_object(&self->selection);
  self->selection = gtk_multi_selection_new(G_LIST_MODEL(tree));
  g_signal_connect(self->selection, "selection-changed", G_CALLBACK(selection_changed), self);
  gtk_list_view_set_model(GTK_LIST_VIEW(self->list), GTK_SELECTION_MODEL(self->selection));
}

static void
dispose(GObject *object)
{
  PaSidebar *self = PA_SIDEBAR(object);
  if (self->selection)
    g_signal_handlers_disconnect_by_data(self->selection, self);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  g_clear_object(&self->selection);
  g_clear_object(&self->filter);
  g_clear_object(&self->catalog);
  G_OBJECT_CLASS(pa_sidebar_parent_class)->dispose(object);
}

static void
pa_sidebar_class_init(PaSidebarClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  G_OBJECT_CLASS(class)->dispose = dispose;
  picked_changed = g_signal_new("picked-changed", PA_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  table_activated = g_signal_new("table-activated", PA_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 PA_TYPE_TABLE_ITEM);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-sidebar.ui");
  gtk_widget_class_bind_template_child(widget, PaSidebar, box);
  gtk_widget_class_bind_template_child(widget, PaSidebar, search);
  gtk_widget_class_bind_template_child(widget, PaSidebar, list);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
}

static void
pa_sidebar_init(PaSidebar *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
  g_signal_connect(factory, "setup", G_CALLBACK(set_up), self);
  g_signal_connect(factory, "bind", G_CALLBACK(bind), self);
  g_signal_connect(factory, "unbind", G_CALLBACK(unbind), self);
  gtk_list_view_set_factory(GTK_LIST_VIEW(self->list), factory);
  g_object_unref(factory);
  self->filter = GTK_FILTER(gtk_custom_filter_new(lets_through, self, NULL));
  g_signal_connect(self->search, "search-changed", G_CALLBACK(search_changed), self);
}
