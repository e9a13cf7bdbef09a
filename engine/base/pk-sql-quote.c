#include "pk-sql-quote.h"

static void
append_quoted(GString *sql, const char *text, char quote)
{
  g_string_append_c(sql, quote);
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == quote)
      g_string_append_c(sql, quote);
    g_string_append_c(sql, *p);
  }
  g_string_append_c(sql, quote);
}

void
pk_sql_append_ident(GString *sql, const char *name)
{
  append_quoted(sql, name, '"');
}

void
pk_sql_append_literal(GString *sql, const char *text)
{
  append_quoted(sql, text, '\'');
}

char *
pk_sql_dup_ident(const char *name)
{
  GString *sql = g_string_new(NULL);
  pk_sql_append_ident(sql, name);
  return g_string_free(sql, FALSE);
}

char *
pk_sql_dup_literal(const char *text)
{
  GString *sql = g_string_new(NULL);
  pk_sql_append_literal(sql, text);
  return g_string_free(sql, FALSE);
}
