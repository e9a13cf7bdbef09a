/* The front of every source: what all implementations share. */
#include "pk-source.h"
#include "pk-error.h"
#include "pk-sql-quote.h"

#include <string.h>

PkSource *
pk_source_ref(PkSource *source)
{
  g_atomic_int_inc(&source->ref_count);
  return source;
}

void
pk_source_unref(PkSource *source)
{
  if (source != NULL && g_atomic_int_dec_and_test(&source->ref_count))
    source->klass->finalize(source);
}

PkSourceTable *
pk_source_table_copy(const PkSourceTable *table)
{
  PkSourceTable *copy = g_new0(PkSourceTable, 1);

  copy->name = g_strdup(table->name);
  copy->format = table->format;
  copy->bytes = table->bytes;
  copy->paths = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; table->paths != NULL && i < table->paths->len; i++)
    g_ptr_array_add(copy->paths, g_strdup(g_ptr_array_index(table->paths, i)));
  copy->report = table->report != NULL ? pk_import_report_ref(table->report) : NULL;
  return copy;
}

void
pk_source_table_free(PkSourceTable *table)
{
  if (table == NULL)
    return;
  g_free(table->name);
  g_clear_pointer(&table->paths, g_ptr_array_unref);
  g_clear_pointer(&table->report, pk_import_report_unref);
  g_free(table);
}

gboolean
pk_source_add_file(PkSource *source, const PkFileSpec *spec, const PkQueryControl *control,
                   GPtrArray **tables, GError **error)
{
  g_autoptr(GPtrArray) added = NULL;

  if (spec->paths == NULL || spec->paths[0] == NULL)
    return pk_fail(error, PK_ERROR_USAGE, "no file was named");
  if (!source->klass->add_file(source, spec, control, &added, error))
    return FALSE;
  if (tables != NULL)
    *tables = g_steal_pointer(&added);
  return TRUE;
}

gboolean
pk_source_add_stream(PkSource *source, const char *name, PkArrowStream *stream, GError **error)
{
  g_auto(PkArrowStream) owned = { 0 };

  pk_arrow_stream_move(stream, &owned);
  return source->klass->add_stream(source, name, &owned, error);
}

void
pk_source_abandon(PkSource *source)
{
  source->klass->abandon(source);
}

GPtrArray *
pk_source_list_tables(PkSource *source, GError **error)
{
  return source->klass->list_tables(source, error);
}

gboolean
pk_source_remove_table(PkSource *source, const char *name, GError **error)
{
  return source->klass->remove_table(source, name, error);
}

GPtrArray *
pk_source_describe(PkSource *source, const char *sql, GError **error)
{
  return source->klass->describe(source, sql, error);
}

GPtrArray *
pk_source_describe_table(PkSource *source, const char *table, GError **error)
{
  g_autoptr(GString) sql = g_string_new("SELECT * FROM ");

  pk_sql_append_ident(sql, table);
  return source->klass->describe(source, sql->str, error);
}

gboolean
pk_source_query(PkSource *source, const char *sql, const PkQueryControl *control, PkArrowStream *out,
                GError **error)
{
  memset(out, 0, sizeof *out);
  return source->klass->query(source, sql, control, out, error);
}

gboolean
pk_source_execute(PkSource *source, const char *sql, const PkQueryControl *control, GError **error)
{
  return source->klass->execute(source, sql, control, error);
}

char *
pk_source_parse_sql(PkSource *source, const char *sql, GError **error)
{
  return source->klass->parse_sql(source, sql, error);
}

/* --- names ---------------------------------------------------------------- */

/* The length of the path without a compression's ending. */
static gsize
uncompressed_length(const char *path)
{
  static const char *const endings[] = { ".gz", ".zst" };
  gsize n = strlen(path);

  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    gsize e = strlen(endings[i]);
    if (n > e && g_ascii_strcasecmp(path + n - e, endings[i]) == 0)
      return n - e;
  }
  return n;
}

PkFileFormat
pk_file_format_from_path(const char *path)
{
  static const struct { const char *ending; PkFileFormat format; } endings[] = {
    { ".csv", PK_FILE_CSV }, { ".tsv", PK_FILE_CSV }, { ".tab", PK_FILE_CSV }, { ".psv", PK_FILE_CSV },
    { ".json", PK_FILE_JSON }, { ".ndjson", PK_FILE_NDJSON }, { ".jsonl", PK_FILE_NDJSON },
    { ".parquet", PK_FILE_PARQUET }, { ".pq", PK_FILE_PARQUET },
    { ".duckdb", PK_FILE_DATABASE }, { ".db", PK_FILE_DATABASE }, { ".ddb", PK_FILE_DATABASE },
  };
  gsize n = uncompressed_length(path);

  for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
    gsize e = strlen(endings[i].ending);
    if (n >= e && g_ascii_strncasecmp(path + n - e, endings[i].ending, e) == 0)
      return endings[i].format;
  }
  return PK_FILE_AUTO;
}

const char *
pk_file_format_name(PkFileFormat format)
{
  static const char *const names[] = { "auto", "CSV", "JSON", "NDJSON", "Parquet", "database" };
  return names[format];
}

char *
pk_table_name_from_path(const char *path)
{
  if (strcmp(path, "-") == 0)
    return g_strdup("stdin");
  g_autofree char *base = g_path_get_basename(path);
  g_autofree char *valid = g_utf8_make_valid(base, -1);
  GString *name = g_string_new(NULL);
  gsize end = uncompressed_length(valid);
  char *dot = g_strrstr_len(valid, (gssize)end, ".");

  if (dot != NULL && dot != valid)
    end = (gsize)(dot - valid);
  for (gsize i = 0; i < end; i++) {
    guchar c = (guchar)valid[i];
    g_string_append_c(name, g_ascii_isalnum(c) || c >= 0x80 || c == '_' ? (char)c : '_');
  }
  if (name->len == 0)
    g_string_append(name, "table");
  if (g_ascii_isdigit(name->str[0]))
    g_string_prepend_c(name, '_');
  return g_string_free(name, FALSE);
}

gboolean
pk_source_set_view(PkSource *source, const char *name, const char *select, gboolean replace, GError **error)
{
  return source->klass->set_view(source, name, select, replace, error);
}
