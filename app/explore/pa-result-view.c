#include "pa-result-view.h"

#include "pa-digits.h"
#include "pa-sql.h"

#include <glib/gi18n-lib.h>

#define MOST_ROWS 10000000 /* kept; beyond it the rest is said to be there */
#define FIRST_ROWS 2000    /* of a table, shown until all are read */
#define MOST_COPIED ((gint64)20000000) /* cells: the clipboard is no file */

struct _PaResultView {
  GtkWidget parent_instance;
  GtkWidget *box, *search_bar, *search_entry, *search_label, *stack, *said, *spinner, *status, *selected, *filter_button;
  PaGrid *grid;
  PikaSession *session;
  char *sql, *arranged;
  GCancellable *running; /* NULL: nothing runs */
  GCancellable *finding;
};

enum { PROP_0, PROP_BUSY };

G_DEFINE_FINAL_TYPE(PaResultView, pa_result_view, GTK_TYPE_WIDGET)

static guint ran, picked_changed, rows_changed;

static void
set_running(PaResultView *self, GCancellable *running)
{
  if (self->running)
    g_cancellable_cancel(self->running);
  g_set_object(&self->running, running);
  gtk_spinner_set_spinning(GTK_SPINNER(self->spinner), running != NULL);
  gtk_widget_set_visible(self->spinner, running != NULL);
  g_object_notify(G_OBJECT(self), "busy");
}

/* --- words --- */

static void
say(PaResultView *self, const char *icon, const char *title, const char *words)
{
  g_autofree char *escaped = words ? g_markup_escape_text(words, -1) : NULL;
  adw_status_page_set_icon_name(ADW_STATUS_PAGE(self->said), icon);
  adw_status_page_set_title(ADW_STATUS_PAGE(self->said), title);
  adw_status_page_set_description(ADW_STATUS_PAGE(self->said), escaped);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "said");
}

static void
show_status(PaResultView *self, PikaResult *result)
{
  const PikaReceipt *receipt = pika_result_get_receipt(result);
  double ms = receipt->fetch_ms + receipt->execute_ms;
  g_autofree char *rows = pa_digits_dup(pika_result_get_n_rows(result));
  g_autofree char *columns = g_strdup_printf(ngettext("%u column", "%u columns", pika_result_get_n_columns(result)),
                                             pika_result_get_n_columns(result));
  g_autofree char *count = pika_result_is_cut(result) ? g_strdup_printf(_("the first %s rows of more"), rows)
                                                      : g_strdup_printf(ngettext("%s row", "%s rows", (gulong)pika_result_get_n_rows(result)), rows);
  g_autofree char *text = g_strdup_printf("%s · %s · %s · %.0f ms", count, columns, receipt->backend, ms);
  g_autofree char *details = pika_receipt_to_text(receipt);
  gtk_label_set_text(GTK_LABEL(self->status), text);
  gtk_widget_set_tooltip_text(self->status, details);
}

static void
show_selected(PaResultView *self)
{
  gint64 row, rows;
  guint column, columns;
  g_autofree char *text = NULL;
  if (pa_grid_get_selection(self->grid, &row, &rows, &column, &columns) && (rows > 1 || columns > 1)) {
    g_autofree char *count = pa_digits_dup(rows);
    text = g_strdup_printf(_("%s × %u selected"), count, columns);
  }
  gtk_label_set_text(GTK_LABEL(self->selected), text ? text : "");
}

/* --- running --- */

typedef struct {
  PaResultView *view;
  GCancellable *cancellable;
  gboolean is_first; /* only the first rows: more follow */
} Asked;

static void
asked_free(Asked *self)
{
  g_object_unref(self->view);
  g_object_unref(self->cancellable);
  g_free(self);
}

static void ask(PaResultView *self, GCancellable *cancellable, gboolean is_first);

static void
show_result(PaResultView *self, PikaResult *result)
{
  if (pika_result_get_n_columns(result) == 0) {
    g_autofree char *words = g_strdup_printf(ngettext("%" G_GINT64_FORMAT " row changed", "%" G_GINT64_FORMAT " rows changed",
                                                      (gulong)pika_result_get_receipt(result)->rows_changed),
                                             pika_result_get_receipt(result)->rows_changed);
    pa_grid_set_result(self->grid, NULL);
    say(self, "object-select-symbolic", _("Done"), words);
  } else {
    pa_grid_set_result(self->grid, result);
    gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "rows");
  }
  show_status(self, result);
}

