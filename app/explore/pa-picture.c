#include "pa-picture.h"

#include "pa-chart.h"

struct _PaPicture {
  GtkWidget parent_instance;
  GtkWidget *overlay, *picture, *spinner;
  int width, height;
  GCancellable *running;
};

G_DEFINE_FINAL_TYPE(PaPicture, pa_picture, GTK_TYPE_WIDGET)

static guint done_signal;

/* What is left of a chart in the size of a thumb: its marks. */
static const char bare_config[] =
  "{\"axis\":{\"labels\":false,\"ticks\":false,\"title\":null,\"grid\":false,\"domain\":false},"
  "\"legend\":{\"disable\":true},\"view\":{\"stroke\":null}}";

static char *
dup_bare(const char *spec, GError **error)
{
  JsonObject *object = pa_chart_parse(spec, error);
  if (!object)
    return NULL;
  json_object_set_object_member(object, "config", pa_chart_parse(bare_config, NULL));
  char *text = pa_chart_to_text(object);
  json_object_unref(object);
  return text;
}

typedef struct {
  PaPicture *picture;
  GCancellable *cancellable;
  PikaPlot *plot;
  GBytes *png;
} Drawing;

static void
drawing_free(Drawing *self)
{
  g_object_unref(self->picture);
  g_object_unref(self->cancellable);
  g_clear_pointer(&self->plot, pika_plot_free);
  g_clear_pointer(&self->png, g_bytes_unref);
  g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Drawing, drawing_free)

static void
finish(Drawing *drawing, const GError *error)
{
  PaPicture *self = drawing->picture;
  if (self->running != drawing->cancellable)
    return;
  g_clear_object(&self->running);
  gtk_spinner_stop(GTK_SPINNER(self->spinner));
  g_signal_emit(self, done_signal, 0, error);
}

static void
exported(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(Drawing) drawing = data;
  g_autoptr(GError) error = NULL;
  drawing->png = pika_plot_export_finish(result, &error);
  g_autoptr(GdkTexture) texture = drawing->png ? gdk_texture_new_from_bytes(drawing->png, &error) : NULL;
  if (texture && drawing->picture->running == drawing->cancellable)
    gtk_picture_set_paintable(GTK_PICTURE(drawing->picture->picture), GDK_PAINTABLE(texture));
  finish(drawing, error);
}

static void
planned(GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr(Drawing) drawing = data;
  g_autoptr(GError) error = NULL;
  drawing->plot = pika_plot_new_finish(result, &error);
  if (!drawing->plot || drawing->picture->running != drawing->cancellable) {
    finish(drawing, error);
    return;
  }
  PikaPictureOptions options = { .scale = gtk_widget_get_scale_factor(GTK_WIDGET(drawing->picture)), .transparent = TRUE };
  Drawing *held = g_steal_pointer(&drawing);
  pika_plot_export_async(held->plot, PIKA_PICTURE_PNG, &options, held->cancellable, exported, held);
}

void
pa_picture_stop(PaPicture *self)
{
  if (self->running)
    g_cancellable_cancel(self->running);
  g_clear_object(&self->running);
  gtk_spinner_stop(GTK_SPINNER(self->spinner));
}

void
pa_picture_draw(PaPicture *self, PikaSession *session, const char *spec, const char *table)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *bare = dup_bare(spec, &error);
  PikaPlotOptions options = {
    .table = table, .width = self->width, .height = self->height, .pixel_ratio = gtk_widget_get_scale_factor(GTK_WIDGET(self)),
    .theme = adw_style_manager_get_dark(adw_style_manager_get_default()) ? "dark" : "light",
  };
  pa_picture_stop(self);
  if (!bare) {
    g_signal_emit(self, done_signal, 0, error);
    return;
  }
  Drawing *drawing = g_new0(Drawing, 1);
  self->running = g_cancellable_new();
  drawing->picture = g_object_ref(self);
  drawing->cancellable = g_object_ref(self->running);
  gtk_spinner_start(GTK_SPINNER(self->spinner));
  pika_plot_new_async(session, bare, -1, &options, self->running, planned, drawing);
}

static void
dispose(GObject *object)
{
  PaPicture *self = PA_PICTURE(object);
  if (self->running)
    g_cancellable_cancel(self->running);
  g_clear_object(&self->running);
  g_clear_pointer(&self->overlay, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_picture_parent_class)->dispose(object);
}

static void
pa_picture_class_init(PaPictureClass *class)
{
  G_OBJECT_CLASS(class)->dispose = dispose;
  done_signal = g_signal_new("done", PA_TYPE_PICTURE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(class), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role(GTK_WIDGET_CLASS(class), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
pa_picture_init(PaPicture *self)
{
  self->overlay = gtk_overlay_new();
  self->picture = gtk_picture_new();
  self->spinner = gtk_spinner_new();
  gtk_widget_set_halign(self->spinner, GTK_ALIGN_CENTER);
  gtk_widget_set_valign(self->spinner, GTK_ALIGN_CENTER);
  gtk_picture_set_can_shrink(GTK_PICTURE(self->picture), TRUE);
  gtk_overlay_set_child(GTK_OVERLAY(self->overlay), self->picture);
  gtk_overlay_add_overlay(GTK_OVERLAY(self->overlay), self->spinner);
  gtk_widget_set_parent(self->overlay, GTK_WIDGET(self));
}

PaPicture *
pa_picture_new(int width, int height)
{
  PaPicture *self = g_object_new(PA_TYPE_PICTURE, NULL);
  gtk_widget_set_size_request(self->picture, width, height);
  self->width = width;
  self->height = height;
  return self;
}
