#include "pa-import-dialog.h"

#include "pa-digits.h"
#include "pa-grid.h"
#include "pa-sql.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PREVIEW_ROWS 500
#define MOST_COLUMNS 300 /* that get a row of their own */
#define SHOWN_REJECTS 100000 /* characters of the report */

static const char *const types[] = { NULL, "BIGINT", "DOUBLE", "DECIMAL(18,2)", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPTZ",
                                     "TIME", "VARCHAR" };
static const struct { const char *value, *label; } delimiters[] = {
  { NULL, N_("Found in the file") }, { "comma", N_("Comma ,") }, { "semicolon", N_("Semicolon ;") }, { "tab", N_("Tab") },
  { "pipe", N_("Bar |") }, { "space", N_("Space") },
};

typedef struct {
  PaImportDialog *dialog; /* not owned */
  char *column;
  GtkWidget *row, *type;
  gint64 misfits;         /* -1: not known */
  GCancellable *counting;
} ColumnRow;

struct _PaImportDialog {
  AdwWindow parent_instance;
  GtkWidget *title, *apply, *settings, *delim, *header, *nullstr, *tz, *columns, *report_box, *report_title, *report;
  PaGrid *grid;
  PaCatalog *catalog;
  PaTableItem *item;
  GPtrArray *rows; /* of ColumnRow */
};

G_DEFINE_FINAL_TYPE(PaImportDialog, pa_import_dialog, ADW_TYPE_WINDOW)

static void
column_row_free(gpointer data)
{
  ColumnRow *self = data;
  if (self->counting)
    g_cancellable_cancel(self->counting);
  g_clear_object(&self->counting);
  g_free(self->column);
  g_free(self);
}

static ColumnRow *
find_row(PaImportDialog *self, const char *column)
{
  for (guint i = 0; i < self->rows->len; i++)
    if (!strcmp(((ColumnRow *)self->rows->pdata[i])->column, column))
      return self->rows->pdata[i];
  return NULL;
}

/* --- what would not fit --- */

typedef struct {
  PaImportDialog *dialog;
  char *column;
  GCancellable *cancellable;
} Count;

static void
counted(GObject *source, GAsyncResult *done, gpointer data)
{
  Count *count = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaResult) result = pika_result_new_finish(done, &error);
  ColumnRow *row = count->dialog->rows ? find_row(count->dialog, count->column) : NULL;
  if (row && row->counting == count->cancellable) {
    g_autofree char *text = result ? pika_result_dup_text(result, 0, 0) : NULL;
    row->misfits = text ? g_ascii_strtoll(text, NULL, 10) : -1;
    g_autofree char *n = pa_digits_dup(row->misfits);
    g_autofree char *words = error ? g_strdup(error->message)
                             : row->misfits > 0 ? g_strdup_printf(ngettext("%s value does not fit", "%s values do not fit", (gulong)row->misfits), n)
                                                : g_strdup(_("every value fits"));
    g_autofree char *escaped = g_markup_escape_text(words, -1);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row->row), escaped);
    if (row->misfits > 0)
      gtk_widget_add_css_class(row->row, "warning");
    else
      gtk_widget_remove_css_class(row->row, "warning");
  }
  g_object_unref(count->dialog);
  g_object_unref(count->cancellable);
  g_free(count->column);
  g_free(count);
}

static void
type_chosen(ColumnRow *row)
{
  PikaSession *session = pa_catalog_get_session(row->dialog->catalog);
  guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(row->type));
  PaColumnItem *item = pa_table_item_find_column(row->dialog->item, row->column);
  if (row->counting)
    g_cancellable_cancel(row->counting);
  g_clear_object(&row->counting);
  row->misfits = -1;
  gtk_widget_remove_css_class(row->row, "warning");
  if (chosen == 0 || chosen >= G_N_ELEMENTS(types) || !session) {
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row->row), item ? pa_column_item_get_column(item)->type : "");
    return;
  }
  g_autofree char *ident = pa_sql_dup_ident(row->column);
  g_autofree char *table = pa_sql_dup_ident(pa_table_item_get_name(row->dialog->item));
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s WHERE %s IS NOT NULL AND TRY_CAST(CAST(%s AS VARCHAR) AS %s) IS NULL",
                                         table, ident, ident, types[chosen]);
  Count *count = g_new(Count, 1);
  row->counting = g_cancellable_new();
  *count = (Count){ g_object_ref(row->dialog), g_strdup(row->column), g_object_ref(row->counting) };
  adw_action_row_set_subtitle(ADW_ACTION_ROW(row->row), _("counting…"));
  pika_result_new_async(session, sql, 1, row->counting, counted, count);
}

