#include "pa-plot-view-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

G_DEFINE_FINAL_TYPE(PaPlotView, pa_plot_view, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_MODE, PROP_BRUSH, PROP_ERROR, N_PROPS };
enum { STATE_COMMITTED, BRUSH_COMMITTED, ROWS_REQUESTED, FRAME_CHANGED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

GType
pa_plot_mode_get_type(void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { PA_PLOT_MODE_PAN, "PA_PLOT_MODE_PAN", "pan" },
    { PA_PLOT_MODE_BOX, "PA_PLOT_MODE_BOX", "box" },
    { PA_PLOT_MODE_BRUSH, "PA_PLOT_MODE_BRUSH", "brush" },
    { 0, NULL, NULL },
  };
  if (g_once_init_enter(&type))
    g_once_init_leave(&type, g_enum_register_static("PaPlotMode", values));
  return type;
}

/* --- drawing anew --- */

static void start_drawing(PaPlotView *self);

static void
take_texture(PaPlotView *self)
{
  guint width, height;
  gsize stride;
  GBytes *pixels = pika_view_frame_get_pixels(self->frame, &width, &height, &stride);
  g_clear_object(&self->texture);
  self->texture = gdk_memory_texture_new((int)width, (int)height, GDK_MEMORY_DEFAULT, pixels, stride);
}

/* Domains that nobody has changed show all: so are they again when a change is taken back. */
static void
note_home(PaPlotView *self, const PikaViewState *drawn)
{
  for (int k = 0; k < 2; k++) {
    const char *scale = pa_plot_scale_id(k);
    const PikaAxisInfo *axis = pika_view_frame_find_axis(self->frame, scale);
    double from, to;
    if (!axis || axis->kind == PIKA_SCALE_DISCRETE || pika_view_state_get_domain(drawn, scale, &from, &to))
      continue;
    const double home[2] = { axis->from, axis->to };
    g_hash_table_replace(self->home, g_strdup(scale), g_memdup2(home, sizeof home));
  }
}

/* 3,000,000 */
static char *
group_digits(gint64 n)
{
  GString *text = g_string_new(NULL);
  g_string_printf(text, "%" G_GINT64_FORMAT, n);
  for (gssize i = (gssize)text->len - 3; i > 0; i -= 3)
    g_string_insert_c(text, i, ',');
  return g_string_free(text, FALSE);
}

static void
show_receipt(PaPlotView *self)
{
  const PikaReceipt *receipt = pika_view_frame_get_receipt(self->frame);
  g_autofree char *text = NULL, *full = pika_receipt_to_text(receipt);
  double ms = receipt->fetch_ms + receipt->execute_ms + receipt->encode_ms + receipt->draw_ms;
  /* Translators: rows, backend, milliseconds. */
  g_autofree char *rows = group_digits(receipt->rows_scanned);
  text = g_strdup_printf(receipt->exact ? _("all %s rows · %s · %.0f ms") : _("%s rows, approximate · %s · %.0f ms"), rows,
                         receipt->backend, ms);
  gtk_label_set_text(GTK_LABEL(self->receipt), text);
  gtk_widget_set_tooltip_text(self->receipt, full);
}

static void
describe(PaPlotView *self)
{
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Plot"),
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, pika_view_frame_get_summary(self->frame), -1);
}

typedef struct {
  PaPlotView *widget;
  PikaView *view;
  PikaViewState *state;
} Drawing;

static void
show_frame(PaPlotView *self, PikaViewFrame *frame, const PikaViewState *drawn)
{
  g_clear_pointer(&self->frame, pika_view_frame_unref);
  self->frame = frame;
  take_texture(self);
  note_home(self, drawn);
  show_receipt(self);
  describe(self);
  pa_plot_view_set_error(self, NULL);
  pa_plot_view_update_actions(self);
  if (self->hovering && !self->before)
    pa_plot_view_hover(self, self->pointer[0], self->pointer[1]);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_signal_emit(self, signals[FRAME_CHANGED], 0);
}

static void
drawn(GObject *source, GAsyncResult *result, gpointer data)
{
  Drawing *drawing = data;
  PaPlotView *self = drawing->widget;
  g_autoptr(GError) error = NULL;
  PikaViewFrame *frame = pika_view_render_finish(result, &error);
  self->drawing = FALSE;
  if (drawing->view != self->view)
    g_clear_pointer(&frame, pika_view_frame_unref);
  else if (frame)
    show_frame(self, frame, drawing->state);
  else if (!g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED))
    pa_plot_view_set_error(self, error->message);
  if (self->stale)
    start_drawing(self);
  pika_view_unref(drawing->view);
  pika_view_state_free(drawing->state);
  g_object_unref(drawing->widget);
  g_free(drawing);
}

