#include "pa-table-item.h"

#include "pa-digits.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PaTableItem {
  GObject parent_instance;
  char *path, *shown, *wanted_name;
  char **options;
  PikaTable *table;
  GListStore *columns;
  double progress;
  gint64 rows;
};

G_DEFINE_FINAL_TYPE(PaTableItem, pa_table_item, G_TYPE_OBJECT)

static guint changed;

static void
finalize(GObject *object)
{
  PaTableItem *self = PA_TABLE_ITEM(object);
  g_free(self->path);
  g_free(self->shown);
  g_free(self->wanted_name);
  g_strfreev(self->options);
  pika_table_free(self->table);
  g_object_unref(self->columns);
  G_OBJECT_CLASS(pa_table_item_parent_class)->finalize(object);
}

static void
pa_table_item_class_init(PaTableItemClass *class)
{
  G_OBJECT_CLASS(class)->finalize = finalize;
  changed = g_signal_new("changed", PA_TYPE_TABLE_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
pa_table_item_init(PaTableItem *self)
{
  self->columns = g_list_store_new(PA_TYPE_COLUMN_ITEM);
  self->progress = self->rows = -1;
}

PaTableItem *
pa_table_item_new(const char *path, const char *name, const char *const *options)
{
  PaTableItem *self = g_object_new(PA_TYPE_TABLE_ITEM, NULL);
  self->path = g_strdup(path);
  self->shown = name ? g_strdup(name) : g_path_get_basename(path);
  self->wanted_name = g_strdup(name);
  self->options = g_strdupv((char **)options);
  return self;
}

void
pa_table_item_take_table(PaTableItem *self, PikaTable *table)
{
  pika_table_free(self->table);
  self->table = table;
  if (table->has_report)
    self->rows = (gint64)table->loaded;
  g_signal_emit(self, changed, 0);
}

const PikaTable *
pa_table_item_get_table(PaTableItem *self)
{
  return self->table;
}

const char *
pa_table_item_get_name(PaTableItem *self)
{
  return self->table ? self->table->name : self->shown;
}

const char *
pa_table_item_get_path(PaTableItem *self)
{
  return self->path;
}

const char *
pa_table_item_get_wanted_name(PaTableItem *self)
{
  return self->wanted_name;
}

const char *const *
pa_table_item_get_options(PaTableItem *self)
{
  return (const char *const *)self->options;
}

GListStore *
pa_table_item_get_columns(PaTableItem *self)
{
  return self->columns;
}

PaColumnItem *
pa_table_item_find_column(PaTableItem *self, const char *name)
{
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->columns));
  for (guint i = 0; i < n; i++) {
    g_autoptr(PaColumnItem) item = g_list_model_get_item(G_LIST_MODEL(self->columns), i);
    if (!strcmp(pa_column_item_get_column(item)->name, name))
      return item;
  }
  return NULL;
}

void
pa_table_item_set_progress(PaTableItem *self, double fraction)
{
  self->progress = fraction;
  g_signal_emit(self, changed, 0);
}

double
pa_table_item_get_progress(PaTableItem *self)
{
  return self->progress;
}

void
pa_table_item_set_rows(PaTableItem *self, gint64 rows)
{
  self->rows = rows;
  g_signal_emit(self, changed, 0);
}

gint64
pa_table_item_get_rows(PaTableItem *self)
{
  return self->rows;
}

gboolean
pa_table_item_is_doubtful(PaTableItem *self)
{
  return self->table && (self->table->rejected > 0 || self->table->warnings[0]);
}

char *
pa_table_item_dup_report(PaTableItem *self)
{
  if (!self->table)
    return self->progress >= 0 ? g_strdup_printf(_("Loading… %.0f%%"), 100 * self->progress) : g_strdup(_("Loading…"));
  if (self->table->has_report) {
    g_autofree char *read = pa_digits_dup((gint64)self->table->read), *loaded = pa_digits_dup((gint64)self->table->loaded);
    g_autofree char *rejected = pa_digits_dup((gint64)self->table->rejected);
    return g_strdup_printf(_("read %s · loaded %s · rejected %s"), read, loaded, rejected);
  }
  g_autofree char *rows = pa_digits_dup(self->rows);
  return self->rows >= 0 ? g_strdup_printf(ngettext("%s row", "%s rows", (gulong)self->rows), rows) : g_strdup("");
}
