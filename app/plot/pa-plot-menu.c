/* What a person chooses about the picture: a menu, for the pointer and for keys. */
#include "pa-plot-view-private.h"

#include <glib/gi18n-lib.h>

static const struct { const char *id, *name; } transfers[] = {
  { "equalize", N_("By rank (equalized)") }, { "linear", N_("Linear") }, { "log", N_("Logarithm") },
  { "cbrt", N_("Cube root") },
};

static const struct { const char *id, *name; } schemes[] = {
  { "", N_("As the plot has it") }, { "viridis", "Viridis" }, { "magma", "Magma" }, { "inferno", "Inferno" },
  { "plasma", "Plasma" }, { "cividis", "Cividis" }, { "turbo", "Turbo" }, { "blues", N_("Blues") }, { "greys", N_("Greys") },
};

static const struct { PaPlotMode mode; const char *id, *name; } modes[] = {
  { PA_PLOT_MODE_PAN, "pan", N_("Move") }, { PA_PLOT_MODE_BOX, "box", N_("Zoom into a box") },
  { PA_PLOT_MODE_BRUSH, "brush", N_("Select an interval") },
};

/* --- actions --- */

static void
fit_activated(GSimpleAction *action, GVariant *parameter, gpointer widget)
{
  pa_plot_view_fit(widget);
}

static void
finish_choice(PaPlotView *self)
{
  pa_plot_view_update_actions(self);
  pa_plot_view_redraw(self);
  pa_plot_view_commit(self);
}

static void
transfer_chosen(GSimpleAction *action, GVariant *value, gpointer widget)
{
  PaPlotView *self = widget;
  const char *transfer = g_variant_get_string(value, NULL);
  pa_plot_view_commit(self);
  pa_plot_view_begin(self);
  pika_view_state_set_transfer(self->state, g_str_equal(transfer, "equalize") ? NULL : transfer);
  finish_choice(self);
}

static void
scheme_chosen(GSimpleAction *action, GVariant *value, gpointer widget)
{
  PaPlotView *self = widget;
  const char *scheme = g_variant_get_string(value, NULL);
  pa_plot_view_commit(self);
  pa_plot_view_begin(self);
  pika_view_state_set_scheme(self->state, *scheme ? scheme : NULL);
  finish_choice(self);
}

static void
mode_chosen(GSimpleAction *action, GVariant *value, gpointer widget)
{
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
    if (g_str_equal(modes[i].id, g_variant_get_string(value, NULL)))
      pa_plot_view_set_mode(widget, modes[i].mode);
}

static void
entry_activated(GSimpleAction *action, GVariant *target, gpointer widget)
{
  const char *field, *value;
  g_variant_get(target, "(&s&s)", &field, &value);
  pa_plot_view_toggle_entry(widget, field, value);
}

static GSimpleAction *
find_action(PaPlotView *self, const char *name)
{
  return G_SIMPLE_ACTION(g_action_map_lookup_action(G_ACTION_MAP(self->actions), name));
}

void
pa_plot_view_update_actions(PaPlotView *self)
{
  const char *transfer = pika_view_state_get_transfer(self->state), *scheme = pika_view_state_get_scheme(self->state);
  gboolean raster = self->frame && pika_view_frame_has_raster(self->frame);
  g_simple_action_set_state(find_action(self, "transfer"), g_variant_new_string(transfer ? transfer : "equalize"));
  g_simple_action_set_state(find_action(self, "scheme"), g_variant_new_string(scheme ? scheme : ""));
  g_simple_action_set_state(find_action(self, "mode"), g_variant_new_string(modes[self->mode].id));
  g_simple_action_set_enabled(find_action(self, "transfer"), raster);
  g_simple_action_set_enabled(find_action(self, "scheme"), raster);
}

void
pa_plot_view_add_actions(PaPlotView *self)
{
  static const GActionEntry entries[] = {
    { .name = "fit", .activate = fit_activated },
    { .name = "entry", .parameter_type = "(ss)", .activate = entry_activated },
    { .name = "transfer", .parameter_type = "s", .state = "'equalize'", .change_state = transfer_chosen },
    { .name = "scheme", .parameter_type = "s", .state = "''", .change_state = scheme_chosen },
    { .name = "mode", .parameter_type = "s", .state = "'pan'", .change_state = mode_chosen },
  };
  self->actions = g_simple_action_group_new();
  g_action_map_add_action_entries(G_ACTION_MAP(self->actions), entries, G_N_ELEMENTS(entries), self);
  gtk_widget_insert_action_group(GTK_WIDGET(self), "plot", G_ACTION_GROUP(self->actions));
  pa_plot_view_update_actions(self);
}