/* One picture at a time: what is asked for meanwhile is drawn after it, the latest only. */
static void
start_drawing(PaPlotView *self)
{
  int width = gtk_widget_get_width(GTK_WIDGET(self));
  int height = gtk_widget_get_height(GTK_WIDGET(self)) - PA_PLOT_RECEIPT_HEIGHT;
  if (!self->view || width < 1 || height < 1)
    return;
  self->stale = self->drawing;
  if (self->drawing)
    return;
  Drawing *drawing = g_new(Drawing, 1);
  *drawing = (Drawing){ g_object_ref(self), pika_view_ref(self->view), pika_view_state_copy(self->state) };
  self->drawing = TRUE;
  g_clear_object(&self->cancellable);
  self->cancellable = g_cancellable_new();
  pika_view_render_async(self->view, self->state, width, height, gtk_widget_get_scale_factor(GTK_WIDGET(self)),
                         self->cancellable, drawn, drawing);
}

void
pa_plot_view_redraw(PaPlotView *self)
{
  gtk_widget_queue_draw(GTK_WIDGET(self));
  start_drawing(self);
}

void
pa_plot_view_refresh(PaPlotView *self)
{
  start_drawing(self);
}

/* --- steps of undo --- */

void
pa_plot_view_begin(PaPlotView *self)
{
  if (self->before)
    return;
  self->before = pika_view_state_to_json(self->state);
  self->brush_before = g_strdup(self->brush_json);
}

void
pa_plot_view_commit(PaPlotView *self)
{
  g_autofree char *before = g_steal_pointer(&self->before), *brush_before = g_steal_pointer(&self->brush_before);
  g_clear_handle_id(&self->commit_source, g_source_remove);
  if (!before)
    return;
  g_autofree char *after = pika_view_state_to_json(self->state), *brush_after = g_strdup(self->brush_json);
  if (strcmp(before, after))
    g_signal_emit(self, signals[STATE_COMMITTED], 0, before, after);
  if (strcmp(brush_before, brush_after))
    g_signal_emit(self, signals[BRUSH_COMMITTED], 0, brush_before, brush_after);
}

static gboolean
commit_now(gpointer widget)
{
  PaPlotView *self = widget;
  self->commit_source = 0;
  pa_plot_view_commit(self);
  return G_SOURCE_REMOVE;
}

void
pa_plot_view_commit_later(PaPlotView *self, guint after_ms)
{
  g_clear_handle_id(&self->commit_source, g_source_remove);
  self->commit_source = g_timeout_add(after_ms, commit_now, self);
}

void
pa_plot_view_take_back(PaPlotView *self)
{
  g_autofree char *before = g_steal_pointer(&self->before), *brush_before = g_steal_pointer(&self->brush_before);
  g_clear_handle_id(&self->commit_source, g_source_remove);
  self->drag = PA_DRAG_NONE;
  if (!before)
    return;
  pa_plot_view_set_state(self, before, NULL);
  pa_plot_view_set_brush(self, brush_before);
  g_object_notify(G_OBJECT(self), "brush");
}

/* --- what is shown --- */

GtkWidget *
pa_plot_view_new(void)
{
  return g_object_new(PA_TYPE_PLOT_VIEW, NULL);
}

static void
set_theme(PaPlotView *self)
{
  gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());
  if (self->view)
    pika_view_set_theme(self->view, dark ? "dark" : "light", NULL);
}

static void
theme_changed(AdwStyleManager *manager, GParamSpec *pspec, gpointer widget)
{
  set_theme(widget);
  start_drawing(widget);
}

void
pa_plot_view_set_view(PaPlotView *self, PikaView *view)
{
  pa_plot_view_commit(self);
  g_cancellable_cancel(self->cancellable);
  g_clear_pointer(&self->view, pika_view_unref);
  self->view = view ? pika_view_ref(view) : NULL;
  g_hash_table_remove_all(self->home);
  pa_plot_view_set_error(self, NULL);
  if (!view) {
    g_clear_pointer(&self->frame, pika_view_frame_unref);
    g_clear_object(&self->texture);
    gtk_label_set_text(GTK_LABEL(self->receipt), "");
  }
  set_theme(self);
  pa_plot_view_redraw(self);
}