void
pa_import_dialog_set_type(PaImportDialog *self, const char *column, const char *type)
{
  ColumnRow *row = find_row(self, column);
  for (guint i = 0; row && i < G_N_ELEMENTS(types); i++)
    if (!g_strcmp0(types[i], type))
      gtk_drop_down_set_selected(GTK_DROP_DOWN(row->type), i);
}

gint64
pa_import_dialog_get_misfits(PaImportDialog *self, const char *column)
{
  ColumnRow *row = find_row(self, column);
  return row ? row->misfits : -1;
}

/* --- reading again --- */

static void
add_types(PaImportDialog *self, GStrvBuilder *options)
{
  for (guint i = 0; i < self->rows->len; i++) {
    const ColumnRow *row = self->rows->pdata[i];
    guint chosen = gtk_drop_down_get_selected(GTK_DROP_DOWN(row->type));
    if (chosen == 0 || chosen >= G_N_ELEMENTS(types))
      continue;
    g_autofree char *ident = pa_sql_dup_ident(row->column);
    g_autofree char *value = g_strdup_printf("%s=%s", ident, types[chosen]);
    g_strv_builder_add_many(options, "types", value, NULL);
  }
}

static void
add_entry(GStrvBuilder *options, const char *name, GtkWidget *entry)
{
  g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(entry))));
  if (*text)
    g_strv_builder_add_many(options, name, text, NULL);
}

void
pa_import_dialog_apply(PaImportDialog *self)
{
  g_autoptr(GStrvBuilder) options = g_strv_builder_new();
  guint delimiter = adw_combo_row_get_selected(ADW_COMBO_ROW(self->delim));
  g_auto(GStrv) nulls = g_strsplit(gtk_editable_get_text(GTK_EDITABLE(self->nullstr)), " ", -1);
  if (delimiter > 0 && delimiter < G_N_ELEMENTS(delimiters))
    g_strv_builder_add_many(options, "delim", delimiters[delimiter].value, NULL);
  add_entry(options, "header", self->header);
  add_entry(options, "tz", self->tz);
  for (char **null = nulls; *null; null++)
    if (**null)
      g_strv_builder_add_many(options, "nullstr", *null, NULL);
  add_types(self, options);
  g_auto(GStrv) all = g_strv_builder_end(options);
  pa_catalog_reopen(self->catalog, self->item, (const char *const *)all);
  gtk_window_close(GTK_WINDOW(self));
}

/* --- what there is --- */

static void
previewed(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(PaImportDialog) self = data;
  g_autoptr(PikaResult) result = pika_result_new_finish(done, NULL); /* without it the page is still of use */
  if (result && self->catalog)
    pa_grid_set_result(self->grid, result);
}

static void
show_report(PaImportDialog *self)
{
  const PikaTable *table = pa_table_item_get_table(self->item);
  g_autofree char *report = pa_table_item_dup_report(self->item), *warnings = g_strjoinv("\n", table->warnings);
  g_autofree char *title = *warnings ? g_strconcat(report, "\n", warnings, NULL) : g_strdup(report);
  g_autofree char *rejects = pika_session_dup_rejects(pa_catalog_get_session(self->catalog), table->name, NULL);
  gtk_label_set_text(GTK_LABEL(self->report_title), title);
  if (rejects && strlen(rejects) > SHOWN_REJECTS)
    rejects[SHOWN_REJECTS] = 0;
  g_autofree char *valid = g_utf8_make_valid(rejects ? rejects : "", -1);
  gtk_text_buffer_set_text(gtk_text_view_get_buffer(GTK_TEXT_VIEW(self->report)), table->rejected ? valid : "", -1);
}

static void
add_column(PaImportDialog *self, const PikaColumn *column)
{
  const char *names[G_N_ELEMENTS(types) + 1] = { _("Found") };
  g_autofree char *title = g_markup_escape_text(column->name, -1);
  ColumnRow *row = g_new0(ColumnRow, 1);
  for (guint i = 1; i < G_N_ELEMENTS(types); i++)
    names[i] = types[i];
  row->dialog = self;
  row->column = g_strdup(column->name);
  row->misfits = -1;
  row->row = adw_action_row_new();
  row->type = gtk_drop_down_new_from_strings(names);
  gtk_widget_set_valign(row->type, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row->row), title);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(row->row), column->type);
  adw_action_row_add_suffix(ADW_ACTION_ROW(row->row), row->type);
  adw_preferences_group_add(ADW_PREFERENCES_GROUP(self->columns), row->row);
  gtk_accessible_update_property(GTK_ACCESSIBLE(row->type), GTK_ACCESSIBLE_PROPERTY_LABEL, column->name, -1);
  g_signal_connect_swapped(row->type, "notify::selected", G_CALLBACK(type_chosen), row);
  g_ptr_array_add(self->rows, row);
}

