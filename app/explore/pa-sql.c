#include "pa-sql.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
quoted(const char *text, char quote)
{
  GString *out = g_string_new(NULL);
  g_string_append_c(out, quote);
  for (; *text; text++) {
    if (*text == quote)
      g_string_append_c(out, quote);
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, quote);
  return g_string_free(out, FALSE);
}

char *
pa_sql_dup_ident(const char *name)
{
  return quoted(name, '"');
}

char *
pa_sql_dup_literal(const char *text)
{
  return quoted(text, '\'');
}

char *
pa_sql_dup_bare(const char *sql)
{
  char *bare = g_strstrip(g_strdup(sql));
  for (gsize n = strlen(bare); n > 0 && (bare[n - 1] == ';' || g_ascii_isspace(bare[n - 1])); n--)
    bare[n - 1] = 0;
  return bare;
}

static gboolean
is_number(const char *text)
{
  char *end;
  g_ascii_strtod(text, &end);
  return end != text && *end == 0;
}

/* A value of the column: a number as it is, anything else as text that the engine casts. */
static char *
dup_value(const char *text, const PikaColumn *column, GError **error)
{
  g_autofree char *value = g_strstrip(g_strdup(text));
  if (column->kind == PIKA_KIND_NUMBER && !is_number(value)) {
    g_set_error(error, PIKA_ERROR, PIKA_ERROR_USAGE, _("“%s” is not a number, and %s holds numbers"), value, column->name);
    return NULL;
  }
  if (column->kind == PIKA_KIND_NUMBER)
    return g_steal_pointer(&value);
  g_autofree char *literal = pa_sql_dup_literal(value);
  return column->kind == PIKA_KIND_TEXT ? g_steal_pointer(&literal) : g_strdup_printf("CAST(%s AS %s)", literal, column->type);
}

static char *
dup_contains(const char *text, const char *ident)
{
  g_autoptr(GString) pattern = g_string_new("%");
  for (const char *c = text; *c; c++) {
    if (strchr("%_\\", *c))
      g_string_append_c(pattern, '\\');
    g_string_append_c(pattern, *c);
  }
  g_string_append_c(pattern, '%');
  g_autofree char *literal = pa_sql_dup_literal(pattern->str);
  return g_strdup_printf("CAST(%s AS VARCHAR) ILIKE %s ESCAPE '\\'", ident, literal);
}

static char *
dup_range(const char *text, const char *dots, const char *ident, const PikaColumn *column, GError **error)
{
  g_autofree char *from = g_strndup(text, (gsize)(dots - text));
  g_autofree char *low = dup_value(from, column, error);
  g_autofree char *high = low ? dup_value(dots + 2, column, error) : NULL;
  return high ? g_strdup_printf("%s BETWEEN %s AND %s", ident, low, high) : NULL;
}

char *
pa_sql_dup_filter(const char *text, const PikaColumn *column, GError **error)
{
  static const struct { const char *typed, *sql; } operators[] = {
    { ">=", ">=" }, { "<=", "<=" }, { "!=", "<>" }, { "<>", "<>" }, { ">", ">" }, { "<", "<" }, { "=", "=" },
  };
  g_autofree char *typed = g_strstrip(g_strdup(text));
  g_autofree char *ident = pa_sql_dup_ident(column->name);
  const char *dots = strstr(typed, "..");
  if (!*typed)
    return NULL;
  if (!g_ascii_strcasecmp(typed, "null"))
    return g_strdup_printf("%s IS NULL", ident);
  if (!g_ascii_strcasecmp(typed, "!null") || !g_ascii_strcasecmp(typed, "not null"))
    return g_strdup_printf("%s IS NOT NULL", ident);
  for (guint i = 0; i < G_N_ELEMENTS(operators); i++) {
    if (!g_str_has_prefix(typed, operators[i].typed))
      continue;
    g_autofree char *value = dup_value(typed + strlen(operators[i].typed), column, error);
    return value ? g_strdup_printf("%s %s %s", ident, operators[i].sql, value) : NULL;
  }
  if (dots && dots > typed && dots[2] && (column->kind == PIKA_KIND_NUMBER || column->kind == PIKA_KIND_TIME))
    return dup_range(typed, dots, ident, column, error);
  if (column->kind == PIKA_KIND_NUMBER && is_number(typed))
    return g_strdup_printf("%s = %s", ident, typed);
  return dup_contains(typed, ident);
}

char *
pa_sql_dup_arranged(const char *sql, const GPtrArray *predicates, const char *order_by, gboolean descending)
{
  g_autofree char *bare = pa_sql_dup_bare(sql);
  if (predicates->len == 0 && !order_by)
    return g_steal_pointer(&bare);
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "SELECT * FROM (%s\n)", bare);
  for (guint i = 0; i < predicates->len; i++)
    g_string_append_printf(out, "%s%s", i ? " AND " : " WHERE ", (const char *)predicates->pdata[i]);
  if (order_by) {
    g_autofree char *ident = pa_sql_dup_ident(order_by);
    g_string_append_printf(out, " ORDER BY %s %s NULLS LAST", ident, descending ? "DESC" : "ASC");
  }
  return g_string_free(out, FALSE);
}