PikaView *
pa_plot_view_get_view(PaPlotView *self)
{
  return self->view;
}

gboolean
pa_plot_view_set_state(PaPlotView *self, const char *json, GError **error)
{
  PikaViewState *state = json ? pika_view_state_from_json(json, -1, error) : pika_view_state_new();
  if (!state)
    return FALSE;
  pika_view_state_free(self->state);
  self->state = state;
  pa_plot_view_update_actions(self);
  pa_plot_view_redraw(self);
  return TRUE;
}

char *
pa_plot_view_dup_state(PaPlotView *self)
{
  return pika_view_state_to_json(self->state);
}

void
pa_plot_view_set_error(PaPlotView *self, const char *message)
{
  gtk_label_set_text(GTK_LABEL(self->failure), message ? message : "");
  gtk_widget_set_visible(self->failure, message != NULL);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_ERROR]);
}

void
pa_plot_view_set_mode(PaPlotView *self, PaPlotMode mode)
{
  if (self->mode == mode)
    return;
  self->mode = mode;
  gtk_widget_set_cursor_from_name(GTK_WIDGET(self), mode == PA_PLOT_MODE_PAN ? NULL : "crosshair");
  pa_plot_view_update_actions(self);
  g_object_notify_by_pspec(G_OBJECT(self), props[PROP_MODE]);
}

PaPlotMode
pa_plot_view_get_mode(PaPlotView *self)
{
  return self->mode;
}

void
pa_plot_view_set_brush(PaPlotView *self, const char *json)
{
  g_autoptr(GError) error = NULL;
  if (!pa_brush_from_json(&self->brush, json, &error))
    g_warning("%s", error->message);
  g_free(self->brush_json);
  self->brush_json = pa_brush_to_json(&self->brush);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

const char *
pa_plot_view_get_brush(PaPlotView *self)
{
  return self->brush_json;
}

PikaViewFrame *
pa_plot_view_get_frame(PaPlotView *self)
{
  return self->frame;
}

void
pa_plot_view_fit(PaPlotView *self)
{
  pa_plot_view_commit(self);
  pa_plot_view_begin(self);
  pika_view_state_clear_domain(self->state, NULL);
  pa_plot_view_redraw(self);
  pa_plot_view_commit(self);
}

/* --- on the screen --- */

/* The picture as it was made; over it, where the person has moved on since, its plotting area, stretched. */
static void
snapshot_picture(PaPlotView *self, GtkSnapshot *snapshot)
{
  double width, height, ratio, stretch[2], shift[2];
  pika_view_frame_get_size(self->frame, &width, &height, &ratio);
  graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height);
  PikaBox box = pika_view_frame_get_area(self->frame);
  graphene_rect_t area = GRAPHENE_RECT_INIT((float)box.x, (float)box.y, (float)box.width, (float)box.height);
  gtk_snapshot_append_texture(snapshot, self->texture, &all);
  for (int k = 0; k < 2; k++)
    pa_plot_view_get_stretch(self, k, &stretch[k], &shift[k]);
  if (fabs(stretch[0] - 1) < 1e-9 && fabs(stretch[1] - 1) < 1e-9 && fabs(shift[0]) < 1e-6 && fabs(shift[1]) < 1e-6)
    return;
  GdkRGBA background = { 1, 1, 1, 1 };
  if (adw_style_manager_get_dark(adw_style_manager_get_default()))
    gdk_rgba_parse(&background, "#1d1f21");
  gtk_snapshot_push_clip(snapshot, &area);
  gtk_snapshot_append_color(snapshot, &background, &area);
  gtk_snapshot_translate(snapshot, &GRAPHENE_POINT_INIT((float)shift[0], (float)shift[1]));
  gtk_snapshot_scale(snapshot, (float)stretch[0], (float)stretch[1]);
  gtk_snapshot_push_clip(snapshot, &area);
  gtk_snapshot_append_texture(snapshot, self->texture, &all);
  gtk_snapshot_pop(snapshot);
  gtk_snapshot_pop(snapshot);
}

static void
snapshot_box(GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *box)
{
  GdkRGBA fill = { 0.21f, 0.52f, 0.89f, 0.15f }, line = { 0.21f, 0.52f, 0.89f, 0.9f };
  GskRoundedRect outline;
  gdk_rgba_parse(&line, "#3584e4");
  gtk_snapshot_append_color(snapshot, &fill, box);
  gsk_rounded_rect_init_from_rect(&outline, box, 0);
  gtk_snapshot_append_border(snapshot, &outline, (const float[4]){ 1, 1, 1, 1 }, (const GdkRGBA[4]){ line, line, line, line });
}

