/* The DuckDB source: opening, settings, and the table of functions. */
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

const char *
pk_source_duckdb_version(void)
{
  return duckdb_library_version();
}

/* --- the temporary directory ---------------------------------------------- */

/* Removes a directory of ours; links in it are removed, not followed. */
static void
remove_tree(const char *path)
{
  GDir *dir = g_dir_open(path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    if (g_unlink(child) != 0)
      remove_tree(child);
  }
  g_clear_pointer(&dir, g_dir_close);
  g_rmdir(path);
}

static gboolean
make_directories(PkDuckdb *self, const char *parent, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename(parent != NULL ? parent : g_get_tmp_dir(), NULL);
  g_autofree char *path = g_build_filename(absolute, "pika-XXXXXX", NULL);

  if (g_mkdtemp(path) == NULL)
    return pk_fail_errno(error, errno, "cannot make a temporary directory in", absolute);
  self->temp_directory = g_steal_pointer(&path);
  self->import_directory = g_build_filename(self->temp_directory, "import", NULL);
  if (g_mkdir(self->import_directory, 0700) != 0)
    return pk_fail_errno(error, errno, "cannot make", self->import_directory);
  return TRUE;
}

char *
pk_duckdb_import_path(PkDuckdb *self, const char *ending)
{
  g_mutex_lock(&self->lock);
  guint serial = self->serial++;
  g_mutex_unlock(&self->lock);
  return g_strdup_printf("%s/%u%s", self->import_directory, serial, ending);
}

/* --- opening -------------------------------------------------------------- */

static guint64
machine_memory(void)
{
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (guint64)pages * (guint64)size : G_GUINT64_CONSTANT(4) << 30;
}

static gboolean
configure(duckdb_config config, const char *name, const char *value, GError **error)
{
  if (duckdb_set_config(config, name, value) == DuckDBSuccess)
    return TRUE;
  return pk_fail(error, PK_ERROR_ENGINE, "DuckDB %s has no setting %s", duckdb_library_version(), name);
}