static void
answered(GObject *source, GAsyncResult *done, gpointer data)
{
  Asked *asked = data;
  PaResultView *self = asked->view;
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaResult) result = pika_result_new_finish(done, &error);
  if (self->running == asked->cancellable) {
    gboolean follows = result && asked->is_first && pika_result_is_cut(result);
    if (result)
      show_result(self, result);
    if (follows) {
      ask(self, asked->cancellable, FALSE);
    } else {
      set_running(self, NULL);
      if (error && !pa_grid_get_result(self->grid))
        say(self, "dialog-warning-symbolic", _("The statement failed"), error->message);
      if (error)
        gtk_label_set_text(GTK_LABEL(self->status), error->message);
      g_signal_emit(self, ran, 0, error);
    }
  }
  asked_free(asked);
}

static void
ask(PaResultView *self, GCancellable *cancellable, gboolean is_first)
{
  Asked *asked = g_new(Asked, 1);
  *asked = (Asked){ g_object_ref(self), g_object_ref(cancellable), is_first };
  pika_result_new_async(self->session, self->arranged, is_first ? FIRST_ROWS : MOST_ROWS, cancellable, answered, asked);
}

static void
start(PaResultView *self, gboolean is_table)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  set_running(self, cancellable);
  gtk_label_set_text(GTK_LABEL(self->status), _("Running…"));
  ask(self, cancellable, is_table);
}

void
pa_result_view_run(PaResultView *self, PikaSession *session, const char *sql, gboolean is_table)
{
  g_clear_pointer(&self->session, pika_session_unref);
  self->session = pika_session_ref(session);
  g_free(self->sql);
  g_free(self->arranged);
  self->sql = pa_sql_dup_bare(sql);
  self->arranged = g_strdup(self->sql);
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->filter_button), FALSE);
  pa_grid_set_sort(self->grid, -1, FALSE);
  start(self, is_table);
}

void
pa_result_view_cancel(PaResultView *self)
{
  if (!self->running)
    return;
  set_running(self, NULL);
  gtk_label_set_text(GTK_LABEL(self->status), _("Cancelled"));
}

void
pa_result_view_clear(PaResultView *self)
{
  set_running(self, NULL);
  g_clear_pointer(&self->sql, g_free);
  g_clear_pointer(&self->arranged, g_free);
  g_clear_pointer(&self->session, pika_session_unref);
  pa_grid_set_result(self->grid, NULL);
  gtk_label_set_text(GTK_LABEL(self->status), "");
  say(self, "pa-table-symbolic", _("No rows yet"), _("Choose a table, or run a statement"));
}

/* --- filters and order --- */

/* FALSE if a filter is not one. */
static gboolean
collect_filters(PaResultView *self, GPtrArray *predicates)
{
  PikaResult *result = pa_grid_get_result(self->grid);
  gboolean all = TRUE;
  for (guint i = 0; i < pika_result_get_n_columns(result); i++) {
    g_autoptr(GError) error = NULL;
    char *predicate = pa_sql_dup_filter(pa_grid_get_filter(self->grid, i), pika_result_get_column(result, i), &error);
    if (predicate)
      g_ptr_array_add(predicates, predicate);
    pa_grid_set_filter_fault(self->grid, i, error ? error->message : NULL);
    all &= error == NULL;
  }
  return all;
}

static void
arrange(PaResultView *self)
{
  PikaResult *result = pa_grid_get_result(self->grid);
  g_autoptr(GPtrArray) predicates = g_ptr_array_new_with_free_func(g_free);
  gboolean descending;
  int column = pa_grid_get_sort(self->grid, &descending);
  if (!result || !self->sql || !collect_filters(self, predicates))
    return;
  const char *order_by = column >= 0 ? pika_result_get_column(result, (guint)column)->name : NULL;
  g_autofree char *arranged = pa_sql_dup_arranged(self->sql, predicates, order_by, descending);
  if (g_str_equal(arranged, self->arranged))
    return;
  g_free(self->arranged);
  self->arranged = g_steal_pointer(&arranged);
  start(self, FALSE);
  g_signal_emit(self, rows_changed, 0);
}

static void
filter_toggled(GtkToggleButton *button, gpointer self)
{
  pa_grid_set_shows_filters(((PaResultView *)self)->grid, gtk_toggle_button_get_active(button));
  arrange(self);
}

