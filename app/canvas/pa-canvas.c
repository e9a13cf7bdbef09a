/* The widget: the nodes of the document as items, the view, and the selection. */
#include "pa-canvas-private.h"

#include "pa-minimap.h"

#include <math.h>
#include <string.h>

#define KEEP_VIEW_MS 400

enum { NODE_ACTIVATED, MESSAGE, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE(PaCanvas, pa_canvas, GTK_TYPE_WIDGET)

/* --- items --- */

PaCanvasItem *
pa_canvas_find(PaCanvas *self, const char *id)
{
  return id ? g_hash_table_lookup(self->items, id) : NULL;
}

const PikaWorkspaceNode *
pa_canvas_node(PaCanvas *self, const PaCanvasItem *item)
{
  return pa_document_get_node(self->document, item->id);
}

static void
forget_drawn(PaCanvasItem *item)
{
  for (guint i = 0; i < PA_N_DETAILS; i++)
    g_clear_pointer(&item->drawn[i], gsk_render_node_unref);
}

void
pa_canvas_redraw_item(PaCanvas *self, PaCanvasItem *item)
{
  forget_drawn(item);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
item_free(gpointer data)
{
  PaCanvasItem *item = data;
  forget_drawn(item);
  if (item->drawing)
    g_cancellable_cancel(item->drawing);
  g_clear_object(&item->drawing);
  g_clear_object(&item->picture);
  g_strfreev(item->tables);
  g_free(item->id);
  g_free(item);
}

/* What the item keeps of its node. */
static void
take_node(PaCanvas *self, PaCanvasItem *item, const PikaWorkspaceNode *node)
{
  item->kind = node->kind;
  item->box = GRAPHENE_RECT_INIT((float)node->x, (float)node->y, (float)node->width, (float)node->height);
  pa_spatial_index_set(self->index, item, &item->box);
  g_clear_pointer(&item->tables, g_strfreev);
  if (node->kind == PIKA_NODE_QUERY && node->text)
    item->tables = pika_sql_list_tables(node->text);
}

static void
index_names(PaCanvas *self)
{
  const GPtrArray *nodes = pa_document_get_workspace(self->document)->nodes;
  g_hash_table_remove_all(self->names);
  for (guint i = 0; i < nodes->len; i++) {
    const PikaWorkspaceNode *node = nodes->pdata[i];
    if ((node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY) && node->name)
      g_hash_table_insert(self->names, g_ascii_strdown(node->name, -1), pa_canvas_find(self, node->id));
  }
}

static void
add_item(PaCanvas *self, const PikaWorkspaceNode *node)
{
  PaCanvasItem *item = g_new0(PaCanvasItem, 1);
  item->id = g_strdup(node->id);
  item->order = self->next_order++;
  item->outdated = TRUE;
  take_node(self, item, node);
  g_hash_table_replace(self->items, item->id, item);
  if ((node->kind == PIKA_NODE_TABLE || node->kind == PIKA_NODE_QUERY) && node->name)
    g_hash_table_insert(self->names, g_ascii_strdown(node->name, -1), item);
}

static void
changed_all(PaCanvas *self)
{
  pa_minimap_invalidate(PA_MINIMAP(self->minimap));
  pa_canvas_refresh_later(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

static void
node_added(PaDocument *document, const char *id, PaCanvas *self)
{
  const PikaWorkspaceNode *node = pa_document_get_node(document, id);
  add_item(self, node);
  if (self->looked || gtk_widget_get_width(GTK_WIDGET(self)) == 0)
    pa_canvas_reveal(self, &pa_canvas_find(self, id)->box);
  changed_all(self);
}

static void
node_removed(PaDocument *document, const char *id, PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_find(self, id);
  if (!g_strcmp0(self->working, id))
    pa_canvas_stop_work(self);
  if (!g_strcmp0(self->focused, id))
    g_clear_pointer(&self->focused, g_free);
  pa_canvas_drop_live(self, item);
  pa_spatial_index_remove(self->index, item);
  g_hash_table_remove(self->items, id);
  index_names(self);
  changed_all(self);
}

static void
node_changed(PaDocument *document, const char *id, const char *property, PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_find(self, id);
  take_node(self, item, pa_document_get_node(document, id));
  if (!strcmp(property, "name"))
    index_names(self);
  if (!strcmp(property, "view") || !strcmp(property, "width") || !strcmp(property, "height"))
    item->outdated = TRUE;
  forget_drawn(item);
  changed_all(self);
}

static void
state_changed(PaGraph *graph, const char *id, PaCanvas *self)
{
  PaCanvasItem *item = pa_canvas_find(self, id);
  if (!item)
    return;
  item->outdated = TRUE;
  pa_canvas_redraw_item(self, item);
  pa_canvas_refresh_later(self);
}

static void
was_reset(PaDocument *document, PaCanvas *self)
{
  const PikaWorkspace *workspace = pa_document_get_workspace(document);
  GHashTableIter iter;
  gpointer item;
  pa_canvas_stop_work(self);
  g_clear_pointer(&self->focused, g_free);
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    pa_canvas_drop_live(self, item);
  pa_spatial_index_clear(self->index);
  g_hash_table_remove_all(self->names);
  g_hash_table_remove_all(self->items);
  for (guint i = 0; i < workspace->nodes->len; i++)
    add_item(self, workspace->nodes->pdata[i]);
  self->x = workspace->x;
  self->y = workspace->y;
  self->zoom = CLAMP(workspace->zoom, PA_CANVAS_LEAST, PA_CANVAS_MOST);
  self->looked = workspace->nodes->len > 0;
  changed_all(self);
}

void
pa_canvas_say(PaCanvas *self, const char *text)
{
  g_signal_emit(self, signals[MESSAGE], 0, text);
}

/* --- the view --- */

graphene_rect_t
pa_canvas_to_screen(PaCanvas *self, const graphene_rect_t *box)
{
  return GRAPHENE_RECT_INIT((float)((box->origin.x - self->x) * self->zoom), (float)((box->origin.y - self->y) * self->zoom),
                            (float)(box->size.width * self->zoom), (float)(box->size.height * self->zoom));
}

graphene_point_t
pa_canvas_to_plane(PaCanvas *self, double x, double y)
{
  return GRAPHENE_POINT_INIT((float)(self->x + x / self->zoom), (float)(self->y + y / self->zoom));
}

graphene_rect_t
pa_canvas_shown_box(PaCanvas *self, const PaCanvasItem *item)
{
  graphene_rect_t box = item->box;
  if (self->drag == PA_DRAG_MOVE && item->selected)
    graphene_rect_offset(&box, (float)self->shift_x, (float)self->shift_y);
  else if (self->drag == PA_DRAG_RESIZE && !g_strcmp0(self->dragged, item->id))
    box = self->resized;
  return box;
}

static gboolean
keep_view(gpointer data)
{
  PaCanvas *self = data;
  self->keep_view = 0;
  pa_document_set_canvas(self->document, round(self->x), round(self->y), round(self->zoom * 1000) / 1000);
  return G_SOURCE_REMOVE;
}

void
pa_canvas_set_view(PaCanvas *self, double x, double y, double zoom)
{
  self->x = CLAMP(x, -1e6, 1e6);
  self->y = CLAMP(y, -1e6, 1e6);
  self->zoom = CLAMP(zoom, PA_CANVAS_LEAST, PA_CANVAS_MOST);
  self->looked = TRUE;
  g_clear_handle_id(&self->keep_view, g_source_remove);
  self->keep_view = g_timeout_add(KEEP_VIEW_MS, keep_view, self);
  pa_canvas_allocate_live(self);
  pa_canvas_refresh_later(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
  gtk_widget_queue_draw(self->minimap);
}

double
pa_canvas_get_zoom(PaCanvas *self)
{
  return self->zoom;
}

void
pa_canvas_pan(PaCanvas *self, double dx, double dy)
{
  pa_canvas_set_view(self, self->x + dx / self->zoom, self->y + dy / self->zoom, self->zoom);
}

void
pa_canvas_zoom_at(PaCanvas *self, double x, double y, double factor)
{
  graphene_point_t at = pa_canvas_to_plane(self, x, y);
  double zoom = CLAMP(self->zoom * factor, PA_CANVAS_LEAST, PA_CANVAS_MOST);
  pa_canvas_set_view(self, at.x - x / zoom, at.y - y / zoom, zoom);
}

static void
fit(PaCanvas *self, const graphene_rect_t *box)
{
  double width = gtk_widget_get_width(GTK_WIDGET(self)), height = gtk_widget_get_height(GTK_WIDGET(self));
  const double margin = 48;
  if (width < 1 || height < 1)
    return;
  double zoom = fmin(fmin((width - 2 * margin) / box->size.width, (height - 2 * margin) / box->size.height), 1);
  zoom = CLAMP(zoom, PA_CANVAS_LEAST, PA_CANVAS_MOST);
  pa_canvas_set_view(self, box->origin.x + box->size.width / 2 - width / 2 / zoom,
                     box->origin.y + box->size.height / 2 - height / 2 / zoom, zoom);
}

void
pa_canvas_zoom_to_fit(PaCanvas *self, gboolean selection)
{
  graphene_rect_t box;
  gboolean any = FALSE;
  GHashTableIter iter;
  gpointer value;
  if (!selection) {
    if (pa_spatial_index_get_extents(self->index, &box))
      fit(self, &box);
    return;
  }
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const PaCanvasItem *item = value;
    if (!item->selected)
      continue;
    if (any)
      graphene_rect_union(&box, &item->box, &box);
    else
      box = item->box;
    any = TRUE;
  }
  if (any)
    fit(self, &box);
}

void
pa_canvas_reveal(PaCanvas *self, const graphene_rect_t *box)
{
  double width = gtk_widget_get_width(GTK_WIDGET(self)) / self->zoom;
  double height = gtk_widget_get_height(GTK_WIDGET(self)) / self->zoom, margin = 40 / self->zoom;
  double x = self->x, y = self->y;
  if (width < 1 || height < 1)
    return;
  x = fmax(x, box->origin.x + box->size.width + margin - width);
  y = fmax(y, box->origin.y + box->size.height + margin - height);
  x = fmin(x, box->origin.x - margin);
  y = fmin(y, box->origin.y - margin);
  if (x != self->x || y != self->y)
    pa_canvas_set_view(self, x, y, self->zoom);
}

gboolean
pa_canvas_get_node_box(PaCanvas *self, const char *id, graphene_rect_t *box)
{
  const PaCanvasItem *item = pa_canvas_find(self, id);
  if (item)
    *box = pa_canvas_to_screen(self, &item->box);
  return item != NULL;
}

/* --- what is where --- */

static int
compare_items(gconstpointer a, gconstpointer b)
{
  const PaCanvasItem *const *x = a, *const *y = b;
  int group_x = (*x)->kind == PIKA_NODE_GROUP, group_y = (*y)->kind == PIKA_NODE_GROUP;
  return group_x != group_y ? group_y - group_x : (*x)->order < (*y)->order ? -1 : 1;
}

void
pa_canvas_sort(GPtrArray *items)
{
  g_ptr_array_sort(items, compare_items);
}

PaCanvasItem *
pa_canvas_pick(PaCanvas *self, double x, double y)
{
  graphene_point_t at = pa_canvas_to_plane(self, x, y);
  float slack = (float)(8 / self->zoom);
  g_autoptr(GPtrArray) found = g_ptr_array_new();
  pa_spatial_index_find(self->index, &GRAPHENE_RECT_INIT(at.x - slack, at.y - slack, 2 * slack, 2 * slack), found);
  pa_canvas_sort(found);
  for (guint i = found->len; i-- > 0;) {
    PaCanvasItem *item = found->pdata[i];
    graphene_rect_t inner = item->box, grown = item->box;
    if (item->selected && !self->working) /* its handles stand out */
      graphene_rect_inset(&grown, -slack, -slack);
    if (!graphene_rect_contains_point(&grown, &at))
      continue;
    graphene_rect_inset(&inner, slack, slack);
    if (item->kind != PIKA_NODE_GROUP || at.y < item->box.origin.y + PA_CANVAS_HEADER ||
        !graphene_rect_contains_point(&inner, &at))
      return item;
  }
  return NULL;
}

/* --- selection --- */

/* What somebody who cannot see it is told of the node that keys speak of. */
static void
describe(PaCanvas *self)
{
  static const char *const states[] = { N_("stale"), N_("running"), N_("fresh"), N_("failed"), N_("frozen") };
  static const char *const kinds[] = { N_("Table"), N_("Query"), N_("Plot"), N_("Note"), N_("Group") };
  const PaCanvasItem *item = pa_canvas_find(self, self->focused);
  const PikaWorkspaceNode *node = item ? pa_canvas_node(self, item) : NULL;
  g_autofree char *text = NULL;
  if (node) {
    gboolean runs = node->kind != PIKA_NODE_NOTE && node->kind != PIKA_NODE_GROUP;
    const char *reason = pa_graph_get_reason(self->graph, node->id);
    const char *name = node->kind == PIKA_NODE_NOTE ? node->text : node->name;
    text = g_strdup_printf("%s %s%s%s%s%s%s", _(kinds[node->kind]), name ? name : "", runs ? ", " : "",
                           runs ? _(states[pa_graph_get_state(self->graph, node->id)]) : "", reason ? ": " : "",
                           reason ? reason : "", item->selected ? _(", selected") : "");
  }
  gtk_accessible_update_property(GTK_ACCESSIBLE(self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Canvas"),
                                 GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text ? text : "", -1);
}

void
pa_canvas_focus_item(PaCanvas *self, const char *id)
{
  g_free(self->focused);
  self->focused = g_strdup(id);
  describe(self);
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_canvas_set_selected(PaCanvas *self, PaCanvasItem *item, gboolean selected)
{
  if (item->selected == selected)
    return;
  item->selected = selected;
  gtk_widget_queue_draw(GTK_WIDGET(self));
}

void
pa_canvas_select_none(PaCanvas *self)
{
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    pa_canvas_set_selected(self, item, FALSE);
}

void
pa_canvas_select(PaCanvas *self, const char *const *ids)
{
  pa_canvas_select_none(self);
  for (guint i = 0; ids[i]; i++) {
    PaCanvasItem *item = pa_canvas_find(self, ids[i]);
    if (!item)
      continue;
    pa_canvas_set_selected(self, item, TRUE);
    if (i == 0) {
      pa_canvas_focus_item(self, ids[i]);
      pa_canvas_reveal(self, &item->box);
    }
  }
}

GStrv
pa_canvas_dup_selection(PaCanvas *self)
{
  g_autoptr(GPtrArray) chosen = g_ptr_array_new();
  g_autoptr(GStrvBuilder) ids = g_strv_builder_new();
  GHashTableIter iter;
  gpointer item;
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    if (((PaCanvasItem *)item)->selected)
      g_ptr_array_add(chosen, item);
  pa_canvas_sort(chosen);
  for (guint i = 0; i < chosen->len; i++)
    g_strv_builder_add(ids, ((PaCanvasItem *)chosen->pdata[i])->id);
  return g_strv_builder_end(ids);
}

/* --- widget --- */

static void
size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
  PaCanvas *self = PA_CANVAS(widget);
  int wanted, least;
  GtkAllocation map = { width - 196, height - 136, 180, 120 };
  gtk_widget_measure(self->search, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wanted, NULL, NULL);
  int search_width = MIN(MAX(wanted, 320), MAX(width - 24, least)), search_height;
  gtk_widget_measure(self->search, GTK_ORIENTATION_VERTICAL, search_width, &least, &search_height, NULL, NULL);
  gtk_widget_set_child_visible(self->minimap, width > 420 && height > 320);
  gtk_widget_measure(self->minimap, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate(self->minimap, &map, -1);
  gtk_widget_size_allocate(self->search, &(GtkAllocation){ (width - search_width) / 2, 12, search_width, search_height }, -1);
  pa_canvas_allocate_live(self);
}

static void
colors_changed(PaCanvas *self)
{
  GHashTableIter iter;
  gpointer item;
  gboolean dark = adw_style_manager_get_dark(adw_style_manager_get_default());
  self->has_colors = FALSE;
  pa_graph_set_theme(self->graph, dark ? "dark" : "light");
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item)) {
    forget_drawn(item);
    ((PaCanvasItem *)item)->outdated = TRUE;
  }
  changed_all(self);
}

static void
css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
  PaCanvas *self = PA_CANVAS(widget);
  GTK_WIDGET_CLASS(pa_canvas_parent_class)->css_changed(widget, change);
  if (self->graph && self->has_colors && self->colors.dark != adw_style_manager_get_dark(adw_style_manager_get_default()))
    colors_changed(self);
}

static void
dispose(GObject *object)
{
  PaCanvas *self = PA_CANVAS(object);
  GHashTableIter iter;
  gpointer item;
  g_clear_handle_id(&self->keep_view, g_source_remove);
  g_clear_handle_id(&self->refresh, g_source_remove);
  g_hash_table_iter_init(&iter, self->items);
  while (g_hash_table_iter_next(&iter, NULL, &item))
    pa_canvas_drop_live(self, item);
  g_clear_pointer(&self->editor, gtk_widget_unparent);
  g_clear_pointer(&self->search, gtk_widget_unparent);
  g_clear_pointer(&self->minimap, gtk_widget_unparent);
  g_hash_table_remove_all(self->names);
  g_hash_table_remove_all(self->items);
  g_clear_object(&self->graph);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(pa_canvas_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaCanvas *self = PA_CANVAS(object);
  g_hash_table_unref(self->items);
  g_hash_table_unref(self->names);
  pa_spatial_index_free(self->index);
  g_free(self->focused);
  g_free(self->working);
  g_free(self->dragged);
  g_free(self->target);
  G_OBJECT_CLASS(pa_canvas_parent_class)->finalize(object);
}

static void
pa_canvas_class_init(PaCanvasClass *class)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);
  G_OBJECT_CLASS(class)->dispose = dispose;
  G_OBJECT_CLASS(class)->finalize = finalize;
  widget->snapshot = pa_canvas_snapshot;
  widget->size_allocate = size_allocate;
  widget->css_changed = css_changed;
  gtk_widget_class_set_css_name(widget, "canvas");
  gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_GROUP);
  pa_canvas_install_actions(widget);
  signals[NODE_ACTIVATED] = g_signal_new("node-activated", PA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[MESSAGE] = g_signal_new("message", PA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
}

static void
pa_canvas_init(PaCanvas *self)
{
  self->items = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, item_free);
  self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  self->index = pa_spatial_index_new();
  self->zoom = 1;
  self->guide_x = self->guide_y = NAN;
  gtk_widget_set_focusable(GTK_WIDGET(self), TRUE);
  gtk_widget_set_hexpand(GTK_WIDGET(self), TRUE);
  gtk_widget_set_vexpand(GTK_WIDGET(self), TRUE);
  gtk_widget_set_overflow(GTK_WIDGET(self), GTK_OVERFLOW_HIDDEN);
  self->minimap = pa_minimap_new(self);
  gtk_widget_set_parent(self->minimap, GTK_WIDGET(self));
  pa_canvas_init_search(self);
  pa_canvas_init_input(self);
  pa_canvas_init_keys(self);
}

GtkWidget *
pa_canvas_new(PaDocument *document, PaGraph *graph)
{
  PaCanvas *self = g_object_new(PA_TYPE_CANVAS, NULL);
  self->document = g_object_ref(document);
  self->graph = g_object_ref(graph);
  g_signal_connect_object(document, "node-added", G_CALLBACK(node_added), self, 0);
  g_signal_connect_object(document, "node-removed", G_CALLBACK(node_removed), self, 0);
  g_signal_connect_object(document, "node-changed", G_CALLBACK(node_changed), self, 0);
  g_signal_connect_object(document, "reset", G_CALLBACK(was_reset), self, 0);
  g_signal_connect_object(graph, "state-changed", G_CALLBACK(state_changed), self, 0);
  g_signal_connect_object(adw_style_manager_get_default(), "notify::dark", G_CALLBACK(colors_changed), self,
                          G_CONNECT_SWAPPED);
  pa_graph_set_theme(graph, adw_style_manager_get_dark(adw_style_manager_get_default()) ? "dark" : "light");
  was_reset(document, self);
  describe(self);
  return GTK_WIDGET(self);
}
