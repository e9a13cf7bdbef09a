#include "pa-shelf-button.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef enum { PLAIN, AGGREGATE, BIN, TIME_UNIT } FunctionKind;

static const struct { const char *name, *label; FunctionKind kind; } functions[] = {
  { NULL, N_("As it is"), PLAIN },
  { "bin", N_("Binned"), BIN },
  { "count", N_("Count of rows"), AGGREGATE },
  { "mean", N_("Mean"), AGGREGATE },
  { "median", N_("Median"), AGGREGATE },
  { "sum", N_("Sum"), AGGREGATE },
  { "min", N_("Smallest"), AGGREGATE },
  { "max", N_("Largest"), AGGREGATE },
  { "stdev", N_("Standard deviation"), AGGREGATE },
  { "q1", N_("First quartile"), AGGREGATE },
  { "q3", N_("Third quartile"), AGGREGATE },
  { "distinct", N_("Distinct values"), AGGREGATE },
  { "missing", N_("NULL values"), AGGREGATE },
  { "year", N_("Year"), TIME_UNIT },
  { "yearmonth", N_("Year and month"), TIME_UNIT },
  { "yearmonthdate", N_("Day"), TIME_UNIT },
  { "yearmonthdatehours", N_("Hour"), TIME_UNIT },
  { "month", N_("Month of the year"), TIME_UNIT },
  { "day", N_("Day of the week"), TIME_UNIT },
  { "hours", N_("Hour of the day"), TIME_UNIT },
};
static const struct { const char *name, *label; } scales[] = {
  { NULL, N_("Automatic") }, { "linear", N_("Linear") }, { "log", N_("Logarithmic") }, { "sqrt", N_("Square root") },
  { "symlog", N_("Symmetric logarithmic") },
};
static const struct { const char *name, *label; } types[] = {
  { "quantitative", N_("Number") }, { "temporal", N_("Time") }, { "ordinal", N_("Ordered") }, { "nominal", N_("Name") },
};

struct _PaShelfButton {
  GtkWidget parent_instance;
  GtkWidget *button, *text, *field, *function, *type, *scale;
  char *channel, *label;
  GPtrArray *names;  /* of char *: the fields' list, the first "none" */
  GArray *kinds;     /* of PikaKind, one a column */
  gboolean is_set;   /* it is being set from outside */
};

G_DEFINE_FINAL_TYPE(PaShelfButton, pa_shelf_button, GTK_TYPE_WIDGET)

static guint changed;

/* --- in words --- */

static guint
function_of(const PaShelf *shelf)
{
  const char *name = shelf->bin ? "bin" : shelf->aggregate ? shelf->aggregate : shelf->time_unit;
  for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
    if (!g_strcmp0(name, functions[i].name))
      return i;
  return GTK_INVALID_LIST_POSITION;
}

static void
show_words(PaShelfButton *self, const PaShelf *shelf)
{
  const char *function = shelf->bin ? "bin" : shelf->aggregate ? shelf->aggregate : shelf->time_unit;
  g_autofree char *words = NULL;
  if (!shelf->field && !function)
    words = g_strdup("—");
  else if (!shelf->field)
    words = g_strdup(_("count of rows"));
  else if (function)
    words = g_strdup_printf("%s(%s)", function, shelf->field);
  else
    words = g_strdup(shelf->field);
  g_autofree char *said = g_strdup_printf("%s: %s", self->label, words);
  gtk_label_set_text(GTK_LABEL(self->text), words);
  gtk_widget_set_tooltip_text(self->button, said);
  gtk_accessible_update_property(GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
}

/* --- lists and shelf --- */

void
pa_shelf_button_set_shelf(PaShelfButton *self, const PaShelf *shelf)
{
  guint field = 0;
  self->is_set = TRUE;
  for (guint i = 1; shelf->field && i < self->names->len; i++)
    if (!strcmp(self->names->pdata[i], shelf->field))
      field = i;
  gtk_drop_down_set_selected(GTK_DROP_DOWN(self->field), shelf->field && !field ? GTK_INVALID_LIST_POSITION : field);
  gtk_drop_down_set_selected(GTK_DROP_DOWN(self->function), function_of(shelf));
  for (guint i = 0; i < G_N_ELEMENTS(scales); i++)
    if (!g_strcmp0(scales[i].name, shelf->scale))
      gtk_drop_down_set_selected(GTK_DROP_DOWN(self->scale), i);
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (!g_strcmp0(types[i].name, shelf->type))
      gtk_drop_down_set_selected(GTK_DROP_DOWN(self->type), i);
  show_words(self, shelf);
  self->is_set = FALSE;
}

void
pa_shelf_button_read(PaShelfButton *self, PaShelf *out)
{
  guint field = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->field));
  guint function = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->function));
  guint scale = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->scale));
  guint type = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->type));
  *out = (PaShelf){ 0 };
  if (field > 0 && field < self->names->len)
    out->field = g_strdup(self->names->pdata[field]);
  if (function < G_N_ELEMENTS(functions)) {
    out->bin = functions[function].kind == BIN;
    out->aggregate = functions[function].kind == AGGREGATE ? g_strdup(functions[function].name) : NULL;
    out->time_unit = functions[function].kind == TIME_UNIT ? g_strdup(functions[function].name) : NULL;
  }
  if (!g_strcmp0(out->aggregate, "count"))
    g_clear_pointer(&out->field, g_free);
  out->scale = scale < G_N_ELEMENTS(scales) ? g_strdup(scales[scale].name) : NULL;
  out->type = type < G_N_ELEMENTS(types) ? g_strdup(types[type].name) : NULL;
}

