#include "pa-explore.h"

#include "pa-sql.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PaExplore {
  GtkWidget parent_instance;
  GtkWidget *outer, *inner, *middle;
  PaSidebar *sidebar;
  PaSqlEditor *editor;
  PaResultView *rows;
  PaPlotPane *plot;
  PaCatalog *catalog;
  char *running;       /* the statement whose answer is awaited */
  char *shown;         /* the statement whose rows are shown and plotted; NULL: none */
  PaTableItem *table;  /* if that is all of a table: which */
  guint n_views;       /* made for statements that are plotted */
  gboolean is_picking; /* one of sidebar and grid follows the other */
};

G_DEFINE_FINAL_TYPE(PaExplore, pa_explore, GTK_TYPE_WIDGET)

static guint ran_signal, spec_changed;

/* --- what is picked, and charts of it --- */

static gint64 *
distinct_of(PaTableItem *table, const GPtrArray *columns)
{
  gint64 *distinct = g_new(gint64, columns->len + 1);
  for (guint i = 0; i < columns->len; i++) {
    PaColumnItem *item = table ? pa_table_item_find_column(table, ((PikaColumn *)columns->pdata[i])->name) : NULL;
    const PikaColumnProfile *profile = item ? pa_column_item_get_profile(item) : NULL;
    distinct[i] = profile ? profile->distinct : -1;
  }
  return distinct;
}

static void
offer(PaExplore *self, const GPtrArray *columns)
{
  g_autofree gint64 *distinct = distinct_of(self->table, columns);
  PikaResult *result = pa_grid_get_result(pa_result_view_get_grid(self->rows));
  gint64 shown = result ? pika_result_get_n_rows(result) : -1;
  pa_plot_pane_offer(self->plot, columns, distinct, self->table ? MAX(shown, pa_table_item_get_rows(self->table)) : shown);
}

static GStrv
names_of(const GPtrArray *columns)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (guint i = 0; i < columns->len; i++)
    g_strv_builder_add(names, ((PikaColumn *)columns->pdata[i])->name);
  return g_strv_builder_end(names);
}

static void
header_picked(PaResultView *rows, gpointer data)
{
  PaExplore *self = data;
  g_autoptr(GPtrArray) columns = pa_result_view_get_picked(rows);
  if (self->is_picking)
    return;
  self->is_picking = TRUE;
  g_auto(GStrv) names = names_of(columns);
  if (self->table)
    pa_sidebar_pick(self->sidebar, pa_table_item_get_name(self->table), (const char *const *)names);
  self->is_picking = FALSE;
  offer(self, columns);
}

static void
plot_table(PaExplore *self, PaTableItem *item)
{
  GListModel *items = G_LIST_MODEL(pa_table_item_get_columns(item));
  g_autoptr(GPtrArray) columns = g_ptr_array_new();
  for (guint i = 0; i < g_list_model_get_n_items(items); i++) {
    g_autoptr(PaColumnItem) column = g_list_model_get_item(items, i); /* the table holds it too */
    g_ptr_array_add(columns, (gpointer)pa_column_item_get_column(column));
  }
  g_set_object(&self->table, item);
  pa_plot_pane_set_data(self->plot, pa_catalog_get_session(self->catalog), pa_table_item_get_name(item), columns);
}

static void
sidebar_picked(PaSidebar *sidebar, gpointer data)
{
  PaExplore *self = data;
  g_autoptr(GPtrArray) items = pa_sidebar_get_picked(sidebar), columns = g_ptr_array_new();
  if (self->is_picking)
    return;
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add(columns, (gpointer)pa_column_item_get_column(items->pdata[i]));
  if (items->len > 0) {
    PaTableItem *table = pa_catalog_find(self->catalog, pa_column_item_get_table(items->pdata[0]));
    if (table && table != self->table)
      pa_explore_show_table(self, table);
  }
  self->is_picking = TRUE;
  g_auto(GStrv) names = names_of(columns);
  pa_grid_pick(pa_result_view_get_grid(self->rows), (const char *const *)names);
  self->is_picking = FALSE;
  offer(self, columns);
}

void
pa_explore_pick(PaExplore *self, PaTableItem *item, const char *const *columns)
{
  if (item != self->table)
    pa_explore_show_table(self, item);
  pa_sidebar_pick(self->sidebar, pa_table_item_get_name(item), columns);
  sidebar_picked(self->sidebar, self);
}

