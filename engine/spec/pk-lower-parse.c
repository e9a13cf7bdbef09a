/* format.parse and the parsing that an encoding implies: texts → numbers, booleans, dates.
 *
 * A text is a date if JavaScript's Date.parse takes it (pk_js_date_parse). The forms that files mostly
 * have are read in SQL; whatever else a column holds is read here once for each distinct text, and joined. */
#include "pk-lower-priv.h"

#include "pk-error.h"
#include "pk-jsdate.h"
#include "pk-sql-quote.h"
#include "pk-timefmt.h"

#include <math.h>
#include <string.h>

#define MAX_DISTINCT_DATES 4000000

static const PkType timestamp_type = { .kind = PK_TYPE_TIMESTAMP, .unit = PK_TYPE_UNIT_US };

char *
pk_lower_number_sql(const PkRelField *field)
{
  g_autofree char *column = pk_rel_quote(field);

  switch (field->type.kind) {
  case PK_TYPE_TEXT:
    return g_strdup_printf("CASE WHEN %s = '' THEN NULL WHEN %s IS NOT NULL THEN "
                           "coalesce(TRY_CAST(%s AS DOUBLE), 'NaN'::DOUBLE) END", column, column, column);
  case PK_TYPE_BOOL:
    return g_strdup_printf("CAST(%s AS INTEGER)", column);
  case PK_TYPE_DATE:
  case PK_TYPE_TIMESTAMP:
  case PK_TYPE_TIMESTAMP_TZ:
    return g_strdup_printf("CAST(epoch_ms(CAST(%s AS TIMESTAMP)) AS DOUBLE)", column);
  case PK_TYPE_UUID: case PK_TYPE_BLOB: case PK_TYPE_BIT: case PK_TYPE_LIST: case PK_TYPE_STRUCT: case PK_TYPE_MAP:
  case PK_TYPE_UNION: case PK_TYPE_NULL: case PK_TYPE_INTERVAL: case PK_TYPE_TIME: case PK_TYPE_TIME_TZ:
  case PK_TYPE_BIGNUM: case PK_TYPE_U128:
    return g_strdup_printf("TRY_CAST(%s AS DOUBLE)", column);
  default:
    return g_steal_pointer(&column);
  }
}

PkRelField *
pk_lower_measure(PkRel *rel, PkRelField *field)
{
  g_autofree char *name = NULL, *sql = NULL;
  PkRelField *found;

  if (pk_type_is_numeric(field->type) || pk_type_is_temporal(field->type))
    return field;
  name = g_strconcat("number of ", field->name, NULL);
  found = pk_rel_find(rel, name);
  if (found)
    return found;
  sql = pk_lower_number_sql(field);
  return pk_rel_set(rel, name, sql, PK_TYPE_OF(field->type.kind == PK_TYPE_BOOL ? PK_TYPE_I32 : PK_TYPE_F64));
}

static void
replace_field(PkRel *rel, PkRelField *field, const char *sql, PkType type)
{
  g_autofree char *name = g_strdup(field->name);

  pk_rel_set(rel, name, sql, type);
}

/* --- texts → dates --- */

/* The texts that SQL reads as JavaScript does, or NULL. */
static char *
standard_dates_sql(const char *x)
{
  return g_strdup_printf("CASE WHEN %s LIKE '____-__-__' OR rtrim(%s, 'Z') LIKE '____-__-__T__:__:__' OR "
                         "rtrim(%s, 'Z') LIKE '____-__-__T__:__:__.___' THEN TRY_CAST(rtrim(%s, 'Z') AS TIMESTAMP) END",
                         x, x, x, x);
}

static double
read_date(const char *text, const char *format)
{
  double ms;

  if (!format)
    return pk_js_date_parse(text);
  return pk_time_parse(format, text, &ms) ? ms : NAN;
}