static void
get_rubber_band(PaPlotView *self, graphene_rect_t *box)
{
  double edges[2][2];
  for (int k = 0; k < 2; k++) {
    double low, high;
    pa_plot_view_get_edges(self, k, &low, &high);
    edges[k][0] = self->along[k] ? CLAMP(MIN(self->start[k], self->end[k]), low, high) : low;
    edges[k][1] = self->along[k] ? CLAMP(MAX(self->start[k], self->end[k]), low, high) : high;
  }
  graphene_rect_init(box, (float)edges[0][0], (float)edges[1][0], (float)(edges[0][1] - edges[0][0]),
                     (float)(edges[1][1] - edges[1][0]));
}

static void
snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
  PaPlotView *self = PA_PLOT_VIEW(widget);
  graphene_rect_t box;
  gboolean failed = gtk_widget_get_visible(self->failure);
  if (self->texture && !failed) {
    gtk_snapshot_push_clip(snapshot, &GRAPHENE_RECT_INIT(0, 0, (float)gtk_widget_get_width(widget),
                                                         (float)gtk_widget_get_height(widget)));
    snapshot_picture(self, snapshot);
    pa_plot_view_snapshot_legend(self, snapshot);
    if (pa_plot_view_get_brush_box(self, &box))
      snapshot_box(widget, snapshot, &box);
    if (self->drag == PA_DRAG_BOX && self->before) {
      get_rubber_band(self, &box);
      snapshot_box(widget, snapshot, &box);
    }
    gtk_snapshot_pop(snapshot);
  }
  gtk_widget_snapshot_child(widget, self->receipt, snapshot);
  gtk_widget_snapshot_child(widget, self->failure, snapshot);
  gtk_widget_snapshot_child(widget, self->tip, snapshot);
}

/* Beside the pointer, on the side where there is room. */
static void
allocate_tip(PaPlotView *self, int width, int height)
{
  const int gap = 14;
  GtkRequisition size;
  gtk_widget_get_preferred_size(self->tip, NULL, &size);
  int x = (int)self->pointer[0] + gap, y = (int)self->pointer[1] + gap;
  if (x + size.width > width)
    x = MAX((int)self->pointer[0] - gap - size.width, 0);
  if (y + size.height > height)
    y = MAX((int)self->pointer[1] - gap - size.height, 0);
  gtk_widget_size_allocate(self->tip, &(GtkAllocation){ x, y, size.width, size.height }, -1);
}

static void
size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
  PaPlotView *self = PA_PLOT_VIEW(widget);
  double drawn_width = 0, drawn_height = 0, ratio = 0;
  if (self->frame)
    pika_view_frame_get_size(self->frame, &drawn_width, &drawn_height, &ratio);
  gtk_widget_size_allocate(self->receipt, &(GtkAllocation){ 6, MAX(height - PA_PLOT_RECEIPT_HEIGHT, 0), MAX(width - 12, 1),
                                                            PA_PLOT_RECEIPT_HEIGHT }, -1);
  gtk_widget_size_allocate(self->failure, &(GtkAllocation){ 0, 0, width, height }, -1);
  if (gtk_widget_get_visible(self->tip))
    allocate_tip(self, width, height);
  if (self->menu)
    gtk_popover_present(GTK_POPOVER(self->menu));
  if ((int)drawn_width != width || (int)drawn_height != height - PA_PLOT_RECEIPT_HEIGHT ||
      ratio != gtk_widget_get_scale_factor(widget))
    start_drawing(self);
}

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *min_baseline,
        int *natural_baseline)
{
  PaPlotView *self = PA_PLOT_VIEW(widget);
  GtkWidget *const children[] = { self->receipt, self->failure };
  int least;
  for (guint i = 0; i < G_N_ELEMENTS(children); i++) /* GTK wants all to be measured */
    gtk_widget_measure(children[i], orientation, -1, &least, NULL, NULL, NULL);
  *minimum = 48;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 320;
}

/* --- life --- */

