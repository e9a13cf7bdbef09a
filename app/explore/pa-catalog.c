#include "pa-catalog.h"

#include <glib/gi18n-lib.h>

#define PROFILE_BINS 24

struct _PaCatalog {
  GObject parent_instance;
  PikaSession *session;
  GListStore *tables;
  GPtrArray *waiting;    /* of PaTableItem: to be opened once there is a session */
  GCancellable *loading; /* of all that loads; made anew after a cancel */
  PaTableItem *current;  /* the one whose progress is told: files are opened one after the other */
  guint n_described;     /* tables whose columns are asked for */
  guint n_sessions;      /* asked for so far: only the last one counts */
  gboolean is_shut;
};

G_DEFINE_FINAL_TYPE(PaCatalog, pa_catalog, G_TYPE_OBJECT)

static guint ready, opened, failed, progressed, idle;

/* --- profiles --- */

typedef struct {
  PaCatalog *catalog;
  PaTableItem *item;
} Step;

static Step *
step_new(PaCatalog *catalog, PaTableItem *item)
{
  Step *self = g_new(Step, 1);
  *self = (Step){ g_object_ref(catalog), g_object_ref(item) };
  return self;
}

static void
step_free(Step *self)
{
  g_object_unref(self->catalog);
  g_object_unref(self->item);
  g_free(self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Step, step_free)

static void
profiled(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(Step) step = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) profiles = pika_session_profile_finish(done, &error);
  if (!profiles) {
    if (!g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED) && !step->catalog->is_shut)
      g_signal_emit(step->catalog, failed, 0, pa_table_item_get_name(step->item), error);
    return;
  }
  g_ptr_array_set_free_func(profiles, NULL); /* each is taken over below */
  for (guint i = 0; i < profiles->len; i++) {
    PikaColumnProfile *profile = profiles->pdata[i];
    PaColumnItem *column = pa_table_item_find_column(step->item, profile->name);
    if (i == 0)
      pa_table_item_set_rows(step->item, profile->rows);
    if (column)
      pa_column_item_take_profile(column, profile);
    else
      pika_column_profile_free(profile);
  }
}

static void
tell_if_idle(PaCatalog *self)
{
  if (!self->current && self->waiting->len == 0 && self->n_described == 0)
    g_signal_emit(self, idle, 0);
}

static void
described(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(Step) step = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) columns = pika_session_describe_finish(done, &error);
  PaCatalog *self = step->catalog;
  const PikaTable *table = pa_table_item_get_table(step->item);
  self->n_described--;
  if (self->is_shut)
    return;
  if (!columns) {
    g_signal_emit(self, failed, 0, table->name, error);
    tell_if_idle(self);
    return;
  }
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);
  for (guint i = 0; i < columns->len; i++)
    g_ptr_array_add(items, pa_column_item_new(table->name, columns->pdata[i]));
  GListStore *store = pa_table_item_get_columns(step->item);
  g_list_store_splice(store, 0, g_list_model_get_n_items(G_LIST_MODEL(store)), items->pdata, items->len);
  g_signal_emit(self, opened, 0, step->item);
  pika_session_profile_async(self->session, table->name, PROFILE_BINS, PIKA_LANE_BACKGROUND, NULL, profiled,
                             step_new(self, step->item));
  tell_if_idle(self);
}

static void
describe(PaCatalog *self, PaTableItem *item)
{
  self->n_described++;
  pika_session_describe_table_async(self->session, pa_table_item_get_table(item)->name, NULL, described,
                                    step_new(self, item));
}

/* --- opening --- */

static void open_next(PaCatalog *self);

static void
remove_item(PaCatalog *self, PaTableItem *item)
{
  guint at;
  if (g_list_store_find(self->tables, item, &at))
    g_list_store_remove(self->tables, at);
}

/* A database has many tables: the item becomes the first, and each other one gets its own. */
static void
take_tables(PaCatalog *self, PaTableItem *item, GPtrArray *tables)
{
  g_ptr_array_set_free_func(tables, NULL);
  guint at = 0;
  g_list_store_find(self->tables, item, &at);
  for (guint i = 0; i < tables->len; i++) {
    g_autoptr(PaTableItem) other = NULL;
    if (i > 0) {
      other = pa_table_item_new(pa_table_item_get_path(item), NULL, NULL);
      g_list_store_insert(self->tables, at + i, other);
    }
    pa_table_item_take_table(other ? other : item, tables->pdata[i]);
    describe(self, other ? other : item);
  }
}

