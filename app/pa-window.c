#include "pa-window-private.h"

#include "pa-activity.h"
#include "pa-start-page.h"

#include <glib/gi18n-lib.h>

G_DEFINE_FINAL_TYPE(PaWindow, pa_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- words --- */

void
pa_window_toast(PaWindow *self, const char *text, const char *button, const char *action)
{
  AdwToast *toast = adw_toast_new(text);
  if (button) {
    adw_toast_set_button_label(toast, button);
    adw_toast_set_action_name(toast, action);
  }
  adw_toast_overlay_add_toast(ADW_TOAST_OVERLAY(self->toasts), toast);
}

void
pa_window_show_failure(PaWindow *self, const char *what, const char *message)
{
  GtkWidget *dialog = adw_message_dialog_new(GTK_WINDOW(self), what, message);
  adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
  gtk_window_present(GTK_WINDOW(dialog));
}

static void
show_title(PaWindow *self)
{
  const char *path = pa_document_get_path(self->document);
  g_autofree char *name = path ? g_path_get_basename(path) : g_strdup(_("Pika-Plot"));
  g_autofree char *title = g_strdup_printf("%s%s", pa_document_get_modified(self->document) && path ? "• " : "", name);
  PaTableItem *table = pa_explore_get_table(self->explore);
  g_autofree char *report = table ? pa_table_item_dup_report(table) : g_strdup("");
  g_autofree char *subtitle = table && *report ? g_strdup_printf("%s: %s", pa_table_item_get_name(table), report) : g_strdup("");
  adw_window_title_set_title(ADW_WINDOW_TITLE(self->title), title);
  adw_window_title_set_subtitle(ADW_WINDOW_TITLE(self->title), subtitle);
  gtk_window_set_title(GTK_WINDOW(self), title);
}

static void
show_undo(PaWindow *self)
{
  const char *undo = pa_document_get_undo_label(self->document), *redo = pa_document_get_redo_label(self->document);
  g_autofree char *undo_text = undo ? g_strdup_printf(_("Undo “%s”"), undo) : g_strdup(_("Undo"));
  g_autofree char *redo_text = redo ? g_strdup_printf(_("Redo “%s”"), redo) : g_strdup(_("Redo"));
  gtk_widget_set_tooltip_text(self->undo, undo_text);
  gtk_widget_set_tooltip_text(self->redo, redo_text);
  gtk_widget_action_set_enabled(GTK_WIDGET(self), "win.undo", undo != NULL);
  gtk_widget_action_set_enabled(GTK_WIDGET(self), "win.redo", redo != NULL);
  show_title(self);
}

/* --- the catalog --- */

static void
session_ready(PaCatalog *catalog, gpointer data)
{
  PaWindow *self = data;
  if (self->graph)
    pa_graph_set_session(self->graph, pa_catalog_get_session(catalog));
}

static void
table_opened(PaCatalog *catalog, PaTableItem *item, gpointer data)
{
  PaWindow *self = data;
  if (g_strcmp0(gtk_stack_get_visible_child_name(GTK_STACK(self->stack)), "canvas"))
    gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "explore");
  if (self->graph)
    pa_graph_tables_changed(self->graph);
  if (!pa_work_is_loading(self->work))
    pa_explore_show_table(self->explore, item);
  if (pa_table_item_is_doubtful(item)) {
    g_autofree char *report = pa_table_item_dup_report(item);
    g_autofree char *text = g_strdup_printf("%s: %s", pa_table_item_get_name(item), report);
    pa_window_toast(self, text, _("_Show"), "win.import");
  }
  show_title(self);
}

static void
open_failed(PaCatalog *catalog, const char *what, const GError *error, gpointer data)
{
  PaWindow *self = data;
  g_autofree char *heading = g_strdup_printf(_("%s could not be opened"), what);
  pa_window_show_failure(self, heading, error ? error->message : _("It holds no tables."));
  if (pa_window_is_empty(self))
    gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "start");
}