static void
picked(PaGrid *grid, gpointer self)
{
  g_signal_emit(self, picked_changed, 0);
}

GPtrArray *
pa_result_view_get_picked(PaResultView *self)
{
  PikaResult *result = pa_grid_get_result(self->grid);
  g_autoptr(GArray) indices = pa_grid_get_picked(self->grid);
  GPtrArray *columns = g_ptr_array_new();
  for (guint i = 0; result && i < indices->len; i++)
    g_ptr_array_add(columns, (gpointer)pika_result_get_column(result, g_array_index(indices, guint, i)));
  return columns;
}

/* --- search --- */

static void
found(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(PaResultView) self = data;
  g_autoptr(GError) error = NULL;
  gint64 row;
  guint column;
  if (pika_result_find_finish(done, &row, &column, &error)) {
    pa_grid_set_cursor(self->grid, row, column);
    gtk_label_set_text(GTK_LABEL(self->search_label), "");
  } else if (!g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED)) {
    gtk_label_set_text(GTK_LABEL(self->search_label), _("No cell holds this"));
  }
}

static void
find(PaResultView *self, gboolean backward, gboolean from_here)
{
  const char *text = gtk_editable_get_text(GTK_EDITABLE(self->search_entry));
  PikaResult *result = pa_grid_get_result(self->grid);
  gint64 row = 0;
  guint column = 0;
  if (self->finding)
    g_cancellable_cancel(self->finding);
  g_clear_object(&self->finding);
  gtk_label_set_text(GTK_LABEL(self->search_label), "");
  if (!result || !*text || pika_result_get_n_rows(result) == 0)
    return;
  gboolean has_cursor = pa_grid_get_cursor(self->grid, &row, &column);
  if (!has_cursor || from_here) { /* the cell before this one, so that this one counts */
    gint64 columns = pika_result_get_n_columns(result), cells = pika_result_get_n_rows(result) * columns;
    gint64 at = ((has_cursor ? row * columns + column : 0) + cells - 1) % cells;
    row = at / columns;
    column = (guint)(at % columns);
  }
  self->finding = g_cancellable_new();
  pika_result_find_async(result, text, row, column, backward, self->finding, found, g_object_ref(self));
}

static void
search_typed(GtkSearchEntry *entry, gpointer self)
{
  find(self, FALSE, TRUE);
}

static void
search_next(GtkSearchEntry *entry, gpointer self)
{
  find(self, FALSE, FALSE);
}

static void
search_previous(GtkSearchEntry *entry, gpointer self)
{
  find(self, TRUE, FALSE);
}

/* --- actions --- */

static void
copied(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(PaResultView) self = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = pika_result_copy_finish(done, &error);
  if (text)
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
  gtk_label_set_text(GTK_LABEL(self->selected), text ? _("Copied") : error->message);
}

static void
copy(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaResultView *self = PA_RESULT_VIEW(widget);
  PikaResult *result = pa_grid_get_result(self->grid);
  gint64 row, rows;
  guint first, n;
  if (!result || !pa_grid_get_selection(self->grid, &row, &rows, &first, &n))
    return;
  if (rows * n > MOST_COPIED) {
    gtk_label_set_text(GTK_LABEL(self->selected), _("Too much for the clipboard: export it as a file"));
    return;
  }
  g_autofree guint *columns = g_new(guint, n);
  for (guint i = 0; i < n; i++)
    columns[i] = first + i;
  pika_result_copy_async(result, row, rows, columns, n, g_str_equal(action, "result.copy-csv") ? ',' : '\t',
                         !g_str_equal(action, "result.copy"), NULL, copied, g_object_ref(self));
}

static void
start_search(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaResultView *self = PA_RESULT_VIEW(widget);
  gtk_search_bar_set_search_mode(GTK_SEARCH_BAR(self->search_bar), TRUE);
  gtk_widget_grab_focus(self->search_entry);
}

static void
turn_filter(GtkWidget *widget, const char *action, GVariant *parameter)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON(PA_RESULT_VIEW(widget)->filter_button);
  gtk_toggle_button_set_active(button, !gtk_toggle_button_get_active(button));
}

/* --- the widget --- */

const char *
pa_result_view_get_sql(PaResultView *self)
{
  return self->sql;
}