/* --- statements --- */

/* "SELECT * FROM t" of a table that is there: borrowed. */
static PaTableItem *
table_in(PaExplore *self, const char *sql)
{
  GListModel *tables = pa_catalog_get_tables(self->catalog);
  for (guint i = 0; i < g_list_model_get_n_items(tables); i++) {
    g_autoptr(PaTableItem) item = g_list_model_get_item(tables, i);
    g_autofree char *ident = pa_sql_dup_ident(pa_table_item_get_name(item));
    g_autofree char *quoted = g_strdup_printf("SELECT * FROM %s", ident);
    g_autofree char *plain = g_strdup_printf("SELECT * FROM %s", pa_table_item_get_name(item));
    if (pa_table_item_get_table(item) && (!g_ascii_strcasecmp(sql, quoted) || !g_ascii_strcasecmp(sql, plain)))
      return item;
  }
  return NULL;
}

static void
start(PaExplore *self, const char *sql)
{
  PikaSession *session = pa_catalog_get_session(self->catalog);
  g_autofree char *bare = pa_sql_dup_bare(sql);
  if (!session)
    return;
  g_free(self->running);
  self->running = g_steal_pointer(&bare);
  pa_result_view_run(self->rows, session, self->running, table_in(self, self->running) != NULL);
}

typedef struct {
  PaExplore *explore;
  char *view, *sql;
} Viewing;

static void
view_added(GObject *source, GAsyncResult *done, gpointer data)
{
  Viewing *viewing = data;
  PaExplore *self = viewing->explore;
  g_autoptr(GError) error = NULL;
  gboolean ok = pika_session_add_view_finish(done, &error);
  PikaResult *result = pa_grid_get_result(pa_result_view_get_grid(self->rows));
  if (!g_strcmp0(viewing->sql, self->shown) && result) {
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    for (guint i = 0; i < pika_result_get_n_columns(result); i++)
      g_ptr_array_add(columns, (gpointer)pika_result_get_column(result, i));
    pa_plot_pane_set_data(self->plot, ok ? pa_catalog_get_session(self->catalog) : NULL, ok ? viewing->view : NULL, columns);
    header_picked(self->rows, self);
  }
  g_object_unref(viewing->explore);
  g_free(viewing->view);
  g_free(viewing->sql);
  g_free(viewing);
}

/* What a statement answers is plotted by a view of it, which the engine computes anew from the statement. */
static void
plot_statement(PaExplore *self, const char *sql)
{
  Viewing *viewing = g_new(Viewing, 1);
  *viewing = (Viewing){ g_object_ref(self), g_strdup_printf("__shown_%u", ++self->n_views), g_strdup(sql) };
  g_clear_object(&self->table);
  pika_session_add_view_async(pa_catalog_get_session(self->catalog), viewing->view, sql, NULL, view_added, viewing);
}

static void
ran(PaResultView *rows, const GError *error, gpointer data)
{
  PaExplore *self = data;
  g_autofree char *sql = g_steal_pointer(&self->running);
  if (!sql) { /* the same statement in another order, or filtered */
    return;
  }
  pa_sql_editor_take_answer(self->editor, error);
  if (!error && g_strcmp0(sql, self->shown)) {
    PaTableItem *table = table_in(self, sql);
    g_free(self->shown);
    self->shown = g_strdup(sql);
    if (table && table != self->table)
      plot_table(self, table);
    else if (!table && pa_grid_get_result(pa_result_view_get_grid(rows)))
      plot_statement(self, sql);
  }
  g_signal_emit(self, ran_signal, 0, sql, error);
}

static void
editor_run(PaSqlEditor *editor, const char *sql, gpointer self)
{
  start(self, sql);
}

void
pa_explore_run(PaExplore *self, const char *sql)
{
  pa_sql_editor_set_text(self->editor, sql);
  gtk_widget_activate_action(GTK_WIDGET(self->editor), "editor.run", NULL);
}

