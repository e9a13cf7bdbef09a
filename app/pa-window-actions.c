/* The window's actions on what it shows: palette, import, export, the clipboard, moving about. */
#include "pa-window-private.h"

#include "pa-canvas.h"
#include "pa-export-dialog.h"
#include "pa-import-dialog.h"
#include "pa-palette.h"

#include <glib/gi18n-lib.h>

/* --- the palette --- */

static const struct { const char *label, *keys, *icon, *action; } commands[] = {
  { N_("Open Files…"), "Ctrl+O", "document-open-symbolic", "win.open" },
  { N_("New Window"), "Ctrl+N", "window-new-symbolic", "app.new-window" },
  { N_("Save"), "Ctrl+S", "document-save-symbolic", "win.save" },
  { N_("Save As…"), "Ctrl+Shift+S", "document-save-as-symbolic", "win.save-as" },
  { N_("Export…"), "Ctrl+E", "document-send-symbolic", "win.export" },
  { N_("Copy Plot as Picture"), NULL, "edit-copy-symbolic", "win.copy-picture" },
  { N_("Copy Plot's Data"), NULL, "edit-copy-symbolic", "win.copy-data" },
  { N_("Undo"), "Ctrl+Z", "edit-undo-symbolic", "win.undo" },
  { N_("Redo"), "Ctrl+Shift+Z", "edit-redo-symbolic", "win.redo" },
  { N_("Stop What Runs"), "Ctrl+.", "process-stop-symbolic", "win.stop" },
  { N_("Go to the SQL Editor"), "Ctrl+L", "pa-code-symbolic", "win.focus-sql" },
  { N_("Specification as Text"), "F8", "pa-code-symbolic", "win.show-text" },
  { N_("Import Settings of the Table"), NULL, "pa-table-symbolic", "win.import" },
  { N_("Explore or Canvas"), "F9", "pa-canvas-symbolic", "win.switch-view" },
  { N_("Keyboard Shortcuts"), "Ctrl+?", "input-keyboard-symbolic", "win.show-help-overlay" },
  { N_("About Pika-Plot"), NULL, "help-about-symbolic", "app.about" },
  { N_("Quit"), "Ctrl+Q", "application-exit-symbolic", "app.quit" },
};

static void
add_table(PaPalette *palette, PaTableItem *item)
{
  const char *table = pa_table_item_get_name(item);
  GListModel *columns = G_LIST_MODEL(pa_table_item_get_columns(item));
  g_autofree char *report = pa_table_item_dup_report(item);
  if (!pa_table_item_get_table(item))
    return;
  pa_palette_add(palette, table, report, "pa-table-symbolic", "win.show-table", g_variant_new_string(table));
  for (guint i = 0; i < g_list_model_get_n_items(columns); i++) {
    g_autoptr(PaColumnItem) column = g_list_model_get_item(columns, i);
    const PikaColumn *info = pa_column_item_get_column(column);
    g_autofree char *detail = g_strdup_printf(_("Charts of %s.%s"), table, info->name);
    pa_palette_add(palette, info->name, detail, pa_kind_get_icon(info->kind), "win.pick-column",
                   g_variant_new("(ss)", table, info->name));
  }
}

void
pa_window_open_palette(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  PaPalette *palette = pa_palette_new(GTK_WINDOW(self));
  GListModel *tables = pa_catalog_get_tables(self->catalog);
  for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
    pa_palette_add(palette, _(commands[i].label), commands[i].keys, commands[i].icon, commands[i].action, NULL);
  for (guint i = 0; i < g_list_model_get_n_items(tables); i++) {
    g_autoptr(PaTableItem) item = g_list_model_get_item(tables, i);
    add_table(palette, item);
  }
  pa_palette_open(palette);
}

void
pa_window_show_table(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  PaTableItem *item = pa_catalog_find(self->catalog, g_variant_get_string(parameter, NULL));
  if (item)
    pa_explore_show_table(self->explore, item);
}

void
pa_window_pick_column(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  const char *table, *column;
  g_variant_get(parameter, "(&s&s)", &table, &column);
  PaTableItem *item = pa_catalog_find(self->catalog, table);
  if (item)
    pa_explore_pick(self->explore, item, (const char *const[]){ column, NULL });
}

/* --- import --- */

void
pa_window_open_import(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  PaTableItem *item = parameter ? pa_catalog_find(self->catalog, g_variant_get_string(parameter, NULL))
                                : pa_explore_get_table(self->explore);
  if (!item || !pa_table_item_get_table(item)) {
    pa_window_toast(self, _("Choose a table first"), NULL, NULL);
    return;
  }
  gtk_window_present(GTK_WINDOW(pa_import_dialog_new(GTK_WINDOW(self), self->catalog, item)));
}

/* --- export and the clipboard --- */