static void
emit(PaShelfButton *self)
{
  g_auto(PaShelf) shelf = { 0 };
  if (self->is_set)
    return;
  pa_shelf_button_read(self, &shelf);
  show_words(self, &shelf);
  g_signal_emit(self, changed, 0);
}

/* Another column brings its own type along; a number that is counted or averaged stays one. */
static void
field_chosen(PaShelfButton *self)
{
  guint field = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->field));
  if (self->is_set)
    return;
  if (field > 0 && field < self->names->len) {
    const char *type = pa_chart_type_of(g_array_index(self->kinds, PikaKind, field - 1));
    self->is_set = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
      if (!strcmp(types[i].name, type))
        gtk_drop_down_set_selected(GTK_DROP_DOWN(self->type), i);
    guint function = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->function));
    if (function == GTK_INVALID_LIST_POSITION || !g_strcmp0(functions[function].name, "count"))
      gtk_drop_down_set_selected(GTK_DROP_DOWN(self->function), 0);
    self->is_set = FALSE;
  }
  emit(self);
}

static void
function_chosen(PaShelfButton *self)
{
  guint function = gtk_drop_down_get_selected(GTK_DROP_DOWN(self->function));
  if (self->is_set || function == GTK_INVALID_LIST_POSITION)
    return;
  const char *type = functions[function].kind == TIME_UNIT ? "temporal"
                     : functions[function].kind == AGGREGATE || functions[function].kind == BIN ? "quantitative" : NULL;
  self->is_set = TRUE;
  for (guint i = 0; type && i < G_N_ELEMENTS(types); i++)
    if (!strcmp(types[i].name, type))
      gtk_drop_down_set_selected(GTK_DROP_DOWN(self->type), i);
  self->is_set = FALSE;
  emit(self);
}

void
pa_shelf_button_set_columns(PaShelfButton *self, const GPtrArray *columns)
{
  g_auto(PaShelf) shelf = { 0 };
  pa_shelf_button_read(self, &shelf);
  g_autoptr(GtkStringList) list = gtk_string_list_new(NULL);
  g_ptr_array_set_size(self->names, 0);
  g_array_set_size(self->kinds, 0);
  g_ptr_array_add(self->names, g_strdup(_("(none)")));
  for (guint i = 0; i < columns->len; i++) {
    const PikaColumn *column = columns->pdata[i];
    g_ptr_array_add(self->names, g_strdup(column->name));
    g_array_append_val(self->kinds, column->kind);
  }
  for (guint i = 0; i < self->names->len; i++)
    gtk_string_list_append(list, self->names->pdata[i]);
  self->is_set = TRUE;
  gtk_drop_down_set_model(GTK_DROP_DOWN(self->field), G_LIST_MODEL(list));
  self->is_set = FALSE;
  pa_shelf_button_set_shelf(self, &shelf);
}

/* --- the widget --- */