void
pa_explore_show_table(PaExplore *self, PaTableItem *item)
{
  const char *name = pa_table_item_get_name(item);
  gboolean plain = g_ascii_isalpha(name[0]);
  for (const char *c = name; *c; c++)
    plain &= g_ascii_isalnum(*c) || *c == '_';
  g_autofree char *ident = plain ? g_strdup(name) : pa_sql_dup_ident(name);
  g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", ident);
  if (!pa_table_item_get_table(item))
    return;
  plot_table(self, item);
  pa_sql_editor_set_text(self->editor, sql);
  start(self, sql);
}

static void
table_activated(PaSidebar *sidebar, PaTableItem *item, gpointer self)
{
  pa_explore_show_table(self, item);
}

static void
plot_changed(PaPlotPane *pane, const char *spec, gpointer self)
{
  g_signal_emit(self, spec_changed, 0, spec);
}

/* --- the widget --- */

PaTableItem *
pa_explore_get_table(PaExplore *self)
{
  return self->table;
}

PaSqlEditor *
pa_explore_get_editor(PaExplore *self)
{
  return self->editor;
}

PaResultView *
pa_explore_get_result_view(PaExplore *self)
{
  return self->rows;
}

PaPlotPane *
pa_explore_get_plot_pane(PaExplore *self)
{
  return self->plot;
}

PaSidebar *
pa_explore_get_sidebar(PaExplore *self)
{
  return self->sidebar;
}

void
pa_explore_set_catalog(PaExplore *self, PaCatalog *catalog)
{
  g_set_object(&self->catalog, catalog);
  pa_sidebar_set_catalog(self->sidebar, catalog);
  pa_sql_editor_set_catalog(self->editor, catalog);
}

static void
go(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaExplore *self = PA_EXPLORE(widget);
  if (g_str_equal(action, "explore.focus-sql"))
    gtk_widget_child_focus(GTK_WIDGET(self->editor), GTK_DIR_TAB_FORWARD);
  else if (g_str_equal(action, "explore.focus-rows"))
    gtk_widget_grab_focus(GTK_WIDGET(pa_result_view_get_grid(self->rows)));
  else
    pa_plot_pane_show_text(self->plot, TRUE);
}

static void
dispose(GObject *object)
{
  PaExplore *self = PA_EXPLORE(object);
  g_clear_pointer(&self->outer, gtk_widget_unparent);
  g_clear_object(&self->catalog);
  g_clear_object(&self->table);
  g_clear_pointer(&self->running, g_free);
  g_clear_pointer(&self->shown, g_free);
  G_OBJECT_CLASS(pa_explore_parent_class)->dispose(object);
}

static void
pa_explore_class_init(PaExploreClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_SIDEBAR);
  g_type_ensure(PA_TYPE_SQL_EDITOR);
  g_type_ensure(PA_TYPE_RESULT_VIEW);
  g_type_ensure(PA_TYPE_PLOT_PANE);
  G_OBJECT_CLASS(class)->dispose = dispose;
  ran_signal = g_signal_new("ran", PA_TYPE_EXPLORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  spec_changed = g_signal_new("spec-changed", PA_TYPE_EXPLORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-explore.ui");
  gtk_widget_class_bind_template_child(widget, PaExplore, outer);
  gtk_widget_class_bind_template_child(widget, PaExplore, inner);
  gtk_widget_class_bind_template_child(widget, PaExplore, middle);
  gtk_widget_class_bind_template_child(widget, PaExplore, sidebar);
  gtk_widget_class_bind_template_child(widget, PaExplore, editor);
  gtk_widget_class_bind_template_child(widget, PaExplore, rows);
  gtk_widget_class_bind_template_child(widget, PaExplore, plot);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action(widget, "explore.focus-sql", NULL, go);
  gtk_widget_class_install_action(widget, "explore.focus-rows", NULL, go);
  gtk_widget_class_install_action(widget, "explore.show-text", NULL, go);
}

static void
pa_explore_init(PaExplore *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  g_signal_connect(self->sidebar, "picked-changed", G_CALLBACK(sidebar_picked), self);
  g_signal_connect(self->sidebar, "table-activated", G_CALLBACK(table_activated), self);
  g_signal_connect(self->editor, "run", G_CALLBACK(editor_run), self);
  g_signal_connect(self->rows, "ran", G_CALLBACK(ran), self);
  g_signal_connect(self->rows, "picked-changed", G_CALLBACK(header_picked), self);
  g_signal_connect(self->plot, "spec-changed", G_CALLBACK(plot_changed), self);
}
