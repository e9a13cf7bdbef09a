#include "pa-sql-editor.h"

#include "pa-sql-completion.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MOST_HISTORY 200

struct _PaSqlEditor {
  GtkWidget parent_instance;
  GtkWidget *box, *run, *revealer, *fault;
  GtkSourceView *view;
  GtkSourceBuffer *buffer;
  GPtrArray *history; /* of char *, the oldest first */
  guint at;           /* in the history; its length: what is being written */
  char *written;      /* what was being written when one went back */
  char *ran;          /* the statement whose answer is awaited */
  int ran_offset;     /* where it starts in the text */
};

G_DEFINE_FINAL_TYPE(PaSqlEditor, pa_sql_editor, GTK_TYPE_WIDGET)

static guint run_signal;

char *
pa_sql_editor_dup_text(PaSqlEditor *self)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds(GTK_TEXT_BUFFER(self->buffer), &start, &end);
  return gtk_text_buffer_get_text(GTK_TEXT_BUFFER(self->buffer), &start, &end, FALSE);
}

void
pa_sql_editor_set_text(PaSqlEditor *self, const char *text)
{
  g_autofree char *now = pa_sql_editor_dup_text(self);
  if (strcmp(now, text))
    gtk_text_buffer_set_text(GTK_TEXT_BUFFER(self->buffer), text, -1);
}

/* --- faults --- */

static void
clear_fault(PaSqlEditor *self)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds(GTK_TEXT_BUFFER(self->buffer), &start, &end);
  gtk_text_buffer_remove_tag_by_name(GTK_TEXT_BUFFER(self->buffer), "fault", &start, &end);
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), FALSE);
}

/* "… (line 2, column 7)" */
static gboolean
parse_place(const char *message, guint *line, guint *column)
{
  const char *place = g_strrstr(message, "(line ");
  char *end;
  if (!place)
    return FALSE;
  *line = (guint)g_ascii_strtoull(place + strlen("(line "), &end, 10);
  if (!g_str_has_prefix(end, ", column "))
    return FALSE;
  *column = (guint)g_ascii_strtoull(end + strlen(", column "), NULL, 10);
  return *line > 0 && *column > 0;
}

static void
underline(PaSqlEditor *self, guint line, guint column)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_iter_at_offset(GTK_TEXT_BUFFER(self->buffer), &start, self->ran_offset);
  if (line > 1) {
    gtk_text_iter_forward_lines(&start, (int)line - 1);
    gtk_text_iter_set_line_offset(&start, 0);
  }
  gtk_text_iter_forward_chars(&start, (int)column - 1);
  end = start;
  if (gtk_text_iter_inside_word(&start))
    gtk_text_iter_forward_word_end(&end);
  else
    gtk_text_iter_forward_char(&end);
  if (gtk_text_iter_equal(&start, &end))
    gtk_text_iter_backward_char(&start);
  gtk_text_buffer_apply_tag_by_name(GTK_TEXT_BUFFER(self->buffer), "fault", &start, &end);
  gtk_text_view_scroll_to_iter(GTK_TEXT_VIEW(self->view), &start, 0.1, FALSE, 0, 0);
}

static void
remember(PaSqlEditor *self, const char *sql)
{
  if (self->history->len > 0 && !strcmp(self->history->pdata[self->history->len - 1], sql))
    return;
  g_ptr_array_add(self->history, g_strdup(sql));
  if (self->history->len > MOST_HISTORY)
    g_ptr_array_remove_index(self->history, 0);
}

void
pa_sql_editor_take_answer(PaSqlEditor *self, const GError *error)
{
  guint line, column;
  clear_fault(self);
  if (!error) {
    if (self->ran)
      remember(self, self->ran);
    self->at = self->history->len;
    return;
  }
  gtk_label_set_text(GTK_LABEL(self->fault), error->message);
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), TRUE);
  if (self->ran && parse_place(error->message, &line, &column))
    underline(self, line, column);
}

/* --- actions --- */