static void
told_progress(PaCatalog *catalog, const char *phase, double fraction, gpointer data)
{
  PaWindow *self = data;
  static const struct { const char *phase, *words; } words[] = {
    { "read", N_("Loading") }, { "query", N_("Running") }, { "fetch", N_("Fetching rows") }, { "write", N_("Writing") },
  };
  const char *what = phase;
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(phase, words[i].phase))
      what = _(words[i].words);
  pa_activity_tell(PA_ACTIVITY(self->activity), what, fraction);
}

/* --- opening --- */

/* What someone else wrote may only SELECT, and only from its own sources. */
static void
restrict_session(PaWindow *self)
{
  const GPtrArray *sources = pa_document_get_workspace(self->document)->sources;
  g_autoptr(GStrvBuilder) paths = g_strv_builder_new();
  for (guint i = 0; i < sources->len; i++)
    if (((const PikaWorkspaceSource *)sources->pdata[i])->path)
      g_strv_builder_add(paths, ((const PikaWorkspaceSource *)sources->pdata[i])->path);
  g_auto(GStrv) allowed = g_strv_builder_end(paths);
  pa_catalog_restrict(self->catalog, (const char *const *)allowed);
  pa_window_toast(self, _("This workspace was not written here: it can read its own files, and do nothing else"), NULL, NULL);
}

static void
workspace_loaded(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaWindow) self = data;
  g_autoptr(GError) error = NULL;
  if (!pa_document_load_finish(self->document, result, &error)) {
    pa_window_show_failure(self, _("The workspace could not be opened"), error->message);
    return;
  }
  if (pa_document_get_restricted(self->document))
    restrict_session(self);
  pa_work_show_document(self->work);
  show_undo(self);
}

static gboolean
is_workspace(const char *path)
{
  return g_str_has_suffix(path, ".pika");
}

void
pa_window_open(PaWindow *self, GFile *const *files, guint n_files)
{
  for (guint i = 0; i < n_files; i++) {
    g_autofree char *path = g_file_get_path(files[i]);
    if (!path) {
      g_autofree char *uri = g_file_get_uri(files[i]);
      pa_window_show_failure(self, _("Only files of this machine can be opened"), uri);
      continue;
    }
    pa_start_page_remember(files[i]);
    if (is_workspace(path) && pa_window_is_empty(self)) {
      pa_document_load_async(self->document, path, NULL, workspace_loaded, g_object_ref(self));
    } else if (is_workspace(path)) {
      PaWindow *other = pa_window_new(PA_APPLICATION(gtk_window_get_application(GTK_WINDOW(self))));
      pa_window_open(other, files + i, 1);
      gtk_window_present(GTK_WINDOW(other));
    } else {
      pa_catalog_open(self->catalog, path, NULL);
    }
  }
}

gboolean
pa_window_is_empty(PaWindow *self)
{
  return g_list_model_get_n_items(pa_catalog_get_tables(self->catalog)) == 0 && !pa_document_get_path(self->document);
}

static void
files_chosen(GtkNativeDialog *dialog, int response, gpointer data)
{
  PaWindow *self = data;
  g_autoptr(GListModel) files = gtk_file_chooser_get_files(GTK_FILE_CHOOSER(dialog));
  guint n = response == GTK_RESPONSE_ACCEPT ? g_list_model_get_n_items(files) : 0;
  for (guint i = 0; i < n; i++) {
    g_autoptr(GFile) file = g_list_model_get_item(files, i);
    pa_window_open(self, &file, 1);
  }
  gtk_native_dialog_destroy(dialog);
  g_object_unref(dialog);
}

static void
add_filter(GtkFileChooser *chooser, const char *name, const char *const *suffixes)
{
  g_autoptr(GtkFileFilter) filter = gtk_file_filter_new();
  gtk_file_filter_set_name(filter, name);
  for (; *suffixes; suffixes++)
    gtk_file_filter_add_suffix(filter, *suffixes);
  gtk_file_chooser_add_filter(chooser, filter);
}

