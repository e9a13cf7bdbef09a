#include "pa-plot-pane.h"

#include "pa-chart.h"
#include "pa-offers.h"
#include "pa-plot-view.h"
#include "pa-shelf-button.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

#define TYPING_MS 350 /* after the last key, the text is read */

static const char *const marks[] = { "bar", "line", "area", "point", "circle", "square", "tick", "rect", "rule", "boxplot", NULL };
static const struct { const char *channel, *label; } channels[] = {
  { "x", "X" }, { "y", "Y" }, { "color", N_("Colour") }, { "size", N_("Size") },
};

struct _PaPlotPane {
  GtkWidget parent_instance;
  GtkWidget *box, *tools, *shelves, *mark, *text_button, *paned, *stack, *text_box, *revealer, *fault;
  PaOffers *offers;
  PaPlotView *plot;
  GtkSourceView *text;
  GtkSourceBuffer *buffer;
  PaShelfButton *buttons[G_N_ELEMENTS(channels)];
  PikaSession *session;
  char *table, *spec;
  GCancellable *drawing;
  guint typing;    /* source: the text is read soon */
  gboolean is_set; /* widgets are being set from the specification */
};

G_DEFINE_FINAL_TYPE(PaPlotPane, pa_plot_pane, GTK_TYPE_WIDGET)

static guint spec_changed, drawn;

static void
show_fault(PaPlotPane *self, const char *message)
{
  if (message)
    gtk_label_set_text(GTK_LABEL(self->fault), message);
  gtk_revealer_set_reveal_child(GTK_REVEALER(self->revealer), message != NULL);
}

/* --- drawing --- */

static void
compiled(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(PaPlotPane) self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PikaView) view = pika_view_new_finish(result, &error);
  if (g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED) || !self->box)
    return;
  if (view)
    pa_plot_view_set_view(self->plot, view);
  else
    pa_plot_view_set_error(self->plot, error->message);
  show_fault(self, error ? error->message : NULL);
  g_signal_emit(self, drawn, 0, error);
}

static void
draw(PaPlotPane *self)
{
  if (self->drawing)
    g_cancellable_cancel(self->drawing);
  g_clear_object(&self->drawing);
  if (!self->spec || !self->session || !self->table)
    return;
  PikaPlotOptions options = {
    .table = self->table, .theme = adw_style_manager_get_dark(adw_style_manager_get_default()) ? "dark" : "light",
  };
  self->drawing = g_cancellable_new();
  pika_view_new_async(self->session, self->spec, -1, &options, self->drawing, compiled, g_object_ref(self));
}

/* --- the specification and its two sights --- */

static void
show_shelves(PaPlotPane *self, JsonObject *spec)
{
  const char *mark = pa_chart_get_mark(spec);
  guint selected = GTK_INVALID_LIST_POSITION;
  for (guint i = 0; marks[i]; i++)
    if (!g_strcmp0(mark, marks[i]))
      selected = i;
  self->is_set = TRUE;
  gtk_drop_down_set_selected(GTK_DROP_DOWN(self->mark), selected);
  for (guint i = 0; i < G_N_ELEMENTS(channels); i++) {
    g_auto(PaShelf) shelf = { 0 };
    pa_shelf_read(spec, channels[i].channel, &shelf);
    pa_shelf_button_set_shelf(self->buttons[i], &shelf);
  }
  self->is_set = FALSE;
}

static void
show_spec(PaPlotPane *self, gboolean text_too)
{
  JsonObject *spec = self->spec ? pa_chart_parse(self->spec, NULL) : NULL;
  gtk_widget_set_visible(self->shelves, spec && pa_chart_is_single(spec));
  gtk_widget_set_visible(self->tools, spec != NULL);
  if (spec && pa_chart_is_single(spec))
    show_shelves(self, spec);
  if (text_too) {
    self->is_set = TRUE;
    gtk_text_buffer_set_text(GTK_TEXT_BUFFER(self->buffer), self->spec ? self->spec : "", -1);
    self->is_set = FALSE;
  }
  g_clear_pointer(&spec, json_object_unref);
}

