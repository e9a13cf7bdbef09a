#include "pk-sql-reader.h"

#include <string.h>

static void
key_info_clear(gpointer data)
{
  g_free(((PkSqlKeyInfo *)data)->text);
}

static void
assumption_clear(gpointer data)
{
  g_free(((PkSqlAssumption *)data)->column);
}

PkSqlReader *
pk_sql_reader_new(const PkSqlContext *context, const char *relation, const char *alias)
{
  PkSqlReader *self = g_new0(PkSqlReader, 1);

  self->context = context;
  self->plan = pk_plan_new(relation);
  self->alias = g_strdup(alias);
  self->key_infos = g_array_new(FALSE, FALSE, sizeof(PkSqlKeyInfo));
  g_array_set_clear_func(self->key_infos, key_info_clear);
  self->assumptions = g_array_new(FALSE, FALSE, sizeof(PkSqlAssumption));
  g_array_set_clear_func(self->assumptions, assumption_clear);
  return self;
}

void
pk_sql_reader_free(PkSqlReader *self)
{
  if (!self)
    return;
  pk_plan_unref(self->plan);
  g_clear_pointer(&self->conditions, g_ptr_array_unref);
  g_array_unref(self->key_infos);
  g_array_unref(self->assumptions);
  g_free(self->alias);
  g_free(self->reason);
  g_free(self);
}

gboolean
pk_sql_refuse(PkSqlReader *self, const char *format, ...)
{
  va_list args;

  va_start(args, format);
  if (!self->reason)
    self->reason = g_strdup_vprintf(format, args);
  va_end(args);
  return FALSE;
}

const PkColumnInfo *
pk_sql_column_of(const PkSqlReader *self, JsonObject *expression)
{
  JsonArray *names = pk_json_array(expression, "column_names");
  guint n = pk_json_length(names);
  const char *first = pk_json_text_item(names, 0), *last = n > 0 ? pk_json_text_item(names, n - 1) : NULL;

  if (!pk_sql_is(expression, "COLUMN_REF") || n < 1 || n > 2 || !first || !last)
    return NULL;
  /* a.b may also be a field of a column a: only the relation's own name is taken. */
  if (n == 2 && (!self->alias || g_ascii_strcasecmp(first, self->alias) != 0))
    return NULL;
  if (n == 2 && self->context->find_column(self->plan->relation, first, self->context->data))
    return NULL;
  return self->context->find_column(self->plan->relation, last, self->context->data);
}

guint
pk_sql_use_column(PkSqlReader *self, const PkColumnInfo *column)
{
  return pk_plan_add_column(self->plan, column->name, column->type);
}

void
pk_sql_assume(PkSqlReader *self, const PkColumnInfo *column, __int128 lo, __int128 hi)
{
  PkSqlAssumption assumption = { g_strdup(column->name), lo, hi };

  g_array_append_val(self->assumptions, assumption);
}