static gboolean
configure_all(PkDuckdb *self, duckdb_config config, const PkSourceOptions *options, GError **error)
{
  guint64 memory = options->memory_limit > 0 ? options->memory_limit : machine_memory() / 2;
  g_autofree char *limit = g_strdup_printf("%" G_GUINT64_FORMAT "B", memory);
  g_autofree char *threads =
    g_strdup_printf("%u", options->threads > 0 ? options->threads : g_get_num_processors());
  g_autofree char *spill = g_build_filename(self->temp_directory, "spill", NULL);
  g_autofree char *extensions = g_build_filename(self->temp_directory, "extensions", NULL);
  const char *const settings[][2] = {
    { "memory_limit", limit },
    { "threads", threads },
    { "temp_directory", spill },
    { "extension_directory", extensions },
    { "autoinstall_known_extensions", "false" },
    { "autoload_known_extensions", "false" },
    { "allow_community_extensions", "false" },
    { "preserve_insertion_order", "true" },
    { "enable_external_file_cache", "false" }, /* the system caches files; memory is for columns */
    { "arrow_lossless_conversion", "true" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
    if (!configure(config, settings[i][0], settings[i][1], error))
      return FALSE;
  return TRUE;
}

static void
append_list(GString *sql, char **paths)
{
  for (guint i = 0; paths[i] != NULL; i++) {
    g_string_append(sql, sql->str[sql->len - 1] == '[' ? "" : ", ");
    pk_sql_append_literal(sql, paths[i]);
  }
}

/* From here on DuckDB opens no file but the allowed ones and our own copies (it
 * looks at where links lead), and no setting changes this. */
static gboolean
lock_down(PkDuckdb *self, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SET allowed_paths = [");

  append_list(sql, self->allowed_paths);
  g_string_append(sql, "]; SET allowed_directories = [");
  pk_sql_append_literal(sql, self->import_directory);
  append_list(sql, self->allowed_directories);
  g_string_append(sql, "]; SET enable_external_access = false; SET lock_configuration = true");
  return pk_duckdb_run(self, sql->str, "cannot restrict the SQL engine", NULL, error);
}

static void
finalize(PkSource *source)
{
  PkDuckdb *self = (PkDuckdb *)source;

  pk_sched_check_blocking("closing the SQL engine");
  if (self->db != NULL)
    duckdb_close(&self->db);
  if (self->temp_directory != NULL)
    remove_tree(self->temp_directory);
  g_free(self->temp_directory);
  g_free(self->import_directory);
  g_clear_pointer(&self->tables, g_ptr_array_unref);
  g_strfreev(self->allowed_paths);
  g_strfreev(self->allowed_directories);
  g_mutex_clear(&self->lock);
  g_free(self);
}

static void
abandon(PkSource *source)
{
  remove_tree(((PkDuckdb *)source)->temp_directory);
}

static GPtrArray *
list_tables(PkSource *source, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)pk_source_table_free);

  g_mutex_lock(&self->lock);
  for (guint i = 0; i < self->tables->len; i++)
    g_ptr_array_add(copy, pk_source_table_copy(g_ptr_array_index(self->tables, i)));
  g_mutex_unlock(&self->lock);
  return copy;
}

static gboolean
remove_table(PkSource *source, const char *name, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  PkSourceTable *table = NULL;

  g_mutex_lock(&self->lock);
  for (guint i = 0; i < self->tables->len && table == NULL; i++)
    if (!strcmp(((PkSourceTable *)g_ptr_array_index(self->tables, i))->name, name))
      table = g_ptr_array_index(self->tables, i);
  g_mutex_unlock(&self->lock);
  if (table == NULL)
    return pk_fail(error, PK_ERROR_NOT_FOUND, "there is no table \"%s\"", name);
  pk_duckdb_drop(self, "VIEW", name);
  pk_duckdb_drop(self, "TABLE", name);
  pk_duckdb_drop_reservation(self, table);
  return TRUE;
}

static const PkSourceClass duckdb_class = {
  .name = "duckdb",
  .finalize = finalize,
  .abandon = abandon,
  .add_file = pk_duckdb_add_file,
  .list_tables = list_tables,
  .remove_table = remove_table,
  .describe = pk_duckdb_describe,
  .query = pk_duckdb_query,
  .execute = pk_duckdb_execute,
  .parse_sql = pk_duckdb_parse_sql,
  .add_stream = pk_duckdb_add_stream,
  .set_view = pk_duckdb_set_view,
};

/* The real paths of what may be read, so that a link cannot lead out of it. */
static char **
real_paths(const char *const *paths)
{
  GPtrArray *real = g_ptr_array_new();

  for (guint i = 0; paths != NULL && paths[i] != NULL; i++) {
    char *path = realpath(paths[i], NULL);
    if (path != NULL)
      g_ptr_array_add(real, g_strdup(path));
    free(path);
  }
  g_ptr_array_add(real, NULL);
  return (char **)g_ptr_array_free(real, FALSE);
}

static gboolean
open_database(PkDuckdb *self, const PkSourceOptions *options, GError **error)
{
  duckdb_config config = NULL;
  char *words = NULL;
  gboolean ok;

  if (duckdb_create_config(&config) == DuckDBError)
    return pk_fail(error, PK_ERROR_ENGINE, "DuckDB made no configuration");
  ok = configure_all(self, config, options, error);
  if (ok && duckdb_open_ext(NULL, &self->db, config, &words) == DuckDBError)
    ok = pk_duckdb_fail(error, "cannot start the SQL engine", words);
  duckdb_free(words);
  duckdb_destroy_config(&config);
  return ok &&
         pk_duckdb_run(self, "SET GLOBAL TimeZone = 'UTC'", "cannot set up the SQL engine", NULL, error);
}

PkSource *
pk_source_duckdb_new(const PkSourceOptions *options, GError **error)
{
  static const PkSourceOptions defaults = { 0 };
  PkDuckdb *self = g_new0(PkDuckdb, 1);
  g_autoptr(PkSource) source = &self->base;

  pk_sched_check_blocking("starting the SQL engine");
  if (options == NULL)
    options = &defaults;
  source->klass = &duckdb_class;
  source->ref_count = 1;
  g_mutex_init(&self->lock);
  self->tables = g_ptr_array_new_with_free_func((GDestroyNotify)pk_source_table_free);
  self->restricted = options->restricted;
  self->allowed_paths = real_paths(options->allowed_paths);
  self->allowed_directories = real_paths(options->allowed_directories);
  if (!make_directories(self, options->temp_directory, error) || !open_database(self, options, error))
    return NULL;
  if (self->restricted && !lock_down(self, error))
    return NULL;
  return g_steal_pointer(&source);
}