static void
opened_file(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(Step) step = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) tables = NULL;
  PaCatalog *self = step->catalog;
  gboolean ok = pika_session_open_finish(done, &tables, &error);
  g_clear_object(&self->current);
  if (self->is_shut)
    return;
  if (ok && tables->len > 0) {
    take_tables(self, step->item, tables);
  } else {
    remove_item(self, step->item);
    if (!ok && !g_error_matches(error, PIKA_ERROR, PIKA_ERROR_CANCELLED))
      g_signal_emit(self, failed, 0, pa_table_item_get_name(step->item), error);
    else if (ok)
      g_signal_emit(self, failed, 0, pa_table_item_get_name(step->item), NULL);
  }
  open_next(self);
}

static void
open_now(PaCatalog *self, PaTableItem *item)
{
  const char *const *texts = pa_table_item_get_options(item);
  g_autoptr(GArray) options = g_array_new(FALSE, FALSE, sizeof(PikaImportOption));
  for (guint i = 0; texts && texts[i] && texts[i + 1]; i += 2) {
    PikaImportOption option = { texts[i], texts[i + 1] };
    g_array_append_val(options, option);
  }
  self->current = g_object_ref(item);
  pika_session_open_async(self->session, pa_table_item_get_path(item), pa_table_item_get_wanted_name(item),
                          (PikaImportOption *)options->data, options->len,
                          self->loading, opened_file, step_new(self, item));
}

static void
open_next(PaCatalog *self)
{
  if (!self->session || self->current)
    return;
  if (self->waiting->len == 0) {
    tell_if_idle(self);
    return;
  }
  g_autoptr(PaTableItem) item = g_ptr_array_steal_index(self->waiting, 0);
  open_now(self, item);
}

static void
queue(PaCatalog *self, PaTableItem *item)
{
  g_ptr_array_add(self->waiting, g_object_ref(item));
  if (g_cancellable_is_cancelled(self->loading)) {
    g_object_unref(self->loading);
    self->loading = g_cancellable_new();
  }
  open_next(self);
}

void
pa_catalog_open(PaCatalog *self, const char *path, const char *const *options)
{
  pa_catalog_open_as(self, path, NULL, options);
}

void
pa_catalog_open_as(PaCatalog *self, const char *path, const char *name, const char *const *options)
{
  g_autoptr(PaTableItem) item = pa_table_item_new(path, name, options);
  g_list_store_append(self->tables, item);
  queue(self, item);
}

static void
removed_for_reopen(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(Step) step = data;
  g_autoptr(GError) error = NULL;
  if (!pika_session_remove_table_finish(done, &error)) {
    g_signal_emit(step->catalog, failed, 0, pa_table_item_get_name(step->item), error);
    return;
  }
  queue(step->catalog, step->item);
}

void
pa_catalog_reopen(PaCatalog *self, PaTableItem *item, const char *const *options)
{
  const char *name = pa_table_item_get_name(item);
  g_autoptr(PaTableItem) again = pa_table_item_new(pa_table_item_get_path(item), name, options);
  guint at;
  pika_session_remove_table_async(self->session, name, NULL, removed_for_reopen, step_new(self, again));
  if (g_list_store_find(self->tables, item, &at))
    g_list_store_splice(self->tables, at, 1, (gpointer[]){ again }, 1);
}

static void
removed(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autoptr(Step) step = data;
  g_autoptr(GError) error = NULL;
  if (!pika_session_remove_table_finish(done, &error))
    g_signal_emit(step->catalog, failed, 0, pa_table_item_get_name(step->item), error);
}

void
pa_catalog_close(PaCatalog *self, PaTableItem *item)
{
  g_autoptr(PaTableItem) held = g_object_ref(item);
  remove_item(self, item);
  if (g_ptr_array_remove(self->waiting, item) || !pa_table_item_get_table(item))
    return;
  pika_session_remove_table_async(self->session, pa_table_item_get_name(item), NULL, removed, step_new(self, item));
}

gboolean
pa_catalog_is_loading(PaCatalog *self)
{
  return self->current || self->waiting->len > 0;
}

void
pa_catalog_cancel(PaCatalog *self)
{
  for (guint i = 0; i < self->waiting->len; i++)
    remove_item(self, self->waiting->pdata[i]);
  g_ptr_array_set_size(self->waiting, 0);
  g_cancellable_cancel(self->loading);
}