/* --- the menu --- */

static void
add_choice(GMenu *menu, const char *label, const char *action, const char *target)
{
  g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
  g_menu_item_set_action_and_target(item, action, "s", target);
  g_menu_append_item(menu, item);
}

/* What a click on the legend does, for keys. */
static void
add_legend(PaPlotView *self, GMenu *menu)
{
  g_autoptr(GMenu) legend = g_menu_new(), section = g_menu_new();
  guint n = self->frame ? pika_view_frame_get_n_legend_entries(self->frame) : 0;
  for (guint i = 0; i < n; i++) {
    const PikaLegendInfo *entry = pika_view_frame_get_legend_entry(self->frame, i);
    gboolean off = pa_plot_view_entry_is_off(self, entry->field, entry->value);
    g_autofree char *label = g_strdup_printf(off ? _("Show %s") : _("Hide %s"), entry->label);
    g_autoptr(GMenuItem) item = g_menu_item_new(label, NULL);
    g_menu_item_set_action_and_target(item, "plot.entry", "(ss)", entry->field, entry->value);
    g_menu_append_item(legend, item);
  }
  if (n == 0)
    return;
  g_menu_append_submenu(section, _("Legend"), G_MENU_MODEL(legend));
  g_menu_append_section(menu, NULL, G_MENU_MODEL(section));
}

static GMenuModel *
make_menu(PaPlotView *self)
{
  GMenu *menu = g_menu_new();
  g_autoptr(GMenu) view = g_menu_new(), mode = g_menu_new(), raster = g_menu_new(), transfer = g_menu_new(),
                   scheme = g_menu_new();
  g_menu_append(view, _("Show all"), "plot.fit");
  g_menu_append_section(menu, NULL, G_MENU_MODEL(view));
  for (guint i = 0; i < G_N_ELEMENTS(modes); i++)
    add_choice(mode, _(modes[i].name), "plot.mode", modes[i].id);
  g_menu_append_section(menu, _("Dragging"), G_MENU_MODEL(mode));
  if (self->frame && pika_view_frame_has_raster(self->frame)) {
    for (guint i = 0; i < G_N_ELEMENTS(transfers); i++)
      add_choice(transfer, _(transfers[i].name), "plot.transfer", transfers[i].id);
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
      add_choice(scheme, _(schemes[i].name), "plot.scheme", schemes[i].id);
    g_menu_append_submenu(raster, _("Shades"), G_MENU_MODEL(transfer));
    g_menu_append_submenu(raster, _("Colours"), G_MENU_MODEL(scheme));
    g_menu_append_section(menu, _("Raster"), G_MENU_MODEL(raster));
  }
  add_legend(self, menu);
  return G_MENU_MODEL(menu);
}

static gboolean
drop_menu(gpointer widget)
{
  PaPlotView *self = widget;
  if (self->menu && !gtk_widget_get_visible(self->menu))
    g_clear_pointer(&self->menu, gtk_widget_unparent);
  g_object_unref(self);
  return G_SOURCE_REMOVE;
}

/* An action of the menu is activated after it has closed. */
static void
closed(GtkPopover *popover, gpointer widget)
{
  g_idle_add(drop_menu, g_object_ref(widget));
}

void
pa_plot_view_open_menu(PaPlotView *self, double x, double y)
{
  g_autoptr(GMenuModel) model = make_menu(self);
  g_clear_pointer(&self->menu, gtk_widget_unparent);
  pa_plot_view_leave(self);
  self->menu = gtk_popover_menu_new_from_model(model);
  gtk_widget_set_parent(self->menu, GTK_WIDGET(self));
  gtk_popover_set_has_arrow(GTK_POPOVER(self->menu), FALSE);
  gtk_popover_set_pointing_to(GTK_POPOVER(self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_widget_set_halign(self->menu, GTK_ALIGN_START);
  g_signal_connect(self->menu, "closed", G_CALLBACK(closed), self);
  gtk_popover_popup(GTK_POPOVER(self->menu));
}