static void
dispose(GObject *object)
{
  PaShelfButton *self = PA_SHELF_BUTTON(object);
  g_clear_pointer(&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS(pa_shelf_button_parent_class)->dispose(object);
}

static void
finalize(GObject *object)
{
  PaShelfButton *self = PA_SHELF_BUTTON(object);
  g_free(self->channel);
  g_free(self->label);
  g_ptr_array_unref(self->names);
  g_array_unref(self->kinds);
  G_OBJECT_CLASS(pa_shelf_button_parent_class)->finalize(object);
}

static void
pa_shelf_button_class_init(PaShelfButtonClass *class)
{
  G_OBJECT_CLASS(class)->dispose = dispose;
  G_OBJECT_CLASS(class)->finalize = finalize;
  changed = g_signal_new("changed", PA_TYPE_SHELF_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type(GTK_WIDGET_CLASS(class), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
add_list(GtkWidget *grid, int row, const char *label, GtkWidget *list)
{
  GtkWidget *name = gtk_label_new(label);
  gtk_label_set_xalign(GTK_LABEL(name), 1);
  gtk_widget_add_css_class(name, "dim-label");
  gtk_widget_set_hexpand(list, TRUE);
  gtk_accessible_update_relation(GTK_ACCESSIBLE(list), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL, -1);
  gtk_grid_attach(GTK_GRID(grid), name, 0, row, 1, 1);
  gtk_grid_attach(GTK_GRID(grid), list, 1, row, 1, 1);
  return list;
}

static GtkWidget *
new_list(const char *const *labels)
{
  return gtk_drop_down_new_from_strings(labels);
}

static void
pa_shelf_button_init(PaShelfButton *self)
{
  const char *names[G_N_ELEMENTS(functions) + 1] = { NULL }, *kinds[G_N_ELEMENTS(types) + 1] = { NULL };
  const char *scale_names[G_N_ELEMENTS(scales) + 1] = { NULL };
  GtkWidget *popover = gtk_popover_new(), *grid = gtk_grid_new();
  self->names = g_ptr_array_new_with_free_func(g_free);
  self->kinds = g_array_new(FALSE, FALSE, sizeof(PikaKind));
  for (guint i = 0; i < G_N_ELEMENTS(functions); i++)
    names[i] = _(functions[i].label);
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    kinds[i] = _(types[i].label);
  for (guint i = 0; i < G_N_ELEMENTS(scales); i++)
    scale_names[i] = _(scales[i].label);
  gtk_grid_set_row_spacing(GTK_GRID(grid), 6);
  gtk_grid_set_column_spacing(GTK_GRID(grid), 12);
  self->field = add_list(grid, 0, _("Column"), new_list((const char *[]){ _("(none)"), NULL }));
  GtkExpression *text = gtk_property_expression_new(GTK_TYPE_STRING_OBJECT, NULL, "string");
  gtk_drop_down_set_expression(GTK_DROP_DOWN(self->field), text);
  gtk_drop_down_set_enable_search(GTK_DROP_DOWN(self->field), TRUE);
  gtk_expression_unref(text);
  self->function = add_list(grid, 1, _("Shown as"), new_list(names));
  self->type = add_list(grid, 2, _("Type"), new_list(kinds));
  self->scale = add_list(grid, 3, _("Scale"), new_list(scale_names));
  gtk_popover_set_child(GTK_POPOVER(popover), grid);
  self->text = gtk_label_new("—");
  gtk_label_set_ellipsize(GTK_LABEL(self->text), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars(GTK_LABEL(self->text), 18);
  self->button = gtk_menu_button_new();
  gtk_menu_button_set_popover(GTK_MENU_BUTTON(self->button), popover);
  gtk_widget_add_css_class(self->button, "pa-shelf");
  gtk_widget_set_parent(self->button, GTK_WIDGET(self));
  g_ptr_array_add(self->names, g_strdup(_("(none)")));
  g_signal_connect_swapped(self->field, "notify::selected", G_CALLBACK(field_chosen), self);
  g_signal_connect_swapped(self->function, "notify::selected", G_CALLBACK(function_chosen), self);
  g_signal_connect_swapped(self->type, "notify::selected", G_CALLBACK(emit), self);
  g_signal_connect_swapped(self->scale, "notify::selected", G_CALLBACK(emit), self);
}

PaShelfButton *
pa_shelf_button_new(const char *channel, const char *label)
{
  PaShelfButton *self = g_object_new(PA_TYPE_SHELF_BUTTON, NULL);
  GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6), *name = gtk_label_new(label);
  self->channel = g_strdup(channel);
  self->label = g_strdup(label);
  gtk_widget_add_css_class(name, "dim-label");
  gtk_box_append(GTK_BOX(box), name);
  gtk_box_append(GTK_BOX(box), self->text);
  gtk_menu_button_set_child(GTK_MENU_BUTTON(self->button), box);
  return self;
}

const char *
pa_shelf_button_get_channel(PaShelfButton *self)
{
  return self->channel;
}