static void
run(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaSqlEditor *self = PA_SQL_EDITOR(widget);
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER(self->buffer);
  GtkTextIter start, end;
  if (!gtk_text_buffer_get_selection_bounds(buffer, &start, &end))
    gtk_text_buffer_get_bounds(buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text(buffer, &start, &end, FALSE);
  g_autofree char *bare = g_strstrip(g_strdup(text));
  if (!*bare)
    return;
  clear_fault(self);
  /* Faults count from where the statement starts: white space before it is cut off by those who run it. */
  while (g_unichar_isspace(gtk_text_iter_get_char(&start)) && gtk_text_iter_forward_char(&start))
    ;
  self->ran_offset = gtk_text_iter_get_offset(&start);
  g_free(self->ran);
  self->ran = g_strdup(bare);
  g_signal_emit(self, run_signal, 0, bare);
}

static void
step_history(GtkWidget *widget, const char *action, GVariant *parameter)
{
  PaSqlEditor *self = PA_SQL_EDITOR(widget);
  gboolean back = g_str_equal(action, "editor.previous");
  if (back ? self->at == 0 : self->at >= self->history->len)
    return;
  if (self->at == self->history->len) {
    g_free(self->written);
    self->written = pa_sql_editor_dup_text(self);
  }
  self->at = back ? self->at - 1 : self->at + 1;
  pa_sql_editor_set_text(self, self->at < self->history->len ? self->history->pdata[self->at] : self->written);
}

/* --- the widget --- */

static void
follow_style(AdwStyleManager *manager, GParamSpec *spec, gpointer data)
{
  PaSqlEditor *self = data;
  const char *name = adw_style_manager_get_dark(manager) ? "Adwaita-dark" : "Adwaita";
  gtk_source_buffer_set_style_scheme(self->buffer,
                                     gtk_source_style_scheme_manager_get_scheme(gtk_source_style_scheme_manager_get_default(), name));
}

void
pa_sql_editor_set_catalog(PaSqlEditor *self, PaCatalog *catalog)
{
  g_autoptr(PaSqlCompletion) provider = pa_sql_completion_new(catalog);
  gtk_source_completion_add_provider(gtk_source_view_get_completion(self->view), GTK_SOURCE_COMPLETION_PROVIDER(provider));
}

static void
dispose(GObject *object)
{
  PaSqlEditor *self = PA_SQL_EDITOR(object);
  g_signal_handlers_disconnect_by_data(adw_style_manager_get_default(), self);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_sql_editor_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaSqlEditor *self = PA_SQL_EDITOR(object);
  g_ptr_array_unref(self->history);
  g_free(self->written);
  g_free(self->ran);
  G_OBJECT_CLASS(pa_sql_editor_parent_class)->finalize(object);
}

static void
pa_sql_editor_class_init(PaSqlEditorClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(GTK_SOURCE_TYPE_VIEW);
  G_OBJECT_CLASS(class)->dispose = dispose;
  G_OBJECT_CLASS(class)->finalize = finalize;
  run_signal = g_signal_new("run", PA_TYPE_SQL_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-sql-editor.ui");
  gtk_widget_class_bind_template_child(widget, PaSqlEditor, box);
  gtk_widget_class_bind_template_child(widget, PaSqlEditor, run);
  gtk_widget_class_bind_template_child(widget, PaSqlEditor, revealer);
  gtk_widget_class_bind_template_child(widget, PaSqlEditor, fault);
  gtk_widget_class_bind_template_child(widget, PaSqlEditor, view);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action(widget, "editor.run", NULL, run);
  gtk_widget_class_install_action(widget, "editor.previous", NULL, step_history);
  gtk_widget_class_install_action(widget, "editor.next", NULL, step_history);
}

static void
add_shortcut(GtkShortcutController *controller, const char *trigger, const char *action)
{
  gtk_shortcut_controller_add_shortcut(controller, gtk_shortcut_new(gtk_shortcut_trigger_parse_string(trigger),
                                                                    gtk_named_action_new(action)));
}

static void
pa_sql_editor_init(PaSqlEditor *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  self->history = g_ptr_array_new_with_free_func(g_free);
  self->buffer = GTK_SOURCE_BUFFER(gtk_text_view_get_buffer(GTK_TEXT_VIEW(self->view)));
  gtk_source_buffer_set_language(self->buffer,
                                 gtk_source_language_manager_get_language(gtk_source_language_manager_get_default(), "sql"));
  gtk_text_buffer_create_tag(GTK_TEXT_BUFFER(self->buffer), "fault", "underline", PANGO_UNDERLINE_ERROR, NULL);
  g_signal_connect_swapped(self->buffer, "changed", G_CALLBACK(clear_fault), self);
  AdwStyleManager *manager = adw_style_manager_get_default();
  g_signal_connect(manager, "notify::dark", G_CALLBACK(follow_style), self);
  follow_style(manager, NULL, self);
  /* In the capture phase: the text view takes Ctrl+Enter and Alt+Up otherwise. */
  GtkShortcutController *shortcuts = GTK_SHORTCUT_CONTROLLER(gtk_shortcut_controller_new());
  gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(shortcuts), GTK_PHASE_CAPTURE);
  add_shortcut(shortcuts, "<Control>Return", "editor.run");
  add_shortcut(shortcuts, "<Control>KP_Enter", "editor.run");
  add_shortcut(shortcuts, "<Alt>Up", "editor.previous");
  add_shortcut(shortcuts, "<Alt>Down", "editor.next");
  gtk_widget_add_controller(GTK_WIDGET(self), GTK_EVENT_CONTROLLER(shortcuts));
}
