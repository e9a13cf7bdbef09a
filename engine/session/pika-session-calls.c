/* Sessions and tables: the synchronous and asynchronous forms of what pika-session.c does. */
#include "pk-call.h"

#include "pk-error.h"
#include "pk-vk-backend.h"

/* --- devices --- */

static gboolean
run_devices(gpointer text, GCancellable *cancellable, GError **error)
{
  *(char **)text = pk_vk_describe_devices();
  return TRUE;
}

static void
clear_devices(gpointer text)
{
  g_free(*(char **)text);
}

static const PkCallClass devices_class = { "look for GPUs", run_devices, FALSE, clear_devices };

char *
pika_describe_devices(GError **error)
{
  char *text = NULL;
  return pk_call_now(&devices_class, NULL, &text, NULL, error) ? text : NULL;
}

void
pika_describe_devices_async(GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  pk_call_async(&devices_class, NULL, g_new0(char *, 1), PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

char *
pika_describe_devices_finish(GAsyncResult *result, GError **error)
{
  char **text = pk_call_finish(&devices_class, result, error);
  return text ? g_steal_pointer(text) : NULL;
}

/* --- new --- */

typedef struct {
  PikaSessionOptions options;
  PikaSession *session; /* the result */
} New;

static gboolean
run_new(gpointer data, GCancellable *cancellable, GError **error)
{
  New *self = data;
  self->session = pk_session_new(&self->options, error);
  return self->session != NULL;
}

static void
clear_new(gpointer data)
{
  New *self = data;
  g_free((char *)self->options.temp_directory);
  g_free((char *)self->options.backend);
  g_free((char *)self->options.device);
  g_strfreev((char **)self->options.allowed_paths);
  g_strfreev((char **)self->options.allowed_directories);
  pk_session_release(self->session);
}

static const PkCallClass new_class = { "start", run_new, FALSE, clear_new };

PikaSession *
pika_session_new(const PikaSessionOptions *options, GError **error)
{
  New args = { 0 };
  if (options)
    args.options = *options;
  return pk_call_now(&new_class, NULL, &args, NULL, error) ? args.session : NULL;
}

void
pika_session_new_async(const PikaSessionOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  New *args = g_new0(New, 1);
  if (options) {
    args->options = *options;
    args->options.temp_directory = g_strdup(options->temp_directory);
    args->options.backend = g_strdup(options->backend);
    args->options.device = g_strdup(options->device);
    args->options.allowed_paths = (const char *const *)g_strdupv((char **)options->allowed_paths);
    args->options.allowed_directories = (const char *const *)g_strdupv((char **)options->allowed_directories);
  }
  pk_call_async(&new_class, NULL, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

PikaSession *
pika_session_new_finish(GAsyncResult *result, GError **error)
{
  New *args = pk_call_finish(&new_class, result, error);
  return args ? g_steal_pointer(&args->session) : NULL;
}

/* --- close --- */

void
pika_session_close_async(PikaSession *self, GAsyncReadyCallback callback, gpointer user_data)
{
  self->closing = g_task_new(NULL, NULL, callback, user_data);
  g_task_set_source_tag(self->closing, pika_session_close_async);
  pk_session_release(self);
}

gboolean
pika_session_close_finish(GAsyncResult *result, GError **error)
{
  g_return_val_if_fail(g_async_result_is_tagged(result, pika_session_close_async), FALSE);
  return g_task_propagate_boolean(G_TASK(result), error);
}

static gboolean
run_free(gpointer session, GCancellable *cancellable, GError **error)
{
  pk_session_free(session);
  return TRUE;
}

static const PkCallClass free_class = { "close", run_free, FALSE, NULL };

static gboolean
run_release(PkJob *job, gpointer data, GError **error)
{
  pk_session_free(data);
  return TRUE;
}

static void
released(gpointer data, const GError *error)
{
  if (error) /* too much waits already */
    pk_session_free(data);
}

static void
free_later(PikaSession *self)
{
  PkJobSpec spec = { .lane = PK_LANE_QUERY, .name = "close", .run = run_release, .data = self,
                     .done = released };
  pk_job_unref(pk_sched_submit(pk_sched_get_default(), &spec));
}

void
pika_session_unref(PikaSession *self)
{
  if (!self || !g_atomic_int_dec_and_test(&self->refs))
    return;
  if (self->closing) /* its owner asked that nobody waits for the end */
    free_later(self);
  else if (!pk_call_now(&free_class, NULL, self, NULL, NULL))
    pk_session_free(self); /* too much waits already */
}

void
pk_session_release(PikaSession *self)
{
  if (self && g_atomic_int_dec_and_test(&self->refs))
    free_later(self);
}

/* --- open --- */

typedef struct {
  PikaSession *session;
  const char *path, *name;
  const PikaImportOption *options;
  guint n_options;
  GPtrArray *tables; /* the result */
} Open;

static gboolean
run_open(gpointer data, GCancellable *cancellable, GError **error)
{
  Open *self = data;
  return pk_session_open(self->session, self->path, self->name, self->options, self->n_options, &self->tables,
                         cancellable, error);
}

static void
clear_open(gpointer data)
{
  Open *self = data;
  g_free((char *)self->path);
  g_free((char *)self->name);
  for (guint i = 0; i < self->n_options; i++) {
    g_free((char *)self->options[i].name);
    g_free((char *)self->options[i].value);
  }
  g_free((PikaImportOption *)self->options);
  g_clear_pointer(&self->tables, g_ptr_array_unref);
}

static const PkCallClass open_class = { "open", run_open, TRUE, clear_open };

static void
take_tables(GPtrArray *result, GPtrArray **tables)
{
  if (tables)
    *tables = result;
  else
    g_ptr_array_unref(result);
}

gboolean
pika_session_open(PikaSession *self, const char *path, const char *name, const PikaImportOption *options,
                  guint n_options, GPtrArray **tables, GCancellable *cancellable, GError **error)
{
  Open args = { self, path, name, options, n_options, NULL };
  if (!pk_call_now(&open_class, self, &args, cancellable, error))
    return FALSE;
  take_tables(args.tables, tables);
  return TRUE;
}

void
pika_session_open_async(PikaSession *self, const char *path, const char *name, const PikaImportOption *options,
                        guint n_options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Open *args = g_new(Open, 1);
  PikaImportOption *copies = g_new0(PikaImportOption, n_options + 1);
  for (guint i = 0; i < n_options; i++)
    copies[i] = (PikaImportOption){ g_strdup(options[i].name), g_strdup(options[i].value) };
  *args = (Open){ self, g_strdup(path), g_strdup(name), copies, n_options, NULL };
  pk_call_async(&open_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_session_open_finish(GAsyncResult *result, GPtrArray **tables, GError **error)
{
  Open *args = pk_call_finish(&open_class, result, error);
  if (args)
    take_tables(g_steal_pointer(&args->tables), tables);
  return args != NULL;
}

/* --- describe --- */

typedef struct {
  PikaSession *session;
  const char *text;
  gboolean is_table;
  GPtrArray *columns; /* the result */
} Describe;

static gboolean
run_describe(gpointer data, GCancellable *cancellable, GError **error)
{
  Describe *self = data;
  self->columns = self->is_table ? pk_session_describe_table(self->session, self->text, error)
                                 : pk_session_describe(self->session, self->text, error);
  return self->columns != NULL;
}

static void
clear_describe(gpointer data)
{
  Describe *self = data;
  g_free((char *)self->text);
  g_clear_pointer(&self->columns, g_ptr_array_unref);
}

static const PkCallClass describe_class = { "describe", run_describe, TRUE, clear_describe };

GPtrArray *
pika_session_describe_table(PikaSession *self, const char *table, GError **error)
{
  Describe args = { self, table, TRUE, NULL };
  return pk_call_now(&describe_class, self, &args, NULL, error) ? args.columns : NULL;
}

GPtrArray *
pika_session_describe(PikaSession *self, const char *sql, GError **error)
{
  Describe args = { self, sql, FALSE, NULL };
  return pk_call_now(&describe_class, self, &args, NULL, error) ? args.columns : NULL;
}

static void
describe_async(PikaSession *self, const char *text, gboolean is_table, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer user_data)
{
  Describe *args = g_new(Describe, 1);
  *args = (Describe){ self, g_strdup(text), is_table, NULL };
  pk_call_async(&describe_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

void
pika_session_describe_table_async(PikaSession *self, const char *table, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  describe_async(self, table, TRUE, cancellable, callback, user_data);
}

void
pika_session_describe_async(PikaSession *self, const char *sql, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  describe_async(self, sql, FALSE, cancellable, callback, user_data);
}

GPtrArray *
pika_session_describe_finish(GAsyncResult *result, GError **error)
{
  Describe *args = pk_call_finish(&describe_class, result, error);
  return args ? g_steal_pointer(&args->columns) : NULL;
}

/* --- views --- */

typedef struct {
  PikaSession *session;
  const char *name, *sql;
  gboolean replace;
} SetView;

static gboolean
run_set_view(gpointer data, GCancellable *cancellable, GError **error)
{
  const SetView *self = data;
  return pk_session_set_view(self->session, self->name, self->sql, self->replace, error);
}

static void
clear_set_view(gpointer data)
{
  SetView *self = data;
  g_free((char *)self->name);
  g_free((char *)self->sql);
}

static const PkCallClass set_view_class = { "set view", run_set_view, TRUE, clear_set_view };

static void
start_set_view(PikaSession *self, const char *name, const char *sql, gboolean replace, GCancellable *cancellable,
               GAsyncReadyCallback callback, gpointer user_data)
{
  SetView *args = g_new(SetView, 1);
  *args = (SetView){ self, g_strdup(name), g_strdup(sql), replace };
  pk_call_async(&set_view_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_session_add_view(PikaSession *self, const char *name, const char *sql, GError **error)
{
  SetView args = { self, name, sql, FALSE };
  return pk_call_now(&set_view_class, self, &args, NULL, error);
}

void
pika_session_add_view_async(PikaSession *self, const char *name, const char *sql, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  start_set_view(self, name, sql, FALSE, cancellable, callback, user_data);
}

gboolean
pika_session_add_view_finish(GAsyncResult *result, GError **error)
{
  return pk_call_finish(&set_view_class, result, error) != NULL;
}

gboolean
pika_session_set_view(PikaSession *self, const char *name, const char *sql, GError **error)
{
  SetView args = { self, name, sql, TRUE };
  return pk_call_now(&set_view_class, self, &args, NULL, error);
}

void
pika_session_set_view_async(PikaSession *self, const char *name, const char *sql, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  start_set_view(self, name, sql, TRUE, cancellable, callback, user_data);
}

gboolean
pika_session_set_view_finish(GAsyncResult *result, GError **error)
{
  return pk_call_finish(&set_view_class, result, error) != NULL;
}

/* --- remove_table --- */

static gboolean
run_remove_table(gpointer data, GCancellable *cancellable, GError **error)
{
  const SetView *self = data;
  return pk_session_remove_table(self->session, self->name, error);
}

static const PkCallClass remove_table_class = { "remove table", run_remove_table, TRUE, clear_set_view };

gboolean
pika_session_remove_table(PikaSession *self, const char *name, GError **error)
{
  SetView args = { self, name, NULL, FALSE };
  return pk_call_now(&remove_table_class, self, &args, NULL, error);
}

void
pika_session_remove_table_async(PikaSession *self, const char *name, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  SetView *args = g_new(SetView, 1);
  *args = (SetView){ self, g_strdup(name), NULL, FALSE };
  pk_call_async(&remove_table_class, self, args, PK_LANE_QUERY, NULL, cancellable, callback, user_data);
}

gboolean
pika_session_remove_table_finish(GAsyncResult *result, GError **error)
{
  return pk_call_finish(&remove_table_class, result, error) != NULL;
}

/* --- profile --- */

typedef struct {
  PikaSession *session;
  const char *table;
  guint n_bins;
  GPtrArray *profiles; /* the result */
} Profile;

static gboolean
run_profile(gpointer data, GCancellable *cancellable, GError **error)
{
  Profile *self = data;
  self->profiles = pk_session_profile(self->session, self->table, self->n_bins, cancellable, error);
  return self->profiles != NULL;
}

static void
clear_profile(gpointer data)
{
  Profile *self = data;
  g_free((char *)self->table);
  g_clear_pointer(&self->profiles, g_ptr_array_unref);
}

static const PkCallClass profile_class = { "profile", run_profile, TRUE, clear_profile };

GPtrArray *
pika_session_profile(PikaSession *self, const char *table, guint n_bins, GCancellable *cancellable, GError **error)
{
  Profile args = { self, table, n_bins, NULL };
  return pk_call_now(&profile_class, self, &args, cancellable, error) ? args.profiles : NULL;
}

void
pika_session_profile_async(PikaSession *self, const char *table, guint n_bins, PikaLane lane, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  Profile *args = g_new(Profile, 1);
  *args = (Profile){ self, g_strdup(table), n_bins, NULL };
  pk_call_async(&profile_class, self, args, (PkLane)lane, NULL, cancellable, callback, user_data);
}

GPtrArray *
pika_session_profile_finish(GAsyncResult *result, GError **error)
{
  Profile *args = pk_call_finish(&profile_class, result, error);
  return args ? g_steal_pointer(&args->profiles) : NULL;
}