static void
open_activated(GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const char *const tables[] = { "csv", "tsv", "txt", "json", "ndjson", "jsonl", "parquet", "duckdb", "db", "gz", "zst", "pika", NULL };
  static const char *const workspaces[] = { "pika", NULL };
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new(_("Open Files"), GTK_WINDOW(widget), GTK_FILE_CHOOSER_ACTION_OPEN,
                                                              _("_Open"), NULL);
  g_autoptr(GtkFileFilter) all = gtk_file_filter_new();
  gtk_file_chooser_set_select_multiple(GTK_FILE_CHOOSER(chooser), TRUE);
  add_filter(GTK_FILE_CHOOSER(chooser), _("Tables and workspaces"), tables);
  add_filter(GTK_FILE_CHOOSER(chooser), _("Workspaces"), workspaces);
  gtk_file_filter_set_name(all, _("All files"));
  gtk_file_filter_add_pattern(all, "*");
  gtk_file_chooser_add_filter(GTK_FILE_CHOOSER(chooser), all);
  g_signal_connect(chooser, "response", G_CALLBACK(files_chosen), widget);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

static gboolean
dropped(GtkDropTarget *target, const GValue *value, double x, double y, gpointer self)
{
  for (GSList *i = g_value_get_boxed(value); i; i = i->next)
    pa_window_open(self, (GFile *const *)&i->data, 1);
  return TRUE;
}

static void
start_chosen(PaStartPage *page, GFile *file, gpointer self)
{
  pa_window_open(self, &file, 1);
}

/* --- saving --- */

static void
saved(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaWindow) self = data;
  g_autoptr(GError) error = NULL;
  if (!pa_document_save_finish(self->document, result, &error)) {
    pa_window_show_failure(self, _("The workspace could not be saved"), error->message);
    return;
  }
  g_autoptr(GFile) file = g_file_new_for_path(pa_document_get_path(self->document));
  pa_start_page_remember(file);
  pa_window_toast(self, _("Saved"), NULL, NULL);
}

static void
save_to(PaWindow *self, const char *path)
{
  pa_document_save_async(self->document, path, NULL, saved, g_object_ref(self));
}

static void
save_chosen(GtkNativeDialog *dialog, int response, gpointer data)
{
  g_autoptr(GFile) file = gtk_file_chooser_get_file(GTK_FILE_CHOOSER(dialog));
  g_autofree char *path = file ? g_file_get_path(file) : NULL;
  g_autofree char *named = path && !is_workspace(path) ? g_strconcat(path, ".pika", NULL) : g_strdup(path);
  if (response == GTK_RESPONSE_ACCEPT && named)
    save_to(data, named);
  gtk_native_dialog_destroy(dialog);
  g_object_unref(dialog);
}

static void
save_activated(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  const char *path = pa_document_get_path(self->document);
  if (path && g_str_equal(action, "win.save")) {
    save_to(self, path);
    return;
  }
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new(_("Save the Workspace"), GTK_WINDOW(self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              _("_Save"), NULL);
  gtk_file_chooser_set_current_name(GTK_FILE_CHOOSER(chooser), _("Workspace.pika"));
  g_signal_connect(chooser, "response", G_CALLBACK(save_chosen), self);
  gtk_native_dialog_show(GTK_NATIVE_DIALOG(chooser));
}

/* --- what a crash left --- */

static void
list_recovered(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer(task, pa_recovery_list(), (GDestroyNotify)g_ptr_array_unref);
}

static void
recovered_listed(GObject *source, GAsyncResult *result, gpointer data)
{
  PaWindow *self = PA_WINDOW(source);
  g_autoptr(GPtrArray) all = g_task_propagate_pointer(G_TASK(result), NULL);
  if (!all || all->len == 0 || !self->document || pa_document_get_path(self->document))
    return;
  const PaRecovered *found = all->pdata[0];
  self->recovered = g_new(PaRecovered, 1);
  *self->recovered = (PaRecovered){ g_strdup(found->folder), g_strdup(found->path), found->time };
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(found->time);
  g_autofree char *when = g_date_time_format(time, "%x %H:%M");
  g_autofree char *text = g_strdup_printf(_("Work of %s was not saved"), when);
  AdwToast *toast = adw_toast_new(text);
  adw_toast_set_timeout(toast, 0);
  adw_toast_set_button_label(toast, _("_Restore"));
  adw_toast_set_action_name(toast, "win.restore");
  adw_toast_overlay_add_toast(ADW_TOAST_OVERLAY(self->toasts), toast);
}

static void
restore_activated(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  g_autoptr(GError) error = NULL;
  if (!self->recovered)
    return;
  if (pa_recovery_restore(self->recovered, self->document, &error)) {
    pa_recovery_discard(self->recovered);
    pa_work_show_document(self->work);
  } else {
    pa_window_show_failure(self, _("The work could not be restored"), error->message);
  }
  g_clear_pointer(&self->recovered, pa_recovered_free);
}

/* --- closing --- */

/* More than tables that were opened would be lost. */
static gboolean
has_unsaved_work(PaWindow *self)
{
  const GPtrArray *nodes = pa_document_get_workspace(self->document)->nodes;
  if (!pa_document_get_modified(self->document))
    return FALSE;
  for (guint i = 0; i < nodes->len; i++)
    if (((const PikaWorkspaceNode *)nodes->pdata[i])->kind != PIKA_NODE_TABLE)
      return TRUE;
  return pa_document_get_path(self->document) != NULL;
}

static gboolean
close_now(gpointer window)
{
  gtk_window_close(window);
  return G_SOURCE_REMOVE;
}

static void
close_answered(AdwMessageDialog *dialog, const char *response, gpointer data)
{
  PaWindow *self = data;
  if (g_str_equal(response, "discard")) {
    self->may_close = TRUE; /* once the dialog, whose parent it is, is gone */
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, close_now, g_object_ref(self), g_object_unref);
  } else if (g_str_equal(response, "save")) {
    gtk_widget_activate_action(GTK_WIDGET(self), "win.save", NULL);
  }
}