static void
take_spec(PaPlotPane *self, const char *text, gboolean text_too)
{
  g_autofree char *copy = g_strdup(text);
  g_free(self->spec);
  self->spec = g_steal_pointer(&copy);
  show_fault(self, NULL);
  show_spec(self, text_too);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), text ? "plot" : "empty");
  draw(self);
}

void
pa_plot_pane_set_spec(PaPlotPane *self, const char *spec)
{
  if (g_strcmp0(spec, self->spec))
    take_spec(self, spec, TRUE);
}

const char *
pa_plot_pane_get_spec(PaPlotPane *self)
{
  return self->spec;
}

const char *
pa_plot_pane_get_table(PaPlotPane *self)
{
  return self->table;
}

static void
shelf_changed(PaPlotPane *self)
{
  if (self->is_set || !self->spec)
    return;
  JsonObject *spec = pa_chart_parse(self->spec, NULL);
  guint mark = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->mark));
  if (mark != GTK_INVALID_LIST_POSITION)
    pa_chart_set_mark(spec, marks[mark]);
  for (guint i = 0; i < G_N_ELEMENTS(channels); i++) {
    g_auto(PaShelf) shelf = { 0 };
    pa_shelf_button_read(self->buttons[i], &shelf);
    pa_shelf_write(spec, channels[i].channel, &shelf);
  }
  g_autofree char *text = pa_chart_to_text(spec);
  json_object_unref(spec);
  if (!strcmp(text, self->spec))
    return;
  take_spec(self, text, TRUE);
  g_signal_emit(self, spec_changed, 0, self->spec);
}

static gboolean
read_text(gpointer data)
{
  PaPlotPane *self = data;
  GtkTextIter start, end;
  g_autoptr(GError) error = NULL;
  self->typing = 0;
  gtk_text_buffer_get_bounds(GTK_TEXT_BUFFER(self->buffer), &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text(GTK_TEXT_BUFFER(self->buffer), &start, &end, FALSE);
  JsonObject *spec = pa_chart_parse(text, &error);
  if (!spec) {
    show_fault(self, error->message);
    return G_SOURCE_REMOVE;
  }
  json_object_unref(spec);
  if (g_strcmp0(text, self->spec)) {
    take_spec(self, text, FALSE);
    g_signal_emit(self, spec_changed, 0, self->spec);
  }
  return G_SOURCE_REMOVE;
}

static void
text_typed(PaPlotPane *self)
{
  if (self->is_set)
    return;
  g_clear_handle_id(&self->typing, g_source_remove);
  self->typing = g_timeout_add(TYPING_MS, read_text, self);
}

/* --- offers --- */

static void
offer_taken(PaOffers *offers, const char *spec, gpointer data)
{
  PaPlotPane *self = data;
  g_autofree char *copy = g_strdup(spec);
  take_spec(self, copy, TRUE);
  g_signal_emit(self, spec_changed, 0, self->spec);
}

void
pa_plot_pane_offer(PaPlotPane *self, const GPtrArray *columns, const gint64 *distinct, gint64 rows)
{
  if (columns->len == 0 || !self->session || !self->table) {
    gtk_stack_set_visible_child_name(GTK_STACK(self->stack), self->spec ? "plot" : "empty");
    return;
  }
  pa_offers_show(self->offers, self->session, self->table, columns, distinct, rows);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), pa_offers_get_n(self->offers) ? "offers" : "empty");
}

void
pa_plot_pane_take(PaPlotPane *self, guint n)
{
  pa_offers_take(self->offers, n);
}

guint
pa_plot_pane_get_n_offers(PaPlotPane *self)
{
  return pa_offers_get_n(self->offers);
}

void
pa_plot_pane_set_data(PaPlotPane *self, PikaSession *session, const char *table, const GPtrArray *columns)
{
  g_autofree char *name = g_strdup(table);
  g_clear_pointer(&self->session, pika_session_unref);
  self->session = session ? pika_session_ref(session) : NULL;
  g_free(self->table);
  self->table = g_steal_pointer(&name);
  for (guint i = 0; i < G_N_ELEMENTS(channels); i++)
    pa_shelf_button_set_columns(self->buttons[i], columns);
  show_spec(self, FALSE);
  draw(self);
}