/* Adds a row (k: text, v: ms) for each text that is a date; the number of texts in *n. */
static PkRows *
read_distinct(PkLowering *self, const char *sql, const char *relation, const char *format, GError **error)
{
  g_autofree char *title = pk_lower_purpose(self->view, "different texts to read as dates");
  g_autoptr(PkFrame) frame = self->host->run_sql(sql, relation, title, self->host->user, error);
  g_autoptr(PkRows) rows = NULL;
  gint64 n = 0;

  if (!frame)
    return NULL;
  if (frame->length > MAX_DISTINCT_DATES) {
    pk_fail(error, PK_ERROR_LIMIT, "more than %d different texts to read as dates; store them as dates (ISO 8601) first",
            MAX_DISTINCT_DATES);
    return NULL;
  }
  rows = pk_rows_new();
  for (gint64 i = 0; i < frame->length; i++) {
    gsize length;
    const char *text = pk_column_get_text(frame->columns[0], i, &length);
    double ms = text ? read_date(text, format) : NAN;
    if (isfinite(ms)) {
      pk_rows_add_text(rows, "k", n, text, (gssize)length);
      pk_rows_add_number(rows, "v", n++, ms);
    }
  }
  return g_steal_pointer(&rows);
}

static gboolean
join_dates(PkLowering *self, PkRel *rel, PkRelField *field, const char *fast, PkRows *rows, GError **error)
{
  g_auto(PkArrowStream) stream = { 0 };
  g_autoptr(PkRel) map = pk_rel_new("", TRUE);
  g_autofree char *column = pk_rel_quote(field), *from = NULL;
  GString *sql = g_string_new(NULL);

  pk_rows_export(rows, &stream, map);
  from = self->host->add_stream(&stream, self->host->user, error);
  if (!from) {
    g_string_free(sql, TRUE);
    return FALSE;
  }
  g_string_printf(sql, "(SELECT r.* REPLACE (coalesce(%s%smake_timestamp(CAST(m.v * 1000 AS BIGINT))) AS %s) FROM %s r "
                  "LEFT JOIN %s m ON r.%s = m.k)", fast ? fast : "", fast ? ", " : "", column, rel->from, from, column);
  g_free(rel->from);
  rel->from = g_string_free(sql, FALSE);
  rel->is_table = FALSE;
  field->type = timestamp_type;
  field->csv_text = FALSE;
  g_clear_pointer(&field->sql_type, g_free);
  return TRUE;
}

static gboolean
parse_text_dates(PkLowering *self, PkRel *rel, PkRelField *field, const char *format, GError **error)
{
  g_autofree char *column = pk_rel_quote(field);
  g_autofree char *fast = format ? NULL : standard_dates_sql(column);
  g_autoptr(GString) sql = g_string_new(NULL);
  g_autoptr(PkRows) rows = NULL;

  pk_rel_flush(rel);
  g_string_printf(sql, "SELECT DISTINCT %s FROM %s WHERE %s <> ''", column, rel->from, column);
  if (fast)
    g_string_append_printf(sql, " AND (%s) IS NULL", fast);
  g_string_append_printf(sql, " LIMIT %d", MAX_DISTINCT_DATES + 1);
  rows = read_distinct(self, sql->str, rel->from, format, error);
  if (!rows)
    return FALSE;
  if (pk_rows_get_length(rows) > 0) {
    /* The rows must keep their order through the join. */
    pk_rel_number_rows(rel);
    return join_dates(self, rel, field, fast, rows, error);
  }
  replace_field(rel, field, fast ? fast : "CAST(NULL AS TIMESTAMP)", timestamp_type);
  return TRUE;
}

static gboolean
parse_date(PkLowering *self, PkRel *rel, PkRelField *field, const char *format, GError **error)
{
  g_autofree char *column = pk_rel_quote(field), *sql = NULL;

  if (pk_type_is_temporal(field->type))
    return TRUE;
  if (field->type.kind == PK_TYPE_TEXT)
    return parse_text_dates(self, rel, field, format, error);
  if (pk_type_is_numeric(field->type) && !format) {
    sql = g_strdup_printf("CASE WHEN abs(CAST(%s AS DOUBLE)) <= 8.64e15 THEN "
                          "make_timestamp(CAST(trunc(CAST(%s AS DOUBLE)) AS BIGINT) * 1000) END", column, column);
  } else if (pk_type_is_numeric(field->type)) {
    /* d3's parser takes the number's text */
    sql = g_strdup_printf("CASE WHEN %s = floor(%s) AND abs(%s) < 1e15 THEN CAST(CAST(%s AS BIGINT) AS VARCHAR) "
                          "ELSE CAST(%s AS VARCHAR) END", column, column, column, column, column);
    replace_field(rel, field, sql, PK_TYPE_OF(PK_TYPE_TEXT));
    return parse_text_dates(self, rel, field, format, error);
  } else {
    sql = g_strdup("CAST(NULL AS TIMESTAMP)");
  }
  replace_field(rel, field, sql, timestamp_type);
  return TRUE;
}