const char *
pa_result_view_get_arranged_sql(PaResultView *self)
{
  return self->arranged;
}

PaGrid *
pa_result_view_get_grid(PaResultView *self)
{
  return self->grid;
}

gboolean
pa_result_view_is_busy(PaResultView *self)
{
  return self->running != NULL;
}

static void
get_property(GObject *object, guint property, GValue *value, GParamSpec *spec)
{
  g_value_set_boolean(value, pa_result_view_is_busy(PA_RESULT_VIEW(object)));
}

static void
dispose(GObject *object)
{
  PaResultView *self = PA_RESULT_VIEW(object);
  if (self->running)
    g_cancellable_cancel(self->running);
  if (self->finding)
    g_cancellable_cancel(self->finding);
  g_clear_object(&self->running);
  g_clear_object(&self->finding);
  g_clear_pointer(&self->session, pika_session_unref);
  g_clear_pointer(&self->sql, g_free);
  g_clear_pointer(&self->arranged, g_free);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_result_view_parent_class)->dispose(object);
}

static void
bind_children(GtkWidgetClass *widget)
{
  gtk_widget_class_bind_template_child(widget, PaResultView, box);
  gtk_widget_class_bind_template_child(widget, PaResultView, search_bar);
  gtk_widget_class_bind_template_child(widget, PaResultView, search_entry);
  gtk_widget_class_bind_template_child(widget, PaResultView, search_label);
  gtk_widget_class_bind_template_child(widget, PaResultView, stack);
  gtk_widget_class_bind_template_child(widget, PaResultView, said);
  gtk_widget_class_bind_template_child(widget, PaResultView, spinner);
  gtk_widget_class_bind_template_child(widget, PaResultView, status);
  gtk_widget_class_bind_template_child(widget, PaResultView, selected);
  gtk_widget_class_bind_template_child(widget, PaResultView, filter_button);
  gtk_widget_class_bind_template_child(widget, PaResultView, grid);
}

static void
pa_result_view_class_init(PaResultViewClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_GRID);
  object->dispose = dispose;
  object->get_property = get_property;
  g_object_class_install_property(object, PROP_BUSY, g_param_spec_boolean("busy", NULL, NULL, FALSE, G_PARAM_READABLE));
  ran = g_signal_new("ran", PA_TYPE_RESULT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  picked_changed = g_signal_new("picked-changed", PA_TYPE_RESULT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  rows_changed = g_signal_new("rows-changed", PA_TYPE_RESULT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-result-view.ui");
  bind_children(widget);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action(widget, "result.copy", NULL, copy);
  gtk_widget_class_install_action(widget, "result.copy-with-names", NULL, copy);
  gtk_widget_class_install_action(widget, "result.copy-csv", NULL, copy);
  gtk_widget_class_install_action(widget, "result.find", NULL, start_search);
  gtk_widget_class_install_action(widget, "result.filter", NULL, turn_filter);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_c, GDK_CONTROL_MASK, "result.copy", NULL);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "result.copy-with-names", NULL);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_f, GDK_CONTROL_MASK, "result.find", NULL);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_f, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "result.filter", NULL);
}

static void
pa_result_view_init(PaResultView *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  gtk_search_bar_connect_entry(GTK_SEARCH_BAR(self->search_bar), GTK_EDITABLE(self->search_entry));
  gtk_search_bar_set_key_capture_widget(GTK_SEARCH_BAR(self->search_bar), NULL);
  g_signal_connect(self->search_entry, "search-changed", G_CALLBACK(search_typed), self);
  g_signal_connect(self->search_entry, "activate", G_CALLBACK(search_next), self);
  g_signal_connect(self->search_entry, "next-match", G_CALLBACK(search_next), self);
  g_signal_connect(self->search_entry, "previous-match", G_CALLBACK(search_previous), self);
  g_signal_connect(self->filter_button, "toggled", G_CALLBACK(filter_toggled), self);
  g_signal_connect(self->grid, "picked-changed", G_CALLBACK(picked), self);
  g_signal_connect_swapped(self->grid, "sort-changed", G_CALLBACK(arrange), self);
  g_signal_connect_swapped(self->grid, "filter-changed", G_CALLBACK(arrange), self);
  g_signal_connect_swapped(self->grid, "selection-changed", G_CALLBACK(show_selected), self);
  pa_result_view_clear(self);
}