/* What was said the last time is still there to be changed. */
static void
show_options(PaImportDialog *self)
{
  const char *const *options = pa_table_item_get_options(self->item);
  g_autoptr(GString) nulls = g_string_new(NULL);
  for (; options && options[0] && options[1]; options += 2) {
    if (!strcmp(options[0], "header"))
      gtk_editable_set_text(GTK_EDITABLE(self->header), options[1]);
    else if (!strcmp(options[0], "tz"))
      gtk_editable_set_text(GTK_EDITABLE(self->tz), options[1]);
    else if (!strcmp(options[0], "nullstr"))
      g_string_append_printf(nulls, "%s%s", nulls->len ? " " : "", options[1]);
    for (guint i = 1; !strcmp(options[0], "delim") && i < G_N_ELEMENTS(delimiters); i++)
      if (!strcmp(delimiters[i].value, options[1]))
        adw_combo_row_set_selected(ADW_COMBO_ROW(self->delim), i);
    const char *equals = !strcmp(options[0], "types") ? g_strrstr(options[1], "\"=") : NULL;
    if (equals) {
      g_autofree char *inner = g_strndup(options[1] + 1, (gsize)(equals - options[1] - 1));
      g_auto(GStrv) parts = g_strsplit(inner, "\"\"", -1);
      g_autofree char *column = g_strjoinv("\"", parts);
      pa_import_dialog_set_type(self, column, equals + 2);
    }
  }
  gtk_editable_set_text(GTK_EDITABLE(self->nullstr), nulls->str);
}

static void
show_item(PaImportDialog *self)
{
  GListModel *columns = G_LIST_MODEL(pa_table_item_get_columns(self->item));
  const char *format = pa_table_item_get_table(self->item)->format;
  gboolean is_text = format && !g_ascii_strcasecmp(format, "csv");
  for (guint i = 0; is_text && i < MIN(MOST_COLUMNS, g_list_model_get_n_items(columns)); i++) {
    g_autoptr(PaColumnItem) column = g_list_model_get_item(columns, i);
    add_column(self, pa_column_item_get_column(column));
  }
  gtk_widget_set_visible(self->settings, is_text);
  gtk_widget_set_visible(self->columns, is_text);
  gtk_widget_set_sensitive(self->apply, is_text);
  show_options(self);
  show_report(self);
  adw_window_title_set_title(ADW_WINDOW_TITLE(self->title), pa_table_item_get_name(self->item));
  adw_window_title_set_subtitle(ADW_WINDOW_TITLE(self->title), pa_table_item_get_path(self->item));
  g_autofree char *table = pa_sql_dup_ident(pa_table_item_get_name(self->item));
  g_autofree char *sql = g_strdup_printf("SELECT * FROM %s", table);
  pika_result_new_async(pa_catalog_get_session(self->catalog), sql, PREVIEW_ROWS, NULL, previewed, g_object_ref(self));
}

/* --- the window --- */

static void
dispose(GObject *object)
{
  PaImportDialog *self = PA_IMPORT_DIALOG(object);
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  g_clear_object(&self->catalog);
  g_clear_object(&self->item);
  G_OBJECT_CLASS(pa_import_dialog_parent_class)->dispose(object);
}

static void
pa_import_dialog_class_init(PaImportDialogClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_GRID);
  G_OBJECT_CLASS(class)->dispose = dispose;
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/dialogs/pa-import-dialog.ui");
  gtk_widget_class_bind_template_child(widget, PaImportDialog, title);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, apply);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, settings);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, delim);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, header);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, nullstr);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, tz);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, columns);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, report_box);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, report_title);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, report);
  gtk_widget_class_bind_template_child(widget, PaImportDialog, grid);
  gtk_widget_class_add_binding_action(widget, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pa_import_dialog_init(PaImportDialog *self)
{
  const char *names[G_N_ELEMENTS(delimiters) + 1] = { NULL };
  gtk_widget_init_template(GTK_WIDGET(self));
  self->rows = g_ptr_array_new_with_free_func(column_row_free);
  for (guint i = 0; i < G_N_ELEMENTS(delimiters); i++)
    names[i] = _(delimiters[i].label);
  g_autoptr(GtkStringList) list = gtk_string_list_new(names);
  adw_combo_row_set_model(ADW_COMBO_ROW(self->delim), G_LIST_MODEL(list));
  g_signal_connect_swapped(self->apply, "clicked", G_CALLBACK(pa_import_dialog_apply), self);
}

PaImportDialog *
pa_import_dialog_new(GtkWindow *parent, PaCatalog *catalog, PaTableItem *item)
{
  PaImportDialog *self = g_object_new(PA_TYPE_IMPORT_DIALOG, "transient-for", parent, NULL);
  self->catalog = g_object_ref(catalog);
  self->item = g_object_ref(item);
  show_item(self);
  return self;
}
