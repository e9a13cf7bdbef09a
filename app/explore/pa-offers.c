#include "pa-offers.h"

#include "pa-chart.h"
#include "pa-picture.h"

#include <glib/gi18n-lib.h>

#define WIDTH 132
#define HEIGHT 84

struct _PaOffers {
  GtkWidget parent_instance;
  GtkWidget *scroll, *flow;
  GPtrArray *charts; /* of PaChart; those of the buttons, in their order */
};

G_DEFINE_FINAL_TYPE(PaOffers, pa_offers, GTK_TYPE_WIDGET)

static guint taken;

/* What is still being drawn small would only delay the chart that was taken. */
static void
take(PaOffers *self, const char *spec)
{
  for (GtkWidget *child = gtk_widget_get_first_child(self->flow); child; child = gtk_widget_get_next_sibling(child))
    pa_picture_stop(g_object_get_data(G_OBJECT(gtk_flow_box_child_get_child(GTK_FLOW_BOX_CHILD(child))), "picture"));
  g_signal_emit(self, taken, 0, spec);
}

static void
clicked(GtkButton *button, gpointer self)
{
  take(self, g_object_get_data(G_OBJECT(button), "spec"));
}

/* A chart that cannot be drawn of these data is not offered, and says why where one looks for it. */
static void
drawn(PaPicture *picture, const GError *error, gpointer button)
{
  if (!error)
    return;
  g_debug("not offered: %s", error->message);
  gtk_widget_set_visible(gtk_widget_get_parent(button), FALSE);
}

static GtkWidget *
new_button(PaOffers *self, const PaChart *chart)
{
  GtkWidget *button = gtk_button_new(), *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 4), *label = gtk_label_new(chart->title);
  PaPicture *picture = pa_picture_new(WIDTH, HEIGHT);
  gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
  gtk_label_set_lines(GTK_LABEL(label), 2);
  gtk_label_set_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 16);
  gtk_widget_add_css_class(label, "caption");
  gtk_box_append(GTK_BOX(box), GTK_WIDGET(picture));
  gtk_box_append(GTK_BOX(box), label);
  gtk_button_set_child(GTK_BUTTON(button), box);
  gtk_widget_add_css_class(button, "card");
  gtk_widget_add_css_class(button, "pa-offer");
  gtk_widget_set_tooltip_text(button, chart->title);
  gtk_accessible_update_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL, chart->title, -1);
  g_object_set_data_full(G_OBJECT(button), "spec", g_strdup(chart->spec), g_free);
  g_object_set_data(G_OBJECT(button), "picture", picture);
  g_signal_connect(button, "clicked", G_CALLBACK(clicked), self);
  g_signal_connect(picture, "done", G_CALLBACK(drawn), button);
  return button;
}

void
pa_offers_clear(PaOffers *self)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child(self->flow)))
    gtk_flow_box_remove(GTK_FLOW_BOX(self->flow), child);
  g_clear_pointer(&self->charts, g_ptr_array_unref);
}

void
pa_offers_show(PaOffers *self, PikaSession *session, const char *table, const GPtrArray *columns, const gint64 *distinct,
               gint64 rows)
{
  pa_offers_clear(self);
  self->charts = pa_chart_suggest(columns, distinct, rows);
  for (guint i = 0; i < self->charts->len; i++) {
    const PaChart *chart = self->charts->pdata[i];
    GtkWidget *button = new_button(self, chart);
    gtk_flow_box_append(GTK_FLOW_BOX(self->flow), button);
    gtk_widget_set_focusable(gtk_widget_get_parent(button), FALSE);
    pa_picture_draw(g_object_get_data(G_OBJECT(button), "picture"), session, chart->spec, table);
  }
}

guint
pa_offers_get_n(PaOffers *self)
{
  return self->charts ? self->charts->len : 0;
}

void
pa_offers_take(PaOffers *self, guint n)
{
  g_return_if_fail(n < pa_offers_get_n(self));
  take(self, ((PaChart *)self->charts->pdata[n])->spec);
}

static void
dispose(GObject *object)
{
  PaOffers *self = PA_OFFERS(object);
  g_clear_pointer(&self->charts, g_ptr_array_unref);
  g_clear_pointer(&self->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_offers_parent_class)->dispose(object);
}

static void
pa_offers_class_init(PaOffersClass *class)
{
  G_OBJECT_CLASS(class)->dispose = dispose;
  taken = g_signal_new("taken", PA_TYPE_OFFERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(class), GTK_TYPE_BIN_LAYOUT);
}

static void
pa_offers_init(PaOffers *self)
{
  self->flow = gtk_flow_box_new();
  gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line(GTK_FLOW_BOX(self->flow), 8);
  gtk_flow_box_set_homogeneous(GTK_FLOW_BOX(self->flow), TRUE);
  gtk_flow_box_set_row_spacing(GTK_FLOW_BOX(self->flow), 6);
  gtk_flow_box_set_column_spacing(GTK_FLOW_BOX(self->flow), 6);
  gtk_widget_set_margin_start(self->flow, 12);
  gtk_widget_set_margin_end(self->flow, 12);
  gtk_widget_set_margin_top(self->flow, 12);
  gtk_widget_set_margin_bottom(self->flow, 12);
  gtk_widget_set_valign(self->flow, GTK_ALIGN_START);
  self->scroll = gtk_scrolled_window_new();
  gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(self->scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(self->scroll), self->flow);
  gtk_widget_set_parent(self->scroll, GTK_WIDGET(self));
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Charts that fit"), -1);
}