static void
dispose(GObject *object)
{
  PaPlotView *self = PA_PLOT_VIEW(object);
  g_cancellable_cancel(self->cancellable);
  g_clear_object(&self->cancellable);
  g_clear_handle_id(&self->commit_source, g_source_remove);
  g_clear_handle_id(&self->click_source, g_source_remove);
  g_clear_pointer(&self->view, pika_view_unref);
  g_clear_pointer(&self->menu, gtk_widget_unparent);
  g_clear_pointer(&self->tip, gtk_widget_unparent);
  g_clear_pointer(&self->receipt, gtk_widget_unparent);
  g_clear_pointer(&self->failure, gtk_widget_unparent);
  g_clear_object(&self->texture);
  g_clear_object(&self->actions);
  G_OBJECT_CLASS(pa_plot_view_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaPlotView *self = PA_PLOT_VIEW(object);
  g_clear_pointer(&self->frame, pika_view_frame_unref);
  pika_view_state_free(self->state);
  g_hash_table_unref(self->home);
  pa_brush_clear(&self->brush);
  g_free(self->brush_json);
  g_free(self->before);
  g_free(self->brush_before);
  G_OBJECT_CLASS(pa_plot_view_parent_class)->finalize(object);
}

static void
get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PaPlotView *self = PA_PLOT_VIEW(object);
  switch (id) {
  case PROP_MODE: g_value_set_enum(value, self->mode); break;
  case PROP_BRUSH: g_value_set_string(value, self->brush_json); break;
  case PROP_ERROR:
    g_value_set_string(value, gtk_widget_get_visible(self->failure) ? gtk_label_get_text(GTK_LABEL(self->failure)) : NULL);
    break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void
set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PaPlotView *self = PA_PLOT_VIEW(object);
  switch (id) {
  case PROP_MODE: pa_plot_view_set_mode(self, g_value_get_enum(value)); break;
  case PROP_BRUSH: pa_plot_view_set_brush(self, g_value_get_string(value)); break;
  case PROP_ERROR: pa_plot_view_set_error(self, g_value_get_string(value)); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void
pa_plot_view_class_init(PaPlotViewClass *class)
{
  GObjectClass *object = G_OBJECT_CLASS(class);
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  GType type = G_TYPE_FROM_CLASS(class);
  object->dispose = dispose;
  object->finalize = finalize;
  object->get_property = get_property;
  object->set_property = set_property;
  widget->snapshot = snapshot;
  widget->size_allocate = size_allocate;
  widget->measure = measure;
  props[PROP_MODE] = g_param_spec_enum("mode", NULL, NULL, PA_TYPE_PLOT_MODE, PA_PLOT_MODE_PAN,
                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_BRUSH] = g_param_spec_string("brush", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_ERROR] = g_param_spec_string("error", NULL, NULL, NULL,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties(object, N_PROPS, props);
  signals[STATE_COMMITTED] = g_signal_new("state-committed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_STRING, G_TYPE_STRING);
  signals[BRUSH_COMMITTED] = g_signal_new("brush-committed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_STRING, G_TYPE_STRING);
  signals[ROWS_REQUESTED] = g_signal_new("rows-requested", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[FRAME_CHANGED] = g_signal_new("frame-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name(widget, "plot");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
add_label(PaPlotView *self, const char *const *classes)
{
  GtkWidget *label = gtk_label_new(NULL);
  gtk_widget_set_css_classes(label, (const char **)classes);
  gtk_widget_set_parent(label, GTK_WIDGET(self));
  return label;
}

static void
pa_plot_view_init(PaPlotView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default();
  self->state = pika_view_state_new();
  self->home = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  self->brush_json = g_strdup("");
  self->receipt = add_label(self, (const char *const[]){ "caption", "dim-label", "plot-receipt", NULL });
  gtk_label_set_xalign(GTK_LABEL(self->receipt), 1);
  gtk_label_set_ellipsize(GTK_LABEL(self->receipt), PANGO_ELLIPSIZE_START);
  self->failure = add_label(self, (const char *const[]){ "plot-failure", NULL });
  gtk_label_set_wrap(GTK_LABEL(self->failure), TRUE);
  gtk_label_set_selectable(GTK_LABEL(self->failure), TRUE);
  gtk_widget_set_visible(self->failure, FALSE);
  self->tip = add_label(self, (const char *const[]){ "osd", "plot-tip", NULL });
  gtk_widget_set_visible(self->tip, FALSE);
  gtk_widget_set_can_target(self->tip, FALSE);
  gtk_widget_set_hexpand(GTK_WIDGET(self), TRUE);
  gtk_widget_set_vexpand(GTK_WIDGET(self), TRUE);
  gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
  pa_plot_view_add_actions(self);
  pa_plot_view_add_input(self);
  g_signal_connect_object(manager, "notify::dark", G_CALLBACK(theme_changed), self, 0);
}
