#include "pa-start-page.h"

#include "pa-application.h"

#include <glib/gi18n-lib.h>

#define MOST_RECENT 6

struct _PaStartPage {
  GtkWidget parent_instance;
  GtkWidget *page, *recent, *examples;
};

G_DEFINE_FINAL_TYPE(PaStartPage, pa_start_page, GTK_TYPE_WIDGET)

static guint chosen;

static void
row_activated(AdwActionRow *row, gpointer self)
{
  g_signal_emit(self, chosen, 0, g_object_get_data(G_OBJECT(row), "file"));
}

static void
add_row(PaStartPage *self, GtkWidget *group, GFile *file, const char *subtitle)
{
  g_autofree char *name = g_file_get_basename(file);
  g_autofree char *shown = g_markup_escape_text(name, -1), *below = g_markup_escape_text(subtitle, -1);
  GtkWidget *row = adw_action_row_new();
  adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), shown);
  adw_action_row_set_subtitle(ADW_ACTION_ROW(row), below);
  adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 1);
  gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), TRUE);
  adw_action_row_add_suffix(ADW_ACTION_ROW(row), gtk_image_new_from_icon_name("go-next-symbolic"));
  g_object_set_data_full(G_OBJECT(row), "file", g_object_ref(file), g_object_unref);
  g_signal_connect(row, "activated", G_CALLBACK(row_activated), self);
  adw_preferences_group_add(ADW_PREFERENCES_GROUP(group), row);
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
  return -g_date_time_compare(gtk_recent_info_get_visited((GtkRecentInfo *)a), gtk_recent_info_get_visited((GtkRecentInfo *)b));
}

static void
show_recent(PaStartPage *self)
{
  GList *items = g_list_sort(gtk_recent_manager_get_items(gtk_recent_manager_get_default()), newest_first);
  guint n = 0;
  for (GList *i = items; i && n < MOST_RECENT; i = i->next) {
    GtkRecentInfo *info = i->data;
    if (!gtk_recent_info_has_group(info, PA_APPLICATION_ID) || !gtk_recent_info_exists(info))
      continue;
    g_autoptr(GFile) file = g_file_new_for_uri(gtk_recent_info_get_uri(info));
    g_autofree char *folder = gtk_recent_info_get_uri_display(info);
    add_row(self, self->recent, file, folder ? folder : gtk_recent_info_get_uri(info));
    n++;
  }
  gtk_widget_set_visible(self->recent, n > 0);
  g_list_free_full(items, (GDestroyNotify)gtk_recent_info_unref);
}

char *
pa_start_page_dup_example(const char *name)
{
  const char *const folders[] = { PA_EXAMPLES_DIR, PA_SOURCE_EXAMPLES_DIR };
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(folders[i], name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer(&path);
  }
  return NULL;
}

static void
show_examples(PaStartPage *self)
{
  g_autofree char *path = pa_start_page_dup_example("weather.csv");
  g_autoptr(GFile) file = path ? g_file_new_for_path(path) : NULL;
  if (file)
    add_row(self, self->examples, file, _("Four years of daily weather, made up: temperatures, wind, rain"));
  gtk_widget_set_visible(self->examples, file != NULL);
}

void
pa_start_page_remember(GFile *file)
{
  g_autofree char *uri = g_file_get_uri(file);
  GtkRecentData data = {
    .mime_type = (char *)"application/octet-stream", .app_name = (char *)"Pika-Plot", .app_exec = (char *)"pika-plot %u",
    .groups = (char *[]){ (char *)PA_APPLICATION_ID, NULL },
  };
  gtk_recent_manager_add_full(gtk_recent_manager_get_default(), uri, &data);
}

static void
dispose(GObject *object)
{
  PaStartPage *self = PA_START_PAGE(object);
  g_clear_pointer(&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_start_page_parent_class)->dispose(object);
}

static void
pa_start_page_class_init(PaStartPageClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  G_OBJECT_CLASS(class)->dispose = dispose;
  chosen = g_signal_new("chosen", PA_TYPE_START_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/pa-start-page.ui");
  gtk_widget_class_bind_template_child(widget, PaStartPage, page);
  gtk_widget_class_bind_template_child(widget, PaStartPage, recent);
  gtk_widget_class_bind_template_child(widget, PaStartPage, examples);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
}

static void
pa_start_page_init(PaStartPage *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  show_recent(self);
  show_examples(self);
}