/* --- the widget --- */

void
pa_plot_pane_show_text(PaPlotPane *self, gboolean shows)
{
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(self->text_button), shows);
}

static void
follow_style(PaPlotPane *self)
{
  const char *name = adw_style_manager_get_dark(adw_style_manager_get_default()) ? "Adwaita-dark" : "Adwaita";
  gtk_source_buffer_set_style_scheme(self->buffer,
                                     gtk_source_style_scheme_manager_get_scheme(gtk_source_style_scheme_manager_get_default(), name));
  draw(self);
}

static void
dispose(GObject *object)
{
  PaPlotPane *self = PA_PLOT_PANE(object);
  g_signal_handlers_disconnect_by_data(adw_style_manager_get_default(), self);
  g_clear_handle_id(&self->typing, g_source_remove);
  if (self->drawing)
    g_cancellable_cancel(self->drawing);
  g_clear_object(&self->drawing);
  g_clear_pointer(&self->box, gtk_widget_unparent);
  g_clear_pointer(&self->session, pika_session_unref);
  g_clear_pointer(&self->table, g_free);
  g_clear_pointer(&self->spec, g_free);
  G_OBJECT_CLASS(pa_plot_pane_parent_class)->dispose(object);
}

static void
pa_plot_pane_class_init(PaPlotPaneClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  g_type_ensure(PA_TYPE_OFFERS);
  g_type_ensure(PA_TYPE_PLOT_VIEW);
  g_type_ensure(GTK_SOURCE_TYPE_VIEW);
  G_OBJECT_CLASS(class)->dispose = dispose;
  spec_changed = g_signal_new("spec-changed", PA_TYPE_PLOT_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  drawn = g_signal_new("drawn", PA_TYPE_PLOT_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource(widget, "/org/pikaplot/PikaPlot/explore/pa-plot-pane.ui");
  gtk_widget_class_bind_template_child(widget, PaPlotPane, box);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, tools);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, shelves);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, mark);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, text_button);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, paned);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, stack);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, offers);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, plot);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, text_box);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, text);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, revealer);
  gtk_widget_class_bind_template_child(widget, PaPlotPane, fault);
  gtk_widget_class_set_layout_manager_type(widget, GTK_TYPE_BIN_LAYOUT);
}

static void
pa_plot_pane_init(PaPlotPane *self)
{
  gtk_widget_init_template(GTK_WIDGET(self));
  g_autoptr(GtkStringList) names = gtk_string_list_new(marks);
  gtk_drop_down_set_model(GTK_DROP_DOWN(self->mark), G_LIST_MODEL(names));
  for (guint i = 0; i < G_N_ELEMENTS(channels); i++) {
    self->buttons[i] = pa_shelf_button_new(channels[i].channel, _(channels[i].label));
    gtk_flow_box_append(GTK_FLOW_BOX(self->shelves), GTK_WIDGET(self->buttons[i]));
    gtk_widget_set_focusable(gtk_widget_get_parent(GTK_WIDGET(self->buttons[i])), FALSE);
    g_signal_connect_swapped(self->buttons[i], "changed", G_CALLBACK(shelf_changed), self);
  }
  self->buffer = GTK_SOURCE_BUFFER(gtk_text_view_get_buffer(GTK_TEXT_VIEW(self->text)));
  gtk_source_buffer_set_language(self->buffer,
                                 gtk_source_language_manager_get_language(gtk_source_language_manager_get_default(), "json"));
  g_object_bind_property(self->text_button, "active", self->text_box, "visible", G_BINDING_SYNC_CREATE);
  g_signal_connect_swapped(self->mark, "notify::selected", G_CALLBACK(shelf_changed), self);
  g_signal_connect_swapped(self->buffer, "changed", G_CALLBACK(text_typed), self);
  g_signal_connect(self->offers, "taken", G_CALLBACK(offer_taken), self);
  g_signal_connect_swapped(adw_style_manager_get_default(), "notify::dark", G_CALLBACK(follow_style), self);
  follow_style(self);
  show_spec(self, TRUE);
  gtk_stack_set_visible_child_name(GTK_STACK(self->stack), "empty");
}
