/* Files as tables: finding, checking, telling formats apart, and the tables
 * made of Parquet and databases. Text is in pk-duckdb-csv.c and pk-duckdb-json.c. */
#include "pk-duckdb.h"
#include "pk-error.h"
#include "pk-fd.h"
#include "pk-sql-quote.h"
#include "pk-unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *shown; /* as the person named it */
  char *path;  /* absolute, as the engine is to open it */
  PkFileFormat format;
  guint64 bytes;
} Input;

static void
input_free(gpointer data)
{
  Input *input = data;

  g_free(input->shown);
  g_free(input->path);
  g_free(input);
}

/* --- spooling ------------------------------------------------------------- */

static gboolean
copy_fd(int from, int to, const char *shown, const char *to_path, GCancellable *cancellable, GError **error)
{
  gsize size = 1 << 18;
  g_autofree char *buffer = g_malloc(size);

  for (;;) {
    if (cancellable != NULL && g_cancellable_is_cancelled(cancellable))
      return pk_fail(error, PK_ERROR_CANCELLED, "interrupted");
    gssize n = read(from, buffer, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return pk_fail_errno(error, errno, "cannot read", shown);
    if (n == 0)
      return TRUE;
    if (!pk_fd_write_all(to, buffer, (gsize)n, to_path, error))
      return FALSE;
  }
}

/* What cannot be read twice (a pipe) is copied to a file first. */
static char *
spool(PkDuckdb *self, int fd, const char *shown, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = pk_duckdb_import_path(self, "-spool");
  int to = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (to < 0) {
    pk_fail_errno(error, errno, "cannot write", path);
    return NULL;
  }
  gboolean ok = copy_fd(fd, to, shown, path, cancellable, error);
  if (close(to) != 0 && ok)
    ok = pk_fail_errno(error, errno, "cannot write", path);
  return ok ? g_steal_pointer(&path) : NULL;
}

/* --- telling formats apart ------------------------------------------------ */

static PkFileFormat
format_from_bytes(const char *head, gsize n)
{
  gsize i = 0;

  if (n >= 4 && memcmp(head, "PAR1", 4) == 0)
    return PK_FILE_PARQUET;
  if (n >= 12 && memcmp(head + 8, "DUCK", 4) == 0)
    return PK_FILE_DATABASE;
  if (n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
    i = 3;
  while (i < n && g_ascii_isspace(head[i]))
    i++;
  if (i < n && head[i] == '{')
    return PK_FILE_NDJSON;
  if (i < n && head[i] == '[')
    return PK_FILE_JSON;
  return PK_FILE_CSV;
}

static gboolean
check_parquet(int fd, const Input *input, const char *head, gsize n, GError **error)
{
  char tail[4] = { 0 };

  if (n < 4 || memcmp(head, "PAR1", 4) != 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s is not a Parquet file: it does not begin with PAR1",
                   input->shown);
  if (input->bytes < 12 || pread(fd, tail, 4, (off_t)input->bytes - 4) != 4 || memcmp(tail, "PAR1", 4) != 0)
    return pk_fail(error, PK_ERROR_INVALID,
                   "%s is cut short: a Parquet file ends with PAR1, this one does not", input->shown);
  return TRUE;
}

/* Formats that people have tables in and that are not read here, by what their files begin with. */
static gboolean
refuse_other_formats(const Input *input, const char *head, gsize n, GError **error)
{
  static const struct { const char *magic; gsize length; const char *what, *convert; } others[] = {
    { "ARROW1", 6, "an Arrow (Feather) file", "in Python: pyarrow.parquet.write_table(pyarrow.feather.read_table(…), …)" },
    { "\xff\xff\xff\xff", 4, "an Arrow stream", "in Python: pyarrow.ipc.open_stream(…).read_all(), then pyarrow.parquet" },
    { "FEA1", 4, "a Feather file", "in Python: pyarrow.parquet.write_table(pyarrow.feather.read_table(…), …)" },
    { "PK\3\4", 4, "a spreadsheet or ZIP archive", "save a sheet as CSV, or unpack the archive" },
    { "\xd0\xcf\x11\xe0", 4, "an old spreadsheet", "save a sheet as CSV" },
    { "ORC", 3, "an ORC file", "in Python: pyarrow.parquet.write_table(pyarrow.orc.read_table(…), …)" },
    { "Obj\1", 4, "an Avro file", "write it as Parquet or NDJSON" },
    { "\x89HDF", 4, "an HDF5 file", "write its table as Parquet or CSV" },
    { "SQLite format 3", 15, "an SQLite database", "sqlite3 -csv -header FILE 'SELECT * FROM TABLE' > TABLE.csv" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    if (n >= others[i].length && memcmp(head, others[i].magic, others[i].length) == 0 &&
        /* A text may begin with these three letters. */
        (others[i].length > 3 || memchr(head, '\0', n) != NULL))
      return pk_fail(error, PK_ERROR_UNSUPPORTED, "%s is %s, which is not read; CSV, TSV, JSON, NDJSON, Parquet and DuckDB "
                     "databases are: convert it (%s)", input->shown, others[i].what, others[i].convert);
  return TRUE;
}

/* The first bytes must be what the format begins with, so that a wrong ending
 * or damage is told in plain words and not as a parser's confusion. */
static gboolean
check_head(int fd, Input *input, PkFileFormat wanted, GError **error)
{
  char head[512];
  gssize n = pread(fd, head, sizeof head, 0);

  if (n < 0)
    return pk_fail_errno(error, errno, "cannot read", input->shown);
  if (n == 0)
    return pk_fail(error, PK_ERROR_INVALID, "%s is empty", input->shown);
  gboolean packed = pk_packing_of(head, (gsize)n) != PK_PACKED_NOT;
  input->format = wanted != PK_FILE_AUTO ? wanted : pk_file_format_from_path(input->shown);
  if (input->format == PK_FILE_AUTO)
    input->format = packed ? PK_FILE_CSV : format_from_bytes(head, (gsize)n);
  if (!refuse_other_formats(input, head, (gsize)n, error))
    return FALSE;
  if (input->format == PK_FILE_PARQUET)
    return check_parquet(fd, input, head, (gsize)n, error);
  if (input->format == PK_FILE_DATABASE && (n < 12 || memcmp(head + 8, "DUCK", 4) != 0))
    return pk_fail(error, PK_ERROR_INVALID, "%s is not a DuckDB database", input->shown);
  gboolean json = input->format == PK_FILE_JSON || input->format == PK_FILE_NDJSON;
  if (json && !packed && memchr(head, '\0', (gsize)n) != NULL)
    return pk_fail(error, PK_ERROR_INVALID, "%s is not JSON: it holds NUL bytes", input->shown);
  return TRUE;
}

/* --- finding -------------------------------------------------------------- */

static gboolean
is_below(const char *path, const char *directory)
{
  gsize n = strlen(directory);
  return strncmp(path, directory, n) == 0 && (path[n] == '/' || (n > 0 && directory[n - 1] == '/'));
}

static gboolean
is_allowed(PkDuckdb *self, const char *real)
{
  if (!self->restricted || is_below(real, self->import_directory))
    return TRUE;
  if (g_strv_contains((const char *const *)self->allowed_paths, real))
    return TRUE;
  for (char **directory = self->allowed_directories; *directory != NULL; directory++)
    if (is_below(real, *directory))
      return TRUE;
  return FALSE;
}

/* DuckDB takes * ? [ in a path for a pattern: such a file gets a link by a plain name. */
static gboolean
link_if_needed(PkDuckdb *self, Input *input, GError **error)
{
  if (strpbrk(input->path, "*?[") == NULL)
    return TRUE;
  const char *dot = strrchr(input->path, '.');
  g_autofree char *link =
    pk_duckdb_import_path(self, dot != NULL && strpbrk(dot, "*?[/") == NULL ? dot : "");
  if (symlink(input->path, link) != 0)
    return pk_fail_errno(error, errno, "cannot make a link", link);
  g_free(input->path);
  input->path = g_steal_pointer(&link);
  return TRUE;
}

static gboolean
open_input(PkDuckdb *self, Input *input, PkFileFormat wanted, const PkQueryControl *control, GError **error)
{
  GCancellable *cancellable = control != NULL ? control->cancellable : NULL;
  struct stat info;
  gboolean ok = FALSE;
  char *real = realpath(input->path, NULL);

  if (real == NULL)
    return errno == ENOENT ? pk_fail(error, PK_ERROR_NOT_FOUND, "%s: no such file", input->shown)
                           : pk_fail_errno(error, errno, "cannot open", input->shown);
  g_free(input->path);
  input->path = g_strdup(real);
  free(real);
  if (!is_allowed(self, input->path))
    return pk_fail(error, PK_ERROR_FORBIDDEN, "%s: only files that were named, or that lie beside the "
                   "specification, may be read", input->shown);
  int fd = g_open(input->path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return pk_fail_errno(error, errno, "cannot open", input->shown);
  if (fstat(fd, &info) != 0) {
    pk_fail_errno(error, errno, "cannot read", input->shown);
  } else if (S_ISDIR(info.st_mode)) {
    pk_fail(error, PK_ERROR_IO, "%s is a directory; name files in it, or a pattern such as %s/*.parquet",
            input->shown, input->shown);
  } else if (!S_ISREG(info.st_mode)) {
    char *copy = spool(self, fd, input->shown, cancellable, error);
    if (copy != NULL) {
      g_free(input->path);
      input->path = copy;
      close(fd);
      return open_input(self, input, wanted, control, error);
    }
  } else {
    input->bytes = (guint64)info.st_size;
    ok = check_head(fd, input, wanted, error);
  }
  close(fd);
  return ok && link_if_needed(self, input, error);
}

static Input *
add_input(GPtrArray *inputs, const char *shown, const char *path)
{
  Input *input = g_new0(Input, 1);

  input->shown = g_strdup(shown);
  input->path = g_canonicalize_filename(path, NULL);
  g_ptr_array_add(inputs, input);
  return input;
}

static gboolean
expand_pattern(GPtrArray *inputs, const char *pattern, GError **error)
{
  glob_t found = { 0 };
  int answer = glob(pattern, GLOB_BRACE | GLOB_ERR, NULL, &found);

  for (gsize i = 0; answer == 0 && i < found.gl_pathc; i++)
    if (!g_file_test(found.gl_pathv[i], G_FILE_TEST_IS_DIR))
      add_input(inputs, found.gl_pathv[i], found.gl_pathv[i]);
  globfree(&found);
  if (answer == GLOB_NOMATCH || (answer == 0 && inputs->len == 0))
    return pk_fail(error, PK_ERROR_NOT_FOUND, "%s: no file matches the pattern", pattern);
  return answer == 0 || pk_fail(error, PK_ERROR_IO, "%s: the directory cannot be read", pattern);
}

static gboolean
expand_path(PkDuckdb *self, const PkFileSpec *spec, const char *path, GPtrArray *inputs,
            const PkQueryControl *control, GError **error)
{
  if (strcmp(path, "-") == 0) {
    g_autofree char *copy = spool(self, spec->stdin_fd, "standard input",
                                  control != NULL ? control->cancellable : NULL, error);
    if (copy == NULL)
      return FALSE;
    add_input(inputs, "-", copy);
    return TRUE;
  }
  if (strstr(path, "://") != NULL && !g_file_test(path, G_FILE_TEST_EXISTS))
    return pk_fail(error, PK_ERROR_UNSUPPORTED,
                   "%s: network addresses are not read; download the file first", path);
  if (strpbrk(path, "*?[{") != NULL && !g_file_test(path, G_FILE_TEST_EXISTS))
    return expand_pattern(inputs, path, error);
  add_input(inputs, path, path);
  return TRUE;
}

static GPtrArray *
find_inputs(PkDuckdb *self, const PkFileSpec *spec, const PkQueryControl *control, GError **error)
{
  g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func(input_free);

  for (guint i = 0; spec->paths[i] != NULL; i++)
    if (!expand_path(self, spec, spec->paths[i], inputs, control, error))
      return NULL;
  for (guint i = 0; i < inputs->len; i++) {
    Input *input = g_ptr_array_index(inputs, i), *first = g_ptr_array_index(inputs, 0);
    if (!open_input(self, input, spec->format, control, error))
      return NULL;
    if (input->format != first->format) {
      pk_fail(error, PK_ERROR_USAGE, "%s is %s and %s is %s: files of one table have one format",
              first->shown, pk_file_format_name(first->format), input->shown,
              pk_file_format_name(input->format));
      return NULL;
    }
  }
  return g_steal_pointer(&inputs);
}

/* --- names ---------------------------------------------------------------- */

static gboolean
name_is_taken(PkDuckdb *self, const char *name)
{
  static const char *const reserved[] = { "main",      "memory", "system", "temp", "information_schema",
                                          "pg_catalog" };

  for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++)
    if (g_ascii_strcasecmp(name, reserved[i]) == 0)
      return TRUE;
  for (guint i = 0; i < self->tables->len; i++) {
    const PkSourceTable *table = g_ptr_array_index(self->tables, i);
    if (g_ascii_strcasecmp(table->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

PkSourceTable *
pk_duckdb_reserve_table(PkDuckdb *self, const char *wanted, gboolean exact, GError **error)
{
  g_autofree char *name = g_strdup(wanted);
  PkSourceTable *table = NULL;

  g_mutex_lock(&self->lock);
  if (exact && name_is_taken(self, name)) {
    pk_fail(error, PK_ERROR_USAGE, "there is a table \"%s\" already; give another name", name);
  } else {
    for (guint i = 2; name_is_taken(self, name); i++) {
      g_free(name);
      name = g_strdup_printf("%s_%u", wanted, i);
    }
    table = g_new0(PkSourceTable, 1);
    table->name = g_steal_pointer(&name);
    table->paths = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->tables, table);
  }
  g_mutex_unlock(&self->lock);
  return table;
}

void
pk_duckdb_drop_reservation(PkDuckdb *self, PkSourceTable *table)
{
  g_mutex_lock(&self->lock);
  g_ptr_array_remove(self->tables, table);
  g_mutex_unlock(&self->lock);
}

/* --- Parquet ------------------------------------------------------------- */

static void
append_paths(GString *sql, GPtrArray *inputs)
{
  g_string_append_c(sql, '[');
  for (guint i = 0; i < inputs->len; i++) {
    const Input *input = g_ptr_array_index(inputs, i);
    g_string_append(sql, i > 0 ? ", " : "");
    pk_sql_append_literal(sql, input->path);
  }
  g_string_append_c(sql, ']');
}

/* In an error, the file as the person knows it stands for the one that was opened. */
static void
name_files_in_error(GPtrArray *inputs, GError *error)
{
  gboolean named = FALSE;

  if (error == NULL || error->code == PK_ERROR_CANCELLED)
    return;
  for (guint i = 0; i < inputs->len; i++) {
    const Input *input = g_ptr_array_index(inputs, i);
    if (strstr(error->message, input->path) != NULL) {
      g_auto(GStrv) parts = g_strsplit(error->message, input->path, -1);
      g_free(error->message);
      error->message = g_strjoinv(input->shown, parts);
      named = TRUE;
    }
  }
  if (!named) {
    const Input *first = g_ptr_array_index(inputs, 0);
    char *message = g_strdup_printf("%s: %s", first->shown, error->message);
    g_free(error->message);
    error->message = message;
  }
}

/* The columns of a Parquet file by its own names: the children of the schema's root. */
static gboolean
read_parquet_names(PkDuckdb *self, const Input *input, GPtrArray *names, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT name, coalesce(num_children, 0) FROM parquet_schema(");
  gint64 below = 0; /* nodes that are known to follow within the column at hand */

  pk_sql_append_literal(sql, input->path);
  g_string_append_c(sql, ')');
  g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, error);
  for (guint i = 1; rows != NULL && i < rows->len; i++) {
    char **row = g_ptr_array_index(rows, i);
    if (below == 0)
      g_ptr_array_add(names, g_strdup(row[0]));
    else
      below--;
    below += g_ascii_strtoll(row[1], NULL, 10);
  }
  return rows != NULL;
}

static gboolean
check_parquet_columns(PkDuckdb *self, PkSourceTable *table, GPtrArray *inputs, GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) columns = pk_duckdb_describe_table(self, table->name, error);
  const Input *first = g_ptr_array_index(inputs, 0);

  if (columns == NULL)
    return FALSE;
  if (columns->len > PK_SOURCE_MAX_COLUMNS)
    return pk_fail(error, PK_ERROR_LIMIT, "%s has %u columns, more than the %d that a table may have",
                   first->shown, columns->len, PK_SOURCE_MAX_COLUMNS);
  /* The columns of several files are brought together by their names. */
  if (!read_parquet_names(self, first, names, error))
    return FALSE;
  if (names->len == columns->len)
    pk_duckdb_warn_of_names(names, columns, table->report->warnings);
  return TRUE;
}

/* Parquet is read by the queries: its files count their rows themselves. */
static gboolean
create_parquet(PkDuckdb *self, PkSourceTable *table, GPtrArray *inputs, const PkQueryControl *control,
               GError **error)
{
  g_autoptr(GString) sql = g_string_new("CREATE VIEW main.");
  g_autoptr(GError) failure = NULL;

  table->report = pk_import_report_new(table->name);
  pk_sql_append_ident(sql, table->name);
  g_string_append(sql, " AS SELECT * FROM read_parquet(");
  append_paths(sql, inputs);
  g_string_append(sql, inputs->len > 1 ? ", union_by_name = true)" : ")");
  if (pk_duckdb_run(self, sql->str, NULL, control, &failure)) {
    if (check_parquet_columns(self, table, inputs, &failure))
      return TRUE;
    pk_duckdb_drop(self, "VIEW", table->name);
  }
  name_files_in_error(inputs, failure);
  if (failure->code == PK_ERROR_ENGINE)
    failure->code = PK_ERROR_INVALID;
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}

/* CSV and JSON are read whole into a table, and every record is accounted for. */
static gboolean
import_text(PkDuckdb *self, PkSourceTable *table, GPtrArray *inputs, const PkFileSpec *spec,
            const PkQueryControl *control, GError **error)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new(), shown = g_ptr_array_new();

  for (guint i = 0; i < inputs->len; i++) {
    const Input *input = g_ptr_array_index(inputs, i);
    g_ptr_array_add(paths, input->path);
    g_ptr_array_add(shown, input->shown);
  }
  g_ptr_array_add(paths, NULL);
  g_ptr_array_add(shown, NULL);
  const char *const *p = (const char *const *)paths->pdata, *const *s = (const char *const *)shown->pdata;
  table->report = table->format == PK_FILE_CSV
                    ? pk_duckdb_import_csv(self, table->name, p, s, spec->csv, control, error)
                    : pk_duckdb_import_json(self, table->name, p, s, table->format == PK_FILE_NDJSON, control, error);
  return table->report != NULL;
}

static gboolean
add_flat(PkDuckdb *self, const PkFileSpec *spec, GPtrArray *inputs, const PkQueryControl *control,
         GPtrArray *added, GError **error)
{
  const Input *first = g_ptr_array_index(inputs, 0);
  g_autofree char *stem = pk_table_name_from_path(spec->paths[0]);
  PkSourceTable *table =
    pk_duckdb_reserve_table(self, spec->name != NULL ? spec->name : stem, spec->name != NULL, error);
  gboolean ok;

  if (table == NULL)
    return FALSE;
  table->format = first->format;
  for (guint i = 0; i < inputs->len; i++) {
    const Input *input = g_ptr_array_index(inputs, i);
    g_ptr_array_add(table->paths, g_strdup(input->shown));
    table->bytes += input->bytes;
  }
  ok = first->format == PK_FILE_PARQUET ? create_parquet(self, table, inputs, control, error)
                                        : import_text(self, table, inputs, spec, control, error);
  if (ok)
    g_ptr_array_add(added, pk_source_table_copy(table));
  else
    pk_duckdb_drop_reservation(self, table);
  return ok;
}

/* --- databases ------------------------------------------------------------ */

/* A view in the main schema for each table, so that it is known by its name alone. */
static gboolean
add_database_table(PkDuckdb *self, const char *catalog, char **row, const Input *input, GPtrArray *added,
                   GError **error)
{
  g_autoptr(GString) sql = g_string_new("CREATE VIEW main.");
  g_autofree char *qualified = g_strdup_printf("%s_%s", catalog, row[1]);

  g_mutex_lock(&self->lock);
  gboolean taken = name_is_taken(self, row[1]);
  g_mutex_unlock(&self->lock);
  PkSourceTable *table = pk_duckdb_reserve_table(self, taken ? qualified : row[1], FALSE, error);
  table->format = PK_FILE_DATABASE;
  table->bytes = input->bytes;
  g_ptr_array_add(table->paths, g_strdup(input->shown));
  pk_sql_append_ident(sql, table->name);
  g_string_append(sql, " AS SELECT * FROM ");
  pk_sql_append_ident(sql, catalog);
  g_string_append_c(sql, '.');
  pk_sql_append_ident(sql, row[0]);
  g_string_append_c(sql, '.');
  pk_sql_append_ident(sql, row[1]);
  if (!pk_duckdb_run(self, sql->str, input->shown, NULL, error)) {
    pk_duckdb_drop_reservation(self, table);
    return FALSE;
  }
  g_ptr_array_add(added, pk_source_table_copy(table));
  return TRUE;
}

static gboolean
add_database(PkDuckdb *self, const PkFileSpec *spec, const Input *input, GPtrArray *added, GError **error)
{
  g_autofree char *stem = pk_table_name_from_path(input->shown);
  g_autoptr(GString) sql = g_string_new("ATTACH ");
  g_autoptr(GError) failure = NULL;
  PkSourceTable *catalog =
    pk_duckdb_reserve_table(self, spec->name != NULL ? spec->name : stem, spec->name != NULL, error);
  gboolean ok;

  if (catalog == NULL)
    return FALSE;
  g_autofree char *name = g_strdup(catalog->name);
  pk_sql_append_literal(sql, input->path);
  g_string_append(sql, " AS ");
  pk_sql_append_ident(sql, name);
  g_string_append(sql, spec->writable && !self->restricted ? " (TYPE duckdb)" : " (TYPE duckdb, READ_ONLY)");
  ok = pk_duckdb_run(self, sql->str, input->shown, NULL, &failure);
  /* The catalog's name needs no entry of its own: DuckDB keeps it, tables may share it. */
  pk_duckdb_drop_reservation(self, catalog);
  if (!ok) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  g_string_assign(sql, "SELECT schema_name, table_name FROM (SELECT database_name, schema_name, "
                       "table_name, internal "
                       "FROM duckdb_tables() UNION ALL SELECT database_name, schema_name, view_name, "
                       "internal "
                       "FROM duckdb_views()) WHERE NOT internal AND database_name = ");
  pk_sql_append_literal(sql, name);
  g_string_append(sql, " ORDER BY ALL");
  g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    if (!add_database_table(self, name, g_ptr_array_index(rows, i), input, added, error))
      return FALSE;
  return rows != NULL;
}

gboolean
pk_duckdb_add_file(PkSource *source, const PkFileSpec *spec, const PkQueryControl *control,
                   GPtrArray **tables, GError **error)
{
  PkDuckdb *self = (PkDuckdb *)source;
  g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func((GDestroyNotify)pk_source_table_free);
  g_autoptr(GPtrArray) inputs = find_inputs(self, spec, control, error);

  if (inputs == NULL)
    return FALSE;
  const Input *first = g_ptr_array_index(inputs, 0);
  if (first->format == PK_FILE_DATABASE) {
    for (guint i = 0; i < inputs->len; i++)
      if (!add_database(self, spec, g_ptr_array_index(inputs, i), added, error))
        return FALSE;
  } else if (!add_flat(self, spec, inputs, control, added, error)) {
    return FALSE;
  }
  *tables = g_steal_pointer(&added);
  return TRUE;
}