static PaExport
shown(PaWindow *self)
{
  PaPlotPane *pane = pa_explore_get_plot_pane(self->explore);
  return (PaExport){
    .spec = pa_plot_pane_get_spec(pane), .table = pa_plot_pane_get_table(pane),
    .sql = pa_result_view_get_arranged_sql(pa_explore_get_result_view(self->explore)), .scale = 2,
  };
}

static void
exported(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaWindow) self = data;
  g_autoptr(GError) error = NULL;
  if (pa_export_finish(result, &error))
    pa_window_toast(self, _("Exported"), NULL, NULL);
  else
    pa_window_show_failure(self, _("The export failed"), error->message);
}

void
pa_window_export(PaWindow *self, const PaExport *how, const char *path)
{
  PaExport what = shown(self);
  what.format = how->format;
  what.scale = how->scale;
  what.ppi = how->ppi;
  what.transparent = how->transparent;
  pa_export_async(pa_catalog_get_session(self->catalog), &what, path, NULL, exported, g_object_ref(self));
}

static void
export_chosen(PaExportDialog *dialog, const PaExport *how, const char *path, gpointer self)
{
  pa_window_export(self, how, path);
}

void
pa_window_open_export(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  PaExport what = shown(self);
  if (!what.spec && !what.sql) {
    pa_window_toast(self, _("There is nothing to export yet"), NULL, NULL);
    return;
  }
  PaExportDialog *dialog = pa_export_dialog_new(GTK_WINDOW(self), what.spec != NULL, what.sql != NULL);
  g_signal_connect(dialog, "chosen", G_CALLBACK(export_chosen), self);
  gtk_window_present(GTK_WINDOW(dialog));
}

static void
picture_made(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) png = pa_export_picture_finish(result, &error);
  g_autoptr(GdkTexture) texture = png ? gdk_texture_new_from_bytes(png, &error) : NULL;
  if (texture)
    gdk_clipboard_set_texture(gtk_widget_get_clipboard(GTK_WIDGET(self)), texture);
  pa_window_toast(self, texture ? _("The plot is on the clipboard") : error->message, NULL, NULL);
}

static void
data_made(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaWindow) self = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = pa_export_data_finish(result, &error);
  if (text)
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
  pa_window_toast(self, text ? _("The plot's data are on the clipboard") : error->message, NULL, NULL);
}

void
pa_window_copy_plot(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  PaExport what = shown(self);
  PikaSession *session = pa_catalog_get_session(self->catalog);
  if (!what.spec)
    pa_window_toast(self, _("There is no plot yet"), NULL, NULL);
  else if (g_str_equal(action, "win.copy-picture"))
    pa_export_picture_async(session, &what, NULL, picture_made, g_object_ref(self));
  else
    pa_export_data_async(session, &what, NULL, data_made, g_object_ref(self));
}

/* --- the canvas --- */

static void
node_activated(PaCanvas *canvas, const char *id, gpointer data)
{
  PaWindow *self = data;
  pa_work_show_node(self->work, id);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "explore");
}

static void
canvas_message(PaCanvas *canvas, const char *text, gpointer self)
{
  pa_window_toast(self, text, NULL, NULL);
}

/* What there is is seen at the first look, once the canvas has a size. */
static gboolean
fit_once(GtkWidget *canvas, GdkFrameClock *clock, gpointer unused)
{
  if (gtk_widget_get_width(canvas) == 0)
    return G_SOURCE_CONTINUE;
  pa_canvas_zoom_to_fit(PA_CANVAS(canvas), FALSE);
  return G_SOURCE_REMOVE;
}

static void
make_canvas(PaWindow *self)
{
  self->graph = pa_graph_new_shared(self->document);
  pa_graph_set_theme(self->graph, adw_style_manager_get_dark(adw_style_manager_get_default()) ? "dark" : "light");
  if (pa_catalog_get_session(self->catalog))
    pa_graph_set_session(self->graph, pa_catalog_get_session(self->catalog));
  GtkWidget *canvas = pa_canvas_new(self->document, self->graph);
  gtk_stack_add_named(GTK_STACK(self->stack), canvas, "canvas");
  gtk_widget_add_tick_callback(canvas, fit_once, NULL, NULL);
  g_signal_connect(canvas, "node-activated", G_CALLBACK(node_activated), self);
  g_signal_connect(canvas, "message", G_CALLBACK(canvas_message), self);
}

void
pa_window_switch_view(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  gboolean is_canvas = !g_strcmp0(gtk_stack_get_visible_child_name(GTK_STACK(self->stack)), "canvas");
  if (pa_window_is_empty(self))
    return;
  if (!self->graph)
    make_canvas(self);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), is_canvas ? "explore" : "canvas");
  if (!is_canvas)
    gtk_widget_grab_focus(gtk_stack_get_visible_child(GTK_STACK(self->stack)));
}

/* --- moving about --- */

void
pa_window_go(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  const char *go = g_str_equal(action, "win.focus-sql") ? "explore.focus-sql" : "explore.show-text";
  gtk_widget_activate_action(GTK_WIDGET(self->explore), go, NULL);
}