static gboolean
close_request(GtkWindow *window)
{
  PaWindow *self = PA_WINDOW(window);
  if (self->may_close || !has_unsaved_work(self)) {
    pa_recovery_close(self->recovery);
    return GTK_WINDOW_CLASS(pa_window_parent_class)->close_request(window);
  }
  GtkWidget *dialog = adw_message_dialog_new(window, _("Save the workspace?"), _("What was made here since is not in a file yet."));
  adw_message_dialog_add_responses(ADW_MESSAGE_DIALOG(dialog), "cancel", _("_Cancel"), "discard", _("_Discard"), "save", _("_Save"), NULL);
  adw_message_dialog_set_response_appearance(ADW_MESSAGE_DIALOG(dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance(ADW_MESSAGE_DIALOG(dialog), "save", ADW_RESPONSE_SUGGESTED);
  g_signal_connect_object(dialog, "response", G_CALLBACK(close_answered), self, 0);
  gtk_window_present(GTK_WINDOW(dialog));
  return TRUE;
}

/* --- other actions --- */

static void
undo_activated(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  if (g_str_equal(action, "win.undo"))
    pa_document_undo(self->document);
  else
    pa_document_redo(self->document);
}

static void
stop_activated(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaWindow *self = PA_WINDOW(widget);
  pa_catalog_cancel(self->catalog);
  pa_result_view_cancel(pa_explore_get_result_view(self->explore));
}

/* --- the window --- */

PaCatalog *
pa_window_get_catalog(PaWindow *self)
{
  return self->catalog;
}

PaDocument *
pa_window_get_document(PaWindow *self)
{
  return self->document;
}

PaExplore *
pa_window_get_explore(PaWindow *self)
{
  return self->explore;
}

static void
dispose(GObject *object)
{
  PaWindow *self = PA_WINDOW(object);
  g_clear_object(&self->work);
  g_clear_object(&self->recovery);
  g_clear_pointer(&self->recovered, pa_recovered_free);
  if (self->catalog)
    g_signal_handlers_disconnect_by_data(self->catalog, self);
  if (self->document)
    g_signal_handlers_disconnect_by_data(self->document, self);
  if (self->graph)
    pa_graph_set_session(self->graph, NULL);
  G_OBJECT_CLASS(pa_window_parent_class)->dispose(object);
  g_clear_object(&self->graph);
  if (self->catalog)
    pa_catalog_shut(self->catalog); /* after the widgets have let go of the session */
  g_clear_object(&self->catalog);
  g_clear_object(&self->document);
}

static void
install_actions(GtkWidgetClass *widget)
{
  gtk_widget_class_install_action(widget, "win.open", NULL, open_activated);
  gtk_widget_class_install_action(widget, "win.save", NULL, save_activated);
  gtk_widget_class_install_action(widget, "win.save-as", NULL, save_activated);
  gtk_widget_class_install_action(widget, "win.undo", NULL, undo_activated);
  gtk_widget_class_install_action(widget, "win.redo", NULL, undo_activated);
  gtk_widget_class_install_action(widget, "win.switch-view", NULL, pa_window_switch_view);
  gtk_widget_class_install_action(widget, "win.stop", NULL, stop_activated);
  gtk_widget_class_install_action(widget, "win.restore", NULL, restore_activated);
  gtk_widget_class_install_action(widget, "win.palette", NULL, pa_window_open_palette);
  gtk_widget_class_install_action(widget, "win.show-table", "s", pa_window_show_table);
  gtk_widget_class_install_action(widget, "win.pick-column", "(ss)", pa_window_pick_column);
  gtk_widget_class_install_action(widget, "win.import", NULL, pa_window_open_import);
  gtk_widget_class_install_action(widget, "win.import-report", "s", pa_window_open_import);
  gtk_widget_class_install_action(widget, "win.export", NULL, pa_window_open_export);
  gtk_widget_class_install_action(widget, "win.copy-picture", NULL, pa_window_copy_plot);
  gtk_widget_class_install_action(widget, "win.copy-data", NULL, pa_window_copy_plot);
  gtk_widget_class_install_action(widget, "win.focus-sql", NULL, pa_window_go);
  gtk_widget_class_install_action(widget, "win.show-text", NULL, pa_window_go);
}

static void
pa_window_class_init(PaWindowClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_EXPLORE);
  g_type_ensure(PA_TYPE_START_PAGE);
  g_type_ensure(PA_TYPE_ACTIVITY);
  G_OBJECT_CLASS(class)->dispose = dispose;
  GTK_WINDOW_CLASS(class)->close_request = close_request;
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/pa-window.ui");
  gtk_widget_class_bind_template_child(widget, PaWindow, toasts);
  gtk_widget_class_bind_template_child(widget, PaWindow, title);
  gtk_widget_class_bind_template_child(widget, PaWindow, undo);
  gtk_widget_class_bind_template_child(widget, PaWindow, redo);
  gtk_widget_class_bind_template_child(widget, PaWindow, activity);
  gtk_widget_class_bind_template_child(widget, PaWindow, stack);
  gtk_widget_class_bind_template_child(widget, PaWindow, start);
  gtk_widget_class_bind_template_child(widget, PaWindow, explore);
  install_actions(widget);
}

static void
pa_window_init(PaWindow *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  self->catalog = pa_catalog_new();
  self->document = pa_document_new();
  pa_explore_set_catalog(self->explore, self->catalog);
  self->recovery = pa_recovery_new(self->document);
  self->work = pa_work_new(self->document, self->catalog, self->explore);
  g_signal_connect(self->catalog, "ready", G_CALLBACK(session_ready), self);
  g_signal_connect(self->catalog, "opened", G_CALLBACK(table_opened), self);
  g_signal_connect(self->catalog, "failed", G_CALLBACK(open_failed), self);
  g_signal_connect(self->catalog, "progress", G_CALLBACK(told_progress), self);
  g_signal_connect_swapped(self->document, "committed", G_CALLBACK(show_undo), self);
  g_signal_connect_swapped(self->document, "reset", G_CALLBACK(show_undo), self);
  g_signal_connect_swapped(self->document, "notify", G_CALLBACK(show_title), self);
  g_signal_connect_swapped(self->explore, "ran", G_CALLBACK(show_title), self);
  g_signal_connect(self->start, "chosen", G_CALLBACK(start_chosen), self);
  GtkDropTarget *target = gtk_drop_target_new(GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect(target, "drop", G_CALLBACK(dropped), self);
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(target));
  show_undo(self);
  g_autoptr(GTask) task = g_task_new(self, NULL, recovered_listed, NULL);
  g_task_run_in_thread(task, list_recovered);
}

PaWindow *
pa_window_new(PaApplication *application)
{
  return g_object_new(PA_TYPE_WINDOW, "application", application, NULL);
}