/* --- the session --- */

static void
on_progress(const PikaProgress *progress, gpointer data)
{
  PaCatalog *self = data;
  double fraction = progress->total > 0 ? CLAMP(progress->done / progress->total, 0, 1) : -1;
  if (self->is_shut)
    return;
  if (self->current && g_str_equal(progress->phase, "read"))
    pa_table_item_set_progress(self->current, fraction);
  g_signal_emit(self, progressed, 0, progress->phase, fraction);
}

typedef struct {
  PaCatalog *catalog;
  guint number;
} Starting;

static void
started(GObject *source, GAsyncResult *done, gpointer data)
{
  g_autofree Starting *starting = data;
  g_autoptr(PaCatalog) self = starting->catalog;
  g_autoptr(GError) error = NULL;
  PikaSession *session = pika_session_new_finish(done, &error);
  if (self->is_shut || starting->number != self->n_sessions) {
    if (session)
      pika_session_close_async(session, NULL, NULL);
    return;
  }
  if (!session) {
    g_signal_emit(self, failed, 0, _("The engine"), error);
    return;
  }
  self->session = session;
  pika_session_set_progress(session, on_progress, self);
  g_signal_emit(self, ready, 0);
  open_next(self);
}

static void
start_session(PaCatalog *self, const PikaSessionOptions *options)
{
  Starting *starting = g_new(Starting, 1);
  *starting = (Starting){ g_object_ref(self), ++self->n_sessions };
  pika_session_new_async(options, NULL, started, starting);
}

void
pa_catalog_restrict(PaCatalog *self, const char *const *paths)
{
  PikaSessionOptions options = { .will_plot = TRUE, .restricted = TRUE, .allowed_paths = paths };
  g_return_if_fail(g_list_model_get_n_items(G_LIST_MODEL(self->tables)) == 0);
  if (self->session) {
    pika_session_set_progress(self->session, NULL, NULL);
    pika_session_close_async(g_steal_pointer(&self->session), NULL, NULL);
  }
  start_session(self, &options);
}

PikaSession *
pa_catalog_get_session(PaCatalog *self)
{
  return self->session;
}

GListModel *
pa_catalog_get_tables(PaCatalog *self)
{
  return G_LIST_MODEL(self->tables);
}

PaTableItem *
pa_catalog_find(PaCatalog *self, const char *table)
{
  guint n = g_list_model_get_n_items(G_LIST_MODEL(self->tables));
  for (guint i = 0; i < n; i++) {
    g_autoptr(PaTableItem) item = g_list_model_get_item(G_LIST_MODEL(self->tables), i);
    if (pa_table_item_get_table(item) && g_str_equal(pa_table_item_get_name(item), table))
      return item;
  }
  return NULL;
}

void
pa_catalog_shut(PaCatalog *self)
{
  if (self->is_shut)
    return;
  self->is_shut = TRUE;
  pa_catalog_cancel(self);
  if (self->session)
    pika_session_set_progress(self->session, NULL, NULL);
  if (self->session)
    pika_session_close_async(g_steal_pointer(&self->session), NULL, NULL);
}

static void
finalize(GObject *object)
{
  PaCatalog *self = PA_CATALOG(object);
  pa_catalog_shut(self);
  g_object_unref(self->tables);
  g_ptr_array_unref(self->waiting);
  g_object_unref(self->loading);
  g_clear_object(&self->current);
  G_OBJECT_CLASS(pa_catalog_parent_class)->finalize(object);
}

static void
pa_catalog_class_init(PaCatalogClass *class)
{
  GType type = G_TYPE_FROM_CLASS(class);
  G_OBJECT_CLASS(class)->finalize = finalize;
  ready = g_signal_new("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  idle = g_signal_new("idle", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  opened = g_signal_new("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, PA_TYPE_TABLE_ITEM);
  failed = g_signal_new("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  progressed = g_signal_new("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                            G_TYPE_DOUBLE);
}

static void
pa_catalog_init(PaCatalog *self)
{
  self->tables = g_list_store_new(PA_TYPE_TABLE_ITEM);
  self->waiting = g_ptr_array_new_with_free_func(g_object_unref);
  self->loading = g_cancellable_new();
}

PaCatalog *
pa_catalog_new(void)
{
  PaCatalog *self = g_object_new(PA_TYPE_CATALOG, NULL);
  PikaSessionOptions options = { .will_plot = TRUE };
  start_session(self, &options);
  return self;
}