/* --- the rest --- */

static void
parse_number(PkRel *rel, PkRelField *field)
{
  g_autofree char *sql = NULL;

  if (pk_type_is_numeric(field->type))
    return;
  sql = pk_lower_number_sql(field);
  replace_field(rel, field, sql, PK_TYPE_OF(field->type.kind == PK_TYPE_BOOL ? PK_TYPE_I32 : PK_TYPE_F64));
}

static void
parse_boolean(PkRel *rel, PkRelField *field)
{
  g_autofree char *column = pk_rel_quote(field), *sql = NULL;

  if (field->type.kind == PK_TYPE_TEXT)
    sql = g_strdup_printf("CASE WHEN %s <> '' THEN %s NOT IN ('false', '0') END", column, column);
  else if (pk_type_is_numeric(field->type))
    sql = g_strdup_printf("(%s <> 0)", column);
  if (sql)
    replace_field(rel, field, sql, PK_TYPE_OF(PK_TYPE_BOOL));
}

static void
parse_string(PkRel *rel, PkRelField *field)
{
  g_autofree char *column = pk_rel_quote(field), *sql = NULL;

  if (field->type.kind == PK_TYPE_TEXT)
    sql = g_strdup_printf("nullif(%s, '')", column);
  else if (field->type.kind == PK_TYPE_F64 || field->type.kind == PK_TYPE_F32)
    sql = g_strdup_printf("CASE WHEN %s = floor(%s) AND abs(%s) < 1e15 THEN CAST(CAST(%s AS BIGINT) AS VARCHAR) "
                          "ELSE CAST(%s AS VARCHAR) END", column, column, column, column, column);
  else
    sql = g_strdup_printf("CAST(%s AS VARCHAR)", column);
  replace_field(rel, field, sql, PK_TYPE_OF(PK_TYPE_TEXT));
}

/* The specifier of "date:'%Y'", without its quotes. Caller owns. */
static char *
specifier_of(const char *kind)
{
  const char *text = strchr(kind, ':') + 1;
  gsize n = strlen(text);

  if (n >= 2 && (text[0] == '\'' || text[0] == '"') && text[n - 1] == text[0])
    return g_strndup(text + 1, n - 2);
  return g_strdup(text);
}

gboolean
pk_lower_parse(PkLowering *self, PkRel *rel, const char *path, const char *kind, GError **error)
{
  g_autoptr(GError) local = NULL;
  PkRelField *field = pk_lower_field(self, rel, path, &local);

  if (local) {
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
  }
  if (!field || g_str_equal(kind, "flatten"))
    return TRUE;
  if (g_str_equal(kind, "number"))
    parse_number(rel, field);
  else if (g_str_equal(kind, "boolean"))
    parse_boolean(rel, field);
  else if (g_str_equal(kind, "string"))
    parse_string(rel, field);
  else if (g_str_equal(kind, "date"))
    return parse_date(self, rel, field, NULL, error);
  else if (g_str_has_prefix(kind, "date:") || g_str_has_prefix(kind, "utc:")) {
    g_autofree char *format = specifier_of(kind);
    return parse_date(self, rel, field, format, error);
  } else
    return pk_fail(error, PK_ERROR_INVALID, "format.parse of \"%s\": \"%s\" is no way to parse; use number, boolean, "
                   "string, date, date:'%%Y' or utc:'%%Y'", path, kind);
  return TRUE;
}
