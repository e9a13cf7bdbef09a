/* What DuckDB's profile of a query tells. */
#include "pk-duckdb.h"
#include "pk-sql-quote.h"

#include <math.h>
#include <string.h>

static char *
dup_text(duckdb_profiling_info info, const char *key)
{
  duckdb_value value = duckdb_profiling_info_get_value(info, key);

  if (value == NULL)
    return NULL;
  char *text = duckdb_get_varchar(value), *copy = g_strdup(text);
  duckdb_free(text);
  duckdb_destroy_value(&value);
  return copy;
}

static double
metric(duckdb_profiling_info info, const char *key)
{
  g_autofree char *text = dup_text(info, key);
  return text != NULL ? g_ascii_strtod(text, NULL) : 0;
}

/* A member of an operator's EXTRA_INFO, or NULL. */
static char *
dup_extra(duckdb_profiling_info info, const char *key)
{
  duckdb_value metrics = duckdb_profiling_info_get_metrics(info), extra = NULL;
  char *found = NULL;

  for (idx_t i = 0; metrics != NULL && extra == NULL && i < duckdb_get_map_size(metrics); i++) {
    duckdb_value name = duckdb_get_map_key(metrics, i);
    char *text = duckdb_get_varchar(name);
    if (text != NULL && strcmp(text, "EXTRA_INFO") == 0)
      extra = duckdb_get_map_value(metrics, i);
    duckdb_free(text);
    duckdb_destroy_value(&name);
  }
  duckdb_destroy_value(&metrics);
  char *all = extra != NULL ? duckdb_get_varchar(extra) : NULL;
  g_autofree char *plain = g_strdup_printf("%s=", key), *quoted = g_strdup_printf("'%s'=", key);
  const char *at = all != NULL ? strstr(all, quoted) : NULL;
  at = at != NULL ? at + strlen(quoted) : all != NULL && (at = strstr(all, plain)) != NULL ? at + strlen(plain) : NULL;
  if (at != NULL)
    found = *at == '\'' ? g_strndup(at + 1, strcspn(at + 1, "'")) : g_strndup(at, strcspn(at, ",}"));
  duckdb_free(all);
  duckdb_destroy_value(&extra);
  return found;
}

/* The rows of Parquet files by their footers; NAN if they cannot be told. names: "a, b". */
static double
rows_of_files(PkDuckdb *self, const char *names)
{
  g_auto(GStrv) files = g_strsplit(names, ", ", -1);
  g_autoptr(GString) sql = g_string_new("SELECT CAST(sum(num_rows) AS BIGINT) FROM parquet_file_metadata([");

  for (guint i = 0; files[i] != NULL; i++) {
    if (strcmp(files[i], "...") == 0)
      return NAN;
    g_string_append(sql, i > 0 ? ", " : "");
    pk_sql_append_literal(sql, files[i]);
  }
  g_string_append(sql, "])");
  g_autoptr(GPtrArray) rows = pk_duckdb_rows(self, sql->str, NULL);
  return rows != NULL && rows->len == 1 ? g_ascii_strtod(((char **)rows->pdata[0])[0], NULL) : NAN;
}

/* DuckDB 1.5 tells for a Parquet scan an estimate times the number of its threads. The rows that a scan handed on are all
 * it read, unless a filter was pushed into it: then the footers tell. Of more files than the profile names (5), the
 * rows handed on are told: it read as many at least. */
static double
rows_of_parquet_scan(PkDuckdb *self, duckdb_profiling_info info)
{
  double handed_on = metric(info, "OPERATOR_CARDINALITY");
  g_autofree char *filters = dup_extra(info, "Filters"), *files = dup_extra(info, "Filename(s)");

  if (filters == NULL || files == NULL)
    return handed_on;
  double rows = rows_of_files(self, files);
  return isnan(rows) ? handed_on : MAX(rows, handed_on);
}

static double
rows_scanned(PkDuckdb *self, duckdb_profiling_info info)
{
  g_autofree char *name = dup_text(info, "OPERATOR_NAME");
  gboolean is_parquet = name != NULL && strstr(name, "PARQUET") != NULL;
  double rows = is_parquet ? rows_of_parquet_scan(self, info) : metric(info, "OPERATOR_ROWS_SCANNED");

  for (idx_t i = 0; i < duckdb_profiling_info_get_child_count(info); i++)
    rows += rows_scanned(self, duckdb_profiling_info_get_child(info, i));
  return rows;
}

void
pk_duckdb_read_profile(PkDuckdb *self, duckdb_connection connection, PkQueryStats *stats)
{
  duckdb_profiling_info info = duckdb_get_profiling_info(connection);

  if (info == NULL)
    return;
  stats->rows_scanned = (guint64)rows_scanned(self, info);
  stats->cpu_ms = metric(info, "CPU_TIME") * 1e3;
}
